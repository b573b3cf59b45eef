//! A text that was written with escapes, read, together with where each piece of it stands in the original.
//!
//! ```text
//! "Status:\t\t0xC000006D\r\n"      JSON: the code stands at 8, read it stands at 9 bytes less an escape
//! "He said ""no"""                 CSV: a quote is doubled
//! ```

use std::ops::Range;

/// A read text and its places. Cloning copies the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unescaped {
    text: String,
    /// Where the two texts go apart: an offset here and its offset in the original, both ascending.
    breaks: Vec<(usize, usize)>,
}

impl Unescaped {
    /// An empty text whose first byte will stand at `start` of the original.
    pub fn new(start: usize) -> Self {
        Self {
            text: String::new(),
            breaks: vec![(0, start)],
        }
    }

    /// Goes on with a piece that stands in the original as it is, directly behind what came before.
    pub fn plain(&mut self, piece: &str) {
        self.text.push_str(piece);
    }

    /// Goes on with a letter that the original writes in `length` bytes.
    pub fn letter(&mut self, letter: char, length: usize) {
        let at = self.text.len();
        let start = self.original_offset(at);
        self.text.push(letter);
        self.breaks.push((at, start));
        self.breaks.push((self.text.len(), start + length));
    }

    /// The text as it is meant.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where a range of the text, on character boundaries, stands in the original.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        self.original_offset(range.start)..self.original_offset(range.end)
    }

    fn original_offset(&self, offset: usize) -> usize {
        let next = self.breaks.partition_point(|(here, _)| *here <= offset);
        match next.checked_sub(1).and_then(|at| self.breaks.get(at)) {
            Some((here, there)) => there + (offset - here),
            None => offset,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_found_again_in_the_original() {
        let original = r"key=a\tbc\u00e9d";
        let mut text = Unescaped::new(4);
        text.plain("a");
        text.letter('\t', 2);
        text.plain("bc");
        text.letter('é', 6);
        text.plain("d");
        assert_eq!(text.as_str(), "a\tbcéd");
        let place = |piece: &str| {
            let at = text.as_str().find(piece).unwrap();
            &original[text.original(at..at + piece.len())]
        };
        assert_eq!(place("bc"), "bc");
        assert_eq!(place("\tb"), r"\tb");
        assert_eq!(place("éd"), r"\u00e9d");
        assert_eq!(place("é"), r"\u00e9");
        assert_eq!(place("a\tbcéd"), r"a\tbc\u00e9d");
        assert_eq!(text.original(7..7), 16..16);
    }
}
