//! A pack as a zip. The same pack always gives the same bytes: files by name, all of one time.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::pack::{AT_TOP, PackText, Unreadable};
use crate::evidence::archive::{Budget, unpack};

/// How large a zipped pack may be: many times the shipped one.
const BUDGET: Budget = Budget {
    files: 5_000,
    bytes: 64 * 1024 * 1024,
    text: 64 * 1024 * 1024,
    ratio: 250,
    depth: 1,
};

/// Packs texts.
pub fn zip(texts: &[PackText]) -> std::io::Result<Vec<u8>> {
    let mut texts = texts.iter().collect::<Vec<_>>();
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in texts {
        writer.start_file(file.path.as_str(), options)?;
        writer.write_all(file.text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The `.yaml` files of a zipped pack, which may lie in a folder of their own there. Other files are passed over.
pub fn unzip(bytes: &[u8]) -> Result<Vec<PackText>, Unreadable> {
    let wrong = |file: &str, what: String| Unreadable {
        file: file.to_owned(),
        line: 1,
        column: 1,
        what,
    };
    let files = unpack(bytes, BUDGET).map_err(|not_taken| {
        let file = match not_taken.name.as_str() {
            "" => "the zip",
            name => name,
        };
        wrong(file, not_taken.what)
    })?;
    let mut texts = Vec::new();
    for file in files {
        let hidden = file.name.split('/').any(|part| part.starts_with('.'));
        let kind = file.name.rsplit_once('.').map_or("", |(_, kind)| kind);
        if hidden || !["yaml", "yml"].contains(&kind) {
            continue;
        }
        let text = String::from_utf8(file.bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..at).unwrap_or_default();
            Unreadable {
                line: 1 + memchr::memchr_iter(b'\n', before).count(),
                ..wrong(&file.name, "this is no UTF-8: save it as UTF-8".to_owned())
            }
        })?;
        texts.push(PackText {
            path: file.name,
            text,
        });
    }
    if texts.is_empty() {
        let what = "it holds no .yaml files".to_owned();
        return Err(wrong("the zip", what));
    }
    out_of_one_folder(&mut texts);
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(texts)
}

/// Who packs the folder `knowledge` packs its name too.
fn out_of_one_folder(texts: &mut [PackText]) {
    loop {
        let first = |path: &str| path.split_once('/').map(|(first, _)| first.to_owned());
        let Some(folder) = texts.first().and_then(|file| first(&file.path)) else {
            return;
        };
        let all_in_it = texts
            .iter()
            .all(|file| first(&file.path).as_ref() == Some(&folder));
        let is_root = texts.iter().any(|file| {
            let below = &file.path[folder.len() + 1..];
            below.contains('/') || AT_TOP.contains(&below)
        });
        if !all_in_it || !is_root {
            return;
        }
        for file in &mut *texts {
            file.path.drain(..=folder.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(paths: &[&str]) -> Vec<PackText> {
        let texts = paths.iter().map(|path| PackText {
            path: (*path).to_owned(),
            text: format!("# {path}\n"),
        });
        texts.collect()
    }

    fn paths(texts: &[PackText]) -> Vec<&str> {
        texts.iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn the_same_pack_gives_the_same_bytes_whatever_its_order() {
        let one = zip(&texts(&["products.yaml", "windows/a.yaml"])).unwrap();
        let other = zip(&texts(&["windows/a.yaml", "products.yaml"])).unwrap();
        assert_eq!(one, other);
        let back = unzip(&one).unwrap();
        assert_eq!(back, texts(&["products.yaml", "windows/a.yaml"]));
    }

    #[test]
    fn a_folder_around_the_pack_is_taken_off_and_one_of_a_product_is_not() {
        for (packed, read) in [
            (
                &["knowledge/products.yaml", "knowledge/windows/a.yaml"][..],
                &["products.yaml", "windows/a.yaml"][..],
            ),
            (&["repo/knowledge/windows/a.yaml"], &["windows/a.yaml"]),
            (
                &["windows/a.yaml", "windows/b.yaml"],
                &["windows/a.yaml", "windows/b.yaml"],
            ),
            (
                &["a/.git/x.yaml", "windows/a.yaml", "README.md"],
                &["windows/a.yaml"],
            ),
        ] {
            let bytes = zip(&texts(packed)).unwrap();
            assert_eq!(paths(&unzip(&bytes).unwrap()), read);
        }
    }

    #[test]
    fn what_is_no_pack_says_so() {
        assert!(unzip(b"PK").unwrap_err().what.contains("no zip"));
        let empty = zip(&texts(&["README.md"])).unwrap();
        assert!(unzip(&empty).unwrap_err().what.contains("no .yaml"));
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer.start_file("windows/a.yaml", options).unwrap();
        writer.write_all(b"id: a\ntitle: \xff\n").unwrap();
        let wrong = unzip(&writer.finish().unwrap().into_inner()).unwrap_err();
        assert_eq!((wrong.file.as_str(), wrong.line), ("windows/a.yaml", 2));
    }
}
