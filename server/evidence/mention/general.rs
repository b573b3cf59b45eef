//! What an error is in general: definitions, instructions for the day it comes, plans to provoke it, exams.
//!
//! ```text
//! 0xC000015B is returned by LsaLogonUser when the account lacks the right.     defined
//! If you see WindowsIdentityIncorrect, go to step 5.                            provided for
//! Set the clock ahead, expect KRB_AP_ERR_SKEW.                                  planned
//! ```

use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{pattern, says};

/// Directly behind: what it is.
static DEFINED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'`“”„‘’»)\]*]* \s* (?: \( [^)\n]{0,60} \) \s* )? (?: (?:error\s)? code \s+ | fehlercode \s+ )?
        (?: [-–—] \s+ (?: indicates? | means? | denotes? | returned\ (?:when|if|by) | bedeutet | signifie | significa ) \b | means? \b | is \s+ (?:returned|reported|raised|thrown|logged|shown|written) \s+ (?:by|if|whenever) \b | is \s+ (?:returned|reported|raised|thrown) \s+ when \s+ (?:the|an?|no)\b
          | indicates? \b | denotes? \b | covers \b | describes \b | umfasst \b | beschreibt \b | couvre \b | décrit \b | abarca \b | stands \s for \b | refers \s to \b | is \s the \s (?:hresult|win32|ntstatus|short|long|decimal|hex\w*|signed|error \s code \s for|code \s for) \b
          | bedeutet \b | heißt \b | steht \s für \b | wird \s (?:gemeldet|zurückgegeben|ausgelöst|protokolliert),? \s (?:wenn|falls) \b
          | signifie \b | veut \s dire \b | est \s (?:renvoyée?|retournée?) \s (?:lorsque|quand|si|par) \b | concerne \b | correspond \s à \b
          | significa \b | quiere \s decir \b | se \s devuelve \s (?:cuando|si) \b | corresponde \s a \b | とは | を意味 | (?:は|が)[^。\n]{0,40}(?:返|発生|表示)(?:し|さ|され)ます )"#,
    )
});

/// A name at the beginning, which is then defined.
static NAME: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ \W* (?: (?:the|an?|der|die|das|ein|le|la|un|une|el|l['’]) \s+ )? (?: (?:error|status|sub\ ?status|fehler|erreur) \s+ )? (?: code \s+ | fehlercode \s+ )? ["'`«„(]* (?-i: 0[xX][0-9A-Fa-f]{3,8} | -1\d{9} | AADSTS\d+ | [A-Z]+_[A-Z_\d]+ | [A-Z][a-z\d]+(?:[A-Z][a-z\d]*){1,} )"#,
    )
});

/// Directly before: the day it comes.
static PROVIDED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^ | [^\p{L}] ) (?:
          if \s+ (?:the|an?|your|our|this|that|any) \s+ (?:[\w-]+\s+){1,3} (?:is|are|says|shows|displays|reports|returns|contains|reads|prints|logs|gives|throws|answers|(?:ends|fails|stops)\ with) \s [^.;:\n]{0,20}
          | if \s+ (?:you|users?|a\ user|someone|somebody|anybody|anyone|they) \s+ (?:\w+\s+)? (?:see|sees|get|gets|receive|receives|encounter|encounters|find|finds|comes?\ (?:up\ )?with|calls?\ (?:about|with)|asks?\ about|complains?\ (?:about|of)|reports?) \b [^.;:\n]{0,40}
          | (?:in\ case\ of|in\ the\ event\ of|on|upon) \s (?:an?\s)? (?:error\s)? | (?:falls|sollte|wenn) \s+ (?:[\p{L}\d]+\s+){0,5}? (?:ereignis|fehler|code|meldung|status) \b [^.;:\n]{0,30} | (?:bei|im\ falle?\ von|im\ fall) \s+ (?:fehler\w*\s+|code\s+)?
          | (?:wer|whoever|any(?:one|body)\ who|every(?:one|body)\ who|quien|quiconque) \s+ (?:[\p{L}-]+\s+){0,3}
          | (?:falls|wenn|sobald|sollte) \s+ (?:(?:der|die|das|ein|eine|im|am)\s+)? (?:[\p{L}-]+\s+){0,2}
          | si \s+ (?: (?:vous|usted|ve[s]?|aparece|sale) \b | (?:le|la|les|un|une|el|los|una)\s | l['’] ) [^.;:\n]{0,40} | en\ cas\ (?:de|d['’]) \s? | en\ caso\ de(?:\ que)? \s [^.;:\n]{0,40}
        ) ["'`“”„‘’«(\[]* $"#,
    )
});

/// What to do then.
static ADVICE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:go\ to|see\ (?:step|section|chapter)|check|verify|ask|call|contact|reset|restart|open|escalate|raise|notify|inform|page|create|wait|go\ back|first|meldet\ sich|zuerst|als\ erstes|d['’]abord|primero|llame|you\ (?:may|might|can|should|need|must)|make\ sure|do\ not|don['’]t|then|is\ in\ the\ (?:wiki|handbook|runbook)|retry|prüfen|prüfe|anrufen|melden|dann|wenden|siehe|neu\ starten|zurücksetzen|öffnen|anlegen|informieren|benachrichtigen|warten|vérifie[rz]|contacte[rz]|appele[rz]|ouvrir|ouvrez|préven(?:ir|ez)|relance[rz]|redémarre[rz]|crée[rz]|alors|abrir|abra|avisar|avise|llamar|revisar|revise|reiniciar|comprobar|compruebe|contacte|llame|entonces|reinicie|step\ \d|schritt\ \d|étape\ \d|paso\ \d|a\)|1\))\b",
    )
});

