//! One record of a Windows event log, whatever the shape it was sent in.
//!
//! Fields are named as the event's own XML names them (`TargetUserName`, `LogonType`, `SubStatus`, `param1`),
//! also where the source called them otherwise: a rule is written once. Names and meanings:
//! <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4625>.

use super::super::codes::{self, number};
use super::super::{Code, CodeSpace, Round, Span};
use super::known::{self, Outcome};

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Its number, where the source tells: 4625.
    pub id: Option<u32>,
    /// Its provider: `Microsoft-Windows-Security-Auditing`.
    pub provider: Option<String>,
    /// When it was written, unix milliseconds, where the source tells with its zone.
    pub time: Option<i64>,
    /// The computer that wrote it.
    pub machine: Option<String>,
    /// What it says, in order.
    pub fields: Vec<EventField>,
    /// The record, whole lines where it has lines of its own; `source` is set by the caller.
    pub span: Span,
    /// The number as written, for the proof; the record's first line where there is none.
    pub id_span: Span,
    /// The round it came with; set by the caller.
    pub round: Round,
}

/// One field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventField {
    /// As the event's XML names it.
    pub name: String,
    /// The value as written, without quotes and escapes.
    pub value: String,
    /// The value where it stands; `source` is set by the caller.
    pub span: Span,
}

/// Kerberos events print RFC 4120 error numbers.
const KERBEROS: &[u32] = &[4768, 4769, 4770, 4771, 4772];
/// What a domain controller writes; 4776 is also written by a machine about its own accounts.
const CONTROLLERS: &[u32] = &[4740, 4767, 4768, 4769, 4770, 4771, 4772, 4776];
/// Events of the Service Control Manager that name an error, and which of their values it is: `%%1069`, or the number.
/// The numbers in 7009, 7031 and 7034 are times and counts.
const SERVICE_ERRORS: &[(u32, &str)] = &[
    (7000, "param2"),
    (7001, "param3"),
    (7023, "param2"),
    (7038, "param3"),
];

impl Event {
    /// Visits every span it has.
    pub(in crate::evidence) fn for_each_span(&mut self, mut visit: impl FnMut(&mut Span)) {
        visit(&mut self.span);
        visit(&mut self.id_span);
        for field in &mut self.fields {
            visit(&mut field.span);
        }
    }

