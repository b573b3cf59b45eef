use super::*;

fn events(text: &str) -> Vec<Event> {
    let text = Text::new(text);
    read("", &text).events
}

fn claimed(text: &str) -> String {
    let given = Text::new(text);
    let ranges = read("", &given).claimed;
    ranges.into_iter().map(|range| &text[range]).collect()
}

fn value<'a>(event: &'a Event, name: &str) -> &'a str {
    event.field(name).map_or("", |field| field.value.as_str())
}

const FAILED: &str = include_str!("../../../tests/fixtures/events/4625.xml");

fn is_the_failed_one(event: &Event) {
    assert_eq!(event.id, Some(4625));
    assert_eq!(
        event.provider.as_deref(),
        Some("Microsoft-Windows-Security-Auditing")
    );
    assert_eq!(event.time, Some(1_793_693_662_123));
    assert_eq!(event.machine.as_deref(), Some("RPA-VM-07.contoso.test"));
    assert_eq!(event.account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(value(event, "LogonType"), "10");
    assert_eq!(value(event, "SubStatus"), "0xc000006a");
    assert_eq!(value(event, "LogonProcessName"), "User32");
    assert_eq!(
        value(event, "ProcessName"),
        r"C:\Windows\System32\svchost.exe"
    );
    assert_eq!(event.fields.len(), 21);
}

#[test]
fn one_event_is_read_with_the_bytes_of_its_fields() {
    let found = events(FAILED);
    assert_eq!(found.len(), 1);
    is_the_failed_one(&found[0]);
    for field in &found[0].fields {
        let bytes = &FAILED[field.span.start..field.span.end];
        assert!(bytes == field.value || field.value.is_empty(), "{bytes}");
    }
    assert_eq!(
        &FAILED[found[0].id_span.start..found[0].id_span.end],
        "4625"
    );
    assert_eq!(found[0].id_span.line, 4);
    assert_eq!(claimed(FAILED), FAILED);
}

#[test]
fn every_shape_that_people_paste_gives_the_same_event() {
    let flat = FAILED.lines().map(str::trim).collect::<String>();
    let browser = FAILED
        .replace("<Event ", "- <Event ")
        .replace("  <System>", "- <System>")
        .replace("  <EventData>", "- <EventData>");
    let quoted = format!("> {}", FAILED.trim_end().replace('\n', "\r\n> "));
    for (shape, text) in [
        ("one line", flat.clone()),
        ("single quotes", flat.replace('"', "'")),
        ("a browser's tree", browser),
        ("quoted in a mail", quoted),
        (
            "wrapped",
            format!("<?xml version=\"1.0\"?>\r\n<Events>{flat}</Events>"),
        ),
        (
            "behind syslog",
            format!("<14>Nov  3 08:14:22 RPA-VM-07 Security-Auditing: {flat}"),
        ),
        (
            "escaped for HTML",
            flat.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;"),
        ),
        (
            "in JSON",
            serde_json::json!({ "message": FAILED }).to_string(),
        ),
        (
            "in PowerShell's JSON",
            serde_json::json!({ "Xml": flat.replace('"', "'") })
                .to_string()
                .replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('\'', "\\u0027"),
        ),
        (
            "with prefixes",
            flat.replace("</", "</ev:")
                .replace("<Ev", "<ev:Ev")
                .replace("<Da", "<ev:Da")
                .replace("<Sys", "<ev:Sys")
                .replace("<Pro", "<ev:Pro")
                .replace("<Comp", "<ev:Comp"),
        ),
        (
            "in the middle of words",
            format!("look at this: {flat} and help"),
        ),
    ] {
        let found = events(&text);
        assert_eq!(found.len(), 1, "{shape}");
        is_the_failed_one(&found[0]);
    }
}

#[test]
fn a_torn_record_gives_what_is_left_of_it() {
    let data = FAILED.find("<EventData>").unwrap();
    let found = events(&FAILED[data..]);
    assert_eq!(found[0].id, None);
    assert_eq!(value(&found[0], "Status"), "0xc000006d");
    assert!(found[0].is_failure());

    let id = FAILED.find("<EventID>").unwrap();
    assert_eq!(events(&FAILED[id..])[0].id, Some(4625));

    let sub = FAILED.find("0xc000006a").unwrap();
    let torn = events(&FAILED[..sub + 5]);
    assert_eq!(torn.len(), 1);
    assert_eq!(value(&torn[0], "Status"), "0xc000006d");
    assert_eq!(value(&torn[0], "SubStatus"), "", "half a value is none");

    let both = format!("{}\n{FAILED}", &FAILED[..sub + 5]);
    assert_eq!(events(&both).len(), 2);
    is_the_failed_one(&events(&both)[1]);
}

#[test]
fn a_line_that_a_mail_wrapped_is_put_together() {
    let flat = FAILED.lines().map(str::trim).collect::<String>();
    let from = flat.find("<Data Name=\"SubStatus").unwrap();
    let to = flat.find("<Data Name=\"LogonType").unwrap();
    for at in from + 1..to {
        let text = format!("{}\n{}", &flat[..at], &flat[at..]);
        let found = events(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(value(&found[0], "SubStatus"), "0xc000006a", "{text}");
        assert_eq!(value(&found[0], "LogonType"), "10", "{text}");
    }
}

#[test]
fn rendered_text_is_passed_over() {
    let text = FAILED.replace(
        "</Event>",
        "<RenderingInfo Culture='en-US'><Message>An account failed.\n\nSubject:\n\tSecurity ID:\tS-1-0-0</Message><Level>Information</Level></RenderingInfo></Event>",
    );
    let twice = format!("{text}{text}");
    let found = events(&twice);
    assert_eq!(found.len(), 2);
    is_the_failed_one(&found[1]);
    assert_eq!(claimed(&twice), twice);
}

#[test]
fn user_data_is_read_like_event_data() {
    let found = events(include_str!(
        "../../../tests/fixtures/events/terminal-services.xml"
    ));
    let ids = found
        .iter()
        .map(|event| event.id.unwrap())
        .collect::<Vec<_>>();
    assert_eq!(ids, [1149, 21, 140, 7038, 1511]);
    assert_eq!(found[0].account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(found[1].account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(value(&found[1], "Address"), "10.20.0.4");
    assert_eq!(value(&found[2], "IPString"), "10.20.0.4");
    assert!(found[2].is_failure() && found[2].code().is_none());
    assert_eq!(found[3].account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(found[3].code().map(|(code, _)| code.value), Some(1326));
    assert_eq!(
        value(&found[4], "UserID"),
        "S-1-5-21-1004336348-1177238915-682003330-1108"
    );
}

#[test]
fn words_of_a_person_are_never_claimed() {
    let text = format!(
        "It fails since Monday: {}\nPlease help.\n",
        FAILED.trim_end()
    );
    assert!(!claimed(&text).contains("Monday"));
    assert!(!claimed(&text).contains("help"));
    assert!(claimed(&text).contains("SubStatus"));
    for chat in [
        "event 4625 Status: 0xC0000133, sub 0x0, logon type 10",
        "see <Event> 4625 </Event>",
        "<EventID>",
        "<Data Name=\"colour\">red</Data>",
    ] {
        assert_eq!(claimed(chat), "", "{chat}");
        assert!(events(chat).is_empty(), "{chat}");
    }
}

#[test]
fn entities_of_a_document_are_never_expanded() {
    let text = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;\">]>\n<Event><System><EventID>4625</EventID></System><EventData><Data Name=\"TargetUserName\">&b;R&amp;D &#x41;</Data></EventData></Event>";
    let found = events(text);
    assert_eq!(value(&found[0], "TargetUserName"), "&b;R&D A");
}

#[test]
fn the_log_of_a_product_stays_searchable() {
    let text = "<Event><System><Provider Name=\"UiPath\"/><EventID>0</EventID></System><EventData><Data>Logon failed</Data></EventData></Event>";
    assert_eq!(events(text)[0].fields[0].name, "param1");
    assert_eq!(claimed(text), "");
}

proptest::proptest! {
    #[test]
    fn whatever_is_given_never_panics_and_spans_are_true(
        noise in "[ -~\\n<>&;\"'äЖ\\\\]{0,60}",
        cut in 0..FAILED.len(),
        at in 0..FAILED.len(),
    ) {
        let at = FAILED.floor_char_boundary(at);
        let cut = FAILED.floor_char_boundary(cut);
        let escaped = FAILED.replace('<', "&lt;").replace('>', "&gt;");
        for text in [
            format!("{}{noise}{}", &FAILED[..at], &FAILED[at..]),
            format!("{noise}{}", &FAILED[cut..]),
            format!("{}{noise}", &FAILED[..cut]),
            format!("{}{noise}", &escaped[..escaped.floor_char_boundary(cut)]),
            serde_json::json!([noise, &FAILED[..cut]]).to_string(),
            noise.clone(),
        ] {
            crate::evidence::events::tests::spans_are_true(&text, read);
        }
    }
}
