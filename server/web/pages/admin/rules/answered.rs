//! What the editor answers when something was saved, or could not be.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::edit::{based, state};
use super::href;
use super::merge::MergePage;
use super::typed::{Face, Typed};
use crate::actions::drafts::{Based, Collision, DraftView};
use crate::condition::shape::Complaint;
use crate::store::DraftName;
use crate::web::error::Problem;
use crate::web::paths;

/// The page on which somebody who came too late joins both texts.
pub(super) fn collided(name: &DraftName, collision: &Collision, live: i64) -> MergePage {
    let based = match &collision.present {
        Some(draft) => Based::Revision(draft.revision),
        None => Based::Release(live),
    };
    let who = collision.present.as_ref();
    let who = who.map(|draft| (draft.changed_by.clone(), draft.changed_at));
    MergePage::of_collision(name, &collision.merge, based, who)
}

/// Somebody changed it meanwhile.
pub(super) fn changed() -> Problem {
    Problem::Later {
        status: StatusCode::CONFLICT,
        detail: "Somebody changed the draft meanwhile. Look at it again first.".to_owned(),
        seconds: 0,
    }
}

/// What of a form could not be taken, for the script.
pub(super) fn refused(wrong: &[Complaint]) -> Value {
    let wrong = wrong
        .iter()
        .map(|one| json!({ "name": one.path, "what": one.what }));
    json!({ "saved": false, "wrong": wrong.collect::<Vec<_>>() })
}

/// It is saved: for the script how it stands now, else the way back to where it was changed.
pub(super) fn answer(
    json: bool,
    name: &DraftName,
    typed: &Typed,
    view: Option<&DraftView>,
    place: Option<&str>,
    moved: usize,
) -> Response {
    if json {
        let errors = view.map_or(&[][..], |view| &view.reading.errors);
        let body = json!({
            "saved": true,
            "based": view.map(|view| super::typed::based_word(based(view))),
            "state": view.map(state),
            "errors": errors,
        });
        return Json(body).into_response();
    }
    let mut query = Vec::new();
    let moved = moved.to_string();
    if typed.face == Face::Text {
        query.push(("face", "text"));
        query.push(("moved", if moved == "0" { "" } else { &moved }));
    }
    query.push(("open", place.unwrap_or_default()));
    let query = paths::query(&query);
    let fragment = place.map_or_else(String::new, |place| {
        format!("#{}", super::form::anchor(place))
    });
    Redirect::to(&format!("{}?{query}{fragment}", href(name))).into_response()
}
