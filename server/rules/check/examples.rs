//! Every rule matches its examples, stays silent on its look-alikes, and leaves the other rules' examples alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, rule};
use crate::condition::RuleId;
use crate::condition::shape::{Complaint, fact_key};
use crate::evidence::{Evidence, ReadOptions, Submission, read};
use crate::rules::classify::classify;
use crate::rules::compile::Release;
use crate::rules::file::{ExampleFile, Expect, PackFiles, RuleFile};

/// How many examples each alternative of a `match` needs.
const EACH: usize = 2;

/// Tries every example against every rule.
pub(super) fn check(files: &PackFiles, release: &Release, book: &mut Book) {
    let branches = Branches::of(files);
    for file in files
        .rules
        .iter()
        .filter(|file| release.rules.contains_key(&file.id))
    {
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
    fn of(files: &PackFiles) -> Self {
        let branches = files.rules.iter().map(|file| {
            let alternatives =
                rule::alternatives(&file.matcher, "match")
                    .into_iter()
                    .map(|(alternative, _)| {
                        let alone = RuleFile {
                            matcher: alternative.clone(),
                            ..file.clone()
                        };
                        let pack = PackFiles {
                            rules: vec![alone],
                            ..PackFiles::default()
                        };
                        Release::compile(0, 0, pack).0
                    });
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
