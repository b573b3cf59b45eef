//! Events as people look at them: a row for each, and how often whose sign-in failed and why.

use std::collections::HashMap;

use super::super::{Code, CodeSpace, Evidence, Span, codes};
use super::{Event, known};

/// One event in plain words. What the source does not tell is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// When, unix milliseconds.
    pub time: Option<i64>,
    /// Its number.
    pub id: Option<u32>,
    /// What it says: "Sign-in failed". The provider's name for an event that is not known.
    pub what: String,
    /// Whether it says that something failed.
    pub failed: bool,
    /// The computer that wrote it.
    pub machine: Option<String>,
    /// Whose sign-in, `DOMAIN\name`.
    pub account: Option<String>,
    /// The kind of sign-in with its name: "10 (remote interactive)".
    pub logon_type: Option<String>,
    /// The code that decides.
    pub code: Option<Code>,
    /// Its symbol, or else its number: `STATUS_WRONG_PASSWORD`.
    pub code_name: Option<String>,
    /// The address that the attempt came from.
    pub address: Option<String>,
    /// The computer that the attempt came from.
    pub workstation: Option<String>,
    /// The program that asked, or the service.
    pub process: Option<String>,
    /// The record.
    pub span: Span,
}

/// Failures of one account for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// Whose.
    pub account: Option<String>,
    /// The code that decides.
    pub code: Option<Code>,
    /// Its symbol or number; what happened, where there is no code.
    pub reason: String,
    /// How many.
    pub count: usize,
    /// The first, unix milliseconds, of those that tell.
    pub first: Option<i64>,
    /// The last, unix milliseconds, of those that tell.
    pub last: Option<i64>,
    /// The record of the last of them.
    pub example: Span,
}

impl Event {
    /// This event in plain words.
    pub fn row(&self) -> EventRow {
        let code = self.code().map(|(code, _)| code);
        let known = known::of(self);
        EventRow {
            time: self.time,
            id: self.id,
            what: known.map_or_else(
                || match (&self.provider, self.is_failure()) {
                    (Some(provider), _) => provider.clone(),
                    (None, true) => "Failure".to_owned(),
                    (None, false) => "Event".to_owned(),
                },
                |known| known.what.to_owned(),
            ),
            failed: self.is_failure(),
            machine: self.machine.clone(),
            account: self.account(),
            logon_type: self.says(&["LogonType"]).map(logon_type),
            code_name: code.as_ref().map(code_name),
            code,
            address: self
                .says(&["IpAddress", "IPString", "ClientIP", "Address", "Param3"])
                .map(|address| {
                    address
                        .strip_prefix("::ffff:")
                        .unwrap_or(address)
                        .to_owned()
                }),
            workstation: self.workstation().map(str::to_owned),
            process: self.process().map(str::to_owned),
            span: self.span,
        }
    }

    fn says(&self, names: &[&str]) -> Option<&str> {
        let mut fields = names.iter().filter_map(|name| self.field(name));
        fields.next().map(|field| field.value.trim())
    }

    /// The computer that an attempt came from. 4740 keeps it where others keep the account's domain.
    fn workstation(&self) -> Option<&str> {
        if self.id == Some(4740) {
            return self.says(&["TargetDomainName"]);
        }
        self.says(&["WorkstationName", "Workstation"])
    }

    fn process(&self) -> Option<&str> {
        match self.id {
            Some(7009) => self.says(&["param2"]),
            Some(7000..=7050) => self.says(&["param1"]),
            _ => self.says(&["ProcessName"]),
        }
    }
}

fn code_name(code: &Code) -> String {
    let described = codes::describe(code);
    let symbol = described.symbol.map(str::to_owned);
    let reason = || (code.space == CodeSpace::Reason).then(|| format!("%%{}", code.value));
    symbol
        .or(described.hex)
        .or_else(reason)
        .unwrap_or_else(|| code.value.to_string())
}

/// A kind of sign-in with its name; one that is not known is given as it is.
pub fn logon_type(number: &str) -> String {
    let name = match number.trim() {
        "2" => "interactive",
        "3" => "network",
        "4" => "batch",
        "5" => "service",
        "7" => "unlock",
        "8" => "network, password in the clear",
        "9" => "new credentials",
        "10" => "remote interactive",
        "11" => "cached interactive",
        "12" => "cached remote interactive",
        "13" => "cached unlock",
        other => return other.to_owned(),
    };
    format!("{} ({name})", number.trim())
}

