use crate::rules::check::{Depth, Grade, Report, check, check_one};
use crate::rules::diff::{How, ItemKind, diff};
use crate::rules::pack::{Pack, PackText};
use crate::rules::write::pack_texts;
use crate::rules::{NotePlace, PackFiles, Release, settings_used};

const RULE: &str = r#"
id: demo.rule
aliases: [demo.old]
title: A demo
product: demo
severity: error
automation: { reason: demo, retryable: after-fix, who_can_fix: it }
match: { any: [ { code: AlphaBetaGamma } ] }
cause: Because.
facts: { ask: t.ask }
guide:
  start: policy
  steps:
    - id: policy
      ask: What does it say?
      collect: [look]
      answers:
        - { id: one, label: It is 1, when: { fact: ask, is: "1" }, go: sign-in }
        - { id: other, label: Not 1, otherwise: true, go: good }
    - { id: sign-in, call: test, on: { works: good } }
    - { id: good, outcome: resolved, text: Good. }
references:
  - { title: Article, url: "https://example.com/a", verified: "2026-11-21" }
examples:
  - { text: "code AlphaBetaGamma", expect: match }
  - { text: "alphabetagamma!", expect: match }
  - { text: "the demo went well", expect: silent }
walks:
  - { name: begins, path: [], end: policy }
  - { name: one, facts: { ask: "1" }, path: [policy/one], end: sign-in.try }
  - { name: other, facts: { ask: "2" }, path: [policy/other], end: good }
  - { name: whole, facts: { ask: "1" }, answers: { sign-in.try: works }, path: [policy/one, sign-in.try/works], end: good }
"#;
const NOTES: &str = "rule: demo.rule\nnotes:\n  - { place: after, text: 'It was {{fact:ask}}, call {{setting:phone}}.' }\n  - { step: policy, place: instead, text: Ask us. }\n  - { step: policy, place: before, text: First. }\n  - { step: sign-in.try, place: before, text: Try twice. }\n";

fn texts(rule: &str, notes: &[(&str, &str)]) -> Vec<PackText> {
    let procedure = "id: test\ntitle: Test\nresults: [works]\nguide:\n  start: try\n  steps:\n    - { id: try, ask: Does it work?, answers: [{ id: works, label: It works, go: works }] }\n    - { id: works, return: works }\n";
    let fixed = [
        ("products.yaml", "- { id: demo, name: Demo }"),
        (
            "collectors.yaml",
            "- { id: look, title: Look, yields: [t.*] }",
        ),
        ("procedures/test.yaml", procedure),
        ("demo/demo.rule.yaml", rule),
    ];
    let files = fixed.iter().chain(notes);
    let texts = files.map(|(path, text)| PackText {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
    });
    texts.collect()
}

fn pack(rule: &str, notes: &str) -> Pack {
    let (pack, wrong) = Pack::read(texts(rule, &[("notes/demo.rule.yaml", notes)]));
    assert_eq!(wrong, []);
    pack
}

fn release(rule: &str, notes: &str) -> Release {
    let (release, complaints) = Release::compile(1, 0, pack(rule, notes).files);
    assert_eq!(complaints, []);
    release
}

fn on<'a>(release: &'a Release, step: Option<&str>) -> Vec<(NotePlace, &'a str)> {
    let rule = release.rule("demo.rule").unwrap();
    release.notes_on(&rule.file.id, step).each().collect()
}

fn said(rule: &str, notes: &str) -> Report {
    check(&pack(rule, notes), &[])
}

#[track_caller]
fn remarks(rule: &str, notes: &str, grade: Grade, words: &str) {
    let report = said(rule, notes);
    let fits = |what: &str| what.contains(words);
    let mut remarks = report.remarks.iter();
    assert!(
        remarks.any(|one| one.grade == grade
            && one.file == "notes/demo.rule.yaml"
            && fits(&one.to_string())),
        "{:#?}",
        report.remarks
    );
}

