//! One function per deed. A page and its API call run the same one: no SQL and no HTML here, and none in a handler.

pub mod case;
pub mod diagnose;

pub use case::CaseView;
pub use diagnose::{Diagnosis, Request, diagnose};
