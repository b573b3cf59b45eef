//! The events of a case: how often whose sign-in failed and why, when, and each event in plain words.

use std::collections::HashMap;

use askama::Template;

use super::context::Context;
use super::details::{Bounded, place};
use crate::actions::CaseView;
use crate::evidence::events::summary::FailureGroup;
use crate::evidence::{Event, Evidence};
use crate::web::pages::{Frame, words};
use crate::web::paths;

/// So many stand on the case's page.
const ON_THE_CASE: usize = 20;
/// So many stand on their own page.
const ON_A_PAGE: usize = 1_000;
/// So many accounts and reasons are drawn.
const GROUPS: usize = 8;
/// The timeline is cut into so many pieces of equal length.
const PIECES: usize = 48;
/// The width of a piece and the height of a lane.
const PIECE: usize = 10;
const LANE: usize = 22;

/// The events of a case.
#[derive(Debug, Clone)]
pub(crate) struct EventsView {
    pub(crate) groups: Bounded<GroupRow>,
    /// Where at least two times are told.
    pub(crate) timeline: Option<Timeline>,
    pub(crate) events: Bounded<RecordRow>,
    /// All of them, failures or not.
    pub(crate) all: usize,
}

/// Failures of one account for one reason.
#[derive(Debug, Clone)]
pub(crate) struct GroupRow {
    pub(crate) account: String,
    pub(crate) reason: String,
    /// What the code means; empty where it is not known.
    pub(crate) meaning: String,
    pub(crate) code_href: Option<String>,
    pub(crate) count: usize,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) href: String,
}

/// When the failures happened, a lane for each group.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    /// `21 Nov 2026, 14:02 UTC`.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) lanes: Vec<Lane>,
    /// In words, for those who do not see it.
    pub(crate) described: String,
}

/// One lane of the timeline.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) y: usize,
    pub(crate) label: String,
    pub(crate) bars: Vec<Bar>,
}

/// The failures of one group in one piece of the time.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) height: usize,
    /// `3 at 21 Nov 2026, 14:02 UTC`.
    pub(crate) title: String,
}

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct RecordRow {
    pub(crate) time: String,
    pub(crate) machine_time: String,
    pub(crate) id: String,
    pub(crate) what: String,
    pub(crate) failed: bool,
    pub(crate) account: String,
    /// Whose it is instead, where it is not the case's machine's or account's.
    pub(crate) of_another: String,
    pub(crate) logon_type: String,
    pub(crate) code: Option<(String, String)>,
    /// The address and the computer that it came from.
    pub(crate) from: String,
    pub(crate) process: String,
    pub(crate) place: String,
    pub(crate) href: String,
}

/// All events of a case, as far as they fit.
#[derive(Template)]
#[template(path = "cases/events.html")]
pub(crate) struct EventsPage {
    frame: Frame,
    case: String,
    action: String,
    /// Only failures are listed.
    failures: bool,
    events: EventsView,
}

impl EventsPage {
    pub(crate) fn new(view: &CaseView, failures: bool) -> Self {
        let context = Context { view, base: "" };
        Self {
            frame: Frame::new("Events", context.release()),
            case: paths::case(context.id()),
            action: paths::case_form(paths::CASE_EVENTS, context.id()),
            failures,
            events: view_of(&context, failures, ON_A_PAGE),
        }
    }
}

/// The events on the case's page: failures where there are any.
pub(crate) fn events(context: &Context<'_>) -> EventsView {
    let failures = context.evidence().events.iter().any(Event::is_failure);
    view_of(context, failures, ON_THE_CASE)
}

fn view_of(context: &Context<'_>, failures: bool, most: usize) -> EventsView {
    let evidence = context.evidence();
    let groups = evidence.failures();
    let mut events = evidence
        .events
        .iter()
        .filter(|event| !failures || event.is_failure())
        .collect::<Vec<_>>();
    // The newest first; those without a time as they stand in their file.
    events.sort_by_key(|event| std::cmp::Reverse(event.time));
    EventsView {
        timeline: timeline(&evidence.events, &groups),
        groups: Bounded::new(groups.iter().map(|group| group_row(context, group)), GROUPS),
        events: Bounded::new(events.iter().map(|event| record(context, event)), most),
        all: evidence.events.len(),
    }
}

fn group_row(context: &Context<'_>, group: &FailureGroup) -> GroupRow {
    let moment = |time: Option<i64>| time.map(words::moment).unwrap_or_default();
    let described = group.code.as_ref().map(crate::evidence::codes::describe);
    let meaning = described.and_then(|described| described.meaning);
    GroupRow {
        account: account(group.account.as_deref()),
        reason: words::cut(&group.reason, 80),
        meaning: meaning.unwrap_or_default().to_owned(),
        code_href: group.code.as_ref().map(|_| paths::code(&group.reason)),
        count: group.count,
        first: moment(group.first),
        last: moment(group.last),
        href: place(context, group.example).1,
    }
}

