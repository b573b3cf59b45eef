//! Short literals, or some of which the longest at a place counts, sought in a large text in which few of them stand.
//!
//! An automaton waits at every byte for where the byte before led. So a sieve goes before it: a table of transitions of its
//! own, walked at several places of the text in turn, which wait for different bytes. It only tells where literals may
//! stand; what is found there the automaton says.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, Input, Match, MatchKind};

use crate::evidence::abreast;

/// So many places are walked in turn: all that a step needs of them stays in registers,
const LANES: usize = 6;
/// so far each at a time,
const LANE: usize = 8 * 1024;
const BLOCK: usize = LANES * LANE;
/// and in a piece that is shorter than so many of these not so far.
const SHORT_LANE: usize = 1024;
const SHORT_BLOCK: usize = LANES * SHORT_LANE;
/// Of a large text each core walks so much at a time,
const PIECE: usize = 6 * BLOCK;
/// and all of them so many of these before anything is done with what they found.
const PIECES: usize = 64;
/// In a shorter text the automaton is as quick by itself.
const LARGE: usize = SHORT_BLOCK;
/// A table of transitions takes memory for each byte of each word: more bytes than these go without.
const MOST: usize = 64 * 1024;

/// Literals to be sought by an automaton, by the order in which they were given. The case of ASCII letters does not count.
#[derive(Debug)]
pub(crate) struct Sieved {
    automaton: AhoCorasick,
    sieve: Option<Arc<Sieve>>,
}

impl Sieved {
    /// `None` where there are none, or too many to be sought at once.
    pub(crate) fn new<'a>(
        words: impl IntoIterator<Item = &'a [u8]>,
        kind: MatchKind,
    ) -> Option<Self> {
        let words = words.into_iter().collect::<Vec<_>>();
        Self::with(&words, kind, sieve(&words))
    }

    /// Two sets that are sought in the same texts, of the first those that are longest at a place, of the second all: where
    /// one of either may stand, both know.
    pub(crate) fn together(sets: [&[&str]; 2]) -> Option<[Self; 2]> {
        let [first, second] =
            sets.map(|words| words.iter().map(|word| word.as_bytes()).collect::<Vec<_>>());
        let sieve = sieve(&[first.as_slice(), &second].concat());
        Some([
            Self::with(&first, MatchKind::LeftmostLongest, sieve.clone())?,
            Self::with(&second, MatchKind::Standard, sieve)?,
        ])
    }

    fn with(words: &[&[u8]], kind: MatchKind, sieve: Option<Arc<Sieve>>) -> Option<Self> {
        if words.is_empty() {
            return None;
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(kind)
            .build(words)
            .ok()?;
        Some(Self { automaton, sieve })
    }

    /// The stretches of a text outside of which none stands, in order and apart.
    pub(crate) fn stretches<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> {
        let sieve = self.sieve.as_deref().filter(|_| text.len() >= LARGE);
        Stretches::new(sieve, text)
    }

    /// Those that stand in a text, apart, as the kind of match says. Its stretches, where they are known, are not sought again.
    pub(crate) fn find_iter<'a>(
        &'a self,
        text: &'a [u8],
        known: Option<&'a [Range<usize>]>,
    ) -> impl Iterator<Item = Match> + 'a {
        let stretches = self.known_or_sought(text, known);
        stretches.flat_map(|one| self.automaton.find_iter(Input::new(text).range(one)))
    }

    /// All that stand in a text, ordered by where they end. For the standard kind of match only.
    pub(crate) fn find_overlapping_iter<'a>(
        &'a self,
        text: &'a [u8],
        known: Option<&'a [Range<usize>]>,
    ) -> impl Iterator<Item = Match> + 'a {
        let stretches = self.known_or_sought(text, known);
        let within = |one| Input::new(text).range(one);
        stretches.flat_map(move |one| self.automaton.find_overlapping_iter(within(one)))
    }

    fn known_or_sought<'a>(
        &'a self,
        text: &'a [u8],
        known: Option<&'a [Range<usize>]>,
    ) -> impl Iterator<Item = Range<usize>> {
        let sought = known.is_none().then(|| self.stretches(text));
        let known = known.into_iter().flatten().cloned();
        known.chain(sought.into_iter().flatten())
    }
}

