//! Releases: listing, reading, publishing and comparing them.

use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

use super::catalogue::{RuleLine, line, ours};
use crate::actions::Caller;
use crate::actions::releases::{
    Blocker, GateReport, NewProposalRequest, ProposalView, PublishOutcome, Standing, begin_check,
    compare_releases, propose, publish_proposal, view_proposal, wait_for_check,
};
use crate::rules::diff::ItemDiff;
use crate::store::{DraftKind, DraftName, ReleaseRow};
use crate::web::error::{Problem, ProblemBody};
use crate::web::paths;
use crate::web::state::AppState;

/// A check that takes longer goes on without its caller.
const PATIENCE: Duration = Duration::from_secs(20);

/// A release.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseBody {
    /// Its number.
    pub number: i64,
    /// Published, unix milliseconds.
    pub published_at: i64,
    /// Why, or from where.
    pub note: String,
    /// `shipped`, `imported` or `edited`.
    pub origin: String,
    /// Who published it; `signpost` for what came with the program.
    pub author: String,
    /// The proposal it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<i64>,
    /// The version of Signpost that checked it.
    pub engine: String,
    /// Whether it answers now.
    pub live: bool,
}

/// List releases
#[utoipa::path(get, path = "/releases", tag = "knowledge", responses((status = 200, description = "Newest first", body = Vec<ReleaseBody>)))]
pub async fn releases(State(state): State<AppState>) -> Result<Json<Vec<ReleaseBody>>, Problem> {
    let live = state.desk.live().number;
    let rows = state.desk.store.releases().await.map_err(ours)?;
    let bodies = rows.into_iter().map(|row| release_body(row, live));
    Ok(Json(bodies.collect()))
}

/// A release with its rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseRulesBody {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseBody,
    /// The gate's report; missing where it passed none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateReport>,
    /// Its rules.
    pub rules: Vec<RuleLine>,
}

/// Read a release
#[utoipa::path(
    get,
    path = "/releases/{n}",
    tag = "knowledge",
    params(("n" = i64, Path, description = "Its number")),
    responses(
        (status = 200, description = "The release with its rules", body = ReleaseRulesBody),
        (status = 404, description = "No such release", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn release(
    State(state): State<AppState>,
    Path(number): Path<String>,
) -> Result<Json<ReleaseRulesBody>, Problem> {
    let missing = || Problem::NotFound("There is no release of that number.".to_owned());
    let number = number.parse().map_err(|_| missing())?;
    let row = state
        .desk
        .store
        .release(number)
        .await
        .map_err(ours)?
        .ok_or_else(missing)?;
    let release = state.desk.release(number).await?.ok_or_else(missing)?;
    let gate = state.desk.store.release_gate(number).await.map_err(ours)?;
    Ok(Json(ReleaseRulesBody {
        gate: GateReport::read(&gate),
        release: release_body(row, state.desk.live().number),
        rules: release.rules.values().map(line).collect(),
    }))
}

/// What is to be published.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PublishRequest {
    /// What it is about, in a line; the history shows it.
    pub title: String,
    /// Why.
    pub note: String,
    /// The drafts; all that no open proposal holds where none is named.
    pub drafts: Vec<DraftRef>,
    /// A proposal that was made before, instead of drafts.
    pub proposal: Option<i64>,
}

/// Names a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRef {
    /// What it is of.
    #[serde(default = "of_a_rule")]
    pub kind: DraftKind,
    /// The rule's or procedure's id.
    pub id: String,
}

fn of_a_rule() -> DraftKind {
    DraftKind::Rule
}

/// Where a proposal stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalBody {
    /// Its number.
    pub proposal: i64,
    /// Its page, where changed cases are looked at and accepted.
    pub url: String,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub state: Standing,
    /// The release it changes.
    pub base: i64,
    /// The release that was made of it.
    pub release: Option<i64>,
    /// What stands in the way of publishing it.
    pub blockers: Vec<Blocker>,
    /// How many stored cases the check judged again.
    pub done: i64,
    /// Of so many.
    pub total: i64,
    /// What the gate says; missing before it was checked.
    pub gate: Option<GateReport>,
}

/// A release that was just published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedBody {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseBody,
    /// The proposal it was made of.
    pub proposal: i64,
}

/// What differs between two releases.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffBody {
    /// The one.
    pub from: i64,
    /// The other.
    pub to: i64,
    /// What differs.
    pub items: Vec<ItemDiff>,
}

