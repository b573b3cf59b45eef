//! Whose account: what is known about one account must not answer for another.
//!
//! Names are compared as people and tools write them: `FABRIKAM\svc-robot`, `svc-robot@fabrikam.test`, `.\svc-robot`,
//! `svc-robot`. Two are one account when the short names are equal, in any case, and no two different domains are told:
//!
//! - a bare name and `.\name` tell no domain;
//! - a short domain is that of a long one when it is its first label: `FABRIKAM` and `fabrikam.test`;
//! - `AzureAD\name` is an account of some Entra tenant, thus of any long domain.

use std::collections::HashMap;

use super::whose::{Question, Whose, each_once, listed};
use super::{Event, Evidence, Fact, FactKey, FactValue};

/// Facts by which an error itself names the account that it is about.
const OF_THE_ERROR: &[&str] = &["run.account", "connection.account"];

/// Facts that are an account's, whoever tells them.
const ABOUT_ACCOUNTS: &[&str] = &["whoami.", "net_user.", "logon_right."];

/// Facts that give further names of the account they are about.
const NAMES: &[&str] = &["dsregcmd.executing account name", "whoami.upn"];

/// Accounts that Windows signs in by itself: no case is about them unless somebody says so.
const OF_WINDOWS: &[&str] = &[
    "system",
    "local service",
    "network service",
    "anonymous logon",
    "iusr",
];

impl Evidence {
    /// The accounts that the evidence names, each once: those of the error, those that failed to sign in, those that
    /// facts are about.
    pub fn accounts(&self) -> Vec<String> {
        let [of_error, failed, about] = self.accounts_by_kind();
        let all = of_error.iter().chain(&failed).chain(&about);
        let once = each_once(all.map(String::as_str), is_same_account);
        once.into_iter().map(str::to_owned).collect()
    }

    /// What to ask while it is open which of several accounts is meant, or when the error is about another one.
    pub fn which_account(&self) -> Option<Question> {
        let Some(meant) = &self.account else {
            if self.any_account && !self.accounts_differ() {
                return None;
            }
            let accounts = self.accounts();
            let accounts = accounts.iter().map(String::as_str).collect::<Vec<_>>();
            let ask = format!(
                "{}. Say which one the case is about by its account field; until then what differs between them answers nothing.",
                listed("accounts", &accounts)
            );
            return (accounts.len() > 1).then(|| Question::new(Whose::Account, ask, &accounts));
        };
        let [of_error, failed, _] = self.accounts_by_kind();
        let others = if of_error.is_empty() {
            failed
        } else {
            of_error
        };
        if others.is_empty()
            || others
                .iter()
                .any(|name| self.is_the_account(name) == Some(true))
        {
            return None;
        }
        let others = others.iter().map(String::as_str).collect::<Vec<_>>();
        let named = match others[..] {
            [only] => only.to_owned(),
            _ => listed("accounts", &others),
        };
        let ask = format!(
            "What failed is about {named}, the case about {meant}. Correct the case's account field, or send what happened to {meant}."
        );
        Some(Question::new(Whose::Account, ask, &others))
    }

    /// Whether a fact is about accounts: it is so by its kind, or was read of one.
    pub fn is_about_accounts(&self, key: &FactKey) -> bool {
        let by_kind = ABOUT_ACCOUNTS;
        by_kind.iter().any(|kind| key.folded().starts_with(kind))
            || (self.facts.iter()).any(|fact| fact.about.account.is_some() && fact.key == *key)
    }

    /// Whether several accounts failed, or something is said of one and something else of another.
    fn accounts_differ(&self) -> bool {
        let [of_error, failed, _] = self.accounts_by_kind();
        if of_error.len() > 1 || failed.len() > 1 {
            return true;
        }
        let mut said: HashMap<&str, (&str, &FactValue)> = HashMap::new();
        self.facts.iter().any(|fact| {
            let Some(account) = fact.about.account.as_deref() else {
                return false;
            };
            let (first, value) = *said
                .entry(fact.key.folded())
                .or_insert((account, &fact.value));
            *value != fact.value && !is_same_account(first, account)
        })
    }

