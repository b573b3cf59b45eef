//! How a case ended, and where it goes on when it did not.

use std::collections::BTreeSet;

use super::answer::asked_rule;
use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::edit::change;
use super::inbox::{After, after_outcome};
use super::open::entry;
use crate::condition::RuleId;
use crate::evidence::redact::without_secrets;
use crate::rules::Role;
use crate::store::{CaseId, CaseRecord, Change, OutcomeGiven, OutcomeName};

/// An outcome as it arrives.
#[derive(Debug, Clone)]
pub struct OutcomeRequest {
    /// Which.
    pub outcome: OutcomeName,
    /// For which rule; the active one when not said.
    pub rule: Option<String>,
    /// At which step; the present one when not said.
    pub step: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// For `wrong_cause`: which would be right, where the person knows.
    pub right_rule: Option<String>,
    /// Who.
    pub who: Option<String>,
}

/// Records how it ended. `not_fixed` goes on to the next cause that was not tried, `wrong_cause` to the right one where
/// that is said.
pub async fn record_outcome(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    request: OutcomeRequest,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let mut redactor = desk.redactor_of(&view.record)?;
        let request = OutcomeRequest {
            note: request.note.as_deref().map(|note| redactor.typed(note)),
            who: request.who.as_deref().map(without_secrets),
            ..request.clone()
        };
        let rule = match (&request.rule, &view.active) {
            (None, None) => None,
            (asked, _) => Some(asked_rule(view, asked.as_deref())?.file.id.clone()),
        };
        let right = right_rule(view, &request)?;
        let next = next_rule(view, request.outcome, rule.as_ref(), right.as_ref());
        let now = rule.as_ref().and_then(|rule| view.walk_of(rule));
        let step = now.map(|walk| walk.now.step.to_string());
        let after = after_outcome(
            &view.diagnosis.evidence,
            request.outcome,
            rule.as_ref().map(RuleId::as_str),
        );
        let wants = match after {
            After::AsBefore => None,
            After::Nothing => Some(None),
            After::Wants(wanting) => Some(Some(wanting)),
        };
        let mut timeline = vec![entry(
            desk,
            request.who.clone(),
            outcome_in_words(request.outcome, request.note.as_deref()),
        )];
        if let Some(next) = next.as_ref().and_then(|next| view.rule(next)) {
            timeline.push(entry(
                desk,
                None,
                format!("Went on to: {}", next.file.title),
            ));
        } else if failed(request.outcome) {
            timeline.push(entry(desk, None, NOTHING_LEFT.to_owned()));
        }
        Ok(Change {
            outcome: Some(OutcomeGiven {
                outcome: request.outcome,
                rule: rule.map(String::from),
                step: request.step.clone().or(step),
                note: request.note.clone().filter(|note| !note.trim().is_empty()),
                right_rule: right.map(String::from),
                who: request.who.clone(),
                at: desk.now(),
            }),
            chosen_rule: next.map(Some),
            wants,
            pseudonyms: redactor.fresh().to_vec(),
            timeline,
            ..Change::default()
        })
    })
    .await
}

fn right_rule(view: &CaseView, request: &OutcomeRequest) -> Result<Option<RuleId>, DeedError> {
    let Some(right) = request
        .right_rule
        .as_deref()
        .filter(|right| !right.is_empty())
    else {
        return Ok(None);
    };
    if request.outcome != OutcomeName::WrongCause {
        let what = "`right_rule` goes with the outcome wrong_cause alone";
        return Err(DeedError::refused("/right_rule", what));
    }
    match view.diagnosis.release.rule(right) {
        Some(rule) => Ok(Some(rule.file.id.clone())),
        None => Err(DeedError::refused(
            "/right_rule",
            format!("there is no rule `{right}`"),
        )),
    }
}

/// Where the walk goes on: the right rule, else the best cause that was not tried.
fn next_rule(
    view: &CaseView,
    outcome: OutcomeName,
    rule: Option<&RuleId>,
    right: Option<&RuleId>,
) -> Option<RuleId> {
    if let Some(right) = right {
        return Some(right.clone());
    }
    if !failed(outcome) {
        return None;
    }
    untried(view, rule).next().cloned()
}

/// The causes that nobody said to be wrong or mended in vain, best first.
fn untried<'a>(view: &'a CaseView, rule: Option<&'a RuleId>) -> impl Iterator<Item = &'a RuleId> {
    let outcomes = view.record.outcomes.iter();
    let tried = outcomes
        .filter(|given| failed(given.outcome))
        .filter_map(|given| given.rule.as_deref())
        .chain(rule.map(RuleId::as_str))
        .collect::<BTreeSet<_>>();
    let causes = view.diagnosis.findings.findings.iter();
    causes
        .filter(|finding| finding.role == Role::Cause)
        .map(|finding| &finding.rule)
        .filter(move |rule| !tried.contains(rule.as_str()))
}

/// What to send when the last cause did not do it either.
pub(super) fn nothing_left(view: &CaseView) -> Option<String> {
    let last = last_said_of_causes(&view.record)?;
    let went_on = last.outcome == OutcomeName::WrongCause && last.right_rule.is_some();
    if !failed(last.outcome) || went_on || untried(view, None).next().is_some() {
        return None;
    }
    let release = &view.diagnosis.release;
    let needs = view.diagnosis.findings.needs.iter();
    let titles = needs
        .filter_map(|need| release.collectors.get(&need.collect))
        .map(|collector| collector.title.as_str())
        .take(3)
        .collect::<Vec<_>>();
    let send = if titles.is_empty() {
        "a new report of the machine".to_owned()
    } else {
        titles.join(", ")
    };
    Some(format!(
        "{NOTHING_LEFT}. Send what is not known yet: {send}; and the complete message of the next run."
    ))
}

/// The end that says whether a cause is left. Opening a case again brings no new cause, so what was said before holds, also
/// behind a wait; but a cause that was mended and came back may be tried again.
fn last_said_of_causes(record: &CaseRecord) -> Option<&OutcomeGiven> {
    if !record.reopened {
        return record.ended();
    }
    let mut outcomes = record.outcomes.iter().rev();
    outcomes.find(|given| failed(given.outcome) || given.outcome == OutcomeName::Fixed)
}

const NOTHING_LEFT: &str = "No other cause is left to try";

fn failed(outcome: OutcomeName) -> bool {
    matches!(outcome, OutcomeName::NotFixed | OutcomeName::WrongCause)
}

/// How a case ended, for its history.
pub(super) fn outcome_in_words(outcome: OutcomeName, note: Option<&str>) -> String {
    let what = match outcome {
        OutcomeName::Fixed => "Fixed",
        OutcomeName::NotFixed => "Not fixed",
        OutcomeName::Waiting => "Waiting for somebody else",
        OutcomeName::Escalated => "Handed over",
        OutcomeName::WrongCause => "Wrong cause",
    };
    match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) => format!("{what}: {}", note.chars().take(200).collect::<String>()),
        None => what.to_owned(),
    }
}
