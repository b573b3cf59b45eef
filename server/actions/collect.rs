//! The collector script for a case or a rule: only the sections that could still tell something.

use std::sync::LazyLock;

use regex::Regex;

use super::CaseView;
use crate::condition::CollectorId;
use crate::evidence::Evidence;
use crate::guide::walk::Route;
use crate::rules::{CollectorFile, Release, Rule, lacking};

/// The script's name, as it is downloaded.
pub const SCRIPT: &str = "collect.ps1";

/// How the script is started; it may be unsigned, so the policy of this one process is passed over.
const START: &str = r"powershell -NoProfile -ExecutionPolicy Bypass -File .\collect.ps1";

/// What the script takes as an account: nothing that ends a quoted word on a command line.
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\w.-][\w. -]{0,63}([\\@][\w. -]{1,64})?$").expect("a constant pattern")
});
/// Stands in commands for the account that is meant.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bNAME\b").expect("a constant pattern"));

/// One run of the collector script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorRun {
    /// The sections to run, each once.
    pub sections: Vec<String>,
    /// What they read, in words for people.
    pub reads: Vec<String>,
    /// Whether one of them needs an elevated prompt.
    pub elevated: bool,
    /// The line to copy.
    pub command: String,
}

/// What is still lacking in a case: what `needs` names and what the active guide may come to ask. `None` when nothing is.
pub fn for_case(view: &CaseView) -> Option<CollectorRun> {
    let diagnosis = &view.diagnosis;
    let needs = diagnosis.findings.needs.iter();
    let mut wanted = needs.map(|need| need.collect.clone()).collect::<Vec<_>>();
    let active = view.active.as_ref();
    if let Some((route, walk)) = active.and_then(|rule| view.route(rule)).zip(view.walk()) {
        let from = Some(walk.now.step.as_str());
        wanted.extend(lacking(
            &diagnosis.release,
            route,
            from,
            &diagnosis.evidence,
        ));
    }
    run(&diagnosis.release, &wanted, view.record.account.as_deref())
}

/// Everything that a rule's guide may ask of a machine that nothing is known about.
pub fn for_rule(release: &Release, rule: &Rule) -> Option<CollectorRun> {
    let route = Route {
        guide: &rule.guide,
        procedures: &release.procedures,
    };
    let wanted = lacking(release, route, None, &Evidence::default());
    run(release, &wanted, None)
}

fn run(release: &Release, wanted: &[CollectorId], account: Option<&str>) -> Option<CollectorRun> {
    let mut collectors: Vec<&CollectorFile> = Vec::new();
    for collector in release.collectors.values() {
        if wanted.contains(&collector.id)
            && let Some(section) = &collector.section
            && is_section(section)
            && !collectors
                .iter()
                .any(|known| known.section.as_ref() == Some(section))
        {
            collectors.push(collector);
        }
    }
    if collectors.is_empty() {
        return None;
    }
    let sections = collectors
        .iter()
        .filter_map(|one| one.section.clone())
        .collect::<Vec<_>>();
    let mut command = format!("{START} -Only {}", sections.join(","));
    let of_account = |one: &&CollectorFile| {
        one.command
            .as_deref()
            .is_some_and(|text| NAME.is_match(text))
    };
    if collectors.iter().any(of_account) {
        let known = account.map(str::trim).filter(|name| ACCOUNT.is_match(name));
        let name = known.unwrap_or(r"DOMAIN\NAME");
        command.push_str(" -Account \"");
        command.push_str(name);
        command.push('"');
    }
    Some(CollectorRun {
        reads: collectors.iter().map(|one| one.title.clone()).collect(),
        elevated: collectors.iter().any(|one| one.elevated),
        sections,
        command,
    })
}

/// Rules come from editors; what stands in a command line must be a plain word.
fn is_section(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain)
}
