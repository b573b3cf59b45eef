//! Accounts, and the links by which a password is set once.

use sqlx::{Sqlite, Transaction};

use super::audit::{self, Actor, Deed};
use super::{Store, StoreError};

/// Somebody who can sign in.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountRow {
    /// The name, in small letters.
    pub name: String,
    /// Argon2id as a PHC string; none until it was set.
    pub password: Option<String>,
    /// When the password was set, unix milliseconds.
    pub password_set_at: Option<i64>,
    /// Roles by name, separated by spaces.
    pub roles: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was disabled.
    pub disabled_at: Option<i64>,
    /// When somebody last signed in with it.
    pub last_login_at: Option<i64>,
}

/// What changes in an account.
#[derive(Clone, Copy)]
pub enum AccountChange<'a> {
    /// Another password, as a PHC string. Ends its sessions but this one, and uses up its links.
    Password(&'a str, Option<&'a str>),
    /// Other roles, by name, separated by spaces.
    Roles(&'a str),
    /// It can sign in no longer; its sessions end.
    Disable,
    /// It can again.
    Enable,
}

/// Why an account was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotChanged {
    /// There is none of that name.
    Missing,
    /// Nobody would be left who can keep the accounts.
    LastAdmin,
}

const ALL: &str = "SELECT name, password, password_set_at, roles, created_at, disabled_at, last_login_at FROM accounts ORDER BY name LIMIT 1000";
const ONE: &str = "SELECT name, password, password_set_at, roles, created_at, disabled_at, last_login_at FROM accounts WHERE name = $1";
const COUNT: &str = "SELECT CAST(count(*) AS BIGINT) FROM accounts";
const ADD: &str = "INSERT INTO accounts (name, roles, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
const SET_PASSWORD: &str =
    "UPDATE accounts SET password = $2, password_set_at = $3 WHERE name = $1";
const SET_ROLES: &str = "UPDATE accounts SET roles = $2 WHERE name = $1";
const DISABLE: &str = "UPDATE accounts SET disabled_at = $2 WHERE name = $1";
const OTHER_ADMINS: &str = "SELECT CAST(count(*) AS BIGINT) FROM accounts WHERE name <> $1 AND disabled_at IS NULL \
    AND password IS NOT NULL AND ' ' || roles || ' ' LIKE '% admin %'";
const END_SESSIONS: &str =
    "DELETE FROM sessions WHERE account = $1 AND (CAST($2 AS TEXT) IS NULL OR id <> $2)";
const USE_LINKS: &str = "DELETE FROM invitations WHERE account = $1";
const INVITE: &str =
    "INSERT INTO invitations (secret, account, created_at, expires_at) VALUES ($1, $2, $3, $4)";
const DROP_SETUP: &str = "DELETE FROM invitations WHERE account IS NULL";
const INVITED: &str = "SELECT account FROM invitations WHERE secret = $1 AND expires_at > $2";
const USED: &str = "DELETE FROM invitations WHERE secret = $1 AND expires_at > $2";

type Tx = Transaction<'static, Sqlite>;

