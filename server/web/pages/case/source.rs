//! One source as a whole, page by page, its proofs marked and every place in it to be pointed at.

use std::ops::Range;

use askama::Template;

use super::context::Context;
use super::details::all_proofs;
use crate::actions::CaseView;
use crate::evidence::Text;
use crate::web::pages::paging::Pages;
use crate::web::pages::proof::{marks, place_address};
use crate::web::pages::{Frame, words};
use crate::web::paths;

/// Lines longer than this are wrapped instead of running out of sight.
const LONG: usize = 400;
/// So many proofs on other pages are named.
const ELSEWHERE: usize = 12;

/// Which part of a source is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// A page, from 1.
    pub(crate) page: Option<usize>,
    /// The page that holds this line, from 1.
    pub(crate) line: Option<usize>,
    /// The page that holds these bytes, which are pointed out: `120-160`.
    pub(crate) at: Option<Range<usize>>,
}

/// One source.
#[derive(Template)]
#[template(path = "cases/source.html")]
pub(crate) struct SourcePage {
    frame: Frame,
    case: String,
    name: String,
    /// `Round 1, 12,345 lines, 1.2 MiB, dsregcmd /status`.
    about: String,
    /// `Lines 1 to 400`, or which bytes of a line.
    shown: String,
    rows: Vec<Row>,
    proofs: Vec<(String, String)>,
    pager: Pager,
}

/// The ways to other pages.
#[derive(Debug)]
struct Pager {
    address: String,
    page: usize,
    pages: usize,
    lines: usize,
}

/// A line, or what of it is on this page.
#[derive(Debug)]
struct Row {
    number: usize,
    /// It began on an earlier page.
    continued: bool,
    long: bool,
    hit: bool,
    pieces: Vec<RowPiece>,
}

/// Consecutive letters of one kind.
#[derive(Debug)]
struct RowPiece {
    text: String,
    /// It proves something.
    marked: bool,
    /// It is what the address points at.
    pointed_at: bool,
    /// The place that the address leads to.
    first: bool,
}

impl Part {
    /// `120-160` as the bytes from 120 up to 160.
    pub(crate) fn bytes(text: &str) -> Option<Range<usize>> {
        let (start, end) = text.split_once('-')?;
        let (start, end) = (start.parse().ok()?, end.parse().ok()?);
        (start <= end).then_some(start..end)
    }

    fn page_of(&self, text: &Text) -> usize {
        let pages = Pages::of(text);
        let start = self.at.as_ref().map(|at| at.start).or_else(|| {
            let line = self.line?.clamp(1, text.line_count());
            text.line(line).map(|line| line.start)
        });
        let page = start.map_or(self.page.unwrap_or(1), |start| pages.page_of(start));
        page.clamp(1, pages.count())
    }
}

impl Pager {
    /// The way to the page before this one.
    fn earlier(&self) -> Option<String> {
        (self.page > 1).then(|| self.to(self.page - 1))
    }

    /// The way to the page behind this one.
    fn later(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.to(self.page + 1))
    }

    fn to(&self, page: usize) -> String {
        format!("{}?page={page}", self.address)
    }

    /// `Page 2 of 1,024`.
    fn position(&self) -> String {
        let (page, pages) = (words::grouped(self.page), words::grouped(self.pages));
        format!("Page {page} of {pages}")
    }
}

impl SourcePage {
    /// A page of source `number` (from 0); `None` when there is no such source.
    pub(crate) fn new(view: &CaseView, number: usize, part: &Part) -> Option<Self> {
        let context = Context { view, base: "" };
        let source = context.evidence().sources.get(number)?;
        let text = &source.text;
        let proofs = all_proofs(&context);
        let marks = marks(&source.name, &proofs);
        let page = part.page_of(text);
        let pages = Pages::of(text);
        let range = pages.range(page);
        let elsewhere = marks
            .iter()
            .filter(|mark| !range.contains(&mark.start))
            .take(ELSEWHERE)
            .map(|mark| {
                let line = text.line_of(mark.start);
                let words = format!("line {}", words::grouped(line));
                (
                    words,
                    place_address(context.id(), number, line, mark.clone()),
                )
            });
        let kinds = source.kinds.iter().map(|kind| format!(", {kind}"));
        Some(Self {
            frame: Frame::new(&source.name, context.release()),
            case: paths::case(context.id()),
            name: source.name.clone(),
            about: format!(
                "Round {}, {}, {}{}",
                source.round,
                words::count(text.line_count(), "line"),
                words::bytes(text.as_str().len()),
                kinds.collect::<String>()
            ),
            shown: shown(text, &range),
            proofs: elsewhere.collect(),
            rows: rows(text, &range, &marks, part.at.as_ref()),
            pager: Pager {
                address: paths::case_source(context.id(), number),
                page,
                pages: pages.count(),
                lines: text.line_count(),
            },
        })
    }
}

