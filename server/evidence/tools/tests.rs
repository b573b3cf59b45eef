use proptest::prelude::*;

use super::*;
use crate::evidence::{Reader, read_texts};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/tools/",
            $name
        ))
    };
}

mod samples;

use samples::SAMPLES;

const READERS: &[Reader] = &[
    gpresult::READER,
    klist::READER,
    nltest::READER,
    pad_version::READER,
    services::READER,
    sessions::READER,
    settings::READER,
    systeminfo::READER,
    test_net::READER,
    w32tm::READER,
];

fn reader(kind: &str) -> &'static Reader {
    READERS
        .iter()
        .find(|reader| reader.kind == kind)
        .expect("a reader of this kind")
}

/// As the pipeline reads it: only a reader with a mark in the text looks at it.
fn reading(kind: &str, text: &str) -> Reading {
    let reader = reader(kind);
    let lower = text.to_ascii_lowercase();
    let marks = reader.marks.iter();
    let has_mark = marks
        .clone()
        .any(|mark| lower.contains(&mark.to_ascii_lowercase()));
    if has_mark {
        (reader.read)("", &Text::new(text))
    } else {
        Reading::default()
    }
}

fn said(reading: &Reading) -> Vec<String> {
    let facts = reading.facts.iter().map(|fact| {
        let of = fact.about.machine.as_deref();
        let of = of
            .map(|machine| format!(" @ {machine}"))
            .unwrap_or_default();
        format!("{} = {}{of}", fact.key, fact.value)
    });
    facts.collect()
}

#[test]
fn every_sample_says_what_it_says() {
    for (kind, text, expected) in SAMPLES {
        assert_eq!(said(&reading(kind, text)), *expected, "{kind}: {text}");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(said(&reading(kind, &windows)), *expected, "{kind}, CR LF");
    }
}

#[test]
fn no_reader_takes_the_sample_of_another() {
    for (kind, text, _) in SAMPLES {
        for reader in READERS.iter().filter(|reader| reader.kind != *kind) {
            let reading = reading(reader.kind, text);
            assert!(
                reading.facts.is_empty(),
                "{} of {kind}: {:?}",
                reader.kind,
                said(&reading)
            );
        }
    }
}

#[test]
fn a_service_that_is_not_installed_closes_its_keys() {
    for text in [
        fixture!("sc-missing.txt"),
        fixture!("get-service-missing.txt"),
    ] {
        let reading = reading("sc query", text);
        assert_eq!(reading.scopes.len(), 1, "{text}");
        assert!(
            reading.scopes[0]
                .closes
                .covers("service.uiflowservice.state")
        );
        assert!(!reading.scopes[0].closes.covers("service.termservice.state"));
    }
    let without_command = fixture!("sc-missing.txt")
        .lines()
        .skip(1)
        .collect::<Vec<_>>();
    assert!(
        reading("sc query", &without_command.join("\n"))
            .scopes
            .is_empty()
    );
}

#[test]
fn an_error_stays_to_be_found() {
    let searched = |kind: &str, text: &str, word: &str| {
        let at = text.find(word).expect("the word is there");
        let reading = reading(kind, text);
        !reading.claimed.iter().any(|range| range.contains(&at))
    };
    assert!(searched(
        "nltest",
        fixture!("nltest-bad.txt"),
        "ERROR_NO_SUCH_DOMAIN"
    ));
    assert!(searched(
        "nltest",
        fixture!("nltest-bad.txt"),
        "ERROR_NO_LOGON_SERVERS"
    ));
    assert!(searched("sc query", fixture!("sc-query-it.txt"), "1069"));
    assert!(searched("sc query", fixture!("sc-missing.txt"), "1060"));
    assert!(!searched(
        "nltest",
        fixture!("nltest-good.txt"),
        "Verification"
    ));
    assert!(!searched("sc query", fixture!("sc-query.txt"), "1077"));
}

