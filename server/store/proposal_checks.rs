//! The check of a proposal as it goes on: how far it is, and which cases would be judged otherwise.
//!
//! Each writing names its run. One that was cancelled, or whose proposal was changed, finds that its run is over and ends.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::audit::{self, Actor, Deed};
use super::proposals::Tx;
use super::{CaseId, Store, StoreError, hex, to_json};
use crate::rules::Said;

/// A case that would be judged otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedCase {
    /// The case.
    pub case: CaseId,
    /// What the release says that the proposal changes.
    pub before: Said,
    /// What the proposal says.
    pub after: Said,
}

/// Cases that change in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// A name for the way.
    pub name: String,
    /// How many there are.
    pub count: i64,
    /// How many of them are accepted.
    pub accepted: i64,
    /// What was said.
    pub before: Said,
    /// What would be said.
    pub after: Said,
}

/// A changed case as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCase {
    /// The change.
    pub changed: ChangedCase,
    /// Who accepted it.
    pub accepted_by: Option<String>,
    /// When.
    pub accepted_at: Option<i64>,
}

/// How many cases change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedCount {
    /// All that are listed.
    pub listed: i64,
    /// Those that somebody accepted.
    pub accepted: i64,
}

/// Which changed cases are accepted.
#[derive(Debug, Clone)]
pub enum Accepts {
    /// This one.
    Case(CaseId),
    /// All that change in this way.
    Likeness(String),
}

/// At most so many changed cases are listed; who changes more than that has to propose less at once.
pub const MOST_CHANGED: i64 = 10_000;

const BEGIN: &str = "UPDATE proposals SET state = 'checking', run = run + 1, stage = 'waiting', place = '', done = 0, \
    total = 0, unlisted = 0, unread = 0, report = '', updated_at = $2 \
    WHERE number = $1 AND state IN ('open', 'checked')";
const CANCEL: &str = "UPDATE proposals SET state = 'open', run = run + 1, stage = $3, report = '', updated_at = $2 \
    WHERE number = $1 AND state = 'checking'";
const REBASE: &str = "UPDATE proposals SET base = $3, stage = 'rules', place = '', done = 0, total = 0, unlisted = 0, \
    unread = 0, report = '' WHERE number = $1 AND run = $2 AND state = 'checking'";
const INSPECTED: &str = "UPDATE proposals SET stage = 'cases', report = $3, total = $4 \
    WHERE number = $1 AND run = $2 AND state = 'checking'";
const REPLAYED: &str = "UPDATE proposals SET place = $3, done = done + $4, unlisted = unlisted + $5, \
    unread = unread + $6 WHERE number = $1 AND run = $2 AND state = 'checking'";
const FINISH: &str = "UPDATE proposals SET state = 'checked', stage = '', report = $3, updated_at = $4 \
    WHERE number = $1 AND run = $2 AND state = 'checking'";
/// A change that was accepted in an earlier run and is the same now stays accepted.
const LIST_CASE: &str = "INSERT INTO proposal_cases (proposal, case_id, run, said_before, said_after, likeness) \
    SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM cases WHERE id = $2) \
    ON CONFLICT (proposal, case_id) DO UPDATE SET run = excluded.run, \
    accepted_by = CASE WHEN proposal_cases.likeness = excluded.likeness THEN proposal_cases.accepted_by END, \
    accepted_at = CASE WHEN proposal_cases.likeness = excluded.likeness THEN proposal_cases.accepted_at END, \
    said_before = excluded.said_before, said_after = excluded.said_after, likeness = excluded.likeness";
const COUNT: &str = "SELECT count(*), count(c.accepted_by) FROM proposal_cases c \
    JOIN proposals p ON p.number = c.proposal AND p.run = c.run WHERE c.proposal = $1";
const LIKENESSES: &str = "SELECT c.likeness, count(*), count(c.accepted_by), min(c.said_before), min(c.said_after) \
    FROM proposal_cases c JOIN proposals p ON p.number = c.proposal AND p.run = c.run \
    WHERE c.proposal = $1 GROUP BY c.likeness ORDER BY count(c.accepted_by) - count(*), c.likeness LIMIT $2";
const LISTED: &str = "SELECT c.case_id, c.said_before, c.said_after, c.accepted_by, c.accepted_at \
    FROM proposal_cases c JOIN proposals p ON p.number = c.proposal AND p.run = c.run \
    WHERE c.proposal = $1 AND c.likeness = $2 ORDER BY c.case_id LIMIT $3";
const ACCEPT_CASE: &str = "UPDATE proposal_cases SET accepted_by = $3, accepted_at = $4 WHERE proposal = $1 \
    AND case_id = $2 AND accepted_by IS NULL AND run = (SELECT run FROM proposals WHERE number = $1)";
const ACCEPT_LIKE: &str = "UPDATE proposal_cases SET accepted_by = $3, accepted_at = $4 WHERE proposal = $1 \
    AND likeness = $2 AND accepted_by IS NULL AND run = (SELECT run FROM proposals WHERE number = $1)";

impl Store {
    /// Has a proposal checked. False when it is being checked already, or over.
    pub async fn begin_check(
        &self,
        number: i64,
        actor: &Actor,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let begun = begin(&mut tx, number, actor, now).await?;
        tx.commit().await?;
        Ok(begun)
    }