/// Directly before: what comes otherwise.
static ELSE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"[(\[] \s* (?: else | otherwise | sonst | andernfalls | sinon | autrement | de\ lo\ contrario | si\ no ) \b [\s:,]{1,3} (?: (?:it|you|the\ run|we|es|man|il|on) \s (?:\w+\s){1,2} | (?:an?|the|error|code) \s ){0,2} ["'`“”„‘’«(\[]* $"#,
    )
});

/// Behind: what to do when it is shown.
static WHEN_SHOWN: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'」』）)]* (?:が|と)? (?:表示|発生|出力|記録|出)(?:され|し|た|る)* (?:場合|とき|時|際) (?:は|に)? [^。\n]{0,80} (?:ください|下さい|連絡|確認|実行|報告)"#,
    )
});

/// Directly before: what something may bring about, or would.
static MAY: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"\b(?: (?:may|might|can|could|would|will) \s (?:then\s|also\s|only\s|even\s|just\s)? (?:cause|lead\ to|produce|yield|result\ in|trigger|raise|throw) | would \s (?:then\s|also\s|only\s|just\s)? (?:report|return|end\ (?:in|with)) | (?:will|would) \s (?:then\s|only\s|just\s) (?:see|get|receive) | will \s (?:then\s)? (?:end|stop|be\ (?:stopped|rejected|refused|blocked)) \s (?:in|with)
          | (?:kann|könnte|können|würde) \s (?:dann\s|auch\s)? zu | (?:peut|pourrait|peuvent) \s (?:alors\s|aussi\s)? (?:provoquer|entraîner|causer|produire|renvoyer) | (?:puede|podría|pueden) \s (?:provocar|causar|producir|devolver|dar) )
        \s+ (?: (?:an?|the|error|code|der|dem|die|einem|fehler|l['’]erreur|erreur|une?|el|un|error) \s+ ){0,2} ["'`“”„‘’«(\[]* $"#,
    )
});

/// Directly before: what is to be kept from coming, or is looked out for.
static GUARDED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ \W* (?: \p{L}+ \*\* \s* [-–—:] \s* )? (?: (?: watch | monitor | look | search ) \s (?:out\s)? for | (?: alert | alarm ) \s (?: on | for ) ) \b [^.;!?\n]{0,100} $ | \b(?: to \s (?:avoid|prevent) | so \s that \s (?:we|you|they|it) \s (?:never|do\ not|don['’]t) \s (?:get|gets|see|sees) | pour \s éviter | para \s evitar
          | (?:looks?|searche?s?|watche?s?|scans?|greps?) \s (?:the\ \w+\s)? for | sucht \s nach | cherche | busca )
        \s+ (?: (?:an?|the|any|string|text|words?|code|error|der|dem|die|text|zeichenkette|la|le|chaîne|mot|texte|el|la|cadena|texto|l['’]erreur|error) ,? \s+ ){0,3} ["'`“”„‘’«(\[]* (?: (?: system\ error | systemfehler ) \s+ )? $"#,
    )
});

/// Before: what is to come of a test.
static EXPECTED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: \b expect (?:s|ing)? \b | \b expected (?: \s (?:results?|errors?|codes?|status|outcomes?|messages?|behaviou?r|alarms?|alerts?|events?|entr(?:y|ies)|warnings?|side[-\s]effects?) (?: \s (?:in|on|for|at) \s (?:\w+\s?){1,3} )? )? \s* (?: [:=→] | -> | \b is \b ) | \b erwartet(?:es|er)? \b | \b erwartung \b | \b attendue?s? \b | \b esperad[oa]s? \b | 期待(?:結果)? | \b should \s (?:return|give|show|fail\ with|end\ with|yield|report) \b | \b provoke \b | \b simulate \b | \b provoziere\w* \b | \b simular \b | \b simuler \b )
        [^.;!?\n]{0,80} $",
    )
});

