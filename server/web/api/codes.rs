//! Looking up an error code in any spelling.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{CodeReading, reading};
use super::catalogue::{RuleLine, line};
use crate::actions::catalogue::{named_code, rules_by_code};
use crate::evidence::codes;
use crate::evidence::{Code, CodeSpace};
use crate::web::error::{Problem, ProblemBody};
use crate::web::state::AppState;

/// All that is known of one spelling of a code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeReadingsBody {
    /// As asked.
    #[schema(example = "1385")]
    pub text: String,
    /// What it can be.
    pub readings: Vec<KnownCodeBody>,
    /// The code that it carries, where the number is one within another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carries: Option<WrappingBody>,
    /// The rules that it can meet.
    pub rules: Vec<RuleLine>,
}

/// A code with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownCodeBody {
    /// What it is.
    #[serde(flatten)]
    pub reading: CodeReading,
    /// Every spelling of this same code.
    pub spellings: Vec<String>,
    /// Its number taken apart; of a Win32 error as an HRESULT carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<PartsBody>,
    /// Where Windows writes it.
    pub written: Vec<WrittenBody>,
    /// Other codes, not this one, that say the same.
    pub kin: Vec<KinBody>,
}

/// A number taken apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartsBody {
    /// The whole, in hex.
    #[schema(example = "0x80070569")]
    pub number: String,
    /// `HRESULT` or `NTSTATUS`.
    pub layout: &'static str,
    /// How bad.
    #[schema(example = "failure")]
    pub severity: &'static str,
    /// Which part of the system numbers the code.
    #[schema(example = 7)]
    pub facility: u32,
    /// Its name.
    #[schema(example = "Win32")]
    pub facility_name: Option<&'static str>,
    /// The code within the facility.
    #[schema(example = 1385)]
    pub code: u32,
}

/// A code around another.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrappingBody {
    /// `HRESULT` or `NTSTATUS`: the family of the number around.
    pub layout: &'static str,
    /// Whether both count as one code here.
    pub same_code: bool,
    /// The code inside.
    pub inner: CodeReading,
}

/// A place where a code is written.
#[derive(Debug, Serialize, ToSchema)]
pub struct WrittenBody {
    /// What writes it.
    pub place: &'static str,
    /// As it stands there.
    pub text: String,
    /// What stands beside it, or what to know.
    pub note: String,
    /// The article that says so.
    pub source: Option<&'static str>,
}

/// Other codes that say the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct KinBody {
    /// What they say.
    pub says: &'static str,
    /// The codes.
    pub codes: Vec<CodeReading>,
}

/// Read a code
///
/// Any spelling: hex, signed, unsigned, symbol, a product's named code.
#[utoipa::path(
    get,
    path = "/codes/{code}",
    tag = "knowledge",
    params(("code" = String, Path, description = "The code", example = "-1073741477")),
    responses(
        (status = 200, description = "All its readings", body = CodeReadingsBody),
        (status = 404, description = "Not a code in any spelling", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn code(
    State(state): State<AppState>,
    Path(text): Path<String>,
) -> Result<Json<CodeReadingsBody>, Problem> {
    let release = state.desk.live();
    let codes = codes::parse(&text);
    let mut readings = codes
        .iter()
        .map(|code| known(code, &text))
        .collect::<Vec<_>>();
    if readings.is_empty() {
        let named = named_code(&release, text.trim());
        readings.extend(named.map(|(code, spelled)| known(&code, spelled)));
    }
    if readings.is_empty() {
        let what = "That is no spelling of an error code: write it as 0xC000015B, -1073741477 or STATUS_LOGON_FAILURE.";
        return Err(Problem::NotFound(what.to_owned()));
    }
    let rules = rules_by_code(&release, text.trim(), &codes);
    let carries = codes::wrapping(&text).map(|wrapping| WrappingBody {
        layout: wrapping.layout,
        same_code: wrapping.is_one,
        inner: reading(&wrapping.inner, &text),
    });
    Ok(Json(CodeReadingsBody {
        readings,
        carries,
        rules: rules.into_iter().map(line).collect(),
        text,
    }))
}

fn known(code: &Code, shown: &str) -> KnownCodeBody {
    let spellings = match code.space {
        CodeSpace::Name => vec![shown.to_owned()],
        _ => codes::spellings(code),
    };
    KnownCodeBody {
        reading: reading(code, shown),
        spellings,
        parts: codes::parts(code).map(|parts| PartsBody {
            number: format!("0x{:08X}", parts.number),
            layout: parts.layout,
            severity: parts.severity,
            facility: parts.facility,
            facility_name: parts.facility_name,
            code: parts.code,
        }),
        written: codes::faces(code).into_iter().map(written).collect(),
        kin: codes::kin(code)
            .into_iter()
            .map(|kin| KinBody {
                says: kin.says,
                codes: kin.codes.iter().map(|code| reading(code, shown)).collect(),
            })
            .collect(),
    }
}

fn written(face: codes::Face) -> WrittenBody {
    WrittenBody {
        place: face.place,
        text: face.written,
        note: face.note,
        source: face.source,
    }
}
