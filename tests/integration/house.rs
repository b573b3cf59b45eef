//! What a house sets for itself: values for `{{setting:NAME}}`, and that publishing needs a second person.

use std::fs;

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::visitor::{Visitor, text};
use crate::{Server, json as body, problem};

pub(crate) const RULE: &str = r"id: demo.alpha
title: The first demo failure
product: demo
severity: error
owner: desk
automation: { reason: demo_alpha, retryable: 'no', who_can_fix: it }
match:
  any:
    - code: AlphaBetaGammaDelta
cause: The first thing is wrong. Call {{setting:phone}}.
guide:
  start: ask
  steps:
    - { id: ask, ask: 'Does {{setting:queue}} know?', answers: [{ id: knows, label: It does, go: end }] }
    - { id: end, outcome: resolved, text: Done. }
references:
  - { title: A page, url: 'https://example.com/alpha', verified: '2026-01-01' }
examples:
  - { text: 'failed: AlphaBetaGammaDelta', expect: match }
  - { text: 'error AlphaBetaGammaDelta in step 2', expect: match }
  - { text: AlphaBetaGamma, expect: silent }
walks:
  - { name: begins, path: [], end: ask }
  - { name: ends, answers: { ask: knows }, path: [ask/knows], end: end }
";

const HOSTILE: &str = "<script>alert(1)</script> **030** [go](javascript:x)";

pub(crate) async fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    fs::create_dir_all(pack.join("demo")).unwrap();
    fs::write(pack.join("products.yaml"), "- { id: demo, name: Demo }\n").unwrap();
    fs::write(pack.join("demo/demo.alpha.yaml"), RULE).unwrap();
    let pack = pack.display().to_string();
    Server::start_with(folder, &["--knowledge", &pack]).await
}

pub(crate) async fn page(who: &Visitor<'_>, path: &str) -> String {
    text(who.get(path).await, StatusCode::OK).await
}

pub(crate) fn said(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let selector = Selector::parse(selector).unwrap();
    let found = page.select(&selector);
    found.map(|one| one.text().collect()).collect()
}

async fn cause(server: &Server) -> String {
    let request = json!({"text": "AlphaBetaGammaDelta"});
    let sent = server.post("/api/v1/classify", &request);
    let said = body(sent.await, StatusCode::OK).await;
    said["findings"][0]["cause"].as_str().unwrap().to_owned()
}

async fn put(who: &Visitor<'_>, tag: &str, request: &Value) -> reqwest::Response {
    let sent = who.request(Method::PUT, "/api/v1/settings");
    let sent = sent.header("if-match", tag).json(request);
    sent.send().await.unwrap()
}

#[tokio::test]
async fn a_setting_fills_the_rules_from_the_next_request_on_as_plain_text() {
    let server = server().await;
    let owner = server.owner().await;
    let case = server.open(&json!({"text": "AlphaBetaGammaDelta"})).await;
    let case = case["url"].as_str().unwrap().to_owned();
    assert_eq!(
        cause(&server).await,
        "The first thing is wrong. Call unknown."
    );
    let settings = page(&owner, "/admin/settings").await;
    assert_eq!(said(&settings, "#h-missing ~ ul label").len(), 2);
    assert!(settings.contains("The first demo failure, step ask"));

    for (name, value) in [("phone", HOSTILE), ("queue", "RPA-Desk")] {
        let fields = [("deed", "set"), ("name", name), ("value", value)];
        let set = owner.form("/admin/settings", &fields).await;
        assert_eq!(set.status(), StatusCode::SEE_OTHER);
    }
    let settings = page(&owner, "/admin/settings").await;
    assert!(said(&settings, "#h-missing").is_empty());
    assert_eq!(said(&settings, "main script").len(), 0);
    let shown = page(&owner, &case).await;
    assert_eq!(
        said(&shown, ".verdict .text p")[0],
        format!("The first thing is wrong. Call {HOSTILE}.")
    );
    assert!(
        said(
            &shown,
            ".verdict .text a, .verdict .text strong, main script"
        )
        .is_empty()
    );
    assert_eq!(said(&shown, ".step.now h3")[0], "Does RPA-Desk know?");
    let rule = page(&owner, "/rules/demo.alpha").await;
    assert!(said(&rule, "#cause ~ .text p")[0].ends_with(&format!("Call {HOSTILE}.")));
    assert!(cause(&server).await.contains(r"\<script\>"));

    let fields = [("deed", "remove"), ("name", "phone")];
    owner.form("/admin/settings", &fields).await;
    assert_eq!(
        cause(&server).await,
        "The first thing is wrong. Call unknown."
    );
    let audit = page(&owner, "/admin/audit").await;
    for entry in ["setting.change", "setting.remove", "setting:phone"] {
        assert!(audit.contains(entry), "{entry}");
    }
}

