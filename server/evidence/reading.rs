//! From a submission to [`Evidence`]: decode, unpack, redact, then let every reader look at every text.

use std::collections::BTreeSet;
use std::iter;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::agent_report;
use super::first_look::{self, Seen};
use super::inbox::{FACTS, Inbox, PASTE, is_numbered};
use super::limits::{Budget, Ended, NeverStop, Stop};
use super::redact::Redactor;
use super::{
    About, Evidence, Problem, Reader, Reading, Round, Source, Submission, Text, codes,
    credential_providers, dsregcmd, entries, events, given, net, registry, runs, secedit, tools,
    whoami,
};

/// Every reader; each looks at every text that has one of its marks and takes what is its own.
const READERS: &[Reader] = &[
    dsregcmd::READER,
    registry::READER,
    credential_providers::READER,
    secedit::READER,
    whoami::READER,
    net::READER,
    events::xml::READER,
    tools::systeminfo::READER,
    tools::sessions::READER,
    tools::services::READER,
    tools::klist::READER,
    tools::w32tm::READER,
    tools::nltest::READER,
    tools::test_net::READER,
    tools::pad_version::READER,
    tools::settings::READER,
    tools::gpresult::READER,
    runs::json::READER,
    runs::logs::READER,
    events::siem::READER,
    events::key_values::READER,
    events::snare::READER,
    events::list::READER,
    events::table::READER,
    events::rendered::READER,
    events::text::READER,
    agent_report::READER,
];

/// The marks of all readers, in their order.
pub(super) fn marks() -> Vec<&'static str> {
    let marks = READERS.iter().flat_map(|reader| reader.marks);
    marks.copied().collect()
}

/// Whose mark each is, by its number.
static WHOSE: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let readers = READERS.iter().enumerate();
    let whose = readers.flat_map(|(at, reader)| vec![at; reader.marks.len()]);
    whose.collect()
});

/// How a submission is to be read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Whether secrets are replaced, which is due before anything is written.
    pub redact: bool,
    /// How much it may cost.
    pub budget: Budget,
    /// When to end before the last byte.
    pub stop: Arc<dyn Stop>,
    /// The names that sources of earlier rounds of the case have: names are unique in a case.
    pub taken: BTreeSet<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            redact: true,
            budget: Budget::default(),
            stop: Arc::new(NeverStop),
            taken: BTreeSet::new(),
        }
    }
}

/// Reads a submission. Never fails: what could not be read is among the problems.
pub fn read(submission: &Submission, round: Round, options: &ReadOptions) -> Evidence {
    let mut redactor = Redactor::secrets();
    read_for(
        submission,
        round,
        options,
        options.redact.then_some(&mut redactor),
    )
}

/// Reads a submission that is to be kept: what the redactor knows is replaced in texts and names.
pub fn read_redacted(
    submission: &Submission,
    round: Round,
    options: &ReadOptions,
    redactor: &mut Redactor,
) -> Evidence {
    read_for(submission, round, options, Some(redactor))
}

fn read_for(
    submission: &Submission,
    round: Round,
    options: &ReadOptions,
    mut redactor: Option<&mut Redactor>,
) -> Evidence {
    let mut inbox = Inbox::new(options);
    if let Some(paste) = submission.text.as_deref()
        && !paste.trim().is_empty()
    {
        inbox.add(PASTE, paste.to_owned());
    }
    inbox.uploads(&submission.files);
    if !submission.facts.is_empty() {
        inbox.add(FACTS, given::write(&submission.facts));
    }
    inbox.unfold();
    if let Some(redactor) = &mut redactor {
        inbox.redact(redactor, &*options.stop);
    }
    let mut problems = inbox.take_problems();
    let mut evidence = read_texts_until(inbox.texts, inbox.seen, round, &*options.stop);
    problems.append(&mut evidence.problems);
    evidence.problems = problems;
    evidence
}

/// Reads texts that were decoded and redacted before, under the names they have: how a stored case is read again.
pub fn read_texts(texts: Vec<(String, String)>, round: Round) -> Evidence {
    read_texts_until(texts, Vec::new(), round, &NeverStop)
}

