//! What was read and judged of cases, kept ready: reading a large case again for each view would make every answer in
//! it wait. Bounded by bytes and by count; what was not looked at for the longest time goes first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::diagnose::Diagnosis;
use crate::evidence::Evidence;
use crate::store::{CaseId, CaseRecord};

/// So many diagnoses are kept at most.
const MOST: usize = 64;
/// They hold about so many bytes together at most; a larger one is not kept.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// Everything that a case's diagnosis depends on: its rounds, which are only ever added to, the machine and the
/// account that are meant, and the live release. An answer, a note or an outcome changes none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    case: CaseId,
    rounds: usize,
    machine: Option<String>,
    account: Option<String>,
    release: i64,
}

impl Key {
    pub(super) fn new(record: &CaseRecord, release: i64) -> Self {
        Self {
            case: record.id.clone(),
            rounds: record.rounds.len(),
            machine: record.machine.clone(),
            account: record.account.clone(),
            release,
        }
    }
}

/// Diagnoses, the one that was asked for last in front.
#[derive(Debug)]
pub(super) struct Kept {
    entries: Mutex<VecDeque<Entry>>,
    most_bytes: usize,
}

#[derive(Debug)]
struct Entry {
    key: Key,
    bytes: usize,
    diagnosis: Arc<Diagnosis>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
            most_bytes: MOST_BYTES,
        }
    }
}

impl Kept {
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Diagnosis>> {
        let mut entries = self.lock();
        let at = entries.iter().position(|entry| entry.key == *key)?;
        let entry = entries.remove(at)?;
        let diagnosis = entry.diagnosis.clone();
        entries.push_front(entry);
        Some(diagnosis)
    }

    /// Keeps a diagnosis in place of any other of its case.
    pub(super) fn keep(&self, key: Key, diagnosis: Arc<Diagnosis>) {
        let bytes = weight(&diagnosis.evidence);
        let mut entries = self.lock();
        entries.retain(|entry| entry.key.case != key.case);
        if bytes > self.most_bytes {
            return;
        }
        entries.push_front(Entry {
            key,
            bytes,
            diagnosis,
        });
        let mut all = 0;
        let within = entries.iter().take(MOST).take_while(|entry| {
            all += entry.bytes;
            all <= self.most_bytes
        });
        let within = within.count();
        entries.truncate(within);
    }

    pub(super) fn forget(&self, case: &CaseId) {
        self.lock().retain(|entry| entry.key.case != *case);
    }

    pub(super) fn forget_all(&self) {
        self.lock().clear();
    }

    /// What is guarded is whole after every statement, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes of memory evidence takes: its texts count exactly, the rest by what one of its kind takes.
fn weight(evidence: &Evidence) -> usize {
    let sources = evidence.sources.iter().map(|source| {
        let starts = (source.text.line_count() + source.entries.len()) * size_of::<u32>();
        let claimed = source.claimed.len() * 2 * size_of::<usize>();
        source.text.as_str().len() + starts + claimed + 256
    });
    let facts = evidence.facts.iter();
    let facts = facts.map(|fact| 320 + 2 * fact.key.as_str().len() + fact.value.to_string().len());
    let fields = evidence.events.iter().flat_map(|event| &event.fields);
    let fields = fields.map(|field| 96 + field.name.len() + field.value.len());
    sources.sum::<usize>()
        + facts.sum::<usize>()
        + fields.sum::<usize>()
        + evidence.events.len() * 256
        + evidence.codes.len() * 112
        + evidence.scopes.len() * 256
        + evidence.problems.len() * 256
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Request, diagnose};
    use crate::evidence::Submission;
    use crate::evidence::archive::Budget;
    use crate::rules::{PackFiles, Release};

    fn diagnosis(bytes: usize) -> Arc<Diagnosis> {
        let (release, _) = Release::compile(1, 0, PackFiles::default());
        let request = Request {
            submission: Submission {
                text: Some("x".repeat(bytes)),
                ..Submission::default()
            },
            ..Request::default()
        };
        Arc::new(diagnose(&Arc::new(release), &request, Budget::default()))
    }

    fn key(case: u8, rounds: usize) -> Key {
        Key {
            case: CaseId::from_bytes([case; 16]),
            rounds,
            machine: None,
            account: None,
            release: 1,
        }
    }

    fn kept(most_bytes: usize) -> Kept {
        Kept {
            most_bytes,
            ..Kept::default()
        }
    }

    #[test]
    fn what_was_not_looked_at_for_the_longest_time_goes_first() {
        let kept = kept(25_000);
        kept.keep(key(1, 1), diagnosis(10_000));
        kept.keep(key(2, 1), diagnosis(10_000));
        assert!(kept.get(&key(1, 1)).is_some());
        kept.keep(key(3, 1), diagnosis(10_000));
        assert!(kept.get(&key(2, 1)).is_none());
        assert!(kept.get(&key(1, 1)).is_some() && kept.get(&key(3, 1)).is_some());
    }

    #[test]
    fn a_diagnosis_larger_than_everything_is_not_kept_and_drives_nothing_out() {
        let kept = kept(25_000);
        kept.keep(key(1, 1), diagnosis(10_000));
        kept.keep(key(2, 1), diagnosis(30_000));
        assert!(kept.get(&key(2, 1)).is_none());
        assert!(kept.get(&key(1, 1)).is_some());
    }

    #[test]
    fn so_many_are_kept_and_no_more() {
        let kept = kept(usize::MAX);
        let one = diagnosis(10);
        for case in 0..=u8::try_from(MOST).unwrap() {
            kept.keep(key(case, 1), one.clone());
        }
        assert!(kept.get(&key(0, 1)).is_none());
        assert!(kept.get(&key(1, 1)).is_some());
    }

    #[test]
    fn another_round_machine_account_or_release_is_another_diagnosis() {
        let kept = Kept::default();
        kept.keep(key(1, 1), diagnosis(10));
        assert!(kept.get(&key(1, 2)).is_none());
        let machine = Some("RPA-VM-07".to_owned());
        let account = Some("svc-robot".to_owned());
        for (machine, account) in [(machine, None), (None, account)] {
            let key = Key {
                machine,
                account,
                ..key(1, 1)
            };
            assert!(kept.get(&key).is_none());
        }
        assert!(
            kept.get(&Key {
                release: 2,
                ..key(1, 1)
            })
            .is_none()
        );
        kept.keep(key(1, 2), diagnosis(10));
        assert!(kept.get(&key(1, 1)).is_none(), "one diagnosis a case");
        kept.forget(&key(1, 2).case);
        assert!(kept.get(&key(1, 2)).is_none());
    }
}
