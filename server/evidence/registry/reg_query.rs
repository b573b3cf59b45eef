//! The output of `reg query`, with or without the command above it.
//!
//! ```text
//! C:\>reg query "HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp" /v fPromptForPassword
//!
//! HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp
//!     fPromptForPassword    REG_DWORD    0x0
//! ```
//!
//! Only the echoed command tells what was asked for: without it, or with `/v`, `/f`, `/ve`, nothing is listed completely.

use std::sync::LazyLock;

use regex::Regex;

use super::{DEFAULT, Listing, Listings, folded, short_path};
use crate::evidence::{Closes, FactValue, Line, Span, Text};

/// A line shorter than this was not broken by a window or a mail program; from the second width on by a console.
const WRAPPED_FROM: usize = 50;
const CONSOLE_FROM: usize = 79;

static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:[^\r\n]*>)?\s*reg(?:\.exe)?\s+query\s+(?P<rest>\S.*)$")
        .expect("a constant pattern")
});
static VALUE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?P<name>\S.*?)\s+(?P<type>REG_(?:SZ|EXPAND_SZ|MULTI_SZ|DWORD|DWORD_BIG_ENDIAN|QWORD|BINARY|NONE|LINK|RESOURCE_LIST))(?:\s+\(\d+\))?(?:\s+(?P<data>.*))?$")
        .expect("a constant pattern")
});
static NOT_FOUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:unable to find the specified registry key or value",
        r"|Registrierungsschl.{1,3}ssel.{0,40}nicht gefunden",
        r"|(?:cl.{1,3}|valeur) .{0,40}de Registre sp.{1,3}cifi",
        r"|(?:clave|valor) .{0,40}Registro .{0,12}especificad",
        r"|(?:chiave|valore) .{0,40}Registro .{0,24}specificat)"
    ))
    .expect("a constant pattern")
});
static REFUSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:ERROR|FEHLER|ERREUR|ERRORE)\s*:").expect("a constant pattern")
});
static END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:End of search|Ende der Suche|Fin de la recherche|Fin de la b|Fine della ricerca)",
    )
    .expect("a constant pattern")
});
static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\s].{0,200}>\s*\S*|^(?:PS )?[A-Za-z]:\\.*>").expect("a constant pattern")
});

/// An echoed command.
struct Command {
    path: String,
    /// `/v NAME`, or the default value with `/ve`.
    value: Option<String>,
    /// `/f`, `/t` and the like: what does not fit is left out.
    filtered: bool,
    /// `/s`.
    deep: bool,
    /// `/reg:32`: another part of the registry under the same name.
    other_view: bool,
    span: Span,
}

#[derive(Default)]
struct Output {
    command: Option<Command>,
    /// Index of the first listing of this output.
    first: usize,
    /// The index of the key that values belong to.
    key: Option<usize>,
    /// An access error or a torn line.
    broken: bool,
    /// The last line was empty.
    blank: bool,
}

/// Finds every output in a text.
pub(super) fn find(text: &Text, found: &mut Listings) {
    let lines = text.lines().collect::<Vec<_>>();
    let mut output = Output {
        first: found.keys.len(),
        ..Output::default()
    };
    let mut at = 0;
    while at < lines.len() {
        let (taken, ours) = output.step(&lines[at..], found);
        if ours {
            let (first, last) = (lines[at].number, lines[at + taken - 1].number);
            found.claimed.push(text.range_of_lines(first, last));
        }
        at += taken;
    }
    output.finish(false, found);
}

