use proptest::prelude::*;

use super::*;
use crate::evidence::honest::{self, check, torn};

const ALL: &str = include_str!("../../../tests/fixtures/whoami/all.txt");
const GERMAN: &str = include_str!("../../../tests/fixtures/whoami/german-narrow.txt");
const LIST: &str = include_str!("../../../tests/fixtures/whoami/list.txt");
const CSV: &str = include_str!("../../../tests/fixtures/whoami/csv.txt");

fn lines(text: &str) -> Reading {
    read("", &Text::new(text))
}

#[track_caller]
fn says(text: &str, facts: &[(&str, &str)]) {
    let reading = lines(text);
    honest::says(&reading, "whoami.", facts);
    assert!(reading.scopes.is_empty());
}

#[test]
fn all_tables_are_read() {
    says(
        ALL,
        &[
            ("User", "fabrikam\\svc-robot"),
            ("SID", "S-1-5-21-1111111111-2222222222-333333333-1109"),
            (
                "Groups",
                "Everyone, BUILTIN\\Remote Desktop Users, Mandatory Label\\High Mandatory Level",
            ),
            ("GroupSids", "S-1-1-0, S-1-5-32-555, S-1-16-12288"),
            ("DenyOnlyGroups", ""),
            ("IntegrityLevel", "High"),
            ("Privileges", "SeShutdownPrivilege, SeChangeNotifyPrivilege"),
            ("Privilege.SeShutdownPrivilege", "Disabled"),
            ("Privilege.SeChangeNotifyPrivilege", "Enabled"),
        ],
    );
    let about = &lines(ALL).facts[0].about;
    assert_eq!(about.account.as_deref(), Some("fabrikam\\svc-robot"));
    assert_eq!(about.elevated, Some(true));
}

#[test]
fn a_german_table_that_a_console_broke_is_read() {
    says(
        GERMAN,
        &[
            ("User", "rpa-vm-07\\svc-robot"),
            ("SID", "S-1-5-21-3111111111-422222222-533333333-1004"),
            (
                "Groups",
                "Jeder, NT-AUTORITÄT\\Lokales Konto und Mitglied der Gruppe \"Administratoren\", VORDEFINIERT\\Administratoren, VORDEFINIERT\\Benutzer, Verbindliche Beschriftung\\Mittlere Verbindlichkeitsstufe",
            ),
            (
                "DenyOnlyGroups",
                "NT-AUTORITÄT\\Lokales Konto und Mitglied der Gruppe \"Administratoren\", VORDEFINIERT\\Administratoren",
            ),
            ("IntegrityLevel", "Medium"),
            ("Privilege.SeShutdownPrivilege", "Disabled"),
        ],
    );
    assert_eq!(lines(GERMAN).facts[0].about.elevated, Some(false));
}

#[test]
fn lists_and_quoted_columns_say_the_same() {
    for text in [LIST, CSV] {
        says(
            text,
            &[
                ("User", "fabrikam\\svc-robot"),
                ("SID", "S-1-5-21-4111111111-522222222-633333333-1187"),
                ("GroupSids", "S-1-1-0, S-1-5-32-544, S-1-16-8192"),
                ("DenyOnlyGroups", "BUILTIN\\Administrators"),
                ("Privilege.SeChangeNotifyPrivilege", "Enabled"),
            ],
        );
    }
}

#[test]
fn columns_squeezed_by_a_ticket_system_are_read() {
    let squeezed = "Group Name Type SID Attributes\n==== ==== === ====\nBUILTIN\\Users Alias S-1-5-32-545 Mandatory group\nBUILTIN\\Administrators Alias S-1-5-32-544 Group used for deny only\n";
    says(
        squeezed,
        &[
            ("Groups", "BUILTIN\\Users, BUILTIN\\Administrators"),
            ("DenyOnlyGroups", "BUILTIN\\Administrators"),
        ],
    );
}

#[test]
fn the_bare_command_tells_the_account_and_its_upn() {
    says(
        "C:\\>whoami\r\ncorp\\svc-bot\r\n\r\nC:\\>whoami /upn\r\nsvc-bot@corp.test\r\n",
        &[("User", "corp\\svc-bot"), ("UPN", "svc-bot@corp.test")],
    );
}

#[test]
fn the_tables_of_two_accounts_are_told_apart() {
    let two = format!(
        "{ALL}\n{}",
        ALL.replace("svc-robot", "admin").replace("1109", "1500")
    );
    let reading = lines(&two);
    let whose = |sid: &str| {
        let fact = reading.facts.iter().find(|fact| fact.value == sid.into());
        fact.and_then(|fact| fact.about.account.clone()).unwrap()
    };
    assert_eq!(
        whose("S-1-5-21-1111111111-2222222222-333333333-1109"),
        "fabrikam\\svc-robot"
    );
    assert_eq!(
        whose("S-1-5-21-1111111111-2222222222-333333333-1500"),
        "fabrikam\\admin"
    );
}

#[test]
fn other_tables_and_lists_are_left_alone() {
    for other in [
        "Name    Value\n======= =====\nfoo     bar\n",
        "Name : kim\nSID : S-1-5-21-7-7-7-1001\nEnabled : True\n",
        "Security ID: S-1-5-18\nAccount Name: RPA-07$\n",
        "\"a\",\"b\"\n\"c\",\"d\"\n",
    ] {
        let reading = lines(other);
        assert!(
            reading.facts.is_empty() && reading.claimed.is_empty(),
            "{other}"
        );
    }
}

proptest! {
    #[test]
    fn no_text_breaks_it_and_every_span_is_true(
        of in prop::sample::select(vec![ALL, GERMAN, LIST, CSV]),
        (at, hole) in (0usize..4000, 0usize..200),
        noise in "(?s)[\\PC\n=\"]{0,8}",
    ) {
        check(&READER, torn(of, at, hole, &noise));
    }

    #[test]
    fn arbitrary_text_is_survived(text in "(?s).{0,200}") {
        check(&READER, text);
    }
}
