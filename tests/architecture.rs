//! Holds the table of who may name whom, and which libraries belong to which room.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the library, lowest first. Each may name itself and those before it.
const LAYERS: [&str; 10] = [
    "evidence",
    "condition",
    "guide",
    "rules",
    "store",
    "actions",
    "web",
    "knowledge",
    "config",
    "app",
];

/// A library, and the rooms (path beginnings below `server/`) that may name it.
const LIBRARIES: [(&str, &[&str]); 9] = [
    ("sqlx::", &["store/"]),
    ("axum::", &["web/", "app.rs"]),
    ("askama::", &["web/"]),
    ("std::env", &["config.rs"]),
    // Events have a field of this name, so that the clock is told by how it is named and how it is used.
    ("time::SystemTime", &["app.rs"]),
    ("SystemTime::", &["app.rs"]),
    (
        "tokio::",
        &[
            "store/",
            "actions/",
            "web/",
            "app.rs",
            "main.rs",
            "command.rs",
        ],
    ),
    (
        "std::fs",
        &[
            "store/",
            "knowledge.rs",
            "config.rs",
            "app.rs",
            "main.rs",
            "command.rs",
            "web/extract/",
        ],
    ),
    ("tempfile::", &["web/extract/"]),
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("server");
    let mut open = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).expect("server/ can be listed");
        for path in entries.map(|entry| entry.expect("an entry can be read").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((
                    relative(&root, &path),
                    fs::read_to_string(&path).expect("a source can be read"),
                ));
            }
        }
    }
    found
}

fn relative(root: &Path, path: &Path) -> String {
    let relative: PathBuf = path
        .strip_prefix(root)
        .expect("below server/")
        .components()
        .collect();
    relative.to_string_lossy().replace('\\', "/")
}

/// The code without comments and without the unit tests at its end, which may reach further.
fn code(text: &str) -> String {
    let before_tests = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn layer_of(path: &str) -> Option<usize> {
    let room = path.split('/').next()?.trim_end_matches(".rs");
    LAYERS.iter().position(|layer| *layer == room)
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

#[test]
fn no_layer_names_one_above_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        let Some(own) = layer_of(path) else { continue };
        for (at, line) in code(text).lines().enumerate() {
            for layer in &LAYERS[own + 1..] {
                if line.contains(&format!("crate::{layer}")) {
                    wrong.push(format!(
                        "server/{path}, code line {}: `{}` names {layer}, which stands above {}",
                        at + 1,
                        line.trim(),
                        LAYERS[own]
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the left never names the right:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn each_library_stays_in_its_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_test_file(path)) {
        for (library, rooms) in LIBRARIES {
            let excused = rooms.iter().any(|room| path.starts_with(room));
            if code(text).contains(library) && !excused {
                wrong.push(format!(
                    "server/{path} names {library}, which belongs to {}",
                    rooms.join(", ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rooms_of_the_plan_exist() {
    let paths = sources()
        .into_iter()
        .map(|(path, _)| path)
        .collect::<Vec<_>>();
    for layer in LAYERS {
        assert!(
            paths
                .iter()
                .any(|path| layer_of(path).is_some_and(|at| LAYERS[at] == layer)),
            "server/{layer} is gone; change the plan with it"
        );
    }
}
