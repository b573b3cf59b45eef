//! All text conditions of a release, sought in one pass over the evidence.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use regex::{Regex, RegexBuilder};

use super::phrase::{Phrase, PhraseSet};
use crate::evidence::{Code, CodeSeen, CodeSpace, Evidence, Source, Span, Weakened, codes};

/// A text leaf's place among all of a release.
pub(super) type LeafId = usize;

/// At most so many hits a leaf are kept: proof shows 8, the rest is only counted.
const HITS_A_LEAF: usize = 200;
/// Phrases are sought in stretches of this size, which bounds the squeezed copy; the overlap exceeds any phrase.
const STRETCH: usize = 256 * 1024;
const OVERLAP: usize = 8 * 1024;
/// A match of a regex is at most this long, and lines over [`LONG_LINE`] are read in overlapping pieces.
const REGEX_MATCH: usize = 4 * 1024;
const LONG_LINE: usize = 64 * 1024;
/// The compiled size of one regex, so that no rule can eat the memory.
const REGEX_SIZE: usize = 1 << 20;

/// Collects the text leaves of a release; the same words asked for twice are sought once.
#[derive(Debug, Default)]
pub(super) struct MatcherBuilder {
    leaves: HashMap<Sought, LeafId>,
    phrases: Vec<(LeafId, Phrase)>,
    regexes: Vec<(LeafId, Regex)>,
    codes: BTreeMap<Code, Vec<LeafId>>,
    names: BTreeMap<LeafId, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sought {
    Phrase(String),
    Regex(String),
    Code(Vec<Code>),
    Name(String),
}

/// Everything a release seeks in text.
#[derive(Debug)]
pub(super) struct TextMatcher {
    phrase_leaves: Vec<LeafId>,
    phrases: PhraseSet,
    regexes: Vec<(LeafId, Regex)>,
    codes: BTreeMap<Code, Vec<LeafId>>,
    names: BTreeMap<LeafId, String>,
    leaves: usize,
}

/// A place where a text leaf is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) span: Span,
    pub(super) entry: EntryId,
    pub(super) weakened: Option<Weakened>,
    pub(super) captures: Vec<(String, String)>,
}

/// An entry of a source: indexes into `sources` and its `entries`.
pub(super) type EntryId = (usize, usize);

impl MatcherBuilder {
    pub(super) fn phrase(&mut self, written: &str) -> Result<LeafId, String> {
        let phrase = Phrase::parse(written)?;
        let (id, new) = self.leaf(Sought::Phrase(written.to_owned()));
        if new {
            self.phrases.push((id, phrase));
        }
        Ok(id)
    }

    pub(super) fn regex(&mut self, written: &str) -> Result<LeafId, String> {
        let regex = RegexBuilder::new(written)
            .case_insensitive(true)
            .size_limit(REGEX_SIZE)
            .build();
        let regex =
            regex.map_err(|error| format!("this regex does not compile within limits: {error}"))?;
        let (id, new) = self.leaf(Sought::Regex(written.to_owned()));
        if new {
            self.regexes.push((id, regex));
        }
        Ok(id)
    }

    /// A code in any spelling is sought by identity; anything else is a product's symbolic code.
    pub(super) fn code(&mut self, written: &str) -> Result<LeafId, String> {
        let readings = codes::parse(written);
        if readings.is_empty() {
            let fits = written.len() >= 6
                && written
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !fits {
                return Err(format!(
                    "`{written}` is no error code: write a number as the product prints it, a symbol such as STATUS_LOGON_FAILURE, or one word of at least six letters"
                ));
            }
            let (id, new) = self.leaf(Sought::Name(written.to_lowercase()));
            if new {
                self.phrases.push((id, Phrase::named_code(written)));
                self.names.insert(id, written.to_lowercase());
            }
            return Ok(id);
        }
        let (id, new) = self.leaf(Sought::Code(readings.clone()));
        if new {
            readings
                .into_iter()
                .for_each(|code| self.codes.entry(code).or_default().push(id));
        }
        Ok(id)
    }

