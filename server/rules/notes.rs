//! Local notes: what a house adds to a rule in its own words, kept apart from the rule, so that another version of the
//! rule comes in without a conflict. A note belongs to the rule's text (why it happens), to a step, or to an answer, a check,
//! a command or another text of a step (`places.rs`), and stands before it, after it, or instead of it.
//!
//! A note whose rule or text is gone is kept and reported, and shown nowhere.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::compile::Rule;
use crate::condition::shape::Complaint;
use crate::condition::{ProcedureId, RuleId, StepId};
use crate::guide::Procedure;
use crate::guide::placeholders::with_full_keys;
use crate::guide::walk::Route;

mod places;
#[cfg(test)]
mod tests;

pub use places::{NoteText, texts_for_notes};
use places::{is_text, split};

/// A note has at most so many characters.
pub const MOST_NOTE: usize = 4_000;

/// The local notes on one rule: `notes/RULE-ID.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotesFile {
    /// The rule.
    pub rule: RuleId,
    /// The notes.
    pub notes: Vec<NoteFile>,
}

/// One note as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteFile {
    /// The step, inside a called procedure `call.step`; another text of a step as `step.answer`, `step.check`, `step.how`,
    /// `step.check.how`, `step.command`, `step.loosens` or `step.undo`; none for why it happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    /// Where it stands.
    pub place: NotePlace,
    /// The note. Markdown.
    pub text: String,
    /// Who wrote it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// On which day, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// Where a note stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum NotePlace {
    /// Before the text.
    Before,
    /// In its place; the text stays within reach.
    Instead,
    /// After the text.
    After,
}

impl NotePlace {
    /// All places, in the order of reading.
    pub const ALL: [Self; 3] = [Self::Before, Self::Instead, Self::After];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Instead => "instead",
            Self::After => "after",
        }
    }

    /// The place of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == word)
    }
}

/// What a note is about: no two notes of a rule have the same step and place.
pub type NoteKey<'a> = (Option<&'a str>, NotePlace);

impl NoteFile {
    /// Its step and place.
    pub fn key(&self) -> NoteKey<'_> {
        (self.step.as_ref().map(StepId::as_str), self.place)
    }
}

/// The notes on one text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notes<'a> {
    /// Before it.
    pub before: Option<&'a str>,
    /// In its place.
    pub instead: Option<&'a str>,
    /// After it.
    pub after: Option<&'a str>,
}

impl<'a> Notes<'a> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.before.is_none() && self.instead.is_none() && self.after.is_none()
    }

    /// Each with its place, in the order of reading.
    pub fn each(&self) -> impl Iterator<Item = (NotePlace, &'a str)> {
        let each = [
            (NotePlace::Before, self.before),
            (NotePlace::Instead, self.instead),
            (NotePlace::After, self.after),
        ];
        each.into_iter()
            .filter_map(|(place, text)| Some((place, text?)))
    }
}

/// The notes of a release that have their place: by rule, then the text's address, then where they stand, short names resolved.
#[derive(Debug, Default)]
pub(super) struct PlacedNotes(BTreeMap<RuleId, ByStep>);

type ByStep = BTreeMap<Option<StepId>, BTreeMap<NotePlace, String>>;

impl PlacedNotes {
    /// Finds the place of each note; one whose rule or text is gone is left out.
    pub(super) fn place(
        files: Vec<NotesFile>,
        rules: &BTreeMap<RuleId, Rule>,
        procedures: &BTreeMap<ProcedureId, Procedure>,
    ) -> Self {
        let mut all = Self::default();
        for file in files {
            let Some(rule) = rule_of(&file.rule, rules) else {
                continue;
            };
            let route = Route {
                guide: &rule.guide,
                procedures,
            };
            for note in file.notes {
                if !has_place(&note, route) {
                    continue;
                }
                // What is wrong with a placeholder is the linter's to say; here it reads as unknown.
                let text = with_full_keys(&note.text, "", &rule.file.facts, &mut Vec::new());
                let steps = all.0.entry(rule.file.id.clone()).or_default();
                let places = steps.entry(note.step).or_default();
                places.entry(note.place).or_insert(text);
            }
        }
        all
    }

    /// The notes on a text of a rule.
    pub(super) fn on(&self, rule: &RuleId, step: Option<&str>) -> Notes<'_> {
        let steps = self.0.get(rule);
        let places = steps.and_then(|steps| {
            let mut steps = steps.iter();
            let same = |own: &Option<StepId>| own.as_ref().map(StepId::as_str) == step;
            steps.find_map(|(own, places)| same(own).then_some(places))
        });
        let text = |place| places.and_then(|places| places.get(&place).map(String::as_str));
        Notes {
            before: text(NotePlace::Before),
            instead: text(NotePlace::Instead),
            after: text(NotePlace::After),
        }
    }

    /// All notes on a rule, that on its text first.
    pub(super) fn of(
        &self,
        rule: &RuleId,
    ) -> impl Iterator<Item = (Option<&StepId>, NotePlace, &str)> {
        let steps = self.0.get(rule).into_iter().flatten();
        steps.flat_map(|(step, places)| {
            let places = places.iter();
            places.map(move |(place, text)| (step.as_ref(), *place, text.as_str()))
        })
    }
}

/// The rule of that id, or that has it as a former id.
fn rule_of<'a>(id: &RuleId, rules: &'a BTreeMap<RuleId, Rule>) -> Option<&'a Rule> {
    let former = || rules.values().find(|rule| rule.file.aliases.contains(id));
    rules.get(id).or_else(former)
}

fn has_place(note: &NoteFile, route: Route<'_>) -> bool {
    let address = note.step.as_ref();
    address.is_none_or(|address| is_text(route, address.as_str()))
}

/// Why a note is shown nowhere; `None` where it has its place.
pub fn why_nowhere(
    file: &NotesFile,
    note: &NoteFile,
    rules: &BTreeMap<RuleId, Rule>,
    procedures: &BTreeMap<ProcedureId, Procedure>,
) -> Option<String> {
    let Some(rule) = rule_of(&file.rule, rules) else {
        return Some(format!(
            "there is no rule `{}` (any more), so that this note is shown nowhere; move it or remove it",
            file.rule
        ));
    };
    let route = Route {
        guide: &rule.guide,
        procedures,
    };
    let address = note.step.as_ref().filter(|_| !has_place(note, route))?;
    let lacks = match split(route, address.as_str()) {
        Some((step, part)) => format!("the step `{}` has no text `{part}`", step.id),
        None => format!("the rule has no step `{address}` with a text"),
    };
    Some(format!(
        "{lacks} (any more), so that this note is shown nowhere; move it or remove it"
    ))
}

/// What is wrong with the placeholders of a note, by the short names of its rule.
pub(super) fn placeholders_of(
    file: &NotesFile,
    note: &NoteFile,
    path: &str,
    rules: &BTreeMap<RuleId, Rule>,
) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if let Some(rule) = rule_of(&file.rule, rules) {
        with_full_keys(&note.text, path, &rule.file.facts, &mut complaints);
    }
    complaints
}
