//! Where a value ends: by its quotes, by what may not stand in it, at the end of its line.

use std::ops::Range;

/// No value is sought further than this.
pub(super) const FAR: usize = 4096;

/// The text from a place on, as far as is looked.
pub(super) fn ahead(text: &str, at: usize, far: usize) -> &str {
    let end = text.len().min(at.saturating_add(far));
    text.get(at..text.floor_char_boundary(end))
        .unwrap_or_default()
}

/// The same, to the end of the line.
pub(super) fn line_ahead(text: &str, at: usize) -> &str {
    let ahead = ahead(text, at, FAR);
    let end = memchr::memchr(b'\n', ahead.as_bytes()).unwrap_or(ahead.len());
    let line = &ahead[..end];
    line.strip_suffix('\r').unwrap_or(line)
}

/// The beginning of what stands behind a place on its line: enough to tell a separator.
pub(super) fn near(text: &str, at: usize) -> &str {
    let near = ahead(text, at, 64);
    let end = near.find(['\r', '\n']).unwrap_or(near.len());
    &near[..end]
}

/// What stands before a place on its line, as far as is looked.
pub(super) fn line_behind(text: &str, at: usize, far: usize) -> &str {
    let start = text.ceil_char_boundary(at.saturating_sub(far));
    let behind = text.get(start.min(at)..at).unwrap_or_default();
    let from = memchr::memrchr(b'\n', behind.as_bytes()).map_or(0, |at| at + 1);
    &behind[from..]
}

/// The first place that is neither space nor tab.
pub(super) fn skip_blanks(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(at + 256);
    while at < limit && matches!(bytes[at], b' ' | b'\t') {
        at += 1;
    }
    // U+00A0, as web pages pad with.
    while text[at..].starts_with('\u{a0}') && at < limit {
        at += 2;
        while at < bytes.len() && matches!(bytes[at], b' ' | b'\t') {
            at += 1;
        }
    }
    at
}

/// What stands between quotes that open at `at`; `None` where no quotes open or they do not close on the line.
pub(super) fn quoted(text: &str, at: usize) -> Option<Range<usize>> {
    let first = text[at..].chars().next()?;
    if !matches!(first, '"' | '\'' | '`' | '\\' | '&' | '%' | '<') && first.is_ascii() {
        return None;
    }
    let line = line_ahead(text, at);
    let inner = |open: usize, length: usize| Some(at + open..at + open + length);
    match first {
        '"' => inner(1, unescaped_quote(&line[1..], 0)?),
        '\'' | '`' => inner(1, line[1..].find(first)?),
        '\\' => {
            let depth = line.bytes().take_while(|byte| *byte == b'\\').count();
            let quote = line[depth..]
                .chars()
                .next()
                .filter(|c| matches!(c, '"' | '\''))?;
            let open = depth + 1;
            match quote {
                '"' => inner(open, unescaped_quote(&line[open..], depth)?),
                _ => inner(open, line[open..].find("\\'")?),
            }
        }
        '“' | '”' | '„' | '«' | '‘' | '‚' => {
            let open = first.len_utf8();
            inner(open, line[open..].find(['”', '“', '»', '’', '‘'])?)
        }
        '&' => ["&quot;", "&#34;", "&#39;", "&apos;"]
            .iter()
            .find_map(|quote| {
                let rest = line.strip_prefix(quote)?;
                inner(quote.len(), rest.find(quote)?)
            }),
        '%' => {
            let rest = line.strip_prefix("%22")?;
            inner(3, rest.find("%22")?)
        }
        '<' => {
            let rest = line.strip_prefix("<![CDATA[")?;
            inner(9, rest.find("]]>")?)
        }
        _ => None,
    }
}

/// How far it is to a quote that ends a value whose own quotes stand behind `depth` backslashes.
fn unescaped_quote(rest: &str, depth: usize) -> Option<usize> {
    let bytes = rest.as_bytes();
    for at in memchr::memchr_iter(b'"', bytes) {
        let slashes = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        let ends = if depth == 0 {
            slashes % 2 == 0
        } else {
            slashes <= depth
        };
        if ends {
            return Some(if depth == 0 { at } else { at - slashes });
        }
    }
    None
}

/// A word behind `=`: to white space, a quote, a tag, or a separator behind which another name follows.
pub(super) fn word(text: &str, at: usize) -> Range<usize> {
    let line = ahead(text, at, FAR);
    let mut end = line.len();
    for (place, letter) in line.char_indices() {
        let rest = &line[place + letter.len_utf8()..];
        let stops = match letter {
            '"' | '<' | '>' | '`' => true,
            '\'' => rest.is_empty() || rest.starts_with([' ', ',', ')', ';', '}', ']']),
            '\\' => {
                rest.starts_with(['"', 'r', 'n', 't']) && ends_here(&rest[1..])
                    || rest.starts_with('"')
            }
            '&' => another_follows(rest),
            ';' => another_follows(rest) || plain_next(rest),
            ',' => ends_here(rest) || another_follows(rest),
            ')' | ']' | '}' => ends_here(rest) && !line[..place].contains(opening(letter)),
            '|' => rest.starts_with([' ', '|']),
            other => other.is_whitespace(),
        };
        if stops {
            end = place;
            break;
        }
    }
    at..at + end
}

fn opening(closing: char) -> char {
    match closing {
        ')' => '(',
        ']' => '[',
        _ => '{',
    }
}

fn ends_here(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| {
        next.is_whitespace()
            || matches!(
                next,
                '"' | '\'' | ',' | ';' | ')' | '}' | ']' | '<' | '\\' | '.'
            )
    })
}

/// Whether letters alone follow to the end of the word.
fn plain_next(rest: &str) -> bool {
    let next = rest.split(|c: char| c.is_whitespace() || c == ';').next();
    next.is_some_and(|next| next.chars().all(char::is_alphabetic))
}

/// Whether the end, or another `name=` or `name:`, follows a separator.
fn another_follows(rest: &str) -> bool {
    if ends_here(rest) {
        return true;
    }
    let name = rest
        .find(|c: char| {
            !(c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '$' | '"' | '\''))
        })
        .unwrap_or(rest.len());
    name > 0 && name <= 64 && rest[name..].starts_with(['=', ':', ';', '%'])
}

/// To the end of the line, without blanks around.
pub(super) fn rest_of_line(text: &str, at: usize) -> Range<usize> {
    let line = line_ahead(text, at);
    let trimmed = line.trim_start();
    let start = at + line.len() - trimmed.len();
    start..start + trimmed.trim_end().len()
}
