//! Rules by words: a small BM25F index over titles, recognised words, guides and causes, built with the release.
//!
//! The weight of a word in a rule is its count in each field times the field's weight, saturated and set against the
//! rule's length (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section 3.6).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::compile::Rule;
use super::file::RuleFile;
use crate::condition::RuleId;

/// How soon more of the same word stops counting.
const K1: f64 = 1.2;
/// How much a long rule is held against.
const B: f64 = 0.75;
/// At most so many different words that some rule holds are asked for.
const MOST_WORDS: usize = 64;
/// A word's beginning of so many letters finds longer words, and counts for half.
const PREFIX: usize = 4;
/// What a word that no rule knows weighs in a question, against one that a single rule holds: it may be a name.
const UNKNOWN: f64 = 0.3;

/// Words of every rule with their weights.
#[derive(Debug, Default)]
pub(super) struct WordIndex {
    rules: Vec<RuleId>,
    /// Word to its weight in each rule that holds it.
    places: BTreeMap<String, Vec<(usize, Weight)>>,
}

/// What a word weighs in one rule.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    /// 0 to `K1 + 1`.
    is: f64,
    /// Whether it stands where the rule is named or recognised, and not only where it explains.
    names: bool,
}

/// A rule that words lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct WordHit<'a> {
    /// The rule.
    pub rule: &'a RuleId,
    /// How near, 0 to 1: the share of the best that a rule could do with the asked words.
    pub score: f64,
    /// What each of the words tells by which the rule is named or recognised, most first: 1 is what a word that one
    /// rule alone holds tells where it weighs most.
    pub telling: Vec<f64>,
    /// The asked words that the rule holds, in small letters.
    pub words: Vec<String>,
}

impl WordIndex {
    pub(super) fn of(rules: &BTreeMap<RuleId, Rule>) -> Self {
        let mut index = Self::default();
        let mut weighed = Vec::new();
        for (id, rule) in rules {
            index.rules.push(id.clone());
            let mut weights = HashMap::<String, Weight>::new();
            for (text, weight) in texts(&rule.file) {
                for word in words(text) {
                    let known = weights.entry(word).or_default();
                    known.is += weight;
                    known.names |= weight >= NAMING;
                }
            }
            weighed.push(weights);
        }
        let length = |weights: &HashMap<String, Weight>| {
            let weights = weights.values().map(|weight| weight.is);
            weights.sum::<f64>()
        };
        let mean = weighed.iter().map(length).sum::<f64>() / count(weighed.len());
        for (at, weights) in weighed.into_iter().enumerate() {
            let long = 1.0 - B + B * length(&weights) / mean;
            for (word, mut weight) in weights {
                weight.is *= (K1 + 1.0) / (weight.is + K1 * long);
                index.places.entry(word).or_default().push((at, weight));
            }
        }
        index
    }

    /// Best first.
    pub(super) fn search(&self, asked: &str, limit: usize) -> Vec<WordHit<'_>> {
        self.near(words(asked), limit)
    }

    /// The rules that hold these words, best first.
    pub(super) fn near(
        &self,
        asked: impl Iterator<Item = String>,
        limit: usize,
    ) -> Vec<WordHit<'_>> {
        let most_telling = self.rarity(1) * (K1 + 1.0);
        let mut found = vec![Found::default(); self.rules.len()];
        let mut best = 0.0;
        let (mut seen, mut known) = (BTreeSet::new(), 0);
        for word in asked.filter(|word| seen.insert(word.clone())) {
            let Some((rarity, places)) = self.look_up(&word) else {
                best += UNKNOWN * most_telling;
                continue;
            };
            best += rarity * (K1 + 1.0);
            for (rule, weight) in places {
                found[rule].add(&word, rarity * weight.is, weight.names);
            }
            known += 1;
            if known == MOST_WORDS {
                break;
            }
        }
        let mut found = self.rules.iter().zip(found).collect::<Vec<_>>();
        found.retain(|(_, found)| found.sum > 0.0);
        found.sort_by(|left, right| right.1.sum.total_cmp(&left.1.sum));
        let hits = found.into_iter().take(limit).map(|(rule, mut found)| {
            found.naming.sort_by(|one, next| next.total_cmp(one));
            let telling = found.naming.iter().map(|weight| weight / most_telling);
            WordHit {
                rule,
                score: found.sum / best,
                telling: telling.collect(),
                words: found.words,
            }
        });
        hits.collect()
    }

    /// How rare a word is, and its weight in each rule that holds it, or holds a word that begins with it.
    fn look_up(&self, word: &str) -> Option<(f64, BTreeMap<usize, Weight>)> {
        if let Some(places) = self.places.get(word) {
            return Some((self.rarity(places.len()), places.iter().copied().collect()));
        }
        if word.chars().count() < PREFIX {
            return None;
        }
        let longer = self.places.range(word.to_owned()..);
        let longer = longer.take_while(|(known, _)| known.starts_with(word));
        let mut best = BTreeMap::<usize, Weight>::new();
        for (rule, weight) in longer.flat_map(|(_, places)| places) {
            let known = best.entry(*rule).or_default();
            known.is = known.is.max(weight.is / 2.0);
            known.names |= weight.names;
        }
        (!best.is_empty()).then(|| (self.rarity(best.len()), best))
    }

    /// The inverse document frequency, never below 0.
    fn rarity(&self, holding: usize) -> f64 {
        let (all, holding) = (count(self.rules.len()), count(holding));
        ((all - holding + 0.5) / (holding + 0.5)).ln_1p()
    }
}

