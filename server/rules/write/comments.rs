//! The comments of a YAML text, and what each stands above.

use std::fmt::Write;

use serde::Serialize;
use serde_saphyr::granit_parser::{Event, Parser};
use utoipa::ToSchema;

use super::node::Node;

/// A comment of a text that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comment {
    /// Its line, from 1.
    pub line: usize,
    /// What it stands above or beside: `guide.steps.retry`; empty at the top and at the end.
    pub field: String,
    /// What it says.
    pub text: String,
}

/// All comments of a text, those on lines that follow each other as one. `read` is what the text says.
pub(super) fn comments(text: &str, read: &Node) -> Vec<Comment> {
    if !text.contains('#') {
        return Vec::new();
    }
    let (said, marks) = seen(text, read);
    let mut comments: Vec<Comment> = Vec::new();
    let mut last = 0;
    for (line, words) in said {
        let beside = marks.iter().rfind(|mark| mark.line == line);
        let goes_on = beside.is_none() && last + 1 == line && last > 0;
        last = if beside.is_none() { line } else { 0 };
        if let Some(before) = comments.last_mut().filter(|_| goes_on) {
            before.text.push('\n');
            before.text.push_str(&words);
            continue;
        }
        let above = marks.iter().position(|mark| mark.line > line);
        // What stands above the first key speaks of the whole.
        let above = above.filter(|at| *at > 0).map(|at| &marks[at]);
        let field = beside.or(above).map(|mark| mark.field.clone());
        comments.push(Comment {
            line,
            field: field.unwrap_or_default(),
            text: words,
        });
    }
    comments.retain(|comment| !comment.text.is_empty());
    comments
}

/// Where a key or an item of a list begins.
struct Mark {
    line: usize,
    field: String,
}

/// Where the parser stands.
enum Level {
    /// In a mapping, at this key; the next node is a key again.
    Map(Option<String>, bool),
    /// In a list, before the item of this index.
    List(usize),
}

fn seen(text: &str, read: &Node) -> (Vec<(usize, String)>, Vec<Mark>) {
    let mut said = Vec::new();
    let mut marks = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(Ok((event, span))) = parser.next_event() {
        let line = span.start.line();
        if let Event::Comment(words, _) = &event {
            said.push((line, words.trim().to_owned()));
        }
        if event.is_node() {
            let begins = match levels.last_mut() {
                Some(Level::Map(key, is_key @ true)) => {
                    *key = event.scalar().map(|(key, _)| key.to_owned());
                    *is_key = false;
                    true
                }
                Some(Level::Map(_, is_key)) => {
                    *is_key = true;
                    false
                }
                Some(Level::List(next)) => {
                    *next += 1;
                    true
                }
                None => false,
            };
            if begins {
                let field = field(&levels, read);
                marks.push(Mark { line, field });
            }
        }
        match event {
            Event::MappingStart(..) => levels.push(Level::Map(None, true)),
            Event::SequenceStart(..) => levels.push(Level::List(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                levels.pop();
            }
            _ => {}
        }
    }
    (said, marks)
}

/// The place as the linter writes it: items with an id by that, others by their index.
fn field(levels: &[Level], read: &Node) -> String {
    let mut path = String::new();
    let mut node = Some(read);
    for level in levels {
        match level {
            Level::Map(key, _) => {
                let key = key.as_deref().unwrap_or_default();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
                node = node.and_then(|node| node.get(key));
            }
            Level::List(next) => {
                let at = next.saturating_sub(1);
                node = node.and_then(|node| node.item(at));
                match node.and_then(|node| node.get("id")) {
                    Some(Node::Text(id)) if !path.is_empty() => {
                        path.push('.');
                        path.push_str(id);
                    }
                    Some(Node::Text(id)) => path.push_str(id),
                    _ => {
                        // Writing to a string cannot fail.
                        let _ = write!(path, "[{at}]");
                    }
                }
            }
        }
    }
    path
}
