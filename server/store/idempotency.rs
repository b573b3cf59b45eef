//! Answers to repeated requests, kept for a day. An answer goes with the case it speaks of.

use super::record::CaseId;
use super::{Store, StoreError, to_json};

/// An answer that was given before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to it: name and value.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a key stands for when a request comes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nothing yet: it is ours now, to be [kept](Store::keep_answer) or [released](Store::release_key).
    Ours,
    /// The same request was answered so.
    Answered(Replay),
    /// The same request is being answered.
    InFlight,
    /// Another request came with this key.
    Other,
}

/// Keys are kept for so many milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;

const FORGET_OLD: &str = "DELETE FROM idempotency WHERE at <= $1";
const FORGET_UNFINISHED: &str = "DELETE FROM idempotency WHERE status IS NULL";
const CLAIM: &str =
    "INSERT INTO idempotency (name, request, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
const FIND: &str = "SELECT request, status, headers, body FROM idempotency WHERE name = $1";
const KEEP: &str = "UPDATE idempotency SET status = $2, headers = $3, body = $4, \
    case_id = (SELECT id FROM cases WHERE id = $5) WHERE name = $1";
const RELEASE: &str = "DELETE FROM idempotency WHERE name = $1";

impl Store {
    /// Claims a key for a request, both as hashes.
    pub async fn claim_key(
        &self,
        name: &str,
        request: &str,
        now: i64,
    ) -> Result<Claim, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(FORGET_OLD)
            .bind(now - KEPT)
            .execute(&mut *tx)
            .await?;
        let inserted = sqlx::query(CLAIM)
            .bind(name)
            .bind(request)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        let claim = if inserted.rows_affected() == 1 {
            Claim::Ours
        } else {
            let row: (String, Option<i64>, Option<String>, Option<Vec<u8>>) =
                sqlx::query_as(FIND).bind(name).fetch_one(&mut *tx).await?;
            claimed(request, row)?
        };
        tx.commit().await?;
        Ok(claim)
    }

    /// Keeps the answer to a claimed key.
    pub async fn keep_answer(
        &self,
        name: &str,
        case: Option<&CaseId>,
        answer: &Replay,
    ) -> Result<(), StoreError> {
        sqlx::query(KEEP)
            .bind(name)
            .bind(i64::from(answer.status))
            .bind(to_json(&answer.headers)?)
            .bind(&answer.body)
            .bind(case.map(CaseId::as_str))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Gives a claimed key back, because the request was refused.
    pub async fn release_key(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query(RELEASE).bind(name).execute(&self.pool).await?;
        Ok(())
    }

    /// Gives back the keys of requests that a crash cut off. To be called before the first request.
    pub async fn release_unfinished_keys(&self) -> Result<(), StoreError> {
        sqlx::query(FORGET_UNFINISHED).execute(&self.pool).await?;
        Ok(())
    }
}

fn claimed(
    request: &str,
    row: (String, Option<i64>, Option<String>, Option<Vec<u8>>),
) -> Result<Claim, StoreError> {
    match row {
        (stored, ..) if stored != request => Ok(Claim::Other),
        (_, Some(status), Some(headers), Some(body)) => Ok(Claim::Answered(Replay {
            status: u16::try_from(status).map_err(|_| StoreError::Broken("answer"))?,
            headers: serde_json::from_str(&headers).map_err(|_| StoreError::Broken("answer"))?,
            body,
        })),
        _ => Ok(Claim::InFlight),
    }
}
