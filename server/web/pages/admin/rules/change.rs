//! What the buttons of a form do to it: add, move, wrap and delete, each at a place that it names.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fields::{at, at_mut, join};

/// A deed of a form: `up guide.steps.2`, `add guide.steps ask`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change<'a> {
    verb: &'a str,
    place: &'a str,
    kind: &'a str,
}

impl<'a> Change<'a> {
    /// Reads what a button says.
    pub(super) fn parse(deed: &'a str) -> Option<Self> {
        let mut words = deed.splitn(3, ' ');
        let verb = words.next()?;
        let place = words.next()?;
        let kind = words.next().unwrap_or_default();
        let known = ["add", "delete", "up", "down", "wrap", "unwrap", "set"];
        known.contains(&verb).then_some(Self { verb, place, kind })
    }

    /// Does it. Answers the place to show next; `None` where the form has no such place.
    pub(super) fn apply(self, sheet: &mut Value) -> Option<String> {
        match self.verb {
            "add" => self.add(sheet),
            "set" => {
                let (parent, name) = parted(self.place)?;
                let new = json!({ "kind": self.kind, "say": "" });
                let parent = at_mut(sheet, parent)?.as_object_mut()?;
                parent.insert(name.to_owned(), new);
                Some(self.place.to_owned())
            }
            "delete" => self.delete(sheet),
            "up" => self.step(sheet, -1),
            "down" => self.step(sheet, 1),
            "wrap" => {
                let part = at_mut(sheet, self.place)?;
                *part = json!({ "kind": self.kind, "parts": [part.take()] });
                Some(self.place.to_owned())
            }
            _ => self.unwrap(sheet),
        }
    }

    fn add(self, sheet: &mut Value) -> Option<String> {
        let (parent, list) = parted(self.place)?;
        let new = new_item(sheet, self.place, list, self.kind);
        let parent = at_mut(sheet, parent)?.as_object_mut()?;
        let items = parent.entry(list).or_insert_with(|| json!([]));
        if !items.is_array() {
            *items = json!([]);
        }
        let items = items.as_array_mut()?;
        items.push(new);
        Some(join(self.place, &(items.len() - 1).to_string()))
    }

    fn delete(self, sheet: &mut Value) -> Option<String> {
        let (parent, name) = parted(self.place)?;
        match at_mut(sheet, parent)? {
            Value::Array(items) => {
                let number = name.parse::<usize>().ok()?;
                (number < items.len()).then(|| items.remove(number))?;
                // The place where it stood, or what is left of the list.
                let next = number.min(items.len().saturating_sub(1));
                Some(if items.is_empty() {
                    parent.to_owned()
                } else {
                    join(parent, &next.to_string())
                })
            }
            Value::Object(fields) => {
                fields.remove(name)?;
                Some(parent.to_owned())
            }
            _ => None,
        }
    }

    fn step(self, sheet: &mut Value, by: isize) -> Option<String> {
        let (parent, number) = parted(self.place)?;
        let items = at_mut(sheet, parent)?.as_array_mut()?;
        let from = number.parse::<usize>().ok()?;
        let to = from.checked_add_signed(by).filter(|to| *to < items.len());
        let to = to.unwrap_or(from);
        (from < items.len()).then(|| items.swap(from, to))?;
        Some(join(parent, &to.to_string()))
    }

    /// A group goes; its parts take its place.
    fn unwrap(self, sheet: &mut Value) -> Option<String> {
        let parts = at_mut(sheet, self.place)?.get_mut("parts")?.take();
        let Value::Array(mut parts) = parts else {
            return None;
        };
        let (parent, number) = parted(self.place)?;
        let number = number.parse::<usize>().ok();
        match (at_mut(sheet, parent)?, number) {
            (Value::Array(items), Some(number)) if number < items.len() => {
                items.splice(number..=number, parts);
            }
            _ if parts.len() == 1 => *at_mut(sheet, self.place)? = parts.remove(0),
            _ => *at_mut(sheet, self.place)?.get_mut("parts")? = parts.into(),
        }
        Some(self.place.to_owned())
    }
}

/// A place and the name in it; what is named on top has an empty place.
fn parted(place: &str) -> Option<(&str, &str)> {
    let parted = place.rsplit_once('.').unwrap_or(("", place));
    (!parted.1.is_empty()).then_some(parted)
}

