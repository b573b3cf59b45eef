//! The squeezed stream: text as phrases see it.
//!
//! White space, zero-width characters, mail quoting at line starts, Markdown emphasis and HTML tags are gone; case,
//! quotes, dashes and typographic variants are folded; escapes are folded on lines that show they hold escapes. So
//! neither a hard wrap nor an export can hide a phrase. Two arrays map each squeezed byte to the original.

use std::ops::Range;

use memchr::{memchr, memrchr};

use tokens::{fold, holds_escapes, token};

mod tokens;

/// A piece of text, squeezed, with its way back.
#[derive(Debug, Default)]
pub(crate) struct Squeezed {
    /// The folded bytes.
    pub(crate) bytes: Vec<u8>,
    starts: Vec<usize>,
    ends: Vec<usize>,
}

/// A piece of text, squeezed in one quick pass: only some places know where they come from.
#[derive(Debug, Default)]
pub(crate) struct Skimmed {
    /// The folded bytes.
    pub(crate) bytes: Vec<u8>,
    places: Vec<Place>,
}

/// A place where squeezing can begin anew.
#[derive(Debug, Clone, Copy)]
struct Place {
    squeezed: usize,
    original: usize,
    escaped: bool,
}

/// A stretch of the original, and how to squeeze it: whether its first line holds escapes, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) range: Range<usize>,
    escaped: Option<bool>,
    /// Where in the skimmed bytes it begins.
    pub(crate) squeezed: usize,
}

/// Places of a [`Skimmed`] text are at most about this far apart.
const PLACES: usize = 1024;

impl Squeezed {
    /// Squeezes `text[range]`; the map speaks of offsets into `text`.
    #[cfg(test)]
    pub(crate) fn of(text: &str, range: Range<usize>) -> Self {
        Self::stretch(
            text,
            &Stretch {
                range,
                escaped: None,
                squeezed: 0,
            },
        )
    }

    /// Squeezes a stretch just as it was skimmed.
    pub(crate) fn stretch(text: &str, stretch: &Stretch) -> Self {
        let mut squeezed = Self::default();
        walk(
            text,
            stretch.range.clone(),
            stretch.escaped,
            |at, length, stands_for| {
                fold(stands_for, |byte| {
                    squeezed.bytes.push(byte);
                    squeezed.starts.push(at);
                    squeezed.ends.push(at + length);
                });
            },
        );
        squeezed
    }

    /// The original bytes of a squeezed range that is not empty.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.ends[range.end - 1]
    }

    /// Where the original of the squeezed byte at `at` ends and that of the next begins.
    pub(crate) fn gap_after(&self, at: usize) -> Option<Range<usize>> {
        let next = *self.starts.get(at + 1)?;
        Some(self.ends[at]..next)
    }
}

impl Skimmed {
    /// Squeezes `text[range]` anew; what it held before is dropped, its memory kept.
    pub(crate) fn skim(&mut self, text: &str, range: Range<usize>) {
        self.bytes.clear();
        self.places.clear();
        let bytes = text.as_bytes();
        for line in lines(text, range) {
            let whole = &text[line.whole.clone()];
            // Asked when the first backslash is met: most lines have none.
            let mut escaped = None;
            let first_mark = self.places.len();
            let mut at = line.own.start;
            self.mark(at, false);
            let mut marked = at;
            while at < line.own.end {
                at += plain_run(&bytes[at..line.own.end], escaped, &mut self.bytes);
                if at < line.own.end && escaped.is_none() && bytes[at] == b'\\' {
                    let holds = holds_escapes(whole);
                    escaped = Some(holds);
                    for place in &mut self.places[first_mark..] {
                        place.escaped = holds;
                    }
                } else if at < line.own.end {
                    let Some(first) = text[at..].chars().next() else {
                        break;
                    };
                    let escaped = escaped.unwrap_or(false);
                    let token = token(whole, at - line.whole.start, first, escaped);
                    if let Some(letter) = token.stands_for {
                        fold(letter, |byte| self.bytes.push(byte));
                    }
                    at += token.length;
                }
                if at - marked >= PLACES && at < line.own.end {
                    self.mark(at, escaped.unwrap_or(false));
                    marked = at;
                }
            }
        }
    }

