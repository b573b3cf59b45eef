//! Local notes on a rule: the list of them, and one to write or change. It stands below the rule's editor and on a page
//! of its own, which shows what was typed where it cannot be taken, and a preview.

use askama::Template;
use axum::extract::{Extension, Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::answered::collided;
use super::typed::{based_of, based_word};
use super::{href, named};
use crate::actions::drafts::{
    NoteAsked, NoteLine, NotesView, SaveOutcome, TextLine, notes_of, put_note, read_note,
    remove_note,
};
use crate::actions::house::HouseValues;
use crate::actions::{Caller, Right};
use crate::guide::placeholders::fill_settings;
use crate::rules::NotePlace;
use crate::rules::notes::MOST_NOTE;
use crate::store::{DraftKind, DraftName};
use crate::web::error::Problem;
use crate::web::markdown::{self, Rendered};
use crate::web::pages::outline::words_for_placeholders;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

const CAUSE: &str = "Why it happens";
/// Words of a text in a choice.
const WORDS: usize = 60;

/// The notes on a page of their own.
#[derive(Template)]
#[template(path = "admin/rules/notes_page.html")]
pub(crate) struct NotesPage {
    frame: Frame,
    id: String,
    title: String,
    list: &'static str,
    editor: String,
    notes: NotesSection,
}

/// The notes, and the form for one.
#[derive(Debug, Clone)]
pub(crate) struct NotesSection {
    pub(crate) action: String,
    pub(crate) based: String,
    pub(crate) state: String,
    pub(crate) as_text: String,
    pub(crate) merge: String,
    pub(crate) behind: bool,
    pub(crate) broken: bool,
    pub(crate) edits: bool,
    pub(crate) most: usize,
    pub(crate) rows: Vec<Row>,
    pub(crate) form: NoteForm,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) about: String,
    pub(crate) place: &'static str,
    pub(crate) html: Rendered,
    pub(crate) by: String,
    pub(crate) draft: bool,
    pub(crate) nowhere: Option<Rendered>,
    /// Its step and place, as the form sends them.
    pub(crate) key: (String, &'static str),
    pub(crate) change: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct NoteForm {
    /// The note that it changes: step and place.
    pub(crate) was: Option<(String, String)>,
    pub(crate) texts: Vec<Choice>,
    pub(crate) places: Vec<Choice>,
    pub(crate) text: String,
    pub(crate) wrong: String,
    pub(crate) preview: Option<Rendered>,
}

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// What the page is asked for: the note to be changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    step: String,
    place: String,
}

/// What the forms send.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    deed: String,
    based: String,
    was_step: String,
    was_place: String,
    step: String,
    place: String,
    text: String,
}

/// `GET /admin/rules/{id}/notes`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<NotesPage>, Problem> {
    let view = seen(&state, &caller, &id).await?;
    let edits = caller.may(Right::Edit);
    let mut section = NotesSection::new(&view, &id, &state.desk.house(), edits);
    let step = Some(asked.step.as_str()).filter(|step| !step.is_empty());
    let note = view.notes.iter().map(|line| &line.note);
    let mut note = note.filter(|note| note.key().0 == step && note.place.name() == asked.place);
    if let Some(note) = note.next() {
        section.form.was = Some((asked.step.clone(), asked.place.clone()));
        section.form.text.clone_from(&note.text);
        section.form.choose(&asked.step, &asked.place);
    }
    Ok(Html(NotesPage::new(&state, &id, section)))
}

