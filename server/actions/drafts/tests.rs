use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::actions::{
    About, Caller, DeedError, Desk, DeskSettings, Patience, Request, Right, Role, Surroundings,
    delete_case, open_case,
};
use crate::condition::RuleId;
use crate::evidence::Submission;
use crate::evidence::archive::Budget;
use crate::evidence::redact::Redact;
use crate::rules::{Expect, PackFiles, Release, Verdict};
use crate::store::{Actor, AuditFilter, DraftKind, DraftName, NewRelease, Store};

pub(super) struct Room {
    pub(super) desk: Desk,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// 21 November 2026.
const NOW: i64 = 1_795_219_200_000;

pub(super) fn pack() -> PackFiles {
    let rule = |id: &str, title: &str, code: &str| {
        json!({ "id": id, "title": title, "product": "demo", "severity": "error", "owner": "us",
            "automation": { "reason": "demo", "retryable": "no", "who_can_fix": "it" },
            "match": { "any": [ { "code": code } ] }, "cause": "Because.",
            "guide": { "start": "fixed", "steps": [ { "id": "fixed", "outcome": "resolved", "text": "Done." } ] },
            "references": [ { "title": "A", "url": "https://example.com/a" } ],
            "examples": [
                { "text": format!("it ended with {code}"), "expect": "match" },
                { "text": format!("the run failed: {code}"), "expect": "match" },
                { "text": "all is well", "expect": "silent" } ],
            "walks": [ { "name": "Nothing known", "path": [], "end": "fixed" } ] })
    };
    serde_json::from_value(json!({
        "products": [ { "id": "demo", "name": "Demo" } ],
        "collectors": [], "cautions": [], "procedures": [],
        "rules": [ rule("demo.one", "One", "AlphaFailure"), rule("demo.two", "Two", "BetaFailure") ]
    }))
    .unwrap()
}

pub(super) async fn room() -> Room {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("signpost.db"))
        .await
        .unwrap();
    let settings = DeskSettings {
        case_days: 0,
        budget: Budget::default(),
        patience: Patience {
            file: Duration::from_mins(1),
            whole: Duration::from_mins(1),
        },
        readers: 2,
        redact: Redact::Secrets,
        names_key: folder.path().join("names.key"),
    };
    let clock = Arc::new(AtomicI64::new(NOW));
    let count = AtomicU64::new(1);
    let surroundings = Surroundings {
        clock: Arc::new({
            let clock = clock.clone();
            move || clock.fetch_add(1, Ordering::SeqCst)
        }),
        random: Arc::new(move || u128::from(count.fetch_add(1, Ordering::SeqCst)).to_be_bytes()),
    };
    let live = Arc::new(Release::compile(1, NOW, pack()).0);
    publish(&store, &pack()).await;
    let desk = Desk::new(store, live, settings, surroundings);
    Room {
        desk,
        clock,
        _folder: folder,
    }
}

async fn publish(store: &Store, files: &PackFiles) {
    let release = NewRelease {
        note: "test",
        origin: "imported",
        pack_hash: "none",
        engine: "test",
        files,
        gate: "",
        proposal: None,
    };
    store.publish(release, &Actor::server(), NOW).await.unwrap();
}

pub(super) fn editor(who: &str) -> Caller {
    Caller {
        actor: Actor {
            who: who.to_owned(),
            ..Actor::shell()
        },
        rights: Role::Editor.rights().to_vec(),
    }
}

fn one() -> DraftName {
    DraftName::new(DraftKind::Rule, "demo.one")
}

fn saved(outcome: SaveOutcome) -> DraftView {
    match outcome {
        SaveOutcome::Saved(view) => *view,
        SaveOutcome::Collided(collision) => panic!("collided: {collision:?}"),
    }
}

fn collided(outcome: SaveOutcome) -> Collision {
    match outcome {
        SaveOutcome::Collided(collision) => *collision,
        SaveOutcome::Saved(view) => panic!("saved: {view:?}"),
    }
}

fn revision(view: &DraftView) -> i64 {
    view.draft.as_ref().unwrap().revision
}

async fn published(room: &Room) -> String {
    let view = view(&room.desk, &editor("ann"), &one()).await.unwrap();
    view.published.unwrap().text
}

