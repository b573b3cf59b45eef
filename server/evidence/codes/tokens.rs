//! Takes the words of a text that are codes.

use std::ops::Range;

use super::broken;
use super::candidates::Candidates;
use super::context::{self, Label};
use super::entra;
use super::spelling::{self, MINUS_SIGNS};
use super::table::{self, number};
use crate::evidence::{Code, CodeSpace};

/// A code and where its token stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    pub(super) code: Code,
}

/// The first `limit` codes of a text, in order and apart.
pub(super) fn scan(text: &str, limit: usize) -> Vec<Token> {
    let mut candidates = Candidates::of(text);
    read_words(text, limit, |from| candidates.next_from(from))
}

/// The codes among the words that `next` gives: the next one that does not begin before a place.
pub(super) fn read_words(
    text: &str,
    limit: usize,
    mut next: impl FnMut(usize) -> Option<Range<usize>>,
) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while tokens.len() < limit
        && let Some(run) = next(at)
    {
        at = run.end;
        // `AADSTS500` and `0xC00` are codes too.
        let token = if broken::may_be_part(&text[run.clone()]) {
            broken::read(text, &run).or_else(|| read_run(text, run))
        } else {
            read_run(text, run.clone()).or_else(|| broken::read(text, &run))
        };
        at = token.as_ref().map_or(at, |token| at.max(token.range.end));
        tokens.extend(token);
    }
    tokens
}

/// A word, or what is left of it behind an escape such as `\n` or `\u0022`.
fn read_run(text: &str, run: Range<usize>) -> Option<Token> {
    let word = &text[run.clone()];
    read_word(text, run.clone()).or_else(|| {
        let escaped = text[..run.start].ends_with('\\');
        let skipped = escape_length(word).filter(|_| escaped)?;
        read_word(text, run.start + skipped..run.end)
    })
}

fn escape_length(word: &str) -> Option<usize> {
    let bytes = word.as_bytes();
    match bytes.first()? {
        b'n' | b'r' | b't' => Some(1),
        b'u' if bytes.len() > 5 && bytes[1..5].iter().all(u8::is_ascii_hexdigit) => Some(5),
        _ => None,
    }
}

fn read_word(text: &str, range: Range<usize>) -> Option<Token> {
    let word = &text[range.clone()];
    if touches_letters(text, &range) {
        return None;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return read_digits(text, range);
    }
    let code = if word.starts_with("0x") || word.starts_with("0X") {
        return read_prefixed_hex(text, range);
    } else if let Some(value) = spelling::bare_hex(word) {
        read_bare_hex(text, &range, value)
    } else {
        spelling::aadsts(word).or_else(|| table::by_symbol(word))
    };
    code.map(|code| Token { range, code })
}

fn read_prefixed_hex(text: &str, range: Range<usize>) -> Option<Token> {
    let word = &text[range.clone()];
    let value = spelling::prefixed_hex(word)?;
    if text[..range.start].ends_with(['+', '@']) || goes_on_as_address(text, range.end) {
        return None;
    }
    let end = range.start + word.trim_end_matches(['u', 'U', 'l', 'L']).len();
    let range = range.start..end;
    let code = if value > 0xFFFF {
        read_long_hex(text, &range, value)
    } else {
        read_short_hex(text, &range, value)
    };
    code.map(|code| Token { range, code })
}

/// A number without a name is a code where it has the shape of one and a label is near.
fn read_long_hex(text: &str, range: &Range<usize>, value: u32) -> Option<Code> {
    let code = spelling::readings(value).into_iter().next()?;
    let usual_shape = matches!(value >> 24, 0x80 | 0x87 | 0xC0);
    let counts = speaks_for_itself(&code, value)
        || context::label(text, range.start) != Label::None
        || (usual_shape && value & 0xFFFF != 0 && context::labelled_nearby(text, range));
    (counts && !context::is_labelled_as_id(text, range.start)).then_some(code)
}

