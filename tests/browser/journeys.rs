//! What people do, from the first page to the end.

use std::path::PathBuf;

use fantoccini::key::Key;

use crate::harness::{Journey, Window};

const PROMPTED: &str = "Error code: SessionCreationUserPromptedForCredentialsAfterConnection";

const ENTRA_JOINED: &str = "C:\\>dsregcmd /status\n\n| Device State |\n\n  AzureAdJoined : YES\n  EnterpriseJoined : NO\n  DomainJoined : NO\n";

const POLICY_ON: &str = "C:\\>reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\"\n\n\
    HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\n    fPromptForPassword    REG_DWORD    0x1\n";

fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file can be written");
    (folder, path)
}

async fn diagnose(journey: &Journey, text: &str) {
    journey.open("/").await;
    journey.type_into("#text", text).await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
}

#[tokio::test]
async fn a_pasted_error_leads_through_its_guide_to_an_outcome() {
    let journey = Journey::start(Window::DESKTOP).await;
    diagnose(&journey, PROMPTED).await;
    journey.shows("asks for credentials").await;
    journey.find("#now button[name=answer]").await;
    journey
        .press("AzureAdJoined is YES and DomainJoined is NO")
        .await;
    journey.shows("fPromptForPassword").await;
    journey
        .type_into("#outcome-note", "policy changed by IT")
        .await;
    journey.press("Fixed").await;
    journey.shows("policy changed by IT").await;
}

#[tokio::test]
async fn uploaded_files_answer_every_question_they_can() {
    let journey = Journey::start(Window::DESKTOP).await;
    let (_first, joined) = file("dsregcmd.txt", ENTRA_JOINED);
    let (_second, policy) = file("policy.txt", POLICY_ON);
    journey.open("/").await;
    journey.type_into("#text", PROMPTED).await;
    journey
        .type_into(
            "#file",
            &format!("{}\n{}", joined.display(), policy.display()),
        )
        .await;
    journey.press("Diagnose").await;
    journey.find(".step.done:nth-child(2)").await;
    journey.shows("dsregcmd.txt").await;
    let now = journey.find("#now").await.text().await.expect("a text");
    assert!(
        now.contains("gpupdate") || now.contains("Always prompt"),
        "{now}"
    );
}

#[tokio::test]
async fn evidence_pasted_into_a_step_is_read_at_once_into_the_same_case() {
    let journey = Journey::start(Window::DESKTOP).await;
    diagnose(&journey, PROMPTED).await;
    let case = journey.path().await;
    journey.type_into("#now textarea", ENTRA_JOINED).await;
    journey.press_in("#now .find-out button[type=submit]").await;
    journey.find(".step.done").await;
    assert_eq!(journey.path().await, case);
    journey.shows("AzureAdJoined : YES").await;
}

#[tokio::test]
async fn an_answer_of_the_evidence_can_be_overruled_and_taken_back() {
    let journey = Journey::start(Window::DESKTOP).await;
    diagnose(&journey, &format!("{PROMPTED}\n\n{ENTRA_JOINED}")).await;
    journey.press("Change this answer").await;
    journey.press("Any other combination").await;
    journey.shows("Newer evidence says otherwise").await;
    journey.press("Use the report instead").await;
    journey.gone(".against").await;
}

#[tokio::test]
async fn a_step_for_somebody_else_is_handed_over_and_the_case_waits() {
    let journey = Journey::start(Window::DESKTOP).await;
    diagnose(
        &journey,
        &format!("{PROMPTED}\n\n{ENTRA_JOINED}\n{POLICY_ON}"),
    )
    .await;
    journey.press("Hand this over").await;
    let message = journey
        .find("#message")
        .await
        .prop("value")
        .await
        .expect("a value")
        .unwrap_or_default();
    assert!(
        message.contains("fPromptForPassword") && message.contains("/cases/"),
        "{message}"
    );
    journey.press("Sent: the case waits").await;
    journey.shows("Waiting").await;
}

#[tokio::test]
async fn everything_can_be_done_by_keyboard() {
    let journey = Journey::start(Window::DESKTOP).await;
    journey.open("/").await;
    let box_ = journey.find("#text").await;
    box_.send_keys(PROMPTED).await.expect("keys");
    box_.send_keys(&format!(
        "{}{}",
        char::from(Key::Control),
        char::from(Key::Enter)
    ))
    .await
    .expect("keys");
    journey.find("#headline").await;
    journey.tab_to("#now button[name=answer]").await;
    journey.press_key(Key::Enter).await;
    journey.find(".step.done").await;
}

#[tokio::test]
async fn everything_works_without_scripts() {
    let journey = Journey::start(Window::NO_SCRIPTS).await;
    diagnose(&journey, &format!("{PROMPTED}\n\n{ENTRA_JOINED}")).await;
    journey.press("It is 1").await;
    journey.find(".step.done:nth-child(2)").await;
    journey.press("Done").await;
    journey.find(".step.done:nth-child(3)").await;
    journey.press("Fixed").await;
    journey.find(".ended").await;
}

#[tokio::test]
async fn a_text_that_no_rule_knows_still_gets_a_helpful_page() {
    let journey = Journey::start(Window::DESKTOP).await;
    diagnose(&journey, "The flux capacitor has stopped: error FX-77").await;
    journey.find("#near").await;
    journey.type_into("#near", "credentials").await;
    journey.press_in("form[role=search].wide button").await;
    journey.shows("does not accept the credentials").await;
}

#[tokio::test]
async fn hostile_text_is_only_ever_text() {
    let journey = Journey::start(Window::DESKTOP).await;
    let hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> WindowsIdentityIncorrect";
    diagnose(&journey, hostile).await;
    journey.shows("document.title").await;
    assert!(
        !journey
            .browser
            .title()
            .await
            .expect("a title")
            .contains("owned")
    );
}
