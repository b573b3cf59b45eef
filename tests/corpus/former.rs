//! What is of a former time: told by an old record, and over by what the machine says of itself.

use std::fmt::Write;

use signpost::rules::{Confidence, Verdict};

use super::engine::{diagnosed, paste, release};

const EVENT: &str = "Log Name:      Microsoft-Windows-User Device Registration/Admin\nSource:        Microsoft-Windows-User Device Registration\nEvent ID:      304\nLevel:         Error\nDescription:\nAutomatic registration failed at join phase. Exit code: Unknown HResult Error code: 0x801c03f2. Server error: The device object by the given id was not found.\n";

fn state(joined: &str) -> String {
    let mut text = String::from(
        "+----------------------------------------------------------------------+\n| Device State                                                         |\n+----------------------------------------------------------------------+\n\n",
    );
    write!(text, "             AzureAdJoined : {joined}\n          EnterpriseJoined : NO\n              DomainJoined : YES\n                DomainName : FABRIKAM\n               Device Name : RPA-VM-07.fabrikam.local\n").expect("a string takes it");
    text
}

#[test]
fn a_failed_registration_is_at_most_possible_on_a_machine_that_is_registered_now() {
    let sure = |text: &str| {
        let findings = diagnosed(paste(text)).findings.findings;
        let joining = findings
            .iter()
            .find(|one| one.rule.as_str().starts_with("dsreg."));
        joining.map(|one| one.confidence)
    };
    assert_eq!(sure(EVENT), Some(Confidence::Certain));
    let failing = format!("{EVENT}\n{}", state("NO"));
    assert_eq!(sure(&failing), Some(Confidence::Certain));
    let joined = format!("{EVENT}\n{}", state("YES"));
    assert!(sure(&joined) <= Some(Confidence::Possible));
}

#[test]
fn a_documentation_of_codes_in_a_sentence_makes_no_finding() {
    let text = "The DSREG_ codes of the join phase are documented by Microsoft: 0x801c03f2 (DirectoryError), 0x801c0002 (AuthenticationError), 0x801c0006 (internal service error). The discover phase has 0x801c001d, 0x801c0021, 0x801c001f and 0x801c003d. Each has a resolution column in the article.";
    let diagnosis = diagnosed(paste(text));
    assert_eq!(diagnosis.findings.verdict, Verdict::Unmatched);
}

/// A code that a rule knows and the table of codes does not would count only behind a label.
#[test]
fn codes_of_the_join_are_known_without_a_word_before_them() {
    let facilities = ["0x801C", "0x8018"];
    let known = ["0x801C0021", "0x801C003D", "0x80180003"];
    let mut unknown = Vec::new();
    let rules = release().rules.values();
    let texts =
        rules.map(|rule| serde_json::to_string(&rule.file.matcher).expect("a rule is JSON"));
    for text in texts.chain(known.map(|code| format!("\"{code}\""))) {
        for code in text
            .split('"')
            .filter(|part| facilities.iter().any(|start| part.starts_with(start)))
        {
            let evidence = diagnosed(paste(&format!("our machine does not join, {code}"))).evidence;
            if evidence.codes.is_empty() {
                unknown.push(code.to_owned());
            }
        }
    }
    assert_eq!(unknown, [""; 0]);
}