    fn leaf(&mut self, sought: Sought) -> (LeafId, bool) {
        let next = self.leaves.len();
        let id = *self.leaves.entry(sought).or_insert(next);
        (id, id == next)
    }

    pub(super) fn build(self) -> TextMatcher {
        let (phrase_leaves, phrases) = self.phrases.into_iter().unzip();
        TextMatcher {
            phrase_leaves,
            phrases: PhraseSet::new(phrases),
            regexes: self.regexes,
            codes: self.codes,
            names: self.names,
            leaves: self.leaves.len(),
        }
    }
}

/// The hits of every leaf, by leaf.
#[derive(Debug)]
pub(super) struct Hits(Vec<Vec<Hit>>);

impl Hits {
    pub(super) fn of(&self, leaf: LeafId) -> &[Hit] {
        self.0.get(leaf).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, leaf: LeafId, hit: Hit) {
        if let Some(hits) = self.0.get_mut(leaf)
            && hits.len() < HITS_A_LEAF
            && !hits.iter().any(|known| known.span == hit.span)
        {
            hits.push(hit);
        }
    }
}

impl TextMatcher {
    /// Seeks everything in everything. Lines that a fact reader claimed are left out.
    pub(super) fn seek(&self, evidence: &Evidence) -> Hits {
        let mut hits = Hits(vec![Vec::new(); self.leaves]);
        for (at, source) in evidence.sources.iter().enumerate() {
            for (entry, range) in source.entries.iter().enumerate() {
                for free in without_claimed(range, &source.claimed) {
                    self.seek_phrases((at, entry), source, free.clone(), &mut hits);
                    self.seek_regexes((at, entry), source, free, &mut hits);
                }
            }
        }
        self.seek_codes(evidence, &mut hits);
        hits
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

    fn seek_phrases(&self, entry: EntryId, source: &Source, range: Range<usize>, hits: &mut Hits) {
        for stretch in stretches(source.text.as_str(), range, STRETCH, OVERLAP) {
            for found in self.phrases.find(source.text.as_str(), stretch, 10_000) {
                let span = span(entry.0, source, found.range);
                hits.add(
                    self.phrase_leaves[found.phrase],
                    Hit {
                        span,
                        entry,
                        weakened: None,
                        captures: Vec::new(),
                    },
                );
            }
        }
    }

    fn seek_regexes(&self, entry: EntryId, source: &Source, range: Range<usize>, hits: &mut Hits) {
        if self.regexes.is_empty() {
            return;
        }
        let text = source.text.as_str();
        let mut start = range.start;
        for line in text[range].split_inclusive('\n') {
            let whole = start..start + line.trim_end_matches(['\r', '\n']).len();
            start += line.len();
            for piece in stretches(text, whole, LONG_LINE, REGEX_MATCH) {
                for (leaf, regex) in &self.regexes {
                    let Some(found) = regex.captures(&text[piece.clone()]) else {
                        continue;
                    };
                    let Some(all) = found
                        .get(0)
                        .filter(|all| !all.is_empty() && all.len() <= REGEX_MATCH)
                    else {
                        continue;
                    };
                    let names = regex.capture_names().flatten();
                    let captures = names.filter_map(|name| {
                        Some((name.to_owned(), found.name(name)?.as_str().to_owned()))
                    });
                    let span = span(
                        entry.0,
                        source,
                        piece.start + all.start()..piece.start + all.end(),
                    );
                    hits.add(
                        *leaf,
                        Hit {
                            span,
                            entry,
                            weakened: None,
                            captures: captures.collect(),
                        },
                    );
                }
            }
        }
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
            let entry = source
                .entries
                .partition_point(|entry| entry.end <= seen.span.start);
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

fn span(source_at: usize, source: &Source, range: Range<usize>) -> Span {
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
fn stretches(text: &str, range: Range<usize>, size: usize, overlap: usize) -> Vec<Range<usize>> {
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
