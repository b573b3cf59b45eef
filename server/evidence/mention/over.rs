//! Whether a remark says that its error is over, in the languages that Windows speaks most.
//!
//! ```text
//! It used to say 0xC000006D, it works now.            over
//! Seit gestern ist der Fehler 0xC000006D weg.         over
//! It worked before, now it says 0xC000006D            there
//! It works for my colleague, mine says 0xC000006D     there
//! ```
//!
//! "It works now" alone tells nothing of an error that follows it: that one has to be told as past ("it was …"). What is
//! said of another one's machine, and what comes and goes, is no end.

use std::ops::Range;
use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{apart, around, clause, first_sentence, last_sentence, pattern, says, sentence_end};

/// The beginning of a text about what is over.
static HEADING: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ \W* (?: (?:re|aw|fw|fwd|wg|sv|update|edit|info|fyi|nachtrag) (?: : \W* | \s+ ) )* (?: (?:ticket|incident|case|vorgang|störung|incidente|caso) \s \W* [\w-]* \W* )? (?: (?: 解決 | 完了 | 復旧 ) (?: 済み? | しました | 報告 | 連絡 )? \s* (?: [:：。、!！\s】」] | $ ) | (?:clôture|fermeture) \s (?:du|de\ l['’]|des?) \s? (?:ticket|incident|dossier|demande)s? \b | cierre \s (?:del?|de\ la) \s (?:ticket|incidencia|incidente|caso|solicitud) \b | abschluss \s (?:ticket|vorgang|störung|der\ störung|des\ tickets) \b | geschlossen | clôturée? | fermée? | cerrad[oa] | (?:resolved|solved|fixed|closed|solution\ found|behoben|gelöst|erledigt|résolue?|réglée?|resuelt[oa]|solucionad[oa]|risolto) (?: \s \( [^()\n]{1,20} \) )?
          (?: \s* (?: [^\p{L}\s] | $ ) | \s+ (?: after|by|with|since|now|it|this|the|ticket|case|issue|problem|nach|durch|mit|seit|après|par|avec|depuis|tras|con|desde| al | dopo ) \b )
          | (?:cerramos|cierro|cerrando) \s (?:el\s|este\s)? (?:caso|ticket|incidente) \b
          | closing \s (?:this\s|the\s)? (?:ticket|case|incident|issue|call|request|(?:inc|req|tkt|cs|sr|chg|ritm|sd)[-_]?\d{3,}|\#\d+) \b )",
    )
});

/// Opens a line about what is done, among lines about other things.
static DONE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ \W* (?: done | completed | finished | erledigt | abgeschlossen | fertig | terminée?s? | fait | hech[oa]s? | listo | 完了 | 解決済み? ) \s* (?: \( [^()\n]{1,20} \) )? \s* [:：]",
    )
});

/// Opens a line that is ticked off.
static TICKED: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r"^ [\s\-*•]* (?: ✅ | ☑ | ✔ ) "));

/// What it is not, behind a heading that would say so.
static UNSETTLED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ \W* (?: \w+ \W+ ){0,3}? (?: resolved | solved | fixed | closed | done | behoben | gelöst | erledigt | geschlossen | résolue? | réglée? | resuelt[oa] | solucionad[oa] ) \s* (?: ist | is )? [\s:?!.,–-]{1,3}
          (?: (?:das|es|it|this)\s )? (?: nothing | not | no | none | only | partly | partially | by\ mistake | leider | nichts | noch | nein | nicht | nur | teilweise | pas | non | nada | aún | todavía ) \b",
    )
});

