//! The pages of editing, with a hostile draft.

use std::collections::BTreeMap;

use super::{HOSTILE, pack};
use crate::actions::drafts::{
    Based, DraftLine, DraftState, DraftView, NoteLine, NotesView, TextLine, merge, read_draft,
};
use crate::actions::{RuleChange, RuleState, RuleUse, Survey};
use crate::rules::Release;
use crate::rules::write::to_text;
use crate::store::{Draft, DraftKind, DraftName};
use crate::web::pages::admin::{
    Asked, EditPage, Face, ListAsked, ListedRules, MergePage, NewPage, NotesPage, NotesSection,
    RulesListPage,
};

/// The pages of editing, with a draft of the sample rule.
pub(super) fn pages(release: &Release, add: &mut dyn FnMut(&str, &dyn askama::DynTemplate)) {
    let name = DraftName::new(DraftKind::Rule, "sample.rule");
    let text = to_text(&pack().rules[0]);
    let view = |text: &str| {
        let draft = Draft {
            name: name.clone(),
            revision: 7,
            base_release: 4,
            base: String::new(),
            text: text.to_owned(),
            removed: false,
            created_by: HOSTILE.to_owned(),
            created_at: 0,
            changed_by: HOSTILE.to_owned(),
            changed_at: 1_795_269_720_000,
        };
        DraftView {
            name: name.clone(),
            published: None,
            draft: Some(draft),
            reading: read_draft(&name, text),
            behind: true,
            products: release.products.clone(),
            procedures: Vec::new(),
        }
    };
    let broken = format!("title: {HOSTILE}\nseverity: [");
    for (face, text) in [
        (Face::Form, &text),
        (Face::Text, &text),
        (Face::Form, &broken),
    ] {
        let page = EditPage::new(release, &view(text), face, "guide.steps.0", true);
        add(&format!("editor {face:?} of {} bytes", text.len()), &page);
    }
    let page = EditPage::new(release, &view(&text), Face::Form, "", false);
    add("editor for who may not edit", &page);
    let draft = view(&text).draft;
    let editor = EditPage::new(release, &view(&text), Face::Form, "", true);
    notes(draft, editor, add);
    let merge = merge("a\nb\nc\n", &format!("a\n{HOSTILE}\nc\n"), "a\nmine\nc\n");
    let based = Based::Revision(7);
    let who = Some((HOSTILE.to_owned(), 0));
    let page = MergePage::of_collision(&name, &merge, based, who);
    add("join two texts", &page);
    add(
        "join with a release",
        &MergePage::of_release(&name, &merge, based),
    );
    add(
        "join with a new version",
        &MergePage::of_release(&name, &merge, based).brought(),
    );
    let mut page = NewPage::new(release, Asked::default(), Vec::new());
    add("new rule", &page);
    page.show_texts(vec![(HOSTILE.to_owned(), HOSTILE.to_owned())], &[]);
    add("new rule of a case", &page);
    lists(release, &name, add);
}

/// The list of rules, with one whose every field is hostile.
fn lists(release: &Release, name: &DraftName, add: &mut dyn FnMut(&str, &dyn askama::DynTemplate)) {
    let line = DraftLine {
        name: name.clone(),
        state: DraftState::Changed,
        rule: pack().rules.pop(),
        title: HOSTILE.to_owned(),
        revision: Some(7),
        changed: Some((HOSTILE.to_owned(), 0)),
        parses: false,
        behind: true,
        disabled: None,
    };
    let uses = BTreeMap::from([(
        "sample.rule".to_owned(),
        RuleUse {
            hits: 3,
            fixed: 1,
            ..RuleUse::default()
        },
    )]);
    let survey = Survey {
        release: 4,
        rules: BTreeMap::from([(
            "sample.rule".to_owned(),
            RuleState {
                errors: 1,
                warnings: 2,
                changed: Some(RuleChange {
                    release: 4,
                    at: 1,
                    by: HOSTILE.to_owned(),
                }),
            },
        )]),
    };
    let lines = [line];
    let known = ListedRules {
        lines: &lines,
        uses: &uses,
        survey: Some(&survey),
        now: 0,
    };
    let page = RulesListPage::new(release, &known, ListAsked::default(), true);
    add("rules to edit", &page);
    let known = ListedRules {
        lines: &[],
        survey: None,
        ..known
    };
    let page = RulesListPage::new(release, &known, ListAsked::default(), true);
    add("no rules to edit", &page);
}

/// The pages of local notes, and the editor of the rule with them.
fn notes(
    draft: Option<Draft>,
    mut editor: EditPage,
    add: &mut dyn FnMut(&str, &dyn askama::DynTemplate),
) {
    let mut view = NotesView {
        name: DraftName::new(DraftKind::Note, "sample.rule"),
        based: Based::Release(4),
        draft: None,
        behind: false,
        broken: false,
        notes: Vec::new(),
        texts: vec![TextLine {
            address: "first".to_owned(),
            name: HOSTILE.to_owned(),
            text: HOSTILE.to_owned(),
        }],
    };
    let section = |notes: &NotesView, edits: bool| {
        NotesSection::new(notes, "sample.rule", &super::house(), edits)
    };
    let none = section(&view, true);
    add("no notes", &NotesPage::of("sample.rule", "Sample", none));
    let files = pack().notes.remove(0).notes.into_iter();
    view.notes = files
        .map(|note| NoteLine {
            published: note.step.is_none(),
            nowhere: note.step.as_ref().map(|_| HOSTILE.to_owned()),
            note,
        })
        .collect();
    view.draft = draft;
    view.behind = true;
    for edits in [true, false] {
        let some = section(&view, edits);
        let page = NotesPage::of("sample.rule", HOSTILE, some.with_preview(HOSTILE));
        add(&format!("notes, to be edited: {edits}"), &page);
    }
    editor.show_notes(section(&view, true));
    add("editor with notes", &editor);
}
