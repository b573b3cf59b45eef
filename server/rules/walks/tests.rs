use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::condition::ProcedureId;
use crate::condition::shape::ShortNames;
use crate::guide::resolve::{resolve_guide, resolve_procedure};
use crate::guide::shape::{GuideFile, ProcedureFile};
use crate::guide::walk::{NowKind, Route};
use crate::guide::{Guide, Procedure};
use crate::rules::file::WalkFile;

/// A guide with its procedures and short names.
struct Written {
    guide: Guide,
    procedures: BTreeMap<ProcedureId, Procedure>,
    short: ShortNames,
}

fn written(guide: &str, procedures: &[&str]) -> Written {
    let mut complaints = Vec::new();
    let short = [("ask".to_owned(), "t.ask".to_owned().into())].into();
    let file: GuideFile = serde_saphyr::from_str(guide).expect("a guide");
    let guide = resolve_guide(&file, &short, &mut complaints);
    let procedures = procedures.iter().map(|yaml| {
        let file: ProcedureFile = serde_saphyr::from_str(yaml).expect("a procedure");
        let procedure = resolve_procedure(&file, &mut complaints);
        (procedure.id.clone(), procedure)
    });
    let procedures = procedures.collect();
    assert_eq!(complaints, []);
    Written {
        guide,
        procedures,
        short,
    }
}

impl Written {
    fn route(&self) -> Route<'_> {
        Route {
            guide: &self.guide,
            procedures: &self.procedures,
        }
    }

    fn missing(&self, walks: &[WalkFile]) -> Missing {
        let course = Course {
            route: self.route(),
            short: &self.short,
            walks,
        };
        missing(course, &Passed::default())
    }
}

/// Walks in short: name, facts, absent facts, answers, path, end.
fn told(missing: &Missing) -> Vec<String> {
    let each = missing.walks.iter().map(|walk| {
        let facts = walk
            .facts
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        let absent = walk.absent.iter().map(|key| format!("{key}-"));
        let facts = facts.chain(absent).collect::<Vec<_>>().join(" ");
        let answers = walk
            .answers
            .iter()
            .map(|(step, answer)| format!("{step}:{answer}"));
        let answers = answers.collect::<Vec<_>>().join(" ");
        format!(
            "{} [{facts}] ({answers}) {} > {}",
            walk.name,
            walk.path.join(" "),
            walk.end
        )
    });
    each.collect()
}

fn reasons(missing: &Missing) -> Vec<Reason> {
    missing.not_written.iter().map(|one| one.reason).collect()
}

const SMALL: &str = "
start: where
steps:
  - id: where
    ask: Where does it stand?
    answers: [ { id: idle, label: It is **idle**, go: wake }, { id: gone, label: It is gone, go: help } ]
  - { id: wake, do: Wake it., go: retry, cannot: help }
  - id: retry
    ask: What happens?
    answers: [ { id: runs, label: It runs, go: good }, { id: same, label: The same, go: wake } ]
  - { id: good, outcome: resolved, text: 'It runs at {{fact:ask}} again.' }
  - { id: help, outcome: escalate, text: Hand over. }
";

#[test]
fn a_guide_of_questions_gets_nothing_known_and_a_walk_to_each_end() {
    let written = written(SMALL, &[]);
    let missing = written.missing(&[]);
    assert_eq!(
        told(&missing),
        [
            "Nothing known yet [] ()  > where",
            "Ends at good: It runs at \u{2026} again. [] (retry:runs wake:done where:idle) where/idle wake/done retry/runs > good",
            "Ends at help: Hand over. [] (where:gone) where/gone > help",
        ]
    );
    assert_eq!(missing.not_written, []);
}

