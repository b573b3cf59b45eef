//! The top of the case page: what this is, how sure, and why; or what is missing to say so.

use std::collections::BTreeSet;

use super::context::{CollectorView, Context, collector};
use crate::condition::RuleId;
use crate::evidence::{Matcher, Problem, Proof};
use crate::rules::{AheadBy, Confidence, Finding, Need, Role, Verdict};
use crate::web::markdown::Rendered;
use crate::web::pages::house_notes::HouseNotes;
use crate::web::pages::proof::Quote;
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

/// What a case amounts to, in words.
#[derive(Debug, Clone)]
pub(crate) struct VerdictView {
    /// Icon, colour, word.
    pub(crate) sign: Sign,
    /// The cause's title, or a sentence.
    pub(crate) headline: String,
    /// The cause's rule.
    pub(crate) cause: Option<CauseView>,
    /// What the words below it explain.
    pub(crate) lead: String,
    /// What kind of answer it is, for the template.
    pub(crate) kind: Kind,
}

/// The best cause.
#[derive(Debug, Clone)]
pub(crate) struct CauseView {
    pub(crate) href: String,
    pub(crate) product: String,
    pub(crate) confidence: Sign,
    pub(crate) why: String,
    pub(crate) quotes: Vec<Quote>,
    pub(crate) more_proof: usize,
    pub(crate) text: Rendered,
    /// What the house adds to it.
    pub(crate) notes: HouseNotes,
}

impl VerdictView {
    /// Whether no rule knows it.
    pub(crate) fn is_unmatched(&self) -> bool {
        matches!(self.kind, Kind::Unmatched(_))
    }
}

/// Which answer the page gives.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A cause, and how many more faults were found beside it.
    Cause { others: usize },
    /// Several that fit.
    Candidates(Vec<Candidate>),
    /// Rules in question, and the one thing to send.
    Insufficient {
        rules: Vec<Candidate>,
        best: Option<NeedView>,
    },
    /// What was looked at.
    NoError {
        checked: Vec<String>,
        conditions: Vec<Candidate>,
    },
    /// Near rules.
    Unmatched(Vec<Candidate>),
    /// What could not be read and why.
    Unreadable(Vec<String>),
    /// A guide was started without evidence.
    Started,
}

/// A rule that may be worth a look.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) product: String,
    /// The way to its walk in this case.
    pub(crate) href: String,
    /// How sure, where it matched.
    pub(crate) confidence: Option<Sign>,
    /// In a few words: why it is here, or why it stepped back.
    pub(crate) why: String,
    pub(crate) quotes: Vec<Quote>,
}

/// One finding in the panel that explains the order.
#[derive(Debug, Clone)]
pub(crate) struct OrderRow {
    pub(crate) title: String,
    pub(crate) confidence: Sign,
    /// A sentence; empty on the last.
    pub(crate) why: &'static str,
}

/// A piece of evidence that would decide something.
#[derive(Debug, Clone)]
pub(crate) struct NeedView {
    pub(crate) collector: CollectorView,
    pub(crate) decides: String,
}

/// What the case amounts to.
pub(crate) fn verdict(context: &Context<'_>) -> VerdictView {
    let view = context.view;
    let mut rounds = view.record.rounds.iter();
    if let Some(rule) = &view.record.chosen_rule
        && rounds.all(|round| round.sources.is_empty() && round.facts.is_empty())
    {
        return started(context, rule);
    }
    let findings = &view.diagnosis.findings;
    let sign = words::verdict(findings.verdict);
    let (headline, lead, kind) = match findings.verdict {
        Verdict::Matched => return matched(context, sign),
        Verdict::Ambiguous => (
            "More than one cause fits what was sent".to_owned(),
            "Compare the proof of each. Sending what is asked for below tells them apart.".to_owned(),
            Kind::Candidates(leading(context)),
        ),
        Verdict::InsufficientEvidence => insufficient(context),
        Verdict::NoErrorFound => (
            "There is no error in what was sent".to_owned(),
            "It was read, and nothing in it says that something failed. If something does fail, send the error message itself.".to_owned(),
            Kind::NoError {
                checked: findings.checked.clone(),
                conditions: findings.findings.iter().map(|finding| candidate(context, finding)).collect(),
            },
        ),
        Verdict::Unmatched => (
            "No rule here knows this error yet".to_owned(),
            "Nothing is proved. What is shown below is near by its words only, and codes are decoded as they stand.".to_owned(),
            Kind::Unmatched(suggestions(context)),
        ),
        Verdict::Unreadable => {
            let (headline, lead) = why_unreadable(&view.diagnosis.evidence.problems);
            (headline.to_owned(), lead.to_owned(), Kind::Unreadable(unreadable(context)))
        }
    };
    VerdictView {
        sign,
        headline,
        cause: None,
        lead,
        kind,
    }
}

