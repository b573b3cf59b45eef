//! The event test: does one record say all of this?

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::same_value;
use super::shape::Complaint;
use crate::evidence::{Code, Event, FactKey, Span, codes};

/// An event leaf as written: at least one of `id`, `code`, `fields`; all that is written must hold for one event.
///
/// ```yaml
/// event: { id: 4625, code: STATUS_ACCOUNT_LOCKED_OUT, fields: { LogonType: "10" } }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventFile {
    /// The event's number, or several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Ids>,
    /// A part of the provider's name, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The code that decides, in any spelling: the sub status unless it is 0, else the status, else the failure reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Codes that must not decide: for what is left when the known ones are told. An event without a code holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless_code: Vec<String>,
    /// Fields as the event's XML names them, compared as `is` compares, white space aside; a failure reason as its number, `%%2310`, also
    /// where the event gives the sentence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// One number or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Ids {
    /// One.
    One(u32),
    /// Any of these.
    Many(Vec<u32>),
}

/// A test of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTest {
    ids: Vec<u32>,
    provider: Option<String>,
    codes: Vec<Code>,
    unless: Vec<Code>,
    fields: Vec<(String, String)>,
}

impl EventTest {
    /// Checks what is written. What is wrong is added to `complaints`.
    pub fn resolve(
        written: &EventFile,
        path: &str,
        complaints: &mut Vec<Complaint>,
    ) -> Option<Self> {
        let ids = match &written.id {
            None => Vec::new(),
            Some(Ids::One(id)) => vec![*id],
            Some(Ids::Many(ids)) => ids.clone(),
        };
        let codes = known(written.code.as_slice(), path, "code", complaints)?;
        let unless = known(&written.unless_code, path, "unless_code", complaints)?;
        if ids.is_empty() && codes.is_empty() && written.fields.is_empty() {
            complaints.push(Complaint::new(
                format!("{path}.event"),
                "an event needs at least one of id, code, fields",
            ));
            return None;
        }
        let fields = written.fields.clone().into_iter().collect();
        Some(Self {
            ids,
            provider: written.provider.as_ref().map(|name| name.to_lowercase()),
            codes,
            unless,
            fields,
        })
    }

    /// What in the event proves it, the deciding place first; `None` when it does not hold.
    pub fn holds(&self, event: &Event) -> Option<Vec<Span>> {
        let mut spans = Vec::new();
        if !self.codes.is_empty() {
            let (code, span) = event.code()?;
            if !self.codes.contains(&code) {
                return None;
            }
            spans.push(span);
        }
        if let Some((code, span)) = event.code().filter(|_| !self.unless.is_empty()) {
            if self.unless.contains(&code) {
                return None;
            }
            spans.push(span);
        }
        for (name, wanted) in &self.fields {
            let field = event.field(name)?;
            // Whether the break in a wrapped value stands for a space, nobody can tell.
            let is_same = same_value(&field.value, wanted)
                || (has_space(&field.value) || has_space(wanted))
                    && same_value(&without_space(&field.value), &without_space(wanted));
            if !(is_same || is_reason(event, name, wanted)) {
                return None;
            }
            spans.push(field.span);
        }
        if !self.ids.is_empty() {
            if !event.id.is_some_and(|id| self.ids.contains(&id)) {
                return None;
            }
            // Numbers repeat between providers; who asks for none means the well-known one.
            if self.provider.is_none() && event.is_namesake() {
                return None;
            }
            spans.push(event.id_span);
        }
        if let Some(wanted) = &self.provider {
            let provider = event.provider.as_ref()?;
            let provider = provider.to_lowercase();
            if !(provider.contains(wanted)
                || without_space(&provider).contains(&without_space(wanted)))
            {
                return None;
            }
        }
        Some(spans)
    }

    /// The codes of which one must decide; empty for any.
    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// What would answer it, as a collector's `yields` names it: `event.4625`. None when it asks for no number.
    pub fn keys(&self) -> impl Iterator<Item = FactKey> {
        self.ids
            .iter()
            .map(|id| FactKey::new(format!("event.{id}")))
    }
}

fn has_space(value: &str) -> bool {
    value.contains(char::is_whitespace)
}

fn without_space(value: &str) -> String {
    value.split_whitespace().collect()
}

/// Whether the event's failure reason, which may be a sentence, is the one with this number.
fn is_reason(event: &Event, name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case("FailureReason")
        && event
            .reason()
            .is_some_and(|(reason, _)| codes::parse(wanted).contains(&reason))
}

