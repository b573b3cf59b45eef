//! The events that count, sorted so that a release of many rules looks at each of a large log once.

use std::collections::HashMap;

use crate::condition::EventTest;
use crate::evidence::{Code, Event, Evidence, Span};

/// So many events are shown as proof of one leaf.
const EVENTS_A_LEAF: usize = 8;

/// The events about the case's account, or about none that is named.
#[derive(Debug)]
pub(super) struct Events<'a> {
    all: Vec<&'a Event>,
    /// Places in `all` by the code that decides.
    by_code: HashMap<Code, Vec<usize>>,
}

impl<'a> Events<'a> {
    pub(super) fn of(evidence: &'a Evidence) -> Self {
        let counting = evidence.events.iter();
        let all = counting
            .filter(|event| evidence.event_counts(event))
            .collect::<Vec<_>>();
        let mut by_code: HashMap<Code, Vec<usize>> = HashMap::new();
        for (at, event) in all.iter().enumerate() {
            if let Some((code, _)) = event.code() {
                by_code.entry(code).or_default().push(at);
            }
        }
        Self { all, by_code }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The places that prove a test, event by event; the first few events stand for all.
    pub(super) fn proofs(&self, test: &EventTest) -> Vec<Span> {
        let proofs = |events: &mut dyn Iterator<Item = &&'a Event>| {
            let holding = events.filter_map(|event| test.holds(event));
            holding.take(EVENTS_A_LEAF).flatten().collect::<Vec<_>>()
        };
        if test.codes().is_empty() {
            return proofs(&mut self.all.iter());
        }
        let codes = test.codes().iter();
        let mut places = codes
            .filter_map(|code| self.by_code.get(code))
            .flatten()
            .copied()
            .collect::<Vec<_>>();
        places.sort_unstable();
        proofs(&mut places.iter().filter_map(|at| self.all.get(*at)))
    }
}
