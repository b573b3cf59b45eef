//! The engine as the command line runs it, and what the tests ask of every answer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use signpost::actions::{Diagnosis, Request, diagnose};
use signpost::evidence::archive::Budget;
use signpost::evidence::redact::{Pseudonyms, Redactor};
use signpost::evidence::{Evidence, ReadOptions, Source, Submission, Upload, read, read_redacted};
use signpost::knowledge;
use signpost::rules::{Findings, Release, Verdict, classify};

/// The shipped pack, compiled.
pub(crate) fn release() -> &'static Arc<Release> {
    static RELEASE: LazyLock<Arc<Release>> = LazyLock::new(|| {
        let files = knowledge::read(knowledge::shipped()).expect("the pack can be read");
        let (release, complaints) = Release::compile(0, 0, files);
        assert!(complaints.is_empty(), "{complaints:?}");
        Arc::new(release)
    });
    &RELEASE
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

pub(crate) fn paste(text: &str) -> Submission {
    Submission {
        text: Some(text.to_owned()),
        ..Submission::default()
    }
}

pub(crate) fn file(name: &str, bytes: &[u8]) -> Submission {
    Submission {
        files: vec![Upload::new(name, bytes)],
        ..Submission::default()
    }
}

pub(crate) fn diagnosed(submission: Submission) -> Diagnosis {
    let request = Request {
        submission,
        ..Request::default()
    };
    let diagnosis = diagnose(release(), &request, Budget::default());
    hold(&diagnosis.evidence, &diagnosis.findings);
    diagnosis
}

/// The same with secrets replaced, as a case keeps it.
pub(crate) fn redacted(submission: &Submission) -> (Evidence, Findings) {
    let evidence = read(submission, 1, &ReadOptions::default());
    let findings = classify(release(), &evidence, None);
    hold(&evidence, &findings);
    (evidence, findings)
}

/// The same with people and machines replaced too.
pub(crate) fn without_people(submission: &Submission) -> (Evidence, Findings) {
    let names = Pseudonyms::new(&[7; 32], "case", &[]);
    let mut redactor = Redactor::people(names);
    let evidence = read_redacted(submission, 1, &ReadOptions::default(), &mut redactor);
    let findings = classify(release(), &evidence, None);
    hold(&evidence, &findings);
    (evidence, findings)
}

/// What a set of findings says, without its places.
pub(crate) type Said = (Verdict, Vec<String>, Vec<String>);

pub(crate) fn said(findings: &Findings) -> Said {
    let shown = findings.findings.iter().map(|finding| {
        let gave_way = finding.gave_way_to.iter().map(ToString::to_string);
        format!(
            "{} {:?} {:?} gave way to {:?}",
            finding.rule,
            finding.role,
            finding.confidence,
            gave_way.collect::<Vec<_>>()
        )
    });
    let undecided = findings.undecided.iter().map(ToString::to_string);
    (findings.verdict, shown.collect(), undecided.collect())
}

/// The best finding's rule.
pub(crate) fn top(findings: &Findings) -> Option<&str> {
    findings
        .findings
        .first()
        .map(|finding| finding.rule.as_str())
}

/// What holds for every answer: each proof, fact, code and scope is exactly the bytes and the line it names.
pub(crate) fn hold(evidence: &Evidence, findings: &Findings) {
    let breaks = evidence.sources.iter().map(line_breaks).collect::<Vec<_>>();
    let line_at = |source: usize, offset: usize| {
        1 + breaks[source].partition_point(|line_break| *line_break < offset)
    };
    for finding in &findings.findings {
        assert!(!finding.because.is_empty(), "{} has no proof", finding.rule);
        for proof in &finding.because {
            let at = evidence
                .sources
                .iter()
                .position(|source| source.name == proof.source && source.round == proof.round)
                .unwrap_or_else(|| panic!("{} names no source", proof.source));
            let text = evidence.sources[at].text.as_str();
            assert_eq!(text.get(proof.start..proof.end), Some(proof.text.as_str()));
            assert!(!proof.text.is_empty(), "{} is empty", finding.rule);
            assert_eq!(line_at(at, proof.start), proof.line, "{proof:?}");
        }
    }
    let facts = evidence.facts.iter().map(|fact| fact.span);
    let scopes = evidence.scopes.iter().map(|scope| scope.span);
    let codes = evidence.codes.iter().map(|seen| seen.span);
    for span in facts.chain(scopes).chain(codes) {
        let text = evidence.sources[span.source].text.as_str();
        assert!(text.get(span.start..span.end).is_some(), "{span:?}");
        assert_eq!(line_at(span.source, span.start), span.line, "{span:?}");
    }
}

fn line_breaks(source: &Source) -> Vec<usize> {
    let breaks = source.text.as_str().match_indices('\n');
    breaks.map(|(at, _)| at).collect()
}
