//! Why a rule matches or does not: each condition of its `match` with its truth, its proof, and whether it decided.

use std::collections::BTreeSet;

use super::classify::Time;
use super::compile::{MatchLeaf, Release, TextLeaf};
use super::events::Events;
use super::hits::LeafId;
use super::judge::View;
use super::mentions::Asked;
use crate::condition::shape::ConditionFile;
use crate::condition::{
    Condition, FactProof, FactTest, Facts, FactsAsOf, RuleId, Truth, test_fact,
};
use crate::evidence::{Evidence, FactKey, Lookup, Matcher, Proof, Stop};

/// So many proofs of one condition are told.
const PROOFS: usize = 8;
/// So many entries are looked at.
const ENTRIES: usize = 5_000;

/// A condition, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Where it stands: `match.any[0].all[1]`.
    pub path: String,
    /// `all`, `any`, `not`, `phrase`, `regex`, `code`, `event`, `fact`.
    pub kind: &'static str,
    /// What it looks for; empty where it has parts.
    pub words: String,
    /// Whether it holds.
    pub truth: Truth,
    /// Whether the whole came out as it did because of it.
    pub decides: bool,
    /// Why, in words.
    pub why: String,
    /// The places that prove it.
    pub because: Vec<Proof>,
    /// What it is made of.
    pub parts: Vec<Self>,
}

/// Explains a rule on evidence; `None` where the release has no such rule.
pub fn explain(
    release: &Release,
    id: &RuleId,
    evidence: &Evidence,
    stop: &dyn Stop,
) -> Option<Explained> {
    let rule = release.rules.get(id)?;
    let mut time = Time::until(stop);
    let mut hits = release.matcher.seek(evidence, &mut time);
    let asked = &mut Asked::default();
    let spoken_of = release
        .matcher
        .set_aside_mentions(evidence, &mut hits, asked);
    let events = Events::of(evidence);
    let facts = FactsAsOf {
        evidence,
        round: evidence.latest_round(),
    };
    let mut entries = BTreeSet::from([None]);
    let mut proved = Vec::new();
    rule.condition.for_each_leaf(&mut |leaf, _| match leaf {
        MatchLeaf::Text(text) => {
            entries.extend(hits.of(text.id).iter().map(|hit| Some(hit.entry)));
        }
        MatchLeaf::Event(test, _) if !events.is_empty() => {
            proved.push((test, events.proofs(test)));
        }
        MatchLeaf::Event(..) | MatchLeaf::Fact(_) => {}
    });
    let views = entries.into_iter().take(ENTRIES).map(|entry| View {
        hits: &hits,
        facts: &facts,
        events: &proved,
        entry,
    });
    let best = views.max_by_key(|view| nearness(view, &rule.condition))?;
    let teller = Teller {
        view: best,
        evidence,
        spoken_of: &spoken_of,
    };
    let mut told = teller.tell(&rule.condition, &rule.file.matcher, "match".to_owned());
    decide(&mut told);
    Some(told)
}

/// How near an entry comes to the rule: true, then unknown, then by how many conditions hold in it.
fn nearness(view: &View<'_>, condition: &Condition<MatchLeaf>) -> (usize, usize) {
    let rank = match view.truth(condition) {
        Truth::True => 2,
        Truth::Unknown => 1,
        Truth::False => 0,
    };
    let mut hold = 0;
    condition.for_each_leaf(&mut |leaf, positive| {
        let truth = view.truth_of_leaf(leaf);
        hold += usize::from(truth == Truth::known(positive));
    });
    (rank, hold)
}

struct Teller<'a> {
    view: View<'a>,
    evidence: &'a Evidence,
    spoken_of: &'a BTreeSet<LeafId>,
}