/// Says that it is over, by itself.
static OVER: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:is|are|was|were|has\ been|have\ been|got) \s (?: now\s gone | (?:now\s)? (?:resolved|solved|fixed) ) \b
        | \b(?:gone|green|fine|quiet|calm) \s (?:now|since) \b
        | \b (?:fixed|solved|resolved|behoben|gelöst|réglée?|résolue?|corrigée?|solucionad[oa]|resuelt[oa]|arreglad[oa])
          \s (?:itself|after|by|with|since|through|thanks|nach|durch|mit|seit|après|par|avec|depuis|grâce|tras|con|desde|después|al)\b
        | \b (?:after|nach|après|tras) \s (?: [\p{L}'’]+ \s ){1,4} (?:fixed|solved|resolved|gone|behoben|gelöst|weg|résolue?|réglée?|corrigée?|solucionad[oa]|resuelt[oa]|arreglad[oa]) \b
        | \b no \s longer \s (?:appears?|occurs?|happens?|shows?|comes?|there|seen|logged) \b
        | \b (?:does|do|did) \s? (?:not|n['’]t) \s (?:appear|occur|happen|show|come) \s (?:up\s)? (?:any\s?more|again) \b
        | \b (?:did|has|have) \s? (?:not|n['’]t) \s (?:come|been) \s (?:back|seen) \b | \b never \s came \s back \b
        | \b (?:tritt|kommt|kam|trat|erscheint|steht) \s (?:seither\s|seitdem\s|jetzt\s)? nicht \s (?:mehr|wieder) \b | \b nicht \s (?:mehr|wieder) \s aufgetreten \b
        | \b ist \s (?:jetzt\s)? (?:weg|behoben|gelöst) \b
        | \b (?:was|were|is|has\ been) \s (?:already\s|then\s)? (?:handled\ by|taken\ care\ of|dealt\ with|sorted\ out) \b
        | \b wurden? \s (?:[\p{L}\d]+\s){0,4} (?:behoben|gelöst|beseitigt) \b | \b est \s (?:désormais\s)? (?:clos|close|clôturée?|résolue?) \b | \b (?:quedó|queda|fue|ha\ sido) \s (?:ya\s)? (?:resuelt[oa]|solucionad[oa]|cerrad[oa]|corregid[oa]) \b
        | \b a \s été \s (?:bien\s)? (?:réparée?|corrigée?|résolue?|réglée?) \b
        | n['’]appara[iî]t \s plus | \b ne \s (?:s['’]affiche|revient|se\ produit|survient) \s plus \b
        | \b se \s (?:resolvió|solucionó|arregló|ha\ resuelto|ha\ solucionado) \b
        | \b está \s (?:ya\s)? (?:resuelto|solucionado|arreglado) \b
        | (?: 解消 | 解決 | 復旧 ) (?: しました | いたしました | しております | しています | され(?:ました|ております) | 済み? ) (?: [^がみの] | $ )
        | \b ya \s no \s (?:aparece|sale|ocurre|da|se\ produce) \b | \b no \s ha \s vuelto \b",
    )
});

/// Says so behind a comma.
static OVER_SINCE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"[,;] \s+ (?:that|which|this|it) \s (?:was|is|has\s been|got) \s (?:then\s|since\s|later\s|already\s)? (?:fixed|solved|resolved) \b
        | [,;] \s+ in \s \S+ \s none \b
        | [,;–-] \s+ none \s (?:since|in \s the \s (?:last|past)|for \s (?:days|weeks|months)|this \s (?:week|month)) \b
        | [,;] \s+ (?:das|der|die|es) \s (?:war|ist|wurde) \s (?:dann\s|inzwischen\s|schon\s)? (?:gelöst|behoben|erledigt) \b | [,;] \s+ (?:seither|seitdem) \s kein\w*",
    )
});

/// An error of long ago.
static LONG_AGO: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: years? \s ago | (?:some|a\ few|several|two|three|four|five|six|\d+) \s months \s ago | last \s year | vor \s (?:\p{L}+|\d+) \s (?:jahr|jahren|monaten) | letztes \s jahr | il \s y \s a \s (?:\p{L}+|\d+) \s (?:ans?|mois)
            | l['’](?:an\ dernier|année\ dernière) | hace \s (?:\p{L}+|\d+) \s (?:años?|meses) | el \s año \s pasado ) \b | (?:昨年|去年|年前)",
    )
});

