use super::*;
use crate::condition::RuleId;
use crate::rules::{NoteFile, NotePlace, RuleFile};

const RULE: &str = "id: demo.rule\ntitle: The sign-in was refused\nproduct: demo\nseverity: error\nautomation: { reason: demo, retryable: no, who_can_fix: it }\nmatch:\n  any:\n    - code: AlphaBetaGamma\n    - phrase: some words that are long\ncause: |\n  The account is locked.\n\n  It opens by itself after an hour.\nguide:\n  start: one\n  steps:\n    - id: one\n      ask: Which?\n      answers:\n        - { id: a, label: A, go: two }\n        - { id: b, label: B, go: two }\n    - { id: two, outcome: resolved, text: Done }\nreferences: []\nexamples:\n  - { text: AlphaBetaGamma, expect: match }\n";

fn pack(rules: &[&str]) -> PackFiles {
    let rules = rules
        .iter()
        .map(|rule| serde_saphyr::from_str::<RuleFile>(rule).expect("a rule as the format says"));
    PackFiles {
        rules: rules.collect(),
        ..PackFiles::default()
    }
}

fn changed(from: &str, to: &str) -> Vec<FieldDiff> {
    let after = RULE.replace(from, to);
    assert_ne!(after, RULE);
    let mut items = diff(&pack(&[RULE]), &pack(&[&after])).items;
    assert_eq!((items.len(), items[0].how), (1, How::Changed));
    items.remove(0).fields
}

/// `[-gone-]` and `[+come+]` in the text that both have.
fn shown(pieces: &[Piece]) -> String {
    let shown = pieces.iter().map(|piece| match piece.side {
        Side::Both => piece.text.clone(),
        Side::Before => format!("[-{}-]", piece.text),
        Side::After => format!("[+{}+]", piece.text),
    });
    shown.collect()
}

#[test]
fn packs_that_are_equal_do_not_differ() {
    assert_eq!(diff(&pack(&[RULE]), &pack(&[RULE])), PackDiff::default());
}

#[test]
fn a_rule_that_came_and_one_that_went_are_named() {
    let other = RULE.replace("demo.rule", "demo.other");
    let items = diff(&pack(&[RULE]), &pack(&[&other])).items;
    let seen = items.iter().map(|item| (item.id.as_str(), item.how));
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [("demo.other", How::Added), ("demo.rule", How::Removed)]
    );
    assert_eq!(items[0].title, "The sign-in was refused");
}

#[test]
fn new_notes_and_those_that_went_are_shown_with_their_words() {
    let none = pack(&[RULE]);
    let mut noted = none.clone();
    noted.notes = vec![NotesFile {
        rule: RuleId::parse("demo.rule").unwrap(),
        notes: vec![NoteFile {
            step: None,
            place: NotePlace::After,
            text: "Call us.".to_owned(),
            by: None,
            on: None,
        }],
    }];
    for (before, after, how, words) in [
        (&none, &noted, How::Added, "[+Call us.+]"),
        (&noted, &none, How::Removed, "[-Call us.-]"),
    ] {
        let item = diff(before, after).items.remove(0);
        assert_eq!((item.kind, item.how), (ItemKind::Note, how));
        assert_eq!(item.fields[0].field, "cause, after");
        assert_eq!(shown(&item.fields[0].pieces), words);
    }
}

#[test]
fn texts_differ_by_words() {
    let fields = changed("after an hour", "after two hours");
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].field, "cause");
    assert_eq!(
        shown(&fields[0].pieces),
        "The account is locked.\n\nIt opens by itself after [-an hour.-][+two hours.+]\n"
    );
}

#[test]
fn conditions_differ_by_lines() {
    let fields = changed(
        "    - code: AlphaBetaGamma\n",
        "    - code: AlphaBetaGamma\n      weak: true\n    - fact: a.b\n      exists: true\n",
    );
    assert_eq!(fields[0].field, "match");
    assert_eq!(
        shown(&fields[0].pieces),
        "any of\n[-  code AlphaBetaGamma\n-][+  code AlphaBetaGamma, weak\n  fact a.b, exists true\n+]  phrase some words that are long\n"
    );
}

#[test]
fn one_more_step_is_one_more_step() {
    let fields = changed(
        "    - { id: two,",
        "    - { id: between, do: Wait., go: two }\n    - { id: two,",
    );
    assert_eq!(fields.len(), 1);
    assert_eq!(
        (fields[0].field.as_str(), fields[0].how),
        ("guide.steps.between", How::Added)
    );
    assert!(shown(&fields[0].pieces).contains("do: Wait."));
}

#[test]
fn a_change_within_a_step_names_the_step_and_the_answer() {
    let fields = changed("label: B, go: two", "label: Bee, go: one");
    let names = fields.iter().map(|field| field.field.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        [
            "guide.steps.one.answers.b.label",
            "guide.steps.one.answers.b.go"
        ]
    );
}

#[test]
fn steps_in_another_order_are_moved_and_not_changed() {
    let fields = changed(
        "        - { id: a, label: A, go: two }\n        - { id: b, label: B, go: two }\n",
        "        - { id: b, label: B, go: two }\n        - { id: a, label: A, go: two }\n",
    );
    assert_eq!(fields.len(), 1);
    assert_eq!(fields[0].how, How::Moved);
    assert_eq!(fields[0].field, "guide.steps.one.answers");
}

#[test]
fn an_example_that_came_is_shown_whole() {
    let fields = changed(
        "expect: match }\n",
        "expect: match }\n  - { text: \"one\\ntwo\", expect: silent }\n",
    );
    assert_eq!(fields[0].field, "examples[1]");
    assert_eq!(fields[0].how, How::Added);
    assert_eq!(
        shown(&fields[0].pieces),
        "[+text:\n  one\n  two\nexpect: silent+]"
    );
}

#[test]
fn a_field_that_went_is_shown_whole() {
    let fields = changed("title: The sign-in", "owner: Desk\ntitle: The sign-in");
    assert_eq!(
        (fields[0].field.as_str(), fields[0].how),
        ("owner", How::Added)
    );
}

proptest::proptest! {
    /// Either side can be read out of the pieces, whatever the texts.
    #[test]
    fn both_sides_stand_in_the_pieces(before in "[ab \\n]{0,40}", after in "[ab \\n]{0,40}") {
        let pieces = compare_texts(&before, &after);
        let side = |other: Side| pieces.iter().filter(|piece| piece.side != other)
            .map(|piece| piece.text.as_str()).collect::<String>();
        proptest::prop_assert_eq!(side(Side::After), before);
        proptest::prop_assert_eq!(side(Side::Before), after);
    }
}
