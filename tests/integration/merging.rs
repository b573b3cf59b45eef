//! A case that belongs to another: its evidence goes there, and its link leads there.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use signpost::store::{CaseId, DraftChange, DraftKind, DraftName};

use crate::visitor::{Visitor, text};
use crate::{BEGIN, DAY, Server, json as body};

const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";
const JOINED: &str = "  AzureAdJoined : YES\n  EnterpriseJoined : NO\n  DomainJoined : NO\n";

fn id(case: &Value) -> &str {
    case["id"].as_str().unwrap()
}

fn api(case: &Value) -> String {
    format!("/api/v1/cases/{}", id(case))
}

async fn merge(who: &Visitor<'_>, into: &Value, from: &Value) -> reqwest::Response {
    let path = format!("{}/merge", api(into));
    let request = json!({ "from": id(from) });
    who.json(Method::POST, &path, &request).await
}

/// One of a case's texts as its page shows it.
async fn source(server: &Server, case: &Value, number: usize) -> String {
    let path = format!("/cases/{}/sources/{number}", id(case));
    text(server.get(&path).await, StatusCode::OK).await
}

#[tokio::test]
async fn the_evidence_of_a_case_becomes_later_rounds_of_another_and_its_link_leads_there() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    server.later(DAY);
    let second = json!({ "text": JOINED, "ticket": "INC-2", "machine": "RPA-07" });
    let second = server.open(&second).await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let merged = body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert_eq!(
        (id(&merged), &merged["ticket"]),
        (id(&first), &json!("INC-2"))
    );
    assert_eq!(merged["expires_at"], first["expires_at"]);
    assert_eq!(merged["machine"], "RPA-07");
    let walk = merged["walk"]["done"].to_string();
    assert!(walk.contains("AzureAdJoined"), "the walk goes on: {merged}");
    let shown = source(&server, &first, 1).await;
    assert!(shown.contains("paste (2)") && shown.contains("AzureAdJoined"));
    let last = merged["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["who"], "ann");
    let what = last["what"].as_str().unwrap();
    assert!(
        what.contains("Took in the evidence of case") && what.contains("INC-2"),
        "{what}"
    );

    let led = server.get(&format!("/cases/{}", id(&second))).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    assert_eq!(led.headers()["location"], format!("/cases/{}", id(&first)));
    let gone = body(server.get(&api(&second)).await, StatusCode::GONE).await;
    assert_eq!(gone["tombstone"]["merged_into"], first["id"]);
    let print = server.get(&format!("/cases/{}/print", id(&second))).await;
    let print = text(print, StatusCode::GONE).await;
    assert!(print.contains("Go to the case that has it"));
    let again = merge(&ann, &first, &second).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let itself = merge(&ann, &first, &first).await;
    assert_eq!(itself.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let owner = server.owner().await;
    let log = text(owner.get("/admin/audit?action=case.").await, StatusCode::OK).await;
    assert!(log.contains("case.merge") && !log.contains(id(&first)));
}

#[tokio::test]
async fn only_who_may_see_all_cases_merges_them() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": JOINED })).await;
    let keeper = server.staff("keeper", &["admin"]).await;
    let path = format!("{}/merge", api(&first));
    let request = json!({ "from": id(&second) });
    let nobody = server.post(&path, &request).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let refused = merge(&keeper, &first, &second).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let page = server.get(&format!("/cases/{}/merge", id(&second))).await;
    assert_eq!(page.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(server.get(&api(&second)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_merge_is_refused_when_either_case_changed_meanwhile() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": JOINED })).await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let path = format!("{}/merge", api(&first));
    server
        .post(
            &format!("{}/evidence", api(&second)),
            &json!({ "text": "more" }),
        )
        .await;
    let stale = json!({ "from": id(&second), "revision": second["revision"] });
    let stale = ann.json(Method::POST, &path, &stale).await;
    let stale = body(stale, StatusCode::PRECONDITION_FAILED).await;
    assert!(
        stale["since"].to_string().contains("Evidence added"),
        "{stale}"
    );
    let request = ann.request(Method::POST, &path).header("if-match", "\"7\"");
    let stale = request.json(&json!({ "from": id(&second) })).send();
    assert_eq!(
        stale.await.unwrap().status(),
        StatusCode::PRECONDITION_FAILED
    );
    assert_eq!(server.get(&api(&second)).await.status(), StatusCode::OK);
    let now = body(server.get(&api(&first)).await, StatusCode::OK).await;
    assert_eq!(now["revision"], first["revision"]);
}

#[tokio::test]
async fn two_people_of_two_cases_never_share_a_mark() {
    let server = Server::start().await;
    let open = async |words: &str, redact: &str| {
        let words = format!("The sign-in of {words} failed: 0xC000006D");
        server
            .open(&json!({ "text": words, "redact": redact }))
            .await
    };
    let first = open("FABRIKAM\\kim", "people").await;
    let second = open("FABRIKAM\\lee", "people").await;
    let third = open("FABRIKAM\\kim and FABRIKAM\\robin", "secrets").await;
    assert!(source(&server, &second, 0).await.contains("[user:1]"));
    let ann = server.staff("ann", &["helpdesk"]).await;
    body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert!(
        source(&server, &first, 0)
            .await
            .contains("[domain:1]\\[user:1]")
    );
    assert!(
        source(&server, &first, 1)
            .await
            .contains("[domain:2]\\[user:2]")
    );
    body(merge(&ann, &first, &third).await, StatusCode::OK).await;
    let shown = source(&server, &first, 2).await;
    assert!(
        shown.contains("[domain:1]\\[user:1] and [domain:1]\\[user:3]"),
        "{shown}"
    );
    let more = json!({ "text": "and FABRIKAM\\lee, and FABRIKAM\\kim" });
    server
        .post(&format!("{}/evidence", api(&first)), &more)
        .await;
    let shown = source(&server, &first, 3).await;
    assert!(
        shown.contains("[user:4], and [domain:1]\\[user:1]"),
        "{shown}"
    );
}

/// An editor takes words of a case as an example.
async fn taken(server: &Server, case: &Value, words: &str) {
    let store = crate::releases::store(server.folder.path()).await;
    let name = DraftName::new(DraftKind::Rule, "pad.session.prompted-for-credentials");
    let release = store.newest_release().await.unwrap();
    let change = DraftChange {
        name: &name,
        expected: None,
        base: Some((release, "")),
        text: "id: x",
        removed: false,
        example: Some((id(case), words)),
    };
    let ada = crate::releases::somebody();
    let saved = store.save_draft(&ada, change, BEGIN);
    saved.await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn who_deletes_or_merges_a_case_sees_which_examples_came_from_it() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": JOINED })).await;
    let untouched = text(
        server.get(&format!("/cases/{}", id(&second))).await,
        StatusCode::OK,
    )
    .await;
    assert!(!untouched.contains("What editors took from it"));
    taken(&server, &second, "the words that were <taken>").await;
    let link = "href=\"/rules/pad.session.prompted-for-credentials#recognise\"";
    for merged in [false, true] {
        let case = if merged { &first } else { &second };
        let page = text(
            server.get(&format!("/cases/{}", id(case))).await,
            StatusCode::OK,
        )
        .await;
        let (_, confirmation) = page.split_once("Delete this case").unwrap();
        assert!(confirmation.contains(link), "{merged}");
        assert!(confirmation.contains("the words that were &#60;taken&#62;"));
        if !merged {
            let ann = server.staff("ann", &["helpdesk"]).await;
            body(merge(&ann, &first, &second).await, StatusCode::OK).await;
        }
    }
    let gone = server
        .request(Method::DELETE, &api(&first))
        .send()
        .await
        .unwrap();
    let gone = body(gone, StatusCode::OK).await;
    assert_eq!(gone["examples"][0]["text"], "the words that were <taken>");
}

#[tokio::test]
async fn both_cases_are_shown_before_one_goes() {
    let server = Server::start().await;
    let first = server
        .open(&json!({ "text": PROMPTED, "ticket": "INC-1" }))
        .await;
    let second = server
        .open(&json!({ "text": JOINED, "ticket": "INC-1" }))
        .await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let (into, path) = (
        format!("/cases/{}", id(&first)),
        format!("/cases/{}/merge", id(&second)),
    );
    let case = text(
        ann.get(&format!("/cases/{}", id(&second))).await,
        StatusCode::OK,
    )
    .await;
    assert!(case.contains(&path));
    let page = text(ann.get(&path).await, StatusCode::OK).await;
    assert!(
        page.contains(&format!("{path}?into={}", id(&first))),
        "{page}"
    );
    for (asked, said) in [
        ("nonsense", "not the address of a case"),
        (id(&second), "this case itself"),
        ("abcdefghijklmnopqrstuvwxyz", "no case at that address"),
    ] {
        let page = text(
            ann.get(&format!("{path}?into={asked}")).await,
            StatusCode::OK,
        )
        .await;
        assert!(page.contains(said), "{asked}");
    }
    let page = text(
        ann.get(&format!("{path}?into={into}")).await,
        StatusCode::OK,
    )
    .await;
    assert!(page.contains("Move the evidence and delete this case"));
    let revisions = [("revision", "1"), ("into_revision", "1")];
    let fields = [&revisions[..], &[("into", id(&first))]].concat();
    let done = ann.form(&path, &fields).await;
    assert_eq!(done.headers()["location"], into);
}

async fn answer(server: &Server, case: &Value, step: &str, answer: &str) {
    let sent = json!({ "step": step, "answer": answer, "who": "kim" });
    let answered = server.post(&format!("{}/answers", api(case)), &sent).await;
    assert_eq!(answered.status(), StatusCode::OK);
}

async fn end(server: &Server, case: &Value, outcome: &str, note: &str) {
    let sent = json!({ "outcome": outcome, "note": note, "who": "kim" });
    let ended = server.post(&format!("{}/outcome", api(case)), &sent).await;
    assert_eq!(ended.status(), StatusCode::OK);
}

/// Each answer as it is kept: step, visit, answer, round.
async fn kept(server: &Server, case: &Value) -> Vec<String> {
    let store = crate::releases::store(server.folder.path()).await;
    let record = store.case(&CaseId::parse(id(case)).unwrap(), BEGIN).await;
    store.close().await;
    let answers = record.unwrap().unwrap().answers;
    let line = |one: &signpost::store::Answer| {
        format!(
            "{}@{} {} in round {} by {}",
            one.step,
            one.visit,
            one.answer,
            one.round,
            one.who.as_deref().unwrap_or_default()
        )
    };
    answers.iter().map(line).collect()
}

#[tokio::test]
async fn answers_and_the_end_go_along_where_the_case_that_stays_has_none() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = json!({ "text": PROMPTED, "redact": "people" });
    let second = server.open(&second).await;
    answer(&server, &second, "join-state", "entra-only").await;
    answer(&server, &second, "entra-policy", "one").await;
    end(&server, &second, "waiting", "IT, asked by FABRIKAM\\lee").await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let path = format!("/cases/{}/merge?into={}", id(&second), id(&first));
    let page = text(ann.get(&path).await, StatusCode::OK).await;
    assert!(page.contains("With it go 2 answers given here, and how this case ended."));
    assert!(!page.contains("Both say something different"));
    let merged = body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert_eq!(merged["walk"]["now"]["step"], "entra-policy-off");
    assert_eq!(
        kept(&server, &first).await,
        [
            "join-state@1 entra-only in round 2 by kim",
            "entra-policy@1 one in round 2 by kim"
        ]
    );
    let ended = &merged["outcome"];
    assert_eq!(
        (&ended["outcome"], &ended["note"], &ended["who"]),
        (
            &json!("waiting"),
            &json!("IT, asked by [domain:1]\\[user:1]"),
            &json!("kim")
        )
    );
    let listed = body(
        ann.get("/api/v1/cases?outcome=waiting").await,
        StatusCode::OK,
    );
    assert_eq!(listed.await["cases"].as_array().unwrap().len(), 1);
    let last = merged["timeline"].as_array().unwrap().last().unwrap();
    let what = last["what"].as_str().unwrap();
    assert!(
        what.contains("(1 round) and 2 answers, and how it ended: Waiting for somebody else: IT"),
        "{what}"
    );
}

#[tokio::test]
async fn where_both_cases_say_something_different_the_one_that_stays_holds_and_that_is_shown_before()
 {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": PROMPTED })).await;
    answer(&server, &first, "join-state", "other").await;
    answer(&server, &second, "join-state", "entra-only").await;
    answer(&server, &second, "entra-policy", "one").await;
    end(&server, &second, "not_fixed", "asked again").await;
    end(&server, &first, "fixed", "rebooted").await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let path = format!("/cases/{}/merge?into={}", id(&second), id(&first));
    let page = text(ann.get(&path).await, StatusCode::OK).await;
    let (_, differs) = page.split_once("Both say something different").unwrap();
    for said in [
        "How is the machine joined?</th><td>AzureAdJoined is YES and DomainJoined is NO</td><td><strong>Any other combination",
        "How it ended</th><td>Not fixed: asked again</td><td><strong>Fixed: rebooted",
    ] {
        assert!(differs.contains(said), "{said} is not in {differs}");
    }
    let merged = body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert_eq!(merged["walk"]["done"][0]["answer_id"], "other");
    assert_eq!(merged["outcome"]["note"], "rebooted");
    let last = merged["timeline"].as_array().unwrap().last().unwrap();
    let what = last["what"].as_str().unwrap();
    let said = "It said otherwise, which was not taken over: Not fixed: asked again · How is the machine joined? AzureAdJoined is YES";
    assert!(what.contains(said), "{what}");
    // What was answered behind the answer that differs waits for nobody.
    assert_eq!(
        kept(&server, &first).await,
        [
            "join-state@1 other in round 1 by kim",
            "entra-policy@0 one in round 2 by kim"
        ]
    );
    let fixed = body(ann.get("/api/v1/cases?outcome=fixed").await, StatusCode::OK);
    assert_eq!(fixed.await["cases"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_case_that_was_opened_again_ends_no_other() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": PROMPTED })).await;
    end(&server, &second, "fixed", "").await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    let reopened = ann
        .form(&format!("/cases/{}/reopen", id(&second)), &[])
        .await;
    assert_eq!(reopened.status(), StatusCode::SEE_OTHER);
    let merged = body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert_eq!(merged["outcome"], json!(null));
    let last = merged["timeline"].as_array().unwrap().last().unwrap();
    assert!(!last["what"].as_str().unwrap().contains("how it ended"));
    let fixed = ann.get("/api/v1/cases?outcome=fixed").await;
    let fixed = body(fixed, StatusCode::OK).await;
    assert_eq!(fixed["cases"], json!([]));
}

#[tokio::test]
async fn a_case_that_was_opened_again_stays_open_when_it_takes_in_one_that_ended() {
    let server = Server::start().await;
    let first = server.open(&json!({ "text": PROMPTED })).await;
    let second = server.open(&json!({ "text": PROMPTED })).await;
    end(&server, &first, "fixed", "rebooted").await;
    end(&server, &second, "escalated", "network").await;
    let ann = server.staff("ann", &["helpdesk"]).await;
    ann.form(&format!("/cases/{}/reopen", id(&first)), &[])
        .await;
    let path = format!("/cases/{}/merge?into={}", id(&second), id(&first));
    let page = text(ann.get(&path).await, StatusCode::OK).await;
    assert!(
        page.contains("How it ended</th><td>Escalated: network</td><td><strong>Open again"),
        "{page}"
    );
    let merged = body(merge(&ann, &first, &second).await, StatusCode::OK).await;
    assert_eq!(merged["outcome"], json!(null));
}
