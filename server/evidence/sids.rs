//! Well-known security identifiers and the English names Windows gives them (MS-DTYP 2.4.2.4).
//!
//! Those of a machine or a domain differ in the middle and end in a number that says which it is:
//! <https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers>.

use std::sync::LazyLock;

use regex::Regex;

/// A security identifier, or the mark that stands for one (`[sid:1]`, `[sid:1]-512`).
pub const PATTERN: &str = r"\bS-1-\d+(?:-\d+)+\b|\[sid:\d+\](?:-\d+\b)?";

/// A SID behind the name that it is shown with, and one of a machine or a domain with its last number.
static SHOWN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[^(]+\((?P<sid>(?i:S-1-)[\d-]+|\[sid:\d+\](?:-\d+)?)\)$")
        .expect("a constant pattern")
});
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?i:S-1-5-21)(?:-\d+){3}|\[sid:\d+\])-(?P<last>\d{3})$")
        .expect("a constant pattern")
});

/// What `Administrator` and the other accounts and groups are called that every machine or domain has: those differ
/// between domains, so this tells what an identifier means and never whose it is.
pub fn relative(sid: &str) -> Option<&'static str> {
    let last = RELATIVE.captures(sid.trim().trim_start_matches('*'))?;
    let last = last["last"].parse::<u16>().ok()?;
    let mut known = RELATIVE_NAMES.iter();
    known.find(|(id, _)| *id == last).map(|(_, name)| *name)
}

/// A holder as people read it: the name of a well-known SID; name and SID where the SID belongs to one domain; else
/// as written.
pub fn shown(written: &str) -> String {
    let written = written.trim().trim_start_matches('*');
    match (well_known(written), relative(written)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) => format!("{name} ({written})"),
        (None, None) => written.to_owned(),
    }
}

/// The name of a well-known SID, without its `BUILTIN\` or `NT AUTHORITY\`.
pub fn well_known(sid: &str) -> Option<&'static str> {
    let sid = sid.trim().trim_start_matches('*');
    NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(sid))
        .map(|(_, name)| *name)
}

/// The SID that is written, or that a well-known name stands for. `None` for other names.
pub fn sid_of(written: &str) -> Option<&str> {
    let written = written.trim().trim_start_matches('*');
    if let Some(shown) = SHOWN.captures(written).and_then(|shown| shown.name("sid")) {
        return Some(shown.as_str());
    }
    if written.starts_with("[sid:") {
        return Some(written);
    }
    if written.len() > 4 && written.as_bytes()[..4].eq_ignore_ascii_case(b"S-1-") {
        return Some(written);
    }
    let mut names = NAMES.iter();
    let found = names.find(|(_, name)| name.eq_ignore_ascii_case(written));
    found.map(|(sid, _)| *sid)
}

/// The last number of an identifier of a machine or a domain.
const RELATIVE_NAMES: &[(u16, &str)] = &[
    (498, "Enterprise Read-only Domain Controllers"),
    (500, "Administrator"),
    (501, "Guest"),
    (502, "KRBTGT"),
    (503, "DefaultAccount"),
    (504, "WDAGUtilityAccount"),
    (512, "Domain Admins"),
    (513, "Domain Users"),
    (514, "Domain Guests"),
    (515, "Domain Computers"),
    (516, "Domain Controllers"),
    (517, "Cert Publishers"),
    (518, "Schema Admins"),
    (519, "Enterprise Admins"),
    (520, "Group Policy Creator Owners"),
    (521, "Read-only Domain Controllers"),
    (522, "Cloneable Domain Controllers"),
    (525, "Protected Users"),
    (526, "Key Admins"),
    (527, "Enterprise Key Admins"),
    (553, "RAS and IAS Servers"),
    (571, "Allowed RODC Password Replication Group"),
    (572, "Denied RODC Password Replication Group"),
];

