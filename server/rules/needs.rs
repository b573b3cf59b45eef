//! What to send next: what would decide the undecided rules, then what would answer the open questions.

use super::classify::{Finding, Need};
use super::compile::Release;
use crate::condition::{CollectorId, RuleId};
use crate::evidence::{Evidence, FactKey, fold_key};
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

fn open_questions(release: &Release, evidence: &Evidence, rule: &RuleId) -> Vec<CollectorId> {
    let Some(rule) = release.rules.get(rule) else {
        return Vec::new();
    };
    match walk(
        Route {
            guide: &rule.guide,
            procedures: &release.procedures,
        },
        evidence,
        &[],
    )
    .now
    .kind
    {
        NowKind::Ask { collect, .. } => collect.to_vec(),
        NowKind::Checks { checks, .. } => {
            let open = checks.iter().filter(|check| check.state == Checked::Open);
            open.flat_map(|check| check.check.collect.iter().cloned())
                .collect()
        }
        NowKind::Do(_) | NowKind::Outcome(_) | NowKind::Broken(_) => Vec::new(),
    }
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
