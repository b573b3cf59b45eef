//! What a release speaks of, for looking up.

use std::collections::BTreeMap;

use super::known;
use crate::condition::{CollectorId, RuleId};
use crate::evidence::codes::parse;
use crate::evidence::{Code, CodeSpace, FactKey};
use crate::guide::Automation;
use crate::rules::{Release, Rule};

/// A fact key that a release knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFact {
    /// The key; a trailing `*` stands for any rest.
    pub key: String,
    /// What yields it.
    pub collectors: Vec<CollectorId>,
    /// Whether a rule tests it.
    pub tested: bool,
}

/// A product's code by its name, which the release's rules know; letters' case aside. With it how they spell it.
pub fn named_code<'a>(release: &'a Release, name: &str) -> Option<(Code, &'a str)> {
    let spelled = known::named_code(release, name)?;
    let code = Code {
        space: CodeSpace::Name,
        value: 0,
        name: spelled.to_lowercase(),
    };
    Some((code, spelled))
}

/// The rules that one of these codes, or this very spelling, can meet.
pub fn rules_by_code<'a>(release: &'a Release, spelling: &str, codes: &[Code]) -> Vec<&'a Rule> {
    let is_it = |written: &str| {
        written.eq_ignore_ascii_case(spelling)
            || parse(written).iter().any(|code| codes.contains(code))
    };
    let rules = release.rules.values().filter(|rule| {
        let mut found = false;
        known::for_each_code(&rule.file.matcher, &mut |written| found |= is_it(written));
        found
    });
    rules.collect()
}

/// Every fact key that collectors yield or rules test.
pub fn known_facts(release: &Release) -> Vec<KnownFact> {
    let tested = known::tested(release);
    let yields = release.collectors.values().flat_map(|file| &file.yields);
    let mut keys = BTreeMap::new();
    for key in yields
        .map(String::as_str)
        .chain(tested.iter().map(FactKey::as_str))
    {
        keys.entry(FactKey::new(key))
            .or_insert_with(|| key.to_owned());
    }
    let facts = keys.into_iter().map(|(folded, key)| KnownFact {
        collectors: release
            .collectors
            .values()
            .filter(|file| {
                file.yields
                    .iter()
                    .any(|pattern| *pattern == key || known::fits(pattern, &folded))
            })
            .map(|file| file.id.clone())
            .collect(),
        tested: tested.contains(&folded),
        key,
    });
    facts.collect()
}

/// Every reason that a script may be told, with the rules that tell it.
pub fn reasons(release: &Release) -> BTreeMap<&str, Vec<(&RuleId, &Automation)>> {
    let mut reasons: BTreeMap<&str, Vec<(&RuleId, &Automation)>> = BTreeMap::new();
    for (id, rule) in &release.rules {
        let automation = &rule.file.automation;
        reasons
            .entry(&automation.reason)
            .or_default()
            .push((id, automation));
    }
    reasons
}
