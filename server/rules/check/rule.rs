//! What one rule file says by itself, and the names it uses of other files.

use std::collections::{BTreeMap, BTreeSet};

use super::Book;
use crate::condition::EventTest;
use crate::condition::shape::ConditionFile;
use crate::evidence::FactKey;
use crate::guide::shape::GuideFile;
use crate::rules::compile::{Release, guide_conditions};
use crate::rules::file::{PackFiles, RuleFile, day};
use crate::rules::needs::yields;
use crate::rules::phrase::{Phrase, TRIGGER};

/// No two rules may answer to one name, and no two of anything else either.
pub(super) fn unique_names(files: &PackFiles, book: &mut Book) {
    let mut rules = BTreeMap::new();
    for file in &files.rules {
        book.of(&file.id);
        for name in std::iter::once(&file.id).chain(&file.aliases) {
            if let Some(other) = rules.insert(name, &file.id) {
                let field = if *name == file.id { "id" } else { "aliases" };
                book.error(
                    field,
                    format!("`{name}` is taken by the rule `{other}`; choose another name"),
                );
            }
        }
    }
    twice(
        "products.yaml",
        files.products.iter().map(|product| product.id.as_str()),
        book,
    );
    twice(
        "collectors.yaml",
        files
            .collectors
            .iter()
            .map(|collector| collector.id.as_str()),
        book,
    );
    twice(
        "cautions.yaml",
        files.cautions.iter().map(|caution| caution.id.as_str()),
        book,
    );
    twice(
        "procedures",
        files
            .procedures
            .iter()
            .map(|procedure| procedure.id.as_str()),
        book,
    );
}

fn twice<'a>(owner: &str, names: impl Iterator<Item = &'a str>, book: &mut Book) {
    book.of(owner);
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            book.error(
                name,
                format!("`{name}` is there twice; remove one or rename it"),
            );
        }
    }
}

/// Checks a rule's own fields.
pub(super) fn check(file: &RuleFile, files: &PackFiles, release: &Release, book: &mut Book) {
    if !files
        .products
        .iter()
        .any(|product| product.id == file.product)
    {
        book.error(
            "product",
            format!(
                "there is no product `{}` in the list of products",
                file.product
            ),
        );
    }
    if file.review_by.as_deref().is_some_and(is_no_day) {
        book.error("review_by", A_DAY);
    }
    references(file, book);
    refines(file, release, book);
    for (alternative, path) in alternatives(&file.matcher, "match") {
        if !has_trigger(alternative) {
            book.error(path, "this alternative proves nothing; add a phrase, regex, code, event or fact that is not under `not` and not `context: true`");
        }
    }
    phrases(&file.matcher, "match", book);
    reason(file, book);
    names(&file.guide, release, book);
    if let Some(rule) = release.rules.get(&file.id) {
        let mut keys = rule
            .match_facts()
            .into_iter()
            .map(|test| test.key().clone())
            .collect::<BTreeSet<_>>();
        keys.extend(rule.match_events().into_iter().flat_map(EventTest::keys));
        guide_conditions(&rule.guide, &mut |condition| {
            condition.for_each_leaf(&mut |test, _| {
                keys.insert(test.key().clone());
            });
        });
        known_keys(&keys, release, book);
    }
}

fn references(file: &RuleFile, book: &mut Book) {
    if file.references.is_empty() {
        book.error(
            "references",
            "name at least one article with `title`, `url` and `section`",
        );
    }
    for (at, reference) in file.references.iter().enumerate() {
        if !reference.url.starts_with("https://") {
            book.error(
                format!("references[{at}].url"),
                format!(
                    "`{}` is no https address; copy the article's whole address",
                    reference.url
                ),
            );
        }
        if reference.verified.as_deref().is_some_and(is_no_day) {
            book.error(format!("references[{at}].verified"), A_DAY);
        }
    }
}

const A_DAY: &str = "write the day as YYYY-MM-DD";

fn is_no_day(text: &str) -> bool {
    day(text).is_none()
}

/// What is switched off is a rule that there is, for a reason and until a day.
pub(super) fn disabled(files: &PackFiles, book: &mut Book) {
    book.of("disabled.yaml");
    let mut seen = BTreeSet::new();
    for file in &files.disabled {
        if !seen.insert(&file.rule) {
            book.error(
                &file.rule,
                format!("`{}` is there twice; keep one", file.rule),
            );
        }
        if !files.rules.iter().any(|rule| rule.id == file.rule) {
            let what = format!("there is no rule `{}`; remove this", file.rule);
            book.error(&file.rule, what);
        }
        if file.reason.trim().is_empty() {
            book.error(&file.rule, "say why it is switched off in `reason`");
        }
        if is_no_day(&file.until) {
            book.error(format!("{}.until", file.rule), A_DAY);
        }
    }
}

