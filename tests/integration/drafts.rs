//! Drafts of rules over HTTP: tags, collisions, rights, and a rule tried without saving it.

use reqwest::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::visitor::Visitor;
use crate::{Server, json as body};

const RULE: &str = "/api/v1/rules/win.logon-type-not-granted";
const DRAFT: &str = "/api/v1/rules/win.logon-type-not-granted?draft=true";

fn tag(response: &Response) -> String {
    response.headers()[ETAG].to_str().unwrap().to_owned()
}

async fn put(
    who: &Visitor<'_>,
    path: &str,
    (name, value): (HeaderName, &str),
    text: String,
) -> Response {
    let request = who.request(Method::PUT, path).header(name, value);
    let request = request.header("content-type", "application/yaml");
    request.body(text).send().await.unwrap()
}

/// A small rule of a name of its own.
fn small(id: &str) -> Value {
    json!({
        "id": id, "title": "The demo fails", "product": "windows", "severity": "error",
        "automation": { "reason": "demo_failure", "retryable": "no", "who_can_fix": "it" },
        "match": { "any": [ { "code": "DemoFailureCode" } ] },
        "cause": "The demo is not there.",
        "guide": { "start": "over", "steps": [ { "id": "over", "outcome": "escalate", "text": "Hand it over." } ] },
        "references": [ { "title": "About it", "url": "https://example.com/demo" } ],
        "examples": [
            { "text": "it ended with DemoFailureCode", "expect": "match" },
            { "text": "the run failed: DemoFailureCode", "expect": "match" },
            { "text": "the demo went well", "expect": "silent" } ],
        "walks": [ { "name": "Nothing known", "path": [], "end": "over" } ],
    })
}

#[tokio::test]
async fn a_published_rule_is_changed_by_its_tag_and_a_late_change_is_refused() {
    let server = Server::start().await;
    let program = server.program(&["rules:write"]).await;
    let shown = program.get(DRAFT).await;
    let release = tag(&shown);
    let shown = body(shown, StatusCode::OK).await;
    assert_eq!(release, format!("\"release-{}\"", shown["published"]));
    assert_eq!(shown["revision"], Value::Null);
    let text = shown["text"].as_str().unwrap().to_owned();

    let without = program.request(Method::PUT, RULE).json(&shown["file"]);
    let without = without.send().await.unwrap();
    assert_eq!(without.status(), StatusCode::PRECONDITION_REQUIRED);

    let changed = text.replacen("title: ", "# As people call it\ntitle: Now ", 1);
    let saved = put(&program, RULE, (IF_MATCH, &release), changed).await;
    let revision = tag(&saved);
    let saved = body(saved, StatusCode::OK).await;
    assert!(saved["file"]["title"].as_str().unwrap().starts_with("Now "));
    let notes = saved["file"]["notes"].as_str().unwrap();
    assert!(notes.contains("`title`: As people call it"));

    let late = put(&program, RULE, (IF_MATCH, &release), text.clone()).await;
    let late = body(late, StatusCode::PRECONDITION_FAILED).await;
    assert_eq!(format!("\"{}\"", late["revision"]), revision);
    assert_eq!(late["since"][0]["what"], "Draft saved");

    let broken = put(&program, RULE, (IF_MATCH, &revision), "id: [".to_owned()).await;
    let broken = body(broken, StatusCode::OK).await;
    assert_eq!(broken["text"], "id: [");
    assert!(broken["errors"][0]["line"].is_number());

    // What is published stays as it is all the while.
    let published = body(server.get(RULE).await, StatusCode::OK).await;
    assert!(!published["title"].as_str().unwrap().starts_with("Now "));
}

