//! The walks that a rule lacked: written at the press of a button, and told in plain words to be read.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answered::collided;
use super::bench::{now, passed};
use super::href;
use super::typed::{Face, Typed};
use crate::actions::Caller;
use crate::actions::drafts::{self, Content, DraftView, SaveOutcome, WrittenWalks};
use crate::rules::WalkFile;
use crate::store::DraftName;
use crate::web::error::Problem;
use crate::web::pages::{Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// What the button says.
pub(super) const DEED: &str = "write-walks";

/// Where the page tells of them.
const PLACE: &str = "written";

/// The walks that were written.
pub(crate) struct WalksSection {
    /// How many, in words.
    pub(super) heading: String,
    pub(super) rows: Vec<WalkRow>,
    /// What could not be written, and why.
    pub(super) left: Vec<String>,
    /// What is to be mended first.
    pub(super) wrong: Vec<String>,
}

pub(super) struct WalkRow {
    pub(super) name: String,
    /// Where it is in the form; empty beside the text.
    pub(super) href: String,
    /// What is supposed to be known, in words.
    pub(super) known: Vec<String>,
    pub(super) passed: Vec<(String, String, &'static str)>,
    pub(super) now: String,
}

/// Writes the walks that are missing, with everything else that was typed. `moved` comments of the text became notes.
pub(super) async fn write(
    state: &AppState,
    caller: &Caller,
    name: &DraftName,
    typed: &Typed,
    (content, moved): (Content, usize),
) -> Result<Response, Problem> {
    let desk = &state.desk;
    let content = Some(content);
    let (saved, written) = drafts::write_walks(desk, caller, name, typed.based, content).await?;
    if let SaveOutcome::Collided(collision) = saved {
        let page = collided(name, &collision, desk.live().number);
        return Ok((StatusCode::CONFLICT, Html(page)).into_response());
    }
    let count = written.map(|written| written.walks.len().to_string());
    let moved = moved.to_string();
    let query = paths::query(&[
        ("face", if typed.face == Face::Text { "text" } else { "" }),
        ("moved", if moved == "0" { "" } else { &moved }),
        ("walks", count.as_deref().unwrap_or_default()),
    ]);
    let fragment = count.map_or(String::new(), |_| format!("#{PLACE}"));
    Ok(Redirect::to(&format!("{}?{query}{fragment}", href(name))).into_response())
}

/// What the page tells after `count` walks were written.
pub(super) async fn shown(
    state: &AppState,
    caller: &Caller,
    view: &DraftView,
    face: Face,
    count: usize,
) -> Result<Option<WalksSection>, Problem> {
    let written = drafts::written_walks(&state.desk, caller, &view.reading, count).await?;
    let all = view.reading.rule().map_or(0, |rule| rule.walks.len());
    Ok(written.map(|written| WalksSection::new(&written, all.saturating_sub(count), face)))
}

impl WalksSection {
    /// Of walks that stand in the rule behind so many older ones.
    pub(crate) fn new(written: &WrittenWalks, older: usize, face: Face) -> Self {
        let count = written.walks.len();
        let wrong = written.wrong.iter();
        let wrong = wrong.map(|one| format!("{}: {}", one.path, one.what));
        let rows = written.walks.iter().enumerate().map(|(at, walk)| {
            let walked = written.walked(walk);
            WalkRow {
                name: walk.name.clone(),
                href: match face {
                    // The field rather than the card: browsers unfold what a field is in.
                    Face::Form => format!("#f-walks.{}.name", older + at),
                    Face::Text => String::new(),
                },
                known: known(walk),
                passed: walked.as_ref().map(passed).unwrap_or_default(),
                now: walked.as_ref().map(now).unwrap_or_default(),
            }
        });
        Self {
            heading: match count {
                _ if !written.wrong.is_empty() => "No walk could be written".to_owned(),
                0 if written.not_written.is_empty() => "No walk is missing".to_owned(),
                0 => "No other walk could be written".to_owned(),
                1 => "1 walk was written".to_owned(),
                _ => format!("{} were written", words::count(count, "walk")),
            },
            rows: rows.collect(),
            left: written
                .not_written
                .iter()
                .map(ToString::to_string)
                .collect(),
            wrong: wrong.collect(),
        }
    }
}

/// What a walk supposes to be known.
fn known(walk: &WalkFile) -> Vec<String> {
    let facts = walk
        .facts
        .iter()
        .map(|(key, value)| format!("{key} is {value}"));
    let absent = walk.absent.iter().map(|key| format!("{key} is not there"));
    facts.chain(absent).collect()
}
