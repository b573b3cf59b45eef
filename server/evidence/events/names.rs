//! Every spelling of a field, and the name that the event's own XML gives it.
//!
//! The XML name is what rules are written with. Other tools write `win.eventdata.subStatus` (Wazuh),
//! `winlog.event_data.SubStatus` (winlogbeat), `Sub_Status` (Splunk), and Event Viewer writes `Sub Status`,
//! `Unterstatus`, `Sous-état`. A spelling is compared without case, white space and punctuation, and without the words
//! that a shipper puts before it.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// What stands in the `System` part of an event, outside its named data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Header {
    /// The event's number.
    Id,
    /// Who wrote it.
    Provider,
    /// The machine that wrote it.
    Computer,
    /// When.
    Time,
    /// The log: `Security`.
    Channel,
    /// Its number in the log.
    Record,
    /// Its rendered text.
    Message,
}

/// What a label of a description says of an account, whosever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Sid,
    Name,
    Domain,
    LogonId,
}

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

/// The XML name of a field, whatever it is called here. A name this table does not know gives nothing: then it is kept
/// as it is.
pub fn field(spelling: &str) -> Option<&'static str> {
    BY_SPELLING.get(fold(spelling).as_str()).copied()
}

/// Which part of the `System` block a name means.
pub fn header(spelling: &str) -> Option<Header> {
    HEADERS_BY_SPELLING.get(fold(spelling).as_str()).copied()
}

/// What a label of a description says of an account.
pub(super) fn role(label: &str) -> Option<Role> {
    ROLE_OF.get(&fold(label)).copied()
}

/// The part of a description that a heading opens.
pub(super) fn part(heading: &str) -> Option<Part> {
    PART_OF.get(&fold(heading)).copied()
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

/// The number of a failure reason that is given as a sentence: `%%2313` for "Unknown user name or bad password."
pub fn reason(sentence: &str) -> Option<u32> {
    let folded = fold(sentence);
    REASONS
        .iter()
        .find(|(_, sentences)| sentences.iter().any(|known| fold(known) == folded))
        .map(|(number, _)| *number)
}

/// The English sentence of a failure reason: "Unknown user name or bad password." for 2313.
pub fn reason_sentence(number: u32) -> Option<&'static str> {
    REASONS
        .iter()
        .find(|(known, _)| *known == number)
        .and_then(|(_, sentences)| sentences.first().copied())
}

