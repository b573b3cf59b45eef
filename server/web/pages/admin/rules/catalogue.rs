//! What fields suggest: facts, codes, rules and steps that are known.

use std::collections::BTreeSet;

use crate::actions::catalogue::known_facts;
use crate::rules::{Release, RuleFile};
use crate::web::pages::recognise::leaves;

/// The lists of suggestions, by the ids that fields name.
pub(super) fn lists(live: &Release, rule: &RuleFile) -> Vec<(&'static str, Vec<String>)> {
    let own = rule.facts.keys().cloned();
    let known = known_facts(live).into_iter().map(|fact| fact.key);
    let known = known.filter(|key| !key.ends_with('*'));
    let mut codes = BTreeSet::new();
    for rule in live.rules.values() {
        leaves(&rule.file.matcher, &mut |leaf| {
            codes.extend(leaf.code.clone());
        });
    }
    let steps = rule.guide.steps.iter().map(|step| step.id.to_string());
    vec![
        ("facts", own.chain(known).collect()),
        ("codes", codes.into_iter().collect()),
        (
            "rules",
            live.rules.keys().map(ToString::to_string).collect(),
        ),
        ("steps", steps.collect()),
    ]
}
