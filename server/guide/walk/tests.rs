//! Small guides, each written for one sentence of what a walk means.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::condition::shape::ShortNames;
use crate::evidence::{Closes, Fact, FactKey, Scope, Source, Span, Text};
use crate::guide::shape::{GuideFile, ProcedureFile, resolve_guide, resolve_procedure};

/// A guide with its procedures, resolved without a complaint.
struct Written {
    guide: Guide,
    procedures: BTreeMap<ProcedureId, Procedure>,
}

fn guide(yaml: &str) -> Written {
    with_procedures(yaml, &[])
}

fn with_procedures(yaml: &str, procedures: &[&str]) -> Written {
    let mut complaints = Vec::new();
    let file: GuideFile = serde_saphyr::from_str(yaml).expect("a guide");
    let guide = resolve_guide(&file, &ShortNames::new(), &mut complaints);
    let procedures = procedures.iter().map(|yaml| {
        let file: ProcedureFile = serde_saphyr::from_str(yaml).expect("a procedure");
        let procedure = resolve_procedure(&file, &mut complaints);
        (procedure.id.clone(), procedure)
    });
    let procedures = procedures.collect();
    assert_eq!(complaints, []);
    Written { guide, procedures }
}

impl Written {
    fn walk(&self, evidence: &Evidence, answers: &[GivenAnswer]) -> Walk<'_> {
        let route = Route {
            guide: &self.guide,
            procedures: &self.procedures,
        };
        walk(route, evidence, answers)
    }
}

/// One round of facts: `key = value`, or `key -` for one that is known to be absent.
fn round(round: Round, lines: &[&str]) -> Evidence {
    let text = Text::new(lines.join("\n"));
    let mut evidence = Evidence::default();
    for line in text.lines().filter(|line| !line.text.is_empty()) {
        let span = Span {
            source: 0,
            ..line.trimmed_span()
        };
        if let Some((key, value)) = line.text.split_once(" = ") {
            evidence.facts.push(Fact {
                key: FactKey::new(key),
                value: value.into(),
                span,
                about: std::sync::Arc::default(),
                round,
            });
        } else if let Some(key) = line.text.strip_suffix(" -") {
            let closes = Closes::Key(FactKey::new(key).folded().to_owned());
            evidence.scopes.push(Scope {
                closes,
                span,
                round,
            });
        }
    }
    evidence.sources.push(Source {
        name: format!("round {round}"),
        round,
        text,
        claimed: Vec::new(),
        entries: Vec::new(),
    });
    evidence
}

fn facts(lines: &[&str]) -> Evidence {
    round(1, lines)
}

fn rounds(all: &[&[&str]]) -> Evidence {
    let mut evidence = Evidence::default();
    for (number, lines) in (1..).zip(all) {
        evidence.join(round(number, lines));
    }
    evidence
}

/// `step/answer`, each given in the given round, in this order.
fn answers(given: &[(&str, Round)]) -> Vec<GivenAnswer> {
    let answer = |(order, (said, round)): (i64, &(&str, Round))| {
        let (step, answer) = said.split_once('/').expect("step/answer");
        GivenAnswer {
            step: StepId::parse(step).expect("a step"),
            answer: AnswerId::parse(answer).expect("an answer"),
            round: *round,
            order,
            who: None,
            at: 0,
        }
    };
    (1..).zip(given).map(answer).collect()
}

fn path(walk: &Walk<'_>) -> Vec<String> {
    let passed = walk.done.iter();
    passed
        .map(|passed| format!("{}/{}", passed.step, passed.answer))
        .collect()
}

fn quoted(proofs: &[Proof]) -> Vec<&str> {
    proofs.iter().map(|proof| proof.text.as_str()).collect()
}

fn broken(walk: &Walk<'_>) -> String {
    match &walk.now.kind {
        NowKind::Broken(what) => what.clone(),
        other => panic!("not broken: {other:?}"),
    }
}

