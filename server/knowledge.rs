//! Where packs come from: the one inside the program, a folder, a zip; and where exported ones go.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use rust_embed::RustEmbed;

use crate::rules::PackFiles;
use crate::rules::check::{Report, check};
use crate::rules::pack::{Pack, PackText};
use crate::rules::zipped::unzip;

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

/// The pack in a folder or in a zip.
pub fn from_path(path: &Path) -> anyhow::Result<Vec<PackText>> {
    if path.is_dir() {
        return from_folder(path);
    }
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("{shown} cannot be read"))?;
    unzip(&bytes).map_err(|wrong| anyhow!("{shown}: {}:{}: {}", wrong.file, wrong.line, wrong.what))
}

/// The pack's files that stand in a folder where one is to be written; none where there is no such folder yet.
pub fn standing_in(folder: &Path) -> anyhow::Result<Vec<PackText>> {
    let mut texts = Vec::new();
    if folder.exists() {
        collect(folder, folder, &mut texts)?;
    }
    Ok(texts)
}

/// Writes one file.
pub fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes files below a folder, and takes others away with the folders that they leave empty.
pub fn write_to(folder: &Path, texts: &[PackText], gone: &[String]) -> anyhow::Result<()> {
    for file in texts {
        let path = folder.join(&file.path);
        let failed = || format!("{} cannot be written", path.display());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(failed)?;
        }
        std::fs::write(&path, &file.text).with_context(failed)?;
    }
    for gone in gone {
        let path = folder.join(gone);
        std::fs::remove_file(&path)
            .with_context(|| format!("{} cannot be removed", path.display()))?;
        if let Some(within) = path.parent().filter(|within| *within != folder) {
            // One that still holds something stays.
            let _ = std::fs::remove_dir(within);
        }
    }
    Ok(())
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
