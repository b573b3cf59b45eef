//! A rule's form, as one list of fields, groups and buttons: the template only goes along it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::{at, join};
use super::filter::choices;
use super::list::Choice;
use crate::actions::drafts::{DraftView, OfferedProcedure};
use crate::rules::{ProductFile, Release};
use crate::web::markdown::{self, Rendered};
use crate::web::pages::words;

mod condition;
mod guide;
mod rest;

/// A piece of a form.
pub(crate) enum Piece {
    /// A part of the rule begins.
    Part(Group),
    /// A group within it begins.
    Group(Group),
    /// Something that is folded begins.
    Fold(Group),
    /// The part ends.
    EndPart,
    /// The group ends.
    EndGroup,
    /// The fold ends.
    EndFold,
    /// Fields side by side begin.
    Row,
    /// They end.
    EndRow,
    /// A field.
    Field(Field),
    /// Buttons.
    Buttons(Vec<Button>),
    /// What is to be known.
    Note(String),
}

/// What a group says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) legend: String,
    /// What it holds, in a few words.
    pub(crate) short: String,
    pub(crate) class: &'static str,
    pub(crate) open: bool,
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: &'static str,
    pub(crate) wrong: String,
    pub(crate) control: Control,
    /// How readers see it, of a text with markup.
    pub(crate) preview: Option<Rendered>,
    /// Whether that was asked for last.
    pub(crate) previewed: bool,
}

/// How a field is filled.
pub(crate) enum Control {
    /// One line; with the name of a list of suggestions.
    Line { value: String, list: &'static str },
    /// Several lines.
    Area {
        value: String,
        rows: usize,
        markdown: bool,
    },
    /// One of several.
    Choice(Vec<Choice>),
    /// Yes or no.
    Tick(bool),
    /// What goes along unseen.
    Hidden(String),
}

/// A button that changes the form.
pub(crate) struct Button {
    pub(crate) deed: String,
    pub(crate) label: String,
    /// What it is about, for who cannot see where it stands.
    pub(crate) about: String,
    pub(crate) class: &'static str,
}

/// Makes a form.
pub(super) struct Maker<'a> {
    sheet: &'a Value,
    live: &'a Release,
    known: Known<'a>,
    wrong: &'a BTreeMap<String, String>,
    /// The place that is shown unfolded.
    open: &'a str,
    pieces: Vec<Piece>,
}

/// What a rule can be of, and what its guide can call: published or drafted.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) products: &'a [ProductFile],
    pub(super) procedures: &'a [OfferedProcedure],
}

impl<'a> Known<'a> {
    /// What an editor of that thing can choose from.
    pub(super) fn of(view: &'a DraftView) -> Self {
        Self {
            products: &view.products,
            procedures: &view.procedures,
        }
    }
}

/// How readers see the texts with markup that stand in the form, by the names of their fields.
pub(super) fn previews(sheet: &Value, release: &Release) -> Vec<(String, Rendered)> {
    let known = Known {
        products: &release.products,
        procedures: &[],
    };
    let pieces = form(sheet, release, known, &BTreeMap::new(), "").into_iter();
    let fields = pieces.filter_map(|piece| match piece {
        Piece::Field(field) => Some((field.name, field.preview?)),
        _ => None,
    });
    fields.collect()
}

/// The form of a rule. `wrong` says what is wrong by the names of fields, `open` which place was changed last.
pub(super) fn form(
    sheet: &Value,
    live: &Release,
    known: Known<'_>,
    wrong: &BTreeMap<String, String>,
    open: &str,
) -> Vec<Piece> {
    let mut maker = Maker {
        sheet,
        live,
        known,
        wrong,
        open,
        pieces: Vec::new(),
    };
    maker.about();
    maker.recognise();
    maker.cause();
    maker.guide();
    maker.references();
    maker.examples();
    maker.walks();
    maker.notes();
    maker.pieces
}

