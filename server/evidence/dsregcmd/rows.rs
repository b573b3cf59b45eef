//! Lines of a paste become rows: headings, box lines, key and value pairs, and what is none of these.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::keys::{COMMON, DISTINCTIVE, REMARKS, SECTIONS, YES_OR_NO};
use crate::evidence::{Line, Span, Text};

/// A line shorter than this was not broken by a window or a mail program.
const WRAPPED_FROM: usize = 50;
/// From this width on it is a console that breaks lines, in the middle of words; below, a mail program between them.
const CONSOLE_FROM: usize = 79;
/// No value goes on for more lines than this.
const MOST_CONTINUATIONS: usize = 4;

/// One or, where a value is wrapped, several lines.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) kind: RowKind,
}

#[derive(Debug)]
pub(super) enum RowKind {
    Blank,
    /// A line of dashes.
    Ruler,
    Heading(String),
    Pairs(Vec<Pair>),
    /// What the tool says between its sections.
    Remark,
    Foreign,
}

#[derive(Debug)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) known: bool,
    pub(super) distinctive: bool,
    pub(super) value: String,
    pub(super) span: Span,
}

impl Row {
    pub(super) fn is_ours(&self) -> bool {
        matches!(
            self.kind,
            RowKind::Ruler | RowKind::Heading(_) | RowKind::Pairs(_)
        )
    }
}

struct Known {
    shown: &'static str,
    distinctive: bool,
}

static KEYS: LazyLock<HashMap<String, Known>> = LazyLock::new(|| {
    let keys = |list: &'static [&'static str], distinctive| {
        list.iter()
            .map(move |shown| (shown.to_lowercase(), Known { shown, distinctive }))
    };
    keys(DISTINCTIVE, true).chain(keys(COMMON, false)).collect()
});
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let mut names = [DISTINCTIVE, COMMON].concat();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let names = names
        .iter()
        .map(|name| regex::escape(name).replace(' ', r"\s+"))
        .collect::<Vec<_>>()
        .join("|");
    Regex::new(&format!(
        r"(?i)(?P<before>^|[\s,;|*`])(?P<key>{names})[*_`]*\s*[:\u{{ff1a}}][*_`]*(?P<after>\s*)"
    ))
    .expect("built from escaped constants")
});
/// A line of the tool's shape with a key that the table does not have.
static OTHER_PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s{2,}(?P<key>[A-Z][A-Za-z0-9]+(?:[ ./-][A-Za-z0-9]+){0,4})\s+:(?:\s+(?P<value>.*))?$",
    )
    .expect("a constant pattern")
});
static BREAK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)<br\s*/?>").expect("a constant pattern"));

/// Reads all lines.
pub(super) fn rows(text: &Text) -> Vec<Row> {
    let lines = text.lines().collect::<Vec<_>>();
    let mut rows: Vec<Row> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (row, taken) = row(&lines[at..], near_known(&rows));
        rows.push(row);
        at += taken;
    }
    rows
}

/// Whether a known pair or a heading stands just above: only there is a line with an unknown key the tool's.
fn near_known(rows: &[Row]) -> bool {
    rows.iter()
        .rev()
        .take(4)
        .take_while(|row| !matches!(row.kind, RowKind::Foreign))
        .any(|row| matches!(row.kind, RowKind::Heading(_) | RowKind::Pairs(_)))
}

