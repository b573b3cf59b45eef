//! Facts that make a condition hold, or not: of each fact the values that a guide names, one other, and none.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{Condition, FactTest, FactsAsOf, Truth, same_value, truth_of};
use crate::evidence::{Evidence, FactKey, FactValue};
use crate::guide::walk::Route;
use crate::guide::{Guide, StepKind};
use crate::rules::compile::guide_conditions;

/// What is supposed of facts: a value, or that there is none.
pub(super) type State = BTreeMap<FactKey, Option<FactValue>>;

/// A condition, and how it shall come out.
pub(super) type Aim<'a> = (&'a Condition<FactTest>, bool);

/// So many ways to bring conditions about are looked at.
const MOST_WAYS: usize = 32;

/// The value of a fact that is none of those that a guide names.
const OTHER: &str = "another value";

/// What may be supposed of the facts of a guide.
#[derive(Debug, Default)]
pub(super) struct Suppositions(BTreeMap<FactKey, Vec<Option<FactValue>>>);

impl Suppositions {
    /// Of a guide and all procedures that it calls.
    pub(super) fn of(route: Route<'_>) -> Self {
        let mut named = BTreeMap::<FactKey, Named>::new();
        for guide in guides(route) {
            guide_conditions(guide, &mut |condition| {
                condition.for_each_leaf(&mut |test, _| {
                    named.entry(test.key().clone()).or_default().add(test);
                });
            });
        }
        let values = named.into_iter().map(|(key, named)| (key, named.values()));
        Self(values.collect())
    }

    /// The ways to let all of `aims` come out, beside what is supposed already: the plainest first.
    pub(super) fn ways(&self, aims: &[Aim<'_>], state: &State) -> Vec<State> {
        aims.iter().fold(vec![state.clone()], |states, aim| {
            let ways = states.iter().flat_map(|state| self.bring(*aim, state));
            ways.take(MOST_WAYS).collect()
        })
    }

    fn bring(&self, (condition, wanted): Aim<'_>, state: &State) -> Vec<State> {
        match truth_in(condition, state) {
            Truth::Unknown => {}
            known => {
                let as_wanted = known == Truth::known(wanted);
                return as_wanted.then(|| state.clone()).into_iter().collect();
            }
        }
        match (condition, wanted) {
            (Condition::Not(part), _) => self.bring((part, !wanted), state),
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                let aims = parts.iter().map(|part| (part, wanted)).collect::<Vec<_>>();
                self.ways(&aims, state)
            }
            (Condition::All(parts), false) | (Condition::Any(parts), true) => {
                let ways = parts
                    .iter()
                    .flat_map(|part| self.bring((part, wanted), state));
                ways.take(MOST_WAYS).collect()
            }
            (Condition::Leaf(test), _) if state.contains_key(test.key()) => Vec::new(),
            (leaf @ Condition::Leaf(test), _) => {
                let own = named_by(test)
                    .iter()
                    .map(|value| Some(value.as_str().into()));
                let known = self.0.get(test.key()).into_iter().flatten().cloned();
                let mut ways = Vec::<State>::new();
                for value in own.chain(known) {
                    let mut with = state.clone();
                    with.insert(test.key().clone(), value);
                    if truth_in(leaf, &with) == Truth::known(wanted) && !ways.contains(&with) {
                        ways.push(with);
                    }
                }
                ways
            }
        }
    }
}

fn truth_in(condition: &Condition<FactTest>, state: &State) -> Truth {
    let evidence = Evidence::stated(state);
    let facts = FactsAsOf {
        evidence: &evidence,
        round: 1,
    };
    truth_of(condition, &facts)
}

/// A guide and every procedure that can be come to from it.
pub(super) fn guides(route: Route<'_>) -> Vec<&Guide> {
    let mut found = vec![route.guide];
    let mut called = BTreeSet::new();
    let mut at = 0;
    while let Some(guide) = found.get(at).copied() {
        for step in &guide.steps {
            if let StepKind::Call(call) = &step.kind
                && let Some(procedure) = route.procedures.get(&call.procedure)
                && called.insert(&procedure.id)
            {
                found.push(&procedure.guide);
            }
        }
        at += 1;
    }
    found
}

fn named_by(test: &FactTest) -> &[String] {
    match test {
        FactTest::Exists(..) => &[],
        FactTest::In(_, named) => named,
        FactTest::Contains(_, named) | FactTest::AtLeast(_, named) => std::slice::from_ref(named),
    }
}

/// What the conditions of a guide name of one fact.
#[derive(Debug, Default)]
struct Named {
    values: Vec<String>,
    /// Whether it is compared as a version: then a low one is of use.
    compared: bool,
}

impl Named {
    fn add(&mut self, test: &FactTest) {
        self.compared |= matches!(test, FactTest::AtLeast(..));
        for value in named_by(test) {
            if !self.values.contains(value) {
                self.values.push(value.clone());
            }
        }
    }

    /// Those that are named, others that such a fact may have, and that there is none.
    fn values(self) -> Vec<Option<FactValue>> {
        let mut others = Vec::new();
        if self.compared {
            others.push("0".to_owned());
        }
        others.extend(self.opposite());
        others.extend(self.number());
        others.push(OTHER.to_owned());
        let known = self.values.into_iter().chain(others);
        let known = known.map(|value| Some(FactValue::from(value.as_str())));
        known.chain([None]).collect()
    }

    /// Of a fact that is YES or NO, the one that is not named.
    fn opposite(&self) -> Option<String> {
        let only = |word: &str| {
            !self.values.is_empty() && self.values.iter().all(|value| same_value(value, word))
        };
        if only("YES") {
            return Some("NO".to_owned());
        }
        only("NO").then(|| "YES".to_owned())
    }

    /// Where only whole numbers are named, the least that is not.
    fn number(&self) -> Option<String> {
        let numbers = self.values.iter().all(|value| value.parse::<u64>().is_ok());
        if self.values.is_empty() || !numbers {
            return None;
        }
        let mut free = (0_usize..).map(|number| number.to_string());
        free.find(|number| self.values.iter().all(|value| !same_value(value, number)))
    }
}