#[test]
fn what_somebody_typed_behind_an_output_is_searched() {
    for (kind, text, _) in SAMPLES {
        let typed = "Error: it says 1385 (0xC000015B), see 22.11.2026";
        let whole = format!("{}\n{typed}\n", text.trim_end());
        let at = whole.find(typed).expect("it was just put there");
        let reading = reading(kind, &whole);
        let claimed = reading.claimed.iter().any(|range| range.contains(&at));
        assert!(!claimed, "{kind}: {whole}");
    }
}

#[test]
fn words_about_a_tool_are_no_output_of_it() {
    for text in [
        "Please run quser and look at the column ID of the session, STATE must be Active.",
        "sc query UIFlowService says STATE : 4 RUNNING here, is that right?",
        "Test-ComputerSecureChannel gives True on the others.",
        "nltest /sc_verify fails on one machine",
        "w32tm /query /source was asked for",
        "We have Power Automate since 2024 and version 2.49 of the runtime.",
        "the Host Name: is missing\nOS Version: 10.0.1 build",
    ] {
        for reader in READERS {
            let reading = reading(reader.kind, text);
            assert!(
                reading.facts.is_empty() && reading.claimed.is_empty() && reading.scopes.is_empty(),
                "{}: {text}",
                reader.kind
            );
        }
    }
}

#[test]
fn a_table_that_lost_its_columns_is_read() {
    let squeezed = "quser\n USERNAME SESSIONNAME ID STATE IDLE TIME LOGON TIME\n>kim rdp-tcp#5 3 Active . 11/22/2026 7:55 AM\n svc-robot 2 Disc 1:05 11/22/2026 7:12 AM\n";
    let reading = reading("quser", squeezed);
    assert!(
        said(&reading).contains(&"session.active_users = kim".to_owned()),
        "{:?}",
        said(&reading)
    );
    assert!(said(&reading).contains(&"session.disconnected_users = svc-robot".to_owned()));
}

#[test]
fn the_account_that_holds_tickets_is_who_took_them() {
    let reading = reading("klist", fixture!("klist-en.txt"));
    let about = &reading.facts[0].about;
    assert_eq!(about.taken_by.as_deref(), Some("svc-robot@FABRIKAM.TEST"));
    assert_eq!(about.account, None);
}

/// What holds for any reading of any text.
fn check(text: &Text, reading: &Reading) {
    let spans = reading.facts.iter().map(|fact| fact.span);
    for span in spans.chain(reading.scopes.iter().map(|scope| scope.span)) {
        assert!(
            text.as_str().get(span.start..span.end).is_some(),
            "{span:?}"
        );
        assert!(span.start < span.end, "{span:?}");
        assert_eq!(text.line_of(span.start), span.line, "{span:?}");
    }
    for range in &reading.claimed {
        assert!(text.as_str().get(range.clone()).is_some(), "{range:?}");
        let starts = range.start == 0 || text.as_str().as_bytes()[range.start - 1] == b'\n';
        let ends =
            range.end == text.as_str().len() || text.as_str().as_bytes()[range.end - 1] == b'\n';
        assert!(starts && ends, "{range:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        let text = Text::new(text);
        for reader in READERS {
            check(&text, &(reader.read)("", &text));
        }
    }

    #[test]
    fn torn_and_mixed_samples_are_read(
        which in 0..SAMPLES.len(),
        other in 0..SAMPLES.len(),
        cut in 0..3000usize,
        hole in 0..300usize,
        noise in "[\\r\\n:|>\\[\\]\"=\\\\ ä(#0-9-]{0,12}",
    ) {
        let sample = SAMPLES[which].1;
        let from = sample.floor_char_boundary(cut.min(sample.len()));
        let to = sample.floor_char_boundary((from + hole).min(sample.len()));
        let text = format!("{}{noise}{}{}", &sample[..from], &sample[to..], SAMPLES[other].1);
        let text = Text::new(text);
        for reader in READERS {
            check(&text, &(reader.read)("", &text));
        }
        read_texts(vec![("paste".to_owned(), text.as_str().to_owned())], 1);
    }
}
