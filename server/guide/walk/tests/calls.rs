//! Procedures, broken guides, automation, and what lies ahead.

use super::time::TWO_FIXES;
use super::*;

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
