use super::tests::{editor, room};
use super::*;
use crate::actions::{DeedError, Right};
use crate::rules::RuleFile;
use crate::store::{DraftKind, DraftName};

fn name(id: &str) -> DraftName {
    DraftName::new(DraftKind::Rule, id)
}

const GUIDE: &str = r"guide:
  start: say
  steps:
    - id: say
      ask: What does it say?
      answers:
        - { id: yes, label: It runs, go: fixed }
        - { id: no, label: It stands, go: help }
    - { id: fixed, outcome: resolved, text: Done. }
    - { id: help, outcome: escalate, text: Hand over. }
";

/// The published rule with another guide, whose one walk is wrong now.
fn with_guide(text: &str) -> String {
    let from = text.find("guide:").unwrap();
    let to = text.find("references:").unwrap();
    format!("{}{GUIDE}{}", &text[..from], &text[to..])
}

fn rule(view: &DraftView) -> &RuleFile {
    view.reading.rule().unwrap()
}

#[tokio::test]
async fn missing_walks_are_written_below_those_that_are_there() {
    let room = room().await;
    let ann = editor("ann");
    let name = name("demo.one");
    let before = view(&room.desk, &ann, &name).await.unwrap();
    let text = with_guide(&before.published.as_ref().unwrap().text);
    let old = text[text.find("walks:").unwrap()..].to_owned();
    let content = Some(Content::Tidy(text));
    let (saved, written) = write_walks(&room.desk, &ann, &name, Based::Release(1), content)
        .await
        .unwrap();
    let SaveOutcome::Saved(view) = saved else {
        panic!("collided");
    };
    let written = written.unwrap();
    let ends = written.walks.iter().map(|walk| walk.end.as_str());
    assert_eq!(ends.collect::<Vec<_>>(), ["fixed", "help"]);
    assert_eq!(written.not_written, []);
    let draft = view.draft.clone().unwrap();
    assert!(draft.text.contains(&old), "{}", draft.text);
    assert_eq!(rule(&view).walks.len(), 3);
    assert_eq!(rule(&view).walks[1..], written.walks);
    let walked = written.walked(&written.walks[1]).unwrap();
    assert_eq!(walked.done[0].label, "It stands");

    let told = written_walks(&room.desk, &ann, &view.reading, 2).await;
    assert_eq!(told.unwrap().unwrap().walks, written.walks);
    let other = written_walks(&room.desk, &ann, &view.reading, 3).await;
    assert!(other.unwrap().is_none());

    let again = Based::Revision(draft.revision);
    let (saved, written) = write_walks(&room.desk, &ann, &name, again, None)
        .await
        .unwrap();
    let SaveOutcome::Saved(view) = saved else {
        panic!("collided");
    };
    assert_eq!(view.draft.unwrap().revision, draft.revision);
    assert_eq!(written.unwrap().walks, []);
}

#[tokio::test]
async fn where_none_is_missing_no_draft_begins() {
    let room = room().await;
    let ann = editor("ann");
    let name = name("demo.two");
    let (saved, written) = write_walks(&room.desk, &ann, &name, Based::Release(1), None)
        .await
        .unwrap();
    assert!(matches!(saved, SaveOutcome::Saved(view) if view.draft.is_none()));
    assert_eq!(written.unwrap().walks, []);
}

#[tokio::test]
async fn what_cannot_be_walked_is_kept_and_said_and_a_late_press_changes_nothing() {
    let room = room().await;
    let ann = editor("ann");
    let name = name("demo.one");
    let before = view(&room.desk, &ann, &name).await.unwrap();
    let text = before.published.unwrap().text;
    let torn = text.replace("outcome: resolved", "outcome: resolved, go: fixed");
    let press = |based, text: &str| {
        let content = Some(Content::Tidy(text.to_owned()));
        write_walks(&room.desk, &ann, &name, based, content)
    };
    let (saved, written) = press(Based::Release(1), &torn).await.unwrap();
    let SaveOutcome::Saved(view) = saved else {
        panic!("collided");
    };
    let written = written.unwrap();
    assert_eq!((written.walks.len(), written.wrong.len()), (0, 1));
    let revision = view.draft.unwrap().revision;
    let refused = write_walks(&room.desk, &ann, &name, Based::Revision(revision), None).await;
    assert!(matches!(refused, Err(DeedError::Refused(_))));
    let (saved, written) = press(Based::Revision(revision), "title: [").await.unwrap();
    assert!(matches!(saved, SaveOutcome::Saved(_)) && written.is_none());
    let (late, _) = press(Based::Revision(revision), &with_guide(&text))
        .await
        .unwrap();
    assert!(matches!(late, SaveOutcome::Collided(_)));
    let mut reader = editor("bob");
    reader.rights = vec![Right::ReadDrafts];
    let not_allowed = write_walks(&room.desk, &reader, &name, Based::Release(1), None).await;
    assert!(matches!(not_allowed, Err(DeedError::NotAllowed(_))));
}

#[tokio::test]
async fn a_procedure_that_is_only_a_draft_is_offered_and_walked_through() {
    let room = room().await;
    let ann = editor("ann");
    let procedure = DraftName::new(DraftKind::Procedure, "look");
    let text = "id: look\ntitle: Look\nresults: [well, ill]\nguide:\n  start: see\n  steps:\n    - id: see\n      ask: Is it well?\n      answers:\n        - { id: yes, label: It is, go: well }\n        - { id: no, label: It is not, go: ill }\n    - { id: well, return: well }\n    - { id: ill, return: ill }\n";
    let content = Content::Tidy(text.to_owned());
    let saved = save(&room.desk, &ann, &procedure, Based::New, content).await;
    assert!(matches!(saved, Ok(SaveOutcome::Saved(_))));
    let name = name("demo.one");
    let view = view(&room.desk, &ann, &name).await.unwrap();
    let offered = &view.procedures[0];
    assert_eq!((offered.id.as_str(), offered.drafted), ("look", true));
    let text = with_guide(&view.published.unwrap().text);
    let from = text.find("    - id: say").unwrap();
    let to = text.find("    - { id: fixed").unwrap();
    let call = "    - { id: say, call: look, on: { well: fixed, ill: help } }\n";
    let text = format!("{}{call}{}", &text[..from], &text[to..]);
    let content = Some(Content::Tidy(text));
    let (_, written) = write_walks(&room.desk, &ann, &name, Based::Release(1), content)
        .await
        .unwrap();
    let walks = written.unwrap().walks;
    let paths = walks.iter().map(|walk| walk.path.join(" "));
    assert_eq!(paths.collect::<Vec<_>>(), ["say.see/yes", "say.see/no"]);
}
