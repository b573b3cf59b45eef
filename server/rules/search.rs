//! Rules by words: a small index over titles, causes, phrases and codes, built with the release.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compile::Rule;
use super::file::RuleFile;
use crate::condition::RuleId;
use crate::condition::shape::ConditionFile;

/// Words of every rule with their weights.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    rules: Vec<RuleId>,
    /// Word to (rule, weight): title and recognised words count more than the cause.
    places: HashMap<String, Vec<(usize, f64)>>,
}

impl WordIndex {
    pub(super) fn of(rules: &BTreeMap<RuleId, Rule>) -> Self {
        let mut index = Self::default();
        for (at, (id, rule)) in rules.iter().enumerate() {
            index.rules.push(id.clone());
            let mut weights = BTreeMap::<String, f64>::new();
            for (text, weight) in texts(&rule.file) {
                for word in words(&text) {
                    let known = weights.entry(word).or_default();
                    *known = known.max(weight);
                }
            }
            for (word, weight) in weights {
                index.places.entry(word).or_default().push((at, weight));
            }
        }
        index
    }

    /// Best first, with a nearness of 0 to 1: how much of the asked words' weight a rule covers. A word's beginning
    /// of four letters and more counts for half.
    pub(super) fn search(&self, asked: &str, limit: usize) -> Vec<(RuleId, f64)> {
        let asked = words(asked).into_iter().take(64).collect::<BTreeSet<_>>();
        let mut scores = vec![0.0; self.rules.len()];
        let mut whole = 0.0;
        for word in &asked {
            let exact = self.places.get(word);
            let rarity = self.rarity(exact.map_or(1, Vec::len));
            whole += rarity * 3.0;
            if let Some(places) = exact {
                places
                    .iter()
                    .for_each(|(rule, weight)| scores[*rule] += rarity * weight);
            } else if word.chars().count() >= 4 {
                let longer = self
                    .places
                    .iter()
                    .filter(|(known, _)| known.starts_with(word.as_str()));
                let mut best = BTreeMap::<usize, f64>::new();
                for (rule, weight) in longer.flat_map(|(_, places)| places) {
                    let known = best.entry(*rule).or_default();
                    *known = known.max(*weight);
                }
                best.into_iter()
                    .for_each(|(rule, weight)| scores[rule] += rarity * weight / 2.0);
            }
        }
        let mut found = scores
            .into_iter()
            .enumerate()
            .filter(|(_, score)| *score > 0.0)
            .collect::<Vec<_>>();
        found.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        found
            .into_iter()
            .take(limit)
            .map(|(rule, score)| (self.rules[rule].clone(), (score / whole).min(1.0)))
            .collect()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of rules, far below 2^52"
    )]
    fn rarity(&self, rules: usize) -> f64 {
        (1.0 + self.rules.len() as f64 / rules as f64).ln()
    }
}

fn texts(file: &RuleFile) -> Vec<(String, f64)> {
    let mut texts = vec![
        (file.id.to_string(), 3.0),
        (file.title.clone(), 3.0),
        (file.product.to_string(), 1.5),
        (file.cause.clone(), 1.0),
    ];
    recognised(&file.matcher, &mut |text| {
        texts.push((text.to_owned(), 2.5));
    });
    texts
}

fn recognised(condition: &ConditionFile, visit: &mut impl FnMut(&str)) {
    [&condition.phrase, &condition.code]
        .into_iter()
        .flatten()
        .for_each(|text| visit(text));
    let parts = condition
        .all
        .iter()
        .flatten()
        .chain(condition.any.iter().flatten());
    parts.for_each(|part| recognised(part, visit));
}

/// Small words that every text has.
const COMMON: [&str; 40] = [
    "the", "and", "for", "with", "that", "this", "was", "were", "are", "not", "has", "have",
    "from", "you", "your", "can", "but", "its", "our", "all", "any", "when", "what", "then",
    "than", "there", "which", "will", "been", "into", "der", "die", "das", "und", "ist", "nicht",
    "error", "failed", "http", "https",
];

fn words(text: &str) -> Vec<String> {
    let pieces = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let words = pieces.map(str::to_lowercase).filter(|word| {
        word.chars().count() >= 3 && word.len() <= 64 && !COMMON.contains(&word.as_str())
    });
    words.collect()
}
