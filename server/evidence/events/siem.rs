//! Events as JSON: what log shippers send to a SIEM, what a SIEM gives back, and `ConvertTo-Json` of `Get-WinEvent`.
//!
//! ```text
//! {"@timestamp":"2026-11-16T06:00:11.118Z","winlog":{"event_id":"4625","provider_name":"Microsoft-Windows-Security-Auditing",
//!  "event_data":{"TargetUserName":"svc-robot","Status":"0xc000006d","SubStatus":"0xc0000064"}}}         winlogbeat
//! {"event_id":4625,"source_name":"Microsoft-Windows-Security-Auditing","event_data":{"LogonType":"10"}}  winlogbeat 6
//! {"event":{"code":"4625"},"user":{"name":"svc-robot"},"source":{"ip":"192.0.2.7"},"winlog":{…}}         ECS
//! {"data":{"win":{"system":{"eventID":"4625"},"eventdata":{"targetUserName":"svc-robot"}}}}              Wazuh
//! {"EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","TargetUserName":"svc-robot"}       NXLog
//! {"Event":{"System":{"EventID":4625,"Provider":{"#attributes":{"Name":"…"}}},"EventData":{…}}}          evtx_dump
//! {"Event":{"System":{"EventID":"4625",…},"EventData":{"Data":[{"@Name":"Status","#text":"0xc000006d"}]}}}  XML made JSON
//! {"Id":4625,"ProviderName":"…","TimeCreated":"\/Date(1793693662123)\/","Properties":[{"Value":"S-1-0-0"}]}  PowerShell
//! {"EventID":4625,…,"Message":"An account failed to log on.\r\n\r\nSubject:\r\n\t…"}                      the description
//! ```
//!
//! Field names: <https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog>,
//! <https://www.elastic.co/docs/reference/ecs/ecs-field-reference>, <https://docs.nxlog.co/refman/current/im/msvistalog.html>,
//! <https://documentation.wazuh.com/current/user-manual/capabilities/log-data-collection/index.html>.

use super::super::json::{Kind, Value, documents};
use super::super::{Reader, Reading, Text};
use super::draft::{Draft, is_numbered};
use super::lines::Pieces;
use super::names::{self, Header};
use super::{Event, description, known, positions};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows events as JSON",
    marks: &[
        "winlog",
        "event_id\"",
        "eventid\"",
        "eventcode\"",
        "\"event.code\"",
        "microsoft-windows-",
        "\"providername\"",
        "\"replacementstrings\"",
    ],
    read,
};

/// The deepest that a record is looked for: `hits.hits[3]._source`.
const DEPTH: usize = 8;

/// Where the number of an event stands.
const IDS: &[&[&str]] = &[
    &["winlog", "event_id"],
    &["data", "win", "system", "eventID"],
    &["win", "system", "eventID"],
    &["Event", "System", "EventID"],
    &["System", "EventID"],
    &["event", "code"],
];

/// ECS and shippers' own names of what an event's XML calls otherwise; taken where the event's data does not say it.
const OTHERS: &[(&str, &str)] = &[
    ("user.name", "TargetUserName"),
    ("user.domain", "TargetDomainName"),
    ("source.ip", "IpAddress"),
    ("source.port", "IpPort"),
    ("process.executable", "ProcessName"),
    ("winlog.logon.failure.status", "Status"),
    ("winlog.logon.failure.sub_status", "SubStatus"),
    ("TargetUser", "TargetUserName"),
    ("TargetDomain", "TargetDomainName"),
];

/// The same for the machine.
const MACHINES: &[&str] = &["host.name", "Hostname", "agent.hostname", "agent.name"];

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut pieces = Pieces::new(text);
    for document in documents(text.as_str()) {
        let mut found = Vec::new();
        records(text, &document.value, 0, &mut found);
        let told = document.complete && !found.is_empty() && found.iter().all(known::is_claimed);
        pieces.add(document.value.start..document.end, told);
        reading.events.append(&mut found);
    }
    reading.claimed = pieces.claimed();
    reading
}

/// The records of a value, itself one or not.
fn records(text: &Text, value: &Value, depth: usize, found: &mut Vec<Event>) {
    if let Some(event) = record(text, value) {
        found.push(event);
    } else if depth < DEPTH {
        let inner = value.members().iter().map(|member| &member.value);
        for inner in inner.chain(value.items()) {
            if matches!(inner.kind, Kind::Object(_) | Kind::Array(_)) {
                records(text, inner, depth + 1, found);
            }
        }
    }
}

fn record(text: &Text, value: &Value) -> Option<Event> {
    let whole = text.as_str();
    let mut draft = Draft::new(text);
    let id = number(whole, value)?;
    let said = id.said(whole)?;
    draft.header(Header::Id, said.as_str(), id.start..id.end);
    let number = draft.id()?;
    let mut others = Vec::new();
    let mut message = None;
    let mut item = Item::default();
    value.for_each_leaf(whole, &mut |path, leaf| {
        let Some(said) = leaf.said(whole) else { return };
        let place = leaf.start..leaf.end;
        if let Some((number, key)) = item_of(path) {
            if let Some(name) = item.named(number, &key, said.as_str()) {
                draft.put(name, said.as_str(), place);
            }
            return;
        }
        match part(path) {
            Part::Header(header) => draft.header(header, said.as_str(), place),
            Part::Field(name) => draft.put(name, said.as_str(), place),
            Part::Position(at) => {
                if let Some(name) = positions::name(number, at) {
                    draft.field(&name, said.as_str(), place);
                }
            }
            Part::Message => message = Some(said),
            Part::Other => others.push((path.to_owned(), said, place)),
        }
    });
    for (path, said, place) in others {
        if let Some((_, name)) = OTHERS
            .iter()
            .find(|(other, _)| path.eq_ignore_ascii_case(other))
        {
            draft.field(name, said.as_str(), place);
        } else if MACHINES
            .iter()
            .any(|other| path.eq_ignore_ascii_case(other))
        {
            draft.header(Header::Computer, said.as_str(), place);
        }
    }
    if let Some(message) = message {
        description::fill(&mut draft, &message);
    }
    draft.finish(value.start..value.end)
}

