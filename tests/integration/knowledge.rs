//! Looking things up.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{Server, json, problem};

async fn read(server: &Server, path: &str) -> Value {
    json(server.get(path).await, StatusCode::OK).await
}

#[tokio::test]
async fn rules_are_listed_read_and_searched() {
    let server = Server::start().await;
    let rules = read(&server, "/api/v1/rules").await;
    let first = rules["rules"][0]["id"].as_str().unwrap();
    let rule = read(&server, &format!("/api/v1/rules/{first}")).await;
    assert_eq!(rule["id"], first);
    assert!(!rule["references"].as_array().unwrap().is_empty());
    problem(server.get("/api/v1/rules/no.such").await, 404).await;
    let found = read(&server, "/api/v1/search?q=smart%20card%20required").await;
    assert_eq!(found["results"][0]["id"], "win.smartcard-required");
    let of_product = read(&server, "/api/v1/rules?product=windows").await;
    assert!(
        of_product["rules"]
            .as_array()
            .unwrap()
            .iter()
            .all(|rule| rule["product"] == "windows")
    );
}

#[tokio::test]
async fn a_code_has_all_its_readings_in_any_spelling() {
    let server = Server::start().await;
    for spelling in [
        "0xC000015B",
        "-1073741477",
        "3221225819",
        "STATUS_LOGON_TYPE_NOT_GRANTED",
    ] {
        let code = read(&server, &format!("/api/v1/codes/{spelling}")).await;
        assert_eq!(
            code["readings"][0]["symbol"], "STATUS_LOGON_TYPE_NOT_GRANTED",
            "{spelling}"
        );
    }
    for (spelling, spaces) in [
        ("1385", &["win32"][..]),
        ("0x80070569", &["win32"]),
        ("WindowsIdentityIncorrect", &["name"]),
        ("windowsidentityincorrect", &["name"]),
    ] {
        let code = read(&server, &format!("/api/v1/codes/{spelling}")).await;
        assert_eq!(code["text"], spelling);
        for space in spaces {
            let readings = code["readings"].as_array().unwrap();
            let reading = readings.iter().find(|reading| reading["space"] == *space);
            let reading = reading.unwrap_or_else(|| panic!("{spelling}: {code}"));
            for field in ["hex", "signed", "unsigned", "symbol", "meaning"] {
                assert!(reading.get(field).is_some(), "{field} {reading}");
            }
        }
    }
    problem(server.get("/api/v1/codes/not%20a%20code").await, 404).await;
}

#[tokio::test]
async fn a_code_says_how_it_is_put_together_where_it_is_written_and_who_knows_it() {
    let server = Server::start().await;
    let code = read(&server, "/api/v1/codes/0x80070569").await;
    assert_eq!(code["carries"]["same_code"], true);
    assert_eq!(
        code["carries"]["inner"]["symbol"],
        "ERROR_LOGON_TYPE_NOT_GRANTED"
    );
    let known = &code["readings"][0];
    assert_eq!(known["parts"]["facility_name"], "Win32");
    assert_eq!(known["parts"]["code"], 1385);
    let spellings = known["spellings"].as_array().unwrap();
    assert!(spellings.contains(&json!("-2147023511")), "{code}");
    let kin = &known["kin"][0]["codes"];
    assert_eq!(kin[0]["symbol"], "STATUS_LOGON_TYPE_NOT_GRANTED");
    let code = read(&server, "/api/v1/codes/0xC000015B").await;
    let written = &code["readings"][0]["written"][0];
    assert_eq!(written["text"], "Status: 0xC000015B");
    assert!(written["note"].as_str().unwrap().contains("%%2308"));
    let rules = code["rules"].as_array().unwrap();
    assert!(
        rules
            .iter()
            .any(|rule| rule["id"] == "win.logon-type-not-granted"),
        "{code}"
    );
}

#[tokio::test]
async fn catalogues_and_schemas_are_served() {
    let server = Server::start().await;
    let facts = read(&server, "/api/v1/facts").await;
    assert!(
        facts
            .as_array()
            .unwrap()
            .iter()
            .any(|fact| fact["key"] == "dsregcmd.AzureAdJoined")
    );
    let collectors = read(&server, "/api/v1/collectors").await;
    assert!(
        collectors
            .as_array()
            .unwrap()
            .iter()
            .any(|collector| collector["id"] == "dsregcmd")
    );
    let reasons = read(&server, "/api/v1/reasons").await;
    assert!(reasons[0]["rules"][0]["automation"]["reason"].is_string());
    let schema = read(&server, "/api/v1/schema/rule.json").await;
    assert_eq!(schema["title"], "RuleFile");
    let schema = read(&server, "/api/v1/schema/report.json").await;
    let report = &schema["examples"][0];
    assert_eq!(schema["properties"]["schema"]["const"], report["schema"]);
    let answer = server.post("/api/v1/classify", report).await;
    let answer = json(answer, StatusCode::OK).await;
    let proof = &answer["findings"][0]["because"][0];
    assert_eq!(proof["source"], "sections/run.log");
    assert_eq!(answer["facts"][0]["source"], "sections/dsregcmd.txt");
}

#[tokio::test]
async fn the_shipped_knowledge_is_published_once() {
    let server = Server::start().await;
    let server = Server::start_with(server.stop().await, &[]).await;
    let releases = read(&server, "/api/v1/releases").await;
    assert_eq!(releases.as_array().unwrap().len(), 1);
    assert_eq!(releases[0]["live"], true);
    let release = read(&server, "/api/v1/releases/1").await;
    assert!(!release["rules"].as_array().unwrap().is_empty());
    problem(server.get("/api/v1/releases/2").await, 404).await;
    problem(server.get("/api/v1/releases/x").await, 404).await;
}
