//! Which examples of rules came from which case. They outlive it, so that it can be said where its words went.

use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use super::audit::Actor;
use super::{Store, StoreError};

/// An example that came from a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct CaseExample {
    /// The case.
    pub case_id: String,
    /// The rule that has it.
    pub rule: String,
    /// Its text.
    pub text: String,
    /// Who took it.
    pub who: String,
    /// When, unix milliseconds.
    pub at: i64,
}

const ADD: &str = "INSERT INTO case_examples (case_id, rule, text, who, at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (case_id, rule, text) DO NOTHING";
const COPY: &str = "INSERT INTO case_examples (case_id, rule, text, who, at) \
    SELECT $2, rule, text, who, at FROM case_examples WHERE case_id = $1 ON CONFLICT (case_id, rule, text) DO NOTHING";
const FORGET: &str = "DELETE FROM case_examples WHERE case_id = $1 AND case_id <> $2";
const OF_CASE: &str =
    "SELECT case_id, rule, text, who, at FROM case_examples WHERE case_id = $1 ORDER BY at, rule";
const OF_RULE: &str =
    "SELECT case_id, rule, text, who, at FROM case_examples WHERE rule = $1 ORDER BY at, case_id";

impl Store {
    /// The examples that came from a case.
    pub async fn examples_of_case(&self, case: &str) -> Result<Vec<CaseExample>, StoreError> {
        Ok(sqlx::query_as(OF_CASE)
            .bind(case)
            .fetch_all(&self.pool)
            .await?)
    }

    /// The examples of a rule that came from cases.
    pub async fn examples_from_cases(&self, rule: &str) -> Result<Vec<CaseExample>, StoreError> {
        Ok(sqlx::query_as(OF_RULE)
            .bind(rule)
            .fetch_all(&self.pool)
            .await?)
    }
}

/// The same within a transaction.
pub(super) async fn of_case(
    tx: &mut Transaction<'static, Sqlite>,
    case: &str,
) -> Result<Vec<CaseExample>, StoreError> {
    Ok(sqlx::query_as(OF_CASE)
        .bind(case)
        .fetch_all(&mut **tx)
        .await?)
}

/// The examples of a case belong to another from now on.
pub(super) async fn lead(
    tx: &mut Transaction<'static, Sqlite>,
    from: &str,
    into: &str,
) -> Result<(), StoreError> {
    for statement in [COPY, FORGET] {
        sqlx::query(statement)
            .bind(from)
            .bind(into)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Remembers that a rule took these words of a case.
pub(super) async fn add(
    tx: &mut Transaction<'static, Sqlite>,
    actor: &Actor,
    (case, rule, text): (&str, &str, &str),
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(ADD)
        .bind(case)
        .bind(rule)
        .bind(text)
        .bind(&actor.who)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
