//! Whether a text only speaks of an error: it denies it, says that it is over, asks what it means, or teaches.
//!
//! ```text
//! It is not 0xC000006D and not 1326, we checked.            denied
//! Resolved: the account had run into 0xC0000071.            over, see `over`
//! What is the difference between 0xC000006D and …6A?        asked
//! Release notes 2.4: "Creating user session timed out" is logged once now.      taught
//! ```
//!
//! Whoever has the error now says so too ("still", "again", "our run fails"); then it counts, whatever else is said.

use std::ops::Range;
use std::sync::LazyLock;

use super::pattern::Pattern;
pub(super) use super::pattern::{pattern, says};
use super::{Weakened, genre};

mod apart;
mod document;
mod excluded;
mod general;
mod outcome;
mod over;
mod retried;

/// So far around the error its sentence is looked for, in bytes.
const BEFORE: usize = 240;
const BEHIND: usize = 200;
/// A text over this size is a log or a report, and no remark about one error.
const REMARK: usize = 2_000;
/// So much at the beginning of a text says what kind of text it is.
const OPENING: usize = 120;

/// A heading is at most so long.
const HEADING: usize = 60;

/// What stands directly before what is denied.
static DENIAL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^ | [^\p{L}] )
        (?: not (?: \s+ (?:have|having|had|see|seen|find|found|show|receive|received) )? | (?:do|does|did|have|has|had)n['’]t \s+ (?:have|had|see|seen|find|found|show|receive|received) | isn['’]t | wasn['’]t | aren['’]t | never | neither | nor | no\ (?:longer|more) (?: \s+ (?:throws?|shows?|returns?|reports?|gives?|raises?|logs?|(?:ends?|fails?|stops?)\ with) )? | instead\ of | rather\ than
          | kein(?:e[mnrs]?)? | nicht(?:\ mehr)? | weder | statt | aucune? | pas\ (?:de|d['’]|l['’]|le|la|un|une) | ni | ningún | ninguna
          | (?:fixed|resolved|solved|behoben|corrigé) :? )
        \s+ (?: (?: an? | the | any | this | error | code | status | der | die | das | den | fehler\w* | erreur | d['’] ) \s+ ){0,3} ["'`“”„‘’«(\[]* $"#,
    )
});

/// Asks what it means, or compares meanings.
static ASKED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b how \s (?:would|do|should|can) \s (?:you|we|i|one) \s (?:say|translate|call|word|phrase|spell|pronounce) \b | \b wie \s (?:sagt|übersetzt|nennt|schreibt) \s man \b | \b comment \s (?:dit-on|dire|traduire|traduit-on) \b | \b cómo \s se \s (?:dice|traduce|escribe) \b
        | \b (?:unterschied \s zwischen | différences? \s entre | diferencias? \s (?:hay\s)? entre) \b | の(?:意味|違い)
        | \b ob \s ein\w* \s \p{L}+ \s mit \s [^.;:~]{0,20} ~ | \b (?:whether|if) \s [^.;~]{0,40} \b (?:will|would) \s (?:\w+\s){1,2} [^.;~]{0,6} ~ | \b (?:whether|ob) \b [^.;?]{0,30} ~ [^.;?]{0,40} \b (?:same|dasselbe|identical|identisch) \b
        | \b what \s (?:exactly\s|precisely\s)? (?:does|do|is|are|did) \b .{0,120} \b (?:mean|means|stand\ for|difference|tell \s (?:you|us|me)) \b
        | \b which \s (?:error\s)? (?:code|error|status|number) \s (?:is|means|stands|belongs) \b | \b what \s happens \s (?:if|when|to) \b | \b (?:will|would) \s (?:it|they|this|that|(?:the|a|our|my)\s\w+(?:\s\w+)?) \s (?:fail|end|stop|return|give|show|report|throw) \b
        | \b (?:what\ is|what['’]s|explain) \b .{0,20} \b (?:the\ )? difference \b | \b difference \s between \b
        | \b (?:somebody|someone|anybody|you) \s explain \b | \b mix \s them \s up \b
        | \b is \s there \s (?:any|an?) \s (?:official\s|good\s|public\s)? (?:list|page|overview|article|documentation|place) \b | \b is \s it \s (?:true|correct|right) \s that \b | \b stimmt \s es,? \s dass \b
        | \b was \s (?:bedeutet|heißt|bedeuten) \b | \b que \s (?:signifie\w* | (?:veut|voudrait) \s dire) \b | qué \s significa | とは (?: [^別異違] | $ )",
    )
});

/// The opening of a text that teaches, lists changes or plans, reports on a month, or asks in an exam.
static TEACHING: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [\W\d]* (?: release \s notes | changelog | change \s log | what['’]?s \s new | agenda | test \s plan | glossary | cheat \s? sheet
        | training | lesson | exam | documentation | faq | versionshinweise | schulung | notes? \s de \s version | notas? \s de \s (?:la\s)? versi[oó]n(?:es)? | novedades | 用語集 | 変更履歴 | リリースノート ) \b?
        | ^ [\W\d]* quiz \b [^.\n]{0,40} [:?\n]
        | ^ .{0,60} \b agenda \s (?:for|of) \b
        | ^ [^.\n]{0,40} \b (?: cheat \s? sheet | release \s notes | changelog | glossar | handbook | style \s guide | search \s (?:history|terms|queries) | (?:browser|browsing|chrome|edge|firefox|safari|chat) \s history | related \s (?:threads|articles|questions)
          | betriebshandbuch | handbuch | spickzettel | merkblatt | suchanfragen | suchbegriffe | verlauf | terminologieliste | übersetzungsliste | häufige \s fragen | interview \s questions? | question \s (?:pool|bank|catalogue) | inhaltsverzeichnis | tagesordnung
          | ordre \s du \s jour | questions \s fréquentes | table \s des \s matières | lexique | historique \s de \s recherche | preguntas \s frecuentes | orden \s del \s día | temas \s destacados | glosario | índice | よくある質問 | 目次 ) \b?
        | ^ [\W\d]* (?: (?: runbook | playbook ) (?: \s+ \p{L}*-?\d+ | [\ \t]* \n ) | sop [\s-]* \d+ \b | backlog \s* : | (?:user\s)? story \s \#?\d )
        | ^ [\W\d]* (?: (?:exam\s)? question | prüfungsfrage | frage | aufgabe | übung | exercise | exercice | ejercicio | quiz | chapter | kapitel | chapitre | capítulo | abschnitt | section | lektion | leçon | lección | 第 ) \s* \d
        | ^ [\W\d]* (?: test \s? (?:plan|case|fall|matrix|scenario|konzept) | plan \s de \s (?:test|prueba)s? | cas \s de \s test | caso \s de \s prueba | escenario \s de \s prueba | scénario \s de \s test | chaos[-\s]day | テスト(?:計画|ケース|項目) )
        | ^ [\W\d]* (?: monthly | weekly | quarterly | monats | wochen | quartals | informe \s (?:mensual|semanal) | rapport \s (?:mensuel|hebdomadaire) | post-?mortem | 月次 ) [-\s]? (?: report | bericht | review | summary | \W | de \b )
        | ^ [\W\d]* (?: kb\d{6,} \s* (?: [:–—|-] | (?:changes|fixes|addresses|introduces|resolves|contains|ändert|behebt|corrige|modifie) \b ) | known \s issues? | bekannte \s probleme | problèmes \s connus | problemas \s conocidos | descripción \s general | overview | überblick | présentation \s de | à \s propos \s de[s]? \b | willkommen \s im | welcome \s (?:to|aboard) | bienvenue | bienvenid[oa]s? )
        | ^ [^。\n]{0,40} について \s* $",
    )
});

/// Heads a list of what is there now.
static OPEN_ONES: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [^.\n]{0,30} \b (?:overview|summary|list|überblick|übersicht|liste|résumé|liste|resumen|lista) \s (?:of|der|über|von|des|de) \s (?:(?:the|all|our|alle|die|unsere|les|los|las)\s)? (?:open|current|failed|failing|today['’]?s|tonight['’]?s|last\ night['’]?s|offene\w*|aktuelle\w*|heutige\w*|fehlgeschlagene\w*|problèmes\ ouverts|problemas\ abiertos|errores\ de\ hoy) \b",
    )
});

/// A sentence that teaches.
static TAUGHT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b wiki \s (?:page|article|entry) \b | \b (?:is|are) \s documented \b | \b expected \s results? \b | \b (?:sample|example) \s (?:error|message|code)s? \b
        | \b for \s the \s (?:training|exam|lesson|quiz) \b | \b typo \s in \b
        | \b case \s+ $ | \# \s* define \s+ \w+ \s+ $",
    )
});

/// Says in a list that this one happened.
static HAPPENED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: → | -> | => | : | \| | \t ) \s* (?: failed | faulted | fehlgeschlagen | abgebrochen | échoué | échec | falló | fallido ) (?: \s* (?: $ | [^\s\p{L}\d] ) | \s+ (?:with|mit|avec|con|\d) ) | (?: → | -> | => | : | \| | \t ) \s* 失敗",
    )
});

/// Somebody has it now.
static PRESENT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: still | again | remains | (?:noch\ )?offen | bleibt\ noch | il\ reste | en\ cours | pendiente | keeps? | since\ [\p{L}\d]+ | (?:field|screen|window|dialog|box|console|portal|history|log|pop-?up)\ (?:says|shows|reads) | started | stopped | urgent | help | fail | fails | failing | stuck | blocked | cannot | can['’]t | unable
        | we\ (?:get|see|have|receive) | i\ (?:get|see|receive) | getting | doesn['’]t\ work | does\ not\ work | broken
        | immer\ noch | weiterhin | trotzdem | wieder | seit | (?:wir|ich|die\ \w+)\ bekommen? | bekommen?\ (?:wir|ich|immer|nur|den|diese[nrs]?|folgende[nrs]?|seit) | erhalten\ wir | erhalte\ ich | schlägt | geht\ nicht | läuft\ nicht
        | toujours | encore | depuis | sigue | desde | otra\ vez ) \b",
    )
});

/// Says at the end that it is not over, with the words that would deny what follows.
static UNSOLVED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"\b (?: not | never | n['’]t | nicht | pas | no ) \s (?:\w+\s){0,2} (?: fixed | resolved | solved | behoben | corrigé ) :? \s+ ["'`“”„‘’«(\[]* $"#,
    )
});

/// Whether these words, which stand directly before an error, deny it.
pub fn is_denied(before: &str) -> bool {
    says(&DENIAL, before) && !says(&UNSOLVED, before)
}

/// Why the error at this place is only spoken of; `entry` is the log record, list item or text that it stands in.
pub fn mention(text: &str, entry: Range<usize>, place: Range<usize>) -> Option<Weakened> {
    let place = whole_word(text, &entry, place);
    let start = ceil(text, place.start.saturating_sub(BEFORE).max(entry.start));
    // A pattern's place may reach beyond the entry that it begins in.
    let end = floor(text, (place.end + BEHIND).min(entry.end)).max(place.end);
    let before = last_sentence(&text[start..place.start]);
    let behind = first_sentence(&text[place.end..end]);
    let above = excluded::above_list(&text[start..place.start]);
    if is_within_address(&text[start..place.start]) {
        return Some(Weakened::Mentioned);
    }
    if is_denied(before) || excluded::is_excluded(&text[place.clone()], before, behind, above) {
        return Some(Weakened::Denied);
    }
    if genre::only_names_errors(text, &entry, &place) || retried::succeeded_later(text, &place) {
        return Some(Weakened::Mentioned);
    }
    if entry.len() > REMARK {
        return None;
    }
    let whole = &text[entry.clone()];
    // Its own words tell nothing: some messages speak of a difference between clocks.
    let sentence = around(before, behind);
    let came = outcome::is_one(&whole[..place.start - entry.start], behind);
    let taught = teaches(whole, place.start - entry.start) && !came;
    if taught || says(&TAUGHT, before) || says(&TAUGHT, &sentence) {
        return Some(Weakened::Mentioned);
    }
    let told = over::Told {
        whole,
        place: place.start - entry.start..place.end.min(entry.end) - entry.start,
        before,
        behind,
    };
    let spoken_of = told.is_over(|left| has_it_now(left, &OF_AN_END))
        || is_of_no_run(&told) && !is_reported(&told, &[])
        || is_of_a_document(&told)
            && !came
            && !is_reported(&told, &OF_AN_END)
            && !document::tells_that_it_came(&told.without_error())
        || document::is_a_scenario(whole);
    spoken_of.then_some(Weakened::Mentioned)
}

/// Whether a place stands in the path of a web address: `https://…/what-is-0xc000006d`. A query may hold what happened.
fn is_within_address(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next();
    word.and_then(|word| word.split_once("://"))
        .is_some_and(|(_, rest)| {
            rest.contains('/') && !rest.contains(['?', '#', '=', '"', '<', ',', ')'])
        })
}

/// Whether the writer's own words say that it is there. Where nothing is wrong, "still" is said of something else.
fn is_reported(told: &over::Told<'_>, aside: &[&str]) -> bool {
    let own = told.without_error();
    let own = general::without_provisions(&own);
    let nothing = general::says_nothing_is_wrong(&own) || general::never_mind(told.behind);
    has_it_now(&own, if nothing { &OF_ANYTHING } else { aside })
}

/// The place up to the end of its word: a pattern may leave letters of it out.
fn whole_word(text: &str, entry: &Range<usize>, place: Range<usize>) -> Range<usize> {
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let inside = text.as_bytes()[..place.end].last().is_some_and(word);
    let rest = text.as_bytes()[place.end..].iter();
    let left = rest.take_while(|byte| inside && word(byte)).count();
    place.start..(place.end + left).min(entry.end.max(place.end))
}

/// A sentence with `~` for its error. Where all else is ASCII, so is that: at other letters a word boundary costs a regex its
/// quickest engine.
fn around(before: &str, behind: &str) -> String {
    format!("{before} ~ {behind}")
}

/// The beginning of a sentence, up to where it may go on with another subject.
fn clause(behind: &str) -> &str {
    let joins = [" and ", ", ", " und ", " et ", " y "].iter();
    let end = joins.filter_map(|join| behind.find(join)).min();
    &behind[..end.unwrap_or(behind.len())]
}

/// Whether it is asked about, told in general, or written for another end than to report it.
fn is_of_no_run(told: &over::Told<'_>) -> bool {
    let (whole, before, behind) = (told.whole, told.before, told.behind);
    let paragraph = paragraph(whole, told.place.start);
    says(&ASKED, &around(before, behind))
        || general::is_general(before, behind)
        || general::opens_with_definition(paragraph)
        || general::defines_several(paragraph)
        || general::is_for_another_end(whole)
        || general::never_mind(behind)
        || general::is_provoked(before, behind)
        || document::is_made_up(whole)
        || {
            let (before, behind) = told.around_quotation();
            general::is_provided_for(before, behind)
        }
}

/// Whether it stands in a text of another kind than a report, or as an example.
fn is_of_a_document(told: &over::Told<'_>) -> bool {
    // The stop of "e.g." ends no sentence.
    let lead = &told.whole[..told.place.start];
    let lead = &lead[lead.floor_char_boundary(lead.len().saturating_sub(48))..];
    document::is_an_example(lead, told.before, told.behind)
        || general::may_come(told.before)
        || document::is_a_document(told.whole, paragraph(told.whole, told.place.start))
        || document::answers_itself(told.whole)
        || document::leads_on(told.whole)
}

/// From the beginning of the paragraph that holds a place.
fn paragraph(whole: &str, at: usize) -> &str {
    let gaps = ["\n\n", "\r\n\r\n"].iter();
    let gaps = gaps.filter_map(|gap| Some(whole[..at].rfind(gap)? + gap.len()));
    &whole[gaps.max().unwrap_or(0)..]
}

/// A short line at the beginning, or a welcome.
fn heading(whole: &str) -> &str {
    let line = whole.lines().next().unwrap_or_default();
    let welcome = line.find("! ").map_or("", |end| &line[..=end]);
    let headings = [line, welcome].into_iter();
    headings
        .filter(|text| text.len() <= HEADING)
        .max_by_key(|text| text.len())
        .unwrap_or_default()
}

/// Whether the text, or the paragraph of the error, opens as one that teaches. Of a text of several paragraphs only a
/// short line of its own is a heading.
fn teaches(whole: &str, at: usize) -> bool {
    let before = &whole[..at];
    let paragraph = paragraph(whole, at);
    let heading = heading(whole);
    let teaches = |text: &str| says(&TEACHING, &text[..floor(text, OPENING.min(text.len()))]);
    let line = before.rsplit('\n').next().unwrap_or(before);
    (teaches(paragraph) || teaches(heading) && !says(&OPEN_ONES, heading))
        && !says(&HAPPENED, line)
        && !says(&OPEN_ONES, paragraph.lines().next().unwrap_or_default())
}

/// The same in a script that sets no spaces.
static PRESENT_UNSPACED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"まだ | 引き続き | 依然 | 再発 | 再び | また(?:発生|出|表示|失敗) | でき(?:ません|ない|なくな) | 解(?:消|決)(?:しません|していません|しない|されません|せず) | 発生して(?:います|おります) | 困って | 至急 | 未解決 | 止まって | 失敗(?:します|しています|し続け)",
    )
});

