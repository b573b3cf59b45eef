//! A rule's own tests of its guide, and whether they go through every branch.

use std::collections::{BTreeMap, BTreeSet};

use super::Book;
use crate::condition::shape::{ShortNames, fact_key};
use crate::condition::{ProcedureId, StepId};
use crate::evidence::Evidence;
use crate::guide::walk::{GivenAnswer, NowKind, Route, Walk, walk};
use crate::guide::{Guide, Procedure, StepKind};
use crate::rules::compile::{Release, Rule};
use crate::rules::file::WalkFile;

/// The steps that walks passed inside of procedures, as `step/answer`.
pub(super) type Inside = BTreeSet<(ProcedureId, String)>;

/// Runs every walk of a rule.
pub(super) fn check(rule: &Rule, release: &Release, inside: &mut Inside, book: &mut Book) {
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
        let in_procedures = walked.done.iter().filter_map(|passed| {
            let (procedure, step) = procedure_of(rule, release, &passed.step)?;
            Some((procedure.clone(), format!("{step}/{}", passed.answer)))
        });
        inside.extend(in_procedures);
        passed.extend(path);
        ends.insert(walked.now.step.clone());
    }
    covered(rule, &passed, &ends, book);
}

/// The procedure that a step's address leads into, and the step there.
fn procedure_of<'a>(
    rule: &'a Rule,
    release: &'a Release,
    address: &'a StepId,
) -> Option<(&'a ProcedureId, &'a str)> {
    let mut guide = &rule.guide;
    let mut inside = None;
    let mut rest = address.as_str();
    while let Some((call, step)) = rest.split_once('.') {
        let calling = guide.steps.iter().find(|step| step.id == *call)?;
        let StepKind::Call(call) = &calling.kind else {
            return None;
        };
        let procedure = release.procedures.get(&call.procedure)?;
        (guide, rest) = (&procedure.guide, step);
        inside = Some(&procedure.id);
    }
    Some((inside?, rest))
}

/// Every way that facts can take, and every end, has its walk.
fn covered(rule: &Rule, passed: &BTreeSet<String>, ends: &BTreeSet<StepId>, book: &mut Book) {
    for (step, answer) in by_facts(&rule.guide) {
        if !passed.contains(&format!("{step}/{answer}")) {
            uncovered(step, &answer, book);
        }
    }
    for step in &rule.guide.steps {
        if matches!(step.kind, StepKind::Outcome(_)) && !ends.contains(&step.id) {
            book.error(
                format!("guide.steps.{}", step.id),
                format!("no walk ends at `{}`; add one under `walks`", step.id),
            );
        }
    }
}

/// Every way that facts can take in a procedure has a walk of some rule.
pub(super) fn covered_inside(procedure: &Procedure, inside: &Inside, book: &mut Book) {
    for (step, answer) in by_facts(&procedure.guide) {
        if !inside.contains(&(procedure.id.clone(), format!("{step}/{answer}"))) {
            uncovered(step, &answer, book);
        }
    }
}

fn uncovered(step: &StepId, answer: &str, book: &mut Book) {
    book.error(
        format!("guide.steps.{step}"),
        format!("no walk goes through `{step}/{answer}`; add one under `walks`"),
    );
}

/// The answers of a guide that facts can give.
fn by_facts(guide: &Guide) -> Vec<(&StepId, String)> {
    let mut found = Vec::new();
    for step in &guide.steps {
        match &step.kind {
            StepKind::Ask(ask) => {
                let answers = ask
                    .answers
                    .iter()
                    .filter(|answer| answer.when.is_some() || answer.otherwise);
                found.extend(answers.map(|answer| (&step.id, answer.id.to_string())));
            }
            StepKind::Checks(checks) => {
                let checks = checks
                    .checks
                    .iter()
                    .filter(|check| check.found_when.is_some());
                found.extend(checks.map(|check| (&step.id, check.id.to_string())));
            }
            StepKind::Do(instruction) if instruction.when.is_some() => {
                found.push((&step.id, "not-needed".to_owned()));
            }
            _ => {}
        }
    }
    found
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
            visit: 1,
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
    let whole = complaints.is_empty();
    for complaint in complaints {
        book.error(complaint.path, complaint.what);
    }
    whole.then(|| Evidence::stated(&state))
}