/// Reads texts; of those that were looked at before with what was seen.
fn read_texts_until(
    texts: Vec<(String, String)>,
    seen: Vec<Option<Seen>>,
    round: Round,
    stop: &dyn Stop,
) -> Evidence {
    let mut evidence = Evidence::default();
    let seen = seen.into_iter().chain(iter::repeat_with(|| None));
    for ((name, text), seen) in texts.into_iter().zip(seen) {
        stop.next_file();
        if stop.ended() == Some(Ended::Whole) {
            evidence.problems.push(Problem {
                source: name,
                line: None,
                what: "This was left out: reading this submission took too long.".to_owned(),
            });
            continue;
        }
        let source = evidence.sources.len();
        let text = Text::new(text);
        let (reading, kinds) = read_text(&name, &text, seen.as_ref(), stop);
        let about = one_machine(&reading);
        evidence
            .facts
            .extend(reading.facts.into_iter().map(|mut fact| {
                fact.span.source = source;
                fact.round = round;
                if fact.about.machine.is_none()
                    && let Some(machine) = &about
                {
                    Arc::make_mut(&mut fact.about).machine = Some(machine.clone());
                }
                fact
            }));
        evidence
            .scopes
            .extend(reading.scopes.into_iter().map(|mut scope| {
                scope.span.source = source;
                scope.round = round;
                scope
            }));
        evidence
            .events
            .extend(reading.events.into_iter().map(|mut event| {
                event.for_each_span(|span| span.source = source);
                event.round = round;
                event
            }));
        evidence
            .problems
            .extend(reading.problems.into_iter().map(|(line, what)| Problem {
                source: name.clone(),
                line,
                what,
            }));
        let claimed = merged(reading.claimed);
        evidence
            .codes
            .extend(codes::find(&text, &claimed).into_iter().map(|mut seen| {
                seen.span.source = source;
                seen
            }));
        evidence.sources.push(Source {
            name,
            round,
            kinds,
            entries: entries::split(&text),
            text,
            claimed,
        });
    }
    agent_report::associate(&mut evidence);
    evidence
}

/// Whether a source of this name holds the facts given outright.
pub fn is_given(source: &str) -> bool {
    is_numbered(source, FACTS)
}

fn read_text(
    name: &str,
    text: &Text,
    seen: Option<&Seen>,
    stop: &dyn Stop,
) -> (Reading, Vec<&'static str>) {
    if is_given(name) {
        return (given::read(name, text), vec!["facts given outright"]);
    }
    let mut all = Reading::default();
    let mut kinds = Vec::new();
    let mut found = Vec::new();
    let mut as_sent = events::Told::default();
    for (number, reader) in whose_marks(text, seen) {
        if stop.ended().is_some() {
            let what = "Reading it took too long: not everything that it tells was taken from it.";
            all.problems.push((None, what.to_owned()));
            break;
        }
        let mut one = (reader.read)(name, text);
        if events::reads_wrapped(reader, events::For::All) {
            tell(&mut as_sent, number, reader, &mut one);
        }
        if !(one.facts.is_empty() && one.scopes.is_empty() && one.events.is_empty()) {
            kinds.push(reader.kind);
        }
        found.extend(one.events.into_iter().map(|event| (number, event)));
        all.facts.append(&mut one.facts);
        all.scopes.append(&mut one.scopes);
        all.claimed.append(&mut one.claimed);
        all.problems.append(&mut one.problems);
    }
    let mut told = events::best(text, as_sent, |text, what| {
        let mut told = events::Told::default();
        let readers = whose_marks(text, None).filter(|(_, one)| events::reads_wrapped(one, what));
        for (number, reader) in readers.take_while(|_| stop.ended().is_none()) {
            tell(&mut told, number, reader, &mut (reader.read)(name, text));
        }
        told
    });
    kinds.append(&mut told.kinds);
    found.append(&mut told.events);
    all.claimed.append(&mut told.claimed);
    all.events = events::without_repeats(found);
    all.facts
        .sort_by_key(|fact| (fact.span.start, fact.span.end));
    (all, kinds)
}

/// Takes the events out of what a reader made of a text.
fn tell(told: &mut events::Told, number: usize, reader: &Reader, reading: &mut Reading) {
    if !reading.events.is_empty() {
        told.kinds.push(reader.kind);
    }
    let events = reading.events.drain(..).map(|event| (number, event));
    told.events.extend(events);
    told.claimed.append(&mut reading.claimed);
}

/// The readers that may know this text, in their order, each with its number.
fn whose_marks(
    text: &Text,
    seen: Option<&Seen>,
) -> impl Iterator<Item = (usize, &'static Reader)> + use<> {
    let mut wanted = READERS
        .iter()
        .map(|reader| reader.marks.is_empty())
        .collect::<Vec<_>>();
    let seen = seen.map(Seen::stretches);
    for found in first_look::marks().find_overlapping_iter(text.as_str().as_bytes(), seen) {
        wanted[WHOSE[found.pattern().as_usize()]] = true;
        if wanted.iter().all(|wanted| *wanted) {
            break;
        }
    }
    READERS
        .iter()
        .enumerate()
        .zip(wanted)
        .filter_map(|(reader, wanted)| wanted.then_some(reader))
}

/// The machine that a text speaks of, when it names exactly one.
fn one_machine(reading: &Reading) -> Option<String> {
    let mut names = reading
        .facts
        .iter()
        .filter_map(|fact| fact.about.machine.as_ref());
    let first = names.next()?;
    names.all(|name| name == first).then(|| first.clone())
}

/// Sorted and apart.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The description of a run that a reader shares between the facts of that run.
pub(super) fn shared(about: About) -> Arc<About> {
    Arc::new(about)
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
