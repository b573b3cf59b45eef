//! Local notes: from a draft over the gate to the pages and the API, and back.

use std::fs;

use reqwest::{Method, Response, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use signpost::actions::Published;
use signpost::actions::publish::publish_imported;
use signpost::store::Store;

use crate::house::{RULE, page, said, server};
use crate::visitor::{Visitor, text};
use crate::{BEGIN, Server, json as body, problem};

const NOTES: &str = "/admin/rules/demo.alpha/notes";
pub(crate) const HOSTILE: &str =
    "**Call** [us](javascript:x) {{setting:phone}} <script>alert(1)</script>";

fn based(page: &str) -> String {
    let page = Html::parse_document(page);
    let field = Selector::parse("#note-form input[name=based]").unwrap();
    let field = page.select(&field).next().expect("a form for notes");
    field.attr("value").unwrap().to_owned()
}

async fn send(who: &Visitor<'_>, based: &str, note: (&str, &str, &str)) -> Response {
    let (step, place, text) = note;
    let fields = [
        ("deed", "save"),
        ("based", based),
        ("step", step),
        ("place", place),
        ("text", text),
    ];
    who.form(NOTES, &fields).await
}

pub(crate) async fn note(who: &Visitor<'_>, step: &str, place: &str, text: &str) {
    let based = based(&page(who, "/admin/rules/demo.alpha").await);
    let saved = send(who, &based, (step, place, text)).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let to = saved.headers()["location"].to_str().unwrap();
    assert_eq!(to, "/admin/rules/demo.alpha#local-notes");
}

pub(crate) async fn publish(who: &Visitor<'_>) -> Value {
    let request = json!({"title": "Our own words"});
    let sent = who.json(Method::POST, "/api/v1/releases", &request).await;
    body(sent, StatusCode::CREATED).await
}

async fn open(server: &Server) -> (String, String) {
    let request = json!({"text": "AlphaBetaGammaDelta"});
    let case = server.open(&request).await;
    let field = |name: &str| case[name].as_str().unwrap().to_owned();
    (field("url"), field("id"))
}

async fn next(server: &Server, case: &str) -> Value {
    let seen = server.get(&format!("/api/v1/cases/{case}")).await;
    body(seen, StatusCode::OK).await["walk"]["now"].clone()
}

#[tokio::test]
async fn a_note_goes_through_the_gate_is_shown_as_the_houses_own_and_gone_after_going_back() {
    let server = server().await;
    let owner = server.owner().await;
    let (case, id) = open(&server).await;
    note(&owner, "", "after", HOSTILE).await;
    note(&owner, "ask", "instead", "Ask **the desk** first.").await;
    note(&owner, "ask", "before", "Before that.").await;
    let editor = page(&owner, "/admin/rules/demo.alpha").await;
    assert_eq!(said(&editor, ".note-list > li").len(), 3);
    assert!(editor.contains("owner, 2027-01-15"), "who and when");
    assert!(said(&page(&owner, &case).await, ".house-note").is_empty());

    let release = publish(&owner).await;
    assert_eq!(release["number"], 3);
    let shown = page(&owner, &case).await;
    let notes = said(&shown, ".verdict .house-note .text");
    assert!(
        notes[0].contains("Call us unknown <script>alert(1)</script>"),
        "{notes:?}"
    );
    assert!(said(&shown, "main script, .house-note a").is_empty());
    let notes = said(&shown, ".step.now .house-note .text");
    let notes = notes.iter().map(|note| note.trim()).collect::<Vec<_>>();
    assert_eq!(notes, ["Before that.", "Ask the desk first."]);
    assert!(said(&shown, ".step.now .house-mark")[0].contains("Note of your house"));
    assert_eq!(
        said(&shown, ".step.now details.original h3"),
        ["Does unknown know?"]
    );
    let printed = page(&owner, &format!("{case}/print")).await;
    assert_eq!(said(&printed, ".house-note").len(), 3);
    let rule = page(&owner, "/rules/demo.alpha").await;
    assert_eq!(said(&rule, ".outline .house-note").len(), 2);
    assert_eq!(said(&rule, ".outline details.original").len(), 1);

    let now = next(&server, &id).await;
    assert_eq!(now["ask"], "Does unknown know?");
    assert_eq!(
        now["notes"],
        json!([{"place": "before", "text": "Before that."}, {"place": "instead", "text": "Ask **the desk** first."}])
    );
    let request = json!({"text": "AlphaBetaGammaDelta"});
    let found = body(
        server.post("/api/v1/classify", &request).await,
        StatusCode::OK,
    )
    .await;
    assert_eq!(found["findings"][0]["notes"][0]["place"], "after");
    let rule = body(server.get("/api/v1/rules/demo.alpha").await, StatusCode::OK).await;
    assert_eq!(rule["notes"][0]["step"], Value::Null);
    assert_eq!(rule["notes"][2]["step"], "ask");
    let differs = server.get("/api/v1/releases/2/diff/3").await;
    let differs = body(differs, StatusCode::OK).await;
    assert_eq!(differs["items"][0]["kind"], "note");
    let history = page(&owner, "/admin/releases/3").await;
    assert!(history.contains("local notes"), "the history names it");
    assert!(
        page(&owner, "/admin/settings")
            .await
            .contains("why it happens")
    );

    let back = [("reason", "The desk has moved")];
    let back = owner.form("/admin/releases/2/back", &back).await;
    assert_eq!(back.status(), StatusCode::SEE_OTHER);
    assert!(said(&page(&owner, &case).await, ".house-note").is_empty());
    assert_eq!(next(&server, &id).await["notes"], Value::Null);
}

#[tokio::test]
async fn notes_on_an_answer_stand_at_its_button_and_what_was_added_stays_with_the_step_passed() {
    let server = server().await;
    let owner = server.owner().await;
    let (case, id) = open(&server).await;
    note(&owner, "ask", "before", "Before that.").await;
    note(&owner, "ask", "after", "After that.").await;
    note(&owner, "ask.knows", "instead", "The **desk** does").await;
    note(&owner, "ask.knows", "after", "Tell us who.").await;
    let editor = page(&owner, "/admin/rules/demo.alpha").await;
    assert!(said(&editor, ".note-list .wrong").is_empty());
    let about = said(&editor, ".note-list strong");
    assert_eq!(about[2], "Step ask, answer knows: It does");
    publish(&owner).await;

    let shown = page(&owner, &case).await;
    let button = said(&shown, ".answers button.answer");
    assert_eq!(button, ["The desk does Note of your house"]);
    let original = said(&shown, ".answers li details.original p");
    assert_eq!(original, ["It does"]);
    let notes = said(&shown, ".answers li .house-note .text");
    assert_eq!(notes, ["Tell us who.\n"]);
    let rule = page(&owner, "/rules/demo.alpha").await;
    assert_eq!(said(&rule, ".outline .ways .house-note").len(), 2);
    let notes = next(&server, &id).await["notes"].clone();
    assert_eq!(
        notes,
        json!([
            {"place": "before", "text": "Before that."},
            {"place": "after", "text": "After that."},
            {"of": "knows", "place": "instead", "text": "The **desk** does"},
            {"of": "knows", "place": "after", "text": "Tell us who."},
        ])
    );

    let answer = [("rule", "demo.alpha"), ("step", "ask"), ("answer", "knows")];
    owner.form(&format!("{case}/answers"), &answer).await;
    let shown = page(&owner, &case).await;
    assert_eq!(
        said(&shown, ".step.done .answered > strong"),
        ["The desk does"]
    );
    let added = said(&shown, ".step.done details.added .text");
    let added = added.iter().map(|text| text.trim()).collect::<Vec<_>>();
    assert_eq!(added, ["Before that.", "After that."]);
    let printed = page(&owner, &format!("{case}/print")).await;
    assert!(printed.contains("Before that.") && printed.contains("After that."));
}

#[tokio::test]
async fn a_proposal_names_the_settings_that_its_texts_wait_for() {
    let server = server().await;
    let owner = server.owner().await;
    let words = "Call {{setting:rpa-desk}}, by {{setting:queue}}.";
    note(&owner, "ask", "after", words).await;
    let set = [("deed", "set"), ("name", "queue"), ("value", "RPA")];
    let set = owner.form("/admin/settings", &set).await;
    assert_eq!(set.status(), StatusCode::SEE_OTHER);
    let fields = [("title", "Ours"), ("draft", "note:demo.alpha")];
    let proposed = owner.form("/admin/releases", &fields).await;
    let proposal = proposed.headers()["location"].to_str().unwrap().to_owned();
    let seen = page(&owner, &proposal).await;
    assert!(seen.contains("A setting that these texts name is not set yet"));
    assert!(
        seen.contains(words),
        "what it says is shown with what it changes"
    );
    assert!(seen.contains("href=\"/admin/rules/note%3Ademo.alpha\""));
    assert_eq!(said(&seen, "#drafts > .text code"), ["rpa-desk"]);
    assert_eq!(
        said(&seen, "#drafts > .text a[href=\"/admin/settings\"]"),
        ["Set it"]
    );
    let publisher = server.staff("pat", &["publisher"]).await;
    assert!(
        page(&publisher, &proposal)
            .await
            .contains("An admin sets it.")
    );
    let set = [("deed", "set"), ("name", "rpa-desk"), ("value", "030")];
    owner.form("/admin/settings", &set).await;
    assert!(!page(&owner, &proposal).await.contains("not set yet"));
}

#[tokio::test]
async fn a_note_is_changed_and_removed_and_the_last_one_takes_the_draft_with_it() {
    let server = server().await;
    let owner = server.owner().await;
    note(&owner, "ask", "before", "One.").await;
    let form = page(&owner, &format!("{NOTES}?step=ask&place=before")).await;
    assert_eq!(said(&form, "#note-text"), ["One."]);
    let based_on = based(&form);
    let fields = [
        ("deed", "save"),
        ("based", &based_on),
        ("was_step", "ask"),
        ("was_place", "before"),
        ("step", ""),
        ("place", "after"),
        ("text", "Two."),
    ];
    assert_eq!(
        owner.form(NOTES, &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    let editor = page(&owner, NOTES).await;
    assert_eq!(
        said(&editor, ".note-list .text"),
        ["Two.\n"].map(str::to_owned)
    );
    let remove = |based: String| {
        [
            ("deed".to_owned(), "remove".to_owned()),
            ("based".to_owned(), based),
            ("place".to_owned(), "after".to_owned()),
        ]
    };
    let gone = owner
        .request(Method::POST, NOTES)
        .form(&remove(based(&editor)));
    assert_eq!(gone.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let proposals = page(&owner, "/admin/releases").await;
    assert!(!proposals.contains("local notes"), "no draft is left");

    note(&owner, "ask", "before", "Published.").await;
    publish(&owner).await;
    let fields = [("deed", "remove"), ("step", "ask"), ("place", "before")];
    let based_on = based(&page(&owner, NOTES).await);
    let fields = [&fields[..], &[("based", &based_on)]].concat();
    assert_eq!(
        owner.form(NOTES, &fields).await.status(),
        StatusCode::SEE_OTHER
    );
    let proposals = page(&owner, "/admin/releases").await;
    assert!(proposals.contains("local notes, to go"));
    publish(&owner).await;
    let (case, _) = open(&server).await;
    assert!(said(&page(&owner, &case).await, ".house-note").is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_is_kept_with_a_preview_and_nobody_is_overwritten() {
    let server = server().await;
    let owner = server.owner().await;
    let fields = |deed: &'static str, text: &'static str| {
        [
            ("deed", deed),
            ("based", "new"),
            ("step", "ask"),
            ("place", "after"),
            ("text", text),
        ]
    };
    let seen = owner.form(NOTES, &fields("preview", HOSTILE)).await;
    let seen = text(seen, StatusCode::OK).await;
    assert!(
        said(&seen, ".preview .house-note")[0]
            .contains("Call us [phone] <script>alert(1)</script>")
    );
    assert!(said(&seen, "main script, .preview a").is_empty());
    assert!(said(&seen, ".note-list").is_empty());
    let empty = owner.form(NOTES, &fields("save", " ")).await;
    let empty = text(empty, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(said(&empty, "#note-form .refused")[0].contains("Write the note."));

    let saved = send(&owner, "new", ("ask", "after", "One.")).await;
    assert_eq!(saved.status(), StatusCode::SEE_OTHER);
    let late = send(&owner, "new", ("ask", "before", "Two.")).await;
    let late = text(late, StatusCode::CONFLICT).await;
    assert!(
        late.contains("/admin/rules/note%3Ademo.alpha/merge"),
        "both texts are joined"
    );
    let based_on = based(&page(&owner, NOTES).await);
    let twice = send(&owner, &based_on, ("ask", "after", "Two.")).await;
    let twice = text(twice, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(said(&twice, "#note-form .refused")[0].contains("already"));
}

#[tokio::test]
async fn a_note_whose_step_goes_never_stops_the_rule_and_is_told_where_notes_are_kept() {
    let server = server().await;
    let owner = server.owner().await;
    note(&owner, "ask", "before", "One.").await;
    publish(&owner).await;
    let changed = RULE
        .replace("ask/knows", "asks/knows")
        .replace("{ ask: knows }", "{ asks: knows }");
    let changed = changed
        .replace("start: ask", "start: asks")
        .replace("end: ask", "end: asks");
    let changed = changed.replace("id: ask,", "id: asks,");
    let sent = owner.request(Method::PUT, "/api/v1/rules/demo.alpha");
    let sent = sent.header("if-match", "\"release-3\"").body(changed);
    let sent = sent
        .header("content-type", "application/yaml")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    let editor = page(&owner, "/admin/rules/demo.alpha").await;
    assert!(said(&editor, ".note-list .wrong")[0].contains("no step ask"));
    let release = publish(&owner).await;
    let proposal = format!("/api/v1/proposals/{}", release["proposal"]);
    let gate = body(owner.get(&proposal).await, StatusCode::OK).await;
    let remarks = gate["gate"]["remarks"].to_string();
    assert!(remarks.contains("no step `ask`"), "{gate}");
    let (case, _) = open(&server).await;
    assert!(said(&page(&owner, &case).await, ".house-note").is_empty());
    assert!(said(&page(&owner, "/rules/demo.alpha").await, ".house-note").is_empty());
}

#[tokio::test]
async fn notes_are_for_editors_and_from_pages_of_this_server() {
    let server = server().await;
    let helper = server.staff("helper", &["helpdesk"]).await;
    assert_eq!(helper.get(NOTES).await.status(), StatusCode::FORBIDDEN);
    let refused = send(&helper, "new", ("ask", "after", "One.")).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let nobody = server.get(NOTES).await;
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    let editor = server.staff("erin", &["editor"]).await;
    let fields = [
        ("deed", "save"),
        ("based", "new"),
        ("place", "after"),
        ("text", "One."),
    ];
    let elsewhere = editor.anywhere(Method::POST, NOTES).form(&fields);
    let elsewhere = elsewhere.send().await.unwrap();
    assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN);
    note(&editor, "ask", "after", "One.").await;
    let publisher = server.staff("pat", &["publisher"]).await;
    let read = page(&publisher, NOTES).await;
    assert_eq!(said(&read, ".note-list > li").len(), 1);
    assert!(said(&read, "#note-form").is_empty());
    problem(server.get("/api/v1/rules/none").await, 404).await;
    for path in [
        "/admin/rules/none/notes",
        "/admin/rules/list:products/notes",
    ] {
        assert_eq!(editor.get(path).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_pack_that_brings_no_notes_leaves_the_house_its_own() {
    let server = server().await;
    let owner = server.owner().await;
    note(&owner, "ask", "after", "One.").await;
    publish(&owner).await;
    let folder = server.stop().await;
    let store = Store::open(&folder.path().join("signpost.db"))
        .await
        .unwrap();
    let mut files = store.release_files(2).await.unwrap().unwrap();
    let none = signpost::rules::PackFiles::default();
    let published = publish_imported(&store, &files, &none, BEGIN)
        .await
        .unwrap();
    assert_eq!(published, Published::Already(3));
    files.rules[0].title = "Another title".to_owned();
    let published = publish_imported(&store, &files, &none, BEGIN)
        .await
        .unwrap();
    assert_eq!(published, Published::New(4));
    let kept = store.release_files(4).await.unwrap().unwrap();
    assert_eq!(kept.notes[0].notes[0].text, "One.");
    store.close().await;
}

#[tokio::test]
async fn a_step_that_was_passed_and_the_steps_of_a_procedure_keep_their_notes() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    for below in ["demo", "procedures", "notes"] {
        fs::create_dir_all(pack.join(below)).unwrap();
    }
    let rule = RULE
        .replace("go: end }]", "go: shared }]")
        .replace(
            "    - { id: end,",
            "    - { id: shared, call: piece, on: { over: own } }
    - { id: own, checks: [{ id: it, ask: Or this?, how: Read., go: end }], none: end }
    - { id: end,",
        )
        .replace(
            "answers: { ask: knows }, path: [ask/knows]",
            "answers: { ask: knows, shared.which: one, shared.mend: done, own: it }, path: [ask/knows, shared.which/one, shared.mend/done, own/it]",
        );
    let piece = "id: piece
title: A piece
results: [over]
guide:
  start: which
  steps:
    - id: which
      checks:
        - { id: one, ask: Is it this?, how: Look., go: mend }
      none: stop
    - { id: mend, do: Mend it., command: mend --now, go: over }
    - { id: stop, outcome: escalate, text: Somebody else has to look. }
    - { id: over, return: over }
";
    let notes = "rule: demo.alpha
notes:
  - { step: ask, place: after, text: Of the question. }
  - { step: shared.which, place: before, text: Of the checks. }
  - { step: shared.which.one, place: after, text: Of a check. }
  - { step: shared.which.one.how, place: instead, text: Of finding out. }
  - { step: shared.mend.command, place: before, text: Of the command. }
  - { step: shared.stop, place: instead, text: Of the end. }
  - { step: own.it.how, place: after, text: Of a check of the rule. }
";
    for (path, text) in [
        ("products.yaml", "- { id: demo, name: Demo }\n"),
        ("demo/demo.alpha.yaml", &rule),
        ("procedures/piece.yaml", piece),
        ("notes/demo.alpha.yaml", notes),
    ] {
        fs::write(pack.join(path), text).unwrap();
    }
    let pack = pack.display().to_string();
    let server = Server::start_with(folder, &["--knowledge", &pack]).await;
    let owner = server.owner().await;
    let article = page(&owner, "/rules/demo.alpha").await;
    let notes = said(&article, ".outline .house-note .text");
    let notes = notes.iter().map(|note| note.trim()).collect::<Vec<_>>();
    let expected = [
        "Of the question.",
        "Of the checks.",
        "Of a check.",
        "Of finding out.",
        "Of the command.",
        "Of the end.",
        "Of a check of the rule.",
    ];
    assert_eq!(notes, expected);
    let parts = said(&article, ".outline .noted-part");
    assert!(parts[0].trim_start().starts_with("Is it this?"));
    let original = said(&article, ".outline .noted-part details.original .text");
    assert_eq!(original, ["Look.\n"]);
    assert_eq!(said(&article, ".outline .noted-part pre"), ["mend --now"]);

    let (case, id) = open(&server).await;
    let answer = async |step: &str, answer: &str| {
        let sent = json!({ "step": step, "answer": answer });
        let sent = server
            .post(&format!("/api/v1/cases/{id}/answers"), &sent)
            .await;
        body(sent, StatusCode::OK).await
    };
    let walk = answer("ask", "knows").await["walk"].clone();
    assert_eq!(
        walk["done"][0]["notes"],
        json!([{ "place": "after", "text": "Of the question." }])
    );
    assert_eq!(walk["now"]["notes"][0]["text"], "Of the checks.");
    let shown = page(&owner, &case).await;
    assert!(said(&shown, ".step.now .house-note")[0].contains("Of the checks."));
    let walk = answer("shared.which", "no.one").await["walk"].clone();
    assert_eq!(walk["now"]["notes"][0]["place"], "instead");
    let shown = page(&owner, &case).await;
    assert!(said(&shown, ".step.now .house-note")[0].contains("Of the end."));
}
