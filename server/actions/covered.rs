//! What a newer release knows leaves the inbox by itself. It is looked for once a release, in the background; cases whose
//! cause was wrong or whose guide did not help are for people to close.

use std::sync::Arc;

use super::desk::{DeedError, Desk};
use super::edit::commit;
use super::inbox::after_reading;
use super::open::entry;
use super::round::in_words;
use super::staff::products;
use super::view::load;
use crate::rules::Verdict;
use crate::store::{CaseId, Change};

/// Looks through the inbox after each release, for as long as the server runs.
pub async fn keep_inbox(desk: Arc<Desk>) {
    loop {
        match clear(&desk).await {
            Ok(0) => {}
            Ok(covered) => tracing::info!(covered, "cases of the inbox are known now"),
            Err(error) => tracing::error!(%error, "the inbox could not be looked through"),
        }
        desk.news.notified().await;
    }
}

/// Looks at every case that no rule knew by the release that answers, unless that was done. Answers how many are known now.
async fn clear(desk: &Desk) -> Result<usize, DeedError> {
    let live = desk.live().number;
    if desk.store.inbox_looked_through().await? >= live {
        return Ok(0);
    }
    let mut covered = 0;
    for id in desk.store.unknown_cases().await? {
        match is_covered(desk, &id).await {
            Ok(true) => covered += 1,
            Ok(false) | Err(DeedError::NotFound(_) | DeedError::Gone(_)) => {}
            // The next release looks at it again; nobody else has to wait for that.
            Err(error) => tracing::warn!(%error, "a case of the inbox could not be judged"),
        }
    }
    desk.store.inbox_was_looked_through(live).await?;
    Ok(covered)
}

async fn is_covered(desk: &Desk, id: &CaseId) -> Result<bool, DeedError> {
    let view = load(desk, id).await?;
    let unknown = |verdict| matches!(verdict, Verdict::Unmatched | Verdict::InsufficientEvidence);
    let before = view.record.rounds.last();
    let before = before.is_some_and(|round| unknown(round.receipt.verdict));
    let diagnosis = &view.diagnosis;
    if !before || after_reading(diagnosis).is_some() {
        return Ok(false);
    }
    let what = format!(
        "Release {} knows this: {}",
        diagnosis.release.number,
        in_words(diagnosis)
    );
    let change = Change {
        wants: Some(None),
        products: Some(products(diagnosis)),
        timeline: vec![entry(desk, None, what)],
        ..Change::default()
    };
    commit(desk, &view, change, true).await
}