/// Runs well, with words for what comes and goes.
static REGULARLY: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: (?:runs?|finish(?:es)?|complet(?:es?)|ends?) \s (?:fine|well|cleanly|successfully|correctly|without\ (?:any\ )?(?:errors?|problems?)) (?: ,? \s (?:every|each) \s \p{L}+ )?
          | (?:läuft|laufen|endet|enden) \s (?:jede[nms]?\s\p{L}+\s)? (?:sauber|fehlerfrei|erfolgreich|ohne\ (?:fehler|probleme)) (?: \s durch )?
          | (?:se\ termine|s['’]exécute|tourne) \s (?:correctement|bien|sans\ (?:erreur|problème)) (?: \s chaque \s \p{L}+ )?
          | (?:termina|terminan|finaliza|corre|se\ ejecuta) \s (?:correctamente|bien|sin\ (?:errores|problemas)) (?: \s (?:cada|todos\ los|todas\ las) \s \p{L}+ )? ) \b",
    )
});

/// What stands directly behind an error that has gone.
static GONE_BEHIND: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ \W* (?: (?: error|errors|message|code|fehler|meldung|erreur|is|are|was|were|has|have|had|been|ist|sind|war|est|a|ha|han|all|also|meanwhile|since|finally|now
          | completely|inzwischen|jetzt|nun|seither|seitdem|endlich|wieder|ganz|auch|maintenant|enfin|bien|ya|ahora|yesterday|today|gestern|heute|hier|ayer|just|(?:seit|depuis|desde)\ \p{L}+ | (?:of|from)\ (?:last\ )?\p{L}+ ) \s+ ){1,4}
        (?: gone|disappeared|vanished|went\ away|weg|verschwunden|vorbei|disparue?|desaparecid[oa]|resolved|fixed|solved|behoben|gelöst|erledigt|résolue?|réglée?|corrigée?
          | resuelt[oa]|solucionad[oa]|arreglad[oa] ) \b
        | ^ \W* nicht \s (?:mehr|wieder) (?: \s (?:auf|vor|da|aufgetreten|vorgekommen|gekommen|gesehen) \b | \W* $ )
        | ^ \W* (?:disappeared|vanished|went\ away|verschwand|weg|verschwunden|behoben|gelöst|vorbei|erledigt|disparut|desapareció|stopped\ (?:appearing|coming|showing)) \b",
    )
});

/// What stands before an error that has gone: "ist … weg" closes around it in German.
static GONE_BEFORE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?:error|message|code|problem|issue) s? \s (?: (?:is|are|has|have) \s (?:now\s|finally\s)? (?:gone|disappeared|vanished|fixed|solved|resolved) | went\ away | disappeared ) \b
        | \b (?:fehler|meldung|problem) \s ist \s (?:jetzt\s|nun\s|endlich\s)? (?:weg|verschwunden|behoben|gelöst)
        | \b (?:erreur|message|problème) \s (?:a\ (?:bien\ |enfin\ )?disparu|est\ (?:maintenant\ )?(?:résolue?|réglée?|corrigée?))
        | \b (?:error|mensaje|problema) \s (?:ya\s)? (?:ha\ desaparecido|desapareció|está\ (?:resuelto|solucionado|arreglado))",
    )
});

