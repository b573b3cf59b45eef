//! Guides that lead back: each visit of a step has its own answer.

use super::*;

const LOOP: &str = r#"
start: look
steps:
  - id: look
    checks:
      - { id: notice, ask: Is a notice set?, go: remove, found_when: { fact: t.notice, is: "1" }, ruled_out_when: { fact: t.notice, is: "0" } }
      - { id: agent, ask: Is there an agent?, go: stop-agent, found_when: { fact: t.agent, is: "1" }, ruled_out_when: { fact: t.agent, is: "0" } }
      - { id: name, ask: Is the name wrong?, go: rename }
    none: help
  - { id: remove, do: Remove the notice., go: retry, cannot: another }
  - { id: stop-agent, do: Stop the agent., go: retry, cannot: another }
  - { id: rename, do: Rename it., go: retry }
  - id: retry
    ask: Does it run?
    answers:
      - { id: runs, label: It runs, go: good }
      - { id: same, label: The same error, go: another }
  - id: another
    ask: Is a check left?
    answers:
      - { id: left, label: "Yes", go: look }
      - { id: none, label: "No", go: help }
  - { id: good, outcome: resolved, text: Good. }
  - { id: help, outcome: escalate, text: Hand over. }
"#;

const FIRST_LAP: [(&str, Round); 3] = [("remove/done", 1), ("retry/same", 1), ("another/left", 1)];

fn lap(more: &[(&str, Round)]) -> Vec<GivenAnswer> {
    answers(&[&FIRST_LAP, more].concat())
}

fn visits(walk: &Walk<'_>) -> Vec<String> {
    let passed = walk.done.iter();
    passed
        .map(|passed| format!("{}@{}/{}", passed.step, passed.visit, passed.answer))
        .collect()
}

fn state_of(walk: &Walk<'_>, check: &str) -> (Checked, Vec<String>) {
    let NowKind::Checks { checks, .. } = &walk.now.kind else {
        panic!("{:?}", walk.now);
    };
    let state = checks.iter().find(|state| state.check.id == *check);
    let state = state.expect("a check");
    let because = state.because.iter().map(|proof| proof.text.clone());
    (state.state, because.collect())
}

#[test]
fn an_answer_to_the_second_visit_leaves_what_facts_answered_on_the_first() {
    let written = guide(LOOP);
    let evidence = facts(&["t.notice = 1"]);
    let second = written.walk(&evidence, &lap(&[]));
    assert_eq!((second.now.step.as_str(), second.now.visit), ("look", 2));
    let given = lap(&[("look@2/name", 1)]);
    let walk = written.walk(&evidence, &given);
    assert_eq!(
        visits(&walk),
        [
            "look@1/notice",
            "remove@1/done",
            "retry@1/same",
            "another@1/left",
            "look@2/name"
        ]
    );
    assert_eq!(walk.done[0].by, By::Evidence);
    assert!(matches!(walk.done[4].by, By::Person(_)));
    assert!(walk.done[4].contradicted.is_none() && walk.off_path.is_empty());
    let given = lap(&[
        ("look@2/name", 1),
        ("rename/done", 1),
        ("retry@2/same", 1),
        ("another@2/left", 1),
    ]);
    let walk = written.walk(&evidence, &given);
    assert_eq!((walk.now.step.as_str(), walk.now.visit), ("look", 3));
    let mut third = given;
    third.extend(answers(&[("look@3/agent", 1)]));
    let walk = written.walk(&evidence, &third);
    assert_eq!(
        (walk.now.step.as_str(), walk.now.visit),
        ("stop-agent", 1),
        "each lap goes its own way"
    );
    assert_eq!(walk.done[0].by, By::Evidence);
}

#[test]
fn a_do_in_a_loop_that_was_done_twice_parts_the_rounds_twice() {
    let written = guide(LOOP);
    let evidence = rounds(&[
        &["t.notice = 1"],
        &["t.agent = 1"],
        &["t.notice = 0", "t.agent = 0"],
    ]);
    let given = lap(&[("look@2/notice", 2), ("remove@2/done", 2)]);
    let walk = written.walk(&evidence, &given);
    assert_eq!(
        visits(&walk)[4..],
        ["look@2/notice", "remove@2/done"],
        "the report after the second fix changes neither lap"
    );
    assert_eq!((walk.now.step.as_str(), walk.now.visit), ("retry", 2));
    assert_eq!(quoted(&walk.done[0].changed_since), ["t.notice = 0"]);
    assert!(walk.done[4].contradicted.is_none());
}

#[test]
fn on_a_later_visit_facts_show_what_they_say_and_lead_nowhere() {
    let written = guide(LOOP);
    let before = rounds(&[&["t.notice = 1", "t.agent = 0"]]);
    let walk = written.walk(&before, &lap(&[]));
    assert_eq!(
        state_of(&walk, "notice").0,
        Checked::Open,
        "the report from before the fix says nothing about after it"
    );
    assert_eq!(state_of(&walk, "agent").0, Checked::RuledOut);
    let fresh = rounds(&[&["t.notice = 1"], &["t.notice = 0", "t.agent = 1"]]);
    let walk = written.walk(&fresh, &lap(&[]));
    assert_eq!((walk.now.step.as_str(), walk.now.visit), ("look", 2));
    assert_eq!(
        state_of(&walk, "notice"),
        (Checked::RuledOut, vec!["t.notice = 0".to_owned()])
    );
    assert_eq!(
        state_of(&walk, "agent"),
        (Checked::Found, vec!["t.agent = 1".to_owned()])
    );
    let still = rounds(&[&["t.notice = 1"], &["t.notice = 1"]]);
    let walk = written.walk(&still, &lap(&[]));
    assert_eq!(
        state_of(&walk, "notice").0,
        Checked::Found,
        "a fresh report that still shows it says that the fix did not hold"
    );
}

#[test]
fn a_later_visit_where_all_is_ruled_out_goes_on_to_none() {
    let written = guide(LOOP);
    let evidence = rounds(&[&["t.notice = 1"], &["t.notice = 0", "t.agent = 0"]]);
    let walk = written.walk(&evidence, &lap(&[("look@2/no.name", 2)]));
    assert_eq!(walk.now.step, "help");
    assert_eq!(visits(&walk)[4..], ["look@2/none"]);
}

#[test]
fn answers_of_visits_that_the_path_no_longer_has_are_kept_and_act_nowhere() {
    let written = guide(LOOP);
    let mut given = lap(&[("look@2/name", 1), ("rename/done", 1)]);
    given.push(GivenAnswer {
        order: 9,
        ..answers(&[("look/agent", 1)]).remove(0)
    });
    let walk = written.walk(&facts(&["t.notice = 1"]), &given);
    assert_eq!(visits(&walk), ["look@1/agent"]);
    assert_eq!(walk.now.step, "stop-agent");
    let off = walk
        .off_path
        .iter()
        .map(|answer| format!("{}@{}", answer.step, answer.visit))
        .collect::<Vec<_>>();
    assert_eq!(
        off,
        ["remove@1", "retry@1", "another@1", "look@2", "rename@1"]
    );
}

#[test]
fn an_answer_that_was_set_aside_counts_nowhere() {
    let written = guide(LOOP);
    let given = answers(&[("look@0/agent", 1), ("stop-agent@0/done", 1)]);
    let walk = written.walk(&Evidence::default(), &given);
    assert_eq!((walk.now.step.as_str(), walk.done.len()), ("look", 0));
    assert_eq!(walk.off_path.len(), 2);
}
