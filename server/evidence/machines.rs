//! Whose machine: a report of another machine must not answer for the one that fails.

use super::whose::{Question, Whose, each_once, listed};
use super::{Evidence, Fact, Scope};

/// A `NetBIOS` name keeps so many letters of a longer host name.
const NETBIOS: usize = 15;

impl Evidence {
    /// The machines that the facts name, each once, in the order they were read.
    pub fn machines(&self) -> Vec<&str> {
        each_once(named(self.facts.iter()), is_same_machine)
    }

    /// What to ask while it is open which of several machines is meant, or when the newest report is about another one.
    pub fn which_machine(&self) -> Option<Question> {
        let machines = self.machines();
        match &self.machine {
            Some(meant) => self.other_report(meant),
            None if machines.len() > 1 => {
                let ask = format!(
                    "{}. Send one at a time, or say which is meant by the case's machine field; until then the facts of all are taken together, and what differs answers nothing.",
                    listed("machines", &machines)
                );
                Some(Question::new(Whose::Machine, ask, &machines))
            }
            None => None,
        }
    }

    /// Lets the facts of one machine count: the one that the case names, else the only one that the facts name. Facts of
    /// others are noted. A name that none of several machines has leaves it open which is meant.
    pub(super) fn settle_machine(&mut self, meant: Option<&str>) {
        let meant = meant.map(str::trim).filter(|meant| !meant.is_empty());
        let machines = self.machines();
        let known = |meant: &&str| {
            machines.len() == 1 || machines.iter().any(|name| is_same_machine(name, meant))
        };
        let Some(meant) = meant.filter(known).map(str::to_owned) else {
            self.machine = None;
            return;
        };
        let others = machines
            .iter()
            .filter(|name| !is_same_machine(name, &meant));
        let others = others.filter_map(|name| {
            let mut facts = self.facts.iter();
            let first = facts.find(|fact| fact.about.machine.as_deref() == Some(name))?;
            Some((first.clone(), (*name).to_owned()))
        });
        for (first, name) in others.collect::<Vec<_>>() {
            self.note_of_another(&first, &name, &meant);
        }
        self.machine = Some(meant);
    }

    /// The newest round that names a machine, when it names only others than the one that is meant.
    fn other_report(&self, meant: &str) -> Option<Question> {
        let naming = |fact: &&Fact| fact.about.machine.is_some();
        let newest = self.facts.iter().filter(naming).map(|fact| fact.round);
        let newest = newest.max()?;
        let of_round = self.facts.iter().filter(|fact| fact.round == newest);
        let others = each_once(named(of_round), is_same_machine);
        if others.iter().any(|name| is_same_machine(name, meant)) {
            return None;
        }
        let ask = format!(
            "This report is about {}, the case about {meant}. It is shown and answers nothing. Send the report of {meant}, or correct the case's machine field.",
            others.join(", ")
        );
        Some(Question::new(Whose::Machine, ask, &others))
    }

    /// Whether a fact is of the machine that is meant, or of none in particular.
    pub(super) fn is_of_machine(&self, fact: &Fact) -> bool {
        let meant = self.machine.as_deref();
        let told = fact.about.machine.as_deref();
        meant
            .zip(told)
            .is_none_or(|(meant, told)| is_same_machine(meant, told))
    }

    /// A scope does not name its machine; the facts beside it do, or the agent report that lists its file.
    pub fn scope_counts(&self, scope: &Scope) -> bool {
        let Some(meant) = self.machine.as_deref() else {
            return true;
        };
        let mut beside = self.facts.iter();
        let told = beside.find_map(|fact| {
            let same = fact.span.source == scope.span.source;
            fact.about.machine.as_deref().filter(|_| same)
        });
        let told = told.or_else(|| {
            let mut reported = self.reported.iter();
            let own = reported.find(|(source, _)| *source == scope.span.source);
            own.map(|(_, machine)| machine.as_str())
        });
        told.is_none_or(|told| is_same_machine(meant, told))
    }
}

fn named<'a>(facts: impl Iterator<Item = &'a Fact>) -> impl Iterator<Item = &'a str> {
    facts.filter_map(|fact| fact.about.machine.as_deref())
}

/// Whether two names are of one machine: with or without its domain, cut to a `NetBIOS` name, in any case.
pub fn is_same_machine(left: &str, right: &str) -> bool {
    let (left, right) = (left.trim().to_lowercase(), right.trim().to_lowercase());
    if left == right {
        return true;
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let (left_short, right_short) = (short(&left), short(&right));
    let is_cut = |cut: &str, whole: &str| cut.chars().count() == NETBIOS && whole.starts_with(cut);
    (!left.contains('.') || !right.contains('.'))
        && (left_short == right_short || is_cut(&left, &right_short) || is_cut(&right, &left_short))
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
        evidence.settle(None, None);
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
        evidence.settle(Some("rpa-07"), None);
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
        evidence.settle(Some("the robot of accounting"), None);
        assert!(evidence.which_machine().is_some());
    }

    #[test]
    fn the_report_of_a_machine_that_is_not_the_cases_is_asked_about_and_answers_nothing() {
        let mut one = read_texts(vec![("one.txt".to_owned(), status("RPA-09", "YES"))], 1);
        one.settle(Some("RPA-07"), None);
        assert_eq!(joined(&one), None);
        let question = one.which_machine().unwrap();
        assert!(
            question
                .ask
                .starts_with("This report is about RPA-09, the case about RPA-07."),
            "{}",
            question.ask
        );
        assert_eq!(question.options, ["RPA-09"]);
        one.settle(Some("RPA-09"), None);
        assert_eq!(joined(&one).as_deref(), Some("YES"));
        assert_eq!(one.which_machine(), None);
    }

    #[test]
    fn a_machine_is_the_same_with_and_without_its_domain() {
        assert!(is_same_machine("RPA-07", "rpa-07.fabrikam.test"));
        assert!(is_same_machine("POWERAUTOMATE-0", "powerautomate-07"));
        assert!(!is_same_machine("RPA-07", "RPA-071"));
        assert!(!is_same_machine(
            "rpa-07.contoso.test",
            "rpa-07.fabrikam.test"
        ));
    }
}
