//! Files that come in: what they would change, and a proposal of it, which goes through the gate.

use std::collections::BTreeMap;

use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::actions::drafts::{MOST_TEXT, all_texts, published_text};
use crate::actions::releases::proposal_words;
use crate::condition::shape::Complaint;
use crate::rules::PackFiles;
use crate::rules::check::{Grade, Remark, check};
use crate::rules::diff::{PackDiff, diff};
use crate::rules::pack::{CommentOf, Pack, PackText, Unreadable};
use crate::rules::parts::join;
use crate::store::{Brought, DraftChange, DraftName, MOST_DRAFTS, NewProposal, ProposalKind};

/// So many things are named in a sentence.
const NAMED: usize = 20;

/// What files would change of a release.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    /// The release.
    pub base: i64,
    /// What would become of it.
    pub files: PackFiles,
    /// Each thing that changes.
    pub changes: Vec<Change>,
    /// The same, field by field.
    pub diff: PackDiff,
    /// How many things of the release the files do not have; they stay.
    pub kept: usize,
    /// The comments of the files.
    pub comments: Vec<CommentOf>,
    /// What stops it from being published, and what the changed things should mind.
    pub remarks: Vec<Remark>,
    /// What was bounded or left out.
    pub notes: Vec<String>,
    /// Things among them that have another draft.
    pub in_the_way: Vec<DraftName>,
}

/// A thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: DraftName,
    /// Its text; the old one of what goes.
    pub text: String,
    /// Whether it goes.
    pub removed: bool,
}

/// Files to be brought in.
#[derive(Debug, Clone, Default)]
pub struct Bringing {
    /// The files.
    pub texts: Vec<PackText>,
    /// Whether what they do not have goes.
    pub remove_missing: bool,
}

/// A proposal to be made of them.
#[derive(Debug, Clone, Default)]
pub struct BringRequest {
    /// What it is about, in a line.
    pub title: String,
    /// Why.
    pub note: String,
    /// The release that what they change was looked at with; any without.
    pub base: Option<i64>,
}

impl Incoming {
    /// Whether nothing stops it from being published.
    pub fn passed(&self) -> bool {
        let stops = |remark: &Remark| remark.grade == Grade::Error;
        !self.remarks.iter().any(stops)
    }
}

/// Whether files are a whole pack: only those have the list of products.
pub fn is_whole(texts: &[PackText]) -> bool {
    texts.iter().any(|file| file.path == "products.yaml")
}

/// What files would change of a pack. Every file has to be one that can be read.
pub fn compare(before: &PackFiles, bringing: Bringing) -> Result<Incoming, Vec<Unreadable>> {
    let (pack, mut wrong) = Pack::read(bringing.texts);
    let long = pack.texts().iter();
    wrong.extend(
        long.filter(|file| file.text.len() > MOST_TEXT)
            .map(|file| Unreadable {
                file: file.path.clone(),
                line: 1,
                column: 1,
                what: format!(
                    "it is longer than {} KiB; shorten the examples",
                    MOST_TEXT / 1024
                ),
            }),
    );
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let texts = pack.texts().to_vec();
    let (mut theirs, comments) = (pack.files, pack.comments);
    // What a house adds in its own words is no business of a pack that brings no such words.
    if bringing.remove_missing && theirs.notes.is_empty() {
        theirs.notes.clone_from(&before.notes);
    }
    let (old, brought) = (all_texts(before), all_texts(&theirs));
    let files = if bringing.remove_missing {
        theirs
    } else {
        join(before, theirs)
    };
    let new = all_texts(&files);
    let missing = old.keys().filter(|name| !brought.contains_key(name));
    let kept = missing.filter(|name| new.contains_key(name)).count();
    let changes = changes(&old, &new);
    let report = check(&Pack::of(files.clone(), texts), &[]);
    let is_of_a_change = |remark: &Remark| {
        let name = remark.file.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".yaml").unwrap_or(name);
        changes.iter().any(|change| change.name.id == name)
    };
    let remarks = report.remarks.into_iter();
    let remarks = remarks.filter(|remark| remark.grade == Grade::Error || is_of_a_change(remark));
    Ok(Incoming {
        base: 0,
        diff: diff(before, &files),
        remarks: remarks.collect(),
        notes: report.notes,
        in_the_way: Vec::new(),
        files,
        changes,
        kept,
        comments,
    })
}

