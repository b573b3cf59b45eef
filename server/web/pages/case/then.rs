//! What was said when evidence arrived, where another release answers today.

use super::context::Context;
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

/// What an older release said of the newest round.
#[derive(Debug, Clone)]
pub(crate) struct Then {
    /// The release.
    pub(crate) release: i64,
    /// When it said so.
    pub(crate) at: String,
    /// Whether today's release says the same.
    pub(crate) same: bool,
    /// What it came to.
    pub(crate) sign: Sign,
    /// The rules, best first, with their pages.
    pub(crate) rules: Vec<(String, String)>,
    /// The release that answers today.
    pub(crate) today: i64,
}

/// At most so many rules are named.
const NAMED: usize = 5;

/// What was said then; `None` where the same release answers, or nothing was sent yet.
pub(crate) fn then(context: &Context<'_>) -> Option<Then> {
    let round = context.view.record.rounds.last()?;
    let receipt = &round.receipt;
    let today = context.release().number;
    if receipt.release == today {
        return None;
    }
    let findings = &context.view.diagnosis.findings;
    let now = findings
        .findings
        .iter()
        .map(|finding| finding.rule.as_str());
    let before = receipt.rules.iter().map(|(rule, _)| rule.as_str());
    let named = receipt.rules.iter().take(NAMED).map(|(rule, _)| {
        let known = crate::condition::RuleId::parse(rule).ok();
        let title = known.map_or_else(|| rule.clone(), |rule| context.title(&rule));
        (title, paths::rule(rule))
    });
    Some(Then {
        release: receipt.release,
        at: words::moment(round.at),
        same: receipt.verdict == findings.verdict && now.eq(before),
        sign: words::verdict(receipt.verdict),
        rules: named.collect(),
        today,
    })
}
