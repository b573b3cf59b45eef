use std::io::Cursor;

use evtx::EvtxChunkData;

use super::*;
use crate::evidence::Text;
use crate::evidence::events::Event;
use crate::evidence::limits::NeverStop;
use evtx_writer::{CHUNK as WRITTEN_CHUNK, DIRTY, EvtxWriter, FILE_HEAD, Record, Value};

#[path = "../../../tests/support/evtx_writer.rs"]
pub(super) mod evtx_writer;

const FAILED_LOGON: &[(&str, Value<'_>)] = &[
    ("TargetUserSid", Value::Sid(0, &[0])),
    ("TargetUserName", Value::Text("svc-robot")),
    ("TargetDomainName", Value::Text("CONTOSO")),
    ("Status", Value::Hex32(0xc000_006d)),
    ("FailureReason", Value::Text("%%2313")),
    ("SubStatus", Value::Hex32(0xc000_006a)),
    ("LogonType", Value::UInt32(10)),
    ("IpAddress", Value::Text("192.0.2.7")),
];

/// A log of so many failed logons in so many chunks of the same length.
fn log_of(chunks: u16, each: u16) -> Vec<u8> {
    let mut log = EvtxWriter::default();
    for _ in 0..chunks {
        for _ in 0..each {
            log.record(&Record {
                data: FAILED_LOGON,
                ..Record::default()
            });
        }
        log.end_chunk();
    }
    log.finish()
}

fn rendered(log: &[u8]) -> (String, Vec<String>) {
    render(Cursor::new(log), Limits::default(), &NeverStop)
}

fn events(text: &str) -> Vec<Event> {
    (super::super::rendered::READER.read)("", &Text::new(text)).events
}

/// The numbers of the records that were read.
fn numbers(text: &str) -> Vec<u64> {
    let lines = text.lines().filter_map(|line| {
        let behind = line.split("\trecord=").nth(1)?;
        behind.split('\t').next()?.parse().ok()
    });
    lines.collect()
}

#[test]
fn a_failed_logon_of_a_binary_log_tells_all_of_it() {
    let (text, problems) = rendered(&log_of(1, 1));
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        text,
        "2026-11-03T08:14:22.1230000Z\tevtx\tid=4625\tlevel=0\trecord=1\tcomputer=RPA-VM-07.contoso.test\tprovider=Microsoft-Windows-Security-Auditing\tchannel=Security\tTargetUserSid=S-1-0-0\tTargetUserName=svc-robot\tTargetDomainName=CONTOSO\tStatus=0xc000006d\tFailureReason=%%2313\tSubStatus=0xc000006a\tLogonType=10\tIpAddress=192.0.2.7\n"
    );
    let events = events(&text);
    assert_eq!(events[0].account().as_deref(), Some("CONTOSO\\svc-robot"));
    assert_eq!(
        events[0].code().map(|(code, _)| code.value),
        Some(0xc000_006a)
    );
    assert_eq!(events[0].time, Some(1_793_693_662_123));
}

#[test]
fn every_chunk_of_a_log_is_read() {
    let mut log = EvtxWriter::default();
    for _ in 0..800 {
        log.record(&Record {
            data: FAILED_LOGON,
            ..Record::default()
        });
    }
    let log = log.finish();
    assert!(log.len() >= FILE_HEAD + 3 * WRITTEN_CHUNK);
    let (text, problems) = rendered(&log);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(numbers(&text), (1..=800).collect::<Vec<_>>());
}

#[test]
fn the_number_of_a_record_is_known_without_rendering_it() {
    let log = log_of(1, 3);
    let mut data = EvtxChunkData::new(log[FILE_HEAD..].to_vec(), true).unwrap();
    let settings = Arc::new(ParserSettings::new());
    let mut chunk = data.parse(settings).unwrap();
    for record in chunk.iter() {
        let record = record.unwrap();
        let start = usize::try_from(record.binxml_offset).unwrap();
        let binary = start..start + record.binxml_size as usize;
        let peeked = peek::event_id(record.chunk.data, binary);
        assert_eq!(peeked, Some(4625));
    }
}

