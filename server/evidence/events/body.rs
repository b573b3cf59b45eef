//! The description of an event inside another shape: a cell of a table, a string of JSON, one line of a syslog.
//!
//! ```text
//! An account failed to log on.
//!
//! Subject:
//!     Security ID:        S-1-5-18
//! Logon Type:             10
//! Account For Which Logon Failed:
//!     Security ID:        S-1-0-0
//!     Account Name:       svc-robot
//!     Account Domain:     FABRIKAM
//! Failure Information:
//!     Failure Reason:     Unknown user name or bad password.
//!     Status:             0xC000006D
//!     Sub Status:         0xC0000064
//! ```
//!
//! Labels that mean one thing are known by name. Whose account is meant is told by the order of the sections, which is
//! that of the event's template in every language.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::unescape::Unescaped;
use super::draft::Draft;
use super::names;

/// The most lines of one description that are looked at.
const LINES: usize = 400;

static SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:The |Der Dienst |Le service )?(.{1,200}?)(?: service)? (?:failed to start|was unable to log on|terminated)\b",
    )
    .expect("a constant pattern")
});
static LOG_ON_AS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\blog on as (\S+) with\b").expect("a constant pattern"));
static REASON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"%%\d{3,5}\b").expect("a constant pattern"));
/// The gap before a label where line breaks were turned into spaces.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:  |\t)[ \t]*((?:[\p{L}\d()'’./-]+ ){0,6}[\p{L}\d()'’./-]+ ?:)(?:\s|$)")
        .expect("a constant pattern")
});

/// A part of the description under a heading: where its values stand.
#[derive(Debug, Default)]
struct Section {
    behind_logon_type: bool,
    values: Vec<Range<usize>>,
}

/// Reads the description of the event whose number the draft has.
pub(super) fn fill(draft: &mut Draft<'_>, body: &Unescaped) {
    let text = body.as_str();
    let mut put = |name: &str, range: Range<usize>| {
        draft.field(name, &text[range.clone()], body.original(range));
    };
    let mut sections: Vec<Section> = Vec::new();
    let mut logon_type = false;
    for range in lines(text).take(LINES) {
        let Some((label, value)) = labelled(text, range) else {
            continue;
        };
        if value.is_empty() {
            sections.push(Section {
                behind_logon_type: logon_type,
                values: Vec::new(),
            });
            continue;
        }
        let name = names::field(&text[label]);
        logon_type |= name == Some("LogonType");
        if let Some(name) = name {
            put(name, value.clone());
        }
        if let Some(section) = sections.last_mut() {
            section.values.push(value);
        }
    }
    let id = draft.id();
    if let Some((name, domain)) = target(id, &sections) {
        draft.field("TargetUserName", &text[name.clone()], body.original(name));
        if let Some(domain) = domain {
            draft.field(
                "TargetDomainName",
                &text[domain.clone()],
                body.original(domain),
            );
        }
    }
    if id.is_some_and(|id| (7000..=7045).contains(&id)) {
        service(draft, body);
    }
}

/// A description whose line breaks became spaces, with line breaks before its labels again. `range` is where it stands
/// in the text.
pub(super) fn unfold(text: &str, range: Range<usize>) -> Unescaped {
    let mut unfolded = Unescaped::new(range.start);
    let folded = &text[range];
    let mut at = 0;
    let mut search = 0;
    while let Some(found) = GAP.captures_at(folded, search) {
        let (Some(whole), Some(label)) = (found.get(0), found.get(1)) else {
            break;
        };
        unfolded.plain(&folded[at..whole.start()]);
        unfolded.letter('\n', label.start() - whole.start());
        at = label.start();
        search = label.end();
    }
    unfolded.plain(&folded[at..]);
    unfolded
}

/// The account that the event is about: its name and, where the event has it, its domain.
fn target(id: Option<u32>, sections: &[Section]) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let (section, name) = match id? {
        4624 | 4625 => (
            sections.iter().find(|section| section.behind_logon_type)?,
            1,
        ),
        4740 => (sections.get(1)?, 1),
        4634 | 4771 => (sections.first()?, 1),
        4648 => (sections.get(1)?, 0),
        4768 | 4769 => (sections.first()?, 0),
        _ => return None,
    };
    let has_domain = !matches!(id, Some(4740 | 4771));
    let domain = section.values.get(name + 1).filter(|_| has_domain);
    Some((section.values.get(name)?.clone(), domain.cloned()))
}

/// What the Service Control Manager puts into its sentences.
fn service(draft: &mut Draft<'_>, body: &Unescaped) {
    let text = body.as_str();
    let mut put = |name: &str, found: Option<regex::Match<'_>>| {
        if let Some(found) = found {
            draft.field(name, found.as_str(), body.original(found.range()));
        }
    };
    let name = SERVICE.captures(text).and_then(|found| found.get(1));
    put("param1", name);
    let account = LOG_ON_AS.captures(text).and_then(|found| found.get(1));
    let reason = if account.is_some() {
        "param3"
    } else {
        "param2"
    };
    put("param2", account);
    put(reason, REASON.find(text));
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

