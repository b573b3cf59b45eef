//! Events as `name=value`, on one line or one a line, as SIEMs show and search them.
//!
//! ```text
//! @timestamp=2026-11-16T06:00:11Z winlog.event_id=4625 winlog.event_data.LogonType=4 winlog.event_data.SubStatus=0xc0000072
//! 2026-11-16 06:00:11 EventCode=4625 ComputerName="RPA-VM-07" Logon_Type=10 Status=0xC000006D Sub_Status=0xC000006A
//! EventCode=4625 Message="An account failed to log on.   Subject:   Security ID:  …"
//!
//! 11/16/2026 06:00:11 AM
//! LogName=Security
//! EventCode=4625
//! Message=An account failed to log on.
//!     (the description, over many lines)
//! ```
//!
//! Names: <https://docs.splunk.com/Documentation/Splunk/latest/Data/MonitorWindowseventlogdata>.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::genre::is_search;
use super::super::unescape::Unescaped;
use super::super::{Line, Reader, Reading, Text};
use super::draft::{Draft, is_numbered};
use super::lines::Pieces;
use super::names::{self, Header};
use super::{description, known};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows events as name=value",
    marks: &["event_id=", "eventcode=", "eventid=", "event.code="],
    read,
};

/// A longer line is no record.
const LONGEST: usize = 64 * 1024;
/// The most lines of one record.
const LINES: usize = 400;

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[\s,;|])([@A-Za-z][\w.@-]{0,80})=(?:"([^"]*)"|([^\s,;"]*))"#)
        .expect("a constant pattern")
});
/// A line with one name and the rest as its value.
static ALONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^([A-Za-z]\w{1,40})=(.*)$").expect("a constant pattern"));
/// The head of a line before its pairs.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:<\d{1,3}>|\d{4}-\d\d-\d\d[T ]|\d\d?/\d\d?/\d{4} |[A-Z][a-z]{2} [ \d]\d \d\d:)[^=]{0,200}$")
        .expect("a constant pattern")
});

/// Names that a SIEM gives to what the event's XML calls otherwise.
const OTHERS: &[(&str, &str)] = &[
    ("user.name", "TargetUserName"),
    ("user.domain", "TargetDomainName"),
    ("source.ip", "IpAddress"),
    ("Source_Network_Address", "IpAddress"),
];

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut pieces = Pieces::new(text);
    let mut number = 1;
    while let Some(line) = text.line(number) {
        let (found, next) = match block(text, number) {
            Some((event, last)) => (Some((event, true)), last + 1),
            None => (one_line(text, line), number + 1),
        };
        if let Some((event, alone)) = found {
            let told = alone && known::is_claimed(&event);
            pieces.add(event.span.start..event.span.end, told);
            reading.events.push(event);
        }
        number = next;
    }
    reading.claimed = pieces.claimed();
    reading
}

/// A record on one line, and whether it has the line to itself.
fn one_line(text: &Text, line: Line<'_>) -> Option<(super::Event, bool)> {
    if line.text.len() > LONGEST || !line.text.contains('=') || is_search(line.text) {
        return None;
    }
    let mut draft = Draft::new(text);
    let mut end = 0;
    let mut alone = true;
    let mut message = None;
    for found in PAIR.captures_iter(line.text) {
        let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let between = &line.text[end..name.start()];
        alone &= between.trim_matches([' ', '\t', ',', ';', '|']).is_empty()
            || end == 0 && HEAD.is_match(between);
        end = whole.end();
        if let Some(value) = found.get(2).or_else(|| found.get(3)) {
            let range = line.start + value.start()..line.start + value.end();
            if names::header(name.as_str()) == Some(Header::Message) {
                message = Some(plain(text, range));
            } else {
                put(&mut draft, name.as_str(), value.as_str(), range);
            }
        }
    }
    if let Some(message) = message {
        description::fill(&mut draft, &message);
    }
    alone &= line.text[end..].trim().is_empty();
    let range = line.trimmed_span();
    Some((draft.finish(range.start..range.end)?, alone))
}

/// A record of lines with one pair each, and its last line.
fn block(text: &Text, first: usize) -> Option<(super::Event, usize)> {
    let pair = |number: usize| {
        let line = text.line(number)?;
        (line.text.len() <= LONGEST).then_some(())?;
        let found = ALONE.captures(line.text)?;
        let (name, value) = (found.get(1)?, found.get(2)?);
        let range = line.start + value.start()..line.start + value.end();
        Some((name.as_str(), value.as_str(), range))
    };
    pair(first)?;
    pair(first + 1)?;
    let mut draft = Draft::new(text);
    let mut last = first;
    let mut description = None;
    for number in first..first + LINES {
        let Some((name, value, range)) = pair(number) else {
            break;
        };
        last = number;
        if names::header(name) == Some(Header::Message) {
            description = Some(range.start);
            break;
        }
        // One name a line, and the whole rest is its value: otherwise it is a line of several pairs.
        if PAIR.captures_iter(value).next().is_some() {
            return None;
        }
        let trimmed = value.trim_end().len();
        put(&mut draft, name, value, range.start..range.start + trimmed);
    }
    draft.id()?;
    if let Some(start) = description {
        last = last_of_description(text, last);
        let end = text.line(last)?.end();
        description::fill(&mut draft, &plain(text, start..end));
    }
    let start = text.line(first)?.start;
    let end = text.line(last)?.trimmed_span().end;
    Some((draft.finish(start..end)?, last))
}

/// The last line of a description: indented lines, and headings that end in a colon.
fn last_of_description(text: &Text, first: usize) -> usize {
    let mut last = first;
    for number in first + 1..first + LINES {
        let Some(line) = text.line(number) else { break };
        let belongs = line.text.starts_with([' ', '\t'])
            || line.text.trim_end().ends_with(':')
            || line
                .text
                .split_once(':')
                .is_some_and(|(label, _)| names::field(label).is_some());
        if belongs && !line.text.trim().is_empty() {
            last = number;
        } else if !line.text.trim().is_empty() {
            break;
        }
    }
    last
}

fn plain(text: &Text, range: Range<usize>) -> Unescaped {
    let mut plain = Unescaped::new(range.start);
    plain.plain(&text.as_str()[range]);
    plain
}

fn put(draft: &mut Draft<'_>, name: &str, value: &str, range: Range<usize>) {
    let other = OTHERS
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name));
    if let Some((_, known)) = other {
        draft.field(known, value, range);
        return;
    }
    match names::header(name) {
        Some(Header::Message) => {}
        None if names::field(name).is_none() && !is_numbered(name) => {}
        _ => draft.put(name, value, range),
    }
}

#[cfg(test)]
#[path = "key_values_tests.rs"]
mod tests;
