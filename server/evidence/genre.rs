//! What kind of writing an error stands in: source code, a query, a glossary, a list of changes. Such writing names errors
//! that did not happen.
//!
//! ```text
//! case 'WindowsIdentityIncorrect': return false;                source code
//! SecurityEvent | where SubStatus == "0xC0000072"               a query
//! | WindowsIdentityIncorrect | 401 | ask for the password |     a row of a glossary, beside rows of other codes
//! - Fixed: 0xC000015B is shown in words                         one of several changes
//! ```
//!
//! A table or list with a time, a machine or a run in its rows is a log, and its errors happened.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::mention::{pattern, says};

/// So many lines on either side are looked at.
const AROUND: usize = 12;
/// A line longer than this is no line that a person wrote.
const LONGEST: usize = 400;
/// So far around an error its lines are looked for, in bytes.
const WINDOW: usize = 4_096;
/// So many rows of one shape make a table.
const ROWS: usize = 3;
/// So many codes, each with its explanation, make a list of them; three may be what happened in a night.
const EXPLANATIONS: usize = 4;

/// Whether the error at this place of a text stands in writing that only names errors.
pub fn only_names_errors(text: &str, entry: &Range<usize>, place: &Range<usize>) -> bool {
    let Some(lines) = Lines::around(text, entry, place) else {
        return false;
    };
    let place = place.start - lines.own_start..place.end - lines.own_start;
    is_configured(&lines, &place)
        || lines.own.len() <= LONGEST && is_written_by_hand(&lines, &place)
}

/// The kinds that people write, and programs do not.
fn is_written_by_hand(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    is_source_code(lines, place)
        || is_query(lines)
        || is_tuple(lines, place)
        || is_inline_glossary(lines.own, place)
        || is_text_of_a_program(lines)
        || is_row_of_a_glossary(lines, place)
        || is_entry_of_a_glossary(lines, place)
        || is_change(lines)
}

/// The line that an error stands in, and those around it, up to the next empty line for those that belong to it.
struct Lines<'t> {
    own: &'t str,
    own_start: usize,
    /// Nearest first.
    before: Vec<&'t str>,
    /// Nearest first.
    behind: Vec<&'t str>,
}

impl<'t> Lines<'t> {
    /// Nothing where the place reaches over the end of its line.
    fn around(text: &'t str, entry: &Range<usize>, place: &Range<usize>) -> Option<Self> {
        if place.start < entry.start || place.end > entry.end {
            return None;
        }
        // No line of megabytes is walked for each error in it.
        let from = text.ceil_char_boundary(entry.start.max(place.start.saturating_sub(WINDOW)));
        let to = text.floor_char_boundary(entry.end.min(place.end + WINDOW));
        let head = &text[from..place.start];
        let own_start = head.rfind('\n').map_or(from, |end| from + end + 1);
        let tail = &text[place.end..to];
        let own_end = tail.find('\n').map_or(to, |end| place.end + end);
        let own = text[own_start..own_end].trim_end_matches('\r');
        if own.contains('\n') || place.end - own_start > own.len() {
            return None;
        }
        let before = text[from..own_start].lines().rev();
        let behind = text[own_end..to].lines().skip(1);
        Some(Self {
            own,
            own_start,
            before: before.take(AROUND).collect(),
            behind: behind.take(AROUND).collect(),
        })
    }

    /// The lines of the same block in order, with the place of its own line among them. An empty line ends a block.
    fn block(&self) -> (Vec<&'t str>, usize) {
        let holds = |line: &&&str| !line.trim().is_empty();
        let lines = self.before.iter().take_while(holds).copied();
        let mut lines = lines.collect::<Vec<_>>();
        lines.reverse();
        let own = lines.len();
        lines.push(self.own);
        lines.extend(self.behind.iter().take_while(holds));
        (lines, own)
    }
}

