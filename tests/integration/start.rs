//! Starts that must fail: one clear line each.

use sqlx::{Connection, SqliteConnection};

use crate::program::{complained, signpost};
use crate::{Server, copy_published};

/// Starts with these arguments and variables; answers the one line that it ends with.
fn refused(arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = signpost(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = complained(&output);
    assert!(!output.status.success(), "{arguments:?} {variables:?}");
    assert!(output.stdout.is_empty());
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("signpost: ") && !said.contains("panicked"),
        "{said}"
    );
    said
}

#[test]
fn a_wrong_setting_is_named_with_its_variable() {
    for (option, variable, value, word) in [
        ("--listen", "SIGNPOST_LISTEN", "somewhere", "address"),
        ("--listen", "SIGNPOST_LISTEN", "127.0.0.1:99999", "address"),
        ("--case-days", "SIGNPOST_CASE_DAYS", "ninety", "digit"),
        ("--case-days", "SIGNPOST_CASE_DAYS", "-1", "0..=36500"),
        ("--paste-kib", "SIGNPOST_PASTE_KIB", "0", "1..=16384"),
        ("--upload-mib", "SIGNPOST_UPLOAD_MIB", "1025", "1..=1024"),
        ("--files", "SIGNPOST_FILES", "many", "digit"),
        (
            "--unpacked-mib",
            "SIGNPOST_UNPACKED_MIB",
            "",
            "SIGNPOST_UNPACKED_MIB",
        ),
        (
            "--public-url",
            "SIGNPOST_PUBLIC_URL",
            "signpost.example",
            "https://",
        ),
        (
            "--trusted-proxies",
            "SIGNPOST_TRUSTED_PROXIES",
            "10.0.0.0/8",
            "address",
        ),
        (
            "--anonymous",
            "SIGNPOST_ANONYMOUS",
            "everything",
            "write triage or nothing",
        ),
        ("--log", "SIGNPOST_LOG", "==", "info"),
        ("--log-format", "SIGNPOST_LOG_FORMAT", "xml", "text or json"),
    ] {
        let by_option = refused(&[&format!("{option}={value}")], &[]);
        let by_variable = refused(&["serve"], &[(variable, value)]);
        assert_eq!(by_option, by_variable);
        for part in [option, variable, word] {
            assert!(by_option.contains(part), "{part} is not in {by_option}");
        }
    }
}

#[test]
fn a_port_in_use_and_a_path_that_cannot_be_written_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken
        .local_addr()
        .map(|address| (taken, address.to_string()))
        .unwrap();
    let database = folder.path().join("signpost.db").display().to_string();
    let said = refused(&["--listen", &taken.1, "--database", &database], &[]);
    assert!(
        said.contains(&format!("{} cannot be listened on: ", taken.1)),
        "{said}"
    );
    let file = folder.path().join("file");
    std::fs::write(
        &file,
        "no database, but more than a hundred bytes of it: ".repeat(9),
    )
    .unwrap();
    for path in [file.join("signpost.db"), file, folder.path().to_owned()] {
        let path = path.display().to_string();
        let said = refused(&["--listen=127.0.0.1:0"], &[("SIGNPOST_DATABASE", &path)]);
        assert!(said.contains(&format!("{path} cannot be used: ")), "{said}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_stops_the_start_and_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let path = folder.path().join("signpost.db").display().to_string();
    let mut database = SqliteConnection::connect(&path).await.unwrap();
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (99999999, 'later', 1, x'00', 0)";
    sqlx::query(later).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let said = refused(&["--listen=127.0.0.1:0", "--database", &path], &[]);
    assert!(said.contains("newer Signpost"), "{said}");
    let mut database = SqliteConnection::connect(&path).await.unwrap();
    let undone = "DELETE FROM _sqlx_migrations WHERE version = 99999999";
    sqlx::query(undone).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    Server::start_with(folder, &[]).await.stop().await;
}