fn shown(text: &Text, page: &Range<usize>) -> String {
    let first = text.line_of(page.start);
    let last = text.line_of(page.end.saturating_sub(1).max(page.start));
    let start = text.line(first).map_or(0, |line| line.start);
    if first < last {
        return format!(
            "Lines {} to {}",
            words::grouped(first),
            words::grouped(last)
        );
    }
    let whole = text.line(first).map_or(0, |line| line.text.len());
    let (from, to) = (page.start - start, page.end - start);
    if from == 0 && to >= whole {
        return format!("Line {}", words::grouped(first));
    }
    format!(
        "Line {}, its bytes {} to {} of {}",
        words::grouped(first),
        words::grouped(from + 1),
        words::grouped(to.min(whole)),
        words::grouped(whole)
    )
}

fn rows(
    text: &Text,
    page: &Range<usize>,
    marks: &[Range<usize>],
    at: Option<&Range<usize>>,
) -> Vec<Row> {
    let last = text.line_of(page.end.saturating_sub(1).max(page.start));
    let rows = (text.line_of(page.start)..=last).filter_map(|number| {
        let line = text.line(number)?;
        let range = line.start.max(page.start)..line.end().min(page.end);
        if range.start > range.end {
            return None;
        }
        let pieces = pieces(text, &range, marks, at);
        Some(Row {
            number,
            continued: line.start < page.start,
            long: range.len() > LONG,
            hit: pieces.iter().any(|piece| piece.marked || piece.pointed_at),
            pieces,
        })
    });
    rows.collect()
}

fn pieces(
    text: &Text,
    row: &Range<usize>,
    marks: &[Range<usize>],
    at: Option<&Range<usize>>,
) -> Vec<RowPiece> {
    let touching = marks.partition_point(|mark| mark.end <= row.start);
    let marks = marks[touching..]
        .iter()
        .take_while(|mark| mark.start < row.end);
    let marks = marks.collect::<Vec<_>>();
    let mut cuts = vec![row.start, row.end];
    for range in marks.iter().copied().chain(at) {
        cuts.extend([range.start, range.end]);
    }
    cuts.retain(|cut| row.start <= *cut && *cut <= row.end && text.as_str().is_char_boundary(*cut));
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).filter_map(|cut| {
        let (start, end) = (cut[0], cut[1]);
        let inside = |range: &Range<usize>| range.start <= start && end <= range.end;
        Some(RowPiece {
            text: text.as_str().get(start..end)?.to_owned(),
            marked: marks.iter().any(|mark| inside(mark)),
            pointed_at: at.is_some_and(inside),
            first: at.is_some_and(|at| at.start == start && inside(at)),
        })
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_an_address_are_two_numbers_in_order() {
        assert_eq!(Part::bytes("120-160"), Some(120..160));
        for wrong in ["", "1", "2-1", "-1-2", "a-b", "1-99999999999999999999"] {
            assert_eq!(Part::bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_proves_and_what_is_pointed_at_may_overlap() {
        let text = Text::new("one two three four\nnext");
        let rows = rows(
            &text,
            &(0..23),
            std::slice::from_ref(&(4..13)),
            Some(&(8..18)),
        );
        let pieces = rows[0].pieces.iter().map(|piece| {
            let kind = (piece.marked, piece.pointed_at, piece.first);
            (piece.text.as_str(), kind)
        });
        assert_eq!(
            pieces.collect::<Vec<_>>(),
            [
                ("one ", (false, false, false)),
                ("two ", (true, false, false)),
                ("three", (true, true, true)),
                (" four", (false, true, false)),
            ]
        );
        assert!(rows[0].hit && !rows[1].hit);
    }

    #[test]
    fn a_range_that_splits_a_letter_is_no_harm() {
        let text = Text::new("äöü");
        let rows = rows(&text, &(0..6), &[], Some(&(1..900)));
        assert_eq!(rows[0].pieces[0].text, "äöü");
    }

    #[test]
    fn a_page_says_what_of_a_text_it_shows() {
        let text = Text::new("one\ntwo\nthree");
        assert_eq!(shown(&text, &(0..13)), "Lines 1 to 3");
        assert_eq!(shown(&text, &(4..8)), "Line 2");
        assert_eq!(shown(&text, &(8..10)), "Line 3, its bytes 1 to 2 of 5");
    }
}
