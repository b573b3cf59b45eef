//! Whose machine: a report of another machine must not answer for the one that fails.

use super::{Evidence, Fact, Problem, Scope};

impl Evidence {
    /// The machines that the facts name, each once, in the order they were read.
    pub fn machines(&self) -> Vec<&str> {
        let mut machines: Vec<&str> = Vec::new();
        for fact in &self.facts {
            if let Some(name) = fact.about.machine.as_deref()
                && !machines.iter().any(|known| is_same_machine(known, name))
            {
                machines.push(name);
            }
        }
        machines
    }

    /// What to ask while it is open which of several machines is meant.
    pub fn which_machine(&self) -> Option<String> {
        let machines = self.machines();
        if self.machine.is_some() || machines.len() < 2 {
            return None;
        }
        let count = match machines.len() {
            2 => "Two".to_owned(),
            more => more.to_string(),
        };
        Some(format!(
            "{count} machines: {}. Send one at a time, or say which is meant by the case's machine field; until then the facts of all are taken together.",
            machines.join(", ")
        ))
    }

    /// Lets the facts of one machine count, where the evidence names it and others; notes what does not count, or what
    /// to ask. A name that the evidence does not know changes nothing.
    pub fn settle_machine(&mut self, meant: Option<&str>) {
        let machines = self.machines();
        let known = meant.filter(|meant| {
            machines.len() > 1 && machines.iter().any(|name| is_same_machine(name, meant))
        });
        let meant = known.map(str::to_owned);
        let others = match &meant {
            Some(meant) => machines
                .iter()
                .filter(|name| !is_same_machine(name, meant))
                .filter_map(|name| self.of_another(name, meant))
                .collect(),
            None => Vec::new(),
        };
        self.machine = meant;
        self.problems.extend(others);
        if let Some(what) = self.which_machine() {
            self.problems.push(Problem {
                source: "machines".to_owned(),
                line: None,
                what,
            });
        }
    }

    fn of_another(&self, name: &str, meant: &str) -> Option<Problem> {
        let first = self
            .facts
            .iter()
            .find(|fact| fact.about.machine.as_deref() == Some(name))?;
        Some(Problem {
            source: self.sources.get(first.span.source)?.name.clone(),
            line: Some(first.span.line),
            what: format!(
                "This is about {name}. It is shown and answers nothing, because the case is about {meant}."
            ),
        })
    }

    /// Whether a fact is of the machine that is meant, or of none in particular.
    pub(super) fn is_of_machine(&self, fact: &Fact) -> bool {
        let meant = self.machine.as_deref();
        let told = fact.about.machine.as_deref();
        meant
            .zip(told)
            .is_none_or(|(meant, told)| is_same_machine(meant, told))
    }

    /// A scope does not name its machine; the facts beside it do.
    pub(super) fn scope_counts(&self, scope: &Scope) -> bool {
        let beside =
            |fact: &&Fact| fact.span.source == scope.span.source && fact.about.machine.is_some();
        self.machine.is_none()
            || self
                .facts
                .iter()
                .find(beside)
                .is_none_or(|fact| self.is_of_machine(fact))
    }
}

/// Whether two names are of one machine: with or without its domain, in any case.
pub fn is_same_machine(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim().to_lowercase(), right.trim().to_lowercase());
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    left == right
        || ((!left.contains('.') || !right.contains('.')) && short(&left) == short(&right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{FactKey, Lookup, Round, read_texts};

    fn status(machine: &str, joined: &str) -> String {
        format!(
            "+----+\n| Device State |\n+----+\n  AzureAdJoined : {joined}\n  DomainJoined : NO\n  Device Name : {machine}\n"
        )
    }

    fn two() -> Evidence {
        let texts = vec![
            ("one.txt".to_owned(), status("RPA-07.fabrikam.test", "YES")),
            ("two.txt".to_owned(), status("RPA-09", "NO")),
        ];
        read_texts(texts, 1)
    }

    fn joined(evidence: &Evidence) -> Option<String> {
        let key = FactKey::new("dsregcmd.AzureAdJoined");
        match evidence.look_up(&key, Round::MAX) {
            Lookup::Known(fact) => Some(fact.value.to_string()),
            _ => None,
        }
    }

    #[test]
    fn two_machines_are_named_and_asked_about() {
        let mut evidence = two();
        evidence.settle_machine(None);
        let said = &evidence.problems.last().unwrap().what;
        assert!(
            said.starts_with("Two machines: RPA-07.fabrikam.test, RPA-09."),
            "{said}"
        );
        assert_eq!(joined(&evidence), None, "they differ, so neither counts");
    }

    #[test]
    fn only_the_facts_of_the_machine_that_is_meant_count() {
        let mut evidence = two();
        evidence.settle_machine(Some("rpa-07"));
        assert_eq!(joined(&evidence).as_deref(), Some("YES"));
        let problem = evidence.problems.last().unwrap();
        assert_eq!(
            (problem.source.as_str(), problem.line),
            ("two.txt", Some(4))
        );
        assert!(problem.what.contains("about RPA-09"), "{}", problem.what);
        assert_eq!(evidence.which_machine(), None);
    }

    #[test]
    fn a_name_that_the_evidence_does_not_know_leaves_the_question_open() {
        let mut evidence = two();
        evidence.settle_machine(Some("the robot of accounting"));
        assert!(evidence.which_machine().is_some());
        let mut one = read_texts(vec![("one.txt".to_owned(), status("RPA-07", "YES"))], 1);
        one.settle_machine(Some("another name for it"));
        assert_eq!(joined(&one).as_deref(), Some("YES"));
        assert!(one.problems.is_empty());
    }

    #[test]
    fn a_machine_is_the_same_with_and_without_its_domain() {
        assert!(is_same_machine("RPA-07", "rpa-07.fabrikam.test"));
        assert!(!is_same_machine("RPA-07", "RPA-071"));
        assert!(!is_same_machine(
            "rpa-07.contoso.test",
            "rpa-07.fabrikam.test"
        ));
    }
}
