//! Where one record ends and the next begins: conditions joined by `all` must hold within one entry.
//!
//! A text is split only where it is plainly a log, JSON lines, a list of JSON objects, a table of what befell several, a line
//! or a clause for each of several machines, or the same command tried several times; any other text is one entry.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::de::IgnoredAny;

use super::offsets::Offsets;
use super::{Text, abreast};

mod attempts;
mod machines;
mod records;
mod rows;

/// Of a large text each core looks at so many lines at a time,
const LINES: usize = 8 * 1024;
/// and all of them so many times so many before what they found is put together.
const PIECES: usize = 16;

/// Fewer stamped lines than this are a quotation, not a log.
const LEAST_STAMPED: usize = 3;
/// A record whose stamp has seconds was written by a program; it may go on over this many lines on average, as messages
/// of several lines and traces that nobody indented do.
const LONGEST_RECORD: usize = 8;

static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^[\[(<"']{0,2}(?:"#,
        r"\d{4}[-/.](?:\d{2}|[A-Z][a-z]{2})[-/.]\d{2}(?:[T ,_]|$)",
        r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4},? +\d{1,2}:\d{2}",
        r"|\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b",
        r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} +\d{2}:\d{2}:\d{2}",
        r")"
    ))
    .expect("a constant pattern; a test compiles it")
});

/// A stamp to the second, right at the start.
static SECONDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^[\[(<"']{0,2}\d[\w./-]{5,11}[T ,_]+(?:[A-Z][a-z]{2} )?\d{1,2}:\d{2}:\d{2}"#)
        .expect("a constant pattern")
});

/// The entries of a text, in order: byte ranges that together cover it. There is always one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    /// Where those behind the first begin.
    further: Offsets,
    /// Where the last one ends.
    end: usize,
}

impl Entries {
    /// Of a text that is so long. What stands before the first start belongs to an entry too.
    pub(crate) fn new(starts: impl IntoIterator<Item = usize>, end: usize) -> Self {
        let mut further = Offsets::default();
        let mut last = 0;
        for start in starts {
            if last < start && start < end {
                further.push(start);
                last = start;
            }
        }
        Self { further, end }
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.further.len() + 1
    }

    /// The entry of this number, from 0.
    pub fn get(&self, number: usize) -> Option<Range<usize>> {
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => self.further.get(before)?,
        };
        Some(start..self.further.get(number).unwrap_or(self.end))
    }

    /// The number of the entry that holds the byte at `offset`; behind the text that of the last.
    pub fn of(&self, offset: usize) -> usize {
        self.further.up_to(offset)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.len()).filter_map(|number| self.get(number))
    }
}

/// Takes a text apart.
pub fn split(text: &Text) -> Entries {
    let starts = json_lines(text)
        .or_else(|| stamped(text))
        .or_else(|| Some(records::starts(text.as_str())?.into_iter().collect()))
        .or_else(|| Some(rows::starts(text)?.into_iter().collect()))
        .or_else(|| Some(machines::starts(text)?.into_iter().collect()))
        .or_else(|| Some(attempts::starts(text)?.into_iter().collect()));
    // Whatever stands before the first record belongs to it, unless it is lines of its own.
    let starts = starts.unwrap_or_default();
    Entries::new(starts.iter(), text.as_str().len())
}

/// Whether parts that begin at these offsets, and what stands before them, hold codes in more than one of them: only then it
/// matters that they are apart.
fn are_apart(codes: impl Iterator<Item = usize>, starts: &[usize]) -> bool {
    let mut parts = codes.map(|code| starts.partition_point(|start| *start <= code));
    let first = parts.next();
    parts.any(|part| Some(part) != first)
}

fn json_lines(text: &Text) -> Option<Offsets> {
    let mut starts = Offsets::default();
    for line in text.lines().filter(|line| !line.text.trim().is_empty()) {
        let trimmed = line.text.trim();
        let object = trimmed.starts_with('{')
            && trimmed.ends_with('}')
            && serde_json::from_str::<IgnoredAny>(trimmed).is_ok();
        if !object {
            return None;
        }
        starts.push(line.start);
    }
    (starts.len() >= 2).then_some(starts)
}

/// What the lines of a text show about stamps.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stamps {
    /// Where the stamped lines start.
    starts: Offsets,
    /// How many of them have seconds.
    timed: usize,
    /// How many lines have none.
    others: usize,
}

impl Stamps {
    /// Of the lines of these numbers.
    fn of(text: &Text, lines: Range<usize>) -> Self {
        let mut stamps = Self::default();
        for line in text.lines_of(lines) {
            if line.text.is_empty() || line.text.starts_with(char::is_whitespace) {
                continue;
            }
            let bytes = line.text.as_bytes();
            if can_be_stamped(line.text) && (is_usual(bytes) || STAMP.is_match(line.text)) {
                stamps.starts.push(line.start);
                let timed = is_usual_to_the_second(bytes) || SECONDS.is_match(line.text);
                stamps.timed += usize::from(timed);
            } else {
                stamps.others += 1;
            }
        }
        stamps
    }

    /// Of all lines, each core looking at so many at a time.
    fn of_all(text: &Text, piece: usize) -> Self {
        let mut all = Self::default();
        for some in abreast::pieces(1..text.line_count() + 1, piece).chunks(PIECES) {
            for stamps in abreast::each(some, |lines| Self::of(text, lines.clone())) {
                all.starts.extend(stamps.starts.iter());
                all.timed += stamps.timed;
                all.others += stamps.others;
            }
        }
        all
    }
}

