use super::*;

fn clean(text: &str) -> String {
    without_secrets(text)
}

#[test]
fn secrets_go_and_their_keys_stay() {
    for (before, after) in [
        ("password=Hunter2!x", "password=[password]"),
        ("Pwd: S3cret!", "Pwd: [password]"),
        (
            "DB_PASSWORD = \"two words\"",
            "DB_PASSWORD = \"[password]\"",
        ),
        (
            r#"{"userName":"a","password":"x y\"z","b":1}"#,
            r#"{"userName":"a","password":"[password]","b":1}"#,
        ),
        (
            r#"{\"password\":\"abc1\",\"b\":1}"#,
            r#"{\"password\":\"[password]\",\"b\":1}"#,
        ),
        (
            "    DefaultPassword    REG_SZ    Winter 25!",
            "    DefaultPassword    REG_SZ    [password]",
        ),
        (
            r#""DefaultPassword"="p\\w\"d""#,
            r#""DefaultPassword"="[password]""#,
        ),
        (
            "cmdkey /add:srv /user:corp\\u /pass:Geheim1",
            "cmdkey /add:srv /user:corp\\u /pass:[password]",
        ),
        (
            r"net use X: \\srv\share Geheim1 /user:corp\u",
            r"net use X: \\srv\share [password] /user:corp\u",
        ),
        (
            "psexec -u corp\\u -p Geheim1 cmd",
            "psexec -u corp\\u -p [password] cmd",
        ),
        (
            "Server=s;Password=a'b;Database=d",
            "Server=s;Password=[password];Database=d",
        ),
        (
            "AccountName=x;AccountKey=abcd+/==;End",
            "AccountName=x;AccountKey=[token];End",
        ),
        ("SharedAccessKey=q1w2e3==", "SharedAccessKey=[token]"),
        (
            "https://x.blob/y?sv=1&sig=a1b2c3d4e5f6g7h8i9j0%3D&se=2",
            "https://x.blob/y?sv=1&sig=[token]&se=2",
        ),
        (
            "Authorization: Bearer abcdefghijklmnop.qrs",
            "Authorization: Bearer [token]",
        ),
        (
            "token eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSM end",
            "token [token] end",
        ),
        ("client_secret=abc~DEF.123", "client_secret=[token]"),
        (
            "https://user:geheim@host/x",
            "https://user:[password]@host/x",
        ),
        (
            "<Password>geheim</Password>",
            "<Password>[password]</Password>",
        ),
        ("Kennwort: Sommer24!", "Kennwort: [password]"),
        (
            r"SMB  192.0.2.7  445  DC1  [-] corp.test\robot:Winter 25 STATUS_LOGON_FAILURE",
            r"SMB  192.0.2.7  445  DC1  [-] corp.test\robot:[password] STATUS_LOGON_FAILURE",
        ),
        (
            r"[+] corp.test\robot:Winter25 (Admin)",
            r"[+] corp.test\robot:[password] (Admin)",
        ),
        (
            r"[-] corp.test\robot:Winter (25) [x] STATUS_LOGON_FAILURE",
            r"[-] corp.test\robot:[password] STATUS_LOGON_FAILURE",
        ),
        (
            r"[-] corp.test\robot:Winter25 KRB_AP_ERR_SKEW",
            r"[-] corp.test\robot:[password] KRB_AP_ERR_SKEW",
        ),
        (
            r"[-] corp.test\robot: KRB_AP_ERR_SKEW",
            r"[-] corp.test\robot: KRB_AP_ERR_SKEW",
        ),
        (
            r"[+] corp.test\robot:Winter\new (25) [x",
            r"[+] corp.test\robot:[password]",
        ),
        (
            r#"{"out": "[+] corp.test\robot:Winter25 (Admin)\r\nSMB  192.0.2.7  445  DC1  [*] done"}"#,
            r#"{"out": "[+] corp.test\robot:[password] (Admin)\r\nSMB  192.0.2.7  445  DC1  [*] done"}"#,
        ),
    ] {
        assert_eq!(clean(before), after);
    }
}

#[test]
fn words_codes_guids_and_settings_stay() {
    for text in [
        "the password is wrong",
        "The password has expired.",
        "Password: incorrect",
        "Password: must be changed",
        "The user name or password is incorrect.=Ole Brandt wrote",
        "Das Kennwort ist falsch.=0xC000006D",
        "user name or password: Unknown user name or bad password.",
        "Credential Type : Password",
        "password: 0xC000006A",
        "password=-1073741715",
        "password = 3221225578",
        "secret: 12345678-1234-1234-1234-123456789abc",
        "fPromptForPassword    REG_DWORD    0x1",
        "\"fPromptForPassword\"=dword:00000001",
        "registry.HKLM\\Terminal Services\\fPromptForPassword = 1",
        "ClearTextPassword = 0",
        "MACHINE\\System\\EnablePlainTextPassword=4,0",
        "PasswordExpiryWarning    REG_DWORD    0x5",
        "\"Password\"=\"\"",
        "@=\"PasswordProvider\"",
        "password=********",
        "password=%PASSWORD%",
        "$password = $cred",
        "pwd: C:\\Users\\x1",
        "Bearer of bad news",
        "sig=short",
        "-p 8080:80",
        r"- [-] C:\Robots\run.ps1: not yet",
        "[-] the robot: still stopped",
        "AADSTS50126: Error validating credentials due to invalid username or password.",
        "{\"code\":\"PasswordExpired\",\"message\":\"password\"}",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn equal_values_have_equal_numbers_across_the_texts_of_a_round() {
    let mut redactor = Redactor::secrets();
    assert_eq!(
        redactor
            .text("a", "password=aaa1 password=bbb2\npassword=aaa1")
            .as_deref(),
        Some("password=[password] password=[password:2]\npassword=[password]")
    );
    assert_eq!(
        redactor.text("b", "pwd=bbb2").as_deref(),
        Some("pwd=[password:2]")
    );
    let place = |source: &str, line| Place {
        source: source.to_owned(),
        line,
    };
    assert_eq!(
        redactor.redactions(),
        [Redaction {
            kind: Mark::Password,
            count: 4,
            places: vec![place("a", 1), place("a", 2), place("b", 1)],
        }]
    );
}

#[test]
fn a_private_key_keeps_its_line_breaks() {
    let text = "a\r\n-----BEGIN RSA PRIVATE KEY-----\r\nMIIEow\r\nAbc+/=\r\n-----END RSA PRIVATE KEY-----\r\nb";
    let clean = clean(text);
    assert!(!clean.contains("MIIEow") && !clean.contains("Abc+"));
    assert_eq!(clean.matches("\r\n").count(), text.matches("\r\n").count());
    assert!(clean.ends_with("-----END RSA PRIVATE KEY-----\r\nb"));
}

#[test]
fn redacting_twice_changes_nothing() {
    let once = clean("password=Hunter2! pwd=other1 sig=x AccountKey=abc==");
    assert_eq!(clean(&once), once);
}
