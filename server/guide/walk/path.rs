//! One way through a guide, given which rounds count until which instruction was done.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::Earlier;
use super::decide::{Answered, Decision, Grounds};
use super::place::Place;
use super::{
    By, GivenAnswer, Now, NowKind, Passed, Route, Visit, Walk, ahead, ask, checks, instruct, since,
};
use crate::condition::StepId;
use crate::evidence::{Evidence, Round};
use crate::guide::{Automation, Checks, Do, Step, StepKind};

/// A walk in the making.
pub(super) struct Path<'a, 'e> {
    place: Place<'a>,
    evidence: &'e Evidence,
    /// Unused answers by the step's address and the visit, in the order of giving.
    unused: BTreeMap<(StepId, Visit), Vec<&'e GivenAnswer>>,
    /// The `done` answers that part the walk in time, in the order they are expected.
    partings: &'e [&'e GivenAnswer],
    /// How many of them were met.
    met: usize,
    /// Whether another instruction was done while one of them was expected.
    astray: bool,
    passed: Vec<Passed<'a>>,
    visits: BTreeMap<StepId, Visit>,
    skipped: BTreeSet<StepId>,
    /// The calls since the last passed step: meeting one again means going round without end.
    called: BTreeSet<StepId>,
    automation: Option<&'a Automation>,
}

/// How the partings came out.
pub(super) struct Met {
    /// How many were met in the expected order.
    pub(super) count: usize,
    /// Whether another instruction was done while one of them was expected.
    pub(super) astray: bool,
}

impl<'a, 'e> Path<'a, 'e> {
    pub(super) fn new(
        route: Route<'a>,
        evidence: &'e Evidence,
        answers: &[&'e GivenAnswer],
        partings: &'e [&'e GivenAnswer],
    ) -> Self {
        let mut unused = BTreeMap::<_, Vec<_>>::new();
        for answer in answers {
            let place = (answer.step.clone(), answer.visit);
            unused.entry(place).or_default().push(*answer);
        }
        Self {
            place: Place::start(route),
            evidence,
            unused,
            partings,
            met: 0,
            astray: false,
            passed: Vec::new(),
            visits: BTreeMap::new(),
            skipped: BTreeSet::new(),
            called: BTreeSet::new(),
            automation: None,
        }
    }

    /// Goes as far as facts and answers lead.
    pub(super) fn run(mut self) -> (Walk<'a>, Met) {
        let now = loop {
            match self.advance() {
                Ok(None) => {}
                Ok(Some(now)) => break now,
                Err(what) => break self.broken(what),
            }
        };
        let met = Met {
            count: self.met,
            astray: self.astray,
        };
        (self.finish(now), met)
    }

