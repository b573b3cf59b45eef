//! Hits by which a text only speaks of an error prove nothing: they are taken away before rules are judged.

use std::collections::{BTreeSet, HashMap};

use super::hits::{EntryId, Hit, Hits, LeafId};
use super::matcher::TextMatcher;
use crate::evidence::{Evidence, Span, Weakened, mention};

/// Symbolic codes that stand no further apart than this, in bytes, may be a table.
const NEIGHBOURS: usize = 200;
/// So many different ones make a table, in which none happened more than another.
const A_TABLE: usize = 4;
/// When so many hits of a leaf are errors, the text is a log of them, and the others are not looked at.
const A_LOG: usize = 256;

/// What was already asked of the places of some evidence: rules share them, and so do releases.
#[derive(Debug, Default)]
pub(super) struct Asked(HashMap<Span, bool>);

impl TextMatcher {
    /// Takes away the hits by which the text only speaks of an error, and names the leaves that they were of.
    pub(super) fn set_aside_mentions(
        &self,
        evidence: &Evidence,
        hits: &mut Hits,
        asked: &mut Asked,
    ) -> BTreeSet<LeafId> {
        let taught = taught(evidence);
        let mut spoken_of = BTreeSet::new();
        let mut keep = |hits: &mut Hits, counts: &mut dyn FnMut(LeafId, &Hit) -> bool| {
            for (leaf, hits) in hits.0.iter_mut().enumerate() {
                if hits.is_empty() || self.beside.contains(&leaf) {
                    continue;
                }
                let before = hits.len();
                let (mut errors, mut mentions) = (0, 0);
                hits.retain(|hit| {
                    if errors == A_LOG && mentions == 0 {
                        return true;
                    }
                    let counts = counts(leaf, hit);
                    *(if counts { &mut errors } else { &mut mentions }) += 1;
                    counts
                });
                if hits.len() < before {
                    spoken_of.insert(leaf);
                }
            }
        };
        keep(hits, &mut |_, hit| {
            !is_within(&taught, hit.span) && !asked.is_mention(evidence, hit)
        });
        // What was ruled out makes no table with what is left.
        let tables = self.tables(hits);
        keep(hits, &mut |leaf, hit| !tables.contains(&(leaf, hit.span)));
        spoken_of
    }

    /// Symbolic codes of products that stand in a table of several.
    fn tables(&self, hits: &Hits) -> BTreeSet<(LeafId, Span)> {
        let leaves = self.names.keys();
        let named = leaves.flat_map(|leaf| {
            hits.of(*leaf)
                .iter()
                .map(|hit| (hit.entry, hit.span, *leaf))
        });
        let mut named = named.collect::<Vec<_>>();
        named.sort_unstable();
        let apart = |one: &(EntryId, Span, LeafId), next: &(EntryId, Span, LeafId)| {
            one.0 == next.0 && next.1.start.saturating_sub(one.1.end) <= NEIGHBOURS
        };
        let runs = named.chunk_by(apart).filter(|run| {
            let different = run.iter().map(|(.., leaf)| leaf).collect::<BTreeSet<_>>();
            different.len() >= A_TABLE
        });
        runs.flatten()
            .map(|(_, span, leaf)| (*leaf, *span))
            .collect()
    }
}

impl Asked {
    fn is_mention(&mut self, evidence: &Evidence, hit: &Hit) -> bool {
        let spoken = |why| matches!(why, Some(Weakened::Denied | Weakened::Mentioned));
        let place = || {
            let source = &evidence.sources[hit.span.source];
            let text = source.text.as_str();
            let entry = source.entries.get(hit.entry.1);
            let entry = entry.unwrap_or(0..text.len());
            spoken(mention::mention(text, entry, hit.span.start..hit.span.end))
        };
        spoken(hit.weakened) || *self.0.entry(hit.span).or_insert_with(place)
    }
}

/// Whether one of these, which are in order and apart, holds the place.
fn is_within(tables: &[Span], place: Span) -> bool {
    let start = |span: &Span| (span.source, span.start);
    let behind = tables.partition_point(|table| start(table) <= start(&place));
    behind > 0 && tables[behind - 1].contains(place)
}

/// From the first to the last code of each table of codes: what stands between them explains them.
fn taught(evidence: &Evidence) -> Vec<Span> {
    let codes = evidence.codes.iter();
    let taught = codes.filter(|code| code.weakened == Some(Weakened::Mentioned));
    let taught = taught.map(|code| code.span).collect::<Vec<_>>();
    let runs = taught.chunk_by(|one, next| {
        one.source == next.source && next.start.saturating_sub(one.end) <= NEIGHBOURS
    });
    let whole = runs.filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        Some(Span {
            end: last.end + NEIGHBOURS,
            ..*first
        })
    });
    whole.collect()
}

#[cfg(test)]
mod tests {
    use super::super::classify::Time;
    use super::super::matcher::MatcherBuilder;
    use super::*;
    use crate::evidence::{NeverStop, read_texts};

    #[test]
    fn in_a_log_of_errors_the_first_tell_for_all_and_beside_a_mention_each_is_looked_at() {
        let mut builder = MatcherBuilder::default();
        let leaf = builder.code("0xC000006D").unwrap();
        let matcher = builder.build();
        let left = |lines: &[String]| {
            let evidence = read_texts(vec![("robot.log".to_owned(), lines.join("\n"))], 1);
            let mut hits = matcher.seek(&evidence, &mut Time::until(&NeverStop));
            matcher.set_aside_mentions(&evidence, &mut hits, &mut Asked::default());
            hits.of(leaf).len()
        };
        let error = |at: usize| {
            let (minute, second) = (at / 60, at % 60);
            format!("2026-03-01 10:{minute:02}:{second:02} logon failed: 0xC000006D")
        };
        let errors = (0..A_LOG + 9).map(error).collect::<Vec<_>>();
        let denied = ["2026-03-01 09:00:00 it is not 0xC000006D".to_owned()];
        assert_eq!(left(&denied), 0);
        assert_eq!(left(&[&errors[..], &denied].concat()), A_LOG + 10);
        assert_eq!(left(&[&denied, &errors[..], &denied].concat()), A_LOG + 9);
    }
}
