//! Which fact keys a release speaks of: those its collectors yield and its rules test.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::condition::shape::{ConditionFile, ShortNames};
use crate::condition::{FactTest, ProcedureId};
use crate::evidence::FactKey;
use crate::guide::{Guide, StepKind};
use crate::rules::{Release, Rule};

/// The keys that rules test, in match and guide.
pub(super) fn tested(release: &Release) -> BTreeSet<FactKey> {
    let mut keys = BTreeSet::new();
    for rule in release.rules.values() {
        of_rule(rule, &mut keys);
    }
    for procedure in release.procedures.values() {
        in_guide(&procedure.guide, &mut keys);
    }
    keys
}

/// The keys that one rule and the procedures it calls test.
pub(super) fn tested_by(release: &Release, rule: &Rule) -> BTreeSet<FactKey> {
    let mut keys = BTreeSet::new();
    of_rule(rule, &mut keys);
    let mut called: Vec<&ProcedureId> = Vec::new();
    calls(&rule.guide, &mut called);
    let mut at = 0;
    while let Some(name) = called.get(at) {
        if let Some(procedure) = release.procedures.get(*name) {
            in_guide(&procedure.guide, &mut keys);
            calls(&procedure.guide, &mut called);
        }
        at += 1;
    }
    keys
}

fn calls<'a>(guide: &'a Guide, called: &mut Vec<&'a ProcedureId>) {
    for step in &guide.steps {
        if let StepKind::Call(call) = &step.kind
            && !called.contains(&&call.procedure)
        {
            called.push(&call.procedure);
        }
    }
}

fn of_rule(rule: &Rule, keys: &mut BTreeSet<FactKey>) {
    keys.extend(rule.file.facts.values().cloned());
    in_match(&rule.file.matcher, &rule.file.facts, keys);
    in_guide(&rule.guide, keys);
}

/// The problem with a given key that nothing here speaks of; `None` when something does.
pub(super) fn unknown_key(
    given: &str,
    release: &Release,
    tested: &BTreeSet<FactKey>,
) -> Option<String> {
    /// A key that only a pattern covers and that is so near to a tested one is taken for a slip.
    const SLIP: usize = 2;
    let key = FactKey::new(given);
    let yields = || release.collectors.values().flat_map(|file| &file.yields);
    if tested.contains(&key) || yields().any(|exact| FactKey::new(exact) == key) {
        return None;
    }
    let spelled = yields()
        .filter(|pattern| !pattern.ends_with('*'))
        .map(String::as_str);
    let known = spelled.chain(tested.iter().map(FactKey::as_str));
    let nearest = known
        .map(|known| (distance(key.folded(), FactKey::new(known).folded()), known))
        .min();
    let covered = yields().any(|pattern| fits(pattern, &key));
    let reach = if covered {
        SLIP
    } else {
        key.folded().len() / 3
    };
    let near = nearest
        .filter(|(far, _)| *far <= reach)
        .map(|(_, known)| known);
    if covered && near.is_none() {
        return None;
    }
    let given = given.chars().take(200).collect::<String>();
    Some(match near {
        Some(near) => format!("unknown fact `{given}`; nearest known: `{near}`"),
        None => format!("unknown fact `{given}`; `GET /api/v1/facts` lists the known ones"),
    })
}

/// Whether a key is what a collector yields; a trailing `*` stands for any rest.
pub(super) fn fits(pattern: &str, key: &FactKey) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => key.folded().starts_with(FactKey::new(prefix).folded()),
        None => FactKey::new(pattern) == *key,
    }
}

/// A product's code by its name, as the release's rules spell it; letters' case aside.
pub(super) fn named_code<'a>(release: &'a Release, name: &str) -> Option<&'a str> {
    let mut rules = release.rules.values();
    rules.find_map(|rule| code_in(&rule.file.matcher, name))
}

fn code_in<'a>(condition: &'a ConditionFile, name: &str) -> Option<&'a str> {
    let own = condition.code.as_deref();
    let parts = condition.all.iter().chain(&condition.any).flatten();
    own.filter(|code| code.eq_ignore_ascii_case(name))
        .or_else(|| {
            let mut parts = parts.chain(condition.not.as_deref());
            parts.find_map(|part| code_in(part, name))
        })
}

/// Visits every spelling of a code by which a condition is met; none that stands under a `not`.
pub(super) fn for_each_code(condition: &ConditionFile, visit: &mut impl FnMut(&str)) {
    for part in condition.all.iter().chain(&condition.any).flatten() {
        for_each_code(part, visit);
    }
    if let Some(code) = &condition.code {
        visit(code);
    }
    if let Some(event) = &condition.event {
        let reason = event.fields.get("FailureReason");
        event.code.iter().chain(reason).for_each(|code| visit(code));
    }
}

fn in_match(condition: &ConditionFile, short: &ShortNames, keys: &mut BTreeSet<FactKey>) {
    let parts = condition.all.iter().chain(&condition.any).flatten();
    for part in parts.chain(condition.not.as_deref()) {
        in_match(part, short, keys);
    }
    if let Some(fact) = condition
        .fact
        .as_ref()
        .filter(|fact| !short.contains_key(*fact))
    {
        keys.insert(FactKey::new(fact));
    }
}

fn in_guide(guide: &Guide, keys: &mut BTreeSet<FactKey>) {
    let mut add = |condition: &Option<Condition<FactTest>>| {
        if let Some(condition) = condition {
            condition.for_each_leaf(&mut |test, _| {
                keys.insert(test.key().clone());
            });
        }
    };
    for step in &guide.steps {
        match &step.kind {
            StepKind::Ask(ask) => ask.answers.iter().for_each(|answer| {
                add(&answer.when);
                add(&answer.offer);
            }),
            StepKind::Checks(checks) => checks.checks.iter().for_each(|check| {
                add(&check.found_when);
                add(&check.ruled_out_when);
            }),
            StepKind::Do(instruction) => add(&instruction.when),
            StepKind::Call(_) | StepKind::Outcome(_) | StepKind::Return(_) => {}
        }
    }
}

/// How many letters have to be changed, added or taken away. Long keys are compared by their ends.
fn distance(left: &str, right: &str) -> usize {
    const LONGEST: usize = 120;
    let tail = |text: &str| {
        let mut letters = text.chars().rev().take(LONGEST).collect::<Vec<_>>();
        letters.reverse();
        letters
    };
    let (left, right) = (tail(left), tail(right));
    let mut row = (0..=right.len()).collect::<Vec<_>>();
    for (at, from) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, to) in right.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_counts_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_star_stands_for_any_rest_and_case_does_not_count() {
        assert!(fits(
            "credential_provider.*",
            &FactKey::new("Credential_Provider.{A}")
        ));
        assert!(!fits(
            "dsregcmd.AzureAdJoined",
            &FactKey::new("dsregcmd.AzureAdJoinedToo")
        ));
    }
}
