//! Walks over time: guides that lead back, reports after a fix, causes that give way, reports of several machines.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Server, json as body, problem};

const SYSTEM: &str =
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System";
const POLICY: &str =
    r"registry.HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\fPromptForPassword";

/// A case of which one talks.
struct Case<'a> {
    server: &'a Server,
    id: String,
}

impl<'a> Case<'a> {
    async fn open(server: &'a Server, sent: &Value) -> (Self, Value) {
        let shown = server.open(sent).await;
        let id = shown["id"].as_str().unwrap().to_owned();
        (Self { server, id }, shown)
    }

    async fn post(&self, what: &str, sent: Value) -> Value {
        let path = self.path(what);
        body(self.server.post(&path, &sent).await, StatusCode::OK).await
    }

    async fn answers(&self, given: &[(&str, &str)]) -> Value {
        let mut shown = Value::Null;
        for (step, answer) in given {
            let sent = json!({ "step": step, "answer": answer });
            shown = self.post("/answers", sent).await;
        }
        shown
    }

    async fn show(&self) -> Value {
        body(self.server.get(&self.path("")).await, StatusCode::OK).await
    }

    fn path(&self, what: &str) -> String {
        format!("/api/v1/cases/{}{what}", self.id)
    }
}

fn notice(caption: &str, text: &str) -> String {
    format!(
        "C:\\>reg query \"{SYSTEM}\"\n\n{SYSTEM}\n    EnableLUA    REG_DWORD    0x1\n    legalnoticecaption    REG_SZ    {caption}\n    legalnoticetext    REG_SZ    {text}\n"
    )
}

fn passed(case: &Value) -> Vec<String> {
    let done = case["walk"]["done"].as_array().unwrap();
    let line = |step: &Value| {
        format!(
            "{}@{}/{} by {}",
            step["step"].as_str().unwrap(),
            step["visit"],
            step["answer_id"].as_str().unwrap(),
            step["by"].as_str().unwrap()
        )
    };
    done.iter().map(line).collect()
}

fn stands(case: &Value) -> (&str, u64) {
    let now = &case["walk"]["now"];
    (
        now["step"].as_str().unwrap(),
        now["visit"].as_u64().unwrap(),
    )
}

fn check<'a>(case: &'a Value, id: &str) -> &'a Value {
    let checks = case["walk"]["now"]["checks"].as_array().unwrap();
    checks.iter().find(|check| check["id"] == id).unwrap()
}

fn sentences(list: &Value, with: &str) -> bool {
    let all = list.as_array().unwrap().iter();
    let mut words = all.map(|said| said["what"].as_str().or(said.as_str()).unwrap());
    words.any(|said| said.contains(with))
}

const FIRST_LAP: [&str; 4] = [
    "checks@1/legal-notice by evidence",
    "remove-notice@1/done by person",
    "retry@1/same by person",
    "another-check@1/one-left by person",
];

/// A case of a session error whose report shows a legal notice, gone round once.
async fn gone_round(server: &Server) -> (Case<'_>, Value) {
    let text = format!(
        "Unattended run failed. Code: SessionCreationError\n\n{}",
        notice("Authorised use only", "This system is watched.")
    );
    let (case, shown) = Case::open(server, &json!({ "text": text })).await;
    assert_eq!(shown["walk"]["rule"], "pad.session.creation-error");
    assert_eq!(stands(&shown), ("remove-notice", 1));
    let round = [
        ("remove-notice", "done"),
        ("retry", "same"),
        ("another-check", "one-left"),
    ];
    let shown = case.answers(&round).await;
    (case, shown)
}

