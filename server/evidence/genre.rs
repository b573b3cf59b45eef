//! What kind of writing an error stands in: source code, a query, a glossary, a list of changes. Such writing names errors
//! that did not happen.
//!
//! ```text
//! case 'WindowsIdentityIncorrect': return false;                source code
//! SecurityEvent | where SubStatus == "0xC0000072"               a query
//! | WindowsIdentityIncorrect | 401 | ask for the password |     a row of a glossary, beside rows of other codes
//! - Fixed: 0xC000015B is shown in words                         one of several changes
//! ```
//!
//! A table or list with a time, a machine or a run in its rows is a log, and its errors happened.

use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::mention::{pattern, says};

mod detection;
mod glossary;
mod settings;
mod source;

pub use detection::is_search;

/// So many lines on either side are looked at.
const AROUND: usize = 12;
/// A line longer than this is no line that a person wrote.
const LONGEST: usize = 400;
/// So far around an error its lines are looked for, in bytes.
const WINDOW: usize = 4_096;
/// So many rows of one shape make a table.
const ROWS: usize = 3;
/// So many codes, each with its explanation, make a list of them; three may be what happened in a night.
const EXPLANATIONS: usize = 4;

/// Whether the error at this place of a text stands in writing that only names errors.
pub fn only_names_errors(text: &str, entry: &Range<usize>, place: &Range<usize>) -> bool {
    let Some(lines) = Lines::around(text, entry, place) else {
        return false;
    };
    let place = place.start - lines.own_start..place.end - lines.own_start;
    settings::is_configured(&lines, &place)
        || detection::is_rule(&lines)
        || lines.own.len() <= LONGEST && is_written_by_hand(&lines, &place)
        || lines.is_row_of_a_page() && glossary::is_row_of_a_glossary(&lines, &place)
}

/// The kinds that people write, and programs do not.
fn is_written_by_hand(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    source::is_source_code(lines, place)
        || settings::is_query(lines)
        || settings::is_tuple(lines, place)
        || settings::is_text_of_a_program(lines)
        || glossary::explains(lines, place)
        || is_change(lines)
}

/// The line that an error stands in, and those around it, up to the next empty line for those that belong to it.
struct Lines<'t> {
    own: &'t str,
    own_start: usize,
    /// All of the window before it.
    above: &'t str,
    /// The whole window.
    around: &'t str,
    /// Nearest first.
    before: Vec<&'t str>,
    /// Nearest first.
    behind: Vec<&'t str>,
}

impl<'t> Lines<'t> {
    /// Nothing where the place reaches over the end of its line.
    fn around(text: &'t str, entry: &Range<usize>, place: &Range<usize>) -> Option<Self> {
        if place.start < entry.start || place.end > entry.end {
            return None;
        }
        // No line of megabytes is walked for each error in it.
        let from = text.ceil_char_boundary(entry.start.max(place.start.saturating_sub(WINDOW)));
        let to = text.floor_char_boundary(entry.end.min(place.end + WINDOW));
        let head = &text[from..place.start];
        let own_start = head.rfind('\n').map_or(from, |end| from + end + 1);
        let tail = &text[place.end..to];
        let own_end = tail.find('\n').map_or(to, |end| place.end + end);
        let own = text[own_start..own_end].trim_end_matches('\r');
        if own.contains('\n') || place.end - own_start > own.len() {
            return None;
        }
        let before = text[from..own_start].lines().rev();
        let behind = text[own_end..to].lines().skip(1);
        Some(Self {
            own,
            own_start,
            above: &text[from..own_start],
            around: &text[from..to],
            before: before.take(AROUND).collect(),
            behind: behind.take(AROUND).collect(),
        })
    }

    /// A row of a table in Markdown, where a cell holds whole paragraphs.
    fn is_row_of_a_page(&self) -> bool {
        let own = self.own.trim();
        own.starts_with('|') && own.ends_with('|')
    }

    /// The line above that it is indented under.
    fn heads_indented(&self) -> Option<&'t str> {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let own = indent(self.own);
        let mut above = self.above.lines().rev();
        above.find(|line| !line.trim().is_empty() && indent(line) < own)
    }

    /// The lines of the same block in order, with the place of its own line among them. An empty line ends a block.
    fn block(&self) -> (Vec<&'t str>, usize) {
        let holds = |line: &&&str| !line.trim().is_empty();
        let lines = self.before.iter().take_while(holds).copied();
        let mut lines = lines.collect::<Vec<_>>();
        lines.reverse();
        let own = lines.len();
        lines.push(self.own);
        lines.extend(self.behind.iter().take_while(holds));
        (lines, own)
    }
}

/// Tells when, or of which run or ticket.
static TIME: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b\d{1,2}:\d{2}\b | \b\d{4}-\d{2}-\d{2} | \b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b | \b[0-9a-f]{8}-[0-9a-f]{4}- | \b(?:inc|tkt|req|chg)[-_]?\d{3,} | \b(?:failed|faulted|running|succeeded|fehlgeschlagen|échoué)\b \s* (?:$|[|;,\t])",
    )
});

fn is_row(line: &str, separator: char) -> bool {
    let cells = line.matches(separator).count();
    cells >= if separator == '|' { 2 } else { 1 }
}

fn bare(cell: &str) -> &str {
    cell.trim_matches(|letter: char| letter.is_whitespace() || "\"'`*_".contains(letter))
}

/// One token that names an error: a number of some length, or a name of several words in one.
fn is_code(cell: &str) -> bool {
    let token = !cell.is_empty()
        && cell
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    let number = cell
        .strip_prefix("0x")
        .is_some_and(|digits| digits.len() >= 3)
        || (cell.len() >= 3
            && cell
                .trim_start_matches('-')
                .chars()
                .all(|letter| letter.is_ascii_digit()))
        || (cell.len() >= 2
            && cell.starts_with(|letter: char| letter.is_ascii_digit())
            && cell.chars().all(|letter| letter.is_ascii_hexdigit()))
        || cell.starts_with("AADSTS");
    let capitals = cell.chars().filter(char::is_ascii_uppercase).count();
    let name = cell.starts_with(|letter: char| letter.is_ascii_uppercase())
        && capitals >= 2
        && cell.len() >= 8;
    token && (number || name)
}

/// An entry of a list of changes.
static CHANGE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:[-*•+]|\d+[.)])\s* \W* (?:fix(?:ed|es)?|bug\s?fix|improved?|improvement|changed?|added|adds|removed?|new|deprecated?|updated?|security|feat|chore|behoben|korrigiert|verbessert|geändert|neu|entfernt|hinzugefügt|corrigé|ajouté|amélioré|modifié|supprimé|corregido|añadido|mejorado|cambiado|eliminado|修正|追加|変更|改善|削除) (?:\W|$|しま|されま|し|さ)",
    )
});

/// One of at least two changes in one list, or of a list of changes.
fn is_change(lines: &Lines<'_>) -> bool {
    let item = lines
        .own
        .trim_start()
        .starts_with(['-', '*', '•', '+', '・']);
    let (block, _) = lines.block();
    let changes = block.iter().filter(|line| says(&CHANGE, line)).count();
    let own = says(&CHANGE, lines.own);
    (own || item) && changes >= 2
}

#[cfg(test)]
mod tests;
