//! Agent reports: what is taken of one that is sent as JSON, and the published schema.

use serde_json::{Value, json};

use crate::evidence::Upload;
use crate::evidence::agent_report::{FAMILY, VERSION, unfold, unknown};
use crate::web::error::Problem;
use crate::web::extract::{self, Submitted};
use crate::web::state::Site;

/// A report that carries its outputs; `None` when the value is no report.
pub fn submitted(value: &Value, site: &Site) -> Result<Option<Submitted>, Problem> {
    let schema = value.get("schema").and_then(Value::as_str);
    let Some(schema) = schema.filter(|schema| schema.starts_with(FAMILY)) else {
        return Ok(None);
    };
    if schema != VERSION {
        return Err(Problem::invalid_field("/schema", unknown(schema)));
    }
    let mut submitted = Submitted::default();
    let text = value.to_string();
    let Some(report) = unfold(&text) else {
        let what = "the report holds no text to read: give its sections an `output`, or send the whole zip as `file`";
        return Err(Problem::invalid_field("/sections", what));
    };
    if report.files.len() > site.file_limit {
        return Err(extract::too_many_files(site));
    }
    submitted
        .request
        .submission
        .files
        .push(Upload::new("report.json", text));
    Ok(Some(submitted))
}

/// What an agent report holds, as a JSON Schema (2020-12).
pub fn schema() -> Value {
    let text = |what: &str| json!({ "type": "string", "description": what });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/api/v1/schema/report.json",
        "title": "Signpost agent report, version 1",
        "description": "Who collected something, on which machine and when, and what each section gave. It comes in two forms: as the file `report.json` of a zip, whose sections name the files beside it (`file`); or by itself, sent as application/json, whose sections carry their output within (`output`). Every other text in it is read as a file that is named by the keys that lead to it.",
        "type": "object",
        "required": ["schema"],
        "properties": {
            "schema": { "const": VERSION },
            "collector": {
                "description": "What collected it.",
                "type": "object",
                "properties": { "name": text("Its name."), "version": text("Its version.") },
            },
            "machine": text("The machine, by its host name. Every fact of the files counts for it, unless a file names another."),
            "domain": text("The DNS domain of the machine; empty in a workgroup."),
            "account": text("The account that ran the collector, `DOMAIN\\name`."),
            "elevated": { "type": "boolean", "description": "Whether it ran elevated." },
            "taken": { "type": "string", "format": "date-time", "description": "When, RFC 3339 with the offset of the machine." },
            "taken_utc": { "type": "string", "format": "date-time", "description": "The same in UTC." },
            "time_zone": text("The name that the machine gives its time zone."),
            "culture": text("The culture of the account, such as `de-DE`."),
            "ui_culture": text("The culture of the interface."),
            "powershell": text("The version of PowerShell."),
            "sections": {
                "anyOf": [
                    { "type": "array", "items": { "$ref": "#/$defs/section" } },
                    { "description": "In short: a text for each name.", "type": "object", "additionalProperties": { "type": "string" } },
                ],
            },
        },
        "additionalProperties": true,
        "$defs": {
            "section": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": text("The section, as collectors name it."),
                    "command": text("The command that was run."),
                    "file": text("The file with its output, beside report.json."),
                    "started": { "type": "string", "format": "date-time", "description": "When it began." },
                    "exit_code": { "type": "integer", "description": "What the command returned." },
                    "duration_ms": { "type": "integer", "minimum": 0, "description": "How long it took, milliseconds." },
                    "error": text("Why it failed, as the tool or Windows said."),
                    "output": {
                        "description": "What the command printed, its command line first (`C:\\>reg query …`): a text, or its lines.",
                        "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "string" } } ],
                    },
                },
            },
        },
        "examples": [
            {
                "schema": VERSION,
                "sections": {
                    "dsregcmd.txt": "AzureAdJoined : YES\nDomainJoined : NO",
                    "run.log": "The run failed with 0xC000015B",
                },
            },
            {
                "schema": VERSION,
                "machine": "RPA-VM-07",
                "account": "FABRIKAM\\svc-collect",
                "elevated": true,
                "taken": "2026-11-21T09:12:44+01:00",
                "sections": [
                    { "id": "dsregcmd", "command": "dsregcmd /status", "exit_code": 0, "output": "AzureAdJoined : YES\nDomainJoined : NO" },
                    { "id": "run", "output": ["The run failed with 0xC000015B"] },
                ],
            },
        ],
    })
}
