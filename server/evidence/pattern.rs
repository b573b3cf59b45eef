//! Patterns of remarks, tried only on texts that hold a word without which they cannot match.
//!
//! A pattern that tells how people write has many alternatives and gaps, so that each text leads a regex through states that it
//! has never been in. Looking for its words first costs a fraction of that.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use regex::{Captures, Match};

use super::literals::required::{Telling, folds_to_ascii, required};

/// A regex that is written over several lines, in any case of letters, with `.` for every letter.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: regex::Regex,
    /// Of these every match holds one.
    words: Option<AhoCorasick>,
}

/// Any word tells something here: texts are short.
const TELLING: Telling = Telling {
    shortest: 2,
    most: 400,
};

/// A pattern as it is written. One that is wrong would never match, and nothing else would say so: a test that uses it
/// fails.
pub(super) fn pattern(verbose: &str) -> Option<Pattern> {
    let regex = regex::Regex::new(&format!("(?xis){verbose}"));
    debug_assert!(regex.is_ok(), "{regex:?}");
    let words = required(&format!("(?x){verbose}"), TELLING).and_then(|words| {
        let words = words.into_iter().map(|word| word.text);
        let mut automaton = AhoCorasickBuilder::new();
        automaton.ascii_case_insensitive(true).build(words).ok()
    });
    Some(Pattern {
        regex: regex.ok()?,
        words,
    })
}

/// Whether the text holds the pattern.
pub(super) fn says(pattern: &LazyLock<Option<Pattern>>, text: &str) -> bool {
    pattern
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

impl Pattern {
    fn may_match(&self, text: &str) -> bool {
        let words = self.words.as_ref();
        words.is_none_or(|words| words.is_match(text) || folds_to_ascii(text.as_bytes()))
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.may_match(text) && self.regex.is_match(text)
    }

    pub(super) fn find<'a>(&self, text: &'a str) -> Option<Match<'a>> {
        self.may_match(text).then(|| self.regex.find(text))?
    }

    pub(super) fn find_iter<'a>(&self, text: &'a str) -> impl Iterator<Item = Match<'a>> {
        let found = self.may_match(text).then(|| self.regex.find_iter(text));
        found.into_iter().flatten()
    }

    pub(super) fn captures<'a>(&self, text: &'a str) -> Option<Captures<'a>> {
        self.may_match(text).then(|| self.regex.captures(text))?
    }

    pub(super) fn captures_iter<'a>(&self, text: &'a str) -> impl Iterator<Item = Captures<'a>> {
        let found = self.may_match(text).then(|| self.regex.captures_iter(text));
        found.into_iter().flatten()
    }

    pub(super) fn replace_all<'a>(&self, text: &'a str, by: &str) -> Cow<'a, str> {
        if self.may_match(text) {
            self.regex.replace_all(text, by)
        } else {
            text.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_found_as_without_words() {
        let patterns = [
            r"\b (?: never | kein(?:e)? ) \s+ $",
            r"(?: 用語集 | 変更履歴 ) \b?",
            r"(?: überblick | ÉCHEC )",
            r"\b is\ over \b | [0-9]+ \s runs",
            r"task \s ended",
            r"\b \w+ \s* :",
        ];
        let texts = [
            "",
            "it NEVER ",
            "Keine ",
            "never again",
            "これは用語集です",
            "変更 履歴",
            "ÜBERBLICK",
            "échec",
            "Is Over",
            "7 runs",
            "ta\u{17f}k ended",
            "tas\u{212a} Ended",
            "name:",
        ];
        for verbose in patterns {
            let regex = regex::Regex::new(&format!("(?xis){verbose}")).unwrap();
            let pattern = pattern(verbose).unwrap();
            for text in texts {
                let found = regex.find(text).map(|found| found.range());
                assert_eq!(pattern.is_match(text), found.is_some(), "{verbose}: {text}");
                let own = pattern.find(text).map(|found| found.range());
                assert_eq!(own, found, "{verbose}: {text}");
                let captured = pattern
                    .captures(text)
                    .map(|all| all.get(0).unwrap().range());
                assert_eq!(captured, found, "{verbose}: {text}");
                let replaced = pattern.replace_all(text, "-");
                assert_eq!(replaced, regex.replace_all(text, "-"), "{verbose}: {text}");
                let all = pattern.find_iter(text).map(|found| found.range());
                let every = regex.find_iter(text).map(|found| found.range());
                assert!(all.eq(every), "{verbose}: {text}");
                let all = pattern.captures_iter(text);
                let all = all.map(|all| all.get(0).unwrap().range());
                let every = regex.find_iter(text).map(|found| found.range());
                assert!(all.eq(every), "{verbose}: {text}");
            }
        }
    }

    #[test]
    fn a_text_without_its_words_is_not_tried() {
        let pattern = pattern(r"\b (?: never | überblick | 用語集 ) \s+ .{0,9} $").unwrap();
        assert!(!pattern.may_match("it works now"));
        assert!(pattern.may_match("and NEVER "));
        assert!(pattern.may_match("ÜBERBLICK"));
        assert!(pattern.may_match("用語集"));
    }
}
