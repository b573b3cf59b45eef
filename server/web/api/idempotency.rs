//! `Idempotency-Key`: the same key and request answer the same for a day. Classifying needs none: it keeps nothing and
//! answers the same anyway.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use tokio_util::io::ReaderStream;
use tracing::Instrument;

use crate::actions::Caller;
use crate::store::{CaseId, Claim, Replay, Store};
use crate::web::error::Problem;
use crate::web::extract::spool::{Spool, Spooled};
use crate::web::paths;
use crate::web::state::AppState;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Headers that belong to an answer.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// Answers a repeated request as the first was answered.
pub async fn replay(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let applies = request.method() == Method::POST
        && request
            .uri()
            .path()
            .starts_with(&format!("{}/cases", paths::API));
    match request.headers().get(KEY).cloned() {
        Some(key) if applies => match answered(&state, &key, request, next).await {
            Ok(response) => response,
            Err(problem) => problem.into_response(),
        },
        _ => next.run(request).await,
    }
}

async fn answered(
    state: &AppState,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if key.is_empty() || key.len() > 255 {
        return Err(Problem::malformed(
            "Idempotency-Key is 1 to 255 letters long.",
        ));
    }
    let path = request.uri().path().to_owned();
    // The key of somebody else answers nothing of theirs.
    let caller = request.extensions().get::<Caller>();
    let who = caller.map_or_else(String::new, |caller| caller.actor.who.clone());
    let (parts, body) = request.into_parts();
    let (body, of_body) = taken(body, state).await?;
    let name = hash(&[who.as_bytes(), key.as_bytes()]);
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.map(HeaderValue::as_bytes).unwrap_or_default();
    let fingerprint = hash(&[path.as_bytes(), kind, &of_body]);
    let now = state.desk.now();
    let store = &state.desk.store;
    match store
        .claim_key(&name, &fingerprint, now)
        .await
        .map_err(|error| ours(&error))?
    {
        Claim::Ours => {
            let request = Request::from_parts(parts, body);
            to_the_end(store.clone(), name, path, request, next).await
        }
        Claim::Answered(replay) => Ok(replayed(replay)),
        Claim::InFlight => Err(Problem::Later {
            status: StatusCode::CONFLICT,
            detail: "A request with this Idempotency-Key is being answered.".to_owned(),
            seconds: 1,
        }),
        Claim::Other => Err(Problem::mend(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This Idempotency-Key came with another request before; use a new one.",
        )),
    }
}

/// Takes a body whole, to a temporary file where it is large; answers it anew, and its digest.
async fn taken(mut body: Body, state: &AppState) -> Result<(Body, [u8; 32]), Problem> {
    let failed = |error: std::io::Error| Problem::Ours(error.to_string());
    let (mut spool, mut digest, mut size) = (Spool::default(), Sha256::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Problem::malformed("The request ended before its time."));
        };
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        size += bytes.len();
        if size > state.site.form_limit() {
            let limit = state.site.upload_limit;
            return Err(Problem::too_large("The request", limit));
        }
        digest.update(&bytes);
        spool.write(&bytes).await.map_err(failed)?;
    }
    let body = match spool.finish(None).await.map_err(failed)? {
        Spooled::Memory(bytes) => Body::from(bytes),
        Spooled::File(file) => {
            let file = tokio::fs::File::from_std(file.into_file().map_err(failed)?);
            Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024))
        }
    };
    Ok((body, digest.finalize().into()))
}

/// Answers on its own, so that a client that hung up finds the answer when it asks again.
async fn to_the_end(
    store: Store,
    name: String,
    path: String,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let answering = async move {
        let mut claimed = Claimed {
            store,
            name: Some(name),
        };
        let response = next.run(request).await;
        let name = claimed.name.as_deref().unwrap_or_default();
        let answer = keep(&claimed.store, name, &path, response).await?;
        claimed.name = None;
        Ok(answer)
    };
    match tokio::spawn(answering.in_current_span()).await {
        Ok(answer) => answer,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(Problem::Ours(error.to_string())),
        },
    }
}

/// A claimed key. While it bears its name it is given back at the end, after a panic too.
struct Claimed {
    store: Store,
    name: Option<String>,
}

impl Drop for Claimed {
    fn drop(&mut self) {
        let Some(name) = self.name.take() else {
            return;
        };
        // Without a runtime the server is gone, and its next start gives unfinished keys back.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let store = self.store.clone();
            runtime.spawn(async move {
                if let Err(error) = store.release_key(&name).await {
                    tracing::error!(%error, "an idempotency key could not be given back");
                }
            });
        }
    }
}

/// Keeps an answer; what was refused is not kept, so that the mended request may use the key.
async fn keep(
    store: &Store,
    name: &str,
    path: &str,
    response: Response,
) -> Result<Response, Problem> {
    if !response.status().is_success() {
        store
            .release_key(name)
            .await
            .map_err(|error| ours(&error))?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Problem::Ours(error.to_string()))?;
    let headers = KEPT.iter().filter_map(|name| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.to_string(), value.to_owned()))
    });
    let headers = headers.collect::<Vec<_>>();
    let location = headers.iter().find(|(name, _)| name == "location");
    let case = location.map_or(path, |(_, value)| value.as_str());
    let case = case.split('/').find_map(CaseId::parse);
    let answer = Replay {
        status: parts.status.as_u16(),
        headers,
        body: body.to_vec(),
    };
    let kept = store.keep_answer(name, case.as_ref(), &answer).await;
    kept.map_err(|error| ours(&error))?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replayed(replay: Replay) -> Response {
    let mut response = Bytes::from(replay.body).into_response();
    *response.status_mut() = StatusCode::from_u16(replay.status).unwrap_or(StatusCode::OK);
    for (name, value) in replay.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let yes = HeaderValue::from_static("true");
    response.headers_mut().insert(REPLAYED, yes);
    response
}

fn hash(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    crate::store::hex(&digest.finalize())
}

fn ours(error: &crate::store::StoreError) -> Problem {
    Problem::Ours(error.to_string())
}
