//! What the linter says of guides: steps, answers, procedures, walks.

use super::*;

#[test]
fn steps_that_are_named_exist() {
    rule_with(
        "start: policy",
        "start: polcy",
        "demo.rule.yaml:17: error: guide.start: there is no step `polcy`",
    );
    rule_with(
        "go: change }",
        "go: chnge }",
        "guide.steps.policy.answers.one.go: there is no step `chnge` in this guide",
    );
    rule_with(
        "cannot: help",
        "cannot: hlp",
        ":25: error: guide.steps.change.cannot: there is no step `hlp`",
    );
    rule_with(
        "works: good",
        "works: god",
        "guide.steps.sign-in.on.works: there is no step `god`",
    );
}

#[test]
fn no_step_is_dead_doubled_or_dotted_and_every_loop_has_an_exit() {
    let help = "    - { id: help,";
    rule_with(
        help,
        &format!("    - {{ id: spare, do: X., go: help }}\n{help}"),
        "no way leads to the step `spare`; lead one there or remove it",
    );
    rule_with(
        help,
        &format!("    - {{ id: change, do: X., go: help }}\n{help}"),
        "the step `change` is there twice",
    );
    rule_with(
        "go: sign-in }",
        "go: round }\n    - { id: round, do: X., go: round }",
        "no way leads from the step `round` to an end",
    );
    rule_with("sign-in, call", "sign.in, call", "has a dot in its name");
}

#[test]
fn answers_are_unique_and_otherwise_is_last_and_once() {
    rule_with(
        "id: other,",
        "id: one,",
        "`one` is there twice in this step",
    );
    rule_with(
        "id: other,",
        "id: no.way,",
        "`no.way` means something of its own",
    );
    rule_with(
        "otherwise: true, ",
        "",
        "end with one that has `otherwise: true`",
    );
    rule_with(
        "when: { fact: ask, is: \"1\" }",
        "otherwise: true",
        "belongs to the last answer, and to it alone",
    );
    rule_with(
        "when: { fact: ask, is: \"1\" }, ",
        "",
        "needs an answer with `when` before it",
    );
    rule_with(
        "otherwise: true",
        "otherwise: true, offer: { fact: ask, is: x }",
        "an answer has one of `when`, `otherwise` and `offer`",
    );
}

#[test]
fn offers_that_may_all_be_hidden_need_none() {
    let answers = "when: { fact: ask, is: \"1\" }, go: change }\n        - { id: other, label: Not 1, otherwise: true,";
    let offers = "offer: { fact: ask, is: \"1\" }, go: change }\n        - { id: other, label: Not 1, offer: { fact: ask, is: \"0\" },";
    rule_with(
        answers,
        offers,
        "every answer has `offer`; say with `none` where to go",
    );
    rule_with(answers, offers, "This happens with: t.ask");
}

#[test]
fn calls_name_a_procedure_and_cover_its_results() {
    rule_with(
        "call: test",
        "call: tst",
        "guide.steps.sign-in.call: there is no procedure `tst`",
    );
    rule_with(
        "works: good, fails: help",
        "works: good",
        "`test` can return `fails`; say where that leads",
    );
    rule_with(
        "fails: help",
        "fails: help, late: help",
        "`test` never returns `late`; remove it",
    );
    rule_with(
        "good, outcome: resolved, text: Good.",
        "good, return: works",
        "a rule's guide ends with `outcome`",
    );
}

#[test]
fn procedures_return_what_they_declare_and_call_no_circle() {
    procedure_with(
        "results: [works, fails]",
        "results: [works, fails, late]",
        "no step returns `late`",
    );
    procedure_with(
        "results: [works, fails]",
        "results: [works]",
        "`fails` is not among this procedure's `results`",
    );
    procedure_with(
        "{ id: fails, return: fails }",
        "{ id: fails, call: test, on: { works: works, fails: works } }",
        "calls itself in the end",
    );
    rule_with(
        "call: test, on: { works: good, fails: help }",
        "do: X., go: good, cannot: help",
        "warning: id: nothing calls the procedure `test`",
    );
}

#[test]
fn sentences_in_steps_have_at_most_25_words() {
    let long = ["word"; 26].join(" ");
    rule_with(
        "ask: What does it say?",
        &format!("ask: {long}?"),
        "has 26 words; split it",
    );
    let code = ["`one two three`"; 25].join(" ");
    let fine = RULE.replace(
        "ask: What does it say?",
        &format!("ask: Two sentences. {code}"),
    );
    assert!(report(&fine, GENERAL, PROCEDURE).passed());
}

#[test]
fn a_command_holds_no_placeholder() {
    rule_with(
        "caution: registry",
        "command: \"x {{fact:ask}}\"",
        "a command cannot hold a placeholder",
    );
}

#[test]
fn walks_go_where_the_file_says_and_through_every_branch() {
    rule_with(
        "path: [policy/other, sign-in.try/fails]",
        "path: [policy/one]",
        "walks[1].path: \u{201c}Other\u{201d} goes policy/other, sign-in.try/fails; the file says policy/one",
    );
    rule_with(
        "    end: help",
        "    end: good",
        "walks[1].end: \u{201c}Other\u{201d} ends at `help`; the file says `good`",
    );
    rule_with(
        "ask: \"0\", t.works",
        "ask: \"1\", t.works",
        "no walk goes through `policy/other`",
    );
    rule_with(
        "answers: { change: done }",
        "answers: { change: done, gone: x }",
        "these answers are never asked for: gone/x",
    );
    rule_with(
        "t.works: \"1\" }\n    answers: { change: done }",
        "t.works: \"0\" }\n    answers: { change: done }",
        "no walk ends at `good`",
    );
}

#[test]
fn every_branch_of_a_procedure_has_a_walk_of_some_rule() {
    rule_with(
        "t.works: \"1\"",
        "t.works: \"0\"",
        "procedures/test.yaml:8: error: guide.steps.try: no walk goes through `try/works`",
    );
}
