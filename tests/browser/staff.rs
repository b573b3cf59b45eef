//! What those see who keep accounts, cases and releases: every page by axe's judgement, and what must not be lost when a
//! session ends or a check goes on.

use fantoccini::Locator;
use signpost::store::{Actor, DraftChange, DraftKind, DraftName, NewProposal, ProposalKind};

use crate::demo_pack::ALPHA;
use crate::harness::{Journey, Window};

const RULE: &str = "/admin/rules/demo.alpha";
const NOW: i64 = 1_800_000_000_000;
const PASSWORD: &str = "plain horse under a bridge";

fn somebody() -> Actor {
    Actor {
        who: "ada".to_owned(),
        ..Actor::shell()
    }
}

async fn is_good(journey: &Journey, name: &str) {
    journey.is_accessible(name).await;
    journey.fits_the_width(name).await;
}

async fn opens_well(journey: &Journey, page: &str) {
    journey.open(page).await;
    is_good(journey, page).await;
}

async fn diagnose(journey: &Journey, text: &str) {
    journey.open("/").await;
    journey.type_into("#text", text).await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
}

/// Somebody else saves the rule, with another title.
async fn somebody_saves(journey: &Journey, title: &str) {
    let store = journey.store().await;
    let name = DraftName::new(DraftKind::Rule, "demo.alpha");
    let release = store.newest_release().await.expect("a release");
    let files = store.release_files(release).await.expect("files");
    let files = files.expect("files of the newest release");
    let base = signpost::actions::drafts::published_text(&files, &name).unwrap_or_default();
    let text = base.replace("The first demo failure", title);
    let before = store.draft(&name).await.expect("drafts can be read");
    let change = DraftChange {
        name: &name,
        expected: before.map(|draft| draft.revision),
        base: Some((release, &base)),
        text: &text,
        removed: false,
        example: None,
    };
    let saved = store.save_draft(&somebody(), change, NOW).await;
    saved.expect("the draft is saved");
    store.close().await;
}

async fn all_pages(journey: &Journey) {
    opens_well(journey, "/login").await;
    journey.sign_up().await;
    assert!(ALPHA.contains("The first demo failure"));
    diagnose(journey, "it failed: AlphaBetaGammaDelta").await;
    let case = journey.path().await;
    diagnose(journey, "the flux capacitor failed: error FX-77").await;
    let unknown = journey.path().await;
    for page in [
        "/account",
        "/admin/audit",
        "/cases",
        "/cases?q=nothing-fits",
    ] {
        opens_well(journey, page).await;
    }
    opens_well(journey, "/admin/users").await;
    journey.type_into("#name", "edda").await;
    journey.press("Add the account").await;
    journey.find("#link-1").await;
    is_good(journey, "an account's link").await;
    opens_well(journey, "/admin/tokens").await;
    journey.type_into("#name", "a program").await;
    journey.press_in("input[value='rules:read']").await;
    journey.press("Make the token").await;
    journey.find("#token-1").await;
    is_good(journey, "a new token").await;
    opens_well(journey, "/admin/inbox").await;
    journey.press("Tell the reporters").await;
    is_good(journey, "a form of the inbox").await;
    opens_well(journey, &case).await;
    for page in [
        format!("{unknown}/merge"),
        format!("{unknown}/merge?into={case}"),
    ] {
        opens_well(journey, &page).await;
    }

    journey.open(RULE).await;
    somebody_saves(journey, "A failure of the first kind").await;
    journey.type_into("#f-title", " (mine)").await;
    journey.press_in(".save-box button.primary").await;
    journey.shows("Somebody else saved this meanwhile").await;
    is_good(journey, "two texts to be joined").await;
    journey.press("Save the joined text").await;
    journey.find("#text").await;

    journey.open(RULE).await;
    let code = journey.find("[name='match.parts.0.say']").await;
    code.clear().await.expect("the field can be cleared");
    let typed = code.send_keys("AlphaBetaGammaEpsilon").await;
    typed.expect("the field can be typed into");
    journey.leave_by(".save-box button.primary").await;
    opens_well(journey, "/admin/releases").await;
    journey.type_into("#title", "Another code").await;
    journey.press("Propose and check").await;
    journey.find("#h-gate").await;
    is_good(journey, "a proposal").await;
    opens_well(journey, "/admin/releases/1").await;
    opens_well(journey, "/admin/releases/compare?from=1&to=2").await;
}

#[tokio::test]
async fn the_pages_of_the_desk_are_accessible_on_a_desktop() {
    all_pages(&Journey::start_small(Window::DESKTOP).await).await;
}

