//! Saving drafts: nothing is overwritten that the writer has not seen, and nothing typed is lost.

use super::merge::{Merge, merge};
use super::reading::{Structure, check_name, published_text, read_draft};
use super::view::{DraftView, view};
use super::{AddExample, MOST_TEXT};
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::condition::shape::Complaint;
use crate::condition::{ProductId, RuleId};
use crate::guide::shape::{GuideFile, StepFile};
use crate::guide::{Automation, OutcomeKind, Retryable, WhoCanFix};
use crate::rules::write::to_text;
use crate::rules::{DisabledFile, RuleFile, Severity};
use crate::store::{Draft, DraftChange, DraftKind, DraftName, DraftSaved, MOST_DRAFTS};

/// What a change was based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Based {
    /// On nothing: there is no such thing yet, published or drafted.
    New,
    /// On what this release says; there is no draft yet.
    Release(i64),
    /// On this revision of the draft.
    Revision(i64),
}

/// What is saved.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A text, as it was typed: also one that does not parse.
    Text(String),
    /// A text that is put into the style of the pack where it parses; its comments become notes.
    Tidy(String),
    /// A structure.
    Structure(Structure),
}

/// What became of a change.
#[derive(Debug, Clone)]
pub enum SaveOutcome {
    /// It is saved.
    Saved(Box<DraftView>),
    /// Somebody else was faster; nothing was changed.
    Collided(Box<Collision>),
}

/// Somebody else was faster.
#[derive(Debug, Clone)]
pub struct Collision {
    /// The draft as it is now; `None` where there is none (any more).
    pub present: Option<Draft>,
    /// What was sent and what is there, merged over what both began from.
    pub merge: Merge,
}

/// A rule to be begun.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// Its id.
    pub id: RuleId,
    /// Its title.
    pub title: String,
    /// Its product; with a copy only where it differs.
    pub product: Option<ProductId>,
    /// The published rule or draft that it is a copy of.
    pub copy_of: Option<RuleId>,
}

/// Saves a draft.
pub async fn save(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    based: Based,
    content: Content,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    let text = match content {
        Content::Text(text) => text,
        Content::Tidy(text) => {
            bounded(&text)?;
            read_draft(name, &text).tidy().unwrap_or(text)
        }
        Content::Structure(structure) => structure.text(),
    };
    put(desk, caller, name, based, &text, false, None).await
}

/// Drafts that a thing goes. Its text is kept, so that the draft can be saved again.
pub async fn remove(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    based: Based,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    let text = present(desk, name, based).await?;
    put(desk, caller, name, based, &text, true, None).await
}

/// The text that a change is based on.
pub(super) async fn present(
    desk: &Desk,
    name: &DraftName,
    based: Based,
) -> Result<String, DeedError> {
    let text = match based {
        Based::Revision(_) => desk.store.draft(name).await?.map(|draft| draft.text),
        Based::Release(release) => text_in(desk, release, name).await?,
        Based::New => None,
    };
    text.ok_or_else(|| nothing(name))
}

/// Throws a draft away; what is published stays as it is. `None` when that was done.
pub async fn discard(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    revision: i64,
) -> Result<Option<Collision>, DeedError> {
    caller.need(Right::Edit)?;
    let now = desk.now();
    let gone = desk.store.discard_draft(&caller.actor, name, revision, now);
    match gone.await? {
        DraftSaved::Collided(Some(present)) => {
            let merge = merge(&present.text, &present.text, &present.text);
            Ok(Some(Collision {
                present: Some(present),
                merge,
            }))
        }
        DraftSaved::Collided(None) => Err(nothing(name)),
        _ => Ok(None),
    }
}

/// Begins a draft of a new rule, from scratch or as a copy.
pub async fn begin(desk: &Desk, caller: &Caller, new: NewRule) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    let rule = match &new.copy_of {
        Some(of) => copy(desk, &new, of).await?,
        None => scratch(desk, &new)?,
    };
    let name = DraftName::new(DraftKind::Rule, new.id.as_str());
    let text = to_text(&rule);
    put(desk, caller, &name, Based::New, &text, false, None).await
}

/// Saves what was merged with the live release, which the draft begins from then on.
pub async fn rebase(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    revision: i64,
    text: &str,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    bounded(text)?;
    let live = desk.live().number;
    let published = text_in(desk, live, name).await?.unwrap_or_default();
    let change = DraftChange {
        name,
        expected: Some(revision),
        base: Some((live, &published)),
        text,
        removed: false,
        example: None,
    };
    commit(desk, caller, change).await
}

