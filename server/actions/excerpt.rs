//! What a case keeps of a round that is larger than it may be: the lines around everything that was found, then as much
//! of each text's beginning as there is room for.
//!
//! What is kept is read and judged anew, so that a case shows the same when it is opened and ever after.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::evidence::{Evidence, Problem, Proof, Round, Source, Span, read_texts};

/// Lines before and behind what was found.
const AROUND: usize = 20;

/// The evidence within `room` bytes, and what is said about the rest.
pub(super) fn excerpt(
    whole: &Evidence,
    proofs: &[&Proof],
    room: usize,
    round: Round,
) -> (Evidence, Vec<Problem>) {
    let shares = shares(whole, room);
    let mut texts = Vec::new();
    let mut said = Vec::new();
    for (at, (source, share)) in whole.sources.iter().zip(shares).enumerate() {
        let text = source.text.as_str();
        if text.len() <= share {
            texts.push((source.name.clone(), text.to_owned()));
            continue;
        }
        // A list with a hole in it would prove that things are absent which stood in the hole.
        let scopes = whole.scopes.iter().filter(|scope| scope.span.source == at);
        let kept = match scopes.map(|scope| scope.span.start).min() {
            Some(first) => {
                let end = beginning(source, share.min(first));
                [end]
                    .into_iter()
                    .filter(|range| !range.is_empty())
                    .collect()
            }
            None => ranges(source, &found_in(whole, proofs, at), share),
        };
        said.push(Problem {
            source: source.name.clone(),
            line: None,
            what: told(source, &kept),
        });
        if !kept.is_empty() {
            let pieces = kept.iter().map(|range| &text[range.clone()]);
            // An empty line keeps apart what did not stand together.
            texts.push((source.name.clone(), pieces.collect::<Vec<_>>().join("\n")));
        }
    }
    (read_texts(texts, round), said)
}

/// How many bytes each source may keep: small ones all, the large ones equal parts of what is left.
fn shares(whole: &Evidence, room: usize) -> Vec<usize> {
    let sizes = whole
        .sources
        .iter()
        .map(|source| source.text.as_str().len());
    let mut order = sizes.enumerate().collect::<Vec<_>>();
    order.sort_by_key(|(_, size)| *size);
    let mut shares = vec![0; order.len()];
    let mut left = room;
    for (done, (at, size)) in order.iter().enumerate() {
        let share = (*size).min(left / (order.len() - done));
        shares[*at] = share;
        left -= share;
    }
    shares
}

/// What was found in a source: proofs first, then facts, events and codes.
fn found_in(whole: &Evidence, proofs: &[&Proof], source: usize) -> Vec<Range<usize>> {
    let name = &whole.sources[source].name;
    let proofs = proofs.iter().filter(|proof| proof.source == *name);
    let mut found = proofs
        .map(|proof| proof.start..proof.end)
        .collect::<Vec<_>>();
    let mut add = |span: Span| {
        if span.source == source {
            found.push(span.start..span.end);
        }
    };
    whole.scopes.iter().for_each(|scope| add(scope.span));
    whole.facts.iter().for_each(|fact| add(fact.span));
    whole.events.iter().for_each(|event| add(event.span));
    whole.codes.iter().for_each(|seen| add(seen.span));
    found
}

/// The ranges that are kept: whole lines, sorted and apart, `share` bytes together at most.
fn ranges(source: &Source, found: &[Range<usize>], share: usize) -> Vec<Range<usize>> {
    let text = &source.text;
    let mut kept = BTreeMap::new();
    // What is found may take half; the other half is for the beginning, which says what the text is.
    let mut left = share / 2;
    for range in found {
        let before = kept.range(..=range.start).next_back();
        if before.is_some_and(|(_, end)| range.end <= *end) {
            continue;
        }
        let first = text.line_of(range.start).saturating_sub(AROUND).max(1);
        let last = text.line_of(range.end.max(range.start + 1) - 1) + AROUND;
        let lines = text.range_of_lines(first, last.min(text.line_count()));
        let wanted = with_claimed(source, lines);
        let cost = wanted.len() + 1;
        if cost <= left {
            left -= cost;
            kept.insert(wanted.start, wanted.end);
        }
    }
    let beginning = beginning(source, share - share / 2 + left);
    let mut kept = kept
        .into_iter()
        .map(|(start, end)| start..end)
        .collect::<Vec<_>>();
    if !beginning.is_empty() {
        kept.push(beginning);
    }
    joined(kept)
}

