//! All text conditions of a release, sought in one pass over the evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::classify::Time;
use super::hits::{Hit, Hits, LeafId};
use super::phrase::{Phrase, PhraseSet};
use super::regexes::{Found as RegexFound, RegexSet};
use super::squeeze::Skimmed;
use crate::evidence::{Code, CodeSeen, CodeSpace, Evidence, Source, Span, Weakened, abreast};

pub(super) use builder::MatcherBuilder;

mod builder;

/// Phrases are sought in stretches of this size, which bounds the squeezed copy; the overlap exceeds any phrase.
const STRETCH: usize = 256 * 1024;
const OVERLAP: usize = 8 * 1024;
/// So many of them are looked at, by all cores, before what was found is kept.
const STRETCHES: usize = 32;

/// Everything a release seeks in text.
#[derive(Debug)]
pub(super) struct TextMatcher {
    phrases: Phrases,
    /// What counts only beside something else: sought in the entries where something else was found.
    contexts: Phrases,
    context_regexes: RegexSet,
    /// The leaves of all these, and product words.
    pub(super) beside: BTreeSet<LeafId>,
    /// Product words: one place is enough.
    pub(super) words: BTreeSet<LeafId>,
    regexes: RegexSet,
    codes: BTreeMap<Code, Vec<LeafId>>,
    pub(super) names: BTreeMap<LeafId, String>,
    leaves: usize,
}

/// Phrases and whose leaves they are.
#[derive(Debug)]
pub(super) struct Phrases {
    leaves: Vec<LeafId>,
    set: PhraseSet,
}

impl Phrases {
    fn new(phrases: Vec<(LeafId, Phrase)>) -> Self {
        let (leaves, phrases) = phrases.into_iter().unzip();
        Self {
            leaves,
            set: PhraseSet::new(phrases),
        }
    }
}

impl TextMatcher {
    /// Seeks everything in everything. Lines that a fact reader claimed are left out.
    pub(super) fn seek(&self, evidence: &Evidence, time: &mut Time<'_>) -> Hits {
        let mut hits = Hits(vec![Vec::new(); self.leaves]);
        for (at, source) in evidence.sources.iter().enumerate() {
            let whole = 0..source.text.as_str().len();
            for free in without_claimed(&whole, &source.claimed) {
                self.seek_phrases(&self.phrases, (at, source), free.clone(), &mut hits, time);
                Self::seek_regexes(&self.regexes, (at, source), free, &mut hits, time);
            }
        }
        self.seek_codes(evidence, &mut hits);
        self.seek_contexts(evidence, &mut hits, time);
        hits.sort();
        hits
    }

    /// Context counts only in an entry where something else was found.
    fn seek_contexts(&self, evidence: &Evidence, hits: &mut Hits, time: &mut Time<'_>) {
        let telling = hits.0.iter().enumerate();
        let telling = telling.filter(|(leaf, _)| !self.words.contains(leaf));
        let entries = telling
            .flat_map(|(_, hits)| hits.iter().map(|hit| hit.entry))
            .collect::<BTreeSet<_>>();
        for (at, entry) in entries {
            let Some(source) = evidence.sources.get(at) else {
                continue;
            };
            let Some(range) = source.entries.get(entry) else {
                continue;
            };
            for free in without_claimed(&range, &source.claimed) {
                self.seek_phrases(&self.contexts, (at, source), free.clone(), hits, time);
                Self::seek_regexes(&self.context_regexes, (at, source), free, hits, time);
            }
        }
    }

    /// The products' symbolic codes among the hits, in the order of the text.
    pub(super) fn named(&self, hits: &Hits) -> Vec<CodeSeen> {
        let seen = self.names.iter().flat_map(|(leaf, name)| {
            hits.of(*leaf).iter().map(|hit| CodeSeen {
                code: Code {
                    space: CodeSpace::Name,
                    value: 0,
                    name: name.clone(),
                },
                span: hit.span,
                weakened: hit.weakened,
            })
        });
        let mut seen = seen.collect::<Vec<_>>();
        seen.sort_by_key(|seen| seen.span);
        seen
    }

    fn seek_phrases(
        &self,
        phrases: &Phrases,
        (at, source): (usize, &Source),
        range: Range<usize>,
        hits: &mut Hits,
        time: &mut Time<'_>,
    ) {
        let stretches = stretches(source.text.as_str(), range, STRETCH, OVERLAP);
        self.seek_in(
            phrases,
            (at, source),
            stretches.chunks(STRETCHES),
            hits,
            time,
        );
    }

