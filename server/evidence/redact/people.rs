//! Names and addresses of people and machines: `FABRIKAM\svc-robot`, `kim@contoso.com`, `RPA-VM-07.fabrikam.local`,
//! `10.1.2.3`, `S-1-5-21-…`.
//!
//! Each name becomes a mark with its number in the case and keeps its form: `[domain:1]\[user:1]`,
//! `[user:2]@[domain:2]`, `[host:1].[domain:1]`. A domain is known by its first label, so that `FABRIKAM` and
//! `fabrikam.local` stay one. Names that every machine has (`NT AUTHORITY\SYSTEM`, `BUILTIN\…`, `S-1-5-32-544`, `127.0.0.1`,
//! `login.microsoftonline.com`, the prefix `AzureAD\`) stay.
//!
//! A name that a text gives away by its place (`Device Name : RPA-VM-07`) is replaced in all texts of the round where it
//! stands as a word of its own, unless it is a word that messages use.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::Lines;
use super::pseudonyms::{Pseudonym, Pseudonyms};
use super::report::{Mark, Report};

mod addresses;
mod names;
mod no_names;
mod public_hosts;
mod well_known;

use well_known::{is_common_word, is_well_known_user};

/// A name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    range: Range<usize>,
    mark: Mark,
}

impl Name {
    fn new(range: Range<usize>, mark: Mark) -> Self {
        Self { range, mark }
    }
}

/// The people and machines of one case.
#[derive(Debug)]
pub(super) struct People {
    numbers: Pseudonyms,
    /// Names that were given away, folded; with the spellings that count where they are letters alone.
    learned: HashMap<String, (Mark, HashSet<String>)>,
    words: Option<(AhoCorasick, Vec<Mark>)>,
    strangers: HashSet<String>,
}

impl People {
    pub(super) fn new(numbers: Pseudonyms) -> Self {
        Self {
            numbers,
            learned: HashMap::new(),
            words: None,
            strangers: HashSet::new(),
        }
    }

    /// The numbers that are new.
    pub(super) fn fresh(&self) -> &[Pseudonym] {
        self.numbers.fresh()
    }

    /// Remembers the names that a text gives away.
    pub(super) fn learn(&mut self, text: &str) {
        for name in names::all(text, &|_| None) {
            self.remember(&text[name.range], name.mark);
        }
        if self.numbers.has_known() {
            self.recognise(text);
        }
    }

    /// The text with marks for names; `None` where it holds none.
    pub(super) fn replace(
        &mut self,
        text: &str,
        source: &str,
        report: &mut Report,
    ) -> Option<String> {
        let learned = |name: &str| {
            self.learned
                .get(&name.to_lowercase())
                .map(|(mark, _)| *mark)
        };
        let mut found = names::all(text, &learned);
        found.extend(self.words_of(text));
        let found = apart(found);
        if found.is_empty() {
            return None;
        }
        let mut clean = String::with_capacity(text.len());
        let mut lines = Lines::default();
        let mut done = 0;
        for name in found {
            clean.push_str(&text[done..name.range.start]);
            clean.push_str(&self.marked(&text[name.range.clone()], name.mark));
            done = name.range.end;
            report.note(name.mark, source, lines.of(text, name.range.start));
        }
        clean.push_str(&text[done..]);
        Some(clean)
    }

    /// A machine's name that stands alone.
    pub(super) fn machine(&mut self, name: &str) -> String {
        let name = name.trim();
        if name.is_empty() || name.starts_with('[') || name.contains(char::is_whitespace) {
            return self.replaced(name);
        }
        if name.parse::<std::net::IpAddr>().is_ok() {
            return self.marked(name, Mark::Ip);
        }
        self.remember(name, Mark::Host);
        self.marked(name, Mark::Host)
    }

    /// An account's name that stands alone.
    pub(super) fn account(&mut self, name: &str) -> String {
        let name = name.trim();
        if name.contains(['@', '\\']) {
            let keyed = format!("account name: {name}");
            let clean = self.replaced(&keyed);
            return clean.trim_start_matches("account name: ").to_owned();
        }
        let plain = name.is_empty() || name.starts_with('[') || name.contains(char::is_whitespace);
        if plain || is_well_known_user(name) {
            return self.replaced(name);
        }
        self.remember(name, Mark::User);
        self.marked(name, Mark::User)
    }

