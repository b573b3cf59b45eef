//! The commands: what they print and how they end.

use std::io::Write;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::program::{
    Program, broken_pack, complained, printed, run, run_with, signpost, small_pack,
};
use crate::{Server, copy_published, json as body};

const CARD: &str = "run 4711 failed with -1073741062";

fn code(output: &std::process::Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn classify_reads_files_input_and_archives() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("run.log"), CARD).unwrap();
    std::fs::write(at("chat.txt"), "see you at lunch").unwrap();
    let mut archive = zip::ZipWriter::new(std::fs::File::create(at("both.zip")).unwrap());
    archive
        .start_file("inner.log", zip::write::SimpleFileOptions::default())
        .unwrap();
    archive.write_all(CARD.as_bytes()).unwrap();
    archive.finish().unwrap();
    for (arguments, source) in [
        (vec![at("run.log")], "run.log"),
        (vec![at("chat.txt"), at("run.log")], "run.log"),
        (vec![at("both.zip")], "both.zip/inner.log"),
        (vec!["-".to_owned()], "paste"),
        (vec![], "paste"),
        (vec![at("chat.txt"), "-".to_owned()], "paste"),
    ] {
        let mut line = vec!["classify"];
        line.extend(arguments.iter().map(String::as_str));
        let output = run_with(&line, CARD.as_bytes());
        assert_eq!(code(&output), 0, "{line:?}: {}", complained(&output));
        let text = printed(&output);
        assert!(text.contains("win.smartcard-required (certain)"), "{text}");
        let proof = format!("because \"-1073741062\", {source} line 1");
        assert!(text.contains(&proof), "{proof} is not in\n{text}");
        assert_eq!(complained(&output), "");
    }
}

#[tokio::test]
async fn classify_answers_json_as_the_api_does() {
    let server = Server::start().await;
    let sent = json!({ "text": CARD });
    let answer = server.post("/api/v1/classify", &sent).await;
    let mut answer = body(answer, StatusCode::OK).await;
    let output = run_with(&["classify", "--json"], CARD.as_bytes());
    let mut said: Value = serde_json::from_str(&printed(&output)).unwrap();
    // A pack that is not published has no number.
    assert_eq!(
        (said["release"].take(), answer["release"].take()),
        (0.into(), 1.into())
    );
    assert_eq!(said, answer);
}

#[test]
fn classify_ends_with_a_code_that_scripts_can_branch_on() {
    let pack = small_pack();
    let pack = pack.path().display().to_string();
    for (arguments, input, ended) in [
        (&["-"][..], CARD, 0),
        (&["-"], "see you at lunch", 1),
        (&["-"], "the kettle error is cold", 1),
        (&["-"], "", 2),
        (&["no/such/file.log"], "", 2),
        (&["--knowledge", "no/such/folder", "-"], CARD, 2),
        (
            &["-"],
            "The run failed: error code 1326 and WindowsIdentityIncorrect Smart card logon",
            0,
        ),
        (&["-"], "Smart card logon is required. AlteryxService", 1),
        (&["--knowledge", &pack, "-"], CARD, 0),
        (&["--knowledge", &pack, "-"], "-1073741477", 1),
        (&["--product", "no-such", "-"], CARD, 0),
    ] {
        let line = [&["classify"][..], arguments].concat();
        let output = run_with(&line, input.as_bytes());
        let said = printed(&output) + &complained(&output);
        assert_eq!(code(&output), ended, "{line:?} {input}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    let output = run(&["classify", "no/such/file.log"]);
    let said = complained(&output);
    assert!(
        said.starts_with("signpost: no/such/file.log cannot be read: "),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn classify_takes_a_folder_of_rules_by_variable_too() {
    let pack = small_pack();
    let mut command = signpost(&["classify", "-", "--json"]);
    let output = command
        .env("SIGNPOST_KNOWLEDGE", pack.path())
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["verdict"], "unreadable");
    assert_eq!(code(&output), 2);
}

#[test]
fn a_pack_with_an_error_is_refused_with_file_line_and_field() {
    let (good, broken) = (small_pack(), broken_pack());
    let output = run(&["knowledge", "check", &good.path().display().to_string()]);
    assert_eq!(code(&output), 0, "{}", printed(&output));
    assert!(printed(&output).ends_with("1 rules, ready to be published\n"));
    let output = run(&["knowledge", "check", &broken.path().display().to_string()]);
    assert_eq!(code(&output), 2);
    let said = printed(&output);
    let rule =
        std::fs::read_to_string(broken.path().join("windows/win.smartcard-required.yaml")).unwrap();
    let line = 1 + rule
        .lines()
        .position(|line| line.contains("nowhere"))
        .unwrap();
    let place =
        format!("windows/win.smartcard-required.yaml:{line}: error: guide.steps.account.cannot: ");
    assert!(said.contains(&place), "{place} is not in\n{said}");
    let nothing = run(&["knowledge", "check", "no/such/folder"]);
    assert_eq!(code(&nothing), 2);
    assert_eq!(complained(&nothing).lines().count(), 1);
}

#[tokio::test]
async fn an_imported_pack_is_the_next_release_and_a_refused_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let database = folder.path().join("signpost.db").display().to_string();
    let (good, broken) = (small_pack(), broken_pack());
    let import = |pack: &tempfile::TempDir| {
        let pack = pack.path().display().to_string();
        run(&["knowledge", "import", &pack, "--database", &database])
    };
    let refused = import(&broken);
    assert_eq!(code(&refused), 2);
    assert!(complained(&refused).contains("guide.steps.account.cannot"));
    let done = import(&good);
    assert_eq!(
        printed(&done),
        "published as release 2\n",
        "{}",
        complained(&done)
    );
    let again = import(&good);
    assert_eq!(
        printed(&again),
        "nothing new: release 2 has the same rules\n"
    );
    let server = Server::start_with(folder, &[]).await;
    let releases = body(server.get("/api/v1/releases").await, StatusCode::OK).await;
    let origins = releases.as_array().unwrap().iter();
    let origins = origins.map(|release| (&release["origin"], &release["live"]));
    assert_eq!(
        origins.collect::<Vec<_>>(),
        [
            (&json!("imported"), &json!(true)),
            (&json!("shipped"), &json!(false))
        ]
    );
    let rules = body(server.get("/api/v1/rules").await, StatusCode::OK).await;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 1);
    former_names_lead_on(&server).await;
}

#[tokio::test]
async fn a_named_folder_wins_over_an_import_and_the_shipped_rules_can_come_back() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let good = small_pack();
    let good = good.path().display().to_string();
    let server = Server::start_with(folder, &["--knowledge", &good]).await;
    let rules = body(server.get("/api/v1/rules").await, StatusCode::OK).await;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 1);
    let folder = server.stop().await;
    let database = folder.path().join("signpost.db").display().to_string();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge");
    let back = run(&["knowledge", "import", shipped, "--database", &database]);
    assert_eq!(printed(&back), "published as release 3\n");
    let server = Server::start_with(folder, &[]).await;
    let releases = body(server.get("/api/v1/releases").await, StatusCode::OK).await;
    assert_eq!(releases[0]["origin"], "shipped");
}

