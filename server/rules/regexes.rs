//! Regexes over physical lines, tried only on lines that hold words they cannot match without.
//!
//! A log has a million lines and a release many regexes: trying each on each line is what makes home-made tools slow.
//! From each pattern the literals are taken of which every match holds one; one automaton looks for all of them. So most
//! regexes of a release are never tried, and none is compiled before it is.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::classify::Time;
use super::hits::LeafId;
use super::matcher::stretches;
use crate::evidence::literals::Literals;
use crate::evidence::literals::required::{Telling, folds_to_ascii, required};
use crate::evidence::{Line, Text};

/// A match is at most this long, and lines over [`LONG_LINE`] are read in overlapping pieces.
const REGEX_MATCH: usize = 4 * 1024;
const LONG_LINE: usize = 64 * 1024;
/// Shorter literals stand everywhere, and many for one regex are no help.
const TELLING: Telling = Telling {
    shortest: 3,
    most: 64,
};

/// The compiled size of one regex, so that no rule can eat the memory.
const SIZE: usize = 1 << 20;

/// One regex, in any case of letters.
#[derive(Debug, Clone)]
pub(super) struct LineRegex {
    written: String,
    /// Empty until it is tried; nothing where it is too large, which the linter says before it is published.
    compiled: OnceLock<Option<Regex>>,
}

impl LineRegex {
    /// Looks at how it is written.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let mut parser = regex_syntax::ParserBuilder::new();
        let parsed = parser.case_insensitive(true).build().parse(written);
        parsed.map_err(|error| refused(&error))?;
        Ok(Self {
            written: written.to_owned(),
            compiled: OnceLock::new(),
        })
    }

    /// Compiles it at once, so that also its size is known.
    pub(super) fn compile(written: &str) -> Result<Self, String> {
        let regex = compile(written).map_err(|error| refused(&error))?;
        Ok(Self {
            written: written.to_owned(),
            compiled: Some(regex).into(),
        })
    }

    fn regex(&self) -> Option<&Regex> {
        let compiled = self.compiled.get_or_init(|| compile(&self.written).ok());
        compiled.as_ref()
    }
}

fn compile(written: &str) -> Result<Regex, regex::Error> {
    let mut builder = RegexBuilder::new(written);
    builder.case_insensitive(true).size_limit(SIZE).build()
}

fn refused(error: &dyn std::fmt::Display) -> String {
    format!("this regex does not compile within limits: {error}")
}

/// The regexes of a release.
#[derive(Debug)]
pub(super) struct RegexSet {
    regexes: Vec<(LeafId, LineRegex)>,
    /// Those that say nothing about what they need: tried on every line.
    always: Vec<usize>,
    literals: Option<Literals>,
    /// Whose literal each is, and whether a word must begin with it.
    owners: Vec<(usize, bool)>,
}

/// One match.
pub(super) struct Found {
    pub(super) leaf: LeafId,
    pub(super) range: Range<usize>,
    pub(super) captures: Vec<(String, String)>,
}

impl RegexSet {
    pub(super) fn new(regexes: Vec<(LeafId, LineRegex)>) -> Self {
        let mut always = Vec::new();
        let mut literals = Vec::new();
        let mut owners = Vec::new();
        for (at, (_, regex)) in regexes.iter().enumerate() {
            match required(&regex.written, TELLING) {
                Some(needed) => {
                    owners.extend(needed.iter().map(|literal| (at, literal.begins_word)));
                    literals.extend(needed);
                }
                None => always.push(at),
            }
        }
        let literals = literals.iter().map(|literal| literal.text.as_bytes());
        let literals = Literals::new(literals);
        Self {
            regexes,
            always,
            literals,
            owners,
        }
    }

    /// Calls `each` for the first match of every regex on every line (or piece of a very long one) of the range; a regex
    /// for which it answers no is not tried again.
    pub(super) fn find(
        &self,
        text: &Text,
        range: Range<usize>,
        time: &mut Time<'_>,
        mut each: impl FnMut(Found) -> bool,
    ) {
        if self.regexes.is_empty() {
            return;
        }
        let bytes = &text.as_str().as_bytes()[range.clone()];
        let folds = !text.is_ascii() && folds_to_ascii(bytes);
        let mut full = vec![false; self.regexes.len()];
        if folds || !self.always.is_empty() {
            let everything = (0..self.regexes.len()).collect::<Vec<_>>();
            let tried = if folds { &everything } else { &self.always };
            for line in lines(text, &range) {
                for regex in tried {
                    if !full[*regex] {
                        full[*regex] = !self.try_on(*regex, text, line.clone(), time, &mut each);
                    }
                }
            }
        }
        if folds {
            return;
        }
        let mut tried = vec![usize::MAX; self.regexes.len()];
        let mut near: Option<Line<'_>> = None;
        let literals = self.literals.iter();
        for hit in literals.flat_map(|literals| literals.find_iter(bytes)) {
            let (regex, begins_word) = self.owners[hit.literal];
            if full[regex] || begins_word && is_inside_word(bytes, hit.range.start) {
                continue;
            }
            let at = range.start + hit.range.start;
            // Most hits stand on the line of the one before.
            near = near
                .filter(|line| (line.start..=line.end()).contains(&at))
                .or_else(|| text.line(text.line_of(at)));
            let Some(line) = near.filter(|line| tried[regex] != line.number) else {
                continue;
            };
            tried[regex] = line.number;
            let own = line.start.max(range.start)..line.end().min(range.end);
            full[regex] = !self.try_on(regex, text, own, time, &mut each);
        }
    }

