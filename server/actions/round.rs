//! A submission becomes a round of a case: read with its secrets taken out, judged, and ready to be kept.

use std::collections::BTreeMap;
use std::time::Instant;

use super::desk::{DeedError, Desk, Took};
use super::diagnose::{Diagnosis, Meant, judge, size};
use super::excerpt::excerpt;
use super::open::About;
use crate::evidence::redact::{Pseudonym, Redactor};
use crate::evidence::{self, Evidence, Fact, FactValue, ReadOptions, Round, Submission};
use crate::rules::Verdict;
use crate::store::{CASE_TEXT_LIMIT, NewRound, Receipt, StoredSource};

/// A round that was read but not yet kept.
pub(super) struct ReadRound {
    pub(super) diagnosis: Diagnosis,
    pub(super) round: NewRound,
    /// Numbers that are new with it.
    pub(super) pseudonyms: Vec<Pseudonym>,
}

/// Reads a submission as the round after `before` and judges both together.
pub(super) async fn read_round(
    desk: &Desk,
    submission: Submission,
    before: Evidence,
    product: Option<String>,
    about: About,
    mut redactor: Redactor,
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
    let kept = text_of(&before);
    let bytes = size(&submission).saturating_add(kept);
    let (read, took) = desk
        .read(bytes, move |watchdog| {
            options.stop = watchdog.clone();
            let begun = Instant::now();
            let number = before.latest_round() + 1;
            let read = evidence::read_redacted(&submission, number, &options, &mut redactor);
            let read_seconds = begun.elapsed().as_secs_f64();
            if watchdog.nobody_waits() {
                return None;
            }
            let facts = given(&read);
            let meant = Meant {
                machine: about.machine,
                account: about.account,
            };
            let judge = |evidence| {
                watchdog.begin();
                let product = product.as_deref();
                judge(&live, evidence, product, &facts, &meant, &**watchdog)
            };
            let read = within(read, CASE_TEXT_LIMIT.saturating_sub(kept), number, &judge);
            let (sources, problems) = to_keep(&read);
            let mut all = before;
            all.join(read);
            let diagnosis = judge(all);
            if watchdog.nobody_waits() {
                return None;
            }
            let round = NewRound {
                who: about.who,
                sources,
                problems,
                facts: facts.into_iter().collect(),
                receipt: receipt(&diagnosis),
                redactions: redactor.redactions(),
            };
            let pseudonyms = redactor.fresh().to_vec();
            let took = Took {
                read: read_seconds,
                classify: begun.elapsed().as_secs_f64() - read_seconds,
            };
            Some((
                ReadRound {
                    diagnosis,
                    round,
                    pseudonyms,
                },
                took,
            ))
        })
        .await?;
    desk.tell(took);
    Ok(read)
}

/// What a case keeps of a round, in so many bytes of text. It is what is shown from the first moment on: a case says the
/// same when it is opened and when it is read again.
fn within(
    read: Evidence,
    room: usize,
    number: Round,
    judge: &dyn Fn(Evidence) -> Diagnosis,
) -> Evidence {
    if text_of(&read) <= room {
        return read;
    }
    let whole = judge(read);
    let proofs = whole.findings.findings.iter();
    let proofs = proofs.flat_map(|finding| &finding.because);
    let proofs = proofs.collect::<Vec<_>>();
    let (mut kept, said) = excerpt(&whole.evidence, &proofs, room, number);
    // Lines of the whole text are others than those of what is kept of it.
    let before = whole.evidence.problems.into_iter();
    let before = before.filter(|problem| problem.line.is_none());
    let problems = before.chain(said).chain(kept.problems).collect();
    kept.problems = problems;
    kept
}

fn text_of(evidence: &Evidence) -> usize {
    let sources = evidence.sources.iter();
    sources.map(|source| source.text.as_str().len()).sum()
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
pub(super) fn given(read: &Evidence) -> BTreeMap<String, FactValue> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Guards against a case that forgets on the next day what it said when it was opened.
    #[test]
    fn what_is_kept_of_a_large_round_proves_the_same_when_it_is_read_again() {
        use crate::evidence::NeverStop;
        use crate::knowledge;
        use crate::rules::Release;
        let files = knowledge::read(knowledge::shipped()).unwrap();
        let release = std::sync::Arc::new(Release::compile(1, 0, files).0);
        let meant = Meant {
            machine: None,
            account: None,
        };
        let given = BTreeMap::new();
        let judge = |evidence| judge(&release, evidence, None, &given, &meant, &NeverStop);
        let mut log = "nothing of note\n".repeat(9000);
        log.push_str("the run failed with 0xC000015B\n");
        log.push_str(&"nothing of note\n".repeat(9000));
        let read = evidence::read_texts(vec![("run.log".to_owned(), log)], 1);
        let kept = within(read, 20_000, 1, &judge);
        assert!(text_of(&kept) <= 20_000);
        assert!(kept.problems[0].what.contains("32 MiB"));
        let texts = kept.sources.iter();
        let texts = texts.map(|source| (source.name.clone(), source.text.as_str().to_owned()));
        let again = judge(evidence::read_texts(texts.collect(), 1));
        let opened = judge(kept);
        assert_eq!(opened.findings.verdict, Verdict::Matched);
        assert_eq!(again.findings.verdict, Verdict::Matched);
        let proofs = |diagnosis: &Diagnosis| diagnosis.findings.findings[0].because.clone();
        assert_eq!(proofs(&opened), proofs(&again));
    }
}
