//! Every stored case, judged by the release that answers and by what is to follow it.
//!
//! Cases come from the store in pieces of a bounded size; so many blocking threads work on pieces as there are cores, and
//! what they find is handed over in the order of the cases, so that a place in it says what was done. Texts are unpacked
//! and read once, and judged twice where something of a rule that differs is in them; nothing else of a case is loaded.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;

use crate::evidence::{self, Evidence, Round};
use crate::rules::{Changed, Release, compare};
use crate::store::{ChangedCase, ReplayCase, Store, StoreError};

/// Who judges, and by what.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Where the cases are.
    pub store: Store,
    /// The release that answers.
    pub before: Arc<Release>,
    /// What is to follow it.
    pub after: Arc<Release>,
    /// So many threads work at a time.
    pub workers: usize,
    /// The time, unix milliseconds: cases whose time is over are left out.
    pub now: i64,
}

/// What came of a piece.
#[derive(Debug, Default)]
pub struct Piece {
    /// The last case of it.
    pub place: String,
    /// How many cases it had.
    pub cases: usize,
    /// How many of them could not be read back.
    pub unread: usize,
    /// Those that are judged otherwise.
    pub changed: Vec<ChangedCase>,
}

/// A replay under way.
#[derive(Debug)]
pub struct Replaying {
    replay: Replay,
    /// What differs between the two; compared by the first thread that needs it.
    changed: Arc<OnceLock<Changed>>,
    /// What is being worked on, in the order of the cases.
    open: VecDeque<JoinHandle<Piece>>,
    /// The last case that was taken from the store.
    place: String,
    /// Whether the store may have more.
    more: bool,
}

impl Replay {
    /// Judges all cases behind the one named `place`.
    pub fn behind(self, place: &str) -> Replaying {
        Replaying {
            replay: self,
            changed: Arc::default(),
            open: VecDeque::new(),
            place: place.to_owned(),
            more: true,
        }
    }
}

impl Replaying {
    /// What came of the next piece, in the order of the cases; `None` when all were judged. Pieces behind it are worked
    /// on meanwhile.
    pub async fn next(&mut self) -> Result<Option<Piece>, StoreError> {
        // One piece is read ahead, so that no thread waits for the store.
        while self.more && self.open.len() <= self.replay.workers.max(1) {
            self.begin().await?;
        }
        let Some(first) = self.open.pop_front() else {
            return Ok(None);
        };
        let piece = first.await;
        piece.map(Some).map_err(|_| StoreError::Broken("case"))
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        let replay = &self.replay;
        let cases = replay.store.replay_piece(&self.place, replay.now).await?;
        let Some(last) = cases.last() else {
            self.more = false;
            return Ok(());
        };
        last.id.as_str().clone_into(&mut self.place);
        let (before, after) = (replay.before.clone(), replay.after.clone());
        let changed = self.changed.clone();
        let work = move || {
            let changed = changed.get_or_init(|| Changed::between(&before, &after));
            judge_piece(cases, &before, &after, changed)
        };
        self.open.push_back(tokio::task::spawn_blocking(work));
        Ok(())
    }
}

fn judge_piece(
    cases: Vec<ReplayCase>,
    before: &Release,
    after: &Release,
    changed: &Changed,
) -> Piece {
    let mut piece = Piece {
        cases: cases.len(),
        ..Piece::default()
    };
    for case in cases {
        case.id.as_str().clone_into(&mut piece.place);
        match judge(case, before, after, changed) {
            Ok(None) => {}
            Ok(Some(changed)) => piece.changed.push(changed),
            Err(_) => piece.unread += 1,
        }
    }
    piece
}

fn judge(
    case: ReplayCase,
    before: &Release,
    after: &Release,
    changed: &Changed,
) -> Result<Option<ChangedCase>, StoreError> {
    let mut evidence = Evidence::default();
    let mut texts = Vec::new();
    let mut round: Round = 0;
    for packed in case.texts {
        if packed.round != round && !texts.is_empty() {
            evidence.join(evidence::read_texts(std::mem::take(&mut texts), round));
        }
        round = packed.round;
        let source = packed.unpack()?;
        texts.push((source.name, source.text));
    }
    if !texts.is_empty() {
        evidence.join(evidence::read_texts(texts, round));
    }
    evidence.settle(case.machine.as_deref(), case.account.as_deref());
    if !changed.may_tell(&evidence) {
        return Ok(None);
    }
    let product = case.product.as_ref();
    let [old, new] = compare([before, after], &evidence, product);
    Ok((old != new).then_some(ChangedCase {
        case: case.id,
        before: old,
        after: new,
    }))
}
