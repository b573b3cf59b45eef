//! Windows events, in every shape people send them.
//!
//! Each reader of this folder knows one shape and gives [`Event`]s whose fields are named as the event's own XML names
//! them; [`names`] is the one place that knows the other spellings. A reader claims only lines that are surely an event
//! record: what a person wrote about an event stays free text, for phrases and codes to match.

mod description;
mod draft;
mod event;
pub mod evtx;
mod instance;
pub mod key_values;
mod known;
mod lines;
pub mod list;
mod markup;
pub mod names;
mod peek;
mod positions;
pub mod rendered;
mod row;
pub mod siem;
pub mod snare;
pub mod summary;
pub mod table;
mod telling;
mod template;
pub mod text;
mod value;
mod wrapped;
pub mod xml;

pub use event::{Event, EventField};
pub use names::reason_sentence;
pub(super) use wrapped::{For, Told, best};

use super::Reader;

/// The readers that are given what was wrapped on its way once more, put together.
const OF_WRAPPED: &[Reader] = &[
    siem::READER,
    key_values::READER,
    snare::READER,
    rendered::READER,
    xml::READER,
    list::READER,
    table::READER,
    text::READER,
];
/// So many of these take a record from one line, or do not mind where one ends.
const OF_ONE_LINE: usize = 4;

/// Whether a reader is one of those that read again what was wrapped.
pub(super) fn reads_wrapped(reader: &Reader, what: For) -> bool {
    let readers = match what {
        For::OneLine => &OF_WRAPPED[..OF_ONE_LINE],
        For::All => OF_WRAPPED,
    };
    readers.iter().any(|one| one.kind == reader.kind)
}

/// Unix milliseconds of a time that names its zone: `2026-11-03T08:14:22.1234567Z`. One without a zone gives nothing.
pub fn unix_ms(stamp: &str) -> Option<i64> {
    let stamp: jiff::Timestamp = stamp.trim().parse().ok()?;
    Some(stamp.as_millisecond())
}

/// The events of several readers in the order of the text; where several readers made events of the same bytes, those of
/// the one that says most. Each comes with its reader's number.
pub(super) fn without_repeats(mut found: Vec<(usize, Event)>) -> Vec<Event> {
    found.sort_by_key(|(_, event)| event.span.start);
    let mut kept = Vec::with_capacity(found.len());
    let mut together: Vec<(usize, Event)> = Vec::new();
    let mut end = 0;
    for (reader, event) in found {
        if event.span.start >= end {
            kept.extend(of_one_reader(&mut together));
        }
        end = end.max(event.span.end);
        together.push((reader, event));
    }
    kept.extend(of_one_reader(&mut together));
    kept
}

/// The events of the reader that says most of these; of those that say as much, the one that came first.
fn of_one_reader(together: &mut Vec<(usize, Event)>) -> impl Iterator<Item = Event> {
    let mut said: Vec<(usize, (usize, usize))> = Vec::new();
    for (reader, event) in together.iter() {
        let at = said.iter().position(|(known, _)| known == reader);
        let at = at.unwrap_or_else(|| {
            said.push((*reader, (0, 0)));
            said.len() - 1
        });
        let (ids, parts) = &mut said[at].1;
        *ids += usize::from(event.id.is_some());
        *parts += event.fields.len()
            + usize::from(event.provider.is_some())
            + usize::from(event.machine.is_some());
    }
    let most = said.iter().map(|(_, says)| *says).max();
    let best = said.into_iter().find(|(_, says)| Some(*says) == most);
    let best = best.map(|(reader, _)| reader);
    let events = std::mem::take(together).into_iter();
    events.filter_map(move |(reader, event)| (Some(reader) == best).then_some(event))
}

#[cfg(test)]
mod tests {
    use super::super::reading::read_texts;
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

    #[test]
    fn what_two_readers_made_of_the_same_bytes_is_one_event() {
        let event = |start, end, id| Event {
            id,
            span: Span {
                start,
                end,
                ..Span::default()
            },
            ..Event::default()
        };
        let kept = without_repeats(vec![
            (1, event(50, 60, Some(2))),
            (0, event(0, 40, None)),
            (2, event(10, 30, Some(1))),
            (1, event(50, 60, Some(3))),
        ]);
        let ids = kept.iter().map(|event| event.id).collect::<Vec<_>>();
        assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn an_event_that_one_reader_saw_in_two_does_not_hide_the_second() {
        let blocks = include_str!("../../../tests/fixtures/events/splunk.txt");
        let evidence = read_texts(vec![("paste".to_owned(), blocks.to_owned())], 1);
        let told = evidence.events.iter();
        let told = told.map(|event| (event.id, event.machine.as_deref(), event.code().is_some()));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (Some(4625), Some("RPA-VM-07.fabrikam.test"), true),
                (Some(4776), None, true)
            ]
        );
    }
}
