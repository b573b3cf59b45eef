//! The version of Power Automate for desktop: the About box, the list of installed programs, `winget list`.
//!
//! ```text
//! Power Automate for desktop   Microsoft.PowerAutomateDesktop   2.50.138.24312
//! ```
//!
//! Its versions are the product's own, 2.*month*.*build*.*two digits of the year and the day*, by which they are known wherever
//! they stand. Claims nothing. The package of the Microsoft Store counts in another way and is another fact.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Draft, Reading, Text, lines_with, list_around, words};
use crate::evidence::Reader;

/// How far below the name the version may stand.
const REACH: usize = 6;

static NAMES: LazyLock<AhoCorasick> =
    LazyLock::new(|| words(&["Power Automate", "PowerAutomateDesktop"]));
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?P<version>2\.\d{1,3}\.\d{1,5}\.\d{5})\b").expect("a constant pattern")
});
static PACKAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*Name\s*:\s*Microsoft\.PowerAutomateDesktop\s*$").expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Power Automate version",
    marks: &["Power Automate", "PowerAutomateDesktop"],
    read,
};

/// Reads the version of each place that names the product. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    if !VERSION.is_match(text.as_str()) && !text.as_str().contains("Microsoft.PowerAutomateDesktop")
    {
        return Reading::default();
    }
    let mut done = 0;
    for line in lines_with(text, &NAMES) {
        if line.number <= done {
            continue;
        }
        if PACKAGE.is_match(line.text) {
            let rows = list_around(text, line.number);
            done = rows.last().map_or(line.number, |(.., line)| line.number);
            if let Some((_, value, line)) = rows.iter().find(|(label, ..)| *label == "Version") {
                draft.text("pad.AppxVersion", value, line.trimmed_span());
            }
            continue;
        }
        let below = (line.number..=line.number + REACH)
            .map_while(|number| text.line(number))
            .find_map(|line| Some((line, VERSION.find(line.text)?)));
        // The registry and the list of programs may print the version before the name.
        let found = below.or_else(|| {
            (line.number.saturating_sub(REACH).max(1)..line.number)
                .rev()
                .map_while(|number| {
                    text.line(number)
                        .filter(|line| !line.text.trim().is_empty())
                })
                .filter(|line| line.text.contains("DisplayVersion"))
                .find_map(|line| Some((line, VERSION.find(line.text)?)))
        });
        if let Some((at, version)) = found {
            done = at.number.max(line.number);
            draft.text("pad.Version", version.as_str(), at.span(version.range()));
        }
    }
    draft.reading
}
