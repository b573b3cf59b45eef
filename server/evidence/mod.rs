//! What we were given: bytes become [`Evidence`].
//!
//! Reading is pure and never fails. A reader returns what it could read and notes a [`Problem`] for what it
//! could not; a torn file costs its torn line, not the submission. Nothing here knows a rule, a clock, a
//! database or the environment.
//!
//! To add a reader:
//! 1. write `evidence/<tool>.rs`; open it with a real sample of the tool's output;
//! 2. make it a [`Reader`]: what it reads, the words without which a text is none of its, and one function; name it
//!    among the readers in `reading.rs`;
//! 3. test it in the same file against fixtures in `tests/fixtures/<tool>/`, with a property test that it never panics.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(crate) mod abreast;
pub mod accounts;
pub mod agent_report;
pub mod archive;
pub mod codes;
pub mod credential_providers;
pub mod decode;
mod documents;
pub mod dsregcmd;
pub mod entries;
pub mod events;
mod fact;
mod first_look;
pub mod genre;
pub mod given;
#[cfg(test)]
pub(crate) mod honest;
mod inbox;
pub mod json;
mod limits;
pub(crate) mod literals;
mod logon_rights;
pub mod machines;
pub mod mention;
mod names;
pub mod net;
mod offsets;
mod pattern;
pub mod proof;
mod reading;
pub mod redact;
pub mod registry;
pub mod runs;
pub mod secedit;
pub mod sids;
pub mod sniff;
pub mod text;
pub mod tools;
pub mod unescape;
mod upload;
pub mod whoami;
pub mod whose;

pub use entries::Entries;
pub use events::{Event, EventField};
pub use fact::{About, Closes, Fact, FactKey, FactValue, Lookup, Scope, fold_key};
pub use limits::{Budget, Ended, NeverStop, Stop};
pub use proof::{Matcher, Proof};
pub use reading::{ReadOptions, is_given, read, read_redacted, read_texts};
pub use text::{Line, Text};
pub use upload::{Body, ReadSeek, Stored, Upload};

/// The number of a round: one arrival of evidence in a case, counted from 1.
pub type Round = u32;

/// What a person or a program sends, before reading.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// Pasted text.
    pub text: Option<String>,
    /// Files, archives included, as they arrived.
    pub files: Vec<Upload>,
    /// Facts given outright: key and value.
    pub facts: BTreeMap<String, FactValue>,
}

/// A submission after reading. Several rounds of one case are joined by [`Evidence::join`].
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Decoded texts, in the order they arrived.
    pub sources: Vec<Source>,
    /// Every error code seen, in order.
    pub codes: Vec<CodeSeen>,
    /// Every fact read, in order.
    pub facts: Vec<Fact>,
    /// Every event read, in order.
    pub events: Vec<Event>,
    /// The parts of the machine that are listed completely.
    pub scopes: Vec<Scope>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// The machine that is meant, where facts of several were read: those of the others answer nothing.
    pub machine: Option<String>,
    /// The machine whose events count, where one is told: the one that is meant, else the only one of the facts.
    pub machine_of_events: Option<String>,
    /// Whether it was judged, and nothing that the rules found depends on whose account it is.
    pub any_account: bool,
    /// The account that the case is about: facts and events about others answer nothing. Set by
    /// [`Evidence::settle`].
    pub account: Option<String>,
    /// Other names that the evidence gives that account: `AzureAD\KimLee` is `kim.lee@contoso.com`.
    pub account_names: Vec<String>,
    /// The machine that an agent report names for a source (an index into [`Evidence::sources`]).
    pub reported: Vec<(usize, String)>,
}

/// One piece of a submission, decoded. Offsets and lines everywhere refer to `text`, which is never normalised.
#[derive(Debug, Clone)]
pub struct Source {
    /// Unique in its case: `paste`, `paste (2)`, `report.zip/dsreg.txt`.
    pub name: String,
    /// The round it came with.
    pub round: Round,
    /// The decoded text.
    pub text: Text,
    /// What it was recognised as, in words for people: `dsregcmd /status`. Empty when no reader knew it.
    pub kinds: Vec<&'static str>,
    /// Byte ranges (whole lines) that a fact or event reader claimed, sorted and apart: text conditions do not look here.
    pub claimed: Vec<Range<usize>>,
    /// The entries (log record, JSON line, mail) that together cover the text; one when it is not split.
    pub entries: Entries,
}

