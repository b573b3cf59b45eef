//! `tests/fixtures/redaction`: what has to go, and what looks like it and has to stay. Both kinds of mistake are counted.

use std::fmt::Write;

use proptest::prelude::*;
use signpost::evidence::redact::{Pseudonyms, Redactor};

use super::engine::fixtures;

fn cases(name: &str) -> Vec<String> {
    let path = fixtures().join("redaction").join(name);
    let written = std::fs::read_to_string(path).expect("the fixtures are there");
    let lines = written.lines().filter(|line| !line.starts_with("# "));
    lines
        .map(|line| {
            line.replace('⏎', "\n")
                .replace('␍', "\r")
                .replace('⇥', "\t")
        })
        .collect()
}

/// The text, and its parts: whether each has to go.
fn parts(case: &str) -> (String, Vec<(bool, String)>) {
    let mut parts = Vec::new();
    for piece in case.split('⟦') {
        match piece.split_once('⟧') {
            Some((secret, rest)) => {
                parts.push((true, secret.to_owned()));
                parts.push((false, rest.to_owned()));
            }
            None => parts.push((false, piece.to_owned())),
        }
    }
    (case.replace(['⟦', '⟧'], ""), parts)
}

fn without_secrets(text: &str) -> String {
    let clean = Redactor::secrets().text("", text);
    clean.unwrap_or_else(|| text.to_owned())
}

fn without_people(text: &str) -> String {
    Redactor::people(Pseudonyms::new(&[7; 32], "case", &[])).typed(text)
}

/// Whether what had to stay stands around marks as it did.
fn stays(clean: &str, parts: &[(bool, String)]) -> bool {
    let mut rest = clean;
    for (at, (secret, text)) in parts.iter().enumerate() {
        if *secret {
            let Some(end) = rest.strip_prefix('[').and_then(|rest| rest.find(']')) else {
                return false;
            };
            rest = &rest[end + 2..];
            for line_break in text.matches(['\r', '\n']) {
                rest = rest.strip_prefix(line_break).unwrap_or(rest);
            }
        } else {
            let Some(after) = rest.strip_prefix(text.as_str()) else {
                return false;
            };
            rest = after;
            if at + 1 == parts.len() {
                return rest.is_empty();
            }
        }
    }
    true
}

#[test]
fn no_secret_is_missed_and_nothing_else_is_taken() {
    let secrets = cases("secrets.txt");
    let harmless = cases("harmless.txt");
    assert!(secrets.len() >= 150 && harmless.len() >= 150);
    let (mut missed, mut taken, mut told) = (0, 0, String::new());
    for case in &secrets {
        let (text, parts) = parts(case);
        let clean = without_secrets(&text);
        let secrets = parts.iter().filter(|(secret, _)| *secret);
        if secrets
            .clone()
            .any(|(_, secret)| clean.contains(secret.as_str()))
        {
            missed += 1;
            let _ = writeln!(told, "missed: {text:?}\n     -> {clean:?}");
        } else if !stays(&clean, &parts) {
            taken += 1;
            let _ = writeln!(told, "too much: {text:?}\n       -> {clean:?}");
        }
    }
    for text in &harmless {
        let clean = without_secrets(text);
        if clean != *text {
            taken += 1;
            let _ = writeln!(told, "too much: {text:?}\n       -> {clean:?}");
        }
    }
    println!(
        "{} secrets, {missed} missed; {} look-alikes, {taken} taken",
        secrets.len(),
        harmless.len()
    );
    assert!(
        missed + taken == 0,
        "{missed} missed, {taken} taken\n{told}"
    );
}

#[test]
fn redacting_keeps_the_line_breaks_and_twice_is_once() {
    for case in cases("secrets.txt").iter().chain(&cases("harmless.txt")) {
        let (text, _) = parts(case);
        for clean in [without_secrets, without_people] {
            let once = clean(&text);
            assert_eq!(
                once.matches('\n').count(),
                text.matches('\n').count(),
                "{once}"
            );
            assert_eq!(clean(&once), once, "{text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_text_is_redacted_once(text in "(?s).{0,200}|(password|pwd|token|secret|Cookie|://|sig=|-p|user|FABRIKAM|[\\\\:=;\"'<>@ \r\nab1é&,.$\\[\\]{}()%*#/-]){0,60}") {
        for clean in [without_secrets, without_people] {
            let once = clean(&text);
            prop_assert_eq!(once.matches('\n').count(), text.matches('\n').count());
        }
        let once = without_secrets(&text);
        prop_assert_eq!(without_secrets(&once), once);
    }

    #[test]
    fn a_text_without_secrets_is_left_alone(words in proptest::collection::vec("[a-z]{1,4}|[0-9]{1,4}|0x[0-9a-f]{8}", 0..60)) {
        let text = words.join(" ");
        prop_assert_eq!(Redactor::secrets().text("", &text), None);
    }

    #[test]
    fn mixed_and_torn_cases_are_redacted(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cut in 0..200usize,
        noise in "(?s).{0,12}",
    ) {
        let secrets = cases("secrets.txt");
        let (text, _) = parts(one.get::<String>(&secrets));
        let (more, _) = parts(other.get::<String>(&secrets));
        let at = text.floor_char_boundary(cut.min(text.len()));
        let torn = format!("{}{noise}{}{more}", &text[..at], &text[at..]);
        for clean in [without_secrets, without_people] {
            let once = clean(&torn);
            prop_assert_eq!(once.matches('\n').count(), torn.matches('\n').count());
        }
    }
}
