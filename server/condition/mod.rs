//! True, false, unknown: conditions over evidence, with Kleene's logic.
//!
//! | fact test | true | false | unknown |
//! |---|---|---|---|
//! | `exists: true` / `false` | known / absent | absent / known | unknown |
//! | `is`, `in`, `contains`, `at_least` | holds | known and does not hold, or absent | unknown, conflicting, not comparable |

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Fact, FactKey, FactValue, Lookup, Round, Scope};

mod event;
mod fact;
mod ids;
pub mod shape;
#[cfg(test)]
mod tests;

pub use event::{EventFile, EventTest, Ids};
pub use fact::{FactTest, Tested, because_of, test_fact, truth_of};
pub use ids::{
    AnswerId, BadId, CaptureName, CollectorId, ProcedureId, ProductId, ResultName, RuleId, StepId,
};

/// Kleene's three values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truth {
    /// Holds.
    True,
    /// Does not hold.
    False,
    /// Not known.
    Unknown,
}

impl Truth {
    /// True or false, never unknown.
    pub fn known(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// Kleene's and.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    /// Kleene's or.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A tree of conditions over leaves of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition<Leaf> {
    /// True when all are; true when empty.
    All(Vec<Condition<Leaf>>),
    /// True when one is; false when empty.
    Any(Vec<Condition<Leaf>>),
    /// The other way round. Proves nothing by itself.
    Not(Box<Condition<Leaf>>),
    /// A test.
    Leaf(Leaf),
}

impl<Leaf> Condition<Leaf> {
    /// Evaluates the tree, asking `test` for each leaf.
    pub fn evaluate(&self, test: &mut impl FnMut(&Leaf) -> Truth) -> Truth {
        match self {
            Self::All(parts) => parts
                .iter()
                .fold(Truth::True, |truth, part| truth.and(part.evaluate(test))),
            Self::Any(parts) => parts
                .iter()
                .fold(Truth::False, |truth, part| truth.or(part.evaluate(test))),
            Self::Not(part) => !part.evaluate(test),
            Self::Leaf(leaf) => test(leaf),
        }
    }

    /// Visits every leaf; the flag says whether it stands under an even number of `not`s (positive).
    pub fn for_each_leaf<'a>(&'a self, visit: &mut impl FnMut(&'a Leaf, bool)) {
        self.visit(true, visit);
    }

    fn visit<'a>(&'a self, positive: bool, visit: &mut impl FnMut(&'a Leaf, bool)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.visit(positive, visit);
                }
            }
            Self::Not(part) => part.visit(!positive, visit),
            Self::Leaf(leaf) => visit(leaf, positive),
        }
    }
}

/// Facts as of one round: what conditions are tested against.
pub trait Facts {
    /// Looks one key up.
    fn look_up(&self, key: &FactKey) -> Lookup<'_>;
}

/// The facts of the rounds up to and including one.
#[derive(Debug, Clone, Copy)]
pub struct FactsAsOf<'a> {
    /// All evidence of the case.
    pub evidence: &'a Evidence,
    /// The last round that counts.
    pub round: Round,
}

impl Facts for FactsAsOf<'_> {
    fn look_up(&self, key: &FactKey) -> Lookup<'_> {
        self.evidence.look_up(key, self.round)
    }
}

/// What a fact test rests on: the reading, or the scope that proves the absence.
#[derive(Debug, Clone, Copy)]
pub enum FactProof<'a> {
    /// This reading.
    Fact(&'a Fact),
    /// The key is known to be absent.
    Absent(&'a FactKey, &'a Scope),
}

/// Compares as `is` does: trimmed, case folded, and as integers where both parse (`0x` too).
pub fn same_value(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim(), right.trim());
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left.to_lowercase() == right.to_lowercase(),
    }
}

fn integer(text: &str) -> Option<i128> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => i128::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Every string of a value.
pub fn value_items(value: &FactValue) -> &[String] {
    match value {
        FactValue::Text(text) => std::slice::from_ref(text),
        FactValue::List(list) => list,
    }
}
