//! What went wrong, for people: what happened, and a way on.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::{Frame, Html, words};
use crate::store::Tombstone;
use crate::web::error::Problem;
use crate::web::paths;

/// An error.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ProblemPage {
    frame: Frame,
    status: u16,
    title: String,
    detail: String,
    fields: Vec<(String, String)>,
    meanwhile: Vec<(String, String)>,
    remains: Option<Remains>,
    home: &'static str,
    rules: &'static str,
    search: &'static str,
}

/// What is left of a case after its time.
#[derive(Debug, Clone)]
pub(crate) struct Remains {
    opened: String,
    gone: String,
    release: i64,
    verdict: String,
    rules: Vec<(String, String)>,
    outcome: &'static str,
    /// The case that has its evidence now.
    merged_into: String,
}

/// The page of a problem.
pub(crate) fn page(problem: &Problem) -> Response {
    Html(ProblemPage::new(problem)).into_response()
}

impl ProblemPage {
    /// Fills the page.
    pub(crate) fn new(problem: &Problem) -> Self {
        let (fields, meanwhile, remains) = match problem {
            Problem::Mend { errors, .. } if errors.len() > 1 => {
                let fields = errors.iter().take(20).map(|error| {
                    let name = error.pointer.trim_start_matches('/').to_owned();
                    (name, error.detail.clone())
                });
                (fields.collect(), Vec::new(), None)
            }
            Problem::Changed { since, .. } => {
                let since = since.iter().take(20).map(|entry| {
                    let who = entry
                        .who
                        .as_ref()
                        .map_or_else(String::new, |who| format!(" ({who})"));
                    (words::moment(entry.at), format!("{}{who}", entry.what))
                });
                (Vec::new(), since.collect(), None)
            }
            Problem::Gone(tombstone) => (Vec::new(), Vec::new(), Some(remains(tombstone))),
            _ => (Vec::new(), Vec::new(), None),
        };
        Self {
            frame: Frame::bare(problem.title()),
            status: problem.status().as_u16(),
            title: problem.title().to_owned(),
            detail: problem.detail(),
            fields,
            meanwhile,
            remains,
            home: paths::HOME,
            rules: paths::RULES,
            search: paths::SEARCH,
        }
    }
}

fn remains(tombstone: &Tombstone) -> Remains {
    Remains {
        opened: words::moment(tombstone.created_at),
        gone: words::moment(tombstone.gone_at),
        release: tombstone.release,
        verdict: tombstone
            .verdict
            .clone()
            .unwrap_or_default()
            .replace('_', " "),
        rules: tombstone
            .rules
            .iter()
            .take(20)
            .map(|rule| (rule.clone(), paths::rule(rule)))
            .collect(),
        outcome: tombstone
            .outcome
            .map_or("", |outcome| words::outcome(outcome).word),
        merged_into: tombstone
            .merged_into
            .as_deref()
            .map_or_else(String::new, paths::case),
    }
}
