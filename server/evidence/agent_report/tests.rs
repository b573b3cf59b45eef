use proptest::prelude::*;

use super::*;
use crate::evidence::{Evidence, FactKey, Lookup, ReadOptions, Submission, Upload, read_texts};

const REPORT: &str = r#"{
    "schema": "signpost.report/1",
    "collector": { "name": "collect.ps1", "version": "1.0" },
    "machine": "RPA-VM-07",
    "account": "FABRIKAM\\adm-lena",
    "elevated": true,
    "taken": "2026-11-21T09:12:44+01:00",
    "time_zone": "W. Europe Standard Time",
    "sections": [
        { "id": "rdp-tcp", "command": "reg query", "file": "rdp-tcp.txt", "exit_code": 0 },
        { "id": "secedit", "file": "rights.inf", "exit_code": 5, "error": "Access is\r\n denied." }
    ]
}
"#;
const LISTING: &str = "C:\\>reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\"\r\n\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server\\WinStations\\RDP-Tcp\r\n    fPromptForPassword    REG_DWORD    0x0\r\n";
const MISSING: &str = "C:\\>reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\"\r\n\r\nERROR: The system was unable to find the specified registry key or value.\r\n";
const PROMPT: &str = r"registry.HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp\fPromptForPassword";
const POLICY: &str =
    r"registry.HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\fPromptForPassword";
const TAKEN: i64 = 1_795_248_764_000;

