//! The number of a binary record without rendering it, so that those that are not kept cost next to nothing.
//!
//! Records of one provider share a template, and a record holds only the values that it puts in. Windows numbers the
//! values of the `System` part the same in every template: 0 is the level, 3 the event's number, 5 the keywords, 6 the
//! time. Where kinds and sizes are those, so is the meaning; any other record is rendered to see.
//! MS-EVEN6 2.2.12; <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>

use std::ops::Range;

/// Size and kind of the values that have to be where they are expected.
const EXPECTED: [(usize, u16, u8); 4] = [(0, 1, 0x04), (3, 2, 0x06), (5, 8, 0x15), (6, 8, 0x11)];

/// The event's number, when the record that is there in the chunk is built as Windows builds them.
pub(super) fn event_id(chunk: &[u8], record: Range<usize>) -> Option<u32> {
    let start = record.start;
    let record = chunk.get(record)?;
    // A fragment's head, then an instance of a template: kind, a byte, its id, where it is defined.
    if record.first() != Some(&0x0f) || record.get(4) != Some(&0x0c) {
        return None;
    }
    let mut at = 4 + 1 + 1 + 4;
    let defined = number(record, at)? as usize;
    at += 4;
    if defined == start + at {
        // Defined right here: the next one, a GUID, the size.
        at = at
            .checked_add(24)?
            .checked_add(number(record, at + 20)? as usize)?;
    }
    let count = number(record, at)? as usize;
    let kinds = record.get(at + 4..)?;
    let mut value = at.checked_add(4)?.checked_add(count.checked_mul(4)?)?;
    if count <= 6 {
        return None;
    }
    let mut id = None;
    for index in 0..=6 {
        let kind = kinds.get(index * 4..index * 4 + 4)?;
        let size = u16::from_le_bytes([kind[0], kind[1]]);
        let expected = EXPECTED.iter().find(|(at, ..)| *at == index);
        if expected.is_some_and(|(_, length, of)| (*length, *of) != (size, kind[2])) {
            return None;
        }
        if index == 3 {
            let bytes = record.get(value..value + 2)?;
            id = Some(u32::from(u16::from_le_bytes([bytes[0], bytes[1]])));
        }
        value = value.checked_add(usize::from(size))?;
    }
    id
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}
