//! Event XML, as Event Viewer's "XML View", `wevtutil qe /f:xml`, a saved log and shippers give it.
//!
//! ```text
//! - <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
//!   - <System>
//!       <Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-a5ba-3e3b0328c30d}" />
//!       <EventID>4625</EventID>
//!       <TimeCreated SystemTime="2026-11-03T08:14:22.1234567Z" />
//!       <Computer>RPA-VM-07.contoso.test</Computer>
//!     </System>
//!   - <EventData>
//!       <Data Name="TargetUserName">svc-robot</Data>
//!       <Data Name="Status">0xc000006d</Data>
//!     </EventData>
//!   </Event>
//! ```
//!
//! People paste a piece of it, with a browser's markers, behind a syslog head, with `<` written `&lt;` or `\u003c`. So it
//! is read tag by tag: a record goes on as long as nothing but tags and their content follows, and a torn one costs
//! itself alone. Nothing is expanded but the five predefined entities and characters given by number.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::{Line, Reader, Reading, Span, Text};
use super::markup::{self, Spelling, Tag};
use super::{Event, EventField, known, names, unix_ms};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows event XML",
    marks: &[
        "<EventID",
        "<EventData",
        "<UserData",
        "<Data Name",
        ":EventID",
        ":EventData",
        ":UserData",
        "lt;EventID",
        "lt;EventData",
        "lt;UserData",
        "lt;Data Name",
        "u003cEventID",
        "u003cEventData",
        "u003cUserData",
        "u003cData Name",
    ],
    read,
};

/// Where a record, whole or torn at its front, can begin.
static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:<|&lt;|\\u003[cC])(?:[A-Za-z][A-Za-z0-9_.-]{0,15}:)?(?:EventData|EventID|Event|System|Provider|UserData|Data)\b",
    )
    .expect("a constant pattern")
});
/// Where rendered text ends: at its own end, or where the next record begins.
static RENDERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:<|&lt;|\\u003[cC])(?:/(?:[A-Za-z][A-Za-z0-9_.-]{0,15}:)?(?:RenderingInfo|Event)\b|(?:[A-Za-z][A-Za-z0-9_.-]{0,15}:)?Event[\s>&\\])",
    )
    .expect("a constant pattern")
});

/// What may stand on a line before a record without being somebody's words: a syslog head, a time, the start of a list.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^[\s\-+\u{feff}]*(?:<\?xml[^>]*\?>\s*)?(?:<\w{0,20}:?Events[^>]*>\s*)?$"#,
        r"|^\s*<\d{1,3}>[^<]{0,400}$",
        r"|^\s*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )[^<]{0,400}$",
    ))
    .expect("a constant pattern")
});
/// The same behind a record.
static TAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:</\w{0,20}:?Events>\s*)?$").expect("a constant pattern"));

/// Reads every record. Closes nothing: no log is proved complete.
fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let whole = text.as_str();
    let mut lines = Lines::default();
    let mut at = 0;
    while let Some(found) = BEGIN.find_at(whole, at) {
        let (record, end) = record(text, found.start());
        at = end.max(found.end());
        if let Some(event) = record.finish(text, found.start()..end) {
            if known::is_claimed(&event) {
                lines.add(text, found.start()..end, &mut reading.claimed);
            }
            reading.events.push(event);
        }
    }
    lines.close(text, &mut reading.claimed);
    reading
}

/// What one record has told so far.
#[derive(Default)]
struct Record {
    event: Event,
    id: Option<Span>,
    /// How many parts of it were read, named or not.
    parts: usize,
    part: Part,
    system_done: bool,
    data_done: bool,
    unnamed: usize,
}

/// The part of a record that is being read.
#[derive(Default, PartialEq, Eq)]
enum Part {
    #[default]
    Outside,
    System,
    Data,
    UserData,
}

/// An element whose content is wanted.
struct Pending<'a> {
    name: Cow<'a, str>,
    /// The name of the field it makes, if it is one.
    field: Option<String>,
    content: usize,
}

