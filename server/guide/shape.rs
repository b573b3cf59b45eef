//! How a guide is written in a rule file. [`super::resolve`] makes a guide of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Automation, OutcomeKind, Who};
use crate::condition::shape::{ConditionFile, ShortNames};
use crate::condition::{AnswerId, CollectorId, ProcedureId, ResultName, RuleId, StepId};

/// A guide as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideFile {
    /// The first step.
    pub start: StepId,
    /// All steps.
    pub steps: Vec<StepFile>,
}

/// A procedure as written: one file in `procedures/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcedureFile {
    /// Its name.
    pub id: ProcedureId,
    /// What it does.
    pub title: String,
    /// What it can return.
    pub results: Vec<ResultName>,
    /// Short names for fact keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: ShortNames,
    /// Its steps.
    pub guide: GuideFile,
    /// Seen by editors only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// One step as written; exactly one of `ask`, `checks`, `do`, `call`, `outcome`, `return` says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepFile {
    /// Unique in its guide.
    pub id: StepId,
    /// A question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Independent checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<CheckFile>>,
    /// An instruction.
    #[serde(default, rename = "do", skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// A procedure to go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<ProcedureId>,
    /// An end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
    /// The end of a procedure.
    #[serde(default, rename = "return", skip_serializing_if = "Option::is_none")]
    pub returns: Option<ResultName>,

    /// With `checks`: a sentence above them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<String>,
    /// With `ask`, `do`: how, in more detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// With `ask`, `do`: what could answer it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collect: Vec<CollectorId>,
    /// With `ask`: the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<AnswerFile>,
    /// With `ask`: where to go when nothing can be offered; with `checks`: when all are ruled out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub none: Option<StepId>,

    /// With `do`: a command to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// With `do`: who can do it.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    /// With `do`: the name of a standing warning in `cautions.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
    /// With `do`: how to undo it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// With `do`: what security it gives up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loosens: Option<String>,
    /// With `do`: passed over to `else` when this is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionFile>,
    /// With `do` and `when`: where to go when it is not needed.
    #[serde(default, rename = "else", skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<StepId>,
    /// With `do`: the next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go: Option<StepId>,
    /// With `do`: where to go when it cannot be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cannot: Option<StepId>,

    /// With `call`: where each result leads.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub on: BTreeMap<ResultName, StepId>,

    /// With `outcome`: what to tell the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// With `outcome: continue`: the rule whose guide goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// With `do`, `outcome`: overrides the rule's automation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automation: Option<Automation>,
}

impl StepFile {
    /// A step that says nothing yet.
    pub fn new(id: StepId) -> Self {
        Self {
            id,
            ask: None,
            checks: None,
            instruction: None,
            call: None,
            outcome: None,
            returns: None,
            intro: None,
            how: None,
            collect: Vec::new(),
            answers: Vec::new(),
            none: None,
            command: None,
            who: None,
            caution: None,
            undo: None,
            loosens: None,
            when: None,
            otherwise: None,
            go: None,
            cannot: None,
            on: BTreeMap::new(),
            text: None,
            rule: None,
            automation: None,
        }
    }
}

/// One answer as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerFile {
    /// Unique in its question.
    pub id: AnswerId,
    /// What a person reads.
    pub label: String,
    /// Facts take it when true, and every earlier `when` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<ConditionFile>,
    /// Facts take it when every earlier `when` is false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub otherwise: bool,
    /// Shown to a person unless false; never taken by facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<ConditionFile>,
    /// The next step.
    pub go: StepId,
}

/// One check as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckFile {
    /// Unique in its step.
    pub id: AnswerId,
    /// The question; "yes" means found.
    pub ask: String,
    /// How to find out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// What could answer it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collect: Vec<CollectorId>,
    /// Facts that find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_when: Option<ConditionFile>,
    /// Facts that rule it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruled_out_when: Option<ConditionFile>,
    /// The way on when found.
    pub go: StepId,
}