/// It works again.
static WORKS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: ^ | [.,;:!?)–-]\s* | \n\s* | \b (?: it | that | this | everything | all | which | and | so
            | (?:(?:the|our|my|all)\ )?(?:runs?|flows?|bots?|robots?|jobs?|log-?in|log-?on|sign-?in|connection|machine|vm|server|service|schedule) | [a-z]+[-_]?[a-z]*\d+ ) \s+ )
          (?: (?:is|are|has|have|been|just|finally|back) \s+ ){0,2} (?: works?|worked|working|runs?|running|fine|ok|okay|green|good|signs?\ in|logs?\ [io]n|connects?|starts? )
          \s+ (?: (?:fine|well|perfectly|smoothly) \s+ )? (?: now | again | since | today | after\ (?:the|a|an|one)\ (?:\w+\ )?(?:reboot|restart|reset|update|change|fix) ) \b
        | \b (?:now|today|meanwhile) ,? \s+ (?: (?:it|everything|all|that|this) \s+ )? (?: works|runs|is\ (?:fine|ok|okay|green|good|working) ) \b
        | \b (?:it|everything|all) \s+ (?:now|finally) \s+ (?:works|runs) \b
        | \b (?:back\ to\ normal | no\ (?:more\ )?errors\ since | no\ (?:further|more)\ action | in\ a\ row\ succeeded | clos(?:e|ed|ing)\ (?:the|this)\ (?:ticket|case|issue)
            | (?:the|this|our)\ (?:problem|issue|error)\ (?:is|was|has\ been)\ (?:now\ )?(?:solved|resolved|fixed|gone) | (?:problem|issue)\ (?:solved|resolved|fixed|gone)
            | problem\ (?:ist\ )?(?:gelöst|behoben) | problème\ (?:est\ )?(?:résolu|réglé) | problema\ (?:está\ )?(?:resuelto|solucionado|arreglado)
            | alles\ (?:ist\ )?(?:wieder|jetzt)\ (?:gut|ok|grün|in\ ordnung|normal) ) \b
        | \b (?: (?:can|may) \s be \s closed | kann \s (?: (?:das|es|er|der|ticket|vorgang|fall|damit|jetzt|also) \s ){0,3} (?:zu|geschlossen\ werden) | bitte \s (?:das\ ticket\ )? schließen
            | (?:peut|peuvent) \s être \s (?:clos|closes?|fermée?s?|clôturée?s?) | on \s peut \s (?:clore|clôturer|fermer) | se \s puede \s cerrar | (?:podéis|pueden|puede) \s cerrar(?:lo|la|se)? ) \b
        | \b (?:seitdem|seither|since\ then|depuis|desde\ entonces) ,? \s (?:is\s|ist\s|are\s|sind\s|est\s|está\s)? (?:all|alles|everything|tout|todo) \s (?:is\s|ist\s|est\s|está\s)? (?:green|fine|ok|good|grün|gut|fehlerfrei|vert|bon|bien|correcto) \b
        | クローズ (?: します | しました | して | 願います | お願い | 可 ) | (?: 以後 | 以降 | その後 ) [^。\n]{0,24} (?: 成功 | 正常 )
        | \b (?:läuft|laufen|geht|gehen|klappt|funktioniert|funktionieren) \s (?: (?:es|alles|das|sie|er|auch|alle|bei\ uns) \s ){0,2} (?:jetzt|nun|wieder|seither|seitdem|inzwischen|mittlerweile) (?: \s wieder )? \b
        | \b (?:jetzt|nun|seither|seitdem|heute|inzwischen|mittlerweile) \s (?:läuft|laufen|geht|gehen|klappt|funktioniert|funktionieren|ist) \s (?:es|alles|das|sie|er|wieder) (?:\s (?:wieder|gut|sauber|normal|ok|in\ ordnung))? \b
        | \b (?:remarche|refonctionne) \b | \b rentré \s dans \s l['’]ordre \b
        | \b (?:marche|marchent|fonctionne|fonctionnent) \s (?:maintenant|à\ nouveau|de\ nouveau|désormais|depuis|enfin|bien|correctement) \b
        | \b (?:maintenant|désormais|aujourd['’]hui|depuis) ,? \s (?: [\p{L}'’]+ \s ){0,3} (?:marche|fonctionne|va\ bien) \b
        | \b (?:ya|ahora|hoy) ,? \s (?: \p{L}+ \s ){0,2} (?:funciona|funcionan|va\ bien|anda|está\ bien) \b
        | \b (?:funciona|funcionan|va|anda) \s (?:ya|ahora|de\ nuevo|otra\ vez|bien|sin\ problemas) \b | \b vuelve \s a \s funcionar \b",
    )
});

