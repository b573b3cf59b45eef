//! What the store keeps of a case: rows as the rest of the program sees them. Times are unix milliseconds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::case_examples::CaseExample;
use super::inbox::{Asked, Reply};
use crate::condition::{AnswerId, ProductId, RuleId, StepId};
use crate::evidence::redact::{Pseudonym, Redact, Redaction};
use crate::evidence::{FactValue, Round};
use crate::guide::walk::Visit;
use crate::rules::Verdict;

/// The name of a case: 128 random bits, base32 (26 small letters and digits 2-7). Knowing it is the right to read the case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(String);

impl CaseId {
    /// From random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let bits = u128::from_be_bytes(bytes);
        let letter =
            |at: u32| char::from(ALPHABET[(bits.checked_shr(at * 5).unwrap_or(0) & 31) as usize]);
        Self((0..26).rev().map(letter).collect())
    }

    /// Checks the spelling; `None` when it cannot be a case.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 26
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One case as kept.
#[derive(Debug, Clone)]
pub struct CaseRecord {
    /// Its name.
    pub id: CaseId,
    /// Opened.
    pub created_at: i64,
    /// Last changed.
    pub updated_at: i64,
    /// Deleted after; `None` = kept for ever.
    pub expires_at: Option<i64>,
    /// Counts changes; sent as `ETag`.
    pub revision: i64,
    /// The ticket it belongs to.
    pub ticket: Option<String>,
    /// The machine.
    pub machine: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// That its reporter asked for a rule, while editors have that before them.
    pub asked: Option<Asked>,
    /// What an editor told those who reported such a text.
    pub reply: Option<Reply>,
    /// The product the sender named.
    pub product: Option<ProductId>,
    /// The rule whose guide was started without evidence, or that the reader chose last.
    pub chosen_rule: Option<RuleId>,
    /// The release whose guides the walks use.
    pub pinned_release: i64,
    /// What is replaced in what is sent.
    pub redact: Redact,
    /// The numbers of its people and machines.
    pub pseudonyms: Vec<Pseudonym>,
    /// The examples of rules that came from it.
    pub examples: Vec<CaseExample>,
    /// Its rounds, oldest first.
    pub rounds: Vec<RoundRecord>,
    /// All answers, oldest first.
    pub answers: Vec<Answer>,
    /// Every end it came to, oldest first; [`CaseRecord::ended`] says whether the last one still holds.
    pub outcomes: Vec<OutcomeGiven>,
    /// Whether it was opened again after the last one.
    pub reopened: bool,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

impl CaseRecord {
    /// How it ended; none while it is open, or open again.
    pub fn ended(&self) -> Option<&OutcomeGiven> {
        self.outcomes.last().filter(|_| !self.reopened)
    }
}

/// One arrival of evidence, redacted.
#[derive(Debug, Clone)]
pub struct RoundRecord {
    /// From 1.
    pub number: Round,
    /// When.
    pub at: i64,
    /// Who sent it.
    pub who: Option<String>,
    /// The names and sizes of its texts, in order; [`Store::texts`](super::Store::texts) has the texts themselves.
    pub sources: Vec<SourceLine>,
    /// What was not kept or not readable: source, line, what.
    pub problems: Vec<(String, Option<usize>, String)>,
    /// Facts given outright.
    pub facts: Vec<(String, FactValue)>,
    /// What was said then.
    pub receipt: Receipt,
    /// What was replaced in it.
    pub redactions: Vec<Redaction>,
}

/// That a source is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Its name in the case.
    pub name: String,
    /// The bytes of its decoded text.
    pub size: usize,
}

/// One source's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    /// Its name in the case.
    pub name: String,
    /// Its decoded, redacted text.
    pub text: String,
}

/// What was said when a round arrived: history, never input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The release that said it.
    pub release: i64,
    /// The version of Signpost.
    pub engine: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The rules, best first, each with the text that proved it.
    pub rules: Vec<(String, Vec<String>)>,
}

