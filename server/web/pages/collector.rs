//! The collector script on a page: what to copy, what it reads, and what to compare.

use crate::actions::CollectorRun;
use crate::actions::collect::SCRIPT;
use crate::web::{assets, paths};

/// The script with the sections that a page asks for.
#[derive(Debug, Clone)]
pub(crate) struct ScriptView {
    /// The line to copy.
    pub(crate) command: String,
    /// What the sections read.
    pub(crate) reads: Vec<String>,
    /// Whether one of them needs an elevated prompt.
    pub(crate) elevated: bool,
    /// Where the script is.
    pub(crate) href: String,
    /// Its SHA-256.
    pub(crate) checksum: String,
}

impl From<CollectorRun> for ScriptView {
    fn from(run: CollectorRun) -> Self {
        Self {
            command: run.command,
            reads: run.reads,
            elevated: run.elevated,
            href: paths::asset(SCRIPT),
            checksum: assets::checksum(SCRIPT),
        }
    }
}
