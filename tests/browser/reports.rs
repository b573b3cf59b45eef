//! Sending files and looking at what was read of them.

use std::path::PathBuf;

use fantoccini::key::Key;
use serde_json::json;

use crate::harness::{Journey, Window};

const PROMPTED: &str = "SessionCreationUserPromptedForCredentialsAfterConnection";

const JOINED: &str = "C:\\>dsregcmd /status\n\n| Device State |\n\n  AzureAdJoined : YES\n  EnterpriseJoined : NO\n  DomainJoined : NO\n";

const EVENT: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/>\
    <EventID>4625</EventID><TimeCreated SystemTime='2026-11-21T10:MM:00.000Z'/><Computer>RPA-VM-07</Computer></System><EventData>\
    <Data Name='TargetUserName'>svc-robot</Data><Data Name='TargetDomainName'>FABRIKAM</Data><Data Name='Status'>0xc000006d</Data>\
    <Data Name='SubStatus'>0xc000006a</Data><Data Name='LogonType'>10</Data><Data Name='IpAddress'>10.20.0.4</Data></EventData></Event>\n";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file can be written");
    path
}

/// A log with the error in one of its lines.
fn log(lines: usize, error_at: usize) -> String {
    let line = |number: usize| {
        let what = if number == error_at {
            PROMPTED
        } else {
            "the run goes on"
        };
        format!("2026-11-21 10:00:00 INFO {what}\n")
    };
    (1..=lines).map(line).collect()
}

async fn send(journey: &Journey, files: &[PathBuf]) {
    journey.open("/").await;
    let paths = files.iter().map(|path| path.display().to_string());
    let paths = paths.collect::<Vec<_>>().join("\n");
    journey.type_into("#file", &paths).await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
}

async fn value(journey: &Journey, script: &str) -> serde_json::Value {
    let value = journey.browser.execute(script, Vec::new()).await;
    value.expect("the page answers")
}

#[tokio::test]
async fn an_upload_shows_how_far_it_is_and_cancelling_loses_nothing() {
    let journey = Journey::start(Window::DESKTOP).await;
    let folder = folder();
    let large = write(&folder, "large.log", &"x".repeat(4 * 1024 * 1024));
    let small = write(&folder, "dsregcmd.txt", JOINED);
    journey.open("/").await;
    journey.type_into("#text", PROMPTED).await;
    let files = format!("{}\n{}", large.display(), small.display());
    journey.type_into("#file", &files).await;
    journey.shows("2 files, 4.0 MiB").await;
    journey.slow_uploads(200_000);
    journey.press("Diagnose").await;
    journey
        .find("[data-sending]:not([hidden]) progress[max]")
        .await;
    journey.is_accessible("sending").await;
    let focused = value(&journey, "return document.activeElement.textContent;").await;
    assert_eq!(focused, json!("Cancel"));
    journey.press_key(Key::Enter).await;
    journey.shows("Cancelled; nothing was kept").await;
    let typed = value(&journey, "return document.getElementById('text').value;").await;
    assert_eq!(typed, json!(PROMPTED));
    journey.slow_uploads(100_000_000);
    journey.press("Remove large.log").await;
    journey.shows("1 file").await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
    journey.shows("AzureAdJoined : YES").await;
}

#[tokio::test]
async fn what_is_too_much_is_said_before_it_is_sent() {
    let journey = Journey::start(Window::PHONE).await;
    journey.open("/").await;
    let limit = "return Number(document.querySelector('[data-upload]').dataset.uploadLimit);";
    let limit = value(&journey, limit).await.as_u64().expect("a number");
    let folder = folder();
    let path = write(&folder, "too-large.log", "");
    let file = std::fs::File::options().write(true).open(&path);
    let file = file.expect("a file");
    file.set_len(limit + 1).expect("a file of holes");
    journey
        .type_into("#file", &path.display().to_string())
        .await;
    journey
        .shows("can be sent at once. Send the part of it")
        .await;
    journey.is_accessible("too much").await;
    journey.fits_the_width("too much").await;
    journey.press("Diagnose").await;
    assert_eq!(journey.path().await, "/");
    journey.press("Remove too-large.log").await;
    journey.find("[data-chosen][hidden]").await;
}

#[tokio::test]
async fn a_report_shows_its_files_facts_events_and_what_it_covers() {
    for window in [Window::DESKTOP, Window::DARK, Window::PHONE] {
        let journey = Journey::start(window).await;
        let folder = folder();
        let events = (10..40).map(|minute| EVENT.replace("MM", &minute.to_string()));
        let files = [
            write(&folder, "run.log", &log(40, 30)),
            write(&folder, "dsregcmd.txt", JOINED),
            write(&folder, "security.xml", &events.collect::<String>()),
            write(&folder, "tool.exe", "MZ\0\u{1}\u{2}"),
        ];
        send(&journey, &files).await;
        journey.shows("dsregcmd /status").await;
        journey.shows("not read").await;
        journey.shows("Would answer:").await;
        journey.shows("STATUS_WRONG_PASSWORD").await;
        journey.is_accessible("a report").await;
        journey.fits_the_width("a report").await;
        let case = journey.path().await;
        for list in ["files", "facts", "events"] {
            journey.open(&format!("{case}/{list}")).await;
            journey.is_accessible(list).await;
            journey.fits_the_width(list).await;
        }
    }
}

