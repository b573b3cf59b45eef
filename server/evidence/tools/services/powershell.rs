//! What PowerShell says of services.
//!
//! ```text
//! Status   Name               DisplayName
//! ------   ----               -----------
//! Running  UIFlowService      Power Automate service
//! ```

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::super::{Draft, Line, Text, lines_with, list_around, words};
use super::close;

/// More services than a machine has.
const MOST_ROWS: usize = 2000;

static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    words(&[
        "DisplayName",
        "ServiceType",
        "StartName",
        "StartMode",
        "NoServiceFoundForGivenName",
    ])
});
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*Status\s+Name\s+DisplayName(?:\s+StartType)?\s*$").expect("a constant pattern")
});
static ROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?P<state>Running|Stopped|Paused|StartPending|StopPending|ContinuePending|PausePending)\s+(?P<name>[^\s]+)\s")
        .expect("a constant pattern")
});
/// `+ CategoryInfo : ObjectNotFound: (UIFlowService:String) [Get-Service], ServiceCommandException`
static MISSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"ObjectNotFound: \((?P<name>[^:()\r\n]+):String\)").expect("a constant pattern")
});

/// Reads tables, lists and the error for a service that is not there.
pub(super) fn read(text: &Text, draft: &mut Draft) {
    let mut done = 0;
    for line in lines_with(text, &WORDS) {
        if line.number <= done {
            continue;
        }
        if HEADING.is_match(line.text) {
            done = table(text, line, draft);
        } else if line.text.contains("NoServiceFoundForGivenName") {
            missing(text, line, draft);
        } else {
            done = list(text, line, draft);
        }
    }
}

fn table(text: &Text, heading: Line<'_>, draft: &mut Draft) -> usize {
    let mut last = heading.number;
    draft.of(None);
    for number in heading.number + 1..heading.number + MOST_ROWS {
        let Some(line) = text.line(number) else { break };
        if let Some(found) = ROW.captures(line.text) {
            let key = format!("service.{}.State", &found["name"]);
            draft.text(key, &upper_snake(&found["state"]), line.trimmed_span());
        } else if !line.text.trim_start().starts_with("---") {
            break;
        }
        last = number;
    }
    draft.claim(text, heading.number, last);
    last
}

/// Reads the list around a line and returns its last line, so that no list is looked at twice.
fn list(text: &Text, line: Line<'_>, draft: &mut Draft) -> usize {
    let rows = list_around(text, line.number);
    let last = rows.last().map_or(line.number, |(.., line)| line.number);
    let value = |wanted: &str| {
        rows.iter()
            .find(|(label, ..)| label.eq_ignore_ascii_case(wanted))
            .map(|(_, value, line)| (*value, line.trimmed_span()))
    };
    let state = value("State").or_else(|| value("Status"));
    let is_service = value("ServiceType").is_some()
        || value("CanStop").is_some()
        || value("StartMode").or_else(|| value("StartType")).is_some() && state.is_some()
        || value("StartName").is_some();
    let name = value("Name").or_else(|| value("ServiceName"));
    let Some((name, _)) = name.filter(|(name, _)| is_service && !name.is_empty()) else {
        return last;
    };
    draft.of(value("SystemName").map(|(value, _)| value));
    let mut say = |field: &str, found: Option<(&str, _)>, spelled: fn(&str) -> String| {
        if let Some((value, span)) = found.filter(|(value, _)| !value.is_empty()) {
            draft.text(format!("service.{name}.{field}"), &spelled(value), span);
        }
    };
    say(
        "State",
        state.filter(|(value, _)| *value != "OK"),
        upper_snake,
    );
    let start = value("StartMode").or_else(|| value("StartType"));
    say("StartType", start, start_type);
    say(
        "Account",
        value("StartName").or_else(|| value("UserName")),
        str::to_owned,
    );
    say("Win32ExitCode", value("ExitCode"), str::to_owned);
    last
}

fn missing(text: &Text, line: Line<'_>, draft: &mut Draft) {
    let near = line.number.saturating_sub(4).max(1)..=line.number;
    for line in near.filter_map(|number| text.line(number)) {
        if let Some(found) = MISSING.captures(line.text) {
            close(draft, found["name"].trim(), line);
        }
    }
}

/// `StartPending` as `START_PENDING`.
fn upper_snake(word: &str) -> String {
    let mut spelled = String::new();
    for (at, letter) in word.trim().chars().enumerate() {
        if at > 0 && letter.is_uppercase() {
            spelled.push('_');
        }
        spelled.extend(letter.to_uppercase());
    }
    spelled.replace(' ', "")
}

/// In the words of `sc qc`.
fn start_type(word: &str) -> String {
    match word.trim().to_lowercase().as_str() {
        "auto" | "automatic" | "automaticdelayedstart" => "AUTO_START".to_owned(),
        "manual" => "DEMAND_START".to_owned(),
        "boot" => "BOOT_START".to_owned(),
        "system" => "SYSTEM_START".to_owned(),
        _ => upper_snake(word),
    }
}
