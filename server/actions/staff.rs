//! What those do with cases who may see them all: take one on, open it again, list and export them.

use super::caller::{Caller, Right};
use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::Diagnosis;
use super::edit::change;
use super::open::entry;
use crate::store::{CaseFilter, CaseId, CasePage, CaseSummary, Change, Deed};

/// An export holds at most so many cases.
pub const EXPORT: usize = 10_000;

/// One page of the list of cases.
pub async fn list_cases(
    desk: &Desk,
    caller: &Caller,
    filter: &CaseFilter,
) -> Result<CasePage, DeedError> {
    caller.need(Right::Cases)?;
    Ok(desk.store.list_cases(filter, desk.now()).await?)
}

/// All cases that fit, newest change first, at most [`EXPORT`]. Taking them away is written down.
pub async fn export_cases(
    desk: &Desk,
    caller: &Caller,
    filter: &CaseFilter,
) -> Result<Vec<CaseSummary>, DeedError> {
    caller.need(Right::Cases)?;
    let mut filter = CaseFilter {
        limit: Some(200),
        cursor: None,
        ..filter.clone()
    };
    let mut cases = Vec::new();
    loop {
        let page = desk.store.list_cases(&filter, desk.now()).await?;
        cases.extend(page.cases);
        filter.cursor = page.next;
        if filter.cursor.is_none() || cases.len() >= EXPORT {
            break;
        }
    }
    cases.truncate(EXPORT);
    let detail = format!("{} cases", cases.len());
    let deed = Deed {
        action: "cases.export",
        subject: "cases",
        detail: &detail,
    };
    desk.store.audit(&caller.actor, deed, desk.now()).await?;
    Ok(cases)
}

/// Takes a case on, or with `mine` false leaves it to others. One that somebody else works on is taken over; the
/// timeline says so.
pub async fn claim_case(
    desk: &Desk,
    caller: &Caller,
    id: &CaseId,
    expected: Option<i64>,
    mine: bool,
) -> Result<CaseView, DeedError> {
    caller.need(Right::Cases)?;
    let who = caller.actor.who.clone();
    change(desk, id, expected, |view: &CaseView| {
        let before = view.record.claimed_by.as_deref();
        let (claim, what) = match (mine, before) {
            (true, Some(other)) if other != who => {
                (Some(who.clone()), format!("Taken over from {other}"))
            }
            (true, _) => (Some(who.clone()), "Taken on".to_owned()),
            (false, _) => (None, "Left to others".to_owned()),
        };
        let news = view.record.claimed_by != claim;
        Ok(Change {
            claim: Some(claim),
            timeline: news
                .then(|| entry(desk, Some(who.clone()), what))
                .into_iter()
                .collect(),
            ..Change::default()
        })
    })
    .await
}

/// Opens a case again that had ended.
pub async fn reopen_case(
    desk: &Desk,
    caller: &Caller,
    id: &CaseId,
    expected: Option<i64>,
) -> Result<CaseView, DeedError> {
    caller.need(Right::Cases)?;
    let who = caller.signs(None);
    change(desk, id, expected, |_: &CaseView| {
        Ok(Change {
            reopen: true,
            timeline: vec![entry(desk, who.clone(), "Opened again".to_owned())],
            ..Change::default()
        })
    })
    .await
}

/// The products of the rules that were found, each between spaces.
pub(super) fn products(diagnosis: &Diagnosis) -> String {
    let findings = diagnosis.findings.findings.iter();
    let rules = findings.filter_map(|finding| diagnosis.release.rule(finding.rule.as_str()));
    let products = rules.map(|rule| rule.file.product.to_string());
    let products = products.collect::<std::collections::BTreeSet<_>>();
    let products = products.into_iter().collect::<Vec<_>>();
    format!(" {} ", products.join(" "))
}
