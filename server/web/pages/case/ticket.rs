//! A case in a few lines, to paste into a ticket: once as Markdown, once as plain text.

use std::fmt::Write;

use super::context::Context;
use super::guide::GuideView;
use crate::evidence::Proof;
use crate::guide::walk::NowKind;
use crate::rules::Finding;
use crate::web::markdown;
use crate::web::pages::words;

/// Both spellings of the summary.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    pub(crate) markdown: String,
    pub(crate) plain: String,
}

/// How the two spellings differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Markdown,
    Plain,
}

/// Sums a case up.
pub(crate) fn summary(context: &Context<'_>, headline: &str, guide: Option<&GuideView>) -> Summary {
    Summary {
        markdown: written(context, headline, guide, Style::Markdown),
        plain: written(context, headline, guide, Style::Plain),
    }
}

fn written(
    context: &Context<'_>,
    headline: &str,
    guide: Option<&GuideView>,
    style: Style,
) -> String {
    let record = &context.view.record;
    let mut out = style.strong(headline);
    out.push_str(style.line_break());
    out.push('\n');
    for (name, value) in [
        ("Ticket", &record.ticket),
        ("Machine", &record.machine),
        ("Account", &record.account),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {}{}", style.text(value), style.line_break());
        }
    }
    if let Some(finding) = context.view.diagnosis.findings.findings.first() {
        found(context, finding, style, &mut out);
    }
    if let Some(walk) = context.view.walk().filter(|walk| !walk.done.is_empty()) {
        let rule = context.view.active.as_ref();
        out.push_str("\nSo far:\n");
        for passed in &walk.done {
            let Some(rule) = rule else { continue };
            let text = context.plain(rule, passed.text);
            let answer = match (passed.skipped, passed.label) {
                (true, _) => "not needed".to_owned(),
                (_, "") => passed.answer.to_string(),
                (_, label) => context.plain(rule, label),
            };
            let proof = passed
                .because
                .first()
                .map_or_else(String::new, |proof| format!(" ({})", style.proof(proof)));
            let _ = writeln!(
                out,
                "- {} {}{proof}",
                style.text(&text),
                style.strong(&answer)
            );
        }
    }
    if guide.is_some() {
        let _ = writeln!(out, "\nNow: {}", style.text(&present(context)));
    }
    if let Some(outcome) = record.ended() {
        let note = outcome.note.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "\nOutcome: {} {}",
            words::outcome(outcome.outcome).word,
            style.text(note)
        );
    }
    let _ = write!(
        out,
        "\nCase: {} (release {})",
        context.link(),
        context.release().number
    );
    out
}

fn found(context: &Context<'_>, finding: &Finding, style: Style, out: &mut String) {
    let Some(rule) = context.release().rule(finding.rule.as_str()) else {
        return;
    };
    let product = context.release().product_name(&rule.file.product);
    let sure = words::confidence(finding.confidence).word;
    let _ = writeln!(out, "{}, {sure}", style.text(product));
    for proof in finding.because.iter().take(3) {
        let _ = writeln!(out, "- {}", style.proof(proof));
    }
    let cause = context.cause_in_words(&finding.rule, &rule.file.cause);
    let _ = writeln!(out, "\n{}", style.text(&cause));
}

fn present(context: &Context<'_>) -> String {
    let Some(walk) = context.view.walk() else {
        return String::new();
    };
    let Some(rule) = &context.view.active else {
        return String::new();
    };
    let text = match &walk.now.kind {
        NowKind::Ask { ask, .. } => *ask,
        NowKind::Do(instruction) => instruction.text.as_str(),
        NowKind::Outcome(outcome) => outcome.text.as_str(),
        NowKind::Checks { intro, .. } => intro.unwrap_or("Several checks are open."),
        NowKind::Broken(what) => return what.clone(),
    };
    context.step_in_words(rule, walk.now.step.as_str(), text)
}

impl Style {
    fn text(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Markdown => markdown::escape(text),
        }
    }

    /// What keeps the next line a line of its own.
    fn line_break(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Markdown => "  ",
        }
    }

    fn strong(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Markdown => format!("**{}**", markdown::escape(text)),
        }
    }

    fn proof(self, proof: &Proof) -> String {
        let words = words::cut(
            &proof.text.split_whitespace().collect::<Vec<_>>().join(" "),
            200,
        );
        let place = format!("{} line {}", proof.source, proof.line);
        match self {
            Self::Plain => format!("\"{words}\", {place}"),
            Self::Markdown => format!(
                "{} {}",
                markdown::code_span(&words),
                markdown::escape(&place)
            ),
        }
    }
}
