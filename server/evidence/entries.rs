//! Where one record ends and the next begins: conditions joined by `all` must hold within one entry.
//!
//! A text is split only where it is plainly a log or JSON lines; any other text is one entry.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::de::IgnoredAny;

use super::Text;

/// Fewer stamped lines than this are a quotation, not a log.
const LEAST_STAMPED: usize = 3;

static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"^[\[(<"']{0,2}(?:"#,
        r"\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ,_]|$)",
        r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4},? +\d{1,2}:\d{2}",
        r"|\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?\b",
        r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} +\d{2}:\d{2}:\d{2}",
        r")"
    ))
    .expect("a constant pattern; a test compiles it")
});

/// The byte ranges of the entries: sorted, apart, and together the whole text.
pub fn split(text: &Text) -> Vec<Range<usize>> {
    let whole = 0..text.as_str().len();
    let starts = json_lines(text).or_else(|| stamped(text));
    let Some(starts) = starts else {
        return vec![whole];
    };
    // Whatever stands before the first record belongs to it, unless it is lines of its own.
    let mut bounds = starts;
    if bounds.first() != Some(&0) {
        bounds.insert(0, 0);
    }
    bounds.push(whole.end);
    bounds
        .windows(2)
        .filter(|pair| pair[0] < pair[1])
        .map(|pair| pair[0]..pair[1])
        .collect()
}

fn json_lines(text: &Text) -> Option<Vec<usize>> {
    let mut starts = Vec::new();
    for line in text.lines().filter(|line| !line.text.trim().is_empty()) {
        let trimmed = line.text.trim();
        let object = trimmed.starts_with('{')
            && trimmed.ends_with('}')
            && serde_json::from_str::<IgnoredAny>(trimmed).is_ok();
        if !object {
            return None;
        }
        starts.push(line.start);
    }
    (starts.len() >= 2).then_some(starts)
}

fn stamped(text: &Text) -> Option<Vec<usize>> {
    let mut starts = Vec::new();
    let mut others = 0usize;
    for line in text.lines() {
        if line.text.is_empty() || line.text.starts_with(char::is_whitespace) {
            continue;
        }
        if STAMP.is_match(line.text) {
            starts.push(line.start);
        } else {
            others += 1;
        }
    }
    (starts.len() >= LEAST_STAMPED && starts.len() > others).then_some(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        split(&Text::new(text))
            .into_iter()
            .map(|range| text[range].to_owned())
            .collect()
    }

    #[test]
    fn a_log_is_split_at_its_stamps_and_keeps_continuations() {
        let log = "2026-03-01 10:00:00 one\n2026-03-01 10:00:01 two\n   at Robin.Run()\n2026-03-01 10:00:02 three\n";
        assert_eq!(
            pieces(log),
            [
                "2026-03-01 10:00:00 one\n",
                "2026-03-01 10:00:01 two\n   at Robin.Run()\n",
                "2026-03-01 10:00:02 three\n"
            ]
        );
    }

    #[test]
    fn words_before_the_log_are_an_entry_of_their_own() {
        let log = "see:\n[10:00:00] a\n[10:00:01] b\n[10:00:02] c";
        assert_eq!(pieces(log).len(), 4);
        assert_eq!(pieces(log).concat(), log);
    }

    #[test]
    fn json_lines_are_entries() {
        assert_eq!(pieces("{\"a\":1}\r\n\r\n{\"b\":2}\r\n").len(), 2);
    }

    #[test]
    fn one_json_object_over_several_lines_is_one_entry() {
        assert_eq!(pieces("{\n\"a\": {}\n}").len(), 1);
    }

    #[test]
    fn prose_with_two_stamps_is_one_entry() {
        assert_eq!(
            pieces("2026-03-01 10:00 it failed\nagain\n2026-03-01 11:00 too\nthanks").len(),
            1
        );
    }

    #[test]
    fn an_empty_text_has_one_empty_entry() {
        assert_eq!(pieces(""), [""]);
    }
}
