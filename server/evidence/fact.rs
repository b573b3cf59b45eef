//! Facts and what is known to be absent: keys, values, closed scopes, and the look-up with its three answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::accounts::is_same_account;
use super::machines::is_same_machine;
use super::{Evidence, Round, Span};

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
    /// The account that the fact is about (`whoami.User`, `net_user.*`, `dsregcmd.AzureAdPrt`). Nobody for facts about
    /// the machine, whoever took them.
    pub account: Option<String>,
    /// The account that ran the tool, where that is told. Says nothing about whose fact it is.
    pub taken_by: Option<String>,
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

impl Fact {
    /// By the time it was taken where both tell, else by the round.
    fn is_newer_than(&self, other: &Fact) -> bool {
        match (self.about.taken, other.about.taken) {
            (Some(own), Some(others)) if own != others => own > others,
            _ => self.round > other.round,
        }
    }
}

impl About {
    /// Whether it tells of another machine or another account.
    fn is_another(&self, other: &About) -> bool {
        let differ =
            |own: &Option<String>, others: &Option<String>, is_same: fn(&str, &str) -> bool| {
                let both = own.as_deref().zip(others.as_deref());
                both.is_some_and(|(own, others)| !is_same(own, others))
            };
        differ(&self.machine, &other.machine, is_same_machine)
            || differ(&self.account, &other.account, is_same_account)
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
    /// different values in that round conflict, and so do those of several machines or accounts while none is settled. A fact beats a scope unless the scope is newer.
    pub fn look_up(&self, key: &FactKey, as_of: Round) -> Lookup<'_> {
        let mut newest: Option<&Fact> = None;
        for fact in self
            .facts
            .iter()
            .filter(|fact| fact.round <= as_of && fact.key == *key && self.fact_counts(fact))
        {
            if newest.is_none_or(|known| fact.is_newer_than(known)) {
                newest = Some(fact);
            }
        }
        let scope = self
            .scopes
            .iter()
            .filter(|scope| scope.round <= as_of && scope.closes.covers(key.folded()))
            .filter(|scope| self.scope_counts(scope))
            .max_by_key(|scope| scope.round);
        match (newest, scope) {
            (Some(fact), Some(scope)) if scope.round > fact.round => Lookup::Absent(scope),
            (Some(fact), _) => {
                let same_round = self
                    .facts
                    .iter()
                    .filter(|other| {
                        other.round <= as_of && other.key == *key && self.fact_counts(other)
                    })
                    .filter(|other| {
                        let at_once =
                            other.round == fact.round && other.about.taken == fact.about.taken;
                        at_once || other.about.is_another(&fact.about)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        source: 0,
        line: 1,
        start: 0,
        end: 1,
    };
    const VALUE: &str = r"registry.HKLM\SOFTWARE\Policies\Demo\Value";

    fn fact(value: &str, round: Round, taken: Option<i64>) -> Fact {
        let about = Arc::new(About {
            taken,
            ..About::default()
        });
        Fact {
            key: FactKey::new(VALUE),
            value: value.into(),
            span: SPAN,
            about,
            round,
        }
    }

    fn scope(closes: Closes, round: Round) -> Scope {
        Scope {
            closes,
            span: SPAN,
            round,
        }
    }

    fn said(facts: Vec<Fact>, scopes: Vec<Scope>, as_of: Round) -> String {
        let evidence = Evidence {
            facts,
            scopes,
            ..Evidence::default()
        };
        match evidence.look_up(&FactKey::new(VALUE), as_of) {
            Lookup::Known(fact) => fact.value.to_string(),
            Lookup::Conflicting(facts) => format!("conflict of {}", facts.len()),
            Lookup::Absent(_) => "absent".to_owned(),
            Lookup::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_key_is_the_same_in_every_spelling_of_its_root() {
        let spellings = [
            r"registry.HKEY_LOCAL_MACHINE\Software\policies\demo\VALUE",
            r"registry.Computer\HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Demo\Value",
            r"registry.HKLM:\SOFTWARE\Policies\Demo\Value",
        ];
        for spelling in spellings {
            assert_eq!(FactKey::new(spelling), FactKey::new(VALUE), "{spelling}");
        }
    }

    #[test]
    fn different_values_in_one_round_conflict_and_equal_ones_do_not() {
        let twice = |second| vec![fact("1", 1, None), fact(second, 1, None)];
        assert_eq!(said(twice("1"), vec![], 1), "1");
        assert_eq!(said(twice("0"), vec![], 1), "conflict of 2");
    }

    #[test]
    fn the_later_round_wins_unless_the_earlier_reading_was_taken_later() {
        let rounds = |first, second| vec![fact("1", 1, first), fact("0", 2, second)];
        assert_eq!(said(rounds(None, None), vec![], 2), "0");
        assert_eq!(said(rounds(Some(50), None), vec![], 2), "0");
        assert_eq!(said(rounds(Some(50), Some(40)), vec![], 2), "1");
    }

    #[test]
    fn a_round_that_is_still_to_come_is_not_seen() {
        assert_eq!(said(vec![fact("1", 2, None)], vec![], 1), "unknown");
    }

    #[test]
    fn absence_needs_a_scope_that_covers_the_key() {
        let children = |path: &str| Closes::Children(format!("registry.hklm\\software\\{path}\\"));
        assert_eq!(
            said(vec![], vec![scope(children(r"policies\demo"), 1)], 1),
            "absent"
        );
        assert_eq!(
            said(vec![], vec![scope(children("policies"), 1)], 1),
            "unknown"
        );
        let listed = |name: &str| Closes::Subkeys {
            parent: r"registry.hklm\software\policies\".to_owned(),
            listed: BTreeSet::from([name.to_owned()]),
        };
        assert_eq!(said(vec![], vec![scope(listed("other"), 1)], 1), "absent");
        assert_eq!(said(vec![], vec![scope(listed("demo"), 1)], 1), "unknown");
    }

    #[test]
    fn a_later_list_without_the_value_beats_an_earlier_reading() {
        let gone = || {
            vec![scope(
                Closes::Tree(r"registry.hklm\software\policies\demo\".to_owned()),
                2,
            )]
        };
        assert_eq!(said(vec![fact("1", 1, None)], gone(), 2), "absent");
        assert_eq!(said(vec![fact("1", 1, None)], gone(), 1), "1");
        assert_eq!(said(vec![fact("1", 3, None)], gone(), 3), "1");
    }
}