#[test]
fn each_note_stands_at_its_text_and_place_in_the_order_of_reading() {
    let release = release(RULE, NOTES);
    assert_eq!(
        on(&release, None),
        [(
            NotePlace::After,
            "It was {{fact:t.ask}}, call {{setting:phone}}."
        )]
    );
    assert_eq!(
        on(&release, Some("policy")),
        [
            (NotePlace::Before, "First."),
            (NotePlace::Instead, "Ask us.")
        ]
    );
    assert_eq!(
        on(&release, Some("sign-in.try")),
        [(NotePlace::Before, "Try twice.")]
    );
    assert_eq!(on(&release, Some("good")), []);
    let used = settings_used(&release);
    let place = used["phone"].first().unwrap();
    assert_eq!((place.id.as_str(), &place.step), ("demo.rule", &None));
}

#[test]
fn answers_checks_commands_and_the_other_texts_of_a_step_have_notes_of_their_own() {
    let rule = RULE.replace(
        "    - { id: good,",
        "    - { id: where, checks: [ { id: wire, ask: Is it the wire?, how: Look., go: mend } ], none: good }\n    - { id: mend, do: Mend it., how: By hand., command: mend /all, undo: Break it., loosens: The wire., go: good }\n    - { id: good,",
    );
    let rule = rule.replace("on: { works: good }", "on: { works: where }");
    let rule = rule.replace(
        "whole, facts",
        "wire, facts: { ask: \"1\" }, answers: { sign-in.try: works, where: wire, mend: done }, path: [policy/one, sign-in.try/works, where/wire, mend/done], end: good }\n  - { name: whole, facts",
    );
    let rule = rule.replace(
        "path: [policy/one, sign-in.try/works], end: good",
        "path: [policy/one, sign-in.try/works], end: where",
    );
    let places = [
        "policy.one",
        "sign-in.try.works",
        "where.wire",
        "where.wire.how",
        "mend.how",
        "mend.command",
        "mend.loosens",
        "mend.undo",
    ];
    let notes = places.map(|place| format!("  - {{ step: {place}, place: after, text: Us. }}\n"));
    let notes = format!("rule: demo.rule\nnotes:\n{}", notes.concat());
    let warnings = said(&rule, &notes).remarks.into_iter();
    let warnings = warnings.filter(|one| one.file.starts_with("notes/"));
    assert_eq!(warnings.count(), 0);
    let release = release(&rule, &notes);
    for place in places {
        assert_eq!(on(&release, Some(place)), [(NotePlace::After, "Us.")]);
    }
    let rule = release.rule("demo.rule").unwrap();
    let texts = super::texts_for_notes(&rule.guide, &release.procedures);
    let all = texts
        .iter()
        .map(|text| (text.address.as_str(), text.name.as_str(), text.text));
    let all = all.collect::<Vec<_>>();
    for text in [
        ("policy.one", "Step policy, answer one", "It is 1"),
        (
            "sign-in.try.works",
            "Step sign-in.try, answer works",
            "It works",
        ),
        (
            "where.wire.how",
            "Step where, check wire, how to find out",
            "Look.",
        ),
        ("mend.command", "Step mend, command", "mend /all"),
    ] {
        assert!(all.contains(&text), "{text:?} is not in {all:?}");
    }
    let gone = notes.replace("policy.one", "policy.two");
    let words = "notes[0].step: the step `policy` has no text `two`";
    remarks(RULE, &gone, Grade::Warning, words);
}

#[test]
fn a_note_whose_step_or_rule_is_gone_is_a_remark_and_shown_nowhere() {
    assert_eq!(said(RULE, NOTES).remarks, []);
    let other = RULE.replace("policy", "policies");
    let words = "notes[1].step: the rule has no step `policy`";
    remarks(&other, NOTES, Grade::Warning, words);
    assert!(said(&other, NOTES).passed());
    assert_eq!(on(&release(&other, NOTES), Some("policy")), []);
    assert_eq!(on(&release(&other, NOTES), Some("sign-in.try")).len(), 1);
    let notes = NOTES.replace(
        "step: policy, place: before",
        "step: sign-in, place: before",
    );
    remarks(
        RULE,
        &notes,
        Grade::Warning,
        "no step `sign-in` with a text",
    );

    let gone = [(
        "notes/demo.gone.yaml",
        NOTES.replace("demo.rule", "demo.gone"),
    )];
    let gone = gone.each_ref().map(|(path, text)| (*path, text.as_str()));
    let (pack, wrong) = Pack::read(texts(RULE, &gone));
    assert_eq!(wrong, []);
    let report = check(&pack, &[]);
    assert!(report.passed());
    assert_eq!(report.remarks.len(), 4, "{:#?}", report.remarks);
    assert!(report.remarks[0].what.contains("no rule `demo.gone`"));
}

