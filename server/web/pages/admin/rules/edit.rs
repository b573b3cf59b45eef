//! One thing of the pack as an editor sees it: a form and its text, two faces of one structure.

use std::collections::BTreeMap;

use askama::Template;
use axum::Json;
use axum::extract::{Extension, Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answered::{answer, changed, collided, refused};
use super::bench::{Tried, tried};
use super::change::{Change, follow_renames};
use super::form::{Control, Known, Piece, form};
use super::notes::NotesSection;
use super::typed::{Face, Typed};
use super::walks::WalksSection;
use super::{catalogue, href, named, sheet};
use crate::actions::HouseValues;
use crate::actions::drafts::{self, Based, Content, DraftView, SaveOutcome, TextError};
use crate::actions::{Caller, Right};
use crate::condition::shape::Complaint;
use crate::guide::resolve::resolve_guide;
use crate::rules::check::Depth;
use crate::rules::{Release, RuleFile};
use crate::store::DraftKind;
use crate::web::error::{Problem, asks_for_json};
use crate::web::pages::map::{Map, map};
use crate::web::pages::outline::outline;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// The editor.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers one question of the template"
)]
#[derive(Template)]
#[template(path = "admin/rules/edit.html")]
pub(crate) struct EditPage {
    frame: Frame,
    id: String,
    title: String,
    /// Where the forms go.
    action: String,
    tries: String,
    merge: String,
    article: String,
    copy: String,
    list: &'static str,
    face: Face,
    /// The other face, where there are two.
    faces: Vec<(&'static str, String, bool)>,
    based: String,
    /// How it stands, in a sentence.
    state: String,
    drafted: bool,
    published: bool,
    removed: bool,
    behind: bool,
    edits: bool,
    pieces: Vec<Piece>,
    text: String,
    rows: usize,
    errors: Vec<ErrorRow>,
    wrong: Vec<WrongRow>,
    moved: usize,
    map: Map,
    lists: Vec<(&'static str, Vec<String>)>,
    is_rule: bool,
    /// The walks that were just written.
    walks: Option<WalksSection>,
    /// What the house adds to a rule.
    notes: Option<NotesSection>,
    paste: String,
    case: String,
    tried: Tried,
}

/// Where a text does not parse.
pub(crate) struct ErrorRow {
    line: usize,
    column: usize,
    what: String,
    excerpt: Vec<(usize, String)>,
}

/// A field that cannot be taken.
struct WrongRow {
    href: String,
    what: String,
}

/// What the page is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    face: String,
    open: String,
    moved: usize,
    /// How many walks were just written.
    walks: Option<usize>,
}

/// `GET /admin/rules/{id}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<EditPage>, Problem> {
    let name = named(&id);
    let view = drafts::view(&state.desk, &caller, &name).await?;
    let live = state.desk.live();
    let face = if asked.face == "text" {
        Face::Text
    } else {
        Face::Form
    };
    let mut page = EditPage::new(&live, &view, face, &asked.open, caller.may(Right::Edit));
    page.moved = asked.moved;
    if let Some(count) = asked.walks {
        page.walks = super::walks::shown(&state, &caller, &view, page.face, count).await?;
    }
    page.add_notes(&state, &caller, &id).await?;
    Ok(Html(page))
}

