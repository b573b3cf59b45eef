//! The audit log: who did what, when and from where. Entries are numbered without gaps and chained: each hash covers the
//! entry and the hash before it, so that one that was changed or removed shows.
//!
//! What cannot be seen from the chain alone is that its newest entries were cut off; who exports the log, or notes the
//! newest hash elsewhere, can tell that too.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{Sqlite, Transaction};

use super::{Store, StoreError, hex};

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account, the token's name, or `anonymous`.
    pub who: String,
    /// How they came.
    pub via: Via,
    /// The client's address; none in a shell.
    pub address: Option<String>,
}

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// Signed in, in a browser.
    Session,
    /// With an API token.
    Token,
    /// In a shell on the server.
    Shell,
    /// Without signing in.
    Anonymous,
    /// Signpost itself.
    Server,
}

/// A deed to be written down.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    /// What was done, a stable word: `rule.draft`, `release.publish`, `account.disable`.
    pub action: &'static str,
    /// To what: a rule's id, a release's number, an account's name.
    pub subject: &'a str,
    /// More, in words. Never a secret.
    pub detail: &'a str,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct AuditEntry {
    /// Counted from 1 without gaps.
    pub number: i64,
    /// When, unix milliseconds.
    pub at: i64,
    /// Who.
    pub who: String,
    /// How they came.
    pub via: String,
    /// From where.
    pub address: Option<String>,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More, in words.
    pub detail: String,
    /// SHA-256 over the hash before it and this entry, in hex.
    pub hash: String,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this person or token.
    pub who: Option<String>,
    /// Actions that begin so: `release.`.
    pub action: Option<String>,
    /// About this.
    pub subject: Option<String>,
    /// Since, unix milliseconds.
    pub since: Option<i64>,
    /// Only entries with a smaller number.
    pub before: Option<i64>,
}

/// What the chain says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// All entries are as they were written; how many, and the newest hash.
    Whole(i64, String),
    /// The entry of this number, or one before it, was changed or removed.
    Broken(i64),
}

const LAST: &str = "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1";
const ADD: &str = "INSERT INTO audit (number, at, who, via, address, action, subject, detail, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const LIST: &str = "SELECT number, at, who, via, address, action, subject, detail, hash FROM audit \
    WHERE (CAST($1 AS TEXT) IS NULL OR who = $1) \
    AND (CAST($2 AS TEXT) IS NULL OR substr(action, 1, length($2)) = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR subject = $3) \
    AND (CAST($4 AS BIGINT) IS NULL OR at >= $4) \
    AND (CAST($5 AS BIGINT) IS NULL OR number < $5) ORDER BY number DESC LIMIT $6";
const PIECE: &str = "SELECT number, at, who, via, address, action, subject, detail, hash FROM audit \
    WHERE number > $1 ORDER BY number LIMIT 1000";

/// Writes a deed down in the transaction that does it.
pub(super) async fn write(
    tx: &mut Transaction<'static, Sqlite>,
    actor: &Actor,
    deed: Deed<'_>,
    now: i64,
) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = sqlx::query_as(LAST).fetch_optional(&mut **tx).await?;
    let (number, before) = last.unwrap_or_default();
    let mut entry = AuditEntry {
        number: number + 1,
        at: now,
        who: actor.who.clone(),
        via: actor.via.name().to_owned(),
        address: actor.address.clone(),
        action: deed.action.to_owned(),
        subject: deed.subject.to_owned(),
        detail: deed.detail.to_owned(),
        hash: String::new(),
    };
    entry.hash = hash(&before, &entry);
    sqlx::query(ADD)
        .bind(entry.number)
        .bind(entry.at)
        .bind(entry.who)
        .bind(entry.via)
        .bind(entry.address)
        .bind(entry.action)
        .bind(entry.subject)
        .bind(entry.detail)
        .bind(entry.hash)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// Writes a deed down that changes nothing else: a sign-in that failed, an export.
    pub async fn audit(&self, actor: &Actor, deed: Deed<'_>, now: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Entries, newest first, at most `limit`.
    pub async fn audit_entries(
        &self,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(sqlx::query_as(LIST)
            .bind(&filter.who)
            .bind(&filter.action)
            .bind(&filter.subject)
            .bind(filter.since)
            .bind(filter.before)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?)
    }

    /// Walks the whole chain.
    pub async fn verify_audit(&self) -> Result<Chain, StoreError> {
        let (mut number, mut before) = (0, String::new());
        loop {
            let piece: Vec<AuditEntry> = sqlx::query_as(PIECE)
                .bind(number)
                .fetch_all(&self.pool)
                .await?;
            if piece.is_empty() {
                return Ok(Chain::Whole(number, before));
            }
            for entry in piece {
                if entry.number != number + 1 || entry.hash != hash(&before, &entry) {
                    return Ok(Chain::Broken(number + 1));
                }
                (number, before) = (entry.number, entry.hash);
            }
        }
    }
}

