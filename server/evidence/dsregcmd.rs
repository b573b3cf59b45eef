//! The output of `dsregcmd /status`, whole, partial or mangled.
//!
//! ```text
//! +----------------------------------------------------------------------+
//! | Device State                                                         |
//! +----------------------------------------------------------------------+
//!
//!              AzureAdJoined : YES
//!           EnterpriseJoined : NO
//!               DomainJoined : NO
//!                Device Name : RPA-VM-07
//! ```
//!
//! Nothing but the keys is relied on: pastes lose the boxes, the alignment and whole sections. A stretch of lines is
//! this tool's when a box or heading and a key, two keys, or one key that only this tool prints stand in it.
//! The tool lists what it likes, so it closes no scope. A line that names a fault, in an excerpt that does not say
//! what the machine is now, is a fact and stays text as well.

use std::collections::HashMap;

use super::reading::shared;
use super::{About, Fact, FactKey, Reader, Reading, Text};

mod faults;
mod keys;
mod rows;

use rows::{Pair, Row, RowKind};

/// More foreign lines than this between two rows end a stretch.
const GAP: usize = 8;

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "dsregcmd /status",
    marks: &keys::MARKS,
    read,
};

/// Reads every stretch of output.
fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let rows = rows::rows(text);
    if !rows
        .iter()
        .any(|row| matches!(&row.kind, RowKind::Pairs(_)))
    {
        return reading;
    }
    for stretch in stretches(&rows) {
        if is_convincing(stretch) {
            take(text, stretch, &mut reading);
        }
    }
    reading
}

/// Cuts the rows where too much stands between them.
fn stretches(rows: &[Row]) -> Vec<&[Row]> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut last = 0;
    let mut foreign = 0;
    for (at, row) in rows.iter().enumerate() {
        if row.is_ours() {
            if let Some(first) = start
                && foreign > GAP
            {
                found.push(&rows[first..=last]);
                start = None;
            }
            start.get_or_insert(at);
            last = at;
            foreign = 0;
        } else if start.is_some() && matches!(row.kind, RowKind::Remark) {
            // The closing line with the address of the manual.
            last = at;
        } else if !matches!(row.kind, RowKind::Blank) {
            foreign += 1;
        }
    }
    if let Some(first) = start {
        found.push(&rows[first..=last]);
    }
    found
}

fn is_convincing(stretch: &[Row]) -> bool {
    let known = pairs(stretch).filter(|pair| pair.known).collect::<Vec<_>>();
    let boxed = stretch
        .iter()
        .any(|row| matches!(row.kind, RowKind::Heading(_)));
    let distinctive = known.iter().filter(|pair| pair.distinctive).count();
    let different = known.iter().any(|pair| pair.key != known[0].key);
    match known.as_slice() {
        [] => false,
        [pair] => boxed || pair.distinctive && is_plain_value(&pair.value),
        _ => {
            boxed
                || distinctive > 0
                    && (different || known.iter().all(|pair| is_plain_value(&pair.value)))
        }
    }
}

/// A lone line must not be a sentence: "`AzureAdJoined`: should that be YES?".
fn is_plain_value(value: &str) -> bool {
    value.split_whitespace().count() <= 3 && !value.ends_with('?')
}

fn pairs(stretch: &[Row]) -> impl Iterator<Item = &Pair> {
    stretch.iter().flat_map(|row| match &row.kind {
        RowKind::Pairs(pairs) => pairs.as_slice(),
        _ => &[],
    })
}

fn take(text: &Text, stretch: &[Row], reading: &mut Reading) {
    for run in runs(stretch) {
        let present = faults::Present::of(run);
        for row in run {
            let ours = row.is_ours() || matches!(row.kind, RowKind::Blank | RowKind::Remark);
            if ours && !present.names_fault(row) {
                reading
                    .claimed
                    .push(text.range_of_lines(row.first, row.last));
            }
        }
        run_facts(run, reading);
    }
}

/// Two machines' outputs pasted one after the other are two runs.
fn runs(stretch: &[Row]) -> Vec<&[Row]> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut joined = false;
    for (at, row) in stretch.iter().enumerate() {
        let begins = match &row.kind {
            RowKind::Heading(section) => section == "Device State",
            RowKind::Pairs(pairs) => pairs.iter().any(|pair| pair.key == "AzureAdJoined"),
            _ => false,
        };
        if begins && joined {
            found.push(&stretch[start..at]);
            start = at;
            joined = false;
        }
        if let RowKind::Pairs(pairs) = &row.kind {
            joined |= pairs.iter().any(|pair| pair.key == "AzureAdJoined");
        }
    }
    found.push(&stretch[start..]);
    found
}

fn run_facts(run: &[Row], reading: &mut Reading) {
    let of_machine = about(run);
    let of_account = shared(About {
        account: of_machine.taken_by.clone(),
        ..of_machine.clone()
    });
    let of_machine = shared(of_machine);
    let mut section: Option<&str> = None;
    let mut first_section: HashMap<&str, Option<&str>> = HashMap::new();
    for row in run {
        match &row.kind {
            RowKind::Heading(name) => section = Some(name),
            RowKind::Pairs(pairs) => {
                for pair in pairs {
                    let first = *first_section.entry(&pair.key).or_insert(section);
                    let key = match section {
                        Some(name) if first != section => format!("dsregcmd.{name}.{}", pair.key),
                        _ => format!("dsregcmd.{}", pair.key),
                    };
                    let about = if keys::is_of_account(section, &pair.key) {
                        &of_account
                    } else {
                        &of_machine
                    };
                    reading.facts.push(Fact {
                        key: FactKey::new(key),
                        value: pair.value.as_str().into(),
                        span: pair.span,
                        about: about.clone(),
                        round: 0,
                    });
                }
            }
            _ => {}
        }
    }
}

fn about(run: &[Row]) -> About {
    let value = |key: &str| {
        pairs(run)
            .find(|pair| pair.key == key)
            .map(|pair| pair.value.as_str())
            .filter(|value| !value.is_empty())
    };
    About {
        machine: value("Device Name").map(str::to_owned),
        account: None,
        taken_by: value("Executing Account Name")
            .map(|both| both.split(',').next().unwrap_or(both).trim().to_owned()),
        elevated: elevated(value("User Context"), value("KeySignTest")),
        taken: value("Client Time").and_then(unix_milliseconds),
    }
}

fn elevated(context: Option<&str>, test: Option<&str>) -> Option<bool> {
    match context.map(str::to_ascii_uppercase).as_deref() {
        Some(context) if context.starts_with("UN-ELEVATED") => return Some(false),
        Some(context) if context.starts_with("ELEVATED") || context.starts_with("SYSTEM") => {
            return Some(true);
        }
        _ => {}
    }
    let test = test?.to_ascii_uppercase();
    if test.contains("MUST RUN ELEVATED") {
        Some(false)
    } else if test.starts_with("PASSED") || test.starts_with("FAILED") {
        Some(true)
    } else {
        None
    }
}

/// `2023-11-14 16:12:22.000 UTC`.
fn unix_milliseconds(time: &str) -> Option<i64> {
    let time = time.strip_suffix("UTC")?.trim();
    format!("{}Z", time.replacen(' ', "T", 1))
        .parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
#[path = "dsregcmd/tests.rs"]
mod tests;