/// Where something stands: `source` is an index into [`Evidence::sources`], `start..end` are byte offsets into
/// that source's text, `line` counts from 1.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// Index into [`Evidence::sources`].
    pub source: usize,
    /// Line of `start`, from 1.
    pub line: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The family a code's number belongs to. The same number in two spaces is two codes.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum CodeSpace {
    /// NTSTATUS, MS-ERREF 2.3.
    Ntstatus,
    /// Win32 error, MS-ERREF 2.2.
    Win32,
    /// HRESULT, MS-ERREF 2.1 (0x8007nnnn is `Win32`).
    Hresult,
    /// Security Support Provider Interface errors (a part of the HRESULT range, 0x8009nnnn).
    Sspi,
    /// Kerberos protocol errors, RFC 4120 7.5.9.
    Kerberos,
    /// Failure reasons of Windows security events, `%%nnnn`.
    Reason,
    /// Microsoft Entra sign-in errors, `AADSTSnnnn`.
    Aadsts,
    /// A product's symbolic code, such as `WindowsIdentityIncorrect`.
    Name,
}

/// The identity of one error code, whatever its spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// Its family.
    pub space: CodeSpace,
    /// Its number; 0 for [`CodeSpace::Name`].
    pub value: u32,
    /// The folded (lower case) name, for [`CodeSpace::Name`] alone; else empty.
    pub name: String,
}

/// A code where it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSeen {
    /// Which code.
    pub code: Code,
    /// Where; the span is the token as written, sign and prefix included.
    pub span: Span,
    /// Why it counts for less, if it does.
    pub weakened: Option<Weakened>,
}

/// Why a code proves at most `possible`, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weakened {
    /// One of a table or a list of several codes: teaching material, not a fault.
    Listed,
    /// Behind a "not" or a "fixed:". Proves nothing.
    Denied,
    /// Asked about, taught or over: spoken of, not reported. Proves nothing.
    Mentioned,
    /// Inside a memory dump.
    Dump,
    /// On a line that a fact reader claimed: listed, never matched.
    Claimed,
}

/// What could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The source's name.
    pub source: String,
    /// The line, from 1, where one can be named.
    pub line: Option<usize>,
    /// One plain sentence: what is wrong and, where possible, what to do.
    pub what: String,
}

impl Problem {
    /// Whether what it is about may be fine and only time was short.
    pub fn is_of_time(&self) -> bool {
        self.what.contains("took too long")
    }
}

/// What one reader got out of one source.
#[derive(Debug, Default)]
pub struct Reading {
    /// Facts; `span.source` and `round` are set by the caller.
    pub facts: Vec<Fact>,
    /// Scopes; `span.source` and `round` are set by the caller.
    pub scopes: Vec<Scope>,
    /// Events; the sources of their spans and `round` are set by the caller.
    pub events: Vec<Event>,
    /// Byte ranges of whole lines that belong to this reader.
    pub claimed: Vec<Range<usize>>,
    /// Problems: line and what; the caller adds the source's name.
    pub problems: Vec<(Option<usize>, String)>,
}

/// Something that knows the output of one tool.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// What it reads, in words for people: `dsregcmd /status`.
    pub kind: &'static str,
    /// ASCII words, in any case, without one of which a text is none of this tool's: how a large log is passed over.
    /// Empty when every text has to be looked at.
    pub marks: &'static [&'static str],
    /// `name` is a hint, the text decides. An unfit text gives an empty reading.
    pub read: fn(name: &str, text: &Text) -> Reading,
}

impl Span {
    /// How many bytes it names.
    #[expect(clippy::len_without_is_empty, reason = "a proof is never empty")]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether another lies inside.
    pub fn contains(&self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }
}

impl Evidence {
    /// Joins a later round's evidence to this one: its span sources are moved behind ours.
    pub fn join(&mut self, later: Evidence) {
        let moved = self.sources.len();
        let shift = |mut span: Span| {
            span.source += moved;
            span
        };
        self.sources.extend(later.sources);
        self.codes
            .extend(later.codes.into_iter().map(|seen| CodeSeen {
                span: shift(seen.span),
                ..seen
            }));
        self.facts.extend(later.facts.into_iter().map(|fact| Fact {
            span: shift(fact.span),
            ..fact
        }));
        self.events
            .extend(later.events.into_iter().map(|mut event| {
                event.for_each_span(|span| span.source += moved);
                event
            }));
        self.scopes
            .extend(later.scopes.into_iter().map(|scope| Scope {
                span: shift(scope.span),
                ..scope
            }));
        self.problems.extend(later.problems);
        let reported = later.reported.into_iter();
        self.reported
            .extend(reported.map(|(source, machine)| (source + moved, machine)));
    }

    /// The bytes a span names.
    pub fn slice(&self, span: Span) -> &str {
        self.sources
            .get(span.source)
            .and_then(|source| source.text.as_str().get(span.start..span.end))
            .unwrap_or_default()
    }

    /// The latest round there is; 0 when there is none.
    pub fn latest_round(&self) -> Round {
        self.sources
            .iter()
            .map(|source| source.round)
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
impl Reading {
    /// The first value of a key.
    fn value(&self, key: &str) -> Option<FactValue> {
        let key = FactKey::new(key);
        let fact = self.facts.iter().find(|fact| fact.key == key);
        fact.map(|fact| fact.value.clone())
    }
}
