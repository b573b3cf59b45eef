//! What an error is in general: definitions, instructions for the day it comes, plans to provoke it, exams.
//!
//! ```text
//! 0xC000015B is returned by LsaLogonUser when the account lacks the right.     defined
//! If you see WindowsIdentityIncorrect, go to step 5.                            provided for
//! Set the clock ahead, expect KRB_AP_ERR_SKEW.                                  planned
//! ```

use std::sync::LazyLock;

use crate::evidence::pattern::Pattern as Regex;

use super::{pattern, says};

/// Directly behind: what it is.
static DEFINED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'`“”„‘’»)\]*]* \s* (?: \( [^)\n]{0,60} \) \s* )? (?: (?:error\s)? code \s+ | fehlercode \s+ )?
        (?: means? \b | is \s+ (?:returned|reported|raised|thrown|logged|shown|written) \s+ (?:by|if|whenever) \b | is \s+ (?:returned|reported|raised|thrown) \s+ when \s+ (?:the|an?|no)\b
          | indicates? \b | denotes? \b | stands \s for \b | refers \s to \b | is \s the \s (?:hresult|win32|ntstatus|short|long|decimal|hex\w*|signed|error \s code \s for|code \s for) \b
          | bedeutet \b | heißt \b | steht \s für \b | wird \s (?:gemeldet|zurückgegeben|ausgelöst|protokolliert),? \s (?:wenn|falls) \b
          | signifie \b | veut \s dire \b | est \s (?:renvoyée?|retournée?) \s (?:lorsque|quand|si|par) \b | concerne \b | correspond \s à \b
          | significa \b | quiere \s decir \b | se \s devuelve \s (?:cuando|si) \b | corresponde \s a \b | とは | を意味 | (?:は|が)[^。\n]{0,40}(?:返|発生|表示)(?:し|さ|され)ます )"#,
    )
});

/// A name at the beginning, which is then defined.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"^ \W* (?: (?:the|an?|der|die|das|ein|le|la|un|une|el|l['’]) \s+ )? (?: (?:error|status|sub\ ?status|fehler|erreur) \s+ )? (?: code \s+ | fehlercode \s+ )? ["'`«„(]* (?-i: 0[xX][0-9A-Fa-f]{3,8} | -1\d{9} | AADSTS\d+ | [A-Z]+_[A-Z_\d]+ | [A-Z][a-z\d]+(?:[A-Z][a-z\d]*){1,} )"#,
    )
});

/// Directly before: the day it comes.
static PROVIDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^ | [^\p{L}] ) (?:
          if \s+ (?:you|users?|a\ user|someone|somebody|anybody|they) \s+ (?:\w+\s+)? (?:see|sees|get|gets|receive|receives|encounter|encounters|find|finds) \b [^.;:\n]{0,40}
          | if \s+ (?:the|a) \s+ (?:run|flow|job|code|status|sub\ ?status|error|message|log|event) \s+ (?:\w+\s+){0,2} (?:is|are|says|shows|returns|contains|reads|ends\ with|fails\ with) \s [^.;:\n]{0,20}
          | (?:in\ case\ of|in\ the\ event\ of|on|upon) \s (?:an?\s)? (?:error\s)? | (?:falls|sollte|wenn) \s+ (?:[\p{L}\d]+\s+){0,5}? (?:ereignis|fehler|code|meldung|status) \b [^.;:\n]{0,30} | (?:bei|im\ falle?\ von|im\ fall) \s+ (?:fehler\w*\s+|code\s+)?
          | si \s+ (?:vous|l['’]erreur|le\ code|le\ message|el\ código|el\ error|usted|ve[s]?|aparece) \b [^.;:\n]{0,40} | en\ cas\ (?:de|d['’]) \s? | en\ caso\ de \s (?:error\s)?
        ) ["'`“”„‘’«(\[]* $"#,
    )
});

/// What to do then.
static ADVICE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:go\ to|see\ (?:step|section|chapter)|check|verify|ask|call|contact|reset|restart|open|escalate|do\ not|don['’]t|then|retry|prüfen|prüfe|anrufen|melden|dann|wenden|siehe|neu\ starten|zurücksetzen|vérifie[rz]|contacte[rz]|appele[rz]|alors|comprobar|compruebe|contacte|llame|entonces|reinicie|step\ \d|schritt\ \d|étape\ \d|paso\ \d|a\)|1\))\b",
    )
});

/// Before: what is to come of a test.
static EXPECTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"(?: \b expect (?:s|ing)? \b | \b expected (?: \s (?:results?|errors?|codes?|status|outcomes?|messages?|behaviou?r) )? \s* (?: [:=→] | -> | \b is \b ) | \b erwartet(?:es|er)? \b | \b erwartung \b | \b attendue?s? \b | \b esperad[oa]s? \b | 期待(?:結果)? | \b should \s (?:return|give|show|fail\ with|end\ with|yield|report) \b | \b provoke \b | \b simulate \b | \b provoziere\w* \b | \b simular \b | \b simuler \b )
        [^.;!?\n]{0,80} $",
    )
});

/// What would come, on both sides of an error.
static WOULD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b würden? \b [^.;:!?\n]{0,40} \b (?:mit|in) \s+ (?:(?:dem|einem|der)\s)? (?:fehler\s)? [^\s~]{0,2} \s* ~ [^.;:!?\n]{0,20} \b (?:enden|fehlschlagen|abbrechen|scheitern|laufen|abgebrochen) \b
        | \b (?:it|runs?|flows?|jobs?|robot|bot|they) \s would \s (?:then\s)? (?:fail|end|stop) \s (?:with|in|by) \s+ [^.;:!?\n]{0,20} ~",
    )
});

