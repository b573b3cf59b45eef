//! A case turns out to belong to another: its evidence goes there, and its link leads there.
//!
//! Names are numbered within a case, under a key of the case: nobody can tell whether `[user:1]` of the one is `[user:1]`
//! of the other. So the numbers of the case that goes are moved behind those of the case that stays. One person may
//! then have two marks; two people never share one.

use std::collections::BTreeMap;

use super::caller::{Caller, Right};
use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::{Diagnosis, Meant, judge};
use super::edit::{MOST_CHANGES, TRIES, look};
use super::inbox::{After, after_outcome, after_reading};
use super::round::{in_words, receipt};
use super::staff::products;
use super::view::load;
use crate::evidence::NeverStop;
use crate::evidence::redact::{Redact, Redactor, Renumber};
use crate::store::{
    CASE_TEXT_LIMIT, CaseFilter, CaseId, CaseRecord, CaseSummary, Change, Merging, OutcomeGiven,
    StoreError, TimelineEntry, Wanting,
};

mod carried;
mod mover;

use mover::Mover;

pub use carried::{Carried, Differs, Said, carried};

/// So many cases are proposed that a case may belong to.
const PROPOSED: usize = 10;

/// The case that goes, and the one that takes it in.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The one that goes.
    pub from: CaseId,
    /// The revision that it was decided on.
    pub from_revision: Option<i64>,
    /// The one that stays.
    pub into: CaseId,
    /// The revision that it was decided on.
    pub into_revision: Option<i64>,
}

/// A case, with others that it may belong to: those of the same ticket or machine.
pub async fn to_be_merged(
    desk: &Desk,
    caller: &Caller,
    id: &CaseId,
) -> Result<(CaseView, Vec<CaseSummary>), DeedError> {
    caller.need(Right::Cases)?;
    let view = load(desk, id).await?;
    let record = &view.record;
    let filters = [
        record.ticket.clone().map(|ticket| CaseFilter {
            ticket: Some(ticket),
            ..CaseFilter::default()
        }),
        record.machine.clone().map(|machine| CaseFilter {
            machine: Some(machine),
            ..CaseFilter::default()
        }),
    ];
    let mut others: Vec<CaseSummary> = Vec::new();
    for filter in filters.into_iter().flatten() {
        // A mark is another machine's in every case.
        if filter
            .machine
            .as_ref()
            .is_some_and(|name| name.starts_with('['))
        {
            continue;
        }
        for case in desk.store.list_cases(&filter, desk.now()).await?.cases {
            if case.id != id.as_str() && others.iter().all(|other| other.id != case.id) {
                others.push(case);
            }
        }
    }
    others.truncate(PROPOSED);
    Ok((view, others))
}

/// Moves the evidence of a case into another, with the answers and the end that it does not have itself, and deletes it;
/// its link leads there from then on. The history of the case that goes is not taken over.
pub async fn merge_cases(desk: &Desk, caller: &Caller, pair: &Pair) -> Result<CaseView, DeedError> {
    caller.need(Right::Cases)?;
    if pair.from == pair.into {
        return Err(DeedError::refused("/from", "A case cannot go into itself."));
    }
    let guarded = pair.from_revision.is_some() || pair.into_revision.is_some();
    for left in (0..TRIES).rev() {
        let stays = look(desk, &pair.into, pair.into_revision).await?;
        let goes = look(desk, &pair.from, pair.from_revision).await;
        let goes = goes.map_err(|error| match error {
            DeedError::NotFound(_) | DeedError::Gone(_) => {
                DeedError::refused("/from", "There is no such case any more.")
            }
            other => other,
        })?;
        within_limits(&stays.record, &goes.record)?;
        let merging = plan(desk, caller, &stays, &goes).await?;
        let merged = desk
            .store
            .merge_cases(&caller.actor, &pair.into, merging, desk.now());
        match merged.await {
            Ok(true) => {
                desk.kept.forget(&pair.from);
                desk.kept.forget(&pair.into);
                break;
            }
            // Whichever of them is gone is told by the next look.
            Ok(false) if left > 0 => {}
            Err(StoreError::Changed { .. }) if !guarded && left > 0 => {}
            Ok(false) => return Err(DeedError::Busy),
            Err(error) => return Err(error.into()),
        }
    }
    load(desk, &pair.into).await
}

fn within_limits(stays: &CaseRecord, goes: &CaseRecord) -> Result<(), DeedError> {
    let text = text_of(stays).saturating_add(text_of(goes));
    let refused = |what| DeedError::refused("/from", what);
    let here = usize::try_from(stays.revision).unwrap_or(usize::MAX);
    let changes = here.max(held(stays)).saturating_add(held(goes));
    fits(text, changes).map_err(refused)
}

/// How many rounds, answers and ends a case holds.
fn held(record: &CaseRecord) -> usize {
    record.rounds.len() + record.answers.len() + record.outcomes.len()
}

/// Whether a case can hold so much text, and take so many changes.
fn fits(text: usize, changes: usize) -> Result<(), String> {
    if text > CASE_TEXT_LIMIT {
        return Err(format!(
            "Together they hold {} MiB of text, and a case holds at most {}.",
            text.div_ceil(1024 * 1024),
            CASE_TEXT_LIMIT / (1024 * 1024)
        ));
    }
    if i64::try_from(changes).unwrap_or(i64::MAX) > MOST_CHANGES {
        return Err(format!(
            "A case takes {MOST_CHANGES} changes, and these are more."
        ));
    }
    Ok(())
}

