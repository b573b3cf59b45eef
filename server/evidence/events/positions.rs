//! What an event's values are called where only their order is kept: `Properties` of `Get-WinEvent`,
//! `ReplacementStrings` of `Get-EventLog`.
//!
//! The order is that of the event's template and does not change with the language of Windows; later versions of
//! Windows add behind the end. Templates: `(Get-WinEvent -ListProvider Microsoft-Windows-Security-Auditing).Events`,
//! and the pages of each event below
//! <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/advanced-security-audit-policy-settings>.

const LOGON_FAILED: &[&str] = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "Status",
    "FailureReason",
    "SubStatus",
    "LogonType",
    "LogonProcessName",
    "AuthenticationPackageName",
    "WorkstationName",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
];
const LOGGED_ON: &[&str] = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "LogonType",
    "LogonProcessName",
    "AuthenticationPackageName",
    "WorkstationName",
    "LogonGuid",
    "TransmittedServices",
    "LmPackageName",
    "KeyLength",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
];
const LOGGED_OFF: &[&str] = &[
    "TargetUserSid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonId",
    "LogonType",
];
const EXPLICIT: &[&str] = &[
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
    "LogonGuid",
    "TargetUserName",
    "TargetDomainName",
    "TargetLogonGuid",
    "TargetServerName",
    "TargetInfo",
    "ProcessId",
    "ProcessName",
    "IpAddress",
    "IpPort",
];
const LOCKED_OUT: &[&str] = &[
    "TargetUserName",
    "TargetDomainName",
    "TargetSid",
    "SubjectUserSid",
    "SubjectUserName",
    "SubjectDomainName",
    "SubjectLogonId",
];
const TICKET: &[&str] = &[
    "TargetUserName",
    "TargetDomainName",
    "TargetSid",
    "ServiceName",
    "ServiceSid",
    "TicketOptions",
    "Status",
    "TicketEncryptionType",
    "PreAuthType",
    "IpAddress",
    "IpPort",
];
const SERVICE_TICKET: &[&str] = &[
    "TargetUserName",
    "TargetDomainName",
    "ServiceName",
    "ServiceSid",
    "TicketOptions",
    "TicketEncryptionType",
    "IpAddress",
    "IpPort",
    "Status",
    "LogonGuid",
    "TransmittedServices",
];
const PRE_AUTHENTICATION: &[&str] = &[
    "TargetUserName",
    "TargetSid",
    "ServiceName",
    "TicketOptions",
    "Status",
    "PreAuthType",
    "IpAddress",
    "IpPort",
];
const NTLM: &[&str] = &["PackageName", "TargetUserName", "Workstation", "Status"];
const SESSION: &[&str] = &["User", "SessionID", "Address"];
const ADDRESS: &[&str] = &["IPString"];

/// The XML name of the value at `position`, from 0, of an event of this number; `None` where it is not known.
pub(super) fn name(id: u32, position: usize) -> Option<String> {
    let names = match id {
        4625 => LOGON_FAILED,
        4624 => LOGGED_ON,
        4634 => LOGGED_OFF,
        4648 => EXPLICIT,
        4740 => LOCKED_OUT,
        4768 => TICKET,
        4769 => SERVICE_TICKET,
        4771 => PRE_AUTHENTICATION,
        4776 => NTLM,
        21..=25 => SESSION,
        140 => ADDRESS,
        1149 => return Some(format!("Param{}", position + 1)),
        7000..=7045 => return Some(format!("param{}", position + 1)),
        _ => return None,
    };
    names.get(position).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_named_by_their_place_as_the_xml_names_them() {
        assert_eq!(name(4625, 7).as_deref(), Some("Status"));
        assert_eq!(name(4625, 9).as_deref(), Some("SubStatus"));
        assert_eq!(name(4771, 4).as_deref(), Some("Status"));
        assert_eq!(name(4768, 6).as_deref(), Some("Status"));
        assert_eq!(name(7000, 1).as_deref(), Some("param2"));
        assert_eq!(name(4625, 21), None);
        assert_eq!(name(1, 0), None);
    }
}
