//! Rules that are brought as files, by a program, an editor and the shell.

use std::fs;
use std::io::Write;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::demo_pack::{self, ALPHA};
use crate::packs::code;
use crate::program::{complained, printed, run};
use crate::visitor::{Visitor, text};
use crate::{Server, json as body, problem};

/// A server that knows two rules of a demo product.
async fn demo() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let pack = demo_pack::write(folder.path());
    let pack = pack.display().to_string();
    Server::start_with(folder, &["--knowledge", &pack]).await
}

/// Alpha with another title and a comment.
fn changed() -> String {
    let titled = ALPHA.replace("The first demo", "The very first demo");
    titled.replace("  any:", "  any:\n    # since version 2")
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (path, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*path, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) async fn import(visitor: &Visitor<'_>, asked: &str, zip: Vec<u8>) -> reqwest::Response {
    let request = visitor.request(Method::POST, &format!("/api/v1/releases/import{asked}"));
    let request = request.header("content-type", "application/zip");
    request.body(zip).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn brought_files_become_a_proposal_that_goes_through_the_gate() {
    let server = demo().await;
    let program = server.program(&["rules:write", "publish"]).await;
    let part = || zipped(&[("knowledge/demo/demo.alpha.yaml", &changed())]);
    let said = import(&program, "?dry_run=true", part()).await;
    let said = body(said, StatusCode::OK).await;
    assert_eq!(
        (&said["ready"], &said["proposal"]),
        (&json!(true), &json!(null))
    );
    assert_eq!((&said["base"], &said["kept"]), (&json!(2), &json!(2)));
    let fields = said["items"][0]["fields"].as_array().unwrap().iter();
    let fields = fields.map(|field| field["field"].as_str().unwrap());
    assert_eq!(fields.collect::<Vec<_>>(), ["title", "notes"]);
    let comment = json!({
        "file": "demo/demo.alpha.yaml", "line": 9, "field": "match.any[0]", "text": "since version 2", "kept": true
    });
    assert_eq!(said["comments"], json!([comment]));
    let drafts = body(
        program.get("/api/v1/rules/demo.alpha?draft=true").await,
        StatusCode::OK,
    );
    assert_eq!(drafts.await["revision"], json!(null));
    let made = import(&program, "?title=From%20git&note=Reviewed%20there", part()).await;
    let made = body(made, StatusCode::CREATED).await;
    let number = made["proposal"].as_i64().unwrap();
    assert_eq!(made["url"], format!("/admin/releases/proposals/{number}"));
    let publish = json!({ "proposal": number });
    let release = program
        .json(Method::POST, "/api/v1/releases", &publish)
        .await;
    let release = body(release, StatusCode::CREATED).await;
    assert_eq!(release["note"], "From git\n\nReviewed there");
    let rules = body(server.get("/api/v1/rules").await, StatusCode::OK).await;
    assert_eq!(rules["rules"].as_array().unwrap().len(), 2);
    let again = problem(import(&program, "", part()).await, 422).await;
    assert!(
        again["detail"]
            .as_str()
            .unwrap()
            .contains("Nothing would change")
    );
    // Only when asked does anything go.
    let said = import(&program, "?dry_run=true&remove_missing=true", part()).await;
    let said = body(said, StatusCode::OK).await;
    let gone = said["items"].as_array().unwrap().iter();
    let gone = gone.filter(|item| item["how"] == "removed").count();
    assert_eq!((gone, &said["ready"]), (2, &json!(false)), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_and_broken_zips_are_refused_with_file_and_line() {
    let server = demo().await;
    let program = server.program(&["rules:write"]).await;
    let broken = ALPHA.replace("severity: error", "severity: awful");
    for (zip, said) in [
        (zipped(&[("../demo.alpha.yaml", ALPHA)]), "points outside"),
        (
            zipped(&[("demo/demo.alpha.yaml", &" ".repeat(3 << 20))]),
            "250 times",
        ),
        (
            zipped(&[("demo/demo.alpha.yaml", &broken)]),
            "demo/demo.alpha.yaml:4: ",
        ),
        (
            zipped(&[("demo/demo.other.yaml", ALPHA)]),
            "they must be equal",
        ),
        (
            zipped(&[("a/b/c/demo.alpha.yaml", ALPHA)]),
            "belongs to `demo`",
        ),
        (zipped(&[("README.md", "hello")]), "no .yaml files"),
        (b"no zip".to_vec(), "no zip"),
    ] {
        let answer = problem(import(&program, "?dry_run=true", zip).await, 422).await;
        let detail = answer["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(said), "{said} is not in {detail}");
    }
    let other = program
        .json(Method::POST, "/api/v1/releases/import", &json!({}))
        .await;
    problem(other, 415).await;
    let huge = import(&program, "", vec![0; (16 << 20) + 1]).await;
    assert!(
        problem(huge, 413).await["detail"]
            .as_str()
            .unwrap()
            .contains("16 MiB")
    );
    // A draft of somebody is not overwritten.
    let mine = ALPHA.replace("The first demo", "My demo");
    let saved = program.request(Method::PUT, "/api/v1/rules/demo.alpha");
    let saved = saved
        .header("if-match", "\"release-2\"")
        .header("content-type", "application/yaml");
    assert_eq!(
        saved.body(mine).send().await.unwrap().status(),
        StatusCode::OK
    );
    let zip = zipped(&[("demo/demo.alpha.yaml", &changed())]);
    let seen = body(
        import(&program, "?dry_run=true", zip.clone()).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(seen["in_the_way"], json!(["demo.alpha"]));
    let refused = problem(import(&program, "", zip).await, 422).await;
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("a draft already of demo.alpha")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_sees_what_files_would_change_and_then_proposes_them() {
    let server = demo().await;
    let editor = server.staff("edith", &["editor"]).await;
    let publisher = server.staff("pablo", &["publisher"]).await;
    let helpdesk = server.staff("hedy", &["helpdesk"]).await;
    for not_allowed in [&publisher, &helpdesk] {
        let page = not_allowed.get("/admin/releases/import").await;
        assert_eq!(page.status(), StatusCode::FORBIDDEN);
        let refused = import(not_allowed, "?dry_run=true", Vec::new()).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
    let list = text(editor.get("/admin/releases").await, StatusCode::OK).await;
    assert!(list.contains("href=\"/admin/releases/import\""));
    text(editor.get("/admin/releases/import").await, StatusCode::OK).await;
    let upload = |zip: Vec<u8>| {
        let file = reqwest::multipart::Part::bytes(zip).file_name("rules.zip");
        let form = reqwest::multipart::Form::new().part("file", file);
        editor
            .request(Method::POST, "/admin/releases/import")
            .multipart(form)
            .send()
    };
    let broken = upload(zipped(&[("demo/demo.alpha.yaml", "id: [")]))
        .await
        .unwrap();
    let broken = text(broken, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(broken.contains("demo/demo.alpha.yaml:1: "), "{broken}");
    let changed = changed();
    let files = [
        ("demo/demo.alpha.yaml", changed.as_str()),
        (
            "products.yaml",
            "# ours, see the wiki\n- { id: demo, name: Demo }\n",
        ),
    ];
    let page = upload(zipped(&files)).await.unwrap();
    let page = text(page, StatusCode::OK).await;
    assert!(page.contains("<ins>very </ins>"), "{page}");
    assert!(page.contains("becomes a note of match.any[0]"), "{page}");
    let (_, gone) = page.split_once("These comments will be lost.").unwrap();
    let named = "<code>products.yaml:1</code> “ours, see the wiki”";
    assert!(gone.contains(named), "{gone}");
    assert!(page.contains("value=\"Files of rules.zip\""), "{page}");
    let pack = page.split("name=\"pack\" value=\"").nth(1).unwrap();
    let pack = pack.split('"').next().unwrap();
    // Nothing was kept yet.
    let rules = text(editor.get("/admin/releases").await, StatusCode::OK).await;
    assert!(rules.contains("Nothing is proposed."));
    let late = [("pack", pack), ("base", "1"), ("title", "Files")];
    let late = text(
        editor.form("/admin/releases/import", &late).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    );
    assert!(late.await.contains("was published meanwhile"));
    let fields = [("pack", pack), ("base", "2"), ("title", "Files of git")];
    let made = editor.form("/admin/releases/import", &fields).await;
    assert_eq!(made.status(), StatusCode::SEE_OTHER);
    let proposal = made.headers()["location"].to_str().unwrap().to_owned();
    let page = text(editor.get(&proposal).await, StatusCode::OK).await;
    assert!(page.contains("Files of git") && page.contains("Files that were brought"));
    let owner = server.owner().await;
    let log = owner
        .get("/admin/audit?action=proposal.open&who=edith")
        .await;
    assert!(text(log, StatusCode::OK).await.contains("Files of git"));
}

#[tokio::test]
async fn the_shell_says_what_an_import_would_change_and_can_propose_it() {
    let server = demo().await;
    let folder = server.stop().await;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let database = at("signpost.db");
    let import = |path: &str, more: &[&str]| {
        let mut line = vec!["knowledge", "import", path, "--database", &database];
        line.extend(more);
        run(&line)
    };
    fs::create_dir_all(folder.path().join("part/demo")).unwrap();
    fs::write(folder.path().join("part/demo/demo.alpha.yaml"), changed()).unwrap();
    let dry = import(&at("part"), &["--dry-run"]);
    assert_eq!(code(&dry), 0, "{}", complained(&dry));
    assert_eq!(
        printed(&dry),
        "changed rule demo.alpha: title, notes\n\
         demo/demo.alpha.yaml:9: this comment becomes a note of match.any[0]: since version 2\n\
         no unrelated.yaml: how many unrelated texts a rule fires on was not measured\n\
         it would change 1 file of release 2; ready to be published\n"
    );
    let gone = import(&at("part"), &["--dry-run", "--remove-missing"]);
    assert_eq!(code(&gone), 1);
    let said = printed(&gone);
    assert!(
        said.contains("removed rule demo.beta\n") && said.contains("removed product demo\n"),
        "{said}"
    );
    assert!(
        said.ends_with("not ready: mend the errors above\n"),
        "{said}"
    );
    let zip = zipped(&[("demo/demo.alpha.yaml", &changed())]);
    fs::write(folder.path().join("part.zip"), zip).unwrap();
    let proposed = import(&at("part.zip"), &["--as-proposal"]);
    assert_eq!(
        printed(&proposed),
        "proposal 1 changes 1 file; have it checked at /admin/releases/proposals/1\n",
        "{}",
        complained(&proposed)
    );
    // Published at once, a part is added to what is there; the comment is told.
    let other = changed().replace("very first", "really first");
    fs::write(folder.path().join("part/demo/demo.alpha.yaml"), other).unwrap();
    let published = import(&at("part"), &[]);
    assert_eq!(printed(&published), "published as release 3\n");
    assert!(complained(&published).contains("this comment becomes a note"));
    let broken = import(&at("nowhere.zip"), &[]);
    assert_eq!(code(&broken), 2);
    let nothing = run(&[
        "knowledge",
        "import",
        &at("part"),
        "--dry-run",
        "--database",
        &at("new.db"),
    ]);
    assert_eq!(code(&nothing), 1, "{}", printed(&nothing));
    assert!(!Path::new(&at("new.db")).exists());
    let server = Server::start_with(folder, &[]).await;
    let rules = body(server.get("/api/v1/rules").await, StatusCode::OK).await;
    let titles = rules["rules"].as_array().unwrap().iter();
    let titles = titles.map(|rule| rule["title"].as_str().unwrap());
    assert_eq!(
        titles.collect::<Vec<_>>(),
        ["The really first demo failure", "The second demo failure"]
    );
}
