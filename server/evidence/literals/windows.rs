//! Literals that are not short, sought by a window of some of their bytes at every fourth place of a text.
//!
//! Of each literal four windows are entered in a table, one for each way in which a step of four can meet it; the window at
//! every fourth place of a text is looked up there. Few of them are known, and only where one is are literals compared.
//! The wider the windows, the fewer are known by chance, and the longer are the literals that hold four.

use std::collections::VecDeque;
use std::ops::{BitOr, Range};

use super::Found;
use crate::evidence::abreast;

/// At every so many places a window is looked up,
const STEP: usize = 4;
/// so many of them at once: it is first asked whether any is known.
const GROUP: usize = 8;
/// No window is wider.
const WIDEST: usize = 8;
/// The bytes of so many windows.
const WIDE: usize = (GROUP - 1) * STEP + WIDEST;
/// What is entered is found by at most so many bits of its hash.
const MOST_BITS: u32 = 20;
/// Of a large text each core looks at so much at a time,
const PIECE: usize = 256 * 1024;
/// and all of them at so many of these before anything is done with what they found.
const PIECES: usize = 64;
/// The bit by which small and capital ASCII letters differ. Others that differ by it are told apart when they are compared.
const CASE: u64 = u64::from_ne_bytes([0x20; WIDEST]);

/// The length of a literal that holds a window for each way in which it can be met.
pub(super) const fn shortest(width: usize) -> usize {
    STEP - 1 + width
}

/// Literals to be sought by windows of a width, each with its number. `PLACES`, a power of two, are many more than the windows
/// that are entered: so few others lead to the place of one.
#[derive(Debug, Default)]
pub(super) struct Windows<const WIDTH: usize, const PLACES: usize> {
    literals: Vec<(usize, Box<[u8]>)>,
    /// Whether a window may be known, by its hash: 1, else 0. Empty where no literals are.
    known: Vec<u8>,
    /// What is entered, ordered by the hash.
    entered: Vec<Entered>,
    /// Where in it the hashes begin whose upper bits are these.
    begins: Vec<u32>,
    /// How many of a hash's bits are left over as the place in it.
    shift: u32,
}

/// A window of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entered {
    hash: u64,
    literal: u32,
    offset: u32,
}

