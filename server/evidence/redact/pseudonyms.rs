//! The numbers of people and machines in one case. A name is known by its HMAC alone, so that equal names get equal
//! numbers in later rounds while nothing that is kept gives the name away.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::report::Mark;

/// One name of a case, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonym {
    /// What it is the name of.
    pub mark: Mark,
    /// HMAC-SHA-256 of case, kind and name, cut to 16 bytes.
    pub mac: [u8; 16],
    /// Its number in the case, from 1 for each kind.
    pub number: u32,
}

/// The numbers given in a case so far.
#[derive(Clone)]
pub struct Pseudonyms {
    hmac: Hmac<Sha256>,
    case: String,
    numbers: HashMap<(Mark, [u8; 16]), u32>,
    /// What was looked up before, folded.
    seen: HashMap<(Mark, String), u32>,
    last: HashMap<Mark, u32>,
    fresh: Vec<Pseudonym>,
}

impl Pseudonyms {
    /// Those of a case. `key` is the secret that names are hidden by.
    pub fn new(key: &[u8; 32], case: &str, known: &[Pseudonym]) -> Self {
        // HMAC fills a short key up with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(key);
        let mut last = HashMap::new();
        for one in known {
            let last = last.entry(one.mark).or_insert(0);
            *last = one.number.max(*last);
        }
        Self {
            hmac: Hmac::new(&block.into()),
            case: case.to_owned(),
            numbers: known
                .iter()
                .map(|one| ((one.mark, one.mac), one.number))
                .collect(),
            seen: HashMap::new(),
            last,
            fresh: Vec::new(),
        }
    }

    /// The number of a name, in any case; a new one where it has none yet.
    pub(super) fn number(&mut self, mark: Mark, name: &str) -> u32 {
        if let Some(number) = self.known(mark, name) {
            return number;
        }
        let folded = name.to_lowercase();
        let mac = self.mac(mark, &folded);
        let last = self.last.entry(mark).or_insert(0);
        *last += 1;
        let number = *last;
        self.numbers.insert((mark, mac), number);
        self.seen.insert((mark, folded), number);
        self.fresh.push(Pseudonym { mark, mac, number });
        number
    }

    /// The number of a name, where it has one.
    pub(super) fn known(&mut self, mark: Mark, name: &str) -> Option<u32> {
        let folded = name.to_lowercase();
        let key = (mark, folded);
        if let Some(number) = self.seen.get(&key) {
            return Some(*number);
        }
        let mac = self.mac(mark, &key.1);
        let number = *self.numbers.get(&(mark, mac))?;
        self.seen.insert(key, number);
        Some(number)
    }

    /// Whether the case has names from before.
    pub(super) fn has_known(&self) -> bool {
        self.numbers.len() > self.fresh.len()
    }

    /// The names that are new in this round, to be kept.
    pub fn fresh(&self) -> &[Pseudonym] {
        &self.fresh
    }

    fn mac(&self, mark: Mark, folded: &str) -> [u8; 16] {
        let mut hmac = self.hmac.clone();
        for part in [&self.case, mark.word(), folded] {
            hmac.update(part.as_bytes());
            hmac.update(&[0]);
        }
        let whole: [u8; 32] = hmac.finalize().into_bytes().into();
        let mut cut = [0; 16];
        cut.copy_from_slice(&whole[..16]);
        cut
    }
}

/// Neither the key nor the names belong in a log.
impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pseudonyms").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_have_equal_numbers_in_later_rounds_and_other_macs_in_other_cases() {
        let key = [7; 32];
        let mut first = Pseudonyms::new(&key, "a", &[]);
        assert_eq!(first.number(Mark::User, "Svc-Robot"), 1);
        assert_eq!(first.number(Mark::User, "kim"), 2);
        assert_eq!(first.number(Mark::Host, "kim"), 1);
        let kept = first.fresh().to_vec();
        let mut second = Pseudonyms::new(&key, "a", &kept);
        assert_eq!(second.number(Mark::User, "KIM"), 2);
        assert_eq!(second.number(Mark::User, "lee"), 3);
        assert_eq!(second.fresh().len(), 1);
        let mut other = Pseudonyms::new(&key, "b", &kept);
        assert_eq!(other.known(Mark::User, "kim"), None);
        assert!(!format!("{other:?}").contains('7'));
    }
}
