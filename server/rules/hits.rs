//! Where the text leaves of a release are true.

use crate::evidence::{Span, Weakened};

/// A text leaf's place among all of a release.
pub(super) type LeafId = usize;

/// At most so many hits a leaf are kept of one entry, and of all.
const HITS_AN_ENTRY: usize = 8;
const HITS_A_LEAF: usize = 20_000;

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

/// The hits of every leaf, by leaf; those of a leaf in the order of the text once sought.
#[derive(Debug)]
pub(super) struct Hits(pub(super) Vec<Vec<Hit>>);

impl Hits {
    pub(super) fn of(&self, leaf: LeafId) -> &[Hit] {
        self.0.get(leaf).map_or(&[], Vec::as_slice)
    }

    /// The hits of a leaf in one entry.
    pub(super) fn within(&self, leaf: LeafId, entry: EntryId) -> &[Hit] {
        let hits = self.of(leaf);
        let start = hits.partition_point(|hit| hit.entry < entry);
        let end = hits.partition_point(|hit| hit.entry <= entry);
        &hits[start..end]
    }

    /// Hits come in the order of the text but for the overlap of two stretches.
    pub(super) fn add(&mut self, leaf: LeafId, hit: Hit) {
        let Some(hits) = self.0.get_mut(leaf) else {
            return;
        };
        let near = &hits[hits.len().saturating_sub(2 * HITS_AN_ENTRY)..];
        let in_entry = near.iter().filter(|known| known.entry == hit.entry).count();
        let known = near.iter().any(|known| known.span == hit.span);
        if hits.len() < HITS_A_LEAF && in_entry < HITS_AN_ENTRY && !known {
            hits.push(hit);
        }
    }

    pub(super) fn is_full(&self, leaf: LeafId) -> bool {
        self.of(leaf).len() >= HITS_A_LEAF
    }

    pub(super) fn sort(&mut self) {
        for hits in &mut self.0 {
            if !hits.is_sorted_by_key(|hit| (hit.entry, hit.span)) {
                hits.sort_by_key(|hit| (hit.entry, hit.span));
            }
        }
    }
}
