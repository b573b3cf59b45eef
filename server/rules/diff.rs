//! What differs between two packs, as people read it: per rule which fields, conditions and steps; in texts which words.
//!
//! Steps, answers, checks and walks are recognised by their names, so that one more step is one more step and not a change
//! of all behind it. Conditions are compared line by line, texts word by word.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::file::PackFiles;
use super::notes::NotesFile;

mod fields;
#[cfg(test)]
mod tests;
mod written;

/// Everything that differs between two packs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PackDiff {
    /// Rules, procedures and the pack's other lists that differ, in this order, each by name.
    pub items: Vec<ItemDiff>,
}

/// One rule, procedure or entry of a list that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ItemDiff {
    /// What it is.
    pub kind: ItemKind,
    /// Its id.
    pub id: String,
    /// Its title or name; of a changed one the newer.
    pub title: String,
    /// Whether it came, went or changed.
    pub how: How,
    /// What differs in it; empty where it came or went whole.
    pub fields: Vec<FieldDiff>,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// A rule.
    Rule,
    /// A procedure.
    Procedure,
    /// A product.
    Product,
    /// A collector.
    Collector,
    /// A standing warning.
    Caution,
    /// That a rule is switched off, by the rule's id.
    Disabled,
    /// What the house adds to a rule, by the rule's id.
    Note,
    /// The texts that no rule may know.
    Unrelated,
}

impl ItemKind {
    /// Its word: `rule`, `switched off`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Procedure => "procedure",
            Self::Product => "product",
            Self::Collector => "collector",
            Self::Caution => "warning",
            Self::Disabled => "switched off",
            Self::Note => "local notes",
            Self::Unrelated => "unrelated texts",
        }
    }
}

/// Whether something came, went or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It differs.
    Changed,
    /// It stands elsewhere in its list.
    Moved,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldDiff {
    /// Its path: `guide.steps.retry.text`.
    pub field: String,
    /// Whether it came, went or changed.
    pub how: How,
    /// The text of both sides, in one.
    pub pieces: Vec<Piece>,
}

/// A piece of both sides' text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Piece {
    /// Which side has it.
    pub side: Side,
    /// The text.
    pub text: String,
}

/// Which side has a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Both.
    Both,
    /// The older one only.
    Before,
    /// The newer one only.
    After,
}

/// Texts up to this size are compared word by word, larger ones line by line.
const BY_WORDS: usize = 64 * 1024;
/// Texts beyond this size are not compared: one side went, the other came.
const COMPARED: usize = 1024 * 1024;

/// Compares two packs.
pub fn diff(before: &PackFiles, after: &PackFiles) -> PackDiff {
    let mut items = Vec::new();
    for kind in [
        ItemKind::Rule,
        ItemKind::Procedure,
        ItemKind::Product,
        ItemKind::Collector,
        ItemKind::Caution,
        ItemKind::Disabled,
        ItemKind::Note,
        ItemKind::Unrelated,
    ] {
        compare_kind(kind, before, after, &mut items);
    }
    PackDiff { items }
}

fn compare_kind(kind: ItemKind, before: &PackFiles, after: &PackFiles, items: &mut Vec<ItemDiff>) {
    let (older, newer) = (values(kind, before), values(kind, after));
    let ids = older.keys().chain(newer.keys());
    let ids = ids.collect::<std::collections::BTreeSet<_>>();
    for id in ids {
        let (old, new) = (older.get(id), newer.get(id));
        let how = match (old, new) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => How::Changed,
            (None, _) => How::Added,
            (_, None) => How::Removed,
        };
        let nothing = Value::Object(serde_json::Map::new());
        let fields = match (old, new) {
            (Some(old), Some(new)) => fields::compare(old, new),
            // They are all that is said about them, and short.
            _ if matches!(kind, ItemKind::Note | ItemKind::Disabled) => {
                fields::compare(old.unwrap_or(&nothing), new.unwrap_or(&nothing))
            }
            _ => Vec::new(),
        };
        items.push(ItemDiff {
            kind,
            id: id.clone(),
            title: new.or(old).map(title).unwrap_or_default(),
            how,
            fields,
        });
    }
}

