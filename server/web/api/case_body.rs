//! What programs read: a case, and the list of cases.

use serde::Serialize;
use utoipa::ToSchema;

use super::body::{DiagnosisBody, Filler};
use super::report_body::{CoverageBody, coverage_of};
use super::walk_body::WalkBody;
use crate::actions::{CaseView, CollectorRun, collect};
use crate::evidence::Round;
use crate::evidence::redact::{Redact, Redaction};
use crate::rules::Verdict;
use crate::store::{
    CasePage, CaseRecord, CaseSummary, OutcomeGiven, OutcomeName, Receipt, TimelineEntry,
};
use crate::web::paths;

/// A case: what is known about it today, and where its walk stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseBody {
    /// Its id; knowing it is the right to it.
    pub id: String,
    /// Its page.
    pub url: String,
    /// Opened, unix milliseconds.
    pub created_at: i64,
    /// Last changed, unix milliseconds.
    pub updated_at: i64,
    /// Deleted after, unix milliseconds; null = kept for ever.
    pub expires_at: Option<i64>,
    /// The ticket.
    pub ticket: Option<String>,
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Counts changes; send it as `If-Match`.
    pub revision: i64,
    /// The release whose guides the walks use.
    pub pinned_release: i64,
    /// What the evidence amounts to.
    #[serde(flatten)]
    pub diagnosis: DiagnosisBody,
    /// What the evidence covers and lacks; what would answer the present question first.
    pub coverage: Vec<CoverageBody>,
    /// The walk of the active rule.
    pub walk: Option<WalkBody>,
    /// The rules that can be walked.
    pub walks: Vec<WalkLine>,
    /// One run of the collector script that gets what is still lacking; null when nothing is.
    pub collector: Option<CollectorBody>,
    /// What to settle or to send before going on, in sentences.
    pub notices: Vec<String>,
    /// How it ended; null while it is open, and once it is opened again.
    pub outcome: Option<OutcomeGiven>,
    /// What is replaced before anything is kept.
    pub redact: Redact,
    /// What was replaced, round by round and kind by kind; never the value.
    pub redactions: Vec<RedactionLine>,
    /// What was said when each round arrived.
    pub receipts: Vec<Receipt>,
    /// What happened.
    pub timeline: Vec<TimelineEntry>,
}

/// What was replaced in one round by one kind of mark.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedactionLine {
    /// The round, from 1.
    pub round: Round,
    /// The kind, how many, and where.
    #[serde(flatten)]
    pub redaction: Redaction,
}

/// One run of the collector script.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectorBody {
    /// The sections to run.
    #[schema(example = json!(["dsregcmd", "rdp-tcp"]))]
    pub sections: Vec<String>,
    /// The line to run on the machine, where the script lies.
    pub command: String,
    /// Where the script is.
    #[schema(example = "/static/collect.ps1")]
    pub url: String,
    /// Whether a section needs an elevated prompt.
    pub elevated: bool,
}

impl From<CollectorRun> for CollectorBody {
    fn from(run: CollectorRun) -> Self {
        Self {
            sections: run.sections,
            command: run.command,
            url: paths::asset(collect::SCRIPT),
            elevated: run.elevated,
        }
    }
}

/// A rule that can be walked.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalkLine {
    /// The rule.
    pub rule: String,
    /// Whether its walk is the one shown.
    pub active: bool,
}

/// One page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseListBody {
    /// Newest change first.
    pub cases: Vec<CaseLine>,
    /// Send it as `cursor` for the next page; null at the end.
    pub next: Option<String>,
}

/// A case in the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLine {
    /// Its id.
    pub id: String,
    /// Its page.
    pub url: String,
    /// Opened, unix milliseconds.
    pub created_at: i64,
    /// Last changed, unix milliseconds.
    pub updated_at: i64,
    /// Deleted after, unix milliseconds.
    pub expires_at: Option<i64>,
    /// The ticket.
    pub ticket: Option<String>,
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// What was said last.
    pub verdict: Option<Verdict>,
    /// The rules found last, best first.
    pub rules: Vec<String>,
    /// How it ended; null while it is open, and once it is opened again.
    pub outcome: Option<OutcomeName>,
}

impl CaseBody {
    /// A case as programs read it.
    pub fn of(view: &CaseView) -> Self {
        let record = &view.record;
        let walks = view.walkable().into_iter().map(|rule| WalkLine {
            rule: rule.to_string(),
            active: view.active.as_ref() == Some(rule),
        });
        Self {
            id: record.id.as_str().to_owned(),
            url: paths::case(record.id.as_str()),
            created_at: record.created_at,
            updated_at: record.updated_at,
            expires_at: record.expires_at,
            ticket: record.ticket.clone(),
            machine: record.machine.clone(),
            account: record.account.clone(),
            claimed_by: record.claimed_by.clone(),
            note: record.note.clone(),
            revision: record.revision,
            pinned_release: view.pinned.number,
            diagnosis: DiagnosisBody::of(&view.diagnosis, &view.house),
            coverage: coverage_of(view),
            walk: active_walk(view),
            walks: walks.collect(),
            collector: collect::for_case(view).map(CollectorBody::from),
            notices: view.notices(),
            outcome: record.ended().cloned(),
            redact: record.redact,
            redactions: redactions(record),
            receipts: record
                .rounds
                .iter()
                .map(|round| round.receipt.clone())
                .collect(),
            timeline: record.timeline.clone(),
        }
    }
}

impl From<CasePage> for CaseListBody {
    fn from(page: CasePage) -> Self {
        Self {
            cases: page.cases.into_iter().map(CaseLine::from).collect(),
            next: page.next,
        }
    }
}

impl From<CaseSummary> for CaseLine {
    fn from(case: CaseSummary) -> Self {
        Self {
            url: paths::case(&case.id),
            id: case.id,
            created_at: case.created_at,
            updated_at: case.updated_at,
            expires_at: case.expires_at,
            ticket: case.ticket,
            machine: case.machine,
            account: case.account,
            claimed_by: case.claimed_by,
            verdict: case.verdict,
            rules: case.rules,
            outcome: case.outcome,
        }
    }
}

fn redactions(record: &CaseRecord) -> Vec<RedactionLine> {
    let rounds = record.rounds.iter();
    let lines = rounds.flat_map(|round| {
        let redactions = round.redactions.iter().cloned();
        redactions.map(|redaction| RedactionLine {
            round: round.number,
            redaction,
        })
    });
    lines.collect()
}

fn active_walk(view: &CaseView) -> Option<WalkBody> {
    let id = view.active.as_ref()?;
    let rule = view.rule(id)?;
    let filler = Filler::new(&view.diagnosis, rule, &view.house);
    let filler = filler.with_notes_of(view.guide_release(id)?);
    Some(WalkBody::of(id.as_str(), &view.walk()?, &filler))
}
