//! Who may come in, and who may do what.

use reqwest::{Method, StatusCode};
use signpost::web::guard::{Need, TABLE};

use crate::visitor::{PASSWORD, text};
use crate::{DAY, Server, json, problem};

const MINUTE: i64 = 60 * 1000;

#[tokio::test]
async fn the_first_account_is_made_once_by_the_link_that_the_start_prints() {
    let server = Server::start().await;
    let setup = server.setup.clone();
    assert_eq!(server.get(&setup).await.status(), StatusCode::OK);
    assert_eq!(
        server.get("/setup?key=guessed").await.status(),
        StatusCode::NOT_FOUND
    );
    let owner = server.owner().await;
    assert_eq!(owner.get("/admin/users").await.status(), StatusCode::OK);
    assert_eq!(server.get(&setup).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_are_refused_alike() {
    let server = Server::start().await;
    server.owner().await;
    let wrong = text(
        server.try_password("owner", "wrong").await,
        StatusCode::UNPROCESSABLE_ENTITY,
    );
    let unknown = text(
        server.try_password("nobody", "wrong").await,
        StatusCode::UNPROCESSABLE_ENTITY,
    );
    let (wrong, unknown) = (wrong.await, unknown.await);
    assert_eq!(wrong.replace("owner", "nobody"), unknown);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_locks_nobody_out_for_good() {
    let server = Server::start().await;
    server.owner().await;
    for _ in 0..5 {
        let refused = server.try_password("owner", "wrong").await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let waits = server.try_password("owner", PASSWORD).await;
    assert_eq!(waits.status(), StatusCode::TOO_MANY_REQUESTS);
    server.later(MINUTE);
    server.sign_in("owner").await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_old_signed_out_or_its_account_disabled() {
    let server = Server::start().await;
    let owner = server.owner().await;
    server.later(11 * 60 * MINUTE);
    assert_eq!(owner.get("/account").await.status(), StatusCode::OK);
    server.later(13 * 60 * MINUTE);
    assert_eq!(
        owner.get("/account").await.status(),
        StatusCode::UNAUTHORIZED
    );

    let used = server.sign_in("owner").await;
    for _ in 0..28 {
        server.later(DAY / 2 - 2 * MINUTE);
        assert_eq!(used.get("/account").await.status(), StatusCode::OK);
    }
    server.later(DAY / 2 - MINUTE);
    assert_eq!(
        used.get("/account").await.status(),
        StatusCode::UNAUTHORIZED
    );

    let helper = server.staff("helper", &["helpdesk"]).await;
    let owner = server.owner().await;
    owner
        .form("/admin/users/helper", &[("deed", "disable")])
        .await;
    assert_eq!(
        helper.get("/account").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let refused = server.try_password("helper", PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);

    owner.form("/logout", &[]).await;
    assert_eq!(
        owner.get("/account").await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn another_password_ends_all_other_sessions_and_needs_the_present_one() {
    let server = Server::start().await;
    let (here, elsewhere) = (server.owner().await, server.sign_in("owner").await);
    let new = "another bridge over water";
    let fields = |present: &'static str| [("present", present), ("password", new), ("again", new)];
    let wrong = here.form("/account", &fields("not it")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let right = here.form("/account", &fields(PASSWORD)).await;
    assert_eq!(right.status(), StatusCode::OK);
    assert_eq!(here.get("/account").await.status(), StatusCode::OK);
    assert_eq!(
        elsewhere.get("/account").await.status(),
        StatusCode::UNAUTHORIZED
    );
    let refused = server.try_password("owner", PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let let_in = server.try_password("owner", new).await;
    assert_eq!(let_in.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_last_admin_stays_admin() {
    let server = Server::start().await;
    let owner = server.owner().await;
    for fields in [
        &[("deed", "disable")][..],
        &[("deed", "roles"), ("role", "editor")],
    ] {
        let refused = owner.form("/admin/users/owner", fields).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    server.staff("second", &["admin"]).await;
    let owner = server.owner().await;
    let done = owner
        .form("/admin/users/owner", &[("deed", "disable")])
        .await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_reaches_what_its_scopes_say_until_it_ends_or_is_taken_back() {
    let server = Server::start().await;
    let program = server.program(&["cases"]).await;
    json(program.get("/api/v1/cases").await, StatusCode::OK).await;
    problem(
        program
            .request(Method::POST, "/api/v1/classify")
            .json(&serde_json::json!({ "text": "error 1385" }))
            .send()
            .await
            .unwrap(),
        403,
    )
    .await;
    server.later(31 * DAY);
    problem(program.get("/api/v1/cases").await, 401).await;

    let program = server.program(&["cases"]).await;
    let owner = server.owner().await;
    let page = text(owner.get("/admin/tokens").await, StatusCode::OK).await;
    let revoke = page.split("action=\"/admin/tokens/").nth(1).unwrap();
    let revoke = format!("/admin/tokens/{}", revoke.split('"').next().unwrap());
    owner.form(&revoke, &[]).await;
    problem(program.get("/api/v1/cases").await, 401).await;
    problem(
        server
            .request(Method::GET, "/api/v1/rules")
            .header("authorization", "Bearer signpost_guessed")
            .send()
            .await
            .unwrap(),
        401,
    )
    .await;
}

#[tokio::test]
async fn no_secret_is_in_the_database() {
    let server = Server::start().await;
    let program = server.program(&["cases"]).await;
    json(program.get("/api/v1/cases").await, StatusCode::OK).await;
    let owner = server.owner().await;
    let secrets = [program.secret(), owner.secret(), PASSWORD.to_owned()];
    let folder = server.stop().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in &secrets {
            let there = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!there, "{secret} is kept in the clear");
        }
    }
}

/// Every route that changes something: refused to those without a right, from other sites, and from a browser that does
/// not say where the request comes from.
#[tokio::test]
async fn every_change_needs_its_right_and_an_origin() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder, &["--anonymous", "nothing"]).await;
    let stranger = server.staff("stranger", &["helpdesk"]).await;
    let owner = server.owner().await;
    let mut tried = 0;
    for entry in TABLE {
        let Need::Right(right) = entry.change else {
            continue;
        };
        tried += 1;
        let path = filled(entry.route);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let nobody = server.request(method.clone(), &path).send().await.unwrap();
            assert_eq!(
                nobody.status(),
                StatusCode::UNAUTHORIZED,
                "{method} {path} by nobody"
            );
            let elsewhere = owner.anywhere(method.clone(), &path);
            let elsewhere = elsewhere.header("origin", "https://elsewhere.example");
            assert_eq!(
                elsewhere.send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{method} {path} from another site"
            );
            let unsaid = owner.anywhere(method.clone(), &path).send().await.unwrap();
            assert_eq!(
                unsaid.status(),
                StatusCode::FORBIDDEN,
                "{method} {path} from nowhere"
            );
            if !stranger_may(right) {
                let not_allowed = stranger.request(method.clone(), &path).send();
                assert_eq!(
                    not_allowed.await.unwrap().status(),
                    StatusCode::FORBIDDEN,
                    "{method} {path} without the right"
                );
            }
        }
    }
    assert!(tried > 20, "only {tried} routes were tried");
}

/// Nothing but signing in answers who may do nothing.
#[tokio::test]
async fn every_page_asks_to_sign_in_where_triage_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder, &["--anonymous", "nothing"]).await;
    for entry in TABLE {
        if entry.read == Need::Never {
            continue;
        }
        let path = filled(entry.route);
        let status = server.get(&path).await.status();
        let closed = status == StatusCode::UNAUTHORIZED;
        assert_eq!(closed, entry.read != Need::Open, "{path}: {status}");
    }
    problem(server.get("/api/v1/cases").await, 401).await;
    let page = text(server.get("/rules?q=a").await, StatusCode::UNAUTHORIZED);
    assert!(page.await.contains("name=\"to\" value=\"/rules?q=a\""));
}

/// The table names every route of the OpenAPI document, and pages that it forgot would answer with our own failure.
#[tokio::test]
async fn the_table_names_every_call_of_the_api() {
    let server = Server::start().await;
    let document = json(server.get("/openapi.json").await, StatusCode::OK).await;
    for (path, calls) in document["paths"].as_object().unwrap() {
        let entry = TABLE.iter().find(|entry| entry.route == path);
        let entry = entry.unwrap_or_else(|| panic!("{path} is missing"));
        for method in ["post", "put", "patch", "delete"] {
            if calls.get(method).is_some() {
                assert_ne!(entry.change, Need::Never, "{method} {path}");
            }
        }
        if calls.get("get").is_some() {
            assert_ne!(entry.read, Need::Never, "get {path}");
        }
    }
}

#[tokio::test]
async fn what_a_form_sent_is_kept_while_its_sender_signs_in_again() {
    let server = Server::start().await;
    let owner = server.owner().await;
    server.later(20 * DAY);
    let fields = [("name", "new one"), ("days", "9"), ("scope", "classify")];
    let page = text(
        owner.form("/admin/tokens", &fields).await,
        StatusCode::UNAUTHORIZED,
    )
    .await;
    let kept = "name=new+one&amp;days=9&amp;scope=classify".replace("&amp;", "&#38;");
    assert!(page.contains(&kept), "{page}");
    let again = server.request(Method::POST, "/login").form(&[
        ("name", "owner"),
        ("password", PASSWORD),
        ("to", "/admin/tokens"),
        ("kept", "name=new+one&days=9&scope=classify"),
    ]);
    let page = text(again.send().await.unwrap(), StatusCode::OK).await;
    for part in [
        "action=\"/admin/tokens\"",
        "name=\"name\" value=\"new one\"",
        "name=\"scope\" value=\"classify\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

#[tokio::test]
async fn what_was_done_is_written_down_and_can_be_taken_away() {
    let server = Server::start().await;
    server.staff("helper", &["helpdesk"]).await;
    let owner = server.owner().await;
    let page = text(owner.get("/admin/audit").await, StatusCode::OK).await;
    for part in [
        "account.add",
        "account.invite",
        "account.sign-in",
        "chain is whole",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let lines = owner.get("/admin/audit/export?subject=helper").await;
    let lines = text(lines, StatusCode::OK).await;
    assert_eq!(lines.lines().count(), 4, "{lines}");
    let csv = text(
        owner.get("/admin/audit/export?format=csv").await,
        StatusCode::OK,
    );
    assert!(csv.await.starts_with("number,at,who"));
    let log = text(
        owner.get("/admin/audit?action=audit.").await,
        StatusCode::OK,
    )
    .await;
    assert!(log.contains("audit.export"));
}

#[tokio::test]
async fn the_name_of_who_signed_in_stands_for_what_they_do() {
    let server = Server::start().await;
    let helper = server.staff("helper", &["helpdesk"]).await;
    let opened = helper
        .request(Method::POST, "/api/v1/cases")
        .json(&serde_json::json!({ "text": "error 1385", "who": "somebody else" }))
        .send()
        .await
        .unwrap();
    let case = json(opened, StatusCode::CREATED).await;
    assert_eq!(case["timeline"][0]["who"], "helper");
}

fn stranger_may(right: signpost::actions::Right) -> bool {
    use signpost::actions::Right;
    [
        Right::Knowledge,
        Right::Classify,
        Right::Triage,
        Right::Cases,
        Right::OwnAccount,
    ]
    .contains(&right)
}

fn filled(route: &str) -> String {
    let pieces = route.split('/').map(|piece| {
        if piece.starts_with("{*") {
            "signpost.css"
        } else if piece.starts_with('{') {
            "1"
        } else {
            piece
        }
    });
    pieces.collect::<Vec<_>>().join("/")
}