/// The value that is the record's number.
fn number<'a>(text: &str, value: &'a Value) -> Option<&'a Value> {
    let nested = IDS.iter().find_map(|way| value.at(text, way));
    let found = nested.or_else(|| {
        let mut members = value.members().iter();
        let by_name = members.find(|member| {
            names::header(&text[member.name.clone()]) == Some(Header::Id)
                && !matches!(member.value.kind, Kind::Null)
        });
        by_name.map(|member| &member.value)
    });
    // `Id` is anything's, unless a provider stands beside it.
    let found = found.or_else(|| {
        value.get(text, "ProviderName")?;
        value.get(text, "Id")
    })?;
    match &found.kind {
        Kind::Object(_) => found.get(text, "#text"),
        Kind::Array(items) => items.first(),
        _ => Some(found),
    }
}

/// What a path of a record speaks of.
enum Part<'a> {
    Header(Header),
    Field(&'a str),
    /// A value that has a place instead of a name.
    Position(usize),
    /// The description, which tells what the data beside it does not.
    Message,
    Other,
}

/// A field whose name stands beside its value, as the event's XML has it.
#[derive(Debug, Default)]
struct Item {
    number: String,
    name: String,
}

impl Item {
    /// The field's name, where this is its value.
    fn named(&mut self, number: &str, key: &str, said: &str) -> Option<&str> {
        match key {
            "@name" | "#attributes.name" | "name" => {
                number.clone_into(&mut self.number);
                said.clone_into(&mut self.name);
                None
            }
            _ => (self.number == number).then_some(&self.name),
        }
    }
}

/// The number and key of `Event.EventData.Data[3].@Name`.
fn item_of(path: &str) -> Option<(&str, String)> {
    const LEAD: &str = "eventdata.data[";
    let at = path.to_ascii_lowercase().find(LEAD)? + LEAD.len();
    let (number, key) = path.get(at..)?.split_once("].")?;
    let key = key.to_ascii_lowercase();
    let is_known = [
        "@name",
        "#attributes.name",
        "name",
        "#text",
        "text",
        "value",
    ]
    .contains(&key.as_str());
    is_known.then_some((number, key))
}

/// What stands before the names of an event's data.
const DATA: &[&str] = &[
    "winlog.event_data.",
    "winlog.user_data.",
    "event_data.",
    "user_data.",
    "data.win.eventdata.",
    "win.eventdata.",
    "event.eventdata.",
    "eventdata.",
];
/// What stands before the names of its header.
const SYSTEM: &[&str] = &[
    "winlog.",
    "data.win.system.",
    "win.system.",
    "event.system.",
    "system.",
];

fn part(path: &str) -> Part<'_> {
    if let Some(at) = position(path) {
        return Part::Position(at);
    }
    // A SIEM gives back each field as a list of one.
    let path = path.strip_suffix("[0]").unwrap_or(path);
    let lower = path.to_ascii_lowercase();
    let lead = |list: &[&str]| {
        let found = list.iter().find(|lead| lower.starts_with(**lead))?;
        Some(&path[found.len()..])
    };
    if let Some(name) = lead(DATA) {
        let name = name.strip_suffix(".#text").unwrap_or(name);
        return Part::Field(name.rsplit('.').next().unwrap_or(name));
    }
    match lower.as_str() {
        "event.system.provider.#attributes.name"
        | "event.system.provider_attributes.name"
        | "event.system.provider.@name"
        | "event.provider" => {
            return Part::Header(Header::Provider);
        }
        "event.system.timecreated.#attributes.systemtime"
        | "event.system.timecreated_attributes.systemtime"
        | "event.system.timecreated.@systemtime" => return Part::Header(Header::Time),
        _ => {}
    }
    let name = lead(SYSTEM).unwrap_or(path);
    if name.contains(['.', '[']) {
        return Part::Other;
    }
    match names::header(name) {
        Some(Header::Message) => Part::Message,
        Some(header) => Part::Header(header),
        None if lead(SYSTEM).is_none() => flat(name),
        None => Part::Other,
    }
}

/// A name that stands in the record itself, beside whatever else a shipper puts there.
fn flat(name: &str) -> Part<'_> {
    if names::field(name).is_some() || is_numbered(name) {
        Part::Field(name)
    } else {
        Part::Other
    }
}

/// `Properties[7].Value`, `ReplacementStrings[7]`.
fn position(path: &str) -> Option<usize> {
    let (name, rest) = path.split_once('[')?;
    let (at, tail) = rest.split_once(']')?;
    let fits = match name.to_ascii_lowercase().as_str() {
        // A SID is an object with a value of its own.
        "properties" => matches!(
            tail.to_ascii_lowercase().as_str(),
            "" | ".value" | ".value.value"
        ),
        "replacementstrings" => tail.is_empty(),
        _ => false,
    };
    at.parse().ok().filter(|_| fits)
}

#[cfg(test)]
#[path = "siem_tests.rs"]
mod tests;