/// Drafts that rules are switched off, with a reason, until a day.
pub async fn disable(
    desk: &Desk,
    caller: &Caller,
    rules: &[RuleId],
    reason: &str,
    until: &str,
) -> Result<(), DeedError> {
    caller.need(Right::Edit)?;
    let live = desk.live();
    let unknown = rules.iter().filter(|id| !live.rules.contains_key(*id));
    let mut wrong = unknown
        .map(|id| Complaint::new("/rules", format!("there is no rule `{id}`")))
        .collect::<Vec<_>>();
    if reason.trim().is_empty() {
        wrong.push(Complaint::new("/reason", "say why"));
    }
    if crate::rules::day(until).is_none_or(|end| end <= desk.now()) {
        let what = "write a day to come as YYYY-MM-DD";
        wrong.push(Complaint::new("/until", what));
    }
    if !wrong.is_empty() {
        return Err(DeedError::Refused(wrong));
    }
    for rule in rules {
        let name = DraftName::new(DraftKind::Disabled, rule.as_str());
        let text = to_text(&DisabledFile {
            rule: rule.clone(),
            reason: reason.trim().to_owned(),
            until: until.to_owned(),
            by: caller.name().map(str::to_owned),
        });
        overwrite(desk, caller, &name, &text, false).await?;
    }
    Ok(())
}

/// Drafts that rules which are switched off work again.
pub async fn enable(desk: &Desk, caller: &Caller, rules: &[RuleId]) -> Result<(), DeedError> {
    caller.need(Right::Edit)?;
    for rule in rules {
        let name = DraftName::new(DraftKind::Disabled, rule.as_str());
        let live = desk.live().number;
        match text_in(desk, live, &name).await? {
            Some(text) => overwrite(desk, caller, &name, &text, true).await?,
            // Only drafted so far: nothing is left to say.
            None => {
                if let Some(draft) = desk.store.draft(&name).await? {
                    discard(desk, caller, &name, draft.revision).await?;
                }
            }
        }
    }
    Ok(())
}

/// Saves a draft that is set as a whole, whatever it said before.
async fn overwrite(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    text: &str,
    removed: bool,
) -> Result<(), DeedError> {
    let present = desk.store.draft(name).await?;
    let based = match present {
        Some(draft) => Based::Revision(draft.revision),
        None => Based::Release(desk.live().number),
    };
    match put(desk, caller, name, based, text, removed, None).await? {
        SaveOutcome::Saved(_) => Ok(()),
        SaveOutcome::Collided(_) => Err(DeedError::Busy),
    }
}

/// Saves a text, with the example in it that came from a case.
pub(super) async fn put(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    based: Based,
    text: &str,
    removed: bool,
    example: Option<(&AddExample, &str)>,
) -> Result<SaveOutcome, DeedError> {
    check_name(name).map_err(|wrong| DeedError::Refused(vec![wrong]))?;
    bounded(text)?;
    let live = desk.live().number;
    let example = example.and_then(|(from, text)| Some((from.case.as_ref()?.as_str(), text)));
    let base = match based {
        Based::Revision(_) => None,
        Based::Release(release) => Some((release, text_in(desk, release, name).await?)),
        Based::New => {
            if let Some(published) = text_in(desk, live, name).await? {
                let present = desk.store.draft(name).await?;
                let merge = merge("", &published, text);
                return Ok(SaveOutcome::Collided(Box::new(Collision {
                    present,
                    merge,
                })));
            }
            Some((live, None))
        }
    };
    let base = base.map(|(release, text)| (release, text.unwrap_or_default()));
    let change = DraftChange {
        name,
        expected: match based {
            Based::Revision(revision) => Some(revision),
            Based::New | Based::Release(_) => None,
        },
        base: base
            .as_ref()
            .map(|(release, text)| (*release, text.as_str())),
        text,
        removed,
        example,
    };
    commit(desk, caller, change).await
}

async fn commit(
    desk: &Desk,
    caller: &Caller,
    change: DraftChange<'_>,
) -> Result<SaveOutcome, DeedError> {
    let name = change.name;
    let saved = desk
        .store
        .save_draft(&caller.actor, change.clone(), desk.now())
        .await?;
    match saved {
        DraftSaved::Saved(_) | DraftSaved::Same(_) => {
            let view = view(desk, caller, name).await?;
            Ok(SaveOutcome::Saved(Box::new(view)))
        }
        DraftSaved::Full => Err(DeedError::refused(
            "",
            format!(
                "There are {MOST_DRAFTS} drafts, which is all this server keeps. Publish or discard some."
            ),
        )),
        DraftSaved::Collided(present) => {
            let merge = collided(desk, &change, present.as_ref()).await?;
            Ok(SaveOutcome::Collided(Box::new(Collision {
                present,
                merge,
            })))
        }
    }
}

