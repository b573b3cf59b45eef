//! A text in pages that each stay small to send and to show, also where it has a line of many megabytes.
//!
//! Where a page begins is computed, never searched for: a position is measured by its bytes and, for the markup, by its
//! lines; a page ends after so much of it. It ends at a line's end unless that line is longer than half a page.

use std::ops::Range;

use crate::evidence::Text;

/// A page holds about so much: bytes of text and [`LINE`] for each line.
const PAGE: usize = 32 * 1024;
/// What the markup of a line counts.
const LINE: usize = 48;

/// The pages of a text, from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pages<'a> {
    text: &'a Text,
}

impl<'a> Pages<'a> {
    pub(crate) fn of(text: &'a Text) -> Self {
        Self { text }
    }

    /// How many there are; an empty text has one.
    pub(crate) fn count(self) -> usize {
        let last = self.text.line_count();
        let all = self.text.as_str().len() + LINE * last.saturating_sub(1);
        let count = all / PAGE + 1;
        // What is measured last may be a line's markup alone.
        let empty = (2..=count)
            .rev()
            .take_while(|page| self.start(*page) >= self.text.as_str().len());
        count - empty.count()
    }

    /// The bytes of a page.
    pub(crate) fn range(self, page: usize) -> Range<usize> {
        let end = if page < self.count() {
            self.start(page + 1)
        } else {
            self.text.as_str().len()
        };
        self.start(page).min(end)..end
    }

    /// The page that holds a byte.
    pub(crate) fn page_of(self, offset: usize) -> usize {
        let offset = offset.min(self.text.as_str().len());
        let line = self.text.line_of(offset);
        let page = (offset + LINE * line.saturating_sub(1)) / PAGE + 1;
        let count = self.count();
        if page < count && self.start(page + 1) <= offset {
            page + 1
        } else {
            page.min(count)
        }
    }

    /// The first byte of a page.
    fn start(self, page: usize) -> usize {
        let measured = page.saturating_sub(1) * PAGE;
        if measured == 0 {
            return 0;
        }
        let (mut low, mut high) = (1, self.text.line_count() + 1);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.line(middle).start + LINE * (middle - 1) <= measured {
                low = middle;
            } else {
                high = middle;
            }
        }
        let line = self.line(low);
        if line.len() <= PAGE / 2 {
            return line.start;
        }
        let within = measured - LINE * (low - 1);
        self.text.as_str().floor_char_boundary(within.min(line.end))
    }

    fn line(self, number: usize) -> Range<usize> {
        self.text.range_of_lines(number, number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(text: &str) -> Result<(), TestCaseError> {
        let text = Text::new(text);
        let pages = Pages::of(&text);
        let mut at = 0;
        for page in 1..=pages.count() {
            let range = pages.range(page);
            prop_assert_eq!(
                range.start,
                at,
                "page {} begins where the last one ended",
                page
            );
            prop_assert!(
                range.end > at || text.as_str().is_empty(),
                "page {} is empty",
                page
            );
            prop_assert!(text.as_str().get(range.clone()).is_some());
            prop_assert!(range.len() <= 2 * PAGE);
            let lines = text.line_of(range.end.saturating_sub(1)) - text.line_of(range.start);
            prop_assert!(lines <= 2 * PAGE / LINE);
            for offset in [range.start, range.end.saturating_sub(1)] {
                let page = if text.as_str().is_empty() { 1 } else { page };
                prop_assert_eq!(pages.page_of(offset.max(range.start)), page);
            }
            at = range.end;
        }
        prop_assert_eq!(at, text.as_str().len());
        Ok(())
    }

    #[test]
    fn an_empty_text_has_one_empty_page() {
        let text = Text::new("");
        assert_eq!(Pages::of(&text).count(), 1);
        assert_eq!(Pages::of(&text).range(1), 0..0);
    }

    #[test]
    fn pages_end_at_line_ends() {
        let text = Text::new("a line of a log that is not long\r\n".repeat(20_000));
        let pages = Pages::of(&text);
        assert!(pages.count() > 30);
        for page in 2..=pages.count() {
            let start = pages.range(page).start;
            assert_eq!(text.as_str().as_bytes()[start - 1], b'\n');
        }
    }

    #[test]
    fn one_line_of_ten_megabytes_is_paged_too() {
        let text = Text::new("äöü ".repeat(1_500_000));
        let pages = Pages::of(&text);
        assert!(pages.count() > 300);
        assert_eq!(pages.page_of(5_000_000), pages.page_of(5_000_001));
        holds(text.as_str()).unwrap();
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn pages_cover_every_text_once(
            lines in proptest::collection::vec((0_usize..50_000, 0_u32..8), 0..24),
            short in 0_usize..3_000,
        ) {
            let mut text = "\n".repeat(short);
            for (length, kind) in lines {
                // Most lines are short.
                let length = if kind < 5 { length % 200 } else { length };
                text.push_str(&if kind % 2 == 0 { "x".repeat(length) } else { "é".repeat(length) });
                text.push_str(if kind == 7 { "" } else { "\r\n" });
            }
            holds(&text)?;
        }
    }
}
