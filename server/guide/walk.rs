//! Where a reader stands: a guide, the facts and the answers so far give the steps passed and the present one.

use std::collections::BTreeMap;

use self::path::Path;
use super::{Automation, Check, Do, Guide, Outcome, Procedure, Step, StepKind};
use crate::condition::{AnswerId, CollectorId, ProcedureId, StepId};
use crate::evidence::{Evidence, Proof, Round};

mod ahead;
mod ask;
mod checks;
mod decide;
mod instruct;
mod path;
mod place;
mod since;
#[cfg(test)]
mod tests;

pub use place::MAX_DEPTH;

/// How often a walk has come by a step: guides may lead back, and each visit is answered anew. From 1.
pub type Visit = u32;

/// What a person said at a step. For an instruction the answer is `done` or `cannot`; for checks it is the id of the
/// check that was found, or `no.` and the id of one that was ruled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    /// The step's address; inside a called procedure `call.step`.
    pub step: StepId,
    /// The visit of the step that it was given to, from 1. An answer of visit 0 was set aside and counts nowhere.
    pub visit: Visit,
    /// Which answer.
    pub answer: AnswerId,
    /// The latest round there was when it was given.
    pub round: Round,
    /// Order of giving; higher is later.
    pub order: i64,
    /// Who, if they said.
    pub who: Option<String>,
    /// When, unix milliseconds.
    pub at: i64,
}

/// What a walk goes through: a guide and the procedures it may call.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// All procedures of the release.
    pub procedures: &'a BTreeMap<ProcedureId, Procedure>,
}

impl<'a> Route<'a> {
    /// The step of an address; inside a called procedure the address is `call.step`.
    pub fn step(self, address: &str) -> Option<&'a Step> {
        let own = |id: &str| self.guide.steps.iter().find(|step| step.id == *id);
        own(address).or_else(|| {
            address.match_indices('.').find_map(|(dot, _)| {
                let StepKind::Call(call) = &own(&address[..dot])?.kind else {
                    return None;
                };
                let inside = Self {
                    guide: &self.procedures.get(&call.procedure)?.guide,
                    procedures: self.procedures,
                };
                inside.step(&address[dot + 1..])
            })
        })
    }
}

/// Where a reader stands.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    /// The steps passed, in order.
    pub done: Vec<Passed<'a>>,
    /// The present step.
    pub now: Now<'a>,
    /// The steps that surely follow the present one (an instruction's `go`, and so on until the first question), for a preview.
    pub next: Vec<&'a str>,
    /// The number of the present step, from 1; at an end the number of steps passed.
    pub position: usize,
    /// About how many steps the whole way has.
    pub about: usize,
    /// Answers that are no longer on the path: kept, shown as no longer asked.
    pub off_path: Vec<GivenAnswer>,
    /// The automation that a passed step or the end overrides with.
    pub automation: Option<&'a Automation>,
}

/// Who answered a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The evidence did.
    Evidence,
    /// A person did.
    Person(GivenAnswer),
}

/// One step passed.
#[derive(Debug, Clone)]
pub struct Passed<'a> {
    /// The step's address.
    pub step: StepId,
    /// Which visit of the step this was.
    pub visit: Visit,
    /// `ask`, `checks`, `do`.
    pub kind: &'static str,
    /// The question or instruction (raw text with placeholders).
    pub text: &'a str,
    /// The answer's id: an answer, a check, `done`, `cannot`, `none` (nothing could be offered or all ruled out), `not-needed`.
    pub answer: AnswerId,
    /// The answer in words; empty for an instruction.
    pub label: &'a str,
    /// Who answered.
    pub by: By,
    /// An instruction that facts show to be not needed.
    pub skipped: bool,
    /// What proves it.
    pub because: Vec<Proof>,
    /// A person's answer that facts contradict: the answer they would take, and why. Facts of the rounds that count at
    /// this step; later ones show what the instruction changed, not that the answer was wrong.
    pub contradicted: Option<Contradiction<'a>>,
    /// Facts of later rounds that differ from those this step was answered by, or that would answer it otherwise now.
    pub changed_since: Vec<Proof>,
    /// What a person could say instead.
    pub alternatives: Vec<Alternative<'a>>,
}

/// Another answer to a step that was passed.
#[derive(Debug, Clone)]
pub struct Alternative<'a> {
    /// Its id.
    pub id: &'a AnswerId,
    /// In words.
    pub label: &'a str,
}

