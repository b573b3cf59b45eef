//! Two people changed one rule, or a release changed what a draft began from: both texts side by side, and one of them.

use askama::Template;
use axum::extract::{Extension, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answered::collided;
use super::typed::{based_of, based_word};
use super::{address, href, named};
use crate::actions::drafts::{self, Based, Content, Merge, Piece, SaveOutcome};
use crate::actions::{Caller, Right};
use crate::rules::diff::{Side, compare_texts};
use crate::store::{Actor, DraftName};
use crate::web::error::Problem;
use crate::web::pages::admin::differences::Shown;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// So many lines around a change are shown.
const AROUND: usize = 2;

/// Both texts.
#[derive(Template)]
#[template(path = "admin/rules/merge.html")]
pub(crate) struct MergePage {
    frame: Frame,
    id: String,
    editor: String,
    action: String,
    based: String,
    /// Whether it joins a draft with a newer release.
    rebases: bool,
    /// Whether the draft is what a new version of Signpost brought.
    brought: bool,
    /// Who was faster, and when.
    who: String,
    parts: Vec<Part>,
    conflicts: usize,
}

/// What the sides are called.
struct Sides {
    mine: &'static str,
    theirs: &'static str,
    take_mine: &'static str,
    take_theirs: &'static str,
}

/// A piece of the text.
struct Part {
    number: usize,
    kind: Kind,
    /// Lines that stay, in short.
    head: String,
    left_out: usize,
    tail: String,
    /// What both began from.
    before: String,
    mine: String,
    theirs: String,
    /// What either did to it, word by word; both where there is a choice.
    changes: Changes,
    rows: usize,
    /// What goes into the result where there is nothing to choose.
    text: String,
}

/// What became of the words of a piece.
#[derive(Default)]
struct Changes {
    mine: Vec<Shown>,
    theirs: Vec<Shown>,
}

enum Kind {
    Same,
    Mine,
    Theirs,
    Both,
    Conflict,
}

/// `GET /admin/rules/{id}/merge`: a draft with the release that is live.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.need(Right::Edit)?;
    let name = named(&id);
    let view = drafts::view(&state.desk, &caller, &name).await?;
    let Some(draft) = view.draft.filter(|_| view.behind) else {
        return Ok(Redirect::to(&href(&name)).into_response());
    };
    let merge = drafts::behind(&state.desk, &caller, &name).await?;
    let based = Based::Revision(draft.revision);
    let page = MergePage::of_release(&name, &merge, based);
    let brought = draft.created_by == Actor::server().who;
    Ok(Html(if brought { page.brought() } else { page }).into_response())
}

/// `POST /admin/rules/{id}/merge`: what was chosen becomes the draft.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let name = named(&id);
    let said = |name: &str| {
        let field = fields.iter().find(|(own, _)| own == name);
        field.map_or("", |(_, value)| value.as_str())
    };
    let based = based_of(said("based"));
    let based =
        based.ok_or_else(|| Problem::malformed("The form does not say what it is based on."))?;
    let text = joined(&fields);
    let desk = &state.desk;
    let saved = match based {
        Based::Revision(revision) if said("rebases") == "yes" => {
            drafts::rebase(desk, &caller, &name, revision, &text).await?
        }
        based => drafts::save(desk, &caller, &name, based, Content::Tidy(text)).await?,
    };
    match saved {
        SaveOutcome::Saved(_) => {
            let to = format!("{}?face=text", href(&name));
            Ok(Redirect::to(&to).into_response())
        }
        SaveOutcome::Collided(collision) => {
            let page = collided(&name, &collision, desk.live().number);
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
    }
}

/// The text that a form's choices make, piece by piece.
fn joined(fields: &[(String, String)]) -> String {
    let said = |name: &str| {
        let field = fields.iter().find(|(own, _)| own == name);
        field.map_or("", |(_, value)| value.as_str())
    };
    let mut text = String::new();
    for number in 0.. {
        let own = |field: &str| format!("piece.{number}.{field}");
        let take = said(&own("take"));
        let kept = own("text");
        let is_there = fields.iter().any(|(name, _)| *name == kept);
        let piece = match take {
            "theirs" => said(&own("theirs")),
            "both" => {
                text.push_str(&whole(said(&own("theirs"))));
                said(&own("mine"))
            }
            "own" => said(&own("own")),
            "mine" => said(&own("mine")),
            _ if is_there => said(&kept),
            _ => break,
        };
        text.push_str(&whole(piece));
    }
    text
}

