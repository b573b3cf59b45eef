//! What lies ahead of the present step: the steps that surely follow, and about how many there are.

use std::collections::{BTreeMap, BTreeSet};

use super::place::Place;
use crate::condition::{ProcedureId, StepId};
use crate::guide::{Guide, Procedure, Step, StepKind};

/// What checks are called where they have no sentence above them.
pub(super) const CHECKS: &str = "Which of these is it?";

/// How many steps a preview shows at most.
const PREVIEW: usize = 8;

/// The texts of the steps that surely follow an instruction, up to and including the first question.
pub(super) fn preview<'a>(place: &Place<'a>) -> Vec<&'a str> {
    let mut place = place.clone();
    let mut texts = Vec::new();
    let Ok(Step {
        kind: StepKind::Do(now),
        ..
    }) = place.step()
    else {
        return texts;
    };
    place.go(&now.go);
    // Each round adds a text or goes through a call; the bound ends a guide that only calls.
    for _ in 0..PREVIEW * 4 {
        let Ok(step) = place.step() else { break };
        match &step.kind {
            StepKind::Do(instruction) if instruction.when.is_none() => {
                texts.push(instruction.text.as_str());
                place.go(&instruction.go);
            }
            StepKind::Call(call) if place.enter(&step.id, call).is_ok() => {}
            StepKind::Return(result) if place.leave(result).is_ok() => {}
            StepKind::Ask(ask) => {
                texts.push(&ask.ask);
                break;
            }
            StepKind::Checks(checks) => {
                texts.push(checks.intro.as_deref().unwrap_or(CHECKS));
                break;
            }
            StepKind::Outcome(outcome) => {
                texts.push(&outcome.text);
                break;
            }
            StepKind::Do(_) | StepKind::Call(_) | StepKind::Return(_) => break,
        }
        if texts.len() == PREVIEW {
            break;
        }
    }
    texts
}

/// About how many steps are left, the present one included: the middle between the shortest and the longest way.
pub(super) fn remaining(place: &Place<'_>) -> usize {
    let mut count = Count::new(place.procedures());
    let Ok(now) = place.step() else { return 0 };
    let mut ways = count.ways(place.guide(), &now.id);
    for (outer, call) in place.around() {
        ways = ways.then(count.any_of(outer, call.on.values()));
    }
    let ways = ways.known();
    usize::midpoint(ways.shortest, ways.longest)
}

/// The shortest and longest way to an end.
#[derive(Debug, Clone, Copy)]
struct Ways {
    shortest: usize,
    longest: usize,
}

impl Ways {
    const NONE: Self = Self {
        shortest: usize::MAX,
        longest: 0,
    };
    const END: Self = Self {
        shortest: 0,
        longest: 0,
    };

    fn either(self, other: Self) -> Self {
        Self {
            shortest: self.shortest.min(other.shortest),
            longest: self.longest.max(other.longest),
        }
    }

    fn then(self, after: Self) -> Self {
        let after = after.known();
        let before = self.known();
        Self {
            shortest: before.shortest + after.shortest,
            longest: before.longest + after.longest,
        }
    }

    /// Where every way goes back to where it came from there is no way to count.
    fn known(self) -> Self {
        if self.shortest == usize::MAX {
            Self::END
        } else {
            self
        }
    }
}

/// Counts ways, each step once. A way back to a step that is being counted leads nowhere new.
struct Count<'a> {
    procedures: &'a BTreeMap<ProcedureId, Procedure>,
    known: BTreeMap<(*const Guide, &'a StepId), Ways>,
    counting: BTreeSet<(*const Guide, &'a StepId)>,
    depth: usize,
}

impl<'a> Count<'a> {
    fn new(procedures: &'a BTreeMap<ProcedureId, Procedure>) -> Self {
        Self {
            procedures,
            known: BTreeMap::new(),
            counting: BTreeSet::new(),
            depth: 0,
        }
    }

    fn any_of(&mut self, guide: &'a Guide, steps: impl IntoIterator<Item = &'a StepId>) -> Ways {
        let mut ways = Ways::NONE;
        for step in steps {
            ways = ways.either(self.ways(guide, step));
        }
        ways
    }

    fn ways(&mut self, guide: &'a Guide, step: &'a StepId) -> Ways {
        let place = (std::ptr::from_ref(guide), step);
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        if self.depth > MOST_COUNTED || !self.counting.insert(place) {
            return Ways::NONE;
        }
        self.depth += 1;
        let ways = guide
            .step(step)
            .map_or(Ways::END, |found| self.of_step(guide, found));
        self.depth -= 1;
        self.counting.remove(&place);
        self.known.insert(place, ways);
        ways
    }

    fn of_step(&mut self, guide: &'a Guide, step: &'a Step) -> Ways {
        let after = match &step.kind {
            StepKind::Ask(ask) => {
                let ways = ask.answers.iter().map(|answer| &answer.go);
                self.any_of(guide, ways.chain(&ask.none))
            }
            StepKind::Checks(checks) => {
                let ways = checks.checks.iter().map(|check| &check.go);
                self.any_of(guide, ways.chain([&checks.none]))
            }
            StepKind::Do(instruction) => self.ways(guide, &instruction.go),
            StepKind::Call(call) => {
                let inside = self
                    .procedures
                    .get(&call.procedure)
                    .map_or(Ways::END, |procedure| {
                        self.ways(&procedure.guide, &procedure.guide.start)
                    });
                return inside.then(self.any_of(guide, call.on.values()));
            }
            StepKind::Outcome(_) | StepKind::Return(_) => return Ways::END,
        };
        Ways {
            shortest: 1,
            longest: 1,
        }
        .then(after)
    }
}

/// How long a way is followed, so that a guide of thousands of steps in a row cannot exhaust the stack.
const MOST_COUNTED: usize = 500;
