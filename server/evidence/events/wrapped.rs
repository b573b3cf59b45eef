//! Events of a text that a mail program, a ticket system or a console broke into short lines.
//!
//! ```text
//! > {"EventID":4625,"SourceName":"Microsoft-Windows-Secu
//! > rity-Auditing","TargetUserName":"svc-robot","SubStat
//! > us":"0xC000006A"}
//! ```
//!
//! Nothing tells how a text was broken, so it is put together in each way that its widths allow, and read again by the
//! same readers; the way that tells most is kept, and the text as it was sent wherever that tells as much. What is told
//! stands in the bytes that were sent: every place is led back to them.

use std::ops::Range;

use super::super::{Line, Span, Text, codes};
use super::draft::is_numbered;
use super::names::{self, Header};
use super::{Event, EventField, known, without_repeats};

/// A larger text is a file, which nobody wrapped; and every view is read once more.
const LARGEST: usize = 64 * 1024;
/// A text with a longer line was not wrapped as a whole.
const WIDEST: usize = 200;
/// A console or a mail is wider than this.
const NARROWEST: usize = 30;

/// What the readers of events made of a text.
#[derive(Debug, Default)]
pub(in crate::evidence) struct Told {
    /// Each with the number of its reader.
    pub(in crate::evidence) events: Vec<(usize, Event)>,
    /// Whole lines.
    pub(in crate::evidence) claimed: Vec<Range<usize>>,
    /// The readers that told something.
    pub(in crate::evidence) kinds: Vec<&'static str>,
}

/// Which readers a text that was put together is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::evidence) enum For {
    /// Those to whom the end of a line means nothing but the end of a record.
    OneLine,
    /// All of them.
    All,
}

/// The best that can be told of a text: as it is, which was read before, or put together.
pub(in crate::evidence) fn best(
    text: &Text,
    as_sent: Told,
    read: impl Fn(&Text, For) -> Told,
) -> Told {
    let views = views(text);
    let mut best = as_sent;
    if views.is_empty() {
        return best;
    }
    let mut most = worth(&best, true);
    for view in views {
        let told = view.led_back(text, read(&view.text, view.readers));
        let worth = worth(&told, view.joined != 1);
        if worth > most {
            most = worth;
            best = told;
        }
    }
    best
}

/// How much is told: known events, codes that decide, heads and fields; then, where that counts, how long the values are,
/// spaces aside, and how much belongs to records. Of two lines alone nobody can tell whether the second one goes on with
/// the value of the first.
fn worth(told: &Told, count_lengths: bool) -> (usize, usize, usize) {
    let mut worth = (0, 0, 0);
    if count_lengths {
        worth.2 = told.claimed.iter().map(ExactSizeIterator::len).sum();
    }
    for event in without_repeats(told.events.clone()) {
        worth.0 += 8 * usize::from(known::of(&event).is_some());
        worth.0 += 4 * usize::from(event.code().is_some());
        let head = [event.provider.is_some(), event.machine.is_some()];
        worth.0 += head.into_iter().map(usize::from).sum::<usize>();
        for field in &event.fields {
            worth.0 += soundness(field);
            if count_lengths {
                let words = field.value.split_whitespace();
                worth.1 += words.map(str::len).sum::<usize>();
            }
        }
    }
    worth
}

/// A known field counts more than one of any name, and a status that is none not at all.
fn soundness(field: &EventField) -> usize {
    match names::field(&field.name) {
        Some("Status" | "SubStatus") => {
            let value = field.value.trim();
            let digits = value.trim_start_matches("0x").trim_start_matches("0X");
            let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_code = !value.contains(' ') && !codes::parse(value).is_empty();
            2 * usize::from(is_number || is_code)
        }
        Some(_) => 2,
        None => 1 + usize::from(is_numbered(&field.name)),
    }
}

/// A text that was put together.
struct View {
    text: Text,
    readers: For,
    /// So many breaks were taken out.
    joined: usize,
    /// Where it goes on in another place of the original: an offset here and there, both ascending.
    pieces: Vec<(usize, usize)>,
}

