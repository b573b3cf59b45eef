//! Where secrets stand. Each pattern has a group `value`, and a group `key` where a name goes before it.

use std::sync::LazyLock;

use regex::Regex;

/// What the replacement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Token,
}

/// How sure the place makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// Whatever stands here is a secret.
    Sure,
    /// A plain word may stand here too: "Password: incorrect".
    UnlessWord,
}

pub(super) struct Pattern {
    pub(super) regex: Regex,
    pub(super) kind: Kind,
    pub(super) certainty: Certainty,
}

/// A line without one of these holds no secret.
pub(super) const HINTS: &[&str] = &[
    "pass", "pwd", "kennwort", "contrase", "mot de", "secret", "token", "bearer", "basic ", "eyj",
    "sig=", "key", "net use", "net user", " -p ", "/rp", "://",
];

/// Names that hold a password.
const PASSWORD: &str = r"(?P<key>[\w.$-]*(?:password|passwort|passwd|passphrase|pwd|kennwort|contraseña|mot de passe))";
/// Names that hold a token.
const TOKEN: &str = r"(?P<key>[\w.-]*(?:client[_-]?secret|app[_-]?secret|api[_-]?key|access[_-]?token|refresh[_-]?token|id[_-]?token|account[_-]?key|shared[_-]?access[_-]?key|subscription[_-]?key|private[_-]?token))";

pub(super) static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    use Certainty::{Sure, UnlessWord};
    use Kind::{Password, Token};
    let mut patterns = named(PASSWORD, Password);
    patterns.extend(named(TOKEN, Token));
    patterns.extend(
        [
            (Password, UnlessWord, r"(?i)^(?:.*[\s,;({])?(?P<key>password|passwort|passwd|passphrase|pwd|kennwort|contraseña|mot de passe)\s*:\s*(?P<value>[^\s,;]+)\s*(?:[,;].*)?$"),
            (Token, UnlessWord, r"(?i)\b(?:client[_ -]?secret|secret|api[_ -]?key|access[_ -]?token)\s*:\s*(?P<value>[^\s,;\x22']{8,})"),
            (Password, Sure, r"(?i)(?P<key>\w*password)\s+REG_(?:EXPAND_)?SZ\s+(?P<value>\S.*?)\s*$"),
            (Password, Sure, r"(?i)\s/(?:pass|password|pwd):(?P<value>\x22[^\x22]+\x22|\S+)"),
            (Password, Sure, r"(?i)\s/rp\s+(?P<value>\x22[^\x22]+\x22|[^\s/]\S*)"),
            (Password, Sure, r"(?i)\bnet\s+use\s+(?:[a-z*]:?\s+)?\\\\\S+\s+(?P<value>[^\s/*]\S*)\s+/u"),
            (Password, Sure, r"(?i)\bnet\s+use\s.*?/user:\S+\s+(?P<value>[^\s/*]\S*)"),
            (Password, Sure, r"(?i)\bnet\s+user\s+[^\s/]+\s+(?P<value>[^\s/*]\S*)\s+/(?:add|domain|active)"),
            (Password, Sure, r"(?i)\s-u\s+\S+\s+-p\s+(?P<value>\x22[^\x22]+\x22|[^\s-]\S*)"),
            (Password, Sure, r"(?i)\s-password\s+(?P<value>\x22[^\x22]+\x22|'[^']+')"),
            (Password, Sure, r"(?i)ConvertTo-SecureString\s+(?:-String\s+)?(?P<value>\x22[^\x22]+\x22|'[^']+')"),
            (Password, Sure, r"(?i)\bpassword 51:b:(?P<value>[0-9a-f]{8,})"),
            (Password, Sure, r"://[^\s/:@]+:(?P<value>[^\s/@]+)@"),
            (Password, Sure, r"(?i)<(?P<key>(?:\w+:)?\w*(?:password|passwd))(?:\s[^>]*)?>(?P<value>[^<]+)</"),
            (Token, UnlessWord, r"(?i)\bBearer\s+(?P<value>[A-Za-z0-9._~+/=-]{16,})"),
            (Token, Sure, r"(?i)Authorization\x22?\s*[:=]\s*\x22?Basic\s+(?P<value>[A-Za-z0-9+/=]{8,})"),
            (Token, Sure, r"\b(?P<value>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)"),
            (Token, Sure, r"(?i)[?&;]sig=(?P<value>[A-Za-z0-9%+/=_-]{16,})"),
            (Token, Sure, r"\b(?P<value>gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[A-Z0-9]{16})\b"),
        ]
        .into_iter()
        .map(|(kind, certainty, pattern)| one(pattern, kind, certainty)),
    );
    patterns
});

/// `key=value`, `key="value"`, `"key":"value"`, `\"key\":\"value\"`, `"key"="value"`.
fn named(key: &str, kind: Kind) -> Vec<Pattern> {
    [
        format!(r#"(?i){key}["']?\s*[:=]\s*"(?P<value>(?:[^"\\]|\\.)+)""#),
        format!(r"(?i){key}[\x22']?\s*[:=]\s*'(?P<value>[^']+)'"),
        format!(r#"(?i){key}\\+"\s*[:=]\s*\\+"(?P<value>[^"\\]+)\\+""#),
        format!(r#"(?i){key}\s*=\s*(?P<value>[^\s;&"'<>][^\s;&"<>]*)"#),
    ]
    .iter()
    .map(|pattern| one(pattern, kind, Certainty::Sure))
    .collect()
}

fn one(pattern: &str, kind: Kind, certainty: Certainty) -> Pattern {
    Pattern {
        regex: Regex::new(pattern)
            .expect("a constant pattern; every test of redaction compiles it"),
        kind,
        certainty,
    }
}
