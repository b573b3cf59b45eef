//! Proposals: drafts that are to become a release, with their texts as they were when they were chosen.
//!
//! `contents` counts the changes of what is proposed, so that an approval speaks of one state of it, and who publishes
//! publishes what they saw.

use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::drafts::{self, Draft, DraftKind, DraftName};
use super::releases::{NEWEST, NewRelease, insert};
use super::{Store, StoreError};

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProposalState {
    /// Not checked since it was last changed.
    Open,
    /// Being checked.
    Checking,
    /// Checked; the report says how it went.
    Checked,
    /// A release was made of it.
    Published,
    /// Given up.
    Withdrawn,
}

/// How a proposal came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProposalKind {
    /// Drafts that go through the gate.
    Drafts,
    /// An older release that was published again at once.
    Rollback,
    /// A rule that was disabled at once.
    Emergency,
    /// Drafts that were made of files.
    Import,
    /// What a new version of Signpost brings to rules that were changed here.
    Upgrade,
}

/// A proposal to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewProposal<'a> {
    /// What it is about, in a line.
    pub title: &'a str,
    /// Why.
    pub note: &'a str,
    /// How it came about.
    pub kind: ProposalKind,
    /// The release it changes.
    pub base: i64,
}

/// A proposal without its drafts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub number: i64,
    /// How it came about.
    pub kind: ProposalKind,
    /// What it is about.
    pub title: String,
    /// Why.
    pub note: String,
    /// Who made it.
    pub author: String,
    /// When.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
    /// Where it stands.
    pub state: ProposalState,
    /// The release it changes.
    pub base: i64,
    /// Counts the changes of what is proposed.
    pub contents: i64,
    /// The release that was made of it.
    pub published: Option<i64>,
    /// Counts the checks.
    pub run: i64,
    /// What the check does: a stable word.
    pub stage: String,
    /// The last case that was judged again.
    pub place: String,
    /// So many cases were judged again.
    pub done: i64,
    /// Of so many.
    pub total: i64,
    /// Changed cases beyond those that are listed.
    pub unlisted: i64,
    /// Cases whose texts could not be read back.
    pub unread: i64,
    /// What the check said, as JSON; empty before.
    pub report: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    kind: String,
    title: String,
    note: String,
    author: String,
    created_at: i64,
    updated_at: i64,
    state: String,
    base: i64,
    contents: i64,
    published: Option<i64>,
    run: i64,
    stage: String,
    place: String,
    done: i64,
    total: i64,
    unlisted: i64,
    unread: i64,
    report: String,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT number, kind, title, note, author, created_at, updated_at, state, base, contents, published, \
             run, stage, place, done, total, unlisted, unread, report FROM proposals ",
            $rest
        )
    };
}

const NEXT: &str = "SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM proposals";
const ADD: &str = "INSERT INTO proposals (number, kind, title, note, author, created_at, updated_at, state, base, \
    contents, published, run, stage, place, done, total, unlisted, unread, report) \
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, 1, $9, 0, '', '', 0, 0, 0, 0, '')";
const ONE: &str = columns!("WHERE number = $1");
const LIST: &str = columns!("ORDER BY number DESC LIMIT $1");
const PENDING: &str = columns!("WHERE state = 'checking' ORDER BY updated_at, number LIMIT 1");
const ADD_DRAFT: &str = "INSERT INTO proposal_drafts (proposal, kind, id, revision, base_release, base, text, removed, \
    changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
    ON CONFLICT (proposal, kind, id) DO UPDATE SET revision = excluded.revision, \
    base_release = excluded.base_release, base = excluded.base, text = excluded.text, removed = excluded.removed, \
    changed_by = excluded.changed_by, changed_at = excluded.changed_at";
const DROP_DRAFT: &str =
    "DELETE FROM proposal_drafts WHERE proposal = $1 AND kind = $2 AND id = $3";
const DRAFTS: &str = "SELECT kind, id, revision, base_release, base, text, removed, changed_by, changed_at \
    FROM proposal_drafts WHERE proposal = $1 ORDER BY kind DESC, id";
const CHANGED: &str = "UPDATE proposals SET state = 'open', contents = contents + 1, run = run + 1, report = '', \
    stage = '', updated_at = $2 WHERE number = $1 AND state IN ('open', 'checking', 'checked')";
