//! The key around a word: `DB_PASSWORD`, `spring.datasource.password`, `adminPassword`; not `PasswordExpiryWarning`.

use std::ops::Range;

use super::Stem;

/// Behind the word in a key these say that its value is the secret itself.
const SAME: &[&str] = &[
    "",
    "s",
    "value",
    "text",
    "txt",
    "string",
    "plain",
    "plaintext",
    "clear",
    "cleartext",
    "base64",
    "b64",
    "encrypted",
    "confirm",
    "confirmation",
    "verify",
    "repeat",
    "new",
    "old",
    "current",
    "hash",
    "d",
    "o",
    "data",
    "key",
    "secret",
    "raw",
];

/// A part of a key that says its value is something else.
const OTHER: &[&str] = &[
    "age",
    "attempts",
    "auth",
    "authentication",
    "count",
    "date",
    "days",
    "enabled",
    "endpoint",
    "error",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "expirytime",
    "field",
    "file",
    "filename",
    "filter",
    "format",
    "hint",
    "history",
    "id",
    "in",
    "interval",
    "last",
    "length",
    "lifetime",
    "manager",
    "max",
    "min",
    "minimum",
    "maximum",
    "name",
    "never",
    "path",
    "policy",
    "prompt",
    "provider",
    "required",
    "reset",
    "server",
    "service",
    "size",
    "status",
    "time",
    "timeout",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "vault",
    "version",
    "warning",
    "elevation",
    "class",
    "grant",
    "complexity",
    "issuer",
    "audience",
    "scope",
    "state",
    "thumbprint",
    "cache",
    "kind",
    "changed",
    "set",
    "store",
    "request",
];

/// A key that ends so is a setting about passwords, or the name of something public.
const SETTINGS: &[&str] = &[
    "forpassword",
    "changepassword",
    "cleartextpassword",
    "plaintextpassword",
    "resetpassword",
    "requirepassword",
    "usepassword",
    "savepassword",
    "storepassword",
    "blankpassword",
    "showpassword",
    "hidepassword",
    "nopassword",
    "forgotpassword",
    "allowpassword",
    "disablepassword",
    "enablepassword",
    "cachepassword",
    "publickeytoken",
    "cancellationtoken",
    "syntaxtoken",
    "unexpected token",
    "continuationtoken",
    "nexttoken",
    "skiptoken",
    "pagetoken",
    "synctoken",
    "deltatoken",
    "publickey",
    "hostkey",
    "primarytoken",
    "elevatedtoken",
    "bypass",
    "compass",
    "_pass_",
    "istoken",
    "parsetoken",
    "numberofpasswords",
    "logonwithpassword",
    "usertoken",
    "restrictedtoken",
    "linkedtoken",
    "filteredtoken",
    "badpassword",
];

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'@') || byte >= 0x80
}

/// The whole key around the word, unless it names something else than a secret.
pub(super) fn key(text: &str, start: usize, end: usize, stem: Stem) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = start;
    while from > 0 && start - from < 64 && is_key_byte(bytes[from - 1]) {
        from -= 1;
    }
    let from = text.ceil_char_boundary(from);
    let mut to = end;
    while to < bytes.len()
        && to - end < 40
        && (bytes[to].is_ascii_alphanumeric() || matches!(bytes[to], b'_' | b'-'))
    {
        to += 1;
    }
    // A dot leads on to another part, unless it ends a sentence.
    while to + 1 < bytes.len()
        && to - end < 40
        && bytes[to] == b'.'
        && bytes[to + 1].is_ascii_alphanumeric()
    {
        to += 1;
        while to < bytes.len() && to - end < 40 && bytes[to].is_ascii_alphanumeric() {
            to += 1;
        }
    }
    let before = &text[from..start];
    let tail = text[end..to].to_ascii_lowercase();
    if stem == Stem::Short && !(is_apart(before) && tail.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let same = SAME.contains(&tail.as_str())
        || tail.bytes().all(|byte| byte.is_ascii_digit())
        || tail.starts_with(['_', '-', '.'])
            && tail
                .split(['_', '-', '.'])
                .all(|part| !OTHER.contains(&part));
    let whole = text[from..end].to_ascii_lowercase();
    let setting = SETTINGS.iter().any(|setting| whole.ends_with(setting));
    (same && !setting).then_some(from..to)
}

/// Whether a short word begins where it stands: `pw`, `db_pw`, `$pw`, `--pass`, but not in `bypass`.
fn is_apart(before: &str) -> bool {
    let known = ["db", "user", "admin", "ftp", "smtp", "store", "key", "mail"];
    before.is_empty()
        || before.ends_with(['_', '-', '.', '$', '@'])
        || known
            .iter()
            .any(|known| before.to_ascii_lowercase().ends_with(known))
}
