//! Tar, read as it comes. Long names (GNU `L`, pax `path`) are bounded here: the library would hold whatever they claim.

use std::io::Read;

use tar::EntryType;

use super::UNSAFE;
use crate::evidence::inbox::{Inbox, Input, is_nothing, name_within};
use crate::evidence::limits::{Cut, Metered};

/// A name, or the block that holds it, is at most so long.
const LONGEST_NAME: u64 = 64 * 1024;

/// Reads every file in it.
pub(in crate::evidence) fn read(
    inbox: &mut Inbox,
    name: &str,
    packed: &mut dyn Read,
    depth: usize,
) {
    let mut archive = tar::Archive::new(packed);
    let Ok(entries) = archive.entries() else {
        return;
    };
    let ledger = inbox.ledger.clone();
    let (mut long_name, mut no_files) = (None, 0_usize);
    for entry in entries.raw(true) {
        if ledger.ended() == Some(Cut::Whole) {
            inbox.problem(
                name,
                "Files in it were left out: reading this submission took too long.",
            );
            break;
        }
        let Ok(mut entry) = entry else {
            inbox.problem(
                name,
                "This archive is damaged or cut off: what stands behind the damage was not read.",
            );
            break;
        };
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName | EntryType::XHeader => {
                let mut block = Vec::new();
                let _ = entry.by_ref().take(LONGEST_NAME).read_to_end(&mut block);
                long_name = if kind == EntryType::XHeader {
                    pax_path(&block).or(long_name)
                } else {
                    Some(until_nul(&block))
                };
                continue;
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader | EntryType::Directory => {
                if kind == EntryType::Directory {
                    long_name = None;
                }
                continue;
            }
            EntryType::Regular | EntryType::Continuous => {}
            _ => {
                long_name = None;
                no_files += 1;
                continue;
            }
        }
        let path = long_name
            .take()
            .unwrap_or_else(|| String::from_utf8_lossy(&entry.path_bytes()).into_owned());
        if is_nothing(&path) {
            continue;
        }
        if !ledger.take_file() {
            let files = ledger.budget.files;
            let what = format!(
                "Further files in it were left out: of one submission {files} files are read."
            );
            inbox.problem(name, what);
            break;
        }
        let Some(inner) = name_within(name, &path) else {
            inbox.problem(name, UNSAFE);
            continue;
        };
        ledger.stop.next_file();
        let size = entry.size();
        let mut unpacked = Metered::unpacked(&mut entry, &ledger, None);
        inbox.file(&inner, Input::Stream(&mut unpacked, Some(size)), depth + 1);
        if let Some(cut) = unpacked.cut() {
            let count = unpacked.count();
            inbox.cut(&inner, count, cut);
        }
    }
    match no_files {
        0 => {}
        1 => inbox.problem(
            name,
            "One link or device in it was passed over: Signpost reads files.",
        ),
        _ => inbox.problem(
            name,
            format!("{no_files} links or devices in it were passed over: Signpost reads files."),
        ),
    }
}

fn until_nul(block: &[u8]) -> String {
    let end = block.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&block[..end.unwrap_or(block.len())]).into_owned()
}

/// The `path` of a pax header, whose records are `LENGTH KEY=VALUE\n` (POSIX pax, "ustar interchange").
fn pax_path(block: &[u8]) -> Option<String> {
    let mut found = None;
    let mut rest = block;
    while let Some(space) = rest.iter().position(|byte| *byte == b' ') {
        let length = std::str::from_utf8(&rest[..space])
            .ok()?
            .parse::<usize>()
            .ok()?;
        let record = rest.get(space + 1..length)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            let path = path.strip_suffix(b"\n").unwrap_or(path);
            found = Some(String::from_utf8_lossy(path).into_owned());
        }
        rest = &rest[length..];
    }
    found
}
