use super::*;

fn reading(text: &str) -> Reading {
    read("", &Text::new(text))
}

fn value<'a>(event: &'a Event, name: &str) -> &'a str {
    event.field(name).map_or("", |field| field.value.as_str())
}

const ENGLISH: &str = include_str!("../../../tests/fixtures/events/4625.en.txt");
const GERMAN: &str = include_str!("../../../tests/fixtures/events/4625.de.txt");
const FRENCH: &str = include_str!("../../../tests/fixtures/events/4625.fr.txt");
const SPANISH: &str = include_str!("../../../tests/fixtures/events/4625.es.txt");
const JAPANESE: &str = include_str!("../../../tests/fixtures/events/4625.ja.txt");

fn is_the_failed_one(event: &Event, language: &str) {
    assert_eq!(event.id, Some(4625), "{language}");
    assert_eq!(
        event.account().as_deref(),
        Some("CONTOSO\\svc-robot"),
        "{language}"
    );
    for (name, wanted) in [
        ("SubjectUserName", "RPA-VM-07$"),
        ("LogonType", "10"),
        ("Status", "0xC000006D"),
        ("SubStatus", "0xC000006A"),
        ("ProcessName", r"C:\Windows\System32\svchost.exe"),
        ("WorkstationName", "RPA-VM-07"),
        ("IpAddress", "10.20.0.4"),
        ("LogonProcessName", "User32"),
        ("AuthenticationPackageName", "Negotiate"),
    ] {
        assert_eq!(value(event, name), wanted, "{language}: {name}");
    }
}

#[test]
fn every_language_gives_the_same_event_with_its_bytes() {
    for (language, text) in [
        ("English", ENGLISH),
        ("German", GERMAN),
        ("French", FRENCH),
        ("Spanish", SPANISH),
        ("Japanese", JAPANESE),
    ] {
        let found = reading(text);
        assert_eq!(found.events.len(), 1, "{language}");
        is_the_failed_one(&found.events[0], language);
        for field in &found.events[0].fields {
            assert_eq!(&text[field.span.start..field.span.end], field.value);
        }
        assert_eq!(found.claimed.len(), 1, "{language}");
        assert!(text[found.claimed[0].clone()].contains("0xC000006A"));
    }
}

#[test]
fn in_a_language_that_no_table_knows_the_order_decides() {
    let mut unknown = String::new();
    for (number, line) in ENGLISH
        .lines()
        .skip_while(|line| *line != "Subject:")
        .enumerate()
    {
        match line.split_once(':') {
            Some((label, value)) => {
                let indent = if label.starts_with('\t') { "\t" } else { "" };
                unknown.extend([indent, "Štítek", &number.to_string(), ":", value, "\n"]);
            }
            None => unknown.push('\n'),
        }
    }
    let found = reading(&unknown);
    assert_eq!(found.events.len(), 1);
    is_the_failed_one(&found.events[0], "unknown");
}

#[test]
fn the_description_alone_and_the_output_of_wevtutil_are_read() {
    let description = &ENGLISH[ENGLISH.find("An account").unwrap()..];
    is_the_failed_one(&reading(description).events[0], "description");
    let flush = description.replace('\t', " ");
    is_the_failed_one(&reading(&flush).events[0], "spaces");
    let quoted = description.replace('\n', "\r\n");
    is_the_failed_one(&reading(&quoted).events[0], "CR LF");

    let one = format!(
        "Event[0]:\n  Log Name: Security\n  Source: Microsoft-Windows-Security-Auditing\n  Date: 2026-11-03T08:14:22.1230000Z\n  Event ID: 4625\n  Task: Logon\n  Level: Information\n  Keyword: Audit Failure\n  User: N/A\n  User Name: N/A\n  Computer: RPA-VM-07\n  Description: \n{description}\n"
    );
    let two = format!("{one}{}", one.replace("Event[0]", "Event[1]"));
    let found = reading(&two);
    assert_eq!(found.events.len(), 2);
    for event in &found.events {
        is_the_failed_one(event, "wevtutil");
        assert_eq!(event.time, Some(1_793_693_662_123));
        assert_eq!(event.machine.as_deref(), Some("RPA-VM-07"));
    }
}

#[test]
fn lines_that_a_ticket_system_joined_are_parted() {
    let text = "<14>Nov  3 08:14:22 RPA-VM-07 MSWinEventLog\t1\tSecurity\t55120\tTue Nov 03 08:14:22 2026\t4625\tMicrosoft-Windows-Security-Auditing\tCONTOSO\\svc-robot\tN/A\tFailure Audit\tRPA-VM-07\tLogon\t\tAn account failed to log on.    Logon Type:  10    Failure Reason:  Account locked out.   Status:   0xC0000234   Sub Status:  0x0";
    let found = reading(text);
    assert_eq!(found.events.len(), 1);
    assert_eq!(value(&found.events[0], "LogonType"), "10");
    assert_eq!(
        found.events[0].code().map(|(code, _)| code.value),
        Some(0xc000_0234)
    );
    let joined = ENGLISH[ENGLISH.find("An account").unwrap()..].replace(['\n', '\t'], " ");
    assert_eq!(
        value(&reading(&joined).events[0], "SubStatus"),
        "0xC000006A"
    );
    assert_eq!(
        value(&reading(&joined).events[0], "TargetUserName"),
        "svc-robot"
    );
}

