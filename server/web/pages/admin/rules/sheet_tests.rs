use proptest::prelude::*;

use super::*;
use crate::web::pages::admin::rules::fields::{from_fields, to_fields};

fn shipped() -> Vec<RuleFile> {
    let pack = crate::knowledge::read(crate::knowledge::shipped());
    pack.expect("the shipped pack").rules
}

/// Through the form as a browser sends it: line ends as browsers write them.
fn there_and_back(rule: &RuleFile) -> RuleFile {
    let fields = to_fields(&sheet(rule)).into_iter();
    let sent = fields.map(|(name, value)| (name, value.replace('\n', "\r\n")));
    let sheet = from_fields(sent).expect("not too deep");
    super::rule(&sheet).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", rule.id))
}

#[test]
fn every_shipped_rule_comes_back_the_same_from_its_form() {
    for rule in shipped() {
        assert_eq!(there_and_back(&rule), rule);
    }
}

/// Texts that forms and browsers like to change.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-c\"\\\\\n\r\t \\-\\[\\]]{0,12}",
        "\"[a-c\\\\rn]{0,6}\"",
        any::<String>(),
    ]
}

fn conditions() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        texts().prop_map(|text| json!({ "phrase": text, "context": true })),
        texts().prop_map(|text| json!({ "regex": text, "sentence": true })),
        texts().prop_map(|text| json!({ "code": text, "weak": true })),
        (texts(), texts()).prop_map(|(name, value)| json!({ "fact": name, "is": value })),
        (texts(), texts(), texts())
            .prop_map(|(name, one, two)| json!({ "fact": name, "in": [one, two] })),
        any::<bool>().prop_map(|there| json!({ "fact": "a.b", "exists": there })),
        proptest::collection::vec(any::<u32>(), 0..3)
            .prop_map(|ids| json!({ "event": { "id": ids } })),
        (texts(), texts()).prop_map(
            |(name, value)| json!({ "event": { "id": 1, "fields": { format!("f{name}"): value } } })
        ),
        // What no form can show is kept all the same.
        texts().prop_map(|text| json!({ "phrase": text, "code": "A", "at_least": text })),
        Just(json!({})),
        Just(json!({ "any": [] })),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|parts| json!({ "all": parts })),
            proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|parts| json!({ "any": parts })),
            inner.prop_map(|part| json!({ "not": part })),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_rule_comes_back_the_same_from_its_form(
        one in texts(),
        two in texts(),
        list in proptest::collection::vec(texts(), 0..3),
        matcher in conditions(),
        when in conditions(),
    ) {
        let optional = |text: &str| (text.len().is_multiple_of(2)).then(|| text.to_owned());
        let rule = json!({
            "id": "demo.rule", "title": one, "product": "demo", "severity": "error", "owner": optional(&two),
            "automation": { "reason": one, "retryable": "no", "who_can_fix": "it" },
            "match": matcher, "cause": two, "facts": { "short": one },
            "guide": { "start": "a", "steps": [
                { "id": "a", "ask": one, "how": optional(&one), "answers": [{ "id": "x", "label": two, "when": when, "go": "b" }] },
                { "id": "b", "checks": [{ "id": "c", "ask": one, "found_when": when, "go": "a" }], "none": "a" },
                { "id": "c", "do": one, "go": "a", "automation": { "reason": "x", "retryable": "later", "who_can_fix": "it" } },
                { "id": "d", "call": "p", "on": { "r": "a" } },
                { "id": "e", "outcome": "resolved", "text": two },
                { "id": "f", "ask": one, "do": two, "return": "r" },
                { "id": "g" },
            ] },
            "references": [{ "title": one, "url": two }],
            "examples": [{ "text": optional(&one), "facts": { "a.b": one, "c.d": list }, "expect": "match" }],
            "walks": [{ "name": two, "absent": list, "path": list, "answers": { "a": "x" }, "end": "e" }],
        });
        let rule = serde_json::from_value::<RuleFile>(rule).unwrap();
        prop_assert_eq!(there_and_back(&rule), rule);
    }
}

#[test]
fn a_bad_name_is_said_at_its_field() {
    let rule = shipped().remove(0);
    let mut sheet = sheet(&rule);
    sheet["guide"]["steps"][0]["id"] = json!("No Name");
    let wrong = super::rule(&sheet).unwrap_err();
    assert_eq!(wrong[0].path, "guide.steps.0.id");
}