/// Within what says that it works, directly before it or behind it: it does not, or on another one's machine, or at times.
static NOT_HERE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: not | n['’]t | never | nothing | nicht | nichts | kein\w* | nie | ne | n['’] | no | nada | nunca | only | nur | seulement | solo | sólo ) (?:\b | $)",
    )
});
static ANOTHER: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: other | another | colleague | andere\w* | kolleg\w* | autres? | collègue | otr[oa]s? | compañer[oa] | colega ) \b",
    )
});
static ELSEWHERE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ \s* (?: and\ (?:then|again) \b | (?:fine\s)? (?:for|on|with) \s (?:my|the\ other|other|another|him|her|his|them|everybody|everyone|all\ others|others|some) \b
          | (?:bei|für|auf) \s (?:mein|dein|den\ anderen|dem\ anderen|der\ anderen|allen\ anderen|anderen|einem\ anderen)
          | (?:chez|pour|sur) \s (?:mon|ma|mes|les\ autres|l['’]autre|un\ autre|une\ autre|tous) \b
          | (?:para|a|en|con) \s (?:mi|mis|los\ demás|el\ otro|la\ otra|otro|otra|otros) \b
          | ,? \s* (?:but\ )? (?:not|nicht|nichts|kein\w*|plus|pas|no) \b )",
    )
});

