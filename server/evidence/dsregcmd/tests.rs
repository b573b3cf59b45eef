use super::*;

fn lines(text: &str) -> Reading {
    read("", &Text::new(text))
}

fn value(reading: &Reading, key: &str) -> Option<String> {
    reading.value(key).map(|value| value.to_string())
}

#[track_caller]
fn assert_facts(text: &str, facts: &[(&str, &str)]) {
    let reading = lines(text);
    for (key, wanted) in facts {
        let found = value(&reading, &format!("dsregcmd.{key}"));
        assert_eq!(found.as_deref(), Some(*wanted), "{key} in {text}");
    }
    for fact in &reading.facts {
        assert!(
            text.get(fact.span.start..fact.span.end).is_some(),
            "{fact:?}"
        );
    }
}

const WHOLE: &str = include_str!("../../../tests/fixtures/dsregcmd/hybrid.txt");

#[test]
fn a_whole_report_is_read() {
    assert_facts(
        WHOLE,
        &[
            ("AzureAdJoined", "YES"),
            ("DomainName", "FABRIKAM"),
            ("Device Name", "RPA-07.fabrikam.test"),
            ("MdmUrl", ""),
            ("WamDefaultSet", "ERROR (0x80070520)"),
            ("AD Configuration Test", "FAIL [0x80070002]"),
            ("Work Account 1.NgcSet", "NO"),
            ("NgcSet", "YES"),
            (
                "Auto Detect PAC Status",
                "Failed to auto detect the Proxy Auto-Configuration (PAC) script using WPAD. code: 0x80072f94",
            ),
        ],
    );
}

#[test]
fn it_says_whose_facts_they_are_and_closes_nothing() {
    let reading = lines(WHOLE);
    let about = &reading.facts[0].about;
    assert_eq!(about.machine.as_deref(), Some("RPA-07.fabrikam.test"));
    assert_eq!(about.account, None, "the join is the machine's");
    assert_eq!(about.taken_by.as_deref(), Some("FABRIKAM\\svc-robot"));
    let key = FactKey::new("dsregcmd.WamDefaultSet");
    let of_account = reading.facts.iter().find(|fact| fact.key == key).unwrap();
    assert_eq!(
        of_account.about.account.as_deref(),
        Some("FABRIKAM\\svc-robot")
    );
    assert_eq!(about.elevated, Some(false));
    assert_eq!(about.taken, Some(1_768_471_200_000));
    assert!(reading.scopes.is_empty());
}

