//! Services: `sc query`, `sc queryex`, `sc qc`, `Get-Service` and `Get-CimInstance Win32_Service`.
//!
//! ```text
//! C:\>sc query UIFlowService
//!
//! SERVICE_NAME: UIFlowService
//!         TYPE               : 10  WIN32_OWN_PROCESS
//!         STATE              : 1  STOPPED
//!         WIN32_EXIT_CODE    : 1069  (0x42d)
//!         SERVICE_EXIT_CODE  : 0  (0x0)
//!         CHECKPOINT         : 0x0
//!         WAIT_HINT          : 0x0
//! ```
//!
//! Some languages translate the labels; the symbols behind the numbers stay. States and start types are told in the
//! words of `sc`, also where PowerShell said `Running` or `Automatic`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::{
    Command, Draft, Line, Reading, Text, command, command_above, labelled, lines_with, words,
};
use crate::evidence::{Closes, Reader, Scope, fold_key};

mod powershell;

const TOOLS: &[&str] = &["sc"];
/// Lines of one service: `sc qc` lists every dependency on one.
const MOST_LINES: usize = 60;
/// Rows behind the type: `sc qc` ends with the account, `sc queryex` with the flags.
const ROWS: usize = 8;
/// Exit codes that say nothing is wrong: none, and never started since the machine did.
const HARMLESS: &[&str] = &["0", "1077"];

/// Symbols of the service type, by which a block begins.
static TYPES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    words(&[
        "  WIN32",
        " WIN32_OWN_PROCESS",
        " WIN32_SHARE_PROCESS",
        "USER_OWN_PROCESS",
        "USER_SHARE_PROCESS",
    ])
});
static MISSING: LazyLock<AhoCorasick> = LazyLock::new(|| words(&["OpenService"]));
static TYPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*[^:]{2,40}:\s*[0-9a-fA-F]{1,4}\s+(?:WIN32|USER)\w*")
        .expect("a constant pattern")
});
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?P<number>[0-9A-Fa-f]{1,4})\s+(?P<symbol>[A-Z][A-Z_0-9]+)\b")
        .expect("a constant pattern")
});
static EXIT_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?P<code>\d{1,10})\s+\(0x[0-9a-fA-F]+\)").expect("a constant pattern")
});
/// `[SC] EnumQueryServicesStatus:OpenService FAILED 1060:`; the word is translated, the number is not.
static NO_SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*\[SC\] .*OpenService\b.*\b1060\b").expect("a constant pattern")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "sc query",
    marks: &[
        "WIN32_",
        "  WIN32",
        "USER_OWN_PROCESS",
        "USER_SHARE_PROCESS",
        "OpenService",
        "Get-Service",
        "DisplayName",
        "StartName",
    ],
    read,
};

/// Reads every service that is told of. A service that is not installed closes what could be said of it.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    for line in lines_with(text, &TYPES) {
        if TYPE.is_match(line.text) {
            block(text, line, &mut draft);
        }
    }
    for line in lines_with(text, &MISSING) {
        if NO_SERVICE.is_match(line.text)
            && let Some(command) = command_above(text, line.number, 3, TOOLS)
            && let Some(name) = asked(&command)
        {
            close(&mut draft, &name, command.line);
        }
    }
    powershell::read(text, &mut draft);
    draft.reading
}

/// The service that a command names: `sc \\HOST query UIFlowService`.
fn asked(command: &Command<'_>) -> Option<String> {
    let words = command.typed.split_whitespace().skip(1);
    let mut words = words.skip_while(|word| word.starts_with("\\\\"));
    let verb = words.next()?.to_lowercase();
    if !matches!(verb.as_str(), "query" | "queryex" | "qc" | "start" | "stop") {
        return None;
    }
    let name = words.collect::<Vec<_>>().join(" ");
    let name = name.trim_matches('"');
    (!name.is_empty() && !name.contains('=')).then(|| name.to_owned())
}

