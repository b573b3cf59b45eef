//! What an account may do: the logon rights that a security template lists, seen with the groups that `whoami` lists.
//!
//! Windows lets an account sign in one way when the account or one of its groups holds the right, and refuses when one
//! of them holds the deny twin, which wins
//! (<https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/security-policy-settings/user-rights-assignment>).
//! `logon_right.network` and the others are `allowed`, `denied` or `not granted`, and not said where a list or the groups
//! are not known well enough. `logon_right.refused` lists the refused ones among the ways that failed: those that the
//! events tell, else the three that an unattended run needs.

use std::sync::Arc;

use super::accounts::is_same_account;
use super::sids::{sid_of, well_known};
use super::{
    About, CodeSpace, Event, Evidence, Fact, FactKey, FactValue, Lookup, Round, Span, is_given,
};

/// The facts derived here begin so.
const PREFIX: &str = "logon_right.";
const DENIED: &str = "denied";
const NOT_GRANTED: &str = "not granted";

/// A way to sign in: its name, its right in a template, and the logon types of event 4625.
struct Way {
    name: &'static str,
    right: &'static str,
    types: &'static [&'static str],
}

const WAYS: [Way; 5] = [
    Way {
        name: "network",
        right: "NetworkLogonRight",
        types: &["3", "8"],
    },
    Way {
        name: "interactive",
        right: "InteractiveLogonRight",
        types: &["2", "7", "11"],
    },
    Way {
        name: "remote_interactive",
        right: "RemoteInteractiveLogonRight",
        types: &["10"],
    },
    Way {
        name: "batch",
        right: "BatchLogonRight",
        types: &["4"],
    },
    Way {
        name: "service",
        right: "ServiceLogonRight",
        types: &["5"],
    },
];

/// The ways that an unattended run signs in.
const UNATTENDED: [&str; 3] = ["network", "interactive", "remote_interactive"];

/// SIDs that a sign-in gets by its way: a list of groups tells nothing about another way.
const BY_WAY: &[&str] = &[
    "S-1-2-0", "S-1-2-1", "S-1-5-1", "S-1-5-2", "S-1-5-3", "S-1-5-4", "S-1-5-6", "S-1-5-13",
    "S-1-5-14",
];
const EVERYONE: &str = "S-1-1-0";
/// The last row of a list of groups: where it stands, the list is whole.
const LABEL: &str = "S-1-16-";
/// `STATUS_LOGON_TYPE_NOT_GRANTED`.
const TYPE_NOT_GRANTED: u32 = 0xC000_015B;
/// `%%2308`, the same as a failure reason.
const REASON_NOT_GRANTED: u32 = 2308;

/// Whether the account is, or is in, what holds a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Yes,
    /// By a group that its token has for denying only.
    ToDeny,
    No,
    Unknown,
}

impl Evidence {
    /// Derives the rights of the case's account anew, for each round that brought something about them.
    pub(super) fn derive_logon_rights(&mut self) {
        let sources = &self.sources;
        let given = |fact: &Fact| {
            let source = sources.get(fact.span.source);
            source.is_some_and(|source| is_given(&source.name))
        };
        self.facts
            .retain(|fact| !fact.key.folded().starts_with(PREFIX) || given(fact));
        let mut rounds = self.facts.iter();
        if self.account.is_none() && !rounds.any(|fact| fact.key.folded().starts_with("whoami.")) {
            return;
        }
        for round in self.rounds_about_rights() {
            let derived = rights(self, round);
            self.facts.extend(derived);
        }
    }

    fn rounds_about_rights(&self) -> Vec<Round> {
        let about = |key: &str| key.starts_with("secedit.se") || key.starts_with("whoami.");
        let facts = self.facts.iter();
        let facts = facts.filter(|fact| about(fact.key.folded()));
        let events = self.events.iter().filter(|event| refused(event));
        let rounds = facts.map(|fact| fact.round);
        let mut rounds = rounds
            .chain(events.map(|event| event.round))
            .collect::<Vec<_>>();
        rounds.sort_unstable();
        rounds.dedup();
        rounds
    }
}

fn rights(evidence: &Evidence, round: Round) -> Vec<Fact> {
    let token = Token::of(evidence, round);
    let judged = WAYS
        .iter()
        .filter_map(|way| {
            let (value, span) = judge(evidence, round, way, &token)?;
            Some((way, value, span))
        })
        .collect::<Vec<_>>();
    let about = Arc::new(About {
        machine: evidence.machine.clone(),
        account: evidence.account.clone(),
        ..About::default()
    });
    let fact = |name: &str, value: FactValue, span| Fact {
        key: FactKey::new(format!("{PREFIX}{name}")),
        value,
        span,
        about: about.clone(),
        round,
    };
    let failed = failed_ways(evidence, round);
    let refused = judged.iter().filter(|(way, value, _)| {
        (*value == DENIED || *value == NOT_GRANTED) && failed.contains(&way.name)
    });
    let refused = refused.collect::<Vec<_>>();
    let names = refused.iter().map(|(way, ..)| way.name.to_owned());
    let list = FactValue::List(names.collect());
    let first = refused.first().map(|(.., span)| *span);
    let list = first.map(|span| fact("refused", list, span));
    let each = judged
        .iter()
        .map(|(way, value, span)| fact(way.name, (*value).into(), *span));
    each.chain(list).collect()
}

