//! What every deed needs: the store, the live release, the clock, randomness, limits.

use std::collections::VecDeque;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::caller::Right;
use super::gate::{Full, Gate};
use super::house::HouseValues;
use super::kept::Kept;
use super::patience::{Leaving, Patience, Watchdog};
use super::releases::Checks;
use super::survey::Surveys;
use crate::condition::shape::Complaint;
use crate::evidence::archive::Budget;
use crate::evidence::redact::{Pseudonyms, Redact, Redactor};
use crate::rules::{PackFiles, Release};
use crate::store::{CaseId, CaseRecord, NamesKey, Store, StoreError, TimelineEntry, Tombstone};

/// Everything that deeds are done with.
pub struct Desk {
    /// The database.
    pub store: Store,
    /// How cases are kept and submissions read.
    pub settings: DeskSettings,
    live: ArcSwap<Release>,
    /// What the house set, by its revision.
    pub(super) house: ArcSwap<(i64, Arc<HouseValues>)>,
    older: Mutex<VecDeque<Arc<Release>>>,
    /// The files of the release that was asked for last, mostly the live one.
    files: Mutex<Option<(i64, Arc<PackFiles>)>>,
    /// What was read and judged of cases.
    pub(super) kept: Kept,
    /// What is to be checked before it is published.
    pub(super) checks: Checks,
    /// How the published rules stand.
    pub(super) surveys: Surveys,
    /// Tells the one who keeps the inbox that another release answers.
    pub(super) news: Notify,
    surroundings: Surroundings,
    names_key: NamesKey,
    gate: Gate,
    watch: OnceLock<Watch>,
}

/// Is told how many seconds a stage of a diagnosis took.
pub type Watch = Box<dyn Fn(Stage, f64) + Send + Sync>;

/// A stage of a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Bytes become evidence.
    Read,
    /// Evidence becomes findings.
    Classify,
}

/// How many seconds the stages took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    pub(super) read: f64,
    pub(super) classify: f64,
}

/// How cases are kept and submissions read.
#[derive(Debug, Clone)]
pub struct DeskSettings {
    /// Cases are kept for so many days; 0 = for ever.
    pub case_days: u32,
    /// How much a submission may cost.
    pub budget: Budget,
    /// How long reading it may take.
    pub patience: Patience,
    /// So many large submissions are read at a time.
    pub readers: usize,
    /// What is replaced in every case; a case may choose more.
    pub redact: Redact,
    /// The file of the key that hides names.
    pub names_key: PathBuf,
}

/// What comes from outside the program.
#[derive(Clone)]
pub struct Surroundings {
    /// The time, unix milliseconds.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Fresh random bytes.
    pub random: Arc<dyn Fn() -> [u8; 16] + Send + Sync>,
}

/// Why a deed was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeedError {
    /// There is no such thing; the sentence says what.
    #[error("{0}")]
    NotFound(String),
    /// The case is past its time.
    #[error("the case is past its time")]
    Gone(Tombstone),
    /// The case has changed meanwhile.
    #[error("the case has changed meanwhile")]
    Changed {
        /// The present revision.
        revision: i64,
        /// What happened meanwhile.
        since: Vec<TimelineEntry>,
    },
    /// Something that was asked for cannot be done; the paths are JSON pointers into the request.
    #[error("{}", .0.iter().map(|complaint| complaint.what.as_str()).collect::<Vec<_>>().join("; "))]
    Refused(Vec<Complaint>),
    /// Whoever asks may not do this.
    #[error("not allowed {}", .0.about())]
    NotAllowed(Right),
    /// Too much to do right now.
    #[error("too much to do right now")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(StoreError),
}

/// So many older releases are kept ready.
const KEPT_READY: usize = 16;

impl Desk {
    /// A desk that answers by `live`.
    pub fn new(
        store: Store,
        live: Arc<Release>,
        settings: DeskSettings,
        surroundings: Surroundings,
    ) -> Self {
        let gate = Gate::new(settings.readers, settings.readers * 8);
        let names_key = NamesKey::at(settings.names_key.clone());
        Self {
            store,
            settings,
            live: ArcSwap::new(live),
            house: ArcSwap::default(),
            older: Mutex::default(),
            files: Mutex::default(),
            kept: Kept::default(),
            checks: Checks::default(),
            surveys: Surveys::default(),
            news: Notify::new(),
            surroundings,
            names_key,
            gate,
            watch: OnceLock::new(),
        }
    }

    /// The release that answers.
    pub fn live(&self) -> Arc<Release> {
        self.live.load_full()
    }

    /// Tells `watch` from now on how long diagnoses take. Only the first one given is told.
    pub fn watch(&self, watch: Watch) {
        let _ = self.watch.set(watch);
    }

