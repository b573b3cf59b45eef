//! A new version of the rules: with the program, or in the folder that it was started with. While nobody changed a rule
//! here it is published as it comes. Afterwards it becomes one proposal, by what the rules here began from, what comes and
//! what answers here; nothing that was changed here is overwritten, and nothing is published before somebody does.

use std::collections::{BTreeMap, BTreeSet};

use super::import::named;
use super::three_way::{Fate, Step, three_way};
use crate::actions::publish::{EDITED, IMPORTED, SHIPPED, pack_hash};
use crate::rules::PackFiles;
use crate::store::{
    Actor, Deed, Draft, DraftChange, DraftName, NewPack, NewProposal, ProposalKind, Store,
    StoreError, Upgrade,
};

/// The audit log's word for a pack that has nothing to propose; its subject is the release that stays.
pub const KEPT_OURS: &str = "release.stay";

/// Where a pack comes from. The rules here began from another pack in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// From the program.
    Shipped,
    /// From the folder that it is started with.
    Folder,
}

/// What is to become of a pack that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coming {
    /// It answers already, as the release of this number.
    Here(i64),
    /// The newest release, of this number, stays: its rules never came from there, or somebody decides already.
    Stays(i64),
    /// What is new in it was changed or removed here, or is here already: nothing can be proposed.
    Nothing {
        /// The release that answers.
        release: i64,
        /// What stays as it is here.
        what: String,
    },
    /// It can be published: nobody changed anything here.
    Publish,
    /// It has to be proposed.
    Propose(Box<Proposing>),
}

/// A proposal to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposing {
    /// The release that answers.
    base: i64,
    /// A release that says what the rules here began from; 0 where there is none.
    began: i64,
    steps: Vec<Step>,
}

impl Line {
    fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Folder => "folder",
        }
    }

    /// What comes by it, as a sentence begins.
    fn title(self) -> &'static str {
        match self {
            Self::Shipped => concat!("The knowledge of version ", env!("CARGO_PKG_VERSION")),
            Self::Folder => "The knowledge in the folder",
        }
    }

    /// Where releases come from that were published from it.
    fn origin(self) -> &'static str {
        match self {
            Self::Shipped => SHIPPED,
            Self::Folder => IMPORTED,
        }
    }
}

/// What is to become of a pack that came. What was taken is written down.
pub async fn coming(
    store: &Store,
    line: Line,
    files: &PackFiles,
    now: i64,
) -> Result<Coming, StoreError> {
    let releases = store.releases().await?;
    let Some(newest) = releases.first() else {
        return Ok(Coming::Publish);
    };
    let (number, hash) = (newest.number, pack_hash(files));
    let here = store.release_files(number).await?;
    let mut here = here.ok_or(StoreError::Broken("release"))?;
    // What the house adds in its own words is kept apart, and stays whatever comes.
    if files.notes.is_empty() {
        here.notes.clear();
    }
    // Another version of the program may have written another hash for the same files.
    let own = pack_hash(&here);
    let began = began(store, line).await?;
    let is_taken = began.as_ref().is_some_and(|(_, began)| *began == hash);
    if own == hash {
        if !is_taken {
            taken(store, line, files, now).await?;
        }
        return Ok(Coming::Here(number));
    }
    let untouched = began.as_ref().is_some_and(|(_, began)| *began == own);
    if untouched || (line == Line::Folder && newest.origin != EDITED) {
        return Ok(Coming::Publish);
    }
    let Some((before, began)) = began else {
        return Ok(Coming::Stays(number));
    };
    if began == hash || store.knows_pack(line.name(), &hash).await? {
        return Ok(Coming::Stays(number));
    }
    let steps = three_way(&before, files, &here);
    if steps.iter().all(|step| !changes(step)) {
        let what = nothing(&steps);
        let deed = Deed {
            action: KEPT_OURS,
            subject: &number.to_string(),
            detail: &format!("{} has nothing to propose. {what}", line.title()),
        };
        let pack = new_pack(line, &hash, files);
        store.take_pack(pack, Some(deed), now).await?;
        return Ok(Coming::Nothing {
            release: number,
            what,
        });
    }
    let mut same = None;
    for row in releases.iter().filter(|row| row.number != number) {
        if row.pack_hash == began {
            same = Some(row.number);
            break;
        }
    }
    Ok(Coming::Propose(Box::new(Proposing {
        base: number,
        began: same.unwrap_or_default(),
        steps,
    })))
}

/// Writes down that a pack was taken as it is.
pub async fn taken(
    store: &Store,
    line: Line,
    files: &PackFiles,
    now: i64,
) -> Result<(), StoreError> {
    let hash = pack_hash(files);
    store
        .take_pack(new_pack(line, &hash, files), None, now)
        .await
}

/// The proposal of a pack that came before and that nobody published or withdrew yet.
pub async fn waiting(store: &Store, line: Line) -> Result<Option<i64>, StoreError> {
    store.waiting_upgrade(line.name()).await
}

