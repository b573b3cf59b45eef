//! What the values of an event's printed text are: by their labels, and in a language that no table knows by their order.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::names::{self, Header};
use super::text::Item;

/// The part of a description that a heading opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Who asked.
    Subject,
    /// Whose sign-in it is.
    Target,
    /// Anything else.
    Other,
}

/// An event whose text is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Its number.
    pub(super) id: u32,
}

/// What a label says of an account, whosever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Sid,
    Name,
    Domain,
    LogonId,
}

#[rustfmt::skip]
const ROLES: &[(Role, &[&str])] = &[
    (Role::Sid, &["Security ID", "User ID", "Sicherheits-ID", "ID de sécurité", "Id. de seguridad", "セキュリティ ID"]),
    (Role::Name, &["Account Name", "Kontoname", "Nom du compte", "Nom de compte", "Nombre de cuenta", "アカウント名"]),
    (Role::Domain, &["Account Domain", "Supplied Realm Name", "Kontodomäne", "Domaine du compte", "Dominio de cuenta", "アカウント ドメイン"]),
    (Role::LogonId, &["Logon ID", "Anmelde-ID", "ID d'ouverture de session", "Id. de inicio de sesión", "ログオン ID"]),
];

#[rustfmt::skip]
const HEADINGS: &[(Part, &[&str])] = &[
    (Part::Subject, &["Subject", "Antragsteller", "Sujet", "Sujeto", "Firmante", "サブジェクト"]),
    (Part::Target, &["Account For Which Logon Failed", "New Logon", "Account Information", "Account That Was Locked Out", "Account Whose Credentials Were Used",
        "Konto, für das die Anmeldung fehlgeschlagen ist", "Neue Anmeldung", "Kontoinformationen", "Gesperrtes Konto", "Konto, dessen Anmeldeinformationen verwendet wurden",
        "Compte pour lequel l'ouverture de session a échoué", "Nouvelle ouverture de session", "Informations sur le compte",
        "Cuenta con error de inicio de sesión", "Cuenta para la que falló el inicio de sesión", "Nuevo inicio de sesión", "Información de cuenta",
        "ログオンを失敗したアカウント", "ログオンに失敗したアカウント", "新しいログオン", "アカウント情報"]),
    (Part::Other, &["Failure Information", "Process Information", "Network Information", "Detailed Authentication Information", "Service Information", "Additional Information", "Certificate Information", "Logon Information", "Target Server",
        "Fehlerinformationen", "Prozessinformationen", "Netzwerkinformationen", "Detaillierte Authentifizierungsinformationen",
        "Informations sur l'échec", "Informations sur le processus", "Informations sur le réseau", "Informations détaillées sur l'authentification",
        "Información de error", "Información de proceso", "Información de red", "Información de autenticación detallada",
        "エラー情報", "プロセス情報", "ネットワーク情報", "詳細な認証情報"]),
];

/// Where the values of 4625 stand, counted from the status: headings and values without content count too, so the order
/// is the same in every language.
#[rustfmt::skip]
const FAILED_LOGON: &[(isize, &str)] = &[
    (-11, "SubjectUserSid"), (-10, "SubjectUserName"), (-9, "SubjectDomainName"), (-8, "SubjectLogonId"),
    (-7, "LogonType"),
    (-5, "TargetUserSid"), (-4, "TargetUserName"), (-3, "TargetDomainName"),
    (-1, "FailureReason"), (0, "Status"), (1, "SubStatus"),
    (3, "ProcessId"), (4, "ProcessName"),
    (6, "WorkstationName"), (7, "IpAddress"), (8, "IpPort"),
    (10, "LogonProcessName"), (11, "AuthenticationPackageName"), (12, "TransmittedServices"), (13, "LmPackageName"), (14, "KeyLength"),
];
/// Where its headings stand.
const FAILED_LOGON_HEADINGS: &[isize] = &[-6, -2];

static ROLE_OF: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let rows = ROLES
        .iter()
        .flat_map(|(role, labels)| labels.iter().map(|label| (names::fold(label), *role)));
    rows.collect()
});
static PART_OF: LazyLock<HashMap<String, Part>> = LazyLock::new(|| {
    let rows = HEADINGS
        .iter()
        .flat_map(|(part, labels)| labels.iter().map(|label| (names::fold(label), *part)));
    rows.collect()
});
/// Every label, to find those that a ticket system joined on one line.
static LABELS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let roles = ROLES.iter().flat_map(|(_, labels)| labels.iter());
    let headings = HEADINGS.iter().flat_map(|(_, labels)| labels.iter());
    let all = roles.chain(headings).copied().chain(names::labels());
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(all)
        .expect("a constant list of words")
});

/// The part that a heading opens.
pub(super) fn heading(label: &str) -> Option<Part> {
    PART_OF.get(&names::fold(label)).copied()
}

/// Where the known labels of a line begin, each followed by its colon.
pub(super) fn label_starts(line: &str) -> Vec<usize> {
    let found = LABELS.find_iter(line).filter(|found| {
        let before = line[..found.start()].chars().next_back();
        let after = line[found.end()..].trim_start_matches([' ', '\u{a0}']);
        before.is_none_or(|letter| letter.is_whitespace() || matches!(letter, '>' | ';' | ','))
            && after.starts_with([':', '：'])
    });
    found.map(|found| found.start()).collect()
}