/// Nothing can be said of a service that is not there.
fn close(draft: &mut Draft, name: &str, proof: Line<'_>) {
    draft.reading.scopes.push(Scope {
        closes: Closes::Children(fold_key(&format!("service.{name}."))),
        span: proof.trimmed_span(),
        round: 0,
    });
}

/// One block, found by its type.
fn block(text: &Text, kind: Line<'_>, draft: &mut Draft) {
    let Some((head, name)) = head(text, kind.number) else {
        return;
    };
    let above = command_above(text, head, 8, TOOLS);
    draft.of(above.and_then(|command| command.machine()).as_deref());
    let key = |field: &str| format!("service.{name}.{field}");
    let mut harmless = true;
    let mut place = 0;
    let mut last = kind.number;
    let mut account = None;
    let mut is_config = false;
    for number in kind.number + 1..kind.number + MOST_LINES {
        let Some(line) = text.line(number) else { break };
        let body = line.text.trim();
        if body.is_empty()
            || !line.text.starts_with(char::is_whitespace)
            || command(line, TOOLS).is_some()
        {
            break;
        }
        let Some((label, value)) = labelled(line.text) else {
            // `(STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)`
            continue;
        };
        if label.is_empty() {
            continue;
        }
        place += 1;
        if place > ROWS {
            break;
        }
        last = number;
        let symbol = SYMBOL.captures(value);
        let symbol = symbol.as_ref().map(|found| &found["symbol"]);
        match (place, symbol) {
            (1, Some(symbol)) if is_state(symbol) => {
                draft.text(key("State"), symbol, line.trimmed_span());
            }
            (1, Some(symbol)) => {
                is_config = true;
                draft.text(key("StartType"), symbol, line.trimmed_span());
            }
            (2 | 3, _) if !is_config => {
                if let Some(code) = EXIT_CODE.captures(value) {
                    harmless &= place == 3 || HARMLESS.contains(&&code["code"]);
                    let field = if place == 2 {
                        "Win32ExitCode"
                    } else {
                        "ServiceExitCode"
                    };
                    draft.text(key(field), &code["code"], line.trimmed_span());
                }
            }
            (6, _) if !is_config => draft.text(key("PID"), value, line.trimmed_span()),
            (3, _) => draft.text(key("BinaryPath"), value, line.trimmed_span()),
            (6, _) => draft.text(key("DisplayName"), value, line.trimmed_span()),
            (8, _) => account = Some((value, line)),
            _ => {}
        }
    }
    if let Some((value, line)) = account.filter(|_| is_config) {
        draft.text(key("Account"), value, line.trimmed_span());
    }
    // An exit code that names a fault is an error message: it has to be found.
    if harmless {
        draft.claim(text, head, last);
    }
}

fn is_state(symbol: &str) -> bool {
    matches!(
        symbol,
        "STOPPED"
            | "START_PENDING"
            | "STOP_PENDING"
            | "RUNNING"
            | "CONTINUE_PENDING"
            | "PAUSE_PENDING"
            | "PAUSED"
    )
}

/// The line of the name above a type, and the name; a display name may stand between.
fn head(text: &Text, kind: usize) -> Option<(usize, &str)> {
    let name = |number: usize| {
        let line = text.line(number)?;
        let (label, value) = labelled(line.text)?;
        let is_head = !line.text.starts_with(char::is_whitespace)
            && !label.contains(['>', '\\'])
            && !value.is_empty();
        is_head.then_some((number, label, value))
    };
    let near = name(kind.checked_sub(1)?)?;
    let far = kind.checked_sub(2).and_then(name);
    let is_label = |label: &str| label.contains('_') || label.is_ascii();
    match far {
        Some((number, label, value)) if label.contains('_') && near.1.contains('_') => {
            Some((number, value))
        }
        _ => is_label(near.1).then_some((near.0, near.2)),
    }
}
