//! What those see and do who may see all cases.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::visitor::text;
use crate::{DAY, Server, json as body};

const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";

#[tokio::test]
async fn the_list_is_filtered_by_what_people_ask_for() {
    let server = Server::start().await;
    server
        .open(&json!({ "text": PROMPTED, "ticket": "INC-1", "machine": "RPA-07" }))
        .await;
    server.later(10 * DAY);
    server
        .open(&json!({ "text": "the flux capacitor failed: error FX-77", "ticket": "INC-2" }))
        .await;
    let helper = server.staff("helper", &["helpdesk"]).await;
    for (query, first, second) in [
        ("", true, true),
        ("q=inc-1", true, false),
        ("q=rpa-07", true, false),
        ("q=prompted-for-credentials", true, false),
        ("q=%25", false, false),
        ("verdict=unmatched", false, true),
        ("product=power-automate-desktop", true, false),
        ("product=windows", false, false),
        ("rule=pad.session.prompted-for-credentials", true, false),
        ("days=7", false, true),
        ("claimed=nobody", true, true),
        ("claimed=mine", false, false),
        ("outcome=fixed", false, false),
        ("outcome=open", true, true),
    ] {
        let page = text(helper.get(&format!("/cases?{query}")).await, StatusCode::OK).await;
        let seen = (
            page.contains("<td>INC-1</td>"),
            page.contains("<td>INC-2</td>"),
        );
        assert_eq!(seen, (first, second), "{query}");
    }
    let wrong = helper.get("/cases?verdict=perhaps").await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn who_may_not_see_all_cases_sees_no_list_and_no_file() {
    let server = Server::start().await;
    let keeper = server.staff("keeper", &["admin"]).await;
    for path in ["/cases", "/cases/export", "/api/v1/cases"] {
        assert_eq!(
            server.get(path).await.status(),
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        assert_eq!(
            keeper.get(path).await.status(),
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let page = text(keeper.get("/").await, StatusCode::OK).await;
    assert!(!page.contains("href=\"/cases\""));
}

#[tokio::test]
async fn a_case_is_taken_on_taken_over_left_and_opened_again() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    let (id, url) = (
        case["id"].as_str().unwrap().to_owned(),
        case["url"].as_str().unwrap().to_owned(),
    );
    let ann = server.staff("ann", &["helpdesk"]).await;
    let bob = server.staff("bob", &["helpdesk"]).await;
    let claim = format!("{url}/claim");
    ann.form(&claim, &[("deed", "take")]).await;
    let page = text(ann.get("/cases?claimed=mine").await, StatusCode::OK).await;
    assert!(page.contains(&url));
    bob.form(&claim, &[("deed", "take")]).await;
    let seen = body(
        server.get(&format!("/api/v1/cases/{id}")).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(seen["claimed_by"], "bob");
    let timeline = seen["timeline"].to_string();
    assert!(timeline.contains("Taken over from ann"), "{timeline}");
    bob.form(&claim, &[("deed", "leave")]).await;

    let ended = [("outcome", "fixed"), ("note", "Rebooted")];
    ann.form(&format!("{url}/outcome"), &ended).await;
    let ended = text(ann.get("/cases?outcome=fixed").await, StatusCode::OK).await;
    assert!(ended.contains(&url));
    let of_rpa = "q=prompted-for-credentials&outcome=open";
    let open = async || {
        let page = ann.get(&format!("/cases?{of_rpa}")).await;
        let list = ann.get("/api/v1/cases?open=true").await;
        let listed = body(list, StatusCode::OK).await["cases"].to_string();
        let others = ann.get("/api/v1/cases?open=false").await;
        let others = body(others, StatusCode::OK).await["cases"].to_string();
        let page = text(page, StatusCode::OK).await;
        let seen = page.contains(&url);
        assert_eq!(page.contains("still open</span>"), seen);
        assert_eq!((listed.contains(&id), others.contains(&id)), (seen, !seen));
        seen
    };
    assert!(!open().await);
    ann.form(&format!("{url}/reopen"), &[]).await;
    assert!(open().await, "opened again is open");
    let ended = text(ann.get("/cases?outcome=fixed").await, StatusCode::OK).await;
    assert!(!ended.contains(&url));
    let seen = body(
        server.get(&format!("/api/v1/cases/{id}")).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(seen["outcome"], json!(null));
    let export = ann.get("/cases/export?format=json").await;
    let export = body(export, StatusCode::OK).await;
    assert_eq!(export["cases"][0]["outcome"], json!(null));
    let page = text(ann.get(&url).await, StatusCode::OK).await;
    let (head, rest) = page.split_once("id=\"timeline\"").unwrap();
    assert!(head.contains("Open again</"), "{head}");
    assert!(!head.contains("Rebooted") && !head.contains("/reopen"));
    assert!(rest.contains("Fixed: Rebooted") && rest.contains("Opened again"));
    let print = text(ann.get(&format!("{url}/print")).await, StatusCode::OK).await;
    assert!(print.contains("Open again</"));
    ann.form(&format!("{url}/outcome"), &[("outcome", "waiting")])
        .await;
    let page = text(ann.get(&url).await, StatusCode::OK).await;
    assert!(page.contains("Waiting for somebody else</") && !page.contains("Open again</"));
    let nobody = server.request(Method::POST, &claim).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_signed_in_acts_by_the_account_and_is_asked_for_no_name() {
    let server = Server::start().await;
    let case = server.open(&json!({ "text": PROMPTED })).await;
    let url = case["url"].as_str().unwrap().to_owned();
    let ann = server.staff("ann", &["helpdesk"]).await;
    let anybody = text(server.get(&url).await, StatusCode::OK).await;
    assert!(anybody.contains("Your name") && anybody.contains("name=\"who\""));
    let page = text(ann.get(&url).await, StatusCode::OK).await;
    assert!(!page.contains("Your name") && !page.contains("name=\"who\""));
    let claims = [("outcome", "waiting"), ("who", "the porter")];
    ann.form(&format!("{url}/outcome"), &claims).await;
    let page = text(ann.get(&url).await, StatusCode::OK).await;
    assert!(page.contains("<span class=\"by\">ann</span>"));
    assert!(!page.contains("the porter"));
}

#[tokio::test]
async fn what_is_filtered_can_be_taken_away_and_that_is_written_down() {
    let server = Server::start().await;
    server
        .open(&json!({ "text": PROMPTED, "ticket": "=cmd|'/c calc'!A1" }))
        .await;
    server
        .open(&json!({ "text": PROMPTED, "ticket": "INC-2" }))
        .await;
    let owner = server.owner().await;
    let csv = text(owner.get("/cases/export?format=csv").await, StatusCode::OK).await;
    assert_eq!(csv.lines().count(), 3);
    assert!(csv.contains("\"'=cmd"), "a formula is made a text: {csv}");
    let list = body(
        owner.get("/cases/export?format=json&q=INC-2").await,
        StatusCode::OK,
    );
    assert_eq!(list.await["cases"].as_array().unwrap().len(), 1);
    let log = text(owner.get("/admin/audit").await, StatusCode::OK).await;
    assert!(log.contains("cases.export"));
}
