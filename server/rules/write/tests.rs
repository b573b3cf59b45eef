use super::*;
use crate::rules::pack::Pack;

fn of(text: &str) -> PackText {
    PackText {
        path: "demo/demo.rule.yaml".to_owned(),
        text: text.to_owned(),
    }
}

fn folder() -> Vec<PackText> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge");
    let mut open = vec![root.clone()];
    let mut texts = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(&root).unwrap();
                texts.push(PackText {
                    path: below.to_str().unwrap().to_owned(),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    texts
}

#[test]
fn every_shipped_file_is_written_so_that_it_says_the_same() {
    let (pack, wrong) = Pack::read(folder());
    assert_eq!(wrong, []);
    let texts = pack_texts(&pack.files);
    let (again, wrong) = Pack::read(texts.clone());
    assert_eq!(wrong, []);
    let sorted = |mut files: PackFiles| {
        files.rules.sort_by(|left, right| left.id.cmp(&right.id));
        files
            .procedures
            .sort_by(|left, right| left.id.cmp(&right.id));
        files
    };
    assert_eq!(sorted(again.files.clone()), sorted(pack.files));
    let twice = pack_texts(&again.files);
    assert_eq!(twice, texts);
}

const RULE: &str = "\
# Why this rule is here
id: demo.rule
title: T
product: demo
severity: error # as the vendor says
automation: { reason: demo, retryable: \"no\", who_can_fix: it }

match:
  any:
    # Two lines
    # that belong together
    - phrase: \"a sign # that is no comment\"
    - phrase: some words that are long

cause: |
  # A heading, no comment

guide:
  start: one
  steps:
    # The last resort
    - { id: one, outcome: resolved, text: T }

references: []

examples: []
# At the end
";

#[test]
fn comments_become_notes_that_say_where_they_stood() {
    let understood = read_rule(&of(RULE)).unwrap();
    let told = |comment: &Comment| {
        let Comment { line, field, text } = comment.clone();
        (line, field, text)
    };
    let told = understood.moved.iter().map(told).collect::<Vec<_>>();
    let one = |line, field: &str, text: &str| (line, field.to_owned(), text.to_owned());
    assert_eq!(
        told,
        [
            one(1, "", "Why this rule is here"),
            one(5, "severity", "as the vendor says"),
            one(10, "match.any[0]", "Two lines\nthat belong together"),
            one(21, "guide.steps.one", "The last resort"),
            one(27, "", "At the end"),
        ]
    );
    let notes = understood.file.notes.clone().unwrap();
    assert!(notes.starts_with("Why this rule is here\n\n`severity`: as the vendor says\n"));
    let text = to_text(&understood.file);
    let again = read_rule(&of(&text)).unwrap();
    assert_eq!(again.moved, []);
    assert_eq!(to_text(&again.file), text);
    // Nothing is said twice when the text with its comments is read again beside its notes.
    let mut notes = again.file.notes.clone();
    add_notes(&mut notes, &understood.moved);
    assert_eq!(notes, again.file.notes);
}

#[test]
fn the_style_is_that_of_the_shipped_rules() {
    let text = to_text(&read_rule(&of(RULE)).unwrap().file);
    let expected = "\
id: demo.rule
title: T
product: demo
severity: error
automation: { reason: demo, retryable: \"no\", who_can_fix: it }

match:
  any:
    - phrase: \"a sign # that is no comment\"
    - phrase: some words that are long

cause: |
  # A heading, no comment

guide:
  start: one
  steps:
    - { id: one, outcome: resolved, text: T }

references: []

examples: []

notes: |
";
    assert!(text.starts_with(expected), "{text}");
}

mod any {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use proptest::{collection, option};

    use super::*;
    use crate::condition::shape::ConditionFile;
    use crate::condition::{AnswerId, EventFile, ProductId, RuleId, StepId};
    use crate::evidence::{FactKey, FactValue};
    use crate::guide::shape::{AnswerFile, GuideFile, StepFile};
    use crate::rules::file::{ExampleFile, Expect, ReferenceFile, Severity, WalkFile};
    use crate::rules::notes::{NoteFile, NotePlace, NotesFile};

    /// Texts that make YAML stumble, among ordinary ones.
    fn text() -> impl Strategy<Value = String> {
        let odd = [
            "",
            " ",
            "\n",
            "\n\n",
            "a\n",
            "a\n\n",
            " a\nb",
            "a\n  b\n",
            "\ta\nb",
            "a\n \nb",
            "yes",
            "0x1F",
            "1e3",
            "~",
            "a: b",
            "a:",
            "a #b",
            "#a",
            "- a",
            "?",
            "'",
            "\"",
            "a\"b\\c'",
            "{x}",
            "[x], y",
            "a\u{85}b",
            "a\u{2028}b\n",
            "\u{feff}a",
            "a\rb",
            "a\r\nb",
            "a\tb",
            "a ",
            "é ß 错误",
            "---",
            "...",
            "a\n---\nb",
            "<<",
            "%a",
            "@a",
            "`a`",
            "!a",
            "&a",
            "*a",
            "|",
            ">",
            "=",
            "null",
            ".5",
            "{{fact:switch}}",
            "C:\\Program Files\\x",
            "a\n\nb\n",
            "\nb",
            "a\u{0}b",
            "+1",
            "2026-11-21",
            "a\n#b\n",
        ];
        prop_oneof![
            proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
            "[ -~\n\t]{0,60}",
            "\\PC{0,40}",
            any::<String>(),
            "[a-z ,.:#'\"-]{100,260}",
        ]
    }

    fn id() -> impl Strategy<Value = String> {
        "[a-z0-9][a-z0-9._-]{0,20}"
    }

    fn condition() -> impl Strategy<Value = ConditionFile> {
        let event = (
            option::of(text()),
            collection::btree_map("[A-Za-z]{1,9}", text(), 0..3),
        )
            .prop_map(|(code, fields)| EventFile {
                code,
                fields,
                ..EventFile::default()
            });
        let leaf = prop_oneof![
            (text(), any::<bool>(), any::<bool>()).prop_map(|(phrase, context, sentence)| {
                ConditionFile {
                    phrase: Some(phrase),
                    context,
                    sentence,
                    ..ConditionFile::default()
                }
            }),
            (text(), any::<bool>()).prop_map(|(code, weak)| ConditionFile {
                code: Some(code),
                weak,
                ..ConditionFile::default()
            }),
            event.prop_map(|event| ConditionFile {
                event: Some(event),
                ..ConditionFile::default()
            }),
            (
                text(),
                option::of(text()),
                option::of(collection::vec(text(), 0..3)),
                option::of(any::<bool>())
            )
                .prop_map(|(fact, is, one_of, exists)| ConditionFile {
                    fact: Some(fact),
                    is,
                    one_of,
                    exists,
                    ..ConditionFile::default()
                }),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                collection::vec(inner.clone(), 0..4).prop_map(|all| ConditionFile {
                    all: Some(all),
                    ..ConditionFile::default()
                }),
                collection::vec(inner.clone(), 0..4).prop_map(|any| ConditionFile {
                    any: Some(any),
                    ..ConditionFile::default()
                }),
                inner.prop_map(|not| ConditionFile {
                    not: Some(Box::new(not)),
                    ..ConditionFile::default()
                }),
            ]
        })
    }

    fn value() -> impl Strategy<Value = FactValue> {
        prop_oneof![
            text().prop_map(FactValue::Text),
            collection::vec(text(), 0..3).prop_map(FactValue::List),
        ]
    }

    fn facts() -> impl Strategy<Value = BTreeMap<String, FactValue>> {
        collection::btree_map(text(), value(), 0..3)
    }

    fn step() -> impl Strategy<Value = StepFile> {
        let answer = (id(), text(), option::of(condition()), any::<bool>(), id()).prop_map(
            |(id, label, when, otherwise, go)| AnswerFile {
                id: AnswerId::parse(&id).unwrap(),
                label,
                when,
                otherwise,
                offer: None,
                go: StepId::parse(&go).unwrap(),
            },
        );
        let words = (
            option::of(text()),
            option::of(text()),
            option::of(text()),
            option::of(text()),
        );
        (id(), words, collection::vec(answer, 0..3), option::of(id())).prop_map(
            |(id, (ask, how, command, undo), answers, go)| StepFile {
                go: go.map(|go| StepId::parse(&go).unwrap()),
                ..StepFile {
                    ask,
                    how,
                    answers,
                    command,
                    undo,
                    ..StepFile::new(StepId::parse(&id).unwrap())
                }
            },
        )
    }

    fn rule() -> impl Strategy<Value = RuleFile> {
        let example = (option::of(text()), facts()).prop_map(|(text, facts)| ExampleFile {
            text,
            facts,
            expect: Expect::Match,
            also: Vec::new(),
        });
        let reference = (text(), option::of(text())).prop_map(|(title, section)| ReferenceFile {
            title,
            url: "https://example.com/a#b".to_owned(),
            section,
            verified: Some("2026-11-21".to_owned()),
        });
        let walk = (text(), facts(), collection::vec(text(), 0..3), id()).prop_map(
            |(name, facts, path, end)| WalkFile {
                name,
                facts,
                absent: path.clone(),
                answers: BTreeMap::new(),
                path,
                end: StepId::parse(&end).unwrap(),
            },
        );
        let head = (id(), text(), option::of(text()), option::of(text()), text());
        let short = collection::btree_map("[a-z]{1,8}", text(), 0..3);
        let lists = (
            collection::vec(step(), 0..3),
            collection::vec(reference, 0..2),
            collection::vec(example, 0..3),
            collection::vec(walk, 0..2),
        );
        (head, condition(), short, lists).prop_map(
            |(
                (id, title, owner, notes, cause),
                matcher,
                short,
                (steps, references, examples, walks),
            )| RuleFile {
                id: RuleId::parse(&id).unwrap(),
                aliases: vec![RuleId::parse(&id).unwrap()],
                title,
                product: ProductId::parse("demo").unwrap(),
                severity: Severity::Error,
                refines: Vec::new(),
                owner,
                review_by: None,
                automation: serde_json::from_value(
                    serde_json::json!({ "reason": "r", "retryable": "no", "who_can_fix": "it" }),
                )
                .unwrap(),
                matcher,
                cause,
                facts: short
                    .into_iter()
                    .map(|(name, key)| (name, FactKey::new(key)))
                    .collect(),
                guide: GuideFile {
                    start: StepId::parse(&id).unwrap(),
                    steps,
                },
                references,
                examples,
                walks,
                notes,
            },
        )
    }

    fn notes() -> impl Strategy<Value = NotesFile> {
        let place = (0..3usize).prop_map(|at| NotePlace::ALL[at]);
        let own = (option::of(text()), option::of(text()));
        let note =
            (option::of(id()), place, text(), own).prop_map(|(step, place, text, own)| NoteFile {
                step: step.map(|step| StepId::parse(&step).unwrap()),
                place,
                text,
                by: own.0,
                on: own.1,
            });
        (id(), collection::vec(note, 0..4)).prop_map(|(rule, notes)| NotesFile {
            rule: RuleId::parse(&rule).unwrap(),
            notes,
        })
    }

    proptest! {
        #[test]
        fn any_notes_are_written_so_that_they_read_back_as_they_were(notes in notes()) {
            let text = to_text(&notes);
            let read = parse::<NotesFile>(&of(&text)).map_err(|wrong| {
                TestCaseError::fail(format!("{}: {}\n{text}", wrong.line, wrong.what))
            })?;
            prop_assert_eq!(&read, &notes, "{}", text);
            prop_assert_eq!(to_text(&read), text);
        }

        #[test]
        fn any_rule_is_written_so_that_it_reads_back_as_it_was(rule in rule()) {
            let text = to_text(&rule);
            let read = parse::<RuleFile>(&of(&text)).map_err(|wrong| {
                TestCaseError::fail(format!("{}: {}\n{text}", wrong.line, wrong.what))
            })?;
            prop_assert_eq!(&read, &rule, "{}", text);
            prop_assert_eq!(to_text(&read), text);
        }
    }
}
