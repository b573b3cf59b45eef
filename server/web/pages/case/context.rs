//! What every part of the case page needs: the case, and how its texts and proofs become values to show.

use std::collections::BTreeMap;

use crate::actions::CaseView;
use crate::condition::{CollectorId, FactTest, FactsAsOf, RuleId};
use crate::evidence::{Evidence, Lookup, Proof};
use crate::guide::placeholders::{self, Format, Values};
use crate::rules::Release;
use crate::web::markdown::{self, Rendered};
use crate::web::pages::house_notes::{HouseNotes, Noted, in_words};
use crate::web::pages::proof::{self, Quote};
use crate::web::paths;

/// How to get a piece of evidence.
#[derive(Debug, Clone, Default)]
pub(crate) struct CollectorView {
    /// What it is.
    pub(crate) title: String,
    /// The command whose output to send.
    pub(crate) command: Option<String>,
    /// The clicks.
    pub(crate) how: Option<Rendered>,
    /// Whether it needs an elevated prompt.
    pub(crate) elevated: bool,
}

/// A case while its page is made.
pub(crate) struct Context<'a> {
    pub(crate) view: &'a CaseView,
    /// `https://signpost.example.org`, without a final slash.
    pub(crate) base: &'a str,
}

impl<'a> Context<'a> {
    pub(crate) fn id(&self) -> &'a str {
        self.view.record.id.as_str()
    }

    pub(crate) fn evidence(&self) -> &'a Evidence {
        &self.view.diagnosis.evidence
    }

    pub(crate) fn release(&self) -> &'a Release {
        &self.view.diagnosis.release
    }

    /// The address of the case for somebody elsewhere.
    pub(crate) fn link(&self) -> String {
        format!("{}{}", self.base, paths::case(self.id()))
    }

    pub(crate) fn quotes(&self, proofs: &[Proof], most: usize) -> Vec<Quote> {
        proof::quotes(self.evidence(), proofs, self.id(), most)
    }

    /// Markdown of a rule, its placeholders filled.
    pub(crate) fn html(&self, rule: &RuleId, text: &str) -> Rendered {
        markdown::render(&self.fill(rule, text, Format::Markdown))
    }

    /// What the house adds to why a rule happens, of the release that says so.
    pub(crate) fn cause_notes(&self, rule: &RuleId) -> HouseNotes {
        let notes = self.release().notes_on(rule, None);
        HouseNotes::of(notes, |text| self.html(rule, text))
    }

    /// What the house adds to a step, or to a part of one.
    pub(crate) fn step_notes(&self, rule: &RuleId, address: &str) -> HouseNotes {
        let notes = self.view.notes_on(rule, address);
        HouseNotes::of(notes, |text| self.html(rule, text))
    }

    /// A text of a step, with what the house adds to it.
    pub(crate) fn noted(&self, rule: &RuleId, address: &str, text: &str) -> Noted {
        Noted {
            text: self.html(rule, text),
            notes: self.step_notes(rule, address),
        }
    }

    /// Why a rule happens without markup, with what the house adds.
    pub(crate) fn cause_in_words(&self, rule: &RuleId, text: &str) -> String {
        let notes = self.release().notes_on(rule, None);
        in_words(&self.plain(rule, text), notes, |text| {
            self.plain(rule, text)
        })
    }

    /// The text of a step without markup, with what the house adds.
    pub(crate) fn step_in_words(&self, rule: &RuleId, step: &str, text: &str) -> String {
        self.noted_in_words(rule, step, &self.plain(rule, text))
    }

    /// A text that is filled already, with what the house adds to the text at that address.
    pub(crate) fn noted_in_words(&self, rule: &RuleId, address: &str, own: &str) -> String {
        let notes = self.view.notes_on(rule, address);
        in_words(own, notes, |text| self.plain(rule, text))
    }

    /// One sentence of a rule, its placeholders filled, without a paragraph around it.
    pub(crate) fn inline(&self, rule: &RuleId, text: &str) -> Rendered {
        markdown::render_inline(&self.fill(rule, text, Format::Markdown))
    }

    /// A text of a rule without markup, its placeholders filled.
    pub(crate) fn plain(&self, rule: &RuleId, text: &str) -> String {
        markdown::plain(&self.fill(rule, text, Format::Markdown))
    }

    /// A command, its placeholders filled, exactly as it is to be typed.
    pub(crate) fn command(&self, rule: &RuleId, text: &str) -> String {
        self.fill(rule, text, Format::Plain)
    }

    fn fill(&self, rule: &RuleId, text: &str, format: Format) -> String {
        let none = BTreeMap::new();
        let finding = self.view.diagnosis.finding(rule);
        let evidence = self.evidence();
        let values = Values {
            facts: FactsAsOf {
                evidence,
                round: evidence.latest_round(),
            },
            captures: finding.map_or(&none, |finding| &finding.captures),
            settings: &self.view.house,
        };
        placeholders::fill(text, &values, format)
    }

    pub(crate) fn collectors(&self, ids: &[CollectorId]) -> Vec<CollectorView> {
        ids.iter().map(|id| collector(self.release(), id)).collect()
    }

    /// The title of a rule of either release; its id when neither has it.
    pub(crate) fn title(&self, rule: &RuleId) -> String {
        self.view
            .rule(rule)
            .map_or_else(|| rule.to_string(), |rule| rule.file.title.clone())
    }

    /// What is known about the facts that a condition tests: `key = value`.
    pub(crate) fn values_now(&self, tests: &[&FactTest]) -> Vec<String> {
        let evidence = self.evidence();
        let mut lines = Vec::new();
        for test in tests {
            let key = test.key();
            let said = match evidence.look_up(key, evidence.latest_round()) {
                Lookup::Known(fact) => format!("{key} = {}", fact.value),
                Lookup::Absent(_) => format!("{key} is not there"),
                Lookup::Conflicting(_) => format!("{key} was read with different values"),
                Lookup::Unknown => format!("{key} is not known"),
            };
            if !lines.contains(&said) {
                lines.push(said);
            }
        }
        lines
    }
}

/// A collector of a release; one that the release does not have shows its id.
pub(crate) fn collector(release: &Release, id: &CollectorId) -> CollectorView {
    match release.collectors.get(id) {
        Some(file) => CollectorView {
            title: file.title.clone(),
            command: file.command.clone(),
            how: file.how.as_deref().map(markdown::render),
            elevated: file.elevated,
        },
        None => CollectorView {
            title: id.to_string(),
            ..CollectorView::default()
        },
    }
}
