//! Cases that ask for better rules, counted by the form of their text.

use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::record::CaseId;
use super::{Store, StoreError};

/// Why a case asks for better rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantKind {
    /// Nothing matched, or not enough was sent.
    Unmatched,
    /// Somebody said that the cause was wrong.
    WrongCause,
    /// Somebody said that the guide did not help.
    NotFixed,
    /// Somebody asked for a rule.
    Asked,
}

/// A case that asks for better rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanting {
    /// Why.
    pub kind: WantKind,
    /// The same for texts that differ in numbers and names alone.
    pub form: String,
    /// A piece of the text.
    pub sample: String,
    /// What the reporter said.
    pub words: Option<String>,
}

/// A form of text with the cases that have it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InboxRow {
    /// The form.
    pub form: String,
    /// A piece of the newest text.
    pub sample: String,
    /// What the newest reporter said.
    pub words: Option<String>,
    /// The newest case.
    pub case_id: String,
    /// The newest case's time, unix milliseconds.
    pub newest: i64,
    /// How many cases.
    pub cases: i64,
    /// How many of them matched nothing.
    pub unmatched: i64,
    /// How many were given a wrong cause.
    pub wrong: i64,
    /// How many were not fixed.
    pub not_fixed: i64,
    /// How many asked for a rule.
    pub asked: i64,
    /// Which editor works on it.
    pub assigned_to: Option<String>,
    /// Out of sight until then.
    pub snoozed_until: Option<i64>,
    /// Put aside then.
    pub dismissed_at: Option<i64>,
    /// Why it was put aside.
    pub dismissed_why: Option<String>,
    /// What reporters are told.
    pub reply: Option<String>,
}

/// What an editor told those who reported a text of a form.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Reply {
    /// The words.
    #[sqlx(rename = "reply")]
    pub text: String,
    /// Who.
    #[sqlx(rename = "replied_by")]
    pub who: String,
    /// When, unix milliseconds.
    #[sqlx(rename = "replied_at")]
    pub at: i64,
}

/// That a reporter asked for a rule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Asked {
    /// What they said.
    pub words: Option<String>,
    /// When, unix milliseconds.
    pub at: i64,
}

/// What is done with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxChange {
    /// Somebody works on it, or nobody.
    Assign(Option<String>),
    /// Out of sight until then.
    Snooze(i64),
    /// Put aside, with the reason.
    Dismiss(String),
    /// Back in sight.
    Restore,
    /// Told to all who reported it, those who will too.
    Reply(String),
}

/// The inbox lists at most so many forms.
pub const MOST_FORMS: i64 = 200;

const SET: &str = "INSERT INTO wanting (case_id, kind, form, sample, words, at) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (case_id) DO UPDATE SET kind = excluded.kind, form = excluded.form, sample = excluded.sample, \
    words = coalesce(excluded.words, wanting.words), at = excluded.at";
const CLEAR: &str = "DELETE FROM wanting WHERE case_id = $1";
const LIST: &str = "SELECT w.form, \
    (SELECT n.sample FROM wanting n WHERE n.form = w.form ORDER BY n.at DESC, n.case_id LIMIT 1) AS sample, \
    (SELECT n.words FROM wanting n WHERE n.form = w.form ORDER BY n.at DESC, n.case_id LIMIT 1) AS words, \
    (SELECT n.case_id FROM wanting n WHERE n.form = w.form ORDER BY n.at DESC, n.case_id LIMIT 1) AS case_id, \
    max(w.at) AS newest, CAST(count(*) AS BIGINT) AS cases, \
    CAST(sum(CASE WHEN w.kind = 'unmatched' THEN 1 ELSE 0 END) AS BIGINT) AS unmatched, \
    CAST(sum(CASE WHEN w.kind = 'wrong_cause' THEN 1 ELSE 0 END) AS BIGINT) AS wrong, \
    CAST(sum(CASE WHEN w.kind = 'not_fixed' THEN 1 ELSE 0 END) AS BIGINT) AS not_fixed, \
    CAST(sum(CASE WHEN w.kind = 'asked' THEN 1 ELSE 0 END) AS BIGINT) AS asked, \
    i.assigned_to, i.snoozed_until, i.dismissed_at, i.dismissed_why, i.reply \
    FROM wanting w JOIN cases c ON c.id = w.case_id LEFT JOIN inbox i ON i.form = w.form \
    WHERE (c.expires_at IS NULL OR c.expires_at > $1) \
    AND (CASE WHEN i.dismissed_at IS NOT NULL OR coalesce(i.snoozed_until, 0) > $1 THEN 1 ELSE 0 END) = $2 \
    GROUP BY w.form, i.assigned_to, i.snoozed_until, i.dismissed_at, i.dismissed_why, i.reply \
    ORDER BY cases DESC, newest DESC LIMIT $3";
const UNKNOWN: &str =
    "SELECT case_id FROM wanting WHERE kind IN ('unmatched', 'asked') ORDER BY at, case_id";
