//! The shapes that programs outside rely on: every name, and what may be null.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{Server, json as body};

const JOINED: &str = "AzureAdJoined : YES\nDomainJoined : NO\n";
const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";

/// Holds that an object has these fields; those with `?` may be null.
#[track_caller]
fn has(object: &Value, fields: &str) {
    for field in fields.split_whitespace() {
        let name = field.trim_end_matches('?');
        let value = object.get(name);
        assert!(value.is_some(), "`{name}` is missing in {object}");
        let may_be_null = field.ends_with('?');
        assert!(may_be_null || !value.unwrap().is_null(), "`{name}` is null");
    }
}

fn proof(value: &Value) {
    has(value, "matcher source round line start end text");
}

fn diagnosis(answer: &Value) {
    has(
        answer,
        "release verdict findings codes facts suggestions needs checked problems",
    );
    for finding in answer["findings"].as_array().unwrap() {
        has(
            finding,
            "rule title product role confidence score gave_way_to because cause next automation references url",
        );
        has(&finding["next"], "step kind collect");
        has(&finding["automation"], "reason retryable who_can_fix");
        has(&finding["references"][0], "title url section");
        let proofs = finding["because"].as_array().unwrap();
        assert!(!proofs.is_empty());
        proofs.iter().for_each(proof);
    }
    for code in answer["codes"].as_array().unwrap() {
        has(
            code,
            "text space hex? signed? unsigned? symbol? meaning? count source line start end",
        );
    }
    for fact in answer["facts"].as_array().unwrap() {
        has(fact, "key value? source round line start end text");
    }
    for need in answer["needs"].as_array().unwrap() {
        has(need, "collect title command? would_decide");
    }
    for problem in answer["problems"].as_array().unwrap() {
        has(problem, "source line? what");
    }
}

#[tokio::test]
async fn a_diagnosis_has_every_field_of_the_contract() {
    let server = Server::start().await;
    let key = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
    let text = format!(
        "The run failed: -1073741477\n\n{PROMPTED}\n\nC:\\> reg query \"{key}\"\n\n{key}\n    fDenyTSConnections    REG_DWORD    0x0\n\nC:\\>\n"
    );
    let sent =
        json!({ "text": text, "facts": { "dsregcmd.AzureAdJoined": "YES", "no.such": "1" } });
    let answer = server.post("/api/v1/classify", &sent).await;
    let answer = body(answer, StatusCode::OK).await;
    diagnosis(&answer);
    assert!(answer["findings"].as_array().unwrap().len() >= 2);
    let code = &answer["codes"][0];
    assert_eq!(code["space"], "ntstatus");
    assert_eq!(code["hex"], "0xC000015B");
    assert_eq!(code["signed"], -1_073_741_477);
    assert_eq!(code["unsigned"], 3_221_225_819_u32);
    assert_eq!(code["symbol"], "STATUS_LOGON_TYPE_NOT_GRANTED");
    let absent = answer["facts"].as_array().unwrap().iter();
    let absent = absent.filter(|fact| fact["value"].is_null());
    assert!(absent.count() > 0, "{}", answer["facts"]);
    assert!(!answer["needs"].as_array().unwrap().is_empty());
    let scores = answer["findings"].as_array().unwrap().iter();
    let scores = scores.map(|finding| finding["score"].as_f64().unwrap());
    assert!(
        scores
            .collect::<Vec<_>>()
            .is_sorted_by(|a, b| a >= b && *a <= 1.0 && *b >= 0.0)
    );
    for (text, verdict) in [
        ("the kettle error is cold", "unmatched"),
        (JOINED, "no_error_found"),
        ("smart card kettle failed to sign in", "unmatched"),
    ] {
        let answer = server
            .post("/api/v1/classify", &json!({ "text": text }))
            .await;
        let answer = body(answer, StatusCode::OK).await;
        diagnosis(&answer);
        assert_eq!(answer["verdict"], verdict, "{text}");
        for near in answer["suggestions"].as_array().unwrap() {
            has(near, "rule title score why");
        }
    }
}

#[tokio::test]
async fn a_case_has_every_field_of_the_contract() {
    let server = Server::start().await;
    let case = server
        .open(&json!({ "text": format!("{PROMPTED}\n\n{JOINED}") }))
        .await;
    diagnosis(&case);
    has(
        &case,
        "id url created_at expires_at ticket? machine? account? revision walk walks outcome? timeline",
    );
    assert_eq!(case["outcome"], Value::Null);
    assert_eq!(
        case["url"],
        format!("/cases/{}", case["id"].as_str().unwrap())
    );
    has(&case["walk"], "rule done now finished");
    let done = &case["walk"]["done"][0];
    has(
        done,
        "rule step kind ask answer_id answer by who? at? skipped because",
    );
    proof(&done["because"][0]);
    has(&done["because"][0], "fact value");
    has(
        &case["walk"]["now"],
        "step kind how? command? caution? for? answers collect checks",
    );
    has(&case["walks"][0], "rule active");
    has(&case["timeline"][0], "at who? what");
}

#[tokio::test]
async fn every_kind_of_step_has_its_fields() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    let id = case["id"].as_str().unwrap().to_owned();
    let mut open = vec![case];
    let mut kinds = BTreeSet::new();
    // Answers as a reader would who always takes the first way that is offered.
    while let Some(case) = open.pop().filter(|_| kinds.len() < 30) {
        let now = &case["walk"]["now"];
        let kind = now["kind"].as_str().unwrap().to_owned();
        has(
            now,
            "step kind how? command? caution? for? answers collect checks",
        );
        kinds.insert(kind.clone());
        let answer = match kind.as_str() {
            "ask" => {
                has(now, "ask");
                has(&now["answers"][0], "id label");
                now["answers"][0]["id"].clone()
            }
            "do" => {
                has(now, "text for");
                json!("done")
            }
            "checks" => {
                has(now, "ask");
                has(&now["checks"][0], "id ask state because collect");
                now["checks"][0]["id"].clone()
            }
            _ => {
                has(now, "outcome text");
                assert_eq!(case["walk"]["finished"], true);
                break;
            }
        };
        assert_eq!(case["walk"]["finished"], false);
        let sent = json!({ "step": now["step"], "answer": answer });
        let answered = server
            .post(&format!("/api/v1/cases/{id}/answers"), &sent)
            .await;
        open.push(body(answered, StatusCode::OK).await);
    }
    assert!(
        kinds.contains("ask") && kinds.contains("do") && kinds.contains("outcome"),
        "{kinds:?}"
    );
}
