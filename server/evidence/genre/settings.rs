//! Settings, queries and the texts of a program: what it is to look out for, how it is to treat an error, what it may say.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::source::is_comment;
use super::{Lines, ROWS, TIME, is_code, is_row};
use crate::evidence::mention::{pattern, says};

/// Stands before what a program is to look out for, in the line of a configuration.
static LOOKED_OUT_FOR: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    const KEYS: &str = "(?:match(?:es)?(?:_\\w+)?|query|query_?string|regexp?|pattern|retry_?on|retr(?:y|ies)_?(?:codes?|errors?)|ignore_?\\w*|warn_?on|alert_?on|suppress\\w*|exclude\\w*|filter\\w*|stringtomatch|motifs?|muster|patrones?|non_?retr\\w+|transient\\w*|final_?errors?)";
    pattern(&format!(
        r#"(?: ["']{KEYS}["']\s*[:=] | <{KEYS}(?:>|\b[^<>]*(?:>|value=)) | \b{KEYS}\s*= | \b(?:enum|allowed(?:_values)?|choices|one_?of)["']?\s*[:=]\s*(?:\[) )
          \s* (?: [\[({{] [^\])}}]* )? ["'/]? (?:message|msg|text|code)? ["']? \s* :? \s* ["']? [^"'\[\](){{}}<>]{{0,80}} $"#
    ))
});

/// A setting that says which errors a program treats how, or looks for.
pub(super) fn is_configured(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    is_alternative(lines.own, place)
        || is_attribute_of_a_list(lines, place)
        || is_key_of_a_map(lines, place)
        || is_row_of_conditions(lines)
        || is_looked_out_for(lines, place)
        || is_condition_of_a_rule(lines)
        || says(&PLACES, lines.own)
}

/// An element that has a code as its attribute, with text of its own.
static CODED_ELEMENT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* <\w+ \s [^<>]* \b (?:code|id|key|value|nr|number|status) \s*=\s* ["'] (?P<code>[\w.-]+) ["'] [^<>]* (?: > [^<>]+ </ | /> )"#,
    )
});

/// An attribute among elements that each have another code.
fn is_attribute_of_a_list(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let quoted = lines.own[..place.start].ends_with(['"', '\'']);
    if !quoted || !lines.own.trim_start().starts_with('<') {
        return false;
    }
    let (block, _) = lines.block();
    let elements = block.iter().filter(|line| says(&CODED_ELEMENT, line));
    elements.count() >= ROWS
        && says(&CODED_ELEMENT, lines.own)
        && !block.iter().any(|line| says(&TIME, line))
}

/// A line with a name and one word for it.
static NAME_AND_WORD: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: - \s+ )? ["']? (?P<key>[\w.%-]+) ["']? \s* (?: : | = | => ) \s* (?: ["']? [\w-]+ ["']? | "[^"]*" | '[^']*' ) \s* ,? \s* $"#,
    )
});

/// The key of a map whose keys are other codes.
fn is_key_of_a_map(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let lead = lines.own[..place.start].trim_start_matches([' ', '\t', '"', '\'', '-', '%']);
    if !lead.is_empty() || !says(&NAME_AND_WORD, lines.own) {
        return false;
    }
    let (block, _) = lines.block();
    let keys = block.iter().filter_map(|line| {
        let found = NAME_AND_WORD.as_ref()?.captures(line)?;
        found.name("key").map(|key| key.as_str())
    });
    let codes = keys.filter(|key| is_code(key.trim_start_matches('%')));
    codes.collect::<BTreeSet<_>>().len() >= ROWS
}

/// Heads columns of what is to be looked out for, and of who is told then.
static HEADS_CONDITIONS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: condition | trigger | bedingung | auslöser | condición | déclencheur | criterion ) \b .* \b (?: recipients? | notif\w+ | actions? | severity | priority | empfänger | aktion | schweregrad | priorität | destinataires? | gravité | destinatarios? | acción | prioridad ) \b | 条件 .* (?: 通知 | 宛先 | 対応 )",
    )
});

/// A row of a table of conditions.
fn is_row_of_conditions(lines: &Lines<'_>) -> bool {
    if !is_row(lines.own, '|') {
        return false;
    }
    let (block, own) = lines.block();
    block[..own]
        .first()
        .is_some_and(|head| says(&HEADS_CONDITIONS, head))
}

/// Names a rule or a policy of a program, in the first cell of a row.
static RULE_NAME: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s*\|[\s*]* (?:rule|policy|alert|trigger|setting|profile|regel|richtlinie|règle|regla)[-\s]?(?:name|id|set)? [\s*]* \|",
    )
});

/// Says what is to be done, in the first cell of a row.
static TO_BE_DONE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s*\|[\s*]* (?: (?:send|turn|switch|notify|retry|retries|disable|enable|ignore|alert|max|wait|pause|delay|threshold)\b [^|]* | [^|]* \b(?:count|threshold|interval|recipients?|schwelle\w*|anzahl) [\s*]* ) \|",
    )
});

