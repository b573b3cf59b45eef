//! One case goes into another: its rounds, the examples that came from it, and a tombstone that leads there.

use super::audit::{self, Actor, Deed};
use super::change::{self, Change, NewAnswer, NewRound};
use super::record::{Answer, CaseId, OutcomeGiven, Receipt};
use super::tombstones::{bury, check_revision};
use super::{Store, StoreError, answers, case_examples, rounds};
use crate::evidence::Round;

/// A case that goes into another.
#[derive(Debug, Clone)]
pub struct Merging {
    /// The case that goes.
    pub from: CaseId,
    /// The revisions of both that this was planned on: of the one that stays, and of the one that goes.
    pub seen: (i64, i64),
    /// What changes in the one that stays, the rounds aside.
    pub change: Change,
    /// The rounds that are added, each with the time when it arrived.
    pub rounds: Vec<(i64, NewRound)>,
    /// Answers that it takes over, with the rounds of the case that goes.
    pub answers: Vec<Answer>,
    /// So many rounds stand before those.
    pub rounds_before: Round,
    /// How the case that goes ended; what the one that stays says itself comes behind it.
    pub outcomes: Vec<OutcomeGiven>,
    /// What is said about all its rounds now.
    pub receipt: Receipt,
    /// When it goes; `None` = never.
    pub expires_at: Option<i64>,
}

const EXISTS: &str = "SELECT CAST(count(*) AS BIGINT) FROM cases WHERE id = $1 OR id = $2";
const SET_EXPIRY: &str = "UPDATE cases SET expires_at = $2 WHERE id = $1";
const LEAD: &str = "UPDATE tombstones SET merged_into = $2 WHERE id = $1";

impl Store {
    /// Moves the evidence of a case into another and deletes it; false when one of them is not there any more.
    pub async fn merge_cases(
        &self,
        actor: &Actor,
        into: &CaseId,
        merging: Merging,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let from = &merging.from;
        let there: i64 = sqlx::query_scalar(EXISTS)
            .bind(into.as_str())
            .bind(from.as_str())
            .fetch_one(&mut *tx)
            .await?;
        if there != 2 {
            return Ok(false);
        }
        check_revision(&mut tx, into, merging.seen.0).await?;
        check_revision(&mut tx, from, merging.seen.1).await?;
        change::apply(&mut tx, into, merging.seen.0 + 1, merging.change, now).await?;
        let count = merging.rounds.len();
        for (at, round) in merging.rounds {
            rounds::add(&mut tx, into, round, at).await?;
        }
        rounds::judged(&mut tx, into, &merging.receipt).await?;
        for answer in merging.answers {
            let new = NewAnswer {
                rule: answer.rule,
                step: answer.step,
                visit: answer.visit,
                answer: answer.answer,
                round: merging.rounds_before + answer.round,
                who: answer.who,
            };
            answers::add(&mut tx, into, &new, answer.at).await?;
        }
        change::ended_before(&mut tx, into, from, &merging.outcomes).await?;
        sqlx::query(SET_EXPIRY)
            .bind(into.as_str())
            .bind(merging.expires_at)
            .execute(&mut *tx)
            .await?;
        case_examples::lead(&mut tx, from.as_str(), into.as_str()).await?;
        bury(&mut tx, Some(from), now).await?;
        sqlx::query(LEAD)
            .bind(from.as_str())
            .bind(into.as_str())
            .execute(&mut *tx)
            .await?;
        // A whole name would be the right to read the case.
        let subject = into.as_str().chars().take(5).collect::<String>();
        let other = from.as_str().chars().take(5).collect::<String>();
        let detail = format!("took in {other} with {count} rounds");
        let deed = Deed {
            action: "case.merge",
            subject: &subject,
            detail: &detail,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}