/// What would come, on both sides of an error.
static WOULD: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b würden? \b [^.;:!?\n]{0,40} \b (?:mit|in) \s+ (?:(?:dem|einem|der)\s)? (?:fehler\s)? [^\s~]{0,2} \s* ~ [^.;:!?\n]{0,20} \b (?:enden|fehlschlagen|abbrechen|scheitern|laufen|abgebrochen) \b
        | \b (?:daría | devolvería | saldría | aparecería | renverrait | donnerait | apparaîtrait) \b [^.;:!?\n]{0,30} ~
        | \b (?:it|runs?|flows?|jobs?|robot|bot|they) \s would \s (?:then\s)? (?:fail|end|stop) \s (?:with|in|by) \s+ [^.;:!?\n]{0,20} ~",
    )
});

/// What came instead.
static CAME: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:got|but|instead|actual(?:ly)?|received|aber|stattdessen|bekam|mais|reçu|obtenu|pero|obtuv\w+)\b",
    )
});

/// For whom or what it is asked.
static PURPOSE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: (?:nur|bloß|rein) \s aus \s (?:interesse|neugier) | rein \s theoretisch | purely \s theoretical | purement \s théorique | puramente \s teórico | out \s of \s curiosity | just \s curious | par \s (?:simple\s)? curiosité | por \s curiosidad ) \b
        | \b (?:ich|wir) \s (?:schreiben?|übersetzen?|überarbeiten?) \s (?:gerade\s)? (?:die|das|eine?n?|unsere?n?|den) \s (?:neue\w*\s)? (?:doku\w*|\w*anleitung\w*|\w*handbuch|wiki\w*|schulung\w*|hilfe\w*) (?: \s* [:;.,–-] | \s+ (?:zu|zum|zur|für|über|und|mit) \b )
        | \b (?:create | add | set \s up | configure) \s (?:an?|the) \s (?:\w+\s)? (?:trigger|alert|alarm|monitor) \s (?:that|which|for|on|when|if) \b | \b (?:trigger|alarm\w*|überwachung) \s (?:anlegen|einrichten|erstellen|hinterlegen) \b
        | \b (?:créer|ajouter|configurer) \s une? \s (?:alerte|alarme|déclencheur) \b | \b (?:crear|añadir|configurar) \s una? \s (?:alerta|alarma|disparador) \b
        | \b je \s (?:rédige|traduis) \b | \b (?:estoy|estamos) \s (?:escribiendo|traduciendo|redactando) \s (?:la|el|una?) \s (?:documentación|guía|manual|wiki) \b
        | \b(?:i\ am|i['’]m|we\ are|am) \s (?:writing|preparing|drafting|translating|documenting) \b | \bfor \s (?:the|our|my|a) \s (?:slides?|runbook|docs|documentation|wiki|handbook|poster|quiz|exam|training|course|talk|presentation|newsletter|onboarding)\b
        | \b (?:add|create|apply|tune) \s (?:\w+\s){0,2} (?:filter|exclusion|exception|suppression)s? \s (?:to|for|that) \b
        | \bfür \s (?:die|das|den|unsere?n?|meine?n?|eine?n?) \s (?:folien?|doku\w*|schulung\w*|handbuch|wiki|präsentation|prüfung|quiz|newsletter|einarbeitung)\b | \bpour \s (?:la|le|les|notre|une?) \s (?:formation|documentation|présentation|wiki|affiche|manuel)\b
        | \bpara \s (?:la|el|nuestra|nuestro|una?) \s (?:formación|documentación|presentación|wiki|manual|curso)\b | \bnur \s (?:zur|für) \s (?:info|dokumentation|kenntnis\w*|die \s akten)\b | \bfeature \s (?:request|idea|wish)\b | \b (?: false \s (?:positive|alarm)s? | fehlalarm\w* | faux \s positifs? | falsos? \s positivos? ) \b | 誤検知
        | \b (?: would \s (?:love|like|be\ (?:nice|great|helpful)) | wish \s for ) \s [^.?\n]{0,30} \b (?:column|button|option|filter|setting|field|view)\b | \bcould \s (?:the|we|you) \b [^.?]{0,60} \b (?:filter|column|button|option|setting)\b",
    )
});

