//! A chunk of a binary event log: its records as `BinXml`, with the templates and names that they share.

use std::collections::HashMap;

use super::{CHUNK, Record, Value, crc32};

const CHUNK_HEAD: usize = 0x200;
/// 1601 to 1970 in tenths of a microsecond.
const UNIX_EPOCH: u64 = 116_444_736_000_000_000;

/// What stands in a template where a value is put in, and what does not.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    /// The number of the value and its kind.
    Put(u16, u8),
}

/// One chunk while it is filled.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// Where each name stands.
    names: HashMap<String, u32>,
    /// Where each template stands, by what it is made of.
    templates: HashMap<String, u32>,
    name_heads: [u32; 64],
    template_heads: [u32; 32],
    /// The first record and the last one.
    numbers: Option<(u64, u64)>,
    last_record: u32,
}

impl Default for Chunk {
    fn default() -> Self {
        Self {
            bytes: vec![0; CHUNK_HEAD],
            names: HashMap::new(),
            templates: HashMap::new(),
            name_heads: [0; 64],
            template_heads: [0; 32],
            numbers: None,
            last_record: 0,
        }
    }
}

const TEXT: u8 = 0x01;
const HEX64: u8 = 0x15;
const TIME: u8 = 0x11;
const BIN_XML: u8 = 0x21;
const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

