//! What came of something, amid a text of another kind: a handbook, a checklist, a glossary, a list of what is new.
//!
//! ```text
//! Expected: OK      Actual: Error 1069
//! [ ] test logon -> NT_STATUS_PASSWORD_MUST_CHANGE
//! Since this version every run of ours ends with UnallowedTenantForConnectWithSignIn
//! ```

use std::sync::LazyLock;

use crate::evidence::pattern::Pattern;

use super::{around, last_sentence, pattern, says};

/// A heading is at most so far above its lines.
const LINES: usize = 4;

/// Opens what really came, on its own line or as the heading above; or the outcome of an item.
static ACTUAL: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"^ [\s\#*|\-]* (?: actual (?:ly)? | actual \s (?:behaviou?r|results?|outcome) | observed | got | tatsächlich\w* | ist(?:-?ergebnis|-?stand)? | erhalten | obtenue? | constaté | observé | obtenido | observado | 実際の?(?:結果|動作)? ) [\s*]* (?: [:：|] | $ )
        | ^ [\s\-*]* \[ [\ x] \] .* (?: -> | => | → )",
    )
});

/// Speaks of the writer's own, or of a day that only who was there calls so.
static HERE: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: our | ours | we | us | my | i | since | today | yesterday | tonight | last\ night | this\ (?:morning|afternoon|week) | wir | uns | unser\w* | mein\w* | ich | seit | heute | gestern | nous | notre | nos | je | depuis | hier | aujourd['’]hui | nuestr[oa]s? | nosotros | desde | hoy | ayer | anoche
          | anyway | nevertheless | all\ the\ same | trotzdem | quand\ même | de\ todos\ modos )\b | 今朝 | 昨日 | 本日 | 毎晩",
    )
});

/// Says that something ends, or does not begin.
static ENDS: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: ends? | ended | fails? | failed | stops? | stopped | refused | rejected | aborts? | aborted | dies? | died | steht | scheiter\w* | bricht | brach | endet\w* | échoue\w* | échou[ée]\w* | refusée? | s['’]arrête | termina\w* | falla\w* | falló | rechaza\w* | \d{1,2}:\d{2} )\b | 失敗 | 止ま",
    )
});

/// Says what would be, or what somebody is to do then.
static SUPPOSED: LazyLock<Option<Pattern>> = LazyLock::new(|| {
    pattern(
        r"\b(?: if | whenever | should | would | could | might | may | falls | wenn | sollte | würde | könnte | si | lorsque | pourrait | cuando | podría )\b",
    )
});

/// Whether the error between `before`, from the beginning of the text, and the rest of its sentence is what came.
pub(super) fn is_one(before: &str, behind: &str) -> bool {
    let mut above = before.rsplit('\n');
    let own = above.next().unwrap_or_default();
    let heading = above
        .take(LINES)
        .map(str::trim)
        .find(|line| line.starts_with('#') || line.ends_with([':', '：']));
    // The lines beside it may be those of the glossary that it stands below.
    let rest = behind.split('\n').next().unwrap_or_default();
    let said = around(last_sentence(own), rest);
    says(&ACTUAL, own)
        || heading.is_some_and(|line| says(&ACTUAL, line.trim_end_matches([':', '：'])))
        || says(&HERE, &said) && says(&ENDS, &said) && !says(&SUPPOSED, &said)
}
