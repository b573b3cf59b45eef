//! Reading cases: one, as today's release sees it, and the list.

use std::sync::Arc;

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::{Diagnosis, Meant, judge};
use super::evidence::given_facts;
use super::kept::Key;
use crate::evidence::{self, Evidence, NeverStop, Problem};
use crate::rules::{Release, Verdict};
use crate::store::{CaseId, CaseRecord, PackedSource, StoreError};

/// A case, with the walk of `rule` where that is asked for.
pub async fn view_case(
    desk: &Desk,
    id: &CaseId,
    rule: Option<&str>,
) -> Result<CaseView, DeedError> {
    let view = load(desk, id).await?;
    let Some(asked) = rule else {
        return Ok(view);
    };
    let known = crate::condition::RuleId::parse(asked)
        .ok()
        .and_then(|rule| view.rule(&rule).map(|rule| rule.file.id.clone()));
    match known {
        Some(rule) => Ok(view.with_rule(&rule)),
        None => Err(DeedError::NotFound(
            "There is no rule of that name in this release.".to_owned(),
        )),
    }
}

/// A case as it is kept and as it is judged today.
pub(super) async fn load(desk: &Desk, id: &CaseId) -> Result<CaseView, DeedError> {
    let Some(record) = desk.store.case(id, desk.now()).await? else {
        return Err(missing(desk, id).await);
    };
    let live = desk.live();
    let pinned = if record.answers.is_empty() {
        live.clone()
    } else {
        let pinned = desk.release(record.pinned_release).await?;
        pinned.unwrap_or_else(|| live.clone())
    };
    let diagnosis = judged(desk, &record, live).await?;
    let mut view = CaseView {
        record,
        diagnosis,
        pinned,
        active: None,
        house: desk.house(),
    };
    view.active = view.active_rule();
    Ok(view)
}

/// What the live release says about a case: as it was kept ready, else read and judged now.
async fn judged(
    desk: &Desk,
    record: &CaseRecord,
    live: Arc<Release>,
) -> Result<Arc<Diagnosis>, DeedError> {
    let key = Key::new(record, live.number);
    if let Some(diagnosis) = desk.kept.get(&key) {
        return Ok(diagnosis);
    }
    let texts = desk.store.texts(&record.id).await?;
    let sources = record.rounds.iter().flat_map(|round| &round.sources);
    let size = sources.clone().map(|source| source.size).sum();
    if texts.len() < sources.count() {
        // It was deleted between the two look-ups.
        return Err(missing(desk, &record.id).await);
    }
    let record = record.clone();
    let work = move || read_again(&record, texts).map(|read| judge_again(&record, read, &live));
    let diagnosis = Arc::new(desk.work(size, work).await??);
    desk.kept.keep(key, diagnosis.clone());
    Ok(diagnosis)
}

fn judge_again(record: &CaseRecord, read: Evidence, live: &Arc<Release>) -> Diagnosis {
    let product = record
        .product
        .as_ref()
        .map(crate::condition::ProductId::as_str);
    let given = record.rounds.iter().flat_map(given_facts).collect();
    let meant = Meant {
        machine: record.machine.clone(),
        account: record.account.clone(),
    };
    let mut diagnosis = judge(live, read, product, &given, &meant, &NeverStop);
    if record.rounds.is_empty() {
        // A guide that was started without evidence: nothing was sent that could not be read.
        diagnosis.findings.verdict = Verdict::InsufficientEvidence;
    }
    diagnosis
}

/// The evidence of all rounds, read again from their texts.
fn read_again(record: &CaseRecord, texts: Vec<PackedSource>) -> Result<Evidence, StoreError> {
    let mut evidence = Evidence::default();
    let mut texts = texts.into_iter().peekable();
    for round in &record.rounds {
        let mut unpacked = Vec::new();
        while let Some(text) = texts.next_if(|text| text.round == round.number) {
            let source = text.unpack()?;
            unpacked.push((source.name, source.text));
        }
        let read = evidence::read_texts(unpacked, round.number);
        let said = round.problems.iter().map(|(source, line, what)| Problem {
            source: source.clone(),
            line: *line,
            what: what.clone(),
        });
        let new = said
            .filter(|problem| !read.problems.contains(problem))
            .collect::<Vec<_>>();
        evidence.join(read);
        evidence.problems.extend(new);
    }
    Ok(evidence)
}

/// Why there is no case of that name.
pub(super) async fn missing(desk: &Desk, id: &CaseId) -> DeedError {
    // A case whose time is over may still wait for the sweep.
    let swept = match desk.store.sweep(desk.now()).await {
        Ok(_) => desk.store.tombstone(id).await,
        Err(error) => Err(error),
    };
    match swept {
        Ok(Some(tombstone)) => DeedError::Gone(tombstone),
        Ok(None) => DeedError::NotFound("There is no case at this address.".to_owned()),
        Err(error) => error.into(),
    }
}
