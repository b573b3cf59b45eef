//! Submissions as they arrive: JSON, a form with files, a plain form. Both faces read them here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::Form;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request as HttpRequest};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::error::Problem;
use super::state::{AppState, Site};

mod files;
pub(super) mod spool;

use files::Files;

use crate::actions::{About, Request};
use crate::evidence::FactValue;
use crate::evidence::redact::Redact;

/// The fields of a form, `file` aside.
const FIELDS: [&str; 11] = [
    "text", "facts", "product", "limit", "ticket", "machine", "account", "who", "rule", "revision",
    "redact",
];

/// A submission with everything that may come along.
#[derive(Debug, Clone, Default)]
pub struct Submitted {
    /// What is to be diagnosed.
    pub request: Request,
    /// Ticket, machine, account, who.
    pub about: About,
    /// Start this rule's guide without evidence.
    pub rule: Option<String>,
    /// With a form: which revision of the case it was made from.
    pub revision: Option<i64>,
}

impl Submitted {
    /// Whether nothing was sent that could be read.
    pub fn is_empty(&self) -> bool {
        let submission = &self.request.submission;
        submission
            .text
            .as_ref()
            .is_none_or(|text| text.trim().is_empty())
            && submission.files.is_empty()
            && submission.facts.is_empty()
    }

