//! Tags as people paste them: `<Data>`, `&lt;Data&gt;`, `\u003cData\u003e`, with quotes written `"`, `'`, `\"`, `&quot;`.
//!
//! No tree, no entities of a document's own, no look back: a tag is found, and where it stands in the given text.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

/// A tag is no longer than this.
const LONGEST_TAG: usize = 4096;

/// How `<` and `>` are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `<`
    Plain,
    /// `&lt;`
    Html,
    /// `\u003c`, or `<` in a JSON string with `\"` in it.
    Json,
}

impl Spelling {
    /// How the tag at `start` is written.
    pub(super) fn at(text: &str, start: usize) -> Self {
        match text.as_bytes().get(start) {
            Some(b'&') => Self::Html,
            Some(b'\\') => Self::Json,
            _ if start > 0 && text.as_bytes()[start - 1] == b'"' => Self::Json,
            _ => {
                let tag = &text[start..floor(text, start + 300)];
                let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
                if tag.contains("=\\\"") {
                    Self::Json
                } else {
                    Self::Plain
                }
            }
        }
    }

    fn opens(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["<"],
            Self::Html => &["&lt;"],
            Self::Json => &["<", "\\u003c", "\\u003C"],
        }
    }

    fn closes(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[">"],
            Self::Html => &["&gt;", ">"],
            Self::Json => &[">", "\\u003e", "\\u003E"],
        }
    }
}

/// One tag.
pub(super) struct Tag<'a> {
    /// Without a namespace prefix.
    pub(super) name: Cow<'a, str>,
    /// `</x>`
    pub(super) closing: bool,
    /// `<x/>`
    pub(super) empty: bool,
    /// Where it begins.
    pub(super) start: usize,
    /// One past its end.
    pub(super) end: usize,
    inner: &'a str,
    inner_start: usize,
}

/// Where the next tag begins, at `from` or later.
pub(super) fn next_open(text: &str, from: usize, spelling: Spelling) -> Option<usize> {
    let rest = &text.as_bytes()[from..];
    let at = match spelling {
        Spelling::Plain => memchr::memchr(b'<', rest),
        Spelling::Html => memmem::find(rest, b"&lt;"),
        Spelling::Json => memchr::memchr2_iter(b'<', b'\\', rest)
            .find(|at| rest[*at] == b'<' || starts(&text[from + at..], spelling.opens()).is_some()),
    };
    at.map(|at| from + at)
}

/// The tag that begins at `start`; `None` when it is torn.
pub(super) fn tag(text: &str, start: usize, spelling: Spelling) -> Option<Tag<'_>> {
    let usual = (spelling == Spelling::Plain).then(|| usual_tag(text, start));
    usual.flatten().or_else(|| any_tag(text, start, spelling))
}

/// A tag as programs write it, which needs none of the looks at what people make of one. A log holds millions.
fn usual_tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let bytes = text.as_bytes().get(start..)?.strip_prefix(b"<")?;
    let bytes = &bytes[..bytes.len().min(LONGEST_TAG - 1)];
    let close = memchr::memchr3(b'>', b'<', b'\n', bytes).filter(|at| bytes[*at] == b'>')?;
    let inside = &bytes[..close];
    let (closing, body) = match inside {
        [b'/', body @ ..] => (true, body),
        body => (false, body),
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let length = body.iter().take_while(|byte| is_name(byte)).count();
    let ends = matches!(body.get(length), None | Some(b' ')) || body[length..] == *b"/";
    if length == 0 || !ends || inside.ends_with(b"\r") {
        return None;
    }
    let inner_start = start + 1;
    let name = inner_start + usize::from(closing);
    Some(Tag {
        name: text[name..name + length].into(),
        closing,
        empty: inside.ends_with(b"/"),
        start,
        end: inner_start + close + 1,
        inner: &text[inner_start..inner_start + close],
        inner_start,
    })
}

