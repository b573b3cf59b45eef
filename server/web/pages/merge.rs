//! A case that belongs to another: both side by side, and its evidence goes there.

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::cases::headline;
use super::deeds::case_id;
use super::words;
use super::{Frame, Html};
use crate::actions::{
    Caller, CaseView, DeedError, Differs, Pair, Said, carried, merge_cases, to_be_merged, view_case,
};
use crate::rules::Release;
use crate::store::{CaseId, CaseSummary};
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::state::AppState;

/// So many sources of a case are named.
const SOURCES: usize = 12;
/// So many things that both say differently are listed.
const DIFFERENT: usize = 30;

/// Both cases.
#[derive(Template)]
#[template(path = "cases/merge.html")]
pub(crate) struct MergeCasesPage {
    frame: Frame,
    action: String,
    asked: String,
    wrong: String,
    goes: Side,
    into: Option<Side>,
    /// What is taken over of what people said.
    taken: String,
    differs: Vec<DiffersLine>,
    more_differs: usize,
    others: Vec<Other>,
}

/// What both cases say differently.
struct DiffersLine {
    question: String,
    goes: String,
    stays: String,
}

/// One of the cases.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    href: String,
    id: String,
    revision: i64,
    headline: String,
    about: Vec<(&'static str, String)>,
    sources: Vec<String>,
    more: usize,
}

/// A case that it may belong to.
struct Other {
    href: String,
    headline: String,
    about: String,
}

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    into: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    into: String,
    revision: Option<i64>,
    into_revision: Option<i64>,
}

/// `GET /cases/{id}/merge`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<MergeCasesPage>, Problem> {
    let id = case_id(&id)?;
    page(&state, &caller, &id, &asked.into).await.map(Html)
}

