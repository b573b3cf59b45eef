//! Who may ask for credentials at sign-in: the subkeys of `…\Authentication\Credential Providers`.
//!
//! ```text
//! [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\Credential Providers\{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}]
//! @="PasswordProvider"
//! ```
//!
//! Each becomes `credential_provider.{GUID}`; those that Windows does not bring along are the list
//! `credential_providers.not_built_in`, and how many as `credential_providers.not_built_in_count`. What Windows brings along stands in `credential_providers.tsv`, with its source.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::registry::{DEFAULT, Listings, listings, scopes};
use super::{Closes, Fact, FactKey, FactValue, Reader, Reading, Scope, Span, Text};

/// GUID, name, source: one built-in provider a line.
const BUILT_IN: &str = include_str!("credential_providers.tsv");
/// The folded path of the key, as the start of its fact keys.
const PARENT: &str =
    r"registry.hklm\software\microsoft\windows\currentversion\authentication\credential providers\";

static GUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:Name\s*:\s*|PSChildName\s*:\s*)?\{?(?P<guid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?(?P<rest>.*)$")
        .expect("a constant pattern")
});
/// The table of `Get-ChildItem` breaks a GUID that is wider than its column.
static BROKEN_GUID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?P<head>\{[0-9a-f-]{12,37})\s+(?P<rest>\S.*)$")
        .expect("a constant pattern")
});
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\((?:default|Standard)\)\s*:\s*(?P<name>.*?)\s*$").expect("a constant pattern")
});
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)authentication\\credential providers\\?\W*$").expect("a constant pattern")
});

struct Provider {
    name: String,
    span: Span,
}

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "credential providers",
    // Of `\Credential Providers`: wherever a window breaks it, one of them is whole. The words alone stand in many a log.
    marks: &["\\crede", "ntial providers"],
    read,
};

/// Reads the providers that a text lists.
fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let listings = listings(text);
    let mut providers = from_keys(&listings);
    from_lines(text, &mut providers, &mut reading);
    let closed = scopes(&listings)
        .into_iter()
        .find(|scope| matches!(&scope.closes, Closes::Subkeys { parent, .. } if parent == PARENT));
    facts(&providers, closed.as_ref(), &mut reading);
    if let Some(scope) = closed {
        reading.scopes.push(Scope {
            closes: Closes::Children("credential_provider.".to_owned()),
            ..scope
        });
    }
    reading
}

fn from_keys(listings: &Listings) -> BTreeMap<String, Provider> {
    let mut providers = BTreeMap::new();
    for key in &listings.keys {
        let path = format!("{}\\", super::registry::folded(&key.path));
        let Some(name) = path
            .strip_prefix(PARENT)
            .and_then(|name| name.strip_suffix('\\'))
        else {
            continue;
        };
        if name.contains('\\') {
            continue;
        }
        if let Some(found) = GUID.captures(name).filter(|found| found["rest"].is_empty()) {
            let shown = key
                .values
                .iter()
                .find(|(name, ..)| name == DEFAULT)
                .map(|(_, value, _)| value.to_string());
            add(
                &mut providers,
                &found["guid"],
                shown.unwrap_or_default(),
                key.header,
            );
        }
    }
    providers
}

fn add(providers: &mut BTreeMap<String, Provider>, guid: &str, name: String, span: Span) {
    let guid = format!("{{{}}}", guid.trim_matches(['{', '}']).to_uppercase());
    let provider = providers.entry(guid).or_insert(Provider {
        name: String::new(),
        span,
    });
    if provider.name.is_empty() {
        provider.name = name;
    }
}

/// GUIDs in lines under a line that names the key, as PowerShell lists them.
fn from_lines(text: &Text, providers: &mut BTreeMap<String, Provider>, reading: &mut Reading) {
    let lines = text.lines().collect::<Vec<_>>();
    let mut under = false;
    let mut foreign = 0;
    for (at, line) in lines.iter().enumerate() {
        if HEADING.is_match(line.text) {
            (under, foreign) = (true, 0);
            continue;
        }
        if !under || line.text.trim().is_empty() {
            continue;
        }
        let whole = GUID
            .captures(line.text)
            .map(|found| (found["guid"].to_owned(), found["rest"].to_owned(), 1));
        let broken = || {
            let head = BROKEN_GUID.captures(line.text)?;
            let tail = lines.get(at + 1)?.text.trim();
            let joined = format!("{}{tail}", &head["head"]);
            let found = GUID
                .captures(&joined)
                .filter(|found| found["rest"].is_empty())?;
            Some((found["guid"].to_owned(), head["rest"].to_owned(), 2))
        };
        if let Some((guid, rest, taken)) = whole.or_else(broken) {
            let name = NAME
                .captures(&rest)
                .map_or_else(|| rest.trim().to_owned(), |found| found["name"].to_owned());
            add(providers, &guid, name, line.trimmed_span());
            reading
                .claimed
                .push(text.range_of_lines(line.number, line.number + taken - 1));
            foreign = 0;
        } else {
            foreign += 1;
            // A table has a heading and a ruler; more than that is another matter.
            under = foreign <= 3;
        }
    }
}

fn facts(providers: &BTreeMap<String, Provider>, closed: Option<&Scope>, reading: &mut Reading) {
    let mut fact = |key: String, value: FactValue, span: Span| {
        reading.facts.push(Fact {
            key: FactKey::new(key),
            value,
            span,
            about: Arc::default(),
            round: 0,
        });
    };
    for (guid, provider) in providers {
        fact(
            format!("credential_provider.{guid}"),
            provider.name.as_str().into(),
            provider.span,
        );
    }
    let added = providers
        .iter()
        .filter(|(guid, _)| !is_built_in(guid))
        .collect::<Vec<_>>();
    let span = added
        .first()
        .map(|(_, provider)| provider.span)
        .or(closed.map(|scope| scope.span));
    if let Some(span) = span {
        let list = added
            .iter()
            .map(|(guid, provider)| format!("{} {guid}", provider.name).trim().to_owned())
            .collect();
        fact(
            "credential_providers.not_built_in".to_owned(),
            FactValue::List(list),
            span,
        );
        fact(
            "credential_providers.not_built_in_count".to_owned(),
            added.len().to_string().as_str().into(),
            span,
        );
    }
}

fn is_built_in(guid: &str) -> bool {
    BUILT_IN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .any(|known| known.eq_ignore_ascii_case(guid))
}

#[cfg(test)]
#[path = "credential_providers_tests.rs"]
mod tests;
