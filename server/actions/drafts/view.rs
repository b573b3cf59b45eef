//! The list of what can be edited, and one thing with its published text and its draft.

use std::collections::BTreeMap;

use super::ground::ground;
use super::reading::{Reading, published_text, read_draft};
use super::save::nothing;
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::condition::{ProcedureId, ResultName};
use crate::rules::{DisabledFile, ProductFile, RuleFile};
use crate::store::{Draft, DraftKind, DraftName};

/// What is published of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The live release.
    pub release: i64,
    /// The text.
    pub text: String,
}

/// One thing that can be edited.
#[derive(Debug, Clone)]
pub struct DraftView {
    /// Its name.
    pub name: DraftName,
    /// What is published of it.
    pub published: Option<Published>,
    /// Its draft.
    pub draft: Option<Draft>,
    /// What the draft says, else what is published.
    pub reading: Reading,
    /// Whether a newer release changed what the draft began from: merge, then [`super::rebase`].
    pub behind: bool,
    /// The products that a rule can be of, drafted ones included.
    pub products: Vec<ProductFile>,
    /// The procedures that a guide can call, drafted ones included.
    pub procedures: Vec<OfferedProcedure>,
}

/// A procedure that a guide can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedProcedure {
    /// Its name.
    pub id: ProcedureId,
    /// What it does.
    pub title: String,
    /// What it can return.
    pub results: Vec<ResultName>,
    /// Whether there is only a draft of it.
    pub drafted: bool,
}

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DraftState {
    /// It is published and has no draft.
    Published,
    /// It is published, and its draft changes it.
    Changed,
    /// It is only a draft.
    New,
    /// Its draft says that it goes.
    Removed,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct DraftLine {
    /// Its name.
    pub name: DraftName,
    /// How it stands.
    pub state: DraftState,
    /// The rule: of the draft where it parses, else the published one. Only of rules.
    pub rule: Option<RuleFile>,
    /// Its title, or its id.
    pub title: String,
    /// Its draft's revision.
    pub revision: Option<i64>,
    /// Who changed the draft last, and when.
    pub changed: Option<(String, i64)>,
    /// Whether the draft's text parses.
    pub parses: bool,
    /// Whether a newer release changed what the draft began from.
    pub behind: bool,
    /// Why and until when the live release has the rule switched off.
    pub disabled: Option<DisabledFile>,
}

/// One thing, published or drafted.
pub async fn view(desk: &Desk, caller: &Caller, name: &DraftName) -> Result<DraftView, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let live = desk.live().number;
    let files = desk.live_files().await?;
    let published = published_text(&files, name).map(|text| Published {
        release: live,
        text,
    });
    let draft = desk.store.draft(name).await?;
    let text = draft.as_ref().map(|draft| draft.text.as_str());
    let text = text.or(published.as_ref().map(|published| published.text.as_str()));
    let Some(text) = text else {
        return Err(nothing(name));
    };
    let reading = read_draft(name, text);
    let published_now = published.as_ref().map_or("", |published| &published.text);
    let behind = draft
        .as_ref()
        .is_some_and(|draft| draft.base != published_now);
    let ground = ground(desk).await?;
    Ok(DraftView {
        procedures: ground.procedures(),
        name: name.clone(),
        published,
        draft,
        reading,
        behind,
        products: ground.files.products,
    })
}

/// The products that a new rule can be of, drafted ones included.
pub async fn products(desk: &Desk, caller: &Caller) -> Result<Vec<ProductFile>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    Ok(ground(desk).await?.files.products)
}

/// What the draft's base, the live release and the draft say, merged: for a draft that is behind.
pub async fn behind(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
) -> Result<super::Merge, DeedError> {
    let view = view(desk, caller, name).await?;
    let draft = view.draft.ok_or_else(|| nothing(name))?;
    let theirs = view
        .published
        .map_or_else(String::new, |published| published.text);
    let name = name.clone();
    let size = draft.base.len() + theirs.len() + draft.text.len();
    desk.work(size, move || {
        super::save::merged(&name, &draft.base, &theirs, &draft.text)
    })
    .await
}

/// All rules and procedures of the live release with their drafts, and what is only drafted, by kind and id.
pub async fn list(desk: &Desk, caller: &Caller) -> Result<Vec<DraftLine>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let files = desk.live_files().await?;
    let mut drafts = desk.store.drafts().await?.into_iter();
    let mut drafts = drafts
        .by_ref()
        .map(|draft| (draft.name.clone(), draft))
        .collect::<BTreeMap<_, _>>();
    let size = drafts.values().map(|draft| draft.text.len()).sum();
    desk.work(size, move || {
        let mut lines = Vec::new();
        for rule in &files.rules {
            let name = DraftName::new(DraftKind::Rule, rule.id.as_str());
            let draft = drafts.remove(&name);
            let disabled = files.disabled.iter().find(|file| file.rule == rule.id);
            lines.push(DraftLine {
                disabled: disabled.cloned(),
                ..line(&files, name, Some(rule), Some(&rule.title), draft)
            });
        }
        for procedure in &files.procedures {
            let name = DraftName::new(DraftKind::Procedure, procedure.id.as_str());
            let draft = drafts.remove(&name);
            lines.push(line(&files, name, None, Some(&procedure.title), draft));
        }
        for notes in &files.notes {
            let name = DraftName::new(DraftKind::Note, notes.rule.as_str());
            let draft = drafts.remove(&name);
            let title = notes_title(&name);
            lines.push(line(&files, name, None, Some(&title), draft));
        }
        for (name, draft) in drafts {
            let title = (name.kind == DraftKind::Note).then(|| notes_title(&name));
            lines.push(line(&files, name, None, title.as_deref(), Some(draft)));
        }
        lines.sort_by(|left, right| left.name.cmp(&right.name));
        lines
    })
    .await
}

fn notes_title(name: &DraftName) -> String {
    format!("Local notes on {}", name.id)
}

fn line(
    files: &crate::rules::PackFiles,
    name: DraftName,
    published: Option<&RuleFile>,
    title: Option<&str>,
    draft: Option<Draft>,
) -> DraftLine {
    let reading = draft.as_ref().map(|draft| read_draft(&name, &draft.text));
    let drafted = reading.as_ref().and_then(Reading::rule);
    let rule = drafted.or(published).cloned();
    let base = draft.as_ref().map(|_| published_text(files, &name));
    let state = match (&draft, &base) {
        (None, _) => DraftState::Published,
        (Some(draft), _) if draft.removed => DraftState::Removed,
        (Some(_), Some(Some(_))) => DraftState::Changed,
        _ => DraftState::New,
    };
    let now = base.flatten().unwrap_or_default();
    DraftLine {
        title: match (&rule, title) {
            (Some(rule), _) => rule.title.clone(),
            (None, Some(title)) => title.to_owned(),
            (None, None) => name.id.clone(),
        },
        state,
        rule,
        revision: draft.as_ref().map(|draft| draft.revision),
        changed: draft
            .as_ref()
            .map(|draft| (draft.changed_by.clone(), draft.changed_at)),
        parses: reading.is_none_or(|reading| reading.structure.is_some()),
        behind: draft.is_some_and(|draft| draft.base != now),
        disabled: None,
        name,
    }
}
