//! The value of a key: `password=…`, `"token": "…"`, `-Password …`, `<Password>…</Password>`, `Kennwort: …`, or alone on
//! the next line.

use std::ops::Range;

use super::harmless::{is_harmless, is_judgement, is_mixed, is_path, is_strong};
use super::value::{ahead, line_ahead, line_behind, near, quoted, rest_of_line, skip_blanks, word};
use super::{Hit, Mark};

mod key;
mod next_line;

use key::key;
use next_line::next_line;

/// What a word in a key says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stem {
    Password,
    /// `pass`, `pw`: a key only where nothing else stands beside it.
    Short,
    Token,
}

/// In front of a value without quotes or digits these make a sentence, no command.
const PROSE: &[&str] = &[
    "parameter",
    "option",
    "switch",
    "argument",
    "flag",
    "is",
    "to",
    "and",
    "or",
    "for",
    "with",
    "in",
    "on",
    "as",
    "at",
    "the",
    "a",
    "an",
    "was",
    "were",
    "has",
    "must",
    "can",
    "cannot",
    "will",
    "does",
    "did",
    "not",
    "if",
    "when",
    "that",
    "this",
    "value",
    "field",
    "property",
    "from",
    "of",
    "by",
    "oder",
    "und",
    "ist",
    "wird",
    "mit",
    "zu",
    "should",
    "may",
    "are",
    "be",
    "which",
    "asplaintext",
    "credential",
];

/// How the value follows its key.
enum Follows {
    Equals(usize),
    Colon(usize),
    Registry(usize),
    Element(usize),
    Attribute(usize),
    Option(usize),
    Sentence(usize),
    Call(usize),
    NextLine(usize, bool),
}

/// The secret behind the word at `start..end`, if there is one.
pub(super) fn named(text: &str, start: usize, end: usize, stem: Stem) -> Option<Hit> {
    let key = key(text, start, end, stem)?;
    let mark = match stem {
        Stem::Token if text[start..end].eq_ignore_ascii_case("productkey") => Mark::ProductKey,
        Stem::Token => Mark::Token,
        _ => Mark::Password,
    };
    let range = value(text, &key, stem, 0)?;
    let found = text.get(range.clone())?;
    let found = found.trim();
    // The value was found to begin there, so it is within.
    let from = range.start + text[range.clone()].find(found)?;
    if is_harmless(found) {
        return None;
    }
    Some(Hit {
        range: from..from + found.len(),
        mark,
    })
}

