//! Every file that was sent: what it was recognised as, what was read in it, or why it was not read.

use std::collections::BTreeMap;

use askama::Template;

use super::context::Context;
use super::details::Bounded;
use crate::actions::CaseView;
use crate::web::pages::{Frame, words};
use crate::web::paths;

/// So many stand on the case's page.
pub(crate) const ON_THE_CASE: usize = 25;
/// So many stand on their own page.
const ON_A_PAGE: usize = 2_500;
/// So many problems of one file are told.
const PROBLEMS: usize = 20;

/// One file, or one that was not read.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileRow {
    pub(crate) name: String,
    /// The way to its text; empty when it was not read.
    pub(crate) href: String,
    /// `dsregcmd /status`, `text`, `not read`.
    pub(crate) kind: String,
    /// `24 lines, 1.2 KiB`.
    pub(crate) size: String,
    /// `12 facts, 3 events`.
    pub(crate) holds: String,
    pub(crate) round: String,
    /// What went wrong with it, and where.
    pub(crate) problems: Vec<String>,
}

/// All files of a case.
#[derive(Template)]
#[template(path = "cases/files.html")]
pub(crate) struct FilesPage {
    frame: Frame,
    case: String,
    files: Bounded<FileRow>,
}

impl FilesPage {
    pub(crate) fn new(view: &CaseView) -> Self {
        let context = Context { view, base: "" };
        Self {
            frame: Frame::new("Files", context.release()),
            case: paths::case(context.id()),
            files: files(&context, ON_A_PAGE),
        }
    }
}

/// The files in the order they arrived, then those that were not read.
pub(crate) fn files(context: &Context<'_>, most: usize) -> Bounded<FileRow> {
    let evidence = context.evidence();
    let mut facts = vec![0_usize; evidence.sources.len()];
    let mut events = facts.clone();
    for fact in &evidence.facts {
        facts[fact.span.source] += 1;
    }
    for event in &evidence.events {
        events[event.span.source] += 1;
    }
    let mut problems: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut unread: Vec<&str> = Vec::new();
    for problem in &evidence.problems {
        let what = match problem.line {
            Some(line) => format!("Line {}: {}", words::grouped(line), problem.what),
            None => problem.what.clone(),
        };
        let of_file = problems.entry(&problem.source).or_insert_with(|| {
            unread.push(&problem.source);
            Vec::new()
        });
        if of_file.last() != Some(&what) {
            of_file.push(what);
        }
    }
    let mut told = |name: &str| bounded(problems.remove(name).unwrap_or_default());
    let read = evidence.sources.iter().enumerate().map(|(at, source)| {
        let holds = [(facts[at], "fact"), (events[at], "event")];
        let holds = holds.into_iter().filter(|(number, _)| *number > 0);
        let holds = holds.map(|(number, one)| words::count(number, one));
        FileRow {
            name: source.name.clone(),
            href: paths::case_source(context.id(), at),
            kind: match source.kinds.join(", ") {
                none if none.is_empty() => "text".to_owned(),
                kinds => kinds,
            },
            size: format!(
                "{}, {}",
                words::count(source.text.line_count(), "line"),
                words::bytes(source.text.as_str().len())
            ),
            holds: holds.collect::<Vec<_>>().join(", "),
            round: source.round.to_string(),
            problems: told(&source.name),
        }
    });
    let mut rows = read.collect::<Vec<_>>();
    let unread = unread.into_iter().filter(|name| !is_pseudo(name));
    rows.extend(unread.filter_map(|name| {
        let why = problems.remove(name)?;
        let inside = |source: &crate::evidence::Source| {
            let rest = source.name.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let kind = if evidence.sources.iter().any(inside) {
            "archive, read in part"
        } else {
            "not read"
        };
        Some(FileRow {
            name: name.to_owned(),
            kind: kind.to_owned(),
            problems: bounded(why),
            ..FileRow::default()
        })
    }));
    Bounded::new(rows.into_iter(), most)
}

/// Names under which problems are noted that belong to no file.
fn is_pseudo(source: &str) -> bool {
    ["facts", "request", "machines", "accounts"].contains(&source)
}

fn bounded(mut problems: Vec<String>) -> Vec<String> {
    let more = problems.len().saturating_sub(PROBLEMS);
    problems.truncate(PROBLEMS);
    if more > 0 {
        problems.push(format!("and {} more", words::grouped(more)));
    }
    problems
}
