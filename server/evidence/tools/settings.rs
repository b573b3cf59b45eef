//! Commands that tell one thing: `hostname`, `tzutil /g`, `Get-TimeZone`, `netsh winhttp show proxy`, `cmdkey /list`,
//! and the head of `ipconfig /all`.
//!
//! ```text
//! C:\>hostname
//! RPA-VM-07
//!
//! C:\>tzutil /g
//! W. Europe Standard Time
//!
//! Current WinHTTP proxy settings:
//!
//!     Proxy Server(s) :  proxy.fabrikam.test:8080
//!     Bypass List     :  (none)
//! ```

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{
    Draft, Line, Reading, Text, command, is_prompt, labelled, lines_with, list_around, words,
};
use crate::evidence::{FactValue, Reader, Span};

/// Stored credentials that are kept: more than any account has.
const MOST_TARGETS: usize = 1000;

static LINES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    words(&[
        "hostname",
        "tzutil",
        "winhttp",
        "SupportsDaylightSavingTime",
        ":target=",
        "ipconfig",
        "Windows IP",
        "Windows-IP",
    ])
});
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?P<name>[\w\-]{1,63})\s*$").expect("a constant pattern"));
/// `   Host Name . . . . . . . . . . . . : RPA-VM-07`.
static DOTTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s+\S[^:\r\n]*?[ .]{3,}:\s?(?P<value>.*?)\s*$").expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "settings of the machine",
    marks: &[
        ">hostname",
        "> hostname",
        "tzutil",
        "SupportsDaylightSavingTime",
        "WinHTTP",
        ":target=",
        "ipconfig",
        "Windows IP",
        "Windows-IP",
    ],
    read,
};

/// Reads every one. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut credentials = Credentials::default();
    let mut done = 0;
    for line in lines_with(text, &LINES) {
        if line.number <= done {
            continue;
        }
        let lower = line.text.to_lowercase();
        if lower.contains(":target=") {
            credentials.add(text, line, &mut draft);
        } else if lower.contains("winhttp") {
            proxy(text, line, &mut draft);
        } else if lower.contains("supportsdaylightsavingtime") {
            done = time_zone(text, line, &mut draft);
        } else if lower.contains("ipconfig") || lower.contains("windows") {
            done = addresses(text, line, &mut draft).unwrap_or(done);
        } else if is_prompt(line) && command(line, &["hostname"]).is_some() {
            answer(text, line, "hostname", &mut draft);
        } else if command(line, &["tzutil"]).is_some_and(|command| command.typed.ends_with("/g")) {
            answer(text, line, "timezone.Id", &mut draft);
        }
    }
    credentials.tell(&mut draft);
    draft.reading
}

fn answer(text: &Text, asked: Line<'_>, key: &str, draft: &mut Draft) {
    let answer = (asked.number + 1..asked.number + 3)
        .filter_map(|number| text.line(number))
        .find(|line| !line.text.trim().is_empty())
        .filter(|line| !is_prompt(*line));
    let Some(answer) = answer else { return };
    let is_host = key == "hostname";
    if is_host && !NAME.is_match(answer.text) {
        return;
    }
    draft.of(is_host.then_some(answer.text.trim()));
    let key = if is_host { "machine.hostname" } else { key };
    draft.text(key, answer.text, answer.trimmed_span());
    draft.claim(text, asked.number, answer.number);
}

fn time_zone(text: &Text, line: Line<'_>, draft: &mut Draft) -> usize {
    let rows = list_around(text, line.number);
    if let Some((_, value, line)) = rows.iter().find(|(label, ..)| *label == "Id") {
        draft.of(None);
        draft.text("timezone.Id", value, line.trimmed_span());
    }
    rows.last().map_or(line.number, |(.., line)| line.number)
}

/// The two lines below the heading, or the one that says that there is none: it alone has no colon.
fn proxy(text: &Text, heading: Line<'_>, draft: &mut Draft) {
    if !heading.text.trim_end().ends_with([':', '：']) {
        return;
    }
    let first = (heading.number + 1..heading.number + 4)
        .filter_map(|number| text.line(number))
        .find(|line| !line.text.trim().is_empty())
        .filter(|line| line.text.starts_with([' ', '\t']));
    let Some(first) = first else { return };
    draft.of(None);
    let value = labelled(first.text).map_or("", |(_, value)| value);
    draft.text("winhttp.Proxy", value, first.trimmed_span());
    let next = text.line(first.number + 1);
    let bypass = next.and_then(|line| Some((labelled(line.text)?.1, line)));
    let mut last = first.number;
    if let Some((value, line)) = bypass.filter(|_| !value.is_empty()) {
        draft.text("winhttp.Bypass List", value, line.trimmed_span());
        last = line.number;
    }
    draft.claim(text, heading.number, last);
}

/// The first rows of `ipconfig /all` are those of the machine: its name, its suffix.
fn addresses(text: &Text, heading: Line<'_>, draft: &mut Draft) -> Option<usize> {
    let first = (heading.number + 1..heading.number + 4)
        .filter_map(|number| text.line(number))
        .find(|line| DOTTED.is_match(line.text))?;
    let rows = (first.number..first.number + 3)
        .filter_map(|number| text.line(number))
        .filter_map(|line| Some((DOTTED.captures(line.text)?.name("value")?.as_str(), line)))
        .collect::<Vec<_>>();
    // An adapter alone begins with an address, not with a name.
    let (host, _) = *rows
        .first()
        .filter(|(host, _)| rows.len() == 3 && NAME.is_match(host))?;
    draft.of(Some(host));
    for ((value, line), key) in rows.iter().zip(["Host Name", "Primary Dns Suffix"]) {
        draft.text(format!("ipconfig.{key}"), value, line.trimmed_span());
    }
    rows.last().map(|(_, line)| line.number)
}

/// `cmdkey /list`: what sign-ins are stored for, and for whom. A secret is never among it.
#[derive(Default)]
struct Credentials {
    targets: Vec<String>,
    users: Vec<String>,
    span: Option<Span>,
}

impl Credentials {
    fn add(&mut self, text: &Text, line: Line<'_>, draft: &mut Draft) {
        let Some((_, target)) = labelled(line.text) else {
            return;
        };
        if self.targets.len() >= MOST_TARGETS {
            return;
        }
        let target = target.rsplit("target=").next().unwrap_or(target);
        self.targets.push(target.to_owned());
        self.span.get_or_insert(line.trimmed_span()).end = line.trimmed_span().end;
        // Target, type, user.
        let user = text
            .line(line.number + 2)
            .and_then(|line| labelled(line.text));
        if let Some((_, user)) = user.filter(|(_, user)| user.contains(['\\', '@'])) {
            if !self.users.iter().any(|known| known == user) {
                self.users.push(user.to_owned());
            }
            draft.claim(text, line.number, line.number + 2);
        }
    }

    fn tell(self, draft: &mut Draft) {
        let Some(span) = self.span else { return };
        draft.of(None);
        draft.say("cmdkey.Targets", FactValue::List(self.targets), span);
        if !self.users.is_empty() {
            draft.say("cmdkey.Users", FactValue::List(self.users), span);
        }
    }
}
