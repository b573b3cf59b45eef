//! What a release can judge otherwise than the one before it: submissions in which something of a rule that differs is found.
//!
//! A proposal changes few rules, and a rule of which nothing is found says nothing, before and after; nor does an alternative
//! of its condition, nor a word of a product. So a submission is judged twice only where something of a rule that differs, or
//! of an alternative or a word that only one of the two has, is found, or holds by facts and events alone.

use std::collections::BTreeSet;

use super::classify::{Time, is_over};
use super::compile::{Release, Rule};
use super::events::Events;
use super::file::{PackFiles, ProductFile, RuleFile};
use super::judge::{Judged, judge};
use crate::condition::RuleId;
use crate::condition::shape::ConditionFile;
use crate::evidence::{Evidence, NeverStop};
use crate::guide::{Guide, StepKind};

/// What differs between two releases, as far as judging sees it.
#[derive(Debug)]
pub struct Changed {
    /// What differs could not be put together: any submission may be judged otherwise.
    everything: bool,
    /// The rules whose guides, or what these share, differ, as they were and as they are to be.
    guides: [Release; 2],
    /// The rules that are recognised otherwise and the products' words that differ, as they were and as they are to be.
    parts: [Release; 2],
}

impl Changed {
    /// Compares two releases.
    pub fn between(before: &Release, after: &Release) -> Self {
        let ids = before.rules.keys().chain(after.rules.keys());
        let (same, mut differing): (BTreeSet<_>, BTreeSet<_>) =
            ids.partition(|id| recognises_alike(before, after, id));
        // Whom a rule refines through one that differs.
        let gives_way_alike = |one: &&RuleId| {
            let mut others = same.iter();
            others.all(|other| before.refines(one, other) == after.refines(one, other))
        };
        differing.extend(same.iter().filter(|one| !gives_way_alike(one)));
        let part = |release: &Release, other: &Release| {
            let rules = differing.iter().filter_map(|id| {
                let rule = release.rules.get(*id)?;
                // One that is alike is here for whom it gives way to: all of it counts.
                let only_words =
                    differs_in_words(before, after, id) && !recognises_alike(before, after, id);
                let other = other.rules.get(*id).filter(|_| only_words);
                let matcher = other.map_or_else(
                    || Some(rule.file.matcher.clone()),
                    |other| without(&rule.file.matcher, &other.file.matcher),
                )?;
                Some(RuleFile {
                    matcher,
                    ..rule.file.clone()
                })
            });
            PackFiles {
                rules: rules.collect(),
                products: other_words(release, other),
                ..PackFiles::default()
            }
        };
        let procedures_differ = before.procedures != after.procedures;
        let guides = |release: &Release, other: &Release| {
            let rules = release.rules.iter().filter(|(id, rule)| {
                let other = other.rules.get(*id);
                other.is_some_and(|other| {
                    other.guide != rule.guide || procedures_differ && calls(&rule.guide)
                })
            });
            PackFiles {
                rules: rules.map(|(_, rule)| rule.file.clone()).collect(),
                ..PackFiles::default()
            }
        };
        let mut everything = false;
        let mut compiled = |files| {
            let (release, complaints) = Release::compile(0, 0, files);
            everything |= !complaints.is_empty();
            release
        };
        let parts = [part(before, after), part(after, before)].map(&mut compiled);
        let mut guides = [guides(before, after), guides(after, before)].map(&mut compiled);
        guides[0].procedures.clone_from(&before.procedures);
        guides[1].procedures.clone_from(&after.procedures);
        Self {
            everything,
            guides,
            parts,
        }
    }

    /// Whether the two releases may judge this otherwise; where they may not, they do not.
    pub fn may_tell(&self, evidence: &Evidence) -> bool {
        self.everything
            || self.parts.iter().any(|part| finds(part, evidence))
            || leads_otherwise(&self.guides, evidence)
    }
}

/// Whether a rule is in both and everything of it by which it is recognised and ranked is the same.
fn recognises_alike<'a>(before: &'a Release, after: &'a Release, id: &RuleId) -> bool {
    let [old, new] = [before, after].map(|release| release.rules.get(id));
    let matcher = |rule: &'a Rule| &rule.file.matcher;
    differs_in_words(before, after, id) && old.map(matcher) == new.map(matcher)
}

