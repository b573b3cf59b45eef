//! Whether a port answers: PowerShell's `Test-NetConnection` (`tnc`).
//!
//! ```text
//! WARNING: TCP connect to (10.0.0.7 : 3389) failed
//!
//! ComputerName           : RPA-VM-07
//! RemoteAddress          : 10.0.0.7
//! RemotePort             : 3389
//! InterfaceAlias         : Ethernet
//! SourceAddress          : 10.0.0.5
//! PingSucceeded          : True
//! PingReplyDetails (RTT) : 1 ms
//! TcpTestSucceeded       : False
//! ```
//!
//! The machine that was asked is not the one that ran the command, so these facts name none: the host is in the key,
//! `test_net.RPA-VM-07:3389.TcpTestSucceeded`, and once more without it, `test_net.3389.TcpTestSucceeded`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{Draft, Reading, Text, lines_with, list_around, words};
use crate::evidence::Reader;

/// What the list is made of.
const ROWS: &[&str] = &[
    "ComputerName",
    "RemoteAddress",
    "RemotePort",
    "InterfaceAlias",
    "SourceAddress",
    "PingSucceeded",
    "PingReplyDetails (RTT)",
    "TcpTestSucceeded",
];

static LINES: LazyLock<AhoCorasick> = LazyLock::new(|| words(&["TcpTestSucceeded"]));

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Test-NetConnection",
    marks: &["TcpTestSucceeded"],
    read,
};

/// Reads every list. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut done = 0;
    for line in lines_with(text, &LINES) {
        if line.number <= done {
            continue;
        }
        let rows = list_around(text, line.number);
        done = rows.last().map_or(line.number, |(.., line)| line.number);
        let value = |wanted: &str| {
            rows.iter()
                .find(|(label, ..)| label.eq_ignore_ascii_case(wanted))
                .map(|(_, value, line)| (*value, line.trimmed_span()))
        };
        let (Some((port, _)), Some((answer, span))) =
            (value("RemotePort"), value("TcpTestSucceeded"))
        else {
            continue;
        };
        if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        if let Some((host, _)) = value("ComputerName").filter(|(host, _)| !host.is_empty()) {
            draft.text(
                format!("test_net.{host}:{port}.TcpTestSucceeded"),
                answer,
                span,
            );
        }
        draft.text(format!("test_net.{port}.TcpTestSucceeded"), answer, span);
        for (_, _, line) in rows.iter().filter(|(label, ..)| ROWS.contains(label)) {
            draft.claim(text, line.number, line.number);
        }
    }
    draft.reading
}
