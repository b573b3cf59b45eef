//! Why a code counts for less: it stands in a list, behind a "not", in a memory dump, or on a claimed line.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::context;
use crate::evidence::{Code, CodeSeen, CodeSpace, Weakened};

/// Codes that stand no further apart than this may be a list.
const NEIGHBOURS: usize = 200;
/// So many different codes make a list.
const A_LIST: usize = 3;
/// Failed logons carry these in Status; the sub status beside them says what happened.
const FRAMES: [u32; 2] = [0xC000_006D, 0xC000_006E];

static DENIAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?xi) (?: ^ | [^\p{L}] )
        (?: not | isn['’]t | wasn['’]t | no\ longer | kein | keine | nicht(?:\ mehr)? | (?:fixed|resolved|solved|behoben) :? )
        \s+ (?: (?: an? | the | error | code | status | fehler ) \s+ ){0,2} ["'`(\[]* $"#,
    )
    .ok()
});

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
        if is_list(stretch) && !is_log(text, stretch) {
            for code in stretch.iter_mut().filter(|code| code.weakened.is_none()) {
                code.weakened = Some(Weakened::Listed);
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
    let lead = context::line_before(text, token.start, 32);
    let denied = DENIAL.as_ref().is_some_and(|denial| denial.is_match(lead));
    denied.then_some(Weakened::Denied)
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

/// Whether a stretch holds three different codes. A code in several spellings is one; so are two families
/// that only translate each other, which is why Kerberos and Entra codes are counted by themselves.
fn is_list(stretch: &[CodeSeen]) -> bool {
    let different = |counts: fn(&Code) -> bool| {
        stretch
            .iter()
            .filter(|seen| seen.weakened != Some(Weakened::Claimed))
            .map(|seen| &seen.code)
            .filter(|code| counts(code))
            .collect::<BTreeSet<_>>()
            .len()
            >= A_LIST
    };
    different(is_windows)
        || different(|code| code.space == CodeSpace::Kerberos)
        || different(|code| code.space == CodeSpace::Aadsts)
}

fn is_windows(code: &Code) -> bool {
    match code.space {
        CodeSpace::Ntstatus => !FRAMES.contains(&code.value),
        CodeSpace::Win32 | CodeSpace::Hresult | CodeSpace::Sspi => true,
        _ => false,
    }
}

/// Log lines and event records report what happened, however many there are.
fn is_log(text: &str, stretch: &[CodeSeen]) -> bool {
    stretch.iter().all(|seen| {
        let line = context::line_around(text, &(seen.span.start..seen.span.end), 300);
        let timed = LOG_TIME.as_ref().is_some_and(|time| time.is_match(line));
        timed || line.contains("<Data Name=") || line.contains("winlog.event_data")
    })
}