    /// Seeks in some stretches at a time, in order.
    fn seek_in<'a>(
        &self,
        phrases: &Phrases,
        (at, source): (usize, &Source),
        stretches: impl Iterator<Item = &'a [Range<usize>]>,
        hits: &mut Hits,
        time: &mut Time<'_>,
    ) {
        let text = source.text.as_str();
        let wanted = |hits: &Hits, phrase: usize| {
            let leaf = phrases.leaves[phrase];
            let known = self.words.contains(&leaf) && !hits.of(leaf).is_empty();
            !known && !hits.is_full(leaf)
        };
        let within = |range: &Range<usize>| {
            let entry = source.entries.get(source.entries.of(range.start));
            entry.is_some_and(|entry| entry.end >= range.end)
        };
        for some in stretches {
            if time.is_over() {
                return;
            }
            let before: &Hits = hits;
            let found = abreast::each_with(some, Skimmed::default, |skimmed, stretch| {
                let wanted = |phrase| wanted(before, phrase);
                phrases
                    .set
                    .find(text, stretch.clone(), skimmed, wanted, within)
            });
            for mut found in found {
                // Of what an earlier one of these stretches gave enough, no more is wanted.
                found.retain(|one| wanted(hits, one.phrase));
                for one in phrases.set.without_parts_of_longer_names(found) {
                    let hit = Hit {
                        span: span(at, source, &one.range),
                        entry: (at, source.entries.of(one.range.start)),
                        weakened: None,
                        captures: Vec::new(),
                    };
                    hits.add(phrases.leaves[one.phrase], hit);
                }
            }
        }
    }

    fn seek_regexes(
        regexes: &RegexSet,
        (at, source): (usize, &Source),
        range: Range<usize>,
        hits: &mut Hits,
        time: &mut Time<'_>,
    ) {
        regexes.find(&source.text, range, time, |found| {
            let RegexFound {
                leaf,
                range,
                captures,
            } = found;
            let hit = Hit {
                span: span(at, source, &range),
                entry: (at, source.entries.of(range.start)),
                weakened: None,
                captures,
            };
            hits.add(leaf, hit);
            !hits.is_full(leaf)
        });
    }

    fn seek_codes(&self, evidence: &Evidence, hits: &mut Hits) {
        for seen in evidence
            .codes
            .iter()
            .filter(|seen| seen.weakened != Some(Weakened::Claimed))
        {
            let Some(source) = evidence.sources.get(seen.span.source) else {
                continue;
            };
            let entry = source.entries.of(seen.span.start);
            for leaf in self.codes.get(&seen.code).into_iter().flatten() {
                hits.add(
                    *leaf,
                    Hit {
                        span: seen.span,
                        entry: (seen.span.source, entry),
                        weakened: seen.weakened,
                        captures: Vec::new(),
                    },
                );
            }
        }
    }
}

fn span(source_at: usize, source: &Source, range: &Range<usize>) -> Span {
    Span {
        source: source_at,
        line: source.text.line_of(range.start),
        start: range.start,
        end: range.end,
    }
}

/// `range` without the claimed ranges, which are sorted and apart.
pub(super) fn without_claimed(range: &Range<usize>, claimed: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut free = Vec::new();
    let mut start = range.start;
    let first = claimed.partition_point(|claim| claim.end <= range.start);
    let inside = claimed[first..]
        .iter()
        .take_while(|claim| claim.start < range.end);
    for claim in inside {
        if claim.start > start {
            free.push(start..claim.start);
        }
        start = start.max(claim.end);
    }
    if start < range.end {
        free.push(start..range.end);
    }
    free
}

/// Cuts a range into stretches at character boundaries, each overlapping the one before.
pub(super) fn stretches(
    text: &str,
    range: Range<usize>,
    size: usize,
    overlap: usize,
) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let end = ceil_char(text, range.end.min(start + size + overlap));
        stretches.push(start..end);
        if end >= range.end {
            break;
        }
        start = ceil_char(text, start + size);
    }
    stretches
}

fn ceil_char(text: &str, at: usize) -> usize {
    (at..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::NeverStop;

    #[test]
    fn the_same_is_found_however_many_stretches_are_looked_at_at_a_time() {
        let mut builder = MatcherBuilder::default();
        for phrase in ["the queue is full", "order * was lost"] {
            builder.phrase(phrase).unwrap();
        }
        builder.word("robot").unwrap();
        for name in ["QueueFullError", "QueueFullErrorOfOrder"] {
            builder.code(name).unwrap();
        }
        let matcher = builder.build();
        let lines = [
            "2026-03-01 10:00:00 the queue is\n  full, robot 7",
            "2026-03-01 10:00:01 order 7 was lost by the Robot: QueueFullError",
            "2026-03-01 10:00:02 QueueFullErrorOf\nOrder order was lost",
        ];
        let log = (0..300).map(|at| lines[at % 7 % 3]).collect::<Vec<_>>();
        let evidence = crate::evidence::read_texts(vec![("a.log".to_owned(), log.join("\n"))], 1);
        let text = evidence.sources[0].text.as_str();
        let stretches = stretches(text, 0..text.len(), 200, 100);
        let found = |at_a_time| {
            let mut hits = Hits(vec![Vec::new(); matcher.leaves]);
            let some = stretches.chunks(at_a_time);
            let source = (0, &evidence.sources[0]);
            let time = &mut Time::until(&NeverStop);
            matcher.seek_in(&matcher.phrases, source, some, &mut hits, time);
            hits.0
        };
        let one_by_one = found(1);
        assert!(
            one_by_one.iter().all(|hits| !hits.is_empty()),
            "{one_by_one:?}"
        );
        for at_a_time in [2, 7, 1000] {
            assert_eq!(found(at_a_time), one_by_one, "{at_a_time}");
        }
    }

    #[test]
    fn what_counts_only_beside_something_else_is_sought_where_something_else_was_found() {
        let mut builder = MatcherBuilder::default();
        let code = builder.code("0xC000006D").unwrap();
        let phrase = builder.context("unattended").unwrap();
        let regex = builder.context_regex(r"\bbot\d+").unwrap();
        assert_eq!(builder.context_regex(r"\bbot\d+"), Ok(regex));
        let matcher = builder.build();
        let lines = [
            "2026-03-01 10:00:00 bot6 runs unattended",
            "2026-03-01 10:00:01 bot7, unattended: 0xC000006D",
            "2026-03-01 10:00:02 bot8 runs unattended",
        ];
        let evidence = crate::evidence::read_texts(vec![("a.log".to_owned(), lines.join("\n"))], 1);
        let hits = matcher.seek(&evidence, &mut Time::until(&NeverStop));
        for leaf in [code, phrase, regex] {
            let lines = hits.of(leaf).iter().map(|hit| hit.span.line);
            assert_eq!(lines.collect::<Vec<_>>(), [2]);
        }
        assert_eq!(matcher.beside, BTreeSet::from([phrase, regex]));
    }
}
