//! One function per deed. A page and its API call run the same one: no SQL and no HTML here, and none in a handler.

pub mod answer;
pub mod caller;
pub mod case;
pub mod catalogue;
pub mod collect;
pub mod coverage;
pub mod desk;
pub mod diagnose;
pub mod edit;
pub mod evidence;
mod excerpt;
mod gate;
mod kept;
mod known;
pub mod open;
pub mod outcome;
mod patience;
pub mod publish;
mod round;
mod steps;
pub mod view;
mod visits;

pub use answer::{AnswerGiven, StepTaken, answer, take_back};
pub use caller::{Caller, Right, Role, Scope};
pub use case::CaseView;
pub use collect::CollectorRun;
pub use coverage::{Coverage, Covered, OpenQuestion, coverage};
pub use desk::{DeedError, Desk, DeskSettings, Stage, Surroundings};
pub use diagnose::{Diagnosis, Meant, Request, diagnose};
pub use edit::{accept_release, choose_rule, delete_case, edit_case};
pub use evidence::add_evidence;
pub use open::{About, open_case, start_guide};
pub use outcome::{OutcomeRequest, record_outcome};
pub use patience::Patience;
pub use publish::{Published, publish_imported, publish_shipped};
pub use view::{list_cases, view_case};
