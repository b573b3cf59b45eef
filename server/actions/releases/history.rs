//! Releases as they were published, and what differs between two.

use super::report::GateReport;
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::rules::diff::{PackDiff, diff};
use crate::store::ReleaseRow;

/// A release as it was published.
#[derive(Debug, Clone)]
pub struct Issued {
    /// What is kept of it.
    pub row: ReleaseRow,
    /// The gate's report; `None` where it passed none here.
    pub gate: Option<GateReport>,
    /// Whether it answers now.
    pub live: bool,
    /// What it changed of the one before; `None` for the first.
    pub changes: Option<PackDiff>,
}

/// What differs between two releases.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The one.
    pub before: ReleaseRow,
    /// The other.
    pub after: ReleaseRow,
    /// What differs.
    pub diff: PackDiff,
}

/// A release with its gate's report and what it changed.
pub async fn issued(desk: &Desk, caller: &Caller, number: i64) -> Result<Issued, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let row = desk.store.release(number).await?.ok_or_else(missing)?;
    let gate = desk.store.release_gate(number).await?;
    let changes = if number > 1 {
        Some(between(desk, number - 1, number).await?)
    } else {
        None
    };
    Ok(Issued {
        gate: GateReport::read(&gate),
        live: desk.live().number == number,
        changes,
        row,
    })
}

/// What differs between two releases.
pub async fn compare_releases(
    desk: &Desk,
    before: i64,
    after: i64,
) -> Result<Comparison, DeedError> {
    Ok(Comparison {
        before: desk.store.release(before).await?.ok_or_else(missing)?,
        after: desk.store.release(after).await?.ok_or_else(missing)?,
        diff: between(desk, before, after).await?,
    })
}

/// Comparing whole packs is work, so that it is done where it holds nobody up.
async fn between(desk: &Desk, before: i64, after: i64) -> Result<PackDiff, DeedError> {
    let older = desk.files(before).await?.ok_or_else(missing)?;
    let newer = desk.files(after).await?.ok_or_else(missing)?;
    desk.work(usize::MAX, move || diff(&older, &newer)).await
}

fn missing() -> DeedError {
    DeedError::NotFound("There is no release of that number.".to_owned())
}
