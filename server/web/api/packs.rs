//! Rules as files.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Extension, Path, Query, RawQuery, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::draft_body::RemarkBody;
use crate::actions::packs::{BringRequest, Bringing, Incoming, look_at, propose_files};
use crate::actions::releases::begin_check;
use crate::actions::{Caller, Right};
use crate::rules::check::Grade;
use crate::rules::diff::ItemDiff;
use crate::rules::zipped::unzip;
use crate::web::download::{MOST, release_as_zip};
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::{media_type, unknown_media_type};
use crate::web::paths;
use crate::web::state::AppState;

/// How files are to be brought in.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportAsked {
    /// Only say what would change.
    #[param(required = false)]
    dry_run: bool,
    /// Remove what the files do not have.
    #[param(required = false)]
    remove_missing: bool,
    /// What the proposal is about, in a line.
    #[param(required = false)]
    title: String,
    /// Why.
    #[param(required = false)]
    note: String,
}

/// What files change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportBody {
    /// The release that they change.
    pub base: i64,
    /// What changes: rules, procedures and entries of lists, field by field.
    pub items: Vec<ItemDiff>,
    /// How many rules, procedures and lists of the release the files do not have; they stay.
    pub kept: usize,
    /// Whether the linter would let it through.
    pub ready: bool,
    /// What the linter says, with the file.
    pub remarks: Vec<FileRemarkBody>,
    /// The comments of the files.
    pub comments: Vec<CommentBody>,
    /// What has another draft already, so that it cannot be proposed.
    pub in_the_way: Vec<String>,
    /// The proposal that was made; none when it was only asked.
    pub proposal: Option<i64>,
    /// Its page.
    pub url: Option<String>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileRemarkBody {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub remark: RemarkBody,
}

/// A comment of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentBody {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What it stands above or beside.
    pub field: String,
    /// What it says.
    pub text: String,
    /// Whether it becomes a note; comments of lists are lost.
    pub kept: bool,
}

/// Export a release
///
/// As a zip of YAML files, in the layout that `signpost knowledge import` reads. The same release always gives the same
/// bytes. With `rule` or `product`, which may be given several times, only those rules and what their guides name. It
/// holds what editors note, so that it needs `rules:read`; that somebody took it is written to the audit log.
#[utoipa::path(
    get,
    path = "/releases/{n}/export",
    tag = "knowledge",
    params(
        ("n" = i64, Path, description = "Its number"),
        ("rule" = Option<Vec<String>>, Query, description = "Only this rule"),
        ("product" = Option<Vec<String>>, Query, description = "Only the rules of this product"),
    ),
    responses(
        (status = 200, description = "The zip", body = Vec<u8>, content_type = "application/zip"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such release", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No such rule or product in it", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn export(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    release_as_zip(&state, &caller, &number, asked.as_deref()).await
}

/// Import files
///
/// A zip as the export gives it, whole or a part. What it changes becomes drafts and a proposal, which is checked; nothing
/// is published by it. With `dry_run=true` it only says what would change. Nothing goes without `remove_missing=true`.
#[utoipa::path(
    post,
    path = "/releases/import",
    tag = "knowledge",
    params(ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/zip"),
    responses(
        (status = 200, description = "What would change", body = ImportBody),
        (status = 201, description = "What changes, with the proposal", body = ImportBody),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A file that cannot be read, with its line; nothing that changes; or a draft in the way", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn import(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<ImportAsked>,
    request: Request,
) -> Result<Response, Problem> {
    caller.need(Right::Edit)?;
    let kind = media_type(&request);
    if kind != "application/zip" {
        return Err(unknown_media_type(&kind, "application/zip"));
    }
    let bytes = to_bytes(request.into_body(), MOST).await;
    let bytes = bytes.map_err(|_| Problem::too_large("The zip", MOST))?;
    let texts = unzip(&bytes).map_err(|wrong| {
        let what = format!("{}:{}: {}", wrong.file, wrong.line, wrong.what);
        Problem::invalid_field("", what)
    })?;
    let bringing = Bringing {
        texts,
        remove_missing: asked.remove_missing,
    };
    let incoming = look_at(&state.desk, &caller, bringing).await?;
    if asked.dry_run {
        return Ok(Json(body(incoming, None)).into_response());
    }
    let request = BringRequest {
        title: match asked.title.trim() {
            "" => "Files that were brought".to_owned(),
            title => title.to_owned(),
        },
        note: asked.note,
        base: None,
    };
    let number = propose_files(&state.desk, &caller, &incoming, &request).await?;
    begin_check(&state.desk, &caller, number).await?;
    Ok((StatusCode::CREATED, Json(body(incoming, Some(number)))).into_response())
}

fn body(incoming: Incoming, proposal: Option<i64>) -> ImportBody {
    let ready = incoming.passed();
    let remarks = incoming.remarks.into_iter().map(|remark| FileRemarkBody {
        file: remark.file,
        remark: RemarkBody {
            grade: match remark.grade {
                Grade::Error => "error",
                Grade::Warning => "warning",
            },
            line: remark.line,
            field: remark.field,
            what: remark.what,
        },
    });
    let comments = incoming.comments.into_iter().map(|of| CommentBody {
        file: of.file,
        line: of.comment.line,
        field: of.comment.field,
        text: of.comment.text,
        kept: of.kept,
    });
    let in_the_way = incoming.in_the_way.iter().map(ToString::to_string);
    ImportBody {
        base: incoming.base,
        kept: incoming.kept,
        ready,
        remarks: remarks.collect(),
        comments: comments.collect(),
        in_the_way: in_the_way.collect(),
        items: incoming.diff.items,
        url: proposal.map(paths::admin_proposal),
        proposal,
    }
}
