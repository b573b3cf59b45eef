//! A proposal: what stands in its way, what it changes, what the check said, which cases change, who said what.

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use serde::Deserialize;

use super::differences::Differences;
use super::gate::{GateView, gate_view};
use super::releases::{DraftBox, PART, draft_box, kind_word, release_number, what_of};
use super::rules::{self, merge_href};
use crate::actions::releases::{Blocker, ProposalPageView, ProposalView, Standing, proposal_page};
use crate::actions::{Caller, HouseValues, Right};
use crate::rules::{Confidence, Release, Said};
use crate::store::{BESIDE, Likeness, ListedCase, ProposalState, Words, WordsKind};
use crate::web::error::Problem;
use crate::web::pages::words::Sign;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// A proposal.
#[derive(Template)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the template asks each by itself"
)]
#[template(path = "admin/proposal.html")]
pub(crate) struct ProposalPage {
    frame: Frame,
    action: String,
    number: i64,
    title: String,
    note: Vec<String>,
    kind: &'static str,
    sign: Sign,
    author: String,
    at: String,
    base: (i64, String),
    contents: i64,
    published: Option<(i64, String)>,
    /// What the check is doing.
    progress: Option<Progress>,
    /// What became of the last check where it did not end by itself.
    given_up: &'static str,
    blockers: Vec<&'static str>,
    /// Whether cases wait to be accepted.
    cases_wait: bool,
    /// Settings of the house that its texts name and nobody set.
    unset: Vec<String>,
    settings: &'static str,
    drafts: Vec<DraftLine>,
    free: Vec<DraftBox>,
    differences: Differences,
    gate: Option<GateView>,
    ways: Vec<Way>,
    changed: String,
    words: Vec<WordsLine>,
    places: Vec<String>,
    open: bool,
    checkable: bool,
    ready: bool,
    may_edit: bool,
    may_publish: bool,
    may_approve: bool,
    may_ask: bool,
}

struct Progress {
    words: String,
    done: i64,
    total: i64,
}

struct DraftLine {
    value: String,
    name: String,
    /// Where it is edited; empty where there is no draft of it any more.
    href: String,
    what: &'static str,
    by: String,
    moved: &'static str,
    newer: bool,
    /// Where two texts of it are joined, while that has to be done.
    decide: String,
}

struct Way {
    name: String,
    count: String,
    left: i64,
    accepted: String,
    before: SaidView,
    after: SaidView,
    cases: Vec<CaseLine>,
    all: String,
}

struct CaseLine {
    id: String,
    href: String,
    name: String,
    accepted: String,
}

/// What a release says of a case.
#[derive(Debug, Clone)]
pub(crate) struct SaidView {
    pub(crate) verdict: Sign,
    pub(crate) findings: Vec<SaidLine>,
}

#[derive(Debug, Clone)]
pub(crate) struct SaidLine {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) more: String,
}

struct WordsLine {
    sign: Sign,
    who: String,
    at: String,
    about: String,
    text: Vec<String>,
    stale: bool,
}

/// Which cases are to be listed in full.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    way: String,
}

/// `GET /admin/releases/proposals/{n}`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Html<ProposalPage>, Problem> {
    let number = release_number(&number)?;
    let page = proposal_page(&state.desk, &caller, number, &asked.way).await?;
    let (live, house) = (state.desk.live(), state.desk.house());
    Ok(Html(ProposalPage::new(&page, &live, &house, &caller)))
}

