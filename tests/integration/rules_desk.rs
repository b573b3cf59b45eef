//! Editing rules in the browser: the list, both faces of the editor, the bench, collisions, new rules.

use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};

use crate::visitor::{Visitor, text};
use crate::{DAY, Server, house};

const RULE: &str = "win.smartcard-required";

/// The fields of the editor's form, as a browser would send them.
fn fields(page: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let controls = Selector::parse("#editor input, #editor select, #editor textarea").unwrap();
    let chosen = Selector::parse("option[selected]").unwrap();
    let mut fields = Vec::new();
    for control in page.select(&controls) {
        let Some(name) = control.attr("name") else {
            continue;
        };
        let value = match control.value().name() {
            "select" => {
                let option = control.select(&chosen).next();
                option
                    .and_then(|option| option.attr("value"))
                    .unwrap_or_default()
                    .to_owned()
            }
            "textarea" => control.text().collect::<String>().replace('\n', "\r\n"),
            _ if control.attr("type") == Some("checkbox") && control.attr("checked").is_none() => {
                continue;
            }
            _ => control.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name.to_owned(), value));
    }
    fields
}

fn put(fields: &mut [(String, String)], name: &str, value: &str) {
    let field = fields.iter_mut().find(|(own, _)| own == name);
    let field = field.unwrap_or_else(|| panic!("no field {name}"));
    value.clone_into(&mut field.1);
}

async fn send(
    who: &Visitor<'_>,
    path: &str,
    fields: &[(String, String)],
    deed: &str,
) -> reqwest::Response {
    let mut fields = fields.to_vec();
    fields.push(("-deed".to_owned(), deed.to_owned()));
    who.request(Method::POST, path)
        .form(&fields)
        .send()
        .await
        .unwrap()
}

fn editor(rule: &str) -> String {
    format!("/admin/rules/{rule}")
}

async fn page(who: &Visitor<'_>, path: &str) -> String {
    text(who.get(path).await, StatusCode::OK).await
}

fn area(page: &str, id: &str) -> String {
    let page = Html::parse_document(page);
    let area = Selector::parse(&format!("textarea#{id}")).unwrap();
    page.select(&area).next().unwrap().text().collect()
}

