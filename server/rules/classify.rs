//! Evidence to findings: which rules match, by which bytes, in which order, and what that amounts to.

use serde::Serialize;
use utoipa::ToSchema;

use super::compile::Release;
use crate::condition::{CollectorId, ProductId, RuleId};
use crate::evidence::{Evidence, Proof};

/// What a submission amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One cause, or several faults that each have decisive proof.
    Matched,
    /// Two causes that the evidence does not tell apart.
    Ambiguous,
    /// No rule is true, at least one could be.
    InsufficientEvidence,
    /// Evidence was read and holds no error.
    NoErrorFound,
    /// Text that no rule knows.
    Unmatched,
    /// Nothing in it could be read.
    Unreadable,
}

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A cause of the error.
    Cause,
    /// Worth knowing about the machine; nothing failed.
    Condition,
}

/// How sure a finding is. Ordered: greater is surer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Weak proof, or facts alone.
    Possible,
    /// A partial sentence with context.
    Likely,
    /// A decisive code, or a vendor's complete sentence.
    Certain,
}

/// One rule that matched.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// What it is.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    /// Restates the order, 0 to 1.
    pub score: f64,
    /// The matched rules that refine this one.
    pub gave_way_to: Vec<RuleId>,
    /// The proof, best first; never empty.
    pub because: Vec<Proof>,
    /// Named groups of the regexes that matched.
    pub captures: std::collections::BTreeMap<String, String>,
}

/// A rule that is near by words; never counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestion {
    /// Which rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// How near, 0 to 1.
    pub score: f64,
    /// Why it is shown.
    pub why: String,
}

/// A piece of evidence that would decide something.
#[derive(Debug, Clone)]
pub struct Need {
    /// How to get it.
    pub collect: CollectorId,
    /// The rules it would decide.
    pub would_decide: Vec<RuleId>,
}

/// Everything the rules say about a submission.
#[derive(Debug, Clone)]
pub struct Findings {
    /// What it amounts to.
    pub verdict: Verdict,
    /// Matched rules, best first.
    pub findings: Vec<Finding>,
    /// Near rules, when nothing matched.
    pub suggestions: Vec<Suggestion>,
    /// Collectors of the unknown facts of undecided rules, then of the open questions of the findings' guides.
    pub needs: Vec<Need>,
    /// Rules that are undecided: their words are there, their facts are unknown.
    pub undecided: Vec<RuleId>,
    /// What was looked at, in words, when no error was found.
    pub checked: Vec<String>,
}

/// Judges evidence by a release. `product` raises rules of that product.
pub fn classify(release: &Release, evidence: &Evidence, product: Option<&ProductId>) -> Findings {
    let _ = (release, evidence, product);
    todo!()
}
