//! The end of a server, and what it has written by then.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::program::Program;
use crate::{copy_published, json as body};

const SECRET: &str = "Tr0ub4dor-and-3";
const WORDS: &str = "kettlewhistle";

#[tokio::test]
async fn a_request_in_flight_is_finished_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let server = Program::serve(&folder, &[]);
    let sent = json!({ "text": "0xC000015B" }).to_string();
    let (first, rest) = sent.split_at(9);
    let mut upload = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/cases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        sent.len()
    );
    upload.write_all(head.as_bytes()).await.unwrap();
    let mut begun = [0; 25];
    upload.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    upload.write_all(first.as_bytes()).await.unwrap();
    server.terminate();
    while TcpStream::connect(&server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    upload.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    upload.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    let (status, log) = server.ended();
    assert!(status.success(), "{status} {log}");
    assert!(!folder.path().join("signpost.db-wal").exists());
    let case = answer.lines().last().unwrap();
    let case: Value = serde_json::from_str(case).unwrap();
    let again = Program::serve(&folder, &[]);
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    let kept = reqwest::get(again.url(&path)).await.unwrap();
    assert_eq!(
        body(kept, StatusCode::OK).await["findings"],
        case["findings"]
    );
}

#[tokio::test]
async fn the_log_holds_neither_words_nor_secrets_nor_the_name_of_a_case() {
    for more in [
        &["--log", "debug"][..],
        &["--log=trace", "--log-format=json"],
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy_published(&folder).await;
        let server = Program::serve(&folder, more);
        let id = busy_day(&server).await;
        server.terminate();
        let (status, log) = server.ended();
        assert!(status.success());
        assert!(log.contains("answered"), "{log}");
        for private in [SECRET, WORDS, &id, "RPA-PRIVATE"] {
            let line = log.lines().find(|line| line.contains(private));
            assert_eq!(line, None, "{private} {more:?}");
        }
    }
}

/// Cases, pages, errors; answers the case's name.
async fn busy_day(server: &Program) -> String {
    let client = reqwest::Client::new();
    let post = |path: &str| client.post(server.url(path));
    let text = format!("{WORDS}: failed with 0xC000015B\npassword={SECRET}\n");
    let sent = json!({ "text": text, "machine": "RPA-PRIVATE" });
    let case = post("/api/v1/cases")
        .header("Idempotency-Key", WORDS)
        .json(&sent);
    let case = body(case.send().await.unwrap(), StatusCode::CREATED).await;
    let id = case["id"].as_str().unwrap().to_owned();
    post("/api/v1/classify")
        .json(&json!({ "text": text }))
        .send()
        .await
        .unwrap();
    let wrong = post("/api/v1/classify").header("content-type", "application/json");
    wrong.body(format!("{{\"{WORDS}")).send().await.unwrap();
    let wrong = post("/api/v1/classify").json(&json!({ "text": 5, WORDS: SECRET }));
    wrong.send().await.unwrap();
    let form = reqwest::multipart::Form::new()
        .text("text", text)
        .text(WORDS, SECRET);
    post("/cases").multipart(form).send().await.unwrap();
    let step = json!({ "step": WORDS, "answer": SECRET });
    post(&format!("/api/v1/cases/{id}/answers"))
        .json(&step)
        .send()
        .await
        .unwrap();
    let elsewhere = post(&format!("/cases/{id}/outcome")).header("sec-fetch-site", "cross-site");
    let refused = elsewhere
        .json(&json!({ "outcome": "fixed" }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    for path in ["", "/print", "/sources/0", "/nothing"] {
        let page = format!("/cases/{id}{path}?rule={WORDS}");
        reqwest::get(server.url(&page)).await.unwrap();
    }
    for path in [
        "/search?q=kettlewhistle",
        "/codes/kettlewhistle",
        "/rules/kettlewhistle",
    ] {
        reqwest::get(server.url(path)).await.unwrap();
        reqwest::get(server.url(&format!("/api/v1{path}")))
            .await
            .unwrap();
    }
    id
}