/// Stands directly before a value that is compared, looked up or declared.
static COMPARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"(?: [=!]=?= | =~ | !~ | \b-(?:i|c)?(?:eq|ne|match|like|contains|in|notin)\b | \.(?:equals|contains|includes|startswith|endswith|indexof|match|test|has|get)\( | \b(?:equals|contains|startswith|endswith|decode|nvl|coalesce)\([^;]*,\s* | \b(?:in|has_any|isin)\s*[(\[]
          (?:[^)\]]*,)? ) \s* (?:new\s+\w+\()? [@rR]?["'`/(]{0,3}\s*$
        | ^\s* (?:export\s+|public\s+|private\s+|internal\s+|protected\s+|static\s+|final\s+|readonly\s+)* (?:const|let|var|val|final|static|def|define|\#define|enum|public|private|internal) \b [^;]* [=\s(,] ["'`]?$
        | ^\s* (?:case|when|elif|elsif|except|catch) \s+ (?:[\w.]+\.)? ["'`(]{0,2}$
        | ^\s* assert\s [^=]* $
        | \b(?:assert\w*|expect|describe|inlinedata|testcase|parametrize|mock\w*) \s* [(\[] [^)]*$ | \b(?:it|test|should)\(\s*["'][^)]*$"#,
    )
});

/// Stands directly behind a value that code branches or maps on.
static BRANCHED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'`]? \s* (?: \{ \s* (?:\$|return|throw|break|\w+\() | => | : \s* (?:return|break|\w+\(.*\);) | \) \s* \{ $ )"#,
    )
});

/// Is code whatever it is about.
static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: \}?\s*(?:else\s+)?(?:switch|if|for|foreach|while|catch)\s*\(.*[{(:]\s* | \}\s*(?:else|catch|finally)\b.*
          | (?:if|elif|while)\s.*(?:==|!=|\s(?:in|is|not)\s).*:\s* | for\s+\w+\s+in\s.*:\s* | (?:else|try|finally|default)\s*[:{].*
          | (?:public|private|internal|protected|static|export|abstract)\s+\w.*[{(;,)]\s* | (?:def|fn|func|function)\s+[\w-]+.*[{(:)]\s* | (?:class|enum|struct|interface|namespace)\s+\w+.*[{:(]\s*
          | (?:import|using|package|module)\s+[\w.]+;?\s* | from\s+[\w.]+\s+import\s.* | return\s+(?:["'$\w.]+\(?.*;|["'$(].*|true|false|none|null|\w+\(.*\))\s*
          | [$\w.\[\]"']+\s*(?:\+|-|\|)?=\s*(?:\{|@\{|new\b|\(|dict\(|\[\s*$).* | .*[)"'\w]\s*;\s*(?://.*)? | [@\#]\w+\(.*\)\]? | \[\w+(?:\(.*\))?\] | `{3}\w+ ) $"#,
    )
});

/// Says that code tests other code.
static TESTING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: \[(?:fact|theory|test|testmethod|testcase)\b.* | @(?:test|pytest)\b.* | def\s+test_\w+.* | (?:it|describe|test)\(.* | (?://|\#)\s*(?:arrange|act|assert|given|when|then)\b.* | import\s+(?:pytest|unittest|xunit)\b.* ) $",
    )
});

/// Opens an enumeration, a map or a list. JSON opens with nothing but a brace, and what it tells may have happened.
static OPENS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: (?:public|private|internal|protected|static|export|const|let|var|val|enum|class|struct|type)\s+\w.* | [$\w.]+\s*(?:=|:=)\s*(?:new\b.*|(?:\w+)?\s*[({\[]|@[({]) ) \s* $",
    )
});

/// A name with a number or text: an entry of an enumeration or of a map.
static DECLARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^\s* ["']?[\w.%\-]+["']? \s* (?:=|:|=>|->) \s* (?:\(\w+\)\s*)? (?: ["'][^"']*["'] | [\w\-]+ ) (?:\s*,\s*["'][^"']*["'])* \s* [,;]? \s* (?:(?://|\#|/\*|--).*)? $"#,
    )
});

/// Code that stands about an error: it is compared, branched on, declared or asserted, among other lines of code.
fn is_source_code(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let (before, behind) = (&lines.own[..place.start], &lines.own[place.end..]);
    let stands = says(&COMPARED, before) || says(&BRANCHED, behind);
    let others = lines.before.iter().chain(&lines.behind);
    let statements = others.filter(|line| says(&STATEMENT, line)).count();
    if stands {
        // One line of code alone is code where it says so on both sides.
        let alone = says(&STATEMENT, lines.own) || lines.own.matches('(').count() >= 3;
        return statements > 0 || alone;
    }
    let tests = lines.before.iter().chain(&lines.behind);
    if statements >= ROWS && tests.clone().any(|line| says(&TESTING, line)) {
        return true;
    }
    let (block, own) = lines.block();
    let declared = block.iter().filter(|line| says(&DECLARED, line)).count();
    let opens = block[..own].iter().any(|line| says(&OPENS, line));
    says(&DECLARED, block[own]) && declared >= ROWS && opens
}

/// Stands before what a program is to look out for, in the line of a configuration.
static LOOKED_OUT_FOR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const KEYS: &str = "(?:match(?:es)?(?:_\\w+)?|query|query_?string|regexp?|pattern|retry_?on|retr(?:y|ies)_?(?:codes?|errors?)|ignore_?\\w*|warn_?on|alert_?on|suppress\\w*|exclude\\w*|filter\\w*|stringtomatch|motifs?|muster|patrones?|non_?retr\\w+|transient\\w*|final_?errors?)";
    pattern(&format!(
        r#"(?: ["']{KEYS}["']\s*[:=] | <{KEYS}(?:>|\b[^<>]*(?:>|value=)) | \b{KEYS}\s*= )
          \s* (?: [\[({{] [^\])}}]* )? ["'/]? (?:message|msg|text|code)? ["']? \s* :? \s* ["']? [^"'\[\](){{}}<>]{{0,80}} $"#
    ))
});

/// A setting that says which errors a program treats how, or looks for.
fn is_configured(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    is_alternative(lines.own, place) || is_looked_out_for(lines, place)
}

/// One of several that a regular expression takes.
fn is_alternative(own: &str, place: &Range<usize>) -> bool {
    let part = |letter: char| !letter.is_whitespace() && letter != '(' && letter != ')';
    let head = own[..place.start].trim_end_matches(part).len();
    let opens = own[..head].ends_with('(');
    let tail = own[place.end..]
        .find(|letter| !part(letter))
        .map_or(own.len(), |end| place.end + end);
    let group = own.get(head..tail).unwrap_or_default();
    opens && group.matches('|').count() >= 2
}

/// Behind the name of a setting that looks out for something.
fn is_looked_out_for(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    /// A list of a setting is no longer than this.
    const LIST: usize = 300;
    let from = lines
        .own
        .ceil_char_boundary(place.start.saturating_sub(LIST));
    says(&LOOKED_OUT_FOR, &lines.own[from..place.start])
}

/// Asks a store of events for something.
static QUERY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"\|\s*(?:where|search|summarize|project|extend|stats|eval|rex|count\s+by|filter|parse)\s | ^\s*(?:index|source|sourcetype|event_id|EventID)\s*=.*\|
        | (?-i:\bSELECT\b .+ \bFROM\b) | \bselect\s+(?:\*|[\w.]+(?:\s*,\s*[\w.]+)*)\s+from\s+[\w.]+\s+(?:where|order|group|limit)\b | \bwhere\s+[\w.\[\]]+\s*(?:=|<>|\blike\b|\bin\b)\s*(?:n?["']|\() | (?:^|\s)(?:site|filetype|intitle|inurl):\w | \bfilter(?:hash)?xpath\b | \bquery\s*= | ["']query["']\s*: | \b(?:kql|kusto|sql|log|search)\s+query\s*: | \bgrep\s+(?:(?:-\w+\s+)+\S|["'])
        | \bselect-string\b | \bfindstr\b .* [/"] | \bcount_over_time\( | \brate\( | ^\s*expr\s*: | \*\[System\[
        | ^\s*-?\s*["']?(?:pattern|regexp?|match_\w+|filter|expression|retry_?on|ignore|exclude|suppress|allow_?list|block_?list|deny_?list|non_?retr\w+)["']?\s*[:=]\s*\S"#,
    )
});

fn is_query(lines: &Lines<'_>) -> bool {
    says(&QUERY, lines.own)
        // A query of several lines: the stages of one begin with a bar.
        || (lines.own.trim_start().starts_with(['|', '"', '\'']) && !is_row(lines.own, '|')
            && lines.before.first().is_some_and(|line| says(&QUERY, line)))
}

/// Heads a column of what happened, somewhere, at some time, to somebody.
static HAPPENED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:machine|host|hostname|computer|server|rechner|maschine|machine\ name|équipo|equipo|ordinateur|flow|flow\ name|run|run\ id|job|robot|bot|user|account|konto|benutzer|utilisateur|usuario|started|start\ time|time|date|zeit|datum|uhrzeit|heure|fecha|hora|when|status|state|level|event\ id|task|service|dienst|ticket|incident|cases?|count|occurrences|anzahl|hits)\b",
    )
});

/// Heads a column of what a code means, or of what to do about it.
static EXPLAINED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:meaning|means|description|explanation|category|kind|retry|retryable|action|what\ to\ do|what\ it\ is|first\ thing|hint|ask|codes?|since|name|bedeutung|beschreibung|erklärung|ursache|maßnahme|zuständig|signification|texte|cause|action|significado|descripción|causa|acción)\b | 意味 | 原因 | 対処 | 説明",
    )
});