    /// Whether more of this regex is wanted.
    fn try_on(
        &self,
        regex: usize,
        text: &Text,
        line: Range<usize>,
        time: &mut Time<'_>,
        each: &mut impl FnMut(Found) -> bool,
    ) -> bool {
        let (leaf, regex) = &self.regexes[regex];
        let Some(regex) = regex.regex() else {
            return false;
        };
        for piece in stretches(text.as_str(), line, LONG_LINE, REGEX_MATCH) {
            if time.is_over() {
                return true;
            }
            let Some(found) = regex.captures(&text.as_str()[piece.clone()]) else {
                continue;
            };
            let Some(all) = found
                .get(0)
                .filter(|all| !all.is_empty() && all.len() <= REGEX_MATCH)
            else {
                continue;
            };
            let names = regex.capture_names().flatten();
            let captures = names
                .filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned())));
            let more = each(Found {
                leaf: *leaf,
                range: piece.start + all.start()..piece.start + all.end(),
                captures: captures.collect(),
            });
            if !more {
                return false;
            }
        }
        true
    }
}

/// Whether a letter, digit or underscore stands before another at `at`. What is not ASCII is taken for the end of a word.
fn is_inside_word(bytes: &[u8], at: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    at > 0 && is_word(bytes[at - 1]) && is_word(bytes[at])
}

fn lines<'a>(text: &'a Text, range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let range = range.clone();
    let first = text.line_of(range.start);
    (first..)
        .map_while(|number| text.line(number))
        .take_while({
            let end = range.end;
            move |line| line.start < end
        })
        .map(move |line| line.start.max(range.start)..line.end().min(range.end))
        .filter(|line| line.start < line.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_word_is_no_candidate_inside_one() {
        for (pattern, begins_word) in [
            (r"\bbots?\b", vec![true]),
            (r"\b(?:locked|(?<how>disabled))", vec![true, true]),
            (r"\b(?:un)?locked", vec![false]),
            (r"\b\s*locked", vec![false]),
            (r"locked\b", vec![false]),
            (r"(?:\blocked|disabled)", vec![true, false]),
            ("\\b\u{e9}locked", vec![false]),
        ] {
            let found = required(pattern, TELLING).unwrap();
            let found = found.iter().map(|one| one.begins_word).collect::<Vec<_>>();
            assert_eq!(found, begins_word, "{pattern}");
        }
        let found = found(
            &[r"\bbots?\b"],
            "robots\nbot\n\u{e9} bots\n\u{e9}bot \u{e4}-bot",
        );
        assert_eq!(found, ["0:bot", "0:bot", "0:bots"]);
    }

    #[test]
    fn a_regex_of_which_enough_is_found_is_not_tried_again() {
        let regex = LineRegex::parse("robot").unwrap();
        let set = RegexSet::new(vec![(0, regex)]);
        let text = Text::new("robot\n".repeat(9));
        let mut calls = 0;
        let mut time = Time::until(&crate::evidence::NeverStop);
        set.find(&text, 0..text.as_str().len(), &mut time, |_| {
            calls += 1;
            calls < 3
        });
        assert_eq!(calls, 3);
    }

    fn found(patterns: &[&str], text: &str) -> Vec<String> {
        let regexes = patterns
            .iter()
            .enumerate()
            .map(|(at, pattern)| (at, LineRegex::parse(pattern).unwrap()));
        let set = RegexSet::new(regexes.collect());
        let mut all = Vec::new();
        let text = Text::new(text.to_owned());
        let mut time = Time::until(&crate::evidence::NeverStop);
        set.find(&text, 0..text.as_str().len(), &mut time, |found| {
            all.push(format!("{}:{}", found.leaf, &text.as_str()[found.range]));
            true
        });
        all.sort();
        all
    }

    #[test]
    fn a_regex_is_compiled_when_it_is_tried_and_its_size_is_known_to_who_asks() {
        let large = "(a{1000}){1000}";
        let error = LineRegex::compile(large).unwrap_err();
        assert!(error.starts_with("this regex does not compile within limits"));
        assert_eq!(found(&[large, "a+"], "aaa"), ["1:aaa"]);
        let (early, late) = (LineRegex::compile("a("), LineRegex::parse("a("));
        assert_eq!(early.unwrap_err(), late.unwrap_err());
        let set = RegexSet::new(vec![(0, LineRegex::parse("robot 7").unwrap())]);
        let try_on = |text: &str| {
            let mut time = Time::until(&crate::evidence::NeverStop);
            let text = Text::new(text);
            set.find(&text, 0..text.as_str().len(), &mut time, |_| true);
            set.regexes[0].1.compiled.get().is_some()
        };
        assert_eq!(["robot 8", "Robot 7"].map(try_on), [false, true]);
    }

    #[test]
    fn a_regex_is_tried_on_the_lines_that_hold_its_literal_and_on_all_without_one() {
        let patterns = [r"Data\s+52e", r"\d{4}-x"];
        assert_eq!(
            found(&patterns, "a DATA 52E b\r\ndata 53\n1234-X data  52e"),
            ["0:DATA 52E", "0:data  52e", "1:1234-X"]
        );
    }

    #[test]
    fn letters_that_fold_to_ascii_hide_nothing() {
        assert_eq!(
            found(&["task failed"], "ta\u{17f}k failed"),
            ["0:ta\u{17f}k failed"]
        );
    }
}
