//! The squeezed stream: text as phrases see it.
//!
//! White space, zero-width characters, mail quoting at line starts, Markdown emphasis and HTML tags are gone; case,
//! quotes, dashes and typographic variants are folded; escapes are folded on lines that show they hold escapes. So
//! neither a hard wrap nor an export can hide a phrase. Two arrays map each squeezed byte to the original.

use std::ops::Range;

/// A piece of text, squeezed.
#[derive(Debug, Default)]
pub(crate) struct Squeezed {
    /// The folded bytes.
    pub(crate) bytes: Vec<u8>,
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Squeezed {
    /// Squeezes `text[range]`; the map speaks of offsets into `text`. Texts are below 4 GiB by the upload limits.
    pub(crate) fn of(text: &str, range: Range<usize>) -> Self {
        let mut squeezed = Self::default();
        let mut at = range.start;
        for line in text[range].split_inclusive('\n') {
            squeezed.line(line, at);
            at += line.len();
        }
        squeezed
    }

    /// The original bytes of a squeezed range that is not empty.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start] as usize..self.ends[range.end - 1] as usize
    }

    /// Where the original of the squeezed byte at `at` ends and that of the next begins.
    pub(crate) fn gap_after(&self, at: usize) -> Option<Range<usize>> {
        let next = *self.starts.get(at + 1)?;
        Some(self.ends[at] as usize..next as usize)
    }

    fn line(&mut self, line: &str, offset: usize) {
        let quoting = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
        let quoted = line[..quoting].contains('>');
        let mut at = if quoted { quoting } else { 0 };
        let escaped = holds_escapes(line);
        while let Some(first) = line[at..].chars().next() {
            let token = token(line, at, first, escaped);
            let start = u32::try_from(offset + at).unwrap_or(u32::MAX);
            let end = u32::try_from(offset + at + token.length).unwrap_or(u32::MAX);
            if let Some(folded) = token.stands_for {
                fold(folded, |byte| {
                    self.bytes.push(byte);
                    self.starts.push(start);
                    self.ends.push(end);
                });
            }
            at += token.length;
        }
    }
}

/// Squeezes a phrase as written in a rule: folded, without escapes or markup.
pub(crate) fn squeeze_pattern(pattern: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    pattern
        .chars()
        .for_each(|letter| fold(letter, |byte| bytes.push(byte)));
    bytes
}

struct Token {
    length: usize,
    stands_for: Option<char>,
}

fn token(line: &str, at: usize, first: char, escaped: bool) -> Token {
    let rest = &line[at..];
    let plain = Token {
        length: first.len_utf8(),
        stands_for: Some(first),
    };
    match first {
        '\\' if escaped => backslashes(rest),
        '&' => entity(rest).unwrap_or(plain),
        '<' => tag(rest).unwrap_or(plain),
        '*' if rest.starts_with("**") => Token {
            length: 2,
            stands_for: None,
        },
        '`' => Token {
            length: 1,
            stands_for: between_letters(line, at).then_some('\''),
        },
        _ => plain,
    }
}

/// A backtick between letters is somebody's apostrophe; elsewhere it is Markdown.
fn between_letters(line: &str, at: usize) -> bool {
    let before = line[..at]
        .chars()
        .next_back()
        .is_some_and(char::is_alphabetic);
    before
        && line[at + 1..]
            .chars()
            .next()
            .is_some_and(char::is_alphabetic)
}

/// Whether a line shows that backslashes in it are escapes: `\"`, `\r\n` or `\u0000`.
fn holds_escapes(line: &str) -> bool {
    line.contains("\\\"")
        || line.contains("\\r\\n")
        || line.contains("\\r\\\\n")
        || has_unicode_escape(line)
}

