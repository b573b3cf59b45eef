//! Opening a case and changing it: each in one transaction, each counted by the case's revision.

use sqlx::{Sqlite, Transaction};

use super::inbox::{self, Wanting};
use super::record::{
    CaseEdit, CaseId, OutcomeGiven, OutcomeName, Receipt, StoredSource, TimelineEntry,
};
use super::{Store, StoreError, answers, pseudonyms, rounds};
use crate::condition::{AnswerId, ProductId, RuleId, StepId};
use crate::evidence::redact::{Pseudonym, Redact, Redaction};
use crate::evidence::{FactValue, Round};
use crate::guide::walk::Visit;

/// A case to be opened.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// Its name.
    pub id: CaseId,
    /// When it goes; `None` = never.
    pub expires_at: Option<i64>,
    /// The product the sender named.
    pub product: Option<ProductId>,
    /// The live release.
    pub release: i64,
    /// Everything else, as a first change.
    pub first: Change,
}

/// What changes in a case; empty parts stay as they are.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Ticket, machine, account, note.
    pub edit: CaseEdit,
    /// Who works on it; `Some(None)` is nobody.
    pub claim: Option<Option<String>>,
    /// It is open again: how it ended is said no longer.
    pub reopen: bool,
    /// What it asks of editors; `Some(None)` is nothing any more.
    pub wants: Option<Option<Wanting>>,
    /// The products of the rules that were found, each between spaces.
    pub products: Option<String>,
    /// The rule whose guide is walked; `Some(None)` leaves it to the findings.
    pub chosen_rule: Option<Option<RuleId>>,
    /// The release whose guides the walks use.
    pub pinned_release: Option<i64>,
    /// What is replaced from now on in what is sent.
    pub redact: Option<Redact>,
    /// Numbers of people and machines that are new.
    pub pseudonyms: Vec<Pseudonym>,
    /// Another round of evidence.
    pub round: Option<NewRound>,
    /// Answers that go, by their order.
    pub without: Vec<i64>,
    /// Answers that are kept and no longer asked, by their order: a change before them led elsewhere.
    pub aside: Vec<i64>,
    /// An answer.
    pub answer: Option<NewAnswer>,
    /// How it ended.
    pub outcome: Option<OutcomeGiven>,
    /// What happened, in words.
    pub timeline: Vec<TimelineEntry>,
}

/// A round of evidence to be kept.
#[derive(Debug, Clone)]
pub struct NewRound {
    /// Who sent it.
    pub who: Option<String>,
    /// Its decoded, redacted texts.
    pub sources: Vec<StoredSource>,
    /// What was not kept or not readable: source, line, what.
    pub problems: Vec<(String, Option<usize>, String)>,
    /// Facts given outright.
    pub facts: Vec<(String, FactValue)>,
    /// What was said.
    pub receipt: Receipt,
    /// What was replaced in it.
    pub redactions: Vec<Redaction>,
}

/// An answer to be kept.
#[derive(Debug, Clone)]
pub struct NewAnswer {
    /// The rule whose guide asked.
    pub rule: RuleId,
    /// The step's address.
    pub step: StepId,
    /// The visit of the step, from 1.
    pub visit: Visit,
    /// The answer.
    pub answer: AnswerId,
    /// The latest round when it was given.
    pub round: Round,
    /// Who.
    pub who: Option<String>,
}

const OPEN: &str = "INSERT INTO cases (id, created_at, updated_at, expires_at, revision, product, pinned_release, rules) \
    VALUES ($1, $2, $2, $3, 0, $4, $5, '')";
const REVISION: &str = "SELECT revision FROM cases WHERE id = $1";
const SINCE: &str =
    "SELECT at, who, what FROM timeline WHERE case_id = $1 AND revision > $2 ORDER BY position";
const TOUCH: &str = "UPDATE cases SET revision = revision + 1, updated_at = $2 WHERE id = $1";
const SET_TICKET: &str = "UPDATE cases SET ticket = $2 WHERE id = $1";
const SET_MACHINE: &str = "UPDATE cases SET machine = $2 WHERE id = $1";
const SET_ACCOUNT: &str = "UPDATE cases SET account = $2 WHERE id = $1";
const SET_NOTE: &str = "UPDATE cases SET note = $2 WHERE id = $1";
const SET_CHOSEN: &str = "UPDATE cases SET chosen_rule = $2 WHERE id = $1";
const SET_PINNED: &str = "UPDATE cases SET pinned_release = $2 WHERE id = $1";
const SET_REDACT: &str = "UPDATE cases SET redact = $2 WHERE id = $1";
const SET_CLAIM: &str = "UPDATE cases SET claimed_by = $2 WHERE id = $1";
const SET_PRODUCTS: &str = "UPDATE cases SET products = $2 WHERE id = $1";
const SET_OUTCOME: &str = "UPDATE cases SET outcome = $2 WHERE id = $1";
const ADD_OUTCOME: &str = "INSERT INTO outcomes (case_id, position, outcome, rule, step, note, right_rule, who, at) \
    VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM outcomes WHERE case_id = $1), $2, $3, $4, $5, $6, $7, $8)";
const ADD_OUTCOME_BEFORE: &str = "INSERT INTO outcomes (case_id, position, outcome, rule, step, note, right_rule, who, at) \
    VALUES ($1, (SELECT coalesce(min(position), 1) - 1 FROM outcomes WHERE case_id = $1), $2, $3, $4, $5, $6, $7, $8)";
const END_AS: &str = "UPDATE cases SET outcome = (SELECT other.outcome FROM cases other WHERE other.id = $2) \
    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM outcomes WHERE case_id = $1)";
