//! From drafts to a release: the gate, cases that change, publishing, going back, a second person, a restart.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signpost::rules::{Said, Verdict};
use signpost::store::{
    Actor, CaseId, Change, ChangedCase, DraftChange, DraftKind, DraftName, HouseChange, NewCase,
    NewProposal, NewRound, ProposalKind, Receipt, Store, StoredSource,
};
use tempfile::TempDir;

use crate::visitor::{Visitor, text};
use crate::{BEGIN, Server, json as body};

const ALPHA: &str = r"id: demo.alpha
title: The first demo failure
product: demo
severity: error
owner: desk
automation: { reason: demo_alpha, retryable: 'no', who_can_fix: it }
match:
  any:
    - code: AlphaBetaGammaDelta
cause: The first thing is wrong.
guide:
  start: end
  steps:
    - { id: end, outcome: resolved, text: Done. }
references:
  - { title: A page, url: 'https://example.com/alpha', verified: '2026-01-01' }
examples:
  - { text: 'failed: AlphaBetaGammaDelta', expect: match }
  - { text: 'error AlphaBetaGammaDelta in step 2', expect: match }
  - { text: AlphaBetaGamma, expect: silent }
walks:
  - { name: ends, path: [], end: end }
";

fn beta() -> String {
    ALPHA
        .replace("demo.alpha", "demo.beta")
        .replace("demo_alpha", "demo_beta")
        .replace("The first", "The second")
        .replace("AlphaBetaGamma", "OmegaPsiChi")
}

/// A server that knows two rules.
async fn server(more: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    fs::create_dir_all(pack.join("demo")).unwrap();
    fs::write(pack.join("products.yaml"), "- { id: demo, name: Demo }\n").unwrap();
    fs::write(pack.join("demo/demo.alpha.yaml"), ALPHA).unwrap();
    fs::write(pack.join("demo/demo.beta.yaml"), beta()).unwrap();
    start(folder, more).await
}

async fn start(folder: TempDir, more: &[&str]) -> Server {
    let pack = folder.path().join("pack").display().to_string();
    let mut settings = vec!["--knowledge", &pack];
    settings.extend(more);
    Server::start_with(folder, &settings).await
}

async fn store(folder: &Path) -> Store {
    Store::open(&folder.join("signpost.db")).await.unwrap()
}

fn somebody() -> Actor {
    Actor {
        who: "ada".to_owned(),
        ..Actor::shell()
    }
}

async fn needs_second_person(store: &Store) {
    let ada = somebody();
    let changes = [HouseChange::SecondPerson(true)];
    let set = store.change_house(&ada, None, &changes, BEGIN);
    set.await.unwrap();
}

/// A draft of a rule as an editor leaves it.
async fn draft(server: &Server, id: &str, before: &str, after: &str) {
    let store = store(server.folder.path()).await;
    let name = DraftName {
        kind: DraftKind::Rule,
        id: id.to_owned(),
    };
    let release = store.newest_release().await.unwrap();
    let files = store.release_files(release).await.unwrap().unwrap();
    let base = signpost::actions::drafts::published_text(&files, &name).unwrap_or_default();
    assert!(before.is_empty() || !base.is_empty());
    let change = DraftChange {
        name: &name,
        expected: store
            .draft(&name)
            .await
            .unwrap()
            .map(|draft| draft.revision),
        base: Some((release, &base)),
        text: after,
        removed: false,
        example: None,
    };
    store.save_draft(&somebody(), change, BEGIN).await.unwrap();
    store.close().await;
}

async fn drafted(server: &Server, from: &str, to: &str) {
    let changed = ALPHA.replace(from, to);
    assert_ne!(changed, ALPHA);
    draft(server, "demo.alpha", ALPHA, &changed).await;
}

async fn publish(visitor: &Visitor<'_>, request: &Value, status: StatusCode) -> Value {
    let sent = visitor.json(Method::POST, "/api/v1/releases", request);
    body(sent.await, status).await
}

