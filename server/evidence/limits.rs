//! How much one submission may cost, and what is left of it while it is read.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

const MIB: u64 = 1024 * 1024;

/// Unpacked bytes of one file to which the ratio limit does not apply: little texts pack very well.
const RATIO_FROM: u64 = MIB;

/// How much one submission may cost. Settings of the server; see `docs/operations.md` for the variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Files that are read, those in archives counted.
    pub files: usize,
    /// Bytes that archives unpack to.
    pub bytes: u64,
    /// Bytes of decoded text that are kept in memory.
    pub text: u64,
    /// A file in an archive unpacks to at most so many times its packed size.
    pub ratio: u64,
    /// Archives inside archives: 1 opens none inside another.
    pub depth: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            files: 2000,
            bytes: 1024 * MIB,
            text: 256 * MIB,
            ratio: 250,
            depth: 3,
        }
    }
}

/// Tells the reading, which knows no clock, when to end. Asked often: an answer has to be cheap.
pub trait Stop: fmt::Debug + Send + Sync {
    /// Another file begins.
    fn next_file(&self) {}

    /// Whether to end now, and what.
    fn ended(&self) -> Option<Ended> {
        None
    }
}

/// What has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The time of this file is over.
    File,
    /// The time of the whole reading is over, or nobody waits for it any more.
    Whole,
}

/// No end but the last byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct NeverStop;

impl Stop for NeverStop {}

/// Why no more bytes of a file were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// The archives have unpacked to all they may.
    Unpacked,
    /// It grew out of all proportion.
    Ratio(u64),
    /// As much text is kept as may be.
    Text,
    /// More comes than the archive says.
    Lied,
    /// Its time is over.
    File,
    /// All time is over.
    Whole,
}

impl Cut {
    /// The reason as a half sentence that follows a colon.
    pub(super) fn reason(self, budget: &Budget) -> String {
        match self {
            Self::Unpacked => format!(
                "the archives of one submission may unpack to {}",
                in_words(budget.bytes)
            ),
            Self::Ratio(ratio) => {
                format!(
                    "it unpacks to more than {ratio} times its size, as files made to do harm do"
                )
            }
            Self::Text => format!(
                "of one submission {} of text are read",
                in_words(budget.text)
            ),
            Self::Lied => {
                "it holds more than its archive says, as files made to do harm do".to_owned()
            }
            Self::File => "reading it took too long".to_owned(),
            Self::Whole => "reading this submission took too long".to_owned(),
        }
    }
}

/// `17 MiB`, `3 KiB`, `12 bytes`.
pub(super) fn in_words(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        1024..MIB => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / MIB),
    }
}

/// What is left of a budget. One ledger serves a whole submission, archives inside archives included.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) budget: Budget,
    pub(super) stop: Arc<dyn Stop>,
    files: Cell<usize>,
    bytes: Cell<u64>,
    text: Cell<u64>,
}

impl Ledger {
    pub(super) fn new(budget: Budget, stop: Arc<dyn Stop>) -> Self {
        Self {
            budget,
            stop,
            files: Cell::new(budget.files),
            bytes: Cell::new(budget.bytes),
            text: Cell::new(budget.text),
        }
    }

    /// Takes a file off; false when there are none left.
    pub(super) fn take_file(&self) -> bool {
        let left = self.files.get();
        self.files.set(left.saturating_sub(1));
        left > 0
    }

    pub(super) fn unpacked_left(&self) -> u64 {
        self.bytes.get()
    }

    pub(super) fn text_left(&self) -> u64 {
        self.text.get()
    }

    pub(super) fn take_text(&self, bytes: u64) {
        self.text.set(self.text.get().saturating_sub(bytes));
    }

    /// How much of a file of this size may be taken of what is left: all when it fits, else half, so that one large
    /// file does not cost all that come after it. `None` is a size that nobody knows.
    pub(super) fn share(left: u64, size: Option<u64>) -> u64 {
        match size {
            Some(size) if size > left => left / 2,
            _ => left,
        }
    }

    pub(super) fn ended(&self) -> Option<Cut> {
        self.stop.ended().map(|ended| match ended {
            Ended::File => Cut::File,
            Ended::Whole => Cut::Whole,
        })
    }
}

/// Reads on while the ledger allows it; where it does not, the file seems to end and `cut` says why.
pub(super) struct Metered<'a> {
    inner: &'a mut dyn Read,
    ledger: &'a Ledger,
    /// Unpacked bytes are taken off; those of a plain upload cost nothing.
    charged: bool,
    most: Option<(u64, Cut)>,
    ratio: Option<u64>,
    count: u64,
    cut: Option<Cut>,
}

impl<'a> Metered<'a> {
    /// The bytes of an upload itself.
    pub(super) fn plain(inner: &'a mut dyn Read, ledger: &'a Ledger) -> Self {
        Self {
            inner,
            ledger,
            charged: false,
            most: None,
            ratio: None,
            count: 0,
            cut: None,
        }
    }

    /// Bytes that come out of an archive, in which they take `packed` bytes where that is known.
    pub(super) fn unpacked(
        inner: &'a mut dyn Read,
        ledger: &'a Ledger,
        packed: Option<u64>,
    ) -> Self {
        let ratio = ledger.budget.ratio;
        Self {
            charged: true,
            ratio: packed.map(|packed| packed.saturating_mul(ratio).max(RATIO_FROM)),
            ..Self::plain(inner, ledger)
        }
    }

    /// At most so many bytes, for this reason.
    pub(super) fn at_most(mut self, most: u64, why: Cut) -> Self {
        self.most = Some((most, why));
        self
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn cut(&self) -> Option<Cut> {
        self.cut
    }

    /// How many bytes may still come, and why not more.
    fn allowed(&self) -> (u64, Option<Cut>) {
        let left = |limit: u64| limit - self.count.min(limit);
        let limits = [
            self.charged
                .then(|| (self.ledger.bytes.get(), Cut::Unpacked)),
            self.ratio
                .map(|ratio| (left(ratio), Cut::Ratio(self.ledger.budget.ratio))),
            self.most.map(|(most, why)| (left(most), why)),
        ];
        let tightest = limits.into_iter().flatten().min_by_key(|(left, _)| *left);
        tightest.map_or((u64::MAX, None), |(left, cut)| (left, Some(cut)))
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.cut.is_none() {
            self.cut = self.ledger.ended();
        }
        if self.cut.is_some() {
            return Ok(0);
        }
        let (allowed, cut) = self.allowed();
        if allowed == 0 {
            // Whether anything would have come is known only by asking for one more byte.
            if self.inner.read(&mut [0])? > 0 {
                self.cut = cut;
            }
            return Ok(0);
        }
        let most =
            usize::try_from(allowed).map_or(buffer.len(), |allowed| allowed.min(buffer.len()));
        let read = self.inner.read(&mut buffer[..most])?;
        self.count += read as u64;
        if self.charged {
            let left = self.ledger.bytes.get();
            self.ledger.bytes.set(left.saturating_sub(read as u64));
        }
        Ok(read)
    }
}