fn value(text: &str, key: &Range<usize>, stem: Stem, depth: usize) -> Option<Range<usize>> {
    match follows(text, key)? {
        Follows::Equals(at) => equals(text, key, at),
        Follows::Colon(at) => colon(text, key, at, stem),
        Follows::Registry(at) => Some(rest_of_line(text, at)),
        Follows::Element(at) => element(text, at, depth),
        Follows::Attribute(at) => quoted(text, at).or_else(|| Some(word(text, at))),
        Follows::Option(at) => option(text, at),
        Follows::Sentence(at) => {
            if let Some(inside) = quoted(text, at).filter(|_| is_given_with(text, key)) {
                return Some(inside);
            }
            let found = first_word(text, at);
            if text[found.clone()].starts_with("51:b:") {
                return None;
            }
            let one = &text[found.clone()];
            (is_strong(one) && !is_judgement(one)).then_some(found)
        }
        Follows::Call(at) => quoted(text, at),
        Follows::NextLine(at, sure) => next_line(text, at, sure),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one spelling after the other, each tried where the one before leaves off"
)]
fn follows(text: &str, key: &Range<usize>) -> Option<Follows> {
    let bytes = text.as_bytes();
    let mut at = key.end;
    let mut closed = false;
    // Quotes, brackets and stars that close what stands around the key.
    for _ in 0..6 {
        let rest = &text[at..];
        let length = if rest.starts_with("&quot;") {
            6
        } else if rest.starts_with(['"', '\'', '\\', '`', '*', ']', '”', '“']) {
            rest.chars().next().map_or(1, char::len_utf8)
        } else {
            break;
        };
        at += length;
        closed = true;
    }
    let glued = at;
    at = skip_blanks(text, at);
    let rest = near(text, at);
    if rest.starts_with('(') && !closed {
        if let Some(quote) = rest.get(1..2).filter(|quote| matches!(*quote, "\"" | "'")) {
            let _ = quote;
            return Some(Follows::Call(at + 1));
        }
        let close = rest.find(')').filter(|close| *close <= 40)?;
        at = skip_blanks(text, at + close + 1);
    }
    let rest = near(text, at);
    let behind = |length: usize| skip_blanks(text, at + length);
    if rest.is_empty() {
        let behind = line_behind(text, key.start, 120);
        let alone = behind
            .trim_matches([' ', '\t', '"', '>', '*', '-', '#', '|', '<', '['])
            .is_empty();
        let named = behind
            .trim_end_matches([' ', '"', '\''])
            .ends_with([':', '=']);
        return (alone || named).then_some(Follows::NextLine(at, false));
    }
    for sign in [":=", "=>", "->", "==", "=", "%3D", "&#61;"] {
        if rest.starts_with(sign) {
            let value = behind(sign.len());
            if sign == "==" {
                return quoted(text, value).map(|_| Follows::Equals(value));
            }
            return Some(if near(text, value).is_empty() {
                Follows::NextLine(value, true)
            } else {
                Follows::Equals(value)
            });
        }
    }
    if rest.starts_with(':') || rest.starts_with('：') {
        let length = rest.chars().next().map_or(1, char::len_utf8);
        // Markdown: **Password:** x
        let stars = rest[length..]
            .bytes()
            .take_while(|byte| *byte == b'*')
            .count();
        let value = behind(length + stars);
        if rest[length..].starts_with("//") || rest[length..].starts_with(':') {
            return None;
        }
        return Some(if near(text, value).is_empty() {
            Follows::NextLine(value, true)
        } else {
            Follows::Colon(value)
        });
    }
    if rest.starts_with("REG_") || rest.starts_with("reg_") {
        let kind = rest.find([' ', '\t'])?;
        return Some(Follows::Registry(behind(kind)));
    }
    let opened = key.start > 0 && matches!(bytes[key.start - 1], b'<' | b':');
    if rest.starts_with('>') {
        let tag = line_behind(text, key.start, 200);
        let inside = tag
            .rfind('<')
            .is_some_and(|open| !tag[open..].contains('>'));
        let closing = tag.ends_with("</")
            || tag
                .rfind('<')
                .is_some_and(|open| tag[open..].starts_with("</"));
        return (inside && !closing).then_some(Follows::Element(at + 1));
    }
    if at > glued && (opened || closed) {
        // Other attributes of the same tag stand between.
        let tag = ahead(text, at, 400);
        let ends = tag.find('>');
        let tag = &tag[..ends.unwrap_or(tag.len())];
        if let Some(value) = attribute_value(tag) {
            return Some(Follows::Attribute(at + value));
        }
        let holds = ends.is_some_and(|length| length < 300) && !tag.ends_with('/');
        if opened && !closed && holds && tag.contains('=') {
            return Some(Follows::Element(at + tag.len() + 1));
        }
    }
    if closed && rest.starts_with(',') {
        let lower = rest
            .get(..60.min(text[at..].floor_char_boundary(60).min(rest.len())))?
            .to_ascii_lowercase();
        let name = lower.find("value")?;
        let sign = name + lower[name..].find(':')?;
        let between = lower[1..name].trim();
        return matches!(between, "\"" | "'" | "\\\"" | "" | "\\\\\"")
            .then(|| Follows::Attribute(behind(sign + 1)));
    }
    if rest.starts_with("</") {
        return cell(text, at).map(Follows::Colon);
    }
    if rest.starts_with("\\r\\n") || rest.starts_with("\\n") {
        return None;
    }
    let dash = text[key.start..].starts_with('-');
    let slash = key.start > 0 && bytes[key.start - 1] == b'/';
    if (dash || slash) && at > glued && !closed {
        let before = key.start - usize::from(slash);
        let apart = before == 0
            || matches!(
                bytes[before - 1],
                b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'`' | b'(' | b',' | b'['
            );
        return apart.then_some(Follows::Option(at));
    }
    for verb in [
        "is ", "is: ", "was: ", "was ", "ist ", "lautet ", "lautet: ", "war ", "est ", "es ", "è ",
        "auf ", "to ",
    ] {
        if at > glued && rest.starts_with(verb) {
            return Some(Follows::Sentence(behind(verb.len())));
        }
    }
    // `mit dem Kennwort Sommer24!`
    (at > glued && !closed).then_some(Follows::Sentence(at))
}