#[test]
fn a_rule_under_a_new_id_keeps_the_notes_of_the_old_one() {
    let notes = NOTES.replace("demo.rule", "demo.old");
    let (pack, wrong) = Pack::read(texts(RULE, &[("notes/demo.old.yaml", &notes)]));
    assert_eq!(wrong, []);
    assert_eq!(check(&pack, &[]).remarks, []);
    let (release, _) = Release::compile(1, 0, pack.files);
    assert_eq!(on(&release, Some("policy")).len(), 2);
}

#[test]
fn the_linter_names_what_cannot_be_shown_as_it_was_meant() {
    let note =
        |text: &str| format!("rule: demo.rule\nnotes:\n  - {{ place: after, text: {text} }}\n");
    for (text, grade, words) in [
        ("' '", Grade::Error, "write the note, or remove it"),
        ("'{{fact:askk}}'", Grade::Warning, "`askk` is no short name"),
        ("'{{now}}'", Grade::Warning, "`{{now}}` is no placeholder"),
        (
            "'{{setting:A B}}'",
            Grade::Warning,
            "no setting can be named `A B`",
        ),
        (
            "'<b>us</b>'",
            Grade::Warning,
            "HTML is shown as it is written",
        ),
        (
            "'![a](/b.png)'",
            Grade::Warning,
            "a picture is shown as its words",
        ),
        (
            "'[a](javascript:x)'",
            Grade::Warning,
            "a link to `javascript:`",
        ),
    ] {
        remarks(RULE, &note(text), grade, words);
    }
    remarks(
        RULE,
        &note(&"x".repeat(4001)),
        Grade::Error,
        "at most 4000 fit",
    );
    let fine = note("'[a](https://example.com/a:b) [b](/rules) [c](mailto:a@b.example)'");
    assert_eq!(said(RULE, &fine).remarks, []);
    let twice = NOTES.replace("place: before, text: First", "place: instead, text: First");
    remarks(
        RULE,
        &twice,
        Grade::Error,
        ":5: error: notes[2].place: there is another note",
    );
    let report = check_one(&pack(RULE, &twice), "notes/demo.rule.yaml", Depth::Itself);
    assert_eq!(report.remarks.len(), 1);
}

#[test]
fn notes_are_a_file_of_their_own_named_like_their_rule() {
    let files = pack(RULE, NOTES).files;
    let written = pack_texts(&files);
    let file = written.iter().find(|file| file.path.starts_with("notes/"));
    let file = file.unwrap();
    assert_eq!(file.path, "notes/demo.rule.yaml");
    assert!(
        file.text.starts_with("rule: demo.rule\nnotes:\n  - "),
        "{}",
        file.text
    );
    assert_eq!(Pack::read(written).0.files, files);
    let (_, wrong) = Pack::read(texts(RULE, &[("notes/demo.other.yaml", NOTES)]));
    assert!(wrong[0].what.contains("they must be equal"));
    // A pack without notes has the hash that it had before there were any.
    let json = serde_json::to_string(&PackFiles::default()).unwrap();
    assert!(!json.contains("notes"));
}

#[test]
fn notes_differ_by_their_text_and_place() {
    let before = pack(RULE, NOTES).files;
    let after = NOTES.replace("Ask us.", "Ask them.").replace(
        "  - { step: policy, place: before, text: First. }\n",
        "  - { step: good, place: after, text: 'Well, good.' }\n",
    );
    let items = diff(&before, &pack(RULE, &after).files).items;
    assert_eq!((items.len(), items[0].kind), (1, ItemKind::Note));
    let fields = items[0].fields.iter();
    let fields = fields.map(|field| (field.field.as_str(), field.how));
    let mut fields = fields.collect::<Vec<_>>();
    fields.sort_by_key(|(field, _)| *field);
    assert_eq!(
        fields,
        [
            ("step good, after", How::Added),
            ("step policy, before", How::Removed),
            ("step policy, instead", How::Changed),
        ]
    );
}
