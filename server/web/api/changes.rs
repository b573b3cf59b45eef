//! Changing cases. Every change takes `If-Match` with the revision it was decided on.

use axum::Json;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::case_body::CaseBody;
use super::cases::shown;
use super::request::{
    AnswerBody, EditBody, OutcomeBody, Sent, SubmissionBody, case_id, expected_revision,
};
use crate::actions::{self, AnswerGiven, Caller, OutcomeRequest, StepTaken};
use crate::guide::walk::Visit;
use crate::store::{CaseExample, CaseId};
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::{self, media_type, unknown_media_type};
use crate::web::state::AppState;

/// Bodies of changes other than evidence hold at most so many bytes.
const SMALL: usize = 64 * 1024;

/// Add evidence
///
/// Another round, in any form that `/classify` takes; the walk moves on.
#[utoipa::path(
    post,
    path = "/cases/{id}/evidence",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "The case's revision")),
    request_body(content(
        (SubmissionBody = "application/json", example = json!({"facts": {"dsregcmd.AzureAdJoined": "YES", "dsregcmd.DomainJoined": "NO"}})),
        (String = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "The case", body = CaseBody),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Nothing in it", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn add_evidence(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    let submitted = sent.filled()?;
    let view = actions::add_evidence(
        &state.desk,
        &case_id(&id)?,
        expected_revision(&headers)?,
        submitted.request.submission,
        caller.signs(submitted.about.who),
        submitted.about.redact,
    )
    .await?;
    state.metrics.verdict(view.diagnosis.findings.verdict);
    Ok(shown(&view))
}

/// Answer a step
///
/// The present step, or one already passed.
#[utoipa::path(
    post,
    path = "/cases/{id}/answers",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "The case's revision")),
    request_body(content = AnswerBody, example = json!({"step": "join-state", "answer": "other"})),
    responses(
        (status = 200, description = "The case", body = CaseBody),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not a step or an answer of this walk", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn answer(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let body: AnswerBody = small_json(request).await?;
    let given = AnswerGiven {
        rule: body.rule,
        step: body.step,
        visit: body.visit,
        answer: body.answer,
        who: caller.signs(body.who),
    };
    let expected = expected_revision(&headers)?;
    let view = actions::answer(&state.desk, &case_id(&id)?, expected, given).await?;
    Ok(shown(&view))
}

/// Whose answer.
#[derive(Debug, Deserialize, IntoParams)]
pub struct TakeBackQuery {
    /// The rule whose guide asked; the active one when not said.
    rule: Option<String>,
    /// Which visit of the step; the latest that was answered when not said.
    visit: Option<Visit>,
    /// Who.
    who: Option<String>,
}

/// Go back to a step
///
/// Takes back what a person answered there, at its latest visit, and all that was answered behind it.
#[utoipa::path(
    delete,
    path = "/cases/{id}/answers/{step}",
    tag = "cases",
    params(
        ("id" = String, Path, description = "The case"),
        ("step" = String, Path, description = "The step"),
        ("If-Match" = Option<String>, Header, description = "The case's revision"),
        TakeBackQuery,
    ),
    responses(
        (status = 200, description = "The case", body = CaseBody),
        (status = 404, description = "No such case, or nobody answered there", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn take_back(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((id, step)): Path<(String, String)>,
    Query(query): Query<TakeBackQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let taken = StepTaken {
        rule: query.rule,
        step,
        visit: query.visit,
        who: caller.signs(query.who),
    };
    let expected = expected_revision(&headers)?;
    let view = actions::take_back(&state.desk, &case_id(&id)?, expected, taken).await?;
    Ok(shown(&view))
}

/// Say how it ended
///
/// `not_fixed` goes on to the next cause, `wrong_cause` to `right_rule`.
#[utoipa::path(
    post,
    path = "/cases/{id}/outcome",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "The case's revision")),
    request_body(content = OutcomeBody, example = json!({"outcome": "fixed", "note": "The password had expired."})),
    responses(
        (status = 200, description = "The case", body = CaseBody),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not an outcome or not a rule", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn outcome(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let body: OutcomeBody = small_json(request).await?;
    let request = OutcomeRequest {
        outcome: body.outcome,
        rule: body.rule,
        step: body.step,
        note: body.note,
        right_rule: body.right_rule,
        who: caller.signs(body.who),
    };
    let expected = expected_revision(&headers)?;
    let view = actions::record_outcome(&state.desk, &case_id(&id)?, expected, request).await?;
    Ok(shown(&view))
}

/// Edit a case
#[utoipa::path(
    patch,
    path = "/cases/{id}",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "The case's revision")),
    request_body(content = EditBody, example = json!({"ticket": "INC-4711", "note": null})),
    responses(
        (status = 200, description = "The case", body = CaseBody),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Not a field of a case", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn edit(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let body: EditBody = small_json(request).await?;
    let expected = expected_revision(&headers)?;
    let edit = body.edit();
    let view = actions::edit_case(
        &state.desk,
        &case_id(&id)?,
        expected,
        edit,
        caller.signs(body.who),
    )
    .await?;
    Ok(shown(&view))
}

/// Delete a case
///
/// With everything that belongs to it; a tombstone stays.
#[utoipa::path(
    delete,
    path = "/cases/{id}",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), ("If-Match" = Option<String>, Header, description = "The case's revision")),
    responses(
        (status = 200, description = "Deleted; examples of rules that came from it are named, and stay", body = DeletedBody),
        (status = 204, description = "Gone"),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone before", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let expected = expected_revision(&headers)?;
    let examples = actions::delete_case(&state.desk, &case_id(&id)?, expected).await?;
    if examples.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Json(DeletedBody { examples }).into_response())
}

/// Merge another case into this one
///
/// Its rounds of evidence are added to those of this case, under names that are free here, and it is deleted: its
/// tombstone leads here. Its answers and its outcomes go along; where both cases say something different, those of this
/// case hold, and the timeline says what the other's were. Numbers of people and machines are moved behind those of
/// this case, so that two people never share one.
#[utoipa::path(
    post,
    path = "/cases/{id}/merge",
    tag = "cases",
    params(("id" = String, Path, description = "The case that stays"), ("If-Match" = Option<String>, Header, description = "Its revision")),
    request_body(content = MergeBody, example = json!({"from": "fbyugixryxjvz6mwu3apvd57ms", "revision": 3})),
    responses(
        (status = 200, description = "The case that stays", body = CaseBody),
        (status = 403, description = "Only for those who may see all cases", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such case", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "One of them changed meanwhile; `since` says how", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "There is no case to be merged, or together they hold too much", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn merge(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let body: MergeBody = small_json(request).await?;
    let from = CaseId::parse(&body.from)
        .ok_or_else(|| Problem::invalid_field("/from", "There is no such case."))?;
    let pair = actions::Pair {
        from,
        from_revision: body.revision,
        into: case_id(&id)?,
        into_revision: expected_revision(&headers)?,
    };
    let view = actions::merge_cases(&state.desk, &caller, &pair).await?;
    Ok(shown(&view))
}

/// Which case is merged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The case that goes.
    from: String,
    /// Its revision; without it the merge is made however it stands.
    #[serde(default)]
    revision: Option<i64>,
}

/// What a deleted case leaves in the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedBody {
    /// The examples that came from it, without people, machines and secrets.
    examples: Vec<CaseExample>,
}

async fn small_json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let kind = media_type(&request);
    if kind != "application/json" {
        return Err(unknown_media_type(&kind, "application/json"));
    }
    extract::json(request.into_body(), SMALL).await
}
