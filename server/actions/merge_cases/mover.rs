//! What a case holds, put into the words of another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::carried::{Carried, Differs};
use crate::actions::outcome::outcome_in_words;
use crate::actions::round::given;
use crate::evidence::redact::{Redaction, Redactor, Renumber};
use crate::evidence::{self, Evidence};
use crate::store::{CaseEdit, CaseRecord, NewRound, Receipt, RoundRecord, StoredSource};

/// So much of what the case that goes said otherwise stands in the history, in letters.
const DIFFERS: usize = 1_000;

/// Puts what a case holds into the words of another.
pub(super) struct Mover {
    pub(super) renumber: Renumber,
    /// Where people and machines are replaced in the case that stays.
    pub(super) redactor: Option<Redactor>,
    /// The names of sources that it has.
    pub(super) taken: BTreeSet<String>,
}

impl Mover {
    /// Names that any round gives away are replaced in all of them.
    pub(super) fn learn(&mut self, rounds: &[(&RoundRecord, Vec<StoredSource>)]) {
        let Some(redactor) = &mut self.redactor else {
            return;
        };
        for source in rounds.iter().flat_map(|(_, sources)| sources) {
            redactor.learn(
                &self.renumber.text(&source.name),
                &self.renumber.text(&source.text),
            );
        }
    }

    pub(super) fn round(
        &mut self,
        round: &RoundRecord,
        sources: Vec<StoredSource>,
        number: evidence::Round,
    ) -> (Evidence, NewRound) {
        let before = self
            .redactor
            .as_ref()
            .map_or_else(Vec::new, Redactor::redactions);
        let mut names = BTreeMap::new();
        let mut moved = Vec::new();
        for source in sources {
            let name = self.name(&source.name);
            let text = self.renumber.text(&source.text);
            let text = match &mut self.redactor {
                Some(redactor) => redactor.text(&name, &text).unwrap_or(text),
                None => text,
            };
            names.insert(source.name, name.clone());
            moved.push(StoredSource { name, text });
        }
        let place = |name: &String| names.get(name).unwrap_or(name).clone();
        let mut redactions = round.redactions.clone();
        let places = redactions.iter_mut().flat_map(|one| &mut one.places);
        places.for_each(|one| one.source = place(&one.source));
        let after = self
            .redactor
            .as_ref()
            .map_or_else(Vec::new, Redactor::redactions);
        add(&mut redactions, &before, after);
        let texts = moved
            .iter()
            .map(|source| (source.name.clone(), source.text.clone()));
        let read = evidence::read_texts(texts.collect(), number);
        let mut problems = Vec::new();
        for (source, line, what) in &round.problems {
            let source = match names.get(source) {
                Some(name) => name.clone(),
                None => self.words(source),
            };
            problems.push((source, *line, self.words(what)));
        }
        let rules = round.receipt.rules.iter().map(|(rule, texts)| {
            (
                rule.clone(),
                texts.iter().map(|text| self.words(text)).collect(),
            )
        });
        let rules = rules.collect();
        let new = NewRound {
            who: round.who.clone(),
            sources: moved,
            problems,
            facts: given(&read).into_iter().collect(),
            receipt: Receipt {
                rules,
                ..round.receipt.clone()
            },
            redactions,
        };
        (read, new)
    }

    /// A name that no source of the case has.
    fn name(&mut self, name: &str) -> String {
        let name = self.renumber.text(name);
        let name = match &mut self.redactor {
            Some(redactor) => redactor.name(&name),
            None => name,
        };
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names
            .find(|name| !self.taken.contains(name))
            .unwrap_or(name);
        self.taken.insert(free.clone());
        free
    }

    /// Words about the evidence.
    pub(super) fn words(&mut self, words: &str) -> String {
        let words = self.renumber.text(words);
        match &mut self.redactor {
            Some(redactor) => redactor.sentence(&words),
            None => words,
        }
    }

