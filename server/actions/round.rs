//! A submission becomes a round of a case: read with its secrets taken out, judged, and ready to be kept.

use std::collections::BTreeMap;
use std::time::Instant;

use super::desk::{DeedError, Desk, Took};
use super::diagnose::{Diagnosis, Meant, judge, size};
use super::open::About;
use crate::evidence::{self, Evidence, Fact, FactValue, ReadOptions, Submission};
use crate::rules::Verdict;
use crate::store::{NewRound, Receipt, StoredSource};

/// A round that was read but not yet kept.
pub(super) struct ReadRound {
    pub(super) diagnosis: Diagnosis,
    pub(super) round: NewRound,
}

/// Reads a submission as the round after `before` and judges both together.
pub(super) async fn read_round(
    desk: &Desk,
    submission: Submission,
    before: Evidence,
    product: Option<String>,
    about: About,
) -> Result<ReadRound, DeedError> {
    let live = desk.live();
    let mut options = ReadOptions {
        redact: true,
        budget: desk.settings.budget,
        taken: before
            .sources
            .iter()
            .map(|source| source.name.clone())
            .collect(),
        ..ReadOptions::default()
    };
    let kept = before.sources.iter();
    let kept = kept.map(|source| source.text.as_str().len()).sum();
    let bytes = size(&submission).saturating_add(kept);
    let (read, took) = desk
        .read(bytes, move |watchdog| {
            options.stop = watchdog.clone();
            let begun = Instant::now();
            let number = before.latest_round() + 1;
            let read = evidence::read(&submission, number, &options);
            let read_seconds = begun.elapsed().as_secs_f64();
            if watchdog.nobody_waits() {
                return None;
            }
            let (sources, problems) = to_keep(&read);
            let facts = given(&read);
            let mut all = before;
            all.join(read);
            let diagnosis = judge(
                &live,
                all,
                product.as_deref(),
                &facts,
                &Meant {
                    machine: about.machine,
                    account: about.account,
                },
            );
            let round = NewRound {
                who: about.who,
                sources,
                problems,
                facts: facts.into_iter().collect(),
                receipt: receipt(&diagnosis),
            };
            let took = Took {
                read: read_seconds,
                classify: begun.elapsed().as_secs_f64() - read_seconds,
            };
            Some((ReadRound { diagnosis, round }, took))
        })
        .await?;
    desk.tell(took);
    Ok(read)
}

/// What was said: history, never input.
pub(super) fn receipt(diagnosis: &Diagnosis) -> Receipt {
    /// So much of each proof is remembered.
    const LONGEST: usize = 200;
    let shorten = |text: &str| text.chars().take(LONGEST).collect::<String>();
    let rules = diagnosis.findings.findings.iter().map(|finding| {
        let proofs = finding.because.iter().take(8);
        let texts = proofs.map(|proof| shorten(&proof.text)).collect();
        (finding.rule.to_string(), texts)
    });
    Receipt {
        release: diagnosis.release.number,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        verdict: diagnosis.findings.verdict,
        rules: rules.collect(),
    }
}

/// A verdict in the words of a timeline.
pub(super) fn in_words(diagnosis: &Diagnosis) -> String {
    let first = diagnosis.findings.findings.first();
    let title = first
        .and_then(|finding| diagnosis.release.rule(finding.rule.as_str()))
        .map_or("", |rule| rule.file.title.as_str());
    match diagnosis.findings.verdict {
        Verdict::Matched | Verdict::Ambiguous => format!("found: {title}"),
        Verdict::InsufficientEvidence => "more evidence is needed".to_owned(),
        Verdict::NoErrorFound => "no error found in it".to_owned(),
        Verdict::Unmatched => "no rule knows it".to_owned(),
        Verdict::Unreadable => "nothing in it could be read".to_owned(),
    }
}

/// The machine that the evidence names, where it is one, and the account that was settled.
pub(super) fn machine_and_account(evidence: &Evidence) -> (Option<String>, Option<String>) {
    let machine = match evidence.machines()[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    };
    (machine, evidence.account.clone())
}

/// The facts given outright, as they read without their secrets.
fn given(read: &Evidence) -> BTreeMap<String, FactValue> {
    let outright = |fact: &&Fact| {
        let source = read.sources.get(fact.span.source);
        source.is_some_and(|source| evidence::is_given(&source.name))
    };
    let given = read.facts.iter().filter(outright);
    given
        .map(|fact| (fact.key.to_string(), fact.value.clone()))
        .collect()
}

type Kept = (Vec<StoredSource>, Vec<(String, Option<usize>, String)>);

fn to_keep(read: &Evidence) -> Kept {
    let sources = read.sources.iter().map(|source| StoredSource {
        name: source.name.clone(),
        text: source.text.as_str().to_owned(),
    });
    let problems = read
        .problems
        .iter()
        .map(|problem| (problem.source.clone(), problem.line, problem.what.clone()));
    (sources.collect(), problems.collect())
}