#[tokio::test]
async fn facts_are_filtered_while_typing_and_by_the_server() {
    let journey = Journey::start(Window::DESKTOP).await;
    let folder = folder();
    let files = [
        write(&folder, "run.log", &log(40, 30)),
        write(&folder, "dsregcmd.txt", JOINED),
    ];
    send(&journey, &files).await;
    journey.press_in("#facts > summary").await;
    journey.type_into("#fact-filter", "domainjoined no").await;
    let shown = "return [...document.querySelectorAll('#facts [data-item]:not([hidden]) th')].map(k => k.textContent);";
    assert_eq!(
        value(&journey, shown).await,
        json!(["dsregcmd.DomainJoined"])
    );
    journey.press_key(Key::Enter).await;
    journey.find("h1 + p").await;
    assert!(journey.path().await.ends_with("/facts"));
    let rows = "return document.querySelectorAll('[data-item]').length;";
    assert_eq!(value(&journey, rows).await, json!(1));
}

#[tokio::test]
async fn a_proof_deep_in_a_large_file_opens_its_page() {
    let journey = Journey::start(Window::DESKTOP).await;
    let folder = folder();
    send(&journey, &[write(&folder, "run.log", &log(20_000, 12_345))]).await;
    journey.press_in(".verdict .quote figcaption a").await;
    let mark = journey.find("mark:target").await.text().await;
    assert_eq!(mark.expect("a text"), PROMPTED);
    journey.find("#L12345").await;
    journey.is_accessible("a page of a large file").await;
    journey.press("Later").await;
    journey.gone(".hit").await;
    journey.type_into("#to-line", "1").await;
    journey.press_key(Key::Enter).await;
    journey.find("#L1").await;
}

const POLICY: &str = "C:\\>reg query \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\"\n\n\
    HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\n    fPromptForPassword    REG_DWORD    0x1\n";

#[tokio::test]
async fn a_dropped_folder_is_sent_with_the_paths_of_its_files() {
    let journey = Journey::start(Window::DESKTOP).await;
    let folder = folder();
    let report = folder.path().join("report");
    std::fs::create_dir_all(report.join("registry")).expect("a folder");
    write(&folder, "report/run.log", &log(3, 2));
    write(&folder, "report/dsregcmd.txt", JOINED);
    write(&folder, "report/registry/policy.txt", POLICY);
    let beside = write(&folder, "note.txt", "seen on Monday");
    journey.open("/").await;
    journey.drop_on("#text", &[report, beside]).await;
    journey.shows("4 files").await;
    let listed = "return [...document.querySelectorAll('[data-chosen] .name')].map(name => name.textContent);";
    let paths = [
        "note.txt",
        "report/dsregcmd.txt",
        "report/registry/policy.txt",
        "report/run.log",
    ];
    assert_eq!(value(&journey, listed).await, json!(paths));
    journey.is_accessible("files of a folder").await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
    journey.find(".step.done:nth-child(2)").await;
    let names = "return [...document.querySelectorAll('.files-table tbody th')].map(name => name.textContent);";
    assert_eq!(value(&journey, names).await, json!(paths));
}

#[tokio::test]
async fn several_files_are_sent_without_scripts() {
    let journey = Journey::start(Window::NO_SCRIPTS).await;
    let folder = folder();
    let files = [
        write(&folder, "run.log", &log(3, 2)),
        write(&folder, "dsregcmd.txt", JOINED),
    ];
    send(&journey, &files).await;
    journey.find(".step.done").await;
    let case = journey.path().await;
    let policy = write(&folder, "policy.txt", POLICY);
    journey
        .type_into("#more-file", &policy.display().to_string())
        .await;
    journey.press_in("#send button[type=submit]").await;
    journey.find(".step.done:nth-child(2)").await;
    assert_eq!(journey.path().await, case);
    let address = journey.browser.current_url().await.expect("an address");
    assert_eq!(address.fragment(), Some("guide"));
}

#[tokio::test]
async fn after_more_was_read_the_page_stands_at_the_guide() {
    for window in [Window::DESKTOP, Window::PHONE] {
        let journey = Journey::start(window).await;
        let folder = folder();
        send(&journey, &[write(&folder, "run.log", &log(40, 30))]).await;
        journey.find("#now").await;
        journey.type_into("#more-text", JOINED).await;
        journey.press_in("#send button[type=submit]").await;
        journey.find(".step.done").await;
        let top = "document.getElementById('guide').getBoundingClientRect().top";
        journey
            .holds(&format!("Math.abs({top}) < innerHeight / 4"))
            .await;
        // Where a reader scrolls to afterwards is where a reload leaves them.
        journey.holds("history.scrollRestoration === 'auto'").await;
        journey
            .holds(&format!("Math.abs({top}) < innerHeight / 4"))
            .await;
    }
}

#[tokio::test]
async fn cancelling_while_it_is_read_loses_nothing() {
    let journey = Journey::start(Window::DESKTOP).await;
    let folder = folder();
    let large = write(&folder, "large.log", &log(400_000, 200_000));
    journey.open("/").await;
    journey.type_into("#text", PROMPTED).await;
    journey
        .type_into("#file", &large.display().to_string())
        .await;
    journey.press("Diagnose").await;
    journey.shows("is being read and compared").await;
    journey.press_in("[data-cancel]").await;
    journey.shows("Cancelled; nothing was kept").await;
    let typed = value(&journey, "return document.getElementById('text').value;").await;
    assert_eq!(typed, json!(PROMPTED));
    journey.press("Remove large.log").await;
    journey.press("Diagnose").await;
    journey.find("#headline").await;
}
