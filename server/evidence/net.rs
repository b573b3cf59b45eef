//! What `net user NAME`, `net accounts` and `net localgroup NAME` print.
//!
//! ```text
//! User name                    svc-robot
//! Full Name                    Robot of accounting
//! Account active               Locked
//! ```
//!
//! The labels are in the machine's language and always in the same order, so a block is told by its first labels (or by
//! the echoed command) and its lines by their order. Dates stay as printed; yes and no, never and all are put in English.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::reading::shared;
use super::{About, Fact, FactKey, FactValue, Line, Reader, Reading, Span, Text};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "net user, net accounts, net localgroup",
    marks: &[
        "net user",
        "net accounts",
        "net localgroup",
        "Full Name",
        "Vollst",
        "Nom complet",
        "Nombre completo",
        "Force user logoff",
        "Alias name",
        "Aliasname",
        "Nom alias",
        "Nombre de alias",
    ],
    read,
};

/// The first two labels of `net user NAME`.
const USER: &[(&str, &str)] = &[
    ("User name", "Full Name"),
    ("Benutzername", "Vollständiger Name"),
    ("Nom d'utilisateur", "Nom complet"),
    ("Nom d’utilisateur", "Nom complet"),
    ("Nombre de usuario", "Nombre completo"),
    ("ユーザー名", "フル ネーム"),
];
const ALIAS: &[&str] = &[
    "Alias name",
    "Aliasname",
    "Nom alias",
    "Nombre de alias",
    "エイリアス名",
];
/// The lines of `net user NAME`; an empty name is not kept.
const USER_KEYS: [&str; 20] = [
    "UserName",
    "FullName",
    "",
    "",
    "",
    "AccountActive",
    "AccountExpires",
    "PasswordLastSet",
    "PasswordExpires",
    "PasswordChangeable",
    "PasswordRequired",
    "UserMayChangePassword",
    "WorkstationsAllowed",
    "",
    "",
    "",
    "LastLogon",
    "LogonHoursAllowed",
    "LocalGroups",
    "GlobalGroups",
];
/// The lines of `net accounts`.
const ACCOUNTS_KEYS: [&str; 9] = [
    "ForceLogoff",
    "MinimumPasswordAge",
    "MaximumPasswordAge",
    "MinimumPasswordLength",
    "PasswordHistory",
    "LockoutThreshold",
    "LockoutDuration",
    "LockoutWindow",
    "ComputerRole",
];
/// Words of the languages, in English.
const WORDS: &[(&str, &[&str])] = &[
    ("yes", &["yes", "ja", "oui", "sí", "si", "はい"]),
    ("no", &["no", "nein", "non", "いいえ"]),
    (
        "locked",
        &[
            "locked",
            "gesperrt",
            "verrouillé",
            "bloqueada",
            "bloqueado",
            "ロック",
        ],
    ),
    (
        "never",
        &["never", "nie", "jamais", "nunca", "無期限", "なし"],
    ),
    (
        "all",
        &["all", "alle", "tous", "tout", "todas", "todos", "すべて"],
    ),
];

static PAIR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(\S.*?)(?:\s{2,}(\S.*?))?\s*$").expect("a constant pattern"));
static ECHO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\r\n]*>\s*net(?:\.exe)?\s+accounts\b").expect("a constant pattern")
});
static DOMAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)\b").expect("a constant pattern")
});

/// Reads every block.
fn read(_: &str, text: &Text) -> Reading {
    let lines = text.lines().collect::<Vec<_>>();
    let mut reading = Reading::default();
    let mut at = 0;
    while at < lines.len() {
        let taken = user(&lines, at, &mut reading)
            .or_else(|| accounts(&lines[at..], &mut reading))
            .or_else(|| members(&lines[at..], &mut reading));
        if let Some(taken) = taken {
            let last = lines[(at + taken - 1).min(lines.len() - 1)].number;
            reading
                .claimed
                .push(text.range_of_lines(lines[at].number, last));
        }
        at += taken.unwrap_or(1).max(1);
    }
    reading
}

