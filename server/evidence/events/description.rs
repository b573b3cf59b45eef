//! The description of an event, whatever it stands in: Event Viewer's text, a cell of a table, a string of JSON, one line
//! of a syslog.
//!
//! ```text
//! An account failed to log on.
//!
//! Subject:
//!     Security ID:        S-1-5-18
//!     Account Name:       RPA-VM-07$
//! Logon Type:             10
//! Account For Which Logon Failed:
//!     Security ID:        S-1-0-0
//!     Account Name:       svc-robot
//!     Account Domain:     FABRIKAM
//! Failure Information:
//!     Failure Reason:     Unknown user name or bad password.
//!     Status:             0xC000006D
//!     Sub Status:         0xC0000064
//! ```
//!
//! The labels are translated, the order of sections and values is not. Of each value is asked, in this turn:
//!
//! 1. whether [`names`] knows its label;
//! 2. which place it has in a failed logon, whose type and codes are known by their shape;
//! 3. whether its label names a part of an account: whose it is says the heading above it, or the place of the section;
//! 4. which place it has in the section of an account, where no table knows its label.
//!
//! A place never speaks against a label that is known. The Service Control Manager writes sentences instead.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::unescape::Unescaped;
use super::draft::Draft;
use super::names::{self, Part, Role};

/// The most lines of one description that are looked at.
const LINES: usize = 400;
/// A line break that is written out.
const WRITTEN_BREAK: &str = r"\r\n";

static SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:The |Der Dienst |Le service )?(.{1,200}?)(?: service)? (?:failed to start|was unable to log on|terminated)\b",
    )
    .expect("a constant pattern")
});
static LOG_ON_AS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\blog on as (\S+) with\b").expect("a constant pattern"));
static REASON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"%%\d{3,5}\b").expect("a constant pattern"));
/// A label behind the gap that a line break became.
static BEHIND_GAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:  |\t)[ \t]*((?:[\p{L}\d()'’.,/-]+ ){0,9}[\p{L}\d()'’.,/-]+ ?[:：])(?:\s|$)")
        .expect("a constant pattern")
});

/// The values of 4625 in their order, "" for a heading. Values without content count too.
#[rustfmt::skip]
const FAILED_LOGON: &[&str] = &[
    "", "SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId", "LogonType",
    "", "TargetUserSid", "TargetUserName", "TargetDomainName",
    "", "FailureReason", "Status", "SubStatus",
    "", "ProcessId", "ProcessName",
    "", "WorkstationName", "IpAddress", "IpPort",
    "", "LogonProcessName", "AuthenticationPackageName", "TransmittedServices", "LmPackageName", "KeyLength",
];
/// The place of its status.
const STATUS: usize = 12;

/// One `label: value`; a heading has no value.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    /// Without its colon.
    pub(super) label: &'a str,
    /// Trimmed; empty for headings and for values that are not told.
    pub(super) value: &'a str,
    /// Where the value stands in the text.
    pub(super) at: usize,
    /// The line, counted by whoever took it.
    pub(super) line: usize,
}

