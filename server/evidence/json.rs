//! JSON with the place of every value, for readers whose proofs are bytes of the text that was sent.
//!
//! ```text
//! <14>Nov 16 06:00:11 log01 {"winlog":{"event_id":"4625","event_data":{"Status":"0xc000006d"}}}
//! [ { "Id": 4625, "Properties": [ { "Value": "S-1-5-18" } ] }, { "Id": 4624 } ]
//! { "errorDetails": { "code": "WindowsIdentityIncorrect",       (torn off here)
//! ```
//!
//! Grammar: RFC 8259. What is torn or wrong ends its document: what stood before it is kept, a value without its end
//! is not, because the rest of it could make it another one. A string does not go on over a line break, so that a
//! torn line of a log costs that line.

use std::ops::Range;

use super::unescape::Unescaped;
use super::{Span, Text};

/// Values deeper than this are passed over as [`Kind::Deep`].
const DEPTH: usize = 64;
/// The most values kept of one document.
const VALUES: usize = 400_000;

/// One value and where it stands: byte offsets into the text it was read from; a string without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number,
    /// A string.
    String,
    /// A list.
    Array(Vec<Value>),
    /// Named values in the order they are written; a name may come twice.
    Object(Vec<Member>),
    /// Something inside too many others.
    Deep,
}

/// A named value of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Where the name stands, without its quotes.
    pub name: Range<usize>,
    /// The value.
    pub value: Value,
}

/// One JSON value of a text that may hold other things too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The value.
    pub value: Value,
    /// Whether it was read to its end; false when it is torn, wrong or too large.
    pub complete: bool,
    /// Where reading stopped.
    pub end: usize,
}

/// Reads the value that begins at `start`, white space before it passed over; `None` when none begins there.
pub fn parse(text: &str, start: usize) -> Option<Document> {
    let mut parser = Parser {
        text,
        at: start,
        left: VALUES,
        complete: true,
    };
    parser.space();
    let value = parser.value(0)?;
    Some(Document {
        value,
        complete: parser.complete,
        end: parser.at,
    })
}

/// The objects of a text, in order: one a line, over several lines, behind other words, or one behind the other in a
/// list. Linear: no byte is read by two of them.
pub fn documents(text: &str) -> impl Iterator<Item = Document> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr::memchr(b'{', text.as_bytes().get(at..)?)?;
            let inside = text[start + 1..].trim_start_matches(is_space);
            if !inside.starts_with(['"', '}']) {
                at = text.len() - inside.len();
                continue;
            }
            let found = parse(text, start)?;
            at = found.end.max(start + 1);
            return Some(found);
        }
    })
}

impl Value {
    /// The value of a member; `None` when this is no object or has none of that name. Names are compared as written
    /// in the text, in any ASCII case.
    pub fn get(&self, text: &str, name: &str) -> Option<&Value> {
        let same = |member: &&Member| text[member.name.clone()].eq_ignore_ascii_case(name);
        self.members().iter().find(same).map(|member| &member.value)
    }

    /// The value at the end of a way of names, one object inside the other.
    pub fn at(&self, text: &str, way: &[&str]) -> Option<&Value> {
        way.iter()
            .try_fold(self, |value, name| value.get(text, name))
    }

