//! What programs read: a diagnosis.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::{Diagnosis, HouseValues};
use crate::condition::{FactsAsOf, RuleId, StepId};
use crate::evidence::whose::Question;
use crate::evidence::{About, Code, CodeSeen, CodeSpace, FactValue, Proof, codes};
use crate::guide::Automation;
use crate::guide::walk::{Route, walk};
use crate::rules::{
    AheadBy, Confidence, Finding, NotePlace, ReferenceFile, Release, Role, Rule, Suggestion,
    Verdict,
};
use crate::web::api::report_body::{EventBody, events_of};
use crate::web::api::walk_body::NowBody;
use crate::web::paths;

const MOST_BECAUSE: usize = 8;
const MOST_CODES: usize = 200;
const MOST_FACTS: usize = 2000;
const MOST_PROBLEMS: usize = 200;

/// What a submission amounts to, with proof.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiagnosisBody {
    /// The release that judged.
    #[schema(example = 3)]
    pub release: i64,
    /// What it amounts to.
    pub verdict: Verdict,
    /// Matched rules, best first.
    pub findings: Vec<FindingBody>,
    /// Error codes that were seen, decoded.
    pub codes: Vec<CodeBody>,
    /// Codes beyond the first 200.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_codes: usize,
    /// Facts that were read. A known absent one has `value: null`.
    pub facts: Vec<FactBody>,
    /// Facts beyond the first 2000.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_facts: usize,
    /// Records of event logs, failures first.
    pub events: Vec<EventBody>,
    /// Events beyond the first 200.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_events: usize,
    /// Near rules, when nothing matched.
    pub suggestions: Vec<Suggestion>,
    /// Evidence that would decide something.
    pub needs: Vec<NeedBody>,
    /// What was looked at, when no error was found.
    pub checked: Vec<String>,
    /// Whose evidence it is, where only a person can settle that: say it as the case's `machine` or `account`.
    pub questions: Vec<Question>,
    /// What could not be read, and where.
    pub problems: Vec<ReadingProblem>,
    /// Problems beyond the first 200.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_problems: usize,
}

/// One rule that matched.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingBody {
    /// Its id.
    #[schema(example = "win.logon-type-not-granted")]
    pub rule: String,
    /// What is wrong, in one line.
    pub title: String,
    /// The product it belongs to.
    pub product: String,
    /// A cause, or a condition worth knowing.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    /// Restates the order, 0 to 1; no probability.
    pub score: f64,
    /// The more specific rules that matched too.
    pub gave_way_to: Vec<String>,
    /// Why it stands before the next finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ahead_by: Option<AheadBy>,
    /// The proof, best first; never empty.
    pub because: Vec<Proof>,
    /// Proofs beyond the first eight.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
    /// Why it happens. Markdown.
    pub cause: String,
    /// What the house adds to it, in its own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteBody>,
    /// What to do first.
    pub next: NowBody,
    /// What a script may conclude.
    pub automation: Automation,
    /// Where it is documented.
    pub references: Vec<ReferenceFile>,
    /// The rule's page.
    pub url: String,
}

/// What a house adds to a text of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteBody {
    /// Which text of the step it is about: the id of an answer or a check, `how`, `CHECK.how`, `command`, `loosens` or `undo`;
    /// absent where it is the question, instruction or end itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Before the text, instead of it, or after it.
    pub place: NotePlace,
    /// The note. Markdown.
    pub text: String,
}

/// An error code where it was seen first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeBody {
    /// As written.
    #[schema(example = "-1073741477")]
    pub text: String,
    /// What it is, whatever its spelling.
    #[serde(flatten)]
    pub reading: CodeReading,
    /// How often it was seen.
    pub count: usize,
    /// The source.
    pub source: String,
    /// The line, from 1.
    pub line: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One reading of a code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeReading {
    /// Its family.
    pub space: CodeSpace,
    /// In hex.
    pub hex: Option<String>,
    /// As a signed number.
    pub signed: Option<i32>,
    /// As an unsigned number.
    pub unsigned: Option<u32>,
    /// Its symbol.
    pub symbol: Option<String>,
    /// What it means.
    pub meaning: Option<String>,
}

