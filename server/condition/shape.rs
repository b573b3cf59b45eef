//! How a condition is written in a rule file, and how that becomes a [`Condition`].
//!
//! A condition is a mapping with exactly one of `all`, `any`, `not` or a leaf (`fact`, and in a rule's `match` also
//! `phrase`, `regex`, `code`, `event`). What a leaf may say beside its name is checked here, so that a typing error is named
//! with its place instead of being ignored.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, FactTest};
use crate::evidence::FactKey;

/// One node of a condition as written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionFile {
    /// True when all of these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<ConditionFile>>,
    /// True when one of these is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<ConditionFile>>,
    /// True when this is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<ConditionFile>>,
    /// Words in the submission, whatever the line breaks, case and quotes; `*` stands for up to 160 letters within one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
    /// A linear-time regex on one physical line, case-insensitive; named groups are captures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// An error code in any spelling, or a product's symbolic code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One record of a Windows event log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<super::EventFile>,
    /// A fact key, or a short name from the rule's `facts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// With `phrase` or `regex`: product words that never trigger a rule and prove nothing alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub context: bool,
    /// With `phrase` or `regex`: a vendor's complete sentence, which is decisive.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sentence: bool,
    /// With `code`, `event`, `phrase` or `regex`: proves at most `possible`, because others use it too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weak: bool,
    /// With `fact`: equal, as text or integer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
    /// With `fact`: equal to one of these.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<String>>,
    /// With `fact`: a member of the list, or a part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// With `fact`: a dotted number of at least this, written as a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// With `fact`: known to be there, or known to be absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
}

impl ConditionFile {
    /// Calls `visit` with each node that is none of `all`, `any`, `not`; what stands under `not` is left out unless `denied`.
    pub fn for_each_leaf<'a>(&'a self, denied: bool, visit: &mut impl FnMut(&'a Self)) {
        let parts = [&self.all, &self.any].into_iter().flatten().flatten();
        let not = self.not.iter().map(Box::as_ref).filter(|_| denied);
        let mut leaf = true;
        for part in parts.chain(not) {
            leaf = false;
            part.for_each_leaf(denied, visit);
        }
        if leaf {
            visit(self);
        }
    }
}

/// What is wrong with a rule file, and where: `path` names the field (`guide.steps.retry.answers.runs.go`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The field.
    pub path: String,
    /// What is wrong and what to write instead.
    pub what: String,
}

impl Complaint {
    /// A complaint about a field.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
        }
    }
}

/// The short names for fact keys that a rule file declares under `facts`.
pub type ShortNames = BTreeMap<String, FactKey>;

/// Turns a written condition into a tree; `leaf` makes a leaf of a node that is none of `all`, `any`, `not`.
/// Everything wrong is added to `complaints`, and `None` returned.
pub fn resolve<Leaf>(
    written: &ConditionFile,
    path: &str,
    leaf: &mut impl FnMut(&ConditionFile, &str, &mut Vec<Complaint>) -> Option<Leaf>,
    complaints: &mut Vec<Complaint>,
) -> Option<Condition<Leaf>> {
    let names = [
        ("all", written.all.is_some()),
        ("any", written.any.is_some()),
        ("not", written.not.is_some()),
        ("phrase", written.phrase.is_some()),
        ("regex", written.regex.is_some()),
        ("code", written.code.is_some()),
        ("event", written.event.is_some()),
        ("fact", written.fact.is_some()),
    ];
    let given = names
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect::<Vec<_>>();
    if given.len() != 1 {
        let seen = if given.is_empty() {
            "none".to_owned()
        } else {
            given.join(" and ")
        };
        complaints
            .push(Complaint::new(path, format!("write exactly one of all, any, not, phrase, regex, code, event, fact here; this has {seen}")));
        return None;
    }
    let mut list = |parts: &[ConditionFile], name: &str, complaints: &mut Vec<Complaint>| {
        if parts.is_empty() {
            complaints.push(Complaint::new(
                format!("{path}.{name}"),
                "an empty list says nothing; name at least one condition",
            ));
        }
        let resolved = parts
            .iter()
            .enumerate()
            .map(|(at, part)| resolve(part, &format!("{path}.{name}[{at}]"), leaf, complaints));
        let resolved = resolved.collect::<Vec<_>>();
        resolved.into_iter().collect::<Option<Vec<_>>>()
    };
    match (&written.all, &written.any, &written.not) {
        (Some(parts), _, _) => Some(Condition::All(list(parts, "all", complaints)?)),
        (_, Some(parts), _) => Some(Condition::Any(list(parts, "any", complaints)?)),
        (_, _, Some(part)) => Some(Condition::Not(Box::new(resolve(
            part,
            &format!("{path}.not"),
            leaf,
            complaints,
        )?))),
        _ => leaf(written, path, complaints).map(Condition::Leaf),
    }
}

/// Makes a fact test of a leaf, looking short names up. A leaf of another kind is a complaint.
pub fn fact_leaf(
    written: &ConditionFile,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<FactTest> {
    let Some(name) = &written.fact else {
        complaints.push(Complaint::new(
            path,
            "only `fact` conditions can stand here; phrases, regexes, codes and events belong to `match`",
        ));
        return None;
    };
    if written.context || written.sentence || written.weak {
        complaints.push(Complaint::new(
            path,
            "`context`, `sentence` and `weak` go with a phrase, a regex or a code, not with a fact",
        ));
    }
    let key = fact_key(name, path, short, complaints)?;
    let tests = [
        written
            .is
            .as_ref()
            .map(|value| FactTest::In(key.clone(), vec![value.clone()])),
        written
            .one_of
            .as_ref()
            .map(|values| FactTest::In(key.clone(), values.clone())),
        written
            .contains
            .as_ref()
            .map(|value| FactTest::Contains(key.clone(), value.clone())),
        written
            .at_least
            .as_ref()
            .map(|value| FactTest::AtLeast(key.clone(), value.clone())),
        written
            .exists
            .map(|value| FactTest::Exists(key.clone(), value)),
    ];
    let mut tests = tests.into_iter().flatten().collect::<Vec<_>>();
    if tests.len() != 1 {
        complaints.push(Complaint::new(
            path,
            "a fact needs exactly one of is, in, contains, at_least, exists",
        ));
        return None;
    }
    tests.pop()
}

/// Resolves a short name, or takes a full key (which has a dot) as it is.
pub fn fact_key(
    name: &str,
    path: &str,
    short: &ShortNames,
    complaints: &mut Vec<Complaint>,
) -> Option<FactKey> {
    if let Some(key) = short.get(name) {
        return Some(key.clone());
    }
    if name.contains('.') {
        return Some(FactKey::new(name));
    }
    let known = short
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    complaints.push(Complaint::new(
        path,
        format!(
            "`{name}` is no short name of this rule; declare it under `facts` (there: {known})"
        ),
    ));
    None
}
