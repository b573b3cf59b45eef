//! Kleene's tables, comparisons, and what an outcome rests on.

use super::shape::{Complaint, ConditionFile, ShortNames, fact_leaf, resolve};
use super::*;
use crate::evidence::{Closes, Entries, Source, Span, Text};

use Truth::{False, True, Unknown};

fn evidence() -> Evidence {
    let fact = |key: &str, value: FactValue, line: usize| Fact {
        key: FactKey::new(key),
        value,
        span: Span {
            source: 0,
            line,
            start: 0,
            end: 1,
        },
        about: std::sync::Arc::default(),
        round: 1,
    };
    let list = FactValue::List(vec!["*S-1-5-32-544".to_owned(), "Ada Lovelace".to_owned()]);
    Evidence {
        sources: vec![Source {
            name: "facts".to_owned(),
            round: 1,
            text: Text::new("x"),
            kinds: Vec::new(),
            claimed: Vec::new(),
            entries: Entries::default(),
        }],
        facts: vec![
            fact("t.One", "1".into(), 1),
            fact("t.Version", "2.24.9".into(), 2),
            fact("t.Words", "Not a number".into(), 3),
            fact("t.List", list, 4),
            fact("t.Torn", "a".into(), 5),
            fact("t.Torn", "b".into(), 6),
        ],
        scopes: vec![Scope {
            closes: Closes::Key("t.gone".to_owned()),
            span: Span {
                source: 0,
                line: 9,
                start: 0,
                end: 1,
            },
            round: 1,
        }],
        ..Evidence::default()
    }
}

fn condition(yaml: &str) -> Condition<FactTest> {
    let mut complaints = Vec::new();
    let condition = try_condition(yaml, &mut complaints);
    assert_eq!(complaints, []);
    condition.expect("a condition")
}

fn try_condition(yaml: &str, complaints: &mut Vec<Complaint>) -> Option<Condition<FactTest>> {
    let file: ConditionFile = serde_saphyr::from_str(yaml).expect("a condition file");
    let short = ShortNames::from([("one".to_owned(), FactKey::new("t.One"))]);
    let mut leaf = |leaf: &ConditionFile, path: &str, complaints: &mut Vec<Complaint>| {
        fact_leaf(leaf, path, &short, complaints)
    };
    resolve(&file, "when", &mut leaf, complaints)
}

fn truth(yaml: &str) -> Truth {
    let evidence = evidence();
    truth_of(
        &condition(yaml),
        &FactsAsOf {
            evidence: &evidence,
            round: 1,
        },
    )
}

/// The lines that an outcome rests on.
fn lines(yaml: &str) -> Vec<usize> {
    let evidence = evidence();
    let (condition, facts) = (
        condition(yaml),
        FactsAsOf {
            evidence: &evidence,
            round: 1,
        },
    );
    let line = |proof: FactProof<'_>| match proof {
        FactProof::Fact(fact) => fact.span.line,
        FactProof::Absent(_, scope) => scope.span.line,
    };
    because_of(&condition, &facts)
        .into_iter()
        .map(line)
        .collect()
}

#[test]
fn and_or_and_not_are_kleenes() {
    let and = [
        (True, True, True),
        (True, Unknown, Unknown),
        (True, False, False),
        (Unknown, Unknown, Unknown),
        (Unknown, False, False),
        (False, False, False),
    ];
    for (left, right, both) in and {
        assert_eq!(left.and(right), both, "{left:?} and {right:?}");
        assert_eq!(right.and(left), both, "{right:?} and {left:?}");
        assert_eq!(
            (!left).or(!right),
            !both,
            "De Morgan for {left:?} and {right:?}"
        );
    }
    assert_eq!([!True, !False, !Unknown], [False, True, Unknown]);
}

#[test]
fn exists_knows_there_absent_and_unknown() {
    assert_eq!(truth("{ fact: t.one, exists: true }"), True);
    assert_eq!(truth("{ fact: t.one, exists: false }"), False);
    assert_eq!(truth("{ fact: t.gone, exists: true }"), False);
    assert_eq!(truth("{ fact: t.gone, exists: false }"), True);
    assert_eq!(truth("{ fact: t.never-read, exists: false }"), Unknown);
    assert_eq!(truth("{ fact: t.torn, exists: true }"), Unknown);
}

#[test]
fn comparisons_are_false_for_an_absent_fact_and_unknown_for_an_unknown_or_conflicting_one() {
    for test in ["is: a", "in: [a, b]", "contains: a", "at_least: \"1\""] {
        assert_eq!(
            truth(&format!("{{ fact: t.gone, {test} }}")),
            False,
            "{test}"
        );
        assert_eq!(
            truth(&format!("{{ fact: t.never-read, {test} }}")),
            Unknown,
            "{test}"
        );
        assert_eq!(
            truth(&format!("{{ fact: t.torn, {test} }}")),
            Unknown,
            "{test}"
        );
    }
}

