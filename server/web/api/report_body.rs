//! What programs read: the events of a submission, and what a case's evidence covers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::{CaseView, Covered, coverage};
use crate::evidence::{CodeSpace, Event, Evidence, codes};
use crate::web::api::body::Filler;

/// So many events are answered.
pub const MOST_EVENTS: usize = 200;

/// One record of an event log.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// Its number.
    #[schema(example = 4625)]
    pub id: Option<u32>,
    /// Its provider.
    #[schema(example = "Microsoft-Windows-Security-Auditing")]
    pub provider: Option<String>,
    /// What it says, in plain words.
    #[schema(example = "Sign-in failed")]
    pub what: String,
    /// Whether it says that something failed.
    pub failed: bool,
    /// When it was written, unix milliseconds, where the source tells with its zone.
    pub time: Option<i64>,
    /// The computer that wrote it.
    pub machine: Option<String>,
    /// Whose sign-in, `DOMAIN\name`.
    pub account: Option<String>,
    /// The kind of sign-in: its number, with its name where that is known.
    #[schema(example = "10 (remote interactive)")]
    pub logon_type: Option<String>,
    /// The code that decides, in hex where it has one.
    #[schema(example = "0xC000006A")]
    pub code: Option<String>,
    /// The family of the code.
    pub space: Option<CodeSpace>,
    /// The code's symbol.
    #[schema(example = "STATUS_WRONG_PASSWORD")]
    pub symbol: Option<String>,
    /// The address that the attempt came from.
    pub address: Option<String>,
    /// The computer that the attempt came from.
    pub workstation: Option<String>,
    /// The program that asked, or the service.
    pub process: Option<String>,
    /// The source.
    pub source: String,
    /// The round.
    pub round: u32,
    /// The record's first line, from 1.
    pub line: usize,
    /// The record's first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// One collector and how the case stands with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageBody {
    /// The collector.
    #[schema(example = "dsregcmd")]
    pub collector: String,
    /// What it is.
    pub title: String,
    /// The command to run.
    pub command: Option<String>,
    /// Whether its output is there: `present`, `partial` where an open question asks for more of it, `missing`.
    pub state: Covered,
    /// The sources that hold it.
    pub sources: Vec<String>,
    /// What it would answer; the present question first.
    pub would_answer: Vec<OpenQuestionBody>,
}

/// Something that is not known yet and that a collector would tell.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenQuestionBody {
    /// The rule in question.
    pub rule: String,
    /// The step of its guide that asks, where that guide is being walked.
    pub step: Option<String>,
    /// The step's question, or the title of the rule.
    pub question: String,
    /// Whether it is the present question.
    pub now: bool,
}

impl EventBody {
    fn of(event: &Event, evidence: &Evidence) -> Self {
        let row = event.row();
        let described = row.code.as_ref().map(codes::describe);
        let source = evidence.sources.get(row.span.source);
        Self {
            id: row.id,
            provider: event.provider.clone(),
            what: row.what,
            failed: row.failed,
            time: row.time,
            machine: row.machine,
            account: row.account,
            logon_type: row.logon_type,
            code: described
                .as_ref()
                .and_then(|described| described.hex.clone())
                .or_else(|| row.code_name.clone()),
            space: row.code.as_ref().map(|code| code.space),
            symbol: described.and_then(|described| described.symbol.map(str::to_owned)),
            address: row.address,
            workstation: row.workstation,
            process: row.process,
            source: source.map(|source| source.name.clone()).unwrap_or_default(),
            round: event.round,
            line: row.span.line,
            start: row.span.start,
            end: row.span.end,
        }
    }
}

/// The first events, failures before the others, and how many more there are.
pub fn events_of(evidence: &Evidence) -> (Vec<EventBody>, usize) {
    let failures = evidence.events.iter().filter(|event| event.is_failure());
    let others = evidence.events.iter().filter(|event| !event.is_failure());
    let events = failures.chain(others).take(MOST_EVENTS);
    let events = events.map(|event| EventBody::of(event, evidence)).collect();
    (events, evidence.events.len().saturating_sub(MOST_EVENTS))
}

/// What the evidence of a case covers.
pub fn coverage_of(view: &CaseView) -> Vec<CoverageBody> {
    let evidence = &view.diagnosis.evidence;
    let all = coverage(view).into_iter().map(|one| {
        let sources = one
            .sources
            .iter()
            .filter_map(|at| evidence.sources.get(*at));
        let questions = one.would_answer.iter().map(|open| OpenQuestionBody {
            rule: open.rule.to_string(),
            step: open.step.clone(),
            question: view.rule(open.rule).map_or_else(
                || open.text.to_owned(),
                |rule| Filler::new(&view.diagnosis, rule, &view.house).fill(open.text),
            ),
            now: open.now,
        });
        CoverageBody {
            collector: one.collector.id.to_string(),
            title: one.collector.title.clone(),
            command: one.collector.command.clone(),
            state: one.state,
            sources: sources.map(|source| source.name.clone()).collect(),
            would_answer: questions.collect(),
        }
    });
    all.collect()
}
