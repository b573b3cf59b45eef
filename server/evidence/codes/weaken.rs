//! Why a code counts for less: it stands in a list, behind a "not", in a memory dump, or on a claimed line.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::context;
use crate::evidence::{Code, CodeSeen, CodeSpace, Weakened, genre, mention};

/// Codes that stand no further apart than this may be a list.
const NEIGHBOURS: usize = 200;
/// So many different codes make a list.
const A_LIST: usize = 3;
/// So many are a table, in which none happened more than another.
const A_TABLE: usize = 5;
/// In a longer stretch nobody wrote beside a list what happened.
const WRITTEN_BY_HAND: usize = 64;
/// Failed logons carry these in Status; the sub status beside them says what happened.
const FRAMES: [u32; 2] = [0xC000_006D, 0xC000_006E];

static LOG_TIME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b\d{1,2}:\d{2}:\d{2}\b").ok());

/// Marks the codes of one text, which are in order.
pub(super) fn weaken(text: &str, claimed: &[Range<usize>], seen: &mut [CodeSeen]) {
    for code in seen.iter_mut() {
        code.weakened = by_itself(text, claimed, code.span.start..code.span.end);
    }
    let mut start = 0;
    while start < seen.len() {
        let end = stretch_end(seen, start);
        let stretch = &mut seen[start..end];
        let different = different(&stretch.iter());
        if different >= A_LIST && !is_log(text, stretch) && !holds_reports(text, stretch) {
            let why = if different >= A_TABLE {
                Weakened::Mentioned
            } else {
                Weakened::Listed
            };
            let open = |code: &CodeSeen| match code.weakened {
                None => true,
                Some(Weakened::Dump) => why == Weakened::Mentioned,
                Some(_) => false,
            };
            for code in stretch.iter_mut().filter(|code| open(code)) {
                code.weakened = Some(why);
            }
        }
        start = end;
    }
}

fn by_itself(text: &str, claimed: &[Range<usize>], token: Range<usize>) -> Option<Weakened> {
    let before = claimed.partition_point(|range| range.end <= token.start);
    if claimed
        .get(before)
        .is_some_and(|range| range.start <= token.start)
    {
        return Some(Weakened::Claimed);
    }
    if is_dump(text, &token) {
        return Some(Weakened::Dump);
    }
    let lead = context::line_before(text, token.start, 40);
    mention::is_denied(lead).then_some(Weakened::Denied)
}

/// Four words of 8 or 16 hex digits in a row, this token among or near them.
fn is_dump(text: &str, token: &Range<usize>) -> bool {
    let line = context::line_around(text, token, 100);
    let mut row = 0;
    line.split_whitespace().any(|word| {
        row = if is_memory_word(word) { row + 1 } else { 0 };
        row >= 4
    })
}

fn is_memory_word(word: &str) -> bool {
    let word = word.trim_matches([',', '(', ')', '[', ']', ':']);
    let word = word.strip_prefix("0x").unwrap_or(word);
    let digits = word.bytes().filter(u8::is_ascii_hexdigit).count();
    (digits == 8 || digits == 16)
        && word
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'`')
}

fn stretch_end(seen: &[CodeSeen], start: usize) -> usize {
    seen[start..]
        .windows(2)
        .position(|pair| pair[1].span.start.saturating_sub(pair[0].span.end) > NEIGHBOURS)
        .map_or(seen.len(), |apart| start + apart + 1)
}

/// How many different codes a stretch holds. A code in several spellings is one; so are two families
/// that only translate each other, which is why Kerberos and Entra codes are counted by themselves.
fn different<'s>(stretch: &(impl Iterator<Item = &'s CodeSeen> + Clone)) -> usize {
    let different = |counts: fn(&Code) -> bool| {
        stretch
            .clone()
            .filter(|seen| seen.weakened != Some(Weakened::Claimed))
            .map(|seen| &seen.code)
            .filter(|code| counts(code))
            .collect::<BTreeSet<_>>()
            .len()
    };
    different(is_windows)
        .max(different(|code| code.space == CodeSpace::Kerberos))
        .max(different(|code| code.space == CodeSpace::Aadsts))
}

fn is_windows(code: &Code) -> bool {
    match code.space {
        CodeSpace::Ntstatus => !FRAMES.contains(&code.value),
        CodeSpace::Win32 | CodeSpace::Hresult | CodeSpace::Sspi => true,
        _ => false,
    }
}

/// Whether some stand in writing that only names errors, and what is left beside them is no list.
fn holds_reports(text: &str, stretch: &[CodeSeen]) -> bool {
    if stretch.len() > WRITTEN_BY_HAND {
        return false;
    }
    let left = stretch.iter().filter(|code| {
        let place = code.span.start..code.span.end;
        !genre::only_names_errors(text, &(0..text.len()), &place)
    });
    let left = left.collect::<Vec<_>>();
    !left.is_empty() && different(&left.into_iter()) < A_LIST
}

/// Log lines and event records report what happened, however many there are.
fn is_log(text: &str, stretch: &[CodeSeen]) -> bool {
    stretch.iter().all(|seen| {
        let line = context::line_around(text, &(seen.span.start..seen.span.end), 300);
        let timed = LOG_TIME.as_ref().is_some_and(|time| time.is_match(line));
        timed || line.contains("<Data Name=") || line.contains("winlog.event_data")
    })
}
