//! What a report says of the files beside it becomes part of their facts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Index, READER, index};
use crate::evidence::inbox::safe_name;
use crate::evidence::{About, Evidence};

/// Lets every report in the evidence of one round speak for the files it lists.
pub(in crate::evidence) fn associate(evidence: &mut Evidence) {
    let reports = evidence
        .sources
        .iter()
        .enumerate()
        .filter(|(_, source)| source.kinds.contains(&READER.kind))
        .filter_map(|(at, source)| Some((at, index(&source.text)?)))
        .collect::<Vec<_>>();
    if reports.is_empty() {
        return;
    }
    let mut listed: BTreeMap<usize, &About> = BTreeMap::new();
    let names = Names::of(evidence);
    for (at, report) in &reports {
        listed.insert(*at, &report.about);
        for source in names.listed_by(*at, &evidence.sources[*at].name, report) {
            listed.entry(source).or_insert(&report.about);
        }
    }
    // The old description is kept beside the new one, so that its address stays its own.
    let mut joined: HashMap<(usize, *const About), OldAndNew> = HashMap::new();
    for fact in &mut evidence.facts {
        let Some(report) = listed.get(&fact.span.source) else {
            continue;
        };
        let key = (fact.span.source, Arc::as_ptr(&fact.about));
        let (_, about) = joined.entry(key).or_insert_with(|| {
            let about = Arc::new(filled(&fact.about, report));
            (fact.about.clone(), about)
        });
        fact.about = about.clone();
    }
    let machines = listed
        .into_iter()
        .filter_map(|(source, about)| Some((source, about.machine.clone()?)))
        .collect::<Vec<_>>();
    evidence.reported.extend(machines);
}

type OldAndNew = (Arc<About>, Arc<About>);

/// What the source tells itself comes first.
fn filled(told: &About, report: &About) -> About {
    let mut about = told.clone();
    about.machine = about.machine.or_else(|| report.machine.clone());
    about.taken_by = about.taken_by.or_else(|| report.taken_by.clone());
    about.elevated = about.elevated.or(report.elevated);
    about.taken = about.taken.or(report.taken);
    about
}

/// The sources by their names without the number that makes a name unique: `report.zip/dsregcmd.txt (2)`.
struct Names<'a> {
    by_name: HashMap<&'a str, Vec<(u32, usize)>>,
}

impl<'a> Names<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        let mut by_name: HashMap<&str, Vec<(u32, usize)>> = HashMap::new();
        for (at, source) in evidence.sources.iter().enumerate() {
            let (name, number) = numbered(&source.name);
            by_name.entry(name).or_default().push((number, at));
        }
        Self { by_name }
    }

    /// The files of a report: beside it, of the same number, or the only one of that name.
    fn listed_by(&self, own: usize, name: &str, report: &Index) -> Vec<usize> {
        let (name, number) = numbered(name);
        let folder = name.rfind('/').map_or("", |slash| &name[..=slash]);
        let mut found = Vec::new();
        for file in &report.files {
            let path = format!("{folder}{}", safe_name(file));
            let Some(same) = self.by_name.get(path.as_str()) else {
                continue;
            };
            let exact = same.iter().find(|(other, _)| *other == number);
            let only = (same.len() == 1).then(|| &same[0]);
            if let Some((_, at)) = exact.or(only)
                && *at != own
            {
                found.push(*at);
            }
        }
        found
    }
}

/// `dsregcmd.txt (2)` is the second of `dsregcmd.txt`.
fn numbered(name: &str) -> (&str, u32) {
    let parts = name
        .strip_suffix(')')
        .and_then(|name| name.rsplit_once(" ("));
    parts
        .and_then(|(stem, number)| Some((stem, number.parse().ok()?)))
        .unwrap_or((name, 1))
}
