//! Placeholders in texts: `{{fact:KEY}}`, `{{capture:NAME}}`, `{{setting:NAME}}`.
//!
//! Values come from submissions, so they are never trusted: in Markdown they become code spans that they cannot
//! leave, in plain text one line. Escaping for HTML is the page's business.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::condition::shape::{Complaint, ShortNames, fact_key};
use crate::condition::{Facts, FactsAsOf};
use crate::evidence::{FactKey, Lookup};

/// What placeholders stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// The facts that count.
    pub facts: FactsAsOf<'a>,
    /// The named groups of the regexes that matched.
    pub captures: &'a BTreeMap<String, String>,
    /// What the house set, such as the address of its helpdesk.
    pub settings: &'a BTreeMap<String, String>,
}

/// What a filled text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Values become code spans.
    Markdown,
    /// Values stand as they are, on one line.
    Plain,
}

/// The wording for a value that is not known.
pub const UNKNOWN: &str = "unknown";
/// The wording for a fact that is known to be absent.
pub const ABSENT: &str = "not set";
/// The wording for a value that is there and empty.
pub const EMPTY: &str = "empty";

/// How many letters of a value are shown.
const LONGEST: usize = 200;

/// Puts values where the placeholders are.
pub fn fill(text: &str, values: &Values<'_>, format: Format) -> String {
    replace(text, |placeholder, place| {
        let value = match placeholder {
            Placeholder::Fact(key) => match values.facts.look_up(&FactKey::new(key)) {
                Lookup::Known(fact) => Some(fact.value.to_string()),
                Lookup::Absent(_) => return Some(ABSENT.to_owned()),
                Lookup::Conflicting(_) | Lookup::Unknown => None,
            },
            Placeholder::Capture(name) => values.captures.get(name).cloned(),
            Placeholder::Setting(name) => {
                let value = values.settings.get(name);
                return Some(value.map_or_else(
                    || UNKNOWN.to_owned(),
                    |value| setting(value, format, is_quoted(text, &place)),
                ));
            }
            Placeholder::Other(_) => None,
        };
        Some(value.map_or_else(|| UNKNOWN.to_owned(), |value| shown(&value, format)))
    })
}

/// Puts in the settings alone, where the text speaks of no machine. What is not set stays a placeholder.
pub fn fill_settings(text: &str, settings: &BTreeMap<String, String>) -> String {
    replace(text, |placeholder, place| match placeholder {
        Placeholder::Setting(name) => {
            let value = settings.get(name)?;
            Some(setting(value, Format::Markdown, is_quoted(text, &place)))
        }
        _ => None,
    })
}

/// Whether a setting can have that name.
pub fn is_setting_name(name: &str) -> bool {
    let fits = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '_' | '-')
    };
    (1..=64).contains(&name.len()) && name.chars().all(fits)
}

/// Writes the full key for every short name. What is no placeholder is a complaint.
pub fn with_full_keys(
    text: &str,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> String {
    replace(text, |placeholder, _| match placeholder {
        Placeholder::Fact(name) => {
            let key = fact_key(name, path, short, complaints)?;
            Some(format!("{{{{fact:{key}}}}}"))
        }
        Placeholder::Capture(_) | Placeholder::Setting(_) => None,
        Placeholder::Other(inner) => {
            complaints.push(Complaint::new(
                path,
                format!("`{{{{{inner}}}}}` is no placeholder; write {{{{fact:KEY}}}}, {{{{capture:NAME}}}} or {{{{setting:NAME}}}}"),
            ));
            None
        }
    })
}

/// One placeholder of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder<'a> {
    /// A fact's key, or its short name before the rule was resolved.
    Fact(&'a str),
    /// A named group of a regex.
    Capture(&'a str),
    /// A setting.
    Setting(&'a str),
    /// Braces with something else inside.
    Other(&'a str),
}

/// Every placeholder of a text, with its place.
pub fn placeholders(text: &str) -> impl Iterator<Item = (Range<usize>, Placeholder<'_>)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find("{{")?;
        let mut end = start + text[start..].find("}}")? + 2;
        // A key may end in a brace of its own: `credential_provider.{…}`.
        while text[end..].starts_with('}') {
            end += 1;
        }
        from = end;
        let inner = text[start + 2..end - 2].trim();
        let (kind, name) = inner.split_once(':').unwrap_or((inner, ""));
        let placeholder = match (kind.trim(), name.trim()) {
            (_, "") => Placeholder::Other(inner),
            ("fact", name) => Placeholder::Fact(name),
            ("capture", name) => Placeholder::Capture(name),
            ("setting", name) => Placeholder::Setting(name),
            _ => Placeholder::Other(inner),
        };
        Some((start..end, placeholder))
    })
}

fn replace<'a>(
    text: &'a str,
    mut with: impl FnMut(Placeholder<'a>, Range<usize>) -> Option<String>,
) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for (place, placeholder) in placeholders(text) {
        filled.push_str(&text[from..place.start]);
        match with(placeholder, place.clone()) {
            Some(value) => filled.push_str(&value),
            None => filled.push_str(&text[place.clone()]),
        }
        from = place.end;
    }
    filled.push_str(&text[from..]);
    filled
}

fn shown(value: &str, format: Format) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short = line.chars().take(LONGEST).collect::<String>();
    if short.is_empty() {
        return EMPTY.to_owned();
    }
    if short.len() < line.len() {
        short.push('\u{2026}');
    }
    match format {
        Format::Plain => short,
        Format::Markdown => format!("`{}`", short.replace('`', "'")),
    }
}

