//! The walks that a rule lacks, written from its guide.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::cover::{Passed, Wanted, by_facts, place_of};
use super::run::{path, run};
use super::seek::{Known, Seeker, Way, is_sound};
use super::suppose::{Aim, State, guides};
use crate::condition::shape::ShortNames;
use crate::condition::{AnswerId, ProcedureId, StepId};
use crate::evidence::FactKey;
use crate::guide::resolve::{resolve_guide, resolve_procedures};
use crate::guide::shape::GuideFile;
use crate::guide::walk::{By, Route, Walk};
use crate::guide::{Ask, Guide, Step, StepKind};
use crate::rules::file::{PackFiles, RuleFile, WalkFile};

/// So many walks are written at once; whoever wants more asks again.
pub const MOST_WALKS: usize = 60;

/// So many ways through a guide are tried in all: some hundred times those of the longest guide that ships.
const MOST_TRIED: usize = 30_000;

/// A walk's name is cut after so many letters.
const LONGEST_NAME: usize = 100;

/// A guide with the walks that its rule has.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The guide and all procedures.
    pub route: Route<'a>,
    /// The rule's short names for facts.
    pub short: &'a ShortNames,
    /// Its walks.
    pub walks: &'a [WalkFile],
}

/// What a rule's walks lack.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Missing {
    /// The walks to add, in this order: nothing known, what facts decide, the ends, the steps that are left.
    pub walks: Vec<WalkFile>,
    /// What could not be written as it should be.
    pub not_written: Vec<NotWritten>,
}

/// Something that has no walk yet, or not the one it should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotWritten {
    /// What.
    pub wanted: Wanted,
    /// Why.
    pub reason: Reason,
}

/// Why a walk is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No facts were found that give this answer where the walk comes by; a walk was written in which a person gives it.
    NoFacts,
    /// No way leads there.
    NoWay,
    /// So many walks were written that this one has to wait for the next time.
    Full,
    /// So many ways were tried that the search was given up.
    GaveUp,
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inside = |procedure: &Option<ProcedureId>| match procedure {
            Some(procedure) => format!(" in the procedure `{procedure}`"),
            None => String::new(),
        };
        let what = match &self.wanted {
            Wanted::Nothing => "the beginning, where nothing is known".to_owned(),
            Wanted::Way {
                procedure,
                step,
                answer,
            } => format!("`{step}/{answer}`{}", inside(procedure)),
            Wanted::End(step) => format!("the end `{step}`"),
            Wanted::Step { procedure, step } => format!("the step `{step}`{}", inside(procedure)),
        };
        match self.reason {
            Reason::NoFacts => write!(
                f,
                "No facts were found that lead through {what}. In the walk through it a person gives the answer; look whether its conditions can come true."
            ),
            Reason::NoWay => write!(
                f,
                "No way was found to {what}; lead one there, or remove it."
            ),
            Reason::Full => write!(
                f,
                "{what} has no walk yet: at most {MOST_WALKS} are written at once. Ask for the rest when you have read these."
            ),
            Reason::GaveUp => write!(
                f,
                "{what} has no walk yet: after {MOST_TRIED} tries no way was found."
            ),
        }
    }
}

/// Writes the walks that are missing: one in which nothing is known, one through every answer that facts can give, one to
/// every end, and one by every step. Inside of a procedure only what no walk passes that is `elsewhere`, of other rules.
/// The same guide and walks give the same ones; with them added, none is missing.
pub fn missing(course: Course<'_>, elsewhere: &Passed) -> Missing {
    let mut passed = Passed::default();
    passed.add_inside(elsewhere);
    for walk in course.walks {
        if walk.facts.is_empty() && walk.absent.is_empty() && walk.answers.is_empty() {
            passed.add_nothing();
        }
        if let Ok(walked) = run(walk, course.route, course.short, "") {
            passed.add(course.route, &walked);
        }
    }
    let mut writer = Writer {
        course,
        seeker: Seeker::new(course.route, MOST_TRIED),
        passed,
        names: course.walks.iter().map(|walk| walk.name.clone()).collect(),
        missing: Missing::default(),
    };
    writer.nothing();
    writer.ways();
    writer.places();
    writer.missing
}

