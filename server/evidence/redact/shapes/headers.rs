//! Secrets in headers of HTTP: cookies, and what stands behind `Authorization`, `Bearer` and `Basic`.

use super::super::find::hit;
use super::super::harmless::is_strong;
use super::super::value::{FAR, line_ahead, line_behind, quoted, skip_blanks};
use super::super::{Hit, Mark};
use super::{begins_here, is_token, one, run};

/// `Cookie: a=…; b=…` and `Set-Cookie: a=…; Path=/`: the values go, the names stay.
pub(in crate::evidence::redact) fn cookie(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let mut begin = end;
    let closing = text[begin..]
        .bytes()
        .take(4)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
        .count();
    begin = skip_blanks(text, begin + closing);
    if !text[begin..].starts_with(':') || at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric()
    {
        return Vec::new();
    }
    begin = skip_blanks(text, begin + 1);
    let range = quoted(text, begin).unwrap_or_else(|| {
        let line = line_ahead(text, begin);
        let end = line.find(['"', '\'']).unwrap_or(line.len());
        begin..begin + end
    });
    let set = line_behind(text, at, 8)
        .to_ascii_lowercase()
        .ends_with("set-");
    let mut hits = Vec::new();
    let mut from = range.start;
    for pair in text[range].split_inclusive(';') {
        if let Some(sign) = pair.find('=').filter(|sign| is_cookie_name(&pair[..*sign])) {
            let value = pair[sign + 1..].trim_end_matches(';').trim_end();
            hits.extend(hit(
                text,
                from + sign + 1..from + sign + 1 + value.len(),
                Mark::Cookie,
            ));
        }
        if set {
            break;
        }
        from += pair.len();
    }
    hits
}

/// A token of RFC 6265: what stands before a `=` for another reason is none.
fn is_cookie_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

const SCHEMES: &[&str] = &[
    "bearer",
    "basic",
    "digest",
    "negotiate",
    "ntlm",
    "sharedkey",
    "sharedkeylite",
    "sharedaccesssignature",
    "apikey",
    "token",
    "key",
    "hawk",
    "aws4-hmac-sha256",
    "kerberos",
    "githubtoken",
    "splunk",
    "mac",
    "pop",
];

/// `Authorization: Scheme …`: all behind the scheme.
pub(in crate::evidence::redact) fn authorization(text: &str, _: usize, end: usize) -> Vec<Hit> {
    let closing = text[end..]
        .bytes()
        .take(6)
        .take_while(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b']'))
        .count();
    let sign = skip_blanks(text, end + closing);
    if !text[sign..].starts_with([':', '=', ',']) {
        return Vec::new();
    }
    let mut at = skip_blanks(text, sign + 1);
    if text[sign..].starts_with(',') {
        // {"name": "Authorization", "value": "Bearer …"}
        let rest = line_ahead(text, at);
        let Some(value) = rest.to_ascii_lowercase().find("value").filter(|at| *at < 6) else {
            return Vec::new();
        };
        let Some(colon) = rest[value..].find(':') else {
            return Vec::new();
        };
        at = skip_blanks(text, at + value + colon + 1);
    }
    let range = quoted(text, at).unwrap_or_else(|| {
        let line = line_ahead(text, at);
        let digest = line
            .get(..7)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("digest "));
        let end = line.find(['"', '\'', '<']).filter(|_| !digest);
        at..at + end.unwrap_or(line.len())
    });
    let value = &text[range.clone()];
    let scheme = value.find([' ', '\t']).unwrap_or(0);
    let known = SCHEMES
        .iter()
        .any(|known| value[..scheme].eq_ignore_ascii_case(known));
    let from = if known {
        skip_blanks(text, range.start + scheme)
    } else {
        range.start
    };
    let mut to = range.end;
    let several = [
        "digest",
        "aws4-hmac-sha256",
        "hawk",
        "sharedaccesssignature",
        "mac",
    ];
    if !several
        .iter()
        .any(|known| value[..scheme].eq_ignore_ascii_case(known))
    {
        let token = text[from..to]
            .find(|c: char| c.is_whitespace() || c == ',')
            .unwrap_or(to - from);
        to = from + token;
    }
    let secret = &text[from..to];
    let long = secret.len() >= 16 || secret.len() >= 8 && (known || is_strong(secret));
    let wordy = secret.bytes().all(|byte| byte.is_ascii_alphabetic())
        && secret.len() < 24
        && !value[..scheme].eq_ignore_ascii_case("basic");
    if long && !wordy {
        one(text, from..to, Mark::Token)
    } else {
        Vec::new()
    }
}

/// `Bearer …`, wherever it stands.
pub(in crate::evidence::redact) fn bearer(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let at_token = skip_blanks(text, end);
    let length = run(text, at_token, is_token);
    let token = text[at_token..at_token + length].trim_end_matches(['.', '=']);
    let digits = token.bytes().any(|byte| byte.is_ascii_digit());
    if begins_here(text, at) && (token.len() >= 16 && digits || token.len() >= 40) {
        one(text, at_token..at_token + token.len(), Mark::Token)
    } else {
        Vec::new()
    }
}

/// `Basic …`, where it is `user:password` in base64.
pub(in crate::evidence::redact) fn basic(text: &str, at: usize, end: usize) -> Vec<Hit> {
    let from = skip_blanks(text, end);
    let length = run(text, from, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
    });
    let decoded = decoded(&text.as_bytes()[from..from + length]);
    let pair = decoded.contains(&b':')
        && decoded
            .iter()
            .all(|byte| matches!(byte, 0x20..=0x7e) || *byte >= 0x80);
    if begins_here(text, at) && length >= 8 && pair {
        one(text, from..from + length, Mark::Token)
    } else {
        Vec::new()
    }
}

/// Base64, as far as it is some.
fn decoded(text: &[u8]) -> Vec<u8> {
    let sextet = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut held = 0;
    for sextet in text.iter().take(FAR).map_while(sextet) {
        bits = bits << 6 | u32::from(sextet);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap_or_default());
        }
    }
    bytes
}
