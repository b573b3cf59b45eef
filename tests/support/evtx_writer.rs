//! Binary event logs of our own making (`.evtx`), for tests and benches: what Windows would have written, with data of nobody.
//!
//! ```ignore
//! let mut log = EvtxWriter::default();
//! log.record(&Record { id: 4625, data: &[("TargetUserName", Value::Text("svc-robot"))], ..Record::default() });
//! let bytes = log.finish();
//! ```
//!
//! A record is an instance of a template with the `System` part, whose last value is an instance of a second template with the
//! event's data; each template is defined once a chunk, where it is first used, and names are shared in a chunk.
//!
//! Formats: [MS-EVEN6] 2.2.12 (`BinXml`) and
//! <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc> (file, chunk, record).
//! It is a module of the library's tests and of benches, each of which uses a part of it.
#![allow(dead_code, reason = "each of its users needs a part of it")]

mod evtx_chunk;

use evtx_chunk::Chunk;

/// The bytes of a chunk, and of what stands before the first one.
pub(crate) const CHUNK: usize = 0x1_0000;
pub(crate) const FILE_HEAD: usize = 0x1000;
/// A log that was not closed.
pub(crate) const DIRTY: u32 = 1;

/// A value of an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    /// Nothing.
    Null,
    /// UTF-16 text.
    Text(&'a str),
    /// Several texts.
    Texts(&'a [&'a str]),
    /// An unsigned number of one, two, four and eight bytes.
    UInt8(u8),
    UInt16(u16),
    UInt32(u32),
    UInt64(u64),
    /// Numbers that are shown as hexadecimal.
    Hex32(u32),
    Hex64(u64),
    /// As its sixteen bytes are stored.
    Guid([u8; 16]),
    /// Unix milliseconds.
    FileTime(u64),
    /// The authority and what follows it: `S-1-5-18` is `5, &[18]`.
    Sid(u8, &'a [u32]),
}

/// An event to write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    pub(crate) id: u16,
    pub(crate) level: u8,
    pub(crate) provider: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) computer: &'a str,
    /// Unix milliseconds.
    pub(crate) time: u64,
    /// The element that `UserData` holds; without one the values are `EventData`.
    pub(crate) user_data: Option<&'a str>,
    pub(crate) data: &'a [(&'a str, Value<'a>)],
}

impl Default for Record<'_> {
    fn default() -> Self {
        Self {
            id: 4625,
            level: 0,
            provider: "Microsoft-Windows-Security-Auditing",
            channel: "Security",
            computer: "RPA-VM-07.contoso.test",
            time: 1_793_693_662_123,
            user_data: None,
            data: &[],
        }
    }
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(crate) struct EvtxWriter {
    done: Vec<u8>,
    chunk: Chunk,
    chunks: u16,
    /// Of the last record that was written.
    number: u64,
    flags: u32,
}

impl EvtxWriter {
    /// Sets the flags of the file, [`DIRTY`].
    pub(crate) fn flags(&mut self, flags: u32) {
        self.flags = flags;
    }

    /// Adds a record; a new chunk begins where the last one has no room.
    pub(crate) fn record(&mut self, record: &Record<'_>) {
        if self.chunk.bytes.len() + most_bytes(record) > CHUNK {
            self.end_chunk();
        }
        self.number += 1;
        self.chunk.record(self.number, record);
    }

    /// Ends the chunk here, full or not.
    pub(crate) fn end_chunk(&mut self) {
        let chunk = std::mem::take(&mut self.chunk);
        if !chunk.is_empty() {
            self.done.extend(chunk.finish());
            self.chunks += 1;
        }
    }

    /// The whole file.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.end_chunk();
        let mut file = b"ElfFile\0".to_vec();
        file.extend(0_u64.to_le_bytes());
        file.extend(u64::from(self.chunks.saturating_sub(1)).to_le_bytes());
        file.extend((self.number + 1).to_le_bytes());
        file.extend(128_u32.to_le_bytes());
        // Version 3.1, the length of this block, the number of chunks.
        for part in [1, 3, 0x1000, self.chunks] {
            file.extend(part.to_le_bytes());
        }
        file.resize(120, 0);
        let sum = crc32(&file);
        file.extend(self.flags.to_le_bytes());
        file.extend(sum.to_le_bytes());
        file.resize(FILE_HEAD, 0);
        file.extend(self.done);
        file
    }
}

/// More than the record can take, both templates included.
fn most_bytes(record: &Record<'_>) -> usize {
    let values = record.data.iter().map(|(name, value)| {
        let length = match value {
            Value::Text(text) => text.len(),
            Value::Texts(texts) => texts.iter().map(|text| text.len() + 1).sum(),
            Value::Sid(_, parts) => 8 + parts.len() * 4,
            _ => 16,
        };
        100 + 2 * (name.len() + length)
    });
    let heads = [record.provider, record.channel, record.computer];
    let heads = heads.iter().map(|text| text.len()).sum::<usize>();
    4096 + 2 * heads + values.sum::<usize>()
}

/// The checksum of zip and Ethernet.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let table: [u32; 256] = std::array::from_fn(|at| {
        let byte = u32::try_from(at).expect("a byte");
        (0..8).fold(byte, |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1))
        })
    });
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (sum >> 8) ^ table[usize::from(sum.to_le_bytes()[0] ^ byte)]
    })
}
