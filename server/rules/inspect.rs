//! What can be said about a pack before it is published, without any case: the linter's remarks, all rules against all
//! examples, and how it fares on labelled submissions beside the release that it is to follow.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::check::{Grade, Remark, check};
use super::compile::Release;
use super::evaluate::{Labelled, Miss, Scores, Share, evaluate};
use super::file::PackFiles;
use super::pack::{Pack, PackText, Unreadable};

/// The labelled submissions that came with the program.
const LABELLED: &str = include_str!("../../tests/evaluation/labelled.jsonl");
/// At most so many remarks are listed.
const MOST_REMARKS: usize = 200;
/// At most so many submissions are listed that are judged wrongly now.
const MOST_LOST: usize = 50;

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Inspection {
    /// The release that the pack changes.
    pub base: i64,
    /// The version of Signpost that looked.
    pub engine: String,
    /// How many rules the pack has.
    pub rules: usize,
    /// What stops it, then what the rules that it changes should mind.
    pub remarks: Vec<GateRemark>,
    /// Remarks that are not listed: beyond the first ones, and warnings about rules that it does not change.
    pub more_remarks: usize,
    /// What was bounded or left out.
    pub notes: Vec<String>,
    /// How it fares on labelled submissions; missing where something stopped it before.
    pub evaluation: Option<Evaluation>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GateRemark {
    /// Whether it stops the release.
    pub stops: bool,
    /// The file, or the rule's id.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field.
    pub field: String,
    /// What is wrong and what to write instead.
    pub what: String,
}

/// How a pack fares on labelled submissions, beside the release that it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// The submissions that were judged.
    pub rows: usize,
    /// Those left out: they ask for rules that one of the two does not have, or has disabled.
    pub left_out: usize,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Submissions that were judged rightly and are not any more; the first ones.
    pub lost: Vec<Miss>,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Measure {
    /// What is measured.
    pub name: String,
    /// What a release should have at least, 0 to 1.
    pub least: f64,
    /// What the release has.
    pub before: Share,
    /// What the pack has.
    pub after: Share,
    /// Whether that is enough: no worse than before, and the least where the release has it.
    pub passed: bool,
}

impl Inspection {
    /// Whether nothing stops the pack.
    pub fn passed(&self) -> bool {
        let stops = self.remarks.iter().any(|remark| remark.stops);
        let measured = self.evaluation.as_ref();
        !stops && measured.is_some_and(|measured| measured.measures.iter().all(|one| one.passed))
    }
}

/// What is to become of a release.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// The files.
    pub files: PackFiles,
    /// The texts of what was changed, to find lines in.
    pub texts: Vec<PackText>,
    /// What was changed: ids of rules and procedures, names of lists.
    pub changed: BTreeSet<String>,
    /// Changes that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Changes that clash with what was published meanwhile.
    pub conflicts: Vec<GateRemark>,
    /// The time at which it is judged, unix milliseconds: rules may be switched off until a day.
    pub now: i64,
}

/// Looks at what is to follow `base`.
pub fn inspect(base: &Release, candidate: &Candidate) -> Inspection {
    let pack = Pack::of(candidate.files.clone(), candidate.texts.clone());
    let report = check(&pack, &candidate.unreadable);
    let (remarks, more_remarks) = remarks(report.remarks, candidate);
    let stopped = remarks.iter().any(|remark| remark.stops);
    let evaluation = (!stopped).then(|| {
        let (release, _) = Release::compile(0, 0, pack.files.clone());
        measured(base, &release.as_of(candidate.now))
    });
    Inspection {
        base: base.number,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        rules: pack.files.rules.len(),
        remarks,
        more_remarks,
        notes: report.notes,
        evaluation,
    }
}

