//! Rules that are near a text by its words alone: suggestions, for a text that no rule knows.
//!
//! What a program calls its fields says nothing of what happened: of `{"error":{"code":"DnsError"}}` one word counts.
//! Lines that a reader took for facts or events are left out while there are others, and so is what holds no word,
//! numbers and ids.

use std::collections::BTreeSet;

use super::classify::Suggestion;
use super::compile::Release;
use super::errors::free_texts;
use super::search::{WordHit, words};
use crate::evidence::Evidence;

/// So much of each text is looked at, in letters.
const MOST_LETTERS: usize = 2_000;
/// At most so many texts: reports and lines between records.
const MOST_TEXTS: usize = 100;
/// A near rule covers at least this share of what the words of the text could weigh.
const NEAR: f64 = 0.2;
/// What the words by which it is named or recognised tell together, against one that it alone holds. Words that stand only in
/// its explanations tell nothing: those are plain language.
const TELLING: f64 = 0.55;
/// What one of them tells by itself: many words that many rules hold make no near one.
const MOST_TELLING: f64 = 0.3;
/// A text of more words than these needs several in common, for one is chance.
const FEW_WORDS: usize = 3;
/// So much the second of them tells, then.
const SECOND: f64 = 0.1;

/// Near rules by the words of the text, best first.
pub(super) fn by_words(release: &Release, evidence: &Evidence, most: usize) -> Vec<Suggestion> {
    let mut asked = asked(free_texts(evidence));
    if asked.is_empty() {
        let sources = evidence.sources.iter();
        asked = self::asked(sources.map(|source| source.text.as_str()));
    }
    let different = asked.iter().collect::<BTreeSet<_>>().len();
    let hits = release.near(asked.into_iter(), most).into_iter();
    let near = hits.filter(|hit| hit.score >= NEAR && tells(hit, different));
    let suggestion = near.filter_map(|hit| {
        let rule = release.rules.get(hit.rule)?;
        Some(Suggestion {
            rule: hit.rule.to_string(),
            title: rule.file.title.clone(),
            score: (hit.score * 100.0).round() / 100.0,
            why: format!("similar words: {}", in_few(&hit.words)),
        })
    });
    suggestion.collect()
}

/// Whether the words that a text of so many different ones shares with a rule are more than chance.
fn tells(hit: &WordHit<'_>, different: usize) -> bool {
    let together = hit.telling.iter().sum::<f64>();
    let at_least = |at: usize, least| hit.telling.get(at).is_some_and(|tells| *tells >= least);
    let several = hit.words.len() >= 3 && at_least(1, SECOND);
    together >= TELLING && at_least(0, MOST_TELLING) && (several || different <= FEW_WORDS)
}

/// The words of texts that tell something of what happened.
fn asked<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let texts = texts.take(MOST_TEXTS).map(|text| {
        let end = text.char_indices().nth(MOST_LETTERS).map(|(end, _)| end);
        without_names_of_fields(&text[..end.unwrap_or(text.len())])
    });
    let texts = texts.collect::<Vec<_>>();
    let words = texts.iter().flat_map(|text| words(text));
    words.filter(|word| is_word(word)).collect()
}

/// Letters, and more of them than digits.
fn is_word(word: &str) -> bool {
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    letters >= 2 && letters > word.chars().filter(char::is_ascii_digit).count()
}

/// The text without the keys of JSON and without tags.
fn without_names_of_fields(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['"', '<']) {
        left.push_str(&rest[..start]);
        rest = &rest[start..];
        let taken = key(rest).or_else(|| tag(rest)).unwrap_or(0);
        if taken == 0 {
            left.push_str(&rest[..1]);
            rest = &rest[1..];
        } else {
            left.push(' ');
            rest = &rest[taken..];
        }
    }
    left.push_str(rest);
    left
}

/// The length of `"name":` at the beginning; a key holds no white space.
fn key(text: &str) -> Option<usize> {
    let name = text.strip_prefix('"')?;
    let end =
        name.find(|letter: char| letter == '"' || letter == '\\' || letter.is_whitespace())?;
    let behind = name[end..].strip_prefix('"')?.trim_start();
    let behind = behind.strip_prefix(':')?;
    Some(text.len() - behind.len())
}

/// The length of `<name …>` or `</name>` at the beginning.
fn tag(text: &str) -> Option<usize> {
    let name = text.strip_prefix('<')?;
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/');
    let end = name.find(['<', '>']).filter(|_| begins)?;
    name[end..].starts_with('>').then_some(end + 2)
}

/// The longest words, which tell most.
fn in_few(words: &[String]) -> String {
    let mut words = words.iter().map(String::as_str).collect::<Vec<_>>();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.truncate(5);
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(text: &str) -> Vec<String> {
        asked(std::iter::once(text))
    }

    #[test]
    fn names_of_fields_and_numbers_are_no_words_of_what_happened() {
        let json = r#"{"error": {"code":"DnsError", "machine" : "vm 12", "id": "4f0e91", "count": 1326}, "note":"see \"log\": here"}"#;
        assert_eq!(words_of(json), ["dnserror", "see", "log", "here"]);
        let markup = "<Machine id='7'><State>halted</State></Machine> a < b and 3 <= 4";
        assert_eq!(words_of(markup), ["halted"]);
        assert_eq!(
            words_of("the session \"stays\" locked"),
            ["session", "stays", "locked"]
        );
        assert_eq!(words_of("\"open"), ["open"]);
    }
}
