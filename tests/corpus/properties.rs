//! What holds whatever is sent: nothing panics, every proof is exact, redaction and re-reading change no finding.

use std::sync::LazyLock;

use proptest::prelude::*;
use signpost::evidence::{Evidence, Matcher, Proof, Submission, read_texts};
use signpost::rules::classify;

use super::engine::{diagnosed, file, hold, paste, redacted, release, said, top, without_people};
use super::mutate::{flipped, shuffled, wrapped_anywhere, wrapped_between_words};
use super::pastes::pastes;
use super::reports::{all_files, bytes_of};

/// Secrets as they stand in what people send: as written, and the part that must not be kept.
const SECRETS: [(&str, &str); 9] = [
    ("password=Wn7!kestrel", "Wn7!kestrel"),
    ("Kennwort: Regen+Bogen9", "Regen+Bogen9"),
    ("{\"password\":\"q8#Tinte\",\"user\":\"svc\"}", "q8#Tinte"),
    (
        "cmdkey /add:nl-bot-07 /user:nl\\svc /pass:Zinn4Hut",
        "Zinn4Hut",
    ),
    (
        "    DefaultPassword    REG_SZ    Ahorn 12 gelb!",
        "Ahorn 12 gelb!",
    ),
    ("Server=db4;Password=k3ks/dose;Database=runs", "k3ks/dose"),
    (
        "Authorization: Bearer q1w2e3r4t5z6u7i8o9p0",
        "q1w2e3r4t5z6u7i8o9p0",
    ),
    ("client_secret=Xy~88.aBcDeF_gh", "Xy~88.aBcDeF_gh"),
    ("https://svc:Moor%26Heide7@nl-bot-07/run", "Moor%26Heide7"),
];

/// Everything we have to read: the pack's examples, the pastes and the files of the reports.
fn everything() -> Vec<(String, Submission)> {
    let mut all = Vec::new();
    for (id, rule) in &release().rules {
        for (at, example) in rule.file.examples.iter().enumerate() {
            if let Some(text) = &example.text {
                all.push((format!("{id} example {at}"), paste(text)));
            }
        }
    }
    all.extend(pastes().into_iter().map(|one| (one.name, paste(&one.text))));
    let files = all_files().into_iter();
    all.extend(files.map(|one| (one.name.clone(), file(&one.name, &bytes_of(&one)))));
    all
}

/// A text that has a first finding.
struct Matching {
    text: String,
    rule: String,
    /// What proves the finding.
    because: Vec<Proof>,
    /// Whether it was read as records of an event log.
    has_events: bool,
}

fn matching() -> &'static [Matching] {
    static MATCHING: LazyLock<Vec<Matching>> = LazyLock::new(|| {
        let texts = everything().into_iter().filter_map(|(_, one)| one.text);
        let found = texts.filter_map(|text| {
            let diagnosis = diagnosed(paste(&text));
            Some(Matching {
                rule: top(&diagnosis.findings)?.to_owned(),
                because: diagnosis.findings.findings[0].because.clone(),
                has_events: !diagnosis.evidence.events.is_empty(),
                text,
            })
        });
        found.collect()
    });
    &MATCHING
}

#[test]
fn findings_are_equal_with_and_without_redaction() {
    let mut other = Vec::new();
    for (name, submission) in everything() {
        let plain = said(&diagnosed(submission.clone()).findings);
        assert_eq!(said(&redacted(&submission).1), plain, "{name}");
        let (_, findings) = without_people(&submission);
        if said(&findings) != plain {
            other.push((name, submission.text, plain, said(&findings)));
        }
    }
    assert!(other.is_empty(), "without people: {other:#?}");
}

#[test]
fn the_same_facts_are_read_with_and_without_names() {
    let keys = |evidence: &Evidence| {
        let facts = evidence.facts.iter();
        facts
            .map(|fact| (fact.key.to_string(), fact.span.line))
            .collect::<Vec<_>>()
    };
    for (name, submission) in everything() {
        let plain = diagnosed(submission.clone()).evidence;
        assert_eq!(keys(&redacted(&submission).0), keys(&plain), "{name}");
        let (without, _) = without_people(&submission);
        assert_eq!(keys(&without), keys(&plain), "{name} without people");
        assert_eq!(without.events.len(), plain.events.len(), "{name}");
        let kinds = |evidence: &Evidence| {
            let sources = evidence.sources.iter();
            sources.map(|one| one.kinds.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&without), kinds(&plain), "{name}");
    }
}

