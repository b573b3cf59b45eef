//! What is suggested for a text that no rule knows: near by what happened, and rather nothing than something far-fetched.

use std::fmt::Write;

use signpost::rules::Verdict;

use super::engine::{diagnosed, paste};

fn suggested(text: &str) -> Vec<String> {
    let findings = diagnosed(paste(text)).findings;
    assert_eq!(findings.verdict, Verdict::Unmatched, "{text:.200}");
    let suggestions = findings.suggestions.iter();
    suggestions.map(|near| near.rule.clone()).collect()
}

/// The names of fields stand in thousands of objects and say nothing of what happened.
#[test]
fn names_of_fields_suggest_nothing() {
    let mut text = String::from("[");
    for number in 0..3_000 {
        writeln!(
            text,
            "{{\"error\":{{\"code\":\"DnsError\",\"message\":\"lookup {number}\"}},\"machine\":\"vm-{number}\",\"session\":{number},\"account\":\"a{number}\",\"connection\":\"c{number}\",\"password\":\"-\"}},"
        )
        .expect("a string takes it");
    }
    text.push_str("{}]");
    let far_fetched = suggested(&text);
    let far_fetched = far_fetched.iter().filter(|rule| !rule.contains("dns"));
    assert_eq!(far_fetched.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn words_that_every_rule_holds_suggest_nothing() {
    for text in [
        "The account of the machine has a problem with the connection",
        "Error 500 while the windows of the greenhouse were opened by the controller",
        "error in batch 7038 of 4625, host web01 answered slowly",
        "my printer fails, the paper is stuck again",
        "error: connection to database refused by host db-02",
        "the domain of the company website expired",
        "problem with the coffee machine, error 3",
        "The flux capacitor has stopped: error FX-77",
        "<Machine><Session>7</Session><Account>x</Account><Fault>halted</Fault></Machine>",
    ] {
        assert_eq!(suggested(text), [""; 0], "{text}");
    }
}

#[test]
fn words_that_tell_still_suggest() {
    for (text, near) in [
        ("our certificate problem: the smart card PIN", "smartcard"),
        ("problem with CyberArk objects", "cyberark"),
        (
            "the robot can't get its password from the vault, CyberArk says safe not found",
            "cyberark",
        ),
        (
            "the smart card of the bot is not accepted, wrong pin",
            "smartcard",
        ),
        (
            "the user profile could not be loaded, we get a temporary profile",
            "profile",
        ),
    ] {
        let suggested = suggested(text);
        assert!(
            suggested.iter().any(|rule| rule.contains(near)),
            "{text}: {suggested:?}"
        );
    }
}
