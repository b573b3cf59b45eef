//! The OpenAPI document says what the server does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Server, json as body};

#[tokio::test]
async fn every_example_of_the_document_is_taken() {
    let server = Server::start().await;
    let program = server
        .program(&["classify", "cases", "rules:write", "publish", "admin"])
        .await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut sent = 0;
    let paths = document["paths"].as_object().unwrap();
    // What is published was drafted before.
    let (last, first): (Vec<_>, Vec<_>) = paths
        .iter()
        .partition(|(path, _)| path.as_str() == "/api/v1/releases");
    for (path, item) in first.into_iter().chain(last) {
        for (method, operation) in item.as_object().unwrap() {
            let example = &operation["requestBody"]["content"]["application/json"]["example"];
            if example.is_null() {
                continue;
            }
            let path = match example["id"].as_str() {
                Some(id) => path.replace("{id}", id),
                None => path.replace("{id}", &case_for(&server, example).await),
            };
            let mut example = example.clone();
            if example["from"].is_string() {
                // A case that is there, as it stands.
                let other = server.open(&json!({ "text": "one more" })).await;
                example["from"].clone_from(&other["id"]);
                example["revision"].clone_from(&other["revision"]);
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = program.request(method.clone(), &path);
            let request = match method {
                Method::PUT if path.ends_with("/settings") => request.header("if-match", "\"0\""),
                Method::PUT => request.header("if-none-match", "*"),
                _ => request,
            };
            let answer = request.json(&example).send().await.unwrap();
            assert!(
                answer.status().is_success(),
                "{path} {example}: {}",
                answer.text().await.unwrap()
            );
            sent += 1;
        }
    }
    assert_eq!(sent, 11);
}

/// Everything that is served below `/api/v1`.
const CALLS: [&str; 33] = [
    "DELETE /cases/{id}",
    "DELETE /cases/{id}/answers/{step}",
    "DELETE /rules/{id}",
    "GET /cases",
    "GET /cases/{id}",
    "GET /codes/{code}",
    "GET /collectors",
    "GET /facts",
    "GET /proposals/{n}",
    "GET /reasons",
    "GET /releases",
    "GET /releases/{n}",
    "GET /releases/{n}/diff/{m}",
    "GET /releases/{n}/export",
    "GET /rules",
    "GET /rules/{id}",
    "GET /schema/report.json",
    "GET /schema/rule.json",
    "GET /search",
    "GET /settings",
    "PATCH /cases/{id}",
    "POST /cases",
    "POST /cases/{id}/answers",
    "POST /cases/{id}/evidence",
    "POST /cases/{id}/merge",
    "POST /cases/{id}/outcome",
    "POST /classify",
    "POST /releases",
    "POST /releases/import",
    "POST /rules/test",
    "POST /rules/{id}/walks",
    "PUT /rules/{id}",
    "PUT /settings",
];

#[tokio::test]
async fn the_document_names_every_call_and_the_page_shows_them() {
    let server = Server::start().await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    let mut named = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let short = path.strip_prefix("/api/v1").unwrap();
        let methods = item.as_object().unwrap().keys();
        named.extend(methods.map(|method| format!("{} {short}", method.to_uppercase())));
    }
    named.sort_unstable();
    assert_eq!(named, CALLS);
    let page = server.get("/api/docs").await.text().await.unwrap();
    let page = scraper::Html::parse_document(&page);
    let text = page.root_element().text().collect::<Vec<_>>().join(" ");
    for path in document["paths"].as_object().unwrap().keys() {
        assert!(text.contains(path.as_str()), "{path}");
    }
    let script = scraper::Selector::parse("script, [onclick], [style]").unwrap();
    assert_eq!(page.select(&script).count(), 0);
}

#[tokio::test]
async fn every_call_of_the_document_exists_and_no_other_method_does() {
    let server = Server::start().await;
    let program = server
        .program(&["classify", "cases", "rules:write", "publish", "admin"])
        .await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    let known = |method: &str, item: &Value| item.get(method.to_lowercase()).is_some();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = ["{id}", "{step}", "{n}", "{m}", "{code}"]
            .iter()
            .fold(path.clone(), |path, name| path.replace(name, "x"));
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let name = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = program.request(name, &path).send().await.unwrap();
            let refused = answer.status() == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(refused, !known(method, item), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_body_of_the_document_has_an_example_and_every_name_a_shape() {
    let server = Server::start().await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            let sent = &operation["requestBody"]["content"]["application/json"];
            assert!(
                sent.is_null() || sent["example"].is_object(),
                "{method} {path}"
            );
        }
    }
    let text = document.to_string();
    for piece in text.split("\"$ref\":\"#").skip(1) {
        let pointer = piece.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

async fn case_for(server: &Server, _: &Value) -> String {
    let text = "SessionCreationUserPromptedForCredentialsAfterConnection";
    let case = server.open(&json!({ "text": text })).await;
    case["id"].as_str().unwrap().to_owned()
}

/// A program that reads the document knows which token a call takes and that any refusal is a problem document.
#[tokio::test]
async fn every_call_says_which_token_it_takes_and_what_a_refusal_looks_like() {
    let server = Server::start().await;
    let document = body(server.get("/openapi.json").await, StatusCode::OK).await;
    let scheme = &document["components"]["securitySchemes"]["token"];
    assert_eq!(scheme["scheme"], "bearer");
    let call = |pointer: &str| document.pointer(pointer).unwrap().clone();
    let publish = call("/paths/~1api~1v1~1releases/post/security");
    assert_eq!(publish, json!([{ "token": ["publish"] }]));
    let classify = call("/paths/~1api~1v1~1classify/post/security");
    assert_eq!(classify, json!([{ "token": ["classify"] }, {}]));
    let open_call = call("/paths/~1api~1v1~1schema~1rule.json/get");
    assert!(open_call.get("security").is_none(), "{open_call}");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let refusal = &operation["responses"]["default"]["content"];
            let open = operation.get("security").is_none();
            let said = refusal["application/problem+json"]["schema"]["$ref"].is_string();
            assert_eq!(said, !open, "{method} {path}");
        }
    }
}
