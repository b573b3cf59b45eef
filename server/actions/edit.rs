//! Small changes to a case, and the one way in which any case is changed.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::open::entry;
use super::view::{load, missing};
use crate::condition::RuleId;
use crate::evidence::redact::{Redactor, without_secrets};
use crate::store::{CaseEdit, CaseExample, CaseId, Change, StoreError};

/// A change that nobody guards with a revision is tried so often when others change the case at the same time.
pub(super) const TRIES: usize = 4;

/// A case takes so many changes: answers, rounds, outcomes and notes together. That bounds its walks and its timeline.
pub(super) const MOST_CHANGES: i64 = 2_000;

/// Changes a case as `plan` says after looking at it. With `expected` the case must have that revision; without, the
/// plan is made again when somebody else was faster.
pub(super) async fn change(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    plan: impl Fn(&CaseView) -> Result<Change, DeedError>,
) -> Result<CaseView, DeedError> {
    for left in (0..TRIES).rev() {
        let view = look(desk, id, expected).await?;
        let planned = plan(&view)?;
        if commit(desk, &view, planned, expected.is_none() && left > 0).await? {
            break;
        }
    }
    load(desk, id).await
}

/// The case, when it has the revision that is expected; else what happened meanwhile.
pub(super) async fn look(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
) -> Result<CaseView, DeedError> {
    let view = load(desk, id).await?;
    if expected.is_some_and(|expected| expected != view.record.revision) {
        // The store refuses it and answers what happened meanwhile.
        desk.store
            .change_case(id, expected, Change::default(), desk.now())
            .await?;
    }
    if view.record.revision >= MOST_CHANGES {
        let what = format!(
            "This case was changed {MOST_CHANGES} times, which is all it takes. Open a new one."
        );
        return Err(DeedError::refused("", what));
    }
    Ok(view)
}

/// Saves a change that was planned on `view`. False when somebody else was faster and it `may_retry`.
pub(super) async fn commit(
    desk: &Desk,
    view: &CaseView,
    mut change: Change,
    may_retry: bool,
) -> Result<bool, DeedError> {
    let live = view.diagnosis.release.number;
    if view.record.answers.is_empty() && view.record.pinned_release != live {
        change.pinned_release.get_or_insert(live);
    }
    let (id, seen) = (&view.record.id, view.record.revision);
    match desk
        .store
        .change_case(id, Some(seen), change, desk.now())
        .await
    {
        Ok(Some(_)) => Ok(true),
        Ok(None) => Err(missing(desk, id).await),
        Err(StoreError::Changed { .. }) if may_retry => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Changes ticket, machine, account, note.
pub async fn edit_case(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    edit: CaseEdit,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    let who = who.as_deref().map(without_secrets);
    change(desk, id, expected, |view: &CaseView| {
        let record = &view.record;
        let mut redactor = desk.redactor_of(record)?;
        let edit = clean(edit.clone(), &mut redactor);
        let fields = [
            ("ticket", &edit.ticket, &record.ticket),
            ("machine", &edit.machine, &record.machine),
            ("account", &edit.account, &record.account),
            ("note", &edit.note, &record.note),
        ];
        let named = fields.iter().filter_map(|(name, value, before)| {
            let value = value.as_ref().filter(|value| value != before)?;
            Some(match value {
                Some(value) => format!("{name} set to {}", short(value)),
                None => format!("{name} cleared"),
            })
        });
        let what = named.collect::<Vec<_>>().join(", ");
        let timeline = (!what.is_empty()).then(|| entry(desk, who.clone(), capitalised(&what)));
        Ok(Change {
            edit,
            pseudonyms: redactor.fresh().to_vec(),
            timeline: timeline.into_iter().collect(),
            ..Change::default()
        })
    })
    .await
}

/// Walks another rule's guide from now on.
pub async fn choose_rule(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    rule: &str,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let known = RuleId::parse(rule).ok();
        let Some(rule) = known.and_then(|rule| view.rule(&rule)) else {
            return Err(DeedError::refused(
                "/rule",
                format!("there is no rule `{rule}`"),
            ));
        };
        let what = format!("Guide chosen: {}", rule.file.title);
        Ok(Change {
            chosen_rule: Some(Some(rule.file.id.clone())),
            timeline: vec![entry(desk, who.clone(), what)],
            ..Change::default()
        })
    })
    .await
}

/// Takes the live release's guides for the walks that were begun with an older one.
pub async fn accept_release(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let live = view.diagnosis.release.number;
        Ok(Change {
            pinned_release: Some(live),
            timeline: vec![entry(
                desk,
                who.clone(),
                format!("Went on with release {live}"),
            )],
            ..Change::default()
        })
    })
    .await
}

/// Deletes a case with everything that belongs to it; a tombstone stays. Answers the examples of rules that came from
/// it, which stay too.
pub async fn delete_case(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
) -> Result<Vec<CaseExample>, DeedError> {
    if desk.store.delete_case(id, expected, desk.now()).await? {
        desk.kept.forget(id);
        Ok(desk.store.examples_of_case(id.as_str()).await?)
    } else {
        Err(missing(desk, id).await)
    }
}

/// What somebody typed, with what the case replaces.
fn clean(edit: CaseEdit, redactor: &mut Redactor) -> CaseEdit {
    CaseEdit {
        ticket: (edit.ticket).map(|text| text.map(|text| redactor.typed(&text))),
        machine: (edit.machine).map(|name| name.map(|name| redactor.machine(&name))),
        account: (edit.account).map(|name| name.map(|name| redactor.account(&name))),
        note: (edit.note).map(|text| text.map(|text| redactor.typed(&text))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
