//! The present step, large: a question, checks, an instruction, or the end.

use super::context::{CollectorView, Context};
use super::handover;
use crate::guide::walk::{By, CheckState, Checked, NowKind, Offered, Walk};
use crate::guide::{Do, Outcome, OutcomeKind};
use crate::rules::Rule;
use crate::web::markdown::{Rendered, render};
use crate::web::pages::house_notes::{HouseNotes, Noted};
use crate::web::pages::proof::Quote;
use crate::web::pages::words::{self, Sign};

/// The present step.
#[derive(Debug, Clone)]
pub(crate) enum NowView {
    Ask(AskView),
    Checks {
        intro: Rendered,
        checks: Vec<CheckView>,
    },
    Do(Box<DoView>),
    End(Box<EndView>),
    Broken(String),
}

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct AskView {
    pub(crate) ask: Rendered,
    pub(crate) how: Option<Noted>,
    pub(crate) collect: Vec<CollectorView>,
    pub(crate) answers: Vec<AnswerView>,
}

/// An answer to choose.
#[derive(Debug, Clone)]
pub(crate) struct AnswerView {
    pub(crate) id: String,
    pub(crate) label: Rendered,
    /// What the house says on the button.
    pub(crate) instead: Option<String>,
    pub(crate) notes: HouseNotes,
    pub(crate) quotes: Vec<Quote>,
}

/// A check and how it stands.
#[derive(Debug, Clone)]
pub(crate) struct CheckView {
    pub(crate) id: String,
    pub(crate) ask: Rendered,
    pub(crate) notes: HouseNotes,
    pub(crate) how: Option<Noted>,
    pub(crate) collect: Vec<CollectorView>,
    pub(crate) sign: Sign,
    pub(crate) open: bool,
    pub(crate) ruled_out: bool,
    pub(crate) by: String,
    pub(crate) quotes: Vec<Quote>,
}

/// An instruction.
#[derive(Debug, Clone)]
pub(crate) struct DoView {
    pub(crate) text: Rendered,
    pub(crate) how: Option<Noted>,
    pub(crate) command: Option<String>,
    pub(crate) command_notes: HouseNotes,
    pub(crate) who: Option<&'static str>,
    pub(crate) caution: Option<Rendered>,
    pub(crate) loosens: Option<Noted>,
    pub(crate) undo: Option<Noted>,
    pub(crate) values: Vec<String>,
    pub(crate) collect: Vec<CollectorView>,
    pub(crate) can_refuse: bool,
    pub(crate) message: Option<String>,
}

/// The end of a guide.
#[derive(Debug, Clone)]
pub(crate) struct EndView {
    pub(crate) sign: Sign,
    pub(crate) text: Rendered,
    pub(crate) solved: bool,
    pub(crate) next_rule: Option<(String, String)>,
    pub(crate) message: Option<String>,
}

/// The present step of a walk.
pub(crate) fn now(context: &Context<'_>, rule: &Rule, walk: &Walk<'_>) -> NowView {
    let id = &rule.file.id;
    let step = walk.now.step.as_str();
    match &walk.now.kind {
        NowKind::Ask {
            ask,
            how,
            collect,
            answers,
        } => NowView::Ask(AskView {
            ask: context.inline(id, ask),
            how: how.map(|how| context.noted(id, &format!("{step}.how"), how)),
            collect: context.collectors(collect),
            answers: answers
                .iter()
                .map(|answer| offered(context, rule, step, answer))
                .collect(),
        }),
        NowKind::Checks { intro, checks } => NowView::Checks {
            intro: context.inline(id, intro.unwrap_or("Which of these is it?")),
            checks: checks
                .iter()
                .map(|check| check_view(context, rule, step, check))
                .collect(),
        },
        NowKind::Do(instruction) => {
            NowView::Do(Box::new(do_view(context, rule, walk, instruction)))
        }
        NowKind::Outcome(outcome) => NowView::End(Box::new(end_view(context, rule, walk, outcome))),
        NowKind::Broken(what) => NowView::Broken(what.clone()),
    }
}

