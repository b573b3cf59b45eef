//! A large event log: taking its events and facts from it, against writing each of its records as a line of JSON with
//! the parser alone, which is what `evtx_dump -t 1 -o jsonl` does.
//!
//! `cargo bench --bench event_logs`. Another log: `EVTX=path cargo bench --bench event_logs`.

use std::io::{Cursor, Write as _};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use evtx::{EvtxParser, ParserSettings};
use evtx_writer::{EvtxWriter, Record, Value};
use signpost::evidence::{self, ReadOptions, Submission, Upload};
use signpost::rules::Release;

#[path = "../tests/support/evtx_writer.rs"]
mod evtx_writer;

const SIZE: usize = 64 * 1024 * 1024;

fn main() {
    divan::main();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is no part of the program"
)]
fn log() -> Vec<u8> {
    match std::env::var_os("EVTX") {
        Some(path) => std::fs::read(path).expect("a log to read"),
        None => made(),
    }
}

/// One failed logon among nine that succeeded, as a security log has them, and changes of services between them.
fn made() -> Vec<u8> {
    let mut log = EvtxWriter::default();
    let mut size = 0;
    let mut number = 0_u32;
    while size < SIZE {
        number += 1;
        let user = format!("svc-robot-{}", number % 977);
        let time = 1_793_693_662_123 + u64::from(number) * 997;
        let logon = [
            ("SubjectUserSid", Value::Sid(5, &[18])),
            ("SubjectUserName", Value::Text("RPA-VM-07$")),
            ("SubjectDomainName", Value::Text("FABRIKAM")),
            ("SubjectLogonId", Value::Hex64(0x3e7)),
            ("TargetUserName", Value::Text(&user)),
            ("TargetDomainName", Value::Text("FABRIKAM")),
            ("LogonType", Value::UInt32(10)),
            ("WorkstationName", Value::Text("RPA-VM-07")),
            ("IpAddress", Value::Text("10.20.1.9")),
            (
                "ProcessName",
                Value::Text("C:\\Windows\\System32\\svchost.exe"),
            ),
        ];
        let failed = [
            logon.as_slice(),
            &[
                ("Status", Value::Hex32(0xc000_006d)),
                ("SubStatus", Value::Hex32(0xc000_006a)),
                ("FailureReason", Value::Text("%%2313")),
            ],
        ]
        .concat();
        let service = [
            ("param1", Value::Text("Windows Update")),
            ("param2", Value::Text("running")),
        ];
        let record = match number % 20 {
            0 => Record {
                id: 7036,
                provider: "Service Control Manager",
                channel: "System",
                data: &service,
                ..Record::default()
            },
            10 => Record {
                data: &failed,
                ..Record::default()
            },
            _ => Record {
                id: 4624,
                data: &logon,
                ..Record::default()
            },
        };
        log.record(&Record { time, ..record });
        size += 700;
    }
    log.finish()
}

/// What others do: every record, as JSON.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn as_json_lines(bencher: Bencher) {
    let log = log();
    bencher.counter(BytesCount::of_slice(&log)).bench(|| {
        let settings = ParserSettings::new().num_threads(1).indent(false);
        let parser = EvtxParser::from_read_seek(Cursor::new(log.as_slice()));
        let mut parser = parser.expect("a log").with_configuration(settings);
        let mut lines = std::io::sink();
        for record in parser.records_json().flatten() {
            let written = writeln!(lines, "{}", record.data);
            written.expect("a sink takes everything");
        }
    });
}

/// What Signpost does: the records that are kept, their events and facts.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn reading(bencher: Bencher) {
    let submission = submission();
    let options = ReadOptions::default();
    bencher
        .counter(BytesCount::new(submission.files[0].size()))
        .bench(|| evidence::read(black_box(&submission), 1, &options));
}

/// The same, and judging by the rules that ship.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn whole(bencher: Bencher) {
    let pack = signpost::knowledge::read(signpost::knowledge::shipped());
    let release = Release::compile(0, 0, pack.expect("the pack inside the program")).0;
    let submission = submission();
    let options = ReadOptions::default();
    bencher
        .counter(BytesCount::new(submission.files[0].size()))
        .bench(|| {
            let read = evidence::read(black_box(&submission), 1, &options);
            signpost::rules::classify(&release, &read, None)
        });
}

fn submission() -> Submission {
    Submission {
        files: vec![Upload::new("Security.evtx", log())],
        ..Submission::default()
    }
}
