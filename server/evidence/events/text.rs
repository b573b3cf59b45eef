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
//! The labels are translated, their order is not: each event prints its values in one order. A label that [`names`]
//! knows says what it is; of the others the place decides. A record is claimed only when enough of it is there that
//! nobody would have typed it: what a person says about an event stays free text.

use std::ops::Range;

use super::super::{Line, Reader, Reading, Span, Text};
use super::names::{self, Header};
use super::text_layout::{self, Layout};
use super::{Event, EventField, known, unix_ms};

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

/// One `label: value` of a text; a heading has no value.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    /// Without its colon.
    pub(super) label: &'a str,
    /// Trimmed; empty for headings and for values that are not told.
    pub(super) value: &'a str,
    /// Where the value stands in the text.
    pub(super) at: usize,
    /// The line, from 1.
    line: usize,
}

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut block: Vec<Item<'_>> = Vec::new();
    for line in text.lines() {
        if line.text.len() > LONGEST_LINE {
            finish(text, &mut block, &mut reading);
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
            finish(text, &mut block, &mut reading);
        }
        block.extend(items(&line));
    }
    finish(text, &mut block, &mut reading);
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

/// The items of a line: one, or several where a ticket system joined lines.
fn items<'a>(line: &Line<'a>) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    let mut from = 0;
    for piece in pieces(line.text) {
        let start = piece.start.max(from);
        from = piece.end;
        let text = &line.text[start..piece.end];
        let Some((label_end, colon)) = text
            .char_indices()
            .find(|(_, letter)| matches!(letter, ':' | '：'))
        else {
            continue;
        };
        let label = text[..label_end].trim().trim_end_matches(':').trim();
        // German prints `Unterstatus::`.
        let rest = text[label_end + colon.len_utf8()..].trim_start_matches(':');
        let value = rest.trim();
        let is_label = !label.is_empty()
            && label.chars().count() <= 80
            && label.chars().next().is_some_and(char::is_alphabetic)
            && !label.contains("  ");
        if !is_label {
            continue;
        }
        let at = if value.is_empty() {
            line.start + start + label_end
        } else {
            line.start + (value.as_ptr() as usize - line.text.as_ptr() as usize)
        };
        items.push(Item {
            label,
            value,
            at,
            line: line.number,
        });
    }
    items
}

/// Where a line falls into `label: value` pieces: at tabs or at runs of spaces in front of a label, wherever more than one
/// known label stands on the line.
fn pieces(line: &str) -> Vec<Range<usize>> {
    let starts = text_layout::label_starts(line);
    if starts.len() < 2 {
        return std::iter::once(0..line.len()).collect();
    }
    let mut bounds = starts;
    bounds.push(line.len());
    bounds.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Makes an event of what was collected, when it is one.
fn finish(text: &Text, block: &mut Vec<Item<'_>>, reading: &mut Reading) {
    let items = std::mem::take(block);
    for part in split_descriptions(&items) {
        let Some(event) = event(text, part) else {
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
                .rposition(|item| {
                    matches!(
                        text_layout::heading(item.label),
                        Some(text_layout::Part::Subject)
                    )
                })
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

fn event(text: &Text, items: &[Item<'_>]) -> Option<Event> {
    let mut event = Event::default();
    let mut id_item = None;
    for item in items {
        let value = item.value;
        if value.is_empty() {
            continue;
        }
        match names::header(item.label) {
            Some(Header::Id) if event.id.is_none() => {
                event.id = value.parse().ok();
                id_item = event.id.map(|_| item);
            }
            Some(Header::Provider) if event.provider.is_none() => {
                event.provider = Some(value.to_owned());
            }
            Some(Header::Computer) if event.machine.is_none() => {
                event.machine = Some(value.to_owned());
            }
            Some(Header::Time) if event.time.is_none() => event.time = unix_ms(value),
            _ => {}
        }
    }
    let layout = match event.id {
        Some(id) => Some(Layout { id }),
        None => Layout::told_by(items),
    };
    let (fields, used) = text_layout::fields(layout, items);
    let told = id_item.is_some() && (event.provider.is_some() || event.machine.is_some());
    // Without its head a record has to say what it is by several values in their order.
    if !told && (layout.is_none() || fields.len() < 4) {
        return None;
    }
    if event.id.is_none() {
        event.id = layout.map(|layout| layout.id);
    }
    event.fields = fields
        .into_iter()
        .map(|(name, item)| EventField {
            name: name.to_owned(),
            value: item.value.to_owned(),
            span: span(text, item.at..item.at + item.value.len()),
        })
        .collect();
    let lines = items
        .iter()
        .filter(|item| {
            names::header(item.label).is_some()
                || used.iter().any(|used| std::ptr::eq(*used, *item))
        })
        .map(|item| item.line);
    let first = lines.clone().min()?;
    let last = lines.max()?;
    let range = text.range_of_lines(first, last);
    let trimmed = text.as_str()[range.clone()].trim_end().len();
    event.span = span(text, range.start..range.start + trimmed);
    event.id_span = if let Some(item) = id_item {
        span(text, item.at..item.at + item.value.len())
    } else {
        let line = text.line(first)?;
        let end = line.start + line.text.trim_end().len();
        span(text, line.start..end.max(line.start))
    };
    Some(event)
}

/// Whether nobody would have typed this: a head with number and provider, or the description's values in their order.
fn is_sure(event: &Event, items: &[Item<'_>]) -> bool {
    let lines = items.iter().map(|item| item.line);
    let (Some(first), Some(last)) = (lines.clone().min(), lines.max()) else {
        return false;
    };
    last > first + 2 && event.fields.len() >= 4 && known::is_claimed(event)
}

fn span(text: &Text, range: Range<usize>) -> Span {
    Span {
        source: 0,
        line: text.line_of(range.start),
        start: range.start,
        end: range.end,
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
