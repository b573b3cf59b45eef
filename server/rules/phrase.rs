//! Phrases and named codes: words sought in the squeezed stream, proved by the original bytes.

use std::collections::HashSet;
use std::ops::Range;

use crate::evidence::literals::Literals;

use super::squeeze::{Skimmed, Squeezed, Stretch, squeeze_pattern};

/// How many squeezed bytes a `*` may stand for.
const GAP: usize = 160;
/// How many squeezed bytes around a hit are mapped at once: hits that are near share the work.
const MAPPED: usize = 4 * 1024;
/// How many squeezed bytes a phrase's longest piece needs to trigger a rule.
pub(crate) const TRIGGER: usize = 8;

/// One phrase, ready to be sought.
#[derive(Debug)]
pub(crate) struct Phrase {
    pieces: Vec<Vec<u8>>,
    named: bool,
}

impl Phrase {
    /// A phrase as written: `*` is a gap, `\*` a star. What is wrong comes back in words.
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut letters = written.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if letters.peek() == Some(&'*') => piece.extend(letters.next()),
                '*' => pieces.push(std::mem::take(&mut piece)),
                _ => piece.push(letter),
            }
        }
        pieces.push(piece);
        let pieces = pieces
            .iter()
            .map(|piece| squeeze_pattern(piece))
            .collect::<Vec<_>>();
        if written.trim().is_empty() {
            return Err("write the words that the error shows".to_owned());
        }
        if pieces.iter().any(Vec::is_empty) {
            return Err(
                "a phrase needs words on both sides of each `*`, and cannot begin or end with one"
                    .to_owned(),
            );
        }
        Ok(Self {
            pieces,
            named: false,
        })
    }

    /// A product's symbolic code: one token, which a hard wrap may break but a space may not.
    pub(crate) fn named_code(name: &str) -> Self {
        Self {
            pieces: vec![squeeze_pattern(name)],
            named: true,
        }
    }

    /// Whether a piece is long enough to trigger a rule.
    pub(crate) fn triggers(&self) -> bool {
        self.pieces.iter().any(|piece| piece.len() >= TRIGGER)
    }
}

/// Many phrases sought at once.
#[derive(Debug)]
pub(crate) struct PhraseSet {
    phrases: Vec<Phrase>,
    /// The longest piece of each: shorter ones stand everywhere.
    anchors: Option<Literals>,
    /// The squeezed length of the longest match behind its head.
    reach: usize,
}

/// A phrase found: which, and its original bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) phrase: usize,
    pub(crate) range: Range<usize>,
}

impl PhraseSet {
    pub(crate) fn new(phrases: Vec<Phrase>) -> Self {
        let anchors = phrases.iter().map(|phrase| phrase.anchor().1);
        let anchors = Literals::new(anchors);
        let reach = phrases.iter().map(Phrase::reach).max().unwrap_or(0);
        Self {
            phrases,
            anchors,
            reach,
        }
    }

    /// Everything in `text[range]`, also names that are a part of longer ones. `wanted` says whether a phrase is of
    /// interest, and `within` whether a match may lie there; `skimmed` lends its memory.
    pub(crate) fn find(
        &self,
        text: &str,
        range: Range<usize>,
        skimmed: &mut Skimmed,
        wanted: impl Fn(usize) -> bool,
        within: impl Fn(&Range<usize>) -> bool,
    ) -> Vec<Found> {
        let Some(anchors) = &self.anchors else {
            return Vec::new();
        };
        skimmed.skim(text, range.clone());
        let mut mapped: Option<(Stretch, Squeezed)> = None;
        let mut found = Vec::new();
        for (number, head) in self.candidates(anchors, &skimmed.bytes, wanted) {
            let needed = head.start..skimmed.bytes.len().min(head.end + self.reach + 1);
            let fits = |stretch: &Stretch, squeezed: &Squeezed| {
                stretch.squeezed <= needed.start
                    && needed.end <= stretch.squeezed + squeezed.bytes.len()
            };
            if !mapped
                .as_ref()
                .is_some_and(|(stretch, squeezed)| fits(stretch, squeezed))
            {
                let ahead = needed.start..skimmed.bytes.len().min(needed.end + MAPPED);
                let stretch = skimmed.around(&ahead, range.end);
                let squeezed = Squeezed::stretch(text, &stretch);
                mapped = Some((stretch, squeezed));
            }
            let Some((stretch, squeezed)) = &mapped else {
                continue;
            };
            let local = head.start - stretch.squeezed..head.end - stretch.squeezed;
            debug_assert_eq!(
                squeezed.bytes.get(local.clone()),
                skimmed.bytes.get(head),
                "both passes fold alike"
            );
            found.extend(
                self.verify(number, text, squeezed, local)
                    .filter(|range| within(range))
                    .map(|range| Found {
                        phrase: number,
                        range,
                    }),
            );
        }
        found
    }

