//! A zip whose files are wanted as they are, such as a pack of rules: all of them, or none and why.

use std::io::{Cursor, Read};
use std::sync::Arc;

use zip::ZipArchive;

use super::zip::{MOST_ENTRIES, entries_claimed, unreadable};
use super::{Budget, ENCRYPTED, OVERLAPPING};
use crate::evidence::inbox::{is_nothing, name_within};
use crate::evidence::limits::{Cut, Ledger, Metered, NeverStop};

/// A file as it lay in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// Its name, with `/`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why an archive is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// The file in it; empty where it is the archive itself.
    pub name: String,
    /// One plain sentence.
    pub what: String,
}

/// Unpacks a zip within a budget. Whatever is wrong with it stops it: a link, a name that points outside, a file that lies
/// about its size.
pub fn unpack(bytes: &[u8], budget: Budget) -> Result<Vec<Unpacked>, NotTaken> {
    let not_taken = |name: &str, what: String| NotTaken {
        name: name.to_owned(),
        what,
    };
    let mut reader = Cursor::new(bytes);
    if entries_claimed(&mut reader).is_some_and(|count| count > MOST_ENTRIES) {
        let what = format!("This zip claims more than {MOST_ENTRIES} files.");
        return Err(not_taken("", what));
    }
    let broken = "This is no zip, or it is damaged or cut off: pack it again.";
    let mut archive = ZipArchive::new(&mut reader).map_err(|_| not_taken("", broken.to_owned()))?;
    if !matches!(archive.has_overlapping_entries(), Ok(false)) {
        return Err(not_taken("", OVERLAPPING.to_owned()));
    }
    let ledger = Ledger::new(budget, Arc::new(NeverStop));
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let path = match archive.name_for_index(index) {
            Some(Ok(path)) => path.into_owned(),
            _ => return Err(not_taken("", broken.to_owned())),
        };
        if is_nothing(&path) {
            continue;
        }
        if !ledger.take_file() {
            let what = format!("It holds more than {} files.", budget.files);
            return Err(not_taken("", what));
        }
        let Some(name) = name_within("", &path) else {
            let what = "Its name points outside the archive: pack it under a plain name.";
            return Err(not_taken(&path, what.to_owned()));
        };
        let name = name.trim_start_matches('/').to_owned();
        let stop = |what: &str| not_taken(&name, what.to_owned());
        let mut file = archive
            .by_index(index)
            .map_err(|error| stop(unreadable(&error)))?;
        if file.is_symlink() {
            return Err(stop("This is a link: pack the file itself."));
        }
        if file.encrypted() {
            return Err(stop(ENCRYPTED));
        }
        let (said, packed) = (file.size(), file.compressed_size());
        let mut unpacked =
            Metered::unpacked(&mut file, &ledger, Some(packed)).at_most(said, Cut::Lied);
        let mut bytes = Vec::new();
        let read = unpacked.read_to_end(&mut bytes);
        if let Some(cut) = unpacked.cut() {
            let what = format!("This file was not taken: {}.", cut.reason(&budget));
            return Err(stop(&what));
        }
        if read.is_err() {
            return Err(stop("This file is damaged inside the zip: pack it again."));
        }
        files.push(Unpacked { name, bytes });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ::zip::ZipWriter;
    use ::zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options = SimpleFileOptions::default();
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refused(bytes: &[u8], budget: Budget) -> String {
        let wrong = unpack(bytes, budget).unwrap_err();
        format!("{}: {}", wrong.name, wrong.what)
    }

    #[test]
    fn files_come_as_they_are_and_what_systems_leave_does_not() {
        let zip = packed(&[
            ("windows\\a.yaml", b"a: 1\r\n"),
            ("__MACOSX/._a", b"x"),
            ("b/.DS_Store", b"x"),
        ]);
        let files = unpack(&zip, Budget::default()).unwrap();
        let only = Unpacked {
            name: "windows/a.yaml".to_owned(),
            bytes: b"a: 1\r\n".to_vec(),
        };
        assert_eq!(files, [only]);
    }

    #[test]
    fn what_is_made_to_do_harm_is_refused_whole() {
        let budget = Budget {
            files: 2,
            bytes: 4 * 1024 * 1024,
            ..Budget::default()
        };
        let good: (&str, &[u8]) = ("a.yaml", b"a");
        for name in ["../b.yaml", "x/../../b.yaml", "/etc/b.yaml", "C:\\b.yaml"] {
            let said = refused(&packed(&[good, (name, b"b")]), budget);
            assert!(said.contains("points outside"), "{said}");
        }
        let many = packed(&[good, ("b.yaml", b"b"), ("c.yaml", b"c")]);
        assert!(refused(&many, budget).contains("more than 2 files"));
        let bomb = packed(&[("b.yaml", &vec![b' '; 3 * 1024 * 1024])]);
        let said = refused(&bomb, budget);
        assert!(said.contains("250 times its size"), "{said}");
        let large = (0..=255_u8).cycle().map(|byte| byte.wrapping_mul(31));
        let large = large.take(5 * 1024 * 1024).collect::<Vec<_>>();
        let generous = Budget {
            ratio: 1_000_000,
            ..budget
        };
        let said = refused(&packed(&[("b.yaml", &large)]), generous);
        assert!(said.contains("may unpack to 4 MiB"), "{said}");
        let whole = packed(&[good]);
        assert!(refused(&whole[..whole.len() - 9], budget).contains("no zip"));
        assert!(refused(b"id: demo", budget).contains("no zip"));
    }

    #[test]
    fn a_link_is_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer
            .add_symlink("a.yaml", "/etc/passwd", options)
            .unwrap();
        let zip = writer.finish().unwrap().into_inner();
        assert!(refused(&zip, Budget::default()).contains("a link"));
    }
}
