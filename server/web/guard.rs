//! Who may ask for what: one table for all routes, and the layer that holds to it. A route that is not in the table answers
//! nobody, so that a new one cannot be forgotten here.

use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::Problem;
use super::extract::media_type;
use super::paths;
use crate::actions::Caller;
use crate::actions::Right::{
    self, Admin, Cases, Classify, Edit, Knowledge, OwnAccount, Publish, ReadDrafts, Triage,
};
use crate::store::Via;

/// What a route asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Open,
    /// This right.
    Right(Right),
    /// The route does not take such requests.
    Never,
}

/// A route with what it asks for reading, and for changing.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The route as the router knows it.
    pub route: &'static str,
    /// For GET and HEAD.
    pub read: Need,
    /// For every other method.
    pub change: Need,
}

const fn open(route: &'static str) -> Entry {
    Entry {
        route,
        read: Need::Open,
        change: Need::Never,
    }
}

const fn reads(route: &'static str, right: Right) -> Entry {
    Entry {
        route,
        read: Need::Right(right),
        change: Need::Never,
    }
}

const fn changes(route: &'static str, right: Right) -> Entry {
    Entry {
        route,
        read: Need::Never,
        change: Need::Right(right),
    }
}

const fn both(route: &'static str, read: Right, change: Right) -> Entry {
    Entry {
        route,
        read: Need::Right(read),
        change: Need::Right(change),
    }
}

/// Both, for everyone.
const fn public(route: &'static str) -> Entry {
    Entry {
        route,
        read: Need::Open,
        change: Need::Open,
    }
}

/// Every route.
pub const TABLE: &[Entry] = &[
    // For everyone
    open(paths::STATIC),
    open(paths::HEALTHZ),
    open(paths::READYZ),
    open(paths::METRICS),
    open(paths::OPENAPI),
    open(paths::API_DOCS),
    open("/api/v1/schema/rule.json"),
    open("/api/v1/schema/report.json"),
    public(paths::LOGIN),
    public(paths::SETUP),
    // Knowledge
    reads(paths::RULES, Knowledge),
    reads(paths::RULE, Knowledge),
    reads(paths::SEARCH, Knowledge),
    reads(paths::CODE, Knowledge),
    reads("/api/v1/rules", Knowledge),
    both("/api/v1/rules/{id}", Knowledge, Edit),
    changes("/api/v1/rules/{id}/walks", Edit),
    changes("/api/v1/rules/test", ReadDrafts),
    reads("/api/v1/codes/{code}", Knowledge),
    reads("/api/v1/search", Knowledge),
    reads("/api/v1/facts", Knowledge),
    reads("/api/v1/collectors", Knowledge),
    reads("/api/v1/reasons", Knowledge),
    both("/api/v1/releases", Knowledge, Publish),
    reads("/api/v1/releases/{n}", Knowledge),
    changes("/api/v1/releases/import", Edit),
    reads("/api/v1/releases/{n}/diff/{m}", Knowledge),
    reads("/api/v1/releases/{n}/export", ReadDrafts),
    reads("/api/v1/proposals/{n}", ReadDrafts),
    // Triage
    reads(paths::HOME, Triage),
    changes("/api/v1/classify", Classify),
    both(paths::CASES, Cases, Triage),
    reads(paths::CASES_EXPORT, Cases),
    changes(paths::CASE_CLAIM, Cases),
    changes(paths::CASE_REOPEN, Cases),
    both(paths::CASE_MERGE, Cases, Cases),
    changes(paths::CASE_ASK, Triage),
    reads(paths::CASE, Triage),
    reads(paths::CASE_PRINT, Triage),
    reads(paths::CASE_SOURCE, Triage),
    reads(paths::CASE_FILES, Triage),
    reads(paths::CASE_FACTS, Triage),
    reads(paths::CASE_EVENTS, Triage),
    changes(paths::CASE_EVIDENCE, Triage),
    changes(paths::CASE_ANSWERS, Triage),
    changes(paths::CASE_TAKE_BACK, Triage),
    changes(paths::CASE_OUTCOME, Triage),
    changes(paths::CASE_EDIT, Triage),
    changes(paths::CASE_DELETE, Triage),
    changes(paths::CASE_CHOOSE, Triage),
    changes(paths::CASE_RELEASE, Triage),
    changes(paths::RULE_START, Triage),
    both("/api/v1/cases", Cases, Triage),
    both("/api/v1/cases/{id}", Triage, Triage),
    changes("/api/v1/cases/{id}/evidence", Triage),
    changes("/api/v1/cases/{id}/answers", Triage),
    changes("/api/v1/cases/{id}/answers/{step}", Triage),
    changes("/api/v1/cases/{id}/outcome", Triage),
    changes("/api/v1/cases/{id}/merge", Cases),
    // One's own account
    both(paths::ACCOUNT, OwnAccount, OwnAccount),
    changes(paths::ACCOUNT_SESSIONS, OwnAccount),
    changes(paths::LOGOUT, OwnAccount),
    // Publishing; what each deed needs beyond seeing the desk, its action asks
    both(paths::ADMIN_RELEASES, ReadDrafts, ReadDrafts),
    reads(paths::ADMIN_COMPARE, ReadDrafts),
    both(paths::ADMIN_IMPORT, Edit, Edit),
    changes(paths::ADMIN_SWITCH_OFF, Publish),
    reads(paths::ADMIN_RELEASE, ReadDrafts),
    reads(paths::ADMIN_EXPORT, ReadDrafts),
    changes(paths::ADMIN_BACK, Publish),
    both(paths::ADMIN_PROPOSAL, ReadDrafts, ReadDrafts),
    // Administration
    reads(paths::ADMIN, OwnAccount),
    reads(paths::ADMIN_INBOX, ReadDrafts),
    changes(paths::ADMIN_INBOX_FORM, Edit),
    both(paths::ADMIN_RULES, ReadDrafts, Edit),
    both(paths::ADMIN_RULE_NEW, Edit, Edit),
    both(paths::ADMIN_RULE, ReadDrafts, Edit),
    both(paths::ADMIN_RULE_MERGE, ReadDrafts, Edit),
    both(paths::ADMIN_RULE_NOTES, ReadDrafts, Edit),
    changes(paths::ADMIN_RULE_TRY, ReadDrafts),
    both(paths::ADMIN_USERS, Admin, Admin),
    changes(paths::ADMIN_USER, Admin),
    both(paths::ADMIN_TOKENS, Admin, Admin),
    changes(paths::ADMIN_TOKEN_REVOKE, Admin),
    both(paths::ADMIN_SETTINGS, Admin, Admin),
    both("/api/v1/settings", Admin, Admin),
    reads(paths::ADMIN_AUDIT, Admin),
    reads(paths::ADMIN_AUDIT_EXPORT, Admin),
];

