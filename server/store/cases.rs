//! Reading a case whole.

use super::record::{CaseId, CaseRecord, OutcomeGiven, OutcomeName, TimelineEntry};
use super::{Store, StoreError, answers, case_examples, change, inbox, pseudonyms, rounds};
use crate::condition::{ProductId, RuleId};
use crate::evidence::redact::Redact;

#[derive(sqlx::FromRow)]
struct CaseRow {
    created_at: i64,
    updated_at: i64,
    expires_at: Option<i64>,
    revision: i64,
    ticket: Option<String>,
    machine: Option<String>,
    account: Option<String>,
    note: Option<String>,
    claimed_by: Option<String>,
    product: Option<String>,
    chosen_rule: Option<String>,
    pinned_release: i64,
    redact: String,
    outcome: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OutcomeRow {
    outcome: String,
    rule: Option<String>,
    step: Option<String>,
    note: Option<String>,
    right_rule: Option<String>,
    who: Option<String>,
    at: i64,
}

const CASE: &str = "SELECT created_at, updated_at, expires_at, revision, ticket, machine, account, note, claimed_by, product, \
    chosen_rule, pinned_release, redact, outcome FROM cases WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)";
const OUTCOMES: &str = "SELECT outcome, rule, step, note, right_rule, who, at FROM outcomes WHERE case_id = $1 ORDER BY position";

impl Store {
    /// A case with everything that belongs to it; `None` when there is none, or its time is over.
    pub async fn case(&self, id: &CaseId, now: i64) -> Result<Option<CaseRecord>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let row: Option<CaseRow> = sqlx::query_as(CASE)
            .bind(id.as_str())
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let outcomes: Vec<OutcomeRow> = sqlx::query_as(OUTCOMES)
            .bind(id.as_str())
            .fetch_all(&mut *tx)
            .await?;
        let rounds = rounds::all(&mut tx, id).await?;
        let pseudonyms = pseudonyms::all(&mut tx, id).await?;
        let answers = answers::all(&mut tx, id).await?;
        let timeline = change::since(&mut tx, id, 0).await?;
        let reply = inbox::reply_of(&mut tx, id).await?;
        let asked = inbox::asked_of(&mut tx, id).await?;
        let examples = case_examples::of_case(&mut tx, id.as_str()).await?;
        record(id, row, outcomes, timeline).map(|record| {
            Some(CaseRecord {
                asked,
                reply,
                pseudonyms,
                examples,
                rounds,
                answers,
                ..record
            })
        })
    }
}

fn record(
    id: &CaseId,
    row: CaseRow,
    outcomes: Vec<OutcomeRow>,
    timeline: Vec<TimelineEntry>,
) -> Result<CaseRecord, StoreError> {
    let broken = |_| StoreError::Broken("case");
    let product = row.product.as_deref().map(ProductId::parse).transpose();
    let chosen = row.chosen_rule.as_deref().map(RuleId::parse).transpose();
    Ok(CaseRecord {
        id: id.clone(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        expires_at: row.expires_at,
        revision: row.revision,
        ticket: row.ticket,
        machine: row.machine,
        account: row.account,
        note: row.note,
        claimed_by: row.claimed_by,
        product: product.map_err(broken)?,
        chosen_rule: chosen.map_err(broken)?,
        pinned_release: row.pinned_release,
        redact: Redact::parse(&row.redact).ok_or(StoreError::Broken("case"))?,
        asked: None,
        reply: None,
        examples: Vec::new(),
        pseudonyms: Vec::new(),
        rounds: Vec::new(),
        answers: Vec::new(),
        reopened: row.outcome.is_none() && !outcomes.is_empty(),
        outcomes: outcomes
            .into_iter()
            .map(outcome)
            .collect::<Result<_, _>>()?,
        timeline,
    })
}

fn outcome(row: OutcomeRow) -> Result<OutcomeGiven, StoreError> {
    Ok(OutcomeGiven {
        outcome: OutcomeName::parse(&row.outcome).ok_or(StoreError::Broken("outcome"))?,
        rule: row.rule,
        step: row.step,
        note: row.note,
        right_rule: row.right_rule,
        who: row.who,
        at: row.at,
    })
}
