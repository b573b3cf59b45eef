//! The machine and its domain: `nltest /dsgetdc:`, `/sc_query:`, `/sc_verify:`, and `Test-ComputerSecureChannel`.
//!
//! ```text
//! C:\>nltest /sc_verify:fabrikam.test
//! Flags: b0 HAS_IP  HAS_TIMESERV
//! Trusted DC Name \\DC01.fabrikam.test
//! Trusted DC Connection Status Status = 0 0x0 NERR_Success
//! Trust Verification Status = 5 0x5 ERROR_ACCESS_DENIED
//! The command completed successfully
//! ```
//!
//! `.Status` is the name of the status, `.StatusCode` its number. A status that is an error is not claimed: it has to be
//! found as one. The tool speaks English everywhere.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{
    Draft, Line, Reading, Text, command, command_above, is_prompt, labelled, lines_with, words,
};
use crate::evidence::Reader;

const TOOLS: &[&str] = &["nltest"];

static LINES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    words(&[
        "Status = ",
        "DC: \\\\",
        "Trusted DC Name",
        "Test-ComputerSecureChannel",
        "The secure channel between the local computer",
    ])
});
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?P<what>Getting DC name failed|I_NetLogonControl failed|Trusted DC Connection Status|Trust Verification)(?::)? Status = (?P<code>\d+) 0x[0-9a-fA-F]+ (?P<name>\w+)")
        .expect("a constant pattern")
});
static DC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s+DC: \\\\(?P<dc>\S+)\s*$").expect("a constant pattern"));
static TRUSTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*Trusted DC Name \\\\(?P<dc>\S+)\s*$").expect("a constant pattern")
});
static SECURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)The secure channel between the local computer and the domain \S+ is (?P<state>in good condition|broken)")
        .expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "nltest",
    marks: &[
        "DC: \\\\",
        "Trusted DC ",
        "Getting DC name failed",
        "I_NetLogonControl failed",
        "Test-ComputerSecureChannel",
        "The secure channel between the local computer",
    ],
    read,
};

/// Reads every answer. Closes nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    for line in lines_with(text, &LINES) {
        if let Some(found) = STATUS.captures(line.text) {
            status(text, line, &found, &mut draft);
        } else if let Some(found) = DC.captures(line.text) {
            controller(text, line, &found["dc"], &mut draft);
        } else if let Some(found) = TRUSTED.captures(line.text) {
            draft.of(machine(text, line).as_deref());
            let key = format!("nltest.{}.DC", asked(text, line).unwrap_or("sc_query"));
            draft.text(key, &found["dc"], line.trimmed_span());
        } else {
            secure_channel(text, line, &mut draft);
        }
    }
    draft.reading
}

fn machine(text: &Text, line: Line<'_>) -> Option<String> {
    command_above(text, line.number, 6, TOOLS)?.machine()
}

/// What was asked for, by the command above or by what only one answer has below.
fn asked(text: &Text, line: Line<'_>) -> Option<&'static str> {
    let typed = command_above(text, line.number, 6, TOOLS)
        .map(|command| command.typed.to_lowercase())
        .unwrap_or_default();
    if let Some(asked) = ["dsgetdc", "sc_verify", "sc_query", "sc_reset"]
        .into_iter()
        .find(|asked| typed.contains(&format!("/{asked}:")))
    {
        return Some(asked);
    }
    let verifies = (line.number..line.number + 4)
        .filter_map(|number| text.line(number))
        .any(|line| {
            line.text
                .trim_start()
                .starts_with("Trust Verification Status")
        });
    verifies.then_some("sc_verify")
}

fn status(text: &Text, line: Line<'_>, found: &regex::Captures<'_>, draft: &mut Draft) {
    draft.of(machine(text, line).as_deref());
    let (asked, field) = match &found["what"] {
        "Getting DC name failed" => ("dsgetdc", ""),
        "Trust Verification" => ("sc_verify", ""),
        "Trusted DC Connection Status" => (asked(text, line).unwrap_or("sc_query"), "Connection"),
        _ => (asked(text, line).unwrap_or("sc_query"), ""),
    };
    let span = line.trimmed_span();
    // Only `/sc_verify` goes on to verify: elsewhere the connection is all there is to say.
    let field = if asked == "sc_verify" { field } else { "" };
    draft.text(
        format!("nltest.{asked}.{field}Status"),
        &found["name"],
        span,
    );
    draft.text(
        format!("nltest.{asked}.{field}StatusCode"),
        &found["code"],
        span,
    );
    if &found["code"] == "0" {
        draft.claim(text, line.number, line.number);
    }
}

fn controller(text: &Text, line: Line<'_>, dc: &str, draft: &mut Draft) {
    draft.of(machine(text, line).as_deref());
    draft.text("nltest.dsgetdc.DC", dc, line.trimmed_span());
    draft.text("nltest.dsgetdc.Status", "NERR_Success", line.trimmed_span());
    draft.text("nltest.dsgetdc.StatusCode", "0", line.trimmed_span());
    let mut last = line.number;
    for number in line.number + 1..line.number + 10 {
        let Some(line) = text.line(number) else { break };
        match labelled(line.text) {
            Some((
                label @ ("Dom Name" | "Forest Name" | "Dc Site Name" | "Our Site Name"),
                value,
            )) => {
                draft.text(
                    format!("nltest.dsgetdc.{label}"),
                    value,
                    line.trimmed_span(),
                );
            }
            Some(("Address" | "Dom Guid" | "Flags", _)) => {}
            _ => break,
        }
        last = number;
    }
    draft.claim(text, line.number, last);
}

/// True or False below the command, or what `-Verbose` says.
fn secure_channel(text: &Text, line: Line<'_>, draft: &mut Draft) {
    const KEY: &str = "secure_channel.Test-ComputerSecureChannel";
    if let Some(found) = SECURE.captures(line.text) {
        let is_good = found["state"].eq_ignore_ascii_case("in good condition");
        draft.of(None);
        draft.text(
            KEY,
            if is_good { "True" } else { "False" },
            line.trimmed_span(),
        );
        return;
    }
    let Some(command) = command(line, &["test-computersecurechannel"]) else {
        return;
    };
    let typed = command.typed.to_lowercase();
    if typed.contains("-repair") {
        return;
    }
    let answer = (line.number + 1..line.number + 4)
        .filter_map(|number| text.line(number))
        .take_while(|line| !is_prompt(*line))
        .find(|line| matches!(line.text.trim(), "True" | "False"));
    if let Some(answer) = answer {
        draft.of(command.host);
        draft.text(KEY, answer.text, answer.trimmed_span());
        draft.claim(text, line.number, answer.number);
    }
}
