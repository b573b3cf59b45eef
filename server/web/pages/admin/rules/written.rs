//! Values as texts of a form, and back. Browsers change line ends, and an empty field says nothing; a value that would
//! not come back the same is written as a JSON string instead.

use serde_json::{Value, json};

/// A text that is always there.
pub(super) fn line(text: &str) -> String {
    packed(text, &has_controls)
}

/// What a form says of it.
pub(super) fn line_of(said: &str) -> String {
    unpacked(&said.replace("\r\n", "\n"), &has_controls)
}

/// A text that may be missing: one that is there and empty says so.
pub(super) fn text(text: &str) -> String {
    packed(text, &|text| text.is_empty() || has_controls(text))
}

/// What a form says; `None` where it says nothing.
pub(super) fn text_of(said: &str) -> Option<String> {
    if said.is_empty() {
        return None;
    }
    let said = said.replace("\r\n", "\n");
    let whole = |text: &str| text.is_empty() || has_controls(text);
    Some(unpacked(&said, &whole))
}

/// Words, one a line.
pub(super) fn lines(words: &[Value]) -> String {
    let words = words.iter().filter_map(Value::as_str);
    let words = words.map(|word| packed(word, &is_no_line));
    words.collect::<Vec<_>>().join("\n")
}

/// The words of lines; empty ones say nothing.
pub(super) fn lines_of(said: &str) -> Vec<Value> {
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| json!(unpacked(line, &is_no_line)))
        .collect()
}

/// The value of a fact: a list has a dash before each of its values.
pub(super) fn facts(value: &Value) -> String {
    match value {
        Value::Array(list) if list.is_empty() => "[]".to_owned(),
        Value::Array(list) => {
            let values = list.iter().filter_map(Value::as_str);
            let values = values.map(|value| format!("- {}", packed(value, &is_no_line)));
            values.collect::<Vec<_>>().join("\n")
        }
        value => packed(value.as_str().unwrap_or_default(), &is_no_value),
    }
}

/// The value that a form says.
pub(super) fn facts_of(said: &str) -> Value {
    let said = said.replace("\r\n", "\n");
    if said == "[]" {
        return json!([]);
    }
    let items = said.lines().filter(|line| !line.trim().is_empty());
    let items = items.map(|line| line.trim_start().strip_prefix("- "));
    match items.collect::<Option<Vec<_>>>() {
        Some(items) if !items.is_empty() => items
            .into_iter()
            .map(|item| json!(unpacked(item.trim(), &is_no_line)))
            .collect(),
        _ => json!(unpacked(&said, &is_no_value)),
    }
}

/// The numbers of events: one, or several with commas. A list of one or none stands in brackets.
pub(super) fn numbers(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            let numbers = list.iter().map(ToString::to_string);
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            if list.len() > 1 {
                numbers
            } else {
                format!("[{numbers}]")
            }
        }
        Value::Null => String::new(),
        number => number.to_string(),
    }
}

/// The numbers that a form says.
pub(super) fn numbers_of(said: &str) -> Result<Option<Value>, String> {
    let said = said.trim();
    let listed = said
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let words = listed.unwrap_or(said).split([',', ' ', '\n', '\r']);
    let words = words.filter(|word| !word.is_empty());
    let numbers = words.map(str::parse::<u32>).collect::<Result<Vec<_>, _>>();
    let numbers = numbers.map_err(|_| {
        format!("`{said}` are no numbers of events; write 4625, or several with commas")
    })?;
    Ok(match numbers.as_slice() {
        [] if listed.is_none() => None,
        [one] if listed.is_none() => Some(json!(one)),
        several => Some(json!(several)),
    })
}

fn packed(text: &str, awkward: &dyn Fn(&str) -> bool) -> String {
    if awkward(text) || unpacked(text, awkward) != text {
        Value::from(text).to_string()
    } else {
        text.to_owned()
    }
}

/// Only what had to be packed is taken out: a person may well type something in quotes.
fn unpacked(said: &str, awkward: &dyn Fn(&str) -> bool) -> String {
    let inner = said
        .starts_with('"')
        .then(|| serde_json::from_str::<String>(said));
    match inner {
        Some(Ok(inner)) if packed(&inner, awkward) == said => inner,
        _ => said.to_owned(),
    }
}

fn has_controls(text: &str) -> bool {
    text.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t'))
}

fn is_no_line(text: &str) -> bool {
    text.is_empty() || text.trim() != text || text.contains(char::is_control)
}

fn is_no_value(text: &str) -> bool {
    text == "[]" || text.contains('\n') || text.trim_start().starts_with("- ") || has_controls(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_taken_as_it_stands() {
        assert_eq!(text_of(""), None);
        assert_eq!(text_of("\"Yes\"").as_deref(), Some("\"Yes\""));
        assert_eq!(text_of("two\r\nlines").as_deref(), Some("two\nlines"));
        assert_eq!(
            lines_of(" a \n\n\"b c\"\r\n"),
            [json!("a"), json!("\"b c\"")]
        );
        assert_eq!(facts_of("- a\r\n- b"), json!(["a", "b"]));
        assert_eq!(facts_of("a - b"), json!("a - b"));
        assert_eq!(numbers_of("4625"), Ok(Some(json!(4625))));
        assert_eq!(numbers_of("4625, 4776"), Ok(Some(json!([4625, 4776]))));
        assert!(numbers_of("soon").is_err());
    }

    #[test]
    fn awkward_values_come_back_the_same() {
        for value in ["", "\"\"", "a\r\n\"", "\"\\r\""] {
            assert_eq!(line_of(&line(value)), value, "{value:?}");
        }
        for value in [
            "", "a\r\nb", "\"\"", "\"a\\r\"", "\u{1}", "[]", "- x", " x", "x\n- y",
        ] {
            assert_eq!(text_of(&text(value)).as_deref(), Some(value), "{value:?}");
            assert_eq!(facts_of(&facts(&json!(value))), json!(value), "{value:?}");
            let list = [json!(value), json!("b")];
            assert_eq!(lines_of(&lines(&list)), list, "{value:?}");
            assert_eq!(facts_of(&facts(&json!(list))), json!(list), "{value:?}");
        }
        for value in [json!([]), json!([7]), json!([1, 2]), json!(7)] {
            assert_eq!(numbers_of(&numbers(&value)), Ok(Some(value)));
        }
    }
}