/// Tells when, or of which run or ticket.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b\d{1,2}:\d{2}\b | \b\d{4}-\d{2}-\d{2} | \b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b | \b[0-9a-f]{8}-[0-9a-f]{4}- | \b(?:inc|tkt|req|chg)[-_]?\d{3,} | \b(?:failed|faulted|running|succeeded|fehlgeschlagen|échoué)\b \s* (?:$|[|;,\t])",
    )
});

fn is_row(line: &str, separator: char) -> bool {
    let cells = line.matches(separator).count();
    cells >= if separator == '|' { 2 } else { 1 }
}

/// Several codes in one line, each with a few words of what it is.
fn is_inline_glossary(own: &str, place: &Range<usize>) -> bool {
    if says(&TIME, own) {
        return false;
    }
    let mut codes = BTreeSet::new();
    let mut holds_own = false;
    let mut at = 0;
    for piece in own.split_inclusive(['|', ',', ';']) {
        let words = piece.trim_end_matches(['|', ',', ';']);
        // The first piece may open with an introduction.
        let words = words
            .rsplit_once(": ")
            .filter(|(lead, _)| codes.is_empty() && !is_code(bare(lead)))
            .map_or(words, |(_, rest)| rest);
        let explained = explained(words);
        if let Some(code) = explained {
            codes.insert(code);
            holds_own |= (at..at + piece.len()).contains(&place.start);
        }
        at += piece.len();
    }
    holds_own && codes.len() >= EXPLANATIONS
}

