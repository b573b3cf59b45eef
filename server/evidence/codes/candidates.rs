//! The words of a text that may be codes, found by what every code shows: `0x`, an underscore, ten digits, a label before a
//! few digits. In a large log nearly no word shows any of it, and the rest is never looked at.
//!
//! To look at every word and let [`super::tokens`] decide is the definition; a test holds that both find the same.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memmem::Finder;
use memchr::{memchr_iter, memrchr};

use super::broken;
use super::context::{LABEL_REACH, STEMS, WRAPPED_FROM};
use super::tokens::is_word_byte;
use crate::evidence::abreast;

/// So much of a text is looked at at a time: a copy in small letters stays in the quickest memory.
const BLOCK: usize = 16 * 1024;
/// Of a large text so many blocks by one core,
const PIECE: usize = 8 * BLOCK;
/// and so many such pieces by all of them, before their words are read.
const PIECES: usize = 32;
/// What is sought may begin in one block and end in the next: so much of that is looked at too.
const OVERLAP: usize = 16;
/// A label ends a line, and its number stands behind the indentation of the next; the stem is not all of its label.
const REACH: usize = 2 * LABEL_REACH + 16;

/// What a code begins with or holds.
static SIGNS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let signs = ["0x", "_", "%%", "aadsts", "wsa"].into_iter();
    signs.map(Finder::new).collect()
});
/// What eight hex digits begin with that are a code.
static HEX: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| ["c0", "80", "d0"].into_iter().map(Finder::new).collect());
/// Not all that overlap are found, as the quickest search for a few words leaves them out: [`REACH`] allows for it.
static LABELS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let builder = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(STEMS);
    builder.expect("a constant list of words")
});

/// The words of a text that may be codes, in order, and perhaps others.
pub(super) struct Candidates<'a> {
    text: &'a str,
    /// So much is looked at by one core, and so many pieces at a time.
    piece: usize,
    pieces: usize,
    /// How far the text was looked at.
    looked: usize,
    /// A byte of each word, in order.
    found: VecDeque<usize>,
    /// Those found too early, which belong to a later piece.
    later: Vec<usize>,
}

impl<'a> Candidates<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        if text.len() < abreast::LARGE {
            Self::by_pieces(text, BLOCK, 1)
        } else {
            Self::by_pieces(text, PIECE, PIECES)
        }
    }

    /// So much, a multiple of four bytes, looked at by one core, and so many pieces at a time.
    pub(super) fn by_pieces(text: &'a str, piece: usize, pieces: usize) -> Self {
        Self {
            text,
            piece,
            pieces,
            looked: 0,
            found: VecDeque::new(),
            later: Vec::new(),
        }
    }

    /// The next word that does not begin before `from`.
    pub(super) fn next_from(&mut self, from: usize) -> Option<Range<usize>> {
        loop {
            while let Some(at) = self.found.pop_front() {
                if at >= from {
                    let word = word_at(self.text.as_bytes(), at);
                    if word.start >= from {
                        return Some(word);
                    }
                }
            }
            if self.looked >= self.text.len() {
                return None;
            }
            self.look();
        }
    }

    fn look(&mut self) {
        let end = self.looked + self.piece * self.pieces;
        let pieces = abreast::pieces(self.looked..end.min(self.text.len()), self.piece);
        let found = abreast::each_with(&pieces, Vec::new, |small, piece| {
            let mut look = Look::from(self.text, piece.start, std::mem::take(small));
            for block in abreast::pieces(piece.clone(), BLOCK) {
                look.at(block);
            }
            *small = look.small;
            look.found
        });
        for (piece, mut found) in pieces.into_iter().zip(found) {
            found.append(&mut self.later);
            found.sort_unstable();
            let own = found.partition_point(|at| *at < piece.end);
            self.later.extend(found.drain(own..));
            self.found.extend(found);
            self.looked = piece.end;
        }
    }
}

/// A look at one block after the other.
struct Look<'a> {
    text: &'a str,
    small: Vec<u8>,
    /// A byte of each word, also of such that lie behind what was looked at.
    found: Vec<usize>,
    /// Up to where numbers behind labels were looked at.
    labelled: usize,
    line_start: usize,
}

impl<'a> Look<'a> {
    fn from(text: &'a str, start: usize, small: Vec<u8>) -> Self {
        // Of the line that a piece begins in it counts whether it is wide.
        let near = start.saturating_sub(WRAPPED_FROM + 2);
        let break_before = memrchr(b'\n', &text.as_bytes()[near..start]);
        Self {
            text,
            small,
            found: Vec::new(),
            labelled: 0,
            line_start: break_before.map_or(near, |at| near + at + 1),
        }
    }

    fn at(&mut self, block: Range<usize>) {
        let bytes = self.text.as_bytes();
        let mut small = std::mem::take(&mut self.small);
        small.clear();
        let read = &bytes[block.start..bytes.len().min(block.end + OVERLAP)];
        // In one go: to copy first and change it then takes four times as long.
        small.extend(read.iter().map(u8::to_ascii_lowercase));
        self.signs(&small, block.start);
        self.hex(&small, block.start);
        self.escapes(&small, block.start);
        self.long_numbers(block.clone());
        self.labelled_numbers(&small, block.start);
        self.line_ends(block);
        self.small = small;
    }

