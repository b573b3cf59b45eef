//! What the forms of releases and proposals do.

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::proposal::blocker;
use super::releases::release_number;
use crate::actions::Caller;
use crate::actions::releases::{
    NewProposalRequest, PublishOutcome, accept, begin_check, cancel_check, change_drafts,
    disable_at_once, propose as propose_drafts, publish_proposal, roll_back, say, withdraw,
};
use crate::store::{Accepts, CaseId, DraftKind, DraftName, WordsKind};
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::state::AppState;

/// The fields of all these forms; each sends some of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    deed: String,
    title: String,
    note: String,
    draft: Vec<String>,
    case: String,
    way: String,
    about: String,
    words: String,
    contents: Option<i64>,
    rule: String,
    reason: String,
    until: String,
}

/// `POST /admin/releases`: proposes drafts and has them checked.
pub(super) async fn propose(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let drafts = names(&fields.draft)?;
    if drafts.is_empty() {
        return Err(Problem::invalid_field(
            "draft",
            "Choose at least one draft.",
        ));
    }
    let request = NewProposalRequest {
        title: fields.title,
        note: fields.note,
        drafts,
    };
    let number = propose_drafts(&state.desk, &caller, request).await?;
    begin_check(&state.desk, &caller, number).await?;
    Ok(Redirect::to(&paths::admin_proposal(number)))
}

/// `POST /admin/releases/proposals/{n}`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let desk = &state.desk;
    let number = release_number(&number)?;
    let place = match fields.deed.as_str() {
        "with" => {
            change_drafts(desk, &caller, number, &names(&fields.draft)?, &[]).await?;
            "#drafts"
        }
        "without" => {
            change_drafts(desk, &caller, number, &[], &names(&fields.draft)?).await?;
            "#drafts"
        }
        "check" => {
            begin_check(desk, &caller, number).await?;
            ""
        }
        "cancel" => {
            cancel_check(desk, &caller, number).await?;
            ""
        }
        "accept" => {
            accept(desk, &caller, number, &accepts(&fields)?).await?;
            "#cases"
        }
        "comment" | "approve" | "changes" => {
            let kind = WordsKind::parse(&fields.deed).unwrap_or(WordsKind::Comment);
            say(desk, &caller, number, kind, &fields.about, &fields.words).await?;
            "#words"
        }
        "withdraw" => {
            withdraw(desk, &caller, number).await?;
            ""
        }
        "publish" => return publish(&state, &caller, number, fields.contents).await,
        _ => return Err(Problem::malformed("The form names no deed.")),
    };
    let to = format!("{}{place}", paths::admin_proposal(number));
    Ok(Redirect::to(&to).into_response())
}

/// `POST /admin/releases/{n}/back`.
pub(super) async fn back(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let number = release_number(&number)?;
    let release = roll_back(&state.desk, &caller, number, &fields.reason).await?;
    Ok(Redirect::to(&paths::admin_release(release)))
}

/// `POST /admin/releases/switch-off`.
pub(super) async fn switch_off(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let until = Some(fields.until.as_str());
    let release =
        disable_at_once(&state.desk, &caller, &fields.rule, &fields.reason, until).await?;
    Ok(Redirect::to(&paths::admin_release(release)))
}

async fn publish(
    state: &AppState,
    caller: &Caller,
    number: i64,
    contents: Option<i64>,
) -> Result<Response, Problem> {
    match publish_proposal(&state.desk, caller, number, contents).await? {
        PublishOutcome::Published(release) => {
            Ok(Redirect::to(&paths::admin_release(release)).into_response())
        }
        PublishOutcome::Held(_, blockers) => {
            let why = blockers.into_iter().map(blocker).collect::<Vec<_>>();
            let what = format!("It was not published. {}", why.join(" "));
            Err(Problem::mend(StatusCode::UNPROCESSABLE_ENTITY, what))
        }
    }
}

fn accepts(fields: &Fields) -> Result<Accepts, Problem> {
    if !fields.way.is_empty() {
        return Ok(Accepts::Likeness(fields.way.clone()));
    }
    let case = CaseId::parse(&fields.case);
    let case = case.ok_or_else(|| Problem::malformed("The form names no case."))?;
    Ok(Accepts::Case(case))
}

/// `rule:win.bad-password`.
fn names(drafts: &[String]) -> Result<Vec<DraftName>, Problem> {
    let names = drafts.iter().map(|draft| {
        let (kind, id) = draft.split_once(':')?;
        Some(DraftName {
            kind: DraftKind::parse(kind)?,
            id: id.to_owned(),
        })
    });
    let names = names.collect::<Option<Vec<_>>>();
    names.ok_or_else(|| Problem::malformed("The form names a draft that cannot be one."))
}
