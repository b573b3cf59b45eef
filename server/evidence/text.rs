//! Decoded text with its line starts: the coordinate system of every proof.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr_iter;

use super::offsets::Offsets;
use super::{Span, abreast};

/// Of a large text each core looks at so much at a time,
const PIECE: usize = 512 * 1024;
/// and all of them so many of these before what they found is put together.
const PIECES: usize = 32;

/// A decoded text. Cloning is cheap. Lines end at LF; a CR before it belongs to the line break.
#[derive(Debug, Clone)]
pub struct Text {
    whole: Arc<String>,
    starts: Arc<Offsets>,
    is_ascii: bool,
}

/// One physical line, without its line break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Counts from 1.
    pub number: usize,
    /// Byte offset of its first byte in the text.
    pub start: usize,
    /// The line without CR and LF.
    pub text: &'a str,
}

impl Line<'_> {
    /// One past the last byte, line break not counted.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The span of `range`, byte offsets within the line. The source is filled in by the caller of a reader.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span {
            source: 0,
            line: self.number,
            start: self.start + range.start,
            end: self.start + range.end,
        }
    }

    /// The span of the line without leading and trailing white space.
    pub fn trimmed_span(&self) -> Span {
        let lead = self.text.len() - self.text.trim_start().len();
        let end = lead.max(self.text.trim_end().len());
        self.span(lead..end)
    }
}

impl Text {
    /// Takes a decoded text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        let text = Arc::new(text.into());
        let piece = if text.len() < abreast::LARGE {
            text.len().max(1)
        } else {
            PIECE
        };
        let (starts, is_ascii) = starts(text.as_bytes(), piece);
        Self {
            whole: text,
            starts: Arc::new(starts),
            is_ascii,
        }
    }

    /// Whether there is no letter in it but those of ASCII.
    pub fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.up_to(offset)
    }

    /// The `number`th line, from 1.
    pub fn line(&self, number: usize) -> Option<Line<'_>> {
        self.lines_of(number..number.saturating_add(1)).next()
    }

    /// The lines of these numbers, from 1, those that there are.
    pub fn lines_of(&self, numbers: Range<usize>) -> impl Iterator<Item = Line<'_>> {
        let first = numbers.start.checked_sub(1);
        let mut start = first.and_then(|first| self.starts.get(first));
        numbers.map_while(move |number| {
            let next = self.starts.get(number);
            let start = std::mem::replace(&mut start, next)?;
            let end = next.map_or(self.whole.len(), |next| next - 1);
            let text = &self.whole[start..end];
            Some(Line {
                number,
                start,
                text: text.strip_suffix('\r').unwrap_or(text),
            })
        })
    }

    /// How many lines there are; a final line break opens a last, empty line.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines_of(1..self.line_count() + 1)
    }

    /// The byte range of the whole lines `first..=last` (from 1), line breaks included.
    pub fn range_of_lines(&self, first: usize, last: usize) -> Range<usize> {
        let start = self.starts.get(first - 1).unwrap_or(self.whole.len());
        let end = self.starts.get(last).unwrap_or(self.whole.len());
        start..end.max(start)
    }
}

/// Where the lines of a text start, and whether it is ASCII, each piece of it looked at by itself.
fn starts(text: &[u8], piece: usize) -> (Offsets, bool) {
    let pieces = abreast::pieces(0..text.len(), piece);
    let mut starts = Offsets::default();
    starts.push(0);
    let mut is_ascii = true;
    for some in pieces.chunks(PIECES) {
        let found = abreast::each(some, |piece| {
            let bytes = &text[piece.clone()];
            let breaks = memchr_iter(b'\n', bytes);
            let starts = breaks.map(|at| piece.start + at + 1).collect::<Offsets>();
            (starts, bytes.is_ascii())
        });
        for (found, ascii) in &found {
            starts.extend(found.iter());
            is_ascii &= ascii;
        }
    }
    (starts, is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn lines_start_where_they_do_however_the_text_is_shared_out(
            text in "[a\n\r\u{e9}]{0,60}",
            piece in 1_usize..20,
        ) {
            let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            let expected = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1));
            let expected = (expected.collect::<Offsets>(), text.is_ascii());
            proptest::prop_assert_eq!(starts(text.as_bytes(), piece), expected);
        }
    }
}