/// Warns of a message that somebody made up.
static LURE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: phishing | hameçonnage | fake \s (?:e-?mail|message)s? | faux \s (?:messages?|mails?|courriels?) | gefälschte\w* \s (?:e-?mail|nachricht)\w* | (?:correos?|mensajes?) \s fals[oa]s? ) \b | フィッシング",
    )
});

/// Takes that back.
static NO_LURE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: not | no | isn['’]t | kein | nicht | pas (?:\ du|\ un)? | no\ es ) \s (?:an?\s)? (?: phishing | hameçonnage )\b",
    )
});

/// Several answers, of which one is to be chosen.
static CHOICES: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"(?: ^ | [\s(] ) a \) \s .{1,120} \s b \) \s .{1,120} \s c \) \s"));

/// Asks for one of them.
static EXAM: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: quiz | exam\w* | true \s or \s false | test \s question | question \s \d | stands \s for | means | bedeutet | steht \s für | prüfung\w* | signifie | significa | pregunta | questionnaire )\b | 試験 | 問題",
    )
});

/// Whether the text asks as an exam does.
fn is_an_exam(whole: &str) -> bool {
    says(&CHOICES, whole) && says(&EXAM, whole)
}

/// Was brought about.
static PROVOKED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: on \s purpose | deliberately | intentionally | absichtlich | bewusst | volontairement | exprès | a \s propósito | intencionadamente ) \b",
    )
});

/// And was to come.
static AS_EXPECTED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: as \s (?:expected|planned|intended) | wie \s (?:erwartet|geplant|vorgesehen) | comme \s (?:prévu|attendu) | como \s (?:se\s)? (?:esperaba|estaba\ previsto) ) \b",
    )
});

/// Nothing is wrong now.
static NOTHING: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:no|not\ an?|without\ an?y?) \s (?:current\ |present\ |actual\ |real\ )? (?:error|fault|incident|outage|problem|issue) s? \s (?:at\ present|at\ the\ moment|right\ now|currently|today|here)\b | \bnothing \s is \s (?:failing|broken|wrong)\b | \bno \s (?:action|ticket|reply) \s (?:is\s)? (?:needed|required|necessary) \b | \bno \s \w+ \s (?:was|were|has\ been|have\ been) \s (?:recorded|seen|reported|logged|observed) \s (?:since|in|for) \b | \bkeine? \s (?:aktion|handlung|maßnahme|ticket) \s (?:nötig|erforderlich|notwendig) \b | \bkein \s handlungsbedarf \b | \b rien \s (?:n['’]est\s)? (?: en \s panne | (?:de\s)? cassé | (?:de\s)? bloqué ) \b | \b nada \s (?:está\s)? (?:roto|caído|averiado|parado) \b | \baucune \s action \s (?:requise|nécessaire|restante) \b | \bno \s (?:real\s|actual\s)? (?:incident|outage) \s (?:behind|so\ far|involved|happened|occurred) \b
        | \bno \s (?:run|flow|job|robot|bot)s? \s (?:has\s|have\s|is\s|are\s)? (?:failed|failing|affected)\b | \berrors? (?:\s codes?)? (?:\s (?:seen|found|today))? \s* : \s* none\b
        | \b(?:gerade|derzeit|aktuell|momentan|heute) \s kein(?:en|e)? \s (?:fehler|ausfall|vorfall|problem|störung)\b | \bkein(?:en|e)? \s (?:fehler|ausfall|vorfall|problem|störung) \s (?:gerade|derzeit|aktuell|momentan)\b | \bliegt \s (?:derzeit\s|aktuell\s|gerade\s)? keine \s (?:störung|fehler) | \bkein \s (?:lauf|flow|job|roboter|bot) \s (?:ist\s|hat\s)? (?:fehlgeschlagen|gescheitert|betroffen)\b
        | \b(?:aucune?|pas \s d['’]) \s? (?:erreur|incident|panne|problème) \s (?:en\ ce\ moment|actuellement|pour\ l['’]instant|aujourd['’]hui)\b | \baucune? \s \p{L}+ \s n['’](?:a|est) \s (?:échoué|touchée?|concernée?) | \bningún[ao]? \s \p{L}+ \s (?:ha\s)? (?:fallado|falló|afectad[oa]) | \bno \s (?:hay|tenemos) \s (?:ningún\s)? (?:error(?:es)?|fallos?|incidentes?|problemas?) \s (?:ahora|actual\w*|hoy|en\ este\ momento)\b | 現在[^。\n]{0,10}(?:エラー|障害)は?(?:発生していません|ありません|ない) | (?:障害|故障|インシデント)ではありません | (?:エラー|障害|問題)(?:は|が)?(?:起き|発生し|出)てい?(?:ません|ない) | 影響(?:は)?(?:なし|ありません) | \bno \s hay \s ningún \s (?:problema|error|fallo|incidente) \b | \bno \s tenemos \s (?:ningun[oa]|ningún) \s (?:avería|incidencia|fallo|error) \b",
    )
});

