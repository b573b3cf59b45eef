use super::*;
use crate::actions::publish::publish_imported;
use crate::condition::ProductId;
use crate::rules::{CautionFile, ProductFile};
use crate::store::{AuditFilter, NewRelease, ProposalState};

const NOW: i64 = 1_800_000_000_000;

/// A pack of cautions, each with its text.
fn pack(cautions: &[(&str, &str)]) -> PackFiles {
    let cautions = cautions.iter().map(|(id, text)| CautionFile {
        id: (*id).to_owned(),
        text: (*text).to_owned(),
    });
    PackFiles {
        cautions: cautions.collect(),
        ..PackFiles::default()
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("a.db")).await.unwrap();
    (folder, store)
}

/// What a start does with a pack that came with the program; answers a proposal's number.
async fn start(store: &Store, files: &PackFiles) -> (Coming, Option<i64>) {
    let coming = coming(store, Line::Shipped, files, NOW).await.unwrap();
    let proposed = match &coming {
        Coming::Publish => {
            publish_imported(store, files, files, NOW).await.unwrap();
            taken(store, Line::Shipped, files, NOW).await.unwrap();
            None
        }
        Coming::Propose(proposing) => {
            let made = propose_pack(store, Line::Shipped, files, "Upgrade", proposing, NOW);
            Some(made.await.unwrap())
        }
        _ => None,
    };
    (coming, proposed)
}

/// Publishes what somebody made here.
async fn edit(store: &Store, files: &PackFiles) -> i64 {
    let release = NewRelease {
        note: "",
        origin: EDITED,
        pack_hash: &pack_hash(files),
        engine: "1",
        files,
        gate: "",
        proposal: None,
    };
    store.publish(release, &Actor::shell(), NOW).await.unwrap()
}

#[tokio::test]
async fn the_shipped_pack_follows_until_something_is_changed_here_and_is_proposed_once_then() {
    let (_folder, store) = store().await;
    let (one, two) = (pack(&[("a", "1")]), pack(&[("a", "2")]));
    assert_eq!(start(&store, &one).await.0, Coming::Publish);
    assert_eq!(start(&store, &one).await.0, Coming::Here(1));
    assert_eq!(start(&store, &two).await.0, Coming::Publish);
    let ours = pack(&[("a", "2"), ("ours", "O")]);
    assert_eq!(edit(&store, &ours).await, 3);
    assert_eq!(start(&store, &two).await.0, Coming::Stays(3));
    let three = pack(&[("a", "3")]);
    let (_, proposed) = start(&store, &three).await;
    assert_eq!(proposed, Some(1));
    let drafts = store.chosen(1).await.unwrap();
    assert_eq!(drafts.len(), 1);
    let text = "- id: a
  text: \"3\"
- id: ours
  text: O
";
    assert_eq!(drafts[0].text, text);
    assert_eq!(start(&store, &three).await.0, Coming::Stays(3));
    // Given up is given up, and the next one begins from what was last taken.
    store.withdraw(1, &Actor::shell(), NOW).await.unwrap();
    assert_eq!(start(&store, &three).await.0, Coming::Stays(3));
    let began = began(&store, Line::Shipped).await.unwrap().unwrap();
    assert_eq!(began.0, two);
}

#[tokio::test]
async fn a_newer_pack_takes_the_place_of_one_that_nobody_published() {
    let (_folder, store) = store().await;
    start(&store, &pack(&[("a", "1")])).await;
    edit(&store, &pack(&[("a", "1"), ("ours", "O")])).await;
    assert_eq!(start(&store, &pack(&[("a", "2")])).await.1, Some(1));
    assert_eq!(start(&store, &pack(&[("a", "3")])).await.1, Some(2));
    let first = store.proposal(1).await.unwrap().unwrap();
    assert_eq!(first.state, ProposalState::Withdrawn);
    let drafts = store.drafts().await.unwrap();
    assert_eq!(drafts.len(), 1);
    assert!(drafts[0].text.contains('3'), "{}", drafts[0].text);
}

