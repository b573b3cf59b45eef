//! A step by its address, and what may be answered there.

use crate::condition::{AnswerId, StepId};
use crate::guide::walk::{NowKind, Passed, Route, Visit, Walk};
use crate::guide::{Step, StepKind};

/// The answers that a step takes; empty when it takes none.
pub(super) fn answers_of(step: &Step) -> Vec<String> {
    match &step.kind {
        StepKind::Ask(ask) => ask
            .answers
            .iter()
            .map(|answer| answer.id.to_string())
            .collect(),
        StepKind::Checks(checks) => {
            let ids = checks.checks.iter().map(|check| check.id.as_str());
            ids.flat_map(|id| [id.to_owned(), format!("no.{id}")])
                .collect()
        }
        StepKind::Do(instruction) => {
            let cannot = instruction.cannot.as_ref().map(|_| "cannot".to_owned());
            std::iter::once("done".to_owned()).chain(cannot).collect()
        }
        StepKind::Call(_) | StepKind::Outcome(_) | StepKind::Return(_) => Vec::new(),
    }
}

/// The answers that may be given at a step of a walk: what is offered at the present one, anything the step takes at
/// one already passed. `None` when the walk does not come by there.
pub(super) fn open_answers(
    route: Route<'_>,
    walk: &Walk<'_>,
    address: &StepId,
    visit: Visit,
) -> Option<Vec<String>> {
    let step = route.step(address.as_str())?;
    if walk.now.step == *address && walk.now.visit == visit {
        return Some(match &walk.now.kind {
            NowKind::Ask { answers, .. } => {
                answers.iter().map(|answer| answer.id.to_string()).collect()
            }
            _ => answers_of(step),
        });
    }
    let passed = |passed: &Passed<'_>| passed.step == *address && passed.visit == visit;
    let passed = walk.done.iter().any(passed);
    passed.then(|| answers_of(step))
}

/// Whether a new answer of a step takes the place of an older one. Checks are marked one by one: marking one found takes
/// back every other that was found, marking one either way takes back the other way.
pub(super) fn replaces(step: &Step, new: &AnswerId, old: &AnswerId) -> bool {
    fn split(id: &AnswerId) -> (bool, &str) {
        let check = id.as_str().strip_prefix("no.");
        (check.is_none(), check.unwrap_or(id.as_str()))
    }
    let ((new_found, new_check), (old_found, old_check)) = (split(new), split(old));
    !matches!(step.kind, StepKind::Checks(_)) || new_check == old_check || (new_found && old_found)
}
