//! What the house sets. The tag is the revision of the settings, `"3"`; who changes them sends it back as `If-Match`.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::expected_revision;
use crate::actions::house::{House, house, replace_house};
use crate::actions::{Caller, HouseValues};
use crate::rules::SettingPlace;
use crate::web::error::{Problem, ProblemBody};
use crate::web::extract::{from_value, media_type, parse, unknown_media_type};
use crate::web::state::AppState;

/// A body holds at most so many bytes.
const MOST: usize = 1024 * 1024;

/// What the house sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsBody {
    /// Grows with each change; the `ETag` has it too.
    pub revision: i64,
    /// Whether publishing needs the approval of another person than the author.
    pub second_person: bool,
    /// What `{{setting:NAME}}` stands for, by name.
    pub values: HouseValues,
    /// Names that the live rules use and nobody set: readers see "unknown".
    pub missing: Vec<String>,
    /// Every name that the live rules use.
    pub used: Vec<SettingUse>,
}

/// A name that rules use.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingUse {
    /// The name.
    pub name: String,
    /// Where.
    pub places: Vec<SettingPlace>,
}

/// What the house is to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsRequest {
    /// Whether publishing needs the approval of another person than the author; as it is where it is left out.
    #[serde(default)]
    pub second_person: Option<bool>,
    /// What `{{setting:NAME}}` stands for, by name. A name that is not here is removed.
    pub values: HouseValues,
}

/// The settings of the house
///
/// With the names that rules use and nobody set.
#[utoipa::path(
    get,
    path = "/settings",
    tag = "knowledge",
    responses(
        (status = 200, description = "The settings, with their revision as `ETag`", body = SettingsBody),
        (status = 401, description = "Nobody signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn settings(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    Ok(answer(house(&state.desk, &caller).await?))
}

/// Change the settings of the house
///
/// All values at once: one that is left out is removed. They hold for the next request.
#[utoipa::path(
    put,
    path = "/settings",
    tag = "knowledge",
    params(("If-Match" = String, Header, description = "The ETag of the settings that were read")),
    request_body(content = SettingsRequest, example = json!({"second_person": false, "values": {"helpdesk-phone": "+49 30 1234"}})),
    responses(
        (status = 200, description = "The settings as they are now", body = SettingsBody),
        (status = 403, description = "Not allowed", body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, description = "Changed meanwhile", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A name or a value that cannot be taken", body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, description = "No `If-Match`", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let Some(based) = expected_revision(&headers)? else {
        let what = "Send the ETag of the settings that you read as `If-Match`.";
        return Err(Problem::mend(StatusCode::PRECONDITION_REQUIRED, what));
    };
    let kind = media_type(&request);
    if kind != "application/json" {
        return Err(unknown_media_type(&kind, "application/json"));
    }
    let bytes = to_bytes(request.into_body(), MOST).await;
    let bytes = bytes.map_err(|_| Problem::too_large("The request", MOST))?;
    let request: SettingsRequest = from_value(&parse(&bytes)?)?;
    let desk = &state.desk;
    let changed = replace_house(desk, &caller, based, request.second_person, request.values);
    Ok(answer(changed.await?))
}

fn answer(house: House) -> Response {
    let tag = format!("\"{}\"", house.settings.revision);
    let missing = house.missing().map(|(name, _)| name.clone()).collect();
    let values = house.settings.values.into_iter();
    let used = house.used.into_iter();
    let body = SettingsBody {
        revision: house.settings.revision,
        second_person: house.settings.second_person,
        values: values.map(|(name, one)| (name, one.value)).collect(),
        missing,
        used: used
            .map(|(name, places)| SettingUse {
                name,
                places: places.into_iter().collect(),
            })
            .collect(),
    };
    ([(header::ETAG, tag)], Json(body)).into_response()
}