    /// Settles the account: the one that the case names; else the only one that the error names, that failed to sign in,
    /// that facts are about, in this order. What is about others is noted.
    pub(super) fn settle_account(&mut self, meant: Option<&str>) {
        let meant = meant.map(str::trim).filter(|meant| !meant.is_empty());
        self.account = meant.map(str::to_owned).or_else(|| {
            let kinds = self.accounts_by_kind();
            let told = kinds.into_iter().find(|names| !names.is_empty())?;
            <[String; 1]>::try_from(told).ok().map(|[only]| only)
        });
        self.account_names = self.other_names();
        let Some(meant) = self.account.clone() else {
            return;
        };
        let [_, _, about] = self.accounts_by_kind();
        for name in about {
            if self.is_the_account(&name) == Some(true) {
                continue;
            }
            let told = |fact: &&Fact| fact.about.account.as_ref() == Some(&name);
            if let Some(first) = self.facts.iter().find(told).map(|fact| fact.span) {
                self.note_of_another(first, &name, &meant);
            }
        }
    }

    /// Named by the error; failed to sign in; told of by facts. Each once.
    fn accounts_by_kind(&self) -> [Vec<String>; 3] {
        let of_error = self
            .facts
            .iter()
            .filter(|fact| OF_THE_ERROR.contains(&fact.key.folded()))
            .map(|fact| fact.value.to_string())
            .filter(|name| !name.trim().is_empty());
        let failures = self
            .events
            .iter()
            .filter(|event| event.is_failure() && self.event_is_of_machine(event));
        let failed = failures.filter_map(Event::account);
        let failed = failed.filter(|name| is_of_people(name));
        let about = self.facts.iter();
        let about = about.filter_map(|fact| fact.about.account.clone());
        [
            distinct(of_error.collect()),
            distinct(failed.collect()),
            distinct(about.collect()),
        ]
    }

    /// What else the evidence calls the account: a tool that names it in two ways tells that both are one.
    fn other_names(&self) -> Vec<String> {
        let Some(account) = &self.account else {
            return Vec::new();
        };
        let telling = self.facts.iter();
        let telling = telling.filter(|fact| NAMES.contains(&fact.key.folded()));
        let mut others = Vec::new();
        for fact in telling {
            let value = fact.value.to_string();
            let told = value.split(',').map(str::trim);
            let told = told
                .chain(fact.about.account.as_deref())
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>();
            if told.iter().any(|name| is_same_account(name, account)) {
                others.extend(told.into_iter().map(str::to_owned));
            }
        }
        distinct(others)
    }

    /// Whether a name is that of the account the case is about. `None` while no account is settled.
    pub fn is_the_account(&self, name: &str) -> Option<bool> {
        let account = self.account.as_deref()?;
        let names = self.account_names.iter().map(String::as_str);
        Some(
            names
                .chain([account])
                .any(|known| is_same_account(known, name)),
        )
    }

    /// Whether a fact answers questions: it is of the machine that is meant, and about the case's account or none.
    pub fn fact_counts(&self, fact: &Fact) -> bool {
        let about = fact.about.account.as_deref();
        self.is_of_machine(fact)
            && about
                .and_then(|name| self.is_the_account(name))
                .unwrap_or(true)
    }

    /// Whether an event is of the machine that is meant, and about the case's account or about none that is named.
    pub fn event_counts(&self, event: &Event) -> bool {
        let of_account = || event.account().and_then(|name| self.is_the_account(&name));
        self.event_is_of_machine(event) && (self.account.is_none() || of_account().unwrap_or(true))
    }
}

fn distinct(mut names: Vec<String>) -> Vec<String> {
    // A log repeats itself: the same spelling is passed over before names are compared.
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.to_lowercase()));
    let once = each_once(names.iter().map(String::as_str), is_same_account);
    once.into_iter().map(str::to_owned).collect()
}

/// Not a machine's own account (`RPA-07$`), and none that Windows uses itself.
fn is_of_people(name: &str) -> bool {
    let short = parts(name).1.to_lowercase();
    !(short.ends_with('$')
        || short.starts_with("dwm-")
        || short.starts_with("umfd-")
        || OF_WINDOWS.contains(&short.as_str()))
}

