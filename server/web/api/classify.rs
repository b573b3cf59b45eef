//! Diagnosing without keeping anything.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::body::DiagnosisBody;
use super::request::{Sent, SubmissionBody};
use crate::actions::{Meant, Request};
use crate::web::error::{Problem, ProblemBody};
use crate::web::state::AppState;

/// Which release.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ReleaseQuery {
    /// Judge by this release instead of the live one.
    release: Option<i64>,
}

/// Diagnose
///
/// Reads what is sent, judges it, keeps nothing. Send JSON, or `multipart/form-data` with parts `file` (repeated),
/// `text`, `facts` (JSON), `product`, `machine` and `account`. Machine and account say whose evidence counts.
#[utoipa::path(
    post,
    path = "/classify",
    tag = "triage",
    params(ReleaseQuery),
    request_body(content(
        (SubmissionBody = "application/json", example = json!({"text": "The connection failed: WindowsIdentityIncorrect", "product": "power-automate-desktop", "limit": 10})),
        (String = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "What it amounts to, with proof", body = DiagnosisBody),
        (status = 400, description = "Not readable: no JSON, no UTF-8, a broken form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Well-formed but wrong; `errors` names the fields", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy; `Retry-After` says when to try again", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn classify(
    State(state): State<AppState>,
    query: Result<Query<ReleaseQuery>, axum::extract::rejection::QueryRejection>,
    sent: Sent,
) -> Result<Json<DiagnosisBody>, Problem> {
    let Query(query) =
        query.map_err(|error| Problem::invalid_field("/release", error.body_text()))?;
    let submitted = sent.filled()?;
    let request = Request {
        meant: Meant {
            machine: submitted.about.machine,
            account: submitted.about.account,
        },
        ..submitted.request
    };
    let diagnosis = state.desk.diagnose(request, query.release).await?;
    state.metrics.verdict(diagnosis.findings.verdict);
    Ok(Json(DiagnosisBody::of(&diagnosis, &state.desk.house())))
}
