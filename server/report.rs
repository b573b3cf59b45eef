//! A diagnosis for people at a terminal.

use std::fmt::{self, Write};

use signpost::evidence::{CodeSpace, Proof};
use signpost::rules::Verdict;
use signpost::rules::evaluate::{RuleScore, Scores};
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
    for note in finding.notes.iter().chain(&finding.next.notes) {
        writeln!(text, "  note of your house: {}", one_line(&note.text))?;
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

/// How a release fares on an evaluation file.
pub(crate) fn scores(scores: &Scores) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_scores(scores, &mut text);
    text
}

fn write_scores(scores: &Scores, text: &mut String) -> fmt::Result {
    let lines = [
        ("first finding right", scores.top1),
        ("wanted among the first three", scores.top3),
        ("several faults, all found", scores.several),
        ("silent where nothing is to be found", scores.silent),
        ("silent on look-alikes", scores.silent_hard),
        ("findings proved", scores.proved),
        ("certain findings right", scores.certain),
    ];
    for (name, share) in lines {
        let percent = share.ratio() * 100.0;
        writeln!(
            text,
            "{name:38} {percent:6.2} %   {} of {}",
            share.right, share.of
        )?;
    }
    let weak = |score: &RuleScore| {
        score.recall.right < score.recall.of || score.precision.right < score.precision.of
    };
    let weak = scores.rules.iter().filter(|(_, score)| weak(score));
    for (at, (rule, score)) in weak.enumerate() {
        if at == 0 {
            writeln!(
                text,
                "\nRules with misses: found where wanted, right where first"
            )?;
        }
        let RuleScore { recall, precision } = score;
        writeln!(
            text,
            "  {rule:52} {:>4} of {:<4} {:>4} of {}",
            recall.right, recall.of, precision.right, precision.of
        )?;
    }
    if !scores.confused.is_empty() {
        writeln!(text, "\nWanted, and what came first instead")?;
    }
    for ((want, got), rows) in &scores.confused {
        let got = if got.is_empty() { "nothing" } else { got };
        writeln!(text, "  {want} -> {got}  {rows}")?;
    }
    if !scores.misses.is_empty() {
        writeln!(text, "\nRows")?;
    }
    for miss in &scores.misses {
        writeln!(
            text,
            "  {}  want [{}] got [{}]  {}",
            miss.id,
            miss.want.join(", "),
            miss.got.join(", "),
            miss.text
        )?;
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
