//! One source as a whole, its proofs marked and its lines to be pointed at; long ones in windows.

use askama::Template;

use super::context::Context;
use super::details::all_proofs;
use crate::actions::CaseView;
use crate::web::pages::proof::{LineView, line_view, marks};
use crate::web::pages::{Frame, words};
use crate::web::paths;

/// So many bytes of text are shown at once: with its markup the page stays under 100 kB.
const WINDOW: usize = 40_000;
/// So many lines are shown at once.
const LINES: usize = 500;

/// One source.
#[derive(Template)]
#[template(path = "cases/source.html")]
pub(crate) struct SourcePage {
    frame: Frame,
    case: String,
    name: String,
    about: String,
    lines: Vec<LineView>,
    proofs: Vec<(usize, String)>,
    earlier: Option<String>,
    later: Option<String>,
}

impl SourcePage {
    /// The window of source `number` (from 0) that begins at line `from`; `None` when there is no such source.
    pub(crate) fn new(view: &CaseView, number: usize, from: usize) -> Option<Self> {
        let context = Context { view, base: "" };
        let source = context.evidence().sources.get(number)?;
        let proofs = all_proofs(&context);
        let marks = marks(&source.name, &proofs);
        let last = source.text.line_count();
        let from = from.clamp(1, last.max(1));
        let mut size = 0;
        let lines = (from..=last)
            .take(LINES)
            .map_while(|number| {
                let line = line_view(&source.text, number, &marks)?;
                size += 60
                    + line
                        .pieces
                        .iter()
                        .map(|piece| piece.text.len())
                        .sum::<usize>();
                (size <= WINDOW || number == from).then_some(line)
            })
            .collect::<Vec<_>>();
        let to = lines.last().map_or(from, |line| line.number);
        let address =
            |from: usize| format!("{}?from={from}", paths::case_source(context.id(), number));
        Some(Self {
            frame: Frame::new(&source.name, context.release()),
            case: paths::case(context.id()),
            name: source.name.clone(),
            about: format!(
                "Round {}, {}; shown are lines {from} to {to}",
                source.round,
                words::count(last, "line")
            ),
            proofs: marks
                .iter()
                .map(|mark| source.text.line_of(mark.start))
                .filter(|line| !(from..=to).contains(line))
                .take(12)
                .map(|line| {
                    (
                        line,
                        super::super::proof::line_address(context.id(), number, line),
                    )
                })
                .collect(),
            lines,
            earlier: (from > 1).then(|| address(from.saturating_sub(LINES).max(1))),
            later: (to < last).then(|| address(to + 1)),
        })
    }
}