    /// What the case that stays takes over where it says nothing itself; notes of both.
    pub(super) fn edit(&mut self, first: &CaseRecord, second: &CaseRecord) -> CaseEdit {
        let renumbered =
            |text: &Option<String>| text.as_deref().map(|text| self.renumber.text(text));
        let (ticket, machine) = (renumbered(&second.ticket), renumbered(&second.machine));
        let (account, note) = (renumbered(&second.account), renumbered(&second.note));
        let redactor = &mut self.redactor;
        let mut typed = |text: Option<String>| match redactor {
            Some(redactor) => text.map(|text| redactor.typed(&text)),
            None => text,
        };
        let (ticket, note) = (typed(ticket), typed(note));
        let (machine, account) = match redactor {
            Some(redactor) => (
                machine.map(|name| redactor.machine(&name)),
                account.map(|name| redactor.account(&name)),
            ),
            None => (machine, account),
        };
        let note = match (&first.note, note) {
            (Some(own), Some(other)) if *own != other => Some(format!("{own}\n\n{other}")),
            (None, other) => other,
            _ => None,
        };
        CaseEdit {
            ticket: ticket.filter(|_| first.ticket.is_none()).map(Some),
            machine: machine.filter(|_| first.machine.is_none()).map(Some),
            account: account.filter(|_| first.account.is_none()).map(Some),
            note: note.map(Some),
        }
    }

    pub(super) fn what(&mut self, second: &CaseRecord, carried: &Carried, found: &str) -> String {
        let short = second.id.as_str().chars().take(5).collect::<String>();
        let rounds = match second.rounds.len() {
            1 => "1 round".to_owned(),
            number => format!("{number} rounds"),
        };
        let ticket = second.ticket.as_deref();
        let ticket = ticket.map(|ticket| format!(", ticket {}", self.words(ticket)));
        let ticket = ticket.unwrap_or_default();
        let mut what = format!("Took in the evidence of case {short}… ({rounds}{ticket})");
        match carried.answers.len() {
            0 => {}
            1 => what.push_str(" and 1 answer"),
            count => {
                let _ = write!(what, " and {count} answers");
            }
        }
        if let Some(ended) = carried.outcomes.last().filter(|_| carried.ends) {
            let ended = outcome_in_words(ended.outcome, ended.note.as_deref());
            let _ = write!(what, ", and how it ended: {}", self.words(&ended));
        }
        let _ = write!(what, "; {found}");
        if !carried.differs.is_empty() {
            let said = carried.differs.iter().map(Differs::said);
            let said = self.words(&said.collect::<Vec<_>>().join(" · "));
            let said = said.chars().take(DIFFERS).collect::<String>();
            let _ = write!(
                what,
                ". It said otherwise, which was not taken over: {said}"
            );
        }
        what
    }
}

/// What was replaced while the case was moved, added to what had been before.
fn add(all: &mut Vec<Redaction>, before: &[Redaction], after: Vec<Redaction>) {
    for mut now in after {
        if let Some(before) = before.iter().find(|one| one.kind == now.kind) {
            now.count -= before.count;
            now.places.drain(..before.places.len());
        }
        if now.count == 0 {
            continue;
        }
        if let Some(one) = all.iter_mut().find(|one| one.kind == now.kind) {
            one.count += now.count;
            one.places.append(&mut now.places);
            one.places.truncate(50);
        } else {
            all.push(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::redact::{Mark, Place};

    #[test]
    fn what_is_replaced_on_the_way_is_counted_with_what_was_before() {
        let place = |line| Place {
            source: "paste".to_owned(),
            line,
        };
        let one = |kind, count, lines: &[usize]| Redaction {
            kind,
            count,
            places: lines.iter().map(|line| place(*line)).collect(),
        };
        let mut all = vec![one(Mark::Password, 1, &[1])];
        let before = [one(Mark::User, 2, &[1, 2])];
        let after = vec![one(Mark::Password, 1, &[9]), one(Mark::User, 3, &[1, 2, 5])];
        add(&mut all, &before, after);
        let there = [one(Mark::Password, 2, &[1, 9]), one(Mark::User, 1, &[5])];
        assert_eq!(all, there);
    }
}
