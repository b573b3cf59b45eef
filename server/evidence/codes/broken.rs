//! A code that a hard wrap broke: `0xC00001` at the end of a line, `5B` at the start of the next.
//!
//! Only symbols and long numbers that name a known code are joined, and only where the line is wide enough to have been broken: two
//! numbers that stand one below the other by accident do not make one.

use std::ops::Range;

use super::spelling::{self, MINUS_SIGNS};
use super::tokens::{Token, goes_on_as_part, is_open, is_word_byte, speaks_for_itself};
use super::{context, table, tokens};

/// A line shorter than this was not broken by a window or a mail program.
const WRAPPED_FROM: usize = 38;
/// How long `0x` with eight digits is, and a decimal of 32 bits that is an error.
const LENGTH: usize = 10;

/// The code whose first part is the word at `head`, the last of its line.
pub(super) fn read(text: &str, head: &Range<usize>) -> Option<Token> {
    let ends_line = matches!(text.as_bytes().get(head.end), Some(b'\n' | b'\r'));
    if !ends_line || context::line_before(text, head.end, WRAPPED_FROM).len() < WRAPPED_FROM {
        return None;
    }
    symbol(text, head).or_else(|| number(text, head))
}

/// `NT_STATUS_LOGON_FA` and `ILURE`: joined they are a symbol of the table.
fn symbol(text: &str, head: &Range<usize>) -> Option<Token> {
    let first = &text[head.clone()];
    let next = next_line(text, head.end).filter(|_| first.contains('_'))?;
    let length = text[next..]
        .bytes()
        .take_while(|byte| is_word_byte(*byte))
        .count();
    let code = table::by_symbol(&format!("{first}{}", &text[next..next + length]))?;
    Some(Token {
        range: head.start..next + length,
        code,
    })
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
    speaks_for_itself(&code, value).then_some(Token {
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