    /// The members of an object; none of anything else.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The values of a list; none of anything else.
    pub fn items(&self) -> &[Value] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }

    /// What a string, a number or a truth says, with its places; `None` of `null`, a list and an object.
    pub fn said(&self, text: &str) -> Option<Unescaped> {
        match self.kind {
            Kind::String => Some(unescape(text, self.start..self.end)),
            Kind::Number | Kind::Bool(_) => {
                let mut said = Unescaped::new(self.start);
                said.plain(&text[self.start..self.end]);
                Some(said)
            }
            Kind::Null | Kind::Array(_) | Kind::Object(_) | Kind::Deep => None,
        }
    }

    /// Where it stands. The source is filled in by the caller of a reader.
    pub fn span(&self, text: &Text) -> Span {
        Span {
            source: 0,
            line: text.line_of(self.start),
            start: self.start,
            end: self.end,
        }
    }

    /// Visits every string, number and truth with its path: `data.win.system.eventID`, `Properties[3].Value`.
    pub fn for_each_leaf<'a>(&'a self, text: &str, visit: &mut impl FnMut(&str, &'a Value)) {
        self.leaves(text, &mut String::new(), visit);
    }

    fn leaves<'a>(
        &'a self,
        text: &str,
        path: &mut String,
        visit: &mut impl FnMut(&str, &'a Value),
    ) {
        let length = path.len();
        match &self.kind {
            Kind::Object(members) => {
                for member in members {
                    if length > 0 {
                        path.push('.');
                    }
                    path.push_str(unescape(text, member.name.clone()).as_str());
                    member.value.leaves(text, path, visit);
                    path.truncate(length);
                }
            }
            Kind::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    path.push('[');
                    path.push_str(&at.to_string());
                    path.push(']');
                    item.leaves(text, path, visit);
                    path.truncate(length);
                }
            }
            Kind::Null | Kind::Deep => {}
            Kind::Bool(_) | Kind::Number | Kind::String => visit(path, self),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// How many more values may be kept.
    left: usize,
    complete: bool,
}

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        let start = self.at;
        if self.left == 0 {
            return self.torn();
        }
        self.left -= 1;
        let kind = match self.peek()? {
            b'{' | b'[' if depth >= DEPTH => {
                self.pass_over();
                Kind::Deep
            }
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => {
                let inside = self.string()?;
                return Some(Value {
                    start: inside.start,
                    end: inside.end,
                    kind: Kind::String,
                });
            }
            b't' => self.word("true", Kind::Bool(true))?,
            b'f' => self.word("false", Kind::Bool(false))?,
            b'n' => self.word("null", Kind::Null)?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => return self.torn(),
        };
        Some(Value {
            start,
            end: self.at,
            kind,
        })
    }

    fn object(&mut self, depth: usize) -> Kind {
        let mut members = Vec::new();
        self.at += 1;
        while self.complete && !self.closes(b'}') {
            let Some(name) = self.string() else { break };
            self.space();
            if self.peek() != Some(b':') {
                self.complete = false;
                break;
            }
            self.at += 1;
            self.space();
            let Some(value) = self.value(depth + 1) else {
                self.complete = false;
                break;
            };
            members.push(Member { name, value });
            self.separator(b'}');
        }
        Kind::Object(members)
    }

    fn array(&mut self, depth: usize) -> Kind {
        let mut items = Vec::new();
        self.at += 1;
        while self.complete && !self.closes(b']') {
            let Some(item) = self.value(depth + 1) else {
                self.complete = false;
                break;
            };
            items.push(item);
            self.separator(b']');
        }
        Kind::Array(items)
    }

    /// Whether the bracket is closed here; it is passed then.
    fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    /// Behind a value: a comma, or the closing bracket, which stays.
    fn separator(&mut self, bracket: u8) {
        if !self.complete {
            return;
        }
        self.space();
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(other) if other == bracket => {}
            _ => self.complete = false,
        }
    }

    /// The inside of a string; `None` when it has no end on its line.
    fn string(&mut self) -> Option<Range<usize>> {
        if self.peek() != Some(b'"') {
            return self.torn();
        }
        let start = self.at + 1;
        let mut at = start;
        let bytes = self.text.as_bytes();
        loop {
            let found = memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..).unwrap_or_default());
            let Some(found) = found else {
                self.at = bytes.len();
                return self.torn();
            };
            at += found;
            match bytes[at] {
                b'"' => {
                    self.at = at + 1;
                    return Some(start..at);
                }
                b'\\' if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
                b'\\' => at += 1,
                _ => {
                    self.at = at;
                    return self.torn();
                }
            }
        }
    }

    fn number(&mut self) -> Option<Kind> {
        let rest = &self.text[self.at..];
        let is_part =
            |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '+' | '.' | 'e' | 'E');
        let length = rest.find(|letter| !is_part(letter));
        // At the end of the text it may be cut in two.
        let Some(length) = length else {
            self.at = self.text.len();
            return self.torn();
        };
        self.at += length;
        Some(Kind::Number)
    }

    fn word(&mut self, word: &str, kind: Kind) -> Option<Kind> {
        if !self.text[self.at..].starts_with(word) {
            return self.torn();
        }
        self.at += word.len();
        Some(kind)
    }

    /// To the end of the list or object that begins here.
    fn pass_over(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                b'"' => {
                    if self.string().is_none() {
                        return;
                    }
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            // Continuation bytes are none of the brackets, so a letter is never cut: the loop ends behind one of those.
            if open == 0 {
                return;
            }
        }
        self.complete = false;
    }

    fn torn<T>(&mut self) -> Option<T> {
        self.complete = false;
        None
    }

    fn space(&mut self) {
        let rest = &self.text[self.at.min(self.text.len())..];
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// Reads the inside of a string. An escape that means nothing stays as it is written.
fn unescape(text: &str, range: Range<usize>) -> Unescaped {
    let mut read = Unescaped::new(range.start);
    let mut rest = &text[range];
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        read.plain(&rest[..at]);
        rest = &rest[at..];
        let (letter, length) = escape(rest);
        read.letter(letter, length);
        rest = &rest[length..];
    }
    read.plain(rest);
    read
}

/// The letter that the escape at the start means, and how many bytes it takes.
fn escape(text: &str) -> (char, usize) {
    let letter = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(plain @ (b'"' | b'\\' | b'/')) => char::from(*plain),
        Some(b'u') => return unicode(text).unwrap_or(('\\', 1)),
        _ => return ('\\', 1),
    };
    (letter, 2)
}

fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let first = unit(0)?;
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, unit(6)) {
        let letter = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(letter)?, 12));
    }
    Some((char::from_u32(first).unwrap_or('\u{fffd}'), 6))
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
