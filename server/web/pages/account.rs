//! Signing in and out, links by which a password is set, and one's own account.

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::{Frame, Html, words};
use crate::actions::Caller;
use crate::actions::accounts::{
    Refusal, change_password, end_other_sessions, end_session, follow_link, invited, list_sessions,
    sign_in,
};
use crate::store::SessionRow;
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::session::{Session, client, with_session};
use crate::web::state::AppState;

/// Where one signs in.
#[derive(Template)]
#[template(path = "account/login.html")]
pub(crate) struct LoginPage {
    frame: Frame,
    action: &'static str,
    why: String,
    wrong: String,
    name: String,
    to: String,
    kept: Option<String>,
}

/// A form that waited for its sender to sign in again.
#[derive(Template)]
#[template(path = "account/kept.html")]
pub(crate) struct KeptPage {
    frame: Frame,
    action: String,
    fields: Vec<(String, String)>,
}

/// Where a password is set by a link.
#[derive(Template)]
#[template(path = "account/setup.html")]
pub(crate) struct SetupPage {
    frame: Frame,
    action: &'static str,
    key: String,
    /// Whose password; none for the first account, which is named here.
    account: Option<String>,
    name: String,
    wrong: String,
}

/// One's own account.
#[derive(Template)]
#[template(path = "account/own.html")]
pub(crate) struct OwnPage {
    frame: Frame,
    name: String,
    may: Vec<&'static str>,
    password: &'static str,
    end: &'static str,
    leave: &'static str,
    sessions: Vec<SessionLine>,
    wrong: String,
    done: bool,
}

struct SessionLine {
    id: String,
    agent: String,
    address: String,
    begun: String,
    seen: String,
    present: bool,
}

/// What the forms send and what may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    name: String,
    password: String,
    again: String,
    present: String,
    to: String,
    kept: Option<String>,
    key: String,
    session: String,
}

/// The page that asks to sign in, as an answer to what needs it.
pub(super) fn ask(detail: &str, to: &str, kept: Option<&str>) -> Response {
    let mut page = LoginPage::new(to);
    detail.clone_into(&mut page.why);
    page.kept = kept.map(ToOwned::to_owned);
    Html(page).into_response()
}

/// `GET /login`.
pub(super) async fn login_page(Query(asked): Query<Fields>) -> Html<LoginPage> {
    Html(LoginPage::new(&asked.to))
}

/// `POST /login`.
pub(super) async fn login(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let client = client(&caller, &headers);
    let (status, wrong) = match sign_in(&state.desk, &fields.name, &fields.password, &client).await
    {
        Ok(signed_in) => {
            let to = own_address(&fields.to);
            let response = match fields.kept {
                Some(kept) => Html(KeptPage::new(to, &kept)).into_response(),
                None => Redirect::to(to).into_response(),
            };
            return Ok(with_session(response, &state.site, &signed_in.secret));
        }
        Err(Refusal::Wrong) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "The name or the password is wrong.".to_owned(),
        ),
        Err(Refusal::Wait(seconds)) => {
            let wrong = format!(
                "Too many sign-ins failed. Try again in {}; a password can be set anew in a shell on the server.",
                words::count(seconds as usize, "second")
            );
            (StatusCode::TOO_MANY_REQUESTS, wrong)
        }
        Err(Refusal::Other(error)) => return Err(error.into()),
    };
    let mut page = LoginPage::new(&fields.to);
    page.wrong = wrong;
    page.name = fields.name;
    page.kept = fields.kept;
    Ok((status, Html(page)).into_response())
}

/// `POST /logout`.
pub(super) async fn logout(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Option<Extension<Session>>,
) -> Result<Response, Problem> {
    if let Some(Extension(Session(id))) = session {
        end_session(&state.desk, &caller, &id).await?;
    }
    let response = Redirect::to(paths::LOGIN).into_response();
    Ok(with_session(response, &state.site, ""))
}

/// `GET /setup`.
pub(super) async fn setup_page(
    State(state): State<AppState>,
    Query(asked): Query<Fields>,
) -> Result<Html<SetupPage>, Problem> {
    let account = invited(&state.desk, &asked.key).await?;
    Ok(Html(SetupPage::new(asked.key, account)))
}

/// `POST /setup`.
pub(super) async fn setup(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let account = invited(&state.desk, &fields.key).await?;
    let wrong = if fields.password == fields.again {
        let client = client(&caller, &headers);
        let made = follow_link(
            &state.desk,
            &fields.key,
            &fields.name,
            &fields.password,
            &client,
        );
        match made.await.map_err(Problem::from) {
            Ok(signed_in) => {
                let response = Redirect::to(paths::HOME).into_response();
                return Ok(with_session(response, &state.site, &signed_in.secret));
            }
            Err(problem @ Problem::Mend { .. }) => problem.detail(),
            Err(other) => return Err(other),
        }
    } else {
        DIFFER.to_owned()
    };
    let mut page = SetupPage::new(fields.key, account);
    page.name = fields.name;
    page.wrong = wrong;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
}