const WITHDRAW: &str = "UPDATE proposals SET state = 'withdrawn', run = run + 1, updated_at = $2 \
    WHERE number = $1 AND state IN ('open', 'checking', 'checked')";
const PUBLISHED: &str = "UPDATE proposals SET state = 'published', published = $2, updated_at = $3 \
    WHERE number = $1 AND contents = $4 AND base = $5 AND state = 'checked'";

pub(super) type Tx = Transaction<'static, Sqlite>;

impl Store {
    /// Makes a proposal of these drafts and answers its number.
    pub async fn propose(
        &self,
        new: NewProposal<'_>,
        chosen: &[Draft],
        actor: &Actor,
        now: i64,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        let number = add(&mut tx, new, None, actor, now).await?;
        for draft in chosen {
            add_draft(&mut tx, number, draft).await?;
        }
        let deed = Deed {
            action: "proposal.open",
            subject: &number.to_string(),
            detail: new.title,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Puts drafts in and takes others out. False when the proposal is over.
    pub async fn choose_drafts(
        &self,
        number: i64,
        chosen: &[Draft],
        without: &[DraftName],
        actor: &Actor,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let changed = sqlx::query(CHANGED).bind(number).bind(now);
        if changed.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let mut words = Vec::new();
        for draft in chosen {
            add_draft(&mut tx, number, draft).await?;
            words.push(format!("with {}, revision {}", draft.name, draft.revision));
        }
        for name in without {
            sqlx::query(DROP_DRAFT)
                .bind(number)
                .bind(name.kind.name())
                .bind(&name.id)
                .execute(&mut *tx)
                .await?;
            words.push(format!("without {name}"));
        }
        let deed = Deed {
            action: "proposal.change",
            subject: &number.to_string(),
            detail: &words.join(", "),
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Gives a proposal up. False when it is over already.
    pub async fn withdraw(&self, number: i64, actor: &Actor, now: i64) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = end(&mut tx, number, actor, now).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Makes a release of a checked proposal and answers its number. Its drafts go where nobody changed them since; the
    /// others begin from what was published. `None` when the proposal is not checked any more, has other contents, or
    /// another release was published meanwhile.
    pub async fn publish_proposal(
        &self,
        proposal: &Proposal,
        drafts: &[Draft],
        release: NewRelease<'_>,
        actor: &Actor,
        now: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let newest: i64 = sqlx::query_scalar(NEWEST).fetch_one(&mut *tx).await?;
        if newest != proposal.base {
            return Ok(None);
        }
        let number = insert(&mut tx, &release, actor, now).await?;
        let done = sqlx::query(PUBLISHED)
            .bind(proposal.number)
            .bind(number)
            .bind(now)
            .bind(proposal.contents)
            .bind(proposal.base)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        let published = drafts.iter();
        let published = published.map(|draft| {
            let text = if draft.removed { "" } else { &draft.text };
            (draft.name.clone(), draft.revision, text.to_owned())
        });
        drafts::settle(&mut tx, number, &published.collect::<Vec<_>>()).await?;
        tx.commit().await?;
        Ok(Some(number))
    }

    /// Publishes a release at once, with a proposal of its own where it can be spoken about and approved afterwards.
    /// `None` when `new.base` is not the newest release any more.
    pub async fn publish_at_once(
        &self,
        new: NewProposal<'_>,
        release: NewRelease<'_>,
        actor: &Actor,
        now: i64,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        let mut tx = self.begin().await?;
        let newest: i64 = sqlx::query_scalar(NEWEST).fetch_one(&mut *tx).await?;
        if newest != new.base {
            return Ok(None);
        }
        let proposal: i64 = sqlx::query_scalar(NEXT).fetch_one(&mut *tx).await?;
        let release = NewRelease {
            proposal: Some(proposal),
            ..release
        };
        let number = insert(&mut tx, &release, actor, now).await?;
        add(&mut tx, new, Some(number), actor, now).await?;
        tx.commit().await?;
        Ok(Some((number, proposal)))
    }

    /// One proposal.
    pub async fn proposal(&self, number: i64) -> Result<Option<Proposal>, StoreError> {
        let row: Option<Row> = sqlx::query_as(ONE)
            .bind(number)
            .fetch_optional(&self.pool)
            .await?;
        row.map(proposal).transpose()
    }

    /// The newest proposals, at most `limit`, newest first.
    pub async fn proposals(&self, limit: u32) -> Result<Vec<Proposal>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(LIST)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.into_iter().map(proposal).collect()
    }

    /// The proposal that waits longest for being checked, or is being checked.
    pub async fn pending_check(&self) -> Result<Option<Proposal>, StoreError> {
        let row: Option<Row> = sqlx::query_as(PENDING).fetch_optional(&self.pool).await?;
        row.map(proposal).transpose()
    }

    /// The drafts of a proposal as they were when they were chosen, rules first, by id.
    pub async fn chosen(&self, number: i64) -> Result<Vec<Draft>, StoreError> {
        type Row = (String, String, i64, i64, String, String, i64, String, i64);
        let rows: Vec<Row> = sqlx::query_as(DRAFTS)
            .bind(number)
            .fetch_all(&self.pool)
            .await?;
        let drafts = rows.into_iter();
        let drafts = drafts.map(
            |(kind, id, revision, base_release, base, text, removed, changed_by, changed_at)| {
                let kind = DraftKind::parse(&kind).ok_or(StoreError::Broken("proposal"))?;
                Ok(Draft {
                    name: DraftName { kind, id },
                    revision,
                    base_release,
                    base,
                    text,
                    removed: removed != 0,
                    created_by: changed_by.clone(),
                    created_at: changed_at,
                    changed_by,
                    changed_at,
                })
            },
        );
        drafts.collect()
    }
}

/// Gives a proposal up. False when it is over already.
pub(super) async fn end(
    tx: &mut Tx,
    number: i64,
    actor: &Actor,
    now: i64,
) -> Result<bool, StoreError> {
    let done = sqlx::query(WITHDRAW).bind(number).bind(now);
    if done.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let deed = Deed {
        action: "proposal.withdraw",
        subject: &number.to_string(),
        detail: "",
    };
    audit::write(tx, actor, deed, now).await?;
    Ok(true)
}

pub(super) async fn add(
    tx: &mut Tx,
    new: NewProposal<'_>,
    published: Option<i64>,
    actor: &Actor,
    now: i64,
) -> Result<i64, StoreError> {
    let number: i64 = sqlx::query_scalar(NEXT).fetch_one(&mut **tx).await?;
    let state = if published.is_some() {
        ProposalState::Published
    } else {
        ProposalState::Open
    };
    sqlx::query(ADD)
        .bind(number)
        .bind(new.kind.name())
        .bind(new.title)
        .bind(new.note)
        .bind(&actor.who)
        .bind(now)
        .bind(state.name())
        .bind(new.base)
        .bind(published)
        .execute(&mut **tx)
        .await?;
    Ok(number)
}

pub(super) async fn add_draft(tx: &mut Tx, number: i64, draft: &Draft) -> Result<(), StoreError> {
    sqlx::query(ADD_DRAFT)
        .bind(number)
        .bind(draft.name.kind.name())
        .bind(&draft.name.id)
        .bind(draft.revision)
        .bind(draft.base_release)
        .bind(&draft.base)
        .bind(&draft.text)
        .bind(i64::from(draft.removed))
        .bind(&draft.changed_by)
        .bind(draft.changed_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn proposal(row: Row) -> Result<Proposal, StoreError> {
    let broken = || StoreError::Broken("proposal");
    Ok(Proposal {
        number: row.number,
        kind: ProposalKind::parse(&row.kind).ok_or_else(broken)?,
        title: row.title,
        note: row.note,
        author: row.author,
        created_at: row.created_at,
        updated_at: row.updated_at,
        state: ProposalState::parse(&row.state).ok_or_else(broken)?,
        base: row.base,
        contents: row.contents,
        published: row.published,
        run: row.run,
        stage: row.stage,
        place: row.place,
        done: row.done,
        total: row.total,
        unlisted: row.unlisted,
        unread: row.unread,
        report: row.report,
    })
}

impl ProposalKind {
    /// Whether it was published before anybody could look at it.
    pub fn is_at_once(self) -> bool {
        matches!(self, Self::Rollback | Self::Emergency)
    }
}

/// A closed set of words in a TEXT column.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $name {
            /// Its word.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of that word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use words;

words!(ProposalState { Open = "open", Checking = "checking", Checked = "checked", Published = "published", Withdrawn = "withdrawn" });
words!(ProposalKind { Drafts = "drafts", Rollback = "rollback", Emergency = "emergency", Import = "import", Upgrade = "upgrade" });