    /// Each place where all pieces of a phrase stand, by its first piece; those of one phrase in order.
    fn candidates<'a>(
        &'a self,
        anchors: &'a Literals,
        bytes: &'a [u8],
        wanted: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        // Two anchors may stand behind one head, which counts once.
        let mut looked = vec![0; self.phrases.len()];
        let seen = anchors.find_iter(bytes);
        let seen = seen.filter(move |anchor| wanted(anchor.literal));
        seen.flat_map(move |anchor| {
            let number = anchor.literal;
            let phrase = &self.phrases[number];
            let heads = phrase.heads(anchor.range.start, looked[number]);
            looked[number] = heads.end;
            heads
                .map(move |start| start..start + phrase.pieces[0].len())
                .filter(move |head| bytes[head.clone()] == phrase.pieces[0])
                .filter(move |head| phrase.end_of(bytes, head.end).is_some())
                .map(move |head| (number, head))
        })
    }

    /// The original bytes of the phrase whose head was seen at `head`.
    fn verify(
        &self,
        number: usize,
        text: &str,
        squeezed: &Squeezed,
        head: Range<usize>,
    ) -> Option<Range<usize>> {
        let phrase = &self.phrases[number];
        let end = phrase.end_of(&squeezed.bytes, head.end)?;
        let range = squeezed.original(head.start..end);
        let whole = starts_at_boundary(text, range.start) && ends_at_boundary(text, range.end);
        let unbroken = !phrase.named || is_one_token(text, squeezed, head.start..end);
        (whole && unbroken).then_some(range)
    }

    /// A line break inside a word is no boundary where joining gives a longer named code.
    pub(crate) fn without_parts_of_longer_names(&self, found: Vec<Found>) -> Vec<Found> {
        let mut names = found
            .iter()
            .filter(|one| self.phrases[one.phrase].named)
            .map(|one| one.range.clone())
            .collect::<Vec<_>>();
        names.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        // Of two that begin alike the longer comes first, so whatever ends inside one before it is its part.
        let mut parts = HashSet::new();
        let mut furthest: Option<Range<usize>> = None;
        for name in names {
            match &furthest {
                Some(longer) if name.end <= longer.end => {
                    if name != *longer {
                        parts.insert((name.start, name.end));
                    }
                }
                _ => furthest = Some(name),
            }
        }
        let is_part = |one: &Found| {
            self.phrases[one.phrase].named && parts.contains(&(one.range.start, one.range.end))
        };
        found.into_iter().filter(|one| !is_part(one)).collect()
    }
}

impl Phrase {
    /// How far behind its first piece it may end.
    fn reach(&self) -> usize {
        self.pieces[1..].iter().map(|piece| GAP + piece.len()).sum()
    }

    /// The first of its longest pieces: where it stands and what it is.
    fn anchor(&self) -> (usize, &[u8]) {
        let pieces = self.pieces.iter().map(Vec::as_slice).enumerate();
        let longest = pieces.min_by_key(|(_, piece)| std::cmp::Reverse(piece.len()));
        longest.unwrap_or_default()
    }

    /// Where its first piece may begin, not before `from`, when its anchor begins at `anchor`.
    fn heads(&self, anchor: usize, from: usize) -> Range<usize> {
        let (place, _) = self.anchor();
        if place == 0 {
            return anchor..anchor + 1;
        }
        let between = self.pieces[1..place].iter().map(|piece| GAP + piece.len());
        let head = self.pieces[0].len();
        let furthest = anchor.saturating_sub(head + GAP + between.sum::<usize>());
        furthest.max(from)..(anchor + 1).saturating_sub(head)
    }

    /// Where the phrase ends whose first piece ends at `at`, all in squeezed offsets.
    fn end_of(&self, bytes: &[u8], at: usize) -> Option<usize> {
        follow(&self.pieces[1..], bytes, at)
    }
}

/// Tries the places of each further piece, nearest first. Phrases have few pieces and short gaps, which bounds the search.
fn follow(pieces: &[Vec<u8>], bytes: &[u8], at: usize) -> Option<usize> {
    let Some((piece, rest)) = pieces.split_first() else {
        return Some(at);
    };
    let window = &bytes[at..bytes.len().min(at + GAP + piece.len())];
    let places = window
        .windows(piece.len())
        .enumerate()
        .filter(|(_, place)| *place == piece.as_slice());
    places
        .take(4)
        .find_map(|(gap, _)| follow(rest, bytes, at + gap + piece.len()))
}

/// Whether the token is broken by nothing but line breaks (with the indentation and quoting behind them).
fn is_one_token(text: &str, squeezed: &Squeezed, range: Range<usize>) -> bool {
    (range.start..range.end - 1).all(|at| {
        squeezed.gap_after(at).is_none_or(|gap| {
            let between = text.get(gap).unwrap_or_default();
            between.is_empty()
                || between.contains('\n')
                || between
                    .chars()
                    .all(|letter| !letter.is_whitespace() && !letter.is_alphanumeric())
        })
    })
}

