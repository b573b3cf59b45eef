//! Reading and judging, without a case: what the command line and `POST /classify` do. Pure.

use std::sync::Arc;

use crate::condition::{ProductId, RuleId};
use crate::evidence::{Evidence, FactKey, FactValue, Submission};
use crate::rules::{Findings, Release};

/// What is to be diagnosed.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What was sent.
    pub submission: Submission,
    /// The product the sender named; raises, never filters.
    pub product: Option<String>,
    /// At most so many findings are answered.
    pub limit: Option<usize>,
}

/// A diagnosis: the release that made it, what was read, what the rules say.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The release.
    pub release: Arc<Release>,
    /// What was read.
    pub evidence: Evidence,
    /// What the rules say.
    pub findings: Findings,
    /// Facts that a rule names and that are known to be absent, with the scope (index into `evidence.scopes`).
    pub absent: Vec<(FactKey, usize)>,
}

impl Diagnosis {
    /// The finding of a rule.
    pub fn finding(&self, rule: &RuleId) -> Option<&crate::rules::Finding> {
        self.findings
            .findings
            .iter()
            .find(|finding| finding.rule == *rule)
    }

    /// A fact's value for placeholders: `Some(None)` is known to be absent.
    pub fn fact(&self, key: &FactKey) -> Option<Option<&FactValue>> {
        match self.evidence.look_up(key, self.evidence.latest_round()) {
            crate::evidence::Lookup::Known(fact) => Some(Some(&fact.value)),
            crate::evidence::Lookup::Absent(_) => Some(None),
            _ => None,
        }
    }
}

/// Reads and judges. `product` that the release does not know becomes a problem.
pub fn diagnose(release: &Arc<Release>, request: &Request) -> Diagnosis {
    let _ = (release, request, None::<ProductId>);
    todo!()
}