/// A fact and the line that says so.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactBody {
    /// Its key.
    #[schema(example = "dsregcmd.AzureAdJoined")]
    pub key: String,
    /// Its value; null when it is known to be absent.
    pub value: Option<FactValue>,
    /// The machine it is of, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// The account it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The account that took it, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_by: Option<String>,
    /// False where it is of another machine or about another account than the case is: it answers nothing.
    pub counts: bool,
    /// The source.
    pub source: String,
    /// The round.
    pub round: u32,
    /// The line, from 1.
    pub line: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Exactly these bytes.
    pub text: String,
}

/// A piece of evidence that would decide something.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedBody {
    /// The collector.
    pub collect: String,
    /// What it is.
    pub title: String,
    /// The command to run.
    pub command: Option<String>,
    /// The section of the collector script that gets it.
    pub section: Option<String>,
    /// The rules it would decide.
    pub would_decide: Vec<String>,
}

/// What could not be read, and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingProblem {
    /// The source.
    pub source: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl DiagnosisBody {
    /// A diagnosis as programs read it, its texts filled with what the house set.
    pub fn of(diagnosis: &Diagnosis, house: &HouseValues) -> Self {
        let evidence = &diagnosis.evidence;
        let findings = &diagnosis.findings;
        let (codes, more_codes) = codes_of(diagnosis);
        let (facts, more_facts) = facts_of(diagnosis);
        let (events, more_events) = events_of(evidence);
        Self {
            release: diagnosis.release.number,
            verdict: findings.verdict,
            findings: findings
                .findings
                .iter()
                .filter_map(|finding| FindingBody::of(finding, diagnosis, house))
                .collect(),
            codes,
            more_codes,
            facts,
            more_facts,
            events,
            more_events,
            suggestions: findings.suggestions.clone(),
            needs: needs_of(diagnosis),
            checked: findings.checked.clone(),
            questions: evidence.questions(),
            problems: evidence
                .problems
                .iter()
                .take(MOST_PROBLEMS)
                .map(|problem| ReadingProblem {
                    source: problem.source.clone(),
                    line: problem.line,
                    what: problem.what.clone(),
                })
                .collect(),
            more_problems: evidence.problems.len().saturating_sub(MOST_PROBLEMS),
        }
    }
}

impl FindingBody {
    fn of(finding: &Finding, diagnosis: &Diagnosis, house: &HouseValues) -> Option<Self> {
        let rule = diagnosis.release.rule(finding.rule.as_str())?;
        let walked = walk(
            Route {
                guide: &rule.guide,
                procedures: &diagnosis.release.procedures,
            },
            &diagnosis.evidence,
            &[],
        );
        let filler = Filler::new(diagnosis, rule, house);
        let automation = walked.automation.unwrap_or(&rule.file.automation).clone();
        Some(Self {
            rule: finding.rule.to_string(),
            title: rule.file.title.clone(),
            product: rule.file.product.to_string(),
            role: finding.role,
            confidence: finding.confidence,
            score: finding.score,
            gave_way_to: finding
                .gave_way_to
                .iter()
                .map(ToString::to_string)
                .collect(),
            ahead_by: finding.ahead_by,
            because: finding.because.iter().take(MOST_BECAUSE).cloned().collect(),
            more: finding.because.len().saturating_sub(MOST_BECAUSE),
            cause: filler.fill(&rule.file.cause),
            notes: filler.notes(None),
            next: NowBody::of(&walked.now, &filler),
            automation,
            references: rule.file.references.clone(),
            url: paths::rule(finding.rule.as_str()),
        })
    }
}

/// Puts facts, captures and settings into texts.
pub struct Filler<'a> {
    facts: FactsAsOf<'a>,
    captures: BTreeMap<String, String>,
    house: &'a HouseValues,
    release: &'a Release,
    rule: RuleId,
}

impl<'a> Filler<'a> {
    /// For the texts of a rule.
    pub fn new(diagnosis: &'a Diagnosis, rule: &Rule, house: &'a HouseValues) -> Self {
        let captures = diagnosis
            .finding(&rule.file.id)
            .map(|finding| finding.captures.clone());
        Self {
            facts: FactsAsOf {
                evidence: &diagnosis.evidence,
                round: diagnosis.evidence.latest_round(),
            },
            captures: captures.unwrap_or_default(),
            house,
            release: &diagnosis.release,
            rule: rule.file.id.clone(),
        }
    }

    /// The same with the notes of another release.
    #[must_use]
    pub fn with_notes_of(self, release: &'a Release) -> Self {
        Self { release, ..self }
    }

