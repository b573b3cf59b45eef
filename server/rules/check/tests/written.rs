//! Walks that are written from a guide are what the linter asks for.

use super::*;
use crate::guide::resolve::{resolve_guide, resolve_procedures};
use crate::guide::walk::Route;
use crate::rules::WalkFile;
use crate::rules::walks::{Course, Missing, elsewhere, missing};

#[test]
fn every_shipped_rule_without_its_walks_gets_such_as_the_linter_takes() {
    let mut files = crate::knowledge::read(crate::knowledge::shipped()).unwrap();
    let procedures = resolve_procedures(&files.procedures);
    let (mut all, mut by_facts) = (0, 0);
    let mut left_over = Vec::new();
    for at in 0..files.rules.len() {
        let rule = &files.rules[at];
        let others = elsewhere(&files, rule);
        let guide = resolve_guide(&rule.guide, &rule.facts, &mut Vec::new());
        let route = Route {
            guide: &guide,
            procedures: &procedures,
        };
        let missing_of = |walks: &[WalkFile]| {
            let short = &rule.facts;
            missing(
                Course {
                    route,
                    short,
                    walks,
                },
                &others,
            )
        };
        let missing = missing_of(&[]);
        assert_eq!(
            missing_of(&missing.walks),
            Missing::default(),
            "{}",
            rule.id
        );
        let left = missing.not_written.iter();
        left_over.extend(left.map(|one| format!("{}: {one}", rule.id)));
        all += missing.walks.len();
        by_facts += missing
            .walks
            .iter()
            .filter(|walk| !walk.facts.is_empty())
            .count();
        files.rules[at].walks = missing.walks;
    }
    let pack = Pack::of(files, Vec::new());
    let (release, mut book) = compiled(&pack);
    let mut inside = Passed::default();
    for rule in release.rules.values() {
        book.of(&rule.file.id);
        walks::check(rule, &release, &mut inside, &mut book);
    }
    for procedure in release.procedures.values() {
        book.of(&procedure.id);
        walks::covered_inside(procedure, &inside, &mut book);
    }
    assert_eq!(book.entries, []);
    // The service runs by the first question of that rule: only a person can say that it stopped since.
    assert_eq!(left_over.len(), 1, "{left_over:?}");
    assert!(left_over[0].starts_with("pad.connection-not-established: No facts were found that lead through `what-blocks/service`"), "{left_over:?}");
    assert!(all > 500 && by_facts > 200, "{all}, {by_facts} by facts");
}

#[test]
fn all_checks_can_be_ruled_out_by_one_answer() {
    let rule = RULE
        .replace("answers:\n        - { id: one, label: It is 1, when: { fact: ask, is: \"1\" }, go: change }\n        - { id: other, label: Not 1, otherwise: true, go: sign-in }",
            "").replace("      ask: What does it say?\n      collect: [look]\n", "      checks: [ { id: a, ask: A, go: change }, { id: b, ask: B, go: change } ]\n      none: sign-in\n");
    let rule = &rule[..rule.find("walks:").unwrap()];
    let walks = "walks:\n  - { name: A, answers: { policy: a, change: done, sign-in.try: works }, path: [policy/a, change/done, sign-in.try/works], end: good }\n  - { name: None, facts: { t.works: \"1\" }, answers: { policy: none }, path: [policy/none, sign-in.try/works], end: good }\n  - { name: Help, answers: { policy: a, change: cannot }, path: [policy/a, change/cannot], end: help }\n  - { name: Fails, facts: { t.works: \"0\" }, answers: { policy: none }, path: [policy/none, sign-in.try/fails], end: help }\n";
    let remarks = lines(&report(&format!("{rule}{walks}"), GENERAL, PROCEDURE));
    assert_eq!(remarks, Vec::<String>::new());
}
