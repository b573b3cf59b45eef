//! Events that an agent turned into lines of a syslog, with tabs between the parts.
//!
//! ```text
//! <14>Nov 16 06:00:11 RPA-VM-07 MSWinEventLog    1    Security    88132    Mon Nov 16 06:00:11 2026    4625    Microsoft-Windows-Security-Auditing    FABRIKAM\svc-robot    N/A    Failure Audit    RPA-VM-07    Logon        An account failed to log on.    Logon Type:  10    Status:   0xC0000234   Sub Status:  0x0    4711
//! ```
//!
//! The parts: <https://docs.snaresolutions.com/books/snare-agents-for-windows/page/snare-server-and-syslog-formats>.
//! Tabs may have become spaces on the way, or `#011` in a syslog that escapes them.

use std::sync::LazyLock;

use regex::Regex;

use super::super::unescape::Unescaped;
use super::super::{Line, Reader, Reading, Text};
use super::draft::Draft;
use super::names::Header;
use super::{Event, description, known};

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "Windows events in a syslog",
    marks: &["MSWinEventLog"],
    read,
};

/// A longer line is no record.
const LONGEST: usize = 64 * 1024;

static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:\s*(?:<\d{1,3}>|\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d )[^\t]{0,200}?\s)?",
        r"MSWinEventLog(?:\s|#011|;)+\d+(?:\s|#011|;)+(?:\S+|[^\t]{1,80})(?:\s|#011|;)+\d+(?:\s|#011|;)+",
        r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}(?:\s|#011|;)+",
        r"(?P<id>\d{1,5})(?:\s|#011|;)+(?P<provider>[^\t#;]+?)(?:\t|#011|;| {2,}| )",
        r"(?P<user>[^\t#;]*?)(?:\t|#011|;| )",
    ))
    .expect("a constant pattern")
});
static AUDIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:Failure Audit|Success Audit|Information|Error|Warning)(?:\s|#011|;)+(?P<machine>[\w.-]+)(?:\s|#011|;)")
        .expect("a constant pattern")
});

fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    for line in text.lines() {
        let Some(event) = record(text, line) else {
            continue;
        };
        if known::is_claimed(&event) {
            let lines = text.range_of_lines(line.number, line.number);
            reading.claimed.push(lines);
        }
        reading.events.push(event);
    }
    reading
}

fn record(text: &Text, line: Line<'_>) -> Option<Event> {
    if line.text.len() > LONGEST {
        return None;
    }
    let head = HEAD.captures(line.text)?;
    let mut draft = Draft::new(text);
    let mut put = |header: Header, found: Option<regex::Match<'_>>| {
        if let Some(found) = found {
            let range = line.start + found.start()..line.start + found.end();
            draft.header(header, found.as_str(), range);
        }
    };
    put(Header::Id, head.name("id"));
    put(Header::Provider, head.name("provider"));
    let tail = head.name("provider")?.end();
    let audit = AUDIT.captures_at(line.text, tail);
    put(
        Header::Computer,
        audit.as_ref().and_then(|found| found.name("machine")),
    );
    let message = audit
        .and_then(|found| found.get(0))
        .map_or(tail, |found| found.end());
    let mut said = Unescaped::new(line.start + message);
    said.plain(&line.text[message..]);
    description::fill(&mut draft, &said);
    // The user of the line is that of the logon, where the description does not say it.
    if let Some(user) = head
        .name("user")
        .filter(|user| user.as_str().contains('\\'))
    {
        let range = line.start + user.start()..line.start + user.end();
        if matches!(draft.id(), Some(4624 | 4625 | 4776)) {
            draft.field("TargetUserName", user.as_str(), range);
        }
    }
    let range = line.trimmed_span();
    draft.finish(range.start..range.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::spans_are_true;
    use super::*;

    const SHORT: &str = "<14>Nov 16 06:00:11 RPA-VM-07 MSWinEventLog\t1\tSecurity\t88132\tMon Nov 16 06:00:11 2026\t4625\tMicrosoft-Windows-Security-Auditing\tFABRIKAM\\svc-robot\tN/A\tFailure Audit\tRPA-VM-07\tLogon\t\tAn account failed to log on.    Logon Type:  10    Failure Reason:  Account locked out.   Status:   0xC0000234   Sub Status:  0x0";
    const WHOLE: &str = "MSWinEventLog\t1\tSecurity\t88133\tMon Nov 16 06:00:19 2026\t4625\tMicrosoft-Windows-Security-Auditing\tN/A\tN/A\tFailure Audit\tRPA-VM-07.fabrikam.test\tLogon\t\tAn account failed to log on.    Subject:   Security ID:  S-1-5-18   Account Name:  RPA-VM-07$   Account Domain:  FABRIKAM   Logon ID:  0x3E7    Logon Type:   10    Account For Which Logon Failed:   Security ID:  S-1-0-0   Account Name:  svc-old   Account Domain:  FABRIKAM    Failure Information:   Failure Reason:  Unknown user name or bad password.   Status:   0xC000006D   Sub Status:  0xC0000064    Process Information:   Caller Process ID: 0x3b4   Caller Process Name: C:\\Windows\\System32\\svchost.exe\t4712";

    fn told(text: &str) -> Vec<String> {
        let events = read("", &Text::new(text)).events;
        let told = events.iter().map(|event| {
            let code = event.code().map(|(_, span)| &text[span.start..span.end]);
            format!(
                "{} {} {} {}",
                event.id.unwrap(),
                event.account().unwrap_or_default(),
                event.machine.as_deref().unwrap_or_default(),
                code.unwrap_or("-")
            )
        });
        told.collect()
    }

    #[test]
    fn a_line_tells_what_its_event_says() {
        assert_eq!(
            told(SHORT),
            [r"4625 FABRIKAM\svc-robot RPA-VM-07 0xC0000234"]
        );
        assert_eq!(
            told(WHOLE),
            [r"4625 FABRIKAM\svc-old RPA-VM-07.fabrikam.test 0xC0000064"]
        );
        assert_eq!(told(&WHOLE.replace('\t', "#011")), told(WHOLE));
        assert_eq!(read("", &Text::new(SHORT)).claimed.len(), 1);
    }

    #[test]
    fn what_somebody_wrote_before_it_leaves_the_line_alone() {
        assert_eq!(told(&format!("Have a look: {WHOLE}")), Vec::<String>::new());
        assert_eq!(
            told("MSWinEventLog is how Snare begins 4625"),
            Vec::<String>::new()
        );
    }

    proptest! {
        #[test]
        fn whatever_happens_to_a_line_every_place_is_true(
            from in 0.0..1.0, to in 0.0..1.0, put in "[\t :#0-9A-Za-zé\n]{0,12}"
        ) {
            let text = format!("{SHORT}\n{WHOLE}\n");
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
            let at = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
            spans_are_true(&format!("{}{put}{}", &text[..at(from)], &text[at(to)..]), read);
        }

        #[test]
        fn any_text_is_read(text in "(MSWinEventLog|\t|Mon Nov 16 06:00:11 2026|[0-9 é\n:]){0,30}") {
            spans_are_true(&text, read);
        }
    }
}
