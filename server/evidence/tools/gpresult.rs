//! `gpresult /r`, `/v` and `/z`: which policies reach the machine and its user, and which of them sets a value.
//!
//! ```text
//! RSOP data for FABRIKAM\adm-lena on RPA-VM-07 : Logging Mode
//! ------------------------------------------------------------
//!
//! COMPUTER SETTINGS
//! ------------------
//!     CN=RPA-VM-07,OU=Robots,DC=fabrikam,DC=test
//!
//!     Applied Group Policy Objects
//!     -----------------------------
//!         SEC Deny service logons
//!
//!         User Rights
//!         -----------
//!             GPO: SEC Deny service logons
//!                 Policy:            DenyBatchLogonRight
//!                 Computer Setting:  Guests
//!                                    FABRIKAM\Service accounts
//! ```
//!
//! A heading is a line with a rule of dashes below it, and how far it is indented says what it heads; the lists come in
//! one order. So the language matters only where the machine's part is told from the user's.
//! The text does not say which of several policies wins: then all are named, and a value only if they agree.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::{Draft, Line, Reading, Text, labelled};
use crate::evidence::reading::shared;
use crate::evidence::sids::shown;
use crate::evidence::{About, FactValue, Reader, Span};

mod settings;

use settings::{Setting, setting};

/// `RSOP`, an account, and behind it the machine before the colon. In some languages the machine comes first. Each name
/// may have been replaced: `[domain:1]\[user:1]`.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[^\r\n:]*\bRSOP\b[^\r\n:]*?(?P<user>(?:\[\w+:\d+\]|[^\s\\:])+\\(?:\[\w+:\d+\]|[^\s\\:])+)\s+\S+\s+",
        r"(?P<machine>(?:\[\w+:\d+\]|[\w.\-])+)\s*[:：]"
    ))
    .expect("a constant pattern")
});
/// The rows below the head, in their order; an empty name is not kept.
const HEAD_KEYS: [&str; 6] = ["OSConfiguration", "OSVersion", "SiteName", "", "", ""];
/// The rows of each part, in their order.
const PART_KEYS: [&str; 5] = ["LastApplied", "AppliedFrom", "", "Domain", ""];
/// Which part a heading opens, by its stem in the languages.
const PARTS: [(&str, &[&str]); 2] = [
    (
        "Computer",
        &["computer", "ordinateur", "equipo", "コンピューター"],
    ),
    (
        "User",
        &["user", "benutzer", "utilisateur", "usuario", "ユーザー"],
    ),
];
/// What stands in place of an empty value.
const NOTHING: &[&str] = &[
    "n/a",
    "nicht zutreffend",
    "n/d",
    "no aplicable",
    "sans objet",
    "該当なし",
];

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "gpresult",
    marks: &["RSOP"],
    read,
};

/// Reads every report. Closes nothing: without elevation the machine's part is missing.
fn read(_: &str, text: &Text) -> Reading {
    let mut draft = Draft::default();
    let mut at = 1;
    while let Some(line) = text.line(at) {
        let head = HEAD.captures(line.text).filter(|_| is_rule(text, at + 1));
        at = match head {
            Some(head) => report(text, line, &head["user"], &head["machine"], &mut draft),
            None => at + 1,
        };
    }
    draft.reading
}

/// One report; the number of the line behind it.
fn report(text: &Text, head: Line<'_>, user: &str, machine: &str, draft: &mut Draft) -> usize {
    draft.of(Some(machine));
    draft.text("gpresult.Machine", machine, head.trimmed_span());
    draft.text("gpresult.User", user, head.trimmed_span());
    let mut last = head.number + 1;
    let mut keys = HEAD_KEYS.into_iter();
    let mut part = None;
    let mut at = last + 1;
    while let Some(line) = text.line(at) {
        if line.text.trim().is_empty() {
            at += 1;
        } else if indent(line) == 0 && is_rule(text, at + 1) {
            part = part_of(text, line, machine);
            last = at + 1;
            at = last + 1;
        } else if indent(line) > 0 {
            let taken = Part::of(text, at).tell(part, user, machine, draft);
            last = taken;
            at = taken + 1;
        } else if let Some((key, (_, value))) = keys.next().zip(labelled(line.text)) {
            if !key.is_empty() && !is_nothing(value) {
                draft.text(format!("gpresult.{key}"), value, line.trimmed_span());
            }
            last = at;
            at += 1;
        } else {
            break;
        }
    }
    draft.claim(text, head.number, last);
    last + 1
}

/// Whose part a heading opens: the machine's is about the machine's own entry in the directory.
fn part_of(text: &Text, heading: Line<'_>, machine: &str) -> Option<&'static str> {
    let lower = heading.text.to_lowercase();
    let named = PARTS
        .iter()
        .find(|(_, stems)| stems.iter().any(|stem| lower.contains(stem)));
    if let Some((part, _)) = named {
        return Some(part);
    }
    let entry = text.line(heading.number + 2)?.text.trim().to_lowercase();
    let name = entry.strip_prefix("cn=")?.split(',').next()?;
    Some(if name == machine.to_lowercase() {
        "Computer"
    } else {
        "User"
    })
}

/// The indented lines below one heading of a part, up to the next line that is not indented.
#[derive(Default)]
struct Part<'t> {
    rows: Vec<Line<'t>>,
    lists: Vec<List<'t>>,
    settings: Vec<Setting<'t>>,
    last: usize,
}

