//! Signing in and out.
//!
//! Guessing is slowed down by what failed before: five tries are free for a name from an address, then each failure
//! doubles the wait, up to a quarter of an hour. An address has thirty free tries over all names, a name a hundred over
//! all addresses; but from an address where somebody signed in to that account before, others' failures do not count, so
//! that nobody can lock an owner out from elsewhere. In a shell on the server a password can always be set.

use super::{hashed, passwords, secret};
use crate::actions::caller::{Caller, Right, Role};
use crate::actions::desk::{DeedError, Desk};
use crate::store::{Actor, NewSession, SessionRow, Via, hex};

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A session that is not used so long is over.
pub const IDLE: i64 = 12 * HOUR;
/// A session is over after so long in any case.
pub const OLDEST: i64 = 14 * DAY;
/// Failures are forgotten after so long without another.
const FORGOTTEN: i64 = HOUR;
const LONGEST_WAIT: i64 = 15 * MINUTE;

/// From where somebody comes.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address.
    pub address: Option<String>,
    /// The browser, as it names itself.
    pub agent: Option<String>,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// What the browser keeps.
    pub secret: String,
    /// The account.
    pub name: String,
}

/// Why not.
#[derive(Debug)]
pub enum Refusal {
    /// Name or password is wrong; which, is not said.
    Wrong,
    /// Too many failures before: seconds to wait.
    Wait(u32),
    /// Something else.
    Other(DeedError),
}

impl<E: Into<DeedError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

/// A counter of failures, and how many are free.
struct Counter {
    name: String,
    free: i64,
}

/// Signs in with name and password.
pub async fn sign_in(
    desk: &Desk,
    name: &str,
    password: &str,
    client: &Client,
) -> Result<SignedIn, Refusal> {
    let name: String = name.trim().to_lowercase().chars().take(100).collect();
    let counters = counters(desk, &name, client).await?;
    let now = desk.now();
    for counter in &counters {
        let failures = desk.store.sign_in_failures(&counter.name).await?;
        if let Some(wait) = failures.and_then(|failures| wait(counter, failures, now)) {
            return Err(Refusal::Wait(wait));
        }
    }
    let known = desk.store.account(&name).await?;
    let known = known.filter(|account| account.disabled_at.is_none());
    let hash = known
        .as_ref()
        .and_then(|account| account.password.as_deref());
    let actor = Actor {
        who: name.clone(),
        via: Via::Session,
        address: client.address.clone(),
    };
    if !passwords::is_right(password, hash).await? {
        let actor = Actor {
            who: "anonymous".to_owned(),
            via: Via::Anonymous,
            ..actor
        };
        let names = counters.into_iter().map(|counter| counter.name);
        let names = names.collect::<Vec<_>>();
        desk.store
            .sign_in_failed(&actor, &name, &names, desk.now())
            .await?;
        return Err(Refusal::Wrong);
    }
    Ok(begin(desk, &actor, client).await?)
}

/// A session for somebody who proved who they are.
pub(super) async fn begin(
    desk: &Desk,
    actor: &Actor,
    client: &Client,
) -> Result<SignedIn, DeedError> {
    let secret = secret(desk);
    let agent = client.agent.as_deref().map(|agent| short(agent, 200));
    let session = NewSession {
        secret: &hashed(&secret),
        id: &hex(&desk.random()),
        account: &actor.who,
        agent: agent.as_deref(),
    };
    let pair = pair(&actor.who, client);
    desk.store
        .begin_session(actor, session, &pair, desk.now())
        .await?;
    Ok(SignedIn {
        secret,
        name: actor.who.clone(),
    })
}

async fn counters(desk: &Desk, name: &str, client: &Client) -> Result<Vec<Counter>, DeedError> {
    let mut counters = vec![Counter {
        name: pair(name, client),
        free: 5,
    }];
    let address = client.address.as_deref().unwrap_or_default();
    counters.push(Counter {
        name: format!("address {address}"),
        free: 30,
    });
    if !desk.store.is_known_address(name, address).await? {
        counters.push(Counter {
            name: format!("account {name}"),
            free: 100,
        });
    }
    Ok(counters)
}

fn pair(name: &str, client: &Client) -> String {
    let address = client.address.as_deref().unwrap_or_default();
    format!("both {name} {address}")
}

/// Seconds to wait after so many failures, the last of them then.
fn wait(counter: &Counter, (count, last): (i64, i64), now: i64) -> Option<u32> {
    let over = count - counter.free;
    if over < 0 || now - last > FORGOTTEN {
        return None;
    }
    let doubled = 1000_i64 << over.clamp(0, 20);
    let until = last + doubled.min(LONGEST_WAIT);
    let left = u32::try_from((until - now + 999) / 1000).ok()?;
    (left > 0).then_some(left)
}

/// Who a session's secret stands for; `None` when it is over.
pub async fn session_caller(
    desk: &Desk,
    secret: &str,
    address: Option<String>,
) -> Result<Option<(Caller, String)>, DeedError> {
    let now = desk.now();
    let Some(owner) = desk.store.session_owner(&hashed(secret)).await? else {
        return Ok(None);
    };
    if now - owner.seen_at > IDLE || now - owner.created_at > OLDEST {
        return Ok(None);
    }
    if now - owner.seen_at > MINUTE {
        desk.store.session_seen(&owner.id, now).await?;
    }
    let roles = owner.roles.split(' ').filter_map(Role::parse);
    let mut rights = roles
        .flat_map(|role| role.rights().iter().copied())
        .collect::<Vec<_>>();
    rights.extend(Right::EVERYONE);
    rights.push(Right::OwnAccount);
    let actor = Actor {
        who: owner.account,
        via: Via::Session,
        address,
    };
    Ok(Some((Caller { actor, rights }, owner.id)))
}

/// One's own sessions, last used first.
pub async fn list_sessions(desk: &Desk, caller: &Caller) -> Result<Vec<SessionRow>, DeedError> {
    caller.need(Right::OwnAccount)?;
    Ok(desk.store.sessions(&caller.actor.who).await?)
}

/// Ends one of one's own sessions.
pub async fn end_session(desk: &Desk, caller: &Caller, id: &str) -> Result<(), DeedError> {
    caller.need(Right::OwnAccount)?;
    let who = &caller.actor.who;
    desk.store
        .end_session(&caller.actor, who, id, false, desk.now())
        .await?;
    Ok(())
}

/// Ends all of one's own sessions but this one.
pub async fn end_other_sessions(desk: &Desk, caller: &Caller, id: &str) -> Result<(), DeedError> {
    caller.need(Right::OwnAccount)?;
    let who = &caller.actor.who;
    desk.store
        .end_session(&caller.actor, who, id, true, desk.now())
        .await?;
    Ok(())
}

impl Desk {
    /// Forgets sessions that are over and failures that are long past.
    pub async fn sweep_sessions(&self) -> Result<(), DeedError> {
        let now = self.now();
        self.store
            .sweep_sessions(now - IDLE, now - OLDEST, now - DAY, now)
            .await?;
        Ok(())
    }
}

fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_ends_and_is_forgotten() {
        let counter = Counter {
            name: String::new(),
            free: 5,
        };
        assert_eq!(wait(&counter, (4, 0), 0), None);
        assert_eq!(wait(&counter, (5, 0), 0), Some(1));
        assert_eq!(wait(&counter, (8, 0), 0), Some(8));
        assert_eq!(wait(&counter, (8, 0), 8_000), None);
        assert_eq!(wait(&counter, (i64::MAX, 0), 0), Some(900));
        assert_eq!(wait(&counter, (500, 0), FORGOTTEN + 1), None);
    }
}