const DIFFER: &str = "The two passwords differ; type the same one twice.";

/// `GET /account`.
pub(super) async fn own(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Option<Extension<Session>>,
) -> Result<Html<OwnPage>, Problem> {
    own_page(&state, &caller, session.as_ref()).await.map(Html)
}

/// `POST /account`: another password.
pub(super) async fn password(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Option<Extension<Session>>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let id = session.as_ref().map_or("", |Extension(Session(id))| id);
    let done = if fields.password == fields.again {
        change_password(&state.desk, &caller, id, &fields.present, &fields.password)
            .await
            .map_err(Problem::from)
    } else {
        Err(Problem::invalid_field("again", DIFFER))
    };
    let mut page = own_page(&state, &caller, session.as_ref()).await?;
    match done {
        Ok(()) => {
            page.done = true;
            Ok(Html(page).into_response())
        }
        Err(problem @ Problem::Mend { .. }) => {
            page.wrong = problem.detail();
            Ok((problem.status(), Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// `POST /account/sessions`: ends one, or all others.
pub(super) async fn end(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Option<Extension<Session>>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    if fields.session.is_empty() {
        let id = session.as_ref().map_or("", |Extension(Session(id))| id);
        end_other_sessions(&state.desk, &caller, id).await?;
    } else {
        end_session(&state.desk, &caller, &fields.session).await?;
    }
    Ok(Redirect::to(paths::ACCOUNT))
}

async fn own_page(
    state: &AppState,
    caller: &Caller,
    session: Option<&Extension<Session>>,
) -> Result<OwnPage, Problem> {
    let sessions = list_sessions(&state.desk, caller).await?;
    let present = session.map_or("", |Extension(Session(id))| id);
    Ok(OwnPage::new(caller, &sessions, present))
}

impl LoginPage {
    /// Fills the page.
    pub(crate) fn new(to: &str) -> Self {
        Self {
            frame: Frame::bare("Sign in"),
            action: paths::LOGIN,
            why: String::new(),
            wrong: String::new(),
            name: String::new(),
            to: own_address(to).to_owned(),
            kept: None,
        }
    }
}

impl KeptPage {
    /// Fills the page with a form as it was encoded.
    pub(crate) fn new(action: &str, kept: &str) -> Self {
        let fields = serde_html_form::from_str::<Vec<(String, String)>>(kept);
        Self {
            frame: Frame::bare("Signed in again"),
            action: action.to_owned(),
            fields: fields.unwrap_or_default(),
        }
    }
}

impl SetupPage {
    /// Fills the page.
    pub(crate) fn new(key: String, account: Option<String>) -> Self {
        Self {
            frame: Frame::bare(if account.is_some() {
                "Set your password"
            } else {
                "The first account"
            }),
            action: paths::SETUP,
            key,
            account,
            name: String::new(),
            wrong: String::new(),
        }
    }
}

impl OwnPage {
    /// Fills the page.
    pub(crate) fn new(caller: &Caller, sessions: &[SessionRow], present: &str) -> Self {
        use crate::actions::Right;
        let may = [
            Right::Cases,
            Right::ReadDrafts,
            Right::Edit,
            Right::Publish,
            Right::Admin,
        ];
        let may = may.into_iter().filter(|right| caller.may(*right));
        Self {
            frame: Frame::bare("Your account"),
            name: caller.actor.who.clone(),
            may: may.map(Right::about).collect(),
            password: paths::ACCOUNT,
            end: paths::ACCOUNT_SESSIONS,
            leave: paths::LOGOUT,
            sessions: sessions.iter().map(|row| line(row, present)).collect(),
            wrong: String::new(),
            done: false,
        }
    }
}

fn line(row: &SessionRow, present: &str) -> SessionLine {
    SessionLine {
        id: row.id.clone(),
        agent: row
            .agent
            .clone()
            .unwrap_or_else(|| "unknown browser".to_owned()),
        address: row.address.clone().unwrap_or_default(),
        begun: words::moment(row.created_at),
        seen: words::moment(row.seen_at),
        present: row.id == present,
    }
}

/// An address on this server, never on another one.
fn own_address(to: &str) -> &str {
    let own = to.starts_with('/')
        && !to.starts_with("//")
        && !to.contains(['\\', '\n', '\r', '\t'])
        && to.len() < 2000;
    if own { to } else { paths::HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_to_no_other_site() {
        for wrong in [
            "https://example.org/",
            "//example.org/",
            "/\\example.org",
            "javascript:alert(1)",
            "",
            "/\t/example.org",
        ] {
            assert_eq!(own_address(wrong), "/", "{wrong}");
        }
        assert_eq!(own_address("/cases?q=a%20b"), "/cases?q=a%20b");
    }
}
