use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::evidence::decode::decode;

fn value(reading: &Reading, key: &str) -> Option<String> {
    reading.value(key).map(|value| value.to_string())
}

fn sample() -> Text {
    Text::new(include_str!("../../tests/fixtures/secedit/export.inf"))
}

#[test]
fn holders_of_a_right_are_names() {
    let reading = read("", &sample());
    assert_eq!(
        value(&reading, "secedit.SeBatchLogonRight").as_deref(),
        Some("Administrators, Backup Operators, svc-robot")
    );
    assert_eq!(
        value(&reading, "secedit.SeDenyBatchLogonRight").as_deref(),
        Some("")
    );
    assert_eq!(
        value(&reading, "secedit.LockoutBadCount").as_deref(),
        Some("5")
    );
    assert_eq!(
        value(&reading, "secedit.NewGuestName").as_deref(),
        Some("Visitor")
    );
    assert_eq!(value(&reading, "secedit.Revision"), None);
    let blank = r"registry.HKLM\System\CurrentControlSet\Control\Lsa\LimitBlankPasswordUse";
    assert_eq!(value(&reading, blank).as_deref(), Some("1"));
}

#[test]
fn registry_values_lose_their_type() {
    let path = r"MACHINE\System\Demo\Value";
    let value = |written: &str| {
        let (key, value) = registry_value(path, written)?;
        assert_eq!(key, r"registry.HKLM\System\Demo\Value");
        Some(value.to_string())
    };
    assert_eq!(value("1,\"14\"").as_deref(), Some("14"));
    assert_eq!(
        value("7,System\\One,Two").as_deref(),
        Some("System\\One, Two")
    );
    assert_eq!(value("3,0"), None, "bytes are not said as a word");
}

#[test]
fn a_complete_section_of_rights_is_closed_and_only_that() {
    let text = sample();
    let reading = read("", &text);
    assert_eq!(reading.scopes.len(), 1);
    let scope = &reading.scopes[0];
    assert_eq!(
        &text.as_str()[scope.span.start..scope.span.end],
        "[Privilege Rights]"
    );
    assert!(scope.closes.covers("secedit.sedenynetworklogonright"));
    assert!(!scope.closes.covers("secedit.minimumpasswordage"));
}

#[test]
fn a_cut_section_of_rights_closes_nothing() {
    let whole = include_str!("../../tests/fixtures/secedit/export.inf");
    let cut = &whole[..whole.find("[Version]").unwrap()];
    assert!(read("", &Text::new(cut)).scopes.is_empty());
    let shortened = whole.replace("SeServiceLogonRight", "(...)\nSeServiceLogonRight");
    assert!(read("", &Text::new(shortened)).scopes.is_empty());
}

#[test]
fn utf16_is_read_alike() {
    let bytes = "\u{feff}[Privilege Rights]\r\nSeServiceLogonRight = *S-1-5-80-0\r\n[Version]\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<_>>();
    let reading = read("", &Text::new(decode(&bytes).text));
    assert_eq!(
        value(&reading, "secedit.SeServiceLogonRight").as_deref(),
        Some("ALL SERVICES")
    );
    assert_eq!(reading.scopes.len(), 1);
}

#[test]
fn one_pasted_line_is_a_fact_and_a_wrapped_list_is_whole() {
    let text = Text::new(
        "It says\nSeDenyBatchLogonRight = *S-1-5-32-546,\n*S-1-5-21-7-7-7-1105,*S-1-5-21-7-7-7-514\nthanks",
    );
    let reading = read("", &text);
    assert_eq!(
        value(&reading, "secedit.SeDenyBatchLogonRight").as_deref(),
        Some("Guests, S-1-5-21-7-7-7-1105, Domain Guests (S-1-5-21-7-7-7-514)")
    );
    assert_eq!(reading.facts.len(), 1);
    assert_eq!(reading.facts[0].span.line, 2);
}

#[test]
fn other_ini_files_are_left_alone() {
    let reading = read("", &Text::new("[Settings]\nTimeout = 5\n[Version2]\na=b\n"));
    assert!(reading.facts.is_empty() && reading.claimed.is_empty());
}

fn said(reading: &Reading) -> BTreeMap<String, String> {
    let facts = reading.facts.iter();
    facts
        .map(|fact| (fact.key.folded().to_owned(), fact.value.to_string()))
        .collect()
}

fn check(text: &Text) {
    let reading = read("", text);
    let spans = reading.facts.iter().map(|fact| fact.span);
    for span in spans.chain(reading.scopes.iter().map(|scope| scope.span)) {
        assert!(span.start < span.end && text.as_str().get(span.start..span.end).is_some());
        assert_eq!(text.line_of(span.start), span.line);
    }
    for range in &reading.claimed {
        let bytes = text.as_str().as_bytes();
        assert!(range.start == 0 || bytes[range.start - 1] == b'\n');
        assert!(range.end == bytes.len() || bytes[range.end - 1] == b'\n');
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        check(&Text::new(text));
    }

    #[test]
    fn a_torn_template_is_read(
        cut in 0..1200usize,
        hole in 0..300usize,
        noise in "[\\r\\n=,*\\[\\]\" äS0-9-]{0,12}",
    ) {
        let sample = include_str!("../../tests/fixtures/secedit/export.inf");
        let from = sample.floor_char_boundary(cut.min(sample.len()));
        let to = sample.floor_char_boundary((from + hole).min(sample.len()));
        check(&Text::new(format!("{}{noise}{}", &sample[..from], &sample[to..])));
    }

    #[test]
    fn the_order_of_lines_within_a_section_does_not_matter(
        lines in Just(vec![
            "SeBatchLogonRight = *S-1-5-32-544,svc-robot",
            "SeDenyBatchLogonRight =",
            "SeServiceLogonRight = *S-1-5-80-0",
            "SeNetworkLogonRight = *S-1-1-0,*S-1-5-21-1-2-3-512",
            "SeDenyNetworkLogonRight = Guest",
        ]).prop_shuffle(),
    ) {
        let template = |lines: &[&str]| {
            Text::new(format!("[Unicode]\nUnicode=yes\n[Privilege Rights]\n{}\n[Version]\nRevision=1\n", lines.join("\n")))
        };
        let mut sorted = lines.clone();
        sorted.sort_unstable();
        prop_assert_eq!(said(&read("", &template(&lines))), said(&read("", &template(&sorted))));
        prop_assert_eq!(read("", &template(&lines)).scopes.len(), 1);
    }
}
