//! The text leaves of a release, collected.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Phrases, TextMatcher};
use crate::evidence::{Code, abreast, codes};
use crate::rules::file::RuleFile;
use crate::rules::hits::LeafId;
use crate::rules::phrase::Phrase;
use crate::rules::regexes::{LineRegex, RegexSet};

/// Collects the text leaves of a release; the same words asked for twice are sought once.
#[derive(Debug, Default)]
pub(in crate::rules) struct MatcherBuilder {
    leaves: HashMap<Sought, LeafId>,
    phrases: Vec<(LeafId, Phrase)>,
    contexts: Vec<(LeafId, Phrase)>,
    words: BTreeSet<LeafId>,
    regexes: Vec<(LeafId, LineRegex)>,
    context_regexes: Vec<(LeafId, LineRegex)>,
    codes: BTreeMap<Code, Vec<LeafId>>,
    names: BTreeMap<LeafId, String>,
    /// Regexes that were compiled before they were asked for.
    ahead: HashMap<String, Result<LineRegex, String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sought {
    Phrase(String),
    Context(String),
    Word(String),
    Regex(String),
    ContextRegex(String),
    Code(Vec<Code>),
    Name(String),
}

impl MatcherBuilder {
    /// Compiles the regexes of rules by all cores, each once, so that asking for them tells whether they can be. Others are
    /// compiled when they are first tried.
    pub(in crate::rules) fn compile_ahead(&mut self, rules: &[RuleFile]) {
        let mut regexes = BTreeSet::new();
        for rule in rules {
            let matcher = &rule.matcher;
            matcher.for_each_leaf(true, &mut |leaf| regexes.extend(leaf.regex.as_deref()));
        }
        let regexes = regexes.into_iter().collect::<Vec<_>>();
        let compiled = abreast::each(&regexes, |written| LineRegex::compile(written));
        let written = regexes.into_iter().map(str::to_owned);
        self.ahead.extend(written.zip(compiled));
    }

    pub(in crate::rules) fn phrase(&mut self, written: &str) -> Result<LeafId, String> {
        let phrase = Phrase::parse(written)?;
        let (id, new) = self.leaf(Sought::Phrase(written.to_owned()));
        if new {
            self.phrases.push((id, phrase));
        }
        Ok(id)
    }

    /// A phrase that counts only beside something else in its entry.
    pub(in crate::rules) fn context(&mut self, written: &str) -> Result<LeafId, String> {
        let phrase = Phrase::parse(written)?;
        let (id, new) = self.leaf(Sought::Context(written.to_owned()));
        if new {
            self.contexts.push((id, phrase));
        }
        Ok(id)
    }

    /// A product's word: whether it is there at all.
    pub(in crate::rules) fn word(&mut self, written: &str) -> Result<LeafId, String> {
        let phrase = Phrase::parse(written)?;
        let (id, new) = self.leaf(Sought::Word(written.to_owned()));
        if new {
            self.phrases.push((id, phrase));
            self.words.insert(id);
        }
        Ok(id)
    }

    pub(in crate::rules) fn regex(&mut self, written: &str) -> Result<LeafId, String> {
        let sought = Sought::Regex(written.to_owned());
        self.regex_leaf(written, sought, |builder| &mut builder.regexes)
    }

    /// A regex that counts only beside something else in its entry.
    pub(in crate::rules) fn context_regex(&mut self, written: &str) -> Result<LeafId, String> {
        let sought = Sought::ContextRegex(written.to_owned());
        self.regex_leaf(written, sought, |builder| &mut builder.context_regexes)
    }

    /// Many rules have the same few regexes.
    fn regex_leaf(
        &mut self,
        written: &str,
        sought: Sought,
        regexes: impl Fn(&mut Self) -> &mut Vec<(LeafId, LineRegex)>,
    ) -> Result<LeafId, String> {
        if let Some(known) = self.leaves.get(&sought) {
            return Ok(*known);
        }
        let ahead = self.ahead.get(written);
        let regex = ahead.map_or_else(|| LineRegex::parse(written), Clone::clone)?;
        let (id, _) = self.leaf(sought);
        regexes(self).push((id, regex));
        Ok(id)
    }

    /// A code in any spelling is sought by identity; anything else is a product's symbolic code.
    pub(in crate::rules) fn code(&mut self, written: &str) -> Result<LeafId, String> {
        let readings = codes::parse(written);
        if readings.is_empty() {
            let fits = written.len() >= 6
                && written
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !fits {
                return Err(format!(
                    "`{written}` is no error code: write a number as the product prints it, a symbol such as STATUS_LOGON_FAILURE, or one word of at least six letters; another spelling, such as AB-12, is sought as words"
                ));
            }
            let (id, new) = self.leaf(Sought::Name(written.to_lowercase()));
            if new {
                self.phrases.push((id, Phrase::named_code(written)));
                self.names.insert(id, written.to_lowercase());
            }
            return Ok(id);
        }
        let (id, new) = self.leaf(Sought::Code(readings.clone()));
        if new {
            readings
                .into_iter()
                .for_each(|code| self.codes.entry(code).or_default().push(id));
        }
        Ok(id)
    }

    fn leaf(&mut self, sought: Sought) -> (LeafId, bool) {
        let next = self.leaves.len();
        let id = *self.leaves.entry(sought).or_insert(next);
        (id, id == next)
    }

    pub(in crate::rules) fn build(self) -> TextMatcher {
        let phrases = self.contexts.iter().map(|(leaf, _)| *leaf);
        let regexes = self.context_regexes.iter().map(|(leaf, _)| *leaf);
        let beside = phrases.chain(regexes).chain(self.words.iter().copied());
        let beside = beside.collect();
        let (phrases, (contexts, regexes, context_regexes)) = abreast::both(
            || Phrases::new(self.phrases),
            || {
                (
                    Phrases::new(self.contexts),
                    RegexSet::new(self.regexes),
                    RegexSet::new(self.context_regexes),
                )
            },
        );
        TextMatcher {
            beside,
            phrases,
            contexts,
            words: self.words,
            regexes,
            context_regexes,
            codes: self.codes,
            names: self.names,
            leaves: self.leaves.len(),
        }
    }
}
