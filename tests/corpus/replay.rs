//! What a replay leaves out: nothing that two releases judge otherwise.

use signpost::evidence::read_texts;
use signpost::knowledge;
use signpost::rules::evaluate::Labelled;
use signpost::rules::{Changed, Release, compare};

use crate::engine::release;

/// Every so many of the labelled submissions are looked at, and every so many of the rules are taken away; of the others that
/// have several alternatives, every so many lose their first.
const ROWS: usize = 11;
const RULES: usize = 7;

#[test]
fn a_submission_that_two_releases_judge_otherwise_is_never_left_out() {
    let mut files = knowledge::read(knowledge::shipped()).unwrap();
    let mut number = 0;
    files.rules.retain(|_| {
        number += 1;
        number % RULES != 0
    });
    for rule in files.rules.iter_mut().step_by(RULES) {
        if let Some(alternatives) = rule.matcher.any.as_mut().filter(|all| all.len() > 1) {
            alternatives.remove(0);
        }
    }
    let after = Release::compile(2, 0, files).0;
    let changed = Changed::between(release(), &after);
    let rows = Labelled::lines(include_str!("../evaluation/labelled.jsonl")).unwrap();
    let (mut otherwise, mut left_out) = (0, 0);
    for row in rows.iter().step_by(ROWS) {
        let evidence = read_texts(vec![("paste".to_owned(), row.text.clone())], 1);
        let [old, new] = compare([release(), &after], &evidence, None);
        let looked_at = changed.may_tell(&evidence);
        assert!(old == new || looked_at, "{}: {old:?} {new:?}", row.id);
        otherwise += usize::from(old != new);
        left_out += usize::from(!looked_at);
    }
    assert!(otherwise > 10 && left_out > 40, "{otherwise}, {left_out}");
}
