//! Reading cases: one, as today's release sees it, and the list.

use std::sync::Arc;

use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::{Diagnosis, judge};
use super::evidence::given_facts;
use crate::evidence::{self, Evidence, Problem};
use crate::rules::{Release, Verdict};
use crate::store::{CaseFilter, CaseId, CasePage, CaseRecord};

/// Views of cases up to this size are kept ready.
const SMALL: usize = 1024 * 1024;

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

/// One page of the list of cases.
pub async fn list_cases(desk: &Desk, filter: &CaseFilter) -> Result<CasePage, DeedError> {
    Ok(desk.store.list_cases(filter, desk.now()).await?)
}

/// A case as it is kept and as it is judged today.
pub(super) async fn load(desk: &Desk, id: &CaseId) -> Result<CaseView, DeedError> {
    let Some(record) = desk.store.case(id, desk.now()).await? else {
        return Err(missing(desk, id).await);
    };
    let live = desk.live();
    let key = (id.clone(), record.revision, live.number);
    if let Some(view) = desk.kept_view(&key) {
        return Ok(view);
    }
    let pinned = if record.answers.is_empty() {
        live.clone()
    } else {
        let pinned = desk.release(record.pinned_release).await?;
        pinned.unwrap_or_else(|| live.clone())
    };
    let texts = record.rounds.iter().flat_map(|round| &round.sources);
    let size = texts.map(|source| source.text.len()).sum();
    let view = desk
        .work(size, move || view_of(record, &live, pinned))
        .await?;
    if size < SMALL {
        desk.keep_view(key, view.clone());
    }
    Ok(view)
}

fn view_of(record: CaseRecord, live: &Arc<Release>, pinned: Arc<Release>) -> CaseView {
    let product = record
        .product
        .as_ref()
        .map(crate::condition::ProductId::as_str);
    let given = record.rounds.iter().flat_map(given_facts).collect();
    let mut diagnosis: Diagnosis = judge(
        live,
        read_again(&record),
        product,
        &given,
        record.machine.as_deref(),
    );
    if record.rounds.is_empty() {
        // A guide that was started without evidence: nothing was sent that could not be read.
        diagnosis.findings.verdict = Verdict::InsufficientEvidence;
    }
    let mut view = CaseView {
        record,
        diagnosis,
        pinned,
        active: None,
    };
    view.active = view.active_rule();
    view
}

/// The evidence of all rounds, read again from their texts.
pub(super) fn read_again(record: &CaseRecord) -> Evidence {
    let mut evidence = Evidence::default();
    for round in &record.rounds {
        let texts = round
            .sources
            .iter()
            .map(|source| (source.name.clone(), source.text.clone()));
        let read = evidence::read_texts(texts.collect(), round.number);
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
    evidence
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
