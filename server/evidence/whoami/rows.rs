//! Lines of `whoami` become rows, whatever their form.

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::{Line, Span, Text, sids};

static RULE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*={4,}(?: +={3,})+\s*$").expect("a constant pattern"));
static SID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(sids::PATTERN).expect("a constant pattern"));
static PRIVILEGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(Se[A-Z]\w+(?:Privilege|Right))\b(.*)$").expect("a constant pattern")
});
static GROUP_KIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\s+(?:Well-known group|Alias|Group|Label|User|Unknown SID type|Bekannte Gruppe|Gruppe|Bezeichnung|Groupe bien connu|Groupe|Étiquette|Nom|Grupo conocido|Grupo|Etiqueta|よく知られたグループ|エイリアス|グループ|ラベル)\s*$",
    )
    .expect("a constant pattern")
});
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[^\r\n]*>\s*whoami(?:\.exe)?(\s+/upn)?\s*$").expect("a constant pattern")
});
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*((?:[\w.\- ]+|\[\w+:\d+\])\\(?:[\w.\-$ ]+?|\[\w+:\d+\]\$?))\s*$")
        .expect("a constant pattern")
});
static UPN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*([^\s@\\]+@(?:[\w\-]+(?:\.[\w\-]+)+|\[\w+:\d+\]))\s*$")
        .expect("a constant pattern")
});
/// `Label: value`, with the colon of any language.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*([^:：\r\n]{2,40}?)\s*[:：]\s*(\S.*?)?\s*$").expect("a constant pattern")
});
/// Two to four quoted columns.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\s*"([^"]*)","([^"]*)"(?:,"([^"]*)")?(?:,"([^"]*)")?\s*$"#)
        .expect("a constant pattern")
});

/// The states of a privilege in the languages of the tool, in English.
const STATES: &[(&str, &str)] = &[
    ("Enabled", "Enabled"),
    ("Disabled", "Disabled"),
    ("Aktiviert", "Enabled"),
    ("Deaktiviert", "Disabled"),
    ("Activé", "Enabled"),
    ("Désactivé", "Disabled"),
    ("Habilitada", "Enabled"),
    ("Deshabilitada", "Disabled"),
    ("Habilitado", "Enabled"),
    ("Deshabilitado", "Disabled"),
    ("有効", "Enabled"),
    ("無効", "Disabled"),
];

/// No row goes over more lines than this.
const MOST_LINES: usize = 4;

/// A group of the sign-in.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) sid: String,
    /// It can refuse and not allow: `Group used for deny only`.
    pub(super) deny_only: bool,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Row {
    /// The account, and its SID where that is printed.
    Account(String, Option<String>),
    Upn(String),
    Group(Group),
    /// A privilege, and its state in English where it is known, as printed otherwise.
    Privilege(String, String),
    /// Headings and rules: the tool's own, without a value.
    Heading,
}

/// A row with its lines.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: Row,
    pub(super) first: usize,
    pub(super) last: usize,
    pub(super) span: Span,
}

/// Every row of the tool's in a text.
pub(super) fn rows(text: &Text) -> Vec<Found> {
    let lines = text.lines().collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let rest = &lines[at..];
        let taken = table(rest, &mut found)
            .or_else(|| listed(rest, &mut found))
            .or_else(|| quoted(rest, &mut found))
            .or_else(|| echoed(rest, &mut found));
        if let (Some(_), Some(before)) = (taken, at.checked_sub(1)) {
            heading_before(&lines[before], &mut found, rest[0]);
        }
        at += taken.unwrap_or(1);
    }
    found
}

/// The heading of a table or of quoted columns belongs to it.
fn heading_before(line: &Line<'_>, found: &mut Vec<Found>, first: Line<'_>) {
    let of_table = RULE.is_match(first.text);
    let of_columns = QUOTED.is_match(first.text) && QUOTED.is_match(line.text);
    if (of_table || of_columns) && !line.text.trim().is_empty() {
        let heading = one(Row::Heading, *line);
        // Rows stand in their order, so that sign-ins are told apart.
        found.insert(found.len().saturating_sub(1), heading);
    }
}

