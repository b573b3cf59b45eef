use super::*;
use crate::evidence::decode::decode;

const POLICY: &str = r"registry.HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services";
const RDP: &str =
    r"registry.HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp";

fn lines(text: &str) -> Reading {
    read("", &Text::new(text))
}

fn value(reading: &Reading, path: &str, name: &str) -> Option<String> {
    let key = fold_key(&format!("{path}\\{name}"));
    reading
        .facts
        .iter()
        .find(|fact| fact.key.folded() == key)
        .map(|fact| fact.value.to_string())
}

fn closed(reading: &Reading, path: &str, name: &str) -> bool {
    let key = fold_key(&format!("{path}\\{name}"));
    reading.scopes.iter().any(|scope| scope.closes.covers(&key))
}

// What closes, and what does not.

#[test]
fn a_query_for_one_value_closes_nothing() {
    let reading = lines(include_str!("../../../tests/fixtures/registry/query-v.txt"));
    assert_eq!(
        value(&reading, RDP, "fPromptForPassword").as_deref(),
        Some("0")
    );
    assert!(reading.scopes.is_empty());
}

#[test]
fn a_query_with_a_filter_closes_nothing() {
    for switch in [
        "/f Prompt",
        "/ve",
        "/v SecurityLayer",
        "/t REG_SZ",
        "/s /f x",
    ] {
        let text = format!(
            "C:\\>reg query {} {switch}\n\nHKEY_LOCAL_MACHINE\\A\n    b    REG_SZ    c\n\n",
            "HKLM\\A"
        );
        assert!(lines(&text).scopes.is_empty(), "{switch}");
    }
}

#[test]
fn a_plain_query_closes_the_values_and_the_subkeys_of_its_key() {
    let text = include_str!("../../../tests/fixtures/registry/query-key.txt");
    let reading = lines(text);
    assert_eq!(value(&reading, RDP, "SecurityLayer").as_deref(), Some("2"));
    assert_eq!(value(&reading, RDP, "Comment").as_deref(), Some(""));
    assert!(closed(&reading, RDP, "fPromptForPassword"));
    assert!(closed(&reading, &format!("{RDP}\\Other"), "x"));
    assert!(!closed(
        &reading,
        &format!("{RDP}\\TSMMRemotingAllowedApps"),
        "x"
    ));
    let scope = &reading.scopes[0];
    assert!(text[scope.span.start..scope.span.end].starts_with("HKEY_LOCAL_MACHINE"));
}

#[test]
fn output_without_its_command_closes_nothing() {
    let text = include_str!("../../../tests/fixtures/registry/query-key.txt");
    let (_, output) = text.split_once('\n').unwrap();
    let reading = lines(output);
    assert_eq!(value(&reading, RDP, "SecurityLayer").as_deref(), Some("2"));
    assert!(reading.scopes.is_empty());
}

#[test]
fn a_shortened_query_closes_nothing() {
    for end in [
        "    ...\n",
        "[...]\n",
        "and so on\n",
        "ERROR: Access is denied.\n",
    ] {
        let text =
            format!("C:\\>reg query HKLM\\A\n\nHKEY_LOCAL_MACHINE\\A\n    b    REG_SZ    c\n{end}");
        assert!(lines(&text).scopes.is_empty(), "{end}");
    }
}

#[test]
fn the_not_found_line_closes_what_its_command_asked_for() {
    for answer in [
        "ERROR: The system was unable to find the specified registry key or value.",
        "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
        "ERREUR : le système n'a pas trouvé la clé ou la valeur de Registre spécifiée.",
        "ERROR: El sistema no ha podido encontrar la clave o el valor del Registro especificados.",
        "ERRORE: impossibile trovare la chiave o il valore del Registro di sistema specificato.",
        "ERROR: The system was unable to find the specified registry\nkey or value.",
    ] {
        let key = r#"reg query "HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services""#;
        let one = lines(&format!(
            "PS C:\\> {key} /v fPromptForPassword\n\n{answer}\n"
        ));
        assert!(closed(&one, POLICY, "fPromptForPassword"), "{answer}");
        assert!(!closed(&one, POLICY, "SecurityLayer"), "{answer}");
        let all = lines(&format!("{key}\n{answer}\n"));
        assert!(closed(&all, POLICY, "SecurityLayer"), "{answer}");
        assert!(closed(&all, &format!("{POLICY}\\Client"), "x"), "{answer}");
        assert!(lines(answer).scopes.is_empty(), "{answer}");
    }
}

#[test]
fn a_whole_export_closes_each_key_and_the_subkeys_it_does_not_list() {
    let reading = lines(include_str!("../../../tests/fixtures/registry/policy.reg"));
    assert_eq!(
        value(&reading, POLICY, "fPromptForPassword").as_deref(),
        Some("1")
    );
    assert!(closed(&reading, POLICY, "SecurityLayer"));
    assert!(closed(&reading, &format!("{POLICY}\\Client"), "x"));
    assert!(closed(&reading, &format!("{POLICY}\\Other"), "x"));
    assert!(!closed(&reading, RDP, "x"));
}

#[test]
fn an_export_that_lost_its_end_closes_all_but_its_last_key() {
    let whole = include_str!("../../../tests/fixtures/registry/policy.reg");
    let reading = lines(whole.trim_end());
    assert!(closed(&reading, POLICY, "SecurityLayer"));
    assert!(!closed(&reading, &format!("{POLICY}\\Client"), "x"));
    assert!(!closed(&reading, &format!("{POLICY}\\Other"), "x"));
    let in_words = lines(&format!("{whole}That is all I have.\n"));
    assert!(!closed(&in_words, &format!("{POLICY}\\Client"), "x"));
}

