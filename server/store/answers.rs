//! Answers of people.

use sqlx::{Sqlite, Transaction};

use super::StoreError;
use super::change::NewAnswer;
use super::record::{Answer, CaseId};
use crate::condition::{AnswerId, RuleId, StepId};

const ADD: &str = "INSERT INTO answers (case_id, position, rule, step, answer, round, who, at) \
    VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM answers WHERE case_id = $1), $2, $3, $4, $5, $6, $7)";
const REMOVE_STEP: &str = "DELETE FROM answers WHERE case_id = $1 AND rule = $2 AND step = $3";
const REMOVE_ONE: &str =
    "DELETE FROM answers WHERE case_id = $1 AND rule = $2 AND step = $3 AND answer = $4";
const ALL: &str = "SELECT position, rule, step, answer, round, who, at FROM answers WHERE case_id = $1 ORDER BY position";

type Tx = Transaction<'static, Sqlite>;

/// Every row as the columns are: position, rule, step, answer, round, who, at.
type Row = (i64, String, String, String, i64, Option<String>, i64);

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
        .bind(answer.answer.as_str())
        .bind(i64::from(answer.round))
        .bind(&answer.who)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn remove(
    tx: &mut Tx,
    id: &CaseId,
    answers: &[(RuleId, StepId, Option<AnswerId>)],
) -> Result<(), StoreError> {
    for (rule, step, answer) in answers {
        let statement = if answer.is_some() {
            REMOVE_ONE
        } else {
            REMOVE_STEP
        };
        let mut query = sqlx::query(statement)
            .bind(id.as_str())
            .bind(rule.as_str())
            .bind(step.as_str());
        if let Some(answer) = answer {
            query = query.bind(answer.as_str());
        }
        query.execute(&mut **tx).await?;
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

fn answer((order, rule, step, answer, round, who, at): Row) -> Result<Answer, StoreError> {
    let broken = |_| StoreError::Broken("answer");
    Ok(Answer {
        order,
        rule: RuleId::parse(&rule).map_err(broken)?,
        step: StepId::parse(&step).map_err(broken)?,
        answer: AnswerId::parse(&answer).map_err(broken)?,
        round: u32::try_from(round).map_err(|_| StoreError::Broken("answer"))?,
        who,
        at,
    })
}
