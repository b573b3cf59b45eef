//! The machine before the person: where a report can decide something in a guide of Power Automate, the first question
//! is one that the report answers. The cases are made from the rules themselves.

use std::collections::{BTreeMap, BTreeSet};

use signpost::condition::{Condition, FactTest, FactsAsOf, Truth, truth_of};
use signpost::evidence::{Evidence, FactKey, FactValue};
use signpost::guide::walk::{By, Route, walk};
use signpost::guide::{Guide, Step, StepKind};

use super::engine::release;

/// Rules whose guide reads the machine somewhere, and whose first question is for a person all the same.
const ASK_A_PERSON_FIRST: &[(&str, &str)] = &[
    (
        "pad.browser-control",
        "no machine knows whether it fails always, now and then, or since an update",
    ),
    (
        "pad.chunks-mismatch",
        "free space and how often it happens decide; the version only says whether there is a cache to delete",
    ),
    (
        "pad.disconnected-after-sign-out",
        "a report is taken while somebody is signed in, and the fault shows only when nobody is",
    ),
    (
        "pad.gateway-not-available",
        "whether the company still wants the gateway stands on no machine",
    ),
    (
        "pad.install.sessions-refused",
        "a report taken after a failed installation shows the same as one before it: nothing is installed",
    ),
    (
        "pad.no-candidate-machine",
        "the run and the group in the portal say which machine to look at",
    ),
    (
        "pad.registration.joined-tenant",
        "only people know which tenant the machine shall belong to, and a mistake must not open it to another",
    ),
    (
        "pad.registration.tenant-not-listed",
        "only people know which tenant the machine shall belong to, and a mistake must not open it to another",
    ),
    (
        "pad.registration.tenant-switch",
        "only people know which tenant the machine shall belong to, and a mistake must not open it to another",
    ),
    (
        "pad.session.creation-timeout",
        "no machine knows whether a newer version is to be had; the time of a sign-in is taken by hand",
    ),
];

/// What no section of the script can get: a program from the Microsoft Store belongs to the person who uses it, and the
/// script is mostly run by somebody else.
const NOT_IN_THE_SCRIPT: &[&str] = &["pad.AppxVersion"];

/// What a report says of some keys: a value, or that the key is not there.
type State = BTreeMap<FactKey, Option<FactValue>>;

type Pool = BTreeMap<FactKey, BTreeSet<Option<String>>>;