/// `POST /admin/rules/{id}/notes`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let view = seen(&state, &caller, &id).await?;
    let based = based_of(&fields.based)
        .ok_or_else(|| Problem::malformed("The form does not say what it is based on."))?;
    let desk = &state.desk;
    let asked = fields.asked();
    let done = match fields.deed.as_str() {
        "save" => put_note(desk, &caller, &id, based, asked).await,
        "remove" => {
            let step = Some(fields.step.as_str()).filter(|step| !step.is_empty());
            remove_note(desk, &caller, &id, based, step, &fields.place).await
        }
        "preview" => {
            let page = NotesPage::typed(&state, &caller, &view, &id, &fields);
            return Ok(Html(page).into_response());
        }
        _ => return Err(Problem::malformed("The form names no deed.")),
    };
    match done.map_err(Problem::from) {
        Ok(SaveOutcome::Saved(_)) => {
            let name = DraftName::new(DraftKind::Rule, id);
            Ok(Redirect::to(&format!("{}#local-notes", href(&name))).into_response())
        }
        Ok(SaveOutcome::Collided(collision)) => {
            let page = collided(&view.name, &collision, desk.live().number);
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
        Err(problem @ Problem::Mend { .. })
            if problem.status() == StatusCode::UNPROCESSABLE_ENTITY =>
        {
            let mut page = NotesPage::typed(&state, &caller, &view, &id, &fields);
            page.notes.form.wrong = problem.detail();
            Ok((problem.status(), Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

/// The notes on a rule; other things of a pack have none.
pub(super) async fn seen(
    state: &AppState,
    caller: &Caller,
    id: &str,
) -> Result<NotesView, Problem> {
    if named(id).kind != DraftKind::Rule {
        return Err(Problem::NotFound("Only rules have local notes.".to_owned()));
    }
    Ok(notes_of(&state.desk, caller, id).await?)
}

impl Fields {
    fn was(&self) -> Option<(String, String)> {
        (!self.was_place.is_empty()).then(|| (self.was_step.clone(), self.was_place.clone()))
    }

    fn asked(&self) -> NoteAsked {
        let was = self.was();
        NoteAsked {
            was: was.map(|(step, place)| (Some(step).filter(|step| !step.is_empty()), place)),
            step: self.step.clone(),
            place: self.place.clone(),
            text: self.text.clone(),
        }
    }
}

impl NotesPage {
    fn new(state: &AppState, id: &str, notes: NotesSection) -> Self {
        let live = state.desk.live();
        let title = live
            .rule(id)
            .map_or_else(|| id.to_owned(), |rule| rule.file.title.clone());
        Self::of(id, &title, notes)
    }

    /// Fills the page.
    pub(crate) fn of(id: &str, title: &str, notes: NotesSection) -> Self {
        Self {
            frame: Frame::desk_page(format!("Local notes: {title}"), "Rules"),
            id: id.to_owned(),
            title: title.to_owned(),
            list: paths::ADMIN_RULES,
            editor: href(&DraftName::new(DraftKind::Rule, id)),
            notes,
        }
    }

    /// With what was typed, and how it looks.
    fn typed(
        state: &AppState,
        caller: &Caller,
        view: &NotesView,
        id: &str,
        fields: &Fields,
    ) -> Self {
        let house = state.desk.house();
        let mut section = NotesSection::new(view, id, &house, caller.may(Right::Edit));
        section.based.clone_from(&fields.based);
        section.form.was = fields.was();
        section.form.choose(&fields.step, &fields.place);
        section.form.text = fields.text.replace("\r\n", "\n");
        match read_note(&fields.asked()).map_err(Problem::from) {
            Ok(note) => section.form.preview = Some(shown(&note.text, &house)),
            Err(problem) => section.form.wrong = problem.detail(),
        }
        Self::new(state, id, section)
    }
}

impl NotesSection {
    /// The notes of a rule with an empty form.
    pub(crate) fn new(view: &NotesView, id: &str, house: &HouseValues, edits: bool) -> Self {
        let cause = Choice {
            value: String::new(),
            label: CAUSE.to_owned(),
            chosen: true,
        };
        let texts = view.texts.iter().map(|text| Choice {
            value: text.address.clone(),
            label: label(text),
            chosen: false,
        });
        let places = NotePlace::ALL.map(|place| Choice {
            value: place.name().to_owned(),
            label: place_in_words(place).to_owned(),
            chosen: place == NotePlace::After,
        });
        let as_text = href(&view.name);
        Self {
            action: paths::admin_rule(paths::ADMIN_RULE_NOTES, id),
            based: based_word(view.based),
            state: match &view.draft {
                Some(draft) => format!(
                    "Draft, saved {} by {}. Readers see it once it is published.",
                    words::moment_to_the_second(draft.changed_at),
                    draft.changed_by
                ),
                None if view.notes.is_empty() => String::new(),
                None => "As published. The first change begins a draft.".to_owned(),
            },
            merge: paths::admin_rule(paths::ADMIN_RULE_MERGE, &super::address(&view.name)),
            as_text,
            behind: view.behind && view.draft.is_some(),
            broken: view.broken,
            edits,
            most: MOST_NOTE,
            rows: view
                .notes
                .iter()
                .map(|line| row(line, view, id, house))
                .collect(),
            form: NoteForm {
                texts: std::iter::once(cause).chain(texts).collect(),
                places: places.into(),
                ..NoteForm::default()
            },
        }
    }
}

#[cfg(test)]
impl NotesSection {
    /// With something that cannot be taken, and how it looks.
    pub(crate) fn with_preview(mut self, text: &str) -> Self {
        self.form.was = Some((text.to_owned(), text.to_owned()));
        self.form.text = text.to_owned();
        self.form.wrong = text.to_owned();
        self.form.preview = Some(shown(text, &HouseValues::new()));
        self.form.choose(text, "before");
        self
    }
}

impl NoteForm {
    /// Chooses a text and a place; one that is gone is among the texts all the same.
    fn choose(&mut self, step: &str, place: &str) {
        for choice in &mut self.texts {
            choice.chosen = choice.value == step;
        }
        if !self.texts.iter().any(|choice| choice.chosen) {
            self.texts.push(Choice {
                value: step.to_owned(),
                label: format!("Step {step}, which is gone"),
                chosen: true,
            });
        }
        for choice in &mut self.places {
            choice.chosen = choice.value == place;
        }
    }
}

fn row(line: &NoteLine, view: &NotesView, id: &str, house: &HouseValues) -> Row {
    let (step, place) = line.note.key();
    let about = step.map_or_else(
        || CAUSE.to_owned(),
        |step| {
            let text = view.texts.iter().find(|own| own.address == step);
            text.map_or_else(|| format!("Step {step}"), label)
        },
    );
    let by = [line.note.by.as_deref(), line.note.on.as_deref()];
    let key = (step.unwrap_or_default().to_owned(), place.name());
    let query = paths::query(&[("step", &key.0), ("place", key.1)]);
    Row {
        about,
        place: place_in_words(place),
        html: shown(&line.note.text, house),
        by: by.into_iter().flatten().collect::<Vec<_>>().join(", "),
        draft: !line.published,
        nowhere: line.nowhere.as_deref().map(sentence),
        change: format!(
            "{}?{query}#note-form",
            paths::admin_rule(paths::ADMIN_RULE_NOTES, id)
        ),
        key,
    }
}

/// What the linter says, as a sentence of the page.
fn sentence(what: &str) -> Rendered {
    let mut letters = what.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let text = first.into_iter().chain(letters).collect::<String>();
    markdown::render_inline(&format!("{text}."))
}

fn label(text: &TextLine) -> String {
    let words = markdown::plain(&words_for_placeholders(&text.text));
    format!("{}: {}", text.name, words::cut(&words, WORDS))
}

fn place_in_words(place: NotePlace) -> &'static str {
    match place {
        NotePlace::Before => "before the text",
        NotePlace::Instead => "instead of the text",
        NotePlace::After => "after the text",
    }
}

fn shown(text: &str, house: &HouseValues) -> Rendered {
    markdown::render(&words_for_placeholders(&fill_settings(text, house)))
}
