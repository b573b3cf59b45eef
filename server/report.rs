//! A diagnosis for people at a terminal.

use std::fmt::{self, Write};

use signpost::evidence::{CodeSpace, Proof};
use signpost::rules::Verdict;
use signpost::web::api::body::{CodeBody, DiagnosisBody, FindingBody};

/// The whole report.
pub(crate) fn report(diagnosis: &DiagnosisBody) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write(diagnosis, &mut text);
    text
}

fn write(diagnosis: &DiagnosisBody, text: &mut String) -> fmt::Result {
    writeln!(text, "{}", headline(diagnosis.verdict))?;
    for finding in &diagnosis.findings {
        write_finding(finding, text)?;
    }
    // A product's own code explains itself, and stands among the proofs.
    let explained =
        |code: &&CodeBody| code.reading.symbol.is_some() && code.reading.space != CodeSpace::Name;
    for code in diagnosis.codes.iter().filter(explained) {
        let symbol = code.reading.symbol.as_deref().unwrap_or_default();
        let meaning = code.reading.meaning.as_deref().unwrap_or_default();
        writeln!(
            text,
            "\ncode {} = {symbol}  {meaning}",
            one_line(&code.text)
        )?;
    }
    if !diagnosis.suggestions.is_empty() {
        writeln!(text, "\nNear by words, unproved:")?;
        for near in &diagnosis.suggestions {
            writeln!(text, "  {}  {}", near.rule, near.title)?;
        }
    }
    if !diagnosis.needs.is_empty() {
        writeln!(text, "\nWould decide more:")?;
        for need in &diagnosis.needs {
            let command = need.command.as_deref().unwrap_or(&need.collect);
            writeln!(text, "  {}: {command}", need.title)?;
        }
    }
    for problem in &diagnosis.problems {
        let line = problem
            .line
            .map_or(String::new(), |line| format!(" line {line}"));
        writeln!(text, "\n{}{line}: {}", problem.source, problem.what)?;
    }
    Ok(())
}

fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Matched => "A known cause was found.",
        Verdict::Ambiguous => "Several causes are possible.",
        Verdict::InsufficientEvidence => "More evidence is needed.",
        Verdict::NoErrorFound => "There is no error in it.",
        Verdict::Unmatched => "No rule knows it.",
        Verdict::Unreadable => "Nothing in it could be read.",
    }
}

fn write_finding(finding: &FindingBody, text: &mut String) -> fmt::Result {
    let confidence = format!("{:?}", finding.confidence).to_lowercase();
    writeln!(
        text,
        "\n{}\n  {} ({confidence})",
        finding.title, finding.rule
    )?;
    if !finding.gave_way_to.is_empty() {
        writeln!(text, "  gave way to {}", finding.gave_way_to.join(", "))?;
    }
    for proof in &finding.because {
        writeln!(text, "  because {}", proved(proof))?;
    }
    let next = finding.next.ask.as_deref().or(finding.next.text.as_deref());
    if let Some(next) = next.filter(|_| finding.gave_way_to.is_empty()) {
        writeln!(text, "  next: {}", next.trim())?;
        if let Some(command) = &finding.next.command {
            writeln!(text, "        {command}")?;
        }
        for answer in &finding.next.answers {
            writeln!(text, "        - {}", answer.label)?;
        }
    }
    Ok(())
}

fn proved(proof: &Proof) -> String {
    let mut words = one_line(&proof.text);
    if words.chars().count() > 160 {
        words = words.chars().take(160).chain("…".chars()).collect();
    }
    let place = format!("{} line {}", proof.source, proof.line);
    match (&proof.fact, proof.absent) {
        (Some(fact), true) => format!("{fact} is not there: {place} lists everything else"),
        _ => format!("\"{words}\", {place}"),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