/// The codes that are written; `None` when one is none, which is complained about.
fn known(
    written: &[String],
    path: &str,
    field: &str,
    complaints: &mut Vec<Complaint>,
) -> Option<Vec<Code>> {
    let mut all = Vec::new();
    for code in written {
        let mut codes = codes::parse(code);
        if codes.is_empty() {
            complaints.push(Complaint::new(
                format!("{path}.event.{field}"),
                format!("`{code}` is no error code; write a number or its symbol"),
            ));
            return None;
        }
        all.append(&mut codes);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::EventField;

    fn test(json: serde_json::Value) -> Result<EventTest, String> {
        let mut complaints = Vec::new();
        let written = serde_json::from_value(json).map_err(|error| error.to_string())?;
        EventTest::resolve(&written, "match", &mut complaints)
            .ok_or_else(|| complaints[0].what.clone())
    }

    fn failed() -> Event {
        let field = |name: &str, value: &str, line| EventField {
            name: name.to_owned(),
            value: value.to_owned(),
            span: Span {
                line,
                ..Span::default()
            },
        };
        Event {
            id: Some(4625),
            provider: Some("Microsoft-Windows-Security-Auditing".to_owned()),
            fields: vec![
                field("Status", "0xc000006d", 7),
                field("SubStatus", "0xc0000064", 8),
                field("LogonType", "10", 9),
                field("FailureReason", "Unknown user name or bad password.", 10),
            ],
            ..Event::default()
        }
    }

    #[test]
    fn a_value_that_was_wrapped_is_the_one_it_was() {
        let wanted = serde_json::json!({
            "id": 7000,
            "provider": "Service Control Manager",
            "fields": { "param1": "Power Automate service" }
        });
        let wanted = test(wanted).unwrap();
        for (provider, name) in [
            ("Service ControlManager", "Power Automateservice"),
            ("Service  Control Manager", "Power Auto mate service"),
        ] {
            let event = Event {
                id: Some(7000),
                provider: Some(provider.to_owned()),
                fields: vec![EventField {
                    name: "param1".to_owned(),
                    value: name.to_owned(),
                    span: Span::default(),
                }],
                ..Event::default()
            };
            assert!(wanted.holds(&event).is_some(), "{provider} {name}");
        }
    }

    #[test]
    fn a_number_means_the_provider_that_is_known_by_it() {
        let wanted = test(serde_json::json!({ "id": 4625 })).unwrap();
        let of = |provider: Option<&str>| Event {
            provider: provider.map(str::to_owned),
            ..failed()
        };
        assert!(wanted.holds(&of(None)).is_some());
        assert!(wanted.holds(&of(Some("Security"))).is_some());
        assert!(wanted.holds(&of(Some("EventSystem"))).is_none());
        let named = test(serde_json::json!({ "id": 4625, "provider": "eventsystem" })).unwrap();
        assert!(named.holds(&of(Some("EventSystem"))).is_some());
    }

    #[test]
    fn everything_written_must_hold_for_one_event() {
        let lines = |json| {
            let spans = test(json).unwrap().holds(&failed())?;
            Some(spans.into_iter().map(|span| span.line).collect::<Vec<_>>())
        };
        assert_eq!(
            lines(
                serde_json::json!({ "id": [4625, 4776], "code": "STATUS_NO_SUCH_USER", "fields": { "LogonType": "0xa" } })
            ),
            Some(vec![8, 9, 0])
        );
        assert_eq!(
            lines(serde_json::json!({ "fields": { "FailureReason": "%%2313" } })),
            Some(vec![10])
        );
        assert_eq!(
            lines(serde_json::json!({ "fields": { "FailureReason": "%%2310" } })),
            None
        );
        assert_eq!(
            lines(serde_json::json!({ "provider": "security-auditing", "code": "-1073741724" })),
            Some(vec![8])
        );
        assert_eq!(
            lines(serde_json::json!({ "code": "STATUS_LOGON_FAILURE" })),
            None
        );
        assert_eq!(
            lines(serde_json::json!({ "id": 4625, "unless_code": ["0xC000006D", "%%2313"] })),
            Some(vec![8, 0])
        );
        assert_eq!(
            lines(serde_json::json!({ "id": 4625, "unless_code": ["STATUS_NO_SUCH_USER"] })),
            None
        );
        assert_eq!(lines(serde_json::json!({ "id": 4624 })), None);
        assert_eq!(
            lines(serde_json::json!({ "id": 4625, "provider": "netlogon" })),
            None
        );
    }

    #[test]
    fn an_event_that_says_nothing_or_no_code_is_refused() {
        assert!(
            test(serde_json::json!({ "provider": "x" }))
                .unwrap_err()
                .contains("at least one")
        );
        assert!(
            test(serde_json::json!({ "code": "soon" }))
                .unwrap_err()
                .contains("no error code")
        );
        assert!(
            test(serde_json::json!({ "id": 4625, "unless_code": ["later"] }))
                .unwrap_err()
                .contains("`later` is no error code")
        );
        assert!(test(serde_json::json!({ "identity": 1 })).is_err());
    }
}
