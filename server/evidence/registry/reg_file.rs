//! `.reg` exports, whole files and snippets.
//!
//! ```text
//! Windows Registry Editor Version 5.00
//!
//! [HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services]
//! "fPromptForPassword"=dword:00000001
//! ```
//!
//! With the header line, a key is listed completely when another key or the file's proper end follows its block;
//! regedit ends a file with an empty line.

use std::sync::LazyLock;

use encoding_rs::WINDOWS_1252;
use regex::Regex;

use super::{DEFAULT, Listing, Listings, folded, short_path};
use crate::evidence::{FactValue, Line, Text};

/// A string value may hold line breaks, but not more than this many.
const MOST_LINES: usize = 400;

static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*(?:@|"(?P<name>(?:[^"\\]|\\.)*)")\s*=\s*(?P<data>.*)$"#)
        .expect("a constant pattern")
});

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    None,
    Four,
    Five,
}

struct File<'a> {
    text: &'a Text,
    lines: Vec<Line<'a>>,
    version: Version,
    /// Index of the first listing of the present file.
    first: usize,
    /// A key is open: values may follow.
    open: bool,
    /// The file deletes: it is made to be imported.
    script: bool,
    /// The last line was empty.
    blank: bool,
}

/// Finds every file and snippet in a text.
pub(super) fn find(text: &Text, found: &mut Listings) {
    let mut file = File {
        text,
        lines: text.lines().collect(),
        version: Version::None,
        first: found.keys.len(),
        open: false,
        script: false,
        blank: false,
    };
    let mut at = 0;
    while at < file.lines.len() {
        at += file.step(at, found);
    }
    // A text that ends with a line break has an empty last line of no bytes; the file's own empty line is one before.
    let ended = file.blank && text.as_str().ends_with('\n');
    file.finish(ended, found);
}

impl File<'_> {
    /// Reads one row and says how many lines it took.
    fn step(&mut self, at: usize, found: &mut Listings) -> usize {
        let line = self.lines[at];
        let bare = line.text.trim_start_matches(['>', ' ', '\t']).trim_end();
        if bare.is_empty() {
            self.blank = at + 1 < self.lines.len() || self.blank;
            return 1;
        }
        if let Some(version) = version(bare) {
            self.finish(false, found);
            self.version = version;
            self.claim(at, 1, found);
            return 1;
        }
        let taken = if bare.starts_with('[') {
            self.key(at, found)
        } else if self.open && bare.starts_with(';') {
            1
        } else if self.open {
            self.value(at, found)
        } else {
            0
        };
        if taken == 0 {
            if self.open || self.version != Version::None {
                self.finish(false, found);
            }
            return 1;
        }
        self.blank = false;
        self.claim(at, taken, found);
        taken
    }

    fn claim(&self, at: usize, count: usize, found: &mut Listings) {
        let (first, last) = (self.lines[at].number, self.lines[at + count - 1].number);
        found.claimed.push(self.text.range_of_lines(first, last));
    }

    /// `[HKEY_…]`, `[-HKEY_…]`, also over two lines where a paste broke it.
    fn key(&mut self, at: usize, found: &mut Listings) -> usize {
        let line = self.lines[at];
        let bare = line.text.trim_start_matches(['>', ' ', '\t']).trim_end();
        let (name, taken) = match (bare.ends_with(']'), self.lines.get(at + 1)) {
            (true, _) => (bare.to_owned(), 1),
            (false, Some(next)) if next.text.trim_end().ends_with(']') => {
                let console = line.text.chars().count() >= 79;
                let next = next.text.trim_matches(['>', ' ', '\t']);
                let tight = console || bare.ends_with('\\') || next.starts_with('\\');
                (format!("{bare}{}{next}", if tight { "" } else { " " }), 2)
            }
            _ => return 0,
        };
        let inner = name.trim_start_matches('[').trim_end_matches(']');
        if let Some(deleted) = inner.strip_prefix('-') {
            if short_path(deleted).is_none() {
                return 0;
            }
            self.script = true;
            self.open = false;
            return taken;
        }
        let Some(path) = short_path(inner) else {
            return 0;
        };
        // Another key follows: what was open is complete.
        self.open = true;
        found.keys.push(Listing {
            path,
            header: line.trimmed_span(),
            values: Vec::new(),
            all_values: taken == 1,
            all_subkeys: taken == 1,
        });
        taken
    }

    fn value(&mut self, at: usize, found: &mut Listings) -> usize {
        let line = self.lines[at];
        let text = line.text.trim_start_matches('>');
        let Some(parts) = VALUE.captures(text) else {
            return 0;
        };
        let Some(key) = found.keys.last_mut() else {
            return 0;
        };
        let name = parts
            .name("name")
            .map_or_else(|| DEFAULT.to_owned(), |name| unescaped(name.as_str()));
        let (data, taken) = self.data(at, &parts["data"]);
        if data.trim() == "-" {
            self.script = true;
            return taken;
        }
        let mut span = line.trimmed_span();
        span.end = self.lines[at + taken - 1].trimmed_span().end.max(span.end);
        if let Some(value) = value_of(data.trim(), self.version) {
            key.values.push((name, value, span));
        } else {
            key.all_values = false;
            found.problems.push((
                Some(line.number),
                format!("The value `{name}` is cut off or not in the form of a .reg file; it was left out."),
            ));
        }
        taken
    }

    /// The data with its continuation lines: behind a backslash, or up to the closing quote.
    fn data(&self, at: usize, first: &str) -> (String, usize) {
        let mut data = first.trim_end().to_owned();
        let mut taken = 1;
        let quoted = data.starts_with('"');
        while let Some(next) = self.lines.get(at + taken) {
            let goes_on = if quoted {
                !is_closed(&data)
                    && taken < MOST_LINES
                    && !next.text.starts_with("[HKEY_")
                    && !VALUE.is_match(next.text)
            } else {
                data.ends_with('\\')
            };
            if !goes_on {
                break;
            }
            if quoted {
                data.push('\n');
                data.push_str(next.text);
            } else {
                data.pop();
                data.push_str(next.text.trim_matches(['>', ' ', '\t']));
            }
            taken += 1;
        }
        // A quote that never closes is one torn line, not the rest of the file.
        if quoted && !is_closed(&data) {
            return (first.to_owned(), 1);
        }
        (data, taken)
    }

    /// Ends the present file: its last key, and each key that nothing outside its tree follows, is complete only by
    /// the file's proper end.
    fn finish(&mut self, ended: bool, found: &mut Listings) {
        let trusted = self.version != Version::None && !self.script;
        let paths = found.keys[self.first..]
            .iter()
            .map(|key| format!("{}\\", folded(&key.path)))
            .collect::<Vec<_>>();
        let Some(last) = paths.last() else {
            self.reset(found);
            return;
        };
        let count = paths.len();
        for (at, key) in found.keys[self.first..].iter_mut().enumerate() {
            key.all_values &= trusted && (ended || at + 1 < count);
            // Exports are depth first: the tree is over when the file's last key is outside it.
            key.all_subkeys &= trusted && (ended || !last.starts_with(&paths[at]));
        }
        if self.script {
            let header = found.keys[self.first].header;
            found.problems.push((
                Some(header.line),
                "This .reg file deletes keys or values, so it is made to change a registry: it proves nothing absent. Send an export."
                    .to_owned(),
            ));
        }
        self.reset(found);
    }

    fn reset(&mut self, found: &Listings) {
        self.version = Version::None;
        self.first = found.keys.len();
        self.open = false;
        self.script = false;
        self.blank = false;
    }
}

