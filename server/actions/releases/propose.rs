//! What is proposed, and what people say about it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::candidate::{candidate, clashes};
use super::report::{GateReport, Moved, Overview, ProposalView, Standing};
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::actions::house::HouseValues;
use crate::actions::packs::KEPT_OURS;
use crate::guide::placeholders::{Placeholder, placeholders};
use crate::rules::diff::{How, ItemKind, PackDiff, diff};
use crate::rules::{PackFiles, Release};
use crate::store::{
    Accepts, AuditFilter, BESIDE, Draft, DraftName, ListedCase, NewProposal, NewWords, Proposal,
    ProposalKind, ProposalState, SECOND_PERSON, WordsKind,
};

/// A proposal holds at most so many drafts.
const MOST_DRAFTS: usize = 500;
/// So many new rules are shown whole.
const NEW_RULES: usize = 50;
/// A title has at most so many characters.
const TITLE: usize = 120;
/// A note, a comment or a reason has at most so many.
const WORDS: usize = 4_000;
/// So many proposals are listed.
const LISTED: u32 = 50;
/// So many ways in which cases change are shown.
const WAYS: u32 = 100;
/// So many of them with cases.
const WAYS_WITH_CASES: usize = 30;
/// So many cases are shown of each.
const CASES_A_WAY: u32 = 3;
/// So many are shown of the one that is asked for.
const CASES: u32 = 500;

/// A proposal to be made.
#[derive(Debug, Clone, Default)]
pub struct NewProposalRequest {
    /// What it is about, in a line.
    pub title: String,
    /// Why.
    pub note: String,
    /// The drafts; all that no other open proposal holds where none is named.
    pub drafts: Vec<DraftName>,
}

/// The releases, the proposals and what could be proposed.
pub async fn overview(desk: &Desk, caller: &Caller) -> Result<Overview, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let mut proposals = Vec::new();
    for proposal in desk.store.proposals(LISTED).await? {
        let view = filled(desk, proposal).await?;
        let standing = view.standing();
        proposals.push((view.proposal, standing));
    }
    let stayed = AuditFilter {
        action: Some(KEPT_OURS.to_owned()),
        subject: Some(desk.live().number.to_string()),
        ..AuditFilter::default()
    };
    let stayed = desk.store.audit_entries(&stayed, 1).await?.pop();
    Ok(Overview {
        releases: desk.store.releases().await?,
        drafts: free_drafts(desk).await?,
        stayed: stayed.map(|entry| (entry.at, entry.detail)),
        proposals,
    })
}

/// One proposal.
pub async fn view_proposal(
    desk: &Desk,
    caller: &Caller,
    number: i64,
) -> Result<ProposalView, DeedError> {
    caller.need(Right::ReadDrafts)?;
    view(desk, number).await
}

/// A proposal as its page shows it.
#[derive(Debug, Clone)]
pub struct ProposalPageView {
    /// The proposal.
    pub view: ProposalView,
    /// What it changes of its base.
    pub changes: PackDiff,
    /// The rules that its base does not have.
    pub new: Option<Arc<Release>>,
    /// Drafts that no open proposal holds.
    pub free: Vec<Draft>,
    /// Some cases of each way in which cases change.
    pub cases: Vec<(String, Vec<ListedCase>)>,
    /// Settings of the house that its texts name and nobody set.
    pub unset: Vec<String>,
}

/// One proposal with what it changes, and cases that change: a few of each way, of the one named `way` more.
pub async fn proposal_page(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    way: &str,
) -> Result<ProposalPageView, DeedError> {
    let view = view_proposal(desk, caller, number).await?;
    let mut cases = Vec::new();
    for (at, likeness) in view.likenesses.iter().enumerate() {
        let limit = match at {
            _ if likeness.name == way => CASES,
            0..WAYS_WITH_CASES => CASES_A_WAY,
            _ => 0,
        };
        if limit > 0 {
            let name = likeness.name.clone();
            let listed = desk.store.changed_cases(number, &name, limit).await?;
            cases.push((name, listed));
        }
    }
    let after = view.proposal.published;
    let (changes, new) = match (after, desk.files(view.proposal.base).await?) {
        (_, None) => (PackDiff::default(), None),
        (Some(after), Some(before)) => {
            let after = desk.files(after).await?.unwrap_or_default();
            let work = move || changed(&before, PackFiles::clone(&after));
            desk.work(usize::MAX, work).await?
        }
        (None, Some(before)) => {
            let (base, drafts) = (view.proposal.base, view.drafts.clone());
            let now = desk.now();
            let work = move || changed(&before, candidate(&before, base, &drafts, now).files);
            desk.work(usize::MAX, work).await?
        }
    };
    Ok(ProposalPageView {
        unset: unset(&view.drafts, &desk.house()),
        free: free_drafts(desk).await?,
        changes,
        new,
        cases,
        view,
    })
}

