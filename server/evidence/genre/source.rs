//! Source code: an error in it is compared, branched on, declared or asserted.

use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{Lines, ROWS, TIME};
use crate::evidence::mention::{pattern, says};

/// Stands directly before a value that is compared, looked up or declared.
static COMPARED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: [=!]=?= | =~ | !~ | [\s)]-(?:i|c)?(?:eq|ne|match|like|contains|in|notin)\b | \.(?:equals|contains|includes|startswith|endswith|indexof|match|test|has|get)\( | \b(?:equals|contains|startswith|endswith|decode|nvl|coalesce)\([^;]*,\s* | \b(?:in|has_any|isin)\s*[(\[]
          (?:[^)\]]*,)? ) \s* (?:(?:new\s+)?\w+\()? [@rR$]?["'`/(]{0,3}\s*$
        | ^\s* (?:export\s+|pub(?:\(\w+\))?\s+|public\s+|private\s+|internal\s+|protected\s+|static\s+|final\s+|readonly\s+)* (?:const|let|var|val|final|static|def|define|\#define|enum|public|private|internal) \b [^;]* [=\s(,)] ["'`]?$
        | ^\s* (?:case|when|elif|elsif|except|catch) \s+ (?:[\w.]+\.)? (?:\w{1,20}\()? (?:\(\w{1,12}\))? ["'`(]{0,2}$
        | ^\s* assert\s [^=]* $
        | \b(?:assert\w*|expect|describe|inlinedata|testcase|parametrize|mock\w*) \s* [(\[] [^)]*$ | \b(?:it|test|should)\(\s*["'][^)]*$"#,
    )
});

/// Stands directly behind a value that code branches or maps on.
static BRANCHED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'`] \s+ (?:not\s+)? in \s+ [\w.\[\]()]+ (?: \s* : | \s+ (?:or|and)\b ) | ^ ["'`]? \s* (?: \{ \s* (?:["'$]|return|throw|break|\w+\() | => | : \s* (?:return|break|\w+\(.*\);) | \) \s* \{ $ )"#,
    )
});

/// Is code whatever it is about.
static STATEMENT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: \}?\s*(?:else\s+)?(?:switch|if|for|foreach|while|catch)\s*\(.*[{(:]\s* | \}\s*(?:else|catch|finally)\b.*
          | (?:if|elseif)\s.*\sthen\s* | (?:if|elif|while)\s.*(?:==|!=|\s(?:in|is|not)\s).*:\s* | for\s+\w+\s+in\s.*:\s* | (?:else|try|finally|default)\s*[:{].*
          | (?:public|private|internal|protected|static|export|abstract)\s+\w.*[{(;,)]\s* | (?:def|fn|func|function)\s+[\w-]+.*[{(:)]\s* | (?:class|enum|struct|interface|namespace)\s+\w+.*[{:(]\s*
          | \#\s*(?:define|include|undef|ifdef|ifndef|if|elif|else|endif|pragma)\b.* | param\s*\(.* | ["'\w]+\s*\{\s*(?:return|throw|break)\b.*\}\s*
          | (?:match|when)\s+[\w.()&]+\s*\{ | (?:import|using|package|module)\s+[\w.]+;?\s* | from\s+[\w.]+\s+import\s.* | return\s+(?:["'$\w.]+\(?.*;|["'$(].*|true|false|none|null|\w+\(.*\))\s*
          | [$\w.\[\]"']+\s*(?:\+|-|\|)?=\s*(?:\{|@\{|new\b|\(|dict\(|\[\s*$).* | .*[)"'\w]\s*;\s*(?://.*)? | [@\#]\w+\(.*\)\]? | \[\w+(?:\(.*\))?\] | `{3}\w+ ) $"#,
    )
});

/// Says that code tests other code.
static TESTING: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: \[(?:fact|theory|test|testmethod|testcase)\b.* | @(?:test|pytest)\b.* | def\s+test_\w+.* | (?:it|describe|test)\(.* | (?://|\#)\s*(?:arrange|act|assert|given|when|then)\b.* | import\s+(?:pytest|unittest|xunit)\b.* ) $",
    )
});

/// Opens an enumeration, a map or a list. JSON opens with nothing but a brace, and what it tells may have happened.
static OPENS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: (?:public|private|internal|protected|static|export|const|let|var|val|enum|class|struct|type)\s+\w.* | .* \bmap\[\w+\]\w+ \s* \{ | [$\w.]+\s*(?:=|:=)\s*(?:new\b.*|(?:\w+)?\s*[({\[]|@[({]) ) \s* $",
    )
});

/// Opens an enumeration.
static ENUMERATES: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: (?:public|private|internal|protected|static|export|const|pub|typedef)\s+ )* enum \b [\w\s:]* \{? \s* $",
    )
});

/// A name among others of an enumeration.
static ENUMERATED: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"^\s* \w+ \s* (?: = \s* [\w\-]+ \s* )? ,? \s* (?: // .* )? $"));

