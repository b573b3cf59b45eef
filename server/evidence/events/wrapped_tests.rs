use proptest::prelude::*;

use super::super::super::Evidence;
use super::super::super::reading::read_texts;
use super::*;

const WINLOG: &str = "winlog.event_id=4625 winlog.provider_name=Microsoft-Windows-Security-Auditing winlog.event_data.TargetUserName=svc-robot winlog.event_data.TargetDomainName=FABRIKAM winlog.event_data.Status=0xc000006d winlog.event_data.SubStatus=0xc000006a winlog.event_data.LogonType=10";
const JSON: &str = r#"{"EventID":7038,"SourceName":"Service Control Manager","Computer":"RPA-VM-07","param1":"Power Automate service","param2":"FABRIKAM\\svc-robot","param3":"%%1330"}"#;
const LIST: &str = include_str!("../../../tests/fixtures/events/get-winevent-list.txt");
const VIEWER: &str = include_str!("../../../tests/fixtures/events/4625.de.txt");

fn evidence(text: &str) -> Evidence {
    read_texts(vec![("paste".to_owned(), text.to_owned())], 1)
}

/// The first event of a text: its number, account, code and every value without its spaces.
fn told(text: &str) -> String {
    let evidence = evidence(text);
    let event = &evidence.events[0];
    let squeezed = |value: &str| value.split_whitespace().collect::<String>();
    let fields = event.fields.iter();
    let fields = fields.map(|field| format!("{}={}", field.name, squeezed(&field.value)));
    format!(
        "{:?} {:?} {:?} {}",
        event.id,
        event.account(),
        event.code().map(|(code, _)| code.value),
        fields.collect::<Vec<_>>().join("; ")
    )
}

/// What stands in the places of the fields is what they say, breaks, spaces and escapes aside.
fn places_are_true(text: &str) {
    let squeezed = |value: &str| {
        let kept = |letter: &char| !letter.is_whitespace() && !matches!(letter, '>' | '\\');
        value.chars().filter(kept).collect::<String>()
    };
    for event in evidence(text).events {
        for field in &event.fields {
            let place = &text[field.span.start..field.span.end];
            assert_eq!(squeezed(place), squeezed(&field.value), "{text}");
        }
    }
}

fn broken(text: &str, width: usize, put: &str) -> String {
    let lines = text.lines().map(|line| {
        let letters = line.chars().collect::<Vec<_>>();
        let parts = letters.chunks(width).map(String::from_iter);
        parts.collect::<Vec<_>>().join(put)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_break_inside_a_name_a_value_or_a_number_is_none() {
    for (text, narrowest) in [(WINLOG, 38), (JSON, 38), (LIST, 60)] {
        let whole = told(text);
        for width in narrowest..100 {
            let wrapped = broken(text, width, "\n");
            assert_eq!(told(&wrapped), whole, "{width}: {wrapped}");
            places_are_true(&wrapped);
        }
    }
}

#[test]
fn a_quoted_text_with_breaks_of_windows_is_read() {
    for text in [WINLOG, JSON] {
        let wrapped = broken(text, 72, "\r\n> ");
        let quoted = format!("> {wrapped}\r\n");
        assert_eq!(told(&quoted), told(text), "{quoted}");
        places_are_true(&quoted);
        let claimed = &evidence(&quoted).sources[0].claimed;
        assert_eq!(
            *claimed,
            std::iter::once(0..quoted.len()).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_value_that_goes_on_is_told_whole() {
    let wrapped = broken(VIEWER, 40, "\n");
    let evidence = evidence(&wrapped);
    let process = evidence.events[0].field("ProcessName").unwrap();
    assert_eq!(process.value, r"C:\Windows\System32\svchost.exe");
    places_are_true(&wrapped);
}

#[test]
fn what_was_not_wrapped_is_left_as_it_is() {
    let beside = format!("{WINLOG}\nclient_secret=k3ks/dose\nthanks");
    assert_eq!(told(&beside), told(WINLOG));
    let two = format!("{JSON}\n{JSON}");
    assert_eq!(evidence(&two).events.len(), 2);
    for text in [LIST, VIEWER] {
        for event in evidence(text).events {
            for field in event.fields {
                let place = &text[field.span.start..field.span.end];
                assert_eq!(place, field.value);
                assert!(!place.contains('\n'), "{place}");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_broken_anywhere_every_place_is_true(
        which in 0..4usize,
        width in 30..120usize,
        put in "(\r?\n)(> ?|>> |    |\t)?",
        from in 0..2000usize,
        to in 0..2000usize,
    ) {
        let text = [WINLOG, JSON, LIST, VIEWER][which];
        let wrapped = broken(text, width, &put);
        let from = wrapped.floor_char_boundary(from.min(wrapped.len()));
        let to = wrapped.floor_char_boundary(to.min(wrapped.len()));
        let text = format!("{}{}", &wrapped[..from], &wrapped[to..]);
        let given = Text::new(text.as_str());
        let read = evidence(&text);
        for mut event in read.events {
            event.for_each_span(|span| {
                assert!(text.get(span.start..span.end).is_some(), "{span:?} {text}");
                assert_eq!(span.line, given.line_of(span.start), "{span:?} {text}");
            });
        }
        for range in &read.sources[0].claimed {
            assert!(range.start == 0 || text[..range.start].ends_with('\n'));
            assert!(range.end == text.len() || text[..range.end].ends_with('\n'));
        }
    }
}