#[tokio::test]
async fn a_setting_outlives_a_restart() {
    let server = server().await;
    let owner = server.owner().await;
    let fields = [("deed", "set"), ("name", "phone"), ("value", "1234")];
    owner.form("/admin/settings", &fields).await;
    let folder = server.stop().await;
    let server = Server::start_with(folder, &[]).await;
    assert!(cause(&server).await.ends_with("Call 1234."));
}

#[tokio::test]
async fn settings_are_for_admins_and_from_pages_of_this_server() {
    let server = server().await;
    let fields = [("deed", "set"), ("name", "phone"), ("value", "1234")];
    for role in ["helpdesk", "editor", "publisher"] {
        let other = server.staff(role, &[role]).await;
        let seen = other.get("/admin/settings").await;
        assert_eq!(seen.status(), StatusCode::FORBIDDEN, "{role}");
        let done = other.form("/admin/settings", &fields).await;
        assert_eq!(done.status(), StatusCode::FORBIDDEN, "{role}");
    }
    let nobody = server.get("/admin/settings").await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let owner = server.owner().await;
    for origin in [None, Some("https://elsewhere.example")] {
        let mut sent = owner
            .anywhere(Method::POST, "/admin/settings")
            .form(&fields);
        if let Some(origin) = origin {
            sent = sent.header("origin", origin);
        }
        let refused = sent.send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
    assert!(cause(&server).await.ends_with("Call unknown."));
    for scopes in [&["rules:write", "publish"][..], &["admin"]] {
        let program = server.program(scopes).await;
        let status = program.get("/api/v1/settings").await.status();
        let may = scopes == ["admin"];
        assert_eq!(status == StatusCode::OK, may, "{scopes:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_and_what_was_typed_is_kept() {
    let server = server().await;
    let owner = server.owner().await;
    let long = "x".repeat(1001);
    for (name, value) in [
        ("Phone", "1"),
        ("a b", "1"),
        ("phone", " "),
        ("phone", &long),
    ] {
        let fields = [("deed", "set"), ("name", name), ("value", value)];
        let refused = owner.form("/admin/settings", &fields).await;
        let page = text(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(!said(&page, ".refused")[0].is_empty());
        assert!(page.contains(&format!("value=\"{name}\"")));
    }
    let fields = [
        ("deed", "set"),
        ("name", "phone"),
        ("value", "1"),
        ("revision", "0"),
    ];
    owner.form("/admin/settings", &fields).await;
    let fields = [
        ("deed", "set"),
        ("name", "phone"),
        ("value", "2"),
        ("revision", "0"),
    ];
    let late = owner.form("/admin/settings", &fields).await;
    let page = text(late, StatusCode::PRECONDITION_FAILED).await;
    assert_eq!(said(&page, "textarea#value"), ["2"]);
    assert!(cause(&server).await.ends_with("Call 1."));
}

#[tokio::test]
async fn programs_replace_all_settings_of_the_revision_that_they_read() {
    let server = server().await;
    let program = server.program(&["admin"]).await;
    let seen = program.get("/api/v1/settings").await;
    let tag = seen.headers()["etag"].to_str().unwrap().to_owned();
    let seen = body(seen, StatusCode::OK).await;
    assert_eq!(seen["missing"], json!(["phone", "queue"]));
    assert_eq!(seen["second_person"], json!(false));
    assert_eq!(
        seen["used"][1]["places"],
        json!([{"id": "demo.alpha", "procedure": false, "step": "ask"}])
    );
    let values = json!({"values": {"phone": "1234", "mail": "a@b.example"}, "second_person": true});
    let changed = body(put(&program, &tag, &values).await, StatusCode::OK).await;
    assert_eq!(changed["missing"], json!(["queue"]));
    assert_eq!(changed["values"], values["values"]);
    assert_eq!(changed["second_person"], json!(true));
    let late = problem(put(&program, &tag, &values).await, 412).await;
    assert_eq!(late["revision"], changed["revision"]);
    let present = format!("\"{}\"", changed["revision"]);
    let fewer = json!({"values": {"phone": "1234"}});
    let fewer = body(put(&program, &present, &fewer).await, StatusCode::OK).await;
    assert_eq!(fewer["values"], json!({"phone": "1234"}));
    assert_eq!(fewer["second_person"], json!(true));
    let present = format!("\"{}\"", fewer["revision"]);
    let wrong = put(&program, &present, &json!({"values": {"A": "1"}})).await;
    assert_eq!(problem(wrong, 422).await["errors"][0]["pointer"], "/values");
    let untagged = program.json(Method::PUT, "/api/v1/settings", &values).await;
    assert_eq!(untagged.status(), StatusCode::PRECONDITION_REQUIRED);
    assert!(cause(&server).await.ends_with("Call 1234."));
}

#[tokio::test]
async fn an_admin_chooses_that_publishing_needs_a_second_person() {
    let server = server().await;
    let owner = server.owner().await;
    let ticked = |page: &str| !said(page, "input[name=second_person][checked]").is_empty();
    assert!(!ticked(&page(&owner, "/admin/settings").await));
    let fields = [("deed", "publishing"), ("second_person", "yes")];
    owner.form("/admin/settings", &fields).await;
    assert!(ticked(&page(&owner, "/admin/settings").await));
    let changed = RULE.replace("The first thing is wrong", "The first thing is broken");
    let editor = "/api/v1/rules/demo.alpha";
    let saved = owner
        .request(Method::PUT, editor)
        .header("if-match", "\"release-2\"");
    let saved = saved
        .header("content-type", "application/yaml")
        .body(changed);
    assert_eq!(saved.send().await.unwrap().status(), StatusCode::OK);
    let request = json!({"title": "A word"});
    let held = owner.json(Method::POST, "/api/v1/releases", &request).await;
    let held = body(held, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["blockers"], json!(["second_person"]));
    owner
        .form("/admin/settings", &[("deed", "publishing")])
        .await;
    let request = json!({"proposal": held["proposal"]});
    let published = owner.json(Method::POST, "/api/v1/releases", &request).await;
    body(published, StatusCode::CREATED).await;
}

#[tokio::test]
async fn a_reviewer_reads_a_new_rule_whole_on_its_proposal() {
    let server = server().await;
    let owner = server.owner().await;
    let new = RULE
        .replace("demo.alpha", "demo.beta")
        .replace("The first demo", "Another demo")
        .replace("AlphaBeta", "BetaGamma")
        .replace("owner: desk", "owner: desk\nrefines: [demo.alpha]");
    let new = new.replace(
        "  any:\n    - code: BetaGammaGammaDelta",
        "  any:\n    - code: BetaGammaGammaDelta\n    - { regex: 'beta [0-9]+', weak: true }",
    );
    let sent = owner.request(Method::PUT, "/api/v1/rules/demo.beta");
    let sent = sent.header("if-none-match", "*").body(new);
    let sent = sent.header("content-type", "application/yaml");
    assert_eq!(sent.send().await.unwrap().status(), StatusCode::CREATED);
    let fields = [("title", "One more"), ("draft", "rule:demo.beta")];
    let proposed = owner.form("/admin/releases", &fields).await;
    let proposal = proposed.headers()["location"].to_str().unwrap().to_owned();
    let seen = page(&owner, &proposal).await;
    assert!(!seen.contains("new as a whole"));
    let conditions = said(&seen, ".whole-rule .conditions li");
    assert_eq!(
        conditions,
        [
            "Any of these",
            "BetaGammaGammaDelta code",
            "beta [0-9]+ pattern, weak"
        ]
    );
    assert_eq!(
        said(&seen, ".whole-rule > .text p"),
        ["The first thing is wrong. Call [phone]."]
    );
    assert_eq!(said(&seen, ".whole-rule .outline > li").len(), 2);
    assert!(seen.contains("id=\"demo.beta.step-ask\""));
    assert!(seen.contains("href=\"#demo.beta.step-end\""));
    let examples = said(&seen, ".whole-rule .examples pre");
    assert_eq!(examples[2], "BetaGammaGamma");
    assert_eq!(said(&seen, ".whole-rule .examples .sign").len(), 3);
    assert!(seen.contains("a special case of <code>demo.alpha</code>"));
}