impl Layout {
    /// The event that prints this, where no number is told.
    pub(super) fn told_by(items: &[Item<'_>]) -> Option<Self> {
        let value = |name: &str| {
            let item = items
                .iter()
                .find(|item| names::field(item.label) == Some(name))?;
            Some(item.value)
        };
        let has_type = value("LogonType").is_some_and(is_logon_type);
        let has_status = value("Status").is_some_and(is_hex);
        let is_failed_logon = anchor(items).is_some()
            || has_type
                && has_status
                && (value("SubStatus").is_some_and(is_hex) || value("FailureReason").is_some());
        is_failed_logon.then_some(Self { id: 4625 })
    }
}

/// The fields of a record: XML name and the item that says it; also every item that belongs to it.
pub(super) fn fields<'i, 'a>(
    layout: Option<Layout>,
    items: &'i [Item<'a>],
) -> (Vec<(&'static str, &'i Item<'a>)>, Vec<&'i Item<'a>>) {
    let labelled = by_label(items);
    if layout.is_none_or(|layout| layout.id == 4625)
        && let Some(status) = anchor(items)
    {
        let place = |offset: isize| items.get(status.checked_add_signed(offset)?);
        let fields = FAILED_LOGON
            .iter()
            .filter_map(|(offset, name)| Some((*name, place(*offset)?)))
            .filter(|(name, item)| !item.value.is_empty() && may_be(item, name))
            .collect::<Vec<_>>();
        // Of a text that was shortened the labels tell more than the places.
        if fields.len() >= labelled.0.len() {
            let first = status.saturating_sub(12);
            let last = (status + 15).min(items.len());
            return (fields, items[first..last].iter().collect());
        }
    }
    labelled
}

/// Whether no label that is known says that this is another thing: a text that was shortened has its values elsewhere.
fn may_be(item: &Item<'_>, name: &str) -> bool {
    let fits_role = role(item).is_none_or(|role| {
        [Part::Subject, Part::Target]
            .iter()
            .any(|part| account_field(*part, role) == Some(name))
    });
    fits_role
        && !item.label.eq_ignore_ascii_case("Id")
        && names::header(item.label).is_none()
        && names::field(item.label).is_none_or(|known| known == name)
}

/// The status of a failed logon whose values stand in their order.
fn anchor(items: &[Item<'_>]) -> Option<usize> {
    (7..items.len().saturating_sub(1)).find(|at| {
        let value = |offset: isize| {
            at.checked_add_signed(offset)
                .and_then(|at| items.get(at))
                .map_or("", |item| item.value)
        };
        is_status(value(0))
            && is_hex(value(1))
            && is_logon_type(value(-7))
            && FAILED_LOGON_HEADINGS
                .iter()
                .all(|offset| value(*offset).is_empty())
    })
}

fn by_label<'i, 'a>(
    items: &'i [Item<'a>],
) -> (Vec<(&'static str, &'i Item<'a>)>, Vec<&'i Item<'a>>) {
    // The head has a `User` and a `Source` of its own.
    let description = items
        .iter()
        .rposition(|item| {
            matches!(
                names::header(item.label),
                Some(Header::Computer | Header::Message | Header::Id)
            )
        })
        .map_or(0, |at| at + 1);
    let items = &items[description..];
    let names_told = items
        .iter()
        .filter(|item| role(item) == Some(Role::Name))
        .count();
    let has_headings = items.iter().any(|item| {
        item.value.is_empty() && matches!(heading(item.label), Some(Part::Subject | Part::Target))
    });
    let mut part = if names_told > 1 {
        Part::Subject
    } else {
        Part::Target
    };
    let mut seen_name = false;
    let mut fields: Vec<(&'static str, &Item<'_>)> = Vec::new();
    let mut used = Vec::new();
    for item in items {
        if let Some(opened) = heading(item.label).filter(|_| item.value.is_empty()) {
            part = opened;
            used.push(item);
            continue;
        }
        let name = match role(item) {
            Some(role) => {
                // Without headings the second account is the one that is meant.
                if !has_headings && seen_name && matches!(role, Role::Sid | Role::Name) {
                    part = Part::Target;
                }
                seen_name |= role == Role::Name;
                account_field(part, role)
            }
            None => names::field(item.label),
        };
        let Some(name) = name else { continue };
        used.push(item);
        if !item.value.is_empty() && !fields.iter().any(|(known, _)| *known == name) {
            fields.push((name, item));
        }
    }
    (fields, used)
}

fn role(item: &Item<'_>) -> Option<Role> {
    ROLE_OF.get(&names::fold(item.label)).copied()
}

fn account_field(part: Part, role: Role) -> Option<&'static str> {
    Some(match (part, role) {
        (Part::Subject, Role::Sid) => "SubjectUserSid",
        (Part::Subject, Role::Name) => "SubjectUserName",
        (Part::Subject, Role::Domain) => "SubjectDomainName",
        (Part::Subject, Role::LogonId) => "SubjectLogonId",
        (Part::Target, Role::Sid) => "TargetUserSid",
        (Part::Target, Role::Name) => "TargetUserName",
        (Part::Target, Role::Domain) => "TargetDomainName",
        (Part::Target, Role::LogonId) => "TargetLogonId",
        (Part::Other, _) => return None,
    })
}

fn is_hex(value: &str) -> bool {
    let digits = value
        .strip_prefix("0x")
        .or_else(|| value.strip_prefix("0X"));
    digits.is_some_and(|digits| {
        (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// An NTSTATUS that is an error.
fn is_status(value: &str) -> bool {
    is_hex(value) && value.len() == 10 && matches!(value.as_bytes()[2], b'C' | b'c' | b'8')
}

fn is_logon_type(value: &str) -> bool {
    value.parse::<u32>().is_ok_and(|number| number <= 13)
}