#[tokio::test]
async fn a_text_that_does_not_parse_is_kept_with_its_line() {
    let room = room().await;
    let text = published(&room).await;
    let broken = text.replace("severity: error", "severity: err\nodd: 1");
    let save = save(
        &room.desk,
        &editor("ann"),
        &one(),
        Based::Release(1),
        Content::Text(broken.clone()),
    )
    .await;
    let view = saved(save.unwrap());
    assert_eq!(view.draft.as_ref().unwrap().text, broken);
    assert_eq!(view.reading.structure, None);
    assert_eq!(view.reading.errors[0].line, 4);
    let lines = list(&room.desk, &editor("ann")).await.unwrap();
    assert_eq!(lines[0].state, DraftState::Changed);
    assert!(!lines[0].parses && lines[1].parses);
}

#[tokio::test]
async fn comments_of_a_text_that_is_put_in_style_become_notes_and_are_told() {
    let room = room().await;
    let text = published(&room).await;
    let text = text.replace("title: One", "# Named so by the vendor\ntitle: One");
    let typed = Content::Text(text.clone());
    let first = save(&room.desk, &editor("ann"), &one(), Based::Release(1), typed).await;
    let first = saved(first.unwrap());
    assert_eq!(first.draft.as_ref().unwrap().text, text, "kept as typed");
    assert_eq!(first.reading.moved[0].field, "title");
    let based = Based::Revision(revision(&first));
    let tidy = save(
        &room.desk,
        &editor("ann"),
        &one(),
        based,
        Content::Tidy(text),
    )
    .await;
    let tidy = saved(tidy.unwrap());
    let draft = tidy.draft.as_ref().unwrap();
    assert!(
        draft
            .text
            .ends_with("notes: |\n  `title`: Named so by the vendor\n")
    );
    assert_eq!(tidy.reading.moved, []);
    let again = Content::Tidy(draft.text.clone());
    let based = Based::Revision(draft.revision);
    let again = save(&room.desk, &editor("ann"), &one(), based, again).await;
    assert_eq!(saved(again.unwrap()).draft, tidy.draft);
}

#[tokio::test]
async fn two_editors_collide_and_both_texts_are_merged() {
    let room = room().await;
    let text = published(&room).await;
    let ann = Content::Tidy(text.replace("title: One", "title: The one"));
    let first = save(&room.desk, &editor("ann"), &one(), Based::Release(1), ann).await;
    let first = saved(first.unwrap());
    let bob = Content::Tidy(text.replace("owner: us", "owner: others"));
    let late = save(&room.desk, &editor("bob"), &one(), Based::Release(1), bob).await;
    let late = collided(late.unwrap());
    assert_eq!(late.present, first.draft);
    let merged = late.merge.text().unwrap();
    assert!(merged.contains("title: The one\n") && merged.contains("owner: others\n"));
    let merged = merged.replace("title: The one", "title: The only one");
    let based = Based::Revision(revision(&first));
    let both = save(
        &room.desk,
        &editor("bob"),
        &one(),
        based,
        Content::Tidy(merged),
    )
    .await;
    let both = saved(both.unwrap());
    let bad = Content::Tidy(text.replace("title: One", "title: Another"));
    let conflict = save(&room.desk, &editor("ann"), &one(), based, bad).await;
    let conflict = collided(conflict.unwrap());
    assert_eq!(conflict.merge.conflicts, 1);
    assert_eq!(conflict.present, both.draft);
}

#[tokio::test]
async fn a_draft_that_began_before_a_release_is_merged_with_it() {
    let room = room().await;
    let text = published(&room).await;
    let mine = Content::Tidy(text.replace("title: One", "title: The one"));
    let mine = save(&room.desk, &editor("ann"), &one(), Based::Release(1), mine).await;
    let mine = saved(mine.unwrap());
    assert!(!mine.behind);
    let mut files = pack();
    files.rules[0].owner = Some("others".to_owned());
    publish(&room.desk.store, &files).await;
    room.desk
        .go_live(&Arc::new(Release::compile(2, NOW, files).0));
    let now = view(&room.desk, &editor("ann"), &one()).await.unwrap();
    assert!(now.behind);
    let merge = behind(&room.desk, &editor("ann"), &one()).await.unwrap();
    let merged = merge.text().unwrap();
    assert!(merged.contains("title: The one\n") && merged.contains("owner: others\n"));
    let based = rebase(&room.desk, &editor("ann"), &one(), revision(&now), &merged).await;
    let based = saved(based.unwrap());
    assert!(!based.behind);
    assert_eq!(based.draft.unwrap().base_release, 2);
}

