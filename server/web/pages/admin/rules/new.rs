//! A new rule: from scratch, as a copy, or from a case that was missed.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::Form;
use serde::Deserialize;

use super::answered::collided;
use super::filter::choices;
use super::href;
use super::list::Choice;
use crate::actions::drafts::{
    self, AddExample, Based, NewRule, SaveOutcome, add_example, begin, case_words,
};
use crate::actions::{Caller, Right};
use crate::condition::{ProductId, RuleId};
use crate::rules::{Expect, ProductFile, Release};
use crate::store::{CaseId, DraftKind, DraftName};
use crate::web::error::{FieldError, Problem};
use crate::web::pages::{Frame, Html};
use crate::web::paths;
use crate::web::state::AppState;

/// Where a rule begins.
#[derive(Template)]
#[template(path = "admin/rules/new.html")]
pub(crate) struct NewPage {
    frame: Frame,
    action: &'static str,
    list: &'static str,
    asked: Asked,
    case_href: String,
    products: Vec<Choice>,
    list_of_products: String,
    /// What the reporter of the case said about it.
    said: String,
    rules: Vec<(String, String)>,
    texts: Vec<CaseText>,
    wrong: Vec<FieldError>,
}

/// An id that is made of a title has so many words of it.
const WORDS: usize = 6;
/// And at most so many letters.
const LONGEST: usize = 60;

struct CaseText {
    name: String,
    text: String,
    rows: usize,
    cut: bool,
}

/// What the page is asked for, and what its form sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    case: String,
    copy: String,
    id: String,
    title: String,
    product: String,
    /// The rule that the example goes to, where it is none that is new.
    rule: String,
    text: Vec<String>,
    /// Which of the texts.
    take: Option<usize>,
}

/// `GET /admin/rules/new`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(mut asked): Query<Asked>,
) -> Result<Html<NewPage>, Problem> {
    caller.need(Right::Edit)?;
    let live = state.desk.live();
    if let (true, Some(rule)) = (asked.product.is_empty(), live.rule(&asked.copy)) {
        asked.product = rule.file.product.to_string();
        asked.title = format!("{} (copy)", rule.file.title);
    }
    page(&state, &caller, &live, asked, Vec::new())
        .await
        .map(Html)
}

