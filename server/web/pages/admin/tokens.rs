//! API tokens: what programs may do.

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::accounts::tokens::LONGEST_DAYS;
use crate::actions::accounts::{NewTokenAsked, create_token, list_tokens, revoke_token};
use crate::actions::{Caller, Scope};
use crate::store::TokenRow;
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// Tokens.
#[derive(Template)]
#[template(path = "admin/tokens.html")]
pub(crate) struct TokensPage {
    frame: Frame,
    action: &'static str,
    scopes: Vec<(&'static str, &'static str)>,
    longest: u32,
    tokens: Vec<Line>,
    /// A token just made; shown this once.
    fresh: String,
    wrong: String,
    name: String,
}

struct Line {
    name: String,
    scopes: String,
    by: String,
    made: String,
    until: String,
    used: String,
    state: &'static str,
    good: bool,
    revoke: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    scope: Vec<Scope>,
    days: Option<u32>,
}

/// `GET /admin/tokens`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Html<TokensPage>, Problem> {
    page(&state, &caller).await.map(Html)
}

/// `POST /admin/tokens`.
pub(super) async fn create(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let asked = NewTokenAsked {
        name: fields.name.clone(),
        scopes: fields.scope,
        days: fields.days.unwrap_or_default(),
    };
    let made = create_token(&state.desk, &caller, asked).await;
    let mut page = page(&state, &caller).await?;
    match made.map_err(Problem::from) {
        Ok(token) => {
            page.fresh = token;
            Ok(Html(page).into_response())
        }
        Err(problem @ Problem::Mend { .. }) => {
            page.wrong = problem.detail();
            page.name = fields.name;
            Ok((problem.status(), Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/tokens/{id}/revoke`.
pub(super) async fn revoke(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Redirect, Problem> {
    revoke_token(&state.desk, &caller, &id).await?;
    Ok(Redirect::to(paths::ADMIN_TOKENS))
}

async fn page(state: &AppState, caller: &Caller) -> Result<TokensPage, Problem> {
    let tokens = list_tokens(&state.desk, caller).await?;
    Ok(TokensPage::new(&tokens, state.desk.now()))
}

impl TokensPage {
    /// Fills the page.
    pub(crate) fn new(tokens: &[TokenRow], now: i64) -> Self {
        let about = |scope: Scope| match scope {
            Scope::Classify => "diagnose without keeping anything",
            Scope::Cases => "open, read, change and list cases",
            Scope::RulesRead => "read drafts and proposals",
            Scope::RulesWrite => "change drafts, propose releases",
            Scope::Publish => "publish and roll back",
            Scope::Admin => "accounts, tokens, the audit log",
        };
        Self {
            frame: Frame::desk_page("Tokens", "Tokens"),
            action: paths::ADMIN_TOKENS,
            scopes: Scope::ALL
                .map(|scope| (scope.name(), about(scope)))
                .to_vec(),
            longest: LONGEST_DAYS,
            tokens: tokens.iter().map(|token| line(token, now)).collect(),
            fresh: String::new(),
            wrong: String::new(),
            name: String::new(),
        }
    }
}

fn line(token: &TokenRow, now: i64) -> Line {
    let (state, good) = if token.revoked_at.is_some() {
        ("taken back", false)
    } else if token.expires_at <= now {
        ("over", false)
    } else {
        ("good", true)
    };
    Line {
        name: token.name.clone(),
        scopes: token.scopes.clone(),
        by: token.created_by.clone(),
        made: words::day(token.created_at),
        until: words::day(token.expires_at),
        used: token
            .last_used_at
            .map_or_else(|| "never".to_owned(), words::moment),
        state,
        good,
        revoke: paths::admin_token_revoke(&token.id),
    }
}
