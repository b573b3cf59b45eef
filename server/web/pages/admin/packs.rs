//! Rules as files: a release to take along, and files that are brought: first what they would change, then a proposal of it.

use askama::Template;
use axum::Form;
use axum::extract::{
    DefaultBodyLimit, Extension, FromRequest, Multipart, Path, RawQuery, Request, State,
};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::differences::Differences;
use super::releases::PART;
use crate::actions::packs::{BringRequest, Bringing, Incoming, look_at, propose_files};
use crate::actions::releases::begin_check;
use crate::actions::{Caller, DeedError, Right};
use crate::rules::check::{Grade, Remark};
use crate::rules::pack::{CommentOf, PackText};
use crate::rules::zipped::{unzip, zip};
use crate::store::hex;
use crate::web::download::{MOST, release_as_zip};
use crate::web::error::Problem;
use crate::web::extract::media_type;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// So many comments and remarks are shown.
const SHOWN: usize = 200;

/// Files to be brought, and what they would change.
#[derive(Template)]
#[template(path = "admin/import.html")]
pub(crate) struct ImportPage {
    frame: Frame,
    action: &'static str,
    releases: &'static str,
    /// Why nothing can be made of what was sent.
    wrong: Vec<String>,
    remove_missing: bool,
    preview: Option<Preview>,
}

/// What files would change.
struct Preview {
    base: i64,
    /// The files again, for the form that makes the proposal: a zip in hexadecimal digits.
    pack: String,
    title: String,
    note: String,
    differences: Differences,
    kept: String,
    /// Comments that are nowhere afterwards.
    lost: Vec<CommentLine>,
    more_lost: usize,
    /// Those that become notes.
    comments: Vec<CommentLine>,
    more_comments: usize,
    remarks: Vec<RemarkLine>,
    more_remarks: usize,
    notes: Vec<String>,
    in_the_way: Vec<String>,
    passed: bool,
    nothing: bool,
}

struct CommentLine {
    place: String,
    text: String,
    what: String,
}

struct RemarkLine {
    place: String,
    sign: words::Sign,
    what: String,
}

/// What the second form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pack: String,
    base: i64,
    remove_missing: Option<String>,
    title: String,
    note: String,
}

/// `GET /admin/releases/{n}/export`.
pub(super) async fn export(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    release_as_zip(&state, &caller, &number, asked.as_deref()).await
}

/// `GET /admin/releases/import`.
pub(super) async fn show(
    Extension(caller): Extension<Caller>,
) -> Result<Html<ImportPage>, Problem> {
    caller.need(Right::Edit)?;
    Ok(Html(ImportPage::new(Vec::new(), false, None)))
}

/// `POST /admin/releases/import`: with a file what it would change, with what was seen a proposal.
pub(super) async fn bring(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    mut request: Request,
) -> Result<Response, Problem> {
    if media_type(&request) == "multipart/form-data" {
        DefaultBodyLimit::max(MOST + 64 * 1024).apply(&mut request);
        let multipart = Multipart::from_request(request, &state).await;
        let multipart = multipart.map_err(|error| Problem::malformed(error.body_text()))?;
        let (name, bytes, remove_missing) = uploaded(multipart).await?;
        let fields = Fields {
            title: format!("Files of {}", words::cut(&name, 100)),
            remove_missing: remove_missing.then(|| "yes".to_owned()),
            ..Fields::default()
        };
        return looked(&state, &caller, &bytes, fields).await;
    }
    // Two digits a byte, and the other fields.
    DefaultBodyLimit::max(2 * MOST + 64 * 1024).apply(&mut request);
    let form = Form::<Fields>::from_request(request, &state).await;
    let Form(fields) = form.map_err(|error| Problem::mend(error.status(), error.body_text()))?;
    let bytes = unhex(&fields.pack);
    let bytes = bytes.ok_or_else(|| Problem::malformed("The form holds no files."))?;
    proposed(&state, &caller, &bytes, fields).await
}

/// What files would change, or why that cannot be said.
async fn looked(
    state: &AppState,
    caller: &Caller,
    bytes: &[u8],
    fields: Fields,
) -> Result<Response, Problem> {
    let remove_missing = fields.remove_missing.is_some();
    match seen(state, caller, bytes, remove_missing).await? {
        Ok((incoming, texts)) => {
            let pack = zip(&texts).map_err(|error| Problem::Ours(error.to_string()))?;
            let preview = Preview::new(&incoming, hex(&pack), fields);
            let page = ImportPage::new(Vec::new(), remove_missing, Some(preview));
            Ok(Html(page).into_response())
        }
        Err(wrong) => Ok(refused(wrong, remove_missing)),
    }
}