struct Writer<'a> {
    course: Course<'a>,
    seeker: Seeker<'a>,
    passed: Passed,
    names: BTreeSet<String>,
    missing: Missing,
}

impl<'a> Writer<'a> {
    fn nothing(&mut self) {
        let way = Way {
            known: Known::new(State::new()),
            answers: BTreeMap::new(),
        };
        if !self.passed.has(&Wanted::Nothing) {
            self.write(Wanted::Nothing, Some(&way));
            self.passed.add_nothing();
        }
    }

    /// Every answer that facts can give, given by facts.
    fn ways(&mut self) {
        for (procedure, guide) in self.guides() {
            for (step, answer) in by_facts(guide) {
                let wanted = Wanted::Way {
                    procedure: procedure.clone(),
                    step: step.clone(),
                    answer: answer.clone(),
                };
                if self.passed.has(&wanted) {
                    continue;
                }
                let aims = guide.step(step).map(|step| aims(step, &answer));
                let way = self.by_facts(&wanted, &aims.unwrap_or_default());
                if way.is_some() {
                    self.write(wanted, way.as_ref());
                    continue;
                }
                let nothing = Known::new(State::new());
                let way = self.through(&wanted, &nothing, false);
                let reason = way.is_some().then_some(Reason::NoFacts);
                let at = self.missing.walks.len();
                self.write(wanted.clone(), way.as_ref());
                if let (Some(reason), true) = (reason, self.missing.walks.len() > at) {
                    self.missing.not_written.push(NotWritten { wanted, reason });
                }
            }
        }
    }

