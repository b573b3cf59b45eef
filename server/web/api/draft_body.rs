//! What programs read: a draft, and how one fares.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::{DiagnosisBody, Filler, FindingBody};
use super::walk_body::WalkBody;
use crate::actions::HouseValues;
use crate::actions::drafts::{Bench, DraftView, Lint, TextError};
use crate::condition::Truth;
use crate::evidence::Proof;
use crate::rules::RuleFile;
use crate::rules::check::Grade;
use crate::rules::explain::Explained;
use crate::rules::write::Comment;

/// A rule as its draft has it, else as it is published.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftBody {
    /// The rule's id.
    pub id: String,
    /// The live release, where it has the rule.
    pub published: Option<i64>,
    /// The draft's revision; none where there is no draft.
    pub revision: Option<i64>,
    /// The release that the draft began from.
    pub base_release: Option<i64>,
    /// Whether a newer release changed what the draft began from.
    pub behind: bool,
    /// Whether the draft says that the rule goes.
    pub removed: bool,
    /// Who changed the draft last.
    pub changed_by: Option<String>,
    /// When, unix milliseconds.
    pub changed_at: Option<i64>,
    /// The text, as YAML.
    pub text: String,
    /// What it says, by the schema at `/schema/rule.json`; null where it does not parse.
    #[schema(value_type = Option<Object>)]
    pub file: Option<RuleFile>,
    /// Why it does not parse.
    pub errors: Vec<TextError>,
    /// Comments of the text, which are notes in `file`.
    pub comments: Vec<Comment>,
}

/// What the linter says.
#[derive(Debug, Serialize, ToSchema)]
pub struct LintBody {
    /// Whether nothing stops it from being published.
    pub ready: bool,
    /// Why the text does not parse.
    pub errors: Vec<TextError>,
    /// What is wrong with it, by line.
    pub remarks: Vec<RemarkBody>,
    /// What was bounded or left out.
    pub notes: Vec<String>,
}

/// One thing that is wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkBody {
    /// `error` stops it from being published, `warning` does not.
    pub grade: &'static str,
    /// The line of the text, from 1; of a rule sent as JSON, of the text that it becomes.
    pub line: usize,
    /// The field.
    pub field: String,
    /// What is wrong and what to write instead.
    pub what: String,
}

/// How a draft fares.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestBody {
    /// What the linter says.
    #[serde(flatten)]
    pub lint: LintBody,
    /// How it judges what was sent with it.
    pub bench: Option<BenchBody>,
}

/// How a draft judges a text.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenchBody {
    /// Whether it matches.
    pub matches: bool,
    /// Whether its words are there and only facts are missing.
    pub undecided: bool,
    /// Its finding, with proof.
    pub finding: Option<FindingBody>,
    /// Its conditions, each with its truth; null where it cannot judge.
    pub why: Option<ConditionBody>,
    /// Why it cannot judge though it parses.
    pub errors: Vec<TextError>,
    /// The walk that this evidence gives.
    pub walk: Option<WalkBody>,
    /// What the live release says of the same.
    pub live: DiagnosisBody,
}

/// A condition, judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConditionBody {
    /// Where it stands: `match.any[0].all[1]`.
    pub path: String,
    /// `all`, `any`, `not`, `phrase`, `regex`, `code`, `event`, `fact`.
    pub kind: &'static str,
    /// What it looks for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// `true`, `false` or `unknown`.
    pub truth: &'static str,
    /// Whether the whole came out as it did because of it.
    pub decides: bool,
    /// Why, in words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The places that prove it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Proof>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub parts: Vec<Self>,
}

impl DraftBody {
    /// As programs read it.
    pub fn of(view: &DraftView) -> Self {
        let draft = view.draft.as_ref();
        let published = view.published.as_ref();
        let text = draft.map(|draft| &draft.text);
        let text = text.or(published.map(|published| &published.text));
        Self {
            id: view.name.id.clone(),
            published: published.map(|published| published.release),
            revision: draft.map(|draft| draft.revision),
            base_release: draft.map(|draft| draft.base_release),
            behind: view.behind,
            removed: draft.is_some_and(|draft| draft.removed),
            changed_by: draft.map(|draft| draft.changed_by.clone()),
            changed_at: draft.map(|draft| draft.changed_at),
            text: text.cloned().unwrap_or_default(),
            file: view.reading.rule().cloned(),
            errors: view.reading.errors.clone(),
            comments: view.reading.moved.clone(),
        }
    }
}

impl LintBody {
    /// As programs read it.
    pub fn of(lint: Lint) -> Self {
        let ready = lint.passed();
        let remarks = lint.remarks.into_iter().map(|remark| RemarkBody {
            grade: match remark.grade {
                Grade::Error => "error",
                Grade::Warning => "warning",
            },
            line: remark.line,
            field: remark.field,
            what: remark.what,
        });
        Self {
            ready,
            errors: lint.errors,
            remarks: remarks.collect(),
            notes: lint.notes,
        }
    }
}

impl TestBody {
    /// As programs read it.
    pub fn of(lint: LintBody, bench: &Bench, house: &HouseValues) -> Self {
        let draft = bench.draft.as_ref();
        let finding = draft.and_then(|draft| {
            bench.finding()?;
            DiagnosisBody::of(draft, house).findings.into_iter().next()
        });
        let walk = bench.walk().and_then(|walk| {
            let draft = draft?;
            let rule = draft.release.rules.values().next()?;
            let filler = Filler::new(draft, rule, house);
            Some(WalkBody::of(rule.file.id.as_str(), &walk, &filler))
        });
        let bench = BenchBody {
            matches: finding.is_some(),
            undecided: bench.is_undecided(),
            finding,
            why: bench.why.as_ref().map(ConditionBody::of),
            errors: bench.errors.clone(),
            walk,
            live: DiagnosisBody::of(&bench.live, house),
        };
        Self {
            lint,
            bench: Some(bench),
        }
    }
}

impl ConditionBody {
    fn of(told: &Explained) -> Self {
        Self {
            path: told.path.clone(),
            kind: told.kind,
            words: told.words.clone(),
            truth: match told.truth {
                Truth::True => "true",
                Truth::False => "false",
                Truth::Unknown => "unknown",
            },
            decides: told.decides,
            why: told.why.clone(),
            because: told.because.clone(),
            parts: told.parts.iter().map(Self::of).collect(),
        }
    }
}

/// A whole small rule, for the document.
pub(super) fn example() -> serde_json::Value {
    serde_json::json!({
        "id": "windows.demo-failure",
        "title": "The demo fails",
        "product": "windows",
        "severity": "error",
        "automation": { "reason": "demo_failure", "retryable": "no", "who_can_fix": "it" },
        "match": { "any": [ { "code": "DemoFailureCode" } ] },
        "cause": "The demo is not there.",
        "guide": { "start": "hand-over", "steps": [ { "id": "hand-over", "outcome": "escalate", "text": "Hand it over." } ] },
        "references": [ { "title": "About the demo", "url": "https://example.com/demo" } ],
        "examples": [
            { "text": "it ended with DemoFailureCode", "expect": "match" },
            { "text": "DemoFailureCode: the second demo", "expect": "match" },
            { "text": "the demo failed for another reason", "expect": "silent" },
        ],
        "walks": [ { "name": "It ends at once", "path": [], "end": "hand-over" } ],
    })
}
