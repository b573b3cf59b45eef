//! The text that [`super::evtx`] makes of a binary log: one record a line, columns between tabs.
//!
//! ```text
//! 2026-11-03T08:14:22.1234567Z⇥evtx⇥id=4625⇥level=0⇥record=318204⇥computer=RPA-VM-07⇥provider=Microsoft-Windows-Security-Auditing⇥channel=Security⇥TargetUserName=svc-robot
//! ```

use super::super::{Line, Reader, Reading, Span, Text, abreast};
use super::{Event, EventField, known, unix_ms};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows event log",
    marks: &["Z\tevtx\tid="],
    read,
};

/// Of a large text each core reads so many lines at a time.
const LINES: usize = 512;

fn read(_: &str, text: &Text) -> Reading {
    let lines = text.line_count();
    let is_large = text.as_str().len() >= abreast::LARGE;
    read_by(if is_large { LINES } else { lines }, text)
}

/// Each core reads so many lines at a time.
fn read_by(lines: usize, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let pieces = abreast::pieces(1..text.line_count() + 1, lines);
    let found = abreast::each(&pieces, |piece| {
        let lines = piece.clone().filter_map(|number| text.line(number));
        let events = lines.filter_map(|line| Some((line.number, event(&line)?)));
        let events = events.map(|(line, event)| (line, known::is_claimed(&event), event));
        events.collect::<Vec<_>>()
    });
    // Lines that follow each other are claimed together.
    let mut run: Option<(usize, usize)> = None;
    for (line, is_claimed, event) in found.into_iter().flatten() {
        if is_claimed {
            run = match run {
                Some((first, last)) if last + 1 == line => Some((first, line)),
                _ => {
                    claim(text, run, &mut reading);
                    Some((line, line))
                }
            };
        }
        reading.events.push(event);
    }
    claim(text, run, &mut reading);
    reading
}

fn claim(text: &Text, run: Option<(usize, usize)>, reading: &mut Reading) {
    if let Some((first, last)) = run {
        reading.claimed.push(text.range_of_lines(first, last));
    }
}

fn event(line: &Line<'_>) -> Option<Event> {
    let mut columns = line.text.split('\t');
    let stamp = columns.next()?;
    if columns.next() != Some("evtx") {
        return None;
    }
    let mut head = |name: &str| columns.next()?.strip_prefix(name);
    let id = head("id=")?;
    head("level=")?;
    head("record=")?;
    let computer = head("computer=")?;
    let provider = head("provider=")?;
    head("channel=")?;
    let told = |value: &str| (!value.is_empty()).then(|| value.to_owned());
    let fields = columns
        .filter_map(|column| column.split_once('='))
        .map(|(name, value)| EventField {
            name: name.to_owned(),
            value: value.to_owned(),
            span: place(line, value),
        });
    Some(Event {
        id: id.parse().ok(),
        provider: told(provider),
        time: Some(unix_ms(stamp)?),
        machine: told(computer),
        fields: fields.collect(),
        span: line.span(0..line.text.len()),
        id_span: place(line, id),
        round: 0,
    })
}

/// Where a piece of a line stands.
fn place(line: &Line<'_>, piece: &str) -> Span {
    let start = piece.as_ptr() as usize - line.text.as_ptr() as usize;
    line.span(start..start + piece.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "2026-11-03T08:14:22.1234567Z\tevtx\tid=4625\tlevel=0\trecord=318204\tcomputer=RPA-VM-07\tprovider=Microsoft-Windows-Security-Auditing\tchannel=Security\tTargetUserName=svc-robot\tSubStatus=0xc000006a\tProcessName=C:\\a=b.exe\n";

    #[test]
    fn a_line_is_an_event() {
        let text = format!("{LINE}words\n{LINE}");
        let reading = read("", &Text::new(text.as_str()));
        assert_eq!(reading.events.len(), 2);
        let event = &reading.events[1];
        assert_eq!(event.id, Some(4625));
        assert_eq!(event.id_span.line, 3);
        assert_eq!(event.time, Some(1_793_693_662_123));
        assert_eq!(event.machine.as_deref(), Some("RPA-VM-07"));
        assert_eq!(event.fields[2].value, "C:\\a=b.exe");
        for field in &event.fields {
            assert_eq!(&text[field.span.start..field.span.end], field.value);
        }
        assert!(event.is_failure());
        assert_eq!(reading.claimed, [0..LINE.len(), LINE.len() + 6..text.len()]);
    }

    #[test]
    fn a_line_that_is_cut_is_none() {
        let reading = read("", &Text::new(&LINE[..60]));
        assert!(reading.events.is_empty() && reading.claimed.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_given_never_panics_and_spans_are_true(
            noise in "[ -~\\n\\tä]{0,40}",
            at in 0..LINE.len(),
        ) {
            let text = format!("{}{noise}{}{LINE}", &LINE[..at], &LINE[at..]);
            crate::evidence::events::tests::spans_are_true(&text, read);
            let text = Text::new(text.repeat(3));
            let (one_by_one, all) = (read_by(1, &text), read("", &text));
            proptest::prop_assert_eq!(one_by_one.events, all.events);
            proptest::prop_assert_eq!(one_by_one.claimed, all.claimed);
        }
    }
}
