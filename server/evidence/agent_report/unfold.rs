//! A report that carries its outputs within itself becomes the files that it would have had beside it.

use serde_json::{Map, Value, json};

use super::{FAMILY, VERSION};

/// What describes the report and is no evidence by itself.
const DESCRIBES: &[&str] = &[
    "schema",
    "collector",
    "machine",
    "domain",
    "account",
    "elevated",
    "taken",
    "taken_utc",
    "time_zone",
    "culture",
    "ui_culture",
    "powershell",
];
/// What describes a section.
const OF_SECTION: &[&str] = &[
    "id",
    "command",
    "file",
    "started",
    "exit_code",
    "duration_ms",
    "error",
];

/// A report taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfolded {
    /// What stays as `report.json`: everything but the texts, with the names of the files they became.
    pub index: String,
    /// Name and text of each file, in the report's order. Names are as the report has them.
    pub files: Vec<(String, String)>,
}

/// Takes a report apart. `None` when the text is no report of this version, or carries no text within itself.
pub fn unfold(text: &str) -> Option<Unfolded> {
    let bare = text.trim_start_matches('\u{feff}').trim();
    if !(bare.starts_with('{') && bare.ends_with('}') && bare.contains(FAMILY)) {
        return None;
    }
    let Ok(Value::Object(report)) = serde_json::from_str(bare) else {
        return None;
    };
    if report.get("schema").and_then(Value::as_str) != Some(VERSION) {
        return None;
    }
    let mut kept = Map::new();
    let mut parts = Parts::default();
    for (name, value) in report {
        match value {
            value if DESCRIBES.contains(&name.as_str()) => {
                kept.insert(name, value);
            }
            Value::Array(sections) if name == "sections" => {
                sections
                    .into_iter()
                    .for_each(|section| parts.section(section));
            }
            value => parts.texts(&name, value),
        }
    }
    if parts.files.is_empty() {
        return None;
    }
    kept.insert("sections".to_owned(), Value::Array(parts.sections));
    Some(Unfolded {
        index: serde_json::to_string_pretty(&kept).unwrap_or_default(),
        files: parts.files,
    })
}

#[derive(Default)]
struct Parts {
    files: Vec<(String, String)>,
    sections: Vec<Value>,
}

impl Parts {
    /// An entry of the list of sections, its output taken out.
    fn section(&mut self, section: Value) {
        let Value::Object(mut section) = section else {
            self.texts(&format!("sections/{}", self.sections.len()), section);
            return;
        };
        let output = section.remove("output").and_then(output);
        section.retain(|name, _| OF_SECTION.contains(&name.as_str()));
        if let Some(output) = output {
            let told = |name: &str| {
                let value = section.get(name)?.as_str()?.trim();
                (!value.is_empty()).then(|| value.to_owned())
            };
            let number = self.sections.len() + 1;
            let name = told("file").or_else(|| told("id"));
            let name = name.unwrap_or_else(|| format!("section {number}"));
            section.insert("file".to_owned(), Value::String(name.clone()));
            self.files.push((name, output));
        }
        self.sections.push(Value::Object(section));
    }

    /// Every text below a value is a file, named by the keys that lead to it.
    fn texts(&mut self, name: &str, value: Value) {
        match value {
            Value::String(text) => {
                self.sections.push(json!({ "id": name, "file": name }));
                self.files.push((name.to_owned(), text));
            }
            Value::Object(object) => {
                for (key, value) in object {
                    self.texts(&format!("{name}/{key}"), value);
                }
            }
            Value::Array(list) => {
                for (at, value) in list.into_iter().enumerate() {
                    self.texts(&format!("{name}/{at}"), value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A text, or its lines.
fn output(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(lines) => {
            let lines = lines
                .iter()
                .map(Value::as_str)
                .collect::<Option<Vec<_>>>()?;
            Some(lines.join("\n"))
        }
        _ => None,
    }
}
