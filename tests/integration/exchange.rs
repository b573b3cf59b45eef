//! The rules of a house, local notes included, go to another server as files and come back the same.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::json;
use signpost::rules::write::in_order;
use signpost::store::Store;

use crate::brought::import;
use crate::house::server;
use crate::json as body;
use crate::notes::{HOSTILE, note, publish};
use crate::packs::{code, files};
use crate::program::{complained, printed, run};

#[tokio::test(flavor = "multi_thread")]
async fn local_notes_leave_and_come_back_and_the_second_export_is_the_first_to_the_byte() {
    let first = server().await;
    let owner = first.owner().await;
    note(&owner, "", "after", HOSTILE).await;
    let long = "Two lines: # no comment\n\n- of *several* paragraphs\n";
    note(&owner, "ask", "instead", long).await;
    note(&owner, "end", "before", "'quoted' {{fact:no}} ~").await;
    assert_eq!(publish(&owner).await["number"], 3);
    let zip = owner.get("/api/v1/releases/3/export").await;
    let zip = zip.bytes().await.unwrap();
    let folder = first.stop().await;
    let at = |name: &str| folder.path().join(name).display().to_string();
    let shell = |line: &[&str]| {
        let output = run(&[&["knowledge"], line].concat());
        assert_eq!(code(&output), 0, "{}", complained(&output));
        printed(&output)
    };

    // As a folder, into a database that has nothing
    let (database, other) = (at("signpost.db"), at("other.db"));
    shell(&["export", &at("one"), "--database", &database]);
    shell(&["import", &at("one"), "--database", &other]);
    shell(&["export", &at("two"), "--database", &other]);
    let (one, two) = (files(Path::new(&at("one"))), files(Path::new(&at("two"))));
    assert!(one.contains_key("notes/demo.alpha.yaml"));
    assert!(one == two, "the files differ");
    let mut packs = Vec::new();
    for (database, number) in [(&database, 3), (&other, 1)] {
        let store = Store::open(Path::new(database)).await.unwrap();
        packs.push(store.release_files(number).await.unwrap().unwrap());
        store.close().await;
    }
    assert_eq!(packs[0].notes[0].notes.len(), 3);
    assert_eq!(in_order(&packs[0]), in_order(&packs[1]));

    // As a zip, over the desk of a server that has the rules without the notes
    let second = server().await;
    let program = second.program(&["rules:write", "publish"]).await;
    let brought = import(&program, "?title=Notes", zip.to_vec()).await;
    let brought = body(brought, StatusCode::CREATED).await;
    assert_eq!(brought["items"].as_array().unwrap().len(), 1);
    let request = json!({ "proposal": brought["proposal"] });
    let release = program.json(Method::POST, "/api/v1/releases", &request);
    let release = body(release.await, StatusCode::CREATED).await;
    let path = format!("/api/v1/releases/{}/export", release["number"]);
    let again = program.get(&path).await.bytes().await.unwrap();
    assert!(again == zip, "the zips differ");
    shell(&["export", "--zip", &at("one.zip"), "--database", &database]);
    assert!(fs::read(at("one.zip")).unwrap() == zip, "the zips differ");
}
