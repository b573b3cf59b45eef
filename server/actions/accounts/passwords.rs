//! Passwords: Argon2id with the parameters that OWASP's password storage cheat sheet names first for it (19 MiB, two
//! passes, one lane), which are the library's own. A hash takes some tens of milliseconds and 19 MiB, so that only two are
//! made at a time, off the async threads.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::actions::desk::{DeedError, Desk};

/// The fewest letters of a password.
pub const FEWEST: usize = 12;
/// The most.
pub const MOST: usize = 256;

static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// A hash of no password, so that an unknown name costs as much time as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2lnbnBvc3Qgbm9ib2R5$RGO2n5x1mUQkqzJmlrYQbHoM3ZyGCmoJ9lXE1AtVdKc";

/// What is wrong with a password that somebody chose, in words.
pub fn complain(password: &str, name: &str) -> Option<String> {
    let letters = password.chars().count();
    let folded = password.to_lowercase();
    let different = folded
        .chars()
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    if letters < FEWEST {
        Some(format!(
            "A password has at least {FEWEST} letters; this one has {letters}. Three or four words make a good one."
        ))
    } else if letters > MOST {
        Some(format!("A password has at most {MOST} letters."))
    } else if different < 5 || folded.contains("password") || folded.contains("signpost") {
        Some("This password is easy to guess; choose words that nobody expects.".to_owned())
    } else if name.len() > 2 && folded.contains(name) {
        Some("A password does not hold the name it is for.".to_owned())
    } else {
        None
    }
}

/// The hash of a password as a PHC string.
pub(super) async fn hash(desk: &Desk, password: &str) -> Result<String, DeedError> {
    let (salt, password) = (desk.random(), password.to_owned());
    let hash = slow(move || {
        let hash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .ok()?;
        Some(hash.to_string())
    });
    hash.await?.ok_or(DeedError::Busy)
}

/// Whether a password is the one of this hash. No hash costs the same time and is never right.
pub(super) async fn is_right(password: &str, hash: Option<&str>) -> Result<bool, DeedError> {
    if password.len() > MOST * 4 {
        return Ok(false);
    }
    let known = hash.is_some();
    let (password, hash) = (password.to_owned(), hash.unwrap_or(NOBODY).to_owned());
    let right = slow(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    });
    Ok(right.await? && known)
}

async fn slow<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DeedError> {
    let place = AT_A_TIME.acquire().await;
    let _place = place.map_err(|_| DeedError::Busy)?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| DeedError::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_and_telling_passwords_are_refused() {
        for (password, name) in [
            ("short", "ann"),
            ("aaaaaaaaaaaaaaaa", "ann"),
            ("my password is long", "ann"),
            ("margaret likes tea", "margaret"),
        ] {
            assert!(complain(password, name).is_some(), "{password}");
        }
        assert!(complain(&"é".repeat(MOST + 1), "ann").is_some());
        assert_eq!(complain("correct horse battery", "ann"), None);
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_is_no_broken_hash() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_right("", None).await.unwrap());
        assert!(!is_right("anything", Some("broken")).await.unwrap());
    }
}
