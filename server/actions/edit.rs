//! Small changes to a case, and the one way in which any case is changed.

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::open::entry;
use super::view::{load, missing};
use crate::condition::RuleId;
use crate::store::{CaseEdit, CaseId, Change, StoreError};

/// A change that nobody guards with a revision is tried so often when others change the case at the same time.
const TRIES: usize = 4;

/// Changes a case as `plan` says after looking at it. With `expected` the case must have that revision; without, the
/// plan is made again when somebody else was faster.
pub(super) async fn change(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    plan: impl AsyncFn(&CaseView) -> Result<Change, DeedError>,
) -> Result<(), DeedError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let view = load(desk, id).await?;
        let seen = expected.unwrap_or(view.record.revision);
        let mut change = if seen == view.record.revision {
            plan(&view).await?
        } else {
            // The store answers what happened meanwhile.
            Change::default()
        };
        let live = view.diagnosis.release.number;
        if view.record.answers.is_empty() && view.record.pinned_release != live {
            change.pinned_release.get_or_insert(live);
        }
        match desk
            .store
            .change_case(id, Some(seen), change, desk.now())
            .await
        {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => return Err(missing(desk, id).await),
            Err(StoreError::Changed { .. }) if expected.is_none() && tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
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
    change(desk, id, expected, async |_: &CaseView| {
        let fields = [
            ("ticket", &edit.ticket),
            ("machine", &edit.machine),
            ("account", &edit.account),
            ("note", &edit.note),
        ];
        let named = fields.iter().filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some(match value {
                Some(value) => format!("{name} set to {}", short(value)),
                None => format!("{name} cleared"),
            })
        });
        let what = named.collect::<Vec<_>>().join(", ");
        let timeline = (!what.is_empty()).then(|| entry(desk, who.clone(), capitalised(&what)));
        Ok(Change {
            edit: edit.clone(),
            timeline: timeline.into_iter().collect(),
            ..Change::default()
        })
    })
    .await?;
    load(desk, id).await
}

/// Walks another rule's guide from now on.
pub async fn choose_rule(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    rule: &str,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, async |view: &CaseView| {
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
    .await?;
    load(desk, id).await
}

/// Takes the live release's guides for the walks that were begun with an older one.
pub async fn accept_release(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, async |view: &CaseView| {
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
    .await?;
    load(desk, id).await
}

/// Deletes a case with everything that belongs to it; a tombstone stays.
pub async fn delete_case(desk: &Desk, id: &CaseId, expected: Option<i64>) -> Result<(), DeedError> {
    if desk.store.delete_case(id, expected, desk.now()).await? {
        desk.drop_view(id);
        Ok(())
    } else {
        Err(missing(desk, id).await)
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
