//! What editors are asked for, and what reporters are told.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::demo_pack::ALPHA;
use crate::visitor::text;
use crate::{DAY, Server, releases};

const UNKNOWN: &str = "the flux capacitor failed on 'RPA-07': error FX-77 in run 12";
const SAME: &str = "the flux capacitor failed on 'RPA-99': error FX-78 in run 3";
const OTHER: &str = "another thing stopped: error ZZ-1";

async fn three(server: &Server) -> Vec<Value> {
    let mut cases = Vec::new();
    for text in [OTHER, UNKNOWN, SAME] {
        cases.push(server.open(&json!({ "text": text })).await);
        server.later(1);
    }
    cases
}

fn forms(page: &str) -> Vec<String> {
    let forms = page.split("<li id=\"f-").skip(1);
    forms
        .map(|form| form.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_same_form_of_text_is_counted_once_and_the_most_frequent_comes_first() {
    let server = Server::start().await;
    three(&server).await;
    server
        .open(&json!({ "text": "SessionCreationUserPromptedForCredentialsAfterConnection" }))
        .await;
    let editor = server.staff("ed", &["editor"]).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page).len(), 2, "{page}");
    assert!(page.find("2 matched nothing").unwrap() < page.find("1 matched nothing").unwrap());
    assert!(page.contains("RPA-99"), "the newest text is the sample");
}

#[tokio::test]
async fn a_form_is_worked_on_hidden_put_aside_and_taken_back() {
    let server = Server::start().await;
    three(&server).await;
    let editor = server.staff("ed", &["editor"]).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    let [often, once] = &forms(&page)[..] else {
        panic!("two forms");
    };
    let at = |form: &str| format!("/admin/inbox/{form}");
    editor.form(&at(often), &[("deed", "take")]).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert!(page.contains("worked on by <strong>ed</strong>"));

    editor
        .form(&at(often), &[("deed", "snooze"), ("days", "7")])
        .await;
    let unsaid = editor
        .form(&at(once), &[("deed", "dismiss"), ("why", " ")])
        .await;
    assert_eq!(unsaid.status(), StatusCode::UNPROCESSABLE_ENTITY);
    editor
        .form(&at(once), &[("deed", "dismiss"), ("why", "not ours")])
        .await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page), Vec::<String>::new());
    let aside = text(editor.get("/admin/inbox?aside=true").await, StatusCode::OK).await;
    assert!(aside.contains("Put aside: not ours"));
    server.later(8 * DAY);
    let editor = server.sign_in("ed").await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page), vec![often.clone()]);
    editor.form(&at(once), &[("deed", "restore")]).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page).len(), 2);

    let reader = server.staff("pub", &["publisher"]).await;
    let refused = reader.form(&at(once), &[("deed", "take")]).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_reporter_asks_for_a_rule_and_reads_the_reply_on_the_case() {
    let server = Server::start().await;
    let cases = three(&server).await;
    let url = cases[1]["url"].as_str().unwrap();
    let asked = server
        .request(reqwest::Method::POST, &format!("{url}/ask"))
        .form(&[("note", "it was the <b>coil</b>")]);
    let asked = asked.send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::SEE_OTHER);
    let to = asked.headers()["location"].to_str().unwrap();
    assert!(to.ends_with("#asked"));
    let seen = text(server.get(url).await, StatusCode::OK).await;
    let notice = crate::house::said(&seen, "#asked").concat();
    assert!(notice.contains("Asked for a rule") && notice.contains("it was the <b>coil</b>"));
    let new = format!("/admin/rules/new?case={}", cases[1]["id"].as_str().unwrap());
    let before = text(
        server.get(cases[2]["url"].as_str().unwrap()).await,
        StatusCode::OK,
    )
    .await;
    assert!(crate::house::said(&before, "#asked").is_empty());
    let editor = server.staff("ed", &["editor"]).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert!(page.contains("1 asked for a rule"), "{page}");
    assert!(page.contains("it was the &#60;b&#62;coil"), "{page}");
    let new = text(editor.get(&new).await, StatusCode::OK).await;
    assert!(new.contains("The reporter says: “it was the &#60;b&#62;coil"));
    let form = &forms(&page)[0];
    let said = [("deed", "reply"), ("reply", "Mended in the next release.")];
    editor.form(&format!("/admin/inbox/{form}"), &said).await;
    for case in &cases[1..] {
        let page = text(
            server.get(case["url"].as_str().unwrap()).await,
            StatusCode::OK,
        );
        assert!(page.await.contains("Mended in the next release."));
    }
    let other = text(
        server.get(cases[0]["url"].as_str().unwrap()).await,
        StatusCode::OK,
    );
    assert!(!other.await.contains("Mended in the next release."));
}

#[tokio::test]
async fn a_wrong_cause_comes_to_the_inbox_and_leaves_it_when_the_case_is_fixed() {
    let server = Server::start().await;
    let known = json!({ "text": "SessionCreationUserPromptedForCredentialsAfterConnection" });
    let case = server.open(&known).await;
    let editor = server.staff("ed", &["editor"]).await;
    let outcome = format!("/api/v1/cases/{}/outcome", case["id"].as_str().unwrap());
    server
        .post(&outcome, &json!({ "outcome": "wrong_cause" }))
        .await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert!(page.contains("1 had a wrong cause"), "{page}");
    server.post(&outcome, &json!({ "outcome": "fixed" })).await;
    let page = text(editor.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_release_knows_leaves_the_inbox_by_itself() {
    let server = releases::server(&[]).await;
    let owner = server.owner().await;
    let case = json!({ "text": "it failed: AlphaBetaGammaEpsilon" });
    let known = server.open(&case).await;
    let unknown = server.open(&json!({ "text": OTHER })).await;
    let page = text(owner.get("/admin/inbox").await, StatusCode::OK).await;
    assert_eq!(forms(&page).len(), 2);
    let changed = ALPHA.replace("AlphaBetaGammaDelta", "AlphaBetaGammaEpsilon");
    releases::draft(&server, "demo.alpha", ALPHA, &changed).await;
    let held = json!({ "title": "Another code" });
    let held = releases::publish(&owner, &held, StatusCode::UNPROCESSABLE_ENTITY).await;
    let accept = [("deed", "accept"), ("case", known["id"].as_str().unwrap())];
    owner.form(held["url"].as_str().unwrap(), &accept).await;
    let again = json!({ "proposal": held["proposal"] });
    releases::publish(&owner, &again, StatusCode::CREATED).await;
    let left = loop {
        let page = text(owner.get("/admin/inbox").await, StatusCode::OK).await;
        if forms(&page).len() < 2 {
            break page;
        }
        tokio::task::yield_now().await;
    };
    assert!(left.contains(unknown["url"].as_str().unwrap()));
    let case = text(
        server.get(known["url"].as_str().unwrap()).await,
        StatusCode::OK,
    )
    .await;
    assert!(case.contains("Release 3 knows this"), "{case}");
}