    /// What the house adds to a step and its parts, or to why the rule happens.
    pub fn notes(&self, step: Option<&str>) -> Vec<NoteBody> {
        let notes = self.release.notes_of(&self.rule);
        let notes = notes.filter_map(|(own, place, text)| {
            let of = match (own.map(StepId::as_str), step) {
                (own, step) if own == step => None,
                (Some(own), Some(step)) => Some(own.strip_prefix(step)?.strip_prefix('.')?),
                _ => return None,
            };
            Some(NoteBody {
                of: of.map(str::to_owned),
                place,
                text: self.fill(text),
            })
        });
        notes.collect()
    }

    /// The text with its values.
    pub fn fill(&self, text: &str) -> String {
        use crate::guide::placeholders::{Format, Values, fill};
        let values = Values {
            facts: self.facts,
            captures: &self.captures,
            settings: self.house,
        };
        fill(text, &values, Format::Markdown)
    }

    /// The same for what may be missing.
    pub fn fill_some(&self, text: Option<&str>) -> Option<String> {
        text.map(|text| self.fill(text))
    }
}

/// One reading of a code.
pub fn reading(code: &Code, shown: &str) -> CodeReading {
    let described = codes::describe(code);
    // A hard wrap and mail quoting may stand inside a product's code as it was written.
    let letters = shown
        .chars()
        .filter(|letter| letter.is_alphanumeric() || *letter == '_');
    let named = (code.space == CodeSpace::Name).then(|| letters.collect());
    CodeReading {
        space: code.space,
        hex: described.hex,
        signed: described.signed,
        unsigned: described.unsigned,
        symbol: described.symbol.map(str::to_owned).or(named),
        meaning: described.meaning.map(str::to_owned),
    }
}

fn codes_of(diagnosis: &Diagnosis) -> (Vec<CodeBody>, usize) {
    let evidence = &diagnosis.evidence;
    let mut first: BTreeMap<&Code, usize> = BTreeMap::new();
    let mut seen: Vec<(&CodeSeen, usize)> = Vec::new();
    for code in &evidence.codes {
        if let Some(at) = first.get(&code.code) {
            seen[*at].1 += 1;
        } else {
            first.insert(&code.code, seen.len());
            seen.push((code, 1));
        }
    }
    let more = seen.len().saturating_sub(MOST_CODES);
    let codes = seen.into_iter().take(MOST_CODES).map(|(code, count)| {
        let text = evidence.slice(code.span);
        let source = evidence.sources.get(code.span.source);
        CodeBody {
            text: text.to_owned(),
            reading: reading(&code.code, text),
            count,
            source: source.map(|source| source.name.clone()).unwrap_or_default(),
            line: code.span.line,
            start: code.span.start,
            end: code.span.end,
        }
    });
    (codes.collect(), more)
}

fn facts_of(diagnosis: &Diagnosis) -> (Vec<FactBody>, usize) {
    let evidence = &diagnosis.evidence;
    let nobody = About::default();
    let known = evidence.facts.iter().map(|fact| {
        let counts = evidence.fact_counts(fact);
        (evidence.prove_fact(fact), &*fact.about, counts)
    });
    let absent = diagnosis.absent.iter().filter_map(|(key, scope)| {
        let scope = evidence.scopes.get(*scope)?;
        Some((evidence.prove_absent(key, scope), &nobody, true))
    });
    let all = known.len() + diagnosis.absent.len();
    let shown = known.chain(absent).take(MOST_FACTS);
    let facts = shown.map(|(proof, about, counts)| FactBody {
        key: proof.fact.unwrap_or_default(),
        value: proof.value,
        machine: about.machine.clone(),
        account: about.account.clone(),
        taken_by: about.taken_by.clone(),
        counts,
        source: proof.source,
        round: proof.round,
        line: proof.line,
        start: proof.start,
        end: proof.end,
        text: proof.text,
    });
    (facts.collect(), all.saturating_sub(MOST_FACTS))
}

fn needs_of(diagnosis: &Diagnosis) -> Vec<NeedBody> {
    let needs = diagnosis.findings.needs.iter().map(|need| {
        let collector = diagnosis.release.collectors.get(&need.collect);
        NeedBody {
            collect: need.collect.to_string(),
            title: collector.map_or_else(|| need.collect.to_string(), |file| file.title.clone()),
            command: collector.and_then(|file| file.command.clone()),
            section: collector.and_then(|file| file.section.clone()),
            would_decide: need.would_decide.iter().map(ToString::to_string).collect(),
        }
    });
    needs.collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
