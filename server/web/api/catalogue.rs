//! Looking things up: rules, facts, collectors, reasons, releases, schemas.

use axum::Json;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::draft_body::DraftBody;
use crate::actions::Caller;
use crate::actions::catalogue::{known_facts, reasons as reasons_of};
use crate::condition::{RuleId, StepId};
use crate::guide::Automation;
use crate::rules::search::Snippet;
use crate::rules::{DisabledFile, NotePlace, ReferenceFile, Release, Rule, RuleFile, Severity};
use crate::web::error::{Problem, ProblemBody};
use crate::web::markdown;
use crate::web::paths;
use crate::web::state::AppState;

/// A rule in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleLine {
    /// Its id.
    pub id: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The product.
    pub product: String,
    /// How bad it is.
    pub severity: Severity,
    /// Its page.
    pub url: String,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleBody {
    /// In short.
    #[serde(flatten)]
    pub line: RuleLine,
    /// The release it is of.
    pub release: i64,
    /// Where a former id was asked for: the id it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Why it makes no findings at present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<DisabledFile>,
    /// Former ids.
    pub aliases: Vec<String>,
    /// The more general rules that step back when this one matches.
    pub refines: Vec<String>,
    /// The team that keeps it right.
    pub owner: Option<String>,
    /// Why it happens. Markdown.
    pub cause: String,
    /// What a script may conclude.
    pub automation: Automation,
    /// Where it is documented.
    pub references: Vec<ReferenceFile>,
    /// What the house adds to its texts, in its own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<RuleNote>,
    /// The rule as written, by the schema at `/schema/rule.json`.
    #[schema(value_type = Object)]
    pub file: RuleFile,
}

/// What the house adds to a text of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleNote {
    /// The step, inside a procedure `call.step`, or another text of a step as `step.answer`, `step.command` and so on; null for
    /// why it happens.
    #[schema(value_type = Option<String>)]
    pub step: Option<StepId>,
    /// Before the text, instead of it, or after it.
    pub place: NotePlace,
    /// The note, its placeholders as written. Markdown.
    pub text: String,
}

fn notes(release: &Release, rule: &RuleId) -> Vec<RuleNote> {
    let notes = release.notes_of(rule).map(|(step, place, text)| RuleNote {
        step: step.cloned(),
        place,
        text: text.to_owned(),
    });
    notes.collect()
}

/// What is answered for a rule: published, or with `draft=true` as its draft has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RuleFaces {
    /// As published.
    Published(Box<RuleBody>),
    /// As its draft has it.
    Draft(Box<DraftBody>),
}

/// A list with its release.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleListBody {
    /// The release.
    pub release: i64,
    /// Its rules.
    pub rules: Vec<RuleLine>,
}

/// Which rules.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RulesQuery {
    /// Of this product.
    product: Option<String>,
}

/// List rules
#[utoipa::path(get, path = "/rules", tag = "knowledge", params(RulesQuery), responses((status = 200, description = "Rules by id", body = RuleListBody)))]
pub async fn rules(
    State(state): State<AppState>,
    Query(query): Query<RulesQuery>,
) -> Json<RuleListBody> {
    let release = state.desk.live();
    let rules = release.rules.values().filter(|rule| {
        let wanted = query.product.as_deref();
        wanted.is_none_or(|product| rule.file.product == *product)
    });
    Json(RuleListBody {
        release: release.number,
        rules: rules.map(line).collect(),
    })
}

/// Which face of a rule.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RuleQuery {
    /// The draft, for who may see drafts: another body, and a tag to change it by.
    #[serde(default)]
    draft: bool,
}

/// Read a rule
///
/// A former id answers too, with `replaced_by`. With `draft=true` the draft, or what a draft would begin from.
#[utoipa::path(
    get,
    path = "/rules/{id}",
    tag = "knowledge",
    params(("id" = String, Path, description = "The rule"), RuleQuery),
    responses(
        (status = 200, description = "The rule; with `draft=true` its draft", body = RuleFaces),
        (status = 404, description = "No such rule", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn rule(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(query): Query<RuleQuery>,
) -> Result<Response, Problem> {
    if query.draft {
        return super::drafts::shown(&state, &caller, &id).await;
    }
    let release = state.desk.live();
    let rule = release
        .rule(&id)
        .ok_or_else(|| Problem::NotFound("There is no rule of that id.".to_owned()))?;
    let file = rule.file.clone();
    let body = RuleBody {
        line: line(rule),
        release: release.number,
        disabled: release.is_off(&file.id).cloned(),
        replaced_by: (file.id != *id.as_str()).then(|| file.id.to_string()),
        aliases: file.aliases.iter().map(ToString::to_string).collect(),
        refines: file.refines.iter().map(ToString::to_string).collect(),
        owner: file.owner.clone(),
        cause: file.cause.clone(),
        automation: file.automation.clone(),
        references: file.references.clone(),
        notes: notes(&release, &file.id),
        file,
    };
    let tag = format!("\"release-{}\"", release.number);
    let body = RuleFaces::Published(Box::new(body));
    Ok(([(header::ETAG, tag)], Json(body)).into_response())
}

/// Which words.
#[derive(Debug, Deserialize, IntoParams)]
pub struct SearchQuery {
    /// Words.
    #[serde(default)]
    q: String,
}

/// Rules that words lead to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBody {
    /// Best first.
    pub results: Vec<SearchResult>,
}

/// A rule that words lead to.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResult {
    /// The rule.
    #[serde(flatten)]
    pub rule: RuleLine,
    /// How near, for the order.
    pub score: f64,
    /// The asked words that the rule holds, in small letters.
    pub words: Vec<String>,
    /// The part of its cause that holds them.
    pub snippet: SnippetBody,
}

