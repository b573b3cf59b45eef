//! What every page has around it.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::words;
use crate::rules::Release;
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
    /// The page's name, before "Signpost" in the window's title.
    pub(crate) title: String,
    /// What stands in the search box.
    pub(crate) query: String,
    /// `release 4 of 21 Nov 2026, 163 rules`; empty where no release could be asked.
    pub(crate) release: String,
}

impl Frame {
    /// A page that shows what a release knows.
    pub(crate) fn new(title: impl Into<String>, release: &Release) -> Self {
        Self {
            title: title.into(),
            query: String::new(),
            release: release_line(release),
        }
    }

    /// A page that asks no release.
    pub(crate) fn bare(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
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