fn row(lines: &[Line<'_>], near_known: bool) -> (Row, usize) {
    let line = lines[0];
    let one = |kind| {
        let row = Row {
            first: line.number,
            last: line.number,
            kind,
        };
        (row, 1)
    };
    if let Some(kind) = plain_kind(line.text) {
        return one(kind);
    }
    let mut pairs = pairs_of(line);
    if pairs.is_empty() && near_known {
        pairs.extend(other_pair(line));
    }
    if let Some(pair) = pairs.last_mut() {
        let more = continuation(lines, pair);
        let last = line.number + more;
        return (
            Row {
                first: line.number,
                last,
                kind: RowKind::Pairs(pairs),
            },
            1 + more,
        );
    }
    if let Some(pair) = broken_key(lines) {
        let kind = RowKind::Pairs(vec![pair]);
        return (
            Row {
                first: line.number,
                last: line.number + 1,
                kind,
            },
            2,
        );
    }
    one(RowKind::Foreign)
}

/// Blank, ruler, heading or remark; `None` for a line that may hold pairs.
fn plain_kind(line: &str) -> Option<RowKind> {
    let bare = line.trim_matches(|c: char| c.is_whitespace() || "|+*>#=_`".contains(c));
    if line.trim().is_empty() {
        Some(RowKind::Blank)
    } else if bare.chars().all(|c| c == '-') && line.trim().len() >= 3 {
        Some(RowKind::Ruler)
    } else if let Some(section) = section(bare) {
        Some(RowKind::Heading(section))
    } else if REMARKS.iter().any(|remark| bare.starts_with(remark)) {
        Some(RowKind::Remark)
    } else {
        None
    }
}

fn section(bare: &str) -> Option<String> {
    let mut given = bare.split_whitespace();
    // A log has many lines that begin otherwise.
    let first = given.next()?;
    SECTIONS.iter().find_map(|section| {
        let mut told = section.split(' ');
        if !told.next()?.eq_ignore_ascii_case(first) {
            return None;
        }
        let mut words = given.clone();
        let named = told.all(|name| {
            words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case(name))
        });
        match (words.next(), words.next()) {
            (None, _) if named => Some((*section).to_owned()),
            (Some(number), None) if named && number.bytes().all(|b| b.is_ascii_digit()) => {
                Some(format!("{section} {number}"))
            }
            _ => None,
        }
    })
}

fn pairs_of(line: Line<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut start = 0;
    // No other line of a log is looked at for a break.
    let broken = line.text.contains('<').then(|| BREAK.find_iter(line.text));
    let ends = broken
        .into_iter()
        .flatten()
        .map(|found| found.range())
        .chain(std::iter::once(line.text.len()..line.text.len()));
    for end in ends {
        segment_pairs(line, start..end.start, &mut pairs);
        start = end.end;
    }
    pairs
}

fn segment_pairs(line: Line<'_>, range: std::ops::Range<usize>, pairs: &mut Vec<Pair>) {
    let segment = &line.text[range.clone()];
    let body = segment
        .trim_start_matches(|c: char| c.is_whitespace() || ">*_`|-\u{2022}\u{200b}".contains(c));
    let lead = segment.len() - body.len();
    // The first key stands at the start, and most lines of a log begin with a time.
    if !body.starts_with(char::is_alphabetic) {
        return;
    }
    let found = KEY.captures_iter(body).collect::<Vec<_>>();
    let (Some(first), many) = (found.first(), found.len() > 1) else {
        return;
    };
    let key_of = |at: usize| found[at].name("key").map_or(0..0, |key| key.range());
    if first.name("key").is_none_or(|key| key.start() != 0) {
        return;
    }
    let bold = segment[..lead].contains(['*', '`', '|', '_']);
    for at in 0..found.len() {
        let key = key_of(at);
        let value_start = found[at].get(0).map_or(key.end, |all| all.end());
        let value_end = if at + 1 < found.len() {
            key_of(at + 1).start
        } else {
            body.len()
        };
        let raw = &body[value_start.min(value_end)..value_end];
        let mut value = raw.trim();
        if bold {
            value = value.trim_end_matches(['*', '`', '|', '_']).trim_end();
        }
        if many {
            value = value.trim_end_matches(|c: char| ",;|".contains(c) || c.is_whitespace());
        }
        let offset = range.start + lead;
        let end = value_start + (raw.len() - raw.trim_start().len()) + value.len();
        let end = if value.is_empty() { value_start } else { end };
        pairs.push(known_pair(
            &body[key.clone()],
            value,
            trimmed(line, offset + key.start..offset + end),
        ));
    }
}

