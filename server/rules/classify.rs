//! Evidence to findings: which rules match, by which bytes, in which order, and what that amounts to.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::compile::{Release, Rule};
use super::events::Events;
use super::hits::{Hits, LeafId};
use super::judge::{Judged, judge};
use super::mentions::Asked;
use super::rank::{self, Candidate, rank};
use super::{errors, near, needs};
use crate::condition::{CollectorId, ProductId, RuleId};
use crate::evidence::{
    self, CodeSeen, Evidence, FactKey, NeverStop, Proof, ReadOptions, Stop, Submission,
};
use crate::guide::OutcomeKind;
use crate::guide::walk::{NowKind, Route, walk};

/// What a submission amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// One cause, or several faults that each have decisive proof.
    Matched,
    /// Two causes that the evidence does not tell apart.
    Ambiguous,
    /// No rule is true, at least one could be.
    InsufficientEvidence,
    /// Evidence was read and holds no error.
    NoErrorFound,
    /// Text that no rule knows.
    Unmatched,
    /// Nothing in it could be read.
    Unreadable,
}

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A cause of the error.
    Cause,
    /// Worth knowing about the machine; nothing failed.
    Condition,
}

/// How sure a finding is. Ordered: greater is surer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Weak proof, or facts alone.
    Possible,
    /// A partial sentence with context.
    Likely,
    /// A decisive code, or a vendor's complete sentence.
    Certain,
}

/// Why a finding stands before the next one: the first principle, in this order, that tells the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AheadBy {
    /// It is the more specific rule.
    Refines,
    /// The next one has better proof, and gave way to a more specific rule that stands before it.
    NextGaveWay,
    /// It is a cause, the next one only worth knowing.
    Cause,
    /// It is surer.
    Confidence,
    /// It rests on more: a code before a product's own word, that before a sentence, that before a part of one.
    Ground,
    /// It has more independent proofs.
    Proofs,
    /// More words of its product stand in the text.
    Product,
    /// Nothing but its name: the two are equal.
    Name,
}

/// One rule that matched.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// What it is.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    /// Restates the order, 0 to 1.
    pub score: f64,
    /// The matched rules that refine this one.
    pub gave_way_to: Vec<RuleId>,
    /// Why it stands before the next finding; `None` on the last.
    pub ahead_by: Option<AheadBy>,
    /// The proof, best first; never empty.
    pub because: Vec<Proof>,
    /// Named groups of the regexes that matched.
    pub captures: std::collections::BTreeMap<String, String>,
}

/// A rule that is near by words; never counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Suggestion {
    /// Which rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// How near, 0 to 1.
    pub score: f64,
    /// Why it is shown.
    pub why: String,
}

/// A piece of evidence that would decide something.
#[derive(Debug, Clone)]
pub struct Need {
    /// How to get it.
    pub collect: CollectorId,
    /// The rules it would decide.
    pub would_decide: Vec<RuleId>,
}

/// Everything the rules say about a submission.
#[derive(Debug, Clone)]
pub struct Findings {
    /// What it amounts to.
    pub verdict: Verdict,
    /// Matched rules, best first.
    pub findings: Vec<Finding>,
    /// Near rules, when nothing matched.
    pub suggestions: Vec<Suggestion>,
    /// Collectors of the unknown facts of undecided rules, then of the open questions of the findings' guides.
    pub needs: Vec<Need>,
    /// Rules that are undecided: their words are there, their facts are unknown.
    pub undecided: Vec<RuleId>,
    /// What was looked at, in words, when no error was found.
    pub checked: Vec<String>,
    /// The products' symbolic codes that the release knows and the text holds, in order.
    pub named_codes: Vec<CodeSeen>,
    /// Whether time ran out before everything was looked at: what is said is true, and more may be.
    pub cut_short: bool,
}

/// Judges evidence by a release. `product` raises rules of that product.
pub fn classify(release: &Release, evidence: &Evidence, product: Option<&ProductId>) -> Findings {
    classify_until(release, evidence, product, &NeverStop)
}

