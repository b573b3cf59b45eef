//! How often each rule matched lately, and how those cases ended.

use std::collections::BTreeMap;

use super::caller::{Caller, Right};
use super::desk::{DeedError, Desk};
use crate::store::OutcomeName;

/// Cases that changed within so many milliseconds count: 30 days.
const LATELY: i64 = 30 * 24 * 60 * 60 * 1000;

/// How a rule did lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleUse {
    /// Cases among whose findings it is.
    pub hits: usize,
    /// Of those that it headed: fixed.
    pub fixed: usize,
    /// Not fixed.
    pub not_fixed: usize,
    /// Another cause was right.
    pub wrong_cause: usize,
}

/// How all rules did in the last 30 days, by their ids. How a case ended counts for the rule that headed it.
pub async fn rule_use(
    desk: &Desk,
    caller: &Caller,
) -> Result<BTreeMap<String, RuleUse>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let now = desk.now();
    let mut uses = BTreeMap::<String, RuleUse>::new();
    for (rules, outcome, count) in desk.store.rules_of_cases(now - LATELY, now).await? {
        for (at, rule) in rules.iter().enumerate() {
            let entry = uses.entry(rule.clone()).or_default();
            entry.hits += count;
            match outcome {
                Some(OutcomeName::Fixed) if at == 0 => entry.fixed += count,
                Some(OutcomeName::NotFixed) if at == 0 => entry.not_fixed += count,
                Some(OutcomeName::WrongCause) if at == 0 => entry.wrong_cause += count,
                _ => {}
            }
        }
    }
    Ok(uses)
}
