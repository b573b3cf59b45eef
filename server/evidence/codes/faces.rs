//! Where Windows writes a code: in which event, in which field, and beside what.
//!
//! Small tables by hand. Sources: Microsoft Learn on events 4625, 4768, 4771 and 4776 (their fields and the codes that
//! each lists), on `dsregcmd` and on the error codes of Entra ID; the messages of 7000, 7038 and 7041 as support article
//! 2832204 prints one of them. What Active Directory puts behind `data` is a Win32 error in hex; which ones are seen
//! there is known from what LDAP clients print, for Microsoft has no list of them.
//!
//! A failure reason stands beside a status here only where its sentence says what the status says; Windows
//! gives `%%2304` for most others.

use super::{describe, number};
use crate::evidence::{Code, CodeSpace, events};

/// A place where a code is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// What writes it.
    pub place: &'static str,
    /// As it stands there.
    pub written: String,
    /// What stands beside it, or what to know.
    pub note: String,
    /// The article that says so, where one on Microsoft Learn does.
    pub source: Option<&'static str>,
}

const EVENT_4625: &str = "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4625";
const EVENT_4768: &str = "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4768";
const EVENT_4771: &str = "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4771";
const EVENT_4776: &str = "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4776";
const DSREGCMD: &str =
    "https://learn.microsoft.com/entra/identity/devices/troubleshoot-device-dsregcmd";
const ENTRA: &str = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes";

/// A status of event 4625.
struct Logon {
    status: u32,
    /// What `Status` says when this one is the `Sub Status`.
    within: Option<u32>,
    /// The failure reason beside it.
    reason: Option<u32>,
    /// Whether the article on 4776 lists it too.
    by_ntlm: bool,
}

const fn logon(status: u32, within: Option<u32>, reason: Option<u32>, by_ntlm: bool) -> Logon {
    Logon {
        status,
        within,
        reason,
        by_ntlm,
    }
}

const FAILURE: Option<u32> = Some(0xC000_006D);
const RESTRICTION: Option<u32> = Some(0xC000_006E);

#[rustfmt::skip]
const LOGONS: &[Logon] = &[
    logon(0xC000_005E, None, None, false),
    logon(0xC000_0064, FAILURE, Some(2313), true),
    logon(0xC000_006A, FAILURE, Some(2313), true),
    logon(0xC000_006D, None, Some(2313), true),
    logon(0xC000_006E, None, None, false),
    logon(0xC000_006F, RESTRICTION, Some(2311), true),
    logon(0xC000_0070, RESTRICTION, Some(2312), true),
    logon(0xC000_0071, RESTRICTION, Some(2309), true),
    logon(0xC000_0072, RESTRICTION, Some(2310), true),
    logon(0xC000_00DC, None, None, false),
    logon(0xC000_0133, None, None, false),
    logon(0xC000_015B, None, Some(2308), false),
    logon(0xC000_018C, None, None, false),
    logon(0xC000_0192, None, Some(2306), false),
    logon(0xC000_0193, None, Some(2305), true),
    logon(0xC000_0224, None, None, true),
    logon(0xC000_0225, None, None, false),
    logon(0xC000_0234, None, Some(2307), true),
    logon(0xC000_02EE, None, Some(2304), false),
    logon(0xC000_0371, None, None, true),
    logon(0xC000_0413, None, None, false),
];

/// What Active Directory puts behind `data` when it refuses an LDAP bind.
const BEHIND_DATA: &[u32] = &[
    0x525, 0x52E, 0x530, 0x531, 0x532, 0x533, 0x568, 0x701, 0x773, 0x775,
];
/// Why a service could not sign in, in the text of 7038.
const SERVICE_LOGON: &[u32] = &[
    1311, 1326, 1327, 1328, 1329, 1330, 1331, 1385, 1787, 1788, 1789, 1793, 1907, 1909,
];
/// Why a service did not start, in the text of 7000.
const SERVICE_START: &[u32] = &[2, 3, 5, 193, 1053, 1057, 1058, 1067, 1068, 1069, 1072, 1079];
/// The Kerberos errors that the article on 4771 lists; those on 4768 and 4769 list them all.
const PRE_AUTHENTICATION: &[u32] = &[0x10, 0x17, 0x18];