impl Chunk {
    /// Whether it holds no record.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_none()
    }

    /// Adds a record, for which there must be room.
    pub(super) fn record(&mut self, number: u64, record: &Record<'_>) {
        let start = self.bytes.len();
        self.last_record = self.here();
        self.put(b"\x2a\x2a\0\0");
        self.put(&[0; 4]);
        self.put(&number.to_le_bytes());
        self.put(&file_time(record.time).to_le_bytes());
        self.fragment_head();
        self.instance("system", Self::system);
        // The values in the order in which Windows numbers them.
        let values = [
            Value::UInt8(record.level),
            Value::UInt8(0),
            Value::UInt16(0),
            Value::UInt16(record.id),
            Value::Null,
            Value::Hex64(0x8010_0000_0000_0000),
            Value::FileTime(record.time),
            Value::Null,
            Value::UInt32(812),
            Value::UInt32(4404),
            Value::UInt64(number),
            Value::UInt8(0),
            Value::Null,
            Value::Text(record.provider),
            Value::Text(record.channel),
            Value::Text(record.computer),
        ];
        self.put(&17_u32.to_le_bytes());
        let mut heads = Vec::new();
        let mut bodies = Vec::new();
        for value in values {
            describe(value, &mut heads, &mut bodies);
        }
        self.put(&heads);
        let inner_size = self.bytes.len();
        self.put(&[0, 0, BIN_XML, 0]);
        self.put(&bodies);
        let inner = self.bytes.len();
        self.data(record);
        let length = u16::try_from(self.bytes.len() - inner).expect("a value of 64 KiB at most");
        self.bytes[inner_size..inner_size + 2].copy_from_slice(&length.to_le_bytes());
        self.put(&[0]);
        while !(self.bytes.len() + 4 - start).is_multiple_of(8) {
            self.put(&[0]);
        }
        let size = u32::try_from(self.bytes.len() + 4 - start).expect("less than a chunk");
        self.put(&size.to_le_bytes());
        self.bytes[start + 4..start + 8].copy_from_slice(&size.to_le_bytes());
        let first = self.numbers.map_or(number, |(first, _)| first);
        self.numbers = Some((first, number));
    }

    /// The event's data: an instance of a template of its own.
    fn data(&mut self, record: &Record<'_>) {
        let mut made_of = record.user_data.unwrap_or_default().to_owned();
        let mut heads = Vec::new();
        let mut bodies = Vec::new();
        for (name, value) in record.data {
            made_of.push('\0');
            made_of.push_str(name);
            let kind = describe(*value, &mut heads, &mut bodies);
            made_of.push(char::from(kind));
        }
        let kinds = heads.chunks(4).map(|head| head[2]).collect::<Vec<_>>();
        self.fragment_head();
        self.instance(&made_of, |chunk| match record.user_data {
            Some(name) => chunk.user_data(name, record, &kinds),
            None => chunk.event_data(record, &kinds),
        });
        let count = u32::try_from(record.data.len()).expect("few values");
        self.put(&count.to_le_bytes());
        self.put(&heads);
        self.put(&bodies);
        self.put(&[0]);
    }

    fn system(&mut self) {
        let event = self.open("Event", &[("xmlns", Piece::Text(NAMESPACE))]);
        self.put(&[2]);
        let system = self.open("System", &[]);
        self.put(&[2]);
        self.empty("Provider", &[("Name", Piece::Put(13, TEXT))]);
        for (name, at, kind) in [
            ("EventID", 3, 0x06),
            ("Version", 11, 0x04),
            ("Level", 0, 0x04),
            ("Task", 2, 0x06),
            ("Opcode", 1, 0x04),
            ("Keywords", 5, HEX64),
        ] {
            self.element(name, &[], Piece::Put(at, kind));
        }
        self.empty("TimeCreated", &[("SystemTime", Piece::Put(6, TIME))]);
        self.element("EventRecordID", &[], Piece::Put(10, 0x0a));
        let by = [
            ("ProcessID", Piece::Put(8, 0x08)),
            ("ThreadID", Piece::Put(9, 0x08)),
        ];
        self.empty("Execution", &by);
        self.element("Channel", &[], Piece::Put(14, TEXT));
        self.element("Computer", &[], Piece::Put(15, TEXT));
        self.empty("Security", &[("UserID", Piece::Put(12, 0x13))]);
        self.close(system);
        self.piece(Piece::Put(16, BIN_XML));
        self.close(event);
    }

    fn event_data(&mut self, record: &Record<'_>, kinds: &[u8]) {
        let data = self.open("EventData", &[]);
        self.put(&[2]);
        for ((name, _), (at, kind)) in record.data.iter().zip((0..).zip(kinds)) {
            let named = [("Name", Piece::Text(name))];
            let named = if name.is_empty() { &[] } else { &named[..] };
            self.element("Data", named, Piece::Put(at, *kind));
        }
        self.close(data);
    }

    fn user_data(&mut self, name: &str, record: &Record<'_>, kinds: &[u8]) {
        let data = self.open("UserData", &[]);
        self.put(&[2]);
        let inner = self.open(name, &[]);
        self.put(&[2]);
        for ((name, _), (at, kind)) in record.data.iter().zip((0..).zip(kinds)) {
            self.element(name, &[], Piece::Put(at, *kind));
        }
        self.close(inner);
        self.close(data);
    }

    /// The head of an instance; the template is defined here if it was not before.
    fn instance(&mut self, made_of: &str, define: impl FnOnce(&mut Self)) {
        let known = self.templates.get(made_of).copied();
        let here = self.here() + 10;
        let at = known.unwrap_or(here);
        // Templates are told apart by a number; where they stand is one.
        self.put(&[0x0c, 1]);
        self.put(&at.to_le_bytes());
        self.put(&at.to_le_bytes());
        if known.is_some() {
            return;
        }
        self.templates.insert(made_of.to_owned(), at);
        let head = &mut self.template_heads[at as usize % 32];
        let next = std::mem::replace(head, at);
        self.put(&next.to_le_bytes());
        self.put(&at.to_le_bytes());
        self.put(&[0x5a; 12]);
        let size = self.sized();
        self.fragment_head();
        define(self);
        self.put(&[0]);
        self.end_size(size);
    }

    fn element(&mut self, name: &str, attributes: &[(&str, Piece<'_>)], content: Piece<'_>) {
        let open = self.open(name, attributes);
        self.put(&[2]);
        self.piece(content);
        self.close(open);
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, Piece<'_>)]) {
        let open = self.open(name, attributes);
        self.put(&[3]);
        self.end_size(open);
    }

    /// The start of an element up to its attributes; gives what [`Self::close`] needs.
    fn open(&mut self, name: &str, attributes: &[(&str, Piece<'_>)]) -> usize {
        self.put(&[if attributes.is_empty() { 0x01 } else { 0x41 }]);
        self.put(&u16::MAX.to_le_bytes());
        let size = self.sized();
        self.name(name);
        if !attributes.is_empty() {
            let list = self.sized();
            for (at, (name, value)) in attributes.iter().enumerate() {
                let is_last = at + 1 == attributes.len();
                self.put(&[if is_last { 0x06 } else { 0x46 }]);
                self.name(name);
                self.piece(*value);
            }
            self.end_size(list);
        }
        size
    }

    fn close(&mut self, open: usize) {
        self.put(&[4]);
        self.end_size(open);
    }

    fn piece(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Text(text) => {
                self.put(&[0x05, TEXT]);
                self.text(text);
            }
            Piece::Put(at, kind) => {
                self.put(&[0x0e]);
                self.put(&at.to_le_bytes());
                self.put(&[kind]);
            }
        }
    }

    /// Where a name stands; the name itself where it comes for the first time.
    fn name(&mut self, name: &str) {
        if let Some(at) = self.names.get(name) {
            let at = *at;
            self.put(&at.to_le_bytes());
            return;
        }
        let at = self.here() + 4;
        self.names.insert(name.to_owned(), at);
        let hash = name.encode_utf16().fold(0_u32, |hash, unit| {
            hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))
        });
        let hash = u16::try_from(hash & 0xffff).expect("two bytes");
        let head = &mut self.name_heads[usize::from(hash) % 64];
        let next = std::mem::replace(head, at);
        self.put(&at.to_le_bytes());
        self.put(&next.to_le_bytes());
        self.put(&hash.to_le_bytes());
        self.text(name);
        self.put(&[0, 0]);
    }

    fn text(&mut self, text: &str) {
        let units = text.encode_utf16().collect::<Vec<_>>();
        let length = u16::try_from(units.len()).expect("a short text");
        self.put(&length.to_le_bytes());
        for unit in units {
            self.put(&unit.to_le_bytes());
        }
    }

    fn fragment_head(&mut self) {
        self.put(&[0x0f, 1, 1, 0]);
    }

    /// Room for the size of what follows.
    fn sized(&mut self) -> usize {
        self.put(&[0; 4]);
        self.bytes.len()
    }

    fn end_size(&mut self, start: usize) {
        let size = u32::try_from(self.bytes.len() - start).expect("less than a chunk");
        self.bytes[start - 4..start].copy_from_slice(&size.to_le_bytes());
    }

    fn here(&self) -> u32 {
        u32::try_from(self.bytes.len()).expect("less than a chunk")
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The whole chunk, its head and its checksums included.
    pub(super) fn finish(self) -> Vec<u8> {
        let (first, last) = self.numbers.unwrap_or((1, 0));
        let free = self.here();
        let mut head = b"ElfChnk\0".to_vec();
        for number in [first, last, first, last] {
            head.extend(number.to_le_bytes());
        }
        let sum = crc32(&self.bytes[CHUNK_HEAD..]);
        for number in [128, self.last_record, free, sum] {
            head.extend(number.to_le_bytes());
        }
        head.resize(120, 0);
        let mut tables = Vec::new();
        for offset in self.name_heads.iter().chain(&self.template_heads) {
            tables.extend(offset.to_le_bytes());
        }
        let sum = crc32(&[head.as_slice(), &tables].concat());
        head.extend(0_u32.to_le_bytes());
        head.extend(sum.to_le_bytes());
        head.extend(tables);
        let mut bytes = self.bytes;
        bytes[..CHUNK_HEAD].copy_from_slice(&head);
        bytes.resize(CHUNK, 0);
        bytes
    }
}

/// Adds size and kind of a value to the one and its bytes to the other; gives the kind.
fn describe(value: Value<'_>, heads: &mut Vec<u8>, bodies: &mut Vec<u8>) -> u8 {
    let before = bodies.len();
    let utf16 = |text: &str, bodies: &mut Vec<u8>| {
        bodies.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    };
    let kind = match value {
        Value::Null => 0,
        Value::Text(text) => {
            utf16(text, bodies);
            TEXT
        }
        Value::Texts(texts) => {
            for text in texts {
                utf16(text, bodies);
                bodies.extend([0, 0]);
            }
            0x80 | TEXT
        }
        Value::UInt8(number) => {
            bodies.push(number);
            0x04
        }
        Value::UInt16(number) => {
            bodies.extend(number.to_le_bytes());
            0x06
        }
        Value::UInt32(number) => {
            bodies.extend(number.to_le_bytes());
            0x08
        }
        Value::UInt64(number) => {
            bodies.extend(number.to_le_bytes());
            0x0a
        }
        Value::Hex32(number) => {
            bodies.extend(number.to_le_bytes());
            0x14
        }
        Value::Hex64(number) => {
            bodies.extend(number.to_le_bytes());
            HEX64
        }
        Value::Guid(bytes) => {
            bodies.extend(bytes);
            0x0f
        }
        Value::FileTime(unix) => {
            bodies.extend(file_time(unix).to_le_bytes());
            TIME
        }
        Value::Sid(authority, parts) => {
            let count = u8::try_from(parts.len()).expect("few parts");
            bodies.extend([1, count, 0, 0, 0, 0, 0, authority]);
            bodies.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
            0x13
        }
    };
    let size = u16::try_from(bodies.len() - before).expect("a value of 64 KiB at most");
    heads.extend(size.to_le_bytes());
    heads.extend([kind, 0]);
    kind
}

fn file_time(unix: u64) -> u64 {
    unix * 10_000 + UNIX_EPOCH
}
