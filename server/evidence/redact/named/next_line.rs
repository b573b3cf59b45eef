//! A value that stands below its key.

use std::ops::Range;

use crate::evidence::redact::harmless::is_strong;
use crate::evidence::redact::value::{line_ahead, quoted, rest_of_line, skip_blanks};

/// A value alone on the next line: one word with digits or signs among its letters; behind `Value :` whatever stands
/// there.
pub(super) fn next_line(text: &str, at: usize, sure: bool) -> Option<Range<usize>> {
    let mut at = at + line_ahead(text, at).len();
    for _ in 0..3 {
        at += match text.get(at..)? {
            rest if rest.starts_with("\r\n") => 2,
            rest if rest.starts_with('\n') => 1,
            _ => return None,
        };
        at = skip_blanks(text, at);
        let line = line_ahead(text, at);
        let trimmed = line.trim();
        if trimmed.is_empty()
            || trimmed
                .bytes()
                .all(|byte| matches!(byte, b'-' | b'=' | b' ' | b'+' | b'|'))
        {
            at += line.len();
            continue;
        }
        if let Some(rest) = trimmed
            .strip_prefix("Value")
            .or_else(|| trimmed.strip_prefix("value"))
        {
            let sign = rest.trim_start();
            if sign.starts_with([':', '=']) {
                let from = skip_blanks(text, at + line.find([':', '='])? + 1);
                return quoted(text, from).or_else(|| Some(rest_of_line(text, from)));
            }
        }
        // <key>password</key> and its string
        if let Some(inside) = trimmed
            .strip_prefix("<string>")
            .or_else(|| trimmed.strip_prefix("<Value>"))
        {
            let from = at + line.find(inside)?;
            return Some(from..from + inside.find('<')?);
        }
        if let Some(inside) = quoted(text, at).filter(|_| sure) {
            return is_strong(&text[inside.clone()]).then_some(inside);
        }
        let found = rest_of_line(text, at);
        let one = &text[found.clone()];
        let single = !one.contains(char::is_whitespace) && one.len() <= 80;
        let other = one.contains("://")
            || one.ends_with([':', '>', '{', '[', '('])
            || one.contains(['\\', '<'])
            || one.get(..1).is_some_and(|_| {
                one.find('=')
                    .is_some_and(|sign| sign > 0 && sign < one.len() - 1)
            });
        return (single && !other && is_strong(one)).then_some(found);
    }
    None
}
