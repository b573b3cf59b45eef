//! The files of a form, as they come: so many, so many bytes together. What is over is passed by and said.

use std::sync::Arc;

use axum::extract::multipart::Field;
use tokio::sync::OwnedSemaphorePermit;

use super::next_chunk;
use super::spool::{Spool, Spooled};
use crate::evidence::Upload;
use crate::web::error::Problem;
use crate::web::state::Site;

/// What was taken so far.
pub(super) struct Files<'a> {
    site: &'a Site,
    uploads: Vec<Upload>,
    /// Bytes that may still come.
    left: usize,
    /// Files beyond the limit of their number.
    more: usize,
    /// The place among the large uploads, from the first file on that is large.
    place: Option<Arc<OwnedSemaphorePermit>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(site: &'a Site) -> Self {
        Self {
            site,
            uploads: Vec::new(),
            left: site.upload_limit,
            more: 0,
            place: None,
        }
    }

    /// Takes the next file.
    pub(super) async fn take(&mut self, mut field: Field<'_>) -> Result<(), Problem> {
        let name = field.file_name().unwrap_or_default().to_owned();
        if self.uploads.len() >= self.site.file_limit {
            self.more += 1;
            while next_chunk(&mut field, self.site).await?.is_some() {}
            return Ok(());
        }
        let mut spool = Spool::default();
        let mut over = false;
        while let Some(chunk) = next_chunk(&mut field, self.site).await? {
            let room = self.left.min(chunk.len());
            over |= room < chunk.len();
            self.left -= room;
            if spool.is_full(room) {
                self.place()?;
            }
            spool
                .write(&chunk[..room])
                .await
                .map_err(|error| failed(&error))?;
        }
        let spooled = spool
            .finish(self.place.clone())
            .await
            .map_err(|error| failed(&error))?;
        // A browser sends an empty part for a chooser that nobody used.
        if name.is_empty() && spooled.is_empty() && !over {
            return Ok(());
        }
        let name = if name.is_empty() {
            "file".to_owned()
        } else {
            name
        };
        let mut upload = match spooled {
            Spooled::Memory(bytes) => Upload::new(name, bytes),
            Spooled::File(file) => Upload::stored(name, Arc::new(file)),
        };
        upload.cut = over.then(|| self.over(&upload));
        self.uploads.push(upload);
        Ok(())
    }

    /// What was taken.
    pub(super) fn taken(mut self) -> Vec<Upload> {
        if self.more > 0 {
            let what = format!(
                "{} more files were left out: of one upload {} files are taken.",
                self.more, self.site.file_limit
            );
            self.uploads.push(Upload::turned_away("upload", what));
        }
        self.uploads
    }

    fn over(&self, upload: &Upload) -> String {
        let most = self.site.upload_limit / (1024 * 1024);
        let why = format!("an upload holds at most {most} MiB. Send the part around the error.");
        match upload.size() {
            0 => format!("This file was left out: {why}"),
            size => format!(
                "Only the first {} MiB of this file were taken: {why}",
                size >> 20
            ),
        }
    }

    /// Only so many large uploads lie on disk at a time.
    fn place(&mut self) -> Result<(), Problem> {
        if self.place.is_none() {
            let place = self.site.uploads.clone().try_acquire_owned();
            self.place = Some(Arc::new(place.map_err(|_| Problem::busy())?));
        }
        Ok(())
    }
}

fn failed(error: &std::io::Error) -> Problem {
    Problem::Ours(format!(
        "an upload cannot be written to a temporary file: {error}"
    ))
}
