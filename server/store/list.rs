//! The list of cases, newest change first, page by page.

use super::record::{CaseFilter, OutcomeName, verdict_name, verdict_named};
use super::{Store, StoreError};
use crate::rules::Verdict;

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSummary {
    /// Its name.
    pub id: String,
    /// Opened, unix milliseconds.
    pub created_at: i64,
    /// Last changed, unix milliseconds.
    pub updated_at: i64,
    /// Deleted after, unix milliseconds.
    pub expires_at: Option<i64>,
    /// The ticket.
    pub ticket: Option<String>,
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// The last receipt's verdict.
    pub verdict: Option<Verdict>,
    /// The last receipt's rules, best first.
    pub rules: Vec<String>,
    /// How it ended so far.
    pub outcome: Option<OutcomeName>,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePage {
    /// Its cases.
    pub cases: Vec<CaseSummary>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: String,
    created_at: i64,
    updated_at: i64,
    expires_at: Option<i64>,
    ticket: Option<String>,
    machine: Option<String>,
    account: Option<String>,
    claimed_by: Option<String>,
    verdict: Option<String>,
    rules: String,
    outcome: Option<String>,
}

const LIST: &str = "SELECT id, created_at, updated_at, expires_at, ticket, machine, account, claimed_by, verdict, rules, outcome FROM cases \
    WHERE (expires_at IS NULL OR expires_at > $1) \
    AND (CAST($2 AS TEXT) IS NULL OR ticket = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR lower(machine) = lower($3)) \
    AND (CAST($4 AS TEXT) IS NULL OR replace(rules, ' ' || $4 || ' ', '') <> rules) \
    AND (CAST($5 AS TEXT) IS NULL OR verdict = $5) \
    AND (CAST($6 AS TEXT) IS NULL OR outcome = $6) \
    AND (CAST($14 AS BIGINT) IS NULL OR CASE WHEN outcome IS NULL THEN 1 ELSE 0 END = $14) \
    AND (CAST($7 AS BIGINT) IS NULL OR updated_at >= $7) \
    AND (CAST($8 AS BIGINT) IS NULL OR updated_at < $8 OR (updated_at = $8 AND id < $9)) \
    AND (CAST($11 AS TEXT) IS NULL OR replace(products, ' ' || $11 || ' ', '') <> products) \
    AND (CAST($12 AS TEXT) IS NULL OR coalesce(claimed_by, '') = $12) \
    AND (CAST($13 AS TEXT) IS NULL OR replace(lower(coalesce(ticket, '') || ' ' || coalesce(machine, '') || ' ' || \
    coalesce(account, '') || ' ' || coalesce(note, '') || ' ' || rules), lower($13), '') <> \
    lower(coalesce(ticket, '') || ' ' || coalesce(machine, '') || ' ' || coalesce(account, '') || ' ' || coalesce(note, '') || ' ' || rules)) \
    ORDER BY updated_at DESC, id DESC LIMIT $10";

const RULES: &str = "SELECT rules, outcome, CAST(count(*) AS BIGINT) FROM cases \
    WHERE updated_at >= $1 AND (expires_at IS NULL OR expires_at > $2) GROUP BY rules, outcome";

/// The rules of cases, best first, how those ended, and how many there are.
pub type RulesOfCases = Vec<(Vec<String>, Option<OutcomeName>, usize)>;

impl Store {
    /// Which rules the cases have that changed since then, and how those ended.
    pub async fn rules_of_cases(&self, since: i64, now: i64) -> Result<RulesOfCases, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = sqlx::query_as(RULES)
            .bind(since)
            .bind(now)
            .fetch_all(&self.pool)
            .await?;
        let rows = rows.into_iter().map(|(rules, outcome, count)| {
            let rules = rules.split_whitespace().map(str::to_owned).collect();
            let outcome = outcome.as_deref().and_then(OutcomeName::parse);
            (rules, outcome, usize::try_from(count).unwrap_or(0))
        });
        Ok(rows.collect())
    }

    /// One page of the cases that fit. An unreadable cursor begins at the start.
    pub async fn list_cases(&self, filter: &CaseFilter, now: i64) -> Result<CasePage, StoreError> {
        let limit = filter.limit.unwrap_or(50).clamp(1, 200);
        let cursor = filter
            .cursor
            .as_deref()
            .and_then(|cursor| cursor.split_once('.'));
        let cursor = cursor.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id.to_owned())));
        let (before, before_id) = cursor.unzip();
        let rows: Vec<SummaryRow> = sqlx::query_as(LIST)
            .bind(now)
            .bind(&filter.ticket)
            .bind(&filter.machine)
            .bind(&filter.rule)
            .bind(filter.verdict.map(verdict_name))
            .bind(filter.outcome.map(OutcomeName::as_str))
            .bind(filter.updated_since)
            .bind(before)
            .bind(before_id.unwrap_or_default())
            .bind(i64::from(limit) + 1)
            .bind(&filter.product)
            .bind(&filter.claimed_by)
            .bind(&filter.words)
            .bind(filter.open.map(i64::from))
            .fetch_all(&self.pool)
            .await?;
        let mut cases = rows.into_iter().map(summary).collect::<Vec<_>>();
        let more = cases.len() > limit as usize;
        cases.truncate(limit as usize);
        let next = cases
            .last()
            .filter(|_| more)
            .map(|last| format!("{}.{}", last.updated_at, last.id));
        Ok(CasePage { cases, next })
    }
}

fn summary(row: SummaryRow) -> CaseSummary {
    CaseSummary {
        id: row.id,
        created_at: row.created_at,
        updated_at: row.updated_at,
        expires_at: row.expires_at,
        ticket: row.ticket,
        machine: row.machine,
        account: row.account,
        claimed_by: row.claimed_by,
        verdict: row.verdict.as_deref().and_then(verdict_named),
        rules: row.rules.split_whitespace().map(str::to_owned).collect(),
        outcome: row.outcome.as_deref().and_then(OutcomeName::parse),
    }
}
