//! Which texts of a release are filled from what the house sets.

use std::collections::{BTreeMap, BTreeSet};

use super::compile::Release;
use crate::condition::StepId;
use crate::guide::placeholders::{Placeholder, placeholders};
use crate::guide::{Guide, StepKind};

/// Where a setting is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
pub struct SettingPlace {
    /// The rule or the procedure.
    pub id: String,
    /// Whether it is a procedure.
    pub procedure: bool,
    /// The step; none for why it happens.
    #[schema(value_type = Option<String>)]
    pub step: Option<StepId>,
}

/// Every setting that a text of the release names, with its places.
pub fn settings_used(release: &Release) -> BTreeMap<String, BTreeSet<SettingPlace>> {
    let mut used = BTreeMap::<String, BTreeSet<SettingPlace>>::new();
    let mut look = |text: &str, id: &str, procedure: bool, step: Option<&StepId>| {
        for (_, placeholder) in placeholders(text) {
            if let Placeholder::Setting(name) = placeholder {
                let place = SettingPlace {
                    id: id.to_owned(),
                    procedure,
                    step: step.cloned(),
                };
                used.entry(name.to_owned()).or_default().insert(place);
            }
        }
    };
    for (id, rule) in &release.rules {
        look(&rule.file.cause, id.as_str(), false, None);
        for (step, text) in texts(&rule.guide) {
            look(text, id.as_str(), false, Some(step));
        }
        for (step, _, text) in release.notes_of(id) {
            look(text, id.as_str(), false, step);
        }
    }
    for (id, procedure) in &release.procedures {
        for (step, text) in texts(&procedure.guide) {
            look(text, id.as_str(), true, Some(step));
        }
    }
    used
}

/// Every text of a guide that is filled, with its step.
fn texts(guide: &Guide) -> Vec<(&StepId, &str)> {
    let mut texts = Vec::new();
    for step in &guide.steps {
        let own: Vec<&str> = match &step.kind {
            StepKind::Ask(ask) => {
                let labels = ask.answers.iter().map(|answer| answer.label.as_str());
                let how = ask.how.as_deref();
                [ask.ask.as_str()]
                    .into_iter()
                    .chain(how)
                    .chain(labels)
                    .collect()
            }
            StepKind::Checks(checks) => {
                let each = checks.checks.iter();
                let each = each.flat_map(|check| [Some(check.ask.as_str()), check.how.as_deref()]);
                let intro = checks.intro.as_deref();
                each.chain([intro]).flatten().collect()
            }
            StepKind::Do(instruction) => {
                let more = [
                    &instruction.how,
                    &instruction.command,
                    &instruction.undo,
                    &instruction.loosens,
                ];
                let more = more.into_iter().filter_map(Option::as_deref);
                more.chain([instruction.text.as_str()]).collect()
            }
            StepKind::Outcome(outcome) => vec![&outcome.text],
            StepKind::Call(_) | StepKind::Return(_) => Vec::new(),
        };
        texts.extend(own.into_iter().map(|text| (&step.id, text)));
    }
    texts
}
