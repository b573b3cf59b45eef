//! The audit log: who did what, when, from where.

use std::fmt::Write;

use askama::Template;
use axum::extract::{Extension, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::Caller;
use crate::actions::audit::{export_audit, read_audit, verify_audit};
use crate::store::{AuditEntry, AuditFilter, Chain};
use crate::web::error::Problem;
use crate::web::pages::{Frame, Html, words};
use crate::web::paths;
use crate::web::state::AppState;

/// The log.
#[derive(Template)]
#[template(path = "admin/audit.html")]
pub(crate) struct AuditPage {
    frame: Frame,
    action: &'static str,
    export: String,
    who: String,
    deed: String,
    subject: String,
    entries: Vec<Line>,
    older: String,
    whole: bool,
    chain: String,
}

struct Line {
    number: i64,
    at: String,
    who: String,
    from: String,
    deed: String,
    subject: String,
    detail: String,
}

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    who: String,
    action: String,
    subject: String,
    before: Option<i64>,
    format: String,
}

/// `GET /admin/audit`.
pub(super) async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Html<AuditPage>, Problem> {
    let (entries, more) = read_audit(&state.desk, &caller, &asked.filter()).await?;
    let chain = verify_audit(&state.desk, &caller).await?;
    Ok(Html(AuditPage::new(&entries, more, &chain, &asked)))
}

/// `GET /admin/audit/export`.
pub(super) async fn export(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let entries = export_audit(&state.desk, &caller, &asked.filter()).await?;
    let (kind, name, text) = if asked.format == "csv" {
        ("text/csv; charset=utf-8", "audit.csv", csv(&entries))
    } else {
        ("application/x-ndjson", "audit.jsonl", lines(&entries))
    };
    let named = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, text).into_response())
}

impl Asked {
    fn filter(&self) -> AuditFilter {
        let said = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        AuditFilter {
            who: said(&self.who),
            action: said(&self.action),
            subject: said(&self.subject),
            since: None,
            before: self.before,
        }
    }
}

impl AuditPage {
    /// Fills the page.
    pub(crate) fn new(entries: &[AuditEntry], more: bool, chain: &Chain, asked: &Asked) -> Self {
        let (whole, chain) = match chain {
            Chain::Whole(count, _) => (
                true,
                format!(
                    "The chain is whole: none of {} was changed or removed.",
                    words::count(usize::try_from(*count).unwrap_or_default(), "line")
                ),
            ),
            Chain::Broken(number) => (
                false,
                format!(
                    "The chain is broken at entry {number}: it, or one before it, was changed or removed outside of Signpost."
                ),
            ),
        };
        let filter = paths::query(&[
            ("who", &asked.who),
            ("action", &asked.action),
            ("subject", &asked.subject),
        ]);
        let older = entries.last().filter(|_| more).map(|last| {
            let before = last.number.to_string();
            format!("{}?{filter}&before={before}", paths::ADMIN_AUDIT)
        });
        Self {
            frame: Frame::desk_page("Audit log", "Audit"),
            action: paths::ADMIN_AUDIT,
            export: format!("{}?{filter}", paths::ADMIN_AUDIT_EXPORT),
            who: asked.who.clone(),
            deed: asked.action.clone(),
            subject: asked.subject.clone(),
            entries: entries.iter().map(line).collect(),
            older: older.unwrap_or_default(),
            whole,
            chain,
        }
    }
}

fn line(entry: &AuditEntry) -> Line {
    let from = entry.address.as_ref();
    Line {
        number: entry.number,
        at: words::moment(entry.at),
        who: entry.who.clone(),
        from: from.map_or_else(
            || entry.via.clone(),
            |from| format!("{from}, {}", entry.via),
        ),
        deed: entry.action.clone(),
        subject: entry.subject.clone(),
        detail: entry.detail.clone(),
    }
}

fn lines(entries: &[AuditEntry]) -> String {
    entries.iter().fold(String::new(), |mut text, entry| {
        // Plain fields with string keys cannot fail.
        text.push_str(&serde_json::to_string(entry).unwrap_or_default());
        text.push('\n');
        text
    })
}

fn csv(entries: &[AuditEntry]) -> String {
    let mut text = "number,at,who,via,address,action,subject,detail,hash\r\n".to_owned();
    for entry in entries {
        let address = entry.address.as_deref().unwrap_or_default();
        let fields = [
            &entry.number.to_string(),
            &entry.at.to_string(),
            &entry.who,
            &entry.via,
            address,
            &entry.action,
            &entry.subject,
            &entry.detail,
            &entry.hash,
        ];
        let fields = fields.map(words::csv_field);
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\r\n", fields.join(","));
    }
    text
}
