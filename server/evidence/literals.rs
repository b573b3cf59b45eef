//! Many literals sought at once in a large text in which few of them stand.
//!
//! Long ones by some of their bytes, which costs next to nothing where none stands; short ones, and those beside them that
//! cost nothing more there, by an automaton.

pub(crate) mod required;
mod sieve;
mod windows;

use std::ops::Range;

use aho_corasick::MatchKind;

pub(crate) use sieve::Sieved;
use windows::Windows;

/// Long literals of so few bytes in all are sought together with the short ones: one look at the text instead of two. The table
/// of transitions has 256 bytes for each of theirs.
const FEW: usize = 8 * 1024;

/// Windows of literals that are long, and of those that are not and not short either: of the latter more are known by chance.
const LONG: usize = 8;
const MIDDLING: usize = 4;
/// Places of their tables: a hundred for each window of the thousands of long literals, and of the hundreds of middling ones,
/// that a release has. The smaller, the more of it stays in quick memory.
const LONG_PLACES: usize = 1 << 19;
const MIDDLING_PLACES: usize = 1 << 16;

/// Literals to be sought, by the order in which they were given. The case of ASCII letters does not count.
#[derive(Debug)]
pub(crate) struct Literals {
    /// The short ones, and with them the middling ones and long ones that are few.
    short: Option<Sieved>,
    /// The numbers of these.
    numbers: Vec<usize>,
    middling: Windows<MIDDLING, MIDDLING_PLACES>,
    long: Windows<LONG, LONG_PLACES>,
}

/// A literal that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) literal: usize,
    pub(crate) range: Range<usize>,
}

impl Literals {
    /// `None` where there are none, or too many short ones to be sought at once.
    pub(crate) fn new<'a>(literals: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let literals = literals.into_iter().enumerate();
        let (mut long, others): (Vec<_>, Vec<_>) =
            literals.partition(|(_, literal)| literal.len() >= windows::shortest(LONG));
        let (mut middling, mut short): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(_, literal)| literal.len() + 1 >= windows::shortest(MIDDLING));
        if long.is_empty() && middling.is_empty() && short.is_empty() {
            return None;
        }
        if !short.is_empty() {
            short.append(&mut middling);
            let bytes = long.iter().map(|(_, literal)| literal.len());
            if bytes.sum::<usize>() <= FEW {
                short.append(&mut long);
            }
        }
        let (numbers, short): (Vec<_>, Vec<_>) = short.into_iter().unzip();
        let short = match short.as_slice() {
            [] => None,
            short => Some(Sieved::new(short.iter().copied(), MatchKind::Standard)?),
        };
        Some(Self {
            short,
            numbers,
            middling: Windows::new(middling),
            long: Windows::new(long),
        })
    }

    /// All that stand in a text, also over each other, ordered by where they end.
    pub(crate) fn find_iter<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Found> + 'a {
        let short = self.short.iter();
        let short = short.flat_map(|short| short.find_overlapping_iter(text, None));
        let short = short.map(|found| Found {
            literal: self.numbers[found.pattern().as_usize()],
            range: found.range(),
        });
        let others = merged(self.middling.find_iter(text), self.long.find_iter(text));
        merged(short, others)
    }
}

/// Both, each of them ordered by where they end.
fn merged(
    one: impl Iterator<Item = Found>,
    other: impl Iterator<Item = Found>,
) -> impl Iterator<Item = Found> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second.range.end < first.range.end => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middling_ones_are_found_with_short_ones_and_without() {
        let words = ["uipath", "errorcode", "code", "invalid credentials"];
        let [with, without] = [&words[..], &["uipath", "errorcode", "errorcode 0x7"]]
            .map(|words| Literals::new(words.iter().map(|word| word.as_bytes())).unwrap());
        assert!(with.middling.is_empty() && without.short.is_none());
        for lead in 0..5 {
            let text = format!("{}ErrorCode 0x7: UiPath", "~".repeat(lead));
            let found = |literals: &Literals| {
                let found = literals
                    .find_iter(text.as_bytes())
                    .map(|one| text[one.range].to_owned());
                found.collect::<Vec<_>>()
            };
            assert_eq!(found(&with), ["ErrorCode", "Code", "UiPath"]);
            assert_eq!(found(&without), ["ErrorCode", "ErrorCode 0x7", "UiPath"]);
        }
    }

    #[test]
    fn the_same_is_found_whether_long_ones_are_sought_with_the_short_ones_or_apart() {
        let few = ["pass", "invalid credentials", "credentials", "ls"];
        let others = (0..FEW).map(|number| format!("another one {number}"));
        let others = others.collect::<Vec<_>>();
        let many = few.into_iter().chain(others.iter().map(String::as_str));
        let literals = [few.to_vec(), many.collect()].map(|words| {
            let literals = Literals::new(words.into_iter().map(str::as_bytes)).unwrap();
            (literals.long.is_empty(), literals)
        });
        let [(true, together), (false, apart)] = literals else {
            panic!("{literals:?}");
        };
        let filling = "- ".repeat(9_000);
        for text in [
            "INVALID credentials, pass: credential",
            "passinvalid credentialsinvalid credentialsls",
            "",
        ] {
            let text = format!("{text}{filling}{text}{filling}{text}");
            let found = |literals: &Literals| {
                let mut found = literals.find_iter(text.as_bytes()).collect::<Vec<_>>();
                assert!(found.is_sorted_by_key(|one| one.range.end));
                found.sort_by_key(|one| (one.range.end, one.literal));
                found
            };
            assert_eq!(found(&together), found(&apart), "{text}");
        }
    }
}
