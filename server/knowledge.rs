//! Where packs come from: the one inside the program, or a folder.

use std::path::Path;

use anyhow::{Context, bail};
use rust_embed::RustEmbed;

use crate::rules::PackFiles;
use crate::rules::check::{Report, check};
use crate::rules::pack::{Pack, PackText};

#[derive(RustEmbed)]
#[folder = "knowledge/"]
struct Shipped;

/// The pack that came with the program.
pub fn shipped() -> Vec<PackText> {
    let paths = Shipped::iter().filter(|path| path.ends_with(".yaml"));
    let files = paths.filter_map(|path| {
        let file = Shipped::get(&path)?;
        Some(PackText {
            path: path.to_string(),
            text: String::from_utf8_lossy(&file.data).into_owned(),
        })
    });
    files.collect()
}

/// The pack in a folder: its `.yaml` and `.yml` files.
pub fn from_folder(folder: &Path) -> anyhow::Result<Vec<PackText>> {
    let mut texts = Vec::new();
    collect(folder, folder, &mut texts)?;
    if texts.is_empty() {
        bail!("{} holds no .yaml files", folder.display());
    }
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(texts)
}

/// A pack as it is, unless a file of it cannot be read at all.
pub fn read(texts: Vec<PackText>) -> anyhow::Result<PackFiles> {
    let (pack, unreadable) = Pack::read(texts);
    if let Some(wrong) = unreadable.first() {
        bail!("{}:{}: {}", wrong.file, wrong.line, wrong.what);
    }
    Ok(pack.files)
}

/// What the linter says about a pack, and its files.
pub fn lint(texts: Vec<PackText>) -> (PackFiles, Report) {
    let (pack, unreadable) = Pack::read(texts);
    let report = check(&pack, &unreadable);
    (pack.files, report)
}

/// A pack that the linter passes; else all its errors.
pub fn checked(texts: Vec<PackText>) -> anyhow::Result<PackFiles> {
    let (files, report) = lint(texts);
    if report.passed() {
        return Ok(files);
    }
    let lines = report.remarks.iter().map(ToString::to_string);
    bail!(
        "the knowledge was not published:\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}

fn collect(root: &Path, folder: &Path, texts: &mut Vec<PackText>) -> anyhow::Result<()> {
    let unreadable = || format!("{} cannot be read", folder.display());
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, texts)?;
        } else if path
            .extension()
            .is_some_and(|kind| kind == "yaml" || kind == "yml")
        {
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let below = path.strip_prefix(root).unwrap_or(&path);
            let pieces = below.iter().map(|piece| piece.to_string_lossy());
            texts.push(PackText {
                path: pieces.collect::<Vec<_>>().join("/"),
                text,
            });
        }
    }
    Ok(())
}
