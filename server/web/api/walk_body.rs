//! What programs read: where a walk stands.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Filler, NoteBody};
use crate::evidence::Proof;
use crate::guide::walk::{By, CheckState, Checked, Now, NowKind, Passed, Visit, Walk};
use crate::guide::{Do, Outcome, OutcomeKind, Who};

/// A walk.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalkBody {
    /// The rule whose guide is walked.
    pub rule: String,
    /// The steps passed.
    pub done: Vec<DoneBody>,
    /// The present step.
    pub now: NowBody,
    /// Whether it has come to an end.
    pub finished: bool,
}

/// A step passed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DoneBody {
    /// The rule.
    pub rule: String,
    /// The step.
    pub step: String,
    /// Which visit of the step this was, from 1: guides may lead back.
    pub visit: Visit,
    /// `ask`, `checks`, `do`.
    pub kind: &'static str,
    /// The question or instruction.
    pub ask: String,
    /// The answer's id.
    pub answer_id: String,
    /// The answer in words.
    pub answer: String,
    /// `evidence` or `person`.
    pub by: &'static str,
    /// Who, where a person answered.
    pub who: Option<String>,
    /// When, where a person answered.
    pub at: Option<i64>,
    /// An instruction that was not needed.
    pub skipped: bool,
    /// What proves it.
    pub because: Vec<Proof>,
    /// Where newer evidence contradicts a person: the answer it would give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contradicted_by: Option<ContradictionBody>,
    /// Facts that differ now from what this step was answered by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_since: Vec<Proof>,
    /// What the house adds to the question or instruction, in its own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteBody>,
}

/// The answer that the evidence would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContradictionBody {
    /// The answer's id.
    pub answer_id: String,
    /// In words.
    pub answer: String,
    /// Why.
    pub because: Vec<Proof>,
}

/// The present step. Which fields count depends on `kind`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct NowBody {
    /// The step.
    pub step: String,
    /// Which visit of the step this is, from 1.
    pub visit: Visit,
    /// `ask`, `checks`, `do` or `outcome`.
    pub kind: &'static str,
    /// The question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The instruction, or what to tell at an end. Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How to do it or find out.
    pub how: Option<String>,
    /// A command to run.
    pub command: Option<String>,
    /// A standing warning's name.
    pub caution: Option<String>,
    /// Who can do it.
    #[serde(rename = "for")]
    pub who: Option<Who>,
    /// How to undo it.
    pub undo: Option<String>,
    /// What security it gives up.
    pub loosens: Option<String>,
    /// The answers that may be given.
    pub answers: Vec<OfferedBody>,
    /// What could answer it.
    pub collect: Vec<String>,
    /// The checks: found, open, ruled out.
    pub checks: Vec<CheckBody>,
    /// At an end: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
    /// At an end: the rule whose guide goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_rule: Option<String>,
    /// What the house adds to the question, instruction or end, in its own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteBody>,
}

/// An answer that may be given.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedBody {
    /// Its id.
    pub id: String,
    /// In words.
    pub label: String,
}

/// A check.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckBody {
    /// Its id.
    pub id: String,
    /// The question.
    pub ask: String,
    /// Where it stands.
    pub state: Checked,
    /// What proves it.
    pub because: Vec<Proof>,
    /// What could answer it.
    pub collect: Vec<String>,
    /// How to find out.
    pub how: Option<String>,
}

impl WalkBody {
    /// A walk as programs read it.
    pub fn of(rule: &str, walk: &Walk<'_>, filler: &Filler<'_>) -> Self {
        let done = walk.done.iter();
        Self {
            rule: rule.to_owned(),
            done: done.map(|passed| done_body(rule, passed, filler)).collect(),
            now: NowBody::of(&walk.now, filler),
            finished: walk.finished(),
        }
    }
}

