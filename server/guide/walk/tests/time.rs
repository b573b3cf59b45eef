//! Rounds: what counts before and after an instruction was done.

use super::*;

#[test]
fn a_report_taken_after_the_fix_does_not_lead_down_another_branch() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.ask = 1"], &["r.ask = 0"]]);
    let walk = written.walk(&evidence, &answers(&[("off/done", 1)]));
    assert_eq!(path(&walk), ["policy/one", "off/done"]);
    assert_eq!(walk.now.step, "restart");
    assert_eq!(quoted(&walk.done[0].changed_since), ["r.ask = 0"]);
    let undone = written.walk(&evidence, &[]);
    assert_eq!(
        path(&undone),
        ["policy/other"],
        "without the instruction done all rounds count"
    );
    assert!(undone.done[0].changed_since.is_empty());
}

#[test]
fn a_person_is_not_contradicted_by_what_the_fix_changed() {
    let written = guide(POLICY);
    let evidence = rounds(&[&[], &["r.ask = 0"]]);
    let walk = written.walk(&evidence, &answers(&[("policy/one", 1), ("off/done", 1)]));
    assert!(walk.done[0].contradicted.is_none());
    assert_eq!(quoted(&walk.done[0].changed_since), ["r.ask = 0"]);
    let before_the_fix = written.walk(&evidence, &answers(&[("policy/one", 1)]));
    assert!(before_the_fix.done[0].contradicted.is_some());
}

#[test]
fn a_fact_that_came_again_unchanged_is_no_change() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.ask = 1"], &["r.ask = 1"]]);
    let walk = written.walk(&evidence, &answers(&[("off/done", 1)]));
    assert!(walk.done[0].changed_since.is_empty());
}

#[test]
fn a_done_off_the_path_does_not_shift_which_rounds_count() {
    let written = guide(POLICY);
    let evidence = rounds(&[&["r.local = 1"], &["r.ask = 1"]]);
    let walk = written.walk(&evidence, &answers(&[("local/done", 1)]));
    assert_eq!(path(&walk), ["policy/one"]);
    assert_eq!(walk.off_path.len(), 1);
    let both = written.walk(&evidence, &answers(&[("local/done", 1), ("off/done", 2)]));
    assert_eq!(path(&both), ["policy/one", "off/done"]);
}

pub(super) const TWO_FIXES: &str = r#"
start: first
steps:
  - id: first
    ask: First?
    answers:
      - { id: bad, label: Bad, when: { fact: t.a, is: "1" }, go: mend-first }
      - { id: good, label: Good, otherwise: true, go: end }
  - { id: mend-first, do: Mend it., go: second }
  - id: second
    ask: Second?
    answers:
      - { id: bad, label: Bad, when: { fact: t.b, is: "1" }, go: mend-second }
      - { id: good, label: Good, otherwise: true, go: end }
  - { id: mend-second, do: Mend that., go: end }
  - { id: end, outcome: resolved, text: End. }
"#;

#[test]
fn each_stretch_between_two_fixes_uses_the_rounds_up_to_its_own_fix() {
    let written = guide(TWO_FIXES);
    let evidence = rounds(&[
        &["t.a = 1", "t.b = 0"],
        &["t.a = 0", "t.b = 1"],
        &["t.b = 0"],
    ]);
    let given = answers(&[("mend-first/done", 1), ("mend-second/done", 2)]);
    let walk = written.walk(&evidence, &given);
    assert_eq!(
        path(&walk),
        [
            "first/bad",
            "mend-first/done",
            "second/bad",
            "mend-second/done"
        ]
    );
    assert_eq!(walk.now.step, "end");
    let turned = answers(&[("mend-second/done", 2), ("mend-first/done", 1)]);
    assert_eq!(
        path(&written.walk(&evidence, &turned)),
        path(&walk),
        "the order of giving need not be that of the path"
    );
}

#[test]
fn a_question_that_has_nothing_to_offer_and_leads_back_to_itself_ends_in_words() {
    let written = guide(&OFFER.replace("none: nothing", "none: choose"));
    let evidence = facts(&["t.a = 1", "t.b = 1"]);
    assert!(broken(&written.walk(&evidence, &[])).contains("in a circle"));
    let no_checks = guide("{ start: s, steps: [ { id: s, checks: [], none: s } ] }");
    assert!(broken(&no_checks.walk(&evidence, &[])).contains("in a circle"));
}