    pub(super) fn tell(&self, took: Took) {
        if let Some(watch) = self.watch.get() {
            watch(Stage::Read, took.read);
            watch(Stage::Classify, took.classify);
        }
    }

    /// Another release answers from now on, unless a newer one does already. Requests in flight end with the one they
    /// began with.
    pub fn go_live(&self, release: &Arc<Release>) {
        self.live.rcu(|now| {
            if now.number > release.number {
                now.clone()
            } else {
                release.clone()
            }
        });
        self.kept.forget_all();
        self.news.notify_one();
    }

    /// The time, unix milliseconds.
    pub fn now(&self) -> i64 {
        (self.surroundings.clock)()
    }

    /// Fresh random bytes.
    pub(super) fn random(&self) -> [u8; 16] {
        (self.surroundings.random)()
    }

    /// A fresh name for a case.
    pub(super) fn new_case_id(&self) -> CaseId {
        CaseId::from_bytes((self.surroundings.random)())
    }

    /// What replaces secrets, and people and machines where the case asks for that or this server always does.
    pub(super) fn redactor(
        &self,
        id: &CaseId,
        redact: Redact,
        record: Option<&CaseRecord>,
    ) -> Result<Redactor, DeedError> {
        if redact.max(self.settings.redact) == Redact::Secrets {
            return Ok(Redactor::secrets());
        }
        let key = self.names_key.get(|| (self.surroundings.random)())?;
        let known = record.map_or(&[][..], |record| &record.pseudonyms);
        Ok(Redactor::people(Pseudonyms::new(&key, id.as_str(), known)))
    }

    /// The same for something that is said about a case.
    pub(super) fn redactor_of(&self, record: &CaseRecord) -> Result<Redactor, DeedError> {
        self.redactor(&record.id, record.redact, Some(record))
    }

    /// When a case that is opened now goes.
    pub(super) fn expiry(&self) -> Option<i64> {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let days = i64::from(self.settings.case_days);
        (days > 0).then(|| self.now() + days * DAY)
    }

    /// A release by its number; `None` when there is none.
    pub async fn release(&self, number: i64) -> Result<Option<Arc<Release>>, DeedError> {
        let live = self.live();
        if live.number == number {
            return Ok(Some(live));
        }
        if let Some(release) = lock(&self.older).iter().find(|kept| kept.number == number) {
            return Ok(Some(release.clone()));
        }
        let (Some(row), Some(files)) = (
            self.store.release(number).await?,
            self.store.release_files(number).await?,
        ) else {
            return Ok(None);
        };
        let (release, _) = Release::compile(number, row.published_at, files);
        let release = Arc::new(release.as_of(self.now()));
        let mut older = lock(&self.older);
        older.push_front(release.clone());
        older.truncate(KEPT_READY);
        Ok(Some(release))
    }

    /// The files of a release; `None` when there is none.
    pub async fn files(&self, number: i64) -> Result<Option<Arc<PackFiles>>, DeedError> {
        if let Some((known, files)) = &*lock(&self.files)
            && *known == number
        {
            return Ok(Some(files.clone()));
        }
        let Some(files) = self.store.release_files(number).await? else {
            return Ok(None);
        };
        let files = Arc::new(files);
        *lock(&self.files) = Some((number, files.clone()));
        Ok(Some(files))
    }

    /// The files of the release that answers.
    pub async fn live_files(&self) -> Result<Arc<PackFiles>, DeedError> {
        let files = self.files(self.live().number).await?;
        files.ok_or(DeedError::Store(StoreError::Broken("release")))
    }

    /// Reads `size` bytes under the eyes of a watchdog: the reading ends when its time is over or when nobody waits for
    /// it any more, and then answers nothing.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        size: usize,
        read: impl FnOnce(&Arc<Watchdog>) -> Option<T> + Send + 'static,
    ) -> Result<T, DeedError> {
        let watchdog = Arc::new(Watchdog::new(self.settings.patience));
        let _leaving = Leaving(watchdog.clone());
        let done = self.work(size, move || {
            watchdog.begin();
            read(&watchdog)
        });
        done.await?.ok_or(DeedError::Busy)
    }

    /// Runs work that goes through `size` bytes, where it does not hold others up.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        size: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DeedError> {
        self.gate
            .run(size, work)
            .await
            .map_err(|Full| DeedError::Busy)
    }
}

/// What is guarded is whole after every statement, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("live", &self.live.load().number)
            .finish_non_exhaustive()
    }
}

impl DeedError {
    /// One field that cannot be taken.
    pub(super) fn refused(pointer: &str, what: impl Into<String>) -> Self {
        Self::Refused(vec![Complaint::new(pointer, what)])
    }
}

impl From<StoreError> for DeedError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Changed { revision, since } => Self::Changed { revision, since },
            other => Self::Store(other),
        }
    }
}
