//! What a house adds to a text of a rule, as pages show it: marked as its own words, the rule's text within reach.

use std::fmt::Write;

use crate::rules::{NotePlace, Notes};
use crate::web::markdown::Rendered;

/// Words for whose text it is.
pub(crate) const MARK: &str = "Note of your house";

/// The notes on one text.
#[derive(Debug, Clone, Default)]
pub(crate) struct HouseNotes {
    pub(crate) before: Option<Rendered>,
    pub(crate) instead: Option<Rendered>,
    pub(crate) after: Option<Rendered>,
}

impl HouseNotes {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_none() && self.instead.is_none() && self.after.is_none()
    }

    /// The notes, each made HTML by `render`.
    pub(crate) fn of(notes: Notes<'_>, render: impl Fn(&str) -> Rendered) -> Self {
        Self {
            before: notes.before.map(&render),
            instead: notes.instead.map(&render),
            after: notes.after.map(&render),
        }
    }
}

/// A text with what the house adds to it.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    pub(crate) text: Rendered,
    pub(crate) notes: HouseNotes,
}

/// A text with its notes for a message, each made plain by `plain`: the notes in their places and marked.
pub(crate) fn in_words(own: &str, notes: Notes<'_>, plain: impl Fn(&str) -> String) -> String {
    let mut lines = String::new();
    for (place, note) in notes.each() {
        if place == NotePlace::After && notes.instead.is_none() {
            let _ = writeln!(lines, "{own}");
        }
        let _ = writeln!(lines, "{MARK}: {}", plain(note));
        if place == NotePlace::Instead {
            let _ = writeln!(lines, "(In place of: {own})");
        }
    }
    if notes.instead.is_none() && notes.after.is_none() {
        let _ = writeln!(lines, "{own}");
    }
    lines.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(notes: Notes<'_>) -> String {
        in_words("Restart it.", notes, str::to_owned)
    }

    #[test]
    fn a_message_holds_each_note_at_its_place_and_the_rules_own_words() {
        assert_eq!(said(Notes::default()), "Restart it.");
        let notes = Notes {
            before: Some("Ask first."),
            after: Some("Tell us."),
            instead: None,
        };
        assert_eq!(
            said(notes),
            "Note of your house: Ask first.\nRestart it.\nNote of your house: Tell us."
        );
        let notes = Notes {
            instead: Some("Call us."),
            ..notes
        };
        assert_eq!(
            said(notes),
            "Note of your house: Ask first.\nNote of your house: Call us.\n(In place of: Restart it.)\nNote of your house: Tell us."
        );
    }
}