#[test]
fn a_report_with_crlf_reads_alike() {
    let crlf = WHOLE.replace('\n', "\r\n");
    let values = |text: &str| {
        lines(text)
            .facts
            .iter()
            .map(|fact| (fact.key.to_string(), fact.value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&crlf), values(WHOLE));
}

#[test]
fn mangled_forms_are_read() {
    for text in [
        "AzureAdJoined : YES\nDomainJoined : NO",
        "**AzureAdJoined : YES**\n**DomainJoined : NO**",
        "> AzureAdJoined : YES\n> DomainJoined : NO",
        ">> * AzureAdJoined: YES\n>> * DomainJoined: NO",
        "AzureAdJoined : YES<br/>DomainJoined : NO<br>",
        "  AzureAdJoined : YES EnterpriseJoined : NO DomainJoined : NO Device Name : X",
        "AzureAdJoined:YES, DomainJoined:NO",
        "| AzureAdJoined : YES |\n| DomainJoined : NO |",
        "AzureAdJoi\nned : YES\n    DomainJoin\ned : NO",
        "AzureAdJoined : YES   <-- here\nDomainJoined : NO (?)",
        "\t\t\tAzureAdJoined\t:\tYES\t\n\t\tDomainJoined\t:\tNO",
        "it is joined:\nDevice State\nAzureAdJoined : YES\nDomainJoined : NO\nthanks",
    ] {
        assert_facts(text, &[("AzureAdJoined", "YES"), ("DomainJoined", "NO")]);
    }
}

#[test]
fn a_masked_value_keeps_its_stars() {
    assert_facts(
        "  AzureAdJoined : YES\n  Thumbprint : 3E81A0********",
        &[("Thumbprint", "3E81A0********")],
    );
}

#[test]
fn one_distinctive_line_is_a_fact_and_a_sentence_is_none() {
    assert_facts(
        "hello\nAzureAdJoined : YES\nbye",
        &[("AzureAdJoined", "YES")],
    );
    for prose in [
        "AzureAdJoined: should that be YES for this to work?",
        "You need AzureAdJoined : YES for this.",
        "User Context: my own",
        "Error Phase: logon\nClient Time: this morning",
        "Device Name : X",
    ] {
        let reading = lines(prose);
        assert!(reading.facts.is_empty(), "{prose}");
        assert!(reading.claimed.is_empty(), "{prose}");
    }
}

#[test]
fn chatter_around_and_between_is_not_claimed() {
    let text = "It fails with 0xC000015B.\n\nAzureAdJoined : YES\nDomainJoined : NO\nand then\nNgcSet : NO\n\nCode 1385 too.";
    let reading = lines(text);
    let claimed = reading
        .claimed
        .iter()
        .map(|range| &text[range.clone()])
        .collect::<String>();
    assert_eq!(
        claimed,
        "AzureAdJoined : YES\nDomainJoined : NO\nNgcSet : NO\n"
    );
}

#[test]
fn an_unknown_key_inside_a_report_is_kept() {
    assert_facts(
        "   AzureAdJoined : YES\n      NewThing Id : 12\n    DomainJoined : NO\n",
        &[("NewThing Id", "12")],
    );
}

#[test]
fn two_reports_in_one_paste_are_two_machines() {
    let reading =
        lines("AzureAdJoined : YES\nDevice Name : A\n\nAzureAdJoined : NO\nDevice Name : B\n");
    let machines = reading
        .facts
        .iter()
        .filter_map(|fact| fact.about.machine.as_deref())
        .collect::<Vec<_>>();
    assert_eq!(machines, ["A", "A", "B", "B"]);
}

#[test]
fn a_mail_wrap_joins_with_a_space() {
    assert_facts(
        "  AzureAdPrt : NO\n  Server Error Description : AADSTS50126: Error validating\ncredentials due to invalid username or password.\n  EnterprisePrt : NO",
        &[(
            "Server Error Description",
            "AADSTS50126: Error validating credentials due to invalid username or password.",
        )],
    );
}

#[track_caller]
fn searched(text: &str) -> String {
    let mut left = text.to_owned();
    for range in lines(text).claimed.into_iter().rev() {
        left.replace_range(range, "");
    }
    left
}

#[test]
fn a_fault_stays_text_where_nothing_says_what_the_machine_is_now() {
    let join = "Error Phase : join\nClient ErrorCode : 0x80290407\n";
    assert_eq!(searched(join), "Client ErrorCode : 0x80290407\n");
    let tests = "AD Connectivity Test : FAIL [0x54b]\nDRS Discovery Test : SKIPPED\n";
    assert_eq!(searched(tests), "AD Connectivity Test : FAIL [0x54b]\n");
    assert_eq!(
        searched("Registration Type : sync\nClient ErrorCode : 0x0\nServer Message : \n"),
        ""
    );
    assert_facts(join, &[("Client ErrorCode", "0x80290407")]);
}

#[test]
fn a_fault_of_a_machine_that_is_joined_now_is_old() {
    let fault =
        "Previous Registration : 2024-02-03 01:02:03.000 UTC\nClient ErrorCode : 0x801c03f2\n";
    for present in [
        "AzureAdJoined : YES",
        "DeviceAuthStatus : SUCCESS",
        "AzureAdPrt : YES",
    ] {
        assert_eq!(searched(&format!("{present}\n{fault}")), "", "{present}");
    }
    let open = searched(&format!("AzureAdJoined : NO\n{fault}"));
    assert_eq!(open, "Client ErrorCode : 0x801c03f2\n");
}

#[test]
fn a_machine_that_nobody_joins_may_fail_the_tests() {
    let text = "AzureAdJoined : NO\nAD Configuration Test : FAIL [0x80070002]\nClient ErrorCode : 0x801c001d\n";
    assert_eq!(searched(text), "");
}

#[test]
fn the_answer_of_the_service_stays_text_while_there_is_no_token() {
    let attempt = "Attempt Status : 0xc000006d\nServer Error Code : invalid_grant\nServer Error Description : AADSTS50055: The password is expired.\n";
    assert_eq!(
        searched(&format!("AzureAdPrt : NO\n{attempt}")),
        "Server Error Code : invalid_grant\nServer Error Description : AADSTS50055: The password is expired.\n"
    );
    assert_eq!(searched(&format!("AzureAdPrt : YES\n{attempt}")), "");
    let alone = "AzureAdPrt : NO\nAttempt Status : 0xc004848c\n";
    assert_eq!(searched(alone), "Attempt Status : 0xc004848c\n");
    let refused = "AzureAdPrt : NO\nAttempt Status : 0xc000006d\n";
    assert_eq!(searched(refused), "", "any refusal has this status");
}