impl NowBody {
    /// The present step as programs read it.
    pub fn of(now: &Now<'_>, filler: &Filler<'_>) -> Self {
        let shown = match &now.kind {
            NowKind::Ask {
                ask,
                how,
                collect,
                answers,
            } => Self {
                kind: "ask",
                ask: Some(filler.fill(ask)),
                how: filler.fill_some(*how),
                collect: collect.iter().map(ToString::to_string).collect(),
                answers: answers
                    .iter()
                    .map(|answer| offered(answer.id.as_str(), &filler.fill(answer.label)))
                    .collect(),
                ..Self::default()
            },
            NowKind::Checks { intro, checks } => Self {
                kind: "checks",
                text: filler.fill_some(*intro),
                checks: checks
                    .iter()
                    .map(|check| check_body(check, filler))
                    .collect(),
                ..Self::default()
            },
            NowKind::Do(instruction) => do_body(instruction, filler),
            NowKind::Outcome(outcome) => outcome_body(outcome, filler),
            NowKind::Broken(what) => Self {
                kind: "outcome",
                text: Some(what.clone()),
                outcome: Some(OutcomeKind::Escalate),
                ..Self::default()
            },
        };
        Self {
            step: now.step.to_string(),
            visit: now.visit,
            notes: filler.notes(Some(now.step.as_str())),
            ..shown
        }
    }
}

fn done_body(rule: &str, passed: &Passed<'_>, filler: &Filler<'_>) -> DoneBody {
    let (by, who, at) = match &passed.by {
        By::Evidence => ("evidence", None, None),
        By::Person(given) => ("person", given.who.clone(), Some(given.at)),
    };
    DoneBody {
        rule: rule.to_owned(),
        step: passed.step.to_string(),
        visit: passed.visit,
        kind: passed.kind,
        ask: filler.fill(passed.text),
        answer_id: passed.answer.to_string(),
        answer: filler.fill(passed.label),
        by,
        who,
        at,
        skipped: passed.skipped,
        because: passed.because.clone(),
        contradicted_by: passed.contradicted.as_ref().map(|other| ContradictionBody {
            answer_id: other.answer.to_string(),
            answer: filler.fill(other.label),
            because: other.because.clone(),
        }),
        changed_since: passed.changed_since.clone(),
        notes: filler.notes(Some(passed.step.as_str())),
    }
}

fn do_body(instruction: &Do, filler: &Filler<'_>) -> NowBody {
    let cannot = instruction.cannot.as_ref();
    let cannot = cannot.map(|_| offered("cannot", "It cannot be done"));
    let answers = std::iter::once(offered("done", "Done")).chain(cannot);
    NowBody {
        kind: "do",
        text: Some(filler.fill(&instruction.text)),
        how: filler.fill_some(instruction.how.as_deref()),
        command: instruction.command.clone(),
        caution: instruction.caution.clone(),
        who: instruction.who,
        undo: filler.fill_some(instruction.undo.as_deref()),
        loosens: filler.fill_some(instruction.loosens.as_deref()),
        collect: instruction
            .collect
            .iter()
            .map(ToString::to_string)
            .collect(),
        answers: answers.collect(),
        ..NowBody::default()
    }
}

fn outcome_body(outcome: &Outcome, filler: &Filler<'_>) -> NowBody {
    NowBody {
        kind: "outcome",
        text: Some(filler.fill(&outcome.text)),
        outcome: Some(outcome.outcome),
        next_rule: outcome.rule.as_ref().map(ToString::to_string),
        ..NowBody::default()
    }
}

fn check_body(state: &CheckState<'_>, filler: &Filler<'_>) -> CheckBody {
    CheckBody {
        id: state.check.id.to_string(),
        ask: filler.fill(&state.check.ask),
        state: state.state,
        because: state.because.clone(),
        collect: state
            .check
            .collect
            .iter()
            .map(ToString::to_string)
            .collect(),
        how: filler.fill_some(state.check.how.as_deref()),
    }
}

fn offered(id: &str, label: &str) -> OfferedBody {
    OfferedBody {
        id: id.to_owned(),
        label: label.to_owned(),
    }
}