impl Maker<'_> {
    fn value(&self, name: &str) -> String {
        let value = at(self.sheet, name).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    }

    /// Where a list is empty, browsers send nothing of it, and so there may be no list.
    fn items(&self, name: &str) -> usize {
        let items = at(self.sheet, name).and_then(Value::as_array);
        items.map_or(0, Vec::len)
    }

    fn has(&self, name: &str) -> bool {
        at(self.sheet, name).is_some()
    }

    fn says(&self, name: &str) -> bool {
        !self.value(name).is_empty()
    }

    fn part(&mut self, id: &str, legend: &str, short: String) {
        self.pieces.push(Piece::Part(Group {
            id: id.to_owned(),
            legend: legend.to_owned(),
            short,
            class: "",
            open: true,
        }));
    }

    fn group(&mut self, place: &str, legend: &str, class: &'static str) {
        self.pieces.push(Piece::Group(Group {
            id: anchor(place),
            legend: legend.to_owned(),
            class,
            ..Group::default()
        }));
    }

    /// Something that is folded unless it was changed last, or something in it is wrong.
    fn fold(&mut self, place: &str, legend: String, short: String, class: &'static str) {
        let within = |path: &str| {
            let rest = path.strip_prefix(place);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let open = within(self.open) || self.wrong.keys().any(|path| within(path));
        self.pieces.push(Piece::Fold(Group {
            id: anchor(place),
            legend,
            short,
            class,
            open,
        }));
    }

    fn end(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    fn row(&mut self, fill: impl FnOnce(&mut Self)) {
        self.pieces.push(Piece::Row);
        fill(self);
        self.pieces.push(Piece::EndRow);
    }

    fn field(&mut self, name: &str, label: &str, hint: &'static str, control: Control) {
        let preview = match &control {
            Control::Area {
                value,
                markdown: true,
                ..
            } => {
                let words = crate::web::pages::outline::words_for_placeholders(value);
                Some(markdown::render(&words))
            }
            _ => None,
        };
        self.pieces.push(Piece::Field(Field {
            wrong: self.wrong.get(name).cloned().unwrap_or_default(),
            previewed: preview.is_some() && self.open == name,
            name: name.to_owned(),
            label: label.to_owned(),
            hint,
            control,
            preview,
        }));
    }

    fn line(&mut self, name: &str, label: &str, hint: &'static str) {
        self.listed(name, label, hint, "");
    }

    /// One line, with suggestions. What has several lines gets several.
    fn listed(&mut self, name: &str, label: &str, hint: &'static str, list: &'static str) {
        let value = self.value(name);
        let control = if value.contains('\n') {
            Control::Area {
                rows: rows(&value, 2),
                value,
                markdown: false,
            }
        } else {
            Control::Line { value, list }
        };
        self.field(name, label, hint, control);
    }

    fn area(&mut self, name: &str, label: &str, hint: &'static str, least: usize) {
        let value = self.value(name);
        let control = Control::Area {
            rows: rows(&value, least),
            value,
            markdown: false,
        };
        self.field(name, label, hint, control);
    }

    fn markdown(&mut self, name: &str, label: &str, hint: &'static str, least: usize) {
        let value = self.value(name);
        let control = Control::Area {
            rows: rows(&value, least),
            value,
            markdown: true,
        };
        self.field(name, label, hint, control);
    }

    fn tick(&mut self, name: &str, label: &str, hint: &'static str) {
        let ticked = self.value(name) == "yes";
        self.field(name, label, hint, Control::Tick(ticked));
    }

    fn hidden(&mut self, name: &str, value: String) {
        self.field(name, "", "", Control::Hidden(value));
    }

    /// One of several. A value that is none of them stays to be chosen, so that opening a form changes nothing.
    fn choose(
        &mut self,
        name: &str,
        label: &str,
        hint: &'static str,
        none: &str,
        all: Vec<(String, String)>,
    ) {
        let value = self.value(name);
        let mut choices = choices(none, all, &value);
        if choices.iter().all(|choice| !choice.chosen) {
            let label = match value.as_str() {
                "" => "choose".to_owned(),
                other => format!("{other} (there is no such thing)"),
            };
            choices.push(Choice {
                value,
                label,
                chosen: true,
            });
        }
        self.field(name, label, hint, Control::Choice(choices));
    }

    /// Names with values.
    fn pairs(&mut self, place: &str, legend: &str, name: &str, list: &'static str, add: &str) {
        let count = self.items(place);
        if count > 0 {
            self.group(place, legend, "pairs");
            for number in 0..count {
                let own = join(place, &number.to_string());
                self.row(|form| {
                    form.listed(&join(&own, "name"), name, "", list);
                    form.listed(&join(&own, "value"), "Value", "", "");
                    form.buttons(vec![button("delete", &own, "", "Delete")]);
                });
            }
            self.end(Piece::EndGroup);
        }
        self.buttons(vec![button("add", place, "", add)]);
    }

    fn buttons(&mut self, buttons: Vec<Button>) {
        self.pieces.push(Piece::Buttons(buttons));
    }

    /// Buttons that move and delete an item of a list.
    fn moves(&mut self, place: &str, number: usize, count: usize, about: &str) {
        let mut buttons = Vec::new();
        if number > 0 {
            buttons.push(button("up", place, "", "Move up"));
        }
        if number + 1 < count {
            buttons.push(button("down", place, "", "Move down"));
        }
        let mut delete = button("delete", place, "", "Delete");
        delete.class = "danger";
        buttons.push(delete);
        for button in &mut buttons {
            about.clone_into(&mut button.about);
        }
        self.buttons(buttons);
    }
}

/// The address of what a remark of the linter speaks of: `guide.steps.retry.answers.runs.go`, `match.any[1]`.
pub(super) fn place(sheet: &Value, field: &str) -> String {
    let mut place = String::new();
    let mut value = sheet;
    let go = |place: &mut String, value: &mut &Value, name: &str| {
        let next = match *value {
            Value::Array(items) => {
                let named = |item: &Value| item.get("id").is_some_and(|id| id == name);
                let number = items.iter().position(named);
                number
                    .or_else(|| name.parse().ok())
                    .map(|number| number.to_string())
            }
            _ => Some(name.to_owned()),
        };
        let Some(next) = next else { return false };
        let Some(below) = at(value, &next) else {
            return false;
        };
        *place = join(place, &next);
        *value = below;
        true
    };
    for part in field.split('.') {
        let (name, number) = part.split_once('[').unwrap_or((part, ""));
        let number = number.trim_end_matches(']');
        let is_group = ["all", "any", "not"].contains(&name);
        let number = if name == "not" { "0" } else { number };
        let name = if is_group { "parts" } else { name };
        if !go(&mut place, &mut value, name) {
            break;
        }
        if !number.is_empty() && !go(&mut place, &mut value, number) {
            break;
        }
    }
    match value {
        Value::String(_) => format!("#f-{place}"),
        Value::Array(_) => format!("#part-{}", place.split('.').next().unwrap_or_default()),
        _ if place.contains('.') => format!("#{}", anchor(&place)),
        _ => format!("#part-{place}"),
    }
}

/// A button that does something at a place.
fn button(verb: &str, place: &str, kind: &str, label: &str) -> Button {
    let kind = if kind.is_empty() {
        String::new()
    } else {
        format!(" {kind}")
    };
    Button {
        deed: format!("{verb} {place}{kind}"),
        label: label.to_owned(),
        about: String::new(),
        class: "",
    }
}

/// The anchor of a place.
pub(super) fn anchor(place: &str) -> String {
    format!("at-{place}")
}

fn rows(value: &str, least: usize) -> usize {
    let lines = value
        .split('\n')
        .map(|line| line.chars().count() / 80 + 1)
        .sum::<usize>();
    lines.clamp(least, 24)
}

fn pair(value: &str, label: &str) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

fn short(text: &str) -> String {
    words::cut(&markdown::plain(text), 80)
}

#[cfg(test)]
mod tests;
