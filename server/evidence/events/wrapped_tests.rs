use proptest::prelude::*;

use super::super::super::Evidence;
use super::super::super::reading::read_texts;
use super::*;

const WINLOG: &str = "winlog.event_id=4625 winlog.provider_name=Microsoft-Windows-Security-Auditing winlog.event_data.TargetUserName=svc-robot winlog.event_data.TargetDomainName=FABRIKAM winlog.event_data.Status=0xc000006d winlog.event_data.SubStatus=0xc000006a winlog.event_data.LogonType=10";
const JSON: &str = r#"{"EventID":7038,"SourceName":"Service Control Manager","Computer":"RPA-VM-07","param1":"Power Automate service","param2":"FABRIKAM\\svc-robot","param3":"%%1330"}"#;
const LIST: &str = include_str!("../../../tests/fixtures/events/get-winevent-list.txt");
const VIEWER: &str = include_str!("../../../tests/fixtures/events/4625.de.txt");

const ENDS_WITH_A_CODE: &str = concat!(
    "TimeCreated  : 16.11.2026 07:00:11\nProviderName : Microsoft-Windows-Security-Auditing\nId           : 4625\n",
    "Message      : An account failed to log on.\n               \n               Subject:\n",
    "               \tSecurity ID:\t\tS-1-5-18\n               \tAccount Name:\t\tRPA-VM-07$\n               \n",
    "               Logon Type:\t\t\t10\n               \n",
    "               Account For Which Logon Failed:\n               \tSecurity ID:\t\tS-1-0-0\n",
    "               \tAccount Name:\t\tsvc-robot\n               \tAccount Domain:\t\tFABRIKAM\n               \n",
    "               Failure Information:\n               \tFailure Reason:\t\tUnknown user name or bad password.\n",
    "               \tStatus:\t\t\t0xC000006D\n               \tSub Status:\t\t0xC0000064\n",
);

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

/// Broken between words, as mail programs do it: long words are left whole.
fn between_words(text: &str, width: usize, put: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut wrapped = String::new();
        let mut at = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if at > 0 && at + 1 + length > width {
                wrapped.push_str(put);
                at = 0;
            } else if at > 0 {
                wrapped.push(' ');
                at += 1;
            }
            wrapped.push_str(word);
            at += length;
        }
        wrapped
    });
    lines
        .collect::<Vec<_>>()
        .join(if put.contains('>') { "\n> " } else { "\n" })
}

/// What every event is, whose, and what decides in it.
fn outlines(text: &str) -> Vec<String> {
    let events = evidence(text).events;
    let outlines = events.iter().map(|event| {
        let code = event.code().map(|(code, _)| code.value);
        format!(
            "{:?} {:?} {:?} {:?}",
            event.id,
            event.account(),
            code,
            event.provider
        )
    });
    outlines.collect()
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
    // The second line is as long as if it had been wrapped.
    let behind = format!("{ENDS_WITH_A_CODE}client_secret=Xy~88.aBcDeF_gh\nthanks");
    assert_eq!(told(&behind), told(ENDS_WITH_A_CODE));
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

/// The texts among the samples of events.
fn samples() -> impl Iterator<Item = (String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/events");
    let files = std::fs::read_dir(folder).unwrap();
    files.filter_map(|file| {
        let path = file.unwrap().path();
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, std::fs::read_to_string(path).ok()?))
    })
}

#[test]
fn every_sample_that_was_not_wrapped_is_told_as_its_readers_tell_it() {
    let mut seen = 0;
    for (name, sample) in samples() {
        let text = Text::new(sample.as_str());
        let readings = super::super::OF_WRAPPED.iter().enumerate();
        let plain = readings.flat_map(|(at, reader)| {
            let events = (reader.read)("", &text).events;
            events.into_iter().map(move |event| (at, event))
        });
        let plain = without_repeats(plain.collect());
        let fields = |events: &[Event]| {
            let all = events.iter().flat_map(|event| event.fields.clone());
            all.map(|field| (field.name, field.value))
                .collect::<Vec<_>>()
        };
        let read = evidence(&sample);
        assert_eq!(fields(&read.events), fields(&plain), "{name}");
        seen += usize::from(!plain.is_empty());
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn every_sample_tells_the_same_as_mails_and_tickets_wrap_it() {
    let mut lost = Vec::new();
    for (name, sample) in samples() {
        let whole = outlines(&sample);
        for width in [72, 76, 78, 80] {
            let ways = [
                ("words", between_words(&sample, width, "\n")),
                (
                    "quoted",
                    between_words(&format!("> {sample}"), width, "\n> "),
                ),
                ("anywhere", broken(&sample, width, "\n")),
            ];
            for (way, wrapped) in ways {
                let now = outlines(&wrapped);
                if now != whole {
                    lost.push(format!("{name} {way} {width}\n  {whole:?}\n  {now:?}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}\n{}", lost.len(), lost.join("\n"));
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
