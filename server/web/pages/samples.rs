//! Every page with samples: empty, long and hostile ones. What holds for all of them is asserted here.

mod publishing;

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use scraper::{Html, Selector};

use super::Limits;
use super::case::{CasePage, EventsPage, FactsPage, FilesPage, Part, PrintPage, SourcePage};
use super::code::CodePage;
use super::home::{HomePage, Terms};
use super::problem::ProblemPage;
use super::rule::RulePage;
use super::rules::{RulesPage, SearchPage};
use crate::actions::{CaseView, HouseValues, Request, diagnose};
use crate::condition::{AnswerId, RuleId, StepId};
use crate::evidence::Submission;
use crate::rules::{PackFiles, Release, RuleFile};
use crate::store::{
    Answer, Asked, CaseExample, CaseId, CaseRecord, OutcomeGiven, OutcomeName, TimelineEntry,
    Tombstone,
};
use crate::web::error::{FieldError, Problem};

mod desk;
mod editing;

const HOSTILE: &str = r#"</textarea></pre><script>alert(1)</script>"><img src=x onerror=alert(1)>' javascript:alert(1) {{fact:x.y}} {{setting:desk}} אבג"#;

const LIMITS: Limits = Limits {
    paste: 1 << 20,
    upload: 1 << 25,
    files: 64,
};

/// A rule whose guide has every kind of step, its texts as hostile as a text can be.
fn pack() -> PackFiles {
    let rule = serde_json::json!({
        "id": "sample.rule", "title": format!("Sample {HOSTILE}"), "product": "sample", "severity": "error",
        "owner": HOSTILE,
        "automation": { "reason": "sample", "retryable": "no", "who_can_fix": "it" },
        "match": { "any": [
            { "code": "SampleFailureCode" },
            { "all": [ { "phrase": "sample thing went wrong" }, { "fact": "dsregcmd.AzureAdJoined", "is": "YES" } ] }
        ] },
        "cause": format!("It is **so**: {HOSTILE} [go](javascript:alert(1)) <b onclick=x>b</b>"),
        "guide": { "start": "first", "steps": [
            { "id": "first", "ask": format!("First? {HOSTILE}"), "how": HOSTILE, "collect": ["sample"],
              "answers": [ { "id": "yes", "label": format!("Yes {HOSTILE}"), "go": "checks" }, { "id": "no", "label": "No", "go": "act" } ] },
            { "id": "checks", "checks": [
                { "id": "one", "ask": format!("One {HOSTILE}"), "how": HOSTILE, "collect": ["sample"], "go": "act" },
                { "id": "two", "ask": "Two", "go": "act" } ], "intro": HOSTILE, "none": "given-up" },
            { "id": "act", "do": format!("Act {HOSTILE}"), "how": HOSTILE, "command": HOSTILE, "for": "it", "caution": "sample",
              "undo": HOSTILE, "loosens": HOSTILE, "go": "fixed", "cannot": "given-up" },
            { "id": "fixed", "outcome": "resolved", "text": HOSTILE },
            { "id": "given-up", "outcome": "escalate", "text": HOSTILE }
        ] },
        "references": [ { "title": HOSTILE, "url": "javascript:alert(1)", "section": HOSTILE, "verified": "2026-11-21" } ],
        "examples": [ { "text": format!("SampleFailureCode {HOSTILE}"), "expect": "match" } ]
    });
    let note = |step: &str, place: &str| {
        let step = (!step.is_empty()).then_some(step);
        serde_json::json!({ "step": step, "place": place, "text": HOSTILE, "by": HOSTILE })
    };
    let parts = serde_json::json!({
        "products": [ { "id": "sample", "name": format!("Sample {HOSTILE}") } ],
        "collectors": [ { "id": "sample", "title": HOSTILE, "command": HOSTILE, "how": HOSTILE, "yields": ["sample.*"], "elevated": true } ],
        "cautions": [ { "id": "sample", "text": HOSTILE } ],
        "procedures": [], "rules": [],
        "notes": [ { "rule": "sample.rule", "notes": [
            note("", "before"), note("", "instead"), note("", "after"),
            note("first", "before"), note("first", "instead"), note("act", "after"), note("act", "instead"),
            note("checks", "instead"), note("given-up", "instead"), note("gone", "after")
        ] } ]
    });
    let mut pack: PackFiles = serde_json::from_value(parts).unwrap();
    pack.rules
        .push(serde_json::from_value::<RuleFile>(rule).unwrap());
    pack
}

