//! Signpost: paste an error or upload a machine's report; see which known cause it is, with proof; be walked to the fix.
//!
//! ```text
//! bytes, paste  --evidence::read-->     Evidence { sources, codes, facts, scopes, problems }    pure, never fails
//! Evidence      --rules::classify-->    Findings: ranked rules, each with its proof             pure
//! finding + answers --guide::walk-->    the next step, or the outcome                           pure
//!               --actions::*-->         saved as a Case                                         the store is the only database
//! Case          --web/pages--> HTML     and     --web/api--> JSON                               two faces of one action
//! ```
//!
//! Modules are layers, in reading order; each may name only those before it.

pub mod actions;
pub mod app;
pub mod condition;
pub mod config;
pub mod evidence;
pub mod guide;
pub mod knowledge;
pub mod rules;
pub mod store;
pub mod web;
