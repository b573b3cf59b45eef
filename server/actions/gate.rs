//! Reading takes processor time: small submissions are read at once, larger ones off the async threads, a few at a
//! time, and a queue that is full turns the next one away instead of growing.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Submissions up to this size are read where they arrive.
const SMALL: usize = 64 * 1024;

/// Lets a few in at a time.
#[derive(Debug)]
pub(crate) struct Gate {
    workers: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Gate {
    pub(crate) fn new(workers: usize, waiting: usize) -> Self {
        Self {
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers + waiting)),
        }
    }

    /// Runs `work`, which goes through `size` bytes.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        size: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        if size < SMALL {
            return Ok(work());
        }
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| Full)?;
        let worker = self.workers.clone().acquire_owned().await;
        let worker = worker.map_err(|_| Full)?;
        // The work keeps its place to its end, also when nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, worker);
            work()
        });
        match done.await {
            Ok(done) => Ok(done),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(Full),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::patience::{Leaving, Patience, Watchdog};
    use super::*;
    use crate::evidence::Stop;

    const LARGE: usize = SMALL + 1;

    #[tokio::test]
    async fn a_full_queue_turns_the_next_away_and_small_work_is_still_done() {
        let gate = std::sync::Arc::new(Gate::new(1, 0));
        let (release, held) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn({
            let gate = gate.clone();
            async move { gate.run(LARGE, move || held.recv()).await }
        });
        while gate.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.run(LARGE, || 1).await, Err(Full));
        assert_eq!(gate.run(10, || 2).await, Ok(2));
        release.send(()).unwrap();
        first.await.unwrap().unwrap().unwrap();
        assert_eq!(gate.run(LARGE, || 3).await, Ok(3));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_ends_and_gives_its_place_back() {
        let gate = Arc::new(Gate::new(1, 0));
        let patience = Patience {
            file: Duration::MAX,
            whole: Duration::MAX,
        };
        let watchdog = Arc::new(Watchdog::new(patience));
        let waiting = tokio::spawn({
            let (gate, watchdog) = (gate.clone(), watchdog.clone());
            async move {
                let _leaving = Leaving(watchdog.clone());
                let work = move || while watchdog.ended().is_none() {};
                gate.run(LARGE, work).await
            }
        });
        while gate.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        waiting.abort();
        while gate.places.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
        assert!(watchdog.nobody_waits());
        assert_eq!(gate.run(LARGE, || 1).await, Ok(1));
    }
}
