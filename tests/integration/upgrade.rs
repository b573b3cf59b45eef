//! A new version of the rules comes to a server where rules were changed, and to one where they were not.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::releases::checked;
use crate::visitor::{Visitor, text};
use crate::{Server, json as body};

/// A rule as one of the packs has it.
fn rule(name: &str, title: &str, cause: &str) -> String {
    let word = name[..1].to_uppercase() + &name[1..];
    format!(
        r"id: demo.{name}
title: {title}
product: demo
severity: error
owner: desk
automation: {{ reason: demo_{name}, retryable: 'no', who_can_fix: it }}
match:
  any:
    - code: Failure{word}HappenedNow
cause: {cause}
guide:
  start: end
  steps:
    - {{ id: end, outcome: resolved, text: Done. }}
references:
  - {{ title: A page, url: 'https://example.com/{name}', verified: '2026-01-01' }}
examples:
  - {{ text: 'failed: Failure{word}HappenedNow', expect: match }}
  - {{ text: 'error Failure{word}HappenedNow in step 2', expect: match }}
  - {{ text: 'Failure{word}Happened', expect: silent }}
walks:
  - {{ name: ends, path: [], end: end }}
"
    )
}

/// Writes a pack of rules, each with its title and its cause.
fn write(folder: &Path, rules: &[(&str, &str, &str)]) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("demo")).unwrap();
    fs::write(folder.join("products.yaml"), "- { id: demo, name: Demo }\n").unwrap();
    for (name, title, cause) in rules {
        let text = rule(name, title, cause);
        fs::write(folder.join(format!("demo/demo.{name}.yaml")), text).unwrap();
    }
}

const FIRST: [(&str, &str, &str); 6] = [
    ("alpha", "Alpha", "Why."),
    ("beta", "Beta", "Why."),
    ("gamma", "Gamma", "Why."),
    ("follows", "Follows", "Why."),
    ("goes", "Goes", "Why."),
    ("kept", "Kept", "Why."),
];

const SECOND: [(&str, &str, &str); 5] = [
    ("alpha", "Alpha of version 2", "Why."),
    ("beta", "Beta of version 2", "Why."),
    ("gamma", "Gamma of version 2", "Why."),
    ("follows", "Follows version 2", "Why."),
    ("new", "New in version 2", "Why."),
];

async fn start(folder: TempDir) -> Server {
    let pack = folder.path().join("pack").display().to_string();
    Server::start_with(folder, &["--knowledge", &pack]).await
}

async fn first() -> Server {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("pack"), &FIRST);
    start(folder).await
}

/// Starts again with another pack.
async fn again(server: Server, rules: &[(&str, &str, &str)]) -> Server {
    let folder = server.stop().await;
    write(&folder.path().join("pack"), rules);
    start(folder).await
}

async fn draft(visitor: &Visitor<'_>, name: &str, text: String) {
    let path = format!("/api/v1/rules/demo.{name}");
    let present = visitor.get(&format!("{path}?draft=true")).await;
    let tag = present.headers()["etag"].to_str().unwrap().to_owned();
    let request = visitor.request(Method::PUT, &path).header("if-match", tag);
    let request = request.header("content-type", "application/yaml");
    let saved = request.body(text).send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::OK);
}

/// What the house makes of the first pack: three rules changed, one removed.
async fn house(server: &Server) {
    let program = server.program(&["rules:write", "publish"]).await;
    draft(
        &program,
        "alpha",
        rule("alpha", "Alpha of this house", "Why."),
    )
    .await;
    draft(
        &program,
        "beta",
        rule("beta", "Beta", "Why, says this house."),
    )
    .await;
    draft(&program, "kept", rule("kept", "Kept by this house", "Why.")).await;
    let path = "/api/v1/rules/demo.gamma";
    let removed = program.request(Method::DELETE, path);
    let removed = removed.header("if-match", "\"release-2\"").send().await;
    assert_eq!(removed.unwrap().status(), StatusCode::OK);
    let request = json!({ "title": "Ours" });
    let release = program
        .json(Method::POST, "/api/v1/releases", &request)
        .await;
    body(release, StatusCode::CREATED).await;
}

