//! The server around the calls: health, numbers, headers, names, starts that must fail.

use reqwest::{Method, StatusCode};
use serde_json::json;
use signpost::app::App;

use crate::{Server, config, problem};

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
    for path in ["/", "/api/v1/rules", "/nothing", "/api/docs"] {
        let answer = server.get(path).await;
        let headers = answer.headers();
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("default-src 'none'"),
            "{path}"
        );
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_server_on_loopback_answers_to_no_other_name() {
    let server = Server::start().await;
    let named = |host: &'static str| {
        server
            .request(Method::GET, "/api/v1/rules")
            .header("host", host)
            .send()
    };
    problem(named("evil.example").await.unwrap(), 403).await;
    for host in ["localhost", "127.0.0.1:8080", "[::1]:9"] {
        assert_eq!(
            named(host).await.unwrap().status(),
            StatusCode::OK,
            "{host}"
        );
    }
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
async fn the_list_of_cases_needs_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::start_with(folder, &["--anonymous", "triage", "--listen", "0.0.0.0:0"]).await;
    problem(server.get("/api/v1/cases").await, 403).await;
}

#[tokio::test]
async fn an_open_address_a_newer_database_and_an_unwritable_path_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let open = config(&folder, &["--listen", "0.0.0.0:0"]);
    let said = App::build(&open).await.unwrap_err().to_string();
    assert!(said.contains("SIGNPOST_ANONYMOUS=triage"), "{said}");
    std::fs::write(folder.path().join("file"), "").unwrap();
    let under_a_file = folder.path().join("file/signpost.db").display().to_string();
    let unwritable = config(&folder, &["--database", &under_a_file]);
    let said = format!("{:#}", App::build(&unwritable).await.unwrap_err());
    assert!(said.contains("cannot be used"), "{said}");
}
