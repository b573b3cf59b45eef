//! `Get-WinEvent … | Format-List` and `Get-EventLog … | Format-List`.
//!
//! ```text
//! TimeCreated  : 16.11.2026 07:00:11
//! ProviderName : Microsoft-Windows-Security-Auditing
//! Id           : 4625
//! Message      : An account failed to log on.
//!
//!                Failure Information:
//!                    Status:            0xC000006D
//!                    Sub Status:        0xC0000064
//! ```
//!
//! The names of properties are the same in every language. The description goes on as long as its lines are indented;
//! one that lost its indentation on the way is left to the reader of Event Viewer's text.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::unescape::Unescaped;
use super::super::{Reader, Reading, Text};
use super::draft::Draft;
use super::lines::Pieces;
use super::names::Header;
use super::{Event, description, known};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Get-WinEvent",
    marks: &["TimeCreated", "InstanceId", "ProviderName", "TimeGenerated"],
    read,
};

/// The most lines of one record.
const LINES: usize = 400;

static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(Id|InstanceId|EventID|Message|ProviderName|Source|MachineName|TimeCreated|TimeGenerated|TimeWritten",
        r"|LogName|LevelDisplayName|Level|Version|Qualifiers|Task|Opcode|Keywords|RecordId|ProviderId|ProcessId|ThreadId",
        r"|UserId|UserName|ActivityId|RelatedActivityId|ContainerLog|MatchedQueryIds|Bookmark|OpcodeDisplayName",
        r"|TaskDisplayName|KeywordsDisplayNames|Properties|Index|EntryType|Category|CategoryNumber|ReplacementStrings",
        r"|Data|Site|Container)[ ]{0,24}: ?(.*)$",
    ))
    .expect("a constant pattern")
});

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    let mut pieces = Pieces::new(text);
    let mut number = 1;
    while number <= text.line_count() {
        let Some((event, last)) = record(text, number) else {
            number += 1;
            continue;
        };
        number = last + 1;
        if let Some(event) = event {
            pieces.add(event.span.start..event.span.end, known::is_claimed(&event));
            reading.events.push(event);
        }
    }
    reading.claimed = pieces.claimed();
    reading
}

/// The record whose first property stands on this line, and its last line.
fn record(text: &Text, first: usize) -> Option<(Option<Event>, usize)> {
    PROPERTY.captures(text.line(first)?.text)?;
    let mut draft = Draft::new(text);
    let mut seen: Vec<&str> = Vec::new();
    let mut description: Option<Range<usize>> = None;
    let mut in_description = false;
    let mut last = first;
    for number in first..first + LINES {
        let Some(line) = text.line(number) else { break };
        let found = PROPERTY.captures(line.text);
        let parts = found.and_then(|found| Some((found.get(1)?, found.get(2)?)));
        let Some((name, value)) = parts else {
            let is_blank = line.text.trim().is_empty();
            if !(is_blank || line.text.starts_with([' ', '\t'])) {
                break;
            }
            if !is_blank {
                last = number;
                if let Some(range) = description.as_mut().filter(|_| in_description) {
                    range.end = line.end();
                }
            }
            continue;
        };
        // A name for the second time is the next record.
        if seen.contains(&name.as_str()) {
            break;
        }
        seen.push(name.as_str());
        last = number;
        let start = line.start + value.start();
        let value = value.as_str().trim_end();
        let range = start..start + value.len();
        in_description = name.as_str() == "Message";
        match name.as_str() {
            "Message" => description = Some(range),
            "Id" | "EventID" | "InstanceId" => draft.header(Header::Id, value, range),
            "ProviderName" | "Source" => draft.header(Header::Provider, value, range),
            "MachineName" => draft.header(Header::Computer, value, range),
            "TimeCreated" | "TimeGenerated" => draft.header(Header::Time, value, range),
            _ => {}
        }
    }
    if seen.len() < 2 {
        return Some((None, last));
    }
    if let Some(range) = description {
        let mut read = Unescaped::new(range.start);
        read.plain(&text.as_str()[range]);
        description::fill(&mut draft, &read);
    }
    let start = text.line(first)?.start;
    let end = text.line(last)?.trimmed_span().end;
    Some((draft.finish(start..end.max(start)), last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::spans_are_true;
    use super::*;

    const LIST: &str = include_str!("../../../tests/fixtures/events/get-winevent-list.txt");
    const OLD: &str = include_str!("../../../tests/fixtures/events/get-eventlog-list.txt");

    fn told(text: &str) -> (Vec<String>, String) {
        let reading = read("", &Text::new(text));
        let told = reading.events.iter().map(|event| {
            let code = event.code().map(|(_, span)| &text[span.start..span.end]);
            let account = event.account().unwrap_or_default();
            format!("{} {account} {}", event.id.unwrap(), code.unwrap_or("-"))
        });
        let claimed = reading.claimed.iter().map(|range| &text[range.clone()]);
        (told.collect(), claimed.collect())
    }

    #[test]
    fn a_record_goes_on_as_long_as_its_lines_are_indented() {
        let (events, claimed) = told(LIST);
        assert_eq!(events, [r"4625 FABRIKAM\svc-robot 0xC0000064", "7000  -"]);
        assert!(claimed.starts_with("TimeCreated"), "{claimed}");
        assert!(claimed.trim_end().ends_with("0xC0000064"), "{claimed}");
        let (events, claimed) = told(OLD);
        assert_eq!(events, [r"4625 FABRIKAM\svc-robot 0xC0000072"]);
        assert_eq!(claimed, OLD);
    }

    #[test]
    fn other_lists_and_tables_are_left_alone() {
        for text in [
            "Id      : 4625\nName    : pwsh\n",
            "Id : 4625\nMessage : I see it every day\n",
            "TimeCreated          Id LevelDisplayName Message\n-----------          -- ---------------- -------\n16.11.2026 07:00:11 4625 Information      An account failed to log on....\n",
        ] {
            assert_eq!(told(text), (vec![], String::new()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_to_a_list_every_place_is_true(
            old: bool, from in 0.0..1.0, to in 0.0..1.0, put in "[:\t A-Za-z0-9é\r\n]{0,12}"
        ) {
            let text = if old { OLD } else { LIST };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let at = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
            spans_are_true(&format!("{}{put}{}", &text[..at(from)], &text[at(to)..]), read);
        }

        #[test]
        fn any_text_is_read(text in "((Id|Message|ProviderName|Status) ?: ?|4625|0x5|[ \t\r\né:]){0,40}") {
            spans_are_true(&text, read);
        }
    }
}
