//! The texts that drafts had: what two people both began from is found here.

use sqlx::{Sqlite, Transaction};

use super::drafts::{Draft, DraftName};
use super::{Store, StoreError};

/// At most so many texts of one draft are kept.
pub(super) const MOST_TEXTS: usize = 50;
/// So many of the newest are never thinned out.
pub(super) const NEWEST_TEXTS: usize = 20;

const ADD: &str = "INSERT INTO draft_texts (kind, id, revision, text, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6)";
const ALL: &str =
    "SELECT revision, changed_at FROM draft_texts WHERE kind = $1 AND id = $2 ORDER BY revision";
const REMOVE: &str = "DELETE FROM draft_texts WHERE kind = $1 AND id = $2 AND revision = $3";
const AT: &str = "SELECT text FROM draft_texts WHERE kind = $1 AND id = $2 AND revision <= $3 ORDER BY revision DESC LIMIT 1";

impl Store {
    /// The text that a draft had at a revision, or at the nearest one before it that is kept.
    pub async fn draft_text(
        &self,
        name: &DraftName,
        revision: i64,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(AT)
            .bind(name.kind.name())
            .bind(&name.id)
            .bind(revision)
            .fetch_optional(&self.pool)
            .await?)
    }
}

/// Keeps the text, and thins the older ones out where there are too many.
pub(super) async fn add(
    tx: &mut Transaction<'static, Sqlite>,
    draft: &Draft,
) -> Result<(), StoreError> {
    let kind = draft.name.kind.name();
    sqlx::query(ADD)
        .bind(kind)
        .bind(&draft.name.id)
        .bind(draft.revision)
        .bind(&draft.text)
        .bind(&draft.changed_by)
        .bind(draft.changed_at)
        .execute(&mut **tx)
        .await?;
    let mut kept: Vec<(i64, i64)> = sqlx::query_as(ALL)
        .bind(kind)
        .bind(&draft.name.id)
        .fetch_all(&mut **tx)
        .await?;
    while kept.len() > MOST_TEXTS {
        let (revision, _) = kept.remove(least_missed(&kept));
        sqlx::query(REMOVE)
            .bind(kind)
            .bind(&draft.name.id)
            .bind(revision)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Of the older texts the one with the nearest neighbours in time. The first one stays.
fn least_missed(kept: &[(i64, i64)]) -> usize {
    let older = 1..kept.len().saturating_sub(NEWEST_TEXTS).max(2);
    let gap = |at: &usize| match (kept.get(at - 1), kept.get(at + 1)) {
        (Some((_, before)), Some((_, after))) => after - before,
        _ => i64::MAX,
    };
    older.min_by_key(gap).unwrap_or(0)
}
