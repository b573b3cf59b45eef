//! Where editors write: the list of rules, and one of them as a form or as text.
//!
//! | file | what |
//! |---|---|
//! | `list`, `filter` | all rules, with filters; several at once |
//! | `sheet`, `written`, `fields` | a rule as its form holds it, and back, without loss |
//! | `change` | what the buttons of a form do to it |
//! | `form` | the fields and buttons of the form |
//! | `edit`, `typed` | the editor: showing and saving one of its two faces |
//! | `answered` | what it answers when something was saved, or could not be |
//! | `walks` | the walks that a rule lacked, written and told |
//! | `bench` | what the linter says, and how the draft fares on a text or a case |
//! | `merge` | two texts of one thing become one |
//! | `notes` | what the house adds to a rule in its own words |
//! | `new` | a rule from scratch, as a copy, or from a case |

use axum::Router;
use axum::routing::{get, post};

use crate::store::{DraftKind, DraftName};
use crate::web::paths;
use crate::web::state::AppState;

mod answered;
mod bench;
mod catalogue;
mod change;
mod edit;
mod fields;
mod filter;
mod form;
mod list;
mod merge;
mod new;
mod notes;
mod sheet;
mod typed;
mod walks;
mod written;

#[cfg(test)]
pub(crate) use {
    edit::EditPage,
    filter::Asked as ListAsked,
    list::{Rules as ListedRules, RulesListPage},
    merge::MergePage,
    new::{Asked, NewPage},
    notes::{NotesPage, NotesSection},
    typed::Face,
};

/// The routes of editing.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::ADMIN_RULES, get(list::show).post(list::change))
        .route(paths::ADMIN_RULE_NEW, get(new::show).post(new::create))
        .route(paths::ADMIN_RULE, get(edit::show).post(edit::change))
        .route(paths::ADMIN_RULE_TRY, post(bench::try_it))
        .route(
            paths::ADMIN_RULE_MERGE,
            get(merge::show).post(merge::change),
        )
        .route(
            paths::ADMIN_RULE_NOTES,
            get(notes::show).post(notes::change),
        )
}

/// The name of a thing in an address: a rule by its id, anything else with its kind before it.
fn named(id: &str) -> DraftName {
    let other = id.split_once(':').and_then(|(kind, id)| {
        let kind = DraftKind::parse(kind)?;
        Some(DraftName::new(kind, id))
    });
    other.unwrap_or_else(|| DraftName::new(DraftKind::Rule, id))
}

/// The address of a thing's editor.
pub(super) fn href(name: &DraftName) -> String {
    paths::admin_rule(paths::ADMIN_RULE, &address(name))
}

/// Where a draft is joined with what was changed since it began.
pub(super) fn merge_href(name: &DraftName) -> String {
    paths::admin_rule(paths::ADMIN_RULE_MERGE, &address(name))
}

/// A name as it stands in an address.
fn address(name: &DraftName) -> String {
    match name.kind {
        DraftKind::Rule => name.id.clone(),
        kind => format!("{}:{}", kind.name(), name.id),
    }
}