fn pair<'a>(line: &Line<'a>) -> Option<(&'a str, &'a str)> {
    let found = PAIR.captures(line.text)?;
    let part = |at| {
        found
            .get(at)
            .map_or("", |part: regex::Match<'a>| part.as_str())
    };
    Some((part(1), part(2)))
}

/// A block of `net user NAME`: how many lines it has.
fn user(lines: &[Line<'_>], at: usize, reading: &mut Reading) -> Option<usize> {
    let (label, name) = pair(&lines[at])?;
    let (second, _) = pair(lines.get(at + 1)?)?;
    let is_user = |(first, full): &(&str, &str)| label == *first && second.starts_with(full);
    if name.is_empty() || !USER.iter().any(is_user) {
        return None;
    }
    // `/domain` says first whose account it is.
    let domain = lines[at.saturating_sub(3)..at]
        .iter()
        .filter(|line| !line.text.contains('>'))
        .find_map(|line| DOMAIN.captures(line.text));
    let account = domain.map_or_else(
        || name.to_owned(),
        |domain| format!("{name}@{}", &domain[1]),
    );
    let about = shared(About {
        account: Some(account),
        ..About::default()
    });
    let mut rows: Vec<(Vec<String>, Span)> = Vec::new();
    let mut last = 0;
    for (offset, line) in lines[at..].iter().enumerate() {
        let trimmed = line.text.trim();
        let goes_on = line.text.starts_with(' ') && !rows.is_empty();
        if trimmed.is_empty() {
            continue;
        }
        if goes_on {
            if let Some((values, span)) = rows.last_mut() {
                values.push(trimmed.to_owned());
                span.end = line.trimmed_span().end;
            }
        } else if rows.len() == USER_KEYS.len() {
            break;
        } else {
            let (_, value) = pair(line)?;
            rows.push((vec![value.to_owned()], line.trimmed_span()));
        }
        last = offset;
    }
    for ((values, span), key) in rows.iter().zip(USER_KEYS) {
        if key.is_empty() {
            continue;
        }
        let value = if key.ends_with("Groups") {
            FactValue::List(groups(&values.join(" ")))
        } else {
            in_english(&values.join(" ")).as_str().into()
        };
        push(reading, format!("net_user.{key}"), value, *span, &about);
    }
    Some(last + 1)
}

/// `*Remote Desktop Users *Users`.
fn groups(list: &str) -> Vec<String> {
    let names = list.split('*').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The block of `net accounts`.
fn accounts(lines: &[Line<'_>], reading: &mut Reading) -> Option<usize> {
    let echoed = ECHO.is_match(lines[0].text);
    if !echoed && !lines[0].text.trim_start().starts_with("Force user logoff") {
        return None;
    }
    let about = Arc::default();
    let mut keys = ACCOUNTS_KEYS.into_iter();
    let mut last = None;
    for (offset, line) in lines.iter().enumerate().skip(usize::from(echoed)) {
        if line.text.trim().is_empty() && last.is_none() {
            continue;
        }
        // The label may hold a colon of its own; the value stands behind the last one.
        let Some((_, value)) = line.text.rsplit_once([':', '：']) else {
            break;
        };
        let Some(key) = keys.next() else {
            break;
        };
        let value = in_english(value.trim()).as_str().into();
        let key = format!("net_accounts.{key}");
        push(reading, key, value, line.trimmed_span(), &about);
        last = Some(offset);
    }
    last.map(|last| last + 1)
}

/// The members of one local group.
fn members(lines: &[Line<'_>], reading: &mut Reading) -> Option<usize> {
    /// The rule stands within so many lines of the name.
    const HEAD: usize = 8;
    let (label, name) = pair(&lines[0])?;
    if name.is_empty() || !ALIAS.contains(&label) {
        return None;
    }
    let is_rule = |line: &Line<'_>| {
        let trimmed = line.text.trim();
        trimmed.len() >= 20 && trimmed.bytes().all(|sign| sign == b'-')
    };
    let rule = lines.iter().take(HEAD).position(is_rule)?;
    let body = lines[rule + 1..].iter().take_while(|line| {
        let trimmed = line.text.trim();
        !trimmed.is_empty() && !trimmed.ends_with(['.', '。']) && !trimmed.contains('>')
    });
    let names = body.map(|line| line.text.trim().to_owned());
    let names = names.collect::<Vec<_>>();
    let last = rule + names.len();
    let span = Span {
        end: lines[last].trimmed_span().end,
        ..lines[0].trimmed_span()
    };
    let key = format!("net_localgroup.{name}");
    push(reading, key, FactValue::List(names), span, &Arc::default());
    Some(last + 1)
}

fn in_english(value: &str) -> String {
    let folded = value.to_lowercase();
    let known = WORDS
        .iter()
        .find(|(_, words)| words.contains(&folded.as_str()));
    known.map_or(value, |(word, _)| *word).to_owned()
}

fn push(reading: &mut Reading, key: String, value: FactValue, span: Span, about: &Arc<About>) {
    reading.facts.push(Fact {
        key: FactKey::new(key),
        value,
        span,
        about: about.clone(),
        round: 0,
    });
}

#[cfg(test)]
#[path = "net_tests.rs"]
mod tests;