fn trimmed(line: Line<'_>, range: std::ops::Range<usize>) -> Span {
    let end = range.start + line.text[range.clone()].trim_end().len();
    line.span(range.start..end)
}

fn known_pair(key: &str, value: &str, span: Span) -> Pair {
    let folded = key
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let known = KEYS.get(&folded);
    let shown = known.map_or(key, |known| known.shown);
    Pair {
        value: plain_value(shown, value).to_owned(),
        key: shown.to_owned(),
        known: known.is_some(),
        distinctive: known.is_some_and(|known| known.distinctive),
        span,
    }
}

/// `YES   <-- look here` is `YES`.
fn plain_value<'a>(key: &str, value: &'a str) -> &'a str {
    if !YES_OR_NO.contains(&key) {
        return value;
    }
    let word = value.split_whitespace().next().unwrap_or(value);
    let rest = value[word.len()..].trim_start();
    let remark = rest.starts_with(['<', '(', '#', '\u{2190}', '/', '*', '!'])
        || rest.starts_with("--")
        || rest.starts_with("- ");
    let answer = word.eq_ignore_ascii_case("yes") || word.eq_ignore_ascii_case("no");
    if answer && remark { word } else { value }
}

fn other_pair(line: Line<'_>) -> Option<Pair> {
    let found = OTHER_PAIR.captures(line.text)?;
    let value = found.name("value").map_or("", |value| value.as_str());
    Some(known_pair(&found["key"], value.trim(), line.trimmed_span()))
}

/// How many of the following lines go on with the pair's value, which they are added to.
fn continuation(lines: &[Line<'_>], pair: &mut Pair) -> usize {
    let mut more = 0;
    while more < MOST_CONTINUATIONS
        && let Some(next) = lines.get(more + 1)
        && goes_on(lines[more], *next, lines.get(more + 2), pair)
    {
        let tail = next.text.trim_start_matches(['>', ' ']).trim_end();
        let console = lines[more].text.chars().count() >= CONSOLE_FROM;
        if !console && !pair.value.is_empty() {
            pair.value.push(' ');
        }
        pair.value.push_str(tail);
        pair.span.end = next.trimmed_span().end;
        more += 1;
    }
    pair.value.truncate(pair.value.trim_end().len());
    more
}

fn goes_on(line: Line<'_>, next: Line<'_>, after: Option<&Line<'_>>, pair: &Pair) -> bool {
    let is_row = |line: &Line<'_>| {
        plain_kind(line.text).is_some()
            || !pairs_of(*line).is_empty()
            || OTHER_PAIR.is_match(line.text)
    };
    // A URL or an id does not go on in several words.
    let sentence_after_word = !pair.value.is_empty()
        && !pair.value.contains(' ')
        && next.text.split_whitespace().nth(1).is_some();
    line.text.trim_end().chars().count() >= WRAPPED_FROM
        && !is_row(&next)
        && !next.text.trim_start_matches(['>', ' ']).is_empty()
        && !sentence_after_word
        && after.is_none_or(|after| is_row(after) || after.text.chars().count() < WRAPPED_FROM)
}

/// A key that a narrow window broke: `AzureAdJoi` / `ned : YES`.
fn broken_key(lines: &[Line<'_>]) -> Option<Pair> {
    let (line, next) = (lines[0], *lines.get(1)?);
    let head = line.text.trim_matches(['>', ' ', '\t', '|']);
    let tail = next.text.trim_start_matches(['>', ' ', '\t']).trim_end();
    if head.len() < 3 || head.contains(':') || !tail.contains(':') || !pairs_of(next).is_empty() {
        return None;
    }
    ["", " "].into_iter().find_map(|gap| {
        let joined = format!("{head}{gap}{tail}");
        let found = KEY.captures(&joined)?;
        let key = found.name("key").filter(|key| key.start() == 0)?;
        let value = joined[found.get(0)?.end()..].trim();
        let mut span = line.trimmed_span();
        span.end = next.trimmed_span().end;
        Some(known_pair(key.as_str(), value, span))
    })
}
