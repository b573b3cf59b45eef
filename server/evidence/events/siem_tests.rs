use proptest::prelude::*;

use super::super::tests::spans_are_true;
use super::*;

const WINLOGBEAT: &str = include_str!("../../../tests/fixtures/events/winlogbeat.json");
const OLD_WINLOGBEAT: &str = include_str!("../../../tests/fixtures/events/winlogbeat-6.json");
const SEARCH: &str = include_str!("../../../tests/fixtures/events/search.json");
const WAZUH: &str = include_str!("../../../tests/fixtures/events/wazuh.json");
const NXLOG: &str = include_str!("../../../tests/fixtures/events/nxlog.json");
const EVTX_DUMP: &str = include_str!("../../../tests/fixtures/events/evtx-dump.jsonl");
const GET_WINEVENT: &str = include_str!("../../../tests/fixtures/events/get-winevent.json");
const GET_EVENTLOG: &str = include_str!("../../../tests/fixtures/events/get-eventlog.json");
const XML_AS_JSON: &str = include_str!("../../../tests/fixtures/events/xml-as-json.json");
const ALL: &[&str] = &[
    XML_AS_JSON,
    WINLOGBEAT,
    OLD_WINLOGBEAT,
    SEARCH,
    WAZUH,
    NXLOG,
    EVTX_DUMP,
    GET_WINEVENT,
    GET_EVENTLOG,
];

/// Number, account, machine, the bytes of the deciding code; one line an event.
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

fn claimed(text: &str) -> String {
    let claimed = read("", &Text::new(text)).claimed;
    claimed.into_iter().map(|range| &text[range]).collect()
}

#[test]
fn each_shipper_tells_the_same_things_by_its_own_names() {
    let robot = r"FABRIKAM\svc-robot RPA-VM-07.fabrikam.test";
    assert_eq!(told(WINLOGBEAT), [format!("4625 {robot} 0xc0000064")]);
    assert_eq!(told(OLD_WINLOGBEAT), [format!("4625 {robot} 0xc0000072")]);
    assert_eq!(told(WAZUH), [format!("4625 {robot} 0xc0000234")]);
    assert_eq!(told(NXLOG), [format!("4625 {robot} 0xc000015b")]);
    assert_eq!(told(GET_WINEVENT), [format!("4625 {robot} -1073741711")]);
    assert_eq!(
        told(GET_EVENTLOG),
        [format!("7038 {robot} %%1326")],
        "the account of a service"
    );
    assert_eq!(
        told(EVTX_DUMP),
        [
            "4771 svc-robot DC01.fabrikam.test 0x18",
            "7000  RPA-VM-07.fabrikam.test %%1069"
        ]
    );
    assert_eq!(
        told(SEARCH),
        [
            r"4625 FABRIKAM\svc-robot rpa-vm-07 0xc000006a",
            "4624 svc-robot  -"
        ]
    );
}

#[test]
fn names_that_stand_beside_their_values_are_read_and_a_namesake_is_known() {
    let machine = "RPA-VM-07.fabrikam.test";
    let expected = [
        format!(r"4625 FABRIKAM\svc-robot {machine} 0xc0000072"),
        format!("4625  {machine} -"),
    ];
    assert_eq!(told(XML_AS_JSON), expected);
    let text = Text::new(XML_AS_JSON);
    let events = read("", &text).events;
    let namesakes = events.iter().map(super::Event::is_namesake);
    assert_eq!(namesakes.collect::<Vec<_>>(), [false, true]);
    assert!(events.iter().all(|event| event.time.is_some()));
}

#[test]
fn fields_and_times_are_those_of_the_event() {
    let text = Text::new(WINLOGBEAT);
    let event = &read("", &text).events[0];
    assert_eq!(event.time, Some(1_794_808_811_118));
    assert_eq!(
        event.provider.as_deref(),
        Some("Microsoft-Windows-Security-Auditing")
    );
    let value = |name: &str| event.field(name).map(|field| field.value.as_str());
    assert_eq!(value("LogonType"), Some("10"));
    assert_eq!(
        value("ProcessName"),
        Some(r"C:\Windows\System32\svchost.exe")
    );
    assert_eq!(value("pid"), None, "what a shipper adds is none of it");
    let shell = Text::new(GET_WINEVENT);
    let event = &read("", &shell).events[0];
    assert_eq!(event.time, Some(1_794_808_811_118));
    assert_eq!(event.field("TargetUserSid").unwrap().value, "S-1-0-0");
    assert_eq!(event.field("LogonType").unwrap().value, "4");
}

