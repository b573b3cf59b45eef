//! Another round of evidence for a case.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::edit::{TRIES, commit, look};
use super::inbox::after_reading;
use super::open::{About, entry};
use super::round::{in_words, machine_and_account, read_round};
use super::staff::products;
use super::view::load;
use crate::condition::RuleId;
use crate::evidence::redact::{Redact, without_secrets};
use crate::evidence::{FactValue, Submission};
use crate::store::{CaseEdit, CaseId, Change, RoundRecord};

/// Reads a submission into a case. Where it shows that the rule being walked gives way to a more specific one, the
/// walk goes over to that one.
pub async fn add_evidence(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    submission: Submission,
    who: Option<String>,
    redact: Redact,
) -> Result<CaseView, DeedError> {
    let who = who.as_deref().map(without_secrets);
    for left in (0..TRIES).rev() {
        let view = look(desk, id, expected).await?;
        let change = plan(desk, &view, submission.clone(), who.clone(), redact).await?;
        if commit(desk, &view, change, expected.is_none() && left > 0).await? {
            break;
        }
    }
    load(desk, id).await
}

async fn plan(
    desk: &Desk,
    view: &CaseView,
    submission: Submission,
    who: Option<String>,
    redact: Redact,
) -> Result<Change, DeedError> {
    let product = view.record.product.as_ref().map(ToString::to_string);
    let before = view.diagnosis.evidence.clone();
    let about = About {
        machine: view.record.machine.clone(),
        account: view.record.account.clone(),
        who: who.clone(),
        redact: redact.max(view.record.redact).max(desk.settings.redact),
        ..About::default()
    };
    let redact = about.redact;
    let redactor = desk.redactor(&view.record.id, redact, Some(&view.record))?;
    let read = read_round(desk, submission, before, product, about, redactor).await?;
    let (machine, account) = machine_and_account(&read.diagnosis.evidence);
    let what = format!("Evidence added; {}", in_words(&read.diagnosis));
    let mut timeline = vec![entry(desk, who, what)];
    let handed_over = handed_over_to(view, &read.diagnosis);
    let release = &read.diagnosis.release;
    if let Some(rule) = handed_over
        .as_ref()
        .and_then(|id| release.rule(id.as_str()))
    {
        let what = format!("The evidence now points to: {}", rule.file.title);
        timeline.push(entry(desk, None, what));
    }
    Ok(Change {
        edit: CaseEdit {
            machine: machine.filter(|_| view.record.machine.is_none()).map(Some),
            account: account.filter(|_| view.record.account.is_none()).map(Some),
            ..CaseEdit::default()
        },
        products: Some(products(&read.diagnosis)),
        wants: Some(after_reading(&read.diagnosis)),
        redact: (redact != view.record.redact).then_some(redact),
        pseudonyms: read.pseudonyms,
        round: Some(read.round),
        chosen_rule: handed_over.map(Some),
        timeline,
        ..Change::default()
    })
}

/// The facts that were given outright with a round.
pub(super) fn given_facts(round: &RoundRecord) -> impl Iterator<Item = (String, FactValue)> + '_ {
    round.facts.iter().cloned()
}

/// The specific rule that the active one gives way to now and did not before.
fn handed_over_to(view: &CaseView, now: &super::Diagnosis) -> Option<RuleId> {
    let active = view.active.as_ref()?;
    let before = view.diagnosis.finding(active);
    let finding = now.finding(active)?;
    let newly = finding
        .gave_way_to
        .iter()
        .filter(|rule| before.is_none_or(|before| !before.gave_way_to.contains(rule)));
    let newly = newly.collect::<Vec<_>>();
    let ranked = now.findings.findings.iter();
    ranked
        .map(|finding| &finding.rule)
        .find(|rule| newly.contains(rule))
        .cloned()
}
