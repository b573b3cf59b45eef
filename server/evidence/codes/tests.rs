use super::*;
use crate::evidence::Weakened;

mod properties;

fn found(text: &str) -> Vec<(String, CodeSpace, u32)> {
    found_with(text, &[])
        .into_iter()
        .map(|(token, seen)| (token, seen.code.space, seen.code.value))
        .collect()
}

fn found_with(text: &str, claimed: &[Range<usize>]) -> Vec<(String, CodeSeen)> {
    let text = Text::new(text);
    find(&text, claimed)
        .into_iter()
        .map(|seen| {
            (
                text.as_str()[seen.span.start..seen.span.end].to_owned(),
                seen,
            )
        })
        .collect()
}

fn weakened(text: &str) -> Vec<Option<Weakened>> {
    found_with(text, &[])
        .into_iter()
        .map(|(_, seen)| seen.weakened)
        .collect()
}

const NOT_GRANTED: (CodeSpace, u32) = (CodeSpace::Ntstatus, 0xC000_015B);
const UPN_FORM: (CodeSpace, u32) = (CodeSpace::Ntstatus, 0xC004_844C);

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one table of spellings reads best whole"
)]
fn every_spelling_is_found_as_its_token() {
    let rows: &[(&str, &str, (CodeSpace, u32))] = &[
        ("Status 0xC000015B", "0xC000015B", NOT_GRANTED),
        ("status=0Xc000015b.", "0Xc000015b", NOT_GRANTED),
        ("NTSTATUS (0xC000015BL)", "0xC000015B", NOT_GRANTED),
        ("错误0xC000015B导致", "0xC000015B", NOT_GRANTED),
        (
            "refused with -1073741477, sorry",
            "-1073741477",
            NOT_GRANTED,
        ),
        (
            "code (dec) : \u{2212}1073741477",
            "\u{2212}1073741477",
            NOT_GRANTED,
        ),
        ("code \u{2013}1073741477", "\u{2013}1073741477", NOT_GRANTED),
        (
            "id;host;code;tries\n17;BOT-9;3221225819;3",
            "3221225819",
            NOT_GRANTED,
        ),
        ("17,3221225819,3", "3221225819", NOT_GRANTED),
        ("UNKNOWN(4294967295/3221225819)", "3221225819", NOT_GRANTED),
        ("code (hex) : c000015b", "c000015b", NOT_GRANTED),
        ("Fehlercode c004844c beim Anlegen", "c004844c", UPN_FORM),
        (
            r#"{\\\"code\\\":\\\"-1073445812\\\",\\\"m"#,
            "-1073445812",
            UPN_FORM,
        ),
        (
            r#"{"code":"\u002d1073445812"}"#,
            r"\u002d1073445812",
            UPN_FORM,
        ),
        (
            r"code\u0022:\u0022-1073445812\u0022",
            "-1073445812",
            UPN_FORM,
        ),
        (r"refused\n-1073445812\r\nat 3", "-1073445812", UPN_FORM),
        (r"failed:\r\n0xC000015B", "0xC000015B", NOT_GRANTED),
        (
            "&quot;code&quot;:&quot;-1073741477&quot;",
            "-1073741477",
            NOT_GRANTED,
        ),
        (
            "status_logon_type_not_granted",
            "status_logon_type_not_granted",
            NOT_GRANTED,
        ),
        (
            "NT_Status_Logon_Failure",
            "NT_Status_Logon_Failure",
            (CodeSpace::Ntstatus, 0xC000_006D),
        ),
        (
            "0xD000006D",
            "0xD000006D",
            (CodeSpace::Ntstatus, 0xC000_006D),
        ),
        ("(0x80070569)", "0x80070569", (CodeSpace::Win32, 1385)),
        ("-2147023511", "-2147023511", (CodeSpace::Win32, 1385)),
        (
            "requested logon type at this computer. (1385)",
            "1385",
            (CodeSpace::Win32, 1385),
        ),
        (
            "LogonUser failed with 1385",
            "1385",
            (CodeSpace::Win32, 1385),
        ),
        (
            "ERROR_LOGON_FAILURE",
            "ERROR_LOGON_FAILURE",
            (CodeSpace::Win32, 1326),
        ),
        (
            "Error 1069: The service did not start",
            "1069",
            (CodeSpace::Win32, 1069),
        ),
        ("System error 5 has occurred.", "5", (CodeSpace::Win32, 5)),
        ("Error 5: Access is denied.", "5", (CodeSpace::Win32, 5)),
        ("[WinError 5] denied", "5", (CodeSpace::Win32, 5)),
        (
            "WIN32_EXIT_CODE : 1069 (0x42d)",
            "1069",
            (CodeSpace::Win32, 1069),
        ),
        ("Fehler 1326", "1326", (CodeSpace::Win32, 1326)),
        ("error code: 0x52e", "0x52e", (CodeSpace::Win32, 1326)),
        (
            "The clocks differ: SEC_E_TIME_SKEW",
            "SEC_E_TIME_SKEW",
            (CodeSpace::Sspi, 0x8009_0324),
        ),
        ("0x80090324", "0x80090324", (CodeSpace::Sspi, 0x8009_0324)),
        (
            "0x80004005",
            "0x80004005",
            (CodeSpace::Hresult, 0x8000_4005),
        ),
        (
            "(37) KRB_AP_ERR_SKEW Clock skew",
            "KRB_AP_ERR_SKEW",
            (CodeSpace::Kerberos, 37),
        ),
        (
            "Event 4771\n\tFailure Code:\t\t0x18",
            "0x18",
            (CodeSpace::Kerberos, 24),
        ),
        (
            "<EventID>4768</EventID><Data Name='Status'>0x6</Data>",
            "0x6",
            (CodeSpace::Kerberos, 6),
        ),
        ("FailureReason=%%2308", "%%2308", (CodeSpace::Reason, 2308)),
        (
            "aadsts50126: Error validating",
            "aadsts50126",
            (CodeSpace::Aadsts, 50126),
        ),
        (
            "AADSTS999123: unheard of",
            "AADSTS999123",
            (CodeSpace::Aadsts, 999_123),
        ),
        (
            "install failed with 0x8024001e",
            "0x8024001e",
            (CodeSpace::Hresult, 0x8024_001E),
        ),
    ];
    for (text, token, (space, value)) in rows {
        assert_eq!(
            found(text),
            [((*token).to_owned(), *space, *value)],
            "{text}"
        );
    }
}

