//! Rules as files that are taken along.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Output;

use reqwest::StatusCode;

use crate::program::{complained, printed, run, small_pack};
use crate::visitor::text;
use crate::{Server, copy_published, problem};

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
