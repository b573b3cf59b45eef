//! A walk as written, walked.

use std::collections::BTreeMap;

use crate::condition::shape::{Complaint, ShortNames, fact_key};
use crate::condition::{AnswerId, StepId};
use crate::evidence::Evidence;
use crate::guide::StepKind;
use crate::guide::walk::{GivenAnswer, Route, Walk, walk};
use crate::rules::file::WalkFile;

/// The answer to checks by which a person rules out every one of them.
pub(super) const NONE: &str = "none";

/// Walks a guide with the facts and answers of a walk as written. `field` is where the walk stands in its file
/// (`walks[2]`): a fact name that nobody declared is complained of there.
pub fn run<'a>(
    test: &WalkFile,
    route: Route<'a>,
    short: &ShortNames,
    field: &str,
) -> Result<Walk<'a>, Vec<Complaint>> {
    let evidence = evidence(test, short, field)?;
    Ok(walk(route, &evidence, &given(route, &test.answers)))
}

/// The steps that were passed, as a walk lists them: `step/answer`.
pub fn path(walked: &Walk<'_>) -> Vec<String> {
    let passed = walked.done.iter();
    passed
        .map(|passed| format!("{}/{}", passed.step, passed.answer))
        .collect()
}

/// What a person answers, each at the first visit of a step. `none` rules out all checks of a step, unless one of them
/// bears that name.
pub(super) fn given(route: Route<'_>, answers: &BTreeMap<StepId, AnswerId>) -> Vec<GivenAnswer> {
    let each = answers
        .iter()
        .flat_map(|(step, answer)| meant(route, step, answer).map(move |answer| (step, answer)));
    let given = (1..).zip(each).map(|(order, (step, answer))| GivenAnswer {
        step: step.clone(),
        visit: 1,
        answer,
        round: 1,
        order,
        who: None,
        at: 0,
    });
    given.collect()
}

fn meant(
    route: Route<'_>,
    step: &StepId,
    answer: &AnswerId,
) -> impl Iterator<Item = AnswerId> + use<> {
    let checks = route
        .step(step.as_str())
        .and_then(|step| match &step.kind {
            StepKind::Checks(checks) => Some(checks),
            _ => None,
        })
        .filter(|checks| *answer == *NONE && checks.checks.iter().all(|check| check.id != *NONE));
    let each = match checks {
        Some(checks) => {
            let each = checks.checks.iter();
            each.filter_map(|check| AnswerId::parse(&format!("no.{}", check.id)).ok())
                .collect()
        }
        None => vec![answer.clone()],
    };
    each.into_iter()
}

fn evidence(test: &WalkFile, short: &ShortNames, field: &str) -> Result<Evidence, Vec<Complaint>> {
    let mut complaints = Vec::new();
    let known = test.facts.iter().filter_map(|(name, value)| {
        let key = fact_key(name, &format!("{field}.facts"), short, &mut complaints)?;
        Some((key, Some(value.clone())))
    });
    let mut state = known.collect::<BTreeMap<_, _>>();
    for name in &test.absent {
        let key = fact_key(name, &format!("{field}.absent"), short, &mut complaints);
        state.extend(key.map(|key| (key, None)));
    }
    if complaints.is_empty() {
        Ok(Evidence::stated(&state))
    } else {
        Err(complaints)
    }
}
