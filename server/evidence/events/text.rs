//! Events as Event Viewer and `wevtutil qe /f:text` print them, in any language.
//!
//! ```text
//! Log Name:      Security
//! Source:        Microsoft-Windows-Security-Auditing
//! Event ID:      4625
//! Computer:      RPA-VM-07.contoso.test
//! Description:
//! An account failed to log on.
//!
//! Subject:
//!     Security ID:        SYSTEM
//!     Account Name:        RPA-VM-07$
//!     Account Domain:        CONTOSO
//!     Logon ID:        0x3E7
//!
//! Logon Type:            10
//! ```
//!
//! What the description says is read by `description`. A record is claimed only when enough of it is there that
//! nobody would have typed it: what a person says about an event stays free text.

use super::super::{Line, Reader, Reading, Text};
use super::description::{self, Item};
use super::draft::{Draft, span};
use super::names::{self, Header, Part};
use super::{Event, known};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows event text",
    marks: MARKS,
    read,
};

/// The label of an event's number where there is a head; without one, what every failed logon prints in any language.
const MARKS: &[&str] = &[
    "Event[",
    "Event ID:",
    "Ereignis-ID:",
    "ID de l\u{2019}\u{e9}v\u{e9}nement",
    "ID de l'\u{e9}v\u{e9}nement",
    "Id. del evento",
    "Logon Type:",
    "Sub Status:",
    "イベント ID",
    "NtLmSsp",
    "Advapi",
    "User32",
    "seclogo",
    "Kerberos",
    "Negotiate",
    "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
    "krbtgt",
];

/// A longer line is no line of an event's text.
const LONGEST_LINE: usize = 2_000;
/// So many lines at most belong to one record.
const MOST_LINES: usize = 120;
/// So many values are surely those of a description.
const SEVERAL: usize = 4;
/// A sentence that is a description is not longer, in bytes.
const LONGEST_SENTENCE: usize = 2_000;

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut block: Vec<Item<'_>> = Vec::new();
    for line in text.lines() {
        if line.text.len() > LONGEST_LINE {
            finish(text, &mut block, line.start, &mut reading);
            continue;
        }
        // Copied with its XML, which tells all of it once more.
        if line.text.trim_start().starts_with("<Event") {
            block.clear();
            continue;
        }
        let is_new = is_record_mark(line.text)
            || block.last().is_some_and(|last| {
                line.number > last.line + MOST_LINES || begins_again(&block, &line)
            });
        if is_new {
            finish(text, &mut block, line.start, &mut reading);
        }
        block.extend(description::items(
            line.text,
            line.start,
            line.number,
            false,
        ));
    }
    finish(text, &mut block, text.as_str().len(), &mut reading);
    reading
}

/// `Event[0]:` of `wevtutil`.
fn is_record_mark(line: &str) -> bool {
    let line = line.trim();
    line.strip_prefix("Event[")
        .and_then(|rest| rest.trim_end_matches(':').strip_suffix(']'))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether this line is the first of another record: the log's name once more, or the time that a list begins with.
fn begins_again(block: &[Item<'_>], line: &Line<'_>) -> bool {
    let Some((label, _)) = line.text.split_once([':', '：']) else {
        return false;
    };
    let is_first = |label: &str| {
        names::header(label) == Some(Header::Channel) || label.trim() == "TimeCreated"
    };
    is_first(label) && block.iter().any(|item| is_first(item.label))
}

/// Makes an event of what was collected, when it is one. `end` is where the next record may begin.
fn finish(text: &Text, block: &mut Vec<Item<'_>>, end: usize, reading: &mut Reading) {
    let items = std::mem::take(block);
    let parts = split_descriptions(&items);
    let ends = parts.iter().skip(1).map(|part| part[0].at);
    for (part, end) in parts.iter().zip(ends.chain([end])) {
        let Some(event) = event(text, part, end) else {
            continue;
        };
        let first = event.span.line;
        let last = text.line_of(event.span.end.saturating_sub(1).max(event.span.start));
        if is_sure(&event, part) {
            reading.claimed.push(text.range_of_lines(first, last));
        }
        reading.events.push(event);
    }
}

/// Several descriptions without heads in one paste: each begins where its first heading comes again.
fn split_descriptions<'i, 'a>(items: &'i [Item<'a>]) -> Vec<&'i [Item<'a>]> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut statuses = 0;
    for (at, item) in items.iter().enumerate() {
        if names::field(item.label) == Some("LogonType") && statuses > 0 {
            // Back to where this record's own head or subject began.
            let start = items[from..at]
                .iter()
                .rposition(|item| names::part(item.label) == Some(Part::Subject))
                .map_or(at, |offset| from + offset);
            if start > from {
                parts.push(&items[from..start]);
                from = start;
            }
            statuses = 0;
        }
        if names::field(item.label) == Some("SubStatus") {
            statuses += 1;
        }
    }
    parts.push(&items[from..]);
    parts
}

