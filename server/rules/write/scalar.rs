//! One text in YAML: bare where that can mean nothing else, quoted where not, a block where it has several lines.

use std::fmt::Write;

/// Bare, these would be something else to one reader of YAML or another.
const WORDS: [&str; 13] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none", "<<",
];

/// A text on one line. `in_flow`: between braces or brackets, or as a key there.
pub(super) fn scalar(text: &str, in_flow: bool) -> String {
    if text.chars().any(needs_escape) {
        return double(text);
    }
    if is_bare(text, in_flow) {
        return text.to_owned();
    }
    if text.contains(['"', '\\']) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    format!("\"{text}\"")
}

/// A text of several lines, or one that ends with a line, as a block whose lines stand at `indent`; with its line end.
pub(super) fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.strip_suffix('\n');
    let lines = body.unwrap_or(text);
    let odd = |line: &str| (!line.is_empty() && line.trim().is_empty()) || line.starts_with('\t');
    let fits = text.contains('\n')
        && !lines.is_empty()
        && !lines.ends_with('\n')
        && !text
            .chars()
            .any(|letter| letter != '\n' && needs_escape(letter))
        && !lines.split('\n').any(odd);
    if !fits {
        return None;
    }
    let mut block = String::from("|");
    if lines.starts_with([' ', '\n']) {
        block.push('2');
    }
    if body.is_none() {
        block.push('-');
    }
    block.push('\n');
    let margin = " ".repeat(indent);
    for line in lines.split('\n') {
        if !line.is_empty() {
            block.push_str(&margin);
            block.push_str(line);
        }
        block.push('\n');
    }
    Some(block)
}

fn is_bare(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let marks = "-?:,[]{}#&*!|>'\"%@`~=.+";
    let odd_first = first.is_ascii_digit() || first.is_whitespace() || marks.contains(first);
    let ends_oddly = text.ends_with(':') || text.ends_with(char::is_whitespace);
    let odd_inside = text.contains(": ") || text.contains(" #") || text.contains('\t');
    let odd_in_flow = in_flow && text.contains(|letter| ",[]{}".contains(letter));
    let word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
    !(odd_first || ends_oddly || odd_inside || odd_in_flow || word)
}

/// Letters that YAML does not take as they are, or that would end a line.
fn needs_escape(letter: char) -> bool {
    let line_end = matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}');
    let mark = matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    line_end || mark || (letter.is_control() && letter != '\t')
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Writing to a string cannot fail.
            letter if needs_escape(letter) => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
