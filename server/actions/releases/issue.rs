//! Publishing: a checked proposal, an older release again, the newest without one rule. What is published is swapped in
//! while requests go on; each is answered by the release that it began with.

use super::candidate::candidate;
use super::propose::{bounded, view, words};
use super::report::{Blocker, ProposalView};
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::actions::publish::{EDITED, pack_hash};
use crate::condition::RuleId;
use crate::rules::{DisabledFile, PackFiles, day};
use crate::store::{Actor, NewProposal, NewRelease, ProposalKind, SECOND_PERSON};

/// A rule that was disabled at once stays so for so many days, unless somebody says otherwise.
const DISABLED_DAYS: i64 = 14;
/// A reason has at most so many characters.
const REASON: usize = 2_000;
/// One day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What became of publishing.
#[derive(Debug, Clone)]
pub enum PublishOutcome {
    /// It is the release of this number.
    Published(i64),
    /// Something stands in the way.
    Held(Box<ProposalView>, Vec<Blocker>),
}

/// Publishes a proposal that passed. With `contents` it must still hold what was seen.
pub async fn publish_proposal(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    contents: Option<i64>,
) -> Result<PublishOutcome, DeedError> {
    caller.need(Right::Publish)?;
    let view = view(desk, number).await?;
    let mut blockers = view.blockers();
    if contents.is_some_and(|contents| contents != view.proposal.contents) {
        blockers.insert(0, Blocker::Unchecked);
    }
    if !blockers.is_empty() {
        return Ok(PublishOutcome::Held(Box::new(view), blockers));
    }
    let base = desk.files(view.proposal.base).await?;
    let base = base.ok_or_else(no_release)?;
    let candidate = candidate(&base, view.proposal.base, &view.drafts, desk.now());
    let report = view.report_now();
    let report = report.map(|report| serde_json::to_string(&report).unwrap_or_default());
    let note = match view.proposal.note.as_str() {
        "" => view.proposal.title.clone(),
        note => format!("{}\n\n{note}", view.proposal.title),
    };
    let release = NewRelease {
        note: &note,
        origin: EDITED,
        pack_hash: &pack_hash(&candidate.files),
        engine: env!("CARGO_PKG_VERSION"),
        files: &candidate.files,
        gate: report.as_deref().unwrap_or_default(),
        proposal: Some(number),
    };
    let published = desk.store.publish_proposal(
        &view.proposal,
        &view.drafts,
        release,
        &caller.actor,
        desk.now(),
    );
    match published.await? {
        Some(release) => {
            desk.refresh().await?;
            Ok(PublishOutcome::Published(release))
        }
        None => Ok(PublishOutcome::Held(
            Box::new(view),
            vec![Blocker::Outdated],
        )),
    }
}

/// Publishes the files of an older release again, at once, and answers the new release's number. Where a second person
/// is needed, somebody is asked afterwards.
pub async fn roll_back(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    reason: &str,
) -> Result<i64, DeedError> {
    caller.need(Right::Publish)?;
    let reason = words(reason, "/reason", REASON)?;
    let files = desk.files(number).await?.ok_or_else(no_release)?;
    let gate = desk.store.release_gate(number).await?;
    let newest = desk.store.newest_release().await?;
    if newest == number {
        let what = "This is the newest release already.";
        return Err(DeedError::refused("/release", what));
    }
    let note = format!("Back to release {number}: {reason}");
    let title = format!("Back to release {number}");
    at_once(
        desk,
        &caller.actor,
        Now {
            kind: ProposalKind::Rollback,
            base: newest,
            title: &title,
            reason: &reason,
            note: &note,
            files: &files,
            gate: &gate,
        },
    )
    .await
}

/// Switches a rule off at once, until a day, and answers the new release's number. Where a second person is needed,
/// somebody is asked afterwards.
pub async fn disable_at_once(
    desk: &Desk,
    caller: &Caller,
    rule: &str,
    reason: &str,
    until: Option<&str>,
) -> Result<i64, DeedError> {
    caller.need(Right::Publish)?;
    let reason = words(reason, "/reason", REASON)?;
    let until = bounded(until.unwrap_or_default(), "/until", 10)?;
    let until = if until.is_empty() {
        day_of(desk.now() + DISABLED_DAYS * DAY)
    } else {
        until
    };
    if day(&until).is_none_or(|end| end <= desk.now()) {
        let what = "Write a day to come as YYYY-MM-DD.";
        return Err(DeedError::refused("/until", what));
    }
    desk.refresh().await?;
    let live = desk.live();
    let unknown = || DeedError::refused("/rule", format!("There is no rule `{rule}`."));
    let id = RuleId::parse(rule.trim()).map_err(|_| unknown())?;
    if !live.rules.contains_key(&id) {
        return Err(unknown());
    }
    let files = desk.files(live.number).await?.ok_or_else(no_release)?;
    let mut files = PackFiles::clone(&files);
    files.disabled.retain(|other| other.rule != id);
    files.disabled.push(DisabledFile {
        rule: id.clone(),
        reason: reason.clone(),
        until,
        by: caller.name().map(str::to_owned),
    });
    let title = format!("{id} switched off at once");
    let note = format!("{title}: {reason}");
    at_once(
        desk,
        &caller.actor,
        Now {
            kind: ProposalKind::Emergency,
            base: live.number,
            title: &title,
            reason: &reason,
            note: &note,
            files: &files,
            gate: "",
        },
    )
    .await
}

/// Something that is published at once.
struct Now<'a> {
    kind: ProposalKind,
    base: i64,
    title: &'a str,
    reason: &'a str,
    note: &'a str,
    files: &'a PackFiles,
    gate: &'a str,
}

async fn at_once(desk: &Desk, actor: &Actor, new: Now<'_>) -> Result<i64, DeedError> {
    let hash = pack_hash(new.files);
    let release = NewRelease {
        note: new.note,
        origin: EDITED,
        pack_hash: &hash,
        engine: env!("CARGO_PKG_VERSION"),
        files: new.files,
        gate: new.gate,
        proposal: None,
    };
    let proposal = NewProposal {
        title: new.title,
        note: new.reason,
        kind: new.kind,
        base: new.base,
    };
    let published = desk
        .store
        .publish_at_once(proposal, release, actor, desk.now());
    let Some((number, _)) = published.await? else {
        let what = "Another release was published at this moment. Look at it, then decide again.";
        return Err(DeedError::refused("/release", what));
    };
    desk.refresh().await?;
    Ok(number)
}

fn no_release() -> DeedError {
    DeedError::NotFound("There is no release of that number.".to_owned())
}

/// `2026-11-22`.
fn day_of(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(
        |_| String::new(),
        |at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
    )
}

impl Desk {
    /// Whether somebody other than the author has to approve before a release is published.
    pub async fn needs_second_person(&self) -> Result<bool, DeedError> {
        Ok(self.store.setting(SECOND_PERSON).await?.as_deref() == Some("yes"))
    }
}
