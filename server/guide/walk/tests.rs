//! Small guides, each written for one sentence of what a walk means.

use std::collections::BTreeMap;

use super::*;
use crate::condition::shape::ShortNames;
use crate::evidence::{Closes, Entries, Fact, FactKey, Scope, Source, Span, Text};
use crate::guide::resolve::{resolve_guide, resolve_procedure};
use crate::guide::shape::{GuideFile, ProcedureFile};

mod any;
mod calls;
mod checks;
mod loops;
mod time;

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
        kinds: Vec::new(),
        claimed: Vec::new(),
        entries: Entries::default(),
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

/// `step/answer`, or `step@visit/answer` for a later visit, each given in the given round, in this order.
fn answers(given: &[(&str, Round)]) -> Vec<GivenAnswer> {
    let answer = |(order, (said, round)): (i64, &(&str, Round))| {
        let (place, answer) = said.split_once('/').expect("step/answer");
        let (step, visit) = place.split_once('@').unwrap_or((place, "1"));
        GivenAnswer {
            step: StepId::parse(step).expect("a step"),
            visit: visit.parse().expect("a visit"),
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

#[test]
fn answers_meet_the_visit_that_they_were_given_to_in_whatever_order_they_are_kept() {
    let written = guide(POLICY);
    let given = answers(&[
        ("policy/one", 1),
        ("off/done", 1),
        ("restart/done", 1),
        ("retry/same", 1),
        ("policy@2/absent", 1),
        ("local/done", 1),
        ("restart@2/done", 1),
        ("retry@2/runs", 1),
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
