//! How well a release judges submissions whose cause is known: the first finding, the first three, silence, proof.
//!
//! A row of an evaluation file is one JSON line, `{"id": "r1", "text": "…", "label": "win.bad-password"}`. The label
//! `none` says that nothing is to be found; `labels` lists several faults, each of which must be among the findings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::classify::{Confidence, Finding, classify};
use super::compile::Release;
use crate::evidence::{ReadOptions, Submission, read};

/// The label of a submission in which nothing is to be found.
const NOTHING: &str = "none";
/// At most so many misses are kept with their texts.
const MISSES: usize = 200;

/// One labelled submission. Fields that it does not know are left alone: sets carry notes of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Labelled {
    /// Its name in the set.
    pub id: String,
    /// What was pasted.
    pub text: String,
    /// The rule that must come first, `none`, or anything where `labels` is given.
    pub label: String,
    /// Several faults: each must be among the findings.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Rules that are right in first place too; `none` where silence is right too.
    #[serde(default, rename = "acceptable_labels")]
    pub acceptable: Vec<String>,
    /// An unrelated text that looks alike.
    #[serde(default)]
    pub hard: bool,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Share {
    /// How many are as asked.
    pub right: usize,
    /// How many there are.
    pub of: usize,
}

/// How one rule fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RuleScore {
    /// Rows in which it is to be found, and how many of them find it: recall.
    pub recall: Share,
    /// Rows in which it comes first, and how many of them allow it: precision.
    pub precision: Share,
}

/// A row that was judged wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Miss {
    /// The row.
    pub id: String,
    /// What was to be found.
    pub want: Vec<String>,
    /// What was found, best first.
    pub got: Vec<String>,
    /// Its first words.
    pub text: String,
}

/// How a release fares on an evaluation file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Scores {
    /// Rows with a cause whose first finding is right.
    pub top1: Share,
    /// Wanted rules that are among the first three findings.
    pub top3: Share,
    /// Rows with several faults that find them all.
    pub several: Share,
    /// Rows without a cause that stay silent.
    pub silent: Share,
    /// The hard ones among them.
    pub silent_hard: Share,
    /// Findings whose proofs all stand in the text.
    pub proved: Share,
    /// Findings called certain that gave way to none, and how many of them the row allows.
    pub certain: Share,
    /// By rule.
    pub rules: BTreeMap<String, RuleScore>,
    /// Wanted rule and what came first instead; an empty name is silence.
    #[serde(serialize_with = "pairs")]
    pub confused: BTreeMap<(String, String), usize>,
    /// The first rows that were judged wrongly.
    pub misses: Vec<Miss>,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }

    /// 0 to 1; of nothing, all are right.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows, far below 2^52")]
    pub fn ratio(self) -> f64 {
        if self.of == 0 {
            1.0
        } else {
            self.right as f64 / self.of as f64
        }
    }
}

impl Labelled {
    /// Reads an evaluation file: one JSON object a line, empty lines aside. The error names the line.
    pub fn lines(file: &str) -> Result<Vec<Self>, String> {
        let lines = file.lines().enumerate();
        let rows = lines.filter(|(_, line)| !line.trim().is_empty());
        let row = rows.map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| format!("line {}: {error}", at + 1))
        });
        row.collect()
    }

    /// The rules that it asks for; none where nothing is to be found.
    pub fn wanted(&self) -> Vec<&str> {
        if !self.labels.is_empty() {
            self.labels.iter().map(String::as_str).collect()
        } else if self.label == NOTHING {
            Vec::new()
        } else {
            vec![&self.label]
        }
    }

    fn allows(&self, rule: &str) -> bool {
        self.wanted().contains(&rule) || self.accepts(rule)
    }

    fn accepts(&self, rule: &str) -> bool {
        self.acceptable.iter().any(|label| label == rule)
    }

    /// Whether these findings, best first, are what the row asks for.
    fn is_right(&self, got: &[&str]) -> bool {
        match (got.first(), self.wanted().as_slice()) {
            (_, wanted) if !self.labels.is_empty() => wanted.iter().all(|rule| got.contains(rule)),
            (None, []) => true,
            (None, _) => self.accepts(NOTHING),
            (Some(first), _) => self.allows(first),
        }
    }
}

/// Judges every row by the release.
pub fn evaluate(release: &Release, rows: &[Labelled]) -> Scores {
    let mut scores = Scores::default();
    for row in rows {
        let submission = Submission {
            text: Some(row.text.clone()),
            ..Submission::default()
        };
        let evidence = read(&submission, 1, &ReadOptions::default());
        let findings = classify(release, &evidence, None).findings;
        scores.count(row, &findings);
    }
    scores
}

