//! Sentences that can be taken in by somebody on the phone: at most 25 words.

use super::Book;
use crate::guide::placeholders::{Placeholder, is_setting_name, placeholders};
use crate::guide::shape::GuideFile;

const MOST_WORDS: usize = 25;

/// Checks every text of a guide that a reader sees.
pub(super) fn check(guide: &GuideFile, book: &mut Book) {
    for step in &guide.steps {
        let path = format!("guide.steps.{}", step.id);
        let texts = [
            ("ask", &step.ask),
            ("do", &step.instruction),
            ("intro", &step.intro),
            ("how", &step.how),
            ("text", &step.text),
        ];
        for (field, text) in texts {
            one(text.as_deref(), &format!("{path}.{field}"), book);
        }
        for answer in &step.answers {
            one(
                Some(&answer.label),
                &format!("{path}.answers.{}.label", answer.id),
                book,
            );
        }
        for (field, text) in [("undo", &step.undo), ("loosens", &step.loosens)] {
            settings(
                text.as_deref().unwrap_or_default(),
                &format!("{path}.{field}"),
                book,
            );
        }
        for item in step.checks.iter().flatten() {
            let path = format!("{path}.checks.{}", item.id);
            one(Some(&item.ask), &format!("{path}.ask"), book);
            one(item.how.as_deref(), &format!("{path}.how"), book);
        }
    }
}

/// Warns of names that no setting can have, which would always read as unknown.
pub(super) fn settings(text: &str, path: &str, book: &mut Book) {
    for (_, placeholder) in placeholders(text) {
        if let Placeholder::Setting(name) = placeholder
            && !is_setting_name(name)
        {
            book.warning(
                path,
                format!("no setting can be named `{name}`; write 1 to 64 small letters, digits, dashes and underscores"),
            );
        }
    }
}

fn one(text: Option<&str>, path: &str, book: &mut Book) {
    settings(text.unwrap_or_default(), path, book);
    for (words, sentence) in sentences(text.unwrap_or_default()) {
        if words > MOST_WORDS {
            let start = sentence.chars().take(40).collect::<String>();
            book.error(
                path,
                format!("the sentence \u{201c}{start}\u{2026}\u{201d} has {words} words; split it into sentences of at most {MOST_WORDS}"),
            );
        }
    }
}

/// The sentences with their number of words; what stands in backticks or is a placeholder is one word.
fn sentences(text: &str) -> Vec<(usize, String)> {
    let mut plain = String::new();
    for (at, piece) in text.split('`').enumerate() {
        plain.push_str(if at % 2 == 0 { piece } else { "code" });
    }
    while let Some(start) = plain.find("{{") {
        let Some(length) = plain[start..].find("}}") else {
            break;
        };
        plain.replace_range(start..start + length + 2, "value");
    }
    let mut sentences = Vec::new();
    for part in plain
        .replace("\n-", "\n\n")
        .replace("\n1.", "\n\n")
        .split("\n\n")
    {
        let mut words = Vec::new();
        for word in part.split_whitespace() {
            words.push(word);
            if word
                .trim_end_matches(['*', '_', ')', '"', '\u{201d}'])
                .ends_with(['.', '!', '?', ':'])
            {
                sentences.push((words.len(), words.join(" ")));
                words.clear();
            }
        }
        sentences.push((words.len(), words.join(" ")));
    }
    sentences
}
