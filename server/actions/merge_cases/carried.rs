//! What people said in a case that goes: the case that stays takes it over, and where both say something different, what
//! was said in the one that stays holds.

use std::collections::BTreeSet;

use crate::actions::answer::question_and_answer;
use crate::actions::case::CaseView;
use crate::actions::outcome::outcome_in_words;
use crate::actions::steps::replaces;
use crate::actions::visits::behind;
use crate::condition::RuleId;
use crate::store::{Answer, CaseRecord, OutcomeGiven};

/// What is taken over, and what is not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// Answers, with the rounds of the case that goes. Those behind one that differs are set aside.
    pub answers: Vec<Answer>,
    /// How it ended so far. It comes before how the case that stays ended, which counts.
    pub outcomes: Vec<OutcomeGiven>,
    /// What both say differently.
    pub differs: Vec<Differs>,
    /// The guide that it walks, where the case that stays walks none.
    pub chosen: Option<RuleId>,
    /// The release whose guides were answered, where the case that stays has no answers.
    pub pinned: Option<i64>,
    /// Whether how it ended is how the case that stays ends from then on.
    pub ends: bool,
}

/// What both cases say differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The question; empty where it is how they ended.
    pub question: String,
    /// What the case that goes says.
    pub goes: Said,
    /// What the one that stays says.
    pub stays: Said,
}

/// What one case says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An answer in words.
    Answer(String),
    /// How it ended.
    Outcome(OutcomeGiven),
    /// That it did not end after all.
    OpenAgain,
}

impl Said {
    /// Whether both say the same, whoever said it and when.
    fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Outcome(own), Self::Outcome(other)) => {
                (own.outcome, &own.rule, &own.note) == (other.outcome, &other.rule, &other.note)
            }
            _ => self == other,
        }
    }
}

/// What of a case that goes the case that stays takes over.
pub fn carried(stays: &CaseView, goes: &CaseView) -> Carried {
    let (here, there) = (&stays.record, &goes.record);
    let mut carried = Carried {
        outcomes: there.outcomes.clone(),
        ends: here.outcomes.is_empty() && there.ended().is_some(),
        ..Carried::default()
    };
    if let (Some(stays), Some(goes)) = (stand(here), stand(there))
        && !stays.is_as(&goes)
    {
        let question = String::new();
        carried.differs.push(Differs {
            question,
            goes,
            stays,
        });
    }
    if here.answers.is_empty() {
        carried.chosen.clone_from(&there.chosen_rule);
        carried.pinned = (!there.answers.is_empty()).then_some(there.pinned_release);
    }
    if here.chosen_rule.is_some() {
        carried.chosen = None;
    }
    let rules = there.answers.iter().map(|answer| &answer.rule);
    for rule in rules.collect::<BTreeSet<_>>() {
        of_guide(stays, goes, rule, &mut carried);
    }
    carried.answers.sort_by_key(|answer| answer.order);
    carried
}

/// Where a case stands that has ended before.
fn stand(case: &CaseRecord) -> Option<Said> {
    let ended = case.ended().cloned().map(Said::Outcome);
    ended.or_else(|| case.reopened.then_some(Said::OpenAgain))
}

/// The answers in one guide.
fn of_guide(stays: &CaseView, goes: &CaseView, rule: &RuleId, carried: &mut Carried) {
    let of_rule = |answer: &&Answer| answer.rule == *rule;
    let here = stays.record.answers.iter().filter(of_rule);
    let here = here.filter(|answer| answer.visit > 0).collect::<Vec<_>>();
    let there = goes.record.answers.iter().filter(of_rule);
    let route = goes.route(rule);
    let walk = goes.walk_of(rule);
    let mut led_elsewhere = Vec::new();
    let mut taken = Vec::new();
    for answer in there {
        let step = route.and_then(|route| route.step(answer.step.as_str()));
        let excludes = |own: &Answer| {
            step.is_none_or(|step| {
                replaces(step, &answer.answer, &own.answer) || own.answer == answer.answer
            })
        };
        let mut at_place = here.iter().filter(|own| {
            answer.visit > 0 && (&own.step, own.visit) == (&answer.step, answer.visit)
        });
        let Some(own) = at_place.find(|own| excludes(own)) else {
            taken.push(answer.clone());
            continue;
        };
        if own.answer == answer.answer {
            continue;
        }
        let words = |id| match step {
            Some(step) => question_and_answer(step, id),
            None => (answer.step.to_string(), id.to_string()),
        };
        let (question, other) = words(&answer.answer);
        carried.differs.push(Differs {
            question,
            goes: Said::Answer(other),
            stays: Said::Answer(words(&own.answer).1),
        });
        if let Some(walk) = &walk {
            let place = (answer.step.clone(), answer.visit);
            led_elsewhere.extend(behind(walk, &place));
        }
    }
    for answer in &mut taken {
        let place = (answer.step.clone(), answer.visit);
        if led_elsewhere.contains(&place) {
            answer.visit = 0;
        }
    }
    carried.answers.append(&mut taken);
}

impl Differs {
    /// What the case that goes said, for the history of the one that stays.
    pub(super) fn said(&self) -> String {
        match &self.goes {
            Said::Outcome(given) => outcome_in_words(given.outcome, given.note.as_deref()),
            Said::OpenAgain => "Open again".to_owned(),
            Said::Answer(answer) => format!("{} {answer}", self.question),
        }
    }
}