impl Scores {
    /// The measures that a release is held to: name, share, and the least of it that a release may have. The least only
    /// rises.
    pub fn measures(&self) -> [(&'static str, Share, f64); 7] {
        [
            ("first finding right", self.top1, 0.995),
            ("wanted among the first three", self.top3, 0.99),
            ("several faults, all found", self.several, 0.98),
            ("silent where nothing is to be found", self.silent, 0.995),
            ("silent on look-alikes", self.silent_hard, 0.99),
            ("findings proved", self.proved, 1.0),
            ("certain findings right", self.certain, 0.995),
        ]
    }

    fn count(&mut self, row: &Labelled, findings: &[Finding]) {
        let got = findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect::<Vec<_>>();
        let wanted = row.wanted();
        let right = row.is_right(&got);
        if wanted.is_empty() {
            self.silent.count(right);
            if row.hard {
                self.silent_hard.count(right);
            }
        } else {
            self.top1.count(right);
            if !row.labels.is_empty() {
                self.several.count(right);
            }
            let first = got.iter().take(3).copied().collect::<Vec<_>>();
            for rule in &wanted {
                let allowed = row.labels.is_empty() && first.iter().any(|rule| row.allows(rule));
                self.top3.count(first.contains(rule) || allowed);
                let found = got.contains(rule) || right;
                self.rules
                    .entry((*rule).to_owned())
                    .or_default()
                    .recall
                    .count(found);
            }
        }
        if let Some(first) = got.first() {
            let score = self.rules.entry((*first).to_owned()).or_default();
            score.precision.count(row.allows(first));
        }
        for finding in findings {
            let stands = |text: &str| !text.trim().is_empty() && row.text.contains(text);
            let proved = !finding.because.is_empty()
                && finding.because.iter().all(|proof| stands(&proof.text));
            self.proved.count(proved);
            if finding.confidence == Confidence::Certain && finding.gave_way_to.is_empty() {
                self.certain.count(row.allows(finding.rule.as_str()));
            }
        }
        if !right {
            self.miss(row, &wanted, &got);
        }
    }

    fn miss(&mut self, row: &Labelled, wanted: &[&str], got: &[&str]) {
        let first = got.first().copied().unwrap_or_default();
        let missing = wanted
            .iter()
            .find(|rule| row.labels.is_empty() || !got.contains(rule));
        let pair = (
            missing.copied().unwrap_or(NOTHING).to_owned(),
            first.to_owned(),
        );
        *self.confused.entry(pair).or_default() += 1;
        if self.misses.len() < MISSES {
            let words = row.text.split_whitespace().collect::<Vec<_>>().join(" ");
            self.misses.push(Miss {
                id: row.id.clone(),
                want: wanted.iter().map(|rule| (*rule).to_owned()).collect(),
                got: got.iter().map(|rule| (*rule).to_owned()).collect(),
                text: words.chars().take(160).collect(),
            });
        }
    }
}

/// JSON has no pairs as keys.
fn pairs<S: serde::Serializer>(
    confused: &BTreeMap<(String, String), usize>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let rows = confused
        .iter()
        .map(|((want, got), count)| serde_json::json!({"want": want, "got": got, "rows": count}));
    serializer.collect_seq(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::file::PackFiles;

    fn release() -> Release {
        let rule = |id: &str, code: &str| {
            format!(
                "{{id: {id}, title: T, product: demo, severity: error, owner: o, automation: {{reason: r, retryable: 'no', who_can_fix: it}}, match: {{any: [{{code: {code}}}]}}, cause: C, guide: {{start: s, steps: [{{id: s, outcome: resolved, text: T}}]}}, references: [], examples: [], walks: []}}"
            )
        };
        let rules = [("demo.alpha", "AlphaFailure"), ("demo.beta", "BetaFailure")];
        let rules = rules.map(|(id, code)| {
            serde_saphyr::from_str(&rule(id, code)).expect("a rule as the format says")
        });
        let files = PackFiles {
            rules: rules.to_vec(),
            ..PackFiles::default()
        };
        Release::compile(0, 0, files).0
    }

    fn scores(lines: &[&str]) -> Scores {
        let rows = Labelled::lines(&lines.join("\n")).expect("rows as the format says");
        evaluate(&release(), &rows)
    }

    fn share(right: usize, of: usize) -> Share {
        Share { right, of }
    }

    #[test]
    fn right_wrong_and_silent_rows_are_told_apart() {
        let scores = scores(&[
            r#"{"id": "1", "text": "it says AlphaFailure", "label": "demo.alpha"}"#,
            r#"{"id": "2", "text": "it says BetaFailure", "label": "demo.alpha"}"#,
            "",
            r#"{"id": "3", "text": "nothing at all", "label": "demo.beta"}"#,
            r#"{"id": "4", "text": "a quiet day", "label": "none"}"#,
            r#"{"id": "5", "text": "BetaFailure", "label": "none", "hard": true}"#,
        ]);
        assert_eq!(scores.top1, share(1, 3));
        assert_eq!(scores.silent, share(1, 2));
        assert_eq!(scores.silent_hard, share(0, 1));
        assert_eq!(scores.certain, share(1, 3));
        assert_eq!(scores.proved, share(3, 3));
        assert_eq!(scores.rules["demo.alpha"].recall, share(1, 2));
        assert_eq!(scores.rules["demo.beta"].precision, share(0, 2));
        let confused = scores.confused.keys().map(|(want, got)| [want, got]);
        assert_eq!(
            confused.collect::<Vec<_>>(),
            [
                ["demo.alpha", "demo.beta"],
                ["demo.beta", ""],
                ["none", "demo.beta"]
            ]
        );
    }

    #[test]
    fn several_faults_must_all_be_found_and_others_may_be_accepted() {
        let scores = scores(&[
            r#"{"id": "1", "text": "AlphaFailure\nthen BetaFailure", "label": "multi", "labels": ["demo.beta", "demo.alpha"]}"#,
            r#"{"id": "2", "text": "AlphaFailure alone", "label": "multi", "labels": ["demo.beta", "demo.alpha"]}"#,
            r#"{"id": "3", "text": "BetaFailure", "label": "demo.alpha", "acceptable_labels": ["demo.beta"]}"#,
            r#"{"id": "4", "text": "quiet", "label": "demo.alpha", "acceptable_labels": ["none"]}"#,
        ]);
        assert_eq!(scores.several, share(1, 2));
        assert_eq!(scores.top1, share(3, 4));
        assert_eq!(scores.misses.len(), 1);
        assert_eq!(scores.misses[0].id, "2");
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named_by_its_line() {
        let error = Labelled::lines("\n{\"id\": 1}\n").expect_err("a number is no id");
        assert!(error.starts_with("line 2: "), "{error}");
    }
}
