//! What matching, verdicts and ranks mean, on small packs of rules.

use super::file::{PackFiles, RuleFile};
use super::{Confidence, Findings, Release, Role, Verdict, classify};
use crate::evidence::{
    Closes, Entries, Evidence, Fact, FactKey, FactValue, Scope, Source, Span, Text, codes,
};

mod events;

/// A release of rules that are written as `id | refines | match` (YAML flow).
fn release(rules: &[(&str, &str, &str)]) -> Release {
    let rules = rules.iter().map(|(id, refines, matcher)| {
        let yaml = format!(
            "id: {id}\ntitle: About {id}\nproduct: demo\nseverity: error\nrefines: [{refines}]\n\
             automation: {{ reason: demo, retryable: after-fix, who_can_fix: helpdesk }}\nmatch: {matcher}\ncause: Because.\n\
             guide: {{ start: end, steps: [ {{ id: end, outcome: escalate, text: Hand it over. }} ] }}\nreferences: []\nexamples: []\n"
        );
        serde_saphyr::from_str::<RuleFile>(&yaml).unwrap_or_else(|error| panic!("{id}: {error}"))
    });
    let (release, complaints) = Release::compile(
        1,
        0,
        PackFiles {
            rules: rules.collect(),
            ..PackFiles::default()
        },
    );
    assert_eq!(complaints, []);
    release
}

fn evidence(texts: &[&str]) -> Evidence {
    let mut evidence = Evidence::default();
    for (at, text) in texts.iter().enumerate() {
        let text = Text::new(*text);
        let seen = codes::find(&text, &[]).into_iter().map(|mut seen| {
            seen.span.source = at;
            seen
        });
        evidence.codes.extend(seen);
        let entries = Entries::new([], text.as_str().len());
        evidence.sources.push(Source {
            name: format!("paste {at}"),
            round: 1,
            text,
            kinds: Vec::new(),
            claimed: Vec::new(),
            entries,
        });
    }
    evidence
}

fn with_fact(mut evidence: Evidence, key: &str, value: &str) -> Evidence {
    let span = Span {
        source: 0,
        line: 1,
        start: 0,
        end: 4,
    };
    evidence.facts.push(Fact {
        key: FactKey::new(key),
        value: FactValue::from(value),
        span,
        about: std::sync::Arc::default(),
        round: 1,
    });
    evidence
}

fn ids(findings: &Findings) -> Vec<&str> {
    findings
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect()
}

const GENERAL: (&str, &str, &str) = ("general", "", "{ code: WindowsIdentityIncorrect }");
const SPECIAL: (&str, &str, &str) = ("special", "general", "{ code: '-1073741477' }");

#[test]
fn every_spelling_of_a_code_is_the_same_code_and_is_proved_by_its_bytes() {
    let release = release(&[SPECIAL]);
    for text in [
        "run: -1073741477",
        "0xC000015B",
        "id;3221225819;x",
        "STATUS_LOGON_TYPE_NOT_GRANTED",
    ] {
        let findings = classify(&release, &evidence(&[text]), None);
        assert_eq!(ids(&findings), ["special"], "{text}");
        assert_eq!(findings.findings[0].confidence, Confidence::Certain);
        let proof = &findings.findings[0].because[0];
        assert_eq!(proof.text, text[proof.start..proof.end]);
    }
}

#[test]
fn the_specific_rule_comes_first_and_the_generic_one_says_to_whom_it_gave_way() {
    let release = release(&[
        GENERAL,
        SPECIAL,
        (
            "kin",
            "special",
            "{ phrase: smart card was not used, sentence: true }",
        ),
    ]);
    let findings = classify(
        &release,
        &evidence(&[
            "WindowsIdentityIncorrect WindowsIdentityIncorrect: smart card was not used, -1073741477",
        ]),
        None,
    );
    assert_eq!(ids(&findings), ["kin", "special", "general"]);
    assert_eq!(
        findings.findings[2]
            .gave_way_to
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["kin", "special"]
    );
    assert_eq!(findings.verdict, Verdict::Matched);
}