    fn set(&mut self, name: &str, value: String, site: &Site) -> Result<(), Problem> {
        let given = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        match name {
            "text" if value.len() > site.paste_limit => {
                return Err(Problem::too_large("The pasted text", site.paste_limit));
            }
            "text" => self.request.submission.text = Some(value),
            "facts" => self.request.submission.facts = facts(&value)?,
            "product" => self.request.product = given,
            "limit" => {
                self.request.limit = given.map(|value| number("/limit", &value)).transpose()?;
            }
            "revision" => {
                self.revision = given.map(|value| number("/revision", &value)).transpose()?;
            }
            "ticket" => self.about.ticket = given,
            "machine" => self.about.machine = given,
            "account" => self.about.account = given,
            "who" => self.about.who = given,
            "rule" => self.rule = given,
            "redact" => {
                self.about.redact = given.as_deref().map_or(Ok(Redact::default()), redact)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads a form with files. Fields: `file` (repeated), `text`, `facts` (JSON), `product`, `limit`, `ticket`, `machine`,
/// `account`, `who`, `rule`, `revision`, `redact`. Files go to temporary ones as they come; what is over a limit is said in the
/// submission.
pub async fn submission_from_multipart(
    mut request: HttpRequest,
    state: &AppState,
) -> Result<Submitted, Problem> {
    let site = &state.site;
    DefaultBodyLimit::max(site.form_limit()).apply(&mut request);
    let mut multipart = Multipart::from_request(request, state)
        .await
        .map_err(|error| Problem::malformed(error.body_text()))?;
    let mut submitted = Submitted::default();
    let mut files = Files::new(site);
    let mut seen = BTreeSet::new();
    while let Some(field) = in_time(multipart.next_field())
        .await?
        .map_err(|error| broken(&error, site))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            files.take(field).await?;
        } else {
            let is_file = field.file_name().is_some_and(|file| !file.is_empty());
            known_once(&name, is_file, &mut seen)?;
            let bytes = value_of(field, site).await?;
            let text = utf8(&bytes, &name)?;
            submitted.set(&name, text, site)?;
        }
    }
    submitted.request.submission.files = files.taken();
    Ok(submitted)
}

/// The value of a field that is no file.
async fn value_of(mut field: Field<'_>, site: &Site) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut field, site).await? {
        if bytes.len() + chunk.len() > site.paste_limit {
            return Err(Problem::too_large("The pasted text", site.paste_limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads a plain form with the same fields, `file` aside.
pub fn submission_from_form(
    fields: Vec<(String, String)>,
    site: &Site,
) -> Result<Submitted, Problem> {
    let mut submitted = Submitted::default();
    let mut seen = BTreeSet::new();
    for (name, value) in fields {
        known_once(&name, false, &mut seen)?;
        submitted.set(&name, value, site)?;
    }
    Ok(submitted)
}

/// A form of a page that takes a submission, with files or plain.
impl FromRequest<AppState> for Submitted {
    type Rejection = Problem;

    async fn from_request(request: HttpRequest, state: &AppState) -> Result<Self, Problem> {
        match media_type(&request).as_str() {
            "multipart/form-data" => submission_from_multipart(request, state).await,
            "application/x-www-form-urlencoded" => {
                let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, state)
                    .await
                    .map_err(|error| Problem::mend(error.status(), error.body_text()))?;
                submission_from_form(fields, &state.site)
            }
            other => Err(unknown_media_type(other, "a form")),
        }
    }
}

/// The media type without its parameters, in small letters.
pub fn media_type(request: &HttpRequest) -> String {
    let value = request.headers().get(header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// 415, naming what would be taken.
pub fn unknown_media_type(sent: &str, wanted: &str) -> Problem {
    let sent = if sent.is_empty() {
        "no media type"
    } else {
        sent
    };
    Problem::mend(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        format!("{sent} is not taken here; send {wanted}."),
    )
}

/// Reads a JSON body. Bytes that are no UTF-8 and text that is no JSON are 400; JSON of the wrong shape is 422 with
/// the place.
pub async fn json<T: DeserializeOwned>(body: Body, limit: usize) -> Result<T, Problem> {
    let bytes = to_bytes(body, limit)
        .await
        .map_err(|_| Problem::too_large("The request", limit))?;
    let value: serde_json::Value = parse(&bytes)?;
    from_value(&value)
}

/// Gives a JSON value its shape; what does not fit is 422 with a pointer.
pub fn from_value<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Problem> {
    T::deserialize(value).map_err(|error| {
        let what = error.to_string();
        let pointer = field_at_fault::<T>(value, &what);
        Problem::invalid_field(
            pointer.map(|name| format!("/{name}")).unwrap_or_default(),
            what,
        )
    })
}

/// The field that a shape is refused for: the one named as missing or unknown, else the one without which the
/// complaint is another.
fn field_at_fault<T: DeserializeOwned>(value: &serde_json::Value, what: &str) -> Option<String> {
    let object = value.as_object()?;
    if what.starts_with("missing field") || what.starts_with("unknown field") {
        return what.split('`').nth(1).map(str::to_owned);
    }
    let other = |name: &&String| {
        let mut rest = object.clone();
        rest.remove(*name);
        let again = T::deserialize(&serde_json::Value::Object(rest));
        again.map_or_else(|error| error.to_string() != what, |_| true)
    };
    object.keys().find(other).cloned()
}

/// Parses JSON; what is none is 400.
pub fn parse(bytes: &Bytes) -> Result<serde_json::Value, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Problem::malformed(format!(
            "The body is not UTF-8 from byte {at} on; JSON is sent as UTF-8."
        ))
    })?;
    serde_json::from_str(text)
        .map_err(|error| Problem::malformed(format!("The body is not JSON: {error}.")))
}

/// Nothing that was sent may be lost in silence: a field that is unknown or comes twice is refused.
fn known_once(name: &str, is_file: bool, seen: &mut BTreeSet<String>) -> Result<(), Problem> {
    let shown = name.chars().take(80).collect::<String>();
    let pointer = format!("/{shown}");
    if is_file {
        let what = format!("the part `{shown}` holds a file; name it `file`");
        return Err(Problem::invalid_field(pointer, what));
    }
    if !FIELDS.contains(&name) {
        let what = format!(
            "unknown field `{shown}`; expected `file`, `{}`",
            FIELDS.join("`, `")
        );
        return Err(Problem::invalid_field(pointer, what));
    }
    if !seen.insert(name.to_owned()) {
        let what = format!("`{shown}` came twice; send it once");
        return Err(Problem::invalid_field(pointer, what));
    }
    Ok(())
}

/// 413, naming the limit.
pub fn too_many_files(site: &Site) -> Problem {
    let what = format!(
        "These are more than {} files. Send those around the error.",
        site.file_limit
    );
    Problem::mend(StatusCode::PAYLOAD_TOO_LARGE, what)
}

/// The next bytes of a part.
async fn next_chunk(field: &mut Field<'_>, site: &Site) -> Result<Option<Bytes>, Problem> {
    let chunk = in_time(field.chunk()).await?;
    chunk.map_err(|error| broken(&error, site))
}

/// An upload that pauses too long is given up, so that it does not hold its place for ever.
async fn in_time<T>(coming: impl Future<Output = T>) -> Result<T, Problem> {
    /// How long nothing may come.
    const PAUSE: Duration = Duration::from_secs(30);
    let come = tokio::time::timeout(PAUSE, coming).await;
    come.map_err(|_| {
        let what = "Nothing more of the upload came for 30 seconds. Send it again.";
        Problem::mend(StatusCode::REQUEST_TIMEOUT, what)
    })
}

fn broken(error: &MultipartError, site: &Site) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::too_large("The upload", site.upload_limit)
    } else {
        Problem::malformed(format!("The form cannot be read: {}.", error.body_text()))
    }
}

fn utf8(bytes: &[u8], name: &str) -> Result<String, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(Problem::malformed(format!(
            "The field `{name}` is not UTF-8. Send text of other encodings as a file."
        ))),
    }
}

fn facts(text: &str) -> Result<BTreeMap<String, FactValue>, Problem> {
    if text.trim().is_empty() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_str(text).map_err(|error| {
        let what = format!("facts are a JSON object of texts or lists of texts: {error}");
        Problem::invalid_field("/facts", what)
    })
}

fn redact(value: &str) -> Result<Redact, Problem> {
    Redact::parse(value).ok_or_else(|| {
        let what = format!("`{value}` is neither `secrets` nor `people`");
        Problem::invalid_field("/redact", what)
    })
}

fn number<T: std::str::FromStr>(pointer: &str, value: &str) -> Result<T, Problem> {
    let parsed = value.parse();
    parsed.map_err(|_| Problem::invalid_field(pointer, format!("`{value}` is not a number")))
}
