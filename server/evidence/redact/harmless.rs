//! What stands where a secret could stand and is none: codes, GUIDs, masks, templates, and the words of error messages.

use std::sync::LazyLock;

use regex::Regex;

static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:",
        // codes
        r"[-+]?0x[0-9a-f]+[hl]?|-\d{9,10}|%%\d{3,5}|(?:status|error|sec_e|ntstatus|e|nte|crypt_e|rpc_s|wbem_e|hresult)_[a-z_]+|aadsts\d+|event ?id:? ?\d+",
        // GUIDs
        r"|[\{\(]?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}[\}\)]?",
        // masked, templates, variables
        r"|[*x•●.\-_#?…]+|<.*>?|\[.*\]?|%\w+%|\{\{.*|\$\{?\(?(?:env:|script:|global:|secrets?\.)?\w*(?:pass|pwd|cred|secret|token|pw|key)[\w.]*\)?\}?|\$\(.*|\$\w+\.\w+|@\{.*|@?(?:parameters|variables)\(.*|\{\d\}|%[sd@]|&lt;.*|\(\w* ?(?:hidden|redacted|masked|removed|empty|not set|none|null)\)",
        // switches, states and the words of messages
        r"|true|false|yes|no|on|off|null|none|nil|undefined|empty|blank|enabled|disabled|required|optional|missing|expired|expires|incorrect|invalid|wrong|bad|correct|valid|accepted|rejected|denied|locked|unknown|hidden|redacted|masked|removed|protected|encrypted|set|unset|failed|failure|error|ok|success|changed|unchanged|mismatch|authentication|plaintext|cleartext|string|securestring|system\.string|text|password|passwort|passwd|kennwort|secret|token|n/?a|not|never|todo|tbd|default|same|basic|bearer|ntlm|kerberos|negotiate|digest|windows|sql|oauth2?|saml|jwt|certificate|(?:get|read|new|set|convertto|convertfrom|select|invoke|import|export)-[a-z]+",
        r"|falsch|ungültig|abgelaufen|gesperrt|unbekannt|erforderlich|leer|ja|nein|incorrect[oae]?|inválid[oa]|caducad[oa]|vencid[oa]|incorrecte|invalide|expirée?|requis|vide|erroné|errat[oa]|scadut[oa]|onjuist|verlopen|ongeldig|vereist",
        r"|\d{1,3}|\d+,\S*|\d+[dhms]|\d+ ?(?:days?|hours?|minutes?|seconds?|bytes?|kb|tage?n?)",
        // times
        r"|\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?(?:[+-]\d\d:?\d\d)?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d\d:\d\d(?::\d\d)?",
        r")$"
    ))
    .expect("a constant pattern")
});

/// A product's symbolic code: several words in one, the last of which says that something is wrong.
static NAMED_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[A-Z][a-z]+|[A-Z]{2,5}){1,12}(?:Error|Failed|Failure|Incorrect|Invalid|Expired|Denied|Exception|NotFound|NotAllowed|NotSupported|Required|Credentials?|Provider|Connection|Timeout|Locked|Disabled|Missing|Mismatch|Changed?|Refused|Rejected|Incorrectly|Unavailable|Restriction)$")
        .expect("a constant pattern")
});

/// Whether this cannot be a secret, wherever it stands.
pub(super) fn is_harmless(value: &str) -> bool {
    let value = value.trim();
    let bare = value.trim_end_matches(['.', ',', ';', '!', '?', ':']);
    value.is_empty()
        || value.len() < 400
            && (HARMLESS.is_match(value) || HARMLESS.is_match(bare) || NAMED_CODE.is_match(bare))
        || is_code_in_decimal(bare)
}

/// A word that says what is wrong with a secret, at the end of its sentence.
static JUDGEMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:incorrect[oae]?|incorrecte|invalid[ea]?|inválid[oa]|wrong|expired|missing|locked|disabled|required|empty",
        r"|falsch|ungültig|abgelaufen|gesperrt|erforderlich|leer|expirée?|erronée?|caducad[oa]|vencid[oa])[.,;:!?]",
    ))
    .expect("a constant pattern")
});

/// Whether a word of a message stands here, with what follows its sentence glued to it: `incorrect.=4625`.
pub(super) fn is_judgement(value: &str) -> bool {
    JUDGEMENT.is_match(value)
}

/// Whether this may be a secret although a word of a message may stand here too: letters alone are a word, and so is a
/// path.
pub(super) fn is_mixed(value: &str) -> bool {
    let bare = value.trim_end_matches(['.', ',', ':', ';', '!', '?']);
    let mixed = value.chars().any(|c| c.is_ascii_digit())
        || bare.chars().any(|c| {
            !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '/' | '\u{2019}' | '_' | '(' | ')')
        });
    let mixed = mixed
        || bare.chars().any(char::is_alphanumeric) && value.ends_with('!') && has_both_cases(bare);
    mixed && !is_path(value)
}

/// Whether this has the looks of a password that a person made: letters with digits or signs among them.
pub(super) fn is_strong(value: &str) -> bool {
    let letters = value.chars().any(char::is_alphabetic);
    let digits = value.chars().any(|c| c.is_ascii_digit());
    let signs = value
        .trim_end_matches(['.', ',', ';', ':'])
        .chars()
        .any(|c| {
            matches!(
                c,
                '!' | '#' | '$' | '%' | '&' | '*' | '+' | '=' | '?' | '^' | '~' | '@' | '§'
            )
        });
    letters && (digits || signs) && value.chars().count() >= 5 && !is_path(value)
}

fn has_both_cases(value: &str) -> bool {
    value.chars().any(char::is_lowercase)
        && value.chars().any(char::is_uppercase)
        && value.contains('!')
}

/// `C:\Users`, `/etc/passwd`, `\\server\share`, `HKLM\…`, `https://…`.
pub(super) fn is_path(value: &str) -> bool {
    value.get(1..3) == Some(":\\")
        || value.starts_with(['/', '\\'])
        || value.starts_with("HKLM\\")
        || value.starts_with("HKCU\\")
        || value.starts_with("HKEY_")
        || value.contains("://")
        || value.starts_with("./")
}

/// 2147483648 and above, written without a sign, is how a program logs a failing HRESULT.
fn is_code_in_decimal(value: &str) -> bool {
    value
        .parse::<u64>()
        .is_ok_and(|number| (0x8000_0000..=0xffff_ffff).contains(&number))
}
