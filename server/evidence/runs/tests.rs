use proptest::prelude::*;

use super::*;
use crate::evidence::{Reader, Text, read_texts};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/runs/", $name))
    };
}

/// Each fixture with its reader and what must be read from it.
const SAMPLES: &[(&Reader, &str, &[&str])] = &[
    (
        &json::READER,
        fixture!("run-history.json"),
        &[
            "run.product = Power Automate",
            "run.status = Failed",
            "run.error_code = WindowsIdentityIncorrect",
            "run.error_message = Could not sign in with the credentials of the connection.",
            "run.started = 2026-11-20T06:00:11.123Z",
            "run.correlation_id = 08584700000000000000000000001CU01",
        ],
    ),
    (
        &json::READER,
        fixture!("flowsession.json"),
        &[
            "run.product = Power Automate",
            "run.status = Failed",
            "run.error_code = SessionCreationError",
            "run.error_message = The session could not be created.",
            "run.machine = RPA-VM-07",
            "run.account = FABRIKAM\\svc-robot",
            "run.started = 2026-11-20T06:00:11Z",
            "run.correlation_id = 5d20e1b3-77c4-4e0a-8f19-c2b9a6d40e83",
        ],
    ),
    (
        &json::READER,
        fixture!("action-output.json"),
        &[
            "run.error_code = UnallowedTenantForUser",
            "run.error_message = The request failed.",
            "run.machine = RPA-VM-07",
        ],
    ),
    (
        &json::READER,
        fixture!("uipath-execution.log"),
        &[
            "run.product = UiPath",
            "run.status = Error",
            "run.error_message = Open browser: Logon failure: the user has not been granted the requested logon type at this computer. (0x80070569)",
            "run.machine = RPA-VM-07",
            "run.account = FABRIKAM\\svc-robot",
            "run.started = 2026-11-20T06:00:11.1234+01:00",
            "run.correlation_id = 06698f21-0000-4000-8000-3c80edf5d503",
        ],
    ),
    (
        &json::READER,
        fixture!("orchestrator-jobs.json"),
        &[
            "run.product = UiPath",
            "run.status = Faulted",
            "run.error_message = Executor start process failed, reason System.Exception: Could not start executor. Windows error: 1326",
            "run.machine = RPA-VM-07",
            "run.account = FABRIKAM\\svc-robot",
            "run.started = 2026-11-20T05:00:11Z",
            "run.correlation_id = 06698f21-0000-4000-8000-3c80edf5d503",
        ],
    ),
    (
        &json::READER,
        fixture!("anywhere-activity.json"),
        &[
            "run.product = Automation Anywhere",
            "run.status = RUN_FAILED",
            "run.error_message = The user session could not be created: Logon failure.",
            "run.machine = RPA-VM-07",
            "run.account = svc-robot@fabrikam.test",
            "run.started = 2026-11-20T06:00:11Z",
            "run.correlation_id = dep-1",
        ],
    ),
    (
        &logs::READER,
        fixture!("alteryx-service.log"),
        &[
            "run.product = Alteryx Server",
            "run.status = ERROR",
            "run.error_message = Workflow credential FABRIKAM\\svc-analytics: Logon failure: the user has not been granted the requested logon type at this computer. (1385)",
            "run.account = FABRIKAM\\svc-analytics",
            "run.started = 2026-11-20 06:00:04.377000",
        ],
    ),
    (
        &logs::READER,
        fixture!("anywhere-agent.log"),
        &[
            "run.product = Automation Anywhere",
            "run.status = ERROR",
            "run.error_code = 1326",
            "run.error_message = [pool-1-thread-2] - com.automationanywhere.nodemanager.service.impl.SessionServiceImpl - {} - createSession - Windows logon failed for user FABRIKAM\\svc-robot, error code 1326",
            "run.account = FABRIKAM\\svc-robot",
            "run.started = 2026-Nov-20 Fri 06:00:11.123",
        ],
    ),
    (
        &logs::READER,
        fixture!("pad-service.log"),
        &[
            "run.product = Power Automate",
            "run.status = Error",
            "run.error_code = SessionCreationUserPromptedForCredentialsAfterConnection",
            "run.error_message = UIFlowService|Session was not created, ErrorCode: SessionCreationUserPromptedForCredentialsAfterConnection, CorrelationId: 5d20e1b3-77c4-4e0a-8f19-c2b9a6d40e83, MachineName: RPA-VM-07",
            "run.machine = RPA-VM-07",
            "run.started = 2026-11-20T06:00:11.1230000Z",
            "run.correlation_id = 5d20e1b3-77c4-4e0a-8f19-c2b9a6d40e83",
        ],
    ),
];

fn reading(reader: &Reader, text: &str) -> Reading {
    (reader.read)("", &Text::new(text))
}

fn said(reading: &Reading) -> Vec<String> {
    let facts = reading.facts.iter();
    facts
        .map(|fact| format!("{} = {}", fact.key, fact.value))
        .collect()
}

#[test]
fn every_sample_says_what_it_says() {
    for (reader, text, expected) in SAMPLES {
        let lower = text.to_lowercase();
        let mut marks = reader.marks.iter();
        assert!(
            marks.any(|mark| lower.contains(&mark.to_lowercase())),
            "{text}"
        );
        let reading = reading(reader, text);
        assert_eq!(said(&reading), *expected, "{text}");
        assert!(
            reading.claimed.is_empty(),
            "an error has to stay to be found"
        );
    }
}

