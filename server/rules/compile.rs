//! A pack's files become a [`Release`]: everything looked up, ready to judge.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{
    CautionFile, CollectorFile, DisabledFile, PackFiles, ProductFile, RuleFile, day,
};
use super::hits::LeafId;
use super::matcher::{MatcherBuilder, TextMatcher};
use super::notes::{NotePlace, Notes, PlacedNotes};
use super::search::{WordHit, WordIndex};
use crate::condition::shape::{Complaint, ConditionFile, fact_leaf, resolve};
use crate::condition::{
    CollectorId, Condition, EventTest, FactTest, ProcedureId, ProductId, RuleId, StepId,
};
use crate::evidence::{FactKey, Matcher, abreast};
use crate::guide::resolve::{resolve_guide, resolve_procedure};
use crate::guide::{Check, Guide, Procedure, StepKind};

/// An immutable, numbered set of rules, compiled.
#[derive(Debug)]
pub struct Release {
    /// Its number; 0 for a pack that was never published (the command line).
    pub number: i64,
    /// Published when, unix milliseconds; 0 for a pack.
    pub published_at: i64,
    /// The rules by id.
    pub rules: BTreeMap<RuleId, Rule>,
    /// Procedures by id.
    pub procedures: BTreeMap<ProcedureId, Procedure>,
    /// Collectors by id.
    pub collectors: BTreeMap<CollectorId, CollectorFile>,
    /// Products, in the order pages show them.
    pub products: Vec<ProductFile>,
    /// Standing warnings.
    pub cautions: Vec<CautionFile>,
    /// Every fact key that a rule, a guide or a collector names.
    pub fact_keys: BTreeSet<FactKey>,
    /// Rules that are switched off until a day, whether that day has come or not.
    pub disabled: BTreeMap<RuleId, DisabledFile>,
    /// The rules among them that make no findings now.
    off: BTreeSet<RuleId>,
    notes: PlacedNotes,
    pub(super) matcher: TextMatcher,
    pub(super) product_words: BTreeMap<ProductId, Vec<LeafId>>,
    pub(super) words: WordIndex,
}

/// One rule, compiled.
#[derive(Debug)]
pub struct Rule {
    /// The rule as written.
    pub file: RuleFile,
    /// Its guide, short names resolved.
    pub guide: Guide,
    /// How it is recognised.
    pub(super) condition: Condition<MatchLeaf>,
    /// The texts of which one must be there, surroundings aside, where nothing but texts is known.
    pub(super) signs: Vec<LeafId>,
    /// Whether it asks for facts or events too.
    pub(super) asks_others: bool,
}

/// A leaf of a rule's `match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MatchLeaf {
    /// Text, sought by the matcher.
    Text(TextLeaf),
    /// A fact.
    Fact(FactTest),
    /// An event, and how much it proves.
    Event(EventTest, Strength),
}

/// A text leaf: what the matcher seeks, and how much finding it proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextLeaf {
    pub(super) id: LeafId,
    pub(super) matcher: Matcher,
    pub(super) context: bool,
    pub(super) strength: Strength,
}

/// How much a text leaf proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// A code, a named code, a vendor's complete sentence.
    Decisive,
    /// A part of a sentence, a regex.
    Partial,
    /// Others use it too.
    Weak,
}

impl Release {
    /// Compiles a pack. Rules that cannot be compiled are left out and complained about (the path begins with the
    /// rule's or procedure's id); one bad rule does not take the others down. A regex is compiled when it is first tried.
    pub fn compile(number: i64, published_at: i64, files: PackFiles) -> (Self, Vec<Complaint>) {
        Self::collect(number, published_at, files, MatcherBuilder::default())
    }

    /// The same for who wants to know all that is wrong: every regex is compiled, by which those are found that are too
    /// large.
    pub fn compile_all(files: PackFiles) -> (Self, Vec<Complaint>) {
        let mut builder = MatcherBuilder::default();
        builder.compile_ahead(&files.rules);
        Self::collect(0, 0, files, builder)
    }