async fn former_names_lead_on(server: &Server) {
    let rule = server.get("/api/v1/rules/win.card-wanted").await;
    let rule = body(rule, StatusCode::OK).await;
    assert_eq!(rule["replaced_by"], "win.smartcard-required");
    assert_eq!(rule["id"], "win.smartcard-required");
    assert_eq!(rule["aliases"], json!(["win.card-wanted"]));
    let present = server.get("/api/v1/rules/win.smartcard-required").await;
    let present = body(present, StatusCode::OK).await;
    assert!(present.get("replaced_by").is_none());
    assert_eq!(
        server.get("/rules/win.card-wanted").await.status(),
        StatusCode::OK
    );
    let case = server.open(&json!({ "rule": "win.card-wanted" })).await;
    assert_eq!(case["walk"]["rule"], "win.smartcard-required");
}

#[tokio::test]
async fn a_health_check_tells_a_server_from_none() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let server = Program::serve(&folder, &[]);
    let output = run(&["healthcheck", "--listen", &server.address]);
    assert_eq!(code(&output), 0, "{}", complained(&output));
    let mut by_variable = signpost(&["healthcheck"]);
    let output = by_variable
        .env("SIGNPOST_LISTEN", &server.address)
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", complained(&output));
    let address = server.address.clone();
    server.terminate();
    server.ended();
    let output = run(&["healthcheck", "--listen", &address]);
    assert_eq!(code(&output), 2);
    let said = complained(&output);
    assert!(
        said.starts_with(&format!("signpost: no server answers at {address}: ")),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn the_help_of_every_command_teaches() {
    for (command, words) in [
        (
            &[][..],
            &[
                "signpost classify error.txt",
                "SIGNPOST_ANONYMOUS",
                "healthcheck",
            ][..],
        ),
        (
            &["serve"],
            &[
                "SIGNPOST_LISTEN",
                "127.0.0.1:8080",
                "data/signpost.db",
                "SIGNPOST_CASE_DAYS",
            ],
        ),
        (
            &["classify"],
            &["standard input", "--json", "Exit code", "3  several causes"],
        ),
        (&["knowledge"], &["check", "import"]),
        (
            &["knowledge", "check"],
            &["file, line and field", "Exit code"],
        ),
        (
            &["knowledge", "import"],
            &["next release", "SIGNPOST_DATABASE", "Exit code"],
        ),
        (&["healthcheck"], &["SIGNPOST_LISTEN", "Exit code"]),
    ] {
        let output = run(&[command, &["--help"]].concat());
        assert_eq!(code(&output), 0);
        let help = printed(&output);
        for word in words {
            assert!(help.contains(word), "{word} is not in\n{help}");
        }
    }
}