fn texts(named: &[(&str, &str)]) -> Vec<(String, String)> {
    let texts = named.iter();
    texts
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn about(evidence: &Evidence, key: &str) -> About {
    let key = FactKey::new(key);
    let fact = evidence.facts.iter().find(|fact| fact.key == key);
    (*fact.expect("the fact").about).clone()
}

#[test]
fn a_report_speaks_for_the_files_it_lists_and_for_no_other() {
    let evidence = read_texts(
        texts(&[
            ("report.zip/report.json", REPORT),
            ("report.zip/rdp-tcp.txt", LISTING),
            ("loose.txt", &LISTING.replace("0x0", "0x1")),
        ]),
        1,
    );
    let listed = about(&evidence, PROMPT);
    assert_eq!(listed.machine.as_deref(), Some("RPA-VM-07"));
    assert_eq!(listed.taken_by.as_deref(), Some(r"FABRIKAM\adm-lena"));
    assert_eq!(listed.account, None, "who ran it is not whom it is about");
    assert_eq!(listed.elevated, Some(true));
    assert_eq!(listed.taken, Some(TAKEN));
    let other = evidence.facts.iter().rfind(|fact| fact.span.source == 2);
    assert_eq!(*other.unwrap().about, About::default());
}

#[test]
fn what_a_file_tells_itself_comes_first() {
    let status = "+---+\n| Device State |\n+---+\n AzureAdJoined : YES\n Device Name : RPA-VM-09\n";
    let report = REPORT.replace("rdp-tcp.txt", "dsregcmd.txt");
    let evidence = read_texts(
        texts(&[("dsregcmd.txt", status), ("report.json", &report)]),
        1,
    );
    let told = about(&evidence, "dsregcmd.AzureAdJoined");
    assert_eq!(told.machine.as_deref(), Some("RPA-VM-09"));
    assert_eq!(told.taken, Some(TAKEN));
    assert_eq!(evidence.machines(), ["RPA-VM-09", "RPA-VM-07"]);
}

#[test]
fn the_second_report_of_a_case_finds_its_own_files() {
    let later = REPORT.replace("09:12:44", "11:00:00");
    let evidence = read_texts(
        texts(&[
            ("report.zip/report.json", REPORT),
            ("report.zip/rdp-tcp.txt", LISTING),
            ("report.zip/report.json (2)", &later),
            ("report.zip/rdp-tcp.txt (2)", &LISTING.replace("0x0", "0x1")),
        ]),
        1,
    );
    let key = FactKey::new(PROMPT);
    let Lookup::Known(fact) = evidence.look_up(&key, 1) else {
        panic!("the later one counts");
    };
    assert_eq!(fact.value.to_string(), "1");
}

#[test]
fn what_is_known_to_be_absent_counts_only_for_the_machine_of_the_report() {
    let report = REPORT.replace("rdp-tcp.txt", "policy.txt");
    let status = "+---+\n| Device State |\n+---+\n AzureAdJoined : YES\n Device Name : RPA-VM-09\n";
    let mut evidence = read_texts(
        texts(&[
            ("a.zip/report.json", &report),
            ("a.zip/policy.txt", MISSING),
            ("b.txt", status),
        ]),
        1,
    );
    let key = FactKey::new(POLICY);
    evidence.settle_machine(Some("RPA-VM-07"));
    assert!(matches!(evidence.look_up(&key, 1), Lookup::Absent(_)));
    evidence.settle_machine(Some("RPA-VM-09"));
    assert!(matches!(evidence.look_up(&key, 1), Lookup::Unknown));
}

#[test]
fn its_own_words_become_facts_with_their_place() {
    let text = Text::new(REPORT);
    let reading = read("report.json", &text);
    let facts = reading.facts.iter();
    let facts = facts.map(|fact| {
        let shown = &REPORT[fact.span.start..fact.span.end];
        (fact.key.as_str(), fact.span.line, shown)
    });
    assert_eq!(
        facts.collect::<Vec<_>>(),
        [
            ("report.machine", 4, "RPA-VM-07"),
            ("report.account", 5, r"FABRIKAM\\adm-lena"),
            ("report.elevated", 6, "true"),
            ("report.taken", 7, "2026-11-21T09:12:44+01:00"),
            ("report.time_zone", 8, "W. Europe Standard Time"),
        ]
    );
    assert_eq!(reading.claimed.len(), 1);
    assert_eq!(reading.claimed[0], 0..REPORT.len());
}

#[test]
fn a_section_that_failed_is_said_with_its_line() {
    let reading = read("report.json", &Text::new(REPORT));
    assert_eq!(
        reading.problems,
        [(
            Some(11),
            "The collector's section secedit failed on the machine: Access is denied.".to_owned()
        )]
    );
}

#[test]
fn another_version_is_named_and_its_files_are_read_all_the_same() {
    let newer = REPORT.replace("report/1", "report/2");
    let evidence = read_texts(
        texts(&[("report.json", &newer), ("rdp-tcp.txt", LISTING)]),
        1,
    );
    assert_eq!(evidence.problems.len(), 1);
    let what = &evidence.problems[0].what;
    assert!(
        what.contains("signpost.report/2") && what.contains("reads signpost.report/1"),
        "{what}"
    );
    assert_eq!(about(&evidence, PROMPT), About::default());
}

#[test]
fn a_torn_report_costs_itself_only() {
    for at in 1..REPORT.len() {
        let torn = &REPORT[..at];
        let evidence = read_texts(texts(&[("report.json", torn), ("rdp-tcp.txt", LISTING)]), 1);
        let key = FactKey::new(PROMPT);
        assert!(
            matches!(evidence.look_up(&key, 1), Lookup::Known(_)),
            "{torn}"
        );
        let whole = torn.trim_end().ends_with("]\n}");
        let known = torn.contains("signpost.report/1\"");
        assert_eq!(
            evidence
                .problems
                .iter()
                .any(|one| one.what.contains("torn")),
            known && !whole,
            "{torn}"
        );
    }
}

#[test]
fn a_report_that_carries_its_outputs_becomes_files_beside_it() {
    let text = serde_json::json!({
        "schema": VERSION, "machine": "RPA-VM-07", "elevated": false, "note": "fails since Monday",
        "sections": [
            { "id": "rdp-tcp", "command": "reg query", "output": LISTING.lines().collect::<Vec<_>>() },
            { "id": "dsregcmd", "file": "..\\dsregcmd.txt", "output": "AzureAdJoined : YES\nDomainJoined : NO" },
            { "id": "secedit", "error": "Access is denied." } ],
    });
    let submission = Submission {
        files: vec![Upload::new("from-agent.json", text.to_string())],
        ..Submission::default()
    };
    let evidence = crate::evidence::read(&submission, 1, &ReadOptions::default());
    let names = evidence.sources.iter().map(|source| source.name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["from-agent.json", "note", "rdp-tcp", "dsregcmd.txt"]
    );
    for key in [PROMPT, "dsregcmd.AzureAdJoined"] {
        let told = about(&evidence, key);
        assert_eq!(told.machine.as_deref(), Some("RPA-VM-07"), "{key}");
        assert_eq!(told.elevated, Some(false));
    }
    assert!(
        evidence
            .problems
            .iter()
            .any(|one| one.what.contains("section secedit")),
        "{:?}",
        evidence.problems
    );
    let again = evidence.sources.iter();
    let again = again.map(|source| (source.name.clone(), source.text.as_str().to_owned()));
    let again = read_texts(again.collect(), 1);
    assert_eq!(about(&again, PROMPT), about(&evidence, PROMPT));
}

#[test]
fn a_report_in_short_keeps_the_way_to_each_text_as_its_name() {
    let unfolded = unfold(
        r#"{"schema": "signpost.report/1", "sections": {"run": "failed", "n": 1}, "logs": ["a", ["b"]], "machine": "X"}"#,
    );
    let unfolded = unfolded.unwrap();
    let names = unfolded.files.iter().map(|(name, _)| name.as_str());
    let names = names.collect::<std::collections::BTreeSet<_>>();
    assert!(names.into_iter().eq(["logs/0", "logs/1/0", "sections/run"]));
    assert!(unfolded.index.contains("\"machine\": \"X\""));
    assert_eq!(
        unfold(r#"{"schema": "signpost.report/1", "machine": "X"}"#),
        None
    );
    assert_eq!(
        unfold(r#"{"schema": "other/1", "text": "signpost.report/1"}"#),
        None
    );
    assert_eq!(unfold("no report: signpost.report/1"), None);
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_without_harm(
        text in "\\PC{0,200}",
        at in 0..REPORT.len(),
        take in 0..40usize,
    ) {
        let end = (at + take).min(REPORT.len());
        let mutated = format!("{}{text}{}", &REPORT[..at], &REPORT[end..]);
        for text in [text.as_str(), mutated.as_str()] {
            let text = Text::new(text);
            let reading = read("report.json", &text);
            for fact in &reading.facts {
                prop_assert!(text.as_str().get(fact.span.start..fact.span.end).is_some());
                prop_assert_eq!(text.line_of(fact.span.start), fact.span.line);
            }
            let _ = unfold(text.as_str());
            read_texts(vec![("report.json".to_owned(), text.as_str().to_owned())], 1);
        }
    }
}
