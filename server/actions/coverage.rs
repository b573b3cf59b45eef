//! What a case's evidence covers: which collectors' output is in it, what is not, and which open questions each
//! missing piece would answer. Pure.

use std::collections::BTreeSet;

use super::case::CaseView;
use crate::condition::{CollectorId, Condition, FactTest, RuleId, StepId};
use crate::evidence::{Closes, Evidence, FactKey, Lookup, fold_key};
use crate::guide::walk::{MAX_DEPTH, Route};
use crate::guide::{Guide, Step, StepKind};
use crate::rules::CollectorFile;

/// One collector and how the case stands with it.
#[derive(Debug, Clone)]
pub struct Coverage<'a> {
    /// The collector.
    pub collector: &'a CollectorFile,
    /// Whether its output is there.
    pub state: Covered,
    /// The sources that hold it: indices into the evidence's sources.
    pub sources: Vec<usize>,
    /// What its output, or the rest of it, would answer; the present question first.
    pub would_answer: Vec<OpenQuestion<'a>>,
}

/// How much of a collector's output the evidence holds.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Covered {
    /// Facts that it yields were read, and an open question asks for more of them.
    Partial,
    /// Nothing that it yields was read.
    Missing,
    /// Facts that it yields were read, and no question that is still to come asks for others.
    Present,
}

/// Something that is not known yet and that a collector would tell.
#[derive(Debug, Clone)]
pub struct OpenQuestion<'a> {
    /// The rule in question.
    pub rule: &'a RuleId,
    /// The step of its guide that asks, where the guide is being walked.
    pub step: Option<String>,
    /// The step's question with its placeholders, or the title of the rule.
    pub text: &'a str,
    /// Whether it is the present question.
    pub now: bool,
}

/// The collectors of the live release: those that would answer something first, then those that are there, then the
/// others.
pub fn coverage(view: &CaseView) -> Vec<Coverage<'_>> {
    let evidence = &view.diagnosis.evidence;
    let questions = questions(view);
    let collectors = view.diagnosis.release.collectors.values();
    let mut all = collectors
        .map(|collector| {
            let yields = Yields::of(collector);
            let (found, sources) = yields.read_in(evidence);
            let of_guide = questions
                .iter()
                .filter(|asked| asked.needs(&collector.id, &yields, found, evidence));
            let mut would_answer = of_guide.map(Asked::open).collect::<Vec<_>>();
            let open = !would_answer.is_empty();
            would_answer.extend(rules_in_question(view, &collector.id));
            Coverage {
                collector,
                state: match (found, open) {
                    (false, _) => Covered::Missing,
                    (true, true) => Covered::Partial,
                    (true, false) => Covered::Present,
                },
                sources,
                would_answer,
            }
        })
        .collect::<Vec<_>>();
    all.sort_by_key(|one| {
        let now = one.would_answer.iter().any(|question| question.now);
        let useful = !one.would_answer.is_empty();
        (!now, !useful, one.state != Covered::Present)
    });
    all
}

/// The other rules that the collector would decide, or whose guides it would lead on.
fn rules_in_question<'a>(
    view: &'a CaseView,
    collector: &CollectorId,
) -> impl Iterator<Item = OpenQuestion<'a>> {
    let needs = view.diagnosis.findings.needs.iter();
    let need = needs.into_iter().find(|need| need.collect == *collector);
    let rules = need.into_iter().flat_map(|need| &need.would_decide);
    let others = rules.filter(|rule| view.active.as_ref() != Some(*rule));
    others.filter_map(|rule| {
        Some(OpenQuestion {
            rule,
            step: None,
            text: &view.rule(rule)?.file.title,
            now: false,
        })
    })
}

/// The keys that a collector yields, folded once.
struct Yields {
    exact: BTreeSet<String>,
    prefixes: Vec<String>,
}

impl Yields {
    fn of(collector: &CollectorFile) -> Self {
        let mut yields = Self {
            exact: BTreeSet::new(),
            prefixes: Vec::new(),
        };
        for key in &collector.yields {
            match key.strip_suffix('*') {
                Some(prefix) => yields.prefixes.push(fold_key(prefix)),
                None => _ = yields.exact.insert(fold_key(key)),
            }
        }
        yields
    }

    fn key(&self, folded: &str) -> bool {
        self.exact.contains(folded)
            || self
                .prefixes
                .iter()
                .any(|prefix| folded.starts_with(prefix.as_str()))
    }

    /// Whether a closed scope speaks of a part of what is yielded.
    fn scope(&self, closes: &Closes) -> bool {
        let part = match closes {
            Closes::Key(key) => return self.key(key),
            Closes::Children(prefix) | Closes::Tree(prefix) => prefix,
            Closes::Subkeys { parent, .. } => parent,
        };
        self.key(part)
            || self
                .prefixes
                .iter()
                .chain(&self.exact)
                .any(|yielded| closes.covers(yielded) || part == yielded)
    }

    /// Whether anything of it was read, and in which sources.
    fn read_in(&self, evidence: &Evidence) -> (bool, Vec<usize>) {
        let facts = evidence.facts.iter();
        let facts = facts
            .filter(|fact| self.key(fact.key.folded()) && evidence.fact_counts(fact))
            .map(|fact| fact.span.source);
        let scopes = evidence.scopes.iter();
        let scopes = scopes
            .filter(|scope| self.scope(&scope.closes) && evidence.scope_counts(scope))
            .map(|scope| scope.span.source);
        let sources = facts.chain(scopes).collect::<BTreeSet<_>>();
        (!sources.is_empty(), sources.into_iter().collect())
    }
}

