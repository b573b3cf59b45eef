//! Rules as files: taken along, and brought.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Output;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::demo_pack::{self, ALPHA};
use crate::program::{complained, printed, run, small_pack};
use crate::visitor::{Visitor, text};
use crate::{Server, copy_published, json as body, problem};

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Every file below a folder, by its path.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut open = vec![folder.to_owned()];
    let mut found = BTreeMap::new();
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().to_str().unwrap();
                found.insert(below.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn unzipped(bytes: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let name = file.name().unwrap().into_owned();
        found.insert(name, text);
    }
    found
}

#[tokio::test]
async fn what_is_exported_and_imported_is_exported_again_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    copy_published(&folder).await;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let export = |database: &str, more: &[&str]| {
        let mut line = vec!["knowledge", "export", "--database", database];
        line.extend(more);
        let output = run(&line);
        assert_eq!(code(&output), 0, "{}", complained(&output));
        printed(&output)
    };
    let (database, other) = (at("signpost.db"), at("other.db"));
    let said = export(&database, &[&at("one")]);
    assert!(said.starts_with("release 1 written to "), "{said}");
    let imported = run(&["knowledge", "import", &at("one"), "--database", &other]);
    assert_eq!(printed(&imported), "published as release 1\n");
    export(&other, &[&at("two")]);
    let (one, two) = (files(Path::new(&at("one"))), files(Path::new(&at("two"))));
    assert!(one.len() > 100 && one.contains_key("products.yaml"));
    assert!(one.contains_key("windows/win.smartcard-required.yaml"));
    assert!(one == two, "the files differ");
    // What stands there already is left as it is.
    let again = export(&database, &[&at("one")]);
    let count = one.len();
    let said = format!("0 files new, 0 changed, 0 removed, {count} as they were\n");
    assert!(again.ends_with(&said), "{again}");
    export(&database, &["--zip", &at("one.zip")]);
    export(&other, &["--zip", &at("two.zip")]);
    let (one, two) = (fs::read(at("one.zip")), fs::read(at("two.zip")));
    assert!(one.unwrap() == two.unwrap(), "the zips differ");
}

#[tokio::test]
async fn an_export_takes_away_what_is_gone_and_never_what_was_written_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let database = at("signpost.db").display().to_string();
    let pack = small_pack();
    let second = pack.path().join("windows/win.second.yaml");
    let first = fs::read_to_string(pack.path().join("windows/win.smartcard-required.yaml"));
    let import = || {
        let pack = pack.path().display().to_string();
        let output = run(&["knowledge", "import", &pack, "--database", &database]);
        assert_eq!(code(&output), 0, "{}", complained(&output));
    };
    let export = |more: &[&str]| {
        let out = at("out").display().to_string();
        let mut line = vec!["knowledge", "export", &out, "--database", &database];
        line.extend(more);
        run(&line)
    };
    let none = export(&[]);
    assert_eq!(code(&none), 2);
    assert!(complained(&none).contains("there is no database"));
    fs::write(&second, second_rule(&first.unwrap())).unwrap();
    import();
    assert_eq!(code(&export(&[])), 0);
    fs::write(at("out/README.md"), "Ours").unwrap();
    fs::create_dir(at("out/.git")).unwrap();
    fs::write(at("out/.git/config.yaml"), "no pack").unwrap();
    // A part takes nothing away, and a rule that is not there is named.
    let part = export(&["--rule", "win.second"]);
    assert!(
        printed(&part).contains("0 removed"),
        "{}",
        complained(&part)
    );
    assert!(at("out/windows/win.smartcard-required.yaml").exists());
    let nowhere = export(&["--rule", "win.nowhere"]);
    assert_eq!(code(&nowhere), 2);
    assert!(complained(&nowhere).contains("there is no rule `win.nowhere`"));
    // A change by hand that was not imported stops it, and nothing is written.
    fs::remove_file(&second).unwrap();
    import();
    let mine = at("out/windows/win.smartcard-required.yaml");
    let kept = fs::read_to_string(&mine).unwrap();
    let edited = kept.replace("title: ", "title: Mine, ");
    fs::write(&mine, &edited).unwrap();
    let refused = export(&[]);
    assert_eq!(code(&refused), 2);
    let said = complained(&refused);
    assert!(
        said.contains("windows/win.smartcard-required.yaml"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&mine).unwrap(), edited);
    assert!(at("out/windows/win.second.yaml").exists());
    fs::write(&mine, &kept).unwrap();
    let done = printed(&export(&[]));
    assert!(done.contains("0 changed, 1 removed"), "{done}");
    assert!(!at("out/windows/win.second.yaml").exists());
    assert_eq!(fs::read(at("out/README.md")).unwrap(), b"Ours");
    assert!(at("out/.git/config.yaml").exists());
    // An older release is written over a newer one.
    let older = printed(&export(&["--release", "1"]));
    assert!(
        older.starts_with("release 1 ") && older.contains("1 files new"),
        "{older}"
    );
    // A folder of something else is not written to.
    fs::write(at("out/compose.yaml"), "services: {}\n").unwrap();
    let strange = export(&[]);
    assert_eq!(code(&strange), 2);
    assert!(complained(&strange).contains("compose.yaml"));
}

