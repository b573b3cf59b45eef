//! The case: what it is, how we know, what to do now.

pub(crate) mod context;
mod coverage;
mod details;
mod events;
mod facts;
mod files;
mod guide;
mod handover;
mod problems;
mod redaction;
mod source;
mod step;
mod then;
mod ticket;
mod verdict;

pub(crate) use self::events::EventsPage;
pub(crate) use self::facts::FactsPage;
pub(crate) use self::files::FilesPage;
pub(crate) use self::source::{Part, SourcePage};

use askama::Template;

use self::context::Context;
use self::coverage::CoverageView;
use self::details::{Bounded, CodeRow, EventRow, OutcomeView, SourceView};
use self::events::EventsView;
use self::facts::{FactFilter, FactRow};
use self::files::FileRow;
use self::guide::GuideView;
use self::problems::ProblemRow;
use self::redaction::RedactionView;
use self::step::NowView;
use self::then::Then;
use self::ticket::Summary;
use self::verdict::{Candidate, Kind, NeedView, OrderRow, VerdictView};
use super::collector::ScriptView;
use super::words;
use super::{Frame, Limits};
use crate::actions::{CaseView, collect};
use crate::evidence::whose::Question;
use crate::web::paths;

/// A case's own words at the top and in its forms.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) short: String,
    pub(crate) revision: i64,
    pub(crate) ticket: String,
    pub(crate) machine: String,
    pub(crate) account: String,
    pub(crate) note: String,
    /// Who works on it.
    pub(crate) claimed: String,
    /// When its reporter asked for a rule, and in which words.
    pub(crate) asked: Option<(String, String)>,
    /// What an editor told those who reported such a text, and who and when.
    pub(crate) reply: Option<(String, String)>,
    pub(crate) opened: String,
    pub(crate) kept_until: String,
    pub(crate) outcome: Option<OutcomeView>,
    /// That it is open again.
    pub(crate) reopened: Option<words::Sign>,
    /// When the walks use another release than the live one: its number.
    pub(crate) older_release: Option<i64>,
}

/// Where the case's forms go.
#[derive(Debug, Clone)]
pub(crate) struct Forms {
    pub(crate) id: String,
    pub(crate) case: String,
    pub(crate) answers: String,
    pub(crate) take_back: String,
    pub(crate) evidence: String,
    pub(crate) outcome: String,
    pub(crate) edit: String,
    pub(crate) delete: String,
    pub(crate) ask: String,
    pub(crate) claim: String,
    pub(crate) reopen: String,
    pub(crate) merge: String,
    pub(crate) choose: String,
    pub(crate) release: String,
    pub(crate) print: String,
    pub(crate) facts: String,
    pub(crate) files: String,
    pub(crate) events: String,
}

/// The case page.
#[derive(Template)]
#[template(path = "cases/show.html")]
pub(crate) struct CasePage {
    frame: Frame,
    head: Head,
    forms: Forms,
    verdict: VerdictView,
    questions: Vec<Question>,
    notices: Vec<String>,
    /// What an older release said.
    then: Option<Then>,
    guide: Option<GuideView>,
    others: Vec<Candidate>,
    order: Vec<OrderRow>,
    needs: Vec<NeedView>,
    script: Option<ScriptView>,
    files: Bounded<FileRow>,
    coverage: CoverageView,
    events: EventsView,
    sources: Bounded<SourceView>,
    facts: Bounded<FactRow>,
    codes: Bounded<CodeRow>,
    problems: Bounded<ProblemRow>,
    redaction: RedactionView,
    timeline: Bounded<EventRow>,
    summary: Summary,
    /// The examples of rules that came from it and outlive it.
    examples: Vec<ExampleView>,
    search: &'static str,
    limits: Limits,
}

/// An example of a rule that came from the case.
struct ExampleView {
    rule: String,
    /// The rule's page; empty where it is not published.
    href: String,
    /// Where editors find it.
    editor: String,
    text: String,
}

/// The case on paper.
#[derive(Template)]
#[template(path = "cases/print.html")]
pub(crate) struct PrintPage {
    frame: Frame,
    head: Head,
    forms: Forms,
    link: String,
    verdict: VerdictView,
    guide: Option<GuideView>,
    sources: Bounded<SourceView>,
    facts: Bounded<FactRow>,
    codes: Bounded<CodeRow>,
    timeline: Bounded<EventRow>,
}

