//! What a guide may still ask for: the collectors of every question that can be reached and is not answered yet.

use std::collections::BTreeSet;

use super::compile::Release;
use super::needs::{is_open, yields};
use crate::condition::{CollectorId, Condition, FactTest, FactsAsOf, StepId, Truth, truth_of};
use crate::evidence::Evidence;
use crate::guide::walk::Route;
use crate::guide::{Ask, Guide, StepKind};

/// The collectors of a guide's questions that could still tell something, from the step of an address on (`None`: from
/// the start). Ways that facts rule out are not followed.
pub fn lacking(
    release: &Release,
    route: Route<'_>,
    from: Option<&str>,
    evidence: &Evidence,
) -> Vec<CollectorId> {
    let mut search = Search {
        release,
        route,
        evidence,
        waiting: Vec::new(),
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    search.begin(from);
    while let Some((guide, step)) = search.waiting.pop() {
        search.step(guide, step);
    }
    // In the order of the pack, whatever way led there.
    let found = search.found;
    let in_order = release.collectors.keys().filter(|id| found.contains(id));
    in_order.cloned().collect()
}

struct Search<'a> {
    release: &'a Release,
    route: Route<'a>,
    evidence: &'a Evidence,
    waiting: Vec<(&'a Guide, &'a StepId)>,
    /// A guide is told by where it lies.
    seen: BTreeSet<(*const Guide, &'a StepId)>,
    found: Vec<CollectorId>,
}

impl<'a> Search<'a> {
    /// The step of an address, and what follows each call that it is inside of.
    fn begin(&mut self, from: Option<&str>) {
        let mut guide = self.route.guide;
        let Some(from) = from else {
            return self.go(guide, &guide.start);
        };
        let mut rest = from;
        loop {
            if let Some(step) = guide.steps.iter().find(|step| step.id == *rest) {
                return self.go(guide, &step.id);
            }
            let call = rest.match_indices('.').find_map(|(dot, _)| {
                let step = guide.steps.iter().find(|step| step.id == rest[..dot])?;
                match &step.kind {
                    StepKind::Call(call) => Some((call, &rest[dot + 1..])),
                    _ => None,
                }
            });
            let Some((call, inside)) = call else { return };
            for target in call.on.values() {
                self.go(guide, target);
            }
            let Some(procedure) = self.route.procedures.get(&call.procedure) else {
                return;
            };
            guide = &procedure.guide;
            rest = inside;
        }
    }

    fn go(&mut self, guide: &'a Guide, step: &'a StepId) {
        if self.seen.insert((std::ptr::from_ref(guide), step)) {
            self.waiting.push((guide, step));
        }
    }

    fn step(&mut self, guide: &'a Guide, step: &StepId) {
        let Some(step) = guide.step(step) else { return };
        match &step.kind {
            StepKind::Ask(ask) => self.ask(guide, ask),
            StepKind::Checks(checks) => {
                for check in &checks.checks {
                    if self.truth(check.ruled_out_when.as_ref()) == Truth::True {
                        continue;
                    }
                    if self.truth(check.found_when.as_ref()) != Truth::True {
                        let conditions = [&check.found_when, &check.ruled_out_when];
                        self.useful(&check.collect, conditions.into_iter().flatten());
                    }
                    self.go(guide, &check.go);
                }
                self.go(guide, &checks.none);
            }
            StepKind::Do(instruction) => {
                let needed = self.truth(instruction.when.as_ref());
                if instruction.when.is_some() && needed == Truth::Unknown {
                    self.useful(&instruction.collect, instruction.when.iter());
                }
                if instruction.when.is_none() || needed != Truth::False {
                    self.go(guide, &instruction.go);
                    instruction
                        .cannot
                        .iter()
                        .for_each(|step| self.go(guide, step));
                }
                if needed != Truth::True {
                    instruction
                        .otherwise
                        .iter()
                        .for_each(|step| self.go(guide, step));
                }
            }
            StepKind::Call(call) => {
                if let Some(procedure) = self.route.procedures.get(&call.procedure) {
                    self.go(&procedure.guide, &procedure.guide.start);
                }
                call.on.values().for_each(|step| self.go(guide, step));
            }
            StepKind::Outcome(_) | StepKind::Return(_) => {}
        }
    }

    /// Answers are tried in order: what facts take ends the list, what they rule out is passed over.
    fn ask(&mut self, guide: &'a Guide, ask: &'a Ask) {
        let mut open = false;
        let mut ways = Vec::new();
        for answer in &ask.answers {
            let truth = match (&answer.when, answer.otherwise) {
                (_, true) => Truth::True,
                (Some(when), _) => self.truth(Some(when)),
                (None, _) => match self.truth(answer.offer.as_ref()) {
                    Truth::False => Truth::False,
                    _ => Truth::Unknown,
                },
            };
            if truth == Truth::False {
                continue;
            }
            ways.push(&answer.go);
            if truth == Truth::True && !open {
                break;
            }
            open = true;
        }
        if open || ways.is_empty() {
            let answers = ask.answers.iter();
            let conditions = answers.flat_map(|answer| [&answer.when, &answer.offer]);
            self.useful(&ask.collect, conditions.flatten());
            ways.extend(&ask.none);
        }
        ways.into_iter().for_each(|step| self.go(guide, step));
    }

    fn useful<'c>(
        &mut self,
        collect: &[CollectorId],
        conditions: impl Iterator<Item = &'c Condition<FactTest>>,
    ) {
        let mut keys = Vec::new();
        conditions
            .for_each(|condition| condition.for_each_leaf(&mut |test, _| keys.push(test.key())));
        for id in collect {
            let Some(collector) = self.release.collectors.get(id) else {
                continue;
            };
            let mut asked = keys
                .iter()
                .filter(|key| yields(&collector.yields, key))
                .peekable();
            let lacks = if asked.peek().is_some() {
                asked.any(|key| is_open(self.evidence, key))
            } else {
                // It only shows something to a person: once it was sent it is there.
                let mut facts = self.evidence.facts.iter();
                !facts.any(|fact| yields(&collector.yields, &fact.key))
            };
            if lacks && !self.found.contains(id) {
                self.found.push(id.clone());
            }
        }
    }

    fn truth(&self, condition: Option<&Condition<FactTest>>) -> Truth {
        let facts = FactsAsOf {
            evidence: self.evidence,
            round: self.evidence.latest_round(),
        };
        condition.map_or(Truth::Unknown, |condition| truth_of(condition, &facts))
    }
}
