//! The output of `systeminfo`, as a list or as CSV, and of PowerShell's `Get-ComputerInfo`.
//!
//! ```text
//! Host Name:                 RPA-VM-07
//! OS Name:                   Microsoft Windows 11 Enterprise
//! OS Version:                10.0.22631 N/A Build 22631
//! …
//! Domain:                    fabrikam.test
//! Logon Server:              \\DC01
//! Hotfix(s):                 5 Hotfix(s) Installed.
//! ```
//!
//! The labels are in the machine's language; their order is the same everywhere, and the version says its build twice.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Draft, Line, Reading, Text, labelled, lines_with, list_around, words};
use crate::evidence::Reader;

/// The place of a row in the list, from 0, and the English label.
const ROWS: &[(usize, &str)] = &[
    (0, "Host Name"),
    (1, "OS Name"),
    (2, "OS Version"),
    (4, "OS Configuration"),
    (10, "System Boot Time"),
    (12, "System Model"),
    (21, "Time Zone"),
    (28, "Domain"),
    (29, "Logon Server"),
    (30, "Hotfix(s)"),
];
/// The place of the version.
const VERSION: usize = 2;
/// Rows of a list, continuations included; a server with hundreds of hotfixes stays below.
const MOST_LINES: usize = 1000;

/// `10.0.22631 N/A Build 22631`.
static BUILD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:10\.0|6\.[123])\.(\d{4,5}) [^\r\n",]{1,60}?(\d{4,5})[ \t]*(?:["\r\n]|$)"#)
        .expect("a constant pattern")
});
/// Properties of `Get-ComputerInfo` that are kept.
const PROPERTIES: &[&str] = &[
    "WindowsProductName",
    "WindowsVersion",
    "CsName",
    "CsDNSHostName",
    "CsDomain",
    "CsDomainRole",
    "CsPartOfDomain",
    "CsUserName",
    "OsName",
    "OsVersion",
    "OsBuildNumber",
    "OsLastBootUpTime",
    "OsLanguage",
    "LogonServer",
    "TimeZone",
];
static PROPERTY_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    words(&[
        "WindowsProductName",
        "CsDNSHostName",
        "CsPartOfDomain",
        "OsLastBootUpTime",
        "OsBuildNumber",
    ])
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "systeminfo",
    marks: &[
        "10.0.1",
        "10.0.2",
        "6.1.7",
        "6.2.9",
        "6.3.9",
        "WindowsProductName",
        "CsDNSHostName",
        "CsPartOfDomain",
        "OsLastBootUpTime",
        "OsBuildNumber",
    ],
    read,
};

/// Reads every report. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut done = 0;
    for found in BUILD.captures_iter(text.as_str()) {
        if found[1] != found[2] {
            continue;
        }
        let Some(line) = text.line(text.line_of(found.get(0).map_or(0, |found| found.start())))
        else {
            continue;
        };
        if line.text.trim_start().starts_with('"') {
            table(line, &mut draft);
        } else if line.number > done {
            done = list(text, line, &mut draft).unwrap_or(done);
        }
    }
    computer_info(text, &mut draft);
    draft.reading
}

/// Reads the list around its version and returns its last row, so that none is looked at twice.
fn list(text: &Text, version: Line<'_>, draft: &mut Draft) -> Option<usize> {
    let (label, _) = row(version)?;
    let english = label == "OS Version";
    let above = |up: usize| text.line(version.number.checked_sub(up)?);
    let name = above(1).and_then(row);
    let host = above(2).and_then(row);
    let known = name.is_some_and(|(_, value)| value.contains("Windows")) && host.is_some();
    if !english && !known {
        return None;
    }
    // A cut list that begins with the version is known by its English label alone.
    let first = match (host, name) {
        (Some(_), Some(_)) if known => version.number - VERSION,
        _ => version.number,
    };
    let rows = rows(text, first);
    let by_label = rows.iter().any(|(label, ..)| *label == "OS Version");
    let named = rows.iter().enumerate().filter_map(|(at, (label, ..))| {
        let is_it = |(place, key): &&(usize, &str)| {
            if by_label { key == label } else { *place == at }
        };
        let key = ROWS.iter().find(is_it)?;
        Some((key.1, rows[at].1, rows[at].2))
    });
    let named = named.collect::<Vec<_>>();
    let machine = named.iter().find(|(key, ..)| *key == "Host Name");
    draft.of(machine.map(|(_, value, _)| *value));
    let mut last = first;
    for (key, value, line) in named {
        say(draft, key, value, line);
        last = last.max(line.number);
    }
    // What stands behind the last row that is known may have been typed by somebody.
    draft.claim(text, first, last);
    rows.last().map(|(.., line)| line.number)
}

/// A label at the line's start, its value behind it; `Virtual Memory: Max Size:` is one label.
fn row(line: Line<'_>) -> Option<(&str, &str)> {
    if line.text.starts_with(char::is_whitespace) {
        return None;
    }
    labelled(line.text).filter(|(label, _)| !label.is_empty())
}

type Row<'t> = (&'t str, &'t str, Line<'t>);

fn rows(text: &Text, first: usize) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for number in first..first + MOST_LINES {
        let Some(line) = text.line(number) else { break };
        if line.text.trim().is_empty() {
            break;
        }
        if let Some((label, value)) = row(line) {
            rows.push((label, value, line));
        } else if !line.text.starts_with(char::is_whitespace) {
            break;
        }
    }
    rows
}

fn table(line: Line<'_>, draft: &mut Draft) {
    let fields = line
        .text
        .trim()
        .trim_matches('"')
        .split("\",\"")
        .collect::<Vec<_>>();
    let is_ours = fields.len() > 20
        && fields[1].contains("Windows")
        && fields[VERSION].starts_with(|letter: char| letter.is_ascii_digit());
    if !is_ours {
        return;
    }
    draft.of(Some(fields[0]));
    for (place, key) in ROWS {
        if let Some(value) = fields.get(*place) {
            say(draft, key, value, line);
        }
    }
}

fn say(draft: &mut Draft, key: &str, value: &str, line: Line<'_>) {
    let value = match key {
        // Without its build, so that versions can be compared.
        "OS Version" => value.split_whitespace().next().unwrap_or(value),
        "Hotfix(s)" => {
            let count = value.split_whitespace().next().unwrap_or_default();
            let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
            if is_count { count } else { value }
        }
        _ => value,
    };
    draft.text(format!("systeminfo.{key}"), value, line.trimmed_span());
}

fn computer_info(text: &Text, draft: &mut Draft) {
    let mut done = 0;
    for line in lines_with(text, &PROPERTY_WORDS) {
        if line.number <= done {
            continue;
        }
        let rows = list_around(text, line.number);
        done = rows.last().map_or(line.number, |(.., line)| line.number);
        let known = |label: &str| PROPERTIES.contains(&label);
        if rows.iter().filter(|(label, ..)| known(label)).count() < 2 {
            continue;
        }
        let host = ["CsDNSHostName", "CsName"]
            .iter()
            .find_map(|wanted| rows.iter().find(|(label, ..)| label == wanted));
        draft.of(host.map(|(_, value, _)| *value));
        for (label, value, line) in rows.iter().filter(|(label, ..)| known(label)) {
            draft.text(format!("computerinfo.{label}"), value, line.trimmed_span());
            draft.claim(text, line.number, line.number);
        }
    }
}
