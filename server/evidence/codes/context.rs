//! The words around a number that make it a code.

use std::ops::Range;

/// Words end in one of these where a number behind them is a code: `SubStatus`, `Fehlercode`, `last_error`.
const LABELS: [&str; 16] = [
    "error",
    "code",
    "status",
    "hresult",
    "fehler",
    "fehlernummer",
    "erreur",
    "errore",
    "errno",
    "état",
    "etat",
    "código",
    "codigo",
    "codice",
    "exception",
    "result",
];
/// The same in scripts that set no spaces, anywhere in the word.
const LABELS_INSIDE: [&str; 9] = [
    "错误",
    "错誤",
    "錯誤",
    "代码",
    "代碼",
    "エラー",
    "コード",
    "오류",
    "ошибк",
];
/// Words that say `code` and mean something else.
const OTHER_CODES: [&str; 12] = [
    "eventcode",
    "opcode",
    "keycode",
    "zipcode",
    "postcode",
    "barcode",
    "qrcode",
    "unicode",
    "encode",
    "decode",
    "vscode",
    "geocode",
];
/// Words before `code` that make it something else.
const OTHER_KINDS: [&str; 14] = [
    "event", "zip", "post", "postal", "area", "country", "source", "close", "closed", "key", "op",
    "promo", "product", "http",
];
/// Words that may stand between a label and its number.
const FILLERS: [&str; 21] = [
    "is", "was", "of", "the", "hex", "dec", "decimal", "number", "nr", "no", "value", "with", "by",
    "ist", "war", "lautet", "nummer", "wert", "quot", "u0022", "win32",
];
/// Words that make even a small number a Windows error.
const WINDOWS: [&str; 9] = [
    "logonuser",
    "logonuserw",
    "logonuserex",
    "win32",
    "winerror",
    "lasterror",
    "systemfehler",
    "systemerror",
    "windowserror",
];
/// How Windows goes on behind `Error 5:`.
const WINDOWS_MESSAGES: [&str; 10] = [
    "access is denied",
    "the system cannot",
    "the network",
    "the service",
    "the specified",
    "the process",
    "the handle",
    "the parameter",
    "zugriff verweigert",
    "das system kann",
];
/// Words that make a short hex number one of Kerberos.
const KERBEROS: [&str; 8] = [
    "4768", "4769", "4770", "4771", "4772", "kerberos", "krb5", "kdc",
];

/// Every label holds one of these, or does so in small letters: where none stands near, no label does.
pub(super) const STEMS: [&str; 20] = [
    "logonuser",
    "err",
    "cod",
    "tat",
    "resul",
    "fehl",
    "digo",
    "excep",
    "fail",
    "win32",
    "错",
    "錯",
    "代",
    "エラー",
    "コード",
    "오류",
    "ши",
    "Ши",
    "шИ",
    "ШИ",
];
/// A line shorter than this was not broken by a window or a mail program.
pub(super) const WRAPPED_FROM: usize = 38;
/// How far before a number its label may begin.
pub(super) const LABEL_REACH: usize = 64;

/// How surely the words before a number make it a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Label {
    /// They do not.
    None,
    /// A status or a result, of whatever kind.
    Status,
    /// An error or a code.
    Error,
    /// An error of Windows by name.
    Windows,
}

/// The label directly before `at`, on the same line or at the end of a wide one above.
pub(super) fn label(text: &str, at: usize) -> Label {
    let lead = line_before(text, at, LABEL_REACH);
    let begins_line = lead.bytes().all(|byte| matches!(byte, b'>' | b' ' | b'\t'));
    let lead = if begins_line {
        wrapped_before(text, at - lead.len(), at).unwrap_or_default()
    } else {
        lead
    };
    let lead = lead
        .rfind(['.', '!', '?', ','])
        .map_or(lead, |stop| &lead[stop + 1..]);
    let lower = lead
        .to_lowercase()
        .replace("<code>", " ")
        .replace("</code>", " ");
    let opened = lower.trim_end().ends_with([':', '(', '[', '=']);
    let words = words_reversed(&lower);
    let Some(place) = words
        .iter()
        .take(3)
        .position(|word| !FILLERS.contains(word))
    else {
        return if names_windows(&words) {
            Label::Windows
        } else {
            Label::None
        };
    };
    let word = words[place];
    let mut further = words[place + 1..].iter().copied();
    let earlier = further
        .find(|word| !FILLERS.contains(word))
        .unwrap_or_default();
    if names_windows(&words[..=place]) || is_system_error(word, earlier) {
        return Label::Windows;
    }
    let with = words[..place].contains(&"with");
    if word.starts_with("fail") {
        return if with || opened {
            Label::Error
        } else {
            Label::None
        };
    }
    if OTHER_CODES.iter().any(|other| word.ends_with(other)) || OTHER_KINDS.contains(&earlier) {
        return Label::None;
    }
    if word.ends_with("status") || word.ends_with("result") {
        return Label::Status;
    }
    let labelled = LABELS.iter().any(|label| word.ends_with(label))
        || LABELS_INSIDE.iter().any(|label| word.contains(label));
    if labelled { Label::Error } else { Label::None }
}

