//! The pages.

use axum::Router;
use axum::response::{IntoResponse, Response};

use super::error::Problem;
use super::state::AppState;

/// All pages.
pub fn router() -> Router<AppState> {
    Router::new()
}

/// The page that says what went wrong and where to go on.
pub fn error_page(problem: &Problem) -> Response {
    problem.detail().into_response()
}
