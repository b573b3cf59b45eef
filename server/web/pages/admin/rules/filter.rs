//! Which rules the list shows: everything that stands behind the question mark, and whether a rule fits.

use serde::Deserialize;

use super::list::Choice;
use crate::actions::Survey;
use crate::actions::drafts::{DraftLine, DraftState};
use crate::rules::day;
use crate::store::DraftKind;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What the list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(super) q: String,
    pub(super) product: String,
    pub(super) owner: String,
    pub(super) status: String,
    pub(super) severity: String,
    /// Changed within so many days.
    pub(super) changed: String,
    /// What the linter says.
    pub(super) lint: String,
    pub(super) order: String,
}

pub(super) const STATES: [(&str, &str); 9] = [
    ("published", "Published, no draft"),
    ("drafted", "With a draft"),
    ("new", "New"),
    ("removed", "To be removed"),
    ("off", "Switched off"),
    ("due", "Due for review"),
    ("behind", "Draft is behind a release"),
    ("broken", "Draft does not parse"),
    ("checked", "With a draft, checked now"),
];

pub(super) const SEVERITIES: [(&str, &str); 3] = [
    ("error", "Error"),
    ("warning", "Warning"),
    ("info", "Good to know"),
];

pub(super) const CHANGES: [(&str, &str); 3] = [
    ("7", "Within 7 days"),
    ("30", "Within 30 days"),
    ("90", "Within 90 days"),
];

pub(super) const LINTS: [(&str, &str); 3] = [
    ("errors", "Has errors"),
    ("remarks", "Has remarks"),
    ("clean", "Nothing to mend"),
];

pub(super) const ORDERS: [(&str, &str); 3] = [
    ("changed", "Last change"),
    ("hits", "Matches in 30 days"),
    ("review", "Review"),
];

impl Asked {
    pub(super) fn is_empty(&self) -> bool {
        let fields = [
            &self.q,
            &self.product,
            &self.owner,
            &self.status,
            &self.severity,
            &self.changed,
            &self.lint,
        ];
        fields.iter().all(|field| field.is_empty())
    }

    /// Whether it asks what only a look through all rules can tell.
    pub(super) fn needs_survey(&self) -> bool {
        !self.changed.is_empty() || !self.lint.is_empty()
    }
}

pub(super) fn named((value, label): (&str, &str)) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

/// A list to choose from, with an entry for none on top.
pub(super) fn choices(
    none: &str,
    choices: impl IntoIterator<Item = (String, String)>,
    chosen: &str,
) -> Vec<Choice> {
    let none = (!none.is_empty()).then(|| (String::new(), none.to_owned()));
    let choices = none.into_iter().chain(choices);
    let choices = choices.map(|(value, label)| Choice {
        chosen: value == chosen,
        value,
        label,
    });
    choices.collect()
}

/// Whether a rule fits. Where nothing was found out of the published rules yet, none fits what only that tells.
pub(super) fn fits(
    line: &DraftLine,
    lines: &[DraftLine],
    asked: &Asked,
    survey: Option<&Survey>,
    now: i64,
) -> bool {
    let rule = line.rule.as_ref();
    let is = |asked: &str, value: Option<&str>| asked.is_empty() || value == Some(asked);
    is(&asked.product, rule.map(|rule| rule.product.as_str()))
        && is(&asked.owner, rule.and_then(|rule| rule.owner.as_deref()))
        && is(
            &asked.severity,
            rule.map(|rule| severity_word(rule.severity)),
        )
        && has_changed(line, &asked.changed, survey, now)
        && has_lint(line, &asked.lint, survey)
        && match asked.status.as_str() {
            "published" => line.state == DraftState::Published,
            "drafted" | "checked" => {
                line.state != DraftState::Published || switched(line, lines).is_some()
            }
            "new" => line.state == DraftState::New,
            "removed" => line.state == DraftState::Removed,
            "off" => line.disabled.is_some() || switched(line, lines) == Some(true),
            "due" => is_due(line, now),
            "behind" => line.behind,
            "broken" => !line.parses,
            _ => true,
        }
}

/// When a rule was changed last: its draft, else by a release.
pub(super) fn changed_at(line: &DraftLine, survey: Option<&Survey>) -> Option<i64> {
    let draft = line.changed.as_ref().map(|(_, at)| *at);
    let published = survey.and_then(|survey| survey.rules.get(&line.name.id)?.changed.as_ref());
    draft.or(published.map(|change| change.at))
}

fn has_changed(line: &DraftLine, within: &str, survey: Option<&Survey>, now: i64) -> bool {
    if within.is_empty() {
        return true;
    }
    let since = within
        .parse::<u16>()
        .map(|days| now - i64::from(days) * DAY);
    let at = changed_at(line, survey);
    since.is_ok_and(|since| at.is_some_and(|at| at >= since))
}

fn has_lint(line: &DraftLine, asked: &str, survey: Option<&Survey>) -> bool {
    if asked.is_empty() {
        return true;
    }
    let Some(state) = survey.and_then(|survey| survey.rules.get(&line.name.id)) else {
        return false;
    };
    match asked {
        "errors" => state.errors > 0,
        "remarks" => state.errors + state.warnings > 0,
        "clean" => state.errors + state.warnings == 0,
        _ => true,
    }
}

fn severity_word(severity: crate::rules::Severity) -> &'static str {
    match severity {
        crate::rules::Severity::Error => "error",
        crate::rules::Severity::Warning => "warning",
        crate::rules::Severity::Info => "info",
    }
}

pub(super) fn is_due(line: &DraftLine, now: i64) -> bool {
    let review = line
        .rule
        .as_ref()
        .and_then(|rule| rule.review_by.as_deref());
    review.and_then(day).is_some_and(|day| day <= now)
}

/// Whether a draft switches the rule off (`true`) or on again.
pub(super) fn switched(line: &DraftLine, lines: &[DraftLine]) -> Option<bool> {
    let mut drafts = lines
        .iter()
        .filter(|other| other.name.kind == DraftKind::Disabled);
    let draft = drafts.find(|other| other.name.id == line.name.id)?;
    Some(draft.state != DraftState::Removed)
}
