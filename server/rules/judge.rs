//! One rule against the evidence: true with its proof, false, or undecided.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::Confidence;
use super::compile::{MatchLeaf, Rule, Strength};
use super::events::Events;
use super::hits::{EntryId, Hit, Hits};
use crate::condition::{Condition, EventTest, FactProof, FactTest, FactsAsOf, Truth, test_fact};
use crate::evidence::{Evidence, FactKey, Matcher, Proof, Span, Weakened};

/// At most so many entries are looked at for one rule, and no more once so many proofs are decisive: 8 are shown.
const ENTRIES_A_RULE: usize = 5_000;
const PROOFS_A_RULE: usize = 64;

/// What a rule comes to.
#[derive(Debug)]
pub(super) enum Judged {
    /// It holds, proved.
    Matched(Match),
    /// Its words are there and its facts are unknown: these.
    Undecided(Vec<FactKey>),
    /// Nothing.
    Silent,
}

/// A rule that holds.
#[derive(Debug, Default)]
pub(super) struct Match {
    pub(super) confidence: Option<Confidence>,
    /// Best first, each place once.
    pub(super) proofs: Vec<(Weight, Proof, Span)>,
    pub(super) captures: BTreeMap<String, String>,
    /// Only facts made it.
    pub(super) facts_only: bool,
}

/// How much one proof weighs. Ordered: greater is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    Context,
    Weak,
    Fact,
    Partial,
    Decisive,
}

/// One leaf that is true, and why.
enum Support<'a> {
    Text {
        hit: &'a Hit,
        matcher: Matcher,
        weight: Weight,
    },
    Fact(FactProof<'a>),
    Event {
        span: Span,
        weight: Weight,
    },
}

/// Judges one rule. Text conditions joined by `all` hold within one entry, so each entry with a hit is tried by itself.
pub(super) fn judge(rule: &Rule, evidence: &Evidence, hits: &Hits, events: &Events<'_>) -> Judged {
    // Most rules have nothing in most texts, and without a fact all others are unknown.
    let only_texts = !rule.asks_others
        || evidence.facts.is_empty() && evidence.scopes.is_empty() && events.is_empty();
    if only_texts && rule.signs.iter().all(|sign| hits.of(*sign).is_empty()) {
        return Judged::Silent;
    }
    let facts = FactsAsOf {
        evidence,
        round: evidence.latest_round(),
    };
    let mut entries = BTreeSet::new();
    let mut asks_others = false;
    let mut proved = Vec::new();
    rule.condition
        .for_each_leaf(&mut |leaf, positive| match leaf {
            MatchLeaf::Text(text) => {
                let found = hits.of(text.id);
                if positive && !text.context {
                    entries.extend(found.iter().map(|hit| Some(hit.entry)));
                }
            }
            MatchLeaf::Fact(_) => asks_others = true,
            MatchLeaf::Event(test, _) if !events.is_empty() => {
                asks_others = true;
                proved.push((test, events.proofs(test)));
            }
            MatchLeaf::Event(..) => {}
        });
    if asks_others {
        entries.insert(None);
    }
    if entries.is_empty() {
        return Judged::Silent;
    }
    let mut matched = Match {
        facts_only: true,
        ..Match::default()
    };
    let mut undecided = false;
    for entry in entries.into_iter().take(ENTRIES_A_RULE) {
        if matched.confidence == Some(Confidence::Certain) && matched.proofs.len() >= PROOFS_A_RULE
        {
            break;
        }
        let view = View {
            hits,
            facts: &facts,
            events: &proved,
            entry,
        };
        for alternative in alternatives(&rule.condition) {
            match view.truth(alternative) {
                Truth::True => matched.take(&view.support(alternative), evidence),
                Truth::Unknown => undecided |= view.triggers(alternative),
                Truth::False => {}
            }
        }
    }
    if matched.confidence.is_some() {
        matched.put_in_order();
        Judged::Matched(matched)
    } else if undecided {
        Judged::Undecided(unknown_keys(rule, &proved, &facts))
    } else {
        Judged::Silent
    }
}

