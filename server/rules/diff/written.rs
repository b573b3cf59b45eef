//! Values as people write them, one thing a line.

use serde_json::Value;

/// A condition as an outline: what joins its parts, then the parts, further in.
pub(super) fn condition(value: &Value) -> String {
    let mut text = String::new();
    outline(value, 0, &mut text);
    text
}

fn outline(value: &Value, depth: usize, text: &mut String) {
    let margin = "  ".repeat(depth);
    let Value::Object(node) = value else {
        line(&margin, &written(value), text);
        return;
    };
    for (join, words) in [("all", "all of"), ("any", "any of"), ("not", "not")] {
        let Some(parts) = node.get(join) else {
            continue;
        };
        line(&margin, words, text);
        match parts {
            Value::Array(parts) => parts.iter().for_each(|part| outline(part, depth + 1, text)),
            part => outline(part, depth + 1, text),
        }
        return;
    }
    let first = ["phrase", "regex", "code", "event", "fact"];
    let named = first
        .iter()
        .find_map(|name| Some((*name, node.get(*name)?)));
    let mut words = Vec::new();
    if let Some((name, value)) = named {
        words.push(format!("{name} {}", in_line(value)));
    }
    for (name, value) in node {
        match value {
            _ if first.contains(&name.as_str()) => {}
            Value::Bool(true) if name != "exists" => words.push(name.clone()),
            value => words.push(format!("{name} {}", in_line(value))),
        }
    }
    line(&margin, &words.join(", "), text);
}

fn line(margin: &str, words: &str, text: &mut String) {
    for piece in [margin, words, "\n"] {
        text.push_str(piece);
    }
}

/// A value as text: a string as it is, a list and a mapping one entry a line.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(members) => {
            let lines = members
                .iter()
                .map(|member| format!("- {}", indented(&written(member))));
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::Object(fields) => {
            let lines = fields.iter().map(|(name, value)| match value {
                Value::Object(_) | Value::Array(_) => {
                    format!("{name}:\n  {}", indented(&written(value)))
                }
                Value::String(text) if text.contains('\n') => {
                    format!("{name}:\n  {}", indented(text.trim_end()))
                }
                value => format!("{name}: {}", written(value)),
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::Null => String::new(),
        plain => plain.to_string(),
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn in_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(members) => members.iter().map(in_line).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{name} {}", in_line(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
        plain => plain.to_string(),
    }
}
