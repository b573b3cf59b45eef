//! Checks side by side: each is found, open or ruled out, by facts or by a person's mark.

use super::decide::{Answered, Decision, Grounds, add, known_answer, person};
use super::{Alternative, By, CheckState, Checked, Contradiction, GivenAnswer, NowKind};
use crate::condition::{AnswerId, Truth};
use crate::evidence::{Proof, Round};
use crate::guide::{Check, Checks};

/// What earlier visits of the same checks came to.
#[derive(Default)]
pub(super) struct Earlier {
    /// What was found then and led on.
    pub(super) taken: Vec<AnswerId>,
    /// The round in which the last instruction was done; 0 when none was.
    pub(super) done_in: Round,
}

/// Decides checks: a found one leads on, a person's before one that facts found, then in the order of the file. Visited
/// again, facts show what they say, but only a person goes on with a check.
pub(super) fn decide<'a>(
    checks: &'a Checks,
    grounds: Grounds<'_>,
    marks: &[&GivenAnswer],
    earlier: &Earlier,
) -> Decision<'a> {
    let mut states = states(checks, grounds, marks, earlier);
    let facts = grounds
        .by_facts
        .then(|| settled_by_facts(checks, grounds))
        .flatten();
    let found = states.iter().filter(|state| state.state == Checked::Found);
    let by_person = found.clone().filter_map(|state| match &state.by {
        Some(By::Person(given)) => Some((given.order, state)),
        _ => None,
    });
    let by_person = by_person.max_by_key(|(order, _)| *order);
    let by_facts = found.clone().find(|_| grounds.by_facts);
    if let Some(found) = by_person.map(|(_, state)| state).or(by_facts) {
        return Decision::Pass(Box::new(found_one(checks, found, facts)));
    }
    if states.iter().all(|state| state.state == Checked::RuledOut) {
        return Decision::Pass(Box::new(none_found(checks, states, facts)));
    }
    states.sort_by_key(|state| state.state);
    Decision::Stay(NowKind::Checks {
        intro: checks.intro.as_deref(),
        checks: states,
    })
}

fn states<'a>(
    checks: &'a Checks,
    grounds: Grounds<'_>,
    marks: &[&GivenAnswer],
    earlier: &Earlier,
) -> Vec<CheckState<'a>> {
    let state = |check: &'a Check| {
        let (by_facts, proof) = still_about(check, grounds, earlier);
        let mark = marks
            .iter()
            .find_map(|mark| Some((*mark, mark_of(check, mark)?)));
        if let Some((mark, state)) = mark {
            let against = by_facts != Checked::Open && by_facts != state;
            return CheckState {
                check,
                state,
                by: Some(person(mark)),
                because: Vec::new(),
                contradicted: if against { proof } else { Vec::new() },
            };
        }
        CheckState {
            check,
            state: by_facts,
            by: (by_facts != Checked::Open).then_some(By::Evidence),
            because: proof,
            contradicted: Vec::new(),
        }
    };
    checks.checks.iter().map(state).collect()
}

/// What facts say about a check; a way that was gone before is open again unless the facts for it came after the fix.
fn still_about(check: &Check, grounds: Grounds<'_>, earlier: &Earlier) -> (Checked, Vec<Proof>) {
    let (state, because) = facts_about(check, grounds);
    let old = because.iter().all(|proof| proof.round <= earlier.done_in);
    if state == Checked::Found && old && earlier.taken.contains(&check.id) {
        return (Checked::Open, Vec::new());
    }
    (state, because)
}

fn facts_about(check: &Check, grounds: Grounds<'_>) -> (Checked, Vec<Proof>) {
    if grounds.truth(check.found_when.as_ref()) == Truth::True {
        return (Checked::Found, grounds.because(check.found_when.as_ref()));
    }
    if grounds.truth(check.ruled_out_when.as_ref()) == Truth::True {
        return (
            Checked::RuledOut,
            grounds.because(check.ruled_out_when.as_ref()),
        );
    }
    (Checked::Open, Vec::new())
}

/// What a mark says about a check.
pub(super) fn mark_of(check: &Check, mark: &GivenAnswer) -> Option<Checked> {
    if mark.answer == check.id {
        return Some(Checked::Found);
    }
    let ruled_out = mark.answer.as_str().strip_prefix("no.")?;
    (check.id == *ruled_out).then_some(Checked::RuledOut)
}

/// What facts alone would answer.
fn settled_by_facts<'a>(checks: &'a Checks, grounds: Grounds<'_>) -> Option<Contradiction<'a>> {
    let mut all_out = Vec::new();
    let mut open = false;
    for check in &checks.checks {
        let (state, because) = facts_about(check, grounds);
        match state {
            Checked::Found => {
                return Some(Contradiction {
                    answer: check.id.clone(),
                    label: &check.ask,
                    because,
                });
            }
            Checked::Open => open = true,
            Checked::RuledOut => add(&mut all_out, because),
        }
    }
    (!open && !checks.checks.is_empty()).then(|| Contradiction {
        answer: known_answer("none"),
        label: NONE_FOUND,
        because: all_out,
    })
}

const NONE_FOUND: &str = "None of them";

fn found_one<'a>(
    checks: &'a Checks,
    found: &CheckState<'a>,
    facts: Option<Contradiction<'a>>,
) -> Answered<'a> {
    let ruled_out = || Contradiction {
        answer: no(&found.check.id),
        label: &found.check.ask,
        because: found.contradicted.clone(),
    };
    let by = found.by.clone().unwrap_or(By::Evidence);
    let contradicted = match (&by, facts) {
        (By::Evidence, _) => None,
        (_, Some(facts)) => Some(facts).filter(|facts| facts.answer != found.check.id),
        (_, None) => (!found.contradicted.is_empty()).then(ruled_out),
    };
    Answered {
        answer: found.check.id.clone(),
        label: &found.check.ask,
        by,
        because: found.because.clone(),
        contradicted,
        alternatives: alternatives(checks, Some(&found.check.id)),
        go: &found.check.go,
    }
}

fn none_found<'a>(
    checks: &'a Checks,
    states: Vec<CheckState<'a>>,
    facts: Option<Contradiction<'a>>,
) -> Answered<'a> {
    let mut because = Vec::new();
    let mut by = By::Evidence;
    for state in states {
        add(&mut because, state.because);
        by = match (state.by, by) {
            (Some(By::Person(new)), By::Person(old)) => {
                By::Person(if new.order > old.order { new } else { old })
            }
            (Some(By::Person(new)), By::Evidence) => By::Person(new),
            (_, old) => old,
        };
    }
    let answer = known_answer("none");
    let contradicted = facts.filter(|facts| by != By::Evidence && facts.answer != answer);
    Answered {
        answer,
        label: NONE_FOUND,
        by,
        because,
        contradicted,
        alternatives: alternatives(checks, None),
        go: &checks.none,
    }
}

fn alternatives<'a>(checks: &'a Checks, taken: Option<&AnswerId>) -> Vec<Alternative<'a>> {
    let others = checks
        .checks
        .iter()
        .filter(|check| Some(&check.id) != taken);
    others
        .map(|check| Alternative {
            id: &check.id,
            label: &check.ask,
        })
        .collect()
}

fn no(check: &AnswerId) -> AnswerId {
    known_answer(&format!("no.{check}"))
}
