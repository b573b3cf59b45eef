//! What a person says at a step, and taking it back.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::edit::change;
use super::open::entry;
use super::steps::{find_step, open_answers, replaced};
use crate::condition::{AnswerId, RuleId, StepId};
use crate::guide::walk::Route;
use crate::guide::{Step, StepKind};
use crate::rules::Rule;
use crate::store::{CaseId, Change, NewAnswer};

/// An answer as it arrives.
#[derive(Debug, Clone)]
pub struct AnswerGiven {
    /// The rule whose guide asks; the active one when not said.
    pub rule: Option<String>,
    /// The step's address.
    pub step: String,
    /// The answer's id.
    pub answer: String,
    /// Who.
    pub who: Option<String>,
}

/// An answer to be taken back.
#[derive(Debug, Clone)]
pub struct StepTaken {
    /// The rule whose guide asked; the active one when not said.
    pub rule: Option<String>,
    /// The step's address.
    pub step: String,
    /// Who.
    pub who: Option<String>,
}

/// Keeps an answer to the present step or to one already passed.
pub async fn answer(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    given: AnswerGiven,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let rule = asked_rule(view, given.rule.as_deref())?;
        let (step, answer) = checked(view, rule, &given)?;
        let asked = step_of(view, rule, &step)
            .ok_or_else(|| DeedError::refused("/step", "there is no such step"))?;
        let old = view
            .record
            .answers
            .iter()
            .filter(|old| old.rule == rule.file.id && old.step == step)
            .map(|old| old.answer.clone())
            .collect::<Vec<_>>();
        let without = replaced(asked, &answer, &old)
            .into_iter()
            .map(|old| (rule.file.id.clone(), step.clone(), Some(old)));
        let what = in_words(asked, &answer);
        Ok(Change {
            without: without.collect(),
            answer: Some(NewAnswer {
                rule: rule.file.id.clone(),
                step,
                answer,
                round: view.diagnosis.evidence.latest_round(),
                who: given.who.clone(),
            }),
            chosen_rule: Some(Some(rule.file.id.clone())),
            timeline: vec![entry(desk, given.who.clone(), what)],
            ..Change::default()
        })
    })
    .await
}

/// Goes back to a step: what a person answered there counts no more.
pub async fn take_back(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    taken: StepTaken,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let rule = asked_rule(view, taken.rule.as_deref())?;
        let mut answers = view.record.answers.iter();
        let Some(old) = answers
            .find(|old| old.rule == rule.file.id && old.step == *taken.step.as_str())
            .cloned()
        else {
            let what = format!("nobody answered the step `{}` of this guide", taken.step);
            return Err(DeedError::NotFound(what));
        };
        let asked = step_of(view, rule, &old.step).map_or("", step_text);
        let what = format!("Went back to: {}", first_line(asked));
        Ok(Change {
            without: vec![(rule.file.id.clone(), old.step, None)],
            chosen_rule: Some(Some(rule.file.id.clone())),
            timeline: vec![entry(desk, taken.who.clone(), what)],
            ..Change::default()
        })
    })
    .await
}

/// The rule that is meant, or the active one.
pub(super) fn asked_rule<'a>(
    view: &'a CaseView,
    asked: Option<&str>,
) -> Result<&'a Rule, DeedError> {
    let id = match asked {
        Some(asked) => RuleId::parse(asked).ok(),
        None => view.active.clone(),
    };
    let rule = id.and_then(|id| view.rule(&id));
    rule.ok_or_else(|| match asked {
        Some(asked) => DeedError::refused("/rule", format!("there is no rule `{asked}`")),
        None => DeedError::refused("/rule", "say which rule: this case walks none yet"),
    })
}

fn checked(
    view: &CaseView,
    rule: &Rule,
    given: &AnswerGiven,
) -> Result<(StepId, AnswerId), DeedError> {
    let step =
        StepId::parse(&given.step).map_err(|bad| DeedError::refused("/step", bad.to_string()))?;
    let walk = view.walk_of(&rule.file.id);
    let open = walk.and_then(|walk| open_answers(route(view, rule), &walk, &step));
    let Some(open) = open else {
        let what = format!("`{step}` is neither the present step nor one already passed");
        return Err(DeedError::refused("/step", what));
    };
    let answer = AnswerId::parse(&given.answer).ok();
    let answer = answer.filter(|answer| open.iter().any(|open| open == answer.as_str()));
    let answer = answer.ok_or_else(|| {
        let what = if open.is_empty() {
            "this step takes no answer".to_owned()
        } else {
            format!("this step takes one of: {}", open.join(", "))
        };
        DeedError::refused("/answer", what)
    })?;
    Ok((step, answer))
}

fn route<'a>(view: &'a CaseView, rule: &'a Rule) -> Route<'a> {
    let pinned = view.pinned.rule(rule.file.id.as_str()).is_some();
    let release = if pinned {
        &view.pinned
    } else {
        &view.diagnosis.release
    };
    Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    }
}

fn step_of<'a>(view: &'a CaseView, rule: &'a Rule, step: &StepId) -> Option<&'a Step> {
    find_step(route(view, rule), step.as_str())
}

fn step_text(step: &Step) -> &str {
    match &step.kind {
        StepKind::Ask(ask) => &ask.ask,
        StepKind::Checks(checks) => checks.intro.as_deref().unwrap_or_default(),
        StepKind::Do(instruction) => &instruction.text,
        StepKind::Call(_) | StepKind::Outcome(_) | StepKind::Return(_) => "",
    }
}

fn in_words(step: &Step, answer: &AnswerId) -> String {
    let text = match &step.kind {
        StepKind::Ask(ask) => {
            let given = ask.answers.iter().find(|offered| offered.id == *answer);
            let label = given.map_or(answer.as_str(), |given| given.label.as_str());
            return format!("{} {label}", first_line(&ask.ask));
        }
        StepKind::Checks(checks) => {
            let id = answer.as_str();
            let about = id.strip_prefix("no.").unwrap_or(id);
            let check = checks.checks.iter().find(|check| check.id == *about);
            let ask = check.map_or(about, |check| check.ask.as_str());
            let said = if about == id { "yes" } else { "no" };
            return format!("{} {said}", first_line(ask));
        }
        _ => first_line(step_text(step)),
    };
    if answer.as_str() == "done" {
        format!("Done: {text}")
    } else {
        format!("Cannot be done: {text}")
    }
}

fn first_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}
