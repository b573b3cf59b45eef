//! Answers of people.

use sqlx::{Sqlite, Transaction};

use super::StoreError;
use super::change::NewAnswer;
use super::record::{Answer, CaseId};
use crate::condition::{AnswerId, RuleId, StepId};

const ADD: &str = "INSERT INTO answers (case_id, position, rule, step, visit, answer, round, who, at) \
    VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM answers WHERE case_id = $1), $2, $3, $4, $5, $6, $7, $8)";
const REMOVE: &str = "DELETE FROM answers WHERE case_id = $1 AND position = $2";
const SET_ASIDE: &str = "UPDATE answers SET visit = 0 WHERE case_id = $1 AND position = $2";
const ALL: &str = "SELECT position, rule, step, visit, answer, round, who, at FROM answers WHERE case_id = $1 ORDER BY position";

type Tx = Transaction<'static, Sqlite>;

/// Every row as the columns are: position, rule, step, visit, answer, round, who, at.
type Row = (i64, String, String, i64, String, i64, Option<String>, i64);

pub(super) async fn add(
    tx: &mut Tx,
    id: &CaseId,
    answer: &NewAnswer,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(ADD)
        .bind(id.as_str())
        .bind(answer.rule.as_str())
        .bind(answer.step.as_str())
        .bind(i64::from(answer.visit))
        .bind(answer.answer.as_str())
        .bind(i64::from(answer.round))
        .bind(&answer.who)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx, id: &CaseId, orders: &[i64]) -> Result<(), StoreError> {
    each(tx, REMOVE, id, orders).await
}

/// Keeps answers without their visit, so that no walk meets them.
pub(super) async fn set_aside(tx: &mut Tx, id: &CaseId, orders: &[i64]) -> Result<(), StoreError> {
    each(tx, SET_ASIDE, id, orders).await
}

async fn each(
    tx: &mut Tx,
    statement: &'static str,
    id: &CaseId,
    orders: &[i64],
) -> Result<(), StoreError> {
    for order in orders {
        sqlx::query(statement)
            .bind(id.as_str())
            .bind(order)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn all(tx: &mut Tx, id: &CaseId) -> Result<Vec<Answer>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(ALL)
        .bind(id.as_str())
        .fetch_all(&mut **tx)
        .await?;
    rows.into_iter().map(answer).collect()
}

fn answer(row: Row) -> Result<Answer, StoreError> {
    let (order, rule, step, visit, answer, round, who, at) = row;
    let broken = |_| StoreError::Broken("answer");
    let count = |number: i64| u32::try_from(number).map_err(|_| StoreError::Broken("answer"));
    Ok(Answer {
        order,
        rule: RuleId::parse(&rule).map_err(broken)?,
        step: StepId::parse(&step).map_err(broken)?,
        visit: count(visit)?,
        answer: AnswerId::parse(&answer).map_err(broken)?,
        round: count(round)?,
        who,
        at,
    })
}