fn any_tag(text: &str, start: usize, spelling: Spelling) -> Option<Tag<'_>> {
    let rest = &text[start..floor(text, start + LONGEST_TAG)];
    let open = starts(rest, spelling.opens())?;
    let (inside, close) = spelling
        .closes()
        .iter()
        .filter_map(|close| Some((rest[open..].find(close)?, close.len())))
        .min()?;
    let inner = &rest[open..open + inside];
    if inner.contains('<') {
        return None;
    }
    let end = start + open + inside + close;
    let breaks = |letter: char| matches!(letter, '\r' | '\n');
    let body = inner.trim_start_matches(breaks);
    let closing = body.starts_with('/') || body.starts_with("\\/");
    let body = body.trim_start_matches('\\').trim_start_matches('/');
    let body = body.trim_start_matches(breaks);
    let length = body
        .find(|letter: char| {
            !(letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-' | ':' | '?' | '!'))
        })
        .unwrap_or(body.len());
    let name = whole_name(body, length, closing);
    let name = match name {
        Cow::Borrowed(name) => name.rsplit_once(':').map_or(name, |(_, name)| name).into(),
        wrapped @ Cow::Owned(_) => wrapped,
    };
    let markup = name.starts_with(['?', '!']);
    Some(Tag {
        name,
        closing,
        empty: markup || inner.trim_end_matches(breaks).ends_with('/'),
        start,
        end,
        inner,
        inner_start: start + open,
    })
}

impl<'a> Tag<'a> {
    /// Its name in a document that a program wrote: no prefix, no wrapped line.
    pub(super) fn plain_name<'t>(&self, text: &'t str) -> &'t str {
        let from = self.inner_start + usize::from(self.closing);
        &text[from..(from + self.name.len()).min(self.end)]
    }

    /// The value of an attribute and where it stands.
    pub(super) fn attribute(
        &self,
        name: &str,
        spelling: Spelling,
    ) -> Option<(Cow<'a, str>, Range<usize>)> {
        const QUOTES: &[&str] = &[
            "\"", "'", "\\\"", "&quot;", "&apos;", "&#39;", "&#34;", "\\u0027", "\\u0022",
        ];
        let mut from = 0;
        loop {
            let found = find_wrapped(self.inner, name, from)?;
            from = found.end;
            let bounded = self.inner[..found.start].ends_with(char::is_whitespace);
            let after = self.inner[from..].trim_start();
            let Some(after) = after.strip_prefix('=').filter(|_| bounded) else {
                continue;
            };
            let after = after.trim_start();
            let quote = QUOTES.iter().find(|quote| after.starts_with(**quote))?;
            let after = &after[quote.len()..];
            let value = &after[..memmem::find(after.as_bytes(), quote.as_bytes())?];
            let start = self.inner_start + (value.as_ptr() as usize - self.inner.as_ptr() as usize);
            return Some((unescape(value, spelling), start..start + value.len()));
        }
    }
}

/// The name of a tag, also where a line was wrapped inside it: a closing tag holds nothing else, and of the opening ones
/// those are put together that carry an attribute.
fn whole_name(body: &str, length: usize, closing: bool) -> Cow<'_, str> {
    const WITH_ATTRIBUTES: &[&str] = &["Data", "Provider", "TimeCreated", "EventID"];
    let (name, rest) = body.split_at(length);
    let Some(rest) = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix('\n'))
    else {
        return name.into();
    };
    let more = rest
        .find(|letter: char| !letter.is_alphanumeric())
        .unwrap_or(rest.len());
    let joined = format!("{name}{}", &rest[..more]);
    if closing || WITH_ATTRIBUTES.contains(&joined.as_str()) {
        joined.into()
    } else {
        name.into()
    }
}

/// Where `name` stands in `inner`, also with a line break inside it.
fn find_wrapped(inner: &str, name: &str, from: usize) -> Option<Range<usize>> {
    if let Some(at) = memmem::find(&inner.as_bytes()[from..], name.as_bytes()) {
        return Some(from + at..from + at + name.len());
    }
    let first = name.chars().next()?;
    inner[from..].match_indices(first).find_map(|(at, _)| {
        let mut wanted = name.chars().peekable();
        for (offset, letter) in inner[from + at..].char_indices() {
            if wanted.peek() == Some(&letter) {
                wanted.next();
            } else if !matches!(letter, '\r' | '\n') {
                return None;
            }
            if wanted.peek().is_none() {
                let end = from + at + offset + letter.len_utf8();
                return Some(from + at..end);
            }
        }
        None
    })
}

