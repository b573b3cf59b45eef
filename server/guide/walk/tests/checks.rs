//! Checks side by side, and steps that are visited again.

use super::*;

const CHECKS: &str = r#"
start: look
steps:
  - id: look
    intro: Three things can cause this.
    checks:
      - { id: a, ask: Is it A?, go: fix-a, found_when: { fact: t.a, is: "1" }, ruled_out_when: { fact: t.a, is: "0" } }
      - { id: b, ask: Is it B?, go: fix-b, found_when: { fact: t.b, is: "1" }, ruled_out_when: { fact: t.b, is: "0" } }
      - { id: c, ask: Is it C?, go: fix-c }
    none: help
  - { id: fix-a, do: Mend A., go: look }
  - { id: fix-b, do: Mend B., go: look }
  - { id: fix-c, do: Mend C., go: look }
  - { id: help, outcome: escalate, text: None of them. }
"#;

#[test]
fn checks_are_shown_open_first_and_ruled_out_last_with_the_line_that_says_so() {
    let written = guide(CHECKS);
    let evidence = facts(&["t.a = 0"]);
    let walk = written.walk(&evidence, &[]);
    let NowKind::Checks { intro, checks } = &walk.now.kind else {
        panic!("{:?}", walk.now);
    };
    assert_eq!(*intro, Some("Three things can cause this."));
    let shown = checks
        .iter()
        .map(|state| (state.check.id.as_str(), state.state))
        .collect::<Vec<_>>();
    assert_eq!(
        shown,
        [
            ("b", Checked::Open),
            ("c", Checked::Open),
            ("a", Checked::RuledOut)
        ]
    );
    assert_eq!(quoted(&checks[2].because), ["t.a = 0"]);
    assert_eq!(checks[2].by, Some(By::Evidence));
}

#[test]
fn an_open_check_never_hides_a_found_one_and_the_first_found_leads_on() {
    let written = guide(CHECKS);
    let evidence = facts(&["t.b = 1"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["look/b"]);
    assert_eq!(
        (walk.done[0].kind, walk.done[0].label),
        ("checks", "Is it B?")
    );
    assert_eq!(quoted(&walk.done[0].because), ["t.b = 1"]);
    assert_eq!(walk.now.step, "fix-b");
    assert_eq!(
        path(&written.walk(&facts(&["t.a = 1", "t.b = 1"]), &[])),
        ["look/a"]
    );
}

#[test]
fn a_person_marks_checks_found_or_ruled_out_and_all_ruled_out_leads_to_none() {
    let written = guide(CHECKS);
    let evidence = facts(&["t.a = 0"]);
    assert_eq!(
        path(&written.walk(&evidence, &answers(&[("look/c", 1)]))),
        ["look/c"]
    );
    let one_left = written.walk(&evidence, &answers(&[("look/no.b", 1)]));
    assert_eq!(one_left.now.step, "look");
    let none = written.walk(&evidence, &answers(&[("look/no.b", 1), ("look/no.c", 1)]));
    assert_eq!(path(&none), ["look/none"]);
    assert!(matches!(&none.done[0].by, By::Person(last) if last.answer == "no.c"));
    let by_facts = facts(&["t.a = 0", "t.b = 0"]);
    assert_eq!(
        written
            .walk(&by_facts, &answers(&[("look/no.c", 1)]))
            .now
            .step,
        "help"
    );
}

#[test]
fn a_persons_mark_on_a_check_stands_over_facts_which_are_shown() {
    let written = guide(CHECKS);
    let evidence = facts(&["t.a = 1", "t.b = 0"]);
    let ruled_out = written.walk(&evidence, &answers(&[("look/no.a", 1)]));
    let NowKind::Checks { checks, .. } = &ruled_out.now.kind else {
        panic!("{:?}", ruled_out.now);
    };
    let a = checks
        .iter()
        .find(|state| state.check.id == "a")
        .expect("a");
    assert_eq!(a.state, Checked::RuledOut);
    assert_eq!(quoted(&a.contradicted), ["t.a = 1"]);
    let chosen = written.walk(&evidence, &answers(&[("look/b", 1)]));
    assert_eq!(
        chosen.now.step, "fix-b",
        "a person's found check goes before one that facts found"
    );
    assert_eq!(
        chosen.done[0]
            .contradicted
            .as_ref()
            .expect("contradicted")
            .answer,
        "a"
    );
}

#[test]
fn a_step_that_is_visited_again_asks_anew_and_facts_do_not_answer_it_again() {
    let written = guide(CHECKS);
    let evidence = facts(&["t.a = 1"]);
    let again = written.walk(&evidence, &answers(&[("fix-a/done", 1)]));
    assert_eq!(path(&again), ["look/a", "fix-a/done"]);
    let NowKind::Checks { checks, .. } = &again.now.kind else {
        panic!("{:?}", again.now);
    };
    assert!(checks.iter().all(|state| state.state == Checked::Open));
}

#[test]
fn marks_count_for_the_visit_they_were_given_to() {
    let written = guide(CHECKS);
    let given = answers(&[
        ("look/no.b", 1),
        ("look/c", 1),
        ("fix-c/done", 1),
        ("look@2/a", 1),
    ]);
    assert_eq!(
        path(&written.walk(&Evidence::default(), &given)),
        ["look/c", "fix-c/done", "look/a"]
    );
    let walk = written.walk(&Evidence::default(), &given[..3]);
    assert_eq!((walk.now.step.as_str(), walk.now.visit), ("look", 2));
    let NowKind::Checks { checks, .. } = &walk.now.kind else {
        panic!("{:?}", walk.now);
    };
    assert!(checks.iter().all(|state| state.state == Checked::Open));
}

#[test]
fn of_several_marks_of_a_check_in_one_visit_the_last_counts() {
    let written = guide(CHECKS);
    let given = answers(&[("look/a", 1), ("look/no.b", 1), ("look/no.a", 1)]);
    let walk = written.walk(&Evidence::default(), &given);
    let NowKind::Checks { checks, .. } = &walk.now.kind else {
        panic!("{:?}", walk.now);
    };
    let states = checks
        .iter()
        .map(|state| (state.check.id.as_str(), state.state))
        .collect::<Vec<_>>();
    assert_eq!(
        states,
        [
            ("c", Checked::Open),
            ("a", Checked::RuledOut),
            ("b", Checked::RuledOut)
        ]
    );
    let found_twice = answers(&[("look/b", 1), ("look/a", 1)]);
    let walk = written.walk(&Evidence::default(), &found_twice);
    assert_eq!(path(&walk), ["look/a"], "the last found one leads on");
}