fn starts_at_boundary(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    is_boundary(before, text[at..].chars().next()) || is_escape_letter(&text[..at])
}

fn ends_at_boundary(text: &str, at: usize) -> bool {
    is_boundary(text[..at].chars().next_back(), text[at..].chars().next())
}

/// `\nWindowsIdentityIncorrect`: the letter before the word belongs to an escape.
fn is_escape_letter(before: &str) -> bool {
    let mut letters = before.chars().rev();
    matches!(letters.next(), Some('n' | 'r' | 't')) && letters.next() == Some('\\')
}

fn is_boundary(left: Option<char>, right: Option<char>) -> bool {
    !(left.is_some_and(is_word) && right.is_some_and(is_word))
}

/// A letter of a script that writes spaces between words.
fn is_word(letter: char) -> bool {
    letter == '_'
        || (letter.is_alphanumeric()
            && !matches!(letter, '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(phrases: Vec<Phrase>, text: &str) -> Vec<String> {
        let set = PhraseSet::new(phrases);
        let skimmed = &mut Skimmed::default();
        let found = set.find(text, 0..text.len(), skimmed, |_| true, |_| true);
        set.without_parts_of_longer_names(found)
            .into_iter()
            .map(|found| text[found.range].to_owned())
            .collect()
    }

    fn phrase(written: &str) -> Vec<Phrase> {
        vec![Phrase::parse(written).unwrap()]
    }

    #[test]
    fn a_hard_wrap_inside_a_sentence_does_not_hide_it() {
        assert_eq!(
            texts(
                phrase("logon is required and was not used"),
                "x Logon is required and was not\n> used."
            ),
            ["Logon is required and was not\n> used"]
        );
    }

    #[test]
    fn a_phrase_is_whole_words() {
        assert!(
            texts(
                phrase("credentials are invalid"),
                "credentials are invalidated"
            )
            .is_empty()
        );
        assert!(
            texts(
                phrase("credentials are invalid"),
                "mycredentials are invalid"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_star_spans_a_bounded_gap() {
        let gap = |length: usize| {
            format!(
                "a type of logon {} has not been granted",
                "x".repeat(length)
            )
        };
        assert_eq!(
            texts(phrase("type of logon * not been granted"), &gap(100)).len(),
            1
        );
        assert!(texts(phrase("type of logon * not been granted"), &gap(200)).is_empty());
        assert_eq!(
            texts(phrase(r"the value \* stands"), "the value * stands"),
            ["the value * stands"]
        );
    }

    #[test]
    fn a_frequent_first_word_is_no_candidate() {
        let set = PhraseSet::new(phrase("session * has been disconnected"));
        let text = squeeze_pattern(&"a session began, ".repeat(50));
        let anchors = set.anchors.as_ref().unwrap();
        assert_eq!(anchors.find_iter(&text).count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn seeking_the_longest_piece_finds_what_seeking_the_first_does(
            pieces in proptest::collection::vec("[ab]{1,3}", 1..4),
            text in proptest::collection::vec("[ab]{1,6}|x{50,170}", 0..12),
        ) {
            let text = text.concat();
            let set = PhraseSet::new(phrase(&pieces.join(" * ")));
            let (first, bytes) = (pieces[0].as_bytes(), text.as_bytes());
            let heads = (0..text.len()).filter(|at| bytes[*at..].starts_with(first));
            let heads = heads
                .map(|at| at..at + first.len())
                .filter(|head| set.phrases[0].end_of(bytes, head.end).is_some());
            let anchors = set.anchors.as_ref().unwrap();
            let found = set.candidates(anchors, bytes, |_| true).map(|(_, head)| head);
            proptest::prop_assert_eq!(found.collect::<Vec<_>>(), heads.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_star_at_an_end_is_refused() {
        assert!(Phrase::parse("* credentials").is_err());
        assert!(Phrase::parse("credentials *").is_err());
    }

    #[test]
    fn a_named_code_may_be_wrapped_but_not_spaced() {
        let named = || vec![Phrase::named_code("WindowsIdentityIncorrect")];
        assert_eq!(
            texts(named(), "what is WindowsIdentityIncor\nrect?"),
            ["WindowsIdentityIncor\nrect"]
        );
        assert!(texts(named(), "Windows Identity Incorrect").is_empty());
        assert!(texts(named(), "WindowsIdentityIncorrectly").is_empty());
        assert_eq!(
            texts(named(), r"failed:\nWindowsIdentityIncorrect\r\n").len(),
            1
        );
    }

    #[test]
    fn a_wrapped_longer_name_is_not_the_shorter_one() {
        let named = vec![
            Phrase::named_code("SessionCreationError"),
            Phrase::named_code("SessionCreationErrorWithThirdPartyCredentialProvider"),
        ];
        assert_eq!(
            texts(
                named,
                "SessionCreationError\nWithThirdPartyCredentialProvider"
            ),
            ["SessionCreationError\nWithThirdPartyCredentialProvider"]
        );
    }
}