/// The label of a line and its value, which may be empty; both trimmed.
fn labelled(text: &str, line: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let whole = &text[line.clone()];
    let (at, colon) = whole
        .char_indices()
        .find(|(_, letter)| matches!(letter, ':' | '：'))?;
    let label = trimmed(text, line.start..line.start + at);
    // The German text has two of them behind the sub status.
    let behind = whole[at + colon.len_utf8()..].trim_start_matches(':');
    let value = trimmed(text, line.end - behind.len()..line.end);
    (!label.is_empty() && label.len() <= 120).then_some((label, value))
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

#[cfg(test)]
mod tests {
    use super::super::super::Text;
    use super::super::names::Header;
    use super::*;

    fn read(id: &str, text: &str) -> String {
        let given = Text::new(format!("{id} {text}"));
        let mut draft = Draft::new(&given);
        draft.header(Header::Id, id, 0..id.len());
        let body = unfold(given.as_str(), id.len() + 1..given.as_str().len());
        fill(&mut draft, &body);
        let event = draft.finish(0..1).unwrap();
        for field in &event.fields {
            assert_eq!(
                given.as_str()[field.span.start..field.span.end],
                field.value
            );
        }
        let fields = event.fields.iter();
        let fields = fields.map(|field| format!("{}={}", field.name, field.value));
        fields.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn a_description_on_one_line_is_read_like_one_on_many() {
        let many = "An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tS-1-5-18\n\tAccount Name:\t\tRPA-VM-07$\n\nLogon Type:\t\t\t10\n\nAccount For Which Logon Failed:\n\tSecurity ID:\t\tS-1-0-0\n\tAccount Name:\t\tsvc-robot\n\tAccount Domain:\t\tFABRIKAM\n\nFailure Information:\n\tFailure Reason:\t\tAccount locked out.\n\tStatus:\t\t\t0xC0000234\n\tSub Status:\t\t0x0\n";
        let one = many.replace(['\n', '\t'], "  ");
        let told = "LogonType=10; FailureReason=Account locked out.; Status=0xC0000234; SubStatus=0x0; TargetUserName=svc-robot; TargetDomainName=FABRIKAM";
        assert_eq!(read("4625", many), told);
        assert_eq!(read("4625", &one), told);
    }

    #[test]
    fn the_order_of_the_sections_tells_whose_account_it_is_in_every_language() {
        assert_eq!(
            read(
                "4625",
                "Antragsteller:\n\tSicherheits-ID:\tS-1-5-18\n\tKontoname:\tRPA$\n\nAnmeldetyp:\t3\n\nKonto, für das die Anmeldung fehlgeschlagen ist:\n\tSicherheits-ID:\tNULL SID\n\tKontoname:\tsvc-robot\n\tKontodomäne:\tFABRIKAM\n\nFehlerinformationen:\n\tUnterstatus::\t0xC0000064\n"
            ),
            "LogonType=3; SubStatus=0xC0000064; TargetUserName=svc-robot; TargetDomainName=FABRIKAM"
        );
        assert_eq!(
            read(
                "4740",
                "Subject:\n\tSecurity ID:\tS-1-5-18\n\tAccount Name:\tDC01$\n\nAccount That Was Locked Out:\n\tSecurity ID:\tS-1-5-21-1-2-3-1109\n\tAccount Name:\tsvc-robot\n\nAdditional Information:\n\tCaller Computer Name:\tRPA-VM-07\n"
            ),
            "TargetUserName=svc-robot"
        );
        assert_eq!(
            read(
                "4771",
                "Account Information:\n\tSecurity ID:\tS-1-5-21-1\n\tAccount Name:\tsvc-robot\n\nService Information:\n\tService Name:\tkrbtgt/FABRIKAM\n\nAdditional Information:\n\tFailure Code:\t0x18\n"
            ),
            "ServiceName=krbtgt/FABRIKAM; Status=0x18; TargetUserName=svc-robot"
        );
    }

    #[test]
    fn the_service_control_manager_speaks_in_sentences() {
        assert_eq!(
            read(
                "7038",
                "The UIFlowService service was unable to log on as FABRIKAM\\svc-robot with the currently configured password due to the following error: \n%%1326"
            ),
            "param1=UIFlowService; param2=FABRIKAM\\svc-robot; param3=%%1326"
        );
        assert_eq!(
            read(
                "7000",
                "The Power Automate service service failed to start due to the following error: \n%%1069"
            ),
            "param1=Power Automate service; param2=%%1069"
        );
    }
}
