//! An instruction: passed over when facts show that it is not needed, else done or not by a person.

use super::decide::{Answered, Decision, Grounds, known_answer, person};
use super::{By, Contradiction, GivenAnswer, NowKind};
use crate::condition::Truth;
use crate::guide::Do;

/// A person did it.
pub(super) const DONE: &str = "done";
/// A person cannot do it.
pub(super) const CANNOT: &str = "cannot";
/// Facts show that it is not needed.
pub(super) const NOT_NEEDED: &str = "not-needed";

/// Whether this is an answer to the instruction.
pub(super) fn fits(instruction: &Do, given: &GivenAnswer) -> bool {
    given.answer == *DONE || (given.answer == *CANNOT && instruction.cannot.is_some())
}

/// Decides an instruction. `skippable` is false once it was passed over on this path.
pub(super) fn decide<'a>(
    instruction: &'a Do,
    grounds: Grounds<'_>,
    skippable: bool,
    given: Option<&GivenAnswer>,
) -> Decision<'a> {
    let needless = grounds.truth(instruction.when.as_ref()) == Truth::False;
    let because = || grounds.because(instruction.when.as_ref());
    if let Some(given) = given {
        let cannot = instruction
            .cannot
            .as_ref()
            .filter(|_| given.answer == *CANNOT);
        return answered(Answered {
            answer: given.answer.clone(),
            label: "",
            by: person(given),
            because: Vec::new(),
            contradicted: (needless && cannot.is_some()).then(|| Contradiction {
                answer: known_answer(NOT_NEEDED),
                label: "",
                because: because(),
            }),
            alternatives: Vec::new(),
            go: cannot.unwrap_or(&instruction.go),
        });
    }
    if needless && skippable {
        return answered(Answered {
            answer: known_answer(NOT_NEEDED),
            label: "",
            by: By::Evidence,
            because: because(),
            contradicted: None,
            alternatives: Vec::new(),
            go: instruction.otherwise.as_ref().unwrap_or(&instruction.go),
        });
    }
    Decision::Stay(NowKind::Do(instruction))
}

fn answered(answered: Answered<'_>) -> Decision<'_> {
    Decision::Pass(Box::new(answered))
}
