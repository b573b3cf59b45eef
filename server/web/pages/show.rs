//! What addresses show: each handler loads and fills its page.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::case::{CasePage, EventsPage, FactsPage, FilesPage, Part, PrintPage, SourcePage};
use super::code::CodePage;
use super::deeds::case_id;
use super::home::{HomePage, Terms};
use super::rule::RulePage;
use super::rules::{RulesPage, SearchPage};
use super::{Html, Limits};
use crate::actions::{DeedError, view_case};
use crate::store::Tombstone;
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::state::{AppState, Site};

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    example: String,
    rule: Option<String>,
    page: Option<usize>,
    from: Option<usize>,
    at: Option<String>,
    file: String,
    only: String,
}

/// `GET /`.
pub(super) async fn home(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Html<HomePage> {
    let terms = Terms {
        people: state.desk.settings.redact == crate::evidence::redact::Redact::People,
        days: state.desk.settings.case_days,
        limits: Limits::of(&state.site),
    };
    Html(HomePage::new(&state.desk.live(), terms, &asked.example))
}

/// `GET /cases/{id}`. One that belonged to another leads there.
pub(super) async fn case(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = match view_case(&state.desk, &case_id(&id)?, asked.rule.as_deref()).await {
        Err(DeedError::Gone(Tombstone {
            merged_into: Some(into),
            ..
        })) => return Ok(Redirect::to(&paths::case(&into)).into_response()),
        view => view?,
    };
    let base = base(&state.site, &headers);
    let limits = Limits::of(&state.site);
    Ok(Html(CasePage::new(&view, &base, limits)).into_response())
}

/// `GET /cases/{id}/print`.
pub(super) async fn print(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Html<PrintPage>, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, asked.rule.as_deref()).await?;
    Ok(Html(PrintPage::new(&view, &base(&state.site, &headers))))
}

/// `GET /cases/{id}/sources/{n}`.
pub(super) async fn source(
    State(state): State<AppState>,
    Path((id, number)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Html<SourcePage>, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, None).await?;
    let part = Part {
        page: asked.page,
        line: asked.from,
        at: asked.at.as_deref().and_then(Part::bytes),
    };
    let number = number.parse().ok();
    let page = number.and_then(|number| SourcePage::new(&view, number, &part));
    page.map(Html)
        .ok_or_else(|| Problem::NotFound("This case has no such file.".to_owned()))
}

/// `GET /cases/{id}/files`.
pub(super) async fn files(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Html<FilesPage>, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, None).await?;
    Ok(Html(FilesPage::new(&view)))
}

/// `GET /cases/{id}/facts`.
pub(super) async fn facts(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<FactsPage>, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, None).await?;
    // A form sends an empty choice for all files.
    let file = asked.file.parse().ok();
    Ok(Html(FactsPage::new(&view, &asked.q, file)))
}

/// `GET /cases/{id}/events`.
pub(super) async fn events(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<EventsPage>, Problem> {
    let view = view_case(&state.desk, &case_id(&id)?, None).await?;
    Ok(Html(EventsPage::new(&view, asked.only == "failures")))
}

/// `GET /rules`.
pub(super) async fn rules(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Html<RulesPage> {
    Html(RulesPage::new(&state.desk.live(), &asked.q))
}

/// `GET /rules/{id}`.
pub(super) async fn rule(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Html<RulePage>, Problem> {
    let page = RulePage::new(&state.desk.live(), &id, &state.desk.house());
    page.map(Html).ok_or_else(|| {
        Problem::NotFound("There is no rule of that name in this release.".to_owned())
    })
}

/// `GET /search`.
pub(super) async fn search(
    State(state): State<AppState>,
    Query(asked): Query<Asked>,
) -> Html<SearchPage> {
    Html(SearchPage::new(&state.desk.live(), &asked.q))
}

/// `GET /codes/{code}`.
pub(super) async fn code(
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Html<CodePage> {
    Html(CodePage::new(&state.desk.live(), &code))
}

/// How this server is reached from elsewhere: as it is told, else as this reader reached it.
/// How people reach this server, without a final slash.
pub(super) fn base(site: &Site, headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let reached = || host.map_or_else(String::new, |host| format!("http://{host}"));
    site.public_url.clone().unwrap_or_else(reached)
}
