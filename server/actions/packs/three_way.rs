//! Three packs: what the rules here began from, what a new version brings, and what answers here. What was changed here is
//! never overwritten.

use std::collections::BTreeSet;

use crate::actions::drafts::{all_texts, merge, published_text, read_draft};
use crate::rules::PackFiles;
use crate::store::{DraftKind, DraftName};

/// What becomes of a thing that is not the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// It is new.
    New,
    /// It was not changed here, and follows.
    Follows,
    /// It was not changed here, and the new version has it no more.
    Goes,
    /// It was changed by both, in different places.
    Merged,
    /// It was changed by both in the same place, or made by both: somebody decides.
    Conflict,
    /// The new version has it no more, but it was changed here: it stays.
    Kept,
    /// It was removed here, and stays so, though the new version changed it.
    StaysGone,
}

/// A thing with what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Its name.
    pub(super) name: DraftName,
    /// What becomes of it.
    pub(super) fate: Fate,
    /// The text that it began from; empty where there was none.
    pub(super) base: String,
    /// Its text here; empty where there is none.
    pub(super) here: String,
    /// What it is to say: of a conflict, what the new version says; of what goes or stays, what it says here.
    pub(super) text: String,
}

/// Everything that the new version has otherwise than what the rules here began from, and does not say here already.
pub(super) fn three_way(base: &PackFiles, new: &PackFiles, here: &PackFiles) -> Vec<Step> {
    let texts = [base, new, here].map(all_texts);
    let names = texts.iter().flat_map(|texts| texts.keys());
    let names = names.collect::<BTreeSet<_>>();
    let steps = names.into_iter().filter_map(|name| {
        let [was, new_text, own] = texts.each_ref().map(|texts| texts.get(name));
        let (fate, text) = match way(was, new_text, own) {
            Way::Here => return None,
            Way::New => match (own, new_text) {
                (None, text) => (Fate::New, text.cloned()),
                (Some(_), Some(text)) => (Fate::Follows, Some(text.clone())),
                (Some(own), None) => (Fate::Goes, Some(own.clone())),
            },
            Way::StaysGone => (Fate::StaysGone, None),
            Way::Kept => (Fate::Kept, own.cloned()),
            Way::Both => match joined(name, [base, new, here]) {
                Some(text) => (Fate::Merged, Some(text)),
                None => (Fate::Conflict, new_text.cloned()),
            },
        };
        Some(Step {
            name: name.clone(),
            fate,
            base: was.cloned().unwrap_or_default(),
            here: own.cloned().unwrap_or_default(),
            text: text.unwrap_or_default(),
        })
    });
    steps.collect()
}

/// Which side is right, as far as that can be said without looking into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Here,
    New,
    StaysGone,
    Kept,
    Both,
}

fn way<T: PartialEq>(base: Option<&T>, new: Option<&T>, here: Option<&T>) -> Way {
    if new == here || base == new {
        Way::Here
    } else if base == here {
        Way::New
    } else if here.is_none() {
        Way::StaysGone
    } else if new.is_none() {
        Way::Kept
    } else {
        Way::Both
    }
}

/// The text that has both changes, where they are in different places.
fn joined(name: &DraftName, [base, new, here]: [&PackFiles; 3]) -> Option<String> {
    if name.kind == DraftKind::List
        && let Some(files) = by_entries(&name.id, [base, new, here])
    {
        return published_text(&files, name);
    }
    let text = |files| published_text(files, name).unwrap_or_default();
    let text = merge(&text(base), &text(new), &text(here)).text()?;
    // Lines may fit together and say nothing that can be read.
    read_draft(name, &text).structure.map(|read| read.text())
}

/// A list in which no entry was changed by both, entry by entry; `None` for others.
fn by_entries(list: &str, [base, new, here]: [&PackFiles; 3]) -> Option<PackFiles> {
    let mut files = here.clone();
    match list {
        "products" => {
            let lists = [&base.products, &new.products, &here.products];
            files.products = entries(lists.map(Vec::as_slice), |one| one.id.as_str())?;
        }
        "collectors" => {
            let lists = [&base.collectors, &new.collectors, &here.collectors];
            files.collectors = entries(lists.map(Vec::as_slice), |one| one.id.as_str())?;
        }
        "cautions" => {
            let lists = [&base.cautions, &new.cautions, &here.cautions];
            files.cautions = entries(lists.map(Vec::as_slice), |one| one.id.as_str())?;
        }
        _ => return None,
    }
    Some(files)
}

