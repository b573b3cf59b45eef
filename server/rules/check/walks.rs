//! A rule's own tests of its guide, and whether they go through every branch.

use std::collections::{BTreeMap, BTreeSet};

use super::Book;
use crate::condition::StepId;
use crate::condition::shape::{ShortNames, fact_key};
use crate::evidence::{Closes, Evidence, Fact, FactKey, FactValue, Scope, Source, Span, Text};
use crate::guide::StepKind;
use crate::guide::walk::{GivenAnswer, NowKind, Route, Walk, walk};
use crate::rules::compile::{Release, Rule};
use crate::rules::file::WalkFile;

/// Runs every walk of a rule.
pub(super) fn check(rule: &Rule, release: &Release, book: &mut Book) {
    let mut passed = BTreeSet::new();
    let mut ends = BTreeSet::new();
    for (at, test) in rule.file.walks.iter().enumerate() {
        let field = format!("walks[{at}]");
        let Some(evidence) = evidence_of(test, &rule.file.facts, &field, book) else {
            continue;
        };
        let answers = answers(test);
        let walked = walk(route(rule, release), &evidence, &answers);
        let path = path(&walked);
        if path != test.path {
            book.error(
                format!("{field}.path"),
                format!(
                    "\u{201c}{}\u{201d} goes {}; the file says {}",
                    test.name,
                    listed(&path),
                    listed(&test.path)
                ),
            );
        }
        if walked.now.step != test.end {
            book.error(
                format!("{field}.end"),
                format!(
                    "\u{201c}{}\u{201d} ends at `{}`; the file says `{}`",
                    test.name, walked.now.step, test.end
                ),
            );
        }
        if let NowKind::Broken(what) = &walked.now.kind {
            book.error(&field, what.clone());
        }
        if !walked.off_path.is_empty() {
            let unused = walked
                .off_path
                .iter()
                .map(|answer| format!("{}/{}", answer.step, answer.answer));
            book.error(
                format!("{field}.answers"),
                format!(
                    "these answers are never asked for: {}",
                    listed(&unused.collect::<Vec<_>>())
                ),
            );
        }
        passed.extend(path);
        ends.insert(walked.now.step.clone());
    }
    covered(rule, &passed, &ends, book);
}

/// Every way that facts can take, and every end, has its walk.
fn covered(rule: &Rule, passed: &BTreeSet<String>, ends: &BTreeSet<StepId>, book: &mut Book) {
    for step in &rule.guide.steps {
        let answers = match &step.kind {
            StepKind::Ask(ask) => {
                let by_facts = ask
                    .answers
                    .iter()
                    .filter(|answer| answer.when.is_some() || answer.otherwise);
                by_facts.map(|answer| answer.id.to_string()).collect()
            }
            StepKind::Checks(checks) => checks
                .checks
                .iter()
                .filter(|check| check.found_when.is_some())
                .map(|check| check.id.to_string())
                .collect(),
            StepKind::Do(instruction) if instruction.when.is_some() => {
                vec!["not-needed".to_owned()]
            }
            StepKind::Outcome(_) if !ends.contains(&step.id) => {
                book.error(
                    format!("guide.steps.{}", step.id),
                    format!("no walk ends at `{}`; add one under `walks`", step.id),
                );
                Vec::new()
            }
            _ => Vec::new(),
        };
        for answer in answers {
            if !passed.contains(&format!("{}/{answer}", step.id)) {
                book.error(
                    format!("guide.steps.{}", step.id),
                    format!(
                        "no walk goes through `{}/{answer}`; add one under `walks`",
                        step.id
                    ),
                );
            }
        }
    }
}

pub(super) fn route<'a>(rule: &'a Rule, release: &'a Release) -> Route<'a> {
    Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    }
}

fn path(walked: &Walk<'_>) -> Vec<String> {
    let passed = walked.done.iter();
    passed
        .map(|passed| format!("{}/{}", passed.step, passed.answer))
        .collect()
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nowhere".to_owned();
    }
    names.join(", ")
}

fn answers(test: &WalkFile) -> Vec<GivenAnswer> {
    let answers = (1..)
        .zip(&test.answers)
        .map(|(order, (step, answer))| GivenAnswer {
            step: step.clone(),
            answer: answer.clone(),
            round: 1,
            order,
            who: None,
            at: 0,
        });
    answers.collect()
}

fn evidence_of(
    test: &WalkFile,
    short: &ShortNames,
    field: &str,
    book: &mut Book,
) -> Option<Evidence> {
    let mut complaints = Vec::new();
    let known = test.facts.iter().filter_map(|(name, value)| {
        let key = fact_key(name, &format!("{field}.facts"), short, &mut complaints)?;
        Some((key, Some(value.clone())))
    });
    let mut state = known.collect::<BTreeMap<_, _>>();
    for name in &test.absent {
        let key = fact_key(name, &format!("{field}.absent"), short, &mut complaints);
        state.extend(key.map(|key| (key, None)));
    }
    let fine = complaints.is_empty();
    for complaint in complaints {
        book.error(complaint.path, complaint.what);
    }
    fine.then(|| stated(&state))
}

/// Evidence that says just this: a value, or that the key is absent.
pub(super) fn stated(state: &BTreeMap<FactKey, Option<FactValue>>) -> Evidence {
    let lines = state.iter().map(|(key, value)| match value {
        Some(value) => format!("{key} = {value}").replace(['\n', '\r'], " "),
        None => format!("{key} is absent"),
    });
    let text = Text::new(lines.collect::<Vec<_>>().join("\n"));
    let mut evidence = Evidence::default();
    for (line, (key, value)) in text.lines().zip(state) {
        let span = Span {
            source: 0,
            ..line.span(0..line.text.len())
        };
        match value {
            Some(value) => evidence.facts.push(Fact {
                key: key.clone(),
                value: value.clone(),
                span,
                about: std::sync::Arc::default(),
                round: 1,
            }),
            None => evidence.scopes.push(Scope {
                closes: Closes::Key(key.folded().to_owned()),
                span,
                round: 1,
            }),
        }
    }
    evidence.sources.push(Source {
        name: "facts".to_owned(),
        round: 1,
        claimed: std::iter::once(0..text.as_str().len()).collect(),
        entries: std::iter::once(0..text.as_str().len()).collect(),
        text,
    });
    evidence
}