/// Publish drafts
///
/// Makes a proposal of the drafts, has it checked, and publishes it when nothing stands in its way. `422` answers what
/// does, with the gate's report; the proposal stays, so that changed cases can be accepted on its page and
/// `{"proposal": N}` publishes it then. A check that takes longer than 20 seconds is answered with `202` and goes on.
#[utoipa::path(
    post,
    path = "/releases",
    tag = "knowledge",
    request_body(content = PublishRequest, example = json!({"drafts": [{"id": "windows.demo-failure"}], "title": "The demo rule", "note": "Know the new sentence"})),
    responses(
        (status = 201, description = "The new release", body = PublishedBody),
        (status = 202, description = "It is still being checked; ask for the proposal", body = ProposalBody),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The gate holds it back, or the request is wrong", content((ProposalBody = "application/json"), (ProblemBody = "application/problem+json"))),
    )
)]
pub async fn publish(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Json(request): Json<PublishRequest>,
) -> Result<Response, Problem> {
    let desk = &state.desk;
    let number = match request.proposal {
        Some(number) => number,
        None => propose(desk, &caller, proposal_of(request)).await?,
    };
    let view = view_proposal(desk, &caller, number).await?;
    if view.blockers().into_iter().any(is_settled_by_a_check) {
        begin_check(desk, &caller, number).await?;
        let waited = tokio::time::timeout(PATIENCE, wait_for_check(desk, number)).await;
        if let Ok(waited) = waited {
            waited?;
        } else {
            let view = view_proposal(desk, &caller, number).await?;
            return Ok((StatusCode::ACCEPTED, Json(body(&view))).into_response());
        }
    }
    match publish_proposal(desk, &caller, number, None).await? {
        PublishOutcome::Published(release) => {
            let row = desk.store.release(release).await;
            let row = row.map_err(|error| Problem::Ours(error.to_string()))?;
            let row = row.ok_or_else(missing)?;
            let published = PublishedBody {
                release: release_body(row, desk.live().number),
                proposal: number,
            };
            Ok((StatusCode::CREATED, Json(published)).into_response())
        }
        PublishOutcome::Held(view, _) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(body(&view))).into_response())
        }
    }
}

/// Read a proposal
#[utoipa::path(
    get,
    path = "/proposals/{n}",
    tag = "knowledge",
    params(("n" = i64, Path, description = "Its number")),
    responses(
        (status = 200, description = "Where it stands, with the gate's report", body = ProposalBody),
        (status = 404, description = "No such proposal", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn proposal(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
) -> Result<Json<ProposalBody>, Problem> {
    let missing = || Problem::NotFound("There is no proposal of that number.".to_owned());
    let number = number.parse().map_err(|_| missing())?;
    let view = view_proposal(&state.desk, &caller, number).await?;
    Ok(Json(body(&view)))
}

/// Compare two releases
///
/// Per rule the fields, conditions and steps that differ, texts word by word.
#[utoipa::path(
    get,
    path = "/releases/{n}/diff/{m}",
    tag = "knowledge",
    params(("n" = i64, Path, description = "The one"), ("m" = i64, Path, description = "The other")),
    responses(
        (status = 200, description = "What differs", body = DiffBody),
        (status = 404, description = "No such release", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn diff(
    State(state): State<AppState>,
    Path((from, to)): Path<(String, String)>,
) -> Result<Json<DiffBody>, Problem> {
    let number = |text: &str| text.parse::<i64>().map_err(|_| missing());
    let (from, to) = (number(&from)?, number(&to)?);
    let comparison = compare_releases(&state.desk, from, to).await?;
    Ok(Json(DiffBody {
        from,
        to,
        items: comparison.diff.items,
    }))
}

fn proposal_of(request: PublishRequest) -> NewProposalRequest {
    let drafts = request.drafts.into_iter();
    let drafts = drafts.map(|draft| DraftName {
        kind: draft.kind,
        id: draft.id,
    });
    NewProposalRequest {
        title: request.title,
        note: request.note,
        drafts: drafts.collect(),
    }
}

fn is_settled_by_a_check(blocker: Blocker) -> bool {
    matches!(blocker, Blocker::Unchecked | Blocker::Outdated)
}

fn body(view: &ProposalView) -> ProposalBody {
    let proposal = &view.proposal;
    ProposalBody {
        proposal: proposal.number,
        url: paths::admin_proposal(proposal.number),
        title: proposal.title.clone(),
        state: view.standing(),
        base: proposal.base,
        release: proposal.published,
        blockers: if proposal.published.is_some() {
            Vec::new()
        } else {
            view.blockers()
        },
        done: proposal.done,
        total: proposal.total,
        gate: view.report_now(),
    }
}

fn missing() -> Problem {
    Problem::NotFound("There is no release of that number.".to_owned())
}

fn release_body(row: ReleaseRow, live: i64) -> ReleaseBody {
    ReleaseBody {
        number: row.number,
        published_at: row.published_at,
        note: row.note,
        origin: row.origin,
        author: row.author,
        proposal: row.proposal,
        engine: row.engine,
        live: row.number == live,
    }
}
