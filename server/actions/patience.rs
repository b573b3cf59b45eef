//! How long a submission may be read, and whether anybody still waits for it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::evidence::{Ended, Stop};

/// How long reading may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// One file.
    pub file: Duration,
    /// A whole submission.
    pub whole: Duration,
}

/// Ends a reading that takes too long or that nobody waits for.
pub(super) struct Watchdog {
    patience: Patience,
    /// Counts from any beginning.
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
    /// When the reading and its present file began, in microseconds of that clock.
    begun: AtomicU64,
    file: AtomicU64,
    gone: AtomicBool,
}

/// While it lives, somebody waits: a request that is given up drops it.
pub(super) struct Leaving(pub(super) std::sync::Arc<Watchdog>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.gone.store(true, Ordering::Relaxed);
    }
}

impl Watchdog {
    pub(super) fn new(patience: Patience) -> Self {
        let beginning = Instant::now();
        Self::by(patience, move || beginning.elapsed())
    }

    fn by(patience: Patience, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            patience,
            clock: Box::new(clock),
            begun: AtomicU64::new(0),
            file: AtomicU64::new(0),
            gone: AtomicBool::new(false),
        }
    }

    /// Time counts from now: waiting in the queue is not reading, and what was read has the same time to be judged.
    pub(super) fn begin(&self) {
        let now = self.now();
        self.begun.store(now, Ordering::Relaxed);
        self.file.store(now, Ordering::Relaxed);
    }

    /// Whether the request was given up.
    pub(super) fn nobody_waits(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    fn now(&self) -> u64 {
        u64::try_from((self.clock)().as_micros()).unwrap_or(u64::MAX)
    }
}

impl Stop for Watchdog {
    fn next_file(&self) {
        self.file.store(self.now(), Ordering::Relaxed);
    }

    fn ended(&self) -> Option<Ended> {
        let now = self.now();
        let over = |since: &AtomicU64, most: Duration| {
            let spent = now.saturating_sub(since.load(Ordering::Relaxed));
            u128::from(spent) >= most.as_micros()
        };
        if self.nobody_waits() || over(&self.begun, self.patience.whole) {
            Some(Ended::Whole)
        } else if over(&self.file, self.patience.file) {
            Some(Ended::File)
        } else {
            None
        }
    }
}

impl fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchdog")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::evidence::{ReadOptions, Submission, Upload, read};

    #[test]
    fn a_file_has_its_time_and_all_files_have_theirs() {
        let time = Arc::new(AtomicU64::new(0));
        let patience = Patience {
            file: Duration::from_secs(2),
            whole: Duration::from_secs(5),
        };
        let clock = time.clone();
        let watchdog = Watchdog::by(patience, move || {
            Duration::from_secs(clock.load(Ordering::Relaxed))
        });
        let at = |second| {
            time.store(second, Ordering::Relaxed);
            watchdog.ended()
        };
        at(10);
        watchdog.begin();
        assert_eq!(at(11), None);
        assert_eq!(at(12), Some(Ended::File));
        watchdog.next_file();
        assert_eq!(at(13), None);
        assert_eq!(at(15), Some(Ended::Whole));
        watchdog.next_file();
        assert_eq!(at(15), Some(Ended::Whole));
    }

    /// A reading whose every look at the clock costs a second: what came in time is read, the rest is said.
    #[test]
    fn what_was_read_in_time_counts_and_the_rest_is_said() {
        let time = AtomicU64::new(0);
        let patience = Patience {
            file: Duration::from_secs(1000),
            whole: Duration::from_secs(30),
        };
        let watchdog = Watchdog::by(patience, move || {
            Duration::from_secs(time.fetch_add(1, Ordering::Relaxed))
        });
        watchdog.begin();
        let files = (0..100).map(|n| Upload::new(format!("{n}.log"), "0xC000015B"));
        let submission = Submission {
            files: files.collect(),
            ..Submission::default()
        };
        let options = ReadOptions {
            stop: Arc::new(watchdog),
            ..ReadOptions::default()
        };
        let evidence = read(&submission, 1, &options);
        assert!(evidence.sources.len() < 30);
        let told = evidence.problems.iter();
        let mut told = told.filter(|problem| problem.what.contains("took too long"));
        assert!(told.next().is_some(), "{:?}", evidence.problems);
    }
}
