//! Releases: the list with what is proposed, one as it was published, and what differs between two.

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use serde::Deserialize;

use super::differences::Differences;
use super::gate::{GateView, gate_view};
use super::proposal::standing_sign;
use crate::actions::releases::{
    Comparison, Issued, Overview, Standing, compare_releases, issued, overview,
};
use crate::actions::{Caller, Right};
use crate::store::{Draft, ProposalKind};
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// The part of the desk.
pub(super) const PART: &str = "Releases";

/// All releases, and what is proposed.
#[derive(Template)]
#[template(path = "admin/releases.html")]
pub(crate) struct ReleasesPage {
    frame: Frame,
    action: &'static str,
    compare: &'static str,
    import: &'static str,
    switch_off: &'static str,
    open: Vec<ProposalLine>,
    /// That a new version had nothing to propose: when, and why.
    stayed: Option<(String, String)>,
    over: Vec<ProposalLine>,
    drafts: Vec<DraftBox>,
    releases: Vec<ReleaseLine>,
    more: usize,
    may_propose: bool,
    may_edit: bool,
    may_publish: bool,
}

struct ProposalLine {
    href: String,
    number: i64,
    title: String,
    sign: words::Sign,
    author: String,
    at: String,
}

/// A draft to be ticked.
pub(crate) struct DraftBox {
    pub(crate) value: String,
    pub(crate) name: String,
    pub(crate) what: &'static str,
    pub(crate) by: String,
}

struct ReleaseLine {
    number: i64,
    href: String,
    note: String,
    author: String,
    at: String,
    live: bool,
    back_to_before: String,
}

/// One release.
#[derive(Template)]
#[template(path = "admin/release.html")]
pub(crate) struct ReleasePage {
    frame: Frame,
    number: i64,
    live: bool,
    note: Vec<String>,
    author: String,
    at: String,
    origin: &'static str,
    engine: String,
    proposal: Option<(i64, String)>,
    gate: Option<GateView>,
    changes: Option<Differences>,
    compare: &'static str,
    export: String,
    back: String,
    may_publish: bool,
}

/// Two releases.
#[derive(Template)]
#[template(path = "admin/compare.html")]
pub(crate) struct ComparePage {
    frame: Frame,
    action: &'static str,
    from: (i64, String),
    to: (i64, String),
    releases: Vec<i64>,
    differences: Differences,
}

/// Which two.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Between {
    from: String,
    to: String,
}

/// So many releases are listed; any can be reached by its number.
const LISTED: usize = 200;

/// `GET /admin/releases`.
pub(super) async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Html<ReleasesPage>, Problem> {
    let overview = overview(&state.desk, &caller).await?;
    let live = state.desk.live().number;
    Ok(Html(ReleasesPage::new(&overview, live, &caller)))
}

/// `GET /admin/releases/{n}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
) -> Result<Html<ReleasePage>, Problem> {
    let issued = issued(&state.desk, &caller, release_number(&number)?).await?;
    Ok(Html(ReleasePage::new(&issued, &caller)))
}

/// `GET /admin/releases/compare?from=&to=`.
pub(super) async fn compare(
    State(state): State<AppState>,
    Query(between): Query<Between>,
) -> Result<Html<ComparePage>, Problem> {
    let (from, to) = (release_number(&between.from)?, release_number(&between.to)?);
    let comparison = compare_releases(&state.desk, from, to).await?;
    let newest = state.desk.live().number;
    Ok(Html(ComparePage::new(&comparison, newest)))
}

pub(super) fn release_number(text: &str) -> Result<i64, Problem> {
    let missing = || Problem::NotFound("There is no release of that number.".to_owned());
    text.trim().parse().map_err(|_| missing())
}

