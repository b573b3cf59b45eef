//! Who asks, and what they may do.

use serde::{Deserialize, Serialize};

use super::desk::DeedError;
use crate::store::{Actor, Via};

/// Something that one may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Read the published rules, codes and catalogues.
    Knowledge,
    /// Diagnose without keeping anything.
    Classify,
    /// Open cases, and work on those whose link one has.
    Triage,
    /// See all cases.
    Cases,
    /// See drafts, proposals and the inbox.
    ReadDrafts,
    /// Change drafts, propose releases, work on the inbox.
    Edit,
    /// Publish, roll back, disable a rule at once.
    Publish,
    /// Accounts, tokens, settings, the audit log.
    Admin,
    /// See and change one's own password and sessions.
    OwnAccount,
}

/// What an account is for.
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
pub enum Role {
    /// Works on cases.
    Helpdesk,
    /// Writes rules.
    Editor,
    /// Publishes releases.
    Publisher,
    /// Keeps accounts, tokens and settings.
    Admin,
}

/// What an API token may do.
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
pub enum Scope {
    /// Diagnose without keeping anything.
    #[serde(rename = "classify")]
    Classify,
    /// Cases: open, read, change, list.
    #[serde(rename = "cases")]
    Cases,
    /// Read drafts and proposals.
    #[serde(rename = "rules:read")]
    RulesRead,
    /// Change drafts and propose releases.
    #[serde(rename = "rules:write")]
    RulesWrite,
    /// Publish and roll back.
    #[serde(rename = "publish")]
    Publish,
    /// Accounts, tokens, the audit log.
    #[serde(rename = "admin")]
    Admin,
}

/// Who asks, how they came, and what they may do.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who, for the audit log.
    pub actor: Actor,
    /// What they may do.
    pub rights: Vec<Right>,
}

impl Caller {
    /// Whether they may.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Goes on only when they may.
    pub fn need(&self, right: Right) -> Result<(), DeedError> {
        if self.may(right) {
            Ok(())
        } else {
            Err(DeedError::NotAllowed(right))
        }
    }

    /// Their name, where they have one.
    pub fn name(&self) -> Option<&str> {
        (self.actor.via != Via::Anonymous).then_some(self.actor.who.as_str())
    }

    /// Who is written down for a deed: the account that signed in; else the name that was given with it, as a program gives
    /// the person's that it works for; else the token's.
    pub fn signs(&self, given: Option<String>) -> Option<String> {
        let name = || self.name().map(ToOwned::to_owned);
        match self.actor.via {
            Via::Session => name(),
            _ => given.or_else(name),
        }
    }

    /// Whether they signed in or sent a token.
    pub fn is_known(&self) -> bool {
        self.actor.via != Via::Anonymous
    }
}

impl Role {
    /// All roles, in the order pages show them.
    pub const ALL: [Self; 4] = [Self::Helpdesk, Self::Editor, Self::Publisher, Self::Admin];

    /// What it allows, beside what everyone with an account may: see [`Right::EVERYONE`].
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Helpdesk => &[Right::Cases],
            Self::Editor => &[Right::Cases, Right::ReadDrafts, Right::Edit],
            Self::Publisher => &[Right::Cases, Right::ReadDrafts, Right::Publish],
            Self::Admin => &[Right::Admin],
        }
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Helpdesk => "helpdesk",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
            Self::Admin => "admin",
        }
    }

    /// What it is for, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Helpdesk => "sees and works on all cases",
            Self::Editor => "writes rules, proposes releases, works on the inbox",
            Self::Publisher => "publishes releases, rolls back, disables a rule at once",
            Self::Admin => "keeps accounts, tokens, settings and the audit log",
        }
    }

    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == word)
    }
}

impl Scope {
    /// All scopes, in the order pages show them.
    pub const ALL: [Self; 6] = [
        Self::Classify,
        Self::Cases,
        Self::RulesRead,
        Self::RulesWrite,
        Self::Publish,
        Self::Admin,
    ];

    /// What it allows.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Classify => &[Right::Knowledge, Right::Classify],
            Self::Cases => &[Right::Knowledge, Right::Triage, Right::Cases],
            Self::RulesRead => &[Right::Knowledge, Right::ReadDrafts],
            Self::RulesWrite => &[Right::Knowledge, Right::ReadDrafts, Right::Edit],
            Self::Publish => &[Right::Knowledge, Right::ReadDrafts, Right::Publish],
            Self::Admin => &[Right::Admin],
        }
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Cases => "cases",
            Self::RulesRead => "rules:read",
            Self::RulesWrite => "rules:write",
            Self::Publish => "publish",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == word)
    }
}

impl Right {
    /// What everyone with an account may, and everyone else where triage is open to all.
    pub const EVERYONE: [Self; 3] = [Self::Knowledge, Self::Classify, Self::Triage];

    /// What is missing, in words: "to publish releases".
    pub fn about(self) -> &'static str {
        match self {
            Self::Knowledge => "to read the rules",
            Self::Classify => "to diagnose",
            Self::Triage => "to work on cases",
            Self::Cases => "to see all cases",
            Self::ReadDrafts => "to see drafts and proposals",
            Self::Edit => "to edit rules",
            Self::Publish => "to publish releases",
            Self::Admin => "to administer this server",
            Self::OwnAccount => "to change an account of one's own",
        }
    }
}
