//! What nobody else may read goes before anything is written and before anything is read, so that a stored case says what
//! the live one said.
//!
//! Secrets go always: `password=Hunter2!` becomes `password=[password]`. Names of people and machines go where that was
//! chosen: `FABRIKAM\svc-robot` becomes `[domain:1]\[user:1]`.
//!
//! A replacement takes a value and never its key, keeps the number of line breaks, and leaves error codes, GUIDs and
//! plain words alone: "the password is wrong" is what a rule looks for.
//!
//! - `find` goes over a text once, with one automaton over all words that stand before a secret;
//! - `named` reads the value of a key, `value` where it ends, `harmless` whether it can be a secret at all;
//! - `shapes` knows secrets by their looks, `commands` those on command lines;
//! - `people` finds names and addresses, `pseudonyms` numbers them, `renumber` moves the numbers of one case into another,
//!   `report` counts what was replaced.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod commands;
mod find;
mod harmless;
mod named;
mod people;
mod pseudonyms;
mod renumber;
mod report;
mod shapes;
mod value;

use super::first_look::Seen;
pub(super) use find::words;
use people::People;
pub use pseudonyms::{Pseudonym, Pseudonyms};
pub use renumber::Renumber;
use report::Report;
pub use report::{Mark, Place, Redaction};

/// What is replaced before anything is kept.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Redact {
    /// Passwords, tokens, keys.
    #[default]
    Secrets,
    /// Also names and addresses of people and machines.
    People,
}

impl Redact {
    /// As the API and the database spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::People => "people",
        }
    }

    /// From that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Secrets, Self::People];
        all.into_iter().find(|redact| redact.as_str() == text)
    }
}

/// Something to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hit {
    range: Range<usize>,
    mark: Mark,
}

/// Replaces what is not to be kept of one round: equal values get equal marks in all its texts.
#[derive(Debug)]
pub struct Redactor {
    secrets: HashMap<(Mark, String), usize>,
    counts: HashMap<Mark, usize>,
    people: Option<People>,
    report: Report,
}

/// So often a text is looked at again.
const MOST_LOOKS: usize = 4;

impl Redactor {
    /// Replaces secrets.
    pub fn secrets() -> Self {
        Self {
            secrets: HashMap::new(),
            counts: HashMap::new(),
            people: None,
            report: Report::default(),
        }
    }

    /// Replaces secrets, people and machines.
    pub fn people(pseudonyms: Pseudonyms) -> Self {
        Self {
            people: Some(People::new(pseudonyms)),
            ..Self::secrets()
        }
    }

    /// Looks at a text that will be replaced later: names that it gives away are replaced in all texts of the round.
    pub fn learn(&mut self, source: &str, text: &str) {
        if let Some(people) = &mut self.people {
            people.learn(source);
            people.learn(text);
        }
    }

    /// The text without what is not to be kept; `None` where it holds nothing of the kind.
    pub fn text(&mut self, source: &str, text: &str) -> Option<String> {
        self.text_seen(source, text, None)
    }

    /// The same of a text that was looked at.
    pub(super) fn text_seen(
        &mut self,
        source: &str,
        text: &str,
        seen: Option<&Seen>,
    ) -> Option<String> {
        let clean = self.without_secrets(source, text, seen);
        let Some(people) = &mut self.people else {
            return clean;
        };
        let before = clean.as_deref().unwrap_or(text);
        let replaced = people.replace(before, source, &mut self.report);
        replaced.or(clean)
    }

    /// A mark in the place of one secret may show that what stands beside it is another: it is looked again.
    fn without_secrets(
        &mut self,
        source: &str,
        text: &str,
        mut seen: Option<&Seen>,
    ) -> Option<String> {
        let mut clean: Option<String> = None;
        for _ in 0..MOST_LOOKS {
            let before = clean.as_deref().unwrap_or(text);
            let hits = find::secrets(before, seen.take());
            if hits.is_empty() {
                break;
            }
            clean = Some(self.without(source, before, hits));
        }
        clean
    }

