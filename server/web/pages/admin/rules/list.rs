//! All rules with what is drafted of them, how often they matched and how that ended.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::filter::{
    Asked, CHANGES, LINTS, ORDERS, SEVERITIES, STATES, changed_at, choices, fits, is_due, named,
    switched,
};
use crate::actions::drafts::{self, DraftLine, DraftState, Lint};
use crate::actions::{Caller, Right, RuleUse, Survey, rule_use, survey, survey_so_far};
use crate::condition::RuleId;
use crate::rules::Release;
use crate::rules::check::{Depth, Grade};
use crate::rules::write::to_text;
use crate::store::DraftKind;
use crate::web::error::Problem;
use crate::web::pages::words::{self, Sign};
use crate::web::pages::{Frame, Html};
use crate::web::paths;
use crate::web::state::AppState;

/// A rule can be switched off for so long at first.
const OFF_FOR: i64 = 14 * 24 * 60 * 60 * 1000;

/// So many drafts are checked for the list.
const CHECKED: usize = 50;

/// All rules.
#[derive(Template)]
#[template(path = "admin/rules/list.html")]
pub(crate) struct RulesListPage {
    frame: Frame,
    action: &'static str,
    new: &'static str,
    asked: Asked,
    products: Vec<Choice>,
    owners: Vec<Choice>,
    states: Vec<Choice>,
    severities: Vec<Choice>,
    changes: Vec<Choice>,
    lints: Vec<Choice>,
    orders: Vec<Choice>,
    rows: Vec<Row>,
    others: Vec<Row>,
    all: usize,
    edits: bool,
    until: String,
    wrong: String,
    /// Whether what is asked for is still being found out.
    waits: bool,
}

/// An entry of a list to choose from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

struct Row {
    id: String,
    title: String,
    href: String,
    product: String,
    severity: Option<Sign>,
    owner: String,
    /// What is to be said of it, each as a tag.
    tags: Vec<String>,
    /// Why it is switched off.
    off: String,
    changed: String,
    review: String,
    hits: usize,
    ends: String,
    words: String,
    at: i64,
}

/// What the form below the list sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Deeds {
    rule: Vec<String>,
    deed: String,
    reason: String,
    until: String,
}

/// `GET /admin/rules`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Html<RulesListPage>, Problem> {
    page(&state, &caller, asked).await.map(Html)
}