#[test]
fn a_run_tells_its_machine_and_its_time() {
    let reading = reading(&json::READER, fixture!("flowsession.json"));
    let about = &reading.facts[0].about;
    assert_eq!(about.machine.as_deref(), Some("RPA-VM-07"));
    assert_eq!(about.taken, unix_ms("2026-11-20T06:00:11Z"));
    assert_eq!(
        about.account, None,
        "who failed is the question, not the answer"
    );
}

#[test]
fn a_name_that_somebody_gave_a_machine_is_not_its_own() {
    let text = r#"{"error":{"code":"NoCandidateMachine","message":"x"},"machineName":"Robot of accounting"}"#;
    let reading = reading(&json::READER, text);
    assert!(said(&reading).contains(&"run.machine = Robot of accounting".to_owned()));
    assert_eq!(reading.facts[0].about.machine, None);
}

#[test]
fn errors_of_one_time_that_differ_are_all_told() {
    let text = r#"[{"error":{"code":"NoCandidateMachine"}},{"error":{"code":"WindowsIdentityIncorrect"}}]"#;
    let codes = said(&reading(&json::READER, text));
    assert_eq!(
        codes,
        [
            "run.error_code = NoCandidateMachine",
            "run.error_code = WindowsIdentityIncorrect"
        ]
    );
}

#[test]
fn a_general_error_gives_way_to_the_one_within() {
    let text = r#"{"error":{"code":"ActionFailed","message":"An action failed."},"outputs":{"error":{"code":"WindowsIdentityIncorrect"}}}"#;
    let codes = said(&reading(&json::READER, text));
    assert_eq!(codes, ["run.error_code = WindowsIdentityIncorrect"]);
}

#[test]
fn a_long_message_is_cut_and_its_span_with_it() {
    let long = "ä".repeat(700);
    let text = Text::new(format!(
        r#"{{"error":{{"code":"ActionFailed","message":"{long}"}}}}"#
    ));
    let reading = (json::READER.read)("", &text);
    let message = &reading.facts[1];
    assert_eq!(message.value.to_string().chars().count(), 500);
    assert_eq!(
        text.as_str()[message.span.start..message.span.end],
        "ä".repeat(500)
    );
}

#[test]
fn other_json_and_other_logs_are_left_alone() {
    for text in [
        r#"{"errors":[],"level":"Error","message":"x"}"#,
        r#"{"error":"it failed"}"#,
        r#"{"error":{"message":"no code"}}"#,
        "2026-11-20 06:00:04 ERROR nginx: upstream timed out",
        "Our UIFlowService has an error since 2026-11-20 06:00:04",
    ] {
        assert!(reading(&json::READER, text).facts.is_empty(), "{text}");
        assert!(reading(&logs::READER, text).facts.is_empty(), "{text}");
    }
}

#[test]
fn each_run_of_a_list_is_an_entry() {
    for (text, count) in [
        (fixture!("run-history.json"), 3),
        (fixture!("orchestrator-jobs.json"), 2),
        (fixture!("uipath-execution.log"), 3),
        (fixture!("alteryx-service.log"), 3),
        (fixture!("anywhere-agent.log"), 3),
        (fixture!("pad-service.log"), 3),
    ] {
        let evidence = read_texts(vec![("paste".to_owned(), text.to_owned())], 1);
        let entries = &evidence.sources[0].entries;
        let records = entries
            .iter()
            .filter(|entry| text[entry.clone()].contains("20"))
            .count();
        assert_eq!(records, count, "{text}");
    }
}

/// What holds for any reading of any text.
fn check(text: &Text, reading: &Reading) {
    for fact in &reading.facts {
        let span = fact.span;
        assert!(
            text.as_str().get(span.start..span.end).is_some(),
            "{span:?}"
        );
        assert_eq!(text.line_of(span.start), span.line, "{span:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read(text in "(?s).{0,300}") {
        let text = Text::new(text);
        check(&text, &(json::READER.read)("", &text));
        check(&text, &(logs::READER.read)("", &text));
    }

    #[test]
    fn torn_and_mixed_samples_are_read(
        which in 0..SAMPLES.len(),
        other in 0..SAMPLES.len(),
        cut in 0..2000usize,
        hole in 0..200usize,
        noise in "[\\r\\n:|{}\\[\\]\"=\\\\ ä,-]{0,12}",
    ) {
        let sample = SAMPLES[which].1;
        let from = sample.floor_char_boundary(cut.min(sample.len()));
        let to = sample.floor_char_boundary((from + hole).min(sample.len()));
        let text = format!("{}{noise}{}{}", &sample[..from], &sample[to..], SAMPLES[other].1);
        let text = Text::new(text);
        check(&text, &(json::READER.read)("", &text));
        check(&text, &(logs::READER.read)("", &text));
        let evidence = read_texts(vec![("paste".to_owned(), text.as_str().to_owned())], 1);
        let mut end = 0;
        for entry in evidence.sources[0].entries.iter() {
            assert_eq!(entry.start, end);
            assert!(text.as_str().is_char_boundary(end));
            end = entry.end;
        }
        assert_eq!(end, text.as_str().len());
    }
}
