//! Whose machine: a report of another machine must not answer for the one that fails.

use std::collections::{BTreeMap, BTreeSet};

use super::whose::{Question, Whose, each_once, listed};
use super::{Event, Evidence, Fact, Scope, Span};

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
            Some(meant) => self
                .other_report(meant)
                .or_else(|| self.other_failures(meant, &format!("the case about {meant}"))),
            None if machines.len() > 1 => {
                let ask = format!(
                    "{}. Send one at a time, or say which is meant by the case's machine field; until then the facts of all are taken together, and what differs answers nothing.",
                    listed("machines", &machines)
                );
                Some(Question::new(Whose::Machine, ask, &machines))
            }
            None => match &self.machine_of_events {
                Some(meant) => self.other_failures(meant, &format!("the rest about {meant}")),
                None => self.several_failing(),
            },
        }
    }

    /// The machines that tell of failures of their own, each once.
    fn failing_machines(&self) -> Vec<&str> {
        // A log repeats itself: the same spelling is passed over before names are compared.
        let mut own = BTreeSet::new();
        let mut controllers = BTreeSet::new();
        for event in &self.events {
            let Some(machine) = event.machine.as_deref() else {
                continue;
            };
            if matches!(event.id, Some(4768..=4772)) {
                controllers.insert(machine);
            } else if event.is_of_its_machine() && event.is_failure() {
                own.insert(machine);
            }
        }
        let own = own.into_iter().filter(|name| {
            let mut controllers = controllers.iter();
            !controllers.any(|controller| is_same_machine(controller, name))
        });
        each_once(own, is_same_machine)
    }

    /// What to ask when all that failed was written by other machines than the one that is meant.
    fn other_failures(&self, meant: &str, about: &str) -> Option<Question> {
        let failing = self.failing_machines();
        if failing.is_empty() || failing.iter().any(|name| is_same_machine(name, meant)) {
            return None;
        }
        let ask = format!(
            "The events of failures are of {}, {about}. They are shown and answer nothing. Send the events of {meant}, or correct the case's machine field.",
            failing.join(", ")
        );
        Some(Question::new(Whose::Machine, ask, &failing))
    }

    /// What to ask when several machines tell of failures and nothing says which is meant.
    fn several_failing(&self) -> Option<Question> {
        let failing = self.failing_machines();
        let ask = format!(
            "{} tell of failures. Say which one is meant by the case's machine field; until then the events of all are taken together.",
            listed("machines", &failing)
        );
        (failing.len() > 1).then(|| Question::new(Whose::Machine, ask, &failing))
    }

    /// Whether an event counts: it is of the machine that is meant, or one that tells of others than its writer.
    pub fn event_is_of_machine(&self, event: &Event) -> bool {
        let meant = self.machine_of_events.as_deref();
        let told = event.machine.as_deref();
        meant
            .zip(told)
            .is_none_or(|(meant, told)| is_same_machine(meant, told) || !event.is_of_its_machine())
    }

    /// Lets the facts of one machine count: the one that the case names, else the only one that the facts name. Facts of
    /// others are noted. A name that none of several machines has leaves it open which is meant.
    pub(super) fn settle_machine(&mut self, meant: Option<&str>) {
        let meant = meant.map(str::trim).filter(|meant| !meant.is_empty());
        let machines = self.machines();
        let mut named = machines.clone();
        named.extend(self.failing_machines());
        let named = each_once(named.into_iter(), is_same_machine);
        let known = |meant: &&str| {
            named.len() == 1 || named.iter().any(|name| is_same_machine(name, meant))
        };
        let Some(meant) = meant.filter(known).map(str::to_owned) else {
            let only = <[&str; 1]>::try_from(machines).ok();
            self.machine_of_events = only.map(|[only]| only.to_owned());
            self.machine = None;
            return;
        };
        let others = machines
            .iter()
            .filter(|name| !is_same_machine(name, &meant));
        let others = others.filter_map(|name| {
            let mut facts = self.facts.iter();
            let first = facts.find(|fact| fact.about.machine.as_deref() == Some(name))?;
            Some((first.span, (*name).to_owned()))
        });
        let others = others.collect::<Vec<_>>();
        self.machine_of_events = Some(meant.clone());
        for (first, name) in others.into_iter().chain(self.events_of_others()) {
            self.note_of_another(first, &name, &meant);
        }
        self.machine = Some(meant);
    }

    /// The first event of each machine whose events do not count.
    fn events_of_others(&self) -> Vec<(Span, String)> {
        let mut first: BTreeMap<&str, Span> = BTreeMap::new();
        for event in &self.events {
            if let Some(machine) = event.machine.as_deref()
                && !self.event_is_of_machine(event)
            {
                first.entry(machine).or_insert(event.span);
            }
        }
        let each = first.into_iter();
        each.map(|(name, span)| (span, name.to_owned())).collect()
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

    fn event(id: u32, machine: &str) -> Event {
        Event {
            id: Some(id),
            machine: Some(machine.to_owned()),
            ..Event::default()
        }
    }

    fn one_report(events: Vec<Event>) -> Evidence {
        let mut one = read_texts(vec![("one.txt".to_owned(), status("RPA-07", "YES"))], 1);
        one.events = events;
        one
    }

    #[test]
    fn what_another_machine_writes_of_itself_does_not_count_and_is_asked_about() {
        for meant in [None, Some("RPA-07")] {
            for id in [4625, 7038, 140, 1511] {
                let mut one = one_report(vec![event(id, "RPA-09.fabrikam.test")]);
                one.settle(meant, None);
                assert!(!one.event_counts(&one.events[0]), "{id}");
                let question = one.which_machine().expect("it is noticed");
                let start = "The events of failures are of RPA-09.fabrikam.test, the ";
                assert!(question.ask.starts_with(start), "{}", question.ask);
                assert_eq!(question.options, ["RPA-09.fabrikam.test"]);
                one.settle(Some("rpa-09"), None);
                assert!(one.event_counts(&one.events[0]), "{id}");
            }
        }
    }

    #[test]
    fn what_a_machine_writes_of_itself_counts_under_every_name_of_it() {
        for name in ["rpa-07", "RPA-07.fabrikam.test"] {
            let mut one = one_report(vec![event(4625, name), event(4624, "RPA-09")]);
            one.settle(None, None);
            assert!(one.event_counts(&one.events[0]));
            assert!(!one.event_counts(&one.events[1]));
            assert_eq!(one.which_machine(), None, "{name}");
        }
    }

    #[test]
    fn what_a_domain_controller_writes_counts_wherever_it_is() {
        let ids = [4740, 4768, 4769, 4771, 4776];
        let mut one = one_report(ids.map(|id| event(id, "DC01.fabrikam.test")).to_vec());
        // Its own failed sign-ins are nobody's question.
        one.events.push(event(4625, "DC01.fabrikam.test"));
        one.settle(Some("RPA-07"), None);
        assert!(one.events[..5].iter().all(|event| one.event_counts(event)));
        assert!(!one.event_counts(&one.events[5]));
        assert_eq!(one.which_machine(), None);
    }

    #[test]
    fn failures_of_two_machines_are_asked_about() {
        let mut two = Evidence {
            events: vec![
                event(4625, "RPA-07"),
                event(4625, "rpa-07"),
                event(7038, "RPA-09"),
            ],
            ..Evidence::default()
        };
        two.settle(None, None);
        let question = two.which_machine().expect("two are named");
        assert!(
            question
                .ask
                .starts_with("Two machines: RPA-07, RPA-09 tell of failures."),
            "{}",
            question.ask
        );
        two.settle(Some("RPA-09"), None);
        assert_eq!(two.which_machine(), None);
        assert!(!two.event_counts(&two.events[0]));
        assert!(
            two.problems
                .iter()
                .any(|one| one.what.starts_with("This is about RPA-07."))
        );
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
