//! The literals without which a regex cannot match.

use memchr::memmem;
use regex_syntax::hir::{Hir, HirKind, Look};

/// Letters that fold to ASCII ones when case is ignored: the long s and the Kelvin sign.
const FOLDING: [&[u8]; 2] = ["\u{17f}".as_bytes(), "\u{212a}".as_bytes()];

/// Which literals help.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telling {
    /// They are at least so long, in bytes.
    pub(crate) shortest: usize,
    /// They are at most so many.
    pub(crate) most: usize,
}

/// A literal, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) text: String,
    /// Whether the match of its part of the pattern begins with it.
    leads: bool,
    /// Whether a word begins with it, wherever it stands in a match.
    pub(crate) begins_word: bool,
}

/// Literals of which every match holds one; `None` when there are no telling ones.
pub(crate) fn required(pattern: &str, telling: Telling) -> Option<Vec<Literal>> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    telling.best_of(&hir)
}

/// Whether a text holds letters that fold to ASCII ones when case is ignored: where it does, literals hide in it.
pub(crate) fn folds_to_ascii(text: &[u8]) -> bool {
    !text.is_ascii()
        && FOLDING
            .iter()
            .any(|letter| memmem::find(text, letter).is_some())
}

impl Telling {
    fn best_of(self, hir: &Hir) -> Option<Vec<Literal>> {
        match hir.kind() {
            HirKind::Literal(literal) => {
                let text = std::str::from_utf8(&literal.0).ok()?;
                let parts = text.split(|letter: char| !has_one_form(letter));
                let longest = parts.max_by_key(|part| part.len())?;
                self.told_by(vec![Literal {
                    text: longest.to_ascii_lowercase(),
                    leads: text.starts_with(longest),
                    begins_word: false,
                }])
            }
            HirKind::Capture(capture) => self.best_of(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => self.best_of(&repetition.sub),
            HirKind::Concat(parts) => {
                let sets = (0..parts.len()).filter_map(|at| self.best_of_part(parts, at));
                sets.max_by_key(|set| {
                    let lengths = set.iter().map(|literal| literal.text.len());
                    let shortest = lengths.min().unwrap_or(0);
                    (shortest.min(8), usize::MAX - set.len(), shortest)
                })
            }
            HirKind::Alternation(parts) => {
                let sets = parts.iter().map(|part| self.best_of(part));
                self.told_by(sets.collect::<Option<Vec<_>>>()?.concat())
            }
            _ => None,
        }
    }

    fn best_of_part(self, parts: &[Hir], at: usize) -> Option<Vec<Literal>> {
        let mut set = self.best_of(&parts[at])?;
        let before = at.checked_sub(1).map(|before| parts[before].kind());
        let edge = matches!(
            before,
            Some(HirKind::Look(
                Look::WordUnicode | Look::WordAscii | Look::WordStartUnicode | Look::WordStartAscii
            ))
        );
        for literal in &mut set {
            literal.begins_word |= edge && literal.leads;
            literal.leads &= at == 0;
        }
        Some(set)
    }

    fn told_by(self, literals: Vec<Literal>) -> Option<Vec<Literal>> {
        let lengths = || literals.iter().map(|literal| literal.text.len());
        let fits = literals.len() <= self.most && lengths().all(|length| length >= self.shortest);
        fits.then_some(literals)
    }
}

/// Whether a letter is ASCII, or Japanese, which knows no small and capital letters.
fn has_one_form(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: Telling = Telling {
        shortest: 3,
        most: 64,
    };

    #[test]
    fn every_match_holds_one_of_the_required_literals() {
        for (pattern, needed) in [
            (r"data\s+52e\b", Some(vec!["data"])),
            (
                r"(?:UPN|user) name\s+(?<who>\S+) is Bad",
                Some(vec![" is bad"]),
            ),
            (r"\b(?:locked|disabled)\b", Some(vec!["locked", "disabled"])),
            (r"(?:error )?\d+", None),
            ("caf\u{e9} closed", Some(vec![" closed"])),
            (r"(?i:abc)", None),
            (r"a|bcd", None),
            (
                "\u{7528}\u{8a9e}\u{96c6}\\s",
                Some(vec!["\u{7528}\u{8a9e}\u{96c6}"]),
            ),
        ] {
            let needed =
                needed.map(|needed| needed.into_iter().map(str::to_owned).collect::<Vec<_>>());
            let found = required(pattern, LINES);
            let found = found.map(|set| set.into_iter().map(|one| one.text).collect::<Vec<_>>());
            assert_eq!(found, needed, "{pattern}");
        }
    }
}
