//! What we were given: bytes become [`Evidence`].
//!
//! Reading is pure and never fails. A reader returns what it could read and notes a [`Problem`] for what it
//! could not; a torn file costs its torn line, not the submission. Nothing here knows a rule, a clock, a
//! database or the environment.
//!
//! To add a reader:
//! 1. write `evidence/<tool>.rs`; open it with a real sample of the tool's output;
//! 2. give it the one signature all readers have, [`Reader`], and name it in [`read`](read());
//! 3. test it in the same file against fixtures in `tests/fixtures/<tool>/`, with a property test that it never panics.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub mod archive;
pub mod codes;
pub mod credential_providers;
pub mod decode;
pub mod dsregcmd;
pub mod entries;
pub mod given;
pub mod proof;
mod reading;
pub mod redact;
pub mod registry;
pub mod secedit;
pub mod sids;
pub mod sniff;
pub mod text;
pub mod whoami;

pub use proof::{Matcher, Proof};
pub use reading::{ReadOptions, read, read_texts};
pub use text::{Line, Text};

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

/// One uploaded file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name the sender gave it: a hint, never trusted.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
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
    /// The parts of the machine that are listed completely.
    pub scopes: Vec<Scope>,
    /// What could not be read.
    pub problems: Vec<Problem>,
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
    /// Byte ranges (whole lines) that a fact reader claimed, sorted and apart: text conditions do not look here.
    pub claimed: Vec<Range<usize>>,
    /// Byte ranges of the entries (log record, JSON line, mail) that together cover the text; one when it is not split.
    pub entries: Vec<Range<usize>>,
}

/// Where something stands: `source` is an index into [`Evidence::sources`], `start..end` are byte offsets into
/// that source's text, `line` counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// Why a code proves at most `possible`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weakened {
    /// One of a table or a list of several codes: teaching material, not a fault.
    Listed,
    /// Behind a "not" or a "fixed:".
    Denied,
    /// Inside a memory dump.
    Dump,
    /// On a line that a fact reader claimed: listed, never matched.
    Claimed,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum FactValue {
    /// One value; registry dwords in decimal, empty is `""`.
    Text(String),
    /// A list of values, such as the holders of a right.
    List(Vec<String>),
}

/// The key of a fact: keeps its spelling, compares folded (case, HKLM spellings, `Computer\`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct FactKey {
    shown: String,
    folded: String,
}

/// One thing known about the machine, and where it was read.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its key.
    pub key: FactKey,
    /// Its value.
    pub value: FactValue,
    /// The line that says so.
    pub span: Span,
    /// Whose it is, as far as the source tells.
    pub about: Arc<About>,
    /// The round it came with.
    pub round: Round,
}

/// Whose fact it is and when it was taken, where the source tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Host name.
    pub machine: Option<String>,
    /// Account name.
    pub account: Option<String>,
    /// Whether the tool ran elevated.
    pub elevated: Option<bool>,
    /// When it was taken, unix milliseconds.
    pub taken: Option<i64>,
}

/// A part of the machine that the evidence lists completely.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What it closes.
    pub closes: Closes,
    /// The line that proves it: the key header, the echoed command, the section header.
    pub span: Span,
    /// The round it came with.
    pub round: Round,
}

/// Which keys a closed scope speaks of; all strings are folded as [`FactKey`] folds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closes {
    /// This one key.
    Key(String),
    /// Every key that is this prefix and a name without a backslash: the values of a registry key, the rights of a section.
    Children(String),
    /// Every key below this prefix, however deep: a registry key that is not there.
    Tree(String),
    /// Every key below a subkey of `parent` (folded, ending in a backslash) that is not among `listed`.
    Subkeys {
        /// The registry key, as the prefix of its fact keys.
        parent: String,
        /// The folded names of the subkeys that are listed.
        listed: BTreeSet<String>,
    },
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

