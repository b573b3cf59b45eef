//! Tables, lists and lines that explain several codes.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{EXPLANATIONS, Lines, ROWS, TIME, bare, is_code, is_row};
use crate::evidence::mention::{pattern, says};

/// Whether the error is one of several that a line, a table or a list explains.
pub(super) fn explains(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    is_share(lines, place)
        || is_inline_glossary(lines, place)
        || is_row_of_a_glossary(lines, place)
        || is_row_with_an_explanation(lines, place)
        || is_below_headings_that_explain(lines)
        || is_entry_of_a_glossary(lines, place)
}

/// Heads a column of what happened, somewhere, at some time, to somebody.
static HAPPENED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:machine|host|hostname|computer|server|rechner|maschine|machine\ name|équipo|equipo|ordinateur|flow|flow\ name|run|run\ id|job|robot|bot|user|account|konto|benutzer|utilisateur|usuario|started|start\ time|time|date|zeit|datum|uhrzeit|heure|fecha|hora|when|status|state|level|event\ id|task|service|dienst|ticket|incident|cases?|count|occurrences|anzahl|hits)\b",
    )
});

/// Heads a column of what a code means, or of what to do about it.
static EXPLAINED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:meaning|means|description|explanation|category|kind|retry|retryable|action|what\ to\ do|what\ it\ is|first\ thing|hint|ask|codes?|since|name|bedeutung|beschreibung|erklärung|ursache|maßnahme|zuständig|signification|texte|cause|action|significado|descripción|causa|acción)\b | 意味 | 原因 | 対処 | 説明",
    )
});

/// Heads of columns with a word for what happened, which say what kind a code is.
static KIND: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r"\b (?: (?:http\s)? (?:status|error|event) \s codes? | run \s (?:mode|type)s? )\b")
});

/// Says that what follows is a list of codes.
static CALLED_A_LIST: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:error|code|status|exception)s? [\s-] (?:table|list|map|mapping|lookup|catalogu?e|legend|reference)\b | \b(?:fehler|status)?(?:code)?s?[-\s]?(?:tabelle|liste|übersicht|verzeichnis)\b
        | \b(?:from|in|see) \s (?:our|the) \s (?:wiki|handbook|manual|docs|documentation)\b | \b(?:aus|in|siehe) \s (?:unserem|dem|der|unserer) \s (?:wiki|handbuch|doku\w*)\b
        | \b(?:tabla|lista) \s de \s (?:errores|códigos)\b | \b(?:table|liste|tableau) \s des \s (?:erreurs|codes)\b | (?:エラー|コード)(?:コード)?(?:一覧|表)
        | \b (?:expected|possible|typical|common) \s errors \b | \b (?:mögliche|typische|häufige|erwartete) \s fehler \b | \berreurs \s (?:possibles|fréquentes|courantes|attendues) \b | \berrores \s (?:posibles|frecuentes|comunes|esperados) \b | 想定(?:される)?エラー | よくあるエラー",
    )
});

/// An introduction of a list without a colon.
static INTRODUCES: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [^\d:]{1,60} \b (?: are | include | includes | sind | lauten | heißen | sont | son | namely | such\ as ) \s+",
    )
});

/// Directly behind: what part of all it is.
static SHARE: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r#"^ [)\]"'”»]* \s* [:=–-]? \s* \d{1,3} (?: [.,]\d{1,2} )? \s? %"#));

/// One of several that a statistic counts.
fn is_share(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    if !says(&SHARE, &lines.own[place.end..]) {
        return false;
    }
    let (block, _) = lines.block();
    let shares = block.iter().map(|line| line.matches('%').count());
    shares.sum::<usize>() >= ROWS
}

/// Several codes in one line, each with a few words of what it is.
fn is_inline_glossary(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let own = lines.own;
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
        let words = INTRODUCES
            .as_ref()
            .and_then(|lead| lead.find(words))
            .filter(|_| codes.is_empty())
            .map_or(words, |lead| &words[lead.end()..]);
        let explained = explained(words);
        if let Some(code) = explained {
            codes.insert(code);
            holds_own |= (at..at + piece.len()).contains(&place.start);
        }
        at += piece.len();
    }
    let lead = codes.iter().filter_map(|code| own.find(code)).min();
    let lead = &own[..lead.unwrap_or_default()];
    let above = lines.before.first().copied().unwrap_or_default();
    let called = says(&CALLED_A_LIST, lead) || says(&CALLED_A_LIST, above);
    holds_own && codes.len() >= if called { 2 } else { EXPLANATIONS }
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