/// Whether the sentence says what the error between these words is in general.
pub(super) fn is_general(before: &str, behind: &str) -> bool {
    let planned = EXPECTED.as_ref().and_then(|expected| expected.find(before));
    let planned = planned.is_some_and(|plan| !says(&CAME, &before[plan.start()..]));
    says(&WOULD, &super::around(before, behind))
        || says(&DEFINED, behind)
        || is_provided_for(before, behind)
        || planned
}

/// Behind: nobody is to mind it.
static NEVER_MIND: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: please \s ignore | (?:can|may|should) \s (?:safely\s)? be \s (?:safely\s)? ignored | bitte \s ignorieren | (?:kann|können) \s ignoriert | à \s ignorer | (?:peut|peuvent) \s être \s ignorée?s? | se \s puede[n]? \s ignorar | ignorar \s por \s favor )\b | 無視して",
    )
});

/// Whether the sentence says that nobody is to mind the error.
pub(super) fn never_mind(behind: &str) -> bool {
    says(&NEVER_MIND, behind)
}

/// Whether the error is one that something may bring about, or that is to be kept away.
pub(super) fn may_come(before: &str) -> bool {
    says(&MAY, before) || says(&GUARDED, before)
}

/// Whether the sentence says what to do on the day it comes, or what comes otherwise.
pub(super) fn is_provided_for(before: &str, behind: &str) -> bool {
    says(&PROVIDED, before) && says(&ADVICE, behind)
        || says(&ELSE, before)
        || says(&WHEN_SHOWN, behind)
}

/// A sentence that provides for a case.
static PROVISION: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: ^ | [.!?:;。] \s | \n ) [\W\d]* (?: (?:step|schritt|étape|paso) \s? \d+ \W{1,3} )? (?: if | in\ case | should | falls | wenn | sollte | sobald | si | lorsque | en\ cas | cuando | en\ caso ) \b [^.!?\n。]*",
    )
});

/// The text without its sentences that provide for a case.
pub(super) fn without_provisions(whole: &str) -> std::borrow::Cow<'_, str> {
    PROVISION
        .as_ref()
        .map_or(whole.into(), |provision| provision.replace_all(whole, " "))
}

/// Whether the text says that nothing is wrong.
pub(super) fn says_nothing_is_wrong(whole: &str) -> bool {
    says(&NOTHING, whole)
}

/// Whether a paragraph begins by saying what an error is; what follows explains it.
pub(super) fn opens_with_definition(paragraph: &str) -> bool {
    let opening = &paragraph[..paragraph.floor_char_boundary(240)];
    let name = NAME.as_ref().and_then(|name| name.find(opening));
    name.is_some_and(|name| says(&DEFINED, &opening[name.end()..]))
}

/// A code, wherever it stands.
static CODE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?-i: 0x[0-9A-Fa-f]{8} | AADSTS\d+ | [A-Z]{2,}_[A-Z_\d]+ | [A-Z][a-z\d]+(?:[A-Z][a-z\d]*){2,} ) \b",
    )
});

/// Whether a paragraph says of several errors what they are: the others in it are explained too.
pub(super) fn defines_several(paragraph: &str) -> bool {
    let Some(code) = CODE.as_ref() else {
        return false;
    };
    let codes = code.find_iter(paragraph).take(16);
    let behind = codes.map(|code| {
        let end = paragraph.floor_char_boundary(code.end() + 80);
        &paragraph[code.end()..end.max(code.end())]
    });
    behind.filter(|behind| says(&DEFINED, behind)).count() >= 2
}

/// Whether the text says that nothing is wrong, or for what else it is written.
pub(super) fn is_for_another_end(whole: &str) -> bool {
    says(&PURPOSE, whole)
        || says(&LURE, whole) && !says(&NO_LURE, whole)
        || is_an_exam(whole)
        || says_nothing_is_wrong(whole)
        || says(&PROVOKED, whole) && says(&AS_EXPECTED, whole)
}

/// Whether its sentence says that the error was brought about.
pub(super) fn is_provoked(before: &str, behind: &str) -> bool {
    (says(&PROVOKED, before) || says(&PROVOKED, behind))
        && !behind.contains('?')
        && !before.contains('?')
}