impl Teller<'_> {
    /// A condition and the way it is written have the same shape.
    fn tell(
        &self,
        condition: &Condition<MatchLeaf>,
        written: &ConditionFile,
        path: String,
    ) -> Explained {
        let parts = |kind: &str, parts: &[Condition<MatchLeaf>], written: &[ConditionFile]| {
            let parts = parts.iter().zip(written).enumerate();
            parts
                .map(|(at, (part, written))| {
                    self.tell(part, written, format!("{path}.{kind}[{at}]"))
                })
                .collect::<Vec<_>>()
        };
        let (kind, parts) = match condition {
            Condition::All(all) => (
                "all",
                parts("all", all, written.all.as_deref().unwrap_or(&[])),
            ),
            Condition::Any(any) => (
                "any",
                parts("any", any, written.any.as_deref().unwrap_or(&[])),
            ),
            Condition::Not(part) => {
                let below = format!("{path}.not");
                let part = written
                    .not
                    .iter()
                    .map(|not| self.tell(part, not, below.clone()));
                ("not", part.collect())
            }
            Condition::Leaf(leaf) => return self.leaf(leaf, written, path),
        };
        Explained {
            truth: self.view.truth(condition),
            path,
            kind,
            words: String::new(),
            decides: false,
            why: String::new(),
            because: Vec::new(),
            parts,
        }
    }

    fn leaf(&self, leaf: &MatchLeaf, written: &ConditionFile, path: String) -> Explained {
        let (kind, words, why, because) = match leaf {
            MatchLeaf::Text(text) => self.text(text, written),
            MatchLeaf::Fact(test) => self.fact(test, written),
            MatchLeaf::Event(test, _) => {
                let spans = self.view.events_of(test).iter();
                let because = spans.map(|span| self.evidence.prove(Matcher::Event, *span));
                let because = because.take(PROOFS).collect::<Vec<_>>();
                let why = if because.is_empty() {
                    "no record says all of this; no log is proved complete, so it stays unknown"
                } else {
                    "a record says so"
                };
                let event = written.event.as_ref();
                let words = event.and_then(|event| serde_json::to_string(event).ok());
                ("event", words.unwrap_or_default(), why.to_owned(), because)
            }
        };
        Explained {
            truth: self.view.truth_of_leaf(leaf),
            path,
            kind,
            words,
            decides: false,
            why,
            because,
            parts: Vec::new(),
        }
    }

    fn text(
        &self,
        text: &TextLeaf,
        written: &ConditionFile,
    ) -> (&'static str, String, String, Vec<Proof>) {
        let (kind, words) = match (&written.phrase, &written.regex, &written.code) {
            (Some(phrase), _, _) => ("phrase", phrase),
            (_, Some(regex), _) => ("regex", regex),
            (_, _, code) => ("code", code.as_ref().unwrap_or(const { &String::new() })),
        };
        let prove = |hit: &super::hits::Hit| self.evidence.prove(text.matcher, hit.span);
        let here = self.view.hits_of(text.id).take(PROOFS);
        let here = here.map(prove).collect::<Vec<_>>();
        if !here.is_empty() {
            let weakened = self.view.hits_of(text.id).all(|hit| hit.weakened.is_some());
            let why = if weakened {
                "it stands there, in a list, a dump or a report, and proves little"
            } else {
                "it stands there"
            };
            return (kind, words.clone(), why.to_owned(), here);
        }
        let elsewhere = self.view.hits.of(text.id).iter().take(PROOFS);
        let elsewhere = elsewhere.map(prove).collect::<Vec<_>>();
        let why = if !elsewhere.is_empty() {
            "it stands in another record than the rest"
        } else if self.spoken_of.contains(&text.id) {
            "the text speaks of it without saying that it happened"
        } else {
            "it does not stand there"
        };
        (kind, words.clone(), why.to_owned(), elsewhere)
    }

    fn fact(
        &self,
        test: &FactTest,
        written: &ConditionFile,
    ) -> (&'static str, String, String, Vec<Proof>) {
        let key = test.key();
        let because = test_fact(test, self.view.facts).because;
        let because = because.into_iter().map(|proof| match proof {
            FactProof::Fact(fact) => self.evidence.prove_fact(fact),
            FactProof::Absent(key, scope) => self.evidence.prove_absent(key, scope),
        });
        let because = because.collect();
        ("fact", in_words(key, written), self.looked_up(key), because)
    }

    fn looked_up(&self, key: &FactKey) -> String {
        match self.view.facts.look_up(key) {
            Lookup::Known(fact) => format!("it is {}", fact.value),
            Lookup::Absent(_) => "it is known not to be there".to_owned(),
            Lookup::Conflicting(_) => {
                "different values of it were sent, so it is unknown".to_owned()
            }
            Lookup::Unknown => "nothing that was sent tells".to_owned(),
        }
    }
}

fn in_words(key: &FactKey, written: &ConditionFile) -> String {
    let list = |values: &Vec<String>| values.join(", ");
    let test = [
        written.is.as_ref().map(|value| format!("is {value}")),
        written
            .one_of
            .as_ref()
            .map(|values| format!("is one of {}", list(values))),
        written
            .contains
            .as_ref()
            .map(|value| format!("contains {value}")),
        written
            .at_least
            .as_ref()
            .map(|value| format!("is at least {value}")),
        written.exists.map(|exists| {
            let words = if exists { "is there" } else { "is not there" };
            words.to_owned()
        }),
    ];
    let test = test.into_iter().flatten().next().unwrap_or_default();
    format!("{key} {test}")
}

/// Marks the conditions because of which the whole came out as it did.
fn decide(told: &mut Explained) {
    told.decides = true;
    let truth = told.truth;
    let kind = told.kind;
    for part in &mut told.parts {
        let decides = match (kind, truth) {
            ("all", Truth::True) | ("any", Truth::False) | ("not", _) => true,
            _ => part.truth == truth,
        };
        if decides {
            decide(part);
        }
    }
}
