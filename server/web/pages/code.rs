//! An error code in any spelling: all that it can mean, and the rules that know it.

use askama::Template;

use super::{Frame, recognise, words};
use crate::evidence::codes::{describe, parse};
use crate::evidence::{Code, CodeSpace};
use crate::rules::Release;
use crate::web::paths;

/// A code.
#[derive(Template)]
#[template(path = "codes/show.html")]
pub(crate) struct CodePage {
    frame: Frame,
    spelling: String,
    readings: Vec<Reading>,
    rules: Vec<(String, String)>,
    search: String,
}

/// One thing that a code can mean.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    space: &'static str,
    symbol: String,
    meaning: String,
    spellings: Vec<String>,
}

impl CodePage {
    /// Everything that is known about a spelling.
    pub(crate) fn new(release: &Release, spelling: &str) -> Self {
        let spelling = words::cut(spelling.trim(), 100);
        let codes = parse(&spelling);
        Self {
            frame: Frame::new(&spelling, release),
            readings: codes
                .iter()
                .filter(|code| code.space != CodeSpace::Name)
                .map(reading)
                .collect(),
            rules: rules(release, &spelling, &codes),
            search: paths::search(&spelling),
            spelling,
        }
    }
}

fn reading(code: &Code) -> Reading {
    let described = describe(code);
    let signed = described.signed.map(|number| number.to_string());
    let unsigned = described.unsigned.map(|number| number.to_string());
    let mut spellings = described
        .hex
        .into_iter()
        .chain(signed)
        .chain(unsigned)
        .collect::<Vec<_>>();
    spellings.dedup();
    Reading {
        space: words::space(code.space),
        symbol: described.symbol.unwrap_or_default().to_owned(),
        meaning: described.meaning.unwrap_or_default().to_owned(),
        spellings,
    }
}

/// The rules that name the code, in whatever spelling.
fn rules(release: &Release, spelling: &str, codes: &[Code]) -> Vec<(String, String)> {
    let names = |written: &str| {
        written.eq_ignore_ascii_case(spelling)
            || parse(written).iter().any(|code| codes.contains(code))
    };
    let rules = release.rules.values().filter(|rule| {
        let mut found = false;
        recognise::leaves(&rule.file.matcher, &mut |leaf| {
            found |= leaf.code.as_deref().is_some_and(names);
        });
        found
    });
    rules
        .map(|rule| (rule.file.title.clone(), paths::rule(rule.file.id.as_str())))
        .collect()
}