impl Evidence {
    /// Failures per account and code: the most frequent first, then the latest.
    pub fn failures(&self) -> Vec<FailureGroup> {
        let mut places: HashMap<(Option<String>, Option<Code>, String), usize> = HashMap::new();
        let mut groups: Vec<FailureGroup> = Vec::new();
        for event in self.events.iter().filter(|event| event.is_failure()) {
            let row = event.row();
            let reason = row.code_name.unwrap_or(row.what);
            let key = (
                row.account.as_ref().map(|name| name.to_lowercase()),
                row.code.clone(),
                reason.clone(),
            );
            let at = *places.entry(key).or_insert_with(|| {
                groups.push(FailureGroup {
                    account: row.account,
                    code: row.code,
                    reason,
                    count: 0,
                    first: None,
                    last: None,
                    example: event.span,
                });
                groups.len() - 1
            });
            groups[at].add(event);
        }
        groups.sort_by_key(|group| std::cmp::Reverse((group.count, group.last)));
        groups
    }
}

impl FailureGroup {
    fn add(&mut self, event: &Event) {
        self.count += 1;
        let Some(time) = event.time else { return };
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        if self.last.is_none_or(|last| last <= time) {
            self.last = Some(time);
            self.example = event.span;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::EventField;
    use super::*;

    fn event(id: u32, time: i64, fields: &[(&str, &str)]) -> Event {
        let field = |(name, value): &(&str, &str)| EventField {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
            span: Span::default(),
        };
        Event {
            id: Some(id),
            time: Some(time),
            fields: fields.iter().map(field).collect(),
            ..Event::default()
        }
    }

    #[test]
    fn a_row_says_in_plain_words_what_the_event_says() {
        let row = event(
            4625,
            7,
            &[
                ("TargetUserName", "svc-robot"),
                ("TargetDomainName", "CONTOSO"),
                ("Status", "0xc000006d"),
                ("SubStatus", "0xc000006a"),
                ("LogonType", "10"),
                ("IpAddress", "::ffff:10.20.0.4"),
                ("WorkstationName", "-"),
                ("ProcessName", r"C:\Windows\System32\svchost.exe"),
            ],
        )
        .row();
        assert_eq!(row.what, "Sign-in failed");
        assert!(row.failed);
        assert_eq!(row.account.as_deref(), Some(r"CONTOSO\svc-robot"));
        assert_eq!(row.logon_type.as_deref(), Some("10 (remote interactive)"));
        assert_eq!(row.code_name.as_deref(), Some("STATUS_WRONG_PASSWORD"));
        assert_eq!(row.address.as_deref(), Some("10.20.0.4"));
        assert_eq!(row.workstation, None);
    }

    #[test]
    fn a_lockout_names_the_computer_that_it_came_from() {
        let row = event(
            4740,
            7,
            &[
                ("TargetUserName", "svc-robot"),
                ("TargetDomainName", "RPA-VM-07"),
            ],
        )
        .row();
        assert_eq!(row.account.as_deref(), Some("svc-robot"));
        assert_eq!(row.workstation.as_deref(), Some("RPA-VM-07"));
    }

    #[test]
    fn a_service_stands_where_a_process_would() {
        let row = event(
            7038,
            1,
            &[("param1", "UIFlowService"), ("param2", r".\robot")],
        )
        .row();
        assert_eq!(row.process.as_deref(), Some("UIFlowService"));
        assert_eq!(row.account.as_deref(), Some(r".\robot"));
    }

    #[test]
    fn failures_are_counted_per_account_and_code() {
        let wrong = |name, time| {
            event(
                4625,
                time,
                &[("TargetUserName", name), ("SubStatus", "0xc000006a")],
            )
        };
        let evidence = Evidence {
            events: vec![
                wrong("robot", 20),
                wrong("ROBOT", 10),
                wrong("other", 5),
                event(4624, 30, &[("TargetUserName", "robot")]),
                event(
                    4776,
                    15,
                    &[("TargetUserName", "robot"), ("Status", "0xC000006A")],
                ),
            ],
            ..Evidence::default()
        };
        let groups = evidence.failures();
        let seen = groups
            .iter()
            .map(|group| {
                (
                    group.account.as_deref(),
                    group.count,
                    group.first,
                    group.last,
                )
            })
            .collect::<Vec<_>>();
        assert_eq!(
            seen,
            [
                (Some("robot"), 3, Some(10), Some(20)),
                (Some("other"), 1, Some(5), Some(5))
            ]
        );
        assert_eq!(groups[0].reason, "STATUS_WRONG_PASSWORD");
    }
}