/// Whether nothing but white space and the markers of a browser's tree, a mail's quotation or a list stands between tags.
pub(super) fn is_filling(between: &str) -> bool {
    let mut rest = between;
    loop {
        rest = rest.trim_start_matches(|letter: char| {
            letter.is_whitespace()
                || matches!(
                    letter,
                    '-' | '+' | '–' | '−' | '>' | '|' | '\u{feff}' | '\u{200b}'
                )
        });
        let blank = [
            "\\r", "\\n", "\\t", "&nbsp;", "&#13;", "&#10;", "&#9;", "&#160;", "&#xD;", "&#xA;",
        ]
        .into_iter()
        .find_map(|blank| rest.strip_prefix(blank));
        match blank {
            Some(after) => rest = after,
            None => return rest.is_empty(),
        }
    }
}

/// Without white space at its ends, escaped white space included.
pub(super) fn trim(value: &str) -> &str {
    let mut value = value.trim();
    loop {
        let shorter = ["\\r", "\\n", "\\t"].into_iter().find_map(|blank| {
            value
                .strip_suffix(blank)
                .or_else(|| strip_blank(value, blank))
        });
        match shorter {
            Some(shorter) => value = shorter.trim(),
            None => return value,
        }
    }
}

/// A leading blank escape; a path that begins with one is kept: `\\nas\share`.
fn strip_blank<'a>(value: &'a str, blank: &str) -> Option<&'a str> {
    let rest = value.strip_prefix(blank)?;
    (rest.is_empty() || rest.starts_with(['\\', ' '])).then_some(rest)
}

/// The value without escapes: the five predefined entities, characters by number, and in JSON its own.
pub(super) fn unescape(value: &str, spelling: Spelling) -> Cow<'_, str> {
    let joined = unwrap(value);
    let plain: Cow<'_, str> = match spelling {
        Spelling::Json if joined.contains('\\') => json(&joined).into(),
        // The text of a document that was escaped once more.
        Spelling::Html if joined.contains("&amp;") => joined.replace("&amp;", "&").into(),
        _ => joined,
    };
    if plain.contains('&') {
        entities(&plain).into()
    } else {
        plain
    }
}

/// A value that is one word, without the line break that a mail put into it.
fn unwrap(value: &str) -> Cow<'_, str> {
    let breaks = |letter: char| matches!(letter, '\r' | '\n');
    let is_word = |letter: char| breaks(letter) || !letter.is_whitespace();
    if value.contains('\n') && value.len() < 200 && value.chars().all(is_word) {
        value.replace(breaks, "").into()
    } else {
        value.into()
    }
}

fn json(value: &str) -> String {
    serde_json::from_str::<String>(&format!("\"{}\"", value.replace('\n', "\\n")))
        .unwrap_or_else(|_| value.to_owned())
}

fn entities(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .as_bytes()
            .iter()
            .take(12)
            .position(|byte| *byte == b';');
        let letter = end.and_then(|end| entity(&rest[1..end]));
        if let (Some(letter), Some(end)) = (letter, end) {
            plain.push(letter);
            rest = &rest[end + 1..];
        } else {
            plain.push('&');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let number = match hex {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number).filter(|letter| *letter != '\0')
        }
    }
}

fn starts(text: &str, spellings: &[&str]) -> Option<usize> {
    let found = spellings
        .iter()
        .find(|spelling| text.starts_with(**spelling));
    found.map(|spelling| spelling.len())
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_usual_tag_is_what_any_tag_is(
            inside in "[/\\\\]{0,2}(?:Data|Event|T-i.m_e|Da\nta|é|e:Data|[?!]xml|)(?:[ \t\r\n\"'=/:&Naméx>-]{0,12}|( [a-zN]{1,4}=[\"'][^<\"']{0,6}[\"']){0,3}/?)",
            behind in "[<>/ a\n]{0,4}|x{4090,4100}",
        ) {
            for text in [format!("<{inside}>{behind}"), format!("<{inside}{behind}>")] {
                let Some(usual) = usual_tag(&text, 0) else {
                    continue;
                };
                let any = any_tag(&text, 0, Spelling::Plain).expect("a tag");
                let parts = |tag: &Tag<'_>| {
                    let (name, inner) = (tag.name.clone().into_owned(), tag.inner.to_owned());
                    (name, tag.closing, tag.empty, tag.start, tag.end, inner, tag.inner_start)
                };
                proptest::prop_assert_eq!(parts(&usual), parts(&any), "{}", text);
            }
        }
    }
}