#[test]
fn a_damaged_chunk_costs_its_records_and_is_said() {
    let second = FILE_HEAD + WRITTEN_CHUNK..FILE_HEAD + 2 * WRITTEN_CHUNK;
    let mut headless = log_of(3, 5);
    headless[second.start..second.start + 8].fill(0x41);
    let (text, problems) = rendered(&headless);
    assert_eq!(numbers(&text), [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    assert_eq!(
        problems,
        ["1 damaged or missing part of the log could not be read; the records of the others were."]
    );

    let mut overwritten = log_of(3, 5);
    overwritten[second.start + 512..second.end].fill(0xa5);
    let (text, problems) = rendered(&overwritten);
    assert_eq!(numbers(&text), [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    assert_eq!(problems.len(), 1, "{problems:?}");

    let mut blank = log_of(3, 5);
    blank[second.start + 512..second.end].fill(0);
    let (text, problems) = rendered(&blank);
    assert_eq!(numbers(&text), [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]);
    assert_eq!(problems, ["5 damaged records could not be read."]);
}

#[test]
fn a_log_that_was_cut_says_what_is_missing() {
    let whole = log_of(3, 5);
    let (text, problems) = rendered(&whole[..FILE_HEAD + 2 * WRITTEN_CHUNK]);
    assert_eq!(numbers(&text), (1..=10).collect::<Vec<_>>());
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].contains("1 damaged or missing part"),
        "{problems:?}"
    );
    // In the middle of a chunk: what stands before the cut is read.
    let third = FILE_HEAD + 2 * WRITTEN_CHUNK;
    let used = &whole[third + 48..third + 52];
    let used = u32::from_le_bytes(used.try_into().unwrap()) as usize;
    let mut last = 10;
    for cut in [100, 600, used - 600, used - 100] {
        let (text, problems) = rendered(&whole[..third + cut]);
        let read = numbers(&text);
        assert_eq!(read, (1..=read.len() as u64).collect::<Vec<_>>());
        assert_eq!(problems.len(), 1, "{cut} {problems:?}");
        assert!((last..15).contains(&read.len()), "{cut} {read:?}");
        last = read.len();
        assert!(!text.contains("Status=0x0"), "no value that is not there");
    }
    assert!(last > 10, "some of the chunk that was cut");
}

#[test]
fn a_log_that_was_never_closed_is_read() {
    let mut log = EvtxWriter::default();
    log.flags(DIRTY);
    log.record(&Record {
        data: FAILED_LOGON,
        ..Record::default()
    });
    let mut log = log.finish();
    // Windows writes how many chunks there are when it closes the log.
    log[42..44].fill(0);
    let (text, problems) = rendered(&log);
    assert_eq!((numbers(&text), problems), (vec![1], Vec::<String>::new()));
}

#[test]
fn values_of_every_kind_are_told_as_the_event_shows_them() {
    let mut log = EvtxWriter::default();
    log.record(&Record {
        id: 24,
        provider: "Microsoft-Windows-TerminalServices-LocalSessionManager",
        channel: "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
        computer: "RPA-VM-07",
        user_data: Some("EventXML"),
        data: &[
            ("User", Value::Text("CONTOSO\\jürgen-店")),
            ("SessionID", Value::UInt32(3)),
            ("Nothing", Value::Null),
        ],
        ..Record::default()
    });
    log.record(&Record {
        id: 4688,
        data: &[
            ("Größe", Value::UInt64(1 << 40)),
            (
                "Activity",
                Value::Guid(*b"\x02\x1d\x4a\x6f\x75\x4c\x1e\x4d\x9a\x50\x1f\x2a\xd2\xa7\xc3\x01"),
            ),
            (
                "Sid",
                Value::Sid(5, &[21, 1_004_336_348, 1_177_238_915, 682_003_330, 512]),
            ),
            ("Since", Value::FileTime(1_793_693_662_123)),
            ("Groups", Value::Texts(&["one", "two"])),
            ("Keywords", Value::Hex64(0x8010_0000_0000_0000)),
            ("Small", Value::UInt8(7)),
            ("Port", Value::UInt16(3389)),
            ("", Value::Text("no name")),
        ],
        ..Record::default()
    });
    let (text, problems) = rendered(&log.finish());
    assert_eq!(problems, Vec::<String>::new());
    let told = events(&text).into_iter().map(|event| {
        let fields = event.fields.iter();
        let fields = fields.map(|field| format!("{}={}", field.name, field.value));
        fields.collect::<Vec<_>>().join("; ")
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "User=CONTOSO\\jürgen-店; SessionID=3",
            "Größe=1099511627776; Activity={6f4a1d02-4c75-4d1e-9a50-1f2ad2a7c301}; Sid=S-1-5-21-1004336348-1177238915-682003330-512; Since=2026-11-03T08:14:22.1230000Z; Groups=one; Groups=two; Keywords=0x8010000000000000; Small=7; Port=3389; param1=no name",
        ]
    );
}

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
fn the_same_is_kept_however_many_chunks_are_read_at_a_time() {
    let mut log = EvtxWriter::default();
    for number in 0..120_u32 {
        let id = [4625, 4624, 9999, 4776][number as usize % 4];
        log.record(&Record {
            id,
            data: if number % 3 == 0 { FAILED_LOGON } else { &[] },
            ..Record::default()
        });
        if number % 10 == 9 {
            log.end_chunk();
        }
    }
    let mut log = log.finish();
    let third = FILE_HEAD + 2 * WRITTEN_CHUNK;
    log[third + 900..third + 1000].fill(0xa5);
    for records in [1, 7, 25, 50, 1000] {
        let limits = Limits {
            records,
            ..Limits::default()
        };
        let one_by_one = render_by(1, Cursor::new(&log), limits, &NeverStop);
        assert!(records < 1000 || one_by_one.0.lines().count() > 100);
        for at_a_time in [2, 5, CHUNKS] {
            let several = render_by(at_a_time, Cursor::new(&log), limits, &NeverStop);
            assert_eq!(several, one_by_one, "{records} {at_a_time}");
        }
    }
}

#[test]
fn a_log_ends_when_it_is_told_to_and_the_rest_is_said() {
    #[derive(Debug)]
    struct Over;
    impl Stop for Over {
        fn ended(&self) -> Option<Ended> {
            Some(Ended::File)
        }
    }
    let mut log = vec![0; usize::try_from(FIRST_CHUNK).unwrap() + CHUNK];
    let chunk = &mut log[usize::try_from(FIRST_CHUNK).unwrap()..];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[24] = 1;
    chunk[32] = 5;
    let (text, problems) = render(Cursor::new(&log), Limits::default(), &Over);
    assert_eq!(text, "");
    assert_eq!(
        problems,
        ["Reading it took too long: 5 older records were left out, failures among them perhaps."]
    );
}

#[test]
fn a_damaged_file_is_said_and_never_a_failure() {
    let mut log = b"ElfFile\0".to_vec();
    assert_eq!(
        render(Cursor::new(&log), Limits::default(), &NeverStop).0,
        ""
    );
    log.resize(4096, 0);
    log.extend(b"ElfChnk\0");
    log.resize(4096 + 70_000, 0xa5);
    log.resize(4096 + 3 * CHUNK, 0);
    let (text, problems) = render(Cursor::new(&log), Limits::default(), &NeverStop);
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
        render(Cursor::new(&log), Limits::default(), &NeverStop);
        peek::event_id(&bytes, 0..2000);
        peek::event_id(&bytes, 7..107);
    }
}
