//! What a text says it is: a checklist, a rule of a monitoring, minutes, an answer to a common question, a made-up case.
//!
//! ```text
//! Go-live checklist robots                                    its opening names the kind of document
//! Planned change CHG-310: the old account goes, expect 0xC0000072
//! Q: What is an unattended run? A: …                          question and answer
//! errors such as 0xC000006A                                   an example
//! Fictitious case: the robot gets 0xC000006F                  made up
//! ```
//!
//! Who has the error now says so too; that is asked by whoever asks this.

use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{pattern, says};

/// An opening is at most so long, in bytes.
const OPENING: usize = 90;

/// Names a kind of document that does not report, wherever it stands in an opening.
static NAMES_A_KIND: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: slides? \s \d+ | diapos? \s \d+ | kb [\s-]? \d{1,5} | poll | (?:merge|pull|feature) \s request | user \s story | flash-?\s?cards? | interview | sla | risk \s (?:register|assessment|analysis|matrix) | translation \s (?:memory|file|list|table|export) | draft \s (?:of|for) | (?:e-?mail|letter|text|message|ticket|mail) \s (?:template|draft|proposal) | (?:example|sample) \s (?:e-?mail|letter|text|ticket)
          | folien? \s \d+ | lernkarte | vorstellungsgespräch | entwurf | muster(?:mail|text|brief|antwort) | (?:text|mail)vorlage | risiko(?:register|analyse|matrix|bewertung) | übersetzungs(?:speicher|liste|datei|tabelle)
          | diapositive | brouillon | (?:exemple|modèle) \s de \s (?:courriel|message|mail|texte|lettre) | registre \s des \s risques | entretien \s d['’]embauche | diapositiva | borrador | (?:ejemplo|plantilla|modelo) \s de \s (?:correo|mensaje|texto|carta) | registro \s de \s riesgos | entrevista | check-?\s?list\w* | glossary | quick \s reference | wiki | newsletter | minutes \s of | agenda | procedures? | sop | handbook | guideline\w* | tutorial | how-?to | cheat-?\s?sheet | terminology | vocabulary
          | retrospective | lessons \s learn(?:ed|t) | post-?mortem | roadmap | proposal | comparison | survey | faq | known \s errors? \s (?:record|database|article|entry) | knowledge \s (?:base|article) | table-?top | maintenance \s (?:window|notice|announcement)
          | (?:planned|scheduled|upcoming|requested) \s (?:change|maintenance|work|downtime|update|migration) | change \s (?:request|notice|announcement) | style \s guide | job \s (?:ad|description) | service \s catalogu?e
          | (?:monitoring|alert(?:ing)?|detection|suppression|escalation|routing|triage|correlation|siem|sla|retry) \s (?:rules?|policy|policies|matrix)
          | checkliste | glossar | begriffe | nachschlagewerk | verfahrensanweisung | arbeitsanweisung | betriebsanweisung | betriebshandbuch | handbuch | leitfaden | spickzettel | rückblick | vergleich | umfrage | vorschlag | fahrplan
          | geplante\w? \s (?:änderung\w*|wartung\w*|arbeiten|umstellung|abschaltung) | wartungs(?:fenster|arbeiten|ankündigung) | (?:überwachungs|alarm|eskalations|erkennungs|melde)(?:regel\w*|matrix) | stellenanzeige | änderungsantrag
          | liste \s de \s (?:contrôle|vérification) | procédures? | mode \s opératoire | guide \s (?:de|d['’]) | comparatif | comparaison | sondage | feuille \s de \s route | proposition | glossaire | lexique | aide-mémoire | règles? \s (?:de|d['’]) \s? (?:supervision|alerte|surveillance|détection|escalade)
          | maintenance \s (?:planifiée|programmée) | changement \s (?:planifié|prévu) | compte[\s-]rendu
          | lista \s de \s (?:verificación|comprobación) | procedimientos? | guía \s (?:de|para) | comparativa | comparación | encuesta | hoja \s de \s ruta | propuesta | glosario | reglas? \s de \s (?:supervisión|alerta|monitorización|detección|escalado)
          | mantenimiento \s (?:planificado|programado) | cambio \s (?:planificado|previsto) | acta \s de | (?:formación|capacitación|curso) \s (?:de|para|nuev[oa]s|intern[oa]) )\b
        | スライド | 訓練 | シナリオ | 下書き | 草案 | 文例 | 例文 | チェックリスト | 用語集 | 手順書 | マニュアル | 研修(?:資料|教材|テキスト) | 教材 | 勉強会 | ガイド | 議事録 | 提案 | 比較 | 計画(?:停止|変更|メンテナンス|作業) | (?:監視|検知|通知|アラート)(?:ルール|条件|設定)",
    )
});

