//! The steps of a guide, each a card that folds.

use super::{Control, Field, Maker, Piece, button, join, pair, short};
use crate::web::pages::admin::rules::filter::choices;

const KINDS: [(&str, &str); 6] = [
    ("ask", "Question"),
    ("do", "Instruction"),
    ("checks", "Checks"),
    ("call", "Procedure"),
    ("outcome", "End"),
    ("return", "End of a procedure"),
];

const OUTCOMES: [(&str, &str); 4] = [
    ("resolved", "Solved"),
    ("escalate", "Hand this over"),
    ("unsupported", "Not supported"),
    ("continue", "Go on with another rule"),
];

/// The fields of a step, in order, and the kinds that they belong to. One that says something is shown at any step.
const FIELDS: [(&str, &[&str]); 19] = [
    ("intro", &["checks"]),
    ("how", &["ask", "do"]),
    ("command", &["do"]),
    ("for", &["do"]),
    ("caution", &["do"]),
    ("loosens", &["do"]),
    ("undo", &["do"]),
    ("when", &["do"]),
    ("else", &[]),
    ("text", &["outcome"]),
    ("rule", &[]),
    ("answers", &["ask"]),
    ("checks", &["checks"]),
    ("on", &["call"]),
    ("go", &["do"]),
    ("cannot", &["do"]),
    ("none", &["checks"]),
    ("collect", &["ask", "do"]),
    ("automation", &["do", "outcome"]),
];