/// The code that a few words explain.
fn explained(piece: &str) -> Option<&str> {
    let piece = piece
        .trim()
        .trim_matches(|letter: char| "\"'`.{}[]".contains(letter));
    let end = piece.find(|letter: char| letter.is_whitespace() || "=:→–\"'".contains(letter))?;
    let (code, rest) = piece.split_at(end);
    let words = rest
        .split(|letter: char| !letter.is_alphabetic())
        .filter(|word| word.len() >= 3);
    let words = words.count();
    (is_code(bare(code)) && (1..=6).contains(&words)).then_some(code)
}

/// A line that gives a sentence a name, as files with the texts of a program do.
static NAMED_SENTENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: ["']?(?P<key>[\w.\-]+)["']? \s* [=:] | msgid | msgstr ) \s* ["']? [^"'=:\s]+ (?:\s+[^\s"]+){3,} ["']? \s* [,;]? \s* $"#,
    )
});

/// Names under which programs tell of one error.
const OF_ONE_ERROR: [&str; 16] = [
    "message",
    "error",
    "detail",
    "details",
    "description",
    "reason",
    "text",
    "title",
    "cause",
    "info",
    "errormessage",
    "error_description",
    "failure",
    "exception",
    "content",
    "hint",
];

/// One of several texts that a program can show.
fn is_text_of_a_program(lines: &Lines<'_>) -> bool {
    let named = |line: &str| {
        let found = NAMED_SENTENCE.as_ref()?.captures(line)?;
        Some(
            found
                .name("key")
                .map_or("msgid", |key| key.as_str())
                .to_lowercase(),
        )
    };
    let Some(own) = named(lines.own) else {
        return false;
    };
    // Names of parts: `error.logon.1326`; names as people give them are no keys.
    let (block, _) = lines.block();
    let keys = block.iter().filter_map(|line| named(line));
    let keys = keys.filter(|key| {
        key == "msgid" || key.contains(['.', '_']) && !OF_ONE_ERROR.contains(&key.as_str())
    });
    let keys = keys.collect::<Vec<_>>();
    let messages = block
        .iter()
        .any(|line| line.trim_start().starts_with("msgid"));
    keys.contains(&own)
        && (messages || keys.len() >= ROWS)
        && !block.iter().any(|line| says(&TIME, line))
}