/// How two lines become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// They do not.
    Break,
    /// The break stands for a space.
    Space,
    /// The break was put into a word.
    Nothing,
    /// The same, and the second line was indented for it.
    Indented,
}

/// A line without its break and the marks of a quotation.
struct Piece<'a> {
    text: &'a str,
    start: usize,
    width: usize,
}

fn views(text: &Text) -> Vec<View> {
    if text.as_str().len() > LARGEST {
        return Vec::new();
    }
    let lines = unquoted(text);
    let Some(widest) = lines.iter().map(|line| line.width).max() else {
        return Vec::new();
    };
    let mut views = Vec::new();
    if lines.len() < 2 {
        return views;
    }
    if text.as_str().trim_start().starts_with('>') {
        views.extend(view(&lines, For::All, true, |_| Joint::Break));
    }
    for width in console_widths(&lines, widest) {
        let ends_there =
            |at: usize| lines[at].width == width && !lines[at + 1].text.trim().is_empty();
        views.extend(view(&lines, For::All, false, |at| {
            if ends_there(at) {
                Joint::Nothing
            } else {
                Joint::Break
            }
        }));
        views.extend(view(&lines, For::All, false, |at| {
            if ends_there(at) && lines[at + 1].text.starts_with("        ") {
                Joint::Indented
            } else {
                Joint::Break
            }
        }));
    }
    let open = open_strings(&lines);
    views.extend(view(&lines, For::OneLine, false, |at| {
        if open[at] { Joint::Space } else { Joint::Break }
    }));
    if widest > WIDEST {
        return views;
    }
    let several = lines.iter().filter(|line| line.text.trim().contains(' '));
    let width = several.map(|line| line.width).max().unwrap_or(0);
    let is_full = |at: usize| {
        let next = lines[at + 1].text.split_whitespace().next();
        let word = next.unwrap_or_default();
        !lines[at].text.trim().is_empty()
            && !word.is_empty()
            && lines[at].width + 1 + word.chars().count() > width
    };
    views.extend(view(&lines, For::All, false, |at| {
        if is_full(at) && !begins_with_label(lines[at + 1].text) {
            Joint::Space
        } else {
            Joint::Break
        }
    }));
    views.extend(view(&lines, For::OneLine, false, |at| {
        if is_full(at) {
            Joint::Space
        } else {
            Joint::Break
        }
    }));
    views
}

/// The lines; those of a quotation without its marks. A break may also stand before a `>` of XML, hardly thrice in a row.
fn unquoted(text: &Text) -> Vec<Piece<'_>> {
    let lines = text.lines().collect::<Vec<_>>();
    let runs = lines.chunk_by(|one, next| one.text.starts_with('>') == next.text.starts_with('>'));
    let pieces = runs.flat_map(|run| {
        let is_xml = run.iter().any(|line| line.text.starts_with("><"));
        let is_quoted = run.len() > if is_xml { 2 } else { 1 };
        run.iter().map(move |line| piece(line, is_quoted))
    });
    pieces.collect()
}

fn piece<'a>(line: &Line<'a>, is_quoted: bool) -> Piece<'a> {
    let whole = line.text.trim_end_matches(['\r', '\n']);
    let mut text = whole;
    while let Some(rest) = text.strip_prefix('>').filter(|_| is_quoted) {
        text = rest.strip_prefix(' ').unwrap_or(rest);
    }
    Piece {
        text,
        start: line.start + (whole.len() - text.len()),
        width: text.chars().count(),
    }
}

