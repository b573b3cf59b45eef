//! A plain zip, one level deep. What a bound cuts is a problem, never an error.

use std::io::{Cursor, Read};

use zip::read::ZipFile;

use super::sniff::{Kind, sniff};

/// How much one submission may hold; what is taken is subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Files that may still be read.
    pub files: usize,
    /// Unpacked bytes that may still be read.
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            files: 64,
            bytes: 128 * 1024 * 1024,
        }
    }
}

/// One file of an archive: its path inside, and its bytes or why there are none.
#[derive(Debug)]
pub struct Member {
    /// The path inside the archive.
    pub path: String,
    /// The bytes, or one plain sentence.
    pub content: Result<Vec<u8>, String>,
}

/// Unpacks what the budget allows; `Err` when the archive as a whole cannot be read.
pub fn unpack(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Member>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        "This zip is damaged or cut off: pack it again and send it once more.".to_owned()
    })?;
    if archive.has_overlapping_entries().unwrap_or(true) {
        return Err(
            "This zip holds overlapping files, as archives made to do harm do: pack the files anew."
                .to_owned(),
        );
    }
    if archive.is_empty() {
        return Err("This zip holds no files.".to_owned());
    }
    let mut members = Vec::new();
    for index in 0..archive.len() {
        if budget.files == 0 {
            members.push(Member {
                path: String::new(),
                content: Err(format!(
                    "{} more files were left out: a submission holds a bounded number of files.",
                    archive.len() - index
                )),
            });
            break;
        }
        match archive.by_index(index) {
            Ok(file) => members.extend(member(file, budget)),
            Err(error) => members.push(Member {
                path: String::new(),
                content: Err(unreadable(&error)),
            }),
        }
    }
    Ok(members)
}

fn member<R: Read>(mut file: ZipFile<'_, R>, budget: &mut Budget) -> Option<Member> {
    let path = file
        .enclosed_name()
        .map(|path| path.to_string_lossy().replace('\\', "/"));
    let Some(path) = path else {
        return Some(Member {
            path: String::new(),
            content: Err(
                "A file with an unsafe name (it points outside the archive) was left out."
                    .to_owned(),
            ),
        });
    };
    if file.is_dir() || path.starts_with("__MACOSX/") || path.ends_with(".DS_Store") {
        return None;
    }
    budget.files -= 1;
    let content = if file.encrypted() {
        Err("This file is encrypted: send it without a password.".to_owned())
    } else {
        bytes_of(&mut file, budget)
    };
    Some(Member { path, content })
}

/// What says that it is too large is not unpacked at all. Headers lie about sizes, so the bytes are counted as they
/// come, and a liar is read no further than it says: many of them must not cost many times the budget.
fn bytes_of<R: Read>(file: &mut ZipFile<'_, R>, budget: &mut Budget) -> Result<Vec<u8>, String> {
    let said = file.size();
    if said > budget.bytes {
        return Err(
            "This file was left out: the archive unpacks to more than a submission may hold."
                .to_owned(),
        );
    }
    let mut bytes = Vec::new();
    let read = file.take(said + 1).read_to_end(&mut bytes);
    let count = bytes.len() as u64;
    budget.bytes -= count.min(said);
    if read.is_err() || count > said {
        return Err(
            "This file is damaged inside the zip and was left out: pack it again.".to_owned(),
        );
    }
    match sniff(&bytes) {
        Kind::Zip | Kind::OtherArchive => {
            Err("This is an archive inside an archive: unpack it and send its files.".to_owned())
        }
        _ => Ok(bytes),
    }
}

fn unreadable(error: &zip::result::ZipError) -> String {
    match error {
        zip::result::ZipError::UnsupportedArchive(what) if what.contains("assword") => {
            "A file in it is encrypted: send it without a password.".to_owned()
        }
        _ => "A file in it is packed in a way that Signpost does not read: pack it as a plain zip."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_unpacked_with_their_paths() {
        let zip = packed(&[("report/a.txt", b"one"), ("b.txt", b"two")]);
        let members = unpack(&zip, &mut Budget::default()).unwrap();
        assert_eq!(members[0].path, "report/a.txt");
        assert_eq!(members[0].content.as_deref(), Ok(&b"one"[..]));
        assert_eq!(members.len(), 2);
    }

    #[test]
    fn more_bytes_than_the_budget_cost_that_file_only() {
        let zip = packed(&[("big.txt", &[b'a'; 5000]), ("small.txt", b"ok")]);
        let mut budget = Budget {
            files: 64,
            bytes: 100,
        };
        let members = unpack(&zip, &mut budget).unwrap();
        assert!(members[0].content.is_err());
        assert_eq!(members[1].content.as_deref(), Ok(&b"ok"[..]));
        assert_eq!(budget.bytes, 98);
    }

    #[test]
    fn a_file_that_lies_about_its_size_is_read_no_further_than_it_says() {
        let mut zip = packed(&[("bomb.txt", &vec![b'a'; 50_000]), ("small.txt", b"ok")]);
        let entry = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
        zip[entry + 24..entry + 28].copy_from_slice(&10u32.to_le_bytes());
        let mut budget = Budget {
            files: 64,
            bytes: 100,
        };
        let members = unpack(&zip, &mut budget).unwrap();
        assert!(members[0].content.is_err());
        assert_eq!(members[1].content.as_deref(), Ok(&b"ok"[..]));
        assert!(budget.bytes <= 98);
    }

    #[test]
    fn more_files_than_the_budget_are_counted() {
        let zip = packed(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
        let mut budget = Budget {
            files: 1,
            bytes: 100,
        };
        let members = unpack(&zip, &mut budget).unwrap();
        assert!(
            members[1]
                .content
                .as_ref()
                .unwrap_err()
                .starts_with("2 more files")
        );
    }

    #[test]
    fn an_archive_inside_is_named_and_not_opened() {
        let inner = packed(&[("a.txt", b"x")]);
        let zip = packed(&[("inner.zip", &inner)]);
        let members = unpack(&zip, &mut Budget::default()).unwrap();
        assert!(
            members[0]
                .content
                .as_ref()
                .unwrap_err()
                .contains("inside an archive")
        );
    }

    #[test]
    fn names_that_point_outside_are_left_out() {
        let zip = packed(&[("../../evil.txt", b"x"), ("fine.txt", b"y")]);
        let members = unpack(&zip, &mut Budget::default()).unwrap();
        assert!(
            members[0]
                .content
                .as_ref()
                .unwrap_err()
                .contains("unsafe name")
        );
        assert!(members[1].content.is_ok());
    }

    #[test]
    fn an_empty_zip_is_a_sentence() {
        assert!(unpack(&packed(&[]), &mut Budget::default()).is_err());
    }

    #[test]
    fn a_cut_zip_is_a_sentence() {
        let zip = packed(&[("a.txt", b"some words")]);
        assert!(unpack(&zip[..zip.len() / 2], &mut Budget::default()).is_err());
    }
}