/// What the items of a description say.
#[derive(Debug, Default)]
pub(super) struct Told<'i, 'a> {
    /// XML name and the item that says it, in the order of the text.
    pub(super) fields: Vec<(&'static str, &'i Item<'a>)>,
    /// Every item that belongs to it, headings too, in no order.
    pub(super) used: Vec<&'i Item<'a>>,
}

/// Reads the description of the event whose number the draft has. Where it has no line breaks, its labels tell its lines.
pub(super) fn fill(draft: &mut Draft<'_>, body: &Unescaped) {
    let text = body.as_str();
    let lines = lines(text);
    let is_folded = lines.len() == 1;
    let mut all = Vec::new();
    for (number, line) in lines.into_iter().enumerate() {
        all.extend(items(&text[line.clone()], line.start, number, is_folded));
    }
    let id = draft.id();
    for (name, item) in read(id, &all).fields {
        let place = body.original(item.at..item.at + item.value.len());
        draft.field(name, item.value, place);
    }
    for (name, range) in sentence(id, text) {
        draft.field(name, &text[range.clone()], body.original(range));
    }
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let whole = text.trim_end();
    let end = if whole.contains('\n') {
        "\n"
    } else {
        WRITTEN_BREAK
    };
    let lines = whole.split(end).take(LINES);
    let start = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
    lines
        .map(|line| start(line)..start(line) + line.len())
        .collect()
}

/// The items of a line that begins at `start`: one, or several where lines were joined.
pub(super) fn items(line: &str, start: usize, number: usize, is_folded: bool) -> Vec<Item<'_>> {
    let mut starts = names::label_starts(line);
    if is_folded || starts.len() > 1 {
        add_labels_behind_gaps(line, &mut starts);
    } else {
        starts.clear();
    }
    if starts.is_empty() {
        starts.push(0);
    }
    starts.push(line.len());
    let pieces = starts.windows(2);
    let items = pieces.filter_map(|piece| {
        let (label, value) = line[piece[0]..piece[1]].split_once([':', '：'])?;
        let label = label.trim().trim_start_matches(r"\t");
        let is_label = label.chars().next().is_some_and(char::is_alphabetic)
            && label.chars().count() <= 80
            && !label.contains("  ");
        // German prints `Unterstatus::`.
        let value = value.trim_start_matches(':').trim();
        let value = value.trim_start_matches(r"\t");
        is_label.then(|| Item {
            label,
            value,
            at: start + (value.as_ptr() as usize - line.as_ptr() as usize),
            line: number,
        })
    });
    items.collect()
}

/// What stands between a gap and a colon is a label, unless one that is known begins within it.
fn add_labels_behind_gaps(line: &str, starts: &mut Vec<usize>) {
    let known = starts.len();
    let mut from = 0;
    while let Some(found) = BEHIND_GAP.captures_at(line, from) {
        let Some(label) = found.get(1) else { break };
        let mut others = starts[..known].iter();
        if !others.any(|start| label.range().contains(start)) {
            starts.push(label.start());
        }
        from = label.end();
    }
    starts.sort_unstable();
}

/// The event that prints this, where no number is told.
pub(super) fn number(items: &[Item<'_>]) -> Option<u32> {
    let value = |name: &str| {
        let mut items = items.iter();
        let item = items.find(|item| names::field(item.label) == Some(name))?;
        Some(item.value)
    };
    let is_failed_logon = status(items).is_some()
        || value("LogonType").is_some_and(is_logon_type)
            && value("Status").is_some_and(is_hex)
            && (value("SubStatus").is_some_and(is_hex) || value("FailureReason").is_some());
    is_failed_logon.then_some(4625)
}

/// Reads the items of the description of an event of this number; see the head of this file.
pub(super) fn read<'i, 'a>(id: Option<u32>, items: &'i [Item<'a>]) -> Told<'i, 'a> {
    let mut told = Told::default();
    let mut by_place = Vec::new();
    let in_order = in_order(id, items);
    // One that is whole ends with its last value, whatever somebody wrote behind it.
    let is_whole = in_order.first + in_order.items.len() == FAILED_LOGON.len();
    let items = if is_whole {
        &items[..in_order.items.end]
    } else {
        items
    };
    let in_sections = in_sections(id, items);
    for (at, item) in items.iter().enumerate() {
        let known = names::field(item.label);
        let place = at.checked_sub(in_order.items.start);
        let place = place.filter(|_| in_order.items.contains(&at));
        let place = place.map(|at| FAILED_LOGON[in_order.first + at]);
        let name = known.or(place.filter(|name| !name.is_empty()));
        let name = name.or(in_sections[at]);
        let is_named = is_heading(item) && names::part(item.label).is_some();
        if place.is_some() || is_named || name.is_some() && item.value.is_empty() {
            told.used.push(item);
        }
        let Some(name) = name.filter(|_| !item.value.is_empty()) else {
            continue;
        };
        if known.is_some() || names::role(item.label).is_some() {
            told.add(name, item);
        } else {
            by_place.push((name, item));
        }
    }
    for (name, item) in by_place {
        told.add(name, item);
    }
    told.fields.sort_by_key(|(_, item)| item.at);
    told
}

impl<'i, 'a> Told<'i, 'a> {
    /// What came first under a name stays.
    fn add(&mut self, name: &'static str, item: &'i Item<'a>) {
        if !self.fields.iter().any(|(known, _)| *known == name) {
            self.fields.push((name, item));
            self.used.push(item);
        }
    }
}

