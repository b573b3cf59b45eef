use super::*;
use crate::store::DraftKind;

const ALPHA: &str = include_str!("../../../tests/support/demo.alpha.yaml");

fn beta() -> String {
    ALPHA
        .replace("demo.alpha", "demo.beta")
        .replace("demo_alpha", "demo_beta")
        .replace("AlphaBetaGamma", "OmegaPsiChi")
}

fn texts(files: &[(&str, &str)]) -> Vec<PackText> {
    let texts = files.iter().map(|(path, text)| PackText {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    texts.collect()
}

fn before() -> PackFiles {
    let beta = beta();
    let (pack, wrong) = Pack::read(texts(&[
        ("products.yaml", "- { id: demo, name: Demo }\n"),
        ("cautions.yaml", "- { id: mind, text: Mind. }\n"),
        ("demo/demo.alpha.yaml", ALPHA),
        ("demo/demo.beta.yaml", &beta),
    ]));
    assert_eq!(wrong, []);
    pack.files
}

fn bringing(files: &[(&str, &str)], remove_missing: bool) -> Bringing {
    Bringing {
        texts: texts(files),
        remove_missing,
    }
}

fn named(incoming: &Incoming) -> Vec<(String, bool)> {
    let changes = incoming.changes.iter();
    let changes = changes.map(|change| (change.name.to_string(), change.removed));
    changes.collect()
}

#[test]
fn a_part_adds_and_changes_and_never_removes_unless_asked() {
    let changed = ALPHA.replace("The first demo", "The very first demo");
    let part = [
        ("demo/demo.alpha.yaml", changed.as_str()),
        ("cautions.yaml", "- { id: other, text: Other. }\n"),
    ];
    let incoming = compare(&before(), bringing(&part, false)).unwrap();
    assert_eq!(
        named(&incoming),
        [
            ("demo.alpha".to_owned(), false),
            ("list cautions".to_owned(), false)
        ]
    );
    assert_eq!(incoming.kept, 2);
    assert_eq!(incoming.files.cautions.len(), 2);
    assert!(incoming.passed(), "{:?}", incoming.remarks);
    let incoming = compare(&before(), bringing(&part, true)).unwrap();
    let gone = |name: &str| (name.to_owned(), true);
    assert!(named(&incoming).contains(&gone("demo.beta")));
    assert!(named(&incoming).contains(&gone("list products")));
    assert!(!incoming.passed());
    assert_eq!(incoming.kept, 0);
}

#[test]
fn what_is_there_already_changes_nothing_however_it_is_written() {
    let other = ALPHA.replace(
        "{ id: end, outcome: resolved, text: Done. }",
        "id: end\n      outcome: resolved\n      text: \"Done.\"",
    );
    assert_ne!(other, ALPHA);
    let incoming = compare(
        &before(),
        bringing(&[("demo/demo.alpha.yaml", &other)], false),
    );
    assert_eq!(incoming.unwrap().changes, []);
}

#[test]
fn comments_become_notes_and_that_is_said() {
    let other = ALPHA.replace("  any:", "  any:\n    # since 2024");
    let files = [
        ("demo/demo.alpha.yaml", other.as_str()),
        ("cautions.yaml", "# lost\n- { id: mind, text: Mind. }\n"),
    ];
    let incoming = compare(&before(), bringing(&files, false)).unwrap();
    assert!(
        incoming.changes[0]
            .text
            .contains("notes: |\n  `match.any[0]`: since 2024\n")
    );
    let said = incoming.comments.iter();
    let said = said.map(|of| (of.file.as_str(), of.comment.line, of.kept));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            ("demo/demo.alpha.yaml", 9, true),
            ("cautions.yaml", 1, false)
        ]
    );
}

#[test]
fn files_that_cannot_be_read_are_all_named_with_their_lines() {
    let broken = ALPHA.replace("severity: error", "severity: bad");
    let long = ALPHA.replace("Done.", &"long ".repeat(60_000));
    let wrong = compare(
        &before(),
        bringing(
            &[
                ("demo/demo.alpha.yaml", &broken),
                (
                    "demo/demo.beta.yaml",
                    &long.replace("demo.alpha", "demo.beta"),
                ),
                ("strange.yaml", "a: b"),
            ],
            false,
        ),
    );
    let wrong = wrong.unwrap_err();
    let said = wrong.iter().map(|wrong| (wrong.file.as_str(), wrong.line));
    assert_eq!(
        said.collect::<Vec<_>>(),
        [
            ("demo/demo.alpha.yaml", 4),
            ("strange.yaml", 1),
            ("demo/demo.beta.yaml", 1)
        ]
    );
    assert!(wrong[2].what.contains("256 KiB"));
}

#[test]
fn remarks_name_the_line_in_the_file_that_was_brought() {
    let broken = ALPHA.replace("start: end", "start: nowhere");
    let incoming = compare(
        &before(),
        bringing(&[("demo/demo.alpha.yaml", &broken)], false),
    );
    let incoming = incoming.unwrap();
    assert!(!incoming.passed());
    let stops = incoming
        .remarks
        .iter()
        .find(|remark| remark.grade == Grade::Error);
    let stops = stops.unwrap();
    assert_eq!(
        (stops.file.as_str(), stops.line),
        ("demo/demo.alpha.yaml", 12)
    );
}

#[test]
fn only_the_list_of_products_makes_a_pack_whole() {
    assert!(is_whole(&texts(&[("products.yaml", "[]")])));
    assert!(!is_whole(&texts(&[
        ("cautions.yaml", "[]"),
        ("a/products.yaml", "")
    ])));
    assert_eq!(
        super::named(&[DraftName::new(DraftKind::List, "cautions")]),
        "list cautions"
    );
}
