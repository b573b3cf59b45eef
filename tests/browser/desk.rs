//! Writing rules: every page by axe's judgement, saved while one types, and without scripts.

use fantoccini::key::Key;

use crate::harness::{Journey, Window};

const RULE: &str = "/admin/rules/pad.session.prompted-for-credentials";
const TEXT: &str = "/admin/rules/pad.session.prompted-for-credentials?face=text";

const SMALL: &str = "/admin/rules/demo.alpha";

async fn all_pages(journey: &Journey) {
    journey.sign_up().await;
    for page in ["/admin/rules?q=credentials", RULE, TEXT, "/admin/rules/new"] {
        journey.open(page).await;
        journey.is_accessible(page).await;
        journey.fits_the_width(page).await;
    }
    journey.open(RULE).await;
    let words = "SessionCreationUserPromptedForCredentialsAfterConnection";
    journey.type_into("#paste", words).await;
    journey.shows("The draft matches").await;
    journey.is_accessible("the bench").await;
    journey.fits_the_width("the bench").await;
}

#[tokio::test]
async fn the_pages_of_editing_are_accessible_on_a_desktop() {
    all_pages(&Journey::start(Window::DESKTOP).await).await;
}

#[tokio::test]
async fn the_pages_of_editing_are_accessible_and_fit_on_a_phone() {
    all_pages(&Journey::start(Window::PHONE).await).await;
}

#[tokio::test]
async fn the_pages_of_editing_are_accessible_in_the_dark() {
    all_pages(&Journey::start(Window::DARK).await).await;
}

#[tokio::test]
async fn what_is_typed_is_saved_by_itself_and_there_after_a_reload() {
    let journey = Journey::start(Window::DESKTOP).await;
    journey.sign_up().await;
    journey.open(RULE).await;
    journey.type_into("#f-title", " (typed)").await;
    journey
        .holds("/^Saved .*[0-9]+:[0-9]+/.test(document.querySelector('#saving').textContent)")
        .await;
    journey.shows("Draft, begun from release 1").await;
    journey.open(TEXT).await;
    journey
        .holds("document.querySelector('#text').value.includes('(typed)')")
        .await;
}

#[tokio::test]
async fn a_step_is_added_without_scripts() {
    let journey = Journey::start(Window::NO_SCRIPTS).await;
    journey.sign_up().await;
    journey.open(RULE).await;
    journey.press("Add instruction").await;
    journey.find("input[value='step-1']").await;
    journey.shows("Draft, begun from release 1").await;
}

#[tokio::test]
async fn a_text_with_markup_is_shown_as_readers_see_it_while_it_is_typed() {
    let journey = Journey::start_small(Window::DESKTOP).await;
    journey.sign_up().await;
    journey.open(SMALL).await;
    journey.press_in(".cell:has(#f-cause) summary").await;
    journey.type_into("#f-cause", " It is **so**.").await;
    journey
        .holds("[...document.querySelectorAll('[id=\"p-cause\"] strong')].some(strong => strong.textContent === 'so')")
        .await;
    journey.is_accessible("a preview").await;
}

#[tokio::test]
async fn a_text_with_markup_is_previewed_without_scripts() {
    let journey = Journey::start_small(Window::NO_SCRIPTS).await;
    journey.sign_up().await;
    journey.open(SMALL).await;
    journey.type_into("#f-cause", " It is **so**.").await;
    journey.press_in(".cell:has(#f-cause) summary").await;
    journey
        .press_in(".cell:has(#f-cause) .preview button")
        .await;
    let preview = journey.find("#p-cause strong").await;
    assert_eq!(preview.text().await.expect("a text"), "so");
}

#[tokio::test]
async fn missing_walks_are_written_by_keyboard_and_told_in_plain_words() {
    let journey = Journey::start_small(Window::DESKTOP).await;
    journey.sign_up().await;
    journey.open("/admin/rules/new").await;
    journey.type_into("#id", "demo.stuck").await;
    journey.type_into("#title", "The demo is stuck").await;
    journey
        .leave_by("main form.new-rule button[type=submit]")
        .await;
    journey.open("/admin/rules/demo.stuck").await;
    journey
        .leave_by("button[value='add guide.steps outcome']")
        .await;
    journey
        .type_into("[name='guide.steps.1.text']", "It is over")
        .await;
    journey.tab_to("button[value='write-walks']").await;
    journey.press_key(Key::Enter).await;
    journey.shows("1 walk was written").await;
    journey.shows("Nothing known yet").await;
    journey
        .shows("Hand this over with the summary below.")
        .await;
    journey.shows("No way was found to the end `step-1`").await;
    journey.is_accessible("the walks that were written").await;
    journey.fits_the_width("the walks that were written").await;
    journey.tab_to("button[value='write-walks']").await;
    journey.press_key(Key::Enter).await;
    journey.shows("No other walk could be written").await;
    journey.open("/admin/rules/demo.stuck?face=text").await;
    journey
        .holds("document.querySelector('#text').value.includes('name: Nothing known yet')")
        .await;
    journey.find("button[value='write-walks']").await;
}
