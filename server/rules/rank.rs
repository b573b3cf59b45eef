//! The order of findings: the surest first, the specific before the generic, and who gave way to whom.

use super::classify::{Confidence, Finding, Role};
use super::compile::Release;
use super::judge::{Match, Weight};
use crate::condition::RuleId;

/// A rule that matched, on its way to being a finding.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) rule: &'a RuleId,
    pub(super) role: Role,
    pub(super) confidence: Confidence,
    pub(super) matched: Match,
    /// How many product words or a named product speak for it.
    pub(super) product_context: usize,
    pub(super) gave_way_to: Vec<RuleId>,
}

impl Candidate<'_> {
    fn strength(&self) -> (usize, usize) {
        let decisive = self
            .matched
            .proofs
            .iter()
            .filter(|(weight, ..)| *weight == Weight::Decisive)
            .count();
        (decisive.min(8), self.matched.spans().count().min(8))
    }
}

/// Orders candidates and names, on each generic one, the specific ones it gave way to.
pub(super) fn rank<'a>(
    release: &Release,
    mut candidates: Vec<Candidate<'a>>,
) -> Vec<Candidate<'a>> {
    candidates.sort_by(|left, right| {
        let of = |one: &Candidate<'_>| {
            (
                one.role == Role::Cause,
                one.confidence,
                one.product_context > 0,
                one.strength(),
                one.product_context,
            )
        };
        of(right)
            .cmp(&of(left))
            .then_with(|| left.rule.cmp(right.rule))
    });
    let rules = candidates
        .iter()
        .map(|one| (one.rule.clone(), one.role))
        .collect::<Vec<_>>();
    for candidate in &mut candidates {
        let specific = rules.iter().filter(|(rule, role)| {
            *role == candidate.role && release.refines(rule, candidate.rule)
        });
        candidate.gave_way_to = specific.map(|(rule, _)| rule.clone()).collect();
    }
    specific_first(candidates)
}

/// Takes, again and again, the best candidate whose refining candidates have all been taken. `refines` has no cycle
/// (the linter refuses one); should there be one, the best of it comes first.
fn specific_first(mut open: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let mut taken: Vec<Candidate<'_>> = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let free = open.iter().position(|one| {
            !one.gave_way_to
                .iter()
                .any(|rule| open.iter().any(|other| other.rule == rule))
        });
        taken.push(open.remove(free.unwrap_or(0)));
    }
    taken
}

/// Findings of ranked candidates; the score restates the order.
pub(super) fn findings(candidates: Vec<Candidate<'_>>) -> Vec<Finding> {
    let mut last = 1.0_f64;
    let finding = candidates.into_iter().map(|one| {
        let own: f64 = match one.confidence {
            Confidence::Certain => 0.98,
            Confidence::Likely => 0.75,
            Confidence::Possible => 0.45,
        };
        let score = own.min(last - 0.01).max(0.01);
        last = score;
        Finding {
            rule: one.rule.clone(),
            role: one.role,
            confidence: one.confidence,
            score: (score * 100.0).round() / 100.0,
            gave_way_to: one.gave_way_to,
            because: one
                .matched
                .proofs
                .into_iter()
                .map(|(_, proof, _)| proof)
                .collect(),
            captures: one.matched.captures,
        }
    });
    finding.collect()
}