impl Output {
    /// Reads one row: how many lines it took and whether they are ours.
    fn step(&mut self, lines: &[Line<'_>], found: &mut Listings) -> (usize, bool) {
        let line = lines[0];
        let bare = line.text.trim();
        if bare.is_empty() {
            self.blank = true;
            return (1, false);
        }
        let blank = std::mem::take(&mut self.blank);
        if let Some((command, taken)) = command(lines) {
            self.finish(false, found);
            self.command = Some(command);
            return (taken, true);
        }
        if let Some((path, taken)) = key_line(lines) {
            self.key_line(path, line, taken, found);
            return (taken, true);
        }
        if self.takes_values()
            && let Some((name, value, span, taken)) = value(lines)
        {
            self.value(name, value, span, found);
            return (taken, true);
        }
        if REFUSED.is_match(bare) || NOT_FOUND.is_match(bare) {
            return self.error(lines, found);
        }
        if END.is_match(bare) && (self.command.is_some() || self.key.is_some()) {
            return (1, true);
        }
        // Words right behind a listing may stand where lines were cut out.
        let cut = !blank && !PROMPT.is_match(bare) || is_ellipsis(bare);
        self.finish(cut, found);
        (1, false)
    }

    fn takes_values(&self) -> bool {
        self.key.is_some() || self.command.as_ref().is_some_and(|command| !command.deep)
    }

    fn key_line(&mut self, path: String, line: Line<'_>, taken: usize, found: &mut Listings) {
        self.broken |= taken > 1;
        self.key = Some(found.keys.len());
        found.keys.push(Listing {
            path,
            header: line.trimmed_span(),
            values: Vec::new(),
            all_values: false,
            all_subkeys: false,
        });
    }

    fn value(&mut self, name: String, value: FactValue, span: Span, found: &mut Listings) {
        if let (None, Some(command)) = (self.key, &self.command) {
            self.key = Some(found.keys.len());
            found.keys.push(Listing {
                path: command.path.clone(),
                header: command.span,
                values: Vec::new(),
                all_values: false,
                all_subkeys: false,
            });
        }
        if let Some(key) = self.key.and_then(|at| found.keys.get_mut(at)) {
            key.values.push((name, value, span));
        }
    }

    /// The not-found line proves something only with the command it answers; any other error spoils the listing.
    fn error(&mut self, lines: &[Line<'_>], found: &mut Listings) -> (usize, bool) {
        let joined = |count: usize| {
            lines
                .iter()
                .take(count)
                .map(|line| line.text.trim())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let taken = (1..=2).find(|count| NOT_FOUND.is_match(&joined(*count)));
        let fresh = self.first == found.keys.len();
        if let (Some(taken), Some(command), true) = (taken, &self.command, fresh) {
            if !command.filtered && !command.other_view {
                let path = folded(&command.path);
                let closes = match &command.value {
                    Some(name) => Closes::Key(format!("{path}\\{}", name.to_lowercase())),
                    None => Closes::Tree(format!("{path}\\")),
                };
                found.missing.push((closes, command.span));
            }
            self.command = None;
            return (taken, true);
        }
        self.broken = true;
        (taken.unwrap_or(1), taken.is_some())
    }

    /// Ends the present output and says which of its keys are listed completely.
    fn finish(&mut self, cut: bool, found: &mut Listings) {
        let output = std::mem::take(self);
        self.first = found.keys.len();
        let Some(command) = output.command else {
            return;
        };
        if command.other_view {
            found.keys.truncate(output.first);
            found.problems.push((
                Some(command.span.line),
                "This query shows the 32-bit view of the registry: run it without /reg:32."
                    .to_owned(),
            ));
        } else if !cut && !output.broken && !command.filtered && command.value.is_none() {
            command.close(output.first, found);
        }
        self.first = found.keys.len();
    }
}

impl Command {
    fn close(&self, first: usize, found: &mut Listings) {
        let asked = folded(&self.path);
        let listed = &mut found.keys[first..];
        if listed.is_empty() {
            return;
        }
        let mut seen = false;
        for key in listed.iter_mut() {
            let itself = folded(&key.path) == asked;
            seen |= itself;
            key.all_values = itself || self.deep && !key.values.is_empty();
            key.all_subkeys = itself && !self.deep;
        }
        // A key without values is not named by its own query; its subkeys are.
        let below = format!("{asked}\\");
        if !seen
            && !self.deep
            && listed
                .iter()
                .all(|key| folded(&key.path).starts_with(&below))
        {
            found.keys.push(Listing {
                path: self.path.clone(),
                header: self.span,
                values: Vec::new(),
                all_values: true,
                all_subkeys: true,
            });
        }
    }
}

fn is_ellipsis(bare: &str) -> bool {
    bare.contains("...") || bare.contains('\u{2026}') || bare.starts_with(['[', '<', '('])
}

/// Joins a broken line with the next: a console breaks anywhere, a mail program at a space.
fn joined(line: Line<'_>, next: Line<'_>) -> String {
    let (head, tail) = (line.text.trim_end(), next.text.trim());
    let tight =
        line.text.chars().count() >= CONSOLE_FROM || head.ends_with('\\') || tail.starts_with('\\');
    format!("{head}{}{tail}", if tight { "" } else { " " })
}

fn command(lines: &[Line<'_>]) -> Option<(Command, usize)> {
    let line = lines[0];
    let found = COMMAND.captures(line.text)?;
    let rest = found["rest"].replace(['\u{201c}', '\u{201d}', '\u{201e}'], "\"");
    let open = rest.matches('"').count() % 2 == 1;
    let (rest, taken) = match lines.get(1) {
        Some(next) if open && next.text.contains('"') => {
            let whole = joined(line, *next);
            (COMMAND.captures(&whole)?["rest"].to_owned(), 2)
        }
        _ => (rest, 1),
    };
    let command = parsed(&rest, line.trimmed_span())?;
    Some((command, taken))
}

fn parsed(rest: &str, span: Span) -> Option<Command> {
    let words = words(rest);
    let switch = words
        .iter()
        .position(|word| word.starts_with('/'))
        .unwrap_or(words.len());
    let path = short_path(&words[..switch].join(" "))?;
    let mut command = Command {
        path,
        value: None,
        filtered: false,
        deep: false,
        other_view: false,
        span,
    };
    let mut switches = words[switch..].iter();
    while let Some(word) = switches.next() {
        match word.to_ascii_lowercase().as_str() {
            "/v" => match switches.next() {
                Some(name) if !name.starts_with('/') => command.value = Some(name.clone()),
                _ => command.filtered = true,
            },
            "/ve" => command.value = Some(DEFAULT.to_owned()),
            "/s" => command.deep = true,
            "/reg:32" => command.other_view = true,
            "/reg:64" | "/z" => {}
            "/se" => {
                switches.next();
            }
            _ => command.filtered = true,
        }
    }
    Some(command)
}

/// Words of a command line; quotes hold them together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut any) = (false, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                any = true;
            }
            c if c.is_whitespace() && !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            c => {
                word.push(c);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

/// A line that is a registry path and nothing else.
fn key_line(lines: &[Line<'_>]) -> Option<(String, usize)> {
    let line = lines[0];
    let bare = line.text.trim_matches(['>', ' ', '\t', '\u{a0}']);
    if !bare.starts_with("HKEY_") || !bare.contains('\\') || VALUE.is_match(bare) {
        return None;
    }
    if let Some(next) = lines.get(1)
        && line.text.trim_end().chars().count() >= WRAPPED_FROM
        && !next.text.starts_with([' ', '\t'])
        && is_rest(*next)
        && lines
            .get(2)
            .is_some_and(|after| after.text.contains("REG_"))
    {
        return Some((short_path(&joined(line, *next))?, 2));
    }
    Some((short_path(bare)?, 1))
}

fn value(lines: &[Line<'_>]) -> Option<(String, FactValue, Span, usize)> {
    let line = lines[0];
    let (text, mut taken) = if VALUE.is_match(line.text) {
        (line.text.to_owned(), 1)
    } else {
        // A window narrower than the line broke it before the data.
        let next = lines.get(1).filter(|_| line.text.starts_with("  "))?;
        let whole = format!("{}{}", line.text, next.text);
        (VALUE.is_match(&whole).then_some(whole)?, 2)
    };
    let parts = VALUE.captures(&text)?;
    let mut data = parts
        .name("data")
        .map_or(String::new(), |data| data.as_str().trim().to_owned());
    let text_like = parts["type"].ends_with("SZ");
    if taken == 1
        && text_like
        && line.text.trim_end().chars().count() >= WRAPPED_FROM
        && let Some(next) = lines.get(1)
        && !next.text.starts_with([' ', '\t'])
        && is_rest(*next)
    {
        data = joined(line, *next);
        data = VALUE
            .captures(&data)?
            .name("data")?
            .as_str()
            .trim()
            .to_owned();
        taken = 2;
    }
    let name = match parts["name"].trim() {
        name if name.starts_with('(') && name.ends_with(')') => DEFAULT.to_owned(),
        name => name.to_owned(),
    };
    let mut span = line.trimmed_span();
    span.end = lines[taken - 1].trimmed_span().end;
    Some((name, typed(&parts["type"], &data), span, taken))
}

/// A line that can only be the rest of the one before.
fn is_rest(line: Line<'_>) -> bool {
    let bare = line.text.trim();
    !bare.is_empty()
        && !bare.starts_with("HKEY_")
        && !VALUE.is_match(bare)
        && !COMMAND.is_match(bare)
        && !REFUSED.is_match(bare)
        && !END.is_match(bare)
        && !PROMPT.is_match(bare)
        && !is_ellipsis(bare)
}

fn typed(kind: &str, data: &str) -> FactValue {
    match kind {
        "REG_DWORD" | "REG_QWORD" | "REG_DWORD_BIG_ENDIAN" => {
            let digits = data.strip_prefix("0x").or_else(|| data.strip_prefix("0X"));
            let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
            FactValue::Text(number.map_or_else(|| data.to_owned(), |number| number.to_string()))
        }
        "REG_MULTI_SZ" => FactValue::List(
            data.split("\\0")
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        "REG_BINARY" if !data.is_empty() => {
            let pairs = data
                .as_bytes()
                .chunks(2)
                .map(|pair| String::from_utf8_lossy(pair).to_lowercase())
                .collect::<Vec<_>>();
            FactValue::Text(format!("hex:{}", pairs.join(",")))
        }
        _ => data.into(),
    }
}