fn one(row: Row, line: Line<'_>) -> Found {
    over(row, &[line])
}

fn over(row: Row, lines: &[Line<'_>]) -> Found {
    let (first, last) = (lines[0], lines[lines.len() - 1]);
    Found {
        row,
        first: first.number,
        last: last.number,
        span: Span {
            end: last.trimmed_span().end,
            ..first.trimmed_span()
        },
    }
}

/// A table from its rule on; how many lines it has.
fn table(lines: &[Line<'_>], found: &mut Vec<Found>) -> Option<usize> {
    if !RULE.is_match(lines[0].text) {
        return None;
    }
    let only_rule = |line: &Line<'_>| {
        let trimmed = line.text.trim();
        !trimmed.is_empty() && trimmed.chars().all(|sign| matches!(sign, '=' | ' '))
    };
    let rules = lines[1..].iter().take_while(|line| only_rule(line)).count() + 1;
    // A console that breaks the rule breaks every line at the same column.
    let broken_at = (rules > 1).then(|| lines[0].text.chars().count());
    // The rest of a broken row may be all blanks.
    let is_end = |line: &Line<'_>| match broken_at {
        Some(_) => line.text.is_empty(),
        None => line.text.trim().is_empty(),
    };
    let columns = lines[..rules]
        .iter()
        .flat_map(|line| line.text.split_whitespace())
        .count();
    let body = lines[rules..]
        .iter()
        .take_while(|line| !is_end(line) && !RULE.is_match(line.text))
        .count();
    let body = &lines[rules..rules + body];
    let width = lines[0].text.trim_start().find(' ').unwrap_or(0);
    let mut read = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let taken = wrapped(&body[at..], broken_at);
        let of_row = &body[at..at + taken];
        let joined = of_row.iter().map(|line| line.text).collect::<Vec<_>>();
        let joined = joined.join(if broken_at.is_some() { "" } else { " " });
        if let Some(row) = row(&joined, columns, width) {
            read.push(over(row, of_row));
        }
        at += taken;
    }
    if read.is_empty() {
        return None;
    }
    for rule in &lines[..rules] {
        found.push(one(Row::Heading, *rule));
    }
    for mut row in read {
        if let Row::Group(group) = &mut row.row {
            group.span = row.span;
        }
        found.push(row);
    }
    Some(rules + body.len())
}

