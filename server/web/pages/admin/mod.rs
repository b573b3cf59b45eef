//! The desk: releases and proposals for editors and publishers; accounts, tokens and the audit log for those who keep
//! this server.

use axum::Router;
use axum::extract::Extension;
use axum::response::Redirect;
use axum::routing::{get, post};

use crate::actions::{Caller, Right};
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::state::AppState;

mod audit;
mod differences;
mod gate;
mod inbox;
mod new_rule;
mod packs;
mod proposal;
mod proposal_forms;
mod releases;
mod rules;
mod settings;
mod tokens;
mod users;

/// What it looks like in the tests.
#[cfg(test)]
pub(super) use {
    audit::Asked as AuditAsked, audit::AuditPage, inbox::InboxPage, packs::ImportPage,
    proposal::ProposalPage, releases::ComparePage, releases::ReleasePage, releases::ReleasesPage,
    settings::SettingsPage, tokens::TokensPage, users::UsersPage,
};

#[cfg(test)]
pub(super) use rules::{
    Asked, EditPage, Face, ListAsked, ListedRules, MergePage, NewPage, NotesPage, NotesSection,
    RulesListPage,
};

/// A link to a part of the desk, and who may follow it.
pub(crate) const PARTS: [(&str, &str, Right); 7] = [
    ("Rules", paths::ADMIN_RULES, Right::ReadDrafts),
    ("Inbox", paths::ADMIN_INBOX, Right::ReadDrafts),
    ("Releases", paths::ADMIN_RELEASES, Right::ReadDrafts),
    ("Accounts", paths::ADMIN_USERS, Right::Admin),
    ("Tokens", paths::ADMIN_TOKENS, Right::Admin),
    ("Settings", paths::ADMIN_SETTINGS, Right::Admin),
    ("Audit", paths::ADMIN_AUDIT, Right::Admin),
];

/// The routes of the desk.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::ADMIN, get(first))
        .route(paths::ADMIN_INBOX, get(inbox::show))
        .route(paths::ADMIN_INBOX_FORM, post(inbox::change))
        .route(
            paths::ADMIN_RELEASES,
            get(releases::list).post(proposal_forms::propose),
        )
        .route(paths::ADMIN_COMPARE, get(releases::compare))
        .route(paths::ADMIN_SWITCH_OFF, post(proposal_forms::switch_off))
        .route(paths::ADMIN_RELEASE, get(releases::show))
        .route(paths::ADMIN_IMPORT, get(packs::show).post(packs::bring))
        .route(paths::ADMIN_EXPORT, get(packs::export))
        .route(paths::ADMIN_BACK, post(proposal_forms::back))
        .route(
            paths::ADMIN_PROPOSAL,
            get(proposal::show).post(proposal_forms::change),
        )
        .merge(rules::router())
        .route(paths::ADMIN_USERS, get(users::show).post(users::add))
        .route(paths::ADMIN_USER, post(users::change))
        .route(paths::ADMIN_TOKENS, get(tokens::show).post(tokens::create))
        .route(paths::ADMIN_TOKEN_REVOKE, post(tokens::revoke))
        .route(
            paths::ADMIN_SETTINGS,
            get(settings::show).post(settings::change),
        )
        .route(paths::ADMIN_AUDIT, get(audit::show))
        .route(paths::ADMIN_AUDIT_EXPORT, get(audit::export))
}

/// `GET /admin`: leads to the first part that one may see.
async fn first(Extension(caller): Extension<Caller>) -> Result<Redirect, Problem> {
    let part = PARTS.iter().find(|(_, _, right)| caller.may(*right));
    part.map(|(_, href, _)| Redirect::to(href))
        .ok_or_else(|| Problem::not_allowed(Right::ReadDrafts))
}
