//! What events mean, on small packs of rules.

use super::{evidence, ids, release};
use crate::evidence::{Event, EventField, Evidence, Span};
use crate::rules::{Confidence, Verdict, classify};

/// Events of the case's machine, as `id, account, field = value…`, each on a line of its own with the source behind.
type Written<'a> = (u32, &'a str, &'a [(&'a str, &'a str)]);

fn with_events(events: &[Written<'_>]) -> Evidence {
    let mut text = String::new();
    let mut given = Vec::new();
    for (id, account, fields) in events {
        let line = given.len() + 1;
        let start = text.len();
        let mut put = |piece: &str| {
            let start = text.len();
            text.push_str(piece);
            text.push(' ');
            Span {
                source: 0,
                line,
                start,
                end: start + piece.len(),
            }
        };
        let id_span = put(&id.to_string());
        let target = ("TargetUserName", *account);
        let fields = std::iter::once(&target).chain(*fields);
        let fields = fields
            .map(|(name, value)| EventField {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                span: put(value),
            })
            .collect();
        let span = Span {
            end: text.len(),
            start,
            ..id_span
        };
        text.push('\n');
        given.push(Event {
            id: Some(*id),
            provider: Some("Microsoft-Windows-Security-Auditing".to_owned()),
            fields,
            span,
            id_span,
            round: 1,
            ..Event::default()
        });
    }
    let mut evidence = evidence(&[&text]);
    evidence.codes.clear();
    evidence.sources[0].claimed.push(0..text.len());
    evidence.events = given;
    evidence
}

const FRAME: (&str, &str, &str) = ("frame", "", "{ event: { code: STATUS_LOGON_FAILURE } }");
const NOBODY: (&str, &str, &str) = (
    "nobody",
    "frame",
    "{ event: { code: STATUS_NO_SUCH_USER } }",
);
const LOCKED: (&str, &str, &str) = (
    "locked",
    "",
    "{ any: [ { event: { code: '0xC0000234' } }, { event: { id: 4740 } } ] }",
);
const OTHER: (&str, &str, &str) = (
    "other",
    "",
    "{ event: { id: 4625, unless_code: ['0xC000006D', '0xC0000064', '0xC0000234'] } }",
);

#[test]
fn the_deciding_status_of_an_event_is_the_cause_and_the_proof_is_its_bytes() {
    let release = release(&[FRAME, NOBODY, LOCKED, OTHER]);
    let evidence = with_events(&[(
        4625,
        "svc-robot",
        &[("Status", "0xc000006d"), ("SubStatus", "0xc0000064")],
    )]);
    let findings = classify(&release, &evidence, None);
    assert_eq!(ids(&findings), ["nobody"]);
    assert_eq!(findings.verdict, Verdict::Matched);
    let first = &findings.findings[0];
    assert_eq!(first.confidence, Confidence::Certain);
    assert_eq!(first.because[0].text, "0xc0000064");
    assert_eq!(first.because[0].line, 1);
    let rare = with_events(&[(4625, "svc-robot", &[("Status", "0xc000035b")])]);
    assert_eq!(ids(&classify(&release, &rare, None)), ["other"]);
}

#[test]
fn a_frame_in_the_text_gives_way_to_what_the_event_says() {
    let text = ("words", "", "{ code: STATUS_LOGON_FAILURE }");
    let nobody = ("nobody", "words", NOBODY.2);
    let release = release(&[text, nobody]);
    let mut both = evidence(&["net use: STATUS_LOGON_FAILURE"]);
    both.join(with_events(&[(
        4625,
        "svc-robot",
        &[("SubStatus", "0xc0000064")],
    )]));
    let findings = classify(&release, &both, None);
    assert_eq!(ids(&findings), ["nobody", "words"]);
    assert_eq!(findings.findings[1].gave_way_to[0].as_str(), "nobody");
    assert_eq!(findings.verdict, Verdict::Matched);
}

#[test]
fn two_faults_in_one_log_are_two_findings() {
    let release = release(&[FRAME, NOBODY, LOCKED]);
    let evidence = with_events(&[
        (4625, "svc-old", &[("SubStatus", "0xc0000064")]),
        (4624, "kim", &[("LogonType", "2")]),
        (4740, "svc-robot", &[]),
    ]);
    let findings = classify(&release, &evidence, None);
    assert_eq!(ids(&findings), ["locked", "nobody"]);
    assert_eq!(findings.verdict, Verdict::Matched);
    assert_eq!(findings.findings[0].because[0].text, "4740");
}

#[test]
fn a_healthy_log_holds_no_error() {
    let release = release(&[FRAME, NOBODY, LOCKED, OTHER]);
    let evidence = with_events(&[
        (4624, "svc-robot", &[("LogonType", "10")]),
        (4776, "svc-robot", &[("Status", "0x0")]),
        (4634, "svc-robot", &[]),
    ]);
    let findings = classify(&release, &evidence, None);
    assert_eq!(ids(&findings), Vec::<&str>::new());
    assert_eq!(findings.verdict, Verdict::NoErrorFound);
}

#[test]
fn events_about_another_account_answer_nothing() {
    let release = release(&[FRAME, NOBODY, LOCKED]);
    let mut evidence = with_events(&[
        (4625, "svc-old", &[("SubStatus", "0xc0000064")]),
        (4625, "svc-robot", &[("SubStatus", "0xc0000234")]),
    ]);
    evidence.account = Some(r"FABRIKAM\svc-robot".to_owned());
    assert_eq!(ids(&classify(&release, &evidence, None)), ["locked"]);
    evidence.account = Some(r"FABRIKAM\kim".to_owned());
    let findings = classify(&release, &evidence, None);
    assert_eq!(ids(&findings), Vec::<&str>::new());
    assert_eq!(findings.verdict, Verdict::NoErrorFound);
}

#[test]
fn a_rule_that_waits_for_an_event_names_what_would_bring_it() {
    let waiting = (
        "waiting",
        "",
        "{ all: [ { code: WindowsIdentityIncorrect }, { event: { id: 4625, code: '0xC0000234' } } ] }",
    );
    let mut release = release(&[waiting]);
    let collector = serde_saphyr::from_str::<crate::rules::CollectorFile>(
        "{ id: security-events, title: Events, yields: [event.4625] }",
    )
    .unwrap();
    release.collectors.insert(collector.id.clone(), collector);
    let open = evidence(&["WindowsIdentityIncorrect"]);
    let findings = classify(&release, &open, None);
    assert_eq!(findings.verdict, Verdict::InsufficientEvidence);
    assert_eq!(findings.undecided[0].as_str(), "waiting");
    assert_eq!(findings.needs[0].collect.as_str(), "security-events");
    let mut told = open;
    told.join(with_events(&[(4625, "kim", &[("Status", "0xc0000234")])]));
    assert_eq!(ids(&classify(&release, &told, None)), ["waiting"]);
}
