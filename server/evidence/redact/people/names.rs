//! Where names stand: behind a key, before an `@`, around a `\`, in a path, in a security identifier.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Captures, Match, Regex};

use super::super::harmless::is_harmless;
use super::super::report::Mark;
use super::no_names::{is_column, is_said_of_it};
use super::public_hosts::is_public_host;
use super::well_known::{is_authority, is_folder, is_kind_of_account, is_well_known_user};
use super::{Name, addresses, is_distinct};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// A key, what follows it, a value with nothing but an end behind it.
fn keyed(keys: &str) -> Regex {
    pattern(&format!(
        r#"(?im)(?:^|[\s"'<(\[{{,;|>._/*-])(?:{keys})(?:\\*["'])?[ \t]*(?:(?:[:=]|\\*["']?>|REG_SZ)[ \t]*|[ \t]{{3,}})(?:\\*["'])?([\p{{L}}\d][\p{{L}}\d._$-]+)(?:\\*["'<,;)}}|&]|[ \t]{{2,}}|\t|[ \t]*\r?$|[ \t]+(?:\(|\||SID\b|domain\b|on\b|from\b|\w+=))"#
    ))
}

static USERS: LazyLock<Regex> = LazyLock::new(|| {
    keyed(
        "(?:target|subject|sam|caller|logon|login|client|source|default|executing|service|run ?as|run-as|outbound|robot)?[ _-]?(?:user|account)[ _-]?(?:name)?|benutzername|benutzerkonto|kontoname|benutzer|nom du compte|nom d.utilisateur|utilisateur|nombre de (?:la )?cuenta|nombre de usuario|usuario|nome utente|アカウント名|ユーザー名|service_start_name|logon account|user ?principal ?name|upn|run as|start[ _]?name|owner|samaccountname|(?-i:Param1)",
    )
});
static HOSTS: LazyLock<Regex> = LazyLock::new(|| {
    keyed(
        "(?:source |caller |remote |client )?(?:computer|host|device|machine|workstation|server|client|station)[ _-]?name|computer|workstation|source workstation|machine|caller computer|logonserver|gerätename|computername|arbeitsstation(?:sname)?|quellarbeitsstation|nom de l.(?:ordinateur|hôte)|ordinateur|nom de la station de travail|station de travail|nombre de(?:l)? (?:host|equipo)|equipo|nombre de (?:la )?estación de trabajo|コンピューター(?: ?名)?|ワークステーション名|dnshostname|agent_?hostname|nethostname",
    )
});
static DOMAINS: LazyLock<Regex> = LazyLock::new(|| {
    keyed(
        "(?:target|subject|account|user|dns|logon|primary|default|client|netbios)?[ _-]?(?:dns)?domain[ _-]?(?:name)?|kontodomäne|domäne|domaine(?: du compte)?|dominio(?: de (?:la )?cuenta)?|アカウント ?ドメイン",
    )
});
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)([\p{L}\d][\p{L}\d._+'$-]*)@((?:[a-z0-9](?:[a-z0-9-]*)\.)+[a-z]{2,24})\b")
});
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?m)(^|[\s"'(<>\[=,;|:\]*`])([\p{L}\d][\p{L}\d._-]*|\.)(\\{1,4})([\p{L}\d_][\p{L}\d_.$-]*)"#,
    )
});
/// A row of `whoami`: the name may hold blanks, the SID says that it is one.
static WITH_SID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)^[ \t]*([\p{L}\d._-]+)\\([\p{L}\d_.$' -]*?[\p{L}\d_.$]) +(?:[\p{L} -]+ +)?S-1-5-21-",
    )
});
/// What makes a pair around a `\` an account.
static SPEAKS_OF_ACCOUNTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:user(?:name)?|account(?: ?name)?|konto|benutzer(?:name)?|anmelde\w*|log[io]n(?: name)?|compte|usuario|cuenta|run ?as|-u|/u(?:ser)?|principal|identity|credential|caller|owner|as|by|for|whoami)(?:"|')?[\s:='"(]{0,6}$"#,
    )
});
static SID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bS-1-(?:5-21|12-1)(?:-\d{1,10}){1,8}\b"));
static UNC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?m)(?:^|[\s"'(<>\[=,;|`])\\{2,4}([\p{L}\d][\p{L}\d_.-]*)(?:\\|\s|["',;)<]|$)"#)
});
static URL_HOST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@]{1,80}@)?([a-z0-9][a-z0-9-]*)(?::\d+)?(?:[/?#\s,;)]|$)",
    )
});
static PROFILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\\Users\\{1,2}|\\{2}Users\\{2}|/home/|/Users/|Documents and Settings\\)([\p{L}\d][\p{L}\d_.$-]*)",
    )
});
/// A row of `quser`, and one of `qwinsta`, which names the session first or leaves its column blank.
static SESSION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)^[ >](?: {7,}|(?:services|console|(?:rdp|ica|7a|vmw)[-\w]*(?:#\d+)?) +)?([\p{L}\d][\p{L}\d_.$-]*) +(?:\S+ +)?\d+ +(?:Active|Disc|Conn|Aktiv|Verb\.|Getr\.|Actif|Déco|Activo|Desc|Conectado|アクティブ|切断)(?:\s|$)",
    )
});
static FULL_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?im)^(?:full name|vollständiger name|nom complet|nombre completo)[ \t]{3,}(\S(?:[^\r\n]*?\S)?)[ \t]*\r?$",
    )
});
static FILE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\.(?:exe|dll|txt|log|ps1|psm1|cs|json|xml|config|reg|inf|zip|bat|cmd|sys|ini|evtx|csv|html?|docx?|xlsx?|pdf|png|jpg|tmp|dat|db|ya?ml|md|rs|py|vbs|msi|cab|lnk|pol|adm[lx]?|mui|cpl|ocx|tlb|manifest|resx|xaml|rdp|pfx|cer|crt|key|pem|js|ts|css|sql|java|jar|vb|asmx?|aspx|svc|etl|dmp|url|theme|mof|nupkg|yxmd)$",
    )
});

