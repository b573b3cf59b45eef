//! Whose account: what is known about one account must not answer for another.
//!
//! Names are compared as people and tools write them: `FABRIKAM\svc-robot`, `svc-robot@fabrikam.test`, `.\svc-robot`,
//! `svc-robot`. Two are one account when the short names are equal, in any case, and no two different domains are told:
//!
//! - a bare name and `.\name` tell no domain;
//! - a short domain is that of a long one when it is its first label: `FABRIKAM` and `fabrikam.test`;
//! - `AzureAD\name` is an account of some Entra tenant, thus of any long domain.

use super::{Event, Evidence, Fact};

impl Evidence {
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

    /// Whether an event is about the case's account, or about none that is named.
    pub fn event_counts(&self, event: &Event) -> bool {
        self.account.is_none()
            || event
                .account()
                .and_then(|name| self.is_the_account(&name))
                .unwrap_or(true)
    }
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
    let (short, long) = match (left.contains('.'), right.contains('.')) {
        (false, true) => (left, right),
        (true, false) => (right, left),
        _ => return false,
    };
    short == "azuread" || long.split('.').next() == Some(short.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

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
