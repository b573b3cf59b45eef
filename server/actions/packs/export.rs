//! A release, or a part of it, as files. Taking knowledge away is written down.

use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::rules::PackFiles;
use crate::rules::pack::{Pack, PackText};
use crate::rules::parts::{Selection, join, select};
use crate::rules::write::pack_texts;
use crate::rules::zipped::zip;
use crate::store::{Deed, StoreError};

/// Files of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The release.
    pub release: i64,
    /// The files, each in its place.
    pub texts: Vec<PackText>,
}

/// The files of a release, the newest one without a number. What editors note is in them, so that it needs their right.
pub async fn export_pack(
    desk: &Desk,
    caller: &Caller,
    release: Option<i64>,
    selection: &Selection,
) -> Result<Exported, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let number = match release {
        Some(number) => number,
        None => desk.store.newest_release().await?,
    };
    let missing = || DeedError::NotFound(format!("There is no release {number}."));
    let files = desk.files(number).await?.ok_or_else(missing)?;
    let part = select(&files, selection).map_err(DeedError::Refused)?;
    let texts = desk.work(usize::MAX, move || pack_texts(&part)).await?;
    let deed = Deed {
        action: "release.export",
        subject: &number.to_string(),
        detail: &selection.to_string(),
    };
    desk.store.audit(&caller.actor, deed, desk.now()).await?;
    Ok(Exported {
        release: number,
        texts,
    })
}

/// The same as a zip, with the release's number.
pub async fn export_zip(
    desk: &Desk,
    caller: &Caller,
    release: Option<i64>,
    selection: &Selection,
) -> Result<(i64, Vec<u8>), DeedError> {
    let exported = export_pack(desk, caller, release, selection).await?;
    let zipped = desk.work(usize::MAX, move || zip(&exported.texts)).await?;
    let zipped = zipped.map_err(|_| DeedError::Store(StoreError::Broken("release")))?;
    Ok((exported.release, zipped))
}

/// Of files that stand where an export is to be written, those that say something which no release here says: they were
/// written or changed by hand since, and are nowhere else.
pub async fn not_from_here(desk: &Desk, files: Vec<PackText>) -> Result<Vec<String>, DeedError> {
    let mut open = files
        .into_iter()
        .map(|file| {
            let path = file.path.clone();
            let (pack, wrong) = Pack::read(vec![file]);
            (path, wrong.is_empty().then_some(pack.files))
        })
        .collect::<Vec<_>>();
    let newest = desk.store.newest_release().await?;
    for number in (1..=newest).rev() {
        if open.iter().all(|(_, file)| file.is_none()) {
            break;
        }
        if let Some(release) = desk.store.release_files(number).await? {
            open = desk
                .work(usize::MAX, move || {
                    open.retain(|(_, file)| !says_all(&release, file.as_ref()));
                    open
                })
                .await?;
        }
    }
    Ok(open.into_iter().map(|(path, _)| path).collect())
}

/// Whether a release says all that a file says.
fn says_all(release: &PackFiles, file: Option<&PackFiles>) -> bool {
    file.is_some_and(|file| join(release, file.clone()) == *release)
}
