//! `Idempotency-Key`: what is repeated is answered once.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{DAY, Server, json as body, problem};

const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";

async fn send(server: &Server, key: &str, path: &str, sent: &Value) -> Response {
    let request = server
        .request(Method::POST, path)
        .header("Idempotency-Key", key);
    request.json(sent).send().await.unwrap()
}

#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first_was() {
    let server = Server::start().await;
    let open =
        async |text: &str| send(&server, "k1", "/api/v1/cases", &json!({ "text": text })).await;
    problem(open("").await, 422).await;
    let first = open(PROMPTED).await;
    assert!(first.headers().get("idempotent-replayed").is_none());
    let location = first.headers()["location"].clone();
    let etag = first.headers()["etag"].clone();
    let first = body(first, StatusCode::CREATED).await;
    let second = open(PROMPTED).await;
    assert_eq!(second.headers()["idempotent-replayed"], "true");
    assert_eq!(second.headers()["location"], location);
    assert_eq!(second.headers()["etag"], etag);
    assert_eq!(body(second, StatusCode::CREATED).await, first);
    problem(open("something else").await, 422).await;
    server.later(DAY + 1);
    let fresh = body(open(PROMPTED).await, StatusCode::CREATED).await;
    assert_ne!(fresh["id"], first["id"]);
}

#[tokio::test]
async fn a_change_that_is_repeated_changes_once() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    let path = format!("/api/v1/cases/{}/outcome", case["id"].as_str().unwrap());
    let waiting = json!({ "outcome": "waiting" });
    let first = body(send(&server, "k2", &path, &waiting).await, StatusCode::OK).await;
    let second = body(send(&server, "k2", &path, &waiting).await, StatusCode::OK).await;
    assert_eq!(first, second);
    let elsewhere = send(&server, "k2", "/api/v1/cases", &waiting).await;
    problem(elsewhere, 422).await;
    problem(send(&server, "", &path, &waiting).await, 400).await;
    problem(send(&server, &"k".repeat(256), &path, &waiting).await, 400).await;
}

#[tokio::test]
async fn of_requests_at_once_one_opens_the_case() {
    let server = Server::start().await;
    let sent = json!({ "text": PROMPTED });
    let open = || send(&server, "k3", "/api/v1/cases", &sent);
    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());
    for answer in [a, b, c, d] {
        if answer.status() == StatusCode::CONFLICT {
            assert!(answer.headers().contains_key("retry-after"));
            problem(answer, 409).await;
        } else {
            assert_eq!(answer.status(), StatusCode::CREATED);
        }
    }
    let list = body(
        server.owner().await.get("/api/v1/cases").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(list["cases"].as_array().unwrap().len(), 1);
}

/// Guards against a key that stays in flight for ever when its client hangs up.
#[tokio::test]
async fn a_client_that_hung_up_finds_its_answer_when_it_asks_again() {
    let server = Server::start().await;
    let sent = json!({ "text": PROMPTED });
    let text = sent.to_string();
    let address = server.url.strip_prefix("http://").unwrap();
    let mut impatient = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/cases HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k4\r\nContent-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        text.len()
    );
    impatient.write_all(head.as_bytes()).await.unwrap();
    let mut begun = [0; 25];
    impatient.read_exact(&mut begun).await.unwrap();
    impatient.write_all(text.as_bytes()).await.unwrap();
    drop(impatient);
    let answer = loop {
        let answer = send(&server, "k4", "/api/v1/cases", &sent).await;
        if answer.status() != StatusCode::CONFLICT {
            break answer;
        }
    };
    body(answer, StatusCode::CREATED).await;
    let list = body(
        server.owner().await.get("/api/v1/cases").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(list["cases"].as_array().unwrap().len(), 1);
}