impl ReleasesPage {
    /// Fills the page.
    pub(crate) fn new(overview: &Overview, live: i64, caller: &Caller) -> Self {
        let listed = |(proposal, standing): &(crate::store::Proposal, Standing)| ProposalLine {
            href: paths::admin_proposal(proposal.number),
            number: proposal.number,
            title: proposal.title.clone(),
            sign: standing_sign(*standing),
            author: proposal.author.clone(),
            at: words::moment(proposal.updated_at),
        };
        let is_past =
            |standing: Standing| matches!(standing, Standing::Published | Standing::Withdrawn);
        let proposals = overview.proposals.iter();
        let (over, open): (Vec<_>, Vec<_>) =
            proposals.partition(|(_, standing)| is_past(*standing));
        let releases = overview.releases.iter().take(LISTED);
        let releases = releases.map(|row| ReleaseLine {
            number: row.number,
            href: paths::admin_release(row.number),
            note: words::cut(row.note.lines().next().unwrap_or_default(), 160),
            author: row.author.clone(),
            at: words::moment(row.published_at),
            live: row.number == live,
            back_to_before: if row.number > 1 {
                paths::admin_compare(row.number - 1, row.number)
            } else {
                String::new()
            },
        });
        Self {
            frame: Frame::desk_page("Releases", PART),
            action: paths::ADMIN_RELEASES,
            compare: paths::ADMIN_COMPARE,
            import: paths::ADMIN_IMPORT,
            switch_off: paths::ADMIN_SWITCH_OFF,
            open: open.into_iter().map(listed).collect(),
            stayed: overview
                .stayed
                .as_ref()
                .map(|(at, why)| (words::moment(*at), why.clone())),
            over: over.into_iter().map(listed).collect(),
            drafts: overview.drafts.iter().map(draft_box).collect(),
            releases: releases.collect(),
            more: overview.releases.len().saturating_sub(LISTED),
            may_propose: caller.may(Right::Edit) || caller.may(Right::Publish),
            may_edit: caller.may(Right::Edit),
            may_publish: caller.may(Right::Publish),
        }
    }
}

/// A draft to be ticked.
pub(super) fn draft_box(draft: &Draft) -> DraftBox {
    DraftBox {
        value: format!("{}:{}", draft.name.kind.name(), draft.name.id),
        name: draft.name.id.clone(),
        what: what_of(draft),
        by: format!("{}, {}", draft.changed_by, words::moment(draft.changed_at)),
    }
}

/// What a draft does, in words.
pub(super) fn what_of(draft: &Draft) -> &'static str {
    use crate::store::DraftKind;
    match (draft.name.kind, draft.removed) {
        (DraftKind::Rule, false) => "rule",
        (DraftKind::Rule, true) => "rule, to go",
        (DraftKind::Procedure, false) => "procedure",
        (DraftKind::Procedure, true) => "procedure, to go",
        (DraftKind::List, _) => "list",
        (DraftKind::Note, false) => "local notes",
        (DraftKind::Note, true) => "local notes, to go",
        (DraftKind::Disabled, false) => "rule, to be switched off",
        (DraftKind::Disabled, true) => "rule, to be switched on again",
    }
}

impl ReleasePage {
    /// Fills the page.
    pub(crate) fn new(issued: &Issued, caller: &Caller) -> Self {
        let row = &issued.row;
        Self {
            frame: Frame::desk_page(format!("Release {}", row.number), PART),
            number: row.number,
            live: issued.live,
            note: row.note.lines().map(str::to_owned).collect(),
            author: row.author.clone(),
            at: words::moment(row.published_at),
            origin: match row.origin.as_str() {
                "shipped" => "came with Signpost",
                "imported" => "imported from a folder",
                _ => "made here",
            },
            engine: row.engine.clone(),
            proposal: row
                .proposal
                .map(|number| (number, paths::admin_proposal(number))),
            gate: issued.gate.as_ref().map(|gate| gate_view(gate, &[])),
            changes: issued.changes.as_ref().map(|changes| {
                let changes = Differences::of(changes);
                if issued.live {
                    changes.with_pages()
                } else {
                    changes
                }
            }),
            compare: paths::ADMIN_COMPARE,
            export: paths::admin_export(row.number),
            back: paths::admin_back(row.number),
            may_publish: caller.may(Right::Publish),
        }
    }
}

impl ComparePage {
    /// Fills the page.
    pub(crate) fn new(comparison: &Comparison, newest: i64) -> Self {
        let (from, to) = (comparison.before.number, comparison.after.number);
        let releases = (1..=newest.max(from).max(to)).rev().take(LISTED);
        Self {
            frame: Frame::desk_page(format!("Releases {from} and {to}"), PART),
            action: paths::ADMIN_COMPARE,
            from: (from, words::moment(comparison.before.published_at)),
            to: (to, words::moment(comparison.after.published_at)),
            releases: releases.collect(),
            differences: Differences::of(&comparison.diff),
        }
    }
}

/// How a proposal came about, in words.
pub(super) fn kind_word(kind: ProposalKind) -> &'static str {
    match kind {
        ProposalKind::Drafts => "Drafts through the gate",
        ProposalKind::Rollback => "Published at once",
        ProposalKind::Emergency => "A rule switched off at once",
        ProposalKind::Import => "Files that were brought, through the gate",
        ProposalKind::Upgrade => "A new version of the rules, through the gate",
    }
}
