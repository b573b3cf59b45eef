//! Secrets that are known by their looks: web tokens, keys of vendors, private keys, headers, addresses with a password,
//! groups of digits.

use std::ops::Range;

use super::find::hit;
use super::harmless::is_strong;
use super::value::{ahead, line_ahead, line_behind, quoted, skip_blanks};
use super::{Hit, Mark};

mod groups;
mod headers;

pub(super) use groups::grouped;
pub(super) use headers::{authorization, basic, bearer, cookie};

/// A token may be so long.
const LONGEST_TOKEN: usize = 64 * 1024;

fn one(text: &str, range: Range<usize>, mark: Mark) -> Vec<Hit> {
    hit(text, range, mark).into_iter().collect()
}

/// How many bytes from `at` on belong to a token.
fn run(text: &str, at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    run_within(text, at, LONGEST_TOKEN, belongs)
}

/// The same, of `most` bytes at most: what is longer is something else.
fn run_within(text: &str, at: usize, most: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let bytes = &text.as_bytes()[at..];
    let bytes = &bytes[..bytes.len().min(most)];
    bytes.iter().take_while(|byte| belongs(**byte)).count()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'+' | b'/' | b'=' | b'-')
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn begins_here(text: &str, at: usize) -> bool {
    at == 0 || !text.as_bytes()[at - 1].is_ascii_alphanumeric()
}

/// Nothing of a token stands before, so that no token is gone through twice.
fn starts_token(text: &str, at: usize) -> bool {
    at == 0 || !is_url_safe(text.as_bytes()[at - 1]) && text.as_bytes()[at - 1] != b'.'
}

/// A JSON web token: two or three parts, the first of which is `{"` in base64. A wrapped or cut one has one part.
pub(super) fn jwt(text: &str, at: usize, _: usize) -> Vec<Hit> {
    if !text[at..].starts_with("eyJ") || !starts_token(text, at) {
        return Vec::new();
    }
    let length = run(text, at, |byte| is_url_safe(byte) || byte == b'.');
    let token = text[at..at + length].trim_end_matches('.');
    let parts = token.split('.').map(str::len).collect::<Vec<_>>();
    let whole = parts.len() >= 2 && parts[0] >= 11 && parts[1] >= 8;
    let cut = parts.len() == 1 && parts[0] >= 60;
    if whole || cut {
        one(text, at..at + token.len(), Mark::Token)
    } else {
        Vec::new()
    }
}

/// `-----BEGIN … PRIVATE KEY-----` and what follows, to its end or as far as it looks like one.
pub(super) fn private_key(text: &str, at: usize, _: usize) -> Vec<Hit> {
    let head = ahead(text, at, 80);
    let Some(close) = head.get(11..).and_then(|rest| rest.find("-----")) else {
        return Vec::new();
    };
    let begin = at + 11 + close + 5;
    if !text[at..begin].contains("PRIVATE KEY") {
        return Vec::new();
    }
    let rest = ahead(text, begin, LONGEST_TOKEN);
    let in_key = |byte: u8| {
        is_token(byte)
            || matches!(
                byte,
                b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b':' | b',' | b'>' | b'(' | b')'
            )
    };
    let end = rest
        .find("-----END")
        .unwrap_or_else(|| run(rest, 0, in_key));
    let body = &rest[..end];
    // Escaped line breaks around the body are left as they are.
    let inner = body.trim_matches(['\r', '\n', ' ', '\t', '>']);
    let inner = inner
        .trim_start_matches("\\r")
        .trim_start_matches("\\n")
        .trim_end_matches("\\n")
        .trim_end_matches("\\r");
    let from = begin + body.find(inner).unwrap_or(0);
    if inner.len() < 8 {
        return Vec::new();
    }
    one(text, from..from + inner.len(), Mark::PrivateKey)
}

/// `Private-Lines: 14` and so many lines.
pub(super) fn putty_key(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let line = line_ahead(text, end);
    let Ok(count) = line.trim().parse::<usize>() else {
        return Vec::new();
    };
    let from = end + line.len();
    let rest = ahead(text, from, LONGEST_TOKEN);
    let start = from + rest.len() - rest.trim_start().len();
    let mut to = start;
    for line in text[start..from + rest.len()]
        .split_inclusive('\n')
        .take(count.min(200))
    {
        if !line.trim().bytes().all(is_token) {
            break;
        }
        to += line.len();
    }
    let body = text[start..to].trim_end();
    one(text, start..start + body.len(), Mark::PrivateKey)
}

/// `Private-MAC: …`
pub(super) fn putty_mac(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let at = skip_blanks(text, end);
    let length = run(text, at, |byte| byte.is_ascii_hexdigit());
    if length < 32 {
        return Vec::new();
    }
    one(text, at..at + length, Mark::PrivateKey)
}