    fn collect(
        number: i64,
        published_at: i64,
        files: PackFiles,
        mut builder: MatcherBuilder,
    ) -> (Self, Vec<Complaint>) {
        let mut complaints = Vec::new();
        let mut rules = BTreeMap::new();
        for file in files.rules {
            let mut own = Vec::new();
            let condition = resolve(
                &file.matcher,
                "match",
                &mut |leaf, path, complaints| {
                    match_leaf(&file, leaf, path, &mut builder, complaints)
                },
                &mut own,
            );
            if let Some(condition) = &condition {
                refuse_missing_events(condition, &mut own);
            }
            let guide = resolve_guide(&file.guide, &file.facts, &mut own);
            let whole = own.is_empty();
            complaints.extend(own.into_iter().map(|complaint| {
                Complaint::new(format!("{}:{}", file.id, complaint.path), complaint.what)
            }));
            if let (true, Some(condition)) = (whole, condition) {
                rules.insert(file.id.clone(), Rule::new(file, guide, condition));
            }
        }
        let procedures = files.procedures.iter().map(|file| {
            let mut own = Vec::new();
            let procedure = resolve_procedure(file, &mut own);
            complaints.extend(own.into_iter().map(|complaint| {
                Complaint::new(format!("{}:{}", file.id, complaint.path), complaint.what)
            }));
            (file.id.clone(), procedure)
        });
        let procedures = procedures.collect::<BTreeMap<_, _>>();
        let notes = PlacedNotes::place(files.notes, &rules, &procedures);
        let product_words = files.products.iter().map(|product| {
            (
                product.id.clone(),
                product
                    .words
                    .iter()
                    .filter_map(|word| builder.word(word).ok())
                    .collect(),
            )
        });
        let product_words = product_words.collect();
        let collectors = files
            .collectors
            .into_iter()
            .map(|collector| (collector.id.clone(), collector))
            .collect::<BTreeMap<_, _>>();
        let (matcher, words) = abreast::both(|| builder.build(), || WordIndex::of(&rules));
        let release = Self {
            number,
            published_at,
            fact_keys: fact_keys(&rules, &procedures, &collectors),
            words,
            matcher,
            rules,
            procedures,
            collectors,
            products: files.products,
            cautions: files.cautions,
            disabled: files
                .disabled
                .into_iter()
                .map(|file| (file.rule.clone(), file))
                .collect(),
            off: BTreeSet::new(),
            notes,
            product_words,
        };
        (release, complaints)
    }

    /// The release as it judges at a time: rules that are switched off and whose day has not come make no findings. One
    /// that was just compiled judges by all its rules, as the linter wants it.
    #[must_use]
    pub fn as_of(mut self, now: i64) -> Self {
        self.off = self.off_at(now);
        self
    }

    /// Whether other rules would be switched off at that time than are now.
    pub fn changes_by(&self, now: i64) -> bool {
        self.off != self.off_at(now)
    }

    /// Why a rule makes no findings now; `None` where it does.
    pub fn is_off(&self, rule: &RuleId) -> Option<&DisabledFile> {
        self.disabled.get(rule).filter(|_| self.off.contains(rule))
    }

    fn off_at(&self, now: i64) -> BTreeSet<RuleId> {
        let off = self.disabled.values();
        let off = off.filter(|file| day(&file.until).is_none_or(|end| now < end));
        off.map(|file| file.rule.clone()).collect()
    }

