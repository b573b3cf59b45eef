//! Bytes of a request on their way to whoever reads them: small ones in memory, more in a temporary file.
//!
//! The file has no name from its first moment on: the system takes its space back when the last who holds it lets go,
//! after a panic, a request that was given up and a killed process too.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::evidence::{ReadSeek, Stored};

/// So many bytes stay in memory.
const IN_MEMORY: usize = 1024 * 1024;

/// Takes bytes.
#[derive(Default)]
pub(in crate::web) struct Spool {
    memory: Vec<u8>,
    file: Option<tokio::fs::File>,
    size: u64,
}

/// Bytes that were taken.
pub(in crate::web) enum Spooled {
    /// Few.
    Memory(Vec<u8>),
    /// Many.
    File(Temporary),
}

/// A temporary file.
#[derive(Debug)]
pub(in crate::web) struct Temporary {
    file: Mutex<File>,
    size: u64,
    _place: Option<Arc<OwnedSemaphorePermit>>,
}

impl Spool {
    /// Whether so many bytes more take it to disk.
    pub(super) fn is_full(&self, more: usize) -> bool {
        self.memory.len() + more > IN_MEMORY
    }

    /// Takes more.
    pub(in crate::web) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        if !self.is_full(bytes.len()) {
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tokio::fs::File::from_std(tempfile::tempfile()?)),
        };
        file.write_all(&self.memory).await?;
        self.memory.clear();
        file.write_all(bytes).await
    }

    /// All that was taken.
    pub(in crate::web) async fn finish(
        self,
        place: Option<Arc<OwnedSemaphorePermit>>,
    ) -> io::Result<Spooled> {
        let Some(mut file) = self.file else {
            return Ok(Spooled::Memory(self.memory));
        };
        file.write_all(&self.memory).await?;
        file.flush().await?;
        Ok(Spooled::File(Temporary {
            file: Mutex::new(file.into_std().await),
            size: self.size,
            _place: place,
        }))
    }
}

impl Spooled {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Memory(bytes) if bytes.is_empty())
    }
}

impl Temporary {
    /// The file itself, at its beginning.
    pub(in crate::web) fn into_file(self) -> io::Result<File> {
        let mut file = self
            .file
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        file.rewind()?;
        Ok(file)
    }
}

impl Stored for Temporary {
    fn size(&self) -> u64 {
        self.size
    }

    fn open(&self) -> io::Result<Box<dyn ReadSeek + '_>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.rewind()?;
        Ok(Box::new(BufReader::with_capacity(64 * 1024, Held(file))))
    }
}

/// The file while one reads it.
struct Held<'a>(MutexGuard<'a, File>);

impl Read for Held<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Held<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_bytes_stay_in_memory_and_many_are_read_back_from_their_file() {
        let mut spool = Spool::default();
        spool.write(b"few").await.unwrap();
        let few = spool.finish(None).await.unwrap();
        assert!(matches!(few, Spooled::Memory(bytes) if bytes == b"few"));
        let mut spool = Spool::default();
        let block = (0..=255).cycle().take(300_001).collect::<Vec<u8>>();
        for _ in 0..9 {
            spool.write(&block).await.unwrap();
            assert!(spool.memory.len() <= IN_MEMORY);
        }
        let Spooled::File(file) = spool.finish(None).await.unwrap() else {
            panic!("in memory");
        };
        assert_eq!(file.size(), 9 * 300_001);
        for _ in 0..2 {
            let mut read = Vec::new();
            file.open().unwrap().read_to_end(&mut read).unwrap();
            assert!(read == block.repeat(9));
        }
    }
}