fn record(context: &Context<'_>, event: &Event) -> RecordRow {
    let row = event.row();
    let (place, href) = place(context, row.span);
    let text = |value: Option<String>| words::cut(&value.unwrap_or_default(), 80);
    let from = [row.address, row.workstation].into_iter().flatten();
    RecordRow {
        time: row
            .time
            .map(words::moment_to_the_second)
            .unwrap_or_default(),
        machine_time: row.time.map(words::machine_time).unwrap_or_default(),
        id: row.id.map(|id| id.to_string()).unwrap_or_default(),
        what: words::cut(&row.what, 80),
        failed: row.failed,
        account: text(row.account),
        of_another: of_another(context.evidence(), event),
        logon_type: text(row.logon_type),
        code: row.code_name.map(|name| {
            let name = words::cut(&name, 60);
            let href = paths::code(&name);
            (name, href)
        }),
        from: words::cut(&from.collect::<Vec<_>>().join(", "), 80),
        process: text(row.process),
        place,
        href,
    }
}

fn of_another(evidence: &Evidence, event: &Event) -> String {
    match event.machine.as_deref() {
        Some(machine) if !evidence.event_is_of_machine(event) => {
            format!("of another machine, {}", words::cut(machine, 80))
        }
        _ if evidence.event_counts(event) => String::new(),
        _ => "of another account".to_owned(),
    }
}

fn account(name: Option<&str>) -> String {
    words::cut(name.unwrap_or("no account named"), 80)
}

/// What failures of one lane have in common.
fn lane_of(account: Option<&str>, reason: &str) -> (Option<String>, String) {
    (account.map(str::to_lowercase), reason.to_owned())
}

/// Bars per group over the time in which failures happened; `None` where they have no two times.
fn timeline(events: &[Event], groups: &[FailureGroup]) -> Option<Timeline> {
    let from = groups.iter().filter_map(|group| group.first).min()?;
    let to = groups.iter().filter_map(|group| group.last).max()?;
    let span = usize::try_from(to - from).ok().filter(|span| *span > 0)?;
    let piece_of = |time: i64| {
        let into = usize::try_from(time - from).unwrap_or(0).min(span);
        (u128::from(into as u64) * (PIECES as u128 - 1) / u128::from(span as u64)) as usize
    };
    let shown = &groups[..groups.len().min(GROUPS)];
    let mut counts = vec![[0_usize; PIECES]; shown.len()];
    let lanes = shown.iter().enumerate();
    let lanes = lanes
        .map(|(at, group)| (lane_of(group.account.as_deref(), &group.reason), at))
        .collect::<HashMap<_, _>>();
    for event in events.iter().filter(|event| event.is_failure()) {
        let Some(time) = event.time else { continue };
        let row = event.row();
        let reason = row.code_name.as_ref().unwrap_or(&row.what);
        let lane = lane_of(row.account.as_deref(), reason);
        if let Some(lane) = lanes.get(&lane) {
            counts[*lane][piece_of(time)] += 1;
        }
    }
    let most = counts
        .iter()
        .flatten()
        .copied()
        .max()
        .filter(|most| *most > 0)?;
    let lanes = shown
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(at, (group, counts))| {
            let y = at * 2 * LANE;
            let bars = counts.iter().enumerate().filter(|(_, count)| **count > 0);
            let bars = bars.map(|(piece, count)| {
                let height = (count * (LANE - 4)).div_ceil(most).max(3);
                let time = from + i64::try_from(span * piece / (PIECES - 1)).unwrap_or(0);
                Bar {
                    x: piece * PIECE,
                    y: y + 2 * LANE - 4 - height,
                    height,
                    title: format!("{} about {}", words::grouped(*count), words::moment(time)),
                }
            });
            Lane {
                y: y + 14,
                label: format!("{}: {}", account(group.account.as_deref()), group.reason),
                bars: bars.collect(),
            }
        });
    let lanes = lanes.collect::<Vec<_>>();
    let described = shown.iter().map(|group| {
        let who = account(group.account.as_deref());
        format!(
            "{who}, {}: {}",
            group.reason,
            words::count(group.count, "failure")
        )
    });
    Some(Timeline {
        from: words::moment(from),
        to: words::moment(to),
        width: PIECES * PIECE,
        height: lanes.len() * 2 * LANE,
        lanes,
        described: described.collect::<Vec<_>>().join("; "),
    })
}