/// A piece of a text, with the asked words in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetBody {
    /// The piece; `…` stands where something was left off.
    pub text: String,
    /// Where the words stand in it, in order.
    pub marks: Vec<MarkBody>,
}

/// One place in a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarkBody {
    /// First byte of the UTF-8 text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl From<Snippet> for SnippetBody {
    fn from(snippet: Snippet) -> Self {
        let marks = snippet.marks.into_iter();
        Self {
            text: snippet.text,
            marks: marks
                .map(|mark| MarkBody {
                    start: mark.start,
                    end: mark.end,
                })
                .collect(),
        }
    }
}

/// Search rules by words
#[utoipa::path(get, path = "/search", tag = "knowledge", params(SearchQuery), responses((status = 200, description = "At most 50, best first", body = SearchBody)))]
pub async fn search(
    State(state): State<AppState>,
    Query(query): Query<SearchQuery>,
) -> Json<SearchBody> {
    let release = state.desk.live();
    let words = query.q.chars().take(1000).collect::<String>();
    let found = release.search(&words, 50).into_iter();
    let results = found.filter_map(|hit| {
        let rule = release.rule(hit.rule.as_str())?;
        let snippet = Snippet::of(&markdown::plain(&rule.file.cause), &hit.words, 160);
        Some(SearchResult {
            rule: line(rule),
            score: hit.score,
            snippet: SnippetBody::from(snippet),
            words: hit.words,
        })
    });
    Json(SearchBody {
        results: results.collect(),
    })
}

/// A fact key that is known here.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactLine {
    /// The key; a trailing `*` stands for any rest.
    pub key: String,
    /// What yields it.
    pub collectors: Vec<String>,
    /// Whether a rule tests it.
    pub tested: bool,
}

/// List fact keys
#[utoipa::path(get, path = "/facts", tag = "knowledge", responses((status = 200, description = "Every key that collectors yield or rules test", body = Vec<FactLine>)))]
pub async fn facts(State(state): State<AppState>) -> Json<Vec<FactLine>> {
    let facts = known_facts(&state.desk.live()).into_iter();
    let lines = facts.map(|fact| FactLine {
        key: fact.key,
        collectors: fact.collectors.iter().map(ToString::to_string).collect(),
        tested: fact.tested,
    });
    Json(lines.collect())
}

/// A way to get a piece of evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectorLine {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The command whose output to send.
    pub command: Option<String>,
    /// The section of the collector script that gets it.
    pub section: Option<String>,
    /// The clicks.
    pub how: Option<String>,
    /// Whether it needs an elevated prompt.
    pub elevated: bool,
    /// The fact keys it yields.
    pub yields: Vec<String>,
}

/// List collectors
#[utoipa::path(get, path = "/collectors", tag = "knowledge", responses((status = 200, description = "How each piece of evidence is got", body = Vec<CollectorLine>)))]
pub async fn collectors(State(state): State<AppState>) -> Json<Vec<CollectorLine>> {
    let release = state.desk.live();
    let lines = release.collectors.values().map(|file| CollectorLine {
        id: file.id.to_string(),
        title: file.title.clone(),
        command: file.command.clone(),
        section: file.section.clone(),
        how: file.how.clone(),
        elevated: file.elevated,
        yields: file.yields.clone(),
    });
    Json(lines.collect())
}

/// A reason that a script may be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonLine {
    /// The stable word.
    pub reason: String,
    /// The rules that say it, with what they conclude.
    pub rules: Vec<ReasonRule>,
}

/// A rule that gives a reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonRule {
    /// The rule.
    pub rule: String,
    /// What a script may conclude.
    pub automation: Automation,
}

/// List reasons
#[utoipa::path(get, path = "/reasons", tag = "knowledge", responses((status = 200, description = "Every reason with its rules", body = Vec<ReasonLine>)))]
pub async fn reasons(State(state): State<AppState>) -> Json<Vec<ReasonLine>> {
    let release = state.desk.live();
    let lines = reasons_of(&release)
        .into_iter()
        .map(|(reason, rules)| ReasonLine {
            reason: reason.to_owned(),
            rules: rules
                .into_iter()
                .map(|(rule, automation)| ReasonRule {
                    rule: rule.to_string(),
                    automation: automation.clone(),
                })
                .collect(),
        });
    Json(lines.collect())
}

/// The JSON Schema of a rule file
#[utoipa::path(get, path = "/schema/rule.json", tag = "knowledge", responses((status = 200, description = "A JSON Schema", body = Object)))]
pub async fn rule_schema() -> Json<schemars::Schema> {
    Json(schemars::schema_for!(RuleFile))
}

/// The JSON Schema of a report
#[utoipa::path(get, path = "/schema/report.json", tag = "knowledge", responses((status = 200, description = "A JSON Schema", body = Object)))]
pub async fn report_schema() -> Json<serde_json::Value> {
    Json(super::report::schema())
}

pub(super) fn line(rule: &Rule) -> RuleLine {
    RuleLine {
        id: rule.file.id.to_string(),
        title: rule.file.title.clone(),
        product: rule.file.product.to_string(),
        severity: rule.file.severity,
        url: paths::rule(rule.file.id.as_str()),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
pub(super) fn ours(error: crate::store::StoreError) -> Problem {
    Problem::Ours(error.to_string())
}
