//! Gzip: one file, or a tar, which then counts as one archive with it.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::evidence::inbox::{Inbox, Input};
use crate::evidence::limits::Metered;

/// Reads what is packed in it. A plain file keeps the name it has.
pub(in crate::evidence) fn read(
    inbox: &mut Inbox,
    name: &str,
    packed: &mut dyn Read,
    size: Option<u64>,
    depth: usize,
) {
    let ledger = inbox.ledger.clone();
    let mut decoder = MultiGzDecoder::new(packed);
    let mut unpacked = Metered::unpacked(&mut decoder, &ledger, size);
    inbox.file(name, Input::Stream(&mut unpacked, None), depth + 1);
    if let Some(cut) = unpacked.cut() {
        let count = unpacked.count();
        inbox.cut(name, count, cut);
    }
}