fn release() -> Arc<Release> {
    let (release, complaints) = Release::compile(4, 1_795_269_720_000, pack());
    assert_eq!(complaints, []);
    Arc::new(release)
}

fn case(text: &str, answers: &[(&str, &str)]) -> CaseView {
    let release = release();
    let request = Request {
        submission: Submission {
            text: Some(text.to_owned()),
            ..Submission::default()
        },
        ..Request::default()
    };
    let diagnosis = diagnose(
        &release,
        &request,
        crate::evidence::archive::Budget::default(),
    );
    let active = diagnosis
        .findings
        .findings
        .first()
        .map(|finding| finding.rule.clone());
    CaseView {
        record: record(text, answers),
        diagnosis: Arc::new(diagnosis),
        pinned: release,
        active,
        house: Arc::new(house()),
    }
}

fn house() -> HouseValues {
    HouseValues::from([("desk".to_owned(), HOSTILE.to_owned())])
}

fn record(text: &str, answers: &[(&str, &str)]) -> CaseRecord {
    let hostile = || Some(HOSTILE.to_owned());
    let answers = answers
        .iter()
        .zip(1..)
        .map(|((step, answer), order)| Answer {
            order,
            rule: RuleId::parse("sample.rule").unwrap(),
            step: StepId::parse(step).unwrap(),
            visit: 1,
            answer: AnswerId::parse(answer).unwrap(),
            round: 1,
            who: hostile(),
            at: 1_795_269_720_000,
        });
    CaseRecord {
        id: CaseId::from_bytes([7; 16]),
        created_at: 1_795_269_720_000,
        updated_at: 1_795_269_720_000,
        expires_at: text.len().is_multiple_of(2).then_some(1_799_269_720_000),
        revision: 3,
        ticket: hostile(),
        machine: hostile(),
        account: hostile(),
        claimed_by: None,
        asked: Some(Asked {
            words: hostile(),
            at: 1_795_269_720_000,
        }),
        reply: None,
        note: hostile(),
        product: None,
        chosen_rule: None,
        pinned_release: 3,
        redact: crate::evidence::redact::Redact::default(),
        examples: vec![CaseExample {
            case_id: "abc".to_owned(),
            rule: "sample.rule".to_owned(),
            text: HOSTILE.to_owned(),
            who: HOSTILE.to_owned(),
            at: 0,
        }],
        pseudonyms: Vec::new(),
        rounds: Vec::new(),
        answers: answers.collect(),
        outcomes: vec![OutcomeGiven {
            outcome: OutcomeName::Waiting,
            rule: None,
            step: None,
            note: hostile(),
            right_rule: None,
            who: hostile(),
            at: 1_795_269_720_000,
        }],
        reopened: false,
        timeline: vec![TimelineEntry {
            at: 1_795_269_720_000,
            who: hostile(),
            what: HOSTILE.to_owned(),
        }],
    }
}

fn texts() -> Vec<String> {
    let long = "x".repeat(10_000);
    vec![
        String::new(),
        format!("SampleFailureCode {HOSTILE}"),
        format!("{long} SampleFailureCode {long}\n").repeat(20),
        format!("sample thing went wrong {HOSTILE}"),
        format!("nobody knows this {HOSTILE} failed with 0xC000006D"),
        "  AzureAdJoined : YES\n  DomainJoined : NO\n".to_owned(),
        "\u{202e}הודעת שגיאה SampleFailureCode\u{0}\u{7}".to_owned(),
        "\n<b>error</b> 0xC0000234\n".repeat(3_000),
        hostile_events(120),
    ]
}