/// Several tables in one file: a heading of the one is no name in the other.
#[test]
fn what_tools_say_below_one_another_is_read_without_people_too() {
    let folder = super::engine::fixtures().join("tools");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a fixture");
    let mut names = std::fs::read_dir(&folder)
        .expect("the fixtures are there")
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect::<Vec<_>>();
    names.sort();
    // A key may hold a machine's name; its end says what it is.
    let facts = |evidence: &Evidence| {
        let facts = evidence.facts.iter().map(|fact| {
            let key = fact.key.to_string();
            let end = key.rsplit('.').next().map(str::to_owned);
            (fact.span.line, end)
        });
        facts.collect::<Vec<_>>()
    };
    for name in names {
        let texts = [
            read(&name),
            format!("{}\n{}", read("quser-en.txt"), read(&name)),
            format!("{}\n{}", read("qwinsta.txt"), read(&name)),
        ];
        for text in texts {
            let plain = diagnosed(paste(&text)).evidence;
            let (without, _) = without_people(&paste(&text));
            let kept = without.sources[0].text.as_str();
            assert_eq!(facts(&without), facts(&plain), "{name}\n{kept}");
        }
    }
}

#[test]
fn a_stored_text_says_what_the_live_one_said() {
    for (name, submission) in everything() {
        let (evidence, findings) = redacted(&submission);
        let stored = evidence.sources.iter();
        let stored = stored.map(|source| (source.name.clone(), source.text.as_str().to_owned()));
        let again = read_texts(stored.collect(), 1);
        let later = classify(release(), &again, None);
        hold(&again, &later);
        assert_eq!(said(&later), said(&findings), "{name}");
        let proofs = |findings: &signpost::rules::Findings| {
            let all = findings.findings.iter();
            all.flat_map(|finding| finding.because.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(proofs(&later), proofs(&findings), "{name}");
    }
}

#[test]
fn a_secret_beside_an_error_goes_and_the_findings_stay() {
    for (at, Matching { text, rule, .. }) in matching().iter().enumerate() {
        let (written, secret) = SECRETS[at % SECRETS.len()];
        for mixed in [
            format!("{written}\n{text}"),
            format!("{text}\n{written}\nthanks"),
        ] {
            let (evidence, findings) = redacted(&paste(&mixed));
            let kept = evidence.sources[0].text.as_str();
            assert!(!kept.contains(secret), "{kept}");
            assert_eq!(
                kept.matches('\n').count(),
                mixed.matches('\n').count(),
                "{kept}"
            );
            assert_eq!(top(&findings), Some(rule.as_str()), "{mixed}");
            let plain = diagnosed(paste(&mixed)).findings;
            assert_eq!(said(&findings), said(&plain), "{mixed}");
        }
    }
}

#[test]
fn a_hard_wrap_keeps_the_first_finding() {
    let mut lost = Vec::new();
    for one in matching() {
        let Matching { rule, .. } = one;
        let lasting = bound_to_a_line(one);
        for (column, wrapped) in wraps(one) {
            if !lasting.iter().all(|proof| holds_whole(&wrapped, proof)) {
                continue;
            }
            let findings = diagnosed(paste(&wrapped)).findings;
            if top(&findings) != Some(rule.as_str()) {
                let now = top(&findings);
                lost.push(format!("{rule} -> {now:?} at {column}: {wrapped}"));
            }
        }
    }
    assert!(
        lost.is_empty(),
        "{} lost\n{}",
        lost.len(),
        lost.join("\n---\n")
    );
}

/// A registry export has long lines, which a mail program leaves whole and a console breaks at its width.
fn wraps(one: &Matching) -> Vec<(usize, String)> {
    let text = &one.text;
    if text.contains("[HKEY_") {
        return vec![(80, wrapped_anywhere(text, 80))];
    }
    let mut widths = vec![40, 47, 60, 72, 80];
    if one.has_events {
        widths.extend([76, 78]);
    }
    let both = widths.into_iter().flat_map(|column| {
        let words = wrapped_between_words(text, column);
        [words, wrapped_anywhere(text, column)].map(|one| (column, one))
    });
    both.collect()
}

/// What proves the first finding and may not be broken: a pattern is sought line by line, and a short number counts only
/// behind its label.
fn bound_to_a_line(one: &Matching) -> Vec<(Matcher, String)> {
    one.because
        .iter()
        .filter_map(|proof| match proof.matcher {
            Matcher::Regex => Some((Matcher::Regex, proof.text.clone())),
            Matcher::Code if proof.text.len() <= "65535".len() => {
                let before = one.text[..proof.start].split_inclusive(' ').next_back();
                let labelled = format!("{}{}", before.unwrap_or_default(), proof.text);
                Some((Matcher::Code, labelled))
            }
            _ => None,
        })
        .collect()
}

/// Whether a wrapped text still holds it. Between a label and its number the lines may part.
fn holds_whole(wrapped: &str, (matcher, proof): &(Matcher, String)) -> bool {
    if *matcher == Matcher::Regex {
        return wrapped.lines().any(|line| line.contains(proof));
    }
    let words = wrapped.split_whitespace().collect::<Vec<_>>();
    words.join(" ").contains(proof)
}

#[test]
fn mail_quoting_and_upper_case_keep_the_first_finding() {
    for Matching { text, rule, .. } in matching() {
        let quoted = text.lines().map(|line| format!("> {line}\r\n"));
        let quoted = quoted.collect::<String>();
        let findings = diagnosed(paste(&quoted)).findings;
        assert_eq!(top(&findings), Some(rule.as_str()), "{quoted}");
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
        let bytes = [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<_>>();
        let findings = diagnosed(file("note.txt", &bytes)).findings;
        assert_eq!(top(&findings), Some(rule.as_str()), "{text}");
    }
}

/// A sentence about a password may end where two texts were put together.
#[test]
fn what_is_glued_to_the_end_of_a_paste_hides_no_cause() {
    for one in pastes() {
        let text = format!("{}=Ole7 wrote", one.text.trim_end());
        let plain = said(&diagnosed(paste(&text)).findings);
        assert_eq!(said(&redacted(&paste(&text)).1), plain, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..1500)) {
        diagnosed(file("x.bin", &bytes));
        diagnosed(paste(&String::from_utf8_lossy(&bytes)));
    }

    #[test]
    fn any_text_gets_an_answer(text in "(?s).{0,200}|[\\\\\"nru<>&;#*`:=|+\\[\\] \r\n0-9a-fxS.-]{0,300}") {
        redacted(&paste(&text));
        diagnosed(file("x.reg", text.as_bytes()));
    }

    #[test]
    fn a_mutated_report_gets_an_answer(
        which in any::<prop::sample::Index>(),
        from in 0..4000usize,
        hole in 0..600usize,
        flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..12),
        seed in 0..50usize,
        column in 40..=80usize,
    ) {
        let files = all_files();
        let whole = &bytes_of(which.get(&files));
        let from = from.min(whole.len());
        let to = (from + hole).min(whole.len());
        diagnosed(file("cut", &whole[..from]));
        diagnosed(file("torn", &[&whole[..from], &whole[to..]].concat()));
        diagnosed(file("flipped", &flipped(whole.clone(), &flips)));
        diagnosed(file("shuffled", &shuffled(whole, seed)));
        let text = String::from_utf8_lossy(whole);
        redacted(&paste(&wrapped_anywhere(&text, column)));
        redacted(&paste(&wrapped_between_words(&text, column)));
    }

    #[test]
    fn a_mutated_paste_gets_an_answer(
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cut in 0..400usize,
        noise in "(?s).{0,20}",
    ) {
        let pastes = pastes();
        let one = &which.get(&pastes).text;
        let at = one.floor_char_boundary(cut.min(one.len()));
        let text = format!("{}{noise}{}{}", &one[..at], &one[at..], other.get(&pastes).text);
        let plain = said(&diagnosed(paste(&text)).findings);
        prop_assert_eq!(said(&redacted(&paste(&text)).1), plain);
    }
}