fn version(bare: &str) -> Option<Version> {
    if bare.eq_ignore_ascii_case("Windows Registry Editor Version 5.00") {
        Some(Version::Five)
    } else if bare.eq_ignore_ascii_case("REGEDIT4") {
        Some(Version::Four)
    } else {
        None
    }
}

fn is_closed(quoted: &str) -> bool {
    let body = quoted.strip_prefix('"').unwrap_or(quoted);
    let Some(inner) = body.trim_end().strip_suffix('"') else {
        return false;
    };
    let slashes = inner.bytes().rev().take_while(|b| *b == b'\\').count();
    slashes.is_multiple_of(2)
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => letters.next().unwrap_or('\\'),
            other => other,
        });
    }
    plain
}

fn value_of(data: &str, version: Version) -> Option<FactValue> {
    if data.starts_with('"') {
        let inner = data.strip_prefix('"')?.strip_suffix('"')?;
        return (is_closed(data)).then(|| FactValue::Text(unescaped(inner)));
    }
    let (kind, rest) = data.split_once(':')?;
    if kind.eq_ignore_ascii_case("dword") {
        let number = u32::from_str_radix(rest.trim(), 16).ok()?;
        return (rest.trim().len() == 8).then(|| FactValue::Text(number.to_string()));
    }
    let bytes = bytes_of(rest)?;
    let strings = || match version {
        Version::Four => WINDOWS_1252
            .decode_without_bom_handling(&bytes)
            .0
            .into_owned(),
        _ => utf16(&bytes),
    };
    Some(match kind.to_ascii_lowercase().as_str() {
        "hex(1)" | "hex(2)" => FactValue::Text(strings().trim_end_matches('\0').to_owned()),
        "hex(7)" => FactValue::List(
            strings()
                .split('\0')
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        "hex(4)" => FactValue::Text(u32::from_le_bytes(bytes.try_into().ok()?).to_string()),
        "hex(b)" => FactValue::Text(u64::from_le_bytes(bytes.try_into().ok()?).to_string()),
        kind if kind.starts_with("hex") => FactValue::Text(format!("{kind}:{}", rest.trim())),
        _ => return None,
    })
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let hex = hex.trim();
    if hex.is_empty() {
        return Some(Vec::new());
    }
    hex.split(',')
        .map(|byte| {
            let byte = byte.trim();
            (byte.len() == 2)
                .then(|| u8::from_str_radix(byte, 16).ok())
                .flatten()
        })
        .collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
