//! Drafts of rules: reading, saving, proposing that a rule goes, and trying one without saving it.
//!
//! The tag of a draft is its revision, `"17"`; that of a rule without a draft names the release, `"release-3"`. Who
//! changes one sends it back as `If-Match`; for a new rule `If-None-Match: *`.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Extension, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::draft_body::{DraftBody, LintBody, TestBody};
use super::request::case_id;
use crate::actions::drafts::{
    self, Against, Based, BenchRequest, Collision, Content, DraftView, SaveOutcome, Structure,
};
use crate::actions::{Caller, Right};
use crate::condition::{AnswerId, RuleId, StepId};
use crate::evidence::{FactValue, Submission};
use crate::rules::RuleFile;
use crate::rules::check::Depth;
use crate::store::{DraftKind, DraftName, TimelineEntry};
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::{from_value, media_type, parse, unknown_media_type};
use crate::web::state::AppState;

/// A body holds at most so many bytes: a rule as JSON is longer than its text.
const MOST: usize = 1024 * 1024;

/// A rule to be tried without saving it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRequest {
    /// The rule, by the schema at `/schema/rule.json`. Either this or `yaml`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    rule: Option<serde_json::Value>,
    /// The rule as text.
    #[serde(default)]
    yaml: Option<String>,
    /// The id of the rule, where `yaml` may not parse.
    #[serde(default)]
    id: Option<String>,
    /// A text that it is tried on.
    #[serde(default)]
    text: Option<String>,
    /// Facts that it is tried on.
    #[serde(default)]
    facts: BTreeMap<String, FactValue>,
    /// A stored case that it is tried on, instead of `text` and `facts`.
    #[serde(default)]
    case: Option<String>,
    /// What a person would answer: step to answer.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    answers: BTreeMap<StepId, AnswerId>,
    /// Whether to try the other rules' examples and unrelated texts too, which takes longer.
    #[serde(default = "yes")]
    others: bool,
}

fn yes() -> bool {
    true
}