#[test]
fn lines_of_events_are_claimed_and_what_people_wrote_is_not() {
    for text in [
        WINLOGBEAT,
        OLD_WINLOGBEAT,
        SEARCH,
        WAZUH,
        NXLOG,
        EVTX_DUMP,
        GET_EVENTLOG,
    ] {
        assert_eq!(claimed(text), text);
    }
    let line = OLD_WINLOGBEAT.trim_end();
    assert_eq!(claimed(&format!("I see {line}")), "");
    assert_eq!(claimed(&format!("{line} since Monday")), "");
    let shipped = format!("<14>Nov 16 06:00:12 log01 winlogbeat: {line}\n");
    assert_eq!(claimed(&format!("Hello\n{shipped}Bye\n")), shipped);
}

#[test]
fn other_json_is_left_alone() {
    for text in [
        r#"{"event_id":"4625","message":"desktop flow run ended: SessionCreationError"}"#,
        r#"{"EventID":12,"error":{"code":"WindowsIdentityIncorrect"}}"#,
        r#"{"event":{"code":"click"},"user":{"name":"kim"}}"#,
        r#"{"Id":4625,"Name":"row","Status":"0xc000006d"}"#,
        r#"{"winlog":{"event_id":"4625"#,
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
        assert_eq!(claimed(text), "", "{text}");
    }
}

#[test]
fn the_words_of_a_product_that_writes_to_the_log_stay_free() {
    let text = r#"{"Id":0,"ProviderName":"ArchivAgent","Message":"Invalid username or password","Properties":[{"Value":"x"}]}"#;
    assert_eq!(claimed(text), "");
}

#[test]
fn a_torn_record_tells_what_is_left_of_it_and_claims_nothing() {
    let cut = WAZUH.find("\"logonType").unwrap();
    assert_eq!(
        told(&WAZUH[..cut]),
        [r"4625 FABRIKAM\svc-robot RPA-VM-07.fabrikam.test 0xc0000234"]
    );
    assert_eq!(claimed(&WAZUH[..cut]), "");
}

#[test]
fn a_description_beside_nothing_else_is_read_in_every_language() {
    let said = include_str!("../../../tests/fixtures/events/4625.fr.txt");
    let said = &said[said.find("Échec d").unwrap()..];
    // As another version of Windows may call them.
    let said = said
        .replace("Nom du compte", "Nom du titulaire")
        .replace("Domaine du compte", "Domaine du titulaire")
        .replace("Compte pour lequel", "Titulaire pour lequel")
        .replace("Sous-état", "Statut détaillé")
        .replace("État", "Statut de l’échec");
    for said in [said.replace('\n', "\r\n"), said.replace(['\n', '\t'], "  ")] {
        let text = serde_json::json!({
            "Id": 4625, "ProviderName": "Microsoft-Windows-Security-Auditing", "MachineName": "RPA-VM-07", "Message": said,
        });
        let text = text.to_string();
        assert_eq!(
            told(&text),
            [r"4625 CONTOSO\svc-robot RPA-VM-07 0xC000006A"]
        );
        assert_eq!(claimed(&text), text);
        spans_are_true(&text, read);
    }
}

proptest! {
    #[test]
    fn whatever_happens_to_a_record_every_place_is_true(
        which in 0..ALL.len(), from in 0.0..1.0, to in 0.0..1.0, put in "[{}\\[\\]\",:\\\\ a-z0-9é\n]{0,12}"
    ) {
        let text = ALL[which];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let at = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
        let (from, to) = (at(from), at(to));
        spans_are_true(&format!("{}{put}{}", &text[..from], &text[to..]), read);
    }

    #[test]
    fn any_text_is_read(text in "([{}\\[\\]:,\n]|\"(EventID|winlog|event_id|Status|Properties|Value|x)\"|4625|\"0xc000006d\"|é){0,50}") {
        spans_are_true(&text, read);
    }
}
