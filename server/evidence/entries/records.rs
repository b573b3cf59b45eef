//! Where the records of a JSON text begin, without reading it whole into values: a list of objects, a list that is the
//! `value` of an answer, or objects one behind the other, over as many lines as they like, of which any two have a name in
//! common: what somebody pastes below a sentence may be an answer and a setting, and those are no records of one kind.
//!
//! ```text
//! {"value":[{"flowsessionid":"1"},{"flowsessionid":"2"}]}
//! ```

use std::collections::BTreeSet;

/// Names of the lists in which interfaces answer their records.
const LISTS: &[&str] = &[
    "value", "values", "records", "results", "items", "data", "list", "runs", "hits", "events",
    "entries", "logs", "jobs", "rows",
];
/// How deep such a list may lie.
const LIST_DEPTH: usize = 4;
/// A text that is nested deeper is no list of records.
const MOST_DEPTH: usize = 256;
/// Lines in which the JSON has to begin.
const MOST_LINES: usize = 200;

enum Frame {
    Object,
    List { holds_records: bool },
}

/// The offsets at which records begin; `None` where there are fewer than two.
pub(super) fn starts(text: &str) -> Option<Vec<usize>> {
    let mut scan = Scan {
        text,
        at: beginning(text)?,
        open: Vec::new(),
        name: None,
        records: Vec::new(),
        whole: Vec::new(),
        names: (BTreeSet::new(), BTreeSet::new()),
        akin: false,
    };
    while scan.step().is_some() {}
    // The last one may be torn before its first name.
    let torn = scan.names.1.is_empty();
    let whole = if scan.akin || torn {
        scan.whole
    } else {
        Vec::new()
    };
    let starts = [scan.records, whole]
        .into_iter()
        .find(|starts| starts.len() >= 2)?;
    let starts = starts.into_iter().map(|start| line_start(text, start));
    let mut starts = starts.collect::<Vec<_>>();
    starts.dedup();
    Some(starts)
}

/// Where the JSON begins: at the start of a line, chatter before it passed over.
fn beginning(text: &str) -> Option<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n').take(MOST_LINES) {
        let at = start + (line.len() - line.trim_start().len());
        let inside = |bracket: char| {
            let rest = text[at..].strip_prefix(bracket)?;
            // Nobody indents by more.
            rest.trim_start().chars().next()
        };
        if inside('[') == Some('{') || inside('{') == Some('"') {
            return Some(at);
        }
        start += line.len();
    }
    None
}

/// The start of the line, where only white space stands between.
fn line_start(text: &str, at: usize) -> usize {
    let before = &text[..at];
    let blank = before.len() - before.trim_end_matches([' ', '\t']).len();
    let start = at - blank;
    if start == 0 || text.as_bytes()[start - 1] == b'\n' {
        start
    } else {
        at
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Frame>,
    /// The name of the member whose value comes next.
    name: Option<&'a str>,
    records: Vec<usize>,
    whole: Vec<usize>,
    /// Names of members, of the objects before the present one and of that one.
    names: (BTreeSet<&'a str>, BTreeSet<&'a str>),
    /// Whether an object has a name in common with one before it.
    akin: bool,
}

impl Scan<'_> {
    /// One bracket or string; `None` at the end, or where this is no JSON.
    fn step(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let ahead = bytes.get(self.at..)?;
        let skip = ahead
            .iter()
            .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))?;
        let between = &ahead[..skip];
        if self.open.is_empty() && !between.iter().all(|byte| is_between(*byte)) {
            return None;
        }
        self.at += skip;
        match bytes[self.at] {
            b'"' => return self.string(),
            b'{' => {
                if self.open.is_empty() {
                    self.whole.push(self.at);
                    self.names.0.append(&mut self.names.1);
                }
                if let Some(Frame::List {
                    holds_records: true,
                }) = self.open.last()
                {
                    self.records.push(self.at);
                }
                self.push(Frame::Object)?;
            }
            b'[' => {
                let named = self
                    .name
                    .is_some_and(|name| LISTS.iter().any(|list| list.eq_ignore_ascii_case(name)));
                let inside_one = self
                    .open
                    .iter()
                    .any(|frame| matches!(frame, Frame::List { .. }));
                let holds_records =
                    self.open.is_empty() || named && !inside_one && self.open.len() < LIST_DEPTH;
                self.push(Frame::List { holds_records })?;
            }
            _ => {
                self.open.pop()?;
            }
        }
        self.name = None;
        self.at += 1;
        Some(())
    }

    fn push(&mut self, frame: Frame) -> Option<()> {
        (self.open.len() < MOST_DEPTH).then(|| self.open.push(frame))
    }

    fn string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        loop {
            end += memchr::memchr2(b'"', b'\\', bytes.get(end..)?)?;
            if bytes[end] == b'"' {
                break;
            }
            end += 2;
        }
        let after = bytes[end + 1..]
            .iter()
            .position(|byte| !byte.is_ascii_whitespace());
        let is_name = after.is_some_and(|skip| bytes[end + 1 + skip] == b':');
        self.name = is_name.then(|| &self.text[start..end]);
        if let Some(name) = self.name
            && !self.akin
            && matches!(self.open[..], [Frame::Object])
        {
            self.akin = self.names.0.contains(name);
            self.names.1.insert(name);
        }
        self.at = end + 1;
        Some(())
    }
}

