//! The guide as a stepper: steps passed, each changeable; the present one; what surely follows.

use super::context::Context;
use super::step::{NowView, now};
use crate::condition::{AnswerId, RuleId, StepId};
use crate::guide::walk::{By, Passed, Visit, Walk};
use crate::guide::{Step, StepKind};
use crate::rules::Rule;
use crate::web::markdown::Rendered;
use crate::web::pages::house_notes::HouseNotes;
use crate::web::pages::proof::Quote;
use crate::web::pages::words;

/// A guide and where the reader stands.
#[derive(Debug, Clone)]
pub(crate) struct GuideView {
    pub(crate) rule: String,
    pub(crate) rule_title: String,
    /// Whether the guide is of another rule than the headline's.
    pub(crate) of_another_rule: bool,
    /// `Step 3 of about 5`.
    pub(crate) position: String,
    pub(crate) done: Vec<DoneStep>,
    pub(crate) step: String,
    pub(crate) visit: Visit,
    pub(crate) now: NowView,
    /// What the house adds to the present step.
    pub(crate) notes: HouseNotes,
    pub(crate) next: Vec<Rendered>,
    pub(crate) off_path: Vec<String>,
}

/// A step passed.
#[derive(Debug, Clone)]
pub(crate) struct DoneStep {
    pub(crate) step: String,
    pub(crate) visit: Visit,
    pub(crate) text: Rendered,
    /// What the house says in its place.
    pub(crate) instead: Option<Rendered>,
    /// What the house adds before and after it.
    pub(crate) added: Vec<Rendered>,
    /// `Answered`, `Done`, `Could not be done`, `Not needed`.
    pub(crate) state: &'static str,
    pub(crate) answer: Rendered,
    /// `from the evidence`, or who and when.
    pub(crate) by: String,
    pub(crate) quotes: Vec<Quote>,
    pub(crate) skipped: bool,
    /// Whether a person said it, who can take it back.
    pub(crate) by_person: bool,
    pub(crate) choices: Vec<Choice>,
    pub(crate) contradiction: Option<ContradictionView>,
    pub(crate) changed_since: Vec<Quote>,
}

/// Another answer to a step passed.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) label: Rendered,
    pub(crate) current: bool,
}

/// What newer evidence says instead of a person.
#[derive(Debug, Clone)]
pub(crate) struct ContradictionView {
    pub(crate) label: Rendered,
    pub(crate) quotes: Vec<Quote>,
}

/// The active rule's guide; `None` when no rule is walked.
pub(crate) fn guide(context: &Context<'_>, headline: Option<&str>) -> Option<GuideView> {
    let id = context.view.active.as_ref()?;
    let rule = context.view.rule(id)?;
    let walk = context.view.walk()?;
    let maker = Maker { context, rule };
    let position = if walk.finished() {
        "The end of the guide".to_owned()
    } else {
        format!("Step {} of about {}", walk.position, walk.about)
    };
    Some(GuideView {
        rule: id.to_string(),
        rule_title: rule.file.title.clone(),
        of_another_rule: headline.is_none_or(|headline| headline != rule.file.title),
        position,
        done: walk.done.iter().map(|passed| maker.done(passed)).collect(),
        step: walk.now.step.to_string(),
        visit: walk.now.visit,
        next: walk
            .next
            .iter()
            .map(|text| context.inline(id, text))
            .collect(),
        off_path: maker.off_path(&walk),
        notes: context.step_notes(id, walk.now.step.as_str()),
        now: now(context, rule, &walk),
    })
}

struct Maker<'a> {
    context: &'a Context<'a>,
    rule: &'a Rule,
}

impl Maker<'_> {
    fn id(&self) -> &RuleId {
        &self.rule.file.id
    }

    fn done(&self, passed: &Passed<'_>) -> DoneStep {
        let (by, by_person) = match &passed.by {
            By::Evidence => ("from the evidence".to_owned(), false),
            By::Person(given) => {
                let who = given.who.as_deref().unwrap_or("somebody here");
                (format!("{who}, {}", words::moment(given.at)), true)
            }
        };
        let notes = self.context.step_notes(self.id(), passed.step.as_str());
        DoneStep {
            step: passed.step.to_string(),
            visit: passed.visit,
            text: self.inline(passed.text),
            instead: self.instead(passed.step.as_str()),
            added: notes.before.into_iter().chain(notes.after).collect(),
            state: state(passed),
            answer: self.label(&passed.step, &passed.answer, passed.label),
            by,
            quotes: self.context.quotes(&passed.because, 3),
            skipped: passed.skipped,
            by_person,
            choices: self.choices(&passed.step, &passed.answer),
            contradiction: passed.contradicted.as_ref().map(|other| ContradictionView {
                label: self.inline(other.label),
                quotes: self.context.quotes(&other.because, 3),
            }),
            changed_since: self.context.quotes(&passed.changed_since, 3),
        }
    }

    /// An answer as its button says it.
    fn label(&self, address: &StepId, answer: &AnswerId, own: &str) -> Rendered {
        let instead = self.instead(&format!("{address}.{answer}"));
        instead.unwrap_or_else(|| self.inline(own))
    }

    fn instead(&self, address: &str) -> Option<Rendered> {
        let notes = self.context.view.notes_on(self.id(), address);
        notes.instead.map(|text| self.inline(text))
    }

    /// The answers that a passed step could have had.
    fn choices(&self, address: &StepId, current: &AnswerId) -> Vec<Choice> {
        let Some(step) = self.step(address) else {
            return Vec::new();
        };
        let choice = |id: &AnswerId, label: &str| Choice {
            id: id.to_string(),
            label: self.label(address, id, label),
            current: id == current,
        };
        match &step.kind {
            StepKind::Ask(ask) => ask
                .answers
                .iter()
                .map(|answer| choice(&answer.id, &answer.label))
                .collect(),
            StepKind::Checks(checks) => checks
                .checks
                .iter()
                .map(|check| choice(&check.id, &check.ask))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn step(&self, address: &StepId) -> Option<&Step> {
        let route = self.context.view.route(&self.rule.file.id)?;
        route.step(address.as_str())
    }

    fn off_path(&self, walk: &Walk<'_>) -> Vec<String> {
        let given = walk.off_path.iter().take(10).map(|given| {
            let asked = self.step(&given.step).map_or_else(
                || given.step.to_string(),
                |step| match &step.kind {
                    StepKind::Ask(ask) => self.context.plain(self.id(), &ask.ask),
                    StepKind::Do(instruction) => self.context.plain(self.id(), &instruction.text),
                    _ => given.step.to_string(),
                },
            );
            format!("{asked} {}", given.answer)
        });
        given.collect()
    }

    fn inline(&self, text: &str) -> Rendered {
        self.context.inline(self.id(), text)
    }
}

fn state(passed: &Passed<'_>) -> &'static str {
    match (passed.skipped, passed.kind, passed.answer.as_str()) {
        (true, ..) => "Not needed",
        (_, "do", "cannot") => "Could not be done",
        (_, "do", _) => "Done",
        (_, "checks", "none") => "All ruled out",
        (_, "checks", _) => "Found",
        _ => "Answered",
    }
}