/// A row of a table of two columns that says what a program is to do about an error.
fn is_condition_of_a_rule(lines: &Lines<'_>) -> bool {
    let pair = |line: &&&str| line.matches('|').count() == 3;
    let (block, _) = lines.block();
    let says_in = |pattern| {
        block
            .iter()
            .filter(pair)
            .filter(|line| says(pattern, line))
            .count()
    };
    pair(&&lines.own) && says_in(&RULE_NAME) > 0 && says_in(&TO_BE_DONE) >= 2
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
static QUERY: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"\b(?:saved|kibana|splunk|elastic|grafana|sentinel)\b[^:\n]{0,30}\b(?:search|query|filter|panel)\s*: | [\w.]+:"[^"\s]*"\s+(?:and|or)\s+(?:not\s+)?[\w.]+:
        | \|\s*(?:where|search|summarize|project|extend|stats|eval|rex|count\s+by|filter|parse)\s | ^\s*(?:index|source|sourcetype|event_id|EventID)\s*=.*\|
        | (?-i:\bSELECT\b .+ \bFROM\b) | \bselect\s+(?:\*|[\w.]+(?:\s*,\s*[\w.]+)*)\s+from\s+[\w.]+\s+(?:where|order|group|limit)\b | \bwhere\s+[\w.\[\]]+\s*(?:=|<>|\blike\b|\bin\b)\s*(?:n?["']|\() | (?:^|\s)(?:site|filetype|intitle|inurl):\w | \bfilter(?:hash)?xpath\b | \s-filterhashtable\b | \bquery\s*= | ["']query["']\s*: | \b(?:kql|kusto|sql|log|search)\s+query\s*: | \bgrep\s+(?:(?:-\w+\s+)+\S|["'])
        | \bselect-string\b | \bfindstr\b .* [/"] | \bcount_over_time\( | \brate\( | ^\s*expr\s*: | \*\[System\[
        | ^\s*-?\s*["']?(?:pattern|regexp?|match_\w+|filter|expression|retry_?on|ignore|exclude|suppress|allow_?list|block_?list|deny_?list|non_?retr\w+)["']?\s*[:=]\s*\S"#,
    )
});

/// Holds a place for what is not known yet.
static TEMPLATE: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"\{\{ [^{}\n]* \}\} | \$\{\{? [^{}\n]+ \}"));

/// A stage of a query on a line of its own, or of a change to one, and the rows that a query is given.
static STAGE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [+\-]? \s* \| \s* (?: where | extend | summarize | project | parse | join | mv-expand | stats | eval | rex | search | distinct | count\ by ) \b | \b datatable \s* \(",
    )
});

/// Says something of a value, as a stage that goes on over several lines does; what a query found stands bare.
static SAID_OF_IT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r#"[!=]= | =~ | // | ^\s* (?: datetime \( | ["'] ) | ["'] \s* [,)] \s* $"#)
});

/// Amid the stages of a query.
fn is_amid_stages(lines: &Lines<'_>) -> bool {
    let (block, own) = lines.block();
    let stages = block[..own].iter().filter(|line| says(&STAGE, line));
    let given = block[..own].iter().any(|line| line.contains("datatable"));
    says(&SAID_OF_IT, lines.own) && (given || stages.count() >= 2)
}

pub(super) fn is_query(lines: &Lines<'_>) -> bool {
    let (block, _) = lines.block();
    says(&QUERY, lines.own)
        || is_amid_stages(lines)
        // A query of several lines: the stages of one begin with a bar. Behind its end stands what it found.
        || (lines.own.trim_start().starts_with(['|', '"', '\'']) && !is_row(lines.own, '|')
            && lines.before.first().is_some_and(|line| says(&QUERY, line) && !line.trim_end().ends_with([':', ';'])))
        || (is_comment(lines) || says(&TEMPLATE, lines.own)) && block.iter().any(|line| says(&QUERY, line))
}

/// A line that gives a sentence a name, as files with the texts of a program do.
static NAMED_SENTENCE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: ["']?(?P<key>[\w.\-]+)["']? \s* [=:] | msgid | msgstr ) \s* ["']? [^"'=:\s]+ (?:\s+[^\s"]+){3,} ["']? \s* [,;]? \s* $"#,
    )
});

/// The same in XML.
static NAMED_ELEMENT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* <\w+ \s+ (?:key|name|id)\s*=\s*["']\w+[._][\w.]+["'] [^<>]* > [^<>]* \s [^<>]* </"#,
    )
});

/// A text of an event with a place for each of its values, as Windows keeps it: `Status: %8`.
static PLACES: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"(?: : \s+ %\d{1,2} \b .* ){3}"));

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
pub(super) fn is_text_of_a_program(lines: &Lines<'_>) -> bool {
    let named = |line: &str| {
        let found = NAMED_SENTENCE.as_ref()?.captures(line)?;
        Some(
            found
                .name("key")
                .map_or("msgid", |key| key.as_str())
                .to_lowercase(),
        )
    };
    let own_keys = lines.before.iter().chain(&lines.behind).chain([&lines.own]);
    if says(&NAMED_ELEMENT, lines.own)
        && own_keys.filter(|line| says(&NAMED_ELEMENT, line)).count() >= ROWS
    {
        return true;
    }
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

/// A row of values in code.
static TUPLE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r#"^\s* [(\[{] \s* ["'] .* [)\]}] \s* [,;]? \s* (?:(?://|\#|--).*)? $"#)
});

/// An item of a list that begins with a name and a value.
static ITEM: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r#"^\s* - \s+ [\w-]+ : \s* ["']? [\w-]+ ["']? \s* (?:\#.*)? $"#));

/// What a program is to do about an error, under a name of its own.
static TREATED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^[\s-]* \w* (?:retry|retries|attempts|delay|pause|backoff|severity|ignore|notify|action|wiederhol|versuche|melden|intentos|reintentar|tentatives|réessayer) \w* \s* :",
    )
});

/// One of several rows of values that hold other codes, or items of a list that say what to do about each.
pub(super) fn is_tuple(lines: &Lines<'_>, place: &Range<usize>) -> bool {
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