/// Whether two names are of one account, as the head of this file says. Empty names are nobody's.
pub fn is_same_account(left: &str, right: &str) -> bool {
    let (left, right) = (parts(left), parts(right));
    !left.1.is_empty()
        && left.1.to_lowercase() == right.1.to_lowercase()
        && left
            .0
            .zip(right.0)
            .is_none_or(|(left, right)| is_same_domain(left, right))
}

/// The domain, where one is told, and the short name.
pub fn parts(name: &str) -> (Option<&str>, &str) {
    let name = name.trim();
    if let Some((domain, short)) = name.rsplit_once('\\') {
        let domain = domain.trim();
        let told = !domain.is_empty() && domain != ".";
        return (told.then_some(domain), short.trim());
    }
    match name.rsplit_once('@') {
        Some((short, domain)) if !domain.trim().is_empty() => (Some(domain.trim()), short.trim()),
        _ => (None, name),
    }
}

fn is_same_domain(left: &str, right: &str) -> bool {
    let (left, right) = (left.to_lowercase(), right.to_lowercase());
    if left == right {
        return true;
    }
    // The mark for a domain stands for either.
    let is_long = |name: &str| name.contains('.') || name.starts_with("[domain:");
    let (short, long) = match (is_long(&left), is_long(&right)) {
        (false, true) => (left, right),
        (true, false) => (right, left),
        _ => return false,
    };
    short == "azuread" || long.split('.').next() == Some(short.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::evidence::EventField;
    use crate::evidence::{Lookup, Round, Span, read_texts};

    fn whoami(name: &str, sid: u32) -> (String, String) {
        let text =
            format!("User Name      SID\n============== ==========\n{name} S-1-5-21-7-7-7-{sid}\n");
        (format!("{sid}.txt"), text)
    }

    fn read(names: &[&str]) -> Evidence {
        let texts = (1001..).zip(names).map(|(sid, name)| whoami(name, sid));
        read_texts(texts.collect(), 1)
    }

    fn failed(name: &str) -> Event {
        Event {
            id: Some(4625),
            fields: vec![EventField {
                name: "TargetUserName".to_owned(),
                value: name.to_owned(),
                span: Span::default(),
            }],
            ..Event::default()
        }
    }

    fn sid(evidence: &Evidence) -> Option<String> {
        match evidence.look_up(&FactKey::new("whoami.SID"), Round::MAX) {
            Lookup::Known(fact) => Some(fact.value.to_string()),
            _ => None,
        }
    }

    #[test]
    fn the_only_account_that_facts_are_about_is_the_cases() {
        let mut evidence = read(&["fabrikam\\svc-robot"]);
        evidence.settle(None, None);
        assert_eq!(evidence.account.as_deref(), Some("fabrikam\\svc-robot"));
        assert_eq!(evidence.which_account(), None);
        assert!(sid(&evidence).is_some());
    }

    #[test]
    fn facts_of_several_accounts_are_asked_about_and_answer_nothing_until_then() {
        let mut evidence = read(&["fabrikam\\svc-robot", "fabrikam\\admin"]);
        evidence.settle(None, None);
        let question = evidence.which_account().unwrap();
        assert!(
            question
                .ask
                .starts_with("Two accounts: fabrikam\\svc-robot, fabrikam\\admin."),
            "{}",
            question.ask
        );
        assert_eq!(question.options.len(), 2);
        assert_eq!(evidence.problems.last().unwrap().what, question.ask);
        assert_eq!(sid(&evidence), None);
        evidence.settle(None, Some("svc-robot@fabrikam.test"));
        assert_eq!(sid(&evidence).as_deref(), Some("S-1-5-21-7-7-7-1001"));
        let noted = &evidence.problems.last().unwrap().what;
        assert!(
            noted.starts_with("This is about fabrikam\\admin."),
            "{noted}"
        );
    }

    #[test]
    fn the_account_that_failed_to_sign_in_comes_before_the_one_that_took_the_report() {
        let mut evidence = read(&["fabrikam\\admin"]);
        evidence.events = vec![failed("svc-robot"), failed("RPA-07$"), failed("SVC-ROBOT")];
        evidence.settle(None, None);
        assert_eq!(evidence.account.as_deref(), Some("svc-robot"));
        assert_eq!(sid(&evidence), None, "that is the administrator's");
        assert!(evidence.event_counts(&evidence.events[2]));
        assert!(!evidence.event_counts(&failed("CONTOSO\\kim")));
        assert!(evidence.event_counts(&Event::default()));
    }

    #[test]
    fn where_nothing_failed_and_nothing_differs_nobody_is_asked_for_the_account() {
        let of_machine = "AzureAdJoined : YES\nAzureAdPrt : YES\nExecuting Account Name : AzureAD\\ann, ann@contoso.test\n";
        let texts = |more: Vec<(String, String)>| {
            let own = ("dsreg.txt".to_owned(), of_machine.to_owned());
            read_texts([vec![own], more].concat(), 1)
        };
        let mut evidence = texts(vec![whoami("azuread\\kim", 1001)]);
        evidence.settle(None, None);
        assert!(
            evidence.which_account().is_some(),
            "something may depend on it"
        );
        let asked = evidence.problems.len();
        evidence.needs_no_account();
        assert_eq!(evidence.which_account(), None);
        assert_eq!(evidence.problems.len(), asked - 1);
        let two = vec![whoami("azuread\\kim", 1001), whoami("azuread\\lee", 1002)];
        let mut evidence = texts(two);
        evidence.settle(None, None);
        evidence.needs_no_account();
        assert!(evidence.which_account().is_some(), "they differ");
    }

    #[test]
    fn an_error_about_another_account_than_the_cases_is_asked_about() {
        let mut evidence = Evidence {
            events: vec![failed("kim")],
            ..Evidence::default()
        };
        evidence.settle(None, Some("svc-robot"));
        let question = evidence.which_account().unwrap();
        assert!(
            question
                .ask
                .starts_with("What failed is about kim, the case about svc-robot."),
            "{}",
            question.ask
        );
    }

    #[test]
    fn a_tool_that_names_an_account_twice_tells_that_both_are_one() {
        let text = "AzureAdJoined : YES\nAzureAdPrt : YES\nExecuting Account Name : AzureAD\\KimLee, kim.lee@contoso.com\n";
        let mut evidence = read_texts(vec![("paste".to_owned(), text.to_owned())], 1);
        evidence.settle(None, Some("kim.lee@contoso.com"));
        let prt = FactKey::new("dsregcmd.AzureAdPrt");
        assert!(matches!(
            evidence.look_up(&prt, Round::MAX),
            Lookup::Known(_)
        ));
        evidence.settle(None, Some("ann.fox@contoso.com"));
        assert!(matches!(
            evidence.look_up(&prt, Round::MAX),
            Lookup::Unknown
        ));
        let joined = FactKey::new("dsregcmd.AzureAdJoined");
        assert!(matches!(
            evidence.look_up(&joined, Round::MAX),
            Lookup::Known(_)
        ));
    }

    #[test]
    fn an_account_is_one_in_every_spelling_of_its_name() {
        let spellings = [
            "FABRIKAM\\svc-robot",
            "fabrikam\\SVC-Robot",
            "svc-robot@fabrikam.test",
            ".\\svc-robot",
            " svc-robot ",
        ];
        for left in spellings {
            for right in spellings {
                assert!(is_same_account(left, right), "{left} and {right}");
            }
        }
        assert!(is_same_account("AzureAD\\kim", "kim@contoso.com"));
        assert!(is_same_account("AzureAD\\svc-rpa01", "azuread\\SVC-RPA01"));
        assert!(is_same_account("azuread\\svc-rpa01", "svc-rpa01"));
    }

    #[test]
    fn another_name_or_another_domain_is_another_account() {
        for (left, right) in [
            ("FABRIKAM\\svc-robot", "FABRIKAM\\svc-robot2"),
            ("FABRIKAM\\svc-robot", "CONTOSO\\svc-robot"),
            ("svc@fabrikam.test", "svc@eu.fabrikam.test"),
            ("FABRIKAM\\svc", "svc@contoso.com"),
            ("AzureAD\\kim", "FABRIKAM\\kim"),
            ("", ""),
            ("FABRIKAM\\", "FABRIKAM\\"),
        ] {
            assert!(!is_same_account(left, right), "{left} and {right}");
        }
    }
}
