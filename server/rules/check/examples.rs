//! Every rule matches its examples, stays silent on its look-alikes, and leaves the other rules' examples alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, rule};
use crate::condition::RuleId;
use crate::condition::shape::{Complaint, ConditionFile, fact_key};
use crate::evidence::{Evidence, ReadOptions, Submission, read};
use crate::rules::classify::classify;
use crate::rules::compile::Release;
use crate::rules::file::{ExampleFile, Expect, PackFiles, RuleFile};

/// How many examples each alternative of a `match` needs.
const EACH: usize = 2;

/// Tries every example, or those of one rule, against every rule.
pub(super) fn check(files: &PackFiles, release: &Release, only: Option<&RuleId>, book: &mut Book) {
    let files = files.rules.iter();
    let files = files.filter(|file| only.is_none_or(|only| file.id == *only));
    let files = files.filter(|file| release.rules.contains_key(&file.id));
    let files = files.collect::<Vec<_>>();
    let branches = Branches::of(&files);
    for file in files {
        book.of(&file.id);
        let mut counts = vec![0; rule::alternatives(&file.matcher, "match").len()];
        let mut takers = Vec::new();
        for (at, example) in file.examples.iter().enumerate() {
            let field = format!("examples[{at}]");
            let Some(evidence) = evidence(example, file, &field, book) else {
                continue;
            };
            let found = found(release, &evidence);
            judge(file, example, &found, release, &field, book);
            if example.expect == Expect::Match {
                branches.count(file, &evidence, &mut counts);
                takers.extend(found.first().cloned());
            }
        }
        shadowed(file, &takers, book);
        for ((_, path), count) in rule::alternatives(&file.matcher, "match")
            .iter()
            .zip(counts)
        {
            if count < EACH {
                book.error(path, format!("{count} of the examples match by this alternative; add examples until there are {EACH}"));
            }
        }
        if !file
            .examples
            .iter()
            .any(|example| example.expect == Expect::Silent)
        {
            book.error(
                "examples",
                "add a look-alike with `expect: silent`, a text that is near and must not match",
            );
        }
    }
}

/// Tries one rule against the examples of all others: what it takes from them.
pub(super) fn of_others(file: &RuleFile, files: &PackFiles, release: &Release, book: &mut Book) {
    let alone = alone(file, &file.matcher);
    let mut ignored = Book::default();
    book.of(&file.id);
    for other in files.rules.iter().filter(|other| other.id != file.id) {
        if release.refines(&other.id, &file.id) || release.refines(&file.id, &other.id) {
            continue;
        }
        for (at, example) in other.examples.iter().enumerate() {
            if example.expect == Expect::Silent || example.also.contains(&file.id) {
                continue;
            }
            let evidence = evidence(example, other, "", &mut ignored);
            if evidence.is_some_and(|evidence| found(&alone, &evidence).contains(&file.id)) {
                let what = format!(
                    "this rule matches example {} of `{}` too; narrow it, let one of the two refine the other, or add `also: [{}]` there if both are right",
                    at + 1,
                    other.id,
                    file.id
                );
                book.error("match", what);
            }
        }
    }
}

/// A rule as the only one, with a `match` of its own or a part of it.
pub(super) fn alone(file: &RuleFile, matcher: &ConditionFile) -> Release {
    let rule = RuleFile {
        matcher: matcher.clone(),
        ..file.clone()
    };
    let pack = PackFiles {
        rules: vec![rule],
        ..PackFiles::default()
    };
    Release::compile(0, 0, pack).0
}

fn evidence(
    example: &ExampleFile,
    file: &RuleFile,
    field: &str,
    book: &mut Book,
) -> Option<Evidence> {
    let mut complaints = Vec::<Complaint>::new();
    let facts = example.facts.iter().filter_map(|(name, value)| {
        let key = fact_key(
            name,
            &format!("{field}.facts"),
            &file.facts,
            &mut complaints,
        )?;
        Some((key.to_string(), value.clone()))
    });
    let submission = Submission {
        text: example.text.clone(),
        facts: facts.collect(),
        files: Vec::new(),
    };
    if example.text.is_none() && example.facts.is_empty() {
        complaints.push(Complaint::new(field, "an example needs `text` or `facts`"));
    }
    let whole = complaints.is_empty();
    for complaint in complaints {
        book.error(complaint.path, complaint.what);
    }
    whole.then(|| read(&submission, 1, &ReadOptions::default()))
}

/// A rule that comes first in none of its own examples is never the answer.
fn shadowed(file: &RuleFile, takers: &[RuleId], book: &mut Book) {
    if takers.is_empty() || takers.contains(&file.id) {
        return;
    }
    let names = takers.iter().map(|rule| format!("`{rule}`"));
    let names = names.collect::<BTreeSet<_>>().into_iter();
    let names = names.collect::<Vec<_>>().join(", ");
    book.warning(
        "examples",
        format!("in all of these {names} comes first, so this rule is never the first answer; add an example that only this rule matches, or merge the rules"),
    );
}

/// The rules that an example's evidence makes findings of, with proof, best first.
fn found(release: &Release, evidence: &Evidence) -> Vec<RuleId> {
    let findings = classify(release, evidence, None).findings;
    let proved = findings
        .into_iter()
        .filter(|finding| !finding.because.is_empty());
    proved.map(|finding| finding.rule).collect()
}

fn judge(
    file: &RuleFile,
    example: &ExampleFile,
    found: &[RuleId],
    release: &Release,
    field: &str,
    book: &mut Book,
) {
    let matched = found.contains(&file.id);
    match example.expect {
        Expect::Match if !matched => book.error(
            field,
            "this example must match and does not; widen `match` or correct the example",
        ),
        Expect::Silent if matched => book.error(
            field,
            "this look-alike must stay silent and matches; narrow `match`",
        ),
        _ => {}
    }
    if example.expect == Expect::Silent {
        return;
    }
    for other in found
        .iter()
        .filter(|other| **other != file.id && !example.also.contains(other))
    {
        if !release.refines(other, &file.id) && !release.refines(&file.id, other) {
            book.error(field, format!("`{other}` matches this example too; narrow its `match`, let one of the two refine the other, or add `also: [{other}]` if both are right"));
        }
    }
}

/// Each alternative of each rule as a rule of its own, to see which of them an example matches by.
struct Branches(BTreeMap<RuleId, Vec<Release>>);

impl Branches {
    fn of(files: &[&RuleFile]) -> Self {
        let branches = files.iter().map(|file| {
            let alternatives = rule::alternatives(&file.matcher, "match").into_iter();
            let alternatives = alternatives.map(|(alternative, _)| alone(file, alternative));
            (file.id.clone(), alternatives.collect())
        });
        Self(branches.collect())
    }

    fn count(&self, file: &RuleFile, evidence: &Evidence, counts: &mut [usize]) {
        let branches = self.0.get(&file.id).into_iter().flatten();
        for (branch, count) in branches.zip(counts) {
            *count += usize::from(found(branch, evidence).contains(&file.id));
        }
    }
}
