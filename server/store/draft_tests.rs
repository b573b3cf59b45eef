use super::draft_texts::{MOST_TEXTS, NEWEST_TEXTS};
use super::*;
use crate::store::{AuditFilter, Chain};

async fn opened() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("drafts.db")).await.unwrap();
    (folder, store)
}

fn editor(who: &str) -> Actor {
    Actor {
        who: who.to_owned(),
        ..Actor::shell()
    }
}

fn name() -> DraftName {
    DraftName::new(DraftKind::Rule, "pad.one")
}

async fn save(store: &Store, who: &str, expected: Option<i64>, text: &str, now: i64) -> DraftSaved {
    let change = DraftChange {
        name: &name(),
        expected,
        base: expected.is_none().then_some((3, "published")),
        text,
        removed: false,
        example: None,
    };
    store.save_draft(&editor(who), change, now).await.unwrap()
}

fn saved(outcome: DraftSaved) -> Draft {
    match outcome {
        DraftSaved::Saved(draft) => draft,
        other => panic!("not saved: {other:?}"),
    }
}

#[tokio::test]
async fn who_comes_too_late_overwrites_nothing_and_is_told_what_is_there() {
    let (_folder, store) = opened().await;
    let first = saved(save(&store, "ann", None, "one", 1).await);
    assert_eq!((first.base_release, first.base.as_str()), (3, "published"));
    let second = saved(save(&store, "ann", Some(first.revision), "two", 2).await);
    let late = save(&store, "bob", Some(first.revision), "mine", 3).await;
    assert_eq!(late, DraftSaved::Collided(Some(second.clone())));
    let new = save(&store, "bob", None, "mine", 3).await;
    assert_eq!(new, DraftSaved::Collided(Some(second.clone())));
    assert_eq!(store.draft(&name()).await.unwrap(), Some(second.clone()));
    let began = store.draft_text(&name(), first.revision).await.unwrap();
    assert_eq!(began.as_deref(), Some("one"));
    let same = save(&store, "bob", Some(second.revision), "two", 4).await;
    assert_eq!(same, DraftSaved::Same(second));
}

/// Guards against a tab that was left open over night and finds the revision it knew on another draft.
#[tokio::test]
async fn a_revision_is_never_used_twice() {
    let (_folder, store) = opened().await;
    let first = saved(save(&store, "ann", None, "one", 1).await);
    let gone = store
        .discard_draft(&editor("ann"), &name(), first.revision, 2)
        .await;
    assert!(matches!(gone.unwrap(), DraftSaved::Saved(_)));
    assert_eq!(store.drafts().await.unwrap(), []);
    let late = save(&store, "bob", Some(first.revision), "mine", 3).await;
    assert_eq!(late, DraftSaved::Collided(None));
    let again = saved(save(&store, "bob", None, "mine", 4).await);
    assert!(again.revision > first.revision);
    let late = store
        .discard_draft(&editor("ann"), &name(), first.revision, 5)
        .await;
    assert_eq!(late.unwrap(), DraftSaved::Collided(Some(again)));
}

#[tokio::test]
async fn texts_are_thinned_out_and_a_gap_answers_with_the_one_before() {
    let (_folder, store) = opened().await;
    let first = saved(save(&store, "ann", None, "text 0", 0).await);
    let mut newest = first.clone();
    for at in 1..80 {
        let text = format!("text {at}");
        newest = saved(save(&store, "ann", Some(newest.revision), &text, at).await);
    }
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM draft_texts")
        .fetch_one(&store.pool)
        .await
        .unwrap();
    assert_eq!(count, i64::try_from(MOST_TEXTS).unwrap());
    for back in 0..i64::try_from(NEWEST_TEXTS).unwrap() {
        let text = store.draft_text(&name(), newest.revision - back).await;
        assert_eq!(text.unwrap(), Some(format!("text {}", 79 - back)));
    }
    let text = store.draft_text(&name(), first.revision).await.unwrap();
    assert_eq!(text.as_deref(), Some("text 0"));
    let text = store.draft_text(&name(), newest.revision - 40).await;
    assert!(text.unwrap().is_some());
}

#[tokio::test]
async fn every_change_is_in_the_audit_log_and_examples_outlive_their_case() {
    let (_folder, store) = opened().await;
    let first = saved(save(&store, "ann", None, "one", 1).await);
    let change = DraftChange {
        name: &name(),
        expected: Some(first.revision),
        base: None,
        text: "with an example",
        removed: false,
        example: Some(("case", "words")),
    };
    let second = saved(store.save_draft(&editor("bob"), change, 2).await.unwrap());
    let change = DraftChange {
        name: &name(),
        expected: Some(second.revision),
        base: None,
        text: "with an example",
        removed: true,
        example: None,
    };
    let third = saved(store.save_draft(&editor("bob"), change, 3).await.unwrap());
    assert!(third.removed);
    let gone = store
        .discard_draft(&editor("bob"), &name(), third.revision, 4)
        .await;
    gone.unwrap();
    let entries = store.audit_entries(&AuditFilter::default(), 10).await;
    let entries = entries.unwrap();
    let said = entries
        .iter()
        .map(|entry| (entry.who.as_str(), entry.action.as_str()));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            ("bob", "draft.discard"),
            ("bob", "draft.remove"),
            ("bob", "draft.example"),
            ("ann", "draft.create"),
        ]
    );
    assert!(matches!(
        store.verify_audit().await.unwrap(),
        Chain::Whole(4, _)
    ));
    let examples = store.examples_of_case("case").await.unwrap();
    assert_eq!(examples[0].rule, "pad.one");
    assert_eq!(
        store.examples_from_cases("pad.one").await.unwrap(),
        examples
    );
}

#[tokio::test]
async fn what_was_published_is_no_draft_any_more_unless_it_was_changed_meanwhile() {
    let (_folder, store) = opened().await;
    let first = saved(save(&store, "ann", None, "one", 1).await);
    let settled = async |revision| {
        let mut tx = store.begin().await.unwrap();
        let published = [(name(), revision, "one".to_owned())];
        settle(&mut tx, 4, &published).await.unwrap();
        tx.commit().await.unwrap();
        store.draft(&name()).await.unwrap()
    };
    let second = saved(save(&store, "bob", Some(first.revision), "two", 2).await);
    let kept = settled(first.revision).await.unwrap();
    assert_eq!((kept.base_release, kept.base.as_str()), (4, "one"));
    assert_eq!(
        (kept.text.as_str(), kept.revision),
        ("two", second.revision)
    );
    assert_eq!(settled(second.revision).await, None);
}
