//! Drafts laid over the newest release.

use std::collections::BTreeSet;

use crate::actions::drafts::{lay_over, published_text};
use crate::rules::PackFiles;
use crate::rules::inspect::{Candidate, GateRemark};
use crate::rules::pack::PackText;
use crate::store::{Draft, DraftKind};

/// What these drafts make of the files of a release. A draft that was begun on an older release clashes where what it
/// changes was changed since.
pub(super) fn candidate(files: &PackFiles, release: i64, drafts: &[Draft], now: i64) -> Candidate {
    let conflicts = drafts.iter().filter_map(|draft| {
        let began = match draft.base_release {
            0 => "the version".to_owned(),
            number => format!("release {number},"),
        };
        let what = format!(
            "this was changed in the rules after {began} which the draft began from; merge the draft with release {release}, then choose it again"
        );
        clashes(files, release, draft).then(|| stops(draft, what))
    });
    let conflicts = conflicts.collect();
    let (files, unreadable) = lay_over(files, drafts);
    let texts = drafts.iter().filter(|draft| !draft.removed);
    let texts = texts.map(|draft| PackText {
        path: match draft.name.kind {
            DraftKind::Disabled => "disabled.yaml".to_owned(),
            DraftKind::Note => format!("notes/{}.yaml", draft.name.id),
            _ => format!("drafts/{}.yaml", draft.name.id),
        },
        text: draft.text.clone(),
    });
    let changed = drafts.iter().map(|draft| draft.name.id.clone());
    Candidate {
        files,
        texts: texts.collect(),
        changed: changed.collect::<BTreeSet<_>>(),
        unreadable,
        conflicts,
        now,
    }
}

/// Whether what a draft began from was changed since in the release that it is to change.
pub(super) fn clashes(files: &PackFiles, release: i64, draft: &Draft) -> bool {
    let now = || published_text(files, &draft.name).unwrap_or_default();
    draft.base_release != release && now() != draft.base
}

fn stops(draft: &Draft, what: String) -> GateRemark {
    GateRemark {
        stops: true,
        file: draft.name.id.clone(),
        line: 1,
        field: String::new(),
        what,
    }
}