#[tokio::test]
async fn a_guide_that_leads_back_keeps_each_lap_as_it_was_gone() {
    let server = Server::start().await;
    let (case, shown) = gone_round(&server).await;
    assert_eq!(
        (stands(&shown), passed(&shown)),
        (("checks", 2), FIRST_LAP.map(String::from).to_vec())
    );
    assert_eq!(check(&shown, "legal-notice")["state"], "open");

    let fresh = case
        .post("/evidence", json!({ "text": notice("", "") }))
        .await;
    assert_eq!(
        (stands(&fresh), passed(&fresh)),
        (("checks", 2), FIRST_LAP.map(String::from).to_vec())
    );
    let changed = &fresh["walk"]["done"][0]["changed_since"];
    assert_eq!(changed.as_array().unwrap().len(), 2, "{changed}");
    assert_eq!(changed[0]["round"], 2);
    assert_eq!(check(&fresh, "legal-notice")["state"], "ruled_out");

    let marked = case.answers(&[("checks", "third-party")]).await;
    assert_eq!(stands(&marked), ("remove-software", 1));
    assert_eq!(passed(&marked)[..4], FIRST_LAP);
    assert_eq!(passed(&marked)[4], "checks@2/third-party by person");
    let page = server.get(&format!("/cases/{}", case.id)).await;
    let page = page.text().await.unwrap();
    assert!(
        page.contains(r#"name="step" value="checks"><input type="hidden" name="visit" value="2">"#)
    );
}

#[tokio::test]
async fn an_answer_to_an_earlier_lap_leaves_what_came_behind_it_kept_and_unasked() {
    let server = Server::start().await;
    let (case, _) = gone_round(&server).await;
    case.answers(&[("checks", "user-name"), ("use-upn", "done")])
        .await;
    let first = json!({ "step": "checks", "visit": 1, "answer": "third-party" });
    let changed = case.post("/answers", first).await;
    assert_eq!(passed(&changed), ["checks@1/third-party by person"]);
    let again = case.answers(&[("remove-software", "done")]).await;
    assert_eq!(
        stands(&again),
        ("retry", 1),
        "what was seen after another fix does not answer this"
    );
    let page = server.get(&format!("/cases/{}", case.id)).await;
    assert!(page.text().await.unwrap().contains("No longer asked (5)"));
    let unknown = json!({ "step": "checks", "visit": 7, "answer": "third-party" });
    let refused = server.post(&case.path("/answers"), &unknown).await;
    let refused = problem(refused, 422).await;
    assert_eq!(refused["errors"][0]["pointer"], "/visit");
}

#[tokio::test]
async fn the_same_answer_said_again_leaves_everything_behind_it() {
    let server = Server::start().await;
    let (case, before) = gone_round(&server).await;
    case.post("/evidence", json!({ "text": notice("", "") }))
        .await;
    let after = case
        .answers(&[("remove-notice", "done"), ("checks", "no.user-name")])
        .await;
    assert_eq!(
        (passed(&after), stands(&after)),
        (passed(&before), ("checks", 2))
    );
    let confirmed = json!({ "step": "checks", "visit": 1, "answer": "legal-notice" });
    let confirmed = case.post("/answers", confirmed).await;
    assert_eq!(passed(&confirmed)[0], "checks@1/legal-notice by person");
    assert_eq!(passed(&confirmed)[1..], FIRST_LAP[1..]);
}

#[tokio::test]
async fn going_back_takes_the_latest_visit_and_what_was_answered_behind_it() {
    let server = Server::start().await;
    let (case, _) = gone_round(&server).await;
    case.answers(&[
        ("checks", "user-name"),
        ("use-upn", "done"),
        ("retry", "same"),
    ])
    .await;
    let back = async |step: &str| {
        let path = case.path(&format!("/answers/{step}"));
        server.request(Method::DELETE, &path).send().await.unwrap()
    };
    let once = body(back("checks").await, StatusCode::OK).await;
    assert_eq!(
        (stands(&once), passed(&once)),
        (("checks", 2), FIRST_LAP.map(String::from).to_vec())
    );
    problem(back("checks").await, 404).await;
    let twice = body(back("retry").await, StatusCode::OK).await;
    assert_eq!(stands(&twice), ("retry", 1));
    assert_eq!(passed(&twice), FIRST_LAP[..2]);
    let redone = case.answers(&[("retry", "same")]).await;
    assert_eq!(
        stands(&redone),
        ("another-check", 1),
        "what was behind it is asked anew"
    );
}

#[tokio::test]
async fn a_report_after_the_fix_shows_what_changed_and_leaves_the_way() {
    let server = Server::start().await;
    let facts = |value: &str| json!({ "dsregcmd.AzureAdJoined": "YES", "dsregcmd.DomainJoined": "NO", POLICY: value });
    let text = "SessionCreationUserPromptedForCredentialsAfterConnection";
    let (case, shown) = Case::open(&server, &json!({ "text": text, "facts": facts("1") })).await;
    assert_eq!(stands(&shown), ("entra-policy-off", 1));
    case.answers(&[("entra-policy-off", "done")]).await;
    let mended = case.post("/evidence", json!({ "facts": facts("0") })).await;
    assert_eq!(stands(&mended), ("restart", 1));
    assert_eq!(passed(&mended)[1], "entra-policy@1/one by evidence");
    let step = &mended["walk"]["done"][1];
    assert_eq!(step["because"][0]["value"], "1");
    assert_eq!(step["changed_since"][0]["value"], "0");
    let told = mended["walk"]["done"][0].get("changed_since");
    assert!(told.is_none(), "the join did not change");
}

#[tokio::test]
async fn after_the_last_cause_the_case_says_what_to_collect() {
    let server = Server::start().await;
    let text = "SessionCreationUserPromptedForCredentialsAfterConnection\n\nanother run: 0xC000015B\n\nCode: SessionCreationError";
    let (case, shown) = Case::open(&server, &json!({ "text": text })).await;
    let causes = shown["findings"].as_array().unwrap();
    assert!(causes.len() >= 2);
    let mut tried = vec![shown["walk"]["rule"].clone()];
    let not_fixed = || case.post("/outcome", json!({ "outcome": "not_fixed" }));
    for _ in 1..causes.len() {
        let next = not_fixed().await;
        assert!(
            !tried.contains(&next["walk"]["rule"]),
            "{}",
            next["walk"]["rule"]
        );
        assert_eq!(next["notices"], json!([]));
        tried.push(next["walk"]["rule"].clone());
    }
    let last = not_fixed().await;
    assert_eq!(last["walk"]["rule"], *tried.last().unwrap());
    assert!(sentences(
        &last["notices"],
        "No other cause is left to try. Send"
    ));
    assert!(!last["needs"].as_array().unwrap().is_empty());
    let told = last["timeline"].as_array().unwrap();
    assert_eq!(
        told.last().unwrap()["what"],
        "No other cause is left to try"
    );
    let page = server.get(&format!("/cases/{}", case.id)).await;
    let page = page.text().await.unwrap();
    assert!(page.contains("No other cause is left to try. Send"));
    let new = case
        .post(
            "/evidence",
            json!({ "text": "Code: WindowsIdentityIncorrect" }),
        )
        .await;
    assert_ne!(
        new["notices"], last["notices"],
        "a new cause is there to try"
    );
}

#[tokio::test]
async fn a_case_opened_again_still_says_that_no_cause_is_left_until_one_was_mended() {
    let server = Server::start().await;
    let text = "SessionCreationUserPromptedForCredentialsAfterConnection";
    let (case, shown) = Case::open(&server, &json!({ "text": text })).await;
    assert_eq!(shown["findings"].as_array().unwrap().len(), 1);
    let ann = server.staff("ann", &["helpdesk"]).await;
    let said = async || {
        ann.form(&format!("/cases/{}/reopen", case.id), &[]).await;
        let page = ann.get(&format!("/cases/{}", case.id)).await;
        let page = page.text().await.unwrap();
        assert!(page.contains("Open again</"));
        page.contains("No other cause is left to try. Send")
    };
    for (outcome, left_nothing) in [
        ("waiting", false),
        ("not_fixed", true),
        ("waiting", true),
        ("fixed", false),
        ("wrong_cause", true),
    ] {
        case.post("/outcome", json!({ "outcome": outcome })).await;
        assert_eq!(said().await, left_nothing, "{outcome}");
    }
}

#[tokio::test]
async fn a_code_in_new_evidence_hands_the_walk_over_to_the_rule_that_knows_it() {
    let server = Server::start().await;
    let (case, shown) = Case::open(
        &server,
        &json!({ "text": "Code: WindowsIdentityIncorrect" }),
    )
    .await;
    assert_eq!(shown["walk"]["rule"], "pad.invalid-credentials");
    case.answers(&[
        ("machine", "no-report"),
        ("ever-worked", "worked"),
        ("what-changed", "not-known"),
    ])
    .await;
    let text =
        json!({ "text": "The detailed message says: Logon failure, error code -1073741477" });
    let handed = case.post("/evidence", text).await;
    assert_eq!(handed["walk"]["rule"], "win.logon-type-not-granted");
    assert_eq!(
        handed["walks"][0],
        json!({ "rule": "win.logon-type-not-granted", "active": true })
    );
    let findings = handed["findings"].as_array().unwrap();
    let generic = findings
        .iter()
        .find(|finding| finding["rule"] == "pad.invalid-credentials")
        .unwrap();
    assert_eq!(
        generic["gave_way_to"],
        json!(["win.logon-type-not-granted"])
    );
    assert!(sentences(
        &handed["timeline"],
        "The evidence now points to:"
    ));
    let page = server.get(&format!("/cases/{}", case.id)).await;
    assert!(
        page.text()
            .await
            .unwrap()
            .contains("The machine does not accept the credentials")
    );
    let generic = server
        .get(&case.path("?rule=pad.invalid-credentials"))
        .await;
    let generic = body(generic, StatusCode::OK).await;
    assert_eq!(
        passed(&generic)[..3],
        [
            "machine@1/no-report by person",
            "ever-worked@1/worked by person",
            "what-changed@1/not-known by person"
        ]
    );
}

fn status(machine: &str, joined: &str) -> String {
    format!(
        "+----------------------------------------------------------------------+\n| Device State                                                         |\n+----------------------------------------------------------------------+\n\n             AzureAdJoined : {joined}\n              DomainJoined : NO\n               Device Name : {machine}\n\n"
    )
}

#[tokio::test]
async fn reports_of_two_machines_are_asked_about_until_the_case_says_which() {
    let server = Server::start().await;
    let text = format!(
        "SessionCreationUserPromptedForCredentialsAfterConnection\n\n{}\n{}",
        status("RPA-07.fabrikam.test", "YES"),
        status("ADMIN-PC", "NO")
    );
    let (case, shown) = Case::open(&server, &json!({ "text": text })).await;
    assert_eq!(shown["machine"], Value::Null);
    let which = "Two machines: RPA-07.fabrikam.test, ADMIN-PC.";
    assert!(sentences(&shown["notices"], which), "{}", shown["notices"]);
    assert!(sentences(&shown["problems"], which));
    assert_eq!(
        stands(&shown),
        ("join-state", 1),
        "they differ, so nothing is answered"
    );
    assert_eq!(
        shown["questions"][0]["options"],
        json!(["RPA-07.fabrikam.test", "ADMIN-PC"])
    );
    let page = server.get(&format!("/cases/{}", case.id)).await;
    let page = page.text().await.unwrap();
    assert!(page.contains(which));
    assert!(
        page.contains("name=\"machine\" value=\"ADMIN-PC\""),
        "it can be pressed"
    );
    let said = server
        .request(Method::PATCH, &case.path(""))
        .json(&json!({ "machine": "RPA-07" }))
        .send()
        .await
        .unwrap();
    let said = body(said, StatusCode::OK).await;
    assert_eq!(passed(&said), ["join-state@1/entra-only by evidence"]);
    assert_eq!(said["notices"], json!([]));
    assert!(sentences(&said["problems"], "This is about ADMIN-PC."));
    assert_eq!(passed(&case.show().await), passed(&said));
}

#[tokio::test]
async fn a_report_of_another_machine_in_a_later_round_answers_nothing() {
    let server = Server::start().await;
    let text = format!(
        "SessionCreationUserPromptedForCredentialsAfterConnection\n\n{}",
        status("RPA-07", "YES")
    );
    let (case, shown) = Case::open(&server, &json!({ "text": text })).await;
    assert_eq!(
        (&shown["machine"], stands(&shown)),
        (&json!("RPA-07"), ("entra-policy", 1))
    );
    let other = case
        .post("/evidence", json!({ "text": status("ADMIN-PC", "NO") }))
        .await;
    assert_eq!(
        (stands(&other), passed(&other)),
        (("entra-policy", 1), passed(&shown))
    );
    assert!(sentences(&other["problems"], "This is about ADMIN-PC."));
}

#[tokio::test]
async fn a_report_of_another_machine_than_the_one_typed_is_asked_about_and_not_used() {
    let server = Server::start().await;
    let text = format!(
        "SessionCreationUserPromptedForCredentialsAfterConnection\n\n{}",
        status("RPA-09", "YES")
    );
    let sent = json!({ "text": text, "machine": "RPA-07" });
    let (case, shown) = Case::open(&server, &sent).await;
    let which = "This report is about RPA-09, the case about RPA-07.";
    assert!(sentences(&shown["notices"], which), "{}", shown["notices"]);
    assert_eq!(shown["questions"][0]["field"], "machine");
    assert_eq!(stands(&shown), ("join-state", 1));
    assert_eq!(shown["facts"][0]["counts"], false);
    let said = server
        .request(Method::PATCH, &case.path(""))
        .json(&json!({ "machine": "RPA-09" }))
        .send()
        .await
        .unwrap();
    let said = body(said, StatusCode::OK).await;
    assert_eq!(said["questions"], json!([]));
    assert_eq!(passed(&said), ["join-state@1/entra-only by evidence"]);
}

#[tokio::test]
async fn an_account_is_asked_for_once_where_the_evidence_names_several() {
    let server = Server::start().await;
    let taken = |name: &str, token: &str| {
        format!("AzureAdJoined : YES\nAzureAdPrt : {token}\nExecuting Account Name : {name}\n\n")
    };
    let two = taken("fabrikam\\svc-robot", "NO") + &taken("fabrikam\\admin", "YES");
    let (case, shown) = Case::open(&server, &json!({ "text": two })).await;
    assert_eq!(shown["account"], Value::Null);
    let question = &shown["questions"][0];
    assert_eq!(question["field"], "account");
    assert_eq!(
        question["options"],
        json!(["fabrikam\\svc-robot", "fabrikam\\admin"])
    );
    let said = server
        .request(Method::PATCH, &case.path(""))
        .json(&json!({ "account": "svc-robot@fabrikam.test" }))
        .send()
        .await
        .unwrap();
    let said = body(said, StatusCode::OK).await;
    assert_eq!(said["questions"], json!([]));
    let facts = said["facts"].as_array().unwrap().iter();
    let tokens = facts.filter(|fact| fact["key"] == "dsregcmd.AzureAdPrt");
    let tokens = tokens.map(|fact| (&fact["value"], &fact["counts"]));
    assert_eq!(
        tokens.collect::<Vec<_>>(),
        [(&json!("NO"), &json!(true)), (&json!("YES"), &json!(false))]
    );
    let (_, one) = Case::open(&server, &json!({ "text": taken("fabrikam\\admin", "YES") })).await;
    assert_eq!(one["account"], "fabrikam\\admin");
}