fn stamped(text: &Text) -> Option<Offsets> {
    let is_large = text.as_str().len() >= abreast::LARGE;
    let piece = if is_large { LINES } else { text.line_count() };
    let Stamps {
        starts,
        timed,
        others,
    } = Stamps::of_all(text, piece);
    let written_by_a_program = timed == starts.len() && others < timed * LONGEST_RECORD;
    (starts.len() >= LEAST_STAMPED && (starts.len() > others || written_by_a_program))
        .then_some(starts)
}

/// Every stamp begins with a digit or a month, perhaps behind brackets or quotes.
fn can_be_stamped(line: &str) -> bool {
    let first = line.bytes().find(|byte| !b"[(<\"'".contains(byte));
    first.is_some_and(|first| first.is_ascii_digit() || b"JFMASOND".contains(&first))
}

/// `2026-03-01 ` or `2026-03-01T`, what most logs print, without the regex.
fn is_usual(line: &[u8]) -> bool {
    line.len() > 10
        && [0, 1, 2, 3, 5, 6, 8, 9]
            .iter()
            .all(|at| line[*at].is_ascii_digit())
        && line[4] == b'-'
        && line[7] == b'-'
        && matches!(line[10], b'T' | b' ')
}

/// `2026-03-01 10:00:00`, without the regex.
fn is_usual_to_the_second(line: &[u8]) -> bool {
    let digits = [11, 12, 14, 15, 17, 18];
    line.len() > 18
        && digits.iter().all(|at| line[*at].is_ascii_digit())
        && line[13] == b':'
        && line[16] == b':'
        && is_usual(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a text that begin at these offsets, and what stands before them.
    pub(super) fn pieces_at(text: &str, starts: Vec<usize>) -> Vec<&str> {
        let starts = starts.into_iter().filter(|start| *start > 0);
        let bounds = std::iter::once(0).chain(starts).chain([text.len()]);
        let bounds = bounds.collect::<Vec<_>>();
        let pieces = bounds.windows(2).map(|pair| &text[pair[0]..pair[1]]);
        pieces.collect()
    }

    fn pieces(text: &str) -> Vec<String> {
        split(&Text::new(text))
            .iter()
            .map(|range| text[range].to_owned())
            .collect()
    }

    #[test]
    fn a_log_is_split_at_its_stamps_and_keeps_continuations() {
        let log = "2026-03-01 10:00:00 one\n2026-03-01 10:00:01 two\n   at Robin.Run()\n2026-03-01 10:00:02 three\n";
        assert_eq!(
            pieces(log),
            [
                "2026-03-01 10:00:00 one\n",
                "2026-03-01 10:00:01 two\n   at Robin.Run()\n",
                "2026-03-01 10:00:02 three\n"
            ]
        );
    }

    #[test]
    fn words_before_the_log_are_an_entry_of_their_own() {
        let log = "see:\n[10:00:00] a\n[10:00:01] b\n[10:00:02] c";
        assert_eq!(pieces(log).len(), 4);
        assert_eq!(pieces(log).concat(), log);
    }

    #[test]
    fn a_log_whose_messages_go_on_over_lines_is_split_at_its_stamps() {
        let log = "2026-11-20 06:00:10 ERROR first\nSystem.Exception: one\n---> Inner: two\n2026-11-20 06:00:11 ERROR second\nmore\n2026-11-20 06:00:12 INFO third\nand more\n";
        assert_eq!(pieces(log).len(), 3);
        let agent = "2026-Nov-20 Fri 06:00:10.001 INFO a\n2026-Nov-20 Fri 06:00:11.123 ERROR b\n2026-Nov-20 Fri 06:00:12.000 INFO c\n";
        assert_eq!(pieces(agent).len(), 3);
    }

    #[test]
    fn runs_in_a_list_are_entries() {
        let list = "Export:\n[\n  {\n    \"run\": 1\n  },\n  {\n    \"run\": 2\n  }\n]\n";
        assert_eq!(pieces(list).len(), 3);
        assert_eq!(pieces(list).concat(), list);
        assert_eq!(pieces("{\"value\":[{\"a\":1},{\"a\":2}]}").len(), 3);
    }

    #[test]
    fn json_lines_are_entries() {
        assert_eq!(pieces("{\"a\":1}\r\n\r\n{\"b\":2}\r\n").len(), 2);
    }

    #[test]
    fn one_json_object_over_several_lines_is_one_entry() {
        assert_eq!(pieces("{\n\"a\": {}\n}").len(), 1);
    }

    #[test]
    fn prose_with_two_stamps_is_one_entry() {
        assert_eq!(
            pieces("2026-03-01 10:00 it failed\nagain\n2026-03-01 11:00 too\nthanks").len(),
            1
        );
    }

    #[test]
    fn an_empty_text_has_one_empty_entry() {
        assert_eq!(pieces(""), [""]);
    }

    proptest::proptest! {
        #[test]
        fn stamps_are_found_however_the_lines_are_shared_out(
            lines in proptest::collection::vec("2026-03-01 10:00:0[0-9] a|2026-03-01 b|  c|d|", 0..30),
            piece in 1_usize..9,
        ) {
            let text = Text::new(lines.join("\n"));
            let all = Stamps::of(&text, 1..text.line_count() + 1);
            proptest::prop_assert_eq!(Stamps::of_all(&text, piece), all);
        }
    }
}
