//! Does a submission hold an error at all? What "no error found" and "unreadable" rest on.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use super::compile::Release;
use super::judge::counts_as_error;
use super::matcher::without_claimed;
use crate::evidence::Evidence;

mod none;

/// Words that people and programs use for errors, folded; word beginnings in the languages Windows speaks most.
const ERROR_WORDS: [&str; 46] = [
    "error",
    "fail",
    "denied",
    "invalid",
    "incorrect",
    "exception",
    "refused",
    "cannot",
    "can't",
    "can\u{2019}t",
    "couldn't",
    "could not",
    "unable",
    "not granted",
    "not allowed",
    "timeout",
    "timed out",
    "rejected",
    "crash",
    "fatal",
    "issue",
    "problem",
    "not work",
    "doesn't",
    "does not",
    "broken",
    "expired",
    "locked out",
    "stopped",
    "wrong",
    "missing",
    "fehl",
    "verweiger",
    "ung\u{fc}ltig",
    "abgelaufen",
    "gesperrt",
    "erreur",
    "\u{e9}chec",
    "refus\u{e9}",
    "incorrecto",
    "fall\u{f3}",
    "errore",
    "\u{9519}\u{8bef}",
    "\u{5931}\u{8d25}",
    "\u{30a8}\u{30e9}\u{30fc}",
    "\u{5931}\u{6557}",
];

/// Of these, the ones that also stand inside longer words: `Anmeldefehler`, `NullPointerException`.
const WITHIN_WORDS: [&str; 4] = ["error", "exception", "fehl", "fail"];

/// Whether the free text holds an error: a code that counts, or a word for one.
pub(super) fn holds_error(evidence: &Evidence) -> bool {
    evidence
        .codes
        .iter()
        .any(|seen| counts_as_error(seen.weakened))
        || evidence
            .events
            .iter()
            .any(|event| event.is_failure() && evidence.event_counts(event))
        || free_texts(evidence).any(has_error_word)
}

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(ERROR_WORDS)
        .expect("a constant list of words")
});

/// Whether a word for an error begins somewhere that says that there is one, addresses aside:
/// `https://example.com/errors` is none.
fn has_error_word(text: &str) -> bool {
    WORDS.find_overlapping_iter(text).any(|found| {
        let word = ERROR_WORDS[found.pattern().as_usize()];
        let before = &text[..found.start()];
        let begins = !before.ends_with(|letter: char| letter.is_ascii_alphanumeric());
        (begins || WITHIN_WORDS.contains(&word))
            && !is_in_address(before)
            && !none::says_none(text, &found.range())
    })
}

/// Whether the token that goes on behind `before` began as an address.
fn is_in_address(before: &str) -> bool {
    /// Addresses are shorter.
    const LONGEST: usize = 2_048;
    let near = before.floor_char_boundary(before.len().saturating_sub(LONGEST));
    let near = &before[near..];
    let token = near.rsplit(char::is_whitespace).next().unwrap_or(near);
    token.contains("://")
}

/// Whether anything in it could be read as text.
pub(super) fn was_readable(evidence: &Evidence) -> bool {
    evidence.sources.iter().any(|source| {
        source
            .text
            .as_str()
            .chars()
            .any(|letter| !letter.is_whitespace())
    })
}

/// Whether a reader knew what it was: facts, or a part of the machine that is listed.
pub(super) fn was_read(evidence: &Evidence) -> bool {
    !(evidence.facts.is_empty() && evidence.scopes.is_empty() && evidence.events.is_empty())
}

/// What was looked at, in words.
pub(super) fn checked(release: &Release, evidence: &Evidence) -> Vec<String> {
    let sources = evidence.sources.iter().enumerate().map(|(at, source)| {
        let facts = evidence
            .facts
            .iter()
            .filter(|fact| fact.span.source == at)
            .count();
        match facts {
            0 => format!(
                "{}: {} lines of text, no error in them",
                source.name,
                source.text.line_count()
            ),
            1 => format!("{}: 1 fact read", source.name),
            _ => format!("{}: {facts} facts read", source.name),
        }
    });
    let rules = format!(
        "{} rules tried; none of their messages, codes or conditions is there",
        release.rules.len()
    );
    sources.chain(std::iter::once(rules)).collect()
}

/// The texts that no reader took for facts or events.
pub(super) fn free_texts(evidence: &Evidence) -> impl Iterator<Item = &str> {
    evidence.sources.iter().flat_map(|source| {
        let text = source.text.as_str();
        let whole = 0..text.len();
        without_claimed(&whole, &source.claimed)
            .into_iter()
            .filter_map(|range| text.get(range))
            .collect::<Vec<_>>()
    })
}
