//! What was replaced: which kind of mark, how often, where. Never the value.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a mark says about the value it stands for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A password, a passphrase, a Wi-Fi key.
    Password,
    /// A token, an API key, a signature, a client secret.
    Token,
    /// The value of a cookie.
    Cookie,
    /// The body of a private key.
    PrivateKey,
    /// A `BitLocker` recovery password.
    RecoveryKey,
    /// A product key.
    ProductKey,
    /// The name of an account.
    User,
    /// The name of a domain.
    Domain,
    /// The name of a machine.
    Host,
    /// The address of a machine.
    Ip,
    /// The security identifier of an account or a group of a domain.
    Sid,
}

/// One kind of mark in one round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Redaction {
    /// The kind.
    pub kind: Mark,
    /// How many values were replaced.
    pub count: usize,
    /// Where, each line once; at most 50.
    pub places: Vec<Place>,
}

/// A line in which something was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// The source's name.
    pub source: String,
    /// The line, from 1; 0 where it was the name of the source itself.
    pub line: usize,
}

/// So many places of a kind are remembered.
const MOST: usize = 50;

impl Mark {
    /// As it stands in a text: `[password:2]`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Token => "token",
            Self::Cookie => "cookie",
            Self::PrivateKey => "private-key",
            Self::RecoveryKey => "recovery-key",
            Self::ProductKey => "product-key",
            Self::User => "user",
            Self::Domain => "domain",
            Self::Host => "host",
            Self::Ip => "ip",
            Self::Sid => "sid",
        }
    }

    /// From that spelling.
    pub fn named(word: &str) -> Option<Self> {
        let all = [
            Self::Password,
            Self::Token,
            Self::Cookie,
            Self::PrivateKey,
            Self::RecoveryKey,
            Self::ProductKey,
            Self::User,
            Self::Domain,
            Self::Host,
            Self::Ip,
            Self::Sid,
        ];
        all.into_iter().find(|mark| mark.word() == word)
    }
}

/// Counts what is replaced, kind by kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Report(Vec<Redaction>);

impl Report {
    pub(super) fn note(&mut self, kind: Mark, source: &str, line: usize) {
        let at = self.0.iter().position(|one| one.kind == kind);
        let at = at.unwrap_or_else(|| {
            self.0.push(Redaction {
                kind,
                count: 0,
                places: Vec::new(),
            });
            self.0.len() - 1
        });
        let one = &mut self.0[at];
        one.count += 1;
        let known = one
            .places
            .last()
            .is_some_and(|last| last.line == line && last.source == source);
        if one.places.len() < MOST && !known {
            one.places.push(Place {
                source: source.to_owned(),
                line,
            });
        }
    }

    /// How many of a kind there are.
    pub(super) fn count(&self, kind: Mark) -> usize {
        let known = self.0.iter().find(|one| one.kind == kind);
        known.map_or(0, |one| one.count)
    }

    /// The kinds in their order.
    pub(super) fn redactions(&self) -> Vec<Redaction> {
        let mut all = self.0.clone();
        all.sort_by_key(|one| one.kind);
        all
    }
}
