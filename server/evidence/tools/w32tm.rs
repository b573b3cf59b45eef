//! The clock: `w32tm /query /status`, `/query /source`, `/stripchart` and `/monitor`.
//!
//! ```text
//! Leap Indicator: 0(no warning)
//! Stratum: 4 (secondary reference - syncd by (S)NTP)
//! Precision: -23 (119.209ns per tick)
//! Root Delay: 0.0312500s
//! Root Dispersion: 0.0937500s
//! ReferenceId: 0x0A000001 (source IP:  10.0.0.1)
//! Last Successful Sync Time: 11/22/2026 8:00:00 AM
//! Source: DC01.fabrikam.test
//! Poll Interval: 10 (1024s)
//! ```
//!
//! The labels are translated; order and numbers are not. `w32tm.Offset` is the last sample of a strip chart in seconds,
//! with its sign, and `w32tm.Skew` the same in whole seconds without it, so that a rule can ask for "at least 300".

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{
    Draft, Line, Reading, Text, command, command_above, is_prompt, labelled, lines_with, words,
};
use crate::evidence::Reader;

const TOOLS: &[&str] = &["w32tm"];
/// The rows of a status, in their order, from the leap indicator on.
const ROWS: &[&str] = &[
    "Leap Indicator",
    "Stratum",
    "Precision",
    "Root Delay",
    "Root Dispersion",
    "ReferenceId",
    "Last Successful Sync Time",
    "Source",
    "Poll Interval",
    "Phase Offset",
];
/// The place of the reference identifier, by which a status is found.
const REFERENCE: usize = 5;

static REFERENCES: LazyLock<AhoCorasick> = LazyLock::new(|| words(&[": 0x", ":0x", "\u{a0}: 0x"]));
static REFERENCE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\r\n:]{2,40}:\s?0x[0-9A-Fa-f]{8}(?:\s|$)").expect("a constant pattern")
});
static SECONDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^-?\d+[.,]\d+s$").expect("a constant pattern"));
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?P<number>-?\d+)").expect("a constant pattern"));
/// `08:00:00, +00.0012345s` or `08:00:00 d:+00.0005000s o:-312.4567890s  [ * | ]`.
static SAMPLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^[ \t]*\d{1,2}[:.]\d{2}[:.]\d{2}(?:[ \t]*[AaPp]\.?[Mm]\.?)?(?:,[ \t]*| d:[+-][\d.,]+s o:)(?P<offset>[+-]\d[\d.,]*)s\b")
        .expect("a constant pattern")
});
/// `    NTP: +0.0123456s offset from DC01.fabrikam.test`.
static MONITOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*NTP: (?P<offset>[+-]\d[\d.,]*)s\b").expect("a constant pattern")
});
/// `DC01.fabrikam.test *** PDC ***[10.0.0.1:123]:`.
static MONITORED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<host>[\w.\-]+)\s?(?:\*\*\* PDC \*\*\*)?\s?\[[^\]]+:123\]:")
        .expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "w32tm",
    marks: &[
        "w32tm",
        "stratum",
        "(S)NTP",
        "LOCL",
        "ReferenceId",
        "Leap Indicator",
        "s o:",
        ":123]",
        "NTP: ",
    ],
    read,
};

/// Reads every status and every chart. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    for line in lines_with(text, &REFERENCES) {
        if REFERENCE_LINE.is_match(line.text) {
            status(text, line, &mut draft);
        }
    }
    sources(text, &mut draft);
    chart(text, &mut draft);
    monitor(text, &mut draft);
    draft.reading
}