/// Another rule like the first one.
fn second_rule(first: &str) -> String {
    first
        .replace("id: win.smartcard-required", "id: win.second")
        .replace(
            "aliases: [win.card-wanted]\n",
            "refines: [win.smartcard-required]\n",
        )
}

#[tokio::test]
async fn a_release_is_downloaded_by_who_may_see_drafts_and_that_is_written_down() {
    let server = Server::start().await;
    let pages = ["/admin/releases/1/export", "/api/v1/releases/1/export"];
    let nobody = server.get(pages[1]).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let helpdesk = server.staff("hedy", &["helpdesk"]).await;
    let editor = server.staff("edith", &["editor"]).await;
    let publisher = server.staff("pablo", &["publisher"]).await;
    let program = server.program(&["rules:read"]).await;
    let stranger = server.program(&["classify"]).await;
    let mut zips = Vec::new();
    for page in pages {
        for not_allowed in [&helpdesk, &stranger] {
            assert_eq!(not_allowed.get(page).await.status(), StatusCode::FORBIDDEN);
        }
        for allowed in [&editor, &publisher, &program] {
            let answer = allowed.get(page).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()["content-type"], "application/zip");
            let named = answer.headers()["content-disposition"].to_str().unwrap();
            assert_eq!(named, "attachment; filename=\"signpost-release-1.zip\"");
            zips.push(answer.bytes().await.unwrap());
        }
    }
    assert!(zips.iter().all(|zip| *zip == zips[0]), "the zips differ");
    let whole = unzipped(zips[0].to_vec());
    assert!(whole.contains_key("products.yaml"));
    let asked = "?rule=win.smartcard-required&product=uipath";
    let part = program.get(&format!("{}{asked}", pages[1])).await;
    let part = unzipped(part.bytes().await.unwrap().to_vec());
    assert!(part.contains_key("windows/win.smartcard-required.yaml"));
    assert!(part.keys().any(|path| path.starts_with("uipath/")));
    assert!(!part.keys().any(|path| path.starts_with("entra/")));
    assert!(!part.contains_key("products.yaml"));
    let wrong = program.get(&format!("{}?rule=no.such", pages[1])).await;
    let wrong = problem(wrong, 422).await;
    assert_eq!(wrong["errors"][0]["pointer"], "/rule");
    problem(program.get("/api/v1/releases/9/export").await, 404).await;
    let owner = server.owner().await;
    let log = owner.get("/admin/audit?action=release.export").await;
    let log = text(log, StatusCode::OK).await;
    assert_eq!(
        log.matches("<code>release.export</code>").count(),
        7,
        "{log}"
    );
    assert!(log.contains("edith") && log.contains("rule win.smartcard-required; product uipath"));
    let page = text(editor.get("/admin/releases/1").await, StatusCode::OK).await;
    assert!(page.contains(&format!("href=\"{}\"", pages[0])));
}

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
