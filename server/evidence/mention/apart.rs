//! Which part of a text is about one error, where the rest is said to be about another.
//!
//! ```text
//! Erledigt (Oktober): 0xC000006A, Kennwort geändert.        each line with a label is a part
//! Offen (heute): niemand kann sich anmelden
//!
//! Last month 0xC000006A, that was fixed. New since Tuesday, something else: …       the part before "something else"
//! ```

use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{last_sentence, paragraph, pattern, says};

/// Opens a line of a report on several things.
static LABEL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [\s\-*•·]* (?-i:\p{Lu}) [\p{L}\d] [\p{L}\d\ ./&_-]{0,30} (?: \( [^()\n]{1,20} \) )? : [*_]* \s+ \S",
    )
});

/// Says that something else follows.
static SOMETHING_ELSE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: something \s (?:else|new|different) | (?:a|an|this\ is\ a|now\ a) \s (?:different|new|second|other|another) \s (?:error|problem|issue|one|message) | another \s (?:error|problem|issue|message)
          | (?:etwas|was) \s (?:anderes|neues) | (?:ein|einen|jetzt\ ein) \s (?:anderer|anderen|neuer|neuen|anderes|neues) \s (?:fehler|problem) | (?:une\s)? autre \s (?:chose|erreur|problème) | otra \s cosa | otro \s (?:error|problema) )\b | 別の(?:エラー|問題)",
    )
});

/// Says of the same error that it came back, or stayed.
static RETURNED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: (?:is|are|was|do|does|we|it|i|they|and|but|he|she|that|this) \s still | still \s (?:there|the|get|see|fails?|failing|not|no|comes?|says?|have|has|happens?|here|exists?|broken) | again | keeps | (?:is|are|came|comes) \s back | returned | same \s (?:error|problem|code|message|issue) | immer\ noch | weiterhin | wieder\b | noch\ (?:da|offen) | derselbe | dieselbe | toujours | encore | de\ nouveau | revenue? | sigue | otra\ vez | de\ nuevo | el\ mismo )\b | 再発 | 再び | まだ",
    )
});

/// The part of the text that is about the error at this place; nothing where the text is about one error, or where the
/// rest says that this one is there.
pub(super) fn part(whole: &str, place: &Range<usize>) -> Option<Range<usize>> {
    let part = labelled_line(whole, place.start).or_else(|| before_something_else(whole, place))?;
    unless_back(whole, part)
}

/// This part, where the rest does not say that its error is there.
pub(super) fn unless_back(whole: &str, part: Range<usize>) -> Option<Range<usize>> {
    let rest = [&whole[..part.start], &whole[part.end..]];
    (!rest.iter().any(|rest| says(&RETURNED, rest))).then_some(part)
}

/// The line with a label that holds a place, with those that go on without one, where its paragraph has other labels.
fn labelled_line(whole: &str, at: usize) -> Option<Range<usize>> {
    let start = whole.len() - paragraph(whole, at).len();
    let gap = ["\n\n", "\r\n\r\n"];
    let ends = gap.iter().filter_map(|gap| whole[at..].find(gap));
    let end = ends.min().map_or(whole.len(), |end| at + end);
    let mut parts = Vec::new();
    let mut line_start = start;
    for line in whole[start..end].split_inclusive('\n') {
        if says(&LABEL, line) {
            parts.push(line_start);
        }
        line_start += line.len();
    }
    let own = parts.iter().rposition(|part| *part <= at)?;
    let next = parts.get(own + 1).copied().unwrap_or(end);
    (parts.len() > 1).then_some(parts[own]..next)
}

/// What stands before the sentence that speaks of something else.
fn before_something_else(whole: &str, place: &Range<usize>) -> Option<Range<usize>> {
    let other = SOMETHING_ELSE.as_ref()?.find(&whole[place.end..])?;
    let head = &whole[..place.end + other.start()];
    let end = head.len() - last_sentence(head).len();
    (end >= place.end).then_some(0..end)
}
