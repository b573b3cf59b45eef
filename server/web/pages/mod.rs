//! Pages for people. A page struct stands beside its handler and holds ready-to-show values; its template, in the
//! folder of `templates/` that mirrors the address, only loops and branches.
//!
//! To add a page: 1. spell its address in `paths`; 2. write the struct, the function that fills it from what an
//! action answers, and the handler; 3. write the template on `base.html`; 4. add samples of it to `samples`.

use axum::Router;
use axum::response::Response;

use super::error::Problem;
use super::state::AppState;

mod case;
mod frame;
mod home;
mod problem;
mod proof;
mod recognise;
mod rules;
mod words;

pub(crate) use frame::{Frame, Html};

/// All pages.
pub fn router() -> Router<AppState> {
    Router::new()
}

/// The page that says what went wrong and where to go on.
pub fn error_page(problem: &Problem) -> Response {
    problem::page(problem)
}