/// What a key may be about, one bit each.
const OF_USERS: u8 = 1;
const OF_HOSTS: u8 = 2;
const OF_DOMAINS: u8 = 4;
const OF_FULL_NAMES: u8 = 8;
const OF_PROFILES: u8 = 16;

/// Words of which one stands in every key of a kind.
static KEY_WORDS: LazyLock<(AhoCorasick, Vec<u8>)> = LazyLock::new(|| {
    let users = [
        "user",
        "account",
        "benutzer",
        "konto",
        "compte",
        "utilisateur",
        "cuenta",
        "usuario",
        "utente",
        "アカウント",
        "ユーザー",
        "service_start",
        "upn",
        "run as",
        "start_name",
        "start name",
        "owner",
        "param1",
    ];
    let hosts = [
        "computer",
        "host",
        "device",
        "machine",
        "workstation",
        "server",
        "client",
        "station",
        "tename",
        "ordinateur",
        "equipo",
        "コンピューター",
        "ワークステーション",
        "nom de l",
        "nombre de",
    ];
    // Stems in ASCII where a word has other letters: their capitals are not folded.
    let domains = ["dom", "ドメイン"];
    let full_names = ["full name", "vollst", "nom complet", "nombre completo"];
    let profiles = ["users", "/home/", "documents and settings"];
    let words = users.into_iter().map(|word| (word, OF_USERS));
    let words = words
        .chain(hosts.into_iter().map(|word| (word, OF_HOSTS)))
        .chain(domains.into_iter().map(|word| (word, OF_DOMAINS)))
        .chain(full_names.into_iter().map(|word| (word, OF_FULL_NAMES)))
        .chain(profiles.into_iter().map(|word| (word, OF_PROFILES)));
    let (words, kinds): (Vec<_>, Vec<_>) = words.unzip();
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("a constant list of words");
    (automaton, kinds)
});