#[test]
fn two_faults_with_decisive_proof_of_their_own_are_both_matched() {
    let release = release(&[GENERAL, ("locked", "", "{ code: '0xC0000234' }")]);
    let findings = classify(
        &release,
        &evidence(&["A: WindowsIdentityIncorrect, B: 0xC0000234"]),
        None,
    );
    assert_eq!(
        (findings.verdict, findings.findings.len()),
        (Verdict::Matched, 2)
    );
}

#[test]
fn two_causes_on_the_same_bytes_are_ambiguous() {
    let release = release(&[GENERAL, ("other", "", "{ code: WindowsIdentityIncorrect }")]);
    assert_eq!(
        classify(&release, &evidence(&["WindowsIdentityIncorrect"]), None).verdict,
        Verdict::Ambiguous
    );
}

#[test]
fn context_alone_triggers_nothing_and_with_a_partial_sentence_makes_it_likely() {
    let matcher =
        "{ all: [ { phrase: prompted for credentials }, { phrase: unattended, context: true } ] }";
    let release = release(&[("prompted", "", matcher)]);
    assert_eq!(
        ids(&classify(
            &release,
            &evidence(&["an unattended run failed"]),
            None
        )),
        Vec::<&str>::new()
    );
    assert_eq!(
        ids(&classify(
            &release,
            &evidence(&["was prompted for credentials"]),
            None
        )),
        Vec::<&str>::new()
    );
    let findings = classify(
        &release,
        &evidence(&["unattended: prompted for credentials"]),
        None,
    );
    assert_eq!(findings.findings[0].confidence, Confidence::Likely);
}

#[test]
fn words_joined_by_all_hold_within_one_entry() {
    let release = release(&[(
        "both",
        "",
        "{ all: [ { phrase: invalid username }, { phrase: workflow credentials } ] }",
    )]);
    let mut split = evidence(&["invalid username\nworkflow credentials"]);
    assert_eq!(ids(&classify(&release, &split, None)), ["both"]);
    split.sources[0].entries = Entries::new([17], 37);
    assert_eq!(ids(&classify(&release, &split, None)), Vec::<&str>::new());
}

#[test]
fn lines_that_a_fact_reader_claimed_are_not_searched() {
    let release = release(&[GENERAL]);
    let mut claimed = evidence(&["WindowsIdentityIncorrect\nrest"]);
    claimed.sources[0].claimed.push(0..25);
    assert_eq!(ids(&classify(&release, &claimed, None)), Vec::<&str>::new());
}

#[test]
fn words_without_the_fact_are_undecided_and_the_known_fact_decides() {
    let matcher =
        "{ all: [ { phrase: could not be created }, { fact: dsregcmd.DomainJoined, is: 'YES' } ] }";
    let release = release(&[("joined", "", matcher)]);
    let text = "session could not be created";
    let open = classify(&release, &evidence(&[text]), None);
    assert_eq!(
        (open.verdict, open.undecided.len()),
        (Verdict::InsufficientEvidence, 1)
    );
    let yes = classify(
        &release,
        &with_fact(evidence(&[text]), "dsregcmd.DomainJoined", "yes"),
        None,
    );
    assert_eq!(yes.verdict, Verdict::Matched);
    let no = classify(
        &release,
        &with_fact(evidence(&[text]), "dsregcmd.DomainJoined", "NO"),
        None,
    );
    assert_eq!(no.verdict, Verdict::Unmatched);
}

#[test]
fn an_unknown_fact_alone_makes_nothing_undecided() {
    let release = release(&[("joined", "", "{ fact: dsregcmd.DomainJoined, is: 'YES' }")]);
    assert_eq!(
        classify(&release, &evidence(&["hello there"]), None).verdict,
        Verdict::Unmatched
    );
}

