use super::*;
use crate::evidence::redact::Redactor;

fn redactor() -> Redactor {
    Redactor::people(Pseudonyms::new(&[7; 32], "case", &[]))
}

fn clean(text: &str) -> String {
    redactor().typed(text)
}

#[test]
fn names_become_numbers_and_keep_their_form() {
    for (before, after) in [
        ("kim.lee@contoso.com", "[user:1]@[domain:1]"),
        ("user FABRIKAM\\svc-robot", "user [domain:1]\\[user:1]"),
        (
            "  User Name: fabrikam\\svc-robot",
            "  User Name: [domain:1]\\[user:1]",
        ),
        ("AzureAD\\KimLee", "AzureAD\\[user:1]"),
        ("Device Name : RPA-VM-07", "Device Name : [host:1]"),
        (
            "<Computer>RPA-VM-07.fabrikam.local</Computer>",
            "<Computer>[host:1].[domain:1]</Computer>",
        ),
        ("FABRIKAM\\RPA-VM-07$", "[domain:1]\\[host:1]$"),
        ("from 10.20.30.40 port 3389", "from [ip:1] port 3389"),
        ("fe80::1c2d:3e4f:5a6b%12", "[ip:1]%12"),
        ("S-1-5-21-1-2-3-1109", "[sid:1]"),
        (
            "*S-1-5-21-1-2-3-512,*S-1-5-32-544",
            "*[sid:1]-512,*S-1-5-32-544",
        ),
        ("\\\\FILE01\\share", "\\\\[host:1]\\share"),
        (
            "C:\\Users\\kim.lee\\AppData",
            "C:\\Users\\[user:1]\\AppData",
        ),
        (
            "{\"computer\":\"RPA-VM-07\",\"user\":\"FABRIKAM\\\\svc-robot\"}",
            "{\"computer\":\"[host:1]\",\"user\":\"[domain:1]\\\\[user:1]\"}",
        ),
        (
            "Account Name:\t\tsvc-robot\r\nAccount Domain:\t\tFABRIKAM\r\n",
            "Account Name:\t\t[user:1]\r\nAccount Domain:\t\t[domain:1]\r\n",
        ),
    ] {
        assert_eq!(clean(before), after, "{before}");
    }
}

#[test]
fn what_everybody_has_stays() {
    for text in [
        "NT AUTHORITY\\SYSTEM",
        "BUILTIN\\Remote Desktop Users",
        "NT SERVICE\\TermService",
        "127.0.0.1:8080",
        "0.0.0.0",
        "::1",
        "https://login.microsoftonline.com/common",
        "S-1-5-18",
        "S-1-5-32-544",
        "localhost",
        "HKLM\\SOFTWARE\\Microsoft",
        "SOFTWARE\\Policies",
        "System32\\cmd.exe",
        "bin\\Debug",
        "version 10.0.1.2",
        "10.0.19045.3570",
        "12:34:56",
        "2026-11-22T12:34:56",
        "std::vector",
        "System.Net.Http",
        "ASP.NET",
        "Microsoft.Flow.RPA.Agent",
        "Font Driver Host\\UMFD-0",
        "Window Manager\\DWM-1",
        "Mandatory Label\\High Mandatory Level",
        "0xC000015B",
        "{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}",
        "C:\\Windows\\System32\\x.dll",
    ] {
        assert_eq!(clean(text), text);
    }
}

