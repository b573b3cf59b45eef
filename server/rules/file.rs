//! The shape of a knowledge pack's files. One YAML file is one rule; the store and the API hold the same structure as JSON.
//!
//! ```text
//! knowledge/
//!   products.yaml              the products, in the order pages show them
//!   collectors.yaml            how each piece of evidence is got, and which fact keys it yields
//!   cautions.yaml              standing warnings
//!   unrelated.yaml             texts that no rule may know, as formats and word lists
//!   disabled.yaml              rules that are switched off, why and until when
//!   procedures/NAME.yaml       pieces of guide that several rules share
//!   notes/RULE-ID.yaml         what the house adds to a rule in its own words
//!   PRODUCT/RULE-ID.yaml       one rule
//! ```

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::notes::NotesFile;
use super::unrelated::UnrelatedFile;
use crate::condition::shape::{ConditionFile, ShortNames};
use crate::condition::{AnswerId, CollectorId, ProductId, RuleId, StepId};
use crate::evidence::FactValue;
use crate::guide::Automation;
use crate::guide::shape::{GuideFile, ProcedureFile};

/// A whole pack, as read from its files.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PackFiles {
    /// Products.
    pub products: Vec<ProductFile>,
    /// Collectors.
    pub collectors: Vec<CollectorFile>,
    /// Standing warnings.
    pub cautions: Vec<CautionFile>,
    /// Procedures.
    pub procedures: Vec<ProcedureFile>,
    /// Rules.
    pub rules: Vec<RuleFile>,
    /// Texts that no rule may know.
    #[serde(default, skip_serializing_if = "UnrelatedFile::is_empty")]
    pub unrelated: UnrelatedFile,
    /// Rules that are switched off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled: Vec<DisabledFile>,
    /// What the house adds to rules, one entry a rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NotesFile>,
}

/// A rule that is switched off for a while: it is kept and shown, and makes no findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisabledFile {
    /// Which rule.
    #[schema(value_type = String)]
    pub rule: RuleId,
    /// Why, for editors and for who looks at the rule.
    pub reason: String,
    /// The first day on which it works again, `YYYY-MM-DD` (UTC).
    pub until: String,
    /// Who switched it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductFile {
    /// Its id: `power-automate-desktop`.
    pub id: ProductId,
    /// Its name as people write it.
    pub name: String,
    /// Words that show that a text speaks of this product; they raise its rules, never filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// How a piece of evidence is got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectorFile {
    /// Its name.
    pub id: CollectorId,
    /// What it is, for a person.
    pub title: String,
    /// The section of the collector script that gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The command whose output to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// The clicks, or what to look for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// The fact keys it yields; a trailing `*` stands for any rest.
    pub yields: Vec<String>,
    /// Whether it needs an elevated prompt.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elevated: bool,
}

/// A standing warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CautionFile {
    /// The name that steps use.
    pub id: String,
    /// What to mind.
    pub text: String,
}

/// What the knowledge base knows about one cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Its id.
    pub id: RuleId,
    /// Former ids: old links and API answers still find the rule.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<RuleId>,
    /// What is wrong, in one line.
    pub title: String,
    /// The product it belongs to.
    pub product: ProductId,
    /// How bad it is.
    pub severity: Severity,
    /// The more general rules that step back when this one matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refines: Vec<RuleId>,
    /// The team that keeps it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day on which its owner looks at it again, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<String>,
    /// What a script may conclude.
    pub automation: Automation,
    /// How to recognise it.
    #[serde(rename = "match")]
    pub matcher: ConditionFile,
    /// Why it happens. Markdown.
    pub cause: String,
    /// Short names for fact keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: ShortNames,
    /// What to do.
    pub guide: GuideFile,
    /// Where it is documented.
    pub references: Vec<ReferenceFile>,
    /// Texts that must match and look-alikes that must stay silent.
    pub examples: Vec<ExampleFile>,
    /// Tests of the guide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walks: Vec<WalkFile>,
    /// Seen by editors only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// How bad it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Work stops.
    Error,
    /// Worth mending before it stops.
    Warning,
    /// Good to know.
    Info,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    /// The article's title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// The section within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The day somebody last compared the rule with it, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
}

/// A text that must match, or must not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleFile {
    /// A paste.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Facts given outright, by short name or key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub facts: BTreeMap<String, FactValue>,
    /// What must happen.
    pub expect: Expect,
    /// Other rules that rightly match it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<RuleId>,
}

/// What an example expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expect {
    /// The rule is among the findings.
    Match,
    /// It is not.
    Silent,
}

/// A test of the guide: these facts and answers lead along this path to this step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WalkFile {
    /// What it shows.
    pub name: String,
    /// Known facts, by short name or key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub facts: BTreeMap<String, FactValue>,
    /// Facts known to be absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// What a person answers: step to answer (`done` or `cannot` for an instruction).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<StepId, AnswerId>,
    /// The steps passed, as `step/answer`, in order.
    pub path: Vec<String>,
    /// The step where the walk stands.
    pub end: StepId,
}

/// When a day begins (UTC), unix milliseconds; `None` where it is no `YYYY-MM-DD`.
pub fn day(text: &str) -> Option<i64> {
    let day = text.parse::<jiff::civil::Date>().ok()?;
    let begins = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(begins.timestamp().as_millisecond())
}
