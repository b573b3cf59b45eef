//! A form's fields and the tree that they name: `guide.steps.2.answers.0.go` is a place in it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A name with more parts is not one of ours.
const DEEPEST: usize = 60;

/// The fields that hold a tree: each text with the way to it.
#[cfg(test)]
pub(super) fn to_fields(tree: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    add(&mut fields, "", tree);
    fields
}

#[cfg(test)]
fn add(fields: &mut Vec<(String, String)>, path: &str, tree: &Value) {
    match tree {
        Value::Object(map) => {
            for (name, value) in map {
                add(fields, &join(path, name), value);
            }
        }
        Value::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                add(fields, &join(path, &at.to_string()), value);
            }
        }
        Value::String(text) => fields.push((path.to_owned(), text.clone())),
        _ => {}
    }
}

/// The name of a field below another.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// A tree in the making: what has only numbers as names becomes a list.
#[derive(Default)]
struct Branch {
    said: String,
    below: BTreeMap<String, Branch>,
}

/// The tree that fields name; `None` where one is too deep. Numbers of a list may have gaps.
pub(super) fn from_fields(fields: impl IntoIterator<Item = (String, String)>) -> Option<Value> {
    let mut root = Branch::default();
    for (name, value) in fields {
        if name.split('.').count() > DEEPEST {
            return None;
        }
        let mut at = &mut root;
        for part in name.split('.') {
            at = at.below.entry(part.to_owned()).or_default();
        }
        at.said = value;
    }
    Some(root.into_tree())
}

impl Branch {
    fn into_tree(self) -> Value {
        if self.below.is_empty() {
            return Value::String(self.said);
        }
        let numbered = self.below.keys().map(|name| name.parse::<usize>());
        if numbered.clone().all(|number| number.is_ok()) {
            let mut items = self.below.into_iter().collect::<Vec<_>>();
            items.sort_by_key(|(name, _)| name.parse::<usize>().unwrap_or(usize::MAX));
            return items
                .into_iter()
                .map(|(_, item)| item.into_tree())
                .collect();
        }
        let fields = self.below.into_iter();
        let fields = fields.map(|(name, branch)| (name, branch.into_tree()));
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

/// The place in a tree that a path names.
pub(super) fn at<'a>(tree: &'a Value, path: &str) -> Option<&'a Value> {
    tree.pointer(&pointer(path))
}

/// The place in a tree that a path names.
pub(super) fn at_mut<'a>(tree: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    tree.pointer_mut(&pointer(path))
}

fn pointer(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("/{}", path.replace('.', "/"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_may_come_in_any_order_and_with_gaps() {
        let sent = [("a.10.x", "3"), ("a.2.x", "2"), ("b", "1"), ("a.2.y", "")];
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let tree = from_fields(sent).unwrap();
        assert_eq!(
            tree,
            json!({ "a": [{ "x": "2", "y": "" }, { "x": "3" }], "b": "1" })
        );
        assert_eq!(at(&tree, "a.1.x"), Some(&json!("3")));
    }

    #[test]
    fn names_without_end_are_refused() {
        let deep = vec!["a"; 100_000].join(".");
        assert_eq!(from_fields([(deep, String::new())]), None);
    }
}
