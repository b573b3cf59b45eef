//! What forms do: each runs one action, then leads back to the page that shows what came of it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form, Json};
use serde::Deserialize;

use crate::actions::inbox::ask_for_rule;
use crate::actions::{
    About, AnswerGiven, Caller, OutcomeRequest, StepTaken, accept_release, add_evidence,
    answer as give_answer, choose_rule, delete_case, edit_case, open_case, record_outcome,
    start_guide, take_back as go_back,
};
use crate::guide::walk::Visit;
use crate::store::{CaseEdit, CaseId, OutcomeName};
use crate::web::error::{Problem, asks_for_json};
use crate::web::extract::Submitted;
use crate::web::paths;
use crate::web::state::AppState;

/// The fields of the case's forms; each form sends some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    revision: Option<i64>,
    rule: Option<String>,
    step: String,
    visit: Option<Visit>,
    answer: String,
    who: Option<String>,
    note: Option<String>,
    ticket: Option<String>,
    machine: Option<String>,
    account: Option<String>,
    outcome: Option<OutcomeName>,
    right_rule: Option<String>,
}

/// `POST /cases`.
pub(super) async fn open(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    mut submitted: Submitted,
) -> Result<Response, Problem> {
    submitted.about.who = caller.signs(submitted.about.who);
    if let (true, Some(rule)) = (submitted.is_empty(), &submitted.rule) {
        let view = start_guide(&state.desk, rule, submitted.about).await?;
        return Ok(lead_to(&headers, &view.record.id, ""));
    }
    let submitted = filled(submitted)?;
    let view = open_case(&state.desk, submitted.request, submitted.about).await?;
    Ok(lead_to(&headers, &view.record.id, ""))
}

/// `POST /rules/{id}/start`.
pub(super) async fn start(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(rule): Path<String>,
) -> Result<Redirect, Problem> {
    let about = About {
        who: caller.signs(None),
        ..About::default()
    };
    let view = start_guide(&state.desk, &rule, about).await?;
    Ok(to_case(&view.record.id, "#guide"))
}

/// `POST /cases/{id}/evidence`.
pub(super) async fn evidence(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    submitted: Submitted,
) -> Result<Response, Problem> {
    let id = case_id(&id)?;
    let submitted = filled(submitted)?;
    let submission = submitted.request.submission;
    add_evidence(
        &state.desk,
        &id,
        submitted.revision,
        submission,
        caller.signs(submitted.about.who),
        submitted.about.redact,
    )
    .await?;
    Ok(lead_to(&headers, &id, "#guide"))
}

/// `POST /cases/{id}/answers`.
pub(super) async fn answer(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let given = AnswerGiven {
        rule: said(fields.rule),
        step: fields.step,
        visit: fields.visit,
        answer: fields.answer,
        who: caller.signs(said(fields.who)),
    };
    give_answer(&state.desk, &id, fields.revision, given).await?;
    Ok(to_case(&id, "#now"))
}

/// `POST /cases/{id}/answers/take-back`.
pub(super) async fn take_back(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let taken = StepTaken {
        rule: said(fields.rule),
        step: fields.step,
        visit: fields.visit,
        who: caller.signs(said(fields.who)),
    };
    go_back(&state.desk, &id, fields.revision, taken).await?;
    Ok(to_case(&id, "#now"))
}

/// `POST /cases/{id}/ask`.
pub(super) async fn ask(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let who = caller.signs(said(fields.who));
    let words = fields.note.unwrap_or_default();
    ask_for_rule(&state.desk, &id, fields.revision, &words, who).await?;
    Ok(to_case(&id, "#asked"))
}

/// `POST /cases/{id}/outcome`.
pub(super) async fn outcome(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let Some(outcome) = fields.outcome else {
        return Err(Problem::invalid_field(
            "/outcome",
            "Say how it ended: press one of the five buttons.",
        ));
    };
    let request = OutcomeRequest {
        outcome,
        rule: said(fields.rule),
        step: said(Some(fields.step)),
        note: said(fields.note),
        // The list stands beside all five buttons and means something for one.
        right_rule: said(fields.right_rule).filter(|_| outcome == OutcomeName::WrongCause),
        who: caller.signs(said(fields.who)),
    };
    record_outcome(&state.desk, &id, fields.revision, request).await?;
    Ok(to_case(&id, ""))
}

/// `POST /cases/{id}/edit`.
pub(super) async fn edit(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let edit = CaseEdit {
        ticket: fields.ticket.map(|value| said(Some(value))),
        machine: fields.machine.map(|value| said(Some(value))),
        account: fields.account.map(|value| said(Some(value))),
        note: fields.note.map(|value| said(Some(value))),
    };
    edit_case(
        &state.desk,
        &id,
        fields.revision,
        edit,
        caller.signs(said(fields.who)),
    )
    .await?;
    Ok(to_case(&id, ""))
}

/// `POST /cases/{id}/choose`.
pub(super) async fn choose(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let rule = fields.rule.unwrap_or_default();
    choose_rule(
        &state.desk,
        &id,
        fields.revision,
        &rule,
        caller.signs(said(fields.who)),
    )
    .await?;
    Ok(to_case(&id, "#guide"))
}

/// `POST /cases/{id}/release`.
pub(super) async fn release(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    accept_release(
        &state.desk,
        &id,
        fields.revision,
        caller.signs(said(fields.who)),
    )
    .await?;
    Ok(to_case(&id, "#guide"))
}

/// `POST /cases/{id}/delete`.
pub(super) async fn delete(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    delete_case(&state.desk, &id, fields.revision).await?;
    Ok(Redirect::to(paths::HOME))
}

/// The case of that address.
pub(super) fn case_id(id: &str) -> Result<CaseId, Problem> {
    CaseId::parse(id)
        .ok_or_else(|| Problem::NotFound("There is no case at this address.".to_owned()))
}

/// Back to the case. The script of our own forms, which sends them with a progress bar, asks for JSON and is told the
/// address: following a redirect it would fetch the page twice.
fn lead_to(headers: &HeaderMap, id: &CaseId, place: &str) -> Response {
    if asks_for_json(headers) {
        let url = format!("{}{place}", paths::case(id.as_str()));
        Json(serde_json::json!({ "url": url })).into_response()
    } else {
        to_case(id, place).into_response()
    }
}

fn to_case(id: &CaseId, place: &str) -> Redirect {
    Redirect::to(&format!("{}{place}", paths::case(id.as_str())))
}

fn said(value: Option<String>) -> Option<String> {
    let value = value?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.chars().take(2_000).collect())
}

fn filled(submitted: Submitted) -> Result<Submitted, Problem> {
    if submitted.is_empty() {
        let what = "Nothing was sent. Go back and paste the error, or choose a file.";
        return Err(Problem::mend(StatusCode::UNPROCESSABLE_ENTITY, what));
    }
    Ok(submitted)
}
