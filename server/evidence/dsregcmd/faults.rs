//! Rows that name a fault which nothing else in the output takes back: they are searched for codes and sentences as a
//! text is.
//!
//! A whole report of a joined machine still shows the errors of its first attempts ("Previous Registration"), so there
//! facts decide. Who sends three lines of a report, without what the machine is now, sends them for the fault in them.

use super::rows::{Pair, Row, RowKind};

/// What the last attempt to join says.
const OF_JOIN: [&str; 10] = [
    "AD Connectivity Test",
    "AD Configuration Test",
    "DRS Discovery Test",
    "DRS Connectivity Test",
    "DRS Connection Test",
    "Token acquisition Test",
    "Client ErrorCode",
    "Server ErrorCode",
    "Server ErrorSubCode",
    "Server Message",
];
/// What the last attempt to get a token says in words or with a code of the service.
const OF_TOKEN: [&str; 2] = ["Server Error Code", "Server Error Description"];

/// Whether the machine is joined now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// Nothing says so.
    Unknown,
    /// It is said not to be. A machine of a domain that nobody joins fails the tests and looks for a service connection
    /// point in vain, at every sign-in, and is well.
    No,
    Yes,
}

/// What a run says about the present.
pub(super) struct Present {
    join: Join,
    has_token: bool,
    is_answered: bool,
}

impl Present {
    pub(super) fn of(run: &[Row]) -> Self {
        let mut present = Self {
            join: Join::Unknown,
            has_token: false,
            is_answered: false,
        };
        for pair in super::pairs(run) {
            let yes = pair.value.eq_ignore_ascii_case("yes");
            match pair.key.as_str() {
                "AzureAdJoined" if !yes && present.join == Join::Unknown => present.join = Join::No,
                "AzureAdJoined" if yes => present.join = Join::Yes,
                // Printed of a joined machine only.
                "DeviceAuthStatus" | "DeviceCertificateValidity" => present.join = Join::Yes,
                "AzureAdPrt" if yes => {
                    present.join = Join::Yes;
                    present.has_token = true;
                }
                "Server Error Description" => present.is_answered |= !pair.value.is_empty(),
                _ => {}
            }
        }
        present
    }

    /// Whether the row names a fault that may be there now.
    pub(super) fn names_fault(&self, row: &Row) -> bool {
        let RowKind::Pairs(pairs) = &row.kind else {
            return false;
        };
        pairs.iter().any(|pair| self.is_fault(pair))
    }

    fn is_fault(&self, pair: &Pair) -> bool {
        let key = pair.key.as_str();
        // A sentence about now, which a mail may have broken: "FAILED. Device is either disabled or deleted".
        if key == "DeviceAuthStatus" {
            return pair.value.starts_with("FAILED. Device");
        }
        let is_test = key.ends_with(" Test");
        let open = if OF_JOIN.contains(&key) {
            match self.join {
                Join::Unknown => true,
                Join::No => !is_test && !is_without_service_point(&pair.value),
                Join::Yes => false,
            }
        } else if key == "Attempt Status" {
            // The answer of the service says it better than the status that Windows makes of it.
            !self.has_token && !self.is_answered && !is_refusal(&pair.value)
        } else {
            !self.has_token && OF_TOKEN.contains(&key)
        };
        let named = if is_test {
            pair.value.to_ascii_uppercase().starts_with("FAIL")
        } else {
            !is_success(&pair.value)
        };
        open && named
    }
}

fn is_success(value: &str) -> bool {
    let digits = value.trim_start_matches("0x").trim_start_matches("0X");
    digits.bytes().all(|digit| digit == b'0')
        || ["S_OK", "SUCCESS", "NONE"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
}

/// `DSREG_AUTOJOIN_ADCONFIG_READ_FAILED`.
fn is_without_service_point(code: &str) -> bool {
    code.to_ascii_lowercase().starts_with("0x801c001d")
}

/// `STATUS_LOGON_FAILURE` and `STATUS_WRONG_PASSWORD` stand for any refusal of the service, a wrong password or not.
fn is_refusal(status: &str) -> bool {
    ["0xc000006d", "0xc000006a"]
        .iter()
        .any(|refusal| status.to_ascii_lowercase().starts_with(refusal))
}