/// `0x18` is a Kerberos error in a Kerberos event, and a Win32 error only where it is called an error.
fn read_short_hex(text: &str, range: &Range<usize>, value: u32) -> Option<Code> {
    let label = context::label(text, range.start);
    if label == Label::None {
        return None;
    }
    if table::is_known(CodeSpace::Kerberos, value) && context::is_kerberos(text, range) {
        return Some(number(CodeSpace::Kerberos, value));
    }
    let fits =
        label == Label::Windows || value >= 1000 || context::goes_on_like_windows(text, range.end);
    (fits && table::is_known(CodeSpace::Win32, value)).then(|| number(CodeSpace::Win32, value))
}

fn read_bare_hex(text: &str, range: &Range<usize>, value: u32) -> Option<Code> {
    let before = text[..range.start].chars().next_back();
    if before.is_some_and(|letter| "-#/.+@`&".contains(letter) && !opens_quote(text, range))
        || goes_on_as_address(text, range.end)
        || goes_on_as_part(text, range.end)
    {
        return None;
    }
    let code = spelling::readings(value).into_iter().next()?;
    let only_digits = text[range.clone()]
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    let labelled = context::label(text, range.start) != Label::None;
    let nearby = || context::labelled_nearby(text, range);
    (labelled || (!only_digits && speaks_for_itself(&code, value) && nearby())).then_some(code)
}

/// A backtick that opens a quotation, not one that parts a 64-bit address.
fn opens_quote(text: &str, range: &Range<usize>) -> bool {
    text[..range.start]
        .strip_suffix('`')
        .is_some_and(|before| !before.ends_with(|letter: char| letter.is_ascii_hexdigit()))
}

fn read_digits(text: &str, range: Range<usize>) -> Option<Token> {
    let before = &text[..range.start];
    if before.ends_with("%%") && !before.ends_with("%%%") {
        let code = spelling::reason(&text[range.clone()])?;
        let range = range.start - 2..range.end;
        return Some(Token { range, code });
    }
    if goes_on_as_part(text, range.end) {
        return None;
    }
    if entra::DIGITS.contains(&range.len())
        && let Some(token) = entra::read(text, &range)
    {
        return Some(token);
    }
    match range.len() {
        10 => read_ten_digits(text, range),
        1..=5 => read_few_digits(text, range),
        8 => {
            let value = spelling::bare_hex(&text[range.clone()])?;
            let code = read_bare_hex(text, &range, value)?;
            Some(Token { range, code })
        }
        _ => None,
    }
}

fn read_ten_digits(text: &str, range: Range<usize>) -> Option<Token> {
    let before = &text[..range.start];
    let digits = &text[range.clone()];
    let Some(sign) = MINUS_SIGNS.iter().find(|sign| before.ends_with(**sign)) else {
        return read_unsigned(text, range);
    };
    let start = range.start - sign.len();
    if !is_open(&text[..start]) {
        return None;
    }
    let value = spelling::negative(digits)?;
    let code = spelling::readings(value).into_iter().next()?;
    let counts = speaks_for_itself(&code, value) || context::label(text, start) != Label::None;
    counts.then_some(Token {
        range: start..range.end,
        code,
    })
}

/// Before a status that smbj has no name for: `UNKNOWN(4294967295/3221225586)`
/// (<https://github.com/hierynomus/smbj>, `SMBApiException`).
const OF_NO_NAME: &str = "(4294967295/";

fn read_unsigned(text: &str, range: Range<usize>) -> Option<Token> {
    let before = &text[..range.start];
    let value = spelling::decimal(&text[range.clone()]).filter(|value| *value >= 0x8000_0000)?;
    let joined =
        before.ends_with(['+', '#', '/', '@', '$', '&', '.']) && !before.ends_with(OF_NO_NAME);
    if joined {
        return None;
    }
    let code = spelling::readings(value).into_iter().next()?;
    let counts =
        speaks_for_itself(&code, value) && !context::counts_something_else(text, range.start);
    counts.then_some(Token { range, code })
}

/// Years are numbers in brackets too.
const YEARS: Range<u32> = 1990..2036;