/// Whether a rule is in both and nothing of this differs but its condition, if that.
fn differs_in_words(before: &Release, after: &Release, id: &RuleId) -> bool {
    let (Some(old), Some(new)) = (before.rules.get(id), after.rules.get(id)) else {
        return false;
    };
    let (one, other) = (&old.file, &new.file);
    before.is_off(id).is_some() == after.is_off(id).is_some()
        && one.product == other.product
        && one.refines == other.refines
        && one.facts == other.facts
}

/// The alternatives of a condition that another one has not; `None` where it has them all. Each is judged by itself, so
/// those that both have tell nothing.
fn without(condition: &ConditionFile, other: &ConditionFile) -> Option<ConditionFile> {
    let others = written_alternatives(other);
    let mut own = written_alternatives(condition);
    own.retain(|one| !others.contains(one));
    match own.as_slice() {
        [] => None,
        [one] => Some((*one).clone()),
        several => Some(ConditionFile {
            any: Some(several.iter().map(|one| (*one).clone()).collect()),
            ..ConditionFile::default()
        }),
    }
}

/// The branches of a top-level `any`, else the whole, as they are written: see `judge::alternatives`.
fn written_alternatives(condition: &ConditionFile) -> Vec<&ConditionFile> {
    match &condition.any {
        Some(branches) => branches.iter().flat_map(written_alternatives).collect(),
        None => vec![condition],
    }
}

/// The products with those words that the other release has not for them: how many of a product's words are there raises
/// its rules.
fn other_words(release: &Release, other: &Release) -> Vec<ProductFile> {
    let times = |product: &ProductFile, word: &String| {
        let words = product.words.iter();
        words.filter(|one| *one == word).count()
    };
    let known = |product: &ProductFile, word: &String| {
        let mut same = other.products.iter().filter(|one| one.id == product.id);
        same.any(|one| times(one, word) == times(product, word))
    };
    let products = release.products.iter().map(|product| ProductFile {
        words: product
            .words
            .iter()
            .filter(|word| !known(product, word))
            .cloned()
            .collect(),
        ..product.clone()
    });
    products
        .filter(|product| !product.words.is_empty())
        .collect()
}

fn calls(guide: &Guide) -> bool {
    let mut kinds = guide.steps.iter().map(|step| &step.kind);
    kinds.any(|kind| matches!(kind, StepKind::Call(_)))
}

/// Whether the guide of a rule of which something is found leads elsewhere by facts alone: a guide tells judging nothing else.
/// What only the new rule finds is a part that differs.
fn leads_otherwise([old, new]: &[Release; 2], evidence: &Evidence) -> bool {
    if old.rules.is_empty() || evidence.facts.is_empty() {
        return false;
    }
    let hits = old.matcher.seek(evidence, &mut Time::until(&NeverStop));
    let events = Events::of(evidence);
    let mut both = old.rules.iter().filter_map(|(id, rule)| {
        let other = new.rules.get(id)?;
        Some((rule, other))
    });
    both.any(|(rule, other)| {
        !matches!(judge(rule, evidence, &hits, &events), Judged::Silent)
            && is_over(old, rule, evidence) != is_over(new, other, evidence)
    })
}