/// A question of the active guide that is still ahead.
struct Asked<'a> {
    rule: &'a RuleId,
    step: String,
    text: &'a str,
    collect: &'a [CollectorId],
    keys: Vec<&'a FactKey>,
    now: bool,
}

impl<'a> Asked<'a> {
    /// Whether the output of a collector would tell something about it that is not known. A collector that no condition
    /// asks for shows something to a person, once.
    fn needs(&self, id: &CollectorId, yields: &Yields, found: bool, evidence: &Evidence) -> bool {
        let mut asked = self
            .keys
            .iter()
            .filter(|key| yields.key(key.folded()))
            .peekable();
        if asked.peek().is_none() {
            return !found && self.collect.contains(id);
        }
        let round = evidence.latest_round();
        asked.any(|key| {
            matches!(
                evidence.look_up(key, round),
                Lookup::Unknown | Lookup::Conflicting(_)
            )
        })
    }

    fn open(&self) -> OpenQuestion<'a> {
        OpenQuestion {
            rule: self.rule,
            step: Some(self.step.clone()),
            text: self.text,
            now: self.now,
        }
    }
}

/// The questions of the active guide from the present step on, in the order in which they may come.
fn questions(view: &CaseView) -> Vec<Asked<'_>> {
    let Some((rule, walk)) = view.active.as_ref().zip(view.walk()) else {
        return Vec::new();
    };
    let Some(route) = view.route(rule) else {
        return Vec::new();
    };
    if walk.finished() {
        return Vec::new();
    }
    let present = walk.now.step.to_string();
    let mut ahead = Ahead::default();
    ahead.collect_from(route, route.guide, "", &present, 0);
    let mut questions = Vec::new();
    for (step, address) in ahead.steps {
        let now = address == present;
        match &step.kind {
            StepKind::Ask(ask) => questions.push(Asked {
                rule,
                text: &ask.ask,
                collect: &ask.collect,
                keys: keys(ask.answers.iter().flat_map(|one| [&one.when, &one.offer])),
                step: address,
                now,
            }),
            StepKind::Checks(checks) => questions.extend(checks.checks.iter().map(|check| Asked {
                rule,
                text: &check.ask,
                collect: &check.collect,
                keys: keys([&check.found_when, &check.ruled_out_when]),
                step: address.clone(),
                now,
            })),
            _ => {}
        }
    }
    questions
}

fn keys<'a>(
    conditions: impl IntoIterator<Item = &'a Option<Condition<FactTest>>>,
) -> Vec<&'a FactKey> {
    let mut keys = Vec::new();
    for condition in conditions.into_iter().flatten() {
        condition.for_each_leaf(&mut |test, _| keys.push(test.key()));
    }
    keys
}

/// Collects the steps that can still come, each once, with their addresses.
#[derive(Default)]
struct Ahead<'a> {
    steps: Vec<(&'a Step, String)>,
    seen: BTreeSet<String>,
}

impl<'a> Ahead<'a> {
    /// Everything from an address on. Inside a called procedure that is the rest of the procedure and what follows it.
    fn collect_from(
        &mut self,
        route: Route<'a>,
        guide: &'a Guide,
        prefix: &str,
        address: &str,
        depth: usize,
    ) {
        if let Some(own) = guide.steps.iter().find(|step| step.id == *address) {
            self.collect_behind(route, guide, prefix, &own.id, depth);
            return;
        }
        for (dot, _) in address.match_indices('.') {
            let call = guide.steps.iter().find(|step| step.id == address[..dot]);
            let Some(StepKind::Call(call)) = call.map(|step| &step.kind) else {
                continue;
            };
            if let Some(procedure) = route.procedures.get(&call.procedure)
                && depth < MAX_DEPTH
            {
                let inside = format!("{prefix}{}.", &address[..dot]);
                let rest = &address[dot + 1..];
                self.collect_from(route, &procedure.guide, &inside, rest, depth + 1);
            }
            for next in call.on.values() {
                self.collect_behind(route, guide, prefix, next, depth);
            }
        }
    }

    fn collect_behind(
        &mut self,
        route: Route<'a>,
        guide: &'a Guide,
        prefix: &str,
        start: &StepId,
        depth: usize,
    ) {
        let mut waiting = std::collections::VecDeque::from([start]);
        while let Some(id) = waiting.pop_front() {
            let address = format!("{prefix}{id}");
            let Some(step) = guide.step(id) else { continue };
            if !self.seen.insert(address.clone()) {
                continue;
            }
            if let StepKind::Call(call) = &step.kind
                && let Some(procedure) = route.procedures.get(&call.procedure)
                && depth < MAX_DEPTH
            {
                let inside = format!("{address}.");
                let start = &procedure.guide.start;
                self.collect_behind(route, &procedure.guide, &inside, start, depth + 1);
            }
            self.steps.push((step, address));
            waiting.extend(follow(step));
        }
    }
}

/// Where a step can lead.
fn follow(step: &Step) -> Vec<&StepId> {
    match &step.kind {
        StepKind::Ask(ask) => ask
            .answers
            .iter()
            .map(|answer| &answer.go)
            .chain(&ask.none)
            .collect(),
        StepKind::Checks(checks) => checks
            .checks
            .iter()
            .map(|check| &check.go)
            .chain([&checks.none])
            .collect(),
        StepKind::Do(instruction) => std::iter::once(&instruction.go)
            .chain(&instruction.cannot)
            .chain(&instruction.otherwise)
            .collect(),
        StepKind::Call(call) => call.on.values().collect(),
        StepKind::Outcome(_) | StepKind::Return(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
