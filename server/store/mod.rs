//! The only SQL: releases, cases, settings of this database. SQLite through sqlx, in the SQL that PostgreSQL also takes.
//!
//! No sqlx type leaves this room. Not found is `Option`; what went wrong is [`StoreError`].

pub mod record;

pub use record::{
    Answer, CaseEdit, CaseFilter, CaseId, CaseRecord, OutcomeGiven, OutcomeName, Receipt,
    RoundRecord, StoredSource, TimelineEntry, Tombstone,
};

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
    Changed,
    /// Something in a row that we wrote cannot be read back.
    #[error("a stored {0} cannot be read")]
    Broken(&'static str),
    /// The database itself.
    #[error("the database failed: {0}")]
    Database(String),
}