impl CasePage {
    /// Fills the page. `base` is the address of this server for somebody elsewhere.
    pub(crate) fn new(view: &CaseView, base: &str, limits: Limits) -> Self {
        let context = Context { view, base };
        let verdict = verdict::verdict(&context);
        let guide = guide::guide(&context, headline_rule(&verdict));
        let proofs = details::all_proofs(&context);
        let proofs = proofs.iter().collect::<Vec<_>>();
        Self {
            frame: Frame::new(&verdict.headline, context.release()),
            head: head(&context),
            forms: Forms::new(context.id()),
            others: verdict::others(&context),
            order: verdict::order(&context),
            needs: verdict::needs(&context),
            script: collect::for_case(view).map(ScriptView::from),
            sources: details::sources(&context, &proofs),
            facts: facts::facts_of(&context, &FactFilter::default(), facts::ON_THE_CASE),
            files: files::files(&context, files::ON_THE_CASE),
            coverage: coverage::coverage_view(&context),
            events: events::events(&context),
            codes: details::codes(&context),
            problems: problems::problems(context.evidence()),
            redaction: RedactionView::of(&context),
            timeline: details::timeline(&context),
            summary: ticket::summary(&context, &verdict.headline, guide.as_ref()),
            examples: examples(&context),
            search: paths::SEARCH,
            limits,
            questions: context.evidence().questions(),
            notices: view.nothing_left(),
            then: then::then(&context),
            verdict,
            guide,
        }
    }
}

impl PrintPage {
    /// Fills the page.
    pub(crate) fn new(view: &CaseView, base: &str) -> Self {
        let page = CasePage::new(view, base, Limits::default());
        let context = Context { view, base };
        Self {
            frame: page.frame,
            head: page.head,
            forms: page.forms,
            link: context.link(),
            verdict: page.verdict,
            guide: page.guide,
            sources: page.sources,
            facts: page.facts,
            codes: page.codes,
            timeline: page.timeline,
        }
    }
}

impl Forms {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            case: paths::case(id),
            answers: paths::case_form(paths::CASE_ANSWERS, id),
            take_back: paths::case_form(paths::CASE_TAKE_BACK, id),
            evidence: paths::case_form(paths::CASE_EVIDENCE, id),
            outcome: paths::case_form(paths::CASE_OUTCOME, id),
            edit: paths::case_form(paths::CASE_EDIT, id),
            delete: paths::case_form(paths::CASE_DELETE, id),
            ask: paths::case_form(paths::CASE_ASK, id),
            claim: paths::case_form(paths::CASE_CLAIM, id),
            reopen: paths::case_form(paths::CASE_REOPEN, id),
            merge: paths::case_form(paths::CASE_MERGE, id),
            choose: paths::case_form(paths::CASE_CHOOSE, id),
            release: paths::case_form(paths::CASE_RELEASE, id),
            print: paths::case_print(id),
            facts: paths::case_form(paths::CASE_FACTS, id),
            files: paths::case_form(paths::CASE_FILES, id),
            events: paths::case_form(paths::CASE_EVENTS, id),
        }
    }
}

fn examples(context: &Context<'_>) -> Vec<ExampleView> {
    /// Enough to know it again.
    const LONGEST: usize = 300;
    let examples = context.view.record.examples.iter();
    let examples = examples.map(|example| {
        let published = context.release().rule(&example.rule);
        ExampleView {
            rule: published.map_or_else(|| example.rule.clone(), |rule| rule.file.title.clone()),
            href: published.map_or_else(String::new, |_| paths::rule(&example.rule)),
            editor: paths::admin_rule(paths::ADMIN_RULE, &example.rule),
            text: words::cut(&example.text, LONGEST),
        }
    });
    examples.collect()
}

fn headline_rule(verdict: &VerdictView) -> Option<&str> {
    matches!(verdict.kind, Kind::Cause { .. } | Kind::Started).then_some(verdict.headline.as_str())
}

fn head(context: &Context<'_>) -> Head {
    let record = &context.view.record;
    let (pinned, live) = (context.view.pinned.number, context.release().number);
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Head {
        short: context.id().chars().take(5).collect(),
        revision: record.revision,
        ticket: text(&record.ticket),
        machine: text(&record.machine),
        account: text(&record.account),
        note: text(&record.note),
        claimed: text(&record.claimed_by),
        asked: record.asked.as_ref().map(|asked| {
            let words = asked.words.clone().unwrap_or_default();
            (words::moment(asked.at), words)
        }),
        reply: record.reply.as_ref().map(|reply| {
            let by = format!("{}, {}", reply.who, words::moment(reply.at));
            (reply.text.clone(), by)
        }),
        opened: words::moment(record.created_at),
        kept_until: record.expires_at.map_or_else(
            || "kept until somebody deletes it".to_owned(),
            |at| format!("kept until {}", words::day(at)),
        ),
        outcome: details::outcome(context),
        reopened: record.reopened.then(words::open_again),
        older_release: (pinned != live).then_some(pinned),
    }
}