/// Over how many lines the first row goes.
fn wrapped(lines: &[Line<'_>], broken_at: Option<usize>) -> usize {
    let goes_on = |pair: &&[Line<'_>]| {
        if let Some(width) = broken_at {
            pair[0].text.chars().count() >= width
        } else {
            let next = pair[1].text;
            SID.is_match(lines[0].text) && !SID.is_match(next) && !PRIVILEGE.is_match(next)
        }
    };
    let more = lines.windows(2).take(MOST_LINES - 1).take_while(goes_on);
    more.count() + 1
}

fn row(text: &str, columns: usize, width: usize) -> Option<Row> {
    if let Some(privilege) = PRIVILEGE.captures(text) {
        return Some(Row::Privilege(
            privilege[1].to_owned(),
            state(&privilege[2]),
        ));
    }
    let sid = SID.find(text)?;
    if columns == 2 {
        let name = text[..sid.start()].trim().to_owned();
        return (!name.is_empty()).then(|| Row::Account(name, Some(sid.as_str().to_owned())));
    }
    let by_width = text
        .get(..width)
        .filter(|_| width < sid.start() && text.get(width..=width) == Some(" "));
    let name = match by_width {
        Some(name) => name.trim().to_owned(),
        None => GROUP_KIND
            .replace(text[..sid.start()].trim_end(), "")
            .trim()
            .to_owned(),
    };
    Some(Row::Group(group(&name, sid.as_str(), &text[sid.end()..])))
}

fn group(name: &str, sid: &str, attributes: &str) -> Group {
    Group {
        name: if name.is_empty() || name == sid {
            sids::shown(sid)
        } else {
            name.to_owned()
        },
        sid: sid.to_owned(),
        deny_only: !sid.starts_with("S-1-16-") && is_deny_only(attributes),
        span: Span::default(),
    }
}

/// A group that counts has several attributes; one that only refuses has this one, in whatever language.
fn is_deny_only(attributes: &str) -> bool {
    let attributes = attributes.trim();
    let several = attributes.contains([',', '、', '，', ';']);
    !attributes.is_empty()
        && !several
        && !attributes.starts_with(['.', '…'])
        && !attributes.to_lowercase().starts_with("mand")
}

/// The state at the end of a row.
fn state(rest: &str) -> String {
    let rest = rest.trim_end();
    let known = STATES.iter().find(|(word, _)| {
        rest.strip_suffix(word)
            .is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    match known {
        Some((_, state)) => (*state).to_owned(),
        None => String::new(),
    }
}

/// A block of `/fo list`: its lines, one after the other.
fn listed(lines: &[Line<'_>], found: &mut Vec<Found>) -> Option<usize> {
    /// A group has so many lines, the most of all blocks.
    const MOST: usize = 4;
    let mut pairs = Vec::new();
    for line in lines.iter().take(MOST + 1) {
        let Some(pair) = LABELLED.captures(line.text) else {
            break;
        };
        let value = pair.get(2).map_or("", |value| value.as_str());
        pairs.push((pair.get(1).map_or("", |label| label.as_str()), value));
    }
    let is_sid = |at: usize| {
        let (label, value) = pairs[at];
        let whole = SID.find(value).is_some_and(|sid| sid.as_str() == value);
        label.eq_ignore_ascii_case("SID") && whole
    };
    let row = match pairs.len() {
        2 if is_sid(1) && pairs[0].1.contains('\\') => {
            Row::Account(pairs[0].1.to_owned(), Some(pairs[1].1.to_owned()))
        }
        4 if is_sid(2) => Row::Group(group(pairs[0].1, pairs[2].1, pairs[3].1)),
        3 => {
            let name = PRIVILEGE.captures(pairs[0].1)?;
            if !name[2].trim().is_empty() {
                return None;
            }
            Row::Privilege(name[1].to_owned(), state(pairs[2].1))
        }
        _ => return None,
    };
    let mut row = over(row, &lines[..pairs.len()]);
    if let Row::Group(group) = &mut row.row {
        group.span = row.span;
    }
    found.push(row);
    Some(pairs.len())
}

/// A line of `/fo csv`.
fn quoted(lines: &[Line<'_>], found: &mut Vec<Found>) -> Option<usize> {
    let cells = QUOTED.captures(lines[0].text)?;
    let cell = |at: usize| cells.get(at).map(|cell| cell.as_str());
    let sid = |at: usize| {
        let cell = cell(at)?;
        SID.find(cell).filter(|sid| sid.as_str() == cell)?;
        Some(cell.to_owned())
    };
    let name = cell(1)?;
    let row = match (cell(3), cell(4)) {
        (None, _) if name.contains('\\') => Row::Account(name.to_owned(), Some(sid(2)?)),
        (Some(_), Some(attributes)) => Row::Group(Group {
            span: lines[0].trimmed_span(),
            ..group(name, &sid(3)?, attributes)
        }),
        (Some(last), None) => {
            let found = PRIVILEGE.captures(name)?;
            Row::Privilege(found[1].to_owned(), state(last))
        }
        _ => return None,
    };
    found.push(one(row, lines[0]));
    Some(1)
}

/// `C:\>whoami` or `C:\>whoami /upn` and the line below it.
fn echoed(lines: &[Line<'_>], found: &mut Vec<Found>) -> Option<usize> {
    let command = COMMAND.captures(lines[0].text)?;
    let next = lines.get(1)?;
    let row = if command.get(1).is_some() {
        Row::Upn(UPN.captures(next.text)?[1].to_owned())
    } else {
        Row::Account(ACCOUNT.captures(next.text)?[1].to_owned(), None)
    };
    found.push(one(row, *next));
    Some(2)
}
