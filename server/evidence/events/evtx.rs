//! Binary event logs (`.evtx`): rendered as text, one record a line, which [`super::rendered`] reads.
//!
//! A stored case keeps the text, not the file, and is read from it again. A line holds columns between tabs:
//!
//! ```text
//! 2026-11-03T08:14:22.1234567Z⇥evtx⇥id=4625⇥level=0⇥record=318204⇥computer=RPA-VM-07⇥provider=Microsoft-Windows-Security-Auditing⇥channel=Security⇥TargetUserName=svc-robot⇥Status=0xc000006d
//! ```
//!
//! The first eight are always there, in this order, and may be empty behind their `=`. The rest are the event's data as
//! its XML names them; those that say nothing (empty, `-`) are left out, and control characters in a value are spaces.
//!
//! A log may be far larger than what is worth keeping: the newest records come first, failures before other events that
//! Signpost knows, and those before the rest. Format: <https://github.com/libyal/libevtx>, MS-EVEN6.

use std::fmt::Display;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use evtx::{EvtxChunk, EvtxChunkHeader, EvtxRecord, ParserSettings};

use super::instance;
use super::known::{self, Outcome};
use super::peek;
use super::row::Row;
use super::telling;
use crate::evidence::abreast;
use crate::evidence::limits::{Ended, Stop};

const CHUNK: usize = 64 * 1024;
/// So many chunks are read, by all cores, before their records are taken.
const CHUNKS: usize = 8;
/// The header of a chunk up to the numbers of its records.
const CHUNK_HEAD: usize = 40;
const FIRST_CHUNK: u64 = 4096;
/// Where the file's head says how many chunks there are.
const CHUNK_COUNT: u64 = 42;
/// The header of a record and the copy of its size behind it.
const RECORD_FRAME: u32 = 28;
const MOST_RECORDS_IN_CHUNK: u64 = 64 * 1024 / RECORD_FRAME as u64;
/// A longer value is cut.
pub(super) const LONGEST_VALUE: usize = 4 * 1024;

/// How much of a log is rendered.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of text.
    pub text: usize,
    /// Records.
    pub records: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            text: 12 * 1024 * 1024,
            records: 20_000,
        }
    }
}

/// How much a record matters: the lower, the more.
pub(super) const FAILURE: usize = 0;
pub(super) const KNOWN: usize = 1;
pub(super) const OTHER: usize = 2;

/// Renders a log as text; also what could not be read or was left out, a sentence each. Ends at the chunk at which it is
/// told to: the newest are read first.
pub fn render(log: impl Read + Seek, limits: Limits, stop: &dyn Stop) -> (String, Vec<String>) {
    render_by(CHUNKS, log, limits, stop)
}

/// The same, reading so many chunks at a time.
fn render_by(
    at_a_time: usize,
    mut log: impl Read + Seek,
    limits: Limits,
    stop: &dyn Stop,
) -> (String, Vec<String>) {
    let mut kept = Kept {
        limits,
        ..Kept::default()
    };
    let mut chunks = heads(&mut log, &mut kept);
    chunks.sort_by_key(|chunk| std::cmp::Reverse(chunk.last));
    let settings = Arc::new(ParserSettings::new().num_threads(1).indent(false));
    let mut done = 0;
    for some in chunks.chunks(at_a_time) {
        kept.ended = stop.ended();
        if kept.ended.is_some() || kept.is_full(FAILURE) {
            break;
        }
        let data = some.iter().map(|chunk| data(&mut log, chunk));
        let data = data.collect::<Vec<_>>();
        let full = [FAILURE, KNOWN, OTHER].map(|class| kept.is_full(class));
        let read = abreast::each(&data, |data| read_chunk(data.as_deref()?, &settings, full));
        for (chunk, read) in some.iter().zip(read) {
            if kept.is_full(FAILURE) {
                break;
            }
            done += 1;
            kept.take_chunk(chunk, read);
        }
    }
    kept.unread += chunks[done..]
        .iter()
        .map(|chunk| chunk.records)
        .sum::<u64>();
    kept.finish()
}

/// A chunk by its header.
struct Head {
    number: u64,
    last: u64,
    records: u64,
}

fn heads(log: &mut (impl Read + Seek), kept: &mut Kept) -> Vec<Head> {
    let length = log.seek(SeekFrom::End(0)).unwrap_or(0);
    let count = length.saturating_sub(FIRST_CHUNK).div_ceil(CHUNK as u64);
    let mut heads = Vec::new();
    kept.damaged_chunks += usize::try_from(told_chunks(log).saturating_sub(count)).unwrap_or(0);
    for number in 0..count {
        let mut head = [0; CHUNK_HEAD];
        let at = FIRST_CHUNK + number * CHUNK as u64;
        if log.seek(SeekFrom::Start(at)).is_err() || fill(log, &mut head).is_none() {
            break;
        }
        if !head.starts_with(b"ElfChnk\0") {
            // Space that the log keeps for later is all zero.
            kept.damaged_chunks += usize::from(head.iter().any(|byte| *byte != 0));
            continue;
        }
        let number_at = |at: usize| {
            let bytes = head[at..at + 8].try_into().unwrap_or_default();
            u64::from_le_bytes(bytes)
        };
        let (first, last) = (number_at(24), number_at(32));
        heads.push(Head {
            number,
            last,
            records: (last.wrapping_sub(first))
                .saturating_add(1)
                .min(MOST_RECORDS_IN_CHUNK),
        });
    }
    heads
}

