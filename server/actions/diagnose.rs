//! Reading and judging, without a case: what the command line and `POST /classify` do. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::desk::{DeedError, Desk, Took};
use super::known;
use super::patience::Watchdog;
use crate::condition::{ProductId, RuleId};
use crate::evidence::archive::Budget;
use crate::evidence::{
    self, Evidence, FactKey, FactValue, Lookup, NeverStop, Problem, ReadOptions, Stop, Submission,
};
use crate::rules::{Findings, Release, Verdict, classify_until};

/// So many given facts are compared with the keys that are known.
const FACTS_COMPARED: usize = 200;

/// What is to be diagnosed.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What was sent.
    pub submission: Submission,
    /// The product the sender named; raises, never filters.
    pub product: Option<String>,
    /// The machine and the account that are meant, where the sender says.
    pub meant: Meant,
    /// At most so many findings are answered.
    pub limit: Option<usize>,
}

/// The machine and the account that are meant; what was read tells where they are not said.
#[derive(Debug, Clone, Default)]
pub struct Meant {
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
}

/// A diagnosis: the release that made it, what was read, what the rules say.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// The release.
    pub release: Arc<Release>,
    /// What was read.
    pub evidence: Evidence,
    /// What the rules say.
    pub findings: Findings,
    /// Facts that a rule names and that are known to be absent, with the scope (index into `evidence.scopes`).
    pub absent: Vec<(FactKey, usize)>,
}

impl Diagnosis {
    /// The finding of a rule.
    pub fn finding(&self, rule: &RuleId) -> Option<&crate::rules::Finding> {
        self.findings
            .findings
            .iter()
            .find(|finding| finding.rule == *rule)
    }

    /// A fact's value for placeholders: `Some(None)` is known to be absent.
    pub fn fact(&self, key: &FactKey) -> Option<Option<&FactValue>> {
        match self.evidence.look_up(key, self.evidence.latest_round()) {
            Lookup::Known(fact) => Some(Some(&fact.value)),
            Lookup::Absent(_) => Some(None),
            _ => None,
        }
    }
}

/// Reads and judges; nothing is redacted and nothing kept.
pub fn diagnose(release: &Arc<Release>, request: &Request, budget: Budget) -> Diagnosis {
    let options = ReadOptions {
        redact: false,
        budget,
        ..ReadOptions::default()
    };
    let evidence = evidence::read(&request.submission, 1, &options);
    judged(release, request, evidence, &NeverStop)
}

fn judged(
    release: &Arc<Release>,
    request: &Request,
    evidence: Evidence,
    stop: &dyn Stop,
) -> Diagnosis {
    let mut diagnosis = judge(
        release,
        evidence,
        request.product.as_deref(),
        &request.submission.facts,
        &request.meant,
        stop,
    );
    if let Some(limit) = request.limit {
        diagnosis.findings.findings.truncate(limit);
    }
    diagnosis
}

/// Reads and judges for somebody who waits; `None` when nobody does any more.
fn timed(
    release: &Arc<Release>,
    request: &Request,
    budget: Budget,
    watchdog: &Arc<Watchdog>,
) -> Option<(Diagnosis, Took)> {
    let begun = Instant::now();
    let options = ReadOptions {
        redact: false,
        budget,
        stop: watchdog.clone(),
        ..ReadOptions::default()
    };
    let evidence = evidence::read(&request.submission, 1, &options);
    let read = begun.elapsed().as_secs_f64();
    if watchdog.nobody_waits() {
        return None;
    }
    watchdog.begin();
    let diagnosis = judged(release, request, evidence, &**watchdog);
    if watchdog.nobody_waits() {
        return None;
    }
    let classify = begun.elapsed().as_secs_f64() - read;
    Some((diagnosis, Took { read, classify }))
}

/// Judges what was read, of the machine and the account that are meant. A product or a given fact that the release does not know becomes a problem.
pub fn judge(
    release: &Arc<Release>,
    mut evidence: Evidence,
    product: Option<&str>,
    given: &BTreeMap<String, FactValue>,
    meant: &Meant,
    stop: &dyn Stop,
) -> Diagnosis {
    evidence.settle(meant.machine.as_deref(), meant.account.as_deref());
    let tested = known::tested(release);
    evidence
        .problems
        .extend(unknown_facts(release, given, &tested));
    let product = product.and_then(|name| {
        let known = product_named(release, name);
        if known.is_none() {
            evidence.problems.push(unknown_product(release, name));
        }
        known
    });
    let findings = classify_until(release, &evidence, product.as_ref(), stop);
    if findings.cut_short {
        evidence.problems.push(Problem {
            source: "submission".to_owned(),
            line: None,
            what: "Comparing this with the rules took too long and was ended: what was found is true, and there may be more. Send the part that matters by itself.".to_owned(),
        });
    }
    if findings.verdict != Verdict::InsufficientEvidence
        && !depends_on_account(release, &findings, &evidence)
    {
        evidence.needs_no_account();
    }
    evidence.codes.extend(findings.named_codes.iter().cloned());
    evidence.codes.sort_by_key(|seen| seen.span);
    let latest = evidence.latest_round();
    let absent = tested.into_iter().filter_map(|key| {
        let Lookup::Absent(scope) = evidence.look_up(&key, latest) else {
            return None;
        };
        let at = evidence
            .scopes
            .iter()
            .position(|other| std::ptr::eq(other, scope))?;
        Some((key, at))
    });
    let absent = absent.collect();
    Diagnosis {
        release: release.clone(),
        evidence,
        findings,
        absent,
    }
}