/// What the evidence would have answered.
#[derive(Debug, Clone)]
pub struct Contradiction<'a> {
    /// The answer that facts take.
    pub answer: AnswerId,
    /// In words.
    pub label: &'a str,
    /// Why.
    pub because: Vec<Proof>,
}

/// The present step.
#[derive(Debug, Clone)]
pub struct Now<'a> {
    /// Its address.
    pub step: StepId,
    /// Which visit of the step this is.
    pub visit: Visit,
    /// What it is.
    pub kind: NowKind<'a>,
}

/// What the present step is.
#[derive(Debug, Clone)]
pub enum NowKind<'a> {
    /// A question.
    Ask {
        /// The question.
        ask: &'a str,
        /// How to find out.
        how: Option<&'a str>,
        /// What could answer it.
        collect: &'a [CollectorId],
        /// The answers that are offered.
        answers: Vec<Offered<'a>>,
    },
    /// Checks, found first, then open, then ruled out.
    Checks {
        /// A sentence above them.
        intro: Option<&'a str>,
        /// The checks.
        checks: Vec<CheckState<'a>>,
    },
    /// An instruction, answered by `done` or `cannot`.
    Do(&'a Do),
    /// An end.
    Outcome(&'a Outcome),
    /// The guide is broken here (a step that does not exist, a call without that result): an end that says so.
    Broken(String),
}

/// An answer that a person may give.
#[derive(Debug, Clone)]
pub struct Offered<'a> {
    /// Its id.
    pub id: &'a AnswerId,
    /// In words.
    pub label: &'a str,
    /// What the evidence already says for it, where it says something.
    pub because: Vec<Proof>,
}

/// How a check stands.
#[derive(Debug, Clone)]
pub struct CheckState<'a> {
    /// The check.
    pub check: &'a Check,
    /// Where it stands.
    pub state: Checked,
    /// Who says so; `None` while open.
    pub by: Option<By>,
    /// What proves it.
    pub because: Vec<Proof>,
    /// What the evidence says against a person's mark.
    pub contradicted: Vec<Proof>,
}

/// Where a check stands. Ordered as shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// It is this.
    Found,
    /// Not known.
    Open,
    /// It is not this.
    RuledOut,
}

impl Walk<'_> {
    /// Whether the walk has come to an end.
    pub fn finished(&self) -> bool {
        matches!(self.now.kind, NowKind::Outcome(_) | NowKind::Broken(_))
    }
}

/// Walks a guide as far as facts and answers lead. Questions up to and including an instruction that was answered
/// `done` use the facts of the rounds up to that answer; later ones use all. A `done` off the path parts nothing.
/// An answer counts for the visit of the step that it was given to; of several for one visit the last counts. Facts do
/// not lead on from a step that is visited again, where what they say may be what led to the first visit's way.
pub fn walk<'a>(route: Route<'a>, evidence: &Evidence, answers: &[GivenAnswer]) -> Walk<'a> {
    let mut answers = answers.iter().collect::<Vec<_>>();
    answers.sort_by_key(|answer| answer.order);
    let mut partings = Vec::new();
    while let Some(next) = next_parting(route, evidence, &answers, &partings) {
        partings.push(next);
    }
    Path::new(route, evidence, &answers, &partings).run().0
}

/// The `done` that ends the next stretch of the walk: the first that is on the path when the stretch uses the rounds
/// up to it, rather one with no other `done` before it.
fn next_parting<'e>(
    route: Route<'_>,
    evidence: &Evidence,
    answers: &[&'e GivenAnswer],
    partings: &[&'e GivenAnswer],
) -> Option<&'e GivenAnswer> {
    let known = |answer: &GivenAnswer| partings.iter().any(|known| std::ptr::eq(*known, answer));
    let mut second_best = None;
    for candidate in answers {
        if candidate.answer != *instruct::DONE || candidate.visit == 0 || known(candidate) {
            continue;
        }
        let mut tried = partings.to_vec();
        tried.push(candidate);
        let met = Path::new(route, evidence, answers, &tried).run().1;
        if met.count == tried.len() {
            if !met.astray {
                return Some(candidate);
            }
            second_best = second_best.or(Some(*candidate));
        }
    }
    second_best
}