/// How many chunks the log's head tells of. One that was never closed tells of fewer than there are.
fn told_chunks(log: &mut (impl Read + Seek)) -> u64 {
    let mut told = [0; 2];
    let read = log.seek(SeekFrom::Start(CHUNK_COUNT)).is_ok() && fill(log, &mut told).is_some();
    if read {
        u64::from(u16::from_le_bytes(told))
    } else {
        0
    }
}

/// Reads as much as there is; the rest stays zero. `None` when there is nothing.
fn fill(log: &mut impl Read, buffer: &mut [u8]) -> Option<()> {
    let mut length = 0;
    while length < buffer.len() {
        match log.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    (length > 0).then_some(())
}

/// The bytes of a chunk.
fn data(log: &mut (impl Read + Seek), chunk: &Head) -> Option<Vec<u8>> {
    let mut data = vec![0; CHUNK];
    let at = FIRST_CHUNK + chunk.number * CHUNK as u64;
    log.seek(SeekFrom::Start(at)).ok()?;
    fill(log, &mut data)?;
    Some(data)
}

/// What a chunk holds.
struct Chunk {
    records: Vec<Record>,
    /// Whether it was read to its end.
    whole: bool,
}

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
enum Record {
    Damaged,
    /// Nothing more of what its number tells is wanted.
    LeftOut(usize),
    Read {
        /// How much it matters by its number alone, where that is plain to see.
        by_number: Option<usize>,
        /// How much it matters, its number and its line.
        row: Option<(usize, u64, String)>,
    },
}

/// `None` where there is no chunk. `full` says of which records no more are wanted.
fn read_chunk(data: &[u8], settings: &Arc<ParserSettings>, full: [bool; 3]) -> Option<Chunk> {
    let header = EvtxChunkHeader::from_bytes(data).ok()?;
    let mut records = Vec::new();
    // A hostile log may find a hole in the parser: it costs what is left of the chunk.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let mut chunk = EvtxChunk::new(data, &header, Arc::clone(settings)).ok()?;
        if let Some(plain) = read_plain(&chunk, full) {
            records = plain;
        } else {
            read_by_xml(&mut chunk, full, &mut records);
        }
        Some(())
    }));
    let whole = matches!(read, Ok(Some(())));
    Some(Chunk { records, whole })
}

/// The records of a chunk in which all are built as usual.
fn read_plain(chunk: &EvtxChunk<'_>, full: [bool; 3]) -> Option<Vec<Record>> {
    let mut records = Vec::new();
    let mut plain = instance::Chunk::new(chunk);
    let mut told = telling::Written::default();
    while plain.has_more() {
        let found = plain.record()?;
        let by_number = by_number(peek::event_id(chunk.data, found.binary));
        if let Some(class) = by_number.filter(|class| full[*class]) {
            records.push(Record::LeftOut(class));
            continue;
        }
        let row = plain.row(&mut told)?;
        let row = kept_row(&row, found.number, found.written, full);
        records.push(Record::Read {
            by_number,
            row: Some(row),
        });
    }
    Some(records)
}

fn read_by_xml(chunk: &mut EvtxChunk<'_>, full: [bool; 3], records: &mut Vec<Record>) {
    for record in chunk.iter() {
        records.push(match record {
            Ok(record) if has_its_end(&record) => read_record(record, full),
            _ => Record::Damaged,
        });
    }
}

fn read_record(record: EvtxRecord<'_>, full: [bool; 3]) -> Record {
    let (number, stamp) = (record.event_record_id, record.timestamp);
    let binary = usize::try_from(record.binxml_offset).ok();
    let binary =
        binary.and_then(|start| Some(start..start.checked_add(record.binxml_size as usize)?));
    let id = binary.and_then(|binary| peek::event_id(record.chunk.data, binary));
    let by_number = by_number(id);
    if let Some(class) = by_number.filter(|class| full[*class]) {
        return Record::LeftOut(class);
    }
    let xml = record.into_xml_bytes().ok();
    let row = xml.and_then(|xml| {
        let row = Row::scan(std::str::from_utf8(&xml.data).ok()?);
        Some(kept_row(&row, number, stamp, full))
    });
    Record::Read { by_number, row }
}

/// How much a record of this number matters.
fn by_number(id: Option<u32>) -> Option<usize> {
    id.map(|id| match known::outcome(id) {
        None => OTHER,
        Some(Outcome::Told) => KNOWN,
        Some(_) => FAILURE,
    })
}

/// How much a record matters, its number and its line, which is empty where no more of these are wanted.
fn kept_row(
    row: &Row<'_>,
    number: u64,
    stamp: impl Display,
    full: [bool; 3],
) -> (usize, u64, String) {
    let class = row.class();
    let line = if full[class] {
        String::new()
    } else {
        row.line(number, stamp)
    };
    (class, number, line)
}

