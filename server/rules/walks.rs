//! The walks of a rule: its own tests of its guide. How one goes, what all of them together have to pass, and those that
//! are still missing, written from the guide.
//!
//! | file | what |
//! |---|---|
//! | `run` | a walk as written, walked |
//! | `cover` | what the walks of a rule have to pass, and what they pass |
//! | `suppose` | facts that make a condition hold, or not |
//! | `seek` | the shortest ways to every step, by answers |
//! | `write` | the walks that are missing |

mod cover;
mod run;
mod seek;
mod suppose;
#[cfg(test)]
mod tests;
mod write;

pub(super) use cover::by_facts;
pub use cover::{Passed, Wanted};
pub use run::{path, run};
pub use write::{Course, MOST_WALKS, Missing, NotWritten, Reason, elsewhere, missing};