#[tokio::test]
async fn the_list_is_searched_and_filtered_and_rules_are_switched_off_together() {
    let server = Server::start().await;
    let editor = server.staff("erin", &["editor"]).await;
    let all = page(&editor, "/admin/rules").await;
    assert!(all.contains(RULE) && all.contains("pad.invalid-credentials"));
    let some = page(&editor, "/admin/rules?q=smart+card+required").await;
    assert!(some.contains(RULE) && !some.contains("pad.invalid-credentials"));
    let none = page(&editor, "/admin/rules?status=due").await;
    assert!(none.contains("No rule fits"));
    let off = [
        ("deed", "disable"),
        ("rule", RULE),
        ("rule", "pad.invalid-credentials"),
        ("reason", ""),
        ("until", "2099-01-01"),
    ];
    let refused = text(
        editor.form("/admin/rules", &off).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    assert!(refused.contains("say why"));
    let off = off.map(|(name, value)| (name, if name == "reason" { "too eager" } else { value }));
    assert_eq!(
        editor.form("/admin/rules", &off).await.status(),
        StatusCode::SEE_OTHER
    );
    let drafted = page(&editor, "/admin/rules?status=drafted").await;
    assert!(drafted.contains("draft: switched off") && drafted.contains(RULE));
    let checked = page(&editor, "/admin/rules?status=checked").await;
    assert!(checked.contains(RULE));
    let helpdesk = server.staff("hal", &["helpdesk"]).await;
    assert_eq!(
        helpdesk.get("/admin/rules").await.status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn matches_and_their_ends_of_the_last_month_are_counted() {
    let server = Server::start().await;
    let editor = server.staff("erin", &["editor"]).await;
    let body = serde_json::json!({ "text": "Error: SessionCreationUserPromptedForCredentialsAfterConnection" });
    server.open(&body).await;
    let some = page(&editor, "/admin/rules?q=pad.session.prompted").await;
    assert!(some.contains("<td class=\"n\">1"), "{some}");
    server.later(31 * DAY);
    let editor = server.sign_in("erin").await;
    let later = page(&editor, "/admin/rules?q=pad.session.prompted").await;
    assert!(later.contains("<td class=\"n\">0"));
}

#[tokio::test]
async fn a_form_that_nobody_changed_changes_nothing_and_what_is_typed_becomes_a_draft() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let path = editor(RULE);
    let mut sent = fields(&page(&erin, &path).await);
    let before = area(&page(&erin, &format!("{path}?face=text")).await, "text");
    assert_eq!(
        send(&erin, &path, &sent, "save").await.status(),
        StatusCode::SEE_OTHER
    );
    let same = page(&erin, &format!("{path}?face=text")).await;
    assert!(same.contains("As published in release 1"));
    put(&mut sent, "title", "A smart card is wanted & was not there");
    assert_eq!(
        send(&erin, &path, &sent, "save").await.status(),
        StatusCode::SEE_OTHER
    );
    let after = page(&erin, &format!("{path}?face=text")).await;
    assert!(after.contains("Draft, begun from release 1"));
    let (before, after) = (before.lines(), area(&after, "text"));
    let changed = before.zip(after.lines()).filter(|(old, new)| old != new);
    let changed = changed.map(|(_, new)| new).collect::<Vec<_>>();
    assert_eq!(changed, ["title: A smart card is wanted & was not there"]);
}

#[tokio::test]
async fn steps_are_added_renamed_and_moved_by_the_buttons_of_the_form() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let path = editor(RULE);
    let sent = fields(&page(&erin, &path).await);
    let count = sent
        .iter()
        .filter(|(name, _)| name.contains(".was"))
        .count();
    let added = send(&erin, &path, &sent, "add guide.steps do").await;
    let to = added.headers()["location"].to_str().unwrap().to_owned();
    assert!(to.contains(&format!("#at-guide.steps.{count}")), "{to}");
    let mut sent = fields(&page(&erin, &path).await);
    put(
        &mut sent,
        &format!("guide.steps.{count}.say"),
        "Press the button.",
    );
    let start = sent
        .iter()
        .find(|(name, _)| name == "guide.start")
        .unwrap()
        .1
        .clone();
    let first = sent
        .iter()
        .find(|(name, value)| name.contains(".was") && *value == start);
    let first = first.unwrap().0.replace(".was", ".id");
    put(&mut sent, &first, "begin-here");
    let moved = send(&erin, &path, &sent, &format!("up guide.steps.{count}")).await;
    assert_eq!(moved.status(), StatusCode::SEE_OTHER);
    let after = area(&page(&erin, &format!("{path}?face=text")).await, "text");
    assert!(after.contains("do: Press the button.") && after.contains("start: begin-here"));
}

#[tokio::test]
async fn a_name_that_cannot_be_taken_is_marked_and_nothing_typed_is_lost() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let path = editor(RULE);
    let mut sent = fields(&page(&erin, &path).await);
    put(&mut sent, "title", "Typed and kept");
    put(&mut sent, "guide.steps.0.id", "Not A Name");
    let refused = send(&erin, &path, &sent, "save").await;
    let refused = text(refused, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(refused.contains("Typed and kept") && refused.contains("href=\"#f-guide.steps.0.id\""));
}

#[tokio::test]
async fn a_text_that_does_not_parse_is_kept_with_the_line_of_its_error() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let path = editor(RULE);
    let face = format!("{path}?face=text");
    let mut sent = fields(&page(&erin, &face).await);
    let broken =
        area(&page(&erin, &face).await, "text").replacen("severity: error", "severity: awful", 1);
    put(&mut sent, "-text", &broken);
    assert_eq!(
        send(&erin, &path, &sent, "save").await.status(),
        StatusCode::SEE_OTHER
    );
    let after = page(&erin, &path).await;
    let line = broken
        .lines()
        .position(|line| line.starts_with("severity"))
        .unwrap()
        + 1;
    assert!(after.contains(&format!("Line {line}, column")), "{after}");
    assert!(area(&after, "text").contains("severity: awful"));
    let mut sent = fields(&after);
    let mended = broken.replacen("severity: awful", "severity: error # as it hurts", 1);
    put(&mut sent, "-text", &mended);
    let saved = send(&erin, &path, &sent, "save").await;
    let to = saved.headers()["location"].to_str().unwrap().to_owned();
    let after = page(&erin, to.split('#').next().unwrap()).await;
    assert!(after.contains("1 comment of the text became notes"), "{to}");
}