/// Conflicts, errors, then warnings about what is changed; and how many are not listed.
fn remarks(all: Vec<Remark>, candidate: &Candidate) -> (Vec<GateRemark>, usize) {
    let (errors, warnings): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|remark| remark.grade == Grade::Error);
    let count = candidate.conflicts.len() + errors.len() + warnings.len();
    let own = warnings.into_iter().filter(|remark| {
        let name = remark.file.rsplit('/').next().unwrap_or_default();
        let name = name.strip_suffix(".yaml").unwrap_or(name);
        candidate.changed.contains(name)
    });
    let all = errors.into_iter().chain(own).map(|remark| GateRemark {
        stops: remark.grade == Grade::Error,
        file: remark.file,
        line: remark.line,
        field: remark.field,
        what: remark.what,
    });
    let conflicts = candidate.conflicts.iter().cloned();
    let listed = conflicts.chain(all).take(MOST_REMARKS).collect::<Vec<_>>();
    let more = count - listed.len();
    (listed, more)
}

fn measured(before: &Release, after: &Release) -> Evaluation {
    // The file is read in the tests; one that could not be read would measure nothing.
    let all = Labelled::lines(LABELLED).unwrap_or_default();
    let known = |release: &Release, rule: &str| {
        let rule = release.rules.get(rule);
        rule.is_some_and(|rule| release.is_off(&rule.file.id).is_none())
    };
    let count = all.len();
    let rows = all.into_iter().filter(|row| {
        let mut wanted = row.wanted().into_iter();
        wanted.all(|rule| known(before, rule) && known(after, rule))
    });
    let rows = rows.collect::<Vec<_>>();
    compare(
        &evaluate(before, &rows),
        &evaluate(after, &rows),
        rows.len(),
        count,
    )
}

