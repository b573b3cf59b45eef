//! What later rounds say about a step that was passed before an instruction was done.

use super::decide::{Answered, Decision, Grounds, add};
use super::{By, ask, checks};
use crate::evidence::{Evidence, FactKey, Lookup, Proof, Round};
use crate::guide::{Step, StepKind};

/// Facts of later rounds that differ from those a step was answered by; for a person's answer, those that would
/// answer otherwise now.
pub(super) fn changed(step: &Step, grounds: Grounds<'_>, answered: &Answered<'_>) -> Vec<Proof> {
    if grounds.until >= grounds.evidence.latest_round() {
        return Vec::new();
    }
    if answered.by == By::Evidence {
        return differing(grounds.evidence, &answered.because);
    }
    if !grounds.by_facts {
        return Vec::new();
    }
    let later = Grounds {
        until: Round::MAX,
        ..grounds
    };
    let decision = match &step.kind {
        StepKind::Ask(question) => ask::decide(question, later, None),
        StepKind::Checks(list) => checks::decide(list, later, &[], &checks::Earlier::default()),
        _ => return Vec::new(),
    };
    match decision {
        Decision::Pass(now) if now.answer != answered.answer && answered.contradicted.is_none() => {
            now.because
        }
        _ => Vec::new(),
    }
}

fn differing(evidence: &Evidence, because: &[Proof]) -> Vec<Proof> {
    let mut differing = Vec::new();
    for proof in because {
        let Some(key) = proof.fact.as_deref().map(FactKey::new) else {
            continue;
        };
        let now = match evidence.look_up(&key, Round::MAX) {
            Lookup::Known(fact) if proof.value.as_ref() != Some(&fact.value) => {
                vec![evidence.prove_fact(fact)]
            }
            Lookup::Absent(scope) if !proof.absent => vec![evidence.prove_absent(&key, scope)],
            Lookup::Conflicting(facts) => facts
                .into_iter()
                .map(|fact| evidence.prove_fact(fact))
                .collect(),
            _ => Vec::new(),
        };
        add(&mut differing, now);
    }
    differing
}
