//! What the walks of a rule have to pass, and what they pass.

use std::collections::BTreeSet;

use crate::condition::{AnswerId, ProcedureId, StepId};
use crate::guide::walk::{Route, Walk};
use crate::guide::{Guide, StepKind};

/// Something that a walk has to pass or to end at. Without a procedure the step is one of the rule's own guide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wanted {
    /// The beginning, where nothing is known and nobody has answered.
    Nothing,
    /// An answer that facts can give.
    Way {
        /// The procedure that the step is in.
        procedure: Option<ProcedureId>,
        /// The step.
        step: StepId,
        /// The answer, the check, or `not-needed`.
        answer: AnswerId,
    },
    /// An end of the rule's guide.
    End(StepId),
    /// A step, passed or stood at.
    Step {
        /// The procedure that the step is in.
        procedure: Option<ProcedureId>,
        /// The step.
        step: StepId,
    },
}

/// What walks passed and where they ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed(BTreeSet<Wanted>);

impl Passed {
    /// Adds what a walk passed and where it stands.
    pub fn add(&mut self, route: Route<'_>, walked: &Walk<'_>) {
        for passed in &walked.done {
            let (procedure, step) = place_of(route, &passed.step);
            self.0.insert(Wanted::Step {
                procedure: procedure.clone(),
                step: step.clone(),
            });
            self.0.insert(Wanted::Way {
                procedure,
                step,
                answer: passed.answer.clone(),
            });
        }
        let (procedure, step) = place_of(route, &walked.now.step);
        if procedure.is_none() {
            self.0.insert(Wanted::End(step.clone()));
        }
        self.0.insert(Wanted::Step { procedure, step });
    }

    /// Adds that a walk began with nothing known and nothing answered.
    pub fn add_nothing(&mut self) {
        self.0.insert(Wanted::Nothing);
    }

    /// Adds what was passed inside of procedures by these.
    pub fn add_inside(&mut self, others: &Self) {
        let inside = others.0.iter().filter(|wanted| {
            matches!(
                wanted,
                Wanted::Way {
                    procedure: Some(_),
                    ..
                } | Wanted::Step {
                    procedure: Some(_),
                    ..
                }
            )
        });
        self.0.extend(inside.cloned());
    }

    /// Whether some walk passed it.
    pub fn has(&self, wanted: &Wanted) -> bool {
        self.0.contains(wanted)
    }
}

/// The procedure that an address leads into, and the step there.
pub(super) fn place_of(route: Route<'_>, address: &StepId) -> (Option<ProcedureId>, StepId) {
    let mut guide = route.guide;
    let mut inside = None;
    let mut rest = address.as_str();
    'inner: while guide.steps.iter().all(|step| step.id != *rest) {
        for (dot, _) in rest.match_indices('.') {
            let calling = guide.steps.iter().find(|step| step.id == rest[..dot]);
            if let Some(StepKind::Call(call)) = calling.map(|step| &step.kind)
                && let Some(procedure) = route.procedures.get(&call.procedure)
            {
                inside = Some(procedure.id.clone());
                (guide, rest) = (&procedure.guide, &rest[dot + 1..]);
                continue 'inner;
            }
        }
        break;
    }
    let step = StepId::parse(rest).unwrap_or_else(|_| address.clone());
    (inside, step)
}

/// The answers of a guide that facts can give.
pub(in crate::rules) fn by_facts(guide: &Guide) -> Vec<(&StepId, AnswerId)> {
    let mut found = Vec::new();
    for step in &guide.steps {
        match &step.kind {
            StepKind::Ask(ask) => {
                let answers = ask
                    .answers
                    .iter()
                    .filter(|answer| answer.when.is_some() || answer.otherwise);
                found.extend(answers.map(|answer| (&step.id, answer.id.clone())));
            }
            StepKind::Checks(checks) => {
                let checks = checks
                    .checks
                    .iter()
                    .filter(|check| check.found_when.is_some());
                found.extend(checks.map(|check| (&step.id, check.id.clone())));
            }
            StepKind::Do(instruction) if instruction.when.is_some() => {
                let not_needed = AnswerId::parse("not-needed").ok();
                found.extend(not_needed.map(|answer| (&step.id, answer)));
            }
            _ => {}
        }
    }
    found
}
