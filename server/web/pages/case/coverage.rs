//! What the evidence covers, and what each missing piece would answer.

use super::context::{CollectorView, Context, collector};
use crate::actions::{Coverage, Covered, coverage};
use crate::web::markdown::Rendered;
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

/// So many questions of one piece are named.
const QUESTIONS: usize = 5;
/// So many sources of one piece are named.
const SOURCES: usize = 3;

/// The coverage of a case.
#[derive(Debug, Clone, Default)]
pub(crate) struct CoverageView {
    /// `2 of 8`.
    pub(crate) count: String,
    /// What would answer something, and what is there.
    pub(crate) pieces: Vec<PieceView>,
    /// What is neither there nor asked for.
    pub(crate) unasked: Vec<CollectorView>,
}

/// One collector.
#[derive(Debug, Clone)]
pub(crate) struct PieceView {
    pub(crate) sign: Sign,
    pub(crate) collector: CollectorView,
    /// Whether it is worth getting.
    pub(crate) wanted: bool,
    /// Name and address of the sources that hold it.
    pub(crate) sources: Vec<(String, String)>,
    pub(crate) more_sources: usize,
    /// The questions that it would answer.
    pub(crate) questions: Vec<QuestionView>,
    pub(crate) more_questions: usize,
}

/// Something that a piece would answer.
#[derive(Debug, Clone)]
pub(crate) struct QuestionView {
    pub(crate) text: Rendered,
    /// It is the present question.
    pub(crate) now: bool,
    /// Of another rule: the way to its walk.
    pub(crate) href: Option<String>,
}

pub(crate) fn coverage_view(context: &Context<'_>) -> CoverageView {
    let all = coverage(context.view);
    let there = all.iter().filter(|one| one.state != Covered::Missing);
    let count = format!("{} of {}", there.count(), all.len());
    let (pieces, unasked): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|one| one.state != Covered::Missing || !one.would_answer.is_empty());
    let named = |one: &Coverage<'_>| collector(context.release(), &one.collector.id);
    CoverageView {
        count,
        unasked: unasked.iter().map(named).collect(),
        pieces: pieces.iter().map(|one| piece(context, one)).collect(),
    }
}

fn piece(context: &Context<'_>, one: &Coverage<'_>) -> PieceView {
    let evidence = context.evidence();
    let sources = one.sources.iter().take(SOURCES).filter_map(|at| {
        let source = evidence.sources.get(*at)?;
        Some((source.name.clone(), paths::case_source(context.id(), *at)))
    });
    let questions = one.would_answer.iter().take(QUESTIONS);
    let questions = questions.map(|question| QuestionView {
        text: context.inline(question.rule, question.text),
        now: question.now,
        href: question
            .step
            .is_none()
            .then(|| paths::case_with_rule(context.id(), question.rule.as_str())),
    });
    PieceView {
        sign: words::covered(one.state),
        collector: collector(context.release(), &one.collector.id),
        wanted: !one.would_answer.is_empty(),
        sources: sources.collect(),
        more_sources: one.sources.len().saturating_sub(SOURCES),
        questions: questions.collect(),
        more_questions: one.would_answer.len().saturating_sub(QUESTIONS),
    }
}
