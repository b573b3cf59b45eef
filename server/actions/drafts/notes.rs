//! Local notes on a rule: all of them are one draft, which is changed note by note.

use super::reading::{Reading, Structure};
use super::save::{Based, Content, SaveOutcome, discard, put, remove, save};
use super::view::{DraftView, view};
use crate::actions::caller::{Caller, Right};
use crate::actions::desk::{DeedError, Desk};
use crate::condition::shape::Complaint;
use crate::condition::{RuleId, StepId};
use crate::rules::notes::{MOST_NOTE, NoteKey, texts_for_notes, why_nowhere};
use crate::rules::{NoteFile, NotePlace, NotesFile, Release, RuleFile};
use crate::store::{Draft, DraftKind, DraftName};

/// The local notes on a rule, as their editor shows them.
#[derive(Debug, Clone)]
pub struct NotesView {
    /// The draft that holds them, or would.
    pub name: DraftName,
    /// What a change is based on.
    pub based: Based,
    /// The draft, where there is one.
    pub draft: Option<Draft>,
    /// Whether a newer release changed what the draft began from.
    pub behind: bool,
    /// Whether the draft's text does not parse, so that it has to be mended as text.
    pub broken: bool,
    /// The notes: of the draft, else the published ones.
    pub notes: Vec<NoteLine>,
    /// The texts of steps that notes can be about.
    pub texts: Vec<TextLine>,
}

/// One note.
#[derive(Debug, Clone)]
pub struct NoteLine {
    /// The note.
    pub note: NoteFile,
    /// Whether it is published just so.
    pub published: bool,
    /// Why it is shown nowhere.
    pub nowhere: Option<String>,
}

