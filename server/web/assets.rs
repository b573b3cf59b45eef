//! Styles, scripts and icons, built into the program.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::error::Problem;
use crate::actions::collect::SCRIPT;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Assets;

/// One file. It is checked again at each use, which the tag makes cheap.
pub(super) async fn asset(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let missing = || Problem::NotFound("There is no such file.".to_owned());
    let file = Assets::get(&path).ok_or_else(missing)?;
    let hash = file.metadata.sha256_hash();
    let hash = crate::store::hex(&hash[..8]);
    let tag = HeaderValue::from_str(&format!("\"{hash}\"")).map_err(|_| missing())?;
    let fresh = headers.get(header::IF_NONE_MATCH) == Some(&tag);
    let mut response = if fresh {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let kind = HeaderValue::from_static(media_type(&path));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::ETAG, tag);
    if path == SCRIPT {
        let kept = HeaderValue::from_static("attachment; filename=collect.ps1");
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, kept);
    }
    let again = HeaderValue::from_static("no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, again);
    Ok(response)
}

/// The SHA-256 of a file, in hex, for people who compare what they downloaded.
pub(super) fn checksum(path: &str) -> String {
    let file = Assets::get(path);
    file.map(|file| crate::store::hex(&file.metadata.sha256_hash()))
        .unwrap_or_default()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("txt" | "ps1" | "cmd") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
