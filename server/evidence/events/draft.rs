//! An event while its fields come in, one by one and by whatever names.

use std::ops::Range;

use super::super::{Span, Text};
use super::names::{self, Header};
use super::{Event, EventField, unix_ms};

/// The most fields kept of one event.
const FIELDS: usize = 200;
/// The longest value kept, bytes.
const LONGEST: usize = 4096;

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    text: &'a Text,
    event: Event,
}

impl<'a> Draft<'a> {
    /// Nothing yet.
    pub(super) fn new(text: &'a Text) -> Self {
        Self {
            text,
            event: Event::default(),
        }
    }

    /// Takes a value under any spelling of its name; what came first under a name stays. `range` is where the value
    /// stands in the text.
    pub(super) fn put(&mut self, spelling: &str, value: &str, range: Range<usize>) {
        if let Some(header) = names::header(spelling) {
            self.header(header, value, range);
        } else {
            let name = names::field(spelling).unwrap_or_else(|| tail(spelling));
            self.field(name, value, range);
        }
    }

    /// Takes a value under the name of the event's XML.
    pub(super) fn field(&mut self, name: &str, value: &str, range: Range<usize>) {
        let says_nothing = range.is_empty() || value.trim().is_empty();
        if says_nothing || value.len() > LONGEST || name.is_empty() || self.has(name) {
            return;
        }
        if self.event.fields.len() < FIELDS {
            self.event.fields.push(EventField {
                name: name.to_owned(),
                value: value.to_owned(),
                span: span(self.text, range),
            });
        }
    }

    /// Takes a part of the `System` block.
    pub(super) fn header(&mut self, header: Header, value: &str, range: Range<usize>) {
        let value = value.trim();
        let event = &mut self.event;
        match header {
            Header::Id if event.id.is_none() && !range.is_empty() => {
                if let Some(id) = number(value) {
                    event.id = Some(id);
                    event.id_span = span(self.text, range);
                }
            }
            Header::Provider if event.provider.is_none() && !value.is_empty() => {
                event.provider = Some(provider(value).to_owned());
            }
            Header::Computer if event.machine.is_none() && !matches!(value, "" | "-" | ".") => {
                event.machine = Some(value.to_owned());
            }
            Header::Time => event.time = event.time.or_else(|| time(value)),
            _ => {}
        }
    }

    /// Its number, if told.
    pub(super) fn id(&self) -> Option<u32> {
        self.event.id
    }

    /// Whether a field of this XML name came already.
    pub(super) fn has(&self, name: &str) -> bool {
        let mut fields = self.event.fields.iter();
        fields.any(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The event as far as it was told, whatever it is.
    pub(super) fn into_event(self) -> Event {
        self.event
    }

    /// The event, when it surely is one of Windows: it has a number, and either a provider of Windows or fields that
    /// such a number has. `range` is the record.
    pub(super) fn finish(self, range: Range<usize>) -> Option<Event> {
        let mut event = self.event;
        let id = event.id?;
        let is_of_windows = event.provider.as_ref().is_some_and(|name| {
            let name = name.to_lowercase();
            name.starts_with("microsoft-windows-")
                || matches!(
                    name.as_str(),
                    "service control manager" | "netlogon" | "lsasrv"
                )
        });
        let has_its_fields = super::known::is_known_id(id)
            && event
                .fields
                .iter()
                .any(|field| names::field(&field.name).is_some() || is_numbered(&field.name));
        if !(is_of_windows || has_its_fields) {
            return None;
        }
        event.span = span(self.text, range);
        Some(event)
    }
}

/// Whether a value has a number for a name: `param1`.
pub(super) fn is_numbered(name: &str) -> bool {
    let lead = name.get(..5).filter(|_| name.len() > 5);
    lead.is_some_and(|lead| lead.eq_ignore_ascii_case("param"))
        && name[5..].bytes().all(|byte| byte.is_ascii_digit())
}

/// A span of the text.
pub(super) fn span(text: &Text, range: Range<usize>) -> Span {
    Span {
        source: 0,
        line: text.line_of(range.start),
        start: range.start,
        end: range.end,
    }
}

/// The last piece of a dotted name.
fn tail(spelling: &str) -> &str {
    spelling.rsplit('.').next().unwrap_or(spelling).trim()
}

/// An event's number: digits alone. `1073748860` is 7036 with its severity, as `Get-EventLog` has it in `InstanceId`.
fn number(value: &str) -> Option<u32> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let id: u32 = value.parse().ok().filter(|_| digits)?;
    Some(if id > 0xffff { id & 0xffff } else { id })
}

/// The name that the event's XML has for a provider that is called otherwise.
fn provider(value: &str) -> &str {
    const SECURITY: &str = "Microsoft-Windows-Security-Auditing";
    match value.trim_end_matches('.').to_lowercase().as_str() {
        "microsoft windows security auditing" | "security" => SECURITY,
        _ => value,
    }
}

/// ISO 8601 with its zone, or what `ConvertTo-Json` of Windows PowerShell writes: `/Date(1793693662123)/`.
fn time(value: &str) -> Option<i64> {
    let ticks = value
        .trim_start_matches('\\')
        .strip_prefix("/Date(")
        .and_then(|rest| rest.split_once(')'));
    match ticks {
        Some((ms, _)) => ms.parse().ok(),
        None => unix_ms(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "4625 0xc000006d";

    fn put(fields: &[(&str, &str)]) -> Option<Event> {
        let text = Text::new(TEXT);
        let mut draft = Draft::new(&text);
        for (name, value) in fields {
            draft.put(name, value, 0..4);
        }
        draft.finish(0..TEXT.len())
    }

    #[test]
    fn a_number_alone_is_no_event() {
        assert_eq!(put(&[("EventID", "4625")]), None);
        assert_eq!(put(&[("event_id", "77"), ("Status", "0x5")]), None);
        assert_eq!(put(&[("event_id", "soon"), ("Status", "0x5")]), None);
        assert!(put(&[("event_id", "4625"), ("Sub_Status", "0x5")]).is_some());
        assert!(
            put(&[
                ("Id", "77"),
                ("EventCode", "5719"),
                ("SourceName", "NETLOGON")
            ])
            .is_some()
        );
    }

    #[test]
    fn names_become_those_of_the_xml_and_the_first_value_stays() {
        let event = put(&[
            ("winlog.event_id", "4625"),
            ("winlog.event_data.SubStatus", "0xc0000064"),
            ("winlog.event_data.SubStatus", "0x0"),
            ("winlog.event_data.TargetLinkedLogonId", "0x0"),
            ("SourceName", "Microsoft Windows security auditing."),
            ("TimeCreated", "/Date(1793693662123)/"),
        ])
        .unwrap();
        let names = event.fields.iter().map(|field| field.name.as_str());
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["SubStatus", "TargetLinkedLogonId"]
        );
        assert_eq!(event.field("SubStatus").unwrap().value, "0xc0000064");
        assert_eq!(
            event.provider.as_deref(),
            Some("Microsoft-Windows-Security-Auditing")
        );
        assert_eq!(event.time, Some(1_793_693_662_123));
    }

    #[test]
    fn an_instance_id_is_the_number_with_its_severity() {
        assert_eq!(number("1073748860"), Some(7036));
        assert_eq!(number("3221232472"), Some(7000));
        assert_eq!(number("46 25"), None);
    }
}
