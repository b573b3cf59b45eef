//! The API for programs, version 1. Router and OpenAPI document are made of the same handlers.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::paths;
use super::state::AppState;

pub mod body;
pub mod case_body;
pub mod cases;
pub mod catalogue;
pub mod changes;
pub mod classify;
pub mod codes;
mod complete;
mod docs;
pub mod draft_body;
pub mod draft_walks;
pub mod drafts;
mod idempotency;
pub mod packs;
pub mod releases;
pub mod report;
pub mod report_body;
pub mod request;
pub mod settings;
pub mod walk_body;

pub use idempotency::replay;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Signpost",
        description = "Paste an error or upload a machine's report; see which known cause it is, with proof; be walked to the fix.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "triage", description = "Diagnose without keeping anything"),
        (name = "cases", description = "Saved triage: evidence, answers, outcomes. Knowing a case's id is the right to it."),
        (name = "knowledge", description = "Rules, codes, catalogues, releases"),
    )
)]
struct Document;

/// The API, its document and the page about it.
pub fn router() -> Router<AppState> {
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .nest(paths::API, version_1())
        .split_for_parts();
    complete::complete(&mut document);
    let document = std::sync::Arc::new(document);
    router.merge(docs::router(&document))
}

fn version_1() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(classify::classify))
        .routes(routes!(cases::open, cases::list))
        .routes(routes!(cases::view, changes::edit, changes::delete))
        .routes(routes!(changes::add_evidence))
        .routes(routes!(changes::answer))
        .routes(routes!(changes::take_back))
        .routes(routes!(changes::outcome))
        .routes(routes!(changes::merge))
        .routes(routes!(catalogue::rules))
        .routes(routes!(catalogue::rule, drafts::save, drafts::remove))
        .routes(routes!(draft_walks::write))
        .routes(routes!(drafts::test))
        .routes(routes!(codes::code))
        .routes(routes!(catalogue::search))
        .routes(routes!(catalogue::facts))
        .routes(routes!(catalogue::collectors))
        .routes(routes!(catalogue::reasons))
        .routes(routes!(releases::releases, releases::publish))
        .routes(routes!(releases::release))
        .routes(routes!(releases::diff))
        .routes(routes!(packs::export))
        .routes(routes!(packs::import))
        .routes(routes!(releases::proposal))
        .routes(routes!(settings::settings, settings::change))
        .routes(routes!(catalogue::rule_schema))
        .routes(routes!(catalogue::report_schema))
}
