//! What goes wrong, named by what the client should do next. One type, two faces: [`faces`] shows it as RFC 9457
//! problem JSON under `/api` and to who asks for JSON, and as a page elsewhere. The cause of our own failures goes to the log, never to the client.
//!
//! | the client should | variant | status |
//! |---|---|---|
//! | mend the request | [`Problem::Mend`] | 400, 403, 405, 411, 413, 415, 422, 428 |
//! | sign in | [`Problem::SignIn`] | 401 |
//! | look elsewhere | [`Problem::NotFound`] | 404 |
//! | stop asking | [`Problem::Gone`] | 410 |
//! | look again, then decide | [`Problem::Changed`] | 412 |
//! | try again later | [`Problem::Later`] | 409, 429, 503 |
//! | tell the operator | [`Problem::Ours`] | 500 |

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::{pages, paths};
use crate::actions::{DeedError, Right};
use crate::store::{TimelineEntry, Tombstone};

/// What went wrong.
#[derive(Debug, Clone)]
pub enum Problem {
    /// The request is at fault.
    Mend {
        /// 400, 403, 405, 413, 415, 422.
        status: StatusCode,
        /// What is wrong and what to do, in a sentence.
        detail: String,
        /// Which fields.
        errors: Vec<FieldError>,
    },
    /// Nobody signed in, or the token is not good.
    SignIn {
        /// Why, in a sentence.
        detail: String,
        /// Where to go on then.
        to: String,
        /// What a form sent meanwhile, as it was encoded.
        kept: Option<String>,
    },
    /// There is no such thing; the sentence says what was looked for.
    NotFound(String),
    /// The case is past its time.
    Gone(Tombstone),
    /// The case has changed meanwhile.
    Changed {
        /// The present revision.
        revision: i64,
        /// What happened meanwhile.
        since: Vec<TimelineEntry>,
    },
    /// Not now.
    Later {
        /// 409, 429, 503.
        status: StatusCode,
        /// Why, in a sentence.
        detail: String,
        /// Seconds to wait.
        seconds: u32,
    },
    /// Our failure; the cause is for the log.
    Ours(String),
}

/// One bad field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// A JSON pointer, or the name of a form field.
    #[schema(example = "/facts")]
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// The body of every error (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemBody {
    /// Stable; what programs compare.
    #[serde(rename = "type")]
    #[schema(example = "urn:signpost:problem:invalid")]
    pub kind: String,
    /// The type in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here and what to do.
    pub detail: String,
    /// Bad fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With 412: the present revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// With 412: what happened meanwhile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub since: Vec<TimelineEntry>,
    /// With 410: what is left of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tombstone: Option<Tombstone>,
}

impl Problem {
    /// Well-formed, but wrong in these fields.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            _ => "Some fields are wrong; `errors` names them.".to_owned(),
        };
        Self::Mend {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail,
            errors,
        }
    }

    /// Well-formed, but wrong in one field.
    pub fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }])
    }

    /// The request is at fault as a whole.
    pub fn mend(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Mend {
            status,
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// Nobody signed in, or the token is not good.
    pub fn sign_in(detail: impl Into<String>) -> Self {
        Self::SignIn {
            detail: detail.into(),
            to: paths::HOME.to_owned(),
            kept: None,
        }
    }

    /// Whoever asks may not do this.
    pub fn not_allowed(right: Right) -> Self {
        let about = right.about();
        let detail = format!(
            "You are not allowed {about} here. Ask whoever keeps the accounts of this server for the right."
        );
        Self::mend(StatusCode::FORBIDDEN, detail)
    }

    /// Cannot be parsed.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::mend(StatusCode::BAD_REQUEST, detail)
    }

    /// Too large; says the limit.
    pub fn too_large(what: &str, limit: usize) -> Self {
        let limit = if limit >= 1024 * 1024 {
            format!("{} MiB", limit / (1024 * 1024))
        } else {
            format!("{limit} bytes")
        };
        Self::mend(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("{what} is larger than {limit}. Send the part around the error."),
        )
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Mend { status, .. } | Self::Later { status, .. } => *status,
            Self::SignIn { .. } => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Gone(_) => StatusCode::GONE,
            Self::Changed { .. } => StatusCode::PRECONDITION_FAILED,
            Self::Ours(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The type in words.
    pub fn title(&self) -> &'static str {
        kind_of(self.status()).1
    }

    /// What is wrong and what to do, in a sentence.
    pub fn detail(&self) -> String {
        match self {
            Self::Mend { detail, .. }
            | Self::SignIn { detail, .. }
            | Self::Later { detail, .. }
            | Self::NotFound(detail) => detail.clone(),
            Self::Gone(Tombstone {
                merged_into: Some(_),
                ..
            }) => {
                "This case belonged to another, which has its evidence now.".to_owned()
            }
            Self::Gone(_) => {
                "This case is gone: its time here was over, or somebody deleted it. Only what is listed is left of it.".to_owned()
            }
            Self::Changed { .. } => {
                "It has changed since you read it. Read it again, then decide.".to_owned()
            }
            Self::Ours(_) => {
                "Signpost failed. The log says why; quote the request id to the operator.".to_owned()
            }
        }
    }

    /// The problem that a bare status of a layer below us means.
    pub fn from_status(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => {
                return Self::NotFound("There is nothing at this address.".to_owned());
            }
            StatusCode::METHOD_NOT_ALLOWED => "This address does not take that method.",
            StatusCode::PAYLOAD_TOO_LARGE => {
                "The request is too large. Send the part around the error, or as a .zip."
            }
            StatusCode::FORBIDDEN => {
                "The request came from another site and was refused. Open Signpost itself and try again."
            }
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::GATEWAY_TIMEOUT => {
                return Self::busy();
            }
            status if status.is_server_error() => return Self::Ours(status.to_string()),
            _ => "The request cannot be read.",
        };
        Self::mend(status, detail)
    }

    /// Too much to do right now.
    pub fn busy() -> Self {
        Self::Later {
            status: StatusCode::SERVICE_UNAVAILABLE,
            detail: "Signpost is busy. Try again in a moment.".to_owned(),
            seconds: 2,
        }
    }

    /// The JSON face.
    pub fn body(&self) -> ProblemBody {
        let (name, title) = kind_of(self.status());
        let (revision, since) = match self {
            Self::Changed { revision, since } => (Some(*revision), since.clone()),
            _ => (None, Vec::new()),
        };
        let tombstone = match self {
            Self::Gone(tombstone) => Some(tombstone.clone()),
            _ => None,
        };
        let errors = match self {
            Self::Mend { errors, .. } => errors.clone(),
            _ => Vec::new(),
        };
        ProblemBody {
            kind: format!("urn:signpost:problem:{name}"),
            title: title.to_owned(),
            status: self.status().as_u16(),
            detail: self.detail(),
            errors,
            revision,
            since,
            tombstone,
        }
    }
}