#[tokio::test]
async fn what_the_rules_began_from_is_found_in_a_database_that_did_not_write_it_down() {
    let (_folder, store) = store().await;
    let one = pack(&[("a", "1")]);
    let shipped = NewRelease {
        note: "",
        origin: SHIPPED,
        pack_hash: "of an older version",
        engine: "0",
        files: &one,
        gate: "",
        proposal: None,
    };
    let server = Actor::server();
    store.publish(shipped, &server, NOW).await.unwrap();
    assert_eq!(start(&store, &one).await.0, Coming::Here(1));
    assert_eq!(start(&store, &pack(&[("a", "2")])).await.0, Coming::Publish);
}

#[tokio::test]
async fn rules_that_never_came_with_the_program_are_left_alone() {
    let (_folder, store) = store().await;
    let own = pack(&[("own", "1")]);
    publish_imported(&store, &own, &pack(&[]), NOW)
        .await
        .unwrap();
    assert_eq!(
        start(&store, &pack(&[("a", "1")])).await.0,
        Coming::Stays(1)
    );
    let folder = coming(&store, Line::Folder, &pack(&[("own", "2")]), NOW).await;
    assert_eq!(folder.unwrap(), Coming::Publish);
}

#[tokio::test]
async fn a_change_by_both_in_one_place_is_behind_until_somebody_decides() {
    let (_folder, store) = store().await;
    start(&store, &pack(&[("a", "1")])).await;
    edit(&store, &pack(&[("a", "mine")])).await;
    let (_, proposed) = start(&store, &pack(&[("a", "2")])).await;
    let drafts = store.chosen(proposed.unwrap()).await.unwrap();
    assert_eq!(drafts[0].base_release, 1);
    assert!(drafts[0].base.contains('1') && drafts[0].text.contains('2'));
    let proposal = store.proposal(1).await.unwrap().unwrap();
    assert!(
        proposal.note.contains("decide: list cautions."),
        "{}",
        proposal.note
    );
    assert_eq!((proposal.kind, proposal.base), (ProposalKind::Upgrade, 2));
}

#[tokio::test]
async fn a_proposal_waits_for_its_check_from_the_first_moment() {
    let (_folder, store) = store().await;
    start(&store, &pack(&[("a", "1")])).await;
    edit(&store, &pack(&[("a", "1"), ("ours", "O")])).await;
    start(&store, &pack(&[("a", "2")])).await;
    let proposal = store.proposal(1).await.unwrap().unwrap();
    assert_eq!(proposal.state, ProposalState::Checking);
    assert_eq!(store.pending_check().await.unwrap(), Some(proposal));
}

#[tokio::test]
async fn a_version_that_has_nothing_to_propose_says_why_once() {
    let said = async |here: &PackFiles, new: &PackFiles| {
        let (_folder, store) = store().await;
        start(&store, &pack(&[("a", "1"), ("b", "1")])).await;
        assert_eq!(edit(&store, here).await, 2);
        let (coming, _) = start(&store, new).await;
        assert_eq!(start(&store, new).await.0, Coming::Stays(2));
        let filter = AuditFilter {
            action: Some(KEPT_OURS.to_owned()),
            subject: Some("2".to_owned()),
            ..AuditFilter::default()
        };
        let log = store.audit_entries(&filter, 9).await.unwrap();
        let Coming::Nothing { release: 2, what } = coming else {
            panic!("{coming:?}");
        };
        assert_eq!(log.len(), 1);
        assert!(log[0].detail.starts_with("The knowledge of version "));
        assert!(log[0].detail.ends_with(&what), "{log:?}");
        what
    };
    // A list that is gone is a thing that was removed.
    let (ours, none) = (pack(&[("a", "mine")]), pack(&[]));
    assert_eq!(
        said(&ours, &none).await,
        "Changed here, and gone from the new version; they stay as they are here: list cautions."
    );
    assert_eq!(
        said(&none, &pack(&[("a", "2")])).await,
        "Removed here, and changed in the new version; they stay removed: list cautions."
    );
    let mut more = ours.clone();
    more.products = vec![ProductFile {
        id: ProductId::parse("demo").unwrap(),
        name: "Demo".to_owned(),
        words: Vec::new(),
    }];
    assert_eq!(
        said(&more, &ours).await,
        "All that is new in it is here already."
    );
}