#[test]
fn lookalikes_stay_silent() {
    let rows = [
        "correlation id 1073741c-4770-4c00-8015-b0c000015b00, status Succeeded",
        "error in {c000015b-4770-4c00-8015-b0c000015b00}",
        "error in 4770aaaa-c000015b",
        "sha256 5f1c000015b7a9e2d4411c000006a0f9b3d7e8a6c5b4f3e2d1c0b9a8f7e6d5c4",
        "code 3221225819331 shipped, code 3221521484000",
        "order 3221225819-1; OperationalError: (1326, 'Too many keys')",
        "order number 3221225819, art. 3221225819",
        "see (7/3221225819) and /3221225819",
        "Tel. +3221225819, phone 3221225819",
        "BaseAddress: 0xC00002FA00000000 Size: 0x1000",
        "error at 0xC00002FA`00000000",
        "error fffff801`c0000005",
        "ntdll+0xC0000005 and object@0xC0000005",
        "0xC000015 and 0xC00000 are what is left",
        "status 0x0, error 0x00000000",
        "rate 1.3221225819 and 3221225819.5",
        "error 10.13.26.5, version 1326.4, at 13:26:1385",
        "status code 401 (Unauthorized), 404, 400 (BadRequest), error 500",
        "exit code 1, exit status 255, error 2",
        "Error: 18456, Severity: 14, State: 8",
        "Error 1205, Level 13",
        "ERROR 1064 (42000): You have an error in your SQL syntax",
        "ORA-01326: something, KB-1326, #1326",
        "failed 1326 times, error 1326 times",
        "EventCode=4320 closed with code 1006",
        "<code>2000</code>",
        "We won everything. (2019)",
        "0x18, Ticket Options: 0x40810010, Process ID: 0x52e",
        "Logon ID:\t\t0xC0000234",
        "Anmelde-ID:\t\t0xC000015B, Prozess-ID: 0xC0000234",
        "ID d’ouverture de session :\t0xC0000234",
        "Id. de inicio de sesión:\t0xC0000234",
        "ログオン ID:\t\t0xC0000234",
        "<Data Name=\"TargetLogonId\">0xc0000234</Data>",
        "{\"SubjectLogonId\": \"0xC0000234\", \"process_id\": \"0xC000015B\"}",
        "handle 0xC000015B, Caller Process ID: 0xC0000234",
        "%%1833 and %%%2308",
        "MY_STATUS_LOGON_FAILURES or XSTATUS_LOGON_FAILURE",
        "c000015b",
        "80070005 units",
        "Keywords: 0x8010000000000000, HKEY 0x80000002",
        "at 1573747600.751717 ts 1573747600 and -1573747600",
        "run-1073741477 and a--1073741477",
        "größe1326 Fehlerä0xC000015B",
    ];
    for text in rows {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_code_beside_an_id_is_one() {
    for text in [
        "user invalid: 0xC0000234",
        "Error ID: 0xC0000234",
        "process id 812: 0xC0000234",
        "MessageId=0xC0000234",
        "Logon ID: 0x3E7, Status: 0xC0000234",
        "the logon id is known, 0xC0000234",
        "Bid 0xC0000234",
    ] {
        assert_eq!(found(text).len(), 1, "{text}");
    }
}

#[test]
fn a_code_that_a_hard_wrap_broke_is_one_code() {
    let lead = "The connection of the desktop flow ended in";
    for broken in [
        "0xC00001\n5B",
        "-10737\r\n41477",
        "> 32\n> 21225819",
        "0x\nC000015B",
    ] {
        let text = format!("{lead} {broken} again");
        let codes = found(&text);
        assert_eq!(codes.len(), 1, "{text}");
        assert_eq!((codes[0].1, codes[0].2), NOT_GRANTED, "{text}");
    }
    for apart in [
        "0xC00001\n5B".to_owned(),
        format!("{lead} 32\n\n21225819"),
        format!("{lead} 32\n212258190"),
        format!("{lead} 12345\n67890"),
        format!("{lead} x32\n21225819"),
    ] {
        assert_eq!(found(&apart), [], "{apart}");
    }
}

#[test]
fn a_sign_in_error_that_a_hard_wrap_broke_is_one_code() {
    let lead = "The connection of the desktop flow ended in";
    for (broken, value) in [
        ("AADS\nTS50034", 50034),
        ("AADSTS500\r\n> 571", 500_571),
        ("A\nADSTS700016", 700_016),
    ] {
        let codes = found(&format!("{lead} {broken}: denied"));
        let codes = codes.iter().map(|code| (code.1, code.2));
        let codes = codes.collect::<Vec<_>>();
        assert_eq!(codes, [(CodeSpace::Aadsts, value)], "{broken}");
    }
    let whole = found(&format!("{lead} AADSTS50057\n12 times"));
    assert_eq!((whole.len(), whole[0].2), (1, 50057));
}

#[test]
fn a_label_at_the_end_of_a_wide_line_is_that_of_the_number_below() {
    for (text, value) in [
        ("Teams cannot sign in, error code\n0xcaa82ee2", 0xcaa8_2ee2),
        (
            "> we map a drive and get the system error\r\n> 1219 each time",
            1219,
        ),
        (
            "the registration of KIOSK-3 ended, error 0xcaa82\nee2 again",
            0xcaa8_2ee2,
        ),
        (
            "our rule for these events has found error 0xC00\n00225 often",
            0xC000_0225,
        ),
    ] {
        let codes = found(text);
        assert_eq!(codes.len(), 1, "{text}");
        assert_eq!(codes[0].2, value, "{text}");
    }
    for apart in [
        "Error\n0xcaa82ee2",
        "we map a drive and get the system error\n\n1219 times so far",
        "we map a drive and get the system error.\n1219 was the year",
    ] {
        assert_eq!(found(apart), [], "{apart}");
    }
}

#[test]
fn a_spelling_by_itself_gives_all_its_readings() {
    let numbers = |spelling: &str| {
        parse(spelling)
            .into_iter()
            .map(|code| (code.space, code.value))
            .collect::<Vec<_>>()
    };
    for spelling in [
        "-1073741477",
        "0xC000015B",
        " 3221225819 ",
        "c000015b",
        "\"0xc000015b\"",
        "STATUS_LOGON_TYPE_NOT_GRANTED",
        "\u{2212}1073741477",
    ] {
        assert_eq!(numbers(spelling), [NOT_GRANTED], "{spelling}");
    }
    for spelling in ["1385", "0x80070569", "(1385)", "0x569"] {
        assert_eq!(numbers(spelling), [(CodeSpace::Win32, 1385)], "{spelling}");
    }
    assert_eq!(
        numbers("0x18"),
        [(CodeSpace::Kerberos, 24), (CodeSpace::Win32, 24)]
    );
    assert_eq!(numbers("%%2308"), [(CodeSpace::Reason, 2308)]);
    assert_eq!(numbers("AADSTS50126"), [(CodeSpace::Aadsts, 50126)]);
    for spelling in [
        "",
        "0",
        "0x0",
        "-5",
        "%%1833",
        "WindowsIdentityIncorrect",
        "0x1234567890",
        "hello",
    ] {
        assert_eq!(numbers(spelling), [], "{spelling}");
    }
}

#[test]
fn a_code_is_described_in_the_numbers_that_programs_print() {
    let of = |spelling: &str| describe(&parse(spelling)[0]);
    let status = of("-1073741477");
    assert_eq!(status.symbol, Some("STATUS_LOGON_TYPE_NOT_GRANTED"));
    assert_eq!(status.hex.as_deref(), Some("0xC000015B"));
    assert_eq!(
        (status.signed, status.unsigned),
        (Some(-1_073_741_477), Some(3_221_225_819))
    );
    assert!(status.meaning.is_some());
    let error = of("0x80070569");
    assert_eq!(error.symbol, Some("ERROR_LOGON_TYPE_NOT_GRANTED"));
    assert_eq!(
        (error.hex.as_deref(), error.signed, error.unsigned),
        (Some("0x569"), None, Some(1385))
    );
    assert!(of("-1073445812").meaning.is_some());
}

#[test]
fn a_table_of_codes_is_teaching_material() {
    let table = "Sub status values are 0xC0000064 (unknown user), 0xC000006A (wrong password), 0xC0000072 (disabled).";
    assert_eq!(weakened(table), [Some(Weakened::Listed); 3]);
    let rows = "| 0xC000006D | frame |\n| 1326 | error |\n| STATUS_WRONG_PASSWORD | - |\n| 0xC0000234 | locked |\n| -1073741710 | disabled |";
    assert!(
        weakened(rows)
            .iter()
            .all(|why| *why == Some(Weakened::Listed)),
        "{:?}",
        found(rows)
    );
}

#[test]
fn what_an_error_table_names_makes_no_list_with_what_happened() {
    let both = "// from our error table\n\"AADSTS7000215\": \"secret wrong\", \"AADSTS700016\": \"app unknown\", \"AADSTS65001\": \"consent\"\n\n// from the nightly job\nERROR token request failed: AADSTS7000222";
    assert_eq!(weakened(both), [None; 4]);
}

#[test]
fn one_failure_in_several_spellings_is_no_table() {
    let event = "Status: 0xC000006D\nFailure Reason: %%2313\nSub Status: 0xC000006A\nError 1326";
    assert_eq!(weakened(event), [None; 4]);
    let translated =
        "-1073741477 (0xC000015B, STATUS_LOGON_TYPE_NOT_GRANTED), Error 1385, 0x80070569";
    assert_eq!(weakened(translated), [None; 5]);
    let far = format!("0xC0000064{0}0xC000006A{0}0xC0000072", " ".repeat(300));
    assert_eq!(weakened(&far), [None; 3]);
}

#[test]
fn log_lines_with_different_codes_are_no_table() {
    let log = "08:00:01 vm1 failed 0xC0000064\n08:00:02 vm2 failed 0xC000006A\n08:00:03 vm3 failed 0xC0000072";
    assert_eq!(weakened(log), [None; 3]);
}

#[test]
fn a_denied_code_is_weak_and_a_sentence_about_a_refusal_is_not() {
    for text in [
        "It is not 0xC000015B",
        "fixed: 0xC000015B",
        "no longer error `0xC000015B`",
        "das ist nicht 0xC000015B",
    ] {
        assert_eq!(weakened(text), [Some(Weakened::Denied)], "{text}");
    }
    for text in [
        "logon has not been granted 0xC000015B",
        "it does not. 0xC000015B",
        "why not? 0xC000015B",
        "could not log on\n0xC000015B",
        "not fixed since Monday, 0xC000015B",
    ] {
        assert_eq!(weakened(text), [None], "{text}");
    }
}

#[test]
fn a_code_in_a_memory_dump_is_weak() {
    let dump = "0012f4a0  0xC000015B 0012f4c0 77e41f20 00000001 00000000";
    assert_eq!(weakened(dump), [Some(Weakened::Dump)]);
}

#[test]
fn a_code_on_a_claimed_line_is_listed_and_marked() {
    let text = "WamDefaultSet : ERROR (0x80070520)\nError 0x80070520";
    let seen = found_with(text, std::slice::from_ref(&(0..35)));
    let why = seen
        .iter()
        .map(|(_, seen)| seen.weakened)
        .collect::<Vec<_>>();
    assert_eq!(why, [Some(Weakened::Claimed), None]);
    assert_eq!(seen[1].1.span.line, 2);
}

#[test]
fn a_flood_of_codes_is_cut_at_the_limit() {
    let flood = "0xC000015B ".repeat(LIMIT + 5);
    assert_eq!(find(&Text::new(flood), &[]).len(), LIMIT);
}

#[test]
fn a_symbol_that_a_hard_wrap_broke_is_whole() {
    let text = "> session setup failed on the server: NT_STATUS_LOGON_FA\r\n> ILURE, and so on";
    let seen = find(&Text::new(text), &[]);
    assert_eq!(seen.len(), 1);
    assert_eq!(
        &text[seen[0].span.start..seen[0].span.end],
        "NT_STATUS_LOGON_FA\r\n> ILURE"
    );
    assert_eq!(find(&Text::new("NT_STATUS_LOGON_FA\nILURE"), &[]), []);
}

#[test]
fn a_stamp_holds_no_code_and_hides_none() {
    for stamp in ["2026-03-01 10:00:00", "2026-03-01T10:13:85"] {
        for (after, codes) in [
            ("", 0),
            (".1385 service", 0),
            (") error 1385", 1),
            (" error 1385", 1),
            ("\nerror 1385\n", 1),
            ("x 1385 (error 1385)", 1),
        ] {
            let text = format!("{stamp}{after}");
            assert_eq!(found(&text).len(), codes, "{text}");
            assert_eq!(found(&format!("error:\n{text}")).len(), codes, "{text}");
        }
    }
}