const POLICY: &str = r#"
start: policy
steps:
  - id: policy
    ask: What does the policy say?
    how: Look.
    collect: [policy-export]
    answers:
      - { id: one, label: It is 1, when: { fact: r.ask, is: "1" }, go: off }
      - { id: absent, label: It is not there, when: { fact: r.ask, exists: false }, go: local }
      - { id: other, label: Something else, otherwise: true, go: end }
  - { id: off, do: Switch it off., go: restart, cannot: help }
  - { id: local, do: Set it., when: { not: { fact: r.local, is: "0" } }, else: end, go: restart, cannot: help }
  - { id: restart, do: Restart., go: retry }
  - id: retry
    ask: Does it run?
    answers:
      - { id: runs, label: It runs, go: good }
      - { id: same, label: The same error, go: policy }
  - { id: good, outcome: resolved, text: Good. }
  - { id: help, outcome: escalate, text: Hand over. }
  - { id: end, outcome: unsupported, text: The end. }
"#;

#[test]
fn without_facts_and_answers_the_first_question_is_open() {
    let written = guide(POLICY);
    let walk = written.walk(&Evidence::default(), &[]);
    let NowKind::Ask {
        ask,
        how,
        collect,
        answers,
    } = &walk.now.kind
    else {
        panic!("{:?}", walk.now);
    };
    assert_eq!((*ask, *how), ("What does the policy say?", Some("Look.")));
    assert_eq!(collect[0], "policy-export");
    let offered = answers
        .iter()
        .map(|answer| answer.id.as_str())
        .collect::<Vec<_>>();
    assert_eq!(offered, ["one", "absent", "other"]);
    assert!(walk.done.is_empty() && !walk.finished());
    assert_eq!(walk.position, 1);
}

#[test]
fn facts_take_the_first_answer_that_is_true_and_show_the_line() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask = 0x1"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["policy/one"]);
    assert_eq!(walk.now.step, "off");
    let passed = &walk.done[0];
    assert_eq!(
        (passed.kind, passed.text, passed.label),
        ("ask", "What does the policy say?", "It is 1")
    );
    assert_eq!(passed.by, By::Evidence);
    assert_eq!(quoted(&passed.because), ["r.ask = 0x1"]);
    let others = passed
        .alternatives
        .iter()
        .map(|other| other.id.as_str())
        .collect::<Vec<_>>();
    assert_eq!(others, ["absent", "other"]);
}

#[test]
fn otherwise_is_taken_when_all_earlier_are_false_and_is_proved_by_what_made_them_false() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask = 7"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["policy/other"]);
    assert_eq!(quoted(&walk.done[0].because), ["r.ask = 7"]);
    assert!(walk.finished());
}

#[test]
fn a_proved_absence_is_an_answer_and_a_missing_report_is_none() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask -", "r.local = 1"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["policy/absent"]);
    assert!(walk.done[0].because[0].absent);
    assert_eq!(
        written.walk(&facts(&["r.local = 1"]), &[]).now.step,
        "policy"
    );
}

#[test]
fn an_earlier_unknown_leaves_the_question_open_even_if_a_later_answer_is_true() {
    let written = guide(
        r#"
start: q
steps:
  - id: q
    ask: Which?
    answers:
      - { id: a, label: A, when: { fact: t.a, is: "1" }, go: end }
      - { id: b, label: B, when: { fact: t.b, is: "1" }, go: end }
      - { id: c, label: C, otherwise: true, go: end }
  - { id: end, outcome: resolved, text: End. }
"#,
    );
    let walk_of = |lines: &[&str]| path(&written.walk(&facts(lines), &[]));
    assert!(walk_of(&["t.b = 1"]).is_empty());
    assert_eq!(walk_of(&["t.a = 0", "t.b = 1"]), ["q/b"]);
    assert_eq!(walk_of(&["t.a = 0", "t.b = 0"]), ["q/c"]);
    let evidence = facts(&["t.a = 0"]);
    let NowKind::Ask { answers, .. } = written.walk(&evidence, &[]).now.kind else {
        panic!("open");
    };
    assert_eq!(
        quoted(&answers[0].because),
        ["t.a = 0"],
        "what is known is shown at the open question"
    );
}

#[test]
fn otherwise_alone_is_not_taken_by_facts() {
    let written = guide(
        "
start: q
steps:
  - { id: q, ask: Which?, answers: [ { id: a, label: A, go: end }, { id: b, label: B, otherwise: true, go: end } ] }
  - { id: end, outcome: resolved, text: End. }
",
    );
    assert_eq!(written.walk(&facts(&["t.a = 1"]), &[]).now.step, "q");
}