fn sieve(words: &[&[u8]]) -> Option<Arc<Sieve>> {
    let size = words.iter().map(|word| word.len()).sum::<usize>();
    (size < MOST).then(|| Arc::new(Sieve::new(words)))
}

/// Bytes share a column: small and capital letters, and some others that the automaton tells apart.
const COLUMNS: usize = 64;

const fn column(byte: u8) -> u8 {
    if byte & 0x40 == 0 {
        byte & 0x3f
    } else {
        byte & 0x1f
    }
}

static COLUMN: [u8; 256] = {
    let mut columns = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        columns[byte as usize] = column(byte);
        byte += 1;
    }
    columns[byte as usize] = column(byte);
    columns
};

/// Tells where in a text literals may stand. A state is where its row begins in the table; the first is that of the start.
#[derive(Debug)]
struct Sieve {
    /// Of each row the next state for each column.
    next: Vec<u32>,
    /// In this state and those behind it literals end,
    ends: u32,
    /// the longest of which has so many bytes.
    lengths: Vec<usize>,
    /// The longest literal.
    longest: usize,
}

/// The rows of a table while it is made, each with the length of the longest literal that ends there.
struct Rows(Vec<([usize; COLUMNS], usize)>);

impl Rows {
    const START: ([usize; COLUMNS], usize) = ([0; COLUMNS], 0);

    /// Each literal by itself: the row behind each of its bytes.
    fn of(words: &[&[u8]]) -> Self {
        let mut rows = vec![Self::START];
        for word in words {
            let mut row = 0;
            for byte in *word {
                let column = usize::from(COLUMN[usize::from(*byte)]);
                if rows[row].0[column] == 0 {
                    rows[row].0[column] = rows.len();
                    rows.push(Self::START);
                }
                row = rows[row].0[column];
            }
            rows[row].1 = word.len();
        }
        Self(rows)
    }

    /// Where no literal goes on, another may that began later (Aho and Corasick, 1975).
    fn linked(mut self) -> Self {
        let mut later = vec![0; self.0.len()];
        let mut queue = VecDeque::from([0]);
        while let Some(row) = queue.pop_front() {
            for column in 0..COLUMNS {
                let other = self.0[later[row]].0[column];
                let next = self.0[row].0[column];
                if next == 0 {
                    self.0[row].0[column] = other;
                } else {
                    later[next] = if row == 0 { 0 } else { other };
                    self.0[next].1 = self.0[next].1.max(self.0[later[next]].1);
                    queue.push_back(next);
                }
            }
        }
        self
    }
}

impl Sieve {
    fn new(words: &[&[u8]]) -> Self {
        let Rows(rows) = Rows::of(words).linked();
        let (inner, ends): (Vec<_>, Vec<_>) = (0..rows.len()).partition(|row| rows[*row].1 == 0);
        let mut states = vec![0; rows.len()];
        for (state, row) in (0_u32..).step_by(COLUMNS).zip(inner.iter().chain(&ends)) {
            states[*row] = state;
        }
        let order = inner.iter().chain(&ends);
        let next = order.flat_map(|row| rows[*row].0.map(|next| states[next]));
        Self {
            next: next.collect(),
            ends: ends.first().map_or(u32::MAX, |row| states[*row]),
            lengths: ends.iter().map(|row| rows[*row].1).collect(),
            longest: words.iter().map(|word| word.len()).max().unwrap_or(0),
        }
    }

    fn step(&self, state: u32, byte: u8) -> u32 {
        self.next[(state | u32::from(COLUMN[usize::from(byte)])) as usize]
    }

    /// The state before the byte at `at`: no literal reaches further back than the longest.
    fn before(&self, text: &[u8], at: usize) -> u32 {
        let near = &text[at.saturating_sub(self.longest)..at];
        near.iter().fold(0, |state, byte| self.step(state, *byte))
    }

    /// Where the longest literal stands that ends before `end`, in a state that says that one does.
    fn word(&self, state: u32, end: usize) -> Option<Range<usize>> {
        let place = state.checked_sub(self.ends)? as usize / COLUMNS;
        let length = self.lengths.get(place)?;
        Some(end - length..end)
    }

