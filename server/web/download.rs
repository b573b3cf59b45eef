//! A release as a zip, for both faces.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::Problem;
use super::state::AppState;
use crate::actions::Caller;
use crate::actions::packs::export_zip;
use crate::rules::parts::Selection;

/// A zip that is brought has at most so many bytes: many times the shipped pack.
pub(super) const MOST: usize = 16 * 1024 * 1024;

/// Which part.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    rule: Vec<String>,
    product: Vec<String>,
}

/// Answers a release as a zip; `asked` is what stands behind the question mark.
pub(super) async fn release_as_zip(
    state: &AppState,
    caller: &Caller,
    number: &str,
    asked: Option<&str>,
) -> Result<Response, Problem> {
    let missing = || Problem::NotFound("There is no release of that number.".to_owned());
    let number = number.parse().map_err(|_| missing())?;
    let asked = serde_html_form::from_str::<Asked>(asked.unwrap_or_default());
    let asked = asked.map_err(|error| Problem::malformed(error.to_string()))?;
    let selection = Selection {
        rules: asked.rule,
        products: asked.product,
    };
    let (release, bytes) = export_zip(&state.desk, caller, Some(number), &selection).await?;
    let part = if selection.is_all() { "" } else { "-part" };
    let named = format!("attachment; filename=\"signpost-release-{release}{part}.zip\"");
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, bytes).into_response())
}
