//! Values as people read them: dates, counts, verdicts, and which icon and colour goes with each.

use jiff::Timestamp;

use crate::actions::Covered;
use crate::evidence::CodeSpace;
use crate::guide::{OutcomeKind, Who};
use crate::rules::{Confidence, Severity, Verdict};
use crate::store::OutcomeName;

/// A field of a CSV file. One that a spreadsheet would take for a formula begins with a quote instead.
pub(crate) fn csv_field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// `21 Nov 2026, 14:02 UTC`.
pub(crate) fn moment(millis: i64) -> String {
    format(millis, "%-d %b %Y, %H:%M UTC")
}

/// `21 Nov 2026, 14:02:07 UTC`.
pub(crate) fn moment_to_the_second(millis: i64) -> String {
    format(millis, "%-d %b %Y, %H:%M:%S UTC")
}

/// `21 Nov 2026`.
pub(crate) fn day(millis: i64) -> String {
    format(millis, "%-d %b %Y")
}

/// `2026-11-21T14:02:00Z`, for `<time datetime>`.
pub(crate) fn machine_time(millis: i64) -> String {
    format(millis, "%Y-%m-%dT%H:%M:%SZ")
}

/// `1 rule`, `2 rules`.
pub(crate) fn count(number: usize, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{} {one}s", grouped(number))
    }
}

/// `12,345`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.2 MiB`: in the units of the limits.
pub(crate) fn bytes(number: usize) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    if number < 1024 {
        return count(number, "byte");
    }
    let mut unit = 0;
    let mut tenths = number * 10 / 1024;
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", grouped(tenths / 10), UNITS[unit])
    }
}

/// `a, b and c`.
pub(crate) fn listed(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., end] => format!("{} {last} {end}", most.join(", ")),
    }
}

/// At most so many characters, with an ellipsis where something was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// A small sign beside a word: an icon of the sprite and the colour that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sign {
    /// The symbol in the sprite.
    pub(crate) icon: &'static str,
    /// The class that colours it: `good`, `mind`, `bad` or `plain`.
    pub(crate) tone: &'static str,
    /// The word.
    pub(crate) word: &'static str,
}

const fn sign(icon: &'static str, tone: &'static str, word: &'static str) -> Sign {
    Sign { icon, tone, word }
}

/// How a verdict is shown.
pub(crate) fn verdict(verdict: Verdict) -> Sign {
    match verdict {
        Verdict::Matched => sign("alert", "bad", "Cause found"),
        Verdict::Ambiguous => sign("fork", "mind", "More than one cause fits"),
        Verdict::InsufficientEvidence => sign("half", "mind", "Not enough evidence yet"),
        Verdict::NoErrorFound => sign("check", "good", "No error found"),
        Verdict::Unmatched => sign("question", "plain", "No rule knows this"),
        Verdict::Unreadable => sign("file-off", "mind", "This could not be read"),
    }
}

/// How sure, in a word.
pub(crate) fn confidence(confidence: Confidence) -> Sign {
    match confidence {
        Confidence::Certain => sign("full", "plain", "certain"),
        Confidence::Likely => sign("half", "plain", "likely"),
        Confidence::Possible => sign("empty", "plain", "possible"),
    }
}

/// How bad, in a word.
pub(crate) fn severity(severity: Severity) -> Sign {
    match severity {
        Severity::Error => sign("alert", "bad", "Error"),
        Severity::Warning => sign("warning", "mind", "Warning"),
        Severity::Info => sign("info", "plain", "Good to know"),
    }
}

/// Who can do a step.
pub(crate) fn who(who: Who) -> &'static str {
    match who {
        Who::Administrator => "an administrator of the machine",
        Who::It => "the IT department",
        Who::Vendor => "the vendor's support",
    }
}

/// How a guide ends.
pub(crate) fn end(kind: OutcomeKind) -> Sign {
    match kind {
        OutcomeKind::Resolved => sign("check", "good", "Solved"),
        OutcomeKind::Escalate => sign("hand", "mind", "Hand this over"),
        OutcomeKind::Unsupported => sign("stop", "bad", "Not supported"),
        OutcomeKind::Continue => sign("arrow", "plain", "Go on with another rule"),
    }
}

/// How a case ended.
pub(crate) fn outcome(outcome: OutcomeName) -> Sign {
    match outcome {
        OutcomeName::Fixed => sign("check", "good", "Fixed"),
        OutcomeName::NotFixed => sign("cross", "bad", "Not fixed"),
        OutcomeName::Waiting => sign("clock", "mind", "Waiting for somebody else"),
        OutcomeName::Escalated => sign("hand", "mind", "Escalated"),
        OutcomeName::WrongCause => sign("cross", "bad", "Wrong cause"),
    }
}

/// That a case which had ended did not end after all.
pub(crate) fn open_again() -> Sign {
    sign("empty", "plain", "Open again")
}

/// How much of a piece of evidence is there.
pub(crate) fn covered(state: Covered) -> Sign {
    match state {
        Covered::Present => sign("full", "good", "There"),
        Covered::Partial => sign("half", "mind", "There in part"),
        Covered::Missing => sign("empty", "plain", "Not sent yet"),
    }
}

/// The family of a code.
pub(crate) fn space(space: CodeSpace) -> &'static str {
    match space {
        CodeSpace::Ntstatus => "NTSTATUS",
        CodeSpace::Win32 => "Win32 error",
        CodeSpace::Hresult => "HRESULT",
        CodeSpace::Sspi => "SSPI",
        CodeSpace::Kerberos => "Kerberos",
        CodeSpace::Reason => "event failure reason",
        CodeSpace::Aadsts => "Microsoft Entra",
        CodeSpace::Name => "product code",
    }
}

fn format(millis: i64, pattern: &str) -> String {
    Timestamp::from_millisecond(millis)
        .map(|time| time.strftime(pattern).to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_with_its_zone() {
        assert_eq!(moment(1_795_269_720_000), "21 Nov 2026, 14:02 UTC");
        assert_eq!(day(1_795_269_720_000), "21 Nov 2026");
        assert_eq!(machine_time(1_795_269_720_000), "2026-11-21T14:02:00Z");
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(count(1, "rule"), "1 rule");
        assert_eq!(count(12_345, "rule"), "12,345 rules");
    }

    #[test]
    fn sizes_have_two_digits_that_say_something() {
        assert_eq!(bytes(1), "1 byte");
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_250), "1.2 KiB");
        assert_eq!(bytes(31 * 1024 * 1024 + 5_000), "31 MiB");
        assert_eq!(bytes(1024 * 1024), "1.0 MiB");
    }

    #[test]
    fn cutting_never_splits_a_character() {
        assert_eq!(cut("äöü", 2), "äö…");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