/// What stands below one heading.
#[derive(Default)]
struct List<'t> {
    names: Vec<Line<'t>>,
    /// Whether something is said of each name, as it is of policies that were left out.
    explained: bool,
}

impl<'t> Part<'t> {
    fn of(text: &'t Text, first: usize) -> Self {
        let mut part = Part {
            last: first,
            ..Self::default()
        };
        let mut at = first;
        // Lists stand below headings of the first indent, settings below those of a deeper one.
        let mut outer = None;
        while let Some(line) = text.line(at) {
            let depth = indent(line);
            if line.text.trim().is_empty() {
                at += 1;
                continue;
            }
            if depth == 0 {
                break;
            }
            part.last = at;
            if is_rule(text, at + 1) {
                let outer = *outer.get_or_insert(depth);
                if depth <= outer {
                    part.lists.push(List::default());
                }
                part.last = at + 1;
            } else if let Some((setting, last)) = setting(text, at).filter(|_| outer.is_some()) {
                part.settings.push(setting);
                part.last = last;
            } else if let Some(list) = part.lists.last_mut() {
                let deeper = list.names.last().is_some_and(|name| indent(*name) < depth);
                if deeper {
                    list.explained = true;
                } else {
                    list.names.push(line);
                }
            } else {
                part.rows.push(line);
            }
            at = part.last + 1;
        }
        part
    }

    /// Says what was read; the number of the last line.
    fn tell(self, part: Option<&str>, user: &str, machine: &str, draft: &mut Draft) -> usize {
        let Some(name) = part else {
            return self.last;
        };
        draft.about = shared(About {
            machine: Some(machine.to_owned()),
            account: (name == "User").then(|| user.to_owned()),
            ..About::default()
        });
        let rows = self
            .rows
            .iter()
            .filter_map(|row| Some((labelled(row.text)?.1, row)));
        for ((value, row), key) in rows.zip(PART_KEYS) {
            if !key.is_empty() && !is_nothing(value) {
                draft.text(format!("gpresult.{name}.{key}"), value, row.trimmed_span());
            }
        }
        let mut plain = ["AppliedGPOs", "Groups"].into_iter();
        for list in &self.lists {
            let key = if list.explained {
                Some("FilteredGPOs")
            } else {
                plain.next()
            };
            let (Some(key), Some(first), Some(last)) = (key, list.names.first(), list.names.last())
            else {
                continue;
            };
            let names = list.names.iter().map(|line| line.text.trim());
            let names = names.filter(|name| !is_nothing(name)).map(str::to_owned);
            let span = Span {
                end: last.trimmed_span().end,
                ..first.trimmed_span()
            };
            draft.say(
                format!("gpresult.{name}.{key}"),
                FactValue::List(names.collect()),
                span,
            );
        }
        tell_settings(self.settings, name, draft);
        self.last
    }
}

/// Each setting once, with every policy that sets it.
fn tell_settings(settings: Vec<Setting<'_>>, part: &str, draft: &mut Draft) {
    let mut by_name: BTreeMap<String, Vec<Setting<'_>>> = BTreeMap::new();
    let mut order = Vec::new();
    for setting in settings {
        let Some(name) = setting.name(part) else {
            continue;
        };
        let known = by_name.entry(name.to_lowercase()).or_default();
        if known.is_empty() {
            order.push(name);
        }
        known.push(setting);
    }
    for name in order {
        let Some(all) = by_name.get(&name.to_lowercase()) else {
            continue;
        };
        let first = &all[0];
        let value = first.value();
        if all.iter().all(|other| other.value() == value) {
            draft.say(format!("gpresult.Setting.{name}"), value, first.span);
        }
        let mut policies: Vec<String> = Vec::new();
        for setting in all {
            if !policies.iter().any(|known| known == setting.policy) {
                policies.push(setting.policy.to_owned());
            }
        }
        let policies = FactValue::List(policies);
        draft.say(format!("gpresult.Setting.{name}.GPO"), policies, first.span);
    }
}

fn indent(line: Line<'_>) -> usize {
    line.text
        .chars()
        .take_while(|letter| letter.is_whitespace())
        .count()
}

fn is_rule(text: &Text, number: usize) -> bool {
    text.line(number).is_some_and(|line| {
        let trimmed = line.text.trim();
        trimmed.len() >= 5 && trimmed.bytes().all(|sign| sign == b'-')
    })
}

fn is_nothing(value: &str) -> bool {
    value.is_empty() || NOTHING.contains(&value.to_lowercase().as_str())
}
