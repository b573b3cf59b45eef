//! Writing rules: every page by axe's judgement, saved while one types, and without scripts.

use crate::harness::{Journey, Window};

const RULE: &str = "/admin/rules/pad.session.prompted-for-credentials";
const TEXT: &str = "/admin/rules/pad.session.prompted-for-credentials?face=text";

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
        .holds("document.querySelector('#saving').textContent === 'Saved'")
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