fn event(text: &Text, items: &[Item<'_>], end: usize) -> Option<Event> {
    let mut draft = Draft::new(text);
    for item in items {
        if let Some(header) = names::header(item.label) {
            draft.header(header, item.value, item.at..item.at + item.value.len());
        }
    }
    let number = draft.id();
    let id = number.or_else(|| description::number(items));
    // The head has a `User` and a `Source` of its own.
    let mut parts = items.rsplit(|item| {
        matches!(
            names::header(item.label),
            Some(Header::Computer | Header::Message | Header::Id)
        )
    });
    let mut told = description::read(id, parts.next()?);
    // It may stand behind the description, where that says itself which event it is of.
    if told.fields.len() < SEVERAL && id.is_some() {
        let before = parts.find(|part| description::number(part) == id);
        told = before.map_or(told, |part| description::read(id, part));
    }
    for (name, item) in &told.fields {
        draft.field(name, item.value, item.at..item.at + item.value.len());
    }
    if let Some((start, sentence)) = sentence(text.as_str(), items, end) {
        // A service alone says little: without its code, which is printed in words, it would be another failure.
        let said = description::sentence(number, sentence);
        let several = if said.len() > 1 { said } else { Vec::new() };
        for (name, range) in several {
            let place = start + range.start..start + range.end;
            draft.field(name, &sentence[range], place);
        }
    }
    let mut event = draft.into_event();
    let is_headed = number.is_some() && (event.provider.is_some() || event.machine.is_some());
    // Without its head a record has to say what it is by several values in their order.
    if !is_headed && (id.is_none() || event.fields.len() < SEVERAL) {
        return None;
    }
    event.id = id;
    let of_head = items.iter();
    let of_head = of_head.filter(|item| names::header(item.label).is_some());
    let lines = of_head.chain(told.used).map(|item| item.line);
    let lines = lines.chain(event.fields.iter().map(|field| field.span.line));
    let (first, last) = (lines.clone().min()?, lines.max()?);
    let range = text.range_of_lines(first, last);
    let trimmed = text.as_str()[range.clone()].trim_end().len();
    event.span = span(text, range.start..range.start + trimmed);
    if number.is_none() {
        let line = text.line(first)?;
        let end = line.start + line.text.trim_end().len();
        event.id_span = span(text, line.start..end.max(line.start));
    }
    Some(event)
}

/// The words of the description, and where they begin.
fn sentence<'a>(text: &'a str, items: &[Item<'_>], end: usize) -> Option<(usize, &'a str)> {
    let mut items = items.iter();
    let start = items.rfind(|item| names::header(item.label) == Some(Header::Message))?;
    let start = start.at;
    let end = text.floor_char_boundary(end.min(start + LONGEST_SENTENCE));
    let sentence = text.get(start..end)?;
    let sentence = sentence.trim_start_matches([' ', '\t', '\r', '\n']);
    Some((end - sentence.len(), sentence))
}

/// Whether nobody would have typed this: a head with number and provider, or the description's values in their order.
fn is_sure(event: &Event, items: &[Item<'_>]) -> bool {
    let lines = items.iter().map(|item| item.line);
    let (Some(first), Some(last)) = (lines.clone().min(), lines.max()) else {
        return false;
    };
    last > first + 2 && event.fields.len() >= SEVERAL && known::is_claimed(event)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
