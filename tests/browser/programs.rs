//! The programs that a browser test needs: the server itself, and `ChromeDriver`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::SET_UP;

/// Starts the program that users start, on a free port; its start line names the address.
pub(crate) fn start_server(folder: &Path, more: &[&str]) -> (Child, String, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_signpost"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(folder.join("signpost.db"))
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut address = None;
    let setup = line_with(&mut server, |line| {
        let url = line[line.find("http://")?..].trim().trim_end_matches('/');
        if url.contains("/setup?key=") {
            return Some(url.to_owned());
        }
        address = Some(url.to_owned());
        None
    });
    let address = address.expect("the start line names the address");
    (
        server,
        address,
        setup.expect("a line behind it leads to the first account"),
    )
}

/// Starts `ChromeDriver` on a free port. It picks the port before it binds it on two addresses, so that drivers that
/// start at once can take it from each other; the loser exits and says so, and another try gets another port.
pub(crate) fn start_driver() -> (Child, String) {
    let started = (0..10).find_map(|_| {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: {error}; {SET_UP}"));
        match line_with(&mut driver, real_port) {
            Some(port) => Some((driver, format!("127.0.0.1:{port}"))),
            None => driver.wait().ok().and(None),
        }
    });
    started.unwrap_or_else(|| panic!("chromedriver exits without a port; {SET_UP}"))
}

/// The first line says port 0, the one behind it the real one.
fn real_port(line: &str) -> Option<String> {
    let port = line.split("on port ").nth(1)?.trim_end_matches('.').trim();
    (port != "0" && port.bytes().all(|byte| byte.is_ascii_digit())).then(|| port.to_owned())
}

/// What is picked from a program's output; `None` when it ends before.
fn line_with(child: &mut Child, mut pick: impl FnMut(&str) -> Option<String>) -> Option<String> {
    let output = child.stdout.take().expect("the output is piped");
    let mut lines = BufReader::new(output).lines();
    let picked = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| pick(&line));
    // Whatever it says later must not block it.
    std::thread::spawn(move || lines.for_each(drop));
    picked
}
