//! A code that a hard wrap broke: `0xC00001` at the end of a line, `5B` at the start of the next.
//!
//! Only symbols of the table, sign-in errors of Entra ID and long numbers that are known or called a code are joined, and only
//! where the line is wide enough to have been broken: two numbers that stand one below the other by accident do not make one.

use std::ops::{Range, RangeInclusive};

use super::context::{self, Label, WRAPPED_FROM};
use super::spelling::{self, MINUS_SIGNS};
use super::tokens::{Token, goes_on_as_part, is_open, is_word_byte, speaks_for_itself};
use super::{table, tokens};

/// How long `0x` with eight digits is, and a decimal of 32 bits that is an error.
const LENGTH: usize = 10;
const AADSTS: &str = "AADSTS";
/// So many digits Entra ID gives its errors.
const AADSTS_DIGITS: RangeInclusive<usize> = 5..=7;

/// The code whose first part is the word at `head`, the last of its line.
pub(super) fn read(text: &str, head: &Range<usize>) -> Option<Token> {
    let ends_line = matches!(text.as_bytes().get(head.end), Some(b'\n' | b'\r'));
    if !ends_line || context::line_before(text, head.end, WRAPPED_FROM).len() < WRAPPED_FROM {
        return None;
    }
    symbol(text, head)
        .or_else(|| aadsts(text, head))
        .or_else(|| number(text, head))
}

/// `NT_STATUS_LOGON_FA` and `ILURE`: joined they are a symbol of the table.
fn symbol(text: &str, head: &Range<usize>) -> Option<Token> {
    if !text[head.clone()].contains('_') {
        return None;
    }
    let (range, joined) = with_next_word(text, head)?;
    table::by_symbol(&joined).map(|code| Token { range, code })
}

/// `AADS` and `TS50034`, `AADSTS500` and `571`.
fn aadsts(text: &str, head: &Range<usize>) -> Option<Token> {
    let first = &text[head.clone()];
    if !may_be_part_of_aadsts(first) {
        return None;
    }
    let (range, joined) = with_next_word(text, head)?;
    let digits = joined.len().checked_sub(AADSTS.len())?;
    let is_whole = AADSTS_DIGITS.contains(&digits) && !tokens::touches_letters(text, &range);
    let code = spelling::aadsts(&joined).filter(|_| is_whole)?;
    Some(Token { range, code })
}

/// Whether a word that would count by itself may be the beginning of a code.
pub(super) fn may_be_part(word: &str) -> bool {
    may_be_part_of_aadsts(word) || (word.len() < LENGTH && word.starts_with("0x"))
}

/// Whether a word is the beginning of a sign-in error of Entra ID and too short to be one.
fn may_be_part_of_aadsts(word: &str) -> bool {
    let letters = word.len().min(AADSTS.len());
    word.len() < AADSTS.len() + AADSTS_DIGITS.start()
        && word.is_char_boundary(letters)
        && word[..letters].eq_ignore_ascii_case(&AADSTS[..letters])
        && word.bytes().skip(letters).all(|byte| byte.is_ascii_digit())
}

/// A word and the first one of the next line, and what they are together.
fn with_next_word(text: &str, head: &Range<usize>) -> Option<(Range<usize>, String)> {
    let next = next_line(text, head.end)?;
    let length = text[next..]
        .bytes()
        .take_while(|byte| is_word_byte(*byte))
        .count();
    let joined = format!("{}{}", &text[head.clone()], &text[next..next + length]);
    Some((head.start..next + length, joined))
}

fn number(text: &str, head: &Range<usize>) -> Option<Token> {
    let tail = tail(text, head)?;
    let whole = head.start..tail.end;
    if tokens::touches_letters(text, &whole) || goes_on_as_part(text, tail.end) {
        return None;
    }
    let joined = format!("{}{}", &text[head.clone()], &text[tail]);
    let before = &text[..head.start];
    let sign = MINUS_SIGNS.iter().find(|sign| before.ends_with(**sign));
    let start = head.start - sign.map_or(0, |sign| sign.len());
    let value = if joined.starts_with("0x") || joined.starts_with("0X") {
        spelling::prefixed_hex(&joined)?
    } else if !joined.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    } else if sign.is_some() {
        spelling::negative(&joined).filter(|_| is_open(&text[..start]))?
    } else {
        let counts = context::counts_something_else(text, head.start);
        spelling::decimal(&joined).filter(|value| *value >= 0x8000_0000 && !counts)?
    };
    let code = spelling::readings(value).into_iter().next()?;
    let is_code = speaks_for_itself(&code, value) || context::label(text, start) != Label::None;
    is_code.then_some(Token {
        range: start..whole.end,
        code,
    })
}

/// The first word of the next line, where it and the head have the length of a code together.
fn tail(text: &str, head: &Range<usize>) -> Option<Range<usize>> {
    let missing = LENGTH.checked_sub(head.len()).filter(|more| *more > 0)?;
    let start = next_line(text, head.end)?;
    let length = text[start..]
        .bytes()
        .take(missing + 1)
        .take_while(|byte| is_word_byte(*byte))
        .count();
    (length == missing).then(|| start..start + length)
}

/// Where the words of the next line begin, when a line ends at `at`.
fn next_line(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let next = rest
        .strip_prefix("\r\n")
        .or_else(|| rest.strip_prefix('\n'))?
        .trim_start_matches(['>', ' ', '\t']);
    Some(text.len() - next.len())
}