impl Via {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Shell => "shell",
            Self::Anonymous => "anonymous",
            Self::Server => "server",
        }
    }
}

impl Actor {
    /// Signpost itself.
    pub fn server() -> Self {
        Self {
            who: "signpost".to_owned(),
            via: Via::Server,
            address: None,
        }
    }

    /// Somebody in a shell on the server.
    pub fn shell() -> Self {
        Self {
            who: "shell".to_owned(),
            via: Via::Shell,
            address: None,
        }
    }
}

/// Each field goes in with its length before it, so that no two entries have the same bytes.
fn hash(before: &str, entry: &AuditEntry) -> String {
    let mut digest = Sha256::new();
    let (number, at) = (entry.number.to_string(), entry.at.to_string());
    let address = entry.address.as_deref();
    let fields = [
        Some(before),
        Some(&number),
        Some(&at),
        Some(&entry.who),
        Some(&entry.via),
        address,
        Some(&entry.action),
        Some(&entry.subject),
        Some(&entry.detail),
    ];
    for field in fields {
        let length = field.map_or_else(|| "-".to_owned(), |field| field.len().to_string());
        digest.update(length.as_bytes());
        digest.update(b":");
        digest.update(field.unwrap_or_default().as_bytes());
    }
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn written() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("audit.db")).await.unwrap();
        for (at, subject) in ["pad.one", "pad.two", "pad.three"].iter().enumerate() {
            let deed = Deed {
                action: "rule.draft",
                subject,
                detail: "saved",
            };
            let now = i64::try_from(at).unwrap();
            store.audit(&Actor::shell(), deed, now).await.unwrap();
        }
        (folder, store)
    }

    #[tokio::test]
    async fn a_chain_that_nobody_touched_is_whole() {
        let (_folder, store) = written().await;
        let Chain::Whole(3, newest) = store.verify_audit().await.unwrap() else {
            panic!("the chain is whole");
        };
        let listed = store
            .audit_entries(&AuditFilter::default(), 10)
            .await
            .unwrap();
        assert_eq!(listed[0].hash, newest);
        let filter = AuditFilter {
            action: Some("rule.".to_owned()),
            subject: Some("pad.two".to_owned()),
            ..AuditFilter::default()
        };
        let one = store.audit_entries(&filter, 10).await.unwrap();
        assert_eq!(one.len(), 1);
    }

    #[tokio::test]
    async fn an_entry_that_was_changed_or_removed_shows() {
        for (tamper, broken) in [
            ("UPDATE audit SET who = 'somebody' WHERE number = 2", 2),
            ("UPDATE audit SET address = '' WHERE number = 1", 1),
            ("DELETE FROM audit WHERE number = 1", 1),
            ("DELETE FROM audit WHERE number = 2", 2),
        ] {
            let (_folder, store) = written().await;
            sqlx::query(tamper).execute(&store.pool).await.unwrap();
            assert_eq!(
                store.verify_audit().await.unwrap(),
                Chain::Broken(broken),
                "{tamper}"
            );
        }
    }
}