/// Whether the copy of its size stands behind the record: in one that was cut, zeros would be read as its values.
fn has_its_end(record: &EvtxRecord<'_>) -> bool {
    let Some(end) = usize::try_from(record.binxml_offset)
        .ok()
        .and_then(|start| start.checked_add(usize::try_from(record.binxml_size).ok()?))
    else {
        return false;
    };
    let copy = record.chunk.data.get(end..end + 4);
    copy.is_some_and(|copy| copy == (record.binxml_size + RECORD_FRAME).to_le_bytes())
}

/// What is kept of a log.
#[derive(Default)]
struct Kept {
    limits: Limits,
    /// Record number and line, by how much it matters.
    lines: [Vec<(u64, String)>; 3],
    bytes: [usize; 3],
    left_out: [u64; 3],
    unread: u64,
    /// Why no more chunks were read, where it was not that the log is full.
    ended: Option<Ended>,
    damaged_chunks: usize,
    damaged_records: u64,
}

impl Kept {
    /// Whether nothing more of this kind can be kept. Newer records were seen before.
    fn is_full(&self, class: usize) -> bool {
        let lines: usize = self.lines[..=class].iter().map(Vec::len).sum();
        let bytes: usize = self.bytes[..=class].iter().sum();
        lines >= self.limits.records || bytes >= self.limits.text
    }

    /// Takes what was read of a chunk. What its head tells of may not be there: a log that was cut ends in zeros.
    fn take_chunk(&mut self, head: &Head, read: Option<Chunk>) {
        let Some(Chunk { records, whole }) = read else {
            self.damaged_chunks += 1;
            return;
        };
        if whole {
            self.damaged_records += head.records.saturating_sub(records.len() as u64);
        } else {
            self.damaged_chunks += 1;
        }
        records.into_iter().for_each(|record| self.take(record));
    }

    fn take(&mut self, record: Record) {
        let (by_number, row) = match record {
            Record::Damaged => {
                self.damaged_records += 1;
                return;
            }
            Record::LeftOut(class) => {
                self.left_out[class] += 1;
                return;
            }
            Record::Read { by_number, row } => (by_number, row),
        };
        if let Some(class) = by_number.filter(|class| self.is_full(*class)) {
            self.left_out[class] += 1;
            return;
        }
        let Some((class, number, line)) = row else {
            self.damaged_records += 1;
            return;
        };
        if self.is_full(class) {
            self.left_out[class] += 1;
            return;
        }
        self.bytes[class] += line.len();
        self.lines[class].push((number, line));
    }

    fn finish(mut self) -> (String, Vec<String>) {
        let mut chosen: Vec<(u64, String)> = Vec::new();
        let mut bytes = 0;
        for (class, mut lines) in std::mem::take(&mut self.lines).into_iter().enumerate() {
            lines.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
            let before = lines.len();
            let room = self.limits.records.saturating_sub(chosen.len());
            let fits = lines
                .iter()
                .take(room)
                .take_while(|(_, line)| {
                    bytes += line.len();
                    bytes <= self.limits.text
                })
                .count();
            lines.truncate(fits);
            self.left_out[class] += (before - fits) as u64;
            chosen.append(&mut lines);
        }
        chosen.sort_by_key(|(number, _)| *number);
        let size = chosen.iter().map(|(_, line)| line.len()).sum();
        let mut text = String::with_capacity(size);
        chosen.iter().for_each(|(_, line)| text.push_str(line));
        (text, self.problems())
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let older = self.left_out.iter().sum::<u64>() + self.unread;
        let was = if older == 1 { "was" } else { "were" };
        let left_out = format!("{} {was}", counted(older, "older record"));
        if let Some(ended) = self.ended {
            let long = match ended {
                Ended::File => "Reading it",
                Ended::Whole => "Reading this submission",
            };
            problems.push(format!(
                "{long} took too long: {left_out} left out, failures among them perhaps."
            ));
        } else if older > 0 {
            let mut what = format!("The log holds more than is kept: {left_out} left out");
            let told = match (self.left_out[FAILURE], self.unread) {
                (0, 0) => "; every failure is among those that were read.",
                _ => ", failures among them; export the time in question alone to see them.",
            };
            what.push_str(told);
            problems.push(what);
        }
        if self.damaged_chunks > 0 {
            let parts = counted(self.damaged_chunks, "damaged or missing part");
            problems.push(format!(
                "{parts} of the log could not be read; the records of the others were."
            ));
        }
        if self.damaged_records > 0 {
            let records = counted(self.damaged_records, "damaged record");
            problems.push(format!("{records} could not be read."));
        }
        problems
    }
}

/// `1 damaged record`, `2 damaged records`.
fn counted<N: Display + PartialEq + From<u8> + Copy>(count: N, what: &str) -> String {
    let several = if count == N::from(1) { "" } else { "s" };
    format!("{count} {what}{several}")
}

#[cfg(test)]
#[path = "evtx_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "evtx_plain_tests.rs"]
mod plain_tests;