/// What differs, and the new rules by themselves with what their guides name.
fn changed(before: &PackFiles, mut after: PackFiles) -> (PackDiff, Option<Arc<Release>>) {
    let changes = diff(before, &after);
    let new = changes.items.iter();
    let new = new.filter(|item| (item.kind, item.how) == (ItemKind::Rule, How::Added));
    let new = new.take(NEW_RULES).map(|item| item.id.as_str());
    let new = new.collect::<BTreeSet<_>>();
    after.rules.retain(|rule| new.contains(rule.id.as_str()));
    let release = (!new.is_empty()).then(|| Arc::new(Release::compile(0, 0, after).0));
    (changes, release)
}

/// The settings that drafts name and nobody set.
fn unset(drafts: &[Draft], house: &HouseValues) -> Vec<String> {
    let kept = drafts.iter().filter(|draft| !draft.removed);
    let all = kept.flat_map(|draft| placeholders(&draft.text));
    let names = all.filter_map(|(_, placeholder)| match placeholder {
        Placeholder::Setting(name) if !house.contains_key(name) => Some(name.to_owned()),
        _ => None,
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Makes a proposal of drafts and answers its number.
pub async fn propose(
    desk: &Desk,
    caller: &Caller,
    request: NewProposalRequest,
) -> Result<i64, DeedError> {
    if !caller.may(Right::Publish) {
        caller.need(Right::Edit)?;
    }
    let (title, note) = proposal_words(&request.title, &request.note)?;
    let drafts = if request.drafts.is_empty() {
        free_drafts(desk).await?
    } else {
        named(desk, &request.drafts).await?
    };
    if drafts.is_empty() {
        let what = "There is no draft to propose. Change a rule first.";
        return Err(DeedError::refused("/drafts", what));
    }
    if drafts.len() > MOST_DRAFTS {
        let what = format!("A proposal holds at most {MOST_DRAFTS} drafts; choose some of them.");
        return Err(DeedError::refused("/drafts", what));
    }
    let new = NewProposal {
        title: &title,
        note: &note,
        kind: ProposalKind::Drafts,
        base: desk.live().number,
    };
    let proposed = desk.store.propose(new, &drafts, &caller.actor, desk.now());
    Ok(proposed.await?)
}

/// A proposal's title and note, where they may be.
pub(in crate::actions) fn proposal_words(
    title: &str,
    note: &str,
) -> Result<(String, String), DeedError> {
    Ok((
        words(title, "/title", TITLE)?,
        bounded(note, "/note", WORDS)?,
    ))
}

/// Puts drafts into a proposal, as they are now, and takes others out.
pub async fn change_drafts(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    with: &[DraftName],
    without: &[DraftName],
) -> Result<(), DeedError> {
    caller.need(Right::Edit)?;
    let drafts = named(desk, with).await?;
    let held = desk.store.chosen(number).await?.len();
    if held + drafts.len() > MOST_DRAFTS {
        let what = format!("A proposal holds at most {MOST_DRAFTS} drafts.");
        return Err(DeedError::refused("/drafts", what));
    }
    let changed = desk
        .store
        .choose_drafts(number, &drafts, without, &caller.actor, desk.now());
    if changed.await? {
        desk.checks.done();
        return Ok(());
    }
    Err(over(desk, number).await)
}

/// Has a proposal checked, in the background.
pub async fn begin_check(desk: &Desk, caller: &Caller, number: i64) -> Result<(), DeedError> {
    if !caller.may(Right::Publish) {
        caller.need(Right::Edit)?;
    }
    if desk.store.chosen(number).await?.is_empty() {
        let what = "This proposal holds no drafts; choose some first.";
        return Err(DeedError::refused("/drafts", what));
    }
    let begun = desk.store.begin_check(number, &caller.actor, desk.now());
    if begun.await? {
        desk.checks.begin();
        return Ok(());
    }
    match desk.store.proposal(number).await? {
        // Who presses twice gets what they asked for.
        Some(proposal) if proposal.state == ProposalState::Checking => Ok(()),
        _ => Err(over(desk, number).await),
    }
}

/// Gives a check up.
pub async fn cancel_check(desk: &Desk, caller: &Caller, number: i64) -> Result<(), DeedError> {
    if !caller.may(Right::Publish) {
        caller.need(Right::Edit)?;
    }
    let cancelled = desk
        .store
        .cancel_check(number, "cancelled", &caller.actor, desk.now());
    cancelled.await?;
    desk.checks.done();
    Ok(())
}

/// Accepts that cases are judged otherwise; answers how many.
pub async fn accept(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    accepts: &Accepts,
) -> Result<u64, DeedError> {
    if !caller.may(Right::Publish) {
        caller.need(Right::Edit)?;
    }
    let accepted = desk
        .store
        .accept_changes(number, accepts, &caller.actor, desk.now());
    Ok(accepted.await?)
}

/// Says something about a proposal. An approval or a wish for changes needs a reason; authors cannot approve of their
/// own.
pub async fn say(
    desk: &Desk,
    caller: &Caller,
    number: i64,
    kind: WordsKind,
    about: &str,
    text: &str,
) -> Result<(), DeedError> {
    match kind {
        WordsKind::Comment => caller.need(Right::ReadDrafts)?,
        WordsKind::Changes if caller.may(Right::Edit) => {}
        WordsKind::Approve | WordsKind::Changes => caller.need(Right::Publish)?,
    }
    let text = words(text, "/words", WORDS)?;
    let about = bounded(about, "/about", TITLE * 2)?;
    let proposal = desk.store.proposal(number).await?.ok_or_else(missing)?;
    if kind == WordsKind::Approve && proposal.author == caller.actor.who {
        let what = "You made this proposal; somebody else has to approve of it.";
        return Err(DeedError::refused("/kind", what));
    }
    let new = NewWords {
        kind,
        about: &about,
        words: &text,
    };
    let said = desk.store.say_about(number, new, &caller.actor, desk.now());
    if said.await? { Ok(()) } else { Err(missing()) }
}

/// Gives a proposal up; its drafts stay drafts.
pub async fn withdraw(desk: &Desk, caller: &Caller, number: i64) -> Result<(), DeedError> {
    if !caller.may(Right::Publish) {
        caller.need(Right::Edit)?;
    }
    let withdrawn = desk.store.withdraw(number, &caller.actor, desk.now());
    if withdrawn.await? {
        desk.checks.done();
        return Ok(());
    }
    Err(over(desk, number).await)
}

/// A proposal with everything that belongs to it.
pub(super) async fn view(desk: &Desk, number: i64) -> Result<ProposalView, DeedError> {
    let proposal = desk.store.proposal(number).await?.ok_or_else(missing)?;
    let mut view = filled(desk, proposal).await?;
    view.likenesses = desk.store.likenesses(number, WAYS).await?;
    if matches!(view.standing(), Standing::Published | Standing::Withdrawn) {
        return Ok(view);
    }
    let files = desk.files(view.proposal.base).await?.unwrap_or_default();
    for (at, draft) in view.drafts.iter().enumerate() {
        if clashes(&files, view.proposal.base, draft) {
            view.clashes.push(at);
        }
        if draft.revision == BESIDE {
            continue;
        }
        let now = desk.store.draft(&draft.name).await?;
        let revision = now.map(|draft| draft.revision);
        if revision != Some(draft.revision) {
            view.moved.push(Moved { at, revision });
        }
    }
    Ok(view)
}

async fn filled(desk: &Desk, proposal: Proposal) -> Result<ProposalView, DeedError> {
    let number = proposal.number;
    let newest = desk.store.newest_release().await?;
    let second_person = desk.store.setting(SECOND_PERSON).await?;
    Ok(ProposalView {
        drafts: desk.store.chosen(number).await?,
        moved: Vec::new(),
        clashes: Vec::new(),
        report: GateReport::read(&proposal.report),
        count: desk.store.changed_count(number).await?,
        likenesses: Vec::new(),
        words: desk.store.words_about(number).await?,
        newest,
        second_person: second_person.as_deref() == Some("yes"),
        proposal,
    })
}

/// Drafts that no open proposal holds.
async fn free_drafts(desk: &Desk) -> Result<Vec<Draft>, DeedError> {
    let mut held = BTreeSet::new();
    for proposal in desk.store.proposals(LISTED).await? {
        let open = [
            ProposalState::Open,
            ProposalState::Checking,
            ProposalState::Checked,
        ];
        if open.contains(&proposal.state) {
            let drafts = desk.store.chosen(proposal.number).await?;
            held.extend(drafts.into_iter().map(|draft| draft.name));
        }
    }
    let drafts = desk.store.drafts().await?.into_iter();
    Ok(drafts.filter(|draft| !held.contains(&draft.name)).collect())
}

async fn named(desk: &Desk, names: &[DraftName]) -> Result<Vec<Draft>, DeedError> {
    let mut drafts = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let Some(draft) = desk.store.draft(name).await? else {
            let what = format!("There is no draft of {name} any more.");
            return Err(DeedError::refused(&format!("/drafts/{at}"), what));
        };
        drafts.push(draft);
    }
    Ok(drafts)
}

/// Why nothing more can be done with a proposal.
async fn over(desk: &Desk, number: i64) -> DeedError {
    match desk.store.proposal(number).await {
        Ok(Some(_)) => {
            let what = "This proposal is being checked, or it is over: published or withdrawn.";
            DeedError::refused("/proposal", what)
        }
        Ok(None) => missing(),
        Err(error) => error.into(),
    }
}

pub(super) fn missing() -> DeedError {
    DeedError::NotFound("There is no proposal of that number.".to_owned())
}

/// A text that must not be empty.
pub(super) fn words(text: &str, pointer: &str, most: usize) -> Result<String, DeedError> {
    let text = bounded(text, pointer, most)?;
    if text.is_empty() {
        return Err(DeedError::refused(pointer, "Write a few words here."));
    }
    Ok(text)
}

pub(super) fn bounded(text: &str, pointer: &str, most: usize) -> Result<String, DeedError> {
    let text = text.trim();
    if text.chars().nth(most).is_some() {
        let what = format!("At most {most} characters fit here.");
        return Err(DeedError::refused(pointer, what));
    }
    Ok(text.to_owned())
}