#[tokio::test]
async fn two_editors_on_one_rule_are_shown_both_texts_and_join_them() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let emil = server.staff("emil", &["editor"]).await;
    let path = editor(RULE);
    let mut first = fields(&page(&erin, &path).await);
    let mut second = fields(&page(&emil, &path).await);
    put(&mut first, "title", "What Erin wrote");
    put(&mut first, "owner", "erins-team");
    put(&mut second, "title", "What Emil wrote");
    assert_eq!(
        send(&erin, &path, &first, "save").await.status(),
        StatusCode::SEE_OTHER
    );
    let late = erin_and_emil(&emil, &path, &second).await;
    assert!(
        late.contains("What Erin wrote")
            && late.contains("What Emil wrote")
            && late.contains("erin,")
    );
    let json = emil
        .request(Method::POST, &path)
        .header("accept", "application/json");
    let mut autosaved = second.clone();
    autosaved.push(("-deed".to_owned(), "autosave".to_owned()));
    assert_eq!(
        json.form(&autosaved).send().await.unwrap().status(),
        StatusCode::CONFLICT
    );
    let joined = merge_fields(&late);
    let saved = emil
        .request(Method::POST, &format!("{path}/merge"))
        .form(&joined);
    assert_eq!(saved.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    let after = area(&page(&emil, &format!("{path}?face=text")).await, "text");
    assert!(after.contains("title: What Emil wrote") && after.contains("owner: erins-team"));
}

async fn erin_and_emil(emil: &Visitor<'_>, path: &str, second: &[(String, String)]) -> String {
    let late = send(emil, path, second, "save").await;
    text(late, StatusCode::CONFLICT).await
}

/// What a browser sends of the page that joins two texts: mine, wherever both changed something.
fn merge_fields(page: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let controls = Selector::parse(".merge input, .merge textarea").unwrap();
    let sent = page.select(&controls).filter(|control| {
        control.attr("type") != Some("radio") || control.attr("checked").is_some()
    });
    let sent = sent.map(|control| {
        let value = match control.attr("value") {
            Some(value) => value.to_owned(),
            None => control.text().collect(),
        };
        (control.attr("name").unwrap().to_owned(), value)
    });
    sent.collect()
}

#[tokio::test]
async fn the_bench_says_of_a_draft_whether_it_matches_and_why_not() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let path = editor("pad.session.prompted-for-credentials");
    let mut sent = fields(&page(&erin, &path).await);
    put(
        &mut sent,
        "-paste",
        "Error: SessionCreationUserPromptedForCredentialsAfterConnection",
    );
    let tried = send(&erin, &format!("{path}/try"), &sent, "try").await;
    let tried = text(tried, StatusCode::OK).await;
    assert!(
        tried.contains("The draft matches") && tried.contains("<mark>"),
        "{tried}"
    );
    assert!(tried.contains("How the guide would go"));
    put(&mut sent, "-paste", "Something else entirely went wrong");
    let tried = text(send(&erin, &path, &sent, "bench").await, StatusCode::OK).await;
    assert!(tried.contains("The draft does not match") && tried.contains("false"));
    put(&mut sent, "guide.start", "no-such-step");
    let tried = send(&erin, &format!("{path}/try"), &sent, "try").await;
    let tried = text(tried, StatusCode::OK).await;
    assert!(tried.contains("no-such-step"), "{tried}");
}

