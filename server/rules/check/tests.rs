//! A small pack that passes, and one break for each check.

use super::*;
use crate::rules::pack::PackText;

mod guides;
mod written;

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