/// Whether there is anything of these rules and words in it.
fn finds(part: &Release, evidence: &Evidence) -> bool {
    if part.rules.is_empty() && part.products.is_empty() {
        return false;
    }
    // What counts only beside something else is sought where something was found, so any hit tells.
    let hits = part.matcher.seek(evidence, &mut Time::until(&NeverStop));
    if hits.0.iter().any(|hits| !hits.is_empty()) {
        return true;
    }
    let events = Events::of(evidence);
    let mut rules = part.rules.values();
    rules.any(|rule| !matches!(judge(rule, evidence, &hits, &events), Judged::Silent))
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::*;
    use crate::condition::ProductId;
    use crate::evidence::read_texts;

    /// Files of a pack: rules as `id | refines | match` (YAML flow), and how many steps their guides have.
    fn files(rules: &[(&str, &str, &str)], outcome: &str) -> PackFiles {
        let rules = rules.iter().map(|(id, refines, matcher)| {
            let yaml = format!(
                "id: {id}\ntitle: About {id}\nproduct: demo\nseverity: error\nrefines: [{refines}]\n\
                 automation: {{ reason: demo, retryable: after-fix, who_can_fix: helpdesk }}\nmatch: {matcher}\ncause: Because.\n\
                 guide: {{ start: end, steps: [ {{ id: end, outcome: {outcome}, text: Hand it over. }} ] }}\nreferences: []\nexamples: []\n"
            );
            serde_saphyr::from_str::<RuleFile>(&yaml).unwrap()
        });
        PackFiles {
            rules: rules.collect(),
            ..PackFiles::default()
        }
    }

    fn compiled(files: PackFiles) -> Release {
        let (release, complaints) = Release::compile(1, 0, files);
        assert_eq!(complaints, []);
        release
    }

    fn read(text: &str) -> Evidence {
        read_texts(vec![("paste".to_owned(), text.to_owned())], 1)
    }

    const BASE: [(&str, &str, &str); 4] = [
        ("general", "", "{ phrase: the queue is full }"),
        ("middle", "general", "{ phrase: the robot waits }"),
        ("special", "middle", "{ code: QueueFullError }"),
        (
            "joined",
            "",
            "{ any: [ { fact: dsregcmd.AzureAdJoined, is: 'NO' }, { all: [ { code: '0xC000006D' }, { fact: dsregcmd.DomainJoined, is: 'NO' } ] } ] }",
        ),
    ];

    const TEXTS: [&str; 9] = [
        "the run failed: the queue is full, QueueFullError",
        "the run failed: QueueFullErrorOfOrder",
        "the run failed: the robot waits",
        "the run failed with 0xC000006D",
        "the run failed with an order of 7 lines",
        "nothing to see",
        "| Device State |\n\n             AzureAdJoined : NO\n          DomainJoined : NO\n",
        "| Device State |\n\n             AzureAdJoined : YES\n          DomainJoined : NO\n",
        "the run failed with 0xC000006D, not because the queue is full, the demo says",
    ];

    fn all_but(at: usize) -> PackFiles {
        let mut rules = BASE.to_vec();
        rules.remove(at);
        files(&rules, "escalate")
    }

    #[test]
    fn where_it_may_not_tell_the_two_releases_say_the_same() {
        let base = || files(&BASE, "escalate");
        let with = |at: usize, rule| {
            let mut rules = BASE;
            rules[at] = rule;
            files(&rules, "escalate")
        };
        let more = |rule| {
            let mut rules = BASE.to_vec();
            rules.push(rule);
            files(&rules, "escalate")
        };
        let product = PackFiles {
            products: vec![ProductFile {
                id: ProductId::parse("demo").unwrap(),
                name: "Demo".to_owned(),
                words: vec!["demo".to_owned()],
            }],
            ..base()
        };
        let after = [
            (
                "a rule is new",
                more(("new", "", "{ phrase: order of * lines }")),
            ),
            (
                "a longer name takes the place of one",
                more(("longer", "", "{ code: QueueFullErrorOfOrder }")),
            ),
            ("a rule is gone", all_but(3)),
            ("the middle of a chain is gone", all_but(1)),
            (
                "the middle of a chain refines no more",
                with(1, ("middle", "", "{ phrase: the robot waits }")),
            ),
            (
                "a code for another",
                with(2, ("special", "middle", "{ code: OrderLostError }")),
            ),
            (
                "facts alone",
                with(
                    3,
                    ("joined", "", "{ fact: dsregcmd.AzureAdJoined, is: 'YES' }"),
                ),
            ),
            (
                "unless a text",
                with(
                    3,
                    (
                        "joined",
                        "",
                        "{ all: [ { fact: dsregcmd.DomainJoined, is: 'NO' }, { not: { phrase: nothing } } ] }",
                    ),
                ),
            ),
            (
                "one alternative more",
                with(
                    0,
                    (
                        "general",
                        "",
                        "{ any: [ { phrase: the queue is full }, { any: [ { phrase: order of * lines }, { all: [ { fact: dsregcmd.DomainJoined, is: 'NO' }, { not: { phrase: nothing } } ] } ] } ] }",
                    ),
                ),
            ),
            (
                "an alternative in other words",
                with(
                    3,
                    (
                        "joined",
                        "",
                        "{ any: [ { fact: dsregcmd.AzureAdJoined, is: 'NO' }, { all: [ { code: '0xC000006D' }, { phrase: the run failed, context: true } ] } ] }",
                    ),
                ),
            ),
            ("the guides end well", files(&BASE, "resolved")),
            ("a product has words", product),
        ];
        let before = compiled(base());
        let mut silent = 0;
        for (what, after) in after {
            let after = compiled(after);
            let changed = Changed::between(&before, &after);
            for text in TEXTS {
                let evidence = read(text);
                let said = compare([&before, &after], &evidence, None);
                if changed.may_tell(&evidence) {
                    continue;
                }
                assert_eq!(said[0], said[1], "{what}: {text}");
                silent += 1;
            }
        }
        assert!(silent > 40, "{silent} were left out");
    }

    #[test]
    fn an_alternative_that_both_have_tells_nothing() {
        let before = compiled(files(&BASE, "escalate"));
        let mut rules = BASE;
        let more = "{ any: [ { phrase: the queue is full }, { phrase: the queue is closed } ] }";
        rules[0] = ("general", "", more);
        let after = compiled(files(&rules, "escalate"));
        let changed = Changed::between(&before, &after);
        assert!(!changed.may_tell(&read("the run failed: the queue is full")));
        assert!(changed.may_tell(&read("the run failed: the queue is closed")));
    }

    #[test]
    fn a_guide_tells_something_only_where_facts_lead_to_another_end() {
        let before = compiled(files(&BASE, "escalate"));
        let changed = Changed::between(&before, &compiled(files(&BASE, "resolved")));
        assert!(!changed.may_tell(&read(TEXTS[0])));
        assert!(!changed.may_tell(&read(TEXTS[7])));
        assert!(changed.may_tell(&read(TEXTS[6])));
        let both = read(&format!("{}\n{}", TEXTS[0], TEXTS[7]));
        assert!(changed.may_tell(&both));
        let mut other_words = files(&BASE, "escalate");
        for rule in &mut other_words.rules {
            rule.guide.steps[0].text = Some("Hand it over today.".to_owned());
        }
        assert!(!Changed::between(&before, &compiled(other_words)).may_tell(&both));
    }

    #[test]
    fn a_product_s_words_tell_where_they_stand_and_its_name_does_not() {
        let with = |name: &str, words: &[&str]| {
            compiled(PackFiles {
                products: vec![ProductFile {
                    id: ProductId::parse("demo").unwrap(),
                    name: name.to_owned(),
                    words: words.iter().map(|word| (*word).to_owned()).collect(),
                }],
                ..files(&BASE, "escalate")
            })
        };
        let before = with("Demo", &["bench", "crate"]);
        let words = Changed::between(&before, &with("Demo", &["crate", "shelf"]));
        for (text, tells) in [
            ("the queue is full", false),
            ("the queue of the crate is full", false),
            ("the queue of the bench is full", true),
            ("the queue of the shelf is full", true),
        ] {
            assert_eq!(words.may_tell(&read(text)), tells, "{text}");
        }
        let name = Changed::between(&before, &with("The demo", &["crate", "bench"]));
        assert!(!name.may_tell(&read("the queue of the bench is full")));
    }

    #[test]
    fn a_rule_that_is_switched_off_differs_and_words_for_people_do_not() {
        let before = compiled(files(&BASE, "escalate"));
        let mut off = compiled(files(&BASE, "escalate"));
        off.disabled.insert(
            RuleId::parse("general").unwrap(),
            super::super::DisabledFile {
                rule: RuleId::parse("general").unwrap(),
                reason: "too many".to_owned(),
                until: "2999-01-01".to_owned(),
                by: None,
            },
        );
        let off = off.as_of(0);
        let full = read("the run failed: the queue is full");
        assert!(Changed::between(&before, &off).may_tell(&full));
        assert!(!Changed::between(&before, &off).may_tell(&read("the robot waits")));
        let mut titled = files(&BASE, "escalate");
        titled.rules[0].title = "Another title".to_owned();
        let titled = compiled(titled);
        assert!(!Changed::between(&before, &titled).may_tell(&full));
    }
}