/// The branches of a top-level `any`, else the whole.
pub(super) fn alternatives<Leaf>(condition: &Condition<Leaf>) -> Vec<&Condition<Leaf>> {
    match condition {
        Condition::Any(branches) => branches.iter().flat_map(alternatives).collect(),
        other => vec![other],
    }
}

/// The facts it asks for that are unknown; an event that is not there is `event.4625`.
fn unknown_keys(
    rule: &Rule,
    events: &[(&EventTest, Vec<Span>)],
    facts: &FactsAsOf<'_>,
) -> Vec<FactKey> {
    let tests = rule
        .match_facts()
        .into_iter()
        .filter(|test| test_fact(test, facts).truth == Truth::Unknown);
    let mut keys = tests.map(FactTest::key).cloned().collect::<Vec<_>>();
    let open = rule.match_events().into_iter().filter(|test| {
        !events
            .iter()
            .any(|(known, spans)| known == test && !spans.is_empty())
    });
    keys.extend(open.flat_map(EventTest::keys));
    keys
}

/// The evidence as one entry sees it: its own text, everybody's facts.
pub(super) struct View<'a> {
    pub(super) hits: &'a Hits,
    pub(super) facts: &'a FactsAsOf<'a>,
    /// Where each event leaf is proved; none when no event counts.
    pub(super) events: &'a [(&'a EventTest, Vec<Span>)],
    pub(super) entry: Option<EntryId>,
}

impl<'a> View<'a> {
    pub(super) fn hits_of(&self, leaf: usize) -> impl Iterator<Item = &'a Hit> {
        let entry = self.entry;
        entry
            .map_or(&[][..], |entry| self.hits.within(leaf, entry))
            .iter()
    }

    pub(super) fn truth(&self, condition: &Condition<MatchLeaf>) -> Truth {
        condition.evaluate(&mut |leaf| self.truth_of_leaf(leaf))
    }

    pub(super) fn truth_of_leaf(&self, leaf: &MatchLeaf) -> Truth {
        match leaf {
            MatchLeaf::Text(text) => Truth::known(self.hits_of(text.id).next().is_some()),
            MatchLeaf::Fact(test) => test_fact(test, self.facts).truth,
            MatchLeaf::Event(test, _) if self.events_of(test).is_empty() => Truth::Unknown,
            MatchLeaf::Event(..) => Truth::True,
        }
    }

    /// Whether a positive word, code or event of it is there, context aside: without one an unknown fact means nothing.
    fn triggers(&self, condition: &Condition<MatchLeaf>) -> bool {
        let mut triggers = false;
        condition.for_each_leaf(&mut |leaf, positive| {
            triggers |= positive
                && match leaf {
                    MatchLeaf::Text(text) => {
                        !text.context && self.hits_of(text.id).next().is_some()
                    }
                    MatchLeaf::Event(test, _) => !self.events_of(test).is_empty(),
                    MatchLeaf::Fact(_) => false,
                };
        });
        triggers
    }

    /// Where the events that hold are proved.
    pub(super) fn events_of(&self, test: &EventTest) -> &'a [Span] {
        let mut leaves = self.events.iter();
        let leaf = leaves.find(|(known, _)| *known == test);
        leaf.map_or(&[], |(_, spans)| spans)
    }

    /// The true leaves that make a true condition true; what stands under `not` proves nothing.
    fn support(&self, condition: &'a Condition<MatchLeaf>) -> Vec<Support<'a>> {
        match condition {
            Condition::All(parts) => parts.iter().flat_map(|part| self.support(part)).collect(),
            Condition::Any(parts) => {
                let holding = parts.iter().filter(|part| self.truth(part) == Truth::True);
                holding.flat_map(|part| self.support(part)).collect()
            }
            Condition::Not(_) => Vec::new(),
            Condition::Leaf(MatchLeaf::Fact(test)) => test_fact(test, self.facts)
                .because
                .into_iter()
                .map(Support::Fact)
                .collect(),
            Condition::Leaf(MatchLeaf::Event(test, strength)) => {
                let weight = match strength {
                    Strength::Weak => Weight::Weak,
                    Strength::Partial => Weight::Partial,
                    Strength::Decisive => Weight::Decisive,
                };
                let spans = self.events_of(test).iter();
                spans
                    .map(|span| Support::Event {
                        span: *span,
                        weight,
                    })
                    .collect()
            }
            Condition::Leaf(MatchLeaf::Text(text)) => {
                let support = self.hits_of(text.id).map(|hit| {
                    let weight = match (text.context, hit.weakened.is_some(), text.strength) {
                        (true, _, _) => Weight::Context,
                        (_, true, _) | (_, _, Strength::Weak) => Weight::Weak,
                        (_, _, Strength::Partial) => Weight::Partial,
                        (_, _, Strength::Decisive) => Weight::Decisive,
                    };
                    Support::Text {
                        hit,
                        matcher: text.matcher,
                        weight,
                    }
                });
                support.collect()
            }
        }
    }
}