/// Makes the proposal and answers its number. One that was made for an older pack and is still open gives way to it.
pub async fn propose_pack(
    store: &Store,
    line: Line,
    files: &PackFiles,
    title: &str,
    proposing: &Proposing,
    now: i64,
) -> Result<i64, StoreError> {
    let actor = Actor::server();
    let instead_of = waiting(store, line).await?;
    let old = match instead_of {
        Some(number) => store.chosen(number).await?,
        None => Vec::new(),
    };
    let old = old.into_iter();
    let old = old.map(|draft| (draft.name, draft.revision));
    let old = old.collect::<BTreeMap<_, _>>();
    let is_ours = |draft: &Draft| {
        old.get(&draft.name) == Some(&draft.revision) && draft.changed_by == actor.who
    };
    let (ours, others): (Vec<_>, Vec<_>) = store.drafts().await?.into_iter().partition(is_ours);
    let ours = ours.into_iter().map(|draft| draft.name);
    let ours = ours.collect::<Vec<_>>();
    let others = others.into_iter().map(|draft| draft.name);
    let others = others.collect::<BTreeSet<_>>();
    let is_left_out = |step: &Step| step.fate == Fate::Conflict && others.contains(&step.name);
    let wanted = proposing.steps.iter();
    let wanted = wanted.filter(|step| changes(step) && !is_left_out(step));
    let drafts = wanted.map(|step| DraftChange {
        name: &step.name,
        expected: None,
        base: Some(match step.fate {
            // It is behind from its first moment, and joined by hand with what answers here.
            Fate::Conflict => (proposing.began, step.base.as_str()),
            _ => (proposing.base, step.here.as_str()),
        }),
        text: &step.text,
        removed: step.fate == Fate::Goes,
        example: None,
    });
    let drafts = drafts.collect::<Vec<_>>();
    let left_out = proposing.steps.iter().filter(|step| is_left_out(step));
    let left_out = left_out.map(|step| step.name.clone());
    let note = note(&proposing.steps, &left_out.collect::<Vec<_>>());
    let hash = pack_hash(files);
    let upgrade = Upgrade {
        pack: new_pack(line, &hash, files),
        proposal: NewProposal {
            title,
            note: &note,
            kind: ProposalKind::Upgrade,
            base: proposing.base,
        },
        changes: &drafts,
        instead_of,
        discard: &ours,
    };
    store.propose_upgrade(upgrade, &actor, now).await
}

/// What the rules here began from, and its hash.
async fn began(store: &Store, line: Line) -> Result<Option<(PackFiles, String)>, StoreError> {
    let files = if let Some((_, files)) = store.taken_pack(line.name()).await? {
        Some(files)
    } else {
        // Before packs were written down, the newest release that came so was the last that was taken.
        let releases = store.releases().await?;
        let mut releases = releases.iter();
        match releases.find(|row| row.origin == line.origin()) {
            Some(row) => store.release_files(row.number).await?,
            None => None,
        }
    };
    Ok(files.map(|files| {
        let hash = pack_hash(&files);
        (files, hash)
    }))
}

fn new_pack<'a>(line: Line, hash: &'a str, files: &'a PackFiles) -> NewPack<'a> {
    NewPack {
        line: line.name(),
        hash,
        engine: env!("CARGO_PKG_VERSION"),
        files,
    }
}

/// Whether a draft comes of a step.
fn changes(step: &Step) -> bool {
    !matches!(step.fate, Fate::Kept | Fate::StaysGone)
}

/// What became of what, for who decides.
fn note(steps: &[Step], left_out: &[DraftName]) -> String {
    let mut lines = vec![
        "Rules were changed here since the version that they began from, so that the new version is proposed and not published by itself."
            .to_owned(),
    ];
    lines.extend(fates(steps, left_out));
    if !left_out.is_empty() {
        lines.push(format!(
            "Changed by both in the same place, and left out because somebody has a draft: {}.",
            named(left_out)
        ));
    }
    lines.join("\n\n")
}

/// Why there is nothing to propose.
fn nothing(steps: &[Step]) -> String {
    if steps.is_empty() {
        return "All that is new in it is here already.".to_owned();
    }
    fates(steps, &[]).join(" ")
}

/// What became of things, a sentence for each fate that some of them have.
fn fates(steps: &[Step], left_out: &[DraftName]) -> Vec<String> {
    let mut lines = Vec::new();
    for (fate, words) in [
        (
            Fate::Conflict,
            "Changed here and in the new version in the same place; open the draft of each and decide",
        ),
        (
            Fate::Merged,
            "Changed here and in the new version in different places; both changes are in the draft",
        ),
        (Fate::Follows, "Not changed here, and taken over"),
        (Fate::New, "New"),
        (
            Fate::Goes,
            "Not changed here, and gone from the new version, so that they go",
        ),
        (
            Fate::Kept,
            "Changed here, and gone from the new version; they stay as they are here",
        ),
        (
            Fate::StaysGone,
            "Removed here, and changed in the new version; they stay removed",
        ),
    ] {
        let names = steps.iter().filter(|step| step.fate == fate);
        let names = names.map(|step| step.name.clone());
        let names = names.filter(|name| !left_out.contains(name));
        let names = names.collect::<Vec<_>>();
        if !names.is_empty() {
            lines.push(format!("{words}: {}.", named(&names)));
        }
    }
    lines
}

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod tests;