impl<const WIDTH: usize, const PLACES: usize> Windows<WIDTH, PLACES> {
    /// Literals of at least [`shortest`] bytes, or one less.
    pub(super) fn new<'a>(literals: impl IntoIterator<Item = (usize, &'a [u8])>) -> Self {
        let literals = literals.into_iter();
        let literals = literals.map(|(number, literal)| (number, Box::from(literal)));
        let literals = literals.collect::<Vec<(usize, Box<[u8]>)>>();
        if literals.is_empty() {
            return Self::default();
        }
        let mut entered = Vec::with_capacity(literals.len() * STEP);
        let often = Often::of(
            literals
                .iter()
                .flat_map(|(_, literal)| hashes::<WIDTH>(literal)),
        );
        for (at, (_, literal)) in (0..).zip(&literals) {
            for first in 0..STEP {
                let enter = |(offset, hash)| Entered {
                    hash,
                    literal: at,
                    offset,
                };
                let rarest = (0..)
                    .zip(hashes::<WIDTH>(literal))
                    .skip(first)
                    .step_by(STEP);
                let rarest = rarest.min_by_key(|(_, hash)| often.times(*hash));
                match rarest {
                    Some(rarest) => entered.push(enter(rarest)),
                    None => entered.extend(one_byte_over::<WIDTH>(literal).map(enter)),
                }
            }
        }
        entered.sort_unstable();
        entered.dedup();
        let bits = entered.len().max(2).next_power_of_two().ilog2();
        let shift = 64 - bits.min(MOST_BITS);
        let mut known = vec![0; PLACES];
        let mut begins = vec![0; place(u64::MAX, shift) + 2];
        for one in &entered {
            known[in_table::<PLACES>(one.hash)] = 1;
            begins[place(one.hash, shift) + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Self {
            literals,
            known,
            entered,
            begins,
            shift,
        }
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.literals.is_empty()
    }

    /// All that stand in a text, also over each other, ordered by where they end.
    pub(super) fn find_iter<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Found> + 'a {
        let pieces = if text.len() < abreast::LARGE {
            1
        } else {
            PIECES
        };
        self.by_pieces(text, PIECE, pieces)
    }

    /// So much looked at by one core, and so many pieces at a time.
    fn by_pieces<'a>(
        &'a self,
        text: &'a [u8],
        piece: usize,
        pieces: usize,
    ) -> impl Iterator<Item = Found> + 'a {
        let mut looked = 0;
        let mut found = VecDeque::new();
        std::iter::from_fn(move || {
            // What is found later ends behind all places that were looked at.
            let is_next = |first: &Found, looked| first.range.end <= looked;
            while found.front().is_none_or(|first| !is_next(first, looked)) && looked < text.len() {
                let end = text.len().min(looked + piece * pieces);
                let places = abreast::pieces(looked..end, piece);
                let more = abreast::each(&places, |places| self.within(text, places));
                found.extend(more.into_iter().flatten());
                let found = found.make_contiguous();
                found.sort_unstable_by_key(|one| (one.range.end, one.range.start, one.literal));
                looked = end;
            }
            found.pop_front()
        })
    }

    /// The literals of which a window is looked up at one of these places of a text.
    fn within(&self, text: &[u8], places: &Range<usize>) -> Vec<Found> {
        let mut found = Vec::new();
        let Some(known) = self.known.first_chunk::<PLACES>() else {
            return found;
        };
        let may_know = |hash: &u64| known[in_table::<PLACES>(*hash)];
        let mut look = |at, hash| {
            if may_know(&hash) != 0 {
                found.extend(self.compare(text, at, hash));
            }
        };
        let mut at = places.start.next_multiple_of(STEP);
        while at + GROUP * STEP <= places.end
            && let Some(wide) = text[at..].first_chunk::<WIDE>()
        {
            let hashes: [u64; GROUP] =
                std::array::from_fn(|step| hash::<WIDTH>(&wide[step * STEP..]));
            if hashes.iter().map(may_know).fold(0, u8::bitor) != 0 {
                for (step, hash) in hashes.into_iter().enumerate() {
                    look(at + step * STEP, hash);
                }
            }
            at += GROUP * STEP;
        }
        for at in (at..places.end).step_by(STEP) {
            let mut window = [0; WIDTH];
            let bytes = &text[at..text.len().min(at + WIDTH)];
            window[..bytes.len()].copy_from_slice(bytes);
            look(at, hash::<WIDTH>(&window));
        }
        found
    }

    /// The literals that have a window of this hash which stands at `at`.
    fn compare(&self, text: &[u8], at: usize, hash: u64) -> impl Iterator<Item = Found> {
        let begin = place(hash, self.shift);
        let entered = self.begins[begin] as usize..self.begins[begin + 1] as usize;
        let same = self.entered[entered]
            .iter()
            .filter(move |one| one.hash == hash);
        same.filter_map(move |one| {
            let (number, literal) = &self.literals[one.literal as usize];
            let start = at.checked_sub(one.offset as usize)?;
            let range = start..start + literal.len();
            let stands = text.get(range.clone())?.eq_ignore_ascii_case(literal);
            stands.then_some(Found {
                literal: *number,
                range,
            })
        })
    }
}

/// How often windows stand in some literals, about: what many of them hold stands in many a text.
struct Often(Vec<u16>);

impl Often {
    const SHIFT: u32 = 64 - 16;

    fn of(hashes: impl Iterator<Item = u64>) -> Self {
        let mut times = vec![0_u16; 1 << 16];
        for hash in hashes {
            let one = &mut times[place(hash, Self::SHIFT)];
            *one = one.saturating_add(1);
        }
        Self(times)
    }

    fn times(&self, hash: u64) -> u16 {
        self.0[place(hash, Self::SHIFT)]
    }
}

/// The hash of the window at each place.
fn hashes<const WIDTH: usize>(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.windows(WIDTH).map(hash::<WIDTH>)
}

/// The window that reaches over the end of a literal by one byte, whatever that is: where it begins, and the hash of each.
fn one_byte_over<const WIDTH: usize>(literal: &[u8]) -> impl Iterator<Item = (u32, u64)> {
    let over = (0..=u8::MAX).map(move |byte| [literal, &[byte]].concat());
    over.filter_map(|literal| (0..).zip(hashes::<WIDTH>(&literal)).last())
}

/// The hash of the window that bytes begin with, whatever the case of letters.
fn hash<const WIDTH: usize>(bytes: &[u8]) -> u64 {
    let mut window = [0; WIDEST];
    window[..WIDTH].copy_from_slice(&bytes[..WIDTH]);
    // Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, 6.4.
    (u64::from_le_bytes(window) | CASE).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The upper bits of a hash.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the places of a table are fewer"
)]
fn place(hash: u64, shift: u32) -> usize {
    (hash >> shift) as usize
}

