//! The store's story: what is kept comes back, what changed meanwhile is said, what is over leaves a tombstone.

use tempfile::TempDir;

use super::*;
use crate::condition::{AnswerId, RuleId, StepId};
use crate::evidence::FactValue;
use crate::rules::{PackFiles, Verdict};

const NOW: i64 = 1_800_000_000_000;

struct Kept {
    store: Store,
    folder: TempDir,
}

async fn store() -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("below/signpost.db");
    let store = Store::open(&path).await.unwrap();
    let release = NewRelease {
        note: "first",
        origin: "shipped",
        pack_hash: "abc",
        engine: "1",
        files: &PackFiles::default(),
        gate: "",
        proposal: None,
    };
    let published = store.publish(release, &Actor::server(), NOW).await;
    assert_eq!(published.unwrap(), 1);
    Kept { store, folder }
}

fn id(number: u128) -> CaseId {
    CaseId::from_bytes(number.to_be_bytes())
}

fn rule() -> RuleId {
    RuleId::parse("a.rule").unwrap()
}

fn said(what: &str) -> TimelineEntry {
    TimelineEntry {
        at: NOW,
        who: Some("Ada".to_owned()),
        what: what.to_owned(),
    }
}

fn round(text: String) -> NewRound {
    NewRound {
        who: None,
        sources: vec![StoredSource {
            name: "paste".to_owned(),
            text,
        }],
        problems: vec![("paste".to_owned(), Some(3), "torn".to_owned())],
        facts: vec![("a.b".to_owned(), FactValue::List(vec!["x".to_owned()]))],
        receipt: Receipt {
            release: 1,
            engine: "1".to_owned(),
            verdict: Verdict::Matched,
            rules: vec![("a.rule".to_owned(), vec!["proof".to_owned()])],
        },
        redactions: Vec::new(),
    }
}

async fn open(store: &Store, id: &CaseId, expires_at: Option<i64>) {
    let case = NewCase {
        id: id.clone(),
        expires_at,
        product: None,
        release: 1,
        first: Change {
            round: Some(round("some text\r\n\0".to_owned())),
            timeline: vec![said("opened")],
            ..Change::default()
        },
    };
    store.open_case(case, NOW).await.unwrap();
}

#[tokio::test]
async fn a_case_comes_back_as_it_was_kept() {
    let kept = store().await;
    open(&kept.store, &id(1), None).await;
    let answer = NewAnswer {
        rule: rule(),
        step: StepId::parse("one").unwrap(),
        visit: 2,
        answer: AnswerId::parse("yes").unwrap(),
        round: 1,
        who: None,
    };
    let change = Change {
        answer: Some(answer),
        timeline: vec![said("answered")],
        ..Change::default()
    };
    let revision = kept
        .store
        .change_case(&id(1), Some(1), change, NOW + 1)
        .await
        .unwrap();
    assert_eq!(revision, Some(2));
    let case = kept.store.case(&id(1), NOW).await.unwrap().unwrap();
    assert_eq!(case.rounds[0].sources[0].size, "some text\r\n\0".len());
    let texts = kept.store.texts(&id(1)).await.unwrap();
    let texts = texts.into_iter().map(|text| text.unpack().unwrap().text);
    assert_eq!(texts.collect::<Vec<_>>(), ["some text\r\n\0"]);
    assert_eq!(case.rounds[0].problems[0].1, Some(3));
    assert_eq!(case.rounds[0].facts, round(String::new()).facts);
    assert_eq!(case.rounds[0].receipt, round(String::new()).receipt);
    assert_eq!((case.answers[0].order, case.answers[0].at), (1, NOW + 1));
    assert_eq!(case.timeline, [said("opened"), said("answered")]);
    assert_eq!((case.revision, case.updated_at), (2, NOW + 1));
}