/// A row whose column holds another code in every row, without a time or a name of what it happened to.
fn is_row_of_a_glossary(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    ['|', '\t', ';', ','].into_iter().any(|separator| {
        if !is_row(lines.own, separator) {
            return false;
        }
        let (block, own) = lines.block();
        let width = lines.own.matches(separator).count();
        let is_rule = |row: &&str| separator == '|' && !row.chars().any(char::is_alphanumeric);
        let fits = |row: &&&str| row.matches(separator).count() == width || is_rule(row);
        let first = block[..own].iter().rev().take_while(fits).count();
        let rows = block[own - first..].iter().take_while(fits).copied();
        let rows = rows.filter(|row| !is_rule(row)).collect::<Vec<_>>();
        let column = lines.own[..place.start].matches(separator).count();
        let cell = |row: &str| {
            row.split(separator)
                .nth(column)
                .map(|cell| bare(cell).to_owned())
        };
        let cells = rows.iter().filter_map(|row| cell(row));
        let codes = cells.filter(|cell| is_code(cell)).collect::<BTreeSet<_>>();
        let with_code = rows
            .iter()
            .filter(|row| cell(row).is_some_and(|cell| is_code(&cell)))
            .count();
        let heads = rows
            .first()
            .filter(|row| cell(row).is_none_or(|cell| !is_code(&cell)));
        let happened = heads.is_some_and(|head| says(&HAPPENED, head))
            || rows.iter().any(|row| says(&TIME, row));
        let explains = |row: &&&str| {
            let cells = row.split(separator).enumerate();
            let others = cells.filter(|(at, _)| *at != column);
            others
                .clone()
                .any(|(_, cell)| bare(cell).split_whitespace().count() >= 3)
        };
        let told = heads.is_some_and(|head| says(&EXPLAINED, head))
            || rows.iter().filter(explains).count() * 2 >= rows.len();
        is_code(&cell(lines.own).unwrap_or_default())
            && codes.len() >= ROWS
            && codes.len() == with_code
            && !happened
            && told
    })
}

/// A row of values in code.
static TUPLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r#"^\s* [(\[{] \s* ["'] .* [)\]}] \s* [,;]? \s* (?:(?://|\#|--).*)? $"#)
});

/// An item of a list that begins with a name and a value.
static ITEM: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r#"^\s* - \s+ [\w-]+ : \s* ["']? [\w-]+ ["']? \s* (?:\#.*)? $"#));

/// What a program is to do about an error, under a name of its own.
static TREATED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^[\s-]* \w* (?:retry|retries|attempts|delay|pause|backoff|severity|ignore|notify|action|wiederhol|versuche|melden|intentos|reintentar|tentatives|réessayer) \w* \s* :",
    )
});