/// A row of a table in which a column holds another code in every row, without a time or a name of what it happened to.
/// What stands beside codes with the status that a service answers explains them.
pub(super) fn is_row_of_a_glossary(lines: &Lines<'_>, place: &Range<usize>) -> bool {
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
        let is_spelt_out = |cell: &str| is_code(cell) && (is_number(cell) || is_reason(cell));
        explains_codes(&rows, lines.own, (separator, column), is_code)
            || separator == '|'
                && rows.iter().filter(|row| has_http_status(row)).count() + 1 >= rows.len()
                && (0..=COLUMNS)
                    .filter(|other| *other != column)
                    .any(|other| explains_codes(&rows, lines.own, (separator, other), is_spelt_out))
    })
}

/// So many columns at the left may hold the codes.
const COLUMNS: usize = 4;

fn is_number(cell: &str) -> bool {
    cell.starts_with("0x") || cell.starts_with("AADSTS")
}

/// Several words in one, as no machine is called.
fn is_reason(cell: &str) -> bool {
    cell.chars().all(char::is_alphabetic) && cell.chars().any(char::is_lowercase)
}

/// Whether a cell holds what a service answers with each code: flows and jobs have no such.
fn has_http_status(row: &str) -> bool {
    let is_status = |cell: &str| cell.len() == 3 && cell.starts_with(['4', '5']);
    row.split('|')
        .map(bare)
        .any(|cell| is_status(cell) && cell.chars().all(|c| c.is_ascii_digit()))
}

/// Whether this column holds another code in every row but a heading, and the others say what each means.
fn explains_codes(
    rows: &[&str],
    own: &str,
    (separator, column): (char, usize),
    is_code: impl Fn(&str) -> bool,
) -> bool {
    let cell = |row: &str| {
        let cell = row.split(separator).nth(column);
        cell.map_or("", bare).to_owned()
    };
    let cells = rows.iter().map(|row| cell(row));
    let codes = cells.filter(|cell| is_code(cell)).collect::<Vec<_>>();
    let different = codes.iter().collect::<BTreeSet<_>>().len();
    if !is_code(&cell(own)) || different < ROWS || different < codes.len() {
        return false;
    }
    let heads = rows.first().filter(|row| !is_code(&cell(row)));
    let heads = heads.map(|head| {
        KIND.as_ref()
            .map_or((*head).into(), |kind| kind.replace_all(head, "code"))
    });
    let heads = heads.as_deref();
    let happened =
        heads.is_some_and(|head| says(&HAPPENED, head)) || rows.iter().any(|row| says(&TIME, row));
    let explains = |row: &&&str| {
        let cells = row.split(separator).enumerate();
        let mut others = cells.filter(|(at, _)| *at != column);
        others.any(|(_, cell)| bare(cell).split_whitespace().count() >= 3)
    };
    let told = heads.is_some_and(|head| says(&EXPLAINED, head))
        || rows.iter().filter(explains).count() * 2 >= rows.len();
    !happened && told
}

/// Directly behind a quoted message in a cell: what it means, or what to do.
static EXPLANATION: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"^ [^`|]{0,200} ` \s* (?: — | – | -{1,2} | → | : ) \s+ [^|]{12,}"));

/// A row of a table in which each names a kind of trouble, quotes its message and explains it behind that.
fn is_row_with_an_explanation(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let (block, _) = lines.block();
    let rows = block.iter().filter(|row| is_row(row, '|'));
    let explaining = rows.filter(|row| {
        let row = row.trim().trim_matches('|');
        let cells = row.split_once('|');
        cells.is_some_and(|(kind, rest)| {
            let quoted = rest.split_once('`').map(|(_, quoted)| quoted);
            // A machine or a flow has a number, and what happened a time.
            !kind.chars().any(char::is_numeric)
                && !says(&TIME, row)
                && quoted.is_some_and(|quoted| says(&EXPLANATION, quoted))
        })
    });
    let is_quoted = lines.own[..place.start].matches('`').count() % 2 == 1;
    is_quoted && says(&EXPLANATION, &lines.own[place.end..]) && explaining.count() >= 2
}

/// Heads a column of errors.
static ERRORS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [\s*|]* (?: error | status | sub\ ?status | exit | return | fehler | result )? [\s-]? (?: codes? | errors? | fehlercodes? | código | codes?\ d['’]erreur | エラーコード ) [\s*]* \|",
    )
});

