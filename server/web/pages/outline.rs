//! A guide as a readable outline: numbered steps, each answer with the step it leads to.

use std::collections::BTreeMap;

use crate::actions::HouseValues;
use crate::condition::{RuleId, StepId};
use crate::guide::placeholders::fill_settings;
use crate::guide::{Do, Guide, Outcome, Procedure, StepKind};
use crate::rules::Release;
use crate::rules::notes::{NoteText, texts_for_notes};
use crate::web::markdown::{self, Rendered};
use crate::web::pages::house_notes::{HouseNotes, Noted};
use crate::web::pages::words::{self, Sign};
use crate::web::paths;

/// What checks ask that have no introduction.
const WHICH: &str = "Which of these is it?";
/// So many calls deep are procedures gone through.
const CALLS: usize = 3;

/// One step of an outline.
#[derive(Debug, Clone)]
pub(crate) struct OutlineStep {
    pub(crate) number: usize,
    pub(crate) anchor: String,
    /// `ask`, `checks`, `do`, `call`, `end`.
    pub(crate) kind: &'static str,
    pub(crate) text: Rendered,
    pub(crate) how: Option<Noted>,
    pub(crate) command: Option<String>,
    /// What the house adds to the command.
    pub(crate) command_notes: HouseNotes,
    /// `For`, `Mind`, `Loosens`, `Undo`, each with what is said.
    pub(crate) notes: Vec<(&'static str, Noted)>,
    pub(crate) sign: Option<Sign>,
    pub(crate) ways: Vec<Way>,
    /// The rule that goes on.
    pub(crate) rule: Option<(String, String)>,
    /// The steps of the procedure that a call goes through.
    pub(crate) inner: Vec<Inner>,
    /// What the house adds to it.
    pub(crate) house: HouseNotes,
    /// The text in a few words, for the map.
    pub(crate) short: String,
}

/// A step of a procedure.
#[derive(Debug, Clone)]
pub(crate) struct Inner {
    pub(crate) text: Rendered,
    /// What the house adds to it.
    pub(crate) house: HouseNotes,
    /// Its other texts to which the house adds something.
    pub(crate) parts: Vec<Part>,
}

/// A text of a step that the outline shows for its notes alone.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) anchor: String,
    pub(crate) noted: Noted,
    /// The text as it is, where it is a command.
    pub(crate) command: Option<String>,
}

/// Where an answer leads.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) label: Rendered,
    pub(crate) number: usize,
    pub(crate) anchor: String,
    /// Whether it is the way for what cannot be done.
    pub(crate) out: bool,
    /// What the house adds to the answer or check.
    pub(crate) house: HouseNotes,
    /// How a check is found out, where the house adds something to that.
    pub(crate) parts: Vec<Part>,
}

/// The outline of a rule's guide, beginning with its first step.
pub(crate) fn outline(
    rule: &RuleId,
    guide: &Guide,
    release: &Release,
    house: &HouseValues,
) -> Vec<OutlineStep> {
    let numbers = guide
        .in_reading_order()
        .enumerate()
        .map(|(at, step)| (&step.id, at + 1))
        .collect();
    let maker = Maker {
        rule,
        texts: texts_for_notes(guide, &release.procedures),
        numbers,
        release,
        house,
    };
    guide
        .in_reading_order()
        .map(|step| maker.step(&step.id, &step.kind))
        .collect()
}

const CANNOT: &str = "Cannot be done";

struct Maker<'a> {
    rule: &'a RuleId,
    texts: Vec<NoteText<'a>>,
    numbers: BTreeMap<&'a StepId, usize>,
    release: &'a Release,
    house: &'a HouseValues,
}

