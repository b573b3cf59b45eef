//! The one shape of proof: the bytes that made a finding, answered a question or hold a fact.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Evidence, Fact, FactKey, FactValue, Round, Scope, Span};

/// How a proof was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Matcher {
    /// A phrase.
    Phrase,
    /// A regex.
    Regex,
    /// An error code.
    Code,
    /// One record of an event log.
    Event,
    /// A fact, or its proved absence.
    Fact,
}

/// The bytes that prove something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Proof {
    /// How it was found.
    pub matcher: Matcher,
    /// The source's name.
    pub source: String,
    /// The round it came with, from 1.
    pub round: Round,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// First byte, in the UTF-8 text of the source as decoded.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Exactly these bytes.
    pub text: String,
    /// The fact's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The fact's value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<FactValue>,
    /// True when the fact is proved to be absent; `text` is then the line that lists everything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
}

impl Evidence {
    /// The proof that a span is.
    pub fn prove(&self, matcher: Matcher, span: Span) -> Proof {
        let source = self.sources.get(span.source);
        Proof {
            matcher,
            source: source.map(|source| source.name.clone()).unwrap_or_default(),
            round: source.map_or(1, |source| source.round),
            line: span.line,
            start: span.start,
            end: span.end,
            text: self.slice(span).to_owned(),
            fact: None,
            value: None,
            absent: false,
        }
    }

    /// The proof that a fact is.
    pub fn prove_fact(&self, fact: &Fact) -> Proof {
        Proof {
            fact: Some(fact.key.to_string()),
            value: Some(fact.value.clone()),
            ..self.prove(Matcher::Fact, fact.span)
        }
    }

    /// The proof that a fact is absent.
    pub fn prove_absent(&self, key: &FactKey, scope: &Scope) -> Proof {
        Proof {
            fact: Some(key.to_string()),
            absent: true,
            ..self.prove(Matcher::Fact, scope.span)
        }
    }
}
