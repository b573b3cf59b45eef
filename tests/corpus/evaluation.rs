//! `tests/evaluation/labelled.jsonl`: submissions as people paste them, written by who did not know how the rules
//! recognise anything. `Scores::measures` says what a release is held to.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use signpost::evidence::{ReadOptions, Submission, read};
use signpost::rules::evaluate::{Labelled, evaluate};
use signpost::rules::{Confidence, classify};

use super::engine::{paste, release};

fn rows() -> &'static [Labelled] {
    static ROWS: LazyLock<Vec<Labelled>> = LazyLock::new(|| {
        let file = include_str!("../evaluation/labelled.jsonl");
        Labelled::lines(file).expect("rows as the format says")
    });
    &ROWS
}

/// Rows with one cause that the release knows for sure today: what noise must not change.
fn sure() -> Vec<&'static Labelled> {
    let rows = rows().iter().filter(|row| row.labels.is_empty());
    let sure = rows.filter(|row| first(&row.text) == Some(row.label.clone()));
    sure.collect()
}

fn first(text: &str) -> Option<String> {
    let evidence = read(&paste(text), 1, &ReadOptions::default());
    let findings = classify(release(), &evidence, None).findings;
    findings.first().map(|finding| finding.rule.to_string())
}

fn unrelated() -> Vec<String> {
    let pack = signpost::knowledge::read(signpost::knowledge::shipped());
    let pack = pack.expect("the pack can be read");
    pack.unrelated.make().expect("the formats are right")
}

#[test]
fn the_shipped_pack_is_right_on_labelled_submissions() {
    let scores = evaluate(release(), rows());
    for (name, share, least) in scores.measures() {
        assert!(
            share.ratio() >= least,
            "{name}: {share:?}, {:#?}",
            scores.misses
        );
    }
}

#[test]
fn the_set_is_large_and_names_every_rule() {
    let wanted = rows()
        .iter()
        .filter(|row| row.label != "none")
        .collect::<Vec<_>>();
    assert!(wanted.len() >= 300, "{}", wanted.len());
    let ids = rows().iter().map(|row| &row.id).collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), rows().len(), "an id stands twice");
    let named = wanted
        .iter()
        .flat_map(|row| row.labels.iter().chain([&row.label]).chain(&row.acceptable));
    let named = named.map(String::as_str).collect::<BTreeSet<_>>();
    let rules = release()
        .rules
        .keys()
        .map(signpost::condition::RuleId::as_str);
    let missing = rules.filter(|rule| !named.contains(rule));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn unrelated_texts_stay_unknown() {
    let texts = unrelated();
    assert!(texts.len() >= 3_000, "{}", texts.len());
    let mut fired = Vec::new();
    for text in texts {
        let submission = Submission {
            text: Some(text.clone()),
            ..Submission::default()
        };
        let evidence = read(&submission, 1, &ReadOptions::default());
        for finding in classify(release(), &evidence, None).findings {
            assert!(finding.confidence != Confidence::Certain, "{text}");
            fired.push(format!("{}: {text}", finding.rule));
        }
    }
    assert!(fired.len() <= 3, "{fired:#?}");
}

#[test]
fn unrelated_lines_around_a_fault_change_nothing_and_neither_does_their_order() {
    let noise = unrelated();
    let log = noise.iter().filter(|line| !line.contains('\n'));
    let log = log.step_by(97).map(String::as_str).collect::<Vec<_>>();
    let mut lost = Vec::new();
    for (at, row) in sure().into_iter().enumerate() {
        let lines = [log[at % log.len()], log[(at * 7 + 3) % log.len()]];
        for mixed in [
            format!("{}\n\n{}\n\n{}", lines[0], row.text, lines[1]),
            format!("{}\n\n{}\n{}", row.text, lines[1], lines[0]),
            format!("{}\n{}\n\n{}", lines[1], lines[0], row.text),
        ] {
            let now = first(&mixed);
            if now.as_ref() != Some(&row.label) {
                lost.push(format!("{} -> {now:?}: {mixed}", row.id));
                break;
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

/// Labels of event 4625 as English and German Windows write them.
const GERMAN: [(&str, &str); 8] = [
    (
        "An account failed to log on.",
        "Fehler beim Anmelden eines Kontos.",
    ),
    (
        "Account For Which Logon Failed:",
        "Konto, für das die Anmeldung fehlgeschlagen ist:",
    ),
    ("Failure Information:", "Fehlerinformationen:"),
    ("Failure Reason:", "Fehlerursache:"),
    ("Sub Status:", "Unterstatus:"),
    ("Logon Type:", "Anmeldetyp:"),
    ("Account Name:", "Kontoname:"),
    ("Account Domain:", "Kontodomäne:"),
];

#[test]
fn the_language_of_windows_changes_nothing_where_codes_decide() {
    let mut tried = 0;
    for row in sure() {
        let german = GERMAN
            .iter()
            .fold(row.text.clone(), |text, (english, german)| {
                text.replace(english, german)
            });
        if german != row.text && row.text.contains("Status:") {
            tried += 1;
            assert_eq!(first(&german).as_ref(), Some(&row.label), "{german}");
        }
    }
    assert!(tried >= 5, "{tried}");
}
