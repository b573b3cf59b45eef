//! What a check says of a proposal, and whether it may be published.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::inspect::Inspection;
use crate::store::{
    ChangedCount, Draft, Likeness, Proposal, ProposalState, ReleaseRow, Words, WordsKind,
};

/// The gate's report: what is kept with a release and answered where one was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GateReport {
    /// What was found in the rules.
    #[serde(flatten)]
    pub inspection: Inspection,
    /// What became of the stored cases; missing where something stopped it before.
    pub replay: Option<ReplayReport>,
}

/// What became of the stored cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayReport {
    /// How many were judged again.
    pub cases: i64,
    /// How many are judged otherwise.
    pub changed: i64,
    /// How many of these changes a person accepted.
    pub accepted: i64,
    /// How many of them are not listed, because there are too many.
    pub unlisted: i64,
    /// Cases whose texts could not be read back.
    pub unread: i64,
}

/// What stands between a proposal and its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Blocker {
    /// It holds no drafts.
    Empty,
    /// It was not checked since it was changed.
    Unchecked,
    /// Another release was published since it was checked.
    Outdated,
    /// The rules did not pass.
    Rules,
    /// Cases change that nobody accepted.
    Cases,
    /// More cases change than can be listed.
    TooMany,
    /// Somebody asked for changes.
    ChangesAsked,
    /// Somebody other than the author has to approve.
    SecondPerson,
}

/// Where a proposal stands, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not checked since it was last changed.
    Open,
    /// Being checked.
    Checking,
    /// Checked, and something stands in its way.
    Held,
    /// It may be published.
    Ready,
    /// A release was made of it.
    Published,
    /// It was published at once; somebody else is asked to look at it.
    AskedAfterwards,
    /// Given up.
    Withdrawn,
}

/// A proposal with everything that its page shows.
#[derive(Debug, Clone)]
pub struct ProposalView {
    /// What is kept.
    pub proposal: Proposal,
    /// Its drafts, as they were when they were chosen.
    pub drafts: Vec<Draft>,
    /// Of these, those that have been changed or thrown away since.
    pub moved: Vec<Moved>,
    /// Those that change what was changed in the release since they began, by their places: somebody has to decide.
    pub clashes: Vec<usize>,
    /// What the last check said.
    pub report: Option<GateReport>,
    /// How many cases change.
    pub count: ChangedCount,
    /// In which ways.
    pub likenesses: Vec<Likeness>,
    /// What was said about it.
    pub words: Vec<Words>,
    /// The newest release.
    pub newest: i64,
    /// Whether somebody other than the author has to approve.
    pub second_person: bool,
}

/// A draft that is not any more what it was when it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Which, by its place among the drafts.
    pub at: usize,
    /// Its revision now; `None` where it was thrown away.
    pub revision: Option<i64>,
}

/// The desk's list.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Releases, newest first.
    pub releases: Vec<ReleaseRow>,
    /// Proposals, newest first, with where they stand.
    pub proposals: Vec<(Proposal, Standing)>,
    /// Drafts that no open proposal holds.
    pub drafts: Vec<Draft>,
    /// That a new version had nothing to propose, while the release that stayed answers: when, and why.
    pub stayed: Option<(i64, String)>,
}

impl GateReport {
    /// Reads a kept report; `None` where there is none.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl ProposalView {
    /// What stands in the way of publishing, first things first.
    pub fn blockers(&self) -> Vec<Blocker> {
        let proposal = &self.proposal;
        let mut blockers = Vec::new();
        let mut hold = |when: bool, blocker: Blocker| {
            if when {
                blockers.push(blocker);
            }
        };
        hold(self.drafts.is_empty(), Blocker::Empty);
        hold(proposal.state != ProposalState::Checked, Blocker::Unchecked);
        if let (ProposalState::Checked, Some(report)) = (proposal.state, &self.report) {
            hold(proposal.base != self.newest, Blocker::Outdated);
            hold(!report.inspection.passed(), Blocker::Rules);
            hold(self.count.accepted < self.count.listed, Blocker::Cases);
            hold(proposal.unlisted > 0, Blocker::TooMany);
        }
        hold(
            asked_for_changes(&self.words, proposal.contents),
            Blocker::ChangesAsked,
        );
        let approved = approved(&self.words, proposal);
        hold(self.second_person && !approved, Blocker::SecondPerson);
        blockers
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        let approved = approved(&self.words, &self.proposal);
        match self.proposal.state {
            ProposalState::Open => Standing::Open,
            ProposalState::Checking => Standing::Checking,
            ProposalState::Checked if self.blockers().is_empty() => Standing::Ready,
            ProposalState::Checked => Standing::Held,
            ProposalState::Published
                if self.proposal.kind.is_at_once() && self.second_person && !approved =>
            {
                Standing::AskedAfterwards
            }
            ProposalState::Published => Standing::Published,
            ProposalState::Withdrawn => Standing::Withdrawn,
        }
    }

    /// The report as it is to be kept and answered: with what was accepted up to now.
    pub fn report_now(&self) -> Option<GateReport> {
        let mut report = self.report.clone()?;
        if let Some(replay) = &mut report.replay {
            replay.changed = self.count.listed + self.proposal.unlisted;
            replay.accepted = self.count.accepted;
        }
        Some(report)
    }
}

/// Whether the last thing that somebody said about these contents is that they want changes.
fn asked_for_changes(words: &[Words], contents: i64) -> bool {
    let reviews = words
        .iter()
        .filter(|words| words.kind != WordsKind::Comment);
    let reviews = reviews.filter(|words| words.contents == contents);
    let mut last = std::collections::BTreeMap::new();
    for review in reviews {
        last.insert(review.who.as_str(), review.kind);
    }
    last.values().any(|kind| *kind == WordsKind::Changes)
}

/// Whether somebody other than the author approved of these contents.
fn approved(words: &[Words], proposal: &Proposal) -> bool {
    words.iter().any(|words| {
        words.kind == WordsKind::Approve
            && words.contents == proposal.contents
            && words.who != proposal.author
    })
}