impl Maker<'_> {
    fn step(&self, id: &StepId, kind: &StepKind) -> OutlineStep {
        let step = match kind {
            StepKind::Ask(ask) => OutlineStep {
                how: self.noted(id, "how", ask.how.as_deref()),
                ways: ask
                    .answers
                    .iter()
                    .map(|answer| Way {
                        house: self.notes(&format!("{id}.{}", answer.id)),
                        ..self.way(&answer.label, &answer.go)
                    })
                    .chain(
                        ask.none
                            .iter()
                            .map(|none| self.way("None can be offered", none)),
                    )
                    .collect(),
                ..self.named("ask", &ask.ask)
            },
            StepKind::Checks(checks) => OutlineStep {
                ways: checks
                    .checks
                    .iter()
                    .map(|check| Way {
                        house: self.notes(&format!("{id}.{}", check.id)),
                        parts: self.parts(&format!("{id}.{}", check.id), None),
                        ..self.way(&check.ask, &check.go)
                    })
                    .chain([self.way("All ruled out", &checks.none)])
                    .collect(),
                ..self.named("checks", checks.intro.as_deref().unwrap_or(WHICH))
            },
            StepKind::Do(instruction) => self.instruction(id, instruction),
            StepKind::Call(call) => {
                let procedure = self.release.procedures.get(&call.procedure);
                let title = procedure.map_or(call.procedure.as_str(), |procedure| &procedure.title);
                let mut inner = Vec::new();
                self.inner(&format!("{id}."), procedure, CALLS, &mut inner);
                OutlineStep {
                    inner,
                    ways: call
                        .on
                        .iter()
                        .map(|(result, go)| self.way(result.as_str(), go))
                        .collect(),
                    ..self.named("call", title)
                }
            }
            StepKind::Outcome(outcome) => self.end(outcome),
            StepKind::Return(result) => self.named("end", result.as_str()),
        };
        OutlineStep {
            number: self.numbers.get(id).copied().unwrap_or(0),
            anchor: anchor(id),
            house: self.notes(id.as_str()),
            ..step
        }
    }

    fn instruction(&self, id: &StepId, instruction: &Do) -> OutlineStep {
        let caution = instruction
            .caution
            .as_deref()
            .and_then(|name| self.release.caution(name));
        let terms = [
            ("For", "for", instruction.who.map(words::who)),
            ("Mind", "caution", caution),
            ("Loosens", "loosens", instruction.loosens.as_deref()),
            ("Undo", "undo", instruction.undo.as_deref()),
        ];
        let ways = [
            ("Then", Some(&instruction.go)),
            ("Not needed", instruction.otherwise.as_ref()),
            (CANNOT, instruction.cannot.as_ref()),
        ];
        OutlineStep {
            how: self.noted(id, "how", instruction.how.as_deref()),
            command: instruction.command.as_deref().map(words_for_placeholders),
            command_notes: self.notes(&format!("{id}.command")),
            notes: terms
                .into_iter()
                .filter_map(|(name, part, text)| {
                    let text = markdown::render_inline(&self.words(text?));
                    let notes = self.notes(&format!("{id}.{part}"));
                    Some((name, Noted { text, notes }))
                })
                .collect(),
            ways: ways
                .into_iter()
                .filter_map(|(label, go)| Some(self.way(label, go?)))
                .collect(),
            ..self.named("do", &instruction.text)
        }
    }

    fn end(&self, outcome: &Outcome) -> OutlineStep {
        let next = outcome.rule.as_ref();
        OutlineStep {
            sign: Some(words::end(outcome.outcome)),
            rule: next.map(|next| {
                let rule = self.release.rule(next.as_str());
                let title = rule.map_or_else(|| next.to_string(), |rule| rule.file.title.clone());
                (title, paths::rule(next.as_str()))
            }),
            ..self.named("end", &outcome.text)
        }
    }

    fn way(&self, label: &str, go: &StepId) -> Way {
        Way {
            label: markdown::render_inline(&self.words(label)),
            number: self.numbers.get(go).copied().unwrap_or(0),
            anchor: anchor(go),
            out: label == CANNOT,
            house: HouseNotes::default(),
            parts: Vec::new(),
        }
    }

    fn named(&self, kind: &'static str, text: &str) -> OutlineStep {
        let text = self.words(text);
        OutlineStep {
            number: 0,
            anchor: String::new(),
            kind,
            text: markdown::render_inline(&text),
            how: None,
            command: None,
            command_notes: HouseNotes::default(),
            notes: Vec::new(),
            sign: None,
            ways: Vec::new(),
            rule: None,
            inner: Vec::new(),
            house: HouseNotes::default(),
            short: markdown::plain(&text),
        }
    }

    /// The steps of a procedure that have a text, and of those that it calls. Checks without an introduction say nothing
    /// here, unless the house does.
    fn inner(
        &self,
        before: &str,
        procedure: Option<&Procedure>,
        calls: usize,
        found: &mut Vec<Inner>,
    ) {
        for step in procedure
            .iter()
            .flat_map(|procedure| &procedure.guide.steps)
        {
            let address = format!("{before}{}", step.id);
            let house = self.notes(&address);
            let parts = match &step.kind {
                StepKind::Call(_) => Vec::new(),
                StepKind::Do(_) => self.parts(&address, Some("command")),
                _ => self.parts(&address, None),
            };
            let text = match &step.kind {
                StepKind::Ask(ask) => &ask.ask,
                StepKind::Do(instruction) => &instruction.text,
                StepKind::Outcome(outcome) => &outcome.text,
                StepKind::Checks(checks) => match checks.intro.as_deref() {
                    None if house.is_empty() && parts.is_empty() => continue,
                    intro => intro.unwrap_or(WHICH),
                },
                StepKind::Call(call) if calls > 1 => {
                    let called = self.release.procedures.get(&call.procedure);
                    self.inner(&format!("{address}."), called, calls - 1, found);
                    continue;
                }
                StepKind::Call(_) | StepKind::Return(_) => continue,
            };
            found.push(Inner {
                text: markdown::render_inline(&self.words(text)),
                house,
                parts,
            });
        }
    }

    /// The texts behind an address to which the house adds something; the one of that name is a command.
    fn parts(&self, address: &str, command: Option<&str>) -> Vec<Part> {
        let parts = self.texts.iter().filter_map(|part| {
            let name = part.address.strip_prefix(address)?.strip_prefix('.')?;
            let notes = self.notes(&part.address);
            (!notes.is_empty()).then(|| Part {
                anchor: format!("part-{}", part.address),
                noted: Noted {
                    text: self.shown(part.text),
                    notes,
                },
                command: (Some(name) == command).then(|| words_for_placeholders(part.text)),
            })
        });
        parts.collect()
    }

    fn notes(&self, step: &str) -> HouseNotes {
        let notes = self.release.notes_on(self.rule, Some(step));
        HouseNotes::of(notes, |text| self.shown(text))
    }

    fn noted(&self, id: &StepId, part: &str, text: Option<&str>) -> Option<Noted> {
        Some(Noted {
            text: self.shown(text?),
            notes: self.notes(&format!("{id}.{part}")),
        })
    }

    fn shown(&self, text: &str) -> Rendered {
        markdown::render(&self.words(text))
    }

    fn words(&self, text: &str) -> String {
        words_for_placeholders(&fill_settings(text, self.house))
    }
}