/// `value="…"` in the rest of a tag: where its quotes open.
fn attribute_value(tag: &str) -> Option<usize> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.find("value")?;
    let apart = at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric();
    let rest = lower[at + 5..].trim_start();
    let sign = at + lower[at..].find('=')?;
    let open = sign + 1 + tag[sign + 1..].find(['"', '\''])?;
    (apart && rest.starts_with('=')).then_some(open)
}

/// The text of the next cell: behind `</td><td>` and the like.
fn cell(text: &str, mut at: usize) -> Option<usize> {
    for _ in 0..4 {
        let rest = ahead(text, at, 200);
        let trimmed = rest.trim_start();
        let from = at + rest.len() - trimmed.len();
        if !trimmed.starts_with('<') {
            return (!trimmed.is_empty()).then_some(from);
        }
        at = from + trimmed.find('>')? + 1;
    }
    None
}

fn equals(text: &str, key: &Range<usize>, at: usize) -> Option<Range<usize>> {
    if let Some(inside) = quoted(text, at) {
        return Some(inside);
    }
    let before = line_behind(text, key.start, 200).trim_end();
    let one = word(text, at);
    // A connection string: to the next semicolon, blanks included.
    if before.ends_with([';', '"', '\'']) || before.is_empty() {
        let line = line_ahead(text, at);
        let end = line
            .find([';', '"', '\'', '<', '\n'])
            .filter(|end| line[*end..].starts_with(';'));
        let pairs = |end: usize| {
            let sign = line[end + 1..].find('=');
            before.ends_with(';') || sign.is_some_and(|sign| sign > 0 && sign < 24)
        };
        if let Some(end) = end.filter(|end| *end > one.len() && *end < 80 && pairs(*end)) {
            return Some(at..at + end);
        }
    }
    if before.is_empty() {
        let rest = rest_of_line(text, at);
        let all = &text[rest.clone()];
        if (2..=3).contains(&all.split_whitespace().count()) && is_phrase(all) {
            return Some(rest);
        }
    }
    let found = &text[one.clone()];
    let opens = found.starts_with(['(', '{', '[', '$', '@', '%']) && !is_strong(found);
    (!opens && !is_path(found)).then_some(one)
}

/// A password of several words: one has a digit or a sign, none is a code, a name or the end of a sentence.
fn is_phrase(all: &str) -> bool {
    let mut words = all.split_whitespace();
    let signs = ['!', '#', '$', '%', '&', '*', '+', '?', '^', '~', '@', '§'];
    all.chars().any(|c| c.is_ascii_digit())
        && all.contains(signs)
        && !all.contains([
            '=', ':', '(', ')', '"', '\\', '/', ';', ',', '<', '>', '{', '}',
        ])
        && words.all(|word| !is_harmless(word) || word.starts_with(|c: char| c.is_ascii_digit()))
}