/// What the words that were asked for come to in one rule.
#[derive(Clone, Default)]
struct Found {
    sum: f64,
    naming: Vec<f64>,
    words: Vec<String>,
}

impl Found {
    fn add(&mut self, word: &str, weight: f64, names: bool) {
        self.sum += weight;
        self.naming.extend(names.then_some(weight));
        self.words.push(word.to_owned());
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of rules, far below 2^52"
)]
fn count(number: usize) -> f64 {
    number as f64
}

/// A piece of a text, with the asked words in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The piece; `…` stands where something was left off.
    pub text: String,
    /// Where the words stand in it, as bytes, in order.
    pub marks: Vec<Range<usize>>,
}

impl Snippet {
    /// At most so many letters of a text, from the sentence of the first word on.
    pub fn of(text: &str, words: &[String], most: usize) -> Self {
        let first = marks(text, words).first().map_or(0, |mark| mark.start);
        let before = text[..first].rfind(". ").map_or(0, |end| end + 2);
        // A sentence longer than the piece begins at the word itself.
        let fits = text[before..first].chars().count() < most / 2;
        let start = if fits { before } else { first };
        let rest = &text[start..];
        let end = rest.char_indices().nth(most).map(|(end, _)| end);
        let piece = &rest[..end.unwrap_or(rest.len())];
        // No word is cut in two, unless it is the only one.
        let whole = piece.rfind(' ').filter(|_| end.is_some());
        let piece = piece[..whole.unwrap_or(piece.len())].trim_end();
        let lead = if start == 0 { "" } else { "… " };
        let tail = if end.is_some() { "…" } else { "" };
        let text = format!("{lead}{piece}{tail}");
        let marks = marks(&text, words);
        Self { text, marks }
    }

