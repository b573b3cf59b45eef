//! Proof as a page shows it: the line that says so, with the proving words marked, and the way to it.

use std::ops::Range;

use crate::evidence::{Evidence, Proof, Text};
use crate::web::paths;

const AROUND: usize = 70;
const MARKED: usize = 280;
/// A marked line of an excerpt is shown whole up to so many letters; a mark behind them would stand outside the page.
const WIDE: usize = 110;

/// One proof, quoted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quote {
    /// The source's name.
    pub(crate) source: String,
    /// The line.
    pub(crate) line: usize,
    /// The way to the line.
    pub(crate) href: String,
    /// What stands before the proof in its line.
    pub(crate) before: String,
    /// The proof.
    pub(crate) marked: String,
    /// What stands after it.
    pub(crate) after: String,
    /// For a fact: what it says in words. `dsregcmd.AzureAdJoined is YES`.
    pub(crate) fact: Option<String>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its text.
    pub(crate) text: String,
    /// Whether it proves something.
    pub(crate) marked: bool,
}

/// A line of a source.
#[derive(Debug, Clone)]
pub(crate) struct LineView {
    /// From 1.
    pub(crate) number: usize,
    /// Its text in pieces.
    pub(crate) pieces: Vec<Piece>,
    /// Whether lines were left out before it.
    pub(crate) gap: bool,
    /// Whether a piece is marked.
    pub(crate) hit: bool,
}

/// Quotes a proof of the case of that id.
pub(crate) fn quote(evidence: &Evidence, proof: &Proof, case: &str) -> Quote {
    let index = evidence
        .sources
        .iter()
        .position(|source| source.name == proof.source);
    let text = index.map(|index| &evidence.sources[index].text);
    let (before, after) = text.map_or_else(Default::default, |text| surroundings(text, proof));
    Quote {
        source: proof.source.clone(),
        line: proof.line,
        href: index.map_or_else(String::new, |index| {
            place_address(case, index, proof.line, proof.start..proof.end)
        }),
        before,
        marked: middle_cut(&proof.text, MARKED),
        after,
        fact: says(proof),
    }
}

/// A fact in words, unless its line says the same already. Lines of the registry do not name their key.
fn says(proof: &Proof) -> Option<String> {
    let fact = proof.fact.as_ref()?;
    let value = match &proof.value {
        _ if proof.absent => return Some(format!("{fact} is not there")),
        Some(value) => value.to_string(),
        None => return Some(fact.clone()),
    };
    let name = fact.rsplit('.').next().unwrap_or(fact);
    let told = proof.text.contains(name) && proof.text.contains(&value);
    if told && !value.is_empty() && !fact.starts_with("registry.") {
        return None;
    }
    let value = if value.is_empty() { "empty" } else { &value };
    Some(format!("{fact} is {}", super::words::cut(value, 120)))
}

/// Quotes proofs, at most `most`.
pub(crate) fn quotes(evidence: &Evidence, proofs: &[Proof], case: &str, most: usize) -> Vec<Quote> {
    proofs
        .iter()
        .take(most)
        .map(|proof| quote(evidence, proof, case))
        .collect()
}

/// The address of a place in a source: the page that holds it, the bytes pointed out. Where there are none to point
/// out it is the line.
pub(crate) fn place_address(case: &str, source: usize, line: usize, bytes: Range<usize>) -> String {
    let Range { start, end } = bytes;
    let fragment = if start < end {
        "at".to_owned()
    } else {
        format!("L{line}")
    };
    let source = paths::case_source(case, source);
    format!("{source}?at={start}-{end}#{fragment}")
}