/// Names one at the end of an opening, where in its middle it would name a machine or a program.
static ENDS_AS_A_KIND: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: ^ | [^\w\\/] ) (?: weekly | monthly | quarterly | rules? (?:\s\w+)? \s (?:changed|updated|added|edited) | translations? | statistics? | training | workshop | course | lesson | quiz | slides? | exercise
          | schulung | einarbeitung | übersetzung | statistik | kurs | formation | exercice | statistiques? | traducción | ejercicio | estadísticas? ) (?: \s+ (?: v?\d\S* | [a-z]{2,4}-\d+ | (?:for|of|on|by|für|vom|von|pour|du|para|de|del) \s .{1,40} ) )* \W* $",
    )
});

/// A question and its answer, as collections of them are written.
static QUESTION: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^\W* (?: q | question | f | frage | question | p | pregunta | 質問 | 問 ) \s* \d{0,3} \s* [:.)：] ",
    )
});
static ANSWER: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: \n | [.?!？] \s ) \W{0,4} (?: a | answer | antwort | r | réponse | respuesta | 回答 | 答 ) \s* \d{0,3} \s* [:.)：] ",
    )
});

/// A scenario of a test, as Gherkin writes one (<https://cucumber.io/docs/gherkin/reference/>).
static SCENARIO: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"(?: ^ | \n ) [\ \t]* (?: given | angenommen | gegeben\ sei(?:en)? | étant\ donnée? | dad[oa] ) \s [^\n]* (?: \n [^\n]* ){0,6}? \n [\ \t]* (?: when | wenn | quand | lorsque | cuando ) \s [^\n]* (?: \n [^\n]* ){0,6}? \n [\ \t]* (?: then | dann | alors | entonces ) \s",
    )
});

/// Directly before an example.
static EXAMPLE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^ | [^\p{L}] ) (?: such\ as | e\.\ ?g\.,? | for\ (?:example|instance),? | z\.\ ?b\. | zum\ beispiel | wie\ etwa | par\ exemple | tel(?:le)?s?\ que | por\ ejemplo | tales\ como ) [\s:]* (?: (?:an?|the|error|code|der|die|fehler|erreur|l['’]erreur|el|error) \s+ ){0,2} ["'`“”„‘’«(\[]* $"#,
    )
});
/// Directly behind one.
static EXAMPLE_BEHIND: LazyLock<Option<Pattern>> =
    LazyLock::new(|| pattern(r#"^ ["'」』）)]* (?: などの | 等の | のような )"#));

/// Is made up.
static MADE_UP: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b mock(?:ed|s)? (?: [^\w-] | $ ) | \b(?: fictitious | fictional | made[-\s]up | invented | hypothetical(?:ly)? | injected | sample \s (?:tickets?|data|records?|rows?) | testdaten | données \s de \s test | datos \s de \s prueba | stub(?:bed|s)? | simulated \s (?:errors?|failures?|outages?|faults?|incidents?) | simulat(?:ed|e|ing) \s (?:an?|the) \s (?:error|failure|outage|fault|incident) | simulier\w* | simulée?s? | simulé \s | simulad[oa]s? | let['’]s \s (?:say|assume|imagine) | fiktive?[mnrs]? | erfundene?[mnrs]? | angenommen,? | fictifs? | fictives? | inventée?s? | imaginez | supposons | fictici[oa]s? | inventad[oa]s? | supongamos )\b | 架空 | 仮に | 例題",
    )
});

/// Speaks of how an error is written, counted or found, not of the error.
static ABOUT_WORDS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: wording | typos? | legend | paragraph | spelling | spelled | spelt | regex(?:es|p)? | regular \s expressions? | parsers? | unit \s tests? | fixtures? | reword\w* | rephras\w* | formulierung\w* | schreibweise | tippfehler | absatz | regulär\w* \s ausdr\w+
          | faute \s de \s frappe | paragraphe | libellé | orthographe | expression \s régulière | errata | párrafo | redacción | ortografía | expresión \s regular )\b | 表記 | 文言 | 誤字 | 正規表現",
    )
});

/// Opens what came of following it.
static RESULTS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(r"\b(?: results? | outcomes? | ergebnisse? | résultats? | resultados? )\b | 結果")
});

/// Somebody tells what was done with the document, or what came.
static PERSON: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: i | we | you | my | our | ich | wir | sie | mein | unser | je | nous | vous | yo | nosotros | mi | after | while | during | since | nach | seit | après | depuis | desde
          | says | said | shows | showed | done | did | completed | followed | finished | went | abgearbeitet | erledigt | durchgeführt | befolgt | ergab | zeigt\w* | suivie? | terminée? | montre | hech[oa] | seguid[oa] | terminad[oa] | muestra )\b | 完了 | 実施 | 済み",
    )
});

/// Says in such a text that an error came.
static CAME: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: gives | got | gets | end(?:s|ed)? \s (?:with|in) | stop(?:s|ped)? \s (?:with|at) | aborts | aborted | crashe[sd] | answers \s with | meldet | kommt | kam | bringt | brach | bricht | endete?t? | erscheint | scheitert\w* | donne | renvoie | affiche | se \s termine | sale | da | muestra | devuelve | termin[aó] )\b | 出ます | 出ました | となります | となりました | になりました",
    )
});

/// Whether a text that would be no report tells that an error came all the same.
pub(super) fn tells_that_it_came(own: &str) -> bool {
    says(&CAME, own)
}

/// Directly before a name that something had or was given.
static RENAMED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"\b (?: renamed? | relabel(?:l?ed)? | rebaptisée?s? | renommée?s? | renombrad[oa]s? | heißt | nennt | called | labell?ed | titled | tagged ) \b [^.;\n]{0,80} \b (?: from | to | von | in | de | en | a | as ) \s ["'„“«`] [^"'”“»`]* $"#,
    )
});

