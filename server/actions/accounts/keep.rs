//! Keeping accounts: making, changing, disabling them.

use super::sign_in::{Client, SignedIn, begin};
use super::{hashed, passwords, secret};
use crate::actions::caller::{Caller, Right, Role};
use crate::actions::desk::{DeedError, Desk};
use crate::store::{AccountChange, AccountRow, Actor, NotChanged, Via};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// A link to set a password is good so long.
const LINK: i64 = 3 * DAY;
/// An account's name has at most so many letters.
const LONGEST_NAME: usize = 64;

/// An account, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// What it is for.
    pub roles: Vec<Role>,
    /// When it was made, unix milliseconds.
    pub created_at: i64,
    /// When it was disabled.
    pub disabled_at: Option<i64>,
    /// When somebody last signed in with it.
    pub last_login_at: Option<i64>,
    /// Whether it has a password; without one, only its link leads in.
    pub has_password: bool,
}

/// All accounts by name.
pub async fn list_accounts(desk: &Desk, caller: &Caller) -> Result<Vec<Account>, DeedError> {
    caller.need(Right::Admin)?;
    let rows = desk.store.accounts().await?;
    Ok(rows.into_iter().map(Account::of).collect())
}

/// Makes an account and answers the secret of the link by which its owner sets the password.
pub async fn add_account(
    desk: &Desk,
    caller: &Caller,
    name: &str,
    roles: &[Role],
) -> Result<String, DeedError> {
    caller.need(Right::Admin)?;
    let name = good_name(name)?;
    let now = desk.now();
    if !desk
        .store
        .add_account(&caller.actor, &name, &words(roles)?, now)
        .await?
    {
        let what = format!("There is an account `{name}` already.");
        return Err(DeedError::refused("name", what));
    }
    link_for(desk, &caller.actor, &name).await
}

/// A fresh link by which the owner of an account sets another password; links before it are good no longer.
pub async fn invite(desk: &Desk, caller: &Caller, name: &str) -> Result<String, DeedError> {
    caller.need(Right::Admin)?;
    if desk.store.account(name).await?.is_none() {
        return Err(missing(name));
    }
    link_for(desk, &caller.actor, name).await
}

async fn link_for(desk: &Desk, actor: &Actor, name: &str) -> Result<String, DeedError> {
    let (secret, now) = (secret(desk), desk.now());
    desk.store
        .invite(actor, &hashed(&secret), Some(name), now + LINK, now)
        .await?;
    Ok(secret)
}

/// The secret of the link that makes the first account; `None` once there is one. Asking again makes another.
pub async fn setup_link(desk: &Desk) -> Result<Option<String>, DeedError> {
    if desk.store.count_accounts().await? > 0 {
        return Ok(None);
    }
    let (secret, now) = (secret(desk), desk.now());
    desk.store
        .invite(
            &Actor::server(),
            &hashed(&secret),
            None,
            now + 30 * DAY,
            now,
        )
        .await?;
    Ok(Some(secret))
}

/// What a link is for: `None` for the first account, else the account whose password it sets.
pub async fn invited(desk: &Desk, link: &str) -> Result<Option<String>, DeedError> {
    let known = desk.store.invited(&hashed(link), desk.now()).await?;
    known.ok_or_else(|| {
        let what = "This link is not good: it was used, its time is over, or a newer one was made. Ask for another; a server without accounts prints one when it starts.";
        DeedError::NotFound(what.to_owned())
    })
}

/// Follows a link: makes the first account by this name, or sets the account's password. Signs in.
pub async fn follow_link(
    desk: &Desk,
    link: &str,
    name: &str,
    password: &str,
    client: &Client,
) -> Result<SignedIn, DeedError> {
    let account = invited(desk, link).await?;
    let name = account.clone().map_or_else(|| good_name(name), Ok)?;
    good_password(password, &name)?;
    let hash = passwords::hash(desk, password).await?;
    let now = desk.now();
    let actor = Actor {
        who: name.clone(),
        via: Via::Session,
        address: client.address.clone(),
    };
    if account.is_some() {
        let change = AccountChange::Password(&hash, None);
        changed(
            desk.store
                .change_account(&actor, &name, change, now)
                .await?,
            &name,
        )?;
        let row = desk.store.account(&name).await?;
        if row.is_none_or(|row| row.disabled_at.is_some()) {
            return Err(missing(&name));
        }
    } else if !desk
        .store
        .add_first_account(
            &actor,
            &hashed(link),
            (&name, &words(&Role::ALL)?, &hash),
            now,
        )
        .await?
    {
        let what = "Somebody else made the first account meanwhile. Sign in, or ask them.";
        return Err(DeedError::NotFound(what.to_owned()));
    }
    begin(desk, &actor, client).await
}