impl Maker<'_> {
    pub(super) fn guide(&mut self) {
        let count = self.items("guide.steps");
        self.part(
            "guide",
            "What to do",
            crate::web::pages::words::count(count, "step"),
        );
        let steps = self.steps();
        self.choose("guide.start", "First step", "", "", steps);
        for number in 0..count {
            self.step(number, count);
        }
        let adds = KINDS.iter().filter(|(kind, _)| *kind != "return");
        let adds = adds.map(|(kind, label)| {
            let label = format!("Add {}", label.to_lowercase());
            button("add", "guide.steps", kind, &label)
        });
        let adds = adds.collect();
        self.buttons(adds);
        self.end(Piece::EndPart);
    }

    /// The steps to choose from.
    pub(super) fn steps(&self) -> Vec<(String, String)> {
        let steps = (0..self.items("guide.steps")).map(|number| {
            let id = self.value(&format!("guide.steps.{number}.id"));
            let label = format!("{}. {id}: {}", number + 1, self.text_of_step(number));
            (id, crate::web::pages::words::cut(&label, 70))
        });
        steps.collect()
    }

    fn text_of_step(&self, number: usize) -> String {
        let place = format!("guide.steps.{number}");
        let texts = ["say", "intro", "text", "checks.0.ask"];
        let kind = self.value(&join(&place, "kind"));
        let texts = if kind == "outcome" {
            &texts[1..]
        } else {
            &texts[..]
        };
        let mut texts = texts.iter().map(|name| self.value(&join(&place, name)));
        short(&texts.find(|text| !text.is_empty()).unwrap_or_default())
    }

    fn step(&mut self, number: usize, count: usize) {
        let place = format!("guide.steps.{number}");
        let name = |name: &str| join(&place, name);
        let kind = self.value(&name("kind"));
        let word = KINDS.iter().find(|(one, _)| *one == kind);
        let word = word.map_or("No kind yet", |(_, word)| *word);
        let id = self.value(&name("id"));
        let legend = format!("{}. {word} {id}", number + 1);
        self.fold(&place, legend, self.text_of_step(number), "step-card");
        self.row(|form| {
            form.line(
                &name("id"),
                "Name",
                "small letters, digits, dashes; links follow it",
            );
            form.hidden(&name("was"), id.clone());
            let kinds = KINDS.iter().map(|(value, label)| pair(value, label));
            form.choose(&name("kind"), "Kind", "", "", kinds.collect());
        });
        self.said(&place, &kind);
        for (field, kinds) in FIELDS {
            if kinds.contains(&kind.as_str())
                || self.has_something(&name(field))
                || self.belongs(&place, field)
            {
                self.step_field(&place, field);
            }
        }
        let rest = self.value(&name("rest"));
        if !rest.is_empty() {
            self.pieces.push(Piece::Note(format!(
                "This step also says {rest}, which only the text can show."
            )));
            self.kept(&name("rest"));
        }
        self.moves(&place, number, count, &id);
        self.end(Piece::EndFold);
    }

    /// What belongs to a step by more than its kind.
    fn belongs(&self, place: &str, field: &str) -> bool {
        match field {
            "else" => self.has(&join(place, "when")),
            "rule" => self.value(&join(place, "say")) == "continue",
            "none" => (0..self.items(&join(place, "answers")))
                .any(|at| self.has(&format!("{place}.answers.{at}.offer"))),
            _ => false,
        }
    }

    fn has_something(&self, name: &str) -> bool {
        self.says(name)
            || self.items(name) > 0
            || self.has(&join(name, "kind"))
            || self.says(&join(name, "reason"))
    }

    fn said(&mut self, place: &str, kind: &str) {
        let say = join(place, "say");
        match kind {
            "ask" => self.markdown(&say, "Question", "at most 25 words a sentence", 1),
            "do" => self.markdown(&say, "Instruction", "one thing to do", 2),
            "call" => {
                let procedures = self.known.procedures.iter().map(|one| {
                    let mark = if one.drafted { " (a draft)" } else { "" };
                    (one.id.to_string(), format!("{}{mark}", one.title))
                });
                let procedures = procedures.collect();
                self.choose(&say, "Procedure", "", "", procedures);
            }
            "outcome" => {
                let kinds = OUTCOMES.iter().map(|(value, label)| pair(value, label));
                self.choose(&say, "How it ends", "", "", kinds.collect());
            }
            "return" => self.line(&say, "Result", "one of the procedure's results"),
            _ => self.kept(&say),
        }
    }

    fn step_field(&mut self, place: &str, field: &str) {
        let name = join(place, field);
        match field {
            "intro" => self.markdown(&name, "Sentence above the checks", "", 1),
            "how" => self.markdown(&name, "How, in more detail", "", 2),
            "command" => self.area(&name, "Command to copy", "it is run as it stands", 1),
            "for" => {
                let who = [
                    ("administrator", "an administrator of the machine"),
                    ("it", "the IT department"),
                    ("vendor", "the vendor's support"),
                ];
                let who = who.map(|(value, label)| pair(value, label)).to_vec();
                self.choose(&name, "Who can do it", "", "whoever reads it", who);
            }
            "caution" => {
                let all = self.live.cautions.iter();
                let all = all.map(|one| (one.id.clone(), short(&one.text))).collect();
                self.choose(&name, "Standing warning", "", "none", all);
            }
            "loosens" => self.markdown(&name, "What security it gives up", "", 1),
            "undo" => self.markdown(&name, "How to take it back", "", 1),
            "when" => self.optional_condition(
                &name,
                "Needed only when",
                "Pass it over where facts show that it is not needed",
            ),
            "text" => self.markdown(&name, "What to tell the reader", "", 2),
            "rule" => self.listed(&name, "Rule whose guide goes on", "", "rules"),
            "answers" => self.answers(&name),
            "checks" => self.checks(&name),
            "on" => self.results(place, &name),
            "go" => self.way(&name, "Then"),
            "else" => self.way(&name, "Where it is not needed"),
            "cannot" => self.way(&name, "Where it cannot be done"),
            "none" => self.way(&name, "Where none can be offered, or all are ruled out"),
            "collect" => self.area(
                &name,
                "Collectors that could answer it",
                "names, one a line",
                1,
            ),
            _ => {
                self.fold(
                    &name,
                    "Another automation from here on".to_owned(),
                    String::new(),
                    "inner",
                );
                self.automation(&name, "as the rule says");
                self.end(Piece::EndFold);
            }
        }
    }

    fn way(&mut self, name: &str, label: &str) {
        let steps = self.steps();
        self.choose(name, label, "", "nowhere", steps);
    }

    fn answers(&mut self, place: &str) {
        let count = self.items(place);
        for number in 0..count {
            let own = join(place, &number.to_string());
            self.group(&own, &format!("Answer {}", number + 1), "answer-card");
            self.row(|form| {
                form.line(&join(&own, "label"), "What a person reads", "");
                form.line(&join(&own, "id"), "Name", "");
                let steps = form.steps();
                form.choose(&join(&own, "go"), "Leads to", "", "", steps);
            });
            self.optional_condition(
                &join(&own, "when"),
                "Facts take it when",
                "Let facts take it",
            );
            self.tick(
                &join(&own, "otherwise"),
                "Facts take it when none before holds",
                "",
            );
            self.optional_condition(
                &join(&own, "offer"),
                "Offered unless this is false",
                "Offer it only where facts do not speak against it",
            );
            let label = self.value(&join(&own, "label"));
            self.moves(&own, number, count, &label);
            self.end(Piece::EndGroup);
        }
        self.buttons(vec![button("add", place, "", "Add an answer")]);
    }

    fn checks(&mut self, place: &str) {
        let count = self.items(place);
        for number in 0..count {
            let own = join(place, &number.to_string());
            self.group(&own, &format!("Check {}", number + 1), "answer-card");
            self.markdown(&join(&own, "ask"), "Question; yes means found", "", 1);
            self.row(|form| {
                form.line(&join(&own, "id"), "Name", "");
                let steps = form.steps();
                form.choose(&join(&own, "go"), "Where it is found", "", "", steps);
            });
            self.markdown(&join(&own, "how"), "How to find out", "", 1);
            self.area(
                &join(&own, "collect"),
                "Collectors that could answer it",
                "names, one a line",
                1,
            );
            self.optional_condition(&join(&own, "found_when"), "Found when", "Let facts find it");
            self.optional_condition(
                &join(&own, "ruled_out_when"),
                "Ruled out when",
                "Let facts rule it out",
            );
            let label = self.value(&join(&own, "ask"));
            self.moves(&own, number, count, &short(&label));
            self.end(Piece::EndGroup);
        }
        self.buttons(vec![button("add", place, "", "Add a check")]);
    }

    /// Where each result of a procedure leads; those that are not said yet stand there to be chosen.
    fn results(&mut self, place: &str, name: &str) {
        let count = self.items(name);
        let mut said = Vec::new();
        for number in 0..count {
            let own = join(name, &number.to_string());
            let result = self.value(&join(&own, "name"));
            self.row(|form| {
                form.line(&join(&own, "name"), "Result", "");
                let steps = form.steps();
                form.choose(&join(&own, "value"), "leads to", "", "nowhere", steps);
                form.buttons(vec![button("delete", &own, "", "Delete")]);
            });
            said.push(result);
        }
        let called = self.value(&join(place, "say"));
        let mut procedures = self.known.procedures.iter();
        let procedure = procedures.find(|one| one.id == *called);
        let results = procedure.map(|one| one.results.clone()).unwrap_or_default();
        let missing = results
            .iter()
            .filter(|result| !said.contains(&result.to_string()));
        for (at, result) in missing.enumerate() {
            let own = join(name, &(count + at).to_string());
            let steps = self.steps();
            self.hidden(&join(&own, "name"), result.to_string());
            let label = format!("The result {result} leads to");
            let choices = choices("choose", steps, "");
            let name = join(&own, "value");
            self.pieces.push(Piece::Field(Field {
                wrong: self.wrong.get(&name).cloned().unwrap_or_default(),
                name,
                label,
                hint: "",
                control: Control::Choice(choices),
                preview: None,
                previewed: false,
            }));
        }
        self.buttons(vec![button("add", name, "", "Add a result")]);
    }
}
