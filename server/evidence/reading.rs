//! From a submission to [`Evidence`].

use std::collections::BTreeSet;
use std::sync::Arc;

use super::archive::Budget;
use super::{Evidence, Fact, FactKey, FactValue, Round, Source, Submission, Text};

/// How a submission is to be read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Whether secrets are replaced, which is due before anything is written.
    pub redact: bool,
    /// How much may be unpacked.
    pub budget: Budget,
    /// The names that sources of earlier rounds of the case have: names are unique in a case.
    pub taken: BTreeSet<String>,
}

/// Reads a submission. Never fails: what could not be read is among the problems.
pub fn read(submission: &Submission, round: Round, options: &ReadOptions) -> Evidence {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut taken = options.taken.clone();
    let mut add = |name: &str, text: String| {
        let name = std::iter::once(name.to_owned())
            .chain((2..).map(|n: u32| format!("{name} ({n})")))
            .find(|name| taken.insert(name.clone()))
            .unwrap_or_default();
        texts.push((name, text));
    };
    if let Some(text) = submission
        .text
        .as_ref()
        .filter(|text| !text.trim().is_empty())
    {
        add("paste", text.clone());
    }
    for file in &submission.files {
        add(
            &file.name,
            String::from_utf8_lossy(&file.bytes).into_owned(),
        );
    }
    if !submission.facts.is_empty() {
        let lines = submission
            .facts
            .iter()
            .map(|(key, value)| format!("{key} = {value}\n"));
        add("facts", lines.collect());
    }
    read_texts(texts, round)
}

/// Reads texts that were decoded and redacted before, under the names they have: how a stored case is read again.
pub fn read_texts(texts: Vec<(String, String)>, round: Round) -> Evidence {
    let mut evidence = Evidence::default();
    for (name, text) in texts {
        let text = Text::new(text);
        let mut claimed = Vec::new();
        if name.starts_with("facts") {
            claimed.push(0..text.as_str().len());
            for line in text.lines() {
                if let Some((key, value)) = line.text.split_once(" = ") {
                    let mut span = line.trimmed_span();
                    span.source = evidence.sources.len();
                    evidence.facts.push(Fact {
                        key: FactKey::new(key),
                        value: FactValue::from(value),
                        span,
                        about: Arc::default(),
                        round,
                    });
                }
            }
        }
        let entries = std::iter::once(0..text.as_str().len()).collect();
        evidence.sources.push(Source {
            name,
            round,
            text,
            claimed,
            entries,
        });
    }
    evidence
}