/// What facts can make of a step: the answer, and conditions with the truth that they need.
type Branch<'a> = (&'a str, Vec<(&'a Condition<FactTest>, bool)>);

#[test]
fn the_first_question_of_each_guide_is_one_that_a_report_answers() {
    let mut first_asks_a_person = Vec::new();
    let mut branches_tried = 0;
    for (id, guide) in guides() {
        let start = walk(route(guide), &Evidence::default(), &[]).now.step;
        let step = route(guide).step(start.as_str()).expect(id);
        let branches = branches(step);
        if branches.is_empty() {
            let asks = matches!(step.kind, StepKind::Ask(_) | StepKind::Checks(_));
            if asks && reads_the_machine(guide) {
                first_asks_a_person.push(id);
            }
            continue;
        }
        for (answer, needed) in &branches {
            let state = state_for(needed)
                .unwrap_or_else(|| panic!("{id}: no facts lead to {start}/{answer}"));
            let evidence = Evidence::stated(&state);
            let walk = walk(route(guide), &evidence, &[]);
            let passed = walk.done.first();
            let passed = passed.unwrap_or_else(|| panic!("{id}: {state:?} does not lead on"));
            assert_eq!(
                (passed.step.as_str(), passed.answer.as_str(), &passed.by),
                (start.as_str(), *answer, &By::Evidence),
                "{id}: {state:?}"
            );
            assert!(!passed.because.is_empty(), "{id}: nothing proves {answer}");
            branches_tried += 1;
        }
    }
    let listed = ASK_A_PERSON_FIRST.iter().map(|(id, _)| *id);
    assert_eq!(first_asks_a_person, listed.collect::<Vec<_>>());
    assert!(branches_tried > 60, "{branches_tried}");
}

/// What the first questions need is in the zip that the collector script writes.
#[test]
fn the_collector_script_gets_what_the_first_questions_ask_for() {
    let sections = release().collectors.values();
    let yields = sections.filter(|collector| collector.section.is_some());
    let yields = yields.flat_map(|collector| &collector.yields);
    let yields = yields.map(|key| key.to_lowercase()).collect::<Vec<_>>();
    let gets = |key: &FactKey| {
        let key = key.folded();
        yields.iter().any(|one| match one.strip_suffix('*') {
            Some(begin) => key.starts_with(begin),
            None => key == one,
        })
    };
    let mut missing = BTreeSet::new();
    for (id, guide) in guides() {
        let start = walk(route(guide), &Evidence::default(), &[]).now.step;
        let step = route(guide).step(start.as_str()).expect(id);
        for (_, needed) in branches(step) {
            for (condition, _) in needed {
                condition.for_each_leaf(&mut |test, _| {
                    if !gets(test.key()) {
                        missing.insert(test.key().to_string());
                    }
                });
            }
        }
    }
    let excused = NOT_IN_THE_SCRIPT.iter().map(ToString::to_string);
    assert_eq!(missing, excused.collect());
}

fn guides() -> impl Iterator<Item = (&'static str, &'static Guide)> {
    let rules = release().rules.iter();
    let rules = rules.filter(|(id, _)| id.as_str().starts_with("pad."));
    rules.map(|(id, rule)| (id.as_str(), &rule.guide))
}

fn route(guide: &'static Guide) -> Route<'static> {
    Route {
        guide,
        procedures: &release().procedures,
    }
}

/// Whether facts decide anything in it, in called procedures too.
fn reads_the_machine(guide: &Guide) -> bool {
    guide.steps.iter().any(|step| match &step.kind {
        StepKind::Do(instruction) => instruction.when.is_some(),
        StepKind::Call(call) => reads_the_machine(&release().procedures[&call.procedure].guide),
        _ => !branches(step).is_empty(),
    })
}

/// Every way on that facts can open at a step.
fn branches(step: &Step) -> Vec<Branch<'_>> {
    let mut branches = Vec::<Branch<'_>>::new();
    match &step.kind {
        StepKind::Ask(ask) => {
            let mut earlier = Vec::new();
            for answer in &ask.answers {
                let mut needed = earlier.clone();
                if let Some(when) = &answer.when {
                    earlier.push((when, false));
                    needed.push((when, true));
                } else if !answer.otherwise {
                    continue;
                }
                branches.push((answer.id.as_str(), needed));
            }
        }
        StepKind::Checks(checks) => {
            let found = checks.checks.iter().filter_map(|check| {
                let found_when = check.found_when.as_ref()?;
                Some((check.id.as_str(), vec![(found_when, true)]))
            });
            branches.extend(found);
            let ruled_out = checks.checks.iter();
            let ruled_out = ruled_out.map(|check| Some((check.ruled_out_when.as_ref()?, true)));
            let all = ruled_out.collect::<Option<Vec<_>>>();
            branches.extend(all.map(|all| ("none", all)));
        }
        _ => {}
    }
    branches
}

/// Facts under which each of these conditions has the truth that it needs.
fn state_for(needed: &[(&Condition<FactTest>, bool)]) -> Option<State> {
    let mut pool = Pool::new();
    for (condition, _) in needed {
        condition.for_each_leaf(&mut |test, _| note(test, &mut pool));
    }
    let mut states = vec![State::new()];
    for (condition, truth) in needed {
        let ways = solutions(condition, *truth, &pool);
        states = joined(&states, &ways);
    }
    states.into_iter().next()
}

fn note(test: &FactTest, pool: &mut Pool) {
    let values = pool.entry(test.key().clone()).or_default();
    values.extend([None, Some("another value".to_owned()), Some("0".to_owned())]);
    match test {
        FactTest::Exists(..) => {}
        FactTest::In(_, named) => values.extend(named.iter().cloned().map(Some)),
        FactTest::Contains(_, named) | FactTest::AtLeast(_, named) => {
            values.insert(Some(named.clone()));
        }
    }
}

fn solutions(condition: &Condition<FactTest>, truth: bool, pool: &Pool) -> Vec<State> {
    let all = |parts: &[Condition<FactTest>]| {
        let ways = parts.iter().map(|part| solutions(part, truth, pool));
        ways.fold(vec![State::new()], |states, ways| joined(&states, &ways))
    };
    let any = |parts: &[Condition<FactTest>]| {
        let ways = parts.iter().map(|part| solutions(part, truth, pool));
        ways.flatten().collect::<Vec<_>>()
    };
    match condition {
        Condition::All(parts) if truth => all(parts),
        Condition::Any(parts) if !truth => all(parts),
        Condition::All(parts) | Condition::Any(parts) => any(parts),
        Condition::Not(part) => solutions(part, !truth, pool),
        Condition::Leaf(test) => {
            let values = pool[test.key()].iter();
            let states = values.map(|value| {
                let value = value.as_deref().map(FactValue::from);
                State::from([(test.key().clone(), value)])
            });
            let holds = |state: &State| {
                let evidence = Evidence::stated(state);
                let facts = FactsAsOf {
                    evidence: &evidence,
                    round: 1,
                };
                truth_of(condition, &facts) == Truth::known(truth)
            };
            states.filter(holds).collect()
        }
    }
}

/// Every pair that does not contradict itself; some hundred are enough.
fn joined(left: &[State], right: &[State]) -> Vec<State> {
    let pairs = left.iter().flat_map(|left| {
        right.iter().filter_map(move |right| {
            let agrees = |(key, value): (&FactKey, &Option<FactValue>)| {
                left.get(key).is_none_or(|known| known == value)
            };
            right.iter().all(agrees).then(|| {
                let both = left.iter().chain(right);
                both.map(|(key, value)| (key.clone(), value.clone()))
                    .collect()
            })
        })
    });
    pairs.take(400).collect()
}