/// What may stand between two values.
fn is_between(byte: u8) -> bool {
    byte == b',' || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<&str> {
        let mut starts = starts(text).unwrap_or_default();
        starts.push(text.len());
        starts
            .windows(2)
            .map(|pair| text[pair[0]..pair[1]].trim())
            .collect()
    }

    #[test]
    fn a_list_over_several_lines_has_its_objects() {
        let text =
            "[\n  {\n    \"a\": [ { \"b\": 1 }, { \"b\": 2 } ]\n  },\n  { \"a\": \"} {\" }\n]";
        assert_eq!(
            records(text),
            [
                "{\n    \"a\": [ { \"b\": 1 }, { \"b\": 2 } ]\n  },",
                "{ \"a\": \"} {\" }\n]"
            ]
        );
    }

    #[test]
    fn the_list_of_an_answer_has_its_objects() {
        let text = r#"{"@odata.context":"x","value":[{"a":"\"[{"},{"a":2}]}"#;
        assert_eq!(records(text), [r#"{"a":"\"[{"},"#, r#"{"a":2}]}"#]);
        assert_eq!(records(r#"{"hits":{"hits":[{"a":1},{"a":2}]}}"#).len(), 2);
    }

    #[test]
    fn objects_one_behind_the_other_are_records_torn_or_not() {
        assert_eq!(records("{\n\"a\":1\n}\n{\n\"a\":2\n}\n").len(), 2);
        assert_eq!(records("{\"a\":1}\n{\"a\":2}\n{\"a\":").len(), 3);
    }

    #[test]
    fn objects_without_a_name_in_common_are_no_records_of_one_kind() {
        let answer =
            "provisioning failed\n{\"error\":\"x\"}\n{\"user\":{\"error\":1},\"password\":\"y\"}";
        assert_eq!(starts(answer), None);
        let third = "{\n\"a\":1\n}\n{\"b\":2}\n{\"a\":3}";
        assert_eq!(records(third).len(), 3);
    }

    #[test]
    fn words_before_the_list_and_behind_it_are_passed_over() {
        let text = "the export:\n[{\"a\":1},{\"a\":2}]\nKind regards {\"x\":1}";
        assert_eq!(records(text).len(), 2);
    }

    #[test]
    fn a_list_inside_an_error_is_none_of_records() {
        assert_eq!(starts(r#"{"error":{"details":[{"a":1},{"a":2}]}}"#), None);
        assert_eq!(starts("{\n\"a\": {}\n}"), None);
        assert_eq!(starts("[10:00:00] a\n[10:00:01] b"), None);
        assert_eq!(starts(""), None);
    }
}
