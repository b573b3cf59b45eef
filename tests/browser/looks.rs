//! Every page: accessible by axe's judgement, and no wider than a phone.

use crate::harness::{Journey, Window};

const REPORT: &str = "{\"code\":\"SessionCreationUserPromptedForCredentialsAfterConnection\"}\n\n  AzureAdJoined : YES\n  DomainJoined : NO\n";

/// Submissions that lead to each kind of answer.
const ANSWERS: [(&str, &str); 6] = [
    ("a case with a guide", REPORT),
    ("checks", "SessionCreationError"),
    (
        "several faults",
        "0xC000015B here and WindowsIdentityIncorrect there, Smart card logon is required and was not used",
    ),
    (
        "nothing matched",
        "The flux capacitor has stopped: error FX-77",
    ),
    (
        "no error",
        "  AzureAdJoined : YES\n  EnterpriseJoined : NO\n  DomainJoined : NO\n",
    ),
    ("an old question", "Alteryx: Invalid username or password"),
];

const PAGES: [&str; 8] = [
    "/",
    "/rules",
    "/rules/pad.session.prompted-for-credentials",
    "/rules/pad.invalid-credentials",
    "/search?q=credentials",
    "/codes/0xC000015B",
    "/codes/0x80070569",
    "/codes/24",
];

async fn all_pages(journey: &Journey) {
    for page in PAGES {
        journey.open(page).await;
        journey.is_accessible(page).await;
        journey.fits_the_width(page).await;
    }
    journey.open("/no/such/page").await;
    journey.is_accessible("not found").await;
    journey.open("/api/docs").await;
    journey.is_accessible("the API's page").await;
    for (name, text) in ANSWERS {
        journey.open("/").await;
        journey.type_into("#text", text).await;
        journey.press("Diagnose").await;
        journey.find("#headline").await;
        journey.is_accessible(name).await;
        journey.fits_the_width(name).await;
    }
}

#[tokio::test]
async fn every_page_is_accessible_on_a_desktop() {
    all_pages(&Journey::start(Window::DESKTOP).await).await;
}

#[tokio::test]
async fn every_page_is_accessible_and_fits_on_a_phone() {
    all_pages(&Journey::start(Window::PHONE).await).await;
}

#[tokio::test]
async fn every_page_is_accessible_in_the_dark() {
    let journey = Journey::start(Window::DARK).await;
    journey.open("/").await;
    let dark = journey
        .browser
        .execute(
            "return matchMedia('(prefers-color-scheme: dark)').matches;",
            Vec::new(),
        )
        .await;
    assert_eq!(
        dark.expect("the scheme can be asked for"),
        serde_json::json!(true)
    );
    all_pages(&journey).await;
}
