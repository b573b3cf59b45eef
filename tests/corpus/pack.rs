//! The shipped pack itself: a server publishes it without asking the linter again.

use signpost::knowledge;

#[test]
fn the_shipped_pack_passes_the_linter_without_a_remark() {
    let (files, report) = knowledge::lint(knowledge::shipped());
    let remarks = report.remarks.iter().map(ToString::to_string);
    assert_eq!(remarks.collect::<Vec<_>>(), Vec::<String>::new());
    assert!(files.rules.len() >= 150, "{} rules", files.rules.len());
    assert!(!files.unrelated.is_empty());
}
