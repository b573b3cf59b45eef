//! What a person says at a step, and taking it back.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::edit::change;
use super::open::entry;
use super::steps::open_answers;
use super::visits::{Place, meant, older, taken_back};
use crate::condition::{AnswerId, RuleId, StepId};
use crate::guide::walk::Visit;
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
    /// Which visit of the step is meant; the latest on the path when not said.
    pub visit: Option<Visit>,
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
    /// Which visit of the step is meant; the latest that was answered when not said.
    pub visit: Option<Visit>,
    /// Who.
    pub who: Option<String>,
}

/// Keeps an answer to the present step or to one already passed. Where another answer to a passed step leads elsewhere,
/// what was answered behind it is kept and no longer asked.
pub async fn answer(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    given: AnswerGiven,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let rule = asked_rule(view, given.rule.as_deref())?;
        let (place, answer) = checked(view, rule, &given)?;
        let asked = step_of(view, rule, &place.0)
            .ok_or_else(|| DeedError::refused("/step", "there is no such step"))?;
        let older = older(view, &rule.file.id, asked, &place, &answer);
        let what = in_words(asked, &answer);
        let (step, visit) = place;
        Ok(Change {
            without: older.replaced,
            aside: older.aside,
            answer: Some(NewAnswer {
                rule: rule.file.id.clone(),
                step,
                visit,
                answer,
                round: older
                    .round
                    .unwrap_or_else(|| view.diagnosis.evidence.latest_round()),
                who: given.who.clone(),
            }),
            chosen_rule: Some(Some(rule.file.id.clone())),
            timeline: vec![entry(desk, given.who.clone(), what)],
            ..Change::default()
        })
    })
    .await
}

/// Goes back to a step: what a person answered there and behind it counts no more.
pub async fn take_back(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    taken: StepTaken,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let rule = asked_rule(view, taken.rule.as_deref())?;
        let step = StepId::parse(&taken.step).ok();
        let gone = step.as_ref().map_or_else(Vec::new, |step| {
            taken_back(view, &rule.file.id, step, taken.visit)
        });
        let Some(step) = step.filter(|_| !gone.is_empty()) else {
            let visit = taken.visit.map(|visit| format!("visit {visit} of "));
            let what = format!(
                "nobody answered {}the step `{}` of this guide",
                visit.unwrap_or_default(),
                taken.step
            );
            return Err(DeedError::NotFound(what));
        };
        let asked = step_of(view, rule, &step).map_or("", step_text);
        let what = format!("Went back to: {}", first_line(asked));
        Ok(Change {
            without: gone,
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
) -> Result<(Place, AnswerId), DeedError> {
    let step =
        StepId::parse(&given.step).map_err(|bad| DeedError::refused("/step", bad.to_string()))?;
    let walk = view.walk_of(&rule.file.id);
    let meant_visit = |named| walk.as_ref().and_then(|walk| meant(walk, &step, named));
    let Some(visit) = meant_visit(given.visit) else {
        return Err(match meant_visit(None) {
            Some(latest) => DeedError::refused(
                "/visit",
                format!("the walk came to `{step}` in the visits 1 to {latest}"),
            ),
            None => DeedError::refused(
                "/step",
                format!("`{step}` is neither the present step nor one already passed"),
            ),
        });
    };
    let open = walk
        .zip(view.route(&rule.file.id))
        .and_then(|(walk, route)| open_answers(route, &walk, &step, visit));
    let open = open.unwrap_or_default();
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
    Ok(((step, visit), answer))
}

fn step_of<'a>(view: &'a CaseView, rule: &'a Rule, step: &StepId) -> Option<&'a Step> {
    view.route(&rule.file.id)?.step(step.as_str())
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
    let (question, said) = question_and_answer(step, answer);
    match &step.kind {
        StepKind::Ask(_) | StepKind::Checks(_) => format!("{question} {said}"),
        _ => format!("{said}: {question}"),
    }
}

/// What was asked, or what was to be done, and what was said.
pub(super) fn question_and_answer(step: &Step, answer: &AnswerId) -> (String, String) {
    match &step.kind {
        StepKind::Ask(ask) => {
            let given = ask.answers.iter().find(|offered| offered.id == *answer);
            let label = given.map_or(answer.as_str(), |given| given.label.as_str());
            (first_line(&ask.ask), label.to_owned())
        }
        StepKind::Checks(checks) => {
            let id = answer.as_str();
            let about = id.strip_prefix("no.").unwrap_or(id);
            let check = checks.checks.iter().find(|check| check.id == *about);
            let ask = check.map_or(about, |check| check.ask.as_str());
            let said = if about == id { "yes" } else { "no" };
            (first_line(ask), said.to_owned())
        }
        _ => {
            let done = answer.as_str() == "done";
            let said = if done { "Done" } else { "Cannot be done" };
            (first_line(step_text(step)), said.to_owned())
        }
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
