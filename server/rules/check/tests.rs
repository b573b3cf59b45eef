//! A small pack that passes, and one break for each check.

use super::*;
use crate::rules::pack::PackText;

const PRODUCTS: &str = "- { id: demo, name: Demo }";
const COLLECTORS: &str = "- { id: look, title: Look, yields: [t.*] }";
const CAUTIONS: &str = "- { id: registry, text: Mind. }";
const PROCEDURE: &str = "
id: test
title: Test
results: [works, fails]
guide:
  start: try
  steps:
    - id: try
      ask: Does it work?
      collect: [look]
      answers:
        - { id: works, label: It works, when: { fact: t.works, is: \"1\" }, go: works }
        - { id: fails, label: It fails, otherwise: true, go: fails }
    - { id: works, return: works }
    - { id: fails, return: fails }
";
const RULE: &str = r#"
id: demo.rule
title: A demo
product: demo
severity: error
refines: [demo.general]
automation: { reason: demo, retryable: after-fix, who_can_fix: it }
match:
  any:
    - code: AlphaBetaGamma
    - all:
        - phrase: the demo has broken down
        - { phrase: demo, context: true }
cause: Because.
facts: { ask: t.ask }
guide:
  start: policy
  steps:
    - id: policy
      ask: What does it say?
      collect: [look]
      answers:
        - { id: one, label: It is 1, when: { fact: ask, is: "1" }, go: change }
        - { id: other, label: Not 1, otherwise: true, go: sign-in }
    - { id: change, do: Change it., caution: registry, go: sign-in, cannot: help }
    - { id: sign-in, call: test, on: { works: good, fails: help } }
    - { id: good, outcome: resolved, text: Good. }
    - { id: help, outcome: continue, rule: demo.general, text: Go on. }
references:
  - { title: Article, url: "https://example.com/a", verified: "2026-11-21" }
examples:
  - { text: "code AlphaBetaGamma", expect: match }
  - { text: "alphabetagamma!", expect: match }
  - { text: "demo: the demo has broken down", expect: match }
  - { text: "Today the demo has broken down.", expect: match }
  - { text: "the demo went well", expect: silent }
walks:
  - name: One
    facts: { ask: "1", t.works: "1" }
    answers: { change: done }
    path: [policy/one, change/done, sign-in.try/works]
    end: good
  - name: Other
    facts: { ask: "0", t.works: "0" }
    path: [policy/other, sign-in.try/fails]
    end: help
"#;
const UNRELATED: &str = r"
each: 500
texts:
  - 'the shop sold {n:3} lamps'
  - 'omega {n:4} is a watch'
";
const GENERAL: &str = r#"
id: demo.general
title: General
product: demo
severity: error
automation: { reason: demo, retryable: after-fix, who_can_fix: it }
match: { code: OmegaPsiChi }
cause: Because.
guide: { start: end, steps: [ { id: end, outcome: escalate, text: Hand over. } ] }
references:
  - { title: Article, url: "https://example.com/a" }
examples:
  - { text: "code OmegaPsiChi", expect: match }
  - { text: "omegapsichi", expect: match }
  - { text: "omega psi", expect: silent }
walks:
  - { name: Nothing, path: [], end: end }
"#;

fn report(rule: &str, general: &str, procedure: &str) -> Report {
    report_with(rule, general, procedure, UNRELATED)
}

fn report_with(rule: &str, general: &str, procedure: &str, unrelated: &str) -> Report {
    let files = [
        ("unrelated.yaml", unrelated),
        ("products.yaml", PRODUCTS),
        ("collectors.yaml", COLLECTORS),
        ("cautions.yaml", CAUTIONS),
        ("procedures/test.yaml", procedure),
        ("demo/demo.rule.yaml", rule),
        ("demo/demo.general.yaml", general),
    ];
    let texts = files.map(|(path, text)| PackText {
        path: path.to_owned(),
        text: text.to_owned(),
    });
    let (pack, unreadable) = Pack::read(texts.into());
    check(&pack, &unreadable)
}

fn lines(report: &Report) -> Vec<String> {
    report.remarks.iter().map(ToString::to_string).collect()
}

/// Replaces a part of the rule and expects this remark among the others.
#[track_caller]
fn rule_with(old: &str, new: &str, remark: &str) {
    assert!(RULE.contains(old), "{old}");
    let remarks = lines(&report(&RULE.replacen(old, new, 1), GENERAL, PROCEDURE));
    assert!(
        remarks.iter().any(|line| line.contains(remark)),
        "{remarks:#?}"
    );
}

#[track_caller]
fn procedure_with(old: &str, new: &str, remark: &str) {
    assert!(PROCEDURE.contains(old), "{old}");
    let remarks = lines(&report(RULE, GENERAL, &PROCEDURE.replacen(old, new, 1)));
    assert!(
        remarks.iter().any(|line| line.contains(remark)),
        "{remarks:#?}"
    );
}

#[test]
fn a_good_pack_passes_without_a_remark() {
    let report = report(RULE, GENERAL, PROCEDURE);
    assert_eq!(lines(&report), Vec::<String>::new());
    assert!(report.passed() && report.notes.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_on_its_line() {
    rule_with(
        "severity: error",
        "severity: bad",
        "demo/demo.rule.yaml:5: error: column",
    );
}

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
fn rules_collectors_cautions_and_products_that_are_named_exist() {
    rule_with(
        "refines: [demo.general]",
        "refines: [demo.gone]",
        "refines: there is no rule `demo.gone`",
    );
    rule_with(
        "rule: demo.general",
        "rule: demo.gone",
        "guide.steps.help.rule: there is no rule `demo.gone`",
    );
    rule_with(
        "collect: [look]",
        "collect: [lok]",
        ":21: error: guide.steps.policy.collect: there is no collector `lok`",
    );
    rule_with(
        "caution: registry",
        "caution: gone",
        "there is no caution `gone`",
    );
    rule_with("ask: t.ask", "ask: u.ask", "no collector yields `u.ask`");
}

#[test]
fn refining_goes_one_way() {
    let general = GENERAL.replace("severity: error", "severity: error\nrefines: [demo.rule]");
    let remarks = lines(&report(RULE, &general, PROCEDURE));
    assert!(
        remarks
            .iter()
            .any(|line| line.contains("`demo.general` refines this rule in turn")),
        "{remarks:#?}"
    );
}

#[test]
fn a_name_belongs_to_one_rule() {
    rule_with(
        "title: A demo",
        "title: A demo\naliases: [demo.general]",
        "is taken by the rule",
    );
}

#[test]
fn a_match_compiles_and_each_alternative_proves_something() {
    rule_with("code: AlphaBetaGamma", "regex: \"a(\"", "does not compile");
    rule_with(
        "code: AlphaBetaGamma",
        "regex: \"(a{1000}){1000}\"",
        "does not compile",
    );
    rule_with(
        "code: AlphaBetaGamma",
        "not: { code: AlphaBetaGamma }",
        "match.any[0]: this alternative proves nothing",
    );
    rule_with(
        "phrase: the demo has broken down",
        "phrase: broken",
        "no piece of this phrase has 8 letters",
    );
    rule_with(
        "phrase: the demo has broken down",
        "phrase: \"*the demo has\"",
        "cannot begin or end with one",
    );
}

#[test]
fn examples_match_by_every_alternative_and_look_alikes_stay_silent() {
    rule_with(
        "\"alphabetagamma!\"",
        "\"nothing\"",
        "examples[1]: this example must match and does not",
    );
    rule_with(
        "  - { text: \"alphabetagamma!\", expect: match }\n",
        "",
        "match.any[0]: 1 of the examples match by this alternative; add examples until there are 2",
    );
    rule_with(
        "the demo went well",
        "alphabetagamma went well",
        "this look-alike must stay silent and matches",
    );
    rule_with(
        "expect: silent",
        "expect: match",
        "add a look-alike with `expect: silent`",
    );
}

#[test]
fn another_rules_example_is_left_alone_unless_one_refines_the_other_or_it_says_also() {
    let stranger = RULE
        .replace("refines: [demo.general]", "refines: []")
        .replace("alphabetagamma!", "alphabetagamma omegapsichi");
    let remarks = lines(&report(&stranger, GENERAL, PROCEDURE));
    assert!(
        remarks
            .iter()
            .any(|line| line.contains("`demo.general` matches this example too")),
        "{remarks:#?}"
    );
    let also = stranger.replace(
        "alphabetagamma omegapsichi\",",
        "alphabetagamma omegapsichi\", also: [demo.general],",
    );
    assert!(report(&also, GENERAL, PROCEDURE).passed());
    let refining = RULE.replace("alphabetagamma!", "alphabetagamma omegapsichi");
    assert!(report(&refining, GENERAL, PROCEDURE).passed());
}

#[test]
fn references_have_an_https_address_and_a_day() {
    rule_with(
        "https://example.com/a",
        "http://example.com/a",
        "is no https address",
    );
    rule_with("2026-11-21", "21.11.2026", "write the day as YYYY-MM-DD");
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

#[test]
fn a_rule_that_fires_on_unrelated_texts_is_warned_about_and_above_one_in_a_thousand_refused() {
    let said = |text: &str| {
        let unrelated = UNRELATED.replace("texts:", &format!("texts:\n  - '{text}'"));
        let report = report_with(RULE, GENERAL, PROCEDURE, &unrelated);
        (report.passed(), lines(&report).join("\n"))
    };
    let (passed, remarks) = said("OmegaPsiChi {n:3}");
    assert!(!passed);
    let first =
        "demo/demo.general.yaml:7: error: match: this rule fires on 500 of 1500 unrelated texts";
    assert!(remarks.starts_with(first), "{remarks}");
    let (passed, remarks) = said("{nobody}");
    assert!(
        !passed && remarks.contains("there is no word list `nobody`"),
        "{remarks}"
    );
    let rare = UNRELATED.replace("each: 500", "each: 1").replace(
        "texts:",
        &format!(
            "texts:\n  - 'OmegaPsiChi'\n{}",
            "  - 'calm'\n".repeat(1_000)
        ),
    );
    let report = report_with(RULE, GENERAL, PROCEDURE, &rare);
    assert!(report.passed());
    assert!(lines(&report)[0].contains("warning: match: this rule fires on 1 of 1003"));
}

#[test]
fn a_rule_that_never_comes_first_is_reported() {
    let general = GENERAL
        .replace(
            "match: { code: OmegaPsiChi }",
            "match: { code: AlphaBetaGamma }",
        )
        .replace("code OmegaPsiChi", "code AlphaBetaGamma")
        .replace("omegapsichi", "alphabetagamma");
    let remarks = lines(&report(RULE, &general, PROCEDURE)).join("\n");
    assert!(
        remarks.contains(
            "demo/demo.general.yaml:12: warning: examples: in all of these `demo.rule` comes first"
        ),
        "{remarks}"
    );
}