#[tokio::test]
async fn a_new_rule_is_begun_from_nothing_or_as_a_copy_and_takes_no_name_twice() {
    let room = room().await;
    let new = |id: &str, copy_of: Option<&str>| NewRule {
        id: RuleId::parse(id).unwrap(),
        title: "A new one".to_owned(),
        product: None,
        copy_of: copy_of.map(|id| RuleId::parse(id).unwrap()),
    };
    let scratch = begin(&room.desk, &editor("ann"), new("demo.new", None)).await;
    let scratch = saved(scratch.unwrap());
    assert_eq!(scratch.reading.rule().unwrap().title, "A new one");
    assert_eq!(scratch.published, None);
    let copy = begin(
        &room.desk,
        &editor("ann"),
        new("demo.copy", Some("demo.two")),
    )
    .await;
    let copy = saved(copy.unwrap());
    assert_eq!(copy.reading.rule().unwrap().examples.len(), 3);
    for taken in ["demo.one", "demo.new"] {
        let again = begin(&room.desk, &editor("bob"), new(taken, None)).await;
        collided(again.unwrap());
    }
    let lines = list(&room.desk, &editor("ann")).await.unwrap();
    let states = lines.iter().map(|line| (line.name.id.as_str(), line.state));
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            ("demo.copy", DraftState::New),
            ("demo.new", DraftState::New),
            ("demo.one", DraftState::Published),
            ("demo.two", DraftState::Published),
        ]
    );
}

#[tokio::test]
async fn the_words_of_a_case_become_an_example_without_people_machines_and_secrets() {
    let room = room().await;
    let text = "FABRIKAM\\jane.doe on PC-0815.fabrikam.com: password=Hunter2! AlphaFailure again";
    let request = Request {
        submission: Submission {
            text: Some(text.to_owned()),
            ..Submission::default()
        },
        ..Request::default()
    };
    let case = open_case(&room.desk, request, About::default())
        .await
        .unwrap();
    let id = case.record.id;
    let words = case_words(&room.desk, &editor("ann"), &id).await.unwrap();
    let (_, shown) = &words.texts[0];
    for gone in ["jane", "FABRIKAM", "PC-0815", "Hunter2"] {
        assert!(!shown.contains(gone), "{shown}");
    }
    assert!(shown.contains("AlphaFailure again"));
    assert_eq!(
        room.desk.store.drafts().await.unwrap(),
        [],
        "only shown so far"
    );
    let example = AddExample {
        rule: RuleId::parse("demo.one").unwrap(),
        based: Based::Release(1),
        case: Some(id.clone()),
        text: "FABRIKAM\\jane.doe says AlphaFailure again".to_owned(),
        expect: Expect::Match,
    };
    let added = add_example(&room.desk, &editor("ann"), example).await;
    let added = saved(added.unwrap());
    let examples = &added.reading.rule().unwrap().examples;
    let last = examples.last().unwrap().text.clone().unwrap();
    assert!(last.contains("says AlphaFailure again") && !last.contains("jane"));
    let known = examples_of_case(&room.desk, &editor("ann"), &id)
        .await
        .unwrap();
    assert_eq!(
        (known[0].rule.as_str(), known[0].text.as_str()),
        ("demo.one", last.as_str())
    );
    let left = delete_case(&room.desk, &id, None).await.unwrap();
    assert_eq!(
        left, known,
        "whoever deletes the case is told where its words went"
    );
}