/// Says that nothing is wrong, with words for what is wrong.
static CALM: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?:nothing|not|nobody|no\ one|nichts|nicht|niemand) \s (?:\w+\s){0,2} (?:broken|blocked|stuck|failing|fails?|urgent|kaputt|dringend) \b
        | \b (?:works?|runs?|working|running|right|fine|okay|green|good|correct|up|online) \s again \b
        | \b (?:thanks?|thank\ you) \b [^.!?\n]{0,30} \b help \b
        | \b (?:we|i) \s (?:have|had) \s (?:not|never) \s (?:yet\s|ever\s)? (?:run\ into|seen|had|met|hit|encountered|come\ across) \b
        | \b (?:will|would|could|might|may|can) \s (?:it|they|this|that|(?:the|a|our|my)\s\w+(?:\s\w+)?) \s fail \b",
    )
});

/// Said of an end as well as of a beginning.
const OF_AN_END: [&str; 7] = [
    "since", "depuis", "seit", "desde", "help", "we have", "stopped",
];
/// Said of anything that goes on.
const OF_ANYTHING: [&str; 11] = [
    "since", "depuis", "seit", "desde", "help", "we have", "still", "again", "started", "toujours",
    "encore",
];

/// Whether the text says that the error is there now, with other words than those set aside.
fn has_it_now(whole: &str, aside: &[&str]) -> bool {
    let Some(present) = PRESENT.as_ref() else {
        return false;
    };
    let calm = CALM.as_ref().map(|calm| calm.replace_all(whole, " "));
    let whole = calm.as_deref().unwrap_or(whole);
    if says(&PRESENT_UNSPACED, whole) {
        return true;
    }
    let is_one_of = |sign: &str, words: &[&str]| {
        let opens = |word: &&str| {
            let head = sign.get(..word.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(word))
        };
        words.iter().any(opens)
    };
    let mut signs = present.find_iter(whole).map(|sign| sign.as_str());
    signs.any(|sign| !is_one_of(sign, aside))
}

const ENDS: [&str; 11] = [
    ". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n", "\r\n\r\n", "\n- ", "\n* ", "。",
];

/// What stands behind the last end of a sentence. A line break alone ends none: mails wrap.
fn last_sentence(before: &str) -> &str {
    let end = ENDS
        .iter()
        .filter_map(|end| Some(before.rfind(end)? + end.len()));
    &before[end.max().unwrap_or(0)..]
}

fn first_sentence(behind: &str) -> &str {
    &behind[..sentence_end(behind).unwrap_or(behind.len())]
}

/// Where the first sentence of a text ends, where another follows.
fn sentence_end(text: &str) -> Option<usize> {
    let ends = ENDS.iter();
    ends.filter_map(|end| Some(text.find(end)? + end.trim_end().len().max(1)))
        .min()
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests;