    /// The name of a source without what is not to be kept.
    pub fn name(&mut self, name: &str) -> String {
        let report = self.report.clone();
        let clean = self.text(name, name);
        let changed = clean.is_some();
        let counted = std::mem::replace(&mut self.report, report);
        let clean = clean.unwrap_or_else(|| name.to_owned());
        if changed {
            for one in counted.redactions() {
                let before = self.report.count(one.kind);
                for _ in before..one.count {
                    self.report.note(one.kind, &clean, 0);
                }
            }
        }
        clean
    }

    /// A sentence of our own about the evidence, which may name what is in it. It is no evidence, so nothing is counted.
    pub fn sentence(&mut self, sentence: &str) -> String {
        let report = self.report.clone();
        let clean = self.text("", sentence);
        self.report = report;
        clean.unwrap_or_else(|| sentence.to_owned())
    }

    /// What somebody typed about a case.
    pub fn typed(&mut self, text: &str) -> String {
        self.learn("", text);
        let clean = self.text("", text);
        clean.unwrap_or_else(|| text.to_owned())
    }

    /// The name of a machine that somebody typed.
    pub fn machine(&mut self, name: &str) -> String {
        let clean = without_secrets(name);
        match &mut self.people {
            Some(people) => people.machine(&clean),
            None => clean,
        }
    }

    /// The name of an account that somebody typed.
    pub fn account(&mut self, name: &str) -> String {
        let clean = without_secrets(name);
        match &mut self.people {
            Some(people) => people.account(&clean),
            None => clean,
        }
    }

    /// What was replaced so far.
    pub fn redactions(&self) -> Vec<Redaction> {
        self.report.redactions()
    }

    /// The numbers that are new, to be kept with the case.
    pub fn fresh(&self) -> &[Pseudonym] {
        match &self.people {
            Some(people) => people.fresh(),
            None => &[],
        }
    }

    fn without(&mut self, source: &str, text: &str, hits: Vec<Hit>) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut lines = Lines::default();
        let mut done = 0;
        for hit in hits {
            let value = &text[hit.range.clone()];
            clean.push_str(&text[done..hit.range.start]);
            clean.push_str(&self.label(hit.mark, value));
            clean.extend(line_breaks(value));
            done = hit.range.end;
            let line = lines.of(text, hit.range.start);
            self.report.note(hit.mark, source, line);
        }
        clean.push_str(&text[done..]);
        clean
    }

    fn label(&mut self, mark: Mark, value: &str) -> String {
        let word = mark.word();
        let key = (mark, value.to_owned());
        let number = if let Some(number) = self.secrets.get(&key) {
            *number
        } else {
            let count = self.counts.entry(mark).or_insert(0);
            *count += 1;
            self.secrets.insert(key, *count);
            *count
        };
        match number {
            1 => format!("[{word}]"),
            number => format!("[{word}:{number}]"),
        }
    }
}

/// What somebody typed, without its secrets.
pub fn without_secrets(text: &str) -> String {
    let clean = Redactor::secrets().text("", text);
    clean.unwrap_or_else(|| text.to_owned())
}

fn line_breaks(value: &str) -> impl Iterator<Item = &str> {
    value.split_inclusive('\n').filter_map(|line| {
        let text = line.strip_suffix('\n')?;
        Some(if text.ends_with('\r') { "\r\n" } else { "\n" })
    })
}

/// The lines of ascending places.
#[derive(Debug, Default)]
struct Lines {
    at: usize,
    breaks: usize,
}

impl Lines {
    /// The line of a place, from 1. Places are asked for in ascending order.
    fn of(&mut self, text: &str, place: usize) -> usize {
        let between = &text.as_bytes()[self.at..place];
        self.breaks += memchr::memchr_iter(b'\n', between).count();
        self.at = place;
        self.breaks + 1
    }
}

#[cfg(test)]
mod tests;
