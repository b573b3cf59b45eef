//! Differences between packs as pages show them.

use super::super::words;
use super::new_rule::NewRule;
use crate::actions::HouseValues;
use crate::rules::Release;
use crate::rules::diff::{FieldDiff, How, ItemKind, PackDiff, Piece, Side};
use crate::web::paths;

/// Unchanged text between two changes is shown in full up to so many characters, else its ends.
const SHOWN: usize = 200;
/// At most so many rules and lists are shown with their fields.
const MOST: usize = 200;

/// Everything that differs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Differences {
    pub(crate) summary: String,
    pub(crate) items: Vec<Item>,
    pub(crate) more: usize,
}

/// One rule, procedure or list that differs.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) how: &'static str,
    pub(crate) tone: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) title: String,
    /// The page on which readers see it; empty where there is none.
    pub(crate) href: String,
    pub(crate) fields: Vec<Field>,
    /// The whole of a new rule.
    pub(crate) rule: Option<Box<NewRule>>,
}

/// One field that differs.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) how: &'static str,
    pub(crate) pieces: Vec<Shown>,
}

/// A piece of text: `both`, `before` or `after`.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) side: &'static str,
    pub(crate) text: String,
}

impl Differences {
    /// As a page shows it.
    pub(crate) fn of(diff: &PackDiff) -> Self {
        let count = |how: How| diff.items.iter().filter(|item| item.how == how).count();
        let counts = [
            (How::Added, "added"),
            (How::Changed, "changed"),
            (How::Removed, "removed"),
        ];
        let counts = counts.map(|(how, word)| (count(how), word));
        let said = counts.iter().filter(|(count, _)| *count > 0);
        let said = said.map(|(count, word)| format!("{} {word}", words::grouped(*count)));
        let said = said.collect::<Vec<_>>();
        Self {
            summary: if said.is_empty() {
                "Nothing differs.".to_owned()
            } else {
                said.join(", ")
            },
            more: diff.items.len().saturating_sub(MOST),
            items: diff.items.iter().take(MOST).map(item).collect(),
        }
    }
}

impl Differences {
    /// The same with the pages of the rules that are there afterwards, for the release that answers.
    pub(crate) fn with_pages(mut self) -> Self {
        let items = self.items.iter_mut();
        for item in items.filter(|item| item.kind == ItemKind::Rule.word() && item.how != "gone") {
            item.href = paths::rule(&item.id);
        }
        self
    }

    /// The same with the whole of those new rules that `new` holds.
    pub(crate) fn with_new(mut self, new: Option<&Release>, house: &HouseValues) -> Self {
        let Some(new) = new else { return self };
        let items = self.items.iter_mut();
        for item in items.filter(|item| item.kind == ItemKind::Rule.word()) {
            item.rule = NewRule::of(new, &item.id, house).map(Box::new);
        }
        self
    }
}

fn item(item: &crate::rules::diff::ItemDiff) -> Item {
    let (how, tone) = match item.how {
        How::Added => ("new", "good"),
        How::Removed => ("gone", "bad"),
        How::Changed | How::Moved => ("changed", "plain"),
    };
    Item {
        how,
        tone,
        kind: item.kind.word(),
        id: item.id.clone(),
        title: item.title.clone(),
        href: String::new(),
        fields: item.fields.iter().map(field).collect(),
        rule: None,
    }
}

fn field(field: &FieldDiff) -> Field {
    Field {
        name: field.field.replace('.', " › "),
        how: match field.how {
            How::Added => "new",
            How::Removed => "gone",
            How::Changed => "",
            How::Moved => "in another order",
        },
        pieces: field.pieces.iter().map(shown).collect(),
    }
}

fn shown(piece: &Piece) -> Shown {
    match piece.side {
        Side::Before => Shown {
            side: "before",
            text: piece.text.clone(),
        },
        Side::After => Shown {
            side: "after",
            text: piece.text.clone(),
        },
        Side::Both => Shown {
            side: "both",
            text: ends(&piece.text),
        },
    }
}

/// The ends of a long unchanged text.
fn ends(text: &str) -> String {
    let count = text.chars().count();
    if count <= SHOWN {
        return text.to_owned();
    }
    let head = text.chars().take(SHOWN / 2).collect::<String>();
    let tail = text.chars().skip(count - SHOWN / 2).collect::<String>();
    format!("{head} … {tail}")
}
