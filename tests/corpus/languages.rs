//! The same event from Windows in other languages: what it says is told by codes, numbers and the order of its lines,
//! so the language changes nothing. Only wording that `evidence/events` confirms is used.

use std::collections::BTreeSet;

use signpost::condition::shape::ConditionFile;
use signpost::evidence::{CodeSpace, codes};

use super::engine::{diagnosed, fixtures, paste, release, said, top};

/// `tests/fixtures/events/4625.*.txt`; the first is compared with.
const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "ja"];

fn printed(language: &str) -> String {
    let path = fixtures().join(format!("events/4625.{language}.txt"));
    std::fs::read_to_string(path).expect("a fixture")
}

/// Every NTSTATUS that some rule knows.
fn known_statuses() -> BTreeSet<u32> {
    let mut known = BTreeSet::new();
    for rule in release().rules.values() {
        collect(&rule.file.matcher, &mut known);
    }
    known
}

fn collect(condition: &ConditionFile, known: &mut BTreeSet<u32>) {
    for part in condition.all.iter().chain(&condition.any).flatten() {
        collect(part, known);
    }
    let event = condition.event.as_ref();
    let by_event = event.and_then(|event| event.code.as_deref());
    for written in condition.code.as_deref().into_iter().chain(by_event) {
        let statuses = codes::parse(written).into_iter();
        let statuses = statuses.filter(|code| code.space == CodeSpace::Ntstatus);
        known.extend(statuses.map(|code| code.value));
    }
}

/// The printed event with other codes. Its sentence for the reason would speak against them, so none stands there.
fn with_codes(printed: &str, status: u32, sub_status: u32) -> String {
    let lines = printed.lines().collect::<Vec<_>>();
    let at = lines
        .iter()
        .position(|line| line.contains("0xC000006D"))
        .expect("a status");
    let lines = lines.into_iter().enumerate().map(|(number, line)| {
        if number + 1 == at {
            let label = line.trim_end().rfind('\t').expect("a label") + 1;
            format!("{}-", &line[..label])
        } else {
            line.replace("0xC000006D", &format!("0x{status:X}"))
                .replace("0xC000006A", &format!("0x{sub_status:X}"))
        }
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

#[test]
fn a_failed_sign_in_says_the_same_in_every_language_for_every_status_that_a_rule_knows() {
    let known = known_statuses();
    assert!(known.len() >= 40, "{}", known.len());
    let mut found = 0;
    for status in known {
        for (outer, inner) in [(0xC000_006D, status), (status, 0)] {
            let english = diagnosed(paste(&with_codes(&printed("en"), outer, inner)));
            let expected = said(&english.findings);
            found += usize::from(top(&english.findings).is_some());
            for language in &LANGUAGES[1..] {
                let text = with_codes(&printed(language), outer, inner);
                let findings = diagnosed(paste(&text)).findings;
                assert_eq!(said(&findings), expected, "{language} {outer:X} {inner:X}");
            }
        }
    }
    assert!(found >= 60, "{found}");
}

/// Language, then the labels of the package, the account, the machine and the code of event 4776.
const NTLM: [[&str; 5]; 5] = [
    [
        "en",
        "Authentication Package",
        "Logon Account",
        "Source Workstation",
        "Error Code",
    ],
    [
        "de",
        "Authentifizierungspaket",
        "Anmeldekonto",
        "Quellarbeitsstation",
        "Fehlercode",
    ],
    [
        "fr",
        "Package d’authentification",
        "Compte d’ouverture de session",
        "Station de travail source",
        "Code d’erreur",
    ],
    [
        "es",
        "Paquete de autenticación",
        "Cuenta de inicio de sesión",
        "Estación de trabajo de origen",
        "Código de error",
    ],
    [
        "ja",
        "認証パッケージ",
        "ログオン アカウント",
        "ソース ワークステーション",
        "エラー コード",
    ],
];

#[test]
fn checked_ntlm_credentials_say_the_same_in_every_language() {
    let mut found = 0;
    for status in known_statuses() {
        let mut english = None;
        for [language, package, account, machine, code] in NTLM {
            let header = printed(language);
            let (header, _) = header
                .split_once("RPA-VM-07.contoso.test")
                .expect("a header");
            let header = header.replace("4625", "4776");
            let text = format!(
                "{header}DC01.contoso.test\n\n{package}:\tMICROSOFT_AUTHENTICATION_PACKAGE_V1_0\n{account}:\tsvc-robot\n{machine}:\tRPA-VM-07\n{code}:\t0x{status:X}\n"
            );
            let findings = diagnosed(paste(&text)).findings;
            found += usize::from(top(&findings).is_some());
            let expected = english.get_or_insert_with(|| said(&findings));
            assert_eq!(said(&findings), *expected, "{language} {status:X}\n{text}");
        }
    }
    assert!(found >= 150, "{found}");
}

/// A service event as XML, rendered by a Windows of this language.
fn service_event(id: u32, params: [&str; 3], culture: &str, level: &str, message: &str) -> String {
    let data = params
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_empty());
    let data = data.map(|(at, value)| format!("<Data Name='param{}'>{value}</Data>", at + 1));
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Service Control Manager' EventSourceName='Service Control Manager'/><EventID Qualifiers='49152'>{id}</EventID><Level>2</Level><TimeCreated SystemTime='2026-11-20T06:00:11.1230000Z'/><Channel>System</Channel><Computer>RPA-VM-07.contoso.test</Computer></System><EventData>{}</EventData><RenderingInfo Culture='{culture}'><Message>{message}</Message><Level>{level}</Level></RenderingInfo></Event>",
        data.collect::<String>()
    )
}

#[test]
fn a_service_that_does_not_start_says_the_same_in_every_language() {
    let cultures = [
        ("en-US", "Error"),
        ("de-DE", "Fehler"),
        ("fr-FR", "Erreur"),
        ("es-ES", "Error"),
        ("ja-JP", "エラー"),
    ];
    for (id, params) in [
        (7000, ["UIFlowService", "%%1069", ""]),
        (7000, ["UIFlowAgentLauncherService", "%%5", ""]),
        (7038, ["UIFlowService", "CONTOSO\\svc-robot", "%%1326"]),
        (7038, ["UiRobotSvc", "CONTOSO\\svc-robot", "%%1330"]),
        (7041, ["UIFlowService", "CONTOSO\\svc-robot", ""]),
    ] {
        let mut english = None;
        for (culture, level) in cultures {
            let text = service_event(id, params, culture, level, "");
            let findings = diagnosed(paste(&text)).findings;
            assert!(top(&findings).is_some(), "{id} {params:?} {culture}");
            let expected = english.get_or_insert_with(|| said(&findings));
            assert_eq!(said(&findings), *expected, "{id} {params:?} {culture}");
        }
    }
}
