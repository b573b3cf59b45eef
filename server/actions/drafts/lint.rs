//! What the linter says about one draft within the live pack, with the lines of its text.

use super::ground::ground;
use super::reading::{TextError, read_draft, with};
use super::save::bounded;
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::rules::check::{Depth, Grade, Remark, check_one};
use crate::rules::pack::{Pack, PackText};
use crate::store::{DraftKind, DraftName};

/// Linting is work for a thread of its own, however short the draft is.
const AS_MUCH_AS: usize = 1024 * 1024;

/// What the linter says about a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lint {
    /// Why the text does not parse; nothing else was looked at then.
    pub errors: Vec<TextError>,
    /// Errors and warnings, by line.
    pub remarks: Vec<Remark>,
    /// What was bounded or left out.
    pub notes: Vec<String>,
}

impl Lint {
    /// Whether it could be published.
    pub fn passed(&self) -> bool {
        let warns = |remark: &Remark| remark.grade == Grade::Warning;
        self.errors.is_empty() && self.remarks.iter().all(warns)
    }
}

/// Lints a text as a draft of that name, laid over the live pack. Nothing is saved.
pub async fn lint(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    text: &str,
    depth: Depth,
) -> Result<Lint, DeedError> {
    caller.need(Right::ReadDrafts)?;
    bounded(text)?;
    let ground = ground(desk).await?;
    let (name, text) = (name.clone(), text.to_owned());
    desk.work(AS_MUCH_AS, move || {
        let reading = read_draft(&name, &text);
        let Some(structure) = reading.structure else {
            return Lint {
                errors: reading.errors,
                ..Lint::default()
            };
        };
        let note = ground.note(&name);
        let files = with(&ground.files, structure);
        let (path, owner) = match name.kind {
            DraftKind::List => (format!("{}.yaml", name.id), format!("{}.yaml", name.id)),
            DraftKind::Disabled => {
                let path = "disabled.yaml".to_owned();
                (path.clone(), path)
            }
            DraftKind::Note => {
                let path = format!("notes/{}.yaml", name.id);
                (path.clone(), path)
            }
            DraftKind::Rule | DraftKind::Procedure => {
                (format!("draft/{}.yaml", name.id), name.id.clone())
            }
        };
        let pack = Pack::of(files, vec![PackText { path, text }]);
        let report = check_one(&pack, &owner, depth);
        Lint {
            errors: Vec::new(),
            remarks: report.remarks,
            notes: report.notes.into_iter().chain(note).collect(),
        }
    })
    .await
}