/// Heads a column of what is to be done about each.
static MENDED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\| [\s*]* (?: mitigations? | resolutions? | solutions? | remed(?:y|ies|iation) | recommend\w+ | what\ to\ do | how\ to\ fix | fix | behebung | lösung | abhilfe | résolution | solución ) \b",
    )
});

/// In a table of a page that says what is to be done about each error.
fn is_below_headings_that_explain(lines: &Lines<'_>) -> bool {
    let (block, own) = lines.block();
    let is_rule = |line: &str| line.contains("---") && !line.chars().any(char::is_alphanumeric);
    let heads = block[..own].iter().zip(block.iter().skip(1));
    let mut heads = heads.filter(|(_, below)| is_rule(below));
    heads.any(|(head, _)| says(&ERRORS, head) && says(&MENDED, head) && !says(&HAPPENED, head))
}

/// A line that opens with a code and explains it, among others that open with other codes.
fn is_entry_of_a_glossary(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let lead = &lines.own[..place.start];
    match opening(lines.own) {
        Some((code, _)) if lead.len() > lines.own.find(code).unwrap_or(0) + code.len() => {
            return is_item_of_a_numbered_list(lines, code);
        }
        // An item between others may open with a sentence and its code.
        None if !(is_item(lines.own)
            && [&lines.before, &lines.behind].iter().any(|near| {
                near.first()
                    .is_some_and(|line| is_item(line) && opening(line).is_some())
            })) =>
        {
            return false;
        }
        _ => {}
    }
    let (block, _) = lines.block();
    if block.iter().any(|line| says(&TIME, line)) {
        return false;
    }
    let entries = block.iter().filter_map(|line| opening(line));
    let codes = entries.map(|(code, _)| code).collect::<BTreeSet<_>>();
    let heads = block.iter().take_while(|line| opening(line).is_none());
    let called = heads.clone().any(|line| says(&CALLED_A_LIST, line));
    codes.len() >= if called { 2 } else { EXPLANATIONS }
}

/// A line that says what a number stands for, among many others that do: the events that there are.
fn is_item_of_a_numbered_list(lines: &Lines<'_>, own: &str) -> bool {
    let is_number = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
    let (block, _) = lines.block();
    let codes = block.iter().filter_map(|line| opening(line));
    let numbers = codes.map(|(code, _)| code).filter(|code| is_number(code));
    let numbers = numbers.collect::<Vec<_>>();
    let different = numbers.iter().collect::<BTreeSet<_>>().len();
    is_number(own)
        && different > EXPLANATIONS
        && different == numbers.len()
        && !block.iter().any(|line| says(&TIME, line))
}

fn is_item(line: &str) -> bool {
    line.trim_start()
        .starts_with(['-', '*', '•', '·', '+', '・'])
}

/// Says before the code of an item what kind it is.
static LABEL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ (?: (?:error|status)\ code | sub[\s-]?status | status | code | fehlercode | unterstatus | sous-statut | statut | subestado | estado | código ) \s+",
    )
});

/// The code that a line opens with, and its explanation.
fn opening(line: &str) -> Option<(&str, &str)> {
    let is_item = is_item(line);
    let line = line
        .trim_start_matches(|letter: char| letter.is_whitespace() || "-*•·・+>#".contains(letter));
    let label = LABEL.as_ref().filter(|_| is_item);
    let label = label.and_then(|label| label.find(line));
    let line = label.map_or(line, |label| &line[label.end()..]);
    let end = line.find(|letter: char| letter.is_whitespace() || "=:,|→–".contains(letter))?;
    let (code, rest) = line.split_at(end);
    let explained = rest.trim_start();
    let marked = [
        "- ", "– ", "— ", "… ", ": ", "：", "= ", "-> ", "=> ", "→ ", "(",
    ]
    .iter()
    .find_map(|mark| explained.strip_prefix(mark));
    // A script without spaces sets one where others set a mark.
    let unspaced = explained.chars().next().is_some_and(|c| c > '\u{3000}');
    let explained = marked.or(unspaced.then_some(explained))?;
    let words = explained
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic));
    let enough = words.count() >= 2 || explained.chars().filter(|c| *c > '\u{3000}').count() >= 3;
    (is_code(bare(code)) && enough).then_some((bare(code), explained))
}