/// `POST /cases/{id}/merge`.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Problem> {
    let from = case_id(&id)?;
    let Some(into) = named(&fields.into) else {
        let page = page(&state, &caller, &from, &fields.into).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response());
    };
    let pair = Pair {
        from: from.clone(),
        from_revision: fields.revision,
        into,
        into_revision: fields.into_revision,
    };
    match merge_cases(&state.desk, &caller, &pair).await {
        Ok(view) => Ok(Redirect::to(&paths::case(view.record.id.as_str())).into_response()),
        Err(DeedError::Refused(complaints)) => {
            let mut page = page(&state, &caller, &from, &fields.into).await?;
            let what = complaints.into_iter().map(|complaint| complaint.what);
            page.wrong = what.collect::<Vec<_>>().join(" ");
            page.into = None;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(
    state: &AppState,
    caller: &Caller,
    id: &CaseId,
    asked: &str,
) -> Result<MergeCasesPage, Problem> {
    let (goes, others) = to_be_merged(&state.desk, caller, id).await?;
    let mut wrong = "";
    let into = match named(asked) {
        Some(into) if into == *id => {
            wrong = "That is this case itself.";
            None
        }
        Some(into) => match view_case(&state.desk, &into, None).await {
            Ok(view) => Some(view),
            Err(DeedError::NotFound(_) | DeedError::Gone(_)) => {
                wrong = "There is no case at that address any more.";
                None
            }
            Err(error) => return Err(error.into()),
        },
        None if asked.trim().is_empty() => None,
        None => {
            wrong = "That is not the address of a case. Copy it from the other case's page.";
            None
        }
    };
    let live = state.desk.live();
    let mut page = MergeCasesPage::new(&goes, into.as_ref(), &others, &live);
    asked.clone_into(&mut page.asked);
    wrong.clone_into(&mut page.wrong);
    Ok(page)
}

/// The case that a text names: its address, with what may stand around the name, or the name alone.
fn named(text: &str) -> Option<CaseId> {
    let path = text.trim().split(['?', '#']).next()?;
    path.split('/').find_map(CaseId::parse)
}

impl MergeCasesPage {
    /// Fills the page.
    pub(crate) fn new(
        goes: &CaseView,
        into: Option<&CaseView>,
        others: &[CaseSummary],
        live: &Release,
    ) -> Self {
        let id = goes.record.id.as_str();
        let carried = into.map(|into| carried(into, goes)).unwrap_or_default();
        let differs = carried.differs.iter().take(DIFFERENT);
        let action = paths::case_form(paths::CASE_MERGE, id);
        let others = others.iter().map(|case| {
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            let about = [text(&case.ticket), text(&case.machine)];
            let about = about.into_iter().filter(|part| !part.is_empty());
            let about = about.chain([words::moment(case.updated_at)]);
            Other {
                href: format!("{action}?{}", paths::query(&[("into", &case.id)])),
                headline: headline(case, live),
                about: about.collect::<Vec<_>>().join(", "),
            }
        });
        Self {
            frame: Frame::new("A case that belongs to another", live),
            others: others.collect(),
            asked: String::new(),
            wrong: String::new(),
            goes: side(goes),
            into: into.map(side),
            taken: taken(carried.answers.len(), carried.ends),
            differs: differs.map(differs_line).collect(),
            more_differs: carried.differs.len().saturating_sub(DIFFERENT),
            action,
        }
    }
}

/// What goes along with the evidence.
fn taken(answers: usize, ends: bool) -> String {
    let given = words::count(answers, "answer");
    match (answers, ends) {
        (0, false) => String::new(),
        (0, true) => "With it goes how this case ended.".to_owned(),
        (1, false) => format!("With it goes {given} given here."),
        (_, false) => format!("With it go {given} given here."),
        (_, true) => format!("With it go {given} given here, and how this case ended."),
    }
}

fn differs_line(differs: &Differs) -> DiffersLine {
    let said = |said: &Said| match said {
        Said::Answer(answer) => answer.clone(),
        Said::OpenAgain => words::open_again().word.to_owned(),
        Said::Outcome(given) => {
            let word = words::outcome(given.outcome).word;
            match &given.note {
                Some(note) => format!("{word}: {}", words::cut(note, 200)),
                None => word.to_owned(),
            }
        }
    };
    DiffersLine {
        question: if differs.question.is_empty() {
            "How it ended".to_owned()
        } else {
            differs.question.clone()
        },
        goes: said(&differs.goes),
        stays: said(&differs.stays),
    }
}

fn side(view: &CaseView) -> Side {
    let record = &view.record;
    let first = view.diagnosis.findings.findings.first();
    let headline = match first {
        Some(finding) => view
            .diagnosis
            .release
            .rule(finding.rule.as_str())
            .map_or_else(|| finding.rule.to_string(), |rule| rule.file.title.clone()),
        None => words::verdict(view.diagnosis.findings.verdict)
            .word
            .to_owned(),
    };
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let kept = record.expires_at.map_or_else(
        || "until somebody deletes it".to_owned(),
        |at| format!("until {}", words::day(at)),
    );
    let ended = match record.ended() {
        Some(given) => words::outcome(given.outcome).word,
        None if record.reopened => words::open_again().word,
        None => "",
    };
    let answers = match record.answers.len() {
        0 => String::new(),
        count => words::grouped(count),
    };
    let about = [
        ("Ticket", text(&record.ticket)),
        ("Machine", text(&record.machine)),
        ("Account", text(&record.account)),
        ("Opened", words::moment(record.created_at)),
        ("Kept", kept),
        ("Answers", answers),
        ("Ended", ended.to_owned()),
    ];
    let sources = record.rounds.iter().flat_map(|round| &round.sources);
    let sources = sources.map(|source| source.name.clone());
    let mut sources = sources.collect::<Vec<_>>();
    let more = sources.len().saturating_sub(SOURCES);
    sources.truncate(SOURCES);
    Side {
        href: paths::case(record.id.as_str()),
        id: record.id.as_str().to_owned(),
        revision: record.revision,
        headline,
        about: about
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        sources,
        more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_named_by_its_address_or_its_name() {
        let id = "abcdefghijklmnopqrstuvwxyz";
        for text in [
            id.to_owned(),
            format!(" https://signpost.example.org/cases/{id}#guide "),
            format!("/cases/{id}/print?rule=x"),
        ] {
            assert_eq!(
                named(&text).as_ref().map(CaseId::as_str),
                Some(id),
                "{text}"
            );
        }
        assert_eq!(named("https://signpost.example.org/rules"), None);
    }
}