const ADD_TIMELINE: &str = "INSERT INTO timeline (case_id, position, revision, at, who, what) \
    VALUES ($1, (SELECT coalesce(max(position), 0) + 1 FROM timeline WHERE case_id = $1), $2, $3, $4, $5)";

type Tx = Transaction<'static, Sqlite>;

impl Store {
    /// Opens a case.
    pub async fn open_case(&self, case: NewCase, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(OPEN)
            .bind(case.id.as_str())
            .bind(now)
            .bind(case.expires_at)
            .bind(case.product.as_ref().map(ProductId::as_str))
            .bind(case.release)
            .execute(&mut *tx)
            .await?;
        apply(&mut tx, &case.id, 1, case.first, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Changes a case and answers its new revision; `None` when there is no such case. With `expected` it must still
    /// have that revision.
    pub async fn change_case(
        &self,
        id: &CaseId,
        expected: Option<i64>,
        change: Change,
        now: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let revision: Option<i64> = sqlx::query_scalar(REVISION)
            .bind(id.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(revision) = revision else {
            return Ok(None);
        };
        if let Some(expected) = expected.filter(|expected| *expected != revision) {
            let since = since(&mut tx, id, expected).await?;
            return Err(StoreError::Changed { revision, since });
        }
        apply(&mut tx, id, revision + 1, change, now).await?;
        tx.commit().await?;
        Ok(Some(revision + 1))
    }
}

pub(super) async fn since(
    tx: &mut Tx,
    id: &CaseId,
    expected: i64,
) -> Result<Vec<TimelineEntry>, StoreError> {
    let rows: Vec<(i64, Option<String>, String)> = sqlx::query_as(SINCE)
        .bind(id.as_str())
        .bind(expected)
        .fetch_all(&mut **tx)
        .await?;
    let entries = rows
        .into_iter()
        .map(|(at, who, what)| TimelineEntry { at, who, what });
    Ok(entries.collect())
}

pub(super) async fn apply(
    tx: &mut Tx,
    id: &CaseId,
    revision: i64,
    change: Change,
    now: i64,
) -> Result<(), StoreError> {
    sqlx::query(TOUCH)
        .bind(id.as_str())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    edit(tx, id, &change).await?;
    if let Some(release) = change.pinned_release {
        sqlx::query(SET_PINNED)
            .bind(id.as_str())
            .bind(release)
            .execute(&mut **tx)
            .await?;
    }
    if let Some(redact) = change.redact {
        sqlx::query(SET_REDACT)
            .bind(id.as_str())
            .bind(redact.as_str())
            .execute(&mut **tx)
            .await?;
    }
    pseudonyms::add(tx, id, &change.pseudonyms).await?;
    if let Some(round) = change.round {
        rounds::add(tx, id, round, now).await?;
    }
    if let Some(wants) = &change.wants {
        inbox::set(tx, id, wants.as_ref(), now).await?;
    }
    answers::remove(tx, id, &change.without).await?;
    answers::set_aside(tx, id, &change.aside).await?;
    if let Some(answer) = change.answer {
        answers::add(tx, id, &answer, now).await?;
    }
    if let Some(outcome) = change.outcome {
        add_outcome(tx, id, &outcome).await?;
    }
    for entry in change.timeline {
        sqlx::query(ADD_TIMELINE)
            .bind(id.as_str())
            .bind(revision)
            .bind(entry.at)
            .bind(entry.who)
            .bind(entry.what)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn edit(tx: &mut Tx, id: &CaseId, change: &Change) -> Result<(), StoreError> {
    let chosen = change
        .chosen_rule
        .as_ref()
        .map(|rule| rule.as_ref().map(|rule| rule.as_str().to_owned()));
    let columns = [
        (SET_TICKET, change.edit.ticket.clone()),
        (SET_MACHINE, change.edit.machine.clone()),
        (SET_ACCOUNT, change.edit.account.clone()),
        (SET_NOTE, change.edit.note.clone()),
        (SET_CHOSEN, chosen),
        (SET_CLAIM, change.claim.clone()),
        (SET_PRODUCTS, change.products.clone().map(Some)),
        (SET_OUTCOME, change.reopen.then_some(None)),
    ];
    for (statement, value) in columns {
        if let Some(value) = value {
            sqlx::query(statement)
                .bind(id.as_str())
                .bind(value)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// Puts how another case ended before how this one did. Where this one did not end yet, it stands as the other one does:
/// that may be open again.
pub(super) async fn ended_before(
    tx: &mut Tx,
    id: &CaseId,
    other: &CaseId,
    outcomes: &[OutcomeGiven],
) -> Result<(), StoreError> {
    sqlx::query(END_AS)
        .bind(id.as_str())
        .bind(other.as_str())
        .execute(&mut **tx)
        .await?;
    for given in outcomes.iter().rev() {
        write_outcome(tx, ADD_OUTCOME_BEFORE, id, given).await?;
    }
    Ok(())
}

async fn add_outcome(tx: &mut Tx, id: &CaseId, given: &OutcomeGiven) -> Result<(), StoreError> {
    write_outcome(tx, ADD_OUTCOME, id, given).await?;
    sqlx::query(SET_OUTCOME)
        .bind(id.as_str())
        .bind(OutcomeName::as_str(given.outcome))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_outcome(
    tx: &mut Tx,
    statement: &'static str,
    id: &CaseId,
    given: &OutcomeGiven,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(id.as_str())
        .bind(given.outcome.as_str())
        .bind(&given.rule)
        .bind(&given.step)
        .bind(&given.note)
        .bind(&given.right_rule)
        .bind(&given.who)
        .bind(given.at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
