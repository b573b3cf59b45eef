//! Work shared out to all cores: large texts, and the parts of a release. The one place of reading and judging that starts
//! threads.
//!
//! What is asked of a piece is pure, and the answers come in the order of the pieces: nothing depends on how many cores
//! there are, or on which of them was the quicker.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread::{Builder, available_parallelism, scope};

/// Others want to be served too.
const MOST_CORES: usize = 8;
/// A shorter text is done with before a thread has begun.
pub(crate) const LARGE: usize = 1024 * 1024;

static CORES: LazyLock<usize> =
    LazyLock::new(|| available_parallelism().map_or(1, |cores| cores.get().min(MOST_CORES)));

/// What `work` answers for each piece, in their order.
pub(crate) fn each<P: Sync, T: Send>(pieces: &[P], work: impl Fn(&P) -> T + Sync) -> Vec<T> {
    each_with(pieces, || (), |(), piece| work(piece))
}

/// Two pieces of work at once, where there are two cores.
pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    let other = Mutex::new(Some(other));
    let take = || other.lock().ok()?.take().map(|other| other());
    scope(|scope| {
        let helper = (*CORES > 1).then(|| Builder::new().spawn_scoped(scope, take).ok());
        let one = one();
        let answer = match helper.flatten() {
            Some(helper) => helper.join().unwrap_or_else(|panic| resume_unwind(panic)),
            None => take(),
        };
        (one, answer.expect("nobody else takes it"))
    })
}

/// The same, with something that each core has to itself: memory that is used again.
pub(crate) fn each_with<P: Sync, T: Send, S>(
    pieces: &[P],
    own: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &P) -> T + Sync,
) -> Vec<T> {
    by(*CORES, pieces, own, work)
}

/// The same, by so many threads at most; where no more can be had, by fewer.
fn by<P: Sync, T: Send, S>(
    threads: usize,
    pieces: &[P],
    own: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &P) -> T + Sync,
) -> Vec<T> {
    let threads = threads.min(pieces.len());
    if threads < 2 {
        let mut own = own();
        return pieces.iter().map(|piece| work(&mut own, piece)).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut own = own();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(at) else {
                return done;
            };
            done.push((at, work(&mut own, piece)));
        }
    };
    let mut all = scope(|scope| {
        let helpers = (1..threads).map_while(|_| Builder::new().spawn_scoped(scope, take).ok());
        let helpers = helpers.collect::<Vec<_>>();
        let mut all = take();
        for helper in helpers {
            all.append(&mut helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, answer)| answer).collect()
}

/// A range in pieces of a size, the last one shorter.
pub(crate) fn pieces(range: Range<usize>, size: usize) -> Vec<Range<usize>> {
    let starts = range.clone().step_by(size);
    starts
        .map(|start| start..range.end.min(start.saturating_add(size)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_pieces_of_work_both_answers_come_back() {
        let words = [String::from("one"), String::from("other")];
        let [one, other] = words.clone();
        assert_eq!(
            both(move || one, move || other.len()),
            (words[0].clone(), 5)
        );
    }

    proptest::proptest! {
        #[test]
        fn answers_come_in_the_order_of_the_pieces_by_any_number_of_threads(
            text in proptest::collection::vec(0_u8..255, 0..300),
            size in 1_usize..40,
            threads in 0_usize..5,
        ) {
            let pieces = pieces(0..text.len(), size);
            let sum = |range: &Range<usize>| text[range.clone()].iter().map(|byte| u32::from(*byte)).sum::<u32>();
            let one_by_one = text.chunks(size).map(|piece| piece.iter().map(|byte| u32::from(*byte)).sum::<u32>());
            proptest::prop_assert_eq!(by(threads, &pieces, || (), |(), range| sum(range)), one_by_one.collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "piece 7")]
    fn a_panic_is_that_of_the_piece() {
        let pieces = (0..9).collect::<Vec<usize>>();
        let work = |(): &mut (), piece: &usize| assert!(*piece != 7, "piece {piece}");
        by(3, &pieces, || (), work);
    }
}
