use proptest::prelude::*;

use super::*;
use crate::evidence::{EventField, read_texts};

const SID: &str = "S-1-5-21-7-7-7-1109";
const WHOLE: &str = "Everyone S-1-1-0 Mandatory group, Enabled group\nBUILTIN\\Users Alias S-1-5-32-545 Mandatory group, Enabled group\nFABRIKAM\\Robots Group S-1-5-21-7-7-7-2001 Mandatory group, Enabled group\nLabel Label S-1-16-8192\n";

fn whoami(name: &str, groups: &str) -> String {
    format!(
        "User Name SID\n========= ====\n{name} {SID}\n\nGroup Name Type SID Attributes\n==== ==== ==== ====\n{groups}\n"
    )
}

fn template(rights: &str) -> String {
    format!("[Unicode]\nUnicode=yes\n[Privilege Rights]\n{rights}\n[Version]\nRevision=1\n")
}

fn read(whoami: &str, rights: &str, account: Option<&str>) -> Evidence {
    let texts = [
        ("whoami.txt", whoami.to_owned()),
        ("rights.inf", template(rights)),
    ];
    let texts = texts.map(|(name, text)| (name.to_owned(), text));
    let mut evidence = read_texts(texts.to_vec(), 1);
    evidence.settle(None, account);
    evidence
}

fn right(evidence: &Evidence, way: &str) -> Option<(String, String)> {
    match evidence.look_up(&FactKey::new(format!("logon_right.{way}")), Round::MAX) {
        Lookup::Known(fact) => Some((fact.value.to_string(), evidence.slice(fact.span).to_owned())),
        _ => None,
    }
}

#[track_caller]
fn says(groups: &str, rights: &str, way: &str, wanted: Option<(&str, &str)>) {
    let evidence = read(&whoami("fabrikam\\svc-robot", groups), rights, None);
    let found = right(&evidence, way);
    let found = found
        .as_ref()
        .map(|(value, line)| (value.as_str(), line.as_str()));
    assert_eq!(found, wanted, "{rights}");
}

#[test]
fn a_group_that_holds_the_right_allows_and_the_line_proves_it() {
    let line = "SeNetworkLogonRight = *S-1-5-32-544,*S-1-5-32-545";
    says(WHOLE, line, "network", Some(("allowed", line)));
    let line = "SeBatchLogonRight = *S-1-5-21-7-7-7-2001";
    says(WHOLE, line, "batch", Some(("allowed", line)));
}

#[test]
fn deny_wins_by_name_by_sid_and_by_group() {
    for holder in [
        "svc-robot",
        "*S-1-5-21-7-7-7-1109",
        "*S-1-5-21-7-7-7-2001",
        "*S-1-1-0",
    ] {
        let line = format!("SeDenyServiceLogonRight = {holder}");
        let rights = format!("SeServiceLogonRight = *S-1-5-32-545\n{line}");
        says(WHOLE, &rights, "service", Some(("denied", &line)));
    }
}

#[test]
fn nobody_among_the_holders_is_not_granted() {
    let line = "SeRemoteInteractiveLogonRight = *S-1-5-32-544,*S-1-5-32-555,kim";
    says(
        WHOLE,
        line,
        "remote_interactive",
        Some(("not granted", line)),
    );
    let none = "SeNetworkLogonRight = *S-1-5-32-544";
    says(
        WHOLE,
        none,
        "batch",
        Some(("not granted", "[Privilege Rights]")),
    );
}

#[test]
fn what_is_not_known_is_not_said() {
    let cut = "BUILTIN\\Users Alias S-1-5-32-545 Mandatory group, Enabled group\n";
    says(cut, "SeBatchLogonRight = *S-1-5-32-544", "batch", None);
    let denied_to_some = "SeBatchLogonRight = *S-1-5-32-545\nSeDenyBatchLogonRight = *S-1-5-32-546";
    says(cut, denied_to_some, "batch", None);
    let by_way = "SeNetworkLogonRight = *S-1-5-32-545\nSeDenyNetworkLogonRight = *S-1-5-2";
    says(WHOLE, by_way, "network", None);
    let other = whoami("fabrikam\\admin", WHOLE);
    let rights = "SeNetworkLogonRight = *S-1-5-32-545";
    let evidence = read(&other, rights, Some("fabrikam\\svc-robot"));
    assert_eq!(
        right(&evidence, "network"),
        None,
        "these are another's groups"
    );
}

#[test]
fn a_group_for_deny_only_denies_and_allows_nothing_for_sure() {
    let filtered =
        format!("BUILTIN\\Administrators Alias S-1-5-32-544 Group used for deny only\n{WHOLE}");
    let line = "SeDenyNetworkLogonRight = *S-1-5-32-544";
    says(&filtered, line, "network", Some(("denied", line)));
    says(
        &filtered,
        "SeNetworkLogonRight = *S-1-5-32-544",
        "network",
        None,
    );
}

