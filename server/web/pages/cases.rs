//! The list of all cases, for those who may see it.

use std::fmt::Write;

use askama::Template;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::deeds::case_id;
use super::words::{self, Sign};
use super::{Frame, Html};
use crate::actions::Caller;
use crate::actions::staff::{claim_case, export_cases, list_cases, reopen_case};
use crate::rules::{Release, Verdict};
use crate::store::{CaseFilter, CasePage, CaseSummary, OutcomeName};
use crate::web::api::case_body::CaseListBody;
use crate::web::error::Problem;
use crate::web::paths;
use crate::web::state::AppState;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// What may stand behind the question mark. Empty is not said.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) q: String,
    pub(crate) verdict: String,
    pub(crate) outcome: String,
    pub(crate) product: String,
    pub(crate) rule: String,
    pub(crate) claimed: String,
    /// Changed within so many days.
    pub(crate) days: String,
    pub(crate) cursor: String,
    pub(crate) format: String,
}

/// The list.
#[derive(Template)]
#[template(path = "cases/index.html")]
pub(crate) struct CasesPage {
    frame: Frame,
    action: &'static str,
    asked: Asked,
    verdicts: Vec<Choice>,
    outcomes: Vec<Choice>,
    products: Vec<Choice>,
    claims: Vec<Choice>,
    ages: Vec<Choice>,
    cases: Vec<Line>,
    next: String,
    csv: String,
    json: String,
    filtered: bool,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct Line {
    href: String,
    merge: String,
    headline: String,
    verdict: Option<Sign>,
    outcome: Option<Sign>,
    ticket: String,
    machine: String,
    account: String,
    claimed: String,
    changed: String,
}

/// What the forms of a case send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    revision: Option<i64>,
    deed: String,
}

/// `GET /cases`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Html<CasesPage>, Problem> {
    let filter = asked.filter(&caller.actor.who, state.desk.now())?;
    let page = list_cases(&state.desk, &caller, &filter).await?;
    Ok(Html(CasesPage::new(&page, &state.desk.live(), &asked)))
}

/// `GET /cases/export`.
pub(super) async fn export(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let filter = asked.filter(&caller.actor.who, state.desk.now())?;
    let cases = export_cases(&state.desk, &caller, &filter).await?;
    let (kind, name, text) = if asked.format == "json" {
        let body = CaseListBody::from(CasePage { cases, next: None });
        let text = serde_json::to_string_pretty(&body).unwrap_or_default();
        ("application/json", "cases.json", text)
    } else {
        ("text/csv; charset=utf-8", "cases.csv", csv(&cases))
    };
    let named = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, text).into_response())
}

/// `POST /cases/{id}/claim`.
pub(super) async fn claim(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    let mine = fields.deed != "leave";
    claim_case(&state.desk, &caller, &id, fields.revision, mine).await?;
    Ok(Redirect::to(&paths::case(id.as_str())))
}

