//! What robots and their servers record of a run that failed: one shape for all products.
//!
//! Each record gives, as far as it tells: `run.product`, `run.status`, `run.error_code`, `run.error_message` (its first
//! 500 letters), `run.machine`, `run.account` (who the robot signs in as), `run.started`, `run.correlation_id`.
//! Where one text holds several runs, the newest that failed speaks; those that are equally new all do, and where they
//! differ that is a conflict. Nothing is claimed: an error has to stay to be found.

use super::events::unix_ms;
use super::reading::shared;
use super::{About, Fact, FactKey, Reading, Span};

pub mod json;
pub mod logs;

#[cfg(test)]
mod tests;

/// The length of a message that is kept, in letters.
const MESSAGE: usize = 500;
/// Records that speak at once, at most.
const MOST: usize = 20;
/// Codes that only say that something within failed: a record that says what speaks instead.
const GENERAL: &[&str] = &[
    "actionfailed",
    "actionbranchingconditionnotsatisfied",
    "badrequest",
    "badgateway",
    "internalservererror",
    "failed",
    "unknown",
    "400",
    "500",
    "502",
];

/// A value and where it stands.
#[derive(Debug, Clone)]
struct Said {
    value: String,
    span: Span,
}

/// One run, or one line of its log.
#[derive(Debug, Clone, Default)]
struct Record {
    product: Option<Said>,
    status: Option<Said>,
    code: Option<Said>,
    message: Option<Said>,
    machine: Option<Said>,
    account: Option<Said>,
    started: Option<Said>,
    correlation: Option<Said>,
    /// Whether it says that something failed.
    failed: bool,
}

impl Record {
    fn taken(&self) -> Option<i64> {
        unix_ms(&self.started.as_ref()?.value)
    }

    fn is_general(&self) -> bool {
        self.code
            .as_ref()
            .is_none_or(|code| GENERAL.contains(&code.value.to_lowercase().as_str()))
    }

    /// What two times of one text are compared by: the instant, else the stamp as written, which sorts by itself in
    /// every log that begins its lines with the year.
    fn order(&self) -> (i64, &str) {
        let stamp = self.started.as_ref().map_or("", |said| said.value.as_str());
        (self.taken().unwrap_or(0), stamp)
    }

    fn tell(self, reading: &mut Reading) {
        // A name with spaces is one that somebody gave the machine, not its own.
        let machine = self.machine.as_ref().map(|said| said.value.clone());
        let about = shared(About {
            machine: machine.filter(|name| !name.contains(char::is_whitespace)),
            taken: self.taken(),
            ..About::default()
        });
        let facts = [
            ("product", self.product),
            ("status", self.status),
            ("error_code", self.code),
            ("error_message", self.message),
            ("machine", self.machine),
            ("account", self.account),
            ("started", self.started),
            ("correlation_id", self.correlation),
        ];
        let told = facts
            .into_iter()
            .filter_map(|(key, said)| Some((key, said?)))
            .filter(|(_, said)| !said.value.trim().is_empty());
        reading.facts.extend(told.map(|(key, said)| Fact {
            key: FactKey::new(format!("run.{key}")),
            value: said.value.trim().into(),
            span: said.span,
            about: about.clone(),
            round: 0,
        }));
    }
}

/// Lets the newest failure speak; where nothing failed, the newest run.
fn newest(mut records: Vec<Record>) -> Reading {
    let mut reading = Reading::default();
    if records.iter().any(|record| record.failed) {
        records.retain(|record| record.failed);
    }
    let Some(order) = records.iter().map(Record::order).max() else {
        return reading;
    };
    let order = (order.0, order.1.to_owned());
    records.retain(|record| record.order() == (order.0, order.1.as_str()));
    if records.iter().any(|record| !record.is_general()) {
        records.retain(|record| !record.is_general());
    }
    records.truncate(MOST);
    for record in records {
        record.tell(&mut reading);
    }
    reading
}

/// The first letters of a message: where they end, in bytes.
fn cut(message: &str) -> usize {
    message
        .char_indices()
        .nth(MESSAGE)
        .map_or(message.len(), |(at, _)| at)
}