/// Which kinds of keys may stand in a text.
fn kinds_of_keys(text: &str) -> u8 {
    let (automaton, kinds) = &*KEY_WORDS;
    let found = automaton.find_overlapping_iter(text);
    found.fold(0, |all, word| all | kinds[word.pattern().as_usize()])
}

/// A line is looked at in pieces of so many bytes at most.
const PIECE: usize = 2048;

/// Every name of a text. `learned` tells what a word is known as.
pub(super) fn all(text: &str, learned: &dyn Fn(&str) -> Option<Mark>) -> Vec<Name> {
    let mut names = Vec::new();
    let mut start = 0;
    let mut around = Vec::new();
    while start < text.len() {
        let end = piece_end(text, start);
        let piece = &text[start..end];
        in_piece(piece, learned, &mut around);
        names.extend(around.drain(..).map(|name: Name| {
            let range = name.range.start + start..name.range.end + start;
            Name::new(range, name.mark)
        }));
        start = end;
    }
    names
}

/// The end of the line that begins at `start`; a long one is cut between words where it has some.
fn piece_end(text: &str, start: usize) -> usize {
    let limit = text.floor_char_boundary((start + PIECE).min(text.len()));
    let piece = &text.as_bytes()[start..limit];
    if let Some(at) = memchr::memchr(b'\n', piece) {
        return start + at + 1;
    }
    if limit == text.len() {
        return limit;
    }
    let blank = memchr::memrchr3(b' ', b',', b';', piece);
    blank
        .filter(|at| *at > PIECE / 2)
        .map_or(limit, |at| start + at + 1)
}

fn in_piece(text: &str, learned: &dyn Fn(&str) -> Option<Mark>, names: &mut Vec<Name>) {
    let bytes = text.as_bytes();
    let has = |byte: u8| memchr::memchr(byte, bytes).is_some();
    let holds = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    if text.len() < 5 {
        return;
    }
    let slashes = has(b'\\');
    let kinds = kinds_of_keys(text);
    if has(b'-') && (holds(b"S-1-") || holds(b"s-1-")) {
        sids(text, names);
    }
    if has(b'@') {
        mails(text, names);
    }
    if slashes {
        accounts(text, learned, names);
    }
    for (pattern, mark, kind) in [
        (&USERS, Mark::User, OF_USERS),
        (&HOSTS, Mark::Host, OF_HOSTS),
        (&DOMAINS, Mark::Domain, OF_DOMAINS),
    ] {
        if kinds & kind != 0 {
            behind_keys(text, pattern, mark, names);
        }
    }
    if kinds & OF_FULL_NAMES != 0 {
        let full = FULL_NAME
            .captures_iter(text)
            .filter_map(|found| found.get(1));
        names.extend(full.map(|found| Name::new(found.range(), Mark::User)));
    }
    for (pattern, mark, wanted) in [
        (&UNC, Mark::Host, slashes && holds(b"\\\\")),
        (&URL_HOST, Mark::Host, has(b':') && holds(b"://")),
        (&PROFILE, Mark::User, kinds & OF_PROFILES != 0),
        (
            &SESSION,
            Mark::User,
            bytes.starts_with(b" ") || bytes.starts_with(b">"),
        ),
    ] {
        if wanted {
            let found = pattern.captures_iter(text).filter_map(|found| found.get(1));
            names.extend(found.filter_map(|found| named(found, mark)));
        }
    }
    addresses::all(text, names);
}

