//! The template that `secedit /export /cfg FILE` writes.
//!
//! ```text
//! [Unicode]
//! Unicode=yes
//! [System Access]
//! LockoutBadCount = 5
//! [Privilege Rights]
//! SeBatchLogonRight = *S-1-5-32-544,*S-1-5-32-551,svc-rpa
//! [Version]
//! signature="$CHICAGO$"
//! ```
//!
//! Rights become lists of holders; a section of rights that another section follows is complete.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::sids::shown;
use super::{Closes, Fact, FactKey, FactValue, Line, Reader, Reading, Scope, Span, Text};

const RIGHTS: &str = "Privilege Rights";

/// The sections of a security template, as secedit spells them.
const SECTIONS: &[&str] = &[
    "Unicode",
    "System Access",
    "Event Audit",
    "Registry Values",
    RIGHTS,
    "Kerberos Policy",
    "Group Membership",
    "System Log",
    "Security Log",
    "Application Log",
    "Service General Setting",
    "Registry Keys",
    "File Security",
    "Profile Description",
    "Strings",
    "Version",
];

/// Sections that speak of the template itself.
const ABOUT_ITSELF: &[&str] = &["Unicode", "Profile Description", "Strings", "Version"];

static RIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(Se[A-Z]\w+(?:Right|Privilege))\s*=")
        .expect("a constant pattern; tests use it")
});

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "secedit /export",
    marks: &[
        "LogonRight",
        "Privilege",
        "[System Access]",
        "[Registry Values]",
        "[Event Audit]",
        "[Kerberos Policy]",
        "[Group Membership]",
    ],
    read,
};

/// Reads every section of a template, and single lines of rights without one.
fn read(_: &str, text: &Text) -> Reading {
    let mut template = Template::default();
    let lines = text.lines().collect::<Vec<_>>();
    let mut at = 0;
    while at < lines.len() {
        let taken = template.take(&lines[at..]);
        if taken == 0 {
            template.foreign();
        } else {
            let last = lines[at + taken - 1].number;
            template
                .reading
                .claimed
                .push(text.range_of_lines(lines[at].number, last));
        }
        at += taken.max(1);
    }
    template.reading
}

#[derive(Default)]
struct Template {
    reading: Reading,
    section: Option<&'static str>,
    /// The header of a section of rights that nothing foreign has broken yet.
    rights: Option<Span>,
}

impl Template {
    /// How many of these lines are the template's.
    fn take(&mut self, lines: &[Line<'_>]) -> usize {
        let line = lines[0];
        let trimmed = line.text.trim();
        if trimmed.is_empty() {
            return usize::from(self.section.is_some());
        }
        if let Some(section) = section_of(trimmed) {
            self.open(section, line);
            return 1;
        }
        let wanted = self.section.is_some() && trimmed.contains('=') || RIGHT.is_match(line.text);
        if !wanted {
            return 0;
        }
        let wrapped = wrapped_lines(lines);
        self.setting(&lines[..=wrapped]);
        wrapped + 1
    }

    fn open(&mut self, section: &'static str, line: Line<'_>) {
        if let Some(span) = self.rights.take() {
            self.reading.scopes.push(Scope {
                closes: Closes::Children("secedit.se".to_owned()),
                span,
                round: 0,
            });
        }
        self.section = Some(section);
        self.rights = (section == RIGHTS).then(|| line.trimmed_span());
    }

    fn foreign(&mut self) {
        self.section = None;
        self.rights = None;
    }

    fn setting(&mut self, lines: &[Line<'_>]) {
        let joined = lines
            .iter()
            .map(|line| line.text.trim())
            .collect::<String>();
        let Some((key, value)) = joined.split_once('=') else {
            return;
        };
        if self
            .section
            .is_some_and(|section| ABOUT_ITSELF.contains(&section))
        {
            return;
        }
        let value = if RIGHT.is_match(&joined) {
            FactValue::List(holders(value))
        } else {
            value.trim().trim_matches('"').trim().into()
        };
        let mut span = lines[0].trimmed_span();
        span.end = lines[lines.len() - 1].trimmed_span().end;
        if self.section == Some("Registry Values")
            && let FactValue::Text(written) = &value
            && let Some((key, value)) = registry_value(key, written)
        {
            self.push(key, value, span);
        }
        self.push(format!("secedit.{}", key.trim()), value, span);
    }

    fn push(&mut self, key: String, value: FactValue, span: Span) {
        self.reading.facts.push(Fact {
            key: FactKey::new(key),
            value,
            span,
            about: Arc::default(),
            round: 0,
        });
    }
}

/// `MACHINE\System\…\LimitBlankPasswordUse` and `4,1`: the type and the data of a registry value
/// (<https://learn.microsoft.com/openspecs/windows_protocols/ms-gpsb/>).
fn registry_value(path: &str, written: &str) -> Option<(String, FactValue)> {
    let (root, rest) = path.trim().split_once('\\')?;
    let root = match root.to_ascii_uppercase().as_str() {
        "MACHINE" => "HKLM",
        "USERS" => "HKU",
        "CLASSES_ROOT" => "HKCR",
        _ => return None,
    };
    let (kind, data) = written.split_once(',')?;
    let data = data.trim().trim_matches('"');
    let value = match kind.trim() {
        // REG_SZ, REG_EXPAND_SZ, REG_DWORD; data in decimal.
        "1" | "2" | "4" => data.into(),
        // REG_MULTI_SZ
        "7" if data.is_empty() => FactValue::List(Vec::new()),
        "7" => FactValue::List(data.split(',').map(|one| one.trim().to_owned()).collect()),
        _ => return None,
    };
    Some((format!("registry.{root}\\{rest}"), value))
}

fn section_of(trimmed: &str) -> Option<&'static str> {
    let name = trimmed.strip_prefix('[')?.strip_suffix(']')?;
    SECTIONS
        .iter()
        .find(|section| section.eq_ignore_ascii_case(name))
        .copied()
}

/// How many of the lines after the first are its continuation: a list of holders that a paste broke at a comma
/// or within a name.
fn wrapped_lines(lines: &[Line<'_>]) -> usize {
    if !RIGHT.is_match(lines[0].text) {
        return 0;
    }
    lines
        .windows(2)
        .take_while(|pair| {
            let (before, next) = (pair[0].text.trim(), pair[1].text.trim());
            let goes_on = before.ends_with([',', '=']) || next.starts_with([',', '*']);
            goes_on && !next.is_empty() && !next.contains('=') && !next.starts_with('[')
        })
        .count()
}

fn holders(list: &str) -> Vec<String> {
    list.split(',')
        .map(|holder| holder.trim().trim_matches('"'))
        .filter(|holder| !holder.trim_start_matches('*').is_empty())
        .map(shown)
        .collect()
}

#[cfg(test)]
#[path = "secedit_tests.rs"]
mod tests;
