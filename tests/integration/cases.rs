//! Cases, from the first paste to the tombstone.

use std::io::Read;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::{BEGIN, DAY, Server, json as body, problem};

const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";

#[tokio::test]
async fn a_general_cause_in_a_record_of_its_own_is_told_as_a_possible_second_fault() {
    let server = Server::start().await;
    let record = |second, code| format!("2026-03-01 10:00:0{second} logon failed: {code}");
    let [wrong, off] = [record(1, "0xC000006D"), record(2, "0xC0000072")];
    let both = record(3, "Unknown user name or bad password, 0xC0000072");
    for (records, second) in [([&wrong, &off, &both], true), ([&both, &both, &off], false)] {
        let text = records.map(String::as_str).join("\n");
        let case = server.open(&json!({ "text": text })).await;
        let page = server.get(case["url"].as_str().unwrap()).await;
        let page = page.text().await.unwrap();
        assert!(page.contains("more general than"), "{text}");
        assert_eq!(page.contains("it may be a second fault"), second, "{text}");
    }
}

#[tokio::test]
async fn a_paste_becomes_a_case_that_walks_on_with_evidence_to_its_end() {
    let server = Server::start().await;
    let case = server
        .open(&json!({ "text": PROMPTED, "ticket": "INC-1" }))
        .await;
    let id = case["id"].as_str().unwrap();
    assert_eq!(case["walk"]["now"]["step"], "join-state");
    assert_eq!(case["expires_at"], BEGIN + 90 * DAY);
    let evidence =
        json!({ "facts": { "dsregcmd.AzureAdJoined": "YES", "dsregcmd.DomainJoined": "NO" } });
    let case = body(
        server.post(&path(id, "/evidence"), &evidence).await,
        StatusCode::OK,
    )
    .await;
    let done = &case["walk"]["done"][0];
    assert_eq!(
        (&done["step"], &done["by"]),
        (&json!("join-state"), &json!("evidence"))
    );
    assert!(
        done["because"][0]["text"]
            .as_str()
            .unwrap()
            .contains("AzureAdJoined")
    );
    let fixed = json!({ "outcome": "fixed", "note": "rebooted", "who": "Ada" });
    let case = body(
        server.post(&path(id, "/outcome"), &fixed).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(case["outcome"]["outcome"], "fixed");
    assert_eq!(case["receipts"].as_array().unwrap().len(), 2);
    let told = case["timeline"].as_array().unwrap();
    assert_eq!(told.last().unwrap()["what"], "Fixed: rebooted");
}

#[tokio::test]
async fn an_answer_moves_on_and_can_be_changed_and_taken_back() {
    let server = Server::start().await;
    let id = prompted(&server).await;
    let answered = answer(&server, &id, "join-state", "entra-only").await;
    let second = answered["walk"]["now"]["step"].clone();
    assert_eq!(answered["walk"]["done"][0]["by"], "person");
    let changed = answer(&server, &id, "join-state", "other").await;
    assert_ne!(changed["walk"]["now"]["step"], second);
    let back = server
        .request(Method::DELETE, &path(&id, "/answers/join-state"))
        .send()
        .await
        .unwrap();
    let back = body(back, StatusCode::OK).await;
    assert_eq!(back["walk"]["now"]["step"], "join-state");
    let again = server
        .request(Method::DELETE, &path(&id, "/answers/join-state"))
        .send()
        .await
        .unwrap();
    problem(again, 404).await;
}

#[tokio::test]
async fn only_answers_that_the_walk_offers_are_taken() {
    let server = Server::start().await;
    let id = prompted(&server).await;
    let wrong = [
        (
            json!({ "step": "join-state", "answer": "perhaps" }),
            "/answer",
        ),
        (json!({ "step": "retry", "answer": "runs" }), "/step"),
        (json!({ "step": "Not A Step", "answer": "runs" }), "/step"),
        (
            json!({ "rule": "no.such", "step": "join-state", "answer": "other" }),
            "/rule",
        ),
        (json!({ "step": "join-state" }), "/answer"),
    ];
    for (sent, pointer) in wrong {
        let refused = problem(server.post(&path(&id, "/answers"), &sent).await, 422).await;
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{sent}");
    }
}

#[tokio::test]
async fn a_guide_starts_without_evidence() {
    let server = Server::start().await;
    let rule = "win.smartcard-required";
    let case = server
        .open(&json!({ "rule": rule, "machine": "RPA-7" }))
        .await;
    assert_eq!(
        (&case["walk"]["rule"], &case["machine"]),
        (&json!(rule), &json!("RPA-7"))
    );
    let unknown = server
        .post("/api/v1/cases", &json!({ "rule": "no.such" }))
        .await;
    assert_eq!(problem(unknown, 422).await["errors"][0]["pointer"], "/rule");
}

#[tokio::test]
async fn not_fixed_goes_on_to_the_next_cause_and_wrong_cause_to_the_right_one() {
    let server = Server::start().await;
    let case = server
        .open(&json!({ "text": format!("{PROMPTED}\n\nanother run: 0xC000015B") }))
        .await;
    let id = case["id"].as_str().unwrap();
    let first = case["walk"]["rule"].clone();
    let next = body(
        server
            .post(&path(id, "/outcome"), &json!({ "outcome": "not_fixed" }))
            .await,
        StatusCode::OK,
    )
    .await;
    assert_ne!(next["walk"]["rule"], first);
    assert!(
        next["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["rule"] == next["walk"]["rule"])
    );
    let right = json!({ "outcome": "wrong_cause", "right_rule": "win.smartcard-required" });
    let right = body(
        server.post(&path(id, "/outcome"), &right).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(right["walk"]["rule"], "win.smartcard-required");
    let wrong = json!({ "outcome": "wrong_cause", "right_rule": "no.such" });
    problem(server.post(&path(id, "/outcome"), &wrong).await, 422).await;
    problem(
        server
            .post(&path(id, "/outcome"), &json!({ "outcome": "perhaps" }))
            .await,
        422,
    )
    .await;
}

#[tokio::test]
async fn a_change_to_a_case_that_has_changed_says_what_happened_meanwhile() {
    let server = Server::start().await;
    let id = prompted(&server).await;
    answer(&server, &id, "join-state", "other").await;
    let stale = server
        .request(Method::PATCH, &path(&id, ""))
        .header("If-Match", "\"1\"")
        .json(&json!({ "note": "late" }))
        .send()
        .await
        .unwrap();
    let told = problem(stale, 412).await;
    assert_eq!(told["revision"], 2);
    assert!(
        told["since"][0]["what"]
            .as_str()
            .unwrap()
            .starts_with("How is the machine joined?")
    );
    let fresh = server
        .request(Method::PATCH, &path(&id, ""))
        .header("If-Match", "\"2\"")
        .json(&json!({ "note": "in time", "ticket": "INC-2" }))
        .send()
        .await
        .unwrap();
    assert_eq!(fresh.headers()["etag"], "\"3\"");
    assert_eq!(body(fresh, StatusCode::OK).await["note"], "in time");
    let cleared = server
        .request(Method::PATCH, &path(&id, ""))
        .json(&json!({ "note": null }))
        .send()
        .await
        .unwrap();
    let cleared = body(cleared, StatusCode::OK).await;
    assert_eq!(
        (&cleared["note"], &cleared["ticket"]),
        (&Value::Null, &json!("INC-2"))
    );
}

#[tokio::test]
async fn a_case_that_did_not_change_is_not_sent_again() {
    let server = Server::start().await;
    let id = prompted(&server).await;
    let same = server
        .request(Method::GET, &path(&id, ""))
        .header("If-None-Match", "\"1\"")
        .send()
        .await
        .unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn a_deleted_case_and_one_past_its_time_leave_a_tombstone() {
    let server = Server::start().await;
    let (deleted, expired) = (prompted(&server).await, prompted(&server).await);
    let gone = server
        .request(Method::DELETE, &path(&deleted, ""))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let left = problem(server.get(&path(&deleted, "")).await, 410).await;
    assert_eq!(
        left["tombstone"]["rules"][0],
        "pad.session.prompted-for-credentials"
    );
    assert!(server.get(&path(&expired, "")).await.status().is_success());
    server.later(91 * DAY);
    let left = problem(server.get(&path(&expired, "")).await, 410).await;
    assert_eq!(left["tombstone"]["gone_at"], BEGIN + 90 * DAY);
    problem(
        server
            .post(&path(&expired, "/outcome"), &json!({ "outcome": "fixed" }))
            .await,
        410,
    )
    .await;
    problem(
        server.get("/api/v1/cases/aaaaaaaaaaaaaaaaaaaaaaaa77").await,
        404,
    )
    .await;
    problem(server.get("/api/v1/cases/short").await, 404).await;
}

#[tokio::test]
async fn cases_survive_a_restart_and_say_the_same() {
    let server = Server::start().await;
    let id = prompted(&server).await;
    let before = answer(&server, &id, "join-state", "other").await;
    let server = Server::start_with(server.stop().await, &[]).await;
    let after = body(server.get(&path(&id, "")).await, StatusCode::OK).await;
    assert_eq!(before, after);
    assert_eq!(after["pinned_release"], 1);
}

#[tokio::test]
async fn secrets_are_not_in_the_database() {
    let server = Server::start().await;
    let text = format!("{PROMPTED}\npassword=Tr0ub4dor-and-3\n");
    let case = server.open(&json!({ "text": text })).await;
    assert_eq!(case["verdict"], "matched");
    assert!(!case.to_string().contains("Tr0ub4dor"));
    let id = case["id"].as_str().unwrap();
    let source = server.get(&format!("/cases/{id}/sources/0")).await;
    let source = source.text().await.unwrap();
    assert!(source.contains("[password]") && !source.contains("Tr0ub4dor"));
    let facts = json!({ "facts": { "app.ConnectionString": "Server=a;Password=Tr0ub4dor-and-3" } });
    let case = server.post(&path(id, "/evidence"), &facts).await;
    let case = body(case, StatusCode::OK).await;
    assert!(!case.to_string().contains("Tr0ub4dor"), "{case}");
    let note = json!({ "note": "password=Tr0ub4dor-and-3", "who": "Ada" });
    let noted = server.request(Method::PATCH, &path(id, "")).json(&note);
    let noted = body(noted.send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(noted["note"], "password=[password]");
    let outcome = json!({ "outcome": "waiting", "note": "password=Tr0ub4dor-and-3" });
    server.post(&path(id, "/outcome"), &outcome).await;
    let folder = server.stop().await;
    let kept = kept_texts(&folder).await;
    assert!(kept.iter().any(|text| text.contains(PROMPTED)));
    let secret = kept.iter().find(|text| text.contains("Tr0ub4dor"));
    assert_eq!(secret, None);
}

/// Everything that the database holds of cases, unpacked.
async fn kept_texts(folder: &tempfile::TempDir) -> Vec<String> {
    let file = folder.path().join("signpost.db");
    let raw = std::fs::read(&file).unwrap();
    let mut database = SqliteConnection::connect(&file.display().to_string())
        .await
        .unwrap();
    let packed: Vec<Vec<u8>> = sqlx::query_scalar("SELECT text FROM sources")
        .fetch_all(&mut database)
        .await
        .unwrap();
    let unpacked = packed.iter().map(|packed| {
        let mut text = String::new();
        let mut reader = flate2::read::ZlibDecoder::new(packed.as_slice());
        reader.read_to_string(&mut text).unwrap();
        text
    });
    let raw = String::from_utf8_lossy(&raw).into_owned();
    unpacked.chain(std::iter::once(raw)).collect()
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let server = Server::start().await;
    for ticket in ["INC-1", "INC-2", "INC-3"] {
        server
            .open(&json!({ "text": PROMPTED, "ticket": ticket }))
            .await;
        server.later(1);
    }
    let page = body(
        server.owner().await.get("/api/v1/cases?limit=2").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(page["cases"][0]["ticket"], "INC-3");
    let next = page["next"].as_str().unwrap();
    let rest = body(
        server
            .owner()
            .await
            .get(&format!("/api/v1/cases?limit=2&cursor={next}"))
            .await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(rest["cases"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], Value::Null);
    for (query, count) in [
        ("ticket=INC-2", 1),
        ("rule=pad.session.prompted-for-credentials", 3),
        ("rule=pad.session.prompted_for_credentials", 0),
        ("rule=pad.session.%25", 0),
        ("rule=pad.session", 0),
        ("rule=", 0),
        ("machine=%25", 0),
        ("verdict=unmatched", 0),
        ("outcome=fixed", 0),
        (&format!("updated_since={}", BEGIN + 1), 2),
    ] {
        let found = body(
            server
                .owner()
                .await
                .get(&format!("/api/v1/cases?{query}"))
                .await,
            StatusCode::OK,
        )
        .await;
        assert_eq!(found["cases"].as_array().unwrap().len(), count, "{query}");
    }
    problem(
        server
            .owner()
            .await
            .get("/api/v1/cases?verdict=perhaps")
            .await,
        422,
    )
    .await;
}

async fn prompted(server: &Server) -> String {
    let case = server.open(&json!({ "text": PROMPTED })).await;
    case["id"].as_str().unwrap().to_owned()
}

async fn answer(server: &Server, id: &str, step: &str, answer: &str) -> Value {
    let sent = json!({ "step": step, "answer": answer, "who": "Ada" });
    body(
        server.post(&path(id, "/answers"), &sent).await,
        StatusCode::OK,
    )
    .await
}

fn path(id: &str, rest: &str) -> String {
    format!("/api/v1/cases/{id}{rest}")
}

#[tokio::test]
async fn a_case_takes_only_so_many_changes() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    let id = case["id"].as_str().unwrap().to_owned();
    let folder = server.stop().await;
    let file = folder.path().join("signpost.db").display().to_string();
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query("UPDATE cases SET revision = 2000")
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    let server = Server::start_with(folder, &[]).await;
    let fixed = json!({ "outcome": "fixed" });
    let refused = problem(server.post(&path(&id, "/outcome"), &fixed).await, 422).await;
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("Open a new one")
    );
    let read = server.get(&format!("/api/v1/cases/{id}")).await;
    assert_eq!(body(read, StatusCode::OK).await["outcome"], Value::Null);
}