const OFFER: &str = r#"
start: choose
steps:
  - id: choose
    ask: Which value may be changed?
    answers:
      - { id: a, label: A, offer: { fact: t.a, is: "0" }, go: end }
      - { id: b, label: B, offer: { fact: t.b, is: "0" }, go: end }
    none: nothing
  - { id: end, outcome: resolved, text: End. }
  - { id: nothing, outcome: escalate, text: Nothing helps. }
"#;

#[test]
fn an_offer_hides_only_when_it_is_false_and_is_never_taken_by_facts() {
    let written = guide(OFFER);
    let offered = |lines: &[&str]| match written.walk(&facts(lines), &[]).now.kind {
        NowKind::Ask { answers, .. } => answers
            .iter()
            .map(|answer| answer.id.to_string())
            .collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(offered(&[]), ["a", "b"]);
    assert_eq!(offered(&["t.a = 0"]), ["a", "b"]);
    assert_eq!(offered(&["t.a = 1"]), ["b"]);
}

#[test]
fn when_nothing_can_be_offered_the_evidence_answers_none() {
    let written = guide(OFFER);
    let evidence = facts(&["t.a = 1", "t.b = 1"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["choose/none"]);
    assert_eq!(walk.now.step, "nothing");
    assert_eq!(walk.done[0].by, By::Evidence);
    assert_eq!(quoted(&walk.done[0].because), ["t.a = 1", "t.b = 1"]);
}

#[test]
fn a_persons_answer_stands_and_contradicting_facts_are_shown_beside_it() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask = 1"]);
    let walk = written.walk(&evidence, &answers(&[("policy/other", 1)]));
    assert_eq!(path(&walk), ["policy/other"]);
    assert!(matches!(walk.done[0].by, By::Person(_)));
    let contradiction = walk.done[0].contradicted.as_ref().expect("contradicted");
    assert_eq!(
        (contradiction.answer.as_str(), contradiction.label),
        ("one", "It is 1")
    );
    assert_eq!(quoted(&contradiction.because), ["r.ask = 1"]);
    let agreed = written.walk(&evidence, &answers(&[("policy/one", 1)]));
    assert!(agreed.done[0].contradicted.is_none());
}

#[test]
fn answers_that_the_step_does_not_have_or_that_are_off_the_path_are_kept_apart() {
    let written = guide(POLICY);
    let given = answers(&[
        ("policy/gone", 1),
        ("policy/one", 1),
        ("local/done", 1),
        ("nowhere/x", 1),
        ("retry/cannot", 1),
    ]);
    let evidence = Evidence::default();
    let walk = written.walk(&evidence, &given);
    assert_eq!(path(&walk), ["policy/one"]);
    let off = walk
        .off_path
        .iter()
        .map(|answer| answer.step.as_str())
        .collect::<Vec<_>>();
    assert_eq!(off, ["policy", "local", "nowhere", "retry"]);
}

#[test]
fn an_instruction_waits_until_a_person_says_done_or_cannot() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask = 1"]);
    let walk = written.walk(&evidence, &[]);
    assert!(
        matches!(walk.now.kind, NowKind::Do(instruction) if instruction.text == "Switch it off.")
    );
    assert_eq!(walk.next, ["Restart.", "Does it run?"]);
    assert_eq!(
        written
            .walk(&evidence, &answers(&[("off/done", 1)]))
            .now
            .step,
        "restart"
    );
    assert_eq!(
        written
            .walk(&evidence, &answers(&[("off/cannot", 1)]))
            .now
            .step,
        "help"
    );
}

#[test]
fn cannot_is_no_answer_where_the_guide_has_no_way_on_for_it() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask = 1"]);
    let walk = written.walk(
        &evidence,
        &answers(&[("off/done", 1), ("restart/cannot", 1)]),
    );
    assert_eq!(walk.now.step, "restart");
    assert_eq!(walk.off_path.len(), 1);
}

