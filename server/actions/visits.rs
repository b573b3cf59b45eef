//! Guides may lead back to a step. Which visit is meant, what was answered behind it, and what a change leaves.

use super::case::CaseView;
use super::steps::replaces;
use crate::condition::{AnswerId, RuleId, StepId};
use crate::guide::Step;
use crate::guide::walk::{GivenAnswer, Visit, Walk};

/// One visit of one step.
pub(super) type Place = (StepId, Visit);

/// What becomes of older answers; by their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Older {
    /// Answers that the new one takes the place of.
    pub(super) replaced: Vec<i64>,
    /// Answers behind it that were given on a way that the walk no longer takes.
    pub(super) aside: Vec<i64>,
    /// The round of the same answer, where it is only said again.
    pub(super) round: Option<crate::evidence::Round>,
}

/// The visit that is meant: the one named, else the latest on the path. `None` when the walk did not come by.
pub(super) fn meant(walk: &Walk<'_>, step: &StepId, named: Option<Visit>) -> Option<Visit> {
    let mut latest_first = places(walk).into_iter().rev();
    latest_first
        .find(|(other, visit)| other == step && named.is_none_or(|named| named == *visit))
        .map(|(_, visit)| visit)
}

/// What an answer to a visit replaces, and what it leaves behind: where the way on stays the same, all behind it stays.
pub(super) fn older(
    view: &CaseView,
    rule: &RuleId,
    step: &Step,
    place: &Place,
    answer: &AnswerId,
) -> Older {
    let (at_place, mut given) = view
        .given(rule)
        .into_iter()
        .partition::<Vec<_>, _>(|old| is_at(old, place));
    let (replaced, kept) = at_place
        .into_iter()
        .partition::<Vec<_>, _>(|old| replaces(step, answer, &old.answer));
    let round = replaced.iter().find(|old| old.answer == *answer);
    let round = round.map(|old| old.round);
    given.extend(kept);
    given.push(GivenAnswer {
        step: place.0.clone(),
        visit: place.1,
        answer: answer.clone(),
        round: round.unwrap_or_else(|| view.diagnosis.evidence.latest_round()),
        order: i64::MAX,
        who: None,
        at: 0,
    });
    let next = |walk: Option<Walk<'_>>| Some(behind(&walk?, place));
    let before = next(view.walk_of(rule)).unwrap_or_default();
    let after = next(view.walk_with(rule, &given)).unwrap_or_default();
    let elsewhere = before.first() != after.first();
    Older {
        replaced: replaced.iter().map(|old| old.order).collect(),
        aside: if elsewhere {
            orders_at(view, rule, &before)
        } else {
            Vec::new()
        },
        round,
    }
}

/// What goes when a visit is taken back: its answers, and those given behind it.
pub(super) fn taken_back(
    view: &CaseView,
    rule: &RuleId,
    step: &StepId,
    named: Option<Visit>,
) -> Vec<i64> {
    let walk = view.walk_of(rule);
    let answered = |place: &Place| !orders_at(view, rule, std::slice::from_ref(place)).is_empty();
    let of_step = |place: &Place| {
        place.0 == *step && named.is_none_or(|named| named == place.1) && answered(place)
    };
    let on_path = walk.as_ref().and_then(|walk| {
        let mut latest_first = places(walk).into_iter().rev();
        Some((walk, latest_first.find(of_step)?))
    });
    if let Some((walk, place)) = on_path {
        let mut gone = behind(walk, &place);
        gone.push(place);
        return orders_at(view, rule, &gone);
    }
    let given = view.given(rule).into_iter();
    let off_path = given.map(|old| (old.step, old.visit)).filter(of_step);
    let last = off_path.max_by_key(|(_, visit)| *visit);
    orders_at(view, rule, last.as_slice())
}

/// The places of a walk, in its order; the present one last.
fn places(walk: &Walk<'_>) -> Vec<Place> {
    let passed = walk.done.iter();
    let passed = passed.map(|passed| (passed.step.clone(), passed.visit));
    passed
        .chain([(walk.now.step.clone(), walk.now.visit)])
        .collect()
}

/// The places behind one.
pub(super) fn behind(walk: &Walk<'_>, place: &Place) -> Vec<Place> {
    let mut places = places(walk);
    match places.iter().position(|other| other == place) {
        Some(at) => places.split_off(at + 1),
        None => Vec::new(),
    }
}

fn orders_at(view: &CaseView, rule: &RuleId, places: &[Place]) -> Vec<i64> {
    let given = view.given(rule).into_iter();
    let there = given.filter(|old| places.iter().any(|place| is_at(old, place)));
    there.map(|old| old.order).collect()
}

fn is_at(given: &GivenAnswer, place: &Place) -> bool {
    given.step == place.0 && given.visit == place.1
}
