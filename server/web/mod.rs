//! HTTP: two faces of the same deeds, [`pages`] for people and [`api`] for programs.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

pub mod api;
mod assets;
mod download;
pub mod error;
pub mod extract;
pub mod guard;
mod layers;
pub(crate) mod markdown;
pub mod metrics;
pub mod pages;
pub mod paths;
mod session;
pub mod state;

pub use error::Problem;
pub use state::{AppState, Site, UPLOADS};

/// Everything that is served.
pub fn router(state: AppState) -> Router {
    let router = Router::new()
        .merge(pages::router())
        .merge(api::router())
        .route(paths::STATIC, get(assets::asset))
        .route(paths::HEALTHZ, get(async || "ok\n"))
        .route(paths::READYZ, get(readyz))
        .route(paths::METRICS, get(metrics))
        .fallback(async || Problem::NotFound("There is nothing at this address.".to_owned()))
        .method_not_allowed_fallback(async || {
            Problem::from_status(axum::http::StatusCode::METHOD_NOT_ALLOWED)
        });
    layers::wrap(router, &state).with_state(state)
}

async fn readyz(State(state): State<AppState>) -> Result<&'static str, Problem> {
    match state.desk.store.ping().await {
        Ok(()) => Ok("ready\n"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Err(Problem::busy())
        }
    }
}

async fn metrics(State(state): State<AppState>) -> impl IntoResponse {
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], state.metrics.encode())
}