/// An article speaks of no machine, so a placeholder reads as the name of what would stand there.
pub(crate) fn words_for_placeholders(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inside, behind)) = after.split_once("}}") else {
            break;
        };
        let name = inside.split_once(':').map_or(inside, |(_, name)| name);
        let name = name.rsplit(['\\', '.']).next().unwrap_or(name).trim();
        out.push_str(before);
        out.push('[');
        out.push_str(name);
        out.push(']');
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn anchor(id: &StepId) -> String {
    format!("step-{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_begins_with_the_first_step_wherever_the_file_has_it() {
        let pack = crate::knowledge::read(crate::knowledge::shipped()).unwrap();
        let (release, _) = Release::compile(1, 0, pack);
        let rule = release
            .rules
            .values()
            .find(|rule| rule.guide.steps.len() > 3);
        let rule = rule.unwrap();
        let told = |guide: &Guide| {
            let steps = outline(&rule.file.id, guide, &release, &HouseValues::new());
            let each = steps.into_iter().map(|step| {
                let ways = step.ways.iter().map(|way| way.number);
                (step.number, step.anchor, ways.collect::<Vec<_>>())
            });
            each.collect::<Vec<_>>()
        };
        let mut guide = rule.guide.clone();
        let first = guide.steps.remove(0);
        assert_eq!(first.id, guide.start);
        guide.steps.push(first);
        assert_eq!(told(&guide), told(&rule.guide));
    }

    #[test]
    fn a_placeholder_reads_as_the_name_of_its_value() {
        assert_eq!(
            words_for_placeholders(r"It is {{fact:registry.HKLM\X\fPrompt}} now, {{broken"),
            "It is [fPrompt] now, {{broken"
        );
    }
}
