//! A table of what happened to several machines, accounts or flows, or at several times: each row is a record.
//!
//! ```text
//! | Host   | Error      |
//! |--------|------------|
//! | front  | 0xC000006D |
//! | back   | 0xC0000234 |
//! ```

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::{Text, codes};

/// A text over this size is a file of another kind, which has a reader of its own.
const LARGEST: usize = 64 * 1024;

/// What heads a column is at most so long, in bytes.
const LONGEST_HEADING: usize = 40;

/// Heads a column of whom or when something befell.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:machine|host|hostname|computer|server|vm|pc|robot|bot|user|username|account|flow|run|job|task|ticket|incident",
        r"|environment|time|date|when|started|rechner|maschine|benutzer|konto|zeit|datum|uhrzeit|umgebung",
        r"|ordinateur|serveur|poste|utilisateur|compte|heure|équipo|equipo|máquina|servidor|usuario|cuenta|fecha|hora)\b",
        r"|マシン|サーバー|ホスト|ユーザー|アカウント|日時|時刻",
    ))
    .expect("a constant pattern; a test compiles it")
});

/// Heads a column of what something means: such a table is a glossary, whatever else it tells.
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:http|mode|type|meaning|means|description|explanation|mitigation|resolution|action|hint|cause|stands|what|why",
        r"|bedeutung|beschreibung|ursache|maßnahme|signification|description|cause|significado|descripción|causa|acción)\b",
        r"|意味|原因|対処|説明",
    ))
    .expect("a constant pattern; a test compiles it")
});

/// The offsets of the rows, and of what stands behind them; `None` where there is no such table, or fewer than two of its rows
/// hold a code.
pub(super) fn starts(text: &Text) -> Option<Vec<usize>> {
    if text.as_str().len() > LARGEST {
        return None;
    }
    let starts = ['|', '\t', ';', ','].into_iter().find_map(|separator| {
        // A quoted cell may go on over several lines.
        let quoted = separator != '|' && text.as_str().contains('"');
        (!quoted).then(|| of(text, separator))?
    })?;
    let codes = codes::find(text, &[]);
    let codes = codes.iter().map(|code| code.span.start);
    super::are_apart(codes, &starts).then_some(starts)
}

fn of(text: &Text, separator: char) -> Option<Vec<usize>> {
    let cells = |line: &str| line.matches(separator).count();
    let mut lines = text.lines();
    let width = lines.by_ref().find(|line| cells(line.text) > 0)?;
    if !is_heading(width.text, separator) {
        return None;
    }
    let width = cells(width.text);
    let is_rule = |line: &str| !line.chars().any(char::is_alphanumeric) && !line.trim().is_empty();
    let mut starts = Vec::new();
    for line in lines.filter(|line| !is_rule(line.text)) {
        starts.push(line.start);
        if cells(line.text) != width {
            break;
        }
    }
    Some(starts)
}

/// Cells of a few words each, one of which names whom or when. A label with its value behind it is no heading.
fn is_heading(line: &str, separator: char) -> bool {
    let line = line.trim().trim_matches('|');
    let cells = line.split(separator).map(str::trim);
    let named =
        |cell: &str| !cell.is_empty() && cell.len() <= LONGEST_HEADING && !cell.contains(':');
    line.contains(separator)
        && !line.ends_with('.')
        && cells.clone().all(named)
        && cells.into_iter().any(|cell| SUBJECT.is_match(cell))
        && !EXPLAINED.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&str> {
        let starts = starts(&Text::new(text)).unwrap_or_default();
        super::super::tests::pieces_at(text, starts)
    }

    #[test]
    fn rows_about_somebody_or_some_time_are_records() {
        for (table, parts) in [
            (
                "| Host | Error |\n|---|---|\n| front | 0xC000006D |\n| back | 1331 (0xC0000072) |\n\nThanks",
                4,
            ),
            (
                "| Host | Error |\n|---|---|\n| front | 0xC000006D |\n| back | 0xC0000072 |",
                3,
            ),
            (
                "see:\n\nTime\tEvent\n23:10\t0xC000006D\n23:11\tB\n23:12\t0xC0000072\n",
                5,
            ),
            ("Konto;Fehler\r\nfront;0xC000006D\r\nback;0xC0000072\r\n", 4),
            ("user,error\nkim,0xC000006D\nlee,0xC0000072", 3),
        ] {
            assert_eq!(pieces(table).len(), parts, "{:?}", pieces(table));
            assert_eq!(pieces(table).concat(), table);
        }
    }

    #[test]
    fn fields_of_one_record_stay_together() {
        for table in [
            "| Field | Value |\n|---|---|\n| Status | 0xC000006D |\n| Sub status | 0xC0000072 |",
            "| Host | Error |\n|---|---|\n| front | 0xC000006D |",
            "| Host | Error |\n|---|---|\n| front | 0xC000006D, 0xC0000072 |\n| back | none |",
            "Host, as we said, is fine.\nThe other, too, 0xC000006D.\nAnd a third, even, 0xC0000072.",
            "time,message\n10:00,\"0xC000006D\nand B\"\n10:01,\"0xC0000072\nand D\"",
            "\tAccount Name:\t\tbot\n\tStatus:\t\t0xC000006D\n\tSub Status:\t\t0xC0000072\n",
            "| code | run mode | what |\n|---|---|---|\n| 0xC000006D | any | A |\n| 0xC0000072 | any | B |",
            "",
        ] {
            assert_eq!(pieces(table).len(), 1, "{:?}", pieces(table));
        }
    }

    proptest::proptest! {
        #[test]
        fn starts_ascend_within_the_text(text in "(host|[|]|;|,|\t|ö|\n|0xC000006D|-){0,40}") {
            let starts = starts(&Text::new(text.clone())).unwrap_or_default();
            proptest::prop_assert!(starts.is_sorted() && starts.iter().all(|start| text.is_char_boundary(*start)));
        }
    }
}
