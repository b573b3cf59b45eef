//! One spelling, given by itself, and all its readings.

use super::table::{self, number};
use crate::evidence::{Code, CodeSpace};

/// How a minus sign may be written: hyphen, minus, en dash, and their escapes in JSON.
pub(super) const MINUS_SIGNS: [&str; 7] = [
    "-", "\u{2212}", "\u{2013}", "\\u002d", "\\u002D", "\\u2212", "\\u2013",
];

/// The failure reasons of Windows security events; other `%%nnnn` are words, not errors.
pub(super) const REASONS: std::ops::RangeInclusive<u32> = 2304..=2313;

/// All readings of a spelling that stands by itself; empty when it is no code.
pub fn parse(spelling: &str) -> Vec<Code> {
    let spelling = spelling
        .trim()
        .trim_matches(['"', '\'', '`', '(', ')', '[', ']', ',', ';']);
    if let Some(digits) = spelling.strip_prefix("%%") {
        return reason(digits).into_iter().collect();
    }
    if let Some(code) = aadsts(spelling) {
        return vec![code];
    }
    if let Some(value) = prefixed_hex(spelling) {
        return if value > 0xFFFF {
            readings(value)
        } else {
            short(value)
        };
    }
    if let Some(digits) = MINUS_SIGNS
        .iter()
        .find_map(|sign| spelling.strip_prefix(sign))
    {
        return negative(digits)
            .map(readings)
            .or_else(|| shorter_negative(digits))
            .unwrap_or_default();
    }
    if let Some(value) = bare_hex(spelling) {
        return readings(value);
    }
    match decimal(spelling) {
        Some(value) if value <= 0xFFFF => short(value),
        Some(value) => readings(value),
        None => table::by_symbol(spelling).into_iter().collect(),
    }
}

/// The readings of a 32-bit number, the likeliest first. A number without a name is read by its shape.
pub(super) fn readings(value: u32) -> Vec<Code> {
    if value >> 16 == 0x8007 {
        let code = number(CodeSpace::Win32, value & 0xFFFF);
        return Vec::from_iter((code.value != 0).then_some(code));
    }
    if value >> 28 == 0xD {
        let inner = value & !0x1000_0000;
        let known = table::is_known(CodeSpace::Ntstatus, inner);
        return Vec::from_iter(known.then(|| number(CodeSpace::Ntstatus, inner)));
    }
    let wide = if value >> 16 == 0x8009 {
        CodeSpace::Sspi
    } else {
        CodeSpace::Hresult
    };
    let order = if value >> 28 == 0x8 {
        [wide, CodeSpace::Ntstatus]
    } else {
        [CodeSpace::Ntstatus, wide]
    };
    let known = order
        .into_iter()
        .filter(|space| table::is_known(*space, value))
        .map(|space| number(space, value))
        .collect::<Vec<_>>();
    if known.is_empty() {
        by_shape(value, wide).into_iter().collect()
    } else {
        known
    }
}

/// The digits behind `%%`.
pub(super) fn reason(digits: &str) -> Option<Code> {
    let value = decimal(digits)?;
    REASONS
        .contains(&value)
        .then(|| number(CodeSpace::Reason, value))
}

/// `AADSTS50126` in any case.
pub(super) fn aadsts(word: &str) -> Option<Code> {
    let (name, digits) = word.split_at_checked(6)?;
    let value = decimal(digits).filter(|value| *value > 0)?;
    name.eq_ignore_ascii_case("AADSTS")
        .then(|| number(CodeSpace::Aadsts, value))
}

/// `0x` and one to eight hex digits, perhaps with the C suffix of a long or unsigned number. Zero is success.
pub(super) fn prefixed_hex(word: &str) -> Option<u32> {
    let digits = word
        .strip_prefix("0x")
        .or_else(|| word.strip_prefix("0X"))?
        .trim_end_matches(['u', 'U', 'l', 'L']);
    let fits =
        (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16)
        .ok()
        .filter(|value| fits && *value != 0)
}

/// Eight hex digits that begin as error codes do.
pub(super) fn bare_hex(word: &str) -> Option<u32> {
    let begins = ["C0", "80", "D0"].iter().any(|start| {
        word.get(..2)
            .is_some_and(|two| two.eq_ignore_ascii_case(start))
    });
    let fits = word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (begins && fits)
        .then(|| u32::from_str_radix(word, 16).ok())
        .flatten()
}

/// The number that ten digits with a minus sign before them are, as unsigned.
pub(super) fn negative(digits: &str) -> Option<u32> {
    let all_digits = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = digits.parse::<i64>().ok().filter(|_| all_digits)?;
    i32::try_from(-value).ok().map(i32::cast_unsigned)
}

/// Nine digits with a minus sign before them are any number, unless it has a name: `-532462766` is a .NET exception.
fn shorter_negative(digits: &str) -> Option<Vec<Code>> {
    let value = decimal(digits).filter(|_| digits.len() == 9)?;
    let mut codes = readings(value.wrapping_neg());
    codes.retain(|code| table::is_known(code.space, code.value));
    Some(codes)
}

/// A number of plain digits.
pub(super) fn decimal(word: &str) -> Option<u32> {
    let plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| word.parse().ok()).flatten()
}

fn short(value: u32) -> Vec<Code> {
    [CodeSpace::Kerberos, CodeSpace::Win32]
        .into_iter()
        .filter(|space| table::is_known(*space, value))
        .map(|space| number(space, value))
        .collect()
}

fn by_shape(value: u32, wide: CodeSpace) -> Option<Code> {
    match value >> 24 {
        0xC0 => Some(number(CodeSpace::Ntstatus, value)),
        0x80..=0x8F | 0xC1..=0xCF => Some(number(wide, value)),
        _ => None,
    }
}