fn status(text: &Text, reference: Line<'_>, draft: &mut Draft) -> Option<()> {
    let first = reference
        .number
        .checked_sub(REFERENCE)
        .filter(|first| *first > 0)?;
    let row = |place: usize| {
        let line = text.line(first + place)?;
        labelled(line.text).map(|(_, value)| (value, line))
    };
    let is_number = |place: usize| row(place).is_some_and(|(value, _)| NUMBER.is_match(value));
    let is_time = |place: usize| row(place).is_some_and(|(value, _)| SECONDS.is_match(value));
    if !(is_number(0) && is_number(1) && is_number(2) && is_time(3) && is_time(4)) {
        return None;
    }
    let above = command_above(text, first, 3, TOOLS);
    draft.of(above.and_then(|command| command.machine()).as_deref());
    let mut last = reference.number;
    for (place, key) in ROWS.iter().enumerate() {
        let Some((value, line)) = row(place).filter(|(value, _)| !value.is_empty()) else {
            break;
        };
        let number = NUMBER.captures(value);
        let value = match (place, &number) {
            (0 | 1, Some(found)) => &found["number"],
            (REFERENCE, _) => value.split_whitespace().next().unwrap_or(value),
            (9, _) if !SECONDS.is_match(value) => break,
            _ => value,
        };
        draft.text(format!("w32tm.{key}"), value, line.trimmed_span());
        last = line.number;
    }
    draft.claim(text, first, last);
    Some(())
}

/// `w32tm /query /source` answers with the source alone.
fn sources(text: &Text, draft: &mut Draft) {
    static COMMANDS: LazyLock<AhoCorasick> = LazyLock::new(|| words(&["/source"]));
    for line in lines_with(text, &COMMANDS) {
        let Some(command) = command(line, TOOLS) else {
            continue;
        };
        let typed = command.typed.to_lowercase();
        if !typed.contains("/query") {
            continue;
        }
        let answer = (line.number + 1..line.number + 3)
            .filter_map(|number| text.line(number))
            .find(|line| !line.text.trim().is_empty());
        // An error has a number, or a colon behind its first words.
        let answer = answer.filter(|line| {
            !line.text.contains("0x8") && !line.text.contains(": ") && !is_prompt(*line)
        });
        if let Some(answer) = answer {
            draft.of(command.machine().as_deref());
            draft.text("w32tm.Source", answer.text, answer.trimmed_span());
            draft.claim(text, line.number, answer.number);
        }
    }
}

/// The last sample of a chart is what the clock is off now.
fn chart(text: &Text, draft: &mut Draft) {
    let samples = SAMPLE.captures_iter(text.as_str()).filter_map(|found| {
        let line = text.line(text.line_of(found.get(0)?.start()))?;
        Some((line, found.name("offset")?.as_str()))
    });
    let mut samples = samples.peekable();
    while let Some((line, offset)) = samples.next() {
        let goes_on = samples
            .peek()
            .is_some_and(|(next, _)| next.number == line.number + 1);
        if !goes_on && let Some(seconds) = seconds(offset) {
            draft.of(None);
            let span = line.trimmed_span();
            draft.text("w32tm.Offset", &format!("{seconds}"), span);
            draft.text("w32tm.Skew", &format!("{:.0}", seconds.abs().floor()), span);
        }
    }
}

/// The difference between this machine and each domain controller.
fn monitor(text: &Text, draft: &mut Draft) {
    static HOSTS: LazyLock<AhoCorasick> = LazyLock::new(|| words(&[":123]:"]));
    for line in lines_with(text, &HOSTS) {
        let Some(host) = MONITORED.captures(line.text) else {
            continue;
        };
        let offset = (line.number + 1..line.number + 4)
            .filter_map(|number| text.line(number))
            .find_map(|line| MONITOR.captures(line.text).map(|found| (line, found)));
        if let Some((line, found)) = offset
            && let Some(seconds) = seconds(&found["offset"])
        {
            draft.of(None);
            let key = format!("w32tm.monitor.{}.Offset", &host["host"]);
            draft.text(key, &format!("{seconds}"), line.trimmed_span());
        }
    }
}

/// `+00.0012345`, in some languages with a comma.
fn seconds(written: &str) -> Option<f64> {
    let seconds: f64 = written.replace(',', ".").parse().ok()?;
    seconds.is_finite().then_some(seconds)
}
