//! A message for whoever has to act: everything they need, and nothing they have to ask back for.

use std::fmt::Write;

use super::context::Context;
use crate::condition::FactTest;
use crate::evidence::Proof;
use crate::guide::walk::{By, Walk};
use crate::guide::{Do, Outcome};
use crate::rules::Rule;
use crate::web::markdown;
use crate::web::pages::words;

/// The message for an instruction that somebody else carries out.
pub(crate) fn for_step(
    context: &Context<'_>,
    rule: &Rule,
    walk: &Walk<'_>,
    instruction: &Do,
) -> String {
    let id = &rule.file.id;
    let mut message = opening(context, rule, walk);
    let _ = writeln!(
        message,
        "\nWhat to do\n{}",
        context.step_in_words(id, walk.now.step.as_str(), &instruction.text)
    );
    let part = |part: &str, text: &str| {
        let address = format!("{}.{part}", walk.now.step);
        context.noted_in_words(id, &address, text)
    };
    if let Some(how) = &instruction.how {
        let _ = writeln!(message, "{}", part("how", &context.plain(id, how)));
    }
    if let Some(command) = &instruction.command {
        let command = format!("Command: {}", context.command(id, command));
        let _ = writeln!(message, "{}", part("command", &command));
    }
    let mut values = values(context, instruction);
    if values.is_empty() {
        let last = walk.done.last().map_or(&[][..], |passed| &passed.because);
        values.extend(last.iter().filter(|proof| proof.fact.is_some()).map(said));
    }
    if !values.is_empty() {
        let _ = writeln!(message, "\nValue now");
        for value in values {
            let _ = writeln!(message, "- {value}");
        }
    }
    if let Some(loosens) = &instruction.loosens {
        let _ = writeln!(
            message,
            "\nWhat it loosens\n{}",
            part("loosens", &context.plain(id, loosens))
        );
    }
    let caution = instruction.caution.as_deref().and_then(|name| {
        let cautions = &context.view.pinned.cautions;
        cautions.iter().find(|caution| caution.id == name)
    });
    if let Some(caution) = caution {
        let _ = writeln!(message, "\nMind\n{}", markdown::plain(&caution.text));
    }
    if let Some(undo) = &instruction.undo {
        let _ = writeln!(
            message,
            "\nTo undo it\n{}",
            part("undo", &context.plain(id, undo))
        );
    }
    closing(context, message)
}

/// The message for a guide that ends with somebody else.
pub(crate) fn for_end(
    context: &Context<'_>,
    rule: &Rule,
    walk: &Walk<'_>,
    outcome: &Outcome,
) -> String {
    let mut message = opening(context, rule, walk);
    let step = walk.now.step.as_str();
    let asked = context.step_in_words(&rule.file.id, step, &outcome.text);
    let _ = writeln!(message, "\nWhat is asked of you\n{asked}");
    closing(context, message)
}

/// What is known about the facts that decide whether an instruction is needed.
pub(crate) fn values(context: &Context<'_>, instruction: &Do) -> Vec<String> {
    let mut tests: Vec<&FactTest> = Vec::new();
    if let Some(condition) = &instruction.when {
        condition.for_each_leaf(&mut |test, _| tests.push(test));
    }
    context.values_now(&tests)
}

fn opening(context: &Context<'_>, rule: &Rule, walk: &Walk<'_>) -> String {
    let record = &context.view.record;
    let mut message = format!("{}\n", rule.file.title);
    let product = context.release().product_name(&rule.file.product);
    let _ = writeln!(message, "Product: {product}");
    for (name, value) in [
        ("Ticket", &record.ticket),
        ("Machine", &record.machine),
        ("Account", &record.account),
    ] {
        if let Some(value) = value {
            let _ = writeln!(message, "{name}: {value}");
        }
    }
    let cause = context.cause_in_words(&rule.file.id, &rule.file.cause);
    let _ = writeln!(message, "\nWhat is wrong\n{cause}");
    if let Some(finding) = context.view.diagnosis.finding(&rule.file.id) {
        let _ = writeln!(message, "\nFound");
        for proof in finding.because.iter().take(3) {
            let _ = writeln!(message, "- {}", said(proof));
        }
    }
    if !walk.done.is_empty() {
        let _ = writeln!(message, "\nChecked and done so far");
    }
    for passed in &walk.done {
        let text = context.plain(&rule.file.id, passed.text);
        let answer = match (passed.skipped, passed.label) {
            (true, _) => "not needed".to_owned(),
            (_, "") => passed.answer.to_string(),
            (_, label) => context.plain(&rule.file.id, label),
        };
        let said = passed.because.iter().take(3).map(said).collect::<Vec<_>>();
        let source = match &passed.by {
            _ if !said.is_empty() => format!(" ({})", said.join("; ")),
            By::Person(given) => given
                .who
                .as_ref()
                .map_or_else(String::new, |who| format!(" (said {who})")),
            By::Evidence => String::new(),
        };
        let _ = writeln!(message, "- {text} {answer}{source}");
    }
    message
}

fn said(proof: &Proof) -> String {
    let place = format!("{} line {}", proof.source, proof.line);
    match (&proof.fact, &proof.value) {
        (Some(fact), _) if proof.absent => format!("{fact} is not there, {place}"),
        (Some(fact), Some(value)) => format!("{fact} = {value}, {place}"),
        _ => format!("\"{}\", {place}", words::cut(proof.text.trim(), 200)),
    }
}

fn closing(context: &Context<'_>, mut message: String) -> String {
    let _ = write!(message, "\nThe whole case: {}", context.link());
    message
}
