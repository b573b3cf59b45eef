//! The collector script and its reports: the download, what a case still lacks, reports that carry their outputs.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Server, json as body, problem};

const CLASSIFY: &str = "/api/v1/classify";
const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";
const POLICY: &str =
    r#"C:\>reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services""#;
const KEY: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";

fn report(sections: &Value) -> Value {
    json!({
        "schema": "signpost.report/1", "machine": "RPA-VM-07", "account": r"FABRIKAM\adm-lena", "elevated": true,
        "taken": "2026-11-21T09:12:44+01:00", "sections": sections,
    })
}

fn sections(case: &Value) -> Vec<&str> {
    let sections = case["collector"]["sections"].as_array().unwrap();
    sections.iter().map(|one| one.as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_script_is_a_download_by_its_name() {
    let server = Server::start().await;
    let answer = server.get("/static/collect.ps1").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=collect.ps1"
    );
    let script = answer.text().await.unwrap();
    assert!(script.starts_with("<#\n.SYNOPSIS"));
    for page in ["/", "/rules/pad.session.prompted-for-credentials"] {
        let page = server.get(page).await.text().await.unwrap();
        assert!(page.contains(r#"href="/static/collect.ps1""#));
    }
}

#[tokio::test]
async fn a_case_asks_for_the_sections_that_are_still_unknown_and_for_none_when_all_is_known() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    assert_eq!(
        sections(&case),
        ["dsregcmd", "rdp-tcp", "terminal-services-policy"]
    );
    assert_eq!(
        case["collector"]["command"],
        r"powershell -NoProfile -ExecutionPolicy Bypass -File .\collect.ps1 -Only dsregcmd,rdp-tcp,terminal-services-policy"
    );
    assert_eq!(case["needs"][0]["section"], "dsregcmd");
    let page = server.get(case["url"].as_str().unwrap()).await;
    let page = page.text().await.unwrap();
    assert!(page.contains("Collector for this case"));
    assert!(page.contains("-Only dsregcmd,rdp-tcp,terminal-services-policy"));

    let id = case["id"].as_str().unwrap();
    let join = report(&json!([
        { "id": "dsregcmd", "output": "AzureAdJoined : YES\nDomainJoined : NO" }
    ]));
    let evidence = format!("/api/v1/cases/{id}/evidence");
    let case = body(server.post(&evidence, &join).await, StatusCode::OK).await;
    assert_eq!(sections(&case), ["rdp-tcp", "terminal-services-policy"]);

    let values = [
        "fPromptForPassword    REG_DWORD    0x1",
        "SecurityLayer    REG_DWORD    0x0",
        "UserAuthentication    REG_DWORD    0x0",
    ];
    let values = values.join("\r\n    ");
    let listener = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";
    let rest = report(&json!([
        { "id": "terminal-services-policy", "output": format!("{POLICY}\r\n\r\n{KEY}\r\n    {values}\r\n") },
        { "id": "rdp-tcp", "output": format!("C:\\>reg query \"{listener}\"\r\n\r\n{listener}\r\n    {values}\r\n").replace("\nHKLM", "\nHKEY_LOCAL_MACHINE") },
    ]));
    let case = body(server.post(&evidence, &rest).await, StatusCode::OK).await;
    assert_eq!(case["collector"], Value::Null, "{}", case["problems"]);
    let page = server.get(case["url"].as_str().unwrap()).await;
    assert!(
        !page
            .text()
            .await
            .unwrap()
            .contains("Collector for this case")
    );
}

#[tokio::test]
async fn what_a_report_says_of_its_files_counts_for_their_facts_and_is_kept() {
    let server = Server::start().await;
    let sent = report(&json!([
        { "id": "dsregcmd", "file": "dsregcmd.txt", "output": ["AzureAdJoined : YES", "DomainJoined : NO"] },
        { "id": "secedit", "exit_code": 5, "error": "Access is denied." },
        { "id": "run", "output": PROMPTED },
    ]));
    let case = server.open(&sent).await;
    assert_eq!(
        case["findings"][0]["rule"],
        "pad.session.prompted-for-credentials"
    );
    assert_eq!(case["findings"][0]["because"][0]["source"], "run");
    let facts = case["facts"].as_array().unwrap();
    let fact = |key: &str| {
        let found = facts.iter().find(|fact| fact["key"] == key);
        found.unwrap_or_else(|| panic!("{key}: {facts:?}"))
    };
    assert_eq!(fact("report.machine")["value"], "RPA-VM-07");
    assert_eq!(fact("report.machine")["source"], "report.json");
    assert_eq!(fact("dsregcmd.AzureAdJoined")["source"], "dsregcmd.txt");
    let said = case["problems"][0]["what"].as_str().unwrap();
    assert!(said.contains("secedit") && said.contains("Access is denied"));
}

#[tokio::test]
async fn a_report_of_another_version_or_without_a_text_is_refused_with_the_place() {
    let server = Server::start().await;
    let newer = json!({ "schema": "signpost.report/2", "sections": { "run": PROMPTED } });
    let told = problem(server.post(CLASSIFY, &newer).await, 422).await;
    assert_eq!(told["errors"][0]["pointer"], "/schema");
    let what = told["errors"][0]["detail"].as_str().unwrap();
    assert!(what.contains("signpost.report/2") && what.contains("signpost.report/1"));
    let empty = json!({ "schema": "signpost.report/1", "machine": "RPA-VM-07" });
    let told = problem(server.post(CLASSIFY, &empty).await, 422).await;
    assert_eq!(told["errors"][0]["pointer"], "/sections");
}

#[tokio::test]
async fn a_report_that_carries_its_outputs_says_the_same_as_a_file() {
    let server = Server::start().await;
    let sent = report(
        &json!([ { "id": "dsregcmd", "output": "AzureAdJoined : YES\nDomainJoined : NO" } ]),
    );
    let one = body(server.post(CLASSIFY, &sent).await, StatusCode::OK).await;
    let file = reqwest::multipart::Part::bytes(sent.to_string().into_bytes());
    let form = reqwest::multipart::Form::new().part("file", file.file_name("report.json"));
    let answer = server.request(Method::POST, CLASSIFY).multipart(form);
    let other = body(answer.send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(one["facts"], other["facts"]);
    assert_eq!(one["facts"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn every_example_of_the_published_schema_is_taken() {
    let server = Server::start().await;
    let schema = body(
        server.get("/api/v1/schema/report.json").await,
        StatusCode::OK,
    )
    .await;
    for example in schema["examples"].as_array().unwrap() {
        let answer = body(server.post(CLASSIFY, example).await, StatusCode::OK).await;
        assert!(!answer["facts"].as_array().unwrap().is_empty(), "{example}");
    }
}