fn changes(old: &BTreeMap<DraftName, String>, new: &BTreeMap<DraftName, String>) -> Vec<Change> {
    let put = new
        .iter()
        .filter(|(name, text)| old.get(name) != Some(text));
    let put = put.map(|(name, text)| Change {
        name: name.clone(),
        text: text.clone(),
        removed: false,
    });
    let gone = old.iter().filter(|(name, _)| !new.contains_key(name));
    let gone = gone.map(|(name, text)| Change {
        name: name.clone(),
        text: text.clone(),
        removed: true,
    });
    put.chain(gone).collect()
}

/// What files would change of the newest release. Nothing is kept.
pub async fn look_at(
    desk: &Desk,
    caller: &Caller,
    bringing: Bringing,
) -> Result<Incoming, DeedError> {
    caller.need(Right::Edit)?;
    let (base, before) = newest(desk).await?;
    let looked = desk.work(usize::MAX, move || compare(&before, bringing));
    let mut incoming = looked.await?.map_err(|wrong| refused(&wrong))?;
    incoming.base = base;
    for change in &incoming.changes {
        let draft = desk.store.draft(&change.name).await?;
        let differs = |draft: &crate::store::Draft| {
            draft.text != change.text || draft.removed != change.removed
        };
        if draft.is_some_and(|draft| differs(&draft)) {
            incoming.in_the_way.push(change.name.clone());
        }
    }
    Ok(incoming)
}

/// Makes drafts of what files change, and a proposal of these; answers its number.
pub async fn propose_files(
    desk: &Desk,
    caller: &Caller,
    incoming: &Incoming,
    request: &BringRequest,
) -> Result<i64, DeedError> {
    caller.need(Right::Edit)?;
    let (title, note) = proposal_words(&request.title, &request.note)?;
    let (base, before) = newest(desk).await?;
    if request.base.is_some_and(|seen| seen != base) || incoming.base != base {
        let what = format!("Release {base} was published meanwhile; look again at what changes.");
        return Err(DeedError::refused("/base", what));
    }
    if base == 0 {
        let what = "Nothing was ever published here: publish a whole pack first, by starting the server or by an import in a shell.";
        return Err(DeedError::refused("/base", what));
    }
    if incoming.changes.is_empty() {
        let what = "Nothing would change: the newest release says all of this already.";
        return Err(DeedError::refused("", what));
    }
    let bases = incoming.changes.iter().map(|change| {
        let text = published_text(&before, &change.name);
        text.unwrap_or_default()
    });
    let bases = bases.collect::<Vec<_>>();
    let changes = incoming.changes.iter().zip(&bases);
    let changes = changes.map(|(change, text)| DraftChange {
        name: &change.name,
        expected: None,
        base: Some((base, text)),
        text: &change.text,
        removed: change.removed,
        example: None,
    });
    let changes = changes.collect::<Vec<_>>();
    let new = NewProposal {
        title: &title,
        note: &note,
        kind: ProposalKind::Import,
        base,
    };
    let brought = desk.store.bring(new, &changes, &caller.actor, desk.now());
    match brought.await? {
        Brought::Proposed(number) => Ok(number),
        Brought::InTheWay(names) => {
            let what = format!(
                "There is a draft already of {}. Publish or discard it first, or leave its file out.",
                named(&names)
            );
            Err(DeedError::refused("/drafts", what))
        }
        Brought::Full => {
            let what = format!(
                "There would be more than {MOST_DRAFTS} drafts. Publish or discard some, or bring less at once."
            );
            Err(DeedError::refused("/drafts", what))
        }
    }
}

/// `a, b and 3 more`.
pub(super) fn named(names: &[DraftName]) -> String {
    let first = names.iter().take(NAMED).map(ToString::to_string);
    let first = first.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The newest release and its files; nothing where nothing was ever published.
async fn newest(desk: &Desk) -> Result<(i64, std::sync::Arc<PackFiles>), DeedError> {
    let number = desk.store.newest_release().await?;
    let files = desk.files(number).await?;
    Ok((number, files.unwrap_or_default()))
}

fn refused(wrong: &[Unreadable]) -> DeedError {
    let wrong = wrong.iter().map(|wrong| {
        let what = format!("{}:{}: {}", wrong.file, wrong.line, wrong.what);
        Complaint::new("", what)
    });
    DeedError::Refused(wrong.collect())
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
