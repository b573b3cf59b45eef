//! The OpenAPI document, and the same for people on a page without scripts.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use utoipa::openapi::OpenApi;

use crate::web::paths;
use crate::web::state::AppState;

/// The page: every call with its parameters, examples and answers.
#[derive(Debug, Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    title: String,
    about: String,
    calls: Vec<Call>,
}

#[derive(Debug)]
struct Call {
    method: String,
    path: String,
    summary: String,
    about: String,
    /// What a token has to be for; empty where none is needed.
    scopes: String,
    parameters: Vec<(String, String)>,
    examples: Vec<String>,
    answers: Vec<(String, String)>,
}

/// Serves both.
pub(super) fn router(document: &Arc<OpenApi>) -> Router<AppState> {
    let json = document.to_pretty_json().unwrap_or_default();
    let value = serde_json::to_value(&**document).unwrap_or_default();
    let page = page(&value).render().unwrap_or_default();
    let (json, page): (Arc<str>, Arc<str>) = (json.into(), page.into());
    Router::new()
        .route(paths::OPENAPI, get(move || async move { as_json(&json) }))
        .route(
            paths::API_DOCS,
            get(move || async move { Html(page.to_string()) }),
        )
}

fn as_json(text: &str) -> impl IntoResponse + use<> {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text.to_owned())
}

fn page(document: &serde_json::Value) -> DocsPage {
    let paths = document["paths"].as_object().into_iter().flatten();
    let calls = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods
            .filter(|(_, operation)| operation["responses"].is_object())
            .map(|(method, operation)| call(path, method, operation))
            .collect::<Vec<_>>()
    });
    DocsPage {
        title: text(&document["info"]["title"]),
        about: text(&document["info"]["description"]),
        calls: calls.collect(),
    }
}

fn call(path: &str, method: &str, operation: &serde_json::Value) -> Call {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let parameters = parameters.map(|parameter| {
        let name = format!("{} ({})", text(&parameter["name"]), text(&parameter["in"]));
        (name, text(&parameter["description"]))
    });
    let bodies = operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten();
    let examples = bodies.filter_map(|(_, body)| body.get("example"));
    let examples = examples.filter_map(|example| serde_json::to_string_pretty(example).ok());
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers = answers.map(|(status, answer)| (status.clone(), text(&answer["description"])));
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        scopes: scopes(&operation["security"]),
        parameters: parameters.collect(),
        examples: examples.collect(),
        answers: answers.collect(),
    }
}

/// The scopes of which a token needs one, in words.
fn scopes(security: &serde_json::Value) -> String {
    let ways = security.as_array().into_iter().flatten();
    let scopes = ways.filter_map(|way| way["token"].as_array()).flatten();
    let scopes = scopes.filter_map(|scope| scope.as_str());
    scopes.collect::<Vec<_>>().join(", ")
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
