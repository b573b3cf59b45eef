//! The page to paste into.

use askama::Template;

use super::{Frame, Limits, frame, words};
use crate::actions::collect::SCRIPT;
use crate::rules::Release;
use crate::web::paths;

/// A text to try.
pub(crate) struct Example {
    name: &'static str,
    label: &'static str,
    text: &'static str,
}

const EXAMPLES: [Example; 4] = [
    Example {
        name: "connection",
        label: "a connection that cannot be made",
        text: include_str!("examples/connection.txt"),
    },
    Example {
        name: "unattended",
        label: "an unattended run that fails",
        text: include_str!("examples/unattended.txt"),
    },
    Example {
        name: "alteryx",
        label: "an Alteryx workflow",
        text: include_str!("examples/alteryx.txt"),
    },
    Example {
        name: "report",
        label: "a run with a report of its machine",
        text: include_str!("examples/report.txt"),
    },
];

/// The page to paste into.
#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    frame: Frame,
    action: &'static str,
    text: &'static str,
    examples: Vec<(String, &'static str)>,
    products: String,
    release: String,
    kept: String,
    people: bool,
    paste_limit: String,
    upload_limit: String,
    limits: Limits,
    collector: String,
}

/// What the page says about this server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Names of people and machines are replaced in every case.
    pub(crate) people: bool,
    /// Cases are kept for so many days; 0 = for ever.
    pub(crate) days: u32,
    /// How much is taken at once.
    pub(crate) limits: Limits,
}

impl HomePage {
    /// The page; `example` names the text that stands in the box already.
    pub(crate) fn new(release: &Release, terms: Terms, example: &str) -> Self {
        let products = release
            .products
            .iter()
            .filter(|product| {
                release
                    .rules
                    .values()
                    .any(|rule| rule.file.product == product.id)
            })
            .map(|product| product.name.clone())
            .collect::<Vec<_>>();
        let text = EXAMPLES.iter().find(|known| known.name == example);
        Self {
            frame: Frame::new("What went wrong?", release),
            action: paths::CASES,
            text: text.map_or("", |known| known.text),
            examples: EXAMPLES
                .iter()
                .map(|known| {
                    (
                        format!("{}?example={}", paths::HOME, known.name),
                        known.label,
                    )
                })
                .collect(),
            products: words::listed(&products, "and"),
            release: frame::release_line(release),
            people: terms.people,
            kept: match terms.days {
                0 => "Kept until somebody deletes it".to_owned(),
                days => format!("Kept for {}", words::count(days as usize, "day")),
            },
            paste_limit: size(terms.limits.paste),
            upload_limit: size(terms.limits.upload),
            limits: terms.limits,
            collector: paths::asset(SCRIPT),
        }
    }
}

fn size(bytes: usize) -> String {
    if bytes >= 1024 * 1024 {
        format!("{} MiB", bytes / (1024 * 1024))
    } else {
        format!("{} KiB", bytes / 1024)
    }
}