/// Letters and digits in lower case, without the path that shippers put before a field's name.
pub fn fold(spelling: &str) -> String {
    let spelling = spelling.trim();
    let tail = PATHS
        .iter()
        .find_map(|path| {
            let head = spelling.get(..path.len())?;
            head.eq_ignore_ascii_case(path)
                .then(|| &spelling[path.len()..])
        })
        .unwrap_or(spelling);
    tail.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What shippers put before a name, the longer first.
const PATHS: &[&str] = &[
    "data.win.eventdata.",
    "data.win.system.",
    "win.eventdata.",
    "win.system.",
    "winlog.event_data.",
    "winlog.user_data.",
    "winlog.",
    "event_data.",
    "eventdata.",
    "Event.EventData.",
    "Event.System.",
    "System.",
];

/// XML name, then its other spellings that mean the same in whatever part of an event they stand.
///
/// Seen in print: the German and Japanese ones of a whole 4625 (what people posted of their logs), the Spanish and Japanese
/// ones of 4624 (<https://uitranslation.com/?lang=es-es&term=dd34e3b95621>, <https://uitranslation.com/?lang=ja&term=f2e6c8c48566>),
/// of the French ones those of the network. The others, among them the French and Spanish sub status, are as Windows is
/// remembered to print them; where one is wrong its place still tells.
#[rustfmt::skip]
const FIELDS: &[(&str, &[&str])] = &[
    ("SubjectUserSid", &[]),
    ("SubjectUserName", &[]),
    ("SubjectDomainName", &[]),
    ("SubjectLogonId", &[]),
    ("TargetUserSid", &["TargetSid"]),
    ("TargetUserName", &["Target User Name", "Logon Account", "Anmeldekonto", "Compte d’ouverture de session", "Cuenta de inicio de sesión", "ログオン アカウント"]),
    ("TargetDomainName", &["Target Domain Name"]),
    ("Status", &["Status Code", "Error Code", "Result Code", "Failure Code", "Fehlercode", "Ergebniscode", "Code d’erreur", "Code de résultat", "Code d’échec", "Código de error", "Código de resultado", "エラー コード", "État", "Estado", "状態"]),
    ("SubStatus", &["Sub Status", "Unterstatus", "Sous-état", "Subestado", "サブ ステータス"]),
    ("FailureReason", &["Failure Reason", "Fehlerursache", "Raison de l’échec", "Motivo del error", "失敗の原因"]),
    ("LogonType", &["Logon Type", "Anmeldetyp", "Type d’ouverture de session", "Tipo de inicio de sesión", "ログオン タイプ", "ログオンの種類"]),
    ("LogonProcessName", &["Logon Process", "Anmeldeprozess", "Processus d’ouverture de session", "Proceso de inicio de sesión", "ログオン プロセス"]),
    ("AuthenticationPackageName", &["Authentication Package", "Authentifizierungspaket", "Package d’authentification", "Paquete de autenticación", "認証パッケージ"]),
    ("WorkstationName", &["Workstation Name", "Arbeitsstationsname", "Nom de la station de travail", "Nombre de estación de trabajo", "ワークステーション名"]),
    ("Workstation", &["Source Workstation", "Quellarbeitsstation", "Arbeitsstation", "Station de travail source", "Estación de trabajo de origen", "ソース ワークステーション"]),
    ("TransmittedServices", &["Transited Services", "Übertragene Dienste", "Services en transit", "Servicios transitados", "移行されたサービス"]),
    ("LmPackageName", &["Package Name (NTLM only)", "Paketname (nur NTLM)", "Nom du package (NTLM uniquement)", "Nombre de paquete (solo NTLM)", "パッケージ名 (NTLM のみ)"]),
    ("KeyLength", &["Key Length", "Schlüssellänge", "Longueur de la clé", "Longitud de clave", "キーの長さ"]),
    ("ProcessId", &["Caller Process ID", "Aufrufprozess-ID", "ID du processus de l’appelant", "Id. de proceso del autor de la llamada", "呼び出し側プロセス ID"]),
    ("ProcessName", &["Caller Process Name", "Aufrufprozessname", "Nom du processus de l’appelant", "Nombre de proceso del autor de la llamada", "呼び出し側プロセス名"]),
    ("IpAddress", &["Source Network Address", "Client Address", "Quellnetzwerkadresse", "Clientadresse", "Adresse du réseau source", "Adresse du client", "Dirección de red de origen", "Dirección del cliente", "ソース ネットワーク アドレス", "クライアント アドレス"]),
    ("IpPort", &["Source Port", "Client Port", "Quellport", "Clientport", "Port source", "Port client", "Puerto de origen", "Puerto de cliente", "ソース ポート", "クライアント ポート"]),
    ("PackageName", &[]),
    ("ServiceName", &["Service Name"]),
    ("TicketOptions", &["Ticket Options"]),
    ("TicketEncryptionType", &["Ticket Encryption Type"]),
    ("PreAuthType", &["Pre-Authentication Type"]),
    ("TargetServerName", &["Target Server Name"]),
    ("IPString", &[]),
    ("User", &[]),
    ("Address", &[]),
    ("SessionID", &["Session ID"]),
];

/// What descriptions call the parts of an account.
#[rustfmt::skip]
const ROLES: &[(Role, &[&str])] = &[
    (Role::Sid, &["Security ID", "User ID", "Sicherheits-ID", "ID de sécurité", "Id. de seguridad", "セキュリティ ID"]),
    (Role::Name, &["Account Name", "Kontoname", "Nom du compte", "Nom de compte", "Nombre de cuenta", "アカウント名"]),
    (Role::Domain, &["Account Domain", "Supplied Realm Name", "Kontodomäne", "Domaine du compte", "Dominio de cuenta", "アカウント ドメイン"]),
    (Role::LogonId, &["Logon ID", "Anmelde-ID", "ID d'ouverture de session", "Id. de inicio de sesión", "ログオン ID"]),
];

/// What they print above a part.
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

/// Names of the `System` part.
#[rustfmt::skip]
const HEADERS: &[(Header, &[&str])] = &[
    (Header::Id, &["EventID", "Event ID", "Event_ID", "event.code", "EventCode", "Event Code", "EventIdentifier", "Ereignis-ID", "ID de l’événement", "Id. del evento", "イベント ID"]),
    (Header::Provider, &["ProviderName", "provider_name", "Provider", "event.provider", "SourceName", "Source Name", "Source", "Quelle", "Origen", "ソース"]),
    (Header::Computer, &["Computer", "ComputerName", "computer_name", "MachineName", "Computername", "Ordinateur", "Equipo", "コンピューター"]),
    (Header::Time, &["TimeCreated", "SystemTime", "TimeGenerated", "@timestamp", "EventTime", "Date", "Datum", "Fecha", "日付"]),
    (Header::Channel, &["LogName", "Log Name", "Channel", "Protokollname", "Nom du journal", "Nombre de registro", "ログの名前"]),
    (Header::Record, &["EventRecordID", "record_id", "RecordId", "RecordNumber"]),
    (Header::Message, &["Message", "Description", "Beschreibung", "Descripción", "説明"]),
];

/// The failure reasons of 4625 with their sentences.
/// <https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-4625>
#[rustfmt::skip]
const REASONS: &[(u32, &[&str])] = &[
    (2304, &["An Error occurred during Logon.", "An Error occured during Logon.", "Bei der Anmeldung ist ein Fehler aufgetreten."]),
    (2305, &["The specified user account has expired."]),
    (2306, &["The NetLogon component is not active."]),
    (2307, &["Account locked out.", "Das Konto wurde gesperrt.", "Konto gesperrt."]),
    (2308, &["The user has not been granted the requested logon type at this machine.", "The user has not been granted the requested logon type at this computer."]),
    (2309, &["The specified account's password has expired."]),
    (2310, &["Account currently disabled.", "Das Konto ist derzeit deaktiviert."]),
    (2311, &["Account logon time restriction violation."]),
    (2312, &["User not allowed to logon at this computer."]),
    (2313, &["Unknown user name or bad password.", "Unbekannter Benutzername oder ungültiges Kennwort.", "Nom d’utilisateur inconnu ou mot de passe incorrect.", "Nombre de usuario desconocido o contraseña incorrecta.", "ユーザー名を認識できないか、またはパスワードが間違っています。"]),
];

static BY_SPELLING: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let rows = FIELDS.iter().flat_map(|(name, others)| {
        let spellings = std::iter::once(name).chain(others.iter());
        spellings.map(|spelling| (fold(spelling), *name))
    });
    rows.collect()
});

