//! API tokens: for programs, with scopes, an end, and a last use.

use super::{hashed, secret};
use crate::actions::caller::{Caller, Right, Scope};
use crate::actions::desk::{DeedError, Desk};
use crate::store::{Actor, NewToken, TokenRow, Via, hex};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// A token is good for at most so many days.
pub const LONGEST_DAYS: u32 = 730;
/// What every token begins with, so that people and scanners know one when they see it.
const PREFIX: &str = "signpost_";

/// A token that is asked for.
#[derive(Debug, Clone)]
pub struct NewTokenAsked {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How many days it is good.
    pub days: u32,
}

/// Makes a token and answers it; it is never shown again.
pub async fn create_token(
    desk: &Desk,
    caller: &Caller,
    asked: NewTokenAsked,
) -> Result<String, DeedError> {
    caller.need(Right::Admin)?;
    let name = asked.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        let what = "Say in 1 to 100 letters what the token is for.";
        return Err(DeedError::refused("name", what));
    }
    if asked.scopes.is_empty() {
        return Err(DeedError::refused("scopes", "Choose at least one scope."));
    }
    if asked.days == 0 || asked.days > LONGEST_DAYS {
        let what = format!("A token is good for 1 to {LONGEST_DAYS} days.");
        return Err(DeedError::refused("days", what));
    }
    let mut scopes = asked.scopes;
    scopes.sort_unstable();
    scopes.dedup();
    let scopes = scopes.into_iter().map(Scope::name).collect::<Vec<_>>();
    let token = format!("{PREFIX}{}", secret(desk));
    let now = desk.now();
    let new = NewToken {
        secret: &hashed(&token),
        id: &hex(&desk.random()),
        name,
        scopes: &scopes.join(" "),
        expires_at: now + i64::from(asked.days) * DAY,
    };
    desk.store.add_token(&caller.actor, new, now).await?;
    Ok(token)
}

/// All tokens, newest first.
pub async fn list_tokens(desk: &Desk, caller: &Caller) -> Result<Vec<TokenRow>, DeedError> {
    caller.need(Right::Admin)?;
    Ok(desk.store.tokens().await?)
}

/// Takes a token back.
pub async fn revoke_token(desk: &Desk, caller: &Caller, id: &str) -> Result<(), DeedError> {
    caller.need(Right::Admin)?;
    if desk
        .store
        .revoke_token(&caller.actor, id, desk.now())
        .await?
    {
        Ok(())
    } else {
        let what = "There is no such token, or it was taken back already.";
        Err(DeedError::NotFound(what.to_owned()))
    }
}

/// Who a token stands for; `None` when it is not good.
pub async fn token_caller(
    desk: &Desk,
    token: &str,
    address: Option<String>,
) -> Result<Option<Caller>, DeedError> {
    const MINUTE: i64 = 60 * 1000;
    let now = desk.now();
    let Some(row) = desk.store.token(&hashed(token), now).await? else {
        return Ok(None);
    };
    if row.last_used_at.is_none_or(|used| now - used > MINUTE) {
        desk.store.token_used(&row.id, now).await?;
    }
    let scopes = row.scopes.split(' ').filter_map(Scope::parse);
    let rights = scopes.flat_map(|scope| scope.rights().iter().copied());
    let actor = Actor {
        who: format!("token {}", row.name),
        via: Via::Token,
        address,
    };
    Ok(Some(Caller {
        actor,
        rights: rights.collect(),
    }))
}