fn kind_of(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("malformed", "The request cannot be read"),
        401 => ("unauthorized", "Sign in first"),
        403 => ("forbidden", "This is not allowed here"),
        404 => ("not-found", "There is no such thing"),
        405 => (
            "method-not-allowed",
            "This address does not take that method",
        ),
        409 => ("in-flight", "The same request is being answered"),
        410 => ("gone", "The case is gone"),
        412 => ("changed", "It has changed meanwhile"),
        413 => ("too-large", "The request is too large"),
        415 => ("media-type", "Signpost does not take this media type here"),
        422 => ("invalid", "The request is well-formed but wrong"),
        428 => ("precondition-required", "Say which revision you change"),
        429 => ("too-many", "Too many requests"),
        503 => ("busy", "Signpost is busy"),
        500 => ("internal", "Signpost failed"),
        _ => ("request", "The request was refused"),
    }
}

impl From<DeedError> for Problem {
    fn from(error: DeedError) -> Self {
        match error {
            DeedError::NotFound(what) => Self::NotFound(what),
            DeedError::Gone(tombstone) => Self::Gone(tombstone),
            DeedError::Changed { revision, since } => Self::Changed { revision, since },
            DeedError::Refused(complaints) => Self::invalid(
                complaints
                    .into_iter()
                    .map(|complaint| FieldError {
                        pointer: complaint.path,
                        detail: complaint.what,
                    })
                    .collect(),
            ),
            DeedError::NotAllowed(right) => Self::not_allowed(right),
            DeedError::Busy => Self::busy(),
            DeedError::Store(error) => Self::Ours(error.to_string()),
        }
    }
}

/// Carries the problem to [`faces`], which knows who asked.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every error its face: problem JSON for programs, a page for people. Errors that a layer made on its own are
/// given one too.
pub async fn faces(request: Request, next: Next) -> Response {
    let face = faces_of(&request);
    let mut response = next.run(request).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if is_bare_error(&response) => Problem::from_status(response.status()),
        None => return response,
    };
    if let Problem::Ours(cause) = &problem {
        tracing::error!(cause, "a request failed");
    }
    let mut shown = face.show(&problem);
    for name in [header::ALLOW, header::ETAG] {
        if let Some(value) = response.headers().get(&name) {
            shown.headers_mut().insert(name, value.clone());
        }
    }
    shown
}

/// Who is told what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Problem JSON.
    Program,
    /// A page.
    Person,
}

/// Who asked.
pub fn faces_of(request: &Request) -> Face {
    if is_for_programs(request.uri().path()) || asks_for_json(request.headers()) {
        Face::Program
    } else {
        Face::Person
    }
}

impl Face {
    /// The problem as this one is told it.
    pub fn show(self, problem: &Problem) -> Response {
        let mut shown = match self {
            Self::Program => problem_json(problem),
            Self::Person => pages::error_page(problem),
        };
        *shown.status_mut() = problem.status();
        match problem {
            Problem::Later { seconds, .. } => {
                shown
                    .headers_mut()
                    .insert(header::RETRY_AFTER, (*seconds).into());
            }
            Problem::SignIn { .. } => {
                let how = HeaderValue::from_static("Bearer realm=\"Signpost\"");
                shown.headers_mut().insert(header::WWW_AUTHENTICATE, how);
            }
            _ => {}
        }
        shown
    }
}

/// Whether JSON is asked for, as the script of our own forms does.
pub fn asks_for_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|wanted| wanted == "application/json")
}

fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/v1")
        || [
            paths::OPENAPI,
            paths::HEALTHZ,
            paths::READYZ,
            paths::METRICS,
        ]
        .contains(&path)
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    let shown = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.contains("json"));
    (status.is_client_error() || status.is_server_error()) && !shown
}

fn problem_json(problem: &Problem) -> Response {
    let body = serde_json::to_vec(&problem.body()).unwrap_or_default();
    let kind = HeaderValue::from_static("application/problem+json");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
