//! HTTP: two faces of the same deeds, [`pages`] for people and [`api`] for programs.

use axum::Router;

pub mod error;
pub(crate) mod markdown;
pub mod metrics;
pub mod pages;
pub mod paths;
pub mod state;

pub use error::Problem;
pub use state::{AppState, Site};

/// Everything that is served.
pub fn router(state: AppState) -> Router {
    pages::router().with_state(state)
}