/// Where a code is written, most telling first.
pub fn faces(code: &Code) -> Vec<Face> {
    match code.space {
        CodeSpace::Ntstatus => of_status(code.value),
        CodeSpace::Win32 => of_win32(code),
        CodeSpace::Kerberos => of_kerberos(code.value),
        CodeSpace::Sspi if code.value == 0x8009_0308 => vec![Face {
            place: "LDAP bind refused by Active Directory (result 49)",
            written: "80090308: LdapErr: … AcceptSecurityContext error, data …".to_owned(),
            note: "It only opens the message: the number behind data says why, in hex.".to_owned(),
            source: None,
        }],
        CodeSpace::Hresult if code.value >> 16 == 0x801C => vec![Face {
            place: "dsregcmd /status, Diagnostic Data",
            written: format!("Client ErrorCode : 0x{:08x}", code.value),
            note: "Error Phase beside it says where the join stopped.".to_owned(),
            source: Some(DSREGCMD),
        }],
        CodeSpace::Reason => of_reason(code.value),
        CodeSpace::Aadsts => vec![
            Face {
                place: "Sign-in log of Microsoft Entra",
                written: format!("Sign-in error code: {}", code.value),
                note: "The number alone, without AADSTS.".to_owned(),
                source: Some(ENTRA),
            },
            Face {
                place: "dsregcmd /status, SSO state",
                written: format!("Server Error Description : AADSTS{}: …", code.value),
                note: "When a primary refresh token was refused.".to_owned(),
                source: Some(DSREGCMD),
            },
        ],
        _ => Vec::new(),
    }
}

fn of_status(value: u32) -> Vec<Face> {
    let Some(row) = LOGONS.iter().find(|row| row.status == value) else {
        return Vec::new();
    };
    let written = match row.within {
        Some(status) => format!("Status: 0x{status:08X}, Sub Status: 0x{value:08X}"),
        None => format!("Status: 0x{value:08X}"),
    };
    let note = row.reason.map_or_else(String::new, |reason| {
        let sentence = events::reason_sentence(reason).unwrap_or_default();
        format!("Failure Reason: {sentence} (%%{reason})")
    });
    let mut faces = vec![Face {
        place: "Security event 4625, a sign-in failed",
        written,
        note,
        source: Some(EVENT_4625),
    }];
    if row.by_ntlm {
        faces.push(Face {
            place: "Security event 4776, NTLM credentials checked",
            written: format!("Error Code: 0x{value:08X}"),
            note: "On the domain controller, or on the machine itself for its own accounts."
                .to_owned(),
            source: Some(EVENT_4776),
        });
    }
    faces.push(Face {
        place: "dsregcmd /status, SSO state",
        written: format!("Attempt Status : 0x{value:08x}"),
        note: "When a primary refresh token was asked for.".to_owned(),
        source: Some(DSREGCMD),
    });
    faces
}

fn of_win32(code: &Code) -> Vec<Face> {
    let value = code.value;
    let mut faces = Vec::new();
    if value == 1385 {
        faces.push(Face {
            place: "System event 7041, a service account may not sign in",
            written: "This service account does not have the required user right \"Log on as a service.\"".to_owned(),
            note: "The sentence of the error stands above it.".to_owned(),
            source: None,
        });
    }
    if SERVICE_LOGON.contains(&value) {
        faces.push(Face {
            place: "System event 7038, a service could not sign in",
            written: format!("param3: %%{value}"),
            note: "Shown as the sentence of the error.".to_owned(),
            source: None,
        });
    }
    if SERVICE_START.contains(&value) {
        faces.push(Face {
            place: "System event 7000, a service did not start",
            written: format!("param2: %%{value}"),
            note: "Shown as the sentence of the error.".to_owned(),
            source: None,
        });
    }
    if BEHIND_DATA.contains(&value) {
        faces.push(Face {
            place: "LDAP bind refused by Active Directory (result 49)",
            written: format!("AcceptSecurityContext error, data {value:x}"),
            note: format!("In hex: {value:x} is {value}."),
            source: None,
        });
    }
    if value == 1312 {
        faces.push(Face {
            place: "dsregcmd /status, user state",
            written: "WamDefaultSet : ERROR (0x80070520)".to_owned(),
            note:
                "Also on a healthy machine, when the command was run elevated as somebody who has no session there."
                    .to_owned(),
            source: Some(DSREGCMD),
        });
    }
    faces
}

