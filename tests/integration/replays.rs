//! Stored cases judged again: over a restart, and after a check was cancelled.

use reqwest::StatusCode;
use serde_json::json;
use signpost::rules::{Said, Verdict};
use signpost::store::{
    CaseId, Change, ChangedCase, NewCase, NewProposal, NewRound, ProposalKind, Receipt, Store,
    StoredSource,
};

use crate::BEGIN;
use crate::demo_pack::ALPHA;
use crate::releases::{checked, draft, drafted, server, somebody, start, store};
use crate::visitor::text;

/// What a case says is not read here: only that it was judged again.
async fn cases(store: &Store, count: u128) -> Vec<CaseId> {
    let mut ids = Vec::new();
    for number in 1..=count {
        let id = CaseId::from_bytes((number << 100).to_be_bytes());
        let round = NewRound {
            who: None,
            sources: vec![StoredSource {
                name: "paste".to_owned(),
                text: format!("run {number} failed: AlphaBetaGammaDelta"),
            }],
            problems: Vec::new(),
            facts: Vec::new(),
            receipt: Receipt {
                release: 2,
                engine: "1".to_owned(),
                verdict: Verdict::Matched,
                rules: Vec::new(),
            },
            redactions: Vec::new(),
        };
        let case = NewCase {
            id: id.clone(),
            expires_at: None,
            product: None,
            release: 2,
            first: Change {
                round: Some(round),
                ..Change::default()
            },
        };
        store.open_case(case, BEGIN).await.unwrap();
        ids.push(id);
    }
    // A replay takes them by name.
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_mid_replay_goes_on_behind_the_last_case() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    let changed = ALPHA.replace("AlphaBetaGammaDelta", "AlphaBetaGammaEpsilon");
    draft(&server, "demo.alpha", ALPHA, &changed).await;
    let propose = [("title", "Another code"), ("draft", "rule:demo.alpha")];
    owner.form("/admin/releases", &propose).await;
    checked(&owner, 1).await;
    let folder = server.stop().await;
    let store = store(folder.path()).await;
    let ids = cases(&store, 600).await;
    let report = store.proposal(1).await.unwrap().unwrap().report;
    assert!(store.begin_check(1, &somebody(), BEGIN).await.unwrap());
    let run = store.proposal(1).await.unwrap().unwrap().run;
    assert!(store.inspected(1, run, &report, 600).await.unwrap());
    // The first 300 were judged when the server went down; one of them in a way that no release judges.
    let said = |verdict| Said {
        verdict,
        findings: Vec::new(),
    };
    let seen = ChangedCase {
        case: ids[0].clone(),
        before: said(Verdict::Unreadable),
        after: said(Verdict::NoErrorFound),
    };
    let place = ids[299].as_str();
    assert!(
        store
            .replayed((1, run), place, 300, 0, &[seen])
            .await
            .unwrap()
    );
    store.close().await;
    let server = start(folder, &[]).await;
    let owner = server.owner().await;
    let proposal = checked(&owner, 1).await;
    assert_eq!(proposal["gate"]["replay"]["cases"], 600);
    assert_eq!(proposal["gate"]["replay"]["changed"], 301);
    let page = text(
        owner.get("/admin/releases/proposals/1").await,
        StatusCode::OK,
    )
    .await;
    assert!(page.contains("Accept all 300 of this kind"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_while_it_checks_ends_the_check_after_its_next_start() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    let store_now = store(server.folder.path()).await;
    cases(&store_now, 300).await;
    store_now.close().await;
    drafted(&server, "The first demo", "The very first demo").await;
    let propose = [("title", "One"), ("draft", "rule:demo.alpha")];
    owner.form("/admin/releases", &propose).await;
    let folder = server.stop().await;
    let server = start(folder, &[]).await;
    let owner = server.owner().await;
    let proposal = checked(&owner, 1).await;
    assert_eq!(
        (&proposal["state"], &proposal["done"]),
        (&json!("ready"), &json!(300))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_can_be_cancelled_and_what_it_still_writes_is_refused() {
    let server = server(&[]).await;
    let folder = server.stop().await;
    let store = store(folder.path()).await;
    let new = NewProposal {
        title: "One",
        note: "",
        kind: ProposalKind::Drafts,
        base: 2,
    };
    let number = store.propose(new, &[], &somebody(), BEGIN).await.unwrap();
    assert!(store.begin_check(number, &somebody(), BEGIN).await.unwrap());
    let run = store.proposal(number).await.unwrap().unwrap().run;
    let ada = somebody();
    let cancelled = store.cancel_check(number, "cancelled", &ada, BEGIN);
    assert!(cancelled.await.unwrap());
    assert!(!store.inspected(number, run, "{}", 1).await.unwrap());
    assert!(!store.replayed((number, run), "a", 1, 0, &[]).await.unwrap());
    assert!(!store.finish_check(number, run, "{}", BEGIN).await.unwrap());
    assert_eq!(store.pending_check().await.unwrap(), None);
}
