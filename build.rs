//! New files of the pack, the pages and the static files are seen by the next build: the macros that take them in only
//! notice changes of files that they know.

fn main() {
    for folder in ["knowledge", "static", "templates", "migrations"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
