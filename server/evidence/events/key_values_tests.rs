use proptest::prelude::*;

use super::super::tests::spans_are_true;
use super::*;

const BLOCK: &str = include_str!("../../../tests/fixtures/events/splunk.txt");
const FLAT: &str = "@timestamp=2026-11-16T06:00:11Z winlog.event_id=4625 winlog.event_data.LogonType=4 winlog.event_data.TargetUserName=svc-robot winlog.event_data.Status=0xc000006e winlog.event_data.SubStatus=0xc0000072 winlog.event_data.FailureReason=%%2310";
const SEARCHED: &str = "2026-11-16 06:00:11 EventCode=4625 ComputerName=\"RPA-VM-07\" Logon_Type=10, Status=0xC000006D, Sub_Status=0xC000006A";

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
fn a_line_of_pairs_is_a_record() {
    assert_eq!(
        told(FLAT),
        (
            vec!["4625 svc-robot 0xc0000072".to_owned()],
            FLAT.to_owned()
        )
    );
    assert_eq!(
        told(SEARCHED),
        (vec!["4625  0xC000006A".to_owned()], SEARCHED.to_owned())
    );
    let text = Text::new(FLAT);
    assert_eq!(read("", &text).events[0].time, Some(1_794_808_811_000));
}

#[test]
fn a_description_on_the_line_tells_what_its_pairs_do_not() {
    let line = r#"2026-11-16 06:00:11 EventCode=4625 ComputerName="RPA-VM-07" Message="An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\tRPA-VM-07$\r\n\r\nLogon Type:\t\t\t10\r\n\r\nAccount For Which Logon Failed:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\tsvc-robot\r\n\r\nFailure Information:\r\n\tStatus:\t\t\t0xC000006D\r\n\tSub Status:\t\t0xC0000064""#;
    let record = (
        vec!["4625 svc-robot 0xC0000064".to_owned()],
        line.to_owned(),
    );
    assert_eq!(told(line), record);
}

#[test]
fn a_search_is_no_record() {
    let search = "EventCode=4776 TargetUserName!=*$ Status=0xc0000064 | bucket span=5m _time | stats dc(TargetUserName) by _time";
    assert_eq!(told(search), (Vec::new(), String::new()));
    let (events, _) = told(&format!("{search}\n{SEARCHED}"));
    assert_eq!(events, ["4625  0xC000006A"]);
}

#[test]
fn a_record_of_many_lines_ends_with_its_description() {
    let (events, claimed) = told(BLOCK);
    assert_eq!(
        events,
        [
            r"4625 FABRIKAM\svc-robot 0xC0000064",
            r"4776 svc-robot 0xc0000234"
        ]
    );
    assert!(claimed.starts_with("LogName=Security"), "{claimed}");
    assert!(claimed.contains("Sub Status:"), "{claimed}");
    assert!(!claimed.contains("Please look"), "{claimed}");
}

#[test]
fn what_people_wrote_is_never_claimed() {
    for text in [
        format!("I found this: {FLAT}"),
        format!("{FLAT} since Monday"),
        "EventCode=4625 is what I see, with Status=0xC000006D".to_owned(),
    ] {
        assert_eq!(told(&text).1, "", "{text}");
    }
    for text in [
        "4625 | type 7 | CORP\\kim | Status 0xC0000071 | SubStatus 0x0",
        "SubStatus=0xC0000064 Status=0xC000006D account=svc_old",
        "event_id=12 Status=0x5",
    ] {
        assert_eq!(told(text), (vec![], String::new()), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_happens_to_a_record_every_place_is_true(
        from in 0.0..1.0, to in 0.0..1.0, put in "[=\", :;A-Za-z0-9é\n]{0,12}"
    ) {
        let text = format!("{BLOCK}\n{FLAT}\n{SEARCHED}\n");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let at = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
        spans_are_true(&format!("{}{put}{}", &text[..at(from)], &text[at(to)..]), read);
    }

    #[test]
    fn any_text_is_read(text in "((EventCode|Message|Status|x|é)=?|4625|0x5|[\" ,\n\t:]){0,40}") {
        spans_are_true(&text, read);
    }
}
