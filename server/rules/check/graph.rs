//! Whether the steps of a guide hang together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Book, rule};
use crate::condition::{AnswerId, StepId};
use crate::guide::shape::GuideFile;
use crate::guide::walk::MAX_DEPTH;
use crate::guide::{Ask, Call, Guide, Procedure, Step, StepKind};
use crate::rules::compile::{Release, guide_conditions};

/// Checks a rule's guide, or a procedure's.
pub(super) fn check(
    guide: &Guide,
    written: &GuideFile,
    release: &Release,
    within: Option<&Procedure>,
    book: &mut Book,
) {
    step_names(written, book);
    let steps = guide
        .steps
        .iter()
        .map(|step| (&step.id, step))
        .collect::<BTreeMap<_, _>>();
    if !steps.contains_key(&guide.start) {
        book.error(
            "guide.start",
            format!("there is no step `{}`; name the first step", guide.start),
        );
    }
    for step in &guide.steps {
        for (field, to) in ways(step) {
            if !steps.contains_key(to) {
                book.error(
                    format!("guide.steps.{}.{field}", step.id),
                    format!("there is no step `{to}` in this guide"),
                );
            }
        }
        match &step.kind {
            StepKind::Ask(ask) => answers(&step.id, ask, book),
            StepKind::Checks(checks) => {
                unique(
                    &step.id,
                    "checks",
                    checks.checks.iter().map(|check| &check.id),
                    book,
                );
            }
            StepKind::Call(call) => calls(&step.id, call, release, within, book),
            StepKind::Return(result) => returns(&step.id, result.as_str(), within, book),
            StepKind::Do(_) | StepKind::Outcome(_) => {}
        }
    }
    reach(guide, &steps, book);
    if let Some(procedure) = within {
        procedure_itself(procedure, written, release, book);
    }
}

fn step_names(written: &GuideFile, book: &mut Book) {
    let mut seen = BTreeSet::new();
    for step in &written.steps {
        let path = format!("guide.steps.{}", step.id);
        if !seen.insert(&step.id) {
            book.error(
                &path,
                format!("the step `{}` is there twice; rename one", step.id),
            );
        }
        if step.id.as_str().contains('.') {
            book.error(&path, format!("the step `{}` has a dot in its name, which parts calls from their steps; write a dash", step.id));
        }
    }
}

/// Everywhere a step leads, with the field that says so.
fn ways(step: &Step) -> Vec<(String, &StepId)> {
    let field = |name: &str| name.to_owned();
    match &step.kind {
        StepKind::Ask(ask) => {
            let answers = ask
                .answers
                .iter()
                .map(|answer| (format!("answers.{}.go", answer.id), &answer.go));
            answers
                .chain(ask.none.as_ref().map(|none| (field("none"), none)))
                .collect()
        }
        StepKind::Checks(checks) => {
            let found = checks
                .checks
                .iter()
                .map(|check| (format!("checks.{}.go", check.id), &check.go));
            found.chain([(field("none"), &checks.none)]).collect()
        }
        StepKind::Do(instruction) => {
            let others = [
                ("else", &instruction.otherwise),
                ("cannot", &instruction.cannot),
            ];
            let others = others
                .into_iter()
                .filter_map(|(name, to)| Some((field(name), to.as_ref()?)));
            others.chain([(field("go"), &instruction.go)]).collect()
        }
        StepKind::Call(call) => call
            .on
            .iter()
            .map(|(result, to)| (format!("on.{result}"), to))
            .collect(),
        StepKind::Outcome(_) | StepKind::Return(_) => Vec::new(),
    }
}

fn unique<'a>(
    step: &StepId,
    field: &str,
    ids: impl Iterator<Item = &'a AnswerId>,
    book: &mut Book,
) {
    let mut seen = BTreeSet::new();
    for id in ids {
        let path = format!("guide.steps.{step}.{field}.{id}");
        if !seen.insert(id) {
            book.error(
                &path,
                format!("`{id}` is there twice in this step; rename one"),
            );
        }
        if ["none", "not-needed"].contains(&id.as_str()) || id.as_str().starts_with("no.") {
            book.error(
                &path,
                format!("`{id}` means something of its own in every walk; choose another name"),
            );
        }
    }
}

fn answers(step: &StepId, ask: &Ask, book: &mut Book) {
    let path = format!("guide.steps.{step}");
    unique(
        step,
        "answers",
        ask.answers.iter().map(|answer| &answer.id),
        book,
    );
    if ask.answers.is_empty() {
        book.error(format!("{path}.answers"), "a question needs answers");
    }
    let asks_facts = ask.answers.iter().any(|answer| answer.when.is_some());
    let otherwise = ask.answers.iter().filter(|answer| answer.otherwise).count();
    let last = ask.answers.last().is_some_and(|answer| answer.otherwise);
    if asks_facts && otherwise == 0 {
        book.error(
            format!("{path}.answers"),
            "some answers have `when`; end with one that has `otherwise: true` for everything else",
        );
    } else if otherwise > 1 || (otherwise == 1 && !last) {
        book.error(
            format!("{path}.answers"),
            "`otherwise: true` belongs to the last answer, and to it alone",
        );
    } else if otherwise == 1 && !asks_facts {
        book.error(
            format!("{path}.answers"),
            "`otherwise: true` needs an answer with `when` before it; without one leave it out",
        );
    }
    for answer in &ask.answers {
        if answer.otherwise && answer.when.is_some()
            || answer.offer.is_some() && (answer.when.is_some() || answer.otherwise)
        {
            book.error(format!("{path}.answers.{}", answer.id), "an answer has one of `when`, `otherwise` and `offer`; facts take the first two, a person the third");
        }
    }
    let all_limited =
        !ask.answers.is_empty() && ask.answers.iter().all(|answer| answer.offer.is_some());
    if all_limited && ask.none.is_none() {
        book.error(
            format!("{path}.none"),
            "every answer has `offer`; say with `none` where to go when none can be offered",
        );
    }
}

