//! What a house sets for itself: values for `{{setting:NAME}}`, and how releases are published.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::Caller;
use crate::actions::house::{House, MOST_VALUE, change_house, house};
use crate::rules::{Release, SettingPlace};
use crate::store::HouseChange;
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// So many places are shown of one setting.
const PLACES: usize = 12;

/// What the house sets.
#[derive(Template)]
#[template(path = "admin/settings.html")]
pub(crate) struct SettingsPage {
    frame: Frame,
    action: &'static str,
    revision: i64,
    most: usize,
    missing: Vec<Line>,
    values: Vec<Line>,
    second_person: bool,
    wrong: String,
    /// What was typed and not taken, in the form for a new one.
    name: String,
    value: String,
}

struct Line {
    /// Makes the ids of its fields.
    at: usize,
    name: String,
    value: String,
    /// Who set it, and when.
    set: String,
    places: Vec<(String, String)>,
    more: usize,
}

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    deed: String,
    name: String,
    value: String,
    second_person: Option<String>,
    revision: Option<i64>,
}

/// `GET /admin/settings`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Html<SettingsPage>, Problem> {
    page(&state, &caller).await.map(Html)
}

/// `POST /admin/settings`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let change = match fields.deed.as_str() {
        "set" => HouseChange::Set(fields.name.clone(), fields.value.clone()),
        "remove" => HouseChange::Remove(fields.name.clone()),
        "publishing" => HouseChange::SecondPerson(fields.second_person.is_some()),
        _ => return Err(Problem::malformed("The form names no deed.")),
    };
    let changed = change_house(&state.desk, &caller, fields.revision, vec![change]).await;
    let wrong = match changed.map_err(Problem::from) {
        Ok(_) => return Ok(Redirect::to(paths::ADMIN_SETTINGS).into_response()),
        Err(problem @ Problem::Mend { .. }) => (problem.status(), problem.detail()),
        Err(problem @ Problem::Changed { .. }) => {
            let what = "Somebody else changed the settings meanwhile. This is how they are now; what you typed stands in the form below.";
            (problem.status(), what.to_owned())
        }
        Err(other) => return Err(other),
    };
    let mut page = page(&state, &caller).await?;
    page.wrong = wrong.1;
    page.name = fields.name;
    page.value = fields.value;
    Ok((wrong.0, Html(page)).into_response())
}

async fn page(state: &AppState, caller: &Caller) -> Result<SettingsPage, Problem> {
    let house = house(&state.desk, caller).await?;
    Ok(SettingsPage::new(&house, &state.desk.live()))
}

impl SettingsPage {
    /// Fills the page.
    pub(crate) fn new(house: &House, live: &Release) -> Self {
        let none = BTreeSet::new();
        let missing = house.missing().zip(0..).map(|((name, places), at)| {
            let (places, more) = shown(places, live);
            Line {
                at,
                name: name.clone(),
                value: String::new(),
                set: String::new(),
                places,
                more,
            }
        });
        let values = house.settings.values.iter().zip(0..);
        let values = values.map(|((name, value), at)| {
            let (places, more) = shown(house.used.get(name).unwrap_or(&none), live);
            Line {
                at,
                name: name.clone(),
                value: value.value.clone(),
                set: format!("{}, {}", value.changed_by, words::moment(value.changed_at)),
                places,
                more,
            }
        });
        Self {
            frame: Frame::desk_page("Settings", "Settings"),
            action: paths::ADMIN_SETTINGS,
            revision: house.settings.revision,
            most: MOST_VALUE,
            missing: missing.collect(),
            values: values.collect(),
            second_person: house.settings.second_person,
            wrong: String::new(),
            name: String::new(),
            value: String::new(),
        }
    }
}

/// The first places with where they lead, and how many more there are.
fn shown(places: &BTreeSet<SettingPlace>, live: &Release) -> (Vec<(String, String)>, usize) {
    let first = places.iter().take(PLACES).map(|place| {
        let title = if place.procedure {
            let procedures = &live.procedures;
            let procedure = procedures.get(place.id.as_str());
            procedure.map(|procedure| format!("procedure “{}”", procedure.title))
        } else {
            live.rule(&place.id).map(|rule| rule.file.title.clone())
        };
        let title = title.unwrap_or_else(|| place.id.clone());
        match (&place.step, place.procedure) {
            (Some(step), true) => (
                format!("{title}, step {step}"),
                paths::admin_rule(paths::ADMIN_RULE, &format!("procedure:{}", place.id)),
            ),
            (Some(step), false) => (
                format!("{title}, step {step}"),
                format!("{}#step-{step}", paths::rule(&place.id)),
            ),
            (None, _) => (
                format!("{title}, why it happens"),
                format!("{}#cause", paths::rule(&place.id)),
            ),
        }
    });
    (first.collect(), places.len().saturating_sub(PLACES))
}
