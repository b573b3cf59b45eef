//! Events as a table: `Export-Csv` of `Get-WinEvent`, and what Event Viewer saves as CSV or text.
//!
//! ```text
//! "Message","Id","ProviderName","LogName","MachineName","TimeCreated"
//! "An account failed to log on.
//!
//! Failure Information:
//!     Sub Status:        0xC0000064","4625","Microsoft-Windows-Security-Auditing","Security","RPA-VM-07","16.11.2026 07:00:11"
//!
//! Keywords,Date and Time,Source,Event ID,Task Category
//! Audit Failure,11/16/2026 6:00:11 AM,Microsoft-Windows-Security-Auditing,4625,Logon,"An account failed to log on.
//! …"
//! ```
//!
//! The line of headings decides which column is what; commas, semicolons and tabs divide. Quoting: RFC 4180.

use std::ops::Range;

use super::super::unescape::Unescaped;
use super::super::{Reader, Reading, Text};
use super::draft::{Draft, is_numbered};
use super::lines::Pieces;
use super::names::{self, Header};
use super::{Event, description, known};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "table of Windows events",
    marks: &[
        "providername",
        "event id",
        "eventid",
        "ereignis-id",
        "de l'événement",
        "id. del evento",
        "entrytype",
    ],
    read,
};

/// A longer line is none of headings.
const LONGEST: usize = 4096;
/// The most cells of a row.
const CELLS: usize = 200;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Header(Header),
    Field(&'static str),
    Numbered,
    Other,
}

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut pieces = Pieces::new(text);
    let mut number = 1;
    while let Some(line) = text.line(number) {
        let Some((columns, divider)) = headings(line.text) else {
            number += 1;
            continue;
        };
        let mut at = text.range_of_lines(number, number).end;
        while let Some((cells, end)) = row(text.as_str(), at, divider) {
            if cells.len() < columns.len() {
                break;
            }
            if let Some(event) = event(text, &columns, &cells) {
                pieces.add(event.span.start..event.span.end, known::is_claimed(&event));
                reading.events.push(event);
            }
            at = end;
        }
        number = text.line_of(at.saturating_sub(1)).max(number) + 1;
    }
    reading.claimed = pieces.claimed();
    reading
}

/// The columns of a line of headings: one is the number of an event, another who wrote it or what it says.
fn headings(line: &str) -> Option<(Vec<Column>, u8)> {
    if line.len() > LONGEST {
        return None;
    }
    [b',', b';', b'\t'].into_iter().find_map(|divider| {
        let (cells, _) = row(line, 0, divider)?;
        let names = cells.iter().map(Unescaped::as_str).collect::<Vec<_>>();
        let is_shell = names.contains(&"ProviderName") || names.contains(&"LevelDisplayName");
        let columns = names.iter().map(|name| column(name, is_shell));
        let columns = columns.collect::<Vec<_>>();
        let has = |header| columns.contains(&Column::Header(header));
        let is_table = columns.len() >= 3
            && has(Header::Id)
            && (has(Header::Provider) || has(Header::Message));
        is_table.then_some((columns, divider))
    })
}

fn column(name: &str, is_shell: bool) -> Column {
    if is_shell && name == "Id" {
        return Column::Header(Header::Id);
    }
    match (names::header(name), names::field(name)) {
        (Some(header), _) => Column::Header(header),
        (None, Some(field)) => Column::Field(field),
        (None, None) if is_numbered(name.trim()) => Column::Numbered,
        (None, None) => Column::Other,
    }
}

/// The cells of the row that begins at `at`, and where the next one begins; `None` behind the end, at an empty line,
/// and where a quote is never closed.
fn row(text: &str, at: usize, divider: u8) -> Option<(Vec<Unescaped>, usize)> {
    let bytes = text.as_bytes();
    if matches!(bytes.get(at), None | Some(b'\r' | b'\n')) {
        return None;
    }
    let mut cells = Vec::new();
    let mut at = at;
    loop {
        let (cell, end) = if bytes.get(at) == Some(&b'"') {
            quoted(text, at + 1)?
        } else {
            let end =
                memchr::memchr2(divider, b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            // A line ends at LF; a CR before it belongs to the break.
            let end = end - usize::from(text[at..end].ends_with('\r'));
            let mut cell = Unescaped::new(at);
            cell.plain(&text[at..end]);
            (cell, end)
        };
        if cells.len() < CELLS {
            cells.push(cell);
        }
        at = end;
        match bytes.get(at) {
            Some(byte) if *byte == divider => at += 1,
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => return Some((cells, at + 2)),
            Some(b'\n') => return Some((cells, at + 1)),
            None => return Some((cells, at)),
            Some(_) => return None,
        }
    }
}

/// A cell behind its opening quote, and where it ends behind the closing one.
fn quoted(text: &str, start: usize) -> Option<(Unescaped, usize)> {
    let mut cell = Unescaped::new(start);
    let mut at = start;
    loop {
        let quote = at + memchr::memchr(b'"', text.as_bytes().get(at..)?)?;
        cell.plain(&text[at..quote]);
        if text.as_bytes().get(quote + 1) != Some(&b'"') {
            return Some((cell, quote + 1));
        }
        cell.letter('"', 2);
        at = quote + 2;
    }
}

fn event(text: &Text, columns: &[Column], cells: &[Unescaped]) -> Option<Event> {
    let mut draft = Draft::new(text);
    let mut message = None;
    for (column, cell) in columns.iter().zip(cells) {
        let place = place(cell);
        match column {
            Column::Header(Header::Message) => message = Some(cell),
            Column::Header(header) => draft.header(*header, cell.as_str(), place),
            Column::Field(name) => draft.field(name, cell.as_str(), place),
            Column::Numbered | Column::Other => {}
        }
    }
    // Event Viewer has no heading above the description.
    if let Some(message) = message.or_else(|| cells.get(columns.len())) {
        description::fill(&mut draft, message);
    }
    let (first, last) = (place(cells.first()?), place(cells.last()?));
    let start = text.line(text.line_of(first.start))?.start;
    let end = text
        .line(text.line_of(last.end))?
        .trimmed_span()
        .end
        .max(last.end);
    draft.finish(start..end.max(start))
}

/// Where a cell stands, its quotes aside.
fn place(cell: &Unescaped) -> Range<usize> {
    cell.original(0..cell.as_str().len())
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
