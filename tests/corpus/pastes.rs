//! `tests/fixtures/pastes.yaml`: what people paste, in every shape that mail, tickets, tools and logs give it.

use serde::Deserialize;

use super::engine::{diagnosed, fixtures, paste, top};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paste {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) rule: Option<String>,
    pub(crate) proof: Option<String>,
}

pub(crate) fn pastes() -> Vec<Paste> {
    let path = fixtures().join("pastes.yaml");
    let written = std::fs::read_to_string(path).expect("the pastes are there");
    serde_saphyr::from_str(&written).expect("the pastes can be read")
}

#[test]
fn every_paste_finds_its_rule_by_the_words_that_prove_it() {
    let mut wrong = Vec::new();
    for one in pastes() {
        let findings = diagnosed(paste(&one.text)).findings;
        if top(&findings) != one.rule.as_deref() {
            wrong.push(format!("{}: {:?}", one.name, top(&findings)));
        }
        let Some(wanted) = &one.proof else { continue };
        let proofs = findings.findings.first().into_iter();
        let proofs = proofs.flat_map(|finding| &finding.because);
        let proofs = proofs.map(|proof| &proof.text).collect::<Vec<_>>();
        if !proofs.contains(&wanted) {
            wrong.push(format!("{}: proved by {proofs:?}", one.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(pastes().len() >= 60);
}
