//! The order of findings: the surest first, the specific before the generic, and who gave way to whom.

use super::classify::{AheadBy, Confidence, Finding, Role};
use super::compile::Release;
use super::judge::{Match, Weight};
use crate::condition::RuleId;
use crate::evidence::{CodeSpace, Matcher, codes};

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
    pub(super) ahead_by: Option<AheadBy>,
}

/// What a match rests on, at best. Ordered: greater proves more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    /// Facts, or words that others use too.
    Weak,
    /// A part of a sentence.
    Phrase,
    /// A vendor's complete sentence.
    Sentence,
    /// A product's own word for the failure.
    SymbolicCode,
    /// An error code, in the text or in an event.
    Code,
}

/// What decides the order, first things first. Ordered: greater comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    cause: bool,
    confidence: Confidence,
    ground: Ground,
    /// Decisive proofs, then all proofs; more than eight tell nothing new.
    proofs: (usize, usize),
    product_context: usize,
}

impl Candidate<'_> {
    fn rank(&self) -> Rank {
        let decisive = self.matched.proofs.iter();
        let decisive = decisive.filter(|(weight, ..)| *weight == Weight::Decisive);
        Rank {
            cause: self.role == Role::Cause,
            confidence: self.confidence,
            ground: self.ground(),
            proofs: (
                decisive.count().min(MOST_PROOFS),
                self.matched.spans().count().min(MOST_PROOFS),
            ),
            product_context: self.product_context,
        }
    }

    fn ground(&self) -> Ground {
        let grounds =
            self.matched
                .proofs
                .iter()
                .map(|(weight, proof, _)| match (weight, proof.matcher) {
                    (Weight::Decisive, Matcher::Code) if is_symbolic(&proof.text) => {
                        Ground::SymbolicCode
                    }
                    (Weight::Decisive, Matcher::Code | Matcher::Event) => Ground::Code,
                    (Weight::Decisive, _) => Ground::Sentence,
                    (Weight::Partial, _) => Ground::Phrase,
                    _ => Ground::Weak,
                });
        grounds.max().unwrap_or(Ground::Weak)
    }
}

/// Proofs beyond so many tell nothing new.
const MOST_PROOFS: usize = 8;

/// Whether a code is a product's own word and no number of Windows, Kerberos or Entra.
fn is_symbolic(text: &str) -> bool {
    let mut codes = codes::parse(text).into_iter();
    codes.all(|code| code.space == CodeSpace::Name)
}

/// Orders candidates and names, on each generic one, the specific ones it gave way to.
pub(super) fn rank<'a>(release: &Release, candidates: Vec<Candidate<'a>>) -> Vec<Candidate<'a>> {
    let mut ranked = candidates
        .into_iter()
        .map(|one| (one.rank(), one))
        .collect::<Vec<_>>();
    ranked.sort_by(|left, right| {
        let by_name = || left.1.rule.cmp(right.1.rule);
        right.0.cmp(&left.0).then_with(by_name)
    });
    let rules = ranked
        .iter()
        .map(|(_, one)| (one.rule, one.role))
        .collect::<Vec<_>>();
    for (_, candidate) in &mut ranked {
        let specific = rules.iter().filter(|(rule, role)| {
            *role == candidate.role && release.refines(rule, candidate.rule)
        });
        candidate.gave_way_to = specific.map(|(rule, _)| (*rule).clone()).collect();
    }
    let mut ordered = specific_first(ranked);
    let places = ordered.iter().map(|(_, one)| one.rule.clone());
    let places = places.collect::<Vec<_>>();
    for (_, candidate) in &mut ordered {
        let place = |rule: &RuleId| places.iter().position(|one| one == rule);
        candidate.gave_way_to.sort_by_key(place);
    }
    for at in 1..ordered.len() {
        let (before, behind) = (&ordered[at - 1], &ordered[at]);
        ordered[at - 1].1.ahead_by = Some(ahead_by(before, behind));
    }
    ordered
        .into_iter()
        .map(|(_, candidate)| candidate)
        .collect()
}

/// The first principle by which one stands before the next.
fn ahead_by(before: &(Rank, Candidate<'_>), behind: &(Rank, Candidate<'_>)) -> AheadBy {
    let ((rank, one), (other, next)) = (before, behind);
    if next.gave_way_to.contains(one.rule) {
        return AheadBy::Refines;
    }
    if rank < other {
        return AheadBy::NextGaveWay;
    }
    let principles = [
        (rank.cause != other.cause, AheadBy::Cause),
        (rank.confidence != other.confidence, AheadBy::Confidence),
        (rank.ground != other.ground, AheadBy::Ground),
        (rank.proofs != other.proofs, AheadBy::Proofs),
        (
            rank.product_context != other.product_context,
            AheadBy::Product,
        ),
    ];
    let first = principles.into_iter().find(|(differs, _)| *differs);
    first.map_or(AheadBy::Name, |(_, principle)| principle)
}

/// Takes, again and again, the best candidate whose refining candidates have all been taken. `refines` has no cycle
/// (the linter refuses one); should there be one, the best of it comes first.
fn specific_first(mut open: Vec<(Rank, Candidate<'_>)>) -> Vec<(Rank, Candidate<'_>)> {
    let mut taken = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let free = open.iter().position(|(_, one)| {
            !one.gave_way_to
                .iter()
                .any(|rule| open.iter().any(|(_, other)| other.rule == rule))
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
            ahead_by: one.ahead_by,
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
