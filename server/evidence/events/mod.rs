//! Windows events, in every shape people send them.
//!
//! Each reader of this folder knows one shape and gives [`Event`]s whose fields are named as the event's own XML names
//! them; [`names`] is the one place that knows the other spellings. A reader claims only lines that are surely an event
//! record: what a person wrote about an event stays free text, for phrases and codes to match.

mod body;
mod draft;
mod event;
pub mod key_values;
mod known;
mod lines;
pub mod list;
mod markup;
pub mod names;
mod positions;
pub mod siem;
pub mod snare;
pub mod summary;
pub mod table;
pub mod xml;

pub use event::{Event, EventField};

/// Unix milliseconds of a time that names its zone: `2026-11-03T08:14:22.1234567Z`. One without a zone gives nothing.
pub fn unix_ms(stamp: &str) -> Option<i64> {
    let stamp: jiff::Timestamp = stamp.trim().parse().ok()?;
    Some(stamp.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, Span, Text};
    use super::*;

    /// What holds for every reader, whatever it is given.
    pub(super) fn spans_are_true(text: &str, read: fn(&str, &Text) -> Reading) {
        let given = Text::new(text);
        let mut reading = read("", &given);
        let check = |span: &mut Span| {
            assert!(text.get(span.start..span.end).is_some(), "{span:?} {text}");
            assert_eq!(span.line, given.line_of(span.start), "{span:?} {text}");
        };
        for event in &mut reading.events {
            event.for_each_span(check);
            for field in &event.fields {
                assert!(event.span.contains(field.span), "{field:?} {text}");
            }
        }
        for range in reading.claimed {
            assert!(range.start < range.end && text.get(range.clone()).is_some());
            assert!(range.start == 0 || text[..range.start].ends_with('\n'));
            assert!(range.end == text.len() || text[..range.end].ends_with('\n'));
        }
    }

    #[test]
    fn only_a_time_with_its_zone_is_a_time() {
        assert_eq!(
            unix_ms("2026-11-03T08:14:22.1234567Z"),
            Some(1_793_693_662_123)
        );
        assert_eq!(
            unix_ms(" 2026-11-03T10:14:22+02:00 "),
            unix_ms("2026-11-03T08:14:22Z")
        );
        assert_eq!(unix_ms("2026-11-03T08:14:22"), None);
        assert_eq!(unix_ms("11/3/2026 8:14:22 AM"), None);
    }
}
