//! One value of a binary record, written as Windows writes it in the record's XML.
//!
//! MS-EVEN6 2.2.12; the kinds that are left to the parser are rare: fractions, calendar times, handles, most lists.

use super::instance::kinds;
use super::markup::{self, Spelling};

/// 1601 to 0000-03-01, from where a year ends with its leap day.
const DAYS_TO_1601: u64 = 584_694;
const TICKS_IN_SECOND: u64 = 10_000_000;
const SECONDS_IN_DAY: u64 = 86_400;

/// Whether a value of this kind can be written, and has the size that its kind has.
pub(super) fn is_known(kind: u8, bytes: &[u8]) -> bool {
    let size = bytes.len();
    match kind {
        kinds::NULL | kinds::BINARY | kinds::BIN_XML => true,
        kinds::TEXT => size.is_multiple_of(2),
        kinds::ANSI => bytes.iter().all(|byte| matches!(byte, b' '..=b'~')),
        0x03 | 0x04 => size == 1,
        0x05 | 0x06 => size == 2,
        0x07 | 0x08 | 0x0d | 0x14 => size == 4,
        0x09 | 0x0a | 0x11 | 0x15 => size == 8,
        0x0f => size == 16,
        0x10 => size == 4 || size == 8,
        kinds::SID => bytes
            .get(1)
            .is_some_and(|count| size == 8 + usize::from(*count) * 4),
        kinds::TEXTS => size.is_multiple_of(2) && (bytes.is_empty() || bytes.ends_with(&[0, 0])),
        _ => false,
    }
}

/// Writes a value that is known; `None` where its text is none.
pub(super) fn write(kind: u8, bytes: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let unsigned = || {
        let bytes = bytes.iter().rev();
        bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
    };
    match kind {
        kinds::TEXT => return utf16(bytes, text),
        kinds::ANSI => text.extend_from_slice(bytes),
        0x03 | 0x05 | 0x07 | 0x09 => signed(unsigned(), bytes.len(), text),
        0x04 | 0x06 | 0x08 | 0x0a => decimal(unsigned(), text),
        0x0d => match unsigned() {
            0 => text.extend_from_slice(b"false"),
            1 => text.extend_from_slice(b"true"),
            _ => signed(unsigned(), bytes.len(), text),
        },
        kinds::BINARY => bytes
            .iter()
            .for_each(|byte| hex(*byte, b"0123456789ABCDEF", text)),
        0x0f => guid(bytes, text),
        0x10 | 0x14 | 0x15 => prefixed(unsigned(), text),
        0x11 => time(unsigned(), text),
        kinds::SID => sid(bytes, text)?,
        kinds::NULL | kinds::BIN_XML | kinds::TEXTS => {}
        _ => return None,
    }
    Some(())
}

pub(super) fn decimal(mut number: u64, text: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + digit(number % 10);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    text.extend_from_slice(&digits[at..]);
}

/// A number of so many bytes whose highest bit is its sign.
fn signed(number: u64, bytes: usize, text: &mut Vec<u8>) {
    let unused = 64 - 8 * bytes.clamp(1, 8);
    let number = (number << unused).cast_signed() >> unused;
    if number < 0 {
        text.push(b'-');
    }
    decimal(number.unsigned_abs(), text);
}

fn digit(number: u64) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

fn prefixed(number: u64, text: &mut Vec<u8>) {
    text.extend_from_slice(b"0x");
    let nibbles = (64 - number.leading_zeros()).div_ceil(4).max(1);
    for nibble in (0..nibbles).rev() {
        let nibble = number >> (4 * nibble) & 0xf;
        text.push(b"0123456789abcdef"[nibble as usize]);
    }
}

fn hex(byte: u8, digits: &[u8; 16], text: &mut Vec<u8>) {
    text.push(digits[usize::from(byte >> 4)]);
    text.push(digits[usize::from(byte & 0xf)]);
}

fn guid(bytes: &[u8], text: &mut Vec<u8>) {
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    text.push(b'{');
    for (at, byte) in ORDER.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        hex(bytes[*byte], b"0123456789abcdef", text);
    }
    text.push(b'}');
}

fn sid(bytes: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let (head, parts) = bytes.split_at_checked(8)?;
    text.extend_from_slice(b"S-");
    decimal(u64::from(head[0]), text);
    let authority = head[2..].iter();
    let authority = authority.fold(0, |number, byte| number << 8 | u64::from(*byte));
    text.push(b'-');
    decimal(authority, text);
    for part in parts.chunks_exact(4) {
        text.push(b'-');
        let part = u32::from_le_bytes(part.try_into().ok()?);
        decimal(u64::from(part), text);
    }
    Some(())
}

/// Tenths of a microsecond since 1601, as a time with seven digits behind the second.
fn time(ticks: u64, text: &mut Vec<u8>) {
    if ticks > i64::MAX as u64 {
        text.extend_from_slice(b"0000-00-00T00:00:00.0000000Z");
        return;
    }
    let seconds = ticks / TICKS_IN_SECOND;
    let (year, month, day) = date(seconds / SECONDS_IN_DAY);
    let of_day = seconds % SECONDS_IN_DAY;
    let parts = [
        (year % 10_000, 4, b'-'),
        (month, 2, b'-'),
        (day, 2, b'T'),
        (of_day / 3600, 2, b':'),
        (of_day / 60 % 60, 2, b':'),
        (of_day % 60, 2, b'.'),
        (ticks % TICKS_IN_SECOND, 7, b'Z'),
    ];
    for (number, digits, behind) in parts {
        for place in (0..digits).rev() {
            text.push(b'0' + digit(number / 10_u64.pow(place) % 10));
        }
        text.push(behind);
    }
}

/// Year, month and day of a day since 1601, in the Gregorian calendar: 400 years have 146,097 days.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + DAYS_TO_1601;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Months from March on: 153 days in five of them.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// Text as it comes out of XML again; it ends where a zero is.
fn utf16(bytes: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let is_usual = |unit: &[u8]| unit[1] == 0 && matches!(unit[0], b' '..=b'~');
    if bytes.chunks_exact(2).all(is_usual) {
        text.extend(bytes.chunks_exact(2).map(|unit| unit[0]));
        return Some(());
    }
    let units = bytes.chunks_exact(2);
    let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let mut letters = String::with_capacity(bytes.len());
    for letter in char::decode_utf16(units.take_while(|unit| *unit != 0)) {
        letters.push(match letter.ok()? {
            letter @ ('\t' | '\n' | '\r') => letter,
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => '_',
            letter => letter,
        });
    }
    if letters.contains('\n') {
        let escaped = letters
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let letters = markup::unescape(&escaped, Spelling::Plain);
        text.extend_from_slice(letters.as_bytes());
    } else {
        text.extend_from_slice(letters.as_bytes());
    }
    Some(())
}
