//! The list of rules by what the linter says and by when they were changed.

use reqwest::{Method, StatusCode};

use crate::DAY;
use crate::demo_pack::ALPHA;
use crate::releases::server;
use crate::visitor::{Visitor, text};

/// Which of the two rules are shown, when all were looked through.
async fn shown(who: &Visitor<'_>, query: &str) -> (bool, bool) {
    loop {
        let page = who.get(&format!("/admin/rules?{query}")).await;
        let page = text(page, StatusCode::OK).await;
        if page.contains("data-refresh") {
            tokio::task::yield_now().await;
            continue;
        }
        let has = |id: &str| page.contains(&format!("<code>{id}</code>"));
        return (has("demo.alpha"), has("demo.beta"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_found_by_their_last_change_and_by_what_the_linter_says() {
    let server = server(&[]).await;
    let erin = server.staff("erin", &["editor"]).await;
    assert_eq!(shown(&erin, "changed=7").await, (true, true));
    let with = shown(&erin, "lint=remarks").await;
    let without = shown(&erin, "lint=clean").await;
    assert_eq!((with.0, with.1), (!without.0, !without.1));
    assert_eq!(shown(&erin, "lint=errors").await, (false, false));
    let page = text(erin.get("/admin/rules").await, StatusCode::OK).await;
    assert!(page.contains("release 2</td>"), "{page}");

    server.later(10 * DAY);
    let erin = server.sign_in("erin").await;
    assert_eq!(shown(&erin, "changed=7").await, (false, false));
    assert_eq!(shown(&erin, "changed=30").await, (true, true));
    let published = erin.get("/api/v1/rules/demo.alpha?draft=true").await;
    let tag = published.headers()["etag"].to_str().unwrap().to_owned();
    let saved = erin.request(Method::PUT, "/api/v1/rules/demo.alpha");
    let saved = saved.header("if-match", tag);
    let saved = saved.header("content-type", "application/yaml");
    let changed = ALPHA.replace("The first", "The very first");
    let saved = saved.body(changed).send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::OK);
    assert_eq!(shown(&erin, "changed=7").await, (true, false));
    assert_eq!(shown(&erin, "changed=7&q=second").await, (false, false));
    assert_eq!(shown(&erin, "changed=30&q=second").await, (false, true));
    let chosen = text(
        erin.get("/admin/rules?changed=7&lint=clean").await,
        StatusCode::OK,
    )
    .await;
    assert!(chosen.contains("<option value=\"7\" selected>"));
    assert!(chosen.contains("<option value=\"clean\" selected>"));
}