/// A text of a step that notes can be about.
#[derive(Debug, Clone)]
pub struct TextLine {
    /// Where it is, as a note names it.
    pub address: String,
    /// Which it is, for people.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A note to be kept.
#[derive(Debug, Clone, Default)]
pub struct NoteAsked {
    /// The step and place that it had before; none for a new one.
    pub was: Option<(Option<String>, String)>,
    /// The step, or the address of another text of one; empty for why it happens.
    pub step: String,
    /// `before`, `instead` or `after`.
    pub place: String,
    /// The note. Markdown.
    pub text: String,
}

/// The local notes on a rule.
pub async fn notes_of(desk: &Desk, caller: &Caller, rule: &str) -> Result<NotesView, DeedError> {
    caller.need(Right::ReadDrafts)?;
    let id = RuleId::parse(rule).map_err(|_| no_rule(rule))?;
    let live = desk.live();
    let files = desk.live_files().await?;
    let name = name_of(&live, &files.notes, &id);
    let shown = found(view(desk, caller, &name).await)?;
    let rule_name = DraftName::new(DraftKind::Rule, id.as_str());
    let rule_view = found(view(desk, caller, &rule_name).await)?;
    if rule_view.is_none() && shown.is_none() {
        return Err(no_rule(rule));
    }
    let drafted = rule_view.as_ref().and_then(|view| view.reading.rule());
    let drafted = drafted.or_else(|| live.rule(rule).map(|rule| &rule.file));
    let candidate = with_rule(&live, drafted);
    // A draft that does not stand yet leaves the published steps to choose from.
    let whole = if candidate.rules.is_empty() {
        &*live
    } else {
        &candidate
    };
    let (rules, procedures) = (&whole.rules, &live.procedures);
    let published = files.notes.iter().find(|file| file.rule == *name.id);
    let present = shown.as_ref().map_or_else(Vec::new, present);
    let file = NotesFile {
        rule: RuleId::parse(&name.id).map_err(|_| no_rule(rule))?,
        notes: Vec::new(),
    };
    let notes = present.into_iter().map(|note| NoteLine {
        published: published.is_some_and(|file| file.notes.contains(&note)),
        nowhere: why_nowhere(&file, &note, rules, procedures),
        note,
    });
    let texts = rules.get(&id).into_iter();
    let texts = texts.flat_map(|rule| texts_for_notes(&rule.guide, procedures));
    let texts = texts.map(|text| TextLine {
        address: text.address,
        name: text.name,
        text: text.text.to_owned(),
    });
    Ok(NotesView {
        based: based(shown.as_ref(), live.number),
        behind: shown.as_ref().is_some_and(|view| view.behind),
        broken: shown.as_ref().is_some_and(is_broken),
        notes: notes.collect(),
        draft: shown.and_then(|view| view.draft),
        texts: texts.collect(),
        name,
    })
}

/// Drafts a note, in place of the one that `was` names.
pub async fn put_note(
    desk: &Desk,
    caller: &Caller,
    rule: &str,
    based: Based,
    asked: NoteAsked,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    let seen = whole(desk, caller, rule).await?;
    let note = NoteFile {
        by: caller.name().map(str::to_owned),
        on: Some(today(desk)),
        ..read(&asked)?
    };
    let was = asked.was.as_ref();
    let was = was.and_then(|(step, place)| Some((step.as_deref(), NotePlace::parse(place)?)));
    let notes = seen.notes.into_iter().map(|line| line.note);
    let notes = notes.filter(|own| Some(own.key()) != was);
    let mut notes = notes.collect::<Vec<_>>();
    if notes.iter().any(|own| own.key() == note.key()) {
        let what = "There is a note on this text at this place already. Change that one, or choose another place.";
        return Err(DeedError::refused("/place", what));
    }
    let before = |own: &NoteFile| rank(&seen.texts, own.key()) <= rank(&seen.texts, note.key());
    let at = notes.iter().position(|own| !before(own));
    notes.insert(at.unwrap_or(notes.len()), note);
    keep(desk, caller, &seen.name, based, notes).await
}

/// Drafts that a note goes.
pub async fn remove_note(
    desk: &Desk,
    caller: &Caller,
    rule: &str,
    based: Based,
    step: Option<&str>,
    place: &str,
) -> Result<SaveOutcome, DeedError> {
    caller.need(Right::Edit)?;
    let seen = whole(desk, caller, rule).await?;
    let gone: Option<NoteKey<'_>> = NotePlace::parse(place).map(|place| (step, place));
    let notes = seen.notes.into_iter().map(|line| line.note);
    let notes = notes.filter(|own| Some(own.key()) != gone);
    keep(desk, caller, &seen.name, based, notes.collect()).await
}

/// What a note says before it is kept.
pub fn read(asked: &NoteAsked) -> Result<NoteFile, DeedError> {
    let mut wrong = Vec::new();
    let step = asked.step.trim();
    let step = (!step.is_empty()).then(|| StepId::parse(step));
    let step = step.transpose().unwrap_or_else(|bad| {
        wrong.push(Complaint::new("/step", bad.to_string()));
        None
    });
    let place = NotePlace::parse(&asked.place).unwrap_or_else(|| {
        let what = "Choose where the note stands: before, instead or after.";
        wrong.push(Complaint::new("/place", what));
        NotePlace::After
    });
    let text = asked.text.replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() {
        wrong.push(Complaint::new("/text", "Write the note."));
    }
    if text.chars().nth(MOST_NOTE).is_some() {
        let what = format!("A note has at most {MOST_NOTE} characters.");
        wrong.push(Complaint::new("/text", what));
    }
    if !wrong.is_empty() {
        return Err(DeedError::Refused(wrong));
    }
    Ok(NoteFile {
        step,
        place,
        text: if text.contains('\n') {
            text + "\n"
        } else {
            text
        },
        by: None,
        on: None,
    })
}

/// Saves all notes of a rule. Where none is left, nothing is: the draft goes, or says that the published ones go.
async fn keep(
    desk: &Desk,
    caller: &Caller,
    name: &DraftName,
    based: Based,
    notes: Vec<NoteFile>,
) -> Result<SaveOutcome, DeedError> {
    let file = NotesFile {
        rule: RuleId::parse(&name.id).map_err(|_| no_rule(&name.id))?,
        notes,
    };
    if !file.notes.is_empty() {
        let content = Content::Structure(Structure::Notes(file));
        return save(desk, caller, name, based, content).await;
    }
    let seen = found(view(desk, caller, name).await)?;
    match (seen, based) {
        (Some(view), Based::Revision(revision)) if view.published.is_none() => {
            match discard(desk, caller, name, revision).await? {
                None => Ok(SaveOutcome::Saved(Box::new(view))),
                Some(collision) => Ok(SaveOutcome::Collided(Box::new(collision))),
            }
        }
        (Some(_), based) => remove(desk, caller, name, based).await,
        (None, based) => {
            put(
                desk,
                caller,
                name,
                based,
                &Structure::Notes(file).text(),
                true,
                None,
            )
            .await
        }
    }
}

/// The notes, where their text parses.
async fn whole(desk: &Desk, caller: &Caller, rule: &str) -> Result<NotesView, DeedError> {
    let seen = notes_of(desk, caller, rule).await?;
    if seen.broken {
        let what = "The text of the notes does not parse. Mend it as text first.";
        return Err(DeedError::refused("/text", what));
    }
    Ok(seen)
}

/// The draft that holds the notes on a rule: under its id, or a former one that notes were written for.
fn name_of(live: &Release, notes: &[NotesFile], id: &RuleId) -> DraftName {
    let written = |id: &RuleId| notes.iter().any(|file| file.rule == *id);
    let rule = live.rule(id.as_str());
    let former = rule.and_then(|rule| rule.file.aliases.iter().find(|alias| written(alias)));
    let id = match former {
        Some(former) if !written(id) => former,
        _ => id,
    };
    DraftName::new(DraftKind::Note, id.as_str())
}

/// The live rules with the draft of one in its place: notes can be about its steps.
fn with_rule(live: &Release, rule: Option<&RuleFile>) -> Release {
    let rules = rule.into_iter().cloned().collect();
    let files = crate::rules::PackFiles {
        rules,
        ..crate::rules::PackFiles::default()
    };
    Release::compile(live.number, 0, files).0
}

fn based(view: Option<&DraftView>, live: i64) -> Based {
    match view {
        None => Based::New,
        Some(view) => match (&view.draft, &view.published) {
            (Some(draft), _) => Based::Revision(draft.revision),
            (None, Some(published)) => Based::Release(published.release),
            (None, None) => Based::Release(live),
        },
    }
}

fn present(view: &DraftView) -> Vec<NoteFile> {
    if view.draft.as_ref().is_some_and(|draft| draft.removed) {
        return Vec::new();
    }
    written(&view.reading)
}

fn written(reading: &Reading) -> Vec<NoteFile> {
    match &reading.structure {
        Some(Structure::Notes(file)) => file.notes.clone(),
        _ => Vec::new(),
    }
}

fn is_broken(view: &DraftView) -> bool {
    let removed = view.draft.as_ref().is_some_and(|draft| draft.removed);
    view.reading.structure.is_none() && !removed
}

/// Where a note stands among the others: in the order of the rule's texts, those without a place last.
fn rank(texts: &[TextLine], (step, place): NoteKey<'_>) -> (usize, NotePlace) {
    let Some(step) = step else {
        return (0, place);
    };
    let at = texts.iter().position(|own| own.address == step);
    (at.unwrap_or(texts.len()) + 1, place)
}

fn today(desk: &Desk) -> String {
    let now = jiff::Timestamp::from_millisecond(desk.now()).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Nothing there is no failure here.
fn found(view: Result<DraftView, DeedError>) -> Result<Option<DraftView>, DeedError> {
    match view {
        Ok(view) => Ok(Some(view)),
        Err(DeedError::NotFound(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

fn no_rule(id: &str) -> DeedError {
    DeedError::NotFound(format!("There is no rule `{id}`, published or drafted."))
}
