//! Releases: immutable, numbered from 1 without gaps, never deleted.

use super::{Store, StoreError, to_json};
use crate::rules::PackFiles;

/// A release to be published.
#[derive(Debug, Clone)]
pub struct NewRelease<'a> {
    /// Why, or from where.
    pub note: &'a str,
    /// `shipped` when it came with the program, `imported` when an operator brought it.
    pub origin: &'a str,
    /// The hash of its files.
    pub pack_hash: &'a str,
    /// The version of Signpost that checked it.
    pub engine: &'a str,
    /// Its files.
    pub files: &'a PackFiles,
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
    /// `shipped` or `imported`.
    pub origin: String,
    /// The hash of its files.
    pub pack_hash: String,
    /// The version of Signpost that checked it.
    pub engine: String,
}

const NEXT_NUMBER: &str = "SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM releases";
const INSERT: &str = "INSERT INTO releases (number, published_at, note, origin, pack_hash, engine, files) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const LIST: &str = "SELECT number, published_at, note, origin, pack_hash, engine FROM releases ORDER BY number DESC";
const FILES: &str = "SELECT files FROM releases WHERE number = $1";
const ROW: &str =
    "SELECT number, published_at, note, origin, pack_hash, engine FROM releases WHERE number = $1";

impl Store {
    /// Publishes a release and answers its number.
    pub async fn publish(&self, release: NewRelease<'_>, now: i64) -> Result<i64, StoreError> {
        let files = to_json(release.files)?;
        let mut tx = self.begin().await?;
        let number: i64 = sqlx::query_scalar(NEXT_NUMBER).fetch_one(&mut *tx).await?;
        sqlx::query(INSERT)
            .bind(number)
            .bind(now)
            .bind(release.note)
            .bind(release.origin)
            .bind(release.pack_hash)
            .bind(release.engine)
            .bind(files)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(number)
    }

    /// All releases, newest first, without their files.
    pub async fn releases(&self) -> Result<Vec<ReleaseRow>, StoreError> {
        Ok(sqlx::query_as(LIST).fetch_all(&self.pool).await?)
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
}