/// Save a draft
///
/// As JSON by the schema at `/schema/rule.json`, or as YAML. A YAML text that does not parse is kept as it is, and
/// `errors` says where. Nothing is published by it.
#[utoipa::path(
    put,
    path = "/rules/{id}",
    tag = "knowledge",
    params(
        ("id" = String, Path, description = "The rule"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the draft, or of the rule that has none yet"),
        ("If-None-Match" = Option<String>, Header, description = "`*` for a rule that does not exist"),
    ),
    request_body(content(
        (Object = "application/json", example = json!(super::draft_body::example())),
        (String = "application/yaml"),
    )),
    responses(
        (status = 200, description = "The draft", body = DraftBody),
        (status = 201, description = "The draft, which is new", body = DraftBody),
        (status = 412, description = "Changed meanwhile; `since` says by whom", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Another media type", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No rule, or one of another name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "Neither `If-Match` nor `If-None-Match`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn save(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let based = based_on(&headers)?;
    let content = content(request, &id).await?;
    let outcome = drafts::save(&state.desk, &caller, &named(&id), based, content).await?;
    saved(outcome, based)
}

/// Propose that a rule goes
///
/// Drafts the removal of a published rule. A rule that is only a draft goes at once.
#[utoipa::path(
    delete,
    path = "/rules/{id}",
    tag = "knowledge",
    params(
        ("id" = String, Path, description = "The rule"),
        ("If-Match" = String, Header, description = "The ETag of the draft, or of the rule that has none"),
    ),
    responses(
        (status = 200, description = "The draft, which says that the rule goes", body = DraftBody),
        (status = 204, description = "It was only a draft and is gone"),
        (status = 404, description = "No such rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let based = based_on(&headers)?;
    let name = named(&id);
    let view = drafts::view(&state.desk, &caller, &name).await?;
    if let (None, Based::Revision(revision)) = (view.published, based) {
        return match drafts::discard(&state.desk, &caller, &name, revision).await? {
            None => Ok(StatusCode::NO_CONTENT.into_response()),
            Some(collision) => Err(changed(&collision)),
        };
    }
    let outcome = drafts::remove(&state.desk, &caller, &name, based).await?;
    saved(outcome, Based::Revision(0))
}

/// Try a rule without saving it
///
/// The linter with the rule's own examples and walks, the other rules' examples, and a text, facts or a stored case.
#[utoipa::path(
    post,
    path = "/rules/test",
    tag = "knowledge",
    request_body(content = TestRequest, example = json!({"rule": super::draft_body::example(), "text": "it ended with DemoFailureCode"})),
    responses(
        (status = 200, description = "How it fares", body = TestBody),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "No rule in it", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn test(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<TestBody>, Problem> {
    let kind = media_type(&request);
    if kind != "application/json" {
        return Err(unknown_media_type(&kind, "application/json"));
    }
    let asked: TestRequest = from_value(&parse(&bytes(request).await?)?)?;
    let (name, text) = asked.draft()?;
    let depth = if asked.others {
        Depth::Others
    } else {
        Depth::Itself
    };
    let desk = &state.desk;
    let lint = LintBody::of(drafts::lint(desk, &caller, &name, &text, depth).await?);
    let Some(against) = asked.against()? else {
        return Ok(Json(TestBody { lint, bench: None }));
    };
    let bench = BenchRequest {
        rule: RuleId::parse(&name.id)
            .map_err(|bad| Problem::invalid_field("/id", bad.to_string()))?,
        text,
        against,
        answers: asked.answers,
    };
    let bench = drafts::bench(desk, &caller, bench).await?;
    Ok(Json(TestBody::of(lint, &bench, &desk.house())))
}

/// The draft of a rule with its tag, for who may see drafts.
pub(super) async fn shown(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<Response, Problem> {
    if !caller.may(Right::ReadDrafts) && !caller.is_known() {
        return Err(Problem::SignIn {
            detail: "Drafts are for editors: send a token with the scope rules:read.".to_owned(),
            to: crate::web::paths::HOME.to_owned(),
            kept: None,
        });
    }
    let view = drafts::view(&state.desk, caller, &named(id)).await?;
    Ok(answer(&view, StatusCode::OK))
}

impl TestRequest {
    fn draft(&self) -> Result<(DraftName, String), Problem> {
        match (&self.rule, &self.yaml) {
            (Some(rule), None) => {
                let rule: RuleFile = rule_of(rule)?;
                let name = named(rule.id.as_str());
                Ok((name, Structure::Rule(Box::new(rule)).text()))
            }
            (None, Some(yaml)) => {
                let said = yaml
                    .lines()
                    .find_map(|line| line.strip_prefix("id:"))
                    .map(|id| id.trim().trim_matches(['"', '\'']).to_owned());
                let id = self.id.clone().or(said);
                let id = id.ok_or_else(|| Problem::invalid_field("/id", "say the rule's id"))?;
                Ok((named(&id), yaml.clone()))
            }
            _ => Err(Problem::invalid_field(
                "/rule",
                "send the rule as `rule` or as `yaml`",
            )),
        }
    }

    fn against(&self) -> Result<Option<Against>, Problem> {
        let none = self.text.is_none() && self.facts.is_empty();
        match &self.case {
            Some(case) if none => Ok(Some(Against::Case(case_id(case)?))),
            Some(_) => Err(Problem::invalid_field(
                "/case",
                "send a case, or text and facts",
            )),
            None if none => Ok(None),
            None => Ok(Some(Against::Submission(Submission {
                text: self.text.clone(),
                facts: self.facts.clone(),
                files: Vec::new(),
            }))),
        }
    }
}

pub(super) fn named(id: &str) -> DraftName {
    DraftName::new(DraftKind::Rule, id)
}

async fn content(request: Request, id: &str) -> Result<Content, Problem> {
    let kind = media_type(&request);
    match kind.as_str() {
        "application/json" => {
            let value = parse(&bytes(request).await?)?;
            let rule: RuleFile = from_value(&value)?;
            if rule.id != *id {
                let what = format!("this is the address of `{id}`");
                return Err(Problem::invalid_field("/id", what));
            }
            Ok(Content::rule(rule))
        }
        "application/yaml" | "application/x-yaml" | "text/yaml" => {
            let bytes = bytes(request).await?;
            let text = String::from_utf8(bytes.to_vec())
                .map_err(|_| Problem::malformed("The text is not UTF-8."))?;
            Ok(Content::Tidy(text))
        }
        _ => Err(unknown_media_type(
            &kind,
            "application/json or application/yaml",
        )),
    }
}

fn rule_of(value: &serde_json::Value) -> Result<RuleFile, Problem> {
    from_value(value).map_err(|problem| match problem {
        Problem::Mend {
            status,
            detail,
            mut errors,
        } => {
            for error in &mut errors {
                error.pointer = format!("/rule{}", error.pointer);
            }
            Problem::Mend {
                status,
                detail,
                errors,
            }
        }
        other => other,
    })
}

async fn bytes(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), MOST)
        .await
        .map_err(|_| Problem::too_large("The request", MOST))
}

/// What a change was based on, by its headers.
pub(super) fn based_on(headers: &HeaderMap) -> Result<Based, Problem> {
    let said = |name| {
        let value: Option<&HeaderValue> = headers.get(name);
        value.map(|value| value.to_str().unwrap_or_default().trim())
    };
    if said(header::IF_NONE_MATCH) == Some("*") {
        return Ok(Based::New);
    }
    let Some(tag) = said(header::IF_MATCH) else {
        return Err(Problem::mend(
            StatusCode::PRECONDITION_REQUIRED,
            "Send the ETag of what you change as `If-Match`, or `If-None-Match: *` for a new rule.",
        ));
    };
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    let based = match tag.strip_prefix("release-") {
        Some(release) => release.parse().map(Based::Release),
        None => tag.parse().map(Based::Revision),
    };
    based.map_err(|_| {
        Problem::malformed("If-Match is the ETag of the draft, such as \"17\" or \"release-3\".")
    })
}

fn saved(outcome: SaveOutcome, based: Based) -> Result<Response, Problem> {
    match outcome {
        SaveOutcome::Saved(view) => {
            let status = match based {
                Based::New => StatusCode::CREATED,
                _ => StatusCode::OK,
            };
            Ok(answer(&view, status))
        }
        SaveOutcome::Collided(collision) => Err(changed(&collision)),
    }
}

pub(super) fn changed(collision: &Collision) -> Problem {
    let present = collision.present.as_ref();
    let since = present.map(|draft| TimelineEntry {
        at: draft.changed_at,
        who: Some(draft.changed_by.clone()),
        what: "Draft saved".to_owned(),
    });
    Problem::Changed {
        revision: present.map_or(0, |draft| draft.revision),
        since: since.into_iter().collect(),
    }
}

fn answer(view: &DraftView, status: StatusCode) -> Response {
    tagged(view, status, DraftBody::of(view))
}

/// An answer about a draft, with its tag.
pub(super) fn tagged(view: &DraftView, status: StatusCode, body: impl Serialize) -> Response {
    let tag = tag_of(view);
    let mut response = (status, Json(body)).into_response();
    if let Some(Ok(tag)) = tag.map(|tag| HeaderValue::from_str(&tag)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn tag_of(view: &DraftView) -> Option<String> {
    match (&view.draft, &view.published) {
        (Some(draft), _) => Some(format!("\"{}\"", draft.revision)),
        (None, Some(published)) => Some(format!("\"release-{}\"", published.release)),
        (None, None) => None,
    }
}
