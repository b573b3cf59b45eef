//! Accounts, sessions, API tokens: who may come in.
//!
//! Secrets of sessions, tokens and links are 32 random bytes. The database keeps their SHA-256 alone, so that a copy of it
//! opens nothing; a fast hash is enough for what nobody can guess.

use sha2::{Digest, Sha256};

use super::desk::Desk;
use crate::store::hex;

pub mod keep;
pub mod passwords;
pub mod sign_in;
pub mod tokens;

pub use keep::{
    Account, add_account, change_password, disable_account, enable_account, follow_link, invite,
    invited, list_accounts, set_password, set_roles, setup_link,
};
pub use sign_in::{
    Client, Refusal, SignedIn, end_other_sessions, end_session, list_sessions, session_caller,
    sign_in,
};
pub use tokens::{NewTokenAsked, create_token, list_tokens, revoke_token, token_caller};

/// A fresh secret, in hex.
fn secret(desk: &Desk) -> String {
    let (first, second) = (desk.random(), desk.random());
    format!("{}{}", hex(&first), hex(&second))
}

/// What the database keeps of a secret.
fn hashed(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}