fn read_few_digits(text: &str, range: Range<usize>) -> Option<Token> {
    let before = &text[..range.start];
    let digits = &text[range.clone()];
    let value = spelling::decimal(digits).filter(|_| !digits.starts_with('0'))?;
    let joined = before.ends_with(|letter: char| "-\u{2212}\u{2013}+#/%$@&~^*".contains(letter));
    if joined || is_fraction(before) || !table::is_known(CodeSpace::Win32, value) {
        return None;
    }
    let label = context::label(text, range.start);
    let counts = if label == Label::Windows {
        true
    } else if value < 1000 {
        label == Label::Error && context::goes_on_like_windows(text, range.end)
    } else {
        label != Label::None || (closes_sentence(text, &range) && !YEARS.contains(&value))
    };
    (counts && !context::goes_on_otherwise(text, range.end)).then(|| Token {
        range,
        code: number(CodeSpace::Win32, value),
    })
}

/// `… at this computer. (1385)`
fn closes_sentence(text: &str, range: &Range<usize>) -> bool {
    let sentence = text[..range.start]
        .strip_suffix('(')
        .map(|before| before.trim_end_matches(' '));
    text[range.end..].starts_with(')')
        && sentence.is_some_and(|sentence| sentence.ends_with(['.', '!', '。', '"', '\'']))
}

/// Whether the number has a name of its own, beyond those that any flag or handle could be.
pub(super) fn speaks_for_itself(code: &Code, value: u32) -> bool {
    let common = value >> 16 == 0x8000 && value & 0xFFFF < 0x4000;
    let known = code.space == CodeSpace::Win32 || table::is_known(code.space, code.value);
    known && !common
}

/// Whether a minus sign here is a sign, not a hyphen.
pub(super) fn is_open(before: &str) -> bool {
    let window = &before[before.ceil_char_boundary(before.len().saturating_sub(6))..];
    let escape = window
        .rfind('\\')
        .map(|at| &window[at + 1..])
        .is_some_and(|tail| {
            matches!(tail, "n" | "r" | "t")
                || escape_length(&format!("{tail}_")) == Some(tail.len())
        });
    escape
        || !before.ends_with(|letter: char| {
            letter.is_alphanumeric() || "_-+#@.\u{2212}\u{2013}\u{2014}".contains(letter)
        })
}

/// Behind a point or a comma and a digit: part of a fraction, version or address.
fn is_fraction(before: &str) -> bool {
    let mut letters = before.chars().rev();
    match letters.next() {
        Some('.') => true,
        Some(',' | ':' | '\'') => {
            letters.next().is_some_and(|letter| letter.is_ascii_digit()) && !is_row_of_cells(before)
        }
        _ => false,
    }
}

/// A comma behind five digits or more parts cells of a table, not thousands.
fn is_row_of_cells(before: &str) -> bool {
    let digits = before
        .trim_end_matches([',', ':'])
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    before.ends_with(',') && digits > 4
}

/// Whether a number goes on: `.5`, `-1`, `:80`, `/3`, `%`.
pub(super) fn goes_on_as_part(text: &str, end: usize) -> bool {
    let mut letters = text[end..].chars();
    match letters.next() {
        Some('.' | ':' | '/') => letters.next().is_some_and(|next| next.is_ascii_digit()),
        Some('-' | '\u{2013}' | '\u{2212}') => letters.next().is_some_and(char::is_alphanumeric),
        Some('%' | '@' | '°') => true,
        _ => false,
    }
}

/// Whether hex digits go on behind a backtick, as debuggers part 64-bit addresses.
fn goes_on_as_address(text: &str, end: usize) -> bool {
    let mut letters = text[end..].chars();
    letters.next() == Some('`') && letters.next().is_some_and(|next| next.is_ascii_hexdigit())
}

/// Whether a letter of a script that parts words with spaces touches the word.
pub(super) fn touches_letters(text: &str, range: &Range<usize>) -> bool {
    let joins = |letter: char| letter.is_alphabetic() && letter < '\u{2E80}';
    text[..range.start]
        .chars()
        .next_back()
        .is_some_and(|before| joins(before) && !is_escape(text, range.start))
        || text[range.end..].chars().next().is_some_and(joins)
}

/// Whether the ASCII letters before a word are an escape that was skipped.
fn is_escape(text: &str, start: usize) -> bool {
    text.as_bytes()[start - 1].is_ascii_alphanumeric()
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
