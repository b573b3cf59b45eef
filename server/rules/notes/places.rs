//! The texts of a rule that notes can be about, each by its address: a step by its id (inside a called procedure
//! `call.step`), a part of a step by the step's address and its own name (`step.answer`, `step.command`).

use std::collections::BTreeMap;

use crate::condition::ProcedureId;
use crate::guide::walk::Route;
use crate::guide::{Guide, Procedure, Step, StepKind};

/// So many calls deep lie texts that can have notes.
const DEPTH: usize = 3;
const HOW: &str = "how to find out";

/// A text that notes can be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteText<'a> {
    /// Where it is.
    pub address: String,
    /// Which text it is, for people: `Step ask, answer yes`.
    pub name: String,
    /// The text.
    pub text: &'a str,
}

/// A part of a step that notes can be about.
struct Part<'a> {
    id: String,
    name: String,
    text: &'a str,
}

impl<'a> Part<'a> {
    fn new(id: impl Into<String>, name: impl Into<String>, text: &'a str) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            text,
        }
    }
}

/// Every text of a guide that can have notes, in the order of the file; those of the procedures it calls as `call.step`.
pub fn texts_for_notes<'a>(
    guide: &'a Guide,
    procedures: &'a BTreeMap<ProcedureId, Procedure>,
) -> Vec<NoteText<'a>> {
    let mut found = Vec::new();
    add_steps("", guide, procedures, DEPTH, &mut found);
    found
}

fn add_steps<'a>(
    before: &str,
    guide: &'a Guide,
    procedures: &'a BTreeMap<ProcedureId, Procedure>,
    depth: usize,
    found: &mut Vec<NoteText<'a>>,
) {
    for step in &guide.steps {
        let address = format!("{before}{}", step.id);
        if let (StepKind::Call(call), 1..) = (&step.kind, depth)
            && let Some(procedure) = procedures.get(&call.procedure)
        {
            let before = format!("{address}.");
            add_steps(&before, &procedure.guide, procedures, depth - 1, found);
        }
        let Some(text) = own(step) else {
            continue;
        };
        let name = format!("Step {address}");
        let parts = parts(step).into_iter().map(|part| NoteText {
            address: format!("{address}.{}", part.id),
            name: format!("{name}, {}", part.name),
            text: part.text,
        });
        let parts = parts.collect::<Vec<_>>();
        found.push(NoteText {
            address,
            name,
            text,
        });
        found.extend(parts);
    }
}

/// The text of the step itself; none where a reader sees none.
fn own(step: &Step) -> Option<&str> {
    match &step.kind {
        StepKind::Ask(ask) => Some(&ask.ask),
        StepKind::Checks(checks) => {
            Some(checks.intro.as_deref().unwrap_or("Which of these is it?"))
        }
        StepKind::Do(instruction) => Some(&instruction.text),
        StepKind::Outcome(outcome) => Some(&outcome.text),
        StepKind::Call(_) | StepKind::Return(_) => None,
    }
}

/// The other texts of a step, in the order of reading.
fn parts(step: &Step) -> Vec<Part<'_>> {
    match &step.kind {
        StepKind::Ask(ask) => {
            let answers = ask.answers.iter().map(|answer| {
                let name = format!("answer {}", answer.id);
                Part::new(answer.id.as_str(), name, &answer.label)
            });
            named("how", HOW, ask.how.as_ref())
                .into_iter()
                .chain(answers)
                .collect()
        }
        StepKind::Checks(checks) => {
            let each = checks.checks.iter().flat_map(|check| {
                let name = format!("check {}", check.id);
                let how = check.how.as_deref().map(|how| {
                    Part::new(format!("{}.how", check.id), format!("{name}, {HOW}"), how)
                });
                [Some(Part::new(check.id.as_str(), name, &check.ask)), how]
            });
            each.flatten().collect()
        }
        StepKind::Do(instruction) => {
            let parts = [
                named("how", "how to do it", instruction.how.as_ref()),
                named("command", "command", instruction.command.as_ref()),
                named("loosens", "what it loosens", instruction.loosens.as_ref()),
                named("undo", "how to undo it", instruction.undo.as_ref()),
            ];
            parts.into_iter().flatten().collect()
        }
        StepKind::Call(_) | StepKind::Outcome(_) | StepKind::Return(_) => Vec::new(),
    }
}

fn named<'a>(id: &str, name: &str, text: Option<&'a String>) -> Option<Part<'a>> {
    Some(Part::new(id, name, text?))
}

/// Whether there is a text at that address.
pub(super) fn is_text(route: Route<'_>, address: &str) -> bool {
    match route.step(address) {
        Some(step) => own(step).is_some(),
        None => split(route, address)
            .is_some_and(|(step, part)| parts(step).iter().any(|own| own.id == part)),
    }
}

/// The step that an address begins with, and what follows it.
pub(super) fn split<'a, 'b>(route: Route<'a>, address: &'b str) -> Option<(&'a Step, &'b str)> {
    let mut dots = address.rmatch_indices('.');
    dots.find_map(|(dot, _)| Some((route.step(&address[..dot])?, &address[dot + 1..])))
}