/// Failed sign-ins of accounts with hostile names, a minute apart, and one that names nothing.
fn hostile_events(count: usize) -> String {
    let escaped = HOSTILE
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let event = |at: usize| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/>\
             <EventID>4625</EventID><TimeCreated SystemTime='2026-11-21T{:02}:{:02}:00.000Z'/><Computer>RPA-VM-07</Computer></System>\
             <EventData><Data Name='TargetUserName'>{escaped} {}</Data><Data Name='TargetDomainName'>FABRIKAM</Data>\
             <Data Name='Status'>0xc000006d</Data><Data Name='SubStatus'>0xc000006a</Data><Data Name='LogonType'>10</Data>\
             <Data Name='IpAddress'>{escaped}</Data><Data Name='ProcessName'>{escaped}</Data></EventData></Event>\n",
            at / 60,
            at % 60,
            at % 12
        )
    };
    let events = (0..count).map(event).collect::<String>();
    format!("{events}<Event><System><EventID>4625</EventID></System></Event>\n")
}

/// Every page, named.
fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((name.to_owned(), page.dyn_render().unwrap()));
    };
    for (at, text) in texts().iter().enumerate() {
        let view = case(text, &[]);
        add(
            &format!("case {at}"),
            &CasePage::new(&view, "http://localhost", LIMITS),
        );
        add(&format!("print {at}"), &PrintPage::new(&view, ""));
        add(&format!("files {at}"), &FilesPage::new(&view));
        add(&format!("events {at}"), &EventsPage::new(&view, false));
        add(&format!("facts {at}"), &FactsPage::new(&view, "", None));
        add(
            &format!("some facts {at}"),
            &FactsPage::new(&view, HOSTILE, Some(0)),
        );
        let parts = [
            Part::default(),
            Part {
                page: Some(usize::MAX),
                ..Part::default()
            },
            Part {
                at: Some(5..text.len() / 2),
                ..Part::default()
            },
        ];
        for (part, asked) in parts.iter().enumerate() {
            if let Some(page) = SourcePage::new(&view, 0, asked) {
                add(&format!("source {at} part {part}"), &page);
            }
        }
    }
    let walks: [&[(&str, &str)]; 5] = [
        &[("first", "yes")],
        &[("first", "no")],
        &[("first", "no"), ("act", "done")],
        &[("first", "no"), ("act", "cannot")],
        &[("first", "yes"), ("checks", "no.one")],
    ];
    for (at, answers) in walks.into_iter().enumerate() {
        let view = case("SampleFailureCode", answers);
        add(
            &format!("walk {at}"),
            &CasePage::new(&view, "http://localhost", LIMITS),
        );
        add(&format!("printed walk {at}"), &PrintPage::new(&view, ""));
    }
    let release = release();
    let (empty, _) = Release::compile(0, 0, PackFiles::default());
    let terms = Terms {
        people: false,
        days: 0,
        limits: LIMITS,
    };
    for (name, release) in [("full", &*release), ("empty", &empty)] {
        add(
            &format!("home {name}"),
            &HomePage::new(release, terms, "report"),
        );
        add(&format!("rules {name}"), &RulesPage::new(release, HOSTILE));
        add(&format!("all rules {name}"), &RulesPage::new(release, ""));
        add(
            &format!("search {name}"),
            &SearchPage::new(release, HOSTILE),
        );
        add(
            &format!("found {name}"),
            &SearchPage::new(release, "sample"),
        );
        add(&format!("code {name}"), &CodePage::new(release, HOSTILE));
        add(
            &format!("known code {name}"),
            &CodePage::new(release, "-1073741477"),
        );
    }
    editing::pages(&release, &mut add);
    add(
        "rule",
        &RulePage::new(&release, "sample.rule", &house()).unwrap(),
    );
    desk::pages(&release, &mut add);
    for (name, page) in publishing::pages(&release) {
        add(&name, &*page);
    }
    for (at, problem) in problems().iter().enumerate() {
        add(&format!("problem {at}"), &ProblemPage::new(problem));
    }
    pages
}