/// `scheme://user:password@host`; the user may be missing.
pub(super) fn address(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let begins = at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric();
    let rest = ahead(text, end, 300);
    let stop = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'));
    let rest = &rest[..stop.unwrap_or(rest.len())];
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A password with a slash in it still has its `@` behind it, and a host behind that.
    let sign = rest[..authority].rfind('@').or_else(|| {
        let sign = rest.find('@')?;
        let colon = rest[..sign].find(':')?;
        let slash = rest.find('/')?;
        (colon < slash && rest[colon + 1..slash].parse::<u16>().is_err()).then_some(sign)
    });
    let Some(sign) = sign.filter(|_| begins) else {
        return Vec::new();
    };
    let Some(colon) = rest[..sign].find(':') else {
        return Vec::new();
    };
    one(text, end + colon + 1..end + sign, Mark::Password)
}

/// `sig=…` of a shared access signature.
pub(super) fn signature(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let apart = at == 0
        || matches!(
            text.as_bytes()[at - 1],
            b'?' | b'&' | b';' | b' ' | b'\t' | b'"' | b'\'' | b'\n'
        )
        || text[..at].ends_with("%26");
    if !apart {
        return Vec::new();
    }
    let length = run(text, end, |byte| is_token(byte) || byte == b'%');
    if length >= 16 {
        one(text, end..end + length, Mark::Token)
    } else {
        Vec::new()
    }
}

/// `?code=…` of an OAuth answer: long, and no error code.
pub(super) fn code(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let apart = at > 0 && matches!(text.as_bytes()[at - 1], b'?' | b'&' | b'#');
    if !apart {
        return Vec::new();
    }
    let length = run(text, end, |byte| is_token(byte) || byte == b'%');
    let value = &text[end..end + length];
    let mixed = value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    if length >= 24 && mixed {
        one(text, end..end + length, Mark::Token)
    } else {
        Vec::new()
    }
}

/// `"device_code": "…"`.
pub(super) fn device_code(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let closing = text[end..]
        .bytes()
        .take(4)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        .count();
    let sign = skip_blanks(text, end + closing);
    if !text[sign..].starts_with([':', '=']) {
        return Vec::new();
    }
    let at = skip_blanks(text, sign + 1);
    let range = quoted(text, at).unwrap_or_else(|| at..at + run(text, at, is_token));
    if range.len() >= 20 {
        one(text, range, Mark::Token)
    } else {
        Vec::new()
    }
}

/// `{"n":"Administrator","t":"1d9…","p":"…"}` of Windows LAPS.
pub(super) fn laps(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let before = line_behind(text, at, 200);
    if !(before.contains("\"n\"") && before.contains("\"t\"")
        || before.contains("\\\"n\\\"") && before.contains("\\\"t\\\""))
    {
        return Vec::new();
    }
    let found = quoted(text, skip_blanks(text, end));
    found
        .filter(|range| is_strong(&text[range.clone()]))
        .map_or_else(Vec::new, |range| one(text, range, Mark::Password))
}

/// `NetworkCredential("user", "password")`.
pub(super) fn network_credential(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let password = || {
        let user = quoted(text, skip_blanks(text, end))?;
        let comma = skip_blanks(text, user.end + 1);
        let comma = text[comma..].starts_with(',').then_some(comma + 1)?;
        quoted(text, skip_blanks(text, comma))
    };
    password().map_or_else(Vec::new, |range| one(text, range, Mark::Password))
}

/// `ConvertTo-SecureString "…"`, `-String '…'`, `ConvertTo-SecureString abc -AsPlainText`.
pub(super) fn secure_string(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let mut at = skip_blanks(text, end);
    // Its switches come in any order.
    for _ in 0..3 {
        for switch in ["-String", "-AsPlainText", "-Force"] {
            let here = text.get(at..at + switch.len());
            if here.is_some_and(|here| here.eq_ignore_ascii_case(switch)) {
                at = skip_blanks(text, at + switch.len());
            }
        }
    }
    let range = quoted(text, at).unwrap_or_else(|| {
        let line = line_ahead(text, at);
        let plain = line.starts_with(|c: char| c.is_alphanumeric());
        let end = line.find([' ', ')', ';', '|']).unwrap_or(line.len());
        if plain { at..at + end } else { at..at }
    });
    one(text, range, Mark::Password)
}

/// `password 51:b:0102…` of an .rdp file.
pub(super) fn rdp_password(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let length = run(text, end, |byte| byte.is_ascii_hexdigit());
    if length >= 8 {
        one(text, end..end + length, Mark::Password)
    } else {
        Vec::new()
    }
}