    /// A way on which facts give an answer.
    fn by_facts(&mut self, wanted: &Wanted, aims: &[Aim<'a>]) -> Option<Way> {
        let ways = self.seeker.ways(aims).into_iter();
        let mut ways = ways.filter(|state| !state.is_empty());
        ways.find_map(|state| self.through(wanted, &Known::new(state), true))
    }

    /// A way that passes an answer, with these facts at least.
    fn through(&mut self, wanted: &Wanted, facts: &Rc<Known>, by_facts: bool) -> Option<Way> {
        let Wanted::Way {
            procedure,
            step,
            answer,
        } = wanted
        else {
            return None;
        };
        let route = self.course.route;
        self.seeker.first(facts, |_, walked| {
            walked.done.iter().any(|passed| {
                passed.answer == *answer
                    && (!by_facts || passed.by == By::Evidence)
                    && place_of(route, &passed.step) == (procedure.clone(), step.clone())
            })
        })
    }

    /// Every end, then every other step that was not come by yet: the furthest first, so that one walk serves many.
    fn places(&mut self) {
        let route = self.course.route;
        let mut stood = BTreeSet::new();
        let mut found = Vec::new();
        let nothing = Known::new(State::new());
        self.seeker.first(&nothing, |way, walked| {
            if stood.insert(walked.now.step.clone()) {
                found.push((place_of(route, &walked.now.step), way.clone()));
            }
            false
        });
        let outcome = |step: &&Step| matches!(step.kind, StepKind::Outcome(_));
        for step in route.guide.steps.iter().filter(outcome) {
            let wanted = Wanted::End(step.id.clone());
            let here = (None, step.id.clone());
            let way = found.iter().find(|(place, _)| *place == here);
            if !self.passed.has(&wanted) {
                self.write(wanted, way.map(|(_, way)| way));
            }
        }
        for ((procedure, step), way) in found.iter().rev() {
            let wanted = Wanted::Step {
                procedure: procedure.clone(),
                step: step.clone(),
            };
            if !self.passed.has(&wanted) {
                self.write(wanted, Some(way));
            }
        }
        for (procedure, guide) in self.guides() {
            let stood_at = |step: &&Step| {
                matches!(
                    step.kind,
                    StepKind::Ask(_) | StepKind::Checks(_) | StepKind::Do(_)
                )
            };
            for step in guide.steps.iter().filter(stood_at) {
                let wanted = Wanted::Step {
                    procedure: procedure.clone(),
                    step: step.id.clone(),
                };
                let known = found
                    .iter()
                    .any(|(place, _)| *place == (procedure.clone(), step.id.clone()));
                if !known && !self.passed.has(&wanted) {
                    self.write(wanted, None);
                }
            }
        }
    }

    /// The guide and the procedures that it calls, with their names.
    fn guides(&self) -> Vec<(Option<ProcedureId>, &'a Guide)> {
        let route = self.course.route;
        let named = guides(route).into_iter().map(|guide| {
            let mut procedures = route.procedures.values();
            let procedure = procedures.find(|one| std::ptr::eq(&raw const one.guide, guide));
            (procedure.map(|procedure| procedure.id.clone()), guide)
        });
        named.collect()
    }

    /// Writes the walk of a way, where it goes as written.
    fn write(&mut self, wanted: Wanted, way: Option<&Way>) {
        let full = self.missing.walks.len() == MOST_WALKS;
        let route = self.course.route;
        let written = way.filter(|_| !full).and_then(|way| {
            let walked = self.seeker.walk(way);
            let name = self.free_name(&name(&wanted, route));
            let walk = as_written(way, &walked, name, self.course.short)?;
            let again = run(&walk, route, self.course.short, "").ok()?;
            let the_same = path(&again) == walk.path && again.now.step == walk.end;
            (the_same && is_sound(&again)).then_some((walk, walked))
        });
        if let Some((walk, walked)) = written {
            self.passed.add(route, &walked);
            self.names.insert(walk.name.clone());
            self.missing.walks.push(walk);
            return;
        }
        let reason = if full && way.is_some() {
            Reason::Full
        } else if self.seeker.is_tired() {
            Reason::GaveUp
        } else {
            Reason::NoWay
        };
        self.missing.not_written.push(NotWritten { wanted, reason });
    }

    fn free_name(&self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        names
            .find(|name| !self.names.contains(name))
            .unwrap_or_default()
    }
}

/// What has to come out so that facts give an answer.
fn aims<'a>(step: &'a Step, answer: &AnswerId) -> Vec<Aim<'a>> {
    match &step.kind {
        StepKind::Ask(ask) => aims_of_answer(ask, answer),
        StepKind::Checks(checks) => {
            let checks = checks.checks.iter().filter(|check| check.id == *answer);
            let found = checks.filter_map(|check| check.found_when.as_ref());
            found.map(|when| (when, true)).collect()
        }
        StepKind::Do(instruction) => {
            let when = instruction.when.iter();
            when.map(|when| (when, false)).collect()
        }
        _ => Vec::new(),
    }
}

/// The answer's own condition holds, and none before it does.
fn aims_of_answer<'a>(ask: &'a Ask, answer: &AnswerId) -> Vec<Aim<'a>> {
    let at = ask.answers.iter().position(|one| one.id == *answer);
    let (before, from) = ask.answers.split_at(at.unwrap_or_default());
    let own = from.first().and_then(|one| one.when.as_ref());
    let before = before.iter().filter_map(|one| one.when.as_ref());
    let own = own.into_iter().map(|when| (when, true));
    own.chain(before.map(|when| (when, false))).collect()
}

/// What the walks of all other rules pass inside of the procedures that a rule's guide calls.
pub fn elsewhere(files: &PackFiles, rule: &RuleFile) -> Passed {
    let mut passed = Passed::default();
    let called = called(files, &rule.guide);
    if called.is_empty() {
        return passed;
    }
    let procedures = resolve_procedures(&files.procedures);
    for other in files.rules.iter().filter(|other| other.id != rule.id) {
        if self::called(files, &other.guide).is_disjoint(&called) {
            continue;
        }
        let guide = resolve_guide(&other.guide, &other.facts, &mut Vec::new());
        let route = Route {
            guide: &guide,
            procedures: &procedures,
        };
        let walked = other
            .walks
            .iter()
            .map(|walk| run(walk, route, &other.facts, ""));
        for walked in walked.flatten() {
            passed.add(route, &walked);
        }
    }
    passed
}

