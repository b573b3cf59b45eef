//! Decoded text with its line starts: the coordinate system of every proof.

use std::sync::Arc;

use memchr::memchr_iter;

use super::Span;

/// A decoded text. Cloning is cheap. Lines end at LF; a CR before it belongs to the line break.
#[derive(Debug, Clone)]
pub struct Text {
    text: Arc<String>,
    starts: Arc<Vec<usize>>,
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
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
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
        let bytes = text.as_bytes();
        // Counted first: a list that grows takes up to twice the memory.
        let mut starts = Vec::with_capacity(memchr_iter(b'\n', bytes).count() + 1);
        starts.push(0);
        starts.extend(memchr_iter(b'\n', bytes).map(|at| at + 1));
        Self {
            text,
            starts: Arc::new(starts),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The `number`th line, from 1.
    pub fn line(&self, number: usize) -> Option<Line<'_>> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self
            .starts
            .get(number)
            .map_or(self.text.len(), |next| next - 1);
        let text = &self.text[start..end.max(start)];
        Some(Line {
            number,
            start,
            text: text.strip_suffix('\r').unwrap_or(text),
        })
    }

    /// How many lines there are; a final line break opens a last, empty line.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// All lines.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        (1..=self.line_count()).filter_map(|number| self.line(number))
    }

    /// The byte range of the whole lines `first..=last` (from 1), line breaks included.
    pub fn range_of_lines(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let start = self
            .starts
            .get(first - 1)
            .copied()
            .unwrap_or(self.text.len());
        let end = self.starts.get(last).copied().unwrap_or(self.text.len());
        start..end.max(start)
    }
}