#[tokio::test]
async fn a_new_rule_is_saved_as_json_once_and_deleted_by_its_tag() {
    let server = Server::start().await;
    let editor = server.staff("ann", &["editor"]).await;
    let path = "/api/v1/rules/win.demo";
    let new = async || {
        let request = editor.request(Method::PUT, path).json(&small("win.demo"));
        let request = request.header(IF_NONE_MATCH, "*");
        request.send().await.unwrap()
    };
    let made = new().await;
    let revision = tag(&made);
    let made = body(made, StatusCode::CREATED).await;
    assert_eq!(made["changed_by"], "ann");
    assert_eq!(new().await.status(), StatusCode::PRECONDITION_FAILED);
    let taken = put(&editor, RULE, (IF_NONE_MATCH, "*"), "id: x".to_owned()).await;
    assert_eq!(taken.status(), StatusCode::PRECONDITION_FAILED);
    let other = editor.request(Method::PUT, path).json(&small("win.other"));
    let other = other.header(IF_MATCH, &revision).send().await.unwrap();
    let other = body(other, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(other["errors"][0]["pointer"], "/id");

    let delete = async |path: &str, tag: &str| {
        let request = editor.request(Method::DELETE, path);
        request.header(IF_MATCH, tag).send().await.unwrap()
    };
    let stale = delete(path, "\"999\"").await;
    assert_eq!(stale.status(), StatusCode::PRECONDITION_FAILED);
    let gone = delete(path, &revision).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let shown = editor.get("/api/v1/rules/win.demo?draft=true").await;
    assert_eq!(shown.status(), StatusCode::NOT_FOUND);
    let release = tag(&editor.get(DRAFT).await);
    let proposed = body(delete(RULE, &release).await, StatusCode::OK).await;
    assert_eq!(proposed["removed"], true);
    assert_eq!(server.get(RULE).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_rule_is_tried_without_saving_it() {
    let server = Server::start().await;
    let program = server.program(&["rules:read"]).await;
    let path = "/api/v1/rules/test";
    let asked = json!({ "rule": small("win.demo"), "text": "again: DemoFailureCode" });
    let tried = program.json(Method::POST, path, &asked).await;
    let tried = body(tried, StatusCode::OK).await;
    assert_eq!(tried["remarks"], json!([]), "{tried}");
    assert_eq!(tried["ready"], true);
    let bench = &tried["bench"];
    assert_eq!(bench["matches"], true);
    assert_eq!(bench["finding"]["because"][0]["text"], "DemoFailureCode");
    assert_eq!(bench["why"]["parts"][0]["truth"], "true");
    assert_eq!(bench["walk"]["now"]["step"], "over");
    assert_eq!(bench["live"]["verdict"], "unmatched");

    let mut silent = small("win.demo");
    silent["examples"][0]["text"] = json!("a quiet day");
    let asked = json!({ "rule": silent, "others": false });
    let refused = program.json(Method::POST, path, &asked).await;
    let refused = body(refused, StatusCode::OK).await;
    assert_eq!(
        (&refused["ready"], &refused["bench"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(refused["remarks"][0]["grade"], "error");

    let torn = json!({ "yaml": "id: win.demo\ntitle: [" });
    let torn = program.json(Method::POST, path, &torn).await;
    let torn = body(torn, StatusCode::OK).await;
    assert!(torn["errors"][0]["line"].as_u64().unwrap() >= 2);
    let nothing = program.json(Method::POST, path, &json!({})).await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let kept = program.get("/api/v1/rules/win.demo?draft=true").await;
    assert_eq!(kept.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_walks_that_a_rule_lacks_are_written_by_its_tag() {
    let server = Server::start().await;
    let program = server.program(&["rules:write"]).await;
    let mut rule = small("win.demo");
    rule["guide"] = json!({ "start": "ask", "steps": [
        { "id": "ask", "ask": "Does it stand?", "answers": [
            { "id": "yes", "label": "It stands", "go": "over" },
            { "id": "no", "label": "It runs", "go": "good" } ] },
        { "id": "good", "outcome": "resolved", "text": "It runs." },
        { "id": "over", "outcome": "escalate", "text": "Hand it over." } ] });
    rule["walks"] = json!([]);
    let path = "/api/v1/rules/win.demo";
    let new = program
        .request(Method::PUT, path)
        .header(IF_NONE_MATCH, "*");
    let saved = new.json(&rule).send().await.unwrap();
    let revision = tag(&saved);
    let walks = "/api/v1/rules/win.demo/walks";
    let write = |tag: &str| {
        program
            .request(Method::POST, walks)
            .header(IF_MATCH, tag)
            .send()
    };
    let written = write(&revision).await.unwrap();
    let newer = tag(&written);
    assert_ne!(newer, revision);
    let written = body(written, StatusCode::OK).await;
    let ends = written["written"].as_array().unwrap().iter();
    let ends = ends.map(|walk| walk["end"].as_str().unwrap());
    assert_eq!(ends.collect::<Vec<_>>(), ["ask", "good", "over"]);
    assert_eq!(written["written"][2]["answers"], json!({ "ask": "yes" }));
    assert_eq!(written["not_written"], json!([]));
    assert_eq!(written["file"]["walks"], written["written"]);
    let asked = json!({ "rule": written["file"], "others": false });
    let tried = program
        .json(Method::POST, "/api/v1/rules/test", &asked)
        .await;
    let tried = body(tried, StatusCode::OK).await;
    assert_eq!(tried["remarks"], json!([]), "{tried}");

    let late = write(&revision).await.unwrap();
    assert_eq!(late.status(), StatusCode::PRECONDITION_FAILED);
    let again = write(&newer).await.unwrap();
    assert_eq!(tag(&again), newer);
    assert_eq!(body(again, StatusCode::OK).await["written"], json!([]));
    let without = program.request(Method::POST, walks).send().await.unwrap();
    assert_eq!(without.status(), StatusCode::PRECONDITION_REQUIRED);
    let gone = "/api/v1/rules/win.gone/walks";
    let gone = program
        .request(Method::POST, gone)
        .header(IF_MATCH, "\"3\"");
    assert_eq!(gone.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let reader = server.program(&["rules:read"]).await;
    let read = reader.request(Method::POST, walks).header(IF_MATCH, &newer);
    assert_eq!(read.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn drafts_are_for_who_may_see_them_and_changes_for_editors() {
    let server = Server::start().await;
    assert_eq!(server.get(DRAFT).await.status(), StatusCode::UNAUTHORIZED);
    let helpdesk = server.staff("eve", &["helpdesk"]).await;
    assert_eq!(helpdesk.get(DRAFT).await.status(), StatusCode::FORBIDDEN);
    let reader = server.program(&["rules:read"]).await;
    let shown = reader.get(DRAFT).await;
    assert_eq!(shown.status(), StatusCode::OK);
    let release = tag(&shown);
    let text = body(shown, StatusCode::OK).await["text"].to_string();
    let changed = put(&reader, RULE, (IF_MATCH, &release), text).await;
    assert_eq!(changed.status(), StatusCode::FORBIDDEN);
    let nobody = server.post("/api/v1/rules/test", &json!({})).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}