fn problems() -> Vec<Problem> {
    let field = || FieldError {
        pointer: HOSTILE.to_owned(),
        detail: HOSTILE.to_owned(),
    };
    vec![
        Problem::NotFound(HOSTILE.to_owned()),
        Problem::invalid(vec![field(), field()]),
        Problem::Gone(Tombstone {
            merged_into: Some("b".repeat(26)),
            created_at: 0,
            gone_at: 0,
            release: 1,
            verdict: Some(HOSTILE.to_owned()),
            rules: vec![HOSTILE.to_owned()],
            outcome: Some(OutcomeName::Fixed),
        }),
        Problem::Changed {
            revision: 4,
            since: vec![TimelineEntry {
                at: 0,
                who: Some(HOSTILE.to_owned()),
                what: HOSTILE.to_owned(),
            }],
        },
        Problem::Ours("a cause that only the log may know".to_owned()),
    ]
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

#[test]
fn no_text_of_anybody_becomes_markup() {
    for (name, html) in pages() {
        let page = Html::parse_document(&html);
        assert_eq!(select(&page, "script").len(), 1, "{name}");
        assert_eq!(select(&page, "head > script[src]").len(), 1, "{name}");
        assert!(
            select(&page, "img, iframe, object, style, b, [style]").is_empty(),
            "{name}"
        );
        for element in select(&page, "*") {
            for (attribute, value) in element.value().attrs() {
                assert!(!attribute.starts_with("on"), "{attribute} in {name}");
                let leads = matches!(attribute, "href" | "action" | "src");
                assert!(
                    !leads || !value.trim_start().starts_with("javascript:"),
                    "{value} in {name}"
                );
            }
        }
    }
}

#[test]
fn every_page_stays_under_100_kilobytes_but_the_long_lists() {
    for (name, html) in pages() {
        let is_list = ["files", "facts", "events", "some facts"]
            .iter()
            .any(|list| name.starts_with(list));
        let most = if is_list { 1_000_000 } else { 100_000 };
        assert!(html.len() <= most, "{name} has {} bytes", html.len());
    }
}

#[test]
fn every_control_has_a_label_and_every_id_is_unique() {
    for (name, html) in pages() {
        let page = Html::parse_document(&html);
        let mut ids = BTreeSet::new();
        for element in select(&page, "[id]") {
            let id = element.value().id().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} stands twice in {name}");
        }
        for element in select(&page, "input:not([type=hidden]), textarea, select") {
            let mut around = element.ancestors().filter_map(scraper::ElementRef::wrap);
            if around.any(|element| element.value().name() == "label") {
                continue;
            }
            let id = element
                .value()
                .id()
                .unwrap_or_else(|| panic!("a control without id in {name}"));
            assert_eq!(
                select(&page, &format!("label[for='{id}']")).len(),
                1,
                "{id} in {name}"
            );
        }
    }
}

#[test]
fn headings_begin_with_one_h1_and_never_skip_a_level() {
    for (name, html) in pages() {
        let page = Html::parse_document(&html);
        assert_eq!(select(&page, "h1").len(), 1, "{name}");
        let mut before = 1;
        for heading in select(&page, "main h1, main h2, main h3, main h4") {
            let level = heading.value().name()[1..].parse::<usize>().unwrap();
            assert!(level <= before + 1, "h{level} after h{before} in {name}");
            before = level;
        }
    }
}

#[test]
fn a_matched_case_shows_its_cause_its_proof_and_the_present_step() {
    let html = CasePage::new(&case("run: SampleFailureCode at 3", &[]), "", LIMITS)
        .render()
        .unwrap();
    let page = Html::parse_document(&html);
    let mark = select(&page, ".verdict mark");
    assert_eq!(mark[0].text().collect::<String>(), "SampleFailureCode");
    assert_eq!(
        select(&page, ".step.now form.answers button[name=answer]").len(),
        2
    );
    assert_eq!(select(&page, "#submission mark").len(), 1);
}

#[test]
fn an_instruction_for_others_can_be_handed_over_with_a_ready_message() {
    let view = case("SampleFailureCode", &[("first", "no")]);
    let html = CasePage::new(&view, "https://signpost.example.org", LIMITS)
        .render()
        .unwrap();
    let page = Html::parse_document(&html);
    let message = select(&page, "textarea#message")[0]
        .text()
        .collect::<String>();
    for part in [
        "Found",
        "What to do",
        "What it loosens",
        "To undo it",
        "https://signpost.example.org/cases/",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(
        select(&page, ".handover input[name=outcome][value=waiting]").len(),
        1
    );
}

#[test]
fn what_the_log_knows_is_not_told() {
    let html = ProblemPage::new(&Problem::Ours(
        "a cause that only the log may know".to_owned(),
    ));
    assert!(!html.render().unwrap().contains("only the log may know"));
}