/// The entries of one kind by id, as plain values.
fn values(kind: ItemKind, files: &PackFiles) -> BTreeMap<String, Value> {
    match kind {
        ItemKind::Rule => by_id(&files.rules),
        ItemKind::Procedure => by_id(&files.procedures),
        ItemKind::Product => by_id(&files.products),
        ItemKind::Collector => by_id(&files.collectors),
        ItemKind::Caution => by_id(&files.cautions),
        ItemKind::Disabled => {
            let disabled = files.disabled.iter();
            let disabled = disabled.map(|file| (file.rule.to_string(), plain(file)));
            disabled.collect()
        }
        ItemKind::Note => {
            let notes = files.notes.iter();
            let notes = notes.map(|file| (file.rule.to_string(), notes_by_place(file)));
            notes.collect()
        }
        ItemKind::Unrelated if files.unrelated.is_empty() => BTreeMap::new(),
        ItemKind::Unrelated => {
            let file = plain(&files.unrelated);
            BTreeMap::from([("unrelated".to_owned(), file)])
        }
    }
}

/// The notes on a rule, each under its text and place, so that one more is one more.
fn notes_by_place(file: &NotesFile) -> Value {
    let notes = file.notes.iter().map(|note| {
        let (step, place) = note.key();
        let about = step.map_or_else(|| "cause".to_owned(), |step| format!("step {step}"));
        (
            format!("{about}, {}", place.name()),
            Value::from(note.text.as_str()),
        )
    });
    Value::Object(notes.collect())
}

fn by_id<T: Serialize>(entries: &[T]) -> BTreeMap<String, Value> {
    let entries = entries.iter().map(plain);
    let entries = entries.filter_map(|entry| Some((entry.get("id")?.as_str()?.to_owned(), entry)));
    entries.collect()
}

/// Serialising plain data with string keys cannot fail.
fn plain(entry: &impl Serialize) -> Value {
    serde_json::to_value(entry).unwrap_or_default()
}

fn title(entry: &Value) -> String {
    let named = ["title", "name", "text", "reason"].iter();
    let mut named = named.filter_map(|name| entry.get(name)?.as_str());
    named.next().unwrap_or_default().to_owned()
}

/// Both sides of a text in one: by words, in long texts by lines.
pub fn compare_texts(before: &str, after: &str) -> Vec<Piece> {
    let size = before.len().max(after.len());
    if size > COMPARED {
        return [(Side::Before, before), (Side::After, after)]
            .into_iter()
            .map(|(side, text)| Piece {
                side,
                text: text.to_owned(),
            })
            .collect();
    }
    if size > BY_WORDS {
        return by_lines(before, after);
    }
    joined(&TextDiff::from_words(before, after))
}

fn by_lines(before: &str, after: &str) -> Vec<Piece> {
    joined(&TextDiff::from_lines(before, after))
}

/// Neighbours of one side become one piece. White space alone between two changes goes with them, so that a changed
/// phrase is read as a phrase.
fn joined(diff: &TextDiff<'_, '_, str>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for change in diff.iter_all_changes() {
        let side = match change.tag() {
            ChangeTag::Equal => Side::Both,
            ChangeTag::Delete => Side::Before,
            ChangeTag::Insert => Side::After,
        };
        match pieces.last_mut() {
            Some(last) if last.side == side => last.text.push_str(change.value()),
            _ => pieces.push(Piece {
                side,
                text: change.value().to_owned(),
            }),
        }
    }
    as_phrases(pieces)
}

fn as_phrases(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut phrases: Vec<Piece> = Vec::new();
    // The open run of changes, as both sides have it.
    let (mut before, mut after) = (String::new(), String::new());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let open = !before.is_empty() || !after.is_empty();
        let goes_on = pieces.peek().is_some();
        match piece.side {
            Side::Before => before.push_str(&piece.text),
            Side::After => after.push_str(&piece.text),
            Side::Both if open && goes_on && piece.text.trim().is_empty() => {
                before.push_str(&piece.text);
                after.push_str(&piece.text);
            }
            Side::Both => {
                close(&mut phrases, &mut before, &mut after);
                phrases.push(piece);
            }
        }
    }
    close(&mut phrases, &mut before, &mut after);
    phrases
}

fn close(phrases: &mut Vec<Piece>, before: &mut String, after: &mut String) {
    for (side, text) in [(Side::Before, before), (Side::After, after)] {
        if !text.is_empty() {
            phrases.push(Piece {
                side,
                text: std::mem::take(text),
            });
        }
    }
}
