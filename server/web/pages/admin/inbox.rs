//! The inbox: what editors are asked for, most cases first.

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use axum::response::Redirect;
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::Caller;
use crate::actions::inbox::{assign, dismiss, list_inbox, reply, restore, snooze};
use crate::store::InboxRow;
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// The inbox.
#[derive(Template)]
#[template(path = "admin/inbox.html")]
pub(crate) struct InboxPage {
    frame: Frame,
    aside: bool,
    there: String,
    forms: Vec<FormView>,
}

struct FormView {
    id: String,
    href: String,
    case: String,
    sample: String,
    words: String,
    counts: Vec<String>,
    newest: String,
    assigned: String,
    mine: bool,
    aside: String,
    reply: String,
    draft: String,
}

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    aside: bool,
}

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    deed: String,
    days: Option<u16>,
    why: String,
    reply: String,
}

/// `GET /admin/inbox`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Html<InboxPage>, Problem> {
    let rows = list_inbox(&state.desk, &caller, asked.aside).await?;
    Ok(Html(InboxPage::new(&rows, asked.aside, &caller.actor.who)))
}

/// `POST /admin/inbox/{form}`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(form): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let desk = &state.desk;
    match fields.deed.as_str() {
        "take" => assign(desk, &caller, &form, true).await?,
        "leave" => assign(desk, &caller, &form, false).await?,
        "snooze" => snooze(desk, &caller, &form, fields.days.unwrap_or(7)).await?,
        "dismiss" => dismiss(desk, &caller, &form, &fields.why).await?,
        "restore" => restore(desk, &caller, &form).await?,
        "reply" => reply(desk, &caller, &form, &fields.reply).await?,
        _ => return Err(Problem::malformed("The form names no deed.")),
    }
    Ok(Redirect::to(paths::ADMIN_INBOX))
}

impl InboxPage {
    /// Fills the page.
    pub(crate) fn new(rows: &[InboxRow], aside: bool, own: &str) -> Self {
        let there = if aside {
            paths::ADMIN_INBOX.to_owned()
        } else {
            format!("{}?aside=true", paths::ADMIN_INBOX)
        };
        Self {
            frame: Frame::desk_page("Inbox", "Inbox"),
            aside,
            there,
            forms: rows.iter().map(|row| view(row, own)).collect(),
        }
    }
}

fn view(row: &InboxRow, own: &str) -> FormView {
    let counts = [
        (row.unmatched, "matched nothing"),
        (row.wrong, "had a wrong cause"),
        (row.not_fixed, "not fixed"),
        (row.asked, "asked for a rule"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let aside = match (&row.dismissed_why, row.snoozed_until) {
        (Some(why), _) => format!("Put aside: {why}"),
        (None, Some(until)) => format!("Asleep until {}", words::day(until)),
        (None, None) => String::new(),
    };
    FormView {
        id: row.form.clone(),
        href: paths::admin_inbox_form(&row.form),
        case: paths::case(&row.case_id),
        sample: row.sample.clone(),
        words: text(&row.words),
        counts: counts
            .map(|(count, what)| format!("{count} {what}"))
            .collect(),
        newest: words::moment(row.newest),
        assigned: text(&row.assigned_to),
        mine: row.assigned_to.as_deref() == Some(own),
        aside,
        reply: text(&row.reply),
        draft: paths::rule_from_case(&row.case_id),
    }
}