#[test]
fn an_instruction_that_facts_show_to_be_not_needed_is_passed_over_with_its_proof() {
    let written = guide(POLICY);
    let evidence = facts(&["r.ask -", "r.local = 0"]);
    let walk = written.walk(&evidence, &[]);
    assert_eq!(path(&walk), ["policy/absent", "local/not-needed"]);
    assert_eq!(walk.now.step, "end");
    assert!(walk.done[1].skipped);
    assert_eq!(quoted(&walk.done[1].because), ["r.local = 0"]);
    let unknown = written.walk(&facts(&["r.ask -"]), &[]).now.step;
    assert_eq!(unknown, "local", "unknown is not false");
}

#[test]
fn cannot_is_contradicted_by_facts_that_show_the_instruction_to_be_not_needed() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.ask -"], &["r.local = 0"]]);
    let walk = written.walk(&evidence, &answers(&[("local/cannot", 1)]));
    assert_eq!(walk.now.step, "help");
    let contradiction = walk.done[1].contradicted.as_ref().expect("contradicted");
    assert_eq!(contradiction.answer, "not-needed");
}

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
fn answers_meet_the_visits_of_a_step_in_the_order_of_giving() {
    let written = guide(POLICY);
    let given = answers(&[
        ("policy/one", 1),
        ("off/done", 1),
        ("restart/done", 1),
        ("retry/same", 1),
        ("policy/absent", 1),
        ("local/done", 1),
        ("restart/done", 1),
        ("retry/runs", 1),
    ]);
    let evidence = Evidence::default();
    let walk = written.walk(&evidence, &given);
    assert_eq!(walk.now.step, "good");
    assert_eq!(walk.done.len(), 8);
    assert!(walk.off_path.is_empty());
    let mut shuffled = given.clone();
    shuffled.reverse();
    assert_eq!(path(&written.walk(&evidence, &shuffled)), path(&walk));
}

#[test]
fn checks_visited_again_take_the_marks_that_the_first_visit_left() {
    let written = guide(CHECKS);
    let given = answers(&[
        ("look/no.b", 1),
        ("look/c", 1),
        ("fix-c/done", 1),
        ("look/a", 1),
    ]);
    assert_eq!(
        path(&written.walk(&Evidence::default(), &given)),
        ["look/c", "fix-c/done", "look/a"]
    );
}

#[test]
fn a_report_taken_after_the_fix_does_not_lead_down_another_branch() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.ask = 1"], &["r.ask = 0"]]);
    let walk = written.walk(&evidence, &answers(&[("off/done", 1)]));
    assert_eq!(path(&walk), ["policy/one", "off/done"]);
    assert_eq!(walk.now.step, "restart");
    assert_eq!(quoted(&walk.done[0].changed_since), ["r.ask = 0"]);
    let undone = written.walk(&evidence, &[]);
    assert_eq!(
        path(&undone),
        ["policy/other"],
        "without the instruction done all rounds count"
    );
    assert!(undone.done[0].changed_since.is_empty());
}

#[test]
fn a_person_is_not_contradicted_by_what_the_fix_changed() {
    let written = guide(POLICY);
    let evidence = rounds(&[&[], &["r.ask = 0"]]);
    let walk = written.walk(&evidence, &answers(&[("policy/one", 1), ("off/done", 1)]));
    assert!(walk.done[0].contradicted.is_none());
    assert_eq!(quoted(&walk.done[0].changed_since), ["r.ask = 0"]);
    let before_the_fix = written.walk(&evidence, &answers(&[("policy/one", 1)]));
    assert!(before_the_fix.done[0].contradicted.is_some());
}

#[test]
fn a_fact_that_came_again_unchanged_is_no_change() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.ask = 1"], &["r.ask = 1"]]);
    let walk = written.walk(&evidence, &answers(&[("off/done", 1)]));
    assert!(walk.done[0].changed_since.is_empty());
}

#[test]
fn a_done_off_the_path_does_not_shift_which_rounds_count() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.local = 1"], &["r.ask = 1"]]);
    let walk = written.walk(&evidence, &answers(&[("local/done", 1)]));
    assert_eq!(path(&walk), ["policy/one"]);
    assert_eq!(walk.off_path.len(), 1);
    let both = written.walk(&evidence, &answers(&[("local/done", 1), ("off/done", 2)]));
    assert_eq!(path(&both), ["policy/one", "off/done"]);
}