const LOOKED: &str = "SELECT value FROM meta WHERE name = 'inbox_release'";
const LOOK: &str = "INSERT INTO meta (name, value) VALUES ('inbox_release', $1) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
const KNOWN: &str = "SELECT CAST(count(*) AS BIGINT) FROM wanting WHERE form = $1";
const ADD: &str = "INSERT INTO inbox (form) VALUES ($1) ON CONFLICT (form) DO NOTHING";
const ASSIGN: &str = "UPDATE inbox SET assigned_to = $2 WHERE form = $1";
const SNOOZE: &str = "UPDATE inbox SET snoozed_until = $2 WHERE form = $1";
const DISMISS: &str = "UPDATE inbox SET dismissed_at = $3, dismissed_why = $2 WHERE form = $1";
const RESTORE: &str = "UPDATE inbox SET dismissed_at = NULL, dismissed_why = NULL, snoozed_until = NULL WHERE form = $1";
const REPLY: &str = "UPDATE inbox SET reply = $2, replied_by = $3, replied_at = $4 WHERE form = $1";
const REPLY_OF: &str = "SELECT i.reply, i.replied_by, i.replied_at FROM wanting w JOIN inbox i ON i.form = w.form \
    WHERE w.case_id = $1 AND i.reply IS NOT NULL";
const ASKED_OF: &str = "SELECT words, at FROM wanting WHERE case_id = $1 AND kind = 'asked'";

impl Store {
    /// Forms by how many cases have them, at most [`MOST_FORMS`]: those in sight, or those put aside or asleep.
    pub async fn inbox(&self, aside: bool, now: i64) -> Result<Vec<InboxRow>, StoreError> {
        Ok(sqlx::query_as(LIST)
            .bind(now)
            .bind(i64::from(aside))
            .bind(MOST_FORMS)
            .fetch_all(&self.pool)
            .await?)
    }

    /// The cases that ask for a rule because none knew them, oldest first.
    pub async fn unknown_cases(&self) -> Result<Vec<CaseId>, StoreError> {
        let rows: Vec<String> = sqlx::query_scalar(UNKNOWN).fetch_all(&self.pool).await?;
        let ids = rows.iter().map(|id| CaseId::parse(id));
        ids.collect::<Option<_>>().ok_or(StoreError::Broken("case"))
    }

    /// The release by which those were looked at last; 0 when they never were.
    pub async fn inbox_looked_through(&self) -> Result<i64, StoreError> {
        let value: Option<String> = sqlx::query_scalar(LOOKED)
            .fetch_optional(&self.pool)
            .await?;
        Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
    }

    /// Remembers by which release those were looked at.
    pub async fn inbox_was_looked_through(&self, release: i64) -> Result<(), StoreError> {
        sqlx::query(LOOK)
            .bind(release.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Does something with a form; false when no case has it.
    pub async fn change_inbox(
        &self,
        actor: &Actor,
        form: &str,
        change: InboxChange,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let known: i64 = sqlx::query_scalar(KNOWN)
            .bind(form)
            .fetch_one(&mut *tx)
            .await?;
        if known == 0 {
            return Ok(false);
        }
        sqlx::query(ADD).bind(form).execute(&mut *tx).await?;
        let (query, action, detail) = match change {
            InboxChange::Assign(who) => {
                let detail = who.clone().unwrap_or_default();
                (
                    sqlx::query(ASSIGN).bind(form).bind(who),
                    "inbox.assign",
                    detail,
                )
            }
            InboxChange::Snooze(until) => (
                sqlx::query(SNOOZE).bind(form).bind(until),
                "inbox.snooze",
                until.to_string(),
            ),
            InboxChange::Dismiss(why) => {
                let query = sqlx::query(DISMISS).bind(form).bind(why.clone()).bind(now);
                (query, "inbox.dismiss", why)
            }
            InboxChange::Restore => (
                sqlx::query(RESTORE).bind(form),
                "inbox.restore",
                String::new(),
            ),
            InboxChange::Reply(text) => {
                let query = sqlx::query(REPLY)
                    .bind(form)
                    .bind(text.clone())
                    .bind(&actor.who);
                (query.bind(now), "inbox.reply", text)
            }
        };
        query.execute(&mut *tx).await?;
        let deed = Deed {
            action,
            subject: form,
            detail: &detail,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}

pub(super) async fn set(
    tx: &mut Transaction<'static, Sqlite>,
    id: &CaseId,
    wanting: Option<&Wanting>,
    now: i64,
) -> Result<(), StoreError> {
    let query = match wanting {
        None => sqlx::query(CLEAR).bind(id.as_str()),
        Some(wanting) => sqlx::query(SET)
            .bind(id.as_str())
            .bind(wanting.kind.name())
            .bind(&wanting.form)
            .bind(&wanting.sample)
            .bind(&wanting.words)
            .bind(now),
    };
    query.execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn reply_of(
    tx: &mut Transaction<'static, Sqlite>,
    id: &CaseId,
) -> Result<Option<Reply>, StoreError> {
    Ok(sqlx::query_as(REPLY_OF)
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?)
}

pub(super) async fn asked_of(
    tx: &mut Transaction<'static, Sqlite>,
    id: &CaseId,
) -> Result<Option<Asked>, StoreError> {
    Ok(sqlx::query_as(ASKED_OF)
        .bind(id.as_str())
        .fetch_optional(&mut **tx)
        .await?)
}

impl WantKind {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::WrongCause => "wrong_cause",
            Self::NotFixed => "not_fixed",
            Self::Asked => "asked",
        }
    }
}
