//! What was read: sources with their proofs, facts, codes, problems, and what happened.

use std::collections::BTreeMap;

use super::context::Context;
use crate::evidence::codes::describe;
use crate::evidence::{Code, CodeSeen, Evidence, Fact, Lookup, Proof, Span};
use crate::rules::Finding;
use crate::web::pages::proof::{LineView, excerpt, marks, place_address};
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

const SOURCES: usize = 12;
const FACTS: usize = 100;
const CODES: usize = 40;
const LINES: usize = 24;
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

/// One fact.
#[derive(Debug, Clone)]
pub(crate) struct FactRow {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) absent: bool,
    pub(crate) place: String,
    pub(crate) href: String,
    /// Whose it is, and what speaks against it.
    pub(crate) note: String,
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
    fn new(all: impl ExactSizeIterator<Item = T>, most: usize) -> Self {
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
    let views = order.into_iter().map(|(at, source)| {
        let marks = marks(&source.name, proofs.iter().copied());
        let lines = source.text.line_count();
        SourceView {
            name: source.name.clone(),
            href: paths::case_source(context.id(), at),
            about: format!("round {}, {}", source.round, words::count(lines, "line")),
            proved: !marks.is_empty(),
            lines: excerpt(&source.text, &marks, 2, LINES),
        }
    });
    Bounded::new(views.collect::<Vec<_>>().into_iter(), SOURCES)
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

/// Facts and known absents.
pub(crate) fn facts(context: &Context<'_>) -> Bounded<FactRow> {
    let evidence = context.evidence();
    let known = evidence.facts.iter().map(|fact| fact_row(context, fact));
    let absent = context
        .view
        .diagnosis
        .absent
        .iter()
        .filter_map(|(key, scope)| {
            let span = evidence.scopes.get(*scope)?.span;
            let (place, href) = place(context, span);
            Some(FactRow {
                key: key.to_string(),
                value: "not there".to_owned(),
                absent: true,
                place,
                href,
                note: "this line begins a complete list".to_owned(),
            })
        });
    Bounded::new(known.chain(absent).collect::<Vec<_>>().into_iter(), FACTS)
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

/// What could not be read, each with its place.
pub(crate) fn problems(evidence: &Evidence) -> Bounded<(String, String)> {
    let rows = evidence.problems.iter().map(|problem| {
        let place = match problem.line {
            Some(line) => format!("{}, line {line}", problem.source),
            None => problem.source.clone(),
        };
        (place, problem.what.clone())
    });
    Bounded::new(rows, 40)
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

/// The last outcome.
pub(crate) fn outcome(context: &Context<'_>) -> Option<OutcomeView> {
    let given = context.view.record.outcomes.last()?;
    Some(OutcomeView {
        sign: words::outcome(given.outcome),
        at: words::moment(given.at),
        who: given.who.clone().unwrap_or_default(),
        note: given.note.clone().unwrap_or_default(),
    })
}

fn fact_row(context: &Context<'_>, fact: &Fact) -> FactRow {
    let (place, href) = place(context, fact.span);
    FactRow {
        key: fact.key.to_string(),
        value: words::cut(&fact.value.to_string(), 200),
        absent: false,
        place,
        href,
        note: fact_note(context, fact),
    }
}

fn fact_note(context: &Context<'_>, fact: &Fact) -> String {
    let evidence = context.evidence();
    let mut notes = Vec::new();
    if let Lookup::Conflicting(_) = evidence.look_up(&fact.key, evidence.latest_round()) {
        notes.push("read with different values, so it answers nothing".to_owned());
    }
    if !evidence.fact_counts(fact) {
        let about = &fact.about;
        let whose = [&about.account, &about.machine].into_iter().flatten();
        let whose = whose.map(String::as_str).collect::<Vec<_>>();
        notes.push(format!(
            "about {}, so it answers nothing here",
            whose.join(" on ")
        ));
    }
    notes.join("; ")
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

fn place(context: &Context<'_>, span: Span) -> (String, String) {
    let source = context.evidence().sources.get(span.source);
    let name = source.map_or("", |source| source.name.as_str());
    (
        format!("{name}, line {}", words::grouped(span.line)),
        place_address(context.id(), span.source, span.line, span.start..span.end),
    )
}
