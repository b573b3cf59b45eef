//! What every request goes through, from the outside in.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument;

use super::error::{Problem, faces};
use super::extract::media_type;
use super::guard::guard;
use super::session::{client_address, identify};
use super::state::{AppState, Site};
use crate::store::CaseId;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: Duration = Duration::from_secs(30);
/// A form with files may come over a slow line; a pause in it ends it sooner.
const LONGEST_UPLOAD: Duration = Duration::from_mins(15);

/// Wraps the routes.
pub(super) fn wrap(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let inner = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), watch))
        .layer(from_fn_with_state(state.clone(), identify))
        .layer(from_fn(faces))
        .layer(from_fn_with_state(state.clone(), loopback_names))
        .layer(csrf(&state.site))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(state.site.body_limit()))
        .layer(from_fn(guard))
        .layer(from_fn_with_state(state.clone(), super::api::replay));
    let outer = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::REFERRER_POLICY, "no-referrer"))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CompressionLayer::new());
    router.layer(inner).layer(outer)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

fn csrf(site: &Site) -> CsrfLayer {
    let layer = CsrfLayer::new();
    let Some(url) = &site.public_url else {
        return layer;
    };
    layer.clone().add_trusted_origin(url).unwrap_or(layer)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    Problem::Ours(format!("a panic: {}", text.unwrap_or("unknown"))).into_response()
}

/// Gives a request up that takes too long; what was begun for it ends with it.
async fn in_time(request: Request, next: Next) -> Response {
    let longest = match media_type(&request).as_str() {
        "multipart/form-data" => LONGEST_UPLOAD,
        _ => LONGEST,
    };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A server on loopback answers only to the names of this machine, so that no web page can reach it under a name of
/// its own.
async fn loopback_names(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    if state.site.loopback && !is_local_name(host) && !is_public_name(host, &state.site) {
        let what = "This server answers under the names of its own machine alone: open it as http://127.0.0.1 or http://localhost with its port. Behind a proxy, name its address in SIGNPOST_PUBLIC_URL.";
        return Problem::mend(StatusCode::FORBIDDEN, what).into_response();
    }
    next.run(request).await
}

fn is_local_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn is_public_name(host: &str, site: &Site) -> bool {
    let url = site.public_url.as_deref().unwrap_or_default();
    url.split_once("://")
        .is_some_and(|(_, name)| name.eq_ignore_ascii_case(host))
}

/// Logs and counts a request: its route, never its address, which may hold a case's name.
async fn watch(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Infallible> {
    let begun = Instant::now();
    let method = request.method().as_str().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let id = request.headers().get(REQUEST_ID);
    let id = id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!(
        "request",
        request.id = id,
        method,
        route,
        client = client_address(&request, &state.site).map(tracing::field::display),
        case.ref = case_reference(request.uri().path()),
    );
    let response = next.run(request).instrument(span.clone()).await;
    let seconds = begun.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, seconds, "answered"));
    state.metrics.request(&method, &route, status, seconds);
    Ok(response)
}

/// Names a case in the log without giving the right to it.
fn case_reference(path: &str) -> Option<String> {
    let case = path.split('/').find_map(CaseId::parse)?;
    let digest = Sha256::digest(case.as_str().as_bytes());
    Some(crate::store::hex(&digest[..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        for local in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:1",
            "127.3.2.1",
            "[::1]:8080",
            "[::1]",
            "LOCALHOST",
        ] {
            assert!(is_local_name(local), "{local}");
        }
        for other in [
            "",
            "example.org",
            "localhost.example.org",
            "10.0.0.1:8080",
            "127.0.0.1.example.org",
        ] {
            assert!(!is_local_name(other), "{other}");
        }
    }

    #[test]
    fn the_log_names_a_case_by_a_part_of_its_hash() {
        let case = "/cases/abcdefghijklmnopqrstuvwxyz/print";
        let reference = case_reference(case).unwrap();
        assert_eq!(reference.len(), 8);
        assert!(!case.contains(&reference));
        assert_eq!(case_reference("/rules/abc"), None);
    }
}
