//! Every way to be wrong has its own clear answer.

use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::{Server, json as json_of, problem};

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
async fn very_many_facts_are_answered_with_bounds() {
    let server = Server::start().await;
    let facts = (0..3000).map(|n| (format!("dsregcmd.Azure{n}"), json!("YES")));
    let facts = facts.collect::<serde_json::Map<_, _>>();
    let answer = server.post(CLASSIFY, &json!({ "facts": facts })).await;
    let answer = json_of(answer, StatusCode::OK).await;
    assert_eq!(answer["facts"].as_array().unwrap().len(), 2000);
    assert_eq!(answer["more_facts"], 1000);
    let facts = (0..3000).map(|n| (format!("nonsense{n}"), json!("YES")));
    let facts = facts.collect::<serde_json::Map<_, _>>();
    let answer = server.post(CLASSIFY, &json!({ "facts": facts })).await;
    let answer = json_of(answer, StatusCode::OK).await;
    assert_eq!(answer["problems"].as_array().unwrap().len(), 200);
    assert_eq!(answer["more_problems"], 1);
}

#[tokio::test]
async fn other_media_types_methods_and_addresses_are_refused() {
    let server = Server::start().await;
    for kind in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "nonsense",
    ] {
        let sent = server
            .request(Method::POST, CLASSIFY)
            .header("content-type", kind);
        problem(sent.body("x").send().await.unwrap(), 415).await;
    }
    problem(
        server.request(Method::POST, CLASSIFY).send().await.unwrap(),
        415,
    )
    .await;
    let case = server.open(&json!({ "text": "0xC000015B" })).await;
    let case = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    let plain = server.request(Method::PATCH, &case).body("ticket=1");
    problem(plain.send().await.unwrap(), 415).await;
    for (method, path, allowed) in [
        (Method::GET, CLASSIFY, "POST"),
        (Method::OPTIONS, CLASSIFY, "POST"),
        (Method::DELETE, "/api/v1/rules", "GET,HEAD"),
        (Method::PUT, case.as_str(), "GET,HEAD,PATCH,DELETE"),
        (Method::POST, "/openapi.json", "GET,HEAD"),
    ] {
        let answer = server.request(method.clone(), path).send().await.unwrap();
        let allow = answer.headers()["allow"].to_str().unwrap().to_owned();
        let mut allow = allow.split(',').collect::<Vec<_>>();
        let mut allowed = allowed.split(',').collect::<Vec<_>>();
        allow.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(allow, allowed, "{method} {path}");
        problem(answer, 405).await;
    }
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/cases/x/y/z",
    ] {
        problem(server.get(path).await, 404).await;
    }
}

#[tokio::test]
async fn a_head_has_the_headers_of_a_get_and_no_body() {
    let server = Server::start().await;
    for path in ["/", "/api/v1/rules", "/healthz", "/nothing"] {
        let get = server.get(path).await;
        let head = server.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(head.status(), get.status());
        assert_eq!(
            head.headers()["content-type"],
            get.headers()["content-type"]
        );
        assert_eq!(head.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn names_that_are_none_lead_nowhere() {
    let server = Server::start().await;
    for id in [
        "short",
        "..%2F..%2Fetc",
        "%FF",
        "aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "%00",
        &"a".repeat(3000),
    ] {
        for path in [
            "/api/v1/cases/",
            "/cases/",
            "/api/v1/rules/",
            "/rules/",
            "/api/v1/codes/",
        ] {
            let answer = server.get(&format!("{path}{id}")).await;
            let status = answer.status().as_u16();
            let wanted: &[u16] = if id == "%FF" { &[400, 404] } else { &[404] };
            assert!(wanted.contains(&status), "{path}{id}: {status}");
        }
    }
    for value in ["x", "-", "\"", "1.5", "99999999999999999999"] {
        let case = server.open(&json!({ "text": "0xC000015B" })).await;
        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        let edit = server
            .request(Method::PATCH, &path)
            .header("if-match", value);
        problem(
            edit.json(&json!({ "note": "n" })).send().await.unwrap(),
            400,
        )
        .await;
    }
    for query in [
        "release=",
        "release=1.5",
        "release=99999999999999999999",
        "release=1&release=1",
    ] {
        let sent = json!({ "text": "0xC000015B" });
        let told = problem(
            server.post(&format!("{CLASSIFY}?{query}"), &sent).await,
            422,
        )
        .await;
        assert_eq!(told["errors"][0]["pointer"], "/release");
    }
    for release in ["0", "-1", "99"] {
        let sent = json!({ "text": "0xC000015B" });
        problem(
            server
                .post(&format!("{CLASSIFY}?release={release}"), &sent)
                .await,
            404,
        )
        .await;
    }
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let server = Server::start().await;
    let long = server
        .request(Method::GET, "/")
        .header("x-long", "x".repeat(1024 * 1024));
    let refused = long.send().await;
    assert!(refused.is_err() || refused.unwrap().status() == 431);
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn no_answer_says_why_the_database_failed() {
    let server = Server::start().await;
    let path = server
        .folder
        .path()
        .join("signpost.db")
        .display()
        .to_string();
    let mut database = SqliteConnection::connect(&path).await.unwrap();
    sqlx::query("ALTER TABLE cases RENAME TO lost")
        .execute(&mut database)
        .await
        .unwrap();
    let failed = server
        .post("/api/v1/cases", &json!({ "text": "0xC000015B" }))
        .await;
    let told = problem(failed, 500).await.to_string();
    let page = server.get("/cases/aaaaaaaaaaaaaaaaaaaaaaaa77").await;
    assert_eq!(page.status(), 500);
    let page = page.text().await.unwrap();
    for said in [told, page] {
        for inner in ["SQL", "sql", "no such table", "database", "cases"] {
            let said = said.replace("/cases", "");
            assert!(!said.contains(inner), "{inner} is in {said}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_for_its_reader() {
    let server = Server::start().await;
    for path in [
        "/api/v1/cases",
        CLASSIFY,
        "/cases",
        "/rules/win.smartcard-required/start",
    ] {
        for (header, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let request = server.request(Method::POST, path).header(header, value);
            let answer = request.json(&json!({ "text": "x" })).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} {header}: {value}");
        }
    }
    let own = server
        .request(Method::POST, CLASSIFY)
        .header("sec-fetch-site", "same-origin");
    let own = own.json(&json!({ "text": "x" })).send().await.unwrap();
    assert_eq!(own.status(), 200);
}
