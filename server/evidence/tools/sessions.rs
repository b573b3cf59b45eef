//! Who is signed in: `quser` (`query user`) and `qwinsta` (`query session`).
//!
//! ```text
//!  USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME
//! >administrator         console             1  Active      none   11/22/2026 8:01 AM
//!  svc-robot                                 2  Disc         1:05  11/22/2026 7:12 AM
//! ```
//!
//! Headings and states are in the machine's language, so a table is told by its `ID` column and by the rows under it.
//! A session that is disconnected has no session name, in any language.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{Draft, Line, Reading, Text, command, command_above, is_prompt, lines_with, words};
use crate::evidence::{FactValue, Reader};

const TOOLS: &[&str] = &["quser", "query user", "query session", "qwinsta"];
/// More sessions than a terminal server holds.
const MOST_ROWS: usize = 2000;

static HEADINGS: LazyLock<AhoCorasick> = LazyLock::new(|| words(&[" ID ", " ID. ", "\tID\t"]));
static NOBODY: LazyLock<AhoCorasick> = LazyLock::new(|| words(&["No User exists for"]));
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[ >\t]*\S[^\r\n]{2,60}?[ \t]+ID\.?[ \t]+\S+([ \t]+\S+){0,5}[ \t]*$")
        .expect("a constant pattern")
});
/// A row of `quser`: the last column is a date and a time.
static USER_ROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[ \t]*>?[ \t]*(?P<names>\S.*?)[ \t]+(?P<id>\d{1,6})[ \t]+(?P<state>[^\s\d]\S*)[ \t]+",
        r"(?P<idle>\S+)[ \t]+(?P<logon>\d{1,4}[./\-年]\s?\d{1,2}[./\-月]\S*[^\r\n]*?\d[.:]\d{2}[^\r\n]{0,12})$"
    ))
    .expect("a constant pattern")
});
/// A row of `qwinsta`: a type and a device may follow the state.
static SESSION_ROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[ \t]*>?[ \t]*(?P<names>\S.*?)[ \t]+(?P<id>\d{1,6})[ \t]+(?P<state>[^\s\d]\S*)",
        r"(?:[ \t]+[^\s\d]\S*){0,2}[ \t]*$"
    ))
    .expect("a constant pattern")
});
/// Names of sessions: `services`, `console`, `rdp-tcp#5`, `rdp-sxs210101`, `ica-tcp#1`, a listener's hexadecimal name.
static SESSION_NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:services|console|(?:rdp|ica|7a|vmw)[-\w]*(?:#\d+)?|[0-9a-f]{15,20}(?:\.\d+)?)$",
    )
    .expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "quser",
    marks: &[
        "quser",
        "qwinsta",
        "query user",
        "query session",
        "SESSIONNAME",
        "  ID  ",
        "  ID. ",
        "No User exists for",
    ],
    read,
};

/// One session of a user.
struct Session<'t> {
    user: &'t str,
    active: bool,
    line: Line<'t>,
}

/// Reads every table. A whole table lists every session, but it says nothing of another moment: nothing is closed.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut done = 0;
    for heading in lines_with(text, &HEADINGS) {
        if heading.number > done && HEADING.is_match(heading.text) {
            done = table(text, heading, &mut draft);
        }
    }
    for line in lines_with(text, &NOBODY) {
        let machine = command_above(text, line.number, 3, TOOLS);
        draft.of(machine.and_then(|command| command.machine()).as_deref());
        tell(&mut draft, &[], line);
        draft.claim(text, line.number, line.number);
    }
    draft.reading
}

/// Reads one table and returns the last line that was looked at, so that none is looked at twice.
fn table(text: &Text, heading: Line<'_>, draft: &mut Draft) -> usize {
    let mut sessions = Vec::new();
    let mut names = 0;
    let mut last = heading.number;
    for number in heading.number + 1..=heading.number + MOST_ROWS {
        let Some(line) = text.line(number) else { break };
        if is_prompt(line) || command(line, TOOLS).is_some() {
            break;
        }
        let Some((session, is_known)) = row(line) else {
            break;
        };
        names += usize::from(is_known);
        sessions.extend(session);
        last = number;
    }
    let above = command_above(text, heading.number, 3, TOOLS);
    // The rows of another tool's table have no such names, nor the time of a sign-in at their end.
    if last == heading.number || names == 0 && above.is_none() {
        return last;
    }
    draft.of(above.and_then(|command| command.machine()).as_deref());
    tell(draft, &sessions, heading);
    draft.claim(text, heading.number, last);
    last
}