fn offered(context: &Context<'_>, rule: &Rule, step: &str, answer: &Offered<'_>) -> AnswerView {
    let id = &rule.file.id;
    let address = format!("{step}.{}", answer.id);
    let instead = context.view.notes_on(id, &address).instead;
    AnswerView {
        id: answer.id.to_string(),
        label: context.inline(id, answer.label),
        instead: instead.map(|text| context.plain(id, text)),
        notes: context.step_notes(id, &address),
        quotes: context.quotes(&answer.because, 2),
    }
}

fn check_view(context: &Context<'_>, rule: &Rule, step: &str, state: &CheckState<'_>) -> CheckView {
    let id = &rule.file.id;
    let address = format!("{step}.{}", state.check.id);
    let how = state.check.how.as_deref();
    let sign = match state.state {
        Checked::Found => ("alert", "bad", "Found"),
        Checked::Open => ("empty", "plain", "Open"),
        Checked::RuledOut => ("check", "good", "Ruled out"),
    };
    let by = match &state.by {
        Some(By::Evidence) => "by the evidence".to_owned(),
        Some(By::Person(given)) => {
            format!("by {}", given.who.as_deref().unwrap_or("somebody here"))
        }
        None => String::new(),
    };
    CheckView {
        id: state.check.id.to_string(),
        ask: context.inline(id, &state.check.ask),
        notes: context.step_notes(id, &address),
        how: how.map(|how| context.noted(id, &format!("{address}.how"), how)),
        collect: context.collectors(&state.check.collect),
        sign: Sign {
            icon: sign.0,
            tone: sign.1,
            word: sign.2,
        },
        open: state.state == Checked::Open,
        ruled_out: state.state == Checked::RuledOut,
        by,
        quotes: context.quotes(&state.because, 2),
    }
}

fn do_view(context: &Context<'_>, rule: &Rule, walk: &Walk<'_>, instruction: &Do) -> DoView {
    let id = &rule.file.id;
    let part = |name: &str| format!("{}.{name}", walk.now.step);
    let noted = |name: &str, text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| context.noted(id, &part(name), text))
    };
    DoView {
        text: context.html(id, &instruction.text),
        how: noted("how", &instruction.how),
        command: instruction
            .command
            .as_deref()
            .map(|command| context.command(id, command)),
        command_notes: context.step_notes(id, &part("command")),
        who: instruction.who.map(words::who),
        caution: instruction
            .caution
            .as_deref()
            .and_then(|name| caution(context, name)),
        loosens: noted("loosens", &instruction.loosens),
        undo: noted("undo", &instruction.undo),
        values: handover::values(context, instruction),
        collect: context.collectors(&instruction.collect),
        can_refuse: instruction.cannot.is_some(),
        message: instruction
            .who
            .is_some()
            .then(|| handover::for_step(context, rule, walk, instruction)),
    }
}

fn end_view(context: &Context<'_>, rule: &Rule, walk: &Walk<'_>, outcome: &Outcome) -> EndView {
    let handed = matches!(
        outcome.outcome,
        OutcomeKind::Escalate | OutcomeKind::Unsupported
    );
    EndView {
        sign: words::end(outcome.outcome),
        text: context.html(&rule.file.id, &outcome.text),
        solved: outcome.outcome == OutcomeKind::Resolved,
        next_rule: outcome
            .rule
            .as_ref()
            .map(|next| (next.to_string(), context.title(next))),
        message: handed.then(|| handover::for_end(context, rule, walk, outcome)),
    }
}

fn caution(context: &Context<'_>, name: &str) -> Option<Rendered> {
    let cautions = context
        .view
        .pinned
        .cautions
        .iter()
        .chain(&context.release().cautions);
    cautions
        .into_iter()
        .find(|caution| caution.id == name)
        .map(|caution| render(&caution.text))
}
