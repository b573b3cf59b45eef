//! The fact test: one key, one comparison, and what proves the outcome.

use serde::{Deserialize, Serialize};

use super::{Condition, FactProof, Facts, Truth, same_value, value_items};
use crate::evidence::{FactKey, Lookup};

/// One test of one fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactTest {
    /// Known to be there (`true`) or known to be absent (`false`).
    Exists(FactKey, bool),
    /// Equal to one of these, compared as [`same_value`] does.
    In(FactKey, Vec<String>),
    /// A list with this member, or a text with this in it.
    Contains(FactKey, String),
    /// A dotted number that is at least this one, piece by piece.
    AtLeast(FactKey, String),
}

/// The outcome of a test with what it rests on.
#[derive(Debug, Clone)]
pub struct Tested<'a> {
    /// The outcome.
    pub truth: Truth,
    /// What proves it; empty when unknown.
    pub because: Vec<FactProof<'a>>,
}

impl FactTest {
    /// The key it asks for.
    pub fn key(&self) -> &FactKey {
        match self {
            Self::Exists(key, _)
            | Self::In(key, _)
            | Self::Contains(key, _)
            | Self::AtLeast(key, _) => key,
        }
    }
}

/// Tests one fact.
pub fn test_fact<'a>(test: &'a FactTest, facts: &'a impl Facts) -> Tested<'a> {
    let key = test.key();
    match facts.look_up(key) {
        Lookup::Unknown | Lookup::Conflicting(_) => Tested {
            truth: Truth::Unknown,
            because: Vec::new(),
        },
        Lookup::Absent(scope) => {
            let truth = Truth::known(matches!(test, FactTest::Exists(_, false)));
            Tested {
                truth,
                because: vec![FactProof::Absent(key, scope)],
            }
        }
        Lookup::Known(fact) => {
            let items = value_items(&fact.value);
            let truth = match test {
                FactTest::Exists(_, wanted) => Truth::known(*wanted),
                FactTest::In(_, wanted) => Truth::known(
                    items
                        .iter()
                        .any(|item| wanted.iter().any(|want| same_value(item, want))),
                ),
                FactTest::Contains(_, wanted) => Truth::known(contains(&fact.value, wanted)),
                FactTest::AtLeast(_, wanted) => at_least(&fact.value.to_string(), wanted),
            };
            let because = if truth == Truth::Unknown {
                Vec::new()
            } else {
                vec![FactProof::Fact(fact)]
            };
            Tested { truth, because }
        }
    }
}

/// What a condition's outcome rests on: of a true `any` only its true parts, of a false `all` only its false ones.
/// Of an unknown outcome everything that is known, to show how far one is.
pub fn because_of<'a>(
    condition: &'a Condition<FactTest>,
    facts: &'a impl Facts,
) -> Vec<FactProof<'a>> {
    let mut because = Vec::new();
    collect(condition, truth_of(condition, facts), facts, &mut because);
    because
}

/// Evaluates a condition over facts.
pub fn truth_of(condition: &Condition<FactTest>, facts: &impl Facts) -> Truth {
    condition.evaluate(&mut |test| test_fact(test, facts).truth)
}

/// Adds the leaves below `condition` that made it come out as `wanted`.
fn collect<'a>(
    condition: &'a Condition<FactTest>,
    wanted: Truth,
    facts: &'a impl Facts,
    because: &mut Vec<FactProof<'a>>,
) {
    match condition {
        Condition::Leaf(test) => because.extend(test_fact(test, facts).because),
        Condition::Not(part) => collect(part, !wanted, facts, because),
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                let truth = truth_of(part, facts);
                if wanted == Truth::Unknown || truth == wanted {
                    collect(part, truth, facts, because);
                }
            }
        }
    }
}

fn contains(value: &crate::evidence::FactValue, wanted: &str) -> bool {
    match value {
        crate::evidence::FactValue::List(list) => list.iter().any(|item| same_value(item, wanted)),
        crate::evidence::FactValue::Text(text) => {
            text.to_lowercase().contains(&wanted.trim().to_lowercase())
        }
    }
}

fn at_least(value: &str, wanted: &str) -> Truth {
    let (Some(value), Some(wanted)) = (dotted(value), dotted(wanted)) else {
        return Truth::Unknown;
    };
    let pieces = value.len().max(wanted.len());
    let padded = |number: &[u64]| {
        (0..pieces)
            .map(|at| number.get(at).copied().unwrap_or(0))
            .collect::<Vec<_>>()
    };
    Truth::known(padded(&value) >= padded(&wanted))
}

fn dotted(text: &str) -> Option<Vec<u64>> {
    text.trim()
        .split('.')
        .map(|piece| piece.parse().ok())
        .collect()
}
