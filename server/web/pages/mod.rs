//! Pages for people. A page struct stands beside its handler and holds ready-to-show values; its template, in the
//! folder of `templates/` that mirrors the address, only loops and branches.
//!
//! To add a page: 1. spell its address in `paths`; 2. write the struct, the function that fills it from what an
//! action answers, and the handler; 3. write the template on `base.html`; 4. add samples of it to `samples`.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};

use super::error::Problem;
use super::paths;
use super::state::AppState;

mod account;
pub(crate) mod admin;
mod case;
mod cases;
mod code;
mod collector;
mod deeds;
mod frame;
mod home;
pub(crate) mod house_notes;
mod map;
mod merge;
mod outline;
mod paging;
mod problem;
mod proof;
mod recognise;
mod rule;
mod rules;
#[cfg(test)]
mod samples;
mod show;
mod words;

use show::base;

pub(crate) use frame::{Frame, Html, Limits};

/// All pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route(paths::HOME, get(show::home))
        .route(paths::CASES, get(cases::show).post(deeds::open))
        .route(paths::CASES_EXPORT, get(cases::export))
        .route(paths::CASE_CLAIM, post(cases::claim))
        .route(paths::CASE_REOPEN, post(cases::reopen))
        .route(paths::CASE_MERGE, get(merge::show).post(merge::change))
        .route(paths::CASE_ASK, post(deeds::ask))
        .route(paths::CASE, get(show::case))
        .route(paths::CASE_PRINT, get(show::print))
        .route(paths::CASE_SOURCE, get(show::source))
        .route(paths::CASE_FILES, get(show::files))
        .route(paths::CASE_FACTS, get(show::facts))
        .route(paths::CASE_EVENTS, get(show::events))
        .route(paths::CASE_EVIDENCE, post(deeds::evidence))
        .route(paths::CASE_ANSWERS, post(deeds::answer))
        .route(paths::CASE_TAKE_BACK, post(deeds::take_back))
        .route(paths::CASE_OUTCOME, post(deeds::outcome))
        .route(paths::CASE_EDIT, post(deeds::edit))
        .route(paths::CASE_DELETE, post(deeds::delete))
        .route(paths::CASE_CHOOSE, post(deeds::choose))
        .route(paths::CASE_RELEASE, post(deeds::release))
        .route(paths::RULES, get(show::rules))
        .route(paths::RULE, get(show::rule))
        .route(paths::RULE_START, post(deeds::start))
        .route(paths::SEARCH, get(show::search))
        .route(paths::CODE, get(show::code))
        .route(paths::LOGIN, get(account::login_page).post(account::login))
        .route(paths::LOGOUT, post(account::logout))
        .route(paths::SETUP, get(account::setup_page).post(account::setup))
        .route(paths::ACCOUNT, get(account::own).post(account::password))
        .route(paths::ACCOUNT_SESSIONS, post(account::end))
        .merge(admin::router())
}

/// The page that says what went wrong and where to go on.
pub fn error_page(problem: &Problem) -> Response {
    if let Problem::SignIn { detail, to, kept } = problem {
        return account::ask(detail, to, kept.as_deref());
    }
    problem::page(problem)
}
