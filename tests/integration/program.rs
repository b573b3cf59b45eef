//! The program itself, as a process.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

/// The program with these arguments and without settings from outside.
pub(crate) fn signpost(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signpost"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SIGNPOST_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    signpost(arguments).output().unwrap()
}

/// Runs it to its end with this on standard input.
pub(crate) fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = signpost(arguments);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// What it printed.
pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What it complained about.
pub(crate) fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A pack of one rule, one of the shipped, that was once called `win.card-wanted`.
pub(crate) fn small_pack() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    for file in ["collectors.yaml", "products.yaml"] {
        std::fs::copy(shipped.join(file), folder.path().join(file)).unwrap();
    }
    let rule = shipped.join("windows/win.smartcard-required.yaml");
    let rule = std::fs::read_to_string(rule).unwrap();
    // It refines rules that are none of this pack.
    let line = rule.lines().find(|line| line.starts_with("refines:"));
    let rule = rule.replace(line.unwrap(), "aliases: [win.card-wanted]");
    assert!(rule.contains("win.card-wanted"));
    std::fs::create_dir(folder.path().join("windows")).unwrap();
    std::fs::write(rule_of(&folder), rule).unwrap();
    folder
}

/// The same pack, with a step that leads nowhere.
pub(crate) fn broken_pack() -> TempDir {
    let folder = small_pack();
    let rule = std::fs::read_to_string(rule_of(&folder)).unwrap();
    let broken = rule.replace("cannot: other-machine", "cannot: nowhere");
    assert_ne!(rule, broken);
    std::fs::write(rule_of(&folder), broken).unwrap();
    folder
}

fn rule_of(folder: &TempDir) -> PathBuf {
    folder.path().join("windows/win.smartcard-required.yaml")
}

/// A running server, whose log is a file.
pub(crate) struct Program {
    pub(crate) address: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts it on a free port with the database in this folder and waits until it says its address.
    pub(crate) fn serve(folder: &TempDir, more: &[&str]) -> Self {
        let database = folder.path().join("signpost.db").display().to_string();
        let log = folder.path().join("log");
        let mut child = signpost(&["--listen", "127.0.0.1:0", "--database", &database])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .rsplit_once("http://")
            .map(|(_, address)| address);
        let address =
            address.unwrap_or_else(|| panic!("{}", std::fs::read_to_string(&log).unwrap()));
        Self {
            address: address.to_owned(),
            child,
            log,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks it to stop, as a service manager does.
    pub(crate) fn terminate(&self) {
        let process = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status();
        assert!(told.unwrap().success());
    }

    /// Waits for its end; answers how it ended and what it logged.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, std::fs::read_to_string(&self.log).unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
