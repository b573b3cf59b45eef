//! What editors are asked for: cases that matched nothing, were judged wrongly or not mended, and those whose reporter
//! asked for a rule. Texts that differ in numbers and names alone are one form and counted once.

use sha2::{Digest, Sha256};

use super::caller::{Caller, Right};
use super::case::CaseView;
use super::desk::{DeedError, Desk};
use super::diagnose::Diagnosis;
use super::edit::change;
use super::open::entry;
use crate::evidence::Evidence;
use crate::rules::Verdict;
use crate::store::{CaseId, Change, InboxChange, InboxRow, OutcomeName, WantKind, Wanting, hex};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// The form of a text is that of its first lines, so many bytes at most.
const FORM_BYTES: usize = 4096;
/// A sample shows so many letters.
const SAMPLE: usize = 400;
/// What a reporter or an editor says, in letters.
const WORDS: usize = 1000;

/// What editors are asked for, most cases first: what is in sight, or with `aside` what is not.
pub async fn list_inbox(
    desk: &Desk,
    caller: &Caller,
    aside: bool,
) -> Result<Vec<InboxRow>, DeedError> {
    caller.need(Right::ReadDrafts)?;
    Ok(desk.store.inbox(aside, desk.now()).await?)
}

/// Works on it oneself, or with `mine` false leaves it.
pub async fn assign(desk: &Desk, caller: &Caller, form: &str, mine: bool) -> Result<(), DeedError> {
    let who = mine.then(|| caller.actor.who.clone());
    done(desk, caller, form, InboxChange::Assign(who)).await
}

/// Puts it out of sight for some days.
pub async fn snooze(desk: &Desk, caller: &Caller, form: &str, days: u16) -> Result<(), DeedError> {
    if days == 0 || days > 366 {
        return Err(DeedError::refused("days", "Write 1 to 366 days."));
    }
    let until = desk.now() + i64::from(days) * DAY;
    done(desk, caller, form, InboxChange::Snooze(until)).await
}

/// Puts it aside for good, with a reason.
pub async fn dismiss(desk: &Desk, caller: &Caller, form: &str, why: &str) -> Result<(), DeedError> {
    let why = said(why, "why", "Say why no rule is to know this.")?;
    done(desk, caller, form, InboxChange::Dismiss(why)).await
}

/// Takes it back into sight.
pub async fn restore(desk: &Desk, caller: &Caller, form: &str) -> Result<(), DeedError> {
    done(desk, caller, form, InboxChange::Restore).await
}

/// Tells something to everyone who reported it, and who will.
pub async fn reply(desk: &Desk, caller: &Caller, form: &str, text: &str) -> Result<(), DeedError> {
    let text = said(text, "reply", "Write what the reporters are to read.")?;
    done(desk, caller, form, InboxChange::Reply(text)).await
}

async fn done(
    desk: &Desk,
    caller: &Caller,
    form: &str,
    change: InboxChange,
) -> Result<(), DeedError> {
    caller.need(Right::Edit)?;
    let known = desk
        .store
        .change_inbox(&caller.actor, form, change, desk.now());
    if known.await? {
        Ok(())
    } else {
        let what = "No case has this form any more.";
        Err(DeedError::NotFound(what.to_owned()))
    }
}

/// Asks those who keep the rules to cover what this case shows.
pub async fn ask_for_rule(
    desk: &Desk,
    id: &CaseId,
    expected: Option<i64>,
    words: &str,
    who: Option<String>,
) -> Result<CaseView, DeedError> {
    change(desk, id, expected, |view: &CaseView| {
        let mut redactor = desk.redactor_of(&view.record)?;
        let words = words.trim().chars().take(WORDS).collect::<String>();
        let words = redactor.typed(&words);
        let wanting = Wanting {
            words: (!words.is_empty()).then_some(words),
            ..wanting(&view.diagnosis.evidence, WantKind::Asked, None)
        };
        Ok(Change {
            wants: Some(Some(wanting)),
            pseudonyms: redactor.fresh().to_vec(),
            timeline: vec![entry(desk, who.clone(), "Asked for a rule".to_owned())],
            ..Change::default()
        })
    })
    .await
}