#[test]
fn facts_alone_on_a_machine_nobody_complains_about_are_a_condition() {
    let release = release(&[(
        "provider",
        "",
        "{ fact: 'credential_provider.{X}', exists: true }",
    )]);
    let mut quiet = with_fact(evidence(&["{X}"]), "credential_provider.{x}", "CGWinLogon");
    quiet.sources[0].claimed.push(0..3);
    let findings = classify(&release, &quiet, None);
    assert_eq!(findings.verdict, Verdict::NoErrorFound);
    assert_eq!(
        (findings.findings[0].role, findings.findings[0].confidence),
        (Role::Condition, Confidence::Possible)
    );
    assert!(!findings.checked.is_empty());
}

#[test]
fn a_proved_absence_is_shown_by_the_line_that_lists_the_rest() {
    let release = release(&[(
        "absent",
        "",
        "{ all: [ { phrase: asks for a password }, { fact: 'registry.HKLM\\A\\B', exists: false } ] }",
    )]);
    let mut closed = evidence(&["[HKLM\\A]\nit asks for a password"]);
    let span = Span {
        source: 0,
        line: 1,
        start: 0,
        end: 8,
    };
    closed.scopes.push(Scope {
        closes: Closes::Children("registry.hklm\\a\\".to_owned()),
        span,
        round: 1,
    });
    let findings = classify(&release, &closed, None);
    let proof = findings.findings[0]
        .because
        .iter()
        .find(|proof| proof.absent)
        .expect("an absence");
    assert_eq!(proof.text, "[HKLM\\A]");
}

#[test]
fn a_code_in_a_list_of_codes_is_at_most_possible_and_one_that_the_list_explains_is_none() {
    let release = release(&[SPECIAL]);
    let text = "Sub status values are 0xC0000064, 0xC000006A, 0xC0000072 and 0xC000015B.";
    let findings = classify(&release, &evidence(&[text]), None);
    assert_eq!(findings.findings[0].confidence, Confidence::Possible);
    let text = "Sub status values are 0xC0000064 (unknown), 0xC000006A (password), 0xC0000072 (disabled), 0xC000015B (type).";
    let findings = classify(&release, &evidence(&[text]), None);
    assert_eq!(findings.verdict, Verdict::Unmatched);
}

#[test]
fn text_that_no_rule_knows_is_unmatched_and_gets_suggestions_that_are_not_findings() {
    let release = release(&[(
        "identity",
        "",
        "{ phrase: the gateway lost its identity, sentence: true }",
    )]);
    let findings = classify(&release, &evidence(&["gateway identity trouble"]), None);
    assert_eq!(
        (findings.verdict, findings.findings.len()),
        (Verdict::Unmatched, 0)
    );
    assert_eq!(findings.suggestions[0].rule, "identity");
}

#[test]
fn blank_input_is_unreadable() {
    assert_eq!(
        classify(&release(&[GENERAL]), &evidence(&[" \r\n\t"]), None).verdict,
        Verdict::Unreadable
    );
}

#[test]
fn scores_restate_the_order() {
    let release = release(&[GENERAL, SPECIAL, ("locked", "", "{ code: '0xC0000234' }")]);
    let findings = classify(
        &release,
        &evidence(&["0xC0000234 WindowsIdentityIncorrect -1073741477"]),
        None,
    );
    let scores = findings
        .findings
        .iter()
        .map(|finding| finding.score)
        .collect::<Vec<_>>();
    assert_eq!(scores.len(), 3);
    assert!(
        scores.is_sorted_by(|left, right| left > right),
        "{scores:?}"
    );
}

#[test]
fn a_products_symbolic_code_is_listed_among_the_codes_as_it_stands_in_the_text() {
    let text = "what is WindowsIdentityIncor\nrect?";
    let findings = classify(&release(&[GENERAL]), &evidence(&[text]), None);
    let named = &findings.named_codes[0];
    assert_eq!(named.code.name, "windowsidentityincorrect");
    assert_eq!(
        &text[named.span.start..named.span.end],
        "WindowsIdentityIncor\nrect"
    );
}
