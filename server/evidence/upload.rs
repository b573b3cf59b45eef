//! Files as they arrive: small ones in memory, large ones wherever the door put them.

use std::fmt;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use super::sniff::{HEAD, Kind, sniff};

/// Bytes that can be read in any order.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// Bytes that lie outside of memory, such as a temporary file of the door's.
pub trait Stored: fmt::Debug + Send + Sync {
    /// How many there are.
    fn size(&self) -> u64;

    /// Reads them from the beginning. One reader at a time.
    fn open(&self) -> io::Result<Box<dyn ReadSeek + '_>>;
}

/// One uploaded file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name the sender gave it: a hint, never trusted.
    pub name: String,
    /// Its bytes.
    pub body: Body,
    /// One plain sentence when the door did not take all of it.
    pub cut: Option<String>,
}

/// The bytes of a file. Cloning is cheap.
#[derive(Debug, Clone)]
pub enum Body {
    /// In memory.
    Memory(Arc<Vec<u8>>),
    /// Elsewhere.
    Stored(Arc<dyn Stored>),
}

impl Upload {
    /// A file whose bytes are in memory.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::of(name, Body::Memory(Arc::new(bytes.into())))
    }

    /// A file whose bytes lie elsewhere.
    pub fn stored(name: impl Into<String>, bytes: Arc<dyn Stored>) -> Self {
        Self::of(name, Body::Stored(bytes))
    }

    /// A file, or several, that the door turned away; the sentence says why.
    pub fn turned_away(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            cut: Some(why.into()),
            ..Self::new(name, Vec::new())
        }
    }

    fn of(name: impl Into<String>, body: Body) -> Self {
        Self {
            name: name.into(),
            body,
            cut: None,
        }
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Memory(bytes) => bytes.len() as u64,
            Body::Stored(stored) => stored.size(),
        }
    }

    /// Whether it holds more than its size tells: an archive, a document, a binary log.
    pub fn is_packed(&self) -> bool {
        match &self.body {
            Body::Memory(bytes) => {
                let kind = sniff(&bytes[..bytes.len().min(HEAD)]);
                kind.is_archive() || kind == Kind::EventLog
            }
            Body::Stored(_) => true,
        }
    }

    /// Reads the bytes from the beginning.
    pub fn open(&self) -> io::Result<Box<dyn ReadSeek + '_>> {
        match &self.body {
            Body::Memory(bytes) => Ok(Box::new(Cursor::new(bytes.as_slice()))),
            Body::Stored(stored) => stored.open(),
        }
    }
}
