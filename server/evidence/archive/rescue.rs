//! A zip without its table of contents: half a download, a torn disk. Each file has a header of its own before it
//! (APPNOTE.TXT 4.3.7), so that those that came whole can be read one after the other.

use std::io::{self, BufReader, Read, SeekFrom};

use flate2::bufread::DeflateDecoder;

use super::{ENCRYPTED, UNSAFE};
use crate::evidence::inbox::{Inbox, Input, is_nothing, name_within};
use crate::evidence::limits::{Cut, Metered};
use crate::evidence::upload::ReadSeek;

const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// Between two files at most so many bytes are looked through for the next header.
const LONGEST_GAP: u64 = 1024 * 1024;

/// What stands before a file.
struct Header {
    flags: u16,
    method: u16,
    packed: u64,
    unpacked: u64,
    path: String,
    data: u64,
}

/// Reads the files that are whole.
pub(in crate::evidence) fn read(
    inbox: &mut Inbox,
    name: &str,
    reader: &mut dyn ReadSeek,
    depth: usize,
) {
    let ledger = inbox.ledger.clone();
    let mut at = 0;
    while let Some(header) = next_header(reader, at) {
        if ledger.ended() == Some(Cut::Whole) {
            inbox.problem(
                name,
                "Files in it were left out: reading this submission took too long.",
            );
            return;
        }
        at = header.data + header.packed;
        if is_nothing(&header.path) {
            continue;
        }
        if !ledger.take_file() {
            let files = ledger.budget.files;
            let what = format!(
                "Further files in it were left out: of one submission {files} files are read."
            );
            inbox.problem(name, what);
            return;
        }
        let Some(inner) = name_within(name, &header.path) else {
            inbox.problem(name, UNSAFE);
            continue;
        };
        ledger.stop.next_file();
        if header.flags & 1 != 0 {
            inbox.problem(&inner, ENCRYPTED);
        } else {
            at = at.max(one(inbox, &inner, reader, &header, depth));
        }
    }
}

/// Reads one file; answers where its bytes end.
fn one(
    inbox: &mut Inbox,
    inner: &str,
    reader: &mut dyn ReadSeek,
    header: &Header,
    depth: usize,
) -> u64 {
    /// Bit 3: the sizes stand behind the file.
    const SIZES_BEHIND: u16 = 1 << 3;
    let ledger = inbox.ledger.clone();
    let known = header.packed > 0 || header.flags & SIZES_BEHIND == 0;
    let limit = if known { header.packed } else { u64::MAX };
    if reader.seek(SeekFrom::Start(header.data)).is_err() {
        return header.data;
    }
    let size = known.then_some(header.unpacked);
    let mut take = |packed: &mut dyn Read, ratio: Option<u64>| {
        let mut unpacked = Metered::unpacked(packed, &ledger, ratio);
        if let Some(size) = size {
            unpacked = unpacked.at_most(size, Cut::Lied);
        }
        inbox.file(inner, Input::Stream(&mut unpacked, size), depth + 1);
        if !known {
            // Only the end of the packed bytes tells where the next file begins.
            let _ = io::copy(&mut unpacked, &mut io::sink());
        }
        let (count, cut) = (unpacked.count(), unpacked.cut());
        if let Some(cut) = cut {
            inbox.cut(inner, count, cut);
        } else if known && count < header.unpacked && is_at_end(packed) {
            let what = "The zip ends within this file: only what stands before the end was read.";
            inbox.problem(inner, what);
        }
    };
    match header.method {
        0 if known => take(&mut Read::take(&mut *reader, limit), None),
        8 => {
            let mut decoder = DeflateDecoder::new(BufReader::new(Read::take(&mut *reader, limit)));
            // Without a known size the compressed bytes before the end bound what may come out of them.
            take(
                &mut decoder,
                Some(if known {
                    header.packed
                } else {
                    u64::from(u32::MAX)
                }),
            );
            return header.data + decoder.total_in();
        }
        _ => inbox.problem(
            inner,
            "This file is packed in a way that is read from whole archives alone: pack it again.",
        ),
    }
    header.data
}

/// Whether a reader gives nothing any more, be it at its end or at a tear.
fn is_at_end(reader: &mut dyn Read) -> bool {
    !matches!(reader.read(&mut [0]), Ok(1))
}

fn next_header(reader: &mut dyn ReadSeek, from: u64) -> Option<Header> {
    let at = find_header(reader, from)?;
    reader.seek(SeekFrom::Start(at)).ok()?;
    let mut fixed = [0; 30];
    reader.read_exact(&mut fixed).ok()?;
    let short = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let long = |at: usize| u64::from(short(at)) | u64::from(short(at + 2)) << 16;
    let (name, extra) = (short(26), short(28));
    let mut path = vec![0; usize::from(name)];
    reader.read_exact(&mut path).ok()?;
    Some(Header {
        flags: short(6),
        method: short(8),
        packed: long(18),
        unpacked: long(22),
        path: String::from_utf8_lossy(&path).into_owned(),
        data: at + 30 + u64::from(name) + u64::from(extra),
    })
}

/// Where the next header stands, at `from` or not far behind it.
fn find_header(reader: &mut dyn ReadSeek, from: u64) -> Option<u64> {
    const BLOCK: usize = 64 * 1024;
    reader.seek(SeekFrom::Start(from)).ok()?;
    let mut block = Vec::with_capacity(BLOCK);
    let (mut start, mut looked) = (from, 0);
    while looked < LONGEST_GAP {
        let kept = block.len();
        let read = Read::take(&mut *reader, (BLOCK - kept) as u64);
        let read = { read }.read_to_end(&mut block).ok()?;
        if let Some(found) = memchr::memmem::find(&block, LOCAL) {
            return Some(start + found as u64);
        }
        if read == 0 {
            return None;
        }
        // A header may begin in the last three bytes.
        let done = block.len().saturating_sub(LOCAL.len() - 1);
        block.drain(..done);
        start += done as u64;
        looked += done as u64;
    }
    None
}