/// What a look-up of a fact says. Three values, not two: absent is proved, unknown is not.
#[derive(Debug, Clone)]
pub enum Lookup<'a> {
    /// Known: the reading that counts.
    Known(&'a Fact),
    /// Different values in one round; counts as unknown, shows all.
    Conflicting(Vec<&'a Fact>),
    /// Known not to be there, proved by a scope.
    Absent(&'a Scope),
    /// Not known.
    Unknown,
}

/// What one reader got out of one source.
#[derive(Debug, Default)]
pub struct Reading {
    /// Facts; `span.source` and `round` are set by the caller.
    pub facts: Vec<Fact>,
    /// Scopes; `span.source` and `round` are set by the caller.
    pub scopes: Vec<Scope>,
    /// Byte ranges of whole lines that belong to this reader.
    pub claimed: Vec<Range<usize>>,
    /// Problems: line and what; the caller adds the source's name.
    pub problems: Vec<(Option<usize>, String)>,
}

/// The one signature all readers have: `name` is a hint, the text decides. An unfit text gives an empty reading.
pub type Reader = fn(name: &str, text: &Text) -> Reading;

impl FactKey {
    /// Folds a key's spelling. Any string is a key.
    pub fn new(shown: impl Into<String>) -> Self {
        let shown = shown.into();
        let folded = fold_key(&shown);
        Self { shown, folded }
    }

    /// The spelling of the tool that printed it.
    pub fn as_str(&self) -> &str {
        &self.shown
    }

    /// The folded spelling that look-ups compare.
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

/// Folds a fact key: lower case, `HKEY_LOCAL_MACHINE`, `Computer\` and the PowerShell drive spelling become `hklm`.
pub fn fold_key(key: &str) -> String {
    let lower = key.trim().to_lowercase();
    let Some(path) = lower.strip_prefix("registry.") else {
        return lower;
    };
    let path = path.strip_prefix("computer\\").unwrap_or(path);
    let (root, rest) = path.split_once('\\').unwrap_or((path, ""));
    let root = match root.trim_end_matches(':') {
        "hkey_local_machine" => "hklm",
        "hkey_current_user" => "hkcu",
        "hkey_users" => "hku",
        "hkey_classes_root" => "hkcr",
        "hkey_current_config" => "hkcc",
        other => other,
    };
    if rest.is_empty() {
        format!("registry.{root}")
    } else {
        format!("registry.{root}\\{rest}")
    }
}

impl PartialEq for FactKey {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}
impl Eq for FactKey {}
impl std::hash::Hash for FactKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}
impl PartialOrd for FactKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for FactKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.folded.cmp(&other.folded)
    }
}
impl From<String> for FactKey {
    fn from(shown: String) -> Self {
        Self::new(shown)
    }
}
impl From<FactKey> for String {
    fn from(key: FactKey) -> Self {
        key.shown
    }
}
impl std::fmt::Display for FactKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl schemars::JsonSchema for FactKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FactKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "\\." })
    }
}

impl From<&str> for FactValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl std::fmt::Display for FactValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(list) => f.write_str(&list.join(", ")),
        }
    }
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

impl Fact {
    /// By the time it was taken where both tell, else by the round.
    fn is_newer_than(&self, other: &Fact) -> bool {
        match (self.about.taken, other.about.taken) {
            (Some(own), Some(others)) if own != others => own > others,
            _ => self.round > other.round,
        }
    }
}

impl Closes {
    /// Whether a folded key lies inside.
    pub fn covers(&self, folded: &str) -> bool {
        match self {
            Self::Key(key) => folded == key,
            Self::Children(prefix) => folded
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| !rest.is_empty() && !rest.contains('\\')),
            Self::Tree(prefix) => folded.starts_with(prefix.as_str()),
            Self::Subkeys { parent, listed } => folded
                .strip_prefix(parent.as_str())
                .and_then(|rest| rest.split_once('\\'))
                .is_some_and(|(subkey, _)| !listed.contains(subkey)),
        }
    }
}

impl Evidence {
    /// Looks a fact up in the rounds up to and including `as_of`. The newest taken (else the newest round) wins;
    /// different values in that round conflict. A fact beats a scope unless the scope is newer.
    pub fn look_up(&self, key: &FactKey, as_of: Round) -> Lookup<'_> {
        let mut newest: Option<&Fact> = None;
        for fact in self
            .facts
            .iter()
            .filter(|fact| fact.round <= as_of && fact.key == *key)
        {
            if newest.is_none_or(|known| fact.is_newer_than(known)) {
                newest = Some(fact);
            }
        }
        let scope = self
            .scopes
            .iter()
            .filter(|scope| scope.round <= as_of && scope.closes.covers(key.folded()))
            .max_by_key(|scope| scope.round);
        match (newest, scope) {
            (Some(fact), Some(scope)) if scope.round > fact.round => Lookup::Absent(scope),
            (Some(fact), _) => {
                let same_round = self
                    .facts
                    .iter()
                    .filter(|other| {
                        other.round == fact.round
                            && other.key == *key
                            && other.about.taken == fact.about.taken
                    })
                    .collect::<Vec<_>>();
                if same_round.iter().any(|other| other.value != fact.value) {
                    Lookup::Conflicting(same_round)
                } else {
                    Lookup::Known(same_round[0])
                }
            }
            (None, Some(scope)) => Lookup::Absent(scope),
            (None, None) => Lookup::Unknown,
        }
    }

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
        self.scopes
            .extend(later.scopes.into_iter().map(|scope| Scope {
                span: shift(scope.span),
                ..scope
            }));
        self.problems.extend(later.problems);
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
