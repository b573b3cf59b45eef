//! Opening, reading and listing cases.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::case_body::{CaseBody, CaseListBody};
use super::request::{Sent, SubmissionBody, case_id};
use crate::actions::staff::list_cases;
use crate::actions::{Caller, CaseView, open_case, start_guide, view_case};
use crate::rules::Verdict;
use crate::store::{CaseFilter, OutcomeName};
use crate::web::error::{Problem, ProblemBody};
use crate::web::paths;
use crate::web::state::AppState;

/// Open a case
///
/// From a submission, as `/classify` takes it, or from a rule whose guide is walked without evidence. Secrets are taken
/// out before anything is kept.
#[utoipa::path(
    post,
    path = "/cases",
    tag = "cases",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body answer the same for 24 hours")),
    request_body(content(
        (SubmissionBody = "application/json", example = json!({"text": "The connection failed: WindowsIdentityIncorrect", "ticket": "INC-4711"})),
        (String = "multipart/form-data"),
    )),
    responses(
        (status = 201, description = "The case", body = CaseBody),
        (status = 400, description = "Not readable", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The same request is in flight", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong, or the key was used for another request", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn open(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    mut sent: Sent,
) -> Result<Response, Problem> {
    sent.0.about.who = caller.signs(sent.0.about.who.take());
    let view = match sent.0.rule.clone() {
        Some(rule) if sent.0.is_empty() => start_guide(&state.desk, &rule, sent.0.about).await?,
        Some(_) => {
            let what = "`rule` starts a guide without evidence; send it alone";
            return Err(Problem::invalid_field("/rule", what));
        }
        None => {
            let submitted = sent.filled()?;
            let view = open_case(&state.desk, submitted.request, submitted.about).await?;
            state.metrics.verdict(view.diagnosis.findings.verdict);
            view
        }
    };
    let location = paths::api_case(view.record.id.as_str());
    let mut response = shown(&view);
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Which walk.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RuleQuery {
    /// Show the walk of this rule.
    rule: Option<String>,
}

/// Read a case
#[utoipa::path(
    get,
    path = "/cases/{id}",
    tag = "cases",
    params(("id" = String, Path, description = "The case"), RuleQuery),
    responses(
        (status = 200, description = "The case as today's release judges it", body = CaseBody),
        (status = 304, description = "Unchanged since the revision in `If-None-Match`"),
        (status = 404, description = "No such case or rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 410, description = "Gone: its time was over, or it was deleted", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn view(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<RuleQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, query.rule.as_deref()).await?;
    let response = shown(&view);
    let unchanged = query.rule.is_none()
        && headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|sent| Some(sent) == response.headers().get(header::ETAG));
    if unchanged && view.diagnosis.release.number == view.pinned.number {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(response)
}

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ListQuery {
    /// Of this ticket.
    ticket: Option<String>,
    /// Of this machine.
    machine: Option<String>,
    /// With this rule among the last findings.
    rule: Option<String>,
    /// With this verdict.
    verdict: Option<Verdict>,
    /// With this outcome.
    outcome: Option<OutcomeName>,
    /// `true`: still open, as they never ended or were opened again since; `false`: with an outcome.
    open: Option<bool>,
    /// With a rule of this product among the last findings.
    product: Option<String>,
    /// Taken on by this account; empty: by nobody.
    claimed_by: Option<String>,
    /// With these words in ticket, machine, account, note or the names of rules.
    q: Option<String>,
    /// Changed since, unix milliseconds.
    updated_since: Option<i64>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// At most so many; 50 by default, 200 at most.
    limit: Option<u32>,
}

/// List cases
///
/// Signed in, or with a token of the scope `cases`.
#[utoipa::path(
    get,
    path = "/cases",
    tag = "cases",
    params(ListQuery),
    responses(
        (status = 200, description = "One page, newest change first", body = CaseListBody),
        (status = 401, description = "Nobody signed in, and there is no token", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The account or the token is not allowed to see all cases", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A filter that is none", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<CaseListBody>, Problem> {
    let Query(query) = query.map_err(|error| Problem::invalid_field("", error.body_text()))?;
    let filter = CaseFilter {
        ticket: query.ticket,
        machine: query.machine,
        rule: query.rule,
        verdict: query.verdict,
        outcome: query.outcome,
        open: query.open,
        product: query.product,
        claimed_by: query.claimed_by,
        words: query.q,
        updated_since: query.updated_since,
        cursor: query.cursor,
        limit: query.limit,
    };
    Ok(Json(
        list_cases(&state.desk, &caller, &filter).await?.into(),
    ))
}

/// A case with its revision as `ETag`.
pub fn shown(view: &CaseView) -> Response {
    let mut response = Json(CaseBody::of(view)).into_response();
    let tag = format!("\"{}\"", view.record.revision);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
