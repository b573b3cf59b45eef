//! The bench and the linter of one draft.

use std::collections::BTreeMap;

use super::tests::{editor, pack, room};
use super::*;
use crate::actions::{About, Request, open_case};
use crate::condition::{RuleId, Truth};
use crate::evidence::Submission;
use crate::rules::check::{Depth, Grade};
use crate::rules::explain::Explained;
use crate::rules::{RuleFile, Verdict};
use crate::store::{DraftKind, DraftName};

fn one() -> RuleId {
    RuleId::parse("demo.one").unwrap()
}

/// The published rule with another `match`.
fn with_match(matcher: serde_json::Value) -> String {
    let rule = RuleFile {
        matcher: serde_json::from_value(matcher).unwrap(),
        ..pack().rules.remove(0)
    };
    Structure::Rule(Box::new(rule)).text()
}

fn pasted(text: &str) -> Submission {
    Submission {
        text: Some(text.to_owned()),
        ..Submission::default()
    }
}

async fn tried(matcher: serde_json::Value, text: &str) -> Bench {
    let room = room().await;
    let request = BenchRequest {
        rule: one(),
        text: with_match(matcher),
        against: Against::Submission(pasted(text)),
        answers: BTreeMap::new(),
    };
    bench(&room.desk, &editor("ann"), request).await.unwrap()
}

/// Path, truth and whether it decided, of every leaf.
fn leaves(told: &Explained) -> Vec<(&str, Truth, bool)> {
    if told.parts.is_empty() {
        return vec![(told.path.as_str(), told.truth, told.decides)];
    }
    told.parts.iter().flat_map(leaves).collect()
}

#[tokio::test]
async fn each_condition_says_whether_it_holds_and_whether_it_decided() {
    let matcher = serde_json::json!({ "any": [
        { "all": [ { "code": "AlphaFailure" }, { "fact": "dsregcmd.AzureAdJoined", "is": "YES" } ] },
        { "phrase": "never seen anywhere" }
    ] });
    let tried = tried(matcher, "the run failed: AlphaFailure").await;
    assert!(tried.finding().is_none() && tried.is_undecided());
    let why = tried.why.as_ref().unwrap();
    assert_eq!(
        leaves(why),
        [
            ("match.any[0].all[0]", Truth::True, false),
            ("match.any[0].all[1]", Truth::Unknown, true),
            ("match.any[1]", Truth::False, false),
        ]
    );
    let code = &why.parts[0].parts[0];
    assert_eq!(code.because[0].text, "AlphaFailure");
    assert_eq!(why.parts[0].parts[1].why, "nothing that was sent tells");
    assert_eq!(tried.live.findings.verdict, Verdict::Matched);
    assert_eq!(tried.walk().unwrap().now.step.as_str(), "fixed");
}

#[tokio::test]
async fn a_text_that_only_speaks_of_it_and_words_of_two_records_are_told_apart() {
    let matcher = serde_json::json!({ "any": [ { "code": "AlphaFailure" } ] });
    let denied = tried(matcher, "What does AlphaFailure mean?").await;
    let why = denied.why.unwrap();
    assert!(why.parts[0].why.contains("speaks of it"), "{why:?}");
    let matcher = serde_json::json!({ "all": [ { "code": "AlphaFailure" }, { "phrase": "the other half of it" } ] });
    let records =
        "{\"message\": \"failed with AlphaFailure\"}\n{\"message\": \"the other half of it\"}\n";
    let apart = tried(matcher, records).await;
    assert!(apart.finding().is_none());
    let why = apart.why.unwrap();
    let told = why.parts.iter().map(|part| part.why.as_str());
    assert!(
        told.clone().any(|why| why.contains("another record")),
        "{:?}",
        told.collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_draft_is_tried_on_a_stored_case_and_one_that_cannot_judge_says_where() {
    let room = room().await;
    let request = Request {
        submission: pasted("it says GammaFailure again"),
        ..Request::default()
    };
    let case = open_case(&room.desk, request, About::default()).await;
    let case = case.unwrap().record.id;
    let text = with_match(serde_json::json!({ "any": [ { "code": "GammaFailure" } ] }));
    let on = |text: String| BenchRequest {
        rule: one(),
        text,
        against: Against::Case(case.clone()),
        answers: BTreeMap::new(),
    };
    let tried = bench(&room.desk, &editor("ann"), on(text.clone())).await;
    let tried = tried.unwrap();
    assert_eq!(tried.finding().unwrap().because[0].text, "GammaFailure");
    assert_eq!(tried.live.findings.verdict, Verdict::Unmatched);
    let broken = text.replace("code: GammaFailure", "regex: \"(open\"");
    let broken = bench(&room.desk, &editor("ann"), on(broken)).await.unwrap();
    assert!(broken.draft.is_none() && broken.reading.errors.is_empty());
    assert_eq!(broken.errors[0].line, 10);
    let torn = bench(&room.desk, &editor("ann"), on("id: [".to_owned())).await;
    assert!(!torn.unwrap().reading.errors.is_empty());
}

#[tokio::test]
async fn a_draft_is_linted_with_the_lines_of_its_own_text() {
    let room = room().await;
    let name = DraftName::new(DraftKind::Rule, "demo.one");
    let say = async |text: &str, depth| {
        lint(&room.desk, &editor("ann"), &name, text, depth)
            .await
            .unwrap()
    };
    let whole = with_match(serde_json::json!({ "any": [ { "code": "AlphaFailure" } ] }));
    let passed = say(&whole, Depth::Others).await;
    assert!(passed.passed(), "{passed:?}");
    let astray = whole.replace("start: fixed", "start: gone");
    let astray = format!("# A comment moves every line\n{astray}");
    let said = say(&astray, Depth::Itself).await;
    let line = astray.lines().position(|line| line.contains("start: gone"));
    assert_eq!(said.remarks[0].line, line.unwrap() + 1, "{said:?}");
    assert_eq!(said.remarks[0].grade, Grade::Error);
    let torn = say("id: demo.one\ntitle: [", Depth::Itself).await;
    assert!(!torn.passed() && torn.errors[0].line >= 2);
}

/// Guards against a draft that takes the examples of another rule and is told only when it is to be published.
#[tokio::test]
async fn examples_of_others_that_a_draft_takes_are_named_when_asked_for() {
    let room = room().await;
    let name = DraftName::new(DraftKind::Rule, "demo.one");
    let wide = with_match(
        serde_json::json!({ "any": [ { "code": "AlphaFailure" }, { "code": "BetaFailure" } ] }),
    );
    let takes = async |depth| {
        let said = lint(&room.desk, &editor("ann"), &name, &wide, depth).await;
        let remarks = said.unwrap().remarks;
        let taken = remarks
            .iter()
            .filter(|remark| remark.what.contains("`demo.two` too"));
        taken.count()
    };
    assert_eq!(takes(Depth::Others).await, 2);
    assert_eq!(takes(Depth::Itself).await, 0);
}