/// The most of a form that is kept for who has to sign in again before it counts.
const KEPT: usize = 1024 * 1024;

/// What the table says of a route.
pub(super) fn entry(route: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.route == route)
}

/// Lets through who may.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let Some(route) = request.extensions().get::<MatchedPath>() else {
        // There is nothing at this address; that is said to everyone.
        return next.run(request).await;
    };
    let reading = is_reading(request.method());
    let Some(entry) = entry(route.as_str()) else {
        let what = format!(
            "the route {} is missing in the table of rights",
            route.as_str()
        );
        return Problem::Ours(what).into_response();
    };
    let need = if reading { entry.read } else { entry.change };
    let Some(caller) = request.extensions().get::<Caller>() else {
        return Problem::Ours("nobody asked who asks".to_owned()).into_response();
    };
    match need {
        Need::Open => {}
        Need::Never if reading => return only_refused(next.run(request).await),
        Need::Never => {
            let mut response = Problem::from_status(StatusCode::METHOD_NOT_ALLOWED).into_response();
            let allowed = HeaderValue::from_static("GET,HEAD");
            response.headers_mut().insert(header::ALLOW, allowed);
            return response;
        }
        Need::Right(right) if caller.may(right) => {}
        Need::Right(right) if caller.is_known() => {
            return Problem::not_allowed(right).into_response();
        }
        Need::Right(_) => return sign_in_first(request).await.into_response(),
    }
    if !reading && caller.actor.via == Via::Session && !says_origin(&request) {
        let what = "A browser says from which page a form comes, and this request does not. Programs use an API token.";
        return Problem::mend(StatusCode::FORBIDDEN, what).into_response();
    }
    next.run(request).await
}

/// The router says best which methods a route takes; anything but its refusal would be a page that the table forgot.
fn only_refused(response: Response) -> Response {
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    Problem::Ours("a page is missing in the table of rights".to_owned()).into_response()
}

fn is_reading(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// What it says was judged by the layer that refuses other sites.
fn says_origin(request: &Request) -> bool {
    let headers = request.headers();
    headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site")
}

/// Asks to sign in; what a form sent is kept for afterwards.
async fn sign_in_first(request: Request) -> Problem {
    let reading = is_reading(request.method());
    let is_form = media_type(&request) == "application/x-www-form-urlencoded";
    let to = request.uri().path_and_query().map(ToString::to_string);
    let to = to.unwrap_or_else(|| paths::HOME.to_owned());
    let kept = if !reading && is_form {
        let body: Body = request.into_body();
        let bytes = to_bytes(body, KEPT).await.unwrap_or_default();
        String::from_utf8(bytes.to_vec()).ok()
    } else {
        None
    };
    Problem::SignIn {
        detail: "Sign in to go on.".to_owned(),
        to: if reading || kept.is_some() {
            to
        } else {
            paths::HOME.to_owned()
        },
        kept,
    }
}
