//! Sessions and API tokens, by the hash of their secret; failed sign-ins.

use super::audit::{self, Actor, Deed};
use super::{Store, StoreError};

/// Somebody's signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// A name that gives no right.
    pub id: String,
    /// Whose.
    pub account: String,
    /// Since when, unix milliseconds.
    pub created_at: i64,
    /// Last used.
    pub seen_at: i64,
    /// From where.
    pub address: Option<String>,
    /// With which browser, as it says.
    pub agent: Option<String>,
}

/// Who a session's secret stands for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionOwner {
    /// The session.
    pub id: String,
    /// The account.
    pub account: String,
    /// Its roles, by name, separated by spaces.
    pub roles: String,
    /// When somebody signed in.
    pub created_at: i64,
    /// Last used.
    pub seen_at: i64,
}

/// An API token.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenRow {
    /// A name that gives no right.
    pub id: String,
    /// What it is for, in words.
    pub name: String,
    /// Scopes by name, separated by spaces.
    pub scopes: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: i64,
    /// Good until.
    pub expires_at: i64,
    /// Last used, to the minute.
    pub last_used_at: Option<i64>,
    /// Taken back.
    pub revoked_at: Option<i64>,
}

/// A session to be kept.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// The hash of its secret.
    pub secret: &'a str,
    /// A name that gives no right.
    pub id: &'a str,
    /// Whose.
    pub account: &'a str,
    /// With which browser.
    pub agent: Option<&'a str>,
}

/// A token to be kept.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// The hash of its secret.
    pub secret: &'a str,
    /// A name that gives no right.
    pub id: &'a str,
    /// What it is for.
    pub name: &'a str,
    /// Scopes by name, separated by spaces.
    pub scopes: &'a str,
    /// Good until.
    pub expires_at: i64,
}

const ADD: &str = "INSERT INTO sessions (secret, id, account, created_at, seen_at, address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6)";
const LOGGED_IN: &str = "UPDATE accounts SET last_login_at = $2 WHERE name = $1";
const KNOWN_ADDRESS: &str = "INSERT INTO sign_in_addresses (account, address, last_at) VALUES ($1, $2, $3) \
    ON CONFLICT (account, address) DO UPDATE SET last_at = excluded.last_at";
const OWNER: &str = "SELECT s.id, s.account, a.roles, s.created_at, s.seen_at FROM sessions s JOIN accounts a ON a.name = s.account \
    WHERE s.secret = $1 AND a.disabled_at IS NULL";
const SEEN: &str = "UPDATE sessions SET seen_at = $2 WHERE id = $1";
const OF: &str = "SELECT id, account, created_at, seen_at, address, agent FROM sessions WHERE account = $1 ORDER BY seen_at DESC LIMIT 200";
const END: &str = "DELETE FROM sessions WHERE id = $1 AND account = $2";
const END_OTHERS: &str = "DELETE FROM sessions WHERE account = $1 AND id <> $2";
const STALE: &str = "DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2";
const STALE_FAILURES: &str = "DELETE FROM sign_in_failures WHERE last_at < $1";
const STALE_ADDRESSES: &str = "DELETE FROM sign_in_addresses WHERE last_at < $1";
const STALE_LINKS: &str = "DELETE FROM invitations WHERE expires_at <= $1";
const FAILURES: &str = "SELECT count, last_at FROM sign_in_failures WHERE name = $1";
const FAILED: &str = "INSERT INTO sign_in_failures (name, count, last_at) VALUES ($1, 1, $2) \
    ON CONFLICT (name) DO UPDATE SET count = sign_in_failures.count + 1, last_at = excluded.last_at";
const FORGET: &str = "DELETE FROM sign_in_failures WHERE name = $1";
const IS_KNOWN: &str =
    "SELECT CAST(count(*) AS BIGINT) FROM sign_in_addresses WHERE account = $1 AND address = $2";
const ADD_TOKEN: &str = "INSERT INTO tokens (id, secret, name, scopes, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const TOKENS: &str = "SELECT id, name, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM tokens ORDER BY created_at DESC, id LIMIT 1000";
const TOKEN: &str = "SELECT id, name, scopes, created_by, created_at, expires_at, last_used_at, revoked_at FROM tokens WHERE secret = $1 AND revoked_at IS NULL AND expires_at > $2";
const USED: &str = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";
const REVOKE: &str =
    "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING name";

