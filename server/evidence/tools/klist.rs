//! Kerberos tickets: `klist`.
//!
//! ```text
//! Current LogonId is 0:0x3e7a1
//!
//! Cached Tickets: (1)
//!
//! #0>     Client: svc-robot @ FABRIKAM.TEST
//!         Server: krbtgt/FABRIKAM.TEST @ FABRIKAM.TEST
//!         KerbTicket Encryption Type: AES-256-CTS-HMAC-SHA1-96
//!         Ticket Flags 0x40e10000 -> forwardable renewable initial pre_authent
//!         Start Time: 11/22/2026 8:00:00 (local)
//!         End Time:   11/22/2026 18:00:00 (local)
//!         Renew Time: 11/29/2026 8:00:00 (local)
//! ```
//!
//! Labels are translated; the order of the lines of a ticket is not.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Draft, Line, Reading, Text, labelled, lines_with, shared, words};
use crate::evidence::{About, FactValue, Reader};

/// Lines that belong to one `klist`; what follows the last ticket ends it sooner.
const MOST_LINES: usize = 5000;
/// Lines of one ticket, from its first on.
const MOST_ROWS: usize = 10;
/// The line of a ticket, from 0, that tells until when it is good.
const END_TIME: usize = 5;
const SERVER: usize = 1;

static LOGON: LazyLock<AhoCorasick> = LazyLock::new(|| words(&[" 0:0x", "\u{a0}0:0x", "(0:0x"]));
static LOGON_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\r\n:]{4,60}\b0:0x[0-9a-fA-F]+\W*$").expect("a constant pattern")
});
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^\r\n:]{3,60}:\s*\((?P<count>\d{1,5})\)\s*$").expect("a constant pattern")
});
static TICKET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*#\d+>\s*[^:]{2,30}:\s*(?P<client>\S.*?)\s*$").expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "klist",
    marks: &[" 0:0x"],
    read,
};

/// Reads every list. A list of tickets is that of one sign-in: nothing is closed.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut done = 0;
    for line in lines_with(text, &LOGON) {
        if line.number > done && LOGON_LINE.is_match(line.text) {
            done = one(text, line, &mut draft).unwrap_or(done);
        }
    }
    draft.reading
}

fn one(text: &Text, logon: Line<'_>, draft: &mut Draft) -> Option<usize> {
    let count = (logon.number + 1..logon.number + 4)
        .filter_map(|number| text.line(number))
        .find(|line| !line.text.trim().is_empty())?;
    let tickets = COUNT.captures(count.text)?;
    let mut client = None;
    let mut end = None;
    let mut servers = Vec::new();
    let mut servers_span = None;
    let mut last = count.number;
    // The row of the ticket at hand.
    let mut row = None;
    let mut is_granting = false;
    for number in count.number + 1..count.number + MOST_LINES {
        let Some(line) = text.line(number) else { break };
        if line.text.trim().is_empty() {
            continue;
        }
        if let Some(found) = TICKET.captures(line.text) {
            client = client.or_else(|| Some((found["client"].to_owned(), line.trimmed_span())));
            row = Some(0);
        } else if line.text.starts_with(char::is_whitespace)
            && let Some(at) = row.as_mut()
            && *at < MOST_ROWS
        {
            *at += 1;
            let value = labelled(line.text).map(|(_, value)| value);
            match (*at, value) {
                (SERVER, Some(value)) => {
                    is_granting = value.to_lowercase().starts_with("krbtgt/");
                    servers.push(value.to_owned());
                    servers_span.get_or_insert(line.trimmed_span()).end = line.trimmed_span().end;
                }
                (END_TIME, Some(value)) if is_granting && end.is_none() => {
                    end = Some((value.to_owned(), line.trimmed_span()));
                }
                _ => {}
            }
        } else {
            break;
        }
        last = number;
    }
    draft.about = shared(About {
        taken_by: client
            .as_ref()
            .map(|(client, _)| client.replace(" @ ", "@")),
        ..About::default()
    });
    draft.text("klist.Tickets", &tickets["count"], count.trimmed_span());
    if let Some((client, span)) = client {
        draft.text("klist.Client", &client, span);
    }
    if let Some((end, span)) = end {
        draft.text("klist.End Time", &end, span);
    }
    if let Some(span) = servers_span {
        draft.say("klist.Servers", FactValue::List(servers), span);
    }
    draft.claim(text, logon.number, last);
    Some(last)
}