/// One of several rows of values that hold other codes, or items of a list that say what to do about each.
fn is_tuple(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let (block, _) = lines.block();
    let treated = block.iter().filter(|line| says(&TREATED, line)).count() >= 2;
    let shape = if treated && says(&ITEM, lines.own) {
        &ITEM
    } else {
        &TUPLE
    };
    let tuples = block.iter().filter(|line| says(shape, line));
    let codes = tuples.clone().filter_map(|line| {
        line.split(|letter: char| letter.is_whitespace() || "\"'(),[]{}:".contains(letter))
            .find(|token| is_code(token))
    });
    let codes = codes.collect::<BTreeSet<_>>();
    let own = lines.own[..place.start]
        .trim_start_matches(|letter: char| letter.is_whitespace() || "([{-".contains(letter));
    own.len() <= 40
        && says(shape, lines.own)
        && codes.len() >= ROWS
        && !tuples.clone().any(|line| says(&TIME, line))
}

/// A line that opens with a code and explains it, among others that open with other codes.
fn is_entry_of_a_glossary(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let Some((code, _)) = opening(lines.own) else {
        return false;
    };
    let lead = &lines.own[..place.start];
    if lead.len() > lines.own.find(code).unwrap_or(0) + code.len() {
        return false;
    }
    let (block, _) = lines.block();
    if block.iter().any(|line| says(&TIME, line)) {
        return false;
    }
    let entries = block.iter().filter_map(|line| opening(line));
    let codes = entries.map(|(code, _)| code).collect::<BTreeSet<_>>();
    codes.len() >= EXPLANATIONS
}

/// The code that a line opens with, and its explanation.
fn opening(line: &str) -> Option<(&str, &str)> {
    let line = line
        .trim_start_matches(|letter: char| letter.is_whitespace() || "-*•·+>#".contains(letter));
    let end = line.find(|letter: char| letter.is_whitespace() || "=:,|→–".contains(letter))?;
    let (code, rest) = line.split_at(end);
    let explained = rest.trim_start();
    let explained = ["- ", "– ", "— ", ": ", "= ", "-> ", "=> ", "→ ", "("]
        .iter()
        .find_map(|mark| explained.strip_prefix(mark))?;
    let words = explained
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic));
    (is_code(bare(code)) && words.count() >= 2).then_some((bare(code), explained))
}

fn bare(cell: &str) -> &str {
    cell.trim_matches(|letter: char| letter.is_whitespace() || "\"'`*_".contains(letter))
}

/// One token that names an error: a number of some length, or a name of several words in one.
fn is_code(cell: &str) -> bool {
    let token = !cell.is_empty()
        && cell
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    let number = cell
        .strip_prefix("0x")
        .is_some_and(|digits| digits.len() >= 3)
        || (cell.len() >= 3
            && cell
                .trim_start_matches('-')
                .chars()
                .all(|letter| letter.is_ascii_digit()))
        || (cell.len() >= 2
            && cell.starts_with(|letter: char| letter.is_ascii_digit())
            && cell.chars().all(|letter| letter.is_ascii_hexdigit()))
        || cell.starts_with("AADSTS");
    let capitals = cell.chars().filter(char::is_ascii_uppercase).count();
    let name = cell.starts_with(|letter: char| letter.is_ascii_uppercase())
        && capitals >= 2
        && cell.len() >= 8;
    token && (number || name)
}

/// An entry of a list of changes.
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:[-*•+]|\d+[.)])\s* \W* (?:fix(?:ed|es)?|bug\s?fix|improved?|improvement|changed?|added|adds|removed?|new|deprecated?|updated?|security|feat|chore|behoben|korrigiert|verbessert|geändert|neu|entfernt|hinzugefügt|corrigé|ajouté|amélioré|modifié|supprimé|corregido|añadido|mejorado|cambiado|eliminado|修正|追加|変更|改善|削除) (?:\W|$|しま|されま|し|さ)",
    )
});

/// One of at least two changes in one list, or of a list of changes.
fn is_change(lines: &Lines<'_>) -> bool {
    let item = lines
        .own
        .trim_start()
        .starts_with(['-', '*', '•', '+', '・']);
    let (block, _) = lines.block();
    let changes = block.iter().filter(|line| says(&CHANGE, line)).count();
    let own = says(&CHANGE, lines.own);
    (own || item) && changes >= 2
}

#[cfg(test)]
mod tests;
