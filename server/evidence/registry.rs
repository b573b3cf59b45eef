//! Registry values, from `.reg` exports (`reg_file`), the output of `reg query` (`reg_query`) and of `Get-ItemProperty` (`powershell`).
//!
//! All become `Listing`s, and one place turns these into facts and closed scopes. What is not listed is known to be
//! absent only where a listing is complete; a snippet, a cut file, a filtered query and an access error close nothing.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::{Closes, Fact, FactKey, FactValue, Reader, Reading, Scope, Span, Text, fold_key};

mod powershell;
mod reg_file;
mod reg_query;

/// The name facts give to a key's default value, as `reg query` spells it.
pub(super) const DEFAULT: &str = "(Default)";
/// Windows nests keys no deeper.
const DEEPEST: usize = 512;

/// One registry key as a text lists it.
#[derive(Debug, Clone)]
pub(super) struct Listing {
    /// `HKLM\…`.
    pub(super) path: String,
    /// The line that names the key.
    pub(super) header: Span,
    /// Its values: name, value, where.
    pub(super) values: Vec<(String, FactValue, Span)>,
    /// Whether all its values are listed.
    pub(super) all_values: bool,
    /// Whether all its subkeys are listed.
    pub(super) all_subkeys: bool,
}

/// What is in a text, before it becomes facts.
#[derive(Debug, Default)]
pub(super) struct Listings {
    pub(super) keys: Vec<Listing>,
    /// Keys and values that are proved not to be there.
    pub(super) missing: Vec<(Closes, Span)>,
    pub(super) claimed: Vec<Range<usize>>,
    pub(super) problems: Vec<(Option<usize>, String)>,
}

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "registry values",
    marks: &[
        "hkey_",
        "hklm",
        "hkcu",
        "hkcr",
        "hkcc",
        "hku",
        "PSPath",
        "registry editor",
        "regedit4",
    ],
    read,
};

/// Reads all kinds.
fn read(_: &str, text: &Text) -> Reading {
    let listings = listings(text);
    let mut reading = Reading {
        scopes: scopes(&listings),
        ..Reading::default()
    };
    for key in &listings.keys {
        for (name, value, span) in &key.values {
            reading.facts.push(Fact {
                key: FactKey::new(format!("registry.{}\\{name}", key.path)),
                value: value.clone(),
                span: *span,
                about: Arc::default(),
                round: 0,
            });
        }
    }
    reading.claimed = listings.claimed;
    reading.problems = listings.problems;
    reading
}

/// All keys that a text lists.
pub(super) fn listings(text: &Text) -> Listings {
    let mut found = Listings::default();
    let upper = text.as_str().contains("HK") || text.as_str().contains("hk");
    if upper {
        reg_file::find(text, &mut found);
        reg_query::find(text, &mut found);
        powershell::find(text, &mut found);
    }
    found
}

/// The closed scopes of listings.
pub(super) fn scopes(listings: &Listings) -> Vec<Scope> {
    let paths = listings
        .keys
        .iter()
        .map(|key| folded(&key.path))
        .collect::<Vec<_>>();
    let mut subkeys = subkeys(&paths);
    let mut closed = HashSet::new();
    let mut scopes = Vec::new();
    let mut close = |closes, span| {
        scopes.push(Scope {
            closes,
            span,
            round: 0,
        });
    };
    for (key, path) in listings.keys.iter().zip(&paths) {
        let parent = format!("{path}\\");
        if key.all_values {
            close(Closes::Children(parent.clone()), key.header);
        }
        // A key that is listed again has the same subkeys.
        if key.all_subkeys && closed.insert(path.as_str()) {
            let listed = subkeys.remove(path.as_str()).unwrap_or_default();
            let listed = listed.into_iter().map(str::to_owned).collect();
            close(Closes::Subkeys { parent, listed }, key.header);
        }
    }
    for (closes, span) in &listings.missing {
        close(closes.clone(), *span);
    }
    scopes
}

/// The names of the subkeys, by key, that a text lists; all folded.
fn subkeys(paths: &[String]) -> HashMap<&str, BTreeSet<&str>> {
    let mut found: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for mut path in paths.iter().map(String::as_str) {
        while let Some((parent, name)) = path.rsplit_once('\\') {
            if !found.entry(parent).or_default().insert(name) {
                break;
            }
            path = parent;
        }
    }
    found
}

/// The folded prefix of a path's fact keys, without the last backslash.
pub(super) fn folded(path: &str) -> String {
    fold_key(&format!("registry.{path}"))
}

/// `Computer\HKEY_LOCAL_MACHINE\SOFTWARE` becomes `HKLM\SOFTWARE`; `None` when it is no registry path.
pub(super) fn short_path(path: &str) -> Option<String> {
    let path = path.trim().trim_end_matches('\\');
    let path = path
        .strip_prefix("Computer\\")
        .or_else(|| path.strip_prefix("Microsoft.PowerShell.Core\\Registry::"))
        .or_else(|| path.strip_prefix("Registry::"))
        .unwrap_or(path);
    let (root, rest) = path.split_once('\\').unwrap_or((path, ""));
    let root = match root.trim_end_matches(':').to_ascii_uppercase().as_str() {
        "HKEY_LOCAL_MACHINE" | "HKLM" => "HKLM",
        "HKEY_CURRENT_USER" | "HKCU" => "HKCU",
        "HKEY_USERS" | "HKU" => "HKU",
        "HKEY_CLASSES_ROOT" | "HKCR" => "HKCR",
        "HKEY_CURRENT_CONFIG" | "HKCC" => "HKCC",
        _ => return None,
    };
    if rest.bytes().filter(|byte| *byte == b'\\').count() >= DEEPEST {
        return None;
    }
    Some(if rest.is_empty() {
        root.to_owned()
    } else {
        format!("{root}\\{rest}")
    })
}

#[cfg(test)]
#[path = "registry/tests.rs"]
mod tests;
