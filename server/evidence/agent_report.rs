//! The `report.json` of a Signpost agent report: who collected its files, on which machine, when, and how each part went.
//!
//! ```text
//! { "schema": "signpost.report/1", "machine": "RPA-VM-07", "account": "FABRIKAM\\adm-lena", "elevated": true,
//!   "taken": "2026-11-21T09:12:44+01:00", "time_zone": "W. Europe Standard Time",
//!   "sections": [
//!     { "id": "dsregcmd", "command": "dsregcmd /status", "file": "dsregcmd.txt", "exit_code": 0, "duration_ms": 412 },
//!     { "id": "secedit", "command": "secedit /export …", "file": "rights.inf", "error": "Access is denied." } ] }
//! ```
//!
//! What it says counts for the facts of the files it lists, where those do not tell themselves: `associate` finds
//! the files by their names beside it, each time the texts are read. A report that carries its outputs within itself
//! is taken apart by [`unfold()`] when it arrives. The published schema is the API's `/schema/report.json`.

use super::json::{self, Kind, Value};
use super::reading::shared;
use super::{About, Fact, FactKey, Reader, Reading, Text};

mod associate;
mod unfold;

pub use self::unfold::{Unfolded, unfold};

pub(super) use self::associate::associate;

/// What every version's name begins with.
pub const FAMILY: &str = "signpost.report/";
/// The version that is read.
pub const VERSION: &str = "signpost.report/1";

/// Longer values are no names, and no times.
const LONGEST: usize = 256;
/// So many parts of a report are looked at.
const MOST_SECTIONS: usize = 500;
/// So many parts that failed are named.
const MOST_FAILED: usize = 40;

/// What is known of the report as a whole and becomes a fact `report.NAME`.
const KNOWN: &[&str] = &[
    "machine",
    "domain",
    "account",
    "elevated",
    "taken",
    "time_zone",
    "culture",
    "powershell",
];

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Signpost agent report",
    marks: &[FAMILY],
    read,
};

/// What a report says of the files beside it.
#[derive(Debug, Default)]
pub(super) struct Index {
    about: About,
    /// The names of its files, as it writes them.
    files: Vec<String>,
}

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let whole = text.as_str();
    let Some((value, complete)) = report(whole) else {
        return reading;
    };
    let version = said(whole, value.get(whole, "schema")).unwrap_or_default();
    if version != VERSION {
        let line = text.line_of(value.start);
        reading.problems.push((Some(line), unknown(&version)));
        return reading;
    }
    if !complete {
        let what = "This report.json is torn or damaged from here on: what stands before it was read, and so were the other files. Collect again where something is missing.";
        let torn = text.line_of(last_offset(&value));
        reading.problems.push((Some(torn), what.to_owned()));
    }
    let about = shared(about(whole, &value));
    for name in KNOWN {
        let Some((found, value)) = value
            .get(whole, name)
            .and_then(|found| Some((found, said(whole, Some(found))?)))
        else {
            continue;
        };
        reading.facts.push(Fact {
            key: FactKey::new(format!("report.{name}")),
            value: value.as_str().into(),
            span: found.span(text),
            about: about.clone(),
            round: 0,
        });
    }
    failures(text, &value, &mut reading);
    reading.claimed.push(0..whole.len());
    reading
}

/// The parts that failed: an access error is said, not hidden.
fn failures(text: &Text, report: &Value, reading: &mut Reading) {
    let whole = text.as_str();
    let mut failed = 0;
    for section in sections(whole, report) {
        let error = section.get(whole, "error");
        let Some(what) = words(whole, error).filter(|what| !what.trim().is_empty()) else {
            continue;
        };
        failed += 1;
        if failed > MOST_FAILED {
            break;
        }
        let id = said(whole, section.get(whole, "id")).unwrap_or_default();
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        let short = what.chars().take(300).collect::<String>();
        let line = error.map(|error| text.line_of(error.start));
        let what = format!("The collector's section {id} failed on the machine: {short}");
        reading.problems.push((line, what));
    }
}

/// What a text says of the files beside it; `None` when it is no report, or one of another version.
pub(super) fn index(text: &Text) -> Option<Index> {
    let whole = text.as_str();
    let (value, _) = report(whole)?;
    if said(whole, value.get(whole, "schema"))? != VERSION {
        return None;
    }
    let files = sections(whole, &value)
        .filter_map(|section| said(whole, section.get(whole, "file")))
        .collect();
    Some(Index {
        about: about(whole, &value),
        files,
    })
}

/// What to say to a report of another version.
pub fn unknown(version: &str) -> String {
    let version = version.chars().take(60).collect::<String>();
    format!(
        "This report is of the form {version}; this version of Signpost reads {VERSION}. Collect again with the script that this server offers."
    )
}

/// A report of any version, and whether it was read to its end.
fn report(text: &str) -> Option<(Value, bool)> {
    if !text
        .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
        .starts_with('{')
    {
        return None;
    }
    let start = text.find('{')?;
    let document = json::parse(text, start)?;
    let schema = said(text, document.value.get(text, "schema"))?;
    let rest = text.get(document.end..).unwrap_or_default();
    let complete = document.complete && rest.trim().is_empty();
    schema
        .starts_with(FAMILY)
        .then_some((document.value, complete))
}

fn about(text: &str, report: &Value) -> About {
    let value =
        |name: &str| said(text, report.get(text, name)).filter(|value| !value.trim().is_empty());
    About {
        machine: value("machine"),
        account: None,
        taken_by: value("account"),
        elevated: match report.get(text, "elevated").map(|value| &value.kind) {
            Some(Kind::Bool(elevated)) => Some(*elevated),
            _ => None,
        },
        taken: value("taken").and_then(|taken| {
            let taken = taken.trim().parse::<jiff::Timestamp>().ok()?;
            Some(taken.as_millisecond())
        }),
    }
}

fn sections<'a>(text: &'a str, report: &'a Value) -> impl Iterator<Item = &'a Value> {
    let sections = report.get(text, "sections");
    let items = sections.map(Value::items).unwrap_or_default();
    items.iter().take(MOST_SECTIONS)
}

/// A short value as text.
fn said(text: &str, value: Option<&Value>) -> Option<String> {
    words(text, value).filter(|value| value.len() <= LONGEST)
}

fn words(text: &str, value: Option<&Value>) -> Option<String> {
    let said = value?.said(text)?;
    Some(said.as_str().to_owned())
}

fn last_offset(value: &Value) -> usize {
    let last = value
        .members()
        .last()
        .map(|member| last_offset(&member.value));
    let item = value.items().last().map(last_offset);
    last.or(item).unwrap_or(value.start)
}

#[cfg(test)]
#[path = "agent_report/tests.rs"]
mod tests;