/// Line ends as we write them, and one behind the last line.
fn whole(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

impl MergePage {
    /// What somebody saved meanwhile, beside what was sent too late.
    pub(crate) fn of_collision(
        name: &DraftName,
        merge: &Merge,
        based: Based,
        who: Option<(String, i64)>,
    ) -> Self {
        let who = who.map(|(who, at)| format!("{who}, {}", words::moment_to_the_second(at)));
        Self {
            who: who.unwrap_or_default(),
            ..Self::new(name, merge, based)
        }
    }

    /// A draft beside a newer release.
    pub(crate) fn of_release(name: &DraftName, merge: &Merge, based: Based) -> Self {
        Self {
            rebases: true,
            ..Self::new(name, merge, based)
        }
    }

    /// What a new version of Signpost brought, beside the rules here.
    pub(crate) fn brought(self) -> Self {
        Self {
            brought: true,
            ..self
        }
    }

    fn new(name: &DraftName, merge: &Merge, based: Based) -> Self {
        let id = address(name);
        Self {
            frame: Frame::desk_page(format!("Join two texts of {id}"), "Rules"),
            editor: href(name),
            action: paths::admin_rule(paths::ADMIN_RULE_MERGE, &id),
            based: based_word(based),
            rebases: false,
            brought: false,
            who: String::new(),
            parts: merge.pieces.iter().enumerate().map(part).collect(),
            conflicts: merge.conflicts,
            id,
        }
    }

    /// Who changed what, in words: a piece that the draft alone changed, one that the others alone did, and the two sides
    /// of a choice.
    fn sides(&self) -> Sides {
        match (self.rebases, self.brought) {
            (true, true) => Sides {
                mine: "Only the new version changed this",
                theirs: "Only here this was changed",
                take_mine: "The new version's",
                take_theirs: "As it is here",
            },
            (true, false) => Sides {
                mine: "Only you changed this",
                theirs: "The release changed this",
                take_mine: "Yours",
                take_theirs: "The release's",
            },
            (false, _) => Sides {
                mine: "Only you changed this",
                theirs: "They changed this",
                take_mine: "Yours",
                take_theirs: "Theirs",
            },
        }
    }
}

fn part((number, piece): (usize, &Piece)) -> Part {
    let empty = |kind: Kind| Part {
        number,
        kind,
        head: String::new(),
        left_out: 0,
        tail: String::new(),
        before: String::new(),
        mine: String::new(),
        theirs: String::new(),
        changes: Changes::default(),
        rows: 2,
        text: String::new(),
    };
    match piece {
        Piece::Base { text } => {
            let (head, left_out, tail) = in_short(text);
            Part {
                head,
                left_out,
                tail,
                text: text.clone(),
                ..empty(Kind::Same)
            }
        }
        Piece::Mine { before, text } => Part {
            changes: Changes {
                mine: in_words(before, text),
                ..Changes::default()
            },
            text: text.clone(),
            ..empty(Kind::Mine)
        },
        Piece::Theirs { before, text } => Part {
            changes: Changes {
                theirs: in_words(before, text),
                ..Changes::default()
            },
            text: text.clone(),
            ..empty(Kind::Theirs)
        },
        Piece::Both { before, text } => Part {
            changes: Changes {
                mine: in_words(before, text),
                ..Changes::default()
            },
            text: text.clone(),
            ..empty(Kind::Both)
        },
        Piece::Conflict {
            before,
            mine,
            theirs,
        } => Part {
            rows: mine.lines().count().clamp(2, 16),
            before: before.clone(),
            changes: Changes {
                mine: in_words(before, mine),
                theirs: in_words(before, theirs),
            },
            mine: mine.clone(),
            theirs: theirs.clone(),
            ..empty(Kind::Conflict)
        },
    }
}

/// What became of a text, word by word.
fn in_words(before: &str, after: &str) -> Vec<Shown> {
    let pieces = compare_texts(before, after).into_iter();
    let pieces = pieces.map(|piece| Shown {
        side: match piece.side {
            Side::Both => "both",
            Side::Before => "before",
            Side::After => "after",
        },
        text: piece.text,
    });
    pieces.collect()
}

/// The first and last lines, and how many stand between them.
fn in_short(text: &str) -> (String, usize, String) {
    let lines = text.split_inclusive('\n').collect::<Vec<_>>();
    if lines.len() <= 2 * AROUND + 1 {
        return (text.to_owned(), 0, String::new());
    }
    let (head, rest) = lines.split_at(AROUND);
    let (middle, tail) = rest.split_at(rest.len() - AROUND);
    (head.concat(), middle.len(), tail.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::drafts::merge;
    use crate::store::DraftKind;

    fn fields(page: &MergePage, take: &str) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for part in &page.parts {
            let own = |field: &str| format!("piece.{}.{field}", part.number);
            if let Kind::Conflict = part.kind {
                fields.push((own("take"), take.to_owned()));
                fields.push((own("mine"), part.mine.replace('\n', "\r\n")));
                fields.push((own("theirs"), part.theirs.clone()));
                fields.push((own("own"), "something else".to_owned()));
            } else {
                fields.push((own("text"), part.text.clone()));
            }
        }
        fields
    }

    #[test]
    fn a_change_is_shown_word_by_word() {
        let merge = merge(
            "title: One thing\n",
            "title: One thing\n",
            "title: One other thing\n",
        );
        let name = DraftName::new(DraftKind::Rule, "demo.rule");
        let page = MergePage::of_release(&name, &merge, Based::Revision(3)).render();
        let page = page.unwrap();
        assert!(page.contains("title: One <ins>other </ins>thing"), "{page}");
    }

    #[test]
    fn a_conflict_is_decided_by_choice() {
        let merge = merge(
            "a\nb\nc\nd\ne\nf\n",
            "a\ntheirs\nc\nd\ne\nF\n",
            "a\nmine\nc\nd\ne\nf\n",
        );
        let name = DraftName::new(DraftKind::Rule, "demo.rule");
        let page = MergePage::of_release(&name, &merge, Based::Revision(3));
        assert_eq!(page.conflicts, 1);
        assert_eq!(joined(&fields(&page, "mine")), "a\nmine\nc\nd\ne\nF\n");
        assert_eq!(joined(&fields(&page, "theirs")), "a\ntheirs\nc\nd\ne\nF\n");
        assert_eq!(
            joined(&fields(&page, "both")),
            "a\ntheirs\nmine\nc\nd\ne\nF\n"
        );
        assert_eq!(
            joined(&fields(&page, "own")),
            "a\nsomething else\nc\nd\ne\nF\n"
        );
    }
}