/// What was sent and what is there, over what both began from. Texts that parse are compared in the style of the pack:
/// how somebody wrote a thing is no change.
async fn collided(
    desk: &Desk,
    change: &DraftChange<'_>,
    present: Option<&Draft>,
) -> Result<Merge, DeedError> {
    let name = change.name;
    let kept = match change.expected {
        Some(revision) => desk.store.draft_text(name, revision).await?,
        None => None,
    };
    let base = kept
        .or_else(|| change.base.map(|(_, text)| text.to_owned()))
        .or_else(|| present.map(|draft| draft.base.clone()));
    let base = base.unwrap_or_default();
    let theirs = if let Some(draft) = present {
        draft.text.clone()
    } else {
        let published = text_in(desk, desk.live().number, name).await?;
        published.unwrap_or_default()
    };
    let mine = change.text.to_owned();
    let name = name.clone();
    let size = base.len() + theirs.len() + mine.len();
    desk.work(size, move || merged(&name, &base, &theirs, &mine))
        .await
}

/// Merges three texts of a draft, in the style of the pack where all parse.
pub(super) fn merged(name: &DraftName, base: &str, theirs: &str, mine: &str) -> Merge {
    let tidy = |text: &str| {
        if text.is_empty() {
            return Some(String::new());
        }
        read_draft(name, text).tidy()
    };
    match (tidy(base), tidy(theirs), tidy(mine)) {
        (Some(base), Some(theirs), Some(mine)) => merge(&base, &theirs, &mine),
        _ => merge(base, theirs, mine),
    }
}

/// The text of a thing in a release; `None` where it has none.
pub(super) async fn text_in(
    desk: &Desk,
    release: i64,
    name: &DraftName,
) -> Result<Option<String>, DeedError> {
    let files = desk.files(release).await?;
    let files =
        files.ok_or_else(|| DeedError::NotFound(format!("There is no release {release}.")))?;
    Ok(published_text(&files, name))
}

pub(super) fn nothing(name: &DraftName) -> DeedError {
    DeedError::NotFound(format!("There is no draft of `{name}`."))
}

pub(super) fn bounded(text: &str) -> Result<(), DeedError> {
    if text.len() <= MOST_TEXT {
        return Ok(());
    }
    let what = format!(
        "the text is longer than {} KiB; shorten the examples",
        MOST_TEXT / 1024
    );
    Err(DeedError::refused("/text", what))
}

async fn copy(desk: &Desk, new: &NewRule, of: &RuleId) -> Result<RuleFile, DeedError> {
    let name = DraftName::new(DraftKind::Rule, of.as_str());
    let draft = desk.store.draft(&name).await?;
    let drafted = draft.and_then(|draft| read_draft(&name, &draft.text).rule().cloned());
    let live = desk.live();
    let rule = drafted.or_else(|| live.rule(of.as_str()).map(|rule| rule.file.clone()));
    let Some(rule) = rule else {
        let what = format!("there is no rule `{of}` that can be copied");
        return Err(DeedError::refused("/copy_of", what));
    };
    Ok(RuleFile {
        id: new.id.clone(),
        title: new.title.clone(),
        product: new.product.clone().unwrap_or(rule.product),
        aliases: Vec::new(),
        review_by: None,
        ..rule
    })
}

/// A rule that says next to nothing, but parses: the form can show it, and the linter says what is missing.
fn scratch(desk: &Desk, new: &NewRule) -> Result<RuleFile, DeedError> {
    let live = desk.live();
    let product = new.product.clone().or_else(|| {
        let first = live.products.first();
        first.map(|product| product.id.clone())
    });
    let Some(product) = product else {
        return Err(DeedError::refused("/product", "name the product"));
    };
    let id = |text: &str| {
        crate::condition::StepId::parse(text)
            .map_err(|bad| DeedError::refused("/id", bad.to_string()))
    };
    let step = StepFile {
        outcome: Some(OutcomeKind::Escalate),
        text: Some("Hand this over with the summary below.".to_owned()),
        ..StepFile::new(id("hand-over")?)
    };
    Ok(RuleFile {
        id: new.id.clone(),
        aliases: Vec::new(),
        title: new.title.clone(),
        product,
        severity: Severity::Error,
        refines: Vec::new(),
        owner: None,
        review_by: None,
        automation: Automation {
            reason: new.id.as_str().replace(['.', '-'], "_"),
            retryable: Retryable::No,
            who_can_fix: WhoCanFix::It,
        },
        matcher: crate::condition::shape::ConditionFile {
            any: Some(Vec::new()),
            ..Default::default()
        },
        cause: String::new(),
        facts: std::collections::BTreeMap::new(),
        guide: GuideFile {
            start: id("hand-over")?,
            steps: vec![step],
        },
        references: Vec::new(),
        examples: Vec::new(),
        walks: Vec::new(),
        notes: None,
    })
}
