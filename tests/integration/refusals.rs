//! Every way to be wrong has its own clear answer.

use reqwest::Method;
use serde_json::json;

use crate::{Server, problem};

const CLASSIFY: &str = "/api/v1/classify";

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let server = Server::start().await;
    for sent in [
        &b"{\"text\": "[..],
        b"\xff\xfe{}",
        b"{\"text\": \"\xc3\x28\"}",
        b"",
    ] {
        let request = server
            .request(Method::POST, CLASSIFY)
            .header("content-type", "application/json");
        let answer = request.body(sent.to_vec()).send().await.unwrap();
        let answer = problem(answer, 400).await;
        assert_eq!(answer["type"], "urn:signpost:problem:malformed");
    }
    let request = server
        .request(Method::POST, CLASSIFY)
        .header("content-type", "multipart/form-data; boundary=x");
    problem(request.body("no form").send().await.unwrap(), 400).await;
}

#[tokio::test]
async fn what_is_read_but_wrong_is_invalid_and_names_the_field() {
    let server = Server::start().await;
    let wrong = [
        (json!({}), "/text"),
        (json!({ "text": " \n" }), "/text"),
        (json!({ "text": 5 }), "/text"),
        (json!({ "facts": { "a.b": 5 } }), "/facts"),
        (json!({ "text": "x", "limit": 0 }), "/limit"),
        (json!({ "text": "x", "txet": "y" }), "/txet"),
        (json!([]), ""),
    ];
    for (sent, pointer) in wrong {
        let answer = problem(server.post(CLASSIFY, &sent).await, 422).await;
        assert_eq!(answer["errors"][0]["pointer"], pointer, "{sent}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_the_limit() {
    let server = Server::start().await;
    let paste = "x".repeat(1024 * 1024 + 1);
    let answer = problem(server.post(CLASSIFY, &json!({ "text": paste })).await, 413).await;
    assert!(
        answer["detail"].as_str().unwrap().contains("1 MiB"),
        "{answer}"
    );
    let huge = "x".repeat(6 * 1024 * 1024);
    problem(server.post(CLASSIFY, &json!({ "text": huge })).await, 413).await;
}

#[tokio::test]
async fn an_upload_over_the_limit_is_refused() {
    let server = Server::start_with(
        tempfile::tempdir().unwrap(),
        &["--upload-mib", "1", "--files", "2"],
    )
    .await;
    let large = reqwest::multipart::Part::bytes(vec![b'x'; 3 * 1024 * 1024]).file_name("a.log");
    let form = reqwest::multipart::Form::new().part("file", large);
    let answer = server
        .request(Method::POST, CLASSIFY)
        .multipart(form)
        .send()
        .await
        .unwrap();
    problem(answer, 413).await;
    let mut many = reqwest::multipart::Form::new();
    for _ in 0..3 {
        many = many.part(
            "file",
            reqwest::multipart::Part::bytes(vec![b'x']).file_name("a.log"),
        );
    }
    problem(
        server
            .request(Method::POST, CLASSIFY)
            .multipart(many)
            .send()
            .await
            .unwrap(),
        413,
    )
    .await;
}

#[tokio::test]
async fn other_media_types_methods_and_addresses_are_refused() {
    let server = Server::start().await;
    let plain = server
        .request(Method::POST, CLASSIFY)
        .header("content-type", "text/plain")
        .body("x");
    problem(plain.send().await.unwrap(), 415).await;
    problem(
        server.request(Method::POST, CLASSIFY).send().await.unwrap(),
        415,
    )
    .await;
    problem(server.get(CLASSIFY).await, 405).await;
    problem(server.get("/api/v1/nothing").await, 404).await;
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_for_its_reader() {
    let server = Server::start().await;
    let request = server
        .request(Method::POST, "/api/v1/cases")
        .header("sec-fetch-site", "cross-site");
    let answer = request
        .header("origin", "https://evil.example")
        .json(&json!({ "text": "x" }))
        .send()
        .await
        .unwrap();
    problem(answer, 403).await;
}