    fn broken(&self, what: String) -> Now<'a> {
        let address = self.place.address();
        let step = address.unwrap_or_else(|_| self.place.guide().start.clone());
        Now {
            visit: self.visits.get(&step).copied().unwrap_or(1),
            step,
            kind: NowKind::Broken(what),
        }
    }

    /// One step: `None` when the walk goes on.
    fn advance(&mut self) -> Result<Option<Now<'a>>, String> {
        let step = self.place.step()?;
        let address = self.place.address()?;
        match &step.kind {
            StepKind::Call(call) => {
                if !self.called.insert(address) {
                    return Err(format!(
                        "The guide goes round in a circle at the call `{}`.",
                        step.id
                    ));
                }
                self.place.enter(&step.id, call)?;
                Ok(None)
            }
            StepKind::Return(result) => self.place.leave(result).map(|()| None),
            StepKind::Outcome(outcome) => {
                self.automation = outcome.automation.as_ref().or(self.automation);
                let kind = NowKind::Outcome(outcome);
                Ok(Some(Now {
                    step: address,
                    visit: 1,
                    kind,
                }))
            }
            StepKind::Ask(_) | StepKind::Checks(_) | StepKind::Do(_) => self.decide(step, address),
        }
    }

    fn decide(&mut self, step: &'a Step, address: StepId) -> Result<Option<Now<'a>>, String> {
        let visits = self.visits.entry(address.clone()).or_default();
        *visits += 1;
        let visit = *visits;
        let until = self.partings.get(self.met);
        let grounds = Grounds {
            evidence: self.evidence,
            until: until.map_or(Round::MAX, |parting| parting.round),
            by_facts: visit == 1,
        };
        let decision = match &step.kind {
            StepKind::Ask(question) => {
                let named = |given: &GivenAnswer| ask::named(question, given).is_some();
                let given = self.take(&address, visit, named);
                ask::decide(question, grounds, given)
            }
            StepKind::Checks(list) => {
                let marks = self.marks(&address, visit, list);
                checks::decide(list, grounds, &marks, &self.earlier(&address))
            }
            StepKind::Do(instruction) => self.instruct(&address, visit, instruction, grounds),
            StepKind::Call(_) | StepKind::Return(_) | StepKind::Outcome(_) => return Ok(None),
        };
        match decision {
            Decision::Stay(kind) => Ok(Some(Now {
                step: address,
                visit,
                kind,
            })),
            Decision::Pass(answered) => {
                let by_itself =
                    answered.by == By::Evidence && !matches!(step.kind, StepKind::Do(_));
                if by_itself && self.nobody_answered_since(&address) {
                    return Err(format!(
                        "The guide goes round in a circle at the step `{}`, which has nothing left to offer.",
                        step.id
                    ));
                }
                self.pass(step, (address, visit), grounds, *answered);
                Ok(None)
            }
        }
    }

    /// The marks of one visit of checks; a later mark of a check takes the place of an earlier one.
    fn marks(&mut self, address: &StepId, visit: Visit, list: &Checks) -> Vec<&'e GivenAnswer> {
        let marks = list.checks.iter().filter_map(|check| {
            self.take(address, visit, |mark| {
                checks::mark_of(check, mark).is_some()
            })
        });
        marks.collect()
    }

    /// What earlier visits of checks came to.
    fn earlier(&self, address: &StepId) -> Earlier {
        let passed = self.passed.iter().filter(|passed| passed.step == *address);
        let last_done = self.met.checked_sub(1).and_then(|at| self.partings.get(at));
        Earlier {
            taken: passed.map(|passed| passed.answer.clone()).collect(),
            done_in: last_done.map_or(0, |done| done.round),
        }
    }

    /// Whether the walk came by this step before and no person said anything since.
    fn nobody_answered_since(&self, address: &StepId) -> bool {
        let last = self
            .passed
            .iter()
            .rposition(|passed| passed.step == *address);
        last.is_some_and(|last| {
            let since = &self.passed[last..];
            since.iter().all(|passed| passed.by == By::Evidence)
        })
    }

    fn instruct(
        &mut self,
        address: &StepId,
        visit: Visit,
        instruction: &'a Do,
        grounds: Grounds<'e>,
    ) -> Decision<'a> {
        let given = self.take(address, visit, |given| instruct::fits(instruction, given));
        let skippable = !self.skipped.contains(address);
        let decision = instruct::decide(instruction, grounds, skippable, given);
        if matches!(&decision, Decision::Pass(answered) if answered.answer == *instruct::NOT_NEEDED)
        {
            self.skipped.insert(address.clone());
        } else {
            self.automation = instruction.automation.as_ref().or(self.automation);
        }
        if let Some(given) = given.filter(|given| given.answer == *instruct::DONE) {
            self.part(given);
        }
        decision
    }

    /// The last answer that was given to a visit of a step, where it is one for it.
    fn take(
        &mut self,
        address: &StepId,
        visit: Visit,
        fits: impl Fn(&GivenAnswer) -> bool,
    ) -> Option<&'e GivenAnswer> {
        let given = self.unused.get_mut(&(address.clone(), visit))?;
        let at = given.iter().rposition(|given| fits(given))?;
        Some(given.remove(at))
    }

    /// Notes that an instruction was done: later steps know more.
    fn part(&mut self, given: &GivenAnswer) {
        match self.partings.get(self.met) {
            Some(expected) if std::ptr::eq(*expected, given) => self.met += 1,
            Some(_) => self.astray = true,
            None => {}
        }
    }

    fn pass(
        &mut self,
        step: &'a Step,
        (address, visit): (StepId, Visit),
        grounds: Grounds<'e>,
        answered: Answered<'a>,
    ) {
        let changed_since = since::changed(step, grounds, &answered);
        let (kind, text) = match &step.kind {
            StepKind::Ask(ask) => ("ask", ask.ask.as_str()),
            StepKind::Checks(checks) => {
                ("checks", checks.intro.as_deref().unwrap_or(ahead::CHECKS))
            }
            StepKind::Do(instruction) => ("do", instruction.text.as_str()),
            StepKind::Call(_) | StepKind::Return(_) | StepKind::Outcome(_) => ("", ""),
        };
        self.called.clear();
        self.place.go(answered.go);
        self.passed.push(Passed {
            step: address,
            visit,
            kind,
            text,
            skipped: answered.answer == *instruct::NOT_NEEDED,
            answer: answered.answer,
            label: answered.label,
            by: answered.by,
            because: answered.because,
            contradicted: answered.contradicted,
            changed_since,
            alternatives: answered.alternatives,
        });
    }

    fn finish(self, now: Now<'a>) -> Walk<'a> {
        let mut off_path = self
            .unused
            .into_values()
            .flatten()
            .cloned()
            .collect::<Vec<_>>();
        off_path.sort_by_key(|answer| answer.order);
        let finished = matches!(now.kind, NowKind::Outcome(_) | NowKind::Broken(_));
        let position = self.passed.len() + usize::from(!finished);
        let remaining = if finished {
            0
        } else {
            ahead::remaining(&self.place)
        };
        let next = if finished {
            Vec::new()
        } else {
            ahead::preview(&self.place)
        };
        Walk {
            about: self.passed.len() + remaining.max(usize::from(!finished)),
            position,
            done: self.passed,
            now,
            next,
            off_path,
            automation: self.automation,
        }
    }
}