#[tokio::test]
async fn the_pages_of_the_desk_are_accessible_and_fit_on_a_phone() {
    all_pages(&Journey::start_small(Window::PHONE).await).await;
}

#[tokio::test]
async fn the_pages_of_the_desk_are_accessible_in_the_dark() {
    all_pages(&Journey::start_small(Window::DARK).await).await;
}

/// All sessions of the owner end, as they do when their time is over.
async fn session_ends(journey: &Journey) {
    let store = journey.store().await;
    let ada = somebody();
    let ended = store.end_session(&ada, "owner", "none", true, NOW);
    assert!(ended.await.expect("sessions can be ended"));
    store.close().await;
}

async fn sign_in(journey: &Journey) {
    journey.type_into("#name", "owner").await;
    journey.type_into("#password", PASSWORD).await;
    journey.press_in("main form button[type=submit]").await;
}

#[tokio::test]
async fn a_session_that_ends_in_mid_edit_costs_nothing_that_was_typed() {
    let journey = Journey::start_small(Window::DESKTOP).await;
    journey.sign_up().await;
    journey.open(RULE).await;
    session_ends(&journey).await;
    journey.type_into("#f-title", " (typed)").await;
    journey.shows("Your session is over").await;
    let editor = journey.browser.window().await.expect("a window");
    journey.press("Sign in again in another tab").await;
    let windows = journey.browser.windows().await.expect("windows");
    let other = windows.into_iter().find(|window| *window != editor);
    let other = other.expect("another tab opened");
    let there = journey.browser.switch_to_window(other).await;
    there.expect("the other tab is there");
    sign_in(&journey).await;
    journey.find("a[href='/account']").await;
    journey.browser.close_window().await.expect("it closes");
    let back = journey.browser.switch_to_window(editor).await;
    back.expect("the editor is still there");
    journey.type_into("#f-title", " and more").await;
    journey
        .holds("document.querySelector('#saving').textContent.startsWith('Saved')")
        .await;
    journey.open(RULE).await;
    journey
        .holds("document.querySelector('#f-title').value.endsWith('(typed) and more')")
        .await;
}

#[tokio::test]
async fn what_is_sent_after_the_session_ended_is_there_after_signing_in_again() {
    let journey = Journey::start_small(Window::NO_SCRIPTS).await;
    journey.sign_up().await;
    journey.open(RULE).await;
    journey.type_into("#f-title", " (typed)").await;
    session_ends(&journey).await;
    journey.press_in(".save-box button.primary").await;
    journey.shows("What you sent is kept").await;
    sign_in(&journey).await;
    journey.press("Send it now").await;
    journey.shows("Draft, begun from release").await;
    let title = journey.find("#f-title").await;
    let title = title.prop("value").await.expect("a value");
    assert_eq!(title.as_deref(), Some("The first demo failure (typed)"));
}

#[tokio::test]
async fn a_check_is_followed_to_its_end_without_a_reload() {
    let journey = Journey::start_small(Window::DESKTOP).await;
    journey.sign_up().await;
    // The server was told of no check, so that it goes on when this test says so.
    let store = journey.store().await;
    let proposal = NewProposal {
        title: "One",
        note: "",
        kind: ProposalKind::Drafts,
        base: store.newest_release().await.expect("a release"),
    };
    let number = store.propose(proposal, &[], &somebody(), NOW).await;
    let number = number.expect("it is proposed");
    let begun = store.begin_check(number, &somebody(), NOW).await;
    assert!(begun.expect("the check begins"));
    let kept = store.proposal(number).await.expect("proposals can be read");
    let run = kept.expect("the proposal is kept").run;
    journey
        .open(&format!("/admin/releases/proposals/{number}"))
        .await;
    journey.find("progress:not([value])").await;
    let mark = "document.body.dataset.same = 'yes'; return true;";
    let marked = journey.browser.execute(mark, Vec::new()).await;
    marked.expect("the page can be marked");
    let goes_on = store.inspected(number, run, "{}", 600).await;
    assert!(goes_on.expect("the rules were looked at"));
    let piece = store.replayed((number, run), "b", 300, 0, &[]).await;
    assert!(piece.expect("a piece was judged"));
    journey
        .holds("document.querySelector('progress').value === 300 && document.body.dataset.same === 'yes'")
        .await;
    journey.shows("300 of 600").await;
    let ada = somebody();
    let ended = store.cancel_check(number, "cancelled", &ada, NOW);
    assert!(ended.await.expect("the check ends"));
    journey.shows("The last check was cancelled").await;
    let gone = journey.browser.find(Locator::Css("progress")).await;
    assert!(gone.is_err(), "a check that is over is still shown");
    store.close().await;
}
