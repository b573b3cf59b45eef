//! Conditions: groups in groups, and what can stand in them.

use super::{Control, Maker, Piece, button, join, pair};

/// What a condition can be.
const KINDS: [(&str, &str); 8] = [
    ("phrase", "Words"),
    ("code", "Code"),
    ("regex", "Regex"),
    ("event", "Event"),
    ("fact", "Fact"),
    ("all", "All of these"),
    ("any", "Any of these"),
    ("not", "None of these"),
];

const TESTS: [(&str, &str); 5] = [
    ("is", "is"),
    ("in", "is one of (one a line)"),
    ("contains", "contains"),
    ("at_least", "is at least"),
    ("exists", "is there"),
];

/// How a condition stands among others.
#[derive(Clone, Copy)]
pub(super) struct Among {
    pub(super) number: usize,
    pub(super) count: usize,
    /// Only facts can stand here.
    pub(super) facts: bool,
}

impl Maker<'_> {
    /// A condition that may be missing.
    pub(super) fn optional_condition(&mut self, place: &str, legend: &str, add: &str) {
        if self.has(place) {
            let alone = Among {
                number: 0,
                count: 0,
                facts: true,
            };
            self.condition(place, legend, alone);
        } else {
            self.buttons(vec![button("set", place, "fact", add)]);
        }
    }

    pub(super) fn condition(&mut self, place: &str, legend: &str, among: Among) {
        self.group(place, legend, "cond");
        let kind = self.value(&join(place, "kind"));
        let kinds = KINDS.iter().filter(|(kind, _)| {
            !among.facts || !["phrase", "code", "regex", "event"].contains(kind)
        });
        let kinds = kinds.map(|(value, label)| pair(value, label)).collect();
        self.row(|form| {
            form.choose(&join(place, "kind"), "Kind", "", "", kinds);
            form.leaf(place, &kind);
        });
        if kind == "event" {
            self.event(&join(place, "event"));
        }
        let rest = self.value(&join(place, "rest"));
        if !rest.is_empty() {
            self.pieces.push(Piece::Note(format!(
                "This condition also says {rest}, which only the text can show."
            )));
            self.hidden(&join(place, "rest"), rest);
        }
        let is_group = ["all", "any", "not"].contains(&kind.as_str());
        if is_group {
            self.parts(&join(place, "parts"), among.facts);
        }
        self.condition_buttons(place, among, is_group);
        self.end(Piece::EndGroup);
    }

    fn leaf(&mut self, place: &str, kind: &str) {
        let say = join(place, "say");
        match kind {
            "phrase" => self.line(
                &say,
                "Words as they stand there",
                "* stands for up to 160 letters",
            ),
            "regex" => self.line(&say, "Regex", "one line, any case, linear time"),
            "code" => self.listed(&say, "Code", "hex, decimal or its symbol", "codes"),
            "fact" => {
                self.listed(&say, "Fact", "a short name or a key", "facts");
                let tests = TESTS.iter().map(|(value, label)| pair(value, label));
                self.choose(&join(place, "test"), "Test", "", "", tests.collect());
                let value = join(place, "value");
                match self.value(&join(place, "test")).as_str() {
                    "exists" => {
                        let values = vec![
                            pair("yes", "yes"),
                            pair("no", "no, it is known to be absent"),
                        ];
                        self.choose(&value, "Value", "", "", values);
                    }
                    "in" => self.area(&value, "Values", "one a line", 2),
                    _ => self.line(&value, "Value", ""),
                }
            }
            _ => {}
        }
        let ticks = [
            (
                "sentence",
                "A complete sentence of the vendor",
                ["phrase", "regex"].as_slice(),
            ),
            (
                "context",
                "Only context: it triggers nothing",
                &["phrase", "regex"],
            ),
            (
                "weak",
                "Others use it too",
                &["phrase", "regex", "code", "event"],
            ),
        ];
        for (name, label, kinds) in ticks {
            let own = join(place, name);
            if kinds.contains(&kind) || self.says(&own) {
                self.tick(&own, label, "");
            }
        }
    }

    fn event(&mut self, place: &str) {
        self.row(|form| {
            form.line(
                &join(place, "id"),
                "Numbers",
                "4625, or several with commas",
            );
            form.line(&join(place, "provider"), "Provider", "a part of its name");
            form.listed(&join(place, "code"), "Code that decides", "", "codes");
            form.area(
                &join(place, "unless_code"),
                "None of these codes",
                "one a line",
                1,
            );
        });
        self.pairs(
            &join(place, "fields"),
            "Fields of the record",
            "Field",
            "",
            "Add a field",
        );
    }

    fn parts(&mut self, place: &str, facts: bool) {
        let count = self.items(place);
        for number in 0..count {
            let own = join(place, &number.to_string());
            let among = Among {
                number,
                count,
                facts,
            };
            self.condition(&own, &format!("Condition {}", number + 1), among);
        }
        let kinds = KINDS.iter().filter(|(kind, _)| match *kind {
            "phrase" | "code" | "regex" | "event" => !facts,
            "not" => false,
            _ => true,
        });
        let buttons = kinds.map(|(kind, label)| {
            let label = match *kind {
                "all" | "any" => format!("Add a group: {}", label.to_lowercase()),
                _ => format!("Add {}", label.to_lowercase()),
            };
            button("add", place, kind, &label)
        });
        let buttons = buttons.collect();
        self.buttons(buttons);
    }

    fn condition_buttons(&mut self, place: &str, among: Among, is_group: bool) {
        let mut buttons = Vec::new();
        if among.number > 0 {
            buttons.push(button("up", place, "", "Up"));
        }
        if among.number + 1 < among.count {
            buttons.push(button("down", place, "", "Down"));
        }
        buttons.push(button("wrap", place, "all", "Put into a group"));
        buttons.push(button("wrap", place, "not", "Negate"));
        if is_group {
            buttons.push(button("unwrap", place, "", "Dissolve the group"));
        }
        if place != "match" {
            let mut delete = button("delete", place, "", "Delete");
            delete.class = "danger";
            buttons.push(delete);
        }
        let about = self.value(&join(place, "say"));
        for button in &mut buttons {
            button.about.clone_from(&about);
        }
        self.buttons(buttons);
    }

    /// How a rule is recognised.
    pub(super) fn recognise(&mut self) {
        self.part("match", "How to recognise it", String::new());
        self.pieces.push(Piece::Note(
            "Each branch of the outermost “any” must be able to prove the cause by itself."
                .to_owned(),
        ));
        let whole = Among {
            number: 0,
            count: 0,
            facts: false,
        };
        self.condition("match", "Condition", whole);
        self.pairs(
            "facts",
            "Short names of facts in this rule",
            "Short name",
            "",
            "Add a short name",
        );
        self.end(Piece::EndPart);
    }

    /// A value that goes along unseen.
    pub(super) fn kept(&mut self, name: &str) {
        let value = self.value(name);
        self.field(name, "", "", Control::Hidden(value));
    }
}