/// Judges evidence for as long as it may: what was found up to then counts.
pub fn classify_until(
    release: &Release,
    evidence: &Evidence,
    product: Option<&ProductId>,
    stop: &dyn Stop,
) -> Findings {
    let mut time = Time::until(stop);
    let mut hits = release.matcher.seek(evidence, &mut time);
    let named_codes = release.matcher.named(&hits);
    let asked = &mut Asked::default();
    let spoken_of = release
        .matcher
        .set_aside_mentions(evidence, &mut hits, asked);
    let Weighed {
        verdict,
        candidates,
        undecided,
    } = weigh(release, evidence, product, &hits, &mut time);
    let findings = rank::findings(candidates);
    let suggestions = if verdict == Verdict::Unmatched {
        suggestions(release, evidence, &spoken_of)
    } else {
        Vec::new()
    };
    let checked = if verdict == Verdict::NoErrorFound {
        errors::checked(release, evidence)
    } else {
        Vec::new()
    };
    let needs = needs::needs(release, evidence, &undecided, &findings);
    let undecided = undecided.into_iter().map(|(id, _)| id).collect();
    Findings {
        verdict,
        findings,
        suggestions,
        needs,
        undecided,
        checked,
        named_codes,
        cut_short: time.over,
    }
}

/// Reads and judges a few examples of the release, so that whatever is made when it is first needed is there before
/// somebody waits for it.
pub fn warm_up(release: &Release) {
    const EXAMPLES: usize = 3;
    let examples = release.rules.values();
    let examples = examples.filter_map(|rule| rule.file.examples.first()?.text.clone());
    for text in examples.take(EXAMPLES) {
        let submission = Submission {
            text: Some(text),
            ..Submission::default()
        };
        let evidence = evidence::read(&submission, 1, &ReadOptions::default());
        classify(release, &evidence, None);
    }
}

/// What a release says about evidence, in short: all that two releases are compared by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Said {
    /// What it amounts to.
    pub verdict: Verdict,
    /// Matched rules, best first.
    pub findings: Vec<SaidFinding>,
}

/// One rule that matched, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct SaidFinding {
    /// Which rule.
    pub rule: String,
    /// What it is.
    pub role: Role,
    /// How sure.
    pub confidence: Confidence,
    /// Whether it stepped back behind a more specific one.
    pub gave_way: bool,
}

/// Judges evidence by each of two releases and keeps only what they are compared by: no suggestions, no needs, no proofs.
pub fn compare(
    releases: [&Release; 2],
    evidence: &Evidence,
    product: Option<&ProductId>,
) -> [Said; 2] {
    let mut asked = Asked::default();
    releases.map(|release| say(release, evidence, product, &mut asked))
}

fn say(
    release: &Release,
    evidence: &Evidence,
    product: Option<&ProductId>,
    asked: &mut Asked,
) -> Said {
    let mut time = Time::until(&NeverStop);
    let mut hits = release.matcher.seek(evidence, &mut time);
    release
        .matcher
        .set_aside_mentions(evidence, &mut hits, asked);
    let weighed = weigh(release, evidence, product, &hits, &mut time);
    let findings = weighed.candidates.into_iter().map(|one| SaidFinding {
        rule: one.rule.to_string(),
        role: one.role,
        confidence: one.confidence,
        gave_way: !one.gave_way_to.is_empty(),
    });
    Said {
        verdict: weighed.verdict,
        findings: findings.collect(),
    }
}

/// The rules weighed against what was found.
struct Weighed<'a> {
    verdict: Verdict,
    /// Those that hold, best first.
    candidates: Vec<Candidate<'a>>,
    /// Those whose words are there and whose facts are unknown.
    undecided: Vec<(RuleId, Vec<FactKey>)>,
}

fn weigh<'a>(
    release: &'a Release,
    evidence: &Evidence,
    product: Option<&ProductId>,
    hits: &Hits,
    time: &mut Time<'_>,
) -> Weighed<'a> {
    let events = Events::of(evidence);
    let has_error = errors::holds_error(evidence);
    let mut candidates = Vec::new();
    let mut undecided = Vec::new();
    for (id, rule) in &release.rules {
        if time.is_over() {
            break;
        }
        if release.is_off(id).is_some() {
            continue;
        }
        match judge(rule, evidence, hits, &events) {
            Judged::Matched(matched) => {
                let role = if matched.facts_only && !has_error {
                    Role::Condition
                } else {
                    Role::Cause
                };
                let confidence = matched.confidence.unwrap_or(Confidence::Possible);
                let confidence = if is_over(release, rule, evidence) {
                    confidence.min(Confidence::Possible)
                } else {
                    confidence
                };
                let product_context = product_context(release, &rule.file.product, product, hits);
                candidates.push(Candidate {
                    rule: id,
                    role,
                    confidence,
                    matched,
                    product_context,
                    gave_way_to: Vec::new(),
                    ahead_by: None,
                });
            }
            Judged::Undecided(keys) => undecided.push((id.clone(), keys)),
            Judged::Silent => {}
        }
    }
    let candidates = rank(release, candidates);
    Weighed {
        verdict: verdict(evidence, &candidates, !undecided.is_empty(), has_error),
        candidates,
        undecided,
    }
}

