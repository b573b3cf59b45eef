//! What a draft stands on: the live pack, with the drafts beside it that give names to others. A rule of a product that is
//! itself a draft can so be written and tried before either is published.

use crate::actions::desk::{DeedError, Desk};
use crate::rules::PackFiles;
use crate::store::{Draft, DraftKind, DraftName};

use super::reading::lay_over;
use super::view::OfferedProcedure;

/// A pack to lay a draft over.
pub(super) struct Ground {
    pub(super) files: PackFiles,
    /// What of it is a draft.
    drafted: Vec<DraftName>,
}

impl Ground {
    /// The procedures that a guide can call.
    pub(super) fn procedures(&self) -> Vec<OfferedProcedure> {
        let offered = self.files.procedures.iter().map(|file| OfferedProcedure {
            id: file.id.clone(),
            title: file.title.clone(),
            results: file.results.clone(),
            drafted: self
                .drafted
                .contains(&DraftName::new(DraftKind::Procedure, file.id.as_str())),
        });
        offered.collect()
    }

    /// That it is not all published, for whoever is told that a draft passed.
    pub(super) fn note(&self, own: &DraftName) -> Option<String> {
        let others = self.drafted.iter().filter(|name| *name != own);
        let others = others.map(|name| format!("`{name}`")).collect::<Vec<_>>();
        (!others.is_empty()).then(|| {
            format!(
                "Checked together with what is a draft as well: {}. Propose them together where this needs one.",
                others.join(", ")
            )
        })
    }
}

/// The live pack with the drafts of its lists and of procedures that it does not have yet.
pub(super) async fn ground(desk: &Desk) -> Result<Ground, DeedError> {
    let live = desk.live_files().await?;
    let is_new = |draft: &Draft| live.procedures.iter().all(|own| own.id != *draft.name.id);
    let drafts = desk.store.drafts().await?.into_iter();
    let drafts = drafts.filter(|draft| {
        let gives_names = match draft.name.kind {
            DraftKind::List => true,
            DraftKind::Procedure => is_new(draft),
            DraftKind::Rule | DraftKind::Disabled | DraftKind::Note => false,
        };
        gives_names && !draft.removed
    });
    let drafts = drafts.collect::<Vec<_>>();
    let (files, unreadable) = lay_over(&live, &drafts);
    let reads = |name: &DraftName| {
        unreadable
            .iter()
            .all(|wrong| wrong.file != name.to_string())
    };
    let names = drafts.into_iter().map(|draft| draft.name);
    Ok(Ground {
        files,
        drafted: names.filter(reads).collect(),
    })
}