/// Reads the record that begins with the tag at `start`; also where it ends.
fn record(text: &Text, start: usize) -> (Record, usize) {
    let whole = text.as_str();
    let spelling = Spelling::at(whole, start);
    let mut record = Record::default();
    let mut pending: Option<Pending<'_>> = None;
    let mut end = start;
    let mut next = Some(start);
    while let Some(open) = next {
        let between = &whole[end..open];
        let Some(tag) = markup::tag(whole, open, spelling) else {
            break;
        };
        let is_content = pending
            .as_ref()
            .is_some_and(|leaf| tag.closing && leaf.name == tag.name);
        if open != start && !is_content && !markup::is_filling(between) {
            break;
        }
        if tag.name == "RenderingInfo" && !tag.closing && !tag.empty {
            pending = None;
            let Some(found) = RENDERED.find_at(whole, tag.end) else {
                end = tag.end;
                break;
            };
            end = found.start();
            let close = markup::tag(whole, end, spelling)
                .filter(|tag| tag.closing && tag.name == "RenderingInfo");
            end = close.map_or(end, |tag| tag.end);
            next = markup::next_open(whole, end, spelling);
            continue;
        }
        if !tag.closing && record.is_over_before(&tag) {
            break;
        }
        if tag.closing {
            if let Some(leaf) = pending.take()
                && leaf.name == tag.name
            {
                record.take(text, leaf, open, spelling);
            }
            end = tag.end;
            if record.closed(&tag.name) {
                break;
            }
        } else {
            pending = record.opened(text, &tag, spelling);
            end = tag.end;
        }
        next = markup::next_open(whole, end, spelling);
    }
    (record, end)
}

impl Record {
    fn is_in_data(&self) -> bool {
        matches!(self.part, Part::Data | Part::UserData)
    }

    /// Whether this tag is the first of the next record.
    fn is_over_before(&self, tag: &Tag<'_>) -> bool {
        match tag.name.as_ref() {
            "Event" | "Events" => self.parts > 0 || self.system_done || self.data_done,
            "System" => self.part != Part::Outside || self.system_done || self.data_done,
            "EventID" => self.event.id.is_some() || self.data_done,
            "Provider" => self.event.provider.is_some() || self.data_done,
            "EventData" | "UserData" => self.data_done || self.is_in_data(),
            "Data" => self.data_done,
            _ => false,
        }
    }