impl ProposalPage {
    /// Fills the page.
    pub(crate) fn new(
        page: &ProposalPageView,
        live: &Release,
        house: &HouseValues,
        caller: &Caller,
    ) -> Self {
        let view = &page.view;
        let proposal = &view.proposal;
        let standing = view.standing();
        let over = matches!(
            proposal.state,
            ProposalState::Published | ProposalState::Withdrawn
        );
        let own = proposal.author == caller.actor.who;
        let editing = caller.may(Right::Edit) || caller.may(Right::Publish);
        let rules = view.drafts.iter().map(|draft| draft.name.id.clone());
        let editors = view.drafts.iter().map(|draft| {
            let file = format!("drafts/{}.yaml", draft.name.id);
            (file, rules::href(&draft.name))
        });
        let editors = editors.collect::<Vec<_>>();
        Self {
            frame: Frame::desk_page(format!("Proposal {}", proposal.number), PART),
            action: paths::admin_proposal(proposal.number),
            number: proposal.number,
            title: proposal.title.clone(),
            note: proposal.note.lines().map(str::to_owned).collect(),
            kind: kind_word(proposal.kind),
            sign: standing_sign(standing),
            author: proposal.author.clone(),
            at: words::moment(proposal.created_at),
            base: (proposal.base, paths::admin_release(proposal.base)),
            contents: proposal.contents,
            published: proposal
                .published
                .map(|number| (number, paths::admin_release(number))),
            progress: progress(view),
            given_up: match (proposal.state, proposal.stage.as_str()) {
                (ProposalState::Open, "cancelled") => "The last check was cancelled.",
                (ProposalState::Open, "failed") => {
                    "The last check failed; the server's log says why."
                }
                _ => "",
            },
            cases_wait: !over && view.blockers().contains(&Blocker::Cases),
            blockers: if over {
                Vec::new()
            } else {
                view.blockers().into_iter().map(blocker).collect()
            },
            unset: if over { Vec::new() } else { page.unset.clone() },
            settings: paths::ADMIN_SETTINGS,
            drafts: draft_lines(view),
            free: page.free.iter().map(draft_box).collect(),
            differences: Differences::of(&page.changes).with_new(page.new.as_deref(), house),
            gate: view.report_now().map(|report| gate_view(&report, &editors)),
            ways: ways(view, &page.cases, live),
            changed: changed(view),
            words: view
                .words
                .iter()
                .map(|words| words_line(words, proposal.contents))
                .collect(),
            places: rules.collect(),
            open: !over,
            checkable: !over && proposal.state != ProposalState::Checking && editing,
            ready: standing == Standing::Ready,
            may_edit: caller.may(Right::Edit) && !over,
            may_publish: caller.may(Right::Publish),
            may_approve: caller.may(Right::Publish)
                && !own
                && proposal.state != ProposalState::Withdrawn,
            may_ask: editing && !over,
        }
    }
}

fn progress(view: &ProposalView) -> Option<Progress> {
    let proposal = &view.proposal;
    (proposal.state == ProposalState::Checking).then(|| {
        let number = |number: i64| words::grouped(usize::try_from(number).unwrap_or_default());
        let words = match proposal.stage.as_str() {
            "cases" => format!(
                "{} of {} stored cases judged again, {} of them otherwise",
                number(proposal.done),
                number(proposal.total),
                number(view.count.listed + proposal.unlisted)
            ),
            "rules" => "Looking at the rules: all examples, all labelled submissions".to_owned(),
            _ => "Waiting to be checked".to_owned(),
        };
        Progress {
            words,
            done: proposal.done,
            total: proposal.total,
        }
    })
}

fn draft_lines(view: &ProposalView) -> Vec<DraftLine> {
    let lines = view.drafts.iter().enumerate().map(|(at, draft)| {
        let moved = view.moved.iter().find(|moved| moved.at == at);
        let boxed = draft_box(draft);
        let beside = draft.revision == BESIDE;
        let undecided = view.clashes.contains(&at) && moved.is_none() && !beside;
        DraftLine {
            decide: if undecided {
                merge_href(&draft.name)
            } else {
                String::new()
            },
            href: if moved.is_some_and(|moved| moved.revision.is_none()) {
                String::new()
            } else {
                rules::href(&draft.name)
            },
            value: boxed.value,
            name: boxed.name,
            what: what_of(draft),
            by: boxed.by,
            newer: moved.is_some_and(|moved| moved.revision.is_some()),
            moved: match moved.map(|moved| moved.revision) {
                None if beside => {
                    "Somebody has another draft of it, which stays and is joined with this once it is published."
                }
                None => "",
                Some(Some(_)) => "The draft was changed since; this holds it as it was.",
                Some(None) => "The draft was thrown away since; this holds it as it was.",
            },
        }
    });
    lines.collect()
}

fn ways(view: &ProposalView, cases: &[(String, Vec<ListedCase>)], live: &Release) -> Vec<Way> {
    let ways = view.likenesses.iter().map(|way| {
        let listed = cases.iter().find(|(name, _)| *name == way.name);
        let listed = listed.map_or(&[][..], |(_, cases)| cases);
        way_view(view.proposal.number, way, listed, live)
    });
    ways.collect()
}

