//! A pack's files become a [`Release`]: everything looked up, every regex compiled, ready to judge.

use std::collections::BTreeMap;

use super::file::{CautionFile, CollectorFile, PackFiles, ProductFile, RuleFile};
use crate::condition::shape::Complaint;
use crate::condition::{CollectorId, ProcedureId, ProductId, RuleId};
use crate::guide::{Guide, Procedure};

/// An immutable, numbered set of rules, compiled.
#[derive(Debug)]
pub struct Release {
    /// Its number; 0 for a pack that was never published (the command line).
    pub number: i64,
    /// Published when, unix milliseconds; 0 for a pack.
    pub published_at: i64,
    /// The rules by id.
    pub rules: BTreeMap<RuleId, Rule>,
    /// Procedures by id.
    pub procedures: BTreeMap<ProcedureId, Procedure>,
    /// Collectors by id.
    pub collectors: BTreeMap<CollectorId, CollectorFile>,
    /// Products, in the order pages show them.
    pub products: Vec<ProductFile>,
    /// Standing warnings.
    pub cautions: Vec<CautionFile>,
}

/// One rule, compiled.
#[derive(Debug)]
pub struct Rule {
    /// The rule as written.
    pub file: RuleFile,
    /// Its guide, short names resolved.
    pub guide: Guide,
}

impl Release {
    /// Compiles a pack. Rules that cannot be compiled are left out and complained about (path begins with the rule's
    /// id); one bad rule does not take the others down.
    pub fn compile(number: i64, published_at: i64, files: PackFiles) -> (Self, Vec<Complaint>) {
        let _ = (number, published_at, files);
        todo!()
    }

    /// The rule of that id, or the one that has it as a former id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id).or_else(|| {
            self.rules
                .values()
                .find(|rule| rule.file.aliases.iter().any(|alias| *alias == *id))
        })
    }

    /// A product's name as people write it.
    pub fn product_name<'a>(&'a self, id: &'a ProductId) -> &'a str {
        self.products
            .iter()
            .find(|product| product.id == *id)
            .map_or(id.as_str(), |product| &product.name)
    }
}
