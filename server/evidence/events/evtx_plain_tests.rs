//! Records read from their values alone say what they say by way of XML.

use proptest::prelude::*;

use super::tests::evtx_writer::{CHUNK, EvtxWriter, FILE_HEAD, Record as Written, Value};
use super::*;

const NOTHING_IS_FULL: [bool; 3] = [false; 3];

/// The records of a chunk by their values, and by their XML. `None` where there is no chunk.
fn both(data: &[u8], full: [bool; 3]) -> Option<(Option<Vec<Record>>, Vec<Record>)> {
    let header = EvtxChunkHeader::from_bytes(data).ok()?;
    let settings = Arc::new(ParserSettings::new().num_threads(1).indent(false));
    let mut chunk = EvtxChunk::new(data, &header, settings).ok()?;
    let plain = read_plain(&chunk, full);
    let mut by_xml = Vec::new();
    read_by_xml(&mut chunk, full, &mut by_xml);
    Some((plain, by_xml))
}

/// The first chunk of a log of these records.
fn chunk_of(records: &[Written<'_>]) -> Vec<u8> {
    let mut log = EvtxWriter::default();
    records.iter().for_each(|record| log.record(record));
    log.finish()[FILE_HEAD..][..CHUNK].to_vec()
}

/// The lines of a chunk that is read from its values; the same as those by its XML.
fn lines(records: &[Written<'_>]) -> Vec<String> {
    let (plain, by_xml) = both(&chunk_of(records), NOTHING_IS_FULL).expect("a chunk");
    let plain = plain.expect("records that are built as usual");
    assert_eq!(plain, by_xml);
    let line = |record| match record {
        Record::Read {
            row: Some((_, _, line)),
            ..
        } => line,
        other => panic!("{other:?}"),
    };
    plain.into_iter().map(line).collect()
}

#[test]
fn usual_records_are_read_without_their_xml() {
    let events = [
        ("SubjectUserSid", Value::Sid(5, &[21, 4_294_967_295, 500])),
        ("TargetUserName", Value::Text("svc-robot")),
        ("Nothing", Value::Null),
        (
            "Reason",
            Value::Text("<what & why>\r\n\"it\u{1}\" \u{fffe}failed 日本 😀"),
        ),
        ("Broken", Value::Text("one\r\nword")),
        ("Status", Value::Hex32(0xc000_006d)),
        ("LogonId", Value::Hex64(0)),
        ("Id", Value::Guid([0x1f; 16])),
        ("Level", Value::UInt8(255)),
        ("Port", Value::UInt64(u64::MAX)),
        ("At", Value::FileTime(1_793_693_662_123)),
    ];
    let texts = [
        ("", Value::Texts(&["first", "", "a & b"])),
        ("", Value::UInt16(7)),
        ("Single", Value::Text("")),
    ];
    let session = [
        ("User", Value::Text("CORP\\svc")),
        ("SessionID", Value::UInt32(3)),
        ("Address", Value::Null),
    ];
    let lines = lines(&[
        Written {
            data: &events,
            ..Written::default()
        },
        Written {
            id: 1000,
            provider: "Application Error",
            data: &texts,
            ..Written::default()
        },
        Written {
            id: 23,
            user_data: Some("EventXML"),
            data: &session,
            ..Written::default()
        },
        Written::default(),
    ]);
    let behind = |line: usize| {
        lines[line]
            .split("\tchannel=Security")
            .nth(1)
            .expect("data")
    };
    assert_eq!(
        behind(0),
        "\tSubjectUserSid=S-1-5-21-4294967295-500\tTargetUserName=svc-robot\tReason=<what & why>  \"it_\" _failed 日本 😀\tBroken=oneword\tStatus=0xc000006d\tLogonId=0x0\tId={1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f}\tLevel=255\tPort=18446744073709551615\tAt=2026-11-03T08:14:22.1230000Z\n"
    );
    assert_eq!(behind(1), "\tparam1=first\tparam3=a & b\tparam4=7\n");
    assert_eq!(behind(2), "\tUser=CORP\\svc\tSessionID=3\n");
    assert_eq!(behind(3), "\n");
}

#[test]
fn what_is_left_out_is_so_either_way() {
    let data = chunk_of(&[
        Written::default(),
        Written {
            id: 4624,
            ..Written::default()
        },
        Written {
            id: 7036,
            ..Written::default()
        },
    ]);
    for full in [[false, false, true], [false, true, true], [true; 3]] {
        let (plain, by_xml) = both(&data, full).expect("a chunk");
        assert_eq!(plain.as_ref(), Some(&by_xml));
    }
}

fn value() -> impl Strategy<Value = OwnValue> {
    use OwnValue::{
        FileTime, Guid, Hex32, Hex64, Null, Sid, Text, Texts, UInt8, UInt16, UInt32, UInt64,
    };
    prop_oneof![
        Just(Null),
        ".{0,8}".prop_map(Text),
        "[ -~\t\r\n\u{1}\u{fffe}é&<>']{0,30}".prop_map(Text),
        proptest::collection::vec("[ -~\n]{0,9}", 0..4).prop_map(Texts),
        any::<u8>().prop_map(UInt8),
        any::<u16>().prop_map(UInt16),
        any::<u32>().prop_map(UInt32),
        any::<u64>().prop_map(UInt64),
        any::<u32>().prop_map(Hex32),
        any::<u64>().prop_map(Hex64),
        any::<[u8; 16]>().prop_map(Guid),
        (0..400_000_000_000_000_u64).prop_map(FileTime),
        (any::<u8>(), proptest::collection::vec(any::<u32>(), 0..18))
            .prop_map(|(by, of)| Sid(by, of)),
    ]
}

/// A value that nobody else holds.
#[derive(Debug, Clone)]
enum OwnValue {
    Null,
    Text(String),
    Texts(Vec<String>),
    UInt8(u8),
    UInt16(u16),
    UInt32(u32),
    UInt64(u64),
    Hex32(u32),
    Hex64(u64),
    Guid([u8; 16]),
    FileTime(u64),
    Sid(u8, Vec<u32>),
}

/// Writes a record of these values.
fn write(log: &mut EvtxWriter, record: &Written<'_>, values: &[(String, OwnValue)]) {
    let texts = values.iter().map(|(_, value)| match value {
        OwnValue::Texts(texts) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    });
    let texts = texts.collect::<Vec<Vec<&str>>>();
    let data = values.iter().zip(&texts).map(|((name, value), texts)| {
        let value = match value {
            OwnValue::Null => Value::Null,
            OwnValue::Text(text) => Value::Text(text),
            OwnValue::Texts(_) => Value::Texts(texts),
            OwnValue::UInt8(number) => Value::UInt8(*number),
            OwnValue::UInt16(number) => Value::UInt16(*number),
            OwnValue::UInt32(number) => Value::UInt32(*number),
            OwnValue::UInt64(number) => Value::UInt64(*number),
            OwnValue::Hex32(number) => Value::Hex32(*number),
            OwnValue::Hex64(number) => Value::Hex64(*number),
            OwnValue::Guid(bytes) => Value::Guid(*bytes),
            OwnValue::FileTime(time) => Value::FileTime(*time),
            OwnValue::Sid(by, of) => Value::Sid(*by, of),
        };
        (name.as_str(), value)
    });
    let data = data.collect::<Vec<_>>();
    log.record(&Written {
        data: &data,
        ..*record
    });
}

proptest! {
    #[test]
    fn any_record_says_the_same_without_its_xml(
        records in proptest::collection::vec(
            (
                0_u16..5,
                "[ -~é\n]{0,12}",
                proptest::collection::vec(("[a-zA-Z0-9.]{0,6}|[ -~]{0,6}", value()), 0..6),
            ),
            1..6,
        ),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
    ) {
        let mut log = EvtxWriter::default();
        for (kind, word, values) in &records {
            let record = Written {
                id: [4625, 4624, 4776, 21, 7036][usize::from(*kind)],
                provider: if word.len() % 3 == 0 { word } else { "Microsoft-Windows-Security-Auditing" },
                computer: word,
                user_data: (word.len() % 3 == 1 && values.iter().all(|(name, _)| !name.is_empty())).then_some("EventXML"),
                ..Written::default()
            };
            write(&mut log, &record, values);
        }
        let mut data = log.finish()[FILE_HEAD..][..CHUNK].to_vec();
        let used = data.iter().rposition(|byte| *byte != 0).unwrap_or_default();
        for (at, byte) in changes {
            data[512 + at % (used - 511)] = byte;
        }
        if let Some((Some(plain), by_xml)) = both(&data, NOTHING_IS_FULL) {
            prop_assert_eq!(plain, by_xml);
        }
    }
}