#[test]
fn a_snippet_without_header_closes_nothing() {
    let whole = include_str!("../../../tests/fixtures/registry/policy.reg");
    let (_, snippet) = whole.split_once("\n\n").unwrap();
    let reading = lines(snippet);
    assert_eq!(
        value(&reading, POLICY, "fPromptForPassword").as_deref(),
        Some("1")
    );
    assert!(reading.scopes.is_empty());
}

#[test]
fn a_file_that_deletes_closes_nothing_and_is_named() {
    let text = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\A]\n\"b\"=-\n\"c\"=\"d\"\n\n[-HKEY_LOCAL_MACHINE\\B]\n\n";
    let reading = lines(text);
    assert!(reading.scopes.is_empty());
    assert_eq!(reading.facts.len(), 1);
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn a_torn_value_costs_its_key_the_closing_and_is_named() {
    let text = "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\A]\n\"b\"=dword:0000\n\"c\"=\"d\"\n\n[HKEY_LOCAL_MACHINE\\B]\n\n";
    let reading = lines(text);
    assert!(!closed(&reading, "registry.HKLM\\A", "x"));
    assert!(closed(&reading, "registry.HKLM\\B", "x"));
    assert_eq!(reading.problems[0].0, Some(4));
}

// Values.

#[test]
fn every_type_of_an_export_is_decoded() {
    let text = concat!(
        "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n",
        "@=\"the default\"\r\n\"s\"=\"C:\\\\a \\\"b\\\"\"\r\n\"empty\"=\"\"\r\n\"d\"=dword:0000000a\r\n",
        "\"q\"=hex(b):01,00,00,00,01,00,00,00\r\n\"e\"=hex(2):25,00,41,00,25,00,00,00\r\n",
        "\"m\"=hex(7):61,00,00,00,\\\r\n  62,00,00,00,00,00\r\n\"x\"=hex:01,ff\r\n",
        "\"lines\"=\"one\r\ntwo\"\r\n\r\n"
    );
    let reading = lines(text);
    let of = |name| value(&reading, "registry.HKLM\\K", name);
    assert_eq!(of("(Default)").as_deref(), Some("the default"));
    assert_eq!(of("s").as_deref(), Some("C:\\a \"b\""));
    assert_eq!(of("empty").as_deref(), Some(""));
    assert_eq!(of("d").as_deref(), Some("10"));
    assert_eq!(of("q").as_deref(), Some("4294967297"));
    assert_eq!(of("e").as_deref(), Some("%A%"));
    assert_eq!(of("m").as_deref(), Some("a, b"));
    assert_eq!(of("x").as_deref(), Some("hex:01,ff"));
    assert_eq!(of("lines").as_deref(), Some("one\ntwo"));
    assert!(closed(&reading, "registry.HKLM\\K", "other"));
    assert!(reading.problems.is_empty());
}

#[test]
fn regedit4_strings_are_ansi() {
    let reading = lines("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\K]\n\"e\"=hex(2):25,41,25,00\n\n");
    assert_eq!(
        value(&reading, "registry.HKLM\\K", "e").as_deref(),
        Some("%A%")
    );
}

#[test]
fn an_export_in_utf16_is_read() {
    let text = include_str!("../../../tests/fixtures/registry/policy.reg").replace('\n', "\r\n");
    let bytes = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<_>>();
    let reading = lines(&decode(&bytes).text);
    assert_eq!(
        value(&reading, POLICY, "fPromptForPassword").as_deref(),
        Some("1")
    );
    assert!(closed(&reading, &format!("{POLICY}\\Client"), "x"));
}

#[test]
fn wrapped_lines_of_a_query_are_joined() {
    let text = "C:\\Users\\robot\\Desktop>reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Te\nrminal Services\"\n\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\nNT\\Terminal Services\n    fPromptForPassword    REG_DWO\nRD    0x1\n";
    let reading = lines(text);
    assert_eq!(
        value(&reading, POLICY, "fPromptForPassword").as_deref(),
        Some("1")
    );
}

#[test]
fn a_query_that_names_only_subkeys_is_a_complete_listing() {
    let reading =
        lines("reg query HKLM\\A\n\nHKEY_LOCAL_MACHINE\\A\\One\nHKEY_LOCAL_MACHINE\\A\\Two\n\n");
    assert!(closed(&reading, "registry.HKLM\\A", "value"));
    assert!(closed(&reading, "registry.HKLM\\A\\Three", "value"));
    assert!(!closed(&reading, "registry.HKLM\\A\\One", "value"));
}

#[test]
fn the_32_bit_view_is_not_taken_for_the_registry() {
    let reading =
        lines("reg query HKLM\\A /reg:32\n\nHKEY_LOCAL_MACHINE\\A\n    b    REG_SZ    c\n");
    assert!(reading.facts.is_empty() && reading.scopes.is_empty());
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn prose_with_a_path_is_left_alone() {
    let reading =
        lines("Please look at [HKLM] and at REG_DWORD values.\nSet fPromptForPassword to 1.\n");
    assert!(reading.facts.is_empty() && reading.claimed.is_empty());
}

#[test]
fn a_powershell_list_is_read_and_closes_nothing() {
    let text = "\nfPromptForPassword : 1\nSecurityLayer      : 2\nPSPath             : Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\n                     NT\\Terminal Services\nPSChildName        : Terminal Services\n\nbye";
    let reading = lines(text);
    assert_eq!(
        value(&reading, POLICY, "fPromptForPassword").as_deref(),
        Some("1")
    );
    assert_eq!(reading.facts.len(), 2);
    assert!(reading.scopes.is_empty());
}
