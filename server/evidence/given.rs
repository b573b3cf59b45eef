//! Facts given outright, as the text that the source `facts` holds.
//!
//! ```text
//! dsregcmd.AzureAdJoined = YES
//! secedit.SeBatchLogonRight = ["Administrators","svc-rpa"]
//! ```
//!
//! A list, and a text that would be read as one or that spans lines, is written as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{
    Closes, Entries, Evidence, Fact, FactKey, FactValue, Reading, Scope, Source, Span, Text,
};

/// Writes the facts as text, one `key = value` line each.
pub fn write(facts: &BTreeMap<String, FactValue>) -> String {
    let mut text = String::new();
    for (key, value) in facts {
        let key = key.replace(['\r', '\n'], " ");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} = {}", key.trim(), written(value));
    }
    text
}

/// Reads them back. A line without ` = ` is a problem.
pub fn read(_: &str, text: &Text) -> Reading {
    let mut reading = Reading::default();
    for line in text.lines().filter(|line| !line.text.trim().is_empty()) {
        let Some((key, value)) = line.text.split_once('=') else {
            reading.problems.push((
                Some(line.number),
                "This line is no fact: write `key = value`.".to_owned(),
            ));
            continue;
        };
        reading.facts.push(Fact {
            key: FactKey::new(key.trim()),
            value: value_of(value.trim()),
            span: line.trimmed_span(),
            about: std::sync::Arc::default(),
            round: 0,
        });
    }
    reading.claimed.push(0..text.as_str().len());
    reading
}

impl Evidence {
    /// Evidence that says just this: a value, or that the key is absent. For what is tried on a guide without a report.
    pub fn stated(state: &BTreeMap<FactKey, Option<FactValue>>) -> Self {
        let lines = state.iter().map(|(key, value)| match value {
            Some(value) => format!("{key} = {value}").replace(['\n', '\r'], " "),
            None => format!("{key} is absent"),
        });
        let text = Text::new(lines.collect::<Vec<_>>().join("\n"));
        let mut evidence = Evidence::default();
        for (line, (key, value)) in text.lines().zip(state) {
            let span = Span {
                source: 0,
                ..line.span(0..line.text.len())
            };
            match value {
                Some(value) => evidence.facts.push(Fact {
                    key: key.clone(),
                    value: value.clone(),
                    span,
                    about: std::sync::Arc::default(),
                    round: 1,
                }),
                None => evidence.scopes.push(Scope {
                    closes: Closes::Key(key.folded().to_owned()),
                    span,
                    round: 1,
                }),
            }
        }
        evidence.sources.push(Source {
            name: "facts".to_owned(),
            round: 1,
            kinds: Vec::new(),
            claimed: std::iter::once(0..text.as_str().len()).collect(),
            entries: Entries::new([], text.as_str().len()),
            text,
        });
        evidence
    }
}

fn written(value: &FactValue) -> String {
    match value {
        FactValue::Text(text)
            if !text.contains(['\r', '\n'])
                && !text.starts_with(['[', '"'])
                && text.trim() == text =>
        {
            text.clone()
        }
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn value_of(written: &str) -> FactValue {
    if written.starts_with(['[', '"'])
        && let Ok(value) = serde_json::from_str(written)
    {
        return value;
    }
    written.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let facts = BTreeMap::from([
            ("a.b".to_owned(), FactValue::from("YES")),
            ("a.c".to_owned(), FactValue::from("")),
            ("a.d".to_owned(), FactValue::from("two\nlines")),
            ("a.e".to_owned(), FactValue::from("[not a list")),
            ("a.g".to_owned(), FactValue::from("a = b")),
            (
                "a.f".to_owned(),
                FactValue::List(vec!["x, y".to_owned(), String::new()]),
            ),
        ]);
        let text = Text::new(write(&facts));
        let reading = read("facts", &text);
        let back = reading
            .facts
            .iter()
            .map(|fact| (fact.key.to_string(), fact.value.clone()))
            .collect::<BTreeMap<_, _>>();
        assert_eq!(back, facts);
        assert_eq!(
            &text.as_str()[reading.facts[0].span.start..reading.facts[0].span.end],
            "a.b = YES"
        );
    }

    #[test]
    fn a_line_that_is_no_fact_is_named() {
        let reading = read("facts", &Text::new("hello\n"));
        assert_eq!(reading.problems[0].0, Some(1));
    }
}