    /// The stretches of the literals that end in `text[piece]`.
    fn within(&self, text: &[u8], piece: Range<usize>) -> VecDeque<Range<usize>> {
        let mut found = VecDeque::new();
        let mut at = piece.start;
        while at < piece.end {
            at = match piece.len() {
                BLOCK.. => self.walk::<LANE, BLOCK>(text, at, piece.end, &mut found),
                SHORT_BLOCK.. => {
                    self.walk::<SHORT_LANE, SHORT_BLOCK>(text, at, piece.end, &mut found)
                }
                _ => self.walk_alone(text, piece.clone(), &mut found),
            };
        }
        found
    }

    /// A literal that ends later may begin earlier: where that could be, both are in one stretch.
    fn add(&self, found: &mut VecDeque<Range<usize>>, next: Range<usize>) {
        match found.back_mut() {
            Some(open) if next.start <= open.end + self.longest => {
                open.start = open.start.min(next.start);
                open.end = open.end.max(next.end);
            }
            _ => found.push_back(next),
        }
    }

    /// Adds what ends in `text[piece]`; answers its end.
    fn walk_alone(
        &self,
        text: &[u8],
        piece: Range<usize>,
        found: &mut VecDeque<Range<usize>>,
    ) -> usize {
        let mut state = self.before(text, piece.start);
        for at in piece.clone() {
            state = self.step(state, text[at]);
            if let Some(word) = self.word(state, at + 1) {
                self.add(found, word);
            }
        }
        piece.end
    }

    /// Adds what ends in the block from `from` on; answers its end. The last block before `end` begins where others were
    /// walked already.
    fn walk<const LANE: usize, const BLOCK: usize>(
        &self,
        text: &[u8],
        from: usize,
        end: usize,
        found: &mut VecDeque<Range<usize>>,
    ) -> usize {
        let end = end.min(from + BLOCK);
        let start = end - BLOCK;
        let Some(block) = text[start..end].first_chunk::<BLOCK>() else {
            return end;
        };
        let mut states: [u32; LANES] =
            std::array::from_fn(|lane| self.before(text, start + lane * LANE));
        let mut lanes: [VecDeque<Range<usize>>; LANES] = Default::default();
        let (next, first) = (self.next.as_slice(), self.ends);
        for at in 0..LANE {
            let mut ends = false;
            for (lane, state) in states.iter_mut().enumerate() {
                let column = COLUMN[usize::from(block[lane * LANE + at])];
                *state = next[(*state | u32::from(column)) as usize];
                ends |= *state >= first;
            }
            if ends {
                self.note(&mut lanes, states, start + at + 1, LANE, from);
            }
        }
        for word in lanes.into_iter().flatten() {
            self.add(found, word);
        }
        end
    }

    /// Adds of each lane the longest literal that ends before `end`, where that is behind `from`. Seldom done, and apart from
    /// the walk so that it takes no registers from it.
    #[cold]
    #[inline(never)]
    fn note(
        &self,
        lanes: &mut [VecDeque<Range<usize>>; LANES],
        states: [u32; LANES],
        end: usize,
        apart: usize,
        from: usize,
    ) {
        for ((lane, found), state) in lanes.iter_mut().enumerate().zip(states) {
            let word = self.word(state, end + lane * apart);
            if let Some(word) = word.filter(|word| word.end > from) {
                self.add(found, word);
            }
        }
    }
}

/// The stretches of a text that hold every literal, each of them whole in one stretch; in order and apart.
struct Stretches<'a> {
    sieve: Option<&'a Sieve>,
    text: &'a [u8],
    /// So much is walked by one core, and so many pieces at a time.
    piece: usize,
    pieces: usize,
    /// The next place to be looked at.
    at: usize,
    /// What was found and not given. The last may go on.
    found: VecDeque<Range<usize>>,
}

impl<'a> Stretches<'a> {
    fn new(sieve: Option<&'a Sieve>, text: &'a [u8]) -> Self {
        let (piece, pieces) = if text.len() < abreast::LARGE {
            (BLOCK, 1)
        } else {
            (PIECE, PIECES)
        };
        Self {
            sieve,
            text,
            piece,
            pieces,
            at: 0,
            found: VecDeque::new(),
        }
    }