/// Whether a label stands anywhere near on the line.
pub(super) fn labelled_nearby(text: &str, token: &Range<usize>) -> bool {
    let before = line_before(text, token.start, 40).to_lowercase();
    let after = line_after(text, token.end, 24).to_lowercase();
    words_reversed(&before)
        .into_iter()
        .chain(words_reversed(&after))
        .any(|word| {
            let named = LABELS.iter().any(|label| word.ends_with(label))
                || matches!(word, "hex" | "ntstatus" | "fail" | "fails" | "failed");
            named && !OTHER_CODES.iter().any(|other| word.ends_with(other))
        })
}

/// Whether the record around a number is one of Kerberos.
pub(super) fn is_kerberos(text: &str, token: &Range<usize>) -> bool {
    let start = text.floor_char_boundary(token.start.saturating_sub(1500));
    let end = text.ceil_char_boundary((token.end + 400).min(text.len()));
    let lower = text[start..end].to_lowercase();
    KERBEROS.iter().any(|word| lower.contains(word))
}

/// Whether what follows `Error 5` are the words of Windows.
pub(super) fn goes_on_like_windows(text: &str, at: usize) -> bool {
    let tail = line_after(text, at, 40).to_lowercase();
    let message = tail.trim_start_matches([':', '.', ',', ' ', ')', '"']);
    message.len() < tail.len()
        && WINDOWS_MESSAGES
            .iter()
            .any(|known| message.starts_with(known))
}

/// Whether what follows shows that a number is one of a database, or counts something.
pub(super) fn goes_on_otherwise(text: &str, at: usize) -> bool {
    const THINGS: [&str; 16] = [
        "times", "time", "records", "rows", "files", "ms", "msec", "seconds", "sec", "bytes", "kb",
        "mb", "of", "items", "users", "lines",
    ];
    let tail = line_after(text, at, 48);
    let lower = tail.to_lowercase();
    let state = tail
        .trim_start()
        .strip_prefix('(')
        .and_then(|rest| rest.get(..6));
    let sql_state = state.is_some_and(|state| {
        state.ends_with(')')
            && state[..5]
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    });
    let words = words_reversed(&lower);
    let next = words.last().copied().unwrap_or_default();
    let counts = lower.starts_with([' ', '\u{a0}']) && THINGS.contains(&next);
    sql_state
        || is_of_a_database(text, at)
        || counts
        || matches!(next, "severity" | "level")
        || lower.contains("sqlstate")
}

/// `OperationalError: (1069, 'Too many keys specified')`, as Python's interfaces to databases raise them (PEP 249).
fn is_of_a_database(text: &str, at: usize) -> bool {
    let digits = text[..at].bytes().rev();
    let digits = digits.take_while(u8::is_ascii_digit).count();
    let quoted = ["'", "\"", "‘", "“", "u'", "b'"];
    let tail = text[at..].strip_prefix(", ");
    text[..at - digits].ends_with("Error: (")
        && tail.is_some_and(|tail| quoted.iter().any(|quote| tail.starts_with(quote)))
}

/// Whether the words before a long number make it an order or a telephone number.
pub(super) fn counts_something_else(text: &str, at: usize) -> bool {
    const OTHERS: [&str; 23] = [
        "order",
        "art",
        "confirmation",
        "article",
        "artikel",
        "auftrag",
        "commande",
        "facture",
        "pedido",
        "factura",
        "tracking",
        "invoice",
        "tel",
        "telefon",
        "phone",
        "mobile",
        "fax",
        "serial",
        "ticket",
        "bestellung",
        "rechnung",
        "bytes",
        "size",
    ];
    let lower = line_before(text, at, 32).to_lowercase();
    let words = words_reversed(&lower);
    words
        .iter()
        .find(|word| !FILLERS.contains(word))
        .is_some_and(|word| OTHERS.contains(word))
}

