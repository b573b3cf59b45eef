//! Secrets go before anything is written and before anything is read, so that a stored case says what the live one said.
//!
//! A replacement takes a value and never its key, keeps the number of line breaks, and leaves error codes, GUIDs and
//! plain words alone: "the password is wrong" is what a rule looks for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

mod patterns;

use patterns::{Certainty, HINTS, Kind, PATTERNS};

/// The secrets of one round: equal values get equal numbers.
#[derive(Debug, Default)]
pub struct Secrets {
    passwords: HashMap<String, usize>,
    tokens: HashMap<String, usize>,
}

impl Secrets {
    fn label(&mut self, kind: Kind, value: &str) -> String {
        let (word, seen) = match kind {
            Kind::Password => ("password", &mut self.passwords),
            Kind::Token => ("token", &mut self.tokens),
        };
        let next = seen.len() + 1;
        match *seen.entry(value.to_owned()).or_insert(next) {
            1 => format!("[{word}]"),
            number => format!("[{word}:{number}]"),
        }
    }
}

struct Hit {
    range: Range<usize>,
    kind: Kind,
}

static LINES_TO_LOOK_AT: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(HINTS)
        .expect("a constant list of words")
});
static PRIVATE_KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[ \t]*\r?\n?((?:[ \t>]*[A-Za-z0-9+/=:,\- ]*\r?\n)*?[ \t>]*[A-Za-z0-9+/=]*)(?:\r?\n[ \t>]*)?(?:-----END|$)",
    )
    .expect("a constant pattern")
});
static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:",
        // codes
        r"-?0x[0-9a-f]+|-\d{9,10}|(?:status|error|sec_e|ntstatus|e|nte)_[a-z_]+|aadsts\d+",
        // GUIDs
        r"|\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?",
        // masked, templates, variables
        r"|[*x•.\-_#?]+|<.*>?|\[.*\]?|%\w+%|\{\{.*|\$\{?\(?(?:env:)?\w*(?:pass|pwd|cred|secret|token|pw)\w*\)?\}?",
        // switches and states
        r"|true|false|yes|no|null|none|nil|undefined|empty|enabled|disabled|required|missing|expired|incorrect|invalid|wrong|correct|unknown|hidden|redacted|set|unset",
        r"|\d{1,2}|\d+,\S*",
        r")$"
    ))
    .expect("a constant pattern")
});

/// Replaces secrets; borrows when there are none.
pub fn redact<'a>(text: &'a str, secrets: &mut Secrets) -> Cow<'a, str> {
    let mut hits = private_keys(text);
    for line in lines_with_hints(text) {
        hits.extend(in_line(&text[line.clone()]).map(|hit| Hit {
            range: hit.range.start + line.start..hit.range.end + line.start,
            kind: hit.kind,
        }));
    }
    if hits.is_empty() {
        return Cow::Borrowed(text);
    }
    hits.sort_by_key(|hit| (hit.range.start, std::cmp::Reverse(hit.range.end)));
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    for hit in hits {
        if hit.range.start < done {
            continue;
        }
        let value = &text[hit.range.clone()];
        clean.push_str(&text[done..hit.range.start]);
        clean.push_str(&secrets.label(hit.kind, value));
        clean.extend(line_breaks(value));
        done = hit.range.end;
    }
    clean.push_str(&text[done..]);
    Cow::Owned(clean)
}

/// What somebody typed, without its secrets.
pub fn without_secrets(text: &str) -> String {
    redact(text, &mut Secrets::default()).into_owned()
}

fn line_breaks(value: &str) -> impl Iterator<Item = &str> {
    value.split_inclusive('\n').filter_map(|line| {
        let text = line.strip_suffix('\n')?;
        Some(if text.ends_with('\r') { "\r\n" } else { "\n" })
    })
}

fn private_keys(text: &str) -> Vec<Hit> {
    if !text.contains("PRIVATE KEY-----") {
        return Vec::new();
    }
    PRIVATE_KEY
        .captures_iter(text)
        .filter_map(|found| found.get(1))
        .filter(|body| !body.as_str().trim().is_empty())
        .map(|body| Hit {
            range: body.range(),
            kind: Kind::Token,
        })
        .collect()
}

fn lines_with_hints(text: &str) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    for hint in LINES_TO_LOOK_AT.find_iter(text) {
        if lines.last().is_some_and(|line| hint.start() < line.end) {
            continue;
        }
        let start = text[..hint.start()].rfind('\n').map_or(0, |at| at + 1);
        let end = text[hint.start()..]
            .find('\n')
            .map_or(text.len(), |at| hint.start() + at);
        lines.push(start..end);
    }
    lines
}

fn in_line(line: &str) -> impl Iterator<Item = Hit> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    PATTERNS.iter().flat_map(move |pattern| {
        pattern
            .regex
            .captures_iter(line)
            .filter_map(|found| {
                let key = found.name("key").map_or("", |key| key.as_str());
                let value = found.name("value")?;
                is_secret(key, value.as_str(), pattern.certainty).then(|| Hit {
                    range: value.range(),
                    kind: pattern.kind,
                })
            })
            .collect::<Vec<_>>()
    })
}

fn is_secret(key: &str, value: &str, certainty: Certainty) -> bool {
    let key = key.to_ascii_lowercase();
    // A setting about passwords (`fPromptForPassword`, `DisableChangePassword`) holds none.
    let setting = [
        "forpassword",
        "changepassword",
        "cleartextpassword",
        "plaintextpassword",
    ]
    .iter()
    .any(|end| key.ends_with(end));
    if setting || value.is_empty() || HARMLESS.is_match(value) || is_code_in_decimal(value) {
        return false;
    }
    match certainty {
        Certainty::Sure => true,
        Certainty::UnlessWord => {
            let mixed = value.chars().any(|c| c.is_ascii_digit())
                || value
                    .trim_end_matches(['.', ',', ':', ';', '!', '?'])
                    .chars()
                    .any(|c| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '/' | '\u{2019}'));
            let path = value.get(1..3) == Some(":\\") || value.starts_with('/');
            mixed && !path
        }
    }
}