/// What a diagnosis asks of editors: something where nothing was found, and nothing more where something was.
pub(super) fn after_reading(diagnosis: &Diagnosis) -> Option<Wanting> {
    matches!(
        diagnosis.findings.verdict,
        Verdict::Unmatched | Verdict::InsufficientEvidence
    )
    .then(|| wanting(&diagnosis.evidence, WantKind::Unmatched, None))
}

/// What an outcome asks of editors.
pub(super) enum After {
    /// What was asked before.
    AsBefore,
    /// Nothing any more.
    Nothing,
    /// This.
    Wants(Wanting),
}

/// What an outcome asks of editors.
pub(super) fn after_outcome(
    evidence: &Evidence,
    outcome: OutcomeName,
    rule: Option<&str>,
) -> After {
    let kind = match outcome {
        OutcomeName::WrongCause => WantKind::WrongCause,
        OutcomeName::NotFixed => WantKind::NotFixed,
        OutcomeName::Fixed => return After::Nothing,
        OutcomeName::Waiting | OutcomeName::Escalated => return After::AsBefore,
    };
    After::Wants(wanting(evidence, kind, rule))
}

fn wanting(evidence: &Evidence, kind: WantKind, rule: Option<&str>) -> Wanting {
    let text = evidence
        .sources
        .first()
        .map_or("", |source| source.text.as_str());
    let normal = normal_form(text);
    // A wrong cause is counted by the rule that was wrong.
    let about = match kind {
        WantKind::Unmatched | WantKind::Asked => "",
        WantKind::WrongCause | WantKind::NotFixed => rule.unwrap_or_default(),
    };
    let digest = Sha256::digest(format!("{about}\n{normal}").as_bytes());
    Wanting {
        kind,
        form: hex(&digest[..16]),
        sample: text.trim().chars().take(SAMPLE).collect(),
        words: None,
    }
}

/// The first lines of a text without what differs from one machine to the next: digits, hex, quoted names, paths, space.
fn normal_form(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(4 * FORM_BYTES)];
    let mut normal = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        for word in line.split_whitespace() {
            if normal.len() > FORM_BYTES {
                return normal;
            }
            normal.push_str(&normal_word(word));
            normal.push(' ');
        }
    }
    normal
}

fn normal_word(word: &str) -> String {
    let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let quoted = word.starts_with(['\'', '"', '`', '“', '‘']);
    let path = word.contains(['\\', '/', '@']);
    if quoted || path {
        return "*".to_owned();
    }
    if bare.chars().any(|letter| letter.is_ascii_digit()) {
        return "0".to_owned();
    }
    bare.to_lowercase()
}

fn said(text: &str, field: &str, what: &str) -> Result<String, DeedError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DeedError::refused(field, what));
    }
    Ok(text.chars().take(WORDS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_numbers_names_and_paths_have_one_form() {
        let one =
            "2026-11-21 10:02:11 Flux FAILED on 'RPA-07': error FX-77 in C:\\flows\\a.txt (run 12)";
        let two =
            "2026-11-22  23:59:59 flux failed on 'RPA-12': error FX-78\n in D:\\b.txt (run 3)";
        let other = "2026-11-21 10:02:11 Flux started on 'RPA-07'";
        assert_eq!(normal_form(one), normal_form(two));
        assert_ne!(normal_form(one), normal_form(other));
    }

    #[test]
    fn the_form_of_a_huge_text_is_bounded() {
        assert!(normal_form(&"word ".repeat(1_000_000)).len() < 2 * FORM_BYTES);
        assert!(normal_form(&"é".repeat(1_000_000)).len() <= 4 * FORM_BYTES + 1);
    }
}
