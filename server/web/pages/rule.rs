//! A rule as an article.

use askama::Template;

use super::collector::ScriptView;
use super::house_notes::HouseNotes;
use super::map::{Map, map};
use super::outline::{OutlineStep, outline, words_for_placeholders};
use super::recognise::{Seen, seen};
use super::{Frame, words};
use crate::actions::{HouseValues, collect};
use crate::guide::placeholders::fill_settings;
use crate::rules::{Expect, ReferenceFile, Release, Rule};
use crate::web::markdown::{self, Rendered, is_safe_link};
use crate::web::paths;

/// A rule.
#[derive(Template)]
#[template(path = "rules/show.html")]
pub(crate) struct RulePage {
    frame: Frame,
    id: String,
    /// The former id that led here.
    former: Option<String>,
    title: String,
    product: String,
    severity: words::Sign,
    owner: String,
    /// Why it makes no findings at present.
    off: Option<String>,
    verified: String,
    seen: Vec<Seen>,
    samples: Vec<String>,
    cause: Rendered,
    /// What the house adds to why it happens.
    notes: HouseNotes,
    general: Vec<(String, String)>,
    specific: Vec<(String, String)>,
    steps: Vec<OutlineStep>,
    map: Map,
    references: Vec<Reference>,
    start: String,
    script: Option<ScriptView>,
}

/// A source.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    title: String,
    url: Option<String>,
    section: String,
    verified: String,
}

impl RulePage {
    /// The rule of that id or former id.
    pub(crate) fn new(release: &Release, asked: &str, house: &HouseValues) -> Option<Self> {
        let rule = release.rule(asked)?;
        let file = &rule.file;
        let steps = outline(&file.id, &rule.guide, release, house);
        let samples = file
            .examples
            .iter()
            .filter(|example| example.expect == Expect::Match);
        let id = file.id.to_string();
        Some(Self {
            frame: Frame::new(&file.title, release),
            former: (asked != id).then(|| asked.to_owned()),
            title: file.title.clone(),
            product: release.product_name(&file.product).to_owned(),
            severity: words::severity(file.severity),
            owner: file.owner.clone().unwrap_or_default(),
            off: release.is_off(&file.id).map(|off| {
                format!(
                    "This rule is switched off until {}: {}. Until then Signpost does not find it by itself; the guide can be walked.",
                    off.until,
                    off.reason.trim_end_matches('.')
                )
            }),
            verified: file
                .references
                .iter()
                .filter_map(|reference| reference.verified.clone())
                .max()
                .unwrap_or_default(),
            seen: seen(&file.matcher),
            samples: samples
                .filter_map(|example| example.text.as_deref())
                .take(3)
                .map(|text| words::cut(text.trim(), 400))
                .collect(),
            cause: markdown::render(&words_for_placeholders(&fill_settings(&file.cause, house))),
            notes: HouseNotes::of(release.notes_on(&file.id, None), |text| {
                markdown::render(&words_for_placeholders(&fill_settings(text, house)))
            }),
            general: titled(
                release,
                file.refines.iter().map(crate::condition::RuleId::as_str),
            ),
            specific: specific(release, rule),
            map: map(&steps),
            steps,
            references: file.references.iter().map(reference).collect(),
            start: paths::rule_start(&id),
            script: collect::for_rule(release, rule).map(ScriptView::from),
            id,
        })
    }
}

fn specific(release: &Release, rule: &Rule) -> Vec<(String, String)> {
    let rules = release.rules.values();
    let specific = rules.filter(|other| other.file.refines.contains(&rule.file.id));
    titled(release, specific.map(|other| other.file.id.as_str()))
}

fn titled<'a>(release: &Release, ids: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let titled = ids.filter_map(|id| Some((release.rule(id)?.file.title.clone(), paths::rule(id))));
    titled.collect()
}

fn reference(file: &ReferenceFile) -> Reference {
    Reference {
        title: file.title.clone(),
        url: is_safe_link(&file.url).then(|| file.url.clone()),
        section: file.section.clone().unwrap_or_default(),
        verified: file.verified.clone().unwrap_or_default(),
    }
}