#[tokio::test]
async fn a_rule_is_begun_from_scratch_as_a_copy_and_from_a_case_that_was_missed() {
    let server = Server::start().await;
    let erin = server.staff("erin", &["editor"]).await;
    let new = [
        ("id", "win.flux"),
        ("title", "The flux is out"),
        ("product", "windows"),
        ("copy", ""),
    ];
    let begun = erin.form("/admin/rules/new", &new).await;
    assert_eq!(begun.headers()["location"], "/admin/rules/win.flux");
    let twice = erin.form("/admin/rules/new", &new).await;
    let twice = text(twice, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(twice.contains("already") && twice.contains("The flux is out"));
    let checked = page(&erin, "/admin/rules?status=checked").await;
    assert!(
        checked.contains("win.flux") && checked.contains("errors"),
        "{checked}"
    );
    let unnamed = [
        (
            "title",
            "The flux' capacitor: it is out, and has been for a while",
        ),
        ("product", "windows"),
    ];
    let begun = erin.form("/admin/rules/new", &unnamed).await;
    assert_eq!(
        begun.headers()["location"],
        "/admin/rules/win.the-flux-capacitor-it-is-out"
    );
    let copy = [
        ("id", "win.second"),
        ("title", "As the other"),
        ("product", "windows"),
        ("copy", RULE),
    ];
    assert_eq!(
        erin.form("/admin/rules/new", &copy).await.status(),
        StatusCode::SEE_OTHER
    );
    let case = server.open(&serde_json::json!({ "text": "The flux capacitor of C:\\Users\\jane.doe stopped: error FX-77\nand a lot more" })).await;
    let id = case["id"].as_str().unwrap();
    let shown = page(&erin, &format!("/admin/rules/new?case={id}")).await;
    assert!(
        shown.contains("flux capacitor") && !shown.contains("jane.doe"),
        "{shown}"
    );
    let take = [
        ("case", id),
        ("take", "0"),
        ("text", "The flux capacitor stopped: error FX-77"),
        ("rule", "win.flux"),
        ("id", ""),
        ("title", ""),
    ];
    assert_eq!(
        erin.form("/admin/rules/new", &take).await.status(),
        StatusCode::SEE_OTHER
    );
    let after = area(
        &page(&erin, "/admin/rules/win.flux?face=text").await,
        "text",
    );
    assert!(
        after.contains("The flux capacitor stopped: error FX-77") && !after.contains("a lot more")
    );
    let case = page(&erin, &format!("/cases/{id}")).await;
    let link = format!("/admin/rules/new?case={id}");
    assert_eq!(case.matches(&link).count(), 1, "once, beside the wish");
    let editor = page(&erin, "/admin/rules/win.flux").await;
    assert!(editor.contains("/admin/releases#propose"));
}

#[tokio::test]
async fn a_rule_of_a_product_that_is_a_draft_itself_is_begun_checked_and_tried() {
    let server = house::server().await;
    let erin = server.staff("erin", &["editor"]).await;
    let products = "/admin/rules/list:products";
    let form = page(&erin, "/admin/rules/new").await;
    assert!(form.contains("list%3Aproducts") && !form.contains("Flux Runner"));
    let mut list = fields(&page(&erin, products).await);
    let both = "- { id: demo, name: Demo }\n- { id: flux, name: Flux Runner }\n";
    put(&mut list, "-text", both);
    send(&erin, products, &list, "save").await;

    let form = page(&erin, "/admin/rules/new").await;
    assert!(form.contains("Flux Runner"), "{form}");
    let new = [("id", ""), ("title", "It is out"), ("product", "flux")];
    let begun = erin.form("/admin/rules/new", &new).await;
    let path = begun.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(path, "/admin/rules/flux.it-is-out");
    let mut text_of = fields(&page(&erin, &format!("{path}?face=text")).await);
    let rule = house::RULE.replace("demo.alpha", "flux.it-is-out");
    let rule = rule.replace("product: demo", "product: flux");
    put(
        &mut text_of,
        "-text",
        &rule.replace("AlphaBeta", "FluxBeta"),
    );
    send(&erin, &path, &text_of, "save").await;
    let shown = page(&erin, &path).await;
    assert!(shown.contains("<option value=\"flux\" selected>Flux Runner</option>"));
    let mut tried = fields(&shown);
    put(&mut tried, "-paste", "failed: FluxBetaGammaDelta");
    let tried = send(&erin, &format!("{path}/try"), &tried, "try").await;
    let tried = text(tried, StatusCode::OK).await;
    assert!(tried.contains("The draft matches"), "{tried}");
    assert!(!tried.contains("there is no product"), "{tried}");
    assert!(tried.contains("Checked together with what is a draft as well: `list products`"));
}