fn calls(
    step: &StepId,
    call: &Call,
    release: &Release,
    within: Option<&Procedure>,
    book: &mut Book,
) {
    let path = format!("guide.steps.{step}");
    let Some(procedure) = release.procedures.get(&call.procedure) else {
        book.error(
            format!("{path}.call"),
            format!("there is no procedure `{}`", call.procedure),
        );
        return;
    };
    for result in procedure
        .results
        .iter()
        .filter(|result| !call.on.contains_key(*result))
    {
        book.error(
            format!("{path}.on"),
            format!(
                "`{}` can return `{result}`; say where that leads",
                procedure.id
            ),
        );
    }
    for result in call
        .on
        .keys()
        .filter(|result| !procedure.results.contains(result))
    {
        book.error(
            format!("{path}.on.{result}"),
            format!("`{}` never returns `{result}`; remove it", procedure.id),
        );
    }
    let own = usize::from(within.is_some());
    match depth(procedure, release, &mut vec![]) {
        None => book.error(
            format!("{path}.call"),
            format!(
                "`{}` calls itself in the end; a procedure cannot",
                procedure.id
            ),
        ),
        Some(depth) if depth + own > MAX_DEPTH => {
            book.error(
                format!("{path}.call"),
                format!(
                    "this nests {} calls; at most {MAX_DEPTH} are allowed",
                    depth + own
                ),
            );
        }
        Some(_) => {}
    }
}

/// How many procedures deep a call of this one goes; `None` when it goes round.
fn depth<'a>(
    procedure: &'a Procedure,
    release: &'a Release,
    above: &mut Vec<&'a Procedure>,
) -> Option<usize> {
    if above.iter().any(|outer| outer.id == procedure.id) {
        return None;
    }
    above.push(procedure);
    let mut deepest = 0;
    for step in &procedure.guide.steps {
        let StepKind::Call(call) = &step.kind else {
            continue;
        };
        if let Some(inner) = release.procedures.get(&call.procedure) {
            deepest = deepest.max(depth(inner, release, above)?);
        }
    }
    above.pop();
    Some(deepest + 1)
}

fn returns(step: &StepId, result: &str, within: Option<&Procedure>, book: &mut Book) {
    let path = format!("guide.steps.{step}.return");
    match within {
        None => book.error(
            path,
            "`return` ends a procedure; a rule's guide ends with `outcome`",
        ),
        Some(procedure) if !procedure.results.iter().any(|known| *known == *result) => {
            book.error(
                path,
                format!("`{result}` is not among this procedure's `results`; add it there"),
            );
        }
        Some(_) => {}
    }
}

/// No dead step, and from every step a way to an end.
fn reach(guide: &Guide, steps: &BTreeMap<&StepId, &Step>, book: &mut Book) {
    let mut reached = BTreeSet::new();
    let mut open = vec![&guide.start];
    while let Some(id) = open.pop() {
        if let Some(step) = steps.get(id).filter(|_| reached.insert(id)) {
            open.extend(ways(step).into_iter().map(|(_, to)| to));
        }
    }
    let mut ending = BTreeSet::new();
    loop {
        let more = guide
            .steps
            .iter()
            .filter(|step| !ending.contains(&step.id))
            .filter(|step| match &step.kind {
                StepKind::Outcome(_) | StepKind::Return(_) => true,
                _ => ways(step).iter().any(|(_, to)| ending.contains(*to)),
            });
        let more = more.map(|step| &step.id).collect::<Vec<_>>();
        if more.is_empty() {
            break;
        }
        ending.extend(more);
    }
    for step in &guide.steps {
        let path = format!("guide.steps.{}", step.id);
        if !reached.contains(&step.id) {
            book.error(
                &path,
                format!(
                    "no way leads to the step `{}`; lead one there or remove it",
                    step.id
                ),
            );
        } else if !ending.contains(&step.id) {
            book.error(
                &path,
                format!(
                    "no way leads from the step `{}` to an end; give the loop an exit",
                    step.id
                ),
            );
        }
    }
}

fn procedure_itself(
    procedure: &Procedure,
    written: &GuideFile,
    release: &Release,
    book: &mut Book,
) {
    for result in &procedure.results {
        let returned = procedure
            .guide
            .steps
            .iter()
            .any(|step| matches!(&step.kind, StepKind::Return(returned) if returned == result));
        if !returned {
            book.error(
                "results",
                format!("no step returns `{result}`; remove it or return it"),
            );
        }
    }
    let guides = release.rules.values().map(|rule| &rule.guide);
    let guides = guides.chain(
        release
            .procedures
            .values()
            .map(|procedure| &procedure.guide),
    );
    let mut calls = guides.flat_map(|guide| &guide.steps);
    if !calls
        .any(|step| matches!(&step.kind, StepKind::Call(call) if call.procedure == procedure.id))
    {
        book.warning(
            "id",
            format!("nothing calls the procedure `{}`", procedure.id),
        );
    }
    rule::names(written, release, book);
    let mut keys = BTreeSet::new();
    guide_conditions(&procedure.guide, &mut |condition| {
        condition.for_each_leaf(&mut |test, _| {
            keys.insert(test.key().clone());
        });
    });
    rule::known_keys(&keys, release, book);
}
