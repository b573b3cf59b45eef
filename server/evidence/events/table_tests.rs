use proptest::prelude::*;

use super::super::tests::spans_are_true;
use super::*;

const SHELL: &str = include_str!("../../../tests/fixtures/events/get-winevent.csv");
const VIEWER: &str = include_str!("../../../tests/fixtures/events/event-viewer.csv");

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
fn the_headings_decide_what_a_column_is() {
    let both = [
        r"4625 FABRIKAM\svc-robot RPA-VM-07.fabrikam.test 0xC0000064",
        r"4624 FABRIKAM\svc-robot RPA-VM-07.fabrikam.test -",
    ];
    assert_eq!(told(SHELL), both);
    let semicolons = SHELL.replace("\",\"", "\";\"");
    assert_eq!(told(&semicolons), both);
    assert_eq!(
        told(VIEWER),
        [
            r"4625 FABRIKAM\svc-robot  0xC0000234",
            "7038 FABRIKAM\\svc-robot  %%1326"
        ]
    );
    let tabs = "Schlüsselwörter\tDatum und Uhrzeit\tQuelle\tEreignis-ID\tAufgabenkategorie\nÜberwachung gescheitert\t16.11.2026 07:00:11\tMicrosoft-Windows-Security-Auditing\t4776\tCredential Validation\t\"Fehlercode:\t0xC000006A\"\n";
    assert_eq!(told(tabs), ["4776   0xC000006A"]);
}

#[test]
fn rows_are_claimed_and_what_stands_around_the_table_is_not() {
    let text = format!("Here is the log:\n{VIEWER}\nThanks\n");
    let claimed = claimed(&text);
    assert!(claimed.starts_with("Audit Failure,"), "{claimed}");
    assert!(!claimed.contains("Thanks"), "{claimed}");
    let torn = &VIEWER[..VIEWER.find("Sub Status").unwrap()];
    assert_eq!(told(torn), Vec::<String>::new(), "a quote without its end");
}

#[test]
fn other_tables_are_left_alone() {
    for text in [
        "Id,Name,Source\n4625,x,y\n",
        "EventID,Count\n4625,17\n",
        "the Event ID, the source, the time\nsomething, else, here\n",
        "ProviderName  Id  Message\n------------  --  -------\n",
    ] {
        assert_eq!(told(text), Vec::<String>::new(), "{text}");
        assert_eq!(claimed(text), "", "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_happens_to_a_table_every_place_is_true(
        shell: bool, from in 0.0..1.0, to in 0.0..1.0, put in "[\",;\t:A-Za-z0-9é\r\n]{0,12}"
    ) {
        let text = if shell { SHELL } else { VIEWER };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let at = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
        spans_are_true(&format!("{}{put}{}", &text[..at(from)], &text[at(to)..]), read);
    }

    #[test]
    fn any_text_is_read(text in "(Event ID|Source|Message|Status|4625|0x5|[\",;\t\r\né:]){0,40}") {
        spans_are_true(&format!("Event ID,Source,Status\n{text}"), read);
    }
}
