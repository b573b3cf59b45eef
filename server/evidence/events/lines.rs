//! Which whole lines a record has to itself: what a person wrote beside it is never claimed.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::Text;

/// What may stand before a record on its line: nothing but the marks of a quoted mail and the start of a list, the head
/// of a syslog line, or a time.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[\s>\[,\u{feff}]*$",
        r"|^\s*<\d{1,3}>[^{]{0,300}$",
        r"|^\s*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )[^{]{0,200}$",
    ))
    .expect("a constant pattern")
});
/// What may stand behind it.
static TAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\s\],;]*$").expect("a constant pattern"));
/// A longer piece of a line is no head and no tail.
const LONGEST: usize = 1024;

/// The pieces of a text that were read, in order, and whether each is told by its fields alone.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    text: &'a Text,
    claimed: Vec<Range<usize>>,
    /// The pieces that touch one another's lines so far, and whether all of them are told.
    open: Option<(Range<usize>, bool)>,
}

impl<'a> Pieces<'a> {
    /// None yet.
    pub(super) fn new(text: &'a Text) -> Self {
        Self {
            text,
            claimed: Vec::new(),
            open: None,
        }
    }

    /// The next piece; it begins behind the one before. `told` when its lines may be claimed.
    pub(super) fn add(&mut self, piece: Range<usize>, told: bool) {
        let whole = self.text.as_str();
        if let Some((range, all_told)) = &mut self.open {
            let between = whole.get(range.end..piece.start).unwrap_or_default();
            if !between.contains('\n') {
                *all_told &= told && fits(&TAIL, between);
                range.end = range.end.max(piece.end);
                return;
            }
        }
        self.close();
        let line = self.text.line(self.text.line_of(piece.start));
        let before = line.map_or("", |line| &whole[line.start..piece.start]);
        self.open = Some((piece, told && fits(&HEAD, before)));
    }

    /// The whole lines that are claimed, in order.
    pub(super) fn claimed(mut self) -> Vec<Range<usize>> {
        self.close();
        self.claimed
    }

    fn close(&mut self) {
        let Some((range, true)) = self.open.take() else {
            return;
        };
        let first = self.text.line_of(range.start);
        let last = self
            .text
            .line_of(range.end.saturating_sub(1).max(range.start));
        let end = self.text.line(last).map_or(range.end, |line| line.end());
        let behind = self.text.as_str().get(range.end..end).unwrap_or_default();
        if fits(&TAIL, behind) {
            self.claimed.push(self.text.range_of_lines(first, last));
        }
    }
}

fn fits(pattern: &Regex, text: &str) -> bool {
    text.len() <= LONGEST && pattern.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The claimed lines where each `{…}` is a piece that is told, and each `(…)` one that is not.
    fn claimed(text: &str) -> Vec<&str> {
        let given = Text::new(text);
        let mut pieces = Pieces::new(&given);
        let mut at = 0;
        while let Some(start) = text[at..].find(['{', '(']).map(|found| at + found) {
            let end = start + text[start..].find(['}', ')']).unwrap() + 1;
            pieces.add(start..end, text[start..].starts_with('{'));
            at = end;
        }
        let claimed = pieces.claimed().into_iter();
        claimed.map(|range| text[range].trim_end()).collect()
    }

    #[test]
    fn a_line_is_claimed_when_nobody_wrote_on_it() {
        assert_eq!(claimed("[{a},{b}]\n{c}\r\n"), ["[{a},{b}]", "{c}"]);
        assert_eq!(claimed("{a\nb}"), ["{a\nb}"]);
        assert_eq!(
            claimed(
                "<14>Nov 16 06:00:11 log01 {a}\n2026-11-16T06:00:11Z {b}\nNov  6 06:00:11 x {c}"
            ),
            [
                "<14>Nov 16 06:00:11 log01 {a}",
                "2026-11-16T06:00:11Z {b}",
                "Nov  6 06:00:11 x {c}"
            ]
        );
        assert_eq!(claimed("> {a}\n> > [{b}]\n"), ["> {a}", "> > [{b}]"]);
        assert_eq!(claimed("look: {a}\n{b} thanks\n{c} and {d}\n").len(), 0);
        assert_eq!(claimed("{a} (b)\n(c)\n{d}"), ["{d}"]);
    }
}
