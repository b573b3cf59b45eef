//! What every page has around it.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::admin::PARTS;
use super::words;
use crate::actions::Right;
use crate::rules::Release;
use crate::web::paths;
use crate::web::session::Viewer;
use crate::web::state::Site;

/// How much a form may send at once; its script says so before anything is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// A paste holds at most so many bytes.
    pub(crate) paste: usize,
    /// An upload holds at most so many bytes.
    pub(crate) upload: usize,
    /// An upload holds at most so many files.
    pub(crate) files: usize,
}

impl Limits {
    /// What this server takes.
    pub(crate) fn of(site: &Site) -> Self {
        Self {
            paste: site.paste_limit,
            upload: site.upload_limit,
            files: site.file_limit,
        }
    }
}

/// What every page has around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    /// Whom it is for.
    pub(crate) viewer: Viewer,
    /// The page's name, before "Signpost" in the window's title.
    pub(crate) title: String,
    /// The part of the desk that it belongs to: one of the names in [`PARTS`].
    pub(crate) part: &'static str,
    /// What stands in the search box.
    pub(crate) query: String,
    /// `release 4 of 21 Nov 2026, 163 rules`; empty where no release could be asked.
    pub(crate) release: String,
}

impl Frame {
    /// A page that shows what a release knows.
    pub(crate) fn new(title: impl Into<String>, release: &Release) -> Self {
        Self {
            viewer: Viewer::present(),
            title: title.into(),
            part: "",
            query: String::new(),
            release: release_line(release),
        }
    }

    /// A page of a part of the desk.
    pub(crate) fn desk_page(title: impl Into<String>, part: &'static str) -> Self {
        Self {
            part,
            ..Self::bare(title)
        }
    }

    /// A page that asks no release.
    pub(crate) fn bare(title: impl Into<String>) -> Self {
        Self {
            viewer: Viewer::present(),
            title: title.into(),
            ..Self::default()
        }
    }
}

impl Frame {
    /// Where the bar on top leads: what its reader may see.
    pub(crate) fn links(&self) -> Vec<(&'static str, &'static str)> {
        let links = [
            ("New case", paths::HOME, Right::Triage),
            ("Cases", paths::CASES, Right::Cases),
            ("Rules", paths::RULES, Right::Knowledge),
        ];
        let mut links = self.shown(&links);
        if !self.desk().is_empty() {
            links.push(("Desk", paths::ADMIN));
        }
        links
    }

    /// The parts of the desk that its reader may see.
    pub(crate) fn desk(&self) -> Vec<(&'static str, &'static str)> {
        self.shown(&PARTS)
    }

    fn shown(
        &self,
        links: &[(&'static str, &'static str, Right)],
    ) -> Vec<(&'static str, &'static str)> {
        let links = links.iter().filter(|(_, _, right)| self.viewer.may(*right));
        links.map(|(label, href, _)| (*label, *href)).collect()
    }
}

/// `release 4 of 21 Nov 2026, 163 rules`.
pub(crate) fn release_line(release: &Release) -> String {
    let rules = words::count(release.rules.len(), "rule");
    if release.published_at == 0 {
        format!("release {}, {rules}", release.number)
    } else {
        let day = words::day(release.published_at);
        format!("release {} of {day}, {rules}", release.number)
    }
}

/// A rendered template as a response.
#[derive(Debug)]
pub(crate) struct Html<T>(pub(crate) T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => (
                [
                    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                    (header::CACHE_CONTROL, "no-store"),
                ],
                html,
            )
                .into_response(),
            Err(error) => {
                tracing::error!(%error, "a template failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
