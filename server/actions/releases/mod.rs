//! From drafts to a release: proposing, checking, talking about it, publishing, taking back.
//!
//! | file | what |
//! |---|---|
//! | `propose` | what is proposed, and by whom it is looked at |
//! | `candidate` | drafts laid over the newest release, and where they clash with it |
//! | `replay` | every stored case judged by the release and by what is to follow it |
//! | `checks` | the check in the background: it goes on where it was after a restart |
//! | `report` | what a check says, and whether a proposal may be published |
//! | `issue` | publishing, going back, switching a rule off at once |
//! | `history` | releases and what differs between them |

mod candidate;
pub(super) mod checks;
mod history;
mod issue;
mod propose;
pub mod replay;
mod report;

pub use checks::{Checks, keep_checking, wait_for_check};
pub use history::{Comparison, Issued, compare_releases, issued};
pub use issue::{PublishOutcome, disable_at_once, publish_proposal, roll_back};
pub(super) use propose::proposal_words;
pub use propose::{
    NewProposalRequest, ProposalPageView, accept, begin_check, cancel_check, change_drafts,
    overview, proposal_page, propose, say, view_proposal, withdraw,
};
pub use report::{Blocker, GateReport, Moved, Overview, ProposalView, ReplayReport, Standing};