fn way_view(number: i64, way: &Likeness, cases: &[ListedCase], live: &Release) -> Way {
    let count = usize::try_from(way.count).unwrap_or_default();
    let lines = cases.iter().map(|case| {
        let id = case.changed.case.as_str();
        CaseLine {
            href: paths::case(id),
            name: id.chars().take(8).collect::<String>().to_uppercase(),
            id: id.to_owned(),
            accepted: case.accepted_by.clone().unwrap_or_default(),
        }
    });
    let lines = lines.collect::<Vec<_>>();
    Way {
        name: way.name.clone(),
        count: words::count(count, "case"),
        left: way.count - way.accepted,
        accepted: match way.accepted {
            0 => String::new(),
            all if all == way.count => "accepted".to_owned(),
            some => format!("{some} accepted"),
        },
        before: said_view(&way.before, live),
        after: said_view(&way.after, live),
        all: if lines.len() < count {
            paths::admin_proposal_way(number, &way.name)
        } else {
            String::new()
        },
        cases: lines,
    }
}

fn said_view(said: &Said, live: &Release) -> SaidView {
    let findings = said.findings.iter().map(|finding| {
        let title = live.rule(&finding.rule).map(|rule| rule.file.title.clone());
        let confidence = match finding.confidence {
            Confidence::Certain => "certain",
            Confidence::Likely => "likely",
            Confidence::Possible => "possible",
        };
        SaidLine {
            href: paths::rule(&finding.rule),
            title: title.unwrap_or_else(|| finding.rule.clone()),
            more: if finding.gave_way {
                format!("{confidence}, gave way")
            } else {
                confidence.to_owned()
            },
        }
    });
    SaidView {
        verdict: words::verdict(said.verdict),
        findings: findings.collect(),
    }
}

fn changed(view: &ProposalView) -> String {
    let number = |number: i64| usize::try_from(number).unwrap_or_default();
    let all = number(view.count.listed + view.proposal.unlisted);
    if all == 0 {
        return "No stored case is judged otherwise.".to_owned();
    }
    let mut text = format!(
        "{} judged otherwise, {} of them accepted.",
        words::count(all, "case"),
        words::grouped(number(view.count.accepted))
    );
    if view.proposal.unlisted > 0 {
        text.push_str(" More change than can be listed: propose less at once.");
    }
    text
}

fn words_line(words: &Words, contents: i64) -> WordsLine {
    WordsLine {
        sign: match words.kind {
            WordsKind::Comment => sign("info", "plain", "says"),
            WordsKind::Approve => sign("check", "good", "approves"),
            WordsKind::Changes => sign("hand", "mind", "asks for changes"),
        },
        who: words.who.clone(),
        at: words::moment(words.at),
        about: words.about.clone(),
        text: words.words.lines().map(str::to_owned).collect(),
        stale: words.kind != WordsKind::Comment && words.contents != contents,
    }
}

/// Where a proposal stands, as a sign.
pub(super) fn standing_sign(standing: Standing) -> Sign {
    match standing {
        Standing::Open => sign("empty", "plain", "not checked yet"),
        Standing::Checking => sign("clock", "plain", "being checked"),
        Standing::Held => sign("stop", "mind", "held back"),
        Standing::Ready => sign("check", "good", "ready to be published"),
        Standing::Published => sign("full", "good", "published"),
        Standing::AskedAfterwards => sign("hand", "mind", "published, waits for a second person"),
        Standing::Withdrawn => sign("cross", "plain", "withdrawn"),
    }
}

/// What stands in the way, and what to do about it.
pub(super) fn blocker(blocker: Blocker) -> &'static str {
    match blocker {
        Blocker::Empty => "It holds no drafts: choose some.",
        Blocker::Unchecked => "It was not checked since it was last changed: have it checked.",
        Blocker::Outdated => {
            "Another release was published since it was checked: have it checked again."
        }
        Blocker::Rules => "The rules did not pass: mend what is named below, then check again.",
        Blocker::Cases => {
            "Stored cases are judged otherwise: look at each change below and accept it, or mend the rules."
        }
        Blocker::TooMany => "More cases change than can be looked at: propose less at once.",
        Blocker::ChangesAsked => {
            "Somebody asked for changes: change the proposal, or talk until they approve."
        }
        Blocker::SecondPerson => "Somebody other than its author has to approve.",
    }
}

pub(super) const fn sign(icon: &'static str, tone: &'static str, word: &'static str) -> Sign {
    Sign { icon, tone, word }
}
