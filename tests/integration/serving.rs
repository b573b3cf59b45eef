//! The server around the calls: health, numbers, headers, names.

use std::io::Read;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{Server, problem};

#[tokio::test]
async fn health_and_numbers_are_told() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK);
    server
        .post("/api/v1/classify", &json!({ "text": "0xC000015B" }))
        .await;
    server
        .post(
            "/api/v1/classify",
            &json!({ "text": "the kettle error is cold" }),
        )
        .await;
    let numbers = server.get("/metrics").await.text().await.unwrap();
    for line in [
        "signpost_verdicts_total{verdict=\"matched\"} 1",
        "signpost_diagnosed_total 2",
        "signpost_unmatched_total 1",
        "route=\"/api/v1/classify\",status=\"200\"} 2",
        "signpost_read_seconds_count 2",
        "signpost_classify_seconds_count 2",
    ] {
        assert!(numbers.contains(line), "{line} is not in\n{numbers}");
    }
}

#[tokio::test]
async fn every_answer_is_guarded_by_its_headers() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": "0xC000015B" })).await;
    let page = case["url"].as_str().unwrap();
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, page),
        (Method::GET, "/api/v1/rules"),
        (Method::GET, "/openapi.json"),
        (Method::GET, "/api/docs"),
        (Method::GET, "/static/signpost.css"),
        (Method::GET, "/healthz"),
        (Method::GET, "/metrics"),
        (Method::GET, "/nothing"),
        (Method::GET, "/static/nothing"),
        (Method::GET, "/api/v1/nothing"),
        (Method::POST, "/"),
        (Method::POST, "/cases"),
        (Method::POST, "/api/v1/classify"),
        (Method::DELETE, "/api/v1/classify"),
    ] {
        let answer = server.request(method.clone(), path).send().await.unwrap();
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{method} {path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("permissions-policy"));
        assert!(headers.contains_key("x-request-id"), "{method} {path}");
        let kept = headers["cache-control"].to_str().unwrap();
        assert_eq!(
            kept,
            if answer.status() == 200 && path.starts_with("/static") {
                "no-cache"
            } else {
                "no-store"
            }
        );
    }
}

#[tokio::test]
async fn long_answers_are_packed_for_those_who_take_it() {
    let server = Server::start().await;
    for path in ["/", "/openapi.json", "/static/signpost.css"] {
        let request = server
            .request(Method::GET, path)
            .header("accept-encoding", "gzip");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip", "{path}");
        let packed = answer.bytes().await.unwrap();
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(&packed[..]);
        reader.read_to_string(&mut text).unwrap();
        let plain = server.get(path).await;
        assert!(!plain.headers().contains_key("content-encoding"));
        assert_eq!(plain.text().await.unwrap(), text);
    }
}

#[tokio::test]
async fn a_server_on_loopback_answers_to_no_other_name() {
    let server = Server::start().await;
    let named = async |path: &str, host: &str| {
        let request = server.request(Method::GET, path).header("host", host);
        request.send().await.unwrap()
    };
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.1",
        "",
    ] {
        problem(named("/api/v1/rules", host).await, 403).await;
        assert_eq!(
            named("/", host).await.status(),
            StatusCode::FORBIDDEN,
            "{host}"
        );
    }
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:8080",
        "127.0.0.9",
        "[::1]:9",
    ] {
        assert_eq!(
            named("/api/v1/rules", host).await.status(),
            StatusCode::OK,
            "{host}"
        );
    }
}

#[tokio::test]
async fn a_server_with_a_public_address_answers_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let public = ["--public-url", "https://signpost.example"];
    let server =
        Server::start_with(folder, &[&public[..], &["--anonymous", "triage"]].concat()).await;
    let named = async |host: &str| {
        let request = server
            .request(Method::GET, "/api/v1/rules")
            .header("host", host);
        request.send().await.unwrap().status()
    };
    assert_eq!(named("signpost.example").await, StatusCode::OK);
    assert_eq!(named("other.example").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_public_address_is_open_to_nobody_unless_a_setting_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder, &["--public-url", "https://signpost.example"]).await;
    problem(server.get("/api/v1/rules").await, 401).await;
    let cookie = server.sign_up_cookie().await;
    assert!(cookie.starts_with("__Host-signpost="), "{cookie}");
    assert!(cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn a_missing_page_is_a_page_and_a_missing_call_is_a_problem() {
    let server = Server::start().await;
    let page = server.get("/nothing").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    problem(server.get("/api/v1/nothing").await, 404).await;
}

#[tokio::test]
async fn the_list_of_cases_needs_somebody_who_may_see_all() {
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start_with(folder, &["--anonymous", "triage", "--listen", "0.0.0.0:0"]).await;
    problem(server.get("/api/v1/cases").await, 401).await;
    let editor = server.staff("admin2", &["admin"]).await;
    problem(editor.get("/api/v1/cases").await, 403).await;
}