/// Every other finding, each with a way to its walk.
pub(crate) fn others(context: &Context<'_>) -> Vec<Candidate> {
    let active = context.view.active.as_ref();
    context
        .view
        .diagnosis
        .findings
        .findings
        .iter()
        .filter(|finding| Some(&finding.rule) != active)
        .take(12)
        .map(|finding| candidate(context, finding))
        .collect()
}

/// All findings in their order, each with what puts it before the next; nothing where there is no order to explain.
pub(crate) fn order(context: &Context<'_>) -> Vec<OrderRow> {
    let findings = &context.view.diagnosis.findings.findings;
    if findings.len() < 2 {
        return Vec::new();
    }
    let rows = findings.iter().take(13).map(|finding| OrderRow {
        title: context.title(&finding.rule),
        confidence: words::confidence(finding.confidence),
        why: finding.ahead_by.map_or("", ahead_by),
    });
    rows.collect()
}

fn ahead_by(principle: AheadBy) -> &'static str {
    match principle {
        AheadBy::Refines => "It is the more specific of the two; the next one gave way to it.",
        AheadBy::NextGaveWay => {
            "The next one has better proof, but gave way to a more specific one above it."
        }
        AheadBy::Cause => "It is a cause; the next one is only worth knowing.",
        AheadBy::Confidence => "Its proof is surer.",
        AheadBy::Ground => {
            "It rests on more: an error code before a product's own word, that before a sentence, that before a part of one."
        }
        AheadBy::Proofs => "More separate places in the text speak for it.",
        AheadBy::Product => "More words of its product stand in the text.",
        AheadBy::Name => "Nothing tells the two apart; they stand in the order of their names.",
    }
}

/// What to send next.
pub(crate) fn needs(context: &Context<'_>) -> Vec<NeedView> {
    context
        .view
        .diagnosis
        .findings
        .needs
        .iter()
        .take(8)
        .map(|need| need_view(context, need))
        .collect()
}

/// Why a finding is believed, in a sentence.
pub(crate) fn why(confidence: Confidence, proof: Option<&Proof>) -> String {
    let weight = match confidence {
        Confidence::Certain => "decisive proof",
        Confidence::Likely => "part of the message, with words around it that fit",
        Confidence::Possible => "a weak sign, so check before you act",
    };
    let Some(proof) = proof else {
        return weight.to_owned();
    };
    let place = format!("{}, line {}", proof.source, proof.line);
    let what = match proof.matcher {
        Matcher::Code => format!("the code {} stands in {place}", words::cut(&proof.text, 80)),
        Matcher::Phrase | Matcher::Regex => format!("these words stand in {place}"),
        Matcher::Event => format!("an event in {place} says {}", words::cut(&proof.text, 80)),
        Matcher::Fact if proof.absent => format!("{place} shows that the value is not there"),
        Matcher::Fact => format!("{place} says so"),
    };
    format!("{weight}: {what}")
}

fn matched(context: &Context<'_>, sign: Sign) -> VerdictView {
    let findings = &context.view.diagnosis.findings.findings;
    let leading = findings
        .iter()
        .filter(|finding| finding.role == Role::Cause && finding.gave_way_to.is_empty())
        .collect::<Vec<_>>();
    let best = leading.first().copied().or(findings.first());
    VerdictView {
        sign,
        headline: best.map_or_else(String::new, |finding| context.title(&finding.rule)),
        cause: best.and_then(|finding| cause(context, finding)),
        lead: String::new(),
        kind: Kind::Cause {
            others: leading.len().saturating_sub(1),
        },
    }
}

fn cause(context: &Context<'_>, finding: &Finding) -> Option<CauseView> {
    let rule = context.release().rule(finding.rule.as_str())?;
    Some(CauseView {
        href: paths::rule(finding.rule.as_str()),
        product: context
            .release()
            .product_name(&rule.file.product)
            .to_owned(),
        confidence: words::confidence(finding.confidence),
        why: why(finding.confidence, finding.because.first()),
        quotes: context.quotes(&finding.because, 3),
        more_proof: finding.because.len().saturating_sub(3),
        text: context.html(&finding.rule, &rule.file.cause),
        notes: context.cause_notes(&finding.rule),
    })
}

fn started(context: &Context<'_>, rule: &RuleId) -> VerdictView {
    VerdictView {
        sign: Sign {
            icon: "arrow",
            tone: "plain",
            word: "Guide without evidence",
        },
        headline: context.title(rule),
        cause: None,
        lead: "You started this guide yourself. Send the error message or a report at any time: what it answers is answered for you.".to_owned(),
        kind: Kind::Started,
    }
}