impl Match {
    /// Adds a true alternative. It is as sure as its best proof: a decisive one, a partial one with context, else possible.
    fn take(&mut self, support: &[Support<'_>], evidence: &Evidence) {
        let weights = support.iter().map(Support::weight).collect::<Vec<_>>();
        if weights.iter().all(|weight| *weight == Weight::Context) {
            return;
        }
        let confidence = if weights.contains(&Weight::Decisive) {
            Confidence::Certain
        } else if weights.contains(&Weight::Partial) && weights.contains(&Weight::Context) {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        self.confidence = self.confidence.max(Some(confidence));
        for one in support {
            self.facts_only &= matches!(one, Support::Fact(_));
            let (proof, span) = one.proof(evidence);
            if !self
                .proofs
                .iter()
                .any(|(_, known, at)| *at == span && known.fact == proof.fact)
            {
                self.proofs.push((one.weight(), proof, span));
            }
            if let Support::Text { hit, .. } = one {
                for (name, value) in &hit.captures {
                    self.captures
                        .entry(name.clone())
                        .or_insert_with(|| value.clone());
                }
            }
        }
    }

    /// Best first. A piece of a longer proof that is at least as good adds nothing.
    fn put_in_order(&mut self) {
        self.proofs.sort_by(|left, right| {
            right
                .0
                .cmp(&left.0)
                .then(right.2.len().cmp(&left.2.len()))
                .then(left.2.cmp(&right.2))
        });
        let mut kept: Vec<(Weight, Proof, Span)> = Vec::new();
        for one in std::mem::take(&mut self.proofs) {
            let is_piece = kept
                .iter()
                .any(|(_, known, at)| known.fact == one.1.fact && at.contains(one.2));
            if !is_piece {
                kept.push(one);
            }
        }
        self.proofs = kept;
    }

    /// The places it rests on, context aside.
    pub(super) fn spans(&self) -> impl Iterator<Item = Span> {
        self.proofs
            .iter()
            .filter(|(weight, ..)| *weight != Weight::Context)
            .map(|(_, _, span)| *span)
    }
}

impl Support<'_> {
    fn weight(&self) -> Weight {
        match self {
            Self::Text { weight, .. } | Self::Event { weight, .. } => *weight,
            Self::Fact(_) => Weight::Fact,
        }
    }

    fn proof(&self, evidence: &Evidence) -> (Proof, Span) {
        match self {
            Self::Text { hit, matcher, .. } => (evidence.prove(*matcher, hit.span), hit.span),
            Self::Event { span, .. } => (evidence.prove(Matcher::Event, *span), *span),
            Self::Fact(FactProof::Fact(fact)) => (evidence.prove_fact(fact), fact.span),
            Self::Fact(FactProof::Absent(key, scope)) => {
                (evidence.prove_absent(key, scope), scope.span)
            }
        }
    }
}

/// Whether a code counts as an error at all: one that is denied ("fixed: 1326") or merely listed does not.
pub(super) fn counts_as_error(weakened: Option<Weakened>) -> bool {
    !matches!(
        weakened,
        Some(Weakened::Denied | Weakened::Mentioned | Weakened::Claimed)
    )
}