    fn mark(&mut self, original: usize, escaped: bool) {
        self.places.push(Place {
            squeezed: self.bytes.len(),
            original,
            escaped,
        });
    }

    /// The stretch of the original that holds a squeezed range; `end` is the original's end.
    pub(crate) fn around(&self, squeezed: &Range<usize>, end: usize) -> Stretch {
        let after = |at: usize| self.places.partition_point(|place| place.squeezed <= at);
        let first = self.places.get(after(squeezed.start).saturating_sub(1));
        let end = self
            .places
            .get(after(squeezed.end))
            .map_or(end, |place| place.original);
        Stretch {
            range: first.map_or(0, |place| place.original)..end,
            escaped: first.map(|place| place.escaped),
            squeezed: first.map_or(0, |place| place.squeezed),
        }
    }
}

/// One physical line: the part that is in the range and not quoting, and the whole, which decides about escapes.
struct LineParts {
    own: Range<usize>,
    whole: Range<usize>,
}

/// The lines of a range. A range that begins or ends within a line has a part of it.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = LineParts> {
    let bytes = text.as_bytes();
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let start = at;
        let begins = start == 0 || bytes[start - 1] == b'\n';
        let line_start = if begins {
            start
        } else {
            memrchr(b'\n', &bytes[start.saturating_sub(LOOK_BACK)..start])
                .map_or(start.saturating_sub(LOOK_BACK), |back| {
                    start.saturating_sub(LOOK_BACK) + back + 1
                })
        };
        let line_end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |more| start + more + 1);
        at = line_end.min(range.end);
        let quoting = if begins {
            quoting(&bytes[start..at])
        } else {
            0
        };
        let whole = text.floor_char_boundary(line_start)
            ..text.ceil_char_boundary(line_end.min(start + LOOK_AHEAD).max(at));
        Some(LineParts {
            own: start + quoting..at,
            whole,
        })
    })
}

/// So far back and ahead a very long line is looked at for escapes.
const LOOK_BACK: usize = 64 * 1024;
const LOOK_AHEAD: usize = 512 * 1024;

/// How long the mail quoting at a line's start is.
fn quoting(line: &[u8]) -> usize {
    let length = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'>'))
        .count();
    if line[..length].contains(&b'>') {
        length
    } else {
        0
    }
}

/// Calls `each` with the offset, the length and the letter of everything that stays.
fn walk(
    text: &str,
    range: Range<usize>,
    mut escaped: Option<bool>,
    mut each: impl FnMut(usize, usize, char),
) {
    for line in lines(text, range) {
        let whole = &text[line.whole.clone()];
        let escaped = escaped.take().unwrap_or_else(|| holds_escapes(whole));
        let mut at = line.own.start;
        while let Some(first) = text[at..line.own.end].chars().next() {
            let token = token(whole, at - line.whole.start, first, escaped);
            if let Some(letter) = token.stands_for {
                each(at, token.length, letter);
            }
            at += token.length;
        }
    }
}

/// What a byte becomes: itself folded, nothing, or something to be looked at, which alone has the upper bit.
const SKIPPED: u8 = 0;
const LOOK: u8 = 0x80;
const PLAIN: [u8; 256] = plain_table();

