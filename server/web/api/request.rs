//! What programs send.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::report;
use crate::actions::{About, Request};
use crate::evidence::redact::Redact;
use crate::evidence::{FactValue, Submission};
use crate::guide::walk::Visit;
use crate::store::{CaseEdit, CaseId, OutcomeName};
use crate::web::error::Problem;
use crate::web::extract::{self, Submitted, media_type, submission_from_multipart};
use crate::web::state::{AppState, Site};

/// What is to be diagnosed. One of `text` and `facts` is required.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionBody {
    /// Pasted text.
    #[schema(example = "Logon failure, error code -1073741477")]
    pub text: Option<String>,
    /// Facts given outright: a key, and a text or a list of texts.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, FactValue>, example = json!({"dsregcmd.AzureAdJoined": "YES"}))]
    pub facts: BTreeMap<String, FactValue>,
    /// Raises the rules of this product; never filters.
    #[schema(example = "power-automate-desktop")]
    pub product: Option<String>,
    /// At most so many findings.
    #[schema(minimum = 1, maximum = 100, example = 10)]
    pub limit: Option<usize>,
    /// Cases: the rule whose guide is started without evidence.
    pub rule: Option<String>,
    /// Cases: the ticket.
    pub ticket: Option<String>,
    /// Cases: the machine.
    pub machine: Option<String>,
    /// Cases: the account.
    pub account: Option<String>,
    /// Cases: who sends it.
    pub who: Option<String>,
    /// Cases: what is replaced before anything is kept. A case that was given `people` once, or a server that is set to
    /// it, stays with it.
    pub redact: Option<Redact>,
}

/// A submission in any form that programs send: JSON, a form with files, a report.
#[derive(Debug, Clone, Default)]
pub struct Sent(pub Submitted);

impl FromRequest<AppState> for Sent {
    type Rejection = Problem;

    async fn from_request(request: HttpRequest, state: &AppState) -> Result<Self, Problem> {
        match media_type(&request).as_str() {
            "application/json" => from_json(request, &state.site).await.map(Self),
            "multipart/form-data" => {
                let submitted = submission_from_multipart(request, state).await?;
                within(submitted.request.limit)?;
                Ok(Self(submitted))
            }
            other => {
                let wanted = "application/json or multipart/form-data";
                Err(extract::unknown_media_type(other, wanted))
            }
        }
    }
}

impl Sent {
    /// The submission, refused when there is nothing in it.
    pub fn filled(self) -> Result<Submitted, Problem> {
        if self.0.is_empty() {
            let what = "send `text`, `facts` or files: there is nothing to read";
            return Err(Problem::invalid_field("/text", what));
        }
        Ok(self.0)
    }
}

async fn from_json(request: HttpRequest, site: &Site) -> Result<Submitted, Problem> {
    let value: serde_json::Value = extract::json(request.into_body(), site.body_limit()).await?;
    if let Some(submitted) = report::submitted(&value, site)? {
        return Ok(submitted);
    }
    let body: SubmissionBody = extract::from_value(&value)?;
    if body
        .text
        .as_ref()
        .is_some_and(|text| text.len() > site.paste_limit)
    {
        return Err(Problem::too_large("`text`", site.paste_limit));
    }
    within(body.limit)?;
    Ok(Submitted {
        request: Request {
            submission: Submission {
                text: body.text,
                files: Vec::new(),
                facts: body.facts,
            },
            product: body.product,
            limit: body.limit,
            ..Request::default()
        },
        about: About {
            ticket: body.ticket,
            machine: body.machine,
            account: body.account,
            who: body.who,
            redact: body.redact.unwrap_or_default(),
        },
        rule: body.rule,
        revision: None,
    })
}

fn within(limit: Option<usize>) -> Result<(), Problem> {
    if limit.is_some_and(|limit| !(1..=100).contains(&limit)) {
        return Err(Problem::invalid_field("/limit", "`limit` is 1 to 100"));
    }
    Ok(())
}

/// An answer to a step.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// The rule whose guide asks; the active one when not said.
    pub rule: Option<String>,
    /// The step.
    #[schema(example = "join-state")]
    pub step: String,
    /// Which visit of the step, where the guide led back to it; the latest when not said.
    #[schema(minimum = 1)]
    pub visit: Option<Visit>,
    /// The answer's id; `done` or `cannot` for an instruction; a check's id, or `no.` and its id, for checks.
    #[schema(example = "other")]
    pub answer: String,
    /// Who.
    pub who: Option<String>,
}

/// How a case ended.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeBody {
    /// Which.
    pub outcome: OutcomeName,
    /// For which rule; the active one when not said.
    pub rule: Option<String>,
    /// At which step; the present one when not said.
    pub step: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// With `wrong_cause`: which would be right.
    pub right_rule: Option<String>,
    /// Who.
    pub who: Option<String>,
}

/// What to change; what is missing stays, null clears.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    /// The ticket.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "INC-4711")]
    pub ticket: Option<Option<String>>,
    /// The machine.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub machine: Option<Option<String>>,
    /// The account.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub account: Option<Option<String>>,
    /// A note.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
    /// Who.
    pub who: Option<String>,
}

impl EditBody {
    /// What the store takes.
    pub fn edit(&self) -> CaseEdit {
        CaseEdit {
            ticket: self.ticket.clone(),
            machine: self.machine.clone(),
            account: self.account.clone(),
            note: self.note.clone(),
        }
    }
}

#[expect(
    clippy::option_option,
    reason = "left alone, cleared and set are three things"
)]
fn given<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::<String>::deserialize(value).map(Some)
}

/// The case that an address names.
pub fn case_id(text: &str) -> Result<CaseId, Problem> {
    CaseId::parse(text)
        .ok_or_else(|| Problem::NotFound("There is no case at this address.".to_owned()))
}

/// The revision that `If-Match` names; none with `*` or without the header.
pub fn expected_revision(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.trim_start_matches("W/").trim_matches('"').parse();
    number.map(Some).map_err(|_| {
        Problem::malformed("If-Match is the case's `revision` as its ETag has it, such as \"4\".")
    })
}