/// Whether backticks stand around a place, so that it is in a code span.
fn is_quoted(text: &str, place: &Range<usize>) -> bool {
    text[..place.start].ends_with('`') && text[place.end..].starts_with('`')
}

/// A value that the house set stands in the sentence as words, not as something that was read: on one line, whole, its
/// signs without a meaning in Markdown.
fn setting(value: &str, format: Format, is_quoted: bool) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match format {
        _ if line.is_empty() => EMPTY.to_owned(),
        Format::Plain => line,
        Format::Markdown if is_quoted => line.replace('`', "'"),
        Format::Markdown => escaped(&line),
    }
}

/// Text that Markdown leaves as it is, wherever it stands.
fn escaped(line: &str) -> String {
    let digits = line.len()
        - line
            .trim_start_matches(|one: char| one.is_ascii_digit())
            .len();
    let mut out = String::with_capacity(line.len() + 8);
    for (at, letter) in line.char_indices() {
        let next = line[at + letter.len_utf8()..].chars().next();
        let alone = next.is_none_or(char::is_whitespace);
        let begins_a_block = match letter {
            '-' | '+' | '=' => at == 0 && (alone || next == Some(letter)),
            '.' | ')' => at > 0 && at == digits && alone,
            _ => false,
        };
        let is_sign = matches!(
            letter,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!'
        );
        if begins_a_block || is_sign {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::evidence::{Closes, Entries, Evidence, Fact, Round, Scope, Source, Span, Text};

    const SPAN: Span = Span {
        source: 0,
        line: 1,
        start: 0,
        end: 1,
    };

    fn evidence(value: &str) -> Evidence {
        let fact = |value: &str, key: &str| Fact {
            key: FactKey::new(key),
            value: value.into(),
            span: SPAN,
            about: std::sync::Arc::default(),
            round: 1,
        };
        Evidence {
            sources: vec![Source {
                name: "facts".to_owned(),
                round: 1,
                text: Text::new("x"),
                kinds: Vec::new(),
                claimed: Vec::new(),
                entries: Entries::default(),
            }],
            facts: vec![
                fact(value, "tool.Key"),
                fact("a", "tool.Two"),
                fact("b", "tool.Two"),
            ],
            scopes: vec![Scope {
                closes: Closes::Key("tool.gone".to_owned()),
                span: SPAN,
                round: 1,
            }],
            ..Evidence::default()
        }
    }

    fn filled(text: &str, value: &str, format: Format) -> String {
        let evidence = evidence(value);
        let captures = BTreeMap::from([("user".to_owned(), "ada".to_owned())]);
        let facts = FactsAsOf {
            evidence: &evidence,
            round: Round::MAX,
        };
        let values = Values {
            facts,
            captures: &captures,
            settings: &settings(),
        };
        fill(text, &values, format)
    }

    fn settings() -> BTreeMap<String, String> {
        let set = [
            ("phone", "+49 (30) 12 34*"),
            ("shout", "1. <b>now</b>\n\n# `x`"),
            ("none", " "),
        ];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        BTreeMap::from(set)
    }

    #[test]
    fn a_setting_stands_as_words_without_markup() {
        assert_eq!(
            filled("Call {{setting:phone}}.", "1", Format::Markdown),
            "Call +49 (30) 12 34\\*."
        );
        assert_eq!(
            filled("{{setting:shout}}", "1", Format::Markdown),
            "1\\. \\<b\\>now\\</b\\> \\# \\`x\\`"
        );
        assert_eq!(
            filled("`{{setting:shout}}`", "1", Format::Markdown),
            "`1. <b>now</b> # 'x'`"
        );
        assert_eq!(
            filled(
                "{{setting:phone}} {{setting:none}} {{setting:gone}}",
                "1",
                Format::Plain
            ),
            "+49 (30) 12 34* empty unknown"
        );
    }

    #[test]
    fn settings_alone_leave_the_other_placeholders() {
        let text = "{{fact:a}} {{setting:phone}} {{setting:gone}}";
        assert_eq!(
            fill_settings(text, &settings()),
            "{{fact:a}} +49 (30) 12 34\\* {{setting:gone}}"
        );
    }

    #[test]
    fn a_setting_has_a_short_plain_name() {
        assert!(is_setting_name("helpdesk-phone_2"));
        for bad in ["", "Phone", "a b", "a.b", &"x".repeat(65)] {
            assert!(!is_setting_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_known_value_is_a_code_span_in_markdown_and_bare_in_plain_text() {
        assert_eq!(
            filled("It is {{fact:TOOL.key}} now.", "1", Format::Markdown),
            "It is `1` now."
        );
        assert_eq!(
            filled("It is {{ fact: tool.Key }} now.", "1", Format::Plain),
            "It is 1 now."
        );
        assert_eq!(
            filled("For {{capture:user}}", "1", Format::Plain),
            "For ada"
        );
    }

    #[test]
    fn unknown_absent_conflicting_and_empty_each_have_their_wording() {
        assert_eq!(
            filled("{{fact:tool.Other}}", "1", Format::Markdown),
            "unknown"
        );
        assert_eq!(
            filled("{{fact:tool.Gone}}", "1", Format::Markdown),
            "not set"
        );
        assert_eq!(
            filled("{{fact:tool.Two}}", "1", Format::Markdown),
            "unknown"
        );
        assert_eq!(filled("{{fact:tool.Key}}", " ", Format::Markdown), "empty");
        assert_eq!(
            filled("{{capture:host}} {{setting:desk}}", "1", Format::Plain),
            "unknown unknown"
        );
    }

    #[test]
    fn a_value_cannot_leave_its_code_span_or_its_line() {
        assert_eq!(
            filled(
                "{{fact:tool.Key}}",
                "a` [x](http://evil)\n\n# b",
                Format::Markdown
            ),
            "`a' [x](http://evil) # b`"
        );
        assert!(filled("{{fact:tool.Key}}", &"x".repeat(5000), Format::Plain).len() < 300);
        assert_eq!(
            filled("{{fact:tool.Key}}", "{{capture:user}}", Format::Plain),
            "{{capture:user}}"
        );
    }

    #[test]
    fn short_names_become_full_keys_and_what_is_no_placeholder_is_named() {
        let short = ShortNames::from([("key".to_owned(), FactKey::new("tool.Key"))]);
        let mut complaints = Vec::new();
        let text = with_full_keys(
            "a {{fact:key}} {{fact:tool.{X}}} {{capture:u}}",
            "p",
            &short,
            &mut complaints,
        );
        assert_eq!(text, "a {{fact:tool.Key}} {{fact:tool.{X}}} {{capture:u}}");
        assert_eq!(complaints, []);
        with_full_keys("{{fact:kez}} {{now}}", "p", &short, &mut complaints);
        assert_eq!(complaints.len(), 2);
        assert!(
            complaints[0].what.contains("`kez` is no short name"),
            "{complaints:?}"
        );
        assert!(
            complaints[1].what.contains("`{{now}}` is no placeholder"),
            "{complaints:?}"
        );
    }

    proptest! {
        #[test]
        fn any_text_and_value_can_be_filled(text in "[{}:a-z ü]{0,60}", value in ".{0,40}") {
            filled(&text, &value, Format::Markdown);
        }
    }
}