/// `POST /admin/rules`: several rules at once.
pub(super) async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(deeds): Form<Deeds>,
) -> Result<Response, Problem> {
    let rules = deeds.rule.iter().filter_map(|id| RuleId::parse(id).ok());
    let rules = rules.collect::<Vec<_>>();
    let done = match deeds.deed.as_str() {
        _ if rules.is_empty() => Err(Problem::invalid_field("rule", "Mark the rules first.")),
        "disable" => {
            let (reason, until) = (&deeds.reason, &deeds.until);
            drafts::disable(&state.desk, &caller, &rules, reason, until)
                .await
                .map_err(Problem::from)
        }
        "enable" => drafts::enable(&state.desk, &caller, &rules)
            .await
            .map_err(Problem::from),
        _ => Err(Problem::malformed("The form names no deed.")),
    };
    match done {
        Ok(()) => {
            Ok(Redirect::to(&format!("{}?status=drafted", paths::ADMIN_RULES)).into_response())
        }
        Err(problem @ Problem::Mend { .. }) => {
            let mut page = page(&state, &caller, Asked::default()).await?;
            page.wrong = problem.detail();
            Ok((problem.status(), Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn page(state: &AppState, caller: &Caller, asked: Asked) -> Result<RulesListPage, Problem> {
    let desk = &state.desk;
    let lines = drafts::list(desk, caller).await?;
    let uses = rule_use(desk, caller).await?;
    let survey = if asked.needs_survey() {
        survey(desk, caller)?
    } else {
        survey_so_far(desk, caller)?
    };
    let mut marks = BTreeMap::new();
    if asked.status == "checked" {
        let drafted = lines.iter().filter(|line| line.revision.is_some());
        let drafted = drafted.filter(|line| line.state != DraftState::Removed);
        for line in drafted.take(CHECKED) {
            if let (true, Some(rule)) = (line.parses, &line.rule) {
                let text = to_text(rule);
                let lint = drafts::lint(desk, caller, &line.name, &text, Depth::Itself).await?;
                marks.insert(line.name.id.clone(), mark(&lint));
            }
        }
    }
    let mut page = RulesListPage::new(
        &desk.live(),
        &Rules {
            lines: &lines,
            uses: &uses,
            survey: survey.as_deref(),
            now: desk.now(),
        },
        asked,
        caller.may(Right::Edit),
    );
    for row in &mut page.rows {
        row.tags.extend(marks.get(&row.id).cloned());
    }
    Ok(page)
}

/// What the linter said, in a few words.
fn mark(lint: &Lint) -> String {
    let errors = lint.remarks.iter().filter(|one| one.grade == Grade::Error);
    let errors = errors.count() + lint.errors.len();
    let warnings = lint.remarks.len() + lint.errors.len() - errors;
    counted(errors, warnings)
}

fn counted(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "nothing to mend".to_owned(),
        (0, warnings) => words::count(warnings, "warning"),
        (errors, 0) => words::count(errors, "error"),
        (errors, warnings) => {
            let warnings = words::count(warnings, "warning");
            format!("{}, {warnings}", words::count(errors, "error"))
        }
    }
}

/// What is known of the rules.
pub(crate) struct Rules<'a> {
    pub(crate) lines: &'a [DraftLine],
    pub(crate) uses: &'a BTreeMap<String, RuleUse>,
    pub(crate) survey: Option<&'a Survey>,
    pub(crate) now: i64,
}

impl RulesListPage {
    /// The rules that fit.
    pub(crate) fn new(live: &Release, known: &Rules<'_>, asked: Asked, edits: bool) -> Self {
        let Rules {
            lines, survey, now, ..
        } = *known;
        let rules = lines
            .iter()
            .filter(|line| line.name.kind == DraftKind::Rule);
        let rules = rules.collect::<Vec<_>>();
        let fit = rules
            .iter()
            .filter(|line| fits(line, lines, &asked, survey, now));
        let mut rows = fit
            .map(|line| row(line, live, known))
            .filter(|row| holds(row, &asked.q))
            .collect::<Vec<_>>();
        match asked.order.as_str() {
            "changed" => rows.sort_by_key(|row| std::cmp::Reverse(row.at)),
            "hits" => rows.sort_by_key(|row| std::cmp::Reverse(row.hits)),
            "review" => rows.sort_by(|left, right| by_review(left).cmp(&by_review(right))),
            _ => {}
        }
        let others = lines.iter().filter(|line| {
            let kind = line.name.kind;
            matches!(
                kind,
                DraftKind::Procedure | DraftKind::List | DraftKind::Note
            )
        });
        let owners = rules
            .iter()
            .filter_map(|line| line.rule.as_ref()?.owner.clone());
        let owners = owners.collect::<BTreeSet<_>>().into_iter();
        let products = live.products.iter();
        Self {
            frame: Frame::desk_page("Edit rules", "Rules"),
            action: paths::ADMIN_RULES,
            new: paths::ADMIN_RULE_NEW,
            products: choices(
                "Any product",
                products.map(|product| (product.id.to_string(), product.name.clone())),
                &asked.product,
            ),
            owners: choices(
                "Anybody",
                owners.map(|owner| (owner.clone(), owner)),
                &asked.owner,
            ),
            states: choices("Any state", STATES.map(named), &asked.status),
            severities: choices("Any severity", SEVERITIES.map(named), &asked.severity),
            changes: choices("Any time", CHANGES.map(named), &asked.changed),
            lints: choices("Anything", LINTS.map(named), &asked.lint),
            waits: asked.needs_survey() && survey.is_none(),
            orders: choices("Name", ORDERS.map(named), &asked.order),
            others: others
                .map(|line| row(line, live, known))
                .filter(|_| asked.is_empty())
                .collect(),
            all: rules.len(),
            rows,
            edits,
            until: jiff::Timestamp::from_millisecond(now + OFF_FOR)
                .map(|day| day.strftime("%Y-%m-%d").to_string())
                .unwrap_or_default(),
            wrong: String::new(),
            asked,
        }
    }
}

fn row(line: &DraftLine, release: &Release, known: &Rules<'_>) -> Row {
    let Rules { lines, now, .. } = *known;
    let rule = line.rule.as_ref();
    let is_rule = line.name.kind == DraftKind::Rule;
    let state = known
        .survey
        .and_then(|survey| survey.rules.get(&line.name.id));
    let state = state.filter(|_| is_rule);
    let product = rule.map(|rule| release.product_name(&rule.product).to_owned());
    let mut tags = Vec::new();
    match line.state {
        DraftState::Published => {}
        DraftState::Changed => tags.push("draft"),
        DraftState::New => tags.push("new"),
        DraftState::Removed => tags.push("to be removed"),
    }
    if !line.parses {
        tags.push("does not parse");
    }
    if line.behind && line.state != DraftState::New {
        tags.push("behind a release");
    }
    match switched(line, lines) {
        Some(true) => tags.push("draft: switched off"),
        Some(false) => tags.push("draft: on again"),
        None => {}
    }
    if is_due(line, now) {
        tags.push("due for review");
    }
    let owner = rule.and_then(|rule| rule.owner.clone()).unwrap_or_default();
    let used = known.uses.get(&line.name.id).filter(|_| is_rule);
    let used = used.copied().unwrap_or_default();
    let mut tags = tags.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let linted = state.filter(|state| state.errors + state.warnings > 0);
    tags.extend(linted.map(|state| counted(state.errors, state.warnings)));
    Row {
        href: super::href(&line.name),
        words: format!("{} {} {owner}", line.title, line.name.id).to_lowercase(),
        id: line.name.id.clone(),
        title: line.title.clone(),
        product: product.unwrap_or_default(),
        severity: rule.map(|rule| words::severity(rule.severity)),
        owner,
        tags,
        off: line.disabled.as_ref().map_or_else(String::new, |off| {
            format!("off until {}: {}", off.until, off.reason)
        }),
        changed: match (
            &line.changed,
            state.and_then(|state| state.changed.as_ref()),
        ) {
            (Some((who, at)), _) => format!("{}, {who}", words::moment(*at)),
            (None, Some(change)) => format!(
                "{}, {}, release {}",
                words::moment(change.at),
                change.by,
                change.release
            ),
            (None, None) => String::new(),
        },
        at: changed_at(line, known.survey.filter(|_| is_rule)).unwrap_or(0),
        review: rule
            .and_then(|rule| rule.review_by.clone())
            .unwrap_or_default(),
        hits: used.hits,
        ends: ends(used),
    }
}

fn ends(used: RuleUse) -> String {
    let ends = [
        (used.fixed, "fixed"),
        (used.not_fixed, "not fixed"),
        (used.wrong_cause, "wrong cause"),
    ];
    let ends = ends.iter().filter(|(count, _)| *count > 0);
    let ends = ends.map(|(count, word)| format!("{count} {word}"));
    ends.collect::<Vec<_>>().join(", ")
}

fn by_review(row: &Row) -> (bool, &str) {
    (row.review.is_empty(), &row.review)
}

fn holds(row: &Row, words: &str) -> bool {
    let words = words.to_lowercase();
    words
        .split_whitespace()
        .all(|word| row.words.contains(word))
}