    /// The rule of that id, or the one that has it as a former id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id).or_else(|| {
            self.rules
                .values()
                .find(|rule| rule.file.aliases.iter().any(|alias| *alias == *id))
        })
    }

    /// What the house adds to a text of a rule: that of a step, by its address, or why it happens.
    pub fn notes_on(&self, rule: &RuleId, step: Option<&str>) -> Notes<'_> {
        self.notes.on(rule, step)
    }

    /// Everything that the house adds to a rule and that has its place.
    pub fn notes_of(
        &self,
        rule: &RuleId,
    ) -> impl Iterator<Item = (Option<&StepId>, NotePlace, &str)> {
        self.notes.of(rule)
    }

    /// A product's name as people write it.
    pub fn product_name<'a>(&'a self, id: &'a ProductId) -> &'a str {
        self.products
            .iter()
            .find(|product| product.id == *id)
            .map_or(id.as_str(), |product| &product.name)
    }

    /// The text of a standing warning.
    pub fn caution(&self, id: &str) -> Option<&str> {
        self.cautions
            .iter()
            .find(|caution| caution.id == id)
            .map(|caution| caution.text.as_str())
    }

    /// Whether `specific` refines `general`, directly or through others.
    pub fn refines(&self, specific: &RuleId, general: &RuleId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![specific];
        while let Some(id) = open.pop() {
            let refined = self
                .rules
                .get(id)
                .into_iter()
                .flat_map(|rule| &rule.file.refines);
            for next in refined {
                if next == general {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }

    /// The rules that words of a question point to, best first, with a nearness of 0 to 1.
    pub fn search(&self, words: &str, limit: usize) -> Vec<WordHit<'_>> {
        self.words.search(words, limit)
    }

    /// The same for words that were taken from a text.
    pub(super) fn near(
        &self,
        words: impl Iterator<Item = String>,
        limit: usize,
    ) -> Vec<WordHit<'_>> {
        self.words.near(words, limit)
    }
}

impl Rule {
    fn new(file: RuleFile, guide: Guide, condition: Condition<MatchLeaf>) -> Self {
        let mut signs = Vec::new();
        let mut asks_others = false;
        condition.for_each_leaf(&mut |leaf, positive| match leaf {
            MatchLeaf::Text(text) if positive && !text.context => signs.push(text.id),
            MatchLeaf::Text(_) => {}
            MatchLeaf::Fact(_) | MatchLeaf::Event(..) => asks_others = true,
        });
        Self {
            file,
            guide,
            condition,
            signs,
            asks_others,
        }
    }

    /// Whether one of these leaves is a sign of it, its surroundings aside.
    pub(super) fn seeks_any(&self, leaves: &BTreeSet<LeafId>) -> bool {
        self.signs.iter().any(|sign| leaves.contains(sign))
    }

    /// Every fact test of its `match`.
    pub(super) fn match_facts(&self) -> Vec<&FactTest> {
        let mut tests = Vec::new();
        self.condition.for_each_leaf(&mut |leaf, _| {
            if let MatchLeaf::Fact(test) = leaf {
                tests.push(test);
            }
        });
        tests
    }

    /// Every event test of its `match`.
    pub(super) fn match_events(&self) -> Vec<&EventTest> {
        let mut tests = Vec::new();
        self.condition.for_each_leaf(&mut |leaf, _| {
            if let MatchLeaf::Event(test, _) = leaf {
                tests.push(test);
            }
        });
        tests
    }
}

