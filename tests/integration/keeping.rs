//! Accounts, tokens and the audit log from a shell on the server.

use reqwest::StatusCode;

use crate::Server;
use crate::program::{complained, printed, run_with};
use crate::visitor::PASSWORD;

/// The database of a server that was started once, and how the program is told of it.
async fn stopped() -> (tempfile::TempDir, String) {
    let folder = Server::start().await.stop().await;
    let database = folder.path().join("signpost.db").display().to_string();
    (folder, database)
}

fn done(arguments: &[&str], database: &str, input: &str) -> String {
    let arguments = [arguments, &["--database", database]].concat();
    let output = run_with(&arguments, input.as_bytes());
    assert!(output.status.success(), "{}", complained(&output));
    printed(&output)
}

#[tokio::test]
async fn an_account_is_made_changed_and_listed_without_the_server() {
    let (folder, database) = stopped().await;
    let link = done(
        &["user", "add", "Ann", "--role", "editor", "--role", "admin"],
        &database,
        "",
    );
    assert!(link.contains("/setup?key="), "{link}");
    done(&["user", "passwd", "ann", "--stdin"], &database, PASSWORD);
    done(&["user", "add", "bob", "--role", "helpdesk"], &database, "");
    done(
        &["user", "roles", "bob", "--role", "publisher"],
        &database,
        "",
    );
    done(&["user", "disable", "bob"], &database, "");
    let list = done(&["user", "list"], &database, "");
    assert_eq!(
        list,
        "ann\teditor,admin\tactive\nbob\tpublisher\tdisabled\n"
    );

    let server = Server::start_with(folder, &[]).await;
    assert!(server.setup.is_empty(), "there is an account already");
    let ann = server.sign_in("ann").await;
    assert_eq!(ann.get("/admin/users").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_bad_password_a_missing_account_and_a_missing_database_are_refused_in_one_line() {
    let (_folder, database) = stopped().await;
    for (arguments, input, said) in [
        (
            &["user", "passwd", "ann", "--stdin"][..],
            "short",
            "at least 12",
        ),
        (&["user", "disable", "ann"], "", "no account `ann`"),
        (&["token", "revoke", "x"], "", "no such token"),
    ] {
        let output = run_with(
            &[arguments, &["--database", &database]].concat(),
            input.as_bytes(),
        );
        let complaint = complained(&output);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.contains(said) && complaint.lines().count() == 1,
            "{complaint}"
        );
    }
    let output = run_with(&["user", "list", "--database", "/nowhere/at.db"], b"");
    assert!(complained(&output).contains("/nowhere/at.db is not there"));
}

#[tokio::test]
async fn a_token_of_the_shell_works_and_the_chain_tells_what_was_tampered_with() {
    let (folder, database) = stopped().await;
    let token = done(
        &[
            "token",
            "create",
            "--name",
            "nightly",
            "--scope",
            "rules:read",
            "--days",
            "700",
        ],
        &database,
        "",
    );
    assert!(token.starts_with("signpost_"), "{token}");
    assert!(done(&["token", "list"], &database, "").contains("nightly\trules:read\tgood"));
    assert!(done(&["audit", "verify"], &database, "").contains("none changed"));
    assert!(done(&["audit", "export"], &database, "").contains("token.add"));

    let server = Server::start_with(folder, &["--anonymous", "nothing"]).await;
    let bearer = format!("Bearer {}", token.trim());
    let read = server
        .request(reqwest::Method::GET, "/api/v1/rules")
        .header("authorization", bearer);
    assert_eq!(read.send().await.unwrap().status(), StatusCode::OK);
}
