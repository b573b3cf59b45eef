//! Every statement of the three articles that the shipped pack began with has a home in it: `seeds.yaml` names the
//! rule or procedure, the place in it, and words that stand there. A statement without a home fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use signpost::condition::shape::Complaint;
use signpost::guide::resolve::{resolve_guide, resolve_procedure};
use signpost::guide::shape::{GuideFile, ProcedureFile, StepFile};
use signpost::rules::{CautionFile, CollectorFile, PackFiles, ProductFile, RuleFile};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Article {
    article: String,
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    says: String,
    home: String,
    #[serde(default)]
    at: String,
    has: Vec<String>,
}

#[test]
fn every_statement_of_the_seed_articles_has_its_home_in_the_pack() {
    let pack = shipped();
    let homeless = articles()
        .iter()
        .flat_map(|article| &article.statements)
        .filter_map(|statement| missing(&pack, statement))
        .collect::<Vec<_>>();
    assert!(homeless.is_empty(), "\n{}", homeless.join("\n"));
}

#[test]
fn all_three_articles_are_listed_with_their_parts() {
    let listed = articles();
    let counts = listed.iter().map(|article| article.statements.len());
    assert_eq!(listed.len(), 3);
    assert!(counts.min() >= Some(15), "an article lists too few parts");
    assert!(listed.iter().all(|article| !article.article.is_empty()));
    let vague = listed
        .iter()
        .flat_map(|article| &article.statements)
        .filter(|statement| statement.has.is_empty())
        .map(|statement| statement.says.as_str())
        .collect::<Vec<_>>();
    assert!(vague.is_empty(), "without words to look for: {vague:?}");
}

#[test]
fn a_statement_without_a_home_is_named() {
    let pack = shipped();
    let good = Statement {
        says: "the restart".to_owned(),
        home: "pad.session.prompted-for-credentials".to_owned(),
        at: "restart".to_owned(),
        has: vec!["RESTART the machine".to_owned()],
    };
    assert_eq!(missing(&pack, &good), None);
    let mut no_rule = good.clone();
    no_rule.home = "pad.session.prompted".to_owned();
    let mut no_step = good.clone();
    no_step.at = "reboot".to_owned();
    let mut no_answer = good.clone();
    no_answer.at = "retry/reboots".to_owned();
    let mut no_words = good;
    no_words.has.push("unplug it".to_owned());
    for homeless in [no_rule, no_step, no_answer, no_words] {
        assert!(missing(&pack, &homeless).is_some(), "{homeless:?}");
    }
}

#[test]
fn every_guide_of_the_pack_resolves_without_complaint() {
    let pack = shipped();
    let mut complaints = Vec::<Complaint>::new();
    for rule in &pack.rules {
        resolve_guide(&rule.guide, &rule.facts, &mut complaints);
    }
    for procedure in &pack.procedures {
        resolve_procedure(procedure, &mut complaints);
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_rule_cites_an_article_and_the_day_it_was_compared() {
    for rule in &shipped().rules {
        let compared = rule.references.iter().filter(|reference| {
            reference.url.starts_with("https://") && reference.verified.is_some()
        });
        assert!(compared.count() > 0, "{} cites nothing", rule.id);
    }
}

#[test]
fn the_readme_names_every_product_that_rules_are_about_and_no_number_of_them() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the readme");
    for product in &shipped().products {
        assert!(readme.contains(&product.name), "{}", product.name);
    }
    let counted = readme.split_whitespace().collect::<Vec<_>>();
    let counted = counted.windows(2).find(|words| {
        words[0].parse::<u32>().is_ok() && words[1].trim_end_matches([')', '.', ',']) == "rules"
    });
    assert_eq!(counted, None, "it grows stale with the next rule");
}

/// What a statement misses, in words; `None` when it is at home.
fn missing(pack: &PackFiles, statement: &Statement) -> Option<String> {
    let Statement {
        says,
        home,
        at,
        has,
    } = statement;
    let Some(place) = place(pack, home, at) else {
        return Some(format!("“{says}”: there is no {at} in {home}"));
    };
    let text = words_of(&place).to_lowercase();
    let absent = has
        .iter()
        .filter(|word| !text.contains(&word.to_lowercase()))
        .collect::<Vec<_>>();
    (!absent.is_empty()).then(|| format!("“{says}”: {home} {at} does not say {absent:?}"))
}

fn place(pack: &PackFiles, home: &str, at: &str) -> Option<Value> {
    if let Some(name) = home.strip_prefix("caution:") {
        let caution = pack.cautions.iter().find(|one| one.id == name)?;
        return Some(json!(caution));
    }
    if let Some(name) = home.strip_prefix("collector:") {
        let collector = pack.collectors.iter().find(|one| one.id == *name)?;
        return Some(json!(collector));
    }
    if let Some(procedure) = pack.procedures.iter().find(|one| one.id == *home) {
        return step(&procedure.guide, at);
    }
    let rule = pack.rules.iter().find(|one| one.id == *home)?;
    match at {
        "match" | "cause" | "references" | "title" | "refines" | "notes" => {
            json!(rule).get(at).cloned()
        }
        _ => step(&rule.guide, at),
    }
}

fn step(guide: &GuideFile, at: &str) -> Option<Value> {
    let (id, branch) = at
        .split_once('/')
        .map_or((at, None), |(id, branch)| (id, Some(branch)));
    let step: &StepFile = guide.steps.iter().find(|step| step.id == *id)?;
    let Some(branch) = branch else {
        return Some(json!(step));
    };
    let answer = step.answers.iter().find(|answer| answer.id == *branch);
    let check = || {
        step.checks
            .iter()
            .flatten()
            .find(|check| check.id == *branch)
    };
    answer
        .map(|answer| json!(answer))
        .or_else(|| check().map(|check| json!(check)))
}

/// All strings of a value, each on its own line.
fn words_of(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text}\n"),
        Value::Array(parts) => parts.iter().map(words_of).collect(),
        Value::Object(fields) => fields.values().map(words_of).collect(),
        _ => String::new(),
    }
}

fn articles() -> Vec<Article> {
    read(&root().join("tests/seeds.yaml"))
}

fn shipped() -> PackFiles {
    let knowledge = root().join("knowledge");
    let mut pack = PackFiles {
        products: read::<Vec<ProductFile>>(&knowledge.join("products.yaml")),
        collectors: read::<Vec<CollectorFile>>(&knowledge.join("collectors.yaml")),
        cautions: read::<Vec<CautionFile>>(&knowledge.join("cautions.yaml")),
        ..PackFiles::default()
    };
    for (folder, files) in folders(&knowledge) {
        for file in files {
            if folder == "procedures" {
                pack.procedures.push(read::<ProcedureFile>(&file));
            } else {
                pack.rules.push(read::<RuleFile>(&file));
            }
        }
    }
    pack
}

fn folders(knowledge: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let entries = |folder: &Path| {
        let mut paths = std::fs::read_dir(folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("a readable folder").path())
            .collect::<Vec<_>>();
        paths.sort();
        paths
    };
    let folders = entries(knowledge).into_iter().filter(|path| path.is_dir());
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), entries(&folder))
        })
        .collect()
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