/// The widths at which a console may have broken the lines: the longest one, and the most frequent one of many.
fn console_widths(lines: &[Piece<'_>], widest: usize) -> Vec<usize> {
    if widest > WIDEST {
        return Vec::new();
    }
    let mut counts = [0_usize; WIDEST + 1];
    for line in lines {
        counts[line.width] += 1;
    }
    let frequent = (NARROWEST..=widest).max_by_key(|width| counts[*width]);
    let frequent = frequent.filter(|width| *width != widest && counts[*width] > 1);
    std::iter::once(widest)
        .filter(|width| *width >= NARROWEST)
        .chain(frequent)
        .collect()
}

/// `Account Name:`, `Kontoname:`: a line of its own, whatever stands before it.
fn begins_with_label(line: &str) -> bool {
    let line = line.trim_start();
    let Some((label, behind)) = line.split_once([':', '：']) else {
        return false;
    };
    let is_label = label.chars().next().is_some_and(char::is_alphabetic)
        && label.chars().count() <= 60
        && !label.contains(['=', '"', '{', ',']);
    is_label && behind.chars().next().is_none_or(char::is_whitespace)
        || names::header(label.trim()) == Some(Header::Id)
}

/// Whether each line ends inside a string of JSON, which holds no break of its own.
fn open_strings(lines: &[Piece<'_>]) -> Vec<bool> {
    let mut depth = 0_usize;
    let mut is_open = false;
    let ends = lines.iter().map(|line| {
        let mut escaped = false;
        if depth == 0 && !line.text.trim_start().starts_with(['{', '[']) {
            return false;
        }
        for byte in line.text.bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = is_open,
                b'"' => is_open = !is_open,
                b'{' | b'[' if !is_open => depth += 1,
                b'}' | b']' if !is_open => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        is_open &= depth > 0;
        is_open
    });
    ends.collect()
}

/// The lines put together; nothing when nothing is joined and nothing `differs` from the text either.
fn view(
    lines: &[Piece<'_>],
    readers: For,
    differs: bool,
    joint: impl Fn(usize) -> Joint,
) -> Option<View> {
    let mut text = String::new();
    let mut pieces = Vec::new();
    let mut joined = 0;
    let mut before = Joint::Break;
    for (at, line) in lines.iter().enumerate() {
        let content = match before {
            Joint::Space | Joint::Indented => line.text.trim_start(),
            Joint::Break | Joint::Nothing => line.text,
        };
        let end = line.start + line.text.len();
        pieces.push((text.len(), end - content.len()));
        text.push_str(content);
        if at + 1 == lines.len() {
            break;
        }
        before = joint(at);
        joined += usize::from(before != Joint::Break);
        match before {
            Joint::Break => text.push('\n'),
            Joint::Space => text.push(' '),
            Joint::Nothing | Joint::Indented => {}
        }
    }
    (differs || joined > 0).then(|| View {
        text: Text::new(text),
        readers,
        joined,
        pieces,
    })
}

impl View {
    fn led_back(&self, original: &Text, mut told: Told) -> Told {
        for (_, event) in &mut told.events {
            event.for_each_span(|span| *span = self.span(original, *span));
        }
        for range in &mut told.claimed {
            let there = self.original(range.start..range.end);
            let first = original.line_of(there.start);
            let last = original.line_of(there.end.saturating_sub(1).max(there.start));
            *range = original.range_of_lines(first, last);
        }
        told
    }

    fn span(&self, original: &Text, span: Span) -> Span {
        let there = self.original(span.start..span.end);
        Span {
            line: original.line_of(there.start),
            start: there.start,
            end: there.end,
            ..span
        }
    }

    /// Where a range stands in the text that was sent: from its first letter to its last one.
    fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = self.piece(|here| here <= range.start);
        let start = start.1 + (range.start - start.0);
        if range.is_empty() {
            return start..start;
        }
        let end = self.piece(|here| here < range.end);
        start..end.1 + (range.end - end.0)
    }

    /// The last piece whose start here fulfils this.
    fn piece(&self, fits: impl Fn(usize) -> bool) -> (usize, usize) {
        let behind = self.pieces.partition_point(|(here, _)| fits(*here));
        self.pieces[behind.saturating_sub(1)]
    }
}

#[cfg(test)]
#[path = "wrapped_tests.rs"]
mod tests;