const TWO_FIXES: &str = r#"
start: first
steps:
  - id: first
    ask: First?
    answers:
      - { id: bad, label: Bad, when: { fact: t.a, is: "1" }, go: mend-first }
      - { id: good, label: Good, otherwise: true, go: end }
  - { id: mend-first, do: Mend it., go: second }
  - id: second
    ask: Second?
    answers:
      - { id: bad, label: Bad, when: { fact: t.b, is: "1" }, go: mend-second }
      - { id: good, label: Good, otherwise: true, go: end }
  - { id: mend-second, do: Mend that., go: end }
  - { id: end, outcome: resolved, text: End. }
"#;

#[test]
fn each_stretch_between_two_fixes_uses_the_rounds_up_to_its_own_fix() {
    let written = guide(TWO_FIXES);
    let evidence = rounds(&[
        &["t.a = 1", "t.b = 0"],
        &["t.a = 0", "t.b = 1"],
        &["t.b = 0"],
    ]);
    let given = answers(&[("mend-first/done", 1), ("mend-second/done", 2)]);
    let walk = written.walk(&evidence, &given);
    assert_eq!(
        path(&walk),
        [
            "first/bad",
            "mend-first/done",
            "second/bad",
            "mend-second/done"
        ]
    );
    assert_eq!(walk.now.step, "end");
    let turned = answers(&[("mend-second/done", 2), ("mend-first/done", 1)]);
    assert_eq!(
        path(&written.walk(&evidence, &turned)),
        path(&walk),
        "the order of giving need not be that of the path"
    );
}

#[test]
fn a_question_that_has_nothing_to_offer_and_leads_back_to_itself_ends_in_words() {
    let written = guide(&OFFER.replace("none: nothing", "none: choose"));
    let evidence = facts(&["t.a = 1", "t.b = 1"]);
    assert!(broken(&written.walk(&evidence, &[])).contains("in a circle"));
    let no_checks = guide("{ start: s, steps: [ { id: s, checks: [], none: s } ] }");
    assert!(broken(&no_checks.walk(&evidence, &[])).contains("in a circle"));
}

const CALLER: &str = "
start: test
steps:
  - { id: test, call: sign-in, on: { works: good, fails: bad } }
  - { id: good, outcome: resolved, text: Good. }
  - { id: bad, outcome: escalate, text: Bad. }
";
const SIGN_IN: &str = r#"
id: sign-in
title: Sign in
results: [works, fails]
guide:
  start: try
  steps:
    - id: try
      ask: Does signing in work?
      answers:
        - { id: "yes", label: Yes, when: { fact: t.in, is: "1" }, go: works }
        - { id: "no", label: "No", otherwise: true, go: fails }
    - { id: works, return: works }
    - { id: fails, return: fails }
"#;

#[test]
fn a_call_goes_through_the_procedure_and_its_result_decides() {
    let written = with_procedures(CALLER, &[SIGN_IN]);
    let evidence = Evidence::default();
    assert_eq!(written.walk(&evidence, &[]).now.step, "test.try");
    let walk = written.walk(&evidence, &answers(&[("test.try/no", 1)]));
    assert_eq!(path(&walk), ["test.try/no"]);
    assert_eq!(walk.now.step, "bad");
    assert_eq!(written.walk(&facts(&["t.in = 1"]), &[]).now.step, "good");
}

#[test]
fn a_preview_goes_through_calls() {
    let caller = CALLER.replace(
        "start: test\nsteps:",
        "start: prepare\nsteps:\n  - { id: prepare, do: Prepare., go: test }",
    );
    let written = with_procedures(&caller, &[SIGN_IN]);
    let evidence = Evidence::default();
    let walk = written.walk(&evidence, &[]);
    assert_eq!(walk.next, ["Does signing in work?"]);
}