/// Sets a password. Of one's own account the present one is asked for, and this session stays.
pub async fn change_password(
    desk: &Desk,
    caller: &Caller,
    session: &str,
    present: &str,
    password: &str,
) -> Result<(), DeedError> {
    caller.need(Right::OwnAccount)?;
    let name = &caller.actor.who;
    let account = desk.store.account(name).await?;
    let hash = account.and_then(|account| account.password);
    if !passwords::is_right(present, hash.as_deref()).await? {
        return Err(DeedError::refused(
            "present",
            "That is not the present password.",
        ));
    }
    good_password(password, name)?;
    let hash = passwords::hash(desk, password).await?;
    let change = AccountChange::Password(&hash, Some(session));
    let done = desk
        .store
        .change_account(&caller.actor, name, change, desk.now())
        .await?;
    changed(done, name)
}

/// Sets a password from a shell on the server.
pub async fn set_password(
    desk: &Desk,
    caller: &Caller,
    name: &str,
    password: &str,
) -> Result<(), DeedError> {
    caller.need(Right::Admin)?;
    let name = good_name(name)?;
    good_password(password, &name)?;
    let hash = passwords::hash(desk, password).await?;
    let change = AccountChange::Password(&hash, None);
    let done = desk
        .store
        .change_account(&caller.actor, &name, change, desk.now())
        .await?;
    changed(done, &name)
}

/// Gives an account other roles.
pub async fn set_roles(
    desk: &Desk,
    caller: &Caller,
    name: &str,
    roles: &[Role],
) -> Result<(), DeedError> {
    caller.need(Right::Admin)?;
    let words = words(roles)?;
    let change = AccountChange::Roles(&words);
    let done = desk
        .store
        .change_account(&caller.actor, name, change, desk.now())
        .await?;
    changed(done, name)
}

/// Keeps an account from signing in, and ends its sessions.
pub async fn disable_account(desk: &Desk, caller: &Caller, name: &str) -> Result<(), DeedError> {
    caller.need(Right::Admin)?;
    let done = desk
        .store
        .change_account(&caller.actor, name, AccountChange::Disable, desk.now())
        .await?;
    changed(done, name)
}

/// Lets an account sign in again.
pub async fn enable_account(desk: &Desk, caller: &Caller, name: &str) -> Result<(), DeedError> {
    caller.need(Right::Admin)?;
    let done = desk
        .store
        .change_account(&caller.actor, name, AccountChange::Enable, desk.now())
        .await?;
    changed(done, name)
}

impl Account {
    fn of(row: AccountRow) -> Self {
        Self {
            roles: row.roles.split(' ').filter_map(Role::parse).collect(),
            has_password: row.password.is_some(),
            name: row.name,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
            last_login_at: row.last_login_at,
        }
    }
}

fn changed(done: Result<(), NotChanged>, name: &str) -> Result<(), DeedError> {
    match done {
        Ok(()) => Ok(()),
        Err(NotChanged::Missing) => Err(missing(name)),
        Err(NotChanged::LastAdmin) => Err(DeedError::refused(
            "roles",
            "This is the last account that can keep the accounts; make another one admin first.",
        )),
    }
}

fn missing(name: &str) -> DeedError {
    DeedError::NotFound(format!("There is no account `{name}`."))
}

fn words(roles: &[Role]) -> Result<String, DeedError> {
    if roles.is_empty() {
        return Err(DeedError::refused("roles", "Choose at least one role."));
    }
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    let names = roles.into_iter().map(Role::name).collect::<Vec<_>>();
    Ok(names.join(" "))
}

fn good_name(name: &str) -> Result<String, DeedError> {
    let name = name.trim().to_lowercase();
    let good = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-@+".contains(&byte));
    // What the audit log calls those without an account cannot be somebody's name.
    if good && !["anonymous", "signpost", "shell"].contains(&name.as_str()) {
        return Ok(name);
    }
    let what = format!(
        "A name is 1 to {LONGEST_NAME} letters, digits, dots, dashes, + or @, and not one that Signpost uses itself."
    );
    Err(DeedError::refused("name", what))
}

fn good_password(password: &str, name: &str) -> Result<(), DeedError> {
    passwords::complain(password, name)
        .map_or(Ok(()), |what| Err(DeedError::refused("password", what)))
}