#[test]
fn values_are_the_same_trimmed_folded_and_as_integers() {
    for (left, right) in [
        ("YES", " yes "),
        ("0x1", "1"),
        ("0X0A", "10"),
        ("01", "1"),
        ("ÄB", "äb"),
        ("-1", "-1"),
    ] {
        assert!(same_value(left, right), "{left} {right}");
    }
    for (left, right) in [
        ("1", "10"),
        ("0x10", "10"),
        ("", "0"),
        ("yes", "no"),
        ("1.0", "1"),
    ] {
        assert!(!same_value(left, right), "{left} {right}");
    }
}

#[test]
fn is_and_in_compare_the_value_or_a_member_of_the_list() {
    assert_eq!(truth("{ fact: one, is: \"0x1\" }"), True);
    assert_eq!(truth("{ fact: one, in: [\"2\", \"3\"] }"), False);
    assert_eq!(truth("{ fact: t.list, is: ada lovelace }"), True);
}

#[test]
fn contains_is_a_whole_member_of_a_list_or_a_part_of_a_text() {
    assert_eq!(truth("{ fact: t.words, contains: A NUMBER }"), True);
    assert_eq!(truth("{ fact: t.words, contains: letter }"), False);
    assert_eq!(truth("{ fact: t.list, contains: \"ADA LOVELACE\" }"), True);
    assert_eq!(truth("{ fact: t.list, contains: ada }"), False);
}

#[test]
fn at_least_compares_dotted_numbers_piece_by_piece() {
    for (wanted, expected) in [
        ("2.24", True),
        ("2.24.9.0", True),
        ("2.24.10", False),
        ("2.3", True),
        ("10", False),
        ("2.x", Unknown),
    ] {
        assert_eq!(
            truth(&format!("{{ fact: t.version, at_least: \"{wanted}\" }}")),
            expected,
            "{wanted}"
        );
    }
    assert_eq!(truth("{ fact: t.words, at_least: \"1\" }"), Unknown);
}

#[test]
fn an_outcome_rests_on_the_parts_that_made_it_and_no_others() {
    let any = "{ any: [ { fact: t.one, is: \"2\" }, { fact: t.version, exists: true }, { fact: t.gone, exists: false } ] }";
    assert_eq!(lines(any), [2, 9]);
    let all = "{ all: [ { fact: t.one, is: \"1\" }, { fact: t.version, is: x }, { fact: t.never-read, exists: true } ] }";
    assert_eq!(lines(all), [2]);
    assert_eq!(
        lines("{ not: { any: [ { fact: t.one, is: \"2\" }, { fact: t.gone, exists: true } ] } }"),
        [1, 9]
    );
}

#[test]
fn an_unknown_outcome_shows_what_is_known() {
    assert_eq!(
        lines("{ all: [ { fact: t.one, is: \"1\" }, { fact: t.never-read, exists: true } ] }"),
        [1]
    );
}

#[test]
fn leaves_know_whether_they_stand_under_a_not() {
    let condition = condition(
        "{ all: [ { fact: t.a, is: x }, { not: { any: [ { fact: t.b, is: x }, { not: { fact: t.c, is: x } } ] } } ] }",
    );
    let mut seen = Vec::new();
    condition
        .for_each_leaf(&mut |test, positive| seen.push((test.key().as_str().to_owned(), positive)));
    let expected = [("t.a", true), ("t.b", false), ("t.c", true)]
        .map(|(key, positive)| (key.to_owned(), positive));
    assert_eq!(seen, expected);
}

#[test]
fn what_is_wrong_with_a_condition_is_named_with_its_place() {
    let complaint = |yaml: &str| {
        let mut complaints = Vec::new();
        try_condition(yaml, &mut complaints);
        let complaint = complaints.remove(0);
        format!("{}: {}", complaint.path, complaint.what)
    };
    let both = complaint("{ all: [ { fact: t.a, is: x, phrase: words } ] }");
    assert!(
        both.starts_with("when.all[0]: write exactly one of") && both.ends_with("phrase and fact"),
        "{both}"
    );
    assert!(complaint("{ all: [] }").contains("an empty list says nothing"));
    assert!(complaint("{}").contains("this has none"));
    assert!(
        complaint("{ fact: t.a }").contains("exactly one of is, in, contains, at_least, exists")
    );
    assert!(complaint("{ fact: two, is: x }").contains("`two` is no short name of this rule"));
    assert!(complaint("{ phrase: some words }").contains("only `fact` conditions can stand here"));
}

#[test]
fn names_are_small_letters_digits_and_three_signs() {
    for good in ["a", "pad.session.creation-error", "1", "a_b"] {
        assert!(RuleId::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "A", ".a", "-a", "a b", "ä", &"a".repeat(101)] {
        assert!(RuleId::parse(bad).is_err(), "{bad}");
    }
}
