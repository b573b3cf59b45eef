//! What to send next: what would decide the undecided rules, then what would answer the open questions.

use super::classify::{Finding, Need};
use super::compile::Release;
use crate::condition::{CollectorId, Condition, FactTest, RuleId};
use crate::evidence::{Evidence, FactKey, Lookup, fold_key};
use crate::guide::StepKind;
use crate::guide::walk::{Checked, NowKind, Route, walk};

/// Collectors of the unknown facts of undecided rules, then of the open questions of the findings' guides; nothing else.
pub(super) fn needs(
    release: &Release,
    evidence: &Evidence,
    undecided: &[(RuleId, Vec<FactKey>)],
    findings: &[Finding],
) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for (rule, keys) in undecided {
        let collectors = release
            .collectors
            .values()
            .filter(|collector| keys.iter().any(|key| yields(&collector.yields, key)));
        collectors.for_each(|collector| add(&mut needs, &collector.id, rule));
    }
    for finding in findings {
        for collector in open_questions(release, evidence, &finding.rule) {
            add(&mut needs, &collector, &finding.rule);
        }
    }
    needs
}

/// Whether a collector's list of keys covers a key.
pub(super) fn yields(list: &[String], key: &FactKey) -> bool {
    list.iter().any(|yielded| match yielded.strip_suffix('*') {
        Some(prefix) => key.folded().starts_with(&fold_key(prefix)),
        None => fold_key(yielded) == key.folded(),
    })
}

/// Whether a fact is neither known nor known to be absent.
pub(super) fn is_open(evidence: &Evidence, key: &FactKey) -> bool {
    matches!(
        evidence.look_up(key, evidence.latest_round()),
        Lookup::Unknown | Lookup::Conflicting(_)
    )
}

/// The collectors of the present question that could still tell something: one whose every asked key is known is not
/// needed any more, even where a person has to choose.
fn open_questions(release: &Release, evidence: &Evidence, rule: &RuleId) -> Vec<CollectorId> {
    let Some(rule) = release.rules.get(rule) else {
        return Vec::new();
    };
    let route = Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    };
    let now = walk(route, evidence, &[]).now;
    let asked = route.step(now.step.as_str()).map(|step| &step.kind);
    match (now.kind, asked) {
        (NowKind::Ask { collect, .. }, Some(StepKind::Ask(ask))) => {
            let answers = ask.answers.iter();
            let conditions = answers.flat_map(|answer| [&answer.when, &answer.offer]);
            still_useful(release, evidence, collect, conditions.flatten())
        }
        (NowKind::Checks { checks, .. }, _) => {
            let open = checks.iter().filter(|check| check.state == Checked::Open);
            let useful = open.flat_map(|state| {
                let check = state.check;
                let conditions = [&check.found_when, &check.ruled_out_when];
                still_useful(
                    release,
                    evidence,
                    &check.collect,
                    conditions.into_iter().flatten(),
                )
            });
            useful.collect()
        }
        _ => Vec::new(),
    }
}

fn still_useful<'a>(
    release: &Release,
    evidence: &Evidence,
    collect: &[CollectorId],
    conditions: impl Iterator<Item = &'a Condition<FactTest>>,
) -> Vec<CollectorId> {
    let mut keys = Vec::new();
    conditions.for_each(|condition| condition.for_each_leaf(&mut |test, _| keys.push(test.key())));
    let useful = collect.iter().filter(|id| {
        let Some(collector) = release.collectors.get(*id) else {
            return false;
        };
        let mut asked = keys
            .iter()
            .filter(|key| yields(&collector.yields, key))
            .peekable();
        // A collector that no condition asks for shows something to the person.
        asked.peek().is_none() || asked.any(|key| is_open(evidence, key))
    });
    useful.cloned().collect()
}

fn add(needs: &mut Vec<Need>, collector: &CollectorId, rule: &RuleId) {
    match needs.iter_mut().find(|need| need.collect == *collector) {
        Some(need) if need.would_decide.contains(rule) => {}
        Some(need) => need.would_decide.push(rule.clone()),
        None => needs.push(Need {
            collect: collector.clone(),
            would_decide: vec![rule.clone()],
        }),
    }
}
