//! A case as both faces show it: what is kept, what today's release says, and the walks.

use std::sync::Arc;

use super::Diagnosis;
use super::house::HouseValues;
use super::outcome::nothing_left;
use crate::condition::RuleId;
use crate::guide::walk::{GivenAnswer, Route, Walk, walk};
use crate::rules::{Notes, Release, Rule};
use crate::store::CaseRecord;

/// A case, read and judged by the live release, its walks by the release it is pinned to.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// What is kept.
    pub record: CaseRecord,
    /// What the live release says today about all its rounds.
    pub diagnosis: Arc<Diagnosis>,
    /// The release whose guides the walks use.
    pub pinned: Arc<Release>,
    /// The rule whose walk is shown: the one asked for, else the one last answered for or chosen, else the first
    /// finding that has not given way.
    pub active: Option<RuleId>,
    /// What the house set.
    pub house: Arc<HouseValues>,
}

impl CaseView {
    /// The rules that have a walk: the findings', the started ones', the answered ones'; the active one first.
    pub fn walkable(&self) -> Vec<&RuleId> {
        let mut rules: Vec<&RuleId> = self.active.iter().collect();
        let others = self
            .record
            .answers
            .iter()
            .map(|answer| &answer.rule)
            .chain(&self.record.chosen_rule)
            .chain(
                self.diagnosis
                    .findings
                    .findings
                    .iter()
                    .map(|finding| &finding.rule),
            );
        for rule in others {
            if !rules.contains(&rule) && self.rule(rule).is_some() {
                rules.push(rule);
            }
        }
        rules
    }

    /// A rule as the walk uses it: of the pinned release, else of the live one.
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.pinned
            .rule(id.as_str())
            .or_else(|| self.diagnosis.release.rule(id.as_str()))
    }

    /// The walk of the active rule.
    pub fn walk(&self) -> Option<Walk<'_>> {
        self.active.as_ref().and_then(|rule| self.walk_of(rule))
    }

    /// The walk of a rule.
    pub fn walk_of(&self, id: &RuleId) -> Option<Walk<'_>> {
        self.walk_with(id, &self.given(id))
    }

    /// What people answered in the guide of a rule.
    pub(super) fn given(&self, id: &RuleId) -> Vec<GivenAnswer> {
        let answers = self.record.answers.iter();
        let answers = answers
            .filter(|answer| answer.rule == *id)
            .map(|answer| GivenAnswer {
                step: answer.step.clone(),
                visit: answer.visit,
                answer: answer.answer.clone(),
                round: answer.round,
                order: answer.order,
                who: answer.who.clone(),
                at: answer.at,
            });
        answers.collect()
    }

    /// The walk of a rule if these were the answers.
    pub(super) fn walk_with(&self, id: &RuleId, answers: &[GivenAnswer]) -> Option<Walk<'_>> {
        Some(walk(self.route(id)?, &self.diagnosis.evidence, answers))
    }

    /// What the walk of a rule goes through: its guide in the pinned release, else in the live one.
    pub fn route(&self, id: &RuleId) -> Option<Route<'_>> {
        let release = self.guide_release(id)?;
        Some(Route {
            guide: &release.rule(id.as_str())?.guide,
            procedures: &release.procedures,
        })
    }

    /// What the house adds to a step of a rule's guide, of the release that the walk goes through.
    pub fn notes_on(&self, id: &RuleId, step: &str) -> Notes<'_> {
        self.guide_release(id)
            .map(|release| release.notes_on(id, Some(step)))
            .unwrap_or_default()
    }

    /// The release whose guide of a rule is walked: the pinned one, else the live one.
    pub fn guide_release(&self, id: &RuleId) -> Option<&Release> {
        let releases = [&self.pinned, &self.diagnosis.release];
        let mut releases = releases.into_iter().map(|release| &**release);
        releases.find(|release| release.rule(id.as_str()).is_some())
    }

    /// The rule whose walk is shown when none is asked for: the one chosen last, else the first finding that has not
    /// given way.
    pub(super) fn active_rule(&self) -> Option<RuleId> {
        let chosen = self.record.chosen_rule.as_ref();
        if let Some(chosen) = chosen.filter(|chosen| self.rule(chosen).is_some()) {
            return Some(chosen.clone());
        }
        let findings = &self.diagnosis.findings.findings;
        let first = findings
            .iter()
            .find(|finding| finding.gave_way_to.is_empty())
            .or(findings.first());
        first.map(|finding| finding.rule.clone())
    }

    /// What a reader has to be told besides the findings: a question to settle, or that nothing is left to try.
    pub fn notices(&self) -> Vec<String> {
        let questions = self.diagnosis.evidence.questions().into_iter();
        let questions = questions.map(|question| question.ask);
        questions.chain(self.nothing_left()).collect()
    }

    /// What a reader has to be told when no cause is left to try.
    pub fn nothing_left(&self) -> Vec<String> {
        nothing_left(self).into_iter().collect()
    }

    /// The same case with another rule's walk.
    #[must_use]
    pub fn with_rule(mut self, rule: &RuleId) -> Self {
        self.active = Some(rule.clone());
        self
    }
}