/// Where in a table of so many places a hash belongs: by its upper bits too.
fn in_table<const PLACES: usize>(hash: u64) -> usize {
    place(hash, const { 64 - PLACES.ilog2() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: every literal compared at every place.
    fn everywhere(literals: &[&str], text: &str) -> Vec<Found> {
        let text = text.as_bytes();
        let places = (0..text.len()).flat_map(|at| (0..literals.len()).map(move |one| (at, one)));
        let found = places.filter_map(|(start, literal)| {
            let range = start..start + literals[literal].len();
            let stands = text
                .get(range.clone())?
                .eq_ignore_ascii_case(literals[literal].as_bytes());
            stands.then_some(Found { literal, range })
        });
        let mut found = found.collect::<Vec<_>>();
        found.sort_by_key(|one| (one.range.end, one.range.start, one.literal));
        found
    }

    /// For literals that are long enough for either width.
    fn same_as_everywhere(literals: &[&str], text: &str) {
        same_by_windows::<8>(literals, text);
        same_by_windows::<4>(literals, text);
    }

    fn same_by_windows<const WIDTH: usize>(literals: &[&str], text: &str) {
        let numbered = literals.iter().map(|one| one.as_bytes()).enumerate();
        let windows = Windows::<WIDTH, 4096>::new(numbered);
        let expected = everywhere(literals, text);
        for (piece, pieces) in [(1, 1), (1, 3), (7, 2), (64, 3), (PIECE, 1)] {
            let found = windows.by_pieces(text.as_bytes(), piece, pieces);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{literals:?} {text:?}");
        }
    }

    #[test]
    fn a_literal_is_found_at_every_place_and_to_the_last_byte() {
        let literals = [
            "credentials",
            "invalidcredentials",
            "aaaaaaaaaaaaaa",
            "ungültigesKennwort",
        ];
        for lead in 0..9 {
            let lead = "x".repeat(lead);
            same_as_everywhere(&literals, &format!("{lead}InvalidCREDENTIALS"));
            same_as_everywhere(&literals, &format!("{lead}{}", "a".repeat(40)));
            same_as_everywhere(
                &literals,
                &format!("{lead}UNGüLTIGESkennwort, UNGÜLTIGESKENNWORT"),
            );
        }
        same_as_everywhere(&literals, "");
        same_as_everywhere(&literals, "credential");
        same_as_everywhere(&[], "credentials");
    }

    /// `@` and a backtick, `[` and `{` differ by the bit by which letters of two cases do.
    #[test]
    fn bytes_that_only_look_like_two_cases_are_told_apart() {
        same_as_everywhere(&["[user@host]:22"], "{user`host}:22 [USER@HOST]:22");
    }

    proptest::proptest! {
        #[test]
        fn all_are_found_however_they_overlap(
            literals in proptest::collection::vec("[abA~ö]{11,16}|[ab]{11}|invalid (user|password)", 1..9),
            pieces in proptest::collection::vec("[abAB~ö]{0,16}|Invalid User|invalid password", 0..20),
            inside in proptest::collection::vec(0_usize..9, 0..4),
        ) {
            let literals = literals.iter().map(String::as_str).collect::<Vec<_>>();
            let inside = inside.iter().filter_map(|at| literals.get(*at).copied());
            let text = pieces.iter().map(String::as_str).chain(inside).collect::<String>();
            let literals = literals.into_iter().filter(|one| one.len() >= shortest(8)).collect::<Vec<_>>();
            same_as_everywhere(&literals, &text);
        }

        #[test]
        fn those_that_are_a_byte_short_are_found_whatever_stands_behind_them(
            literals in proptest::collection::vec("[abA~]{6,9}|[ab]{6}|\u{f6}[ab]{4}|uipath", 1..9),
            pieces in proptest::collection::vec("[abAB~\u{f6}]{0,9}|UiPath", 0..20),
            inside in proptest::collection::vec(0_usize..9, 0..4),
        ) {
            let literals = literals.iter().map(String::as_str).collect::<Vec<_>>();
            let inside = inside.iter().filter_map(|at| literals.get(*at).copied());
            let text = pieces.iter().map(String::as_str).chain(inside).collect::<String>();
            same_by_windows::<4>(&literals, &text);
        }
    }
}
