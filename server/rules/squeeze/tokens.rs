//! What stands for one letter: escapes, entities, tags, and the variants of letters.

use memchr::memchr_iter;

/// Letters of a line that go together, and the letter that they stand for.
pub(super) struct Token {
    pub(super) length: usize,
    pub(super) stands_for: Option<char>,
}

pub(super) fn token(line: &str, at: usize, first: char, escaped: bool) -> Token {
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

/// Whether a line shows that backslashes in it are escapes: `\"`, `\r\n`, `\u0000`, or a path `C:\\Users`.
pub(super) fn holds_escapes(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr_iter(b'\\', bytes).any(|at| match &bytes[at + 1..] {
        [b'"', ..] | [b'r', b'\\', b'n', ..] | [b'r', b'\\', b'\\', b'n', ..] => true,
        [b'u', code @ ..] => code
            .get(..4)
            .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit)),
        [b'\\', first, ..] => {
            first.is_ascii_alphanumeric()
                && matches!(bytes[..at], [.., drive, b':'] if drive.is_ascii_alphabetic())
        }
        _ => false,
    })
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

pub(super) fn fold(letter: char, mut push: impl FnMut(u8)) {
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