/// The ways that failed for the account by the events' own words, else those of an unattended run.
fn failed_ways(evidence: &Evidence, round: Round) -> Vec<&'static str> {
    let events = evidence
        .events
        .iter()
        .filter(|event| event.round <= round && refused(event) && evidence.event_counts(event));
    let types = events
        .filter_map(|event| event.field("LogonType"))
        .map(|field| field.value.trim())
        .collect::<Vec<_>>();
    let told = WAYS
        .iter()
        .filter(|way| way.types.iter().any(|kind| types.contains(kind)));
    let told = told.map(|way| way.name).collect::<Vec<_>>();
    if told.is_empty() {
        UNATTENDED.to_vec()
    } else {
        told
    }
}

fn refused(event: &Event) -> bool {
    event.code().is_some_and(|(code, _)| {
        (code.space == CodeSpace::Ntstatus && code.value == TYPE_NOT_GRANTED)
            || (code.space == CodeSpace::Reason && code.value == REASON_NOT_GRANTED)
    })
}

/// What the two lists say, and the line that decides.
fn judge(
    evidence: &Evidence,
    round: Round,
    way: &Way,
    token: &Token,
) -> Option<(&'static str, Span)> {
    let list = |twin: &str| holders(evidence, round, &format!("secedit.Se{twin}{}", way.right));
    let deny = list("Deny");
    let denying = deny.as_ref().map_or(Holds::Unknown, |(holders, _)| {
        token.any(evidence, holders, true)
    });
    if denying == Holds::Yes {
        return deny.map(|(_, span)| (DENIED, span));
    }
    let (holders, span) = list("")?;
    match (token.any(evidence, &holders, false), denying) {
        (Holds::Yes, Holds::No) => Some(("allowed", span)),
        (Holds::No, _) => Some((NOT_GRANTED, span)),
        _ => None,
    }
}

/// Who holds a right; nobody, where a complete template does not name it.
fn holders(evidence: &Evidence, round: Round, key: &str) -> Option<(Vec<String>, Span)> {
    match evidence.look_up(&FactKey::new(key), round) {
        Lookup::Known(fact) => Some((values(fact), fact.span)),
        Lookup::Absent(scope) => Some((Vec::new(), scope.span)),
        _ => None,
    }
}

fn values(fact: &Fact) -> Vec<String> {
    match &fact.value {
        FactValue::List(list) => list.clone(),
        FactValue::Text(text) if text.trim().is_empty() => Vec::new(),
        FactValue::Text(text) => text.split(',').map(|one| one.trim().to_owned()).collect(),
    }
}

/// The account as a machine sees it when it signs in.
struct Token {
    names: Vec<String>,
    sid: Option<String>,
    groups: Vec<String>,
    group_sids: Vec<String>,
    deny_only: Vec<String>,
    complete: bool,
}

impl Token {
    fn of(evidence: &Evidence, round: Round) -> Self {
        let list = |key: &str| match evidence.look_up(&FactKey::new(key), round) {
            Lookup::Known(fact) => values(fact),
            _ => Vec::new(),
        };
        let mut names = evidence.account_names.clone();
        names.extend(evidence.account.clone());
        let group_sids = list("whoami.GroupSids");
        Self {
            names,
            sid: list("whoami.SID").into_iter().next(),
            groups: list("whoami.Groups"),
            deny_only: list("whoami.DenyOnlyGroups"),
            complete: group_sids.iter().any(|sid| sid.starts_with(LABEL)),
            group_sids,
        }
    }

    fn any(&self, evidence: &Evidence, holders: &[String], to_deny: bool) -> Holds {
        let mut known = Holds::No;
        for holder in holders {
            match self.holds(evidence, holder) {
                Holds::Yes => return Holds::Yes,
                Holds::ToDeny if to_deny => return Holds::Yes,
                Holds::ToDeny | Holds::Unknown => known = Holds::Unknown,
                Holds::No => {}
            }
        }
        known
    }

    fn holds(&self, evidence: &Evidence, holder: &str) -> Holds {
        let sid = sid_of(holder);
        if sid == Some(EVERYONE) {
            return Holds::Yes;
        }
        let is_group = |at: usize| {
            let group = &self.groups.get(at);
            match (sid, group) {
                (Some(sid), _) => self.group_sids[at].eq_ignore_ascii_case(sid),
                (None, Some(group)) => is_same_account(group, holder),
                (None, None) => false,
            }
        };
        if let Some(at) = (0..self.group_sids.len()).find(|at| is_group(*at)) {
            let name = self.groups.get(at);
            let deny_only = name.is_some_and(|name| self.deny_only.contains(name));
            return if deny_only { Holds::ToDeny } else { Holds::Yes };
        }
        match sid {
            Some(sid) if self.sid.as_deref() == Some(sid) => Holds::Yes,
            None if evidence.is_the_account(holder) == Some(true) => Holds::Yes,
            Some(sid) if BY_WAY.contains(&sid) => Holds::Unknown,
            // An account of its own may be the one in question as long as its SID is not known.
            Some(sid) if self.sid.is_none() && well_known(sid).is_none() => Holds::Unknown,
            _ if self.complete && !self.names.is_empty() => Holds::No,
            _ => Holds::Unknown,
        }
    }
}

#[cfg(test)]
#[path = "logon_rights_tests.rs"]
mod tests;
