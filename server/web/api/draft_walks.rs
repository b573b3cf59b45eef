//! Writing the walks that a rule lacks.

use std::collections::BTreeMap;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::draft_body::DraftBody;
use super::drafts::{based_on, changed, named, tagged};
use crate::actions::Caller;
use crate::actions::drafts::{self, SaveOutcome, WrittenWalks};
use crate::condition::{AnswerId, StepId};
use crate::evidence::FactValue;
use crate::rules::WalkFile;
use crate::web::error::{Problem, ProblemBody};
use crate::web::state::AppState;

/// A draft with the walks that were written into it.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenBody {
    /// The draft.
    #[serde(flatten)]
    pub draft: DraftBody,
    /// The walks that were written, which stand last in the rule. Read them: they say what the guide does, not what it should.
    pub written: Vec<WrittenWalkBody>,
    /// What could not be written as it should be, in sentences.
    pub not_written: Vec<String>,
}

/// A walk that was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenWalkBody {
    /// What it shows.
    pub name: String,
    /// Known facts, by short name or key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, FactValue>,
    /// Facts known to be absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// What a person answers: step to answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = BTreeMap<String, String>)]
    pub answers: BTreeMap<StepId, AnswerId>,
    /// The steps passed, as `step/answer`.
    pub path: Vec<String>,
    /// Where it then stands.
    #[schema(value_type = String)]
    pub end: StepId,
}

/// Write the walks that a rule lacks
///
/// Adds to the draft, or to one that begins from the published rule, the walks that the linter asks for and that are not
/// there yet, each by the shortest way. Walks that are there stay as they are; where none is missing nothing is changed.
#[utoipa::path(
    post,
    path = "/rules/{id}/walks",
    tag = "knowledge",
    params(
        ("id" = String, Path, description = "The rule"),
        ("If-Match" = String, Header, description = "The ETag of the draft, or of the rule that has none yet"),
    ),
    responses(
        (status = 200, description = "The draft, and what was written into it", body = WrittenBody),
        (status = 404, description = "No such rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile; `since` says by whom", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Its guide cannot be walked; `detail` says what to mend", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn write(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let based = based_on(&headers)?;
    let (outcome, written) =
        drafts::write_walks(&state.desk, &caller, &named(&id), based, None).await?;
    let view = match outcome {
        SaveOutcome::Saved(view) => view,
        SaveOutcome::Collided(collision) => return Err(changed(&collision)),
    };
    let told = written.as_ref();
    let body = WrittenBody {
        draft: DraftBody::of(&view),
        written: told.map(walks).unwrap_or_default(),
        not_written: told.map(not_written).unwrap_or_default(),
    };
    Ok(tagged(&view, StatusCode::OK, body))
}

fn walks(written: &WrittenWalks) -> Vec<WrittenWalkBody> {
    let walks = written.walks.iter().cloned();
    let bodies = walks.map(|walk: WalkFile| WrittenWalkBody {
        name: walk.name,
        facts: walk.facts,
        absent: walk.absent,
        answers: walk.answers,
        path: walk.path,
        end: walk.end,
    });
    bodies.collect()
}

fn not_written(written: &WrittenWalks) -> Vec<String> {
    let left = written.not_written.iter();
    left.map(ToString::to_string).collect()
}