impl Store {
    /// Keeps a session of somebody who signed in just now; failures counted under `clear` are forgotten.
    pub async fn begin_session(
        &self,
        actor: &Actor,
        session: NewSession<'_>,
        clear: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(ADD)
            .bind(session.secret)
            .bind(session.id)
            .bind(session.account)
            .bind(now)
            .bind(&actor.address)
            .bind(session.agent)
            .execute(&mut *tx)
            .await?;
        sqlx::query(LOGGED_IN)
            .bind(session.account)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query(FORGET).bind(clear).execute(&mut *tx).await?;
        if let Some(address) = &actor.address {
            sqlx::query(KNOWN_ADDRESS)
                .bind(session.account)
                .bind(address)
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        let deed = Deed {
            action: "account.sign-in",
            subject: session.account,
            detail: "",
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whose session a secret's hash stands for, unless the account was disabled.
    pub async fn session_owner(&self, secret: &str) -> Result<Option<SessionOwner>, StoreError> {
        Ok(sqlx::query_as(OWNER)
            .bind(secret)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Notes that a session was used.
    pub async fn session_seen(&self, id: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(SEEN)
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The sessions of an account, last used first.
    pub async fn sessions(&self, account: &str) -> Result<Vec<SessionRow>, StoreError> {
        Ok(sqlx::query_as(OF)
            .bind(account)
            .fetch_all(&self.pool)
            .await?)
    }

    /// Ends a session of an account; with `others`, all but that one.
    pub async fn end_session(
        &self,
        actor: &Actor,
        account: &str,
        id: &str,
        others: bool,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let query = if others {
            sqlx::query(END_OTHERS).bind(account).bind(id)
        } else {
            sqlx::query(END).bind(id).bind(account)
        };
        let ended = query.execute(&mut *tx).await?.rows_affected() > 0;
        if ended {
            let deed = Deed {
                action: "account.sign-out",
                subject: account,
                detail: if others { "all other sessions" } else { "" },
            };
            audit::write(&mut tx, actor, deed, now).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Forgets sessions not used since `idle` or begun before `oldest`, failures and addresses that are long past, and
    /// links whose time is over.
    pub async fn sweep_sessions(
        &self,
        idle: i64,
        oldest: i64,
        failures: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        sqlx::query(STALE)
            .bind(idle)
            .bind(oldest)
            .execute(&self.pool)
            .await?;
        for (query, before) in [
            (STALE_FAILURES, failures),
            (STALE_ADDRESSES, oldest),
            (STALE_LINKS, now),
        ] {
            sqlx::query(query).bind(before).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// How often signing in failed under a name, and when last.
    pub async fn sign_in_failures(&self, name: &str) -> Result<Option<(i64, i64)>, StoreError> {
        Ok(sqlx::query_as(FAILURES)
            .bind(name)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Counts a failed sign-in under each name and writes it down.
    pub async fn sign_in_failed(
        &self,
        actor: &Actor,
        account: &str,
        names: &[String],
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for name in names {
            sqlx::query(FAILED)
                .bind(name)
                .bind(now)
                .execute(&mut *tx)
                .await?;
        }
        let deed = Deed {
            action: "account.sign-in-failed",
            subject: account,
            detail: "",
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether an account signed in from an address before.
    pub async fn is_known_address(&self, account: &str, address: &str) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar(IS_KNOWN)
            .bind(account)
            .bind(address)
            .fetch_one(&self.pool)
            .await?;
        Ok(count > 0)
    }

    /// Keeps an API token.
    pub async fn add_token(
        &self,
        actor: &Actor,
        token: NewToken<'_>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(ADD_TOKEN)
            .bind(token.id)
            .bind(token.secret)
            .bind(token.name)
            .bind(token.scopes)
            .bind(&actor.who)
            .bind(now)
            .bind(token.expires_at)
            .execute(&mut *tx)
            .await?;
        let deed = Deed {
            action: "token.add",
            subject: token.name,
            detail: token.scopes,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// All tokens, newest first, those taken back too.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        Ok(sqlx::query_as(TOKENS).fetch_all(&self.pool).await?)
    }

    /// The good token that a secret's hash stands for.
    pub async fn token(&self, secret: &str, now: i64) -> Result<Option<TokenRow>, StoreError> {
        Ok(sqlx::query_as(TOKEN)
            .bind(secret)
            .bind(now)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Notes that a token was used.
    pub async fn token_used(&self, id: &str, now: i64) -> Result<(), StoreError> {
        sqlx::query(USED)
            .bind(id)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Takes a token back; false when there is none that is good.
    pub async fn revoke_token(
        &self,
        actor: &Actor,
        id: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let name: Option<String> = sqlx::query_scalar(REVOKE)
            .bind(id)
            .bind(now)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(name) = &name {
            let deed = Deed {
                action: "token.revoke",
                subject: name,
                detail: id,
            };
            audit::write(&mut tx, actor, deed, now).await?;
        }
        tx.commit().await?;
        Ok(name.is_some())
    }
}
