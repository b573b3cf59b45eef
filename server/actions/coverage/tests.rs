use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::actions::{Request, diagnose};
use crate::evidence::Submission;
use crate::evidence::archive::Budget;
use crate::rules::{PackFiles, Release};
use crate::store::{CaseId, CaseRecord};

const ERROR: &str = "DemoFailureCode";
const JOINED: &str =
    "\n+---+\n| Device State |\n+---+\n  AzureAdJoined : YES\n  DomainJoined : NO\n";
const NO_POLICY: &str = "\nC:\\>reg query \"HKLM\\SOFTWARE\\Policies\\Demo\"\n\nERROR: The system was unable to find the specified registry key or value.\n";

/// A guide that asks about the joined state, then calls a procedure that asks about a policy.
fn pack() -> PackFiles {
    serde_json::from_value(json!({
        "products": [ { "id": "demo", "name": "Demo" } ],
        "collectors": [
            { "id": "dsregcmd", "title": "How it is joined", "command": "dsregcmd /status", "yields": ["dsregcmd.*"] },
            { "id": "policy", "title": "The policy", "yields": ["registry.HKLM\\SOFTWARE\\Policies\\Demo\\*"] },
            { "id": "whoami", "title": "An account", "yields": ["whoami.*"] },
            { "id": "rights", "title": "Rights", "yields": ["secedit.*"] }
        ],
        "cautions": [],
        "procedures": [ { "id": "ask-policy", "title": "Asks", "results": ["known"],
            "guide": { "start": "policy", "steps": [
                { "id": "policy", "ask": "Is the policy set?", "collect": ["policy"], "answers": [
                    { "id": "yes", "label": "Yes", "when": { "fact": "registry.HKLM\\SOFTWARE\\Policies\\Demo\\Value", "is": "1" }, "go": "end" },
                    { "id": "no", "label": "No", "otherwise": true, "go": "end" } ] },
                { "id": "end", "return": "known" } ] } } ],
        "rules": [
            { "id": "demo.rule", "title": "Demo", "product": "demo", "severity": "error", "owner": "us",
              "automation": { "reason": "demo", "retryable": "no", "who_can_fix": "it" },
              "match": { "any": [ { "code": ERROR } ] }, "cause": "Because.",
              "guide": { "start": "joined", "steps": [
                { "id": "joined", "ask": "How is it joined?", "collect": ["dsregcmd"], "answers": [
                    { "id": "entra", "label": "Entra", "when": { "fact": "dsregcmd.AzureAdJoined", "is": "YES" }, "go": "call" },
                    { "id": "other", "label": "Other", "otherwise": true, "go": "fixed" } ] },
                { "id": "call", "call": "ask-policy", "on": { "known": "look" } },
                { "id": "look", "ask": "Whose sign-in is it?", "collect": ["whoami"], "answers": [
                    { "id": "mine", "label": "Mine", "go": "fixed" }, { "id": "other", "label": "Another's", "go": "fixed" } ] },
                { "id": "fixed", "outcome": "resolved", "text": "Done." } ] },
              "references": [], "examples": [ { "text": ERROR, "expect": "match" } ] },
            { "id": "demo.other", "title": "Another rule", "product": "demo", "severity": "error", "owner": "us",
              "automation": { "reason": "demo", "retryable": "no", "who_can_fix": "it" },
              "match": { "all": [ { "phrase": "the other thing failed badly" }, { "fact": "secedit.SeDenyBatchLogonRight", "contains": "x" } ] },
              "cause": "Because.",
              "guide": { "start": "fixed", "steps": [ { "id": "fixed", "outcome": "resolved", "text": "Done." } ] },
              "references": [], "examples": [ { "text": "the other thing failed badly", "expect": "silent" } ] }
        ]
    }))
    .unwrap()
}

fn view(text: &str) -> CaseView {
    let (release, complaints) = Release::compile(1, 0, pack());
    assert_eq!(complaints, []);
    let release = Arc::new(release);
    let request = Request {
        submission: Submission {
            text: Some(text.to_owned()),
            ..Submission::default()
        },
        ..Request::default()
    };
    let diagnosis = diagnose(&release, &request, Budget::default());
    let active = diagnosis.findings.findings.first();
    let active = active.map(|finding| finding.rule.clone());
    CaseView {
        record: CaseRecord {
            id: CaseId::from_bytes([1; 16]),
            created_at: 0,
            updated_at: 0,
            expires_at: None,
            revision: 1,
            ticket: None,
            machine: None,
            account: None,
            note: None,
            claimed_by: None,
            asked: None,
            reply: None,
            product: None,
            chosen_rule: None,
            pinned_release: 1,
            redact: crate::evidence::redact::Redact::default(),
            examples: Vec::new(),
            pseudonyms: Vec::new(),
            rounds: Vec::new(),
            answers: Vec::new(),
            outcomes: Vec::new(),
            reopened: false,
            timeline: Vec::new(),
        },
        diagnosis: Arc::new(diagnosis),
        pinned: release,
        active,
        house: std::sync::Arc::default(),
    }
}

fn said(text: &str) -> Vec<(String, Covered, Vec<String>)> {
    let view = view(text);
    let all = coverage(&view).into_iter().map(|one| {
        let answers = one.would_answer.iter().map(|open| {
            if open.now {
                format!("now: {}", open.text)
            } else {
                open.text.to_owned()
            }
        });
        (one.collector.id.to_string(), one.state, answers.collect())
    });
    all.collect()
}

fn line(id: &str, state: Covered, answers: &[&str]) -> (String, Covered, Vec<String>) {
    let answers = answers.iter().map(|text| (*text).to_owned()).collect();
    (id.to_owned(), state, answers)
}

#[test]
fn a_missing_piece_says_which_questions_it_would_answer_also_inside_procedures() {
    assert_eq!(
        said(ERROR),
        [
            line("dsregcmd", Covered::Missing, &["now: How is it joined?"]),
            line("policy", Covered::Missing, &["Is the policy set?"]),
            line("whoami", Covered::Missing, &["Whose sign-in is it?"]),
            line("rights", Covered::Missing, &[]),
        ]
    );
}

#[test]
fn what_was_read_is_there_and_the_present_question_moves_on() {
    assert_eq!(
        said(&format!("{ERROR}\n{JOINED}")),
        [
            line("policy", Covered::Missing, &["now: Is the policy set?"]),
            line("whoami", Covered::Missing, &["Whose sign-in is it?"]),
            line("dsregcmd", Covered::Present, &[]),
            line("rights", Covered::Missing, &[]),
        ]
    );
}

#[test]
fn a_proved_absence_counts_as_there() {
    let all = said(&format!("{ERROR}\n{JOINED}\n{NO_POLICY}"));
    let policy = all.iter().find(|one| one.0 == "policy").unwrap();
    assert_eq!(policy.1, Covered::Present);
    assert_eq!(
        all[0],
        line("whoami", Covered::Missing, &["now: Whose sign-in is it?"])
    );
}

#[test]
fn a_piece_without_the_fact_that_is_asked_for_is_there_in_part() {
    let all = said(&format!(
        "{ERROR}\n\n+---+\n| Device State |\n+---+\n  DomainJoined : NO\n"
    ));
    assert_eq!(
        all[0],
        line("dsregcmd", Covered::Partial, &["now: How is it joined?"])
    );
}

#[test]
fn a_rule_in_question_names_the_piece_that_decides_it() {
    let all = said("the other thing failed badly");
    assert_eq!(all[0], line("rights", Covered::Missing, &["Another rule"]));
    assert!(all[1..].iter().all(|one| one.2.is_empty()));
}