fn compare(before: &Scores, after: &Scores, rows: usize, count: usize) -> Evaluation {
    let pairs = before.measures().into_iter().zip(after.measures());
    let measures = pairs.map(|((name, old, least), (_, new, _))| Measure {
        name: name.to_owned(),
        least,
        before: old,
        after: new,
        passed: new.ratio() >= old.ratio() && (new.ratio() >= least || old.ratio() < least),
    });
    let were_wrong = before.misses.iter().map(|miss| miss.id.as_str());
    let were_wrong = were_wrong.collect::<BTreeSet<_>>();
    let lost = after.misses.iter();
    let lost = lost.filter(|miss| !were_wrong.contains(miss.id.as_str()));
    Evaluation {
        rows,
        left_out: count - rows,
        measures: measures.collect(),
        lost: lost.take(MOST_LOST).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleFile;

    const RULE: &str = r#"
id: demo.alpha
title: The first
product: demo
severity: error
owner: desk
automation: { reason: demo, retryable: no, who_can_fix: it }
match: { any: [ { code: AlphaBetaGammaDelta } ] }
cause: C
guide: { start: end, steps: [ { id: end, outcome: resolved, text: Done. } ] }
references: [ { title: A page, url: "https://example.com/alpha", section: All of it, verified: "2026-01-01" } ]
examples:
  - { text: "failed: AlphaBetaGammaDelta", expect: match }
  - { text: "error AlphaBetaGammaDelta in step 2", expect: match }
  - { text: "AlphaBetaGamma", expect: silent }
walks:
  - { name: ends, path: [], end: end }
"#;

    fn files(rules: &[&str]) -> PackFiles {
        let rules = rules.iter().map(|rule| serde_saphyr::from_str(rule));
        PackFiles {
            products: serde_saphyr::from_str("[{ id: demo, name: Demo }]").unwrap(),
            rules: rules.collect::<Result<_, _>>().unwrap(),
            ..PackFiles::default()
        }
    }

    /// What is said of a rule's text put into a pack of one rule.
    fn inspected(text: &str) -> Inspection {
        let before = files(&[RULE]);
        let (base, complaints) = Release::compile(4, 0, before.clone());
        assert_eq!(complaints, []);
        let rule = serde_saphyr::from_str::<RuleFile>(text).unwrap();
        let id = rule.id.to_string();
        let mut after = before;
        after.rules.retain(|other| other.id != rule.id);
        after.rules.push(rule);
        let path = format!("demo/{id}.yaml");
        let candidate = Candidate {
            files: after,
            texts: vec![PackText {
                path,
                text: text.to_owned(),
            }],
            changed: BTreeSet::from([id]),
            ..Candidate::default()
        };
        inspect(&base, &candidate)
    }

    fn stops(inspection: &Inspection) -> String {
        let stops = inspection.remarks.iter().filter(|remark| remark.stops);
        let stops = stops.map(|remark| format!("{}: {}", remark.file, remark.what));
        stops.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_sound_change_passes() {
        let better = RULE.replace("title: The first", "title: The first one");
        let inspection = inspected(&better);
        assert_eq!(stops(&inspection), "");
        assert!(inspection.passed());
        assert_eq!(inspection.base, 4);
        let evaluation = inspection.evaluation.unwrap();
        assert!(evaluation.rows > 50 && evaluation.left_out > 100);
    }

    #[test]
    fn a_rule_that_takes_the_examples_of_another_stops() {
        let thief = RULE.replace("demo.alpha", "demo.thief").replace(
            "code: AlphaBetaGammaDelta",
            "phrase: alpha beta gamma delta",
        );
        let thief = thief.replace("AlphaBetaGammaDelta", "alpha beta gamma delta");
        let wide = thief.replace(
            "phrase: alpha beta gamma delta",
            "regex: 'alpha ?beta ?gamma ?delta'",
        );
        let inspection = inspected(&wide);
        assert!(!inspection.passed());
        let said = stops(&inspection);
        assert!(
            said.contains("demo.alpha: `demo.thief` matches this example too"),
            "{said}"
        );
        assert!(inspection.evaluation.is_none());
    }

    #[test]
    fn what_could_not_be_read_and_what_clashes_stops() {
        let (base, _) = Release::compile(4, 0, files(&[RULE]));
        let clash = GateRemark {
            stops: true,
            file: "demo.alpha".to_owned(),
            line: 1,
            field: String::new(),
            what: "changed meanwhile".to_owned(),
        };
        let unreadable = Unreadable {
            file: "rule demo.beta".to_owned(),
            line: 3,
            column: 1,
            what: "a bad line".to_owned(),
        };
        for candidate in [
            Candidate {
                conflicts: vec![clash],
                ..Candidate::default()
            },
            Candidate {
                unreadable: vec![unreadable],
                ..Candidate::default()
            },
        ] {
            let files = files(&[RULE]);
            let inspection = inspect(&base, &Candidate { files, ..candidate });
            assert!(!inspection.passed(), "{inspection:?}");
            assert_eq!(inspection.remarks.len(), 1);
        }
    }

    #[test]
    fn a_rule_that_speaks_where_nothing_is_to_be_found_stops() {
        let rows = Labelled::lines(LABELLED).unwrap();
        let silent = rows.iter().filter(|row| row.wanted().is_empty());
        assert!(silent.count() > 50);
        let greedy = RULE.replace(
            "{ code: AlphaBetaGammaDelta }",
            "{ code: AlphaBetaGammaDelta }, { regex: '\\b(error|failed|denied|problem)\\b' }",
        );
        let (before, after) = (files(&[RULE]), files(&[&greedy]));
        let release = |files| Release::compile(1, 0, files).0;
        let evaluation = measured(&release(before), &release(after));
        let silent = evaluation
            .measures
            .iter()
            .find(|one| one.name.starts_with("silent where"));
        let silent = silent.unwrap();
        assert!(
            !silent.passed && silent.after.right < silent.before.right,
            "{silent:?}"
        );
        assert!(!evaluation.lost.is_empty());
    }

    #[test]
    fn a_rule_that_is_switched_off_matches_nothing_and_its_examples_ask_for_nothing() {
        let (base, _) = Release::compile(4, 0, files(&[RULE]));
        let off = "[{ rule: demo.alpha, reason: wrong, until: '2030-01-01' }]";
        let files = PackFiles {
            disabled: serde_saphyr::from_str(off).unwrap(),
            ..files(&[RULE])
        };
        let (release, _) = Release::compile(1, 0, files.clone());
        let release = release.as_of(0);
        let text = "failed: AlphaBetaGammaDelta".to_owned();
        let evidence = crate::evidence::read_texts(vec![("paste".to_owned(), text)], 1);
        assert_eq!(
            crate::rules::classify(&base, &evidence, None)
                .findings
                .len(),
            1
        );
        assert!(
            crate::rules::classify(&release, &evidence, None)
                .findings
                .is_empty()
        );
        let candidate = Candidate {
            files,
            ..Candidate::default()
        };
        assert_eq!(stops(&inspect(&base, &candidate)), "");
    }
}
