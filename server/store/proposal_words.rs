//! What people say about a proposal: comments, approvals, and what they ask to be changed.

use super::audit::{self, Actor, Deed};
use super::proposals::words;
use super::{Store, StoreError};

/// What somebody says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordsKind {
    /// A remark.
    Comment,
    /// It may be published.
    Approve,
    /// It may not, before something is changed.
    Changes,
}

words!(WordsKind { Comment = "comment", Approve = "approve", Changes = "changes" });

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Counted from 1.
    pub position: i64,
    /// What it is.
    pub kind: WordsKind,
    /// When.
    pub at: i64,
    /// Who.
    pub who: String,
    /// A rule, a rule's step as `rule/step`, or empty for the whole.
    pub about: String,
    /// The words.
    pub words: String,
    /// The state of the proposal's contents that they speak of.
    pub contents: i64,
}

/// Something to be said.
#[derive(Debug, Clone, Copy)]
pub struct NewWords<'a> {
    /// What it is.
    pub kind: WordsKind,
    /// A rule, a rule's step as `rule/step`, or empty for the whole.
    pub about: &'a str,
    /// The words.
    pub words: &'a str,
}

const ADD: &str = "INSERT INTO proposal_words (proposal, position, kind, at, who, about, words, contents) \
    SELECT number, (SELECT coalesce(max(position), 0) + 1 FROM proposal_words WHERE proposal = $1), $2, $3, $4, $5, \
    $6, contents FROM proposals WHERE number = $1";
const ALL: &str = "SELECT position, kind, at, who, about, words, contents FROM proposal_words \
    WHERE proposal = $1 ORDER BY position LIMIT 1000";

impl Store {
    /// Keeps what somebody says. False when there is no such proposal.
    pub async fn say_about(
        &self,
        number: i64,
        new: NewWords<'_>,
        actor: &Actor,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(ADD)
            .bind(number)
            .bind(new.kind.name())
            .bind(now)
            .bind(&actor.who)
            .bind(new.about)
            .bind(new.words)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let deed = Deed {
            action: match new.kind {
                WordsKind::Comment => "proposal.comment",
                WordsKind::Approve => "proposal.approve",
                WordsKind::Changes => "proposal.ask-for-changes",
            },
            subject: &number.to_string(),
            detail: new.about,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Everything that was said about a proposal, oldest first.
    pub async fn words_about(&self, number: i64) -> Result<Vec<Words>, StoreError> {
        let rows: Vec<(i64, String, i64, String, String, String, i64)> = sqlx::query_as(ALL)
            .bind(number)
            .fetch_all(&self.pool)
            .await?;
        let words = rows.into_iter();
        let words = words.map(|(position, kind, at, who, about, words, contents)| {
            Ok(Words {
                position,
                kind: WordsKind::parse(&kind).ok_or(StoreError::Broken("comment"))?,
                at,
                who,
                about,
                words,
                contents,
            })
        });
        words.collect()
    }
}
