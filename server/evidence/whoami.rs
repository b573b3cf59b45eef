//! The tables of `whoami`, `whoami /user`, `/groups`, `/priv` and `/all`.
//!
//! ```text
//! User Name         SID
//! ================= ============================================
//! contoso\svc-robot S-1-5-21-1004336348-1177238915-682003330-512
//! ```
//!
//! The headings are in the machine's language, so a table is told by its rule of `=` and by what stands in it.

use std::sync::LazyLock;

use regex::Regex;

use super::reading::shared;
use super::{About, Fact, FactKey, FactValue, Line, Reader, Reading, Span, Text};

static RULE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*={4,}(?: +={3,})+\s*$").expect("a constant pattern"));
static SID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bS-1-\d+(?:-\d+)+\b").expect("a constant pattern"));
static PRIVILEGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(Se[A-Z]\w+(?:Privilege|Right))\b").expect("a constant pattern")
});
static GROUP_KIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\s+(?:Well-known group|Alias|Group|Label|User|Bekannte Gruppe|Gruppe|Bezeichnung)\s*$",
    )
    .expect("a constant pattern")
});
static ALONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\r\n]*>\s*whoami(?:\.exe)?\s*$").expect("a constant pattern")
});
static ACCOUNT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*([\w.\- ]+\\[\w.\-$ ]+?)\s*$").expect("a constant pattern"));

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "whoami",
    marks: &["====", "whoami"],
    read,
};

/// Reads every table. Closes nothing: a list of groups is that of one sign-in.
fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut about = About::default();
    let lines = text.lines().collect::<Vec<_>>();
    let mut rows: Vec<(&'static str, FactValue, Span)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if RULE.is_match(line.text) {
            let body = lines[at + 1..]
                .iter()
                .take_while(|row| !row.text.trim().is_empty() && !RULE.is_match(row.text))
                .copied()
                .collect::<Vec<_>>();
            if table(line, &body, &mut rows, &mut about) {
                let first = line.number.saturating_sub(1).max(1);
                reading
                    .claimed
                    .push(text.range_of_lines(first, line.number + body.len()));
            }
        } else if ALONE.is_match(line.text)
            && let Some(next) = lines.get(at + 1)
            && let Some(account) = ACCOUNT.captures(next.text)
        {
            about.account = Some(account[1].to_owned());
            rows.push(("User", account[1].into(), next.trimmed_span()));
            reading
                .claimed
                .push(text.range_of_lines(next.number, next.number));
        }
    }
    let about = shared(about);
    reading
        .facts
        .extend(rows.into_iter().map(|(key, value, span)| Fact {
            key: FactKey::new(format!("whoami.{key}")),
            value,
            span,
            about: about.clone(),
            round: 0,
        }));
    reading
}

/// Reads one table; false when it is none of whoami's.
fn table(
    rule: &Line<'_>,
    body: &[Line<'_>],
    rows: &mut Vec<(&'static str, FactValue, Span)>,
    about: &mut About,
) -> bool {
    let Some(first) = body.first() else {
        return false;
    };
    let span = Span {
        end: body[body.len() - 1].trimmed_span().end,
        ..first.trimmed_span()
    };
    if PRIVILEGE.is_match(first.text) {
        let names = body
            .iter()
            .filter_map(|row| PRIVILEGE.captures(row.text))
            .map(|found| found[1].to_owned())
            .collect();
        rows.push(("Privileges", FactValue::List(names), span));
        return true;
    }
    let columns = rule.text.split_whitespace().count();
    let Some(sid) = SID.find(first.text) else {
        return false;
    };
    if columns == 2 {
        let name = first.text[..sid.start()].trim();
        about.account = Some(name.to_owned());
        rows.push(("User", name.into(), first.trimmed_span()));
        rows.push(("SID", sid.as_str().into(), first.trimmed_span()));
        return true;
    }
    let width = rule.text.trim_start().find(' ').unwrap_or(0);
    let names = body
        .iter()
        .filter_map(|row| group(row.text, width))
        .collect::<Vec<_>>();
    let levels = body.iter().filter_map(|row| SID.find(row.text));
    for level in levels {
        match level.as_str() {
            "S-1-16-12288" | "S-1-16-16384" => about.elevated = Some(true),
            "S-1-16-8192" | "S-1-16-4096" => about.elevated = Some(false),
            _ => {}
        }
    }
    rows.push(("Groups", FactValue::List(names), span));
    true
}

/// The first column: by its width where the paste kept it, else what stands before the kind and the SID.
fn group(row: &str, width: usize) -> Option<String> {
    let sid = SID.find(row)?;
    let by_width = row
        .get(..width)
        .filter(|_| width < sid.start() && row.get(width..=width) == Some(" "));
    let name = match by_width {
        Some(name) => name.trim().to_owned(),
        None => GROUP_KIND
            .replace(row[..sid.start()].trim_end(), "")
            .trim()
            .to_owned(),
    };
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(reading: &Reading, key: &str) -> Option<String> {
        reading.value(key).map(|value| value.to_string())
    }

    #[test]
    fn all_tables_are_read() {
        let text = Text::new(include_str!("../../tests/fixtures/whoami/all.txt"));
        let reading = read("", &text);
        assert_eq!(
            value(&reading, "whoami.User").as_deref(),
            Some("fabrikam\\svc-robot")
        );
        assert_eq!(
            value(&reading, "whoami.SID").as_deref(),
            Some("S-1-5-21-1111111111-2222222222-333333333-1109")
        );
        assert_eq!(
            value(&reading, "whoami.Groups").as_deref(),
            Some("Everyone, BUILTIN\\Remote Desktop Users, Mandatory Label\\High Mandatory Level")
        );
        assert_eq!(
            value(&reading, "whoami.Privileges").as_deref(),
            Some("SeShutdownPrivilege, SeChangeNotifyPrivilege")
        );
        assert!(reading.scopes.is_empty());
        let about = &reading.facts[0].about;
        assert_eq!(about.account.as_deref(), Some("fabrikam\\svc-robot"));
        assert_eq!(about.elevated, Some(true));
    }

    #[test]
    fn columns_squeezed_by_a_ticket_system_are_read() {
        let squeezed = "Group Name Type SID Attributes\n==== ==== === ====\nBUILTIN\\Users Alias S-1-5-32-545 Mandatory group\n";
        let reading = read("", &Text::new(squeezed));
        assert_eq!(
            value(&reading, "whoami.Groups").as_deref(),
            Some("BUILTIN\\Users")
        );
    }

    #[test]
    fn the_bare_command_tells_the_account() {
        let reading = read("", &Text::new("C:\\>whoami\r\ncorp\\svc-bot\r\n"));
        assert_eq!(
            value(&reading, "whoami.User").as_deref(),
            Some("corp\\svc-bot")
        );
    }

    #[test]
    fn other_tables_are_left_alone() {
        let reading = read(
            "",
            &Text::new("Name    Value\n======= =====\nfoo     bar\n"),
        );
        assert!(reading.facts.is_empty() && reading.claimed.is_empty());
    }
}