/// What proves something in a source, sorted and apart.
pub(crate) fn marks<'a>(
    source: &str,
    proofs: impl IntoIterator<Item = &'a Proof>,
) -> Vec<Range<usize>> {
    let mut ranges = proofs
        .into_iter()
        .filter(|proof| proof.source == source && proof.start < proof.end)
        .map(|proof| proof.start..proof.end)
        .collect::<Vec<_>>();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// The lines that marks touch with `around` lines on each side; the first lines where nothing is marked.
/// At most `most` lines.
pub(crate) fn excerpt(
    text: &Text,
    marks: &[Range<usize>],
    around: usize,
    most: usize,
) -> Vec<LineView> {
    let last = text.line_count();
    let mut wanted = Vec::new();
    if marks.is_empty() {
        wanted.extend(1..=last.min(around * 2));
    }
    for mark in marks {
        let from = text.line_of(mark.start).saturating_sub(around).max(1);
        let to = (text.line_of(mark.end.saturating_sub(1)) + around).min(last);
        let next = wanted.last().map_or(1, |line| line + 1);
        wanted.extend(from.max(next)..=to);
        if wanted.len() > most {
            break;
        }
    }
    wanted.truncate(most);
    let mut before = 0;
    let lines = wanted.into_iter().filter_map(|number| {
        let mut line = line_view(text, number, marks)?;
        line.gap = number > before + 1;
        show_marks(&mut line);
        before = number;
        Some(line)
    });
    lines.collect()
}

/// Leaves of a wide line what stands around its marks.
fn show_marks(line: &mut LineView) {
    let letters = line.pieces.iter().map(|piece| piece.text.chars().count());
    if !line.hit || letters.sum::<usize>() <= WIDE {
        return;
    }
    let last = line.pieces.len() - 1;
    for (at, piece) in line.pieces.iter_mut().enumerate() {
        if piece.marked {
            continue;
        }
        piece.text = match at {
            0 => end_of(&piece.text, AROUND / 2),
            _ if at == last => super::words::cut(&piece.text, AROUND),
            _ if piece.text.chars().count() <= AROUND => continue,
            _ => {
                let head = super::words::cut(&piece.text, AROUND / 2);
                head + &end_of(&piece.text, AROUND / 2).replacen('…', " ", 1)
            }
        };
    }
}

/// One line in pieces; over-long pieces lose their middle, and it is said how much.
pub(crate) fn line_view(text: &Text, number: usize, marks: &[Range<usize>]) -> Option<LineView> {
    let line = text.line(number)?;
    let (start, end) = (line.start, line.end());
    let mut pieces = Vec::new();
    let mut at = start;
    let first = marks.partition_point(|mark| mark.end <= start);
    for mark in marks[first..].iter().take_while(|mark| mark.start < end) {
        let from = mark.start.max(at);
        let to = mark.end.min(end).max(from);
        push(&mut pieces, text, at..from, false);
        push(&mut pieces, text, from..to, true);
        at = to;
    }
    push(&mut pieces, text, at..end, false);
    let hit = pieces.iter().any(|piece| piece.marked);
    Some(LineView {
        number,
        pieces,
        gap: false,
        hit,
    })
}

fn push(pieces: &mut Vec<Piece>, text: &Text, range: Range<usize>, marked: bool) {
    let Some(text) = text.as_str().get(range) else {
        return;
    };
    if !text.is_empty() {
        pieces.push(Piece {
            text: middle_cut(text, 400),
            marked,
        });
    }
}

fn surroundings(text: &Text, proof: &Proof) -> (String, String) {
    let whole = text.as_str();
    let first = text
        .line(text.line_of(proof.start))
        .map_or(proof.start, |line| line.start);
    let last = text
        .line(text.line_of(proof.end.saturating_sub(1).max(proof.start)))
        .map_or(proof.end, |line| line.end());
    let before = whole
        .get(first..proof.start)
        .unwrap_or_default()
        .trim_start();
    let after = whole.get(proof.end..last).unwrap_or_default().trim_end();
    (end_of(before, AROUND), super::words::cut(after, AROUND))
}

fn end_of(text: &str, most: usize) -> String {
    match text.char_indices().rev().nth(most - 1) {
        Some((at, _)) if at > 0 => format!("…{}", &text[at..]),
        _ => text.to_owned(),
    }
}

fn middle_cut(text: &str, most: usize) -> String {
    let all = text.chars().count();
    if all <= most {
        return text.to_owned();
    }
    let half = most / 2;
    let head = text.chars().take(half).collect::<String>();
    let tail = text.chars().skip(all - half).collect::<String>();
    let left_out = super::words::grouped(all - 2 * half);
    format!("{head} … {left_out} characters left out … {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Entries, Matcher, Source, Span};

    fn source(text: &str) -> Evidence {
        Evidence {
            sources: vec![Source {
                name: "paste".into(),
                round: 1,
                text: Text::new(text),
                kinds: Vec::new(),
                claimed: Vec::new(),
                entries: Entries::default(),
            }],
            ..Evidence::default()
        }
    }

    fn proof(evidence: &Evidence, words: &str) -> Proof {
        let text = &evidence.sources[0].text;
        let start = text.as_str().find(words).unwrap();
        evidence.prove(
            Matcher::Phrase,
            Span {
                source: 0,
                line: text.line_of(start),
                start,
                end: start + words.len(),
            },
        )
    }

    #[test]
    fn a_quote_holds_its_line_and_marks_the_proof() {
        let evidence = source("first\n  code: Broken, at 3\nlast");
        let quote = quote(&evidence, &proof(&evidence, "Broken"), "x");
        assert_eq!(
            (&*quote.before, &*quote.marked, &*quote.after),
            ("code: ", "Broken", ", at 3")
        );
        assert_eq!(quote.href, "/cases/x/sources/0?at=14-20#at");
    }

    #[test]
    fn overlapping_proofs_are_marked_once() {
        let evidence = source("one two three");
        let proofs = [
            proof(&evidence, "one two"),
            proof(&evidence, "two three"),
            proof(&evidence, "two"),
        ];
        let marks = marks("paste", &proofs);
        assert_eq!(marks, vec![0..13]);
    }

    #[test]
    fn pieces_of_a_line_join_to_the_line() {
        let text = Text::new("a bad thing and a bad end\r\nnext bad");
        let line = line_view(&text, 1, &[2..5, 18..21, 32..35]).unwrap();
        let joined = line
            .pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect::<String>();
        assert_eq!(joined, "a bad thing and a bad end");
        assert_eq!(line.pieces.iter().filter(|piece| piece.marked).count(), 2);
    }

    #[test]
    fn an_excerpt_shows_the_marked_lines_and_says_where_lines_are_missing() {
        let text = Text::new("1\n2\n3\n4\n5\n6\n7\n8\n9\nbad\n11\n12");
        let lines = excerpt(&text, std::slice::from_ref(&(18..21)), 1, 40);
        let numbers = lines.iter().map(|line| line.number).collect::<Vec<_>>();
        assert_eq!(numbers, [9, 10, 11]);
        assert!(lines[0].gap && !lines[1].gap && lines[1].hit);
    }

    #[test]
    fn an_excerpt_of_a_wide_line_begins_near_its_mark() {
        let wide = format!(
            "{} one {} two {}",
            "x".repeat(300),
            "y".repeat(300),
            "z".repeat(300)
        );
        let text = Text::new(wide);
        let lines = excerpt(&text, &[301..304, 606..609], 2, 40);
        let texts = lines[0].pieces.iter().map(|piece| piece.text.as_str());
        let texts = texts.collect::<Vec<_>>();
        assert_eq!((texts[1], texts[3]), ("one", "two"));
        assert!(
            texts[0].starts_with('…') && texts[0].ends_with("x "),
            "{texts:?}"
        );
        assert!(
            texts.iter().all(|text| text.chars().count() <= 80),
            "{texts:?}"
        );
        let narrow = Text::new("all of it is one line");
        let lines = excerpt(&narrow, std::slice::from_ref(&(10..13)), 2, 40);
        assert_eq!(lines[0].pieces[0].text, "all of it ");
    }

    #[test]
    fn a_very_long_line_stays_small() {
        let long = format!("{}bad{}", "x".repeat(10_000), "y".repeat(10_000));
        let line = line_view(&Text::new(long), 1, std::slice::from_ref(&(10_000..10_003))).unwrap();
        let size: usize = line.pieces.iter().map(|piece| piece.text.len()).sum();
        assert!(size < 1_200, "{size}");
        assert!(line.hit);
    }
}
