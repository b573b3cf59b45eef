//! The events that Signpost knows by number: what they say in plain words, and when they say that something failed.
//!
//! Numbers repeat between providers, so each is told by its provider too, where the source names one.
//! Security: <https://learn.microsoft.com/windows-server/identity/ad-ds/plan/appendix-l--events-to-monitor>.

use super::Event;

/// When an event says that something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is written for failures alone.
    Failed,
    /// It is written for successes too: the code decides.
    ByCode,
    /// It tells what happened.
    Told,
}

/// One kind of event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its number.
    pub(super) id: u32,
    /// A part of its provider's name, in lower case.
    provider: &'static str,
    /// What it says, in words for people.
    pub(super) what: &'static str,
    /// When it is a failure.
    pub(super) outcome: Outcome,
}

const fn row(id: u32, provider: &'static str, outcome: Outcome, what: &'static str) -> Known {
    Known {
        id,
        provider,
        what,
        outcome,
    }
}

const SECURITY: &str = "security";
const SERVICES: &str = "service control manager";
const TERMINAL: &str = "terminalservices";
const RDP: &str = "rdpcorets";
const PROFILES: &str = "user profile";

use Outcome::{ByCode, Failed, Told};

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    row(4624, SECURITY, Told, "Signed in"),
    row(4625, SECURITY, Failed, "Sign-in failed"),
    row(4634, SECURITY, Told, "Signed out"),
    row(4647, SECURITY, Told, "Signed out by the user"),
    row(4648, SECURITY, Told, "Signed in with credentials given outright"),
    row(4740, SECURITY, Failed, "Account was locked out"),
    row(4767, SECURITY, Told, "Account was unlocked"),
    row(4768, SECURITY, ByCode, "Kerberos ticket (TGT) was asked for"),
    row(4769, SECURITY, ByCode, "Kerberos service ticket was asked for"),
    row(4771, SECURITY, Failed, "Kerberos pre-authentication failed"),
    row(4776, SECURITY, ByCode, "NTLM credentials were checked"),
    row(7000, SERVICES, Failed, "Service did not start"),
    row(7001, SERVICES, Failed, "Service did not start: one that it depends on failed"),
    row(7009, SERVICES, Failed, "Service did not answer in time"),
    row(7023, SERVICES, Failed, "Service ended with an error"),
    row(7024, SERVICES, Failed, "Service ended with an error of its own"),
    row(7031, SERVICES, Failed, "Service ended unexpectedly and is to be restarted"),
    row(7034, SERVICES, Failed, "Service ended unexpectedly"),
    row(7038, SERVICES, Failed, "Service could not sign in with its account"),
    row(7041, SERVICES, Failed, "Service account may not sign in as a service"),
    row(1149, TERMINAL, Told, "Remote Desktop: user was authenticated"),
    row(21, TERMINAL, Told, "Remote Desktop: session sign-in succeeded"),
    row(23, TERMINAL, Told, "Remote Desktop: session signed out"),
    row(24, TERMINAL, Told, "Remote Desktop: session was disconnected"),
    row(25, TERMINAL, Told, "Remote Desktop: session was connected again"),
    row(39, TERMINAL, Told, "Remote Desktop: session was disconnected by another session"),
    row(40, TERMINAL, Told, "Remote Desktop: session was disconnected, with a reason"),
    row(131, RDP, Told, "Remote Desktop: a connection came in"),
    row(140, RDP, Failed, "Remote Desktop: user name or password was not correct"),
    row(1502, PROFILES, Failed, "User profile: the locally stored profile could not be loaded"),
    row(1508, PROFILES, Failed, "User profile: the registry could not be loaded"),
    row(1511, PROFILES, Failed, "User profile: signed in with a temporary profile"),
    row(1515, PROFILES, Failed, "User profile: the profile was backed up and will be made anew"),
    row(1530, PROFILES, Failed, "User profile: the registry file is still in use"),
];

/// What is known of an event.
pub(super) fn of(event: &Event) -> Option<&'static Known> {
    let id = event.id?;
    let row = KNOWN.iter().find(|row| row.id == id)?;
    let fits = event
        .provider
        .as_ref()
        .is_none_or(|provider| row.is_of(provider));
    fits.then_some(row)
}

/// Whether it has the number of a known event and another provider: 4625 of `EventSystem` is no sign-in.
pub(super) fn is_namesake(event: &Event) -> bool {
    event.id.is_some_and(is_known_id) && of(event).is_none()
}

/// Whether a known event has this number.
pub(super) fn is_known_id(id: u32) -> bool {
    KNOWN.iter().any(|row| row.id == id)
}

/// Failures that their number tells, without a code. 7038 is none of them: a service has many reasons for not signing in,
/// and Event Viewer prints each as a sentence.
const TOLD_BY_NUMBER: &[u32] = &[140, 4740, 7041];

/// What an event of this number says, if its provider is the one that is known.
pub(super) fn outcome(id: u32) -> Option<Outcome> {
    KNOWN.iter().find(|row| row.id == id).map(|row| row.outcome)
}

/// The same with the provider's name.
pub(super) fn outcome_of(id: u32, provider: &str) -> Option<Outcome> {
    let row = KNOWN.iter().find(|row| row.id == id)?;
    row.is_of(provider).then_some(row.outcome)
}

/// Whether the lines of a record are told by its fields alone. Those of others stay free text: the words of a product
/// that writes to the log are searched like any other, and so is a failure whose reason is there in words only.
pub(super) fn is_claimed(event: &Event) -> bool {
    if event.id.is_none() {
        return event.fields.len() >= 2;
    }
    let Some(known) = of(event) else {
        return event.provider.as_ref().is_some_and(|provider| {
            provider.eq_ignore_ascii_case("Microsoft-Windows-Security-Auditing")
        });
    };
    let is_told = known.outcome != Outcome::Failed
        || event.code().is_some()
        || TOLD_BY_NUMBER.contains(&known.id);
    is_told && (known.provider != SERVICES || event.field("param1").is_some())
}

impl Known {
    fn is_of(&self, provider: &str) -> bool {
        let provider = provider.to_lowercase();
        let without_space = |name: &str| name.split_whitespace().collect::<String>();
        provider.contains(self.provider)
            // The name of one that was wrapped on its way may lack its spaces, or have another.
            || without_space(&provider).contains(&without_space(self.provider))
            || self.provider == PROFILES && provider.contains("userprofile")
            || self.provider == RDP && provider.contains("remotedesktopservices")
    }
}