#[tokio::test]
async fn answers_go_one_by_one_or_are_set_aside() {
    let kept = store().await;
    open(&kept.store, &id(1), None).await;
    let give = async |visit: u32| {
        let answer = NewAnswer {
            rule: rule(),
            step: StepId::parse("one").unwrap(),
            visit,
            answer: AnswerId::parse("yes").unwrap(),
            round: 1,
            who: None,
        };
        let change = Change {
            answer: Some(answer),
            ..Change::default()
        };
        let done = kept.store.change_case(&id(1), None, change, NOW).await;
        done.unwrap();
    };
    give(1).await;
    give(2).await;
    give(3).await;
    let change = Change {
        without: vec![1],
        aside: vec![3],
        ..Change::default()
    };
    let done = kept.store.change_case(&id(1), None, change, NOW).await;
    done.unwrap();
    let case = kept.store.case(&id(1), NOW).await.unwrap().unwrap();
    let left = case
        .answers
        .iter()
        .map(|answer| (answer.order, answer.visit));
    assert_eq!(left.collect::<Vec<_>>(), [(2, 2), (3, 0)]);
}

#[tokio::test]
async fn a_change_on_an_old_revision_is_refused_with_what_happened_since() {
    let kept = store().await;
    open(&kept.store, &id(1), None).await;
    let change = |what: &str| Change {
        timeline: vec![said(what)],
        ..Change::default()
    };
    kept.store
        .change_case(&id(1), Some(1), change("first"), NOW)
        .await
        .unwrap();
    let refused = kept
        .store
        .change_case(&id(1), Some(1), change("second"), NOW)
        .await;
    let Err(StoreError::Changed { revision, since }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((revision, since), (2, vec![said("first")]));
    let missing = kept
        .store
        .change_case(&id(2), None, change("none"), NOW)
        .await;
    assert_eq!(missing.unwrap(), None);
}

#[tokio::test]
async fn the_sweep_takes_what_is_over_and_nothing_else() {
    let kept = store().await;
    open(&kept.store, &id(1), Some(NOW + 10)).await;
    open(&kept.store, &id(2), None).await;
    assert_eq!(kept.store.sweep(NOW + 9).await.unwrap(), 0);
    assert!(kept.store.case(&id(1), NOW + 10).await.unwrap().is_none());
    assert_eq!(kept.store.sweep(NOW + 20).await.unwrap(), 1);
    let tombstone = kept.store.tombstone(&id(1)).await.unwrap().unwrap();
    assert_eq!((tombstone.gone_at, tombstone.release), (NOW + 10, 1));
    assert_eq!(tombstone.rules, ["a.rule"]);
    assert!(kept.store.case(&id(2), NOW + 20).await.unwrap().is_some());
}

#[tokio::test]
async fn text_beyond_a_cases_limit_is_not_kept_and_that_is_said() {
    let kept = store().await;
    open(&kept.store, &id(1), None).await;
    let change = Change {
        round: Some(round("x".repeat(CASE_TEXT_LIMIT))),
        ..Change::default()
    };
    kept.store
        .change_case(&id(1), None, change, NOW)
        .await
        .unwrap();
    let case = kept.store.case(&id(1), NOW).await.unwrap().unwrap();
    assert!(case.rounds[1].sources.is_empty());
    assert!(case.rounds[1].problems[1].2.contains("32 MiB"));
}

#[tokio::test]
async fn a_key_is_ours_once_and_goes_with_its_case() {
    let kept = store().await;
    open(&kept.store, &id(1), None).await;
    let claim = async |request: &str| kept.store.claim_key("key", request, NOW).await.unwrap();
    assert_eq!(claim("a").await, Claim::Ours);
    assert_eq!(claim("a").await, Claim::InFlight);
    assert_eq!(claim("b").await, Claim::Other);
    let answer = Replay {
        status: 201,
        headers: vec![("etag".to_owned(), "1".to_owned())],
        body: b"{}".to_vec(),
    };
    kept.store
        .keep_answer("key", Some(&id(1)), &answer)
        .await
        .unwrap();
    assert_eq!(claim("a").await, Claim::Answered(answer));
    assert!(kept.store.delete_case(&id(1), None, NOW).await.unwrap());
    assert_eq!(claim("a").await, Claim::Ours);
    kept.store.release_unfinished_keys().await.unwrap();
    assert_eq!(claim("b").await, Claim::Ours);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let kept = store().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'from the future', 1, x'00', 0)",
    )
    .execute(&kept.store.pool)
    .await
    .unwrap();
    kept.store.close().await;
    let path = kept.folder.path().join("below/signpost.db");
    assert!(matches!(Store::open(&path).await, Err(StoreError::Newer)));
}