const fn plain_table() -> [u8; 256] {
    let mut table = [LOOK; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        let value = byte as u8;
        table[byte] = match value {
            0 | b' ' | b'\t'..=b'\r' => SKIPPED,
            b'&' | b'<' | b'*' | b'`' | b'\\' | 1..=31 | 127 => LOOK,
            _ => value.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
}

/// Folds bytes up to the first that has to be looked at; how many those were. A backslash has to be unless it is known that it
/// stands for itself. A run is bounded, so that places are marked in long lines.
fn plain_run(bytes: &[u8], escaped: Option<bool>, folded: &mut Vec<u8>) -> usize {
    let bytes = &bytes[..bytes.len().min(PLACES)];
    let start = folded.len();
    folded.resize(start + bytes.len(), 0);
    let mut kept = start;
    let mut read = 0;
    'run: while read < bytes.len() {
        let (some, room) = (
            bytes[read..].first_chunk().copied(),
            folded[kept..].first_chunk_mut(),
        );
        if let Some(more) = some
            .zip(room)
            .and_then(|(some, room)| fold_plain(some, room))
        {
            kept += more;
            read += AT_ONCE;
            continue;
        }
        for byte in bytes[read..].iter().take(AT_ONCE) {
            let mut value = PLAIN[usize::from(*byte)];
            if value == LOOK {
                if *byte != b'\\' || escaped != Some(false) {
                    break 'run;
                }
                value = b'\\';
            }
            folded[kept] = value;
            kept += usize::from(value != SKIPPED);
            read += 1;
        }
    }
    folded.truncate(kept);
    read
}

/// So many bytes are folded at once.
const AT_ONCE: usize = 8;

/// Folds bytes of which none has to be looked at; how many are left.
fn fold_plain(bytes: [u8; AT_ONCE], folded: &mut [u8; AT_ONCE]) -> Option<usize> {
    let values = bytes.map(|byte| PLAIN[usize::from(byte)]);
    if values.iter().fold(0, |any, value| any | value) >= LOOK {
        return None;
    }
    let mut kept = 0;
    for value in values {
        folded[kept % AT_ONCE] = value;
        kept += usize::from(value != SKIPPED);
    }
    Some(kept)
}

/// Squeezes a phrase as written in a rule: folded, without escapes or markup.
pub(crate) fn squeeze_pattern(pattern: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    pattern
        .chars()
        .for_each(|letter| fold(letter, |byte| bytes.push(byte)));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        String::from_utf8(Squeezed::of(text, 0..text.len()).bytes).unwrap()
    }

    #[test]
    fn a_text_that_is_only_skimmed_reads_the_same() {
        let long = format!(
            "{} **a** {}\u{2019}\n> quoted <b>x</b>",
            "ab ".repeat(900),
            "c\\\\d ".repeat(700)
        );
        let mut skimmed = Skimmed::default();
        skimmed.skim(&long, 0..long.len());
        let squeezed = Squeezed::of(&long, 0..long.len());
        assert_eq!(skimmed.bytes, squeezed.bytes);
        for at in (0..squeezed.bytes.len() - 3).step_by(97) {
            let stretch = skimmed.around(&(at..at + 3), long.len());
            let local = Squeezed::stretch(&long, &stretch);
            let base = stretch.squeezed;
            assert_eq!(
                local.original(at - base..at + 3 - base),
                squeezed.original(at..at + 3)
            );
        }
    }

    #[test]
    fn line_breaks_case_quotes_and_mail_quoting_are_gone() {
        assert_eq!(
            squeezed("> The User\u{2019}s\r\n> > UPN \u{2013} isn\u{2019}t"),
            "theuser'supn-isn't"
        );
    }

    #[test]
    fn escapes_fold_only_on_lines_that_hold_them() {
        assert_eq!(squeezed(r"CORP\nightly"), r"corp\nightly");
        assert_eq!(squeezed(r#"{\"a\":\"one\r\ntwo\"}"#), r#"{"a":"onetwo"}"#);
        assert_eq!(squeezed(r#"\\\"code\\\":\\\"x"#), r#""code":"x"#);
        assert_eq!(squeezed(r"C:\\Windows\\TEMP"), r"c:\windows\temp");
        assert_eq!(squeezed(r"\\nas\in, CORP\\kim"), r"\\nas\in,corp\\kim");
        assert_eq!(squeezed(r"can\u2019t &amp; won&#39;t"), "can't&won't");
    }

    #[test]
    fn markup_left_in_a_paste_does_not_stand_between_words() {
        assert_eq!(
            squeezed("The <b>user</b><br/> **name** `is` < 3 don`t"),
            "theusernameis<3don't"
        );
    }

    proptest::proptest! {
        #[test]
        fn every_squeezed_byte_maps_to_whole_characters_of_the_original(text in "\\PC{0,80}|[\\\\\"nru<>&;#*` \r\n0-9a-z]{0,80}") {
            let squeezed = Squeezed::of(&text, 0..text.len());
            let mut skimmed = Skimmed::default();
            skimmed.skim(&text, 0..text.len());
            proptest::prop_assert_eq!(&skimmed.bytes, &squeezed.bytes);
            for at in 0..squeezed.bytes.len() {
                let range = squeezed.original(at..at + 1);
                proptest::prop_assert!(text.get(range).is_some_and(|original| !original.is_empty()));
            }
        }
    }
}
