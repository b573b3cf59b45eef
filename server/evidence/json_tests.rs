use proptest::prelude::*;
use serde_json::json;

use super::*;

fn leaves(text: &str, value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    value.for_each_leaf(text, &mut |path, leaf| {
        let said = leaf.said(text).unwrap().as_str().to_owned();
        found.push((path.to_owned(), said));
    });
    found
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = pairs.iter();
    owned
        .map(|(path, said)| ((*path).to_owned(), (*said).to_owned()))
        .collect()
}

#[test]
fn every_value_has_its_path_and_its_place() {
    let text =
        r#"x {"data": {"win": [1, {"Status": "0x\u0063", "no": null}]}, "done": true} behind"#;
    let document = documents(text).next().unwrap();
    assert!(document.complete);
    assert_eq!(&text[document.end..], " behind");
    assert_eq!(
        leaves(text, &document.value),
        pairs(&[
            ("data.win[0]", "1"),
            ("data.win[1].Status", "0xc"),
            ("done", "true")
        ])
    );
    let status = &document.value.at(text, &["DATA", "win"]).unwrap().items()[1];
    let status = status.get(text, "status").unwrap();
    assert_eq!(&text[status.start..status.end], r"0x\u0063");
    let said = status.said(text).unwrap();
    let place = said.original(2..3);
    assert_eq!(&text[place], r"\u0063");
    assert_eq!(status.span(&Text::new(text)).line, 1);
}

#[test]
fn documents_stand_one_a_line_in_a_list_or_behind_words() {
    let ids = |text: &str| {
        documents(text)
            .map(|found| leaves(text, &found.value).concat_values())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("{\"id\":1}\n{\"id\":2}\n"), ["1", "2"]);
    assert_eq!(ids("[{\"id\":1},\r\n {\"id\":2}]"), ["1", "2"]);
    assert_eq!(
        ids("<14>Nov 16 host {\"id\": 1}\nplain { text }\n{\n \"id\" : 2\n}"),
        ["1", "2"]
    );
    assert_eq!(
        ids("{\"id\":1, \"cut\":\"off\n{\"id\":2}\n{\"id\":3"),
        ["1", "2", ""]
    );
    assert_eq!(ids("{} { } {{{\"id\":4}"), ["", "", "4"]);
}

trait ConcatValues {
    fn concat_values(self) -> String;
}

impl ConcatValues for Vec<(String, String)> {
    fn concat_values(self) -> String {
        self.into_iter().map(|(_, said)| said).collect()
    }
}

#[test]
fn what_has_no_end_is_left_out_and_what_came_before_it_stays() {
    for (torn, kept) in [
        (r#"{"a":"x","b":"0xc00000"#, &[("a", "x")][..]),
        (r#"{"a":"x","b":12"#, &[("a", "x")]),
        (r#"{"a":"x","b":tru"#, &[("a", "x")]),
        (r#"{"a":"x","b""#, &[("a", "x")]),
        (r#"{"a":["x","y"#, &[("a[0]", "x")]),
        (r#"{"a":"x" "b":"y"}"#, &[("a", "x")]),
        (r#"{"a":"x", y}"#, &[("a", "x")]),
    ] {
        let document = documents(torn).next().unwrap();
        assert!(!document.complete, "{torn}");
        assert_eq!(leaves(torn, &document.value), pairs(kept), "{torn}");
    }
}

#[test]
fn escapes_are_read_and_those_that_mean_nothing_stay() {
    let text = r#"{"a":"\t\"\\\/\ud83d\ude00\ud83d\q\u00","b":"x\r\ny"}"#;
    let document = parse(text, 0).unwrap();
    let read = leaves(text, &document.value);
    assert_eq!(read[0].1, "\t\"\\/😀\u{fffd}\\q\\u00");
    assert_eq!(read[1].1, "x\r\ny");
}

#[test]
fn a_bomb_of_brackets_is_passed_over() {
    let text = format!("{}{}", "{\"a\":".repeat(100_000), "[".repeat(100_000));
    assert!(documents(&text).all(|document| !document.complete));
    let closed = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let document = parse(&closed, 0).unwrap();
    assert!(document.complete && document.end == closed.len());
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|it| json!(it)),
        any::<i64>().prop_map(|it| json!(it)),
        (-1e9f64..1e9).prop_map(|it| json!(it)),
        ".{0,12}".prop_map(|it: String| json!(it)),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|it| json!(it)),
            prop::collection::btree_map("[a-zA-Z.\"\\\\ é]{0,6}", inner, 0..6)
                .prop_map(|it| json!(it)),
        ]
    })
}

/// The same walk over the other library's values.
fn expected(value: &serde_json::Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Null => {}
        serde_json::Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                expected(item, &format!("{path}[{at}]"), found);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                expected(value, &path, found);
            }
        }
        serde_json::Value::String(text) => found.push((path.to_owned(), text.clone())),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

proptest! {
    #[test]
    fn whatever_is_json_is_read_as_serde_json_reads_it(value in any_json(), pretty: bool) {
        let whole = json!({ "a": value });
        let text = if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) };
        let text = text.unwrap();
        let document = parse(&text, 0).unwrap();
        prop_assert!(document.complete);
        prop_assert_eq!(document.end, text.len());
        let mut wanted = Vec::new();
        expected(&whole, "", &mut wanted);
        prop_assert_eq!(leaves(&text, &document.value), wanted);
    }

    #[test]
    fn a_torn_document_says_nothing_that_the_whole_does_not(value in any_json(), at in 0.0f64..1.0) {
        let text = serde_json::to_string_pretty(&json!({ "a": value })).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let cut = text.floor_char_boundary((text.len() as f64 * at) as usize);
        let whole = leaves(&text, &parse(&text, 0).unwrap().value);
        let torn = &text[..cut];
        if let Some(document) = parse(torn, 0) {
            let kept = leaves(torn, &document.value);
            prop_assert_eq!(&whole[..kept.len()], &kept[..]);
        }
    }

    #[test]
    fn any_text_is_read_and_every_place_is_inside(text in "([{}\\[\\],:\"\\\\ntu0-9é \n]|true|\"a\":|\\\\ud83d){0,60}") {
        let mut last = 0;
        for document in documents(&text) {
            prop_assert!(document.value.start >= last && document.end <= text.len());
            last = document.end;
            document.value.for_each_leaf(&text, &mut |_, leaf| {
                let said = leaf.said(&text).unwrap();
                assert!(text.get(leaf.start..leaf.end).is_some());
                assert_eq!(said.original(0..said.as_str().len()), leaf.start..leaf.end);
            });
        }
    }
}