/// `POST /cases/{id}/reopen`.
pub(super) async fn reopen(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Redirect, Problem> {
    let id = case_id(&id)?;
    reopen_case(&state.desk, &caller, &id, fields.revision).await?;
    Ok(Redirect::to(&paths::case(id.as_str())))
}

impl Asked {
    fn filter(&self, who: &str, now: i64) -> Result<CaseFilter, Problem> {
        let said = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let wrong = |field: &str, value: &str| {
            Problem::invalid_field(
                field,
                format!("`{value}` is none of what can be chosen here."),
            )
        };
        let verdict = said(&self.verdict).map(|word| {
            let known = VERDICTS
                .into_iter()
                .find(|verdict| name_of(*verdict) == word);
            known.ok_or_else(|| wrong("verdict", &word))
        });
        let ended = said(&self.outcome);
        let open = ended.as_deref() == Some(OPEN);
        let outcome = ended
            .filter(|_| !open)
            .map(|word| OutcomeName::parse(&word).ok_or_else(|| wrong("outcome", &word)));
        let days =
            said(&self.days).map(|word| word.parse::<u16>().map_err(|_| wrong("days", &word)));
        let claimed_by = match self.claimed.as_str() {
            "mine" => Some(who.to_owned()),
            "nobody" => Some(String::new()),
            _ => None,
        };
        Ok(CaseFilter {
            rule: said(&self.rule),
            product: said(&self.product),
            words: said(&self.q),
            verdict: verdict.transpose()?,
            outcome: outcome.transpose()?,
            open: open.then_some(true),
            updated_since: days.transpose()?.map(|days| now - i64::from(days) * DAY),
            claimed_by,
            cursor: said(&self.cursor),
            ..CaseFilter::default()
        })
    }

    fn query(&self, cursor: &str, format: &str) -> String {
        paths::query(&[
            ("q", &self.q),
            ("verdict", &self.verdict),
            ("outcome", &self.outcome),
            ("product", &self.product),
            ("rule", &self.rule),
            ("claimed", &self.claimed),
            ("days", &self.days),
            ("cursor", cursor),
            ("format", format),
        ])
    }
}

const VERDICTS: [Verdict; 6] = [
    Verdict::Matched,
    Verdict::Ambiguous,
    Verdict::InsufficientEvidence,
    Verdict::NoErrorFound,
    Verdict::Unmatched,
    Verdict::Unreadable,
];

/// What the filter of outcomes calls a case that has none.
const OPEN: &str = "open";

const OUTCOMES: [OutcomeName; 5] = [
    OutcomeName::Fixed,
    OutcomeName::NotFixed,
    OutcomeName::Waiting,
    OutcomeName::Escalated,
    OutcomeName::WrongCause,
];

fn name_of(verdict: Verdict) -> String {
    // A plain name cannot fail.
    let value = serde_json::to_value(verdict).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

impl CasesPage {
    /// Fills the page.
    pub(crate) fn new(page: &CasePage, release: &Release, asked: &Asked) -> Self {
        let choice = |value: &str, label: &str, chosen: &str| Choice {
            chosen: value == chosen,
            value: value.to_owned(),
            label: label.to_owned(),
        };
        let verdicts = VERDICTS.map(|verdict| {
            choice(
                &name_of(verdict),
                words::verdict(verdict).word,
                &asked.verdict,
            )
        });
        let outcomes = OUTCOMES.map(|outcome| {
            choice(
                outcome.as_str(),
                words::outcome(outcome).word,
                &asked.outcome,
            )
        });
        let products = release.products.iter();
        let products = products
            .map(|product| choice(product.id.as_str(), &product.name, &asked.product))
            .collect();
        let claims = [("mine", "me"), ("nobody", "nobody")];
        let ages = [("1", "a day"), ("7", "7 days"), ("30", "30 days")];
        let next = page.next.as_ref();
        Self {
            frame: Frame::new("Cases", release),
            action: paths::CASES,
            verdicts: verdicts.into(),
            outcomes: [choice(OPEN, "not yet: still open", &asked.outcome)]
                .into_iter()
                .chain(outcomes)
                .collect(),
            products,
            claims: claims
                .map(|(value, label)| choice(value, label, &asked.claimed))
                .into(),
            ages: ages
                .map(|(value, label)| choice(value, label, &asked.days))
                .into(),
            cases: page.cases.iter().map(|case| line(case, release)).collect(),
            next: next.map_or_else(String::new, |next| {
                format!("{}?{}", paths::CASES, asked.query(next, ""))
            }),
            csv: format!("{}?{}", paths::CASES_EXPORT, asked.query("", "csv")),
            json: format!("{}?{}", paths::CASES_EXPORT, asked.query("", "json")),
            filtered: !asked.query("", "").is_empty(),
            asked: asked.clone(),
        }
    }
}

/// A case in one line: the rule that was found first, else what was said.
pub(super) fn headline(case: &CaseSummary, release: &Release) -> String {
    match (case.rules.first(), case.verdict) {
        (Some(rule), _) => release
            .rule(rule)
            .map_or_else(|| rule.clone(), |rule| rule.file.title.clone()),
        (None, Some(verdict)) => words::verdict(verdict).word.to_owned(),
        (None, None) => "A guide without evidence".to_owned(),
    }
}

fn line(case: &CaseSummary, release: &Release) -> Line {
    let rule = case.rules.first();
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Line {
        href: paths::case(&case.id),
        headline: headline(case, release),
        merge: paths::case_form(paths::CASE_MERGE, &case.id),
        // Without a rule the headline says it already.
        verdict: case.verdict.filter(|_| rule.is_some()).map(words::verdict),
        outcome: case.outcome.map(words::outcome),
        ticket: text(&case.ticket),
        machine: text(&case.machine),
        account: text(&case.account),
        claimed: text(&case.claimed_by),
        changed: words::moment(case.updated_at),
    }
}

fn csv(cases: &[CaseSummary]) -> String {
    let mut text =
        "id,created_at,updated_at,ticket,machine,account,claimed_by,verdict,rules,outcome\r\n"
            .to_owned();
    for case in cases {
        let said = |field: &Option<String>| field.clone().unwrap_or_default();
        let fields = [
            case.id.clone(),
            case.created_at.to_string(),
            case.updated_at.to_string(),
            said(&case.ticket),
            said(&case.machine),
            said(&case.account),
            said(&case.claimed_by),
            case.verdict.map(name_of).unwrap_or_default(),
            case.rules.join(" "),
            case.outcome
                .map(OutcomeName::as_str)
                .unwrap_or_default()
                .to_owned(),
        ];
        let fields = fields.map(|field| words::csv_field(&field));
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\r\n", fields.join(","));
    }
    text
}
