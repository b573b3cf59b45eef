//! How much one submission may hold.

/// How much one submission may hold; what is taken is subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Files that may still be read.
    pub files: usize,
    /// Unpacked bytes that may still be read.
    pub bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            files: 64,
            bytes: 128 * 1024 * 1024,
        }
    }
}