    fn replaced(&mut self, text: &str) -> String {
        self.learn(text);
        let clean = self.replace(text, "", &mut Report::default());
        clean.unwrap_or_else(|| text.to_owned())
    }

    fn remember(&mut self, name: &str, mark: Mark) {
        let name = match mark {
            Mark::Ip | Mark::Sid => return,
            // The first label is the machine's own name, or what the domain is known by.
            Mark::Host | Mark::Domain => name.split('.').next().unwrap_or(name),
            _ => name,
        };
        let short = name.chars().count() < 4;
        if short || is_common_word(name) || name.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let known = self
            .learned
            .entry(name.to_lowercase())
            .or_insert_with(|| (mark, HashSet::new()));
        if known.1.insert(name.to_owned()) {
            self.words = None;
        }
    }

    /// Names that earlier rounds of the case gave away.
    fn recognise(&mut self, text: &str) {
        let belongs = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        for word in text.split(|c: char| !belongs(c)) {
            let word = word.trim_matches(['.', '-']);
            if !(4..=64).contains(&word.len())
                || !is_distinct(word)
                || self.strangers.contains(word)
            {
                continue;
            }
            let marks = [Mark::User, Mark::Host, Mark::Domain];
            match marks
                .into_iter()
                .find(|mark| self.numbers.known(*mark, word).is_some())
            {
                Some(mark) => self.remember(word, mark),
                None => {
                    self.strangers.insert(word.to_owned());
                }
            }
        }
    }

    /// Where learned names stand as words of their own.
    fn words_of(&mut self, text: &str) -> Vec<Name> {
        if self.learned.is_empty() {
            return Vec::new();
        }
        let learned = &self.learned;
        let (automaton, marks) = self.words.get_or_insert_with(|| {
            let (words, marks): (Vec<_>, Vec<_>) = learned
                .iter()
                .map(|(word, (mark, _))| (word.clone(), *mark))
                .unzip();
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(aho_corasick::MatchKind::LeftmostLongest)
                .build(words)
                .expect("a bounded list of words");
            (automaton, marks)
        });
        let mut found = Vec::new();
        for word in automaton.find_iter(text) {
            let spelled = &text[word.range()];
            let mark = marks[word.pattern().as_usize()];
            let known = is_distinct(spelled)
                || learned
                    .get(&spelled.to_lowercase())
                    .is_some_and(|(_, spellings)| spellings.contains(spelled));
            if known && stands_alone(text, word.range()) {
                found.push(Name::new(word.range(), mark));
            }
        }
        found
    }

    fn marked(&mut self, name: &str, mark: Mark) -> String {
        let label = |mark: Mark, number: u32| format!("[{}:{number}]", mark.word());
        match mark {
            Mark::Host => match name.split_once('.') {
                Some((host, domain)) if !domain.is_empty() => {
                    let host = label(Mark::Host, self.numbers.number(Mark::Host, host));
                    format!("{host}.{}", self.marked(domain, Mark::Domain))
                }
                _ => label(Mark::Host, self.numbers.number(Mark::Host, name)),
            },
            Mark::Domain => {
                let first = name.split('.').next().unwrap_or(name);
                label(Mark::Domain, self.numbers.number(Mark::Domain, first))
            }
            mark => label(mark, self.numbers.number(mark, name)),
        }
    }
}

/// Whether a name is more than letters, so that no sentence holds it by chance.
fn is_distinct(name: &str) -> bool {
    let letters = name.chars().any(char::is_alphabetic);
    letters
        && name
            .chars()
            .any(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// Whether a word begins and ends where it stands.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let belongs = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    !before.is_some_and(belongs) && !after.is_some_and(belongs)
}

fn apart(mut names: Vec<Name>) -> Vec<Name> {
    names.sort_by_key(|name| (name.range.start, Reverse(name.range.end), name.mark));
    let mut end = 0;
    names.retain(|name| {
        let keep = name.range.start >= end && !name.range.is_empty();
        if keep {
            end = name.range.end;
        }
        keep
    });
    names
}

#[cfg(test)]
mod tests;
