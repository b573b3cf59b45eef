//! The shortest ways to every step of a guide: a person's answers wherever a person can answer, facts only where nothing
//! else leads on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use super::run::{NONE, given};
use super::suppose::{Aim, State, Suppositions};
use crate::condition::{AnswerId, StepId};
use crate::evidence::Evidence;
use crate::guide::StepKind;
use crate::guide::walk::{Checked, NowKind, Route, Walk, walk};

/// A way into a guide: what is supposed and what a person answers.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) known: Rc<Known>,
    pub(super) answers: BTreeMap<StepId, AnswerId>,
}

/// Facts that are supposed.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) state: State,
    evidence: Evidence,
}

impl Known {
    pub(super) fn new(state: State) -> Rc<Self> {
        let evidence = Evidence::stated(&state);
        Rc::new(Self { state, evidence })
    }
}

/// Seeks ways through one guide, until it has tried so many that it gives up.
pub(super) struct Seeker<'a> {
    route: Route<'a>,
    suppositions: Suppositions,
    left: usize,
}

impl<'a> Seeker<'a> {
    /// One that tries at most so many ways.
    pub(super) fn new(route: Route<'a>, most: usize) -> Self {
        Self {
            route,
            suppositions: Suppositions::of(route),
            left: most,
        }
    }

    /// Whether it gave up.
    pub(super) fn is_tired(&self) -> bool {
        self.left == 0
    }

    /// What may be supposed so that all of these come out.
    pub(super) fn ways(&self, aims: &[Aim<'_>]) -> Vec<State> {
        self.suppositions.ways(aims, &State::new())
    }

    /// Where a way leads.
    pub(super) fn walk(&self, way: &Way) -> Walk<'a> {
        let given = given(self.route, &way.answers);
        walk(self.route, &way.known.evidence, &given)
    }

    /// The first way that is `found`, of those with these facts; the ones with fewer other facts and fewer answers first.
    /// Each place is gone on from once.
    pub(super) fn first(
        &mut self,
        facts: &Rc<Known>,
        mut found: impl FnMut(&Way, &Walk<'a>) -> bool,
    ) -> Option<Way> {
        let start = Way {
            known: facts.clone(),
            answers: BTreeMap::new(),
        };
        let mut stood = BTreeSet::new();
        let mut open = VecDeque::from([start]);
        let mut later = VecDeque::new();
        while let Some(way) = open.pop_front().or_else(|| self.supposed(&mut later)) {
            self.left = self.left.checked_sub(1)?;
            let walked = self.walk(&way);
            if !is_sound(&walked) {
                continue;
            }
            if found(&way, &walked) {
                return Some(way);
            }
            // Answers of a walk are those of a step's first visit.
            if walked.now.visit > 1 || !stood.insert(walked.now.step.clone()) {
                continue;
            }
            let answers = answers(&walked);
            open.extend(answers.into_iter().map(|answer| way.with(&walked, answer)));
            if let Some(passing) = self.passing_by_facts(&way, &walked) {
                later.push_back((way, walked, passing));
            }
        }
        None
    }

    /// Further ways, of which facts decide a step that no person can.
    fn supposed(&mut self, later: &mut VecDeque<Later<'a>>) -> Option<Way> {
        loop {
            let (way, walked, passing) = later.front_mut()?;
            let Some(state) = passing.pop_front() else {
                later.pop_front();
                continue;
            };
            let supposed = Way {
                known: Known::new(state),
                answers: way.answers.clone(),
            };
            self.left = self.left.checked_sub(1)?;
            // What is supposed for this step must not lead elsewhere before it.
            let leads = self.walk(&supposed);
            let as_before = leads.done.iter().zip(&walked.done);
            let as_before = as_before
                .filter(|(now, before)| now.step == before.step && now.answer == before.answer);
            if as_before.count() == walked.done.len() && leads.done.len() > walked.done.len() {
                return Some(supposed);
            }
        }
    }

    /// What may be supposed so that facts alone pass the step: an instruction that is not needed, a question none of whose
    /// answers can be offered.
    fn passing_by_facts(&self, way: &Way, walked: &Walk<'a>) -> Option<VecDeque<State>> {
        let step = self.route.step(walked.now.step.as_str())?;
        let aims: Vec<Aim<'_>> = match &step.kind {
            StepKind::Do(instruction) => vec![(instruction.when.as_ref()?, false)],
            StepKind::Ask(ask) if ask.none.is_some() => {
                let offers = ask.answers.iter().map(|answer| answer.offer.as_ref());
                let offers = offers.collect::<Option<Vec<_>>>()?;
                offers.into_iter().map(|offer| (offer, false)).collect()
            }
            _ => return None,
        };
        Some(self.suppositions.ways(&aims, &way.known.state).into())
    }
}

type Later<'a> = (Way, Walk<'a>, VecDeque<State>);

impl Way {
    fn with(&self, walked: &Walk<'_>, answer: AnswerId) -> Self {
        let mut answers = self.answers.clone();
        answers.insert(walked.now.step.clone(), answer);
        Self {
            known: self.known.clone(),
            answers,
        }
    }
}

/// Whether a walk can be expected: nothing in it is broken, no answer is left over, and none stands against facts.
pub(super) fn is_sound(walked: &Walk<'_>) -> bool {
    let against = walked
        .done
        .iter()
        .any(|passed| passed.contradicted.is_some());
    let broken = matches!(walked.now.kind, NowKind::Broken(_));
    !broken && !against && walked.off_path.is_empty()
}

/// What a person can answer where the walk stands.
fn answers(walked: &Walk<'_>) -> Vec<AnswerId> {
    let word = |word: &str| AnswerId::parse(word).ok();
    match &walked.now.kind {
        NowKind::Ask { answers, .. } => answers.iter().map(|one| one.id.clone()).collect(),
        NowKind::Do(instruction) => {
            let cannot = instruction.cannot.as_ref().and_then(|_| word("cannot"));
            word("done").into_iter().chain(cannot).collect()
        }
        NowKind::Checks { checks, .. } => {
            let open = checks.iter().filter(|one| one.state == Checked::Open);
            let open = open.map(|one| one.check.id.clone());
            open.chain(word(NONE)).collect()
        }
        NowKind::Outcome(_) | NowKind::Broken(_) => Vec::new(),
    }
}