#[tokio::test]
async fn removing_and_switching_off_are_drafts_too() {
    let room = room().await;
    let ann = editor("ann");
    let gone = remove(&room.desk, &ann, &one(), Based::Release(1)).await;
    let gone = saved(gone.unwrap());
    assert!(gone.draft.as_ref().unwrap().removed);
    let two = [RuleId::parse("demo.two").unwrap()];
    let bad = disable(&room.desk, &ann, &two, " ", "2026-11-21").await;
    let Err(DeedError::Refused(wrong)) = bad else {
        panic!("a day that has begun and no reason: {bad:?}");
    };
    assert_eq!(wrong.len(), 2);
    disable(&room.desk, &ann, &two, "fires on tables", "2026-12-01")
        .await
        .unwrap();
    let drafts = room.desk.store.drafts().await.unwrap();
    let (files, wrong) = lay_over(&pack(), &drafts);
    assert_eq!(wrong, []);
    assert_eq!(files.rules.len(), 1);
    assert_eq!(files.disabled[0].reason, "fires on tables");
    assert_eq!(files.disabled[0].by.as_deref(), Some("ann"));
    enable(&room.desk, &ann, &two).await.unwrap();
    let drafts = room.desk.store.drafts().await.unwrap();
    assert_eq!(drafts.len(), 1);
    let kept = discard(&room.desk, &ann, &one(), 999).await.unwrap();
    assert_eq!(kept.unwrap().present, gone.draft);
    let done = discard(&room.desk, &ann, &one(), revision(&gone)).await;
    assert!(done.unwrap().is_none());
    assert_eq!(room.desk.store.drafts().await.unwrap(), []);
}

#[tokio::test]
async fn without_the_right_nothing_is_shown_or_changed() {
    let room = room().await;
    let helpdesk = Caller {
        rights: Role::Helpdesk.rights().to_vec(),
        ..editor("eve")
    };
    let read = view(&room.desk, &helpdesk, &one()).await;
    assert!(matches!(
        read,
        Err(DeedError::NotAllowed(Right::ReadDrafts))
    ));
    let publisher = Caller {
        rights: Role::Publisher.rights().to_vec(),
        ..editor("pat")
    };
    assert!(view(&room.desk, &publisher, &one()).await.is_ok());
    let write = remove(&room.desk, &publisher, &one(), Based::Release(1)).await;
    assert!(matches!(write, Err(DeedError::NotAllowed(Right::Edit))));
    let entries = room
        .desk
        .store
        .audit_entries(&AuditFilter::default(), 5)
        .await;
    let deeds = entries.unwrap().into_iter().map(|entry| entry.action);
    assert_eq!(deeds.collect::<Vec<_>>(), ["release.publish"]);
}

#[tokio::test]
async fn a_text_that_is_too_long_or_bears_another_name_is_refused() {
    let room = room().await;
    let long = Content::Text("x".repeat(MOST_TEXT + 1));
    let long = save(&room.desk, &editor("ann"), &one(), Based::Release(1), long).await;
    assert!(matches!(long, Err(DeedError::Refused(_))));
    let text = published(&room)
        .await
        .replace("id: demo.one", "id: demo.else");
    let other = Content::Text(text);
    let other = save(&room.desk, &editor("ann"), &one(), Based::Release(1), other).await;
    let other = saved(other.unwrap());
    assert!(other.reading.errors[0].what.contains("demo.else"));
    let list = DraftName::new(DraftKind::List, "passwords");
    let text = Content::Text(String::new());
    let list = save(&room.desk, &editor("ann"), &list, Based::New, text).await;
    assert!(matches!(list, Err(DeedError::Refused(_))));
}

#[tokio::test]
async fn a_rule_that_is_switched_off_makes_no_findings_until_its_day() {
    let room = room().await;
    let mut files = pack();
    files.disabled = serde_json::from_value(json!([
        { "rule": "demo.one", "reason": "fires on tables", "until": "2026-11-23" }
    ]))
    .unwrap();
    publish(&room.desk.store, &files).await;
    let verdict = async || {
        room.desk.refresh().await.unwrap();
        let request = Request {
            submission: Submission {
                text: Some("the run failed: AlphaFailure".to_owned()),
                ..Submission::default()
            },
            ..Request::default()
        };
        let case = open_case(&room.desk, request, About::default()).await;
        let findings = &case.unwrap().diagnosis.findings;
        (
            findings.verdict,
            findings.findings.len() + findings.suggestions.len(),
        )
    };
    assert_eq!(verdict().await, (Verdict::Unmatched, 0));
    let one = RuleId::parse("demo.one").unwrap();
    let off = room.desk.live().is_off(&one).cloned().unwrap();
    assert_eq!(off.reason, "fires on tables");
    let day = crate::rules::day("2026-11-23").unwrap();
    room.clock.store(day - 10_000, Ordering::SeqCst);
    assert_eq!(verdict().await, (Verdict::Unmatched, 0));
    room.clock.store(day, Ordering::SeqCst);
    assert_eq!(verdict().await, (Verdict::Matched, 1));
    assert!(room.desk.live().is_off(&one).is_none());
}
