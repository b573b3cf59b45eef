//! A rule's own tests of its guide, and whether they go through every branch.

use super::Book;
use crate::condition::{AnswerId, StepId};
use crate::guide::walk::{NowKind, Route};
use crate::guide::{Procedure, StepKind};
use crate::rules::compile::{Release, Rule};
use crate::rules::walks::{Passed, Wanted, by_facts, path, run};

/// Runs every walk of a rule. What they pass inside of procedures is added to `inside`.
pub(super) fn check(rule: &Rule, release: &Release, inside: &mut Passed, book: &mut Book) {
    let route = route(rule, release);
    let mut all = Passed::default();
    for (at, test) in rule.file.walks.iter().enumerate() {
        let field = format!("walks[{at}]");
        let walked = match run(test, route, &rule.file.facts, &field) {
            Ok(walked) => walked,
            Err(complaints) => {
                for complaint in complaints {
                    book.error(complaint.path, complaint.what);
                }
                continue;
            }
        };
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
        all.add(route, &walked);
    }
    inside.add_inside(&all);
    covered(rule, &all, book);
}

/// Every way that facts can take, and every end, has its walk.
fn covered(rule: &Rule, passed: &Passed, book: &mut Book) {
    for (step, answer) in by_facts(&rule.guide) {
        let wanted = Wanted::Way {
            procedure: None,
            step: step.clone(),
            answer: answer.clone(),
        };
        if !passed.has(&wanted) {
            uncovered(step, &answer, book);
        }
    }
    for step in &rule.guide.steps {
        if matches!(step.kind, StepKind::Outcome(_)) && !passed.has(&Wanted::End(step.id.clone())) {
            book.error(
                format!("guide.steps.{}", step.id),
                format!("no walk ends at `{}`; add one under `walks`", step.id),
            );
        }
    }
}

/// Every way that facts can take in a procedure has a walk of some rule.
pub(super) fn covered_inside(procedure: &Procedure, inside: &Passed, book: &mut Book) {
    for (step, answer) in by_facts(&procedure.guide) {
        let wanted = Wanted::Way {
            procedure: Some(procedure.id.clone()),
            step: step.clone(),
            answer: answer.clone(),
        };
        if !inside.has(&wanted) {
            uncovered(step, &answer, book);
        }
    }
}

fn uncovered(step: &StepId, answer: &AnswerId, book: &mut Book) {
    book.error(
        format!("guide.steps.{step}"),
        format!("no walk goes through `{step}/{answer}`; add one under `walks`"),
    );
}

pub(super) fn route<'a>(rule: &'a Rule, release: &'a Release) -> Route<'a> {
    Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "nowhere".to_owned();
    }
    names.join(", ")
}