/// A heading that was taken for a name went in every later table too, whose rows then belonged to none.
#[test]
fn headings_beside_a_heading_and_words_about_an_account_are_no_names() {
    for text in [
        " USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\n SESSIONNAME       USERNAME                 ID  STATE   TYPE        DEVICE \n",
        " BENUTZERNAME          SITZUNGSNAME       ID  STATUS  LEERLAUF   ANMELDEZEIT\n",
        " UTILISATEUR           SESSION            ID  ÉTAT    TEMPS INACT TEMPS SESSION\n",
        "UserName      ComputerName   Enabled\n--------      ------------   -------\n",
        " services                                    0  Disc                        \n console                                     1  Conn                        \n",
        "User: locked\n",
        "machine: offline\n",
        "Konto: deaktiviert\n",
        "account=expired",
    ] {
        assert_eq!(clean(text), text);
    }
    for (before, after) in [
        (
            ">console           svc-robot                 1  Active                      ",
            ">console           [user:1]                 1  Active                      ",
        ),
        (
            "                   svc-robot                 2  Getr.                        ",
            "                   [user:1]                 2  Getr.                        ",
        ),
        (
            " rdp-tcp#5         kim                       3  Active  rdpwd               ",
            " rdp-tcp#5         [user:1]                       3  Active  rdpwd               ",
        ),
        (
            " svc-robot                                 4  Getr.   2+01:05    20.11.2026 07:12",
            " [user:1]                                 4  Getr.   2+01:05    20.11.2026 07:12",
        ),
        (
            "User      kim      ID      4",
            "User      [user:1]      ID      4",
        ),
        (
            "User      kim.lee      Domain      FABRIKAM",
            "User      [user:1]      Domain      [domain:1]",
        ),
    ] {
        assert_eq!(clean(before), after, "{before}");
    }
}

#[test]
fn a_name_that_was_given_away_is_replaced_everywhere_and_in_later_rounds() {
    let mut first = redactor();
    first.learn("a", "Host Name:   RPA-VM-07\n");
    assert_eq!(
        first.text("b", "connection to rpa-vm-07 failed").as_deref(),
        Some("connection to [host:1] failed")
    );
    let kept = first.fresh().to_vec();
    let mut later = Redactor::people(Pseudonyms::new(&[7; 32], "case", &kept));
    assert_eq!(later.typed("RPA-VM-07 is back"), "[host:1] is back");
    assert_eq!(
        later.machine("rpa-vm-07.fabrikam.local"),
        "[host:1].[domain:1]"
    );
    assert_eq!(later.account("FABRIKAM\\svc"), "[domain:1]\\[user:1]");
    assert_eq!(later.account("svc@fabrikam.com"), "[user:1]@[domain:1]");
}

#[test]
fn replacing_twice_changes_nothing() {
    let once = clean(
        "user FABRIKAM\\svc-robot on RPA-VM-07.fabrikam.local at 10.1.2.3, kim@contoso.com S-1-5-21-1-2-3-1109",
    );
    assert_eq!(clean(&once), once);
}

#[test]
fn a_sentence_of_ours_names_nobody_and_counts_nothing() {
    let mut redactor = redactor();
    redactor.learn("report.zip/RPA-VM-07.txt", "Host Name:   RPA-VM-07\n");
    let counted = redactor.redactions();
    assert_eq!(
        redactor
            .sentence("The section failed on RPA-VM-07 by FABRIKAM\\svc-robot, password=Hunter2!x"),
        "The section failed on [host:1] by [domain:1]\\[user:1], password=[password]"
    );
    assert_eq!(redactor.redactions(), counted);
}

/// Guards against a key that is looked for only where its word stands in small letters.
#[test]
fn keys_are_found_in_any_case_of_their_letters() {
    for (before, after) in [
        ("KONTODOMÄNE: FABRIKAM", "KONTODOMÄNE: [domain:1]"),
        ("GERÄTENAME: RPA-VM-07", "GERÄTENAME: [host:1]"),
        (
            "VOLLSTÄNDIGER NAME    Kim Lee",
            "VOLLSTÄNDIGER NAME    [user:1]",
        ),
        ("USERNAME=svc-robot", "USERNAME=[user:1]"),
        ("c:\\USERS\\kim.lee\\x", "c:\\USERS\\[user:1]\\x"),
        ("s-1-5-21-1-2-3-1109", "[sid:1]"),
        ("from 10.1.2.3.", "from [ip:1]."),
    ] {
        assert_eq!(clean(before), after);
    }
}
