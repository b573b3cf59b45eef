//! What is left of cases that were deleted or whose time is over.

use sqlx::{Sqlite, Transaction};

use super::record::{CaseId, OutcomeName, Tombstone};
use super::{Store, StoreError, to_json};

#[derive(sqlx::FromRow)]
struct TombstoneRow {
    created_at: i64,
    gone_at: i64,
    release_number: i64,
    verdict: Option<String>,
    rules: String,
    outcome: Option<String>,
    merged_into: Option<String>,
}

#[derive(sqlx::FromRow)]
struct GoingRow {
    id: String,
    created_at: i64,
    expires_at: Option<i64>,
    pinned_release: i64,
    verdict: Option<String>,
    rules: String,
    outcome: Option<String>,
    last_receipt: Option<String>,
}

const TOMBSTONE: &str = "SELECT created_at, gone_at, release_number, verdict, rules, outcome, merged_into FROM tombstones WHERE id = $1";
const GOING: &str = "SELECT id, created_at, expires_at, pinned_release, verdict, rules, outcome, \
    (SELECT receipt FROM rounds WHERE case_id = cases.id ORDER BY number DESC LIMIT 1) AS last_receipt FROM cases \
    WHERE id = $1 OR (CAST($1 AS TEXT) IS NULL AND expires_at <= $2)";
const BURY: &str = "INSERT INTO tombstones (id, created_at, gone_at, release_number, verdict, rules, outcome) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";
const DELETE: &str = "DELETE FROM cases WHERE id = $1";

impl Store {
    /// What is left of a case.
    pub async fn tombstone(&self, id: &CaseId) -> Result<Option<Tombstone>, StoreError> {
        let row: Option<TombstoneRow> = sqlx::query_as(TOMBSTONE)
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(tombstone).transpose()
    }

    /// Deletes a case with everything that belongs to it; false when there is none.
    pub async fn delete_case(
        &self,
        id: &CaseId,
        expected: Option<i64>,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(expected) = expected {
            check_revision(&mut tx, id, expected).await?;
        }
        let gone = bury(&mut tx, Some(id), now).await?;
        tx.commit().await?;
        Ok(gone > 0)
    }

    /// Deletes every case whose time is over and answers how many there were.
    pub async fn sweep(&self, now: i64) -> Result<usize, StoreError> {
        let mut tx = self.begin().await?;
        let gone = bury(&mut tx, None, now).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

pub(super) async fn check_revision(
    tx: &mut Transaction<'static, Sqlite>,
    id: &CaseId,
    expected: i64,
) -> Result<(), StoreError> {
    let revision: Option<i64> = sqlx::query_scalar("SELECT revision FROM cases WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    match revision {
        Some(revision) if revision != expected => Err(StoreError::Changed {
            revision,
            since: super::change::since(tx, id, expected).await?,
        }),
        _ => Ok(()),
    }
}

pub(super) async fn bury(
    tx: &mut Transaction<'static, Sqlite>,
    id: Option<&CaseId>,
    now: i64,
) -> Result<usize, StoreError> {
    let going: Vec<GoingRow> = sqlx::query_as(GOING)
        .bind(id.map(CaseId::as_str))
        .bind(now)
        .fetch_all(&mut **tx)
        .await?;
    for case in &going {
        let judged = case.last_receipt.as_deref().and_then(judged_by);
        let rules = case.rules.split_whitespace().collect::<Vec<_>>();
        sqlx::query(BURY)
            .bind(&case.id)
            .bind(case.created_at)
            .bind(case.expires_at.map_or(now, |expires| expires.min(now)))
            .bind(judged.unwrap_or(case.pinned_release))
            .bind(&case.verdict)
            .bind(to_json(&rules)?)
            .bind(&case.outcome)
            .execute(&mut **tx)
            .await?;
        sqlx::query(DELETE)
            .bind(&case.id)
            .execute(&mut **tx)
            .await?;
    }
    Ok(going.len())
}

fn judged_by(receipt: &str) -> Option<i64> {
    serde_json::from_str::<super::Receipt>(receipt)
        .ok()
        .map(|receipt| receipt.release)
}

fn tombstone(row: TombstoneRow) -> Result<Tombstone, StoreError> {
    Ok(Tombstone {
        created_at: row.created_at,
        gone_at: row.gone_at,
        release: row.release_number,
        verdict: row.verdict,
        rules: serde_json::from_str(&row.rules).map_err(|_| StoreError::Broken("tombstone"))?,
        outcome: row.outcome.as_deref().and_then(OutcomeName::parse),
        merged_into: row.merged_into,
    })
}
