//! A knowledge pack becomes the next release.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::desk::{DeedError, Desk};
use super::packs::{Line, taken};
use crate::rules::write::in_order;
use crate::rules::{PackFiles, Release, warm_up};
use crate::store::{Actor, NewRelease, ReleaseRow, Store, StoreError};

/// What became of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// It is the release of this number now.
    New(i64),
    /// It was published before, as this release, which is the newest.
    Already(i64),
    /// The newest release was made here and stays; it has this number.
    KeptOurs(i64),
    /// The newest release was changed here and stays; what is new was changed or removed here.
    NothingNew {
        /// The newest release.
        release: i64,
        /// What stays as it is here.
        what: String,
    },
    /// The newest release was changed here and stays; a proposal brings what is new.
    Proposed {
        /// The newest release.
        release: i64,
        /// The proposal.
        proposal: i64,
    },
}

/// Publishes a pack that an operator brought, unless the newest release has the same files. Who brings the `shipped`
/// pack goes back to it: later versions of the program then publish theirs again.
pub async fn publish_imported(
    store: &Store,
    files: &PackFiles,
    shipped: &PackFiles,
    now: i64,
) -> Result<Published, StoreError> {
    let hash = pack_hash(files);
    let releases = store.releases().await?;
    let origin = if hash == pack_hash(shipped) {
        SHIPPED
    } else {
        IMPORTED
    };
    let (kept, hash) = match releases.first() {
        None => (Cow::Borrowed(files), hash),
        Some(newest) => with_notes(store, files, newest).await?,
    };
    let published = match releases.first() {
        Some(newest) if newest.pack_hash == hash => Published::Already(newest.number),
        _ => publish(store, &kept, &hash, origin, now).await?,
    };
    if origin == SHIPPED {
        taken(store, Line::Shipped, files, now).await?;
    }
    Ok(published)
}

/// A pack with its hash. One that brings no local notes leaves the house those that it has: they are none of the pack's
/// business.
async fn with_notes<'a>(
    store: &Store,
    files: &'a PackFiles,
    newest: &ReleaseRow,
) -> Result<(Cow<'a, PackFiles>, String), StoreError> {
    let hash = pack_hash(files);
    if !files.notes.is_empty() || newest.pack_hash == hash {
        return Ok((Cow::Borrowed(files), hash));
    }
    let present = store.release_files(newest.number).await?;
    let notes = present.map(|present| present.notes).unwrap_or_default();
    if notes.is_empty() {
        return Ok((Cow::Borrowed(files), hash));
    }
    let files = PackFiles {
        notes,
        ..files.clone()
    };
    let hash = pack_hash(&files);
    Ok((Cow::Owned(files), hash))
}

pub(super) const SHIPPED: &str = "shipped";
pub(super) const IMPORTED: &str = "imported";
/// Where a release comes from that was made of drafts, or published again.
pub(super) const EDITED: &str = "edited";

async fn publish(
    store: &Store,
    files: &PackFiles,
    hash: &str,
    origin: &str,
    now: i64,
) -> Result<Published, StoreError> {
    let note = match origin {
        SHIPPED => "Came with Signpost",
        _ => "Imported from a folder",
    };
    let release = NewRelease {
        note,
        origin,
        pack_hash: hash,
        engine: env!("CARGO_PKG_VERSION"),
        files,
        gate: "",
        proposal: None,
    };
    let actor = match origin {
        SHIPPED => Actor::server(),
        _ => Actor::shell(),
    };
    Ok(Published::New(store.publish(release, &actor, now).await?))
}

/// The newest release, compiled, as it judges now; `None` when nothing was ever published.
pub async fn newest_release(store: &Store, now: i64) -> Result<Option<Arc<Release>>, StoreError> {
    let releases = store.releases().await?;
    let Some(newest) = releases.first() else {
        return Ok(None);
    };
    let files = store.release_files(newest.number).await?;
    let files = files.ok_or(StoreError::Broken("release"))?;
    let (number, published_at) = (newest.number, newest.published_at);
    // Compiling takes long enough to be felt by who asks something meanwhile.
    let compile = move || {
        let (release, complaints) = Release::compile(number, published_at, files);
        warm_up(&release);
        (release, complaints)
    };
    let compiled = tokio::task::spawn_blocking(compile).await;
    let (release, complaints) = compiled.map_err(|_| StoreError::Broken("release"))?;
    for complaint in complaints {
        tracing::warn!(
            release = number,
            path = complaint.path,
            what = complaint.what,
            "a rule was left out"
        );
    }
    Ok(Some(Arc::new(release.as_of(now))))
}

impl Desk {
    /// Takes the newest release of the database live, when it is not yet, or when a rule of it works again.
    pub async fn refresh(&self) -> Result<(), DeedError> {
        let (live, now) = (self.live(), self.now());
        let is_news = self.store.newest_release().await? != live.number;
        if (is_news || live.changes_by(now))
            && let Some(release) = newest_release(&self.store, now).await?
        {
            self.go_live(&release);
        }
        Ok(())
    }
}

pub(super) fn pack_hash(files: &PackFiles) -> String {
    // Serialising plain data with string keys cannot fail; an empty text would only mean another release.
    let text = serde_json::to_string(&in_order(files)).unwrap_or_default();
    let digest = Sha256::digest(text.as_bytes());
    crate::store::hex(&digest)
}