/// One row: the session of a user, if it is one, and whether it can only be such a row.
fn row(line: Line<'_>) -> Option<(Option<Session<'_>>, bool)> {
    if let Some(found) = USER_ROW.captures(line.text) {
        let names = found.name("names")?.as_str();
        let (user, session) = user_first(names);
        let session = Session {
            user,
            active: session.is_some() && !is_disconnected(&found["state"]),
            line,
        };
        return Some((Some(session), true));
    }
    let found = SESSION_ROW.captures(line.text)?;
    let names = found.name("names")?.as_str().trim();
    let (session, user) = session_first(names);
    let is_known = session.is_some();
    // Without a session's name the column is blank, or the state says why: anything else was typed by somebody.
    let indent = line.text.len() - line.text.trim_start_matches(['>', ' ', '\t']).len();
    if !is_known && indent < 8 && (names.contains(' ') || !is_disconnected(&found["state"])) {
        return None;
    }
    let session = user.map(|user| Session {
        user,
        active: session.is_some() && !is_disconnected(&found["state"]),
        line,
    });
    Some((session, is_known))
}

/// `svc-robot    rdp-tcp#5`: the session, if any, is the last word.
fn user_first(names: &str) -> (&str, Option<&str>) {
    let names = names.trim();
    match names.rsplit_once([' ', '\t']) {
        Some((user, session)) if SESSION_NAME.is_match(session) => (user.trim(), Some(session)),
        // A wide gap parts columns also where the session bears a name of its own.
        Some((user, session)) if user.ends_with("  ") => (user.trim(), Some(session)),
        _ => (names, None),
    }
}

/// `rdp-tcp#5    svc-robot`: the session, if any, is the first word.
fn session_first(names: &str) -> (Option<&str>, Option<&str>) {
    let (first, rest) = names.split_once([' ', '\t']).unwrap_or((names, ""));
    if SESSION_NAME.is_match(first) {
        (
            Some(first),
            Some(rest.trim()).filter(|user| !user.is_empty()),
        )
    } else {
        (None, Some(names))
    }
}

/// Where a paste lost the columns, the word may still tell: `Disc`, `Getr.`, `Déco`, `Desc`, `断开`.
fn is_disconnected(state: &str) -> bool {
    let state = state.to_lowercase();
    [
        "disc", "getr", "déco", "deco", "desc", "verbr", "断", "切断",
    ]
    .iter()
    .any(|start| state.starts_with(start))
}

fn tell(draft: &mut Draft, sessions: &[Session<'_>], heading: Line<'_>) {
    let mut span = heading.trimmed_span();
    if let Some(last) = sessions.last() {
        span.end = last.line.trimmed_span().end;
    }
    let of = |wanted: fn(&Session<'_>) -> bool| {
        let mut users: Vec<String> = Vec::new();
        for session in sessions.iter().filter(|session| wanted(session)) {
            if !users.iter().any(|user| user == session.user) {
                users.push(session.user.to_owned());
            }
        }
        FactValue::List(users)
    };
    let count = |wanted: fn(&Session<'_>) -> bool| {
        let count = sessions.iter().filter(|session| wanted(session)).count();
        FactValue::Text(count.to_string())
    };
    draft.say("session.users", of(|_| true), span);
    draft.say("session.active_users", of(|one| one.active), span);
    draft.say("session.disconnected_users", of(|one| !one.active), span);
    draft.say("session.count", count(|_| true), span);
    draft.say("session.active_count", count(|one| one.active), span);
    draft.say("session.disconnected_count", count(|one| !one.active), span);
}
