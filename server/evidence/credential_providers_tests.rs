use super::*;

const WHOLE: &str = include_str!("../../tests/fixtures/credential_providers/export.reg");
const LIST: &str = "credential_providers.not_built_in";

fn lines(text: &str) -> Reading {
    read("", &Text::new(text))
}

fn value(reading: &Reading, key: &str) -> Option<FactValue> {
    reading.value(key)
}

fn list(items: &[&str]) -> FactValue {
    FactValue::List(items.iter().map(|item| (*item).to_owned()).collect())
}

#[test]
fn a_provider_that_windows_does_not_bring_is_listed_by_name() {
    let reading = lines(WHOLE);
    assert_eq!(
        value(&reading, LIST),
        Some(list(&[
            "Contoso Badge {0A1B2C3D-0000-4000-8000-123456789ABC}"
        ]))
    );
    assert_eq!(
        value(
            &reading,
            "credential_provider.{60B78E88-EAD8-445C-9CFD-0B87F74EA6CD}"
        ),
        Some("PasswordProvider".into())
    );
}

#[test]
fn a_complete_listing_closes_the_providers() {
    let covers = |reading: &Reading| {
        reading.scopes.iter().any(|scope| {
            scope
                .closes
                .covers("credential_provider.{aaaaaaaa-0000-0000-0000-000000000000}")
        })
    };
    assert!(covers(&lines(WHOLE)));
    assert!(!covers(&lines(WHOLE.trim_end())));
}

#[test]
fn only_built_in_ones_give_an_empty_list_when_the_listing_is_complete() {
    let start = WHOLE.find("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\Credential Providers\\{0a").unwrap();
    let built_in = &WHOLE[..start];
    assert_eq!(value(&lines(built_in), LIST), Some(list(&[])));
    let count = "credential_providers.not_built_in_count";
    assert_eq!(value(&lines(built_in), count), Some("0".into()));
    assert_eq!(value(&lines(WHOLE), count), Some("1".into()));
    assert_eq!(value(&lines(built_in.trim_end()), LIST), None);
}

#[test]
fn powershell_listings_are_read() {
    let text = "    Hive: HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\Credential Providers\n\n\nName                           Property\n----                           --------\n{60b78e88-ead8-445c-9cfd-0b87f (default) : PasswordProvider\n74ea6cd}\n{0A1B2C3D-0000-4000-8000-12345 (default) : Contoso Badge\n6789ABC}\n";
    let reading = lines(text);
    assert_eq!(
        value(&reading, LIST),
        Some(list(&[
            "Contoso Badge {0A1B2C3D-0000-4000-8000-123456789ABC}"
        ]))
    );
    assert!(reading.scopes.is_empty());
    let bare = "Get-ChildItem 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\Credential Providers'\n0a1b2c3d-0000-4000-8000-123456789abc\n{60b78e88-ead8-445c-9cfd-0b87f74ea6cd}\n";
    assert_eq!(
        value(&lines(bare), LIST),
        Some(list(&["{0A1B2C3D-0000-4000-8000-123456789ABC}"]))
    );
}

#[test]
fn guids_elsewhere_are_no_providers() {
    let reading = lines("credential problem\n{0A1B2C3D-0000-4000-8000-123456789ABC}\n");
    assert!(reading.facts.is_empty());
}

#[test]
fn every_built_in_line_has_a_guid_a_name_and_a_source() {
    for line in BUILT_IN.lines().filter(|line| !line.starts_with('#')) {
        let fields = line.split('\t').collect::<Vec<_>>();
        assert_eq!(fields.len(), 3, "{line}");
        assert!(
            GUID.is_match(fields[0]) && fields[2].starts_with("https://"),
            "{line}"
        );
    }
}

#[test]
fn wherever_a_window_breaks_the_heading_a_mark_is_whole() {
    let heading = r"\Authentication\Credential Providers\{60b78e88";
    for at in 0..heading.len() {
        let broken = format!("{}\n{}", &heading[..at], &heading[at..]).to_lowercase();
        let mut marks = READER.marks.iter();
        assert!(marks.any(|mark| broken.contains(mark)), "{broken}");
    }
}
