//! What we know: rules, how they are matched, ranked, checked and kept as files.

mod changed;
pub mod check;
pub mod classify;
pub mod compile;
pub mod diff;
mod errors;
pub mod evaluate;
mod events;
pub mod explain;
pub mod file;
mod hits;
pub mod inspect;
mod judge;
mod lacking;
mod matcher;
mod mentions;
mod near;
mod needs;
pub mod notes;
pub mod pack;
pub mod parts;
mod phrase;
mod rank;
mod regexes;
pub mod search;
mod settings;
mod squeeze;
#[cfg(test)]
mod tests;
mod unrelated;
pub mod walks;
pub mod write;
pub mod zipped;

pub use changed::Changed;
pub use classify::{
    AheadBy, Confidence, Finding, Findings, Need, Role, Said, SaidFinding, Suggestion, Verdict,
    classify, classify_until, compare, warm_up,
};
pub use compile::{Release, Rule};
pub use file::{
    CautionFile, CollectorFile, DisabledFile, ExampleFile, Expect, PackFiles, ProductFile,
    ReferenceFile, RuleFile, Severity, WalkFile, day,
};
pub use lacking::lacking;
pub use notes::{NoteFile, NotePlace, Notes, NotesFile};
pub use settings::{SettingPlace, settings_used};
pub use unrelated::UnrelatedFile;