    /// Gives a check up; `stage` says why: `cancelled` or `failed`. False when none is under way.
    pub async fn cancel_check(
        &self,
        number: i64,
        stage: &'static str,
        actor: &Actor,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(CANCEL).bind(number).bind(now).bind(stage);
        if done.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let deed = deed("proposal.cancel", number);
        audit::write(&mut tx, actor, deed.of(stage), now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Begins a run's work anew on a base. False when the run is over.
    pub async fn rebase_check(&self, number: i64, run: i64, base: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(REBASE).bind(number).bind(run).bind(base);
        Ok(done.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// The rules were looked at; `total` cases come next. False when the run is over.
    pub async fn inspected(
        &self,
        number: i64,
        run: i64,
        report: &str,
        total: i64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(INSPECTED)
            .bind(number)
            .bind(run)
            .bind(report)
            .bind(total);
        Ok(done.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// So many cases more were judged again, up to and with the one named `place`; these of them change. False when the run
    /// is over.
    pub async fn replayed(
        &self,
        (number, run): (i64, i64),
        place: &str,
        done: i64,
        unread: i64,
        changed: &[ChangedCase],
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let mut unlisted = 0;
        if !changed.is_empty() {
            let (listed, _): (i64, i64) = sqlx::query_as(COUNT)
                .bind(number)
                .fetch_one(&mut *tx)
                .await?;
            let room = usize::try_from(MOST_CHANGED - listed).unwrap_or_default();
            for case in changed.iter().take(room) {
                let (before, after) = (to_json(&case.before)?, to_json(&case.after)?);
                sqlx::query(LIST_CASE)
                    .bind(number)
                    .bind(case.case.as_str())
                    .bind(run)
                    .bind(&before)
                    .bind(&after)
                    .bind(likeness(&before, &after))
                    .execute(&mut *tx)
                    .await?;
            }
            unlisted = i64::try_from(changed.len().saturating_sub(room)).unwrap_or(i64::MAX);
        }
        let written = sqlx::query(REPLAYED)
            .bind(number)
            .bind(run)
            .bind(place)
            .bind(done)
            .bind(unlisted)
            .bind(unread)
            .execute(&mut *tx)
            .await?;
        if written.rows_affected() == 0 {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A run is through. False when it is over already.
    pub async fn finish_check(
        &self,
        number: i64,
        run: i64,
        report: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(FINISH)
            .bind(number)
            .bind(run)
            .bind(report)
            .bind(now);
        Ok(done.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// How many cases change, and how many of these changes are accepted.
    pub async fn changed_count(&self, number: i64) -> Result<ChangedCount, StoreError> {
        let (listed, accepted) = sqlx::query_as(COUNT)
            .bind(number)
            .fetch_one(&self.pool)
            .await?;
        Ok(ChangedCount { listed, accepted })
    }

    /// The ways in which cases change, those first that change most cases without being accepted.
    pub async fn likenesses(&self, number: i64, limit: u32) -> Result<Vec<Likeness>, StoreError> {
        let rows: Vec<(String, i64, i64, String, String)> = sqlx::query_as(LIKENESSES)
            .bind(number)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        let likenesses = rows.into_iter();
        let likenesses = likenesses.map(|(name, count, accepted, before, after)| {
            Ok(Likeness {
                name,
                count,
                accepted,
                before: said(&before)?,
                after: said(&after)?,
            })
        });
        likenesses.collect()
    }

    /// Cases that change in one way, at most `limit`.
    pub async fn changed_cases(
        &self,
        number: i64,
        likeness: &str,
        limit: u32,
    ) -> Result<Vec<ListedCase>, StoreError> {
        type Row = (String, String, String, Option<String>, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(LISTED)
            .bind(number)
            .bind(likeness)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        let cases = rows.into_iter();
        let cases = cases.map(|(case, before, after, accepted_by, accepted_at)| {
            Ok(ListedCase {
                changed: ChangedCase {
                    case: CaseId::parse(&case).ok_or(StoreError::Broken("case"))?,
                    before: said(&before)?,
                    after: said(&after)?,
                },
                accepted_by,
                accepted_at,
            })
        });
        cases.collect()
    }

    /// Accepts changes and answers how many were not accepted before.
    pub async fn accept_changes(
        &self,
        number: i64,
        accepts: &Accepts,
        actor: &Actor,
        now: i64,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let (statement, name) = match accepts {
            Accepts::Case(case) => (ACCEPT_CASE, case.as_str()),
            Accepts::Likeness(name) => (ACCEPT_LIKE, name.as_str()),
        };
        let done = sqlx::query(statement)
            .bind(number)
            .bind(name)
            .bind(&actor.who)
            .bind(now)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if done > 0 {
            // A case's name is the right to read it, so that the log counts and does not name.
            let detail = format!("{done} changed cases");
            let deed = deed("proposal.accept", number);
            audit::write(&mut tx, actor, deed.of(&detail), now).await?;
            tx.commit().await?;
        }
        Ok(done)
    }
}

/// Has a proposal checked. False when it is being checked already, or over.
pub(super) async fn begin(
    tx: &mut Tx,
    number: i64,
    actor: &Actor,
    now: i64,
) -> Result<bool, StoreError> {
    let begun = sqlx::query(BEGIN).bind(number).bind(now);
    if begun.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let deed = deed("proposal.check", number);
    audit::write(tx, actor, deed.of(""), now).await?;
    Ok(true)
}

struct About {
    action: &'static str,
    subject: String,
}

fn deed(action: &'static str, number: i64) -> About {
    About {
        action,
        subject: number.to_string(),
    }
}

impl About {
    fn of<'a>(&'a self, detail: &'a str) -> Deed<'a> {
        Deed {
            action: self.action,
            subject: &self.subject,
            detail,
        }
    }
}

fn likeness(before: &str, after: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(before.len().to_string().as_bytes());
    digest.update(b":");
    digest.update(before.as_bytes());
    digest.update(after.as_bytes());
    hex(&digest.finalize()[..8])
}

fn said(text: &str) -> Result<Said, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Broken("finding"))
}
