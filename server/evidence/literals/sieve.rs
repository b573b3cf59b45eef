//! Short literals, or some of which the longest at a place counts, sought in a large text in which few of them stand.
//!
//! An automaton waits at every byte for where the byte before led. So a sieve goes before it: the same table of
//! transitions, walked at several places of the text in turn, which wait for different bytes. It only tells where literals
//! stand; what is found there the automaton says.

use std::collections::VecDeque;
use std::ops::Range;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use aho_corasick::{AhoCorasick, Anchored, Input, Match, MatchKind};

use crate::evidence::abreast;

/// So many places are walked in turn,
const LANES: usize = 4;
/// so far each at a time.
const LANE: usize = 8 * 1024;
/// Of a large text each core walks so much at a time,
const PIECE: usize = 256 * 1024;
/// and all of them so many of these before anything is done with what they found.
const PIECES: usize = 64;
/// In a shorter text the automaton is as quick by itself.
const LARGE: usize = 4 * 1024;
/// A table of transitions takes memory for each byte of each word: more bytes than these go without.
const MOST: usize = 64 * 1024;

/// Literals to be sought by an automaton, by the order in which they were given. The case of ASCII letters does not count.
#[derive(Debug)]
pub(crate) struct Sieved {
    automaton: AhoCorasick,
    sieve: Option<Sieve>,
}

impl Sieved {
    /// `None` where there are none, or too many to be sought at once.
    pub(crate) fn new<'a>(
        words: impl IntoIterator<Item = &'a [u8]>,
        kind: MatchKind,
    ) -> Option<Self> {
        let words = words.into_iter().collect::<Vec<_>>();
        if words.is_empty() {
            return None;
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(kind)
            .build(&words)
            .ok()?;
        let size = words.iter().map(|word| word.len()).sum::<usize>();
        let sieve = (size < MOST).then(|| Sieve::new(&words)).flatten();
        Some(Self { automaton, sieve })
    }

    /// Those that stand in a text, apart, as the kind of match says.
    pub(crate) fn find_iter<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Match> + 'a {
        let stretches = self.stretches(text);
        stretches.flat_map(|one| self.automaton.find_iter(Input::new(text).range(one)))
    }

    /// All that stand in a text, ordered by where they end. For the standard kind of match only.
    pub(crate) fn find_overlapping_iter<'a>(
        &'a self,
        text: &'a [u8],
    ) -> impl Iterator<Item = Match> + 'a {
        let stretches = self.stretches(text);
        let within = |one| Input::new(text).range(one);
        stretches.flat_map(move |one| self.automaton.find_overlapping_iter(within(one)))
    }
}

impl Sieved {
    fn stretches<'a>(&'a self, text: &'a [u8]) -> Stretches<'a> {
        let sieve = self.sieve.as_ref().filter(|_| text.len() >= LARGE);
        Stretches::new(sieve, text)
    }
}

/// Tells where in a text literals stand.
#[derive(Debug)]
struct Sieve {
    table: DFA,
    start: StateID,
    /// The longest literal.
    longest: usize,
}

impl Sieve {
    fn new(words: &[&[u8]]) -> Option<Self> {
        let table = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(words)
            .ok()?;
        Some(Self {
            start: table.start_state(Anchored::No).ok()?,
            longest: table.max_pattern_len(),
            table,
        })
    }

    fn step(&self, state: StateID, byte: u8) -> StateID {
        self.table.next_state(Anchored::No, state, byte)
    }

    /// The state before the byte at `at`: no literal reaches further back than the longest.
    fn before(&self, text: &[u8], at: usize) -> StateID {
        let near = &text[at.saturating_sub(self.longest)..at];
        near.iter()
            .fold(self.start, |state, byte| self.step(state, *byte))
    }

    /// Where the longest literal stands that ends before `end`, in a state that says that one does.
    fn word(&self, state: StateID, end: usize) -> Option<Range<usize>> {
        if !self.table.is_match(state) {
            return None;
        }
        let words = 0..self.table.match_len(state);
        let lengths = words.map(|word| {
            let word = self.table.match_pattern(state, word);
            self.table.pattern_len(word)
        });
        lengths.max().map(|longest| end - longest..end)
    }

    /// The stretches of the literals that end in `text[piece]`.
    fn within(&self, text: &[u8], piece: Range<usize>) -> VecDeque<Range<usize>> {
        let mut found = VecDeque::new();
        let mut at = piece.start;
        while at < piece.end {
            at = self.walk(text, at..piece.end, &mut found);
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

    /// Adds what ends in the first part of `text[piece]`, as far as is walked at a time; answers how far it was.
    fn walk(&self, text: &[u8], piece: Range<usize>, found: &mut VecDeque<Range<usize>>) -> usize {
        let from = piece.start;
        let rest = &text[piece.clone()];
        let lane = (rest.len() / LANES).min(LANE);
        if lane < self.longest {
            let end = piece.end.min(from + LANES * LANE);
            let mut state = self.before(text, from);
            for (at, byte) in (from..end).zip(rest) {
                state = self.step(state, *byte);
                if let Some(word) = self.word(state, at + 1) {
                    self.add(found, word);
                }
            }
            return end;
        }
        let (first, others) = rest.split_at(lane);
        let (second, others) = others.split_at(lane);
        let (third, others) = others.split_at(lane);
        let fourth = &others[..lane];
        let mut states: [StateID; LANES] =
            std::array::from_fn(|at| self.before(text, from + at * lane));
        let mut lanes: [VecDeque<Range<usize>>; LANES] = Default::default();
        let bytes = first.iter().zip(second).zip(third).zip(fourth);
        for (at, (((one, two), three), four)) in bytes.enumerate() {
            states[0] = self.step(states[0], *one);
            states[1] = self.step(states[1], *two);
            states[2] = self.step(states[2], *three);
            states[3] = self.step(states[3], *four);
            if states.iter().any(|state| self.table.is_special(*state)) {
                let end = from + at + 1;
                for (number, lane_found) in lanes.iter_mut().enumerate() {
                    if let Some(word) = self.word(states[number], end + number * lane) {
                        self.add(lane_found, word);
                    }
                }
            }
        }
        for word in lanes.into_iter().flatten() {
            self.add(found, word);
        }
        from + LANES * lane
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
            (LANES * LANE, 1)
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
        let sieve = literals.sieve.as_ref();
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
        assert_eq!(found, literals.find_iter(text).collect::<Vec<_>>());
    }

    fn same_as_the_automaton(words: &[&str], text: &str) {
        let padded = format!("{text}{}{text}", "~ ".repeat(LARGE / 2));
        let text = padded.as_str();
        let bytes = text.as_bytes();
        let longest = literals(words, MatchKind::LeftmostLongest);
        assert_eq!(
            longest.find_iter(bytes).collect::<Vec<_>>(),
            longest.automaton.find_iter(text).collect::<Vec<_>>(),
        );
        for piece in [1, 7, 100, LANES * LANE] {
            same_by_several(&longest, bytes, piece);
        }
        let all = literals(words, MatchKind::Standard);
        assert_eq!(
            all.find_overlapping_iter(bytes).collect::<Vec<_>>(),
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
