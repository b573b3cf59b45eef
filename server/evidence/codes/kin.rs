//! Codes of other families that say the same. They are other codes: nothing here makes two codes one.

use std::sync::LazyLock;

use super::parse;
use crate::evidence::Code;

/// Codes that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// What they say, in words.
    pub says: &'static str,
    /// The codes.
    pub codes: Vec<Code>,
}

static KIN: LazyLock<Vec<Kin>> = LazyLock::new(|| {
    include_str!("kin.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (says, spellings) = line.split_once('\t')?;
            let codes = spellings.split_whitespace().flat_map(parse).collect();
            Some(Kin { says, codes })
        })
        .collect()
});

/// The other codes that say what this one says, by what they say. A code may say several things.
pub fn kin(code: &Code) -> Vec<Kin> {
    KIN.iter()
        .filter(|kin| kin.codes.contains(code))
        .map(|kin| Kin {
            says: kin.says,
            codes: kin
                .codes
                .iter()
                .filter(|other| *other != code)
                .cloned()
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::codes::describe;

    #[test]
    fn every_line_names_several_codes_and_each_has_a_meaning() {
        let lines = include_str!("kin.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'));
        for (kin, line) in KIN.iter().zip(lines) {
            let words = line.split_once('\t').unwrap().1.split_whitespace().count();
            assert!(words > 1, "{line}");
            assert_eq!(kin.codes.len(), words, "{line}");
            for code in &kin.codes {
                assert!(describe(code).meaning.is_some(), "{code:?} of {line}");
            }
        }
    }

    #[test]
    fn a_code_is_not_its_own_kin_and_may_say_several_things() {
        let revoked = &parse("KDC_ERR_CLIENT_REVOKED")[0];
        let said = kin(revoked);
        assert_eq!(said.len(), 3);
        assert!(said.iter().all(|kin| !kin.codes.contains(revoked)));
        assert!(kin(&parse("1053")[0]).is_empty());
    }
}
