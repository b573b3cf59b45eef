//! What was read: sources with their proofs, codes, and what happened.

use std::collections::BTreeMap;

use super::context::Context;
use crate::evidence::codes::describe;
use crate::evidence::{Code, CodeSeen, Proof, Span};
use crate::rules::Finding;
use crate::web::pages::proof::{LineView, excerpt, marks, place_address};
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

const SOURCES: usize = 12;
const CODES: usize = 40;
const LINES: usize = 24;
/// All excerpts together hold about so many bytes.
const EXCERPTS: usize = 24_000;
const EVENTS: usize = 60;

/// A list that may be longer than what is shown.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<T> {
    pub(crate) shown: Vec<T>,
    pub(crate) total: usize,
    pub(crate) more: usize,
}

/// One source, its proofs marked.
#[derive(Debug, Clone)]
pub(crate) struct SourceView {
    pub(crate) name: String,
    pub(crate) href: String,
    /// `round 1, 24 lines`.
    pub(crate) about: String,
    pub(crate) lines: Vec<LineView>,
    pub(crate) proved: bool,
}

/// One code.
#[derive(Debug, Clone)]
pub(crate) struct CodeRow {
    pub(crate) text: String,
    pub(crate) space: &'static str,
    pub(crate) symbol: String,
    pub(crate) hex: String,
    pub(crate) meaning: String,
    pub(crate) count: usize,
    pub(crate) place: String,
    pub(crate) place_href: String,
    pub(crate) href: String,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) at: String,
    pub(crate) machine_time: String,
    pub(crate) who: String,
    pub(crate) what: String,
}

/// How the case ended, as far as anybody said.
#[derive(Debug, Clone)]
pub(crate) struct OutcomeView {
    pub(crate) sign: Sign,
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) note: String,
}

impl<T> Bounded<T> {
    pub(super) fn new(all: impl ExactSizeIterator<Item = T>, most: usize) -> Self {
        let total = all.len();
        Self {
            shown: all.take(most).collect(),
            total,
            more: total.saturating_sub(most),
        }
    }
}

/// The submission, newest round first; sources that prove something come before those that do not.
pub(crate) fn sources(context: &Context<'_>, proofs: &[&Proof]) -> Bounded<SourceView> {
    let evidence = context.evidence();
    let mut order = evidence.sources.iter().enumerate().collect::<Vec<_>>();
    let proves = |name: &str| proofs.iter().any(|proof| proof.source == name);
    order.sort_by_key(|(at, source)| (!proves(&source.name), std::cmp::Reverse(source.round), *at));
    let mut left = EXCERPTS;
    let views = order.into_iter().map(|(at, source)| {
        let marks = marks(&source.name, proofs.iter().copied());
        let lines = source.text.line_count();
        let kinds = source.kinds.iter().map(|kind| format!(", {kind}"));
        SourceView {
            name: source.name.clone(),
            href: paths::case_source(context.id(), at),
            about: format!(
                "round {}, {}{}",
                source.round,
                words::count(lines, "line"),
                kinds.collect::<String>()
            ),
            proved: !marks.is_empty(),
            lines: within(excerpt(&source.text, &marks, 2, LINES), &mut left),
        }
    });
    Bounded::new(views, SOURCES)
}

/// As many lines as fit into what is `left` of the page.
fn within(mut lines: Vec<LineView>, left: &mut usize) -> Vec<LineView> {
    let size = |line: &LineView| {
        let pieces = line.pieces.iter().map(|piece| piece.text.len());
        64 + pieces.sum::<usize>()
    };
    let fits = lines.iter().take_while(|line| {
        let fits = size(line) <= *left;
        *left = left.saturating_sub(size(line));
        fits
    });
    let fits = fits.count();
    lines.truncate(fits);
    lines
}

/// Every proof that the page talks about.
pub(crate) fn all_proofs(context: &Context<'_>) -> Vec<Proof> {
    let findings = &context.view.diagnosis.findings.findings;
    let mut proofs = findings
        .iter()
        .flat_map(|finding| finding.because.iter().take(8).cloned())
        .take(100)
        .collect::<Vec<_>>();
    if let Some(walk) = context.view.walk() {
        let passed = walk.done.into_iter().flat_map(|passed| passed.because);
        proofs.extend(passed.take(100));
    }
    proofs
}

/// Codes, each once, with how often and where first.
pub(crate) fn codes(context: &Context<'_>) -> Bounded<CodeRow> {
    let mut seen: Vec<(&CodeSeen, usize)> = Vec::new();
    let mut at: BTreeMap<&Code, usize> = BTreeMap::new();
    for code in &context.evidence().codes {
        if let Some(index) = at.get(&code.code) {
            seen[*index].1 += 1;
        } else {
            at.insert(&code.code, seen.len());
            seen.push((code, 1));
        }
    }
    Bounded::new(
        seen.into_iter()
            .map(|(code, count)| code_row(context, code, count)),
        CODES,
    )
}

/// What happened, newest first.
pub(crate) fn timeline(context: &Context<'_>) -> Bounded<EventRow> {
    let events = context
        .view
        .record
        .timeline
        .iter()
        .rev()
        .map(|entry| EventRow {
            at: words::moment(entry.at),
            machine_time: words::machine_time(entry.at),
            who: entry.who.clone().unwrap_or_default(),
            what: entry.what.clone(),
        });
    Bounded::new(events, EVENTS)
}

/// How it ended.
pub(crate) fn outcome(context: &Context<'_>) -> Option<OutcomeView> {
    let given = context.view.record.ended()?;
    Some(OutcomeView {
        sign: words::outcome(given.outcome),
        at: words::moment(given.at),
        who: given.who.clone().unwrap_or_default(),
        note: given.note.clone().unwrap_or_default(),
    })
}

fn code_row(context: &Context<'_>, seen: &CodeSeen, count: usize) -> CodeRow {
    let described = describe(&seen.code);
    let text = words::cut(context.evidence().slice(seen.span), 60);
    let (place, place_href) = place(context, seen.span);
    CodeRow {
        space: words::space(seen.code.space),
        symbol: described.symbol.unwrap_or_default().to_owned(),
        hex: described.hex.unwrap_or_default(),
        meaning: described
            .meaning
            .map_or_else(|| named_by(context, seen), str::to_owned),
        count,
        place,
        place_href,
        href: paths::code(&text),
        text,
    }
}

/// What a product's own code means here: the title of the rule that it proves.
fn named_by(context: &Context<'_>, seen: &CodeSeen) -> String {
    let source = context.evidence().sources.get(seen.span.source);
    let name = source.map_or("", |source| source.name.as_str());
    let diagnosis = &context.view.diagnosis;
    let proves = |finding: &&Finding| {
        let mut because = finding.because.iter();
        because.any(|proof| {
            proof.source == name && (proof.start, proof.end) == (seen.span.start, seen.span.end)
        })
    };
    let finding = diagnosis.findings.findings.iter().find(proves);
    let rule = finding.and_then(|finding| diagnosis.release.rule(finding.rule.as_str()));
    rule.map(|rule| rule.file.title.clone()).unwrap_or_default()
}

/// A place in words, and the way to it.
pub(super) fn place(context: &Context<'_>, span: Span) -> (String, String) {
    let source = context.evidence().sources.get(span.source);
    let name = source.map_or("", |source| source.name.as_str());
    (
        format!("{name}, line {}", words::grouped(span.line)),
        place_address(context.id(), span.source, span.line, span.start..span.end),
    )
}