fn sids(text: &str, names: &mut Vec<Name>) {
    for found in SID.find_iter(text) {
        let last = found.as_str().rsplit('-').next().unwrap_or_default();
        let parts = found.as_str().matches('-').count();
        // Accounts and groups of every domain have small numbers of their own: 500, 512, 513.
        let of_every_domain = parts == 7 && last.parse::<u32>().is_ok_and(|last| last < 1000);
        let cut = if of_every_domain { last.len() + 1 } else { 0 };
        if parts >= 5 {
            names.push(Name::new(found.start()..found.end() - cut, Mark::Sid));
        }
    }
}

fn mails(text: &str, names: &mut Vec<Name>) {
    for found in MAIL.captures_iter(text) {
        let (Some(user), Some(domain)) = (found.get(1), found.get(2)) else {
            continue;
        };
        if user.as_str().bytes().all(|byte| byte.is_ascii_digit()) && user.len() < 3 {
            continue;
        }
        // An annotation of OData, not an address: `_machineid_value@OData.Community.Display.V1.FormattedValue`.
        let annotation = domain.as_str().get(..6);
        if annotation.is_some_and(|start| start.eq_ignore_ascii_case("odata.")) {
            continue;
        }
        names.push(Name::new(user.range(), Mark::User));
        if !is_public_host(domain.as_str()) {
            names.push(Name::new(domain.range(), Mark::Domain));
        }
    }
}

fn accounts(text: &str, learned: &dyn Fn(&str) -> Option<Mark>, names: &mut Vec<Name>) {
    let with_sid = memchr::memmem::find(text.as_bytes(), b"S-1-5-21-").is_some();
    let rows = with_sid.then(|| WITH_SID.captures_iter(text));
    for found in rows.into_iter().flatten() {
        if let (Some(domain), Some(user)) = (found.get(1), found.get(2)) {
            pair(domain, user, learned, names);
        }
    }
    let mut at = 0;
    while let Some(found) = ACCOUNT.captures_at(text, at) {
        let (Some(whole), Some(domain), Some(user)) = (found.get(0), found.get(2), found.get(4))
        else {
            break;
        };
        at = whole.end();
        if is_account(text, &found, learned) {
            pair(domain, user, learned, names);
        }
    }
}

fn pair(
    domain: Match<'_>,
    user: Match<'_>,
    learned: &dyn Fn(&str) -> Option<Mark>,
    names: &mut Vec<Name>,
) {
    if is_authority(domain.as_str())
        || is_well_known_user(user.as_str()) && is_folder(domain.as_str())
    {
        return;
    }
    if domain.as_str() != "." && !is_kind_of_account(domain.as_str()) {
        let host = learned(domain.as_str()) == Some(Mark::Host);
        let mark = if host { Mark::Host } else { Mark::Domain };
        names.push(Name::new(domain.range(), mark));
    }
    if is_well_known_user(user.as_str()) {
        return;
    }
    let bare = user.as_str().trim_end_matches('.');
    match bare.strip_suffix('$') {
        Some(machine) => names.push(Name::new(
            user.start()..user.start() + machine.len(),
            Mark::Host,
        )),
        None => names.push(Name::new(
            user.start()..user.start() + bare.len(),
            Mark::User,
        )),
    }
}

/// Whether a pair around a `\` is an account and no path.
fn is_account(text: &str, found: &Captures<'_>, learned: &dyn Fn(&str) -> Option<Mark>) -> bool {
    let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
    let (domain, slashes, user) = (part(2), part(3), part(4));
    let end = found.get(0).map_or(0, |whole| whole.end());
    let start = found.get(2).map_or(0, |domain| domain.start());
    let path = text[end..].starts_with(['\\', '/', ':']) || FILE.is_match(user) || user.len() < 2;
    if path || is_folder(domain) || is_folder(user) || is_authority(domain) {
        return false;
    }
    let from = text.ceil_char_boundary(start.saturating_sub(48));
    let spoken = SPEAKS_OF_ACCOUNTS.is_match(&text[from..start]);
    if domain == "." || is_kind_of_account(domain) {
        return spoken || domain != ".";
    }
    let known = learned(domain).is_some() || learned(user).is_some();
    let escape = slashes.len() == 1 && user.starts_with(['n', 'r', 't', 'b', 'f', 'u']) && {
        let near = &text[from..text.floor_char_boundary((end + 48).min(text.len()))];
        near.matches('\\').count() > 1 || user[1..].starts_with(char::is_uppercase)
    };
    if known || spoken && !escape {
        return true;
    }
    let upper =
        domain.chars().any(|c| c.is_ascii_uppercase()) && !domain.chars().any(char::is_lowercase);
    let multi = |name: &str| {
        name.starts_with(char::is_uppercase)
            && name.chars().filter(|c| c.is_uppercase()).count() > 1
            && name.chars().any(char::is_lowercase)
    };
    let distinct = is_distinct(user)
        && !user.contains("..")
        && domain.chars().all(|c| !c.is_uppercase() || upper);
    !escape && ((upper && !multi(user)) || distinct)
}

