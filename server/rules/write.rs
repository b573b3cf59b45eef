//! Rules as text in the style of `knowledge/`: keys in the order of their structure, one short thing a line, texts of
//! several lines as blocks. The same structure always gives the same text, so that a difference of two texts is one of
//! what they say.
//!
//! Comments cannot be kept by a structure. Those of a text that somebody pasted become notes of the rule, and
//! [`Understood::moved`] says which.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::file::{DisabledFile, PackFiles, RuleFile};
use super::notes::NotesFile;
use super::pack::{PackText, Unreadable, parse};
use crate::condition::RuleId;
use crate::guide::shape::ProcedureFile;

mod comments;
mod node;
mod scalar;
#[cfg(test)]
mod tests;

pub use comments::Comment;
use comments::comments;
use node::Node;
use scalar::{literal, scalar};

/// A line with a mapping or list in it is at most so long.
const WIDTH: usize = 160;

/// A mapping below one of these keys is written on one line where it fits.
const ON_ONE_LINE: [&str; 15] = [
    "automation",
    "facts",
    "answers",
    "on",
    "steps",
    "examples",
    "when",
    "offer",
    "found_when",
    "ruled_out_when",
    "event",
    "fields",
    "all",
    "any",
    "not",
];

/// A mapping with one of these keys is written on lines of its own, wherever it stands.
const ON_LINES: [&str; 6] = ["ask", "checks", "do", "intro", "guide", "path"];

/// An empty line stands before these parts of a rule.
const PARTS: [&str; 8] = [
    "match",
    "cause",
    "facts",
    "guide",
    "references",
    "examples",
    "walks",
    "notes",
];

/// A text that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood<T> {
    /// What it says.
    pub file: T,
    /// Its comments, which are notes of the rule now.
    pub moved: Vec<Comment>,
}

