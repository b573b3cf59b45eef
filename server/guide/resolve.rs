//! How a guide as written becomes a [`Guide`]: one kind a step, no field out of place, short names resolved.

use std::collections::BTreeMap;

use super::placeholders::with_full_keys;
use super::shape::{AnswerFile, CheckFile, GuideFile, ProcedureFile, StepFile};
use super::{
    Answer, Ask, Call, Check, Checks, Do, Guide, Outcome, OutcomeKind, Procedure, Step, StepKind,
};
use crate::condition::shape::{Complaint, ConditionFile, ShortNames, fact_leaf, resolve};
use crate::condition::{Condition, FactTest, ProcedureId};

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

/// All procedures of a pack by their names, for what only walks them: what is wrong in one is told where it is compiled.
pub fn resolve_procedures(written: &[ProcedureFile]) -> BTreeMap<ProcedureId, Procedure> {
    let procedures = written.iter().map(|file| {
        let procedure = resolve_procedure(file, &mut Vec::new());
        (procedure.id.clone(), procedure)
    });
    procedures.collect()
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
