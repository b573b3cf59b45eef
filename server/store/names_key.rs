//! The key that hides the names of people and machines: a file outside the database, so that a copy of the database alone
//! tells nobody which name a number stands for.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::pseudonyms::bytes;
use super::{StoreError, hex};

/// The key's file, made when it is needed first.
#[derive(Debug)]
pub struct NamesKey {
    path: PathBuf,
    read: Mutex<Option<Secret>>,
}

#[derive(Clone, Copy)]
struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl NamesKey {
    /// The key in a file that may not be there yet.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            read: Mutex::default(),
        }
    }

    /// The key. A new one of random bytes is written where there is no file, for its owner alone.
    pub fn get(&self, random: impl Fn() -> [u8; 16]) -> Result<[u8; 32], StoreError> {
        // What is guarded is whole after every statement.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Secret(key)) = *read {
            return Ok(key);
        }
        let key = match std::fs::read_to_string(&self.path) {
            Ok(text) => bytes(text.trim()).ok_or_else(|| {
                self.failed("it holds no 64 hex digits; restore it from a backup, or remove it")
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let mut key = [0; 32];
                key[..16].copy_from_slice(&random());
                key[16..].copy_from_slice(&random());
                write(&self.path, &key).map_err(|error| self.failed(&error.to_string()))?;
                key
            }
            Err(error) => return Err(self.failed(&error.to_string())),
        };
        *read = Some(Secret(key));
        Ok(key)
    }

    fn failed(&self, why: &str) -> StoreError {
        StoreError::Database(format!(
            "the key {} cannot be used: {why}",
            self.path.display()
        ))
    }
}

fn write(path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", hex(key))?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signpost.key");
        let key = NamesKey::at(path.clone()).get(|| [9; 16]).unwrap();
        assert_eq!(key, [9; 32]);
        let again = NamesKey::at(path.clone()).get(|| [1; 16]).unwrap();
        assert_eq!(again, key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_holds_no_key_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signpost.key");
        std::fs::write(&path, "not a key").unwrap();
        let error = NamesKey::at(path.clone()).get(|| [1; 16]).unwrap_err();
        assert!(error.to_string().contains("signpost.key"), "{error}");
        assert_eq!(std::fs::read_to_string(path).unwrap(), "not a key");
    }
}