fn colon(text: &str, key: &Range<usize>, at: usize, stem: Stem) -> Option<Range<usize>> {
    if let Some(inside) = quoted(text, at) {
        return Some(inside);
    }
    if text[at..].starts_with("REG_SZ") {
        return Some(rest_of_line(text, at + 6));
    }
    let bytes = text.as_bytes();
    let one = word(text, at);
    let found = &text[one.clone()];
    if found.starts_with(['{', '(', '@']) && !is_strong(found) || is_path(found) {
        return None;
    }
    // `/pass:…` takes whatever stands there.
    if key.start > 0 && bytes[key.start - 1] == b'/'
        || text[key.start..].starts_with('-') && at == key.end + 1
    {
        return Some(one);
    }
    if stem == Stem::Token && !(found.len() >= 8 && is_mixed(found)) {
        return None;
    }
    let rest = rest_of_line(text, at);
    let all = &text[rest.clone()];
    let before = line_behind(text, key.start, 120);
    let leads = before
        .trim_matches([' ', '\t', '"', '\'', '>', '*', '-', '|', '#', '•'])
        .is_empty();
    if leads && (2..=4).contains(&all.split_whitespace().count()) && is_phrase(all) {
        return Some(rest);
    }
    let wifi = ["content", "inhalt", "contenu", "contenido", "contenuto"];
    let name = text[key.clone()].to_lowercase();
    if leads && wifi.iter().any(|part| name.contains(part)) {
        return Some(rest);
    }
    let behind = text[one.end..rest.end.max(one.end)].trim_start();
    let alone =
        behind.is_empty() || behind.starts_with([',', ';', '|', '<', '}', '"', ')', '&', '\\']);
    let plain = alone && leads && behind.is_empty() && found.chars().count() >= 4;
    let taken = (alone && is_mixed(found)) || is_strong(found) || plain;
    taken.then_some(one)
}

fn element(text: &str, at: usize, depth: usize) -> Option<Range<usize>> {
    let rest = ahead(text, at, super::value::FAR);
    if rest.starts_with("<![CDATA[") {
        return quoted(text, at);
    }
    let end = rest.find('<')?;
    let inside = &rest[..end];
    if !inside.trim().is_empty() {
        return Some(at..at + end);
    }
    // <Password><Value>…</Value>, <key>password</key><string>…</string>
    let tag = rest[end..].get(1..)?;
    let close = tag.find('>').filter(|close| *close <= 120)?;
    let name = tag[..close].to_ascii_lowercase();
    let holds =
        name.starts_with("value") || name.starts_with("![cdata[") || name.ends_with(":value");
    (holds && depth < 2).then(|| element(text, at + end + 1 + close + 1, depth + 1))?
}

fn option(text: &str, at: usize) -> Option<Range<usize>> {
    if let Some(inside) = quoted(text, at) {
        return Some(inside);
    }
    let one = word(text, at);
    let found = &text[one.clone()];
    let opens = found.starts_with([
        '-', '(', '$', '<', '[', '{', '%', '@', '/', '|', '&', '>', '=', '.',
    ]);
    let lower = found
        .trim_end_matches(['.', ',', ';', ')', ':'])
        .to_ascii_lowercase();
    let prose = PROSE.contains(&lower.as_str()) || found.len() < 4;
    (!opens && (is_strong(found) || !prose)).then_some(one)
}

/// `with password "…"`
fn is_given_with(text: &str, key: &Range<usize>) -> bool {
    let before = line_behind(text, key.start, 24).trim_end().to_lowercase();
    let words = [
        "with",
        "with the",
        "using",
        "using the",
        "mit",
        "mit dem",
        "avec le",
        "con la",
    ];
    words.iter().any(|word| before.ends_with(word))
}

fn first_word(text: &str, at: usize) -> Range<usize> {
    let one = word(text, at);
    let bare = text[one.clone()].trim_end_matches(['.', ',', ';', ':']);
    one.start..one.start + bare.len()
}
