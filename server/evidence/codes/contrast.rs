//! A bare number that is told apart from another error: "not 1326 but 1385", "1385 instead of 1326",
//! "yesterday error 1326, this time it is 1385". The words that make the one a code make the other one too.
//!
//! Only in a short text, as people write it, that speaks of a failure; both numbers must be Windows errors that have a
//! meaning here, and nothing that they could count may follow.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::context::line_after;
use super::table::{meaning, number};
use super::tokens::Token;
use crate::evidence::{Code, CodeSpace};

/// A longer text is a log or a report.
const REMARK: usize = 2_000;

/// `a` is the error that it is not, `b` the one that it is.
static NOT_A_BUT_B: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?: not | no\ longer | instead\ of | rather\ than | nicht(?:\ mehr)? | kein(?:e[mnrs]?)? | statt | anstatt )
        \s+ (?:(?:error|code|fehler)\s+)? (?P<a>\d{4,5}) [\s,;–-]+ (?:any\ ?more\b[\s,;]*)?
        (?: but | it\ is | it['’]s | now | we\ (?:now\ )?(?:get|see|have) | sondern | jetzt | nun )
        \s+ (?:(?:now|it\ is|jetzt|nun|error|code|fehler)\s+){0,2} (?P<b>\d{4,5}) \b",
    )
});
static B_INSTEAD_OF_A: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?P<b>\d{4,5}) ,?\s+ (?: instead\ of | rather\ than | and\ not | statt | anstatt | und\ nicht )
        \s+ (?:(?:error|code|fehler)\s+)? (?P<a>\d{4,5}) \b",
    )
});
static NOW_B: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?: this\ time | today | now | diesmal | heute | jetzt ) \s+
        (?: it\ is | it['’]s | it\ says | it\ shows | we\ get | i\ get | ist\ es | kommt | steht\ da )? \s* (?P<b>\d{4,5}) \b",
    )
});
static FAILURE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"fail | error | fehl | code | logon | sign | anmeld"));

fn pattern(verbose: &str) -> Option<Regex> {
    Regex::new(&format!("(?xi){verbose}")).ok()
}

/// Adds the numbers of a text that stand in contrast to an error. `tokens` are in order and apart, and stay so.
pub(super) fn add(text: &str, tokens: &mut Vec<Token>) {
    if text.len() > REMARK
        || !FAILURE
            .as_ref()
            .is_some_and(|failure| failure.is_match(text))
    {
        return;
    }
    let mut found = Vec::new();
    for pattern in [&NOT_A_BUT_B, &B_INSTEAD_OF_A] {
        for groups in pattern
            .iter()
            .flat_map(|pattern| pattern.captures_iter(text))
        {
            let (Some(a), Some(b)) = (groups.name("a"), groups.name("b")) else {
                continue;
            };
            if code(a.as_str()).is_some_and(|a| Some(a) != code(b.as_str())) {
                let last = a.end().max(b.end());
                found.extend(
                    code(b.as_str())
                        .filter(|_| is_end(text, last))
                        .map(|code| (b.range(), code)),
                );
            }
        }
    }
    for groups in NOW_B.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let Some(b) = groups.name("b") else { continue };
        let other = |code: &Code| {
            tokens
                .iter()
                .any(|token| is_error(&token.code) && token.code != *code)
        };
        let known = code(b.as_str()).filter(|code| is_end(text, b.end()) && other(code));
        found.extend(known.map(|code| (b.range(), code)));
    }
    for (range, code) in found {
        put(tokens, range, code);
    }
}

fn put(tokens: &mut Vec<Token>, range: Range<usize>, code: Code) {
    let at = tokens.partition_point(|token| token.range.end <= range.start);
    let is_free = tokens
        .get(at)
        .is_none_or(|next| range.end <= next.range.start);
    if is_free {
        tokens.insert(at, Token { range, code });
    }
}

/// The Windows error of a number, when it has a meaning here.
fn code(digits: &str) -> Option<Code> {
    let code = number(CodeSpace::Win32, digits.parse().ok()?);
    meaning(&code).map(|_| code)
}

fn is_error(code: &Code) -> bool {
    matches!(code.space, CodeSpace::Win32 | CodeSpace::Ntstatus) && meaning(code).is_some()
}

/// Whether the number ends what is said: no unit, no further digits.
fn is_end(text: &str, at: usize) -> bool {
    let behind = line_after(text, at, 8).trim_start_matches([' ', '"', '\'', ')', '”', '“']);
    let decimal = behind.starts_with(['.', ','])
        && behind[1..].starts_with(|next: char| next.is_ascii_digit());
    !decimal && !behind.starts_with(|next: char| next.is_alphanumeric() || "-/%€$".contains(next))
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use crate::evidence::{CodeSpace, Text, Weakened};

    /// The Win32 errors of a text that count.
    fn counted(text: &str) -> Vec<u32> {
        let seen = find(&Text::new(text.to_owned()), &[]).into_iter();
        let seen = seen.filter(|seen| seen.weakened != Some(Weakened::Denied));
        let win32 = seen.filter(|seen| seen.code.space == CodeSpace::Win32);
        win32.map(|seen| seen.code.value).collect()
    }

    #[test]
    fn a_number_in_contrast_to_an_error_is_one_too() {
        for text in [
            "Still fails: not 1326 but 1385",
            "The sign-in fails, no longer 1326, now 1385.",
            "Still failing, 1385 instead of error 1326",
            "Anmeldung schlägt weiter fehl: nicht mehr 1326, sondern 1385",
            "Fehler: statt 1326 jetzt 1385!",
            "we get 1385 instead of 1326, logon failed",
        ] {
            assert!(counted(text).contains(&1385), "{text}");
        }
        let later =
            "Yesterday it failed with error 1326. I reset the password, and this time it is 1385.";
        assert_eq!(counted(later), [1326, 1385]);
    }

    #[test]
    fn a_number_that_is_no_error_stays_one() {
        for text in [
            "not 1326 but 1385 rows failed",
            "Error in the order: not 1326 but 1385.50 euros",
            "The hall has not 1326 but 1385 seats",
            "not 4326 but 4385 failed",
            "error 1326, this time it is 2026",
            "It failed today 1385 times",
            "Now 1385 and all is well",
            "fails in line 1385 and not 1327b",
        ] {
            assert!(!counted(text).contains(&1385), "{text}");
        }
        let log = "INFO not 1326 but 1385\n".repeat(200);
        assert_eq!(counted(&format!("{log}error")), [0; 0]);
    }
}