/// `POST /admin/rules/{id}`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let name = named(&id);
    let typed = Typed::read(fields)?;
    let desk = &state.desk;
    let to = href(&name);
    match (typed.deed.as_str(), typed.based) {
        ("discard", Based::Revision(revision)) => {
            return match drafts::discard(desk, &caller, &name, revision).await? {
                None => Ok(Redirect::to(paths::ADMIN_RULES).into_response()),
                Some(_) => Err(changed()),
            };
        }
        ("remove", based) => {
            return match drafts::remove(desk, &caller, &name, based).await? {
                SaveOutcome::Saved(_) => Ok(Redirect::to(&to).into_response()),
                SaveOutcome::Collided(_) => Err(changed()),
            };
        }
        _ => {}
    }
    let json = asks_for_json(&headers);
    let (content, place) = match typed.face {
        Face::Text => (text_content(&typed), None),
        Face::Form => {
            let mut sheet = typed.sheet.clone();
            sheet["id"] = json!(name.id);
            follow_renames(&mut sheet);
            let change = Change::parse(&typed.deed);
            let place = change.and_then(|change| change.apply(&mut sheet));
            let previewed = typed.deed.strip_prefix("preview ").map(ToOwned::to_owned);
            let place = place.or(previewed);
            match sheet::rule(&sheet) {
                Ok(rule) => (Content::rule(rule), place),
                Err(wrong) if json => return Ok(Json(refused(&wrong)).into_response()),
                Err(wrong) => {
                    let view = drafts::view(desk, &caller, &name).await?;
                    let place = place.unwrap_or_default();
                    let live = desk.live();
                    let mut page = EditPage::typed(&live, &view, &typed, &sheet, &wrong, &place);
                    page.add_notes(&state, &caller, &id).await?;
                    return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
                }
            }
        }
    };
    let moved = match &content {
        Content::Tidy(text) => drafts::read_draft(&name, text).moved.len(),
        _ => 0,
    };
    if typed.deed == super::walks::DEED {
        return super::walks::write(&state, &caller, &name, &typed, (content, moved)).await;
    }
    if let (Based::Release(_), Content::Structure(said)) = (typed.based, &content) {
        let view = drafts::view(desk, &caller, &name).await?;
        let published = view.published.as_ref();
        let same = published.is_some_and(|published| published.text == said.text());
        if view.draft.is_none() && same && typed.deed == "bench" {
            let page = on_the_bench(&state, &caller, &view, &typed).await?;
            return Ok(Html(page).into_response());
        }
        if view.draft.is_none() && same {
            // Nothing was changed: that begins no draft.
            return Ok(answer(json, &name, &typed, None, place.as_deref(), moved));
        }
    }
    match drafts::save(desk, &caller, &name, typed.based, content).await? {
        SaveOutcome::Saved(view) if typed.deed == "bench" => {
            let page = on_the_bench(&state, &caller, &view, &typed).await?;
            Ok(Html(page).into_response())
        }
        SaveOutcome::Saved(view) => Ok(answer(
            json,
            &name,
            &typed,
            Some(&view),
            place.as_deref(),
            moved,
        )),
        SaveOutcome::Collided(_) if json => {
            let body = Json(json!({ "collided": true }));
            Ok((StatusCode::CONFLICT, body).into_response())
        }
        SaveOutcome::Collided(collision) => {
            let live = desk.live().number;
            let page = collided(&name, &collision, live);
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
    }
}

/// The editor with what the bench and the linter say of what was just saved.
async fn on_the_bench(
    state: &AppState,
    caller: &Caller,
    view: &DraftView,
    typed: &Typed,
) -> Result<EditPage, Problem> {
    let live = state.desk.live();
    let mut page = EditPage::new(&live, view, typed.face, "", true);
    page.tried = tried(state, caller, &view.name, typed, Depth::Others).await?;
    page.paste.clone_from(&typed.paste);
    page.case.clone_from(&typed.case);
    page.add_notes(state, caller, &view.name.id).await?;
    Ok(page)
}

/// Text as it was typed while it is saved by itself; once somebody presses the button it is put in order.
fn text_content(typed: &Typed) -> Content {
    if typed.deed == "autosave" {
        Content::Text(typed.text.clone())
    } else {
        Content::Tidy(typed.text.clone())
    }
}

/// What a change of it is based on.
pub(super) fn based(view: &DraftView) -> Based {
    match (&view.draft, &view.published) {
        (Some(draft), _) => Based::Revision(draft.revision),
        (None, Some(published)) => Based::Release(published.release),
        (None, None) => Based::New,
    }
}

/// How it stands, in a sentence.
pub(super) fn state(view: &DraftView) -> String {
    match (&view.draft, &view.published) {
        (Some(draft), published) => {
            let from = match published {
                Some(_) if draft.base_release == 0 => "brought by a new version".to_owned(),
                Some(_) => format!("begun from release {}", draft.base_release),
                None => "not published yet".to_owned(),
            };
            format!(
                "Draft, {from}, saved {} by {}",
                words::moment_to_the_second(draft.changed_at),
                draft.changed_by
            )
        }
        (None, Some(published)) => format!(
            "As published in release {}. The first change begins a draft.",
            published.release
        ),
        (None, None) => String::new(),
    }
}

impl EditPage {
    /// The thing as it is kept.
    pub(crate) fn new(
        live: &Release,
        view: &DraftView,
        face: Face,
        open: &str,
        edits: bool,
    ) -> Self {
        let text = view.draft.as_ref().map(|draft| draft.text.clone());
        let published = view
            .published
            .as_ref()
            .map(|published| published.text.clone());
        let text = text.or(published).unwrap_or_default();
        let rule = view.reading.rule();
        let mut page = Self::empty(view, rule, edits);
        page.errors = rows_of(&text, &view.reading.errors);
        page.rows = text.lines().count().clamp(16, 60);
        page.text = text;
        let form_of = rule.filter(|_| edits);
        page.face = if form_of.is_some() { face } else { Face::Text };
        if let Some(rule) = rule {
            page.map = drawn(rule, live);
        }
        if let (Some(rule), Face::Form) = (form_of, page.face) {
            page.pieces = form(
                &sheet::sheet(rule),
                live,
                Known::of(view),
                &BTreeMap::new(),
                open,
            );
            page.lists = catalogue::lists(live, rule);
        }
        if let Some(rule) = form_of {
            let href = href(&view.name);
            page.faces = vec![
                ("Form", href.clone(), page.face == Face::Form),
                ("Text", format!("{href}?face=text"), page.face == Face::Text),
            ];
            page.title.clone_from(&rule.title);
            page.frame.title.clone_from(&rule.title);
        }
        page
    }