/// Something new that says nothing yet, but parses.
fn new_item(sheet: &Value, place: &str, list: &str, kind: &str) -> Value {
    let start = || {
        let start = at(sheet, "guide.start").and_then(Value::as_str);
        start.unwrap_or_default().to_owned()
    };
    let fresh = |stem: &str| {
        let items = at(sheet, place).and_then(Value::as_array);
        let ids = items
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("id"));
        let ids = ids.filter_map(Value::as_str).collect::<BTreeSet<_>>();
        let numbers = (1..).map(|number| format!("{stem}-{number}"));
        let mut free = numbers.filter(|id| !ids.contains(id.as_str()));
        free.next().unwrap_or_default()
    };
    match list {
        "steps" => {
            let mut step = json!({ "id": fresh("step"), "kind": kind, "say": "" });
            match kind {
                "do" => step["go"] = json!(start()),
                "outcome" => {
                    step["say"] = json!("escalate");
                    step["text"] = json!("");
                }
                "checks" => step["none"] = json!(start()),
                _ => {}
            }
            step
        }
        "answers" if place.starts_with("guide.") => {
            json!({ "id": fresh("answer"), "label": "", "go": start() })
        }
        "checks" => json!({ "id": fresh("check"), "ask": "", "go": start() }),
        "parts" => json!({ "kind": kind, "say": "", "test": "is" }),
        "references" => json!({ "title": "", "url": "https://", "section": "", "verified": "" }),
        "examples" => {
            json!({ "text": "", "expect": if kind == "silent" { kind } else { "match" } })
        }
        "walks" => json!({ "name": "", "path": "", "end": start() }),
        _ => json!({ "name": "", "value": "" }),
    }
}

/// Takes renamed steps over to everything that leads there. `was` beside an id is what it was called before.
pub(super) fn follow_renames(sheet: &mut Value) {
    let steps = at_mut(sheet, "guide.steps").and_then(Value::as_array_mut);
    let mut renamed = Vec::new();
    for step in steps.into_iter().flatten() {
        let Some(fields) = step.as_object_mut() else {
            continue;
        };
        let was = fields.remove("was");
        if let (Some(Value::String(was)), Some(Value::String(id))) = (was, fields.get("id"))
            && was != *id
            && !was.is_empty()
        {
            renamed.push((was, id.clone()));
        }
    }
    let ids = at(sheet, "guide.steps").and_then(Value::as_array);
    let ids = ids.into_iter().flatten().filter_map(|step| step.get("id"));
    let ids = ids.filter_map(Value::as_str).map(str::to_owned);
    let ids = ids.collect::<BTreeSet<_>>();
    // Another step may bear the old name now; then nobody knows which was meant.
    renamed.retain(|(was, _)| !ids.contains(was));
    if renamed.is_empty() {
        return;
    }
    let now = |was: &str| {
        let known = renamed.iter().find(|(old, _)| old == was);
        known.map(|(_, new)| new.clone())
    };
    if let Some(guide) = at_mut(sheet, "guide") {
        relink(guide, &now, "");
    }
    let walks = at_mut(sheet, "walks").and_then(Value::as_array_mut);
    for walk in walks.into_iter().flatten() {
        relink_walk(walk, &now);
    }
}

fn relink(tree: &mut Value, now: &dyn Fn(&str) -> Option<String>, within: &str) {
    match tree {
        Value::Array(items) => {
            for item in items {
                relink(item, now, within);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                let leads = ["start", "go", "else", "cannot", "none"].contains(&name.as_str())
                    || within == "on" && name == "value";
                match value {
                    Value::String(to) if leads => {
                        if let Some(new) = now(to) {
                            *to = new;
                        }
                    }
                    Value::String(_) => {}
                    other => relink(other, now, name),
                }
            }
        }
        _ => {}
    }
}

