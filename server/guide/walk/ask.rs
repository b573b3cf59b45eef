//! A question: what facts take, what a person is offered, what a person said.

use super::decide::{Answered, Decision, Grounds, add, known_answer, person};
use super::{Alternative, By, Contradiction, GivenAnswer, NowKind, Offered};
use crate::condition::Truth;
use crate::evidence::Proof;
use crate::guide::{Answer, Ask};

/// Decides a question by what a person said, else by facts.
pub(super) fn decide<'a>(
    ask: &'a Ask,
    grounds: Grounds<'_>,
    given: Option<&GivenAnswer>,
) -> Decision<'a> {
    let facts = taken(ask, grounds);
    if let Some((given, answer)) = given.and_then(|given| Some((given, named(ask, given)?))) {
        let contradicted = facts.filter(|(taken, _)| grounds.by_facts && taken.id != answer.id);
        return pass(
            ask,
            grounds,
            answer,
            person(given),
            Vec::new(),
            contradicted,
        );
    }
    if let Some((answer, because)) = facts.filter(|_| grounds.by_facts) {
        return pass(ask, grounds, answer, By::Evidence, because, None);
    }
    let answers = offered(ask, grounds).map(|answer| Offered {
        id: &answer.id,
        label: &answer.label,
        because: grounds.because(answer.when.as_ref().or(answer.offer.as_ref())),
    });
    let answers = answers.collect::<Vec<_>>();
    if answers.is_empty() {
        return nothing_to_offer(ask, grounds);
    }
    Decision::Stay(NowKind::Ask {
        ask: &ask.ask,
        how: ask.how.as_deref(),
        collect: &ask.collect,
        answers,
    })
}

/// The answer of the question that a person's answer names.
pub(super) fn named<'a>(ask: &'a Ask, given: &GivenAnswer) -> Option<&'a Answer> {
    ask.answers.iter().find(|answer| answer.id == given.answer)
}

/// The answer that facts take, and why: the first whose `when` is true while every earlier `when` is false.
fn taken<'a>(ask: &'a Ask, grounds: Grounds<'_>) -> Option<(&'a Answer, Vec<Proof>)> {
    let mut against_earlier = Vec::new();
    let mut asked_facts = false;
    for answer in &ask.answers {
        if answer.otherwise {
            return asked_facts.then_some((answer, against_earlier));
        }
        if answer.when.is_none() {
            continue;
        }
        asked_facts = true;
        let because = grounds.because(answer.when.as_ref());
        match grounds.truth(answer.when.as_ref()) {
            Truth::True => return Some((answer, because)),
            Truth::False => add(&mut against_earlier, because),
            Truth::Unknown => return None,
        }
    }
    None
}

fn offered<'a>(ask: &'a Ask, grounds: Grounds<'_>) -> impl Iterator<Item = &'a Answer> {
    ask.answers
        .iter()
        .filter(move |answer| grounds.truth(answer.offer.as_ref()) != Truth::False)
}

fn pass<'a>(
    ask: &'a Ask,
    grounds: Grounds<'_>,
    answer: &'a Answer,
    by: By,
    because: Vec<Proof>,
    contradicted: Option<(&'a Answer, Vec<Proof>)>,
) -> Decision<'a> {
    let others = offered(ask, grounds).filter(|other| other.id != answer.id);
    Decision::Pass(Box::new(Answered {
        answer: answer.id.clone(),
        label: &answer.label,
        by,
        because,
        contradicted: contradicted.map(|(taken, because)| Contradiction {
            answer: taken.id.clone(),
            label: &taken.label,
            because,
        }),
        alternatives: others
            .map(|other| Alternative {
                id: &other.id,
                label: &other.label,
            })
            .collect(),
        go: &answer.go,
    }))
}

/// Every answer is known to be no help: the evidence answers `none`.
fn nothing_to_offer<'a>(ask: &'a Ask, grounds: Grounds<'_>) -> Decision<'a> {
    let Some(none) = &ask.none else {
        return Decision::Stay(NowKind::Broken(format!(
            "No answer to \u{201c}{}\u{201d} can help on this machine, and the guide does not say where to go then.",
            ask.ask
        )));
    };
    let mut because = Vec::new();
    for answer in &ask.answers {
        add(&mut because, grounds.because(answer.offer.as_ref()));
    }
    Decision::Pass(Box::new(Answered {
        answer: known_answer("none"),
        label: "None of them can help here",
        by: By::Evidence,
        because,
        contradicted: None,
        alternatives: Vec::new(),
        go: none,
    }))
}