async fn findings(server: &Server, words: &str) -> (i64, Vec<String>) {
    let request = json!({ "text": words });
    let sent = server.post("/api/v1/classify", &request).await;
    let answer = body(sent, StatusCode::OK).await;
    let findings = answer["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| finding["rule"].as_str().unwrap().to_owned());
    (answer["release"].as_i64().unwrap(), findings.collect())
}

/// The proposal when nothing checks it any more.
async fn checked(visitor: &Visitor<'_>, number: i64) -> Value {
    loop {
        let path = format!("/api/v1/proposals/{number}");
        let proposal = body(visitor.get(&path).await, StatusCode::OK).await;
        if proposal["state"] != "checking" {
            return proposal;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_passes_becomes_a_release_with_its_author_its_note_and_the_gates_report() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    drafted(
        &server,
        "The first demo failure",
        "The very first demo failure",
    )
    .await;
    let request = json!({ "title": "A better title", "note": "Asked for by Ada" });
    let release = publish(&owner, &request, StatusCode::CREATED).await;
    assert_eq!(
        (
            release["number"].as_i64(),
            &release["author"],
            &release["live"]
        ),
        (Some(3), &json!("owner"), &json!(true))
    );
    let kept = body(server.get("/api/v1/releases/3").await, StatusCode::OK).await;
    assert_eq!(kept["note"], "A better title\n\nAsked for by Ada");
    assert_eq!(kept["gate"]["base"], 2);
    assert_eq!(kept["gate"]["replay"]["cases"], 0);
    assert_eq!(kept["rules"][0]["title"], "The very first demo failure");
    let diff = body(
        server.get("/api/v1/releases/2/diff/3").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(diff["items"][0]["id"], "demo.alpha");
    let field = &diff["items"][0]["fields"][0];
    assert_eq!(field["field"], "title");
    assert_eq!(
        field["pieces"][1],
        json!({ "side": "after", "text": "very " })
    );
    let drafts = store(server.folder.path()).await.drafts().await.unwrap();
    assert_eq!(drafts, []);
    for page in [
        "/admin/releases",
        "/admin/releases/3",
        "/admin/releases/compare?from=2&to=3",
    ] {
        let page = text(owner.get(page).await, StatusCode::OK).await;
        assert!(page.contains("A better title") || page.contains("<ins>very </ins>"));
    }
    let log = text(
        owner.get("/admin/audit?action=release.").await,
        StatusCode::OK,
    )
    .await;
    assert!(log.contains("release.publish"));
    // A folder that the server is started with does not take its place.
    let again = start(server.stop().await, &[]).await;
    assert_eq!(findings(&again, "nothing").await.0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_takes_anothers_example_is_refused_with_the_gates_report() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    drafted(
        &server,
        "    - code: AlphaBetaGammaDelta\n",
        "    - code: AlphaBetaGammaDelta\n    - regex: 'OmegaPsiChi\\w*'\n",
    )
    .await;
    let request = json!({ "title": "Wider", "drafts": [{ "kind": "rule", "id": "demo.alpha" }] });
    let held = publish(&owner, &request, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["state"], "held");
    assert_eq!(held["blockers"], json!(["rules"]));
    let remarks = held["gate"]["remarks"].to_string();
    assert!(
        remarks.contains("`demo.alpha` matches this example too"),
        "{remarks}"
    );
    assert_eq!(held["gate"]["replay"], Value::Null);
    let page = held["url"].as_str().unwrap();
    let page = text(owner.get(page).await, StatusCode::OK).await;
    assert!(page.contains("The rules did not pass"));
    let (release, found) = findings(&server, "it failed with OmegaPsiChiDelta").await;
    assert_eq!((release, found), (2, vec!["demo.beta".to_owned()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_changes_holds_the_release_back_until_somebody_accepts_it() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    let case = server
        .open(&json!({ "text": "it failed: AlphaBetaGammaDelta" }))
        .await;
    let id = case["id"].as_str().unwrap();
    let changed = ALPHA.replace("AlphaBetaGammaDelta", "AlphaBetaGammaEpsilon");
    draft(&server, "demo.alpha", ALPHA, &changed).await;
    let request = json!({ "title": "Another code" });
    let held = publish(&owner, &request, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["blockers"], json!(["cases"]), "{held}");
    assert_eq!(held["gate"]["replay"]["changed"], 1);
    let number = held["proposal"].as_i64().unwrap();
    let url = held["url"].as_str().unwrap();
    let page = text(owner.get(url).await, StatusCode::OK).await;
    assert!(
        page.contains("Cause found") && page.contains("No rule knows this"),
        "{page}"
    );
    assert!(page.contains(&format!("/cases/{id}")));
    let again = json!({ "proposal": number });
    publish(&owner, &again, StatusCode::UNPROCESSABLE_ENTITY).await;
    let accepted = owner.form(url, &[("deed", "accept"), ("case", id)]).await;
    assert_eq!(accepted.status(), StatusCode::SEE_OTHER);
    let release = publish(&owner, &again, StatusCode::CREATED).await;
    assert_eq!(release["number"], 3);
    let kept = body(server.get("/api/v1/releases/3").await, StatusCode::OK).await;
    assert_eq!(kept["gate"]["replay"]["accepted"], 1);
    let page = text(server.get(&format!("/cases/{id}")).await, StatusCode::OK).await;
    assert!(page.contains("Release 2 said"), "{page}");
    assert!(page.contains("The first demo failure"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_again_during_traffic_loses_no_request() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    let changed = ALPHA.replace("AlphaBetaGammaDelta", "AlphaBetaGammaEpsilon");
    draft(&server, "demo.alpha", ALPHA, &changed).await;
    publish(
        &owner,
        &json!({ "title": "Another code" }),
        StatusCode::CREATED,
    )
    .await;
    let (over, is_over) = tokio::sync::watch::channel(false);
    let traffic = async {
        let mut releases = Vec::new();
        while !*is_over.borrow() {
            let words = "it failed: AlphaBetaGammaDelta";
            let (one, two) = tokio::join!(findings(&server, words), findings(&server, words));
            // Of two requests at the same time either may see the new release first.
            let mut pair = [one, two];
            pair.sort_by_key(|(release, _)| *release);
            for (release, found) in pair {
                assert_eq!(
                    found.is_empty(),
                    release == 3,
                    "release {release}: {found:?}"
                );
                releases.push(release);
            }
        }
        releases
    };
    let back = async {
        findings(&server, "nothing").await;
        let reason = ("reason", "the new code was a slip of the pen");
        let done = owner.form("/admin/releases/2/back", &[reason]).await;
        assert_eq!(done.headers()["location"], "/admin/releases/4");
        findings(&server, "nothing").await;
        over.send(true).unwrap();
    };
    let (releases, ()) = tokio::join!(traffic, back);
    assert!(releases.is_sorted(), "{releases:?}");
    assert_eq!(findings(&server, "AlphaBetaGammaDelta failed").await.0, 4);
    let diff = body(
        server.get("/api/v1/releases/2/diff/4").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(diff["items"], json!([]));
    let page = text(owner.get("/admin/releases").await, StatusCode::OK).await;
    assert!(page.contains("Back to release 2: the new code was a slip of the pen"));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_second_person_is_needed_nobody_publishes_alone() {
    let server = server(&[]).await;
    let paul = server.staff("paul", &["publisher"]).await;
    let olga = server.staff("olga", &["publisher"]).await;
    let edda = server.staff("edda", &["editor"]).await;
    let store = store(server.folder.path()).await;
    needs_second_person(&store).await;
    drafted(&server, "The first demo", "The very first demo").await;
    let refused = edda
        .json(Method::POST, "/api/v1/releases", &json!({ "title": "T" }))
        .await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let request = json!({ "title": "A title" });
    let held = publish(&paul, &request, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["blockers"], json!(["second_person"]));
    let url = held["url"].as_str().unwrap();
    let approve = [("deed", "approve"), ("words", "I have read it")];
    let own = paul.form(url, &approve).await;
    assert_eq!(own.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let by_editor = edda.form(url, &approve).await;
    assert_eq!(by_editor.status(), StatusCode::FORBIDDEN);
    let asked = olga.form(
        url,
        &[
            ("deed", "changes"),
            ("words", "Why?"),
            ("about", "demo.alpha"),
        ],
    );
    assert_eq!(asked.await.status(), StatusCode::SEE_OTHER);
    let again = json!({ "proposal": held["proposal"] });
    let held = publish(&paul, &again, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["blockers"], json!(["changes_asked", "second_person"]));
    assert_eq!(
        olga.form(url, &approve).await.status(),
        StatusCode::SEE_OTHER
    );
    publish(&paul, &again, StatusCode::CREATED).await;
    let page = text(paul.get(url).await, StatusCode::OK).await;
    assert!(page.contains("I have read it") && page.contains("Why?"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_switches_a_rule_off_at_once_and_another_is_asked_afterwards() {
    let server = server(&[]).await;
    let paul = server.staff("paul", &["publisher"]).await;
    let olga = server.staff("olga", &["publisher"]).await;
    let store = store(server.folder.path()).await;
    needs_second_person(&store).await;
    let words = "it failed: AlphaBetaGammaDelta";
    assert_eq!(findings(&server, words).await.1, ["demo.alpha"]);
    let unknown = [("rule", "demo.nobody"), ("reason", "wrong")];
    let unknown = paul.form("/admin/releases/switch-off", &unknown).await;
    assert_eq!(unknown.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let off = [
        ("rule", "demo.alpha"),
        ("reason", "It sends people the wrong way"),
    ];
    let done = paul.form("/admin/releases/switch-off", &off).await;
    assert_eq!(done.headers()["location"], "/admin/releases/3");
    assert_eq!(findings(&server, words).await, (3, Vec::new()));
    let proposal = body(olga.get("/api/v1/proposals/1").await, StatusCode::OK).await;
    assert_eq!(proposal["state"], "asked_afterwards");
    let approve = [("deed", "approve"), ("words", "Rightly so")];
    let done = olga.form("/admin/releases/proposals/1", &approve).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let proposal = body(olga.get("/api/v1/proposals/1").await, StatusCode::OK).await;
    assert_eq!(proposal["state"], "published");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_whose_base_is_no_longer_the_newest_is_checked_again_and_clashes_are_named() {
    let server = server(&[]).await;
    let owner = server.owner().await;
    drafted(&server, "The first demo", "The very first demo").await;
    let propose = [("title", "One"), ("draft", "rule:demo.alpha")];
    let done = owner.form("/admin/releases", &propose).await;
    assert_eq!(done.headers()["location"], "/admin/releases/proposals/1");
    assert_eq!(checked(&owner, 1).await["state"], "ready");
    let off = [("rule", "demo.beta"), ("reason", "An emergency")];
    owner.form("/admin/releases/switch-off", &off).await;
    let proposal = checked(&owner, 1).await;
    assert_eq!(proposal["blockers"], json!(["outdated"]));
    let alone = owner
        .form("/admin/releases/proposals/1", &[("deed", "publish")])
        .await;
    assert_eq!(alone.status(), StatusCode::UNPROCESSABLE_ENTITY);
    owner
        .form("/admin/releases/proposals/1", &[("deed", "check")])
        .await;
    assert_eq!(checked(&owner, 1).await["state"], "ready");
    let done = owner
        .form("/admin/releases/proposals/1", &[("deed", "publish")])
        .await;
    assert_eq!(done.headers()["location"], "/admin/releases/4");
    assert_eq!(
        findings(&server, "OmegaPsiChiDelta failed").await,
        (4, Vec::new())
    );
}

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