/// 2147483648 and above, written without a sign, is how a program logs a failing HRESULT.
fn is_code_in_decimal(value: &str) -> bool {
    value
        .parse::<u64>()
        .is_ok_and(|number| (0x8000_0000..=0xffff_ffff).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        redact(text, &mut Secrets::default()).into_owned()
    }

    #[test]
    fn secrets_go_and_their_keys_stay() {
        for (before, after) in [
            ("password=Hunter2!x", "password=[password]"),
            ("Pwd: S3cret!", "Pwd: [password]"),
            (
                "DB_PASSWORD = \"two words\"",
                "DB_PASSWORD = \"[password]\"",
            ),
            (
                r#"{"userName":"a","password":"x y\"z","b":1}"#,
                r#"{"userName":"a","password":"[password]","b":1}"#,
            ),
            (
                r#"{\"password\":\"abc1\",\"b\":1}"#,
                r#"{\"password\":\"[password]\",\"b\":1}"#,
            ),
            (
                "    DefaultPassword    REG_SZ    Winter 25!",
                "    DefaultPassword    REG_SZ    [password]",
            ),
            (
                r#""DefaultPassword"="p\\w\"d""#,
                r#""DefaultPassword"="[password]""#,
            ),
            (
                "cmdkey /add:srv /user:corp\\u /pass:Geheim1",
                "cmdkey /add:srv /user:corp\\u /pass:[password]",
            ),
            (
                r"net use X: \\srv\share Geheim1 /user:corp\u",
                r"net use X: \\srv\share [password] /user:corp\u",
            ),
            (
                "psexec -u corp\\u -p Geheim1 cmd",
                "psexec -u corp\\u -p [password] cmd",
            ),
            (
                "Server=s;Password=a'b;Database=d",
                "Server=s;Password=[password];Database=d",
            ),
            (
                "AccountName=x;AccountKey=abcd+/==;End",
                "AccountName=x;AccountKey=[token];End",
            ),
            ("SharedAccessKey=q1w2e3==", "SharedAccessKey=[token]"),
            (
                "https://x.blob/y?sv=1&sig=a1b2c3d4e5f6g7h8i9j0%3D&se=2",
                "https://x.blob/y?sv=1&sig=[token]&se=2",
            ),
            (
                "Authorization: Bearer abcdefghijklmnop.qrs",
                "Authorization: Bearer [token]",
            ),
            (
                "token eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSM end",
                "token [token] end",
            ),
            ("client_secret=abc~DEF.123", "client_secret=[token]"),
            (
                "https://user:geheim@host/x",
                "https://user:[password]@host/x",
            ),
            (
                "<Password>geheim</Password>",
                "<Password>[password]</Password>",
            ),
            ("Kennwort: Sommer24!", "Kennwort: [password]"),
        ] {
            assert_eq!(clean(before), after);
        }
    }

    #[test]
    fn words_codes_guids_and_settings_stay() {
        for text in [
            "the password is wrong",
            "The password has expired.",
            "Password: incorrect",
            "Password: must be changed",
            "user name or password: Unknown user name or bad password.",
            "Credential Type : Password",
            "password: 0xC000006A",
            "password=-1073741715",
            "password = 3221225578",
            "secret: 12345678-1234-1234-1234-123456789abc",
            "fPromptForPassword    REG_DWORD    0x1",
            "\"fPromptForPassword\"=dword:00000001",
            "registry.HKLM\\Terminal Services\\fPromptForPassword = 1",
            "ClearTextPassword = 0",
            "MACHINE\\System\\EnablePlainTextPassword=4,0",
            "PasswordExpiryWarning    REG_DWORD    0x5",
            "\"Password\"=\"\"",
            "@=\"PasswordProvider\"",
            "password=********",
            "password=%PASSWORD%",
            "$password = $cred",
            "pwd: C:\\Users\\x1",
            "Bearer of bad news",
            "sig=short",
            "-p 8080:80",
            "AADSTS50126: Error validating credentials due to invalid username or password.",
            "{\"code\":\"PasswordExpired\",\"message\":\"password\"}",
        ] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn equal_values_have_equal_numbers_across_the_texts_of_a_round() {
        let mut secrets = Secrets::default();
        assert_eq!(
            redact("password=aaa1 password=bbb2 password=aaa1", &mut secrets),
            "password=[password] password=[password:2] password=[password]"
        );
        assert_eq!(redact("pwd=bbb2", &mut secrets), "pwd=[password:2]");
    }

    #[test]
    fn a_private_key_keeps_its_line_breaks() {
        let text = "a\r\n-----BEGIN RSA PRIVATE KEY-----\r\nMIIEow\r\nAbc+/=\r\n-----END RSA PRIVATE KEY-----\r\nb";
        let clean = clean(text);
        assert!(!clean.contains("MIIEow") && !clean.contains("Abc+"));
        assert_eq!(clean.matches("\r\n").count(), text.matches("\r\n").count());
        assert!(clean.ends_with("-----END RSA PRIVATE KEY-----\r\nb"));
    }

    #[test]
    fn redacting_twice_changes_nothing() {
        let once = clean("password=Hunter2! pwd=other1 sig=x AccountKey=abc==");
        assert_eq!(clean(&once), once);
    }
}