#[test]
fn what_facts_decide_is_decided_by_facts_and_the_way_there_by_a_person() {
    let guide = "
start: where
steps:
  - id: where
    ask: Where?
    answers: [ { id: here, label: Here, go: policy }, { id: there, label: There, go: bad } ]
  - id: policy
    ask: What does it say?
    answers:
      - { id: one, label: It is 1, when: { fact: ask, is: \"1\" }, go: change }
      - { id: none, label: Not there, when: { fact: ask, exists: false }, go: good }
      - { id: other, label: Something else, otherwise: true, go: bad }
  - { id: change, do: Change it., when: { not: { fact: t.done, is: \"YES\" } }, else: good, go: good }
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
    let missing = written(guide, &[]).missing(&[]);
    assert_eq!(
        told(&missing),
        [
            "Nothing known yet [] ()  > where",
            "What does it say? It is 1 [ask=1] (where:here) where/here policy/one > change",
            "What does it say? Not there [ask-] (where:here) where/here policy/none > good",
            "What does it say? Something else [ask=0] (where:here) where/here policy/other > bad",
            "change is not needed [t.done=YES] (policy:one where:here) where/here policy/one change/not-needed > good",
        ]
    );
    assert_eq!(missing.not_written, []);
}

#[test]
fn steps_that_are_left_get_a_walk_and_one_serves_many() {
    let guide = "
start: which
steps:
  - id: which
    ask: Which?
    answers: [ { id: a, label: A, go: good }, { id: b, label: B, go: one } ]
  - { id: one, do: One., go: two }
  - { id: two, do: Two., go: good }
  - { id: good, outcome: resolved, text: Good. }
";
    let missing = written(guide, &[]).missing(&[]);
    assert_eq!(
        told(&missing)[2..],
        ["Comes to two: Two. [] (one:done which:b) which/b one/done > two"]
    );
}

#[test]
fn checks_are_found_by_facts_and_all_ruled_out_by_a_person() {
    let guide = "
start: which
steps:
  - id: which
    checks:
      - { id: a, ask: Is it A?, found_when: { fact: ask, contains: a }, go: good }
      - { id: b, ask: Is it B?, found_when: { fact: t.b, at_least: \"10.2\" }, ruled_out_when: { fact: t.b, exists: true }, go: good }
      - { id: c, ask: Is it C?, go: good }
    none: bad
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
    let written = written(guide, &[]);
    let missing = written.missing(&[]);
    assert_eq!(
        told(&missing)[1..],
        [
            "Is it A? Yes [ask=a] () which/a > good",
            "Is it B? Yes [t.b=10.2] () which/b > good",
            "Ends at bad: Bad. [] (which:none) which/none > bad",
        ]
    );
    let last = missing.walks.last().unwrap();
    let walked = run(last, written.route(), &written.short, "").unwrap();
    assert!(walked.off_path.is_empty());
}

#[test]
fn the_way_inside_of_a_procedure_is_written_unless_another_rule_has_it() {
    let procedure = "
id: test
title: Test
results: [works, fails]
guide:
  start: try
  steps:
    - id: try
      ask: Does it work?
      answers:
        - { id: works, label: Yes, when: { fact: t.works, is: \"1\" }, go: works }
        - { id: fails, label: No, otherwise: true, go: fails }
    - { id: works, return: works }
    - { id: fails, return: fails }
";
    let guide = "
start: sign-in
steps:
  - { id: sign-in, call: test, on: { works: good, fails: bad } }
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
    let written = written(guide, &[procedure]);
    let missing = written.missing(&[]);
    assert_eq!(
        told(&missing),
        [
            "Nothing known yet [] ()  > sign-in.try",
            "Does it work? Yes [t.works=1] () sign-in.try/works > good",
            "Does it work? No [t.works=0] () sign-in.try/fails > bad",
        ]
    );
    let mut elsewhere = Passed::default();
    for walk in &missing.walks {
        let walked = run(walk, written.route(), &written.short, "").unwrap();
        elsewhere.add(written.route(), &walked);
    }
    let course = Course {
        route: written.route(),
        short: &written.short,
        walks: &[],
    };
    assert_eq!(
        told(&super::missing(course, &elsewhere))[1..],
        [
            "Ends at good: Good. [] (sign-in.try:works) sign-in.try/works > good",
            "Ends at bad: Bad. [] (sign-in.try:fails) sign-in.try/fails > bad",
        ]
    );
}

#[test]
fn a_question_that_offers_nothing_is_passed_by_facts_alone() {
    let guide = "
start: choose
steps:
  - id: choose
    ask: Which?
    answers:
      - { id: a, label: A, offer: { fact: ask, is: \"1\" }, go: good }
      - { id: b, label: B, offer: { fact: t.b, exists: false }, go: good }
    none: bad
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
    let missing = written(guide, &[]).missing(&[]);
    assert_eq!(
        told(&missing)[2..],
        ["Ends at bad: Bad. [ask=0 t.b=another value] () choose/none > bad"]
    );
}

#[test]
fn what_no_facts_can_give_is_given_by_a_person_and_said() {
    let guide = "
start: policy
steps:
  - id: policy
    ask: What does it say?
    answers:
      - { id: one, label: It is 1, when: { fact: ask, is: \"1\" }, go: good }
      - { id: too, label: It is 1 too, when: { fact: ask, is: \"1\" }, go: bad }
      - { id: other, label: Other, otherwise: true, go: good }
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
    let missing = written(guide, &[]).missing(&[]);
    assert!(
        told(&missing)
            .contains(&"What does it say? It is 1 too [] (policy:too) policy/too > bad".to_owned())
    );
    assert_eq!(reasons(&missing), [Reason::NoFacts]);
}

#[test]
fn what_no_way_leads_to_is_said() {
    let guide = SMALL.replace("go: good }", "go: wake }");
    let missing = written(&guide, &[]).missing(&[]);
    assert_eq!(reasons(&missing), [Reason::NoWay]);
    let broken = written(
        "{ start: gone, steps: [ { id: end, outcome: resolved, text: T } ] }",
        &[],
    );
    let missing = broken.missing(&[]);
    assert_eq!(missing.walks, []);
    assert_eq!(reasons(&missing), [Reason::NoWay, Reason::NoWay]);
}

#[test]
fn a_guide_of_very_many_ends_gets_its_walks_in_several_goes() {
    let answers = (0..150).map(|at| format!("{{ id: a{at}, label: A, go: e{at} }}"));
    let ends = (0..150).map(|at| format!("{{ id: e{at}, outcome: resolved, text: T }}"));
    let guide = format!(
        "{{ start: s, steps: [ {{ id: s, ask: Q, answers: [ {} ] }}, {} ] }}",
        answers.collect::<Vec<_>>().join(", "),
        ends.collect::<Vec<_>>().join(", ")
    );
    let written = written(&guide, &[]);
    let mut walks = Vec::new();
    let mut goes = 0;
    loop {
        let missing = written.missing(&walks);
        if missing.walks.is_empty() {
            assert_eq!(missing.not_written, []);
            break;
        }
        assert!(missing.walks.len() <= MOST_WALKS);
        goes += 1;
        walks.extend(missing.walks);
    }
    assert_eq!((goes, walks.len()), (3, 151));
}

/// Steps that may lead anywhere, themselves included, in a guide and two procedures.
fn any_step() -> impl Strategy<Value = String> {
    let to = || 0..6usize;
    let fact = (0..3usize, 0..3usize).prop_map(|(key, value)| match value {
        2 => format!("{{ fact: t.f{key}, exists: false }}"),
        _ => format!("{{ fact: t.f{key}, is: \"{value}\" }}"),
    });
    prop_oneof![
        (to(), to()).prop_map(|(a, b)| format!(
            "ask: Q, answers: [ {{ id: a, label: A, go: s{a} }}, {{ id: b, label: B, go: s{b} }} ]"
        )),
        (fact.clone(), to(), to()).prop_map(|(when, a, b)| format!(
            "ask: Q, answers: [ {{ id: a, label: A, when: {when}, go: s{a} }}, {{ id: b, label: B, otherwise: true, go: s{b} }} ]"
        )),
        (fact.clone(), fact.clone(), to(), to(), to()).prop_map(|(one, two, a, b, none)| format!(
            "ask: Q, answers: [ {{ id: a, label: A, offer: {one}, go: s{a} }}, {{ id: b, label: B, offer: {two}, go: s{b} }} ], none: s{none}"
        )),
        (fact.clone(), fact.clone(), to(), to(), to()).prop_map(|(found, out, a, b, none)| format!(
            "checks: [ {{ id: a, ask: A, found_when: {found}, go: s{a} }}, {{ id: b, ask: B, ruled_out_when: {out}, go: s{b} }} ], none: s{none}"
        )),
        (fact, to(), to(), to()).prop_map(|(when, go, other, cannot)| format!(
            "do: D, when: {when}, else: s{other}, go: s{go}, cannot: s{cannot}"
        )),
        (0..3usize, to(), to())
            .prop_map(|(procedure, a, b)| format!("call: p{procedure}, on: {{ a: s{a}, b: s{b} }}")),
        Just("outcome: resolved, text: T".to_owned()),
        Just("outcome: resolved, text: T".to_owned()),
        prop_oneof![Just("return: a".to_owned()), Just("return: b".to_owned())],
    ]
}

fn any_guide() -> impl Strategy<Value = String> {
    proptest::collection::vec(any_step(), 1..6).prop_map(|steps| {
        let steps = steps.iter().enumerate();
        let steps = steps.map(|(at, step)| format!("{{ id: s{at}, {step} }}"));
        let steps = steps.collect::<Vec<_>>().join(", ");
        format!("{{ start: s0, steps: [ {steps} ] }}")
    })
}

proptest! {
    #[test]
    fn every_walk_of_any_guide_goes_as_written_and_with_them_none_is_missing(
        main in any_guide(),
        first in any_guide(),
        second in any_guide(),
    ) {
        let procedures = [("p0", first), ("p1", second)]
            .map(|(id, guide)| format!("{{ id: {id}, title: P, results: [a, b], guide: {guide} }}"));
        let written = written(&main, &procedures.each_ref().map(String::as_str));
        let missing = written.missing(&[]);
        let mut names = BTreeSet::new();
        for walk in &missing.walks {
            let walked = run(walk, written.route(), &written.short, "").unwrap();
            prop_assert_eq!(path(&walked), walk.path.clone());
            prop_assert_eq!(&walked.now.step, &walk.end);
            prop_assert!(!matches!(walked.now.kind, NowKind::Broken(_)));
            prop_assert!(walked.off_path.is_empty());
            prop_assert!(walked.done.iter().all(|passed| passed.contradicted.is_none()));
            prop_assert!(names.insert(walk.name.clone()));
        }
        let again = written.missing(&missing.walks);
        prop_assert_eq!(told(&again), Vec::<String>::new());
        // What is left is what was said to be left.
        for left in &again.not_written {
            prop_assert!(missing.not_written.contains(left));
        }
        // Without any one of them something is missing.
        for at in 0..missing.walks.len() {
            let mut fewer = missing.walks.clone();
            fewer.remove(at);
            let added = written.missing(&fewer).walks.len();
            prop_assert!(added <= 1, "without {} there are {added}", missing.walks[at].name);
        }
    }

    /// An end to which answers and facts lead somehow is come to.
    #[test]
    fn what_any_answers_lead_to_is_written(
        main in any_guide(),
        first in any_guide(),
        chosen in proptest::collection::vec((0..6usize, 0..4usize), 0..8),
    ) {
        let procedure = format!("{{ id: p0, title: P, results: [a, b], guide: {first} }}");
        let written = written(&main, &[&procedure]);
        let missing = written.missing(&[]);
        let answers = chosen.iter().map(|(step, answer)| {
            let answer = ["a", "b", "done", "cannot"][*answer];
            (format!("s{step}").try_into().unwrap(), answer.to_owned().try_into().unwrap())
        });
        let walk = WalkFile {
            name: String::new(),
            facts: BTreeMap::new(),
            absent: Vec::new(),
            answers: answers.collect(),
            path: Vec::new(),
            end: "s0".to_owned().try_into().unwrap(),
        };
        let walked = run(&walk, written.route(), &written.short, "").unwrap();
        let mut passed = Passed::default();
        for walk in &missing.walks {
            passed.add(written.route(), &run(walk, written.route(), &written.short, "").unwrap());
        }
        if matches!(walked.now.kind, NowKind::Outcome(_)) && !walked.now.step.as_str().contains('.') {
            prop_assert!(passed.has(&Wanted::End(walked.now.step.clone())), "{:?}", walked.now.step);
        }
    }
}