fn text_of(record: &CaseRecord) -> usize {
    let sources = record.rounds.iter().flat_map(|round| &round.sources);
    sources.map(|source| source.size).sum()
}

async fn plan(
    desk: &Desk,
    caller: &Caller,
    stays: &CaseView,
    goes: &CaseView,
) -> Result<Merging, DeedError> {
    let (first, second) = (stays.record.clone(), goes.record.clone());
    let renumber = Renumber::behind(&first.pseudonyms);
    let taken_numbers = renumber.pseudonyms(&second.pseudonyms);
    let redact = first.redact.max(second.redact);
    let mut known = first.clone();
    known.pseudonyms.extend(taken_numbers.iter().cloned());
    let redactor = desk.redactor(&first.id, redact, Some(&known))?;
    let texts = desk.store.texts(&second.id).await?;
    let sources = second.rounds.iter().map(|round| round.sources.len());
    if texts.len() < sources.sum() {
        return Err(DeedError::Busy);
    }
    let live = desk.live();
    let before = stays.diagnosis.evidence.clone();
    let size = text_of(&first) + text_of(&second);
    let who = caller.signs(None);
    let now = desk.now();
    let carried = carried(stays, goes);
    let work = move || -> Result<Merging, StoreError> {
        let mut texts = texts.into_iter().peekable();
        let mut rounds = Vec::new();
        for round in &second.rounds {
            let mut own = Vec::new();
            while let Some(text) = texts.next_if(|text| text.round == round.number) {
                own.push(text.unpack()?);
            }
            rounds.push((round, own));
        }
        let taken = before.sources.iter().map(|source| source.name.clone());
        let mut mover = Mover {
            renumber,
            redactor: (redact == Redact::People).then_some(redactor),
            taken: taken.collect(),
        };
        mover.learn(&rounds);
        let mut all = before;
        let rounds_before = all.latest_round();
        let mut moved_rounds = Vec::new();
        let mut facts = first
            .rounds
            .iter()
            .flat_map(|round| round.facts.clone())
            .collect::<BTreeMap<_, _>>();
        for (round, sources) in rounds {
            let number = all.latest_round() + 1;
            let (read, there) = mover.round(round, sources, number);
            facts.extend(there.facts.iter().cloned());
            all.join(read);
            moved_rounds.push((round.at, there));
        }
        let edit = mover.edit(&first, &second);
        let meant = Meant {
            machine: first.machine.clone().or(edit.machine.clone().flatten()),
            account: first.account.clone().or(edit.account.clone().flatten()),
        };
        let product = first.product.as_ref().or(second.product.as_ref());
        let product = product.map(ToString::to_string);
        let diagnosis = judge(&live, all, product.as_deref(), &facts, &meant, &NeverStop);
        let what = mover.what(&second, &carried, &in_words(&diagnosis));
        let wants = wants(&diagnosis, &carried);
        let outcomes = carried.outcomes.into_iter();
        let outcomes = outcomes.map(|given| OutcomeGiven {
            note: given.note.as_deref().map(|note| mover.words(note)),
            ..given
        });
        let outcomes = outcomes.collect();
        let mut pseudonyms = taken_numbers;
        pseudonyms.extend(mover.redactor.iter().flat_map(Redactor::fresh).cloned());
        Ok(Merging {
            from: second.id.clone(),
            seen: (first.revision, second.revision),
            expires_at: earlier(first.expires_at, second.expires_at),
            rounds: moved_rounds,
            answers: carried.answers,
            rounds_before,
            outcomes,
            receipt: receipt(&diagnosis),
            change: Change {
                edit,
                products: Some(products(&diagnosis)),
                wants: Some(wants),
                chosen_rule: carried.chosen.map(Some),
                pinned_release: carried.pinned,
                redact: (redact != first.redact).then_some(redact),
                pseudonyms,
                timeline: vec![TimelineEntry { at: now, who, what }],
                ..Change::default()
            },
        })
    };
    Ok(desk.work(size, work).await??)
}

/// What the case that stays asks of editors.
fn wants(diagnosis: &Diagnosis, carried: &Carried) -> Option<Wanting> {
    let ended = carried.outcomes.last().filter(|_| carried.ends);
    let after = ended.map_or(After::AsBefore, |ended| {
        after_outcome(&diagnosis.evidence, ended.outcome, ended.rule.as_deref())
    });
    match after {
        After::AsBefore => after_reading(diagnosis),
        After::Nothing => None,
        After::Wants(wanting) => Some(wanting),
    }
}

/// What was promised for either of them holds.
fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_too_much_for_one_case_is_refused() {
        let most = usize::try_from(MOST_CHANGES).unwrap();
        assert_eq!(fits(CASE_TEXT_LIMIT, most), Ok(()));
        assert!(
            fits(CASE_TEXT_LIMIT + 1, 10)
                .unwrap_err()
                .contains("33 MiB")
        );
        assert!(fits(0, most + 1).is_err());
    }

    #[test]
    fn evidence_is_kept_no_longer_than_was_promised_for_it() {
        assert_eq!(earlier(Some(2), Some(1)), Some(1));
        assert_eq!(earlier(None, Some(1)), Some(1));
        assert_eq!(earlier(None, None), None);
    }
}
