//! `POST /api/v1/classify`.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Server, json as body, problem};

const CLASSIFY: &str = "/api/v1/classify";

#[tokio::test]
async fn a_code_is_found_with_the_bytes_that_prove_it() {
    let server = Server::start().await;
    let text = "The run failed: -1073741477";
    let answer = server.post(CLASSIFY, &json!({ "text": text })).await;
    let answer = body(answer, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched");
    assert_eq!(answer["release"], 1);
    let finding = &answer["findings"][0];
    assert_eq!(finding["rule"], "win.logon-type-not-granted");
    assert_eq!(finding["url"], "/rules/win.logon-type-not-granted");
    let proof = &finding["because"][0];
    let span = span(proof);
    assert_eq!(&text[span], proof["text"].as_str().unwrap());
    assert_eq!(answer["codes"][0]["hex"], "0xC000015B");
    assert_eq!(answer["codes"][0]["signed"], -1_073_741_477);
}

#[tokio::test]
async fn files_text_facts_and_product_arrive_by_form() {
    let server = Server::start().await;
    let form = Form::new()
        .part(
            "file",
            Part::bytes("failed with 0xC000015B".as_bytes()).file_name("run.log"),
        )
        .part(
            "file",
            Part::bytes("nothing here".as_bytes()).file_name("other.log"),
        )
        .text("facts", r#"{"dsregcmd.AzureAdJoined": "YES"}"#)
        .text("product", "windows");
    let answer = server
        .request(Method::POST, CLASSIFY)
        .multipart(form)
        .send()
        .await
        .unwrap();
    let answer = body(answer, StatusCode::OK).await;
    assert_eq!(answer["findings"][0]["because"][0]["source"], "run.log");
    assert_eq!(answer["facts"][0]["key"], "dsregcmd.AzureAdJoined");
    assert_eq!(answer["facts"][0]["source"], "facts");
}

#[tokio::test]
async fn a_report_is_read_section_by_section() {
    let server = Server::start().await;
    let report = json!({ "schema": "signpost.report/1", "sections": { "dsregcmd": "AzureAdJoined : YES\nDomainJoined : NO", "run": "error 0xC000015B" } });
    let answer = body(server.post(CLASSIFY, &report).await, StatusCode::OK).await;
    assert_eq!(
        answer["findings"][0]["because"][0]["source"],
        "sections/run"
    );
}

#[tokio::test]
async fn what_is_not_known_here_is_a_problem_with_the_nearest_name_not_an_error() {
    let server = Server::start().await;
    let sent = json!({ "facts": { "dsregcmd.AzureAdJoind": "YES" }, "product": "power-automte" });
    let answer = body(server.post(CLASSIFY, &sent).await, StatusCode::OK).await;
    let problems = answer["problems"].as_array().unwrap();
    let said = |words: &str| {
        problems
            .iter()
            .any(|problem| problem["what"].as_str().unwrap().contains(words))
    };
    assert!(
        said("unknown fact `dsregcmd.AzureAdJoind`; nearest known: `dsregcmd.AzureAdJoined`"),
        "{problems:?}"
    );
    assert!(said("unknown product `power-automte`"), "{problems:?}");
}

#[tokio::test]
async fn a_release_can_be_named_and_must_exist() {
    let server = Server::start().await;
    let sent = json!({ "text": "0xC000015B" });
    let answer = server.post("/api/v1/classify?release=1", &sent).await;
    assert_eq!(body(answer, StatusCode::OK).await["release"], 1);
    problem(server.post("/api/v1/classify?release=99", &sent).await, 404).await;
    problem(server.post("/api/v1/classify?release=x", &sent).await, 422).await;
}

#[tokio::test]
async fn long_answers_are_bounded_and_say_so() {
    let server = Server::start().await;
    let codes = (0..300).map(|n| format!("failed with 0xC000{n:04X}\n"));
    let answer = server
        .post(CLASSIFY, &json!({ "text": codes.collect::<String>() }))
        .await;
    let answer = body(answer, StatusCode::OK).await;
    assert_eq!(answer["codes"].as_array().unwrap().len(), 200);
    assert_eq!(answer["more_codes"], 100);
}

#[tokio::test]
async fn nothing_is_kept() {
    let server = Server::start().await;
    body(
        server
            .post(CLASSIFY, &json!({ "text": "0xC000015B" }))
            .await,
        StatusCode::OK,
    )
    .await;
    let list = body(
        server.owner().await.get("/api/v1/cases").await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(list["cases"], json!([]));
}

fn span(proof: &Value) -> std::ops::Range<usize> {
    let at = |name: &str| usize::try_from(proof[name].as_u64().unwrap()).unwrap();
    at("start")..at("end")
}