/// A client secret of Microsoft Entra: three letters, a digit and `Q~`, then some thirty letters.
pub(super) fn entra_secret(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let in_secret = |byte: u8| is_url_safe(byte) || matches!(byte, b'.' | b'~');
    let before = bytes[..at]
        .iter()
        .rev()
        .take(5)
        .take_while(|byte| in_secret(**byte))
        .count();
    let digit = at > 0 && bytes[at - 1].is_ascii_digit();
    let length = run_within(text, end, 64, in_secret);
    if before >= 4 && digit && (28..=40).contains(&length) && text[at..].starts_with("Q~") {
        one(text, at - 4..end + length, Mark::Token)
    } else {
        Vec::new()
    }
}

/// An empty LM hash, a colon, and an NT hash.
pub(super) fn lm_hash(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let rest = end + run_within(text, end, 64, |byte| byte.is_ascii_hexdigit());
    let length = text.get(rest + 1..).map_or(0, |_| {
        run_within(text, rest + 1, 64, |byte| byte.is_ascii_hexdigit())
    });
    if text[rest..].starts_with(':') && length == 32 {
        one(text, rest + 1..rest + 33, Mark::Password)
    } else {
        Vec::new()
    }
}

/// `[-] CORP\\robot:Winter25 STATUS_LOGON_FAILURE`: what a tool prints of each password that it tries (<https://www.netexec.wiki>).
pub(super) fn tried(text: &str, _: usize, end: usize) -> Vec<Hit> {
    const LONGEST_NAME: usize = 160;
    /// What stands behind a password, which may have spaces and brackets of its own.
    const BEHIND: [&str; 4] = [" STATUS_", " NT_STATUS_", " KDC_ERR_", " KRB_AP_ERR_"];
    let name = run_within(text, end, LONGEST_NAME, |byte| {
        !byte.is_ascii_whitespace() && byte != b':'
    });
    if !text[end..end + name].contains('\\') || !text[end + name..].starts_with(':') {
        return Vec::new();
    }
    let start = end + name + 1;
    let line = line_ahead(text, start);
    let line = &line[..written_line(line)];
    let said = BEHIND.iter().filter_map(|behind| line.find(behind)).min();
    // `(Pwn3d!)`, `(Guest)`
    let remark = || line.rfind(" (").filter(|_| line.trim_end().ends_with(')'));
    let value = line[..said.or_else(remark).unwrap_or(line.len())].trim_end();
    one(text, start..start + value.len(), Mark::Password)
}

/// The length of the first of the tool's lines where line breaks are written out, as in JSON. A password may have a
/// `\n` of its own, so one counts only before what a line of the tool begins with (`SMB`, `[*]`) or where the text ends.
fn written_line(line: &str) -> usize {
    let begins = |rest: &str| {
        let bytes = rest.as_bytes();
        matches!(bytes.first(), None | Some(b'"' | b'['))
            || bytes.len() > 1 && bytes[..2].iter().all(u8::is_ascii_uppercase)
    };
    let close = line
        .match_indices(r"\n")
        .find(|(at, _)| begins(&line[at + 2..]))
        .map_or(line.len(), |(at, _)| at);
    line[..close].trim_end_matches(r"\r").len()
}

/// What vendors begin their keys with, the least length of what follows, and whether a digit has to be in it.
const VENDORS: &[(&str, usize)] = &[
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 22),
    ("glpat-", 16),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxe-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 16),
    ("AIza", 35),
    ("ya29.", 20),
    ("SG.", 40),
    ("npm_", 36),
    ("pypi-", 40),
    ("hf_", 30),
    ("dop_v1_", 40),
    ("shpat_", 30),
    ("sq0atp-", 20),
    ("dapi", 32),
    ("hvs.", 24),
    ("rt_", 40),
];

/// A key that its vendor marked.
pub(super) fn vendor(text: &str, at: usize, end: usize) -> Vec<Hit> {
    if !starts_token(text, at) {
        return Vec::new();
    }
    let prefix = &text[at..end];
    let Some((_, least)) = VENDORS.iter().find(|(known, _)| *known == prefix) else {
        return Vec::new();
    };
    let dots = matches!(prefix, "SG." | "ya29." | "hvs.");
    let length = run(text, end, |byte| is_url_safe(byte) || dots && byte == b'.');
    let rest = &text[end..end + length];
    let rest = rest.trim_end_matches(['-', '.']);
    let upper = matches!(prefix, "AKIA" | "ASIA");
    let fits = if upper {
        rest.len() == 16
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    } else {
        rest.len() >= *least
            && rest.bytes().any(|byte| byte.is_ascii_digit())
            && rest.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    if fits {
        one(text, at..end + rest.len(), Mark::Token)
    } else {
        Vec::new()
    }
}