fn of_kerberos(value: u32) -> Vec<Face> {
    let hex = format!("0x{value:X}");
    let mut faces = Vec::new();
    if PRE_AUTHENTICATION.contains(&value) {
        faces.push(Face {
            place: "Security event 4771, Kerberos pre-authentication failed",
            written: format!("Failure Code: {hex}"),
            note: "On the domain controller.".to_owned(),
            source: Some(EVENT_4771),
        });
    }
    faces.push(Face {
        place: "Security events 4768 and 4769, a Kerberos ticket was asked for",
        written: format!("Result Code: {hex} or Failure Code: {hex}"),
        note: "On the domain controller; 0x0 there is success.".to_owned(),
        source: Some(EVENT_4768),
    });
    faces
}

fn of_reason(value: u32) -> Vec<Face> {
    let sentence = events::reason_sentence(value).unwrap_or_default();
    let with = LOGONS.iter().filter(|row| row.reason == Some(value));
    let statuses = with.filter_map(|row| {
        let status = number(CodeSpace::Ntstatus, row.status);
        describe(&status).symbol
    });
    let statuses = statuses.collect::<Vec<_>>();
    vec![Face {
        place: "Security event 4625, a sign-in failed",
        written: format!("Failure Reason: {sentence}"),
        note: if statuses.is_empty() {
            String::new()
        } else {
            format!("Beside a status such as {}.", statuses.join(", "))
        },
        source: Some(EVENT_4625),
    }]
}

#[cfg(test)]
mod tests {
    use super::super::{by_meaning, parse};
    use super::*;

    fn written(spelling: &str) -> Vec<String> {
        let faces = faces(&parse(spelling)[0]);
        faces
            .into_iter()
            .map(|face| format!("{} / {}", face.written, face.note))
            .collect()
    }

    #[test]
    fn a_sub_status_stands_with_its_frame_and_its_reason() {
        let all = written("0xC0000072");
        assert_eq!(
            all[0],
            "Status: 0xC000006E, Sub Status: 0xC0000072 / Failure Reason: Account currently disabled. (%%2310)"
        );
        assert!(all[1].starts_with("Error Code: 0xC0000072"));
        assert!(all[2].starts_with("Attempt Status : 0xc0000072"));
    }

    #[test]
    fn each_family_has_its_places() {
        assert!(written("1326").iter().any(|face| face.contains("data 52e")));
        assert!(written("1326").iter().any(|face| face.contains("%%1326")));
        assert!(written("1069")[0].contains("param2: %%1069"));
        assert!(written("KDC_ERR_PREAUTH_FAILED")[0].contains("Failure Code: 0x18"));
        assert_eq!(written("KDC_ERR_C_PRINCIPAL_UNKNOWN").len(), 1);
        assert!(written("%%2308")[0].contains("STATUS_LOGON_TYPE_NOT_GRANTED"));
        assert!(written("AADSTS50126")[0].contains("50126"));
        assert!(written("0x801C03F2")[0].contains("Client ErrorCode : 0x801c03f2"));
        assert!(written("ERROR_FILE_EXISTS").is_empty());
    }

    #[test]
    fn what_the_tables_name_is_known() {
        let known = by_meaning();
        for row in LOGONS.iter().filter(|row| row.status != 0xC000_02EE) {
            assert!(known.contains(&number(CodeSpace::Ntstatus, row.status)));
            let sentence = row.reason.map(events::reason_sentence);
            assert_ne!(sentence, Some(None), "{:X}", row.status);
        }
        for value in BEHIND_DATA.iter().chain(SERVICE_LOGON).chain(SERVICE_START) {
            assert!(
                known.contains(&number(CodeSpace::Win32, *value)),
                "{value:X}"
            );
        }
    }
}