/// One answer of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Counts answers of the case, from 1.
    pub order: i64,
    /// The rule whose guide asked.
    pub rule: RuleId,
    /// The step's address.
    pub step: StepId,
    /// The visit of the step, from 1; 0 where it was set aside.
    pub visit: Visit,
    /// The answer.
    pub answer: AnswerId,
    /// The latest round at the time.
    pub round: Round,
    /// Who.
    pub who: Option<String>,
    /// When.
    pub at: i64,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeName {
    /// It works again.
    Fixed,
    /// It does not; the next cause is looked at.
    NotFixed,
    /// Somebody else has to act.
    Waiting,
    /// Handed to somebody else for good.
    Escalated,
    /// Signpost named the wrong cause.
    WrongCause,
}

impl OutcomeName {
    /// As the API and the database spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::NotFixed => "not_fixed",
            Self::Waiting => "waiting",
            Self::Escalated => "escalated",
            Self::WrongCause => "wrong_cause",
        }
    }

    /// From that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Fixed,
            Self::NotFixed,
            Self::Waiting,
            Self::Escalated,
            Self::WrongCause,
        ];
        all.into_iter().find(|name| name.as_str() == text)
    }
}

/// A verdict as the database spells it.
pub(super) fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Matched => "matched",
        Verdict::Ambiguous => "ambiguous",
        Verdict::InsufficientEvidence => "insufficient_evidence",
        Verdict::NoErrorFound => "no_error_found",
        Verdict::Unmatched => "unmatched",
        Verdict::Unreadable => "unreadable",
    }
}

/// The verdict of that spelling.
pub(super) fn verdict_named(text: &str) -> Option<Verdict> {
    let all = [
        Verdict::Matched,
        Verdict::Ambiguous,
        Verdict::InsufficientEvidence,
        Verdict::NoErrorFound,
        Verdict::Unmatched,
        Verdict::Unreadable,
    ];
    all.into_iter()
        .find(|verdict| verdict_name(*verdict) == text)
}

/// An outcome as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutcomeGiven {
    /// Which.
    pub outcome: OutcomeName,
    /// For which rule.
    pub rule: Option<String>,
    /// At which step.
    pub step: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// For `wrong_cause`: which would be right.
    pub right_rule: Option<String>,
    /// Who.
    pub who: Option<String>,
    /// When, unix milliseconds.
    pub at: i64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When, unix milliseconds.
    pub at: i64,
    /// Who, if they said.
    pub who: Option<String>,
    /// What, in words.
    pub what: String,
}

/// What is left of a case after its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tombstone {
    /// Opened, unix milliseconds.
    pub created_at: i64,
    /// Gone, unix milliseconds.
    pub gone_at: i64,
    /// The release that judged it last.
    pub release: i64,
    /// The last verdict.
    pub verdict: Option<String>,
    /// The rules found last.
    pub rules: Vec<String>,
    /// How it ended.
    pub outcome: Option<OutcomeName>,
    /// The case that took its evidence in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
}

/// What `PATCH` changes: `None` leaves, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct CaseEdit {
    /// The ticket.
    pub ticket: Option<Option<String>>,
    /// The machine.
    pub machine: Option<Option<String>>,
    /// The account.
    pub account: Option<Option<String>>,
    /// The note.
    pub note: Option<Option<String>>,
}

/// Which cases to list.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// This ticket.
    pub ticket: Option<String>,
    /// This machine.
    pub machine: Option<String>,
    /// With this rule among the last receipt's.
    pub rule: Option<String>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// With this outcome.
    pub outcome: Option<OutcomeName>,
    /// Still open: never ended, or opened again since; `false` for those that have an outcome.
    pub open: Option<bool>,
    /// With a rule of this product among the last receipt's.
    pub product: Option<String>,
    /// Who works on it; empty for nobody.
    pub claimed_by: Option<String>,
    /// These words in ticket, machine, account, note or the names of rules.
    pub words: Option<String>,
    /// Changed since, unix milliseconds.
    pub updated_since: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// At most so many; 50 by default, 200 at most.
    pub limit: Option<u32>,
}
