//! The OpenAPI document says what the server does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Server, json as body};

#[tokio::test]
async fn every_example_of_the_document_is_taken() {
    let server = Server::start().await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut sent = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let example = &operation["requestBody"]["content"]["application/json"]["example"];
            if example.is_null() {
                continue;
            }
            let path = path.replace("{id}", &case_for(&server, example).await);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = server
                .request(method, &path)
                .json(example)
                .send()
                .await
                .unwrap();
            assert!(
                answer.status().is_success(),
                "{path} {example}: {}",
                answer.text().await.unwrap()
            );
            sent += 1;
        }
    }
    assert_eq!(sent, 6);
}

#[tokio::test]
async fn the_document_names_every_call_and_the_page_shows_them() {
    let server = Server::start().await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    let page = server.get("/api/docs").await.text().await.unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(page.contains(path.as_str()), "{path}");
    }
    assert!(!page.contains("<script"));
    assert!(document["paths"]["/api/v1/cases/{id}/answers/{step}"]["delete"].is_object());
}

async fn case_for(server: &Server, _: &Value) -> String {
    let text = "SessionCreationUserPromptedForCredentialsAfterConnection";
    let case = server.open(&json!({ "text": text })).await;
    case["id"].as_str().unwrap().to_owned()
}
