//! What to do about it: guides, procedures, and the walk through them.
//!
//! A guide is a list of steps. A step asks, lists checks, instructs, calls a procedure, or ends. The types here are
//! the rule file's own shape after its short names were resolved; [`walk`] says where a reader stands.

use std::collections::BTreeMap;

use crate::condition::{
    AnswerId, CollectorId, Condition, FactTest, ProcedureId, ResultName, RuleId, StepId,
};

pub mod placeholders;
pub mod resolve;
pub mod shape;
pub mod walk;

/// A rule's procedure.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide {
    /// The first step.
    pub start: StepId,
    /// All steps, in the order of the file.
    pub steps: Vec<Step>,
}

/// A piece of guide that several rules share. It ends in `return` steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    /// Its name.
    pub id: ProcedureId,
    /// What it does, for editors and outlines.
    pub title: String,
    /// What it can return.
    pub results: Vec<ResultName>,
    /// Its steps.
    pub guide: Guide,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Unique in its guide.
    pub id: StepId,
    /// What it is.
    pub kind: StepKind,
}

/// What a step is.
#[expect(
    clippy::large_enum_variant,
    reason = "a release holds some hundred steps"
)]
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// A question with answers.
    Ask(Ask),
    /// Independent checks side by side.
    Checks(Checks),
    /// An instruction.
    Do(Do),
    /// A procedure is gone through.
    Call(Call),
    /// The end of the guide.
    Outcome(Outcome),
    /// The end of a procedure.
    Return(ResultName),
}

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The question.
    pub ask: String,
    /// How to find out.
    pub how: Option<String>,
    /// What could answer it.
    pub collect: Vec<CollectorId>,
    /// The answers, tried in order.
    pub answers: Vec<Answer>,
    /// Where to go when no answer can be offered.
    pub none: Option<StepId>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Unique in its question.
    pub id: AnswerId,
    /// What a person reads.
    pub label: String,
    /// Facts take it when this is true and every earlier `when` is false.
    pub when: Option<Condition<FactTest>>,
    /// Taken by facts when every earlier `when` is false.
    pub otherwise: bool,
    /// A person is shown it unless this is false; facts never take it.
    pub offer: Option<Condition<FactTest>>,
    /// The next step.
    pub go: StepId,
}

/// Independent checks.
#[derive(Debug, Clone, PartialEq)]
pub struct Checks {
    /// A sentence above the checks.
    pub intro: Option<String>,
    /// The checks.
    pub checks: Vec<Check>,
    /// Where to go when all are ruled out.
    pub none: StepId,
}

/// One check: found, open or ruled out.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Unique in its step.
    pub id: AnswerId,
    /// The question; "yes" means found.
    pub ask: String,
    /// How to find out.
    pub how: Option<String>,
    /// What could answer it.
    pub collect: Vec<CollectorId>,
    /// Facts that find it.
    pub found_when: Option<Condition<FactTest>>,
    /// Facts that rule it out.
    pub ruled_out_when: Option<Condition<FactTest>>,
    /// The way on when it is found.
    pub go: StepId,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq)]
pub struct Do {
    /// What to do.
    pub text: String,
    /// How, in more detail.
    pub how: Option<String>,
    /// A command to copy.
    pub command: Option<String>,
    /// Who can do it.
    pub who: Option<Who>,
    /// The name of a standing warning.
    pub caution: Option<String>,
    /// How to undo it.
    pub undo: Option<String>,
    /// What security it gives up.
    pub loosens: Option<String>,
    /// What could show that it was done or what it changed.
    pub collect: Vec<CollectorId>,
    /// Passed over to `otherwise` when false.
    pub when: Option<Condition<FactTest>>,
    /// Where to go when it is not needed.
    pub otherwise: Option<StepId>,
    /// The next step.
    pub go: StepId,
    /// Where to go when it cannot be done.
    pub cannot: Option<StepId>,
    /// Overrides the rule's automation from here on.
    pub automation: Option<Automation>,
}

/// Who can do an instruction.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// An administrator of the machine.
    Administrator,
    /// The IT department.
    It,
    /// The vendor's support.
    Vendor,
}

/// A procedure is gone through; its result decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Which.
    pub procedure: ProcedureId,
    /// Where each result leads.
    pub on: BTreeMap<ResultName, StepId>,
}

/// An end.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What kind of end.
    pub outcome: OutcomeKind,
    /// What to tell the reader.
    pub text: String,
    /// For `continue`: the rule whose guide goes on.
    pub rule: Option<RuleId>,
    /// Overrides the rule's automation.
    pub automation: Option<Automation>,
}

/// What kind of end.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OutcomeKind {
    /// It works again.
    Resolved,
    /// Somebody else has to go on.
    Escalate,
    /// The vendor does not support this.
    Unsupported,
    /// Another rule's guide goes on.
    Continue,
}

/// What a script may conclude.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Automation {
    /// A stable word for the cause, `[a-z0-9_]+`.
    pub reason: String,
    /// Whether trying again can help.
    pub retryable: Retryable,
    /// Who can mend it.
    pub who_can_fix: WhoCanFix,
}

/// Whether trying again can help.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Retryable {
    /// As it is.
    Yes,
    /// After a while.
    Later,
    /// Only after the fix.
    AfterFix,
    /// Never.
    No,
}

/// Who can mend it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum WhoCanFix {
    /// The person who owns the flow or workflow.
    Owner,
    /// The helpdesk.
    Helpdesk,
    /// An administrator of the machine.
    Administrator,
    /// The IT department: directory, policies, network.
    It,
    /// The vendor.
    Vendor,
}

impl Guide {
    /// The step of that name.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// The steps as a reader goes through them: the first one first, wherever it stands in the file, then the others.
    pub fn in_reading_order(&self) -> impl Iterator<Item = &Step> {
        let (first, others): (Vec<_>, Vec<_>) =
            self.steps.iter().partition(|step| step.id == self.start);
        first.into_iter().chain(others)
    }
}