const NAMES: &[(&str, &str)] = &[
    ("S-1-0-0", "Nobody"),
    ("S-1-1-0", "Everyone"),
    ("S-1-2-0", "LOCAL"),
    ("S-1-2-1", "CONSOLE LOGON"),
    ("S-1-3-0", "CREATOR OWNER"),
    ("S-1-3-1", "CREATOR GROUP"),
    ("S-1-5-1", "DIALUP"),
    ("S-1-5-2", "NETWORK"),
    ("S-1-5-3", "BATCH"),
    ("S-1-5-4", "INTERACTIVE"),
    ("S-1-5-6", "SERVICE"),
    ("S-1-5-7", "ANONYMOUS LOGON"),
    ("S-1-5-9", "ENTERPRISE DOMAIN CONTROLLERS"),
    ("S-1-5-10", "SELF"),
    ("S-1-5-11", "Authenticated Users"),
    ("S-1-5-12", "RESTRICTED"),
    ("S-1-5-13", "TERMINAL SERVER USER"),
    ("S-1-5-14", "REMOTE INTERACTIVE LOGON"),
    ("S-1-5-15", "This Organization"),
    ("S-1-5-17", "IUSR"),
    ("S-1-5-18", "SYSTEM"),
    ("S-1-5-19", "LOCAL SERVICE"),
    ("S-1-5-20", "NETWORK SERVICE"),
    ("S-1-5-32-544", "Administrators"),
    ("S-1-5-32-545", "Users"),
    ("S-1-5-32-546", "Guests"),
    ("S-1-5-32-547", "Power Users"),
    ("S-1-5-32-548", "Account Operators"),
    ("S-1-5-32-549", "Server Operators"),
    ("S-1-5-32-550", "Print Operators"),
    ("S-1-5-32-551", "Backup Operators"),
    ("S-1-5-32-552", "Replicator"),
    ("S-1-5-32-554", "Pre-Windows 2000 Compatible Access"),
    ("S-1-5-32-555", "Remote Desktop Users"),
    ("S-1-5-32-556", "Network Configuration Operators"),
    ("S-1-5-32-557", "Incoming Forest Trust Builders"),
    ("S-1-5-32-558", "Performance Monitor Users"),
    ("S-1-5-32-559", "Performance Log Users"),
    ("S-1-5-32-560", "Windows Authorization Access Group"),
    ("S-1-5-32-561", "Terminal Server License Servers"),
    ("S-1-5-32-562", "Distributed COM Users"),
    ("S-1-5-32-568", "IIS_IUSRS"),
    ("S-1-5-32-569", "Cryptographic Operators"),
    ("S-1-5-32-573", "Event Log Readers"),
    ("S-1-5-32-574", "Certificate Service DCOM Access"),
    ("S-1-5-32-575", "RDS Remote Access Servers"),
    ("S-1-5-32-576", "RDS Endpoint Servers"),
    ("S-1-5-32-577", "RDS Management Servers"),
    ("S-1-5-32-578", "Hyper-V Administrators"),
    ("S-1-5-32-579", "Access Control Assistance Operators"),
    ("S-1-5-32-580", "Remote Management Users"),
    ("S-1-5-32-581", "System Managed Accounts Group"),
    ("S-1-5-32-582", "Storage Replica Administrators"),
    ("S-1-5-32-583", "Device Owners"),
    ("S-1-5-64-10", "NTLM Authentication"),
    ("S-1-5-64-14", "SChannel Authentication"),
    ("S-1-5-64-21", "Digest Authentication"),
    ("S-1-5-80-0", "ALL SERVICES"),
    ("S-1-5-83-0", "Virtual Machines"),
    ("S-1-5-90-0", "Window Manager Group"),
    ("S-1-5-113", "Local account"),
    (
        "S-1-5-114",
        "Local account and member of Administrators group",
    ),
    ("S-1-5-1000", "OTHER_ORGANIZATION"),
    ("S-1-15-2-1", "ALL APPLICATION PACKAGES"),
    ("S-1-18-1", "Authentication authority asserted identity"),
    ("S-1-18-2", "Service asserted identity"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_known_sid_has_a_name_with_and_without_its_star() {
        assert_eq!(well_known("*S-1-5-32-544"), Some("Administrators"));
        assert_eq!(well_known("s-1-5-113"), Some("Local account"));
        assert_eq!(well_known("S-1-5-21-1-2-3-500"), None);
        assert_eq!(sid_of("remote desktop users"), Some("S-1-5-32-555"));
        assert_eq!(sid_of("*S-1-5-21-1-2-3-500"), Some("S-1-5-21-1-2-3-500"));
        assert_eq!(sid_of("svc-robot"), None);
    }

    #[test]
    fn what_every_domain_has_is_named_and_keeps_its_identifier() {
        for (sid, expected) in [
            ("*S-1-5-21-1-2-3-500", "Administrator (S-1-5-21-1-2-3-500)"),
            ("S-1-5-21-1-2-3-501", "Guest (S-1-5-21-1-2-3-501)"),
            ("S-1-5-21-1-2-3-512", "Domain Admins (S-1-5-21-1-2-3-512)"),
            ("[sid:4]-513", "Domain Users ([sid:4]-513)"),
        ] {
            assert_eq!(shown(sid), expected);
            assert_eq!(sid_of(expected), Some(sid.trim_start_matches('*')));
        }
        for other in [
            "S-1-5-21-1-2-3-1105",
            "S-1-5-21-1-2-512",
            "S-1-5-80-1-2-3-500",
            "[sid:4]",
        ] {
            assert_eq!(shown(other), other);
        }
        assert_eq!(shown("*S-1-5-32-544"), "Administrators");
        assert_eq!(sid_of("[sid:4]"), Some("[sid:4]"));
        assert_eq!(sid_of("Robots (night)"), None);
    }
}