/// Whether the label of a value is that of a session, a process or a handle: `Logon ID:`, `Anmelde-ID`, `"TargetLogonId":`.
pub(super) fn is_labelled_as_id(text: &str, at: usize) -> bool {
    /// How the names of such values begin where what they are of follows: `ID du processus`, `Id. de inicio de sesión`.
    const OPENS: [&str; 5] = [
        "id ",
        "id. ",
        "identificador ",
        "identifiant ",
        "identificativo ",
    ];
    const ENDS: [&str; 5] = ["guid", "luid", "handle", "pointer", "access mask"];
    const OF_ERRORS: [&str; 8] = [
        "err", "fehler", "status", "code", "result", "reason", "message", "event",
    ];
    /// No label has more letters.
    const LONGEST: usize = 60;
    let between = |letter: char| letter.is_whitespace() || "\"'\\`>".contains(letter);
    let lead = line_before(text, at, LABEL_REACH).trim_end_matches(between);
    let (lead, parted) = match lead.strip_suffix([':', '=', '\u{ff1a}']) {
        Some(lead) => (lead.trim_end_matches(between), true),
        None => (lead, false),
    };
    let label = lead
        .rsplit([':', '=', ',', ';', '{', '|', '(', '"', '\t'])
        .next();
    let label = label.unwrap_or_default().trim();
    let lower = label.to_lowercase();
    let names_error = OF_ERRORS.iter().any(|word| lower.contains(word));
    if label.len() > LONGEST || names_error {
        return false;
    }
    // `TargetLogonId`, `process_id`, `Logon ID`, `プロセス ID`; not `invalid`.
    let as_id = label
        .strip_suffix("ID")
        .or_else(|| label.strip_suffix("Id"));
    let as_id = as_id.or_else(|| {
        lower
            .strip_suffix("id")
            .filter(|lead| lead.is_empty() || lead.ends_with([' ', '_', '-', '.']))
    });
    as_id.is_some()
        || ENDS.iter().any(|end| lower.ends_with(end))
        || parted && OPENS.iter().any(|begin| lower.starts_with(begin))
}

/// The end of the line above the one that begins at `start`, where the word at `at` may have found no room on it.
fn wrapped_before(text: &str, start: usize, at: usize) -> Option<&str> {
    let above = text[..start].strip_suffix('\n')?;
    let above = above.strip_suffix('\r').unwrap_or(above);
    let line = line_before(above, above.len(), LABEL_REACH);
    let word = line_after(text, at, LABEL_REACH);
    let word = word.split(' ').next().unwrap_or_default();
    (line.len() + 1 + word.len() > WRAPPED_FROM).then_some(line)
}

/// Up to `length` bytes before `at`, on its line.
pub(super) fn line_before(text: &str, at: usize, length: usize) -> &str {
    let start = text.ceil_char_boundary(at.saturating_sub(length));
    let window = &text[start.min(at)..at];
    window
        .rfind('\n')
        .map_or(window, |stop| &window[stop + 1..])
}

/// Up to `length` bytes from `at` on, on its line.
pub(super) fn line_after(text: &str, at: usize, length: usize) -> &str {
    let end = text.floor_char_boundary((at + length).min(text.len()));
    let window = &text[at..end.max(at)];
    window
        .find(['\r', '\n'])
        .map_or(window, |stop| &window[..stop])
}

/// The line around a token, at most `length` bytes to either side.
pub(super) fn line_around<'a>(text: &'a str, token: &Range<usize>, length: usize) -> &'a str {
    let start = token.start - line_before(text, token.start, length).len();
    let end = token.end + line_after(text, token.end, length).len();
    &text[start..end]
}

fn words_reversed(text: &str) -> Vec<&str> {
    text.rsplit(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

fn names_windows(words: &[&str]) -> bool {
    words
        .iter()
        .take(3)
        .any(|word| WINDOWS.iter().any(|name| word.ends_with(name)))
}

fn is_system_error(word: &str, earlier: &str) -> bool {
    matches!(
        (earlier, word),
        ("system" | "windows", "error") | ("erreur", "système")
    )
}