/// The procedures that a guide calls, and those that these call.
fn called<'a>(files: &'a PackFiles, guide: &'a GuideFile) -> BTreeSet<&'a ProcedureId> {
    let mut called = BTreeSet::new();
    let mut open = vec![guide];
    while let Some(guide) = open.pop() {
        for call in guide.steps.iter().filter_map(|step| step.call.as_ref()) {
            let mut procedures = files.procedures.iter();
            if let Some(file) = procedures.find(|file| file.id == *call)
                && called.insert(call)
            {
                open.push(&file.guide);
            }
        }
    }
    called
}

/// A way as a walk of the rule's file; `None` where a fact has no name there.
fn as_written(way: &Way, walked: &Walk<'_>, name: String, short: &ShortNames) -> Option<WalkFile> {
    let named = |key: &FactKey| {
        let known = short.iter().find(|(_, known)| *known == key);
        let name = known.map_or(key.as_str(), |(name, _)| name);
        (known.is_some() || name.contains('.')).then(|| name.to_owned())
    };
    let mut facts = BTreeMap::new();
    let mut absent = Vec::new();
    for (key, value) in &way.known.state {
        match value {
            Some(value) => drop(facts.insert(named(key)?, value.clone())),
            None => absent.push(named(key)?),
        }
    }
    Some(WalkFile {
        name,
        facts,
        absent,
        answers: way.answers.clone(),
        path: path(walked),
        end: walked.now.step.clone(),
    })
}

/// What a walk shows, in the words of the guide.
fn name(wanted: &Wanted, route: Route<'_>) -> String {
    let step = |procedure: &Option<ProcedureId>, step: &StepId| {
        let guide = match procedure {
            Some(procedure) => &route.procedures.get(procedure)?.guide,
            None => route.guide,
        };
        guide.step(step)
    };
    match wanted {
        Wanted::Nothing => "Nothing known yet".to_owned(),
        Wanted::Way {
            procedure,
            step: id,
            answer,
        } => {
            let kind = step(procedure, id).map(|step| &step.kind);
            match kind {
                Some(StepKind::Ask(ask)) => {
                    let own = ask.answers.iter().find(|one| one.id == *answer);
                    let label = own.map_or(answer.as_str(), |one| &one.label);
                    cut(&format!("{} {}", plain(&ask.ask), plain(label)))
                }
                Some(StepKind::Checks(checks)) => {
                    let own = checks.checks.iter().find(|one| one.id == *answer);
                    let asked = own.map_or(answer.as_str(), |one| &one.ask);
                    cut(&format!("{} Yes", plain(asked)))
                }
                _ => cut(&format!("{id} is not needed")),
            }
        }
        Wanted::End(id) => {
            let text = step(&None, id).map_or("", text_of);
            cut(&format!("Ends at {id}: {}", plain(text)))
        }
        Wanted::Step {
            procedure,
            step: id,
        } => {
            let text = step(procedure, id).map_or("", text_of);
            cut(&format!("Comes to {id}: {}", plain(text)))
        }
    }
}

fn text_of(step: &Step) -> &str {
    match &step.kind {
        StepKind::Ask(ask) => &ask.ask,
        StepKind::Checks(checks) => checks.intro.as_deref().unwrap_or("which of these is it?"),
        StepKind::Do(instruction) => &instruction.text,
        StepKind::Outcome(outcome) => &outcome.text,
        StepKind::Call(_) | StepKind::Return(_) => "",
    }
}

/// A text on one line, without marks; what stands for a value is left open.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        plain.push('\u{2026}');
        rest = after.split_once("}}").map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let plain = plain.replace(['*', '`'], "");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((at, _)) => format!("{}\u{2026}", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