static HEADERS_BY_SPELLING: LazyLock<HashMap<String, Header>> = LazyLock::new(|| {
    let rows = HEADERS
        .iter()
        .flat_map(|(header, names)| names.iter().map(|name| (fold(name), *header)));
    rows.collect()
});

static ROLE_OF: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let rows = ROLES
        .iter()
        .flat_map(|(role, labels)| labels.iter().map(|label| (fold(label), *role)));
    rows.collect()
});
static PART_OF: LazyLock<HashMap<String, Part>> = LazyLock::new(|| {
    let rows = HEADINGS
        .iter()
        .flat_map(|(part, labels)| labels.iter().map(|label| (fold(label), *part)));
    rows.collect()
});
/// Every label of a description, to find those that stand on one line.
static LABELS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let roles = ROLES.iter().flat_map(|(_, labels)| labels.iter());
    let headings = HEADINGS.iter().flat_map(|(_, labels)| labels.iter());
    let fields = FIELDS.iter().flat_map(|(_, labels)| labels.iter());
    let all = roles.chain(headings).chain(fields);
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(all.chain(&["Status", "Message"]))
        .expect("a constant list of words")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_gives_the_name_of_the_xml() {
        for spelling in [
            "SubStatus",
            "Sub Status",
            "Sub_Status",
            "win.eventdata.subStatus",
            "winlog.event_data.SubStatus",
            "Unterstatus:",
            "Sous-état",
            "Subestado",
            "サブ ステータス",
        ] {
            assert_eq!(field(spelling), Some("SubStatus"), "{spelling}");
        }
        assert_eq!(field("Account Name"), None, "whose account is not told");
        assert_eq!(header("winlog.event_id"), Some(Header::Id));
        assert_eq!(header("win.system.providerName"), Some(Header::Provider));
    }

    #[test]
    fn no_spelling_means_two_things() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for (name, others) in FIELDS {
            for spelling in std::iter::once(name).chain(others.iter()) {
                if let Some(before) = seen.insert(fold(spelling), name) {
                    assert_eq!(before, *name, "{spelling}");
                }
            }
        }
    }

    #[test]
    fn a_sentence_is_its_reason() {
        assert_eq!(reason("Unknown user name or bad password."), Some(2313));
        assert_eq!(reason(" account locked out "), Some(2307));
        assert_eq!(
            reason("Bei der Anmeldung ist ein Fehler aufgetreten."),
            Some(2304)
        );
        assert_eq!(
            reason("ユーザー名を認識できないか、またはパスワードが間違っています。"),
            Some(2313)
        );
        assert_eq!(reason("Something else."), None);
    }
}