/// Something that can be written in the style of `knowledge/`.
pub fn to_text(value: &impl Serialize) -> String {
    let mut text = String::new();
    match Node::of(value) {
        Node::Map(entries) => {
            let is_rule = entries.iter().any(|(key, _)| key == "match");
            for (key, value) in entries {
                if is_rule && PARTS.contains(&key.as_str()) {
                    text.push('\n');
                }
                write_entry(&mut text, 0, &key, &value, true);
            }
        }
        Node::List(items) if !items.is_empty() => write_items(&mut text, 0, "", &items),
        other => {
            text.push_str(&in_flow(&other).unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

/// Reads a rule; its comments become notes.
pub fn read_rule(file: &PackText) -> Result<Understood<RuleFile>, Unreadable> {
    let mut understood = read::<RuleFile>(file)?;
    add_notes(&mut understood.file.notes, &understood.moved);
    Ok(understood)
}

/// Reads a procedure; its comments become notes.
pub fn read_procedure(file: &PackText) -> Result<Understood<ProcedureFile>, Unreadable> {
    let mut understood = read::<ProcedureFile>(file)?;
    add_notes(&mut understood.file.notes, &understood.moved);
    Ok(understood)
}

/// Reads why and until when a rule is switched off.
pub fn read_disabled(file: &PackText) -> Result<DisabledFile, Unreadable> {
    parse(file)
}

/// A pack with its rules, procedures and what is switched off in the order of their places: their order says nothing, and
/// drafts leave it as they came.
pub fn in_order(files: &PackFiles) -> PackFiles {
    let mut files = files.clone();
    files.rules.sort_by_cached_key(rule_path);
    let place = |file: &ProcedureFile| procedure_path(file.id.as_str());
    files.procedures.sort_by_cached_key(place);
    let rule = |file: &DisabledFile| file.rule.clone();
    files.disabled.sort_by_cached_key(rule);
    let rule = |file: &NotesFile| file.rule.clone();
    files.notes.sort_by_cached_key(rule);
    files
}

/// A whole pack as files, each in its place.
pub fn pack_texts(files: &PackFiles) -> Vec<PackText> {
    let files = &in_order(files);
    let mut texts = Vec::new();
    let mut add = |path: String, text: String| texts.push(PackText { path, text });
    let lists = [
        (
            "products.yaml",
            files.products.is_empty(),
            to_text(&files.products),
        ),
        (
            "collectors.yaml",
            files.collectors.is_empty(),
            to_text(&files.collectors),
        ),
        (
            "cautions.yaml",
            files.cautions.is_empty(),
            to_text(&files.cautions),
        ),
        (
            "unrelated.yaml",
            files.unrelated.is_empty(),
            to_text(&files.unrelated),
        ),
        (
            "disabled.yaml",
            files.disabled.is_empty(),
            to_text(&files.disabled),
        ),
    ];
    for (path, is_empty, text) in lists {
        if !is_empty {
            add(path.to_owned(), text);
        }
    }
    for procedure in &files.procedures {
        add(procedure_path(procedure.id.as_str()), to_text(procedure));
    }
    for rule in &files.rules {
        add(rule_path(rule), to_text(rule));
    }
    for notes in &files.notes {
        add(notes_path(&notes.rule), to_text(notes));
    }
    texts.sort_by(|left, right| left.path.cmp(&right.path));
    texts
}

/// Where a rule's file lies in a pack.
pub fn rule_path(rule: &RuleFile) -> String {
    format!("{}/{}.yaml", rule.product, rule.id)
}

/// Where a procedure's file lies in a pack.
pub fn procedure_path(id: &str) -> String {
    format!("procedures/{id}.yaml")
}

/// Where the local notes on a rule lie in a pack.
pub fn notes_path(rule: &RuleId) -> String {
    format!("notes/{rule}.yaml")
}

pub(super) fn read<T: DeserializeOwned + Serialize>(
    file: &PackText,
) -> Result<Understood<T>, Unreadable> {
    let read = parse::<T>(file)?;
    let moved = comments(&file.text, &Node::of(&read));
    Ok(Understood { file: read, moved })
}

/// Adds comments to notes; one that is there already is not said twice.
fn add_notes(notes: &mut Option<String>, comments: &[Comment]) {
    let mut all = notes.take().unwrap_or_default();
    for comment in comments {
        let line = match comment.field.as_str() {
            "" => comment.text.clone(),
            field => format!("`{field}`: {}", comment.text),
        };
        if all.contains(&line) {
            continue;
        }
        if !all.is_empty() {
            if !all.ends_with('\n') {
                all.push('\n');
            }
            all.push('\n');
        }
        all.push_str(&line);
        all.push('\n');
    }
    *notes = (!all.is_empty()).then_some(all);
}

fn write_entry(text: &mut String, indent: usize, key: &str, value: &Node, at_top: bool) {
    let margin = " ".repeat(indent);
    text.push_str(&margin);
    write_keyed(text, indent, key, value, at_top);
}

/// Writes `key: value` where the margin is written already.
fn write_keyed(text: &mut String, indent: usize, key: &str, value: &Node, at_top: bool) {
    let name = scalar(key, false);
    text.push_str(&name);
    text.push(':');
    let room = WIDTH.saturating_sub(indent + name.len() + 2);
    let own_lines = key == "match" || (at_top && key == "facts");
    let one_line = match value {
        Node::Map(entries) if !entries.is_empty() => {
            on_one_line(key, value, room).filter(|_| !own_lines)
        }
        Node::List(items) if !items.is_empty() => {
            let scalars = items.iter().all(|item| !item.is_nested());
            in_flow(value).filter(|line| scalars && line.chars().count() <= room)
        }
        other => Some(plain(other)),
    };
    match (value, one_line) {
        (Node::Text(long), _) if let Some(block) = literal(long, indent + 2) => {
            text.push(' ');
            text.push_str(&block);
        }
        (_, Some(line)) => {
            text.push(' ');
            text.push_str(&line);
            text.push('\n');
        }
        (Node::Map(entries), None) => {
            text.push('\n');
            for (key, value) in entries {
                write_entry(text, indent + 2, key, value, false);
            }
        }
        (Node::List(items), None) => {
            text.push('\n');
            write_items(text, indent + 2, key, items);
        }
        _ => text.push('\n'),
    }
}

fn write_items(text: &mut String, indent: usize, list: &str, items: &[Node]) {
    let margin = " ".repeat(indent);
    for item in items {
        text.push_str(&margin);
        text.push_str("- ");
        let room = WIDTH.saturating_sub(indent + 2);
        let single = |item: &Node| matches!(item, Node::Map(entries) if entries.len() == 1);
        let one_line = on_one_line(list, item, room).filter(|_| !single(item));
        match item {
            Node::Map(entries) if one_line.is_none() && !entries.is_empty() => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        text.push_str(&margin);
                        text.push_str("  ");
                    }
                    write_keyed(text, indent + 2, key, value, false);
                }
            }
            Node::Text(long) if let Some(block) = literal(long, indent + 2) => {
                text.push_str(&block);
            }
            other => {
                text.push_str(&one_line.unwrap_or_else(|| plain(other)));
                text.push('\n');
            }
        }
    }
}

/// A mapping on one line, where it is short and simple enough.
fn on_one_line(below: &str, value: &Node, room: usize) -> Option<String> {
    let Node::Map(entries) = value else {
        return None;
    };
    let has = |key: &str| entries.iter().any(|(own, _)| own == key);
    if !ON_ONE_LINE.contains(&below) || ON_LINES.iter().any(|key| has(key)) {
        return None;
    }
    in_flow(value).filter(|line| line.chars().count() <= room)
}

/// A scalar, or something without content; what is nested is written by its own lines.
fn plain(node: &Node) -> String {
    in_flow(node).unwrap_or_else(|| match node {
        Node::Text(text) => scalar(text, false),
        _ => String::new(),
    })
}

/// `{ a: b }` or `[a, b]`; `None` where a text of several lines stands in it.
fn in_flow(node: &Node) -> Option<String> {
    Some(match node {
        Node::Plain(word) => word.clone(),
        Node::Text(text) if text.trim_end_matches('\n').contains('\n') => return None,
        Node::Text(text) => scalar(text, false),
        Node::List(items) => {
            let items = items.iter().map(inside_flow).collect::<Option<Vec<_>>>()?;
            format!("[{}]", items.join(", "))
        }
        Node::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Node::Map(entries) => {
            let entry = |(key, value): &(String, Node)| {
                Some(format!("{}: {}", scalar(key, true), inside_flow(value)?))
            };
            let entries = entries.iter().map(entry).collect::<Option<Vec<_>>>()?;
            format!("{{ {} }}", entries.join(", "))
        }
    })
}

fn inside_flow(node: &Node) -> Option<String> {
    match node {
        Node::Text(text) if !text.contains('\n') => Some(scalar(text, true)),
        Node::Text(_) => None,
        other => in_flow(other),
    }
}