    fn look(&mut self, sieve: &Sieve) {
        let end = self.text.len().min(self.at + self.piece * self.pieces);
        let pieces = abreast::pieces(self.at..end, self.piece);
        let found = abreast::each(&pieces, |piece| sieve.within(self.text, piece.clone()));
        for stretch in found.into_iter().flatten() {
            sieve.add(&mut self.found, stretch);
        }
        self.at = end;
    }
}

impl Iterator for Stretches<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let Some(sieve) = self.sieve else {
            let rest = self.at..self.text.len();
            self.at = rest.end;
            return (!rest.is_empty()).then_some(rest);
        };
        while self.found.len() < 2 && self.at < self.text.len() {
            self.look(sieve);
        }
        self.found.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 12] = [
        "password",
        "pass",
        "pw",
        "Q~",
        "otp",
        "word token",
        "error",
        "terror at the end",
        "Kennwörter",
        "aaaa",
        "aa",
        "ab",
    ];

    fn literals(words: &[&str], kind: MatchKind) -> Sieved {
        Sieved::new(words.iter().map(|word| word.as_bytes()), kind).unwrap()
    }

    /// Walked by several cores in small pieces, all that stands in a text is in the stretches that one core finds.
    fn same_by_several(literals: &Sieved, text: &[u8], piece: usize) {
        let sieve = literals.sieve.as_deref();
        let several = Stretches {
            piece,
            pieces: 3,
            ..Stretches::new(sieve, text)
        };
        let stretches = several.collect::<Vec<_>>();
        let apart = |pair: &[Range<usize>]| pair[0].end < pair[1].start;
        assert!(stretches.windows(2).all(apart), "{stretches:?}");
        let within = |one: Range<usize>| literals.automaton.find_iter(Input::new(text).range(one));
        let found = stretches.into_iter().flat_map(within).collect::<Vec<_>>();
        assert_eq!(found, literals.find_iter(text, None).collect::<Vec<_>>());
    }

    fn same_as_the_automaton(words: &[&str], text: &str) {
        let padded = format!("{text}{}{text}", "~ ".repeat(LARGE / 2));
        let text = padded.as_str();
        let bytes = text.as_bytes();
        let longest = literals(words, MatchKind::LeftmostLongest);
        assert_eq!(
            longest.find_iter(bytes, None).collect::<Vec<_>>(),
            longest.automaton.find_iter(text).collect::<Vec<_>>(),
        );
        for piece in [1, 7, 100, SHORT_BLOCK, SHORT_BLOCK + 9] {
            same_by_several(&longest, bytes, piece);
        }
        let all = literals(words, MatchKind::Standard);
        assert_eq!(
            all.find_overlapping_iter(bytes, None).collect::<Vec<_>>(),
            all.automaton
                .find_overlapping_iter(text)
                .collect::<Vec<_>>(),
        );
    }

    #[test]
    fn words_at_both_ends_and_over_each_other_are_found() {
        for text in [
            "pw",
            "",
            "Password PASS pwd q~",
            "a terror at the end of it: KENNWöRTER",
            "aaaaaaaaaaaaaaab",
            "passwordpassword tokenotp",
        ] {
            same_as_the_automaton(&WORDS, text);
        }
        let reaching_back = ["error x", "an error x that goes on to ~#%", "x"];
        let text = "an error x that goes on to ~#% and x";
        same_as_the_automaton(&reaching_back, text);
        let far = text.repeat(2000);
        same_as_the_automaton(&reaching_back, &far);
        same_as_the_automaton(&WORDS, &far);
    }

    proptest::proptest! {
        #[test]
        fn the_sieve_lets_everything_through(
            words in proptest::collection::vec("[abP~ö -]{1,9}", 1..9),
            pieces in proptest::collection::vec("[aAbBpP~ö -]{0,9}|password|error at| q~", 0..30),
        ) {
            let text = pieces.concat();
            let words = words.iter().map(String::as_str).collect::<Vec<_>>();
            same_as_the_automaton(&words, &text);
            same_as_the_automaton(&WORDS, &text);
        }
    }
}
