//! What holds for any reading of any text, for the tests of readers.

use super::{Ended, Reader, Reading, Stop, Text};

/// Time that is over from the beginning.
#[derive(Debug)]
pub(crate) struct Over;

impl Stop for Over {
    fn ended(&self) -> Option<Ended> {
        Some(Ended::Whole)
    }
}

/// Holds a reading to the values of facts, whose keys begin all alike.
#[track_caller]
pub(super) fn says(reading: &Reading, begin: &str, facts: &[(&str, &str)]) {
    for (key, wanted) in facts {
        let value = reading
            .value(&format!("{begin}{key}"))
            .map(|value| value.to_string());
        assert_eq!(value.as_deref(), Some(*wanted), "{key}");
    }
}

/// Reads `text` and checks that every span is inside it, on its line, and that whole lines are claimed.
#[track_caller]
pub(super) fn check(reader: &Reader, text: String) {
    let text = Text::new(text);
    let reading = (reader.read)("", &text);
    let whole = text.as_str();
    let spans = reading.facts.iter().map(|fact| fact.span);
    for span in spans.chain(reading.scopes.iter().map(|scope| scope.span)) {
        assert!(whole.get(span.start..span.end).is_some(), "{span:?}");
        assert_eq!(text.line_of(span.start), span.line, "{span:?}");
    }
    for range in &reading.claimed {
        assert!(whole.get(range.clone()).is_some(), "{range:?}");
        let breaks = |at: usize| at == 0 || whole.as_bytes()[at - 1] == b'\n';
        let ends = range.end == whole.len() || breaks(range.end);
        assert!(breaks(range.start) && ends, "{range:?}");
    }
}

/// `sample` with `noise` put in, and what lies behind it up to `hole` bytes left out.
pub(super) fn torn(sample: &str, at: usize, hole: usize, noise: &str) -> String {
    let from = sample.floor_char_boundary(at.min(sample.len()));
    let to = sample.floor_char_boundary((from + hole).min(sample.len()));
    format!("{}{noise}{}", &sample[..from], &sample[to.max(from)..])
}
