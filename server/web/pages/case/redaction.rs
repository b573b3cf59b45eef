//! What was taken out of a case's texts: the kind, how many, where. Never the value.

use super::context::Context;
use crate::evidence::redact::{Mark, Place, Redact, Redaction};
use crate::web::pages::proof::place_address;
use crate::web::pages::words;

/// So many places of a kind are listed.
const PLACES: usize = 12;

/// The report of a case.
#[derive(Debug, Clone)]
pub(crate) struct RedactionView {
    /// `3 passwords, 1 token`; empty where nothing was replaced.
    pub(crate) summary: String,
    pub(crate) rows: Vec<RedactionRow>,
    /// Whether names of people and machines are replaced.
    pub(crate) people: bool,
}

/// One kind in one round.
#[derive(Debug, Clone)]
pub(crate) struct RedactionRow {
    pub(crate) what: String,
    pub(crate) mark: &'static str,
    pub(crate) round: u32,
    /// What a place is called, and where it leads.
    pub(crate) places: Vec<(String, String)>,
    pub(crate) more: usize,
}

impl RedactionView {
    /// The report of all rounds.
    pub(crate) fn of(context: &Context<'_>) -> Self {
        let record = &context.view.record;
        let rows = record.rounds.iter().flat_map(|round| {
            let redactions = round.redactions.iter();
            redactions.map(|redaction| row(context, round.number, redaction))
        });
        Self {
            summary: summary(record.rounds.iter().flat_map(|round| &round.redactions)),
            rows: rows.collect(),
            people: record.redact == Redact::People,
        }
    }
}

fn summary<'a>(redactions: impl Iterator<Item = &'a Redaction>) -> String {
    let mut counts: Vec<(Mark, usize)> = Vec::new();
    for redaction in redactions {
        match counts.iter_mut().find(|(kind, _)| *kind == redaction.kind) {
            Some((_, count)) => *count += redaction.count,
            None => counts.push((redaction.kind, redaction.count)),
        }
    }
    counts.sort_by_key(|(kind, _)| *kind);
    let counts = counts
        .into_iter()
        .map(|(kind, count)| counted(kind, count))
        .collect::<Vec<_>>();
    counts.join(", ")
}

fn row(context: &Context<'_>, round: u32, redaction: &Redaction) -> RedactionRow {
    let places = redaction.places.iter();
    let lines = places
        .clone()
        .take(PLACES)
        .map(|one| place(context, round, one));
    RedactionRow {
        what: counted(redaction.kind, redaction.count),
        mark: redaction.kind.word(),
        round,
        places: lines.collect(),
        more: places.len().saturating_sub(PLACES),
    }
}

fn place(context: &Context<'_>, round: u32, place: &Place) -> (String, String) {
    if place.line == 0 {
        return (format!("the name of {}", place.source), String::new());
    }
    let sources = &context.evidence().sources;
    let at = sources
        .iter()
        .position(|source| source.round == round && source.name == place.source);
    let href = at.map(|at| {
        let range = sources[at].text.range_of_lines(place.line, place.line);
        place_address(context.id(), at, place.line, range.start..range.start)
    });
    (
        format!("{}, line {}", place.source, place.line),
        href.unwrap_or_default(),
    )
}

fn counted(kind: Mark, count: usize) -> String {
    let word = match kind {
        Mark::Password => "password",
        Mark::Token => "token",
        Mark::Cookie => "cookie",
        Mark::PrivateKey => "private key",
        Mark::RecoveryKey => "recovery key",
        Mark::ProductKey => "product key",
        Mark::User => "account name",
        Mark::Domain => "domain name",
        Mark::Host => "machine name",
        Mark::Ip if count != 1 => return format!("{count} addresses"),
        Mark::Ip => "address",
        Mark::Sid => "security identifier",
    };
    words::count(count, word)
}
