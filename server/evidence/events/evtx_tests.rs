use std::io::Cursor;

use super::*;
use crate::evidence::Text;

#[test]
fn a_row_is_rendered_as_one_line() {
    let xml = include_str!("../../../tests/fixtures/events/4625.xml")
        .replace("svc-robot", "svc\n\trobot &amp; co");
    let row = Row::scan(&xml);
    assert_eq!(row.class(), FAILURE);
    let line = row.line(7, "2026-01-01T00:00:00Z");
    assert_eq!(line.matches('\n').count(), 1);
    assert!(line.starts_with("2026-11-03T08:14:22.1234567Z\tevtx\tid=4625\tlevel=0\trecord=7\tcomputer=RPA-VM-07.contoso.test\tprovider=Microsoft-Windows-Security-Auditing\tchannel=Security\t"));
    assert!(line.contains("\tTargetUserName=svc  robot & co\t"));
    assert!(
        !line.contains("LmPackageName"),
        "what says nothing is left out"
    );
}

#[test]
fn what_is_read_again_is_what_was_rendered() {
    let xml = include_str!("../../../tests/fixtures/events/4625.xml");
    let line = Row::scan(xml).line(7, "");
    let events = (super::super::rendered::READER.read)("", &Text::new(line)).events;
    assert_eq!(events[0].account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(
        events[0].code().map(|(code, _)| code.value),
        Some(0xc000_006a)
    );
}

#[test]
fn failures_are_kept_before_others_and_the_rest_is_counted() {
    let line = |class: usize, number: u64| (number, format!("{class} {number}\n"));
    let kept = Kept {
        limits: Limits {
            text: 1000,
            records: 3,
        },
        lines: [
            vec![line(0, 9), line(0, 1)],
            vec![line(1, 8), line(1, 2)],
            vec![line(2, 7)],
        ],
        ..Kept::default()
    };
    let (text, problems) = kept.finish();
    assert_eq!(text, "0 1\n1 8\n0 9\n");
    assert_eq!(
        problems,
        [
            "The log holds more than is kept: 2 older records were left out; every failure is among those that were read."
        ]
    );
}

#[test]
fn a_damaged_file_is_said_and_never_a_failure() {
    let mut log = b"ElfFile\0".to_vec();
    assert_eq!(render(Cursor::new(&log), Limits::default()).0, "");
    log.resize(4096, 0);
    log.extend(b"ElfChnk\0");
    log.resize(4096 + 70_000, 0xa5);
    log.resize(4096 + 3 * CHUNK, 0);
    let (text, problems) = render(Cursor::new(&log), Limits::default());
    assert_eq!(text, "");
    assert!(!problems.is_empty());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
        let mut log = b"ElfFile\0".to_vec();
        log.resize(4096, 0);
        log.extend(b"ElfChnk\0");
        log.extend(&bytes);
        render(Cursor::new(&log), Limits::default());
        peek::event_id(&bytes, 0, 2000);
        peek::event_id(&bytes, 7, 100);
    }
}
