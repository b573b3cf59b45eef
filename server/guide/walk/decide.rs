//! What a step decides: by the facts that count at it and by what a person said.

use super::{Alternative, By, Contradiction, GivenAnswer, NowKind};
use crate::condition::{
    AnswerId, Condition, FactProof, FactTest, FactsAsOf, Truth, because_of, truth_of,
};
use crate::evidence::{Evidence, Proof, Round};

/// What happens at a step.
pub(super) enum Decision<'a> {
    /// It is answered and the walk goes on.
    Pass(Box<Answered<'a>>),
    /// The walk stands here.
    Stay(NowKind<'a>),
}

/// How a step was answered.
pub(super) struct Answered<'a> {
    pub(super) answer: AnswerId,
    pub(super) label: &'a str,
    pub(super) by: By,
    pub(super) because: Vec<Proof>,
    pub(super) contradicted: Option<Contradiction<'a>>,
    pub(super) alternatives: Vec<Alternative<'a>>,
    pub(super) go: &'a crate::condition::StepId,
}

/// What counts at a step.
#[derive(Clone, Copy)]
pub(super) struct Grounds<'e> {
    pub(super) evidence: &'e Evidence,
    /// Facts of later rounds do not answer this step.
    pub(super) until: Round,
    /// Whether facts may lead on from it: not on a second visit.
    pub(super) by_facts: bool,
}

impl<'e> Grounds<'e> {
    pub(super) fn facts(&self) -> FactsAsOf<'e> {
        FactsAsOf {
            evidence: self.evidence,
            round: self.until,
        }
    }

    /// The outcome of a condition; a missing one is unknown.
    pub(super) fn truth(&self, condition: Option<&Condition<FactTest>>) -> Truth {
        condition.map_or(Truth::Unknown, |condition| {
            truth_of(condition, &self.facts())
        })
    }

    /// What the outcome rests on.
    pub(super) fn because(&self, condition: Option<&Condition<FactTest>>) -> Vec<Proof> {
        let facts = self.facts();
        let mut because = Vec::new();
        for proof in condition
            .iter()
            .flat_map(|condition| because_of(condition, &facts))
        {
            let proof = match proof {
                FactProof::Fact(fact) => self.evidence.prove_fact(fact),
                FactProof::Absent(key, scope) => self.evidence.prove_absent(key, scope),
            };
            add(&mut because, [proof]);
        }
        because
    }
}

/// Adds proofs that are not there yet.
pub(super) fn add(because: &mut Vec<Proof>, more: impl IntoIterator<Item = Proof>) {
    for proof in more {
        if !because.contains(&proof) {
            because.push(proof);
        }
    }
}

/// An answer that every guide knows: `done`, `cannot`, `none`, `not-needed`, or `no.` and a check's id.
pub(super) fn known_answer(name: &str) -> AnswerId {
    AnswerId::parse(name).unwrap_or_else(|_| fallback())
}

/// A check's id may be as long as an id may be, so that `no.` before it is no id; such a check cannot be ruled out by name.
fn fallback() -> AnswerId {
    known_answer("no")
}

/// A person's answer as the one who answered.
pub(super) fn person(given: &GivenAnswer) -> By {
    By::Person(given.clone())
}
