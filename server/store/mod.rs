//! The only SQL: releases, cases, settings of this database. SQLite through sqlx, in the SQL that PostgreSQL also takes.
//!
//! No sqlx type leaves this room. Not found is `Option`; what went wrong is [`StoreError`].

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

mod accounts;
mod answers;
mod audit;
mod case_examples;
mod cases;
mod change;
mod draft_texts;
mod drafts;
mod idempotency;
mod inbox;
mod list;
mod merge_cases;
mod names_key;
mod packs;
mod proposal_checks;
mod proposal_words;
mod proposals;
mod pseudonyms;
pub mod record;
mod releases;
mod replay;
mod rounds;
mod sessions;
mod settings;
mod tombstones;

pub use accounts::{AccountChange, AccountRow, NotChanged};
pub use audit::{Actor, AuditEntry, AuditFilter, Chain, Deed, Via};
pub use case_examples::CaseExample;
pub use change::{Change, NewAnswer, NewCase, NewRound};
pub use drafts::{BESIDE, Draft, DraftChange, DraftKind, DraftName, DraftSaved, MOST_DRAFTS};
pub use idempotency::{Claim, Replay};
pub use inbox::{Asked, InboxChange, InboxRow, MOST_FORMS, Reply, WantKind, Wanting};
pub use list::{CasePage, CaseSummary, RulesOfCases};
pub use merge_cases::Merging;
pub use names_key::NamesKey;
pub use packs::{Brought, NewPack, Upgrade};
pub use proposal_checks::{Accepts, ChangedCase, ChangedCount, Likeness, ListedCase, MOST_CHANGED};
pub use proposal_words::{NewWords, Words, WordsKind};
pub use proposals::{NewProposal, Proposal, ProposalKind, ProposalState};
pub use record::{
    Answer, CaseEdit, CaseFilter, CaseId, CaseRecord, OutcomeGiven, OutcomeName, Receipt,
    RoundRecord, SourceLine, StoredSource, TimelineEntry, Tombstone,
};
pub use releases::{NewRelease, ReleaseRow};
pub use replay::ReplayCase;
pub use rounds::PackedSource;
pub use sessions::{NewSession, NewToken, SessionOwner, SessionRow, TokenRow};
pub use settings::{HouseChange, HouseSettings, HouseValue, SECOND_PERSON};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// A case keeps at most so many bytes of text.
pub const CASE_TEXT_LIMIT: usize = 32 * 1024 * 1024;

/// The database. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// What went wrong in the store. The cause is for the log, never for the page.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is of a newer version of Signpost.
    #[error(
        "the database was written by a newer Signpost; start that version, or restore a backup"
    )]
    Newer,
    /// The case has changed meanwhile.
    #[error("the case has changed meanwhile")]
    Changed {
        /// The present revision.
        revision: i64,
        /// What happened since the revision that was expected.
        since: Vec<TimelineEntry>,
    },
    /// Something in a row that we wrote cannot be read back.
    #[error("a stored {0} cannot be read")]
    Broken(&'static str),
    /// The database itself.
    #[error("the database failed: {0}")]
    Database(String),
}

impl Store {
    /// Opens the database, creating folder, file and tables where they are missing.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|error| {
                StoreError::Database(format!(
                    "the folder {} cannot be made: {error}",
                    folder.display()
                ))
            })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(5))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(8)
            .connect_with(options)
            .await?;
        match MIGRATIONS.run(&pool).await {
            Ok(()) => Ok(Self { pool }),
            Err(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) => {
                Err(StoreError::Newer)
            }
            Err(error) => Err(StoreError::Database(error.to_string())),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Waits for what is under way and closes the files.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A transaction that reads before it writes: it takes the write lock at once, so that it never has to give up halfway.
    async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

/// Bytes as small hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a structure as JSON for a TEXT column.
fn to_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Broken("structure"))
}

#[cfg(test)]
mod tests;