#[test]
fn a_single_line_about_the_account_needs_no_groups() {
    let text = "SeDenyBatchLogonRight = svc-robot, kim\n";
    let mut evidence = read_texts(vec![("paste".to_owned(), text.to_owned())], 1);
    evidence.settle(None, Some("FABRIKAM\\svc-robot"));
    assert_eq!(right(&evidence, "batch").unwrap().0, "denied");
}

#[test]
fn the_ways_that_failed_are_those_of_the_events() {
    let rights = "SeNetworkLogonRight = *S-1-5-32-544\nSeBatchLogonRight = *S-1-5-32-544\nSeInteractiveLogonRight = *S-1-5-32-545\nSeRemoteInteractiveLogonRight = *S-1-5-32-545";
    let mut evidence = read(&whoami("fabrikam\\svc-robot", WHOLE), rights, None);
    assert_eq!(right(&evidence, "refused").unwrap().0, "network");
    let field = |name: &str, value: &str| EventField {
        name: name.to_owned(),
        value: value.to_owned(),
        span: Span::default(),
    };
    evidence.events.push(Event {
        id: Some(4625),
        fields: vec![
            field("TargetUserName", "svc-robot"),
            field("Status", "0xC000015B"),
            field("LogonType", "4"),
        ],
        round: 1,
        ..Event::default()
    });
    evidence.settle(None, None);
    assert_eq!(right(&evidence, "refused").unwrap().0, "batch");
    let derived = evidence.facts.iter();
    let derived = derived.filter(|fact| fact.key.as_str() == "logon_right.refused");
    assert_eq!(derived.count(), 1, "a second time replaces the first");
}

/// Who may hold a right: the account by name and by SID, its groups, and others.
const HOLDERS: [&str; 8] = [
    "svc-robot",
    "*S-1-5-21-7-7-7-1109",
    "*S-1-5-21-7-7-7-2001",
    "*S-1-5-32-545",
    "*S-1-1-0",
    "*S-1-5-32-544",
    "*S-1-5-21-7-7-7-1110",
    "kim",
];
/// So many of them are the account or hold it.
const OWN: usize = 5;

fn line(right: &str, holders: &[usize]) -> String {
    let names = holders.iter().map(|at| HOLDERS[*at]).collect::<Vec<_>>();
    format!("{right} = {}", names.join(","))
}

fn batch(lines: &[String]) -> Option<String> {
    let account = whoami("fabrikam\\svc-robot", WHOLE);
    let evidence = read(&account, &lines.join("\n"), None);
    right(&evidence, "batch").map(|(value, _)| value)
}

fn some_holders() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..HOLDERS.len(), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn deny_wins_whatever_is_allowed(
        allowed in some_holders(),
        denied in some_holders(),
        own in 0..OWN,
        at in 0..4usize,
    ) {
        let mut denied = denied;
        denied.insert(at.min(denied.len()), own);
        let lines = [line("SeBatchLogonRight", &allowed), line("SeDenyBatchLogonRight", &denied)];
        prop_assert_eq!(batch(&lines), Some("denied".to_owned()));
    }

    #[test]
    fn one_more_denied_never_lets_the_account_in(
        allowed in some_holders(),
        denied in some_holders(),
        more in 0..HOLDERS.len(),
    ) {
        let with = |denied: &[usize]| {
            batch(&[line("SeBatchLogonRight", &allowed), line("SeDenyBatchLogonRight", denied)])
        };
        let before = with(&denied);
        let after = with(&[denied, vec![more]].concat());
        if before.as_deref() != Some("allowed") {
            prop_assert_ne!(after.as_deref(), Some("allowed"));
        }
        if before.as_deref() == Some("denied") {
            prop_assert_eq!(after.as_deref(), Some("denied"));
        }
    }

    #[test]
    fn the_order_of_lines_and_of_holders_does_not_matter(
        (allowed, allowed_again) in some_holders().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
        (denied, denied_again) in some_holders().prop_flat_map(|list| (Just(list.clone()), Just(list).prop_shuffle())),
    ) {
        let network = "SeNetworkLogonRight = *S-1-5-32-545".to_owned();
        let one = [line("SeBatchLogonRight", &allowed), network.clone(), line("SeDenyBatchLogonRight", &denied)];
        let other = [line("SeDenyBatchLogonRight", &denied_again), line("SeBatchLogonRight", &allowed_again), network];
        prop_assert_eq!(batch(&one), batch(&other));
    }
}
