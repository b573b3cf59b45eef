//! Forms with files: what is taken, what is refused.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::{Server, json as json_of, problem};

const CLASSIFY: &str = "/api/v1/classify";

#[tokio::test]
async fn of_an_upload_over_the_limit_the_part_within_is_read() {
    let limits = ["--upload-mib", "2", "--files", "3"];
    let server = Server::start_with(tempfile::tempdir().unwrap(), &limits).await;
    let mut log = b"failed with 0xC000015B\n".to_vec();
    log.resize(3 * 1024 * 1024, b'x');
    let large = Form::new()
        .part("file", file(&log, "a.log"))
        .part("file", file(b"more", "b.log"));
    let answer = json_of(send_form(&server, large).await, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched");
    said(
        &answer,
        "a.log",
        "Only the first 2 MiB of this file were taken",
    );
    said(&answer, "b.log", "left out: an upload holds at most 2 MiB");
    let huge = Form::new().part("file", file(&log.repeat(4), "a.log"));
    let told = problem(send_form(&server, huge).await, 413).await;
    assert!(told["detail"].as_str().unwrap().contains("2 MiB"), "{told}");
    let many = (0..5).fold(Form::new(), |form, _| {
        form.part("file", file(b"0xC000015B", "a.log"))
    });
    let answer = json_of(send_form(&server, many).await, StatusCode::OK).await;
    assert_eq!(answer["verdict"], "matched");
    said(&answer, "upload", "2 more files were left out");
    let many = json!({ "schema": "signpost.report/1", "logs": ["a", "b", "c", "d"] });
    problem(server.post(CLASSIFY, &many).await, 413).await;
}

/// Guards against evidence that is lost in silence.
#[tokio::test]
async fn a_form_with_a_field_that_is_unknown_or_comes_twice_is_refused() {
    let server = Server::start().await;
    let wrong = [
        (Form::new().text("text", "a").text("text", "b"), "/text"),
        (Form::new().text("text", "a").text("txet", "b"), "/txet"),
        (
            Form::new().part("attachment", file(b"x", "a.log")),
            "/attachment",
        ),
        (Form::new().part("text", file(b"x", "a.log")), "/text"),
        (Form::new().text("facts", "[]"), "/facts"),
        (Form::new().text("facts", "{\"a\": 1}"), "/facts"),
        (Form::new().text("text", "a").text("limit", "x"), "/limit"),
        (Form::new().text("text", "a").text("limit", "0"), "/limit"),
        (Form::new().text("text", ""), "/text"),
    ];
    for (form, pointer) in wrong {
        let told = problem(send_form(&server, form).await, 422).await;
        assert_eq!(told["errors"][0]["pointer"], pointer, "{told}");
    }
    let other_encoding = Form::new().part("text", Part::bytes(&b"Pr\xfcfung"[..]));
    problem(send_form(&server, other_encoding).await, 400).await;
}

#[tokio::test]
async fn a_file_needs_no_name_and_two_may_bear_the_same() {
    let server = Server::start().await;
    let nameless = Form::new().part("file", Part::bytes(&b"0xC000015B"[..]));
    let answer = json_of(send_form(&server, nameless).await, StatusCode::OK).await;
    assert_eq!(answer["findings"][0]["because"][0]["source"], "file");
    let same = Form::new()
        .part("file", file(b"0xC000015B", "run.log"))
        .part("file", file(b"0xC00002FA", "run.log"));
    let answer = json_of(send_form(&server, same).await, StatusCode::OK).await;
    let sources = answer["codes"].as_array().unwrap().iter();
    let sources = sources
        .map(|code| code["source"].clone())
        .collect::<Vec<_>>();
    assert_eq!(sources, ["run.log", "run.log (2)"]);
}

/// A part with a file.
pub(crate) fn file(bytes: &[u8], name: &str) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

/// Fails when a problem is not among those of an answer.
#[track_caller]
pub(crate) fn said(answer: &Value, source: &str, what: &str) {
    let problems = answer["problems"].as_array().unwrap();
    let found = problems.iter().any(|problem| {
        problem["source"] == source && problem["what"].as_str().unwrap().contains(what)
    });
    assert!(found, "{source}: {what} is not in {problems:#?}");
}

/// Diagnoses a form.
pub(crate) async fn send_form(server: &Server, form: Form) -> Response {
    let request = server.request(Method::POST, CLASSIFY).multipart(form);
    request.send().await.unwrap()
}
