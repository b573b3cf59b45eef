//! Long literals, sought by eight of their bytes at every fourth place of a text.
//!
//! Of each literal four windows are entered in a table, one for each way in which a step of four can meet it; the window at
//! every fourth place of a text is looked up there. Few of them are known, and only where one is are literals compared.

use std::collections::VecDeque;
use std::ops::Range;

use super::Found;
use crate::evidence::abreast;

/// So many bytes are looked up,
const WINDOW: usize = 8;
/// at every so many places.
const STEP: usize = 4;
/// A literal of this length holds a window for each way in which it can be met.
pub(super) const SHORTEST: usize = STEP - 1 + WINDOW;
/// So many bits of the table for each window that is entered.
const BITS: usize = 16;
/// The table has this many bits at most, as a power of two: four megabytes.
const MOST_BITS: u32 = 25;
/// Of a large text each core looks at so much at a time,
const PIECE: usize = 256 * 1024;
/// and all of them at so many of these before anything is done with what they found.
const PIECES: usize = 64;
/// The bit by which small and capital ASCII letters differ. Others that differ by it are told apart when they are compared.
const CASE: u64 = u64::from_ne_bytes([0x20; WINDOW]);

/// Literals to be sought, each with its number.
#[derive(Debug, Default)]
pub(super) struct Windows {
    literals: Vec<(usize, Box<[u8]>)>,
    /// Whether a window may be known, by its hash.
    bits: Vec<u64>,
    /// What is entered, ordered by the hash.
    entered: Vec<Entered>,
    /// Where in it the hashes begin whose upper bits are these.
    begins: Vec<u32>,
    /// How many of a hash's bits are left over as the place in `bits`, and in `begins`.
    shifts: (u32, u32),
}

/// A window of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entered {
    hash: u64,
    literal: u32,
    offset: u32,
}

impl Windows {
    /// Literals of at least [`SHORTEST`] bytes.
    pub(super) fn new<'a>(literals: impl IntoIterator<Item = (usize, &'a [u8])>) -> Self {
        let literals = literals.into_iter();
        let literals = literals.map(|(number, literal)| (number, Box::from(literal)));
        let literals = literals.collect::<Vec<(usize, Box<[u8]>)>>();
        let mut entered = Vec::with_capacity(literals.len() * STEP);
        let often = Often::of(literals.iter().map(|(_, literal)| &**literal));
        for (at, (_, literal)) in (0..).zip(&literals) {
            for first in 0..STEP {
                let rarest = (0..).zip(hashes(literal)).skip(first).step_by(STEP);
                let rarest = rarest.min_by_key(|(_, hash)| often.times(*hash));
                entered.extend(rarest.map(|(offset, hash)| Entered {
                    hash,
                    literal: at,
                    offset,
                }));
            }
        }
        entered.sort_unstable();
        let size = |each: usize| {
            let bits = (entered.len().max(1) * each).next_power_of_two().ilog2();
            bits.clamp(6, MOST_BITS)
        };
        let (bit, begin) = (size(BITS), size(1));
        let mut bits = vec![0; 1 << (bit - 6)];
        let mut begins = vec![0; (1 << begin) + 1];
        for one in &entered {
            let place = place(one.hash, 64 - bit);
            bits[place / 64] |= 1 << (place % 64);
            begins[self::place(one.hash, 64 - begin) + 1] += 1;
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Self {
            literals,
            bits,
            entered,
            begins,
            shifts: (64 - bit, 64 - begin),
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
        let mut looked = if self.literals.is_empty() {
            text.len()
        } else {
            0
        };
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
        let first = places.start.next_multiple_of(STEP);
        let end = text.len().min(places.end + WINDOW - 1);
        let windows = text.get(first..end).unwrap_or_default().windows(WINDOW);
        for (step, window) in windows.step_by(STEP).enumerate() {
            let hash = hash(window);
            let place = place(hash, self.shifts.0);
            if self.bits[place / 64] >> (place % 64) & 1 != 0 {
                found.extend(self.compare(text, first + step * STEP, hash));
            }
        }
        found
    }

    /// The literals that have a window of this hash which stands at `at`.
    fn compare(&self, text: &[u8], at: usize, hash: u64) -> impl Iterator<Item = Found> {
        let begin = place(hash, self.shifts.1);
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

    fn of<'a>(literals: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut times = vec![0_u16; 1 << 16];
        for hash in literals.flat_map(hashes) {
            let one = &mut times[place(hash, Self::SHIFT)];
            *one = one.saturating_add(1);
        }
        Self(times)
    }

    fn times(&self, hash: u64) -> u16 {
        self.0[place(hash, Self::SHIFT)]
    }
}

/// The hash of the window at each place, whatever the case of letters.
fn hashes(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.windows(WINDOW).map(hash)
}

fn hash(window: &[u8]) -> u64 {
    let window = u64::from_ne_bytes(window.try_into().unwrap_or_default()) | CASE;
    // Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, 6.4.
    window.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "at least 39 of 64 bits are shifted out"
)]
fn place(hash: u64, shift: u32) -> usize {
    (hash >> shift) as usize
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

    fn same_as_everywhere(literals: &[&str], text: &str) {
        let windows = Windows::new(literals.iter().map(|one| one.as_bytes()).enumerate());
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
            let literals = literals.into_iter().filter(|one| one.len() >= SHORTEST).collect::<Vec<_>>();
            same_as_everywhere(&literals, &text);
        }
    }
}