    /// The form as it was typed, where it cannot be taken.
    fn typed(
        live: &Release,
        view: &DraftView,
        typed: &Typed,
        sheet: &Value,
        wrong: &[Complaint],
        open: &str,
    ) -> Self {
        let mut page = Self::empty(view, view.reading.rule(), true);
        let wrong_at = wrong.iter().map(|one| (one.path.clone(), one.what.clone()));
        let wrong_at = wrong_at.collect::<BTreeMap<_, _>>();
        page.pieces = form(sheet, live, Known::of(view), &wrong_at, open);
        page.face = Face::Form;
        page.based = super::typed::based_word(typed.based);
        page.wrong = wrong
            .iter()
            .map(|one| WrongRow {
                href: format!("#f-{}", one.path),
                what: one.what.clone(),
            })
            .collect();
        if let Some(rule) = view.reading.rule() {
            page.lists = catalogue::lists(live, rule);
        }
        page
    }

    /// Adds the notes of a rule below its editor.
    async fn add_notes(
        &mut self,
        state: &AppState,
        caller: &Caller,
        id: &str,
    ) -> Result<(), Problem> {
        if self.is_rule {
            let notes = super::notes::seen(state, caller, id).await?;
            let edits = caller.may(Right::Edit);
            let house = state.desk.house();
            self.show_notes(NotesSection::new(&notes, id, &house, edits));
        }
        Ok(())
    }

    /// Shows the notes below the editor.
    pub(crate) fn show_notes(&mut self, notes: NotesSection) {
        self.notes = Some(notes);
    }

    fn empty(view: &DraftView, rule: Option<&RuleFile>, edits: bool) -> Self {
        let title = rule.map_or_else(|| view.name.to_string(), |rule| rule.title.clone());
        let id = super::address(&view.name);
        let is_rule = view.name.kind == DraftKind::Rule;
        Self {
            frame: Frame::desk_page(title.clone(), "Rules"),
            title,
            action: href(&view.name),
            tries: paths::admin_rule(paths::ADMIN_RULE_TRY, &id),
            merge: paths::admin_rule(paths::ADMIN_RULE_MERGE, &id),
            article: match &view.published {
                Some(_) if is_rule => paths::rule(&view.name.id),
                _ => String::new(),
            },
            copy: if is_rule {
                format!(
                    "{}?{}",
                    paths::ADMIN_RULE_NEW,
                    paths::query(&[("copy", &view.name.id)])
                )
            } else {
                String::new()
            },
            list: paths::ADMIN_RULES,
            face: Face::Text,
            faces: Vec::new(),
            based: super::typed::based_word(based(view)),
            state: state(view),
            drafted: view.draft.is_some(),
            published: view.published.is_some(),
            removed: view.draft.as_ref().is_some_and(|draft| draft.removed),
            behind: view.behind && view.published.is_some(),
            edits,
            pieces: Vec::new(),
            text: String::new(),
            rows: 16,
            errors: Vec::new(),
            wrong: Vec::new(),
            moved: 0,
            map: Map::default(),
            lists: Vec::new(),
            is_rule,
            walks: None,
            notes: None,
            paste: String::new(),
            case: String::new(),
            tried: Tried::nothing(),
            id,
        }
    }
}

fn drawn(rule: &RuleFile, live: &Release) -> Map {
    let guide = resolve_guide(&rule.guide, &rule.facts, &mut Vec::new());
    let mut map = map(&outline(&rule.id, &guide, live, &HouseValues::new()));
    // The cards of the form are numbered as the file has them.
    for (one, step) in map.boxes.iter_mut().zip(guide.in_reading_order()) {
        let at = rule.guide.steps.iter().position(|own| own.id == step.id);
        one.number = at.map_or(one.number, |at| at + 1);
    }
    map
}

/// Errors, each with the lines around it.
pub(super) fn rows_of(text: &str, errors: &[TextError]) -> Vec<ErrorRow> {
    let lines = text.lines().collect::<Vec<_>>();
    let rows = errors.iter().map(|error| {
        let from = error.line.saturating_sub(2);
        let around = lines.iter().enumerate().skip(from).take(3);
        ErrorRow {
            line: error.line,
            column: error.column,
            what: error.what.clone(),
            excerpt: around
                .map(|(at, line)| (at + 1, words::cut(line, 160)))
                .collect(),
        }
    });
    rows.collect()
}