/// Makes the proposal, has it checked, and leads there.
async fn proposed(
    state: &AppState,
    caller: &Caller,
    bytes: &[u8],
    fields: Fields,
) -> Result<Response, Problem> {
    let remove_missing = fields.remove_missing.is_some();
    let incoming = match seen(state, caller, bytes, remove_missing).await? {
        Ok((incoming, _)) => incoming,
        Err(wrong) => return Ok(refused(wrong, remove_missing)),
    };
    let request = BringRequest {
        title: fields.title.clone(),
        note: fields.note.clone(),
        base: Some(fields.base),
    };
    match propose_files(&state.desk, caller, &incoming, &request).await {
        Ok(number) => {
            begin_check(&state.desk, caller, number).await?;
            Ok(Redirect::to(&paths::admin_proposal(number)).into_response())
        }
        // Nothing that was typed or sent is lost: it is shown again, as it would be now.
        Err(DeedError::Refused(wrong)) => {
            let wrong = wrong.into_iter().map(|wrong| wrong.what).collect();
            let preview = Preview::new(&incoming, fields.pack.clone(), fields);
            let page = ImportPage::new(wrong, remove_missing, Some(preview));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

type Seen = Result<(Incoming, Vec<PackText>), Vec<String>>;

/// What a zip would change, with its files; or what is wrong with it.
async fn seen(
    state: &AppState,
    caller: &Caller,
    bytes: &[u8],
    remove_missing: bool,
) -> Result<Seen, Problem> {
    let texts = match unzip(bytes) {
        Ok(texts) => texts,
        Err(wrong) => {
            return Ok(Err(vec![format!(
                "{}:{}: {}",
                wrong.file, wrong.line, wrong.what
            )]));
        }
    };
    let bringing = Bringing {
        texts: texts.clone(),
        remove_missing,
    };
    match look_at(&state.desk, caller, bringing).await {
        Ok(incoming) => Ok(Ok((incoming, texts))),
        Err(DeedError::Refused(wrong)) => {
            Ok(Err(wrong.into_iter().map(|wrong| wrong.what).collect()))
        }
        Err(other) => Err(other.into()),
    }
}

fn refused(wrong: Vec<String>, remove_missing: bool) -> Response {
    let page = ImportPage::new(wrong, remove_missing, None);
    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
}

/// The file of the first form, with its name, and whether what it does not have goes.
async fn uploaded(mut multipart: Multipart) -> Result<(String, Vec<u8>, bool), Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("The zip", MOST),
        _ => Problem::malformed(error.body_text()),
    };
    let (mut name, mut bytes, mut remove_missing) = (String::new(), Vec::new(), false);
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") => {
                name = field.file_name().unwrap_or_default().to_owned();
                bytes = field.bytes().await.map_err(broken)?.to_vec();
            }
            Some("remove_missing") => remove_missing = true,
            _ => {}
        }
    }
    Ok((name, bytes, remove_missing))
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digit = |letter: u8| char::from(letter).to_digit(16);
    let pairs = digits.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    });
    pairs
        .collect::<Option<Vec<u8>>>()
        .filter(|bytes| !bytes.is_empty())
}

impl ImportPage {
    fn new(wrong: Vec<String>, remove_missing: bool, preview: Option<Preview>) -> Self {
        Self {
            frame: Frame::desk_page("Bring in files", PART),
            action: paths::ADMIN_IMPORT,
            releases: paths::ADMIN_RELEASES,
            wrong,
            remove_missing,
            preview,
        }
    }

    /// The page as the tests render it.
    #[cfg(test)]
    pub(crate) fn sample(wrong: Vec<String>, incoming: Option<&Incoming>) -> Self {
        let preview = incoming.map(|incoming| {
            let fields = Fields {
                title: "A title".to_owned(),
                ..Fields::default()
            };
            Preview::new(incoming, "00".to_owned(), fields)
        });
        Self::new(wrong, true, preview)
    }
}

impl Preview {
    fn new(incoming: &Incoming, pack: String, fields: Fields) -> Self {
        let (noted, lost): (Vec<_>, Vec<_>) = incoming.comments.iter().partition(|of| of.kept);
        let remarks = incoming.remarks.iter().take(SHOWN);
        Self {
            base: incoming.base,
            pack,
            title: fields.title,
            note: fields.note,
            differences: Differences::of(&incoming.diff),
            kept: match incoming.kept {
                0 => String::new(),
                kept => format!(
                    "{} that the files do not have stay as they are.",
                    words::count(kept, "thing")
                ),
            },
            more_lost: lost.len().saturating_sub(SHOWN),
            lost: lost.into_iter().take(SHOWN).map(comment_line).collect(),
            more_comments: noted.len().saturating_sub(SHOWN),
            comments: noted.into_iter().take(SHOWN).map(comment_line).collect(),
            remarks: remarks.map(remark_line).collect(),
            more_remarks: incoming.remarks.len().saturating_sub(SHOWN),
            notes: incoming.notes.clone(),
            in_the_way: incoming
                .in_the_way
                .iter()
                .map(ToString::to_string)
                .collect(),
            passed: incoming.passed(),
            nothing: incoming.changes.is_empty(),
        }
    }
}

fn comment_line(of: &CommentOf) -> CommentLine {
    let comment = &of.comment;
    CommentLine {
        place: format!("{}:{}", of.file, comment.line),
        text: comment.text.clone(),
        what: match comment.field.as_str() {
            "" => "becomes a note".to_owned(),
            field => format!("becomes a note of {field}"),
        },
    }
}

fn remark_line(remark: &Remark) -> RemarkLine {
    let sign = |icon, tone, word| words::Sign { icon, tone, word };
    let field = match remark.field.as_str() {
        "" => String::new(),
        field => format!("{field}: "),
    };
    RemarkLine {
        place: format!("{}:{}", remark.file, remark.line),
        sign: match remark.grade {
            Grade::Error => sign("stop", "bad", "stops it"),
            Grade::Warning => sign("warning", "mind", "mind"),
        },
        what: format!("{field}{}", remark.what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_digits_and_others_do_not() {
        let bytes = [0, 1, 0x9f, 0xff];
        assert_eq!(unhex(&hex(&bytes)).as_deref(), Some(&bytes[..]));
        for wrong in ["", "0", "0g", "+1", "é"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