/// What came instead.
static CAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:got|but|instead|actual(?:ly)?|received|aber|stattdessen|bekam|mais|reçu|obtenu|pero|obtuv\w+)\b",
    )
});

/// For whom or what it is asked.
static PURPOSE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?: (?:nur|bloß|rein) \s aus \s (?:interesse|neugier) | out \s of \s curiosity | just \s curious | par \s (?:simple\s)? curiosité | por \s curiosidad ) \b
        | \b (?:ich|wir) \s (?:schreiben?|übersetzen?|überarbeiten?) \s (?:gerade\s)? (?:die|das|eine?n?|unsere?n?|den) \s (?:neue\w*\s)? (?:doku\w*|anleitung\w*|handbuch|wiki\w*|schulung\w*|hilfe\w*) (?: \s* [:;.,–-] | \s+ (?:zu|zum|zur|für|über|und|mit) \b )
        | \b je \s (?:rédige|traduis) \b | \b (?:estoy|estamos) \s (?:escribiendo|traduciendo|redactando) \s (?:la|el|una?) \s (?:documentación|guía|manual|wiki) \b
        | \b(?:i\ am|i['’]m|we\ are|am) \s (?:writing|preparing|drafting|translating|documenting) \b | \bfor \s (?:the|our|my|a) \s (?:slides?|runbook|docs|documentation|wiki|handbook|poster|quiz|exam|training|course|talk|presentation|newsletter|onboarding)\b
        | \bfür \s (?:die|das|den|unsere?n?|meine?n?|eine?n?) \s (?:folien?|doku\w*|schulung\w*|handbuch|wiki|präsentation|prüfung|quiz|newsletter|einarbeitung)\b | \bpour \s (?:la|le|les|notre|une?) \s (?:formation|documentation|présentation|wiki|affiche|manuel)\b
        | \bpara \s (?:la|el|nuestra|nuestro|una?) \s (?:formación|documentación|presentación|wiki|manual|curso)\b | \bnur \s (?:zur|für) \s (?:info|die \s akten)\b | \bfeature \s (?:request|idea)\b | \bcould \s (?:the|we|you) \b [^.?]{0,60} \b (?:filter|column|button|option|setting)\b",
    )
});

/// Was brought about.
static PROVOKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?: on \s purpose | deliberately | intentionally | absichtlich | bewusst | volontairement | exprès | a \s propósito | intencionadamente ) \b",
    )
});

/// And was to come.
static AS_EXPECTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b (?: as \s (?:expected|planned|intended) | wie \s (?:erwartet|geplant|vorgesehen) | comme \s (?:prévu|attendu) | como \s (?:se\s)? (?:esperaba|estaba\ previsto) ) \b",
    )
});

/// Nothing is wrong now.
static NOTHING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r"\b(?:no|not\ an?|without\ an?y?) \s (?:current\ |present\ |actual\ |real\ )? (?:error|fault|incident|outage|problem|issue) s? \s (?:at\ present|at\ the\ moment|right\ now|currently|today|here)\b | \bnothing \s is \s (?:failing|broken|wrong)\b
        | \b(?:gerade|derzeit|aktuell|momentan|heute) \s kein(?:en|e)? \s (?:fehler|ausfall|vorfall|problem|störung)\b | \bkein(?:en|e)? \s (?:fehler|ausfall|vorfall|problem|störung) \s (?:gerade|derzeit|aktuell|momentan)\b
        | \b(?:aucune?|pas \s d['’]) \s? (?:erreur|incident|panne|problème) \s (?:en\ ce\ moment|actuellement|pour\ l['’]instant|aujourd['’]hui)\b | \bno \s (?:hay|tenemos) \s (?:ningún\s)? (?:error(?:es)?|fallos?|incidentes?|problemas?) \s (?:ahora|actual\w*|hoy|en\ este\ momento)\b | 現在[^。\n]{0,10}(?:エラー|障害)は?(?:発生していません|ありません|ない)",
    )
});

/// Whether the sentence says what the error between these words is in general.
pub(super) fn is_general(before: &str, behind: &str) -> bool {
    let planned = EXPECTED.as_ref().and_then(|expected| expected.find(before));
    let planned = planned.is_some_and(|plan| !says(&CAME, &before[plan.start()..]));
    says(&WOULD, &super::around(before, behind))
        || says(&DEFINED, behind)
        || says(&PROVIDED, before) && says(&ADVICE, behind)
        || planned
}

/// Whether a paragraph begins by saying what an error is; what follows explains it.
pub(super) fn opens_with_definition(paragraph: &str) -> bool {
    let opening = &paragraph[..paragraph.floor_char_boundary(240)];
    let name = NAME.as_ref().and_then(|name| name.find(opening));
    name.is_some_and(|name| says(&DEFINED, &opening[name.end()..]))
}

/// Whether the text says that nothing is wrong, or for what else it is written.
pub(super) fn is_for_another_end(whole: &str) -> bool {
    says(&PURPOSE, whole)
        || says(&NOTHING, whole)
        || says(&PROVOKED, whole) && says(&AS_EXPECTED, whole)
}