/// A name among others of an enumeration, with what it is made of.
static CONSTANT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r#"^\s* (?-i: [A-Z][A-Z\d_]{2,} ) \( .* ["'\d] \) \s* [,;] \s* (?:// .*)? $"#)
});

/// A name with a number or text: an entry of an enumeration or of a map.
static DECLARED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: ["']?[\w.%\-]+["']? | "(?:[^"\\]|\\.)+" ) \s* (?:=|:|=>|->) \s* (?:\(\w+\)\s*)? (?: "[^"]*" | '[^']*' | [\w\-]+ ) (?:\s*,\s*(?:"[^"]*"|'[^']*'))* \s* [,;]? \s* (?:(?://|\#|/\*|--).*)? $"#,
    )
});

/// Stands before what a regular expression looks for.
static SOUGHT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: \bre\.(?:compile|search|match|fullmatch|findall|finditer|sub|split)\s*\( | \bnew\s+regexp?\s*\( | \bregexp?(?:::new|\.(?:is_?match|match(?:es)?|replace))?\s*\( | \[regex\]::\w+\s*\([^"']*,\s* | \bpreg_match\w*\s*\( | \bpattern\.compile\s*\(
          | =~ | !~ | [\s)]-(?:i|c)?(?:not)?(?:match|like)\b ) \s* [@rRbu$]{0,2}["'/`]{1,3} [^"'`]* $"#,
    )
});

/// Stands before what code would print, or in a comment behind its statement.
static PRINTED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^\s* | [;{}:]\s* ) (?: (?:\w+\.)? (?:logger|logging|console|log) \. (?:error|warn(?:ing)?|info|debug|log|exception|fatal) | (?:print(?:f|ln)?|System\.out\.print(?:ln)?|Console\.Write(?:Line)?) ) \( \s* [frub@$]{0,2}["'`] [^"'`]* $
          | [)"'\w] \s* ; \s* // .* $"#,
    )
});

/// Opens a setting that says when something is to be done.
static CONDITION: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^[\s-]* ["']? (?: when | if | unless | only_?if | conditions? | expr(?:ession)? | filter | trigger | rules? | match(?:es)? | where ) ["']? \s* : \s"#,
    )
});

/// What a run of tests says of one that passed, or of what another answered instead, and the first line of a change to a program.
static TESTED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s* (?: [✓√] \s | ok \s \d+ \s - \s | --- \s PASS: | test \s [\w:]+ \s \.\.\. \s ok \b | \S+::\S+ .* \b PASSED \b
          | (?: FAIL\b | ✗ | × | not \s ok\b ) .* \b (?: want | wanted | expected | to \s equal | should ) \b .*
          | (?: [0-9a-f]{7,40} \s+ )? (?-i: feat|fix|docs|chore|refactor ) (?: \( [\w./\ -]{1,30} \) )? !? : \s )",
    )
});

/// Opens a line that is a comment.
static COMMENT: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"^\s* (?: \#+[^\#!] | // | /\*+ | --\s | <!-- | <\# | rem\s )"));

