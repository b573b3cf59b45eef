use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::evidence::honest::Over;
use crate::evidence::{FactKey, FactValue, Lookup, Upload};

const SAMPLES: &[&str] = &[
    include_str!("../../tests/fixtures/dsregcmd/hybrid.txt"),
    include_str!("../../tests/fixtures/registry/policy.reg"),
    include_str!("../../tests/fixtures/registry/query-key.txt"),
    include_str!("../../tests/fixtures/registry/query-v.txt"),
    include_str!("../../tests/fixtures/credential_providers/export.reg"),
    include_str!("../../tests/fixtures/secedit/export.inf"),
    include_str!("../../tests/fixtures/whoami/all.txt"),
];

fn upload(name: &str, bytes: &[u8]) -> Upload {
    Upload::new(name, bytes)
}

fn read_files(files: Vec<Upload>) -> Evidence {
    let submission = Submission {
        files,
        ..Submission::default()
    };
    read(&submission, 1, &ReadOptions::default())
}

fn names(evidence: &Evidence) -> Vec<&str> {
    evidence
        .sources
        .iter()
        .map(|source| source.name.as_str())
        .collect()
}

/// What holds for any evidence whatever was sent.
fn check(evidence: &Evidence) {
    let spans = evidence.facts.iter().map(|fact| fact.span);
    for span in spans.chain(evidence.scopes.iter().map(|scope| scope.span)) {
        let text = &evidence.sources[span.source].text;
        assert!(
            text.as_str().get(span.start..span.end).is_some(),
            "{span:?}"
        );
        assert_eq!(text.line_of(span.start), span.line, "{span:?}");
    }
    for source in &evidence.sources {
        for pair in source.claimed.windows(2) {
            assert!(pair[0].end < pair[1].start, "{:?}", source.claimed);
        }
        let mut end = 0;
        for entry in source.entries.iter() {
            assert_eq!(entry.start, end);
            end = entry.end;
        }
        assert_eq!(end, source.text.as_str().len());
    }
}

#[test]
fn paste_files_and_facts_are_sources_with_unique_names() {
    let submission = Submission {
        text: Some("hello".to_owned()),
        files: vec![
            upload("a.txt", b"1"),
            upload("..\\..\\C:\\a.txt", b"2"),
            upload("facts", b"x"),
        ],
        facts: BTreeMap::from([("a.b".to_owned(), FactValue::from("c"))]),
    };
    let options = ReadOptions {
        taken: BTreeSet::from(["paste".to_owned()]),
        ..ReadOptions::default()
    };
    let evidence = read(&submission, 2, &options);
    assert_eq!(
        names(&evidence),
        ["paste (2)", "a.txt", "a.txt (2)", "file facts", "facts"]
    );
    assert!(matches!(
        evidence.look_up(&FactKey::new("a.b"), 2),
        Lookup::Known(_)
    ));
    check(&evidence);
}

#[test]
fn a_picture_is_a_problem_and_no_source() {
    let evidence = read_files(vec![upload("shot.txt", b"\x89PNG\r\n\x1a\n\0\0")]);
    assert!(evidence.sources.is_empty());
    assert!(evidence.problems[0].what.contains("Ctrl+C"));
    assert_eq!(evidence.problems[0].source, "shot.txt");
}

#[test]
fn secrets_are_gone_before_anything_is_read() {
    let text =
        "reg query HKLM\\A\n\nHKEY_LOCAL_MACHINE\\A\n    DefaultPassword    REG_SZ    Geheim1\n";
    let evidence = read_files(vec![upload("a.txt", text.as_bytes())]);
    assert!(!evidence.sources[0].text.as_str().contains("Geheim1"));
    assert_eq!(
        evidence.facts[0].value,
        FactValue::from("[password]"),
        "the fact says what the stored text says"
    );
}

#[test]
fn texts_read_again_give_the_same() {
    let files = SAMPLES
        .iter()
        .enumerate()
        .map(|(at, text)| upload(&format!("{at}.txt"), text.as_bytes()))
        .collect();
    let live = read_files(files);
    let stored = live
        .sources
        .iter()
        .map(|source| (source.name.clone(), source.text.as_str().to_owned()))
        .collect();
    let again = read_texts(stored, 1);
    assert_eq!(format!("{:?}", live.facts), format!("{:?}", again.facts));
    assert_eq!(format!("{:?}", live.scopes), format!("{:?}", again.scopes));
    check(&live);
}

#[test]
fn redaction_changes_no_fact_of_the_samples() {
    for sample in SAMPLES {
        let clean = Redactor::secrets().text("", sample);
        assert_eq!(clean, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        check(&read_files(vec![upload("x", &bytes)]));
    }

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        check(&read_texts(vec![("paste".to_owned(), text)], 1));
    }

    #[test]
    fn torn_and_mixed_samples_are_read(
        which in 0..SAMPLES.len(),
        other in 0..SAMPLES.len(),
        cut in 0..2000usize,
        hole in 0..200usize,
        noise in "[\\r\\n:|>\\[\\]\"=\\\\ ä-]{0,12}",
    ) {
        let sample = SAMPLES[which];
        let from = sample.floor_char_boundary(cut.min(sample.len()));
        let to = sample.floor_char_boundary((from + hole).min(sample.len()));
        let text = format!("{}{noise}{}{}", &sample[..from], &sample[to..], SAMPLES[other]);
        check(&read_texts(vec![("paste".to_owned(), text.clone())], 1));
        check(&read_files(vec![upload("x", text.as_bytes())]));
    }
}

/// Guards against names of people in what is said of files that time did not suffice for.
#[test]
fn what_is_said_of_files_that_were_not_read_names_nobody() {
    use crate::evidence::redact::Pseudonyms;
    let submission = Submission {
        text: Some("password=Hunter2!x by kim.lee@contoso.com".to_owned()),
        files: vec![upload("kim.lee@contoso.com.txt", b"a text")],
        ..Submission::default()
    };
    let options = ReadOptions {
        stop: Arc::new(Over),
        ..ReadOptions::default()
    };
    let mut redactor = Redactor::people(Pseudonyms::new(&[7; 32], "case", &[]));
    let evidence = read_redacted(&submission, 1, &options, &mut redactor);
    let said = format!("{evidence:?}");
    assert!(evidence.problems.len() >= 2, "{said}");
    assert!(
        !said.contains("kim.lee") && !said.contains("Hunter2"),
        "{said}"
    );
}
