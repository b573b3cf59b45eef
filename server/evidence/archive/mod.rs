//! Archives: zip, tar and gzip, inside each other up to a depth, against one budget for the whole submission.
//!
//! Nothing is believed that a header says: sizes are counted as bytes come, names are made safe, and what is no file
//! (a link, a device) is passed over and said. A torn archive gives what stands before the tear.

pub(super) mod gzip;
mod plain;
mod rescue;
pub(super) mod tar;
pub(super) mod zip;

pub use super::limits::Budget;
pub use plain::{NotTaken, Unpacked, unpack};

/// How archives made to do harm are packed.
const OVERLAPPING: &str = "This zip holds overlapping files, as archives made to do harm do, and was not opened: pack the files anew.";
const UNSAFE: &str =
    "A file whose name points outside the archive was left out: pack it under a plain name.";
const ENCRYPTED: &str = "This file is encrypted: send it without a password.";

#[cfg(test)]
mod tests;
