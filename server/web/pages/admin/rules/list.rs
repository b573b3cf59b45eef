//! All rules with what is drafted of them, how often they matched and how that ended.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use crate::actions::drafts::{self, DraftLine, DraftState, Lint};
use crate::actions::{Caller, Right, RuleUse, rule_use};
use crate::condition::RuleId;
use crate::rules::check::{Depth, Grade};
use crate::rules::write::to_text;
use crate::rules::{Release, day};
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
    orders: Vec<Choice>,
    rows: Vec<Row>,
    others: Vec<Row>,
    all: usize,
    edits: bool,
    until: String,
    wrong: String,
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

/// What the list is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    product: String,
    owner: String,
    status: String,
    severity: String,
    order: String,
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
        &lines,
        &uses,
        asked,
        desk.now(),
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

impl RulesListPage {
    /// The rules that fit.
    pub(crate) fn new(
        live: &Release,
        lines: &[DraftLine],
        uses: &BTreeMap<String, RuleUse>,
        asked: Asked,
        now: i64,
        edits: bool,
    ) -> Self {
        let rules = lines
            .iter()
            .filter(|line| line.name.kind == DraftKind::Rule);
        let rules = rules.collect::<Vec<_>>();
        let fit = rules.iter().filter(|line| fits(line, lines, &asked, now));
        let mut rows = fit
            .map(|line| row(line, live, lines, uses.get(&line.name.id), now))
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
            orders: choices("Name", ORDERS.map(named), &asked.order),
            others: others
                .map(|line| row(line, live, lines, None, now))
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

const STATES: [(&str, &str); 9] = [
    ("published", "Published, no draft"),
    ("drafted", "With a draft"),
    ("new", "New"),
    ("removed", "To be removed"),
    ("off", "Switched off"),
    ("due", "Due for review"),
    ("behind", "Draft is behind a release"),
    ("broken", "Draft does not parse"),
    ("checked", "With a draft, checked now"),
];

const SEVERITIES: [(&str, &str); 3] = [
    ("error", "Error"),
    ("warning", "Warning"),
    ("info", "Good to know"),
];

const ORDERS: [(&str, &str); 3] = [
    ("changed", "Last change"),
    ("hits", "Matches in 30 days"),
    ("review", "Review"),
];

impl Asked {
    fn is_empty(&self) -> bool {
        let fields = [
            &self.q,
            &self.product,
            &self.owner,
            &self.status,
            &self.severity,
        ];
        fields.iter().all(|field| field.is_empty())
    }
}

fn named((value, label): (&str, &str)) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

/// A list to choose from, with an entry for none on top.
pub(super) fn choices(
    none: &str,
    choices: impl IntoIterator<Item = (String, String)>,
    chosen: &str,
) -> Vec<Choice> {
    let none = (!none.is_empty()).then(|| (String::new(), none.to_owned()));
    let choices = none.into_iter().chain(choices);
    let choices = choices.map(|(value, label)| Choice {
        chosen: value == chosen,
        value,
        label,
    });
    choices.collect()
}

fn fits(line: &DraftLine, lines: &[DraftLine], asked: &Asked, now: i64) -> bool {
    let rule = line.rule.as_ref();
    let is = |asked: &str, value: Option<&str>| asked.is_empty() || value == Some(asked);
    is(&asked.product, rule.map(|rule| rule.product.as_str()))
        && is(&asked.owner, rule.and_then(|rule| rule.owner.as_deref()))
        && is(
            &asked.severity,
            rule.map(|rule| severity_word(rule.severity)),
        )
        && match asked.status.as_str() {
            "published" => line.state == DraftState::Published,
            "drafted" | "checked" => {
                line.state != DraftState::Published || switched(line, lines).is_some()
            }
            "new" => line.state == DraftState::New,
            "removed" => line.state == DraftState::Removed,
            "off" => line.disabled.is_some() || switched(line, lines) == Some(true),
            "due" => is_due(line, now),
            "behind" => line.behind,
            "broken" => !line.parses,
            _ => true,
        }
}

fn severity_word(severity: crate::rules::Severity) -> &'static str {
    match severity {
        crate::rules::Severity::Error => "error",
        crate::rules::Severity::Warning => "warning",
        crate::rules::Severity::Info => "info",
    }
}

fn is_due(line: &DraftLine, now: i64) -> bool {
    let review = line
        .rule
        .as_ref()
        .and_then(|rule| rule.review_by.as_deref());
    review.and_then(day).is_some_and(|day| day <= now)
}

/// Whether a draft switches the rule off (`true`) or on again.
fn switched(line: &DraftLine, lines: &[DraftLine]) -> Option<bool> {
    let mut drafts = lines
        .iter()
        .filter(|other| other.name.kind == DraftKind::Disabled);
    let draft = drafts.find(|other| other.name.id == line.name.id)?;
    Some(draft.state != DraftState::Removed)
}

fn row(
    line: &DraftLine,
    release: &Release,
    lines: &[DraftLine],
    used: Option<&RuleUse>,
    now: i64,
) -> Row {
    let rule = line.rule.as_ref();
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
    let used = used.copied().unwrap_or_default();
    Row {
        href: super::href(&line.name),
        words: format!("{} {} {owner}", line.title, line.name.id).to_lowercase(),
        id: line.name.id.clone(),
        title: line.title.clone(),
        product: product.unwrap_or_default(),
        severity: rule.map(|rule| words::severity(rule.severity)),
        owner,
        tags: tags.into_iter().map(str::to_owned).collect(),
        off: line.disabled.as_ref().map_or_else(String::new, |off| {
            format!("off until {}: {}", off.until, off.reason)
        }),
        changed: line.changed.as_ref().map_or_else(String::new, |(who, at)| {
            format!("{}, {who}", words::moment(*at))
        }),
        at: line.changed.as_ref().map_or(0, |(_, at)| *at),
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