    /// A field that says something: `-`, and an empty value, say nothing.
    pub fn field(&self, name: &str) -> Option<&EventField> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .filter(|field| !matches!(field.value.trim(), "" | "-" | "N/A"))
    }

    /// The code that decides, and where it stands: the sub status unless it is 0, else the status, else the failure
    /// reason. A success has none.
    pub fn code(&self) -> Option<(Code, Span)> {
        let fields = ["SubStatus", "Status", "ErrorCode", "FailureCode"];
        let by_number = fields
            .into_iter()
            .filter_map(|name| self.field(name))
            .find_map(|field| Some((self.status(&field.value)?, field.span)));
        by_number
            .or_else(|| self.reason())
            .or_else(|| self.service_error())
    }

    /// The failure reason as its number, `%%2310`, also where the event gives it as a sentence; and where it stands.
    pub fn reason(&self) -> Option<(Code, Span)> {
        let reason = self.field("FailureReason")?;
        let by_number = codes::parse(reason.value.trim())
            .into_iter()
            .find(|code| code.space == CodeSpace::Reason);
        let code = by_number.or_else(|| {
            let known = super::names::reason(&reason.value)?;
            Some(number(CodeSpace::Reason, known))
        })?;
        Some((code, reason.span))
    }

    fn status(&self, value: &str) -> Option<Code> {
        let value = value.trim();
        let hex = value
            .strip_prefix("0x")
            .or_else(|| value.strip_prefix("0X"));
        let value = match hex {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => match value.parse::<i64>() {
                Ok(number) => u32::try_from(number & 0xffff_ffff).ok()?,
                Err(_) => {
                    return codes::parse(value)
                        .into_iter()
                        .find(|code| code.space == CodeSpace::Ntstatus);
                }
            },
        };
        if value == 0 {
            return None;
        }
        let kerberos = self.id.is_some_and(|id| KERBEROS.contains(&id)) && value < 0x100;
        Some(if kerberos {
            number(CodeSpace::Kerberos, value)
        } else if value < 0x1_0000 {
            number(CodeSpace::Win32, value)
        } else {
            number(CodeSpace::Ntstatus, value)
        })
    }

    fn service_error(&self) -> Option<(Code, Span)> {
        let (_, name) = SERVICE_ERRORS.iter().find(|(id, _)| Some(*id) == self.id)?;
        let field = self.field(name)?;
        let value = field.value.trim().trim_start_matches("%%");
        let value: u32 = value.parse().ok().filter(|value| *value > 0)?;
        Some((number(CodeSpace::Win32, value), field.span))
    }

    /// The account that the event is about, `DOMAIN\name`, or the name alone where no domain is told.
    pub fn account(&self) -> Option<String> {
        // Where else than in `TargetUserName` and `TargetDomainName` an event says it. 4740 keeps the computer that the
        // attempts came from in `TargetDomainName`.
        let (name, domain) = match self.id {
            Some(4740) => (self.field("TargetUserName"), None),
            Some(7038 | 7041) => (self.field("param2"), None),
            Some(1149) => (
                self.field("Param1").or_else(|| self.field("User")),
                self.field("Param2"),
            ),
            _ => (
                self.field("TargetUserName").or_else(|| self.field("User")),
                self.field("TargetDomainName"),
            ),
        };
        let name = name?.value.trim();
        let domain = domain.map(|field| field.value.trim());
        Some(match domain {
            Some(domain) if !name.contains(['\\', '@']) => format!("{domain}\\{name}"),
            _ => name.to_owned(),
        })
    }

    /// Whether it tells of the machine that wrote it. What a domain controller writes about a sign-in elsewhere does not.
    pub fn is_of_its_machine(&self) -> bool {
        known::of(self).is_some() && !self.is_of_a_controller()
    }

    /// Whether the one that checks credentials writes it, wherever somebody signs in.
    pub fn is_of_a_controller(&self) -> bool {
        self.id.is_some_and(|id| CONTROLLERS.contains(&id))
    }

    /// Whether it only has the number of an event that is known by another provider.
    pub fn is_namesake(&self) -> bool {
        known::is_namesake(self)
    }

    /// Whether it says that something failed.
    pub fn is_failure(&self) -> bool {
        match known::of(self).map(|known| known.outcome) {
            Some(Outcome::Failed) => true,
            Some(Outcome::ByCode) => self.code().is_some(),
            Some(Outcome::Told) => false,
            None => self.id.is_none() && self.code().is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u32, fields: &[(&str, &str)]) -> Event {
        Event {
            id: Some(id),
            fields: fields
                .iter()
                .enumerate()
                .map(|(at, (name, value))| EventField {
                    name: (*name).to_owned(),
                    value: (*value).to_owned(),
                    span: Span {
                        line: at + 1,
                        ..Span::default()
                    },
                })
                .collect(),
            ..Event::default()
        }
    }

    fn code(id: u32, fields: &[(&str, &str)]) -> Option<(CodeSpace, u32, usize)> {
        let (code, span) = event(id, fields).code()?;
        Some((code.space, code.value, span.line))
    }

    #[test]
    fn the_sub_status_decides_unless_it_is_zero() {
        let both = [("Status", "0xc000006d"), ("SubStatus", "0xc0000064")];
        assert_eq!(
            code(4625, &both),
            Some((CodeSpace::Ntstatus, 0xc000_0064, 2))
        );
        let zero = [("Status", "0xC000015B"), ("SubStatus", "0x0")];
        assert_eq!(
            code(4625, &zero),
            Some((CodeSpace::Ntstatus, 0xc000_015b, 1))
        );
        let signed = [("Status", "-1073741715"), ("SubStatus", "-1073741724")];
        assert_eq!(
            code(4625, &signed),
            Some((CodeSpace::Ntstatus, 0xc000_0064, 2))
        );
        assert_eq!(
            code(4625, &[("FailureReason", "%%2308")]),
            Some((CodeSpace::Reason, 2308, 1))
        );
    }

    #[test]
    fn a_reason_is_its_number_also_as_a_sentence() {
        let said = [("FailureReason", "Account currently disabled.")];
        assert_eq!(code(4625, &said), Some((CodeSpace::Reason, 2310, 1)));
        assert_eq!(code(4625, &[("FailureReason", "Too early.")]), None);
    }

    #[test]
    fn kerberos_and_service_events_have_codes_of_their_own() {
        assert_eq!(
            code(4771, &[("Status", "0x18")]),
            Some((CodeSpace::Kerberos, 0x18, 1))
        );
        let service = [("param1", "UIFlowService"), ("param2", "%%1069")];
        assert_eq!(code(7000, &service), Some((CodeSpace::Win32, 1069, 2)));
        assert_eq!(code(4776, &[("Status", "0x0")]), None);
    }

    #[test]
    fn an_account_has_its_domain_where_one_is_told() {
        let names = [("TargetUserName", "svc"), ("TargetDomainName", "CORP")];
        assert_eq!(event(4625, &names).account().as_deref(), Some("CORP\\svc"));
        assert_eq!(event(4740, &names).account().as_deref(), Some("svc"));
        let alone = [
            ("TargetUserName", "svc@corp.test"),
            ("TargetDomainName", "-"),
        ];
        assert_eq!(
            event(4625, &alone).account().as_deref(),
            Some("svc@corp.test")
        );
        assert_eq!(event(4625, &[("TargetUserName", "-")]).account(), None);
    }

    #[test]
    fn a_success_is_no_failure() {
        assert!(event(4625, &[]).is_failure());
        assert!(event(4776, &[("Status", "0xc000006a")]).is_failure());
        assert!(!event(4776, &[("Status", "0x0")]).is_failure());
        assert!(!event(4624, &[("LogonType", "2")]).is_failure());
    }
}