/// Directly before an error that was.
static PAST: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"\b (?: was | were | had (?:\s \p{L}+){0,2} | said | showed | gave | got | saw | returned | threw | war | waren | hatte[n]? | kam | kamen | stand | zeigte | meldete | sagte | lautete
            | gab | hieß | était | étaient | avait | avions | avais | disait | affichait | donnait | renvoyait | era | fue | daba | decía | mostraba | salía | tenía | teníamos )
        (?: [\s:(«"'“„`]+ (?: an? | the | it | error | code | status | message | es | der | die | das | den | immer | fehler\w* | meldung | mit | le | la | l['’]erreur | une? | erreur | el | un | código | siempre | always ) ){0,4}
        [\s:(«"'“„`]* (?:l['’])? $"#,
    )
});
/// Before it, in its sentence.
static EARLIER: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: used\ to | before | previously | earlier | formerly | until | till | last\ (?:week|month|night) | yesterday | vorher | früher | zuvor | davor | bisher | gestern
          | vorhin | (?:old|original)\ (?:text|error|message) | alte[rn]?\ (?:fehler|meldung|text) | ancien(?:ne)?\ (?:erreur|message|texte) | antiguo\ (?:error|mensaje|texto) | avant | auparavant | jusqu\w* | hier | antes | hasta | ayer | anteriormente | solía\w* ) \b",
    )
});
/// Says by itself that it was and is no more.
static USED_TO: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b used \s to \s (?:say|show|be|fail|give|get|throw|return|report|see|have|log|end|stop) \b
        | \b früher \s (?:kam|stand|hieß|sagte|meldete|zeigte|war|gab|hatten|lautete) \b
        | \b avant ,? \s (?:ça|il|elle|cela|on|nous) \s (?:disait|affichait|donnait|avait|avions|renvoyait) \b
        | \b antes \s (?:decía|daba|salía|mostraba|tenía|teníamos|aparecía) \b | \b solía\w* \b",
    )
});
/// The clause of an error that is there.
static NOW: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: now | today | currently | jetzt | nun | heute | aktuell | maintenant | aujourd['’]hui | désormais | ahora | hoy
          | mine | ours | here | this\ one | mein[es]? | meine[mr] | bei\ (?:mir|uns) | chez\ (?:moi|nous) | le\ mien | la\ mienne | ici | el\ mío | la\ mía | aquí ) \b
        | 今朝 | 今日 | 今回 | 今度 | 現在 | また",
    )
});
/// What comes and goes is there.
static RECURS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: every\ (?:\w+\ )?(?:time|day|night|morning|evening|week|hour|run|few|second|third|other|monday|tuesday|wednesday|thursday|friday) | each\ (?:time|day|night|morning|run|restart)
          | sometimes | occasionally | now\ and\ (?:then|again) | only\ (?:at|on|between|from|during|when|after|in\ the) | nur\ (?:zwischen|nachts|abends|morgens|am|an|um|wenn|nach|von) | seulement\ (?:entre|la\ nuit|le|quand|après|de) | s[oó]lo\ (?:entre|de|por|los|cuando|después) | en\ journée | tagsüber | during\ the\ day | from\ time\ to\ time | intermittent\w* | (?:is|are|came|comes|come)\ back
          | jede[ns]\ (?:tag|morgen|nacht|abend|mal|woche) | manchmal | ab\ und\ zu | gelegentlich | wieder\ da | kommt\ wieder
          | chaque\ (?:jour|matin|nuit|fois|soir) | parfois | de\ temps\ en\ temps | de\ retour | revient\b | cada\ (?:día|mañana|noche|vez|semana) | a\ veces | de\ vez\ en\ cuando ) \b",
    )
});
/// No return, with words for one.
static NO_RETURN: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b (?: back\ to\ normal | (?:not|n['’]t|never) \s (?:come|came|been) \s back | (?:everything|all|it)\ (?:is|are)\ back )
        | \b (?:can\s?not|can['’]t|unable\ to) \s reproduce \b | \b (?:stopped) \s (?:appearing|coming|showing|happening) \b
        | \b ne \s revient \s plus \b | \b by \s \p{L}+ing \b [^.,;:(\n]{0,40} \b again \b",
    )
});

/// Where the error stands: its text, its place in it, and its sentence on both sides of it.
pub(super) struct Told<'t> {
    pub(super) whole: &'t str,
    pub(super) place: Range<usize>,
    pub(super) before: &'t str,
    pub(super) behind: &'t str,
}

impl Told<'_> {
    /// Whether the text says that the error is over. `has_it_now` is asked of what is left without the words that say so.
    pub(super) fn is_over(&self, has_it_now: impl Fn(&str) -> bool) -> bool {
        // "The count is zero and the password is gone" says nothing of an end.
        let behind = clause(self.behind);
        let sentence = around(self.before, behind);
        let long_ago = self.is_of_long_ago();
        let part = apart::part(self.whole, &self.place);
        let part =
            part.or_else(|| apart::unless_back(self.whole, self.sentence()).filter(|_| long_ago));
        let told_here = says(&OVER, &sentence)
            || says(&OVER_SINCE, self.behind)
            || says(&GONE_BEHIND, behind)
            || says(&GONE_BEFORE, self.before)
            || says(&USED_TO, self.before)
            || long_ago
            || is_ticked_off(self.whole, self.place.start)
            || part.as_ref().is_some_and(|part| {
                let part = &self.whole[part.clone()];
                is_headed(part) || says(&DONE, part)
            });
        let told = told_here || is_headed(self.whole) || self.works_again();
        if !told || says(&NOW, self.own_clause()) && !says(&GONE_BEHIND, behind) {
            return false;
        }
        let part = part.filter(|_| told_here).unwrap_or(0..self.whole.len());
        let mut left = self.without_error_in(part);
        for pattern in [
            &NO_RETURN,
            &WORKS,
            &REGULARLY,
            &OVER,
            &GONE_BEFORE,
            &USED_TO,
        ] {
            if let Some(pattern) = pattern.as_ref() {
                left = pattern.replace_all(&left, " ").into_owned();
            }
        }
        !says(&RECURS, &left) && !has_it_now(&left)
    }

    /// The text without the error's own words, of which some say that something is not possible.
    pub(super) fn without_error(&self) -> String {
        self.without_error_in(0..self.whole.len())
    }

    fn without_error_in(&self, part: Range<usize>) -> String {
        let error = self.quotation();
        let head = &self.whole[part.start..error.start.clamp(part.start, part.end)];
        let tail = &self.whole[error.end.clamp(part.start, part.end)..part.end];
        format!("{head} ~ {tail}")
    }

    /// What stands between the quotes around the error, or the error alone.
    fn quotation(&self) -> Range<usize> {
        let (head, tail) = (
            &self.whole[..self.place.start],
            &self.whole[self.place.end..],
        );
        let line = head.rfind('\n').map_or(0, |end| end + 1);
        let open = head[line..].rfind(['"', '“', '„', '«', '「', '『']);
        let tail = tail.lines().next().unwrap_or_default();
        let close = tail.find(['"', '”', '“', '»', '」', '』']);
        let (Some(open), Some(close)) = (open, close) else {
            return self.place.clone();
        };
        let straight = head[line..].matches('"').count() % 2 == 1;
        if head[line + open..].starts_with('"') && !straight {
            return self.place.clone();
        }
        line + open..self.place.end + close
    }

    /// The sentence on both sides of the quotation that the error stands in.
    pub(super) fn around_quotation(&self) -> (&str, &str) {
        let error = self.quotation();
        let before = last_sentence(&self.whole[..error.start]);
        (before, first_sentence(&self.whole[error.end..]))
    }

    fn sentence(&self) -> Range<usize> {
        self.place.start - self.before.len()..self.place.end + self.behind.len()
    }

    /// "We had … two years ago".
    fn is_of_long_ago(&self) -> bool {
        says(&PAST, self.before)
            && (says(&LONG_AGO, clause(self.behind)) || says(&LONG_AGO, self.before))
    }

    /// What of its sentence stands before the error and behind the last comma.
    fn own_clause(&self) -> &str {
        let joins = [
            "、", ", ", "; ", ": ", " and ", " but ", " und ", " aber ", " et ", " mais ", " y ",
            " pero ",
        ];
        let ends = joins.iter();
        let ends = ends.filter_map(|join| Some(self.before.rfind(join)? + join.len()));
        &self.before[ends.max().unwrap_or(0)..]
    }

    /// "It works now", behind the error or before an error of the past.
    fn works_again(&self) -> bool {
        let Some(works) = WORKS.as_ref() else {
            return false;
        };
        let past = || says(&PAST, self.before) || says(&EARLIER, self.before);
        let mut told = works.find_iter(self.whole);
        told.any(|works| {
            if is_told_to_do(works.as_str()) {
                return false;
            }
            let lead = self
                .whole
                .floor_char_boundary(works.start().saturating_sub(12));
            let near = &self.whole[lead..works.end()];
            let near = near.rsplit(['.', '!', '?', '\n', ';']).next();
            let lead = last_sentence(&self.whole[..works.start()]);
            let lead = &lead[lead.floor_char_boundary(lead.len().saturating_sub(80))..];
            let elsewhere = says(&ANOTHER, lead) || says(&ELSEWHERE, &self.whole[works.end()..]);
            if elsewhere || near.is_some_and(|near| says(&NOT_HERE, near)) {
                return false;
            }
            if works.end() <= self.place.start {
                return past();
            }
            works.start() >= self.place.end
                && (past() || sentences(&self.whole[self.place.end..works.start()]) <= 1)
        })
    }
}

/// Whether a place stands in a line that is ticked off, or is struck out in it.
fn is_ticked_off(whole: &str, at: usize) -> bool {
    let start = whole[..at].rfind('\n').map_or(0, |end| end + 1);
    let (head, tail) = (&whole[start..at], &whole[at..]);
    let tail = tail.lines().next().unwrap_or_default();
    says(&TICKED, head) || head.matches("~~").count() % 2 == 1 && tail.contains("~~")
}

/// Whether the first line says that what follows is over.
fn is_headed(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    says(&HEADING, line) && !says(&UNSETTLED, line)
}

/// How many ends of a sentence a text holds.
fn sentences(text: &str) -> usize {
    let mut rest = text;
    let mut ends = 0;
    while let Some(end) = sentence_end(rest) {
        ends += 1;
        rest = &rest[end..];
    }
    ends
}

/// "… and run again", "Connect again": what a message asks for, where the verb stands by itself and is not one of many things
/// ("the flows run again").
fn is_told_to_do(works: &str) -> bool {
    let works = works.to_lowercase();
    let mut each = works.split(|letter: char| !letter.is_alphabetic());
    let first = each.find(|word| !["", "and", "so"].contains(word));
    first.is_some_and(|word| ["run", "start", "connect", "sign", "log"].contains(&word))
}

#[cfg(test)]
mod tests;
