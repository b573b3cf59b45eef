//! Texts of other systems stay unknown: a rule that fires on many of them fires on anything.

use std::collections::BTreeMap;

use super::Book;
use crate::condition::RuleId;
use crate::evidence::{ReadOptions, Submission, read};
use crate::rules::classify::{Role, classify};
use crate::rules::compile::Release;
use crate::rules::file::PackFiles;

/// A rule may fire on one of so many unrelated texts, and is refused above.
const ONE_IN: usize = 1_000;

/// Judges every text of `unrelated.yaml`.
pub(super) fn check(files: &PackFiles, release: &Release, book: &mut Book) {
    book.of("unrelated.yaml");
    if files.unrelated.is_empty() {
        book.note("no unrelated.yaml: how many unrelated texts a rule fires on was not measured");
        return;
    }
    let texts = match files.unrelated.make() {
        Ok(texts) => texts,
        Err(what) => return book.error("texts", what),
    };
    let mut fired = BTreeMap::<RuleId, Vec<&str>>::new();
    for text in &texts {
        let submission = Submission {
            text: Some(text.clone()),
            ..Submission::default()
        };
        let evidence = read(&submission, 1, &ReadOptions::default());
        let causes = classify(release, &evidence, None).findings.into_iter();
        for finding in causes.filter(|finding| finding.role == Role::Cause) {
            fired.entry(finding.rule).or_default().push(text);
        }
    }
    for (rule, on) in fired {
        let first = on[0].chars().take(160).collect::<String>();
        let what = format!(
            "this rule fires on {} of {} unrelated texts; narrow it. One of them: {first:?}",
            on.len(),
            texts.len()
        );
        book.of(rule);
        if on.len() * ONE_IN > texts.len() {
            book.error("match", what);
        } else {
            book.warning("match", what);
        }
    }
}
