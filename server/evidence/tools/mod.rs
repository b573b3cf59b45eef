//! Readers for the small commands that people run when a robot cannot sign in, one file each, and what they share.
//!
//! Windows prints most of them in the language of the machine, so a reader goes by the order of the lines, by symbols
//! and by numbers, which no translation touches. Keys bear the English labels whatever the machine speaks.

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::reading::shared;
use super::{About, Fact, FactKey, FactValue, Line, Reading, Span, Text};

pub mod gpresult;
pub mod klist;
pub mod nltest;
pub mod pad_version;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod systeminfo;
pub mod test_net;
pub mod w32tm;

#[cfg(test)]
mod tests;

/// A prompt and the command behind it, `C:\>quser`, `PS C:\> quser`, `[RPA-VM-07]: PS C:\> quser`, or the command alone.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\[(?P<host>[\w.\-]+)\]:\s*)?(?P<prompt>[^\r\n>]{0,200}>)?\s*(?P<command>[A-Za-z]\S*(?:\s.*)?)$")
        .expect("a constant pattern")
});
static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\[[\w.\-]+\]:\s*)?(?:PS(?:\s[^>]*)?|[A-Za-z]:\\[^>]*)>")
        .expect("a constant pattern")
});

/// A reading in the making.
#[derive(Default)]
struct Draft {
    reading: Reading,
    about: Arc<About>,
}

impl Draft {
    /// What is said from here on is said of this machine.
    fn of(&mut self, machine: Option<&str>) {
        self.about = shared(About {
            machine: machine.map(str::to_owned),
            ..About::default()
        });
    }

    fn say(&mut self, key: impl Into<String>, value: FactValue, span: Span) {
        self.reading.facts.push(Fact {
            key: FactKey::new(key),
            value,
            span,
            about: self.about.clone(),
            round: 0,
        });
    }

    fn text(&mut self, key: impl Into<String>, value: &str, span: Span) {
        self.say(key, value.trim().into(), span);
    }

    fn claim(&mut self, text: &Text, first: usize, last: usize) {
        self.reading.claimed.push(text.range_of_lines(first, last));
    }
}

/// An echoed command.
struct Command<'t> {
    /// As typed, from the tool's name on.
    typed: &'t str,
    /// The machine that a remote prompt names.
    host: Option<&'t str>,
    line: Line<'t>,
}

impl Command<'_> {
    /// The machine that the command was sent to by `/server:NAME` or `\\NAME`, else that of the prompt.
    fn machine(&self) -> Option<String> {
        let mut words = self.typed.split_whitespace().skip(1);
        let sent = words.find_map(|word| {
            let lower = word.to_ascii_lowercase();
            let at = ["/server:", "/computer:", "\\\\"]
                .iter()
                .find(|start| lower.starts_with(*start))?
                .len();
            let name = word[at..].trim_matches(['"', '\\', ' ']);
            (!name.is_empty() && !name.contains(['\\', '/'])).then(|| name.to_owned())
        });
        sent.or_else(|| self.host.map(str::to_owned))
    }
}

/// The command that a line echoes, when it is one of these tools (lower case, without `.exe`).
fn command<'t>(line: Line<'t>, tools: &[&str]) -> Option<Command<'t>> {
    let found = COMMAND.captures(line.text)?;
    let typed = found.name("command")?.as_str().trim_end();
    let lower = typed.to_lowercase();
    let is_one = tools.iter().any(|tool| {
        lower.strip_prefix(tool).is_some_and(|rest| {
            let rest = rest.strip_prefix(".exe").unwrap_or(rest);
            rest.is_empty() || rest.starts_with([' ', '\t', '|', ';'])
        })
    });
    is_one.then(|| Command {
        typed,
        host: found.name("host").map(|host| host.as_str()),
        line,
    })
}

/// The command above an output that begins at line `number`: at most `reach` lines up, and no prompt between.
fn command_above<'t>(
    text: &'t Text,
    number: usize,
    reach: usize,
    tools: &[&str],
) -> Option<Command<'t>> {
    for above in (number.saturating_sub(reach).max(1)..number).rev() {
        let line = text.line(above)?;
        if let Some(command) = command(line, tools) {
            return Some(command);
        }
        if is_prompt(line) {
            return None;
        }
    }
    None
}

fn is_prompt(line: Line<'_>) -> bool {
    PROMPT.is_match(line.text)
}

/// Every line that holds one of the words, in any case, each once.
pub(super) fn lines_with<'t>(text: &'t Text, words: &AhoCorasick) -> Vec<Line<'t>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut end = 0;
    for found in words.find_iter(text.as_str()) {
        if found.start() < end {
            continue;
        }
        if let Some(line) = text.line(text.line_of(found.start())) {
            end = line.end();
            lines.push(line);
        }
    }
    lines
}

/// An automaton over a reader's words.
pub(super) fn words(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .expect("a constant list of words")
}

/// `Label : value`, split at the first colon that white space follows or that ends the line. The label may be empty.
fn labelled(line: &str) -> Option<(&str, &str)> {
    let at = line
        .char_indices()
        .filter(|(_, letter)| matches!(letter, ':' | '：'))
        .find(|(at, letter)| {
            line[at + letter.len_utf8()..]
                .chars()
                .next()
                .is_none_or(char::is_whitespace)
        })?;
    let value = &line[at.0 + at.1.len_utf8()..];
    Some((line[..at.0].trim(), value.trim()))
}

/// Rows of PowerShell's `Format-List` around a line: `Name : value`, the lines up to the next blank one on either side.
fn list_around(text: &Text, number: usize) -> Vec<(&str, &str, Line<'_>)> {
    /// More properties than any command prints.
    const MOST: usize = 250;
    let is_row = |at: &usize| {
        text.line(*at)
            .is_some_and(|line| !line.text.trim().is_empty() && !is_prompt(line))
    };
    let floor = number.saturating_sub(MOST).max(1);
    let first = (floor..=number).rev().take_while(is_row).last();
    let last = (number..number + MOST).take_while(is_row).last();
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    (first..=last)
        .filter_map(|at| {
            let line = text.line(at)?;
            let (label, value) = labelled(line.text)?;
            (!label.is_empty()).then_some((label, value, line))
        })
        .collect()
}