#[test]
fn other_events_are_read_by_their_labels() {
    let lockout = "Log Name: Security\nSource: Microsoft-Windows-Security-Auditing\nEvent ID: 4740\nComputer: dc1.contoso.test\nDescription:\nA user account was locked out.\n\nSubject:\n\tSecurity ID:\t\tSYSTEM\n\tAccount Name:\t\tDC1$\n\tAccount Domain:\t\tCONTOSO\n\tLogon ID:\t\t0x3E7\n\nAccount That Was Locked Out:\n\tSecurity ID:\t\tCONTOSO\\svc-robot\n\tAccount Name:\t\tsvc-robot\n\nAdditional Information:\n\tCaller Computer Name:\tRPA-VM-07\n";
    let event = &reading(lockout).events[0];
    assert_eq!(event.account().as_deref(), Some("svc-robot"));
    assert!(event.is_failure());
    let ntlm = "Log Name: Security\nSource: Microsoft-Windows-Security-Auditing\nEvent ID: 4776\nComputer: dc1\nDescription:\nThe computer attempted to validate the credentials for an account.\n\nAuthentication Package:\tMICROSOFT_AUTHENTICATION_PACKAGE_V1_0\nLogon Account:\tsvc-robot\nSource Workstation:\tRPA-VM-07\nError Code:\t0xC000006A\n";
    let event = &reading(ntlm).events[0];
    assert_eq!(event.account().as_deref(), Some("svc-robot"));
    assert_eq!(value(event, "Workstation"), "RPA-VM-07");
    assert_eq!(event.code().map(|(code, _)| code.value), Some(0xc000_006a));
}

#[test]
fn who_signed_out_is_the_subject_and_a_service_speaks_in_sentences() {
    let head = |source: &str, id: u32| {
        format!(
            "Log Name: System\nSource: {source}\nEvent ID: {id}\nUser: N/A\nComputer: RPA-VM-07\nDescription:\n"
        )
    };
    let signed_out = head("Microsoft-Windows-Security-Auditing", 4634)
        + "An account was logged off.\n\nSubject:\n\tSecurity ID:\t\tS-1-5-21-1\n\tAccount Name:\t\tsvc-robot\n\tAccount Domain:\t\tCONTOSO\n\tLogon ID:\t\t0x1F\n\nLogon Type:\t\t\t10\n";
    let event = &reading(&signed_out).events[0];
    assert_eq!(event.account().as_deref(), Some(r"CONTOSO\svc-robot"));
    let refused = head("Service Control Manager", 7038)
        + "The UIFlowService service was unable to log on as CONTOSO\\svc-robot with the currently configured password due to the following error: \nThe user name or password is incorrect.\n";
    let refused = format!("{refused}\n{signed_out}");
    let found = reading(&refused);
    let event = &found.events[0];
    assert_eq!(event.account().as_deref(), Some(r"CONTOSO\svc-robot"));
    assert_eq!(value(event, "param1"), "UIFlowService");
    let place = event.field("param2").unwrap().span;
    assert_eq!(&refused[place.start..place.end], r"CONTOSO\svc-robot");
    assert_eq!(place.line, 7);
    assert!(event.span.contains(place));
    assert_eq!(found.events.len(), 2);
}

#[test]
fn what_a_person_writes_behind_a_record_stays_free_text() {
    let text = format!("{ENGLISH}\nStatus: open\nSource Workstation: none\n");
    let found = reading(&text);
    is_the_failed_one(&found.events[0], "with a note");
    assert!(!text[found.claimed[0].clone()].contains("Status: open"));
}

#[test]
fn what_a_person_says_about_an_event_stays_free_text() {
    for text in [
        "time on the VM was 11 minutes off I think. event 4625 Status: 0xC0000133, sub 0x0, logon type 10",
        "Logon Type: 10 and Status: 0xC000015B is all I see",
        "Event ID: 4625\nplease help\nKerberos: yes",
        "We use NTLM: yes\nNegotiate: no\nStatus: open\nPriority: 3",
    ] {
        let found = reading(text);
        assert!(found.events.is_empty(), "{text}");
        assert!(found.claimed.is_empty(), "{text}");
    }
    let around = format!("Hello,\nsince Monday:\n\n{ENGLISH}\n\nPlease help.\n");
    let found = reading(&around);
    is_the_failed_one(&found.events[0], "in a mail");
    let claimed = &around[found.claimed[0].clone()];
    assert!(!claimed.contains("Monday") && !claimed.contains("help"));
}

#[test]
fn a_copy_with_its_xml_is_one_event() {
    let both = format!(
        "{ENGLISH}Event Xml:\n{}",
        include_str!("../../../tests/fixtures/events/4625.xml")
    );
    assert!(reading(&both).events.is_empty(), "the XML says it all");
}

proptest::proptest! {
    #[test]
    fn whatever_is_given_never_panics_and_spans_are_true(
        noise in "[ -~\\n\\t:äЖ語]{0,60}",
        at in 0..GERMAN.len(),
        cut in 0..JAPANESE.len(),
    ) {
        let at = GERMAN.floor_char_boundary(at);
        let cut = JAPANESE.floor_char_boundary(cut);
        for text in [
            format!("{}{noise}{}", &GERMAN[..at], &GERMAN[at..]),
            format!("{noise}{}", &JAPANESE[cut..]),
            format!("{}{noise}", &JAPANESE[..cut]),
            noise.clone(),
        ] {
            crate::evidence::events::tests::spans_are_true(&text, read);
        }
    }
}

#[test]
fn a_known_label_is_never_taken_for_another_by_its_place() {
    let text = include_str!("../../../tests/fixtures/events/get-winevent-list.txt");
    for event in (READER.read)("", &Text::new(text)).events {
        if event.id == Some(4625) {
            let subject = event
                .field("SubjectUserSid")
                .map(|field| field.value.as_str());
            assert_eq!(subject, Some("S-1-5-18"));
        }
        for name in ["SubjectDomainName", "ProcessId", "ProcessName"] {
            assert!(event.field(name).is_none(), "{:?}", event.field(name));
        }
    }
}
