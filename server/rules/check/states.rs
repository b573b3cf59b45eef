//! Every state ends: the facts that a guide asks for, over unknown, absent, each value it names and one other value,
//! lead to an outcome or to one open step.
//!
//! Each step is tried as a start with every combination of its own facts; as going on means coming to another step
//! that is tried the same way, no combination of all facts can break what the single steps do not. The start of the
//! guide is tried with all facts besides, for what only shows in passing several steps.

use std::collections::{BTreeMap, BTreeSet};

use super::Book;
use crate::condition::{Condition, FactTest};
use crate::evidence::{Evidence, FactKey, FactValue};
use crate::guide::walk::{NowKind, Route, walk};
use crate::guide::{Guide, Outcome, OutcomeKind, StepKind};
use crate::rules::compile::{Release, Rule, guide_conditions};

/// How many combinations of one start are tried.
const MOST_STATES: usize = 4_096;

/// Tries the states of a rule's guide.
pub(super) fn check(rule: &Rule, release: &Release, book: &mut Book) {
    let mut whole = Values::default();
    note(&rule.guide, &mut whole);
    let mut called = BTreeSet::new();
    let mut open = vec![&rule.guide];
    while let Some(guide) = open.pop() {
        for step in &guide.steps {
            let StepKind::Call(call) = &step.kind else {
                continue;
            };
            if let Some(procedure) = release
                .procedures
                .get(&call.procedure)
                .filter(|procedure| called.insert(&procedure.id))
            {
                note(&procedure.guide, &mut whole);
                open.push(&procedure.guide);
            }
        }
    }
    try_states(&rule.guide, &whole, release, book);
    each_step(&rule.guide, release, book);
}

/// Tries every step of a guide or procedure as a start. What a procedure returns is an end here.
pub(super) fn each_step(guide: &Guide, release: &Release, book: &mut Book) {
    let mut guide = guide.clone();
    for step in &mut guide.steps {
        if matches!(step.kind, StepKind::Return(_)) {
            step.kind = StepKind::Outcome(Outcome {
                outcome: OutcomeKind::Continue,
                text: String::new(),
                rule: None,
                automation: None,
            });
        }
    }
    for step in guide.steps.clone() {
        guide.start = step.id.clone();
        let mut own = Values::default();
        let alone = Guide {
            start: step.id.clone(),
            steps: vec![step],
        };
        note(&alone, &mut own);
        try_states(&guide, &own, release, book);
    }
}

/// The values a fact may have in a trial; `None` is unknown, `Some(None)` absent.
type Values = BTreeMap<FactKey, Vec<Option<Option<FactValue>>>>;

fn note(guide: &Guide, values: &mut Values) {
    guide_conditions(guide, &mut |condition: &Condition<FactTest>| {
        condition.for_each_leaf(&mut |test, _| {
            let named: &[String] = match test {
                FactTest::Exists(..) => &[],
                FactTest::In(_, named) => named,
                FactTest::Contains(_, named) | FactTest::AtLeast(_, named) => {
                    std::slice::from_ref(named)
                }
            };
            let of_key = values.entry(test.key().clone()).or_insert_with(|| {
                let other = FactValue::from("another value");
                vec![None, Some(None), Some(Some(other))]
            });
            for value in named {
                let value = Some(Some(FactValue::from(value.as_str())));
                if !of_key.contains(&value) {
                    of_key.push(value);
                }
            }
        });
    });
}

fn try_states(guide: &Guide, values: &Values, release: &Release, book: &mut Book) {
    let all = values
        .values()
        .try_fold(1_usize, |all, values| all.checked_mul(values.len()));
    let tried = all.unwrap_or(usize::MAX).min(MOST_STATES);
    if all != Some(tried) {
        let all = all.map_or("very many".to_owned(), |all| all.to_string());
        book.note(format!(
            "{}: of {all} combinations of facts at `{}` a sample of {tried} was tried",
            book.owner, guide.start
        ));
    }
    let route = Route {
        guide,
        procedures: &release.procedures,
    };
    for number in 0..tried {
        let evidence = Evidence::stated(&state(values, number, all == Some(tried)));
        let walked = walk(route, &evidence, &[]);
        if let NowKind::Broken(what) = &walked.now.kind {
            let facts = evidence.sources[0].text.as_str().replace('\n', ", ");
            book.error(
                format!("guide.steps.{}", walked.now.step),
                format!("{what} This happens with: {facts}."),
            );
            return;
        }
    }
}

/// The `number`th combination; of a sample a scattered one, the same each time.
fn state(values: &Values, number: usize, all: bool) -> BTreeMap<FactKey, Option<FactValue>> {
    let mut rest = number as u64;
    let mut state = BTreeMap::new();
    for (key, values) in values {
        let count = values.len() as u64;
        let at = if all {
            rest % count
        } else {
            (rest >> 33) % count
        };
        // Knuth's multiplier for 64-bit linear congruential generators.
        rest = if all {
            rest / count
        } else {
            rest.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407)
        };
        let chosen = usize::try_from(at).ok().and_then(|at| values.get(at));
        if let Some(Some(value)) = chosen {
            state.insert(key.clone(), value.clone());
        }
    }
    state
}
