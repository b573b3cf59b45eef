//! The first look at a text: where words stand by which secrets are found, or by which readers know their texts.
//!
//! Both are sought in every text. One walk over it tells of both, and what it saw holds until the text is changed.

use std::ops::Range;
use std::sync::LazyLock;

use super::literals::Sieved;
use super::{reading, redact};

/// Of a text in which words stand in more stretches than these, nothing is kept: it is looked at once more.
const MOST: usize = 32 * 1024;

static WORDS: LazyLock<[Sieved; 2]> = LazyLock::new(|| {
    let together = Sieved::together([&redact::words(), &reading::marks()]);
    together.expect("two constant lists of words")
});

/// The words by which secrets are found.
pub(super) fn secrets() -> &'static Sieved {
    &WORDS[0]
}

/// The marks of the readers.
pub(super) fn marks() -> &'static Sieved {
    &WORDS[1]
}

/// The stretches of a text in which all the words stand.
#[derive(Debug)]
pub(super) struct Seen(Vec<Range<usize>>);

impl Seen {
    /// `None` where they are too many.
    pub(super) fn of(text: &str) -> Option<Self> {
        let stretches = secrets().stretches(text.as_bytes()).take(MOST + 1);
        let stretches = stretches.collect::<Vec<_>>();
        (stretches.len() <= MOST).then_some(Self(stretches))
    }

    pub(super) fn stretches(&self) -> &[Range<usize>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_what_was_seen_stands_what_is_found_without() {
        let filling = "~ ".repeat(20_000);
        for text in ["", "password=x", &filling] {
            let text = format!("{text}HKLM pwd: {filling}Device State, hkcu password{text}");
            let seen = Seen::of(&text).unwrap();
            let bytes = text.as_bytes();
            let all = secrets().find_iter(bytes, None).collect::<Vec<_>>();
            let in_seen = secrets().find_iter(bytes, Some(seen.stretches()));
            assert_eq!(in_seen.collect::<Vec<_>>(), all);
            let all = marks().find_overlapping_iter(bytes, None);
            let in_seen = marks().find_overlapping_iter(bytes, Some(seen.stretches()));
            assert!(in_seen.eq(all));
        }
    }

    #[test]
    fn of_too_many_nothing_is_kept() {
        let text = format!("pwd{}", "~".repeat(200)).repeat(MOST + 1);
        assert!(Seen::of(&text).is_none());
        assert!(Seen::of(&text[..text.len() / 2]).is_some());
    }
}
