//! The records of a binary log's chunk by their values alone, without the XML between: most records of a log are built alike,
//! and making a document of each, only to look for its values again, takes longer than all the rest of reading.
//!
//! Only what surely reads the same either way is read here. One record that is built otherwise, or damaged, and the
//! whole chunk is read by way of XML: [`Chunk::record`] is `None`.

use std::ops::Range;

use evtx::EvtxRecordHeader;

use super::row::Row;
use super::telling::Written;
use super::template::{Cursor, Template};
use super::value;

/// Where the first record of a chunk begins.
const FIRST_RECORD: usize = 512;
/// Its mark, size, number and time.
const RECORD_HEAD: usize = 24;
/// A value may hold an instance of another template, and so on.
const DEEPEST: usize = 4;

/// The values of a kind.
pub(super) mod kinds {
    pub(crate) const NULL: u8 = 0x00;
    pub(crate) const TEXT: u8 = 0x01;
    pub(crate) const ANSI: u8 = 0x02;
    pub(crate) const BINARY: u8 = 0x0e;
    pub(crate) const SID: u8 = 0x13;
    pub(crate) const BIN_XML: u8 = 0x21;
    pub(crate) const TEXTS: u8 = 0x81;
}

/// A chunk whose records are read one after the other.
pub(super) struct Chunk<'a> {
    pub(super) data: &'a [u8],
    /// Where the next record begins.
    next: Option<usize>,
    /// Where records end, and the number of the last one.
    end: usize,
    last: u64,
    /// By where they are defined.
    pub(super) templates: Vec<(u32, Template)>,
    pub(super) instances: Vec<Instance>,
    pub(super) values: Vec<Value>,
}

/// A record that was looked through.
pub(super) struct Found {
    pub(super) number: u64,
    pub(super) written: evtx::Timestamp,
    /// Where its values are, for [`super::peek`].
    pub(super) binary: Range<usize>,
}

/// A template and the values that are put into it.
pub(super) struct Instance {
    pub(super) template: usize,
    pub(super) values: Range<usize>,
}

/// A value: where its bytes are in the chunk.
pub(super) struct Value {
    pub(super) kind: u8,
    pub(super) bytes: Range<usize>,
    /// The instance that it holds.
    pub(super) instance: Option<usize>,
}

impl Value {
    /// Whether nothing is written for it.
    pub(super) fn is_empty(&self) -> bool {
        let says_nothing = matches!(
            self.kind,
            kinds::TEXT | kinds::ANSI | kinds::BINARY | kinds::TEXTS | kinds::BIN_XML
        );
        self.kind == kinds::NULL || says_nothing && self.bytes.is_empty()
    }

    /// Whether what depends on it is left out.
    pub(super) fn is_null(&self) -> bool {
        self.kind == kinds::NULL || self.kind == kinds::BIN_XML && self.bytes.is_empty()
    }
}

impl<'a> Chunk<'a> {
    pub(super) fn new(chunk: &evtx::EvtxChunk<'a>) -> Self {
        Self {
            data: chunk.data,
            next: Some(FIRST_RECORD),
            end: (chunk.header.free_space_offset as usize).min(chunk.data.len()),
            last: chunk.header.last_event_record_id,
            templates: Vec::new(),
            instances: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Whether there is another record.
    pub(super) fn has_more(&self) -> bool {
        self.next.is_some_and(|next| next < self.end)
    }

    /// Looks the next record through.
    pub(super) fn record(&mut self) -> Option<Found> {
        let start = self.next?;
        let head = EvtxRecordHeader::from_bytes_at(self.data, start).ok()?;
        let size = head.data_size as usize;
        let end = start.checked_add(size)?;
        let mut copy = Cursor::at(self.data, end.checked_sub(4)?);
        if size < RECORD_HEAD + 4 || copy.four()? != head.data_size {
            return None;
        }
        let binary = start + RECORD_HEAD..end - 4;
        self.instances.clear();
        self.values.clear();
        self.instance(binary.clone(), 0)?;
        self.next = (head.event_record_id != self.last).then_some(end);
        Some(Found {
            number: head.event_record_id,
            written: head.timestamp,
            binary,
        })
    }

    /// Takes the instance that these bytes hold, and those in its values; gives its number.
    fn instance(&mut self, bytes: Range<usize>, depth: usize) -> Option<usize> {
        if depth == DEEPEST {
            return None;
        }
        let mut cursor = Cursor::at(self.data.get(..bytes.end)?, bytes.start);
        let mut token = cursor.one()?;
        if token == 0x0f {
            cursor.skip(3)?;
            token = cursor.one()?;
        }
        if token != 0x0c {
            return None;
        }
        cursor.skip(1 + 4)?;
        let defined = cursor.four()?;
        if cursor.at == defined as usize {
            cursor.skip(20)?;
            let size = cursor.four()? as usize;
            cursor.skip(size)?;
        }
        let template = self.template(defined)?;
        let count = cursor.four()? as usize;
        let heads = cursor.bytes(count.checked_mul(4)?)?;
        let first = self.values.len();
        for head in heads.chunks_exact(4) {
            let size = usize::from(u16::from_le_bytes([head[0], head[1]]));
            let start = cursor.at;
            let value = cursor.bytes(size)?;
            if !value::is_known(head[2], value) {
                return None;
            }
            self.values.push(Value {
                kind: head[2],
                bytes: start..start + size,
                instance: None,
            });
        }
        // Nothing but an end may stand behind it.
        if cursor.at < bytes.end && cursor.one()? != 0x00 {
            return None;
        }
        let values = first..first + count;
        for at in values.clone() {
            let value = &self.values[at];
            if value.kind == kinds::BIN_XML && !value.bytes.is_empty() {
                let held = self.instance(value.bytes.clone(), depth + 1)?;
                self.values[at].instance = Some(held);
            }
        }
        self.instances.push(Instance { template, values });
        Some(self.instances.len() - 1)
    }

    fn template(&mut self, defined: u32) -> Option<usize> {
        let known = self.templates.iter().position(|(at, _)| *at == defined);
        if known.is_none() {
            let template = Template::at(self.data, defined as usize)?;
            self.templates.push((defined, template));
        }
        known.or(Some(self.templates.len() - 1))
    }

    /// What the record that was looked through last tells.
    pub(super) fn row<'b>(&self, written: &'b mut Written) -> Option<Row<'b>> {
        let record = self.instances.len().checked_sub(1)?;
        written.take(self, record)?;
        written.row()
    }
}
