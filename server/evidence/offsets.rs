//! Ascending byte offsets, each in four bytes: a large log has millions of lines and of entries.

use std::ops::Range;

/// Offsets, each at least as large as the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offsets {
    /// Their lower halves.
    low: Vec<u32>,
    /// From which place on the upper half is greater by one; empty for a text of less than 4 GiB.
    turns: Vec<usize>,
}

impl Offsets {
    /// Adds one that is not below the last.
    pub(super) fn push(&mut self, offset: usize) {
        let (high, low) = halves(offset);
        while self.turns.len() < high {
            self.turns.push(self.low.len());
        }
        self.low.push(low);
    }

    pub(super) fn len(&self) -> usize {
        self.low.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<usize> {
        let low = *self.low.get(place)?;
        let high = self.turns.partition_point(|turn| *turn <= place);
        Some(whole(high, low))
    }

    /// How many are `offset` or below.
    pub(super) fn up_to(&self, offset: usize) -> usize {
        let (high, low) = halves(offset);
        let Range { start, end } = self.turn(high);
        start + self.low[start..end].partition_point(|one| *one <= low)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let turns = 0..=self.turns.len();
        turns.flat_map(|high| {
            self.low[self.turn(high)]
                .iter()
                .map(move |low| whole(high, *low))
        })
    }

    /// The places of those whose upper half is this.
    fn turn(&self, high: usize) -> Range<usize> {
        let begin = |high: usize| match high.checked_sub(1) {
            None => 0,
            Some(turn) => self.turns.get(turn).copied().unwrap_or(self.low.len()),
        };
        begin(high)..begin(high + 1)
    }
}

impl Extend<usize> for Offsets {
    fn extend<T: IntoIterator<Item = usize>>(&mut self, offsets: T) {
        offsets.into_iter().for_each(|offset| self.push(offset));
    }
}

impl FromIterator<usize> for Offsets {
    fn from_iter<T: IntoIterator<Item = usize>>(offsets: T) -> Self {
        let mut all = Self::default();
        all.extend(offsets);
        all
    }
}

/// The upper half of an offset and the lower one.
#[expect(clippy::cast_possible_truncation, reason = "that is what halves are")]
fn halves(offset: usize) -> (usize, u32) {
    let offset = offset as u64;
    ((offset >> u32::BITS) as usize, offset as u32)
}

#[expect(clippy::cast_possible_truncation, reason = "they are those of a usize")]
fn whole(high: usize, low: u32) -> usize {
    ((high as u64) << u32::BITS | u64::from(low)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn they_come_back_as_they_went_in(
            steps in proptest::collection::vec(
                proptest::prop_oneof![0_usize..5, 0x7fff_fff0_usize..0x8000_0010, 0x1_ffff_fff0_usize..0x2_0000_0010],
                0..12,
            ),
            near in 0_usize..5,
        ) {
            let all = steps.iter().scan(0, |at, step| {
                *at += step;
                Some(*at)
            });
            let all = all.collect::<Vec<_>>();
            let kept = all.iter().copied().collect::<Offsets>();
            proptest::prop_assert_eq!(kept.len(), all.len());
            proptest::prop_assert_eq!(kept.iter().collect::<Vec<_>>(), all.clone());
            for place in 0..=all.len() {
                proptest::prop_assert_eq!(kept.get(place), all.get(place).copied());
            }
            for one in all.iter().flat_map(|one| [one.saturating_sub(near), *one, one + near]) {
                let expected = all.partition_point(|other| *other <= one);
                proptest::prop_assert_eq!(kept.up_to(one), expected);
            }
        }
    }
}
