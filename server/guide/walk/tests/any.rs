//! Any guide, any facts, any answers: a walk ends and never panics.

use proptest::prelude::*;

use super::*;

/// Steps that may lead anywhere, themselves included, in a guide and two procedures.
fn any_step() -> impl Strategy<Value = String> {
    let to = || 0..6usize;
    let fact = (0..3usize, 0..3usize)
        .prop_map(|(key, value)| format!("{{ fact: t.f{key}, is: \"{value}\" }}"));
    prop_oneof![
        (fact.clone(), to(), to(), to()).prop_map(|(when, a, b, none)| format!(
            "ask: Q, answers: [ {{ id: a, label: A, when: {when}, go: s{a} }}, {{ id: b, label: B, otherwise: true, go: s{b} }} ], none: s{none}"
        )),
        (fact.clone(), fact.clone(), to(), to(), to()).prop_map(|(one, two, a, b, none)| format!(
            "ask: Q, answers: [ {{ id: a, label: A, offer: {one}, go: s{a} }}, {{ id: b, label: B, offer: {two}, go: s{b} }} ], none: s{none}"
        )),
        (fact.clone(), fact.clone(), to(), to(), to()).prop_map(|(found, out, a, b, none)| format!(
            "checks: [ {{ id: a, ask: A, found_when: {found}, go: s{a} }}, {{ id: b, ask: B, ruled_out_when: {out}, go: s{b} }} ], none: s{none}"
        )),
        (fact, to(), to(), to()).prop_map(|(when, go, other, cannot)| format!("do: D, when: {when}, else: s{other}, go: s{go}, cannot: s{cannot}")),
        (0..3usize, to(), to()).prop_map(|(procedure, a, b)| format!("call: p{procedure}, on: {{ a: s{a}, b: s{b} }}")),
        Just("outcome: resolved, text: T".to_owned()),
        prop_oneof![Just("return: a".to_owned()), Just("return: c".to_owned())],
    ]
}

fn any_guide() -> impl Strategy<Value = String> {
    proptest::collection::vec(any_step(), 1..6).prop_map(|steps| {
        let steps = steps
            .iter()
            .enumerate()
            .map(|(at, step)| format!("{{ id: s{at}, {step} }}"));
        format!(
            "{{ start: s0, steps: [ {} ] }}",
            steps.collect::<Vec<_>>().join(", ")
        )
    })
}

fn any_answers() -> impl Strategy<Value = Vec<GivenAnswer>> {
    let step = prop_oneof![
        (0..6usize).prop_map(|at| format!("s{at}")),
        (0..6usize, 0..6usize).prop_map(|(call, at)| format!("s{call}.s{at}")),
    ];
    let answer = prop::sample::select(vec!["a", "b", "no.a", "no.b", "done", "cannot", "x"]);
    let one = (step, answer, 0..4u32)
        .prop_map(|(step, answer, round)| (format!("{step}/{answer}"), round));
    proptest::collection::vec(one, 0..20).prop_map(|given| {
        let given = given
            .iter()
            .map(|(said, round)| (said.as_str(), *round))
            .collect::<Vec<_>>();
        answers(&given)
    })
}

proptest! {
    #[test]
    fn any_walk_ends_and_every_answer_is_either_used_or_kept(
        main in any_guide(),
        first in any_guide(),
        second in any_guide(),
        given in any_answers(),
        known in proptest::collection::vec((0..3usize, 0..3usize, 1..4u32), 0..6),
    ) {
        let procedures = [("p0", first), ("p1", second)].map(|(id, guide)| format!("{{ id: {id}, title: P, results: [a, b], guide: {guide} }}"));
        let written = with_procedures(&main, &procedures.each_ref().map(String::as_str));
        let lines = |number: Round| {
            let of_round = known.iter().filter(move |(_, _, round)| *round == number);
            of_round.map(|(key, value, _)| if *value == 2 { format!("t.f{key} -") } else { format!("t.f{key} = {value}") }).collect::<Vec<_>>()
        };
        let mut evidence = Evidence::default();
        for number in 1..4 {
            let lines = lines(number);
            evidence.join(round(number, &lines.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        let walk = written.walk(&evidence, &given);
        prop_assert!(walk.about >= walk.position);
        let by_persons = walk.done.iter().filter(|passed| matches!(passed.by, By::Person(_))).count();
        prop_assert!(by_persons + walk.off_path.len() <= given.len());
    }
}
