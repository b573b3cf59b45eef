//! From drafts to a release: the gate, cases that change, publishing, going back, a second person.

use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signpost::store::{Actor, DraftChange, DraftKind, DraftName, HouseChange, Store};
use tempfile::TempDir;

use crate::demo_pack::{self, ALPHA};
use crate::visitor::{Visitor, text};
use crate::{BEGIN, Server, json as body};

/// A server that knows two rules.
pub(crate) async fn server(more: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    demo_pack::write(folder.path());
    start(folder, more).await
}

pub(crate) async fn start(folder: TempDir, more: &[&str]) -> Server {
    let pack = folder.path().join("pack").display().to_string();
    let mut settings = vec!["--knowledge", &pack];
    settings.extend(more);
    Server::start_with(folder, &settings).await
}

pub(crate) async fn store(folder: &Path) -> Store {
    Store::open(&folder.join("signpost.db")).await.unwrap()
}

pub(crate) fn somebody() -> Actor {
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
pub(crate) async fn draft(server: &Server, id: &str, before: &str, after: &str) {
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

pub(crate) async fn drafted(server: &Server, from: &str, to: &str) {
    let changed = ALPHA.replace(from, to);
    assert_ne!(changed, ALPHA);
    draft(server, "demo.alpha", ALPHA, &changed).await;
}

pub(crate) async fn publish(visitor: &Visitor<'_>, request: &Value, status: StatusCode) -> Value {
    let sent = visitor.json(Method::POST, "/api/v1/releases", request);
    body(sent.await, status).await
}

pub(crate) async fn findings(server: &Server, words: &str) -> (i64, Vec<String>) {
    let request = json!({ "text": words });
    let sent = server.post("/api/v1/classify", &request).await;
    let answer = body(sent, StatusCode::OK).await;
    let findings = answer["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| finding["rule"].as_str().unwrap().to_owned());
    (answer["release"].as_i64().unwrap(), findings.collect())
}

/// The proposal when nothing checks it any more.
pub(crate) async fn checked(visitor: &Visitor<'_>, number: i64) -> Value {
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
    // Only of the release that answers are there pages to lead to.
    for (release, leads) in [(3, true), (2, false)] {
        let page = owner.get(&format!("/admin/releases/{release}")).await;
        let page = text(page, StatusCode::OK).await;
        assert_eq!(page.contains("href=\"/rules/demo.alpha\""), leads);
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
    let editor = server.staff("edda", &["editor"]).await;
    let published = editor.get("/api/v1/rules/demo.alpha?draft=true").await;
    let tag = published.headers()["etag"].to_str().unwrap().to_owned();
    // The other rule's own example, word for word.
    let greedy = ALPHA.replace(
        "    - code: AlphaBetaGammaDelta\n",
        "    - code: AlphaBetaGammaDelta\n    - phrase: 'error OmegaPsiChiDelta in step 2'\n",
    );
    let saved = editor.request(Method::PUT, "/api/v1/rules/demo.alpha");
    let saved = saved.header("if-match", tag);
    let saved = saved
        .header("content-type", "application/yaml")
        .body(greedy);
    assert_eq!(saved.send().await.unwrap().status(), StatusCode::OK);
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
    assert!(page.contains("<a href=\"#cases\">To the stored cases</a>"));
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
    let begun = "This guide is the one of release";
    assert!(!page.contains(begun), "nobody has answered anything yet");
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