/// A bracket that closes what lines above have opened.
static CLOSES: LazyLock<Option<Pattern>> = LazyLock::new(|| pattern(r"^\s* [\]})]+ [\s;,)]* $"));

/// A line that only a program has: a branch, what it returns or throws, a declaration, a call as a statement, a comment
/// between marks.
static OF_A_PROGRAM: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: (?: \}\s* )? (?: else\s+ )? (?: if | for | foreach | while | switch | catch | elif ) \b .* [({:] .* [{:(),;] \s*
          | (?: \}\s* )? else \s* [{:] \s*
          | (?: return | throw | raise ) \s+ (?: .* [;({] | ["'(\[] .* | \w+ \( .* ) \s* | case \s .* : \s* (?: // .* )? | default \s* : \s* | (?:break|continue) \s* ; \s*
          | (?: public | private | protected | internal | static | export | func | fun | fn | def | function | class | struct | local | pub ) \s .* [{(:;=] \s*
          | [\w.$]+ \( .* \) \s* ; \s* | /\* .* \*/ \s* | (?: // | \#\s*include ) .* ) $"#,
    )
});

/// Whether the place stands amid the lines of a program, of which there are several and at least as many as others. A
/// line that is none of a program counts where those next to it are: it goes on with what they begin.
fn is_amid_a_program(lines: &Lines<'_>) -> bool {
    const BRANCHES: usize = 2;
    const LINES: usize = 4;
    let is_blank = |line: &str| line.trim().is_empty();
    let branches = |line: &str| says(&OF_A_PROGRAM, line);
    let is_code = |line: &str| branches(line) || says(&CLOSES, line);
    let all = lines.before.iter().chain(&lines.behind).chain([&lines.own]);
    let all = all.copied().filter(|line| !is_blank(line));
    let all = all.collect::<Vec<_>>();
    let code = all.iter().filter(|line| is_code(line)).count();
    let amid = is_code(lines.own)
        || [&lines.before, &lines.behind].iter().all(|near| {
            let mut near = near.iter().copied();
            near.find(|line| !is_blank(line)).is_some_and(is_code)
        });
    amid && code >= LINES
        && code * 2 >= all.len()
        && all.iter().filter(|line| branches(line)).count() >= BRANCHES
}

/// Code that stands about an error: it is compared, branched on, declared or asserted, among other lines of code.
pub(super) fn is_source_code(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let (before, behind) = (&lines.own[..place.start], &lines.own[place.end..]);
    let stands = says(&COMPARED, before) || says(&BRANCHED, behind);
    let others = lines.before.iter().chain(&lines.behind);
    let statements = others.filter(|line| says(&STATEMENT, line)).count();
    if says(&SOUGHT, before)
        || says(&PRINTED, before)
        || says(&IMPORTED, lines.own)
        || is_within_call(lines, place)
        || says(&TESTED, lines.own)
        || is_within_markup_comment(lines, place)
        || says(&DOCUMENTS, lines.own)
        || is_case_of_a_test(lines)
        || is_amid_a_program(lines)
    {
        return true;
    }
    if stands {
        // One line of code alone is code where it says so on both sides.
        let alone = says(&STATEMENT, lines.own)
            || says(&CONDITION, lines.own)
            || lines.own.matches('(').count() >= 3;
        return statements > 0 || alone;
    }
    let tests = lines.before.iter().chain(&lines.behind);
    if statements >= ROWS && tests.clone().any(|line| says(&TESTING, line)) {
        return true;
    }
    let (block, own) = lines.block();
    if is_comment(lines) && !says(&TIME, lines.own) {
        // A heading of Markdown has the mark of a comment, and stands alone.
        let beside = block.iter().filter(|line| says(&STATEMENT, line)).count();
        return statements > 1 && beside > 0;
    }
    let declared = block.iter().filter(|line| says(&DECLARED, line)).count();
    let opens = block[..own].iter().any(|line| says(&OPENS, line))
        || lines
            .heads_indented()
            .is_some_and(|line| says(&OPENS, line));
    let constants = lines.before.iter().chain(&lines.behind);
    let constants = constants.filter(|line| says(&CONSTANT, line)).count();
    if says(&CONSTANT, lines.own) && constants + 1 >= ROWS {
        return true;
    }
    let enumerated =
        says(&ENUMERATED, block[own]) && block[..own].iter().any(|line| says(&ENUMERATES, line));
    let variable = block[..own].iter().any(|line| says(&VARIABLE, line));
    enumerated
        || says(&DECLARED, block[own]) && (declared >= ROWS && opens || declared > 1 && variable)
}

/// Takes names from another file of a program.
static IMPORTED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^\s* (?: from \s+ [\w.]+ \s+ import \s+ [\w(*] | import \s+ (?: \{ .* \} | [\w.]+ ) \s* (?: ; | from \s+ ["'] .* ) \s* $ | (?:pub\s+)? use \s+ [\w:]+ (?: \{ .* \} )? \s* ; \s* $ | using \s+ (?: static \s+ )? [\w.]+ \s* ; )"#,
    )
});

/// Before the parenthesis of a call that holds what is expected, or what is to be said of an error.
static CALLED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: ^ | [\s.(] ) (?: assert\w* | expect | raise \s+ [\w.]+ | throw \s+ (?: new \s+ | \(? new-object \s+ )? [\w.:]+ ) \s* $",
    )
});

/// A comment that documents a member of a program, as C# has them.
static DOCUMENTS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\s* /// \s* < (?: summary | remarks | param | returns | exception | value | example ) \b",
    )
});

/// A case of a test: values between parentheses.
static CASE: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r#"^\s* [(\[{] \s* ["'] .* [)\]}] , \s* $"#));

/// One of several cases that are given to a test of a program.
fn is_case_of_a_test(lines: &Lines<'_>) -> bool {
    let (block, _) = lines.block();
    says(&CASE, lines.own)
        && block.iter().filter(|line| says(&CASE, line)).count() >= 2
        && block.iter().any(|line| says(&TESTING, line))
}

/// Whether the place stands between the parentheses of such a call, which may have begun some lines above.
fn is_within_call(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let mut closed = 0;
    let above = lines.before.iter().copied();
    for line in std::iter::once(&lines.own[..place.start]).chain(above) {
        for (at, mark) in line.rmatch_indices(['(', ')']) {
            if mark == ")" {
                closed += 1;
            } else if closed > 0 {
                closed -= 1;
            } else if says(&CALLED, &line[..at]) {
                return true;
            }
        }
        if line.trim().is_empty() {
            return false;
        }
    }
    false
}

/// Opens what a program calls by a name.
static VARIABLE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r"^\s* (?: export \s+ )? (?: const | let | var | val ) \s+ \w+ .* = \s* [{\[(] \s* $")
});

/// Whether the place stands between `<!--` and `-->`.
fn is_within_markup_comment(lines: &Lines<'_>, place: &Range<usize>) -> bool {
    let before = &lines.own[..place.start];
    let opened = before.rfind("<!--");
    opened.is_some_and(|at| !before[at..].contains("-->")) && lines.own[place.end..].contains("-->")
}

/// Whether the line is a comment, or within one of several lines.
pub(super) fn is_comment(lines: &Lines<'_>) -> bool {
    let opens = |line: &&&str| {
        ["<#", "/*", "\"\"\"", "'''"]
            .iter()
            .any(|mark| line.trim_start().starts_with(mark))
    };
    let closes = |line: &&&str| {
        ["#>", "*/", "\"\"\"", "'''"]
            .iter()
            .any(|mark| line.trim_end().ends_with(mark))
    };
    let mut marks = lines
        .before
        .iter()
        .filter(|line| opens(line) || closes(line));
    let within = marks
        .next()
        .is_some_and(|line| opens(&line) && !(closes(&line) && line.trim().len() > 3));
    within && lines.behind.iter().any(|line| closes(&line)) || says(&COMMENT, lines.own)
}