    fn opened<'a>(
        &mut self,
        text: &Text,
        tag: &Tag<'a>,
        spelling: Spelling,
    ) -> Option<Pending<'a>> {
        let mut field = None;
        match tag.name.as_ref() {
            "System" if !tag.empty => self.part = Part::System,
            "EventData" | "ProcessingErrorData" if !tag.empty => self.part = Part::Data,
            "UserData" if !tag.empty => self.part = Part::UserData,
            "Provider" if !self.is_in_data() => {
                let name = tag.attribute("Name", spelling);
                let name = name.or_else(|| tag.attribute("EventSourceName", spelling));
                if let Some((name, _)) = name {
                    self.event.provider = Some(name.into_owned());
                    self.parts += 1;
                }
            }
            "TimeCreated" if !self.is_in_data() => {
                if let Some((stamp, _)) = tag.attribute("SystemTime", spelling) {
                    self.event.time = unix_ms(&stamp);
                    self.parts += 1;
                }
            }
            "Security" if !self.is_in_data() => {
                if let Some((value, range)) = tag.attribute("UserID", spelling) {
                    self.push(text, "UserID".to_owned(), value.into_owned(), range);
                }
            }
            "Data" => {
                let name = tag.attribute("Name", spelling);
                let name = name.map(|(name, _)| name.into_owned());
                field = Some(name.unwrap_or_else(|| {
                    self.unnamed += 1;
                    format!("param{}", self.unnamed)
                }));
            }
            _ if self.part == Part::UserData => field = Some(tag.name.clone().into_owned()),
            _ => {}
        }
        if !tag.empty {
            return Some(Pending {
                name: tag.name.clone(),
                field,
                content: tag.end,
            });
        }
        if let Some(name) = field {
            self.push(text, name, String::new(), tag.start..tag.end);
        }
        None
    }

    fn take(&mut self, text: &Text, leaf: Pending<'_>, end: usize, spelling: Spelling) {
        let raw = &text.as_str()[leaf.content..end];
        let trimmed = markup::trim(raw);
        let start = leaf.content + (trimmed.as_ptr() as usize - raw.as_ptr() as usize);
        let range = start..start + trimmed.len();
        let value = markup::unescape(trimmed, spelling).into_owned();
        match (leaf.name.as_ref(), leaf.field) {
            (_, Some(name)) => self.push(text, name, value, range),
            ("EventID", None) => {
                self.event.id = value.parse().ok();
                self.id = Some(span(text, range));
                self.parts += 1;
            }
            ("Computer", None) if !value.is_empty() => {
                self.event.machine = Some(value);
                self.parts += 1;
            }
            ("Channel" | "EventRecordID" | "Keywords", None) => self.parts += 1,
            _ => {}
        }
    }

    fn push(&mut self, text: &Text, name: String, value: String, range: Range<usize>) {
        self.parts += 1;
        self.event.fields.push(EventField {
            name,
            value,
            span: span(text, range),
        });
    }

    /// Whether the record is complete with this closing tag.
    fn closed(&mut self, name: &str) -> bool {
        match name {
            "System" => {
                self.part = Part::Outside;
                self.system_done = true;
            }
            "EventData" | "UserData" => {
                self.part = Part::Outside;
                self.data_done = true;
            }
            _ => {}
        }
        matches!(name, "Event" | "Events")
    }

    /// The event, when enough was read to be sure that it is one.
    fn finish(self, text: &Text, range: Range<usize>) -> Option<Event> {
        let mut event = self.event;
        let is_event =
            match event.id {
                Some(_) => self.parts >= 2,
                None => {
                    event.fields.iter().any(|field| {
                        names::field(&field.name).is_some_and(|known| known == field.name)
                    }) && (self.data_done || self.parts >= 2)
                }
            };
        if !is_event {
            return None;
        }
        let trimmed = text.as_str()[range.clone()].trim_end().len();
        event.span = span(text, range.start..range.start + trimmed);
        let first_line = text.line(event.span.line).map_or(event.span.end, |line| {
            (line.start + line.text.trim_end().len()).min(event.span.end)
        });
        event.id_span = self.id.unwrap_or(Span {
            end: first_line.max(event.span.start),
            ..event.span
        });
        Some(event)
    }
}

fn span(text: &Text, range: Range<usize>) -> Span {
    Span {
        source: 0,
        line: text.line_of(range.start),
        start: range.start,
        end: range.end,
    }
}

/// Claims lines on which nothing but records stands: what a person wrote beside one stays free text.
#[derive(Default)]
struct Lines {
    /// Records that touch each other's lines: what lies between and around them decides.
    run: Vec<Range<usize>>,
}

impl Lines {
    fn add(&mut self, text: &Text, record: Range<usize>, claimed: &mut Vec<Range<usize>>) {
        let apart = self
            .run
            .last()
            .is_some_and(|last| text.line_of(last.end.max(1) - 1) < text.line_of(record.start));
        if apart {
            self.close(text, claimed);
        }
        self.run.push(record);
    }

    fn close(&mut self, text: &Text, claimed: &mut Vec<Range<usize>>) {
        let run = std::mem::take(&mut self.run);
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return;
        };
        let whole = text.as_str();
        let (mut from, mut to) = (text.line_of(first.start), text.line_of(last.end.max(1) - 1));
        let line = |number: usize| -> Option<Line<'_>> { text.line(number) };
        let head = line(from).is_some_and(|line| HEAD.is_match(&whole[line.start..first.start]));
        let tail = line(to).is_some_and(|line| {
            last.end >= line.end() || TAIL.is_match(&whole[last.end..line.end()])
        });
        let filled = run
            .windows(2)
            .all(|pair| HEAD.is_match(whole[pair[0].end..pair[1].start].trim()));
        if !filled {
            return;
        }
        if !head {
            from += 1;
        }
        if !tail {
            to = to.saturating_sub(1);
        }
        if from <= to {
            claimed.push(text.range_of_lines(from, to));
        }
    }
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