/// The items of a failed logon that stand in their order, and the place of the first of them.
#[derive(Debug, Default)]
struct InOrder {
    items: Range<usize>,
    first: usize,
}

/// From the status both ways, as far as nothing speaks against it: a text that was shortened goes on otherwise.
fn in_order(id: Option<u32>, items: &[Item<'_>]) -> InOrder {
    let status = status(items).filter(|_| id.is_none_or(|id| id == 4625));
    let Some(status) = status else {
        return InOrder::default();
    };
    let before = items[..status].iter().rev();
    let before = before.zip(FAILED_LOGON[..STATUS].iter().rev());
    let before = before.take_while(|(item, name)| may_be(item, name)).count();
    let behind = items[status..].iter().zip(&FAILED_LOGON[STATUS..]);
    let behind = behind.take_while(|(item, name)| may_be(item, name)).count();
    InOrder {
        items: status - before..status + behind,
        first: STATUS - before,
    }
}

/// Whether no label that is known says that this is another thing.
fn may_be(item: &Item<'_>, name: &str) -> bool {
    if name.is_empty() {
        return is_heading(item);
    }
    if !has_shape(item, name) {
        return false;
    }
    names::role(item.label).is_none_or(|role| {
        [Part::Subject, Part::Target]
            .into_iter()
            .any(|part| account_field(part, role) == Some(name))
    }) && names::field(item.label).is_none_or(|known| known == name)
        && names::header(item.label).is_none()
        && !item.label.eq_ignore_ascii_case("Id")
}

/// Whether a value may be that of a name which a place gave it.
fn has_shape(item: &Item<'_>, name: &str) -> bool {
    !name.ends_with("LogonId") || matches!(item.value, "" | "-") || item.value.starts_with("0x")
}

/// The status of a failed logon whose values stand in their order.
fn status(items: &[Item<'_>]) -> Option<usize> {
    (7..items.len().saturating_sub(1)).find(|at| {
        let value = |place: usize| items[at + place - STATUS].value;
        is_error(items[*at].value)
            && is_hex(items[at + 1].value)
            && is_logon_type(value(5))
            && value(6).is_empty()
            && value(10).is_empty()
    })
}

/// Whether sections may begin with it.
fn is_heading(item: &Item<'_>) -> bool {
    let is_label = names::field(item.label).is_some() || names::role(item.label).is_some();
    item.value.is_empty() && !is_label
}

/// The XML name of each item that tells a part of an account, by its section.
fn in_sections(id: Option<u32>, items: &[Item<'_>]) -> Vec<Option<&'static str>> {
    let headings = headings(id, items);
    let is_told = headings.iter().flatten().any(|part| *part != Part::Other);
    let several = items
        .iter()
        .filter(|item| names::role(item.label) == Some(Role::Name))
        .nth(1);
    let mut part = match several {
        Some(_) => Part::Subject,
        None => Part::Target,
    };
    let mut seen_name = false;
    let mut section: Option<usize> = None;
    let mut is_whole = false;
    let names = items.iter().enumerate().map(|(at, item)| {
        if is_heading(item) {
            part = headings[at].unwrap_or(part);
            section = Some(at);
            is_whole = true;
            return None;
        }
        if let Some(role) = names::role(item.label) {
            // Without headings the second account is the one that is meant.
            if !is_told && seen_name && matches!(role, Role::Sid | Role::Name) {
                part = Part::Target;
            }
            seen_name |= role == Role::Name;
            return account_field(part, role);
        }
        // What comes after a gap is no longer of the section.
        let first = section?;
        let gap = |at: usize| items[at].line - items[at - 1].line;
        is_whole &= gap(at) <= gap(first + 1);
        let role = account(id?, part).get(at - first - 1)?;
        account_field(part, *role).filter(|name| is_whole && has_shape(item, name))
    });
    names.collect()
}

/// The part that each heading opens: by its name, else by the order of the sections.
fn headings(id: Option<u32>, items: &[Item<'_>]) -> Vec<Option<Part>> {
    let logon_type = items
        .iter()
        .position(|item| names::field(item.label) == Some("LogonType"));
    let mut sections = 0;
    let parts = items.iter().enumerate().map(|(at, item)| {
        is_heading(item).then_some(())?;
        // One without values is none.
        let is_section = items.get(at + 1).is_some_and(|next| !is_heading(next));
        let by_order = id.filter(|_| is_section).and_then(|id| {
            let behind = at.saturating_sub(logon_type.unwrap_or(at));
            by_order(id, sections, behind, logon_type.is_some())
        });
        sections += usize::from(is_section);
        match id {
            // The heading says who asked, and that is who signed out.
            Some(4634 | 4647) => by_order.or_else(|| names::part(item.label)),
            _ => names::part(item.label).or(by_order),
        }
    });
    parts.collect()
}

/// Whose account the event of this number tells in a section, which stands so many items `behind` the logon type: 0 before
/// it, or without one.
fn by_order(id: u32, section: usize, behind: usize, has_type: bool) -> Option<Part> {
    Some(match (id, section, behind) {
        // Later versions tell more of the sign-in between the two.
        (4624, _, 1..=5)
        | (4625, _, 1)
        | (4740 | 4648, 1, _)
        | (4634 | 4647 | 4768 | 4769 | 4771, 0, _) => Part::Target,
        (4624 | 4625, 0, 0) if has_type => Part::Subject,
        (4740 | 4648, 0, _) => Part::Subject,
        (4624 | 4625 | 4634 | 4647 | 4648 | 4740 | 4768 | 4769 | 4771, ..) => Part::Other,
        _ => return None,
    })
}

/// What the event of this number tells of an account, in its order.
fn account(id: u32, part: Part) -> &'static [Role] {
    const ALL: [Role; 4] = [Role::Sid, Role::Name, Role::Domain, Role::LogonId];
    match (id, part) {
        (4624 | 4625 | 4648 | 4740, Part::Subject) | (4624 | 4634 | 4647, Part::Target) => &ALL,
        (4625, Part::Target) => &ALL[..3],
        (4740 | 4771, Part::Target) => &ALL[..2],
        (4648 | 4768 | 4769, Part::Target) => &ALL[1..3],
        _ => &[],
    }
}

fn account_field(part: Part, role: Role) -> Option<&'static str> {
    Some(match (part, role) {
        (Part::Subject, Role::Sid) => "SubjectUserSid",
        (Part::Subject, Role::Name) => "SubjectUserName",
        (Part::Subject, Role::Domain) => "SubjectDomainName",
        (Part::Subject, Role::LogonId) => "SubjectLogonId",
        (Part::Target, Role::Sid) => "TargetUserSid",
        (Part::Target, Role::Name) => "TargetUserName",
        (Part::Target, Role::Domain) => "TargetDomainName",
        (Part::Target, Role::LogonId) => "TargetLogonId",
        (Part::Other, _) => return None,
    })
}

/// What the Service Control Manager puts into its sentences: XML name and place.
pub(super) fn sentence(id: Option<u32>, text: &str) -> Vec<(&'static str, Range<usize>)> {
    if !id.is_some_and(|id| (7000..=7045).contains(&id)) {
        return Vec::new();
    }
    let group = |pattern: &Regex| Some(pattern.captures(text)?.get(1)?.range());
    let account = group(&LOG_ON_AS);
    let reason = if account.is_some() {
        "param3"
    } else {
        "param2"
    };
    let told = [
        ("param1", group(&SERVICE)),
        ("param2", account),
        (reason, REASON.find(text).map(|found| found.range())),
    ];
    let told = told.into_iter();
    told.filter_map(|(name, range)| Some((name, range?)))
        .collect()
}

fn is_hex(value: &str) -> bool {
    let digits = value
        .strip_prefix("0x")
        .or_else(|| value.strip_prefix("0X"));
    digits.is_some_and(|digits| {
        (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// An NTSTATUS that is an error.
fn is_error(value: &str) -> bool {
    is_hex(value) && value.len() == 10 && matches!(value.as_bytes()[2], b'C' | b'c' | b'8')
}

fn is_logon_type(value: &str) -> bool {
    value.parse::<u32>().is_ok_and(|number| number <= 13)
}

#[cfg(test)]
#[path = "description_tests.rs"]
mod tests;
