//! Words that stand where a name could stand and are none.

/// Headings of columns in what tools print.
const COLUMNS: &[&str] = &[
    "sessionname",
    "sitzungsname",
    "username",
    "benutzername",
    "computername",
    "pscomputername",
    "hostname",
    "machinename",
    "devicename",
    "domain",
    "domäne",
    "domainname",
    "account",
    "konto",
    "sid",
    "state",
    "status",
    "type",
    "pid",
    "session",
    "sessionid",
    "description",
    "fullname",
    "logonid",
];

/// What is said of an account or a machine, where its name could stand: "User: locked", "machine: offline".
const SAID_OF_IT: &[&str] = &[
    "active",
    "inactive",
    "offline",
    "online",
    "available",
    "unavailable",
    "unreachable",
    "connected",
    "disconnected",
    "registered",
    "unregistered",
    "joined",
    "idle",
    "busy",
    "running",
    "stopped",
    "created",
    "deleted",
    "absent",
    "ambiguous",
    "aktiv",
    "inaktiv",
    "deaktiviert",
    "aktiviert",
    "gelöscht",
    "getrennt",
    "verbunden",
    "nicht",
    "verrouillé",
    "désactivé",
    "expiré",
    "inconnu",
    "actif",
    "inactif",
    "bloqueado",
    "bloqueada",
    "deshabilitado",
    "deshabilitada",
    "desconocido",
    "inactivo",
];

/// Whether tools print it above a column.
pub(super) fn is_column(name: &str) -> bool {
    COLUMNS.contains(&name.to_lowercase().as_str())
}

/// Whether it is said of an account or a machine and names none.
pub(super) fn is_said_of_it(name: &str) -> bool {
    SAID_OF_IT.contains(&name.to_lowercase().as_str())
}
