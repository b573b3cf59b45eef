//! Zip by its table of contents; without one, see [`super::rescue`].

use std::io::{Read, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{ENCRYPTED, OVERLAPPING, UNSAFE, rescue};
use crate::evidence::documents::office;
use crate::evidence::inbox::{Inbox, Input, is_nothing, name_within};
use crate::evidence::limits::{Cut, Metered};
use crate::evidence::sniff::Kind;
use crate::evidence::upload::ReadSeek;

/// A table of contents with more entries is not read: each costs memory before a single file is.
pub(super) const MOST_ENTRIES: u64 = 50_000;

/// A zip that is open.
pub(in crate::evidence) type Zip<'a, 'b> = ZipArchive<&'a mut (dyn ReadSeek + 'b)>;

/// Reads every file in it, or the text of the document that it is.
pub(in crate::evidence) fn read(
    inbox: &mut Inbox,
    name: &str,
    reader: &mut dyn ReadSeek,
    depth: usize,
) {
    if entries_claimed(reader).is_some_and(|count| count > MOST_ENTRIES) {
        let what =
            format!("This zip claims more than {MOST_ENTRIES} files: only its first are read.");
        inbox.problem(name, what);
        rescue::read(inbox, name, reader, depth);
        return;
    }
    if let Ok(mut archive) = ZipArchive::new(&mut *reader)
        && let Ok(overlapping) = archive.has_overlapping_entries()
    {
        if overlapping {
            inbox.problem(name, OVERLAPPING);
        } else {
            opened(inbox, name, archive, depth);
        }
        return;
    }
    inbox.problem(
        name,
        "This zip is damaged or cut off: only the files that are whole in it were read. Pack it again and send it once more.",
    );
    rescue::read(inbox, name, reader, depth);
}

fn opened(inbox: &mut Inbox, name: &str, mut archive: Zip<'_, '_>, depth: usize) {
    if archive.is_empty() {
        inbox.problem(name, "This zip holds no files.");
    } else if archive.index_for_name("word/document.xml").is_some() {
        office::word(inbox, name, &mut archive);
    } else if archive.index_for_name("xl/workbook.xml").is_some() {
        office::excel(inbox, name, &mut archive);
    } else if archive.index_for_name("[Content_Types].xml").is_some()
        || archive.index_for_name("mimetype").is_some()
    {
        inbox.problem(name, Kind::Office.advice().unwrap_or_default());
    } else {
        files(inbox, name, &mut archive, depth);
    }
}

fn files(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>, depth: usize) {
    let ledger = inbox.ledger.clone();
    for index in 0..archive.len() {
        let path = match archive.name_for_index(index) {
            Some(Ok(path)) => path.into_owned(),
            _ => "file".to_owned(),
        };
        if is_nothing(&path) {
            continue;
        }
        let more = archive.len() - index - 1;
        let shown = name_within(name, &path);
        let said_of = shown.as_deref().unwrap_or(name);
        if ledger.ended() == Some(Cut::Whole) {
            inbox.left_out(said_of, more, "reading this submission took too long");
            return;
        }
        if !ledger.take_file() {
            let why = format!("of one submission {} files are read", ledger.budget.files);
            inbox.left_out(said_of, more, &why);
            return;
        }
        let Some(inner) = shown else {
            inbox.problem(name, UNSAFE);
            continue;
        };
        ledger.stop.next_file();
        let mut file = match archive.by_index(index) {
            Ok(file) => file,
            Err(error) => {
                inbox.problem(&inner, unreadable(&error));
                continue;
            }
        };
        if file.is_symlink() {
            inbox.problem(
                &inner,
                "This is a link, which was passed over: Signpost reads files.",
            );
        } else if file.encrypted() {
            inbox.problem(&inner, ENCRYPTED);
        } else if file.size() > ledger.unpacked_left() {
            inbox.cut(&inner, 0, Cut::Unpacked);
        } else {
            let (said, packed) = (file.size(), file.compressed_size());
            let mut unpacked =
                Metered::unpacked(&mut file, &ledger, Some(packed)).at_most(said, Cut::Lied);
            inbox.file(&inner, Input::Stream(&mut unpacked, Some(said)), depth + 1);
            if let Some(cut) = unpacked.cut() {
                let count = unpacked.count();
                inbox.cut(&inner, count, cut);
            }
        }
    }
}

pub(super) fn unreadable(error: &ZipError) -> &'static str {
    match error {
        ZipError::UnsupportedArchive(what) if what.contains("assword") => ENCRYPTED,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            "This file is packed in a way that Signpost does not read: pack it as a plain zip."
        }
        _ => "This file is damaged inside the zip and was left out: pack it again.",
    }
}

/// How many entries the end of a zip claims (APPNOTE.TXT 4.3.16; 4.3.14 for zip64): read here, so that no memory is
/// laid out by a claim.
pub(super) fn entries_claimed(reader: &mut dyn ReadSeek) -> Option<u64> {
    /// The record and the longest comment behind it, and before it what leads to the zip64 record.
    const TAIL: u64 = 22 + 0xffff + 20 + 56;
    let size = reader.seek(SeekFrom::End(0)).ok()?;
    reader
        .seek(SeekFrom::Start(size.saturating_sub(TAIL)))
        .ok()?;
    let mut tail = Vec::new();
    Read::take(&mut *reader, TAIL).read_to_end(&mut tail).ok()?;
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06")?;
    let count = u16::from_le_bytes(tail.get(end + 10..end + 12)?.try_into().ok()?);
    if count != u16::MAX {
        return Some(u64::from(count));
    }
    let wide = memchr::memmem::rfind(&tail[..end], b"PK\x06\x06");
    let Some(wide) = wide else {
        return Some(u64::from(count));
    };
    let count = tail.get(wide + 32..wide + 40)?;
    Some(u64::from_le_bytes(count.try_into().ok()?))
}