#[test]
fn a_broken_guide_ends_in_words() {
    let missing = guide("{ start: gone, steps: [] }");
    assert!(
        broken(&missing.walk(&Evidence::default(), &[]))
            .contains("a step `gone` that it does not have")
    );
    let no_procedure = guide(CALLER);
    assert!(
        broken(&no_procedure.walk(&Evidence::default(), &[]))
            .contains("a procedure `sign-in` that does not exist")
    );
    let stray = guide("{ start: back, steps: [ { id: back, return: works } ] }");
    assert!(broken(&stray.walk(&Evidence::default(), &[])).contains("nothing called it"));
    let no_result = with_procedures(&CALLER.replace("works: good, ", ""), &[SIGN_IN]);
    assert!(
        broken(&no_result.walk(&facts(&["t.in = 1"]), &[]))
            .contains("where its result `works` leads")
    );
    let recursive = "{ id: p, title: P, results: [r], guide: { start: s, steps: [ { id: s, call: p, on: {} } ] } }";
    let calls_itself = with_procedures(
        "{ start: s, steps: [ { id: s, call: p, on: {} } ] }",
        &[recursive],
    );
    assert!(broken(&calls_itself.walk(&Evidence::default(), &[])).contains("calls itself"));
    let circle =
        "{ id: p, title: P, results: [r], guide: { start: s, steps: [ { id: s, return: r } ] } }";
    let round = with_procedures(
        "{ start: s, steps: [ { id: s, call: p, on: { r: s } } ] }",
        &[circle],
    );
    assert!(broken(&round.walk(&Evidence::default(), &[])).contains("in a circle"));
}

#[test]
fn procedures_nest_three_deep_and_no_deeper() {
    let calling = |id: &str, next: &str| {
        format!(
            "{{ id: {id}, title: P, results: [r], guide: {{ start: s, steps: [ {{ id: s, call: {next}, on: {{ r: e }} }}, {{ id: e, return: r }} ] }} }}"
        )
    };
    let last = "{ id: d, title: P, results: [r], guide: { start: q, steps: [ { id: q, ask: Deep?, answers: [ { id: a, label: A, go: e } ] }, { id: e, return: r } ] } }";
    let (two, three, one) = (calling("b", "c"), calling("c", "d"), calling("a", "b"));
    let procedures = [one.as_str(), two.as_str(), three.as_str(), last];
    let start = |first: &str| {
        format!(
            "{{ start: s, steps: [ {{ id: s, call: {first}, on: {{ r: e }} }}, {{ id: e, outcome: resolved, text: E }} ] }}"
        )
    };
    let fits = with_procedures(&start("b"), &procedures);
    assert_eq!(fits.walk(&Evidence::default(), &[]).now.step, "s.s.s.q");
    assert_eq!(
        fits.walk(&Evidence::default(), &answers(&[("s.s.s.q/a", 1)]))
            .now
            .step,
        "e"
    );
    let too_deep = with_procedures(&start("a"), &procedures);
    assert!(broken(&too_deep.walk(&Evidence::default(), &[])).contains("deeper than 3"));
}

#[test]
fn an_automation_override_holds_from_its_step_on_unless_the_step_was_passed_over() {
    let written = guide(
        r#"
start: change
steps:
  - { id: change, do: Change it., when: { fact: t.a, is: "1" }, else: end, go: end,
      automation: { reason: changed, retryable: "yes", who_can_fix: owner } }
  - { id: end, outcome: resolved, text: End. }
"#,
    );
    let done = answers(&[("change/done", 1)]);
    let evidence = Evidence::default();
    let reason = |walk: Walk<'_>| walk.automation.map(|automation| automation.reason.clone());
    assert_eq!(
        reason(written.walk(&evidence, &done)),
        Some("changed".to_owned())
    );
    assert_eq!(reason(written.walk(&facts(&["t.a = 0"]), &[])), None);
}

#[test]
fn the_count_of_steps_lies_between_the_shortest_and_the_longest_way() {
    let written = guide(TWO_FIXES);
    let evidence = Evidence::default();
    let start = written.walk(&evidence, &[]);
    // One question at least, four steps at most.
    assert_eq!((start.position, start.about), (1, 2));
    let later = written.walk(&evidence, &answers(&[("first/bad", 1)]));
    assert_eq!((later.position, later.about), (2, 3));
    let end = written.walk(&evidence, &answers(&[("first/good", 1)]));
    assert_eq!((end.position, end.about), (1, 1));
}

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
