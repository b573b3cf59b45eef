//! Local notes. What another version of a rule takes from under one is a warning, never an error: it must not stop
//! that version.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Parser, Tag};

use super::{Book, words};
use crate::rules::compile::Release;
use crate::rules::file::{PackFiles, day};
use crate::rules::notes::{MOST_NOTE, NoteFile, NotesFile, placeholders_of, why_nowhere};
use crate::rules::write::notes_path;

/// Checks every note of a pack.
pub(super) fn check(files: &PackFiles, release: &Release, book: &mut Book) {
    let mut rules = BTreeSet::new();
    for file in &files.notes {
        book.of(notes_path(&file.rule));
        if !rules.insert(&file.rule) {
            let what = format!("the notes on `{}` are there twice; join them", file.rule);
            book.error("rule", what);
        }
        let mut keys = BTreeSet::new();
        for (at, note) in file.notes.iter().enumerate() {
            let path = format!("notes[{at}]");
            if !keys.insert(note.key()) {
                let what = "there is another note on this text at this place; join them";
                book.error(format!("{path}.place"), what);
            }
            one(file, note, &path, release, book);
        }
    }
}

fn one(file: &NotesFile, note: &NoteFile, path: &str, release: &Release, book: &mut Book) {
    let field = format!("{path}.text");
    if note.text.trim().is_empty() {
        book.error(&field, "write the note, or remove it");
    }
    let length = note.text.chars().count();
    if length > MOST_NOTE {
        book.error(
            &field,
            format!("the note has {length} characters; at most {MOST_NOTE} fit"),
        );
    }
    if note.on.as_deref().is_some_and(|on| day(on).is_none()) {
        book.error(format!("{path}.on"), "write the day as YYYY-MM-DD");
    }
    if let Some(what) = why_nowhere(file, note, &release.rules, &release.procedures) {
        book.warning(format!("{path}.step"), what);
    }
    for complaint in placeholders_of(file, note, &field, &release.rules) {
        book.warning(complaint.path, complaint.what);
    }
    words::settings(&note.text, &field, book);
    markup(&note.text, &field, book);
}

/// What is not shown as it was meant.
fn markup(text: &str, field: &str, book: &mut Book) {
    let (mut html, mut image) = (false, false);
    for event in Parser::new(text) {
        html |= matches!(event, Event::Html(_) | Event::InlineHtml(_));
        image |= matches!(event, Event::Start(Tag::Image { .. }));
        if let Event::Start(Tag::Link { dest_url, .. }) = event
            && let Some((scheme, _)) = dest_url.split_once(':')
            && !["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str())
            && !scheme.contains(['/', '?', '#'])
        {
            let what = format!(
                "a link to `{scheme}:` is shown without its address; write one that begins with https://"
            );
            book.warning(field, what);
        }
    }
    if html {
        book.warning(field, "HTML is shown as it is written; use Markdown");
    }
    if image {
        book.warning(field, "a picture is shown as its words alone");
    }
}