fn behind_keys(text: &str, pattern: &Regex, mark: Mark, names: &mut Vec<Name>) {
    let mut at = 0;
    while let Some(found) = pattern.captures_at(text, at) {
        let (Some(whole), Some(value)) = (found.get(0), found.get(1)) else {
            break;
        };
        // The end of one value may be the beginning of the next key.
        at = value.end().max(whole.start() + 1);
        let kind = mark == Mark::Host && is_kind_of_machine(&text[..whole.start()]);
        if !kind && !is_heading(text, value) {
            names.extend(named(value, mark));
        }
    }
}

/// `USERNAME              SESSIONNAME        ID  STATE`: between blanks a word may be the heading of the next column.
/// Below it stand numbers, so a row of names has no column that reads `ID`.
fn is_heading(line: &str, value: Match<'_>) -> bool {
    let before = &line[..value.start()];
    let blanks = before.ends_with([' ', '\t']);
    let in_a_column = blanks && !before.trim_end().ends_with([':', '=', '"', '\'', '>']);
    let heads_numbers = || {
        let mut columns = line.split([' ', '\t']);
        columns.any(|column| matches!(column, "ID" | "ID." | "Id" | "PID"))
            && !line.bytes().any(|byte| byte.is_ascii_digit())
            && value.as_str().chars().all(char::is_alphabetic)
    };
    in_a_column && (is_column(value.as_str()) || heads_numbers())
}

/// "Hosted machine: requestDisallowedByPolicy" names a kind of machine, and what went wrong with it.
fn is_kind_of_machine(before: &str) -> bool {
    let word = before.rsplit(|letter: char| !letter.is_alphabetic()).next();
    word.is_some_and(|word| {
        ["hosted", "virtual", "state"]
            .iter()
            .any(|kind| word.eq_ignore_ascii_case(kind))
    })
}

/// A name, unless everybody has it or it is none.
fn named(found: Match<'_>, mark: Mark) -> Option<Name> {
    let name = found.as_str().trim_end_matches(['.', '-']);
    let digits = name
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let nobody = is_well_known_user(name)
        || is_authority(name)
        || is_kind_of_account(name)
        || is_harmless(name)
        || is_said_of_it(name)
        || is_public_host(name)
        || matches!(
            name.to_ascii_lowercase().as_str(),
            "localhost"
                | "workgroup"
                | "yes"
                | "name"
                | "windows"
                | "console"
                | "rdp-tcp"
                | "microsoft"
                | "computer"
                | "domain"
                | "the"
                | "is"
                | "was"
                | "services"
                | "users"
                | "public"
                | "default"
                | "com"
                | "www"
        );
    if digits || nobody || name.len() < 2 {
        return None;
    }
    match (mark, name.strip_suffix('$')) {
        (Mark::User, Some(machine)) => Some(Name::new(
            found.start()..found.start() + machine.len(),
            Mark::Host,
        )),
        _ => Some(Name::new(found.start()..found.start() + name.len(), mark)),
    }
}