/// Whether one of the rules that matched tests what is known of an account.
fn depends_on_account(release: &Release, findings: &Findings, evidence: &Evidence) -> bool {
    let rules = findings.findings.iter();
    let mut rules = rules.filter_map(|finding| release.rules.get(&finding.rule));
    rules.any(|rule| {
        let mut keys = known::tested_by(release, rule).into_iter();
        keys.any(|key| evidence.is_about_accounts(&key))
    })
}

/// A product by its id or its name.
pub fn product_named(release: &Release, name: &str) -> Option<ProductId> {
    let name = name.trim().to_lowercase();
    let product = release
        .products
        .iter()
        .find(|product| product.id == *name.as_str() || product.name.to_lowercase() == name);
    product.map(|product| product.id.clone())
}

/// Finding the nearest known key is work, so that only so many are compared.
fn unknown_facts(
    release: &Release,
    given: &BTreeMap<String, FactValue>,
    tested: &BTreeSet<FactKey>,
) -> Vec<Problem> {
    let compared = given.keys().take(FACTS_COMPARED);
    let unknown = compared.filter_map(|key| known::unknown_key(key, release, tested));
    let more = (given.len() > FACTS_COMPARED).then(|| {
        format!("only the first {FACTS_COMPARED} given facts were compared with the known keys")
    });
    let problem = unknown.chain(more).map(|what| Problem {
        source: "facts".to_owned(),
        line: None,
        what,
    });
    problem.collect()
}

fn unknown_product(release: &Release, name: &str) -> Problem {
    let known = release.products.iter().map(|product| product.id.as_str());
    let known = known.collect::<Vec<_>>().join(", ");
    let name = name.chars().take(80).collect::<String>();
    Problem {
        source: "request".to_owned(),
        line: None,
        what: format!("unknown product `{name}`; known: {known}"),
    }
}

impl Desk {
    /// Diagnoses without a case, by the live release or the one asked for. Nothing is kept.
    pub async fn diagnose(
        &self,
        request: Request,
        release: Option<i64>,
    ) -> Result<Diagnosis, DeedError> {
        let release = match release {
            None => self.live(),
            Some(number) => self
                .release(number)
                .await?
                .ok_or_else(|| DeedError::NotFound(format!("There is no release {number}.")))?,
        };
        let budget = self.settings.budget;
        let bytes = size(&request.submission);
        let done = self.read(bytes, move |watchdog| {
            timed(&release, &request, budget, watchdog)
        });
        let (diagnosis, took) = done.await?;
        self.tell(took);
        Ok(diagnosis)
    }
}

/// How many bytes a submission holds. What is packed may hold any number.
pub(super) fn size(submission: &Submission) -> usize {
    let text = submission.text.as_ref().map_or(0, String::len);
    let files = submission.files.iter().map(|file| {
        if file.is_packed() {
            usize::MAX
        } else {
            usize::try_from(file.size()).unwrap_or(usize::MAX)
        }
    });
    let facts = submission.facts.iter();
    let facts = facts.map(|(key, value)| key.len() + value.to_string().len());
    files.chain(facts).fold(text, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::honest::Over;
    use crate::knowledge;

    #[test]
    fn judging_ends_when_it_is_told_to_and_says_so() {
        let files = knowledge::read(knowledge::shipped()).unwrap();
        let release = Arc::new(Release::compile(1, 0, files).0);
        let text = "the run failed with 0xC000015B, data 52e".to_owned();
        let read = evidence::read_texts(vec![("run.log".to_owned(), text)], 1);
        let given = BTreeMap::new();
        let judged = |stop: &dyn Stop| {
            let meant = Meant::default();
            judge(&release, read.clone(), None, &given, &meant, stop)
        };
        let whole = judged(&NeverStop);
        assert!(!whole.findings.findings.is_empty());
        assert!(whole.evidence.problems.is_empty());
        let ended = judged(&Over);
        assert!(ended.findings.cut_short && ended.findings.findings.is_empty());
        let said = &ended.evidence.problems[0].what;
        assert!(said.contains("took too long"), "{said}");
    }
}
