//! Accounts: who may sign in, and what for.

use askama::Template;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::accounts::{
    Account, add_account, disable_account, enable_account, invite, list_accounts, set_roles,
};
use crate::actions::{Caller, Role};
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, base, words};
use crate::web::paths;
use crate::web::state::AppState;

/// Accounts.
#[derive(Template)]
#[template(path = "admin/users.html")]
pub(crate) struct UsersPage {
    frame: Frame,
    action: &'static str,
    roles: Vec<RoleBox>,
    accounts: Vec<Line>,
    /// Whom a link is for, and the link, just made.
    link: Option<(String, String)>,
    wrong: String,
    name: String,
}

struct RoleBox {
    name: &'static str,
    about: &'static str,
    checked: bool,
}

struct Line {
    name: String,
    href: String,
    roles: Vec<RoleBox>,
    state: &'static str,
    disabled: bool,
    own: bool,
    last: String,
}

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    role: Vec<Role>,
    deed: String,
}

/// `GET /admin/users`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Html<UsersPage>, Problem> {
    page(&state, &caller).await.map(Html)
}

/// `POST /admin/users`.
pub(super) async fn add(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let added = add_account(&state.desk, &caller, &fields.name, &fields.role).await;
    let mut page = page(&state, &caller).await?;
    match added.map_err(Problem::from) {
        Ok(secret) => {
            let link = format!("{}{}", base(&state.site, &headers), paths::setup(&secret));
            page.link = Some((fields.name.trim().to_lowercase(), link));
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

/// `POST /admin/users/{name}`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let desk = &state.desk;
    match fields.deed.as_str() {
        "roles" => set_roles(desk, &caller, &name, &fields.role).await?,
        "disable" => disable_account(desk, &caller, &name).await?,
        "enable" => enable_account(desk, &caller, &name).await?,
        "link" => {
            let secret = invite(desk, &caller, &name).await?;
            let link = format!("{}{}", base(&state.site, &headers), paths::setup(&secret));
            let mut page = page(&state, &caller).await?;
            page.link = Some((name, link));
            return Ok(Html(page).into_response());
        }
        _ => return Err(Problem::malformed("The form names no deed.")),
    }
    Ok(Redirect::to(paths::ADMIN_USERS).into_response())
}

async fn page(state: &AppState, caller: &Caller) -> Result<UsersPage, Problem> {
    let accounts = list_accounts(&state.desk, caller).await?;
    Ok(UsersPage::new(&accounts, &caller.actor.who))
}

impl UsersPage {
    /// Fills the page.
    pub(crate) fn new(accounts: &[Account], own: &str) -> Self {
        Self {
            frame: Frame::desk_page("Accounts", "Accounts"),
            action: paths::ADMIN_USERS,
            roles: boxes(&[Role::Helpdesk]),
            accounts: accounts.iter().map(|account| line(account, own)).collect(),
            link: None,
            wrong: String::new(),
            name: String::new(),
        }
    }
}

fn line(account: &Account, own: &str) -> Line {
    let state = if account.disabled_at.is_some() {
        "disabled"
    } else if account.has_password {
        "can sign in"
    } else {
        "has set no password yet"
    };
    Line {
        name: account.name.clone(),
        href: paths::admin_user(&account.name),
        roles: boxes(&account.roles),
        state,
        disabled: account.disabled_at.is_some(),
        own: account.name == own,
        last: account
            .last_login_at
            .map_or_else(|| "never".to_owned(), words::moment),
    }
}

fn boxes(checked: &[Role]) -> Vec<RoleBox> {
    let boxes = Role::ALL.into_iter().map(|role| RoleBox {
        name: role.name(),
        about: role.about(),
        checked: checked.contains(&role),
    });
    boxes.collect()
}
