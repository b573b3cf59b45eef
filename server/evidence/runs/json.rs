//! Runs as JSON: the run history and the action outputs of Power Automate, rows of the Dataverse table `flowsession`,
//! the execution log of `UiPath` robots and jobs of Orchestrator, the activity of Automation Anywhere.
//!
//! ```text
//! {"value":[{"flowsessionid":"8f0c…","startedon":"2026-11-20T06:00:11Z","statuscode":8,"errorcode":"WindowsIdentityIncorrect",
//!   "errormessage":"…","errordetails":"{\"code\":\"-1073741477\"}"}]}
//! 06:00:11.1234 Error {"message":"…","level":"Error","timeStamp":"2026-11-20T06:00:11+01:00","windowsIdentity":"FABRIKAM\\svc-robot"}
//! {"error":{"code":"WindowsIdentityIncorrect","message":"…"},"correlationId":"5d20…"}
//! ```
//!
//! Columns of `flowsession`: <https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/flowsession>;
//! fields of a robot's log: <https://docs.uipath.com/robot/standalone/latest/user-guide/logging-and-log-levels>.

use super::{Record, Said, newest};
use crate::evidence::json::{Value, documents};
use crate::evidence::{Reader, Reading, Text};

mod said;

/// Values that are looked into, of one document.
const MOST_VALUES: usize = 200_000;
/// Records that are kept of one text.
const MOST_RECORDS: usize = 50_000;
/// How many objects above an error may say whose it is.
const ABOVE: usize = 4;

const POWER_AUTOMATE: &str = "Power Automate";
const UIPATH: &str = "UiPath";
const AUTOMATION_ANYWHERE: &str = "Automation Anywhere";

/// Names of an object that holds an error's code and message.
const ERRORS: &[&str] = &["error", "errorDetails", "lastError"];
const MACHINES: &[&str] = &[
    "machineName",
    "machine",
    "_machineid_value@OData.Community.Display.V1.FormattedValue",
    "hostMachineName",
    "deviceName",
    "hostName",
];
const ACCOUNTS: &[&str] = &[
    "windowsIdentity",
    "principal",
    "userPrincipalName",
    "connectionUser",
    "localSystemAccount",
    "runAsUserName",
];
const TIMES: &[&str] = &[
    "startTime",
    "startedon",
    "timeStamp",
    "startDateTime",
    "timestamp",
];
const CORRELATIONS: &[&str] = &[
    "correlationId",
    "clientTrackingId",
    "x-ms-client-request-id",
    "requestId",
    "flowsessionid",
    "jobId",
];
/// `statuscode` of a flow session, by number.
const SESSION_STATES: &[&str] = &[
    "NotSpecified",
    "Paused",
    "Running",
    "Waiting",
    "Succeeded",
    "Skipped",
    "Suspended",
    "Cancelled",
    "Failed",
    "Faulted",
    "TimedOut",
    "Aborted",
    "Ignored",
];
/// States of a run that failed, in any case.
const FAILURES: &[&str] = &[
    "failed",
    "faulted",
    "timedout",
    "aborted",
    "error",
    "fatal",
    "run_failed",
    "run_aborted",
    "deploy_failed",
    "run_timed_out",
];

/// See the head of this file.
pub const READER: Reader = Reader {
    kind: "run record",
    marks: &[
        "\"error\"",
        "\"errorDetails\"",
        "\"lastError\"",
        "\"errorcode\"",
        "\"flowsessionid\"",
        "Microsoft.ProcessSimple",
        "\"windowsIdentity\"",
        "\"robotName\"",
        "\"HostMachineName\"",
        "\"deviceName\"",
    ],
    read,
};

/// Reads every record. Closes nothing, claims nothing.
fn read(_: &str, text: &Text) -> Reading {
    let mut records = Vec::new();
    for document in documents(text.as_str()) {
        if records.len() >= MOST_RECORDS {
            break;
        }
        let mut walk = Walk {
            text,
            left: MOST_VALUES,
            records: &mut records,
        };
        walk.value(&document.value, &mut Vec::new());
    }
    newest(records)
}

