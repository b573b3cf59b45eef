//! Addresses of machines: IPv4 and IPv6, and host names with their domain.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::super::report::Mark;
use super::Name;
use super::public_hosts::is_public_host;

static IPV4: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b")
        .expect("a constant pattern")
});
static IPV6: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i-u)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?::?[0-9]{1,3}(?:\.[0-9]{1,3}){3})?")
        .expect("a constant pattern")
});
/// What stands before a number with four parts that is a version.
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:version(?:en)?|versión|ver|build|release|revision|runtime|assembly|framework|sdk|driver|engine|product|agent|client|update|package|\bv|file ?vers\w*|[a-z]\.(?:exe|dll)|oid|/|[^\\]\\|-|_|@)[^\w\n]{0,6}(?:v|is )?$")
        .expect("a constant pattern")
});
static HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i-u)\b[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9-]*)*\.",
        r"(?:local|lan|corp|internal|intern|intranet|localdomain|test|example|invalid|home|ad|priv|private|dom|domain",
        r"|com|net|org|info|biz|edu|gov|eu|de|at|ch|fr|uk|es|it|nl|be|pl|cz|se|no|dk|fi|jp|us|ca|au|br|mx|in|cn|io|cloud|group|global|tech)\b",
    ))
    .expect("a constant pattern")
});

/// Every address and every full host name.
pub(super) fn all(text: &str, names: &mut Vec<Name>) {
    let Signs {
        numbers,
        labels,
        colons,
    } = signs(text.as_bytes());
    if colons {
        let found = IPV6.find_iter(text).filter(|found| is_ipv6(text, found));
        names.extend(found.map(|found| Name::new(found.range(), Mark::Ip)));
    }
    if numbers {
        let found = IPV4.find_iter(text);
        let found = found.filter(|found| is_private_ipv4(text, found.start(), found.as_str()));
        names.extend(found.map(|found| Name::new(found.range(), Mark::Ip)));
    }
    if !labels {
        return;
    }
    names.extend(HOST.find_iter(text).filter_map(|found| {
        let mark = host(text, found.start(), found.as_str())?;
        Some(Name::new(found.range(), mark))
    }));
}

/// What a text holds of the signs in an address.
struct Signs {
    /// Three dots between digits.
    numbers: bool,
    /// A dot before a letter.
    labels: bool,
    /// Colons as in an IPv6 address.
    colons: bool,
}

fn signs(bytes: &[u8]) -> Signs {
    let (mut between_digits, mut labels) = (0, false);
    for at in memchr::memchr_iter(b'.', bytes) {
        let (Some(before), Some(after)) = (at.checked_sub(1), bytes.get(at + 1)) else {
            continue;
        };
        let before = bytes[before];
        between_digits +=
            u8::from(between_digits < 3 && before.is_ascii_digit() && after.is_ascii_digit());
        labels |= (before.is_ascii_alphanumeric() || matches!(before, b'-' | b'_'))
            && after.is_ascii_alphabetic();
    }
    let mut colons = memchr::memchr_iter(b':', bytes);
    // Two together, or seven as in an address that is written out.
    let colons =
        colons.clone().any(|at| bytes.get(at + 1) == Some(&b':')) || colons.nth(6).is_some();
    Signs {
        numbers: between_digits == 3,
        labels,
        colons,
    }
}

fn is_private_ipv4(text: &str, start: usize, found: &str) -> bool {
    let Ok(address) = found.parse::<Ipv4Addr>() else {
        return false;
    };
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let after = &bytes[start + found.len()..];
    let longer = before == Some(b'.')
        || before == Some(b'[') && after.first() == Some(&b']')
        || after.first() == Some(&b'.') && after.get(1).is_some_and(u8::is_ascii_digit);
    let octets = address.octets();
    let nobody = address.is_loopback()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || octets[0] == 255
        || octets[2] == 0 && octets[3] == 0;
    !longer && !nobody && !is_version(text, start)
}

fn is_version(text: &str, start: usize) -> bool {
    let from = text.ceil_char_boundary(start.saturating_sub(32));
    let before = &text[from..start];
    let unc = before.ends_with("\\\\") || before.ends_with("//");
    !unc && VERSION.is_match(before)
}

fn is_ipv6(text: &str, found: &regex::Match<'_>) -> bool {
    let written = found.as_str();
    let Ok(address) = written.parse::<Ipv6Addr>() else {
        return false;
    };
    let bytes = text.as_bytes();
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let apart = !found
        .start()
        .checked_sub(1)
        .is_some_and(|at| belongs(&bytes[at]))
        && !bytes.get(found.end()).is_some_and(belongs);
    let groups = written.split(':').filter(|group| !group.is_empty()).count();
    let plain = address.segments()[0] != 0
        && (groups >= 3 || matches!(address.segments()[0] & 0xffc0, 0xfe80 | 0xfd00 | 0xfc00));
    let mapped = address
        .to_ipv4_mapped()
        .is_some_and(|address| !address.is_loopback() && !address.is_unspecified());
    apart && (plain || mapped)
}

/// Whether a dotted name is a host (its first label is a machine) or a domain, and nobody's public name.
fn host(text: &str, start: usize, found: &str) -> Option<Mark> {
    let bytes = text.as_bytes();
    let end = start + found.len();
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let after = bytes.get(end).copied();
    let inside = matches!(before, Some(b'.' | b'-' | b'$' | b'%' | b'_'))
        || matches!(after, Some(b'-' | b'_' | b'('))
        || after == Some(b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    // A file in a folder, or a registry value.
    let file = before == Some(b'\\') && start >= 2 && bytes[start - 2] != b'\\';
    if inside || file || is_public_host(found) {
        return None;
    }
    let labels = found.split('.').collect::<Vec<_>>();
    let last = labels.last()?;
    let lower = last.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper = found.bytes().all(|byte| !byte.is_ascii_lowercase());
    let own = matches!(
        last.to_ascii_lowercase().as_str(),
        "local"
            | "lan"
            | "corp"
            | "internal"
            | "intern"
            | "intranet"
            | "localdomain"
            | "test"
            | "example"
            | "invalid"
    );
    let common = matches!(
        *last,
        "com" | "org" | "de" | "eu" | "fr" | "es" | "uk" | "nl" | "ch" | "jp"
    );
    // `System.Net`, `Socket.IO`, `foo.Test` are names of programs.
    if !(lower || upper && found.bytes().any(|byte| byte.is_ascii_alphabetic())) {
        return None;
    }
    let program = labels[..labels.len() - 1].iter().any(|label| {
        label.len() > 3
            && label.starts_with(char::is_uppercase)
            && label.chars().skip(1).all(char::is_lowercase)
    }) && !own
        && !common;
    if program
        || matches!(
            labels[0].to_ascii_lowercase().as_str(),
            "www" | "ads" | "asp" | "vb" | "com" | "org" | "net" | "io" | "system"
        )
    {
        return None;
    }
    match labels.len() {
        2 if own || common => Some(Mark::Domain),
        2 => None,
        3 if matches!((labels[1], labels[2]), ("co" | "com" | "ac" | "org", _)) => {
            Some(Mark::Domain)
        }
        3 if labels[1] == "onmicrosoft" => Some(Mark::Domain),
        _ => Some(Mark::Host),
    }
}