impl Store {
    /// All accounts by name.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        Ok(sqlx::query_as(ALL).fetch_all(&self.pool).await?)
    }

    /// One account.
    pub async fn account(&self, name: &str) -> Result<Option<AccountRow>, StoreError> {
        Ok(sqlx::query_as(ONE)
            .bind(name)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// How many accounts there are.
    pub async fn count_accounts(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(COUNT).fetch_one(&self.pool).await?)
    }

    /// Makes an account without a password; false when the name is taken.
    pub async fn add_account(
        &self,
        actor: &Actor,
        name: &str,
        roles: &str,
        now: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let added = add(&mut tx, actor, name, roles, now).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Makes the first account, with its password, by the link of the first start; false when the link is not good (any
    /// longer) or somebody was faster.
    pub async fn add_first_account(
        &self,
        actor: &Actor,
        link: &str,
        account: (&str, &str, &str),
        now: i64,
    ) -> Result<bool, StoreError> {
        let (name, roles, password) = account;
        let mut tx = self.begin().await?;
        let used = sqlx::query(USED).bind(link).bind(now).execute(&mut *tx);
        let used = used.await?.rows_affected() == 1;
        let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *tx).await?;
        if !used || count != 0 || !add(&mut tx, actor, name, roles, now).await? {
            return Ok(false);
        }
        sqlx::query(SET_PASSWORD)
            .bind(name)
            .bind(password)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Changes an account.
    pub async fn change_account(
        &self,
        actor: &Actor,
        name: &str,
        change: AccountChange<'_>,
        now: i64,
    ) -> Result<Result<(), NotChanged>, StoreError> {
        let mut tx = self.begin().await?;
        let known: Option<AccountRow> = sqlx::query_as(ONE)
            .bind(name)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(known) = known else {
            return Ok(Err(NotChanged::Missing));
        };
        let is_admin = known.disabled_at.is_none() && has_admin(&known.roles);
        let loses = match change {
            AccountChange::Roles(roles) => !has_admin(roles),
            AccountChange::Disable => true,
            AccountChange::Password(..) | AccountChange::Enable => false,
        };
        if is_admin && loses {
            let others: i64 = sqlx::query_scalar(OTHER_ADMINS)
                .bind(name)
                .fetch_one(&mut *tx)
                .await?;
            if others == 0 {
                return Ok(Err(NotChanged::LastAdmin));
            }
        }
        apply(&mut tx, name, change, now).await?;
        let (action, detail) = match change {
            AccountChange::Password(..) => ("account.password", ""),
            AccountChange::Roles(roles) => ("account.roles", roles),
            AccountChange::Disable => ("account.disable", ""),
            AccountChange::Enable => ("account.enable", ""),
        };
        let deed = Deed {
            action,
            subject: name,
            detail,
        };
        audit::write(&mut tx, actor, deed, now).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Keeps a link for setting a password, by the hash of its secret. Without an account it makes the first one, and
    /// links before it are good no longer.
    pub async fn invite(
        &self,
        actor: &Actor,
        secret: &str,
        account: Option<&str>,
        expires_at: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        match account {
            Some(account) => {
                sqlx::query(USE_LINKS)
                    .bind(account)
                    .execute(&mut *tx)
                    .await?
            }
            None => sqlx::query(DROP_SETUP).execute(&mut *tx).await?,
        };
        sqlx::query(INVITE)
            .bind(secret)
            .bind(account)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *tx)
            .await?;
        if let Some(account) = account {
            let deed = Deed {
                action: "account.invite",
                subject: account,
                detail: "",
            };
            audit::write(&mut tx, actor, deed, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What a link is for: `Some(None)` the first account, `Some(Some(name))` this one's password; `None` when it is not
    /// good.
    pub async fn invited(
        &self,
        secret: &str,
        now: i64,
    ) -> Result<Option<Option<String>>, StoreError> {
        let row: Option<(Option<String>,)> = sqlx::query_as(INVITED)
            .bind(secret)
            .bind(now)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|(account,)| account))
    }
}

async fn add(
    tx: &mut Tx,
    actor: &Actor,
    name: &str,
    roles: &str,
    now: i64,
) -> Result<bool, StoreError> {
    let added = sqlx::query(ADD).bind(name).bind(roles).bind(now);
    if added.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let deed = Deed {
        action: "account.add",
        subject: name,
        detail: roles,
    };
    audit::write(tx, actor, deed, now).await?;
    Ok(true)
}

async fn apply(
    tx: &mut Tx,
    name: &str,
    change: AccountChange<'_>,
    now: i64,
) -> Result<(), StoreError> {
    let query = match change {
        AccountChange::Password(hash, _) => {
            sqlx::query(SET_PASSWORD).bind(name).bind(hash).bind(now)
        }
        AccountChange::Roles(roles) => sqlx::query(SET_ROLES).bind(name).bind(roles),
        AccountChange::Disable => sqlx::query(DISABLE).bind(name).bind(now),
        AccountChange::Enable => sqlx::query(DISABLE).bind(name).bind(None::<i64>),
    };
    query.execute(&mut **tx).await?;
    let stays = match change {
        AccountChange::Password(_, session) => Some(session),
        AccountChange::Disable => Some(None),
        AccountChange::Roles(_) | AccountChange::Enable => None,
    };
    if let Some(session) = stays {
        sqlx::query(END_SESSIONS)
            .bind(name)
            .bind(session)
            .execute(&mut **tx)
            .await?;
        sqlx::query(USE_LINKS).bind(name).execute(&mut **tx).await?;
    }
    Ok(())
}

fn has_admin(roles: &str) -> bool {
    roles.split(' ').any(|role| role == "admin")
}