/// Whether facts alone lead through the rule's guide to its good end: the machine shows that what an event or a log tells
/// is of a former time.
pub(super) fn is_over(release: &Release, rule: &Rule, evidence: &Evidence) -> bool {
    if evidence.facts.is_empty() {
        return false;
    }
    let route = Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    };
    let end = walk(route, evidence, &[]).now.kind;
    matches!(end, NowKind::Outcome(end) if end.outcome == OutcomeKind::Resolved)
}

/// Whether there is time left; once it is over it stays so.
pub(super) struct Time<'a> {
    stop: &'a dyn Stop,
    over: bool,
}

impl<'a> Time<'a> {
    pub(super) fn until(stop: &'a dyn Stop) -> Self {
        Self { stop, over: false }
    }

    pub(super) fn is_over(&mut self) -> bool {
        self.over = self.over || self.stop.ended().is_some();
        self.over
    }
}

fn product_context(
    release: &Release,
    own: &ProductId,
    named: Option<&ProductId>,
    hits: &Hits,
) -> usize {
    let words = release.product_words.get(own).into_iter().flatten();
    words.filter(|leaf| !hits.of(**leaf).is_empty()).count()
        + if named == Some(own) { 100 } else { 0 }
}

/// The verdict, exactly in the order of the table in the documentation.
fn verdict(
    evidence: &Evidence,
    candidates: &[Candidate<'_>],
    undecided: bool,
    has_error: bool,
) -> Verdict {
    let causes = candidates
        .iter()
        .filter(|one| one.role == Role::Cause && one.gave_way_to.is_empty())
        .collect::<Vec<_>>();
    match causes.as_slice() {
        [] if undecided => Verdict::InsufficientEvidence,
        [] if !errors::was_readable(evidence) => Verdict::Unreadable,
        [] if !has_error && errors::was_read(evidence) => Verdict::NoErrorFound,
        [] => Verdict::Unmatched,
        [first, second, ..] if !told_apart(first, second) => Verdict::Ambiguous,
        _ => Verdict::Matched,
    }
}

/// Two causes are told apart when one has decisive proof and they do not rest on the same bytes.
fn told_apart(first: &Candidate<'_>, second: &Candidate<'_>) -> bool {
    let both_unsure =
        first.confidence <= Confidence::Likely && second.confidence <= Confidence::Likely;
    let share = first
        .matched
        .spans()
        .any(|span| second.matched.spans().any(|other| span == other));
    !both_unsure && !share
}

/// How near a rule is that the text only speaks of.
const SPOKEN_OF: f64 = 0.5;
/// At most so many near rules are named.
const MOST_NEAR: usize = 3;

/// Near rules for a text that no rule knows: those it speaks of without saying that it happened, then those near by
/// the words of its free text.
fn suggestions(
    release: &Release,
    evidence: &Evidence,
    spoken_of: &BTreeSet<LeafId>,
) -> Vec<Suggestion> {
    let rules = release.rules.iter();
    let spoken_of = rules.filter(|(_, rule)| rule.seeks_any(spoken_of));
    let works = |id: &str| {
        let rule = release.rules.get(id);
        rule.is_some_and(|rule| release.is_off(&rule.file.id).is_none())
    };
    let mut named = spoken_of
        .map(|(id, rule)| Suggestion {
            rule: id.to_string(),
            title: rule.file.title.clone(),
            score: SPOKEN_OF,
            why: "the text speaks of it without saying that it happened".to_owned(),
        })
        .collect::<Vec<_>>();
    for one in near::by_words(release, evidence, MOST_NEAR) {
        if named.iter().all(|known| known.rule != one.rule) {
            named.push(one);
        }
    }
    named.retain(|one| works(&one.rule));
    named.truncate(MOST_NEAR);
    named
}
