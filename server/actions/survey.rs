//! What rules are filtered by and what takes too long to find out while somebody waits: what the linter says of each
//! published rule, and which release changed it last. It is made once a release, when it is first asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::caller::{Caller, Right};
use super::desk::{DeedError, Desk};
use crate::rules::PackFiles;
use crate::rules::check::{Grade, check};
use crate::rules::pack::Pack;
use crate::store::{ReleaseRow, StoreError};

/// Changes are looked for in the releases of so many milliseconds: 92 days.
const LOOKED_BACK: i64 = 92 * 24 * 60 * 60 * 1000;
/// And in at most so many releases.
const MOST_RELEASES: usize = 200;

/// How the published rules stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// The release.
    pub release: i64,
    /// Each rule by its id.
    pub rules: BTreeMap<String, RuleState>,
}

/// How one rule stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleState {
    /// What stops it from being published again.
    pub errors: usize,
    /// What else the linter remarks.
    pub warnings: usize,
    /// The release that changed it last, where that is not long ago.
    pub changed: Option<RuleChange>,
}

/// That a release changed a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// The release.
    pub release: i64,
    /// When it was published, unix milliseconds.
    pub at: i64,
    /// Who published it.
    pub by: String,
}

/// The survey of the release that answers, or that it is being made.
#[derive(Debug, Default)]
pub(super) struct Surveys(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Nothing,
    Making(i64),
    Made(Arc<Survey>),
}

impl Surveys {
    fn lock(&self) -> MutexGuard<'_, State> {
        // What is guarded is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the published rules stand, where that is known already.
pub fn survey_so_far(desk: &Desk, caller: &Caller) -> Result<Option<Arc<Survey>>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let live = desk.live().number;
    Ok(match &*desk.surveys.lock() {
        State::Made(survey) if survey.release == live => Some(survey.clone()),
        _ => None,
    })
}

/// The same; where it is not known, somebody begins to find out.
pub fn survey(desk: &Arc<Desk>, caller: &Caller) -> Result<Option<Arc<Survey>>, DeedError> {
    if let Some(survey) = survey_so_far(desk, caller)? {
        return Ok(Some(survey));
    }
    let live = desk.live().number;
    {
        let mut state = desk.surveys.lock();
        if matches!(&*state, State::Making(release) if *release == live) {
            return Ok(None);
        }
        *state = State::Making(live);
    }
    let desk = desk.clone();
    tokio::spawn(async move {
        let made = make(&desk, live).await;
        let mut state = desk.surveys.lock();
        if !matches!(&*state, State::Making(release) if *release == live) {
            return;
        }
        *state = match made {
            Ok(survey) => State::Made(Arc::new(survey)),
            Err(error) => {
                tracing::error!(%error, "the rules could not be looked through");
                State::Nothing
            }
        };
    });
    Ok(None)
}

async fn make(desk: &Desk, release: i64) -> Result<Survey, DeedError> {
    let files = desk.files(release).await?;
    let files = files.ok_or(StoreError::Broken("release"))?;
    let changed = last_changes(desk, release, &files).await?;
    let linted = files.clone();
    let lint = tokio::task::spawn_blocking(move || {
        check(&Pack::of(PackFiles::clone(&linted), Vec::new()), &[])
    });
    let lint = lint.await.map_err(|_| StoreError::Broken("release"))?;
    let mut rules = BTreeMap::<String, RuleState>::new();
    for file in &files.rules {
        let id = file.id.to_string();
        let changed = changed.get(&id).cloned();
        rules.insert(
            id,
            RuleState {
                changed,
                ..RuleState::default()
            },
        );
    }
    for remark in lint.remarks {
        let Some(rule) = rules.get_mut(&remark.file) else {
            continue;
        };
        match remark.grade {
            Grade::Error => rule.errors += 1,
            Grade::Warning => rule.warnings += 1,
        }
    }
    Ok(Survey { release, rules })
}

/// For each rule of a release the newest one in which it differs from the one before.
async fn last_changes(
    desk: &Desk,
    release: i64,
    files: &Arc<PackFiles>,
) -> Result<BTreeMap<String, RuleChange>, DeedError> {
    let rows = desk.store.releases().await?;
    let mut rows = rows.into_iter().filter(|row| row.number <= release);
    let mut changes = BTreeMap::new();
    let Some(mut row) = rows.next() else {
        return Ok(changes);
    };
    let oldest = desk.now() - LOOKED_BACK;
    let mut now = texts(files.clone()).await?;
    let mut open = now.keys().cloned().collect::<BTreeSet<_>>();
    for before in rows.map(Some).chain([None]).take(MOST_RELEASES) {
        if open.is_empty() || row.published_at < oldest {
            break;
        }
        let older = match &before {
            Some(before) => {
                let files = desk.store.release_files(before.number).await?;
                texts(Arc::new(files.unwrap_or_default())).await?
            }
            None => BTreeMap::new(),
        };
        open.retain(|id| {
            let same = older.get(id).is_some_and(|text| now.get(id) == Some(text));
            if !same {
                changes.insert(id.clone(), change(&row));
            }
            same
        });
        now = older;
        match before {
            Some(before) => row = before,
            None => break,
        }
    }
    Ok(changes)
}

fn change(row: &ReleaseRow) -> RuleChange {
    RuleChange {
        release: row.number,
        at: row.published_at,
        by: row.author.clone(),
    }
}

/// The rules of a pack as text, by id.
async fn texts(files: Arc<PackFiles>) -> Result<BTreeMap<String, String>, StoreError> {
    let texts = tokio::task::spawn_blocking(move || {
        let rules = files.rules.iter();
        // Serialising plain data with string keys cannot fail.
        let rules = rules.map(|rule| {
            (
                rule.id.to_string(),
                serde_json::to_string(rule).unwrap_or_default(),
            )
        });
        rules.collect()
    });
    texts.await.map_err(|_| StoreError::Broken("release"))
}
