//! A new rule as those read it who are to approve it: why it happens, what gives it away, what to do, its examples.

use crate::actions::HouseValues;
use crate::guide::placeholders::fill_settings;
use crate::rules::{Expect, Release};
use crate::web::markdown::{self, Rendered};
use crate::web::pages::house_notes::{HouseNotes, Noted};
use crate::web::pages::outline::{OutlineStep, outline, words_for_placeholders};
use crate::web::pages::recognise::{Line, lines};
use crate::web::pages::words::{self, Sign};

/// What is longer is folded up: lines of a condition, steps, examples.
pub(super) const SHORT: usize = 8;
/// An example is shown up to so many characters.
const EXAMPLE: usize = 2_000;

/// A new rule.
#[derive(Debug, Clone)]
pub(crate) struct NewRule {
    pub(crate) product: String,
    pub(crate) severity: Sign,
    pub(crate) owner: String,
    /// The rules that it is a special case of.
    pub(crate) refines: Vec<String>,
    pub(crate) cause: Noted,
    pub(crate) conditions: Vec<Line>,
    pub(crate) steps: Vec<OutlineStep>,
    pub(crate) examples: Vec<Example>,
    pub(crate) references: Vec<(String, String)>,
}

/// A text that it must be found in, or must not.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) sign: Sign,
    pub(crate) text: String,
}

impl NewRule {
    /// As a page shows it; `None` where it could not be compiled.
    pub(crate) fn of(release: &Release, id: &str, house: &HouseValues) -> Option<Self> {
        let rule = release.rules.get(id)?;
        let file = &rule.file;
        let html = |text: &str| -> Rendered {
            markdown::render(&words_for_placeholders(&fill_settings(text, house)))
        };
        let mut steps = outline(&file.id, &rule.guide, release, house);
        for step in &mut steps {
            // Several new rules stand on one page, each with a first step.
            step.anchor = format!("{id}.{}", step.anchor);
            for way in &mut step.ways {
                way.anchor = format!("{id}.{}", way.anchor);
            }
        }
        let examples = file.examples.iter().map(|example| {
            let text = example.text.as_deref().unwrap_or_default().trim();
            let facts = example.facts.iter();
            let facts = facts.map(|(key, value)| format!("{key}: {value}"));
            let lines = std::iter::once(words::cut(text, EXAMPLE)).chain(facts);
            let lines = lines.filter(|line| !line.is_empty());
            Example {
                sign: expected(example.expect),
                text: lines.collect::<Vec<_>>().join("\n"),
            }
        });
        let references = file.references.iter();
        Some(Self {
            product: release.product_name(&file.product).to_owned(),
            severity: words::severity(file.severity),
            owner: file.owner.clone().unwrap_or_default(),
            refines: file.refines.iter().map(ToString::to_string).collect(),
            cause: Noted {
                text: html(&file.cause),
                notes: HouseNotes::of(release.notes_on(&file.id, None), html),
            },
            conditions: lines(&file.matcher),
            steps,
            examples: examples.collect(),
            references: references
                .map(|one| (one.title.clone(), one.url.clone()))
                .collect(),
        })
    }
}

fn expected(expect: Expect) -> Sign {
    let (icon, tone, word) = match expect {
        Expect::Match => ("check", "good", "is found in"),
        Expect::Silent => ("cross", "plain", "stays silent on"),
    };
    Sign { icon, tone, word }
}
