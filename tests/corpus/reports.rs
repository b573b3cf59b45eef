//! Folders of `tests/fixtures/reports`: what a machine sent, and what has to come of it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

use serde::Deserialize;
use signpost::actions::Diagnosis;
use signpost::evidence::{FactKey, FactValue, Lookup, Submission, Upload};
use signpost::guide::walk::{Now, NowKind, Route, Walk, walk};
use signpost::rules::Verdict;

use super::engine::{diagnosed, fixtures, release};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Sent as one zip.
    #[serde(default)]
    zip: bool,
    verdict: Verdict,
    /// All of them, best first.
    findings: Vec<String>,
    #[serde(default)]
    silent: Vec<String>,
    #[serde(default)]
    facts: BTreeMap<String, FactValue>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    conflicting: Vec<String>,
    #[serde(default)]
    sources: Vec<String>,
    /// The best proof of the first finding begins so.
    proof: Option<Place>,
    walk: Option<Stand>,
    /// All that only a person can settle.
    #[serde(default)]
    questions: Vec<Asked>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    field: String,
    /// The question begins so.
    ask: String,
    options: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    source: String,
    line: usize,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stand {
    rule: String,
    #[serde(default)]
    passed: Vec<Step>,
    now: String,
    #[serde(default)]
    offered: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "step")]
    id: String,
    answer: String,
    source: String,
}

#[test]
fn every_report_says_and_walks_what_its_expectation_says() {
    let folder = fixtures().join("reports");
    let mut names = names(&folder);
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        check(&name, &folder.join(&name));
    }
}

/// The same files say the same whether they come as the collector packs them or one by one.
#[test]
fn what_the_collector_packs_says_the_same_as_loose_files() {
    let folder = fixtures().join("reports");
    let names = names(&folder);
    let packed = names.iter().filter(|name| name.starts_with("collector-"));
    let mut count = 0;
    for name in packed {
        let folder = folder.join(name);
        let written = std::fs::read_to_string(folder.join("expected.yaml")).expect(name);
        let loose = written
            .replace("zip: true", "zip: false")
            .replace("input.zip/", "");
        check_as(name, &folder, &loose);
        count += 1;
    }
    assert!(count >= 5, "{count}");
}

/// Who ran the collector and when counts for the facts of its files, and is nobody's report beside it.
#[test]
fn what_the_collector_says_of_a_file_stands_on_its_facts() {
    let folder = fixtures().join("reports/collector-entra-policy-prompt");
    let diagnosis = diagnosed(submission(&folder, true));
    let policy = FactKey::new(
        r"registry.HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\fPromptForPassword",
    );
    let Lookup::Known(fact) = diagnosis.evidence.look_up(&policy, 1) else {
        panic!("the policy is known");
    };
    assert_eq!(fact.about.machine.as_deref(), Some("RPA-VM-07"));
    assert_eq!(fact.about.taken_by.as_deref(), Some(r"AzureAD\LenaBrandt"));
    assert_eq!(fact.about.account, None);
    assert_eq!(fact.about.elevated, Some(true));
    assert_eq!(fact.about.taken, Some(1_795_248_764_000));
    let folder = fixtures().join("reports/collector-third-party-provider");
    let diagnosis = diagnosed(submission(&folder, true));
    let mut problems = diagnosis.evidence.problems.iter();
    assert!(problems.any(|one| one.what.contains("section secedit failed")));
}

fn check(name: &str, folder: &Path) {
    let written = std::fs::read_to_string(folder.join("expected.yaml")).expect(name);
    check_as(name, folder, &written);
}

fn check_as(name: &str, folder: &Path, written: &str) {
    let expected: Expected =
        serde_saphyr::from_str(written).unwrap_or_else(|error| panic!("{name}: {error}"));
    let diagnosis = diagnosed(submission(folder, expected.zip));
    let rules = diagnosis.findings.findings.iter();
    let rules = rules
        .map(|finding| finding.rule.to_string())
        .collect::<Vec<_>>();
    assert_eq!(diagnosis.findings.verdict, expected.verdict, "{name}");
    assert_eq!(rules, expected.findings, "{name}");
    for rule in &expected.silent {
        assert!(!rules.contains(rule), "{name}: {rule}");
    }
    check_facts(name, &expected, &diagnosis);
    check_questions(name, &expected.questions, &diagnosis);
    if !expected.sources.is_empty() {
        let sources = diagnosis.evidence.sources.iter();
        let sources = sources.map(|source| &source.name).collect::<Vec<_>>();
        assert_eq!(sources, expected.sources.iter().collect::<Vec<_>>());
    }
    if let Some(place) = &expected.proof {
        let proof = &diagnosis.findings.findings[0].because[0];
        assert_eq!(
            (proof.source.as_str(), proof.line),
            (place.source.as_str(), place.line)
        );
        let plain = proof.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.starts_with(&place.text), "{name}: {plain}");
    }
    if let Some(stand) = &expected.walk {
        check_walk(name, stand, &diagnosis);
    }
}