/// Whether the text, or the paragraph of the error, opens by naming itself as something that does not report. What stands
/// before another paragraph heads it only as a line of its own.
pub(super) fn is_a_document(whole: &str, paragraph: &str) -> bool {
    let line = whole.trim_start().lines().next().unwrap_or_default();
    let heads = !line.trim_end().ends_with(['.', '?', '!', '。']);
    opens_as_one(paragraph) || heads && opens_as_one(whole)
}

fn opens_as_one(text: &str) -> bool {
    let opening = opening(text);
    !opening.contains('?')
        && !says(&RESULTS, opening)
        && !says(&PERSON, opening)
        && (says(&NAMES_A_KIND, opening) || says(&ENDS_AS_A_KIND, opening))
}

/// Its first words, up to where its contents begin.
fn opening(whole: &str) -> &str {
    let text = whole.trim_start();
    let line = text.lines().next().unwrap_or_default();
    let marks = [": ", "：", " – ", " — ", "; ", ". ", "。", "   ", "\t"];
    let end = marks.iter().filter_map(|mark| line.find(mark)).min();
    let opening = &line[..end.unwrap_or(line.len())];
    if opening.len() > OPENING {
        return "";
    }
    opening
}

/// Leads from a page of a manual to others.
static LEADS_ON: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\n [\ \t\#*]* (?: related \s (?:errors?|articles?|topics?|codes?|pages?) | see \s also | in \s this \s article | siehe \s auch | verwandte \s (?:artikel|themen) | voir \s aussi | véase \s también | 関連(?:項目|記事) ) [\ \t:*]* \r? \n",
    )
});

/// Whether the text is a page that leads on to others.
pub(super) fn leads_on(whole: &str) -> bool {
    says(&LEADS_ON, whole)
}

/// Whether the text asks and answers itself.
pub(super) fn answers_itself(whole: &str) -> bool {
    says(&QUESTION, whole) && says(&ANSWER, whole)
}

/// Whether the text is a scenario of a test.
pub(super) fn is_a_scenario(whole: &str) -> bool {
    says(&SCENARIO, whole)
}

/// Whether the error between these words is an example, `lead` what stands directly before it, or its sentence is about how it is written.
pub(super) fn is_an_example(lead: &str, before: &str, behind: &str) -> bool {
    says(&EXAMPLE, lead)
        || says(&EXAMPLE_BEHIND, behind)
        || says(&RENAMED, before)
        || says(&ABOUT_WORDS, before)
        || says(&ABOUT_WORDS, behind)
}

/// Whether the text says that it is made up.
pub(super) fn is_made_up(whole: &str) -> bool {
    says(&MADE_UP, whole)
}