/// `POST /admin/rules/new`.
pub(super) async fn create(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Form(asked): Form<Asked>,
) -> Result<Response, Problem> {
    match made(&state, &caller, &asked).await {
        Ok(response) => Ok(response),
        Err(Problem::Mend {
            status,
            detail,
            errors,
        }) if status == StatusCode::UNPROCESSABLE_ENTITY => {
            let wrong = if errors.is_empty() {
                vec![FieldError {
                    pointer: String::new(),
                    detail,
                }]
            } else {
                errors
            };
            let live = state.desk.live();
            let page = page(&state, &caller, &live, asked, wrong).await?;
            Ok((status, Html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn made(state: &AppState, caller: &Caller, asked: &Asked) -> Result<Response, Problem> {
    let desk = &state.desk;
    let given = [&asked.rule, &asked.id].map(|given| given.trim());
    let into = match given.into_iter().find(|given| !given.is_empty()) {
        Some(given) => given.to_owned(),
        None => id_of(&desk.live(), asked),
    };
    let id = RuleId::parse(&into).map_err(|bad| Problem::invalid_field("id", bad.to_string()))?;
    let name = DraftName::new(DraftKind::Rule, id.as_str());
    let based = if asked.rule.trim().is_empty() {
        if asked.title.trim().is_empty() {
            return Err(Problem::invalid_field(
                "title",
                "Say in a line what is wrong.",
            ));
        }
        let copy_of = Some(asked.copy.trim()).filter(|copy| !copy.is_empty());
        let copy_of = copy_of.map(RuleId::parse).transpose();
        let new = NewRule {
            id: id.clone(),
            title: asked.title.trim().to_owned(),
            product: ProductId::parse(&asked.product).ok(),
            copy_of: copy_of.map_err(|bad| Problem::invalid_field("copy", bad.to_string()))?,
        };
        match begin(desk, caller, new).await? {
            SaveOutcome::Saved(view) => view.draft.map(|draft| Based::Revision(draft.revision)),
            SaveOutcome::Collided(_) => {
                let what = format!("There is a rule `{id}` already. Choose another name.");
                return Err(Problem::invalid_field("id", what));
            }
        }
    } else {
        let view = drafts::view(desk, caller, &name).await?;
        let published = view
            .published
            .map(|published| Based::Release(published.release));
        let drafted = view.draft.map(|draft| Based::Revision(draft.revision));
        drafted.or(published)
    };
    let text = asked.take.and_then(|number| asked.text.get(number));
    let text = text.map(|text| text.replace("\r\n", "\n"));
    let (Some(based), Some(text)) = (based, text.filter(|text| !text.trim().is_empty())) else {
        return Ok(Redirect::to(&href(&name)).into_response());
    };
    let example = AddExample {
        rule: id,
        based,
        case: CaseId::parse(&asked.case),
        text,
        expect: Expect::Match,
    };
    match add_example(desk, caller, example).await? {
        SaveOutcome::Saved(_) => {
            let to = format!("{}?open=examples#part-examples", href(&name));
            Ok(Redirect::to(&to).into_response())
        }
        SaveOutcome::Collided(collision) => {
            let page = collided(&name, &collision, desk.live().number);
            Ok((StatusCode::CONFLICT, Html(page)).into_response())
        }
    }
}

/// An id for who names none: how most other rules of the product begin, and the first words of the title.
fn id_of(live: &Release, asked: &Asked) -> String {
    let rules = live.rules.values();
    let own = rules.filter(|rule| rule.file.product == *asked.product);
    let mut begins = BTreeMap::<&str, usize>::new();
    for begin in own.filter_map(|rule| rule.file.id.as_str().split('.').next()) {
        *begins.entry(begin).or_default() += 1;
    }
    let most = begins.into_iter().max_by_key(|(_, count)| *count);
    let begin = most.map(|(begin, _)| begin);
    let title = asked.title.to_lowercase();
    let words = title.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).take(WORDS);
    let words = words.collect::<Vec<_>>().join("-");
    let id = format!("{}.{words}", begin.unwrap_or(&asked.product));
    id.chars().take(LONGEST).collect()
}

async fn page(
    state: &AppState,
    caller: &Caller,
    live: &Release,
    asked: Asked,
    wrong: Vec<FieldError>,
) -> Result<NewPage, Problem> {
    let mut page = NewPage::new(live, asked, wrong);
    let products = drafts::products(&state.desk, caller).await?;
    page.offer(&products);
    if let Some(case) = CaseId::parse(&page.asked.case) {
        let words = case_words(&state.desk, caller, &case).await?;
        page.case_href = paths::case(case.as_str());
        page.said = words.said;
        page.show_texts(words.texts, &words.cut);
    }
    Ok(page)
}

impl NewPage {
    /// The page, for a case before its texts are there.
    pub(crate) fn new(live: &Release, asked: Asked, wrong: Vec<FieldError>) -> Self {
        let rules = live
            .rules
            .values()
            .map(|rule| (rule.file.id.to_string(), rule.file.title.clone()));
        let mut page = Self {
            frame: Frame::desk_page("New rule", "Rules"),
            action: paths::ADMIN_RULE_NEW,
            list: paths::ADMIN_RULES,
            case_href: String::new(),
            list_of_products: href(&DraftName::new(DraftKind::List, "products")),
            products: Vec::new(),
            rules: rules.collect(),
            texts: Vec::new(),
            said: String::new(),
            wrong,
            asked,
        };
        page.offer(&live.products);
        page
    }

    fn offer(&mut self, products: &[ProductFile]) {
        let products = products.iter();
        let products = products.map(|product| (product.id.to_string(), product.name.clone()));
        self.products = choices("", products, &self.asked.product);
    }

    /// Shows the texts of a case; what was typed over one already stays.
    pub(crate) fn show_texts(&mut self, texts: Vec<(String, String)>, cut: &[String]) {
        let typed = &self.asked.text;
        let texts = texts.into_iter().enumerate().map(|(at, (name, text))| {
            let text = typed.get(at).cloned().unwrap_or(text);
            CaseText {
                rows: text.lines().count().clamp(4, 20),
                cut: cut.contains(&name),
                name,
                text,
            }
        });
        self.texts = texts.collect();
    }

    fn wrong_at(&self, field: &str) -> &str {
        let wrong = self.wrong.iter();
        let mut wrong = wrong.filter(|one| one.pointer.trim_start_matches('/') == field);
        wrong.next().map_or("", |one| one.detail.as_str())
    }

    fn taken(&self, at: usize) -> bool {
        self.asked.take.unwrap_or(0) == at
    }
}
