//! A part of a pack, and a part put into a pack.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::file::PackFiles;
use super::unrelated::UnrelatedFile;
use crate::condition::shape::Complaint;

/// Which part of a pack: these rules and all rules of these products, with what their guides name. Nothing named is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Ids of rules.
    pub rules: Vec<String>,
    /// Ids of products.
    pub products: Vec<String>,
}

impl Selection {
    /// Whether it leaves nothing out.
    pub fn is_all(&self) -> bool {
        self.rules.is_empty() && self.products.is_empty()
    }
}

/// `rules win.bad-password, uipath.no-robot; product windows`, `everything`.
impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_all() {
            return f.write_str("everything");
        }
        let named = |word: &str, ids: &[String]| {
            let many = if ids.len() > 1 { "s" } else { "" };
            (!ids.is_empty()).then(|| format!("{word}{many} {}", ids.join(", ")))
        };
        let parts = [named("rule", &self.rules), named("product", &self.products)];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>();
        f.write_str(&parts.join("; "))
    }
}

/// The selected rules, whether they are switched off, what the house adds to them, and what their guides name: procedures, collectors, cautions. The
/// list of products stays out: by it a whole pack is told from a part.
pub fn select(files: &PackFiles, selection: &Selection) -> Result<PackFiles, Vec<Complaint>> {
    if selection.is_all() {
        return Ok(files.clone());
    }
    let mut wrong = Vec::new();
    for id in &selection.rules {
        if !files.rules.iter().any(|rule| rule.id == **id) {
            let what = format!("there is no rule `{id}` in this release");
            wrong.push(Complaint::new("/rule", what));
        }
    }
    for id in &selection.products {
        if !files.products.iter().any(|product| product.id == **id) {
            let what = format!("there is no product `{id}` in this release");
            wrong.push(Complaint::new("/product", what));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut part = PackFiles::default();
    let mut named = Named::default();
    for rule in &files.rules {
        let by_id = selection.rules.iter().any(|id| rule.id == **id);
        let by_product = selection.products.iter().any(|id| rule.product == **id);
        if by_id || by_product {
            named.see(rule);
            part.rules.push(rule.clone());
        }
    }
    // Procedures may call others.
    loop {
        let called = files.procedures.iter().filter(|file| {
            named.calls.contains(file.id.as_str())
                && !part.procedures.iter().any(|own| own.id == file.id)
        });
        let called = called.cloned().collect::<Vec<_>>();
        if called.is_empty() {
            break;
        }
        for procedure in &called {
            named.see(procedure);
        }
        part.procedures.extend(called);
    }
    let collectors = files.collectors.iter();
    part.collectors.extend(
        collectors
            .filter(|one| named.collects.contains(one.id.as_str()))
            .cloned(),
    );
    let cautions = files.cautions.iter();
    part.cautions.extend(
        cautions
            .filter(|one| named.cautions.contains(&one.id))
            .cloned(),
    );
    let disabled = files.disabled.iter();
    let disabled = disabled.filter(|one| part.rules.iter().any(|rule| rule.id == one.rule));
    part.disabled = disabled.cloned().collect();
    let notes = files.notes.iter();
    let notes = notes.filter(|one| part.rules.iter().any(|rule| rule.id == one.rule));
    part.notes = notes.cloned().collect();
    Ok(part)
}

/// Puts a part into a pack: what it has is added or takes the place of what bears its name; nothing goes.
pub fn join(files: &PackFiles, part: PackFiles) -> PackFiles {
    // Taken apart by name, so that a further file of a pack is not forgotten here.
    let PackFiles {
        products,
        collectors,
        cautions,
        procedures,
        rules,
        unrelated,
        disabled,
        notes,
    } = part;
    let mut files = files.clone();
    put(&mut files.products, products, |one| one.id.to_string());
    put(&mut files.collectors, collectors, |one| one.id.to_string());
    put(&mut files.cautions, cautions, |one| one.id.clone());
    put(&mut files.procedures, procedures, |one| one.id.to_string());
    put(&mut files.rules, rules, |one| one.id.to_string());
    put(&mut files.disabled, disabled, |one| one.rule.to_string());
    put(&mut files.notes, notes, |one| one.rule.to_string());
    if !unrelated.is_empty() {
        put_unrelated(&mut files.unrelated, unrelated);
    }
    files
}

fn put<T>(list: &mut Vec<T>, new: Vec<T>, name: impl Fn(&T) -> String) {
    for one in new {
        let own = name(&one);
        match list.iter_mut().find(|old| name(old) == own) {
            Some(old) => *old = one,
            None => list.push(one),
        }
    }
}

fn put_unrelated(list: &mut UnrelatedFile, new: UnrelatedFile) {
    list.each = new.each;
    list.words.extend(new.words);
    for text in new.texts {
        if !list.texts.contains(&text) {
            list.texts.push(text);
        }
    }
}

/// What guides name.
#[derive(Default)]
struct Named {
    calls: BTreeSet<String>,
    collects: BTreeSet<String>,
    cautions: BTreeSet<String>,
}

impl Named {
    fn see(&mut self, file: &impl Serialize) {
        // Plain data serialises; what did not would name nothing.
        self.walk(&serde_json::to_value(file).unwrap_or_default());
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    match (key.as_str(), value) {
                        ("call", Value::String(id)) => {
                            self.calls.insert(id.clone());
                        }
                        ("caution", Value::String(id)) => {
                            self.cautions.insert(id.clone());
                        }
                        ("collect", Value::Array(ids)) => {
                            let ids = ids.iter().filter_map(Value::as_str);
                            self.collects.extend(ids.map(str::to_owned));
                        }
                        _ => self.walk(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::pack::{Pack, PackText};

    fn pack() -> PackFiles {
        let rule = |id: &str, product: &str, step: &str| {
            let text = format!(
                "id: {id}\ntitle: T\nproduct: {product}\nseverity: error\nautomation: {{ reason: r, retryable: 'no', who_can_fix: it }}\nmatch: {{ any: [ {{ code: AlphaBetaGamma }} ] }}\ncause: C\nguide:\n  start: one\n  steps:\n    - {step}\nreferences: []\nexamples: []\n"
            );
            (format!("{product}/{id}.yaml"), text)
        };
        let procedure = |id: &str, step: &str| {
            let text = format!(
                "{{ id: {id}, title: P, results: [r], guide: {{ start: s, steps: [ {step} ] }} }}"
            );
            (format!("procedures/{id}.yaml"), text)
        };
        let plain = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = [
            plain(
                "products.yaml",
                "- { id: demo, name: D }\n- { id: other, name: O }",
            ),
            plain(
                "collectors.yaml",
                "- { id: c, title: C, yields: [t.*] }\n- { id: d, title: D, yields: [u.*] }",
            ),
            plain(
                "cautions.yaml",
                "- { id: mind, text: Mind. }\n- { id: lock, text: L. }",
            ),
            plain("unrelated.yaml", "{ each: 1, words: {}, texts: [one] }"),
            plain(
                "disabled.yaml",
                "- { rule: demo.a, reason: R, until: '2030-01-01' }\n- { rule: other.b, reason: R, until: '2030-01-01' }",
            ),
            procedure("first", "{ id: s, call: second, on: { r: s } }"),
            procedure("second", "{ id: s, ask: A, collect: [d], answers: [] }"),
            procedure("third", "{ id: s, return: r }"),
            rule("demo.a", "demo", "{ id: one, call: first, on: { r: one } }"),
            rule(
                "other.b",
                "other",
                "{ id: one, do: D, caution: mind, collect: [c], go: one }",
            ),
        ];
        let texts = files.map(|(path, text)| PackText { path, text });
        let (pack, wrong) = Pack::read(texts.into());
        assert_eq!(wrong, []);
        pack.files
    }

    #[test]
    fn a_part_has_what_its_guides_name_and_nothing_else() {
        let files = pack();
        let one = Selection {
            rules: vec!["demo.a".to_owned()],
            ..Selection::default()
        };
        let part = select(&files, &one).unwrap();
        let procedures = part.procedures.iter().map(|file| file.id.as_str());
        assert_eq!(procedures.collect::<Vec<_>>(), ["first", "second"]);
        assert_eq!(part.collectors[0].id, *"d");
        assert_eq!((part.rules.len(), part.collectors.len()), (1, 1));
        assert_eq!((part.cautions.len(), part.products.len()), (0, 0));
        assert_eq!(part.disabled.len(), 1);
        let product = Selection {
            products: vec!["other".to_owned()],
            ..Selection::default()
        };
        let part = select(&files, &product).unwrap();
        assert_eq!((part.procedures.len(), part.cautions.len()), (0, 1));
        assert_eq!(select(&files, &Selection::default()).unwrap(), files);
        assert_eq!(product.to_string(), "product other");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let nowhere = Selection {
            rules: vec!["demo.z".to_owned()],
            products: vec!["z".to_owned()],
        };
        let wrong = select(&pack(), &nowhere).unwrap_err();
        assert_eq!(wrong.len(), 2);
        assert!(wrong[0].what.contains("demo.z"), "{wrong:?}");
    }

    #[test]
    fn a_part_put_back_changes_nothing_and_takes_nothing_away() {
        let files = pack();
        let one = Selection {
            rules: vec!["demo.a".to_owned()],
            ..Selection::default()
        };
        let mut part = select(&files, &one).unwrap();
        assert_eq!(join(&files, part.clone()), files);
        part.rules[0].title = "Another".to_owned();
        part.collectors[0].title = "Another".to_owned();
        part.unrelated = UnrelatedFile {
            each: 2,
            texts: vec!["one".to_owned(), "two".to_owned()],
            ..UnrelatedFile::default()
        };
        let joined = join(&files, part);
        assert_eq!(joined.rules[0].title, "Another");
        assert_eq!(joined.rules.len(), 2);
        assert_eq!(joined.collectors[1].title, "Another");
        assert_eq!(
            (joined.unrelated.each, joined.unrelated.texts.len()),
            (2, 2)
        );
    }
}
