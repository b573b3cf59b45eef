//! Errors of a log that a further attempt overcame.
//!
//! ```text
//! 06:00:41 attempt 1/3 returned UIFlowAlreadyRunning, waiting 60 s
//! 06:01:42 attempt 2/3 accepted
//! 06:19:12 run finished status=Succeeded
//! ```

use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{has_it_now, pattern, says};

/// So far behind an error its success is looked for, in bytes.
const BEHIND: usize = 8 * 1024;
/// Lines longer than this are no lines of such a log.
const LONGEST: usize = 400;

/// A line of a log.
static TIMED: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"^ .{0,30} \d{1,2}:\d{2}:\d{2}"));

/// Numbers an attempt.
static NUMBERED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [^:\n]{0,40} \b \p{L}* (?: attempt | try | versuch | tentative | intento | 試行 | 回目 ) \s* (?: nr\.? | no\.? | n° | \# )? \s* \d | ^ \W* \d{1,2} \s? (?: 回目 | (?:st|nd|rd|th|\.|º|e)\ (?:attempt|try|versuch|tentative|essai|intento) \b )",
    )
});

/// Says that it is tried again.
static TRIED_AGAIN: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: attempt \s \#?\d | (?:will\s)? retry(?:ing)? (?: \s (?:in|after|no|nr|\#)? \s* \d | \s* [,;.)]? $ | \s later ) | (?:neuer\s)? versuch \s (?:nr\.?\s)? \d | wiederhole \b | wiederholung \s (?:in\s)? \d
            | (?:nouvelle\s)? tentative \s (?:n°\s?)? \d | reintento \s \d | intento \s \d ) | 再試行 (?:します|中|\s*\d)",
    )
});

/// Says that it went well.
static SUCCEEDED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: succeeded | successful(?:ly)? | attempt \s \#?\d+ (?:/\d+)? \s (?:was\s)? (?:accepted|ok) | status=(?:ok|success|completed) | erfolgreich | réussie? | avec \s succès | con \s éxito | correctamente ) \b | 成功 | 正常終了",
    )
});

/// Says that it did not.
static FAILED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: fail | fails | failed | failure | error | fatal | aborted | giv(?:es?|ing)\ up | gave\ up | exhausted | not \s (?:\w+\s)? success\w* | unsuccessful\w* | fehlgeschlagen | fehler | abgebrochen | nicht \s erfolgreich | aufgegeben | échec | échoué | erreur | falló | fallido | sin \s éxito ) \b | 失敗 | エラー",
    )
});

/// What a line is about: `flow=Invoices`.
static SUBJECT: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"\b (?:flow|job|run|process|bot|task|queue|workflow) = [^\s,;]+"));

/// Whether the error at this place stands in a line of a log that says that it is tried again, and the next that is told of
/// the same is a success.
pub(super) fn succeeded_later(text: &str, place: &Range<usize>) -> bool {
    let near = text.ceil_char_boundary(place.start.saturating_sub(LONGEST));
    let line_break = text[near..place.start].rfind('\n');
    if line_break.is_none() && near > 0 {
        return false;
    }
    let line_start = line_break.map_or(0, |at| near + at + 1);
    let end = text.floor_char_boundary((place.end + BEHIND).min(text.len()));
    let mut lines = text[line_start..end].lines();
    let own = lines.next().unwrap_or_default();
    let timed = says(&TIMED, own) && says(&TRIED_AGAIN, own);
    let numbered = !timed && own.len() <= LONGEST && says(&NUMBERED, own);
    if !timed && !numbered {
        return false;
    }
    let shape = if timed { &TIMED } else { &NUMBERED };
    let subject = SUBJECT.as_ref().and_then(|subject| subject.find(own));
    let subject = subject.map(|subject| subject.as_str());
    let mut told = lines.filter(|line| says(shape, line));
    let next = told.find(|line| {
        subject.is_none_or(|subject| line.contains(subject))
            && (says(&SUCCEEDED, line) || says(&FAILED, line))
    });
    next.is_some_and(|line| says(&SUCCEEDED, line) && !says(&FAILED, line))
        && !is_complained_of(text)
}

/// Whether a person writes beside the log that it happens.
fn is_complained_of(text: &str) -> bool {
    let head = &text[..text.floor_char_boundary(BEHIND.min(text.len()))];
    let mut words = head.lines().filter(|line| !says(&TIMED, line));
    words.any(|line| line.contains('?') || has_it_now(line, &[]))
}

#[cfg(test)]
mod tests {
    use super::succeeded_later;

    fn of(text: &str) -> bool {
        let start = text.find("BadLogon").expect("the sample names an error");
        succeeded_later(text, &(start..start + 8))
    }

    #[test]
    fn what_a_further_attempt_overcame_is_no_report() {
        for text in [
            "06:00:41 attempt 1/3 returned BadLogon, waiting 60 s\n06:01:42 attempt 2/3 accepted\n06:19:12 run finished status=Succeeded",
            "2026-01-02T04:10:02Z flow=A WARN BadLogon, retry 1\n2026-01-02T04:11:04Z flow=A session created\n2026-01-02T04:12:04Z flow=B ERROR NoListener\n2026-01-02T04:12:09Z flow=B Failed\n2026-01-02T04:26:30Z flow=A Succeeded",
            "Start 03:00:00\nAnmeldeversuch 1: BadLogon\nAnmeldeversuch 2 (nach 30 s): erfolgreich\nLauf beendet",
            "Attempt #1 -> BadLogon\nAttempt #2 -> successful, session 4",
            "05:00:01 BadLogon, Versuch 1\n05:02:01 Lauf erfolgreich beendet",
        ] {
            assert!(of(text), "{text}");
        }
    }

    #[test]
    fn what_stayed_or_is_complained_of_is_a_report() {
        for text in [
            "06:00:41 attempt 1/3 returned BadLogon, waiting 60 s\n06:01:42 attempt 2/3 returned BadLogon\n06:19:12 run failed",
            "06:00:41 attempt 1/3 returned BadLogon, waiting 60 s",
            "06:00:41 BadLogon\n06:01:42 other run Succeeded",
            "Versuch 1 BadLogon\nVersuch 2 BadLogon\nMaschine ist an",
            "run 1 succeeded\nrun 2 BadLogon\nrun 3 succeeded",
            "04:10:02 flow=A WARN BadLogon, retry 1\n04:26:30 flow=B Succeeded\n04:27:00 flow=A Failed",
            "06:00:41 attempt 1/3 returned BadLogon\n06:05:00 error: giving up\n06:19:12 next run Succeeded",
            "Why does this happen each day?\n06:00:41 attempt 1/3 returned BadLogon\n06:19:12 run Succeeded",
            "06:00:41 attempt 1/3 returned BadLogon\n06:19:12 run was not successful",
        ] {
            assert!(!of(text), "{text}");
        }
    }
}