fn match_leaf(
    file: &RuleFile,
    written: &ConditionFile,
    path: &str,
    builder: &mut MatcherBuilder,
    complaints: &mut Vec<Complaint>,
) -> Option<MatchLeaf> {
    if written.fact.is_some() {
        return fact_leaf(written, path, &file.facts, complaints).map(MatchLeaf::Fact);
    }
    if written.is.is_some()
        || written.one_of.is_some()
        || written.contains.is_some()
        || written.at_least.is_some()
        || written.exists.is_some()
    {
        complaints.push(Complaint::new(
            path,
            "is, in, contains, at_least and exists go with `fact`",
        ));
    }
    if let Some(event) = &written.event {
        if written.context || written.sentence {
            complaints.push(Complaint::new(
                path,
                "`context` and `sentence` go with a phrase or a regex; an event is decisive, or `weak`",
            ));
        }
        let strength = if written.weak {
            Strength::Weak
        } else {
            Strength::Decisive
        };
        let test = EventTest::resolve(event, path, complaints)?;
        return Some(MatchLeaf::Event(test, strength));
    }
    let (id, matcher, strength) = if let Some(phrase) = &written.phrase {
        (
            if written.context {
                builder.context(phrase)
            } else {
                builder.phrase(phrase)
            },
            Matcher::Phrase,
            if written.sentence {
                Strength::Decisive
            } else {
                Strength::Partial
            },
        )
    } else if let Some(regex) = &written.regex {
        (
            if written.context {
                builder.context_regex(regex)
            } else {
                builder.regex(regex)
            },
            Matcher::Regex,
            if written.sentence {
                Strength::Decisive
            } else {
                Strength::Partial
            },
        )
    } else {
        if written.context || written.sentence {
            complaints.push(Complaint::new(path, "`context` and `sentence` go with a phrase or a regex; a code is decisive, or `weak`"));
        }
        (
            builder.code(written.code.as_deref()?),
            Matcher::Code,
            Strength::Decisive,
        )
    };
    let strength = if written.weak {
        Strength::Weak
    } else {
        strength
    };
    match id {
        Ok(id) => Some(MatchLeaf::Text(TextLeaf {
            id,
            matcher,
            context: written.context,
            strength,
        })),
        Err(what) => {
            complaints.push(Complaint::new(path, what));
            None
        }
    }
}

/// No log is proved complete, so that an event is never known to be missing.
fn refuse_missing_events(condition: &Condition<MatchLeaf>, complaints: &mut Vec<Complaint>) {
    condition.for_each_leaf(&mut |leaf, positive| {
        if let (MatchLeaf::Event(..), false) = (leaf, positive) {
            complaints.push(Complaint::new(
                "match",
                "`not` over an event says nothing: no log is proved complete",
            ));
        }
    });
}

fn fact_keys(
    rules: &BTreeMap<RuleId, Rule>,
    procedures: &BTreeMap<ProcedureId, Procedure>,
    collectors: &BTreeMap<CollectorId, CollectorFile>,
) -> BTreeSet<FactKey> {
    let mut keys = BTreeSet::new();
    for rule in rules.values() {
        keys.extend(
            rule.match_facts()
                .into_iter()
                .map(|test| test.key().clone()),
        );
        keys.extend(rule.file.facts.values().cloned());
    }
    let guides = rules
        .values()
        .map(|rule| &rule.guide)
        .chain(procedures.values().map(|procedure| &procedure.guide));
    for guide in guides {
        guide_conditions(guide, &mut |condition| {
            condition.for_each_leaf(&mut |test, _| {
                keys.insert(test.key().clone());
            });
        });
    }
    let yields = collectors.values().flat_map(|collector| &collector.yields);
    keys.extend(yields.filter(|key| !key.ends_with('*')).map(FactKey::new));
    keys
}

/// Visits every condition of a guide.
pub fn guide_conditions<'a>(guide: &'a Guide, visit: &mut impl FnMut(&'a Condition<FactTest>)) {
    for step in &guide.steps {
        match &step.kind {
            StepKind::Ask(ask) => ask
                .answers
                .iter()
                .flat_map(|answer| [&answer.when, &answer.offer])
                .flatten()
                .for_each(&mut *visit),
            StepKind::Checks(checks) => {
                let conditions = |check: &'a Check| [&check.found_when, &check.ruled_out_when];
                checks
                    .checks
                    .iter()
                    .flat_map(conditions)
                    .flatten()
                    .for_each(&mut *visit);
            }
            StepKind::Do(instruction) => instruction.when.iter().for_each(&mut *visit),
            StepKind::Call(_) | StepKind::Outcome(_) | StepKind::Return(_) => {}
        }
    }
}