fn relink_walk(walk: &mut Value, now: &dyn Fn(&str) -> Option<String>) {
    if let Some(Value::String(end)) = walk.get_mut("end")
        && let Some(new) = now(end)
    {
        *end = new;
    }
    if let Some(Value::String(path)) = walk.get_mut("path") {
        let lines = path.lines().map(|line| {
            let (step, answer) = line.trim().split_once('/').unwrap_or((line, ""));
            let new = now(step);
            new.map_or_else(|| line.to_owned(), |new| format!("{new}/{answer}"))
        });
        *path = lines.collect::<Vec<_>>().join("\n");
    }
    let answers = walk.get_mut("answers").and_then(Value::as_array_mut);
    for answer in answers.into_iter().flatten() {
        if let Some(Value::String(name)) = answer.get_mut("name")
            && let Some(new) = now(name)
        {
            *name = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Value {
        json!({
            "match": { "kind": "any", "parts": [{ "kind": "phrase", "say": "a" }, { "kind": "code", "say": "b" }] },
            "guide": { "start": "one", "steps": [
                { "id": "one", "kind": "ask", "say": "?", "answers": [{ "id": "x", "label": "X", "go": "two" }] },
                { "id": "two", "kind": "outcome", "say": "resolved", "text": "t" },
            ] },
            "walks": [{ "name": "w", "path": "one/x", "answers": [{ "name": "one", "value": "x" }], "end": "two" }],
        })
    }

    fn done(deed: &str) -> (Value, Option<String>) {
        let mut sheet = sheet();
        let place = Change::parse(deed).unwrap().apply(&mut sheet);
        (sheet, place)
    }

    #[test]
    fn items_are_added_moved_and_deleted() {
        let (sheet, place) = done("add guide.steps do");
        assert_eq!(place.as_deref(), Some("guide.steps.2"));
        assert_eq!(sheet["guide"]["steps"][2]["id"], "step-1");
        assert_eq!(sheet["guide"]["steps"][2]["go"], "one");
        let (sheet, place) = done("add references");
        assert_eq!(place.as_deref(), Some("references.0"));
        assert_eq!(sheet["references"][0]["url"], "https://");
        let (sheet, place) = done("down guide.steps.0");
        assert_eq!(place.as_deref(), Some("guide.steps.1"));
        assert_eq!(sheet["guide"]["steps"][0]["id"], "two");
        assert_eq!(done("up guide.steps.0").1.as_deref(), Some("guide.steps.0"));
        let (sheet, place) = done("delete match.parts.1");
        assert_eq!(place.as_deref(), Some("match.parts.0"));
        assert_eq!(sheet["match"]["parts"].as_array().unwrap().len(), 1);
        let (sheet, _) = done("set guide.steps.0.answers.0.when fact");
        assert_eq!(
            sheet["guide"]["steps"][0]["answers"][0]["when"]["kind"],
            "fact"
        );
    }

    #[test]
    fn groups_are_made_and_dissolved() {
        let (mut sheet, _) = done("wrap match.parts.0 all");
        assert_eq!(sheet["match"]["parts"][0]["parts"][0]["say"], "a");
        Change::parse("unwrap match.parts.0")
            .unwrap()
            .apply(&mut sheet);
        assert_eq!(sheet, super::tests::sheet());
        let (mut sheet, _) = done("wrap match not");
        Change::parse("unwrap match").unwrap().apply(&mut sheet);
        assert_eq!(sheet, super::tests::sheet());
    }

    #[test]
    fn a_place_that_is_not_there_changes_nothing() {
        for deed in [
            "up guide.steps.9",
            "delete guide.steps.9",
            "delete x.y",
            "wrap gone all",
            "unwrap guide",
            "add a.b.c",
        ] {
            let (sheet, place) = done(deed);
            assert_eq!((sheet, place), (super::tests::sheet(), None), "{deed}");
        }
        assert_eq!(Change::parse("save"), None);
    }

    #[test]
    fn what_leads_to_a_step_follows_its_new_name() {
        let mut sheet = sheet();
        sheet["guide"]["steps"][0]["id"] = json!("first");
        sheet["guide"]["steps"][0]["was"] = json!("one");
        sheet["guide"]["steps"][1]["id"] = json!("last");
        sheet["guide"]["steps"][1]["was"] = json!("two");
        follow_renames(&mut sheet);
        assert_eq!(sheet["guide"]["start"], "first");
        assert_eq!(sheet["guide"]["steps"][0]["answers"][0]["go"], "last");
        assert_eq!(sheet["walks"][0]["path"], "first/x");
        assert_eq!(sheet["walks"][0]["answers"][0]["name"], "first");
        assert_eq!(sheet["walks"][0]["end"], "last");
        assert_eq!(sheet["guide"]["steps"][0].get("was"), None);
    }
}