    /// The text in pieces, each with whether it is one of the words.
    pub fn pieces(&self) -> Vec<(&str, bool)> {
        let mut pieces = Vec::new();
        let mut at = 0;
        for mark in &self.marks {
            pieces.push((&self.text[at..mark.start], false));
            pieces.push((&self.text[mark.clone()], true));
            at = mark.end;
        }
        pieces.push((&self.text[at..], false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }
}

/// Where words stand in a text: each place as bytes, in order.
fn marks(text: &str, words: &[String]) -> Vec<Range<usize>> {
    let begins = |word: &str, asked: &String| {
        asked.chars().count() >= PREFIX && word.starts_with(asked.as_str())
    };
    let hits = places(text).filter(|(_, word)| {
        words
            .iter()
            .any(|asked| word == asked || begins(word, asked))
    });
    hits.map(|(range, _)| range).collect()
}

/// Texts that weigh so much name or recognise the rule; the others explain it.
const NAMING: f64 = 2.5;

/// The texts of a rule and what a word in each weighs.
fn texts(file: &RuleFile) -> Vec<(&str, f64)> {
    let mut texts = vec![
        (file.id.as_str(), 3.0),
        (file.title.as_str(), 3.0),
        (file.product.as_str(), 1.5),
        (file.cause.as_str(), 1.0),
    ];
    file.matcher.for_each_leaf(false, &mut |leaf| {
        let written = [&leaf.phrase, &leaf.code].into_iter().flatten();
        texts.extend(written.map(|text| (text.as_str(), 2.5)));
    });
    let steps = file.guide.steps.iter();
    let asked = steps.flat_map(|step| [&step.ask, &step.instruction]);
    texts.extend(asked.flatten().map(|text| (text.as_str(), 0.5)));
    texts
}

/// Small words that every text has, and what people say of any fault.
const COMMON: [&str; 55] = [
    "again", "all", "and", "any", "are", "been", "broken", "but", "can", "cannot", "das", "der",
    "die", "erreur", "error", "fail", "failed", "fails", "fehler", "for", "from", "has", "have",
    "http", "https", "into", "issue", "issues", "ist", "its", "nicht", "not", "our", "please",
    "problem", "problems", "stuck", "than", "that", "the", "then", "there", "this", "trouble",
    "und", "was", "were", "what", "when", "which", "will", "with", "wrong", "you", "your",
];

/// The words of a text that tell something, in small letters.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    places(text).map(|(_, word)| word)
}

/// The words of a text that tell something, each with its bytes.
fn places(text: &str) -> impl Iterator<Item = (Range<usize>, String)> {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut rest = 0;
    let word = std::iter::from_fn(move || {
        let start = rest + text[rest..].find(part)?;
        let end = text[start..].find(|letter| !part(letter));
        rest = end.map_or(text.len(), |end| start + end);
        Some(start..rest)
    });
    word.filter(|range| (3..=64).contains(&range.len()))
        .map(|range| {
            let word = &text[range.clone()];
            let small = if word.is_ascii() {
                word.to_ascii_lowercase()
            } else {
                word.to_lowercase()
            };
            (range, small)
        })
        .filter(|(_, word)| {
            word.chars().count() >= 3 && COMMON.binary_search(&word.as_str()).is_err()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::compile::Release;
    use crate::rules::file::PackFiles;

    #[test]
    fn common_words_are_in_order_to_be_found() {
        assert!(COMMON.is_sorted());
        let told = words("The PROBLEM is gone, Überall, and 0x1 is not").collect::<Vec<_>>();
        assert_eq!(told, ["gone", "überall", "0x1"]);
    }

    fn release() -> Release {
        let rule = |id: &str, title: &str, cause: &str| {
            let text = format!(
                "{{id: {id}, title: {title}, product: demo, severity: error, owner: o, automation: {{reason: r, retryable: 'no', who_can_fix: it}}, match: {{any: [{{code: {id}Failure}}]}}, cause: '{cause}', guide: {{start: s, steps: [{{id: s, outcome: resolved, text: T}}]}}, references: [], examples: [], walks: []}}"
            );
            serde_saphyr::from_str(&text).expect("a rule as the format says")
        };
        let files = PackFiles {
            rules: vec![
                rule("clock", "The clock is wrong", "The time differs."),
                rule(
                    "locked",
                    "The account is locked",
                    "Too many passwords. The account waits.",
                ),
                rule(
                    "expired",
                    "The password has expired",
                    "The password of the account is old, the password must change.",
                ),
                rule(
                    "queue",
                    "The queue is full",
                    "Too many runs wait for the machine.",
                ),
            ],
            ..PackFiles::default()
        };
        Release::compile(0, 0, files).0
    }

    fn order(asked: &str) -> Vec<String> {
        let release = release();
        let hits = release.search(asked, 10).into_iter();
        hits.map(|hit| hit.rule.to_string()).collect()
    }

    #[test]
    fn a_word_of_the_title_counts_more_than_one_of_the_cause_and_a_rare_word_more_than_a_common_one()
     {
        assert_eq!(order("password account"), ["expired", "locked"]);
        assert_eq!(order("account clock")[0], "clock");
        assert_eq!(order("LOCKED"), ["locked"]);
        assert_eq!(order("weather"), [""; 0]);
    }

    #[test]
    fn the_beginning_of_a_word_finds_it_and_every_score_lies_between_0_and_1() {
        assert_eq!(order("expir"), ["expired"]);
        let release = release();
        for asked in [
            "queue",
            "password account clock",
            "accou time",
            "queue weather",
        ] {
            for hit in release.search(asked, 10) {
                assert!(hit.score > 0.0 && hit.score <= 1.0, "{asked}: {hit:?}");
                assert!(!hit.words.is_empty());
            }
        }
    }

    #[test]
    fn marks_lie_on_whole_words_whatever_their_letters() {
        let words = ["gerät".to_owned(), "uhr".to_owned()];
        let snippet = Snippet::of("Das Gerät (GERÄT) und Geräte; die Uhr", &words, 100);
        let marked = snippet.pieces().into_iter().filter(|(_, marked)| *marked);
        let marked = marked.map(|(piece, _)| piece).collect::<Vec<_>>();
        assert_eq!(marked, ["Gerät", "GERÄT", "Geräte", "Uhr"]);
    }

    #[test]
    fn a_snippet_begins_with_the_sentence_of_the_first_word() {
        let text = "One long sentence that says nothing of it. The clock is wrong. And more follows after that.";
        let snippet = Snippet::of(text, &["clock".to_owned()], 30);
        assert_eq!(snippet.text, "… The clock is wrong. And more…");
        assert_eq!(&snippet.text[snippet.marks[0].clone()], "clock");
        assert_eq!(Snippet::of(text, &[], 10).text, "One long…");
    }
}
