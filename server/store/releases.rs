//! Releases: immutable, numbered from 1 without gaps, never deleted.

use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::{Store, StoreError, to_json};
use crate::rules::PackFiles;

/// A release to be published.
#[derive(Debug, Clone)]
pub struct NewRelease<'a> {
    /// Why, or from where.
    pub note: &'a str,
    /// `shipped` when it came with the program, `imported` when an operator brought it, `edited` when it was made here.
    pub origin: &'a str,
    /// The hash of its files.
    pub pack_hash: &'a str,
    /// The version of Signpost that checked it.
    pub engine: &'a str,
    /// Its files.
    pub files: &'a PackFiles,
    /// The gate's report as JSON; empty where it passed none here.
    pub gate: &'a str,
    /// The proposal it was made of.
    pub proposal: Option<i64>,
}

/// A release without its files.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReleaseRow {
    /// Its number.
    pub number: i64,
    /// When it was published, unix milliseconds.
    pub published_at: i64,
    /// Why, or from where.
    pub note: String,
    /// `shipped`, `imported` or `edited`.
    pub origin: String,
    /// The hash of its files.
    pub pack_hash: String,
    /// The version of Signpost that checked it.
    pub engine: String,
    /// Who published it; `signpost` for what came with the program.
    pub author: String,
    /// The proposal it was made of.
    pub proposal: Option<i64>,
}

const NEXT_NUMBER: &str = "SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM releases";
const INSERT: &str = "INSERT INTO releases (number, published_at, note, origin, pack_hash, engine, files, author, gate, \
    proposal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LIST: &str = "SELECT number, published_at, note, origin, pack_hash, engine, author, proposal FROM releases \
    ORDER BY number DESC";
const FILES: &str = "SELECT files FROM releases WHERE number = $1";
const ROW: &str = "SELECT number, published_at, note, origin, pack_hash, engine, author, proposal FROM releases \
    WHERE number = $1";
pub(super) const NEWEST: &str = "SELECT CAST(coalesce(max(number), 0) AS BIGINT) FROM releases";
const GATE: &str = "SELECT gate FROM releases WHERE number = $1";

impl Store {
    /// Publishes a release and answers its number.
    pub async fn publish(
        &self,
        release: NewRelease<'_>,
        actor: &Actor,
        now: i64,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        let number = insert(&mut tx, &release, actor, now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// All releases, newest first, without their files.
    pub async fn releases(&self) -> Result<Vec<ReleaseRow>, StoreError> {
        Ok(sqlx::query_as(LIST).fetch_all(&self.pool).await?)
    }

    /// The newest release's number; 0 when nothing was ever published.
    pub async fn newest_release(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(NEWEST).fetch_one(&self.pool).await?)
    }

    /// One release without its files.
    pub async fn release(&self, number: i64) -> Result<Option<ReleaseRow>, StoreError> {
        Ok(sqlx::query_as(ROW)
            .bind(number)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The files of a release.
    pub async fn release_files(&self, number: i64) -> Result<Option<PackFiles>, StoreError> {
        let files: Option<String> = sqlx::query_scalar(FILES)
            .bind(number)
            .fetch_optional(&self.pool)
            .await?;
        files
            .map(|files| serde_json::from_str(&files).map_err(|_| StoreError::Broken("release")))
            .transpose()
    }
    /// The gate's report on a release, as JSON; empty where it passed none here.
    pub async fn release_gate(&self, number: i64) -> Result<String, StoreError> {
        let gate: Option<String> = sqlx::query_scalar(GATE)
            .bind(number)
            .fetch_optional(&self.pool)
            .await?;
        Ok(gate.unwrap_or_default())
    }
}

/// Publishes a release in the transaction of what leads to it.
pub(super) async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    release: &NewRelease<'_>,
    actor: &Actor,
    now: i64,
) -> Result<i64, StoreError> {
    let number: i64 = sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut **tx).await?;
    sqlx::query(INSERT)
        .bind(number)
        .bind(now)
        .bind(release.note)
        .bind(release.origin)
        .bind(release.pack_hash)
        .bind(release.engine)
        .bind(to_json(release.files)?)
        .bind(&actor.who)
        .bind(release.gate)
        .bind(release.proposal)
        .execute(&mut **tx)
        .await?;
    let deed = Deed {
        action: "release.publish",
        subject: &number.to_string(),
        detail: release.note,
    };
    audit::write(tx, actor, deed, now).await?;
    Ok(number)
}
