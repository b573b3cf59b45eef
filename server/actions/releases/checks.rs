//! The check in the background. What is to be checked stands in the database, so that a check outlives its page and the
//! server: after a restart it goes on with the case behind the last one it wrote down.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::candidate::candidate;
use super::replay::Replay;
use super::report::{GateReport, ReplayReport};
use crate::actions::desk::{DeedError, Desk};
use crate::rules::Release;
use crate::rules::inspect::{Candidate, inspect};
use crate::store::{Actor, Proposal, ProposalState, StoreError};

/// Tells the one who checks that there is something to check, and those who wait that something was done.
#[derive(Debug)]
pub struct Checks {
    work: Notify,
    done: watch::Sender<u64>,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            work: Notify::new(),
            done: watch::Sender::new(0),
        }
    }
}

impl Checks {
    pub(super) fn begin(&self) {
        self.work.notify_one();
    }

    pub(super) fn done(&self) {
        self.done.send_modify(|count| *count += 1);
    }
}

/// Why a check ended before its end.
enum Ended {
    /// It was cancelled, or the proposal was changed.
    Over,
    /// Something is broken.
    Failed(String),
}

/// Checks what is to be checked, one proposal at a time, for as long as the server runs.
pub async fn keep_checking(desk: Arc<Desk>) {
    loop {
        match desk.store.pending_check().await {
            Ok(Some(proposal)) => {
                if let Err(Ended::Failed(why)) = check(&desk, &proposal).await {
                    tracing::error!(proposal = proposal.number, why, "a check failed");
                    let server = Actor::server();
                    let number = proposal.number;
                    let failed = desk
                        .store
                        .cancel_check(number, "failed", &server, desk.now());
                    if failed.await.is_err() {
                        desk.checks.work.notified().await;
                    }
                }
                desk.checks.done();
            }
            Ok(None) => desk.checks.work.notified().await,
            Err(error) => {
                tracing::error!(%error, "what is to be checked cannot be read");
                desk.checks.work.notified().await;
            }
        }
    }
}

/// Waits until a proposal is not being checked any more.
pub async fn wait_for_check(desk: &Desk, number: i64) -> Result<(), DeedError> {
    let mut done = desk.checks.done.subscribe();
    loop {
        let proposal = desk.store.proposal(number).await?;
        if proposal.is_none_or(|proposal| proposal.state != ProposalState::Checking) {
            return Ok(());
        }
        if done.changed().await.is_err() {
            return Ok(());
        }
    }
}

async fn check(desk: &Arc<Desk>, proposal: &Proposal) -> Result<(), Ended> {
    let (number, run) = (proposal.number, proposal.run);
    desk.refresh().await?;
    let before = desk.live();
    let files = desk.files(before.number).await?;
    let files = files.ok_or(StoreError::Broken("release"))?;
    let drafts = desk.store.chosen(number).await?;
    let (release, now) = (before.number, desk.now());
    let candidate = blocking(move || candidate(&files, release, &drafts, now)).await?;
    let candidate = Arc::new(candidate);
    let begun = GateReport::read(&proposal.report).filter(|report| {
        report.inspection.base == release && report.inspection.engine == env!("CARGO_PKG_VERSION")
    });
    let (mut report, place) = if let Some(report) = begun {
        (report, proposal.place.clone())
    } else {
        still(desk.store.rebase_check(number, run, release).await?)?;
        let report = look(desk, proposal, &before, &candidate).await?;
        (report, String::new())
    };
    if report.inspection.remarks.iter().all(|remark| !remark.stops) {
        replay(desk, proposal, before, &candidate, &place).await?;
        let now = desk.store.proposal(number).await?.ok_or(Ended::Over)?;
        let count = desk.store.changed_count(number).await?;
        report.replay = Some(ReplayReport {
            cases: now.done,
            changed: count.listed + now.unlisted,
            accepted: count.accepted,
            unlisted: now.unlisted,
            unread: now.unread,
        });
    }
    let report = json(&report);
    let finished = desk.store.finish_check(number, run, &report, desk.now());
    still(finished.await?)
}

/// The linter, all examples, the labelled submissions.
async fn look(
    desk: &Desk,
    proposal: &Proposal,
    before: &Arc<Release>,
    candidate: &Arc<Candidate>,
) -> Result<GateReport, Ended> {
    let (release, files) = (before.clone(), candidate.clone());
    let inspection = blocking(move || inspect(&release, &files)).await?;
    let report = GateReport {
        inspection,
        replay: None,
    };
    let total = desk.store.replay_count(desk.now()).await?;
    let text = json(&report);
    let kept = desk
        .store
        .inspected(proposal.number, proposal.run, &text, total);
    still(kept.await?)?;
    desk.checks.done();
    Ok(report)
}

async fn replay(
    desk: &Desk,
    proposal: &Proposal,
    before: Arc<Release>,
    candidate: &Arc<Candidate>,
    place: &str,
) -> Result<(), Ended> {
    let (files, now) = (candidate.files.clone(), candidate.now);
    let after = blocking(move || Release::compile(0, 0, files).0.as_of(now)).await?;
    let replay = Replay {
        store: desk.store.clone(),
        before,
        after: Arc::new(after),
        workers: desk.settings.readers,
        now,
    };
    let mut replaying = replay.behind(place);
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    while let Some(piece) = replaying.next().await? {
        let run = (proposal.number, proposal.run);
        let (cases, unread) = (count(piece.cases), count(piece.unread));
        let kept = desk
            .store
            .replayed(run, &piece.place, cases, unread, &piece.changed);
        still(kept.await?)?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Ended> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Ended::Failed(error.to_string()))
}

fn still(goes_on: bool) -> Result<(), Ended> {
    if goes_on { Ok(()) } else { Err(Ended::Over) }
}

/// Serialising plain data with string keys cannot fail.
fn json(report: &GateReport) -> String {
    serde_json::to_string(report).unwrap_or_default()
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<DeedError> for Ended {
    fn from(error: DeedError) -> Self {
        Self::Failed(error.to_string())
    }
}