fn check_facts(name: &str, expected: &Expected, diagnosis: &Diagnosis) {
    let look_up = |key: &str| diagnosis.evidence.look_up(&FactKey::new(key), 1);
    for (key, value) in &expected.facts {
        match look_up(key) {
            Lookup::Known(fact) => assert_eq!(&fact.value, value, "{name}: {key}"),
            other => panic!("{name}: {key} is {other:?}"),
        }
    }
    for key in &expected.absent {
        let found = look_up(key);
        assert!(
            matches!(found, Lookup::Absent(_)),
            "{name}: {key} {found:?}"
        );
    }
    for key in &expected.unknown {
        let found = look_up(key);
        assert!(matches!(found, Lookup::Unknown), "{name}: {key} {found:?}");
    }
    for key in &expected.conflicting {
        let found = look_up(key);
        assert!(
            matches!(&found, Lookup::Conflicting(facts) if facts.len() > 1),
            "{name}: {key} {found:?}"
        );
    }
}

fn check_questions(name: &str, expected: &[Asked], diagnosis: &Diagnosis) {
    let questions = diagnosis.evidence.questions();
    assert_eq!(questions.len(), expected.len(), "{name}: {questions:?}");
    for (question, expected) in questions.iter().zip(expected) {
        assert_eq!(question.field.as_str(), expected.field, "{name}");
        assert!(
            question.ask.starts_with(&expected.ask),
            "{name}: {}",
            question.ask
        );
        assert_eq!(question.options, expected.options, "{name}");
    }
}

fn check_walk(name: &str, stand: &Stand, diagnosis: &Diagnosis) {
    let release = release();
    let rule = release.rule(&stand.rule).expect(name);
    let route = Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    };
    let walk = walk(route, &diagnosis.evidence, &[]);
    assert_eq!(walk.now.step.as_str(), stand.now, "{name}: {walk:?}");
    for passed in &walk.done {
        assert!(
            !passed.because.is_empty(),
            "{name}: nothing proves {}",
            passed.step
        );
    }
    assert_eq!(passed(&walk), stand.passed, "{name}");
    if !stand.offered.is_empty() {
        assert_eq!(offered(&walk.now), stand.offered, "{name}");
    }
}

fn passed(walk: &Walk<'_>) -> Vec<Step> {
    let passed = walk.done.iter().map(|passed| Step {
        id: passed.step.to_string(),
        answer: passed.answer.to_string(),
        source: passed.because[0].source.clone(),
    });
    passed.collect()
}

fn offered(now: &Now<'_>) -> Vec<String> {
    match &now.kind {
        NowKind::Ask { answers, .. } => answers.iter().map(|one| one.id.to_string()).collect(),
        other => panic!("{other:?} offers nothing"),
    }
}

fn submission(folder: &Path, zip: bool) -> Submission {
    let mut files = Vec::new();
    collect(&folder.join("input"), "", &mut files);
    files.sort_by(|left, right| left.name.cmp(&right.name));
    if zip {
        files = vec![Upload::new("input.zip", zipped(&files))];
    }
    Submission {
        files,
        ..Submission::default()
    }
}

/// Every file of every report, as it was sent.
pub(crate) fn all_files() -> Vec<Upload> {
    let folder = fixtures().join("reports");
    let mut files = Vec::new();
    for name in names(&folder) {
        collect(
            &folder.join(&name).join("input"),
            &format!("{name}/"),
            &mut files,
        );
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    files
}

fn collect(folder: &Path, below: &str, files: &mut Vec<Upload>) {
    for name in names(folder) {
        let path = folder.join(&name);
        let shown = format!("{below}{name}");
        if path.is_dir() {
            collect(&path, &format!("{shown}/"), files);
        } else {
            let bytes = std::fs::read(&path).expect("a fixture can be read");
            files.push(Upload::new(shown, bytes));
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the fixtures are there");
    let names = entries.map(|entry| entry.expect("a name").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// The bytes of a file.
pub(crate) fn bytes_of(file: &Upload) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = file.open().and_then(|mut all| all.read_to_end(&mut bytes));
    read.expect("bytes in memory");
    bytes
}

fn zipped(files: &[Upload]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(&file.name, options).expect("a zip entry");
        let bytes = bytes_of(file);
        std::io::copy(&mut bytes.as_slice(), &mut writer).expect("a zip entry");
    }
    writer.finish().expect("a zip").into_inner()
}
