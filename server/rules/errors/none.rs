//! Words for errors that stand there only to say that there is none: `0 errors`, `ohne Fehler`, `"errorCode": null`,
//! `HasErrors: false`, `error code 0x0`.

use std::ops::Range;

/// Nouns that can be counted or be a label; `denied` and `cannot` cannot.
const NOUNS: [&str; 13] = [
    "error",
    "fail",
    "exception",
    "fehl",
    "issue",
    "problem",
    "timeout",
    "crash",
    "erreur",
    "\u{e9}chec",
    "errore",
    "\u{30a8}\u{30e9}\u{30fc}",
    "\u{9519}\u{8bef}",
];
/// What stands before a noun of which there is none.
const NO: [&str; 14] = [
    "0",
    "no",
    "zero",
    "without",
    "kein",
    "keine",
    "keinen",
    "ohne",
    "aucune",
    "aucun",
    "sans",
    "sin",
    "ning\u{fa}n",
    "nessun",
];
/// Words that make a label of the noun: `error code 0`.
const LABELS: [&str; 9] = [
    "code", "codes", "count", "message", "number", "level", "status", "details", "state",
];
/// Values that say that there is none.
const NONE: [&str; 10] = [
    "null",
    "none",
    "no",
    "false",
    "0",
    "0x0",
    "0x00000000",
    "nil",
    "nein",
    "keine",
];

/// Whether the word for an error at this place only says that there is none.
pub(super) fn says_none(text: &str, word: &Range<usize>) -> bool {
    let found = text[word.clone()].to_lowercase();
    if !NOUNS.contains(&found.as_str()) {
        return false;
    }
    let token = token(text, word);
    let letters = text[token.clone()].to_lowercase();
    // German for a command and for advice.
    let is_other_word =
        found == "fehl" && ["befehl", "empfehl"].iter().any(|w| letters.contains(w));
    let before = &text[..token.start];
    is_other_word
        || before.ends_with("</")
        || is_counted_none(before)
        || is_valued_none(&text[token.end..])
}

/// The identifier around the word.
fn token(text: &str, word: &Range<usize>) -> Range<usize> {
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
    let before = &text[..word.start];
    let start = before.trim_end_matches(inside).len();
    let behind = &text[word.end..];
    let end = text.len() - behind.trim_start_matches(inside).len();
    start..end
}

fn is_counted_none(before: &str) -> bool {
    let near = before.trim_end_matches([' ', '\t']);
    if near.len() == before.len() {
        return false;
    }
    let start = near
        .trim_end_matches(|letter: char| letter.is_alphanumeric() || ".,".contains(letter))
        .len();
    NO.iter().any(|no| near[start..].eq_ignore_ascii_case(no))
}

fn is_valued_none(behind: &str) -> bool {
    let behind = label(behind);
    let trimmed = behind.trim_start_matches(['"', '\'', ' ', '\t', '*', '`']);
    let separator = trimmed.strip_prefix([':', '=', '>']);
    let is_spaced = behind.starts_with([' ', '\t']);
    let Some(value) = separator.or_else(|| is_spaced.then_some(trimmed)) else {
        return false;
    };
    let value = value.trim_start_matches([' ', '\t']);
    let is_empty = ["\"\"", "''", "</", "{}", "[]"]
        .iter()
        .any(|empty| value.starts_with(empty));
    if is_empty {
        return separator.is_some();
    }
    let value = value.trim_start_matches(['"', '\'', '`', '(']);
    let end = value
        .find(|letter: char| !letter.is_ascii_alphanumeric())
        .unwrap_or(value.len());
    let (value, rest) = value.split_at(end);
    // `no` and `none` before more words begin a sentence, and a number may go on.
    let ends = !rest.starts_with(['.', '-', '_', ':']) || rest == "." || rest.starts_with(".\n");
    let is_number = value.starts_with('0');
    let alone = is_number
        || rest
            .trim_start_matches(['"', '\'', '`', ')', '.', ' ', '\t', '\r'])
            .chars()
            .next()
            .is_none_or(|next| ",;}]|<\n".contains(next));
    ends && alone && NONE.iter().any(|none| value.eq_ignore_ascii_case(none))
}

/// What follows behind the words that make a label of the noun.
fn label(behind: &str) -> &str {
    let rest = behind.trim_start_matches([' ', '\t']);
    let end = rest
        .find(|letter: char| !letter.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let is_label =
        rest.len() < behind.len() && LABELS.iter().any(|label| word.eq_ignore_ascii_case(label));
    if is_label { after } else { behind }
}

#[cfg(test)]
mod tests {
    use super::super::has_error_word;

    #[test]
    fn a_word_that_says_none_is_no_error() {
        for text in [
            "finished with 0 errors and 3 warnings",
            "completed without errors",
            "No error.",
            "Ende, keine Fehler",
            "beendet ohne Fehler",
            r#""errorCode": null, "errorMessage": "" "#,
            r#"{"errorcode":"","JobError":null,"HasErrors":false}"#,
            "session created, error code 0",
            "Error Code: 0x0",
            "Fehlercode:\t0x0",
            "<errorCode></errorCode>",
            "ErrorCount=0;",
            "failures: 0\n",
            "Errors: none",
            "Der Befehl wurde erfolgreich ausgef\u{fc}hrt.",
        ] {
            assert!(!has_error_word(text), "{text}");
        }
    }

    #[test]
    fn a_word_that_says_one_is_an_error() {
        for text in [
            "finished with 10 errors",
            "finished with 1.0 errors",
            "no, error 5",
            r#""errorCode": "0x80070569""#,
            "error 0x0000052E",
            "error code 0.5.1 of the installer",
            "error: no route to host",
            "Error: None of the machines answered",
            "0 errors, then the run failed",
            "HasErrors: true",
            "Der Befehl schlug fehl",
            "errors",
            "Ein Fehler ist aufgetreten",
            "access denied: 0",
            "error:\n0 rows",
        ] {
            assert!(has_error_word(text), "{text}");
        }
    }
}