fn insufficient(context: &Context<'_>) -> (String, String, Kind) {
    let findings = &context.view.diagnosis.findings;
    let rules = findings.undecided.iter().take(8).map(|rule| Candidate {
        why: "its words are there; what decides is not".to_owned(),
        ..named(context, rule)
    });
    let best = findings
        .needs
        .iter()
        .rev()
        .max_by_key(|need| need.would_decide.len());
    (
        "One more piece of evidence is needed".to_owned(),
        "The words of the rules below are there, but they also need to know something about the machine.".to_owned(),
        Kind::Insufficient {
            rules: rules.collect(),
            best: best.map(|need| need_view(context, need)),
        },
    )
}

fn leading(context: &Context<'_>) -> Vec<Candidate> {
    let findings = context.view.diagnosis.findings.findings.iter();
    let leading = findings.filter(|finding| finding.gave_way_to.is_empty());
    leading
        .take(4)
        .map(|finding| candidate(context, finding))
        .collect()
}

fn suggestions(context: &Context<'_>) -> Vec<Candidate> {
    let near = context.view.diagnosis.findings.suggestions.iter().take(6);
    near.filter_map(|near| {
        let rule = context.release().rule(&near.rule)?;
        Some(Candidate {
            why: near.why.clone(),
            ..named(context, &rule.file.id)
        })
    })
    .collect()
}

/// What to say where nothing was read: that it was no text, or that there was no time to find out.
fn why_unreadable(problems: &[Problem]) -> (&'static str, &'static str) {
    if problems.iter().any(Problem::is_of_time) {
        (
            "Reading this took too long and was ended",
            "Nothing is said about what is in it. Send the part that matters by itself: the hour in question, one log, one machine.",
        )
    } else {
        (
            "Nothing in this could be read as text",
            "Signpost reads text: messages, logs, command output, registry exports, zip files of those.",
        )
    }
}

fn unreadable(context: &Context<'_>) -> Vec<String> {
    let problems = context.view.diagnosis.evidence.problems.iter().take(20);
    problems
        .map(|problem| format!("{}: {}", problem.source, problem.what))
        .collect()
}

fn candidate(context: &Context<'_>, finding: &Finding) -> Candidate {
    let gave_way = finding
        .gave_way_to
        .iter()
        .map(|rule| format!("“{}”", context.title(rule)))
        .collect::<Vec<_>>();
    let why = if !gave_way.is_empty() {
        let also = if stands_apart(context, finding) {
            "; it stands in another record too, so it may be a second fault"
        } else {
            ""
        };
        format!(
            "more general than {}{also}",
            words::listed(&gave_way, "and")
        )
    } else if finding.role == Role::Condition {
        "worth knowing about the machine; nothing failed because of it here".to_owned()
    } else {
        String::new()
    };
    Candidate {
        confidence: Some(words::confidence(finding.confidence)),
        why,
        quotes: context.quotes(&finding.because, 1),
        ..named(context, &finding.rule)
    }
}

/// Whether a finding has proof in a record in which none of those has any that it gave way to.
fn stands_apart(context: &Context<'_>, finding: &Finding) -> bool {
    let diagnosis = &context.view.diagnosis;
    let record = |proof: &Proof| {
        let mut sources = diagnosis.evidence.sources.iter();
        let source = sources.find(|source| source.name == proof.source)?;
        Some((proof.source.clone(), source.entries.of(proof.start)))
    };
    let records_of =
        |finding: &Finding| -> BTreeSet<_> { finding.because.iter().filter_map(record).collect() };
    let own = records_of(finding);
    let all = diagnosis.findings.findings.iter();
    let special = all.filter(|one| finding.gave_way_to.contains(&one.rule));
    let theirs: BTreeSet<_> = special.flat_map(records_of).collect();
    !own.is_subset(&theirs)
}

fn named(context: &Context<'_>, rule: &RuleId) -> Candidate {
    let product = context.view.rule(rule).map_or("", |rule| {
        context.release().product_name(&rule.file.product)
    });
    Candidate {
        id: rule.to_string(),
        title: context.title(rule),
        product: product.to_owned(),
        href: paths::case_with_rule(context.id(), rule.as_str()),
        confidence: None,
        why: String::new(),
        quotes: Vec::new(),
    }
}

fn need_view(context: &Context<'_>, need: &Need) -> NeedView {
    let titles = need
        .would_decide
        .iter()
        .take(3)
        .map(|rule| format!("“{}”", context.title(rule)))
        .collect::<Vec<_>>();
    NeedView {
        collector: collector(context.release(), &need.collect),
        decides: words::listed(&titles, "and"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_too_long_is_not_called_unreadable() {
        let problem = |what: &str| Problem {
            source: "security.evtx".to_owned(),
            line: None,
            what: what.to_owned(),
        };
        let late = problem("This was left out: reading this submission took too long.");
        assert!(why_unreadable(&[late]).0.contains("took too long"));
        let image = problem("This is an image.");
        assert!(why_unreadable(&[image]).0.contains("read as text"));
    }
}