    fn signs(&mut self, small: &[u8], base: usize) {
        for sign in SIGNS.iter() {
            // Of `%%2308` the number is the word.
            let word = if sign.needle() == b"%%" { 2 } else { 0 };
            self.found
                .extend(sign.find_iter(small).map(|at| base + at + word));
        }
        // `… at this computer. (1385)`
        let closed =
            memchr_iter(b')', small).filter(|at| *at > 0 && small[at - 1].is_ascii_digit());
        self.found.extend(closed.map(|at| base + at - 1));
    }

    /// `c000015b`, and `80070569` in digits alone.
    fn hex(&mut self, small: &[u8], base: usize) {
        for start in HEX.iter() {
            let eight = |at: &usize| {
                let rest = &small[*at..];
                rest.len() >= 8
                    && rest[2..8].iter().all(u8::is_ascii_hexdigit)
                    && !rest.get(8).is_some_and(|next| is_word_byte(*next))
            };
            self.found
                .extend(start.find_iter(small).filter(eight).map(|at| base + at));
        }
    }

    /// `\n1385`: the word begins with a letter that is not its own.
    fn escapes(&mut self, small: &[u8], base: usize) {
        let escapes = memchr_iter(b'\\', small)
            .filter(|at| matches!(small.get(at + 1), Some(b'n' | b'r' | b't' | b'u')));
        self.found.extend(escapes.map(|at| base + at + 1));
    }

    /// Ten digits. Wherever they stand, four of them fill a place of four bytes that has a digit on both sides: that it and
    /// both are digits is asked of all places of a wide stretch first.
    fn long_numbers(&mut self, block: Range<usize>) {
        const WIDE: usize = 64;
        let bytes = self.text.as_bytes();
        let mut done = 0;
        for wide in block.clone().step_by(WIDE) {
            let around = wide
                .checked_sub(1)
                .and_then(|from| bytes.get(from..=wide + WIDE));
            let none = around.is_some_and(|around| {
                let places = around.chunks_exact(4).zip(around[2..].chunks_exact(4));
                !places.fold(false, |any, (from, to)| {
                    any | (is_digits(from) & is_digits(to))
                })
            });
            if none {
                continue;
            }
            for at in (wide..block.end.min(wide + WIDE)).step_by(4) {
                if at >= done && bytes.get(at..at + 4).is_some_and(is_digits) {
                    let word = word_at(bytes, at);
                    done = word.end;
                    if word.len() == 10 {
                        self.found.push(at);
                    }
                }
            }
        }
    }

    /// Up to five digits behind a label, seven in a sign-in to Entra ID. Only the stem of a label is sought.
    fn labelled_numbers(&mut self, small: &[u8], base: usize) {
        let bytes = self.text.as_bytes();
        for stem in LABELS.find_iter(small) {
            let from = self.labelled.max(base + stem.end());
            let to = bytes.len().min(base + stem.start() + REACH);
            for at in from..to {
                let begins =
                    bytes[at].is_ascii_digit() && (at == 0 || !is_word_byte(bytes[at - 1]));
                if begins && is_few_digits(&bytes[at..]) {
                    self.found.push(at);
                }
            }
            self.labelled = self.labelled.max(to);
        }
    }

    /// The last word of a line that is wide enough to have been broken, where it is the first part of a code.
    fn line_ends(&mut self, block: Range<usize>) {
        let bytes = self.text.as_bytes();
        for at in memchr_iter(b'\n', &bytes[block.clone()]).map(|at| block.start + at) {
            let end = at - usize::from(at > 0 && bytes[at - 1] == b'\r');
            let wide = end.saturating_sub(self.line_start) >= WRAPPED_FROM;
            self.line_start = at + 1;
            if wide && is_word_byte(bytes[end - 1]) {
                let word = word_at(bytes, end - 1);
                let begins = matches!(bytes[word.start], b'0'..=b'9' | b'a' | b'A');
                if begins && broken::read(self.text, &word).is_some() {
                    self.found.push(end - 1);
                }
            }
        }
    }
}

fn is_digits(four: &[u8]) -> bool {
    let four = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
    let high = |value: u32| value & 0xF0F0_F0F0;
    (high(four) == 0x3030_3030) & (high(four.wrapping_add(0x0606_0606)) == 0x3030_3030)
}

fn is_few_digits(rest: &[u8]) -> bool {
    let most = *super::entra::DIGITS.end();
    let digits = rest.iter().take(most + 1);
    let digits = digits.take_while(|byte| byte.is_ascii_digit()).count();
    digits <= most && !rest.get(digits).is_some_and(|next| is_word_byte(*next))
}

/// The whole word around a byte.
fn word_at(bytes: &[u8], at: usize) -> Range<usize> {
    let before = bytes[..at].iter().rev();
    let behind = bytes[at..].iter();
    let before = before.take_while(|byte| is_word_byte(**byte)).count();
    let behind = behind.take_while(|byte| is_word_byte(**byte)).count();
    at - before..at + behind
}