fn refines(file: &RuleFile, release: &Release, book: &mut Book) {
    for general in &file.refines {
        if release.rule(general.as_str()).is_none() {
            book.error(
                "refines",
                format!("there is no rule `{general}`; write the id of the more general rule"),
            );
        } else if *general == file.id || release.refines(general, &file.id) {
            book.error("refines", format!("`{general}` refines this rule in turn; keep one direction, from the specific rule to the general one"));
        }
    }
}

fn reason(file: &RuleFile, book: &mut Book) {
    let reason = &file.automation.reason;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if reason.is_empty() || !reason.bytes().all(fits) {
        book.error(
            "automation.reason",
            format!("`{reason}` is no reason; write small letters, digits and underscores"),
        );
    }
}

/// The branches of a top-level `any`, else the whole, with their paths.
pub(super) fn alternatives<'a>(
    matcher: &'a ConditionFile,
    path: &str,
) -> Vec<(&'a ConditionFile, String)> {
    match &matcher.any {
        Some(branches) => {
            let branches = branches.iter().enumerate();
            branches
                .map(|(at, branch)| (branch, format!("{path}.any[{at}]")))
                .collect()
        }
        None => vec![(matcher, path.to_owned())],
    }
}

/// Whether the condition cannot be true without something that proves it.
fn has_trigger(written: &ConditionFile) -> bool {
    if let Some(parts) = &written.all {
        return parts.iter().any(has_trigger);
    }
    if let Some(parts) = &written.any {
        return parts.iter().all(has_trigger);
    }
    written.not.is_none() && !written.context
}

fn phrases(written: &ConditionFile, path: &str, book: &mut Book) {
    for (name, parts) in [("all", &written.all), ("any", &written.any)] {
        for (at, part) in parts.iter().flatten().enumerate() {
            phrases(part, &format!("{path}.{name}[{at}]"), book);
        }
    }
    if let Some(part) = &written.not {
        phrases(part, &format!("{path}.not"), book);
    }
    let short = written
        .phrase
        .as_deref()
        .and_then(|phrase| Phrase::parse(phrase).ok())
        .is_some_and(|phrase| !phrase.triggers());
    if short && !written.context {
        book.error(path, format!("no piece of this phrase has {TRIGGER} letters, white space aside; write more of the sentence or mark it `context: true`"));
    }
}

/// Every collector, caution and rule that a guide names exists.
pub(super) fn names(guide: &GuideFile, release: &Release, book: &mut Book) {
    for step in &guide.steps {
        let path = format!("guide.steps.{}", step.id);
        let of_checks = step
            .checks
            .iter()
            .flatten()
            .flat_map(|check| &check.collect);
        for collector in step.collect.iter().chain(of_checks) {
            if !release.collectors.contains_key(collector) {
                book.error(
                    format!("{path}.collect"),
                    format!("there is no collector `{collector}` in collectors.yaml"),
                );
            }
        }
        if let Some(caution) = step
            .caution
            .as_deref()
            .filter(|caution| release.caution(caution).is_none())
        {
            book.error(
                format!("{path}.caution"),
                format!("there is no caution `{caution}` in cautions.yaml"),
            );
        }
        if let Some(rule) = step
            .rule
            .as_ref()
            .filter(|rule| release.rule(rule.as_str()).is_none())
        {
            book.error(
                format!("{path}.rule"),
                format!("there is no rule `{rule}`; write the id of the rule whose guide goes on"),
            );
        }
        if step
            .command
            .as_deref()
            .is_some_and(|command| command.contains("{{"))
        {
            book.error(format!("{path}.command"), "a command cannot hold a placeholder, because it is copied and run; write what to put in its place into `how`");
        }
    }
}

/// Every fact that is asked for can be had.
pub(super) fn known_keys(keys: &BTreeSet<FactKey>, release: &Release, book: &mut Book) {
    for key in keys {
        if !release
            .collectors
            .values()
            .any(|collector| yields(&collector.yields, key))
        {
            book.error("facts", format!("no collector yields `{key}`; correct the key, or add it to a collector's `yields` in collectors.yaml"));
        }
    }
}