/// A server's own check of an upgrade ends, and nobody asked for it.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_upgrade_proposes_is_checked_without_being_asked_for() {
    let server = first().await;
    house(&server).await;
    let mut second = FIRST;
    second[3].1 = "Follows version 2";
    let server = again(server, &second).await;
    let owner = server.owner().await;
    let proposal = checked(&owner, 2).await;
    assert_eq!(
        (&proposal["state"], &proposal["blockers"]),
        (&json!("ready"), &json!([]))
    );
    let log = owner.get("/admin/audit?action=proposal.check").await;
    let log = text(log, StatusCode::OK).await;
    assert!(log.contains("<th scope=\"row\">signpost</th>"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_with_nothing_to_propose_is_named_where_releases_are() {
    let server = first().await;
    house(&server).await;
    let mut second = FIRST;
    second[2].1 = "Gamma of version 2";
    let server = again(server, &second).await;
    let why = "they stay removed: demo.gamma.";
    assert!(server.news.contains(why), "{}", server.news);
    let owner = server.owner().await;
    assert_eq!(proposals(&owner).await.len(), 1);
    for page in ["/admin/releases", "/admin/audit?action=release.stay"] {
        let page = text(owner.get(page).await, StatusCode::OK).await;
        assert!(page.contains(why), "{page}");
    }
    // The next release may have been made in knowledge of it.
    let off = [("rule", "demo.beta"), ("reason", "It is wrong")];
    owner.form("/admin/releases/switch-off", &off).await;
    let page = text(owner.get("/admin/releases").await, StatusCode::OK).await;
    assert!(!page.contains(why), "{page}");
}

async fn titles(server: &Server) -> Vec<String> {
    let rules = body(server.get("/api/v1/rules").await, StatusCode::OK).await;
    let rules = rules["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| rule["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn proposals(visitor: &Visitor<'_>) -> Vec<Value> {
    let mut found = Vec::new();
    for number in 1.. {
        let answer = visitor.get(&format!("/api/v1/proposals/{number}")).await;
        if answer.status() == StatusCode::NOT_FOUND {
            break;
        }
        found.push(body(answer, StatusCode::OK).await);
    }
    found
}

/// What the form of a page would send as it stands.
fn fields(page: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let inputs = "form.merge input[type=hidden], form.merge input[type=radio][checked]";
    let inputs = Selector::parse(inputs).unwrap();
    let fields = page.select(&inputs).map(|input| {
        let value = |name| input.value().attr(name).unwrap_or_default().to_owned();
        (value("name"), value("value"))
    });
    fields.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_changed_follows_at_once() {
    let server = again(first().await, &SECOND).await;
    assert_eq!(titles(&server).await[0], "Alpha of version 2");
    let owner = server.owner().await;
    assert_eq!(proposals(&owner).await, Vec::<Value>::new());
    let server = again(server, &SECOND).await;
    let releases = body(server.get("/api/v1/releases").await, StatusCode::OK).await;
    assert_eq!(releases.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_here_is_never_overwritten_and_what_is_new_is_proposed_once() {
    let mut server = first().await;
    house(&server).await;
    let ours = titles(&server).await;
    for _ in 0..2 {
        server = again(server, &SECOND).await;
        let brings = "proposal 2 brings the new version";
        assert!(server.news.contains(brings), "{}", server.news);
    }
    assert_eq!(titles(&server).await, ours);
    let owner = server.owner().await;
    let all = proposals(&owner).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let url = all[1]["url"].as_str().unwrap().to_owned();
    assert!(
        all[1]["title"]
            .as_str()
            .unwrap()
            .starts_with("Upgrade to the knowledge in ")
    );
    let page = text(owner.get(&url).await, StatusCode::OK).await;
    for said in [
        "in the same place; open the draft of each and decide: demo.alpha.",
        "both changes are in the draft: demo.beta.",
        "taken over: demo.follows.",
        "New: demo.new.",
        "so that they go: demo.goes.",
        "they stay as they are here: demo.kept.",
        "they stay removed: demo.gamma.",
    ] {
        assert!(page.contains(said), "{said} is not in {page}");
    }
    assert_eq!(page.matches("Decide what stays").count(), 1);
    assert!(page.contains("href=\"/admin/rules/demo.alpha/merge\""));
    // It is held back until somebody decides.
    let request = json!({ "proposal": 2 });
    let held = owner.json(Method::POST, "/api/v1/releases", &request).await;
    let held = body(held, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(held["blockers"], json!(["rules"]));
    let merge = text(
        owner.get("/admin/rules/demo.alpha/merge").await,
        StatusCode::OK,
    )
    .await;
    assert!(
        merge.contains("A new version and the rules here"),
        "{merge}"
    );
    assert!(merge.contains("Alpha of this house") && merge.contains("Alpha of version 2"));
    let chosen = fields(&merge);
    let chosen = chosen
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let chosen = chosen.collect::<Vec<_>>();
    // As it stands, what was changed here stays.
    assert!(
        chosen
            .iter()
            .any(|(name, value)| name.contains(".take") && *value == "theirs")
    );
    let joined = owner.form("/admin/rules/demo.alpha/merge", &chosen).await;
    assert_eq!(joined.status(), StatusCode::SEE_OTHER);
    let taken = [("deed", "with"), ("draft", "rule:demo.alpha")];
    assert_eq!(
        owner.form(&url, &taken).await.status(),
        StatusCode::SEE_OTHER
    );
    let release = owner.json(Method::POST, "/api/v1/releases", &request).await;
    body(release, StatusCode::CREATED).await;
    assert_eq!(
        titles(&server).await,
        [
            "Alpha of this house",
            "Beta of version 2",
            "Follows version 2",
            "Kept by this house",
            "New in version 2"
        ]
    );
    let beta = body(server.get("/api/v1/rules/demo.beta").await, StatusCode::OK).await;
    assert!(beta["cause"].as_str().unwrap().contains("says this house"));
    // The same version again proposes nothing, and the next one begins from it.
    let server = again(server, &SECOND).await;
    let mut third = SECOND;
    third[3].1 = "Follows version 3";
    let owner = server.sign_in("owner").await;
    assert_eq!(proposals(&owner).await.len(), 2);
    let server = again(server, &third).await;
    let owner = server.sign_in("owner").await;
    let all = proposals(&owner).await;
    let page = text(
        owner.get(all[2]["url"].as_str().unwrap()).await,
        StatusCode::OK,
    )
    .await;
    assert!(page.contains("taken over: demo.follows."), "{page}");
    assert!(
        !page.contains("demo.alpha") && !page.contains("demo.gamma"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_somebody_stays_and_a_newer_version_takes_the_older_ones_place() {
    let server = first().await;
    house(&server).await;
    let program = server.program(&["rules:write"]).await;
    draft(
        &program,
        "follows",
        rule("follows", "Follows my draft", "Why."),
    )
    .await;
    draft(
        &program,
        "alpha",
        rule("alpha", "Alpha of my draft", "Why."),
    )
    .await;
    let server = again(server, &SECOND).await;
    let owner = server.owner().await;
    let page = text(
        owner.get("/admin/releases/proposals/2").await,
        StatusCode::OK,
    )
    .await;
    assert!(page.contains("Somebody has another draft of it"), "{page}");
    assert!(
        page.contains("left out because somebody has a draft: demo.alpha."),
        "{page}"
    );
    let server = again(server, &SECOND[..4]).await;
    let owner = server.sign_in("owner").await;
    let all = proposals(&owner).await;
    assert_eq!((all.len(), &all[1]["state"]), (3, &json!("withdrawn")));
    let release = json!({ "proposal": 3 });
    let release = owner.json(Method::POST, "/api/v1/releases", &release).await;
    body(release, StatusCode::CREATED).await;
    let titles = titles(&server).await;
    assert!(
        titles.contains(&"Follows version 2".to_owned()),
        "{titles:?}"
    );
    assert!(
        !titles.contains(&"New in version 2".to_owned()),
        "{titles:?}"
    );
    let drafted = owner.get("/api/v1/rules/demo.follows?draft=true").await;
    let drafted = body(drafted, StatusCode::OK).await;
    assert_eq!(drafted["behind"], true);
    assert!(
        drafted["text"]
            .as_str()
            .unwrap()
            .contains("Follows my draft")
    );
    let new = owner.get("/api/v1/rules/demo.new?draft=true").await;
    assert_eq!(new.status(), StatusCode::NOT_FOUND);
}