struct Walk<'a> {
    text: &'a Text,
    left: usize,
    records: &'a mut Vec<Record>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: &'a Value, above: &mut Vec<&'a Value>) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        for item in value.items() {
            self.value(item, above);
        }
        if value.members().is_empty() {
            return;
        }
        self.records.extend(self.record(value, above));
        above.push(value);
        for member in value.members() {
            self.value(&member.value, above);
        }
        above.pop();
    }

    fn record(&self, object: &Value, above: &[&Value]) -> Option<Record> {
        let has = |name: &str| object.get(self.text.as_str(), name).is_some();
        if has("flowsessionid") || has("errorcode") && (has("errormessage") || has("statuscode")) {
            return Some(self.flow_session(object));
        }
        if has("level")
            && (has("robotName") || has("windowsIdentity") || has("processName") && has("jobId"))
        {
            return Some(self.robot_line(object));
        }
        if has("HostMachineName") && has("State") {
            return Some(self.job(object));
        }
        if has("deviceName")
            && has("status")
            && (has("automationName") || has("fileName") || has("botName"))
        {
            return Some(self.activity(object));
        }
        let run = object.at(self.text.as_str(), &["properties", "startTime"]);
        if run.is_some() {
            return Some(self.run(object));
        }
        self.error(object, above)
    }

    fn flow_session(&self, row: &Value) -> Record {
        let details = self
            .first(row, &["errordetails"])
            .map(|said| said.0)
            .unwrap_or_default();
        let inside = self.inside(row, "errordetails", &["code", "errorCode"]);
        let told = self.inside(row, "errordetails", &["message", "errorMessage"]);
        let status = self
            .said(
                row,
                &["statuscode@OData.Community.Display.V1.FormattedValue"],
            )
            .or_else(|| {
                let mut status = self.said(row, &["statuscode"])?;
                let name = SESSION_STATES.get(status.value.parse::<usize>().ok()?)?;
                (*name).clone_into(&mut status.value);
                Some(status)
            });
        let code = self.said(row, &["errorcode"]).or(inside);
        Record {
            product: self.product(row, POWER_AUTOMATE),
            failed: code.is_some() || !details.is_empty() || is_failure(status.as_ref()),
            code,
            message: self.message(row, &["errormessage"]).or(told),
            account: self
                .said(row, ACCOUNTS)
                .or_else(|| self.inside(row, "context", ACCOUNTS)),
            machine: self
                .said(row, MACHINES)
                .or_else(|| self.inside(row, "context", MACHINES)),
            started: self.said(row, TIMES),
            correlation: self.said(row, CORRELATIONS),
            status,
        }
    }

    fn robot_line(&self, line: &Value) -> Record {
        let status = self.said(line, &["level"]);
        Record {
            product: self.product(line, UIPATH),
            failed: is_failure(status.as_ref()),
            code: self.said(line, &["errorCode"]),
            message: self.message(line, &["message"]),
            account: self.said(line, ACCOUNTS),
            machine: self.said(line, MACHINES),
            started: self.said(line, TIMES),
            correlation: self.said(line, CORRELATIONS),
            status,
        }
    }

    fn job(&self, job: &Value) -> Record {
        let status = self.said(job, &["State"]);
        let error = job.get(self.text.as_str(), "JobError");
        Record {
            product: self.product(job, UIPATH),
            failed: is_failure(status.as_ref()),
            code: error.and_then(|error| self.said(error, &["Code"])),
            message: error
                .and_then(|error| self.message(error, &["Detail", "Title"]))
                .or_else(|| self.message(job, &["Info"])),
            account: self.said(job, ACCOUNTS),
            machine: self.said(job, MACHINES),
            started: self.said(job, TIMES),
            correlation: self.said(job, &["Key"]),
            status,
        }
    }

    fn activity(&self, row: &Value) -> Record {
        let status = self.said(row, &["status"]);
        Record {
            product: self.product(row, AUTOMATION_ANYWHERE),
            failed: is_failure(status.as_ref()),
            code: self.said(row, &["errorCode"]),
            message: self.message(row, &["message", "errorMessage"]),
            account: self
                .said(row, ACCOUNTS)
                .or_else(|| self.said(row, &["userName"])),
            machine: self.said(row, MACHINES),
            started: self.said(row, TIMES),
            correlation: self.said(row, &["deploymentId", "id"]),
            status,
        }
    }

    /// A run of a cloud flow: what it says stands in `properties`.
    fn run(&self, run: &Value) -> Record {
        let text = self.text.as_str();
        let Some(properties) = run.get(text, "properties") else {
            return Record::default();
        };
        let status = self.said(properties, &["status"]);
        let error = properties.get(text, "error");
        let correlation = properties.get(text, "correlation");
        Record {
            product: self.product(run, POWER_AUTOMATE),
            failed: error.is_some() || is_failure(status.as_ref()),
            code: error
                .and_then(|error| self.code(error))
                .or_else(|| self.said(properties, &["code"])),
            message: error.and_then(|error| self.message(error, &["message"])),
            account: self.said(properties, ACCOUNTS),
            machine: self.said(properties, MACHINES),
            started: self.said(properties, TIMES),
            correlation: correlation
                .and_then(|correlation| self.said(correlation, CORRELATIONS))
                .or_else(|| self.said(properties, CORRELATIONS)),
            status,
        }
    }

    /// An error with a code in words or numbers; the objects around it say whose it is.
    fn error(&self, object: &Value, above: &[&Value]) -> Option<Record> {
        let text = self.text.as_str();
        let error = ERRORS.iter().find_map(|name| {
            object
                .get(text, name)
                .filter(|error| !error.members().is_empty())
        })?;
        // The error of a run was read with the run.
        let of_a_run = above
            .last()
            .is_some_and(|run| run.at(text, &["properties", "startTime"]).is_some());
        let code = self.code(error).filter(|_| !of_a_run)?;
        let around = || above.iter().rev().take(ABOVE).copied();
        let told = |names: &[&str]| {
            std::iter::once(object)
                .chain(around())
                .chain([error])
                .find_map(|object| self.said(object, names))
        };
        Some(Record {
            product: None,
            status: self.said(object, &["status", "statusCode"]),
            failed: true,
            code: Some(code),
            message: self.message(error, &["message"]),
            account: told(ACCOUNTS),
            machine: told(MACHINES),
            started: told(TIMES),
            correlation: told(CORRELATIONS),
        })
    }
}

fn is_failure(status: Option<&Said>) -> bool {
    status.is_some_and(|status| FAILURES.contains(&status.value.to_lowercase().as_str()))
}