/// A block that a reader claimed is kept whole: with a hole in it, it would seem to lack what it says.
fn with_claimed(source: &Source, mut range: Range<usize>) -> Range<usize> {
    let from = source
        .claimed
        .partition_point(|claimed| claimed.end <= range.start);
    for claimed in &source.claimed[from..] {
        if claimed.start >= range.end {
            break;
        }
        range = range.start.min(claimed.start)..range.end.max(claimed.end);
    }
    range
}

/// The beginning in so many bytes, up to the end of a line and not into a claimed block.
fn beginning(source: &Source, most: usize) -> Range<usize> {
    let text = source.text.as_str();
    let most = text.floor_char_boundary(most);
    let mut end = text[..most].rfind('\n').map_or(0, |at| at + 1);
    if let Some(claimed) = source
        .claimed
        .iter()
        .find(|claimed| claimed.start < end && end < claimed.end)
    {
        end = claimed.start;
    }
    0..end
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match apart.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

fn told(source: &Source, kept: &[Range<usize>]) -> String {
    /// So many pieces are named.
    const NAMED: usize = 8;
    let text = &source.text;
    let pieces = kept.iter().take(NAMED).map(|range| {
        let last = text.line_of(range.end.max(1) - 1);
        format!("{} to {last}", text.line_of(range.start))
    });
    let pieces = pieces.collect::<Vec<_>>().join(", ");
    let more = match kept.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more pieces"),
    };
    if kept.is_empty() {
        "Not kept: a case holds at most 32 MiB of text. Open a new case for it.".to_owned()
    } else {
        format!(
            "A case holds at most 32 MiB of text: of the {} lines of this text it keeps {pieces}{more}, around what was found in it.",
            text.line_count()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_kept_and_the_beginning() {
        let lines = (0..50_000).map(|number| format!("line {number}\n"));
        let mut log = lines.collect::<Vec<_>>().concat();
        log.push_str("the run failed with 0xC000015B\n");
        log.push_str(&"more\n".repeat(50_000));
        let texts = vec![
            ("small".to_owned(), "few".to_owned()),
            ("log".to_owned(), log),
        ];
        let whole = read_texts(texts, 1);
        let (kept, said) = excerpt(&whole, &[], 20_000, 1);
        assert_eq!(kept.sources[0].text.as_str(), "few");
        let text = kept.sources[1].text.as_str();
        assert!(
            text.len() <= 20_000 && text.len() > 15_000,
            "{}",
            text.len()
        );
        assert!(text.starts_with("line 0\nline 1\n"));
        assert!(text.contains("line 49999\nthe run failed with 0xC000015B\nmore\n"));
        assert_eq!(kept.codes.len(), 1);
        assert_eq!(said.len(), 1);
        assert!(said[0].what.contains("49981 to 50021"), "{}", said[0].what);
    }

    #[test]
    fn a_list_is_never_kept_with_a_hole_in_it() {
        let keys = (0..3000)
            .map(|n| format!("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Fabrikam\\{n}]\n\"A\"=dword:1\n\n"));
        let text = format!(
            "Windows Registry Editor Version 5.00\n\n{}",
            keys.collect::<String>()
        );
        let whole = read_texts(vec![("a.reg".to_owned(), text)], 1);
        assert!(!whole.scopes.is_empty());
        let (kept, said) = excerpt(&whole, &[], 5000, 1);
        assert!(kept.scopes.is_empty() && said.len() == 1);
    }
}
