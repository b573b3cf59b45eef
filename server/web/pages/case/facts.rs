//! The facts of a case: those that prove something first, and all of them on a page of their own, to be filtered.

use std::collections::{BTreeSet, HashMap};

use askama::Template;

use super::context::Context;
use super::details::{Bounded, all_proofs, place};
use crate::actions::CaseView;
use crate::evidence::{Fact, FactKey, FactValue, Lookup};
use crate::web::pages::{Frame, words};
use crate::web::paths;

/// So many stand on the case's page.
pub(crate) const ON_THE_CASE: usize = 60;
/// So many stand on their own page.
const ON_A_PAGE: usize = 2_000;
/// So many sources are offered to choose from.
const SOURCES: usize = 200;

/// One fact.
#[derive(Debug, Clone)]
pub(crate) struct FactRow {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) absent: bool,
    /// It answered a question or proved a finding.
    pub(crate) used: bool,
    pub(crate) place: String,
    pub(crate) href: String,
    /// Whose it is, and what speaks against it.
    pub(crate) note: String,
}

/// Which facts are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct FactFilter {
    /// Words that must all stand in the key, the value or the source's name; small letters.
    words: Vec<String>,
    /// The index of a source.
    source: Option<usize>,
}

/// All facts of a case, as far as they fit.
#[derive(Template)]
#[template(path = "cases/facts.html")]
pub(crate) struct FactsPage {
    frame: Frame,
    case: String,
    action: String,
    query: String,
    sources: Vec<Choice>,
    facts: Bounded<FactRow>,
    /// How many there are without the filter.
    all: usize,
}

/// A source to choose.
#[derive(Debug)]
struct Choice {
    value: usize,
    name: String,
    chosen: bool,
}

impl FactFilter {
    pub(crate) fn new(query: &str, source: Option<usize>) -> Self {
        let words = query.to_lowercase();
        Self {
            words: words.split_whitespace().map(str::to_owned).collect(),
            source,
        }
    }

    fn takes(&self, key: &FactKey, value: &str, source: usize, name: &str) -> bool {
        if self.source.is_some_and(|wanted| wanted != source) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let text = format!("{} {value} {name}", key.as_str()).to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

impl FactsPage {
    pub(crate) fn new(view: &CaseView, query: &str, file: Option<usize>) -> Self {
        let context = Context { view, base: "" };
        let evidence = context.evidence();
        let facts = evidence.facts.iter().map(|fact| fact.span.source);
        let scopes = view.diagnosis.absent.iter();
        let scopes = scopes.filter_map(|(_, scope)| Some(evidence.scopes.get(*scope)?.span.source));
        let with_facts = facts.chain(scopes).collect::<BTreeSet<_>>();
        let sources = with_facts.into_iter().take(SOURCES).filter_map(|at| {
            let source = evidence.sources.get(at)?;
            Some(Choice {
                value: at,
                name: source.name.clone(),
                chosen: file == Some(at),
            })
        });
        Self {
            frame: Frame::new("Facts", context.release()),
            case: paths::case(context.id()),
            action: paths::case_form(paths::CASE_FACTS, context.id()),
            query: query.to_owned(),
            sources: sources.collect(),
            facts: facts_of(&context, &FactFilter::new(query, file), ON_A_PAGE),
            all: evidence.facts.len() + view.diagnosis.absent.len(),
        }
    }
}

/// Facts and known absents that a filter takes; those that prove something come first.
pub(crate) fn facts_of(
    context: &Context<'_>,
    filter: &FactFilter,
    most: usize,
) -> Bounded<FactRow> {
    let evidence = context.evidence();
    let name = |source: usize| {
        let source = evidence.sources.get(source);
        source.map_or("", |source| source.name.as_str())
    };
    let used = all_proofs(context)
        .into_iter()
        .filter_map(|proof| Some((proof.fact?, proof.source, proof.line)))
        .collect::<BTreeSet<_>>();
    let is_used = |key: &FactKey, source: usize, line: usize| {
        !used.is_empty() && used.contains(&(key.to_string(), name(source).to_owned(), line))
    };
    let known = evidence
        .facts
        .iter()
        .filter(|fact| {
            let (value, at) = (fact.value.to_string(), fact.span.source);
            filter.takes(&fact.key, &value, at, name(at))
        })
        .map(|fact| {
            let used = is_used(&fact.key, fact.span.source, fact.span.line);
            (used, Said::Known(fact))
        });
    let absent = context.view.diagnosis.absent.iter();
    let absent = absent.filter_map(|(key, scope)| {
        let span = evidence.scopes.get(*scope)?.span;
        let wanted = filter.takes(key, ABSENT, span.source, name(span.source));
        let used = is_used(key, span.source, span.line);
        wanted.then_some((used, Said::Absent(key, *scope)))
    });
    let mut all = known.chain(absent).collect::<Vec<_>>();
    all.sort_by_key(|(used, _)| !used);
    let doubtful = told_differently(&evidence.facts);
    let rows = all.into_iter().map(|(used, said)| FactRow {
        used,
        ..said.row(context, &doubtful)
    });
    Bounded::new(rows, most)
}

const ABSENT: &str = "not there";

/// A fact, or one that is known not to be there with the scope that says so.
enum Said<'a> {
    Known(&'a Fact),
    Absent(&'a FactKey, usize),
}

impl Said<'_> {
    fn row(&self, context: &Context<'_>, doubtful: &BTreeSet<&str>) -> FactRow {
        let span = match self {
            Self::Known(fact) => fact.span,
            Self::Absent(_, scope) => context.evidence().scopes[*scope].span,
        };
        let (place, href) = place(context, span);
        match self {
            Self::Known(fact) => FactRow {
                key: fact.key.to_string(),
                value: words::cut(&fact.value.to_string(), 200),
                absent: false,
                used: false,
                place,
                href,
                note: note(context, fact, doubtful),
            },
            Self::Absent(key, _) => FactRow {
                key: key.to_string(),
                value: ABSENT.to_owned(),
                absent: true,
                used: false,
                place,
                href,
                note: "this line begins a complete list, and it is not in it".to_owned(),
            },
        }
    }
}

/// The keys that were read with more than one value.
fn told_differently(facts: &[Fact]) -> BTreeSet<&str> {
    let mut first: HashMap<&str, &FactValue> = HashMap::new();
    let mut differing = BTreeSet::new();
    for fact in facts {
        let key = fact.key.folded();
        if **first.entry(key).or_insert(&fact.value) != fact.value {
            differing.insert(key);
        }
    }
    differing
}

fn note(context: &Context<'_>, fact: &Fact, doubtful: &BTreeSet<&str>) -> String {
    let evidence = context.evidence();
    let mut notes = Vec::new();
    if doubtful.contains(fact.key.folded())
        && let Lookup::Conflicting(_) = evidence.look_up(&fact.key, evidence.latest_round())
    {
        notes.push("read with different values, so it answers nothing".to_owned());
    }
    if !evidence.fact_counts(fact) {
        let about = &fact.about;
        let whose = [&about.account, &about.machine].into_iter().flatten();
        let whose = whose.map(String::as_str).collect::<Vec<_>>();
        notes.push(format!(
            "about {}, so it answers nothing here",
            whose.join(" on ")
        ));
    }
    notes.join("; ")
}
