//! How a guide is written in a rule file, and how that becomes a [`Guide`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::placeholders::with_full_keys;
use super::{
    Answer, Ask, Automation, Call, Check, Checks, Do, Guide, Outcome, OutcomeKind, Procedure, Step,
    StepKind, Who,
};
use crate::condition::shape::{Complaint, ConditionFile, ShortNames, fact_leaf, resolve};
use crate::condition::{
    AnswerId, CollectorId, Condition, FactTest, ProcedureId, ResultName, RuleId, StepId,
};

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

/// Turns a written guide into a [`Guide`]; everything wrong with single fields is added to `complaints`. Whether the
/// steps hang together is the linter's business.
pub fn resolve_guide(
    written: &GuideFile,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Guide {
    let steps = written.steps.iter().filter_map(|step| {
        let path = format!("guide.steps.{}", step.id);
        step_kind(step, &path, short, complaints).map(|kind| Step {
            id: step.id.clone(),
            kind,
        })
    });
    Guide {
        start: written.start.clone(),
        steps: steps.collect(),
    }
}

/// Turns a written procedure into a [`Procedure`].
pub fn resolve_procedure(written: &ProcedureFile, complaints: &mut Vec<Complaint>) -> Procedure {
    Procedure {
        id: written.id.clone(),
        title: written.title.clone(),
        results: written.results.clone(),
        guide: resolve_guide(&written.guide, &written.facts, complaints),
    }
}

fn step_kind(
    step: &StepFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<StepKind> {
    let step = &full_keys(step, path, short, complaints);
    let kinds = [
        ("ask", step.ask.is_some()),
        ("checks", step.checks.is_some()),
        ("do", step.instruction.is_some()),
        ("call", step.call.is_some()),
        ("outcome", step.outcome.is_some()),
        ("return", step.returns.is_some()),
    ];
    let given = kinds
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect::<Vec<_>>();
    let &[kind] = given.as_slice() else {
        complaints.push(Complaint::new(
            path,
            format!(
                "write exactly one of ask, checks, do, call, outcome, return; this has {}",
                given.join(" and ")
            ),
        ));
        return None;
    };
    misplaced(step, kind, path, complaints);
    match kind {
        "ask" => resolve_ask(step, path, short, complaints).map(StepKind::Ask),
        "checks" => resolve_checks(step, path, short, complaints).map(StepKind::Checks),
        "do" => resolve_do(step, path, short, complaints).map(StepKind::Do),
        "call" => Some(StepKind::Call(Call {
            procedure: step.call.clone()?,
            on: step.on.clone(),
        })),
        "outcome" => resolve_outcome(step, path, complaints).map(StepKind::Outcome),
        _ => step.returns.clone().map(StepKind::Return),
    }
}

fn resolve_ask(
    step: &StepFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<Ask> {
    let answers = step.answers.iter();
    Some(Ask {
        ask: step.ask.clone()?,
        how: step.how.clone(),
        collect: step.collect.clone(),
        answers: answers
            .map(|answer| resolve_answer(answer, path, short, complaints))
            .collect(),
        none: step.none.clone(),
    })
}

fn resolve_checks(
    step: &StepFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<Checks> {
    let advice = "name the step to go to when every check is ruled out";
    let none = needed(step.none.as_ref(), path, "none", advice, complaints)?;
    let checks = step.checks.iter().flatten();
    Some(Checks {
        intro: step.intro.clone(),
        checks: checks
            .map(|check| resolve_check(check, path, short, complaints))
            .collect(),
        none,
    })
}

fn resolve_do(
    step: &StepFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<Do> {
    let go = needed(
        step.go.as_ref(),
        path,
        "go",
        "name the next step",
        complaints,
    )?;
    let when = facts_only(
        step.when.as_ref(),
        &format!("{path}.when"),
        short,
        complaints,
    );
    if step.when.is_some() != step.otherwise.is_some() {
        complaints.push(Complaint::new(
            path,
            "`when` and `else` go together: `else` is where to go when the step is not needed",
        ));
    }
    Some(Do {
        text: step.instruction.clone()?,
        how: step.how.clone(),
        command: step.command.clone(),
        who: step.who,
        caution: step.caution.clone(),
        undo: step.undo.clone(),
        loosens: step.loosens.clone(),
        collect: step.collect.clone(),
        when,
        otherwise: step.otherwise.clone(),
        go,
        cannot: step.cannot.clone(),
        automation: step.automation.clone(),
    })
}

fn resolve_outcome(
    step: &StepFile,
    path: &str,
    complaints: &mut Vec<Complaint>,
) -> Option<Outcome> {
    let advice = "say what the reader should know at this end";
    let text = needed(step.text.as_ref(), path, "text", advice, complaints)?;
    let outcome = step.outcome?;
    if (outcome == OutcomeKind::Continue) != step.rule.is_some() {
        complaints.push(Complaint::new(
            path,
            "`rule` goes with `outcome: continue`, and with it alone",
        ));
    }
    Some(Outcome {
        outcome,
        text,
        rule: step.rule.clone(),
        automation: step.automation.clone(),
    })
}

/// The step with the full key for every short name in its texts.
fn full_keys(
    step: &StepFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> StepFile {
    let mut step = step.clone();
    let texts = [
        ("ask", &mut step.ask),
        ("do", &mut step.instruction),
        ("intro", &mut step.intro),
        ("how", &mut step.how),
        ("undo", &mut step.undo),
        ("loosens", &mut step.loosens),
        ("text", &mut step.text),
    ];
    for (field, text) in texts {
        if let Some(text) = text {
            *text = with_full_keys(text, &format!("{path}.{field}"), short, complaints);
        }
    }
    for answer in &mut step.answers {
        let path = format!("{path}.answers.{}.label", answer.id);
        answer.label = with_full_keys(&answer.label, &path, short, complaints);
    }
    for check in step.checks.iter_mut().flatten() {
        let path = format!("{path}.checks.{}", check.id);
        check.ask = with_full_keys(&check.ask, &format!("{path}.ask"), short, complaints);
        if let Some(how) = &mut check.how {
            *how = with_full_keys(how, &format!("{path}.how"), short, complaints);
        }
    }
    step
}

/// Complains about fields that the kind of step does not have, so that none is ignored in silence.
fn misplaced(step: &StepFile, kind: &str, path: &str, complaints: &mut Vec<Complaint>) {
    let fields: [(&str, bool, &[&str]); 18] = [
        ("intro", step.intro.is_some(), &["checks"]),
        ("how", step.how.is_some(), &["ask", "do"]),
        ("collect", !step.collect.is_empty(), &["ask", "do"]),
        ("answers", !step.answers.is_empty(), &["ask"]),
        ("none", step.none.is_some(), &["ask", "checks"]),
        ("command", step.command.is_some(), &["do"]),
        ("for", step.who.is_some(), &["do"]),
        ("caution", step.caution.is_some(), &["do"]),
        ("undo", step.undo.is_some(), &["do"]),
        ("loosens", step.loosens.is_some(), &["do"]),
        ("when", step.when.is_some(), &["do"]),
        ("else", step.otherwise.is_some(), &["do"]),
        ("go", step.go.is_some(), &["do"]),
        ("cannot", step.cannot.is_some(), &["do"]),
        ("on", !step.on.is_empty(), &["call"]),
        ("text", step.text.is_some(), &["outcome"]),
        ("rule", step.rule.is_some(), &["outcome"]),
        ("automation", step.automation.is_some(), &["do", "outcome"]),
    ];
    for (field, given, kinds) in fields {
        if given && !kinds.contains(&kind) {
            complaints.push(Complaint::new(
                format!("{path}.{field}"),
                format!(
                    "`{field}` does not go with `{kind}`; it belongs to {}",
                    kinds.join(" and ")
                ),
            ));
        }
    }
}

fn needed<T: Clone>(
    field: Option<&T>,
    path: &str,
    name: &str,
    advice: &str,
    complaints: &mut Vec<Complaint>,
) -> Option<T> {
    if field.is_none() {
        complaints.push(Complaint::new(
            format!("{path}.{name}"),
            format!("`{name}` is missing: {advice}"),
        ));
    }
    field.cloned()
}

fn facts_only(
    written: Option<&ConditionFile>,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<Condition<FactTest>> {
    resolve(
        written?,
        path,
        &mut |leaf, path, complaints| fact_leaf(leaf, path, short, complaints),
        complaints,
    )
}

fn resolve_answer(
    answer: &AnswerFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Answer {
    let path = format!("{path}.answers.{}", answer.id);
    Answer {
        id: answer.id.clone(),
        label: answer.label.clone(),
        when: facts_only(
            answer.when.as_ref(),
            &format!("{path}.when"),
            short,
            complaints,
        ),
        otherwise: answer.otherwise,
        offer: facts_only(
            answer.offer.as_ref(),
            &format!("{path}.offer"),
            short,
            complaints,
        ),
        go: answer.go.clone(),
    }
}

fn resolve_check(
    check: &CheckFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Check {
    let path = format!("{path}.checks.{}", check.id);
    Check {
        id: check.id.clone(),
        ask: check.ask.clone(),
        how: check.how.clone(),
        collect: check.collect.clone(),
        found_when: facts_only(
            check.found_when.as_ref(),
            &format!("{path}.found_when"),
            short,
            complaints,
        ),
        ruled_out_when: facts_only(
            check.ruled_out_when.as_ref(),
            &format!("{path}.ruled_out_when"),
            short,
            complaints,
        ),
        go: check.go.clone(),
    }
}