fn entries<T: Clone + PartialEq>(
    [base, new, here]: [&[T]; 3],
    id: impl Fn(&T) -> &str,
) -> Option<Vec<T>> {
    let of = |list: &'_ [T], one: &str| list.iter().position(|other| id(other) == one);
    let mut joined = Vec::new();
    let only_here = here.iter().filter(|one| of(new, id(one)).is_none());
    for one in new.iter().chain(only_here) {
        let [was, new, here] = [base, new, here].map(|list| Some(&list[of(list, id(one))?]));
        let taken = match way(was, new, here) {
            Way::Here | Way::Kept => here,
            Way::New => new,
            Way::StaysGone => None,
            Way::Both => return None,
        };
        joined.extend(taken.cloned());
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pack::{Pack, PackText};
    use crate::rules::{CautionFile, PackFiles};

    /// A pack of rules, each with its title and its cause, and of cautions.
    fn pack(rules: &[(&str, &str, &str)], cautions: &[(&str, &str)]) -> PackFiles {
        let texts = rules.iter().map(|(id, title, cause)| PackText {
            path: format!("demo/demo.{id}.yaml"),
            text: format!("id: demo.{id}\ntitle: {title}\nproduct: demo\nseverity: error\nautomation: {{ reason: r, retryable: 'no', who_can_fix: it }}\nmatch: {{ any: [ {{ code: AlphaBetaGamma }} ] }}\ncause: {cause}\nguide: {{ start: one, steps: [ {{ id: one, outcome: resolved, text: T }} ] }}\nreferences: []\nexamples: []\n"),
        });
        let (pack, wrong) = Pack::read(texts.collect());
        assert_eq!(wrong, []);
        let cautions = cautions.iter().map(|(id, text)| CautionFile {
            id: (*id).to_owned(),
            text: (*text).to_owned(),
        });
        PackFiles {
            cautions: cautions.collect(),
            ..pack.files
        }
    }

    type Rule = Option<(&'static str, &'static str)>;

    /// What becomes of one rule, and the title and cause that it is to have.
    fn fate(base: Rule, new: Rule, here: Rule) -> Option<(Fate, String)> {
        let packs = [base, new, here].map(|rule| match rule {
            Some((title, cause)) => pack(&[("a", title, cause)], &[]),
            None => pack(&[], &[]),
        });
        let steps = three_way(&packs[0], &packs[1], &packs[2]);
        assert!(steps.len() <= 1, "{steps:?}");
        let step = steps.into_iter().next()?;
        let said = step.text.lines().filter_map(|line| {
            line.strip_prefix("title: ")
                .or_else(|| line.strip_prefix("cause: "))
        });
        Some((step.fate, said.collect::<Vec<_>>().join("+")))
    }

    #[test]
    fn what_becomes_of_a_thing() {
        let (a, b, c) = (Some(("T", "C")), Some(("T2", "C")), Some(("T3", "C")));
        let other = Some(("T", "C2"));
        let became = |fate, text: &str| Some((fate, text.to_owned()));
        for (base, new, here, becomes) in [
            // Nothing new
            (a, a, a, None),
            (a, a, b, None),
            (a, a, None, None),
            (a, b, b, None),
            (a, None, None, None),
            (None, None, a, None),
            (None, a, a, None),
            // Not changed here
            (a, b, a, became(Fate::Follows, "T2+C")),
            (a, None, a, became(Fate::Goes, "T+C")),
            (None, a, None, became(Fate::New, "T+C")),
            // Changed here
            (a, b, other, became(Fate::Merged, "T2+C2")),
            (a, b, c, became(Fate::Conflict, "T2+C")),
            (None, b, c, became(Fate::Conflict, "T2+C")),
            (a, None, b, became(Fate::Kept, "T2+C")),
            (a, b, None, became(Fate::StaysGone, "")),
        ] {
            assert_eq!(fate(base, new, here), becomes, "{base:?} {new:?} {here:?}");
        }
    }

    #[test]
    fn a_list_is_joined_entry_by_entry() {
        let base = pack(&[], &[("one", "1"), ("two", "2"), ("three", "3")]);
        let new = pack(&[], &[("one", "1!"), ("two", "2"), ("four", "4")]);
        let here = pack(
            &[],
            &[("one", "1"), ("two", "2"), ("three", "3"), ("own", "5")],
        );
        let steps = three_way(&base, &new, &here);
        assert_eq!((steps.len(), steps[0].fate), (1, Fate::Merged));
        let wanted = pack(
            &[],
            &[("one", "1!"), ("two", "2"), ("four", "4"), ("own", "5")],
        );
        assert_eq!(Some(&steps[0].text), all_texts(&wanted).values().next());
        let both = pack(&[], &[("one", "1?"), ("two", "2"), ("three", "3")]);
        assert_eq!(three_way(&base, &new, &both)[0].fate, Fate::Conflict);
    }

    #[test]
    fn a_conflict_keeps_all_three_texts() {
        let [base, new, here] = ["T", "T2", "T3"].map(|title| pack(&[("a", title, "C")], &[]));
        let step = three_way(&base, &new, &here).remove(0);
        assert!(step.base.contains("title: T\n"));
        assert!(step.here.contains("title: T3\n"));
        assert!(step.text.contains("title: T2\n"));
    }
}
