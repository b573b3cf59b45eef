//! Errors that the writer looked for and did not find, or that are said to be somebody else's.
//!
//! ```text
//! We looked through a week of logs: no 0xC000015B, no 0xC0000234.
//! Déjà écarté : mot de passe faux (InvalidConnectionCredentials)
//! ・資格情報 (WindowsIdentityIncorrect) → 問題なし
//! AADSTS50126 tritt nicht auf
//! ```

use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{pattern, says};

/// Directly before: none of it, or of several.
static NONE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"(?: ^ | [^\p{L}=\ \t] [\ \t]* | \p{L} [\ \t]+ )
        (?: (?:no|without|zero|kein(?:e[mnrs]?)?|ohne|sans|sin|aucune?|ningun[oa]?) (?: \s+ (?:single|such|more|new|further|weitere[nrs]?|event|ereignis|sign|trace|hits?|entry|entries|error|code|status|fehler\w*|erreur|fehlercode) ){0,2}
          | (?:not\ a|kein(?:e[mnrs]?)?) \s+ (?:(?:single|einzige[mnrs]?)\s+)? (?:case|occurrence|hit|sign|entry|fall|vorfall|mal|treffer|ereignis|eintrag) \s+ (?:of|von|mit|für)
          | (?:no|aucune?|keine?|ningun[oa]?) \s+ (?:single\s+)? (?:occurrences?|signs?|traces?|hits?|entr(?:y|ies)|cases?|vorkommen|treffer|spur|apariciones|incidencias) \s+ (?:of|de|d['’]|von|für|vom) [^.;:!?\n]{0,80}?
          | (?:none|neither|any) \s+ of [^.;:!?\n]{0,80}?
          | (?:n['’]est|ce\s n['’]est|c['’]est) \s pas | (?:es\s)? war \s+ (?:auch\s+)? kein(?:e[mnrs]?)? [^.;:!?\n]{0,40}
        ) [\ \t] [\ \t"'`“”„‘’«(\[]* $"#,
    )
});

/// Directly behind: it did not come up.
static ABSENT: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r#"^ ["'`“”„‘’»)\]]* \s* (?:
          (?:tritt|trat|kommt|kam|taucht|erscheint|erschien) \s+ (?:hier\s+|dort\s+|bei\s+uns\s+)? (?:nicht|nie|keinmal) \s+ (?:auf|vor|ein) \b
          | (?:does|did|do) \s* (?:not|n['’]t) \s+ (?:appear|occur|show|happen) \b (?:\s* [^\s\p{L}] | \s* $) | (?:doesn|didn)['’]t \s+ (?:appear|occur|show|happen) \b (?:\s* [^\s\p{L}] | \s* $) | never \s+ (?:appeared|occurred|showed|happened)
          | n['’](?:apparaît\s+pas|est\s+(?:pas|jamais)) | ne \s+ (?:s['’]affiche|figure|se\s+produit) | no \s+ (?:aparece|apareció|sale|se\s+produce|ocurre)
          | (?:-+>|=>|→) \s* (?:no\b|nein\b|non\b|ok\b|okay\b|none\b|fine\b|n/?a\b|問題なし|有効|正常)
          | (?:-+>|=>|→|:|=|–) \s* (?:not\ applicable|nicht\ zutreffend|trifft\ nicht\ zu|entfällt|sans\ objet|ausgeschlossen|excluded|ruled\ out|écarté|descartado|該当なし)
          | \s* : \s* (?:false|null) \b
          | [^()\n.;]{0,24} \) \s* [:–-] \s* (?:fixed|resolved|solved|closed|done|erledigt|behoben|gelöst|résolu|corrigé|clos|resuelto|cerrado) \b
          | (?:は|が|:|：)? \s* 0 \s* (?:件|回|times|mal|fois|veces) (?: [^\p{L}\d] | $ | [、。] )
          | (?:[:=→×：]|-+>) \s* (?:0|zero|none|nil|null|keine?|keiner|aucune?s?|ningun[oa]|なし) (?: \s* (?:件|回|mal|times|hits?|cases?|events?|fois|veces|treffer|fälle) (?: [^\p{L}\d] | $ ) | \s* (?: [,;.)\]}|–] | $ | \n ) )
          | (?:は|が)? (?:発生|出|該当)(?:して)?(?:い|し)?(?:ません|ない) )"#,
    )
});

/// A sentence, or the line above a list, about what it is not.
static EXCLUDES: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?:ruled \s out|crossed \s off|already \s excluded|have \s excluded|(?:is|are|was|were) \s excluded|isn['’]t \s (?:that|it)\b|not \s (?:our|the) \s (?:case|problem|cause)|do \s not \s have \s that|without \s any \s of \s (?:these|those|them)|none \s of \s (?:these|those|them) \s (?:codes?|errors?|came|appeared|occurred|showed|happened)|not \s applicable|does \s not \s apply|doesn['’]t \s apply)
        | \b(?:ausgeschlossen|ausschließen|trifft \s nicht \s zu|nicht \s unser \s (?:fall|problem)|hilft \s (?:hier\s)? nicht \s weiter)\b
        | \b(?:écartée?s?|exclue?s?|n['’]est \s pas \s (?:notre|le) \s (?:cas|problème))\b | \b(?:descartad[oa]s?|no \s es \s nuestro \s (?:caso|problema))\b | 該当しません | 除外 | 確認済み",
    )
});

/// Whether the error between these words is one that is not there. `before` and `behind` are its sentence, `above` the line
/// over the list that it stands in.
pub(super) fn is_excluded(error: &str, before: &str, behind: &str, above: Option<&str>) -> bool {
    // "It has no right" is an error; what there is none of has a name.
    let is_name = !error.contains(char::is_whitespace);
    let before = before.rsplit('。').next().unwrap_or(before);
    let behind = behind.split('。').next().unwrap_or(behind);
    is_name && says(&NONE, before)
        || says(&ABSENT, behind)
        || says(&EXCLUDES, before)
        || says(&EXCLUDES, behind)
        || above.is_some_and(|above| says(&EXCLUDES, above))
}

/// The line above the list whose item holds the place.
pub(super) fn above_list(before: &str) -> Option<&str> {
    /// A longer list is one of another kind.
    const ITEMS: usize = 12;
    let item = |line: &str| {
        let line = line.trim_start();
        line.starts_with(['-', '*', '•', '・', '–', '·', '+']) || line.starts_with("[x]")
    };
    let mut lines = before.rsplit('\n').map(|line| line.trim_end_matches('\r'));
    if !lines.next().is_some_and(item) {
        return None;
    }
    let above = lines.take(ITEMS).find(|line| !item(line))?;
    (!above.trim().is_empty()).then_some(above)
}