fn has_unicode_escape(line: &str) -> bool {
    line.match_indices("\\u")
        .any(|(at, _)| line.get(at + 2..at + 6).is_some_and(is_hex))
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn backslashes(rest: &str) -> Token {
    let count = rest.len() - rest.trim_start_matches('\\').len();
    let after = &rest[count..];
    match after.chars().next() {
        Some('n' | 'r' | 't') => Token {
            length: count + 1,
            stands_for: None,
        },
        Some('u') if after.get(1..5).is_some_and(is_hex) => {
            let code = u32::from_str_radix(&after[1..5], 16)
                .ok()
                .and_then(char::from_u32);
            Token {
                length: count + 5,
                stands_for: code,
            }
        }
        Some('"' | '\'' | '/') => Token {
            length: count + 1,
            stands_for: after.chars().next(),
        },
        _ => Token {
            length: count,
            stands_for: Some('\\'),
        },
    }
}

fn entity(rest: &str) -> Option<Token> {
    let end = rest.bytes().take(12).position(|byte| byte == b';')?;
    let name = &rest[1..end];
    let stands_for = match name {
        "quot" | "ldquo" | "rdquo" | "bdquo" => Some('"'),
        "apos" | "lsquo" | "rsquo" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "ndash" | "mdash" | "minus" => Some('-'),
        "nbsp" | "zwnj" | "shy" => None,
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            Some(char::from_u32(code.ok()?)?)
        }
    };
    Some(Token {
        length: end + 1,
        stands_for,
    })
}

/// HTML that mail and web pages leave in a paste. Other angle brackets are text.
fn tag(rest: &str) -> Option<Token> {
    const NAMES: [&str; 26] = [
        "a",
        "b",
        "i",
        "u",
        "p",
        "br",
        "em",
        "strong",
        "span",
        "div",
        "code",
        "pre",
        "font",
        "td",
        "th",
        "tr",
        "table",
        "tbody",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "hr",
    ];
    let inside = rest[1..].trim_start_matches('/');
    let name = inside
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()?;
    if !NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    let end = rest.bytes().take(300).position(|byte| byte == b'>')?;
    Some(Token {
        length: end + 1,
        stands_for: None,
    })
}

fn fold(letter: char, mut push: impl FnMut(u8)) {
    let mut buffer = [0; 4];
    let mut push_char = |letter: char| letter.encode_utf8(&mut buffer).bytes().for_each(&mut push);
    match letter {
        _ if letter.is_ascii_graphic() => push_char(letter.to_ascii_lowercase()),
        _ if letter.is_whitespace() || letter == '\0' || is_zero_width(letter) => {}
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{00B4}'
        | '\u{FF07}' => push_char('\''),
        '\u{201C}'..='\u{201F}' | '\u{00AB}' | '\u{00BB}' | '\u{2033}' => push_char('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' => push_char('-'),
        '\u{2026}' => "...".chars().for_each(push_char),
        '\u{FB01}' => "fi".chars().for_each(push_char),
        '\u{FB02}' => "fl".chars().for_each(push_char),
        '\u{FF01}'..='\u{FF5E}' => {
            let ascii = u32::from(letter) - 0xFEE0;
            char::from_u32(ascii)
                .into_iter()
                .for_each(|ascii| push_char(ascii.to_ascii_lowercase()));
        }
        _ => letter.to_lowercase().for_each(push_char),
    }
}

fn is_zero_width(letter: char) -> bool {
    matches!(letter, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeezed(text: &str) -> String {
        String::from_utf8(Squeezed::of(text, 0..text.len()).bytes).unwrap()
    }

    #[test]
    fn line_breaks_case_quotes_and_mail_quoting_are_gone() {
        assert_eq!(
            squeezed("> The User\u{2019}s\r\n> > UPN \u{2013} isn\u{2019}t"),
            "theuser'supn-isn't"
        );
    }

    #[test]
    fn escapes_fold_only_on_lines_that_hold_them() {
        assert_eq!(squeezed(r"CORP\nightly"), r"corp\nightly");
        assert_eq!(squeezed(r#"{\"a\":\"one\r\ntwo\"}"#), r#"{"a":"onetwo"}"#);
        assert_eq!(squeezed(r#"\\\"code\\\":\\\"x"#), r#""code":"x"#);
        assert_eq!(squeezed(r"can\u2019t &amp; won&#39;t"), "can't&won't");
    }

    #[test]
    fn markup_left_in_a_paste_does_not_stand_between_words() {
        assert_eq!(
            squeezed("The <b>user</b><br/> **name** `is` < 3 don`t"),
            "theusernameis<3don't"
        );
    }

    proptest::proptest! {
        #[test]
        fn every_squeezed_byte_maps_to_whole_characters_of_the_original(text in "\\PC{0,80}|[\\\\\"nru<>&;#*` \r\n0-9a-z]{0,80}") {
            let squeezed = Squeezed::of(&text, 0..text.len());
            for at in 0..squeezed.bytes.len() {
                let range = squeezed.original(at..at + 1);
                proptest::prop_assert!(text.get(range).is_some_and(|original| !original.is_empty()));
            }
        }
    }
}
