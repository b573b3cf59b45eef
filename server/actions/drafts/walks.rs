//! Writing the walks that a rule lacks, below those that it has.

use std::collections::BTreeMap;

use super::ground::ground;
use super::reading::{Reading, Structure, read_draft};
use super::save::{Based, Content, SaveOutcome, bounded, present, save};
use super::view::view;
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::condition::ProcedureId;
use crate::condition::shape::{Complaint, ShortNames};
use crate::guide::resolve::{resolve_guide, resolve_procedures};
use crate::guide::walk::{Route, Walk};
use crate::guide::{Guide, Procedure};
use crate::rules::walks::{Course, NotWritten, elsewhere, missing, run};
use crate::rules::{PackFiles, RuleFile, WalkFile};
use crate::store::{DraftKind, DraftName};

/// Seeking walks is work for a thread of its own, however short the draft is.
const AS_MUCH_AS: usize = 1024 * 1024;

/// The walks that were written, and what they go through.
#[derive(Debug, Clone)]
pub struct WrittenWalks {
    /// The walks, which stand last in the rule.
    pub walks: Vec<WalkFile>,
    /// What could not be written as it should be.
    pub not_written: Vec<NotWritten>,
    /// What is to be mended before walks can be written; then there are none.
    pub wrong: Vec<Complaint>,
    guide: Guide,
    procedures: BTreeMap<ProcedureId, Procedure>,
    short: ShortNames,
}

impl WrittenWalks {
    /// Where one of them leads.
    pub fn walked(&self, walk: &WalkFile) -> Option<Walk<'_>> {
        run(walk, self.route(), &self.short, "").ok()
    }

    fn route(&self) -> Route<'_> {
        Route {
            guide: &self.guide,
            procedures: &self.procedures,
        }
    }

    /// What a rule with these walks lacks.
    fn of(rule: &RuleFile, walks: &[WalkFile], files: &PackFiles) -> Self {
        let mut wrong = Vec::new();
        let guide = resolve_guide(&rule.guide, &rule.facts, &mut wrong);
        let mut written = Self {
            walks: Vec::new(),
            not_written: Vec::new(),
            wrong,
            guide,
            procedures: resolve_procedures(&files.procedures),
            short: rule.facts.clone(),
        };
        if written.wrong.is_empty() {
            let course = Course {
                route: written.route(),
                short: &written.short,
                walks,
            };
            let missing = missing(course, &elsewhere(files, rule));
            (written.walks, written.not_written) = (missing.walks, missing.not_written);
        }
        written
    }
}

/// Writes the walks that a rule lacks and saves it as a draft: what is sent, or without that the draft or the published
/// rule that the change is based on. The walks that are there stay as they are. What is sent is saved as well where no
/// walk can be written; `None` of walks then says that its text does not parse.
pub async fn write_walks(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    based: Based,
    content: Option<Content>,
) -> Result<(SaveOutcome, Option<WrittenWalks>), DeedError> {
    caller.need(Right::Edit)?;
    let (sent, text) = match content {
        Some(Content::Text(text) | Content::Tidy(text)) => (true, text),
        Some(Content::Structure(structure)) => (true, structure.text()),
        None => (false, present(desk, name, based).await?),
    };
    bounded(&text)?;
    let Some(mut rule) = read_draft(name, &text).rule().cloned() else {
        if !sent || name.kind != DraftKind::Rule {
            return Err(DeedError::refused(
                "",
                "its text is no rule that can be read; mend it first",
            ));
        }
        let saved = save(desk, caller, name, based, Content::Tidy(text)).await?;
        return Ok((saved, None));
    };
    let files = ground(desk).await?.files;
    let (written, rule) = desk
        .work(AS_MUCH_AS, move || {
            let written = WrittenWalks::of(&rule, &rule.walks, &files);
            rule.walks.extend(written.walks.iter().cloned());
            (written, rule)
        })
        .await?;
    if !sent && !written.wrong.is_empty() {
        return Err(DeedError::Refused(written.wrong));
    }
    let nothing_new = written.walks.is_empty();
    if nothing_new {
        let view = view(desk, caller, name).await?;
        let published = view.published.as_ref().map(|published| &published.text);
        let tidy = Structure::Rule(Box::new(rule.clone())).text();
        if view.draft.is_none() && published == Some(&tidy) {
            // Nothing was changed: that begins no draft.
            return Ok((SaveOutcome::Saved(Box::new(view)), Some(written)));
        }
    }
    // What was not sent stays as it was typed, and who comes too late is told so all the same.
    let content = if nothing_new && !sent {
        Content::Text(text)
    } else {
        Content::rule(rule)
    };
    let saved = save(desk, caller, name, based, content).await?;
    Ok((saved, Some(written)))
}

/// What was written when the last `count` walks of a rule were; `None` where they are others by now.
pub async fn written_walks(
    desk: &Desk,
    caller: &Caller,
    reading: &Reading,
    count: usize,
) -> Result<Option<WrittenWalks>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let Some(rule) = reading.rule().cloned() else {
        return Ok(None);
    };
    let Some(before) = rule.walks.len().checked_sub(count) else {
        return Ok(None);
    };
    let files = ground(desk).await?.files;
    desk.work(AS_MUCH_AS, move || {
        let (older, last) = rule.walks.split_at(before);
        let written = WrittenWalks::of(&rule, older, &files);
        (written.walks == last).then_some(written)
    })
    .await
}
